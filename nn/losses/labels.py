"""Labels of samples, checked: numbers of some kind, to which no gradient flows."""

from __future__ import annotations

import numbers
import operator
from typing import SupportsIndex

from autodiff import Value
from nn.values import Number, ValueOrNumber

__all__ = ["class_label", "fraction_label", "number_label", "sign_label"]


def number_label(loss: str, i: int, label: ValueOrNumber) -> Number:
    """Return a label that is a number.

    Args:
        loss: How error messages call the loss.
        i: Whose label it is.
        label: The label.

    Raises:
        TypeError: It is something else.

    >>> number_label("hinge", 0, 0.5)
    0.5
    """
    if isinstance(label, Value):
        raise TypeError(f"{loss}: label {i} is a Value, but no gradient flows to labels: pass its .data")
    if not isinstance(label, numbers.Real):
        raise TypeError(f"{loss}: label {i} is {label!r}, not a number")
    return label


def sign_label(loss: str, i: int, label: ValueOrNumber) -> Number:
    """Return a label that is -1 or 1.

    Raises:
        TypeError: It is no number.
        ValueError: It is another number.

    >>> sign_label("hinge", 0, 0)
    Traceback (most recent call last):
    ...
    ValueError: hinge: label 0 is 0, it must be -1 or 1; map 0/1 labels with 2 * y - 1
    """
    sign = number_label(loss, i, label)
    if isinstance(label, bool) or sign not in (-1, 1):
        hint = "; map 0/1 labels with 2 * y - 1" if sign in (0, 1) else ""
        raise ValueError(f"{loss}: label {i} is {label!r}, it must be -1 or 1{hint}")
    return sign


def fraction_label(loss: str, i: int, label: ValueOrNumber) -> Number:
    """Return a label from 0 to 1; True and False become 1 and 0.

    Raises:
        TypeError: It is no number.
        ValueError: It is outside.

    >>> fraction_label("logloss", 0, True)
    1
    """
    fraction = number_label(loss, i, label)
    if not 0 <= fraction <= 1:
        hint = "; map -1/1 labels with (y + 1) / 2" if fraction == -1 else ""
        raise ValueError(f"{loss}: label {i} is {label!r}, it must lie from 0 to 1{hint}")
    return fraction + 0


def class_label(loss: str, i: int, label: object, logits: list[ValueOrNumber]) -> int:
    """Return a label that is the index of a class.

    Raises:
        TypeError: It is no int.
        ValueError: It is the index of no class.

    >>> class_label("cross_entropy", 0, 1, [0.5, 1.5])
    1
    """
    if isinstance(label, bool) or not isinstance(label, SupportsIndex):
        raise TypeError(f"{loss}: label {i} is {label!r}, it must be the index of a class, an int")
    index = operator.index(label)
    if not 0 <= index < len(logits):
        raise ValueError(
            f"{loss}: label {i} is {index}, but {len(logits)} logits allow 0 to {len(logits) - 1}"
        )
    return index
