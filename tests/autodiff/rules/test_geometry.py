"""The scale of lengths, at its bounds and beside them."""

from __future__ import annotations

from math import inf, nextafter

import pytest

from autodiff.rules.geometry import leveller
from autodiff.rules.worlds import FLOATS

LARGE = 1e19 * 2.0**900


@pytest.mark.parametrize(
    ("length", "scale"),
    [
        (1.0, 1),
        (1e25, 1),
        (nextafter(1e25, inf), 2.0**-60),
        (LARGE, 2.0**-60),
        (nextafter(LARGE, inf), 2.0**-100),
        (inf, 2.0**-100),
        (1e-25, 1),
        (nextafter(1e-25, 0), 2.0**60),
        (1e-290, 2.0**60),
        (nextafter(1e-290, 0), 2.0**100),
        (0.0, 2.0**100),
    ],
)
def test_lengths_are_taken_to_where_they_have_all_their_digits(length: float, scale: float) -> None:
    assert leveller(FLOATS, length) == scale
