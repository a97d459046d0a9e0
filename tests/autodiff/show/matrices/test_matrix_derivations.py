"""Derivations in matrix form: the lines are those of the sheet, and right when NumPy runs them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from string import ascii_uppercase
from typing import Any

import numpy as np
import pytest

import autodiff
from autodiff import Value, explain, log_softmax, relu, sigmoid, softmax
from autodiff.matrix import Matrix, data, gradient, matrix
from autodiff.show.matrices.derivation import MatrixExplanation
from nn.losses import cross_entropy, half_squared_error


def of_shape(*shape: int, name: str) -> Matrix:
    """Numbers of both signs, all different."""
    return matrix(np.sin(1 + np.arange(np.prod(shape)) + len(name)).reshape(shape), name=name)


def exercise_5() -> tuple[Value, dict[str, Any]]:
    X, W1, W2, W3 = (
        of_shape(*shape, name=name)
        for name, shape in [("X", (3, 2)), ("W1", (2, 2)), ("W2", (2, 2)), ("W3", (2, 1))]
    )
    H1: Any = (X @ W1).named("H1")
    O1: Any = H1.map(sigmoid).named("O1")
    H2: Any = (O1 @ W2).named("H2")
    O2: Any = H2.map(sigmoid).named("O2")
    y_hat: Any = (O2 @ W3).named("ŷ")
    loss = half_squared_error(y_hat.ravel(), [1, 0, 2]).named("L")
    return loss, {"X": X, "W1": W1, "W2": W2, "W3": W3, "H1": H1, "O1": O1, "H2": H2, "O2": O2, "ŷ": y_hat}


def residual() -> tuple[Value, dict[str, Any]]:
    """A layer that X goes around, so that two ways lead back to it."""
    X, W, V, b = (
        of_shape(*shape, name=name)
        for name, shape in [("X", (3, 2)), ("W", (2, 2)), ("V", (2, 2)), ("b", (2,))]
    )
    H: Any = (X @ W + b).named("H")
    A: Any = H.map(relu).named("A")
    R: Any = (A - X).named("R")
    S: Any = (R @ V).named("S")
    return np.sum(S * S).named("L"), {"X": X, "W": W, "V": V, "b": b, "H": H, "A": A, "R": R, "S": S}


def run(found: MatrixExplanation, numbers: dict[str, Any]) -> dict[str, Any]:
    """Work the lines of the way back out, one after the other."""
    known = {**numbers, "y": np.array([[1], [0], [2]]), "ones": np.ones(3)}
    for line in found.backward:
        source = re.sub(r"(?<![0-9A-Za-z])1ᵀ", "ones", re.sub(r"∂L/∂(\w+)", r"by_\1", line.formula))
        source = source.translate(
            {ord("ᵀ"): ".T", ord("·"): "@", ord("["): "(", ord("]"): ")", ord("^"): "**"}
        )
        source = re.sub(r"(?<=\w)(?=\()|(?<=^\d)(?=[A-Z])", "*", source)
        result = eval(source, {}, known)
        known[line.left.replace("∂L/∂", "by_")] = result
        if line.remark:
            known[line.remark.replace("∂L/∂", "by_")] = result
    return known


def test_exercise_5_is_written_as_the_sheet_does() -> None:
    loss, matrices = exercise_5()

    found = explain(loss, [matrices[name] for name in ("W1", "W2", "W3")])

    assert (
        str(found)
        == """\
H1 = X·W1             [3×2]
O1 = σ(H1)            [3×2]
H2 = O1·W2            [3×2]
O2 = σ(H2)            [3×2]
ŷ = O2·W3             [3×1]
L = L(ŷ)

