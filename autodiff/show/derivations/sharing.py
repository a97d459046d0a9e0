"""What the reverse sweep saves: the factors that paths share, and the multiplications of both ways."""

from __future__ import annotations

from dataclasses import dataclass

from autodiff.graph import Edge, paths_from, shown, topological_order
from autodiff.show.derivations.wording import (
    WRITTEN_OPERANDS,
    NodeNames,
    check_node,
    derivative,
    partial_symbol,
    shown_names,
)
from autodiff.value import Value

__all__ = ["Multiplications", "SharedFactor", "multiplications", "shared_factors"]


@dataclass(frozen=True)
class Multiplications:
    """How many multiplications it takes to differentiate by listing paths, and by one reverse sweep.

    >>> x = Value(2, name="x")
    >>> multiplications((x * x) * x)
    Multiplications(paths=2, sweep=4)
    """

    paths: int
    sweep: int


def multiplications(output: Value, x: Value | None = None) -> Multiplications:
    """Count the multiplications of two ways to differentiate a node, without doing either.

    Multiplying every path's partials on its own takes one multiplication less than the path has edges; the
    sweep takes one an edge of the graph, whatever the number of inputs.

    Args:
        output: The node that is differentiated.
        x: By what; None for all leaves.

    >>> x = output = Value(1)
    >>> for _ in range(40):
    ...     output = output + output
    >>> multiplications(output, x)
    Multiplications(paths=42880953483264, sweep=80)
    """
    check_node(output, "multiplications: output")
    if x is not None:
        check_node(x, "multiplications: x")
    order = topological_order(output)
    counts: dict[Value, int] = {}
    factors: dict[Value, int] = {}
    for node in order:
        if node is x or (x is None and node.op is None):
            counts[node], factors[node] = 1, 0
        else:
            counts[node] = sum(counts[parent] for parent in node.parents)
            factors[node] = sum(factors[parent] + counts[parent] for parent in node.parents)
    empty = output is x or output.op is None
    listed = 0 if empty else factors[output] - counts[output]
    return Multiplications(listed, sum(len(node.parents) for node in order))


@dataclass(frozen=True, eq=False, repr=False)
class SharedFactor:
    """A partial that the products of several paths have in common.

    >>> x = Value(2, name="x")
    >>> [shared] = shared_factors((x * x).tanh(), x)
    >>> shared.paths, round(shared.edge.partial, 6)
    (2, 0.001341)
    """

    edge: Edge[Value]
    paths: int
    names: NodeNames

    def __repr__(self) -> str:
        """The derivative, its symbol, and how many paths share it."""
        edge = self.edge
        sign = derivative(self.names[edge.node], self.names[edge.parent], "text")
        if len(edge.node.operands) > WRITTEN_OPERANDS:
            return f"{sign} in {shown(self.paths)} paths"
        partial = partial_symbol(edge.node, edge.position, self.names).text()
        return f"{sign} = {partial} in {shown(self.paths)} paths"


def shared_factors(output: Value, x: Value) -> tuple[SharedFactor, ...]:
    """Find the partials that several paths from ``x`` to ``output`` go over, and count those paths.

    No path is walked: over an edge lead as many as lead up to it times as many as lead on from it.

    Returns:
        The factors, those of most paths first, else from the output down; none if ``x`` is no ancestor.

    >>> x, w = Value(2, name="x"), Value(3, name="w")
    >>> h = (x * w + x).named("h")
    >>> shared_factors(h.tanh(), x)
    (∂b/∂h = 1 - b^2 in 2 paths,)
    """
    check_node(output, "shared_factors: output")
    check_node(x, "shared_factors: x")
    order = topological_order(output)
    names = shown_names(output)
    up = paths_from(output, x)
    down = {**dict.fromkeys(order, 0), output: 1}
    found = []
    for node in reversed(order):
        if node is x:
            continue
        for position, (parent, partial) in enumerate(zip(node.parents, node.partials, strict=True)):
            down[parent] += down[node]
            if (count := up[parent] * down[node]) > 1:
                found.append(SharedFactor(Edge(parent, node, position, partial), count, names))
    return tuple(sorted(found, key=lambda factor: -factor.paths))
