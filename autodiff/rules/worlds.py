"""The worlds that a rule can run in: the primitives (exp, tanh, where, ...) for floats and exact fractions.

A world is an object whose attributes are the primitives. Here are the worlds of plain numbers and of mpmath;
the worlds of Values and of symbols are in calculus/second.py and writing/symbols.py, that of arrays with the
compiler's engines. Whoever needs a new primitive adds it to Floats, which says what it does, and a line to
the table of each language that rows are written in: NAMES (NumPy and JAX), INSTRUCTIONS (LLVM), TEMPLATES or
primitives.js (JavaScript), LANGUAGES (source code), ELEMENTARY (SymPy); mpmath has most. A test names the
tables that lack it.
"""

from __future__ import annotations

import functools
import math
import operator
import sys
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from autodiff.rules.derived import Derived, Scalar

__all__ = [
    "FLOATS",
    "FRACTIONS",
    "Floats",
    "Fractions",
    "Mpmath",
    "Scalar",
    "UnknownPrimitive",
    "World",
    "added",
    "world_of",
]

World: TypeAlias = Any  # an object with the primitives of Floats, for scalars of one kind


class UnknownPrimitive(AttributeError):  # noqa: N818 - says what is unknown, as KeyError does
    """A row uses a primitive that the table of a language lacks."""

    def __init__(self, row: str, primitive: str, table: str) -> None:
        super().__init__(f"the row {row!r} uses the primitive {primitive!r}, which {table} lacks")


def from_the_left(xs: Iterable[Scalar], start: Scalar = 0) -> Scalar:
    """Add up from left to right, each sum rounded: from Python 3.12 on ``sum`` of floats is compensated.

    >>> from_the_left([1e16, 1.0, -1e16])
    0.0
    """
    return functools.reduce(operator.add, xs, start)


added = sum if sys.version_info < (3, 12) else from_the_left  # the same numbers, and the faster of the two


