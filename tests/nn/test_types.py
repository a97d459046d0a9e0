"""What a type checker knows of nn: mypy checks the assertions, which do nothing when they run."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, assert_type

import numpy as np

from autodiff import Value
from nn import MLP, SGD, History, Linear, Neuron, cross_entropy, fit, hinge, linear_lr, mse, updates
from nn.losses import Reduction
from nn.optim import Schedule
from nn.values import FloatArray, Number

NODES = [Value(0.5), Value(2.0)]


def test_losses_of_nodes_are_nodes_and_of_numbers_numbers() -> None:
    assert_type(mse(NODES, [1, 2]), Value)
    assert_type(mse([0.5, 2.0], [1, 2]), Number)
    assert_type(mse(Fraction(1, 2), 1), Number)
    assert_type(cross_entropy(NODES, 1), Value)
    assert_type(cross_entropy([NODES, NODES], [1, 0]), Value)
    assert_type(cross_entropy([0.5, 2.0], 1), Number)


def test_a_loss_that_is_not_reduced_is_a_list() -> None:
    reduction: Reduction = "sum"

    assert_type(hinge(NODES, [1, -1], reduction="none"), list[Value])
    assert_type(hinge([0.5, 2.0], [1, -1], reduction="none"), list[Number])
    assert_type(hinge(NODES, [1, -1], reduction=reduction), Value | list[Value])


def test_layers() -> None:
    assert_type(Neuron(2).forward(NODES), Value)
    assert_type(Linear(2, 1).forward([1.0, 2.0]), Value | list[Value])
    assert_type(MLP(2, [3, 1]).forward(np.array([1.0, 2.0])), Value | list[Value])
    assert_type(MLP(2, [3, 1]).state_dict(), dict[str, Number])


def test_updates_give_what_they_take() -> None:
    array: FloatArray = np.array([1.0, 2.0])

    assert_type(updates.sgd(array, array, array, lr=0.1), tuple[FloatArray, FloatArray])
    assert_type(updates.sgd(1.0, 2.0, 0.0, lr=0.1), tuple[Number, Number])


def test_training() -> None:
    model = Linear(2, 1)
    data = [([1.0, 2.0], 1), ([2.0, 1.0], -1)]
    arrays = np.array([x for x, _ in data]), np.array([y for _, y in data])
    metrics: dict[str, Any] = {"largest": lambda outputs, targets: max(outputs)}
    optimizer = SGD(model.parameters(), lr=0.1)

    assert_type(fit(model, data, hinge, optimizer, 1, metrics=metrics, progress=False), History)
    assert_type(fit(model, arrays, mse, optimizer, 1, validation=arrays, progress=False), History)
    assert_type(fit(model, lambda: [arrays, data], hinge, optimizer, 1, progress=False), History)
    assert_type(linear_lr(0.1, 0.0, steps=10), Schedule)
