"""The workload gpt: a transformer in plain scalar code, as microgpt's, that learns one name a step.

16 embeddings, 4 heads, 1 layer, RMSNorm, ReLU, a context of up to 16 letters: 4,192 parameters. It runs on
any engine that has + - * / **, exp, log, relu, `.data` and Python's own sum.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any, TypeAlias

EMBEDDINGS, HEADS, CONTEXT = 16, 4, 16
LETTERS = "abcdefghijklmnopqrstuvwxyz"
BOUNDARY = len(LETTERS)  # the token before and after a name
VOCABULARY = len(LETTERS) + 1
SHAPES = {
    "token": (VOCABULARY, EMBEDDINGS),
    "position": (CONTEXT, EMBEDDINGS),
    "query": (EMBEDDINGS, EMBEDDINGS),
    "key": (EMBEDDINGS, EMBEDDINGS),
    "value": (EMBEDDINGS, EMBEDDINGS),
    "attended": (EMBEDDINGS, EMBEDDINGS),
    "widen": (4 * EMBEDDINGS, EMBEDDINGS),
    "narrow": (EMBEDDINGS, 4 * EMBEDDINGS),
    "logits": (VOCABULARY, EMBEDDINGS),
}

Vector: TypeAlias = list[Any]
Matrices: TypeAlias = dict[str, list[Vector]]
Workload: TypeAlias = tuple[list[Any], Callable[[], Any]]  # the parameters, and what builds the loss


def workload(value: Callable[[float], Any], name: str = "olivia", seed: int = 42) -> Workload:
    """Return parameters and the loss on a name with the engine whose leaves `value` makes."""
    rng = random.Random(seed)
    matrices = {
        key: [[value(rng.gauss(0, 0.08)) for _ in range(columns)] for _ in range(rows)]
        for key, (rows, columns) in SHAPES.items()
    }
    parameters = [entry for matrix in matrices.values() for row in matrix for entry in row]
    tokens = [BOUNDARY, *map(LETTERS.index, name), BOUNDARY]
    return parameters, lambda: mean_loss(matrices, tokens)


def mean_loss(matrices: Matrices, tokens: list[int]) -> Any:
    """The mean of -ln p(next token) over the positions of a name."""
    keys: list[Vector] = []
    values: list[Vector] = []
    losses = []
    for position, (token, following) in enumerate(pairwise(tokens)):
        probabilities = softmax(transformer(matrices, token, position, keys, values))
        losses.append(-probabilities[following].log())
    return (1 / len(losses)) * sum(losses)


def transformer(
    matrices: Matrices, token: int, position: int, keys: list[Vector], values: list[Vector]
) -> Vector:
    """The logits of the next token; the keys and values of this position are appended to those before it."""
    x = added(matrices["token"][token], matrices["position"][position])
    x = residual = rms_norm(x)
    x = rms_norm(x)
    query = linear(x, matrices["query"])
    keys.append(linear(x, matrices["key"]))
    values.append(linear(x, matrices["value"]))
    x = added(linear(attention(query, keys, values), matrices["attended"]), residual)
    residual = x
    x = [h.relu() for h in linear(rms_norm(x), matrices["widen"])]
    x = added(linear(x, matrices["narrow"]), residual)
    return linear(x, matrices["logits"])


def attention(query: Vector, keys: list[Vector], values: list[Vector]) -> Vector:
    size = EMBEDDINGS // HEADS
    attended: Vector = []
    for start in range(0, EMBEDDINGS, size):
        head = range(start, start + size)
        weights = softmax([sum(query[j] * key[j] for j in head) / size**0.5 for key in keys])
        attended += [sum(w * value[j] for w, value in zip(weights, values, strict=True)) for j in head]
    return attended


def linear(x: Vector, matrix: list[Vector]) -> Vector:
    return [sum(wi * xi for wi, xi in zip(row, x, strict=True)) for row in matrix]


def softmax(logits: Vector) -> Vector:
    largest = max(logit.data for logit in logits)
    exponentials = [(logit - largest).exp() for logit in logits]
    total = sum(exponentials)
    return [exponential / total for exponential in exponentials]


def rms_norm(x: Vector) -> Vector:
    scale = (sum(xi * xi for xi in x) / len(x) + 1e-5) ** -0.5
    return [xi * scale for xi in x]


def added(x: Vector, y: Vector) -> Vector:
    return [xi + yi for xi, yi in zip(x, y, strict=True)]
