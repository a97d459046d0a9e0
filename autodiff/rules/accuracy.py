"""How far a row may err where no constant bounds it: errors in units in the last place, by operands.

Each function takes the operands and the exact result, and gives the number of units that rounding may cost.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from math import gamma, inf, log, ulp
from sys import float_info

from autodiff.rules.worlds import Scalar

__all__ = [
    "CANCELS",
    "CANCELS_ALL",
    "celu_ulps",
    "digamma_ulps",
    "dot_ulps",
    "fma_ulps",
    "gamma_ulps",
    "gelu_tanh_ulps",
    "gelu_ulps",
    "lerp_ulps",
    "logsumexp_ulps",
    "mean_ulps",
    "pow_ulps",
    "silu_ulps",
    "sinc_ulps",
    "softmax_ulps",
    "std_ulps",
    "sum_ulps",
    "truediv_ulps",
    "var_ulps",
]

CANCELS = "relative to the sum of the sizes of the terms, which may cancel"
CANCELS_ALL = "relative to the largest operand, which the mean may cancel"


def in_ulps(error: Scalar, exact: Scalar) -> float:
    """Count an error, given in units of 2**-52, in units in the last place of the exact number."""
    return float(error) / (ulp(min(abs(float(exact)), float_info.max)) * 2**52)


def sum_ulps(xs: Sequence[Scalar], exact: Scalar) -> float:
    """One rounding a term, relative to the sum of the terms' sizes."""
    return 4 + in_ulps(len(xs) * sum(map(abs, xs)) / 2, exact)


def mean_ulps(xs: Sequence[Scalar], exact: Scalar) -> float:
    return 4 + in_ulps(sum(map(abs, xs)) / 2, exact)


def dot_ulps(xs: Sequence[Scalar], exact: Scalar) -> float:
    n = len(xs) // 2
    return sum_ulps([*map(operator.mul, xs[:n], xs[n:-1]), xs[-1]], exact)


def pow_ulps(xs: Sequence[Scalar], exact: Scalar) -> float:
    x, y = abs(float(xs[0])), float(xs[1])
    if x == 0 or y == 0:
        return 4
    size = y * log(x)
    if (y < 0.5 and size - log(x) > 709) or (xs[0] < 0 and abs(y) >= 2**53):
        return inf
    return 4 + (abs(log(x)) + abs(size) if y < 0.5 or size < -700 else 0)


def truediv_ulps(xs: Sequence[Scalar], exact: Scalar) -> float:
    x, y = xs
    return 4 + (in_ulps(2**-1022 / abs(y), exact) if abs(x / y) < 2**-1022 else 0)


def gelu_ulps(xs: Sequence[Scalar], exact: Scalar) -> float:
    (x,) = xs
    return 4 + 2 * float(min(x**2, 1600)) + (in_ulps(1, exact) if x > -1 else 0)


def silu_ulps(xs: Sequence[Scalar], exact: Scalar) -> float:
    (x,) = map(float, xs)
    return 4 + (-x if x < -708 else in_ulps(1, exact) if -2 < x < 0 else 0)


def softmax_ulps(xs: Sequence[Scalar], exact: Scalar) -> float:
    """Rounding moves x - max by half a unit in its last place at most; beyond 745 its exp is 0."""
    top = max(xs)
    return 4 + len(xs) + max(float(top - x) for x in xs if top - x < 746)


def logsumexp_ulps(xs: Sequence[Scalar], exact: Scalar) -> float:
    """max and log, which is log(n) at most, may cancel."""
    cancels = -2 * log(len(xs)) < max(xs) < 0
    return softmax_ulps(xs, exact) + (in_ulps(4 * log(len(xs)), exact) if cancels else 0)


def celu_ulps(xs: Sequence[Scalar], exact: Scalar) -> float:
    x, y = xs
    return 4 + min(abs(float(min(x, 0) / y)), 750) / 2


def gelu_tanh_ulps(xs: Sequence[Scalar], exact: Scalar) -> float:
    (x,) = (min(float(x), 0) for x in xs)
    size = min(-1.6 * (x + 0.0447 * x * x * x), 750)  # of 2u
    return 4 + 4 * size + (in_ulps(1, exact) if -1 < x < 0 else 0)


def lerp_ulps(xs: Sequence[Scalar], exact: Scalar) -> float:
    x, y, w = map(abs, xs)
    return 4 + in_ulps((1 + w) * (x + y) + 1, exact)


def fma_ulps(xs: Sequence[Scalar], exact: Scalar) -> float:
    x, y, _ = map(abs, xs)
    return inf if x * y < 1e-290 or x * y > 1e300 or x > 1e300 or y > 1e300 else 4


def digamma_ulps(xs: Sequence[Scalar], exact: Scalar) -> float:
    """As many digits as the terms have, which are of the size of 1 and, left of 0, of that of a cotangent."""
    return 8 + in_ulps(8, exact)


def gamma_ulps(xs: Sequence[Scalar], exact: Scalar) -> float:
    (x,) = map(float, xs)
    return 16 + in_ulps(8 * abs(gamma(x)) * (1 + log(1 + abs(x))), exact)


def sinc_ulps(xs: Sequence[Scalar], exact: Scalar) -> float:
    (x,) = (abs(float(x)) for x in xs)
    return 4 + (in_ulps(2 / x, exact) if x > 0.5 else 0)


def var_ulps(xs: Sequence[Scalar], exact: Scalar) -> float:
    """The deviations are right relative to the largest operand; a variance adds up their squares."""
    size, spread = size_and_spread(xs)
    return len(xs) + in_ulps(2 * size * max(spread, 1), exact)


def std_ulps(xs: Sequence[Scalar], exact: Scalar) -> float:
    size, spread = size_and_spread(xs)
    return len(xs) + in_ulps(size / (min(spread, 1) or 1), exact)


def size_and_spread(xs: Sequence[Scalar]) -> tuple[float, float]:
    """The size of the largest operand, but no subnormal one, and how far they lie apart."""
    operands = list(map(float, xs[:-1]))
    return max(*map(abs, operands), 2**-1022), max(operands) - min(operands)
