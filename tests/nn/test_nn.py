"""Tests of the package nn as a whole: what importing it loads, and a net computed by hand, exactly."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction

import nn
from autodiff import Value


def test_importing_nn_loads_nothing_heavy() -> None:
    program = "import sys, nn; print({'numpy', 'graphviz', 'tqdm', 'torch', 'matplotlib'} & set(sys.modules))"

    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True
    )

    assert run.stdout == "set()\n"


def test_every_public_name_is_there_and_documented() -> None:
    assert all(getattr(nn, name).__doc__ for name in nn.__all__)


def test_a_net_of_zeros_by_hand() -> None:
    """Sigmoid net 2-2-2-1 of zeros, loss ½ (ŷ - y)², rate 1: layers wake up one at a time, from the end."""
    model = nn.MLP(2, [2, 2, 1], activation="sigmoid", bias=False, init=nn.init.constant(Fraction(0)))
    optimizer = nn.SGD(model.parameters(), lr=1)
    losses = []
    for x, y in [([5, 2], 1), ([1, 1], 0)]:
        loss = nn.half_squared_error(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.data)

    weights = [[w.data for neuron in layer.neurons for w in neuron.w] for layer in model.layers]
    assert losses == [Fraction(1, 2), Fraction(1, 8)]
    assert weights == [[Fraction(0)] * 4, [Fraction(-1, 32)] * 4, [Fraction(1, 4)] * 2]
    assert all(isinstance(w, Fraction) for layer in weights for w in layer)


def test_gradients_of_a_model_by_its_inputs() -> None:
    x = [Value(0.5), Value(-1.0)]

    nn.MLP(2, [4, 1], activation="tanh", seed=0)(x).backward()

    assert all(each.grad != 0 for each in x)
