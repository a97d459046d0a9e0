"""The paths whose products are the largest, found without listing the others.

>>> from autodiff import Value
>>> x, y = Value(2, name="x"), Value(3, name="y")
>>> f = x**2 + x * y + (x + y) ** 2
>>> [(number, path.product) for number, path in largest_paths(f, x, 2)]
[(2, 10.0), (0, 4.0)]
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from autodiff.graph import Edge, Path, edges_into, paths_from
from autodiff.number import Number
from autodiff.value import Value

__all__ = ["largest_paths"]


@dataclass(frozen=True, eq=False, slots=True)
class Way:
    """A way from ``x`` up to a node: its last edge, and the way below it.

    Attributes:
        size: The absolute value of its product of partials; None if an edge is cut, so that nothing passes.
        number: How many ways to the same node come before it in the order of ``paths``.
    """

    size: Number | None
    number: int
    last: Edge[Value] | None = None
    below: Way | None = None


def largest_paths(output: Value, x: Value, limit: int) -> list[tuple[int, Path[Value]]]:
    """Find the paths of the largest products, the largest first, and their numbers in ``paths(output, x)``.

    The beginning of a path that is among the largest is itself among the largest up to where it ends. So each
    node keeps as many ways as are wanted, however many lead to it. A product that is nan counts as infinite.
    """
    counts = paths_from(output, x)
    kept: dict[Value, list[Way]] = {x: [Way(1, 0)]}
    for node, count in counts.items():
        if node is not x and count:
            kept[node] = heapq.nsmallest(limit, ways_to(node, counts, kept), key=largest_first)
    return [(way.number, path_of(way, output)) for way in kept.get(output, [])]


def largest_first(way: Way) -> tuple[Number, int]:
    return -(way.size or 0), way.number


def ways_to(node: Value, counts: Mapping[Value, int], kept: Mapping[Value, list[Way]]) -> Iterator[Way]:
    """The ways to a node over each of its parents, from those that are kept there."""
    before = 0
    for edge in edges_into(node):
        cut = edge.is_cut
        for way in kept.get(edge.parent, ()):
            product = None if cut or way.size is None else size_of(way.size * edge.partial)
            yield Way(product, before + way.number, edge, way)
        before += counts[edge.parent]


def size_of(product: Number) -> Number:
    return math.inf if product != product else max(product, -product)


def path_of(way: Way, end: Value) -> Path[Value]:
    edges = []
    while way.last is not None and way.below is not None:
        edges.append(way.last)
        way = way.below
    return Path(tuple(reversed(edges)), end)
