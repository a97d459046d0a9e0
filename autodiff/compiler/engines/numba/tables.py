"""The tables that the Numba engine's loops read: a row for each group of operations.

There is one for single numbers, in slots of the program, and one for batches, in places: a row of the batch
from 0 on, a number that all samples share from -1 downwards.
"""

from __future__ import annotations

import functools
from collections import Counter
from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from autodiff.compiler.engines.numba.source import LOOPS
from autodiff.compiler.flat.data import Flat, Indices
from autodiff.compiler.flat.places import places
from autodiff.compiler.flat.structures import structure_of

__all__ = ["GroupTable", "Tables"]

FEW_OPERANDS = 8  # up to so many a sum, a dot product or a softmax may have an unrolled loop of its own
MANY_ALIKE = 100  # groups from which on such a loop is worth the half second that it takes to compile

NumberType = TypeVar("NumberType", bound=np.generic)
GroupTable: TypeAlias = npt.NDArray[np.void]
GROUP = np.dtype(  # unsigned, which spares the loops a look at the sign of every index
    [
        ("kind", np.uint32),  # the number of the loop that computes it
        ("out", np.uint32),  # the first result
        ("count", np.uint32),  # the number of operations
        ("first", np.uint32),  # where their operands begin
        ("arity", np.uint32),  # the number of operands of each
        ("straight", np.uint32),  # whether vectors stand side by side
        ("mask", np.uint32),  # which sides of an operation need an adjoint
        ("blocks", np.uint32),  # of a dense layer: the number of vectors that its weights are multiplied with
    ]
)


class Tables:
    """The groups of a program, as the loops read them.

    Attributes:
        kinds: The loops that occur, as (rule, operands), 0 for a loop over any number of operands.
        single, operands: The table for single numbers and its operands.
        batch, placed: The same for batches.
        ahead: How many groups no input changes; they come first.
    """

    def __init__(self, program: Flat) -> None:
        assert program.groups is not None
        self.program, self.groups = program, program.groups
        self.places = places(program)
        every = kinds_of(program)
        self.kinds = tuple(sorted(set(every)))
        self.structures = [structure_of(name) for name, _ in every]
        firsts = self.groups[:-1]
        self.single = table = np.zeros(len(firsts), GROUP)
        table["kind"] = [self.kinds.index(kind) for kind in every]
        table["out"] = program.base + firsts
        table["count"] = np.diff(self.groups)
        table["arity"] = program.arities[firsts]
        table["blocks"] = program.blocks
        table["straight"] = [
            kind.layered and is_straight(*kind.split(self._of_group(program.operands, g)))
            for g, kind in enumerate(self.structures)
        ]
        kept = self._where_vectors_begin()
        self.operands = program.operands[kept].astype(np.uint32)
        table["first"] = np.concatenate([[0], np.cumsum(kept)])[program.starts[firsts]]
        self.placed = self.places[program.operands]
        self.ahead = int((self.places[table["out"]] < 0).sum())

    def _where_vectors_begin(self) -> npt.NDArray[np.bool_]:
        """Which operands the loop over single numbers reads: of a vector in a row only the first one."""
        kept = np.ones(len(self.program.operands), dtype=bool)
        for g in np.flatnonzero(self.single["straight"]).tolist():
            left, right, _ = self.structures[g].split(self._of_group(kept, g))
            left[:, 1:] = right[:, 1:] = False
        return kept

    @functools.cached_property
    def batch(self) -> GroupTable:
        table = self.single.copy()
        table["first"] = self.program.starts[self.groups[:-1]]
        out = self.places[table["out"]]
        table["out"] = np.where(out < 0, -1 - out, out)
        table["straight"][: self.ahead] = False
        table["straight"][self.ahead :] = [
            is_common_times_batch(*kind.split(self._of_group(self.placed, g)))
            if kind.layered
            else is_in_a_row(self._of_group(self.placed, g))
            for g, kind in enumerate(self.structures[self.ahead :], self.ahead)
        ]
        return table

    def _of_group(self, operands: npt.NDArray[NumberType], g: int) -> npt.NDArray[NumberType]:
        """The operands of a group, a row for each operation."""
        starts, first, end = self.program.starts, self.groups[g], self.groups[g + 1]
        return operands[starts[first] : starts[end]].reshape(end - first, -1)


def kinds_of(program: Flat) -> list[tuple[str, int]]:
    """For each group the loop that computes it."""
    assert program.groups is not None
    firsts = program.groups[:-1].tolist()
    every = [(program.rules[program.codes[first]], int(program.arities[first])) for first in firsts]
    groups = Counter(every)
    general = {
        kind for kind in groups if kind[0] in LOOPS and (kind[1] > FEW_OPERANDS or groups[kind] < MANY_ALIKE)
    }
    return [(kind[0], 0) if kind in general else kind for kind in every]


def is_straight(left: Indices, right: Indices, _: Indices) -> bool:
    """Whether both vectors of every dot product stand side by side."""
    return bool((np.diff(left) == 1).all() and (np.diff(right) == 1).all())


def is_in_a_row(placed: Indices) -> bool:
    """Whether the operands at each position are rows of the batch that stand side by side."""
    return bool(placed[0].min(initial=0) >= 0 and (np.diff(placed, axis=0) == 1).all())


def is_common_times_batch(left: Indices, right: Indices, _: Indices) -> bool:
    """Whether dot products have numbers that all samples share on their left, and none on their right."""
    return bool((left < 0).all() and (right >= 0).all())
