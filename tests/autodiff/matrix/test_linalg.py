"""Linear algebra of matrices of Values: NumPy's numbers, the derivatives of the textbook, and what is refused."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import autodiff
from autodiff import Value, compile, gradient
from autodiff.matrix import Matrix, data, grads, linalg, matrix
from tests.engines import needs

SIZES = range(1, 7)


def regular(n: int) -> Any:
    return np.random.default_rng(n).normal(size=(n, n)) + np.eye(n)


def definite(n: int) -> Any:
    A = regular(n)
    return A @ A.T + np.eye(n)


def total(A: Any) -> Any:
    return np.sum(A)


def minors(A: Any) -> Any:
    """The cofactors by NumPy's determinants, of any matrix."""
    n = len(A)
    found = np.empty((n, n))
    for i, j in np.ndindex(n, n):
        found[i, j] = (-1) ** (i + j) * np.linalg.det(np.delete(np.delete(A, i, 0), j, 1))
    return found


@pytest.mark.parametrize("n", SIZES)
def test_det_and_slogdet(n: int) -> None:
    numbers = regular(n)
    A = matrix(numbers)

    found: Any = np.linalg.det(A)  # NumPy's own types say float64
    found.backward()
    by_det = grads(A)
    B = matrix(numbers)
    sign, logarithm = [*np.linalg.slogdet(B)]
    logarithm.backward()

    assert found.data == pytest.approx(np.linalg.det(numbers), rel=1e-12)
    assert by_det == pytest.approx(minors(numbers), rel=1e-10, abs=1e-12)
    expected = np.linalg.slogdet(numbers)
    assert (data(matrix([sign]))[0], logarithm.data) == pytest.approx(tuple(expected), rel=1e-12)
    assert grads(B) == pytest.approx(np.linalg.inv(numbers).T, rel=1e-10)


