"""Traced Values: what is refused, with the line that asked."""

from __future__ import annotations

import inspect
import linecache
import math
import numbers
import os
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import autodiff
from autodiff import TraceError, Value
from autodiff.calculus.trees import Tree
from autodiff.compiler.front.operators import give_methods
from autodiff.compiler.front.tape import Tape
from autodiff.compiler.front.traced import TakenApart, stand_in

give_methods()


def refused(asks: Callable[[Tree], Tree]) -> str:
    x = stand_in(Tape(), "x", float)
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
        (math.exp, "autodiff.exp(v)"),
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
def test_what_needs_a_number_names_the_line_and_the_way_out(
    asks: Callable[[Tree], Tree], advice: str
) -> None:
    message = refused(asks)

    assert advice in message
    assert "is not known while the function is traced" in message
    assert "(at test_traced.py:" in message


def test_the_line_is_the_one_that_asked() -> None:
    def loss(x: Value) -> Value:
        doubled = x * 2
        return doubled if doubled > 1 else x

    line = inspect.getsourcelines(loss)[1] + 2

    assert f"(at test_traced.py:{line})" in refused(loss)


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


def by_match(x: Any) -> Any:
    match x:
        case 1:
            return x
    return x * 0


@pytest.mark.parametrize(
    "asks",
    [
        lambda x: x if x == 1 else 0 * x,
        lambda x: x if x != 1 else 0 * x,
        lambda x: x if 1 == x else 0 * x,  # noqa: SIM300
        lambda x: x if x == 2 * x else 0 * x,
        lambda x: x if x in (1, 2) else 0 * x,
        lambda x: x * {1: 10.0}.get(x, 1.0),
        lambda x: x * len({x, 2 * x}),
        lambda x: x * [1.0, 2.0].count(x),
        by_match,
    ],
)
def test_what_a_traced_number_cannot_answer_is_not_answered(asks: Any) -> None:
    assert "where(equal(x, " in refused(asks)
    with pytest.raises(TraceError):
        autodiff.compile(asks)(1.0)


@pytest.mark.parametrize(
    "asks",
    [
        lambda x: x if x != None else 0.0,  # noqa: E711
        lambda x: 0.0 if x == "auto" else x,
        lambda x: 0.0 if x in (None, "auto") else x,
    ],
)
def test_a_traced_number_is_no_text_and_not_none(asks: Any) -> None:
    assert autodiff.compile(asks)(3.0) == 3.0


def test_the_same_node_is_known_by_is() -> None:
    assert autodiff.compile(lambda x: x if x is not None else 0.0)(3.0) == 3.0


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
    takes: Callable[[Tree], Tree], axes: int
) -> None:
    x = stand_in(Tape(), "x", float, open_axes=2)

    with pytest.raises(TakenApart) as caught:
        takes(x)

    assert (caught.value.traced, caught.value.axes) == (x, axes)
    assert "x is a number here, and was taken apart (at test_traced.py:" in str(caught.value)


def test_an_attribute_that_neither_values_nor_arrays_have() -> None:
    with pytest.raises(AttributeError, match="object has no attribute 'wight'"):
        stand_in(Tape(), "x", float).wight  # noqa: B018


def test_a_value_of_another_tape_is_refused() -> None:
    old, new = stand_in(Tape(), "x", float), stand_in(Tape(), "x", float)

    with pytest.raises(TraceError, match="add: operand was traced in an earlier call"):
        new + old
    with pytest.raises(TraceError, match="dot: operand was traced in an earlier call"):
        autodiff.dot([new], [old])


@pytest.mark.parametrize("other", ["2", None, 2j, True, [1.0], object()])
def test_operands_that_are_no_numbers_are_type_errors_as_in_eager(other: Any) -> None:
    with pytest.raises(TypeError) as eager:
        Value(1.0) * other
    with pytest.raises(TypeError) as found:
        stand_in(Tape(), "x", float) * other

    assert str(found.value).replace("Traced", "Value") == str(eager.value)


