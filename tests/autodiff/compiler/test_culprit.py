"""find_nonfinite for compiled functions: the first operation that makes nan or infinity of finite numbers."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable

import numpy as np
import pytest

import autodiff
from autodiff import Value, compile
from autodiff.calculus.trees import Tree
from autodiff.compiler.compiled import find_nonfinite


def loss(x: Value, y: Value) -> Value:
    scaled = (x * 100).named("scaled")
    grown = scaled.exp()  # overflows from x = 7.1 on
    return (grown - grown) * y + y.log()


def test_the_first_operation_is_named_with_operands_sample_and_line() -> None:
    found = find_nonfinite(compile(loss), np.array([1.0, 8.0, 9.0]), 1.0)
    line = inspect.getsourcelines(loss)[1] + 2

    assert found is not None
    assert (found.operation, found.names, found.operands) == ("exp", ("scaled",), (800.0,))
    assert (found.number, found.sample) == (math.inf, (1,))
    assert found.line == f"test_culprit.py:{line}"
    assert repr(found) == f"exp(scaled = 800.0) is inf in sample 1, computed at test_culprit.py:{line}"


def test_the_order_of_the_function_counts_and_not_the_sample() -> None:
    found = find_nonfinite(compile(loss), np.array([1.0, 8.0]), np.array([-1.0, 1.0]))

    assert found is not None
    assert found.operation == "exp"


def test_without_a_batch_there_is_no_sample() -> None:
    found = find_nonfinite(compile(loss), 1.0, -1.0)

    assert found is not None
    assert found.sample is None
    assert "log(y = -1.0) is nan, computed at" in repr(found)


def test_a_sample_of_a_batch_with_two_axes() -> None:
    x = np.ones((2, 3))
    x[1, 2] = 8

    found = find_nonfinite(compile(loss), x, 1.0)

    assert found is not None
    assert found.sample == (1, 2)


@pytest.mark.parametrize("args", [(1.0, 1.0), (np.ones(3), 2.0)])
def test_nothing_is_found_where_all_is_finite(args: tuple[Tree, ...]) -> None:
    assert find_nonfinite(compile(loss), *args) is None


def test_an_argument_that_is_not_finite() -> None:
    found = find_nonfinite(compile(lambda x: x[0] * x[1]), np.array([[1.0, 2.0], [3.0, math.nan]]))

    assert repr(found) == "the argument x[1] is nan in sample 1"


def test_a_parameter_that_is_not_finite() -> None:
    w = Value(math.inf, name="w")

    assert repr(find_nonfinite(compile(lambda x: w * x), np.ones(2))) == "the parameter w is inf"


def test_an_infinite_constant_that_does_no_harm_is_no_culprit() -> None:
    assert find_nonfinite(compile(lambda x: autodiff.maximum(x, -math.inf)), 1.0) is None


def test_an_infinite_constant_that_spreads_is_found_where_it_does() -> None:
    found = find_nonfinite(compile(lambda x: x * 2 - math.inf), 1.0)

    assert found is not None
    assert (found.operation, found.names, found.operands) == ("sub", ("", ""), (2.0, math.inf))


def test_what_the_result_does_not_depend_on_is_passed_over() -> None:
    def careless(x: Value) -> Value:
        x.log()
        return x * 2

    assert find_nonfinite(compile(careless), -1.0) is None


def test_many_operands_are_cut() -> None:
    found = find_nonfinite(compile(lambda x: autodiff.prod([v * 1e300 for v in x])), [1.0] * 6)

    assert found is not None
    assert len(found.operands) == 6
    assert "prod(1e+300, 1e+300, 1e+300, 1e+300, ...) is inf" in repr(found)


def test_dot_products_keep_the_order_of_the_users_operands() -> None:
    x = [Value(1e300, name="a"), Value(2.0, name="b")]
    found = find_nonfinite(compile(lambda y: autodiff.dot(y, x, 0)), [1e300, 1.0])

    assert found is not None
    assert found.names[:4] == ("y[0]", "y[1]", "a", "b")


def test_a_derivative_that_is_not_finite() -> None:
    found = find_nonfinite(compile(lambda x: 3 * x.sqrt()), np.array([1.0, 0.0]))

    assert found is not None
    assert (found.operation, found.operands, found.number, found.by) == ("sqrt", (0.0,), math.inf, 0)
    assert repr(found).startswith("the derivative of sqrt(x = 0.0) by x is inf in sample 1, computed at ")


@pytest.mark.parametrize(
    "f",
    [
        lambda x: (-x) ** 3,  # by the exponent it would be nan, but that is a constant
        lambda x: autodiff.where(x, x, (x - x).sqrt()),  # nothing reaches the root
        lambda x: autodiff.norm([x - x, x - x]) + autodiff.softmax([x, 2, 3])[0],
    ],
)
def test_derivatives_that_do_not_count_are_no_culprits(f: Callable[[Value], Value]) -> None:
    assert find_nonfinite(compile(f), 1.0) is None


def test_static_arguments_reach_the_function() -> None:
    power = compile(lambda x, n: x**n, static="n")

    assert find_nonfinite(power, 2.0, n=3) is None
    assert find_nonfinite(power, 1e200, n=3) is not None


def test_float32_overflows_earlier() -> None:
    square = compile(lambda x: x * x, dtype=np.float32)

    assert find_nonfinite(square, 1e30) is not None
    assert find_nonfinite(compile(lambda x: x * x), 1e30) is None


def test_no_grad_changes_and_no_parameter_is_added() -> None:
    w = Value(0.0, name="w")
    compiled = compile(lambda x: (w * x).log() * Value(2.0))
    find_nonfinite(compiled, 1.0)

    assert compiled.parameters.values == [w]
    assert not w.grad


def test_while_arrays_rule_their_numbers_count() -> None:
    w = Value(1.0, name="w")
    compiled = compile(lambda x: (w * x).log()).traced(1.0)
    with compiled.parameters as parameters:
        parameters.data[:] = -1
        found = find_nonfinite(compiled, 1.0)

    assert found is not None
    assert (found.operation, found.operands) == ("log", (-1.0,))


def test_what_is_no_compiled_function_is_refused() -> None:
    with pytest.raises(TypeError, match="compiled function"):
        find_nonfinite(loss, 1.0, 1.0)  # type: ignore[arg-type]


def test_an_infinite_derivative_behind_an_adjoint_that_happens_to_be_0_is_found() -> None:
    found = find_nonfinite(compile(lambda x: x.sqrt() ** 2), 0.0)

    assert found is not None
    assert (found.operation, found.by, found.number) == ("sqrt", 0, math.inf)
    assert find_nonfinite(compile(lambda x: (x.sqrt() - 1).relu()), 0.0) is None


def test_a_softmax_of_one_number_on_the_way() -> None:
    found = find_nonfinite(compile(lambda x: autodiff.softmax([x.sqrt()])[0] * (x * x).sqrt()), 0.0)

    assert found is not None
    assert (found.operation, found.number) == ("sqrt", math.inf)
