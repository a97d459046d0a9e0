"""The worlds agree with each other: floats and fractions with mpmath, and at the borders of primitives."""

from __future__ import annotations

import itertools
import math
import sys
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest

from autodiff import Value, gradient
from autodiff.calculus.second import VALUES
from autodiff.compiler.engines.numpy.arrays import NUMPY
from autodiff.operations import apply
from autodiff.rules import TABLE, Rule
from autodiff.rules.derived import BERNOULLI, Derived, exchanges
from autodiff.rules.worlds import FLOATS, FRACTIONS, Mpmath, added, from_the_left
from tests import ordinary
from tests.strategies import Exact

POINTS: dict[int, list[tuple[Any, ...]]] = {
    1: [(0.25,), (0.5,), (0.75,)],
    2: [(0.25, 0.5), (1.5, 0.75)],
    3: [(1, 0.25, 0.5), (0, 0.25, 0.5)],
}
LISTS: list[tuple[Any, ...]] = [(0.25, 0.5, -0.75), (1.5, 0.5, 0.25)]


def cases(rule: Rule) -> list[tuple[Any, ...]]:
    if rule.vector:
        return [(*xs, position) for xs in LISTS for position in range(len(xs))]
    return [ordinary.operands(rule, xs) for xs in (LISTS if rule.arity is None else POINTS[rule.arity])]


def computed(rule: Rule, m: Any, xs: tuple[Any, ...]) -> list[Any]:
    """Value and partials in one world."""
    z = rule.apply(m, xs)
    return [z, *rule.slopes(m, xs, z, range(len(xs)))]


@pytest.mark.parametrize("rule", TABLE.values(), ids=TABLE)
@pytest.mark.parametrize("world", ["fractions", "mpmath"])
def test_every_row_runs_in_every_world_of_numbers(rule: Rule, world: str) -> None:
    for xs in cases(rule):
        kind: Any = Fraction if world == "fractions" else mpmath.mpf
        m: Any = FRACTIONS if world == "fractions" else Mpmath()
        others = tuple(x if isinstance(x, int) else kind(x) for x in xs)

        expected = computed(rule, FLOATS, xs)
        actual = computed(rule, m, others)

        assert list(map(float, actual)) == pytest.approx(expected, rel=1e-14, abs=1e-15, nan_ok=True)


def test_0_times_an_infinite_logarithm_is_exactly_0() -> None:
    assert Mpmath().xlogy(0, 0) == 0


@pytest.mark.parametrize(
    "rule", [rule for rule in TABLE.values() if not rule.vector], ids=lambda rule: rule.name
)
def test_every_row_runs_on_arrays_a_column_a_point(rule: Rule) -> None:
    lists = [(0.25, 0.5, -0.75), (1.5, 0.5, 0.25), (2.0, 2.0, 0.0), (-1.0, 0.0, 0.0), (0.0, 3.0, 3.0)]
    points = [ordinary.operands(rule, xs) for xs in (lists if rule.is_nary else POINTS[rule.arity or 0])]
    columns = np.array(points).T

    z = rule.apply(NUMPY, columns)
    partials = rule.slopes(NUMPY, columns, z)

    for k, xs in enumerate(points):
        actual = [np.broadcast_to(number, len(points))[k] for number in (z, *partials)]
        assert actual == pytest.approx(computed(rule, FLOATS, xs), rel=1e-14, abs=1e-15, nan_ok=True)


@pytest.mark.parametrize("rule", TABLE.values(), ids=TABLE)
def test_partials_made_of_values_differentiate_again(rule: Rule) -> None:
    m = Mpmath()
    for xs in cases(rule):
        operands = [x if isinstance(x, int) else Value(x) for x in xs]
        positions = [i for i, x in enumerate(xs) if not isinstance(x, int)]
        node = apply(rule, operands)
        partials = rule.slopes(VALUES, operands, node, positions)
        with mpmath.workdps(50):
            f = exact_value(rule, m)
            for i, partial in zip(positions, partials, strict=True):
                expected = node.partials[positions.index(i)]
                assert data_of(partial) == pytest.approx(expected, rel=1e-14, abs=1e-15, nan_ok=True)
                for j in positions:
                    by_j = gradient(partial, operands[j]) if isinstance(partial, Value) else 0
                    exact = float(second(f, xs, i, j))

                    assert by_j == pytest.approx(exact, rel=1e-12, abs=1e-13)


