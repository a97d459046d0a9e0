"""What counts as a number here: a check for each that comes in, with advice where it is none."""

from __future__ import annotations

import math
import numbers
import reprlib
from collections.abc import Iterable
from fractions import Fraction
from typing import TypeAlias

__all__ = [
    "Number",
    "advice",
    "check_only_numbers",
    "fits_a_float",
    "holds_one_object",
    "number",
    "plain_data",
]

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
        single = getattr(x, "ndim", None) == 0 and not isinstance(x, numbers.Complex)
        if single and hasattr(x, "item"):  # an array or a tensor of one number
            check_only_numbers(x, where)
            return number(x.item(), where)
    raise TypeError(
        f"{where} must be a real number or a Value, not {x!r} of type {type(x).__name__}{advice(x)}"
    )


def holds_one_object(x: object) -> bool:
    """Whether it is an array without axes of an object, which may be a node, as NumPy's functions make of one."""
    if hasattr(x, "_record"):  # what is traced, or a matrix: asked for its axes it would be taken apart
        return False
    return getattr(x, "ndim", None) == 0 and getattr(getattr(x, "dtype", None), "char", "") == "O"


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


def check_only_numbers(x: object, where: str) -> None:
    """Check that an array or a tensor holds nothing but its numbers, as the rest would be lost without a word.

    Raises:
        TypeError: It has a mask, labels, a graph or an arithmetic of its own, or is sparse.

    >>> import numpy as np
    >>> check_only_numbers(np.ma.array([1.0, 2.0], mask=[False, True]), "x")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    TypeError: x is a MaskedArray, whose mask would be lost: pass x.filled(...), or the mask as numbers and ...
    """
    kind = type(x)
    if not hasattr(x, "ndim") or (kind.__module__ == "numpy" and kind.__name__ in ("ndarray", "memmap")):
        return
    lost = what_would_be_lost(x, [f"{base.__module__}.{base.__name__}" for base in kind.__mro__])
    if lost:
        raise TypeError(f"{where} is a {kind.__name__}, whose {lost}")


def what_would_be_lost(x: object, kinds: list[str]) -> str:
    """What an array has besides its numbers, and what to write instead; "" if nothing."""
    if hasattr(x, "filled") and hasattr(x, "mask"):
        return "mask would be lost: pass x.filled(...), or the mask as numbers and where(mask, ..., x)"
    if getattr(x, "requires_grad", False):
        return "graph would be cut, and no derivative would come back to it: pass x.detach()"
    if any(kind.startswith("jax.") and kind.endswith(".Tracer") for kind in kinds):
        return "derivative JAX would take for 0: use program.to_jax() of compile, or pass plain numbers"
    if hasattr(x, "toarray"):
        return "zeros are left out: pass x.toarray()"
    if hasattr(x, "iloc") or hasattr(x, "coords"):
        return "labels would be lost, as numbers go by their position here: pass x.to_numpy()"
    if "numpy.ndarray" in kinds and not kinds[0].startswith("autodiff."):  # ours are matrices of Values
        return "own arithmetic would be lost: pass np.asarray(x)"
    return ""


def advice(x: object) -> str:
    """Say what to do instead."""
    if isinstance(x, bool):
        return ": write 1.0 or 0.0"
    if isinstance(x, str | bytes):
        return ": convert it with float(...) first"
    if isinstance(x, numbers.Complex):
        return ": only real numbers are differentiated here; use one Value each for real and imaginary part"
    if x is None:
        return ": did a function forget its return?"
    if hasattr(x, "ndim"):
        return ": make it a matrix, autodiff.matrix.matrix(x), to whose elements functions of the table apply"
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
