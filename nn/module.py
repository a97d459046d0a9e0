"""Module: parameters that can be listed, zeroed, saved and loaded; the base of every layer and model."""

from __future__ import annotations

import numbers
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from autodiff import Value
from autodiff.guards import warn
from autodiff.guards.attributes import no_attribute
from nn import checkpoint
from nn.values import Number, as_list

__all__ = ["LostParameterWarning", "Module"]


class LostParameterWarning(UserWarning):
    """An attribute of a module that was a parameter, or held some, is plain numbers now."""


class Module:
    """A model or a part of one: attributes that hold Values and Modules, and a method `forward`.

    A parameter is a leaf `Value` found in a public attribute: directly, in a Module, list, tuple, dict or
    NumPy object array, to any depth. An attribute whose name starts with an underscore is not searched, and
    a Value that was computed from others is not a parameter.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope, self.offset = Value(2.0), Value(1.0)
    ...     def forward(self, x):
    ...         return self.slope * x + self.offset
    >>> line = Line()
    >>> line(3.0).data
    7.0
    >>> line.state_dict()
    {'slope': 2.0, 'offset': 1.0}
    """

    def forward(self, *inputs: Any) -> Any:
        """Compute the output; a subclass defines this (or `__call__`, as micrograd's modules do).

        Args:
            *inputs: What the module is called with.

        Raises:
            NotImplementedError: There is no such method.

        >>> from nn import Tanh
        >>> Tanh().forward(0.0)
        0.0
        """
        raise NotImplementedError(f"{type(self).__name__} has no forward: define forward(self, x) in it")

    def __call__(self, *inputs: Any) -> Any:
        return self.forward(*inputs)

    if not TYPE_CHECKING:  # to a type checker only what is declared is there

        def __getattr__(self, name: str) -> object:
            if name.startswith("_") or hasattr(
                type(self), name
            ):  # asked for by Python, or a property that raised
                return object.__getattribute__(self, name)
            raise no_attribute(self, name)

    def parameters(self) -> list[Value]:
        """Return every parameter once, in the order in which the attributes were set.

        >>> from nn import Linear
        >>> [parameter.name for parameter in Linear(2, 1).parameters()]
        ['w11', 'w21', 'b1']
        """
        return [parameter for _, parameter in self.named_parameters()]

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """Yield (name, parameter) such as ("layers.0.neurons.1.w.0", Value): the way from the module to it.

        A parameter that is reached in two ways (tied weights) is named once, by the first.

        >>> from nn import Linear
        >>> [name for name, _ in Linear(1, 2).named_parameters()]
        ['neurons.0.w.0', 'neurons.0.b', 'neurons.1.w.0', 'neurons.1.b']
        """
        seen: dict[int, object] = {}  # holds what it has seen, so that no id is used twice
        names: list[str] = []
        known: frozenset[str] = vars(self).get("_parameter_names", frozenset())
        stack: list[tuple[str, object]] = [("", self)]
        while stack:
            name, item = stack.pop()
            if id(item) in seen and not isinstance(item, numbers.Real):
                continue
            seen[id(item)] = item
            if isinstance(item, Value):
                if item.op is None:
                    names.append(name)
                    yield name, item
                elif name in known:
                    self._say_lost(name, None)
            elif isinstance(item, numbers.Real):
                if name in known:
                    self._say_lost(name, f"the plain number {item}")
            elif is_number_array(item):
                if any(each == name or each.startswith(f"{name}.") for each in known):
                    self._say_lost(name, "an array of plain numbers")
            else:
                prefix = f"{name}." if name else ""
                stack.extend(reversed([(f"{prefix}{key}", child) for key, child in children(item)]))
        vars(self)["_parameter_names"] = frozenset(names)

    def _say_lost(self, name: str, plain: str | None) -> None:
        """Say that an attribute was a parameter, and is what is plain now, or a node computed from others."""
        what = f"{type(self).__name__}: {name} was a parameter and is"
        instead = "set the number of a parameter instead, as by parameter.data -= step"
        if plain is None:
            raise TypeError(f"{what} a node computed from others now, which no step would train: {instead}")
        warn(
            f"{what} {plain} now, which no step trains; unless that is meant, {instead}", LostParameterWarning
        )

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to zero; call it before each backward().

        >>> from nn import Linear
        >>> model = Linear(1, 1)
        >>> model([3.0]).backward()
        >>> model.zero_grad()
        >>> [parameter.grad for parameter in model.parameters()]
        [0.0, 0.0]
        """
        parameters = self.parameters()
        if type(self).parameters is not Module.parameters:  # which looks at them itself
            for i, parameter in enumerate(parameters):
                if parameter.op is not None:
                    self._say_lost(f"parameters()[{i}]", None)
        for parameter in parameters:
            parameter.grad = 0.0

    def state_dict(self) -> dict[str, Number]:
        """Return the number in every parameter by the parameter's name.

        Raises:
            ValueError: Two parameters share a name, or `parameters()` was overridden and lists others than
                `named_parameters()` finds, so that a state would not be complete.

        >>> from nn import Linear, init
        >>> Linear(1, 1, init=init.constant(2.0)).state_dict()
        {'neurons.0.w.0': 2.0, 'neurons.0.b': 0.0}
        """
        return {name: parameter.data for name, parameter in self._parameters_by_name().items()}

    def load_state_dict(self, state: Mapping[str, Number]) -> None:
        """Set every parameter from a state_dict; on any error nothing is changed.

        Args:
            state: One number for each name that `state_dict()` gives, no more and no less. As in PyTorch a
                number may be infinite or nan here (files refuse them, see `save`).

        Raises:
            ValueError: A name is missing or unknown.
            TypeError: An entry is not a real number.

        >>> from nn import Linear
        >>> first, second = Linear(2, 1, seed=1), Linear(2, 1, seed=2)
        >>> second.load_state_dict(first.state_dict())
        >>> second.state_dict() == first.state_dict()
        True
        """
        parameters = self._parameters_by_name()
        check_names(type(self).__name__, parameters, state)
        numbers = {name: checked_number(name, state[name]) for name in parameters}
        for name, parameter in parameters.items():
            parameter.data = numbers[name]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write all parameters to a JSON file, exactly, floats and Fractions alike.

        The file is complete or absent: it is written beside `path` and put in place in one step, so a crash
        or a full disk leaves the old file as it was.

        Args:
            path: Where the file goes; one that is there is replaced.

        Raises:
            ValueError: A parameter is infinite or nan. JSON has no such number, and a diverged model should
                not take the place of a good one; `state_dict()` still gives its numbers.
            OSError: The file can't be written.

        >>> import tempfile
        >>> from nn import Linear
        >>> model, twin = Linear(2, 1), Linear(2, 1)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     model.save(os.path.join(folder, "line.json"))
        ...     twin.load(os.path.join(folder, "line.json"))
        >>> twin.state_dict() == model.state_dict()
        True
        """
        checkpoint.write(path, self.state_dict())

    def load(self, path: str | os.PathLike[str]) -> None:
        """Set all parameters from a file written by `save`; on any error nothing is changed.

        Args:
            path: Where the file is.

        Raises:
            ValueError: The file is truncated, was changed, is something else or belongs to a model of
                another shape.
            OSError: The file can't be read.

        >>> import tempfile
        >>> from nn import Linear
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     Linear(2, 1).save(os.path.join(folder, "line.json"))
        ...     Linear(3, 1).load(os.path.join(folder, "line.json"))  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        ValueError: ... belongs to another model: Linear has 4 parameters, the state has 3 entries; ...
        """
        state = checkpoint.read(path)
        try:
            self.load_state_dict(state)
        except ValueError as error:
            raise ValueError(f"{os.fspath(path)} belongs to another model: {error}") from None

    def _parameters_by_name(self) -> dict[str, Value]:
        named = list(self.named_parameters())
        by_name = dict(named)
        kind = type(self).__name__
        if len(by_name) != len(named):
            twice = next(name for i, (name, _) in enumerate(named) if name in dict(named[:i]))
            raise ValueError(f"{kind} has two parameters called {twice!r}: rename an attribute or a dict key")
        if set(self.parameters()) != set(by_name.values()):
            raise ValueError(
                f"{kind}.parameters() lists other Values than its attributes hold, so they have no names: "
                "keep them in public attributes and leave parameters() out, or define named_parameters() too"
            )
        return by_name


