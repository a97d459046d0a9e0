"""Schedules: pure functions from the number of steps taken so far to a learning rate.

>>> schedule = step_lr(0.1, every=100, factor=0.5)
>>> schedule(0), schedule(250)
(0.1, 0.025)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from operator import truediv
from typing import TypeAlias

from nn.checks import count, in_range
from nn.values import Number

__all__ = ["Schedule", "constant_lr", "cosine_lr", "linear_lr", "step_lr"]

Schedule: TypeAlias = Callable[[int], Number]


def constant_lr(lr: Number) -> Schedule:
    """Return the schedule that is always `lr`.

    Raises:
        TypeError: `lr` is no number.
        ValueError: It is negative, infinite or nan.

    >>> constant_lr(0.1)(1000)
    0.1
    """
    lr = in_range("lr", lr, 0, math.inf)
    return lambda step: lr


def linear_lr(start: Number, end: Number, steps: int) -> Schedule:
    """Return the schedule that goes in a straight line from `start` to `end`, and stays there; Fractions stay exact.

    Args:
        start: The first learning rate.
        end: The last one.
        steps: How many steps it takes from one to the other.

    Raises:
        TypeError: A rate is no number, or `steps` no int.
        ValueError: A rate is negative, infinite or nan, or `steps` below 1.

    >>> [linear_lr(1, 0, steps=4)(step) for step in (0, 1, 2, 4, 9)]
    [1.0, 0.75, 0.5, 0.0, 0.0]
    """
    start, end = in_range("start", start, 0, math.inf), in_range("end", end, 0, math.inf)
    steps = count("steps", steps)
    way = end - start
    part = Fraction if isinstance(way, Fraction) else truediv
    return lambda step: start + way * part(min(step, steps), steps)


def cosine_lr(start: Number, end: Number, steps: int) -> Schedule:
    """Return the schedule that falls from `start` to `end` along half a cosine, and stays there.

    Source: Loshchilov and Hutter 2017, equation 5, without restarts.

    Args:
        start: The first learning rate.
        end: The last one.
        steps: How many steps it takes from one to the other.

    Raises:
        TypeError: A rate is no number, or `steps` no int.
        ValueError: A rate is negative, infinite or nan, or `steps` below 1.

    >>> [round(cosine_lr(1, 0, steps=4)(step), 3) for step in (0, 1, 2, 4, 9)]
    [1.0, 0.854, 0.5, 0.0, 0.0]
    """
    start, end = in_range("start", start, 0, math.inf), in_range("end", end, 0, math.inf)
    steps = count("steps", steps)
    return lambda step: end + (start - end) * ((1 + math.cos(math.pi * min(step, steps) / steps)) / 2)


def step_lr(start: Number, every: int, factor: Number = 0.1) -> Schedule:
    """Return the schedule that starts at `start` and is multiplied by `factor` again and again.

    Args:
        start: The first learning rate.
        every: After how many steps it is multiplied.
        factor: What it is multiplied by.

    Raises:
        TypeError: `start` or `factor` is no number, or `every` no int.
        ValueError: `start` or `factor` is negative, infinite or nan, or `every` below 1.

    >>> [step_lr(8.0, every=2, factor=0.5)(step) for step in range(6)]
    [8.0, 8.0, 4.0, 4.0, 2.0, 2.0]
    """
    start, factor = in_range("start", start, 0, math.inf), in_range("factor", factor, 0, math.inf)
    every = count("every", every)
    return lambda step: start * factor ** (step // every)
