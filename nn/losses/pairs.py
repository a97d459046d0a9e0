"""Pairs of predictions and targets, from one of each or from a sequence of each."""

from __future__ import annotations

import numbers
from collections.abc import Sequence

from autodiff import Value
from nn.values import ValueOrNumber, ValuesOrNumbers, as_list

__all__ = ["check_lengths", "pairs_of"]


def pairs_of(
    loss: str, prediction: ValuesOrNumbers, target: ValuesOrNumbers
) -> list[tuple[ValueOrNumber, ValueOrNumber]]:
    """Return (prediction, target) pairs; one alone makes one pair.

    Args:
        loss: How error messages call the loss.
        prediction: A Value or a number, or a sequence of them.
        target: As many of what it is compared with.

    Raises:
        TypeError: A prediction is neither a Value nor a number.
        ValueError: There are no predictions, or more or less than targets.

    >>> pairs_of("mse", [0.5, 1.5], (0, 1))
    [(0.5, 0), (1.5, 1)]
    """
    predictions, targets = as_list(prediction), as_list(target)
    check_lengths(loss, predictions, targets)
    for i, each in enumerate(predictions):
        if not isinstance(each, Value | numbers.Real):
            raise TypeError(f"{loss}: prediction {i} is {type(each).__name__}, not a Value or a number")
    return list(zip(predictions, targets, strict=True))


def check_lengths(loss: str, predictions: Sequence[object], targets: Sequence[object]) -> None:
    """Refuse no predictions, and more or less than targets.

    Raises:
        ValueError: There are none, or more or less than targets.

    >>> check_lengths("mse", [0.5], [0, 1])
    Traceback (most recent call last):
    ...
    ValueError: mse: 1 predictions, but 2 targets
    """
    if len(predictions) != len(targets):
        raise ValueError(f"{loss}: {len(predictions)} predictions, but {len(targets)} targets")
    if not predictions:
        raise ValueError(f"{loss}: no predictions: the loss of nothing is not defined")