def exact_value(rule: Rule, m: Any) -> Any:
    """The value of a row in a world, as a function of its operands; sinc as defined, without a float π."""
    value = rule.defined if rule.name == "sinc" and rule.defined else rule.value
    return (lambda *xs: value(m, xs)) if rule.arity is None else (lambda *xs: value(m, *xs))


def data_of(partial: Any) -> Any:
    return partial.data if isinstance(partial, Value) else partial


def second(f: Any, xs: tuple[Any, ...], i: int, j: int) -> Any:
    """The second partial by the operands i and j, by differences in 50 digits."""
    step = mpmath.mpf(10) ** -12

    def moved(by_i: int, by_j: int) -> Any:
        point = [x if isinstance(x, int) else mpmath.mpf(x) for x in xs]
        point[i] += by_i * step
        point[j] += by_j * step
        return f(*point)

    return (moved(1, 1) - moved(1, -1) - moved(-1, 1) + moved(-1, -1)) / (4 * step**2)


@pytest.mark.parametrize(
    ("primitive", "xs", "expected"),
    [
        ("sigmoid", (-800.0,), 0.0),
        ("sigmoid", (800.0,), 1.0),
        ("sigmoid", (-745.0,), 5e-324),
        ("ieee_pow", (0.0, -1.0), math.inf),
        ("ieee_pow", (-1e-200, -3.0), -math.inf),
        ("ieee_pow", (-1e-200, -2.0), math.inf),
        ("ieee_pow", (-8.0, 0.5), math.nan),
        ("xlogy", (0.0, 0.0), 0),
        ("xlogy", (1.0, 0.0), -math.inf),
        ("xlogy", (-1.0, 0.0), math.inf),
        ("xlogy", (math.nan, 0.0), math.nan),
        ("xlogy", (1.0, -1.0), math.nan),
        ("divide", (1.0, 0.0), math.inf),
        ("divide", (-1.0, 0.0), -math.inf),
        ("divide", (0.0, 0.0), math.nan),
        ("divide", (math.nan, 0.0), math.nan),
        ("maximum", (math.nan, 1.0), math.nan),
        ("maximum", (1.0, math.nan), math.nan),
        ("minimum", (math.nan, 1.0), math.nan),
        ("minimum", (1.0, math.nan), math.nan),
        ("max", ((1.0, math.nan, 2.0),), math.nan),
        ("min", ((1.0, math.nan, 0.0),), math.nan),
        ("shift", ((1.0, 3.0, 2.0),), 3.0),
        ("sign", (-2.5,), -1),
        ("sign", (math.nan,), math.nan),
        ("where", (0, 1.0, 2.0), 2.0),
        ("dot", ((1.0, 2.0), (3.0, 4.0), 5.0), 16.0),
        ("norm", ((1e200, 1e200),), math.sqrt(2) * 1e200),
    ],
)
def test_primitives_of_floats(primitive: str, xs: tuple[Any, ...], expected: float) -> None:
    actual = getattr(FLOATS, primitive)(*xs)

    assert actual == expected or (math.isnan(actual) and math.isnan(expected))


@pytest.mark.parametrize(("x", "y"), [(-8.0, 1 / 3), (-1.0, 0.5), (Fraction(-8), Fraction(1, 3))])
def test_no_complex_power(x: Any, y: Any) -> None:
    with pytest.raises(ValueError, match="not a real number"):
        FLOATS.pow(x, y)


@pytest.mark.parametrize(
    ("primitive", "xs", "expected"),
    [
        ("sigmoid", (0,), Fraction(1, 2)),
        ("exp", (0,), Fraction(1)),
        ("cos", (0,), Fraction(1)),
        ("log", (1,), Fraction(0)),
        ("sqrt", (Fraction(4, 9),), Fraction(2, 3)),
        ("sqrt", (Fraction(0),), Fraction(0)),
        ("hypot", (Fraction(3, 7), Fraction(4, 7)), Fraction(5, 7)),
        ("norm", ((Fraction(1), Fraction(2), Fraction(2)),), Fraction(3)),
        ("divide", (1, 3), Fraction(1, 3)),
        ("divide", (Fraction(1), 3), Fraction(1, 3)),
    ],
)
def test_fractions_are_exact_where_the_result_is_rational(
    primitive: str, xs: tuple[Any, ...], expected: Fraction
) -> None:
    xs = tuple(Fraction(x) if isinstance(x, int) and primitive != "divide" else x for x in xs)
    actual = getattr(FRACTIONS, primitive)(*xs)

    assert (actual, type(actual)) == (expected, Fraction)


