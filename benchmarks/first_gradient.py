"""The workload first: how long a learner waits for the first gradient, in a fresh process with nothing compiled.

python benchmarks/first_gradient.py gpt llvm     one measurement, in this process: seconds of CPU time
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from options import Options
from race import installed
from report import Row, Section

WORKLOADS = ("moons", "gpt", "tenk")
ENGINES = ["numpy", *["llvm"] * installed("llvmlite"), *["jax"] * installed("jax")]

NOTES = """\
CPU time of a fresh process from the call of `compile` to the first gradient, imports apart, engine by engine.
moons: the program of one point, on all points. gpt: one name. tenk: 10,000 operations. In the engine llvm the
code of each kind of operation is made in this time; nothing is kept on disk."""


def measure(options: Options) -> Section:
    rows = []
    for workload in WORKLOADS:
        for engine in ENGINES:
            if engine == "jax" and (options.quick or workload == "tenk"):  # XLA takes minutes
                continue
            times = [in_a_process(workload, engine) for _ in range(options.rounds)]
            rows.append(Row(f"{workload}, {engine}", times))
    return Section("first", rows, notes=NOTES, race=False)


def in_a_process(workload: str, engine: str) -> float:
    done = subprocess.run([sys.executable, __file__, workload, engine], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return float(done.stdout)


def first_gradient(workload: str, engine: str) -> Callable[[], Any]:
    """What gives the first gradient; its arguments are there already."""
    import gpt
    import moons
    import numpy as np
    import tenk

    import autodiff
    from autodiff import Value

    if workload == "moons":
        X, y = map(np.array, moons.data())
        values = [Value(number) for number in moons.initial_numbers()]
        return lambda: autodiff.compile(
            lambda x, label: moons.loss_of_point(values, x, label, autodiff.relu), engine=engine
        ).backward(X, y)
    if workload == "gpt":
        matrices = gpt.arranged([Value(number) for number in gpt.initial_numbers()])
        functions = gpt.Functions(autodiff.softmax, autodiff.relu, autodiff.log)
        tokens = np.eye(gpt.VOCABULARY)[gpt.tokens_of("olivia")]
        return lambda: autodiff.compile(
            lambda tokens: gpt.one_hot_loss(matrices, tokens, functions), engine=engine
        ).backward(tokens)
    made, inputs = tenk.plan(), tenk.inputs()
    return lambda: autodiff.compile(
        lambda x: tenk.result(made, x, tenk.FUNCTIONS), engine=engine
    ).value_and_grad(inputs)


if __name__ == "__main__":
    run = first_gradient(*sys.argv[1:])
    start = time.process_time()
    run()
    print(time.process_time() - start)
