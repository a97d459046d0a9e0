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
from nn.checks import count
from nn.init import Initialiser, check_initialisers, generator
from nn.module import Module
from nn.values import ValueOrNumber, ValuesOrNumbers, is_many, unpacked

__all__ = ["MLP", "InputLengthError", "Layer", "Linear", "Neuron", "Sequential"]

MICROGRAD = initialisers.uniform(-1.0, 1.0)


class InputLengthError(ValueError):
    """An input of the wrong length; says which part of the model expected and got how many numbers.

    Attributes:
        part: The neuron or layer that refused it.
        expected: How many numbers it takes.
        given: How many it got.
        where: The way to it from the model.

    >>> Sequential(Linear(2, 3), Linear(2, 1))([1.0, 2.0])
    Traceback (most recent call last):
    ...
    nn.layers.InputLengthError: modules.1 = Linear(2, 1) expects x of length 2, got length 3
    """

    def __init__(self, part: str, expected: int, given: int, where: str = "") -> None:
        self.part, self.expected, self.given, self.where = part, expected, given, where
        super().__init__(part, expected, given, where)

    def __str__(self) -> str:
        place = f"{self.where} = {self.part}" if self.where else self.part
        return f"{place} expects x of length {self.expected}, got length {self.given}"

    def inside(self, where: str) -> InputLengthError:
        """Return the same error with one more step of the way from the model to the part.

        >>> print(InputLengthError("Linear(2, 1)", 2, 3).inside("layers.0").inside("encoder"))
        encoder.layers.0 = Linear(2, 1) expects x of length 2, got length 3
        """
        return InputLengthError(
            self.part, self.expected, self.given, f"{where}.{self.where}" if self.where else where
        )


