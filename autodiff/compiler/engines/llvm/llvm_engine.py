"""The LLVM engine: machine code for each kind of operation, and records that say what it is applied to.

The code depends on the kinds of operations that occur, not on how many they are, and all programs of a process
share it: there is nothing to wait for.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from autodiff.compiler.engines.llvm.machine import (
    Piece,
    RunFrame,
    assembly,
    cache_aligned,
    over_arrays,
    pieces_of,
    runner,
    table_of,
)
from autodiff.compiler.engines.llvm.pieces import SHORT, Operands, PieceKind, code_of
from autodiff.compiler.engines.numpy.numpy_engine import NumpyEngine, undisturbed
from autodiff.compiler.flat.data import Flat, Indices
from autodiff.compiler.flat.places import FloatArray, has_nan, places
from autodiff.compiler.flat.structures import Mask, structure_of
from autodiff.compiler.front.tape import rule_named
from autodiff.writing.instructions import INSTRUCTIONS
from autodiff.writing.kernels import check_primitives

__all__ = ["LlvmEngine"]

FEW = 4  # operations of a group below which each has a record of its own
MOST_BYTES = 1 << 24  # of a batch whose arrays are kept for the next one
MOST_BATCHES = 8  # for which they are kept
MOST_SHARES = 8  # of a batch, which threads run side by side
WORTH = 200_000  # words, each of them run for a row, that take a fifth of a millisecond: less is not worth a thread

Words: TypeAlias = npt.NDArray[np.uint32]
Alike: TypeAlias = tuple[PieceKind, Indices, Words]  # records of one kind: their first operations, and words


class Runs(NamedTuple):
    """Records of one rule and number of operands.

    Attributes:
        groups, firsts: The group that each belongs to, and its first operation.
        counts: How many operations it has, or calls, where all results of a call are computed at once.
        operands: The operands of all operations, a row for each.
        starts: Which of these rows is the first one of each record.
    """

    name: str
    arity: int
    groups: Indices
    firsts: Indices
    counts: Indices
    operands: Indices
    starts: Indices

    @property
    def sides(self) -> list[slice]:
        """Which operands are on each side; the position of a result is no operand here."""
        structure, width = structure_of(self.name), self.operands.shape[1]
        sides = structure.split(np.arange(self.arity))
        return [slice(int(side[0]), int(side[-1]) + 1) for side in sides if side[-1] < width]


class Standing(NamedTuple):
    """Where slots stand: their places in the array of numbers or, if they are rows, in that of rows.

    Attributes:
        spread: The place of the row that repeats a number; -1 where none is needed.
    """

    places: Indices
    rows: Mask
    spread: Indices


class Records(NamedTuple):
    """The records of a part of a program, in their order, and the pieces that they name."""

    words: Words
    pieces: dict[PieceKind, Piece]

    @property
    def kept(self) -> int:
        """How many numbers or rows the pieces keep."""
        return max((piece.kept for piece in self.pieces.values()), default=0)


class SingleArrays(NamedTuple):
    """The numbers of all slots for one sample, their adjoints, and the parts of both that a call reads or writes."""

    numbers: FloatArray
    bar: FloatArray
    parameters: FloatArray
    inputs: FloatArray
    slopes: FloatArray


class LlvmEngine(NumpyEngine):
    """Runs a grouped program in machine code.

    Args:
        program, dtype: As for ``NumpyEngine``.
        threads: How many threads share the samples of a batch; None for as many as are worth it.

    Raises:
        ModuleNotFoundError: llvmlite is not installed, or too old.
    """

    name = "llvm"
    order = "C"

    def __init__(self, program: Flat, dtype: npt.DTypeLike = np.float64, threads: int | None = None) -> None:
        super().__init__(program, dtype)
        for code, arity in set(zip(program.codes.tolist(), program.arities.tolist(), strict=True)):
            rule = rule_named(program.rules[code])
            table = "INSTRUCTIONS in autodiff/writing/instructions.py"
            check_primitives(rule, arity - rule.vector, INSTRUCTIONS.__contains__, table)
        self.threads, self.type = threads, "float" if self.dtype == np.float32 else "double"
        self.lanes, self.runner = 64 // self.dtype.itemsize, runner(self.type)
        self.none = np.array([self.runner.last], np.uint64).view(np.uint32)  # no records, only their end
        self.leaves = len(self.constants), program.base - len(program.inputs), program.base
        self._records: dict[tuple[str, str | None], Records] = {}
        self._frames: dict[str | None, RunFrame] = {}
        self._batches: dict[tuple[str | None, int], RowArrays] = {}

    @undisturbed
    def forward(self, parameters: FloatArray, inputs: FloatArray) -> FloatArray:
        run = self._single if inputs.shape[1] == 1 else self._batch
        return run(parameters, inputs, None, None)[0]

    @undisturbed
    def backward(
        self, parameters: FloatArray, inputs: FloatArray, seeds: npt.ArrayLike, wanted: str = "both"
    ) -> tuple[FloatArray, FloatArray, FloatArray | None]:
        run = self._single if inputs.shape[1] == 1 else self._batch
        outputs, by_parameters, by_inputs = run(parameters, inputs, np.asarray(seeds, self.dtype), wanted)
        if has_nan(by_parameters) or (wanted != "parameters" and has_nan(by_inputs)):
            return self.both_sweeps(parameters, inputs, seeds, wanted)  # 0 · ∞ on the way: see there
        return outputs, by_parameters, None if wanted == "parameters" else by_inputs.copy()

    def code(self, processor: bool = False) -> str:
        """The code of the pieces that run one sample, in LLVM's language or in that of the processor."""
        text, _ = code_of([*self.part("single", None).pieces, *self.part("single", "both").pieces])
        return assembly(text) if processor else text

    def over_arrays(
        self, program: Flat, inputs: Sequence[FloatArray], outputs: Sequence[FloatArray]
    ) -> Callable[[], None] | None:
        if program.parameters or any(rule_named(name).vector for name in program.rules):
            return None
        arrays = [*inputs, *outputs]
        fitting = all(array.dtype == self.dtype and array.flags.c_contiguous for array in arrays)
        apart = all(
            one.ctypes.data == other.ctypes.data or not np.may_share_memory(one, other)
            for one, other in itertools.product(outputs, arrays)
        )
        writeable = all(array.flags.writeable for array in outputs)
        return over_arrays(program, self.type, inputs, outputs) if fitting and apart and writeable else None

    # ------------------------------------------------------------ one sample

    @functools.cached_property
    def _single_arrays(self) -> SingleArrays:
        numbers, bar = cache_aligned(self.dtype, 2, self.program.slots)
        numbers[: len(self.constants)] = self.constants
        first, middle, base = self.leaves
        return SingleArrays(numbers, bar, numbers[first:middle], numbers[middle:base, None], bar[first:base])

    def _single(
        self, parameters: FloatArray, inputs: FloatArray, seeds: FloatArray | None, wanted: str | None
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        arrays, shown = self._single_arrays, self.program.outputs
        arrays.parameters[...], arrays.inputs[...] = parameters, inputs
        frame = self._frames.get(wanted)
        if frame is None:
            reverse = "none" if wanted is None else "single"
            frame = self._frames[wanted] = self.frame("single", reverse, wanted, arrays.numbers, arrays.bar)
        if seeds is None:
            self.runner.numbers(frame.address)
            return arrays.numbers[shown][:, None], parameters, inputs
        arrays.bar.fill(0)
        if len(shown) == 1:
            arrays.bar[shown] = seeds
        else:
            np.add.at(arrays.bar, shown, seeds.ravel())  # an output may be given twice
        self.runner.numbers(frame.address)
        slopes = arrays.slopes.copy()
        count = len(parameters)
        return arrays.numbers[shown][:, None], slopes[:count], slopes[count:, None]

    def frame(
        self, forward: str, reverse: str, wanted: str | None, numbers: FloatArray, bar: FloatArray
    ) -> RunFrame:
        """What runs a part of the program forward, and one in reverse, on numbers alone."""
        parts = self.part(forward, None), self.part(reverse, wanted)
        kept = np.empty(max(part.kept for part in parts), self.dtype)
        return RunFrame(words=parts[0].words, reverse=parts[1].words, numbers=numbers, bar=bar, kept=kept)

    # ------------------------------------------------------------ batches

    def _batch(
        self, parameters: FloatArray, inputs: FloatArray, seeds: FloatArray | None, wanted: str | None
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        samples = inputs.shape[1]
        batch = self._batches.get((wanted, samples))
        if batch is None:
            batch = RowArrays(self, samples, wanted)
            if len(self._batches) >= MOST_BATCHES:
                self._batches.clear()
            if batch.bytes <= MOST_BYTES:
                self._batches[wanted, samples] = batch
        return batch.run(parameters, inputs, seeds)

    # ------------------------------------------------------------ records

    def part(self, part: str, wanted: str | None) -> Records:
        """The records of a part: "single" for one sample, "ahead" and "rows" for a batch, or "none"."""
        if (part, wanted) not in self._records:
            self._records[part, wanted] = self._made(part, wanted)
        return self._records[part, wanted]

    def _made(self, part: str, wanted: str | None) -> Records:
        slots = self.program.slots
        layout = self.layout_of_rows
        if part == "single":
            layout = Standing(np.arange(slots), np.zeros(slots, bool), np.full(slots, -1))
        found: list[Alike] = []
        for runs in self._runs if part != "none" else []:
            chosen = layout.rows[self.program.base + runs.firsts] == (part == "rows")
            follow = None
            if wanted is not None:
                useful = self._useful(wanted)
                follow = np.array([useful[g] for g in runs.groups.tolist()], dtype=bool)
                chosen &= follow.any(axis=1)
            if chosen.any():
                found += self._alike(runs, layout, chosen, follow)
        pieces = pieces_of(kind for kind, _, words in sorted(found, key=lambda alike: -len(alike[2])))
        for kind, _, words in found:
            words[:, :2] = np.array([pieces[kind].address], np.uint64).view(np.uint32)
        return Records(self._in_order(found, wanted is not None), pieces)

    def _in_order(self, found: list[Alike], reverse: bool) -> Words:
        """The words of all records, those of the last operations first if that is asked for."""
        firsts = np.concatenate([np.empty(0, np.intp), *(firsts for _, firsts, _ in found)])
        sizes = np.repeat([words.shape[1] for _, _, words in found], [len(words) for _, _, words in found])
        order = np.argsort(-firsts if reverse else firsts, kind="stable")
        begins = np.empty(len(order), np.intp)
        begins[order] = np.cumsum(sizes[order]) - sizes[order]
        every, at = np.empty(int(sizes.sum()) + 2, np.uint32), 0
        for _, _, words in found:
            every[begins[at : at + len(words), None] + np.arange(words.shape[1])] = words
            at += len(words)
        every[-2:] = self.none
        return every

    @functools.cached_property
    def _runs(self) -> list[Runs]:
        return list(runs_of(self.program))

    @functools.cached_property
    def layout_of_rows(self) -> Standing:
        """Where slots stand in a batch: a number beside rows, in a side of many operands, is made a row too."""
        found = places(self.program)
        rows, spread = found >= 0, np.zeros(len(found), dtype=bool)
        for runs in self._runs:
            for side in runs.sides:
                own = runs.operands[:, side]
                beside = np.repeat(np.logical_or.reduceat(rows[own].any(axis=1), runs.starts), runs.counts)
                spread[own[beside[:, None] & ~rows[own]]] = True
        spread_places = np.where(spread, rows.sum() + np.cumsum(spread) - 1, -1)
        return Standing(np.where(rows, found, -1 - found), rows, spread_places)

    def _alike(self, runs: Runs, layout: Standing, chosen: Mask, follow: Mask | None) -> Iterator[Alike]:
        """The chosen records, those that are alike together; the address of their code is still missing."""
        sides, standing, on_rows, straight = runs.sides, layout.places[runs.operands], [], []
        for side in sides:
            rows = layout.rows[runs.operands[:, side]]
            on_rows.append(np.logical_or.reduceat(rows.any(axis=1), runs.starts))
            spread = np.repeat(on_rows[-1], runs.counts)[:, None] & ~rows
            standing[:, side] = np.where(spread, layout.spread[runs.operands[:, side]], standing[:, side])
            in_a_row = (np.diff(standing[:, side]) == 1).all(axis=1) & (side.stop - side.start > SHORT)
            straight.append(np.logical_and.reduceat(in_a_row, runs.starts))
        row = layout.rows[self.program.base + runs.firsts]
        columns = [runs.counts, row, *on_rows, *straight, *([] if follow is None else follow.T)]
        alike, which = np.unique(np.stack(columns, axis=1)[chosen], axis=0, return_inverse=True)
        n, lengths = len(sides), [side.stop - side.start for side in sides]
        for k, (count, own, *flags) in enumerate(alike.tolist()):
            taken = tuple(map(Operands, lengths, map(bool, flags[:n]), map(bool, flags[n : 2 * n])))
            followed = None if follow is None else tuple(map(bool, flags[2 * n :]))
            kind = PieceKind(runs.name, runs.arity, taken, bool(own), count > 1, followed, self.type)
            mine = np.flatnonzero(chosen)[which.ravel() == k]
            firsts, calls = runs.firsts[mine], standing[runs.starts[mine][:, None] + np.arange(count)]
            parts = [
                calls[:, :, side.start : side.start + x.words] for side, x in zip(sides, taken, strict=True)
            ]
            common = [parts.pop(1)[:, 0]] if kind.shared else []
            of_each = np.concatenate(parts, axis=2).reshape(len(mine), -1)
            head = np.zeros((len(mine), 4), np.intp)  # of which the first two stay open
            head[:, 2], head[:, 3] = layout.places[self.program.base + firsts], count
            words = np.concatenate([head, *common, of_each], axis=1)
            yield kind, firsts, np.pad(words, ((0, 0), (0, words.shape[1] % 2))).astype(np.uint32)


def runs_of(program: Flat) -> Iterator[Runs]:
    """Share out the operations of a grouped program among records."""
    assert program.groups is not None
    assert program.blocks is not None
    groups, sizes = program.groups[:-1], np.diff(program.groups)
    kinds = np.stack([program.codes[groups], program.arities[groups]], axis=1)
    for code, arity in np.unique(kinds, axis=0).tolist():
        own = np.flatnonzero((kinds == (code, arity)).all(axis=1))
        name = program.rules[code]
        structure = structure_of(name)
        unit = arity - 1 if structure.together else 1
        blocks = program.blocks[own] if structure.layered else np.ones(len(own), dtype=np.intp)
        chosen, firsts, counts = parted(own, groups[own], sizes[own] // unit, blocks, unit)
        few = counts < FEW
        chosen, firsts, counts = parted(chosen, firsts, counts, np.where(few, counts, 1), unit)
        starts = np.cumsum(counts) - counts
        operations = np.repeat(firsts - unit * starts, counts) + unit * np.arange(counts.sum())
        width = arity - structure.together
        operands = program.operands[program.starts[operations][:, None] + np.arange(width)]
        yield Runs(name, arity, chosen, firsts, counts, operands, starts)


def parted(
    groups: Indices, firsts: Indices, counts: Indices, parts: Indices, unit: int
) -> tuple[Indices, Indices, Indices]:
    """Split runs of operations into equal parts, so many each."""
    size = np.repeat(counts // parts, parts)
    turn = np.arange(parts.sum()) - np.repeat(np.cumsum(parts) - parts, parts)
    return np.repeat(groups, parts), np.repeat(firsts, parts) + turn * size * unit, size


class RowArrays:
    """The arrays for so many samples, whose rows are run piece by piece, as many samples as a row has.

    Args:
        engine: Whose program is run.
        samples: How many samples there are.
        wanted: As for ``backward``; None where only values are.

    Attributes:
        bytes: How large the arrays are.
    """

    def __init__(self, engine: LlvmEngine, samples: int, wanted: str | None) -> None:
        self.samples, self.runner = samples, engine.runner
        layout, program, dtype, lanes = engine.layout_of_rows, engine.program, engine.dtype, engine.lanes
        self.on_rows, shown = layout.rows[program.outputs], layout.places[program.outputs]
        self.shown, self.shared = shown[self.on_rows], shown[~self.on_rows]
        self.numbers, self.bar = cache_aligned(dtype, 2, int((~layout.rows).sum()))
        self.first = len(engine.constants)
        self.numbers[: self.first] = engine.constants
        count, pieces = len(program.inputs), -(-samples // lanes)
        wanted_count = 0 if wanted in (None, "parameters") else count
        self.inputs, self.outputs, self.seeds, self.by_inputs = (
            cache_aligned(dtype, size, pieces * lanes)
            for size in (count, len(self.shown), len(self.shown), wanted_count)
        )
        self.ahead = engine.frame("ahead", "none", None, self.numbers, self.bar)
        self.after = engine.frame("none", "ahead", wanted, self.numbers, self.bar)
        parts = engine.part("rows", None), engine.part("none" if wanted is None else "rows", wanted)
        spread = layout.places[layout.spread >= 0]
        rows, kept = int(layout.rows.sum()), max(part.kept for part in parts)
        shares = engine.threads
        if shares is None:  # the same on every machine, as the order of sums depends on it
            words = sum(len(part.words) for part in parts)
            memory = (2 * (rows + len(spread)) + len(self.numbers)) * 64
            shares = min(MOST_SHARES, pieces * words // WORTH, MOST_BYTES // max(1, memory))
        shares = max(1, min(shares, pieces))
        ends = [pieces * share // shares for share in range(shares + 1)]
        self.sums, self.frames = [], []
        for begin, end in itertools.pairwise(ends):
            row_memory, row_bar = (cache_aligned(dtype, rows + len(spread), lanes) for _ in range(2))
            own = slice(begin * lanes, end * lanes)
            self.sums.append(np.empty(len(self.numbers), dtype))
            frame = RunFrame(
                words=parts[0].words, reverse=parts[1].words, kept=cache_aligned(dtype, kept, lanes),
                numbers=self.numbers, bar=cache_aligned(dtype, len(self.numbers), lanes), sums=self.sums[-1],
                rows=row_memory, row_bar=row_bar, shown=self.shown,
                spread=spread, spread_rows=row_memory[rows:], spread_bar=row_bar[rows:],
                inputs=self.inputs[:, own], outputs=self.outputs[:, own], seeds=self.seeds[:, own],
                by_inputs=self.by_inputs[:, own], pieces=np.full(end - begin, pieces),
            )  # fmt: skip
            self.frames.append(frame)
        self.bytes, self.table = sum(frame.bytes for frame in self.frames), table_of(self.frames)

    def run(
        self, parameters: FloatArray, inputs: FloatArray, seeds: FloatArray | None
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """The outputs, and their derivatives by parameters and inputs."""
        own = slice(self.first, self.first + len(parameters))
        self.numbers[own] = parameters
        self.inputs[:, : self.samples] = inputs
        self.inputs[:, self.samples :] = inputs[:, -1:]  # an ordinary sample, of adjoint 0
        self.runner.numbers(self.ahead.address)
        if seeds is not None:
            self._seed(seeds)
        self._share_out()
        if seeds is not None:
            for sums in self.sums:
                self.bar += sums
            self.runner.numbers(self.after.address)
        return self._shown(), self.bar[own].copy(), self.by_inputs[:, : self.samples]

    def _seed(self, seeds: FloatArray) -> None:
        """Write the adjoints of the outputs, of those that all samples share their sum."""
        self.bar[:] = 0
        self.seeds[:, : self.samples] = seeds if seeds.ndim == 0 else seeds[self.on_rows]
        if len(self.shared):
            every = np.broadcast_to(seeds, (len(self.on_rows), self.samples))
            np.add.at(self.bar, self.shared, every[~self.on_rows].sum(axis=1))

    def _shown(self) -> FloatArray:
        """The outputs: (outputs, samples)."""
        outputs = self.outputs[:, : self.samples]
        if not len(self.shared):
            return outputs.copy()
        every = np.empty((len(self.on_rows), self.samples), self.numbers.dtype)
        every[self.on_rows], every[~self.on_rows] = outputs, self.numbers[self.shared, None]
        return every

    def _share_out(self) -> None:
        """Run all pieces, each thread some of them."""
        if self.runner.shared is None or len(self.frames) == 1:
            for frame in self.frames:
                self.runner.batch(frame.address)
        else:
            self.runner.shared(self.table.ctypes.data)
