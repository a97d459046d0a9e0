from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff
from autodiff import Value
from autodiff.matrix import Matrix, backward, data, gradient, grads, jacobian, matrix
from autodiff.operations import FUNCTIONS, register
from autodiff.rules import TABLE, binary


def operation(node: Any) -> str:
    return str(node.op.name)


def names(A: Matrix) -> list[str]:
    return [x.name for x in A.flat]


# ---------------------------------------------------------------- making, naming, showing


@pytest.mark.parametrize(
    ("name", "shape", "first", "last"),
    [
        ("X", (2, 3), "x11", "x23"),
        ("W1", (2, 3), "w1_11", "w1_23"),
        ("X", (2, 10), "x1_1", "x2_10"),
        ("W1", (11, 2), "w1_1_1", "w1_11_2"),
        ("b", (12,), "b1", "b12"),
        ("b1", (3,), "b1_1", "b1_3"),
        ("ŷ", (2,), "ŷ1", "ŷ2"),
    ],
)
def test_elements_have_names_of_their_own(name: str, shape: tuple[int, ...], first: str, last: str) -> None:
    found = names(matrix(np.zeros(shape), name=name))

    assert (found[0], found[-1]) == (first, last)
    assert len(set(found)) == len(found)


def test_values_are_taken_as_they_are_and_keep_their_names() -> None:
    x = Value(1, name="mine")
    A = matrix([[x, 2]], name="A")

    assert A[0, 0] is x
    assert names(A) == ["mine", "a12"]


def test_a_result_can_be_named() -> None:
    X = matrix([[1, 2]], name="X")
    O1: Any = np.exp(X)
    H = matrix(np.tanh(X), name="H")

    assert (H.name, names(H), X.T.name, O1.name) == ("H", ["h11", "h12"], "Xᵀ", None)
    assert names(X.T.named("Y")) == ["x11", "x12"]


def test_display_tells_the_shape() -> None:
    assert repr(matrix([[1, 2], [3, 4]], name="X")) == "X [2×2]\n[[1. 2.]\n [3. 4.]]"
    assert str(matrix([[Fraction(1, 32), 1.0]])) == "[1×2]\n[[0.03125 1.     ]]"
    assert str(matrix([Fraction(1, 32), Fraction(1)], name="v")) == "v [2]\n[1/32 1]"


@pytest.mark.parametrize(
    ("copied", "shared"),
    [(copy.copy, True), (copy.deepcopy, False), (lambda X: pickle.loads(pickle.dumps(X)), False)],
)
def test_a_copy_keeps_name_and_numbers(copied: Callable[[Matrix], Any], shared: bool) -> None:
    X = matrix([[1, 2]], name="X")
    made = copied(X)

    assert isinstance(made, Matrix)
    assert (made.name, names(made), data(made).tolist()) == ("X", ["x11", "x12"], [[1, 2]])
    assert (made[0, 0] is X[0, 0]) is shared


def test_fractions_stay_exact_and_a_mix_becomes_floats() -> None:
    third = Fraction(1, 3)

    assert data(matrix([[third]])).tolist() == [[third]]
    assert data(matrix([third, 0.5])).dtype == float
    assert data([[1, 2]]).tolist() == [[1.0, 2.0]]


