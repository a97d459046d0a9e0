"""The tape: what traced Values write down."""

from __future__ import annotations

import inspect
import math
from typing import Any

import numpy as np
import pytest

import autodiff
from autodiff import Value
from autodiff.calculus.trees import Tree
from autodiff.compiler.front.operators import give_methods
from autodiff.compiler.front.tape import SHIFT, Tape, TraceError, rule_named
from autodiff.compiler.front.traced import Traced, stand_in
from autodiff.rules import nary, unary

give_methods()


def written(tape: Tape) -> list[tuple[Tree, ...]]:
    """The operations of a tape: name, and the slots of the operands."""
    return [
        (tape.rules[code].name, *tape.operands[first:last])
        for code, first, last in zip(tape.codes, tape.starts, tape.starts[1:], strict=False)
    ]


def test_operations_stand_in_the_order_in_which_they_happened() -> None:
    tape = Tape()
    x = stand_in(tape, "x", float)
    y = stand_in(tape, "y", float)

    x * y + x.exp()

    assert tape.leaves == ["x", "y"]
    assert written(tape) == [("mul", -1, -2), ("exp", -1), ("add", 0, 1)]


def test_operands_on_both_sides_keep_their_order() -> None:
    tape = Tape()
    x = stand_in(tape, "x", float)

    x - 2, 2 - x, x / 3, 3 / x, x**2, 2**x

    two, three = -2, -3
    assert tape.leaves == ["x", 2.0, 3.0]
    assert written(tape) == [
        ("sub", -1, two),
        ("sub", two, -1),
        ("truediv", -1, three),
        ("truediv", three, -1),
        ("pow", -1, two),
        ("pow", two, -1),
    ]


def test_equal_numbers_are_one_leaf_but_zero_has_a_sign() -> None:
    tape = Tape()
    x = stand_in(tape, "x", float)

    for number in (0.0, -0.0, 0, math.nan, math.nan, np.float64(0.0)):
        x + number

    assert list(map(str, tape.leaves)) == ["x", "0.0", "-0.0", "nan"]
    assert [slots[2] for slots in written(tape)] == [-2, -3, -2, -4, -4, -2]


def test_a_captured_value_is_a_leaf_once() -> None:
    tape, w = Tape(), Value(3.0, name="w")
    x = stand_in(tape, "x", float)

    w * x + w

    assert tape.leaves[1] is w
    assert written(tape) == [("mul", -2, -1), ("add", 0, -2)]


def test_the_graph_of_a_captured_value_is_written_down_once() -> None:
    tape, a, b = Tape(), Value(3.0), Value(2.0)
    captured = a * b + a
    x = stand_in(tape, "x", float)

    x * captured - captured

    assert tape.leaves == ["x", a, b]
    assert written(tape) == [("mul", -2, -3), ("add", 0, -2), ("mul", -1, 1), ("sub", 2, 1)]


def test_a_captured_graph_may_be_deep() -> None:
    tape, node = Tape(), Value(1.0)
    for _ in range(20_000):
        node = node + 1.0

    stand_in(tape, "x", float) * node

    assert len(tape.codes) == 20_001


def test_a_neuron_is_one_operation() -> None:
    tape = Tape()
    x = [stand_in(tape, f"x[{i}]", float) for i in range(2)]

    autodiff.dot([10.0, 20.0], x, 5.0)

    assert written(tape) == [("dot", -3, -4, -1, -2, -5)]


def test_all_results_of_a_softmax_are_written_down_once() -> None:
    tape = Tape()
    xs = [stand_in(tape, f"x[{i}]", float) for i in range(2)]

    shares: Any = autodiff.softmax(xs)
    again: Any = autodiff.softmax(xs)

    assert [share.index for share in again] == [share.index for share in shares] == [0, 1]
    assert tape.leaves[2:] == [0.0, 1.0]
    assert written(tape) == [("softmax", -1, -2, -3), ("softmax", -1, -2, -4)]


def test_other_rows_that_give_a_list_are_spelled_out_once() -> None:
    tape = Tape()
    xs = [stand_in(tape, f"x[{i}]", float) for i in range(2)]
    below = nary("below", lambda m, xs: [m.shift(xs[:-1]) - x for x in xs[:-1]][xs[-1]], tuple, vector=True)

    results = [autodiff.apply(below, (*xs, i)) for i in (0, 1, 0)]

    assert [result.index for result in results] == [1, 3, 1]
    assert [name for name, *_ in written(tape)] == ["shift", "sub", "shift", "sub"]


def test_no_derivative_flows_through_the_shift() -> None:
    assert rule_named("shift") is SHIFT
    assert rule_named("tanh") is autodiff.rules.TABLE["tanh"]
    assert SHIFT.value(np, [np.float64(1), np.float64(3)]) == 3
    assert list(SHIFT.partials(np, [1.0, 3.0], 3.0)) == [0, 0]


def test_names_are_kept() -> None:
    tape = Tape()
    h = (stand_in(tape, "x", float) * 2).named("h1")

    assert h.name == "h1"
    assert tape.names == {0: "h1"}
    for traced, called in ((h, "h1"), (h + 1, r"add\(\.\.\.\)"), (stand_in(tape, "y[0]", float), r"y\[0\]")):
        with pytest.raises(TraceError, match=rf"the number of {called} is not known"):
            repr([traced])


def test_lines_are_written_down_on_request() -> None:
    tape = Tape(lines=True)
    x = stand_in(tape, "x", float)

    x * 2
    line = inspect.currentframe().f_lineno - 1  # type: ignore[union-attr]

    assert tape.lines == [f"test_tape.py:{line}"]


def test_numpy_works_element_by_element() -> None:
    tape = Tape()
    x: Any = stand_in(tape, "x", float)

    products = np.array([1.0, 2.0]) * x
    exponential = np.exp(x)

    assert products.shape == (2,)
    assert all(isinstance(element, Traced) for element in products)
    assert isinstance(exponential, Traced)
    assert written(tape)[-1] == ("exp", -1)


def test_an_operation_that_is_registered_later_can_be_traced() -> None:
    cube = autodiff.register(unary("cube_traced", lambda m, x: x * x * x, lambda m, x, z: 3 * x * x))
    give_methods()
    tape = Tape()
    x: Any = stand_in(tape, "x", float)

    cube(x) + x.cube_traced()

    assert written(tape) == [("cube_traced", -1), ("cube_traced", -1), ("add", 0, 1)]
