"""Passes: each keeps the numbers of eager, finds what it is for, and then has nothing left to do."""

from __future__ import annotations

import inspect
import math
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import autodiff
from autodiff import Value, value_and_grad
from autodiff.calculus.trees import tree_leaves
from autodiff.compiler.engines.numpy.numpy_engine import NumpyEngine
from autodiff.compiler.flat.data import Flat, flat_of
from autodiff.compiler.flat.grouping import group
from autodiff.compiler.flat.passes import (
    PASSES,
    drop_dead,
    eliminate_common,
    fold_constants,
    merge_products,
    merge_sums,
    simplify,
)
from autodiff.compiler.flat.validity import check_program
from autodiff.compiler.front.arguments import Arguments
from autodiff.compiler.front.trace import trace
from autodiff.rules.worlds import FLOATS
from tests import strategies

REWRITES = [fold_constants, eliminate_common, drop_dead, merge_sums, merge_products, simplify]
each_pass = pytest.mark.parametrize("rewrite", REWRITES)


def written(f: Callable[..., Any], count: int = 2) -> Flat:
    """The program of a function of ``count`` numbers, as it was traced."""
    signature = inspect.signature(f)
    arguments = Arguments(dict(signature.bind(*[1.0] * count).arguments))
    tape, result, _ = trace(f, signature, arguments, {}, [0] * len(arguments.leaves))
    return flat_of(tape, [leaf.index for leaf, _ in tree_leaves(result)])[0]


def kinds(program: Flat) -> dict[str, int]:
    return dict(Counter(program.rules[code] for code in program.codes))


def run(program: Flat, *inputs: float, parameters: Any = ()) -> list[float]:
    """Compute a program one operation after the other, as eager does it."""
    numbers = [*program.constants.tolist(), *parameters, *inputs]
    for operation in range(len(program)):
        rule = program.rule(operation)
        xs = [numbers[slot] for slot in program.operands_of(operation)]
        numbers.append(rule.apply(FLOATS, xs))
    return [numbers[slot] for slot in program.outputs]


def size(program: Flat) -> tuple[int, int, int]:
    return len(program), len(program.operands), len(program.constants)


# ---------------------------------------------------------------- all passes


@each_pass
@given(random=strategies.programs(most_steps=20))
@settings(max_examples=25)
def test_the_numbers_are_those_of_eager(rewrite: Callable[[Flat], Flat], random: strategies.Program) -> None:
    program = rewrite(written(lambda *xs: random.run(strategies.on_values, xs), len(random.inputs)))
    value, slopes = value_and_grad(
        lambda *xs: random.run(strategies.on_values, xs), argnums=tuple(range(len(random.inputs)))
    )(*random.inputs)

    check_program(program)
    assert run(program, *random.inputs) == [pytest.approx(value, rel=1e-11, abs=1e-11)]
    _, _, found = NumpyEngine(group(program)).backward(np.empty(0), np.array([random.inputs]).T, 1.0)
    assert found is not None
    assert found[:, 0] == pytest.approx(list(slopes), rel=1e-9, abs=1e-9 * max(1.0, *map(abs, slopes)))


@pytest.mark.parametrize("rewrite", REWRITES[:-1])
@given(random=strategies.programs(most_steps=20))
@settings(max_examples=15)
def test_a_second_time_there_is_nothing_left_to_do(
    rewrite: Callable[[Flat], Flat], random: strategies.Program
) -> None:
    program = drop_dead(written(lambda *xs: random.run(strategies.on_values, xs), len(random.inputs)))
    once = drop_dead(rewrite(program))
    twice = drop_dead(rewrite(once))

    assert size(twice) == size(once)
    assert kinds(twice) == kinds(once)


@pytest.mark.parametrize("rewrite", [fold_constants, eliminate_common, drop_dead])
@given(random=strategies.programs(most_steps=20))
@settings(max_examples=15)
def test_passes_that_reorder_no_sum_keep_every_bit(
    rewrite: Callable[[Flat], Flat], random: strategies.Program
) -> None:
    program = written(lambda *xs: random.run(strategies.on_values, xs), len(random.inputs))

    assert run(rewrite(program), *random.inputs) == run(program, *random.inputs)


