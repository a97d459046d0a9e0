"""Tests of nn/losses as a whole: values, gradients against finite differences, exactness, arrays."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

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


def test_numpy_predictions_and_targets() -> None:
    np = pytest.importorskip("numpy")

    assert hinge([Value(0.5), Value(0.5)], np.array([1, -1])).data == 1.0
    assert mse(np.array([1.0, 2.0]), np.array([1.0, 0.0])) == 2.0
    assert cross_entropy([[1.0, 1.0]], np.array([1])) == pytest.approx(math.log(2))
    assert cross_entropy([1.0, 1.0], np.int64(1)) == pytest.approx(math.log(2))


def test_targets_and_labels_that_do_not_fit_are_named() -> None:
    with pytest.raises(TypeError, match="mse: target 1 is NoneType, not a Value or a number"):
        mse([1.0, 2.0], [1.0, None])  # type: ignore[list-item]
    with pytest.raises(TypeError, match="half_squared_error: target 0 is str"):
        half_squared_error(1.0, "cat")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="cross_entropy: one label, 1, for 2 rows: pass one for each"):
        cross_entropy([[1.0, 2.0], [3.0, 4.0]], 1)
