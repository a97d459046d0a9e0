"""Three ways to step, over depths, learning rates and seeds: the numbers behind notebooks/08.

plain      all gradients at the old weights, then one step for all
layerwise  the last layer steps first, the backward pass goes on through its new weights (nn.layerwise)
seidel     the last layer steps first, then a new forward pass for the next one: block Gauss-Seidel

A step of seidel costs a forward pass a layer, and so more the deeper the network is.

NumPy runs all learning rates and seeds of a depth at once, one a place on the first axis of every array.
Data and first weights are those of the scalar engine; before anything is measured, the engine takes a few
steps of every kind too, and the weights must agree to 1e-12.

Runs at the edge of divergence are chaotic: where NumPy adds up in another order, their final losses differ,
and at rates where many runs stand on that edge the quartiles do so too.

Run:  .venv/bin/python benchmarks/layerwise.py    (5 minutes on 2 cores; writes notebooks/data/layerwise.json)
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Sequence
from itertools import product
from multiprocessing import Pool
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from autodiff.files import write_file
from nn import MLP, SGD, Optimizer, half_mse, init, logloss_with_logits
from nn.layerwise import LayerwiseSGD

RESULT = Path(__file__).parents[1] / "notebooks" / "data" / "layerwise.json"

DEPTHS = range(1, 9)  # how many layers of weights
RATES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
SEEDS = range(32)  # a seed draws the data and the first weights
WIDTH, SAMPLES = 8, 32
STEPS = 1000
KEPT = (0, 1, 2, 5, 10, 20, 50, 100, 150, 200, 300, 500, 700, STEPS)  # where losses are stored
EARLY, EARLY_SEEDS = 10, 2  # the losses that are stored run by run, for the engine to reproduce
MEASURED = (0, 10, 100, 500)  # where the gradients of two kinds are compared
GOAL = {"regression": 0.02, "classification": 0.1}  # a loss to reach

Array: TypeAlias = "np.ndarray[Any, np.dtype[np.float64]]"
Layers: TypeAlias = list[tuple[Array, Array]]  # W [run, in, out] and b [run, 1, out], or their gradients
Data: TypeAlias = tuple[list[list[float]], list[float]]


# ---------------------------------------------------------------- two tasks and the networks, as scalars


def regression(seed: int) -> Data:
    """Return points of the square [-1, 1]², and sin(π x1) x2 with noise."""
    rng = random.Random(seed)
    X = [[rng.uniform(-1, 1), rng.uniform(-1, 1)] for _ in range(SAMPLES)]
    return X, [math.sin(math.pi * x1) * x2 + rng.gauss(0, 0.05) for x1, x2 in X]


def classification(seed: int) -> Data:
    """Return points of two half moons with noise, and their labels 0 and 1."""
    rng = random.Random(seed)
    X, y = [], []
    for i in range(SAMPLES):
        angle, label = rng.uniform(0, math.pi), i % 2
        x1, x2 = math.cos(angle), math.sin(angle)
        x1, x2 = (1 - x1, 0.5 - x2) if label else (x1, x2)
        X.append([x1 + rng.gauss(0, 0.1), x2 + rng.gauss(0, 0.1)])
        y.append(float(label))
    return X, y


TASKS = {"regression": regression, "classification": classification}
LOSSES = {"regression": half_mse, "classification": logloss_with_logits}


def network(depth: int, seed: int) -> MLP:
    """Return the network that a run starts from: tanh, Xavier's weights, zero biases, one output."""
    sizes = [WIDTH] * (depth - 1) + [1]
    return MLP(2, sizes, activation="tanh", init=init.xavier_uniform, seed=seed)


def engine_run(
    task: str, depth: int, seed: int, method: str, rate: float, steps: int
) -> tuple[MLP, list[float]]:
    """Take steps with the scalar engine; return the network and the loss after each step."""
    model, (X, y) = network(depth, seed), TASKS[task](seed)
    optimizers: dict[str, list[Optimizer]] = {
        "plain": [SGD(model.parameters(), rate)],
        "layerwise": [LayerwiseSGD(model.layers, rate)],
        "seidel": [SGD(layer.parameters(), rate) for layer in reversed(model.layers)],
    }
    losses = []
    for _ in range(steps):
        for optimizer in optimizers[method]:
            model.zero_grad()
            optimizer.minimize(LOSSES[task]([model(x) for x in X], y))
        losses.append(LOSSES[task]([model(x) for x in X], y).data)
    return model, losses


