"""Worlds of arrays: the primitives for NumPy and JAX, so that a row of the table computes many numbers.

They follow IEEE: outside of an operation's domain stand nan and infinity, as NumPy's users expect.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import TypeAlias

import numpy as np

from autodiff.compiler.flat.data import Flat
from autodiff.compiler.flat.places import has_nan
from autodiff.compiler.front.tape import rule_named
from autodiff.rules.derived import Derived
from autodiff.rules.worlds import Scalar
from autodiff.writing.kernels import check_primitives

__all__ = ["NAMES", "NUMPY", "Array", "Arrays", "NumpyArrays"]

Array: TypeAlias = Scalar  # an array of the library, what stands for one while JAX traces, or a number

NAMES = {  # what NumPy and JAX call a primitive
    "exp": "exp", "expm1": "expm1", "log": "log", "log1p": "log1p", "sqrt": "sqrt",
    "log2": "log2", "log10": "log10", "exp2": "exp2", "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh",
    "sin": "sin", "cos": "cos", "tan": "tan", "asin": "arcsin", "acos": "arccos", "atan": "arctan",
    "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "hypot": "hypot", "atan2": "arctan2",
    "abs": "abs", "sign": "sign", "maximum": "maximum", "minimum": "minimum", "divide": "divide",
    "pow": "power", "floor": "floor", "fmod": "fmod",
}  # fmt: skip
NARROW = 8  # numbers in an array up to which a running sum is faster than one sum after the other
WRITTEN_AS_SIGNS = ("add", "sub", "mul", "truediv", "neg", "pow")  # primitives that Python writes as signs


class Arrays(Derived):
    """The primitives of a library that has NumPy's functions."""

    def __init__(self, library: ModuleType) -> None:
        self.library = library

    def __getattr__(self, name: str) -> Callable[..., Array]:
        """A primitive of the table; looked up once."""
        if name not in NAMES:
            raise AttributeError(f"the world of {self.library.__name__} has no primitive {name!r}")
        found: Callable[..., Array] = getattr(self.library, NAMES[name])
        setattr(self, name, found)
        return found

    def check(self, program: Flat) -> None:
        """Check that the rows of a program use primitives that are there.

        Raises:
            UnknownPrimitive: One does not.
        """
        table = f"NAMES in autodiff/compiler/engines/numpy/arrays.py ({self.library.__name__})"
        for code, operation in zip(*np.unique(program.codes, return_index=True), strict=True):
            rule = rule_named(program.rules[code])
            arity = int(program.arities[operation]) - rule.vector
            check_primitives(rule, arity, self.knows, table)

    def knows(self, primitive: str) -> bool:
        return primitive in WRITTEN_AS_SIGNS or hasattr(self, primitive)

    def where(self, condition: Array, x: Array, y: Array) -> Array:
        return self.library.where(condition != 0, x, y)

    def sigmoid(self, x: Array) -> Array:
        e = self.library.exp(-self.library.abs(x))
        return self.library.where(x >= 0, 1 / (1 + e), e / (1 + e))

    def xlogy(self, x: Array, y: Array) -> Array:
        return self.library.where(x == 0, 0.0, x * self.library.log(y))

    def ieee_pow(self, x: Array, y: Array) -> Array:
        return self.library.power(self.library.where((x == 0) & (y < 0), 0.0, x), y)  # -0.0 counts as 0

    def gap(self, x: Array, y: Array) -> Array:
        return self.library.where((x == y) & self.library.isinf(x), 0, x - y)

    def greater(self, x: Array, y: Array) -> Array:
        return self.as_numbers(x > y, x, y)

    def greater_equal(self, x: Array, y: Array) -> Array:
        return self.as_numbers(x >= y, x, y)

    def less(self, x: Array, y: Array) -> Array:
        return self.as_numbers(x < y, x, y)

    def less_equal(self, x: Array, y: Array) -> Array:
        return self.as_numbers(x <= y, x, y)

    def equal(self, x: Array, y: Array) -> Array:
        return self.as_numbers(x == y, x, y)

    def as_numbers(self, flags: Array, x: Array, y: Array) -> Array:
        """1 where flags hold and 0 elsewhere."""
        return flags * 1.0

    # On arrays in a list, from the left, or stacked in one array.

    def sum(self, xs: Array) -> Array:
        if isinstance(xs, list | tuple):
            return functools.reduce(operator.add, xs) if xs else 0.0
        return xs.sum(axis=0)

    def prod(self, xs: Array) -> Array:
        return math.prod(xs) if isinstance(xs, list | tuple) else xs.prod(axis=0)

    def max(self, xs: Array) -> Array:
        stacked = not isinstance(xs, list | tuple)
        return xs.max(axis=0) if stacked else functools.reduce(self.maximum, xs)

    def min(self, xs: Array) -> Array:
        stacked = not isinstance(xs, list | tuple)
        return xs.min(axis=0) if stacked else functools.reduce(self.minimum, xs)

    shift = max

    def norm(self, xs: Sequence[Array]) -> Array:
        return functools.reduce(self.library.hypot, xs, 0.0)

    def before(self, combine: str, start: float, xs: Array) -> Array:
        """For each array in a stack what those before it come to."""
        running = {"add": self.library.cumsum, "mul": self.library.cumprod}[combine](xs[:-1], axis=0)
        return self.library.concatenate([self.library.full_like(xs[:1], start), running])

    def after(self, combine: str, start: float, xs: Array) -> Array:
        return self.before(combine, start, xs[::-1])[::-1]

    def dot(self, xs: Sequence[Array], ys: Sequence[Array], bias: Array) -> Array:
        return functools.reduce(operator.add, map(operator.mul, xs, ys), bias)


