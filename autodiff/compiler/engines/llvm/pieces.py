"""Pieces: the machine code of the LLVM engine, one for each kind of operation, written from its row.

A piece runs through the operations of one record and then jumps to the piece of the next record. A record is a
row of numbers, 32 bits each:

    the address of the piece (two of them), the place of the first result, the number of operations,
    the places of operands that all of them share, those of each operation

where an operand stands for all that follow it side by side. A place counts numbers, or rows, which have a
number for each of several samples.
"""

from __future__ import annotations

import bisect
import functools
import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

from autodiff.compiler.flat.structures import structure_of
from autodiff.compiler.front.tape import rule_named
from autodiff.writing.forms import (
    AnyStep,
    Argument,
    Block,
    FoldStep,
    Kernel,
    PrimitiveStep,
    Repeated,
    ScanStep,
    VectorPart,
)
from autodiff.writing.instructions import Code, Register, Turn, functions, lanes_of
from autodiff.writing.kernels import kernel, kernel_of_all
from autodiff.writing.loops import Loop, Result, loops, used_later

__all__ = ["MEMORY", "SHORT", "Operands", "PieceKind", "PieceWriter", "code_of"]

MEMORY = ("words", "numbers", "bar", "rows", "row_bar", "kept")  # what a piece is called with
SHORT = 8  # elements up to which a loop is spelled out
NEUTRAL = {"add": -0.0, "mul": 1.0, "maximum": -math.inf, "minimum": math.inf}  # they change no other number
EXPECTED = 4  # pieces, those of most records, that one for a single operation expects to follow it
TILE = 4  # dot products with one vector that are computed side by side


class Operands(NamedTuple):
    """Some operands: how many, whether they are rows, whether only the place of the first one is given."""

    length: int
    row: bool
    straight: bool

    @property
    def words(self) -> int:
        return 1 if self.straight else self.length


class PieceKind(NamedTuple):
    """What a piece depends on.

    Attributes:
        name, arity: The operation, and how many operands it has.
        sides: Its operands.
        row: Whether its result is a row.
        many: Whether its records have several operations.
        follow: In the reverse sweep, whether each side needs its adjoints; None in the forward sweep.
        dtype: The type of the numbers, "double" or "float".
    """

    name: str
    arity: int
    sides: tuple[Operands, ...]
    row: bool
    many: bool
    follow: tuple[bool, ...] | None
    dtype: str

    @property
    def shared(self) -> bool:
        """Whether the operations of a record share their second side."""
        return self.many and structure_of(self.name).layered

    @property
    def together(self) -> bool:
        """Whether an operation has several results, which are computed at once."""
        return structure_of(self.name).together

    @property
    def reordered(self) -> bool:
        """Whether sums are reordered: those of dense layers."""
        if not structure_of(self.name).layered:
            return False
        left, right, _ = self.sides
        return right.row and not left.row if self.row else left.straight and right.straight


@functools.cache
def recorded(name: str, arity: int) -> Kernel:
    """The kernel of an operation, of one that is computed together that of all results."""
    rule = rule_named(name)
    return kernel_of_all(rule, arity - 1) if rule.vector else kernel(rule, arity)


class Sibling(NamedTuple):
    """One of the operations that are written side by side: where its words are, its result, what is known.

    Attributes:
        common: What is known of operands that all of them share.
    """

    words: str
    out: str
    known: dict[object, Register]
    common: dict[object, Register]


