"""Questions about a computation graph: order, ancestors, leaves, edges, paths; none of them recursive.

They look at the parents and partials of nodes only, and never change one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Generic

from autodiff.node import N, Node, cuts, topological_order
from autodiff.number import Number

__all__ = [
    "Edge",
    "Path",
    "ancestors",
    "count_paths",
    "edges",
    "leaves",
    "paths",
    "product_along",
    "reached",
    "topological_order",
]


def ancestors(output: N) -> set[N]:
    """Collect all nodes that ``output`` was computed from, without ``output`` itself."""
    return set(topological_order(output)[:-1])


def leaves(output: N) -> list[N]:
    """List the leaves below ``output`` in topological order: the nodes that were not computed from others.

    >>> from autodiff import Value
    >>> x, y = Value(2, name="x"), Value(3, name="y")
    >>> [leaf.name for leaf in leaves(x * y + x)]
    ['x', 'y']
    """
    return [node for node in topological_order(output) if not node.parents]


@dataclass(frozen=True, eq=False)
class Edge(Generic[N]):
    """One edge: ``node`` has ``parent`` at ``position`` among its parents, with this local derivative."""

    parent: N
    node: N
    position: int
    partial: Number

    @property
    def is_cut(self) -> bool:
        """Whether nothing passes: the node does not depend on this parent, here and nearby."""
        return not self.partial and cuts(self.node)


def edges_into(node: N) -> list[Edge[N]]:
    """List the edges from the parents of one node, in the order of its parents."""
    pairs = enumerate(zip(node.parents, node.partials, strict=True))
    return [Edge(parent, node, position, partial) for position, (parent, partial) in pairs]


def edges(output: N) -> Iterator[Edge[N]]:
    """Yield every edge of the graph in topological order; ``a * a`` has two.

    >>> from autodiff import Value
    >>> a = Value(3)
    >>> [edge.partial for edge in edges(a * a)]
    [3.0, 3.0]
    """
    for node in topological_order(output):
        yield from edges_into(node)


def reached(output: N) -> set[N]:
    """Collect the nodes to which a path leads that no edge cuts: all others have the derivative 0."""
    found = {output}
    for node in reversed(topological_order(output)):
        if node in found:
            found.update(edge.parent for edge in edges_into(node) if not edge.is_cut)
    return found


def product_along(edge: Edge[N], adjoint: Number, arrives: bool = True) -> Number:
    """What a reverse sweep passes over an edge; 0 if it is cut, or if nothing arrives at its node."""
    return adjoint * edge.partial if arrives and not edge.is_cut else type(edge.node.data)(0)


@dataclass(frozen=True, eq=False)
class Path(Generic[N]):
    """A chain of edges from an input up to the output."""

    edges: tuple[Edge[N], ...]
    end: N

    @cached_property
    def nodes(self) -> tuple[N, ...]:
        """The nodes on the way, the input first, the output last."""
        return (*(edge.parent for edge in self.edges), self.end)

    @property
    def partials(self) -> tuple[Number, ...]:
        """The local derivatives on the way, from the input to the output."""
        return tuple(edge.partial for edge in self.edges)

    @cached_property
    def product(self) -> Number:
        """The product of the partials, multiplied from the output down as a reverse sweep does."""
        open_ = all(self.partials) or not any(edge.is_cut for edge in self.edges)
        product = math.prod(reversed(self.partials)) if open_ else 0
        return type(self.end.data)(product) if isinstance(product, int) else product


def paths(output: N, x: N, limit: int | None = None) -> Iterator[Path[N]]:
    """Yield the paths from ``x`` up to ``output`` one by one, without holding more than one in memory.

    Args:
        output: Where the paths end.
        x: Where they start. No path is yielded if ``output`` does not depend on it; the one path of
            ``output`` to itself has no edges and the product 1.
        limit: How many paths there may be at most.

    Raises:
        ValueError: There are more than ``limit`` paths; raised before the first is yielded.

    >>> from autodiff import Value
    >>> x, y = Value(2, name="x"), Value(3, name="y")
    >>> f = x**2 + x * y + (x + y) ** 2
    >>> [path.product for path in paths(f, x)], [path.product for path in paths(f, y)]
    ([4.0, 3.0, 10.0], [2.0, 10.0])
    """
    if limit is not None and (count := count_paths(output, x)) > limit:
        raise ValueError(
            f"{shown(count)} paths lead from {x!r} to {output!r}, more than the limit of {limit:,}: "
            "take the first ones with itertools.islice(paths(output, x), n), or count them with count_paths"
        )
    return walk(output, x)


def walk(output: N, x: N) -> Iterator[Path[N]]:
    """Walk down from the output along nodes that depend on ``x``, keeping the way walked so far."""
    if output is x:
        yield Path((), output)
        return
    useful = paths_from(output, x)
    way: list[Edge[N]] = []
    waiting = [iter(edges_into(output))]
    while waiting:
        for edge in waiting[-1]:
            if edge.parent is x:
                yield Path((edge, *reversed(way)), output)
            elif useful[edge.parent]:
                way.append(edge)
                waiting.append(iter(edges_into(edge.parent)))
                break
        else:
            waiting.pop()
            if way:
                way.pop()


def paths_from(output: N, x: N) -> dict[N, int]:
    """Count, for every node below ``output`` and for itself, the paths that lead to it from ``x``."""
    counts: dict[N, int] = {}
    for node in topological_order(output):
        counts[node] = 1 if node is x else sum(counts[parent] for parent in node.parents)
    return counts


def count_paths(output: N, x: N) -> int:
    """Count the paths from ``x`` up to ``output`` exactly, without walking them: one addition an edge.

    >>> from autodiff import Value
    >>> x = output = Value(1)
    >>> for _ in range(1000):
    ...     output = output + output
    >>> count_paths(output, x) == 2**1000
    True
    """
    return paths_from(output, x)[output] if x is output or x in ancestors(output) else 0


def shown(count: int) -> str:
    """Write a count with its digits, or as a power of ten where nobody would read them."""
    return f"{count:,}" if count < 10**15 else f"about 10^{math.floor(count.bit_length() * math.log10(2))}"


def check_is_node(node: object, where: str) -> None:
    """Refuse what is no Value.

    Raises:
        TypeError: ``node`` is none; the message begins with what needs it.
    """
    if not isinstance(node, Node):
        raise TypeError(f"{where} needs Values, not {node!r} of type {type(node).__name__}")
