"""Views of a graph that is too large for one picture: an overview with folds, and one view for each fold.

>>> from autodiff import Value, dot
>>> from autodiff.pictures.fold import folds_of
>>> x, w, v = Value(2, name="x"), Value(3, name="w"), Value(4, name="v")
>>> neuron = dot([w], [x], bias=v).named("h")
>>> order = [w, x, v, neuron, neuron.tanh()]
>>> folds = folds_of({"h": [neuron, w, v]}, order, order[-1:])
>>> views = views_of(order, {node: (fold,) for node, fold in folds.items()})
>>> [(view.name, len(view.parts)) for view in views]
[('overview', 3), ('h', 5)]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import TypeAlias

from autodiff.languages import say
from autodiff.pictures.fold import Fold
from autodiff.value import Value

__all__ = ["Folds", "Part", "View", "chains", "edges_of", "fold_by_fold", "view", "views_of"]

Part: TypeAlias = Value | Fold  # what has a card
Folds: TypeAlias = Mapping[Value, tuple[Fold, ...]]  # the folds that a node is in, from the outermost in

# In the picture of a fold; if the neurons beside it made more, their layers stand there instead.
CARDS_IN_FOLD, LINES_IN_FOLD = 150, 320


@dataclass(frozen=True, eq=False)
class View:
    """One picture of the page.

    Attributes:
        name: What it shows.
        parts: What has a card in it, parents first.
        lines: Tail and head of each line, as places in ``parts``.
        edges: The edges that each line stands for, as places among all edges of the graph.
    """

    name: str
    parts: list[Part]
    lines: list[tuple[int, int]] = field(default_factory=list)
    edges: list[list[int]] = field(default_factory=list)


def fold_by_fold(order: list[Value], folds: Folds, depth: int = 0) -> list[Value]:
    """Bring the nodes of each fold together, parents first; as they were, if folds need one another."""
    part_of = {node: folds.get(node, ())[depth : depth + 1] or (node,) for node in order}
    members: dict[tuple[Part, ...], list[Value]] = {}
    sorter: TopologicalSorter[tuple[Part, ...]] = TopologicalSorter()
    for node in order:
        part = part_of[node]
        members.setdefault(part, []).append(node)
        sorter.add(part, *(part_of[x] for x in node.parents if x in part_of and part_of[x] != part))
    try:
        parts = [*sorter.static_order()]
    except CycleError:
        return order
    return [
        node
        for part in parts
        for node in (
            fold_by_fold(members[part], folds, depth + 1) if isinstance(part[0], Fold) else members[part]
        )
    ]


def views_of(order: list[Value], folds: Folds) -> list[View]:
    """The overview, in which an outermost fold is one card; then what is in each fold, with neighbours."""
    found = [view(say("overview"), order, {node: card_in(node, folds, ()) for node in order}, set(order))]
    around = chains(folds)
    innermost = max((len(chain) for chain in around.values()), default=0) - 1
    for fold, chain in around.items():
        made, coarse = (
            view(fold.name, order, {node: card_in(node, folds, chain, depth) for node in order}, fold.nodes)
            for depth in (innermost, 0)
        )
        too_full = len(made.parts) > CARDS_IN_FOLD or len(made.lines) > LINES_IN_FOLD
        found.append(coarse if too_full else made)
    return found


def chains(folds: Folds) -> dict[Fold, tuple[Fold, ...]]:
    """Every fold, with those that it is in, from the outermost in, and itself."""
    found: dict[Fold, tuple[Fold, ...]] = {}
    for around in folds.values():
        for depth, fold in enumerate(around, start=1):
            found.setdefault(fold, around[:depth])
    return found


def card_in(node: Value, folds: Folds, chain: tuple[Fold, ...], depth: int = 0) -> Part:
    """What shows a node where the folds of a chain are open; beside them, so many outer ones are open too."""
    around = folds.get(node, ())
    if chain and node not in chain[-1].nodes:
        around = around[depth:]
    return next((fold for fold in around if fold not in chain), node)


def view(name: str, order: list[Value], parts: Mapping[Value, Part], centre: set[Value]) -> View:
    """What stands in a set of nodes, or is joined to one of them by an edge."""
    edges = [
        (number, parts[parent], parts[node])
        for number, (parent, node) in enumerate(edges_of(order))
        if (parent in centre or node in centre) and parts[parent] is not parts[node]
    ]
    ends = {end for _, *both in edges for end in both} | {parts[node] for node in centre}
    shown = [part for part in dict.fromkeys(parts.values()) if part in ends]
    places = {part: place for place, part in enumerate(shown)}
    made = View(name, shown)
    merged: dict[tuple[int, int], int] = {}
    for number, tail, head in edges:
        line = places[tail], places[head]
        if isinstance(tail, Fold) or isinstance(head, Fold):  # edges into or out of a fold look like one
            if line in merged:
                made.edges[merged[line]].append(number)
                continue
            merged[line] = len(made.lines)
        made.lines.append(line)
        made.edges.append([number])
    return made


def edges_of(order: list[Value]) -> Iterator[tuple[Value, Value]]:
    """Parent and node of every edge, in the order of the nodes and of their parents."""
    return ((parent, node) for node in order for parent in node.parents)
