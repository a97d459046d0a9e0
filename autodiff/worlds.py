"""The worlds that a rule can run in: the primitives (exp, tanh, where, ...) for floats and exact fractions.

A world is an object whose attributes are the primitives. Here are the worlds of plain numbers and of mpmath;
the worlds of Values and of symbols are in second.py and symbols.py.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

__all__ = ["FLOATS", "FRACTIONS", "Floats", "Fractions", "Mpmath"]


class Floats:
    """Primitives on floats; the ones that only compare or add keep fractions exact too."""

    exp = staticmethod(math.exp)
    expm1 = staticmethod(math.expm1)
    log = staticmethod(math.log)
    log1p = staticmethod(math.log1p)
    sqrt = staticmethod(math.sqrt)
    sin = staticmethod(math.sin)
    cos = staticmethod(math.cos)
    tan = staticmethod(math.tan)
    asin = staticmethod(math.asin)
    acos = staticmethod(math.acos)
    atan = staticmethod(math.atan)
    sinh = staticmethod(math.sinh)
    cosh = staticmethod(math.cosh)
    tanh = staticmethod(math.tanh)
    erf = staticmethod(math.erf)
    erfc = staticmethod(math.erfc)
    hypot = staticmethod(math.hypot)
    atan2 = staticmethod(math.atan2)
    abs = staticmethod(abs)
    sum = staticmethod(sum)
    prod = staticmethod(math.prod)

    @staticmethod
    def sigmoid(x: Any) -> Any:
        """1 / (1 + exp(-x)), where neither tail overflows or loses digits."""
        if x >= 0:
            return 1 / (1 + math.exp(-x))
        e = math.exp(x)
        return e / (1 + e)

    @staticmethod
    def pow(x: Any, y: Any) -> Any:
        z = x**y
        if isinstance(z, complex):
            raise ValueError("the result is not a real number")
        return z

    @staticmethod
    def ieee_pow(x: Any, y: Any) -> Any:
        """x ** y, infinite where Python raises: for partials at the border of the domain."""
        try:
            z = x**y
        except (ZeroDivisionError, OverflowError):
            return -math.inf if x < 0 and y % 2 == 1 else math.inf
        return math.nan if isinstance(z, complex) else z

    @staticmethod
    def xlogy(x: Any, y: Any) -> Any:
        """x log(y): 0 where x is 0, nan where y is negative."""
        if x == 0:
            return 0
        return x * math.log(y) if y > 0 else -math.inf if y == 0 else math.nan

    @staticmethod
    def divide(x: Any, y: Any) -> Any:
        """x / y, infinite or nan at y = 0."""
        return x / y if y else x * math.inf

    @staticmethod
    def where(condition: Any, x: Any, y: Any) -> Any:
        return x if condition else y

    @staticmethod
    def maximum(x: Any, y: Any) -> Any:
        return x if x >= y or x != x else y

    @staticmethod
    def minimum(x: Any, y: Any) -> Any:
        return x if x <= y or x != x else y

    @staticmethod
    def greater(x: Any, y: Any) -> int:
        return 1 if x > y else 0

    @staticmethod
    def greater_equal(x: Any, y: Any) -> int:
        return 1 if x >= y else 0

    @staticmethod
    def less(x: Any, y: Any) -> int:
        return 1 if x < y else 0

    @staticmethod
    def less_equal(x: Any, y: Any) -> int:
        return 1 if x <= y else 0

    @staticmethod
    def equal(x: Any, y: Any) -> int:
        return 1 if x == y else 0

    @staticmethod
    def sign(x: Any) -> Any:
        return 1 if x > 0 else -1 if x < 0 else x * 0  # keeps nan

    @staticmethod
    def max(xs: Sequence[Any]) -> Any:
        for x in xs:
            if x != x:
                return x
        return max(xs)

    @staticmethod
    def min(xs: Sequence[Any]) -> Any:
        for x in xs:
            if x != x:
                return x
        return min(xs)

    shift = max

    @staticmethod
    def norm(xs: Sequence[Any]) -> float:
        return math.hypot(*xs)

    @staticmethod
    def dot(xs: Iterable[Any], ys: Iterable[Any], bias: Any) -> Any:
        return sum(map(operator.mul, xs, ys), bias)


def exact_where_rational(function: Callable[[Any], Any], at: int) -> Callable[[Any], Any]:
    """Let an elementary function of a fraction stay exact at the one point where it is rational."""

    def wrapped(x: Any) -> Any:
        z = function(x)
        return Fraction(z) if x == at and isinstance(x, Fraction) else z

    return wrapped


def exact(function: Callable[..., Any]) -> Callable[..., Any]:
    """Turn the whole numbers that a primitive may choose, such as relu's 0, into fractions."""

    def wrapped(*xs: Any) -> Any:
        z = function(*xs)
        return Fraction(z) if isinstance(z, int) else z

    return wrapped


