"""Guard rails: when each warning comes, when it does not, that it can be turned off, and what it names."""

from __future__ import annotations

import copy
import math
import pickle
import threading
import warnings
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings

import autodiff
from autodiff import Value, draw, gradient, topological_order
from autodiff.guards import (
    GraphWarning,
    LostStepWarning,
    NoGradWarning,
    NonFiniteWarning,
    RepeatedBackwardWarning,
    UnreachedWarning,
    unreached,
    warn_unreached,
    watching,
)
from autodiff.guards.nonfinite import find_nonfinite
from autodiff.guards.watching import Line, watch_lines
from tests.strategies import Program, on_values, programs


def cube() -> tuple[Value, Value]:
    x = Value(3.0, name="x")
    return x, x * x * x


@pytest.mark.parametrize(
    "category",
    [RepeatedBackwardWarning, NoGradWarning, UnreachedWarning, NonFiniteWarning, LostStepWarning],
)
def test_all_warnings_have_one_base(category: type[Warning]) -> None:
    assert issubclass(category, GraphWarning)
    assert issubclass(category, UserWarning)


# ---------------------------------------------------------------- backward() again


def test_backward_twice_on_one_output_warns_at_the_users_line() -> None:
    x, output = cube()
    output.backward()
    with pytest.warns(RepeatedBackwardWarning, match="their grad doubles. Set it to 0 first") as caught:
        output.backward()

    assert x.grad == 54.0
    assert [warning.filename for warning in caught] == [__file__]


def test_as_an_error_the_warning_leaves_every_grad() -> None:
    _, output = cube()
    output.backward()
    before = [node.grad for node in topological_order(output)]
    with pytest.raises(RepeatedBackwardWarning):
        output.backward()

    assert [node.grad for node in topological_order(output)] == before


def test_the_warning_can_be_turned_off() -> None:
    x, output = cube()
    output.backward()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RepeatedBackwardWarning)
        output.backward()

    assert x.grad == 54.0


def zeroed() -> Value:
    x, output = cube()
    output.backward()
    x.grad = 0.0
    output.backward()
    return x


def zeroed_with_none() -> Value:
    x, output = cube()
    output.backward()
    x.grad = None
    output.backward()
    return x


def parameters_zeroed_and_inputs_not() -> Value:
    w, x = Value(2.0, name="w"), Value(3.0, name="x")
    output = w * x
    output.backward()
    w.grad = 0.0
    output.backward()
    return w


def minibatches_added_up() -> Value:
    w = Value(2.0, name="w")
    for x in (3.0, 3.0, 5.0):
        (w * x).backward()
    return w


def two_outputs_over_one_graph() -> Value:
    x = Value(3.0)
    square = x * x
    (square * 2 + x).backward()
    square.backward()
    return x


def another_seed() -> Value:
    x, output = cube()
    output.backward()
    output.backward(seed=0.5)
    return x


def no_slope() -> Value:
    x = Value(-1.0)
    output = x.relu()
    output.backward()
    output.backward()
    return x


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (zeroed, 27.0),
        (zeroed_with_none, 27.0),
        (parameters_zeroed_and_inputs_not, 3.0),
        (minibatches_added_up, 11.0),
        (two_outputs_over_one_graph, 13.0 + 6.0),
        (another_seed, 40.5),
        (no_slope, 0.0),
    ],
)
def test_no_false_alarm(case: Callable[[], Value], expected: float) -> None:
    assert case().grad == expected  # a warning would be an error


# ---------------------------------------------------------------- a step without zeroing


def descend(w: Value, lr: float = 0.1) -> None:
    w.data -= lr * w.grad


def test_a_step_without_zeroing_warns_and_names_the_leaf() -> None:
    w = Value(1.0, name="w")
    ((w - 3) ** 2).backward()
    descend(w)
    with pytest.warns(RepeatedBackwardWarning, match=r"the grad of w still holds .* Set it to 0") as caught:
        ((w - 3) ** 2).backward()

    assert [warning.filename for warning in caught] == [__file__]


def test_a_step_without_zeroing_as_an_error_leaves_every_grad() -> None:
    w = Value(1.0)
    ((w - 3) ** 2).backward()
    descend(w)
    with pytest.raises(RepeatedBackwardWarning, match=r"the grad of Value\(data=1\.4, grad=-4\.0\) still"):
        ((w - 3) ** 2).backward()

    assert w.grad == -4.0


