"""The workload tenk: 10,000 scalar operations on recent results, run forward and in reverse over and over."""

from __future__ import annotations

import ctypes
import random
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import native
import numpy as np
from options import Options
from race import Contestant, check_agreement, evaluation, installed, race, ratio
from report import Row, Section, Target

import autodiff

OPERATIONS, INPUTS = 10_000, 16
RECENT = 60  # how far back an operand may lie
AFRESH = 8  # one operand in so many is an input
SMALLEST = 100.0  # of the derivatives: far from 0, where every contestant would agree
KINDS = {"softplus": 1, "sum": 4, "product": 2, "softmax": 4}  # in the order of tape.c, with their operands
LLVM, NUMPY, TAPE, CASADI = "compiled, llvm", "compiled, numpy", "C tape, gcc -O2", "CasADi SX"
MOST = 0.9

Plan: TypeAlias = list[tuple[str, list[int]]]  # operations and the positions of their operands

NOTES = """\
10,000 operations in equal parts: softplus, sum of 4, product, softmax of 4 (with 4 results), each on some
of the last 60 results, one operand in 8 an input; the derivatives of the sum of all results by the 16
inputs. So each operation has an adjoint and a part in the derivatives, which are all above 100. Compiled
once; a step is forward and reverse. The C tape is benchmarks/tape.c, an interpreter of these four operations
on flat arrays. Value and derivatives of each contestant agree to 1e-9 with a forward sweep on NumPy's
arrays, which shares no code with any of them."""


def plan(operations: int = OPERATIONS, seed: int = 2) -> Plan:
    """Draw the operations; results stand behind the inputs, one after the other."""
    rng = random.Random(seed)
    made: Plan = []
    size = INPUTS
    for _ in range(operations):
        kind = rng.choice(list(KINDS))
        made.append((kind, [operand(rng, size) for _ in range(KINDS[kind])]))
        size += 4 if kind == "softmax" else 1
    return made


def operand(rng: random.Random, size: int) -> int:
    """Draw one of the last results, or an input."""
    if rng.random() < 1 / AFRESH:
        return rng.randrange(INPUTS)
    return size - 1 - min(int(rng.expovariate(0.1)), size - 1, RECENT - 1)


def result(made: Plan, inputs: Any, functions: dict[str, Callable[[list[Any]], Any]]) -> Any:
    """Run the operations on numbers of any kind, and add up all results."""
    values = list(inputs)
    for kind, operands in made:
        found = functions[kind]([values[i] for i in operands])
        values += found if kind == "softmax" else [found]
    return functions["sum"](values[INPUTS:])


FUNCTIONS: dict[str, Callable[[list[Any]], Any]] = {
    "softplus": lambda xs: autodiff.softplus(xs[0]),
    "sum": lambda xs: autodiff.sum(xs),
    "product": lambda xs: xs[0] * xs[1],
    "softmax": lambda xs: autodiff.softmax(xs),
}


def inputs() -> Any:
    return np.linspace(-1, 1, INPUTS)


def measure(options: Options) -> Section:
    made = plan()
    entered = list(contestants(made))
    check_agreement([reference(made), *entered])
    runs = race(entered, options.rounds)
    rows = [Row(name, times) for name, times in runs.items()]
    rows += [Row(name, None) for name in (LLVM, TAPE, CASADI) if name not in runs]
    asked = f"<= {MOST} x the time of {TAPE}"
    if LLVM in runs and TAPE in runs:
        found = ratio(runs, LLVM, TAPE)
        targets = [Target(LLVM, asked, f"{found:.2f} x", found <= MOST)]
    else:
        targets = [Target(LLVM, asked, "", None)]
    return Section("tenk", rows, targets, NOTES)


def contestants(made: Plan) -> Iterator[Contestant]:
    if installed("llvmlite"):
        yield compiled(LLVM, made, "llvm")
    yield compiled(NUMPY, made, "numpy")
    if native.has_compiler():
        yield in_c(made)
    if installed("casadi"):
        yield in_casadi(made)


def reference(made: Plan) -> Contestant:
    """The value and the derivatives by a forward sweep: a number and its derivatives by all inputs, side by side.

    Its numbers raise an AssertionError if a derivative is so small that wrong ones would pass for it.
    """

    def softplus(xs: list[Any]) -> Any:
        x = xs[0][0]
        return np.concatenate([[np.logaddexp(0, x)], xs[0][1:] / (1 + np.exp(-x))])

    def product(xs: list[Any]) -> Any:
        (x, *dx), (y, *dy) = xs
        return np.concatenate([[x * y], x * np.array(dy) + y * np.array(dx)])

    def softmax(xs: list[Any]) -> list[Any]:
        x = np.array(xs)
        z = np.exp(x[:, 0] - x[:, 0].max())
        z /= z.sum()
        return list(np.column_stack([z, z[:, None] * (x[:, 1:] - z @ x[:, 1:])]))

    functions = {
        "softplus": softplus,
        "sum": lambda xs: np.sum(xs, axis=0),
        "product": product,
        "softmax": softmax,
    }

    def numbers() -> list[float]:
        found: list[float] = result(made, np.column_stack([inputs(), np.eye(INPUTS)]), functions).tolist()
        smallest = min(map(abs, found[1:]))
        if smallest < SMALLEST:
            raise AssertionError(f"a derivative of {smallest} is too close to 0 to tell right from wrong")
        return found

    return Contestant("forward sweep", numbers, numbers)


def compiled(name: str, made: Plan, engine: str) -> Contestant:
    f = autodiff.compile(lambda x: result(made, x, FUNCTIONS), engine=engine)
    tied = f.bound(inputs())

    def numbers() -> list[float]:
        found, by = tied.value_and_grad()
        return [found, *by]

    return Contestant(name, tied.value_and_grad, numbers)


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
        return float(library.run(tape, len(tape), v, bar, slots, slots - INPUTS))

    return Contestant(TAPE, step, lambda: [step(), *bar[:INPUTS]])