def test_whole_numbers_beside_fractions_stay_exact() -> None:
    A = matrix([[Fraction(1, 3), 1], [np.int64(0), -2]], name="A")

    assert data(A @ A).tolist() == [[Fraction(1, 9), Fraction(-5, 3)], [0, 4]]
    assert {type(x) for x in gradient(A @ A, A, [[1, 0], [0, 1]]).flat} == {Fraction}
    with pytest.raises(TypeError, match=r"not True of type bool: write 1\.0"):
        matrix([Fraction(1, 3), True])


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        (
            lambda: matrix([[1, 2], [3]], name="X"),
            ValueError,
            "matrix 'X': the rows must have the same length",
        ),
        (lambda: matrix(3), TypeError, "for one number use Value"),  # type: ignore[call-overload]
        (lambda: matrix([["1"]]), TypeError, "convert it with float"),
        (lambda: matrix([1], name=1), TypeError, "name of a matrix must be a string"),  # type: ignore[call-overload]
        (lambda: matrix([1], name=""), TypeError, "name of a matrix must be a string"),
        (lambda: grads([1.0]), TypeError, r"grads: A \[1\] must be of Values, but at \(0,\) is 1.0"),
    ],
)
def test_bad_data_is_explained(wrong: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        wrong()


# ---------------------------------------------------------------- NumPy's functions

SMOOTH: dict[str, Callable[..., Any]] = {
    "+": lambda A, B: A + B,
    "-": lambda A, B: 1 - A - B,
    "*": lambda A, B: A * B * 2.0,
    "/": lambda A, B: A / B,
    "**": lambda A, B: A**2 + B**-1,
    "@": lambda A, B: A @ B.T,
    "@ an array": lambda A, B: A @ np.ones((3, 1)) + np.ones(2) @ B,
    "vectors": lambda A, B: A[0] @ B[1] * (A @ B[0]),
    "sum": lambda A, B: A.sum() * B.sum(axis=0) + np.sum(A, axis=1, keepdims=True),
    "sum of a part": lambda A, B: np.sum(A, where=np.eye(2, 3, dtype=bool), initial=2) + B.sum(axis=(0, 1)),
    "mean": lambda A, B: A.mean() * np.mean(B, axis=-1),
    "exp, log": lambda A, B: np.exp(A) * np.log(B) - np.log1p(A) + np.expm1(B),
    "tanh": lambda A, B: np.tanh(A) * np.sinh(B) + np.cosh(A),
    "sin": lambda A, B: np.sin(A) * np.cos(B) + np.tan(A / 5) + np.arctan(B) + np.arctan2(A, B),
    "sqrt": lambda A, B: np.sqrt(A) * np.hypot(A, B) + np.abs(-B),
    "maximum": lambda A, B: np.maximum(A, B) * np.maximum(A, 2) + np.minimum(1.5, B),
    "masked": lambda A, B: A * (B > 1),
    "stacked": lambda A, B: np.hstack([A, B, np.ones((2, 1))]).T.reshape(2, 7),
    "square": lambda A, B: np.square(A) + np.reciprocal(B) - np.negative(A),
    "product": lambda A, B: A.prod() * B.cumsum(),
    "initial": lambda A, B: np.max(A, axis=0, initial=0.6) * np.min(B, axis=1, keepdims=True, initial=0.5),
    "where": lambda A, B: (
        np.max(A, axis=0, initial=0.4, where=np.eye(2, 3) > 0) + np.prod(B, where=[True, False, True])
    ),
    "accumulated": lambda A, B: np.maximum.accumulate(A, axis=1) + np.minimum.accumulate(B),
    "outer": lambda A, B: np.maximum.outer(A, B),
}


@pytest.mark.parametrize("function", SMOOTH.values(), ids=SMOOTH.keys())
def test_values_are_numpys_and_gradients_its_finite_differences(function: Callable[..., Any]) -> None:
    a, b = np.array([[0.5, 1.2, 2.5], [0.3, 0.7, 1.1]]), np.array([[1.4, 0.6, 0.2], [1.3, 2.2, 0.9]])
    A, B = matrix(a, name="A"), matrix(b, name="B")
    result = function(A, B)
    expected = function(a, b)
    d = np.cos(np.arange(np.size(expected))).reshape(np.shape(expected))
    by_a = gradient(result, A, d)

    np.testing.assert_allclose(data(result), expected, rtol=1e-13)
    for index in np.ndindex(*a.shape):
        step = np.zeros_like(a)
        step[index] = 1e-6
        slope = np.sum(d * (function(a + step, b) - function(a - step, b))) / 2e-6
        assert by_a[index] == pytest.approx(slope, rel=1e-6, abs=1e-8)


def test_a_matrix_product_is_one_dot_for_each_element() -> None:
    X, W = matrix([[1, 2]], name="X"), matrix([[3], [4]], name="W")
    Z = X @ W

    assert operation(Z[0, 0]) == "dot"
    assert [x.name for x in Z[0, 0].parents] == ["x11", "x12", "w11", "w21"]
    assert {operation(x) for x in (W @ X).flat} == {"mul"}


def test_a_sum_is_one_node_also_along_an_axis() -> None:
    A = matrix([[1, 2], [3, 4]])

    assert operation(np.sum(A)) == "sum"
    assert [operation(x) for x in A.sum(axis=0)] == ["sum", "sum"]
    assert operation(matrix([1, 2]).sum(axis=0)) == "sum"


NOT_A_NUMBER: dict[str, Callable[..., Any]] = {
    "clip": lambda A: np.clip(A, 0, 1),
    "clip, arrays": lambda A: np.clip(A, np.zeros(3), [1, 2, 1]),
    "clip, method": lambda A: A.clip(0, 1),
    "clip, from below": lambda A: np.clip(A, 0, None),
    "clip, from above": lambda A: A.clip(None, 1),
    "max": lambda A: np.max(A, axis=0, initial=0),
    "min": lambda A: A.min(initial=3),
    "max, where": lambda A: np.max(A, initial=0, where=[True, True, False]),
    "accumulate": lambda A: np.maximum.accumulate(A, axis=1),
    "outer": lambda A: np.minimum.outer(A, [0, 3]),
    "sign": np.sign,
    "argmax": lambda A: np.argmax(A, axis=1),
    "argmin": lambda A: A.argmin(),
    "argsort": lambda A: np.argsort(A, axis=0, kind="stable"),
    "sort": np.sort,
    "sort, all": lambda A: np.sort(A, axis=None),
    "partition": lambda A: np.partition(A, 1)[:, 1],
    "argpartition": lambda A: np.argpartition(A, 1)[:, 1],
    "median": lambda A: np.median(A, axis=0),
    "quantile": lambda A: np.quantile(A, 0.4, axis=1),
}
if int(np.__version__[0]) >= 2:
    NOT_A_NUMBER["clip, by name"] = lambda A: np.clip(A, min=0, max=1)


@pytest.mark.parametrize("function", NOT_A_NUMBER.values(), ids=NOT_A_NUMBER.keys())
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_nan_is_where_numpy_has_it(function: Callable[..., Any]) -> None:
    numbers = np.array([[np.nan, 1.5, 0.5], [-2.0, 0.0, np.nan]])

    np.testing.assert_array_equal(data(function(matrix(numbers))), function(numbers))


def test_a_matrix_is_sorted_in_place_with_its_nodes() -> None:
    A = matrix([2.0, np.nan, 1.0], name="A")
    A.sort()

    assert names(A) == ["a3", "a1", "a2"]


@pytest.mark.parametrize("function", [np.exp, np.negative])
def test_an_out_of_floats_is_refused(function: Callable[..., Any]) -> None:
    with pytest.raises(TypeError, match="out cannot hold Values: make it with dtype=object"):
        function(matrix([1.0, 2.0]), out=np.empty(2))


def test_ties_with_a_number_to_begin_with() -> None:
    A = matrix([1.0, 1.0, 0.0])

    assert gradient(np.max(A, initial=0), A).tolist() == [0.5, 0.5, 0]
    assert gradient(np.max(A, initial=1), A).tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    "function", [lambda A: np.clip(A, 0, 1), lambda A: A.clip(None, 1), np.maximum.accumulate]
)
def test_kinks_of_numpys_functions_are_found(function: Callable[..., Any]) -> None:
    assert len(autodiff.find_kinks(np.sum(function(matrix([1.0, 1.0, 3.0]))))) > 0


