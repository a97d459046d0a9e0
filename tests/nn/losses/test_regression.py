"""Tests of nn/losses/regression.py."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from autodiff import Value
from nn import half_mse, half_squared_error, mse


def test_targets_of_a_regression_may_be_values() -> None:
    target = Value(1.0)

    half_squared_error(Value(3.0), target).backward()

    assert target.grad == -2.0


@pytest.mark.parametrize(
    ("loss", "value", "slopes"),
    [(half_squared_error, 6.5, [2.0, -3.0]), (mse, 6.5, [2.0, -3.0]), (half_mse, 3.25, [1.0, -1.5])],
)
def test_losses_and_their_slopes(loss: Callable[..., Value], value: float, slopes: list[float]) -> None:
    predictions = [Value(3.0), Value(-1.0)]

    found = loss(predictions, [1, 2])
    found.backward()

    assert found.data == value
    assert [prediction.grad for prediction in predictions] == slopes
