"""Pictures of matrices: the formulas on their edges are right, and what stands on them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff
from autodiff import Value, relu, sigmoid, softmax
from autodiff.matrix import Matrix, backward, data, gradient, grads, matrix
from autodiff.pictures import render
from autodiff.pictures.canvas import Picture
from autodiff.show.matrices import draw_matrices
from autodiff.show.matrices.collecting import Matrices
from autodiff.show.matrices.formulas import Origin, origin
from nn import Layer
from nn.losses import half_mse, half_squared_error

CAN_RENDER = any(render.renderers())
rendered = pytest.mark.skipif(not CAN_RENDER, reason="needs Graphviz")


def of_shape(*shape: int, name: str, start: float = 1) -> Matrix:
    """Numbers of both signs, all different."""
    numbers = start + np.arange(np.prod(shape))
    return matrix((numbers * np.where(numbers % 2, 0.25, -0.5)).reshape(shape), name=name)


def origins(**matrices: Any) -> dict[str, Origin]:
    """How each was computed from the others."""
    collected = Matrices(tuple(matrices), tuple(np.asarray(A, dtype=object) for A in matrices.values()))
    return {name: origin(number, collected) for number, name in enumerate(matrices)}


def edges(picture: Picture) -> set[tuple[str, str, str]]:
    """Tail, head and formula of the edges, by the names of the vertices."""
    names = dict(re.findall(r"^\t*(n\d+) \[label=<<TABLE[^>]*><TR><TD><B>(.*?)</B>", picture.source, re.M))
    found = re.findall(r'^\t(n\d+) -> (n\d+) \[label="([^"]*)"', picture.source, re.M)
    return {(names[tail], names[head], label.strip("\xa0")) for tail, head, label in found}


def unnoticed() -> tuple[dict[str, Matrix], Value]:
    """The net of exercise 7."""
    X, W1 = matrix([[1, 2], [-1, 2]], name="X"), matrix([[1, -1], [0.5, 0]], name="W1")
    W2 = matrix([[0.5], [1]], name="W2")
    H1: Any = X @ W1
    O1: Any = np.maximum(0, H1.named("H1"))
    y_hat: Any = O1.named("O1") @ W2
    y_hat.named("ŷ")
    loss = half_mse(y_hat.ravel(), [2, 1]).named("MSE")
    return {"X": X, "W1": W1, "H1": H1, "O1": O1, "W2": W2, "ŷ": y_hat}, loss


STEPS = {
    ("X", "H1", "· W1ᵀ"), ("W1", "H1", "Xᵀ ·"), ("H1", "O1", "* [H1 > 0]"),
    ("O1", "ŷ", "· W2ᵀ"), ("W2", "ŷ", "O1ᵀ ·"), ("ŷ", "MSE", "(ŷ - y)/2"),
}  # fmt: skip


# ---------------------------------------------------------------- the formulas


@pytest.mark.parametrize("find", [False, True])
def test_the_backward_steps_of_exercise_7(find: bool) -> None:
    matrices, loss = unnoticed()

    picture = draw_matrices(loss) if find else draw_matrices(loss, *matrices.values())

    assert edges(picture) == STEPS


def test_the_backward_steps_of_exercise_6() -> None:
    X, W1, W2, W3 = (
        of_shape(*s, name=n) for n, s in [("X", (1, 2)), ("W1", (2, 2)), ("W2", (2, 2)), ("W3", (2, 1))]
    )
    H1: Any = X @ W1
    O1 = H1.map(sigmoid)
    H2: Any = O1 @ W2
    O2 = H2.map(sigmoid)
    y_hat = O2 @ W3
    L = half_squared_error(y_hat[0, 0], 1)

    found = origins(X=X, W1=W1, H1=H1, O1=O1, W2=W2, H2=H2, O2=O2, W3=W3, ŷ=y_hat, L=L)

    assert [step.formula for name in found for step in found[name].steps] == [
        "· W1ᵀ", "Xᵀ ·", "* O1(1 - O1)", "· W2ᵀ", "O1ᵀ ·", "* O2(1 - O2)", "· W3ᵀ", "O2ᵀ ·", "ŷ - 1",
    ]  # fmt: skip
    assert [found[name].formula for name in ("H1", "O1", "ŷ", "L", "X")] == [
        "X·W1",
        "σ(H1)",
        "O2·W3",
        "(ŷ - 1)^2/2",
        "",
    ]


A, B, C = of_shape(3, 2, name="A"), of_shape(2, 2, name="B", start=2), of_shape(3, 2, name="C", start=4)
ROW, COLUMN, S = of_shape(2, name="r"), of_shape(3, 1, name="c", start=3), Value(1.5, name="s")
TARGETS = np.array([[1.0, 2], [0, -3], [4, 5]])

FORMULAS: list[tuple[Callable[[], Any], str, dict[str, str]]] = [
    (lambda: A @ B, "A·B", {"A": "· Bᵀ", "B": "Aᵀ ·"}),
    (lambda: A @ B.T, "A·Bᵀ", {"A": "· B", "B": "dᵀ · A"}),
    (lambda: A.T @ C, "Aᵀ·C", {"A": "C · dᵀ", "C": "A ·"}),
    (lambda: B.T @ A.T, "Bᵀ·Aᵀ", {"B": "Aᵀ · dᵀ", "A": "dᵀ · Bᵀ"}),
    (lambda: A @ B + C, "A·B + C", {"A": "· Bᵀ", "B": "Aᵀ ·", "C": "* 1"}),
    (lambda: A @ B + ROW, "A·B + r", {"A": "· Bᵀ", "B": "Aᵀ ·", "r": "1ᵀ ·"}),
    (lambda: A @ B + COLUMN, "A·B + c", {"A": "· Bᵀ", "B": "Aᵀ ·", "c": "· 1"}),
    (lambda: A @ B + S, "A·B + s", {"A": "· Bᵀ", "B": "Aᵀ ·", "s": "Σ d"}),
    (lambda: A * C, "A * C", {"A": "* C", "C": "* A"}),
    (lambda: A * ROW, "A * r", {"A": "* r", "r": "1ᵀ · (d * A)"}),
    (lambda: A * COLUMN, "A * c", {"A": "* c", "c": "(d * A) · 1"}),
    (lambda: A * S, "A * s", {"A": "* s", "s": "Σ (d * A)"}),
    (lambda: A - C, "A - C", {"A": "* 1", "C": "* (-1)"}),
    (lambda: np.tanh(A), "tanh(A)", {"A": "* (1 - Z^2)"}),
    (lambda: A.map(sigmoid), "σ(A)", {"A": "* Z(1 - Z)"}),
    (lambda: A.map(relu), "relu(A)", {"A": "* [A > 0]"}),
    (lambda: 3 * A**2 - 1, "3A^2 - 1", {"A": "* 6A"}),
    (lambda: A - TARGETS, "A - c", {"A": "* 1"}),
    (lambda: A * TARGETS, "A * c", {"A": "* c"}),
    (lambda: np.sum((A - TARGETS) ** 2) / 6, "", {"A": "(A - y)/3"}),
    (lambda: np.sum(A * C), "", {"A": "C", "C": "A"}),
    (lambda: np.sum(A, axis=0), "", {"A": "* 1"}),
    (lambda: A @ B.T / 2, "A·Bᵀ/2", {"A": "· B/2", "B": "dᵀ · A/2"}),
    (lambda: A @ B / -2, "A·B/(-2)", {"A": "· Bᵀ/(-2)", "B": "Aᵀ/(-2) ·"}),
    (lambda: A @ B * 3, "A·B * 3", {"A": "· Bᵀ * 3", "B": "Aᵀ * 3 ·"}),
    (lambda: (A @ B + C) / 2, "", {"A": "∂Z/∂A", "B": "∂Z/∂B", "C": "* 1/2"}),
    (lambda: 2 / (A @ B), "", {"A": "∂Z/∂A", "B": "∂Z/∂B"}),
    (lambda: A @ B @ B, "", {"A": "∂Z/∂A", "B": "∂Z/∂B"}),
]  # fmt: skip


@pytest.mark.parametrize(("computed", "formula", "steps"), FORMULAS)
def test_formulas(computed: Callable[[], Any], formula: str, steps: dict[str, str]) -> None:
    inputs = {"A": A, "B": B, "C": C, "r": ROW, "s": S}
    if "c" in steps:
        inputs["c"] = COLUMN

    found = origins(**inputs, Z=computed())["Z"]

    assert found.formula == formula
    assert {list(inputs)[step.parent]: step.formula for step in found.steps} == steps


@pytest.mark.parametrize(("computed", "formula", "steps"), FORMULAS)
def test_the_steps_give_the_gradient(
    computed: Callable[[], Any], formula: str, steps: dict[str, str]
) -> None:
    """The formulas, run by NumPy on an upstream gradient, agree with the scalar sweep."""
    Z = computed()
    d = np.arange(1.0, 1 + np.size(Z)).reshape(np.shape(Z)) if np.size(Z) > 1 else 1.0
    arrays: dict[str, Matrix | Value] = {"A": A, "B": B, "C": C, "r": ROW, "s": S, "c": COLUMN}
    numbers = {name: data(X) for name, X in arrays.items()} | {"Z": data(Z), "d": d, "y": TARGETS}
    numbers |= {} if "c" in steps else {"c": TARGETS}

    for name, step in steps.items():
        if "∂" not in step:
            expected = gradient(Z, arrays[name], d if np.size(Z) > 1 else None)
            np.testing.assert_allclose(pulled(step, numbers, arrays[name]), expected)


SQUARE, SIDES = matrix([[2.0, 1], [1, 3]], name="Q"), of_shape(2, 2, name="B", start=2)
KNOWN: list[tuple[Callable[[], Any], str, dict[str, str], dict[str, Callable[[Any, Any, Any, Any], Any]]]] = [
    (lambda: np.linalg.inv(SQUARE), "Q⁻¹", {"Q": "-Zᵀ · d · Zᵀ"}, {"Q": lambda Q, B, Z, d: -Z.T @ d @ Z.T}),
    (
        lambda: np.linalg.solve(SQUARE, SIDES),
        "Q⁻¹·B",
        {"Q": "-Q⁻ᵀ · d · Zᵀ", "B": "Q⁻ᵀ ·"},
        {
            "Q": lambda Q, B, Z, d: -np.linalg.inv(Q).T @ d @ Z.T,
            "B": lambda Q, B, Z, d: np.linalg.inv(Q).T @ d,
        },
    ),
    (lambda: np.linalg.solve(SQUARE, ROW), "Q⁻¹·r", {"Q": "-outer(Q⁻ᵀ · d, Z)", "r": "Q⁻ᵀ ·"}, {}),
    (
        lambda: np.linalg.det(SQUARE),
        "det Q",
        {"Q": "cof Q"},
        {"Q": lambda Q, B, Z, d: d * Z * np.linalg.inv(Q).T},
    ),
    (
        lambda: np.linalg.slogdet(SQUARE)[1],
        "ln|det Q|",
        {"Q": "Q⁻ᵀ"},
        {"Q": lambda Q, B, Z, d: d * np.linalg.inv(Q).T},
    ),
    (lambda: np.linalg.cholesky(SQUARE), "chol Q", {"Q": "∂Z/∂Q"}, {}),
    (
        lambda: autodiff.softmax(SIDES, axis=1),
        "softmax(B)",
        {"B": "Z * (d - (d * Z) · 1)"},
        {"B": lambda Q, B, Z, d: Z * (d - np.sum(d * Z, axis=1, keepdims=True))},
    ),
    (
        lambda: autodiff.softmax(SIDES, axis=0),
        "softmax(B)",
        {"B": "Z * (d - 1ᵀ · (d * Z))"},
        {"B": lambda Q, B, Z, d: Z * (d - np.sum(d * Z, axis=0))},
    ),
    (lambda: matrix([softmax(list(row)) for row in SIDES]), "softmax(B)", {"B": "Z * (d - (d * Z) · 1)"}, {}),
    (lambda: autodiff.softmax(ROW, axis=0), "softmax(r)", {"r": "Z * (d - Σ (d * Z))"}, {}),
    (
        lambda: autodiff.log_softmax(SIDES, axis=1),
        "log_softmax(B)",
        {"B": "d - exp(Z) * (d · 1)"},
        {"B": lambda Q, B, Z, d: d - np.exp(Z) * np.sum(d, axis=1, keepdims=True)},
    ),
]


@pytest.mark.parametrize(("computed", "formula", "steps", "pulls"), KNOWN)
def test_what_one_function_made_of_whole_matrices(
    computed: Callable[[], Any],
    formula: str,
    steps: dict[str, str],
    pulls: dict[str, Callable[[Any, Any, Any, Any], Any]],
) -> None:
    Z: Any = computed()
    below = {"Q": SQUARE, "B": SIDES, "r": ROW}

    found = origins(**below, Z=Z)["Z"]

    assert found.formula == formula
    assert {list(below)[step.parent]: step.formula for step in found.steps} == steps
    d = np.arange(1.0, 5.0).reshape(2, 2) if np.ndim(Z) else 1.0
    for name, pull in pulls.items():
        expected = gradient(Z, below[name], d if np.ndim(Z) else None)
        by_formula = pull(data(SQUARE), data(SIDES), data(Z) if np.ndim(Z) else Z.data, d)
        np.testing.assert_allclose(by_formula, expected, atol=1e-12)


def test_a_graph_that_is_nearly_that_of_a_function_is_not_called_so() -> None:
    B = np.linalg.inv(SQUARE)
    other = matrix([[B[0, 0], B[0, 1]], [B[1, 0], B[1, 1] * 2]])
    shares = autodiff.softmax(SIDES, axis=1)
    mixed = matrix([[shares[0, 1], shares[0, 0]], [shares[1, 0], shares[1, 1]]])

    assert origins(Q=SQUARE, Z=other)["Z"].formula == ""
    assert origins(B=SIDES, Z=mixed)["Z"].formula == ""


def pulled(step: str, numbers: dict[str, Any], X: Any) -> Any:
    """Run a step as NumPy would."""
    code = re.sub(r"\[(.*?)\]", r"(\1)", step).replace("^", "**")
    code = re.sub(r"\b(\d|[A-Z])(?=[A-Z(])", r"\1*", code)  # 6A, Z(1 - Z)
    code = code.replace("1ᵀ", "ones_rows").replace("· 1", "· ones_columns")
    code = re.sub(r"(\w+)ᵀ", r"transposed(\1)", code).replace("·", "@")
    code = (
        "d" + code if code[0] in "@*" else code + "d" if code.endswith("@ ") or code.endswith("@") else code
    )
    code = re.sub(r"Σ (.*)", r"total(\1)", code)
    shape = np.shape(numbers["d"]) or (1, 1)
    world = numbers | {
        "ones_rows": np.ones(shape[0]), "ones_columns": np.ones((shape[-1], 1)),
        "transposed": np.transpose, "total": np.sum,
    }  # fmt: skip
    return eval(code, world) * np.ones(np.shape(X))


@given(
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(1, 3),
    st.sampled_from(["plain", "left", "right", "both"]),
)
def test_products_of_any_shape(n: int, m: int, k: int, turned: str) -> None:
    left, right = of_shape(n, m, name="A"), of_shape(m, k, name="B", start=2)
    if turned in ("left", "both"):
        left = matrix(data(left).T, name="A").T
    if turned in ("right", "both"):
        right = matrix(data(right).T, name="B").T
    Z = left @ right
    d = np.arange(1.0, 1 + Z.size).reshape(Z.shape)
    A, B = (X.T if X.name == f"{name}ᵀ" else X for X, name in ((left, "A"), (right, "B")))
    numbers = {"A": data(A), "B": data(B), "d": d}

    steps = origins(A=A, B=B, Z=Z)["Z"].steps

    assert [step.parent for step in sorted(steps, key=lambda step: step.parent)] == [0, 1]
    for step in steps:
        X = (A, B)[step.parent]
        np.testing.assert_allclose(pulled(step.formula, numbers, X), gradient(Z, X, d))


def test_the_same_matrix_twice() -> None:
    found = origins(B=B, Z=B @ B)["Z"]

    assert [step.formula for step in found.steps] == ["· Bᵀ", "Bᵀ ·"]


def test_sums_of_products_written_out_by_hand() -> None:
    Z = matrix([[A[i, 0] * B[0, j] + A[i, 1] * B[1, j] for j in range(2)] for i in range(3)])

    assert origins(A=A, B=B, Z=Z)["Z"].formula == "A·B"


def test_a_recurrent_step() -> None:
    x, W, h, U = (
        of_shape(*s, name=n) for n, s in [("x", (1, 3)), ("W", (3, 2)), ("h", (1, 2)), ("U", (2, 2))]
    )

    found = origins(x=x, W=W, h=h, U=U, z=x @ W + h @ U)["z"]

    assert found.formula == "x·W + h·U"
    assert [step.formula for step in found.steps] == ["· Wᵀ", "xᵀ ·", "· Uᵀ", "hᵀ ·"]


def test_a_layer_of_neurons() -> None:
    """Whose weights are rows, and which are written before the inputs."""
    layer = Layer(2, 3, nonlin=False, seed=0)
    W = matrix([neuron.w for neuron in layer.neurons])
    b = matrix([neuron.b for neuron in layer.neurons if neuron.b is not None])

    found = origins(X=A, W=W, b=b, Z=matrix([layer(list(row)) for row in A]))["Z"]

    assert found.formula == "X·Wᵀ + b"
    assert {step.formula for step in found.steps} == {"· W", "dᵀ · X", "1ᵀ ·"}


def test_one_wrong_element_is_noticed() -> None:
    Z = A @ B
    Z[2, 1] = A[2, 0] * B[0, 1] + A[2, 1] * B[1, 0]

    assert {step.formula for step in origins(A=A, B=B, Z=Z)["Z"].steps} == {"∂Z/∂A", "∂Z/∂B"}


def test_one_element_by_another_rule_is_noticed() -> None:
    Z: Any = np.tanh(A)
    Z[0, 0] = A[0, 0].sigmoid()

    assert [step.formula for step in origins(A=A, Z=Z)["Z"].steps] == ["∂Z/∂A"]


def test_an_element_that_stands_elsewhere_is_noticed() -> None:
    Z: Any = np.tanh(B.T)

    assert [step.formula for step in origins(B=B, Z=Z)["Z"].steps] == ["∂Z/∂B"]


def test_a_column_is_the_same_as_a_vector_but_no_row() -> None:
    row, column, vector = of_shape(1, 3, name="a"), of_shape(3, 1, name="b"), of_shape(3, name="v")

    found = origins(a=row, b=column, v=vector, Z=column.ravel() * vector, T=row * column.T)

    assert found["Z"].formula == "b * v"
    assert {step.formula for step in found["T"].steps} == {"∂T/∂a", "∂T/∂b"}


def test_rows_that_depend_on_rows_of_the_same_matrix() -> None:
    first = Value(0.5)
    H = matrix([first, (first * 2).tanh()], name="H")

    assert [step.formula for step in origins(H=H)["H"].steps] == ["∂H/∂H"]


def test_long_and_large_formulas_are_not_written() -> None:
    Z: Any = A
    for _ in range(60):
        Z = Z * Z * 0.1 - Z

    started = time.perf_counter()
    steps = origins(A=A, Z=Z)["Z"].steps

    assert [step.formula for step in steps] == ["∂Z/∂A"]
    assert time.perf_counter() - started < 5


# ---------------------------------------------------------------- the picture


def test_names_formulas_and_shapes_are_on_the_vertices() -> None:
    _, loss = unnoticed()

    source = draw_matrices(loss).source

    assert "= X·W1<" in source
    assert "= relu(H1)<" in source
    assert source.count("[2×2]") == 4
    assert source.count("[2×1]") == 2
    assert "dir=back" not in source


def test_weights_stand_beside_what_they_are_used_in() -> None:
    _, loss = unnoticed()

    source = draw_matrices(loss).source
    name = {m[1]: m[0] for m in re.findall(r"(n\d+) \[label=.*?<B>(.*?)</B>", source)}
    rows = re.findall(r"rank=same\]\s+(n\d+)\s+(n\d+)", source)

    assert rows == [(name["W1"], name["H1"]), (name["W2"], name["ŷ"])]


def test_the_label_of_an_upright_edge_is_pushed_off_it_by_its_length() -> None:
    """dot centres it a little to the left of the edge, however long it is."""
    y_hat, y = matrix([[1], [2]], name="ŷ"), matrix([[0], [1]], name="y")
    loss = (((y_hat - y) ** 2).sum() / 4).named("MSE")
    label = r'label="\xa0\(y - ŷ\)/2(\xa0+)"'
    (gap,) = re.findall(label, draw_matrices(loss).source)
    (without,) = re.findall(label, draw_matrices(loss, rankdir="TB").source)

    assert (len(gap), len(without)) == (2 * len("(y - ŷ)/2"), 1)


def test_backwards_shows_d_with_its_shape_and_numbers_once_there_are_any() -> None:
    matrices, loss = unnoticed()
    before = draw_matrices(loss, backwards=True).source
    loss.backward()
    after = draw_matrices(loss, backwards=True).source

    assert before.count("dir=back") == len(STEPS)
    assert before.count("d [2×2]") == before.count("∂MSE/∂X [2×2]") + before.count("∂MSE/∂W1 [2×2]") == 2
    assert "-0.25" not in before
    assert after.count("-0.25") == np.sum([np.sum(grads(A) == -0.25) for A in matrices.values()])


def test_a_matrix_is_an_output_too() -> None:
    X, W = matrix([[Fraction(1, 3), Fraction(2)]], name="X"), matrix([[Fraction(3)], [Fraction(4)]], name="W")
    Z: Any = X @ W
    Z.named("Z")
    backward(Z, [[Fraction(1, 7)]])

    source = draw_matrices(Z, backwards=True, values=True).source

    assert "∂Z/∂W [2×1]" in source
    assert "1/21" in source
    assert ">1/3<" in source


def test_numbers_show_where_a_part_of_the_upstream_gradient_is_0() -> None:
    matrices, _ = unnoticed()
    backward(matrices["ŷ"], [[-1], [0]])

    source = draw_matrices(matrices["ŷ"], backwards=True).source

    assert "∂L/∂W1 [2×2]" in source
    assert source.count("SIDES") == len(matrices)


def test_numbers_of_large_matrices_are_left_out() -> None:
    Z: Any = np.tanh(of_shape(9, 9, name="X"))

    assert "SIDES" not in draw_matrices(Z.named("Z"), values=True).source


def test_only_the_given_matrices_are_drawn() -> None:
    matrices, loss = unnoticed()

    picture = draw_matrices(loss, matrices["ŷ"], matrices["X"], of_shape(2, 2, name="unrelated"))

    assert edges(picture) == {("X", "ŷ", "∂ŷ/∂X"), ("ŷ", "MSE", "(ŷ - y)/2")}


def test_matrices_without_a_name_get_letters() -> None:
    X = matrix([[1, 2], [3, 4]])

    assert edges(draw_matrices(np.sum(X**2), X)) == {("A", "L", "2A")}


def test_matrices_of_which_a_part_is_used() -> None:
    X = matrix([[1, 2], [3, 4]], name="X")

    source = draw_matrices((X[0, 0] * 5).named("z"), values=True).source

    assert ">1<" in source
    assert "nan" not in source


# A name that would break out of a label, and one of the letters and signs that formulas are written with.
HOSTILE = r'x>]; evil->n0; n1 [label=<y\N</B>&amp;"'


@rendered
def test_any_name_stays_text() -> None:
    X, W = matrix([[1, 2]], name=HOSTILE), matrix([[1], [2]], name="·一 <i>")

    Z: Any = X @ W

    svg = render.to_svg(draw_matrices(Z.map(sigmoid).named("\x00ŷ"), backwards=True, values=True))

    assert svg.count('class="node"') == 3
    assert svg.count('class="edge"') == 2
    assert "<i>" not in svg


@rendered
def test_it_renders_as_png() -> None:
    _, loss = unnoticed()

    assert render.to_png(draw_matrices(loss, backwards=True, values=True, rankdir="TB")).startswith(
        b"\x89PNG"
    )


# ---------------------------------------------------------------- what is refused


def test_what_is_no_matrix_is_refused() -> None:
    _, loss = unnoticed()

    with pytest.raises(TypeError, match="needs matrices and Values, not 3 of type int"):
        draw_matrices(loss, 3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="holds no Value"):
        draw_matrices(loss, np.ones((2, 2)).astype(object).view(Matrix))
    with pytest.raises(ValueError, match="rankdir must be one of"):
        draw_matrices(loss, rankdir="up")  # type: ignore[arg-type]


def test_nothing_to_draw() -> None:
    with pytest.raises(ValueError, match="no matrix with a name"):
        draw_matrices(Value(2) * 3)


def test_matrices_that_share_elements_are_refused() -> None:
    X = matrix([[1, 2]], name="X")

    with pytest.raises(ValueError, match="is in 'X' and in 'Xᵀ'"):
        draw_matrices(np.sum(X * 2), X, X.T)


def test_two_matrices_of_one_name_must_be_given() -> None:
    X, twin = matrix([[1, 2]], name="X"), matrix([[3, 4]], name="X")
    Z: Any = X * twin

    with pytest.raises(ValueError, match="two matrices are called 'X'"):
        draw_matrices(Z.named("Z"))
    assert edges(draw_matrices(Z, X, twin)) == {("X", "Z", "* X")}


def test_too_many_matrices_are_refused() -> None:
    Z: Any = matrix([[1, 2]], name="X0")
    for layer in range(1, 70):
        Z = np.tanh(Z).named(f"X{layer}")

    with pytest.raises(ValueError, match="70 matrices, more than 60"):
        draw_matrices(Z)


def test_large_matrices_are_quick() -> None:
    X, W = of_shape(60, 40, name="X"), of_shape(40, 20, name="W")
    started = time.perf_counter()

    Z: Any = X @ W

    assert edges(draw_matrices(Z.named("Z"))) == {("X", "Z", "· Wᵀ"), ("W", "Z", "Xᵀ ·")}
    assert time.perf_counter() - started < 10


# ---------------------------------------------------------------- a matrix on its own


def test_a_notebook_shows_the_shape_under_the_name() -> None:
    latex = matrix([[Fraction(1, 32), -1], [0, 2.5]], name="W1")._repr_latex_()

    assert latex is not None
    assert r"\underset{[2 \times 2]}{\text{W1}}" in latex or r"\underset{[2 \times 2]}{W_{1}}" in latex
    assert r"\frac{1}{32} & -1 \\ 0 & 2.5" in latex


def test_a_large_matrix_stays_text() -> None:
    assert of_shape(20, 2, name="X")._repr_latex_() is None
    assert matrix([1, 2])._repr_latex_() == r"$$\underset{[2]}{\cdot} = \begin{pmatrix}1 & 2\end{pmatrix}$$"