@each_pass
def test_parameters_inputs_and_outputs_keep_their_places(rewrite: Callable[[Flat], Flat]) -> None:
    w = [Value(float(i), name=f"w{i}") for i in range(3)]
    program = written(lambda x, y, unused: [w[2] * 0, x, w[0] + y * w[1] + 0 * w[2], x, 2.0], 3)

    found = rewrite(program)

    assert (found.parameters, found.inputs) == (program.parameters, ("x", "y", "unused"))
    numbers = [float(name[1:]) for name in found.parameters]
    assert run(found, 3.0, 4.0, 9.0, parameters=numbers) == [0.0, 3.0, 4.0, 3.0, 2.0]


@each_pass
def test_a_program_without_operations(rewrite: Callable[[Flat], Flat]) -> None:
    program = rewrite(written(lambda x, y: [y, 7.0]))

    assert len(program) == 0
    assert run(program, 1.0, 2.0) == [2.0, 7.0]


@each_pass
def test_a_program_is_not_changed_in_place(rewrite: Callable[[Flat], Flat]) -> None:
    program = written(lambda x, y: (x * 1 + y * 2 + x * y).exp() + 0)
    before = [*program.operands, *program.codes, *program.constants, *program.outputs]

    rewrite(program)

    assert [*program.operands, *program.codes, *program.constants, *program.outputs] == before


@each_pass
def test_names_move_with_their_operations(rewrite: Callable[[Flat], Flat]) -> None:
    program = rewrite(written(lambda x, y: ((2 * Value(3.0).exp()) * x).named("h").tanh() + y))
    slot = next(slot for slot, name in program.names.items() if name == "h")

    assert program.rules[program.codes[slot - program.base]] == "mul"


@each_pass
def test_long_chains_take_no_recursion(rewrite: Callable[[Flat], Flat]) -> None:
    def chain(x: Any, y: Any) -> Any:
        for _ in range(5_000):
            x = x + y
        return x

    assert run(rewrite(written(chain)), 1.0, 1.0) == [5_001.0]


# ---------------------------------------------------------------- folding of constants


def test_what_depends_on_constants_alone_is_computed() -> None:
    program = fold_constants(written(lambda x, y: x * (Value(2.0).exp() * 3 + 1)))

    assert kinds(program) == {"mul": 1}
    assert math.exp(2.0) * 3 + 1 in program.constants


def test_sums_and_dots_of_constants_are_computed() -> None:
    def f(x: Any, y: Any) -> Any:
        two, three = Value(2.0), Value(3.0)
        return [x * autodiff.dot([two, three], [three, 2], 1.0), y * autodiff.sum([two, three, 1.0])]

    program = fold_constants(written(f))

    assert kinds(program) == {"mul": 2}
    assert run(program, 1.0, 1.0) == [13.0, 6.0]


@pytest.mark.parametrize(
    "f",
    [
        lambda x, y: x + -0.0,
        lambda x, y: -0.0 + x,
        lambda x, y: x - 0,
        lambda x, y: x * 1,
        lambda x, y: 1 * x,
        lambda x, y: x / 1,
        lambda x, y: x**1,
        lambda x, y: (x + -0.0) * 1 - 0.0,
    ],
)
def test_neutral_operations_are_dropped(f: Callable[..., Any]) -> None:
    program = fold_constants(written(f))

    assert kinds(program) == {}
    assert run(program, 3.5, 2.0) == [3.5]


@pytest.mark.parametrize(
    "f", [lambda x, y: x + 0, lambda x, y: 0 - x, lambda x, y: 1 / x, lambda x, y: 1**x, lambda x, y: x * 0]
)
def test_operations_that_are_not_neutral_stay(f: Callable[..., Any]) -> None:
    assert len(fold_constants(written(f))) == 1


def test_a_square_is_a_product_and_a_reciprocal_a_quotient() -> None:
    assert kinds(fold_constants(written(lambda x, y: x**2))) == {"mul": 1}
    assert kinds(fold_constants(written(lambda x, y: x**-1))) == {"truediv": 1}
    assert kinds(fold_constants(written(lambda x, y: x**3))) == {"pow": 1}


