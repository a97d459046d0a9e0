"""Value: numbers it takes, operations, backward, comparisons, copies, and what it refuses."""

from __future__ import annotations

import builtins
import copy
import math
import operator
import pickle
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import autodiff
from autodiff import (
    LostStepWarning,
    NonFiniteWarning,
    RepeatedBackwardWarning,
    Value,
    gradient,
    topological_order,
)
from autodiff.node import adjoints, reverse_sweep
from autodiff.operations import FUNCTIONS

# ---------------------------------------------------------------- numbers


@pytest.mark.parametrize("data", [3, 3.0, np.float64(3), np.float32(3), np.int64(3)])
def test_real_numbers_become_floats(data: Any) -> None:
    assert type(Value(data).data) is float
    assert Value(data).data == 3.0


def test_fractions_stay_exact() -> None:
    third = Value(Fraction(1, 3))
    assert (third * 3 - third / 4 + third**2).data == Fraction(37, 36)
    assert autodiff.relu(third).data == Fraction(1, 3)
    assert autodiff.dot([third, third], [third, 2], bias=1).data == Fraction(16, 9)
    assert autodiff.sum([third, third]).data == Fraction(2, 3)


def test_a_neuron_with_weights_zero_has_the_gradient_of_the_sheet() -> None:
    w1, w2, b = (Value(Fraction(0), name=name) for name in ("w1", "w2", "b"))
    output = autodiff.sigmoid(autodiff.dot([w1, w2], [Fraction(1, 2), 1], bias=b))
    assert output.data == Fraction(1, 2)
    loss = (output - 1) ** 2 / 2
    loss.backward()
    assert (w1.grad, w2.grad, b.grad) == (Fraction(-1, 16), Fraction(-1, 8), Fraction(-1, 8))
    assert gradient(output * loss, w1) == Fraction(1, 8) * Fraction(1, 8) + Fraction(1, 2) * Fraction(-1, 16)
    assert (output**3 * b.sigmoid() * (1 - output)).data == Fraction(1, 32)
    assert all(type(x.grad) is Fraction for x in (w1, w2, b))


@pytest.mark.parametrize("data", ["3", None, 1j, True, [1], (1.0,), np.array([1.0]), {}, b"3"])
def test_other_things_are_refused_with_advice(data: Any) -> None:
    with pytest.raises(TypeError, match=r"Value\(data\): data must be a real number") as error:
        Value(data)
    assert type(data).__name__ in str(error.value)


def test_the_advice_says_what_to_do() -> None:
    for data, advice in (("3", "float"), (True, r"1\.0"), ([1], "one Value for each"), (None, "return")):
        with pytest.raises(TypeError, match=advice):
            Value(data)
    with pytest.raises(TypeError, match="already"):
        Value(Value(1.0))


@pytest.mark.parametrize("name", [3, b"x", ["x"], Value(1.0)])
def test_names_that_are_not_strings_are_refused(name: Any) -> None:
    x = Value(2.0, name="x")
    with pytest.raises(TypeError, match="a name must be a string"):
        Value(2.0, name=name)
    with pytest.raises(TypeError, match="a name must be a string"):
        x.named(name)
    assert x.name == "x"


# ---------------------------------------------------------------- operators


def test_operators_with_numbers_on_either_side() -> None:
    v = Value(4.0)
    results = [v + 1, 1 + v, v - 1, 1 - v, v * 2, 2 * v, v / 2, 2 / v, v**2, 2**v, -v, abs(-v)]
    assert [r.data for r in results] == [5, 5, 3, -3, 8, 8, 2, 0.5, 16, 16, -4, 4]
    assert [gradient(r, v) for r in results] == pytest.approx(
        [1, 1, 1, -1, 2, 2, 0.5, -0.125, 8, 16 * math.log(2), -1, 1]
    )


def test_value_to_the_power_of_a_value() -> None:
    x, y = Value(2.0), Value(3.0)
    assert gradient(x**y, [x, y]) == pytest.approx([12.0, 8 * math.log(2)])


def test_operands_hold_numbers_too_and_parents_only_values() -> None:
    x = Value(3.0)
    square = x**2
    assert square.operands == (x, 2)
    assert square.parents == (x,)
    assert square.partials == (6.0,)
    assert (2 - x).operands == (2, x)
    assert [*(2 - x).partials] == [-1]
    assert (x * x).parents == (x, x)
    assert (x.operands, x.parents, x.partials, x.op) == ((), (), (), None)


