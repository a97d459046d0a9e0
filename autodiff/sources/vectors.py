"""Vectors: a large graph or program as few steps on vectors, and what writes a function of them, step after step."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from autodiff.compiler.flat.data import Flat, Indices, flat_of
from autodiff.compiler.flat.grouping import reordered, with_matrices_first
from autodiff.compiler.flat.structures import structure_of
from autodiff.compiler.front.tape import SHIFT, Tape
from autodiff.compiler.words.slots import Names, described, stem
from autodiff.graph import topological_order
from autodiff.rules import BESIDE, TABLE
from autodiff.show.derivations.wording import derivative
from autodiff.sources.named import Identifiers, in_a_comment
from autodiff.value import Value
from autodiff.writing.forms import Argument, Block, Element, Repeated, VectorPart, name_of, needed
from autodiff.writing.kernels import kernel, kernel_of_all
from autodiff.writing.loops import length_of, results_of

__all__ = [
    "AXES",
    "CONSTANT_NUMBERS",
    "Placed",
    "VectorStep",
    "Vectors",
    "flat_graph",
    "has_steps",
    "operands_in",
]

AXES = "kij"  # along which the numbers of a step stand: blocks, operations in each, operands of each
CONSTANT_NUMBERS = "constants"
MOST_WITHOUT_LOOP = 3  # operands of an operation that is written without a loop over them


@dataclass(frozen=True, eq=False)
class Placed:
    """Where numbers stand in a vector, with the three axes of a step; of length 1 where they are the same along one."""

    vector: str
    positions: Indices


@dataclass(frozen=True, eq=False)
class VectorStep:
    """One group of operations; without a row, numbers that are copied so that they stand in one vector.

    Attributes:
        shape: How many blocks, and of how many operations.
        parts: What stands for each operand, and for ``z``; a number where it is the same for all.
        value, partials: The row as code. The partials are those by the operands that have adjoints; where they
            take ``ds``, what arrives at the results, they are what arrives at the operands.
        targets: These operands, by the number of results that come before.
        note: What it is, in words.
    """

    name: str
    shape: tuple[int, int]
    parts: Mapping[Argument, Placed | float]
    row: str
    value: Block
    partials: Block
    targets: Mapping[int, Placed]
    note: str = ""

    @property
    def passes_on(self) -> bool:
        return any(name_of(x) == "ds" for step in self.partials.steps for x in step.args)


class Vectors:
    """A function as steps on vectors.

    Args:
        program: The function, in groups.
        names: Those that are taken.

    Attributes:
        sizes: The length of each vector; one of length 1 is a number.
        arguments: For each vector that is passed, which leaves, or inputs and then parameters, it holds.
        bars: What the adjoint of each vector is called.
        contents: For each argument of several numbers, what the user calls them, in few words.
        changing: The vectors that depend on arguments.
        tables: Positions that are in no order.
    """

    def __init__(self, program: Flat, names: Identifiers) -> None:
        self.names, self.steps, self.tables = names, list[VectorStep](), dict[str, Indices]()
        self.program, old = with_matrices_first(in_order_of_operands(program))
        self._words = Names(self.program)
        self.sizes, self.arguments = dict[str, int](), dict[str, tuple[int, ...]]()
        self.contents, self.bars, self.changing = dict[str, str](), dict[str, str](), set[str]()
        self._shown, self._known, self._vectors = dict[str, str](), dict[bytes, str](), list[str]()
        self._vector, self._place = np.zeros((2, self.program.slots), dtype=np.intp)
        self._results, self._gathers, self._at = map(names.fresh, ("h", "g", "at"))
        self._stand(CONSTANT_NUMBERS, np.arange(len(self.program.constants)))
        self.sizes[CONSTANT_NUMBERS] = 0  # always a table, never a number
        self._take_arguments(old)
        for number in range(len(self.program.groups) - 1):  # type: ignore[arg-type]
            self._add_step(number)
        self.outputs = [self._part(np.array([[[slot]]])) for slot in self.program.outputs]

    def table(self, positions: Indices) -> str:
        """The name of a table of positions."""
        positions = positions.ravel()
        equal = (name for name, known in self.tables.items() if np.array_equal(known, positions))
        name = next(equal, "") or next(self._at)
        self.tables[name] = positions
        return name

    def chain(self, steps: Sequence[VectorStep]) -> str:
        """Which derivatives are added up from that of the vector of some steps."""
        reached = (part.vector for step in steps for part in step.targets.values())
        below = ", ".join(dict.fromkeys(map(self._derivative, reached)))
        last = steps[0].name in {x.vector for x in self.outputs if isinstance(x, Placed)}
        return below if last else f"{below} from {self._derivative(steps[0].name)}"

    def _derivative(self, vector: str) -> str:
        [output, *more] = (x.vector if isinstance(x, Placed) else "" for x in self.outputs)
        shown = in_a_comment(self._shown[vector])
        return (
            f"the adjoint of {shown}"
            if more
            else derivative(in_a_comment(self._shown[output]), shown, "text")
        )

    # ------------------------------------------------------------ where slots stand

    def _begin(self, name: str, size: int, shown: str) -> None:
        """Begin a new vector."""
        self.sizes[name], self._shown[name], self.bars[name] = size, shown, self.names.of(f"{name}_bar")

    def _stand(self, name: str, slots: Indices, shown: str = "") -> None:
        """Let slots stand in a new vector."""
        self._vector[slots], self._place[slots] = len(self._vectors), np.arange(len(slots))
        self._vectors.append(name)
        self._begin(name, len(slots), shown or name)

    def _part(self, slots: Indices) -> Placed | float:
        """Where slots stand, in one vector, or the number that they are."""
        alike = [(slots == slots.take([0], axis)).all() for axis in range(len(AXES))]
        slots = slots[tuple(slice(0, 1) if same else slice(None) for same in alike)]
        if slots.size == 1 and slots.item() < len(self.program.constants):
            return float(self.program.constants[slots.item()])
        vectors = self._vector[slots]
        if (vectors == vectors.flat[0]).all():
            return Placed(self._vectors[vectors.flat[0]], self._place[slots])
        distinct, inverse = np.unique(slots, return_inverse=True)
        order = np.argsort(self._vector[distinct], kind="stable")
        key = distinct.tobytes()
        if key not in self._known:
            self._known[key] = self._gathered(distinct[order])
        return Placed(self._known[key], np.argsort(order)[inverse].reshape(slots.shape))

    def _gathered(self, slots: Indices) -> str:
        """A new vector of what stands in several ones, one after the other."""
        vectors, places = self._vector[slots], self._place[slots]
        name = next(self._gathers)
        self._begin(name, len(slots), name)
        for piece in np.split(np.arange(len(slots)), np.flatnonzero(np.diff(vectors)) + 1):
            source = Placed(self._vectors[vectors[piece[0]]], places[piece].reshape(1, -1, 1))
            targets = {0: source} if source.vector in self.changing else {}
            self.changing.update([name] * len(targets))
            parts: dict[Argument, Placed | float] = {"x0": source, "z": Placed(name, piece.reshape(1, -1, 1))}
            copied, slope = Block((), ("x0",)), Block((), (1,))
            self.steps.append(VectorStep(name, (1, len(piece)), parts, "", copied, slope, targets))
        return name

    # ------------------------------------------------------------ arguments and steps

    def _take_arguments(self, old: Indices) -> None:
        """Let what has one name in common, such as the elements of a matrix, be one argument, in their old order."""
        program = self.program
        labels = [*program.parameters, *program.inputs]
        order = [*(old + len(program.inputs)).tolist(), *range(len(program.inputs))]
        held: dict[str, list[int]] = {}
        for i, label in enumerate(labels):
            held.setdefault(common_name(label), []).append(i)
        for own, numbers in sorted(held.items(), key=lambda item: min(order[i] for i in item[1])):
            name, several = self.names.of(own), len(numbers) > 1
            self._stand(
                name, np.array(numbers) + len(program.constants), own if several else labels[numbers[0]]
            )
            self.arguments[name] = tuple(order[i] for i in numbers)
            self.changing.add(name)
            if several:
                called = [in_a_comment(labels[i]) for i in numbers]
                short = called if len(called) < 5 else [*called[:2], "...", called[-1]]
                self.contents[name] = f"{' '.join(short)}, {len(called)} numbers"

    def _add_step(self, number: int) -> None:
        """Add one group of the program."""
        program = self.program
        start, end = program.groups[number : number + 2].tolist()  # type: ignore[index]
        slots, rule = np.arange(start, end) + program.base, program.rule(start)
        blocks, arity = int(program.blocks[number]), int(program.arities[start])  # type: ignore[index]
        operands = program.operands[program.starts[start] : program.starts[end]].reshape(blocks, -1, arity)
        if rule.vector:  # an operation gives all results of a block
            code, places = kernel_of_all(rule, arity - 1), slots.reshape(1, blocks, -1)
            operands = operands[None, :, 0, :-1]
        else:
            short = arity <= MOST_WITHOUT_LOOP and not structure_of(rule.name).layered
            code, places = kernel(rule, arity, unrolled=short), slots.reshape(blocks, -1, 1)
        partials, targets = self._reached(code.partials, operands)
        taken = (*operands_in(code.value), *operands_in(partials))
        parts: dict[Argument, Placed | float] = {x: self._part(slots_taken(x, operands)) for x in taken}
        own = {common_name(program.names.get(slot, "")) for slot in slots.tolist()}
        name = next(self._results) if "" in own or len(own) > 1 else self.names.of(own.pop())
        self._stand(name, slots)
        self.changing.update([name] * bool(targets))
        parts["z"] = Placed(name, self._place[places])
        note = described(program, self._words, number).note
        note = f"{rule.name.removesuffix(BESIDE)} {note}" if note.startswith("of ") else note
        shape = len(places), places.shape[1]
        self.steps.append(VectorStep(name, shape, parts, rule.name, code.value, partials, targets, note))

    def _reached(self, block: Block, operands: Indices) -> tuple[Block, dict[int, Placed]]:
        """The partials by operands that have adjoints, and these operands."""
        results, targets, count = list[Argument](), dict[int, Placed](), 0
        for result in results_of(block):
            length = length_of(result) or 1
            if result.argument == 0:
                continue
            part = self._part(operands[..., result.first : result.first + length])
            if isinstance(part, Placed) and part.vector in self.changing:
                targets[count] = part
                results.append(result.argument)
                count += length
        return Block(needed(block.steps, tuple(results)), tuple(results)), targets


# ---------------------------------------------------------------- graphs, rows, names


def has_steps(row: str) -> bool:
    """Whether a row can be a step: it is in the table, and gives one number, or a list that passes on all at once."""
    if row.removesuffix(BESIDE) not in TABLE:
        return row == SHIFT.name
    rule = structure_of(row).rule
    return rule.passed is not None or not rule.vector


def flat_graph(output: Value) -> Flat:
    """A graph as a program that keeps every node; all results of a softmax are there where one of them is."""
    tape, slots = Tape(), dict[Value, int]()
    for node in topological_order(output):
        if node.op is None:
            slots[node] = tape.leaf(node)
            continue
        operands = [*node.operands]
        position = int(operands.pop()) if node.op.vector else None
        rule, among = node.op.among(operands, [not isinstance(x, Value) for x in operands])
        below = [slots[x] if isinstance(x, Value) else tape.constant(float(x)) for x in among]
        if position is None:
            slots[node] = tape.record(rule, below)
        else:
            results = tape.lists.setdefault((rule.name, *below), [])
            if not results:
                results += [tape.record(rule, [*below, tape.constant(float(i))]) for i in range(len(below))]
            slots[node] = results[position]
        if node.name is not None:
            tape.names[slots[node]] = node.name
    return flat_of(tape, [slots[output]])[0]


def in_order_of_operands(program: Flat) -> Flat:
    """Order the operations of each group that is no layer as their first operands stand, if these differ."""
    moved, order = np.arange(program.slots), list[Indices]()
    for start, end in itertools.pairwise(program.groups.tolist()):  # type: ignore[union-attr]
        own, rule = np.arange(start, end), program.rule(start)
        first = moved[program.operands[program.starts[own]]]
        if not rule.vector and not structure_of(rule.name).layered and len(np.unique(first)) == len(own):
            own = own[np.argsort(first)]
        moved[program.base + own] = program.base + np.arange(start, end)
        order.append(own)
    return reordered(program, np.concatenate(order))


def operands_in(block: Block) -> Iterator[Argument]:
    """What a block takes of the operands."""
    for x in (*(x for step in block.steps for x in step.args), *block.results):
        x = x.number if isinstance(x, Repeated) else x
        if (name_of(x) or "").startswith("x"):
            yield x


def slots_taken(x: Argument, operands: Indices) -> Indices:
    """The slots that stand for an operand of a block."""
    if isinstance(x, VectorPart):
        return operands[..., x.first : x.first + x.length]
    position = x.position if isinstance(x, Element) else int(str(x)[1:])
    return operands[..., position : position + 1]


def common_name(name: str) -> str:
    """What the elements of a matrix are called, or what their names have in common."""
    return str(getattr(name, "matrix", stem(name)))
