"""Tests of nn/metrics.py."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from autodiff import Value
from nn import accuracy


def test_accuracy() -> None:
    assert accuracy([Value(2.0), -1.0, 0.0], [1, -1, 1]) == pytest.approx(2 / 3)
    assert accuracy([1.0, -1.0], [1, 0]) == 1.0
    assert accuracy([[0.1, 0.7, 0.2], [Value(0.5), Value(0.1), Value(0.4)]], [1, 2]) == 0.5
    with pytest.raises(ValueError, match="accuracy: no outputs"):
        accuracy([], [])


def test_one_score_a_row_is_told_by_its_sign() -> None:
    assert accuracy([[0.3], [Value(-0.7)]], [1, -1]) == 1.0
    assert accuracy(np.array([[0.3], [-0.7]]), np.array([0, 1])) == 0.0


def test_arrays() -> None:
    assert accuracy(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 0])) == 1.0
    assert accuracy(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1.0, 1.0])) == 0.5
    assert accuracy(np.array([0.1, -0.9]), np.array([1.0, -1.0])) == 1.0


def test_nan_names_no_class() -> None:
    assert accuracy([[math.nan, 1.0], [1.0, math.nan]], [0, 0]) == 0.0
    assert accuracy([math.nan, math.nan], [-1, 1]) == 0.0


@pytest.mark.parametrize(
    ("outputs", "targets", "error", "message"),
    [
        ([[0.1, 0.9]], [[0, 1]], TypeError, r"accuracy: label 0 is \[0, 1\]"),
        ([[0.1, 0.9]], [2], ValueError, "accuracy: label 0 is 2"),
        ([[0.1, 0.9]], [-1], ValueError, "accuracy: label 0 is -1"),
        ([0.3, -0.7], [1, 2], ValueError, "accuracy: label 1 of one score is 2"),
        ([0.3], ["cat"], TypeError, "accuracy: label 0 is 'cat'"),
        ([0.3], [1, 1], ValueError, "accuracy: 1 outputs, but 2 targets"),
    ],
)
def test_labels_that_name_no_class(outputs: Any, targets: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        accuracy(outputs, targets)


@pytest.mark.parametrize(
    ("outputs", "targets", "message"),
    [
        ([1.0, 2.0], [1], "accuracy: 2 outputs, but 1 targets"),
        ([1.0, []], [1, 0], r"accuracy: output 1 is \[\], without a score"),
    ],
)
def test_outputs_that_do_not_fit(outputs: list[Any], targets: list[Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        accuracy(outputs, targets)