@pytest.mark.parametrize(
    "name", ["nanmax", "nanmin", "nansum", "nanmean", "nanstd", "nanmedian", "nan_to_num", "fmax", "fmin"]
)
def test_what_leaves_nan_out_is_refused(name: str) -> None:
    v = Value(np.nan)
    others = [1.0] if name[0] == "f" else []

    for x in [matrix([v, 1.0]), *([v] if others else [])]:
        with pytest.raises(TypeError, match=rf"np\.{name} of Values is no graph.*leave nan out by A\[~np"):
            getattr(np, name)(x, *others)
    with pytest.raises(TypeError, match=r"np\.fmax of Values"):
        np.fmax.reduce(matrix([v, 1.0]))


@pytest.mark.parametrize(
    "relu",
    [lambda H: np.maximum(0, H), lambda H: np.maximum(H, 0), lambda H: np.maximum(H, np.zeros((1, 3)))],
)
def test_relu_has_slope_0_at_0(relu: Callable[[Matrix], Matrix]) -> None:
    H = matrix([[-1, 0, 2]], name="H")
    O1 = relu(H)

    assert [operation(x) for x in O1.flat] == ["relu"] * 3
    assert data(O1).tolist() == [[0, 0, 2]]
    assert gradient(O1, H, [[1, 1, 1]]).tolist() == [[0, 0, 1]]


