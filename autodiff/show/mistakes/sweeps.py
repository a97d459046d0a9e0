"""Sweeps: the reverse sweep in slow motion, with parts that can be exchanged, move by move.

>>> from autodiff import Value
>>> x, y = Value(2, name="x"), Value(3, name="y")
>>> [(move.adjoint, move.edge.partial, move.before, move.after) for move in sweep(x * y + x).moves]
[(1.0, 1, 0.0, 1.0), (1.0, 1, 0.0, 1.0), (1.0, 3.0, 1.0, 4.0), (1.0, 2.0, 0.0, 2.0)]

Which edge has its turn when, is a question to the graph alone; what is done with
numbers is a function of numbers. So the page, too, can do any sweep at other inputs: it is told the turns,
and the functions are recorded and written in JavaScript, as the rows of the table are.
"""

from __future__ import annotations

import heapq
import operator
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from autodiff.graph import Edge, edges_into, product_along, topological_order
from autodiff.number import Number
from autodiff.rules.worlds import world_of
from autodiff.show.derivations.noise import Doubts, clean_partials
from autodiff.value import Value

__all__ = [
    "RIGHT",
    "EdgeTurn",
    "Mistake",
    "Move",
    "Parts",
    "Sweep",
    "arrivals_of_every_path",
    "each_edge",
    "every_path",
    "one_edge_a_parent",
    "passing_on_again",
    "sweep",
    "turns_in",
    "without_minus_signs",
    "without_waiting",
]

MOST_MOVES = 1000  # of a walk over every path that are kept; the others are counted


class EdgeTurn(NamedTuple):
    """When an edge has its turn.

    Attributes:
        edge: The edge.
        source: The number of the move whose product is passed on; None for what the edge's node holds.
        sign: What the partial is multiplied by: 1, or -1.
    """

    edge: Edge[Value]
    source: int | None = None
    sign: int = 1


def each_edge(
    output: Value, edges_of: Callable[[Value], Iterable[Edge[Value]]] = edges_into
) -> Iterable[EdgeTurn]:
    """The turns of the right sweep, children before their parents; or those over other edges."""
    return turns_in(reversed(topological_order(output)), edges_of)


def turns_in(
    order: Iterable[Value], edges_of: Callable[[Value], Iterable[Edge[Value]]] = edges_into
) -> Iterable[EdgeTurn]:
    """The turns in which nodes pass on in an order."""
    return (EdgeTurn(edge) for node in order for edge in edges_of(node))


@dataclass(frozen=True)
class Parts:
    """The parts of a sweep that can be exchanged. What is not given is as in the right sweep.

    Attributes:
        turns: The turns in their order, a function of the output that asks for no number.
        leaf: What a leaf holds when partials are computed, by what it held when the nodes were.
        factor: What is used as partial, by the partial and the number of the parent.
        start: What a node between holds at first, by what a right sweep leaves there; None for 0.
        passing: What a node passes on, by what it holds.
        put: What a parent holds after a move, by what it held and what arrives.
        arrivals: How often something arrives at each node, if ``turns`` breaks off; None if it does not.
    """

    turns: Callable[[Value], Iterable[EdgeTurn]] = each_edge
    leaf: Callable[[Number], Number] | None = None
    factor: Callable[[Number, Number], Number] = lambda partial, value: partial
    start: Callable[[Number], Number] | None = None
    passing: Callable[[Number], Number] = lambda held: held
    put: Callable[[Number, Number], Number] = operator.add
    arrivals: Callable[[Value], Mapping[Value, int]] | None = None


RIGHT = Parts()


@dataclass(frozen=True)
class Mistake:
    """One way to do the sweep wrong.

    Attributes:
        name: What it is called.
        wrong: What is done wrong.
        happened: What that did to the first node that goes wrong, after "as".
        needs: What a graph has if it does harm there.
        parts: What its sweep has in place of a right part.
        joint: What stands between the contributions to a node.
    """

    name: str
    wrong: str
    happened: str
    needs: str
    parts: Parts
    joint: str = " + "

    def sweep(self, output: Value) -> Sweep:
        """Do the sweep with this mistake; no node is changed."""
        return sweep(output, self.parts)


# ---------------------------------------------------------------- the sweep


@dataclass(frozen=True, eq=False)
class Move:
    """One edge's turn: ``adjoint`` times the partial is passed on to the parent.

    Attributes:
        edge: The edge, with the partial that was used.
        adjoint: What its node passed on: what it held at that time, in a right sweep.
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
        nodes: All nodes, children before their parents.
        starts: What each node held before the first move.
        adjoints: What each node holds after the last.
        moves: One a turn, in order; of a walk over very many paths the first ones.
        arrivals: How often something arrives at each node, in all moves.

    >>> x = Value(3, name="x")
    >>> done = sweep(x * x)
    >>> done.adjoints[x], done.arrivals[x], done.work
    (6.0, 2, 2)
    """

    nodes: tuple[Value, ...]
    starts: Mapping[Value, Number]
    adjoints: Mapping[Value, Number]
    moves: tuple[Move, ...]
    arrivals: Mapping[Value, int]

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

    @property
    def partials(self) -> Mapping[tuple[Value, int], Number]:
        """The partials that were used, by node and position among its parents."""
        return {(move.edge.node, move.edge.position): move.edge.partial for move in self.moves}


