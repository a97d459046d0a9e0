"""Losses of predictions that are to be near a number: squared errors, summed or averaged.

>>> y_hat = Value(3.0)
>>> half_squared_error(y_hat, 1).data, mse(y_hat, 1).data, half_mse(y_hat, 1).data
(2.0, 4.0, 2.0)
"""

from __future__ import annotations

import numbers
from typing import overload

from autodiff import Value, mean
from autodiff import sum as total
from nn.losses.pairs import pairs_of
from nn.values import Nodes, Number, Numbers, ValueOrNumber, ValuesOrNumbers

__all__ = ["half_mse", "half_squared_error", "mse"]


@overload
def half_squared_error(prediction: Nodes, target: ValuesOrNumbers) -> Value: ...
@overload
def half_squared_error(prediction: Numbers, target: Numbers) -> Number: ...
def half_squared_error(prediction: ValuesOrNumbers, target: ValuesOrNumbers) -> ValueOrNumber:
    """Return ½ (ŷ - y)², summed over a sequence; its derivative is ŷ - y.

    Args:
        prediction: One ŷ, or a sequence of them.
        target: One y, or as many as there are predictions.

    Raises:
        TypeError: A prediction or a target is neither a Value nor a number.
        ValueError: There are no predictions, or more or less than targets.

    >>> y_hat = Value(3.0)
    >>> half_squared_error(y_hat, 1).backward()
    >>> y_hat.grad
    2.0
    """
    loss: ValueOrNumber = total(squared_errors("half_squared_error", prediction, target)) / 2
    return loss


@overload
def mse(prediction: Nodes, target: ValuesOrNumbers) -> Value: ...
@overload
def mse(prediction: Numbers, target: Numbers) -> Number: ...
def mse(prediction: ValuesOrNumbers, target: ValuesOrNumbers) -> ValueOrNumber:
    """Return the mean squared error Σ (ŷ - y)² / n.

    Args:
        prediction: One ŷ, or a sequence of them.
        target: One y, or as many as there are predictions.

    Raises:
        TypeError: A prediction or a target is neither a Value nor a number.
        ValueError: There are no predictions, or more or less than targets.

    >>> mse([1.0, 1.0], [2, 1])
    0.5
    """
    loss: ValueOrNumber = mean(squared_errors("mse", prediction, target))
    return loss


@overload
def half_mse(prediction: Nodes, target: ValuesOrNumbers) -> Value: ...
@overload
def half_mse(prediction: Numbers, target: Numbers) -> Number: ...
def half_mse(prediction: ValuesOrNumbers, target: ValuesOrNumbers) -> ValueOrNumber:
    """Return Σ (ŷ - y)² / (2n), the form whose derivative is (ŷ - y) / n.

    Args:
        prediction: One ŷ, or a sequence of them.
        target: One y, or as many as there are predictions.

    Raises:
        TypeError: A prediction or a target is neither a Value nor a number.
        ValueError: There are no predictions, or more or less than targets.

    >>> half_mse([1.0, 1.0], [2, 1])
    0.25
    """
    squares = squared_errors("half_mse", prediction, target)
    loss: ValueOrNumber = total(squares) / (2 * len(squares))
    return loss


def squared_errors(loss: str, prediction: ValuesOrNumbers, target: ValuesOrNumbers) -> list[ValueOrNumber]:
    """Return (ŷ - y)² for each prediction."""
    pairs = pairs_of(loss, prediction, target)
    for i, (_, y) in enumerate(pairs):
        if not isinstance(y, Value | numbers.Real):
            raise TypeError(f"{loss}: target {i} is {type(y).__name__}, not a Value or a number")
    return [(y_hat - y) ** 2 for y_hat, y in pairs]
