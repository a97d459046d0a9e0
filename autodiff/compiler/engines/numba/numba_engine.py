"""The Numba engine: one compiled loop over the whole program, for single numbers and for rows of samples."""

from __future__ import annotations

import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from autodiff.compiler.engines.numba.modules import batch_loop, check_kind, rows_of_scratch, single_loop
from autodiff.compiler.engines.numba.tables import GroupTable, Tables
from autodiff.compiler.engines.numpy.numpy_engine import NumpyEngine
from autodiff.compiler.flat.data import Flat
from autodiff.compiler.flat.places import FloatArray
from autodiff.compiler.flat.structures import Indices

__all__ = ["NumbaEngine"]

SAMPLES = 128  # a batch is run in pieces of so many samples, whose numbers fit into the processor's cache
MOST_WIDTHS = 8  # numbers of samples, below a whole piece, for which arrays are kept

Workspace: TypeAlias = tuple[FloatArray | Indices | GroupTable, ...]
Share: TypeAlias = tuple[bool, FloatArray]  # of a batch: whether no adjoint is nan, those of the parameters


class NumbaEngine(NumpyEngine):
    """Runs a grouped program in a loop that Numba compiled.

    The loop depends on the kinds of operations that occur only, and is kept on disk.

    Args:
        program, dtype: As for ``NumpyEngine``.
        threads: How many threads share the samples of a batch.

    Raises:
        ModuleNotFoundError: Numba is not installed.
    """

    name = "numba"
    order = "C"

    def __init__(self, program: Flat, dtype: npt.DTypeLike = np.float64, threads: int = 1) -> None:
        super().__init__(program, dtype)
        self.threads = threads
        self.tables = Tables(program)
        self.sizes = int((self.tables.places < 0).sum()), int((self.tables.places >= 0).sum())
        for kind in self.tables.kinds:
            check_kind(*kind)
        self.scratch = max((rows_of_scratch(*kind) for kind in self.tables.kinds), default=1)
        self.shown = self.tables.places[program.outputs]
        self._arrays: dict[str, FloatArray] = {}
        self._masked: dict[tuple[str, str], GroupTable] = {}
        self._workspaces: dict[tuple[str, int, int], Workspace] = {}

    @functools.cached_property
    def _single_loop(self) -> ModuleType:
        return single_loop(self.tables.kinds)

    @functools.cached_property
    def _batch_loop(self) -> ModuleType:
        return batch_loop(self.tables.kinds, self.tables.kinds if self.tables.ahead else ())

    def forward(self, parameters: FloatArray, inputs: FloatArray) -> FloatArray:
        run = self._single if inputs.shape[1] == 1 else self._batch
        return run(parameters, inputs, None, "both")[0]

    def backward(
        self, parameters: FloatArray, inputs: FloatArray, seeds: npt.ArrayLike, wanted: str = "both"
    ) -> tuple[FloatArray, FloatArray, FloatArray | None]:
        run = self._single if inputs.shape[1] == 1 else self._batch
        seeds = np.full((len(self.shown), inputs.shape[1]), seeds, self.dtype)
        outputs, by_parameters, by_inputs, right = run(parameters, inputs, seeds, wanted)
        if not right:
            return super().backward(parameters, inputs, seeds, wanted)  # 0 · ∞ on the way: see there
        return outputs, by_parameters, None if wanted == "parameters" else by_inputs

    def _single(
        self, parameters: FloatArray, inputs: FloatArray, seeds: FloatArray | None, wanted: str
    ) -> tuple[FloatArray, FloatArray, FloatArray, bool]:
        slots, count = self.program.slots, len(parameters)
        outputs, leaves = np.empty(len(self.shown), self.dtype), np.empty(count + len(inputs), self.dtype)
        right = self._single_loop.run(
            self._lasting("v", slots), self._lasting("bar", slots), self._lasting("scratch", self.scratch),
            self.tables.single, self._table_with_mask(wanted, "single"), self.tables.operands, self.constants,
            np.ascontiguousarray(parameters, self.dtype), inputs.ravel().astype(self.dtype, copy=False),
            self.program.outputs, outputs, outputs[:0] if seeds is None else seeds.ravel(), leaves,
        )  # fmt: skip
        return outputs[:, None], leaves[:count], leaves[count:, None], right

    def _batch(
        self, parameters: FloatArray, inputs: FloatArray, seeds: FloatArray | None, wanted: str
    ) -> tuple[FloatArray, FloatArray, FloatArray, bool]:
        inputs = np.ascontiguousarray(inputs, self.dtype)
        samples = inputs.shape[1]
        outputs = np.empty((len(self.shown), samples), self.dtype)
        by_inputs = np.empty((0 if wanted == "parameters" else len(inputs), samples), self.dtype)
        first = len(self.constants)

        def run(thread: int, begin: int, end: int) -> Share:
            width = min(max(end - begin, 1), SAMPLES)
            numbers, adjoints, *arrays = self._workspace(wanted, width, thread)
            numbers[first : first + len(parameters)] = parameters
            adjoints[:] = 0
            right = self._batch_loop.run(
                numbers, adjoints, *arrays, inputs, outputs, self.shown,
                outputs if seeds is None else seeds, by_inputs, seeds is not None, begin, end,
            )  # fmt: skip
            return right, adjoints[first : first + len(parameters)]

        rights, adjoints = zip(*self._shared_out(run, samples), strict=True)
        by_parameters = adjoints[0].copy()
        for more in adjoints[1:]:
            by_parameters += more
        return outputs, by_parameters, by_inputs, all(rights)

    def _shared_out(self, run: Callable[[int, int, int], Share], samples: int) -> list[Share]:
        """Run (thread, begin, end) over all samples, each thread over whole pieces."""
        pieces = -(-samples // SAMPLES)
        shares = min(self.threads, pieces)
        if shares <= 1:
            return [run(0, 0, samples)]
        ends = [pieces * share // shares * SAMPLES for share in range(shares)] + [samples]
        return list(self._pool.map(run, range(shares), ends[:-1], ends[1:]))

    @functools.cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self.threads, "autodiff")

    def _workspace(self, wanted: str, width: int, thread: int) -> Workspace:
        """The arrays of one thread's loop over pieces of so many samples, which last from call to call."""
        key = wanted, width, thread
        if key not in self._workspaces:
            if len(self._workspaces) >= MOST_WIDTHS * self.threads:
                self._workspaces.clear()
            common, rows = self.sizes
            table, ahead, placed = (
                self._table_with_mask(wanted, "batch"),
                self.tables.ahead,
                self.tables.placed,
            )
            numbers = np.zeros(common, self.dtype)
            numbers[: len(self.constants)] = self.constants
            self._workspaces[key] = (
                numbers, np.zeros(common, self.dtype),
                np.zeros((rows, width), self.dtype), np.zeros((rows, width), self.dtype),
                np.zeros((self.scratch, width), self.dtype),
                table[:ahead], table[ahead:], (-1 - placed).astype(np.uint32), placed,
            )  # fmt: skip
        return self._workspaces[key]

    def _table_with_mask(self, wanted: str, name: str) -> GroupTable:
        """The table with a mask for each group: bit i if the adjoint of its i-th side is needed."""
        if (name, wanted) not in self._masked:
            table: GroupTable = getattr(self.tables, name).copy()
            sides = self._useful(wanted)
            table["mask"] = [sum([1 << i for i, needed in enumerate(side) if needed]) for side in sides]
            self._masked[name, wanted] = table
        return self._masked[name, wanted]

    def _lasting(self, name: str, *shape: int) -> FloatArray:
        if name not in self._arrays:
            self._arrays[name] = np.zeros(shape, self.dtype)
        return self._arrays[name]
