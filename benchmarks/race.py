"""The race: contestants take turns, run by run, after they were found to compute the same numbers."""

from __future__ import annotations

import gc
import importlib.util
import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

TOLERANCE = 1e-9
SHORTEST = 0.05  # seconds: runs shorter than this are repeated, as clocks and other processes disturb them
MOST = 1000  # steps in one run
PAUSE = 0.1  # seconds before a run
SLOW = 2.0  # seconds a step from which on a contestant takes part in a few rounds only
FEW = 3

Runs: TypeAlias = dict[str, list[float]]  # seconds a step


@dataclass(frozen=True)
class Contestant:
    """A workload on one engine.

    Attributes:
        step: One step of the workload, such as forward and backward.
        numbers: Take the first steps, and give what all contestants must agree on.
        restart: Go back to the start, before each run and untimed: who trains for longer must not meet
            easier or harder numbers (the C port took twice as long on a name learnt by heart).
    """

    name: str
    step: Callable[[], Any]
    numbers: Callable[[], Sequence[float]]
    restart: Callable[[], Any] = lambda: None


def race(contestants: Sequence[Contestant], rounds: int, tolerance: float = TOLERANCE) -> Runs:
    """Time the contestants in turn, each round beginning with another one, after checking that they agree.

    The collector is on; what a run leaves to it is collected, untimed, before the next, and a pause
    lets threads of libraries (OpenBLAS, OpenMP) go to sleep that may spin while they wait for work.
    """
    check_agreement(contestants, tolerance)
    steps = {contestant.name: steps_of_a_run(contestant) for contestant in contestants}
    runs: Runs = {contestant.name: [] for contestant in contestants}
    for i in range(rounds):
        first = i % len(contestants)
        for contestant in (*contestants[first:], *contestants[:first]):
            done = runs[contestant.name]
            if len(done) >= FEW and done[0] > SLOW:
                continue
            gc.collect()
            time.sleep(PAUSE)
            done.append(seconds(contestant, steps[contestant.name]))
    return runs


def seconds(contestant: Contestant, steps: int) -> float:
    """The mean seconds of a step, in a run of some."""
    step = contestant.step
    contestant.restart()
    start = time.perf_counter()
    for _ in range(steps):
        step()
    return (time.perf_counter() - start) / steps


def steps_of_a_run(contestant: Contestant) -> int:
    """How many steps take long enough for the clock; the first one warms up and does not count."""
    steps = 1
    while steps < MOST:
        spent = steps * seconds(contestant, steps)
        if spent >= SHORTEST / 2:
            return min(MOST, math.ceil(steps * SHORTEST / spent))
        steps *= 4
    return MOST


def check_agreement(contestants: Sequence[Contestant], tolerance: float = TOLERANCE) -> None:
    """Compare the numbers of all contestants with the first one's.

    Raises:
        AssertionError: They differ by more than the tolerance, relative to the larger of the number and 1.
    """
    first, expected = contestants[0].name, list(contestants[0].numbers())
    for contestant in contestants[1:]:
        numbers = list(contestant.numbers())
        if len(numbers) != len(expected):
            raise AssertionError(f"{contestant.name} gives {len(numbers)} numbers, {first} {len(expected)}")
        for i, (number, wanted) in enumerate(zip(numbers, expected, strict=True)):
            if not math.isclose(number, wanted, rel_tol=tolerance, abs_tol=tolerance):
                raise AssertionError(
                    f"number {i} is {number!r} with {contestant.name}, {wanted!r} with {first}"
                )


def ratio(runs: Runs, slower: str, faster: str) -> float:
    """How many times as long the one takes as the other, by their medians."""
    return statistics.median(runs[slower]) / statistics.median(runs[faster])


def ratio_of_fastest(runs: Runs, slower: str, faster: str) -> float:
    """The same by the fastest runs, which suffer less from what else the machine does."""
    return min(runs[slower]) / min(runs[faster])


def installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def evaluation(
    name: str, output: Any, symbols: Any, point: Any, compiled: Callable[[Any], Any] | None = None
) -> Contestant:
    """Make a contestant of CasADi that evaluates value and gradient in buffers, without copies."""
    import casadi

    f = casadi.Function("f", [symbols], [output, casadi.gradient(output, symbols)])
    f = compiled(f) if compiled else f
    buffer, run = f.buffer()
    x, value, by = np.array(point, dtype=float), np.zeros(1), np.zeros(len(point))
    buffer.set_arg(0, memoryview(x))
    buffer.set_res(0, memoryview(value))
    buffer.set_res(1, memoryview(by))
    kept = (buffer, x)  # CasADi holds their addresses only

    def numbers(_: Any = kept) -> list[float]:
        run()
        return [float(value[0]), *by]

    return Contestant(name, run, numbers)
