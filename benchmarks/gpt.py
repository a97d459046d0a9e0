"""The workload gpt: a transformer in plain scalar code, as microgpt's, that learns one name a step.

16 embeddings, 4 heads, 1 layer, RMSNorm, ReLU, a context of up to 16 letters: 4,192 parameters. It runs on
any engine that has + - * / **, exp, log, relu, `.data` and Python's own sum. Where a program is made once for
all names of a length, the tokens are rows of numbers, 1 at the token and 0 elsewhere (`one_hot_loss`), and
what needs `.data` or is a method of Values is passed in (`Functions`).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

EMBEDDINGS, HEADS, CONTEXT = 16, 4, 16
LETTERS = "abcdefghijklmnopqrstuvwxyz"
COLUMNS = range(EMBEDDINGS)
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


class Functions(NamedTuple):
    """What engines spell differently."""

    softmax: Callable[[Vector], Vector]
    relu: Callable[[Any], Any]
    log: Callable[[Any], Any]


def workload(value: Callable[[float], Any], name: str = "olivia", seed: int = 42) -> Workload:
    """Return parameters and the loss on a name with the engine whose leaves `value` makes."""
    parameters = [value(number) for number in initial_numbers(seed)]
    matrices, tokens = arranged(parameters), tokens_of(name)
    return parameters, lambda: mean_loss(matrices, tokens)


def initial_numbers(seed: int = 42) -> list[float]:
    """The numbers that all start from, matrix after matrix, row after row."""
    rng = random.Random(seed)
    return [rng.gauss(0, 0.08) for rows, columns in SHAPES.values() for _ in range(rows * columns)]


def arranged(parameters: list[Any]) -> Matrices:
    """Deal the parameters out to matrices."""
    each = iter(parameters)
    return {
        key: [[next(each) for _ in range(columns)] for _ in range(rows)]
        for key, (rows, columns) in SHAPES.items()
    }


def tokens_of(name: str) -> list[int]:
    return [BOUNDARY, *map(LETTERS.index, name), BOUNDARY]


def mean_loss(matrices: Matrices, tokens: list[int]) -> Any:
    """The mean of -ln p(next token) over the positions of a name."""
    keys: list[Vector] = []
    values: list[Vector] = []
    losses = []
    for position, (token, following) in enumerate(pairwise(tokens)):
        logits = transformer(matrices, matrices["token"][token], position, keys, values)
        losses.append(-softmax(logits)[following].log())
    return (1 / len(losses)) * sum(losses)


def one_hot_loss(matrices: Matrices, tokens: Any, functions: Functions) -> Any:
    """The same for tokens that are rows of numbers."""
    keys: list[Vector] = []
    values: list[Vector] = []
    losses = []
    for position, (token, following) in enumerate(pairwise(tokens)):
        embedded = [sum(t * row[j] for t, row in zip(token, matrices["token"], strict=True)) for j in COLUMNS]
        logits = transformer(matrices, embedded, position, keys, values, functions)
        chosen = sum(t * p for t, p in zip(following, functions.softmax(logits), strict=True))
        losses.append(-functions.log(chosen))
    return (1 / len(losses)) * sum(losses)


def softmax(logits: Vector) -> Vector:
    largest = max(logit.data for logit in logits)
    exponentials = [(logit - largest).exp() for logit in logits]
    total = sum(exponentials)
    return [exponential / total for exponential in exponentials]


METHODS = Functions(softmax, relu=lambda x: x.relu(), log=lambda x: x.log())


def transformer(
    matrices: Matrices,
    embedded: Vector,
    position: int,
    keys: list[Vector],
    values: list[Vector],
    functions: Functions = METHODS,
) -> Vector:
    """The logits of the next token; the keys and values of this position are appended to those before it."""
    x = added(embedded, matrices["position"][position])
    x = residual = rms_norm(x)
    x = rms_norm(x)
    query = linear(x, matrices["query"])
    keys.append(linear(x, matrices["key"]))
    values.append(linear(x, matrices["value"]))
    x = added(linear(attention(query, keys, values, functions.softmax), matrices["attended"]), residual)
    residual = x
    x = [functions.relu(h) for h in linear(rms_norm(x), matrices["widen"])]
    x = added(linear(x, matrices["narrow"]), residual)
    return linear(x, matrices["logits"])


def attention(
    query: Vector, keys: list[Vector], values: list[Vector], softmax: Callable[[Vector], Vector]
) -> Vector:
    size = EMBEDDINGS // HEADS
    attended: Vector = []
    for start in range(0, EMBEDDINGS, size):
        head = range(start, start + size)
        weights = softmax([sum(query[j] * key[j] for j in head) / size**0.5 for key in keys])
        attended += [sum(w * value[j] for w, value in zip(weights, values, strict=True)) for j in head]
    return attended


def linear(x: Vector, matrix: list[Vector]) -> Vector:
    return [sum(wi * xi for wi, xi in zip(row, x, strict=True)) for row in matrix]


def rms_norm(x: Vector) -> Vector:
    scale = (sum(xi * xi for xi in x) / len(x) + 1e-5) ** -0.5
    return [xi * scale for xi in x]


def added(x: Vector, y: Vector) -> Vector:
    return [xi + yi for xi, yi in zip(x, y, strict=True)]
