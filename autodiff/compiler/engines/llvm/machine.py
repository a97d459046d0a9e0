"""Machine: from code to functions of this processor, what runs the records of a program, and programs over arrays."""

from __future__ import annotations

import collections
import ctypes
import functools
import os
import threading
import weakref
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from autodiff.compiler.engines.llvm.pieces import MEMORY, PieceKind, code_of
from autodiff.compiler.flat.data import Flat
from autodiff.compiler.flat.places import FloatArray
from autodiff.rules import Rule
from autodiff.writing.forms import Argument, PrimitiveStep
from autodiff.writing.instructions import Code, Register, functions, lanes_of
from autodiff.writing.kernels import kernel

try:
    import llvmlite.binding as llvm
except ImportError as error:
    raise ModuleNotFoundError(
        "the engine llvm needs the extra `fast`: pip install 'scalar-autodiff[fast]' (llvmlite follows new "
        'versions of Python some months later); engine="numpy" needs nothing more'
    ) from error
if llvm.llvm_version_info[0] < 20:  # whose language the pieces are written in
    raise ModuleNotFoundError(
        f"the engine llvm needs llvmlite 0.45 or a later one, and this one has LLVM {llvm.llvm_version_info[0]}: "
        "pip install -U 'scalar-autodiff[fast]'; engine=\"numpy\" needs nothing more"
    )

__all__ = [
    "Piece",
    "RunFrame",
    "Runner",
    "assembly",
    "cache_aligned",
    "over_arrays",
    "pieces_of",
    "runner",
    "table_of",
]

Made = TypeVar("Made")

MOST_IDLE = 1000  # pieces that are kept though no program needs them any more


class Piece:
    """The machine code of a kind.

    Attributes:
        address: Where it begins.
        kept: How many numbers or rows it keeps.
    """

    def __init__(self, made: llvm.ExecutionEngine, name: str, kept: int) -> None:
        self._made = made  # must not go while this is used
        self.address: int = made.get_function_address(name)
        self.kept = kept


PIECES: weakref.WeakValueDictionary[PieceKind, Piece] = weakref.WeakValueDictionary()
RECENT: collections.deque[Piece] = collections.deque(maxlen=MOST_IDLE)
MAKING = threading.RLock()


def pieces_of(kinds: Iterable[PieceKind]) -> dict[PieceKind, Piece]:
    """The piece of each kind; those that are new are made together."""
    with MAKING:
        found = {kind: PIECES.get(kind) for kind in kinds}
        new = [kind for kind, piece in found.items() if piece is None]
        if new:
            code, kept = code_of(new)
            made = compiled(code)
            for i, kind in enumerate(new):
                found[kind] = PIECES[kind] = piece = Piece(made, f"p{i}", kept[i])
                RECENT.append(piece)
        return {kind: piece for kind, piece in found.items() if piece is not None}


def compiled(code: str) -> llvm.ExecutionEngine:
    """Machine code for this processor: as written, since passes made it no faster (benchmarks/NOTES.md)."""

    def make(module: llvm.ModuleRef, machine: llvm.TargetMachine) -> llvm.ExecutionEngine:
        made = llvm.create_mcjit_compiler(module, machine)
        made.finalize_object()
        return made

    return without_interrupts(make, code)


def assembly(code: str) -> str:
    """The same as text."""
    return without_interrupts(lambda module, machine: str(machine.emit_assembly(module)), code)


def without_interrupts(make: Callable[[llvm.ModuleRef, llvm.TargetMachine], Made], code: str) -> Made:
    """Make something of code in another thread, as Python raises Ctrl-C in the main one.

    llvmlite frees a string, and then notes that it did: what is raised in between makes it free the string again.
    """
    with ThreadPoolExecutor(1) as other:
        try:
            making = other.submit(lambda: make(*read_code(code)))
        except RuntimeError:  # there may be no more threads
            return make(*read_code(code))
        return making.result()


def read_code(code: str) -> tuple[llvm.ModuleRef, llvm.TargetMachine]:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    processor = {"cpu": llvm.get_host_cpu_name(), "features": llvm.get_host_cpu_features().flatten()}
    machine = llvm.Target.from_default_triple().create_target_machine(opt=1, **processor)
    return llvm.parse_assembly(code, llvm.create_context()), machine