def test_the_sum_of_python() -> None:
    x, y = Value(2.0), Value(3.0)
    total = builtins.sum([x, y, x])
    assert isinstance(total, Value)
    assert (total.data, gradient(total, x)) == (7.0, 2.0)


def test_functions_of_plain_numbers_give_plain_numbers() -> None:
    assert type(autodiff.tanh(1)) is float
    assert autodiff.dot([1, 2], [3, 4], bias=5) == 16
    assert autodiff.softmax([0, 0]) == [0.5, 0.5]
    assert autodiff.sigmoid(Fraction(0)) == Fraction(1, 2)


def test_repr_shows_data_grad_name_and_operation() -> None:
    x = Value(2.0, name="x")
    assert repr(x) == "Value(data=2.0, grad=0.0, name='x')"
    assert repr(x * 2) == "Value(data=4.0, grad=0.0, op='·')"


# ---------------------------------------------------------------- backward


def test_powers_of_fractions_on_either_side_are_exact() -> None:
    for power in (2 ** Value(Fraction(3)), Value(Fraction(2)) ** 3, Value(Fraction(1, 2)) ** -3):
        assert (power.data, type(power.data)) == (8, Fraction)


@pytest.mark.parametrize(
    "chosen",
    [
        lambda half: autodiff.greater(half, 0),
        lambda half: autodiff.where(half, 1, 0),
        lambda half: autodiff.max([half, 1]),
        lambda half: autodiff.equal(half, half),
        lambda half: autodiff.maximum(half, 1),
    ],
)
def test_a_whole_number_chosen_among_fractions_is_exact_in_what_follows(chosen: Any) -> None:
    node = chosen(Value(Fraction(1, 2)))

    assert (node.data, type(node.data)) == (1, Fraction)
    assert ((node / 3).data, type((node / 3).data)) == (Fraction(1, 3), Fraction)


def test_shared_nodes_count_once_for_every_edge() -> None:
    a = Value(3.0)
    (a * a).backward()
    assert a.grad == 6.0
    a = Value(3.0)
    (a + a).backward()
    assert a.grad == 2.0
    a = Value(3.0)
    b = a * 2
    (b * b + b).backward()
    assert (a.grad, b.grad) == (26.0, 13.0)


def test_an_output_that_is_a_leaf() -> None:
    x = Value(3.0)
    x.backward()
    assert x.grad == 1.0


def test_inputs_not_reached_keep_their_grad() -> None:
    x, y = Value(3.0), Value(4.0)
    (x * 2).backward()
    assert y.grad == 0.0


def test_backward_twice_doubles_leaves_and_not_interior_nodes() -> None:
    x = Value(3.0)
    square = x * x
    cube = square * x
    cube.backward()
    assert (x.grad, square.grad, cube.grad) == (27.0, 3.0, 1.0)
    with pytest.warns(RepeatedBackwardWarning):
        cube.backward()
    assert (x.grad, square.grad, cube.grad) == (54.0, 3.0, 1.0)


def test_two_outputs_over_one_graph_add_up() -> None:
    x = Value(3.0)
    square = x * x
    first, second = square * 2, square + x
    first.backward()
    second.backward()
    assert x.grad == 12.0 + 7.0
    assert square.grad == 1.0  # of the sweep from second


def test_nothing_passes_to_an_operand_that_was_not_chosen_not_even_infinity() -> None:
    for chosen in (
        lambda x, y: autodiff.max([x, y]),
        lambda x, y: autodiff.maximum(x, y),
        lambda x, y: autodiff.where(1, x, y),
        lambda x, y: autodiff.min([-x, -y, -y]) * -1,
    ):
        x, y = Value(0.0), Value(-1.0)
        swept = adjoints(chosen(x, y), math.inf)

        assert (swept[x], swept[y]) == (math.inf, 0.0)
    tied = Value(0.0)
    assert math.isnan(adjoints(autodiff.prod([tied, tied, tied]), math.inf)[tied])