class Fractions(Floats):
    """The same, exact wherever the result of fractions is rational: sigmoid(0) = 1/2, sqrt(4/9) = 2/3."""

    exp, expm1, log1p, erf, erfc, sigmoid = (  # type: ignore[assignment]
        staticmethod(exact_where_rational(function, 0))
        for function in (math.exp, math.expm1, math.log1p, math.erf, math.erfc, Floats.sigmoid)
    )
    sin, cos, tan, asin, atan, sinh, cosh, tanh = (
        staticmethod(exact_where_rational(function, 0))
        for function in (math.sin, math.cos, math.tan, math.asin, math.atan, math.sinh, math.cosh, math.tanh)
    )
    log = staticmethod(exact_where_rational(math.log, 1))  # type: ignore[assignment]
    maximum, minimum, sign = (
        staticmethod(exact(function)) for function in (Floats.maximum, Floats.minimum, Floats.sign)
    )

    @staticmethod
    def sqrt(x: Any) -> Any:
        if isinstance(x, Fraction) and x >= 0:
            root = Fraction(math.isqrt(x.numerator), math.isqrt(x.denominator))
            if root * root == x:
                return root
        return math.sqrt(x)

    @staticmethod
    def hypot(*xs: Any) -> Any:
        return Fractions.norm(xs)

    @staticmethod
    def norm(xs: Sequence[Any]) -> Any:
        exact = all(isinstance(x, Fraction | int) for x in xs)
        return Fractions.sqrt(Fraction(sum(x * x for x in xs))) if exact else math.hypot(*xs)

    @staticmethod
    def divide(x: Any, y: Any) -> Any:
        if y and isinstance(x, int) and isinstance(y, int):
            return Fraction(x, y)
        return Floats.divide(x, y)


class Mpmath:
    """Primitives of mpmath, at its working precision: the measure for the others. Needs mpmath."""

    def __init__(self) -> None:
        import mpmath

        self.mpmath = mpmath

    def __getattr__(self, name: str) -> Any:
        return getattr(self.mpmath, name)

    def sigmoid(self, x: Any) -> Any:
        return 1 / (1 + self.mpmath.exp(-x))

    def abs(self, x: Any) -> Any:
        return abs(x)

    def pow(self, x: Any, y: Any) -> Any:
        return self.mpmath.mpf(x) ** y

    ieee_pow = pow

    def xlogy(self, x: Any, y: Any) -> Any:
        return x * self.mpmath.log(y) if x else 0

    def sum(self, xs: Iterable[Any]) -> Any:
        return sum(xs)

    def prod(self, xs: Iterable[Any]) -> Any:
        return math.prod(xs)

    def norm(self, xs: Sequence[Any]) -> Any:
        return self.mpmath.sqrt(sum(x * x for x in xs))

    divide = staticmethod(Floats.divide)
    where = staticmethod(Floats.where)
    maximum = staticmethod(Floats.maximum)
    minimum = staticmethod(Floats.minimum)
    greater = staticmethod(Floats.greater)
    greater_equal = staticmethod(Floats.greater_equal)
    less = staticmethod(Floats.less)
    less_equal = staticmethod(Floats.less_equal)
    equal = staticmethod(Floats.equal)
    sign = staticmethod(Floats.sign)
    max = shift = staticmethod(Floats.max)
    min = staticmethod(Floats.min)
    dot = staticmethod(Floats.dot)


FLOATS, FRACTIONS = Floats(), Fractions()
