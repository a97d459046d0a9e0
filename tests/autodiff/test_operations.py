"""Operations: nodes to the type of their numbers and the places of their parents; what errors and help() say."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import autodiff
from autodiff import Value, gradient, register
from autodiff.operations import FUNCTIONS, applied_at, apply, checked, is_array, made, outline
from autodiff.rules import TABLE, Rule, binary, unary
from autodiff.rules.worlds import FLOATS, FRACTIONS, world_of

HALF = Fraction(1, 2)


def shape(node: Any) -> tuple[Any, ...]:
    return (node.data, type(node.data), node.operands, node.parents, node.partials)


def test_the_world_is_that_of_fractions_if_one_is_there() -> None:
    assert [world_of(xs) for xs in ([1.0, 2], [1.0, HALF], [HALF], [])] == [
        FLOATS,
        FRACTIONS,
        FRACTIONS,
        FLOATS,
    ]


@pytest.mark.parametrize("two", [2.0, Fraction(2)])
def test_nodes_of_one_operand(two: Any) -> None:
    x, kind = Value(two), type(two)

    for name, data, partial in [("neg", -2, -1), ("relu", 2, 1), ("sign", 1, 0), ("abs", 2, 1)]:
        assert shape(getattr(x, name)()) == shape(FUNCTIONS[name](x)) == (data, kind, (x,), (x,), (partial,))
        assert getattr(x, name)().op is TABLE[name]


@pytest.mark.parametrize("two", [2.0, Fraction(2)])
def test_nodes_of_two_operands(two: Any) -> None:
    x, y, kind = Value(two), Value(two * 2), type(two)

    assert shape(x - y) == (-2, kind, (x, y), (x, y), (1, -1))
    assert shape(x - 1) == (1, kind, (x, 1), (x,), (1,))
    assert shape(1 - x) == (-1, kind, (1, x), (x,), (-1,))
    assert shape(x * x) == (4, kind, (x, x), (x, x), (2, 2))
    assert shape(x**0) == (1, kind, (x, 0), (x,), (0,))
    assert shape(1**x) == (1, kind, (1, x), (x,), (0,))
    assert shape(x.maximum(y)) == (4, kind, (x, y), (x, y), (0, 1))
    assert shape(x.maximum(5)) == (5, kind, (x, 5), (x,), (0,))
    assert shape(x.greater(1)) == (1, kind, (x, 1), (x,), (0,))
    assert shape(FUNCTIONS["sub"](1, x)) == (-1, kind, (1, x), (x,), (-1,))


@pytest.mark.parametrize("two", [2.0, Fraction(2)])
def test_nodes_of_many_operands(two: Any) -> None:
    x, y, kind = Value(two), Value(two * 2), type(two)

    assert shape(autodiff.sum([x, 1, y, x])) == (9, kind, (x, 1, y, x), (x, y, x), (1, 1, 1))
    assert shape(autodiff.sum([x])) == (2, kind, (x,), (x,), (1,))
    assert shape(autodiff.sum([x, y])) == (6, kind, (x, y), (x, y), (1, 1))
    assert shape(autodiff.where(1, x, y)) == (2, kind, (1, x, y), (x, y), (1, 0))
    assert shape(autodiff.where(0, x, 3)) == (3, kind, (0, x, 3), (x,), (0,))
    assert shape(autodiff.dot([x, 3], [y, x])) == (14, kind, (x, 3, y, x, 0), (x, y, x), (4, 2, 3))
    assert [each.data for each in autodiff.softmax([Value(two), Value(two)])] == [0.5, 0.5]


@pytest.mark.parametrize("two", [2.0, Fraction(2)])
@pytest.mark.parametrize(
    "rule", [rule for rule in TABLE.values() if rule.arity == 2], ids=lambda rule: rule.name
)
def test_what_is_a_whole_number_is_of_the_type_of_the_others(rule: Rule, two: Any) -> None:
    x, y = Value(two / 2), Value(two)
    pairs: list[tuple[Any, Any]] = [(x, y), (y, x), (x, x), (x, 1), (1, x), (y, 0), (0, y)]
    looked_at = 0
    for operands in pairs:
        try:
            numbers = [FUNCTIONS[rule.name](*operands).data]
        except (ValueError, ZeroDivisionError):  # outside the domain
            continue
        looked_at += 1
        method = getattr(operands[0], rule.name, None) if isinstance(operands[0], Value) else None
        if method:
            numbers.append(method(*operands[1:]).data)
        if rule.dunder and operands[0] == 1 and not isinstance(operands[0], Value):
            numbers.append(getattr(operands[1], f"__r{rule.dunder}__")(1).data)

        assert {type(number) for number in numbers} <= {type(two), float}
        assert not (two == 2.0 and type(two) is float and {type(number) for number in numbers} != {float})
    assert looked_at > 0


def test_operations_on_plain_numbers_are_plain_numbers() -> None:
    for name, xs, expected in [
        ("add", (1, 2), 3.0),
        ("add", (1.0, HALF), 1.5),
        ("relu", (-2,), 0.0),
        ("greater", (HALF, 0), Fraction(1)),
        ("relu", (HALF,), HALF),
        ("sum", ([1, 2],), 3.0),
        ("sub", (np.float32(3), 1), 2.0),
    ]:
        assert repr(FUNCTIONS[name](*xs)) == repr(expected)
    assert autodiff.softmax([0.0, 0.0]) == [0.5, 0.5]


def test_numbers_of_numpy_become_plain_ones() -> None:
    x: Any = Value(2.0)
    one: Any = np.float32(1)

    for node in (
        x * np.float32(3),
        np.float64(3) * x,
        x.maximum(np.int64(3)),
        autodiff.sum([x, one]),
    ):
        assert all(type(operand) in (float, int, Value) for operand in node.operands)
        assert type(node.data) is float
    assert checked(TABLE["add"], 0, x) is x
    assert repr(checked(TABLE["where"], 0, True)) == "1"
    with pytest.raises(TypeError, match=r"^where: operand must be a real number"):
        checked(TABLE["where"], 1, True)


def test_arrays_are_left_to_numpy_and_scalars_are_not() -> None:
    assert [
        is_array(x) for x in (np.ones(2), np.ones((1, 1)), np.array(1.0), np.float64(1), 1.0, 1, HALF, [1.0])
    ] == [*(True, True, False, False, False, False, False, False)]
    x = Value(2.0)
    assert [node.data for node in x * np.array([1.0, 3.0])] == [2.0, 6.0]
    assert [node.data for node in np.array([1.0, 3.0]) - x] == [-1.0, 1.0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Value(-1.0).log(), "log: .* at x = -1.0; defined for x > 0$"),
        (lambda: Value(-1.0, name="loss").log(), r"log: .* at x = -1.0 \(the node named 'loss'\); defined for x > 0$"),
        (lambda: Value(-1.0, name="x").log(), r"log: .* at x = -1.0 \(the node named 'x'\); defined for x > 0$"),
        (lambda: Value(1.0) / Value(0.0, name="x"),
         r"truediv: .* at the first operand = 1.0, the second operand = 0.0 \(the node named 'x'\); "
         r"defined for the second operand != 0$"),
        (lambda: Value(1.0) / Value(0.0, name="y"),
         r"truediv: .* at x = 1.0, y = 0.0 \(the node named 'y'\); defined for y != 0$"),
        (lambda: Value(1.0) / 0, "truediv: .* at x = 1.0, y = 0; defined for y != 0$"),
        (lambda: 1 / Value(0.0), "truediv: .* at x = 1, y = 0.0; defined for y != 0$"),
        (lambda: Value(HALF) / 0, r"truediv: .* at x = Fraction\(1, 2\), y = 0; defined for y != 0$"),
        (lambda: autodiff.exp(Value(1e3)),
         "exp: the result is too large for a float at x = 1000.0; defined for x <= 709.78"),
        (lambda: Value(1e200) ** 2,
         "pow: the result is too large for a float at x = 1e[+]200, y = 2; defined for x > 0"),
    ],
)  # fmt: skip
def test_errors_say_where_and_why(call: Any, message: str) -> None:
    with pytest.raises((ValueError, ArithmeticError, TypeError), match=message):
        call()


def test_errors_of_many_operands_name_the_first_four() -> None:
    def refuse(m: Any, xs: Any) -> Any:
        raise ValueError("no")

    from autodiff.rules import nary

    rule = nary("refusing", refuse, lambda m, xs, z: xs, domain="nothing")
    with pytest.raises(
        ValueError,
        match=r"^refusing: no at operand 0 = 1.0 \(the node named 'a'\), operand 1 = 2, operand 2 = 3, operand 3 = 4; "
        r"defined for nothing$",
    ):
        apply(rule, [Value(1.0, name="a"), 2, 3, 4, 5])


def test_functions_say_what_they_are() -> None:
    exp = FUNCTIONS["exp"]

    assert (exp.__module__, exp.__name__, exp.__qualname__) == ("autodiff", "exp", "exp")
    assert outline(TABLE["exp"]) == "The operation exp (exp), defined for x <= 709.78, above it overflows."
    assert outline(TABLE["relu"]).endswith(
        ", defined for all real numbers. No derivative at 0, where 0 is used."
    )
    method: Any = Value.exp
    assert (method.__name__, method.__qualname__) == ("exp", "Value.exp")
    assert method.__doc__ is not None
    assert (Value.__radd__.__name__, Value.__radd__.__qualname__) == ("__radd__", "Value.__radd__")
    with pytest.raises(ValueError, match=r"^mean: needs at least one operand, got none$"):
        FUNCTIONS["mean"]([])
    with pytest.raises(TypeError, match=r"^dot: "):
        FUNCTIONS["dot"]([1.0])


def test_registered_operations_get_their_methods_and_operators() -> None:
    thrice = register(unary("thrice", lambda m, x: 3 * x, 3))
    gap = register(binary("apart", lambda m, x, y: x - 2 * y, (1, -2), dunder="xor", defaults=(5.0,)))
    limit = register(binary("limit", lambda m, x, y: m.minimum(x, y), (1, 0), defaults=(1.0,)))
    x: Any = Value(4.0)

    assert shape(x.thrice()) == shape(thrice(x)) == (12.0, float, (x,), (x,), (3,))
    assert shape(x ^ 1) == (2.0, float, (x, 1), (x,), (1,))
    assert shape(1 ^ x) == (-7.0, float, (1, x), (x,), (-2,))
    assert (gap(x).data, limit(x).data, x.limit().data, x.limit(2).data) == (-6.0, 1.0, 1.0, 2.0)
    assert Value.thrice.__doc__ == "The operation thrice (thrice), defined for all real numbers."  # type: ignore[attr-defined]
    for name in ("thrice", "data", "no name", "exp"):
        with pytest.raises(
            ValueError,
            match=f"an operation cannot be called '{name}': the name is taken or not an identifier",
        ):
            register(unary(name, lambda m, x: x, 1))


def test_nodes_are_made_of_their_slots() -> None:
    x, y = Value(2.0), Value(3.0)

    for node in (
        made(TABLE["mul"], 6.0, (x, y), (3.0, 2.0)),
        applied_at(TABLE["mul"], FLOATS, [2.0, 3.0], (x, y)),
    ):
        assert shape(node) == (6.0, float, (x, y), (x, y), (3.0, 2.0))
        assert (node.grad, node.name, node.op) == (0.0, None, TABLE["mul"])
    assert shape(made(TABLE["mul"], 6.0, (2.0, y), (2.0,))) == (6.0, float, (2.0, y), (y,), (2.0,))
    assert shape(made(TABLE["neg"], -2.0, (x,), (-1.0,))) == (-2.0, float, (x,), (x,), (-1.0,))


def test_new_nodes_have_no_gradient_yet_and_no_name() -> None:
    x = Value(2.0, name="x")

    nodes: list[Any] = [x.exp(), x - 3, 3 - x, x * x, x.where(1, 2), autodiff.max([x, 1])]
    for node in nodes:
        assert (node.grad, node.name) == (0.0, None)


def test_only_a_condition_may_be_true_or_false() -> None:
    x: Any = Value(2.0)

    assert autodiff.where(True, x, 3.0).data == 2.0
    with pytest.raises(TypeError, match="where: operand"):
        autodiff.where(1, x, True)


@pytest.mark.parametrize(
    "rule", [rule for rule in TABLE.values() if not rule.is_nary], ids=lambda rule: rule.name
)
def test_a_step_passes_nothing_on(rule: Rule) -> None:
    """Not even where what arrives is infinite."""
    if all(partial == 0 for partial in rule.partials):
        operands = [Value(0.75), Value(0.5)][: rule.arity]
        output: Any = FUNCTIONS[rule.name](*operands) * math.inf
        assert gradient(output, operands) == [0.0] * len(operands)


@pytest.mark.parametrize("k", [0, 4, 1.5, -1, math.nan])
def test_there_is_no_such_smallest(k: Any) -> None:
    xs = [Value(x) for x in (1.0, 2.0, 3.0)]

    with pytest.raises(
        ValueError, match="kthvalue: needs k from 1 to the number of operands, which is 3, not"
    ):
        autodiff.kthvalue(xs, k)


def test_the_smallest_and_the_largest() -> None:
    xs = [Value(x) for x in (3.0, 1.0, 2.0)]

    assert [autodiff.kthvalue(xs, k).data for k in (1, 2, 3)] == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda f: f.log(8.0, base=2), "log: takes its operands by position, log(x, y), and knows no base="),
        (lambda f: f.gelu(8.0, approximate="tanh"), "gelu(x), and knows no approximate="),
        (lambda f: f.leaky_relu(Value(-1.0), negative_slope=0.1), "and knows no negative_slope="),
        (lambda f: f.softmax([1.0, 2.0], dim=0), "softmax: got an unexpected keyword argument 'dim'"),
        (lambda f: f.var([1.0, 2.0], axis=0), "var: axis is for matrices: make one by"),
        (lambda f: f.median([1.0, 2.0], axis=0), "median: axis is for matrices: make one by"),
        (lambda f: f.dist(1.0, 2.0), "dist: needs two lists of numbers, not 1.0 and 2.0"),
    ],
)
def test_keywords_that_a_function_does_not_know_are_refused(ask: Callable[[Any], Any], message: str) -> None:
    with pytest.raises(TypeError, match=re.escape(message)):
        ask(autodiff)


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda x, y: (y - x).log(), "log: .* at the operand = -2.0; defined for the operand > 0$"),
        (lambda x, y: y / (x - 3), "truediv: .* at the first operand = 1.0 .*, the second operand = 0.0; "),
        (lambda x, y: (x * 0 - 1).log(), "log: .* at the operand = -1.0; defined for the operand > 0$"),
        (lambda x, y: (y * 0 - 1).log(), "log: .* at x = -1.0; defined for x > 0$"),
        (lambda x, y: x / (y * 0), "truediv: .* at the first operand = 3.0 .*, the second operand = 0.0; "),
        (lambda x, y: (x * 0).log(), "log: .* at the operand = 0.0; "),
        (lambda x, y: (x - 3) / y.sub(1).named("y"), r"truediv: .* at the first operand = 0.0, "),
    ],
)
def test_no_letter_means_something_else_than_a_node_below(f: Callable[..., Any], message: str) -> None:
    with pytest.raises((ValueError, ArithmeticError), match=message):
        f(Value(3.0, name="x"), Value(1.0, name="y"))


class OwnError(ValueError):
    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first} {second}")


def test_errors_of_rows_with_four_operands_and_errors_of_their_own() -> None:
    def value(m: Any, x: Any, y: Any, z: Any, t: Any) -> Any:
        if t == 7:
            raise OwnError("no", "seven")
        return m.log(x) + y + z + t

    slopes = (lambda m, *_: 1,) * 4
    op = register(Rule("four_example", "four", 4, value, slopes, domain="x > 0"))
    a, b = Value(-1.0, name="a"), Value(2.0, name="x")
    with pytest.raises(
        ValueError, match=r"^four_example: math domain error at x = -1.0 \(the node named 'a'\), y = 2"
    ):
        op(a, 2, 3, 4)
    with pytest.raises(
        ValueError, match=r"at the first operand = -1.0 .*, operand 3 = 4; defined for the first operand > 0$"
    ):
        op(a, b, 3, 4)
    with pytest.raises(ValueError, match=r"^four_example: no seven at x = 1.0"):
        op(Value(1.0), 2, 3, 7)
