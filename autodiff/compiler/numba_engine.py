"""The Numba engine: one compiled loop over the whole program, for single numbers and for rows of samples."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from autodiff.compiler.numba_modules import batch_loop, single_loop
from autodiff.compiler.numba_source import LONGEST, LOOPS
from autodiff.compiler.numpy_engine import NumpyEngine
from autodiff.compiler.places import Floats, places
from autodiff.compiler.program import Indices, Program

__all__ = ["NumbaEngine"]

SAMPLES = 128  # a batch is run in pieces of so many samples, whose numbers fit into the processor's cache
MOST_WIDTHS = 8  # numbers of samples, below a whole piece, for which arrays are kept
FEW = (
    8  # operands up to which a sum, a dot product or a softmax may have a loop of its own, which is unrolled
)
MANY = 100  # groups from which on such a loop is worth the half second that it takes to compile

Share: TypeAlias = tuple[bool, Floats]  # of a batch: whether no adjoint is nan, those of the parameters
Table: TypeAlias = npt.NDArray[np.void]  # of the groups
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


class NumbaEngine(NumpyEngine):
    """Runs a grouped program in a loop that Numba compiled.

    The loop depends on the kinds of operations that occur only, and is kept on disk.

    Args:
        program, dtype: As for ``NumpyEngine``.
        threads: How many threads share the samples of a batch.

    Raises:
        ModuleNotFoundError: Numba is not installed.
        ValueError: An operation has too many operands to be spelled out.
    """

    name = "numba"
    order = "C"

    def __init__(self, program: Program, dtype: Any = np.float64, threads: int = 1) -> None:
        super().__init__(program, dtype)
        self.threads = threads
        self.places = places(program)
        self.sizes = int((self.places < 0).sum()), int((self.places >= 0).sum())
        kinds = self._kinds()
        self.every = tuple(sorted(set(kinds)))
        self._layout([self.every.index(kind) for kind in kinds], [kind[0] == "dot" for kind in kinds])
        self._arrays: dict[str, Floats] = {}
        self._tables: dict[tuple[str, str], Table] = {}
        self._workspaces: dict[tuple[str, int, int], tuple[Any, ...]] = {}

    def _kinds(self) -> list[tuple[str, int]]:
        """For each group the loop that computes it: rule and operands, or 0 for a loop over any number."""
        program = self.program
        assert program.groups is not None
        firsts = program.groups[:-1].tolist()
        every = [(program.rules[program.codes[first]], int(program.arities[first])) for first in firsts]
        groups = Counter(every)
        for name, arity in groups:
            if name not in LOOPS and arity > LONGEST:
                raise ValueError(
                    f"the engine numba spells operations out, and {name} of {arity} operands is too "
                    'long: use engine="numpy"'
                )
        general = {kind for kind in groups if kind[0] in LOOPS and (kind[1] > FEW or groups[kind] < MANY)}
        return [(kind[0], 0) if kind in general else kind for kind in every]

    @functools.cached_property
    def _single_loop(self) -> ModuleType:
        return single_loop(self.every)

    @functools.cached_property
    def _batch_loop(self) -> ModuleType:
        return batch_loop(self.every, self.every if self.ahead else ())

    def _layout(self, kinds: list[int], dots: list[bool]) -> None:
        """The groups as one table: for single numbers in slots of the program, for batches in places."""
        program = self.program
        assert program.groups is not None
        firsts = program.groups[:-1]
        self.table = np.zeros(len(firsts), GROUP)
        self.table["kind"] = kinds
        self.table["out"] = program.base + firsts
        self.table["count"] = np.diff(program.groups)
        self.table["first"] = program.starts[firsts]
        self.table["arity"] = program.arities[firsts]
        self.table["blocks"] = program.blocks
        self.table["straight"] = [
            dot and is_straight(self._operands(program.operands, g)) for g, dot in enumerate(dots)
        ]
        self.dots = dots
        kept = self._where_vectors_begin()
        self.operands = program.operands[kept].astype(np.uint32)
        self.table["first"] = np.concatenate([[0], np.cumsum(kept)])[program.starts[firsts]]
        self.placed = self.places[program.operands]
        self.ahead = int((self.places[self.table["out"]] < 0).sum())  # what no input changes; it comes first
        self.shown = self.places[program.outputs]

    def _where_vectors_begin(self) -> npt.NDArray[np.bool_]:
        """Which operands the loop over single numbers reads: of a vector in a row only the first one."""
        kept = np.ones(len(self.program.operands), dtype=bool)
        for g in np.flatnonzero(self.table["straight"]).tolist():
            operands = self._operands(kept, g)
            n = operands.shape[1] // 2
            operands[:, 1:n] = operands[:, n + 1 : 2 * n] = False
        return kept

    @functools.cached_property
    def placed_table(self) -> Table:
        """The table for batches, in places."""
        table = self.table.copy()
        assert self.program.groups is not None
        table["first"] = self.program.starts[self.program.groups[:-1]]
        out = self.places[table["out"]]
        table["out"] = np.where(out < 0, -1 - out, out)
        table["straight"][: self.ahead] = False
        table["straight"][self.ahead :] = [
            (is_common_times_batch if self.dots[g] else is_in_a_row)(self._operands(self.placed, g))
            for g in range(self.ahead, len(table))
        ]
        return table

    def _operands(self, operands: npt.NDArray[Any], g: int) -> npt.NDArray[Any]:
        """Those of a group, a row for each operation."""
        groups, starts = self.program.groups, self.program.starts
        assert groups is not None
        return operands[starts[groups[g]] : starts[groups[g + 1]]].reshape(groups[g + 1] - groups[g], -1)

    # ------------------------------------------------------------ running

    def forward(self, parameters: Floats, inputs: Floats) -> Floats:
        run = self._single if inputs.shape[1] == 1 else self._batch
        return run(parameters, inputs, None, "both")[0]

    def backward(
        self, parameters: Floats, inputs: Floats, seeds: Any, wanted: str = "both"
    ) -> tuple[Floats, Floats, Floats | None]:
        run = self._single if inputs.shape[1] == 1 else self._batch
        seeds = np.full((len(self.shown), inputs.shape[1]), seeds, self.dtype)
        outputs, by_parameters, by_inputs, right = run(parameters, inputs, seeds, wanted)
        if not right:
            return super().backward(parameters, inputs, seeds, wanted)  # 0 · ∞ on the way: see there
        return outputs, by_parameters, None if wanted == "parameters" else by_inputs

    def _single(
        self, parameters: Floats, inputs: Floats, seeds: Floats | None, wanted: str
    ) -> tuple[Floats, Floats, Floats, bool]:
        slots, count = self.program.slots, len(parameters)
        outputs, leaves = np.empty(len(self.shown), self.dtype), np.empty(count + len(inputs), self.dtype)
        right = self._single_loop.run(
            self._lasting("v", slots), self._lasting("bar", slots),
            self.table, self._table(wanted, "table"), self.operands, self.constants,
            np.ascontiguousarray(parameters, self.dtype), inputs.ravel().astype(self.dtype, copy=False),
            self.program.outputs, outputs, outputs[:0] if seeds is None else seeds.ravel(), leaves,
        )  # fmt: skip
        return outputs[:, None], leaves[:count], leaves[count:, None], right

    def _batch(
        self, parameters: Floats, inputs: Floats, seeds: Floats | None, wanted: str
    ) -> tuple[Floats, Floats, Floats, bool]:
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

    def _workspace(self, wanted: str, width: int, thread: int) -> tuple[Any, ...]:
        """The arrays of one thread's loop over pieces of so many samples, which last from call to call."""
        key = wanted, width, thread
        if key not in self._workspaces:
            if len(self._workspaces) >= MOST_WIDTHS * self.threads:
                self._workspaces.clear()
            common, rows = self.sizes
            table = self._table(wanted, "placed_table")
            numbers = np.zeros(common, self.dtype)
            numbers[: len(self.constants)] = self.constants
            self._workspaces[key] = (
                numbers, np.zeros(common, self.dtype),
                np.zeros((rows, width), self.dtype), np.zeros((rows, width), self.dtype),
                np.zeros((2 * LONGEST, width), self.dtype),
                table[: self.ahead], table[self.ahead :], (-1 - self.placed).astype(np.uint32), self.placed,
            )  # fmt: skip
        return self._workspaces[key]

    def _table(self, wanted: str, name: str) -> Table:
        """The table with a mask for each group: bit i if the adjoint of its i-th side is needed."""
        if (name, wanted) not in self._tables:
            table: Table = getattr(self, name).copy()
            sides = self._useful(wanted)
            table["mask"] = [sum([1 << i for i, needed in enumerate(side) if needed]) for side in sides]
            self._tables[name, wanted] = table
        return self._tables[name, wanted]

    def _lasting(self, name: str, *shape: int) -> Floats:
        if name not in self._arrays:
            self._arrays[name] = np.zeros(shape, self.dtype)
        return self._arrays[name]


def is_straight(operands: Indices) -> bool:
    """Whether both vectors of every dot product stand side by side."""
    n = operands.shape[1] // 2
    return bool((np.diff(operands[:, :n]) == 1).all() and (np.diff(operands[:, n:-1]) == 1).all())


def is_in_a_row(placed: Indices) -> bool:
    """Whether the operands at each position are rows of the batch that stand side by side."""
    return bool(placed[0].min(initial=0) >= 0 and (np.diff(placed, axis=0) == 1).all())


def is_common_times_batch(placed: Indices) -> bool:
    """Whether dot products have numbers that all samples share on their left, and none on their right."""
    n = placed.shape[1] // 2
    return bool((placed[:, :n] < 0).all() and (placed[:, n:-1] >= 0).all())
