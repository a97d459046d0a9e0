"""Measure all workloads beside their peers, against the targets, and write RESULTS.md and its picture.

    python benchmarks [workload ...] [--quick] [--rounds N]

Contestants of a workload take turns, run by run, with the garbage collector on, after they were found to
compute the same numbers. Ratios and verdicts are of medians.
"""

from __future__ import annotations

import argparse
import importlib
import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # measures this tree, not an installed copy
sys.path.insert(0, str(Path(__file__).resolve().parent))  # for python -m benchmarks

from native import compiler_version
from options import Options
from report import Section, environment, text_of
from results import finish, keep

WORKLOADS = {  # where each is measured
    "moons": "moons_contestants",
    "gpt": "gpt_contestants",
    "mlp784": "mlp784",
    "tenk": "tenk",
    "casadi": "casadi_graphs",
    "chain": "chain_growth",
    "lowering": "lowering",
    "first": "first_gradient",
    "page": "page",
}
PART = "AUTODIFF_BENCHMARK_PART"  # set for the process of one workload
PACKAGES = ["numpy", "llvmlite", "scikit-learn", "micrograd", "torch", "jax", "autograd", "casadi"]


def main() -> None:
    chosen, options = parsed()
    if PART in os.environ:
        return run(chosen[0], options)
    # Each in a process of its own: threads and memory of one do not disturb the next.
    failed = [name for name in chosen if in_a_process(name, options)]
    print(f"\n## Targets\n\n{finish()}")
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def parsed() -> tuple[list[str], Options]:
    parser = argparse.ArgumentParser(prog="python benchmarks", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("workloads", nargs="*", metavar="workload", help=f"of {', '.join(WORKLOADS)} (all)")
    parser.add_argument("--rounds", type=int, help="runs of each contestant (9; 3 if quick)")
    parser.add_argument("--quick", action="store_true", help="without the slowest peers and largest sizes")
    arguments = parser.parse_args()
    if unknown := set(arguments.workloads) - set(WORKLOADS):
        parser.error(f"no such workload: {', '.join(sorted(unknown))}; there are {', '.join(WORKLOADS)}")
    rounds = arguments.rounds if arguments.rounds is not None else 3 if arguments.quick else 9
    if rounds < 1:
        parser.error(f"--rounds must be at least 1, got {rounds}")
    return arguments.workloads or list(WORKLOADS), Options(rounds, arguments.quick)


def in_a_process(name: str, options: Options) -> bool:
    """Run one workload; return whether it failed."""
    command = [
        sys.executable,
        str(Path(__file__).parent),
        name,
        "--rounds",
        str(options.rounds),
        *["--quick"] * options.quick,
    ]
    return subprocess.run(command, env={**os.environ, PART: "1"}).returncode != 0


def run(name: str, options: Options) -> None:
    """Measure one workload, print it and put it into RESULTS.md."""
    sys.setrecursionlimit(10**6)  # the peers sort by recursion
    start = time.perf_counter()
    section: Section = importlib.import_module(WORKLOADS[name]).measure(options)
    command = f"python benchmarks {name} --rounds {options.rounds}" + " --quick" * options.quick
    setting = f"{environment(PACKAGES)}; {compiler_version()}\n\nTo reproduce: `{command}`"
    print(f"\n## {name} ({time.perf_counter() - start:.0f} s)\n\n{text_of(section, setting)}", flush=True)
    keep(section, setting)


if __name__ == "__main__":
    main()
