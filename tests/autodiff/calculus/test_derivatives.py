"""Derivatives of random programs four ways, derivatives of derivatives, trees of arguments, the checker."""

from __future__ import annotations

import copy
import functools
import math
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import Any, NamedTuple

import mpmath
import pytest
from hypothesis import assume, given, settings

import autodiff
from autodiff import (
    GradientError,
    NonFiniteWarning,
    Value,
    check_gradient,
    count_paths,
    grad,
    gradient,
    hessian,
    hessian_vector_product,
    jacobian,
    paths,
    topological_order,
    value_and_grad,
)
from autodiff.calculus.derivatives import argument_names
from autodiff.operations import FUNCTIONS
from autodiff.rules import TABLE, binary, unary
from tests.strategies import Program, exactly, on_values, programs


def exact_derivative(program: Program, *order: int) -> float:
    """A derivative of a program by mpmath, at 50 digits; ``order`` says how often by each input."""
    with mpmath.workdps(50):
        point = tuple(mpmath.mpf(x) for x in program.inputs)
        return float(mpmath.diff(lambda *xs: program.run(exactly, xs), point, order))


def unit(position: int, size: int) -> list[int]:
    return [int(i == position) for i in range(size)]


# ---------------------------------------------------------------- first derivatives of random programs


@settings(max_examples=60)
@given(programs())
def test_adjoint_is_the_sum_of_path_products_and_the_exact_derivative(program: Program) -> None:
    inputs = [Value(x) for x in program.inputs]
    output = program.run(on_values, inputs)
    assume(all(count_paths(output, x) <= 3000 for x in inputs))
    output.backward()
    for position, x in enumerate(inputs):
        products = [float(path.product) for path in paths(output, x)]
        size = 1 + sum(map(abs, products))
        assert x.grad == pytest.approx(math.fsum(products), abs=1e-13 * size)
        exact = exact_derivative(program, *unit(position, len(inputs)))
        assert x.grad == pytest.approx(exact, rel=1e-12, abs=1e-12 * size)


@settings(max_examples=60)
@given(programs())
def test_central_differences_agree(program: Program) -> None:
    assert check_gradient(lambda *xs: program.run(on_values, xs), *program.inputs) <= 1e-6


@settings(max_examples=60)
@given(programs())
def test_the_graph_of_a_gradient_holds_the_same_numbers(program: Program) -> None:
    inputs = [Value(x) for x in program.inputs]
    output = program.run(on_values, inputs)
    plain = gradient(output, inputs)
    assert [g.data for g in gradient(output, inputs, create_graph=True)] == pytest.approx(
        plain, rel=1e-9, abs=1e-9
    )
    assert all(node.grad == 0 for node in topological_order(output))


# ---------------------------------------------------------------- gradients of gradients


@settings(max_examples=40)
@given(programs(most_steps=6))
def test_hessian_is_exact_and_symmetric(program: Program) -> None:
    n = len(program.inputs)
    second = hessian(lambda *xs: program.run(on_values, xs), argnums=tuple(range(n)))(*program.inputs)
    for i in range(n):
        for j in range(n):
            order = [a + b for a, b in zip(unit(i, n), unit(j, n), strict=True)]
            exact = exact_derivative(program, *order)
            assert second[i][j] == pytest.approx(exact, rel=1e-9, abs=1e-9)


@settings(max_examples=30)
@given(programs(most_steps=5))
def test_hessian_vector_product_is_the_product(program: Program) -> None:
    def f(x: list[Any]) -> Any:
        return program.run(on_values, x)

    inputs = list(program.inputs)
    vector = [1.0, -2.0, 0.5][: len(inputs)]
    rows = hessian(f)(inputs)
    expected = [sum(a * b for a, b in zip(row, vector, strict=True)) for row in rows]
    assert hessian_vector_product(f)(inputs, vector) == pytest.approx(expected, rel=1e-9, abs=1e-9)


SMOOTH = sorted(
    name
    for name, rule in TABLE.items()
    if rule.arity == 1 and not rule.at_kink and name not in {"sinc", "tanhshrink", "softsign"}
)
POINTS = {
    **dict.fromkeys(("log", "log2", "log10", "sqrt"), (0.4, 1.0, 3.0)),
    **dict.fromkeys(("gamma", "lgamma", "digamma", "cbrt", "reciprocal"), (0.4, -0.7, 1.3)),
    "acosh": (1.4, 3.0),
    **dict.fromkeys(("asin", "acos", "atanh"), (0.0, 0.4, -0.9)),
}


