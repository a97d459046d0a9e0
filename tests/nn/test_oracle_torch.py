"""Whole models against PyTorch: a loss and all its gradients, and five steps of each optimiser."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

import nn
from autodiff import Value

torch = pytest.importorskip("torch", reason="the oracle extra is not installed")
pytestmark = pytest.mark.oracle

SIZES = [3, 5, 4, 3]
LOSSES: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "mse": (nn.mse, lambda z, y: torch.nn.functional.mse_loss(z[:, 0], y[0])),
    "logloss": (
        lambda z, y: nn.logloss([p.sigmoid() for p in z], y),
        lambda z, y: torch.nn.functional.binary_cross_entropy(z[:, 0].sigmoid(), y[1]),
    ),
    "logloss_with_logits": (
        nn.logloss_with_logits,
        lambda z, y: torch.nn.functional.binary_cross_entropy_with_logits(z[:, 0], y[1]),
    ),
    "cross_entropy": (nn.cross_entropy, lambda z, y: torch.nn.functional.cross_entropy(z, y[2])),
}
OPTIMISERS: dict[str, tuple[Callable[..., nn.Optimizer], Callable[..., Any]]] = {
    "sgd": (lambda p: nn.SGD(p, 0.1), lambda p: torch.optim.SGD(p, 0.1)),
    "momentum": (
        lambda p: nn.SGD(p, 0.1, momentum=0.9, weight_decay=0.01),
        lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, weight_decay=0.01),
    ),
    "nesterov": (
        lambda p: nn.SGD(p, 0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
        lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    ),
    "adamw": (
        lambda p: nn.AdamW(p, lr=0.05, weight_decay=0.3),
        lambda p: torch.optim.AdamW(p, lr=0.05, weight_decay=0.3),
    ),
    "adam": (lambda p: nn.Adam(p), lambda p: torch.optim.Adam(p)),
    "adam with decay": (
        lambda p: nn.Adam(p, lr=0.05, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1),
        lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1),
    ),
}


def models(sizes: list[int], activation: str) -> tuple[nn.MLP, Any]:
    """Return the same model twice: ours, and PyTorch's in float64 with our weights."""
    ours = nn.MLP(sizes[0], sizes[1:], activation=activation, bias_init=nn.init.uniform(-0.5, 0.5), seed=4)
    parts: list[Any] = []
    for layer in ours.layers:
        linear = torch.nn.Linear(len(layer.neurons[0].w), len(layer.neurons), dtype=torch.float64)
        with torch.no_grad():
            linear.weight[:] = torch.tensor(
                [[w.data for w in n.w] for n in layer.neurons], dtype=torch.float64
            )
            linear.bias[:] = torch.tensor(
                [n.b.data for n in layer.neurons if n.b is not None], dtype=torch.float64
            )
        parts += [linear, getattr(torch, activation)]
    parts.pop()

    def theirs(x: Any) -> Any:
        for part in parts:
            x = part(x)
        return x

    theirs.linears = parts[::2]  # type: ignore[attr-defined]
    return ours, theirs


def parameters(theirs: Any) -> list[Any]:
    return [tensor for linear in theirs.linears for tensor in (linear.weight, linear.bias)]


def in_our_order(theirs: Any, read: Callable[[Any], Any]) -> list[float]:
    """Return PyTorch's numbers neuron by neuron, as our parameters() go."""
    return [
        number
        for linear in theirs.linears
        for row, b in zip(read(linear.weight).tolist(), read(linear.bias).tolist(), strict=True)
        for number in (*row, b)
    ]


def data_and_targets() -> tuple[list[list[float]], dict[str, list[Any]]]:
    rng = random.Random(5)
    points = [[rng.uniform(-1, 1) for _ in range(SIZES[0])] for _ in range(8)]
    return points, {
        "mse": [rng.uniform(-1, 1) for _ in points],
        "logloss": [0, 1, 1, 0, 1, 0, 0.25, 1],
        "logloss_with_logits": [0, 1, 1, 0, 1, 0, 0.25, 1],
        "cross_entropy": [rng.randrange(SIZES[-1]) for _ in points],
    }


def tensors(targets: dict[str, list[Any]]) -> list[Any]:
    return [
        torch.tensor(targets["mse"], dtype=torch.float64),
        torch.tensor(targets["logloss"], dtype=torch.float64),
        torch.tensor(targets["cross_entropy"]),
    ]


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_and_all_its_gradients(name: str, activation: str) -> None:
    our_loss, their_loss = LOSSES[name]
    sizes = SIZES if name == "cross_entropy" else [*SIZES[:-1], 1]
    ours, theirs = models(sizes, activation)
    points, targets = data_and_targets()

    loss = our_loss([ours(x) for x in points], targets[name])
    loss.backward()
    expected = their_loss(theirs(torch.tensor(points, dtype=torch.float64)), tensors(targets))
    expected.backward()

    assert loss.data == pytest.approx(expected.item(), rel=1e-12)
    gradients = [p.grad for p in ours.parameters()]
    assert gradients == pytest.approx(in_our_order(theirs, lambda tensor: tensor.grad), rel=1e-10, abs=1e-14)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_five_steps(name: str) -> None:
    make_ours, make_theirs = OPTIMISERS[name]
    ours, theirs = models(SIZES, "tanh")
    optimizer, their_optimizer = make_ours(ours.parameters()), make_theirs(parameters(theirs))
    points, targets = data_and_targets()
    tensor = torch.tensor(points, dtype=torch.float64)

    for _ in range(5):
        optimizer.zero_grad()
        nn.cross_entropy([ours(x) for x in points], targets["cross_entropy"]).backward()
        optimizer.step()
        their_optimizer.zero_grad()
        torch.nn.functional.cross_entropy(theirs(tensor), tensors(targets)[2]).backward()
        their_optimizer.step()

        numbers = [p.data for p in ours.parameters()]
        assert numbers == pytest.approx(
            in_our_order(theirs, lambda each: each.detach()), rel=1e-10, abs=1e-13
        )


def test_hinge() -> None:
    scores, labels = [0.5, -2.0, 1.5, -0.25], [1, -1, -1, 1]
    values = [Value(score) for score in scores]
    tensor = torch.tensor(scores, dtype=torch.float64, requires_grad=True)

    loss = nn.hinge(values, labels)
    loss.backward()
    expected = torch.relu(1 - tensor * torch.tensor(labels)).mean()
    expected.backward()

    assert loss.data == expected.item()
    assert [value.grad for value in values] == tensor.grad.tolist()
