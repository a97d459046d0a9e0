"""Reduction: whether the loss of a batch is the mean of its samples' losses, their sum, or neither.

>>> from nn import half_squared_error, mse
>>> samples = [(Value(0.5), 1.0), (Value(0.5), 3.0)]
>>> reduction_of(mse, samples), reduction_of(half_squared_error, samples)
('mean', 'sum')
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from functools import partial
from typing import Any

from autodiff import Value
from nn.losses import (
    cross_entropy,
    half_mse,
    half_squared_error,
    hinge,
    logloss,
    logloss_with_logits,
    mse,
)
from nn.training.graph_steps import Measure
from nn.training.samples import Pair
from nn.values import as_list, without_graph

__all__ = ["adds_up", "reduction_of"]

ADDING_UP = (cross_entropy, half_mse, half_squared_error, hinge, logloss, logloss_with_logits, mse)


def adds_up(loss: object) -> bool:
    """Whether a loss is known to be the mean or the sum of its samples' losses, whatever the batch.

    >>> from functools import partial
    >>> adds_up(partial(mse, reduction="sum")), adds_up(lambda outputs, targets: mse(outputs, targets))
    (True, False)
    """
    while isinstance(loss, partial) and not loss.args:
        loss = loss.func
    return any(loss is known for known in ADDING_UP)


def reduction_of(loss: Measure, samples: Sequence[Pair]) -> str | None:
    """Try a loss on a batch and on its samples one by one.

    The outputs are varied, so that no two are equal: on those of a model that starts at 0 the mean of the
    losses may also be their maximum. Samples whose loss is not finite, as that of a target nan, are left out.

    Args:
        loss: Called with a list of outputs and a list of targets.
        samples: Outputs, each with a target; two at least.

    Returns:
        "mean", "sum", or None if it is neither.

    >>> from autodiff import max
    >>> samples = [(Value(0.5), 1.0), (Value(0.5), 1.0)]
    >>> reduction_of(lambda outputs, targets: max([(o - t) ** 2 for o, t in zip(outputs, targets)]), samples)
    """
    rng = random.Random(0)
    outputs, targets = [varied(output, rng) for output, _ in samples], [y for _, y in samples]
    singles = [without_graph(loss([output], [y])) for output, y in zip(outputs, targets, strict=True)]
    finite = [i for i, single in enumerate(singles) if math.isfinite(single)]
    if not finite:
        return None
    finite = finite if len(finite) > 1 else finite * 2
    together = without_graph(loss([outputs[i] for i in finite], [targets[i] for i in finite]))
    total, size = math.fsum(singles[i] for i in finite), math.fsum(abs(singles[i]) for i in finite)
    for reduction, share in (("mean", 1 / len(finite)), ("sum", 1.0)):
        if abs(together - share * total) <= 1e-9 * share * size:
            return reduction
    return None


def varied(output: object, rng: random.Random) -> object:
    """Return a copy of an output with numbers nearer to 0 (so that a probability stays one), none equal."""
    if isinstance(output, Value):
        return Value(float(output.data) * rng.uniform(0.2, 1) or rng.uniform(0.2, 1))
    if isinstance(output, dict):
        return {key: varied(each, rng) for key, each in output.items()}
    if isinstance(output, list | tuple):
        kind: Any = type(output)
        made = [varied(each, rng) for each in output]
        return kind(*made) if hasattr(kind, "_fields") else kind(made)
    if str(getattr(output, "dtype", "")) == "object":
        import numpy as np

        return np.array(varied(as_list(output), rng), dtype=object)
    return output
