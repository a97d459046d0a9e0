"""Kernels, run step by step in the world of floats, against the rows they were recorded from."""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autodiff.rules import TABLE, Rule, nary, unary
from autodiff.rules.worlds import FLOATS
from autodiff.writing.forms import (
    AnyStep,
    Argument,
    Block,
    Element,
    FoldStep,
    PrimitiveStep,
    Repeated,
    VectorPart,
    name_of,
)
from autodiff.writing.kernels import kernel
from autodiff.writing.loops import Result, loops
from tests import ordinary

OPERATORS = {name: getattr(operator, name) for name in ("add", "sub", "mul", "truediv", "neg", "pow")}
Known = dict[str, Any]  # numbers and lists of numbers by name


def run(steps: Iterable[AnyStep], known: Known) -> None:
    """Take steps one after the other."""
    for step in steps:
        known[step.target] = taken(step, known)


def taken(step: AnyStep, known: Known) -> Any:
    if isinstance(step, PrimitiveStep):
        primitive = OPERATORS.get(step.primitive) or getattr(FLOATS, step.primitive)
        args = [looked_up(arg, known) for arg in step.args]
        if step.length is None:
            return primitive(*args)
        columns = [arg if isinstance(arg, list) else [arg] * step.length for arg in args]
        return list(map(primitive, *columns))
    combine = OPERATORS.get(step.combine) or getattr(FLOATS, step.combine)
    over, start = looked_up(step.over, known), looked_up(step.start, known)
    if isinstance(step, FoldStep):
        return functools.reduce(combine, over, start)
    if step.backwards:
        return [*itertools.accumulate(over[:0:-1], combine, initial=start)][::-1]
    return [*itertools.accumulate(over[:-1], combine, initial=start)]


def looked_up(argument: Argument, known: Known) -> Any:
    if isinstance(argument, Repeated):
        return [looked_up(argument.number, known)] * argument.length
    if isinstance(argument, VectorPart):
        return known[argument.vector][argument.first : argument.first + argument.length]
    if isinstance(argument, Element):
        return known[argument.vector][argument.position]
    return known[argument] if isinstance(argument, str) else argument


def results(block: Block, known: Known) -> list[float]:
    run(block.steps, known)
    found: list[float] = []
    for result in block.results:
        numbers = looked_up(result, known)
        found += numbers if isinstance(numbers, list) else [numbers]
    return found


def operands_of(rule: Rule) -> int:
    return {"dot": 5}.get(rule.name, 3) if rule.arity is None else rule.arity


@pytest.mark.parametrize("unrolled", [False, True], ids=["folded", "unrolled"])
@pytest.mark.parametrize("rule", TABLE.values(), ids=lambda rule: rule.name)
@given(st.lists(st.sampled_from([0.05, 0.3, 0.3, 0.5, 0.95]) | st.floats(0.05, 0.95), min_size=5, max_size=5))
@settings(max_examples=5)
def test_a_kernel_computes_what_its_row_computes(unrolled: bool, rule: Rule, numbers: list[float]) -> None:
    arity = operands_of(rule)
    position = 1 if rule.vector else None
    recorded = kernel(rule, arity, position, unrolled)
    xs: list[Any] = list(ordinary.in_domain(rule, numbers[:arity]))
    if rule.name in ordinary.LAST:
        xs[-1] = ordinary.LAST[rule.name]
    operands = [*xs, *([] if position is None else [position])]
    z = rule.apply(FLOATS, operands)
    partials = rule.slopes(FLOATS, operands, z)

    named = {"xs": xs} if recorded.inputs == ("xs",) else dict(zip(recorded.inputs, xs, strict=True))
    assert results(recorded.value, {**named}) == [pytest.approx(z, rel=1e-15)]
    assert results(recorded.partials, {**named, "z": z}) == pytest.approx(
        list(partials[:arity]), rel=1e-15, nan_ok=True
    )


FOLDED = [rule for rule in TABLE.values() if rule.is_nary]


@pytest.mark.parametrize(
    "rule", [rule for rule in FOLDED if rule.name != "kthvalue"], ids=lambda rule: rule.name
)
def test_a_kernel_of_many_operands_is_as_short_as_one_of_few(rule: Rule) -> None:
    def size(arity: int) -> tuple[int, ...]:
        recorded = kernel(rule, arity, 2 if rule.vector else None)
        blocks = recorded.value, recorded.partials
        return tuple(len(part) for block in blocks for part in (block.steps, block.results))

    assert size(1001) == size(7)


@pytest.mark.parametrize("rule", FOLDED, ids=lambda rule: rule.name)
def test_loops_take_every_step_after_what_it_needs(rule: Rule) -> None:
    recorded = kernel(rule, 9, 2 if rule.vector else None)
    for block in (recorded.value, recorded.partials):
        found = loops(block)
        order = [step for loop in found for step in loop.steps]
        assert {step for step in order if not isinstance(step, Result)} == set(block.steps)
        assert [
            step.argument
            for step in sorted(
                (step for step in order if isinstance(step, Result)), key=lambda step: step.first
            )
        ] == list(block.results)
        homes = {
            step.target: k
            for k, loop in enumerate(found)
            for step in loop.steps
            if not isinstance(step, Result)
        }
        for k, loop in enumerate(found):
            for step in loop.steps:
                for argument in step.args:
                    name = name_of(argument)
                    if name in homes:
                        made = next(step for step in block.steps if step.target == name)
                        whole = isinstance(made, FoldStep) or isinstance(argument, Element)
                        assert homes[name] < k if whole else homes[name] <= k


def test_sums_go_from_left_to_right() -> None:
    recorded = kernel(TABLE["sum"], 5)

    assert results(recorded.value, {"xs": [1e16, 1.0, 1.0, -1e16, 3.0]}) == [3.0]


def test_a_row_that_takes_its_operands_one_by_one_is_spelled_out() -> None:
    squares = nary("squares", lambda m, xs: m.sum([x * x for x in xs]), lambda m, xs, z: [2 * x for x in xs])
    recorded = kernel(squares, 3)

    assert list(map(str, recorded.value.steps))[:2] == ["t0 = mul(xs[0], xs[0])", "t1 = mul(xs[1], xs[1])"]
    assert results(recorded.value, {"xs": [1.0, 2.0, 3.0]}) == [14.0]
    assert results(recorded.partials, {"xs": [1.0, 2.0, 3.0], "z": 14.0}) == [2.0, 4.0, 6.0]


def test_vectors_of_different_lengths_do_not_fit() -> None:
    shifted = nary("differences", lambda m, xs: m.sum(xs[1:] - xs), lambda m, xs, z: xs)

    with pytest.raises(ValueError, match=r"sub of vectors of different lengths: xs\[1:4\], xs\[0:4\]"):
        kernel(shifted, 4)


def test_steps_are_shared_and_useless_ones_dropped() -> None:
    twice = unary("twice_exp", lambda m, x: m.exp(x) + m.exp(x), lambda m, x, z: (z, m.sin(x))[0])
    recorded = kernel(twice, 1)

    assert list(map(str, recorded.value.steps)) == ["t0 = exp(x0)", "t1 = add(t0, t0)"]
    assert recorded.partials.steps == ()


def test_a_row_that_branches_is_refused() -> None:
    branching = unary("branching", lambda m, x: x if x else -x, 1)

    with pytest.raises(TypeError, match="must not branch"):
        kernel(branching, 1)
