"""Graphs that Graphviz would need minutes for: those whose edges pass by very many layers.

It puts a point on each layer that an edge passes by, and moves all points about until few edges cross. The
weight of a recurrent net that is unrolled over sixty steps has an edge to each of them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from graphlib import TopologicalSorter

__all__ = ["LESS_WORK", "pass_by_many"]

MOST_PASSED = 1000  # layers that all edges of a picture pass by together: a second of work or two
LESS_WORK = {"mclimit": "0.05", "nslimit": "0.3", "nslimit1": "0.3"}  # fewer rounds of moving points about


def pass_by_many(edges: Iterable[tuple[Hashable, Hashable]]) -> bool:
    """Tell whether the edges (tail, head) of a graph without cycles pass by so many layers together.

    >>> pass_by_many([("x", "y"), ("y", "z"), ("x", "z")])
    False
    >>> steps = [(f"h{i}", f"h{i + 1}") for i in range(60)]
    >>> pass_by_many([*steps, *(("w", head) for _, head in steps)])
    True
    """
    edges = list(edges)
    tails: dict[Hashable, list[Hashable]] = {}
    for tail, head in edges:
        tails.setdefault(head, []).append(tail)
    layer: dict[Hashable, int] = {}
    for vertex in TopologicalSorter(tails).static_order():
        layer[vertex] = max((layer[tail] + 1 for tail in tails.get(vertex, ())), default=0)
    return sum(layer[head] - layer[tail] - 1 for tail, head in edges) > MOST_PASSED
