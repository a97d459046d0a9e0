"""A small Value with its edges in two tuples: stands for microgpt's `Value` as a peer in the benchmarks.

As in microgpt a node is plain data in slots (the number, the gradient, a tuple of parents and a tuple of
local gradients), a plain number beside a Value becomes a Value, -, / and unary minus are made of +, * and **,
the topological sort is recursive, and the sweep knows no operation. Written for this comparison, not copied.
"""

from __future__ import annotations

import math

__all__ = ["Value"]


class Value:
    """A number that remembers its parents and the local gradient by each of them.

    >>> a, b = Value(2.0), Value(3.0)
    >>> (a * b + a**2).backward()
    >>> a.grad, b.grad
    (7.0, 2.0)
    """

    __slots__ = ("data", "grad", "local_gradients", "parents")

    def __init__(
        self, data: float, parents: tuple[Value, ...] = (), local_gradients: tuple[float, ...] = ()
    ) -> None:
        self.data = data
        self.grad: float = 0
        self.parents = parents
        self.local_gradients = local_gradients

    def __add__(self, other: Value | float) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), (1, 1))

    def __mul__(self, other: Value | float) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, exponent: float) -> Value:
        return Value(self.data**exponent, (self,), (exponent * self.data ** (exponent - 1),))

    def exp(self) -> Value:
        result = math.exp(self.data)
        return Value(result, (self,), (result,))

    def log(self) -> Value:
        return Value(math.log(self.data), (self,), (1 / self.data,))

    def relu(self) -> Value:
        return Value(max(0, self.data), (self,), (float(self.data > 0),))

    def __neg__(self) -> Value:
        return self * -1

    def __radd__(self, other: float) -> Value:
        return self + other

    def __sub__(self, other: Value | float) -> Value:
        return self + (-other)

    def __rsub__(self, other: float) -> Value:
        return other + (-self)

    def __rmul__(self, other: float) -> Value:
        return self * other

    def __truediv__(self, other: Value | float) -> Value:
        return self * other**-1

    def __rtruediv__(self, other: float) -> Value:
        return other * self**-1

    def backward(self) -> None:
        order: list[Value] = []
        visited = set()

        def visit(node: Value) -> None:
            if node not in visited:
                visited.add(node)
                for parent in node.parents:
                    visit(parent)
                order.append(node)

        visit(self)
        self.grad = 1
        for node in reversed(order):
            for parent, local_gradient in zip(node.parents, node.local_gradients):  # noqa: B905 - as in microgpt
                parent.grad += local_gradient * node.grad
