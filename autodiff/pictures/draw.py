"""Pictures of a computation graph: names, numbers and derivatives on it, paths in colour, by Graphviz.

>>> from autodiff import Value
>>> x, y = Value(2, name="x"), Value(3, name="y")
>>> f = x**2 + x * y + (x + y) ** 2
>>> print(draw(f, values=False, partials="symbols").source)  # doctest: +ELLIPSIS
digraph {
...
    n1 [label="a = x²" ...
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import graphviz

from autodiff.graph import Edge, count_paths, paths, shown
from autodiff.guards.categories import NoGradWarning, warn
from autodiff.guards.kinks import kink_of
from autodiff.languages import say
from autodiff.number import Number
from autodiff.pictures.canvas import (
    BORDERS,
    COLOURS,
    FAINT,
    FILLS,
    GAP,
    Picture,
    canvas,
    check_option,
    ellipse,
)
from autodiff.pictures.digraph import CONTENTS, images, shown_types
from autodiff.pictures.fold import Fold, folds_of
from autodiff.pictures.labels import Labels, Partials, cell, computed_from_unknown, text_label
from autodiff.pictures.names import default_names, nodes_below, outputs_of
from autodiff.pictures.render import RendererMissing
from autodiff.pictures.spans import LESS_WORK, pass_by_many
from autodiff.value import Value

__all__ = ["MAX_NODES", "MAX_PATHS", "Picture", "display", "draw"]

MAX_NODES = 500
EDGES_A_NODE = 10  # the edges of a picture are limited too, to this many times its nodes
MAX_DISPLAYED = 60  # a graph that a notebook draws unasked
SOLID = {"style": "solid", "penwidth": "1.5"}
DASHED = {"style": "dashed", "penwidth": "1.5"}
THICK = {"style": "solid", "penwidth": "3.5"}
MARKED = {"color": BORDERS["marked"], "penwidth": "3"}
PATHS = [  # the first three as the sheet has them: red, red dashed, thick in another colour
    {"color": colour, **line}
    for first, second in (COLOURS[0:2], COLOURS[2:4], COLOURS[4:6])
    for colour, line in ((first, SOLID), (first, DASHED), (second, THICK), (second, SOLID))
]
MAX_PATHS = len(PATHS)


def draw(
    output: Value | Iterable[Value],
    *,
    values: bool = True,
    grads: bool | Mapping[Value, Number | str | None] | None = None,
    partials: Partials = "numbers",
    marked: Value | Iterable[Value | Edge[Value]] = (),
    paths_from: Value | None = None,
    style: Literal["sheet", "boxes"] = "sheet",
    constants: bool = False,
    fold: Mapping[str, Value | Iterable[Value]] | None = None,
    rankdir: Literal["BT", "LR", "TB", "RL"] | None = None,
    format: str = ".6g",
    max_nodes: int = MAX_NODES,
    max_paths: int = MAX_PATHS,
) -> Picture:
    """Draw the graph of one or several outputs.

    Args:
        output: A Value, or several.
        values: Whether to show the nodes' numbers.
        grads: Whether to show the nodes' ``grad``; None shows those that a backward pass has left, so that no
            zero looks like a derivative, and True a "-" on the others. A mapping from nodes to numbers shows
            these instead.
        partials: The local derivatives on the edges: "numbers" (4), "symbols" (2x), "both" (2x = 4) or None.
            A mapping from (node, position among its parents) to numbers shows these, other edges faint.
        marked: A node, or several, to draw in the colour of a warning; edges too.
        paths_from: A Value whose paths up to the output get a colour and dash each; an edge that several
            paths share is drawn once for each of them.
        style: "sheet" for ellipses with formulas, "boxes" for tables of name, operation, data and grad.
        constants: Whether plain numbers get vertices of their own; else they show in the formulas only.
        fold: Sets of nodes to draw as one vertex each, by the name it shall have, such as
            ``{"neuron 1": [h1, *neuron.parameters()]}``. Nodes between those given belong to it too.
        rankdir: Where the edges point: "BT" from the bottom to the top (the default of "sheet"), "LR" from
            left to right (the default of "boxes"), "TB" or "RL".
        format: How floats are written, as for Python's ``format``; fractions stay fractions.
        max_nodes: How many vertices there may be at most.
        max_paths: How many paths there may be at most; more than 12 repeat colours.

    Returns:
        A ``graphviz.Digraph`` that shows itself in notebooks, with ``source``, ``render`` and ``pipe``.

    Raises:
        TypeError: ``output``, ``paths_from`` or a node of ``fold`` is no Value.
        ValueError: The graph has too many nodes or paths, or an option is unknown.

    Warns:
        NoGradWarning: ``grads=True``, and no backward pass has reached any node.

    >>> x = Value(3, name="x")
    >>> draw(x * x, partials="both").source.count("x = 3")  # the leaf and two edges
    3
    """
    if not isinstance(partials, Mapping):
        check_option("partials", partials, (None, *get_args(get_args(Partials)[0])))
    check_option("style", style, ("sheet", "boxes"))
    check_option("rankdir", rankdir, (None, "BT", "LR", "TB", "RL"))
    if not isinstance(grads, Mapping):
        check_option("grads", grads, (None, True, False))
    check_format(format)
    outputs = outputs_of(output, "draw")
    order = nodes_below(outputs)
    folds = folds_of(fold, order, outputs) if fold else {}
    check_readable(order, folds, max_nodes, constants)
    hidden = {
        node: fold.name for node, fold in folds.items() if fold.exits == [node] or node not in fold.exits
    }
    names = default_names(outputs, hidden)
    marks = [marked] if isinstance(marked, Value) else marked
    own = {node: node.name for node in hidden if node.name and folds[node].exits != [node]}
    unknown = computed_from_unknown(order)
    labels, inside = (Labels(called, format, unknown=unknown) for called in (names, names | own))
    graph = Graph(order, outputs, folds, labels, inside, grads_of(order, grads), places_of(marks))
    dot = canvas(style, rankdir)
    for vertex, attributes in graph.vertices(style, values):
        dot.node(vertex, **attributes)
    ways = ways_from(paths_from, outputs, max_paths)
    edges = list(graph.edges(partials, ways, everywhere=paths_from is None))
    for tail, head, attributes in edges:
        dot.edge(tail, head, **attributes)
    if pass_by_many((tail, head) for tail, head, _ in edges):
        dot.attr(splines="line", **LESS_WORK)
    if constants:
        add_constants(dot, graph)
    return dot


def display(
    shown: Value | Sequence[Value], include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
) -> dict[str, str]:
    """Return what a notebook shows of a Value or several: a picture, and text.

    It is text alone for leaves, a large graph, or where no picture is shown or made.
    """
    types = shown_types(include, exclude)
    outputs = [shown] if isinstance(shown, Value) else shown
    small = any(node.op is not None for node in outputs) and not has_more_nodes(outputs, MAX_DISPLAYED)
    text = repr(shown)
    made: dict[str, str] = {}
    if small and not CONTENTS.keys().isdisjoint(types):
        try:
            made = images(draw(tops_of(outputs)), types)
        except RendererMissing as missing:
            text = f"{text}\n{missing}"
    return made | ({"text/plain": text} if "text/plain" in types else {})


def tops_of(nodes: Sequence[Value]) -> list[Value]:
    """Leave out the leaves that others among the nodes were computed from: they are inputs of the picture."""
    computed = [node for node in nodes if node.op is not None]
    inputs = set(nodes_below(computed))
    return [node for node in nodes if node.op is not None or node not in inputs]


def has_more_nodes(outputs: Iterable[Value], limit: int) -> bool:
    """Tell whether a graph has more nodes, without walking on once that is known."""
    seen, waiting = {*outputs}, [*outputs]
    while waiting and len(seen) <= limit:
        fresh = set(waiting.pop().parents) - seen
        seen |= fresh
        waiting += fresh
    return len(seen) > limit


# ---------------------------------------------------------------- what is refused


def check_format(text: str) -> None:
    try:
        format(1.0, text)
    except (ValueError, TypeError) as error:
        raise ValueError(f"draw: format must be one for floats, such as '.3f', not {text!r}") from error


def check_readable(order: list[Value], folds: dict[Value, Fold], max_nodes: int, constants: bool) -> None:
    """Refuse a picture that nobody could read, before anything is drawn."""
    vertices = sum(node not in folds for node in order) + len(set(folds.values()))
    advice = "draw a smaller part, such as one of its nodes, or fold={name: nodes}"
    if vertices > max_nodes:
        raise ValueError(
            f"draw: the graph has {vertices:,} nodes, more than max_nodes={max_nodes:,}: "
            f"{advice}, or raise max_nodes"
        )
    limit = EDGES_A_NODE * max_nodes
    edges = sum(len(node.operands if constants else node.parents) for node in order if node not in folds)
    if edges > limit:
        raise ValueError(
            f"draw: the graph has {edges:,} edges, more than {EDGES_A_NODE} times max_nodes={max_nodes:,}: "
            f"{advice}, or raise max_nodes"
        )


PathNumbers = dict[
    tuple[Value, int], list[int]
]  # for an edge, as its node and position: the numbers of the paths on it


def ways_from(x: Value | None, outputs: list[Value], max_paths: int) -> PathNumbers:
    """Number the paths from ``x``, and list those that take each edge."""
    ways: PathNumbers = {}
    if x is None:
        return ways
    if not isinstance(x, Value):
        raise TypeError(f"draw: paths_from must be a Value, not {x!r} of type {type(x).__name__}")
    count = sum(count_paths(output, x) for output in outputs)
    if count == 0:
        raise ValueError(f"draw: no path leads from {x!r} to the output, which does not depend on it")
    if count > max_paths:
        raise ValueError(
            f"draw: {shown(count)} paths lead from {x!r} to the output, more than max_paths={max_paths}: "
            "take paths_from a node further up or draw a node further down, or raise max_paths"
        )
    for number, path in enumerate(path for output in outputs for path in paths(output, x)):
        for edge in path.edges:
            ways.setdefault((edge.node, edge.position), []).append(number)
    return ways


# ---------------------------------------------------------------- vertices and edges


def grads_of(
    order: list[Value], grads: bool | Mapping[Value, Number | str | None] | None
) -> Mapping[Value, Number | str | None]:
    """The grad of each node that shows one; None for one that no backward pass has reached."""
    if isinstance(grads, Mapping):
        return grads
    if grads is False:
        return {}
    reached = reached_by_backward(order)
    if grads is None:
        return {node: node.grad for node in reached}
    if not reached:
        message = (
            "draw: grads=True, but no backward() has reached this graph: each grad is shown as -. "
            "Call backward() on its output first"
        )
        warn(message, NoGradWarning)
    return {node: node.grad if node in reached else None for node in order}


def reached_by_backward(order: list[Value]) -> set[Value]:
    """The nodes that a backward pass has reached: those with a grad, and all below them."""
    reached: set[Value] = set()
    for node in reversed(order):
        if node.grad or node in reached:
            reached.add(node)
            reached.update(node.parents)
    return reached


def counted(nodes: int) -> str:
    return say("1 node") if nodes == 1 else say("{count} nodes", count=nodes)


@dataclass(frozen=True)
class Graph:
    """The nodes of a picture and what is written on them.

    Attributes:
        order: All nodes, parents first.
        outputs: The nodes that were asked for.
        folds: The fold of each node that is in one.
        labels: Writes names, numbers and formulas.
        inside: The same with the names of what is in folds, for the edges into them.
        grads: The grad of each node that shows one; None for one that no sweep has reached.
        marked: The nodes in the colour of a warning, and edges as their node and position.
    """

    order: list[Value]
    outputs: list[Value]
    folds: dict[Value, Fold]
    labels: Labels
    inside: Labels
    grads: Mapping[Value, Number | str | None]
    marked: set[Value | tuple[Value, int]]

    @cached_property
    def identifiers(self) -> dict[Value | Fold, str]:
        """The identifier in DOT of everything that is drawn, a node or a fold."""
        parts: dict[Value | Fold, None] = dict.fromkeys(self.folds.get(node, node) for node in self.order)
        return {part: f"n{number}" for number, part in enumerate(parts)}

    def identifier(self, node: Value) -> str:
        return self.identifiers[self.folds.get(node, node)]

    def vertices(self, style: str, values: bool) -> Iterator[tuple[str, dict[str, str]]]:
        """Yield the identifier and the attributes of every vertex."""
        write = ellipse if style == "sheet" else box
        for part, identifier in self.identifiers.items():
            yield identifier, write(*self.written(part, values))

    def written(self, part: Value | Fold, values: bool) -> tuple[str, str, str, str, str, str]:
        """The kind of a vertex, its name, operation, number, grad and kink, "" for what is not shown."""
        if isinstance(part, Fold):
            kind, name, operation = "fold", part.name, counted(len(part.nodes))
            node = part.exits[0] if len(part.exits) == 1 else None
        else:
            kind = "output" if part in self.outputs else "leaf" if part.op is None else "node"
            name, operation, node = self.labels.name(part), self.labels.operation(part), part
        is_known = node is not None and node not in self.labels.unknown
        data = self.labels.number(node.data) if values and node is not None and is_known else ""
        grad = self.labels.number(self.grads[node]) if node is not None and node in self.grads else ""
        kink = kink_of(part) if values and isinstance(part, Value) else None
        mark = "" if kink is None else ",\n".join(kink.parts)
        return "marked" if node in self.marked else kind, name, operation, data, grad, mark

    def edges(
        self, partials: Partials, ways: PathNumbers, everywhere: bool
    ) -> Iterator[tuple[str, str, dict[str, str]]]:
        """Yield tail, head and attributes of every edge; one on several paths comes once for each."""
        entered: set[tuple[str, str, int | None]] = set()
        crossing = Counter(
            (self.identifier(parent), self.identifier(node)) for node in self.order for parent in node.parents
        )
        for node in self.order:
            for position, parent in enumerate(node.parents):
                tail, head = self.identifier(parent), self.identifier(node)
                numbers: list[int | None] = [*ways.get((node, position), ())]
                label = self.labels.partial(node, position, partials)
                used = not isinstance(partials, Mapping) or (node, position) in partials
                if node in self.folds:  # several edges into a fold look like one, which has no derivative
                    numbers = [number for number in numbers or [None] if (tail, head, number) not in entered]
                    entered.update((tail, head, number) for number in numbers)
                    label = self.inside.partial(node, position, partials) if crossing[tail, head] == 1 else ""
                elif not numbers:
                    numbers = [None]
                if tail == head:
                    continue
                for place, number in enumerate(numbers, 1):
                    look = edge_look(number, everywhere and used)
                    if label and place == len(numbers):  # over the lines that are drawn before
                        look["label"] = among_lines(label) if place > 1 else spaced(label)
                    yield tail, head, look | MARKED if (node, position) in self.marked else look


def places_of(marks: Iterable[Value | Edge[Value]]) -> set[Value | tuple[Value, int]]:
    return {(mark.node, mark.position) if isinstance(mark, Edge) else mark for mark in marks}


def edge_look(number: int | None, everywhere: bool) -> dict[str, str]:
    """The look of an edge: that of its path, or faint beside the edges that are shown."""
    if number is not None:
        return dict(PATHS[number % len(PATHS)])
    return {} if everywhere else {"color": FAINT}


def spaced(label: str) -> str:
    text: str = graphviz.nohtml(f"{GAP}{text_label(label)}{GAP}")
    return text


def among_lines(label: str) -> str:
    """The label on white, as the lines of other paths may run below it."""
    table = '<TABLE BORDER="0" CELLBORDER="0" CELLPADDING="0" CELLSPACING="0">'
    return f'<{table}<TR><TD>{GAP}</TD><TD BGCOLOR="white">{cell(label)}</TD><TD>{GAP}</TD></TR></TABLE>>'


def box(kind: str, name: str, operation: str, data: str, grad: str, kink: str) -> dict[str, str]:
    """A vertex as a table of one row: name, operation, data, grad, kink."""
    cells = [f"<B>{cell(name)}</B>", cell(operation) if operation else ""]
    cells += [f"{title} {cell(text)}" if text else "" for title, text in (("data", data), ("grad", grad))]
    cells.append("<BR/>".join(map(cell, kink.splitlines())))
    row = "".join(f"<TD>{content}</TD>" for content in cells if content)
    lines = 'BORDER="0" CELLBORDER="1" CELLSPACING="0" CELLPADDING="5"'
    look = f'{lines} COLOR="{BORDERS[kind]}" BGCOLOR="{FILLS[kind]}"'
    return {"label": f"<<TABLE {look}><TR>{row}</TR></TABLE>>", "shape": "plain", "style": "solid"}


def add_constants(dot: Picture, graph: Graph) -> None:
    """Draw the plain numbers among the operands as small vertices without a border."""
    numbers = (
        (node, operand)
        for node in graph.order
        if node not in graph.folds
        for operand in node.operands
        if not isinstance(operand, Value)
    )
    for count, (node, operand) in enumerate(numbers):
        label = text_label(graph.labels.number(operand))
        dot.node(f"c{count}", label=label, shape="plaintext", style="solid", fontsize="12")
        dot.edge(f"c{count}", graph.identifier(node), color=FAINT)
