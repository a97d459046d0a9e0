"""Sweeps: the reverse sweep in slow motion, with parts that can be exchanged, move by move.

>>> from autodiff import Value
>>> x, y = Value(2, name="x"), Value(3, name="y")
>>> [(move.adjoint, move.edge.partial, move.before, move.after) for move in sweep(x * y + x).moves]
[(1.0, 1, 0.0, 1.0), (1.0, 1, 0.0, 1.0), (1.0, 3.0, 1.0, 4.0), (1.0, 2.0, 0.0, 2.0)]
"""

from __future__ import annotations

import heapq
import operator
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from autodiff.graph import Edge, edges_into, product_along, topological_order
from autodiff.number import Number
from autodiff.rules.worlds import world_of
from autodiff.value import Value

__all__ = [
    "Mistake",
    "Move",
    "Sweep",
    "every_path",
    "one_edge_a_parent",
    "partials_at_halved_leaves",
    "passing_on_again",
    "sweep",
    "values_between",
    "values_for_partials",
    "without_minus_signs",
    "without_waiting",
]

MOST_MOVES = 1000  # of a walk over every path that are kept; the others are counted


@dataclass(frozen=True, eq=False)
class Move:
    """One edge's turn: its node passes ``adjoint`` times the partial on to the parent.

    Attributes:
        edge: The edge, with the partial that was used.
        adjoint: What the node held at that time.
        product: What arrives at the parent.
        before: What the parent held.
        after: What it holds then.

    >>> move = sweep(Value(3, name="x") ** 2).moves[0]
    >>> move.adjoint, move.edge.partial, move.product, move.before, move.after
    (1.0, 6.0, 6.0, 0.0, 6.0)
    """

    edge: Edge[Value]
    adjoint: Number
    product: Number
    before: Number
    after: Number


@dataclass(frozen=True, eq=False)
class Sweep:
    """What a sweep did, right or wrong, and what came out.

    Attributes:
        order: The nodes in the order in which they pass on.
        starts: What each node held before the first move.
        adjoints: What each node holds after the last.
        moves: One an edge, in order; of a walk over very many paths the first ones.
        arrivals: How often something arrives at each node, in all moves.
        partials: The partials that were used, by node and position among its parents.

    >>> x = Value(3, name="x")
    >>> done = sweep(x * x)
    >>> done.adjoints[x], done.arrivals[x], done.work
    (6.0, 2, 2)
    """

    order: tuple[Value, ...]
    starts: Mapping[Value, Number]
    adjoints: Mapping[Value, Number]
    moves: tuple[Move, ...]
    arrivals: Mapping[Value, int]
    partials: Mapping[tuple[Value, int], Number]

    @property
    def work(self) -> int:
        """How many multiplications it takes: one a move."""
        return sum(self.arrivals.values())

    @cached_property
    def into(self) -> Mapping[Value, Sequence[Move]]:
        """The moves into each node, in order."""
        found: dict[Value, list[Move]] = {node: [] for node in self.adjoints}
        for move in self.moves:
            found[move.edge.parent].append(move)
        return found


def sweep(
    output: Value,
    *,
    order: Sequence[Value] | None = None,
    edges_of: Callable[[Value], Iterable[Edge[Value]]] = edges_into,
    starts: Mapping[Value, Number] | None = None,
    put: Callable[[Number, Number], Number] = operator.add,
    along: Callable[[Edge[Value], Number, bool], Number] = product_along,
) -> Sweep:
    """Do the reverse sweep, or one with another part in place of a right one. No node is changed.

    Args:
        output: Where it begins, with 1.
        order: The nodes in the order in which they pass on; children before their parents if not given.
        edges_of: The edges that a node passes on over.
        starts: What nodes hold at first, where it is not 0.
        put: What a parent holds after a move, by what it held and what arrives.
        along: What arrives over an edge, by what its node holds, and whether anything had arrived there.
    """
    zero = type(output.data)(0)
    order = tuple(order or reversed(topological_order(output)))
    held = {**dict.fromkeys(order, zero), **(starts or {}), output: zero + 1}
    begun = dict(held)
    moves = []
    live = {output, *(starts or ())}
    for node in order:
        for edge in edges_of(node):
            product = along(edge, held[node], node in live)
            if node in live and not edge.is_cut:
                live.add(edge.parent)
            before, after = held[edge.parent], put(held[edge.parent], product)
            moves.append(Move(edge, held[node], product, before, after))
            held[edge.parent] = after
    arrivals = Counter(move.edge.parent for move in moves)
    partials = {(move.edge.node, move.edge.position): move.edge.partial for move in moves}
    return Sweep(order, begun, held, tuple(moves), arrivals, partials)


# ---------------------------------------------------------------- parts to exchange


def without_waiting(output: Value) -> tuple[Value, ...]:
    """The nodes in an order in which each passes on as soon as anything has arrived, the lowest first.

    It is wrong wherever it can be: a node between that two operations use passes on before the second does.

    >>> a = (Value(3.0, name="x") * 2).named("a")
    >>> b = (a + 1).named("b")
    >>> [node.name for node in without_waiting((a * b).named("c"))]
    ['c', 'a', 'x', 'b']
    """
    nodes = topological_order(output)
    place = {node: position for position, node in enumerate(nodes)}
    waiting, met, order = [place[output]], {output}, []
    while waiting:
        order.append(node := nodes[heapq.heappop(waiting)])
        for parent in node.parents:
            if parent not in met:
                met.add(parent)
                heapq.heappush(waiting, place[parent])
    return tuple(order)