d = ŷ - y             [3×1]  ∂L/∂ŷ
∂L/∂W3 = O2ᵀ · d      [2×1]
d ← d · W3ᵀ           [3×2]  ∂L/∂O2
d ← d * O2(1 - O2)    [3×2]  ∂L/∂H2
∂L/∂W2 = O1ᵀ · d      [2×2]
d ← d · W2ᵀ           [3×2]  ∂L/∂O1
d ← d * O1(1 - O1)    [3×2]  ∂L/∂H1
∂L/∂W1 = Xᵀ · d       [2×2]"""
    )


@pytest.mark.parametrize("made", [exercise_5, residual])
def test_the_lines_give_the_gradient(made: Any) -> None:
    loss, matrices = made()
    by = [A for name, A in matrices.items() if name not in ("H1", "O1", "H2", "O2", "ŷ", "H", "A", "R", "S")]

    found = explain(loss, by)
    known = run(found, {name: data(A) for name, A in matrices.items()})

    for A, numbers in zip(by, found.derivatives, strict=True):
        np.testing.assert_allclose(known[f"by_{A.name}"], numbers)
        np.testing.assert_allclose(numbers, gradient(loss, A))


def test_only_what_lies_on_the_way_is_there() -> None:
    loss, matrices = exercise_5()

    lines = explain(loss, matrices["W2"]).backward

    assert [line.left for line in lines] == ["d", "d", "d", "∂L/∂W2"]


def test_the_elements_may_have_names_of_their_own() -> None:
    X = of_shape(2, 2, name="X")
    W = matrix([[Value(1.0, name="a")], [Value(2.0, name="b")]], name="W")
    H: Any = (X @ W).named("H")

    assert [line.equation for line in explain(np.sum(H * H).named("L"), W).backward] == [
        "d = 2H",
        "∂L/∂W = Xᵀ · d",
    ]


def test_attention() -> None:
    X, Q_, K_, V_ = (
        of_shape(*shape, name=name) for shape, name in [((3, 2), "X"), *(((2, 2), f"W{x}") for x in "qkv")]
    )
    Q: Any = (X @ Q_).named("Q")
    K: Any = (X @ K_).named("K")
    V: Any = (X @ V_).named("V")
    S: Any = (Q @ K.T / 4).named("S")
    A: Any = autodiff.softmax(S, axis=1).named("A")
    Z: Any = (A @ V).named("Z")

    found = {line.left: line.formula for line in explain(np.sum(Z * Z).named("L"), [Q_, K_, V_]).backward}

    assert found == {
        "∂L/∂Z": "2Z",
        "∂L/∂A": "∂L/∂Z · Vᵀ",
        "∂L/∂S": "A * (∂L/∂A - (∂L/∂A * A) · 1)",
        "∂L/∂Q": "∂L/∂S · K/4",
        "∂L/∂Wq": "Xᵀ · ∂L/∂Q",
        "∂L/∂V": "Aᵀ · ∂L/∂Z",
        "∂L/∂Wv": "Xᵀ · ∂L/∂V",
        "∂L/∂K": "(∂L/∂S)ᵀ · Q/4",
        "∂L/∂Wk": "Xᵀ · ∂L/∂K",
    }


T = np.eye(3)[[0, 2, 1]]
SMOOTH = 0.1 / 3 + 0.9 * T  # still 1 in each row


def classified() -> tuple[Matrix, Any, Any]:
    """Weights, scores and their softmax."""
    X, W = of_shape(3, 2, name="X"), of_shape(2, 3, name="W")
    Z: Any = (X @ W).named("Z")
    return W, Z, softmax(Z, axis=1).named("P")


CROSS_ENTROPIES = [
    (lambda Z, P: -np.sum(T * np.log(P)), "P - T"),
    (lambda Z, P: -np.sum(SMOOTH * np.log(P)), "P - T"),
    (lambda Z, P: -np.mean(np.log(P[np.arange(3), [0, 2, 1]])), "(P - T)/3"),
    (lambda Z, P: -autodiff.sum([p[k].log() for p, k in zip(P, [0, 2, 1], strict=True)]), "P - T"),
    (lambda Z, P: -np.sum(T * np.log(softmax(Z, axis=1))), "softmax(Z) - T"),
    (lambda Z, P: -np.sum(T * autodiff.log_softmax(Z, axis=1)), "softmax(Z) - T"),
    (lambda Z, P: cross_entropy([list(z) for z in Z], [0, 2, 1], reduction="sum"), "softmax(Z) - T"),
    (lambda Z, P: cross_entropy([list(z) for z in Z], [0, 2, 1]), "(softmax(Z) - T)/3"),
]


@pytest.mark.parametrize(("loss", "slope"), CROSS_ENTROPIES)
def test_softmax_with_cross_entropy_ends_in_p_less_the_targets(loss: Any, slope: str) -> None:
    W, Z, P = classified()

    found = explain(loss(Z, P).named("L"), W)

    part = "/3" if "/3" in slope else ""
    softmaxed = "P" if slope.strip("(").startswith("P") else "softmax(Z)"
    assert found.forward[-1].equation == f"L = -Σ T * log({softmaxed}){part}"
    assert [line.equation for line in found.backward] == [f"d = {slope}", "∂L/∂W = Xᵀ · d"]
    assert [line.remark for line in found.backward] == ["∂L/∂Z", ""]
    targets = SMOOTH if loss is CROSS_ENTROPIES[1][0] else T
    numbers = (data(P) - targets) / (3 if part else 1)
    np.testing.assert_allclose(gradient(loss(Z, P), Z), numbers)


def test_softmax_with_cross_entropy_of_a_vector_and_along_columns() -> None:
    W = of_shape(3, 2, name="W")
    p = softmax((W @ np.array([1.0, -2.0])).named("z")).named("p")
    W2 = of_shape(2, 3, name="W2")
    Z: Any = (of_shape(3, 2, name="X") @ W2).named("Z")
    P: Any = softmax(Z, axis=0).named("P")

    assert explain(-p[1].log(), W).backward[0].equation == "d = p - T"
    assert explain(-np.sum(np.log(P[0])), W2).backward[0].equation == "d = P - T"


@pytest.mark.parametrize(
    "loss",
    [
        lambda Z, P: -2 * np.sum(T * np.log(P)),
        lambda Z, P: -np.sum(T * np.log(P)) + 1,
        lambda Z, P: -np.sum(T * np.log(P)) + 0.1 * np.sum(Z * Z),
        lambda Z, P: -np.sum(T * np.log(P)) + P[0, 0],
        lambda Z, P: -np.sum(T[:2] * np.log(P[:2])),
        lambda Z, P: -np.sum(np.array([[1], [2], [1]]) * T * np.log(P)),
        lambda Z, P: -np.sum(T * np.log(P + 1e-3)),
        lambda Z, P: np.sum(T * np.log(P)),
        lambda Z, P: -np.sum(T * np.log2(P)),
        lambda Z, P: cross_entropy([list(z) for z in Z], [0, 2, 1]) - cross_entropy([list(Z[0])], [0]) / 3,
    ],
)
def test_what_is_no_cross_entropy_is_not_taken_for_one(loss: Any) -> None:
    W, Z, P = classified()

    found = explain(loss(Z, P).named("L"), W)

    assert not any("T" in line.formula.replace("Xᵀ", "") for line in (*found.forward, *found.backward))


def test_the_derivative_by_the_softmax_is_there_where_it_is_asked_for() -> None:
    W, _, P = classified()

    found = explain(-np.sum(T * np.log(P)).named("L"), [W, P])

    assert [line.remark or line.left for line in found.backward] == ["∂L/∂P", "∂L/∂Z", "∂L/∂W"]


def test_a_recurrent_network_in_one_step_each_is_opened() -> None:
    x1, x2, h0 = (of_shape(1, 2, name=name) for name in ("x1", "x2", "h0"))
    W, U, V = of_shape(2, 2, name="W"), of_shape(2, 2, name="U"), of_shape(2, 3, name="V")
    h1: Any = np.tanh(x1 @ W + h0 @ U).named("h1")
    h2: Any = np.tanh(x2 @ W + h1 @ U).named("h2")
    p: Any = softmax(h2 @ V, axis=1).named("p")

    found = explain(-p[0, 1].log(), [W, U, V])
    numbers = {name: data(A) for name, A in {"x1": x1, "x2": x2, "h0": h0, "h1": h1, "h2": h2}.items()}
    known = run(found, {**numbers, "W": data(W), "U": data(U), "V": data(V), "p": data(p), "T": [[0, 1, 0]]})

    for A, derivative in zip((W, U, V), found.derivatives, strict=True):
        np.testing.assert_allclose(known[f"by_{A.name}"], derivative)
    assert (
        str(found)
        == """\
