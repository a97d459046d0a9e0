"""Chain: the part of a program where groups are tiny, run one operation after the other.

A graph that is as deep as it is long has one operation a level. A group for each would cost more memory and
time than the operation itself; the NumPy engine is slow here in any case, and the engine llvm is not.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from autodiff.compiler.engines.numpy.arrays import NUMPY
from autodiff.compiler.engines.numpy.masks import always_cuts, any_of, passable, passing
from autodiff.compiler.flat.data import Flat
from autodiff.compiler.flat.places import FloatArray, Layout, Memory
from autodiff.compiler.front.tape import rule_named
from autodiff.rules.worlds import Scalar

__all__ = ["Chain"]


class Chain:
    """Operations ``first`` to ``last`` of a program, the first of which begins the group ``index``."""

    def __init__(self, program: Flat, layout: Layout, index: int, first: int, last: int) -> None:
        self.index = index
        rules = [rule_named(name) for name in program.rules]
        self.rules = [rules[code] for code in program.codes[first:last].tolist()]
        self.results = layout.places[program.base + first : program.base + last].tolist()
        starts = program.starts[first : last + 1]
        self.starts = (starts - starts[0]).tolist()
        self.operands = layout.places[program.operands[starts[0] : starts[-1]]].tolist()

    def run(self, memory: Memory) -> None:
        for i, rule in enumerate(self.rules):
            write_slot(memory, self.results[i], rule.apply(NUMPY, self._numbers(memory, i)))

    def pull(self, memory: Memory, bars: Memory, follow: Sequence[bool], reached: Memory | None) -> None:
        for i in range(len(self.rules) - 1, -1, -1):
            rule, bar = self.rules[i], read_slot(bars, self.results[i])
            for place, partial in zip(self._operands(i), self._partials(memory, i), strict=True):
                if always_cuts(rule, partial):
                    continue
                if reached is None:
                    add_to_slot(bars, place, bar * partial)
                else:
                    arrived = read_slot(reached, self.results[i]) > 0
                    mask = arrived & passable(rule, self._numbers(memory, i), partial)
                    add_to_slot(bars, place, passing(mask, bar, partial))
                    add_to_slot(reached, place, mask * 1.0)

    def push(self, memory: Memory, moving: Memory, reached: Memory | None) -> None:
        for i in range(len(self.rules)):
            moves, partials = self._read(moving, i), self._partials(memory, i)
            if reached is None:
                write_slot(moving, self.results[i], sum(map(operator.mul, moves, partials)))
                continue
            masks = [
                (arrived > 0) & passable(self.rules[i], self._numbers(memory, i), partial)
                for arrived, partial in zip(self._read(reached, i), partials, strict=True)
            ]
            write_slot(moving, self.results[i], sum(map(passing, masks, moves, partials)))
            write_slot(reached, self.results[i], any_of(np.broadcast_arrays(*masks)))

    def _operands(self, i: int) -> list[int]:
        places: list[int] = self.operands[self.starts[i] : self.starts[i + 1]]
        return places

    def _read(self, memory: Memory, i: int) -> list[FloatArray]:
        return [read_slot(memory, place) for place in self._operands(i)]

    def _numbers(self, memory: Memory, i: int) -> list[Scalar]:
        """The operands; a position, such as that of a result of softmax, is a number in a list."""
        xs: list[Scalar] = self._read(memory, i)
        if self.rules[i].vector:
            xs[-1] = int(xs[-1][0])
        return xs

    def _partials(self, memory: Memory, i: int) -> Sequence[Scalar]:
        partials: Sequence[Scalar] = self.rules[i].slopes(
            NUMPY, self._numbers(memory, i), read_slot(memory, self.results[i])
        )
        return partials


def read_slot(memory: Memory, place: int) -> FloatArray:
    """The numbers of one slot: one for all samples, or one for each."""
    if place < 0:
        return memory.common[-1 - place : -place or None]
    inputs = len(memory.inputs)
    row: FloatArray = memory.inputs[place] if place < inputs else memory.results[place - inputs]
    return row


def write_slot(memory: Memory, place: int, numbers: npt.ArrayLike) -> None:
    if place < 0:
        memory.common[-1 - place] = np.asarray(numbers).item()
    else:
        memory.results[place - len(memory.inputs)] = numbers


def add_to_slot(bars: Memory, place: int, numbers: FloatArray) -> None:
    if place < 0:
        bars.common[-1 - place] += numbers.sum()
    elif place >= len(bars.inputs):
        bars.results[place - len(bars.inputs)] += numbers
    elif bars.inputs.shape[1]:
        bars.inputs[place] += numbers
