"""Tests of nn/metrics.py."""

from __future__ import annotations

import pytest

from autodiff import Value
from nn import accuracy


def test_accuracy() -> None:
    assert accuracy([Value(2.0), -1.0, 0.0], [1, -1, 1]) == pytest.approx(2 / 3)
    assert accuracy([1.0, -1.0], [1, 0]) == 1.0
    assert accuracy([[0.1, 0.7, 0.2], [Value(0.5), Value(0.1), Value(0.4)]], [1, 2]) == 0.5
    with pytest.raises(ValueError, match="accuracy: no outputs"):
        accuracy([], [])
