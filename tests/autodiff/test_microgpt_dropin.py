"""A transformer written for microgpt's `Value` runs here after changing the import, with NumPy's numbers."""

from __future__ import annotations

import itertools
import random
from typing import Any

import numpy as np
import pytest

from autodiff import Value

WORDS = ["anna", "nana", "banana", "hannah"]
LETTERS = sorted(set("".join(WORDS)))
END = len(LETTERS)  # begins and ends a word
VOCABULARY, WIDTH, HEADS, CONTEXT = len(LETTERS) + 1, 8, 2, 8
SHAPES = {
    "token": (VOCABULARY, WIDTH),
    "position": (CONTEXT, WIDTH),
    "query": (WIDTH, WIDTH),
    "key": (WIDTH, WIDTH),
    "value": (WIDTH, WIDTH),
    "mix": (WIDTH, WIDTH),
    "widen": (4 * WIDTH, WIDTH),
    "narrow": (WIDTH, 4 * WIDTH),
    "head": (VOCABULARY, WIDTH),
}
State = dict[str, list[list[Value]]]


# The program, of + - * / ** exp log relu sum .data .grad alone.


def _state(seed: int) -> State:
    rng = random.Random(seed)
    return {
        name: [[Value(rng.gauss(0, 0.3)) for _ in range(columns)] for _ in range(rows)]
        for name, (rows, columns) in SHAPES.items()
    }


def _linear(x: list[Any], weights: list[list[Value]]) -> list[Any]:
    return [sum(w * xi for w, xi in zip(row, x, strict=True)) for row in weights]


def _softmax(logits: list[Any]) -> list[Any]:
    highest = max(logit.data for logit in logits)
    powers = [(logit - highest).exp() for logit in logits]
    total = sum(powers)
    return [power / total for power in powers]


def _rmsnorm(x: list[Any]) -> list[Any]:
    mean_square = sum(xi * xi for xi in x) / len(x)
    scale = (mean_square + 1e-5) ** -0.5
    return [xi * scale for xi in x]


def _attention(state: State, x: list[Any], keys: list[list[Any]], values: list[list[Any]]) -> list[Any]:
    query = _linear(x, state["query"])
    keys.append(_linear(x, state["key"]))
    values.append(_linear(x, state["value"]))
    size = WIDTH // HEADS
    out = []
    for start in range(0, WIDTH, size):
        part = range(start, start + size)
        scores = [sum(query[i] * key[i] for i in part) / size**0.5 for key in keys]
        weights = _softmax(scores)
        out += [sum(weight * value[i] for weight, value in zip(weights, values, strict=True)) for i in part]
    return _linear(out, state["mix"])


def _logits(
    state: State, token: int, position: int, keys: list[list[Any]], values: list[list[Any]]
) -> list[Any]:
    x = [t + p for t, p in zip(state["token"][token], state["position"][position], strict=True)]
    x = [a + b for a, b in zip(x, _attention(state, _rmsnorm(x), keys, values), strict=True)]
    hidden = [h.relu() ** 2 for h in _linear(_rmsnorm(x), state["widen"])]
    x = [a + b for a, b in zip(x, _linear(hidden, state["narrow"]), strict=True)]
    return _linear(_rmsnorm(x), state["head"])


def _loss(state: State, tokens: list[int]) -> Any:
    keys: list[list[Any]] = []
    values: list[list[Any]] = []
    losses = []
    for position, (token, following) in enumerate(itertools.pairwise(tokens)):
        probabilities = _softmax(_logits(state, token, position, keys, values))
        losses.append(-probabilities[following].log())
    return (1 / len(losses)) * sum(losses)


def _train(state: State, steps: int) -> list[float]:
    params = [p for matrix in state.values() for row in matrix for p in row]
    m, v = [0.0] * len(params), [0.0] * len(params)
    losses = []
    for step in range(steps):
        loss = _loss(state, _tokens(WORDS[step % len(WORDS)]))
        loss.backward()
        rate = 0.02 * (1 - step / steps)
        for i, p in enumerate(params):
            m[i] = 0.9 * m[i] + 0.1 * p.grad
            v[i] = 0.95 * v[i] + 0.05 * p.grad**2
            p.data -= (
                rate * (m[i] / (1 - 0.9 ** (step + 1))) / ((v[i] / (1 - 0.95 ** (step + 1))) ** 0.5 + 1e-8)
            )
            p.grad = 0
        losses.append(loss.data)
    return losses