def test_fractions_become_floats_where_the_result_is_irrational() -> None:
    assert FRACTIONS.sqrt(Fraction(1, 2)) == math.sqrt(0.5)
    assert FRACTIONS.exp(Fraction(1)) == math.e
    assert FRACTIONS.hypot(Fraction(1), Fraction(1)) == math.sqrt(2)
    assert FRACTIONS.hypot(Fraction(1), 0.5) == math.hypot(1, 0.5)
    for negative in (Fraction(-1), Fraction(-1, 2), Fraction(-4)):
        with pytest.raises(ValueError, match=r"math domain error|expected a nonnegative input"):
            FRACTIONS.sqrt(negative)


HALF, ZERO, ONE = Fraction(1, 2), Fraction(0), Fraction(1)


@pytest.mark.parametrize(
    ("primitive", "xs", "expected"),
    [
        *(("sigmoid", (x,), y) for x, y in [(0.0, 0.5), (-0.0, 0.5), (1.0, 1 / (1 + math.exp(-1)))]),
        ("sigmoid", (-1.0,), math.exp(-1) / (1 + math.exp(-1))),
        *(("ieee_pow", xs, z) for xs, z in [((-0.5, -3.0), -8.0), ((-1e-200, -3.5), math.inf),
           ((2.0, 3.0), 8.0)]),
        *(("ieee_pow", xs, math.inf) for xs in [(0.0, -3.0), (1e200, 2.0), (-1e200, 2.0)]),
        *(("ieee_pow", xs, -math.inf) for xs in [(-1e200, 3.0), (-1e-200, -5.0)]),
        *(("xlogy", xs, z) for xs, z in [((0.0, -1.0), 0), ((2.0, 1.0), 0.0), ((2.0, math.e), 2.0),
           ((0.5, -0.0), -math.inf)]),
        *(("divide", xs, z) for xs, z in [((1, 2), 0.5), ((2.0, -4.0), -0.5), ((3, 0), math.inf),
           ((1.0, -0.0), math.inf)]),
        *(("gap", xs, z) for xs, z in [((math.inf, math.inf), 0.0), ((-math.inf, -math.inf), 0.0),
           ((2.0, 3.0), -1.0)]),
        *(("gap", xs, z) for xs, z in [((math.inf, -math.inf), math.inf), ((math.nan, 1.0), math.nan),
           ((2.0, 2.0), 0.0)]),
        ("gap", (math.nan, math.nan), math.nan),
        ("sum", ((),), 0),
        ("sum", ([-0.0, -0.0],), -0.0),
        ("sum", ([-0.0, 0.0],), 0.0),
        ("sum", ([1e16, 1.0, -1e16],), 0.0),
        *(("maximum", xs, z) for xs, z in [((0.0, -0.0), 0.0), ((-0.0, 0.0), 0.0),
           ((-0.0, -0.0), -0.0), ((2.0, 2.0), 2.0)]),
        *(("maximum", xs, z) for xs, z in [((3.0, 2.0), 3.0), ((-3.0, 2.0), 2.0), ((0.0, -1.0), 0.0),
           ((1.0, 0.0), 1.0)]),
        *(("minimum", xs, z) for xs, z in [((0.0, -0.0), -0.0), ((-0.0, 0.0), -0.0),
           ((0.0, 0.0), 0.0), ((2.0, 2.0), 2.0)]),
        *(("minimum", xs, z) for xs, z in [((3.0, 2.0), 2.0), ((-3.0, 2.0), -3.0), ((0.0, 1.0), 0.0),
           ((-1.0, 0.0), -1.0)]),
        *(("max", (xs,), z) for xs, z in [((-0.0, 0.0), 0.0), ((-0.0, -0.0), -0.0),
           ((-1.0, -0.0, 0.0), 0.0), ((2.0, 5.0), 5.0)]),
        *(("min", (xs,), z) for xs, z in [((0.0, -0.0), -0.0), ((0.0, 0.0), 0.0),
           ((1.0, 0.0, -0.0), -0.0), ((2.0, 5.0), 2.0)]),
        *(("sign", (x,), y) for x, y in [(2.0, 1), (-2.0, -1), (0.0, 0.0), (-0.0, 0.0), (5e-324, 1),
           (-5e-324, -1)]),
        *(("greater", xs, z) for xs, z in [((1.0, 2.0), 0), ((2.0, 2.0), 0), ((3.0, 2.0), 1),
           ((math.nan, 1.0), 0)]),
        *(("greater_equal", xs, z) for xs, z in [((1.0, 2.0), 0), ((2.0, 2.0), 1), ((3.0, 2.0), 1),
           ((math.nan, 1.0), 0)]),
        *(("less", xs, z) for xs, z in [((1.0, 2.0), 1), ((2.0, 2.0), 0), ((3.0, 2.0), 0),
           ((math.nan, 1.0), 0)]),
        *(("less_equal", xs, z) for xs, z in [((1.0, 2.0), 1), ((2.0, 2.0), 1), ((3.0, 2.0), 0),
           ((math.nan, 1.0), 0)]),
        *(("equal", xs, z) for xs, z in [((1.0, 2.0), 0), ((2.0, 2.0), 1), ((3.0, 2.0), 0),
           ((math.nan, math.nan), 0)]),
        *(("where", xs, z) for xs, z in [((1, 2.0, 3.0), 2.0), ((0.5, 2.0, 3.0), 2.0),
           ((0.0, 2.0, 3.0), 3.0)]),
    ],
)  # fmt: skip
def test_primitives_of_floats_to_the_sign_and_the_type(
    primitive: str, xs: tuple[Any, ...], expected: Any
) -> None:
    assert repr(getattr(FLOATS, primitive)(*xs)) == repr(expected)


