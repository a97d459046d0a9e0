"""Traced Values and their tape: what is written down, and what is refused with the line that asked."""

from __future__ import annotations

import inspect
import linecache
import math
import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autodiff
from autodiff import TraceError, Value
from autodiff.compiler.front.tape import SHIFT, TakenApart, Tape, Traced, rule_named
from autodiff.rules import nary, unary


def written(tape: Tape) -> list[tuple[Any, ...]]:
    """The operations of a tape: name, and the slots of the operands."""
    return [
        (tape.rules[code].name, *tape.operands[first:last])
        for code, first, last in zip(tape.codes, tape.starts, tape.starts[1:], strict=False)
    ]


# ---------------------------------------------------------------- what is written down


def test_operations_stand_in_the_order_in_which_they_happened() -> None:
    tape = Tape()
    x: Any = tape.input("x")
    y = tape.input("y")

    x * y + x.exp()

    assert tape.leaves == ["x", "y"]
    assert written(tape) == [("mul", -1, -2), ("exp", -1), ("add", 0, 1)]


def test_operands_on_both_sides_keep_their_order() -> None:
    tape = Tape()
    x = tape.input("x")

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
    x = tape.input("x")

    for number in (0.0, -0.0, 0, math.nan, math.nan, np.float64(0.0)):
        x + number

    assert list(map(str, tape.leaves)) == ["x", "0.0", "-0.0", "nan"]
    assert [slots[2] for slots in written(tape)] == [-2, -3, -2, -4, -4, -2]


def test_a_captured_value_is_a_leaf_once() -> None:
    tape, w = Tape(), Value(3.0, name="w")
    x = tape.input("x")

    w * x + w

    assert tape.leaves[1] is w
    assert written(tape) == [("mul", -2, -1), ("add", 0, -2)]


def test_the_graph_of_a_captured_value_is_written_down_once() -> None:
    tape, a, b = Tape(), Value(3.0), Value(2.0)
    captured = a * b + a
    x = tape.input("x")

    x * captured - captured

    assert tape.leaves == ["x", a, b]
    assert written(tape) == [("mul", -2, -3), ("add", 0, -2), ("mul", -1, 1), ("sub", 2, 1)]


def test_a_captured_graph_may_be_deep() -> None:
    tape, node = Tape(), Value(1.0)
    for _ in range(20_000):
        node = node + 1.0

    tape.input("x") * node

    assert len(tape.codes) == 20_001


def test_a_neuron_is_one_operation() -> None:
    tape = Tape()
    x = [tape.input(f"x[{i}]") for i in range(2)]

    autodiff.dot([10.0, 20.0], x, 5.0)

    assert written(tape) == [("dot", -3, -4, -1, -2, -5)]


def test_all_results_of_a_softmax_are_written_down_once() -> None:
    tape = Tape()
    xs = [tape.input(f"x[{i}]") for i in range(2)]

    shares: Any = autodiff.softmax(xs)
    again: Any = autodiff.softmax(xs)

    assert [share.index for share in again] == [share.index for share in shares] == [0, 1]
    assert tape.leaves[2:] == [0.0, 1.0]
    assert written(tape) == [("softmax", -1, -2, -3), ("softmax", -1, -2, -4)]


def test_other_rows_that_give_a_list_are_spelled_out_once() -> None:
    tape = Tape()
    xs = [tape.input(f"x[{i}]") for i in range(2)]
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
    h = (tape.input("x") * 2).named("h1")

    assert h.name == "h1"
    assert tape.names == {0: "h1"}
    assert repr(h) == "Traced(h1)"
    assert repr(h + 1) == "Traced(add(...))"
    assert repr(tape.input("y[0]")) == "Traced(y[0])"


def test_lines_are_written_down_on_request() -> None:
    tape = Tape(lines=True)
    x = tape.input("x")

    x * 2
    line = inspect.currentframe().f_lineno - 1  # type: ignore[union-attr]

    assert tape.lines == [f"test_tape.py:{line}"]


def test_numpy_works_element_by_element() -> None:
    tape = Tape()
    x: Any = tape.input("x")

    products = np.array([1.0, 2.0]) * x
    exponential = np.exp(x)

    assert products.shape == (2,)
    assert all(isinstance(element, Traced) for element in products)
    assert isinstance(exponential, Traced)
    assert written(tape)[-1] == ("exp", -1)


def test_an_operation_that_is_registered_later_can_be_traced() -> None:
    Tape()  # the methods of traced Values are there already
    cube = autodiff.register(unary("cube_traced", lambda m, x: x * x * x, lambda m, x, z: 3 * x * x))
    tape = Tape()
    x: Any = tape.input("x")

    cube(x) + x.cube_traced()

    assert written(tape) == [("cube_traced", -1), ("cube_traced", -1), ("add", 0, 1)]


# ---------------------------------------------------------------- what is refused


def refused(asks: Callable[[Any], Any]) -> str:
    x = Tape().input("x")
    with pytest.raises(TraceError) as caught:
        asks(x)
    return str(caught.value)


