"""Value: a number that remembers how it was computed, so that it can be differentiated, drawn and explained.

The operators and methods are not written here: operations.py builds them from the rows of rules.py.
"""

from __future__ import annotations

import numbers
import reprlib
import threading
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from autodiff.graph import topological_order
from autodiff.guards import check_sweep
from autodiff.rules import Rule

__all__ = ["Number", "Value", "adjoints", "number"]

Number: TypeAlias = float | Fraction


class Value:
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

    # One object a node, its edges in slots: with tuples Python's garbage collector would walk three times
    # as many objects, which costs more than the arithmetic (benchmarks/NOTES.md). A node of one or two
    # operands is op(_x, _y) with the partials _dx, _dy; an n-ary node keeps all operands in _x, its parents
    # in _y and their partials in _dx. A leaf has no operands: its _x is the number at which the sum in its
    # grad was begun, None before any backward().
    __slots__ = ("_dx", "_dy", "_x", "_y", "data", "grad", "name", "op")

    data: Any
    grad: Any
    name: str | None
    op: Rule | None
    _x: Any
    _y: Any
    _dx: Any
    _dy: Any

    def __init__(self, data: Any, name: str | None = None) -> None:
        self.data = exactly(data)
        self.grad = 0.0
        self.name = checked_name(name)
        self.op = self._x = self._y = self._dx = self._dy = None

    @property
    def operands(self) -> tuple[Any, ...]:
        """What the operation was applied to: Values and plain numbers, in order."""
        if self.op is None:
            return ()
        if self._x.__class__ is tuple:
            return tuple(self._x)
        return (self._x,) if self._y is None else (self._x, self._y)

    @property
    def parents(self) -> tuple[Value, ...]:
        """The Values it was computed from, in order, with repetition."""
        if self._dy is not None:
            return (self._y,) if self._dx is None else (self._x, self._y)
        if self._dx is None:
            return ()
        return tuple(self._y) if self._x.__class__ is tuple else (self._x,)

    @property
    def partials(self) -> tuple[Any, ...]:
        """The local derivatives d node / d parent, one a parent."""
        if self._dy is not None:
            return (self._dy,) if self._dx is None else (self._dx, self._dy)
        if self._dx is None:
            return ()
        return tuple(self._dx) if self._x.__class__ is tuple else (self._dx,)

    def named(self, name: str | None) -> Value:
        """Give the node a name, and return it."""
        self.name = checked_name(name)
        return self

    def backward(self, seed: Any = 1) -> None:
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
        swept = adjoints(self, seed)
        fresh = {leaf: adjoint for leaf, adjoint in swept.items() if leaf.op is None}
        check_sweep(self, seed, fresh)
        with COMMITTING:  # two threads may add to the same leaves
            totals = []
            for leaf, adjoint in fresh.items():
                if leaf.grad:
                    totals.append((leaf, leaf.grad + adjoint))
                elif adjoint:
                    leaf._x = leaf.data  # the guard against steps without zeroing looks at it
            for node, adjoint in swept.items():
                node.grad = adjoint
            for leaf, total in totals:
                leaf.grad = total

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

    def __lt__(self, other: Any) -> bool:
        return bool(self.data < data_of(other, "<"))

    def __le__(self, other: Any) -> bool:
        return bool(self.data <= data_of(other, "<="))

    def __gt__(self, other: Any) -> bool:
        return bool(self.data > data_of(other, ">"))

    def __ge__(self, other: Any) -> bool:
        return bool(self.data >= data_of(other, ">="))

    def __float__(self) -> float:
        raise self._leaving("float(v) or a math function", "v.exp(), v.tanh(), ... to stay in it")

    def __int__(self) -> int:
        raise self._leaving("int(v)", "int(v.data)")

    def __bool__(self) -> bool:
        raise TypeError(
            f"the truth of {self!r} is ambiguous, as a node is neither true nor false: compare its number, "
            "such as v.data != 0 or v > 0, or test 'v is not None'"
        )

    def _leaving(self, what: str, instead: str) -> TypeError:
        return TypeError(
            f"{what} would leave the graph of {self!r} without a trace: "
            f"use v.data for the number itself, or {instead}"
        )

    if TYPE_CHECKING:  # what operations.py adds

        def __getattr__(self, name: str) -> Callable[..., Value]: ...
        def __add__(self, other: Any) -> Value: ...
        def __radd__(self, other: Any) -> Value: ...
        def __sub__(self, other: Any) -> Value: ...
        def __rsub__(self, other: Any) -> Value: ...
        def __mul__(self, other: Any) -> Value: ...
        def __rmul__(self, other: Any) -> Value: ...
        def __truediv__(self, other: Any) -> Value: ...
        def __rtruediv__(self, other: Any) -> Value: ...
        def __pow__(self, other: Any) -> Value: ...
        def __rpow__(self, other: Any) -> Value: ...
        def __neg__(self) -> Value: ...
        def __abs__(self) -> Value: ...


