"""Means and variances by NumPy's names: its numbers and shapes, the slopes of finite differences, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from autodiff import Value, compile
from autodiff.matrix import Matrix, data, gradient, grads, matrix

NUMBERS = np.random.default_rng(3).normal(size=(2, 3, 4))
WEIGHTS = np.arange(1.0, 25).reshape(2, 3, 4)

# fmt: off
STATISTICS: dict[str, Callable[..., Any]] = {
    "mean":           lambda A, **options: np.mean(A, **options),
    "mean, method":   lambda A, **options: A.mean(**options),
    "var":            lambda A, **options: np.var(A, **options),
    "var, method":    lambda A, **options: A.var(**options),
    "var, ddof":      lambda A, **options: np.var(A, ddof=1, **options),
    "std":            lambda A, **options: np.std(A, **options),
    "std, method":    lambda A, **options: A.std(**options),
    "std, ddof":      lambda A, **options: np.std(A, ddof=0.5, **options),
    "median":         lambda A, **options: np.median(A, **options),
    "quantile":       lambda A, **options: np.quantile(A, 0.3, **options),
    "percentile":     lambda A, **options: np.percentile(A, 75, **options),
    "average":        lambda A, **options: np.average(A, **options),
    "average, weights": lambda A, **options: np.average(A, weights=WEIGHTS, **options),
}
# fmt: on


@pytest.mark.parametrize("axis", [None, 0, 1, -1, (0, 2), (2, 0)])
@pytest.mark.parametrize("name", STATISTICS)
def test_numbers_shapes_and_slopes(name: str, axis: Any) -> None:
    f = STATISTICS[name]

    for keepdims in (False, True):
        A = matrix(NUMBERS)
        found = f(A, axis=axis, keepdims=keepdims)
        expected = f(NUMBERS, axis=axis, keepdims=keepdims)

        assert data(found) == pytest.approx(expected, rel=1e-12)
        assert np.shape(found) == np.shape(expected)
        assert isinstance(found, Matrix) == isinstance(expected, np.ndarray)
    d = np.cos(np.arange(np.size(expected))).reshape(np.shape(expected))
    slopes = gradient(found, A, d)
    for index in [(0, 0, 0), (1, 2, 1)]:
        step = np.zeros_like(NUMBERS)
        step[index] = 1e-6
        up, down = (np.sum(d * f(NUMBERS + each, axis=axis, keepdims=True)) for each in (step, -step))
        assert slopes[index] == pytest.approx((up - down) / 2e-6, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("mean", [np.mean, Matrix.mean, np.average])
def test_the_mean_of_one_is_a_node_above_it(mean: Callable[..., Any]) -> None:
    A = matrix([[1.0, 2.0, 3.0]])

    found = mean(A, axis=0)

    assert data(found).tolist() == [1.0, 2.0, 3.0]
    assert {x.op.name for x in found} == {"mean"}
    np.sum(found * found).backward()
    assert grads(A).tolist() == [[2.0, 4.0, 6.0]]


@pytest.mark.parametrize(("axis", "shape"), [(0, (2,)), (2, (4,)), ((0, 1), (2, 3)), ((2, 1), (4, 3))])
def test_weights_along_some_axes(axis: Any, shape: tuple[int, ...]) -> None:
    weights = np.arange(1.0, 1 + np.prod(shape)).reshape(shape)
    every = np.broadcast_to(
        weights.transpose(np.argsort(np.atleast_1d(axis))).reshape(
            [size if i in np.atleast_1d(axis) else 1 for i, size in enumerate(NUMBERS.shape)]
        ),
        NUMBERS.shape,
    )

    found, total = np.average(matrix(NUMBERS), axis=axis, weights=weights, returned=True)

    assert isinstance(found, Matrix)
    assert data(found) == pytest.approx(np.average(NUMBERS, axis=axis, weights=every), rel=1e-12)
    assert data(total) == pytest.approx(np.full(found.shape, weights.sum()))


def test_weights_have_slopes() -> None:
    weights = matrix([1.0, 3.0])

    found: Any = np.average([2.0, 6.0], weights=weights)
    found.backward()

    assert found.data == 5.0
    assert grads(weights).tolist() == [-0.75, 0.25]


def test_several_quantiles() -> None:
    found: Any = np.percentile(matrix(NUMBERS), [25, 50], axis=1)

    assert isinstance(found, Matrix)
    assert data(found) == pytest.approx(np.percentile(NUMBERS, [25, 50], axis=1), rel=1e-12)
    assert np.isnan(data(np.median(matrix([np.nan, 1.0, 2.0]))))


def test_a_result_is_written_into_an_array_of_its_shape() -> None:
    A, out = matrix([[1.0, 2.0], [3.0, 6.0]]), np.empty(2, dtype=object)

    for function in (np.mean, np.median, np.sum, np.max):
        assert function(A, axis=0, out=out) is out
        assert data(out).tolist() == function(data(A), axis=0).tolist()
        for wrong in ((2, 2), (1,), ()):
            with pytest.raises(ValueError, match=r"out: an array \[.*\] cannot hold \[2\]"):
                function(A, axis=0, out=np.empty(wrong, dtype=object))


def test_fractions_stay_exact() -> None:
    A = matrix([Fraction(1), Fraction(2), Fraction(4)])

    found: list[Any] = [np.mean(A), np.var(A), np.var(A, ddof=1), np.average(A, weights=[1, 2, 3])]
    assert [x.data for x in found] == [Fraction(7, 3), Fraction(14, 9), Fraction(7, 3), Fraction(17, 6)]


def test_compiled() -> None:
    f = compile(lambda A: np.var(A) + np.std(A, axis=0)[0] + np.mean(A), axes={"A": 2})
    A = NUMBERS[0]

    assert f(A) == pytest.approx(np.var(A) + np.std(A[:, 0]) + np.mean(A))


@pytest.mark.parametrize(
    ("f", "error", "message"),
    [
        (lambda A: np.mean(A[:0], axis=0), ValueError, "mean: needs at least one operand"),
        (lambda A: np.var(A[:0]), ValueError, "var: needs more operands than ddof = 0, got 0"),
        (lambda A: np.var(A, axis=0, ddof=2), ValueError, "var: needs more operands than ddof = 2, got 2"),
        (lambda A: np.mean(A, where=[[True, False, True]]), TypeError, r"not where: .* write A\[mask\]"),
        (lambda A: np.std(A, dtype=float), TypeError, "alone, not dtype"),
        (lambda A: np.quantile(A, 0.5, method="lower"), TypeError, "alone, not method"),
        (lambda A: np.quantile(A, 1.5), ValueError, "quantile: needs a share between 0 and 1, got 1.5"),
        (lambda A: np.average(A, weights=[1, 2]), ValueError, r"average: weights of the shape \(2,\) do not"),
        (lambda A: np.average(A, axis=0, weights=[0, 0]), ZeroDivisionError, "division by zero"),
    ],
)
def test_what_has_no_mean(f: Callable[[Matrix], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        f(matrix([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))
    assert data(np.mean(matrix(np.zeros((0, 3))), axis=1)).shape == (0,)


def test_plain_arrays_of_nodes_have_variances() -> None:
    A = np.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(0.5)]])

    assert np.var(A).data == 0.921875


# ---------------------------------------------------------------- covariances

ROWS = [[1.0, 2.0, 4.0], [3.0, 5.0, 1.0]]


@pytest.mark.parametrize("options", [{}, {"bias": True}, {"ddof": 0}, {"rowvar": False}])
def test_covariances_are_those_of_numpy(options: dict[str, Any]) -> None:
    assert data(np.cov(matrix(ROWS), **options)) == pytest.approx(np.cov(ROWS, **options), rel=1e-12)


def test_correlations_are_those_of_numpy() -> None:
    assert data(np.corrcoef(matrix(ROWS))) == pytest.approx(np.corrcoef(ROWS), rel=1e-12)
    assert data(np.corrcoef(matrix(ROWS), rowvar=False)) == pytest.approx(np.corrcoef(ROWS, rowvar=False))


def test_covariances_of_one_row_are_a_number_with_derivatives() -> None:
    a = matrix([1.0, 2.0, 6.0])
    found: Any = np.cov(a)

    assert found.data == 7.0
    assert gradient(found, list(a)) == [-2.0, -1.0, 3.0]
    one: Any = np.corrcoef(a)
    assert one.data == 1.0


def test_covariances_of_two_arrays_say_what_to_write() -> None:
    with pytest.raises(TypeError, match="take one array"):
        np.cov(matrix(ROWS), matrix(ROWS))


@pytest.mark.parametrize("asked", [lambda A: np.cov(A, aweights=[1, 2]), lambda A: np.cov(A[None])])
def test_covariances_of_more_say_what_they_take(asked: Any) -> None:
    with pytest.raises(TypeError, match="one or two axes, rowvar, bias and ddof alone"):
        asked(matrix([[1.0, 2.0], [3.0, 4.0]]))
