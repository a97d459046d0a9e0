"""Tests of nn/optim/schedules.py: learning rates by the number of steps, bad arguments."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import pytest

from nn import constant_lr, cosine_lr, linear_lr, step_lr


def test_schedules() -> None:
    steps = (0, 1, 5, 10, 1000)

    assert [constant_lr(0.5)(step) for step in steps] == [0.5] * 5
    assert [linear_lr(1.0, 0.5, steps=10)(step) for step in steps] == pytest.approx(
        [1.0, 0.95, 0.75, 0.5, 0.5]
    )
    assert [cosine_lr(1.0, 0.5, steps=10)(step) for step in steps] == pytest.approx(
        [1.0, 0.75 + 0.25 * math.cos(math.pi / 10), 0.75, 0.5, 0.5]
    )
    assert [step_lr(1.0, every=5, factor=0.5)(step) for step in (0, 4, 5, 9, 10)] == [
        1.0,
        1.0,
        0.5,
        0.5,
        0.25,
    ]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: constant_lr(-1), ValueError, "lr must be"),
        (lambda: linear_lr(1, -1, steps=5), ValueError, "end must be"),
        (lambda: linear_lr(1, 0, steps=0), ValueError, "steps must be at least 1, got 0"),
        (lambda: cosine_lr(math.nan, 0, steps=5), ValueError, "start must be"),
        (lambda: cosine_lr(1, 0, steps=2.5), TypeError, "steps must be an int, not float"),  # type: ignore[arg-type]
        (lambda: step_lr(1, every=0), ValueError, "every must be at least 1"),
        (lambda: step_lr(1, every=1, factor=-0.5), ValueError, "factor must be"),
    ],
)
def test_bad_schedules(make: Callable[[], object], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: constant_lr(-0.5), "lr must be finite and at least 0, got -0.5"),
        (lambda: linear_lr(-0.5, 1, 5), "start must be finite and at least 0, got -0.5"),
        (lambda: linear_lr(1, -0.5, 5), "end must be finite and at least 0, got -0.5"),
        (lambda: cosine_lr(-0.5, 1, 5), "start must be finite and at least 0, got -0.5"),
        (lambda: cosine_lr(1, -0.5, 5), "end must be finite and at least 0, got -0.5"),
        (lambda: step_lr(-0.5, 1), "start must be finite and at least 0, got -0.5"),
        (lambda: step_lr(1, 1, -0.5), "factor must be finite and at least 0, got -0.5"),
    ],
)
def test_limits_of_rates(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_rates_of_0_and_below_1_are_taken() -> None:
    assert [constant_lr(rate)(3) for rate in (0, 0.5)] == [0, 0.5]
    assert [linear_lr(0.5, 0, 2)(1), linear_lr(0, 0.5, 2)(1)] == [0.25, 0.25]
    assert [cosine_lr(0.5, 0, 1)(0), cosine_lr(0.5, 0, 1)(1), cosine_lr(0, 0.5, 1)(0)] == [0.5, 0, 0]
    assert [step_lr(0.5, 1, 0)(0), step_lr(0.5, 1, 0)(1), step_lr(0, 1)(1)] == [0.5, 0, 0]
    assert step_lr(1.0, 2)(2) == 0.1


def test_a_line_between_fractions_is_exact() -> None:
    rates = [linear_lr(Fraction(1, 10), Fraction(1, 20), steps=2)(step) for step in range(4)]

    assert rates == [Fraction(1, 10), Fraction(3, 40), Fraction(1, 20), Fraction(1, 20)]
    assert [type(rate) for rate in rates] == [Fraction] * 4
    assert linear_lr(0.1, 0.05, 3)(3) == 0.05
    assert type(linear_lr(1, 0, 3)(1)) is float