def test_a_tie_with_another_number_has_slope_0() -> None:
    H = matrix([1, 2, 3], name="H")

    assert gradient(np.maximum(H, 2), H, [1, 1, 1]).tolist() == [0, 0, 1]
    assert gradient(np.minimum(2, H), H, [1, 1, 1]).tolist() == [1, 0, 0]


def test_functions_of_the_table_by_map() -> None:
    H = matrix([[0, 3]])

    assert [operation(x) for x in H.map(autodiff.sigmoid).flat] == ["sigmoid"] * 2


def test_map_to_names_gives_an_array_of_them() -> None:
    X = matrix([[1, 2]], name="X")
    found = X.map(lambda x: x.name)

    assert type(found) is np.ndarray
    assert found.tolist() == [["x11", "x12"]]
    assert isinstance(X.map(lambda x: x.data), Matrix)


def test_functions_of_the_table_apply_to_each_element() -> None:
    numbers = np.array([[0.5, 2.0, -1.0], [1.5, 0.25, 3.0]])
    X, unlike = matrix(numbers, name="X"), [*map(autodiff.tanh, numbers.ravel().tolist())]

    found: Any = autodiff.tanh(X)
    assert isinstance(found, Matrix)
    assert data(found).ravel().tolist() == unlike
    assert {operation(x) for x in found.flat} == {"tanh"}
    larger: Any = autodiff.maximum(X, np.array([1.0, 0.0, 0.0]))  # type: ignore[call-overload]
    assert data(larger).tolist() == [[1.0, 2.0, 0.0], [1.5, 0.25, 3.0]]
    chosen: Any = autodiff.where(X > 1, X, 0.0)  # type: ignore[call-overload]
    assert data(chosen).tolist() == [[0.0, 2.0, 0.0], [1.5, 0.0, 3.0]]


@pytest.mark.parametrize("axis", [None, 0, 1, -1, (0, 2), (2, 0)])
@pytest.mark.parametrize("name", ["sum", "prod", "mean", "max", "min", "norm", "logsumexp"])
def test_reductions_of_the_table_go_along_axes(name: str, axis: Any) -> None:
    numbers = np.random.default_rng(1).normal(size=(2, 3, 4))
    reduce: Any = getattr(autodiff, name)
    others = {"norm": lambda x, **options: np.sqrt(np.sum(x**2, **options))}
    others["logsumexp"] = lambda x, **options: np.log(np.sum(np.exp(x), **options))
    expected: Any = others.get(name) or getattr(np, name)

    for keepdims in (False, True):
        found = reduce(matrix(numbers), axis=axis, keepdims=keepdims)
        wanted = expected(numbers, axis=axis, keepdims=keepdims)

        assert np.shape(found) == np.shape(wanted)
        assert data(matrix(np.reshape(found, -1))) == pytest.approx(np.reshape(wanted, -1), rel=1e-12)
        assert {operation(x) for x in np.reshape(found, -1)} == {name}


def test_the_k_th_smallest_is_found_along_an_axis_too() -> None:
    X: Any = matrix([[1.0, 5.0], [3.0, 2.0], [4.0, 0.0]])

    assert data(autodiff.kthvalue(X, 2, axis=0)).tolist() == [3.0, 2.0]


def test_without_an_axis_all_elements_are_reduced() -> None:
    X = matrix([[1.0, 2.0], [3.0, 4.0]])

    functions: list[Any] = [autodiff.sum, autodiff.max]
    total, largest = (reduce(X) for reduce in functions)
    assert total.data == 10.0
    assert largest.op.name == "max"
    assert autodiff.dot(X[0], X[1]).data == 11.0


@pytest.mark.parametrize("name", ["sum", "prod", "mean", "max", "norm", "logsumexp", "softmax"])
def test_operations_of_the_table_on_no_rows_of_three(name: str) -> None:
    found = getattr(autodiff, name)(matrix(np.zeros((0, 3))), axis=1)

    assert found.shape == ((0, 3) if name == "softmax" else (0,))


