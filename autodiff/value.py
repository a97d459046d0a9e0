"""Value: a number that remembers how it was computed, so that it can be differentiated, drawn and explained.

The operators and methods are declared in methods.py and built from the rows of the table by operations.py.
"""

from __future__ import annotations

from typing import Self

from autodiff.guards.backward import check_sweep
from autodiff.methods import Methods
from autodiff.node import Node, adjoints
from autodiff.number import Number, advice, number, plain_data

__all__ = ["Number", "Value", "adjoints", "advice", "number"]


class Value(Methods, Node):
    """A node of a computation graph: a number, its parents, and the local derivative on each edge.

    Args:
        data: An int or float (kept as float), a ``fractions.Fraction`` (kept exact) or a real NumPy scalar.
        name: What the node is called in pictures, derivations and messages.

    Attributes:
        data: The number.
        grad: The derivative of an output by this node, as ``backward()`` of that output left it.
        name: Its name, or None.
        op: The row of the table it was computed with; None for a leaf.
        operands: What the operation was applied to, Values and plain numbers, in order.
        parents: The Values among the operands, in order, with repetition: ``a * a`` has two parents.
        partials: The local derivatives d node / d parent at the point where it was computed, one a parent.

    Raises:
        TypeError: ``data`` is not a real number, or ``name`` not a string.

    >>> x, y = Value(2, name="x"), Value(3, name="y")
    >>> f = x**2 + x * y + (x + y) ** 2
    >>> f.backward()
    >>> f.data, x.grad, y.grad
    (35.0, 17.0, 12.0)
    """

    __slots__ = ()

    _check_sweep = check_sweep

    def __init__(self, data: object, name: str | None = None) -> None:
        if isinstance(data, Node):
            raise TypeError(
                f"Value(data): data is {data!r} already; use it as it is, or its .data for a new leaf"
            )
        self._data = plain_data(data, "Value(data): data")
        self.grad = 0.0
        self.name = checked_name(name)
        self.op = self._x = self._y = self._dx = self._dy = self._begun = None

    def named(self, name: str | None) -> Value:
        """Give the node a name, and return it.

        >>> Value(3).named("x").name
        'x'
        """
        self.name = checked_name(name)
        return self

    @property
    def _prev(self) -> tuple[Value, ...]:
        """The parents, by the name that code written for micrograd walks its graphs with."""
        return self.parents

    @property
    def _op(self) -> str:
        """The symbol of the operation, empty for a leaf, by micrograd's name."""
        return "" if self.op is None else self.op.symbol

    def __repr__(self) -> str:
        named = "" if self.name is None else f", name={self.name!r}"
        made = "" if self.op is None else f", op={self.op.symbol!r}"
        return f"Value(data={self.data}, grad={self.grad}{named}{made})"

    # Comparisons look at the data, so that max(), sorted() and "if loss < best" work; equality stays
    # identity, so that nodes work in sets and dictionaries.

    def __lt__(self, other: Value | Number) -> bool:
        return bool(self._data < data_of(other, "<"))

    def __le__(self, other: Value | Number) -> bool:
        return bool(self._data <= data_of(other, "<="))

    def __gt__(self, other: Value | Number) -> bool:
        return bool(self._data > data_of(other, ">"))

    def __ge__(self, other: Value | Number) -> bool:
        return bool(self._data >= data_of(other, ">="))

    def __float__(self) -> float:
        raise self._leaving("float(v) or a math function", "v.exp(), v.tanh(), ... to stay in it")

    def __int__(self) -> int:
        raise self._leaving("int(v)", "int(v.data)")

    def __bool__(self) -> bool:
        raise TypeError(
            f"the truth of {self!r} is ambiguous, as a node is neither true nor false: compare its number, "
            "such as v.data != 0 or v > 0, or test 'v is not None'"
        )

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else str(self)

    def __pos__(self) -> Self:
        return self

    def __round__(self, digits: int | None = None) -> float:
        raise self._leaving("round(v)", "f'{v:.3f}' to show it with few digits")

    def _leaving(self, what: str, instead: str) -> TypeError:
        return TypeError(
            f"{what} would leave the graph of {self!r} without a trace: "
            f"use v.data for the number itself, or {instead}"
        )


def data_of(other: Value | Number, symbol: str) -> Number:
    return other.data if isinstance(other, Value) else number(other, f"{symbol}: the other operand")


def checked_name(name: object) -> str | None:
    if name is None or isinstance(name, str):
        return name
    raise TypeError(
        f"a name must be a string, not {name!r} of type {type(name).__name__}: write name={str(name)!r}"
    )
