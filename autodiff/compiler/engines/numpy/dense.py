"""Dense: the dot products of a layer, as products of matrices."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autodiff.compiler.engines.numpy.masks import arrives, pass_on, passing
from autodiff.compiler.flat.data import Indices
from autodiff.compiler.flat.places import FloatArray, Layout, Memory, Selection
from autodiff.compiler.flat.structures import Structure

__all__ = ["Dense"]


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
            products = passing(mask, bar[:, row, None], vectors)
            by_rows.append((products, np.broadcast_to(mask * 1.0, products.shape)))
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
