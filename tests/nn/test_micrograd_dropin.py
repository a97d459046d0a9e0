"""A training loop written for micrograd runs here after changing the import, with micrograd's numbers."""

from __future__ import annotations

import importlib
import random
from typing import Any

import pytest


def rings(count: int) -> tuple[list[list[float]], list[int]]:
    """Points of two classes: inside a circle and outside of it."""
    rng = random.Random(7)
    points = [[rng.uniform(-1.5, 1.5), rng.uniform(-1.5, 1.5)] for _ in range(count)]
    return points, [1 if x * x + y * y < 1 else -1 for x, y in points]


def program(engine: str, nn: str, steps: int, start: list[float] | None = None) -> dict[str, Any]:
    """The program: all that it takes from a library is the two imports."""
    Value = importlib.import_module(engine).Value
    MLP = importlib.import_module(nn).MLP

    points, labels = rings(40)
    model = MLP(2, [16, 16, 1])
    if start is not None:
        for p, number in zip(model.parameters(), start, strict=True):
            p.data = number
    losses, grads = [], []
    for step in range(steps):
        inputs = [list(map(Value, point)) for point in points]
        scores = list(map(model, inputs))
        margins = [(1 + -label * score).relu() for label, score in zip(labels, scores, strict=True)]
        data_loss = sum(margins) * (1.0 / len(margins))
        penalty = 1e-3 * sum(p * p for p in model.parameters())
        loss = data_loss + penalty

        model.zero_grad()
        loss.backward()
        grads.append([p.grad for p in model.parameters()])
        learning_rate = 0.1 - 0.05 * step / steps
        for p in model.parameters():
            p.data -= learning_rate * p.grad
        losses.append(loss.data)
    return {
        "repr": repr(model),
        "losses": losses,
        "grads": grads,
        "end": [p.data for p in model.parameters()],
    }


def start_of() -> list[float]:
    from nn import MLP

    return [float(p.data) for p in MLP(2, [16, 16, 1], seed=3).parameters()]


def test_the_program_trains() -> None:
    run = program("autodiff", "nn", 20, start_of())

    assert run["losses"][-1] < 0.5 * run["losses"][0]
    assert all(grad != 0 for grad in run["grads"][0][-17:])


def test_the_program_trains_from_weights_of_its_own() -> None:
    run = program("autodiff", "nn", 10)

    assert run["losses"][-1] < run["losses"][0]


@pytest.mark.slow
def test_the_program_gives_micrograds_numbers() -> None:
    pytest.importorskip("micrograd", reason="micrograd is not installed: pip install micrograd")
    start = start_of()

    theirs = program("micrograd.engine", "micrograd.nn", 5, start)
    ours = program("autodiff", "nn", 5, start)

    assert theirs["repr"] == ours["repr"]
    assert ours["losses"] == pytest.approx(theirs["losses"], rel=1e-9)
    for our_grads, their_grads in zip(ours["grads"], theirs["grads"], strict=True):
        assert our_grads == pytest.approx(their_grads, rel=1e-9, abs=1e-9)
    assert ours["end"] == pytest.approx(theirs["end"], rel=1e-9, abs=1e-9)


def test_micrograds_parts() -> None:
    from autodiff import Value
    from nn import Layer, Neuron

    neuron = Neuron(3, nonlin=False)
    assert len(neuron.w) == 3
    assert neuron.b is not None
    assert neuron.parameters() == [*neuron.w, neuron.b]
    x = [Value(1.0), Value(-2.0), Value(0.5)]
    by_hand = sum((wi * xi for wi, xi in zip(neuron.w, x, strict=True)), neuron.b)
    assert neuron(x).data == pytest.approx(by_hand.data, rel=1e-12)
    layer = Layer(3, 2, nonlin=True)
    assert len(layer.neurons) == 2
    assert all(h.data >= 0 for h in layer(x))


def test_a_walk_over_a_graph_in_micrograds_words() -> None:
    from autodiff import Value

    a = Value(2.0)
    b = a * a + 1

    found, waiting = [], [b]
    while waiting:
        node = waiting.pop()
        found.append(node._op)
        waiting.extend(node._prev)

    assert found == ["+", "·", "", ""]