def test_what_has_no_value_is_left_to_the_engine() -> None:
    program = written(lambda x, y: x + Value(2.0).log())
    found = fold_constants(program.replaced(constants=np.zeros_like(program.constants)))

    assert kinds(found) == {"log": 1, "add": 1}
    assert NumpyEngine(group(found)).forward(np.empty(0), np.ones((2, 1))).tolist() == [[-math.inf]]


def test_a_product_with_zero_stays_as_it_may_be_nan() -> None:
    program = simplify(written(lambda x, y: x * 0))

    assert math.isnan(run(program, math.inf, 0.0)[0])


# ---------------------------------------------------------------- common subexpressions


def test_the_same_operation_on_the_same_operands_is_computed_once() -> None:
    program = eliminate_common(written(lambda x, y: (x * y).tanh() + (x * y).tanh()))

    assert kinds(program) == {"mul": 1, "tanh": 1, "add": 1}


def test_operations_that_become_equal_are_found_too() -> None:
    def f(x: Any, y: Any) -> Any:
        a, b = x + y, x + y
        return a.exp().sin() * b.exp().sin()

    assert kinds(eliminate_common(written(f))) == {"add": 1, "exp": 1, "sin": 1, "mul": 1}


def test_the_order_of_operands_counts() -> None:
    assert kinds(eliminate_common(written(lambda x, y: (x - y) * (y - x)))) == {"sub": 2, "mul": 1}


def test_equal_constants_are_kept_once_but_zero_has_a_sign() -> None:
    program = fold_constants(written(lambda x, y: [x * Value(3.0).exp(), y * Value(3.0).exp()]))
    found = drop_dead(eliminate_common(program))

    assert len(program.constants) > 1
    assert found.constants.tolist() == [math.exp(3.0)]
    zeros = drop_dead(eliminate_common(written(lambda x, y: [x * 0.0, x * -0.0, x * math.nan, y * math.nan])))
    assert list(map(str, zeros.constants)) == ["0.0", "-0.0", "nan"]


# ---------------------------------------------------------------- dead code


def test_what_no_output_depends_on_is_dropped() -> None:
    def f(x: Any, y: Any) -> Any:
        (x * y + 5).exp()
        return x * 2

    program = drop_dead(written(f))

    assert kinds(program) == {"mul": 1}
    assert program.constants.tolist() == [2.0]


def test_names_of_dead_operations_are_forgotten() -> None:
    def f(x: Any, y: Any) -> Any:
        (x * y).named("dead")
        return (x + y).named("alive")

    assert list(drop_dead(written(f)).names.values()) == ["alive"]


# ---------------------------------------------------------------- sums


def terms(program: Flat) -> list[str]:
    """The operands of the last operation: inputs by name."""
    first = len(program.constants) + len(program.parameters)
    return [program.inputs[slot - first] for slot in program.operands_of(len(program) - 1)]


def test_a_chain_of_additions_is_one_sum_in_its_order() -> None:
    program = merge_sums(written(lambda a, b, c, d: a + b + c + d, 4))

    assert kinds(program) == {"sum": 1}
    assert terms(program) == ["a", "b", "c", "d"]


def test_a_tree_of_additions_is_one_sum() -> None:
    program = merge_sums(written(lambda a, b, c, d: (a + b) + autodiff.sum([c, d, a]), 4))

    assert kinds(program) == {"sum": 1}
    assert terms(program) == ["a", "b", "c", "d", "a"]


def test_a_chain_of_two_stays_an_addition() -> None:
    assert kinds(merge_sums(written(lambda x, y: x + y))) == {"add": 1}


def test_a_sum_that_is_used_elsewhere_is_not_taken_apart() -> None:
    def f(a: Any, b: Any, c: Any) -> Any:
        partial = a + b
        return partial * (partial + c)

    assert kinds(merge_sums(written(f, 3))) == {"add": 2, "mul": 1}
    assert kinds(merge_sums(written(lambda a, b, c: [a + b, (a + b) + c], 3))) == {"add": 1, "sum": 1}
    shared = merge_sums(eliminate_common(written(lambda a, b, c: [a + b, (a + b) + c], 3)))
    assert kinds(shared) == {"add": 2}


