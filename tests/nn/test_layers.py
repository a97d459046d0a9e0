"""Tests of nn/layers.py: what layers compute, micrograd's shapes and words, bad input."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import autodiff
from autodiff import Value
from nn import (
    MLP,
    InputLengthError,
    Layer,
    Linear,
    Module,
    Neuron,
    ReLU,
    Sequential,
    Tanh,
)
from nn.init import constant


def set_parameters(module: Module, numbers: list[float]) -> None:
    for parameter, number in zip(module.parameters(), numbers, strict=True):
        parameter.data = number


def test_a_neuron_is_one_dot_node_and_its_activation() -> None:
    neuron = Neuron(2, activation="tanh", seed=0)
    set_parameters(neuron, [0.5, -1.0, 0.25])

    output = neuron([2.0, 3.0])

    assert output.data == math.tanh(0.5 * 2 - 1.0 * 3 + 0.25)
    assert output.op.name == "tanh"
    (h,) = output.parents
    assert h.op.name == "dot"
    assert set(neuron.parameters()) == set(h.parents)


@pytest.mark.parametrize(
    "x", [[2.0, 3.0], (2, 3), [Value(2.0), Value(3.0)], [Fraction(2), 3.0], iter([2.0, 3.0])]
)
def test_inputs_of_many_kinds(x: Any) -> None:
    neuron = Neuron(2, nonlin=False, init=constant(1.0), bias_init=constant(0.5))

    assert neuron(x).data == 5.5


def test_numpy_rows_and_values_as_inputs() -> None:
    np = pytest.importorskip("numpy")
    neuron = Neuron(2, nonlin=False, init=constant(1.0))

    assert neuron(np.array([2.0, 3.0])).data == 5.0
    assert neuron(np.array([2, 3])).data == 5.0
    assert neuron(np.array([Value(2.0), Value(3.0)], dtype=object)).data == 5.0
    assert type(neuron(np.array([2.0, 3.0], dtype="float32")).data) is float


def test_gradients_reach_the_inputs() -> None:
    x = [Value(2.0), Value(3.0)]
    neuron = Neuron(2, nonlin=False)
    set_parameters(neuron, [0.5, -1.0, 0.25])

    neuron(x).backward()

    assert [each.grad for each in x] == [0.5, -1.0]
    assert [each.grad for each in neuron.w] == [2.0, 3.0]
    assert neuron.b is not None
    assert neuron.b.grad == 1.0


def test_micrograds_reprs() -> None:
    assert repr(Neuron(2)) == "ReLUNeuron(2)"
    assert repr(Neuron(2, nonlin=False)) == "LinearNeuron(2)"
    assert repr(Layer(2, 2)) == "Layer of [ReLUNeuron(2), ReLUNeuron(2)]"
    assert repr(MLP(2, [1, 1])) == "MLP of [Layer of [ReLUNeuron(2)], Layer of [LinearNeuron(1)]]"


def test_reprs_beyond_micrograd() -> None:
    assert repr(Neuron(3, activation="leaky_relu")) == "LeakyReLUNeuron(3)"
    assert repr(Neuron(3, activation=autodiff.exp)) == "ExpNeuron(3)"
    assert repr(Sequential(Linear(1, 1), ReLU(), "tanh")) == (
        "Sequential of [Layer of [LinearNeuron(1)], ReLU(), Activation('tanh')]"
    )


def test_micrograds_attributes() -> None:
    model = MLP(2, [3, 1])

    assert [len(layer.neurons) for layer in model.layers] == [3, 1]
    assert [neuron.nonlin for layer in model.layers for neuron in layer.neurons] == [True, True, True, False]
    assert all(-1 <= w.data <= 1 for layer in model.layers for n in layer.neurons for w in n.w)
    assert all(n.b is not None and n.b.data == 0 for layer in model.layers for n in layer.neurons)
    assert len(model.parameters()) == 13


def test_nonlin_can_be_switched_off_later() -> None:
    neuron = Neuron(1, init=constant(-1.0))
    assert neuron([2.0]).data == 0.0

    neuron.nonlin = False

    assert neuron([2.0]).data == -2.0
    assert repr(neuron) == "LinearNeuron(1)"


def test_a_layer_of_one_gives_the_value_itself() -> None:
    assert isinstance(Layer(2, 1)([1.0, 2.0]), Value)
    assert isinstance(MLP(2, [3, 1])([1.0, 2.0]), Value)
    assert len(Layer(2, 2)([1.0, 2.0])) == 2


def test_layers_of_width_one_follow_each_other() -> None:
    """micrograd fails here: its layer gives a Value where the next one wants a list."""
    model = MLP(1, [1, 1, 1], activation="tanh", init=constant(1.0))

    assert model(0.5).data == math.tanh(math.tanh(0.5))
    assert model([0.5]).data == model(Value(0.5)).data


def test_an_mlp_is_its_layers_one_after_the_other() -> None:
    model = MLP(2, [3, 2], activation="tanh", output_activation="sigmoid", seed=0)
    x = [0.3, -0.7]

    hidden = [
        math.tanh(sum(w.data * xi for w, xi in zip(n.w, x, strict=True))) for n in model.layers[0].neurons
    ]
    scores = [sum(w.data * h for w, h in zip(n.w, hidden, strict=True)) for n in model.layers[1].neurons]

    assert [y.data for y in model(x)] == pytest.approx(
        [1 / (1 + math.exp(-score)) for score in scores], rel=1e-14
    )


def test_sequential_takes_modules_names_and_functions() -> None:
    layers = [Linear(2, 3, seed=0), Linear(3, 1, seed=1)]
    x = [0.3, -0.7]

    outputs = [
        Sequential(layers[0], Tanh(), layers[1])(x).data,
        Sequential(layers[0], "tanh", layers[1])(x).data,
        Sequential(layers[0], autodiff.tanh, layers[1])(x).data,
        layers[1]([h.tanh() for h in layers[0](x)]).data,
    ]

    assert len(set(outputs)) == 1
    assert next(name for name, _ in Sequential(*layers).named_parameters()) == "modules.0.neurons.0.w.0"


def test_without_bias() -> None:
    model = MLP(2, [2, 1], bias=False, init=constant(1.0))

    assert model([1.0, 2.0]).data == 6.0
    assert len(model.parameters()) == 6
    assert model.layers[0].neurons[0].b is None


def test_fractions_stay_exact() -> None:
    model = MLP(2, [2, 1], init=constant(Fraction(1, 3)), bias_init=constant(Fraction(1, 7)))

    output = model([Fraction(1), Fraction(2)])
    output.backward()

    assert output.data == 2 * Fraction(1, 3) * (1 + Fraction(1, 7)) + Fraction(1, 7)
    assert isinstance(output.data, Fraction)
    assert model.layers[1].neurons[0].w[0].grad == Fraction(8, 7)


def test_names_for_pictures() -> None:
    assert [p.name for p in Neuron(2).parameters()] == ["w1", "w2", "b"]
    assert [p.name for p in Layer(2, 2).parameters()] == ["w11", "w21", "b1", "w12", "w22", "b2"]
    assert [p.name for p in MLP(1, [1, 1]).parameters()] == ["w11^1", "b1^1", "w11^2", "b1^2"]
    assert Layer(1, 12).parameters()[-2].name == "w1,12"


SIZES = [
    (0, ValueError, "must be at least 1, got 0"),
    (-3, ValueError, "must be at least 1, got -3"),
    (True, TypeError, "must be an int, not bool"),
    (2.0, TypeError, "must be an int, not float"),
    ("2", TypeError, "must be an int, not str"),
    (None, TypeError, "must be an int, not NoneType"),
]


@pytest.mark.parametrize(("size", "error", "message"), SIZES)
def test_bad_sizes(size: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=f"nin of a Neuron {message}"):
        Neuron(size)
    with pytest.raises(error, match=f"nout of a Layer {message}"):
        Layer(2, size)
    with pytest.raises(error, match=f"nin of a Linear {message}"):
        Linear(size, 2)
    with pytest.raises(error, match=f"nin of an MLP {message}"):
        MLP(size, [1])
    with pytest.raises(error, match=rf"nouts\[1\] of an MLP {message}"):
        MLP(2, [1, size])


@pytest.mark.parametrize("nouts", [3, "31", None])
def test_nouts_must_be_a_list(nouts: Any) -> None:
    with pytest.raises(TypeError, match="nouts of an MLP must be a list of sizes"):
        MLP(2, nouts)


def test_nouts_must_not_be_empty() -> None:
    with pytest.raises(ValueError, match="nouts of an MLP is empty"):
        MLP(2, [])
    with pytest.raises(ValueError, match="Sequential needs at least one module"):
        Sequential()


def test_numpy_sizes_are_sizes() -> None:
    np = pytest.importorskip("numpy")

    assert len(Layer(np.int64(2), np.int32(3)).neurons) == 3


@pytest.mark.parametrize("x", [[], [1.0], [1.0, 2.0, 3.0], 1.0])
def test_x_of_the_wrong_length_names_the_place(x: Any) -> None:
    given = len(x) if isinstance(x, list) else 1
    told = f"expects x of length 2, got length {given}"

    with pytest.raises(InputLengthError, match=rf"^ReLUNeuron\(2\) {told}$"):
        Neuron(2)(x)
    with pytest.raises(InputLengthError, match=rf"^Linear\(2, 3\) {told}$"):
        Linear(2, 3)(x)
    with pytest.raises(ValueError, match=rf"^layers.0 = Layer\(2, 3\) {told}$"):
        MLP(2, [3, 1])(x)


def test_modules_that_do_not_fit_name_the_place() -> None:
    model = Sequential(Linear(2, 3), Sequential(Tanh(), MLP(4, [2])))

    with pytest.raises(
        InputLengthError, match=r"^modules.1.modules.1.layers.0 = Layer\(4, 2\) expects x of length 4, got"
    ):
        model([1.0, 2.0])


@pytest.mark.parametrize("x", ["ab", {1.0: 2.0, 2.0: 3.0}, {1.0, 2.0}])
def test_x_of_a_wrong_kind(x: Any) -> None:
    with pytest.raises(TypeError, match="x must be a sequence of numbers or Values"):
        MLP(2, [1])(x)


def test_x_holding_no_numbers() -> None:
    with pytest.raises(TypeError):
        MLP(2, [1])(["a", None])


def test_contradicting_words() -> None:
    with pytest.raises(ValueError, match="nonlin=False and activation='tanh' contradict"):
        Neuron(2, nonlin=False, activation="tanh")


def test_a_subclass_defines_forward() -> None:
    class Doubled(MLP):
        def forward(self, x: Any) -> Any:
            return super().forward(x) * 2

    model = Doubled(2, [1], init=constant(1.0))

    assert model([1.0, 2.0]).data == 6.0


NARROW = MLP(2, [3, 1, 2, 1], activation="tanh", seed=0)


@pytest.mark.parametrize(
    ("model", "x", "rows"),
    [
        (NARROW, [0.5, -1.0], None),
        (NARROW, np.array([0.5, -1.0]), None),
        (NARROW, np.array([[0.5, -1.0], [2.0, 0.25]]), [[0.5, -1.0], [2.0, 0.25]]),
        (Sequential("tanh", Linear(1, 2, seed=0), Linear(2, 1, seed=1)), 0.5, None),
        (MLP(1, [3, 1], seed=0), 0.5, None),
        (MLP(1, [3, 1], seed=0), np.array([0.5]), None),
        (MLP(1, [3, 1], seed=0), np.array([[0.5], [2.0]]), [[0.5], [2.0]]),
    ],
)
def test_a_number_that_is_traced_is_one_input(model: Module, x: Any, rows: list[Any] | None) -> None:
    found = autodiff.compile(lambda x: model(x), engine="numpy")(x)

    expected = model(x).data if rows is None else [model(row).data for row in rows]
    assert np.asarray(getattr(found, "data", found)).tolist() == pytest.approx(expected, rel=1e-14)


def test_modules_of_a_sequential_are_passed_one_by_one() -> None:
    with pytest.raises(TypeError, match=r"^modules\[0\] of a Sequential is list, .*: pass them one by one"):
        Sequential([Linear(2, 1), "tanh"])  # type: ignore[arg-type]


@pytest.mark.parametrize("make", [Neuron, lambda nin, **given: MLP(nin, [2, 1], **given)])
@pytest.mark.parametrize("name", ["init", "bias_init"])
def test_an_initialiser_is_a_function(name: str, make: Any) -> None:
    with pytest.raises(TypeError, match=rf"^{name} must be a function of rng, .* not str 'zeros'$"):
        make(2, **{name: "zeros"})
