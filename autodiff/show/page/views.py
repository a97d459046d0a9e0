"""Views of a graph that is too large for one picture: an overview with folds, and one view for each fold.

>>> from autodiff import Value, dot
>>> x, w, v = Value(2, name="x"), Value(3, name="w"), Value(4, name="v")
>>> neuron = dot([w], [x], bias=v).named("h")
>>> order = [w, x, v, neuron, neuron.tanh()]
>>> folds = folds_of({"h": [neuron, w, v]}, order, order[-1:])
>>> [(view.name, len(view.parts)) for view in views_of(order, folds)]
[('overview', 3), ('h', 5)]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from autodiff.show.fold import Fold, folds_of
from autodiff.value import Value

__all__ = ["Part", "View", "neurons", "views_of"]

Part: TypeAlias = Value | Fold  # what has a card


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


def views_of(order: list[Value], folds: Mapping[Value, Fold]) -> list[View]:
    """The overview, in which every fold is one card, and then what is in each fold, with its neighbours."""
    found = [view("overview", order, {node: folds.get(node, node) for node in order}, set(order))]
    for fold in dict.fromkeys(folds.values()):
        parts = {node: node if node in fold.nodes else folds.get(node, node) for node in order}
        found.append(view(fold.name, order, parts, fold.nodes))
    return found


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


def neurons(order: list[Value], names: Mapping[Value, str]) -> dict[Value, Fold]:
    """Fold every node with the leaves that only it uses, if there are several: a neuron with its weights."""
    users: dict[Value, set[Value]] = {}
    for parent, node in edges_of(order):
        users.setdefault(parent, set()).add(node)
    own: dict[Value, list[Value]] = {}
    for leaf in order:
        if leaf.op is None and len(users.get(leaf, ())) == 1:
            own.setdefault(next(iter(users[leaf])), []).append(leaf)
    sets = {names[node]: [node, *leaves] for node, leaves in own.items() if len(leaves) > 1}
    return folds_of(sets, order, [order[-1]]) if sets else {}
