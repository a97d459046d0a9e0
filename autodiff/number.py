"""What counts as a number here: a check for each that comes in, with advice where it is none."""

from __future__ import annotations

import math
import numbers
import reprlib
from collections.abc import Iterable
from fractions import Fraction
from typing import TypeAlias

__all__ = ["Number", "advice", "fits_a_float", "number", "plain_data"]

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
    kind = x.__class__
    if kind is float or kind is int or kind is Fraction:
        return x  # type: ignore[return-value]
    if not isinstance(x, bool):
        if isinstance(x, numbers.Integral):
            return int(x)
        if isinstance(x, Fraction):
            return x
        if isinstance(x, numbers.Real):
            return float(x)
        if getattr(x, "ndim", None) == 0 and hasattr(x, "item"):  # an array or a tensor of one number
            return number(x.item(), where)
    raise TypeError(
        f"{where} must be a real number or a Value, not {x!r} of type {type(x).__name__}{advice(x)}"
    )


def plain_data(x: object, where: str) -> Number:
    """What a node holds of a number: a fraction stays one, everything else becomes a float.

    Raises:
        TypeError: It is no real number.
        OverflowError: It is too large for a float.

    >>> plain_data(2, "data"), plain_data(Fraction(1, 3), "data")
    (2.0, Fraction(1, 3))
    """
    if x.__class__ is float:
        return x
    found = number(x, where)
    try:
        return found if isinstance(found, Fraction) else float(found)
    except OverflowError as error:
        raise OverflowError(f"{where} = {reprlib.repr(found)} is too large for a float") from error


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


def fits_a_float(x: Number) -> bool:
    """Tell whether a number is finite as a float; a fraction or a whole number may be too large for one.

    >>> fits_a_float(2.5), fits_a_float(math.inf), fits_a_float(10**400)
    (True, False, False)
    """
    try:
        return math.isfinite(x)
    except OverflowError:
        return False
