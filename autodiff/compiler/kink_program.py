"""Whether a function meets a kink, as a program: 1 where operands lie at one, 0 elsewhere."""

from __future__ import annotations

from autodiff.calculus.trees import Tree
from autodiff.compiler.at_kinks import slots_with_kinks
from autodiff.compiler.front.arguments import Arguments
from autodiff.compiler.front.tape import Tape
from autodiff.compiler.front.trace import on_tape
from autodiff.compiler.front.traced import Traced
from autodiff.compiler.gradients import SLOPES, either, operand
from autodiff.compiler.lowering import Lowering
from autodiff.rules.worlds import Scalar

__all__ = ["KinkLowering"]


class KinkLowering(Lowering):
    """The programs that tell whether a function of one number meets a kink on the way to it."""

    def traced(
        self, arguments: Arguments, statics: dict[str, object], depths: list[int]
    ) -> tuple[Tape, Tree, list[int]]:
        tape, result, depths = super().traced(arguments, statics, depths)
        found: Scalar = 0
        if isinstance(result, Traced):
            for slot in slots_with_kinks(tape, result.index):
                found = either(found, lies_at_kink(tape, slot))
        return tape, on_tape(tape, found, "a kink"), depths


def lies_at_kink(tape: Tape, slot: int) -> Scalar:
    """Whether the operands of an operation lie at a kink of its first or second derivative."""
    rule = tape.rules[tape.codes[slot]]
    xs = [operand(tape, below) for below in tape.operands_of(slot)]
    if rule.condition is not None:
        return SLOPES.equal(xs[rule.condition], 0)
    if rule.vector:
        xs[-1] = int(xs[-1])
    bent = 0 if rule.bent is None else rule.bent(SLOPES, *xs)
    return either(rule.kinked(SLOPES, xs), bent)
