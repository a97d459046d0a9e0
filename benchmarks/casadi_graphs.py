"""The same graphs built and evaluated by CasADi, by ddx-ad and compiled here: gradients of moons, gpt and tenk."""

from __future__ import annotations

import functools
import subprocess
import tempfile
import time
from collections.abc import Callable
from typing import Any

import gpt
import moons
import native
import numpy as np
import tenk
from options import Options
from race import Contestant, Runs, evaluation, installed, race, ratio
from report import Row, Section, Target

import autodiff
from autodiff import Value

OURS, BATCH = "compiled", "compiled, a batch"
CASADI, CASADI_C, DDX = "CasADi SX", "CasADi, its C, gcc -O1", "ddx-ad, interpreted"
DDX_COMPILED = "ddx-ad, compiled"
FASTER = {CASADI: 5, CASADI_C: 2, DDX: 2, DDX_COMPILED: 2}  # how many times, than each peer
NEEDS = {CASADI: "casadi", CASADI_C: "casadi", DDX: "ddx", DDX_COMPILED: "ddx"}
NAME = "olivia"
LONG = 10  # seconds of a build that is not repeated

NOTES = """\
Build: from running the scalar function on symbols to the end of the first evaluation of value and gradient;
in the engine llvm, which makes the code of each kind of operation in this time. moons: one
graph of all 100 points for both; "a batch" is the program of one point, run on all points, built from the
same scalar code. gpt: one name, the tokens given as rows. Gradients by all parameters (moons, gpt) or
inputs (tenk), agreed to 1e-9. CasADi evaluates in its virtual machine, or what gcc makes of the C that it
writes, and ddx-ad walks its graph or runs what its compiler makes of it; all in buffers, without copying
results. gcc and ddx-ad's compiler take half a minute for gpt; for moons they take longer, and are left out."""


def measure(options: Options) -> Section:
    if not installed("casadi"):
        return Section("casadi", [Row(CASADI, None)])
    rows: list[Row] = []
    targets: list[Target] = []
    for workload, every in GRAPHS.items():
        if workload == "moons" and not installed("sklearn"):
            continue  # it makes the data
        makers = {name: maker for name, maker in every.items() if is_there(name)}
        built: Runs = {name: [] for name in makers}
        contestants: dict[str, Contestant] = {}
        for _ in range(1 if options.quick else 3):
            for name, maker in makers.items():
                if built[name] and built[name][0] > LONG:
                    continue
                start = time.perf_counter()
                contestants[name] = maker()
                contestants[name].step()
                built[name].append(time.perf_counter() - start)
        runs = race(list(contestants.values()), options.rounds)
        for name in makers:
            rows.append(Row(f"{workload}, build: {name}", built[name]))
        for name in makers:
            rows.append(Row(f"{workload}, evaluation: {name}", runs[name]))
        for name in (name for name in (OURS, BATCH) if name in makers):
            for peer in (peer for peer in FASTER if peer in makers):
                targets += judged(workload, name, peer, built, runs)
    return Section("casadi", rows, targets, NOTES, race=False)


def is_there(name: str) -> bool:
    return (name not in NEEDS or installed(NEEDS[name])) and (name != CASADI_C or native.has_compiler())


