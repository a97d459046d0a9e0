"""Writing operations, groups and slots of a program in words: W @ x + b, 16 dot products of 2."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from autodiff.compiler.flat.data import Flat, Indices
from autodiff.compiler.flat.structures import MOST_WRITTEN_OPERANDS, structure_of
from autodiff.writing.symbols import number_text

__all__ = ["Described", "Names", "described", "formula_of_one", "plural", "stem"]

MOST_PARTS = 4  # of numbers from different places that are written out
STEM = re.compile(r"([^\W\d_]+)_?[\d,]+(\^.*)?|(.+?)(?:\[[^\[\]]*\])+")  # w1,2^1 is of w^1, x[0][1] of x


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"


def formula_of_one(program: Flat, names: Names, operation: int) -> str:
    """Write one operation: dot([w11 w21], [x[0] x[1]]) + b1."""
    structure = structure_of(program.rules[program.codes[operation]])
    return structure.formula(names, program.operands_of(operation).tolist())


# ---------------------------------------------------------------- what slots are called


@dataclass
class Names:
    """What the slots of a program are called.

    Before operations are grouped a result is v1, v2, ... unless it has a name; after that it is an element
    of one array h.
    """

    program: Flat
    letter: str = field(init=False)

    def __post_init__(self) -> None:
        program = self.program
        taken = [*program.parameters, *program.inputs, *program.names.values()]
        stems = {stem(name) for name in taken}
        letters = "vrst" if program.groups is None else "hvrst"
        self.letter = next((letter for letter in letters if letter not in stems), "_")

    def one(self, slot: int) -> str:
        program = self.program
        kind, position = self.place(slot)
        if kind == "constant":
            return number_text(float(program.constants[position]), "text")
        if kind != "result":
            return (program.parameters if kind == "parameter" else program.inputs)[position]
        invented = f"{self.letter}{position + 1}" if program.groups is None else f"{self.letter}[{position}]"
        return program.names.get(slot) or invented

    def row(self, slots: Sequence[int]) -> str:
        """Write slots side by side, of many the first two and the last."""
        if len(slots) <= MOST_WRITTEN_OPERANDS:
            return f"[{' '.join(map(self.one, slots))}]"
        first, second, last = map(self.one, (slots[0], slots[1], slots[-1]))
        return f"[{first} {second} ... {last}]"

    def place(self, slot: int) -> tuple[str, int]:
        """The kind of a slot, and its position among those of its kind."""
        program, position = self.program, int(slot)
        for kind, of in (("constant", program.constants), ("parameter", program.parameters)):
            if position < len(of):
                return kind, position
            position -= len(of)
        count = len(program.inputs)
        return ("input", position) if position < count else ("result", position - count)

    def several(self, slots: Indices) -> str:
        """Write many slots in few words: h[0:16], x, or the places that they come from."""
        flat = np.asarray(slots).ravel()
        if len(flat) == 1 or (len(flat) and (flat == flat[0]).all()):
            return self.one(int(flat[0]))
        parts = [
            self.part(kind, np.array([position for _, position in run]))
            for kind, run in itertools.groupby(map(self.place, flat.tolist()), lambda place: place[0])
        ]
        if len(parts) > 1 and len(flat) <= MOST_PARTS:
            return f"[{' '.join(map(self.one, flat.tolist()))}]"
        return parts[0] if len(parts) == 1 else f"[{' '.join(shortened_parts(parts))}]"

    def part(self, kind: str, positions: Indices) -> str:
        """Write slots of one kind."""
        program = self.program
        if kind == "constant":
            numbers = program.constants[positions]
            same = len(np.unique(numbers)) == 1
            return number_text(float(numbers[0]), "text") if same else plural(len(numbers), "constant")
        if kind == "result":
            return span(self.letter, positions)
        names = program.parameters if kind == "parameter" else program.inputs
        if len(positions) == 1:
            return names[int(positions[0])]
        found = [names[i] for i in positions.tolist()]
        stems = list(dict.fromkeys(map(stem, found)))
        if len(stems) == 1:
            return stems[0]
        return f"[{' '.join(found if len(found) <= MOST_PARTS else shortened_parts(stems))}]"


def stem(name: str) -> str:
    """What elements of one array have in common in their names."""
    found = STEM.fullmatch(name)
    if found is None:
        return name
    letters, layer, path = found.groups()
    return path or letters + (layer or "")


def span(letter: str, positions: Indices) -> str:
    """Write positions in an array as a slice, if they are one."""
    steps = np.unique(np.diff(np.unique(positions)))
    first, last = int(positions.min()), int(positions.max())
    if len(steps) == 0:
        return f"{letter}[{first}]"
    if len(steps) == 1:
        step = "" if steps[0] == 1 else f":{steps[0]}"
        return f"{letter}[{first}:{last + 1}{step}]"
    return f"{letter}[...]"


def shortened_parts(parts: Sequence[str]) -> list[str]:
    return [*parts] if len(parts) <= MOST_PARTS else [*parts[: MOST_PARTS - 1], "...", parts[-1]]


# ---------------------------------------------------------------- groups


@dataclass(frozen=True)
class Described:
    """A group in words: what it stores, how that is computed, and what it consists of."""

    result: str
    formula: str
    note: str


def described(program: Flat, names: Names, group: int) -> Described:
    assert program.groups is not None
    assert program.blocks is not None
    first, last = int(program.groups[group]), int(program.groups[group + 1])
    operands = program.operands[program.starts[first] : program.starts[last]].reshape(last - first, -1)
    result = names.several(np.arange(program.base + first, program.base + last))
    structure = structure_of(program.rules[program.codes[first]])
    return Described(result, *structure.described(names, operands, int(program.blocks[group])))
