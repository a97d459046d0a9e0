"""The errors that rows allow, where rounding forbids a constant: by hand, at and beside each limit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import e, gamma, inf, log, nextafter, pi, sqrt
from typing import Any

import pytest

from autodiff.rules.accuracy import (
    celu_ulps,
    digamma_ulps,
    dot_ulps,
    fma_ulps,
    gamma_ulps,
    gelu_tanh_ulps,
    gelu_ulps,
    in_ulps,
    lerp_ulps,
    logsumexp_ulps,
    mean_ulps,
    pow_ulps,
    silu_ulps,
    sinc_ulps,
    softmax_ulps,
    std_ulps,
    sum_ulps,
    truediv_ulps,
    var_ulps,
)

SMALLEST = 2.0**-1022  # of the normal numbers


@pytest.mark.parametrize(
    ("error", "exact", "expected"),
    [(1, 1.0, 1), (3, 1.5, 3), (1, -0.5, 2), (1, 2.0, 0.5), (1, inf, 2.0**-1023), (1, 0.0, 2.0**1022)],
)
def test_errors_in_units_in_the_last_place(error: float, exact: float, expected: float) -> None:
    assert in_ulps(error, exact) == expected


@pytest.mark.parametrize(
    ("ulps", "xs", "exact", "expected"),
    [
        (sum_ulps, [1, -2, 4], 1.0, 4 + 3 * 7 / 2),
        (sum_ulps, [1, -2], 4.0, 4 + 2 * 3 / 2 / 4),
        (mean_ulps, [1, -2, 4], 1.0, 4 + 7 / 2),
        (dot_ulps, [2, 3, 5, -7, 1], 1.0, 4 + 3 * (10 + 21 + 1) / 2),
        (dot_ulps, [2, -3, 7], 1.0, 4 + 2 * (6 + 7) / 2),
    ],
)
def test_sums(ulps: Callable[..., float], xs: Sequence[float], exact: float, expected: float) -> None:
    assert ulps(xs, exact) == expected


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        (0.0, -3.0, 4),
        (0.0, 0.25, 4),
        (2.0, 0.0, 4),
        (1.0, -5.0, 4),
        (e, 0.5, 4),
        (e, 0.25, 4 + 1 + 0.25),
        (1 / e, 0.25, 4 + 1 + 0.25),
        (e, -2.0, 4 + 1 + 2),
        (e, 3.0, 4),
        (-e, -2.0, 4 + 1 + 2),
        (-2.0, 2.0**53, inf),
        (-2.0, -(2.0**53), inf),
        (-1.0, 2.0**53 - 1, 4),
        (1.0, 2.0**53, 4),
        (-1.0, -(2.0**53) + 1, 4),
        (1 / e, 700.0, 4),
        (1 / e, 701.0, 4 + 1 + 701),
        (1 / e, -700.0, 4 + 1 + 700),
        (1 / e, -707.5, 4 + 1 + 707.5),
        (1 / e, -708.5, inf),
        (1 / e, -709.5, inf),
        (e, -709.5, 4 + 1 + 709.5),
        (0.5, 2.0**53, 4 + log(2) + 2**53 * log(2)),
        (-0.5, 2.0**53, inf),
        (1e-240, -0.25, 4 + 1.25 * 240 * log(10)),
        (1e-250, -0.25, inf),
    ],
)
def test_powers(x: float, y: float, expected: float) -> None:
    assert pow_ulps([x, y], 1.0) == pytest.approx(expected, rel=1e-14)


def test_quotients_lose_digits_where_they_are_subnormal() -> None:
    assert truediv_ulps([SMALLEST, 1.0], SMALLEST) == 4
    assert truediv_ulps([-SMALLEST, 1.0], SMALLEST) == 4
    assert truediv_ulps([SMALLEST, 2.0], 1.0) == 4 + SMALLEST / 2
    assert truediv_ulps([SMALLEST / 8, -0.25], SMALLEST) == 4 + 4
    assert truediv_ulps([3.0, 2.0], 1.5) == 4
    assert truediv_ulps([SMALLEST, 4.0], SMALLEST / 4) > 4
    assert truediv_ulps([SMALLEST / 2, 0.25], SMALLEST * 2) == 4


@pytest.mark.parametrize(
    ("x", "exact", "expected"),
    [
        (-3.0, 1.0, 4 + 2 * 9),
        (-1.0, 1.0, 4 + 2),
        (-0.5, 1.0, 4 + 0.5 + 1),
        (-0.5, 0.5, 4 + 0.5 + 2),
        (0.0, 1.0, 4 + 1),
        (2.0, 4.0, 4 + 8 + 0.25),
        (-39.5, 1.0, 4 + 2 * 39.5**2),
        (-41.0, 1.0, 4 + 2 * 1600),
    ],
)
def test_gelu(x: float, exact: float, expected: float) -> None:
    assert gelu_ulps([x], exact) == expected


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (-708.0, 4),
        (-708.5, 712.5),
        (-709.0, 713),
        (-2.0, 4),
        (-1.9, 4 + 2),
        (-0.1, 4 + 2),
        (0.0, 4),
        (3.0, 4),
    ],
)
def test_silu(x: float, expected: float) -> None:
    assert silu_ulps([x], 0.5) == expected


@pytest.mark.parametrize(
    ("xs", "expected"),
    [
        ([1.0], 4 + 1),
        ([1.0, -4.0], 4 + 2 + 5),
        ([1.0, -4.0, 3.0], 4 + 3 + 7),
        ([745.5, 0.0], 4 + 2 + 745.5),
        ([746.0, 0.0, 1.0], 4 + 3 + 745),
    ],
)
def test_softmax(xs: list[float], expected: float) -> None:
    assert softmax_ulps(xs, 1.0) == expected


def test_logsumexp_cancels_between_minus_2_ln_n_and_0() -> None:
    limit = -2 * log(3)
    for top, cancels in [
        *((0.0, False), (nextafter(0, -1), True), (-1.0, True), (1.0, False)),
        *((limit, False), (nextafter(limit, 0), True), (nextafter(limit, -9), False)),
    ]:
        xs: list[Any] = [top, top, top]

        assert logsumexp_ulps(xs, 0.5) == softmax_ulps(xs, 0.5) + (2 * 4 * log(3) if cancels else 0)


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        (-3.0, 2.0, 4 + 1.5 / 2),
        (-3.0, -2.0, 4 + 1.5 / 2),
        (-0.5, 2.0, 4 + 0.25 / 2),
        (0.0, 2.0, 4),
        (0.5, 2.0, 4),
        (5.0, 2.0, 4),
        (-749.5, 1.0, 4 + 749.5 / 2),
        (-750.5, 1.0, 4 + 750 / 2),
        (-1e5, 1.0, 4 + 750 / 2),
    ],
)
def test_celu(x: float, y: float, expected: float) -> None:
    assert celu_ulps([x, y], 1.0) == expected


@pytest.mark.parametrize(
    ("x", "expected"),  # 2u is 1.6 (x + 0.0447 x³), where 0.0447 · 8 is 0.3576
    [
        (-2.0, 4 + 4 * 1.6 * (2 + 0.3576)),
        (-1.0, 4 + 4 * 1.6 * 1.0447),
        (-0.5, 4 + 4 * 1.6 * (0.5 + 0.3576 / 64) + 2),
        (-1e-9, 4 + 2),
        (0.0, 4),
        (0.5, 4),
        (3.0, 4),
        (-20.0, 4 + 4 * 1.6 * (20 + 357.6)),
        (-21.5, 4 + 4 * 1.6 * (21.5 + 0.0447 * 9938.375)),
        (-21.52, 4 + 4 * 1.6 * (21.52 + 0.0447 * 9966.136)),
        (-22.0, 4 + 4 * 750),
        (-1e200, 4 + 4 * 750),
    ],
)
def test_gelu_tanh(x: float, expected: float) -> None:
    assert gelu_tanh_ulps([x], 0.5) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("xs", "exact", "expected"),
    [
        ([2.0, 3.0, 0.0], 1.0, 4 + (2 + 3 + 1)),
        ([-2.0, 3.0, 5.0], 1.0, 4 + (6 * (2 + 3) + 1)),
        ([2.0, -3.0, -0.5], 2.0, 4 + (1.5 * (2 + 3) + 1) / 2),
    ],
)
def test_lerp(xs: list[float], exact: float, expected: float) -> None:
    assert lerp_ulps(xs, exact) == expected


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        (2.0, -3.0, 4),
        (1e-290, 1.0, 4),
        (-nextafter(1e-290, 0), 1.0, inf),
        (1e-200, 1e-100, inf),
        (1e300, 1.0, 4),
        (1.0, -1e300, 4),
        (1e200, nextafter(1e100, inf), inf),
        (nextafter(1e300, inf), 1.0, inf),
        (nextafter(1e300, inf), 0.5, inf),
        (0.5, -nextafter(1e300, inf), inf),
    ],
)
def test_fma_has_all_digits_unless_those_of_the_product_are_lost(x: float, y: float, expected: float) -> None:
    assert fma_ulps([x, y, -7.0], 1.0) == expected


def test_digamma() -> None:
    assert digamma_ulps([3.0], 1.0) == 8 + 8
    assert digamma_ulps([3.0], -0.25) == 8 + 8 * 4


@pytest.mark.parametrize(
    ("x", "exact", "expected"),
    [
        (e - 1, 1.0, 16 + 8 * gamma(e - 1) * 2),
        (e**2 - 1, 0.5, 16 + 2 * 8 * gamma(e**2 - 1) * 3),
        (1 - e, 1.0, 16 + 8 * gamma(1 - e) * 2),
        (-0.5, 2.0, 16 + 8 * 2 * sqrt(pi) * (1 + log(1.5)) / 2),
    ],
)
def test_gamma(x: float, exact: float, expected: float) -> None:
    assert gamma_ulps([x], exact) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(
    ("x", "expected"),
    [(0.0, 4), (0.5, 4), (-0.5, 4), (0.625, 4 + 2 * 3.2), (-0.625, 4 + 2 * 3.2), (4.0, 4 + 2 * 0.5)],
)
def test_sinc(x: float, expected: float) -> None:
    assert sinc_ulps([x], 0.5) == expected


@pytest.mark.parametrize(
    ("operands", "var", "std"),  # their size is 8, and they lie 0, 1/4, 1, 3/2 and 10 apart
    [
        ([8.0, 8.0], 2 * 8, 8),
        ([-8.0, -7.75], 2 * 8, 8 * 4),
        ([8.0, 7.0], 2 * 8, 8),
        ([-6.5, -8.0], 2 * 8 * 1.5, 8),
        ([8.0, -2.0], 2 * 8 * 10, 8),
        ([-2.0, 1.0, -8.0, 2.0], 2 * 8 * 10, 8),
        ([0.0, 0.0, 0.0], 2 * SMALLEST, SMALLEST),
        ([SMALLEST / 4, 0.0], 2 * SMALLEST, 4),
    ],
)
def test_statistics(operands: list[float], var: float, std: float) -> None:
    count = len(operands) + 1
    for ddof in (0, 1):
        assert var_ulps([*operands, ddof], 1.0) == count + var
        assert var_ulps([*operands, ddof], 0.5) == count + 2 * var
        assert std_ulps([*operands, ddof], 1.0) == count + std
        assert std_ulps([*operands, ddof], 0.5) == count + 2 * std
