"""Where a function may meet kinks: the operations whose slopes jump when its arguments move."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from autodiff.compiler.front.tape import Tape
from autodiff.rules import Rule

__all__ = ["moving_slots", "slots_with_kinks"]


def slots_with_kinks(tape: Tape, output: int) -> list[int]:
    """The operations before an output that may lie at a kink of their first or second derivative."""
    operations = [(tape.rules[tape.codes[slot]], tape.operands_of(slot)) for slot in range(output + 1)]
    inputs = {-1 - i for i, leaf in enumerate(tape.leaves) if isinstance(leaf, str)}
    moving = moving_slots(operations, 0, {output}, inputs)
    return [slot for slot, (rule, operands) in enumerate(operations) if has_kink(rule, operands, moving)]


def has_kink(rule: Rule, operands: Sequence[int], moving: set[int]) -> bool:
    if rule.condition is not None:
        return operands[rule.condition] in moving
    return (rule.at_kink is not None or rule.bent is not None) and not moving.isdisjoint(operands)


def moving_slots(
    operations: Sequence[tuple[Rule, Sequence[int]]], first: int, outputs: set[int], inputs: Collection[int]
) -> set[int]:
    """What moves with the arguments, without those that are only compared, such as masks and labels.

    Args:
        operations: Each with the slots of its operands; the slot of its result is ``first`` and its position.
        first: The slot of the first result.
        outputs: Where the results are.
        inputs: Where the arguments are.
    """
    reached = set(outputs)
    for slot, (rule, operands) in reversed(list(enumerate(operations, first))):
        if slot in reached and not rule.is_step:
            reached.update(below for i, below in enumerate(operands) if i != rule.condition)
    moving = reached.intersection(inputs)
    for slot, (rule, operands) in enumerate(operations, first):
        if not rule.is_step and not moving.isdisjoint(operands):
            moving.add(slot)
    return moving
