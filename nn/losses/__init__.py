"""Losses: what training makes small; each takes one prediction with its target, or a sequence of each.

Predictions are Values or plain numbers (then the loss is a plain number); lengths and labels are checked.
Classification losses take `reduction="mean"`, `"sum"` or `"none"` (a list), in PyTorch's words.
While a loss is traced to be compiled, there is no number to check: then a label or a probability that would
be refused makes the loss nan.

| loss | of one prediction | together |
| --- | --- | --- |
| half_squared_error | (ŷ - y)² / 2 | sum |
| mse, half_mse | (ŷ - y)² | sum / n, sum / (2n) |
| hinge | max(0, 1 - y s), y = -1 or 1 | mean |
| logloss | -y ln p - (1 - y) ln(1 - p), 0 < p < 1 | mean |
| logloss_with_logits | the same with p = sigmoid(z), right for any z | mean |
| cross_entropy | logsumexp(z) - z[label], as -log_softmax(z)[label] | mean |

>>> from autodiff import Value
>>> half_squared_error(Value(0.0), 1).data
0.5
>>> half_mse([1.0, 1.0], [2, 1])
0.25
"""

from __future__ import annotations

from nn.losses.classification import Reduction, cross_entropy, hinge, logloss, logloss_with_logits
from nn.losses.regression import half_mse, half_squared_error, mse

__all__ = [
    "Reduction",
    "cross_entropy",
    "half_mse",
    "half_squared_error",
    "hinge",
    "logloss",
    "logloss_with_logits",
    "mse",
]