@pytest.mark.parametrize("name", ["sum", "prod"])
def test_sums_and_products_of_nothing(name: str) -> None:
    empty = np.zeros((0, 3))

    found = getattr(autodiff, name)(matrix(empty), axis=0)
    assert data(found).tolist() == getattr(np, name)(empty, axis=0).tolist()


@pytest.mark.parametrize("axis", [None, 0, 1, (1, 0), (0, 1)])
def test_softmax_goes_along_axes(axis: Any) -> None:
    numbers = np.random.default_rng(1).normal(size=(2, 3, 2))
    powers = np.exp(numbers)

    found: Any = autodiff.softmax(matrix(numbers), axis=axis)

    assert data(found) == pytest.approx(powers / powers.sum(axis=axis, keepdims=True), rel=1e-12)


def test_plain_arrays_are_told_to_be_matrices() -> None:
    with pytest.raises(TypeError, match=r"make it a matrix, autodiff\.matrix\.matrix\(x\)"):
        autodiff.sigmoid(np.array([[Value(1.0)]]))  # type: ignore[call-overload]


def test_comparisons_are_plain() -> None:
    found = matrix([1, 3]) > 2

    assert found.dtype == bool
    assert found.tolist() == [False, True]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda X, W: X @ W, r"matmul: X \[2×2\] and W \[3×2\] cannot be multiplied: 2 columns, but 3 rows"),
        (lambda X, W: W.T @ X.T @ X, r"Wᵀ \[2×3\] and Xᵀ \[2×2\]"),
        (lambda X, W: np.ones(3) @ X, r"an array \[3\] and X \[2×2\] cannot be multiplied: 3 columns"),
        (lambda X, W: X + W, r"add: the shapes of X \[2×2\] and W \[3×2\] do not fit"),
        (lambda X, W: np.maximum(X, W), r"maximum: the shapes of X \[2×2\] and W \[3×2\]"),
        (lambda X, W: X @ 2, r"write \* to multiply by one number"),
        (
            lambda X, W: backward(X, [[1, 2]]),
            r"gradient d \[1×2\] must have the shape of the output X \[2×2\]",
        ),
        (lambda X, W: gradient(X * 2, X, 1), r"gradient d \[a number\] must have the shape of the output Z"),
        (lambda X, W: backward(X), r"backward: X \[2×2\] has many elements: pass d"),
    ],
)
def test_shapes_that_do_not_fit_are_named(wrong: Callable[[Matrix, Matrix], Any], message: str) -> None:
    X, W = matrix([[1, 2], [3, 4]], name="X"), matrix([[1, 2], [3, 4], [5, 6]], name="W")
    with pytest.raises(ValueError, match=message):
        wrong(X, W)

    assert not grads(X).any()


@pytest.mark.parametrize(
    "function", [np.isnan, np.spacing, np.signbit], ids=lambda function: function.__name__
)
def test_what_the_table_does_not_have_is_named(function: Callable[[Matrix], Any]) -> None:
    with pytest.raises(TypeError, match=rf"np\.{function.__name__} cannot be applied to Values.*data\(A\)"):
        function(matrix([[1, 2]], name="X"))


# ---------------------------------------------------------------- derivatives


@given(st.lists(st.integers(-9, 9), min_size=18, max_size=18))
def test_backward_and_gradient_follow_the_matrix_formula(numbers: list[int]) -> None:
    fractions = np.array([Fraction(n, 7) for n in numbers], dtype=object)
    x, w, d = fractions[:4].reshape(2, 2), fractions[4:10].reshape(2, 3), fractions[12:].reshape(2, 3)
    X, W = matrix(x, name="X"), matrix(w, name="W")
    Z = X @ W
    by_x, by_w = gradient(Z, [X, W], d)
    assert not any(value.grad for value in X.flat)
    backward(Z, d)

    assert by_x.tolist() == grads(X).tolist() == (d @ w.T).tolist()
    assert by_w.tolist() == grads(W).tolist() == (x.T @ d).tolist()
    assert grads(Z).tolist() == d.tolist()


def test_backward_adds_up_in_leaves_and_warns_of_a_repetition() -> None:
    X = matrix([[1, 2]], name="X")
    Z = X * X
    backward(Z, [[1, 1]])
    with pytest.warns(autodiff.RepeatedBackwardWarning, match="their grad doubles"):
        backward(Z, [[1, 1]])

    assert grads(X).tolist() == [[4, 8]]
    assert grads(Z).tolist() == [[1, 1]]