# ---------------------------------------------------------------- the same in arrays, for all runs at once


def as_arrays(models: Sequence[MLP], copies: int = 1) -> Layers:
    """Return the weights of the networks, `copies` times."""
    layers = []
    for k in range(len(models[0].layers)):
        rows = [
            [[p.data for p in neuron.parameters()] for neuron in model.layers[k].neurons] for model in models
        ]
        every = np.tile(np.array(rows).swapaxes(1, 2), (copies, 1, 1))
        layers.append((every[:, :-1], every[:, -1:]))  # the bias is the last parameter of a neuron
    return layers


def forward(layers: Layers, outputs: list[Array]) -> list[Array]:
    """Continue the outputs of the first layers (the data alone, to begin with) to the outputs of all."""
    for k in range(len(outputs) - 1, len(layers)):
        W, b = layers[k]
        H = outputs[-1] @ W + b
        outputs = [*outputs, np.tanh(H) if k < len(layers) - 1 else H]
    return outputs


def loss(task: str, y_hat: Array, y: Array) -> Array:
    if task == "regression":
        return ((y_hat - y) ** 2).mean(axis=(1, 2)) / 2
    return np.logaddexp(0, (1 - 2 * y) * y_hat).mean(axis=(1, 2))


def loss_slope(task: str, y_hat: Array, y: Array) -> Array:
    """Return d loss / d ŷ, the d that the backward pass starts with."""
    return ((y_hat if task == "regression" else (1 + np.tanh(y_hat / 2)) / 2) - y) / SAMPLES


def own_gradient(O: Array, d: Array) -> tuple[Array, Array]:  # noqa: E741 - the sheet's letter
    """Return the gradients by W and b of a layer that read O, from d at its pre-activation."""
    return O.swapaxes(1, 2) @ d, d.sum(axis=1, keepdims=True)


def below(d: Array, W: Array, O: Array) -> Array:  # noqa: E741
    """Carry d through a layer's weights and the tanh before it."""
    return d @ W.swapaxes(1, 2) * (1 - O**2)


def gradients(task: str, layers: Layers, X: Array, y: Array, rate: Array, method: str) -> Layers:
    """Return what a step of the method moves each layer by, in forward order."""
    outputs = forward(layers, [X])
    layers, found = list(layers), []
    d = loss_slope(task, outputs[-1], y)
    for k in reversed(range(len(layers))):
        (W, b), (dW, db) = layers[k], own_gradient(outputs[k], d)
        found.append((dW, db))
        if method != "plain":
            layers[k] = W - rate * dW, b - rate * db
        if method == "seidel":
            anew = forward(layers, outputs[: k + 1])
            d = loss_slope(task, anew[-1], y)
            for above in range(len(layers) - 1, k, -1):
                d = below(d, layers[above][0], anew[above])
        if k:
            d = below(d, layers[k][0], outputs[k])
    return found[::-1]


def stepped(layers: Layers, by: Layers, rate: Array) -> Layers:
    return [(W - rate * dW, b - rate * db) for (W, b), (dW, db) in zip(layers, by, strict=True)]


METHODS = ("plain", "layerwise", "seidel")


def check(task: str) -> float:
    """Return how far any weight is from the engine's after three steps; relative where it is above 1."""
    worst = 0.0
    for depth, method, rate in product((1, 2, 5), METHODS, (RATES[0], RATES[-1])):
        layers, each_rate = as_arrays([network(depth, 0)]), np.array(rate)
        X, y = (np.array([numbers]) for numbers in TASKS[task](0))
        for _ in range(3):
            by = gradients(task, layers, X, y[:, :, None], each_rate, method)
            layers = stepped(layers, by, each_rate)
        model, _ = engine_run(task, depth, 0, method, rate, 3)
        for expected, actual in zip(as_arrays([model]), layers, strict=True):
            for a, b in zip(expected, actual, strict=True):
                worst = max(worst, float((abs(a - b) / np.maximum(1, abs(a))).max()))
    return worst


# ---------------------------------------------------------------- the experiment


def cosines(these: Layers, those: Layers) -> Array:
    """Return the cosine between two gradients by layer and run."""
    rows = []
    for pair in zip(these, those, strict=True):
        a, b = (np.concatenate([dW, db], axis=1).reshape(len(dW), -1) for dW, db in pair)
        rows.append((a * b).sum(axis=1) / np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1)))
    return np.array(rows)


