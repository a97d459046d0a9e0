"""Tests of nn/losses.py: values, gradients against finite differences, extremes, labels."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import autodiff
from autodiff import Value
from nn import cross_entropy, half_mse, half_squared_error, hinge, logloss, logloss_with_logits, mse

CASES: list[tuple[Callable[..., Any], list[float], list[float], float]] = [
    (half_squared_error, [1.0, 1.5], [2, 1], 0.5 + 0.125),
    (mse, [1.0, 1.5], [2, 1], (1 + 0.25) / 2),
    (half_mse, [1.0, 1.5], [2, 1], (1 + 0.25) / 4),
    (hinge, [0.25, 0.5, 2.0], [-1, 1, 1], (1.25 + 0.5) / 3),
    (logloss, [0.25, 0.5, 0.75], [0, 1, 0.5], -(math.log(0.75) + math.log(0.5) + 0.5 * math.log(0.1875)) / 3),
    (
        logloss_with_logits,
        [1.0, -2.0, 0.5],
        [0, 1, 0.5],
        (math.log1p(math.exp(1)) + math.log1p(math.exp(2)) + math.log1p(math.exp(0.5)) - 0.25) / 3,
    ),
]


@pytest.mark.parametrize(("loss", "predictions", "targets", "expected"), CASES)
def test_values_and_gradients(
    loss: Callable[..., Any], predictions: list[float], targets: list[float], expected: float
) -> None:
    values = [Value(p) for p in predictions]

    output = loss(values, targets)
    output.backward()

    assert expected == pytest.approx(output.data, rel=1e-14)
    assert loss(predictions, targets) == pytest.approx(expected, rel=1e-14)
    for i, value in enumerate(values):
        up, down = (
            [p + (step if i == j else 0) for j, p in enumerate(predictions)] for step in (1e-6, -1e-6)
        )
        assert value.grad == pytest.approx((loss(up, targets) - loss(down, targets)) / 2e-6, abs=1e-8)


@pytest.mark.parametrize(("loss", "predictions", "targets", "expected"), CASES)
def test_one_prediction_is_a_sequence_of_one(
    loss: Callable[..., Any], predictions: list[float], targets: list[float], expected: float
) -> None:
    assert loss(Value(predictions[0]), targets[0]).data == loss([Value(predictions[0])], [targets[0]]).data
    assert loss(predictions[0], targets[0]) == loss(predictions[:1], targets[:1])


@pytest.mark.parametrize("loss", [hinge, logloss, logloss_with_logits])
def test_reductions(loss: Callable[..., Any]) -> None:
    single = [loss(0.25, 1), loss(0.5, 1)]

    assert loss([0.25, 0.5], [1, 1], reduction="none") == single
    assert loss([0.25, 0.5], [1, 1], reduction="sum") == pytest.approx(sum(single), rel=1e-15)
    assert loss([0.25, 0.5], [1, 1]) == pytest.approx(sum(single) / 2, rel=1e-15)
    assert loss(0.25, 1, reduction="none") == single[:1]
    with pytest.raises(ValueError, match="reduction must be 'mean', 'sum' or 'none', not 'max'"):
        loss(0.25, 1, reduction="max")


def test_the_sheets_numbers() -> None:
    """Exercise 7: MSE with 1/(2n), then the logloss of sigmoid(1) twice, summed."""
    y_hat = [Value(1.0), Value(1.0)]
    loss = half_mse(y_hat, [2, 1])
    loss.backward()
    assert loss.data == 0.25
    assert [y.grad for y in y_hat] == [-0.5, 0.0]

    z = [Value(1.0), Value(1.0)]
    p = [each.sigmoid() for each in z]
    loss = logloss(p, [0, 1], reduction="sum")
    loss.backward()
    assert loss.data == pytest.approx(1.6265233750364456, rel=1e-15)
    assert [each.grad for each in p] == pytest.approx([3.718281828459045, -1.3678794411714423], rel=1e-14)
    assert [each.grad for each in z] == pytest.approx([0.7310585786300049, -0.2689414213699951], rel=1e-14)


def test_fractions_stay_exact() -> None:
    y_hat = Value(Fraction(1, 3))

    loss = half_squared_error(y_hat, 1)
    loss.backward()

    assert loss.data == Fraction(2, 9)
    assert y_hat.grad == Fraction(-2, 3)
    assert mse([Fraction(1, 3), Fraction(1)], [0, 0]) == Fraction(5, 9)
    assert half_mse([Fraction(1, 3), Fraction(1)], [0, 0]) == Fraction(5, 18)
    assert hinge([Value(Fraction(1, 3))], [1]).data == Fraction(2, 3)


def test_targets_of_a_regression_may_be_values() -> None:
    target = Value(1.0)

    half_squared_error(Value(3.0), target).backward()

    assert target.grad == -2.0


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


def test_numpy_predictions_and_targets() -> None:
    np = pytest.importorskip("numpy")

    assert hinge([Value(0.5), Value(0.5)], np.array([1, -1])).data == 1.0
    assert mse(np.array([1.0, 2.0]), np.array([1.0, 0.0])) == 2.0
    assert cross_entropy([[1.0, 1.0]], np.array([1])) == pytest.approx(math.log(2))
    assert cross_entropy([1.0, 1.0], np.int64(1)) == pytest.approx(math.log(2))


@pytest.mark.parametrize("loss", [half_squared_error, mse, half_mse, hinge, logloss, logloss_with_logits])
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


@pytest.mark.parametrize(
    ("loss", "label", "error", "message"),
    [
        (hinge, 0, ValueError, "hinge: label 1 is 0, it must be -1 or 1; map 0/1 labels with 2"),
        (hinge, 2, ValueError, "hinge: label 1 is 2, it must be -1 or 1$"),
        (hinge, True, ValueError, "hinge: label 1 is True, it must be -1 or 1"),
        (hinge, math.nan, ValueError, "hinge: label 1 is nan"),
        (hinge, "1", TypeError, "hinge: label 1 is '1', not a number"),
        (hinge, None, TypeError, "hinge: label 1 is None, not a number"),
        (hinge, Value(1.0), TypeError, "hinge: label 1 is a Value, but no gradient flows to labels"),
        (logloss, -1, ValueError, r"logloss: label 1 is -1, it must lie from 0 to 1; map -1/1 labels"),
        (logloss, 1.5, ValueError, "logloss: label 1 is 1.5, it must lie from 0 to 1$"),
        (logloss, math.nan, ValueError, "logloss: label 1 is nan"),
        (logloss_with_logits, 2, ValueError, "logloss_with_logits: label 1 is 2, it must lie from 0 to 1$"),
        (logloss_with_logits, "a", TypeError, "logloss_with_logits: label 1 is 'a', not a number"),
    ],
)
def test_labels(loss: Callable[..., Any], label: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        loss([Value(0.5), Value(0.5)], [1, label])


@pytest.mark.parametrize("p", [0.0, 1.0, -0.5, 1.5, math.nan, math.inf])
def test_probabilities_outside_their_range(p: float) -> None:
    with pytest.raises(
        ValueError, match=r"logloss: probability 1 is .*between 0 and 1 .*logloss_with_logits"
    ):
        logloss([Value(0.5), Value(p)], [1, 1])


@pytest.mark.parametrize(
    ("label", "error", "message"),
    [
        (3, ValueError, "cross_entropy: label 1 is 3, but 3 logits allow 0 to 2"),
        (-1, ValueError, "cross_entropy: label 1 is -1, but 3 logits allow 0 to 2"),
        (1.0, TypeError, "cross_entropy: label 1 is 1.0, it must be the index of a class"),
        (True, TypeError, "cross_entropy: label 1 is True, it must be the index of a class"),
        ("1", TypeError, "cross_entropy: label 1 is '1', it must be the index of a class"),
        (None, TypeError, "cross_entropy: label 1 is None, it must be the index of a class"),
    ],
)
def test_classes(label: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        cross_entropy([[1.0, 2.0, 3.0]] * 2, [0, label])


# ---------------------------------------------------------------- compiled


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


@pytest.mark.parametrize("p", [0.0, 1.0, -0.5, 1.5, math.nan])
def test_probabilities_outside_their_range_make_a_compiled_loss_nan(p: float) -> None:
    compiled = autodiff.compile(lambda p: logloss(p, 1), engine="numpy")

    assert math.isnan(compiled(p))
