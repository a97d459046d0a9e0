"""The contestants of the workload gpt: eager steps without the optimizer, and compiled training with Adam."""

from __future__ import annotations

import ctypes
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import native
import numpy as np
import tuples
from gpt import (
    EMBEDDINGS,
    HEADS,
    SHAPES,
    VOCABULARY,
    Functions,
    arranged,
    initial_numbers,
    one_hot_loss,
    tokens_of,
    workload,
)
from moons_contestants import compared, of_values, torch_leaf
from options import Options
from race import Contestant, installed, race
from report import Row, Section

import autodiff
from autodiff import Value
from nn import Adam
from nn.optim import ArraySteps

EAGER, TUPLES, TORCH_SCALARS = "autodiff", "microgpt's Value", "torch, scalar tensors"
NUMPY, LLVM, TORCH, JAX = "compiled, numpy", "compiled, llvm", "torch, tensors", "jax.jit, arrays"
C, C_NATIVE = "C, gcc -O3", "C, gcc -O3 -march=native"
NAMES = ["olivia", "amelia", "sophia", "daniel", "oliver", "joseph", "sophie", "samuel"]  # of equal length
POSITIONS = len(NAMES[0]) + 1
RATE, BETA, BETA2, TINY = 0.01, 0.9, 0.99, 1e-8
CHECKED = 5  # steps of training that all must agree on
GOALS = [(EAGER, 2, TUPLES), (NUMPY, 1, TORCH), (LLVM, 1.3, C)]

NOTES = """\
A transformer in scalar code: 16 embeddings, 4 heads, 1 layer, RMSNorm, ReLU, 4,192 parameters, float64. The
rows marked "no optimizer" are one zeroing, forward and backward on one name, without an optimizer. All
others train: one name of six letters a step, forward, backward and Adam; they agree on the losses of the
first five steps and on all parameters after them to 1e-9. Compiled: the same scalar code, the tokens as
rows of 0 and 1, and the Adam of nn compiled too, over the array of parameters. C is benchmarks/gpt.c, written by
hand for arrays; torch and JAX compute all positions at once. torch runs in one thread, which suits matrices
this small best."""


def measure(options: Options) -> Section:
    eager = race(list(scalars(options.quick)), options.rounds)
    trained = race(list(trainers()), options.rounds)
    runs = {**eager, **trained}
    peers = [TORCH, JAX, C] + [TORCH_SCALARS] * (not options.quick)
    absent = [Row(name, None) for name in peers if name not in runs]
    rows = [Row(name, times, "" if name in trained else "no optimizer") for name, times in runs.items()]
    return Section("gpt", [*rows, *absent], [compared(runs, *goal) for goal in GOALS], NOTES)


def scalars(quick: bool) -> Iterator[Contestant]:
    yield of_values(EAGER, *workload(Value))
    yield of_values(TUPLES, *workload(tuples.Value))
    if not quick and installed("torch"):
        yield of_values(TORCH_SCALARS, *workload(torch_leaf), zero=None)


def trainers() -> Iterator[Contestant]:
    yield trained(NUMPY, compiled("numpy"))
    if installed("llvmlite"):
        yield trained(LLVM, compiled("llvm"))
    if installed("torch"):
        yield trained(TORCH, torch_tensors())
    if installed("jax"):
        yield trained(JAX, jax_arrays())
    if native.has_compiler():
        yield trained(C, in_c("-O3"))
        yield trained(C_NATIVE, in_c("-O3", "-march=native"))


@dataclass(frozen=True)
class Trainer:
    """What trains on one name a step, gives its parameters, and goes back to the initial ones."""

    step: Callable[[str], float]
    parameters: Callable[[], list[float]]
    restart: Callable[[], Any]


def trained(name: str, trainer: Trainer) -> Contestant:
    """A contestant that goes through the names; its numbers are those of a fresh start."""
    names = itertools.cycle(NAMES)

    def numbers() -> list[float]:
        trainer.restart()
        losses = [trainer.step(name) for name in NAMES[:CHECKED]]
        return losses + trainer.parameters()

    return Contestant(name, lambda: trainer.step(next(names)), numbers, trainer.restart)


# ---------------------------------------------------------------- ours


def compiled(engine: str) -> Trainer:
    values = [Value(number) for number in initial_numbers()]
    matrices = arranged(values)
    functions = Functions(autodiff.softmax, autodiff.relu, autodiff.log)
    loss = autodiff.compile(lambda tokens: one_hot_loss(matrices, tokens, functions), engine=engine)
    rows = np.eye(VOCABULARY)
    inputs = {name: rows[tokens_of(name)] for name in NAMES}
    tokens = inputs[NAMES[0]].copy()
    tied = loss.bound(tokens)
    parameters = loss.parameters
    parameters.__enter__()  # the arrays rule from here on, as they do while one trains
    adam = Adam(parameters.values, lr=RATE, betas=(BETA, BETA2), eps=TINY)
    move = ArraySteps(adam, parameters.data, parameters.grad, engine)
    start = parameters.data.copy()

    def restart() -> None:
        parameters.data[:], adam.steps = start, 0
        for kept in adam.memory:
            kept[:] = [0] * len(kept)

    def step(name: str) -> float:
        parameters.grad[:] = 0
        tokens[:] = inputs[name]
        found = tied.backward()
        move()
        return float(found)

    def numbers() -> list[float]:
        parameters.write()
        return [float(value.data) for value in values]

    return Trainer(step, numbers, restart)


# ---------------------------------------------------------------- peers


