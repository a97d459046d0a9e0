"""Machine: from code to functions of this processor, and what runs the records of a program."""

from __future__ import annotations

import collections
import ctypes
import functools
import threading
import weakref
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from autodiff.compiler.engines.llvm.pieces import MEMORY, PieceKind, code_of
from autodiff.compiler.flat.places import FloatArray
from autodiff.writing.instructions import Code, Register, lanes_of

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

__all__ = ["Piece", "RunFrame", "Runner", "assembly", "cache_aligned", "pieces_of", "runner"]

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
    return without_interrupts(made_of, code)


def assembly(code: str) -> str:
    """The same as text."""
    return without_interrupts(assembly_of, code)


def without_interrupts(make: Callable[[str], Made], code: str) -> Made:
    """Make something in another thread, as Python raises Ctrl-C in the main one.

    llvmlite frees a string, and then notes that it did: what is raised in between makes it free the string again.
    """
    with ThreadPoolExecutor(1) as other:
        return other.submit(make, code).result()


def made_of(code: str) -> llvm.ExecutionEngine:
    module, machine = read_code(code)
    made = llvm.create_mcjit_compiler(module, machine)
    made.finalize_object()
    return made


def assembly_of(code: str) -> str:
    module, machine = read_code(code)
    return str(machine.emit_assembly(module))


def read_code(code: str) -> tuple[llvm.ModuleRef, llvm.TargetMachine]:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    processor = {"cpu": llvm.get_host_cpu_name(), "features": llvm.get_host_cpu_features().flatten()}
    machine = llvm.Target.from_default_triple().create_target_machine(opt=1, **processor)
    return llvm.parse_assembly(code, llvm.create_context()), machine


def cache_aligned(dtype: npt.DTypeLike, *shape: int) -> FloatArray:
    """An array of zeros that begins with a line of the processor's cache."""
    size, width = int(np.prod(shape)), np.dtype(dtype).itemsize
    room = np.zeros(size + 64 // width, dtype)
    first = -room.ctypes.data % 64 // width
    return room[first : first + size].reshape(shape)


# ---------------------------------------------------------------- what runs records

FRAME = (
    *MEMORY,
    "reverse",
    "inputs",
    "outputs",
    "seeds",
    "by_inputs",
    "places",
    "sums",
)  # addresses, then sizes
SIZES = ("number_count", "input_count", "output_count", "wanted_count", "row_count", "line_bytes", "pieces")


class RunFrame:
    """What a runner takes: arrays and sizes by their names; ``words`` and ``reverse`` are records."""

    def __init__(self, **given: FloatArray | int) -> None:
        self._given = given  # keeps the arrays
        found = [given.get(name, 0) for name in (*FRAME, *SIZES)]
        self._fields = np.array([x if isinstance(x, int) else x.ctypes.data for x in found], dtype=np.uint64)
        self.address: int = self._fields.ctypes.data


class Runner:
    """Functions that take the address of a frame.

    Attributes:
        forward, both: Run records, on numbers alone: ``words``, or ``words`` and ``reverse``.
        batch_forward, batch_both: The same for each piece of a batch, with its inputs, outputs and seeds.
        last: The address of what the last record names.
    """

    def __init__(self, dtype: str) -> None:
        names = ("forward", "both", "batch_forward", "batch_both")
        taken = ", ".join(["ptr"] * len(MEMORY))
        last = f"define void @last({taken}) {{\n  ret void\n}}\n"
        self._made = compiled(last + "".join(run_code(name, dtype) for name in names))
        kind = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
        self.forward, self.both, self.batch_forward, self.batch_both = (
            kind(self._made.get_function_address(name)) for name in names
        )
        self.last: int = self._made.get_function_address("last")


runner = functools.cache(Runner)


def run_code(name: str, dtype: str) -> str:
    """The code of one of the functions of a runner."""
    code, lanes = Code(dtype), lanes_of(dtype)
    row = code.type(lanes)
    fields = [*((x, "ptr") for x in FRAME), *((x, "i64") for x in SIZES)]
    own = {
        x: code.emit(f"load {kind}, ptr {code.at('%frame', str(i), 'i64')}")
        for i, (x, kind) in enumerate(fields)
    }

    def sweep(words: str) -> None:
        piece = code.emit(f"load ptr, ptr {own[words]}")
        passed = (own[words], *(own[array] for array in MEMORY[1:]))
        code.line(f"call void {piece}({', '.join(f'ptr {x}' for x in passed)})")

    def each(count: str, write: Callable[[str], None]) -> None:
        code.loop("0", own[count], 1, [], lambda k, _: write(k) or ())

    def copy(to: str, origin: str) -> None:
        code.line(f"store {row} {code.emit(f'load {row}, ptr {origin}')}, ptr {to}")

    def shown(array: str, k: str) -> str:
        return code.at(own[array], code.emit(f"load i64, ptr {code.at(own['places'], k, 'i64')}"), row)

    def clear(array: str, count: str) -> None:
        size = code.emit(f"mul i64 {own[count]}, 64")
        code.line(f"call void @llvm.memset.p0.i64(ptr {own[array]}, i8 0, i64 {size}, i1 false)")

    def add(to: str, origin: str) -> None:
        terms = [code.emit(f"load {row}, ptr {x}") for x in (to, origin)]
        code.line(f"store {row} {code.emit(f'fadd {row} {terms[0]}, {terms[1]}')}, ptr {to}")

    def piece(i: str, _: object) -> tuple[()]:
        def line(array: str, k: str) -> str:
            begin = code.at(own[array], code.emit(f"mul i64 {k}, {own['line_bytes']}"), "i8")
            return code.at(begin, i, row)

        each("input_count", lambda k: copy(code.at(own["rows"], k, row), line("inputs", k)))
        sweep("words")
        each("output_count", lambda k: copy(line("outputs", k), shown("rows", k)))
        if name == "batch_both":
            clear("row_bar", "row_count")
            each("output_count", lambda k: add(shown("row_bar", k), line("seeds", k)))
            sweep("reverse")
            each("wanted_count", lambda k: copy(line("by_inputs", k), code.at(own["row_bar"], k, row)))
        return ()

    def add_up(k: str) -> None:
        number = Register(code.emit(f"load {row}, ptr {code.at(own['bar'], k, row)}"), lanes)
        total = code.reduced(code.number(-0.0, 1), number)
        code.line(f"store {dtype} {total.text}, ptr {code.at(own['sums'], k, dtype)}")

    if name.startswith("batch"):
        if name == "batch_both":
            clear("bar", "number_count")
        code.loop("0", own["pieces"], 1, [], piece)
        if name == "batch_both":
            each("number_count", add_up)
    else:
        sweep("words")
        if name == "both":
            sweep("reverse")
    body = "\n".join(code.lines)
    return f"define void @{name}(ptr %frame) {{\nentry:\n{body}\n  ret void\n}}\n"
