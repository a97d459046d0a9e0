"""Value: a number that remembers how it was computed, so that it can be differentiated, drawn and explained.

The operators and methods are declared in methods.py and built from the rows of the table by operations.py.
"""

from __future__ import annotations

from typing import NoReturn, Self

from autodiff.guards.attributes import ELSEWHERE, Elsewhere
from autodiff.guards.backward import check_sweep
from autodiff.guards.categories import LostStepWarning, warn
from autodiff.guards.decisions import decisions
from autodiff.methods import Methods
from autodiff.node import Node, adjoints
from autodiff.number import Number, advice, holds_one_object, number, plain_data

__all__ = ["Number", "Value", "adjoints", "advice", "checked_name", "number"]


class Value(Methods, Node):
    """A node of a computation graph: a number, its parents, and the local derivative on each edge.

    Args:
        data: An int or float (kept as float), a ``fractions.Fraction`` (kept exact) or a real NumPy scalar.
        name: What the node is called in pictures, derivations and messages.
        _op, label: What code for micrograd gives, refused with what to write instead.

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

    As with floats, a result of + - * / that is too large is infinite, of which ``backward()`` warns; powers and
    functions raise OverflowError.

    >>> x, y = Value(2, name="x"), Value(3, name="y")
    >>> f = x**2 + x * y + (x + y) ** 2
    >>> f.backward()
    >>> f.data, x.grad, y.grad
    (35.0, 17.0, 12.0)
    """

    __slots__ = ()

    _check_sweep = check_sweep

    def __init__(self, data: object, name: str | None = None, _op: None = None, label: None = None) -> None:
        if _op is not None or label is not None:
            raise TypeError(A_LEAF if label is None else f"a Value takes no label: write name={label!r}")
        if isinstance(data, Node) or holds_one_object(data):
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

    def __dir__(self) -> list[str]:
        return [name for name in super().__dir__() if not isinstance(vars(Value).get(name), Elsewhere)]

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
        if decisions.note is not None:
            decisions.note(self, other)
        return bool(self._data < data_of(other, "<"))

    def __le__(self, other: Value | Number) -> bool:
        if decisions.note is not None:
            decisions.note(self, other)
        return bool(self._data <= data_of(other, "<="))

    def __gt__(self, other: Value | Number) -> bool:
        if decisions.note is not None:
            decisions.note(self, other)
        return bool(self._data > data_of(other, ">"))

    def __ge__(self, other: Value | Number) -> bool:
        if decisions.note is not None:
            decisions.note(self, other)
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

    def __xor__(self, other: object) -> NoReturn:
        raise TypeError(f"{self!r} ^ {other!r}: ^ is no power in Python, write **")

    def __rxor__(self, other: object) -> NoReturn:
        raise TypeError(f"{other!r} ^ {self!r}: ^ is no power in Python, write **")

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else str(self)

    def __pos__(self) -> Self:
        return self

    def conjugate(self) -> Self:
        """The node itself, as it is real: NumPy asks for that in ``np.var`` and products of arrays.

        >>> x = Value(2.0, name="x")
        >>> x.conjugate() is x
        True
        """
        return self

    def __isub__(self, other: Value | Number) -> Value:
        """A new node, as of ``-``; for a leaf that has a ``grad`` it is more likely meant as a step.

        Warns:
            LostStepWarning: A number is taken from such a leaf.
        """
        if self.__class__ is Value and self.op is None and self.grad and not isinstance(other, Value):
            warn(
                f"v -= number makes a new node and leaves the number of the leaf {self.name or repr(self)} as it is, "
                "so in a loop over parameters it trains nothing: write v.data -= number for a step, or "
                "v = v - number for a new node",
                LostStepWarning,
            )
        return self - other

    def __round__(self, digits: int | None = None) -> Self:
        """The nearest whole number, as a node whose slope is 0."""
        if digits is not None:
            raise TypeError(
                f"round(v, {digits!r}) of {self!r}: a node is rounded to whole numbers; write f'{{v:.3f}}' to show "
                "it with few digits, or round(v * 100) / 100, whose slope is 0, to compute with them"
            )
        return self.rint()

    def __divmod__(self, other: Self | Number) -> tuple[Self, Self]:
        return self // other, self % other

    def __rdivmod__(self, other: Number) -> tuple[Self, Self]:
        return other // self, other % self

    def _leaving(self, what: str, instead: str) -> TypeError:
        return TypeError(
            f"{what} would leave the graph of {self!r} without a trace: "
            f"use v.data for the number itself, or {instead}"
        )


for _name, _advice in ELSEWHERE.items():
    setattr(Value, _name, Elsewhere(_name, _advice))


def data_of(other: Value | Number, symbol: str) -> Number:
    if holds_one_object(other):
        other = other.item()  # type: ignore[union-attr]
    return other.data if isinstance(other, Value) else number(other, f"{symbol}: the other operand")


A_LEAF = (
    "Value(data, name) makes a leaf: an operation of your own, with children and a symbol, is a row of the table, "
    "autodiff.register(unary('name', value=..., partial=...)) with unary from autodiff.rules"
)


def checked_name(name: object) -> str | None:
    if name is None or isinstance(name, str):
        return name
    if isinstance(name, tuple | set):
        raise TypeError(A_LEAF)
    raise TypeError(
        f"a name must be a string, not {name!r} of type {type(name).__name__}: write name={str(name)!r}"
    )