@pytest.mark.parametrize(
    "name",
    ["exp", "expm1", "log1p", "erf", "erfc", "sin", "cos", "tan", "asin", "atan", "sinh", "cosh", "tanh"],
)
def test_elementary_functions_of_a_fraction_are_exact_at_0_alone(name: str) -> None:
    function = getattr(FRACTIONS, name)

    assert repr(function(ZERO)) == repr(Fraction(getattr(math, name)(0)))
    assert repr(function(HALF)) == repr(getattr(math, name)(0.5))
    assert repr(function(0.0)) == repr(getattr(math, name)(0.0))


@pytest.mark.parametrize(
    ("primitive", "xs", "expected"),
    [
        *(("log", (x,), y) for x, y in [(ONE, ZERO), (1.0, 0.0), (Fraction(2), math.log(2))]),
        *(("sigmoid", (x,), y) for x, y in [(ZERO, HALF), (0.0, 0.5), (ONE, 1 / (1 + math.exp(-1)))]),
        *(("maximum", xs, z) for xs, z in [((HALF, 0), HALF), ((HALF, 1), ONE), ((HALF, 1.0), 1.0),
           ((HALF, HALF), HALF)]),
        *(("minimum", xs, z) for xs, z in [((HALF, 0), ZERO), ((HALF, 1), HALF), ((HALF, 0.0), 0.0)]),
        *(("sign", (x,), y) for x, y in [(HALF, ONE), (-HALF, -ONE), (ZERO, ZERO)]),
        *(("sqrt", (x,), y) for x, y in [(Fraction(1, 4), HALF), (ZERO, ZERO), (0.25, 0.5),
           (Fraction(8, 9), math.sqrt(8 / 9))]),
        *(("norm", (xs,), z) for xs, z in [((Fraction(3), 4), Fraction(5)), ((3, 4.0), 5.0),
           ((ONE, ONE), math.sqrt(2))]),
        *(("divide", xs, z) for xs, z in [((1, 2), HALF), ((ONE, 2), HALF), ((1, 2.0), 0.5),
           ((1, 0), math.inf), ((0, 5), ZERO)]),
        *(("sum", (xs,), z) for xs, z in [((HALF, HALF), ONE), ((), 0), ((HALF, 0.5), 1.0)]),
        *(("gap", xs, z) for xs, z in [((HALF, HALF), ZERO), ((ONE, HALF), HALF)]),
    ],
)  # fmt: skip
def test_primitives_of_fractions_to_the_type(primitive: str, xs: tuple[Any, ...], expected: Any) -> None:
    assert repr(getattr(FRACTIONS, primitive)(*xs)) == repr(expected)


