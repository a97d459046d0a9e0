"""Groups: operations that the NumPy engine computes together, forward, in reverse, and along a direction."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np

from autodiff.compiler.engines.numpy.arrays import NUMPY
from autodiff.compiler.engines.numpy.chain import Chain
from autodiff.compiler.engines.numpy.dense import Dense
from autodiff.compiler.engines.numpy.masks import (
    always_cuts,
    any_of,
    arrives,
    pass_on,
    passable,
    passing,
)
from autodiff.compiler.flat.data import Flat, Indices
from autodiff.compiler.flat.places import FloatArray, Layout, Memory, Selection
from autodiff.compiler.flat.structures import Mask, Structure, structure_of
from autodiff.compiler.front.tape import SHIFT
from autodiff.rules.reductions import softmax_moved
from autodiff.rules.worlds import Scalar

__all__ = ["Elementwise", "Group", "Nary", "Softmax", "Sum", "groups_of", "sides_of"]


TINY, MANY = 3, 1000  # so many groups in a row, each of fewer operations, are run as a chain


class Group(Protocol):
    """Operations that are computed together, or one after the other where each group is tiny.

    Attributes:
        index: The first group of the program that it stands for.
    """

    index: int

    def run(self, memory: Memory) -> None: ...
    def pull(self, memory: Memory, bars: Memory, follow: Sequence[bool], reached: Memory | None) -> None: ...
    def push(self, memory: Memory, moving: Memory, reached: Memory | None) -> None: ...


def groups_of(program: Flat, layout: Layout) -> list[Group]:
    assert program.groups is not None
    assert program.blocks is not None
    bounds, blocks = program.groups.tolist(), program.blocks.tolist()
    tiny = np.diff(program.groups) < TINY
    edges = np.flatnonzero(np.diff(tiny, prepend=not tiny[:1].any(), append=not tiny[-1:].any())).tolist()
    groups: list[Group] = []
    for start, end in itertools.pairwise(edges):
        if tiny[start] and end - start > MANY:
            groups.append(Chain(program, layout, start, bounds[start], bounds[end]))
        else:
            groups += [
                group_of(program, layout, k, bounds[k], bounds[k + 1], blocks[k]) for k in range(start, end)
            ]
    return groups


def group_of(program: Flat, layout: Layout, index: int, first: int, last: int, blocks: int) -> Group:
    rule = program.rule(first)
    arity = int(program.arities[first])
    operands = program.operands[program.starts[first] : program.starts[last]].reshape(last - first, arity)
    result = layout.select(np.arange(program.base + first, program.base + last))
    kind = GROUPS.get(rule.name) or (Nary if rule.is_nary else Elementwise)
    return kind(structure_of(rule.name), index, blocks, operands, layout, result)


def sides_of(program: Flat) -> Iterator[tuple[list[list[int]], int]]:
    """For each group, the slots on each side and the number of operations."""
    assert program.groups is not None
    operands, starts, codes = program.operands.tolist(), program.starts.tolist(), program.codes.tolist()
    structures = list(map(structure_of, program.rules))
    for first, last in itertools.pairwise(program.groups.tolist()):
        start, end = starts[first], starts[last]
        width = starts[first + 1] - start
        yield structures[codes[first]].sides(operands[start:end], width), last - first


class Elementwise:
    """Operations on one, two or three operands."""

    def __init__(
        self, kind: Structure, index: int, blocks: int, operands: Indices, layout: Layout, result: Selection
    ) -> None:
        self.rule, self.index, self.result = kind.rule, index, result
        self.selections = [layout.select(side) for side in operands.T]

    def run(self, memory: Memory) -> None:
        xs = [selection.read(memory) for selection in self.selections]
        self.result.write(memory, self.rule.apply(NUMPY, xs))

    def partials(self, memory: Memory, wanted: Sequence[int] | None = None) -> Sequence[Scalar]:
        xs = [selection.read(memory) for selection in self.selections]
        return self.rule.slopes(NUMPY, xs, self.result.read(memory), wanted)

    def pull(self, memory: Memory, bars: Memory, follow: Sequence[bool], reached: Memory | None) -> None:
        bar = self.result.read(bars)
        wanted = [side for side, needed in enumerate(follow) if needed]
        for side, partial in zip(wanted, self.partials(memory, wanted), strict=True):
            if not always_cuts(self.rule, partial):
                mask = (
                    None if reached is None else arrives(self.result, reached) & self._uncut(memory, partial)
                )
                pass_on(self.selections[side], bars, reached, bar, partial, mask)

    def _uncut(self, memory: Memory, partial: Scalar) -> Mask:
        return passable(self.rule, [selection.read(memory) for selection in self.selections], partial)

    def push(self, memory: Memory, moving: Memory, reached: Memory | None) -> None:
        moves = [selection.read(moving) for selection in self.selections]
        partials = self.partials(memory)
        if reached is None:
            self.result.write(moving, sum(map(operator.mul, moves, partials)))
            return
        masks = [
            arrives(selection, reached) & self._uncut(memory, partial)
            for selection, partial in zip(self.selections, partials, strict=True)
        ]
        self.result.write(moving, sum(map(passing, masks, moves, partials)))
        self.result.write(reached, any_of(np.broadcast_arrays(*masks)))


class Nary:
    """Operations on equally many operands, such as max."""

    def __init__(
        self, kind: Structure, index: int, blocks: int, operands: Indices, layout: Layout, result: Selection
    ) -> None:
        self.rule, self.index, self.result = kind.rule, index, result
        self.selection = layout.select(operands.T)

    def run(self, memory: Memory) -> None:
        self.result.write(memory, self.rule.apply(NUMPY, self._stack(memory)))

    def _stack(self, memory: Memory) -> Scalar:
        return self.selection.read(memory).view(Stack)

    def partials(self, memory: Memory) -> FloatArray:
        xs, z = self._stack(memory), self.result.read(memory)
        found = self.rule.slopes(NUMPY, xs, z)
        if isinstance(found, list):
            return np.stack([np.broadcast_to(partial, xs.shape[1:]) for partial in found])
        return np.asarray(found)

    def pull(self, memory: Memory, bars: Memory, follow: Sequence[bool], reached: Memory | None) -> None:
        if follow[0] and self.rule is not SHIFT:  # which has no slope
            bar, partials = self.result.read(bars), self.partials(memory)
            mask = None
            if reached is not None:
                mask = arrives(self.result, reached) & passable(self.rule, self._stack(memory), partials)
            pass_on(self.selection, bars, reached, bar, partials, mask)

    def push(self, memory: Memory, moving: Memory, reached: Memory | None) -> None:
        moves, partials = self.selection.read(moving), self.partials(memory)
        if reached is None:
            self.result.write(moving, np.add.reduce(moves * partials, axis=0))
            return
        masks = arrives(self.selection, reached) & passable(self.rule, self._stack(memory), partials)
        self.result.write(moving, np.add.reduce(passing(masks, moves, partials), axis=0))
        self.result.write(reached, any_of(masks))


class Stack(np.ndarray[Any, np.dtype[Any]]):
    """The operands of n-ary operations, stacked; a slice is a list, as it is where a row runs on numbers."""

    def __getitem__(self, key: Scalar) -> Scalar:
        found = super().__getitem__(key)
        return list(found.view(np.ndarray)) if isinstance(key, slice) else found


class Sum:
    """Sums of equally many terms."""

    def __init__(
        self, kind: Structure, index: int, blocks: int, operands: Indices, layout: Layout, result: Selection
    ) -> None:
        self.index, self.result = index, result
        self.terms = layout.select(operands.T)  # term by term, so that they are added in their order

    def run(self, memory: Memory) -> None:
        self.result.write(memory, NUMPY.sum(self.terms.read(memory)))

    def pull(self, memory: Memory, bars: Memory, follow: Sequence[bool], reached: Memory | None) -> None:
        if not follow[0]:
            return
        for numbers in (bars, reached):
            if numbers is not None:
                bar = self.result.read(numbers)
                self.terms.add(numbers, np.broadcast_to(bar, (self.terms.shape[0], *bar.shape)))

    def push(self, memory: Memory, moving: Memory, reached: Memory | None) -> None:
        self.result.write(moving, np.add.reduce(self.terms.read(moving), axis=0))
        if reached is not None:
            self.result.write(reached, any_of(arrives(self.terms, reached)))


class Softmax:
    """Softmaxes of equally many scores, each of which has all its results side by side."""

    def __init__(
        self, kind: Structure, index: int, blocks: int, operands: Indices, layout: Layout, result: Selection
    ) -> None:
        self.index, self.result = index, result
        scores = kind.split(operands.reshape(blocks, -1, operands.shape[1])[:, 0])[0]
        self.shape, self.scores = scores.shape, layout.select(scores)

    def run(self, memory: Memory) -> None:
        scores = self.scores.read(memory)
        top = np.maximum.reduce(scores, axis=1, keepdims=True)
        weights = np.exp(NUMPY.gap(scores, top))
        shares = weights / np.add.reduce(weights, axis=1, keepdims=True)
        self.result.write(memory, shares.reshape(-1, shares.shape[-1]))

    def pull(self, memory: Memory, bars: Memory, follow: Sequence[bool], reached: Memory | None) -> None:
        if follow[0]:
            moved, mask = self._moved(memory, self.result, bars, reached)
            self.scores.add(bars, moved)
            if reached is not None:
                self.scores.add(reached, mask)

    def push(self, memory: Memory, moving: Memory, reached: Memory | None) -> None:
        moves, mask = self._moved(memory, self.scores, moving, reached)
        self.result.write(moving, moves.reshape(-1, moves.shape[-1]))
        if reached is not None:
            self.result.write(reached, mask.reshape(-1, mask.shape[-1]))

    def _moved(
        self, memory: Memory, at: Selection, numbers: Memory, reached: Memory | None
    ) -> tuple[FloatArray, FloatArray]:
        """The product with the Jacobian.

        Everything depends on everything in a block, so something arrives at all of it or at none.
        """
        shares = self.result.read(memory).reshape(*self.shape, -1)
        factors = at.read(numbers).reshape(*self.shape, -1)
        moved: FloatArray = softmax_moved(NUMPY, shares.swapaxes(0, 1), factors.swapaxes(0, 1)).swapaxes(0, 1)
        if reached is None:
            return moved, moved
        arrived = arrives(at, reached).reshape(*self.shape, -1)
        some = arrived.any(axis=1, keepdims=True)
        if np.isinf(factors).any():
            moved = moved_one_by_one(shares, factors, arrived)
        return np.where(some, moved, 0), np.broadcast_to(some * 1.0, moved.shape)


def moved_one_by_one(shares: FloatArray, factors: FloatArray, arrived: Mask) -> FloatArray:
    """The same in the steps of eager: infinite factors have no deviations from a mean."""
    moved = np.zeros(np.broadcast_shapes(shares.shape, factors.shape))
    for i in range(shares.shape[1]):
        partials = -shares[:, i, None] * shares
        partials[:, i] = shares[:, i] * np.delete(shares, i, axis=1).sum(axis=1)
        moved += passing(arrived[:, i, None], factors[:, i, None], partials)
    return moved


GROUPS: dict[str, Callable[..., Group]] = {"dot": Dense, "softmax": Softmax, "sum": Sum}
