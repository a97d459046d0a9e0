"""The workload moons: micrograd's demo, an MLP 2-16-16-1 on 100 points, hinge loss and L2, full batch.

`for_micrograd` is the demo as one writes it for micrograd, and runs on any engine with its operators and
`relu`; `with_nn` is the same loss with this project's nn, where a neuron is one node. `loss_of_batch` takes
numbers of any kind, and the relu for them.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any, TypeAlias

SIZES = [2, 16, 16, 1]
ALPHA = 1e-4  # of the L2 term

Workload: TypeAlias = tuple[list[Any], Callable[[], Any]]  # the parameters, and what builds the loss
Relu: TypeAlias = Callable[[Any], Any]
Layer: TypeAlias = list[tuple[list[Any], Any]]  # weights and bias of each neuron


def data() -> tuple[list[list[float]], list[int]]:
    """Return the points and their labels, -1 or 1, as plain numbers: NumPy's would slow every engine."""
    from sklearn.datasets import make_moons

    X, y = make_moons(n_samples=100, noise=0.1, random_state=1337)
    return X.tolist(), (2 * y - 1).tolist()


def initial_numbers(seed: int = 1337) -> list[float]:
    """Return the 337 parameters that all start from: weights from U(-1, 1), zero biases, by neuron."""
    rng = random.Random(seed)
    numbers = []
    for nin, nout in pairwise(SIZES):
        for _ in range(nout):
            numbers += [rng.uniform(-1, 1) for _ in range(nin)] + [0.0]
    return numbers


def for_micrograd(value: Callable[[float], Any]) -> Workload:
    """Return parameters and loss with the micrograd-like engine whose leaves `value` makes."""
    X, y = data()
    parameters = [value(number) for number in initial_numbers()]

    def loss() -> Any:
        inputs = [[value(number) for number in row] for row in X]
        return loss_of_batch(parameters, inputs, y, relu=lambda x: x.relu())

    return parameters, loss


def loss_of_batch(parameters: list[Any], X: list[list[Any]], y: list[int], relu: Relu) -> Any:
    """The mean hinge loss of all points, and L2."""
    layers = arranged(parameters)
    scores = [mlp(layers, x, relu) for x in X]
    losses = [relu(1 + -label * score) for label, score in zip(y, scores, strict=True)]
    data_loss = sum(losses) * (1.0 / len(losses))
    return data_loss + ALPHA * sum(p * p for p in parameters)


def loss_of_point(parameters: list[Any], x: list[Any], label: Any, relu: Relu) -> Any:
    """The same of one point: its mean over the points is the loss of the batch."""
    return relu(1 + -label * mlp(arranged(parameters), x, relu)) + ALPHA * sum(p * p for p in parameters)


def arranged(parameters: list[Any]) -> list[Layer]:
    """Deal the parameters out to neurons."""
    each = iter(parameters)
    return [
        [([next(each) for _ in range(nin)], next(each)) for _ in range(nout)] for nin, nout in pairwise(SIZES)
    ]


def mlp(layers: list[Layer], x: list[Any], relu: Relu) -> Any:
    for layer in layers:
        x = [neuron(w, b, x) for w, b in layer]
        if layer is not layers[-1]:
            x = [relu(score) for score in x]
    return x[0]


def neuron(w: list[Any], b: Any, x: list[Any]) -> Any:
    return sum((wi * xi for wi, xi in zip(w, x, strict=True)), b)


def with_nn() -> Workload:
    """Return parameters and loss with this project's nn."""
    from autodiff import dot
    from nn import MLP, hinge

    X, y = data()
    model = MLP(SIZES[0], SIZES[1:])
    parameters = model.parameters()
    for parameter, number in zip(parameters, initial_numbers(), strict=True):
        parameter.data = number

    def loss() -> Any:
        scores = [model(x) for x in X]
        return hinge(scores, y) + ALPHA * dot(parameters, parameters)

    return parameters, loss