class Floats(Derived):
    """Primitives on floats; the ones that only compare or add keep fractions exact too."""

    exp = staticmethod(math.exp)
    expm1 = staticmethod(math.expm1)
    log = staticmethod(math.log)
    log1p = staticmethod(math.log1p)
    log2 = staticmethod(math.log2)
    log10 = staticmethod(math.log10)
    exp2 = staticmethod(math.exp2)
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
    asinh = staticmethod(math.asinh)
    acosh = staticmethod(math.acosh)
    atanh = staticmethod(math.atanh)
    erf = staticmethod(math.erf)
    erfc = staticmethod(math.erfc)
    gamma = staticmethod(math.gamma)
    lgamma = staticmethod(math.lgamma)
    hypot = staticmethod(math.hypot)
    atan2 = staticmethod(math.atan2)
    abs = staticmethod(abs)
    prod = staticmethod(math.prod)

    @staticmethod
    def sigmoid(x: Scalar) -> Scalar:
        """1 / (1 + exp(-x)), where neither tail overflows or loses digits."""
        if x >= 0:
            return 1 / (1 + math.exp(-x))
        e = math.exp(x)
        return e / (1 + e)

    @staticmethod
    def pow(x: Scalar, y: Scalar) -> Scalar:
        z = x**y
        if z.__class__ is complex:
            raise ValueError("the result is not a real number")
        return z

    @staticmethod
    def ieee_pow(x: Scalar, y: Scalar) -> Scalar:
        """x ** y, infinite where Python raises: for partials at the border of the domain."""
        try:
            z = x**y
        except (ZeroDivisionError, OverflowError):
            return -math.inf if x < 0 and y % 2 == 1 else math.inf
        return math.nan if z.__class__ is complex else z

    @staticmethod
    def xlogy(x: Scalar, y: Scalar) -> Scalar:
        """x log(y): 0 where x is 0, nan where y is negative."""
        if x == 0:
            return 0
        return x * math.log(y) if y > 0 else x * -math.inf if y == 0 else math.nan

    @staticmethod
    def floor(x: Scalar) -> Scalar:
        """The largest whole number that is not larger; infinities and nan stay."""
        return x // 1 if x - x == 0 else x

    @staticmethod
    def fmod(x: Scalar, y: Scalar) -> Scalar:
        """What is left of x after whole multiples of y, with the sign of x; exact."""
        if y == 0:
            raise ZeroDivisionError("modulo by zero")
        return math.fmod(x, y)

    @staticmethod
    def divide(x: Scalar, y: Scalar) -> Scalar:
        """x / y, infinite or nan at y = 0."""
        return x / y if y else x * math.inf

    @staticmethod
    def gap(x: Scalar, y: Scalar) -> Scalar:
        """x - y, and 0 where both are the same infinity."""
        found = x - y
        return found if found == found or x != y else 0.0

    @staticmethod
    def where(condition: Scalar, x: Scalar, y: Scalar) -> Scalar:
        return x if condition else y

    @staticmethod
    def sum(xs: Sequence[Scalar]) -> Scalar:
        """Only a sum of nothing but -0.0 is -0.0, as everywhere in IEEE 754: Python begins with 0."""
        return added(xs, -0.0) if xs else 0

    # As in IEEE 754 (2019), nan is larger and smaller than all numbers, and 0.0 larger than -0.0.

    @staticmethod
    def maximum(x: Scalar, y: Scalar) -> Scalar:
        if x > y or x != x:
            return x
        return x + y if x == y == 0 else y

    @staticmethod
    def minimum(x: Scalar, y: Scalar) -> Scalar:
        if x < y or x != x:
            return x
        return (x if math.copysign(1, x) < 0 else y) if x == y == 0 else y

    @staticmethod
    def greater(x: Scalar, y: Scalar) -> int:
        return 1 if x > y else 0

    @staticmethod
    def greater_equal(x: Scalar, y: Scalar) -> int:
        return 1 if x >= y else 0

    @staticmethod
    def less(x: Scalar, y: Scalar) -> int:
        return 1 if x < y else 0

    @staticmethod
    def less_equal(x: Scalar, y: Scalar) -> int:
        return 1 if x <= y else 0

    @staticmethod
    def equal(x: Scalar, y: Scalar) -> int:
        return 1 if x == y else 0

    @staticmethod
    def sign(x: Scalar) -> Scalar:
        return 1 if x > 0 else -1 if x < 0 else abs(x)  # 0 or nan

    @staticmethod
    def max(xs: Sequence[Scalar]) -> Scalar:
        for x in xs:
            if x != x:
                return x
        return max(xs) or functools.reduce(Floats.maximum, xs)

    @staticmethod
    def min(xs: Sequence[Scalar]) -> Scalar:
        for x in xs:
            if x != x:
                return x
        return min(xs) or functools.reduce(Floats.minimum, xs)

    shift = max

    @staticmethod
    def kthvalue(xs: Sequence[Scalar], k: Scalar) -> Scalar:
        return next((x for x in xs if x != x), None) or sorted(xs)[int(k) - 1]

    @staticmethod
    def norm(xs: Sequence[Scalar]) -> float:
        return math.hypot(*xs)

    @staticmethod
    def dot(xs: Iterable[Scalar], ys: Iterable[Scalar], bias: Scalar) -> Scalar:
        return added(map(operator.mul, xs, ys), bias)


def exact_where_rational(function: Callable[[Scalar], Scalar], at: int) -> Callable[[Scalar], Scalar]:
    """Let an elementary function of a fraction stay exact at the one point where it is rational."""

    def wrapped(x: Scalar) -> Scalar:
        z = function(x)
        return Fraction(z) if x == at and isinstance(x, Fraction) else z

    return wrapped


def exact(function: Callable[..., Scalar]) -> Callable[..., Scalar]:
    """Turn the whole numbers that a primitive may choose, such as relu's 0, into fractions."""

    def wrapped(*xs: Scalar) -> Scalar:
        z = function(*xs)
        return Fraction(z) if isinstance(z, int) else z

    return wrapped


