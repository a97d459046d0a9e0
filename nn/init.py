"""Initialisers: functions (rng, fan_in, fan_out) -> one starting weight, those that fail to learn included.

All randomness comes from the generator that is passed in: equal seeds give equal models, and the global
state of `random` is neither read nor changed.

>>> xavier_uniform(random.Random(0), 3, 3) == xavier_uniform(random.Random(0), 3, 3)
True
>>> constant(Fraction(1, 32))(random.Random(0), 3, 3)
Fraction(1, 32)
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from fractions import Fraction
from typing import TypeAlias

from nn.values import Number

__all__ = [
    "Initialiser",
    "constant",
    "he_normal",
    "he_uniform",
    "uniform",
    "xavier_normal",
    "xavier_uniform",
    "zeros",
]

Initialiser: TypeAlias = Callable[[random.Random, int, int], Number]


def generator(rng: random.Random | None, seed: int | None) -> random.Random:
    """Return the randomness that `rng=` or `seed=` asks for; with neither, one seeded by the system.

    Raises:
        ValueError: Both are given.
        TypeError: `rng` is no `random.Random`, or `seed` no int.

    >>> generator(None, seed=0).random() == random.Random(0).random()
    True
    """
    if rng is not None and seed is not None:
        raise ValueError("rng and seed are both given: pass one of them")
    if rng is not None:
        if not isinstance(rng, random.Random):
            raise TypeError(f"rng must be a random.Random, not {type(rng).__name__}: use random.Random(seed)")
        return rng
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int)):
        raise TypeError(f"seed must be an int, not {type(seed).__name__}")
    return random.Random(seed)


def check_initialisers(init: object, bias_init: object) -> None:
    """Refuse what gives no numbers.

    Raises:
        TypeError: One is no function.

    >>> check_initialisers("zeros", zeros)
    Traceback (most recent call last):
    ...
    TypeError: init must be a function of rng, fan_in and fan_out, such as nn.init.he_normal, not str 'zeros'
    """
    for what, given in (("init", init), ("bias_init", bias_init)):
        if not callable(given):
            raise TypeError(
                f"{what} must be a function of rng, fan_in and fan_out, such as nn.init.he_normal, "
                f"not {type(given).__name__} {given!r}"
            )


def zeros(rng: random.Random, fan_in: int, fan_out: int) -> float:
    """Start at 0: every neuron of a layer then stays like the others, and layers wake up one at a time.

    >>> zeros(random.Random(0), 3, 3)
    0.0
    """
    return 0.0


def constant(c: Number) -> Initialiser:
    """Return an initialiser that always gives `c`; a Fraction keeps the model's arithmetic exact.

    Raises:
        TypeError: `c` is no int, float or Fraction.

    >>> constant(0.5)(random.Random(0), 3, 3)
    0.5
    """
    if isinstance(c, bool) or not isinstance(c, int | float | Fraction):
        raise TypeError(f"constant needs an int, float or Fraction, not {type(c).__name__}")

    def initialiser(rng: random.Random, fan_in: int, fan_out: int) -> Number:
        return c

    return initialiser


def uniform(low: float = -1.0, high: float = 1.0) -> Initialiser:
    """Return an initialiser that draws from [low, high]; (-1, 1) is micrograd's.

    Raises:
        ValueError: `low` is above `high`, or one is infinite or nan.

    >>> 2 <= uniform(2, 3)(random.Random(0), 3, 3) <= 3
    True
    """
    if not (low <= high and math.isfinite(low) and math.isfinite(high)):
        raise ValueError(f"uniform needs finite low <= high, got low={low!r}, high={high!r}")

    def initialiser(rng: random.Random, fan_in: int, fan_out: int) -> float:
        return rng.uniform(low, high)

    return initialiser


def xavier_uniform(rng: random.Random, fan_in: int, fan_out: int) -> float:
    """Draw from U(-a, a), a = sqrt(6 / (fan_in + fan_out)): for tanh and sigmoid.

    Source: Glorot and Bengio 2010, equation 16.

    >>> abs(xavier_uniform(random.Random(0), 3, 3)) <= 1
    True
    """
    bound = math.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-bound, bound)


def xavier_normal(rng: random.Random, fan_in: int, fan_out: int) -> float:
    """Draw from N(0, s²), s = sqrt(2 / (fan_in + fan_out)): for tanh and sigmoid.

    Source: Glorot and Bengio 2010, equation 12.

    >>> xavier_normal(random.Random(0), 1, 1) == random.Random(0).gauss(0, 1)
    True
    """
    return rng.gauss(0.0, math.sqrt(2 / (fan_in + fan_out)))


def he_uniform(rng: random.Random, fan_in: int, fan_out: int) -> float:
    """Draw from U(-a, a), a = sqrt(6 / fan_in): for relu.

    Source: He et al. 2015, equation 10.

    >>> abs(he_uniform(random.Random(0), 6, 3)) <= 1
    True
    """
    bound = math.sqrt(6 / fan_in)
    return rng.uniform(-bound, bound)


def he_normal(rng: random.Random, fan_in: int, fan_out: int) -> float:
    """Draw from N(0, s²), s = sqrt(2 / fan_in): for relu.

    Source: He et al. 2015, equation 10.

    >>> he_normal(random.Random(0), 2, 3) == random.Random(0).gauss(0, 1)
    True
    """
    return rng.gauss(0.0, math.sqrt(2 / fan_in))
