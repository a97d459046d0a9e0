"""Tests of nn/losses/pairs.py, through the losses: one or many, lengths."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from autodiff import Value
from nn import cross_entropy, half_mse, half_squared_error, hinge, logloss, logloss_with_logits, mse

LOSSES = [half_squared_error, mse, half_mse, hinge, logloss, logloss_with_logits]


@pytest.mark.parametrize("loss", LOSSES)
def test_one_prediction_is_a_sequence_of_one(loss: Callable[..., Any]) -> None:
    assert loss(Value(0.25), 1).data == loss([Value(0.25)], [1]).data
    assert loss(0.25, 1) == loss([0.25], [1])


@pytest.mark.parametrize("loss", LOSSES)
def test_lengths(loss: Callable[..., Any]) -> None:
    name = loss.__name__

    with pytest.raises(ValueError, match=f"{name}: 2 predictions, but 1 targets"):
        loss([0.5, 0.5], [1])
    with pytest.raises(ValueError, match=f"{name}: 1 predictions, but 2 targets"):
        loss(Value(0.5), [1, 1])
    with pytest.raises(ValueError, match=f"{name}: no predictions"):
        loss([], [])
    with pytest.raises(TypeError, match=f"{name}: prediction 0 is list, not a Value or a number"):
        loss([[0.5]], [1])
    with pytest.raises(TypeError, match=f"{name}: prediction 0 is str, not a Value or a number"):
        loss("0.5", 1)


def test_lengths_of_cross_entropy() -> None:
    with pytest.raises(ValueError, match="cross_entropy: 1 predictions, but 2 targets"):
        cross_entropy([[1.0, 2.0]], [0, 1])
    with pytest.raises(ValueError, match="cross_entropy: no predictions"):
        cross_entropy([], [])