A = x1·W + h0·U                      [1×2]
h1 = tanh(A)                         [1×2]
B = x2·W + h1·U                      [1×2]
h2 = tanh(B)                         [1×2]
C = h2·V                             [1×3]
p = softmax(C)                       [1×3]
L = -Σ T * log(p)

∂L/∂C = p - T                        [1×3]
∂L/∂V = h2ᵀ · ∂L/∂C                  [2×3]
∂L/∂h2 = ∂L/∂C · Vᵀ                  [1×2]
∂L/∂B = ∂L/∂h2 * (1 - h2^2)          [1×2]
∂L/∂h1 = ∂L/∂B · Uᵀ                  [1×2]
∂L/∂A = ∂L/∂h1 * (1 - h1^2)          [1×2]
∂L/∂U = h1ᵀ · ∂L/∂B + h0ᵀ · ∂L/∂A    [2×2]
∂L/∂W = x2ᵀ · ∂L/∂B + x1ᵀ · ∂L/∂A    [2×2]"""
    )


@pytest.mark.parametrize(
    ("made", "forward"),
    [
        (lambda X, W, b: np.tanh(X @ W + b), ["B = X·W + b", "A = tanh(B)"]),
        (lambda X, W, b: sigmoid(X @ W / 2), ["B = X·W/2", "A = σ(B)"]),
        (lambda X, W, b: softmax(X @ W, axis=0), ["B = X·W", "A = softmax(B)"]),
        (lambda X, W, b: np.tanh(W + b), ["A = tanh(W + b)"]),  # is read as it is
        (lambda X, W, b: np.tanh(X @ W @ W), ["B = X·W", "C = B·W", "A = tanh(C)"]),
        (lambda X, W, b: np.tanh(X @ W) * 2, ["B = X·W", "A = tanh(B) * 2"]),
        (lambda X, W, b: np.tanh(X @ W - X @ b), ["C = X·b", "B = X·W", "A = tanh(B - C)"]),
    ],
)
def test_a_function_of_what_has_no_name_is_opened_where_that_is_read(made: Any, forward: list[str]) -> None:
    X, W, b = of_shape(2, 2, name="X"), of_shape(2, 2, name="W"), of_shape(2, name="b")
    A: Any = made(X, W, b).named("A")

    found = explain(np.sum(A * A * A).named("L"), W)

    assert [line.equation for line in found.forward][:-1] == forward


def test_one_element_of_each_row_is_enough_to_open_a_softmax_and_no_guess_is_made() -> None:
    X, W = of_shape(2, 2, name="X"), of_shape(2, 2, name="W")
    P: Any = softmax(X @ W, axis=1).named("P")

    assert explain(-P[0, 1].log() - P[1, 1].log(), W).forward[0].equation == "A = X·W"
    assert explain(-P[0, 0].log() - P[1, 1].log(), W).forward[0].equation == "A = X·W"
    assert explain(-P[0, 1].log(), W).forward[0].equation == "P = P(X, W)"  # one row is not there


def test_where_letters_or_room_are_lacking_nothing_is_opened() -> None:
    X = of_shape(2, 2, name="X")
    A: Any = X
    for letter in ascii_uppercase:
        A = (A * 2).named(letter if letter != "X" else "X2")
    W = of_shape(2, 2, name="w")
    h: Any = np.tanh(A @ W).named("h")

    assert explain(np.sum(h * h).named("loss"), W).forward[-2].equation == "h = h(w, Z)"


def test_where_ways_meet_each_derivative_has_its_sign() -> None:
    loss, matrices = residual()

    lines = {line.left: line.formula for line in explain(loss, matrices["X"]).backward}

    assert lines["∂L/∂S"] == "2S"
    assert lines["∂L/∂X"] == "∂L/∂H · Wᵀ - ∂L/∂R"


def test_what_has_no_short_formula_is_a_function() -> None:
    X, W = of_shape(2, 2, name="X"), of_shape(2, 2, name="W")
    P: Any = matrix([softmax(list(row)) for row in X @ W @ W]).named("P")

    found = explain(P[0, 0] * P[1, 1] + P[0, 1], W)

    assert [line.equation for line in found.forward] == ["A = X·W", "B = A·W", "P = P(B)", "L = L(P)"]
    assert found.backward[0].equation == "∂L/∂P = L′(P)"


def test_latex() -> None:
    loss, matrices = exercise_5()

    latex = explain(loss, matrices["W3"]).latex

    assert r"\hat{y} &= O_{2} \, W_{3} && [3 \times 1]" in latex
    assert latex.endswith(
        "\\frac{\\partial L}{\\partial W_{3}} &= O_{2}^{\\top} \\, d && [2 \\times 1]\n\\end{aligned}"
    )


@pytest.mark.parametrize(
    ("slope", "latex"),
    [
        (lambda H: (H - 2) ** 3 / 3, r"(H - 2)^{2}"),
        (lambda H: (H**2 + 1).map(autodiff.log), r"2H/(H^{2} + 1)"),
        (lambda H: 1 / (3 - H**2), r"2H/(3 - H^{2})^{2}"),
        (lambda H: H**-0.5, r"-0.5/H^{3/2}"),
        (lambda H: H**-0.3, r"-0.3H^{-1.3}"),
        (lambda H: H**1.5, r"1.5\sqrt{H}"),
    ],
)
def test_the_latex_of_an_exponent_ends_where_the_exponent_does(slope: Any, latex: str) -> None:
    W = of_shape(2, 2, name="W")
    H: Any = (matrix([[3, 1], [1, 4]], name="X") @ W * W + 8).named("H")
    assert f"d &= {latex} &&" in explain(np.sum(slope(H)).named("L"), W).latex.replace(
        r"\frac{\partial L}{\partial H} &=", "d &="
    )


@pytest.mark.parametrize(
    ("computed", "slope"),
    [
        (lambda H, X, Y: Y * X / H**2, "-2Y * X/H^3"),
        (lambda H, X, Y: ((X - Y) / H) ** 2, "-2(X - Y)^2/H^3"),
        (lambda H, X, Y: (-H + X) ** 2, "2(H - X)"),
        (lambda H, X, Y: X / H / H, "-2X/H^3"),
        (lambda H, X, Y: H * H * X, "2X * H"),
        (lambda H, X, Y: H**3 / X**2 / 3, "H^2/X^2"),
        (lambda H, X, Y: np.sqrt(H**2 + X**2), "H/sqrt(H^2 + X^2)"),
        (lambda H, X, Y: np.sqrt(H) * np.sqrt(H), "1"),
        (lambda H, X, Y: 1 / np.sqrt(H), "-1/(2H^(3/2))"),
        (lambda H, X, Y: 3 * H**0.5, "1.5/sqrt(H)"),
        (lambda H, X, Y: np.log(X / H), "-1/H"),
        (lambda H, X, Y: X / (1 + np.exp(-H)), "X * exp(-H)/(1 + exp(-H))^2"),
        (lambda H, X, Y: -Y * np.log(H.map(sigmoid)) - (1 - Y) * np.log(1 - H.map(sigmoid)), "σ(H) - Y"),
        (lambda H, X, Y: np.tanh(H) / H, "(1 - tanh(H)^2)/H - tanh(H)/H^2"),
    ],
)
def test_slopes_of_elements_are_written_as_those_of_numbers_are(computed: Any, slope: str) -> None:
    H, X, Y = (
        matrix(np.array([[1.5, 2], [3, 4.5]]) ** power, name=name) for power, name in enumerate("HXY", 1)
    )
    found = explain(np.sum(computed(H, X, Y)).named("L"), H)
    functions = {"sqrt": np.sqrt, "exp": np.exp, "tanh": np.tanh, "σ": lambda x: 1 / (1 + np.exp(-x))}
    source = re.sub(r"(?<![A-Za-z)])(\d)(?=[A-Za-z(])", r"\1*", slope.replace("^", "**"))

    assert found.backward[-1].equation == f"∂L/∂H = {slope}"
    numbers = eval(source, {}, functions | {"H": data(H), "X": data(X), "Y": data(Y)})
    assert np.broadcast_to(numbers, (2, 2)) == pytest.approx(found.derivatives[0].astype(float), rel=1e-12)


def test_the_sum_of_what_arrives_at_a_matrix_begins_with_what_is_added() -> None:
    A, B = of_shape(2, 2, name="A"), of_shape(2, 2, name="B")
    C, D = (-A).named("C"), (A * B).named("D")
    found = explain(np.sum((C - D) ** 2 - B).named("L"), [A, B])

    assert [line.formula for line in found.backward][1::2] == ["∂L/∂D * A - 1", "∂L/∂D * B - ∂L/∂C"]


def test_names_that_are_alike_do_not_cancel() -> None:
    H = of_shape(2, 2, name="H")
    same, twin, other = (Value(number, name=name) for number, name in ((2, "H"), (3, "t"), (4, "t")))

    losses = (H * H / same, H * H * twin / other, H * H * twin)
    found = [explain(np.sum(terms).named("L"), H).backward[-1].formula for terms in losses]
    assert found == ["L′(H)", "3H/2", "2t * H"]


def test_the_formula_of_a_matrix_stays_what_was_written() -> None:
    X = of_shape(2, 2, name="X")
    forms: list[Any] = [np.sqrt(X * X) ** 2, X * 2 / X, -X + X * X, 1 * X * X]

    found = [explain(np.sum(Z.named("Z") ** 2).named("L"), X).forward[0].formula for Z in forms]

    assert found == ["sqrt(X * X)^2", "X * 2/X", "-X + X * X", "X * X"]


@pytest.mark.parametrize(
    ("loss", "slope"),
    [
        (lambda H, T: -np.sum(T * autodiff.log(H)) / 2, "-T/(2H)"),
        (lambda H, T: np.sum(H.map(autodiff.log)), "1/H"),
        (lambda H, T: np.sum(T / H), "-T/H^2"),
    ],
)
def test_a_name_stands_before_no_bracket_that_would_make_it_a_function(loss: Any, slope: str) -> None:
    W, T = of_shape(2, 2, name="W"), of_shape(2, 2, name="T")
    H: Any = (matrix([[3, 1], [1, 4]], name="X") @ W + 8).named("H")
    assert explain(loss(H, T).named("L"), W).backward[0].formula == slope


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ("W1", "x must be a Value, a Matrix or a list of matrices, not 'W1'"),
        ([1], "x must be a Value, a Matrix or a list of matrices, not 1"),
        ([], "x holds no matrix"),
        (matrix([[1.0]]), "the matrix is none of the matrices with a name below the output"),
        (matrix([[1.0]], name="V"), "V is none of the matrices with a name below the output, W"),
    ],
)
def test_what_is_no_matrix_below_is_refused(by: Any, said: str) -> None:
    loss, _ = exercise_5()

    with pytest.raises((TypeError, ValueError), match=said):
        explain(loss, by)


def test_an_element_of_a_matrix_and_a_matrix_called_d_are_refused() -> None:
    X, d = of_shape(2, 2, name="X"), of_shape(2, 2, name="d")
    Z: Any = (X @ d).named("Z")

    with pytest.raises(ValueError, match="the output is an element of Z"):
        explain(Z[0, 0], X)
    with pytest.raises(ValueError, match="d is the derivative that is carried back"):
        explain(np.sum(Z * Z), X)


def test_a_matrix_that_acts_in_two_ways_has_no_circular_derivative() -> None:
    X, W, V = (
        matrix(rows, name=name)
        for rows, name in (([[1, 2], [3, 4]], "X"), ([[1, 2], [3, 4]], "W"), ([[1], [2]], "V"))
    )
    H = (X @ W).named("H")
    R = autodiff.tanh(H).named("R")
    L = np.sum(((H + R) @ V) ** 2).named("L")

    assert "∂L/∂H = ∂L/∂A + ∂L/∂R * (1 - R^2)" in str(explain(L, W))


def test_latex_of_powers_of_names_with_numbers_and_of_roots() -> None:
    X, W = matrix([[1, 2], [3, 4]], name="X"), matrix([[5, 1], [6, 2]], name="W1")
    A: Any = np.tanh((X @ W / math.sqrt(2)).named("H1"))
    A.named("O1")
    shown = explain(np.sum(A).named("L"), W)

    assert "H1 = X·W1/√2" in shown.text
    assert r"d * (1 - O_{1}^{2})" in shown.latex
    assert r"X^{\top}/\sqrt{2} \, d" in shown.latex


# ---------------------------------------------------------------- products without a name


def test_products_without_a_name_get_letters() -> None:
    X, W1, W2 = of_shape(4, 3, name="X"), of_shape(3, 2, name="W1"), of_shape(2, 1, name="W2")
    loss = np.sum((np.tanh(X @ W1) @ W2 - np.ones((4, 1))) ** 2).named("L")
    found = explain(loss, [W1, W2])

    assert [line.equation for line in found.forward] == ["A = X·W1", "B = tanh(A)", "C = B·W2", "L = L(C)"]
    assert [line.equation for line in found.backward] == [
        "d = 2(C - 1)",
        "∂L/∂W2 = Bᵀ · d",
        "d ← d · W2ᵀ",
        "d ← d * (1 - B^2)",
        "∂L/∂W1 = Xᵀ · d",
    ]


@pytest.mark.parametrize(
    "logarithm", [lambda Z: softmax(Z, axis=1).map(lambda p: p.log()), lambda Z: log_softmax(Z, axis=1)]
)
def test_softmax_of_a_product_without_a_name(logarithm: Callable[[Any], Any]) -> None:
    X, W = of_shape(4, 3, name="X"), of_shape(3, 3, name="W")
    scores = logarithm(X @ W)
    loss = (-sum(scores[i, label] for i, label in enumerate([0, 1, 2, 1]))).named("L")

    assert [line.equation for line in explain(loss, W).backward] == ["d = softmax(A) - T", "∂L/∂W = Xᵀ · d"]


def test_two_products_of_one_matrix_are_two() -> None:
    X, W, V = of_shape(4, 3, name="X"), of_shape(3, 3, name="W"), of_shape(3, 3, name="V")
    found = explain(np.sum((X @ W) * (X @ V).map(sigmoid)).named("L"), [W, V])

    assert [line.equation for line in found.forward] == ["A = X·W", "B = X·V", "L = L(A, B)"]
    assert [line.equation for line in found.backward][1::2] == ["∂L/∂V = Xᵀ · ∂L/∂B", "∂L/∂W = Xᵀ · ∂L/∂A"]


def test_a_product_of_which_only_a_part_is_used_gets_no_letter() -> None:
    X, W = of_shape(2, 3, name="X"), of_shape(3, 2, name="W")
    H = X @ W
    loss = (H[0, 0] * H[1, 1] + H[0, 1]).named("L")

    assert explain(loss, W).forward[0].equation == "L = L(X, W)"


def test_a_product_with_a_vector_is_a_vector() -> None:
    X, W, v = of_shape(4, 3, name="X"), of_shape(3, 2, name="W"), of_shape(2, name="v")
    found = explain(np.sum((np.tanh(X @ W) @ v) ** 2).named("L"), [W, v])

    assert [line.equation for line in found.forward] == ["A = X·W", "B = tanh(A)", "C = B·v", "L = L(C)"]
    assert (found.forward[2].shape, found.backward[0].equation) == ("[4]", "d = 2C")


# ---------------------------------------------------------------- vectors


def check_each_line(found: MatrixExplanation, below: list[Matrix]) -> None:
    """Work out each line with NumPy, and compare its shape and, of what is asked for, the numbers."""
    known: dict[str, Any] = {str(A.name): data(A).astype(float) for A in below}
    known |= {"np": np, "outer": np.outer, "tanh": np.tanh, "σ": lambda x: 1 / (1 + np.exp(-x))}
    for line in (*found.forward, *found.backward):
        source = re.sub(r"(\w+)⁻ᵀ", r"np.linalg.inv(\1).T", line.formula.replace("∂L/∂", "by_"))
        source = re.sub(r"(\w+)⁻¹", r"np.linalg.inv(\1)", source).replace("ᵀ", ".T").replace("·", "@")
        source = re.sub(r"^2 @ |^2(?=\w)", "2 * ", source.replace("^", "**")).replace(")(", ") * (")
        source = re.sub(r"\b([A-Z])\(1", r"\1 * (1", source)
        result = found.output.data if source.startswith("L(") else eval(source, known)
        if line.left == "∂L/∂C" and line.formula == "1":
            result = np.ones(np.shape(known["C"]))
        known |= dict.fromkeys((x.replace("∂L/∂", "by_") for x in (line.left, line.remark)), result)
        assert line.shape == (f"[{'×'.join(map(str, np.shape(result)))}]" if np.ndim(result) else "")
    for A, numbers in zip(found.by, found.derivatives, strict=True):
        np.testing.assert_allclose(known[f"by_{A.name}"], numbers.astype(float))
    assert known["L"] == pytest.approx(found.output.data)


@pytest.mark.parametrize(
    ("made", "backward"),
    [
        (
            lambda A, M, x: (x @ A @ x).named("L"),
            ["∂L/∂B = x", "∂L/∂A = outer(x, ∂L/∂B)", "∂L/∂x = B + ∂L/∂B · Aᵀ"],
        ),
        (
            lambda A, M, x: (x @ (A @ x)).named("L"),
            ["∂L/∂B = x", "∂L/∂x = B + Aᵀ · ∂L/∂B", "∂L/∂A = outer(∂L/∂B, x)"],
        ),
        (
            lambda A, M, x: np.sum((x @ M).named("y") ** 2).named("L"),
            ["d = 2y", "∂L/∂M = outer(x, d)", "∂L/∂x = d · Mᵀ"],
        ),
        (
            lambda A, M, x: np.sum((M.T @ x).named("y") ** 2).named("L"),
            ["d = 2y", "∂L/∂x = M · d", "∂L/∂M = outer(x, d)"],
        ),
        (
            lambda A, M, x: np.sum((x @ A.T).named("y") ** 2).named("L"),
            ["d = 2y", "∂L/∂A = outer(d, x)", "∂L/∂x = d · A"],
        ),
        (
            lambda A, M, x: np.sum((A @ x / 2).named("y") ** 2).named("L"),
            ["d = 2y", "∂L/∂x = Aᵀ/2 · d", "∂L/∂A = outer(d, x)/2"],
        ),
        (
            lambda A, M, x: ((x @ x).named("n") ** 2).named("L"),
            ["d = 2A", "∂L/∂x = 2 · d * x"],
        ),
        (
            lambda A, M, x: np.sum(np.linalg.solve(A, x).view(Matrix).named("z") ** 2).named("L"),
            ["d = 2z", "∂L/∂A = -outer(A⁻ᵀ · d, z)", "∂L/∂x = A⁻ᵀ · d"],
        ),
    ],
)
def test_vectors_are_not_transposed_and_each_line_is_true(made: Any, backward: list[str]) -> None:
    A = matrix(data(of_shape(3, 3, name="A")) + 2 * np.eye(3), name="A")
    below = [A, of_shape(3, 2, name="M"), of_shape(3, name="x")]
    output = made(*below)
    by = [A for A in below if np.any([*gradient(output, A).flat])]
    found = explain(output, by)

    assert [line.equation for line in found.backward] == backward
    check_each_line(found, below)


def test_an_outer_product_in_latex() -> None:
    A, x = of_shape(3, 3, name="A"), of_shape(3, name="x")
    latex = explain((x @ (A @ x).named("y")).named("L"), [A, x]).latex

    assert r"&= \operatorname{outer}(\frac{\partial L}{\partial y}, x) &&" in latex
    assert r"\frac{\partial L}{\partial y} &=" in latex


# ---------------------------------------------------------------- recurrences without a name


def test_each_step_of_a_recurrence_without_a_name_gets_its_letters() -> None:
    W = of_shape(3, 3, name="W")
    H: Any = W
    for _ in range(3):
        H = (H @ W).map(sigmoid)
    found = explain(np.sum(H), [W])

    assert (
        str(found)
        == """\
