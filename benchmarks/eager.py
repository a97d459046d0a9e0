"""Measure eager autodiff (moons, gpt, chain) beside micrograd and microgpt's Value, against the targets.

    python benchmarks/eager.py [--rounds N] [--full] [--torch]

Contestants take turns, run by run, with the garbage collector on; each run is one zeroing of the gradients,
forward and backward pass, and the release of the graph. What a run leaves to the collector is collected,
untimed, before the next. All contestants of a workload must agree on the loss and every gradient to 1e-9, or
nothing is measured.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import math
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # measures this tree, not an installed copy

import chain
import gpt
import moons
import tuples
from report import Row, environment, table, write_section

import autodiff

OURS, NN = "autodiff", "autodiff + nn"
MICROGRAD, TUPLES, TORCH = "micrograd", "microgpt's Value", "torch, scalar tensors"
TOLERANCE = 1e-9
MEMORY_NODES = 100_000
CHAIN_LIMIT = 1.15  # linear, with room for caches that a small graph fits and a large one does not


@dataclass(frozen=True)
class Contestant:
    """A workload on one engine."""

    name: str
    parameters: list[Any]
    loss: Callable[[], Any]
    zero: Any = 0.0

    def step(self) -> float:
        """Zero the gradients, run forward and backward, free the graph."""
        for parameter in self.parameters:
            parameter.grad = self.zero
        loss = self.loss()
        loss.backward()
        return float(loss.data)

    def gradients(self) -> list[float]:
        return [float(parameter.grad) for parameter in self.parameters]


def main() -> None:
    arguments = parsed()
    sys.setrecursionlimit(10**6)  # the peers sort by recursion
    rows = [
        *moons_rows(arguments.rounds, arguments.torch),
        *gpt_rows(arguments.rounds, arguments.torch),
        *chain_rows(min(arguments.rounds, 5), arguments.full),
    ]
    packages = ["numpy", "scikit-learn", "micrograd", *(["torch"] if arguments.torch else [])]
    command = " ".join(["python benchmarks/eager.py", f"--rounds {arguments.rounds}"])
    command += " --full" * arguments.full + " --torch" * arguments.torch
    text = f"{table(rows)}\n\n{NOTES}\n\n{environment(packages)}\n\nTo reproduce: `{command}`"
    print(text)
    write_section("Eager", text)
    print(f"\n{sum(row.met is False for row in rows)} targets missed")


NOTES = """\
moons: MLP 2-16-16-1, 100 points, hinge loss and L2, one full-batch step. gpt: a transformer in scalar code,
4,192 parameters, one name a step, without the optimizer. Both: zeroing, forward, backward and release of the
graph, the collector on, contestants in turn; all agree on the loss and every gradient to 1e-9. micrograd's
row is the same code as the first with its import, microgpt's Value is benchmarks/tuples.py. chain: v = v * w
+ b; build, backward and release together; growth is the exponent p of seconds ~ nodes^p, fitted from 10,000
nodes on; bytes are tracemalloc's, at 100,000 nodes. Ratios and verdicts are of medians; the ratio of the
fastest runs stands beside, as it suffers less from what else the machine does."""


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15, help="runs of each contestant (15)")
    parser.add_argument("--full", action="store_true", help="chains of up to 5 million nodes")
    parser.add_argument(
        "--torch", action="store_true", help="PyTorch's scalar tensors too; they take a second a run"
    )
    arguments = parser.parse_args()
    if arguments.rounds < 1:
        parser.error(f"--rounds must be at least 1, got {arguments.rounds}")
    return arguments


# ---------------------------------------------------------------- the workloads


def moons_rows(rounds: int, torch: bool) -> list[Row]:
    """micrograd's demo: the same code on each engine, and with our nn."""
    if not installed("sklearn"):
        return [Row("moons", "scikit-learn (makes the data)", None)]
    contestants = [Contestant(OURS, *moons.for_micrograd(autodiff.Value)), Contestant(NN, *moons.with_nn())]
    if installed("micrograd"):
        from micrograd.engine import Value

        contestants.append(Contestant(MICROGRAD, *moons.for_micrograd(Value)))
    if torch and installed("torch"):
        contestants.append(Contestant(TORCH, *moons.for_micrograd(torch_leaf), zero=None))
    runs = race(contestants, rounds)
    return compared("moons", runs, MICROGRAD, {OURS: 8.0, NN: 25.0}, [MICROGRAD, *[TORCH] * torch])


def gpt_rows(rounds: int, torch: bool) -> list[Row]:
    """Scalar code as microgpt's, the same for each engine; micrograd lacks exp and log."""
    contestants = [
        Contestant(OURS, *gpt.workload(autodiff.Value)),
        Contestant(TUPLES, *gpt.workload(tuples.Value)),
    ]
    if torch and installed("torch"):
        contestants.append(Contestant(TORCH, *gpt.workload(torch_leaf), zero=None))
    runs = race(contestants, rounds)
    return compared("gpt", runs, TUPLES, {OURS: 1.5}, [TUPLES, *[TORCH] * torch])