def function_at(made: llvm.ExecutionEngine, name: str) -> Callable[[int], None]:
    """A function of machine code that takes an address."""
    function = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(made.get_function_address(name))
    function.made = made  # type: ignore[attr-defined]  # must not go while this is used
    return function


def cache_aligned(dtype: npt.DTypeLike, *shape: int) -> FloatArray:
    """An array of zeros that begins with a line of the processor's cache."""
    size, width = int(np.prod(shape)), np.dtype(dtype).itemsize
    room = np.zeros(size + 64 // width, dtype)
    first = -room.ctypes.data % 64 // width
    return room[first : first + size].reshape(shape)


# ---------------------------------------------------------------- what runs records

ABSENT = np.empty(0)
# fmt: off
FRAME = (*MEMORY, "reverse", "inputs", "outputs", "seeds", "by_inputs", "sums",  # of each its address and length
         "shown", "spread", "spread_rows", "spread_bar", "pieces")
# fmt: on


class RunFrame:
    """What a runner takes: arrays by their names; ``words`` and ``reverse`` are records.

    Attributes:
        bytes: How large the arrays are.
    """

    def __init__(self, **given: FloatArray) -> None:
        self._given = given  # keeps the arrays
        self.bytes = sum(array.nbytes for array in given.values())
        found = [given.get(name, ABSENT) for name in FRAME]
        self._fields = np.array([(array.ctypes.data, len(array)) for array in found], dtype=np.uint64)
        self.address: int = self._fields.ctypes.data


class Runner:
    """Functions that run records, forward and in reverse, and take the address of a frame.

    Attributes:
        numbers: On numbers alone.
        batch: For each piece of a batch, with its inputs, outputs and seeds.
        shared: For several such frames at the same time, from a table of them; None where there are no threads.
        last: The address of what the last record names.
    """

    def __init__(self, dtype: str) -> None:
        taken = ", ".join(["ptr"] * len(MEMORY))
        last = f"define void @last({taken}) {{\n  ret void\n}}\n"
        has_threads = os.name == "posix"
        shared = IN_THREADS + shared_code() if has_threads else ""
        made = compiled(last + RunnerWriter(dtype).numbers() + RunnerWriter(dtype).batch() + shared)
        self.numbers, self.batch = function_at(made, "numbers"), function_at(made, "batch")
        self.shared = function_at(made, "shared") if has_threads else None
        self.last: int = made.get_function_address("last")


runner = functools.cache(Runner)


class RunnerWriter(Code):
    """Writes the functions of a runner."""

    def __init__(self, dtype: str) -> None:
        super().__init__(dtype)
        self.lanes = lanes_of(dtype)
        self.row = self.type(self.lanes)
        self.own = {name: self.element("%frame", str(2 * i), "ptr") for i, name in enumerate(FRAME)}
        self.length = {name: self.element("%frame", str(2 * i + 1), "i64") for i, name in enumerate(FRAME)}

    def numbers(self) -> str:
        self.sweep("words")
        self.sweep("reverse")
        return self.function("numbers")

    def batch(self) -> str:
        self.clear("bar")
        self.each("pieces", self.piece)
        self.each("bar", self.add_up)
        return self.function("batch")

    def piece(self, i: str) -> None:
        """Write what runs one piece."""
        row, line, shown = (
            self.row_of,
            functools.partial(self.line_of, i),
            functools.partial(self.row_at, "shown"),
        )
        self.each("inputs", lambda k: self.copy(row("rows", k), line("inputs", k)))
        self.each("spread", self.spread)
        self.sweep("words")
        self.each("shown", lambda k: self.copy(line("outputs", k), shown("rows", k)))
        self.clear("row_bar")
        self.each("shown", lambda k: self.add(shown("row_bar", k), line("seeds", k)))
        self.sweep("reverse")
        self.each("spread", lambda k: self.add(self.row_at("spread", "bar", k), row("spread_bar", k)))
        self.each("by_inputs", lambda k: self.copy(line("by_inputs", k), row("row_bar", k)))

    def each(self, array: str, write: Callable[[str], None]) -> None:
        """Write a loop over the elements of an array."""

        def turn(k: str, _: object) -> tuple[()]:
            write(k)
            return ()

        self.loop("0", self.length[array], 1, [], turn)

    def sweep(self, words: str) -> None:
        piece = self.element(self.own[words], "0", "ptr")
        passed = (self.own[words], *(self.own[array] for array in MEMORY[1:]))
        self.line(f"call void {piece}({', '.join(f'ptr {x}' for x in passed)})")

    # ------------------------------------------------------------ rows

    def row_of(self, array: str, k: str) -> str:
        """Where the k-th row of an array is."""
        return self.at(self.own[array], k, self.row)

    def row_at(self, places: str, array: str, k: str) -> str:
        """Where the row is that stands in the k-th of some places."""
        return self.row_of(array, self.element(self.own[places], k, "i64"))

    def line_of(self, i: str, array: str, k: str) -> str:
        """Where the i-th row of the k-th line of an array is; ``pieces`` says of how many rows a line is."""
        first = self.emit(f"mul i64 {k}, {self.element(self.own['pieces'], i, 'i64')}")
        return self.row_of(array, self.added(first, i))

    def copy(self, to: str, origin: str) -> None:
        self.store_at(to, self.load_at(origin, self.lanes, 64), 64)

    def add(self, to: str, origin: str) -> None:
        terms = [self.load_at(address, self.lanes, 64) for address in (to, origin)]
        self.store_at(to, self.primitive("add", terms), 64)

    def clear(self, array: str) -> None:
        size = self.emit(f"mul i64 {self.length[array]}, 64")
        self.line(f"call void @llvm.memset.p0.i64(ptr {self.own[array]}, i8 0, i64 {size}, i1 false)")

    def spread(self, k: str) -> None:
        """Write a row of a number that all samples share."""
        number = self.element(self.own["numbers"], self.element(self.own["spread"], k, "i64"), self.dtype)
        self.store_at(self.row_of("spread_rows", k), self.widened(Register(number, 1), self.lanes), 64)

    def add_up(self, k: str) -> None:
        """Write the sum of a row of adjoints."""
        total = self.reduced(self.number(-0.0, 1), self.load_at(self.row_of("bar", k), self.lanes, 64))
        self.store_at(self.at(self.own["sums"], k, self.dtype), total, 64 // self.lanes)


# Threads of the system's own, as Python's would go on with the arrays of a call that Ctrl-C has left. Of each share a
# table has its frame, its thread, and 0 where that has started.
IN_THREADS = """
declare i32 @pthread_create(ptr, ptr, ptr, ptr)
declare i32 @pthread_join(i64, ptr)
define internal ptr @run(ptr %frame) {
  call void @batch(ptr %frame)
  ret ptr null
}
define internal void @start(ptr %share) {
  %frame = load ptr, ptr %share
  %thread = getelementptr i64, ptr %share, i64 1
  %failed = call i32 @pthread_create(ptr %thread, ptr null, ptr @run, ptr %frame)
  %failure = getelementptr i64, ptr %share, i64 2
  %wide = zext i32 %failed to i64
  store i64 %wide, ptr %failure
  ret void
}
define internal void @finish(ptr %share) {
  %failure = getelementptr i64, ptr %share, i64 2
  %failed = load i64, ptr %failure
  %started = icmp eq i64 %failed, 0
  br i1 %started, label %join, label %instead
join:
  %place = getelementptr i64, ptr %share, i64 1
  %thread = load i64, ptr %place
  %joined = call i32 @pthread_join(i64 %thread, ptr null)
  ret void
instead:
  %frame = load ptr, ptr %share
  call void @batch(ptr %frame)
  ret void
}
"""


def table_of(frames: Sequence[RunFrame]) -> npt.NDArray[np.uint64]:
    """The table of several frames: how many there are, and a share for each."""
    return np.array([len(frames), *(x for frame in frames for x in (frame.address, 0, 0))], np.uint64)


def shared_code() -> str:
    """The function that takes a table: the first share runs in the thread that calls, all others beside it."""
    code = Code("double")
    count = code.element("%frame", "0", "i64")

    def of_each(function: str, i: str, _: Sequence[str]) -> Sequence[str]:
        code.line(f"call void @{function}(ptr {code.at('%frame', code.added(code.times(i, 3), 1), 'i64')})")
        return ()

    code.loop("1", count, 1, [], functools.partial(of_each, "start"))
    code.line(f"call void @batch(ptr {code.element('%frame', '1', 'ptr')})")
    code.loop("1", count, 1, [], functools.partial(of_each, "finish"))
    return code.function("shared")


# ---------------------------------------------------------------- whole programs over arrays


def over_arrays(
    program: Flat, dtype: str, inputs: Sequence[FloatArray], outputs: Sequence[FloatArray]
) -> Callable[[], None]:
    """What computes a program for all elements of arrays.

    Args:
        program: A program without parameters, and without operations that give lists.
        dtype: "double" or "float".
        inputs: Arrays of one shape, or without axes where all elements share a number.
        outputs: Arrays of that shape, each one of the inputs or apart from all others.
    """
    writer = ArraysWriter(program, [array.ndim == 0 for array in inputs], dtype)
    run, arrays = loop_of(writer.code()), [*inputs, *outputs]
    frame = np.array([outputs[0].size, *(array.ctypes.data for array in arrays)], np.uint64)
    address: int = frame.ctypes.data

    # The arrays are kept as long as this is, as its code knows addresses only.
    def call(_: object = (frame, arrays)) -> None:
        run(address)

    return call


@functools.lru_cache(64)
def loop_of(code: str) -> Callable[[int], None]:
    return function_at(compiled(code), "over_arrays")


class ArraysWriter(Code):
    """Writes a program as a function of the number of elements and the addresses of inputs and outputs.

    Attributes:
        once, each: The slots that all elements share, which are computed before the loop, and all others.
    """

    def __init__(self, program: Flat, shared: Sequence[bool], dtype: str) -> None:
        super().__init__(dtype)
        self.program, self.first, self.lanes = program, len(program.constants), lanes_of(dtype)
        varying = np.zeros(program.slots, bool)
        varying[self.first : program.base] = [not is_shared for is_shared in shared]
        for slot in range(program.base, program.slots):
            varying[slot] = varying[program.operands_of(slot - program.base)].any()
        self.once = np.flatnonzero(~varying)[self.first :].tolist()
        self.each = np.flatnonzero(varying).tolist()

    def code(self) -> str:
        """The function, and those that it calls."""
        kinds = ["i64", *["ptr"] * (len(self.program.inputs) + len(self.program.outputs))]
        count, *self.arrays = [self.element("%frame", str(i), kind) for i, kind in enumerate(kinds)]
        self.known = {slot: self.number(x, 1) for slot, x in enumerate(self.program.constants.tolist())}
        self.compute(self.once, self.known, "0", 1)
        done, _ = self.loop("0", count, self.lanes, [], functools.partial(self.elements, self.lanes))
        self.loop(done, count, 1, [], functools.partial(self.elements, 1))
        text = self.function("over_arrays")
        return "\n".join([text, *functions(text, self.dtype, self.lanes)])

    def elements(self, lanes: int, i: str, _: Sequence[str]) -> Sequence[str]:
        """Write a turn of the loop, for so many elements from the i-th on."""
        known = self.known.copy()
        self.compute(self.each, known, i, lanes)
        outputs = zip(self.arrays[len(self.program.inputs) :], self.program.outputs.tolist(), strict=True)
        for array, slot in outputs:
            number = self.widened(known[slot], lanes)
            self.store_at(self.at(array, i, self.dtype), number, 64 // self.lanes)
        return ()

    def compute(self, slots: Sequence[int], known: dict[int, Register], i: str, lanes: int) -> None:
        """Write what gives the numbers of some slots."""
        for slot in slots:
            operation = slot - self.program.base
            if operation < 0:
                place = self.at(self.arrays[slot - self.first], i, self.dtype)
                known[slot] = self.load_at(place, lanes, 64 // self.lanes)
            else:
                operands = [known[x] for x in self.program.operands_of(operation).tolist()]
                known[slot] = self.applied(self.program.rule(operation), operands)

    def applied(self, rule: Rule, operands: Sequence[Register]) -> Register:
        """Write the steps of a row."""
        block = kernel(rule, len(operands), unrolled=True).value
        known: dict[Argument, Register] = {f"x{i}": operand for i, operand in enumerate(operands)}
        for step in block.steps:
            assert isinstance(step, PrimitiveStep)  # as each operand has a name
            args = [self.number(x, 1) if isinstance(x, float | int) else known[x] for x in step.args]
            known[step.target] = self.primitive(step.primitive, args)
        (result,) = block.results
        return self.number(result, 1) if isinstance(result, float | int) else known[result]