class PieceWriter(Code):
    """Writes the piece of one kind.

    Attributes:
        kept: Where what a later loop needs begins among the numbers or rows that are kept.
        end: Where those end.
    """

    def __init__(self, kind: PieceKind) -> None:
        super().__init__(kind.dtype)
        self.kind, self.kernel, self.contracted = kind, recorded(kind.name, kind.arity), kind.reordered
        self.lanes = lanes_of(kind.dtype) if kind.row else 1
        self.kept: dict[str, int] = {}
        self.end = 0
        self.results, self.adjoints = ("rows", "row_bar") if kind.row else ("numbers", "bar")
        self.zero_passes = rule_named(kind.name).at_kink is not None
        self.starts = list(itertools.accumulate((side.length for side in kind.sides), initial=0))
        words = [0 if kind.shared and i == 1 else side.words for i, side in enumerate(kind.sides)]
        *self.begins, self.stride = itertools.accumulate(words, initial=0)

    def piece(self, name: str, expected: Sequence[str]) -> str:
        """The piece, under this name.

        Args:
            name: Its name.
            expected: The pieces that mostly follow. A processor foresees a comparison with each of them better than
                a jump to an address.
        """
        kind, head = self.kind, 4 + (self.kind.sides[1].words if self.kind.shared else 0)
        first, size = self.index("%words", 2), str((head + self.stride + 1) & -2)
        if kind.many:
            count, done = self.index("%words", 3), "0"
            for step in (TILE, 1) if kind.shared else (1,):
                side_by_side = functools.partial(self.operations, first, head, step)
                done, _ = self.loop(done, count, step, [], side_by_side)
            words = self.times(count, self.stride)
            size = self.emit(f"and i64 {self.added(words, head + 1)}, -2")
        else:
            self.operations(first, head, 1, "0")
        following = self.at("%words", size, "i32")
        code = self.element(following, "0", "ptr")
        passed = ", ".join(f"ptr {following if x == 'words' else '%' + x}" for x in MEMORY)
        for other in expected:
            found = self.emit(f"icmp eq ptr {code}, @{other}")
            yes, no = f"yes{found[2:]}", f"no{found[2:]}"
            self.line(f"br i1 {found}, label %{yes}, label %{no}")
            self.begin(yes)
            self.line(f"musttail call void @{other}({passed})\n  ret void")
            self.begin(no)
        self.line(f"musttail call void {code}({passed})\n  ret void\n}}\n")
        title = f"; {'forward' if kind.follow is None else 'reverse'}: {kind.name} of {kind.arity}"
        taken = ", ".join(f"ptr noalias %{x}" for x in MEMORY)
        begin = f"define void @{name}({taken}) {{\nentry:"
        return "\n".join([title + " on rows" * kind.row, begin, *self.lines])

    def operations(self, first: str, head: int, count: int, i: str, _: Sequence[str] = ()) -> Sequence[str]:
        """Write so many operations from the i-th on, side by side."""
        found, results = list[Sibling](), self.kind.arity - 1 if self.kind.together else 1
        common: dict[object, Register] = {}
        for k in range(count):
            at = self.added(i, k)
            out = self.added(first, self.times(at, results))
            words = self.at("%words", self.added(self.times(at, self.stride), head), "i32")
            found.append(Sibling(words, out, {}, common))
        if self.kind.follow is None:
            self.block(self.kernel.value, found)
            return ()
        if not self.kind.together:
            for one in found:
                one.known["z"] = self.load(self.results, one.out, self.lanes)
                one.known["d"] = self.load(self.adjoints, one.out, self.lanes)
        self.block(self.kernel.partials, found)
        return ()

    # ------------------------------------------------------------ blocks

    def block(self, block: Block, found: list[Sibling]) -> None:
        """Write the steps of a block for some operations."""
        shared = loops(block)
        later = used_later(shared)
        for loop in shared:
            length = loop.length or 0
            for step in loop.steps:
                if isinstance(step, FoldStep | ScanStep):
                    for one in found:
                        start = self.read(one, step.start, None, self.lanes)
                        one.known[so_far(step)] = self.widened(start, self.lanes)
                if length > SHORT and not isinstance(step, Result) and step.target in later:
                    self.kept[step.target] = self.end
                    self.end += length
            if loop.length is None:
                self.turn(loop, found, None, self.lanes)
            elif length <= SHORT:
                self.spelled_out(loop, range(length), found)
            else:
                self.long(loop, length, found)

    def spelled_out(self, loop: Loop, turns: range, found: list[Sibling]) -> None:
        for turn in reversed(turns) if loop.backwards else turns:
            self.turn(loop, found, turn, self.lanes)

    def long(self, loop: Loop, length: int, found: list[Sibling]) -> None:
        """A loop over the elements of vectors, over several at once where they stand side by side."""
        step = lanes_of(self.dtype) if self.side_by_side(loop) else 1
        lanes = max(step, self.lanes)
        sums = [(one, so_far(x)) for x in loop.steps if isinstance(x, FoldStep | ScanStep) for one in found]
        starts = [one.known[name] for one, name in sums]
        begun = [self.number(-0.0, lanes) if step > 1 else start for start in starts]
        for one, (first, side) in itertools.product(found, zip(self.starts, self.kind.sides, strict=False)):
            if side.straight:
                self.place(one, first, None)  # found once, before the loop

        def body(j: str, names: list[str]) -> list[str]:
            common = found[0].common.copy()  # what is found in a turn is not known behind the loop
            inside = [one._replace(known=one.known.copy(), common=common) for one in found]
            own = {id(one): new for one, new in zip(found, inside, strict=True)}
            for (one, so_far), name in zip(sums, names, strict=True):
                own[id(one)].known[so_far] = Register(name, lanes)
            turn = self.emit(f"sub i64 {length - 1}, {j}") if loop.backwards else j
            self.turn(loop, inside, turn, lanes)
            return [self.widened(own[id(one)].known[so_far], lanes).text for one, so_far in sums]

        whole = length - length % step
        carried = [(self.type(lanes), start.text) for start in begun]
        _, names = self.loop("0", str(whole), step, carried, body)
        for (one, name), text, start in zip(sums, names, starts, strict=True):
            total = Register(text, lanes)
            one.known[name] = self.reduced(start, total) if step > 1 else total
        self.spelled_out(loop, range(whole, length), found)

    def side_by_side(self, loop: Loop) -> bool:
        """Whether several elements can be taken at once: they stand side by side, and none waits for another."""
        touched = [arg for step in loop.steps for arg in step.args if isinstance(arg, VectorPart)]
        places = [part.first for part in touched if part.vector == "xs"]
        if self.kind.follow is not None:
            places += [step.first for step in loop.steps if isinstance(step, Result)]
        waiting = ScanStep if self.kind.reordered else FoldStep | ScanStep
        ordered = any(isinstance(step, waiting) for step in loop.steps)
        straight = all(self.kind.sides[self.side_of(place)].straight for place in places)
        return straight and not (ordered or self.kind.row or loop.backwards)

    def turn(self, loop: Loop, found: list[Sibling], turn: Turn, lanes: int) -> None:
        """Write the steps of a loop for one element, or for several side by side."""
        for step in loop.steps:
            if isinstance(step, Result):
                give = self.show if self.kind.follow is None else self.pull
                give(step, found, turn, lanes)
            else:
                for one in found:
                    self.take(one, step, turn, lanes)

    def take(self, one: Sibling, step: AnyStep, turn: Turn, lanes: int) -> None:
        """Write one step."""
        target = step.target if turn is None else (step.target, turn)
        if isinstance(step, PrimitiveStep):
            args = [self.read(one, arg, turn, lanes) for arg in step.args]
            one.known[target] = self.primitive(step.primitive, args)
        else:
            old = one.known[so_far(step)]
            if isinstance(step, ScanStep):
                one.known[target] = old
            new = self.read(one, step.over, turn, lanes)
            idle = step.combine in NEUTRAL and old == self.number(NEUTRAL[step.combine], lanes)
            one.known[so_far(step)] = new if idle else self.primitive(step.combine, [old, new])
        if step.target in self.kept and target in one.known:
            place = self.added(str(self.kept[step.target]), turn)
            self.store("kept", place, self.widened(one.known[target], lanes))

    def show(self, step: Result, found: list[Sibling], turn: Turn, lanes: int) -> None:
        """Write values where the results stand."""
        for one in found:
            place = self.added(self.added(one.out, step.first), turn)
            self.store(self.results, place, self.widened(self.read(one, step.argument, turn, lanes), lanes))

    def pull(self, step: Result, found: list[Sibling], turn: Turn, lanes: int) -> None:
        """Let the adjoints of operands grow, by partials times the adjoints of the results."""
        side = self.side_of(step.first)
        partial = step.argument.number if isinstance(step.argument, Repeated) else step.argument
        assert self.kind.follow is not None
        if not self.kind.follow[side] or (partial == 0 and not self.zero_passes):
            return
        array, shared = "row_bar" if self.kind.sides[side].row else "bar", self.kind.shared and side == 1
        number, place = None, ""
        for one in found:
            if number is None or not shared:
                place = self.place(one, step.first, turn)
                number = self.load(array, place, lanes)
            pulled = one.known["d"] if partial == 1 else self.read(one, partial, turn, lanes)
            if partial != 1 and not self.kind.together:
                pulled = self.primitive("mul", [one.known["d"], pulled])
            number = self.primitive("add", [number, pulled])
            if not shared or one is found[-1]:
                self.store(array, place, number)

    # ------------------------------------------------------------ numbers

    def read(self, one: Sibling, argument: Argument, turn: Turn, lanes: int) -> Register:
        """A number by what it is called in a kernel."""
        if isinstance(argument, Repeated):
            argument = argument.number
        if isinstance(argument, int | float):
            return self.number(argument, lanes)
        if isinstance(argument, str):
            return one.known.get(argument) or self.operand(one, int(argument[1:]), None, self.lanes)
        if isinstance(argument, VectorPart):
            first = argument.first
        else:
            first, turn, lanes = argument.position, None, self.lanes
        if argument.vector == "xs":
            return self.operand(one, first, turn, lanes)
        if argument.vector in ("zs", "ds"):
            array = self.results if argument.vector == "zs" else self.adjoints
            return self.load(array, self.added(self.added(one.out, first), turn), lanes)
        made = (argument.vector, turn if isinstance(turn, str) else first + (turn or 0))
        if made in one.known:
            return one.known[made]
        return self.load("kept", self.added(str(self.kept[argument.vector] + first), turn), lanes)

    def operand(self, one: Sibling, first: int, turn: Turn, lanes: int) -> Register:
        """The operand at position ``first``, or the one whose turn it is from there on."""
        key, i = ("operand", first, turn), self.side_of(first)
        known = self.known_of(one, i)
        if key not in known:
            array = "rows" if self.kind.sides[i].row else "numbers"
            known[key] = self.load(array, self.place(one, first, turn), lanes)
        return known[key]

    def known_of(self, one: Sibling, i: int) -> dict[object, Register]:
        """What is known of the i-th side."""
        return one.common if self.kind.shared and i == 1 else one.known

    def side_of(self, position: int) -> int:
        return bisect.bisect_right(self.starts, position) - 1

    def place(self, one: Sibling, first: int, turn: Turn) -> str:
        """Where an operand stands."""
        i = self.side_of(first)
        words, begin = ("%words", 4) if self.kind.shared and i == 1 else (one.words, self.begins[i])
        offset, after = first - self.starts[i], None
        key: object = "place", first, turn
        if self.kind.sides[i].straight:
            key, offset, after = ("begin", i), 0, offset
        known = self.known_of(one, i)
        if key not in known:
            at = self.added(str(begin + offset), None if after is not None else turn)
            known[key] = Register(self.index(words, at), 1)
        found = known[key].text
        return found if after is None else self.added(self.added(found, after), turn)

    # ------------------------------------------------------------ memory

    def index(self, words: str, at: str | int) -> str:
        """A number of the record."""
        return self.emit(f"zext i32 {self.element(words, str(at), 'i32')} to i64")

    def load(self, array: str, place: str, lanes: int) -> Register:
        lanes = 1 if array == "numbers" and self.kind.row else lanes
        address = self.at(f"%{array}", place, self.type(1 if array == "numbers" else self.lanes))
        return self.load_at(address, lanes, self.alignment(array))

    def store(self, array: str, place: str, number: Register) -> None:
        address = self.at(f"%{array}", place, self.type(1 if array == "numbers" else self.lanes))
        self.store_at(address, number, self.alignment(array))

    def alignment(self, array: str) -> int:
        return 64 if self.kind.row and array != "numbers" else 64 // lanes_of(self.dtype)


def so_far(step: FoldStep | ScanStep) -> str:
    """The name of what a fold or a scan has come to."""
    return step.target if isinstance(step, FoldStep) else f"{step.target} so far"


def code_of(kinds: Sequence[PieceKind]) -> tuple[str, list[int]]:
    """The pieces of some kinds, which are called p0, p1, ..., and how many numbers or rows each keeps.

    The kinds of most records come first.
    """
    writers = list(map(PieceWriter, kinds))
    single = [(kind.follow is None, f"p{i}") for i, kind in enumerate(kinds) if not kind.many]
    pieces = []
    for i, (kind, writer) in enumerate(zip(kinds, writers, strict=True)):
        expected = [name for forward, name in single if forward == (kind.follow is None)][:EXPECTED]
        pieces.append(writer.piece(f"p{i}", [] if kind.many else expected))
    text = "\n".join(pieces)
    dtype = kinds[0].dtype
    return "\n".join([text, *functions(text, dtype, lanes_of(dtype))]), [writer.end for writer in writers]