def test_a_second_output_or_another_upstream_gradient_is_no_repetition() -> None:
    X = matrix([[1, 2]], name="X")
    backward(X * X, [[1, 1]])
    backward(X * X, [[1, 1]])
    Z = X * 3
    backward(Z, [[1, 0]])
    backward(Z, [[0, 1]])

    assert grads(X).tolist() == [[7, 11]]


def test_an_element_that_stands_twice_in_the_output_counts_twice() -> None:
    x = Value(3, name="x")

    assert gradient(matrix([x, x, x * 2]), matrix([x]), [1, 10, 100]).tolist() == [211]


def test_the_numbers_of_the_output_take_no_part_in_the_sweep() -> None:
    X = matrix([1e300, 1e300])

    assert gradient(X * 1e8, X, [1e8, -1e8]).tolist() == [1e16, -1e16]


def test_one_number_needs_no_upstream_gradient() -> None:
    X = matrix([[1, 2]], name="X")
    found = gradient((X * X).sum(), {"X": X, "x12": X[0, 1]})
    backward((X * X).sum())

    assert found["X"].tolist() == grads(X).tolist() == [[2, 4]]
    assert float(found["x12"]) == 4


def test_what_the_output_does_not_depend_on_has_the_derivative_0() -> None:
    X, Y = matrix([[1, 2]]), matrix([Fraction(1)])

    assert gradient(X, Y, [[1, 1]]).tolist() == [0]
    assert jacobian([X[0, 0], 3.0], X).tolist() == [[[1, 0]], [[0, 0]]]


def test_an_output_of_plain_numbers_is_an_error() -> None:
    with pytest.raises(TypeError, match=r"Z \[1\] holds no Value"):
        backward([1.0], [1])


def test_jacobian_contracts_to_the_gradient() -> None:
    X = matrix([[0.5, -1], [2, 0.25]], name="X")
    Z = np.tanh(X @ X.T)
    d = np.array([[1.0, -2], [3, 0.5]])
    J = jacobian(Z, X)

    assert J.shape == (2, 2, 2, 2)
    np.testing.assert_allclose(np.tensordot(d, J, 2), gradient(Z, X, d), rtol=1e-14)
    assert jacobian(Z[0, 0], X).shape == (2, 2)


def test_autodiff_alone_does_not_load_numpy() -> None:
    program = "import sys, autodiff; print('numpy' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "False"


def test_numpys_name_of_a_new_row_works_on_matrices() -> None:
    row = binary(
        "logaddexp2",
        lambda m, x, y: m.log2(m.exp2(x) + m.exp2(y)),
        (lambda m, x, y, z: m.exp2(x - z), lambda m, x, y, z: m.exp2(y - z)),
        ufunc="logaddexp2",
    )
    A, B = matrix([[1.0, 2.0], [3.0, -4.0]]), matrix([[0.5, 2.0], [9.0, 4.0]])
    register(row)
    try:
        Z = np.logaddexp2(A, B)
    finally:
        del TABLE["logaddexp2"], FUNCTIONS["logaddexp2"]
        delattr(Value, "logaddexp2")

    assert data(Z) == pytest.approx(np.logaddexp2(data(A), data(B)), rel=1e-15)
    assert {z.op for z in Z.flat} == {row}
    with pytest.raises(TypeError, match=r"np\.logaddexp2 cannot be applied to Values"):
        np.logaddexp2(A, B)


def test_a_function_of_numpy_for_every_row_that_names_one() -> None:
    named = {rule.name: rule for rule in TABLE.values() if rule.ufunc}

    assert set(named) >= {"exp", "asin", "atan2", "abs", "hypot", "maximum"}
    for rule in named.values():
        ufunc = getattr(np, str(rule.ufunc), None)
        if not isinstance(ufunc, np.ufunc):  # one of SciPy
            continue
        arguments = [np.full(2, 0.5 + (rule.name == "acosh"))] * ufunc.nin
        found = ufunc(*(matrix(argument) for argument in arguments))
        assert data(found) == pytest.approx(ufunc(*arguments), rel=1e-15), rule.name


