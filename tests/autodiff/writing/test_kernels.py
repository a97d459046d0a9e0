"""Kernels, run step by step in the world of floats, against the rows they were recorded from."""

from __future__ import annotations

import operator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autodiff.rules import TABLE, Rule, unary
from autodiff.rules.worlds import FLOATS
from autodiff.writing.kernels import Argument, Block, kernel

OPERATORS = {name: getattr(operator, name) for name in ("add", "sub", "mul", "truediv", "neg", "pow")}


def run(block: Block, numbers: dict[Argument, float]) -> list[float]:
    known = dict(numbers)

    def at(argument: Argument) -> float:
        return known[argument] if isinstance(argument, str) else argument

    for step in block.steps:
        primitive = OPERATORS.get(step.primitive) or getattr(FLOATS, step.primitive)
        known[step.target] = primitive(*map(at, step.args))
    return [at(result) for result in block.results]


def operands_of(rule: Rule) -> int:
    return {"dot": 5}.get(rule.name, 3) if rule.arity is None else rule.arity


@pytest.mark.parametrize("rule", TABLE.values(), ids=lambda rule: rule.name)
@given(st.lists(st.floats(0.05, 0.95), min_size=5, max_size=5))
def test_a_kernel_computes_what_its_row_computes(rule: Rule, numbers: list[float]) -> None:
    arity = operands_of(rule)
    position = 1 if rule.vector else None
    recorded = kernel(rule, arity, position)
    xs: list[Any] = numbers[:arity]
    operands = [*xs, *([] if position is None else [position])]
    z = rule.apply(FLOATS, operands)
    partials = rule.slopes(FLOATS, operands, z)

    named: dict[Argument, float] = dict(zip(recorded.inputs, xs, strict=True))
    assert run(recorded.value, named) == [z]
    assert run(recorded.partials, {**named, "z": z}) == pytest.approx(list(partials[:arity]), rel=1e-15)


def test_steps_are_shared_and_useless_ones_dropped() -> None:
    twice = unary("twice_exp", lambda m, x: m.exp(x) + m.exp(x), lambda m, x, z: (z, m.sin(x))[0])
    recorded = kernel(twice, 1)

    assert [step.primitive for step in recorded.value.steps] == ["exp", "add"]
    assert recorded.partials.steps == ()


def test_a_row_that_branches_is_refused() -> None:
    branching = unary("branching", lambda m, x: x if x else -x, 1)

    with pytest.raises(TypeError, match="must not branch"):
        kernel(branching, 1)