@pytest.mark.parametrize("operation", ["maximum", "minimum", "hypot", "leaky_relu", "mul", "where"])
def test_a_sweep_passes_to_either_operand_what_its_partial_says(operation: str) -> None:
    condition = [0] if operation == "where" else []
    for numbers in ((2.0, 3.0), (3.0, 2.0), (-2.0, 3.0), (0.0, 3.0)):
        x, y = map(Value, numbers)
        node = FUNCTIONS[operation](*condition, x, y)

        swept = adjoints(node * 1, 5)

        assert [swept[x], swept[y]] == [5 * partial for partial in node.partials]
        assert any(node.partials)


def test_zero_times_infinity_is_not_passed_over_but_at_what_was_not_chosen() -> None:
    x, y = Value(0.0), Value(0.0)
    for node in (x * y, y * x):
        swept = adjoints(node, math.inf)

        assert math.isnan(swept[x])
        assert math.isnan(swept[y])
    low, high = Value(1.0), Value(2.0)
    for node in (autodiff.maximum(low, high), autodiff.maximum(high, low)):
        swept = adjoints(node, math.inf)

        assert (swept[low], swept[high]) == (0.0, math.inf)


def test_a_sweep_starts_from_1_or_from_its_seed() -> None:
    x = Value(3.0)
    square = x * x

    assert adjoints(square) == reverse_sweep(topological_order(square)) == {x: 6.0, square: 1.0}
    assert adjoints(square, 2) == {x: 12.0, square: 2.0}
    assert adjoints(square, 0) == {x: 0.0, square: 0.0}
    half = Value(Fraction(1, 2))
    assert repr(adjoints(half * half)[half]) == repr(Fraction(1))
    assert repr(adjoints(half * half, 0)[half]) == repr(Fraction(0))


def test_seed_scales() -> None:
    x = Value(3.0)
    (x * x).backward(seed=0.5)
    assert x.grad == 3.0


def test_grad_can_be_set() -> None:
    x = Value(3.0)
    (x * x).backward()
    x.grad = 0
    (x * x).backward()
    assert x.grad == 6.0


def test_a_nan_is_no_exception() -> None:
    x, y = Value(math.nan), Value(2.0)
    with pytest.warns(NonFiniteWarning):
        (x * y).backward()
    assert math.isnan(y.grad)
    assert x.grad == 2.0


@pytest.mark.parametrize("seed", ["1", None, True, [1.0]])
def test_a_seed_that_is_no_number_changes_nothing(seed: Any) -> None:
    x = Value(3.0)
    y = x * x
    y.backward()
    with pytest.raises(TypeError, match="backward: seed must be a real number"):
        y.backward(seed=seed)
    assert (x.grad, y.grad) == (6.0, 1.0)


def test_an_error_while_grads_are_added_leaves_all_of_them() -> None:
    x, y, z = Value(1.0), Value(2.0), Value(3.0)
    output = x * y * z
    output.backward()
    z.grad = "spoiled"
    before = [node.grad for node in topological_order(output)]
    with pytest.raises(TypeError):
        output.backward()
    assert [node.grad for node in topological_order(output)] == before


@pytest.mark.parametrize("number", [1.5, Fraction(1, 3)])
def test_comparisons_with_something_equal(number: Any) -> None:
    x, same = Value(number), Value(number)

    for other in (same, number):
        assert [x < other, x <= other, x > other, x >= other] == [False, True, False, True]
        assert [other < x, other <= x, other > x, other >= x] == [False, True, False, True]
    assert [x < number + 1, x <= number + 1, x > number + 1, x >= number + 1] == [True, True, False, False]
    assert [x < number - 1, x <= number - 1, x > number - 1, x >= number - 1] == [False, False, True, True]


def test_a_node_has_the_attributes_that_code_for_micrograd_reads() -> None:
    x, y = Value(2.0), Value(3.0)

    assert ((x * y)._prev, (x * y)._op) == ((x, y), "·")
    assert (x._prev, x._op) == ((), "")


def test_a_step_that_changes_no_parameter_is_warned_of() -> None:
    w, unnamed = Value(3.0, name="w"), Value(2.0)
    (w * unnamed).backward()
    with pytest.warns(LostStepWarning, match="of the leaf w as it is"):
        made = copy.copy(w).__isub__(0.5)
    assert (made.data, w.data) == (2.5, 3.0)
    with pytest.warns(LostStepWarning, match=r"of the leaf Value\(data=2.0, grad=3.0\) as it is"):
        unnamed.__isub__(0.5)


