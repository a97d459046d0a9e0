"""Tests of nn/init.py: ranges and spreads, seeds, bad arguments."""

from __future__ import annotations

import math
import random
import statistics
from fractions import Fraction
from typing import Any

import pytest

from nn import MLP, Layer, init

FAN_IN, FAN_OUT = 30, 20
XAVIER, HE = math.sqrt(2 / (FAN_IN + FAN_OUT)), math.sqrt(2 / FAN_IN)


@pytest.mark.parametrize(
    ("initialiser", "spread", "bound"),
    [
        (init.uniform(-1, 1), 1 / math.sqrt(3), 1),
        (init.uniform(), 1 / math.sqrt(3), 1),
        (init.xavier_uniform, XAVIER, XAVIER * math.sqrt(3)),
        (init.xavier_normal, XAVIER, math.inf),
        (init.he_uniform, HE, HE * math.sqrt(3)),
        (init.he_normal, HE, math.inf),
    ],
)
def test_random_weights_have_the_spread_of_the_paper(
    initialiser: init.Initialiser, spread: float, bound: float
) -> None:
    rng = random.Random(0)
    weights = [float(initialiser(rng, FAN_IN, FAN_OUT)) for _ in range(20_000)]

    assert statistics.fmean(weights) == pytest.approx(0, abs=0.03 * spread)
    assert statistics.pstdev(weights) == pytest.approx(spread, rel=0.02)
    assert max(map(abs, weights)) <= bound
    assert max(map(abs, weights)) > 1.7 * spread


def test_constants() -> None:
    rng = random.Random(0)

    assert init.zeros(rng, 2, 3) == 0.0
    assert init.constant(0.5)(rng, 2, 3) == 0.5
    assert init.constant(Fraction(1, 32))(rng, 2, 3) == Fraction(1, 32)
    assert isinstance(init.constant(Fraction(0))(rng, 2, 3), Fraction)


def test_a_layer_tells_initialisers_its_fans() -> None:
    asked = []

    def record(rng: random.Random, fan_in: int, fan_out: int) -> float:
        asked.append((fan_in, fan_out))
        return 0.0

    MLP(2, [3, 1], init=record, bias_init=record)

    assert asked == [(2, 3)] * 9 + [(3, 1)] * 4


def test_equal_seeds_give_equal_models_and_leave_the_global_state_alone() -> None:
    before = random.getstate()

    first, second, third = MLP(2, [3, 1], seed=1), MLP(2, [3, 1], seed=1), MLP(2, [3, 1], seed=2)

    assert first.state_dict() == second.state_dict()
    assert first.state_dict() != third.state_dict()
    assert before == random.getstate()


def test_a_seed_is_the_same_as_its_generator() -> None:
    assert Layer(2, 3, seed=5).state_dict() == Layer(2, 3, rng=random.Random(5)).state_dict()


def test_one_generator_gives_different_layers() -> None:
    rng = random.Random(5)

    assert Layer(2, 3, rng=rng).state_dict() != Layer(2, 3, rng=rng).state_dict()


def test_without_a_seed_models_differ() -> None:
    assert MLP(2, [3, 1]).state_dict() != MLP(2, [3, 1]).state_dict()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"seed": 1, "rng": random.Random(1)}, ValueError, "rng and seed are both given"),
        ({"seed": 1.5}, TypeError, "seed must be an int, not float"),
        ({"seed": True}, TypeError, "seed must be an int, not bool"),
        ({"rng": 7}, TypeError, "rng must be a random.Random, not int"),
        ({"rng": random}, TypeError, "rng must be a random.Random, not module"),
    ],
)
def test_bad_sources_of_randomness(arguments: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        MLP(2, [1], **arguments)


@pytest.mark.parametrize(("low", "high"), [(1.0, -1.0), (math.nan, 1.0), (-math.inf, 1.0), (0.0, math.inf)])
def test_bad_ranges(low: float, high: float) -> None:
    with pytest.raises(ValueError, match="uniform needs finite low <= high"):
        init.uniform(low, high)


@pytest.mark.parametrize("number", ["0", None, True, 1j])
def test_bad_constants(number: Any) -> None:
    with pytest.raises(TypeError, match="constant needs an int, float or Fraction"):
        init.constant(number)
