"""Primitives that are made of other primitives: the same in every world that has no better of its own.

A world inherits ``Derived``, so that a language which rows are written in needs no line for these. mpmath, SymPy and
symbols have functions of these names.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterator, Sequence
from math import factorial, inf, nan, pi
from typing import Any, TypeAlias

__all__ = ["Derived", "Scalar", "horner", "off_whole", "split", "where_positive"]

Scalar: TypeAlias = Any  # what a world computes with: a float, a Fraction, an array, a Value, a symbol, ...

FAR = 10  # how far digamma and polygamma go to the right, where their series have all digits
# Bernoulli's numbers B2, B4, ...
BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798)


def horner(x: Scalar, coefficients: tuple[float, ...]) -> Scalar:
    """The polynomial with these coefficients, that of the highest power last.

    >>> horner(10, (1, 2, 3))
    321
    """
    found: Scalar = coefficients[-1]
    for coefficient in coefficients[-2::-1]:
        found = coefficient + x * found
    return found


def split(x: Scalar) -> tuple[Scalar, Scalar]:
    """Two halves of the digits of x, whose products are exact (Dekker 1971)."""
    high = 134217729 * x - (134217729 * x - x)  # 2**27 + 1
    return high, x - high


def off_whole(m: Scalar, x: Scalar) -> Scalar:
    """How far x is from the nearest whole number: exact, so that sin(πx) has its digits beside its zeros."""
    return x - m.rint(x)


def where_positive(m: Scalar, x: Scalar, value: Scalar) -> Scalar:
    """A value that is defined for x >= 0 only: elsewhere the root of x raises an error, or is nan in an array."""
    return m.where(m.greater_equal(m.sqrt(x), 0), value, nan)


def exchanges(n: int) -> Iterator[tuple[int, int]]:
    """Pairs of places that sort any n numbers if each pair is put in order (Batcher 1968)."""
    width = 1
    while width < n:
        step = width
        while step:
            for first in range(step % width, n - step, 2 * step):
                for low in range(first, first + min(step, n - first - step)):
                    if low // (2 * width) == (low + step) // (2 * width):
                        yield low, low + step
            step //= 2
        width *= 2


class Derived:
    """Such primitives, as methods of a world."""

    def rint(self: Scalar, x: Scalar) -> Scalar:
        """The nearest whole number, of two the even one."""
        low = self.floor(x)
        rest = x - low
        even = 2 * self.floor((low + 1) / 2)
        return self.where(self.less(rest, 0.5), low, self.where(self.greater(rest, 0.5), low + 1, even))

    def cbrt(self: Scalar, x: Scalar) -> Scalar:
        """A power, and one step of Newton's method, which leaves 0.7 ulp, and none at cubes: glibc's errs by 3."""
        size = self.abs(x)
        plain = self.where(self.equal(size, 0) + self.equal(size, inf), 1, size)
        root = plain ** (1 / 3)
        root = root - (root - plain / (root * root)) / 3
        return self.where(self.equal(plain, size), self.where(self.less(x, 0), -root, root), x)

    def gaussian(self: Scalar, x: Scalar, scale: float = 1.0) -> Scalar:
        """exp(-scale x²), accurate in the tails: x is split so that the large square is exact."""
        x = self.minimum(self.abs(x), 64)  # beyond, the result is 0, but the split would overflow
        high, low = split(x)
        return self.exp(-scale * (high * high)) * self.exp(-scale * (low * (x + high)))

    def normalized(self: Scalar, xs: Scalar) -> Scalar:
        """Logarithms of shares, as they are; slopes that are added up in a sweep need more, see ``Spelled``."""
        return xs

    def digamma(self: Scalar, x: Scalar) -> Scalar:
        """The slope of ln Γ, from far right by ψ(x) = ψ(x + 1) - 1/x, and by reflection left of 0."""
        reflected = self.less(x, 0)
        size = self.where(reflected, 1 - x, x)
        far = size + FAR
        inverse = 1 / (far * far)
        series = horner(inverse, tuple(b / (2 * k) for k, b in enumerate(BERNOULLI[:7], 1)))
        value = self.log(far) - 1 / (2 * far) - inverse * series
        for k in range(FAR):
            value = value - 1 / (size + k)
        off = self.where(reflected, off_whole(self, x), 0.25)
        return self.where(reflected, value - pi / self.tan(pi * off), value)

    def polygamma(self: Scalar, n: Scalar, x: Scalar) -> Scalar:
        """The n-th derivative of digamma right of 0; all terms have one sign."""
        far = x + FAR
        terms, inverse = [1 + n / (2 * far)], 1 / (far * far)
        rising = n * (n + 1) * inverse  # n (n + 1) ... (n + 2k - 1), by the 2k-th power
        for k, b in enumerate(BERNOULLI, 1):
            terms.append(rising * (b / factorial(2 * k)))
            rising = rising * ((n + 2 * k) * (n + 2 * k + 1) * inverse)
        near = functools.reduce(operator.add, [self.ieee_pow(x + k, -(n + 1)) for k in range(FAR)])
        series = functools.reduce(operator.add, terms[::-1])
        size = self.gamma(n) * (self.pow(far, -n) * series + n * near)
        return self.where(self.greater_equal(1 / self.sqrt(x), 0), self.pow(-1.0, n + 1) * size, nan)

    def kthvalue(self: Scalar, xs: Sequence[Scalar], k: Scalar) -> Scalar:
        """The k-th smallest, by a network that exchanges larger and smaller ones."""
        found = list(xs)
        for low, high in exchanges(len(found)):
            x, y = found[low], found[high]
            found[low], found[high] = self.minimum(x, y), self.maximum(x, y)
        chosen = found[0]
        for place, x in enumerate(found[1:], 2):
            chosen = self.where(self.equal(k, place), x, chosen)
        return chosen
