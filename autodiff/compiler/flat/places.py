"""Places: where slots stand in the arrays of an engine, and how many of them are read and added to at once.

An engine keeps one number a slot for what is the same for all samples of a batch (constants, parameters and
what is made of them alone), and one row a slot, with a number for each sample, for inputs and results.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from autodiff.compiler.flat.data import Flat, Indices

__all__ = ["FloatArray", "Layout", "Memory", "Selection", "has_nan", "places"]

FloatArray: TypeAlias = npt.NDArray[Any]


def places(program: Flat) -> Indices:
    """For each slot its row among the batched ones, or -1 - its position among the common ones."""
    batched = program.batched
    return np.where(batched, np.cumsum(batched) - 1, 0 - np.cumsum(~batched))


@dataclass
class Memory:
    """The numbers of all slots: ``common`` (slots,), ``inputs`` and ``results`` (slots, samples).

    Inputs stand apart, so that they are used as they come, without a copy.
    """

    common: FloatArray
    inputs: FloatArray
    results: FloatArray


class Layout:
    """Which of the arrays of a memory each slot stands in, and in which row."""

    def __init__(self, program: Flat) -> None:
        found = self.places = places(program)
        count = len(program.inputs)
        self.arrays = np.where(found < 0, 0, np.where(found < count, 1, 2))
        self.rows = np.where(found < 0, -1 - found, np.where(found < count, found, found - count))
        self.sizes = [int((self.arrays == k).sum()) for k in range(3)]
        self.uses = np.bincount(program.operands, minlength=program.slots)

    def select(self, slots: Indices) -> Selection:
        return Selection(self.arrays[slots], self.rows[slots])

    def memory(self, samples: int, dtype: npt.DTypeLike) -> Memory:
        """Arrays for so many samples; those of the inputs are still missing."""
        common, inputs, results = self.sizes
        return Memory(
            np.empty(common, dtype), np.empty((inputs, 0), dtype), np.empty((results, samples), dtype)
        )


class Selection:
    """Some slots, in the shape of an array of indices.

    Reading gives that shape with one more axis: of the samples, or of length 1 if all slots are common.
    """

    def __init__(self, arrays: Indices, rows: Indices) -> None:
        self.shape, self.size = rows.shape, rows.size
        self.kinds = [int(k) for k in np.unique(arrays)]
        self.is_common = self.kinds == [0]
        if len(self.kinds) == 1:
            self.rows = Rows(rows)
        self.parts = [(k, np.nonzero(arrays == k), Rows(rows[arrays == k])) for k in self.kinds]

    def read(self, memory: Memory) -> FloatArray:
        arrays = (memory.common, memory.inputs, memory.results)
        if self.is_common:
            return self.rows.read(memory.common)[..., None]
        if len(self.parts) == 1:
            return self.rows.read(arrays[self.kinds[0]])
        numbers = np.empty((*self.shape, memory.results.shape[1]), memory.results.dtype)
        for kind, where, rows in self.parts:
            found = rows.read(arrays[kind])
            numbers[where] = found if kind else found[:, None]
        return numbers

    def write(self, memory: Memory, numbers: npt.ArrayLike) -> None:
        """Set the slots of results."""
        numbers = np.asarray(numbers)
        if self.is_common:
            memory.common[self.rows.indices] = numbers[..., 0] if numbers.ndim > len(self.shape) else numbers
        else:
            memory.results[self.rows.indices] = numbers

    def add(self, memory: Memory, numbers: FloatArray) -> None:
        """Add to the slots; to a common one the sum over the samples. Inputs may have no array."""
        if self.is_common:
            self.rows.add(memory.common, numbers.sum(axis=-1) if numbers.shape[-1] != 1 else numbers[..., 0])
        elif self.kinds == [2]:
            self.rows.add(memory.results, numbers)
        else:
            numbers = np.broadcast_to(numbers, (*self.shape, memory.results.shape[1]))
            for kind, where, rows in self.parts:
                if kind == 0:
                    rows.add(memory.common, numbers[where].sum(axis=-1))
                elif kind == 2:
                    rows.add(memory.results, numbers[where])
                elif memory.inputs.shape[1]:
                    rows.add(memory.inputs, numbers[where])


class Rows:
    """Some rows of an array: a slice, or a view with strides, where they stand in a regular pattern.

    The weights of a layer do: row after row, with the biases of the neurons between.
    """

    def __init__(self, indices: Indices) -> None:
        self.shape = indices.shape
        self.indices: Indices | slice = indices
        self.steps = steps_of(indices)
        self.first = int(indices.flat[0]) if indices.size else 0
        self.unique: Indices | None = None
        flat = indices.ravel()
        self.in_a_row = len(flat) > 0 and bool((np.diff(flat) == 1).all())
        if self.in_a_row:
            self.indices = slice(self.first, self.first + len(flat))
        elif len(np.unique(flat)) < len(flat):
            self.order = np.argsort(flat, kind="stable")
            self.unique, self.firsts = np.unique(flat[self.order], return_index=True)

    def read(self, array: FloatArray) -> FloatArray:
        if not self.in_a_row and self.steps is not None:
            return self._view(array)
        found: FloatArray = array[self.indices]
        return found if len(self.shape) == 1 else found.reshape(self.shape + array.shape[1:])

    def add(self, array: FloatArray, numbers: FloatArray) -> None:
        if self.unique is not None:
            flat = np.broadcast_to(numbers, self.shape + array.shape[1:]).reshape(-1, *array.shape[1:])
            array[self.unique] += np.add.reduceat(flat[self.order], self.firsts, axis=0)
        elif self.in_a_row or self.steps is not None:
            view = self.read(array)
            view += numbers
        else:
            array[self.indices] += numbers

    def _view(self, array: FloatArray) -> FloatArray:
        assert self.steps is not None
        row = array.strides[0]
        strides = (*(step * row for step in self.steps), *array.strides[1:])
        shape = (*self.shape, *array.shape[1:])
        if array.flags.c_contiguous:  # what as_strided does, ten times as fast
            return np.ndarray(shape, array.dtype, array, self.first * row, strides)
        return np.lib.stride_tricks.as_strided(array[self.first :], shape, strides)


def steps_of(indices: Indices) -> tuple[int, ...] | None:
    """How far the indices go on along each axis, if that is the same everywhere."""
    if indices.size == 0:
        return None
    origin = (0,) * indices.ndim
    steps = []
    for axis, length in enumerate(indices.shape):
        beside = tuple(int(k == axis) for k in range(indices.ndim))
        steps.append(int(indices[beside] - indices[origin]) if length > 1 else 0)
    regular = np.asarray(indices[origin])
    for axis, step in enumerate(steps):
        along = np.arange(indices.shape[axis]) * step
        regular = np.add.outer(regular, along)
    return tuple(steps) if bool(np.array_equal(regular, indices)) else None


MOST_ALONE = 8192  # numbers of which BLAS makes a product without threads, which wait long on a busy machine


def has_nan(numbers: FloatArray) -> bool:
    """Whether one of some numbers is nan; of few in half of the time that NumPy takes to look at each."""
    if not numbers.size:
        return False
    if numbers.size > MOST_ALONE:
        return bool(np.isnan(numbers).any())
    total = np.vdot(numbers, numbers)  # of squares, among which only nan makes nan; it warns of nothing
    return bool(total != total)