A = W·W                                                      [3×3]
B = σ(A)                                                     [3×3]
C = B·W                                                      [3×3]
D = σ(C)                                                     [3×3]
F = D·W                                                      [3×3]
L = L(F)

∂L/∂F = σ(F)(1 - σ(F))                                       [3×3]
∂L/∂D = ∂L/∂F · Wᵀ                                           [3×3]
∂L/∂C = ∂L/∂D * D(1 - D)                                     [3×3]
∂L/∂B = ∂L/∂C · Wᵀ                                           [3×3]
∂L/∂A = ∂L/∂B * B(1 - B)                                     [3×3]
∂L/∂W = Dᵀ · ∂L/∂F + Bᵀ · ∂L/∂C + ∂L/∂A · Wᵀ + Wᵀ · ∂L/∂A    [3×3]"""
    )
    check_each_line(found, [W])


RECURRENCES: list[tuple[Callable[[Any, Any], Any], tuple[int, ...], list[str]]] = [
    (lambda h, W: np.tanh(h @ W), (2, 3), ["A = X·W", "B = tanh(A)", "C = B·W", "D = tanh(C)", "F = D·W"]),
    (lambda h, W: np.tanh(h @ W), (3,), ["A = X·W", "B = tanh(A)", "C = B·W", "D = tanh(C)", "F = D·W"]),
    (lambda h, W: (W @ h).map(sigmoid), (3,), ["A = W·X", "B = σ(A)", "C = W·B", "D = σ(C)", "F = W·D"]),
    (lambda h, W: h @ W, (2, 3), ["A = X·W", "B = A·W", "C = B·W"]),
]


@pytest.mark.parametrize(("step", "shape", "forward"), RECURRENCES)
def test_recurrences_of_matrices_and_vectors(step: Any, shape: tuple[int, ...], forward: list[str]) -> None:
    X, W = of_shape(*shape, name="X"), of_shape(3, 3, name="W")
    found = explain(np.sum(step(step(step(X, W), W), W)), [W, X])

    assert [line.equation for line in found.forward][:-1] == forward
    check_each_line(found, [X, W])


def test_two_networks_of_equal_layers_do_not_mix() -> None:
    X, Y, W, V = (
        of_shape(*shape, name=x) for x, shape in zip("XYWV", [(2, 3)] * 2 + [(3, 3), (3, 2)], strict=True)
    )
    scores = (((Z @ W).map(sigmoid) @ V).map(sigmoid) for Z in (X, Y))
    found = explain(np.sum(np.multiply(*scores)), [W, V])

    assert {line.formula for line in found.forward} == {"X·W", "σ(A)", "Y·W", "σ(D)", "B·V", "F·V", "L(C, G)"}
    check_each_line(found, [X, Y, W, V])


# ---------------------------------------------------------------- names that look like products and sums


def test_names_with_a_space_are_in_brackets_where_they_are_factors() -> None:
    X, V, u = (
        of_shape(*shape, name=name) for shape, name in (((2, 3), "net in"), ((3, 2), "V-1"), ((2,), "u v"))
    )
    H: Any = (X @ V).named("h h").map(sigmoid).named("s t")
    found = explain(np.sum((H @ u) ** 2 / 2).named("L"), [X, V, u])

    assert [line.equation for line in (*found.forward, *found.backward)] == [
        "h h = (net in)·(V-1)",
        "s t = σ(h h)",
        "A = (s t)·(u v)",
        "L = L(A)",
        "d = A",
        "∂L/∂(u v) = (s t)ᵀ · d",
        "d ← outer(d, u v)",
        "d ← d * (s t)(1 - (s t))",
        "∂L/∂(V-1) = (net in)ᵀ · d",
        "∂L/∂(net in) = d · (V-1)ᵀ",
    ]
    assert r"(\text{net in})^{\top} \, d" in found.latex


@pytest.mark.parametrize(
    ("made", "forward", "backward"),
    [
        (lambda K, b: np.linalg.solve(K, b), "Z = (k q)⁻¹·(b c)", "-(k q)⁻ᵀ · d · Zᵀ"),
        (lambda K, b: np.linalg.inv(K), "Z = (k q)⁻¹", "-Zᵀ · d · Zᵀ"),
        (lambda K, b: softmax(K, axis=1), "Z = softmax(k q)", "Z * (d - (d * Z) · 1)"),
        (lambda K, b: K * b, "Z = (k q) * (b c)", "d * (b c)"),
        (lambda K, b: (K + 1) ** 2, "Z = ((k q) + 1)^2", "d * 2((k q) + 1)"),
        (lambda K, b: K.T @ b, "Z = (k q)ᵀ·(b c)", "(b c) · dᵀ"),
    ],
)
def test_names_with_a_space_in_what_is_made_of_whole_matrices(made: Any, forward: str, backward: str) -> None:
    K, b = matrix([[1.0, 2.0], [3.0, 5.0]], name="k q"), matrix([[1.0, 2.0], [3.0, 4.0]], name="b c")
    Z = made(K, b).view(Matrix).named("Z")
    found = explain(np.sum(Z * Z).named("L"), K)

    assert (found.forward[0].equation, found.backward[-1].formula) == (forward, backward)