@pytest.mark.parametrize("n", SIZES)
def test_derivatives_of_a_singular_determinant_are_the_cofactors(n: int) -> None:
    numbers = np.round(4 * regular(n))
    numbers[-1] = numbers[0] if n > 1 else 0
    A = matrix(numbers)

    found: Any = np.linalg.det(A)
    found.backward()

    assert found.data == pytest.approx(0, abs=1e-9)
    assert grads(A) == pytest.approx(minors(numbers), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("n", SIZES)
def test_inv_and_solve(n: int) -> None:
    numbers, rng = regular(n), np.random.default_rng(7)
    inverse, weights, right = np.linalg.inv(numbers), rng.normal(size=(n, n)), rng.normal(size=(n, 2))
    A, B, b = matrix(numbers), matrix(numbers), matrix(right)

    found = np.linalg.inv(A)
    total(found * weights).backward()
    x = np.linalg.solve(B, b)
    total(x * weights[:, :1]).backward()

    assert isinstance(found, Matrix)
    assert data(found) == pytest.approx(inverse, rel=1e-10)
    assert grads(A) == pytest.approx(-inverse.T @ weights @ inverse.T, rel=1e-9)
    adjoint = inverse.T @ np.repeat(weights[:, :1], 2, axis=1)
    assert data(x) == pytest.approx(inverse @ right, rel=1e-10)
    assert grads(b) == pytest.approx(adjoint, rel=1e-9)
    assert grads(B) == pytest.approx(-adjoint @ (inverse @ right).T, rel=1e-9)
    assert data(np.linalg.solve(numbers, b[:, 0])) == pytest.approx((inverse @ right)[:, 0], rel=1e-10)


@pytest.mark.parametrize("upper", [False, True])
@pytest.mark.parametrize("n", SIZES)
def test_cholesky(n: int, upper: bool) -> None:
    numbers, weights = definite(n), np.random.default_rng(3).normal(size=(n, n))
    options = {"upper": True} if upper else {}
    A = matrix(numbers)

    found = np.linalg.cholesky(A, **options)
    total(found * weights).backward()

    lower = np.linalg.cholesky(numbers)
    assert data(found) == pytest.approx(lower.T if upper else lower, rel=1e-12, abs=1e-14)
    step, slopes = 1e-6, np.zeros((n, n))
    for i, j in np.ndindex(n, n):
        moved = [numbers.copy(), numbers.copy()]
        for sign, each in zip((1, -1), moved, strict=True):
            each[i, j] += sign * step
        triangles = [
            np.linalg.cholesky(np.tril(x) + np.tril(x, -1).T)
            for x in ([y.T for y in moved] if upper else moved)
        ]
        up, down = [np.sum((x.T if upper else x) * weights) for x in triangles]
        slopes[i, j] = (up - down) / (2 * step)
    assert grads(A) == pytest.approx(slopes, rel=1e-6, abs=1e-7)


def test_fractions_stay_exact() -> None:
    numbers = [[Fraction(1, i + j + 1) for j in range(5)] for i in range(5)]  # Hilbert's
    A = matrix(numbers)

    hilbert: Any = np.linalg.det(A)
    assert hilbert.data == Fraction(1, 266716800000)
    assert data(np.linalg.inv(A) @ A).tolist() == [[int(i == j) for j in range(5)] for i in range(5)]
    assert data(np.linalg.solve(A[:2, :2], [1, 0])).tolist() == [4, -6]


@pytest.mark.parametrize("n", SIZES)
def test_compiled(n: int) -> None:
    numbers = regular(n)
    f = compile(lambda A: np.linalg.det(A), axes={"A": 2})
    other = numbers[::-1].copy()  # the order of the rows is decided anew

    value, slopes = f.value_and_grad(numbers)
    assert value == pytest.approx(np.linalg.det(numbers), rel=1e-9)
    assert slopes == pytest.approx(minors(numbers), rel=1e-8, abs=1e-10)
    assert f(other) == pytest.approx(np.linalg.det(other), rel=1e-9)
    solved = compile(lambda A, b: list(np.linalg.solve(A, b)), axes={"A": 2, "b": 1})
    for each in (numbers, other):
        assert solved(each, np.ones(n)) == pytest.approx(np.linalg.solve(each, np.ones(n)))


def kernel_matrix(length: Any, count: int = 8) -> Any:
    """Of a Gaussian process: its eigenvalues lie far apart, and its determinant is far below products of elements."""
    xs = np.linspace(0, 1, count)
    return matrix(
        [
            [(-((x - y) ** 2) / (2 * length**2)).exp() + 1e-4 * (x == y) for y in map(float, xs)]
            for x in map(float, xs)
        ]
    )


@pytest.mark.parametrize("engine", ["numpy", pytest.param("llvm", marks=pytest.mark.llvm)])
def test_compiled_logarithms_keep_their_digits(engine: Any) -> None:
    needs(engine)
    length = Value(1.0)

    functions: list[Any] = [
        lambda length: np.linalg.slogdet(kernel_matrix(length)).logabsdet,
        lambda length: np.linalg.det(kernel_matrix(length)),
    ]
    for function in functions:
        expected = function(length)
        value, slope = compile(function, engine=engine).value_and_grad(1.0)

        assert value == pytest.approx(expected.data, rel=1e-9)
        assert slope == pytest.approx(gradient(expected, length), rel=1e-9)


@pytest.mark.parametrize("size", [1e-200, 1e200])
def test_a_compiled_logarithm_of_what_is_no_float(size: float) -> None:
    found = compile(lambda s: np.linalg.slogdet(matrix([[s * size, 0], [0, s * size]])).logabsdet)

    assert found.value_and_grad(2.0) == pytest.approx((2 * math.log(2 * size), 1.0))


def test_a_compiled_sign_follows_its_parameters() -> None:
    A = matrix(np.diag([1.0, 2.0, 3.0]))
    found = compile(lambda x: np.linalg.slogdet(A).sign * x)
    before = found(1.0).data
    A[0, 0].data = -1.0

    assert (before, found(1.0).data) == (1.0, -1.0)


@pytest.mark.parametrize("n", [3, 4, 5])
def test_a_compiled_determinant_of_a_singular_matrix(n: int) -> None:
    numbers = regular(n)
    numbers[-1] = numbers[0]
    found = compile(lambda A: np.linalg.det(A), axes={"A": 2})
    numbers[:, 1] = 0

    value, slopes = found.value_and_grad(numbers)

    assert value == pytest.approx(0, abs=1e-12)
    assert slopes == pytest.approx(minors(numbers), abs=1e-12)


def test_second_derivatives_of_a_determinant() -> None:
    found = autodiff.hessian(lambda x: np.linalg.det(matrix([[x[0], x[1]], [x[2], x[3]]])))(
        [1.0, 2.0, 3.0, 4.0]
    )

    assert found == [[0, 0, 0, 1], [0, 0, -1, 0], [0, -1, 0, 0], [1, 0, 0, 0]]


def nearly_singular() -> Any:
    return np.array([[1, 1, 1], [1, 1 + 1e-7, 1], [1, 1, 1 + 2e-7]])


def exactly(numbers: Any) -> Any:
    """A matrix of the same numbers as Fractions, which are not rounded."""
    return matrix([[Fraction(x) for x in row] for row in numbers.tolist()])


def test_nearly_singular_matrices_keep_their_digits() -> None:
    numbers = nearly_singular()
    A, exact = matrix(numbers), exactly(numbers)

    found: Any = np.linalg.det(A)
    right: Any = np.linalg.det(exact)
    solution, right_solution = np.linalg.solve(A, [1, 2, 4]), np.linalg.solve(exact, [1, 2, 4])

    assert found.data == pytest.approx(float(right.data), rel=1e-15)
    assert float(right.data) == pytest.approx(2.0000000001e-14, rel=1e-10)
    assert float(data(right_solution)[0]) == pytest.approx(-24999999.002, rel=1e-10)
    assert data(solution) == pytest.approx(data(right_solution).astype(float), rel=1e-15)
    assert data(np.linalg.inv(A)) == pytest.approx(data(np.linalg.inv(exact)).astype(float), rel=1e-15)
    found.backward()
    assert grads(A) == pytest.approx(np.linalg.inv(numbers).T * 2.0000000001e-14, rel=1e-8, abs=1e-15)


@pytest.mark.parametrize("scale", [1e-200, 1e-120, 1e120, 1e200])
@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_large_and_small_numbers_are_not_singular(n: int, scale: float) -> None:
    A = matrix(scale * np.eye(n))

    assert data(np.linalg.inv(A)).tolist() == (np.eye(n) / scale).tolist()
    assert data(np.linalg.solve(A, np.full(n, scale))).tolist() == [1.0] * n
    sign, logarithm = np.linalg.slogdet(A)
    assert (sign, logarithm.data) == (1.0, pytest.approx(n * math.log(scale)))


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_nan_is_not_singular(n: int) -> None:
    numbers = regular(n)
    numbers[0, 0] = math.nan
    A = matrix(numbers)

    determinant: Any = np.linalg.det(A)
    assert math.isnan(determinant.data)
    assert math.isnan(np.linalg.slogdet(A).logabsdet.data)
    assert np.isnan(data(np.linalg.solve(A, np.ones(n)))).all()
    assert np.isnan(data(np.linalg.inv(A))).all()


def test_whole_numbers_beside_fractions_on_the_right_stay_exact() -> None:
    found = np.linalg.solve(np.array([[2, 1], [1, 3]]), matrix([Fraction(1), Fraction(1)]))

    assert data(found).tolist() == [Fraction(2, 5), Fraction(1, 5)]


@pytest.mark.parametrize("n", SIZES)
def test_compiled_inverses_and_logarithms_of_determinants(n: int) -> None:
    numbers = regular(n)
    inverse = compile(lambda A: list(np.linalg.inv(A).ravel()), axes={"A": 2})
    logarithm = compile(lambda A: np.linalg.slogdet(A).logabsdet, axes={"A": 2})

    assert inverse(numbers) == pytest.approx(np.linalg.inv(numbers).ravel())
    assert logarithm(numbers) == pytest.approx(np.linalg.slogdet(numbers)[1])


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_a_compiled_solution_takes_other_numbers_of_its_parameters(n: int) -> None:
    W, right = matrix(np.eye(n)), np.arange(1.0, n + 1)
    solved = compile(lambda b: list(np.linalg.solve(W, b)), axes={"b": 1})
    solved(right)
    turned = np.eye(n)[::-1]  # by which no row may keep its place

    for w, x in zip(W.flat, turned.flat, strict=True):
        w.data = float(x)

    assert [x.data for x in solved(right)] == np.linalg.solve(turned, right).tolist()


@pytest.mark.parametrize("name", linalg.NO_GRAPHS)
def test_what_has_no_graph_says_what_to_do(name: str) -> None:
    function = getattr(np.linalg, name, None)
    if function is None:
        pytest.skip(f"this NumPy has no {name}")
    arguments = [matrix(np.eye(2))] + [np.ones(2)] * (name == "lstsq")

    with pytest.raises(TypeError, match=rf"np\.linalg\.{name} of Values is no graph .*data\(A\)"):
        function(*arguments)


@pytest.mark.parametrize("n", [2, 4])
def test_what_is_singular_or_no_matrix_is_refused(n: int) -> None:
    A, square = matrix(np.ones((n, n)), name="A"), np.eye(n)

    for f in (np.linalg.inv, lambda x: np.linalg.solve(x, np.ones(n))):
        with pytest.raises(np.linalg.LinAlgError, match=rf"A \[{n}×{n}\] is singular"):
            f(A)
    with pytest.raises(
        np.linalg.LinAlgError, match=r"A \[.*\] is not positive definite: the root of 0.0 .* at \(1, 1\)"
    ):
        np.linalg.cholesky(A)
    with pytest.raises((np.linalg.LinAlgError, ValueError), match=r"singular|log"):
        np.linalg.slogdet(A)
    square_only: list[Any] = [np.linalg.det, np.linalg.inv, np.linalg.cholesky, np.linalg.slogdet]
    for f in square_only:
        with pytest.raises(np.linalg.LinAlgError, match="must be square"):
            f(A[:1])
    with pytest.raises(ValueError, match=r"solve: A .* do not fit"):
        np.linalg.solve(A, np.ones(n + 1))
    found: Any = np.linalg.det(matrix(square))
    assert found.data == 1


# ---------------------------------------------------------------- norms


@pytest.mark.parametrize("axis", [None, 0, 1, -1, (0, 1), (1, 0)])
@pytest.mark.parametrize("ord", [None, 1, 2, 3, 1.5, -1, math.inf, -math.inf, "fro"])
@pytest.mark.parametrize("keepdims", [False, True])
def test_norms(ord: Any, axis: Any, keepdims: bool) -> None:
    numbers = np.array([[3.0, -1.0, 2.0], [0.5, -4.0, 1.5]])
    try:
        expected = np.linalg.norm(numbers, ord, axis, keepdims)
    except ValueError:
        with pytest.raises(ValueError, match="norm: "):
            np.linalg.norm(matrix(numbers), ord, axis, keepdims)
        return
    if ord == 2 and axis in (None, (0, 1), (1, 0)):
        with pytest.raises(ValueError, match="norm: order 2 of 2 axes is no graph"):
            np.linalg.norm(matrix(numbers), ord, axis, keepdims)
        return

    found = np.linalg.norm(matrix(numbers), ord, axis, keepdims)

    assert np.shape(found) == np.shape(expected)
    assert data(matrix(np.reshape(found, -1))) == pytest.approx(np.reshape(expected, -1))


def test_norms_of_nothing_are_numpys() -> None:
    empty = np.zeros((0, 3))

    found: list[Any] = [np.linalg.norm(matrix(empty[:, 0]), ord) for ord in (None, 1, 2)]
    assert [x.data for x in found] == [0.0] * 3
    assert data(np.linalg.norm(matrix(empty), axis=0)).tolist() == np.linalg.norm(empty, axis=0).tolist()
    assert np.linalg.norm(matrix(empty), axis=1).shape == (0,)


def test_a_norm_is_one_node_with_a_derivative_at_the_origin() -> None:
    x = matrix([0.0, 0.0])

    found: Any = np.linalg.norm(x)
    found.backward()

    assert found.op.name == "norm"
    assert grads(x).tolist() == [0.0, 0.0]
