"""Tests of nn/layerwise.py: against matrices, plain SGD and its definition; many graphs; bad input."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff
from autodiff import Value, gradient, topological_order
from autodiff.operations import apply
from nn import MLP, SGD, Activation, Linear, Module, Neuron, Sequential, half_mse
from nn.layerwise import LayerwiseSGD, layerwise_gradients

POINTS = [[0.5, -1.0], [2.0, 0.25], [-0.75, 1.5]]
TARGETS = [1.0, 0.0, 1.0]


def loss_of(model: Module) -> Value:
    loss: Value = half_mse([model(x) for x in POINTS], TARGETS)
    return loss


# ---------------------------------------------------------------- against matrices


def matrices(layer: Any, attribute: str) -> tuple[Any, Any]:
    """Return W [in × out] and b [out] of a layer, or the gradients by them, as NumPy arrays."""
    W = [[getattr(w, attribute) for w in neuron.w] for neuron in layer.neurons]
    return np.array(W).T, np.array([getattr(neuron.b, attribute) for neuron in layer.neurons])


def by_matrices(weights: list[tuple[Any, Any]], lr: float) -> list[tuple[Any, Any]]:
    """Return the gradients of a layerwise step through tanh layers and a linear one, by the formulas."""
    outputs, y = [np.array(POINTS)], np.array([TARGETS]).T
    for W, b in weights[:-1]:
        outputs.append(np.tanh(outputs[-1] @ W + b))
    W, b = weights[-1]
    d = (outputs[-1] @ W + b - y) / len(y)
    found: list[tuple[Any, Any]] = []
    for (W, _), output in zip(reversed(weights), reversed(outputs), strict=True):
        found.insert(0, (output.T @ d, d.sum(axis=0)))
        d = d @ (W - lr * found[0][0]).T * (1 - output**2)
    return found


@pytest.mark.parametrize("sizes", [[1], [3, 1], [3, 4, 1], [2, 2, 2, 1]])
@pytest.mark.parametrize("lr", [0.0, 0.1, 2.0])
def test_agrees_with_matrices(sizes: list[int], lr: float) -> None:
    model = MLP(2, sizes, activation="tanh", seed=3)
    before = [matrices(layer, "data") for layer in model.layers]

    LayerwiseSGD(model.layers, lr).minimize(loss_of(model))

    for layer, old, by in zip(model.layers, before, by_matrices(before, lr), strict=True):
        for number, w, dw in zip(matrices(layer, "data"), old, by, strict=True):
            assert np.allclose(w - lr * dw, number, rtol=1e-12, atol=1e-14)
        for moved_by, dw in zip(matrices(layer, "grad"), by, strict=True):
            assert np.allclose(dw, moved_by, rtol=1e-12, atol=1e-14)


def test_differs_from_plain_sgd_below_the_last_layer_only() -> None:
    model = MLP(2, [3, 3, 1], activation="tanh", seed=1)
    loss = loss_of(model)

    found = layerwise_gradients(loss, [layer.parameters() for layer in model.layers], lr=0.5)

    assert [w in model.layers[-1].parameters() for w in found] == [True] * 4 + [False] * 21
    for layer in model.layers:
        exact = gradient(loss, layer.parameters())
        same = [found[w] for w in layer.parameters()] == exact
        assert same == (layer is model.layers[-1])


# ---------------------------------------------------------------- against plain SGD


@pytest.mark.parametrize("make", [lambda: MLP(2, [1], seed=1), lambda: Neuron(2, activation="tanh", seed=2)])
def test_one_layer_is_plain_sgd_to_the_last_bit(make: Callable[[], Module]) -> None:
    plain, layerwise = make(), make()
    for _ in range(5):
        SGD(plain.parameters(), lr=0.3).minimize(loss_of(plain))
        LayerwiseSGD([layerwise], lr=0.3).minimize(loss_of(layerwise))

    assert plain.state_dict() == layerwise.state_dict()


def test_all_parameters_as_one_layer_is_plain_sgd_too() -> None:
    plain, layerwise = MLP(2, [3, 1], seed=1), MLP(2, [3, 1], seed=1)
    SGD(plain.parameters(), lr=0.3).minimize(loss_of(plain))
    LayerwiseSGD([layerwise.parameters()], lr=0.3).minimize(loss_of(layerwise))

    assert plain.state_dict() == layerwise.state_dict()


def test_learning_rate_0_leaves_the_true_gradient_and_moves_nothing() -> None:
    model = MLP(2, [3, 3, 1], activation="tanh", seed=1)
    before, loss = model.state_dict(), loss_of(model)

    LayerwiseSGD(model.layers, lr=0).minimize(loss)

    assert before == model.state_dict()
    assert gradient(loss, model.parameters()) == pytest.approx(
        [w.grad for w in model.parameters()], rel=1e-13
    )


def test_the_difference_shrinks_with_the_learning_rate() -> None:
    model = MLP(2, [3, 3, 1], activation="tanh", seed=1)
    loss, first = loss_of(model), model.layers[0].parameters()
    layers = [layer.parameters() for layer in model.layers]

    def bias(lr: float) -> float:
        found = layerwise_gradients(loss, layers, lr)
        return max(abs(float(found[w] - g)) for w, g in zip(first, gradient(loss, first), strict=True))

    assert bias(1e-4) / bias(1e-5) == pytest.approx(10, rel=1e-2)


# ---------------------------------------------------------------- against the definition, exactly


def by_definition(loss: Value, layers: Sequence[Sequence[Value]], lr: Any) -> dict[Value, Any]:
    """Sweep the whole graph once a layer, all partials at the weights that later layers have by then."""
    found: dict[Value, Any] = {}
    moved: dict[Value, Value] = {}
    for layer in reversed(layers):
        adjoints: dict[Value, Any] = defaultdict(Fraction, {loss: Fraction(1)})
        for node in reversed(topological_order(loss)):
            anew = node if node.op is None else apply(node.op, [moved.get(x, x) for x in node.operands])
            for parent, partial in zip(node.parents, anew.partials, strict=True):
                adjoints[parent] += adjoints[node] * partial
        found |= {w: adjoints[w] for w in layer}
        moved |= {w: Value(w.data - lr * found[w]) for w in layer}
    return found


FRACTIONS = st.fractions(-3, 3, max_denominator=8)


@settings(max_examples=25)  # exact sums of sixth powers take their time
@given(st.lists(FRACTIONS, min_size=9, max_size=9), st.lists(FRACTIONS, min_size=2, max_size=2), FRACTIONS)
def test_agrees_with_its_definition_where_layers_cross(numbers: Any, inputs: Any, lr: Fraction) -> None:
    """A block of two maps, a connection that skips layers, a weight used again at the end, and a penalty."""
    a, b, c, d, e, f, g, h, i = weights = [Value(number) for number in numbers]
    layers = [[a, b, c], [d, e, f], [g, h, i]]

    def output(x: Fraction) -> Any:
        first = [(a * x + b).relu(), a * x * x - c]
        second = d * autodiff.relu(autodiff.dot([e, f], first, bias=x))  # d and e belong to one layer
        return autodiff.dot([g, h], [second, first[0]], bias=i) + a * second

    penalty = autodiff.sum([w * w * w for w in weights])
    loss = autodiff.sum([(output(x) - 1) ** 2 for x in inputs]) + penalty

    found = layerwise_gradients(loss, layers, abs(lr))

    assert by_definition(loss, layers, abs(lr)) == found
    assert layerwise_gradients(loss, layers, 0) == dict(zip(weights, gradient(loss, weights), strict=True))


def test_fractions_stay_exact() -> None:
    w1, w2 = Value(Fraction(1, 3)), Value(Fraction(1, 2))
    LayerwiseSGD([[w1], [w2]], lr=Fraction(1, 5)).minimize((w2 * (w1 * 3) - 1) ** 2 / 2)

    assert (w1.grad, w2.grad) == (Fraction(-1, 2) * 3 * Fraction(3, 5), Fraction(-1, 2))
    assert (w1.data, w2.data) == (Fraction(1, 3) + Fraction(9, 50), Fraction(3, 5))


# ---------------------------------------------------------------- graphs of all kinds


def test_a_sequential_with_modules_that_have_no_parameters() -> None:
    model = Sequential(Linear(2, 3, seed=0), "tanh", Activation("relu"), Linear(3, 1, seed=1))
    optimizer = LayerwiseSGD(model.modules, lr=0.1)
    losses = []
    for _ in range(30):
        losses.append(loss_of(model))
        optimizer.minimize(losses[-1])

    assert [len(layer) for layer in optimizer.layers] == [6 + 3, 3 + 1]
    assert losses[-1] < losses[0]


def test_a_recurrent_cell_unrolled_whose_output_comes_back_to_it() -> None:
    cell, readout = Neuron(2, activation="tanh", seed=0), Neuron(1, nonlin=False, seed=1)
    y: Any = 0.0
    for x in (0.5, -1.0, 2.0):
        y = readout([cell([x, y])])
    loss, layers = (y - 1) ** 2, [cell.parameters(), readout.parameters()]

    found = layerwise_gradients(loss, layers, lr=0.1)

    assert by_definition(loss, layers, 0.1) == pytest.approx(found, rel=1e-12)


def test_thousands_of_layers() -> None:
    weights = [Value(1.0) for _ in range(3000)]
    output = Value(1.0)
    for w in weights:
        output = output * w

    found = layerwise_gradients(output, [[w] for w in weights], lr=0)

    assert set(found.values()) == {1.0}


def test_a_parameter_that_the_loss_does_not_depend_on_stays() -> None:
    used, unused = Value(2.0), Value(7.0)
    unused.grad = 5.0
    LayerwiseSGD([[unused], [used]], lr=0.25).minimize(used * used)

    assert (used.data, unused.data, unused.grad) == (1.0, 7.0, 0.0)


def test_leaves_that_belong_to_no_layer_are_left_alone() -> None:
    x, w = Value(3.0), Value(2.0)
    LayerwiseSGD([[w]], lr=0.5).minimize(x * w)

    assert (x.data, x.grad, w.data) == (3.0, 0.0, 0.5)


def test_the_learning_rate_may_change_between_steps() -> None:
    w = Value(1.0)
    optimizer = LayerwiseSGD([[w]], lr=0.5)
    optimizer.lr = 0.25
    optimizer.minimize(w * w)

    assert (w.data, optimizer.steps) == (0.5, 1)


# ---------------------------------------------------------------- bad input


def test_step_says_what_to_call() -> None:
    with pytest.raises(TypeError, match=r"minimize\(loss\)"):
        LayerwiseSGD([[Value(1.0)]], lr=0.1).step()


W = Value(1.0, name="w")


@pytest.mark.parametrize(
    ("layers", "error", "message"),
    [
        (MLP(2, [1], seed=0), TypeError, "not MLP: use model.layers"),
        (3, TypeError, "not int"),
        (W, TypeError, "not Value"),
        ([W], TypeError, r"layers\[0\] is Value"),
        (["tanh"], TypeError, r"layers\[0\]\[0\] is str"),
        ([[W], [1.0]], TypeError, r"layers\[1\]\[0\] is float"),
        ([[W], [W]], ValueError, r"layers\[0\] and layers\[1\] hold the same Value.*name='w'"),
        ([[W, W]], ValueError, "twice"),
        ([[W * 2]], ValueError, "only leaves can be trained"),
        ([], ValueError, "nothing to train"),
        ([[], Activation("tanh")], ValueError, "nothing to train"),
    ],
)
def test_bad_layers(layers: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        LayerwiseSGD(layers, lr=0.1)


@pytest.mark.parametrize("lr", [-0.1, float("inf"), float("nan")])
def test_bad_learning_rate(lr: float) -> None:
    with pytest.raises(ValueError, match="lr must be"):
        LayerwiseSGD([[W]], lr=lr)


def test_a_loss_that_is_no_value() -> None:
    with pytest.raises(TypeError, match="one Value, not float"):
        LayerwiseSGD([[W]], lr=0.1).minimize(0.5)  # type: ignore[arg-type]


def test_a_loss_of_another_model() -> None:
    with pytest.raises(ValueError, match="depends on none of the parameters"):
        LayerwiseSGD([[W]], lr=0.1).minimize(loss_of(MLP(2, [1], seed=0)))


def test_layers_from_last_to_first() -> None:
    model = MLP(2, [2, 2, 1], activation="tanh", seed=0)
    before = model.state_dict()

    with pytest.raises(ValueError, match=r"layers\[0\] reads what layers\[2\] computed.*forward order"):
        LayerwiseSGD(reversed(model.layers), lr=0.1).minimize(loss_of(model))
    assert before == model.state_dict()


def test_an_operation_not_defined_at_the_new_weights_changes_nothing() -> None:
    v, w = Value(2.0, name="v"), Value(0.5, name="w")
    v.grad = w.grad = 7.0

    with pytest.raises(ValueError, match=r"log.*-1\.5.*'w'"):
        LayerwiseSGD([[v], [w]], lr=1.0).minimize(w.log() * 1.0 + v * 0.0)
    assert (v.data, w.data, v.grad, w.grad) == (2.0, 0.5, 7.0, 7.0)