def test_other_differences_in_place_are_made_without_a_word() -> None:
    class Weight(Value):
        pass

    w, special, fresh = Value(3.0), Weight(3.0), Value(3.0)
    product = w * special * fresh
    product.backward()
    fresh.grad = 0.0

    assert w.__isub__(Value(1.0)).data == 2.0
    assert special.__isub__(1.0).data == 2.0
    assert fresh.__isub__(1.0).data == 2.0
    assert product.grad
    assert product.__isub__(1.0).data == 26.0


def test_arguments_of_micrograd_are_refused_one_by_one() -> None:
    anything: Any = Value
    with pytest.raises(TypeError, match=r"^a Value takes no label: write name='x'$"):
        anything(2.0, label="x")
    with pytest.raises(TypeError, match=r"^Value\(data, name\) makes a leaf"):
        anything(2.0, _op="+")
    with pytest.raises(TypeError, match=r"^a Value takes no label: write name='x'$"):
        anything(2.0, _op="+", label="x")


def test_hints_at_other_names_are_no_attributes() -> None:
    listed = dir(Value(2.0))

    assert {"data", "grad", "exp", "backward"} <= {*listed}
    assert not {"label", "softmax"} & {*listed}
    with pytest.raises(AttributeError, match=r"its name is v\.name"):
        Value(2.0).label  # type: ignore[attr-defined]  # noqa: B018 - raises


# ---------------------------------------------------------------- leaving the graph


@pytest.mark.parametrize("leave", [float, int, math.exp, bool, complex])
def test_leaving_the_graph_is_refused(leave: Any) -> None:
    with pytest.raises(TypeError):
        leave(Value(2.0, name="x"))


def test_the_refusal_names_the_node_and_the_way_out() -> None:
    v = Value(2.0, name="speed")
    for leave in (float, math.exp, int):
        with pytest.raises(TypeError, match=r"'speed'.* v\.data"):
            leave(v)
    with pytest.raises(TypeError, match=r"v\.exp\(\)"):
        math.exp(v)
    with pytest.raises(TypeError, match=r"neither true nor false: compare its number, such as v\.data != 0"):
        assert v


def test_comparisons_look_at_the_data_and_equality_at_the_node() -> None:
    x, y = Value(2.0), Value(3.0)
    assert x < y <= 3 < 4.5 > y > 2 <= x >= x
    assert max([x, y]) is y
    assert (x == Value(2.0), x == x, x != y) == (False, True, True)
    assert len({x, y, x}) == 2
    with pytest.raises(TypeError, match="<: the other operand must be a real number"):
        _ = x < "a"  # type: ignore[operator]


# ---------------------------------------------------------------- errors of operations


OPERATORS: dict[str, Any] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "truediv": lambda a, b: a / b,
    "pow": lambda a, b: a**b,
}


@pytest.mark.parametrize("operation", OPERATORS)
@pytest.mark.parametrize("other", ["a", None, 1j, True, [1.0], {}])
def test_operands_that_are_no_numbers_are_refused(operation: str, other: Any) -> None:
    v = Value(2.0)
    apply = OPERATORS[operation]
    for left, right in ((v, other), (other, v)):
        with pytest.raises(TypeError, match=f"{operation}: operand must be a real number or a Value"):
            apply(left, right)
    assert (v.data, v.grad) == (2.0, 0.0)


