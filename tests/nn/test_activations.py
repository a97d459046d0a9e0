"""Tests of nn/activations.py: names, functions and modules, in neurons and on their own."""

from __future__ import annotations

from typing import Any

import pytest

import autodiff
from autodiff import Value
from nn import MLP, Activation, Neuron, ReLU, Sigmoid
from nn.activations import activation_names
from nn.init import constant


def test_activations_take_one_number_or_many() -> None:
    assert Sigmoid()(Value(0.0)).data == 0.5
    assert [y.data for y in ReLU()([Value(-1.0), Value(1.0)])] == [0.0, 1.0]


@pytest.mark.parametrize("name", activation_names())
def test_every_unary_operation_is_an_activation(name: str) -> None:
    bias = 1.0 if name == "acosh" else 0.125
    neuron = Neuron(1, activation=name, init=constant(0.5), bias_init=constant(bias))
    h = 0.5 * 0.5 + bias

    assert neuron([0.5]).op.name == name
    assert neuron([0.5]).data == pytest.approx(getattr(autodiff, name)(h), rel=1e-15)
    assert Activation(name)(Value(h)).data == neuron([0.5]).data


@pytest.mark.parametrize(
    ("activation", "error", "message"),
    [
        ("rleu", ValueError, "there is no activation 'rleu', did you mean 'relu'"),
        ("", ValueError, "there is no activation ''. Names are: .*tanh"),
        ("add", ValueError, "there is no activation 'add'"),
        ("softmax", ValueError, "there is no activation 'softmax'"),
        ("__class__", ValueError, "there is no activation '__class__'"),
        (3, TypeError, "activation must be a name or a function, not int"),
    ],
)
def test_unknown_activations(activation: Any, error: type[Exception], message: str) -> None:
    for make in (Neuron, lambda nin, **keywords: MLP(nin, [2, 1], **keywords)):
        with pytest.raises(error, match=message):
            make(2, activation=activation)
    with pytest.raises(error, match=message):
        Activation(activation)