def test_functions_of_numpy_on_single_values() -> None:
    v: Any = Value(0.5, name="v")

    assert operation(np.arctan(v)) == "atan"
    assert operation(np.maximum(0, v)) == operation(np.maximum(v, 0.0)) == "relu"
    larger = np.maximum(v, 0.25)
    assert (operation(larger), autodiff.gradient(larger, [v])) == ("maximum", [1.0])
    assert [x.data for x in np.minimum(np.array([0.25, 1.0]), v)] == [0.25, 0.5]
    assert autodiff.gradient(np.hypot(v, 1.2), v) == pytest.approx(0.5 / 1.3)
    assert isinstance(np.maximum(v, matrix([0.0, 1.0])), Matrix)


def test_numbers_of_numpy_on_the_left_of_a_value() -> None:
    v: Any = Value(3.0)

    found = [np.float64(2) + v, np.float64(2) - v, np.int64(2) * v, np.float32(2) / v, np.float64(2) ** v]
    assert [x.data for x in found] == [5.0, -1.0, 6.0, 2 / 3, 8.0]
    assert (np.array([1.0, 2.0]) * v)[1].parents == (v,)
    assert np.multiply.outer(np.array([1.0, 2.0]), v)[1].data == 6.0
    assert (np.array([1.0, 5.0]) > v).tolist() == [False, True]


@pytest.mark.parametrize("name", ["deg2rad", "fabs", "rad2deg", "sinc"])
def test_numpys_other_names_of_rows(name: str) -> None:
    function = getattr(np, name)
    numbers = np.array([[-0.5, 0.25], [1.5, 0.0]])

    made = function(matrix(numbers))

    assert data(made) == pytest.approx(function(numbers))
    assert {x.op.name for x in made.flat} == {
        {"fabs": "abs", "deg2rad": "radians", "rad2deg": "degrees"}.get(name, name)
    }


def test_what_the_processor_notes_is_no_warning() -> None:
    assert data(np.mod(matrix([5.0, -3.0]), 2)).tolist() == [1.0, 1.0]
    assert data(np.float_power(matrix([2.0, 3.0]), 2)).tolist() == [4.0, 9.0]


NUMBERS = np.array([[2.5, -1.25], [0.5, -3.0]])


@pytest.mark.parametrize(
    "f",
    [
        lambda A: divmod(A, 2),
        lambda A: divmod(7, A),
        np.modf,
        lambda A: np.ldexp(A, 3),
        np.conj,
        pytest.param(
            lambda A: np.vecdot(A, A),
            marks=pytest.mark.skipif(not hasattr(np, "vecdot"), reason="is of NumPy 2"),
        ),
    ],
)
def test_functions_of_numpy_with_several_results_or_none_of_their_own(f: Any) -> None:
    found, expected = f(matrix(NUMBERS)), f(NUMBERS)

    for A, numbers in zip(*([x] if not isinstance(x, tuple) else x for x in (found, expected)), strict=True):
        assert isinstance(A, Matrix)
        np.testing.assert_array_equal(data(A), numbers)


def test_np_clip_of_a_node_is_one() -> None:
    x: Any = Value(2.5)

    assert np.clip(x, 0, 1).op is TABLE["clip"]


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda x: np.arcsinh(np.array([x, x])), "it is autodiff.asinh(v); for NumPy's functions make an array"),
        (lambda x: x.absolute(), "it is autodiff.abs(v)"),
        (lambda x: np.sinc(x), "in place of np.sinc(v) write autodiff.sinc(v)"),
    ],
)  # fmt: skip
def test_what_numpy_asks_of_a_node_is_answered(ask: Any, message: str) -> None:
    with pytest.raises((AttributeError, TypeError)) as caught:
        ask(Value(0.5))

    assert message in f"{caught.value} {caught.value.__cause__}"


@pytest.mark.parametrize("function", [np.logical_and, np.logical_or, np.logical_xor])
def test_nodes_are_neither_true_nor_false(function: Any) -> None:
    W = matrix([[1.0, 0.0]], name="W")
    for operands in ((np.array([[1, 1]]), W), (W, np.array([[1, 1]]))):
        with pytest.raises(TypeError, match=f"np.{function.__name__}: nodes are neither true nor false"):
            function(*operands)