def sweep(output: Value, parts: Parts = RIGHT) -> Sweep:
    """Do the reverse sweep, right or with other parts. No node is changed. What is nothing but rounding is 0.

    reverseSweep in page/sweeps.js is the same in JavaScript.
    """
    nodes = tuple(reversed(topological_order(output)))
    starts = starts_of(nodes, parts)
    held, moves = dict(starts), list[Move]()
    reached, passed = set[Value](), list[bool]()  # where something has arrived, and by which moves
    doubts, partials = Doubts(), clean_partials(output)
    if parts.leaf is not None:
        partials = {node: partials_with(node, parts.leaf) for node in nodes}
    for edge, source, sign in parts.turns(output):
        adjoint = parts.passing(held[edge.node] if source is None else moves[source].product)
        arrives = adjoint != 0 or (edge.node in reached if source is None else passed[source])
        partial = sign * parts.factor(partials[edge.node][edge.position], edge.parent.data)
        used = Edge(edge.parent, edge.node, edge.position, partial)
        product, before = product_along(used, adjoint, arrives), held[edge.parent]
        held[edge.parent] = doubts.sum(used, product, parts.put(before, product))
        moves.append(Move(used, adjoint, product, before, held[edge.parent]))
        passed.append(arrives and not used.is_cut)
        if passed[-1]:
            reached.add(edge.parent)
    arrivals = Counter(move.edge.parent for move in moves)
    done = Sweep(nodes, starts, held, tuple(moves), arrivals)
    return done if parts.arrivals is None else with_counts(done, parts.arrivals(output))


def starts_of(nodes: tuple[Value, ...], parts: Parts) -> dict[Value, Number]:
    """What each node holds before the first move: the output 1."""
    output, zero = nodes[0], type(nodes[0].data)(0)
    starts = dict.fromkeys(nodes, zero)
    if parts.start is not None:
        right = sweep(output).adjoints
        starts |= {node: parts.start(right[node]) for node in nodes if node.op is not None}
    return {**starts, output: zero + 1}


def partials_with(node: Value, leaf: Callable[[Number], Number]) -> Sequence[Number]:
    """The partials that come out if the leaves change after the node was computed.

    Outside the domain of the operation they stay as they are.
    """
    if node.op is None:
        return node.partials
    plain = [not isinstance(x, Value) for x in node.operands]
    moved = [x if not isinstance(x, Value) else x.data if x.op else leaf(x.data) for x in node.operands]
    try:
        row, xs = node.op.among(moved, plain)
        wanted = [i for i, is_plain in enumerate(plain) if not is_plain]
        return row.slopes(world_of(moved), xs, node.data, wanted)
    except (ValueError, ArithmeticError):
        return node.partials


def with_counts(done: Sweep, arrivals: Mapping[Value, int]) -> Sweep:
    """A walk over every path, which is right in the end: where it breaks off, the sweep says what comes out."""
    right = sweep(done.nodes[0])
    return (
        done if done.work == sum(arrivals.values()) else replace(right, moves=done.moves, arrivals=arrivals)
    )


# ---------------------------------------------------------------- turns to exchange


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


def without_minus_signs(output: Value) -> Iterable[EdgeTurn]:
    """The turns of the right sweep, with the signs lost that a difference, a minus and a quotient bring."""
    return (turn._replace(sign=-1) if brings_minus(turn.edge) else turn for turn in each_edge(output))


def brings_minus(edge: Edge[Value]) -> bool:
    node = edge.node
    signed = node.op is not None and node.op.name in ("sub", "neg", "truediv")
    return signed and node.operands[-1] is edge.parent and edge.position == len(node.parents) - 1


def every_path(output: Value) -> Iterable[EdgeTurn]:
    """The turns of a recursion without a visited set, which walks every path on its own; the first ones.

    >>> x = Value(1.0)
    >>> a = x + x
    >>> [(turn.edge.parent is x, turn.source) for turn in every_path(a + a)]
    [(False, None), (True, 0), (True, 0), (False, None), (True, 3), (True, 3)]
    """
    return islice(walked_down(output), MOST_MOVES)


def walked_down(output: Value) -> Iterator[EdgeTurn]:
    """Down to the leaf at each turn, then back to the next edge."""
    waiting = [EdgeTurn(edge) for edge in reversed(edges_into(output))]
    done = 0
    while waiting:
        turn = waiting.pop()
        yield turn
        waiting += [EdgeTurn(edge, done) for edge in reversed(edges_into(turn.edge.parent))]
        done += 1


def passing_on_again(output: Value) -> Iterable[EdgeTurn]:
    """The same recursion, if a node passes on all that it holds each time that something arrives.

    >>> x = Value(3.0, name="x")
    >>> again = Parts(turns=passing_on_again)
    >>> sweep((x * 2) * (x * 2), again).adjoints[x], sweep((x * 2) * (x * 2)).adjoints[x]
    (24.0, 24.0)
    >>> a = x * 2
    >>> sweep(a * a, again).adjoints[x], sweep(a * a).adjoints[x]  # 6·2, then 12·2 once more
    (36.0, 24.0)
    """
    return (EdgeTurn(turn.edge) for turn in every_path(output))


def arrivals_of_every_path(output: Value) -> dict[Value, int]:
    """How often something arrives at each node if every path is walked: counted, not walked.

    >>> output = Value(1.0)
    >>> for _ in range(40):
    ...     output = output + output
    >>> sum(arrivals_of_every_path(output).values()) == 2**41 - 2, sweep(output).work
    (True, 80)
    """
    order = topological_order(output)[::-1]
    arrivals = dict.fromkeys(order, 0)
    for node in order:
        for parent in node.parents:
            arrivals[parent] += 1 if node is output else arrivals[node]
    return arrivals
