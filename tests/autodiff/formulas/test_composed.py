"""Functions made of rows, beside Python's own, NumPy's and the rows."""

from __future__ import annotations

import math
import pickle
import re
import statistics
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import autodiff
from autodiff import Value, gradient
from autodiff.formulas.composed import COMPOSED
from autodiff.formulas.expression import read_expression
from autodiff.matrix import data, matrix

XS = [2.5, -1.0, 0.75, 3.0]
YS = [0.5, 2.0, -0.25, 1.0]


def of(name: str, *arguments: Any, **options: Any) -> Any:
    return getattr(autodiff, name)(*arguments, **options)


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("fabs", (-2.5,), math.fabs(-2.5)),
        ("ldexp", (0.7, -3), math.ldexp(0.7, -3)),
        ("ldexp", (1e-320, 1030), math.ldexp(1e-320, 1030)),
        ("ldexp", (1e300, -1100), math.ldexp(1e300, -1100)),
        ("dist", (XS, YS), math.dist(XS, YS)),
        ("sumprod", (XS, YS), sum(x * y for x, y in zip(XS, YS, strict=True))),
        ("prelu", (-2.0,), -0.5),
        ("prelu", (-2.0, 3.0), -6.0),
        ("rrelu", (-24.0,), -5.5),
        ("rrelu", (2.0,), 2.0),
        ("threshold", (1.0, 1.0, 20.0), 20.0),
        ("threshold", (1.5, 1.0, 20.0), 1.5),
        ("softmin", ([0.0, math.log(3)],), [0.75, 0.25]),
        ("cumsum", (XS,), np.cumsum(XS).tolist()),
        ("median", (XS,), statistics.median(XS)),
        ("median", (XS[:3],), statistics.median(XS[:3])),
        ("median", ([Fraction(1, 3), Fraction(1, 2)],), Fraction(5, 12)),
        *[("quantile", (XS, q), np.quantile(XS, q)) for q in (0, 0.1, 1 / 3, 0.5, 0.9, 1)],
    ],
)
def test_values(name: str, arguments: tuple[Any, ...], expected: Any) -> None:
    found = of(name, *arguments)

    assert found == pytest.approx(expected, rel=1e-15)
    assert type(found) is type(expected) or isinstance(expected, np.floating)


def test_a_logarithm_takes_a_base() -> None:
    x, y = Value(8.0), Value(2.0)

    assert autodiff.log(x, 2).data == autodiff.log(8.0, 2) == read_expression("log(x, 2)", {"x": x}).data == 3
    assert gradient(autodiff.log(x, y), [x, y]) == pytest.approx([1 / 8 / math.log(2), -3 / 2 / math.log(2)])
    assert autodiff.compile(autodiff.log, engine="numpy")(8.0, 2.0) == 3
    with pytest.raises(TypeError, match="log_base"):
        autodiff.log(x, y, 2)  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("name", "xs", "more", "expected"),
    [
        ("median", [1.0, 2.0, 2.0, 3.0], (), [0, 0.5, 0.5, 0]),
        ("median", [2.0, 2.0, 2.0], (), [1 / 3] * 3),
        ("median", [4.0, 1.0, 3.0, 2.0], (), [0, 0, 0.5, 0.5]),
        ("quantile", [1.0, 2.0, 4.0], (0.75,), [0, 0.5, 0.5]),
        ("quantile", [1.0, 2.0, 4.0], (0.5,), [0, 1, 0]),
        ("dist", [1.0, 1.0], ([1.0, 1.0],), [0, 0]),
        ("dist", [1.0, 5.0], ([4.0, 1.0],), [-0.6, 0.8]),
        ("sumprod", [1.0, 5.0], ([4.0, 1.0],), [4, 1]),
    ],
)
def test_slopes_and_ties(name: str, xs: list[float], more: tuple[Any, ...], expected: list[float]) -> None:
    nodes = list(map(Value, xs))

    assert gradient(of(name, nodes, *more), nodes) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("median", ()),
        ("quantile", (0.3,)),
        ("softmin", ()),
        ("cumsum", ()),
        ("dist", (YS,)),
        ("sumprod", (YS,)),
    ],
)
def test_compiled_they_are_the_same(name: str, more: tuple[Any, ...]) -> None:
    def f(xs: Any) -> Any:
        found = of(name, xs, *more)
        return found[1] if isinstance(found, list) else found

    eager, slopes = autodiff.value_and_grad(f)(XS)
    value, compiled = autodiff.compile(f, engine="numpy").value_and_grad(XS)

    assert value == pytest.approx(eager, rel=1e-15)
    assert compiled == pytest.approx(slopes, rel=1e-15)


def kth_along(A: Any, k: int, axis: Any) -> Any:
    return np.take(np.sort(A, axis), k - 1, axis)


MATRIX = np.random.default_rng(2).normal(size=(3, 4))
ON_MATRICES: dict[str, tuple[tuple[Any, ...], Any]] = {
    "median": ((), np.median),
    "quantile": ((0.3,), np.quantile),
    "kthvalue": ((2,), kth_along),
    "softmin": ((), lambda A, axis: np.exp(-A) / np.exp(-A).sum(axis, keepdims=True)),
    "cumsum": ((), np.cumsum),
}


@pytest.mark.parametrize("axis", [None, 0, 1])
@pytest.mark.parametrize("name", ON_MATRICES)
def test_of_a_matrix_all_elements_or_those_along_an_axis(name: str, axis: Any) -> None:
    more, expected = ON_MATRICES[name]
    found = of(name, A := matrix(MATRIX), *more, axis=axis)

    np.testing.assert_allclose(data(found), expected(MATRIX, *more, axis=axis), rtol=1e-14)
    if axis is None:
        np.testing.assert_array_equal(data(of(name, A, *more)), data(found))
    if name in ("median", "quantile", "kthvalue"):
        assert np.shape(of(name, A, *more, axis=0, keepdims=True)) == (1, 4)


@pytest.mark.parametrize("name", ["median", "softmin", "cumsum", "max"])
def test_one_by_one_they_are_the_same(name: str) -> None:
    assert of(name, *XS) == of(name, XS) == of(name, iter(XS))


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: autodiff.median(), "median: needs at least one operand, got none"),
        (lambda: autodiff.softmin([]), "softmin: needs at least one operand, got none"),
        (lambda: autodiff.quantile([], 0.5), "quantile: needs at least one operand, got none"),
        (lambda: of("quantile", XS, "a"), "quantile: q must be a real number"),
        (lambda: autodiff.dist(XS, YS[1:]), "dist: needs points of as many numbers, got 4 and 3"),
        (lambda: of("ldexp", 2.0, 1.5), "ldexp: i must be a whole number, not 1.5; any power is x * exp2(y)"),
        (lambda: of("rrelu", 2.0, "a"), "mean: operand must be a real number"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said(ask: Any, message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=re.escape(message)):
        ask()


def test_a_quantile_of_a_share_beyond_all_or_of_a_node_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        autodiff.quantile(XS, 1.5)
    with pytest.raises(TypeError, match="float"):
        of("quantile", XS, Value(0.5))


@pytest.mark.parametrize("name", COMPOSED)
def test_they_are_functions_of_the_package(name: str) -> None:
    function = getattr(autodiff, name)

    assert pickle.loads(pickle.dumps(function)) is function
    assert name in autodiff.__all__
    assert ">>> " in function.__doc__
