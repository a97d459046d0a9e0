"""Metrics: how good outputs are, for `fit` and by themselves; no gradient flows from them."""

from __future__ import annotations

from collections.abc import Sequence

from nn.values import without_graph

__all__ = ["accuracy"]


def accuracy(outputs: Sequence[object], targets: Sequence[float]) -> float:
    """Return the part of the outputs that name the right class.

    Args:
        outputs: Scores before any sigmoid or softmax: one number a sample (its sign decides), or one a
            class (the largest decides).
        targets: Labels: -1 or 1, 0 or 1; or the index of the class.

    Raises:
        ValueError: There are no outputs, or more or less than targets.

    >>> accuracy([2.5, -0.1, 0.3], [1, -1, 0])
    0.6666666666666666
    >>> accuracy([[0.1, 0.9], [0.8, 0.2]], [1, 1])
    0.5
    """
    right = [names_the_class(output, target) for output, target in zip(outputs, targets, strict=True)]
    if not right:
        raise ValueError("accuracy: no outputs: the accuracy of nothing is not defined")
    return sum(right) / len(right)


def names_the_class(output: object, target: float) -> bool:
    """Whether an output names the class that its target names."""
    scores = without_graph(output)
    if isinstance(scores, list):
        return bool(scores.index(max(scores)) == target)
    return bool((scores > 0) == (target > 0))
