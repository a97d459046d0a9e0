"""The same graphs built and evaluated by CasADi's SX and compiled here: gradients of moons, gpt and tenk."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any

import gpt
import moons
import numpy as np
import tenk
from options import Options
from race import Contestant, Runs, evaluation, installed, race, ratio
from report import Row, Section, Target

import autodiff
from autodiff import Value

OURS, BATCH, CASADI = "compiled", "compiled, a batch", "CasADi SX"
FASTER = 5
NAME = "olivia"

NOTES = """\
Build: from running the scalar function on symbols to the end of the first evaluation of value and gradient;
in the engine llvm, which makes the code of each kind of operation in this time. moons: one
graph of all 100 points for both; "a batch" is the program of one point, run on all points, built from the
same scalar code. gpt: one name, the tokens given as rows. Gradients by all parameters (moons, gpt) or
inputs (tenk), agreed to 1e-9. CasADi evaluates in its virtual machine, without copying results."""


def measure(options: Options) -> Section:
    if not installed("casadi"):
        return Section("casadi", [Row(CASADI, None)])
    rows: list[Row] = []
    targets: list[Target] = []
    for workload, makers in GRAPHS.items():
        if workload == "moons" and not installed("sklearn"):
            continue  # it makes the data
        built: Runs = {name: [] for name in makers}
        contestants: dict[str, Contestant] = {}
        for maker in makers.values():
            maker().numbers()  # what is compiled once and kept on disk
        for _ in range(1 if options.quick else 3):
            for name, maker in makers.items():
                start = time.perf_counter()
                contestants[name] = maker()
                contestants[name].step()
                built[name].append(time.perf_counter() - start)
        runs = race(list(contestants.values()), options.rounds)
        for name in makers:
            rows.append(Row(f"{workload}, build: {name}", built[name]))
        for name in makers:
            rows.append(Row(f"{workload}, evaluation: {name}", runs[name]))
        for name in makers:
            if name != CASADI:
                targets += judged(workload, name, built, runs)
    return Section("casadi", rows, targets, NOTES, race=False)


def judged(workload: str, name: str, built: Runs, runs: Runs) -> list[Target]:
    faster, build = ratio(runs, CASADI, name), ratio(built, name, CASADI)
    who = f"{workload}: {name}"
    return [
        Target(who, f"evaluation >= {FASTER} x as fast", f"{faster:.3g} x", faster >= FASTER),
        Target(who, "build <= 1 x the time", f"{build:.2f} x", build <= 1),
    ]


def of_parameters(name: str, values: list[Value], loss: Any, *args: Any) -> Contestant:
    """A contestant that adds to the derivatives by parameters."""
    parameters = loss.traced(*args).parameters
    parameters.__enter__()

    def step() -> float:
        parameters.grad[:] = 0
        return float(loss.backward(*args))

    def numbers() -> list[float]:
        found = step()
        parameters.write()
        return [found, *(float(value.grad or 0) for value in values)]

    return Contestant(name, step, numbers)


# ---------------------------------------------------------------- the graphs


def moons_here(batch: bool) -> Contestant:
    X, y = moons.data()
    values = [Value(number) for number in moons.initial_numbers()]
    if batch:
        loss = autodiff.compile(lambda x, label: moons.loss_of_point(values, x, label, autodiff.relu))
        return of_parameters(BATCH, values, loss, np.array(X), np.array(y))
    loss = autodiff.compile(lambda X, y: moons.loss_of_batch(values, X, y, autodiff.relu), static="y")
    return of_parameters(OURS, values, loss, np.array(X), tuple(y))


def moons_casadi() -> Contestant:
    import casadi

    X, y = moons.data()
    numbers = moons.initial_numbers()
    symbols = casadi.SX.sym("p", len(numbers))
    loss = moons.loss_of_batch(casadi.vertsplit(symbols), X, y, lambda x: casadi.fmax(x, 0))
    return evaluation(CASADI, loss, symbols, numbers)


def gpt_here() -> Contestant:
    values = [Value(number) for number in gpt.initial_numbers()]
    matrices = gpt.arranged(values)
    functions = gpt.Functions(autodiff.softmax, autodiff.relu, autodiff.log)
    loss = autodiff.compile(lambda tokens: gpt.one_hot_loss(matrices, tokens, functions))
    return of_parameters(OURS, values, loss, np.eye(gpt.VOCABULARY)[gpt.tokens_of(NAME)])


def gpt_casadi() -> Contestant:
    import casadi

    def softmax(xs: list[Any]) -> list[Any]:
        largest = functools.reduce(casadi.fmax, xs)
        exponentials = [casadi.exp(x - largest) for x in xs]
        total = sum(exponentials)
        return [each / total for each in exponentials]

    numbers = gpt.initial_numbers()
    symbols = casadi.SX.sym("p", len(numbers))
    functions = gpt.Functions(softmax, lambda x: casadi.fmax(x, 0), casadi.log)
    rows = np.eye(gpt.VOCABULARY)[gpt.tokens_of(NAME)].tolist()
    loss = gpt.one_hot_loss(gpt.arranged(casadi.vertsplit(symbols)), rows, functions)
    return evaluation(CASADI, loss, symbols, numbers)


def tenk_casadi() -> Contestant:
    return evaluation(CASADI, *tenk.casadi_graph(tenk.plan()), tenk.inputs())


GRAPHS: dict[str, dict[str, Callable[[], Contestant]]] = {
    "moons": {OURS: lambda: moons_here(False), BATCH: lambda: moons_here(True), CASADI: moons_casadi},
    "gpt": {OURS: gpt_here, CASADI: gpt_casadi},
    "tenk": {OURS: lambda: tenk.compiled(OURS, tenk.plan(), "auto"), CASADI: tenk_casadi},
}
