"""Tests of nn/updates.py: numbers and arrays go through the same formula."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from nn import updates

np = pytest.importorskip("numpy")

# fmt: off
RULES: dict[str, tuple[Callable[..., tuple[Any, ...]], int, dict[str, Any]]] = {
    "sgd":      (updates.sgd,  1, {"lr": 0.1}),
    "momentum": (updates.sgd,  1, {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.01}),
    "nesterov": (updates.sgd,  1, {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    "adam":     (updates.adam, 2, {"lr": 0.1, "betas": (0.9, 0.999), "eps": 1e-8, "steps": 3}),
}
# fmt: on


@pytest.mark.parametrize("rule", RULES)
def test_arrays_are_updated_as_their_numbers(rule: str) -> None:
    update, remembers, keywords = RULES[rule]
    rows = np.random.default_rng(0).uniform(0.5, 2, (2 + remembers, 5))

    together = update(*rows, **keywords)

    singles = [update(*column, **keywords) for column in rows.T.tolist()]
    assert [list(row) for row in together] == [pytest.approx(list(row)) for row in zip(*singles, strict=True)]


def test_fractions_stay_exact() -> None:
    data, velocity = updates.sgd(
        Fraction(1), Fraction(1, 3), Fraction(0), lr=Fraction(1, 2), momentum=Fraction(1, 5)
    )

    assert (data, velocity) == (Fraction(5, 6), Fraction(1, 3))


@pytest.mark.parametrize("number", [float, Fraction])
def test_left_out_factors_change_nothing(number: Any) -> None:
    data, grad, velocity = number(8), number(2), number(3)

    assert updates.sgd(data, grad, velocity, lr=number(1)) == (6, 3)
    assert updates.sgd(data, grad, velocity, lr=1, momentum=1) == (3, 5)
    assert updates.adam(data, grad, 0, 0, steps=1, lr=1, betas=(0.5, 0.75), eps=0) == (7, 1, 1)


def test_weight_decay_adds_to_the_gradient() -> None:
    assert updates.sgd(8.0, 2.0, 3.0, lr=1, weight_decay=0.5) == (2.0, 3.0)
    assert updates.adam(8.0, 0.0, 0, 0, steps=1, lr=1, betas=(0.5, 0.75), eps=0, weight_decay=0.25) == (
        7.0,
        1.0,
        1.0,
    )
