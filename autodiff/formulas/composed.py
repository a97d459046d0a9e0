"""Functions that need no row, as rows make them in a line: dist, sumprod, ldexp, prelu, softmin, cumsum, median, ...

They give nodes of those rows, so that pictures, engines and languages know them already.

>>> from autodiff import Value
>>> x, y = Value(3.0), Value(4.0)
>>> dist([x, y], [0, 0]).data, median([x, y, 9.0]).data
(5.0, 4.0)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate

from autodiff.functions import Operand
from autodiff.operations import FUNCTIONS
from autodiff.rules.worlds import Scalar

__all__ = ["COMPOSED"]

COMPOSED: dict[str, Callable[..., Scalar]] = {}


def composed(function: Callable[..., Scalar]) -> Callable[..., Scalar]:
    """Make a function one of the package's."""
    function.__module__ = "autodiff"  # where pickle and help() find it
    COMPOSED[function.__name__] = function
    return function


@composed
def fabs(x: Operand, /) -> Scalar:
    """|x|, by the name that it has in ``math``.

    >>> fabs(-2.0)
    2.0
    """
    return FUNCTIONS["abs"](x)


@composed
def ldexp(x: Operand, i: int, /) -> Scalar:
    """x times 2 to the power i, a plain whole number.

    >>> ldexp(0.75, 2)
    3.0
    """
    halves = i // 2, i - i // 2  # as 2**i may overflow where the product does not
    for exponent in (i,) if abs(i) < 1023 else halves:
        x = x * math.ldexp(1.0, exponent)
    return x


@composed
def dist(p: Iterable[Operand], q: Iterable[Operand], /) -> Scalar:
    """The distance of two points. Where they are one, the derivatives are 0, as those of ``norm``.

    >>> dist([1.0, 2.0], [4.0, 6.0])
    5.0
    """
    return FUNCTIONS["norm"]([x - y for x, y in zip(p, q, strict=True)])


@composed
def sumprod(p: Iterable[Operand], q: Iterable[Operand], /) -> Scalar:
    """The sum of products, by the name that it has in ``math``.

    >>> sumprod([1.0, 2.0], [3.0, 4.0])
    11.0
    """
    return FUNCTIONS["dot"](p, q)


@composed
def prelu(x: Operand, y: Operand = 0.25, /) -> Scalar:
    """x right of 0, yx left of it, where y is learned.

    >>> prelu(-2.0, 0.25)
    -0.5
    """
    return FUNCTIONS["leaky_relu"](x, y)


@composed
def rrelu(x: Operand, lower: float = 1 / 8, upper: float = 1 / 3, /) -> Scalar:
    """x right of 0, left of it with the mean of the slopes that it has at random while it is trained.

    >>> rrelu(-2.0, 0.25, 0.75)
    -1.0
    """
    return FUNCTIONS["leaky_relu"](x, (lower + upper) / 2)


@composed
def threshold(x: Operand, bound: Operand, value: Operand, /) -> Scalar:
    """x above a bound, at it and below a value.

    >>> threshold(0.5, 1.0, 20.0)
    20.0
    """
    return FUNCTIONS["where"](FUNCTIONS["greater"](x, bound), x, value)


@composed
def softmin(values: Iterable[Operand], /) -> Scalar:
    """The softmax of what is large where the values are small.

    >>> softmin([0.0, 0.0])
    [0.5, 0.5]
    """
    return FUNCTIONS["softmax"]([-x for x in values])


@composed
def cumsum(values: Iterable[Operand], /) -> list[Scalar]:
    """The sums of the first one, two, three, ... of some values.

    >>> cumsum([1.0, 2.0, 3.0])
    [1.0, 3.0, 6.0]
    """
    return list(accumulate(values, FUNCTIONS["add"]))


@composed
def median(values: Iterable[Operand], /) -> Scalar:
    """The middle one, or the mean of the two in the middle. Values that tie for a place share its derivative equally.

    >>> median([1.0, 7.0, 2.0]), median([1.0, 7.0, 2.0, 4.0])
    (2.0, 3.0)
    """
    operands = tuple(values)
    half = len(operands) // 2
    upper = kth_smallest(operands, half + 1)
    return upper if len(operands) % 2 else FUNCTIONS["mean"](kth_smallest(operands, half), upper)


@composed
def quantile(values: Iterable[Operand], q: float, /) -> Scalar:
    """What a share q of the values lie below, on the line between two of them, as in NumPy; ties as of ``median``.

    >>> quantile([1.0, 2.0, 4.0], 0.75)
    3.0
    """
    operands = tuple(values)
    if not 0 <= q <= 1:
        raise ValueError(f"quantile: needs a share between 0 and 1, got {q!r}")
    place = float(q) * (len(operands) - 1)
    k = math.floor(place)
    low = kth_smallest(operands, k + 1)
    return low if place == k else FUNCTIONS["lerp"](low, kth_smallest(operands, k + 2), place - k)


def kth_smallest(operands: Sequence[Operand], k: int) -> Scalar:
    return FUNCTIONS["kthvalue"](operands, k)