class Fractions(Floats):
    """The same, exact wherever the result of fractions is rational: sigmoid(0) = 1/2, sqrt(4/9) = 2/3."""

    @staticmethod
    def sum(xs: Sequence[Scalar]) -> Scalar:
        return added(xs)

    exp, exp2, expm1, log1p, erf, erfc, sigmoid = (  # type: ignore[assignment]
        staticmethod(exact_where_rational(function, 0))
        for function in (math.exp, math.exp2, math.expm1, math.log1p, math.erf, math.erfc, Floats.sigmoid)
    )
    asinh, atanh = (staticmethod(exact_where_rational(function, 0)) for function in (math.asinh, math.atanh))
    log2, log10, acosh = (
        staticmethod(exact_where_rational(function, 1)) for function in (math.log2, math.log10, math.acosh)
    )
    sin, cos, tan, asin, atan, sinh, cosh, tanh = (
        staticmethod(exact_where_rational(function, 0))
        for function in (math.sin, math.cos, math.tan, math.asin, math.atan, math.sinh, math.cosh, math.tanh)
    )
    log = staticmethod(exact_where_rational(math.log, 1))  # type: ignore[assignment]
    maximum, minimum, sign, floor = (
        staticmethod(exact(function))
        for function in (Floats.maximum, Floats.minimum, Floats.sign, Floats.floor)
    )

    @staticmethod
    def fmod(x: Scalar, y: Scalar) -> Scalar:
        if y and isinstance(x, Fraction | int) and isinstance(y, Fraction | int):
            rest = abs(x) % abs(y)  # type: ignore[operator]
            return -rest if x < 0 else rest
        return Floats.fmod(x, y)

    @staticmethod
    def sqrt(x: Scalar) -> Scalar:
        if isinstance(x, Fraction) and x >= 0:
            root = Fraction(math.isqrt(x.numerator), math.isqrt(x.denominator))
            if root * root == x:
                return root
        return math.sqrt(x)

    @staticmethod
    def hypot(*xs: Scalar) -> Scalar:
        return Fractions.norm(xs)

    @staticmethod
    def norm(xs: Sequence[Scalar]) -> Scalar:
        exact = all(isinstance(x, Fraction | int) for x in xs)
        return Fractions.sqrt(Fraction(sum(x * x for x in xs))) if exact else math.hypot(*xs)

    @staticmethod
    def divide(x: Scalar, y: Scalar) -> Scalar:
        if y and isinstance(x, int) and isinstance(y, int):
            return Fraction(x, y)
        return Floats.divide(x, y)


class Mpmath:
    """Primitives of mpmath, at its working precision: the measure for the others. Needs mpmath."""

    def __init__(self) -> None:
        import mpmath

        self.mpmath = mpmath

    def __getattr__(self, name: str) -> Scalar:
        try:
            return getattr(self.mpmath, name)
        except AttributeError:
            raise AttributeError(
                f"mpmath has no {name!r}, and neither has Mpmath in autodiff/rules/worlds.py"
            ) from None

    def sigmoid(self, x: Scalar) -> Scalar:
        return 1 / (1 + self.mpmath.exp(-x))

    def log2(self, x: Scalar) -> Scalar:
        return self.mpmath.log(x, 2)

    def exp2(self, x: Scalar) -> Scalar:
        return self.mpmath.mpf(2) ** x

    def name(self, text: str) -> Scalar:
        """A named constant, such as π."""
        return {"π": self.mpmath.pi}[text]

    def lgamma(self, x: Scalar) -> Scalar:
        return self.mpmath.log(abs(self.mpmath.gamma(x)))

    def cbrt(self, x: Scalar) -> Scalar:
        return self.mpmath.sign(x) * self.mpmath.cbrt(abs(x))

    def rint(self, x: Scalar) -> Scalar:
        return self.mpmath.nint(x)

    def fmod(self, x: Scalar, y: Scalar) -> Scalar:
        rest = self.mpmath.fmod(abs(x), abs(y))
        return -rest if x < 0 else rest

    def abs(self, x: Scalar) -> Scalar:
        return abs(x)

    def pow(self, x: Scalar, y: Scalar) -> Scalar:
        return self.mpmath.mpf(x) ** y

    ieee_pow = pow

    def xlogy(self, x: Scalar, y: Scalar) -> Scalar:
        return x * self.mpmath.log(y) if x else 0

    def gaussian(self, x: Scalar, scale: float = 1.0) -> Scalar:
        return self.mpmath.exp(-scale * x * x)

    def sum(self, xs: Iterable[Scalar]) -> Scalar:
        return sum(xs)

    def prod(self, xs: Iterable[Scalar]) -> Scalar:
        return math.prod(xs)

    def norm(self, xs: Sequence[Scalar]) -> Scalar:
        return self.mpmath.sqrt(sum(x * x for x in xs))

    divide = staticmethod(Floats.divide)
    gap = staticmethod(Floats.gap)
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
    kthvalue = staticmethod(Floats.kthvalue)
    dot = staticmethod(Floats.dot)
    normalized = Floats.normalized


FLOATS, FRACTIONS = Floats(), Fractions()


def world_of(xs: Iterable[Scalar]) -> Floats:
    return FRACTIONS if Fraction in set(map(type, xs)) else FLOATS
