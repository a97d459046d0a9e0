"""Operators: the methods of traced Values, built from the rows of the table as those of Values are."""

from __future__ import annotations

from collections.abc import Callable

from autodiff import rules
from autodiff.compiler.front.traced import Traced, slot_of, traced
from autodiff.operations import is_array
from autodiff.rules import Rule
from autodiff.rules.worlds import Scalar

__all__ = ["give_methods"]


def recording_methods(rule: Rule) -> tuple[Callable[..., Scalar], Callable[..., Scalar]]:
    """The method of an operation on two operands, and the one for an operand on its left."""
    operand = f"{rule.name}: operand"

    def method(self: Traced, other: Scalar) -> Scalar:
        if type(other) is not Traced and is_array(other):
            return NotImplemented
        tape = self.tape
        return traced(tape, tape.record(rule, (self.index, slot_of(tape, other, operand))))

    def reflected(self: Traced, other: Scalar) -> Scalar:
        if is_array(other):
            return NotImplemented
        tape = self.tape
        return traced(tape, tape.record(rule, (slot_of(tape, other, operand), self.index)))

    return method, reflected


def recording_method(rule: Rule) -> Callable[..., Scalar]:
    def method(self: Traced, *others: Scalar) -> Traced:
        return self._record(rule, rule.with_defaults((self, *others)))

    return method


def give_methods() -> None:
    """Give traced Values the methods of all rows, also of those that were registered since the last time."""
    for rule in rules.TABLE.values():
        if Traced._made_from.get(rule.name) is rule:
            continue
        Traced._made_from[rule.name] = rule
        if rule.dunder and rule.arity == 2:
            method, reflected = recording_methods(rule)
            setattr(Traced, f"__r{rule.dunder}__", reflected)
        else:
            method = recording_method(rule)
        if rule.dunder:
            setattr(Traced, f"__{rule.dunder}__", method)
        if not rule.is_nary:
            setattr(Traced, rule.name, method)
