"""Groups: operations that the NumPy engine computes together, forward, in reverse, and along a direction."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np

from autodiff.compiler.engines.numpy.arrays import NUMPY
from autodiff.compiler.engines.numpy.chain import Chain
from autodiff.compiler.engines.numpy.masks import (
    Mask,
    always_cuts,
    any_of,
    arrives,
    pass_on,
    passing,
    uncut,
)
from autodiff.compiler.flat.data import Flat, Indices
from autodiff.compiler.flat.places import FloatArray, Layout, Memory, Selection
from autodiff.compiler.flat.structures import Structure, structure_of
from autodiff.compiler.front.tape import SHIFT
from autodiff.rules.worlds import Scalar

__all__ = ["Dense", "Elementwise", "Group", "Nary", "Softmax", "Sum", "groups_of", "sides_of"]


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
        return uncut(self.rule, [selection.read(memory) for selection in self.selections], partial)

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
                mask = arrives(self.result, reached) & uncut(self.rule, self._stack(memory), partials)
            pass_on(self.selection, bars, reached, bar, partials, mask)

    def push(self, memory: Memory, moving: Memory, reached: Memory | None) -> None:
        moves, partials = self.selection.read(moving), self.partials(memory)
        if reached is None:
            self.result.write(moving, np.add.reduce(moves * partials, axis=0))
            return
        masks = arrives(self.selection, reached) & uncut(self.rule, self._stack(memory), partials)
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
        top = scores.max(axis=1, keepdims=True)
        weights = np.exp(NUMPY.gap(scores, top) if np.isinf(top).any() else scores - top)
        shares = weights / weights.sum(axis=1, keepdims=True)
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
        """The product with the Jacobian, which is symmetric: shares times deviations from their mean.

        Everything depends on everything in a block, so something arrives at all of it or at none.
        """
        shares = self.result.read(memory).reshape(*self.shape, -1)
        factors = at.read(numbers).reshape(*self.shape, -1)
        moved: FloatArray = shares * (factors - (shares * factors).sum(axis=1, keepdims=True))
        if reached is None:
            return moved, moved
        some = arrives(at, reached).reshape(*self.shape, -1).any(axis=1, keepdims=True)
        return np.where(some, moved, 0), np.broadcast_to(some * 1.0, moved.shape)


class Dense:
    """Dot products in blocks: (blocks, rows, n) numbers times (blocks, 1, n), plus (blocks, rows) biases."""

    def __init__(
        self, kind: Structure, index: int, blocks: int, operands: Indices, layout: Layout, result: Selection
    ) -> None:
        self.index, self.result = index, result
        matrices, vectors, biases = kind.split(operands.reshape(blocks, -1, operands.shape[1]))
        if (matrices == matrices[:1]).all():
            matrices = matrices[:1]  # one matrix for all blocks
        self.matrices, self.vectors = layout.select(matrices), layout.select(vectors[:, 0])
        self.biases = layout.select(biases[:, :, 0])
        # Where nothing else uses the matrix, its adjoint need not be added to anything.
        self.alone = blocks == 1 and self.matrices.is_common and bool((layout.uses[matrices] == 1).all())
        self.shape = biases.shape[:2]

    def run(self, memory: Memory) -> None:
        products = multiplied(self.matrices.read(memory), self.vectors.read(memory))
        products = products + self.biases.read(memory)
        self.result.write(memory, products.reshape(-1, products.shape[-1]))

    def pull(self, memory: Memory, bars: Memory, follow: Sequence[bool], reached: Memory | None) -> None:
        bar = self.result.read(bars).reshape(*self.shape, -1)
        if reached is not None:
            self._pull_on_masks(memory, bars, follow, reached)
            return
        if follow[2]:
            self.biases.add(bars, bar)
        if follow[1]:
            self.vectors.add(bars, multiplied(self.matrices.read(memory).swapaxes(1, 2), bar))
        if follow[0]:
            vectors = self.vectors.read(memory)
            if self.alone and self.matrices.rows.in_a_row:
                outer(bar, vectors, summed=True, into=self.matrices.rows.read(bars.common))
            elif self.matrices.is_common:
                self.matrices.add(bars, outer(bar, vectors, summed=self.matrices.shape[0] == 1)[..., None])
            else:
                self._add_to_matrices(bars, bar[:, :, None] * vectors[:, None])

    def push(self, memory: Memory, moving: Memory, reached: Memory | None) -> None:
        matrices, vectors = self.matrices.read(memory), self.vectors.read(memory)
        if reached is not None:
            self._push_on_masks(memory, moving, reached)
            return
        moves = multiplied(self.matrices.read(moving), vectors) + multiplied(
            matrices, self.vectors.read(moving)
        )
        moves = moves + self.biases.read(moving)
        self.result.write(moving, moves.reshape(-1, moves.shape[-1]))

    def _pull_on_masks(self, memory: Memory, bars: Memory, follow: Sequence[bool], reached: Memory) -> None:
        """The same row by row, as products of matrices cannot leave out what does not pass."""
        bar, masks = (self.result.read(numbers).reshape(*self.shape, -1) for numbers in (bars, reached))
        matrices, vectors = self.matrices.read(memory), self.vectors.read(memory)
        for selection, numbers in ((bars, bar), (reached, masks)):
            if follow[2]:
                self.biases.add(selection, numbers)
        by_rows = []
        for row in range(self.shape[1]):
            mask = masks[:, row, None] > 0
            if follow[1]:
                pass_on(self.vectors, bars, reached, bar[:, row, None], matrices[:, row], mask)
            by_rows.append(
                (passing(mask, bar[:, row, None], vectors), np.broadcast_to(mask * 1.0, vectors.shape))
            )
        if follow[0]:
            for selection, found in zip((bars, reached), zip(*by_rows, strict=True), strict=True):
                self._add_to_matrices(selection, np.stack(found, axis=1))

    def _add_to_matrices(self, bars: Memory, products: FloatArray) -> None:
        if self.matrices.shape[0] == 1:  # one matrix for all blocks
            products = products.sum(axis=0, keepdims=True)
        self.matrices.add(bars, products)

    def _push_on_masks(self, memory: Memory, moving: Memory, reached: Memory) -> None:
        matrices, vectors = self.matrices.read(memory), self.vectors.read(memory)[:, None]
        by_matrix, by_vector = arrives(self.matrices, reached), arrives(self.vectors, reached)[:, None]
        moves = passing(by_matrix, self.matrices.read(moving), vectors)
        moves = moves + passing(by_vector, self.vectors.read(moving)[:, None], matrices)
        moves = moves.sum(axis=2) + self.biases.read(moving)
        masks = (by_matrix | by_vector).any(axis=2) | arrives(self.biases, reached)
        self.result.write(moving, moves.reshape(-1, moves.shape[-1]))
        self.result.write(reached, masks.reshape(-1, masks.shape[-1]) * 1.0)


GROUPS: dict[str, Callable[..., Group]] = {"dot": Dense, "softmax": Softmax, "sum": Sum}


def multiplied(matrices: FloatArray, vectors: FloatArray) -> FloatArray:
    """(blocks or 1, rows, n, samples or 1) times (blocks, n, samples or 1): (blocks, rows, samples)."""
    blocks, samples = len(matrices), matrices.shape[-1]
    products: FloatArray
    if samples > 1:
        products = np.add.reduce(matrices * vectors[:, None], axis=2)
    elif blocks == 1 and vectors.shape[-1] == 1 and len(vectors) > 1:  # one product of two matrices
        products = (vectors[..., 0] @ matrices[0, :, :, 0].T)[..., None]
    else:
        products = np.matmul(matrices[..., 0], vectors)
    return products


def outer(bar: FloatArray, vectors: FloatArray, summed: bool, into: FloatArray | None = None) -> FloatArray:
    """(blocks, rows, samples) times (blocks, n, samples or 1), summed over samples and, if asked, blocks."""
    if vectors.shape[-1] != bar.shape[-1]:
        vectors = np.broadcast_to(vectors, (*vectors.shape[:-1], bar.shape[-1]))
    products: FloatArray
    if not summed or len(bar) == 1:
        products = np.matmul(bar, vectors.swapaxes(1, 2), out=into)
    elif bar.shape[-1] == 1:
        products = (bar[..., 0].T @ vectors[..., 0])[None]
    else:
        products = np.tensordot(bar, vectors, axes=([0, 2], [0, 2]))[None]
    return products