def one_edge_a_parent(node: Value) -> list[Edge[Value]]:
    """The edges that are left if parents are kept as a set: of several from one parent the last."""
    return list({edge.parent: edge for edge in edges_into(node)}.values())


def values_between(output: Value) -> dict[Value, Number]:
    """What a right sweep leaves in the nodes that are not leaves."""
    return {node: adjoint for node, adjoint in sweep(output).adjoints.items() if node.op is not None}


def partials_at_halved_leaves(node: Value) -> list[Edge[Value]]:
    """The edges with the partials that come out if the leaves are halved after the node was computed.

    Halved because that stays in the domain of nearly every operation; where it does not, the partials stay.
    """
    kept = edges_into(node)
    if node.op is None:
        return kept
    xs = [halved(operand) if isinstance(operand, Value) else operand for operand in node.operands]
    wanted = [i for i, operand in enumerate(node.operands) if isinstance(operand, Value)]
    try:
        row, operands = node.op.among(xs, [not isinstance(x, Value) for x in node.operands])
        partials = row.slopes(world_of(xs), operands, node.data, wanted)
    except (ValueError, ArithmeticError):
        return kept
    return [
        Edge(edge.parent, node, edge.position, partial) for edge, partial in zip(kept, partials, strict=True)
    ]


def values_for_partials(node: Value) -> list[Edge[Value]]:
    """The edges with the number of the parent itself where its partial belongs."""
    return [Edge(edge.parent, node, edge.position, edge.parent.data) for edge in edges_into(node)]


def without_minus_signs(node: Value) -> list[Edge[Value]]:
    """The edges with the signs lost that a difference, a minus and a quotient bring."""
    signed = node.op is not None and node.op.name in ("sub", "neg", "truediv")
    last = len(node.operands) - 1
    return [
        Edge(edge.parent, node, edge.position, -edge.partial)
        if signed and node.operands[last] is edge.parent and edge.position == len(node.parents) - 1
        else edge
        for edge in edges_into(node)
    ]


def halved(node: Value) -> Number:
    x: Number = node.data
    return x / 2 if node.op is None else x


# ---------------------------------------------------------------- every path on its own


def passing_on_again(output: Value) -> Sweep:
    """A recursion in which a node passes on all that it holds each time that something arrives.

    >>> x = Value(3.0, name="x")
    >>> passing_on_again((x * 2) * (x * 2)).adjoints[x], sweep((x * 2) * (x * 2)).adjoints[x]
    (24.0, 24.0)
    >>> a = x * 2
    >>> passing_on_again(a * a).adjoints[x], sweep(a * a).adjoints[x]  # 6·2, then 12·2 once more
    (36.0, 24.0)
    """
    right = sweep(output)
    held, moves = dict(right.starts), list[Move]()
    waiting = [iter(edges_into(output))]
    while waiting and len(moves) < MOST_MOVES:
        edge = next(waiting[-1], None)
        if edge is None:
            waiting.pop()
            continue
        before = held[edge.parent]
        product = product_along(edge, held[edge.node], True)
        held[edge.parent] = before + product
        moves.append(Move(edge, held[edge.node], product, before, held[edge.parent]))
        waiting.append(iter(edges_into(edge.parent)))
    arrivals = Counter(move.edge.parent for move in moves)
    order = (output, *(move.edge.parent for move in moves))
    return Sweep(order, right.starts, held, tuple(moves), arrivals, right.partials)


def every_path(output: Value) -> Sweep:
    """Walk every path on its own, as a recursion without a visited set does; counted, not walked, to the end.

    >>> output = Value(1.0)
    >>> for _ in range(40):
    ...     output = output + output
    >>> every_path(output).work == 2**41 - 2, sweep(output).work
    (True, 80)
    """
    right = sweep(output)
    arrivals = dict.fromkeys(right.order, 0)
    for node in right.order:
        for parent in node.parents:
            arrivals[parent] += 1 if node is output else arrivals[node]
    moves = first_moves(output, right.starts)
    held = {**right.starts, **{move.edge.parent: move.after for move in moves}}
    walked_all = len(moves) == sum(arrivals.values())
    order = (output, *(move.edge.parent for move in moves))
    return Sweep(order, right.starts, held if walked_all else right.adjoints, moves, arrivals, right.partials)


def first_moves(output: Value, starts: Mapping[Value, Number]) -> tuple[Move, ...]:
    """The first moves of the walk: down to the leaf at each turn, then back to the next edge."""
    held = dict(starts)
    moves: list[Move] = []
    waiting = [(edge, held[output], True) for edge in reversed(edges_into(output))]
    while waiting and len(moves) < MOST_MOVES:
        edge, adjoint, arrives = waiting.pop()
        product = product_along(edge, adjoint, arrives)
        before = held[edge.parent]
        held[edge.parent] = before + product
        moves.append(Move(edge, adjoint, product, before, held[edge.parent]))
        arrives = arrives and not edge.is_cut
        waiting += [(below, product, arrives) for below in reversed(edges_into(edge.parent))]
    return tuple(moves)


@dataclass(frozen=True)
class Mistake:
    """One way to do the sweep wrong.

    Attributes:
        name: What it is called.
        wrong: What is done wrong.
        happened: What that did to the first node that goes wrong, after "as".
        needs: What a graph has if it does harm there.
        sweep: The sweep that makes it; a pure function of the output.
        joint: What stands between the contributions to a node.
    """

    name: str
    wrong: str
    happened: str
    needs: str
    sweep: Callable[[Value], Sweep] = field(repr=False)
    joint: str = " + "
