"""The workload mlp784: an MLP 784-50-10 of scalar neurons, on data of MNIST's shape in batches of 64."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from options import Options
from race import Contestant, Runs, installed, race, ratio
from report import Row, Section, Target, duration

import autodiff
from autodiff import Value

SIZES, BATCH, EPOCH = [784, 50, 10], 64, 60_000
RATE = 0.1
BATCHES = 16  # different ones, of random numbers
CHECKED = 3  # steps of training that all must agree on
TOLERANCES = {"float64": 1e-9, "float32": 1e-3}
ENGINES = {"numpy": "compiled, numpy", "auto": "compiled, auto"}
TORCH = "torch"
MOST = 1.0

NOTES = f"""\
A step is zeroing, forward, backward and update (plain gradient descent) on a batch of {BATCH}; an epoch of
{EPOCH:,} has {EPOCH / BATCH:,.1f} such steps: "an epoch" is the median times that. The neurons are loops
over scalars, ReLU and cross-entropy; torch has two Linear layers, its own cross_entropy and SGD. Both in
the same type; agreed on the losses of the first {CHECKED} steps and on the parameters after them to 1e-9
(float32: 1e-3)."""


def measure(options: Options) -> Section:
    rows: list[Row] = []
    targets: list[Target] = []
    for dtype, tolerance in TOLERANCES.items():
        runs = race(list(contestants(dtype)), options.rounds, tolerance)
        rows += [row(name, dtype, runs) for name in [*ENGINES.values(), TORCH]]
        targets.append(target(dtype, runs))
    return Section("mlp784", rows, targets, NOTES, race=False)


def row(name: str, dtype: str, runs: Runs) -> Row:
    found = Row(f"{name}, {dtype}", runs.get(name))
    return Row(found.contestant, found.seconds, f"an epoch {duration(found.median * EPOCH / BATCH)}")


def target(dtype: str, runs: Runs) -> Target:
    ours = ENGINES["auto"]
    asked = f"<= {MOST} x the time of torch"
    if TORCH not in runs:
        return Target(f"{ours}, {dtype}", asked, "", None)
    found = ratio(runs, ours, TORCH)
    return Target(f"{ours}, {dtype}", asked, f"{found:.2f} x", found <= MOST)


def contestants(dtype: str) -> Iterator[Contestant]:
    for engine, name in ENGINES.items():
        yield contestant(name, lambda engine=engine: compiled(engine, dtype))  # type: ignore[misc]
    if installed("torch"):
        yield contestant(TORCH, lambda: torch_layers(dtype))


Trainer = tuple[Callable[[int], float], Callable[[], list[float]]]  # a step on a batch; the parameters


def contestant(name: str, make: Callable[[], Trainer]) -> Contestant:
    train, _ = make()
    batches = itertools.cycle(range(BATCHES))

    def numbers() -> list[float]:
        step, parameters = make()
        losses = [step(batch) for batch in range(CHECKED)]
        return losses + parameters()

    return Contestant(name, lambda: train(next(batches)), numbers)


def data(dtype: str) -> tuple[Any, Any]:
    """Batches of pictures and their labels."""
    rng = np.random.default_rng(0)
    X = rng.random((BATCHES, BATCH, SIZES[0])).astype(dtype)
    return X, rng.integers(SIZES[-1], size=(BATCHES, BATCH))


def initial_numbers() -> list[float]:
    """Weights and a bias of 0, neuron by neuron."""
    rng = random.Random(7)
    return [
        number
        for nin, nout in pairwise(SIZES)
        for _ in range(nout)
        for number in [*(rng.gauss(0, nin**-0.5) for _ in range(nin)), 0.0]
    ]


# ---------------------------------------------------------------- scalar neurons


def compiled(engine: str, dtype: str) -> Trainer:
    values = [Value(number) for number in initial_numbers()]
    loss = autodiff.compile(lambda x, target: cross_entropy(values, x, target), engine=engine, dtype=dtype)
    X, y = data(dtype)
    Y = np.eye(SIZES[-1], dtype=dtype)[y]
    tied = [loss.bound(*batch) for batch in zip(X, Y, strict=True)]
    parameters = loss.parameters
    parameters.__enter__()  # the arrays rule from here on, as they do while one trains
    move = np.empty(len(parameters))

    def step(batch: int) -> float:
        parameters.grad[:] = 0
        found = tied[batch].backward()
        np.multiply(RATE, parameters.grad, out=move)
        parameters.data -= move
        return float(found)

    def numbers() -> list[float]:
        parameters.write()
        return [float(value.data) for value in values]

    return step, numbers


def cross_entropy(parameters: list[Value], x: Any, target: Any) -> Any:
    """The loss of one picture; the target is 1 at its label and 0 elsewhere."""
    each = iter(parameters)
    for nin, nout in pairwise(SIZES):
        x = [neuron([next(each) for _ in range(nin)], next(each), x) for _ in range(nout)]
        if nout != SIZES[-1]:
            x = [score.relu() for score in x]
    return autodiff.logsumexp(x) - sum(t * score for t, score in zip(target, x, strict=True))


def neuron(w: list[Any], b: Any, x: Any) -> Any:
    return sum((wi * xi for wi, xi in zip(w, x, strict=True)), b)


# ---------------------------------------------------------------- torch


def torch_layers(dtype: str) -> Trainer:
    import torch

    X, y = map(torch.from_numpy, data(dtype))
    first, second = (torch.nn.Linear(*sizes, dtype=X.dtype) for sizes in pairwise(SIZES))
    numbers = np.array(initial_numbers())
    with torch.no_grad():
        for layer in (first, second):
            nout, nin = layer.weight.shape
            rows, numbers = numbers[: nout * (nin + 1)].reshape(nout, nin + 1), numbers[nout * (nin + 1) :]
            layer.weight[:], layer.bias[:] = torch.from_numpy(rows[:, :-1]), torch.from_numpy(rows[:, -1])
    model = torch.nn.Sequential(first, torch.nn.ReLU(), second)
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE)

    def step(batch: int) -> float:
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(X[batch]), y[batch])
        loss.backward()
        optimizer.step()
        return float(loss.item())

    def parameters() -> list[float]:
        rows = [torch.cat([layer.weight, layer.bias[:, None]], 1) for layer in (first, second)]
        return [number for each in rows for number in each.detach().ravel().tolist()]

    return step, parameters
