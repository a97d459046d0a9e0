"""Tests of nn/checks.py: counts and ranges."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from nn.checks import count, in_range


def test_counts_are_pythons_ints() -> None:
    assert type(count("size", np.int64(3))) is int


@pytest.mark.parametrize(
    ("number", "error", "message"),
    [
        (0, ValueError, "size must be at least 1, got 0"),
        (True, TypeError, "size must be an int, not bool True"),
        (2.0, TypeError, "size must be an int, not float 2.0"),
        (None, TypeError, "size must be an int, not NoneType None"),
    ],
)
def test_what_is_no_count(number: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        count("size", number)


def test_a_number_in_range_stays_as_it_is() -> None:
    assert isinstance(in_range("lr", Fraction(1, 2), 0, math.inf), Fraction)
    assert in_range("lr", 0, 0, 1) == 0


@pytest.mark.parametrize("number", [1, -0.1, math.nan, math.inf])
def test_the_upper_limit_is_excluded(number: float) -> None:
    with pytest.raises(ValueError, match="beta must be from 0 up to, but not including, 1"):
        in_range("beta", number, 0, 1)
