"""What a graph that is too large for one picture is folded into: neurons, and layers or matrices of them.

>>> from autodiff import Value, dot
>>> x = [Value(0.5, name=f"x{i}") for i in (1, 2)]
>>> w = [[Value(0.1, name=f"w{j}{i}") for i in (1, 2)] for j in (1, 2)]
>>> hidden = [dot(row, x).tanh().named(f"h{j}") for j, row in enumerate(w, start=1)]
>>> output = (hidden[0] * hidden[1]).named("f")
>>> order = [*x, *w[0], hidden[0].parents[0], hidden[0], *w[1], hidden[1].parents[0], hidden[1], output]
>>> names = {node: node.name or "s" for node in order}
>>> folds = neurons(order, names)
>>> [(fold.name, len(fold.nodes)) for fold in dict.fromkeys(folds.values())]
[('h1', 4), ('h2', 4)]
>>> [(fold.name, len(fold.nodes)) for fold in dict.fromkeys(groups(order, folds, names).values())]
[('x', 2), ('layer 1', 8)]
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from autodiff.pictures.fold import Fold, exits_found
from autodiff.show.page.layout import LABELLED_EDGES
from autodiff.show.page.views import Folds, Part, edges_of, view
from autodiff.value import Value

__all__ = ["folds_to_fit", "groups", "neurons"]

MOST_GROUPS = 40  # of a picture in which each step from the inputs to the output has groups of its own
DIGITS = "0123456789_,^{}[]"  # what tells the elements of x apart: x1, x_2, w1,2

Key: TypeAlias = tuple[str, str, int]  # what the parts of a group have in common: kind, name and level


def folds_to_fit(order: list[Value], names: Mapping[Value, str], max_nodes: int) -> Folds:
    """Fold a graph until its picture can be read: its neurons, and if that is not enough, groups of them."""
    inner = neurons(order, names)
    overview = view("", order, {node: inner.get(node, node) for node in order}, set(order))
    if len(overview.parts) <= max_nodes and len(overview.lines) <= LABELLED_EDGES:
        return {node: (fold,) for node, fold in inner.items()}
    outer = groups(order, inner, names)
    return {node: tuple(folds[node] for folds in (outer, inner) if node in folds) for node in order}


def neurons(order: list[Value], names: Mapping[Value, str]) -> dict[Value, Fold]:
    """Fold every node with the leaves that only it uses, if there are several, and with its activation."""
    users: dict[Value, set[Value]] = {}
    for parent, node in edges_of(order):
        users.setdefault(parent, set()).add(node)
    own: dict[Value, list[Value]] = {}
    for leaf in order:
        if leaf.op is None and len(users.get(leaf, ())) == 1:
            own.setdefault(next(iter(users[leaf])), []).append(leaf)
    made = []
    for node, leaves in own.items():
        if len(leaves) > 1:
            above = [user for user in users.get(node, ()) if len(user.parents) == len(users[node]) == 1]
            made.append(Fold(names[[node, *above][-1]], {*leaves, node, *above}))
    return by_node(made, order)


def groups(order: list[Value], inner: Mapping[Value, Fold], names: Mapping[Value, str]) -> dict[Value, Fold]:
    """Fold what stands on one level and is of one kind: a layer of neurons, a matrix, an operation on each.

    A graph of too many levels for that is cut across into stretches. The output stays as it is.
    """
    parts: dict[Value, Part] = {node: inner.get(node, node) for node in order}
    levels = levels_of(order, parts)
    keys = {part: group_key(part, level) for part, level in levels.items()}
    if len(set(keys.values())) > MOST_GROUPS:
        stretches = math.sqrt(len(levels))  # as many as there are nodes in each
        height = max(1, round((1 + max(levels.values())) / stretches))
        keys = {part: ("stretch", "", level // height) for part, level in levels.items()}
    members: dict[Key, list[Value]] = {}
    for node in order:
        if parts[node] is not parts[order[-1]]:
            members.setdefault(keys[parts[node]], []).append(node)
    made = [
        Fold(name, set(members[key]))
        for key, name in group_names(members, names).items()
        if len({parts[node] for node in members[key]}) > 1
    ]
    return by_node(made, order)


def by_node(folds: Iterable[Fold], order: list[Value]) -> dict[Value, Fold]:
    """The fold of each node that is in one; the folds know which of their nodes are used outside."""
    return exits_found({node: fold for fold in folds for node in fold.nodes}, order, [order[-1]])


def levels_of(order: list[Value], parts: Mapping[Value, Part]) -> dict[Part, int]:
    """How many edges lead up to each part at most; a leaf stands on the level of the lowest that uses it.

    No edge leads down, so what stands on the same level, or on neighbouring ones, can be folded.
    """
    levels: dict[Part, int] = {}
    for node in order:
        below = [parts[parent] for parent in node.parents if parts[parent] is not parts[node]]
        levels[parts[node]] = max([levels.get(parts[node], 0), *(levels[part] + 1 for part in below)])
    lowest: dict[Part, int] = {}
    for parent, node in edges_of(order):
        if parent.op is None and parts[parent] is parent:
            lowest[parent] = min(levels[parts[node]], lowest.get(parent, levels[parts[node]]))
    return levels | lowest


def group_key(part: Part, level: int) -> Key:
    if isinstance(part, Fold):
        return ("layer", "", level)
    if matrix := getattr(part.name, "matrix", None):  # an ElementName, of a module that needs NumPy
        return ("matrix", matrix, level)
    if part.op is None:
        return ("leaf", (part.name or "").rstrip(DIGITS), level)
    return ("operation", part.op.name, level)


def group_names(members: Mapping[Key, list[Value]], names: Mapping[Value, str]) -> dict[Key, str]:
    """Call each group by its matrix, its letter or its operation; layers are counted, from the inputs up."""
    layers = sorted(level for kind, _, level in members if kind == "layer")

    def called(key: Key, nodes: list[Value]) -> str:
        kind, name, level = key
        if kind == "layer":
            return f"layer {layers.index(level) + 1}"
        return f"{names[nodes[0]]} … {names[nodes[-1]]}" if kind == "stretch" else name or "inputs"

    return {key: called(key, nodes) for key, nodes in members.items()}
