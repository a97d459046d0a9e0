"""Tests of nn/losses/classification.py: extremes, reductions, probabilities, and compiled losses."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autodiff
from autodiff import Value
from nn import cross_entropy, hinge, logloss, logloss_with_logits


@pytest.mark.parametrize("loss", [hinge, logloss, logloss_with_logits])
def test_reductions(loss: Callable[..., Any]) -> None:
    single = [loss(0.25, 1), loss(0.5, 1)]

    assert loss([0.25, 0.5], [1, 1], reduction="none") == single
    assert loss([0.25, 0.5], [1, 1], reduction="sum") == pytest.approx(sum(single), rel=1e-15)
    assert loss([0.25, 0.5], [1, 1]) == pytest.approx(sum(single) / 2, rel=1e-15)
    assert loss(0.25, 1, reduction="none") == single[:1]
    with pytest.raises(ValueError, match="reduction must be 'mean', 'sum' or 'none', not 'max'"):
        loss(0.25, 1, reduction="max")


@pytest.mark.parametrize(
    ("z", "y", "expected"), [(800.0, 1, 0.0), (800.0, 0, 800.0), (-800.0, 1, 800.0), (40.0, 1, math.exp(-40))]
)
def test_logits_at_their_extremes(z: float, y: int, expected: float) -> None:
    value = Value(z)

    loss = logloss_with_logits(value, y)
    loss.backward()

    assert loss.data == pytest.approx(expected, rel=1e-15, abs=1e-300)
    assert value.grad == pytest.approx(
        autodiff.sigmoid(z) - y if y == 0 else -autodiff.sigmoid(-z), rel=1e-15
    )


def test_logloss_of_tiny_probabilities() -> None:
    assert logloss(1e-300, 1) == pytest.approx(300 * math.log(10), rel=1e-15)
    assert logloss(1e-300, 0) == pytest.approx(1e-300, rel=1e-15)


def test_cross_entropy() -> None:
    z = [Value(1.0), Value(2.0), Value(-1.0)]
    total = sum(math.exp(each.data) for each in z)

    loss = cross_entropy(z, 1)
    loss.backward()

    assert loss.data == pytest.approx(math.log(total) - 2.0, rel=1e-14)
    expected = [math.exp(each.data) / total - (i == 1) for i, each in enumerate(z)]
    assert [each.grad for each in z] == pytest.approx(expected, rel=1e-13)


def test_cross_entropy_of_rows() -> None:
    rows = [[1.0, 2.0], [0.5, -1.0]]
    single = [cross_entropy(rows[0], 1), cross_entropy(rows[1], 0)]

    assert cross_entropy(rows, [1, 0]) == pytest.approx(sum(single) / 2, rel=1e-15)
    assert cross_entropy(rows, [1, 0], reduction="sum") == pytest.approx(sum(single), rel=1e-15)
    assert cross_entropy(rows, [1, 0], reduction="none") == single


def test_cross_entropy_at_its_extremes() -> None:
    assert cross_entropy([Value(1e4), Value(-1e4)], 0).data == 0.0
    assert cross_entropy([Value(1e4), Value(-1e4)], 1).data == 2e4


@pytest.mark.parametrize("p", [0.0, 1.0, -0.5, 1.5, math.nan, math.inf])
def test_probabilities_outside_their_range(p: float) -> None:
    with pytest.raises(
        ValueError, match=r"logloss: probability 1 is .*between 0 and 1 .*logloss_with_logits"
    ):
        logloss([Value(0.5), Value(p)], [1, 1])


@pytest.mark.parametrize(
    ("loss", "predictions", "labels", "refused"),
    [
        (hinge, [0.25, -2.0, 0.5], [1, -1], [0, 2]),
        (logloss, [0.25, 0.5, 0.999], [0, 1, 0.25], [-1, 1.5]),
        (logloss_with_logits, [-40.0, 0.5, 800.0], [0, 1, 0.25], [-1, 2]),
        (cross_entropy, [[1.0, 2.0, -1.0], [1e3, 0.0, -1e3]], [0, 1, 2], [3, -1, 0.5]),
    ],
)
def test_labels_are_inputs_of_a_compiled_loss(
    loss: Callable[..., Any], predictions: list[Any], labels: list[Any], refused: list[Any]
) -> None:
    calls = 0

    def traced(prediction: Any, label: Any) -> Any:
        nonlocal calls
        calls += 1
        return loss(prediction, label)

    compiled = autodiff.compile(traced, engine="numpy")
    for prediction in predictions:
        for label in labels:
            value, (by_prediction, _) = compiled.value_and_grad(prediction, label)
            leaves = [Value(p) for p in prediction] if isinstance(prediction, list) else [Value(prediction)]
            expected = loss(leaves if isinstance(prediction, list) else leaves[0], label)
            expected.backward()

            assert value == pytest.approx(expected.data, rel=1e-14)
            assert np.ravel(by_prediction).tolist() == pytest.approx(
                [leaf.grad for leaf in leaves], rel=1e-14
            )
        for label in refused:
            assert math.isnan(compiled(prediction, label))
    assert calls <= 4  # it is traced twice a program, for all labels, and not called again


@pytest.mark.parametrize("label", [0, 1, 0.25])
@pytest.mark.parametrize("p", [0.0, 1.0])
def test_a_probability_of_0_or_1_makes_a_compiled_loss_nan_whatever_its_label(p: float, label: float) -> None:
    assert math.isnan(autodiff.compile(lambda p, y: logloss(p, y), engine="numpy")(p, label))


@pytest.mark.parametrize("p", [0.0, 1.0, -0.5, 1.5, math.nan])
def test_probabilities_outside_their_range_make_a_compiled_loss_nan(p: float) -> None:
    compiled = autodiff.compile(lambda p: logloss(p, 1), engine="numpy")

    assert math.isnan(compiled(p))
