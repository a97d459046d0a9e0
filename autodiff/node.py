"""Node: a place in a computation graph, and the sweeps over it. It knows no operation and no number.

A node holds its parents and, on the edge from each of them, the local derivative. That is all that the reverse
sweep needs: it walks the graph in reverse topological order and passes on, along each edge, the adjoint times the
partial that stands there.
"""

from __future__ import annotations

import operator
import threading
from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeVar

from autodiff.number import Number, number, plain_data
from autodiff.rules import Rule
from autodiff.rules.worlds import FLOATS

__all__ = ["Node", "adjoints", "cuts", "topological_order"]

N = TypeVar("N", bound="Node")
AnyOperand = Any  # a Node, or a plain number


class Node:
    """A number, its parents, and the local derivative on each edge; Value adds the operators.

    Attributes:
        data: The number.
        grad: The derivative of an output by this node, as ``backward()`` of that output left it.
        name: Its name, or None.
        op: The row of the table it was computed with; None for a leaf.
        operands: What the operation was applied to, nodes and plain numbers, in order.
        parents: The nodes among the operands, in order, with repetition: ``a * a`` has two parents.
        partials: The local derivatives d node / d parent at the point where it was computed, one a parent.
    """

    # One object a node, its edges in slots: with tuples Python's garbage collector would walk three times
    # as many objects, which costs more than the arithmetic (benchmarks/NOTES.md). A node of one or two
    # operands is op(_x, _y) with the partials _dx, _dy; an n-ary node keeps all operands in _x, its parents
    # in _y and their partials in _dx; a leaf has none of them.
    # _data is the number, which operations.py reads and writes without the detour of the property.
    # _begun is the number at which the sum in a leaf's grad was begun, for the guard against steps without
    # zeroing; interior nodes never fill it.
    __slots__ = ("_begun", "_data", "_dx", "_dy", "_x", "_y", "grad", "name", "op")

    _data: Any
    grad: Any
    name: str | None
    op: Rule | None
    _x: Any
    _y: Any
    _dx: Any
    _dy: Any
    _begun: Number | Literal["doubtful"] | None

    def _set_data(self, data: object) -> None:
        if isinstance(data, Node):
            raise TypeError(f"data is to be a number, and {data!r} is a node: use its .data")
        self._data = plain_data(data, "data")

    data = property(operator.attrgetter("_data"), _set_data, doc="The number: a float, or a Fraction.")

    @property
    def operands(self) -> tuple[AnyOperand, ...]:
        """What the operation was applied to: nodes and plain numbers, in order."""
        if self.op is None:
            return ()
        if self._x.__class__ is tuple:
            return tuple(self._x)
        return (self._x,) if self._y is None else (self._x, self._y)

    @property
    def parents(self: N) -> tuple[N, ...]:
        """The nodes it was computed from, in order, with repetition."""
        if self._dy is not None:
            return (self._y,) if self._dx is None else (self._x, self._y)
        if self._dx is None:
            return ()
        return tuple(self._y) if self._x.__class__ is tuple else (self._x,)

    @property
    def partials(self) -> tuple[Number, ...]:
        """The local derivatives d node / d parent, one a parent."""
        if self._dy is not None:
            return (self._dy,) if self._dx is None else (self._dx, self._dy)
        if self._dx is None:
            return ()
        return tuple(self._dx) if self._x.__class__ is tuple else (self._dx,)

    def backward(self, seed: Number = 1) -> None:
        """Compute d self / d node for every node below, by one sweep in reverse topological order.

        The derivatives are added to the ``grad`` of leaves and stored in the ``grad`` of interior nodes; so
        a second call doubles the leaves' ``grad`` until they are set to 0, as in PyTorch.

        Args:
            seed: What the sweep starts from: d loss / d self where self is not the loss itself.

        Raises:
            TypeError: ``seed`` is not a number. No ``grad`` has changed then.

        Warns:
            RepeatedBackwardWarning: The leaves hold just what this call adds: it was called before. Or all of
                them hold what is from before their numbers changed: they were not set to 0 after a step.
            NonFiniteWarning: The sweep meets nan or infinity; the message says where it begins.
        """
        seed = number(seed, "backward: seed")
        order, leaves = walked(self)
        swept = reverse_sweep(order, seed)
        fresh = {leaf: swept[leaf] for leaf in leaves}
        self._check_sweep(seed, fresh)
        with COMMITTING:  # two threads may add to the same leaves
            for leaf, adjoint in fresh.items():
                if leaf.grad:
                    swept[leaf] = leaf.grad + adjoint
                elif adjoint:
                    leaf._begun = leaf._data
            commit(swept)

    def _check_sweep(self, seed: Number, fresh: Mapping[Any, Number]) -> None:
        """Warn of a sweep before its result is stored; Value takes this from the guards."""


