"""nn: small neural networks made of scalar neurons, with micrograd's signatures and PyTorch's words.

A model is made of `Value`s, so everything that `autodiff` shows of a graph it shows of a model; a neuron is
one node.

>>> from nn import MLP, SGD, fit, half_mse
>>> model = MLP(2, [4, 1], activation="tanh", seed=1)
>>> model([0.5, -1.0]).op.name
'dot'
>>> len(model.parameters())
17
>>> list(model.state_dict())[:3]
['layers.0.neurons.0.w.0', 'layers.0.neurons.0.w.1', 'layers.0.neurons.0.b']

Train it to tell whether two inputs differ:

>>> xor = [([0, 0], 0), ([0, 1], 1), ([1, 0], 1), ([1, 1], 0)]
>>> optimizer = SGD(model.parameters(), lr=0.3, momentum=0.9)
>>> history = fit(model, xor, half_mse, optimizer, epochs=200, progress=False)
>>> [round(model(x).data) for x, _ in xor]
[0, 1, 1, 0]

Save it, and read it back into a model of the same shape, exactly:

>>> import os, tempfile
>>> twin = MLP(2, [4, 1], activation="tanh", seed=2)
>>> with tempfile.TemporaryDirectory() as folder:
...     path = os.path.join(folder, "xor.json")
...     model.save(path)
...     twin.load(path)
>>> twin.state_dict() == model.state_dict()
True

The same loop by hand, as in micrograd:

>>> for _ in range(20):
...     loss = sum((model(x) - y) ** 2 for x, y in xor)
...     model.zero_grad()
...     loss.backward()
...     for p in model.parameters():
...         p.data -= 0.1 * p.grad
"""

from __future__ import annotations

from autodiff.guards.moved import Moved
from nn import init
from nn.activations import Activation, ReLU, Sigmoid, Tanh
from nn.layers import MLP, InputLengthError, Layer, Linear, Neuron, Sequential
from nn.layerwise import LayerwiseSGD, layerwise_gradients
from nn.losses import (
    cross_entropy,
    half_mse,
    half_squared_error,
    hinge,
    logloss,
    logloss_with_logits,
    mse,
)
from nn.metrics import accuracy
from nn.module import LostParameterWarning, Module
from nn.optim import SGD, Adam, AdamW, Optimizer, constant_lr, cosine_lr, linear_lr, step_lr
from nn.training import History, NotCompiledWarning, fit

__all__ = [
    "MLP",
    "SGD",
    "Activation",
    "Adam",
    "AdamW",
    "History",
    "InputLengthError",
    "Layer",
    "LayerwiseSGD",
    "Linear",
    "LostParameterWarning",
    "Module",
    "Neuron",
    "NotCompiledWarning",
    "Optimizer",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Tanh",
    "accuracy",
    "constant_lr",
    "cosine_lr",
    "cross_entropy",
    "fit",
    "half_mse",
    "half_squared_error",
    "hinge",
    "init",
    "layerwise_gradients",
    "linear_lr",
    "logloss",
    "logloss_with_logits",
    "mse",
    "step_lr",
]

Moved(
    {  # since version 0.2
        "nn.batches": "nn.training.batches",
        "nn.graph_steps": "nn.training.graph_steps",
        "nn.program_steps": "nn.training.program_steps",
        "nn.reduction": "nn.training.reduction",
    }
).install()