@pytest.mark.parametrize(
    ("operation", "error", "message"),
    [
        (lambda v: (v - 3).log(), ValueError, r"^log: .* at x = -1.0; defined for x > 0"),
        (lambda v: autodiff.log(v * 0), ValueError, r"^log: .* at x = 0.0"),
        (lambda v: 1 / (v - 2), ZeroDivisionError, r"^truediv: .* at x = 1, y = 0.0; defined for y != 0"),
        (lambda v: v / 0, ZeroDivisionError, r"^truediv: .* x = 2.0 \(the node named 'speed'\), y = 0"),
        (lambda v: (v - 10) ** (1 / 3), ValueError, r"^pow: .* at x = -8.0, y = 0.333"),
        (lambda v: (v - 10) ** (v / 6), ValueError, r"^pow: .* at x = -8.0, y = 0.333"),
        (lambda v: (v - 2) ** -1, ZeroDivisionError, r"^pow: "),
        (lambda v: v**1e4, OverflowError, r"^pow: "),
        (lambda v: (v * 5e3).exp(), OverflowError, r"^exp: .* at x = 10000.0; defined for x <= 709.78"),
        (lambda v: (-v).sqrt(), ValueError, r"^sqrt: .* at x = -2.0"),
        (lambda v: v.asin(), ValueError, r"^asin: .* at x = 2.0 \(the node named 'speed'\)"),
        (lambda v: autodiff.log(-1), ValueError, r"^log: .* at x = -1"),
        (lambda v: autodiff.max([]), ValueError, r"^max: needs at least one operand"),
        (lambda v: autodiff.dot([v], [1, 2]), ValueError, r"^dot: .* got 1 weights and 2 inputs"),
        (lambda v: FUNCTIONS["tanh"](v, v), TypeError, r"tanh\(\) takes 1 operand"),
        (lambda v: FUNCTIONS["sum"]([v, "a"]), TypeError, r"^sum: operand .*'a'"),
    ],
)
def test_errors_name_operation_operand_and_value(
    operation: Any, error: type[Exception], message: str
) -> None:
    v = Value(2.0, name="speed")
    with pytest.raises(error, match=message):
        operation(v)
    assert (v.data, v.grad) == (2.0, 0.0)


# ---------------------------------------------------------------- NumPy


def test_numpy_scalars_on_either_side() -> None:
    v = Value(3.0)
    scalars: list[Any] = [np.float64(2), np.int64(2), np.float32(2)]  # NumPy's types know no Value
    for product in (scalar for two in scalars for scalar in (two * v, v * two)):
        assert isinstance(product, Value)
        assert (product.data, gradient(product, v)) == (6.0, 2.0)
    assert (np.float64(2) ** v).data == 8.0


LONG: list[Any] = [np.longdouble(2), np.array(2, np.longdouble)]


@pytest.mark.parametrize("two", LONG, ids=["scalar", "array of one"])
def test_long_numbers_of_numpy_on_either_side(two: Any) -> None:
    v = Value(3.0)

    arithmetic = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.mod]
    operations: list[Callable[..., Any]] = [*arithmetic, operator.floordiv, lambda x, y: divmod(x, y)[1]]
    for operation in operations:
        for found, expected in [
            (operation(two, v), operation(Value(2.0), 3.0)),
            (operation(v, two), operation(v, 2.0)),
        ]:
            assert (found.data, found.op) == (expected.data, expected.op)
    for compare in (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne):
        assert bool(compare(two, v)) is compare(2.0, v)
        assert bool(compare(v, two)) is compare(v, 2.0)
    assert gradient(two * v, v) == 2.0
    both: Any = np.array([2, 4], np.longdouble)
    assert [x.data for x in both * v] == [6.0, 12.0]


def test_long_complex_numbers_are_refused() -> None:
    long: Any = np.clongdouble(2j)

    for wrong in (
        lambda: Value(long),
        lambda: long * Value(3.0),
        lambda: Value(3.0) * long,
        lambda: long < Value(3.0),
    ):
        with pytest.raises(TypeError, match="only real numbers are differentiated here"):
            wrong()


def test_numpy_arrays_are_taken_apart() -> None:
    v = Value(3.0)
    array: Any = np.array([1.0, 2.0])
    for products in (array * v, v * array):
        assert products.dtype == object
        assert [p.data for p in products] == [3.0, 6.0]
        assert [gradient(p, v) for p in products] == [1.0, 2.0]
    assert [p.data for p in v - array] == [2.0, 1.0]
    assert (np.array([v, 2 * v]) @ np.array([1.0, 10.0])).data == 63.0


def test_methods_run_on_object_arrays() -> None:
    v = Value(3.0)
    assert np.tanh(np.array([v, v]))[1].data == math.tanh(3.0)


# ---------------------------------------------------------------- copies


