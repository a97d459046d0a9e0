"""Products as by hand: what cancels is gone, names that are no one's own are left alone, values stay what they were."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autodiff.show.derivations.algebra import by_hand, product
from autodiff.show.derivations.sums import cancelled_sum
from autodiff.writing.symbols import SYMBOLS, Symbol, root, symbol_of
from tests.reading import READ, as_python

A, B, C = map(symbol_of, "abc")
PI = symbol_of("π")


@pytest.mark.parametrize(
    ("factors", "text"),
    [
        ([1 / A, A], "1"),
        ([1 / A, A, B - C], "b - c"),
        ([A, A, 1 / A**3], "1/a"),
        ([A / B, C], "a·c/b"),
        ([1 / (2 * A), 1 / B], "1/(2a·b)"),
        ([-A, -B], "a·b"),
        ([symbol_of(-1), 1 - A], "a - 1"),
        ([symbol_of(-1), 1 - A, B], "-(1 - a)·b"),
        ([A - B, 1 / (B - A)], "-1"),
        ([A - B, B - A], "(a - b)·(b - a)"),
        ([SYMBOLS.sqrt(A), SYMBOLS.sqrt(A)], "a"),
        ([1 / SYMBOLS.sqrt(A), A], "sqrt(a)"),
        ([root(2), root(2)], "2"),
        ([1 / root(2), symbol_of(2) / root(PI), symbol_of(1) / 2], "1/√(2π)"),
        ([symbol_of(0), A], "0"),
        ([symbol_of(0.1), A], "0.1a"),
        ([A / symbol_of(0.3)], "a/0.3"),
        ([A ** symbol_of(0.3), A], "a^0.3·a"),
        ([SYMBOLS.exp(-((A / root(2)) ** 2))], "exp(-a^2/2)"),
        ([symbol_of(2) ** symbol_of(-1000), A], "a/2^1000"),
    ],
)
def test_a_product_as_by_hand(factors: Sequence[Symbol], text: str) -> None:
    assert product(factors).symbol().text() == text


@pytest.mark.parametrize(
    ("symbol", "text"),
    [
        (-A + B, "b - a"),
        (symbol_of(-1) + A, "a - 1"),
        (-2 * A + B / 3, "b/3 - 2a"),
        (-A - B + C, "c - a - b"),
        (-A - (-B), "b - a"),
        (-A + (B - C), "b - c - a"),
        (A - B + C, "a - b + c"),
        (-A - B, "-a - b"),
        ((-A + B) ** 2 * C, "(b - a)^2·c"),
        (SYMBOLS.exp(-A + B), "exp(b - a)"),
        (-((A - B) - C), "b + c - a"),
        (-(A - (B + C)), "b + c - a"),
    ],
)
def test_a_sum_begins_with_what_is_added(symbol: Symbol, text: str) -> None:
    assert by_hand(symbol).text() == text


def test_a_name_of_several_nodes_does_not_cancel() -> None:
    assert product([A / B, B, 1 / A], {"a"}).symbol().text() == "a/a"


def test_a_quotient_with_a_name_is_found_again() -> None:
    found = product([A / B**2, A])
    found.fold(C, product([A / B]))

    assert found.symbol().text() == "c^2"


@pytest.mark.parametrize(
    ("terms", "text"),
    [
        ([[A, 1 - B], [A, B]], "a"),
        ([[-A, 1 - B, C], [1 - A, B, C]], "(b - a)·c"),
        ([[A], [-A]], "0"),
        ([[A * symbol_of(0.25)], [A * symbol_of(0.75)]], "a"),
        ([[A], [B]], None),
        ([[2 * A], [B], [2 * (A + B)]], None),  # like terms that are only added up stay
        ([[A / B, C], [-A, 1 / B, C]], "0"),
        ([[symbol_of(0), A], [symbol_of(0), B]], "0"),
        ([[symbol_of(0), A], [B]], None),
        ([[symbol_of(0), A], [2 * B], [-B]], "b"),
    ],
)
def test_what_cancels_in_a_sum(terms: list[list[Symbol]], text: str | None) -> None:
    found = cancelled_sum([product(factors) for factors in terms])

    assert (None if found is None else found.text()) == text


STEPS: list[Callable[[Symbol, Symbol], Symbol]] = [
    lambda x, y: x + y,
    lambda x, y: x - y,
    lambda x, y: x * y,
    lambda x, y: x / (y * y + 1),
    lambda x, y: -x,
    lambda x, y: x**2 * y,
    lambda x, y: SYMBOLS.sqrt(x * x + 1),
    lambda x, y: SYMBOLS.tanh(x / root(2)) / 2,
]
CHOICES = st.lists(st.tuples(*[st.integers(0, n) for n in (7, 99, 99)]), min_size=1, max_size=7)


@given(CHOICES)
def test_its_value_stays_the_same(choices: list[tuple[int, int, int]]) -> None:
    made = [A, B, symbol_of(3), symbol_of(0.25)]
    for step, left, right in choices:
        made.append(STEPS[step](made[left % len(made)], made[right % len(made)]))
    names = {"a": 0.75, "b": -1.25}
    for symbol in (made[-1], made[-1] / (made[-1] * made[-1] + 2) * made[-2]):
        expected = eval(as_python(symbol.text()), READ | names)
        simplified = by_hand(symbol)
        summed = cancelled_sum([product([made[-1], made[-2]]), product([symbol])])

        for written in (as_python(simplified.text()), simplified.python()):
            assert eval(written, READ | names) == pytest.approx(expected, rel=1e-5, abs=1e-5)
        if summed is not None:
            both = eval(as_python((made[-1] * made[-2] + symbol).text()), READ | names)
            assert eval(summed.python(), READ | names) == pytest.approx(both, rel=1e-6, abs=1e-6)
    assert math.isfinite(expected)
