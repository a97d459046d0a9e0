"""The workload chain on the eager engine: growth, memory and release of graphs of up to millions of nodes."""

from __future__ import annotations

import math
import statistics

import chain
import tuples
from options import Options
from report import Row, Section, Target

import autodiff

OURS, TUPLES = "autodiff", "microgpt's Value"
SIZES = [10**3, 10**4, 10**5, 10**6, 5 * 10**6]
QUICK = SIZES[:4]
MOST_ROUNDS = 5
MEMORY_NODES = 10_000  # tracemalloc walks the whole stack, and the peer's sort is as deep as the graph
BYTES = 150
LINEAR = 1.15  # with room for caches that a small graph fits and a large one does not

NOTES = f"""\
v = v * w + b over and over; build, backward and release together, the collector on. The growth is the
exponent p of seconds ~ nodes^p, fitted from 10,000 nodes on; bytes are tracemalloc's, at {MEMORY_NODES:,}
nodes."""


def measure(options: Options) -> Section:
    sizes = QUICK if options.quick else SIZES
    runs: dict[int, list[chain.Times]] = {size: [] for size in sizes}
    for i in range(min(options.rounds, MOST_ROUNDS)):
        for size in sizes:
            if size <= 10**6 or i < 2:
                runs[size].append(chain.times(autodiff.Value, size))
    seconds = {size: [times.total for times in found] for size, found in runs.items()}
    medians = {size: statistics.median(found) for size, found in seconds.items()}
    rows = [Row(f"{OURS}, {size:,} nodes", seconds[size], parts(size, found)) for size, found in runs.items()]
    memory = {
        name: chain.memory(value, MEMORY_NODES)
        for name, value in (("ours", autodiff.Value), ("theirs", tuples.Value))
    }
    rows += [
        Row(f"{OURS}, memory", (), written(memory["ours"])),
        Row(f"{TUPLES}, memory", (), written(memory["theirs"])),
    ]
    targets = [growth_target(medians), memory_target(memory["ours"]), release_target(sizes[-1])]
    return Section("chain", rows, targets, NOTES, {"chain, eager": medians}, race=False)


def parts(size: int, runs: list[chain.Times]) -> str:
    each = {
        part: statistics.median(getattr(times, part) for times in runs)
        for part in ("build", "backward", "free")
    }
    return "us a node: " + ", ".join(f"{part} {1e6 * spent / size:.2f}" for part, spent in each.items())


def growth(seconds: dict[int, float]) -> float:
    """Fit p in seconds ~ size^p."""
    xs, ys = [math.log(size) for size in seconds], [math.log(spent) for spent in seconds.values()]
    return statistics.linear_regression(xs, ys).slope


def growth_target(medians: dict[int, float]) -> Target:
    power = growth({size: spent for size, spent in medians.items() if size >= 10**4})
    return Target(
        OURS, f"linear to {max(medians):,} nodes (p <= {LINEAR})", f"p = {power:.2f}", power <= LINEAR
    )


def written(used: chain.Memory) -> str:
    return f"{used.built:.0f} B built, {used.swept:.0f} B swept, {used.peak:.0f} B peak of backward"


def memory_target(used: chain.Memory) -> Target:
    return Target(
        OURS, f"<= {BYTES} B a binary node", f"{used.swept:.0f} B after backward", used.swept <= BYTES
    )


def release_target(nodes: int) -> Target:
    left = chain.left_without_collector(autodiff.Value, nodes)
    return Target(
        OURS, "freeing needs no collector", f"{left} of {nodes:,} nodes left with it off", left == 0
    )
