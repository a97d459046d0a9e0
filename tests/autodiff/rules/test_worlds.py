"""The worlds agree with each other: floats and fractions with mpmath, and at the borders of primitives."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import mpmath
import pytest

from autodiff import Value, gradient
from autodiff.calculus.second import VALUES
from autodiff.operations import apply
from autodiff.rules import TABLE, Rule
from autodiff.rules.worlds import FLOATS, FRACTIONS, Mpmath

POINTS: dict[int, list[tuple[Any, ...]]] = {
    1: [(0.25,), (0.5,), (0.75,)],
    2: [(0.25, 0.5), (1.5, 0.75)],
    3: [(1, 0.25, 0.5), (0, 0.25, 0.5)],
}
LISTS: list[tuple[Any, ...]] = [(0.25, 0.5, -0.75), (1.5, 0.5, 0.25)]


def cases(rule: Rule) -> list[tuple[Any, ...]]:
    if rule.vector:
        return [(*xs, position) for xs in LISTS for position in range(len(xs))]
    return LISTS if rule.arity is None else POINTS[rule.arity]


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

        assert list(map(float, actual)) == pytest.approx(expected, rel=1e-14, abs=1e-15)


@pytest.mark.parametrize("rule", TABLE.values(), ids=TABLE)
def test_partials_made_of_values_differentiate_again(rule: Rule) -> None:
    m = Mpmath()
    for xs in cases(rule):
        operands = [x if isinstance(x, int) else Value(x) for x in xs]
        positions = [i for i, x in enumerate(xs) if not isinstance(x, int)]
        node = apply(rule, operands)
        partials = rule.slopes(VALUES, operands, node, positions)
        with mpmath.workdps(50):
            f = (lambda *xs: rule.value(m, xs)) if rule.arity is None else (lambda *xs: rule.value(m, *xs))
            for i, partial in zip(positions, partials, strict=True):
                expected = node.partials[positions.index(i)]
                assert data_of(partial) == pytest.approx(expected, rel=1e-14, abs=1e-15)
                for j in positions:
                    by_j = gradient(partial, operands[j]) if isinstance(partial, Value) else 0
                    exact = float(second(f, xs, i, j))

                    assert by_j == pytest.approx(exact, rel=1e-12, abs=1e-13)


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
    with pytest.raises(ValueError, match=r"math domain error|nonnegative"):
        FRACTIONS.sqrt(Fraction(-1))
