"""Rows: how they are made, what they refuse, and what they answer to those who run or write them."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest

from autodiff.rules import ATOM, POWER, PRODUCT, SUM, TABLE, Notation, Rule, binary, nary, slope_row, unary
from autodiff.rules.rule import call, infix, many, some, weighted, with_row_beside
from autodiff.rules.worlds import FLOATS

RATIO = binary(
    "ratio", lambda m, x, y: x / y, (lambda m, x, y, z: 1 / y, -3), written=(7, 8), defaults=(2.0,), kink="x = y",
    at_kink=lambda m, x, y: m.equal(x, y),
)  # fmt: skip
LAST = nary("last", lambda m, xs: xs[-1], lambda m, xs, z: [*[0] * (len(xs) - 1), 1])


def test_rows_are_the_same_if_they_are_one() -> None:
    assert RATIO == RATIO
    assert dataclasses.replace(RATIO) != RATIO


def test_precedences_rise() -> None:
    assert SUM < PRODUCT < POWER < ATOM


def test_what_is_left_out_of_a_notation_needs_no_brackets() -> None:
    assert dataclasses.astuple(Notation("a", "b", "c")) == ("a", "b", "c", ATOM, (), ATOM, ())


def test_an_infix_operation_brackets_its_right_side_at_equal_precedence() -> None:
    assert dataclasses.astuple(infix(" - ", "{} - {}", SUM)) == (
        *("{} - {}", "{} - {}", "{} - {}", SUM, (SUM, PRODUCT), SUM, (SUM, PRODUCT)),
    )
    assert infix("·", "l", PRODUCT, python="{}*{}").python == "{}*{}"


def test_a_call_is_written_by_its_name_unless_told_otherwise() -> None:
    assert (call("f").text, call("f").latex, call("f").python) == (
        *("f({args})", r"\operatorname{{f}}({args})", "f({args})"),
    )
    assert (call("f", "L", "T").text, call("f", "L", "T").latex, call("f", "L", "T").python) == (
        "T",
        "L",
        "f({args})",
    )


def test_a_row_is_called_by_its_name_unless_told_otherwise() -> None:
    plain = unary("cube", lambda m, x: x**3, 3)

    assert (plain.symbol, plain.notation, plain.arity, plain.partials, plain.written) == (
        "cube",
        call("cube"),
        1,
        (3,),
        None,
    )
    assert unary("cube", lambda m, x: x**3, 3, written=5).written == (5,)
    assert unary("cube", lambda m, x: x**3, 3, symbol="c", notation=None).symbol == "c"
    assert unary("cube", lambda m, x: x**3, 3, symbol="c", notation=None).notation is None
    assert (RATIO.arity, RATIO.is_nary, LAST.arity, LAST.is_nary, LAST.pack) == (2, False, None, True, some)
    assert not any([plain.chooses, plain.vector, plain.condition, plain.defaults, plain.kink, plain.accuracy])
    assert plain.ulps == 4


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: Rule("f", "f", None, max, lambda m, xs, z: xs),
            "the row 'f' takes any number of operands and lacks `pack`",
        ),
        (lambda: nary("f", max, (1, 1)), "the row 'f' needs one function partials(m, xs, z), not (1, 1)"),
        (lambda: binary("f", max, (1,)), "takes 2 operands and needs as many cells in `partials`"),
        (
            lambda: binary("f", max, [1, 2]),
            "cells in `partials`: numbers or functions (m, x, ..., z), not [1, 2]",
        ),
        (lambda: binary("f", max, (1, 2), written=(1, 2, 3)), "as many cells in `written`"),
        (lambda: Rule("f", "f", 1, max, 1), "takes 1 operands and needs as many cells in `partials`"),
    ],
)
def test_columns_that_do_not_fit_are_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        make()


def test_rows_do_not_change() -> None:
    frozen: Any = RATIO
    with pytest.raises(dataclasses.FrozenInstanceError):
        frozen.name = "other"
    with pytest.raises(dataclasses.FrozenInstanceError):
        frozen.notation.text = "other"


def test_values_and_slopes() -> None:
    assert (RATIO.apply(FLOATS, (6.0, 3.0)), LAST.apply(FLOATS, (6.0, 3.0))) == (2.0, 3.0)
    assert RATIO.slopes(FLOATS, (6.0, 4.0), 1.5) == [0.25, -3]
    assert RATIO.slopes(FLOATS, (6.0, 4.0), 1.5, [1]) == [-3]
    assert RATIO.slopes(FLOATS, (6.0, 4.0), 1.5, [1, 0]) == [-3, 0.25]
    assert RATIO.slopes(FLOATS, (6.0, 4.0), 1.5, written=True) == [7, 8]
    assert TABLE["add"].slopes(FLOATS, (6.0, 4.0), 10.0, written=True) == [1, 1]
    assert LAST.slopes(FLOATS, (6.0, 4.0, 5.0), 5.0) == [0, 0, 1]
    assert LAST.slopes(FLOATS, (6.0, 4.0, 5.0), 5.0, [2]) == [1]
    assert LAST.slopes(FLOATS, (6.0, 4.0, 5.0), 5.0, [0, 2]) == [0, 1]
    assert [RATIO.slope(0)(FLOATS, 6.0, 4.0, 1.5), RATIO.slope(1)(FLOATS, 6.0, 4.0, 1.5)] == [0.25, -3]


def test_kinks() -> None:
    assert [RATIO.kinked(FLOATS, (2.0, 2.0)), RATIO.kinked(FLOATS, (2.0, 3.0))] == [1, 0]
    assert LAST.kinked(FLOATS, (2.0, 2.0)) == 0
    assert [TABLE["max"].kinked(FLOATS, xs) for xs in ((2.0, 2.0), (2.0, 3.0))] == [1, 0]


def test_the_row_beside_plain_numbers() -> None:
    row = with_row_beside(RATIO, partials=(5, 6))
    beside = row.beside
    assert beside is not None
    assert (beside.name, beside.partials, beside.beside, row.partials) == (
        "ratio beside numbers",
        (5, 6),
        None,
        RATIO.partials,
    )

    assert row.among((6.0, 4.0), [False, False]) == (row, (6.0, 4.0))
    assert row.among((6.0, 4.0), [False, True]) == (beside, (6.0, 4.0))
    assert RATIO.among((6.0, 4.0), [False, True]) == (RATIO, (6.0, 4.0))
    flagged = with_row_beside(LAST)
    assert flagged.among((6.0, 4.0), [False, True]) == (flagged.beside, (6.0, 4.0, 0, 1))


def test_operands_that_a_call_leaves_out() -> None:
    assert RATIO.with_defaults((6.0, 4.0)) == (6.0, 4.0)
    assert RATIO.with_defaults((6.0,)) == (6.0, 2.0)
    for operands in ((), (1.0, 2.0, 3.0)):
        with pytest.raises(TypeError, match=rf"^ratio\(\) takes 2 operands, got {len(operands)}$"):
            RATIO.with_defaults(operands)
    assert TABLE["add"].with_defaults((1.0, 2.0)) == (1.0, 2.0)
    with pytest.raises(TypeError, match="got 1"):
        TABLE["add"].with_defaults((1.0,))


def test_arguments_of_calls_become_operands() -> None:
    assert [many([1, 2]), many(1, 2), many(1), many(), many([])] == [(1, 2), (1, 2), (1,), (), ()]
    assert many([1], [2]) == ([1], [2])
    assert some(iter([1, 2])) == (1, 2)
    nothing: list[Any] = []
    for empty in ([], [nothing]):
        with pytest.raises(ValueError, match=r"^needs at least one operand, got none$"):
            some(*empty)
    assert [weighted([1, 2], [3, 4], 5), weighted([1], [3]), weighted([], [])] == [
        (1, 2, 3, 4, 5),
        (1, 3, 0),
        (0,),
    ]
    with pytest.raises(ValueError, match=r"^needs as many weights as inputs, got 1 weights and 2 inputs$"):
        weighted([1], [2, 3])


def test_the_slope_of_a_row_is_a_step_that_says_what_it_is_made_of() -> None:
    plain = (False, False, True)
    slope = slope_row(TABLE["max"], 1, plain)

    assert (slope.name, slope.symbol, slope.arity) == ("slope of max by 2 of 3, numbers 3", "max′", 3)
    assert (slope.partials, slope.is_step, slope.chooses) == ((0, 0, 0), True, True)
    assert slope.slope_of == (TABLE["max"], 1, plain)
    assert [slope.apply(FLOATS, xs) for xs in ([1.0, 3.0, 2.0], [3.0, 1.0, 2.0], [3.0, 3.0, 2.0])] == [
        1,
        0,
        0.5,
    ]
    assert slope_row(TABLE["max"], 1, plain) is slope
    assert slope_row(TABLE["relu"], 0, (False,)).name == "slope of relu by 1 of 1"
