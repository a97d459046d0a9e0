"""The workload tenk: 10,000 scalar operations on recent results, run forward and in reverse over and over."""

from __future__ import annotations

import ctypes
import random
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import native
import numpy as np
from options import Options
from race import Contestant, evaluation, installed, race, ratio
from report import Row, Section, Target

import autodiff

OPERATIONS, INPUTS, OUTPUTS = 10_000, 16, 16
RECENT = 60  # how far back an operand may lie
KINDS = {"softplus": 1, "sum": 4, "product": 2, "softmax": 4}  # in the order of tape.c, with their operands
NUMBA, NUMPY, TAPE, CASADI = "compiled, numba", "compiled, numpy", "C tape, gcc -O2", "CasADi SX"
MOST = 1.5

Plan: TypeAlias = list[tuple[str, list[int]]]  # operations and the positions of their operands

NOTES = """\
10,000 operations in equal parts: softplus, sum of 4, product, softmax of 4 (with 4 results), each on some
of the last 60 results; the derivatives of the sum of the last 16 by the 16 inputs. Compiled once; a step is
forward and reverse. The C tape is benchmarks/tape.c, an interpreter of these four operations on flat
arrays; all agree to 1e-9."""


def plan(operations: int = OPERATIONS, seed: int = 0) -> Plan:
    """Draw the operations; results stand behind the inputs, one after the other."""
    rng = random.Random(seed)
    made: Plan = []
    size = INPUTS
    for _ in range(operations):
        kind = rng.choice(list(KINDS))
        back = (min(int(rng.expovariate(0.1)), size - 1, RECENT - 1) for _ in range(KINDS[kind]))
        made.append((kind, [size - 1 - steps for steps in back]))
        size += 4 if kind == "softmax" else 1
    return made


def result(made: Plan, inputs: Any, functions: dict[str, Callable[[list[Any]], Any]]) -> Any:
    """Run the operations on numbers of any kind."""
    values = list(inputs)
    for kind, operands in made:
        found = functions[kind]([values[i] for i in operands])
        values += found if kind == "softmax" else [found]
    return functions["sum"](values[-OUTPUTS:])


FUNCTIONS: dict[str, Callable[[list[Any]], Any]] = {
    "softplus": lambda xs: autodiff.softplus(xs[0]),
    "sum": lambda xs: autodiff.sum(xs),
    "product": lambda xs: xs[0] * xs[1],
    "softmax": lambda xs: autodiff.softmax(xs),
}


def inputs() -> Any:
    return np.linspace(-1, 1, INPUTS)


def measure(options: Options) -> Section:
    runs = race(list(contestants(plan())), options.rounds)
    rows = [Row(name, times) for name, times in runs.items()]
    rows += [Row(name, None) for name in (NUMBA, TAPE, CASADI) if name not in runs]
    asked = f"<= {MOST} x the time of {TAPE}"
    if NUMBA in runs and TAPE in runs:
        found = ratio(runs, NUMBA, TAPE)
        targets = [Target(NUMBA, asked, f"{found:.2f} x", found <= MOST)]
    else:
        targets = [Target(NUMBA, asked, "", None)]
    return Section("tenk", rows, targets, NOTES)


def contestants(made: Plan) -> Iterator[Contestant]:
    if installed("numba"):
        yield compiled(NUMBA, made, "numba")
    yield compiled(NUMPY, made, "numpy")
    if native.has_compiler():
        yield in_c(made)
    if installed("casadi"):
        yield in_casadi(made)


def compiled(name: str, made: Plan, engine: str) -> Contestant:
    f = autodiff.compile(lambda x: result(made, x, FUNCTIONS), engine=engine)
    x = inputs()
    f.traced(x)

    def numbers() -> list[float]:
        found, by = f.value_and_grad(x)
        return [found, *by]

    return Contestant(name, lambda: f.value_and_grad(x), numbers)


def in_casadi(made: Plan) -> Contestant:
    f, symbols = casadi_graph(made)
    return evaluation(CASADI, f, symbols, inputs())


def casadi_graph(made: Plan) -> tuple[Any, Any]:
    """The result and its inputs as symbols of CasADi."""
    import casadi

    def softmax(xs: list[Any]) -> list[Any]:
        largest = casadi.fmax(casadi.fmax(xs[0], xs[1]), casadi.fmax(xs[2], xs[3]))
        exponentials = [casadi.exp(x - largest) for x in xs]
        total = sum(exponentials)
        return [each / total for each in exponentials]

    functions: dict[str, Callable[[list[Any]], Any]] = {
        "softplus": lambda xs: casadi.fmax(xs[0], 0) + casadi.log1p(casadi.exp(-casadi.fabs(xs[0]))),
        "sum": sum,
        "product": lambda xs: xs[0] * xs[1],
        "softmax": softmax,
    }
    symbols = casadi.SX.sym("x", INPUTS)
    return result(made, casadi.vertsplit(symbols), functions), symbols


class Operation(ctypes.Structure):
    """One operation in tape.c."""

    _fields_ = [("kind", ctypes.c_int), ("out", ctypes.c_int), ("operands", ctypes.c_int * 4)]


def in_c(made: Plan) -> Contestant:
    library = native.library("tape.c", "-O2")
    library.run.restype = ctypes.c_double
    tape = (Operation * len(made))()
    slots = INPUTS
    for operation, (kind, operands) in zip(tape, made, strict=True):
        operation.kind, operation.out = list(KINDS).index(kind), slots
        operation.operands[: len(operands)] = operands
        slots += 4 if kind == "softmax" else 1
    v, bar = (ctypes.c_double * slots)(*inputs()), (ctypes.c_double * slots)()

    def step() -> float:
        return float(library.run(tape, len(tape), v, bar, slots, OUTPUTS))

    return Contestant(TAPE, step, lambda: [step(), *bar[:INPUTS]])