def judged(workload: str, name: str, peer: str, built: Runs, runs: Runs) -> list[Target]:
    faster, build = ratio(runs, peer, name), ratio(built, name, peer)
    who = f"{workload}: {name}, against {peer}"
    return [
        Target(who, f"evaluation >= {FASTER[peer]} x as fast", f"{faster:.3g} x", faster >= FASTER[peer]),
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
    return of_casadi(False, loss, symbols, numbers)


def moons_ddx() -> Contestant:
    import ddx

    X, y = moons.data()
    numbers = moons.initial_numbers()
    return of_ddx(lambda values: moons.loss_of_batch(values, X, y, lambda x: ddx.max(x, 0.0)), numbers)


def gpt_here() -> Contestant:
    values = [Value(number) for number in gpt.initial_numbers()]
    matrices = gpt.arranged(values)
    functions = gpt.Functions(autodiff.softmax, autodiff.relu, autodiff.log)
    loss = autodiff.compile(lambda tokens: gpt.one_hot_loss(matrices, tokens, functions))
    return of_parameters(OURS, values, loss, np.eye(gpt.VOCABULARY)[gpt.tokens_of(NAME)])


def gpt_loss(
    values: Any, exp: Callable[..., Any], log: Callable[..., Any], larger: Callable[..., Any]
) -> Any:
    """The loss of one name, from functions of one library."""

    def softmax(xs: list[Any]) -> list[Any]:
        largest = functools.reduce(larger, xs)
        exponentials = [exp(x - largest) for x in xs]
        total = sum(exponentials)
        return [each / total for each in exponentials]

    functions = gpt.Functions(softmax, lambda x: larger(x, 0.0), log)
    rows = np.eye(gpt.VOCABULARY)[gpt.tokens_of(NAME)].tolist()
    return gpt.one_hot_loss(gpt.arranged(values), rows, functions)


def gpt_casadi(in_c: bool = False) -> Contestant:
    import casadi

    numbers = gpt.initial_numbers()
    symbols = casadi.SX.sym("p", len(numbers))
    loss = gpt_loss(casadi.vertsplit(symbols), casadi.exp, casadi.log, casadi.fmax)
    return of_casadi(in_c, loss, symbols, numbers)


def gpt_ddx(compiled: bool = False) -> Contestant:
    import ddx

    numbers = gpt.initial_numbers()
    return of_ddx(lambda values: gpt_loss(values, ddx.exp, ddx.log, ddx.max), numbers, compiled)


def tenk_casadi() -> Contestant:
    return of_casadi(False, *tenk.casadi_graph(tenk.plan()), tenk.inputs())


# ---------------------------------------------------------------- peers


def of_casadi(in_c: bool, output: Any, symbols: Any, point: Any) -> Contestant:
    return evaluation(CASADI_C if in_c else CASADI, output, symbols, point, generated if in_c else None)


def generated(f: Any) -> Any:
    """A function of CasADi as C, compiled."""
    import casadi

    folder = tempfile.mkdtemp(dir=native.folder().name)
    code = casadi.CodeGenerator("f.c")
    code.add(f)
    code.generate(f"{folder}/")
    subprocess.run(
        ["gcc", "-O1", "-shared", "-fPIC", "-o", f"{folder}/f.so", f"{folder}/f.c", "-lm"], check=True
    )
    return casadi.external("f", f"{folder}/f.so")


def of_ddx(model: Callable[[list[Any]], Any], point: Any, compiled: bool = False) -> Contestant:
    import ddx

    names = [f"p{i}" for i in range(len(point))]
    equation = ddx.equation(lambda: model([ddx.var(name) for name in names]))
    call = (equation.compile() if compiled else equation).buffer(np.array(point, dtype=float))

    def numbers() -> list[float]:
        call()
        return [float(call.value), *map(float, call.jacobian)]

    return Contestant(DDX_COMPILED if compiled else DDX, call, numbers)


GRAPHS: dict[str, dict[str, Callable[[], Contestant]]] = {
    "moons": {
        OURS: lambda: moons_here(False),
        BATCH: lambda: moons_here(True),
        CASADI: moons_casadi,
        DDX: moons_ddx,
    },
    "gpt": {
        OURS: gpt_here,
        CASADI: gpt_casadi,
        CASADI_C: lambda: gpt_casadi(in_c=True),
        DDX: gpt_ddx,
        DDX_COMPILED: lambda: gpt_ddx(compiled=True),
    },
    "tenk": {OURS: lambda: tenk.compiled(OURS, tenk.plan(), "auto"), CASADI: tenk_casadi},
}