def test_a_sum_that_is_used_twice_by_one_sum_is_not_taken_apart() -> None:
    def f(a: Any, b: Any, c: Any) -> Any:
        partial = a + b
        return autodiff.sum([partial, c, partial])

    program = merge_sums(written(f, 3))

    assert kinds(program) == {"add": 1, "sum": 1}
    assert run(program, 1.0, 2.0, 4.0) == [10.0]


def test_a_mean_is_a_sum_that_is_divided() -> None:
    program = merge_sums(written(lambda a, b, c: autodiff.mean([a + b, c]), 3))

    assert kinds(program) == {"sum": 1, "truediv": 1}
    assert run(program, 1.0, 2.0, 4.0) == [3.5]


def test_pythons_sum_is_one_sum() -> None:
    assert kinds(simplify(written(lambda a, b, c: sum([a, b, c]), 3))) == {"sum": 1}


# ---------------------------------------------------------------- products


def test_a_sum_of_products_is_one_dot_product() -> None:
    program = simplify(written(lambda a, b, c, d: a * b + c * d, 4))

    assert kinds(program) == {"dot": 1}
    assert run(program, 2.0, 3.0, 5.0, 7.0) == [41.0]


def test_parameters_stand_on_the_left() -> None:
    w = [Value(2.0, name="w1"), Value(3.0, name="w2")]
    program = simplify(written(lambda x, y: x * w[0] + w[1] * y))

    assert program.parameters == ("w1", "w2")
    slots = program.operands_of(0) - len(program.constants)
    assert slots[:4].tolist() == [0, 1, 2, 3]


def test_a_bias_is_left_out_only_if_it_is_0_itself() -> None:
    program = simplify(written(lambda x, y: autodiff.maximum(x * y + x * x + 3.0, 0.0)))

    assert run(program, 2.0, 5.0) == [17.0]


def test_the_rest_of_a_sum_is_the_bias() -> None:
    w, b = [Value(2.0), Value(3.0)], Value(5.0)
    program = simplify(written(lambda x, y: w[0] * x + w[1] * y + b))

    assert kinds(program) == {"dot": 1}
    assert run(program, 1.0, 10.0, parameters=(2.0, 3.0, 5.0)) == [37.0]
    assert 0.0 not in program.constants


def test_several_terms_that_are_no_products_are_summed_first() -> None:
    program = simplify(written(lambda a, b, c, d: a * b + c + b * d + d + a, 4))

    assert kinds(program) == {"sum": 1, "dot": 1}
    assert run(program, 2.0, 3.0, 5.0, 7.0) == [6 + 5 + 21 + 7 + 2]


def test_a_single_product_stays_one() -> None:
    assert kinds(simplify(written(lambda a, b, c: a * b + c, 3))) == {"mul": 1, "add": 1}


def test_a_product_that_is_used_elsewhere_stays() -> None:
    def f(a: Any, b: Any, c: Any) -> Any:
        product = a * b
        return [product + b * c + a * c, product]

    program = simplify(written(f, 3))

    assert kinds(program) == {"mul": 1, "dot": 1}
    assert run(program, 2.0, 3.0, 5.0) == [31.0, 6.0]


def test_dot_products_in_a_sum_are_one() -> None:
    def f(a: Any, b: Any, c: Any, d: Any) -> Any:
        return autodiff.dot([a, b], [c, d], 1.0) + autodiff.dot([b, c], [d, a], 2.0) + a * d

    program = simplify(written(f, 4))

    assert kinds(program) == {"add": 1, "dot": 1} or kinds(program) == {"dot": 1, "sum": 1}
    assert run(program, 2.0, 3.0, 5.0, 7.0) == [10 + 21 + 1 + 21 + 10 + 2 + 14]


def test_a_dot_product_alone_stays_what_it_is() -> None:
    program = simplify(written(lambda a, b: autodiff.dot([a], [b], 2.0) * autodiff.dot([a, b], [b, a])))

    assert kinds(program) == {"dot": 2, "mul": 1}