class NumpyArrays(Arrays):
    """NumPy's primitives; it has neither erf nor gamma, so that Python's are called for each number."""

    def __init__(self) -> None:
        super().__init__(np)

    def where(self, condition: Array, x: Array, y: Array) -> Array:
        return np.where(np.asarray(condition) != 0, x, y)

    def as_numbers(self, flags: Array, x: Array, y: Array) -> Array:
        """In the type of what is compared: 1.0 alone would give 64 bits."""
        return np.asarray(flags, getattr(x, "dtype", None) or getattr(y, "dtype", float))

    def gap(self, x: Array, y: Array) -> Array:
        found = np.subtract(np.asarray(x), y)
        return super().gap(x, y) if has_nan(found) else found

    # NumPy leaves open which of 0.0 and -0.0 is the larger one: see Floats.

    def maximum(self, x: Array, y: Array) -> Array:
        found = np.maximum(x, y)
        if isinstance(y, int):  # 0, as in relu
            return found + 0.0
        return found if np.all(found) else np.where(both_zero(x, y), np.add(x, y), found)

    def minimum(self, x: Array, y: Array) -> Array:
        if isinstance(y, int):
            return np.where(np.greater(x, y), float(y), x)
        found = np.minimum(x, y)
        return found if np.all(found) else np.where(both_zero(x, y), -np.subtract(np.negative(x), y), found)

    def sum(self, xs: Array) -> Array:
        return super().sum(xs) if isinstance(xs, list | tuple) else np.add.reduce(xs, axis=0, initial=-0.0)

    def max(self, xs: Array) -> Array:
        found = super().max(xs)
        return found if np.all(found) else functools.reduce(self.maximum, list(xs))

    def min(self, xs: Array) -> Array:
        found = super().min(xs)
        return found if np.all(found) else functools.reduce(self.minimum, list(xs))

    def before(self, combine: str, start: float, xs: Array) -> Array:
        """Array after array where they are wide, as NumPy goes along the first axis number by number."""
        xs = np.asarray(xs)
        if xs[0].size <= NARROW:
            return super().before(combine, start, xs)
        found = np.empty_like(xs)
        found[0] = start
        function = {"add": np.add, "mul": np.multiply}[combine]
        for sofar, own, following in zip(found, xs, found[1:], strict=False):
            function(sofar, own, out=following)
        return found

    def norm(self, xs: Array) -> Array:
        stacked = not isinstance(xs, list | tuple)
        return np.hypot.reduce(xs, axis=0) if stacked else super().norm(xs)

    def erf(self, x: Array) -> Array:
        return for_each(math.erf, x)

    def erfc(self, x: Array) -> Array:
        return for_each(math.erfc, x)

    def gamma(self, x: Array) -> Array:
        return for_each(ieee(math.gamma), x)

    def lgamma(self, x: Array) -> Array:
        return for_each(ieee(math.lgamma), x)


def for_each(function: Callable[[float], float], x: Array) -> Array:
    return np.asarray(np.frompyfunc(function, 1, 1)(x)).astype(np.asarray(x).dtype)


def ieee(function: Callable[[float], float]) -> Callable[[float], float]:
    """gamma or lgamma with inf and nan where Python raises."""

    def wrapped(x: float) -> float:
        try:
            return function(x)
        except OverflowError:
            return math.inf
        except ValueError:
            return math.inf if function is math.lgamma else math.copysign(math.inf, x) if x == 0 else math.nan

    return wrapped


def both_zero(x: Array, y: Array) -> Array:
    return np.equal(x, 0) & np.equal(y, 0)


NUMPY = NumpyArrays()