def matrices_of_arrays() -> dict[str, Any]:
    numbers, first, found = np.array(initial_numbers()), 0, {}
    for key, (rows, columns) in SHAPES.items():
        found[key] = numbers[first : first + rows * columns].reshape(rows, columns)
        first += rows * columns
    return found


def probabilities_of(weights: Any, tokens: Any, hidden: Any, softmax: Any, relu: Any) -> Any:
    """The probabilities of all tokens at all positions, with whatever has @ and the methods of arrays.

    Args:
        tokens: The tokens of a name.
        hidden: For each position -inf at those after it, and 0 elsewhere.
    """
    positions = len(tokens) - 1
    x = residual = normed(weights["token"][tokens[:-1]] + weights["position"][:positions])
    x = normed(x)
    query, key, value = (heads(x @ weights[each].T) for each in ("query", "key", "value"))
    attention = softmax(query @ key.swapaxes(1, 2) / (EMBEDDINGS // HEADS) ** 0.5 + hidden, -1)
    mixed = (attention @ value).swapaxes(0, 1).reshape(positions, EMBEDDINGS)
    x = residual = mixed @ weights["attended"].T + residual
    x = relu(normed(x) @ weights["widen"].T) @ weights["narrow"].T + residual
    return softmax(x @ weights["logits"].T, -1)


def normed(x: Any) -> Any:
    return x * ((x * x).mean(-1)[:, None] + 1e-5) ** -0.5


def heads(x: Any) -> Any:
    return x.reshape(len(x), HEADS, EMBEDDINGS // HEADS).swapaxes(0, 1)


def after(positions: int) -> Any:
    return np.triu(np.full((positions, positions), -np.inf), 1)


def torch_tensors() -> Trainer:
    import torch

    torch.set_num_threads(1)  # the matrices are small: more threads only wait for each other
    start = {key: torch.tensor(matrix) for key, matrix in matrices_of_arrays().items()}
    weights = {key: each.clone().requires_grad_() for key, each in start.items()}
    adam = torch.optim.Adam(weights.values(), lr=RATE, betas=(BETA, BETA2), eps=TINY)
    inputs = {name: torch.tensor(tokens_of(name)) for name in NAMES}
    hidden, index = torch.tensor(after(POSITIONS)), torch.arange(POSITIONS)

    def step(name: str) -> float:
        adam.zero_grad()
        tokens = inputs[name]
        probabilities = probabilities_of(weights, tokens, hidden, torch.softmax, torch.relu)
        loss = -probabilities[index, tokens[1:]].log().mean()
        loss.backward()
        adam.step()
        return float(loss.item())

    def parameters() -> list[float]:
        return [number for each in weights.values() for number in each.detach().ravel().tolist()]

    def restart() -> None:
        adam.state.clear()
        with torch.no_grad():
            for key, each in weights.items():
                each.copy_(start[key])

    return Trainer(step, parameters, restart)


def jax_arrays() -> Trainer:
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    hidden, index = jnp.array(after(POSITIONS)), jnp.arange(POSITIONS)
    inputs = {name: jnp.array(tokens_of(name)) for name in NAMES}
    weights = {key: jnp.array(matrix) for key, matrix in matrices_of_arrays().items()}
    zeros = jax.tree.map(jnp.zeros_like, weights)
    state = start = [weights, zeros, zeros, jnp.array(0)]

    def loss(weights: Any, tokens: Any) -> Any:
        probabilities = probabilities_of(weights, tokens, hidden, jax.nn.softmax, jax.nn.relu)
        return -jnp.log(probabilities[index, tokens[1:]]).mean()

    @jax.jit
    def update(weights: Any, mean: Any, squares: Any, steps: Any, tokens: Any) -> Any:
        found, by = jax.value_and_grad(loss)(weights, tokens)
        steps = steps + 1
        mean = jax.tree.map(lambda m, g: BETA * m + (1 - BETA) * g, mean, by)
        squares = jax.tree.map(lambda s, g: BETA2 * s + (1 - BETA2) * g * g, squares, by)

        def moved(p: Any, m: Any, s: Any) -> Any:
            return p - RATE * m / (1 - BETA**steps) / ((s / (1 - BETA2**steps)) ** 0.5 + TINY)

        return found, [jax.tree.map(moved, weights, mean, squares), mean, squares, steps]

    def step(name: str) -> float:
        nonlocal state
        found, state = update(*state, inputs[name])
        return float(found)

    def parameters() -> list[float]:
        return [number for key in SHAPES for number in np.asarray(state[0][key]).ravel().tolist()]

    def restart() -> None:
        nonlocal state
        state = start

    return Trainer(step, parameters, restart)


def in_c(*options: str) -> Trainer:
    library = native.library("gpt.c", *options)
    train = library.train
    train.restype = ctypes.c_double
    array, double = ctypes.POINTER(ctypes.c_double), ctypes.c_double
    train.argtypes = [array, array, array, ctypes.POINTER(ctypes.c_int), *[ctypes.c_int] * 2, *[double] * 3]
    start = initial_numbers()
    parameters, bar = (double * len(start))(), (double * len(start))()
    moments = (double * (2 * len(start)))()
    tokens = {name: (ctypes.c_int * (len(name) + 2))(*tokens_of(name)) for name in NAMES}
    steps = 0

    def step(name: str) -> float:
        nonlocal steps
        steps += 1
        return float(train(parameters, bar, moments, tokens[name], POSITIONS, steps, RATE, BETA, BETA2))

    def restart() -> None:
        nonlocal steps
        steps = 0
        parameters[:] = start
        ctypes.memset(moments, 0, ctypes.sizeof(moments))

    return Trainer(step, lambda: list(parameters), restart)