# ---------------------------------------------------------------- types


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x * (3.0 if isinstance(x, int) else 1.0),
        lambda x: x * (3.0 if isinstance(x, numbers.Integral) else 1.0),
        lambda x: x * (2.0 if isinstance(x, float) else 5.0 if isinstance(x, Fraction) else 1.0),
        lambda x: x * (2.0 if isinstance(x, numbers.Real) else 1.0),
        lambda x: x * (2.0 if isinstance(x, list | tuple | str | np.ndarray) else 1.0),
        lambda x: sum(each * 2 if isinstance(each, int) else each for each in [x, x]),
        lambda x: x * (2.0 if isinstance(x * 1.0, list) else 1.0),
    ],
)
def test_the_type_of_an_argument_is_that_of_the_number(f: Any) -> None:
    compiled = autodiff.compile(f)
    passed = [2, 2.0, Fraction(2), np.float64(2.0), np.int64(2)]

    for x in passed * 2:
        assert compiled(x) == f(x), x
    assert compiled(np.array([2, 3])).tolist() == [f(2), f(3)]
    assert compiled(np.array([2.0, 3.0])).tolist() == [f(2.0), f(3.0)]


def asks(x: Any, n: Any = 3) -> Any:
    return x * (10 if isinstance(x, int) else 1) + n * (100 if isinstance(n, int) else 1)


@pytest.mark.parametrize(
    "f",
    [
        lambda asks, x: asks(2) * x,
        lambda asks, x: asks(2.0) * x,
        lambda asks, x: asks(Fraction(2), 2) * asks(2, 2.0) * x + asks(np.float64(2)),
        lambda asks, x: asks(x, n=2) + asks(0.0, n=0) + asks(-0.0, n=-0.0) * x,
        lambda asks, x: asks(x) + asks(x * 2.5) + asks(2),
    ],
)
def test_numbers_that_are_passed_to_a_nested_function_keep_their_types(f: Any) -> None:
    nested = autodiff.compile(asks)
    outer = autodiff.compile(lambda x: f(nested, x))

    for x in (2.0, 2, 3):
        assert outer(x) == f(nested, x) == f(asks, x)


@pytest.mark.parametrize("passed", [[2], [2.0], np.array([2]), np.array([2.0]), np.array([2, 0.5], object)])
def test_numbers_in_lists_and_arrays_that_are_passed_to_one_keep_theirs(passed: Any) -> None:
    nested = autodiff.compile(lambda xs: xs["a"][0] * (10 if isinstance(xs["a"][0], int) else 1))
    outer = autodiff.compile(lambda x: nested({"a": passed}) * x)

    assert outer(1.5) == (30.0 if isinstance(passed[0], int | np.integer) else 3.0)
    assert not outer.types_matter


def test_equal_constants_of_several_types_are_one_in_the_program() -> None:
    nested = autodiff.compile(lambda x, n: (x + n).exp())
    f = autodiff.compile(lambda x: nested(x, 3) + nested(x, 3.0) + (x + 3).exp())

    assert str(f.program(0.0)).count("exp") == 1


def test_programs_are_not_told_apart_by_types_that_nobody_asks_for() -> None:
    compiled = autodiff.compile(lambda x: x * 2)

    for x in (2, 2.0, Fraction(2)):
        assert compiled(x) == 4.0
    assert repr(compiled).count("1 programs") == 1


def test_it_says_whether_types_matter() -> None:
    asking = autodiff.compile(lambda x: x * (3.0 if isinstance(x, int) else 1.0), engine="numpy")
    other = autodiff.compile(lambda x: x * 3.0, engine="numpy")
    before = asking.types_matter
    asking(2.0), other(2.0)

    assert (before, asking.types_matter, other.types_matter) == (False, True, False)
    with pytest.raises(AttributeError):
        asking.types_matter = False  # type: ignore[misc]


def test_derivatives_see_types_too() -> None:
    compiled = autodiff.compile(lambda x: x**2 * (3.0 if isinstance(x, int) else 1.0))

    assert compiled.value_and_grad(2) == (12.0, 12.0)
    assert compiled.value_and_grad(2.0) == (4.0, 4.0)
    assert compiled.hessian(2) == 6.0
    assert compiled.hessian(2.0) == 2.0


@pytest.mark.parametrize("ask", [str, "{}".format, "%s".__mod__, lambda x: x.is_integer(), lambda x: x.hex()])
def test_texts_and_methods_of_numbers_are_refused(ask: Any) -> None:
    with pytest.raises(TraceError, match="the number of x is not known"):
        autodiff.compile(lambda x: x * len(ask(x)))(2.0)


def test_long_doubles_are_numbers() -> None:
    f = autodiff.compile(lambda x: np.longdouble(2) * x + np.longdouble(3) / x, engine="numpy")

    assert f(3.0) == 7.0