def test_with_new_inputs_each_time_it_warns_at_the_second_step() -> None:
    w = Value(1.0, name="w")
    for _ in range(2):
        (w * Value(2.0) - 3).backward()  # the first time the input could be another network's parameter
        descend(w)
    with pytest.warns(RepeatedBackwardWarning, match="the grad of w still"):
        (w * Value(2.0) - 3).backward()


def steps_with_zeroing() -> Value:
    w = Value(1.0)
    for _ in range(3):
        w.grad = 0.0
        ((w - 3) ** 2).backward()
        descend(w, lr=0.5)
    return w


def batches_added_up_between_steps() -> Value:
    w = Value(1.0)
    for _ in range(2):
        w.grad = 0.0
        for x in (1.0, 2.0, 3.0):
            (w * Value(x)).backward()
        descend(w)
    return w


def one_input_moved_over_the_data() -> Value:
    w, x = Value(2.0), Value(0.0)
    for x.data in (1.0, 2.0, 3.0):
        (w * x).backward()
    return w


def two_networks_in_turns() -> Value:
    """As in a GAN: the pass for the generator leaves in the discriminator what nobody uses."""
    generator, discriminator = Value(2.0), Value(3.0)
    for _ in range(3):
        discriminator.grad = 0.0
        (discriminator * (generator.data - 1)).backward()
        descend(discriminator)
        generator.grad = 0.0
        (discriminator * generator * generator).backward()
        descend(generator, lr=0.0)
    return generator


def a_parameter_at_rest_that_others_pass_by() -> Value:
    w, frozen = Value(1.0), Value(2.0)
    for _ in range(3):
        w.grad = 0.0
        (w * frozen).backward()
        descend(w)
    return w


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (steps_with_zeroing, 0.0),
        (batches_added_up_between_steps, 6.0),
        (one_input_moved_over_the_data, 6.0),
        (two_networks_in_turns, pytest.approx(4 * 2.7)),
        (a_parameter_at_rest_that_others_pass_by, 2.0),
    ],
)
def test_no_false_alarm_between_steps(case: Callable[[], Value], expected: float) -> None:
    assert case().grad == expected  # a warning would be an error


# ---------------------------------------------------------------- pictures before backward()


def test_grads_before_backward_are_dashes_and_warn() -> None:
    _, output = cube()
    with pytest.warns(NoGradWarning, match="no backward"):
        source = draw(output, grads=True).source

    assert source.count("grad = -") == 3
    assert "grad = 0" not in source


def test_grads_that_no_sweep_has_reached_are_dashes() -> None:
    x, output = cube()
    output.backward()
    dead = (x * 0.0).named("dead")
    source = draw(output + dead, grads=True).source

    assert source.count("grad = -") == 2
    assert source.count("grad = 27") == 1


def test_a_derivative_of_zero_is_shown() -> None:
    x = Value(-1.0, name="x")
    output = x.relu() + 1
    output.backward()

    assert "x = -1\\ngrad = 0" in draw(output).source


def test_given_grads_partials_and_marks() -> None:
    x = Value(3.0, name="x")
    output = (x * x).named("f")
    source = draw(
        output, grads={x: 5, output: None}, partials={(output, 1): Fraction(1, 3)}, marked=[x]
    ).source

    assert 'label="x = 3\\ngrad = 5"' in source
    assert 'label="f = x·x = 9\\ngrad = -"' in source
    assert source.count("#AAAAAA") == 1
    assert "1/3" in source
    assert source.count("penwidth=3") == 1


# ---------------------------------------------------------------- unreached parameters


def test_unreached_parameters() -> None:
    w, b, c = Value(2.0, name="w"), Value(1.0, name="b"), Value(0.0)

    assert unreached(w * 3 + c, [w, b, c]) == [b]
    assert unreached(w, [w]) == []


def test_the_warning_names_them() -> None:
    w = Value(2.0, name="w")
    others = [Value(1.0, name="b"), *(Value(0.0) for _ in range(5))]
    with pytest.warns(UnreachedWarning) as caught:
        warn_unreached(unreached(w * 3, [w, *others]), [w, *others])

    assert str(caught[0].message) == (
        "the loss does not depend on 6 of 7 parameters: b, parameters[2], parameters[3], parameters[4], ...; "
        "no step will train them: use them in the loss, or leave them out"
    )
    assert caught[0].filename == __file__


