"""Bare: the least that an engine of nodes in pure Python does, to see how far ours is from that, and that from C++.

It has the operations of the workload moons and nothing else: no check of an operand, no guard, no fractions, no
table; its sweep writes into ``grad`` as it goes, so that an interrupt would leave half of it.
"""

from __future__ import annotations

from typing import Any

__all__ = ["BareValue"]


class BareValue:
    """A number, up to two parents, and the partials by them."""

    __slots__ = ("data", "dx", "dy", "grad", "x", "y")

    def __init__(self, data: float, x: Any = None, y: Any = None, dx: float = 0.0, dy: float = 0.0) -> None:
        self.data, self.grad, self.x, self.y, self.dx, self.dy = data, 0.0, x, y, dx, dy

    def __add__(self, other: Any) -> BareValue:
        if other.__class__ is BareValue:
            return BareValue(self.data + other.data, self, other, 1.0, 1.0)
        return BareValue(self.data + other, self, None, 1.0)

    def __mul__(self, other: Any) -> BareValue:
        if other.__class__ is BareValue:
            return BareValue(self.data * other.data, self, other, other.data, self.data)
        return BareValue(self.data * other, self, None, other)

    __radd__, __rmul__ = __add__, __mul__

    def relu(self) -> BareValue:
        return BareValue(max(self.data, 0.0), self, None, float(self.data > 0))

    def backward(self) -> None:
        order = self.topological_order()
        for node in order:
            if node.x is not None:
                node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            x, y, adjoint = node.x, node.y, node.grad
            if x is not None:
                x.grad += adjoint * node.dx
            if y is not None:
                y.grad += adjoint * node.dy

    def topological_order(self) -> list[BareValue]:
        order: list[BareValue] = []
        seen: set[BareValue] = set()
        stack: list[Any] = [self]
        while stack:
            node = stack.pop()
            if node is None:
                order.append(stack.pop())
            elif node not in seen:
                seen.add(node)
                stack.append(node)
                stack.append(None)
                if node.y is not None:
                    stack.append(node.y)
                if node.x is not None:
                    stack.append(node.x)
        return order
