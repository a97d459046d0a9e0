"""Metrics: how good outputs are, for `fit` and by themselves; no gradient flows from them."""

from __future__ import annotations

import math
from collections.abc import Iterable

from nn.losses.labels import class_label, number_label
from nn.values import as_list, without_graph

__all__ = ["accuracy"]


def accuracy(outputs: Iterable[object], targets: Iterable[float]) -> float:
    """Return the part of the outputs that name the right class.

    Args:
        outputs: Scores before any sigmoid or softmax: one number a sample (its sign decides), or one a
            class (the largest decides). One that is nan names none.
        targets: Labels: -1 or 1, 0 or 1; or the index of the class.

    Raises:
        TypeError: A label is of another type, such as a list of 0 and 1.
        ValueError: A label names no class, an output has no scores, or there are no outputs, or more or less
            than targets.

    >>> accuracy([2.5, -0.1, 0.3], [1, -1, 0])
    0.6666666666666666
    >>> accuracy([[0.1, 0.9], [0.8, 0.2]], [1, 1])
    0.5
    """
    outputs, targets = as_list(outputs), as_list(targets)
    if len(outputs) != len(targets):
        raise ValueError(f"accuracy: {len(outputs)} outputs, but {len(targets)} targets")
    if not outputs:
        raise ValueError("accuracy: no outputs: the accuracy of nothing is not defined")
    pairs = zip(outputs, targets, strict=True)
    return sum(names_the_class(i, output, target) for i, (output, target) in enumerate(pairs)) / len(outputs)


def names_the_class(i: int, output: object, target: float) -> bool:
    """Whether an output names the class that its target names."""
    scores = as_list(without_graph(output))
    if not scores:
        raise ValueError(f"accuracy: output {i} is {output!r}, without a score")
    if len(scores) > 1:
        index = int(target) if isinstance(target, float) and target.is_integer() else target
        label = class_label("accuracy", i, index, scores)
        return scores.index(max(scores)) == label and not any(map(math.isnan, scores))
    if number_label("accuracy", i, target) not in (-1, 0, 1):
        raise ValueError(f"accuracy: label {i} of one score is {target!r}, it must be -1 or 1, or 0 or 1")
    return bool((scores[0] > 0) == (target > 0)) and not math.isnan(scores[0])