def test_no_warning_if_all_are_reached() -> None:
    w = Value(2.0, name="w")

    warn_unreached(unreached(w * 3, [w]), [w])  # a warning would be an error

    assert unreached(w * 3, [w]) == []


@pytest.mark.parametrize("call", [lambda: unreached(3.0, []), lambda: unreached(Value(1), [2.0])])  # type: ignore
def test_what_is_no_value_is_refused(call: Callable[[], Any]) -> None:
    with pytest.raises(TypeError, match=r"unreached needs Values, not [23]\.0 of type float"):
        call()


# ---------------------------------------------------------------- nan and infinity


def infinite_slope() -> Value:
    x = Value(0.0, name="x")
    return 3 * x.sqrt().named("h")


def large_product() -> Value:
    x, y = Value(1e200, name="x"), Value(1e200, name="y")
    return (x * y) * 0.5


def large_adjoint() -> Value:
    x = Value(1e-300, name="x")
    return (x * 1e200) * 1e200


def nan_leaf() -> Value:
    return Value(math.nan, name="x") * 2


def infinite_operand() -> Value:
    return (Value(1.0, name="x") * math.inf).named("h")


@pytest.mark.parametrize(
    ("graph", "expected"),
    [
        (infinite_slope, "is the derivative of h = sqrt(x = 0.0) by x, inf"),
        (large_product, "is the value of mul(x = 1e+200, y = 1e+200), inf"),
        (large_adjoint, "is the adjoint of the leaf x, inf"),
        (nan_leaf, "is the value of the leaf x, nan"),
        (infinite_operand, "is the value of h = mul(x = 1.0, inf), inf"),
    ],
)
def test_the_culprit_is_named_by_the_search_and_by_backward(graph: Any, expected: str) -> None:
    output = graph()
    with pytest.warns(NonFiniteWarning) as caught:
        output.backward()

    assert str(find_nonfinite(output)) == f"the first number that is not finite {expected}"
    assert f"the first number that is not finite {expected}" in str(caught[0].message)
    assert caught[0].filename == __file__


def test_the_parts_of_a_culprit() -> None:
    x = Value(0.0, name="x")
    root = x.sqrt()
    found = find_nonfinite(root + 1)

    assert found is not None
    assert (found.node, found.kind, found.number, found.line) == (root, "partial", math.inf, None)
    assert found.edge is not None
    assert found.edge.parent is x


def test_an_operation_on_many_operands_is_cut() -> None:
    xs = [Value(1e308) for _ in range(9)]

    assert "sum(1e+308, 1e+308, 1e+308, 1e+308, ...), inf" in str(find_nonfinite(autodiff.sum(xs)))


def test_as_an_error_nan_leaves_every_grad() -> None:
    output = infinite_slope()
    with pytest.raises(NonFiniteWarning):
        output.backward()

    assert {node.grad for node in topological_order(output)} == {0.0}


def test_large_derivatives_whose_sum_overflows_are_no_culprit() -> None:
    x, y = Value(0.5), Value(0.5)
    (x * 1.5e308 + y * 1.5e308).backward()

    assert x.grad == y.grad == 1.5e308


def test_a_seed_can_be_the_culprit() -> None:
    x = Value(1.0, name="x")
    with pytest.warns(NonFiniteWarning, match="the adjoint of mul"):
        (x * 2).backward(seed=math.inf)

    assert x.grad == math.inf


@settings(max_examples=50)
@given(programs())
def test_finite_graphs_have_no_culprit(program: Program) -> None:
    output = program.run(on_values, [Value(x) for x in program.inputs])

    assert find_nonfinite(output) is None


def test_exact_and_deep_graphs() -> None:
    output = x = Value(Fraction(10**400), name="x")
    for _ in range(5_000):
        output = output + 1
    output.backward()

    assert find_nonfinite(output) is None
    assert x.grad == 1


def test_the_search_needs_a_value() -> None:
    with pytest.raises(TypeError, match="find_nonfinite needs Values, not 3 of type int"):
        find_nonfinite(3)  # type: ignore[type-var]


