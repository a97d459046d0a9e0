"""The first number of a graph that is nan or infinite: where it all began."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, Literal

from autodiff.graph import Edge, check_is_node, edges_into, product_along, reached, topological_order
from autodiff.guards.lines import Line
from autodiff.node import N, Node
from autodiff.number import Number

__all__ = ["Culprit", "find_nonfinite", "unknown_limit"]

MOST_SHOWN_OPERANDS = 4  # that a message shows
REWRITE = "rewrite it, such as x.sqrt() ** 2 as x, or shift the point, such as (x + 1e-12).sqrt()"


@dataclass(frozen=True, eq=False)
class Culprit(Generic[N]):
    """The first number of a graph that is nan or infinite.

    Attributes:
        node: The node it belongs to.
        kind: Whether it is the node's "value", its "partial" by a parent, its "adjoint", the sum of products
            that the sweep brings to it, or the "product" of that and the partial, where it is 0 · ∞.
        number: nan, inf or -inf.
        edge: The edge of the partial or product, else None.
        adjoint: The other factor of the product, else None.
    """

    node: N
    kind: Literal["value", "partial", "adjoint", "product"]
    number: Number
    edge: Edge[N] | None = None
    adjoint: Number | None = None

    @property
    def line(self) -> Line | None:
        """The line of the user's code that made the node, if it was made under ``watch_lines()``."""
        return getattr(self.node, "line", None)

    @property
    def advice(self) -> str:
        known = self.line is not None or self.node.op is None
        return "" if known else "; to learn which line made it, compute it under autodiff.watch_lines()"

    def __str__(self) -> str:
        made = f" (made at {self.line})" if self.line is not None else ""
        if self.kind == "product":
            return f"{self.what}{made}, nan as the limit is not known to the engine; {REWRITE}"
        return f"the first number that is not finite is {self.what}, {self.number}{made}"

    @property
    def what(self) -> str:
        written = computation(self.node)
        if self.kind == "product" and self.edge is not None:
            return (
                f"0 · ∞: the adjoint {self.adjoint} of {written} times its derivative by {called(self.edge)}, "
                f"{self.edge.partial}"
            )
        if self.edge is not None:
            return f"the derivative of {written} by {called(self.edge)}"
        return f"the value of {written}" if self.kind == "value" else f"the adjoint of {written}"


def computation(node: Node) -> str:
    """Write how a node came about, with its name and numbers: h = sqrt(x = 0.0)."""
    if node.op is None:
        return f"the leaf {node.name}" if node.name else "a leaf without a name"
    operands = [operand_text(operand) for operand in node.operands[:MOST_SHOWN_OPERANDS]]
    more = ["..."] if len(node.operands) > MOST_SHOWN_OPERANDS else []
    call = f"{node.op.name}({', '.join(operands + more)})"
    return f"{node.name} = {call}" if node.name else call


def operand_text(operand: object) -> str:
    """Write an operand: x = 0.0 for a node with a name, else its number."""
    name = getattr(operand, "name", None)
    number = getattr(operand, "data", operand)
    return f"{name} = {number}" if name else f"{number}"


def called(edge: Edge[N]) -> str:
    """Name the parent of an edge in a message."""
    if edge.parent.name:
        return edge.parent.name
    return "its operand" if len(edge.node.parents) == 1 else f"its parent {edge.position}"


def find_nonfinite(output: N, seed: Number = 1) -> Culprit[N] | None:
    """Find the first nan or infinity: among the values from the leaves up, else in the reverse sweep.

    A product 0 · ∞ in the sweep comes first, as no rule knows what it should be.

    No ``grad`` is touched.

    Args:
        output: The node to look below.
        seed: What the sweep starts from.

    Returns:
        The culprit, which says what it is as a string; None if all numbers are finite.

    Raises:
        TypeError: ``output`` is no Value.

    >>> from autodiff import Value
    >>> x = Value(0, name="x")
    >>> print(find_nonfinite(3 * x.sqrt()))
    the first number that is not finite is the derivative of sqrt(x = 0.0) by x, inf
    """
    check_is_node(output, "find_nonfinite")
    order = topological_order(output)
    values = (Culprit(node, "value", node.data) for node in order if not is_finite(node.data))
    value = next(values, None)
    if value is not None and not is_finite(output.data):  # else it does no harm above
        return value
    return unknown_limit(output, seed) or next(nonfinite_in_sweep(output, seed), value)


def unknown_limit(output: N, seed: Number = 1) -> Culprit[N] | None:
    """The first product 0 · ∞ that a reverse sweep meets."""
    return next((found for found in nonfinite_in_sweep(output, seed) if found.kind == "product"), None)


def is_finite(x: Number) -> bool:
    return bool(x - x == 0)  # math.isfinite() fails for a fraction that is too large for a float


def nonfinite_in_sweep(output: N, seed: Number) -> Iterator[Culprit[N]]:
    """Yield what is not finite, in the order in which a sweep meets it: adjoints, partials, products 0 · ∞."""
    order, live = topological_order(output), reached(output) if seed else ()
    zero = type(output.data)(0)
    swept: dict[N, Number] = {**dict.fromkeys(order, zero), output: zero + seed}
    for node in reversed(order):
        if node not in live:
            continue
        if not is_finite(swept[node]):
            yield Culprit(node, "adjoint", swept[node])
        for edge in edges_into(node):
            product = product_along(edge, swept[node])
            if not edge.is_cut and not is_finite(edge.partial):
                yield Culprit(node, "partial", edge.partial, edge)
            if product != product and 0 in (swept[node], edge.partial):
                yield Culprit(node, "product", product, edge, swept[node])
            swept[edge.parent] += product