COMMITTING = threading.Lock()


def commit(grads: Mapping[N, Any]) -> None:
    """Store what a sweep has found; an interrupt comes before or after all of it."""
    try:
        for node, grad in grads.items():
            node.grad = grad
    except BaseException:
        commit(grads)
        raise


# ---------------------------------------------------------------- the order and the reverse sweep


def topological_order(output: N) -> list[N]:
    """List the nodes that ``output`` was computed from, parents before their children, ``output`` last.

    The order is the post-order of a depth-first walk that takes parents from left to right: the same in
    every run.

    >>> from autodiff import Value
    >>> x, y = Value(2, name="x"), Value(3, name="y")
    >>> [node.name or node.op.name for node in topological_order(x * y + x)]
    ['x', 'y', 'mul', 'add']
    """
    return walked(output)[0]


def walked(output: N) -> tuple[list[N], list[N]]:
    """The nodes below in topological order, and the leaves among them."""
    order: list[N] = []
    leaves: list[N] = []
    seen: set[N] = set()
    stack: list[N | None] = [output]
    push, pop, see, finish = stack.append, stack.pop, seen.add, order.append
    while stack:
        node = pop()
        if node is None:  # what was pushed after this mark is done: so are the parents of the node below it
            finish(pop())  # type: ignore[arg-type]
        elif node not in seen:
            see(node)
            dx, dy = node._dx, node._dy  # slots: a third faster than node.parents, on every backward()
            if dx is None and dy is None:
                finish(node)
                leaves.append(node)
                continue
            push(node)
            push(None)
            if dx.__class__ is tuple:
                stack += [parent for parent in reversed(node._y) if parent not in seen]
                continue
            if dy is not None and node._y not in seen:
                push(node._y)
            if dx is not None and node._x not in seen:
                push(node._x)
    return order, leaves


def adjoints(output: N, seed: Number = 1) -> dict[N, Any]:
    """Compute d output / d node times ``seed`` for every node below; no ``grad`` is touched."""
    return reverse_sweep(topological_order(output), seed)


def reverse_sweep(order: list[N], seed: Number = 1) -> dict[N, Any]:
    """Compute the adjoints of nodes in topological order, the output last.

    A node that nothing has arrived at passes nothing on, whatever its partials are. Nothing arrives over an edge
    that ``cuts``, as in a branch not taken; everywhere else 0 times infinity is nan, as its limit is not known.
    """
    output = order[-1]
    nothing = type(output.data)(0)  # among fractions the sums stay fractions; a read that others can notice
    swept: dict[N, Any] = dict.fromkeys(order, nothing)
    if seed:
        swept[output] = nothing + seed
    for node in reversed(order):
        adjoint = swept[node]
        if adjoint is not nothing:  # a sum is another object, also where it is 0
            dx, dy = node._dx, node._dy  # slots: twice as fast as zip(node.parents, node.partials)
            if dx.__class__ is tuple:
                edges = zip(node._y, dx, strict=True)
                for parent, partial in uncut(node, edges) if node.op.chooses else edges:  # type: ignore[union-attr]
                    swept[parent] += adjoint * partial
            else:
                if dx or (dx is not None and not cuts(node)):
                    swept[node._x] += adjoint * dx
                if dy or (dy is not None and not cuts(node)):
                    swept[node._y] += adjoint * dy
    return swept


def cuts(node: Node) -> bool:
    """Whether a partial of 0 at this node means that the operand does not count, here and nearby.

    So it is for the branch that ``where`` does not take and for relu of a negative number, but not for x² at 0,
    nor for relu at its kink.

    >>> from autodiff import Value
    >>> [cuts(node) for node in (Value(-1).relu(), Value(0).relu(), Value(0) ** 2)]
    [True, False, False]
    """
    op = node.op
    if op is None or not op.chooses:
        return False
    if op.arity == 1 and op.at_kink is not None:  # relu, without a detour
        return not op.at_kink(FLOATS, node._x._data)
    return not op.kinked(FLOATS, [x._data if isinstance(x, Node) else x for x in node.operands])


def uncut(node: Node, edges: Iterable[tuple[N, Number]]) -> list[tuple[N, Number]]:
    """The edges, pairs of parent and partial, over which something passes."""
    found = list(edges)
    return [edge for edge in found if edge[1]] if cuts(node) else found