def test_a_neuron_written_as_a_loop_is_one_dot_product() -> None:
    w, b = [Value(float(i)) for i in range(5)], Value(0.5)

    def neuron(*xs: Any) -> Any:
        total = 0.0
        for wi, xi in zip(w, xs, strict=True):
            total = total + wi * xi
        return (total + b).relu()

    assert kinds(written(neuron, 5)) == {"mul": 5, "add": 6, "relu": 1}
    assert kinds(simplify(written(neuron, 5))) == {"dot": 1, "relu": 1}


# ---------------------------------------------------------------- each pass, operand by operand

w, v, u = Value(2.0, name="w"), Value(3.0, name="v"), Value(4.0, name="u")
dot, softmax, mean, total = autodiff.dot, autodiff.softmax, autodiff.mean, autodiff.sum


def listed(program: Flat) -> list[str]:
    """The operations with what they are applied to, results as r0, r1, ..., and the outputs."""
    results = [f"r{i}" for i in range(len(program))]
    slots = [*map(repr, program.constants.tolist()), *program.parameters, *program.inputs, *results]

    def names(of: Any) -> str:
        return " ".join(slots[slot] for slot in of)

    rows = [
        f"{program.rules[code]} {names(program.operands_of(i))}"
        for i, code in enumerate(program.codes.tolist())
    ]
    return [*rows, f"-> {names(program.outputs)}"]


# fmt: off
REWRITTEN: list[tuple[Callable[[Flat], Flat], Callable[..., Any], list[str]]] = [
    (fold_constants, lambda a, b: [a + 0.0, 0.0 + a, a + -0.0, -0.0 + a, a - 0.0, a - -0.0, 0.0 - a, -0.0 - a],
     ["add a 0.0", "add 0.0 a", "sub a -0.0", "sub 0.0 a", "sub -0.0 a", "-> r0 r1 a a a r2 r3 r4"]),
    (fold_constants, lambda a, b: [a * 1, 1 * a, a / 1, 1 / a, a**1, 1**a],
     ["truediv 1.0 a", "pow 1.0 a", "-> a a a r0 a r1"]),
    (fold_constants, lambda a, b: [a**2, 2**a, a**-1, (-1.0) ** a, a**3, a**0],
     ["mul a a", "pow 2.0 a", "truediv 1.0 a", "pow -1.0 a", "pow a 3.0", "pow a 0.0", "-> r0 r1 r2 r3 r4 r5"]),
    (fold_constants, lambda a, b: [a * 2, a - 1, 1 - a, a + 1, a * 0.0, a / 2, a / -1, a + b],
     ["mul a 2.0", "sub a 1.0", "sub 1.0 a", "add a 1.0", "mul a 0.0", "truediv a 2.0", "truediv a -1.0", "add a b",
      "-> r0 r1 r2 r3 r4 r5 r6 r7"]),
    (fold_constants, lambda a, b: [autodiff.maximum(a, 1), autodiff.maximum(a, -0.0), total([a, -0.0])],
     ["maximum beside numbers a 1.0", "maximum beside numbers a -0.0", "sum a -0.0", "-> r0 r1 r2"]),
    (eliminate_common, lambda a, b: [a * 2.0, a * 2.0, (a * 2.0).exp(), (a * 2.0).exp(), a * 3.0],
     ["mul a 2.0", "exp r0", "mul a 3.0", "-> r0 r0 r1 r1 r2"]),
    (drop_dead, lambda a, b: softmax([a, b, a * b])[1],
     ["mul a b", "softmax a b r0 0.0", "softmax a b r0 1.0", "softmax a b r0 2.0", "-> r2"]),
    (drop_dead, lambda a, b: [b.sin().cos(), softmax([a, b * 2])[1], softmax([b, a * 3])[0], a.exp()][1::2],
     ["mul b 2.0", "softmax a r0 0.0", "softmax a r0 1.0", "exp a", "-> r2 r3"]),
    (merge_sums, lambda a, b: [a + b + a, (a + b) * (a + b)],
     ["sum a b a", "add a b", "add a b", "mul r1 r2", "-> r0 r3"]),
    (merge_sums, lambda a, b: total([a, b + a]) + mean([a, b]),
     ["add a b", "truediv r0 2.0", "sum a b a r1", "-> r2"]),
    (merge_sums, lambda a, b: [mean([a + b, b]), a + (b + a), total([a, b]), total([a])],
     ["sum a b b", "truediv r0 2.0", "sum a b a", "add a b", "sum a", "-> r1 r2 r3 r4"]),
    (merge_sums, lambda a, b: mean([mean([a, b]), b]),
     ["add a b", "truediv r0 2.0", "add r1 b", "truediv r2 2.0", "-> r3"]),
    (merge_sums, lambda a, b: (a + b) + (b + a) + (a + a), ["sum a b b a a a", "-> r0"]),
    (merge_products, lambda a, b: w * a + b * v, ["dot w v a b 0.0", "-> r0"]),
    (merge_products, lambda a, b: total([a * w, v, b * v, u]), ["add v u", "dot w v a b r0", "-> r1"]),
    (merge_products, lambda a, b: total([a * w, v, b * v, u, a]), ["sum v u a", "dot w v a b r0", "-> r1"]),
    (merge_products, lambda a, b: total([a * w, v, b * v]), ["dot w v a b v", "-> r0"]),
    (merge_products, lambda a, b: total([a * w, 0.0, b * v]), ["dot w v a b 0.0", "-> r0"]),
    (merge_products, lambda a, b: total([a * w, v, u]), ["mul w a", "sum r0 v u", "-> r1"]),
    (merge_products, lambda a, b: [a * w + v, v + w * a], ["mul w a", "add r0 v", "mul w a", "add v r2", "-> r1 r3"]),
    (merge_products, lambda a, b: dot([w, v], [a, b], u) + dot([a, b], [u, b], 0.0),
     ["dot w v u b a b a b u", "-> r0"]),
    (merge_products, lambda a, b: dot([w, v], [a, b], u) + dot([a, b], [u, b], v),
     ["add u v", "dot w v u b a b a b r0", "-> r1"]),
    (merge_products, lambda a, b: [dot([w], [a], u) + b, dot([w], [a], 0.0) + b],
     ["mul w a", "sum r0 b u", "mul w a", "add r2 b", "-> r1 r3"]),
    (merge_products, lambda a, b: [dot([a, b, w], [w, v, w], 0.0), a * w, w * a, a * b, a * a],
     ["dot w v w a b w 0.0", "mul a w", "mul w a", "mul a b", "mul a a", "-> r0 r1 r2 r3 r4"]),
    (merge_products, lambda a, b: dot([2.0, a], [a, 3.0], 0.0) * 2, ["dot 2.0 a a 3.0 0.0", "mul r0 2.0", "-> r1"]),
]
# fmt: on


