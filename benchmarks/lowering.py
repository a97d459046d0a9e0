"""Tracing and lowering of graphs of up to a million nodes: seconds, beside eager passes, and memory.

Each size is measured in a process of its own: `python lowering.py kind engine nodes` prints what it took.
"""

from __future__ import annotations

import gc
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import gpt
import tenk
from chain_growth import LINEAR, growth
from options import Options
from race import installed
from report import Row, Section, Target, duration

import autodiff
from autodiff import Value

SIZES = [10**3, 10**4, 10**5, 10**6]
QUICK = SIZES[:3]
ENGINES = ["numpy", *["llvm"] * installed("llvmlite")]
PASSES, SECONDS, BYTES = 8, 20, 1.3e9
GRAPH = "random graph"
CHAIN = "chain, as deep as it is long"

NOTES = f"""\
{GRAPH}: the operations of tenk, as many as there are nodes of Values; {CHAIN}: v = v * w + b. Lowering is
everything from the call of the function to a program that can run (tracing, passes, grouping, the engine's
tables), without the machine code, which is made in the first call. Eager: a forward
and backward pass of the same function on Values. The memory is the peak of the process, with Python, NumPy
and the graph.
The eager passes are judged where they are most; the growth is fitted from 10,000 nodes on."""


def measure(options: Options) -> Section:
    sizes = QUICK if options.quick else SIZES
    rows: list[Row] = []
    targets: list[Target] = []
    curves: dict[str, dict[int, float]] = {}
    for engine in ENGINES:
        for kind in KINDS:
            found = {size: in_a_process(kind, engine, size) for size in sizes}
            rows += [row(kind, engine, size, taken) for size, taken in found.items()]
            targets += judged(kind, engine, found)
            curves[f"{kind}, {engine}"] = {size: taken["lowering"] for size, taken in found.items()}
        taken = in_a_process("gpt", engine, 1)
        rows.append(row("gpt, olivia", engine, taken["nodes"], taken))
        targets.append(passes_target("gpt, olivia", engine, taken))
    return Section("lowering", rows, targets, NOTES, curves, race=False)


def row(kind: str, engine: str, size: int, taken: dict[str, Any]) -> Row:
    measured = (
        f"{taken['passes']:.1f} eager passes, {1e6 * taken['lowering'] / size:.1f} us a node, "
        f"{taken['bytes'] / 1e9:.2f} GB"
    )
    return Row(f"{kind}, {size:,} nodes, {engine}", [taken["lowering"]], measured)


def judged(kind: str, engine: str, found: dict[int, dict[str, Any]]) -> list[Target]:
    size = max(found)
    largest, who = found[size], f"{kind}, {engine}"
    power = growth({size: taken["lowering"] for size, taken in found.items() if size >= 10**4})
    small = largest["lowering"] < SECONDS and largest["bytes"] < BYTES
    used = f"{duration(largest['lowering'])}, {largest['bytes'] / 1e9:.2f} GB"
    return [
        Target(who, f"linear (p <= {LINEAR})", f"p = {power:.2f}", power <= LINEAR),
        Target(who, f"{size:,} nodes: < {SECONDS} s, < {BYTES / 1e9:.1f} GB", used, small),
        passes_target(kind, engine, max(found.values(), key=lambda taken: taken["passes"])),
    ]


def passes_target(kind: str, engine: str, taken: dict[str, Any]) -> Target:
    who, passes = f"{kind}, {engine}", taken["passes"]
    return Target(
        who, f"<= {PASSES} eager passes", f"{passes:.1f} passes at {taken['nodes']:,} nodes", passes <= PASSES
    )


def in_a_process(kind: str, engine: str, size: int) -> dict[str, Any]:
    command = [sys.executable, __file__, kind, engine, str(size)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


# ---------------------------------------------------------------- in the process

Function = Callable[[Any], Any]


def random_graph(nodes: int) -> tuple[Function, Any, int]:
    """A function, its argument, and the nodes of its graph."""
    made = tenk.plan(nodes)
    results = 0
    for end, (kind, _) in enumerate(made):
        results += 4 if kind == "softmax" else 1
        if results >= nodes:
            made = made[: end + 1]
            break
    return lambda x: tenk.result(made, x, tenk.FUNCTIONS), tenk.inputs().tolist(), results


def deep_chain(nodes: int) -> tuple[Function, Any, int]:
    def f(x: Any) -> Any:
        v, (w, b) = x[0], x[1:]
        for _ in range(nodes // 2):
            v = v * w + b
        return v

    return f, [1.0, 1.0, 0.25], nodes


def gpt_step(_: int) -> tuple[Function, Any, int]:
    """The loss on a name by the parameters."""
    functions = gpt.Functions(autodiff.softmax, autodiff.relu, autodiff.log)
    rows = [[float(i == token) for i in range(gpt.VOCABULARY)] for token in gpt.tokens_of("olivia")]

    def f(parameters: Any) -> Any:
        return gpt.one_hot_loss(gpt.arranged(parameters), rows, functions)

    start = gpt.initial_numbers()
    return f, start, sum(1 for _ in autodiff.topological_order(f([Value(number) for number in start])))


KINDS = {GRAPH: random_graph, CHAIN: deep_chain}


def take(kind: str, engine: str, size: int) -> dict[str, float]:
    """Measure eager passes, then the lowering."""
    f, x, nodes = {**KINDS, "gpt": gpt_step}[kind](size)
    warm_up(f, x, engine, size)
    repeats = 3 if size < 10**5 else 1
    eager = statistics.median(seconds(lambda: passed(f, x)) for _ in range(repeats))
    lowering = statistics.median(seconds(lambda: lowered(f, x, engine)) for _ in range(repeats))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"nodes": nodes, "lowering": lowering, "passes": lowering / eager, "bytes": peak}


def warm_up(f: Function, x: Any, engine: str, size: int) -> None:
    """Load what a first use loads, on a small graph."""
    small = random_graph(min(size, 1000))
    passed(small[0], small[1])
    lowered(small[0], small[1], engine)


def passed(f: Function, x: Any) -> None:
    f([Value(number) for number in x]).backward()


def lowered(f: Function, x: Any, engine: str) -> None:
    autodiff.compile(f, engine=engine).traced(x)


def seconds(run: Callable[[], Any]) -> float:
    gc.collect()
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


if __name__ == "__main__":
    print(json.dumps(take(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
