"""Metrics: how good outputs are, for `fit` and by themselves; no gradient flows from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nn.graph_steps import plain

__all__ = ["accuracy"]


def accuracy(outputs: Sequence[Any], targets: Sequence[Any]) -> float:
    """Return the part of the outputs that name the right class.

    Args:
        outputs: scores before any sigmoid or softmax: one number a sample (its sign decides), or one a
            class (the largest decides).
        targets: labels: -1 or 1, 0 or 1; or the index of the class.

    >>> accuracy([2.5, -0.1, 0.3], [1, -1, 0])
    0.6666666666666666
    >>> accuracy([[0.1, 0.9], [0.8, 0.2]], [1, 1])
    0.5
    """
    right = [_is_right(output, target) for output, target in zip(outputs, targets, strict=True)]
    if not right:
        raise ValueError("accuracy: no outputs: the accuracy of nothing is not defined")
    return sum(right) / len(right)


def _is_right(output: Any, target: Any) -> bool:
    output = plain(output)
    if isinstance(output, list):
        return bool(output.index(max(output)) == target)
    return bool((output > 0) == (target > 0))
