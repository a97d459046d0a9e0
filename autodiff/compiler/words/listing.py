"""Listing: a program written for people, an operation or a group a line, and its picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from autodiff.compiler.flat.data import Flat
from autodiff.compiler.words.slots import Names, described, formula_of_one, plural, stem
from autodiff.pictures.canvas import Picture, canvas, check_option, ellipse
from autodiff.pictures.labels import text_label

__all__ = ["MOST_LINES", "MOST_NODES", "listing", "picture"]

MOST_LINES = 60  # of a listing; what lies between its ends is counted
MOST_NODES = 200  # of a picture
FORMULA = 46  # the width of its column


def listing(program: Flat) -> str:
    """Write a program: a line an operation, or a line a group once its operations are grouped.

    >>> from autodiff import Value, compile
    >>> w, b = [Value(0.5, name="w1"), Value(2.0, name="w2")], Value(0.0, name="b")
    >>> neuron = compile(lambda x: (w[0] * x[0] + w[1] * x[1] + b).relu())
    >>> print(neuron.program([1.0, 2.0]))
    2 operations, 3 parameters, 2 inputs, 1 output; depth 2, 5 flops, 152 bytes
    level 1:  h[0] = w · x + b                                a dot product of 2
    level 2:  h[1] = relu(h[0])
    return h[1]
    """
    write = operation_line if program.groups is None else group_line
    names = Names(program)
    count = len(program) if program.groups is None else len(program.groups) - 1
    half = MOST_LINES // 2
    shown = range(count) if count <= MOST_LINES else [*range(half), *range(count - half, count)]
    lines = [write(program, names, i).rstrip() for i in shown]
    if count > MOST_LINES:
        what = "operations" if program.groups is None else "groups"
        lines.insert(half, f"... {count - 2 * half:,} more {what} ...")
    return "\n".join([header(program), *lines, f"return {names.several(program.outputs)}"])


def header(program: Flat) -> str:
    counts = ", ".join(
        plural(count, noun)
        for count, noun in (
            (len(program), "operation"),
            (len(program.parameters), "parameter"),
            (len(program.inputs), "input"),
            (len(program.outputs), "output"),
        )
    )
    return f"{counts}; depth {program.depth:,}, {program.flops:,} flops, {size(program.bytes)}"


def size(number: float) -> str:
    """Write a number of bytes: 184 bytes, 12.3 kB."""
    if number < 1000:
        return f"{number} bytes"
    unit, power = next((u, p) for p, u in ((9, "GB"), (6, "MB"), (3, "kB")) if number >= 10**p)
    return f"{number / 10**power:.3g} {unit}"


def operation_line(program: Flat, names: Names, operation: int) -> str:
    return f"{names.one(program.base + operation)} = {formula_of_one(program, names, operation)}"


def group_line(program: Flat, names: Names, group: int) -> str:
    assert program.groups is not None
    level = f"level {program.levels[program.base + program.groups[group]]}:"
    width = len(f"level {program.levels.max()}:")
    found = described(program, names, group)
    return f"{level:<{width}}  {f'{found.result} = {found.formula}':<{FORMULA}}  {found.note}"


# ---------------------------------------------------------------- the picture


def picture(program: Flat, *, rankdir: str = "BT", max_nodes: int = MOST_NODES) -> Picture:
    """Draw a program: a vertex an operation, or a vertex a group once its operations are grouped.

    Args:
        program: The program.
        rankdir: Where the edges point: "BT" from the bottom to the top, "LR", "TB" or "RL".
        max_nodes: How many vertices there may be at most.

    Returns:
        A ``graphviz.Digraph`` that shows itself in notebooks. A group's edges say how many numbers they pass.

    Raises:
        ValueError: There are more vertices, or ``rankdir`` is unknown.
    """
    check_option("rankdir", rankdir, ("BT", "LR", "TB", "RL"))
    check_size(program, max_nodes)
    vertices = Vertices(program)
    edges = vertices.edges()
    texts = vertices.texts(edges)
    if len(texts) > max_nodes:
        raise ValueError(too_many(program, len(texts), "vertices", max_nodes))
    identifiers = {vertex: f"n{number}" for number, vertex in enumerate(texts)}
    outputs = set(map(vertices.of, program.outputs.tolist()))
    dot = canvas("sheet", rankdir)
    for vertex, lines in texts.items():
        kind = "output" if vertex in outputs else "node" if isinstance(vertex, int) else "leaf"
        dot.node(identifiers[vertex], **ellipse(kind, "", "", "", "") | {"label": text_label(*lines)})
    for (tail, head), count in edges.items():
        ends = identifiers[tail], identifiers[head]
        if program.groups is not None:
            dot.edge(*ends, label=text_label(f" {count:,} "))
            continue
        for _ in range(count):
            dot.edge(*ends)
    return dot


def check_size(program: Flat, max_nodes: int) -> None:
    """Refuse a picture that nobody could read, before anything is drawn."""
    if program.groups is None and len(program) > max_nodes:
        raise ValueError(too_many(program, len(program), "operations", max_nodes))
    if program.groups is not None and len(program.groups) - 1 > max_nodes:
        raise ValueError(too_many(program, len(program.groups) - 1, "groups", max_nodes))


def too_many(program: Flat, count: int, what: str, max_nodes: int) -> str:
    advice = "print the program instead" if program.groups is not None else "group its operations first"
    found = f"the program has {count:,} {what}, more than max_nodes={max_nodes:,}"
    return f"draw: {found}: {advice}, or raise max_nodes"


class Vertices:
    """The vertices of a picture: operations or groups by number, leaves by their text.

    Leaves that are elements of one array are one vertex beside groups; constants stand in the formulas.
    """

    def __init__(self, program: Flat) -> None:
        self.program, self.names = program, Names(program)

    def of(self, slot: int) -> int | str | None:
        """The vertex that a slot belongs to; none for a constant."""
        kind, position = self.names.place(slot)
        if kind == "constant":
            return None
        if kind == "result":
            groups = self.program.groups
            return position if groups is None else int(np.searchsorted(groups, position, side="right")) - 1
        name = self.names.one(slot)
        return name if self.program.groups is None else stem(name)

    def edges(self) -> Counter[tuple[int | str, int]]:
        """How many numbers pass from one vertex to another."""
        edges: Counter[tuple[int | str, int]] = Counter()
        for head, operands in self.operands():
            tails = (self.of(slot) for slot in operands)
            edges.update((tail, head) for tail in tails if tail is not None)
        return edges

    def operands(self) -> Iterator[tuple[int, list[int]]]:
        program = self.program
        if program.groups is None:
            yield from ((i, program.operands_of(i).tolist()) for i in range(len(program)))
            return
        for group, (first, last) in enumerate(zip(program.groups, program.groups[1:], strict=False)):
            slots = program.operands[program.starts[first] : program.starts[last]]
            yield group, np.unique(slots).tolist()

    def texts(self, edges: Counter[tuple[int | str, int]]) -> dict[int | str, tuple[str, ...]]:
        """What is written in each vertex, the leaves first."""
        program, names = self.program, self.names
        outputs = map(self.of, program.outputs.tolist())
        leaves = [vertex for vertex in (*(tail for tail, _ in edges), *outputs) if isinstance(vertex, str)]
        texts: dict[int | str, tuple[str, ...]] = {leaf: (leaf,) for leaf in leaves}
        if program.groups is None:
            return texts | {i: (operation_line(program, names, i),) for i in range(len(program))}
        for group in range(len(program.groups) - 1):
            found = described(program, names, group)
            texts[group] = (f"{found.result} = {found.formula}", found.note)
        return texts
