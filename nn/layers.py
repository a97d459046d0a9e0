"""Neuron, Layer, Linear, MLP and Sequential; a neuron is one `dot` node and its activation.

The signatures are micrograd's: `MLP(2, [16, 16, 1])` has relu on all but the last layer, weights from
U(-1, 1) and zero biases. Everything after them is given by keyword.

>>> model = MLP(2, [3, 1], activation="tanh", seed=0)
>>> model
MLP of [Layer of [TanhNeuron(2), TanhNeuron(2), TanhNeuron(2)], Layer of [LinearNeuron(3)]]
>>> model([1.0, -2.0]).op.name
'dot'
"""

from __future__ import annotations

import operator
import random
from collections.abc import Iterable, Sequence
from typing import Any

from autodiff import Value, dot
from nn import init as initialisers
from nn.activations import (
    Activation,
    ActivationFunction,
    activation_title,
    checked_activation,
)
from nn.init import Initialiser, generator
from nn.module import Module

_MICROGRAD = initialisers.uniform(-1.0, 1.0)


class InputLengthError(ValueError):
    """An input of the wrong length; says which part of the model expected and got how many numbers."""

    def __init__(self, part: str, expected: int, given: int, where: str = "") -> None:
        self.part, self.expected, self.given, self.where = part, expected, given, where
        super().__init__(part, expected, given, where)

    def __str__(self) -> str:
        place = f"{self.where} = {self.part}" if self.where else self.part
        return f"{place} expects x of length {self.expected}, got length {self.given}"

    def inside(self, where: str) -> InputLengthError:
        """Return the same error with one more step of the way from the model to the part."""
        return InputLengthError(
            self.part, self.expected, self.given, f"{where}.{self.where}" if self.where else where
        )


class Neuron(Module):
    """activation(w · x + b): one `dot` node, and one for the activation.

    Args:
        nin: how many numbers it takes.
        nonlin: False leaves the activation out.
        activation: the name of an operation of one argument, or a function; relu if not given.
        bias: False leaves `b` out (it is then None).
        init, bias_init: see `nn.init`; micrograd's U(-1, 1) and 0 if not given.
        rng, seed: the source of randomness, or a seed for one.

    >>> neuron = Neuron(2, activation="tanh", seed=0)
    >>> neuron
    TanhNeuron(2)
    >>> [parameter.name for parameter in neuron.parameters()]
    ['w1', 'w2', 'b']
    """

    def __init__(
        self,
        nin: int,
        nonlin: bool = True,
        *,
        activation: str | ActivationFunction | None = None,
        bias: bool = True,
        init: Initialiser = _MICROGRAD,
        bias_init: Initialiser = initialisers.zeros,
        rng: random.Random | None = None,
        seed: int | None = None,
    ) -> None:
        nin = _size("nin of a Neuron", nin)
        if activation is not None and not nonlin:
            raise ValueError(
                f"nonlin=False and activation={activation!r} contradict each other: leave one out"
            )
        self.activation = checked_activation("relu" if activation is None else activation)
        rng = generator(rng, seed)
        self.w = [Value(init(rng, nin, 1), name=f"w{i}") for i in range(1, nin + 1)]
        self.b = Value(bias_init(rng, nin, 1), name="b") if bias else None
        self.nonlin = nonlin

    def forward(self, x: Any) -> Value:
        """Return activation(w · x + b); x is a sequence of numbers or Values, or one alone where nin is 1."""
        x = _inputs(self, x, len(self.w))
        h: Value = dot(self.w, x) if self.b is None else dot(self.w, x, self.b)
        if not self.nonlin:
            return h
        activation = self.activation
        activated: Value = getattr(h, activation)() if isinstance(activation, str) else activation(h)
        return activated

    def __repr__(self) -> str:
        return f"{activation_title(self.activation) if self.nonlin else 'Linear'}Neuron({len(self.w)})"