@pytest.mark.parametrize(("rewrite", "f", "expected"), REWRITTEN)
def test_what_a_pass_makes_of_a_program(
    rewrite: Callable[[Flat], Flat], f: Callable[..., Any], expected: list[str]
) -> None:
    program = rewrite(written(f))
    parameters = {"w": 2.0, "v": 3.0, "u": 4.0}

    check_program(program)
    assert listed(program) == expected
    assert run(
        program, 3.0, 5.0, parameters=[parameters[name] for name in program.parameters]
    ) == pytest.approx([x.data for x in tree_values(f(Value(3.0), Value(5.0)))])


def tree_values(tree: Any) -> list[Value]:
    return [x for x, _ in tree_leaves(tree)]


# ---------------------------------------------------------------- together


def test_simplify_runs_the_passes_in_their_order() -> None:
    program = written(lambda x, y: x * 1 + (y * x + 0) + (y * x + 0))
    expected = program
    for rewrite in PASSES:
        expected = rewrite(expected)

    found = simplify(program)

    assert found.operands.tolist() == expected.operands.tolist()
    assert kinds(found) == kinds(expected)


def test_long_lowering_shows_its_progress(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = written(lambda x: x.exp() + 1, 1)
    simplify(program)
    quiet = capsys.readouterr().err
    monkeypatch.setattr("autodiff.compiler.flat.passes.LARGE_PROGRAM", 1)
    simplify(program)

    assert quiet == ""
    assert "lowering" in capsys.readouterr().err