@pytest.mark.parametrize(
    ("asks", "advice"),
    [
        (lambda x: x.data, "the Value itself"),
        (lambda x: x.grad, "value_and_grad() of the compiled function"),
        (lambda x: x.op, "value_and_grad() of the compiled function"),
        (lambda x: x.parents, "value_and_grad() of the compiled function"),
        (lambda x: x.partials, "value_and_grad() of the compiled function"),
        (lambda x: x.backward(), "backward() of the compiled function"),
        (lambda x: setattr(x, "data", 3.0), "what a function changes, it must return"),
        (lambda x: setattr(x, "grad", 0.0), "value_and_grad() of the compiled function"),
        (lambda x: f"{x:.3f}", "find_nonfinite"),
        (lambda x: autodiff.gradient(x * x, [x]), "value_and_grad() of the compiled function"),
        (lambda x: autodiff.grad(lambda y: y * y)(x), "value_and_grad() of the compiled function"),
        (lambda x: list(autodiff.paths(x * x, x)), "value_and_grad() of the compiled function"),
        (float, "autodiff.exp(v)"),
        (int, "autodiff.exp(v)"),
        (round, "autodiff.exp(v)"),
        (math.exp, "autodiff.exp(v)"),
        (math.floor, "autodiff.exp(v)"),
        (range, "a static argument"),
        (lambda x: [1, 2][x], "a static argument"),
        (bool, "autodiff.where(condition, a, b)"),
        (lambda x: 1 if x else 0, "autodiff.where(condition, a, b)"),
        (lambda x: not x, "autodiff.where(condition, a, b)"),
        (lambda x: x < 0, "where(less(x, y), a, b)"),
        (lambda x: x <= 0, "where(less(x, y), a, b)"),
        (lambda x: x > 0, "where(less(x, y), a, b)"),
        (lambda x: x >= 0, "where(less(x, y), a, b)"),
        (lambda x: max(x, 0), "autodiff.maximum"),
        (lambda x: min([x, 2 * x]), "autodiff.maximum"),
        (lambda x: sorted([x, 2 * x]), "autodiff.maximum"),
    ],
)
def test_what_needs_a_number_names_the_line_and_the_way_out(asks: Callable[[Any], Any], advice: str) -> None:
    message = refused(asks)

    assert advice in message
    assert "is not known while the function is traced" in message
    assert "(at test_tape.py:" in message


def test_the_line_is_the_one_that_asked() -> None:
    def loss(x: Any) -> Any:
        doubled = x * 2
        return doubled if doubled > 1 else x

    line = inspect.getsourcelines(loss)[1] + 2

    assert f"(at test_tape.py:{line})" in refused(loss)


def test_in_a_notebook_the_line_is_shown_as_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell is no file, and its name on the stack says nothing to its reader."""
    name = os.path.join("ipykernel_7", "2014423406.py")
    cell = "def loss(x):\n    return x if x > 1 else 1.0\n"
    monkeypatch.setitem(linecache.cache, name, (len(cell), None, cell.splitlines(keepends=True), name))
    scope: dict[str, Any] = {}
    exec(compile(cell, name, "exec"), scope)

    assert "(at line 2 of a cell: return x if x > 1 else 1.0)" in refused(scope["loss"])


def test_the_value_is_called_by_its_name() -> None:
    assert ".data of hidden is not known" in refused(lambda x: (x * 2).named("hidden").data)
    assert ".data of x is not known" in refused(lambda x: x.data)


def test_equality_is_identity_as_in_eager() -> None:
    tape = Tape()
    x, y = tape.input("x"), tape.input("y")

    assert x == x
    assert x != y
    assert len({x, y, x}) == 2


@pytest.mark.parametrize(
    ("takes", "axes"),
    [
        (lambda x: x[0], 1),
        (lambda x: x[0, 1], 2),
        (list, 1),
        (len, 1),
        (lambda x: x @ x, 1),
        (lambda x: np.eye(2) @ x, 1),
        (np.sum, 1),
        (lambda x: np.dot(x, x), 1),
        (lambda x: x.shape, 1),
        (lambda x: x.sum(), 1),
        (lambda x: x.T, 1),
    ],
)
def test_a_number_that_is_taken_apart_is_told_from_other_mistakes(
    takes: Callable[[Any], Any], axes: int
) -> None:
    x = Tape().input("x")

    with pytest.raises(TakenApart) as caught:
        takes(x)

    assert (caught.value.traced, caught.value.axes) == (x, axes)
    assert "x is a number here, and was taken apart (at test_tape.py:" in str(caught.value)


def test_an_attribute_that_neither_values_nor_arrays_have() -> None:
    with pytest.raises(AttributeError, match="a Value has no attribute 'wight'"):
        Tape().input("x").wight  # noqa: B018


def test_a_value_of_another_tape_is_refused() -> None:
    old, new = Tape().input("x"), Tape().input("x")

    with pytest.raises(TraceError, match="add: operand was traced in an earlier call"):
        new + old
    with pytest.raises(TraceError, match="dot: operand was traced in an earlier call"):
        autodiff.dot([new], [old])


@pytest.mark.parametrize("other", ["2", None, 2j, True, [1.0], object()])
def test_operands_that_are_no_numbers_are_type_errors_as_in_eager(other: Any) -> None:
    with pytest.raises(TypeError) as eager:
        Value(1.0) * other
    with pytest.raises(TypeError) as found:
        Tape().input("x") * other

    assert str(found.value).replace("Traced", "Value") == str(eager.value)
