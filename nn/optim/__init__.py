"""SGD (momentum, Nesterov, weight decay), Adam and AdamW, by PyTorch's formulas, and learning-rate schedules.

A schedule is a pure function from the number of steps taken so far to a learning rate; before a step
set `optimizer.lr = schedule(step)`, or hand it to `fit`.

>>> from autodiff import Value
>>> w = Value(3.0)
>>> optimizer = SGD([w], lr=0.1)
>>> (w * w).backward()
>>> optimizer.step()
>>> round(w.data, 12)
2.4
"""

from __future__ import annotations

from nn.optim.array_steps import ArraySteps
from nn.optim.optimizers import SGD, Adam, AdamW, Optimizer
from nn.optim.schedules import Schedule, constant_lr, cosine_lr, linear_lr, step_lr
from nn.values import Number

__all__ = [
    "SGD",
    "Adam",
    "AdamW",
    "ArraySteps",
    "Number",
    "Optimizer",
    "Schedule",
    "constant_lr",
    "cosine_lr",
    "linear_lr",
    "step_lr",
]