class Neuron(Module):
    """activation(w · x + b): one `dot` node, and one for the activation.

    Args:
        nin: How many numbers it takes.
        nonlin: False leaves the activation out.
        activation: The name of an operation of one argument, or a function; relu if not given.
        bias: False leaves `b` out (it is then None).
        init: Gives the first weights; see `nn.init`. Micrograd's U(-1, 1) if not given.
        bias_init: Gives the first biases; 0 if not given.
        rng: The source of randomness.
        seed: A seed for one.

    Attributes:
        w: The weights, one a number that it takes.
        b: The bias, or None.
        activation: The name or function.
        nonlin: Whether it is used.

    Raises:
        TypeError: `nin` is no int, `activation` neither a name nor a function, `init` or `bias_init` no
            function, or `seed` no int.
        ValueError: `nin` is below 1, no operation is called `activation`, or two arguments contradict each
            other.

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
        init: Initialiser = MICROGRAD,
        bias_init: Initialiser = initialisers.zeros,
        rng: random.Random | None = None,
        seed: int | None = None,
    ) -> None:
        nin = count("nin of a Neuron", nin)
        if activation is not None and not nonlin:
            raise ValueError(
                f"nonlin=False and activation={activation!r} contradict each other: leave one out"
            )
        self.activation = checked_activation("relu" if activation is None else activation)
        check_initialisers(init, bias_init)
        rng = generator(rng, seed)
        self.w = [Value(init(rng, nin, 1), name=f"w{i}") for i in range(1, nin + 1)]
        self.b = Value(bias_init(rng, nin, 1), name="b") if bias else None
        self.nonlin = nonlin

    def forward(self, x: ValuesOrNumbers) -> Value:
        """Return activation(w · x + b).

        Args:
            x: Numbers or Values, as many as there are weights; where that is one, it may stand alone.

        Raises:
            InputLengthError: There are more or less.

        >>> Neuron(2, nonlin=False, init=initialisers.constant(1.0)).forward([1.0, 2.0]).data
        3.0
        """
        numbers = inputs(self, x, len(self.w))
        h: Value = dot(self.w, numbers) if self.b is None else dot(self.w, numbers, self.b)
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
        nin: How many numbers come in.
        nout: How many go out.
        nonlin: As for `Neuron`.
        activation: As for `Neuron`.
        bias: As for `Neuron`.
        init: As for `Neuron`; called with nin and nout as fan_in and fan_out.
        bias_init: The same for the biases.
        rng: The source of randomness.
        seed: A seed for one.

    Attributes:
        neurons: The neurons.

    Raises:
        TypeError, ValueError: As for `Neuron`.

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
        init: Initialiser = MICROGRAD,
        bias_init: Initialiser = initialisers.zeros,
        rng: random.Random | None = None,
        seed: int | None = None,
    ) -> None:
        kind = type(self).__name__
        nin, nout = count(f"nin of a {kind}", nin), count(f"nout of a {kind}", nout)
        check_initialisers(init, bias_init)
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
        name_weights(self, "")

    def forward(self, x: ValuesOrNumbers) -> Value | list[Value]:
        """Return the neurons' outputs for a sequence of numbers or Values.

        Raises:
            InputLengthError: There are more or less than the neurons have weights.

        >>> [y.data for y in Layer(1, 2, init=initialisers.constant(2.0)).forward([3.0])]
        [6.0, 6.0]
        """
        numbers = inputs(self, x, len(self.neurons[0].w))
        outputs = [neuron(numbers) for neuron in self.neurons]
        return outputs[0] if len(outputs) == 1 else outputs

    def __repr__(self) -> str:
        return f"Layer of [{', '.join(map(repr, self.neurons))}]"


class Linear(Layer):
    """A layer without activation: x W + b.

    Args:
        nin: How many numbers come in.
        nout: How many go out.
        bias: As for `Neuron`.
        init: As for `Neuron`; called with nin and nout as fan_in and fan_out.
        bias_init: The same for the biases.
        rng: The source of randomness.
        seed: A seed for one.

    Attributes:
        neurons: The neurons.

    Raises:
        TypeError, ValueError: As for `Neuron`.

    >>> Linear(2, 1, bias=False, init=initialisers.constant(2.0))([1.0, 10.0]).data
    22.0
    """

    def __init__(
        self,
        nin: int,
        nout: int,
        *,
        bias: bool = True,
        init: Initialiser = MICROGRAD,
        bias_init: Initialiser = initialisers.zeros,
        rng: random.Random | None = None,
        seed: int | None = None,
    ) -> None:
        super().__init__(nin, nout, False, bias=bias, init=init, bias_init=bias_init, rng=rng, seed=seed)


class MLP(Module):
    """A multilayer perceptron: layers of the sizes in `nouts`, an activation after all but the last.

    Args:
        nin: How many numbers come in.
        nouts: The sizes of the layers; the last is how many numbers go out.
        activation: What is applied after all but the last layer; relu if not given.
        output_activation: What is applied after the last layer; nothing if not given.
        bias: As for `Neuron`.
        init: As for `Neuron`; called with a layer's sizes as fan_in and fan_out.
        bias_init: The same for the biases.
        rng: The source of randomness.
        seed: A seed for one.

    Attributes:
        layers: The layers, in forward order.

    Raises:
        TypeError, ValueError: As for `Neuron`; also if `nouts` is no list of sizes, or empty.

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
        init: Initialiser = MICROGRAD,
        bias_init: Initialiser = initialisers.zeros,
        rng: random.Random | None = None,
        seed: int | None = None,
    ) -> None:
        sizes = [count("nin of an MLP", nin), *sizes_of(nouts)]
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
                name_weights(layer, f"^{i}")

    def forward(self, x: ValuesOrNumbers) -> Value | list[Value]:
        """Return the output of the last layer: a list, or the Value itself where it is one.

        Raises:
            InputLengthError: `x` has more or less numbers than the first layer takes.

        >>> MLP(2, [3, 1], init=initialisers.constant(1.0)).forward([1.0, 2.0]).data
        9.0
        """
        output: Value | list[Value] = chained("layers", self.layers, x)
        return output

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(repr, self.layers))}]"