# ---------------------------------------------------------------- lines


def test_the_warning_shows_the_line_that_made_the_node() -> None:
    x = Value(0.0, name="x")
    with watch_lines():
        y = x.sqrt() * 2
    with pytest.warns(NonFiniteWarning, match=r"test_guards.py:\d+, in test_.*: y = x.sqrt\(\) \* 2\)"):
        y.backward()

    assert not hasattr(y * 2, "line")


def test_without_lines_the_warning_says_how_to_get_them() -> None:
    with pytest.warns(NonFiniteWarning, match=r"compute it under autodiff.watch_lines\(\)"):
        infinite_slope().backward()


def test_lines_inside_the_library_are_not_the_users() -> None:
    nn = pytest.importorskip("nn")
    with watch_lines():
        output = nn.MLP(2, [3, 1], seed=0)([1.0, 2.0])
    lines = [node.line for node in topological_order(output) if hasattr(node, "line")]

    assert len(lines) > 4
    assert {str(line).partition(", in ")[0].rpartition(":")[0] for line in lines} == {__file__}
    assert {str(line).partition(": ")[2] for line in lines} == {
        "output = nn.MLP(2, [3, 1], seed=0)([1.0, 2.0])"
    }


def test_lines_inside_numpy_are_not_the_users() -> None:
    np = pytest.importorskip("numpy")
    array = np.array([Value(1.0), Value(2.0)])
    with watch_lines():
        outputs = [array.sum(), np.mean(array), np.exp(array)[0]]

    assert [(node.line.file, node.line.function) for node in outputs] == [
        (__file__, "test_lines_inside_numpy_are_not_the_users")
    ] * 3


def test_a_line_without_source() -> None:
    assert str(Line("<string>", 3, "f")) == "<string>:3, in f"


@settings(max_examples=50)
@given(programs())
def test_watched_nodes_compute_the_same(program: Program) -> None:
    plain = [Value(x) for x in program.inputs]
    watched = [Value(x) for x in program.inputs]
    expected = program.run(on_values, plain)
    with watch_lines():
        actual = program.run(on_values, watched)

    assert (actual.data, gradient(actual, watched)) == (expected.data, gradient(expected, plain))
    assert all(hasattr(node, "line") for node in topological_order(actual) if node.op is not None)


def test_watched_nodes_are_copied_and_pickled_as_plain_ones() -> None:
    x = Value(2.0, name="x")
    with watch_lines():
        output = x * x + 1
    for restored in (copy.copy(output), copy.deepcopy(output), pickle.loads(pickle.dumps(output))):
        assert (type(restored), restored.data, restored.op) == (Value, 5.0, output.op)


def test_blocks_nest_and_end_with_an_error() -> None:
    x = Value(2.0)
    with pytest.raises(KeyError), watch_lines(), watch_lines():
        raise KeyError
    with watch_lines():
        with watch_lines():
            inner = x * 2
        outer = x * 2

    assert hasattr(inner, "line")
    assert hasattr(outer, "line")
    assert watching.new == object.__new__
    assert type(x * 2) is Value


def test_blocks_in_several_threads() -> None:
    def work() -> None:
        for _ in range(200):
            with watch_lines():
                Value(1.0).exp()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert watching.new == object.__new__


# ---------------------------------------------------------------- steps that are lost


def stepped(parameters: list[Value]) -> None:
    for p in parameters:
        p -= 0.1 * p.grad


def test_a_step_on_the_name_of_a_loop_is_lost() -> None:
    w, b = Value(3.0, name="w"), Value(1.0, name="b")
    loss = (w * 2 + b) ** 2
    loss.backward()

    with pytest.warns(LostStepWarning, match=r"of the leaf w as it is.* write v\.data -= number") as found:
        stepped([w])
    assert [warning.filename for warning in found] == [__file__]
    assert w.data == 3.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LostStepWarning)
        b -= 0.1 * b.grad
    assert b.parents[0].data == 1.0


def test_subtractions_that_are_meant() -> None:
    total, x = Value(0.0), Value(3.0)
    total -= x
    x -= 1.0
    y = x * x
    y.backward()
    y -= 1.0  # a computed node has a grad too
    x -= total

    assert (y.data, x.data) == (3.0, 5.0)
    assert gradient(total * 2 - 1, total) == 2.0