@pytest.mark.parametrize(
    ("name", "x"), [(name, x) for name in SMOOTH for x in POINTS.get(name, (0.0, 0.4, -0.7, 1.3))]
)
def test_three_derivatives_of_every_smooth_operation(name: str, x: float) -> None:
    derivative = getattr(autodiff, name)
    for order in (1, 2, 3):
        derivative = grad(derivative)
        with mpmath.workdps(50):
            exact = float(mpmath.diff(lambda t: exactly(name, t), mpmath.mpf(x), order))
        assert derivative(x) == pytest.approx(exact, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("name", ["gelu", "erf", "tanh", "sigmoid", "silu", "softplus", "elu"])
@pytest.mark.parametrize("x", [-30.0, -8.0, -1.0, 8.0, 30.0])
def test_graphs_of_gradients_keep_the_digits_of_the_tails(name: str, x: float) -> None:
    derivative = grad(getattr(autodiff, name))
    assert derivative(Value(x)).data == pytest.approx(derivative(x), rel=1e-13, abs=0)


def test_a_derivative_by_an_exponent_that_is_zero() -> None:
    second = hessian(lambda x, y: x**y, argnums=(0, 1))(2.0, 0.0)
    assert second == ((0.0, 0.5), (0.5, pytest.approx(math.log(2) ** 2)))


def test_derivatives_at_a_zero_of_the_first_derivative_are_not_cut_off() -> None:
    assert hessian(lambda x: x**2)(0.0) == 2.0
    assert grad(grad(grad(lambda x: x**3)))(0.0) == 6.0
    assert grad(grad(lambda x: x * x * x * x))(0.0) == 0.0


def test_graphs_of_gradients_stay_small() -> None:
    x = Value(3.0, name="x")
    slope = gradient(x**2, x, create_graph=True)
    assert [node.op.name for node in topological_order(slope) if node.op] == ["mul"]
    y = Value(2.0)
    assert gradient(x * y, x, create_graph=True) is y
    constant = gradient(5 * x + y, x, create_graph=True)
    assert (constant.data, constant.op) == (5.0, None)


def test_a_gradient_can_be_differentiated_by_backward() -> None:
    x = Value(2.0)
    gradient(x**4, x, create_graph=True).backward()
    assert x.grad == 48.0


def test_second_derivatives_of_fractions_are_exact() -> None:
    x = Value(Fraction(1, 3))
    slope = gradient(x**3 / 7, x, create_graph=True)
    assert slope.data == Fraction(1, 21)
    assert gradient(slope, x) == Fraction(2, 7)
    by_mean = gradient(autodiff.mean([x, x * x]), x, create_graph=True)
    assert (by_mean.data, gradient(by_mean, x)) == (Fraction(5, 6), 1)
    assert type(gradient(FUNCTIONS["mean"]([Value(1.0), 2, 4]) * 3, Value(1.0))) is float


def test_where_on_a_value_has_a_second_derivative() -> None:
    assert grad(grad(lambda x: autodiff.where(x, x**3, x)))(2.0) == 12.0


@pytest.mark.parametrize(
    ("x", "exponent", "expected"),
    [
        (0.0, 1.5, math.inf),
        (4.0, 1.5, 0.375),
        (0.0, 2.5, 0.0),
        (0.0, 2.0, 2.0),
        (0.0, 1.0, 0.0),
        (0.0, 0.0, 0.0),
    ],
)
def test_second_derivatives_of_powers_at_the_border(x: float, exponent: float, expected: float) -> None:
    assert grad(grad(lambda x: x**exponent))(x) == expected


# ---------------------------------------------------------------- gradient: inputs and outputs


def test_inputs_not_reached_get_zero() -> None:
    x, y = Value(2.0), Value(3.0)
    assert gradient(x * x, {"x": x, "y": [y]}) == {"x": 4.0, "y": [0.0]}
    by_y = gradient(x * x, y, create_graph=True)
    assert isinstance(by_y, Value)
    assert by_y.data == 0.0


def test_an_output_that_is_its_own_input_has_derivative_one() -> None:
    x = Value(2.0)
    assert gradient(x, x) == 1.0
    assert gradient(x, x, create_graph=True).data == 1.0


def test_gradient_by_an_interior_node() -> None:
    x = Value(2.0)
    h = x * 3
    assert gradient(h**2 + x, [h, x]) == [12.0, 37.0]
    assert [g.data for g in gradient(h**2 + x, [h, x], create_graph=True)] == [12.0, 37.0]


@pytest.mark.parametrize("output", [3.0, None, "x", [Value(1.0)]])
def test_gradient_of_something_else_is_refused(output: Any) -> None:
    with pytest.raises(TypeError, match="gradient: output must be a Value"):
        gradient(output, Value(1.0))


def test_gradient_by_something_else_names_the_place() -> None:
    x = Value(1.0)
    with pytest.raises(TypeError, match=r"inputs\['w'\]\[1\] must be a Value, not 2.0"):
        gradient(x * 2, {"w": [x, 2.0]})


# ---------------------------------------------------------------- functions and trees


class Point(NamedTuple):
    x: Any
    y: Any


def test_gradients_have_the_tree_of_the_argument() -> None:
    def f(p: Any) -> Any:
        return p["w"][0] * p["w"][1][0] + p["at"].x ** 2 * p["at"].y

    point = {"w": [2, (3, 4)], "at": Point(1, 5)}
    assert grad(f)(point) == {"w": [3.0, (2.0, 0.0)], "at": Point(10.0, 1.0)}
    assert point == {"w": [2, (3, 4)], "at": Point(1, 5)}


def test_arguments_reach_the_function_as_named_values() -> None:
    seen: list[Any] = []

    def f(w: Any, p: Any, *rest: Any, scale: float = 1.0) -> Any:
        seen.extend([w[0].name, w[1].name, p["b"].name, rest[1].name, scale])
        return w[0] * scale

    assert grad(f, argnums=(0, 1, 2, 3))([1, 2], {"b": 3}, 4, 5, scale=10.0)[0] == [10.0, 0.0]
    assert seen == ["w[0]", "w[1]", "p['b']", "rest[1]", 10.0]


def test_other_arguments_reach_the_function_as_they_are() -> None:
    assert grad(lambda x, how: x**2 if how == "square" else x)(3, "square") == 6.0
    assert grad(lambda x, y: x * y, argnums=1)(3, 4) == 3.0
    assert grad(lambda x, y: x * y, argnums=-1)(3, 4) == 3.0


def test_a_plain_number_has_gradient_zero() -> None:
    assert value_and_grad(lambda x: 7)([1, 2]) == (7, [0.0, 0.0])
    assert jacobian(lambda x: [x[0], 1])([1, 2]) == [[1.0, 0.0], [0.0, 0.0]]


@pytest.mark.parametrize("output", ["3", None, 1j, True, [Value(1.0)]])
def test_a_function_that_gives_no_number_is_refused(output: Any) -> None:
    def f(x: Any) -> Any:
        return output

    with pytest.raises(TypeError, match="the function f must return a Value or a real number"):
        grad(f)(1.0)


@pytest.mark.parametrize("argument", ["3", None, 1j, True])
def test_an_argument_that_is_no_number_is_named(argument: Any) -> None:
    with pytest.raises(TypeError, match=r"the argument w\[1\] must be a real number"):
        grad(lambda w: w[0])([1.0, argument])


def test_argnums_beyond_the_call_are_refused() -> None:
    with pytest.raises(TypeError, match=r"argnums=2 .* but the call has 2"):
        grad(lambda x, y: x * y, argnums=2)(1, 2)


def test_jacobian_has_the_tree_of_the_output_and_in_it_that_of_the_argument() -> None:
    rows = jacobian(lambda x: {"sum": x[0] + x[1], "product": [x[0] * x[1]]})([2, 3])
    assert rows == {"sum": [1.0, 1.0], "product": [[3.0, 2.0]]}


def test_hessian_of_several_arguments() -> None:
    assert hessian(lambda x, y: x**2 * y, argnums=(0, 1))(2, 3) == ((6.0, 4.0), (4.0, 0.0))


def test_a_vector_of_another_tree_is_refused() -> None:
    with pytest.raises(ValueError, match="must have the tree of the gradient"):
        hessian_vector_product(lambda x: x[0] * x[1])([1, 2], [1.0])
    with pytest.raises(TypeError, match=r"hessian_vector_product: vector\[1\]"):
        hessian_vector_product(lambda x: x[0] * x[1])([1, 2], [1.0, "2"])


def test_derivatives_are_by_the_first_argument_unless_said_otherwise() -> None:
    def f(x: Any, y: Any) -> Any:
        return x**2 * y

    assert (grad(f)(2.0, 3.0), value_and_grad(f)(2.0, 3.0)) == (12.0, (12.0, 12.0))
    assert (jacobian(f)(2.0, 3.0), hessian(f)(2.0, 3.0)) == (12.0, 6.0)
    assert hessian_vector_product(f)(2.0, 3.0, 10.0) == 60.0


def test_vectors_of_any_numbers() -> None:
    of_product = hessian_vector_product(lambda x: x[0] ** 2 * x[1])

    assert of_product([2.0, 3.0], [-1.0, 0.0]) == [-6.0, -4.0]
    assert of_product([2.0, 3.0], [Value(-1.0), 0]) == [-6.0, -4.0]


# ---------------------------------------------------------------- nesting


def test_an_inner_derivative_does_not_confuse_its_variable_with_the_outer() -> None:
    assert grad(lambda x: x * grad(lambda y: x + y)(x))(3.0) == 1.0


def test_an_inner_derivative_passes_on_what_it_closes_over() -> None:
    assert grad(lambda x: grad(lambda y: x * x * y)(2.0))(3.0) == 6.0


def in_a_thread(f: Callable[[], Any]) -> Any:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(f).result()


def test_a_derivative_in_another_thread_passes_on_what_it_closes_over() -> None:
    assert grad(lambda x: in_a_thread(lambda: grad(lambda y: x * x * y)(2.0)))(3.0) == 6.0


def test_a_derivative_in_another_thread_is_a_number_where_nothing_outer_takes_part() -> None:
    seen: list[Any] = []

    def f(x: Value) -> Value:
        seen.append(in_a_thread(lambda: grad(lambda y: y * y)(2.0)))
        return x * x

    assert grad(f)(3.0) == 6.0
    assert (seen, type(seen[0])) == ([4.0], float)


def test_after_an_error_derivatives_are_numbers_again() -> None:
    with pytest.raises(ZeroDivisionError):
        grad(lambda x: x / 0)(1.0)
    assert type(grad(lambda x: x * x)(1.0)) is float


def test_a_value_as_argument_gives_a_graph() -> None:
    x = Value(3.0)
    slope = grad(lambda t: t**3)(x)
    assert slope.data == 27.0
    assert gradient(slope, x) == 18.0


# ---------------------------------------------------------------- the checker


def test_a_wrong_rule_is_caught() -> None:
    wrong = autodiff.register(unary("cube_wrong", lambda m, x: x**3, lambda m, x, z: 2 * x**2))
    with pytest.raises(
        GradientError, match=r"args\[0\]\['w'\]\[2\] = 0.5: the gradient is 0.5, the central"
    ) as e:
        check_gradient(lambda p: p["w"][0] * p["w"][1] + wrong(p["w"][2]), {"w": [1, 2, 0.5]})
    assert "relative error of 0.33" in str(e.value)
    assert check_gradient(wrong, 0.0) == 0.0  # where the wrong partial is right


def test_a_slightly_wrong_rule_is_caught() -> None:
    wrong = autodiff.register(unary("cube_off", lambda m, x: x**3, lambda m, x, z: 3.0001 * x**2))
    with pytest.raises(GradientError):
        check_gradient(wrong, 1.7)


def test_a_new_operation_works_everywhere() -> None:
    rule = binary(
        "energy",
        lambda m, x, y: x * x * y,
        (lambda m, x, y, z: 2 * x * y, lambda m, x, y, z: x * x),
        symbol="@",
        dunder="matmul",
    )
    energy = autodiff.register(rule)
    x, y = Value(3.0), Value(5.0)
    assert energy(x, y).data == x.energy(y).data == (x @ y).data == 45.0  # type: ignore[attr-defined, operator]
    assert (2 @ y).data == 20.0  # type: ignore[operator]
    assert energy(3, 5) == 45
    assert autodiff.energy(x, 2).partials == (12.0,)  # type: ignore[attr-defined]
    assert repr(x.energy(y)) == "Value(data=45.0, grad=0.0, op='@')"  # type: ignore[attr-defined]
    assert hessian(energy, argnums=(0, 1))(3.0, 5.0) == ((10.0, 6.0), (6.0, 0.0))
    assert check_gradient(energy, 3.0, 5.0) < 1e-6
    with pytest.raises(ValueError, match="'energy'"):
        autodiff.register(rule)


@pytest.mark.parametrize("x", [1e-9, 1e-5, 0.3, 1e3, 1e12])
def test_the_step_fits_the_function(x: float) -> None:
    assert check_gradient(autodiff.log, x) <= 1e-6


def test_the_checker_reports_a_kink_and_a_border() -> None:
    kinks: list[tuple[Any, tuple[Any, ...], str]] = [
        (autodiff.relu, (0.0,), r"at a kink: relu\(x = 0.0\): kink: slope 0 used, one-sided 0 and 1"),
        (lambda x, y: x.relu() * 2 + y, (0.0, 3.0), r"at a kink: relu\(x = 0.0\)"),
        (
            lambda d: d["a"][0].relu() + d["a"][1],
            ({"a": [0.0, 1.0]},),
            r"at a kink: relu\(d\['a'\]\[0\] = 0.0\)",
        ),
        (
            lambda x: x.relu() + 1e3,
            (1e-9,),
            r"so close to a kink, .* by args\[0\] crosses: relu\(x = 1e-09\)",
        ),
    ]
    for f, point, message in kinks:
        with pytest.raises(GradientError, match=message):
            check_gradient(f, *point)
    with pytest.raises(GradientError, match="is wrong"):
        check_gradient(lambda x: x * Value(x.data) + x.relu(), 1.0)
    with pytest.raises(GradientError, match="cannot be checked"):
        check_gradient(autodiff.sqrt, 0.0)


def test_a_nan_is_not_passed_over() -> None:
    with pytest.raises(GradientError):
        check_gradient(lambda x: x * math.nan, 1.0)


def test_the_checker_leaves_out_arguments_that_are_not_asked_for() -> None:
    assert check_gradient(lambda x, how: x * x if how == "square" else x, 2.0, "square", argnums=0) < 1e-6
    with pytest.raises(TypeError, match=r"check_gradient: args\[1\]"):
        check_gradient(lambda x, how: x, 2.0, "square")


def test_a_stray_gradient_in_a_discontinuous_function_is_an_assertion_error() -> None:
    with pytest.raises(AssertionError):
        check_gradient(lambda x: Value(x.data**2), 3.0)  # leaves the graph: the gradient is 0


@pytest.mark.parametrize(
    ("f", "args"),
    [
        (lambda x, y: x * y.tanh(), (0.7, -0.4)),
        (lambda p, y: p["w"][0].tanh() * p["w"][1].exp() + y.sin(), ({"w": [0.3, -0.2]}, 1.5)),
        (lambda *xs: xs[0].exp() * xs[1].sin() * xs[2].tanh(), (0.3, 0.4, 0.5)),
    ],
)
def test_the_checker_calls_with_values_for_all_arguments_that_are_checked(
    f: Any, args: tuple[Any, ...]
) -> None:
    assert check_gradient(f, *args) < 1e-6


def test_the_checker_leaves_all_other_arguments_as_they_are() -> None:
    scale = Value(2.0, name="scale")
    seen = []

    def f(x: Any, factor: Any, y: Any, *, how: Any) -> Any:
        seen.append((type(x), factor, type(y), how))
        return x.tanh() * factor * y.sin()

    assert check_gradient(f, 0.7, scale, -0.4, argnums=(0, -1), how=[1]) < 1e-6
    assert all(call == (Value, scale, Value, [1]) for call in seen)
    assert len(seen) > 4


def test_the_checker_works_where_something_is_being_differentiated() -> None:
    errors = []

    def f(x: Any) -> Any:
        errors.append(check_gradient(lambda u, v: u * v.tanh(), 0.7, -0.4))
        return x * x

    assert grad(f)(3.0) == 6.0
    assert errors[0] < 1e-6


@pytest.mark.parametrize("argnums", ["y", 1.0, True, None, (0, "y")])
def test_argnums_are_positions(argnums: Any) -> None:
    with pytest.raises(TypeError, match=r"argnums must be the position .* the arguments are 0: x, 1: y$"):
        grad(lambda x, y: x * y, argnums=argnums)(2.0, 3.0)


class Pair(NamedTuple):
    a: float
    b: float


class Row(list[float]):
    pass


@pytest.mark.parametrize(
    "tree",
    [
        OrderedDict(a=2.0, b=3.0),
        defaultdict(float, a=2.0, b=3.0),
        Counter(a=2, b=3),
        Pair(2.0, 3.0),
        Row([2.0, 3.0]),
    ],
)
def test_arguments_keep_their_class(tree: Any) -> None:
    kinds = []

    def product(given: Any) -> Any:
        kinds.append(type(given))
        x, y = given.values() if isinstance(given, dict) else given
        return x * y

    before = copy.copy(tree)
    results = [grad(product)(tree), autodiff.compile(product).value_and_grad(tree)[1]]

    assert {*kinds} == {type(tree)}
    for found in results:
        assert type(found) is type(tree)
        assert [*(found.values() if isinstance(found, dict) else found)] == [3.0, 2.0]
    assert tree == before


@pytest.mark.parametrize("derive", [grad, value_and_grad, jacobian, hessian, hessian_vector_product])
def test_derived_functions_say_what_they_are(derive: Any) -> None:
    def area(x: Any, y: Any) -> Any:
        return x * y

    derived = derive(area)

    assert derived.__name__ == derived.__qualname__ == f"{derive.__name__}(area)"
    assert derived.__doc__ == f"{derive.__name__} of the function area."
    assert getattr(derived, "__wrapped__", None) is (None if derive is hessian_vector_product else area)
    assert derive(functools.partial(area, 2)).__name__ == f"{derive.__name__}(...)"


@pytest.mark.parametrize(
    ("outputs", "hint"),
    [
        ([1.0, 2.0], "of type list; for many outputs use jacobian(f)"),
        ((1.0, 2.0), "of type tuple; for many outputs use jacobian(f)"),
        ({"a": 1.0}, "of type dict; for many outputs use jacobian(f)"),
        (None, "of type NoneType: did a function forget its return?"),
    ],
)
def test_a_function_of_other_outputs_is_told_what_to_use(outputs: Any, hint: str) -> None:
    with pytest.raises(TypeError) as caught:
        grad(lambda x: outputs)(1.0)

    assert str(caught.value) == (
        f"grad: the function <lambda> must return a Value or a real number, not {outputs!r} {hint}"
    )


def test_an_output_of_many_that_is_no_number_is_named() -> None:
    with pytest.raises(
        TypeError, match=r"jacobian: .* a real number at output\['b'\]\[1\], not None of type"
    ):
        jacobian(lambda x: {"a": x, "b": [x, None]})(1.0)


@pytest.mark.parametrize(
    ("argnums", "expected"),
    [
        (0, 3.0),
        (1, 2.0),
        (-1, 2.0),
        (-2, 3.0),
        ((0, 1), (3.0, 2.0)),
        ((1,), (2.0,)),
        ((-1, 0), (2.0, 3.0)),
        ([1, 0], (2.0, 3.0)),
    ],
)
def test_positions_count_from_either_end(argnums: Any, expected: Any) -> None:
    assert grad(lambda x, y: x * y, argnums)(2.0, 3.0) == expected


@pytest.mark.parametrize("argnums", [2, -3, (0, 2), (-3,)])
def test_positions_outside_of_the_call_are_named(argnums: Any) -> None:
    position = argnums if isinstance(argnums, int) else argnums[-1]
    with pytest.raises(
        TypeError, match=rf"asks for the positional argument {position} of .* but the call has 2 \("
    ):
        grad(lambda x, y: x * y, argnums)(2.0, 3.0)


def test_positions_that_are_none_are_told_the_arguments() -> None:
    for argnums in ("x", 0.5, True, (0, True), None):
        wrong: Any = argnums
        with pytest.raises(TypeError, match=r"counted from 0, .* not .*; the arguments are 0: x, 1: y$"):
            grad(lambda x, y: x * y, wrong)(2.0, 3.0)


def test_arguments_are_named_after_parameters() -> None:
    def named_by(f: Any, *args: Any) -> list[str]:
        return argument_names(f, len(args))

    assert named_by(lambda x, y: 0, 1, 2) == ["x", "y"]
    assert named_by(lambda x, *rest: 0, 1, 2, 3) == ["x", "rest[0]", "rest[1]"]
    assert named_by(lambda *rest: 0, 1, 2) == ["rest[0]", "rest[1]"]
    assert named_by(lambda x, /, y, *, z=0: 0, 1, 2) == ["x", "y"]
    assert named_by(max, 1, 2) == ["args[0]", "args[1]"]
    assert named_by(lambda x: 0, 1, 2) == ["x", "args[0]"]


def test_derivatives_are_plain_numbers_unless_asked_for_graphs() -> None:
    x, half = Value(2.0), Value(Fraction(1, 2))

    assert repr(gradient(x * x, [x, half])) == "[4.0, Fraction(0, 1)]"
    assert repr(gradient(half * half, half)) == "Fraction(1, 1)"
    assert repr(value_and_grad(lambda x: x * x)(2)) == "(4.0, 4.0)"
    assert repr(value_and_grad(lambda x: 5)(2)) == "(5, 0.0)"
    assert repr(grad(lambda x: 5)(Fraction(2))) == "Fraction(0, 1)"
    value, slope = value_and_grad(lambda x: x * x)(x)
    assert (type(value), type(slope), value.data, slope.data) == (Value, Value, 4.0, 4.0)
    constant = grad(lambda x: 5)(x)
    assert (type(constant), constant.data) == (Value, 0.0)


def test_a_value_as_argument_reaches_the_function_as_a_node_of_its_own() -> None:
    x = Value(3.0, name="x")
    seen = []

    def f(argument: Any) -> Any:
        seen.append(argument)
        return argument * argument + x

    assert grad(f)(x).data == 6.0
    assert seen[0] is not x
    assert (seen[0].data, seen[0].name, seen[0].parents) == (3.0, "argument", (x,))


def test_a_direction_that_leaves_an_input_out_does_not_ask_for_its_slope() -> None:
    product = hessian_vector_product(lambda x: x[0].sqrt() + x[1] ** 2)

    assert product([0.0, 3.0], [0, 1.0])[1] == 2.0
    assert repr(hessian_vector_product(lambda x: 3 * x)(2.0, 1.0)) == "0.0"
    assert hessian_vector_product(lambda x, y: x * x * y, (0, 1))(2.0, 3.0, (1.0, 10.0)) == (46.0, 4.0)


def test_a_nan_in_a_gradient_is_warned_of_and_other_gradients_are_not(
    recwarn: pytest.WarningsRecorder,
) -> None:
    x, y = Value(0.0, name="x"), Value(1.0, name="y")
    assert gradient((x**2 + y).sqrt(), [x, y]) == [0.0, 0.5]
    assert math.isnan(gradient(Value(math.nan) * y, y))
    assert list(recwarn) == []

    with pytest.warns(NonFiniteWarning, match="^gradient: "):
        assert math.isnan(gradient((x**2).sqrt(), x))
    with pytest.warns(NonFiniteWarning, match="^gradient: "):
        assert math.isnan(gradient((x**2).sqrt() + y, [y, x])[1])


def test_what_is_no_value_is_refused_by_name() -> None:
    wrong: Any = 3.0
    with pytest.raises(
        TypeError,
        match=r"^gradient: output must be a Value, not 3.0 of type float; to differentiate a function use grad",
    ):
        gradient(wrong, Value(1.0))
    with pytest.raises(
        TypeError, match=r"^gradient: inputs\['a'\] must be a Value, not None .* forget its return\?; to"
    ):
        gradient(Value(1.0), {"a": None})


@pytest.mark.parametrize("make", [grad, value_and_grad, jacobian, hessian, hessian_vector_product])
def test_a_node_is_no_function(make: Callable[[Any], object]) -> None:
    with pytest.raises(TypeError, match=rf"^{make.__name__}: f must be a function, not Value\(data=4.0"):
        make(Value(2.0) ** 2)
