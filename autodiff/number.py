"""What counts as a number here: a check for each that comes in, with advice where it is none."""

from __future__ import annotations

import numbers
from collections.abc import Iterable
from fractions import Fraction
from typing import TypeAlias

__all__ = ["Number", "advice", "number"]

Number: TypeAlias = float | Fraction  # a float may be an int


def number(x: object, where: str) -> Number:
    """Check that an operand is a real number, and turn NumPy's scalars into Python's.

    Args:
        x: What was given.
        where: What it was given as, for the message.

    Raises:
        TypeError: It is no real number; the message says what to write instead.

    >>> number(3, "pow: operand")
    3
    """
    if isinstance(x, int | float | Fraction) and x.__class__ in EXACTLY:
        return x
    if not isinstance(x, bool):
        if isinstance(x, numbers.Integral):
            return int(x)
        if isinstance(x, Fraction):
            return x
        if isinstance(x, numbers.Real):
            return float(x)
    raise TypeError(
        f"{where} must be a real number or a Value, not {x!r} of type {type(x).__name__}{advice(x)}"
    )


EXACTLY = {float, int, Fraction}  # what needs no conversion; bool is an int too, and no number


def advice(x: object) -> str:
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