def _tokens(word: str) -> list[int]:
    return [END, *(LETTERS.index(letter) for letter in word), END]


# The same forward pass in NumPy, over all positions at once.


def _numbers(state: State) -> dict[str, Any]:
    return {name: np.array([[p.data for p in row] for row in matrix]) for name, matrix in state.items()}


def _numpy_loss(w: dict[str, Any], tokens: list[int]) -> float:
    n = len(tokens) - 1
    x = w["token"][tokens[:-1]] + w["position"][:n]
    q, k, v = (_numpy_rmsnorm(x) @ w[name].T for name in ("query", "key", "value"))
    q, k, v = (matrix.reshape(n, HEADS, -1).transpose(1, 0, 2) for matrix in (q, k, v))
    scores = q @ k.transpose(0, 2, 1) / np.sqrt(WIDTH / HEADS)
    scores = np.where(np.tril(np.ones((n, n))) > 0, scores, -np.inf)
    mixed = (np.exp(_numpy_log_softmax(scores)) @ v).transpose(1, 0, 2).reshape(n, WIDTH)
    x = x + mixed @ w["mix"].T
    x = x + np.maximum(_numpy_rmsnorm(x) @ w["widen"].T, 0) ** 2 @ w["narrow"].T
    logits = _numpy_rmsnorm(x) @ w["head"].T
    return float(-_numpy_log_softmax(logits)[np.arange(n), tokens[1:]].mean())


def _numpy_rmsnorm(x: Any) -> Any:
    return x / np.sqrt((x**2).mean(axis=1, keepdims=True) + 1e-5)


def _numpy_log_softmax(x: Any) -> Any:
    shifted = x - x.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


@pytest.mark.parametrize("word", WORDS)
def test_the_forward_pass_is_numpys(word: str) -> None:
    state = _state(seed=1)

    loss = _loss(state, _tokens(word))

    assert _numpy_loss(_numbers(state), _tokens(word)) == pytest.approx(loss.data, rel=1e-12)


@pytest.mark.parametrize("name", SHAPES)
def test_gradients_are_numpys_finite_differences(name: str) -> None:
    state, tokens = _state(seed=2), _tokens("banana")
    _loss(state, tokens).backward()
    numbers = _numbers(state)
    rng = random.Random(name)
    step = 1e-5

    for _ in range(4):
        row, column = (rng.randrange(size) for size in SHAPES[name])
        if name == "token":
            row = tokens[rng.randrange(len(tokens) - 1)]
        around = []
        for sign in (1, -1):
            moved = {**numbers, name: numbers[name].copy()}
            moved[name][row, column] += sign * step
            around.append(_numpy_loss(moved, tokens))
        expected = (around[0] - around[1]) / (2 * step)
        assert expected == pytest.approx(state[name][row][column].grad, rel=1e-6, abs=1e-9)


def test_gradients_reach_every_parameter_that_takes_part() -> None:
    state, tokens = _state(seed=2), _tokens("anna")

    _loss(state, tokens).backward()

    used = {
        name: matrix for name, matrix in state.items() if name not in ("token", "position", "widen", "narrow")
    }
    assert all(p.grad != 0 for matrix in used.values() for row in matrix for p in row)
    assert all(p.grad == 0 for p in state["token"][LETTERS.index("h")])
    assert all(p.grad == 0 for row in state["position"][len(tokens) - 1 :] for p in row)


@pytest.mark.slow
def test_training_learns_the_words() -> None:
    state = _state(seed=3)

    losses = _train(state, steps=24)

    assert sum(losses[-4:]) < 0.6 * sum(losses[:4])
    assert _loss(state, _tokens("banana")).data == pytest.approx(
        _numpy_loss(_numbers(state), _tokens("banana")), rel=1e-12
    )