def test_copies_keep_graph_sharing_grads_and_names() -> None:
    x, y = Value(2.0, name="x"), Value(Fraction(1, 3), name="y")
    shared = (x * y).named("shared")
    output = autodiff.dot([shared, x], [shared, 3], bias=y) + shared.tanh() + 2**x
    output.backward()
    for copied in (copy.deepcopy(output), pickle.loads(pickle.dumps(output))):
        before, after = topological_order(output), topological_order(copied)
        assert [repr(node) for node in after] == [repr(node) for node in before]
        assert not set(before) & set(after)
        assert [node.partials for node in after] == [node.partials for node in before]
        leaf = next(node for node in after if node.name == "x")
        assert gradient(copied, leaf) == gradient(output, x)


def test_a_shallow_copy_shares_its_parents() -> None:
    x = Value(2.0)
    output = x * x
    assert copy.copy(output).parents == (x, x)


def test_leaves_stay_shared_in_a_copied_structure() -> None:
    x = Value(2.0, name="x")
    outputs = {"x": x, "f": x * x}
    for copied in (copy.deepcopy(outputs), pickle.loads(pickle.dumps(outputs))):
        assert copied["f"].parents == (copied["x"], copied["x"])


def test_numbers_too_large_for_a_float_are_named() -> None:
    with pytest.raises(OverflowError, match=r"Value\(data\): data = 1000.* is too large for a float"):
        Value(10**400)
    with pytest.raises(OverflowError, match=r"pow: the result is too large .* at x = 1e\+200, y = 2"):
        Value(1e200) ** 2


def test_a_subclass_is_a_value_too() -> None:
    class Weight(Value):
        pass

    w, x = Weight(2.0), Value(3.0)
    y = x * w + autodiff.dot([w, x], [1, 2]) + w.maximum(1)
    y.backward()

    assert w.grad == 3.0 + 1.0 + 1.0
    assert x.grad == 2.0 + 2.0


@pytest.mark.parametrize("number", [7.5, -7.5, 0.3, -4.0, Fraction(-7, 3)])
@pytest.mark.parametrize("divisor", [2.0, -2.0, 0.1, Fraction(2, 3)])
def test_operators_of_division_are_those_of_python(number: Any, divisor: Any) -> None:
    v, w = Value(number), Value(divisor)

    for x, y in ((v, w), (v, divisor), (number, w)):
        assert (x // y).data == number // divisor
        assert (x % y).data == number % divisor
        assert [z.data for z in divmod(x, y)] == [*divmod(number, divisor)]
        assert (x // y).partials == (0,) * len((x // y).parents)
    assert (v % w).partials == (1, -(number // divisor))


@pytest.mark.parametrize("step", [math.floor, math.ceil, math.trunc, round])
@pytest.mark.parametrize("number", [2.5, -2.5, 3.5, 0.4, -0.4, 1e300, Fraction(7, 2), Fraction(-5, 2)])
def test_steps_to_whole_numbers_are_nodes_without_slope(step: Callable[[Any], Any], number: Any) -> None:
    node = step(Value(number))

    assert (node.data, type(node.data), node.partials) == (step(number), type(number), (0,))


def test_rounding_to_digits_says_what_to_write() -> None:
    with pytest.raises(TypeError, match=r"whole numbers; write f'\{v:\.3f\}' to show"):
        round(Value(2.456), 2)


def test_nothing_is_divided_by_zero() -> None:
    v = Value(7.5)
    zero = v - v
    operations: list[Callable[[], Any]] = [lambda: v % 0, lambda: v // 0, lambda: 1 % zero, lambda: v.fmod(0)]
    for operation in operations:
        with pytest.raises(ZeroDivisionError, match="modulo by zero"):
            operation()


def test_letters_of_a_row_are_not_mixed_with_names() -> None:
    x, y = Value(0.0, name="x"), Value(0.0, name="y")

    with pytest.raises(
        ZeroDivisionError, match=r"the second operand = 0.0 \(the node named 'x'\); defined for"
    ):
        1 / x
    with pytest.raises(
        ZeroDivisionError, match=r"x = 0.0 \(the node named 'x'\), y = 0.0 .*; defined for y != 0"
    ):
        x / y


def test_a_caret_is_no_power() -> None:
    x: Any = Value(2.0, name="x")
    for left, right in ((x, 2), (2, x)):
        with pytest.raises(TypeError, match=r"\^ is no power in Python, write \*\*"):
            left ^ right
