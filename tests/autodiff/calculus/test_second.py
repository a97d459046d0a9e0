"""The pieces of second derivatives: sums and products without needless nodes, and primitives on Values."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

import autodiff
from autodiff import KinkWarning, NonFiniteWarning, Value, compile, grad, gradient, hessian
from autodiff.calculus.adjoint_graphs import adjoint_graphs
from autodiff.calculus.second import (
    VALUES,
    as_value,
    is_constant,
    number_of,
    partial_graphs,
    plus,
    times_partial,
    zero,
)

HALF, INF = Fraction(1, 2), math.inf


def shown(x: Any) -> str:
    """A plain number with its type, or what a node was made with."""
    if not isinstance(x, Value):
        return repr(x)
    return f"Value {x.data}" if x.op is None else f"{x.op.name} {x.data}"


def test_numbers_and_constants() -> None:
    x = Value(2.0)

    assert (number_of(x), number_of(3)) == (2.0, 3)
    assert [is_constant(1, 1), is_constant(0.0, 0), is_constant(2, 1), is_constant(Value(1.0), 1)] == [
        *(True, True, False, False)
    ]
    assert [repr(zero(x)), repr(zero(Value(HALF)))] == ["0.0", "Fraction(0, 1)"]
    assert as_value(x, x) is x
    assert [shown(as_value(3, x)), repr(as_value(3, Value(HALF)).data)] == ["Value 3.0", "Fraction(3, 1)"]


def test_sums_make_a_node_only_of_two_that_count() -> None:
    x, y = Value(2.0), Value(3.0)

    assert plus(x, 0) is x
    assert plus(0, x) is x
    assert [shown(plus(x, y)), shown(plus(x, 1)), shown(plus(1, x)), plus(2, 3), plus(0, 0)] == [
        *("add 5.0", "add 3.0", "add 3.0", 5, 0)
    ]


def test_products_make_a_node_only_where_they_have_to() -> None:
    x, y, infinite = Value(2.0), Value(3.0), Value(math.inf)

    assert times_partial(x, 1) is x
    assert times_partial(1, x) is x
    assert [shown(times_partial(x, -1)), shown(times_partial(x, y)), shown(times_partial(-1, x))] == [
        *("neg -2.0", "mul 6.0", "mul -2.0")
    ]
    assert [times_partial(0, x), times_partial(x, 0), times_partial(2, 3), times_partial(1, 1)] == [
        0,
        0,
        6,
        1,
    ]
    assert math.isnan(number_of(times_partial(0, infinite)))
    assert math.isnan(number_of(times_partial(infinite, 0)))
    assert shown(times_partial(x, 2)) == "mul 4.0"


@pytest.mark.parametrize(
    ("primitive", "xs", "expected"),
    [
        ("where", (1, Value(2.0), 3), "Value 2.0"),
        ("where", (Value(0.0), Value(2.0), 3), "3"),
        ("where", (Value(-1.0), 2, 3), "2"),
        ("abs", (Value(-2.0),), "neg 2.0"),
        ("abs", (Value(2.0),), "Value 2.0"),
        ("abs", (Value(0.0),), "Value 0.0"),
        ("equal", (Value(2.0), 2), "1"),
        ("equal", (Value(2.0), 3), "0"),
        ("greater", (Value(2.0), 2), "0"),
        ("greater", (3, Value(2.0)), "1"),
        ("greater_equal", (Value(2.0), 2), "1"),
        ("greater_equal", (Value(1.0), 2), "0"),
        ("less", (Value(2.0), 2), "0"),
        ("less", (Value(1.0), 2), "1"),
        ("less_equal", (Value(2.0), 2), "1"),
        ("less_equal", (Value(3.0), 2), "0"),
        ("sign", (Value(-2.0),), "-1"),
        ("sign", (Value(Fraction(3)),), "Fraction(1, 1)"),
        ("shift", ([Value(2.0), 5, Value(3.0)],), "5"),
        ("shift", ([Value(7.0), 5],), "7.0"),
        ("sum", ([Value(2.0), 5],), "sum 7.0"),
        ("sum", ([1, 2],), "3"),
        ("gap", (Value(5.0), Value(3.0)), "sub 2.0"),
        ("gap", (Value(math.inf), Value(math.inf)), "0.0"),
        ("gap", (Value(-math.inf), 1.0), "-inf"),
        ("divide", (Value(6.0), 3), "truediv 2.0"),
        ("divide", (6, Value(3.0)), "truediv 2.0"),
        ("divide", (Value(6.0), Value(0.0)), "mul inf"),
        ("divide", (1, Value(0.0)), "pow inf"),
        ("divide", (1, 3), "Fraction(1, 3)"),
        ("ieee_pow", (Value(2.0), 3), "pow 8.0"),
        ("ieee_pow", (Value(2.0), 1), "Value 2.0"),
        ("ieee_pow", (Value(2.0), 0), "1.0"),
        ("ieee_pow", (Value(2.0), Value(1.0)), "pow 2.0"),
        ("ieee_pow", (Value(2.0), Value(0.0)), "pow 1.0"),
        ("ieee_pow", (Value(0.0), -1), "pow inf"),
        ("ieee_pow", (0.0, -1), "inf"),
        ("ieee_pow", (2.0, Value(3.0)), "pow 8.0"),
        ("xlogy", (Value(2.0), Value(1.0)), "mul 0.0"),
        ("xlogy", (Value(0.0), Value(2.0)), "0"),
        ("xlogy", (Value(0.0), Value(0.0)), "0"),
        ("xlogy", (0, Value(math.inf)), "0"),
        ("xlogy", (Value(1.0), Value(math.inf)), "mul inf"),
        ("xlogy", (Value(1.0), Value(0.0)), "mul -inf"),
        ("xlogy", (Value(0.0) * 2, Value(0.0)), "sub 0.0"),
        ("xlogy", (Value(1.0), Value(-1.0)), "mul nan"),
        ("xlogy", (Value(0.0), Value(-1.0)), "0"),
        ("erfc", (Value(8.0),), f"erfc {math.erfc(8.0)}"),
    ],
)
def test_primitives_on_values(primitive: str, xs: tuple[Any, ...], expected: str) -> None:
    assert shown(getattr(VALUES, primitive)(*xs)) == expected


def test_a_primitive_that_is_no_row_is_named() -> None:
    with pytest.raises(AttributeError, match="the world of Values has no primitive 'sech'"):
        VALUES.sech  # noqa: B018 - raises


def test_partials_of_parents_that_lead_to_an_input() -> None:
    x, y = Value(2.0), Value(3.0)
    product = x * y

    assert partial_graphs(x, {x}) == []
    assert partial_graphs(product, set()) == []
    assert partial_graphs(product, {x}) == [(x, y)]
    assert partial_graphs(product, {x, y}) == [(x, y), (y, x)]
    assert partial_graphs(x + 5, {x}) == [(x, 1)]
    third = partial_graphs(autodiff.mean([x, y, Value(4.0)]), {y})
    assert [(node is y, shown(partial)) for node, partial in third] == [(True, repr(1 / 3))]
    exact = Value(HALF)
    assert [shown(partial) for _, partial in partial_graphs(exact / 7, {exact})] == ["Fraction(1, 7)"]


def test_only_edges_to_the_inputs_are_followed() -> None:
    x, y = Value(2.0), Value(3.0)
    chosen = autodiff.where(1, x * y, y.exp())
    found = adjoint_graphs(chosen * x, {x})

    assert y not in found
    assert shown(found[x]) == "add 12.0"
    assert adjoint_graphs(x, {x}) == {x: 1}


@pytest.mark.parametrize(
    ("f", "warns"),
    [
        (lambda x: x.relu(), True),
        (lambda x: x.relu() ** 2, True),
        (lambda x: x.relu() ** 3, False),
        (lambda x: x.relu() * 0, False),
        (lambda x: (x + 1).relu(), False),
        (lambda x: (x - 1).relu(), False),
        (lambda x: x * x.relu(), True),
        (lambda x: x * x * x.relu(), False),
        (lambda x: abs(x), True),
        (lambda x: x**3 + Value(0.0).relu(), False),
        (lambda x: autodiff.where(1, x**3, x.relu()), False),
    ],
)
def test_a_second_derivative_through_a_kink_warns(
    f: Any, warns: bool, recwarn: pytest.WarningsRecorder
) -> None:
    x = Value(0.0, name="x")

    gradient(f(x), x, create_graph=True)

    assert [warning.category for warning in recwarn] == [KinkWarning] * warns


def test_an_input_that_the_kink_does_not_depend_on_warns_of_nothing(recwarn: pytest.WarningsRecorder) -> None:
    x, y = Value(0.0, name="x"), Value(1.0, name="y")

    gradient(x.relu() ** 3 + y * y, [x, y], create_graph=True)

    assert list(recwarn) == []


# ---------------------------------------------------------------- edges of the domain

EDGES: list[tuple[Callable[[Any], Any], float, float]] = [
    (lambda x: x.sqrt(), 0.0, -INF),
    (lambda x: x.sqrt(), -0.0, -INF),
    (lambda x: 3 - 2 * x.sqrt(), 0.0, INF),
    (lambda x: x**0.5, 0.0, -INF),
    (lambda x: x ** (1 / 3), 0.0, -INF),
    (lambda x: x**1.5, 0.0, INF),
    (lambda x: x**2.5, 0.0, 0.0),
    (lambda x: 0.0**x, 1.0, 0.0),
    (lambda x: 0.0**x, 0.0, INF),
]
UNKNOWN: list[tuple[Callable[[Any], Any], float]] = [
    (lambda x: x.asin(), 1.0),
    (lambda x: x.asin(), -1.0),
    (lambda x: x.acos(), 1.0),
    (lambda x: x.acos(), -1.0),
    (lambda x: (-2.0) ** x, 2.0),
]
NAN = pytest.approx(math.nan, nan_ok=True)


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize(("f", "x", "expected"), EDGES)
def test_second_derivatives_at_an_edge_are_infinite_where_they_are(
    f: Callable[[Any], Any], x: float, expected: float, compiled: bool
) -> None:
    assert (compile(f, engine="numpy").hessian(x) if compiled else grad(grad(f))(x)) == expected


def test_third_derivatives_at_an_edge() -> None:
    assert grad(grad(grad(lambda x: x.sqrt())))(0.0) == INF
    assert grad(grad(grad(lambda x: x**2.5)))(0.0) == INF


@pytest.mark.parametrize(("f", "x"), UNKNOWN)
def test_second_derivatives_at_an_edge_are_nan_with_a_warning_where_they_are_not_known(
    f: Callable[[Any], Any], x: float
) -> None:
    with pytest.warns(NonFiniteWarning):
        found = grad(grad(f))(x)

    assert found == NAN
    with pytest.warns(NonFiniteWarning):
        assert compile(f, engine="numpy").hessian(x) == NAN


@pytest.mark.parametrize(
    ("point", "expected"),
    [
        ((0.0, 2.0), [[2, 0], [0, 0]]),
        ((0.0, 1.5), [[INF, 0], [0, 0]]),
        ((1e-310, 3.0), [[6e-310, 0], [0, 0]]),
        ((0.0, 1.0), [[0, -INF], [-INF, 0]]),
        ((2.0, 0.0), [[0, 0.5], [0.5, math.log(2) ** 2]]),
        ((0.5, 3.0), [[3, (1 - 3 * math.log(2)) / 4], [(1 - 3 * math.log(2)) / 4, math.log(2) ** 2 / 8]]),
    ],
)
def test_second_derivatives_of_a_power(point: tuple[float, float], expected: list[list[float]]) -> None:
    assert hessian(lambda xs: xs[0] ** xs[1])(list(point)) == [pytest.approx(row) for row in expected]


@pytest.mark.parametrize(
    ("point", "expected"),
    [
        ((-3.0, 2.0), [[2, math.nan], [math.nan, math.nan]]),
        ((-3.0, 0.0), [[0, math.nan], [math.nan, math.nan]]),
        ((0.0, 0.5), [[-INF, math.nan], [-INF, 0]]),  # -inf by its limit, the sum of inf and -inf
        ((0.0, 0.0), [[0, 0], [math.nan, INF]]),
    ],
)
def test_second_derivatives_of_a_power_warn_where_one_is_nan(
    point: tuple[float, float], expected: list[list[float]]
) -> None:
    with pytest.warns(NonFiniteWarning):
        found = hessian(lambda xs: xs[0] ** xs[1])(list(point))

    assert found == [pytest.approx(row, nan_ok=True) for row in expected]


def test_elu_at_0_has_all_derivatives_from_the_left() -> None:
    with pytest.warns(KinkWarning, match="whose derivative jumps"):
        assert hessian(lambda x: x[0].elu(x[1]))([0.0, 1.0]) == [[1.0, 1.0], [1.0, 0.0]]


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (lambda x: autodiff.where(autodiff.greater(x, -1), x * x, x.sqrt()), 2.0),
        (lambda x: autodiff.maximum(x * x + 1, x.sqrt()), 2.0),
        (lambda x: autodiff.maximum(x.sqrt(), x * x + 1), 2.0),
        (lambda x: autodiff.minimum(x * x - 1, x.sqrt()), 2.0),
        (lambda x: autodiff.minimum(x.sqrt(), x * x - 1), 2.0),
        (lambda x: autodiff.maximum(x.sqrt(), 1.0), 0.0),
        (lambda x: autodiff.minimum(x.sqrt(), -1.0), 0.0),
        (lambda x: (x.sqrt() - 1).relu(), 0.0),
        (lambda x: (x.sqrt() - 1).leaky_relu(0.0), 0.0),
        (lambda x: (x * x + 1).leaky_relu(x.sqrt()), 2.0),
        (lambda x: (x * x + 1).elu(x.sqrt()), 2.0),
        (lambda x: autodiff.sign(x.sqrt() + 1), 0.0),
        (lambda x: autodiff.greater(x.sqrt(), 1), 0.0),
        (lambda x: autodiff.greater_equal(x.sqrt(), 1), 0.0),
        (lambda x: autodiff.less(x.sqrt(), 1), 0.0),
        (lambda x: autodiff.less_equal(x.sqrt(), 1), 0.0),
        (lambda x: autodiff.equal(x.sqrt(), 1), 0.0),
        (lambda x: autodiff.heaviside(x.sqrt() + 1, 0.5), 0.0),
        (lambda x: autodiff.relu6(x.sqrt() + 7), 0.0),
        (lambda x: autodiff.hardsigmoid(x.sqrt() + 4), 0.0),
        (lambda x: autodiff.hardswish(x.sqrt() - 4), 0.0),
        (lambda x: autodiff.hardtanh(x.sqrt() + 2), 0.0),
        (lambda x: autodiff.clip(x.sqrt(), 1, 2), 0.0),
        (lambda x: autodiff.softshrink(x.sqrt() + 0.1), 0.0),
        (lambda x: autodiff.hardshrink(x.sqrt() + 0.1), 0.0),
        (lambda x: autodiff.max([x.sqrt(), x * x + 1]), 2.0),
        (lambda x: autodiff.min([x.sqrt(), x * x - 1]), 2.0),
        (lambda x: autodiff.kthvalue([x.sqrt(), x * x + 1], 2), 2.0),
        (lambda x: autodiff.floor(x.sqrt() + 0.4), 0.0),
        (lambda x: autodiff.ceil(x.sqrt() + 0.4), 0.0),
        (lambda x: autodiff.trunc(x.sqrt() + 0.4), 0.0),
        (lambda x: autodiff.rint(x.sqrt() + 0.4), 0.0),
        (lambda x: (x.sqrt() + 0.4) // 1, 0.0),
    ],
)
def test_nothing_arrives_from_a_branch_that_is_not_taken(f: Any, expected: float) -> None:
    """Below it stands √x at 0, whose slope is infinite: 0 times it would be nan."""
    assert grad(f)(0.0) == 0.0
    assert grad(grad(f))(0.0) == expected
    assert autodiff.compile(f, engine="numpy").value_and_grad(0.0)[1] == 0.0


@pytest.mark.parametrize(
    "f", [lambda x: x.exp() * x, lambda x: x**3, lambda x: autodiff.softmax([x, 1.0])[0]]
)
def test_derivatives_as_graphs_do_not_mix_two_points(f: Any) -> None:
    x = Value(2.0, name="x")
    y = f(x)
    before = gradient(y, x)
    x.data = 5.0

    with pytest.raises(ValueError, match=r"was computed before its operands had the numbers .*5\.0"):
        gradient(y, x, create_graph=True)
    assert gradient(y, x) == before
    assert gradient(f(x), x, create_graph=True).data == gradient(f(x), x)


def test_huge_numbers_of_two_points_are_not_mixed_either() -> None:
    x = Value(1e308)
    y = 1 * x
    x.data = 1.5e308

    with pytest.raises(ValueError, match="was computed before its operands had the numbers"):
        gradient(y, x, create_graph=True)


def test_numbers_that_lie_further_apart_than_floats_reach_are_others_too() -> None:
    x = Value(1e300, name="x")
    large = x * 1e8
    x.data = -1e300

    with pytest.raises(ValueError, match="was computed before its operands had the numbers"):
        gradient(large, x, create_graph=True)


@pytest.mark.parametrize("numbers", [[1e9, -1e9, 3.0], [1e9, 1.0, 1.0], [INF, -INF, 1.0]])
def test_numbers_that_only_rounding_moved_are_those_of_one_point(numbers: list[float]) -> None:
    xs = [Value(number) for number in numbers]
    y = autodiff.sum(xs)
    y.data += 1e-7

    assert [slope.data for slope in gradient(y, xs, create_graph=True)] == [1, 1, 1]


def test_second_derivatives_of_entropy_at_0() -> None:
    def f(x: Any) -> Any:
        return autodiff.xlogy(x, x)

    assert (grad(f)(0.0), grad(grad(f))(0.0), grad(grad(grad(f)))(0.0)) == (-math.inf, math.inf, -math.inf)
    assert hessian(lambda p: -f(p[0]) - f(p[1]))([0.0, 1.0]) == [[-math.inf, 0], [0, -1]]
    assert compile(f).hessian(0.0) == math.inf