def chain_rows(rounds: int, full: bool) -> list[Row]:
    """Growth, memory and release of long chains."""
    sizes = [10**3, 10**4, 10**5, 10**6, *[5 * 10**6] * full]
    runs: dict[int, list[chain.Times]] = {size: [] for size in sizes}
    for _ in range(rounds):
        for size in sizes:
            runs[size].append(chain.times(autodiff.Value, size))
    rows = []
    for size in sizes:
        seconds = [times.total for times in runs[size]]
        parts = {
            part: statistics.median(getattr(t, part) for t in runs[size])
            for part in ("build", "backward", "free")
        }
        each = ", ".join(f"{part} {1e6 * spent / size:.2f}" for part, spent in parts.items())
        rows.append(Row(f"chain {size:,}", OURS, seconds, f"us a node: {each}"))
    power = growth({size: statistics.median(t.total for t in runs[size]) for size in sizes if size >= 10**4})
    goal = f"linear (p <= {CHAIN_LIMIT})"
    rows.append(Row("chain, growth", OURS, (), f"p = {power:.2f}", goal, power <= CHAIN_LIMIT))
    return [*rows, *memory_rows(), release_row(sizes[-1])]


def growth(seconds: dict[int, float]) -> float:
    """Fit p in seconds ~ nodes^p."""
    xs, ys = [math.log(size) for size in seconds], [math.log(spent) for spent in seconds.values()]
    return statistics.linear_regression(xs, ys).slope


def memory_rows() -> list[Row]:
    rows = []
    for name, value in ((OURS, autodiff.Value), (TUPLES, tuples.Value)):
        used = chain.memory(value, MEMORY_NODES)
        measured = f"{used.built:.0f} B built, {used.swept:.0f} B swept, {used.peak:.0f} B peak of backward"
        target, met = ("<= 300 B a node", used.swept <= 300) if name == OURS else ("", None)
        rows.append(Row("chain, memory", name, (), measured, target, met))
    return rows


def release_row(nodes: int) -> Row:
    left = chain.left_without_collector(autodiff.Value, nodes)
    measured = f"{left} of {nodes:,} nodes left"
    return Row("chain, release", OURS, (), measured, "collector off: none left", left == 0)


def torch_leaf(number: float) -> Any:
    import torch

    return torch.tensor(number, dtype=torch.float64, requires_grad=True)


def installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


# ---------------------------------------------------------------- the race


def race(contestants: Sequence[Contestant], rounds: int) -> dict[str, list[float]]:
    """Time the contestants in turn, each round beginning with another one, after checking that they agree."""
    check_agreement(contestants)
    runs: dict[str, list[float]] = {contestant.name: [] for contestant in contestants}
    for i in range(rounds):
        first = i % len(contestants)
        for contestant in (*contestants[first:], *contestants[:first]):
            gc.collect()
            start = time.perf_counter()
            contestant.step()
            runs[contestant.name].append(time.perf_counter() - start)
    return runs


def check_agreement(contestants: Sequence[Contestant]) -> None:
    """Run each contestant once, and compare loss and gradients with the first one's.

    Raises:
        AssertionError: They differ by more than 1e-9, relative to the larger of the number and 1.
    """
    results = [(contestant.name, [contestant.step(), *contestant.gradients()]) for contestant in contestants]
    first, expected = results[0]
    for name, numbers in results[1:]:
        if len(numbers) != len(expected):
            raise AssertionError(f"{name} has {len(numbers) - 1} gradients, {first} {len(expected) - 1}")
        for i, (number, wanted) in enumerate(zip(numbers, expected, strict=True)):
            if not math.isclose(number, wanted, rel_tol=TOLERANCE, abs_tol=TOLERANCE):
                what = f"gradient {i - 1}" if i else "the loss"
                raise AssertionError(f"{what} is {number!r} with {name}, {wanted!r} with {first}")


def compared(
    workload: str, runs: dict[str, list[float]], peer: str, targets: dict[str, float], peers: Sequence[str]
) -> list[Row]:
    """Turn runs into rows: ours with their ratio to the peer, then the peers, installed or not."""
    rows = []
    for name, times in runs.items():
        if name in peers:
            continue
        target = f">= {targets[name]:g} x {peer}"
        if peer in runs:
            ratio = statistics.median(runs[peer]) / statistics.median(times)
            measured = f"{ratio:.2f} x {peer} ({min(runs[peer]) / min(times):.2f} x by fastest runs)"
            rows.append(Row(workload, name, times, measured, target, ratio >= targets[name]))
        else:
            rows.append(Row(workload, name, times, "", target))
    return rows + [Row(workload, name, runs.get(name)) for name in peers]


if __name__ == "__main__":
    main()