# ---------------------------------------------------------------- the reverse sweep

COMMITTING = threading.Lock()


def adjoints(output: Value, seed: Any = 1) -> dict[Value, Any]:
    """Compute d output / d node times ``seed`` for every node below; no ``grad`` is touched.

    A node whose adjoint is exactly 0 passes nothing on: an infinite partial behind it cannot make a nan.
    """
    order = topological_order(output)
    zero = type(output.data)(0)  # among fractions the sums stay fractions
    swept: dict[Value, Any] = dict.fromkeys(order, zero)
    swept[output] = zero + seed
    for node in reversed(order):
        adjoint = swept[node]
        if adjoint:
            dx, dy = node._dx, node._dy  # slots: twice as fast as zip(node.parents, node.partials)
            if dx.__class__ is tuple:
                for parent, partial in zip(node._y, dx, strict=True):
                    swept[parent] += adjoint * partial
            else:
                if dx is not None:
                    swept[node._x] += adjoint * dx
                if dy is not None:
                    swept[node._y] += adjoint * dy
    return swept


# ---------------------------------------------------------------- numbers


def number(x: Any, where: str) -> Any:
    """Check that an operand is a real number, and turn NumPy's scalars into Python's."""
    kind = x.__class__
    if kind is float or kind is int or kind is Fraction:
        return x
    if kind is not bool:
        if isinstance(x, numbers.Integral):
            return int(x)
        if isinstance(x, Fraction):
            return x
        if isinstance(x, numbers.Real):
            return float(x)
    raise TypeError(f"{where} must be a real number or a Value, not {x!r} of type {kind.__name__}{advice(x)}")


def advice(x: Any) -> str:
    """Say what to do instead."""
    if isinstance(x, bool):
        return ": write 1.0 or 0.0"
    if isinstance(x, str | bytes):
        return ": convert it with float(...) first"
    if isinstance(x, complex):
        return ": only real numbers are differentiated here; use one Value each for real and imaginary part"
    if x is None:
        return ": did a function forget its return?"
    if hasattr(x, "map"):
        return ": apply a function to each element by .map(function)"
    if isinstance(x, Iterable):
        return ": make one Value for each number, such as [Value(number) for number in numbers]"
    return ""


def exactly(data: Any) -> Any:
    """The data of a leaf: a fraction stays one, everything else becomes a float."""
    if isinstance(data, Value):
        raise TypeError(
            f"Value(data): data is {data!r} already; use it as it is, or its .data for a new leaf"
        )
    data = number(data, "Value(data): data")
    try:
        return data if isinstance(data, Fraction) else float(data)
    except OverflowError as error:
        raise OverflowError(f"Value(data): {reprlib.repr(data)} is too large for a float") from error


def data_of(other: Any, symbol: str) -> Any:
    return other.data if isinstance(other, Value) else number(other, f"{symbol}: the other operand")


def checked_name(name: Any) -> str | None:
    if name is None or isinstance(name, str):
        return name
    raise TypeError(
        f"a name must be a string, not {name!r} of type {type(name).__name__}: write name={str(name)!r}"
    )