class Layer(Module):
    """`nout` neurons that read the same `nin` numbers; gives a list, or the Value itself where nout is 1.

    Args:
        nin, nout: how many numbers come in and go out.
        nonlin, activation, bias, init, bias_init, rng, seed: as for `Neuron`; initialisers get nin and nout
            as fan_in and fan_out.

    >>> layer = Layer(2, 3, seed=0)
    >>> len(layer([1.0, 2.0]))
    3
    >>> layer([1.0])
    Traceback (most recent call last):
    ...
    nn.layers.InputLengthError: Layer(2, 3) expects x of length 2, got length 1
    """

    def __init__(
        self,
        nin: int,
        nout: int,
        nonlin: bool = True,
        *,
        activation: str | ActivationFunction | None = None,
        bias: bool = True,
        init: Initialiser = _MICROGRAD,
        bias_init: Initialiser = initialisers.zeros,
        rng: random.Random | None = None,
        seed: int | None = None,
    ) -> None:
        kind = type(self).__name__
        nin, nout = _size(f"nin of a {kind}", nin), _size(f"nout of a {kind}", nout)
        rng = generator(rng, seed)
        self.neurons = [
            Neuron(
                nin,
                nonlin,
                activation=activation,
                bias=bias,
                init=lambda rng, fan_in, _: init(rng, fan_in, nout),
                bias_init=lambda rng, fan_in, _: bias_init(rng, fan_in, nout),
                rng=rng,
            )
            for _ in range(nout)
        ]
        _name_weights(self, "")

    def forward(self, x: Any) -> Any:
        """Return the neurons' outputs for a sequence of numbers or Values."""
        x = _inputs(self, x, len(self.neurons[0].w))
        outputs = [neuron(x) for neuron in self.neurons]
        return outputs[0] if len(outputs) == 1 else outputs

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(repr, self.neurons))}]"


class Linear(Layer):
    """A layer without activation: x W + b.

    >>> Linear(2, 1, bias=False, init=initialisers.constant(2.0))([1.0, 10.0]).data
    22.0
    """

    def __init__(
        self,
        nin: int,
        nout: int,
        *,
        bias: bool = True,
        init: Initialiser = _MICROGRAD,
        bias_init: Initialiser = initialisers.zeros,
        rng: random.Random | None = None,
        seed: int | None = None,
    ) -> None:
        super().__init__(nin, nout, False, bias=bias, init=init, bias_init=bias_init, rng=rng, seed=seed)


