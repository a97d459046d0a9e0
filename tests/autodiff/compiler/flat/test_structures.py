"""Structures: the sides, blocks and work of all operations of the table."""

from __future__ import annotations

import numpy as np
import pytest

from autodiff.compiler.flat.structures import structure_of
from autodiff.rules import TABLE, Rule


@pytest.mark.parametrize("rule", TABLE.values(), ids=lambda rule: rule.name)
def test_the_sides_of_a_group_hold_each_operand_once(rule: Rule) -> None:
    structure, arity = structure_of(rule.name), rule.arity or 7
    operands = np.arange(4 * arity).reshape(4, arity)
    sides = structure.sides(operands.ravel().tolist(), arity)

    assert sorted(slot for side in sides for slot in side) == operands.ravel().tolist()
    assert sides == [side.ravel().tolist() for side in structure.split(operands)]
    assert structure.fits(np.array([arity, 0])).tolist() == [True, False]


@pytest.mark.parametrize(
    ("name", "arity", "work"),
    [("tanh", 1, 1), ("add", 2, 1), ("sum", 5, 4), ("dot", 5, 4), ("softmax", 9, 5)],
)
def test_work(name: str, arity: int, work: int) -> None:
    assert structure_of(name).work(np.array([arity]), np.array([False])).tolist() == [work]


def test_a_dot_product_without_bias_is_an_addition_less() -> None:
    assert structure_of("dot").work(np.array([5, 5]), np.array([True, False])).tolist() == [3, 4]


def test_an_unknown_operation_has_no_structure() -> None:
    with pytest.raises(KeyError, match="no_such_operation"):
        structure_of("no_such_operation")
