"""Worlds of arrays: the primitives for NumPy and JAX, so that a row of the table computes many numbers.

They follow IEEE: outside of an operation's domain stand nan and infinity, as NumPy's users expect.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

__all__ = ["NUMPY", "Arrays", "NumpyArrays"]

SAME_NAME = [
    "exp",
    "expm1",
    "log",
    "log1p",
    "sqrt",
    "sin",
    "cos",
    "tan",
    "sinh",
    "cosh",
    "tanh",
    "hypot",
    "abs",
    "sign",
    "maximum",
    "minimum",
    "divide",
]
OTHER_NAME = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "atan2": "arctan2", "pow": "power"}


class Arrays:
    """The primitives of a library that has NumPy's functions."""

    def __init__(self, library: Any) -> None:
        self.library = library
        for name in SAME_NAME:
            setattr(self, name, getattr(library, name))
        for name, there in OTHER_NAME.items():
            setattr(self, name, getattr(library, there))
        self.ieee_pow = library.power

    def __getattr__(self, name: str) -> Callable[..., Any]:
        raise AttributeError(f"the world of {self.library.__name__} has no primitive {name!r}")

    def where(self, condition: Any, x: Any, y: Any) -> Any:
        return self.library.where(condition != 0, x, y)

    def sigmoid(self, x: Any) -> Any:
        e = self.library.exp(-self.library.abs(x))
        return self.library.where(x >= 0, 1 / (1 + e), e / (1 + e))

    def xlogy(self, x: Any, y: Any) -> Any:
        return self.library.where(x == 0, 0.0, x * self.library.log(y))

    def greater(self, x: Any, y: Any) -> Any:
        return (x > y) * 1.0

    def greater_equal(self, x: Any, y: Any) -> Any:
        return (x >= y) * 1.0

    def less(self, x: Any, y: Any) -> Any:
        return (x < y) * 1.0

    def less_equal(self, x: Any, y: Any) -> Any:
        return (x <= y) * 1.0

    def equal(self, x: Any, y: Any) -> Any:
        return (x == y) * 1.0

    # On arrays in a list, from the left, or stacked in one array.

    def sum(self, xs: Any) -> Any:
        return sum(xs) if isinstance(xs, list | tuple) else xs.sum(axis=0)

    def prod(self, xs: Any) -> Any:
        return math.prod(xs) if isinstance(xs, list | tuple) else xs.prod(axis=0)

    def max(self, xs: Any) -> Any:
        stacked = not isinstance(xs, list | tuple)
        return xs.max(axis=0) if stacked else functools.reduce(self.library.maximum, xs)

    def min(self, xs: Any) -> Any:
        stacked = not isinstance(xs, list | tuple)
        return xs.min(axis=0) if stacked else functools.reduce(self.library.minimum, xs)

    shift = max

    def norm(self, xs: Sequence[Any]) -> Any:
        return functools.reduce(self.library.hypot, xs, 0.0)

    def before(self, combine: str, start: float, xs: Any) -> Any:
        """For each array in a stack what those before it come to."""
        running = {"add": self.library.cumsum, "mul": self.library.cumprod}[combine](xs[:-1], axis=0)
        return self.library.concatenate([self.library.full_like(xs[:1], start), running])

    def after(self, combine: str, start: float, xs: Any) -> Any:
        return self.before(combine, start, xs[::-1])[::-1]

    def dot(self, xs: Sequence[Any], ys: Sequence[Any], bias: Any) -> Any:
        return functools.reduce(operator.add, map(operator.mul, xs, ys), bias)


class NumpyArrays(Arrays):
    """NumPy's primitives; it has no error function, so that Python's is called for each number."""

    def __init__(self) -> None:
        super().__init__(np)

    def where(self, condition: Any, x: Any, y: Any) -> Any:
        return np.where(np.asarray(condition) != 0, x, y)

    def norm(self, xs: Any) -> Any:
        stacked = not isinstance(xs, list | tuple)
        return np.hypot.reduce(xs, axis=0) if stacked else super().norm(xs)

    def erf(self, x: Any) -> Any:
        return np.frompyfunc(math.erf, 1, 1)(x).astype(np.asarray(x).dtype)

    def erfc(self, x: Any) -> Any:
        return np.frompyfunc(math.erfc, 1, 1)(x).astype(np.asarray(x).dtype)


NUMPY = NumpyArrays()
