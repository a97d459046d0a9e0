"""Tests of nn/losses/regression.py."""

from __future__ import annotations

from autodiff import Value
from nn import half_squared_error


def test_targets_of_a_regression_may_be_values() -> None:
    target = Value(1.0)

    half_squared_error(Value(3.0), target).backward()

    assert target.grad == -2.0
