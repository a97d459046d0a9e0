"""Every number of the problem sheet, by the engine: as fractions where it is rational."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from autodiff import Value, count_paths, edges, paths, sigmoid
from autodiff.matrix import Matrix, backward, data, gradient, grads, jacobian, matrix
from autodiff.writing.symbols import symbolic_partial
from nn import LayerwiseSGD
from nn.losses import half_mse, half_squared_error, logloss

HALF = Fraction(1, 2)


def exact(rows: Any) -> Any:
    """Numbers as an array of fractions."""
    array = np.array(rows, dtype=object)
    return np.vectorize(Fraction, otypes=[object])(array)


def same(actual: Any, expected: Any) -> None:
    """The same fractions in the same shape; no float among them."""
    assert {type(x) for x in actual.flat} == {Fraction}
    assert actual.tolist() == exact(expected).tolist()


# ---------------------------------------------------------------- 1. computation graph


def vertices(x: Value, y: Value) -> dict[str, Value]:
    a, b, c = (x**2).named("a"), (x * y).named("b"), (x + y).named("c")
    d, e = (a + b).named("d"), (c**2).named("e")
    return {"x": x, "y": y, "a": a, "b": b, "c": c, "d": d, "e": e, "f": (d + e).named("f")}


def graph() -> dict[str, Value]:
    return vertices(Value(Fraction(2), name="x"), Value(Fraction(3), name="y"))


def test_1_values_and_derivatives() -> None:
    v = graph()
    v["f"].backward()

    assert {name: node.data for name, node in v.items()} == {
        "x": 2, "y": 3, "a": 4, "b": 6, "c": 5, "d": 10, "e": 25, "f": 35,
    }  # fmt: skip
    assert (v["x"].grad, v["y"].grad) == (17, 12)
    assert isinstance(v["x"].grad, Fraction)


def test_1_every_edge_has_its_derivative_in_symbols() -> None:
    v = graph()
    written = {
        f"d{edge.node.name}/d{edge.parent.name}": symbolic_partial(
            edge.node, edge.position, lambda node: str(node.name)
        ).text()
        for edge in edges(v["f"])
    }

    assert written == {
        "da/dx": "2x", "db/dx": "y", "db/dy": "x", "dc/dx": "1", "dc/dy": "1",
        "dd/da": "1", "dd/db": "1", "de/dc": "2c", "df/dd": "1", "df/de": "1",
    }  # fmt: skip


def test_1_sum_over_paths() -> None:
    v = graph()
    by_x, by_y = ([path.product for path in paths(v["f"], v[name])] for name in "xy")

    assert sorted(by_x) == [3, 4, 10]  # y, 2x, 2c
    assert sorted(by_y) == [2, 10]  # x, 2c
    assert (sum(by_x), sum(by_y)) == (17, 12)


@pytest.mark.parametrize(("x", "y"), [(2, 3), (-1, 4), (Fraction(1, 3), Fraction(-5, 7)), (0, 0)])
def test_1_derivatives_at_any_point(x: Any, y: Any) -> None:
    v = vertices(Value(Fraction(x)), Value(Fraction(y)))
    v["f"].backward()

    assert v["x"].grad == 2 * x + y + 2 * (x + y)
    assert v["y"].grad == x + 2 * (x + y)


# ---------------------------------------------------------------- 2. inventing backpropagation


def chain(f: Callable[[Value], Value], x: Any, y: Any, weights: list[Any]) -> dict[str, Value]:
    """The net ŷ = f(f(x w1) w2) w3 of any depth, with its loss ½ (y - ŷ)²."""
    o = Value(x, name="x")
    v = {"x": o}
    for layer, weight in enumerate(weights, start=1):
        v[f"w{layer}"] = Value(weight, name=f"w{layer}")
        v[f"h{layer}"] = h = (o * v[f"w{layer}"]).named(f"h{layer}")
        v[f"o{layer}"] = o = f(h) if layer < len(weights) else h
    v["ŷ"] = o.named("ŷ")
    v["L"] = (y - o) ** 2 / 2
    return v


def test_2_trace_of_d_exactly() -> None:
    v = chain(lambda h: h**2, Fraction(1, 2), Fraction(3), [Fraction(2), Fraction(-1, 3), Fraction(5)])
    v["L"].backward()
    x, w2, w3, h1, o1, h2, o2 = (v[name].data for name in ("x", "w2", "w3", "h1", "o1", "h2", "o2"))
    d = -(3 - v["ŷ"].data)  # the sheet drops the minus
    trace = [d]
    by_w3 = d * o2
    d *= w3 * 2 * h2
    trace.append(d)
    by_w2 = d * o1
    d *= w2 * 2 * h1
    trace.append(d)
    by_w1 = d * x

    assert [v["ŷ"].grad, v["h2"].grad, v["h1"].grad] == trace
    assert trace == [Fraction(-22, 9), Fraction(220, 27), Fraction(-440, 81)]
    assert [v["w1"].grad, v["w2"].grad, v["w3"].grad] == [by_w1, by_w2, by_w3]
    assert by_w3 == Fraction(-22, 81)


def test_2_trace_of_d_with_the_sigmoid() -> None:
    v = chain(lambda h: h.sigmoid(), 1.5, 0.25, [0.5, -2.0, 3.0])
    v["L"].backward()
    o1, o2 = v["o1"].data, v["o2"].data
    trace = [3.0 * o2 - 0.25]
    trace.append(trace[-1] * 3.0 * o2 * (1 - o2))
    trace.append(trace[-1] * -2.0 * o1 * (1 - o1))

    assert [v[name].grad for name in ("ŷ", "h2", "h1")] == pytest.approx(trace, rel=1e-14)
    assert [v[name].grad for name in ("w3", "w2", "w1")] == pytest.approx(
        [trace[0] * o2, trace[1] * o1, trace[2] * 1.5], rel=1e-14
    )


def test_2_multiplications_grow_with_the_square_of_the_depth_by_paths_and_linearly_by_a_sweep() -> None:
    by_paths, by_sweep = [], []
    for depth in range(1, 9):
        v = chain(lambda h: h.sigmoid(), 1.0, 0.0, [1.0] * depth)
        weights = [v[f"w{layer}"] for layer in range(1, depth + 1)]
        assert [count_paths(v["L"], w) for w in weights] == [1] * depth
        by_paths.append(sum(len(path.edges) - 1 for w in weights for path in paths(v["L"], w)))
        by_sweep.append(sum(1 for _ in edges(v["L"])))

    assert np.diff(by_paths, 2).tolist() == [2] * 6
    assert np.diff(by_sweep, 2).tolist() == [0] * 6


# ---------------------------------------------------------------- 3. sigmoid


def test_3_sigmoid_elementwise() -> None:
    Z = matrix([[0.0, 1.0, -2.0], [30.0, -0.5, 4.0]], name="Z")
    d = np.array([[1.0, -2.0, 0.5], [3.0, 1.0, -1.0]])
    s, rest = 1 / (1 + np.exp(-data(Z))), 1 / (1 + np.exp(data(Z)))  # rest is 1 - s with all its digits
    for S in (Z.map(sigmoid), 1 / (1 + np.exp(-Z))):
        np.testing.assert_allclose(data(S), s, rtol=1e-15)
        np.testing.assert_allclose(gradient(S, Z, d), d * s * rest, rtol=1e-12)


def test_3_sigmoid_at_0_exactly() -> None:
    node = Value(Fraction(0)).sigmoid()

    assert (node.data, node.partials) == (HALF, (Fraction(1, 4),))
    assert isinstance(node.data, Fraction)


# ---------------------------------------------------------------- 4. linear layer

X4, W4 = exact([[1, 2], [3, -4]]), exact([[5, 6, -7], [8, HALF, 9]])
D4 = exact([[1, -2, 3], [Fraction(1, 3), 5, -6]])


def test_4_matrix_formula() -> None:
    X, W = matrix(X4, name="X"), matrix(W4, name="W")
    Z = X @ W
    by_x, by_w = gradient(Z, [X, W], D4)

    same(data(Z), X4 @ W4)
    same(by_x, D4 @ W4.T)
    same(by_w, X4.T @ D4)


def test_4_jacobian_by_x_and_its_zeros() -> None:
    X, W = matrix(X4, name="X"), matrix(W4, name="W")
    J = jacobian(X @ W, X)

    assert J.shape == (2, 3, 2, 2)
    assert J.size == 24
    for i, j, k, m in np.ndindex(*J.shape):
        assert J[i, j, k, m] == (W4[m, j] if i == k else 0)
    assert sum(1 for slope in J.flat if slope == 0) == 12
    same(J[:, :, 0, 0], [[5, 6, -7], [0, 0, 0]])  # dZ/dx11


def test_4_jacobian_by_w_and_its_zeros() -> None:
    X, W = matrix(X4, name="X"), matrix(W4, name="W")
    J = jacobian(X @ W, W)

    assert J.shape == (2, 3, 2, 3)
    for i, j, k, m in np.ndindex(*J.shape):
        assert J[i, j, k, m] == (X4[i, k] if j == m else 0)
    same(J[:, :, 1, 0], [[2, 0, 0], [-4, 0, 0]])  # dZ/dw21


def test_4_inner_products_are_the_matrix_formula() -> None:
    X, W = matrix(X4, name="X"), matrix(W4, name="W")
    Z = X @ W
    by_x = [[np.sum(D4 * jacobian(Z, X)[:, :, i, j]) for j in range(2)] for i in range(2)]
    by_w = [[np.sum(D4 * jacobian(Z, W)[:, :, i, j]) for j in range(3)] for i in range(2)]

    assert by_x == (D4 @ W4.T).tolist()
    assert by_w == (X4.T @ D4).tolist()
    assert by_w[1][0] == D4[0, 0] * 2 + D4[1, 0] * -4  # dL/dw21: z11 and z21, where the sheet has z11 twice


# ---------------------------------------------------------------- 5. backpropagation in matrix form


def test_5_matrix_form_exactly() -> None:
    x = exact([[1, 2], [-1, 3], [0, HALF]])
    w1, w2, w3 = exact([[1, -1], [HALF, 2]]), exact([[0, 1], [-3, HALF]]), exact([[2], [-1]])
    X, W1, W2, W3 = (matrix(A, name) for A, name in [(x, "X"), (w1, "W1"), (w2, "W2"), (w3, "W3")])
    H1 = X @ W1
    H2 = H1**2 @ W2
    y_hat = H2**2 @ W3
    backward((y_hat - exact([[1], [0], [2]])) ** 2 / 2, np.ones((3, 1), dtype=int))
    h1, h2 = data(H1), data(H2)
    d = data(y_hat) - exact([[1], [0], [2]])
    by_w3 = (h2**2).T @ d
    d = d @ w3.T * (2 * h2)
    by_w2 = (h1**2).T @ d
    same(grads(H2), d)
    d = d @ w2.T * (2 * h1)

    same(grads(H1), d)
    same(grads(W3), by_w3)
    same(grads(W2), by_w2)
    same(grads(W1), x.T @ d)
    assert [np.shape(A) for A in (H1, H2, y_hat, W1, W2, W3)] == [
        (3, 2), (3, 2), (3, 1), (2, 2), (2, 2), (2, 1),
    ]  # fmt: skip


# ---------------------------------------------------------------- 6. by hand


class Net:
    """The net 2-2-2-1 with the sigmoid, all weights the same at first, and its SGD step with eta = 1."""

    def __init__(self, weight: Any) -> None:
        self.W = [matrix(np.full(shape, weight, dtype=object)) for shape in ((2, 2), (2, 2), (2, 1))]

    def step(self, x: list[int], y: int) -> dict[str, Any]:
        W1, W2, W3 = (matrix(data(W), name=f"W{layer}") for layer, W in enumerate(self.W, start=1))
        H1: Any = matrix(exact([x])) @ W1
        O1 = H1.map(sigmoid)
        H2: Any = O1 @ W2
        O2 = H2.map(sigmoid)
        y_hat = (O2 @ W3)[0, 0]
        loss = half_squared_error(y_hat, y)
        loss.backward()
        slopes = [grads(W) for W in (W1, W2, W3)]
        self.W = [matrix(data(W) - slope) for W, slope in zip((W1, W2, W3), slopes, strict=True)]
        return {
            "O1": data(O1), "O2": data(O2), "ŷ": y_hat.data, "loss": loss.data, "d": y_hat.grad,
            "d2": grads(H2), "dW1": slopes[0], "dW2": slopes[1], "dW3": slopes[2],
        }  # fmt: skip


ZEROS = [[0, 0], [0, 0]]


def test_6_first_step() -> None:
    net = Net(Fraction(0))
    found = net.step([5, 2], 1)

    same(found["O1"], [[HALF, HALF]])
    same(found["O2"], [[HALF, HALF]])
    assert (found["ŷ"], found["loss"], found["d"]) == (0, HALF, -1)
    same(found["dW3"], [[-HALF], [-HALF]])
    same(found["dW2"], ZEROS)
    same(found["dW1"], ZEROS)
    same(data(net.W[2]), [[HALF], [HALF]])


def test_6_second_step() -> None:
    net = Net(Fraction(0))
    net.step([5, 2], 1)
    found = net.step([1, 1], 0)
    small, quarter = Fraction(1, 32), Fraction(1, 4)

    assert (found["ŷ"], found["loss"], found["d"]) == (HALF, Fraction(1, 8), HALF)
    assert {type(found[name]) for name in ("ŷ", "loss", "d")} == {Fraction}
    same(found["dW3"], [[quarter], [quarter]])
    same(found["d2"], [[Fraction(1, 16), Fraction(1, 16)]])
    same(found["dW2"], [[small, small], [small, small]])
    same(found["dW1"], ZEROS)
    same(data(net.W[2]), [[quarter], [quarter]])
    same(data(net.W[1]), [[-small, -small], [-small, -small]])
    same(data(net.W[0]), ZEROS)


def test_6_layers_wake_up_one_at_a_time_from_the_end() -> None:
    net = Net(Fraction(0))
    awake = []
    for x, y in [([5, 2], 1), ([1, 1], 0), ([5, 2], 1)]:
        found = net.step(x, y)
        awake.append([bool(found[name].any()) for name in ("dW1", "dW2", "dW3")])

    assert awake == [[False, False, True], [False, True, True], [True, True, True]]


@pytest.mark.parametrize("weight", [0.0, 0.3, -2.0])
def test_6_the_neurons_of_a_layer_stay_alike(weight: float) -> None:
    net = Net(weight)
    for x, y in [([5, 2], 1), ([1, 1], 0)] * 5:
        net.step(x, y)
    W1, W2, W3 = map(data, net.W)

    assert W1[:, 0].tolist() == W1[:, 1].tolist()
    assert len(set(W2.flat)) == len(set(W3.flat)) == 1
    assert W3[0, 0] != weight


def test_6_d_dies_out_towards_the_input() -> None:
    sizes = []
    for depth in (1, 2, 4, 8, 16):
        v = chain(lambda h: h.sigmoid(), 1.0, 5.0, [1.0] * (depth + 1))
        v["L"].backward()
        sizes.append(abs(v["h1"].grad / v["ŷ"].grad))
        assert sizes[-1] <= 0.25**depth

    assert sizes == sorted(sizes, reverse=True)


# ---------------------------------------------------------------- 7. the unnoticed backpropagation

X7, W17, W27 = exact([[1, 2], [-1, 2]]), exact([[1, -1], [HALF, 0]]), exact([[HALF], [1]])
TARGETS = [2, 1]


def forward() -> tuple[Matrix, Matrix, Matrix, Matrix, Any, Matrix]:
    X, W1, W2 = matrix(X7, name="X"), matrix(W17, name="W1"), matrix(W27, name="W2")
    H1 = matrix(X @ W1, name="H1")
    O1: Any = np.maximum(0, H1)
    return X, W1, W2, H1, O1, O1 @ W2


def test_7_forward_and_loss() -> None:
    *_, H1, O1, y_hat = forward()
    loss = half_mse(y_hat.ravel(), TARGETS)

    same(data(H1), [[2, -1], [0, 1]])  # the sheet has -0.5 for the -1
    same(data(O1), [[2, 0], [0, 1]])
    same(data(y_hat), [[1], [1]])
    assert loss.data == Fraction(1, 4)
    assert isinstance(loss.data, Fraction)


def test_7_each_layer_on_its_own() -> None:
    X, W1 = matrix(X7, name="X"), matrix(W17, name="W1")
    H1 = matrix(exact([[2, -1], [0, 1]]), name="H1")
    O1, W2 = matrix(exact([[2, 0], [0, 1]]), name="O1"), matrix(W27, name="W2")
    by_x, by_w1 = gradient(X @ W1, [X, W1], exact([[-HALF, 0], [0, 0]]))
    by_o1, by_w2 = gradient(O1 @ W2, [O1, W2], exact([[-1], [0]]))

    same(by_w1, [[-HALF, 0], [-1, 0]])
    same(by_x, [[-HALF, Fraction(-1, 4)], [0, 0]])
    same(gradient(np.maximum(0, H1), H1, exact([[-HALF, -1], [0, 0]])), [[-HALF, 0], [0, 0]])
    same(by_w2, [[-2], [0]])
    same(by_o1, [[-HALF, -1], [0, 0]])


def test_7_the_loss_with_1_over_2n() -> None:
    _, W1, W2, _, _, y_hat = forward()
    half_mse(y_hat.ravel(), TARGETS).backward()

    same(grads(y_hat), [[-HALF], [0]])
    same(grads(W2), [[-1], [0]])
    same(grads(W1), [[Fraction(-1, 4), 0], [-HALF, 0]])
    same(data(W1) - grads(W1), [[Fraction(5, 4), -1], [1, 0]])
    same(data(W2) - grads(W2), [[Fraction(3, 2)], [1]])


def test_7_the_sheets_convention_without_1_over_n() -> None:
    _, W1, W2, H1, O1, y_hat = forward()
    backward(y_hat, data(y_hat) - exact([[2], [1]]))

    same(grads(y_hat), [[-1], [0]])
    same(grads(W2), [[-2], [0]])
    same(grads(O1), [[-HALF, -1], [0, 0]])
    same(grads(H1), [[-HALF, 0], [0, 0]])
    same(grads(W1), [[-HALF, 0], [-1, 0]])
    same(data(W1) - grads(W1), [[Fraction(3, 2), -1], [Fraction(3, 2), 0]])
    same(data(W2) - grads(W2), [[Fraction(5, 2)], [1]])


def test_7_relu_at_0() -> None:
    H = matrix(exact([[0, -1], [2, 0]]), name="H")

    same(gradient(np.maximum(0, H), H, exact([[1, 1], [1, 1]])), [[0, 0], [1, 0]])


def test_7_sigmoid_and_logloss() -> None:
    *_, y_hat = forward()
    scores: Any = y_hat.ravel()
    p = scores.map(sigmoid)
    loss = logloss(list(p), [0, 1], reduction="sum")
    loss.backward()

    assert data(p) == pytest.approx([0.731058, 0.731058], abs=1e-6)
    assert loss.data == pytest.approx(1.626523, abs=1e-6)
    assert loss.data == pytest.approx(1 + 2 * math.log1p(1 / math.e), rel=1e-14)
    assert grads(p) == pytest.approx([3.718281, -1.367879], abs=1e-6)
    assert grads(p) == pytest.approx([1 + math.e, -(1 + 1 / math.e)], rel=1e-14)
    assert grads(scores) == pytest.approx([0.731058, -0.268941], abs=1e-6)
    assert grads(scores) == pytest.approx(data(p) - [0, 1], rel=1e-14)


# ---------------------------------------------------------------- 8. Nesterov and backprop


def layerwise_step(loss: Value, *weights: Matrix) -> list[Any]:
    """Step the last layer first, on through its new weights, with rate 1; what each matrix moved by."""
    LayerwiseSGD([list(W.flat) for W in weights], lr=Fraction(1)).minimize(loss)
    return [grads(W) for W in weights]


def test_8_the_backward_pass_goes_through_the_new_weights() -> None:
    _, W1, W2, _, _, y_hat = forward()
    by_w1, by_w2 = layerwise_step(half_mse(y_hat.ravel(), TARGETS), W1, W2)
    d = exact([[-HALF], [0]]) @ data(W2).T  # the ReLU lets the first column through

    same(by_w2, [[-1], [0]])  # the last layer moves as ever
    same(data(W2), [[Fraction(3, 2)], [1]])
    same(d, [[Fraction(-3, 4), -HALF], [0, 0]])
    same(by_w1, X7.T @ (d * exact([[1, 0], [0, 1]])))
    same(by_w1, [[Fraction(-3, 4), 0], [Fraction(-3, 2), 0]])  # thrice the gradient at the old weights
    same(data(W1), [[Fraction(7, 4), -1], [2, 0]])


def test_8_zero_weights_wake_up_in_one_step() -> None:
    shapes = {"W1": (2, 2), "W2": (2, 2), "W3": (2, 1)}
    W1, W2, W3 = (matrix(exact(np.zeros(shape, int)), name) for name, shape in shapes.items())
    H1: Any = matrix(exact([[5, 2]])) @ W1
    H2: Any = H1.map(sigmoid) @ W2
    y_hat = (H2.map(sigmoid) @ W3)[0, 0]
    by_w1, by_w2, by_w3 = layerwise_step(half_squared_error(y_hat, 1), W1, W2, W3)

    same(by_w3, [[-HALF], [-HALF]])
    same(by_w2, [[Fraction(-1, 16)] * 2] * 2)  # -1 · 1/2 · 1/4 · 1/2
    same(by_w1, [[Fraction(-5, 256)] * 2, [Fraction(-2, 256)] * 2])  # 2 · (-1/8 · 1/16) · 1/4 · x
