"""Tests of nn/values.py: one or many, nodes or numbers."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from autodiff import Value
from nn.values import as_list, unpacked, without_graph


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        (2.0, [2.0]),
        (Fraction(1, 2), [Fraction(1, 2)]),
        ("ab", ["ab"]),
        ((1, 2), [1, 2]),
        (range(2), [0, 1]),
        (np.array([1.0, 2.0]), [1.0, 2.0]),
        (np.float64(2.0), [2.0]),
        (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
    ],
)
def test_listed(items: Any, expected: list[Any]) -> None:
    assert as_list(items) == expected


def test_a_value_is_one() -> None:
    x = Value(1.0)

    assert as_list(x) == [x]


def test_unpacked_numbers_are_pythons() -> None:
    assert type(unpacked(np.float64(1.0))) is float
    assert type(unpacked(np.int64(1))) is int


def test_without_graph() -> None:
    assert without_graph((Value(1.0), [2, Value(Fraction(1, 3))], "word")) == [
        1.0,
        [2, Fraction(1, 3)],
        "word",
    ]
