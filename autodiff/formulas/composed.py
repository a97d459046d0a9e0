"""Functions that need no row, as rows make them in a line: dist, sumprod, ldexp, prelu, softmin, cumsum, median, ...

They give nodes of those rows, so that pictures, engines and languages know them already.

>>> from autodiff import Value
>>> x, y = Value(3.0), Value(4.0)
>>> dist([x, y], [0, 0]).data, median([x, y, 9.0]).data
(5.0, 4.0)
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import SupportsIndex, TypeVar

from autodiff.functions import Along, MatrixLike, Operand, OperandOrMatrix
from autodiff.number import number
from autodiff.operations import FUNCTIONS
from autodiff.rules.rule import many, no_matrix, some
from autodiff.rules.worlds import Scalar
from autodiff.value import Value

__all__ = ["COMPOSED"]

Composed = TypeVar("Composed", bound=Callable[..., object])

COMPOSED: dict[str, Callable[..., Scalar]] = {}


def composed(function: Composed) -> Composed:
    """Make a function one of the package's."""
    function.__module__ = "autodiff"  # where pickle and help() find it
    COMPOSED[function.__name__] = function
    return function


def matrix_of_values(name: str, values: Sequence[object], axis: Along) -> Scalar:
    """The matrix that was given in place of values, one by one or in a list; None if there is none, and no axis."""
    if len(values) == 1 and hasattr(values[0], "_over_axes"):
        return values[0]
    if axis is not None:
        raise no_matrix(name)
    return None


def at_least_one(name: str, values: Sequence[object]) -> tuple[Scalar, ...]:
    """Operands that were given one by one, or as a list."""
    try:
        return some(*values)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


@composed
def fabs(x: OperandOrMatrix, /) -> Scalar:
    """|x|, by the name that it has in ``math``.

    >>> fabs(-2.0)
    2.0
    """
    return FUNCTIONS["abs"](x)


@composed
def ldexp(x: OperandOrMatrix, i: SupportsIndex, /) -> Scalar:
    """x times 2 to the power i, a plain whole number.

    >>> ldexp(0.75, 2)
    3.0
    """
    try:
        power = operator.index(i)
    except TypeError:
        raise TypeError(f"ldexp: i must be a whole number, not {i!r}; any power is x * exp2(y)") from None
    halves = power // 2, power - power // 2  # as 2**power may overflow where the product does not
    for exponent in (power,) if abs(power) < 1023 else halves:
        x = FUNCTIONS["mul"](x, math.ldexp(1.0, exponent))
    return x


@composed
def dist(p: Iterable[Operand], q: Iterable[Operand], /) -> Scalar:
    """The distance of two points. Where they are one, the derivatives are 0, as those of ``norm``.

    >>> dist([1.0, 2.0], [4.0, 6.0])
    5.0
    """
    try:
        here, there = tuple(p), tuple(q)
    except TypeError:
        raise TypeError(f"dist: needs two lists of numbers, not {p!r:.80} and {q!r:.80}") from None
    if len(here) != len(there):
        raise ValueError(f"dist: needs points of as many numbers, got {len(here)} and {len(there)}")
    return FUNCTIONS["norm"]([x - y for x, y in zip(here, there, strict=True)])


@composed
def sumprod(p: Iterable[Operand], q: Iterable[Operand], /) -> Scalar:
    """The sum of products, by the name that it has in ``math``.

    >>> sumprod([1.0, 2.0], [3.0, 4.0])
    11.0
    """
    return FUNCTIONS["dot"](p, q)


@composed
def prelu(x: OperandOrMatrix, y: OperandOrMatrix = 0.25, /) -> Scalar:
    """x right of 0, yx left of it, where y is learned.

    >>> prelu(-2.0, 0.25)
    -0.5
    """
    return FUNCTIONS["leaky_relu"](x, y)


@composed
def rrelu(x: OperandOrMatrix, lower: float = 1 / 8, upper: float = 1 / 3, /) -> Scalar:
    """x right of 0, left of it with the mean of the slopes that it has at random while it is trained.

    >>> rrelu(-2.0, 0.25, 0.75)
    -1.0
    """
    return FUNCTIONS["leaky_relu"](x, FUNCTIONS["mean"](lower, upper))


@composed
def threshold(x: OperandOrMatrix, bound: OperandOrMatrix, value: OperandOrMatrix, /) -> Scalar:
    """x above a bound, at it and below a value.

    >>> threshold(0.5, 1.0, 20.0)
    20.0
    """
    return FUNCTIONS["where"](FUNCTIONS["greater"](x, bound), x, value)


@composed
def softmin(*values: Operand | MatrixLike | Iterable[Operand], axis: Along = None) -> Scalar:
    """The softmax of what is large where the values are small; of a matrix over all elements, or along axes.

    >>> softmin([0.0, 0.0])
    [0.5, 0.5]
    """
    if (A := matrix_of_values("softmin", values, axis)) is not None:
        return FUNCTIONS["softmax"](-A, axis=axis)
    return FUNCTIONS["softmax"]([-x for x in at_least_one("softmin", values)])


@composed
def cumsum(*values: Operand | MatrixLike | Iterable[Operand], axis: Along = None) -> Scalar:
    """The sums of the first one, two, three, ... of some values; of a matrix as ``numpy.cumsum``.

    >>> cumsum([1.0, 2.0, 3.0])
    [1.0, 3.0, 6.0]
    """
    if (A := matrix_of_values("cumsum", values, axis)) is not None:
        return A.cumsum(axis)
    return list(accumulate(many(*values), FUNCTIONS["add"]))


@composed
def median(
    *values: Operand | MatrixLike | Iterable[Operand], axis: Along = None, keepdims: bool = False
) -> Scalar:
    """The middle one, or the mean of the two in the middle; of a matrix of all elements, or of those along axes.

    Values that tie for a place share its derivative equally.

    >>> median([1.0, 7.0, 2.0]), median(1.0, 7.0, 2.0, 4.0)
    (2.0, 3.0)
    """
    if (A := matrix_of_values("median", values, axis)) is not None:
        return A._over_axes(median, axis=axis, keepdims=keepdims)
    operands = at_least_one("median", values)
    half = len(operands) // 2
    upper = kth_smallest(operands, half + 1)
    return upper if len(operands) % 2 else FUNCTIONS["mean"](kth_smallest(operands, half), upper)


@composed
def quantile(
    values: MatrixLike | Iterable[Operand], q: Operand, /, *, axis: Along = None, keepdims: bool = False
) -> Scalar:
    """What a share q of the values lie below, on the line between two of them, as in NumPy; else as ``median``.

    >>> quantile([1.0, 2.0, 4.0], 0.75)
    3.0
    """
    if (A := matrix_of_values("quantile", [values], axis)) is not None:
        return A._over_axes(quantile, q, axis=axis, keepdims=keepdims)
    operands = at_least_one("quantile", [values])
    share = float(q if isinstance(q, Value) else number(q, "quantile: q"))
    if not 0 <= share <= 1:
        raise ValueError(f"quantile: needs a share between 0 and 1, got {q!r}")
    place = share * (len(operands) - 1)
    k = math.floor(place)
    low = kth_smallest(operands, k + 1)
    return low if place == k else FUNCTIONS["lerp"](low, kth_smallest(operands, k + 2), place - k)


def kth_smallest(operands: Sequence[Operand], k: int) -> Scalar:
    return FUNCTIONS["kthvalue"](operands, k)
