"""Tape: operations on numbered slots, written down in the order in which they happen."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence

from autodiff import rules
from autodiff.guards.lines import users_line
from autodiff.rules import BESIDE, Rule, nary
from autodiff.value import Value

__all__ = ["SHIFT", "Tape", "TraceError", "rule_named", "where_it_runs"]

# The largest operand where it cancels out of the result, as in softmax: no derivative flows through it.
SHIFT = nary("shift", lambda m, xs: m.max(xs), lambda m, xs, z: [0] * len(xs))


def rule_named(name: str) -> Rule:
    """The row of the table, the one that takes its place beside plain numbers, or what only programs know."""
    if name == "shift":
        return SHIFT
    row = rules.TABLE[name.removesuffix(BESIDE)]
    return row if row.name == name or row.beside is None else row.beside


class TraceError(TypeError):
    """A function that is being traced asked for what only a number has."""


class Tape:
    """The record of one run: operations by number, the slots of their operands, and all leaves.

    Results are numbered from 0 on; leaves from -1 downwards.

    Attributes:
        rules: The rows that occur.
        codes: For each operation its position in ``rules``.
        operands: The operands of all operations, one after the other.
        starts: Where the operands of each operation start in ``operands``; one more than operations.
        leaves: What the leaves are: a number, a captured Value, or the path of an input (a string).
        names: Names that users gave to results, by slot.
        lines: The user's line of each operation, if asked for.
        captured: The slots of Values from outside.
        lists: The slots of all results of a row that gives a list, by the row and its operands.
        open_axes: How many axes the arrays have that were passed for numbers and may have to be taken apart, by slot.
        types: Of which type the numbers are that were passed as arguments, by slot.
        types_asked: Whether the function has asked for one, as ``isinstance(x, int)`` does.
        refused: The first error of a traced Value that was asked for its number, even if the function caught it.
        decided: Values from outside, or nodes of them, that the function compared, each with the line.
    """

    def __init__(self, lines: bool = False) -> None:
        self.rules: list[Rule] = []
        self.codes: list[int] = []
        self.operands: list[int] = []
        self.starts: list[int] = [0]
        self.leaves: list[float | Value | str] = []
        self.names: dict[int, str] = {}
        self.lines: list[str] | None = [] if lines else None
        self.captured: dict[Value, int] = {}
        self.lists: dict[Hashable, list[int]] = {}
        self.open_axes: dict[int, int] = {}
        self.types: dict[int, type] = {}
        self.types_asked = False
        self.refused: TraceError | None = None
        self.decided: list[tuple[Value, str]] = []
        self._codes: dict[int, int] = {}
        self._constants: dict[Hashable, int] = {}

    def record(self, rule: Rule, operands: Sequence[int]) -> int:
        """Write one operation down; gives the slot of its result."""
        code = self._codes.get(id(rule))  # a rule's own hash would look at all its cells
        if code is None:
            code = self._codes[id(rule)] = len(self.rules)
            self.rules.append(rule)
        slot = len(self.codes)
        self.codes.append(code)
        self.operands += operands
        self.starts.append(len(self.operands))
        if self.lines is not None:
            self.lines.append(where_it_runs())
        return slot

    def leaf(self, what: float | Value | str) -> int:
        """Write a new leaf down."""
        self.leaves.append(what)
        return -len(self.leaves)

    def constant(self, number: float, kind: type | None = None) -> int:
        """The slot of a number: one for all that are equal and were passed as the same type, but 0 and -0 differ."""
        key = (number if number == number else "nan", math.copysign(1, number), kind)
        slot = self._constants.get(key)
        if slot is None:
            slot = self._constants[key] = self.leaf(number)
            if kind is not None:
                self.types[slot] = kind
        return slot

    def note_decision(self, *compared: object) -> None:
        """Remember that the function compared Values whose numbers are known."""
        line = where_it_runs()
        self.decided += [(x, line) for x in compared if isinstance(x, Value)]

    def is_constant(self, slot: int) -> bool:
        """Whether a number stands in this slot that is the same in each call."""
        return slot < 0 and isinstance(self.leaves[-1 - slot], float)

    def operands_of(self, slot: int) -> list[int]:
        """What the operation of a result was applied to."""
        return self.operands[self.starts[slot] : self.starts[slot + 1]]

    def leaves_below(self, slot: int) -> list[int]:
        """The slots of the leaves that a result was computed from, itself if it is one."""
        seen, stack = set(), [slot]
        while stack:
            slot = stack.pop()
            if slot not in seen:
                seen.add(slot)
                if slot >= 0:
                    stack += self.operands_of(slot)
        return [slot for slot in sorted(seen) if slot < 0]


def where_it_runs() -> str:
    """The user's line that runs, in few words."""
    line = users_line()
    return "?" if line is None else line.brief
