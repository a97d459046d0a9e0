"""Training: `fit`, the loop that moves a model's parameters step by step until its loss is small.

Steps are taken by compiled programs where that is possible, else on the graph of each batch; both give the
same numbers to rounding.

>>> from nn import MLP, SGD, half_mse
>>> model = MLP(1, [1], seed=0)
>>> data = [([0.0], 1.0), ([1.0], 3.0), ([2.0], 5.0)]
>>> history = fit(model, data, half_mse, SGD(model.parameters(), lr=0.5), epochs=60, progress=False)
>>> [round(parameter.data, 3) for parameter in model.parameters()]
[2.0, 1.0]
"""

from __future__ import annotations

from nn.training.batches import Data, Held
from nn.training.graph_steps import Measure
from nn.training.loop import History, fit
from nn.training.program_steps import NotCompiledWarning

__all__ = ["Data", "Held", "History", "Measure", "NotCompiledWarning", "fit"]