def children(item: object) -> Iterable[tuple[object, object]]:
    """Return what stands directly in a module or container, as (key, child)."""
    if isinstance(item, Module):
        return [(key, child) for key, child in vars(item).items() if not key.startswith("_")]
    if isinstance(item, dict):
        return list(item.items())
    if isinstance(item, list | tuple):
        return enumerate(item)
    if str(getattr(item, "dtype", "")) == "object":  # a NumPy matrix of Values
        return enumerate(as_list(item))
    return ()


def is_number_array(item: object) -> bool:
    """Whether it is an array of NumPy or the like that holds no Values."""
    if isinstance(item, Module | dict | list | tuple):
        return False
    return hasattr(item, "tolist") and str(getattr(item, "dtype", "")) != "object"


def check_names(kind: str, parameters: Mapping[str, Value], state: Mapping[str, object]) -> None:
    """Refuse a state with other names than the parameters'."""
    missing = [name for name in parameters if name not in state]
    unknown = [name for name in state if name not in parameters]
    if missing or unknown:
        raise ValueError(
            f"{kind} has {len(parameters)} parameters, the state has {len(state)} entries; "
            f"missing: {first_of(missing)}; unknown: {first_of(unknown)}. "
            "Build the model with the sizes that the state was made with"
        )


def first_of(names: list[str]) -> str:
    """Return the first names for a message."""
    shown = ", ".join(repr(name) for name in names[:3]) or "none"
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"


def checked_number(name: str, number: Number) -> Number:
    """Return the number that a parameter would hold."""
    try:
        exact: Number = Value(number).data
        return exact
    except (TypeError, ValueError, OverflowError) as error:
        raise type(error)(f"the state's entry {name!r} can't be a parameter: {error}") from None
