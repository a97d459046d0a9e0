"""Checks of the numbers that users hand over: sizes, counts, rates."""

from __future__ import annotations

import math
import numbers
import operator
from typing import SupportsIndex

from nn.values import Number, unpacked

__all__ = ["count", "in_range"]


def count(what: str, number: object) -> int:
    """Return a number of things, at least one of them, as an int.

    Args:
        what: How error messages call it.
        number: An int, one of NumPy's included.

    Raises:
        TypeError: It is no int.
        ValueError: It is below 1.

    >>> count("epochs", 3)
    3
    >>> count("epochs", 0)
    Traceback (most recent call last):
    ...
    ValueError: epochs must be at least 1, got 0
    """
    if isinstance(number, bool) or not isinstance(number, SupportsIndex):
        raise TypeError(f"{what} must be an int, not {type(number).__name__} {number!r}")
    found = operator.index(number)
    if found < 1:
        raise ValueError(f"{what} must be at least 1, got {found}")
    return found


def in_range(what: str, number: Number, low: float, high: float) -> Number:
    """Return the number if low <= number < high.

    Args:
        what: How error messages call it.
        number: A real number; a Fraction stays one, and one of NumPy becomes one of Python.
        low: The smallest that is allowed.
        high: What it must stay below.

    Raises:
        TypeError: It is no number.
        ValueError: It is out of range, or nan.

    >>> in_range("momentum", 0.9, 0, 1)
    0.9
    """
    if isinstance(number, bool) or not isinstance(number, numbers.Real):
        raise TypeError(f"{what} must be a number, not {type(number).__name__} {number!r}")
    if not low <= number < high:
        limits = (
            f"from {low} up to, but not including, {high}"
            if high < math.inf
            else f"finite and at least {low}"
        )
        raise ValueError(f"{what} must be {limits}, got {number}")
    plain: Number = unpacked(number)
    return plain
