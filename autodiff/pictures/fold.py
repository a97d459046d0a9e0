"""Folding: drawing a neuron, a layer or any other set of nodes as one vertex."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from autodiff.pictures.names import outputs_of
from autodiff.value import Value

__all__ = ["Fold", "exits_found", "folds_of"]


@dataclass(frozen=True, eq=False)
class Fold:
    """A set of nodes that is drawn as one vertex.

    Attributes:
        name: What the vertex is called.
        nodes: The nodes in it.
        exits: Those of them that are used outside or are outputs, in topological order.
    """

    name: str
    nodes: set[Value]
    exits: list[Value] = field(default_factory=list)


def folds_of(
    fold: Mapping[str, Value | Iterable[Value]], order: list[Value], outputs: list[Value]
) -> dict[Value, Fold]:
    """Find the fold of every node that is in one.

    A fold holds the nodes given for it and all nodes between them, so that nothing leaves it and comes back.

    Raises:
        TypeError: ``fold`` is no mapping from names.
        ValueError: A fold has no node of the graph, or two folds share a node.

    >>> x = Value(2, name="x")
    >>> a = x + 1
    >>> c = a * 2 + 3
    >>> found = folds_of({"middle": [a, c]}, [x, a, c.parents[0], c], [c])
    >>> [node in found for node in (x, a, c.parents[0], c)], found[a].exits == [c]
    ([False, True, True, True], True)
    """
    if not isinstance(fold, Mapping) or not all(isinstance(name, str) for name in fold):
        raise TypeError(f"draw: fold must map names to nodes, such as {{'neuron 1': [h1, h2]}}, not {fold!r}")
    found: dict[Value, Fold] = {}
    for name, given in fold.items():
        members = set(outputs_of(given, f"draw: fold {name!r}")).intersection(order)
        if not members:
            raise ValueError(f"draw: the fold {name!r} holds no node of this graph")
        made = Fold(name, convex(members, order))
        for node in made.nodes:
            if node in found:
                raise ValueError(
                    f"draw: the folds {found[node].name!r} and {name!r} share {node!r}, "
                    "which is given for both or lies between nodes of both: fold smaller sets, or all in one"
                )
            found[node] = made
    return exits_found(found, order, outputs)


def exits_found(
    found: dict[Value, Fold], order: Iterable[Value], outputs: Iterable[Value]
) -> dict[Value, Fold]:
    """Note in each fold which of its nodes are used outside, or are outputs; return the folds."""
    order, tops = list(order), set(outputs)
    used_outside = {
        parent for node in order for parent in node.parents if found.get(parent) is not found.get(node)
    }
    for node in order:
        if node in found and (node in used_outside or node in tops):
            found[node].exits.append(node)
    return found


def convex(members: set[Value], order: list[Value]) -> set[Value]:
    """Add the nodes that depend on a member and are used by a member."""
    above, below = set(members), set(members)
    for node in order:
        if any(parent in above for parent in node.parents):
            above.add(node)
    for node in reversed(order):
        if node in below:
            below.update(node.parents)
    return above & below
