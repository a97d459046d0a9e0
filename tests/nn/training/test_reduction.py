"""Tests of nn/training/reduction.py: a mean, a sum, and losses that are neither."""

from __future__ import annotations

import math
from typing import Any

import pytest

import autodiff
from autodiff import Value
from nn import half_squared_error, hinge, mse
from nn.training.reduction import reduction_of

SIDES = [1, -1, -1, 1, 1, -1, 1, 1, -1, 1]


def worst(outputs: list[Any], targets: list[Any]) -> Any:
    return autodiff.max([(o - t) ** 2 for o, t in zip(outputs, targets, strict=True)])


def weighted(outputs: list[Any], targets: list[int]) -> Any:
    """Hinge with a weight a class, over the sum of the weights in the batch, as PyTorch's losses do."""
    weights = [3.0 if y > 0 else 1.0 for y in targets]
    singles = hinge(outputs, targets, reduction="none")
    return autodiff.dot(singles, weights) / sum(weights)


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        (hinge, "mean"),
        (lambda outputs, targets: hinge(outputs, targets, reduction="sum") / 32, "sum"),
        (lambda outputs, targets: hinge(outputs, targets) + 0.01, "mean"),
        (lambda outputs, targets: hinge(outputs, targets, reduction="sum") + 0.01, None),
        (lambda outputs, targets: autodiff.logsumexp(hinge(outputs, targets, reduction="none")), None),
        (weighted, None),
        (worst, None),
    ],
)
@pytest.mark.parametrize("start", [0.0, 0.5, 50.0])
def test_reductions(loss: Any, expected: str | None, start: float) -> None:
    samples = [(Value(start), y) for y in SIDES]

    assert reduction_of(loss, samples) == expected


@pytest.mark.parametrize("others", [0, 1, 5])
@pytest.mark.parametrize(("loss", "expected"), [(mse, "mean"), (half_squared_error, "sum")])
def test_samples_whose_loss_is_not_finite_are_left_out(loss: Any, expected: str, others: int) -> None:
    samples = [(Value(0.5), float(y)) for y in range(others)]

    found = reduction_of(loss, [*samples, (Value(0.25), math.nan), (Value(0.75), math.inf)])
    assert found == (expected if others else None)
