"""Activations: any operation of the table with one operand, by its name, or a function; and as modules."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any, TypeAlias

import autodiff
from nn.module import Module
from nn.values import ValueOrNumber, ValuesOrNumbers, is_many

__all__ = ["Activation", "ActivationFunction", "ReLU", "Sigmoid", "Tanh", "activation_names"]

ActivationFunction: TypeAlias = Callable[[Any], Any]  # of a Value or a number, to the like

TITLES = {"relu": "ReLU", "elu": "ELU", "gelu": "GELU", "silu": "SiLU"}


def checked_activation(activation: str | ActivationFunction) -> str | ActivationFunction:
    """Return the activation if it is a function or the name of an operation that takes one operand.

    Raises:
        ValueError: No operation of one operand has this name.
        TypeError: Neither a name nor callable.

    >>> checked_activation("tanh")
    'tanh'
    >>> checked_activation("rleu")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    ValueError: there is no activation 'rleu', did you mean 'relu'? Names are: abs, acos, ...
    """
    if not isinstance(activation, str):
        if not callable(activation):
            raise TypeError(f"activation must be a name or a function, not {type(activation).__name__}")
        return activation
    names = activation_names()
    if activation not in names:
        near = difflib.get_close_matches(activation, names, 1)
        hint = f", did you mean {near[0]!r}?" if near else "."
        raise ValueError(f"there is no activation {activation!r}{hint} Names are: {', '.join(names)}")
    return activation


def activation_names() -> list[str]:
    """Return the operations that can be called with one operand, from the table as it is now.

    >>> {"relu", "sigmoid", "tanh"} <= set(activation_names())
    True
    """
    table = autodiff.rules.TABLE.items()
    return sorted(
        name for name, rule in table if rule.arity is not None and rule.arity - len(rule.defaults) == 1
    )


class Activation(Module):
    """An activation as a module of its own, applied to one number or to each of a sequence.

    Args:
        activation: The name of an operation of one operand, or a function.

    Attributes:
        activation: The same.

    Raises:
        ValueError: No operation has this name.
        TypeError: It is neither a name nor a function.

    >>> from autodiff import Value
    >>> [h.data for h in Activation("relu")([Value(-1.0), Value(2.0)])]
    [0.0, 2.0]
    """

    def __init__(self, activation: str | ActivationFunction) -> None:
        self.activation = checked_activation(activation)

    def forward(self, x: ValuesOrNumbers) -> ValueOrNumber | list[ValueOrNumber]:
        """Return activation(x) for a number or a Value, or a list of them for a sequence.

        >>> Activation("sigmoid").forward([0.0, 0])
        [0.5, 0.5]
        """
        name = self.activation
        function = getattr(autodiff, name) if isinstance(name, str) else name
        activated: ValueOrNumber | list[ValueOrNumber] = (
            [function(each) for each in x] if is_many(x) else function(x)  # type: ignore[union-attr]
        )
        return activated

    def __repr__(self) -> str:
        return (
            f"Activation({activation_name(self.activation)!r})"
            if type(self) is Activation
            else f"{type(self).__name__}()"
        )


class ReLU(Activation):
    """max(0, x), with derivative 0 at 0.

    >>> ReLU()(-1.0), ReLU()(2.0)
    (0.0, 2.0)
    """

    def __init__(self) -> None:
        super().__init__("relu")


class Tanh(Activation):
    """The hyperbolic tangent.

    >>> Tanh()(0.0)
    0.0
    """

    def __init__(self) -> None:
        super().__init__("tanh")


class Sigmoid(Activation):
    """1 / (1 + exp(-x)).

    >>> Sigmoid()(0.0)
    0.5
    """

    def __init__(self) -> None:
        super().__init__("sigmoid")


def activation_name(activation: str | ActivationFunction) -> str:
    """Return what an activation is called."""
    return activation if isinstance(activation, str) else getattr(activation, "__name__", "custom")


def activation_title(activation: str | ActivationFunction) -> str:
    """Return what an activation is called in front of "Neuron"."""
    words = activation_name(activation).split("_")
    return "".join(TITLES.get(word, word.capitalize()) for word in words)