def experiment(task: str, depth: int, method: str) -> tuple[list[Any], list[Any]]:
    """Run all learning rates and seeds; return what is stored of the losses, and of the cosines."""
    seeds, copies = list(SEEDS), len(RATES)
    layers = as_arrays([network(depth, seed) for seed in seeds], copies)
    data = [TASKS[task](seed) for seed in seeds]
    X = np.tile(np.array([X for X, _ in data]), (copies, 1, 1))
    y = np.tile(np.array([y for _, y in data])[:, :, None], (copies, 1, 1))
    rate = np.repeat(RATES, len(seeds))[:, None, None]
    losses, biases = [], []
    with np.errstate(all="ignore"):  # runs that diverge go on to inf and nan
        for step in range(STEPS + 1):
            losses.append(loss(task, forward(layers, [X])[-1], y).reshape(copies, -1))
            by = gradients(task, layers, X, y, rate, method)
            if method == "plain" and step in MEASURED:
                cosine = cosines(by, gradients(task, layers, X, y, rate, "layerwise"))
                biases += bias_entries(task, depth, step, cosine.reshape(depth, copies, -1))
            layers = stepped(layers, by, rate)
    return loss_entries(task, depth, method, np.array(losses)), biases


def loss_entries(task: str, depth: int, method: str, losses: Array) -> list[Any]:
    """Sum up losses [step, learning rate, seed], one entry a learning rate; a loss that is no number is None.

    A run has diverged, and its final loss is None, if it ends above its start.
    """
    losses = np.where(np.isfinite(losses), losses, np.inf)
    entries = []
    for i, rate in enumerate(RATES):
        runs = losses[:, i]
        reached = (runs <= GOAL[task]).T
        entries.append(
            {
                "task": task, "depth": depth, "method": method, "rate": rate,
                "quartiles": short(quartiles(runs[list(KEPT)], axis=1)),
                "early": [float(x) for x in runs[EARLY, :EARLY_SEEDS]],
                "final": short(np.where(runs[-1] > runs[0], np.inf, runs[-1])),
                "reached": [int(run.argmax()) if run.any() else None for run in reached],
            }
        )  # fmt: skip
    return entries


def bias_entries(task: str, depth: int, step: int, cosine: Array) -> list[Any]:
    """Sum up cosines [layer, learning rate, seed] over the runs that have not diverged."""
    entries = []
    for i, rate in enumerate(RATES):
        alive = cosine[:, i, np.isfinite(cosine[:, i]).all(axis=0)]
        if alive.shape[1] >= len(SEEDS) / 2:
            middle = short(quartiles(alive, axis=1), digits=5)
            entries.append({"task": task, "depth": depth, "rate": rate, "step": step, "quartiles": middle})
    return entries


def quartiles(numbers: Array, axis: int) -> Array:
    """Return the lower quartile, the median and the upper one, each one of the numbers: inf is no trouble."""
    found: Array = np.quantile(numbers, (0.25, 0.5, 0.75), axis=axis, method="nearest")
    return found


def short(numbers: Array, digits: int = 3) -> Any:
    """Return nested lists with few digits, None for a number that is not finite."""
    if numbers.ndim:
        return [short(each, digits) for each in numbers]
    return float(f"{numbers:.{digits}g}") if np.isfinite(numbers) else None


def main() -> None:
    with Pool(2) as pool:
        worst = max(pool.map(check, TASKS))
        print(f"engine and arrays agree to {worst:.1e}")
        if worst > 1e-12:
            raise SystemExit("they must agree to 1e-12")
        grid = list(product(TASKS, reversed(DEPTHS), METHODS))  # the slow ones first
        found = pool.starmap(experiment, grid, chunksize=1)
    result = {
        "steps": KEPT, "rates": RATES, "seeds": len(SEEDS), "early": EARLY, "goal": GOAL,
        "runs": [entry for runs, _ in found for entry in runs],
        "cosines": [entry for _, biases in found for entry in biases],
    }  # fmt: skip
    RESULT.parent.mkdir(exist_ok=True)
    write_file(RESULT, json.dumps(result, separators=(",", ":")) + "\n")
    print(f"{RESULT.name}: {RESULT.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