def test_from_the_left_rounds_each_sum() -> None:
    assert from_the_left([1e16, 1.0, -1e16]) == 0.0
    assert repr(from_the_left([])) == "0"
    assert from_the_left([1.0, 2.0], 4.0) == 7.0
    assert (added is sum) == (sys.version_info < (3, 12))


@pytest.mark.parametrize(
    "name", ["log", "log2", "log10", "exp", "exp2", "expm1", "log1p", "sin", "asin", "tanh", "asinh", "erf"]
)
def test_where_an_elementary_function_is_rational_it_stays_exact(name: str) -> None:
    at = 1 if name in ("log", "log2", "log10") else 0
    function = getattr(FRACTIONS, name)

    assert type(function(Fraction(at))) is Fraction
    assert type(function(Fraction(at))) is not type(function(Fraction(at) + Fraction(1, 2)))


def test_bernoullis_numbers() -> None:
    assert pytest.approx([float(mpmath.bernoulli(2 * k)) for k in range(1, 10)], rel=1e-15) == BERNOULLI


@pytest.mark.parametrize(("n", "count"), [(1, 0), (2, 1), (3, 3), (4, 5), (5, 9), (6, 12), (7, 16), (8, 19)])
def test_exchanges_sort_any_numbers_by_few_steps(n: int, count: int) -> None:
    assert len([*exchanges(n)]) == count  # as many as Batcher's, the fewest known for n <= 8

    for numbers in itertools.product((0, 1), repeat=n):  # what sorts these sorts any others
        found = [Derived.kthvalue(FLOATS, numbers, k) for k in range(1, n + 1)]
        assert found == sorted(numbers)


@pytest.mark.parametrize(
    "rule", [rule for rule in TABLE.values() if rule.defined], ids=lambda rule: rule.name
)
def test_what_books_define_is_what_is_computed(rule: Rule) -> None:
    for xs in cases(rule):
        operands = (xs,) if rule.arity is None else xs
        assert rule.defined is not None

        assert float(rule.defined(Exact(), *operands)) == pytest.approx(rule.apply(FLOATS, xs), rel=1e-13)


@pytest.mark.parametrize(
    "rule", [rule for rule in TABLE.values() if rule.written and not rule.vector], ids=lambda rule: rule.name
)
def test_slopes_as_they_are_written_are_those_that_are_computed(rule: Rule) -> None:
    negative = [tuple(-x for x in xs) for xs in cases(rule)] if rule.domain == "all real numbers" else []
    for xs in [*cases(rule), *negative]:
        positions = [i for i, x in enumerate(xs) if not isinstance(x, int)]
        written = rule.slopes(Exact(), xs, rule.apply(FLOATS, xs), positions, written=True)
        computed = rule.slopes(FLOATS, xs, rule.apply(FLOATS, xs), positions)

        assert list(map(float, written)) == pytest.approx(computed, rel=1e-12, abs=1e-15, nan_ok=True)


def test_a_logarithm_to_the_base_0_is_nan_in_arrays_which_raise_no_error() -> None:
    with np.errstate(divide="ignore"):
        found = TABLE["log_base"].apply(NUMPY, [np.array([2.0, 0.5, 8.0]), np.array([0.0, 0.0, 2.0])])

    assert found.tolist() == pytest.approx([math.nan, math.nan, 3.0], nan_ok=True)


@pytest.mark.parametrize(("m", "number"), [(FRACTIONS, Fraction), (Mpmath(), mpmath.mpf)])
def test_what_is_left_has_the_sign_of_what_is_divided(m: Any, number: Callable[[float], Any]) -> None:
    for x in (-5.5, -3.0, -0.5, 0.0, 0.5, 3.0, 5.5):
        for y in (3.0, -3.0):
            assert float(m.fmod(number(x), number(y))) == math.fmod(x, y)


def test_nothing_is_left_of_a_division_by_0_in_the_words_of_floats() -> None:
    for m, x, y in [(FLOATS, 1.0, 0.0), (FRACTIONS, Fraction(1), Fraction(0)), (FRACTIONS, 1.0, Fraction(0))]:
        with pytest.raises(ZeroDivisionError, match="modulo by zero"):
            m.fmod(x, y)