class Sequential(Module):
    """Modules one after the other; a name or a function stands for the activation it means.

    Args:
        *modules: In forward order.

    Attributes:
        modules: The same, with a module in the place of each name and function.

    Raises:
        ValueError: There are none, or no operation has a name that is given.
        TypeError: One is neither a module nor a name nor a function.

    >>> Sequential(Linear(2, 1), "tanh", Linear(1, 1))
    Sequential of [Layer of [LinearNeuron(2)], Activation('tanh'), Layer of [LinearNeuron(1)]]
    """

    def __init__(self, *modules: Module | str | ActivationFunction) -> None:
        if not modules:
            raise ValueError("Sequential needs at least one module")
        for i, module in enumerate(modules):
            if not isinstance(module, Module | str) and not callable(module):
                raise TypeError(
                    f"modules[{i}] of a Sequential is {type(module).__name__}, neither a module nor a name nor a "
                    "function: pass them one by one, as in Sequential(Linear(2, 3), 'tanh', Linear(3, 1))"
                )
        self.modules = [module if isinstance(module, Module) else Activation(module) for module in modules]

    def forward(self, x: object) -> Any:
        """Return the output of the last module.

        Raises:
            InputLengthError: A layer gets more or less numbers than it takes.

        >>> Sequential("relu", lambda x: x).forward([-1.0, 2.0])
        [0.0, 2.0]
        """
        return chained("modules", self.modules, x)

    def __repr__(self) -> str:
        return f"Sequential of [{', '.join(map(repr, self.modules))}]"


def chained(attribute: str, modules: Sequence[Module], x: object) -> Any:
    """Return what the last of the modules gives; an error says which of them got a wrong length."""
    i = 0
    try:
        for i, module in enumerate(modules):  # noqa: B007 - the handler names the module
            x = module(x)
    except InputLengthError as error:
        raise error.inside(f"{attribute}.{i}") from None
    return x


def inputs(module: Neuron | Layer, x: ValuesOrNumbers, expected: int) -> list[ValueOrNumber]:
    """Return x as a list of the expected length."""
    if isinstance(x, list):
        numbers: list[ValueOrNumber] = x
    elif isinstance(x, str | bytes | dict | set | frozenset):
        raise TypeError(f"x must be a sequence of numbers or Values, not {type(x).__name__}")
    else:
        items: Any = x if isinstance(x, Value) else unpacked(x)
        numbers = list(items) if is_many(items) else [items]
    if len(numbers) != expected:
        raise InputLengthError(sized_name(module), expected, len(numbers))
    return numbers


def sized_name(module: Neuron | Layer) -> str:
    """Return a name for a neuron or layer, with its sizes."""
    if isinstance(module, Neuron):
        return repr(module)
    return f"{type(module).__name__}({len(module.neurons[0].w)}, {len(module.neurons)})"


def sizes_of(nouts: object) -> list[int]:
    """Return the sizes of an MLP's layers."""
    if not isinstance(nouts, Iterable) or isinstance(nouts, str):
        raise TypeError(f"nouts of an MLP must be a list of sizes such as [16, 16, 1], not {nouts!r}")
    sizes = [count(f"nouts[{i}] of an MLP", size) for i, size in enumerate(nouts)]
    if not sizes:
        raise ValueError("nouts of an MLP is empty: give the size of at least one layer, such as [1]")
    return sizes


def name_weights(layer: Layer, suffix: str) -> None:
    """Name weights as the sheet does: w12 leads from input 1 to neuron 2; ^k is the layer."""
    nin, nout = len(layer.neurons[0].w), len(layer.neurons)
    comma = "," if max(nin, nout) > 9 else ""
    for j, neuron in enumerate(layer.neurons, 1):
        for i, weight in enumerate(neuron.w, 1):
            weight.named(f"w{i}{comma}{j}{suffix}")
        if neuron.b is not None:
            neuron.b.named(f"b{j}{suffix}")