class MLP(Module):
    """A multilayer perceptron: layers of the sizes in `nouts`, an activation after all but the last.

    Args:
        nin: how many numbers come in.
        nouts: the sizes of the layers; the last is how many numbers go out.
        activation: after all but the last layer; relu if not given.
        output_activation: after the last layer; none if not given.
        bias, init, bias_init, rng, seed: as for `Layer`.

    >>> model = MLP(2, [2, 1], seed=0)
    >>> [name for name, _ in model.named_parameters()][:3]
    ['layers.0.neurons.0.w.0', 'layers.0.neurons.0.w.1', 'layers.0.neurons.0.b']
    >>> [parameter.name for parameter in model.parameters()]
    ['w11^1', 'w21^1', 'b1^1', 'w12^1', 'w22^1', 'b2^1', 'w11^2', 'w21^2', 'b1^2']
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        *,
        activation: str | ActivationFunction | None = None,
        output_activation: str | ActivationFunction | None = None,
        bias: bool = True,
        init: Initialiser = _MICROGRAD,
        bias_init: Initialiser = initialisers.zeros,
        rng: random.Random | None = None,
        seed: int | None = None,
    ) -> None:
        sizes = [_size("nin of an MLP", nin), *_sizes(nouts)]
        rng = generator(rng, seed)
        last = len(sizes) - 2
        self.layers = [
            Layer(
                sizes[i],
                sizes[i + 1],
                nonlin=i != last or output_activation is not None,
                activation=activation if i != last else output_activation,
                bias=bias,
                init=init,
                bias_init=bias_init,
                rng=rng,
            )
            for i in range(len(sizes) - 1)
        ]
        if len(self.layers) > 1:
            for i, layer in enumerate(self.layers, 1):
                _name_weights(layer, f"^{i}")

    def forward(self, x: Any) -> Any:
        """Return the output of the last layer: a list, or the Value itself where it is one."""
        return _chain("layers", self.layers, x)

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(repr, self.layers))}]"


class Sequential(Module):
    """Modules one after the other; a name or a function stands for the activation it means.

    >>> Sequential(Linear(2, 1), "tanh", Linear(1, 1))
    Sequential of [Layer of [LinearNeuron(2)], Activation('tanh'), Layer of [LinearNeuron(1)]]
    """

    def __init__(self, *modules: Module | str | ActivationFunction) -> None:
        if not modules:
            raise ValueError("Sequential needs at least one module")
        self.modules = [module if isinstance(module, Module) else Activation(module) for module in modules]

    def forward(self, x: Any) -> Any:
        """Return the output of the last module."""
        return _chain("modules", self.modules, x)

    def __repr__(self) -> str:
        return f"Sequential of [{', '.join(map(repr, self.modules))}]"


def _chain(attribute: str, modules: Sequence[Module], x: Any) -> Any:
    i = 0
    try:
        for i, module in enumerate(modules):  # noqa: B007 - the handler names the module
            x = module(x)
    except InputLengthError as error:
        raise error.inside(f"{attribute}.{i}") from None
    return x


def _inputs(module: Neuron | Layer, x: Any, expected: int) -> Any:
    """Return x as a sequence of the expected length."""
    if not isinstance(x, list):
        x = _as_list(x)
    if len(x) != expected:
        raise InputLengthError(_short(module), expected, len(x))
    return x


def _as_list(x: Any) -> list[Any]:
    if hasattr(x, "tolist"):  # a NumPy array: plain floats make faster graphs
        x = x.tolist()
    if isinstance(x, str | bytes | dict | set | frozenset):
        raise TypeError(f"x must be a sequence of numbers or Values, not {type(x).__name__}")
    return list(x) if hasattr(x, "__iter__") else [x]


def _short(module: Neuron | Layer) -> str:
    if isinstance(module, Neuron):
        return repr(module)
    return f"{type(module).__name__}({len(module.neurons[0].w)}, {len(module.neurons)})"


def _size(what: str, size: int) -> int:
    if isinstance(size, bool) or not hasattr(size, "__index__"):
        raise TypeError(f"{what} must be an int, not {type(size).__name__} {size!r}")
    size = operator.index(size)
    if size < 1:
        raise ValueError(f"{what} must be at least 1, got {size}")
    return size


def _sizes(nouts: object) -> list[int]:
    if not isinstance(nouts, Iterable) or isinstance(nouts, str):
        raise TypeError(f"nouts of an MLP must be a list of sizes such as [16, 16, 1], not {nouts!r}")
    sizes = [_size(f"nouts[{i}] of an MLP", size) for i, size in enumerate(nouts)]
    if not sizes:
        raise ValueError("nouts of an MLP is empty: give the size of at least one layer, such as [1]")
    return sizes


def _name_weights(layer: Layer, suffix: str) -> None:
    """Name weights as the sheet does: w12 leads from input 1 to neuron 2; ^k is the layer."""
    nin, nout = len(layer.neurons[0].w), len(layer.neurons)
    comma = "," if max(nin, nout) > 9 else ""
    for j, neuron in enumerate(layer.neurons, 1):
        for i, weight in enumerate(neuron.w, 1):
            weight.named(f"w{i}{comma}{j}{suffix}")
        if neuron.b is not None:
            neuron.b.named(f"b{j}{suffix}")
