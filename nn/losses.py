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
| cross_entropy | logsumexp(z) - z[label] | mean |

>>> half_squared_error(Value(0.0), 1).data
0.5
>>> half_mse([1.0, 1.0], [2, 1])
0.25
"""

from __future__ import annotations

import math
import numbers
import operator
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from autodiff import Value, dot, equal, less, less_equal, log, log1p, logsumexp, mean, relu, softplus, where
from autodiff import sum as total

Reduction: TypeAlias = Literal["mean", "sum", "none"]


def half_squared_error(prediction: Any, target: Any) -> Any:
    """Return ½ (ŷ - y)², summed over a sequence; its derivative is ŷ - y.

    >>> y_hat = Value(3.0)
    >>> half_squared_error(y_hat, 1).backward()
    >>> y_hat.grad
    2.0
    """
    return total(_squared_errors("half_squared_error", prediction, target)) / 2


def mse(prediction: Any, target: Any) -> Any:
    """Return the mean squared error Σ (ŷ - y)² / n.

    >>> mse([1.0, 1.0], [2, 1])
    0.5
    """
    return mean(_squared_errors("mse", prediction, target))


def half_mse(prediction: Any, target: Any) -> Any:
    """Return Σ (ŷ - y)² / (2n), the form whose derivative is (ŷ - y) / n."""
    squares = _squared_errors("half_mse", prediction, target)
    return total(squares) / (2 * len(squares))


def hinge(score: Any, label: Any, *, reduction: Reduction = "mean") -> Any:
    """Return max(0, 1 - y s) for labels y of -1 or 1.

    >>> hinge([2.0, -0.5], [1, 1])
    0.75
    """
    losses = [_hinge(i, s, y) for i, (s, y) in enumerate(_pairs("hinge", score, label))]
    return _reduced(losses, reduction)


def logloss(probability: Any, label: Any, *, reduction: Reduction = "mean") -> Any:
    """Return -y ln p - (1 - y) ln(1 - p) for labels y from 0 to 1.

    Raises:
        ValueError: a probability is not strictly between 0 and 1, where the loss or its derivative is
            infinite.

    >>> round(logloss([0.5, 0.9], [0, 1]), 6)
    0.399254
    """
    losses = [_logloss(i, p, y) for i, (p, y) in enumerate(_pairs("logloss", probability, label))]
    return _reduced(losses, reduction)


def logloss_with_logits(logit: Any, label: Any, *, reduction: Reduction = "mean") -> Any:
    """Return the logloss of sigmoid(z), computed as y softplus(-z) + (1 - y) softplus(z): no overflow.

    >>> logloss_with_logits([800.0, -800.0], [1, 1])
    400.0
    """
    pairs = _pairs("logloss_with_logits", logit, label)
    return _reduced([_logit_loss(i, z, y) for i, (z, y) in enumerate(pairs)], reduction)


def cross_entropy(logits: Any, label: Any, *, reduction: Reduction = "mean") -> Any:
    """Return logsumexp(z) - z[label]: the cross-entropy of softmax(z), without overflow.

    Args:
        logits: one number a class, or a sequence of such rows.
        label: the index of the class, or one for each row.
        reduction: how the rows' losses are put together.

    >>> round(cross_entropy([1000.0, 1000.0], 0), 6)
    0.693147
    """
    if isinstance(label, Value) or not hasattr(label, "__iter__"):
        logits, label = [logits], [label]
    rows, labels = [_listed(row) for row in _listed(logits)], _listed(label)
    _check_lengths("cross_entropy", rows, labels)
    losses = [_cross_entropy(i, row, y) for i, (row, y) in enumerate(zip(rows, labels, strict=True))]
    return _reduced(losses, reduction)


def _squared_errors(loss: str, prediction: Any, target: Any) -> list[Any]:
    return [(y_hat - y) ** 2 for y_hat, y in _pairs(loss, prediction, target)]


def _hinge(i: int, s: Any, y: Any) -> Any:
    if _is_traced(y):
        return _where_allowed(equal(y * y, 1), relu(1 - s * y))
    return relu(1 - s * _label("hinge", i, y, {-1, 1}, "-1 or 1"))


def _logloss(i: int, p: Any, y: Any) -> Any:
    if _is_traced(y) or _is_traced(p):
        allowed = less(0, p) * less(p, 1) * _is_fraction(y)
        return _where_allowed(allowed, -(y * log(p) + (1 - y) * log1p(-p)))
    y = _fraction_label("logloss", i, y)
    if not 0 < _plain(p) < 1:
        raise ValueError(
            f"logloss: probability {i} is {_plain(p)!r}, it must lie between 0 and 1 (both excluded); "
            "for scores before the sigmoid use logloss_with_logits, which has no such limit"
        )
    if y == 1:
        return -log(p)
    if y == 0:
        return -log1p(-p)
    return -(y * log(p) + (1 - y) * log1p(-p))


def _logit_loss(i: int, z: Any, y: Any) -> Any:
    if _is_traced(y):
        return _where_allowed(_is_fraction(y), y * softplus(-z) + (1 - y) * softplus(z))
    y = _fraction_label("logloss_with_logits", i, y)
    if y == 1:
        return softplus(-z)
    if y == 0:
        return softplus(z)
    return y * softplus(-z) + (1 - y) * softplus(z)


def _cross_entropy(i: int, row: list[Any], y: Any) -> Any:
    if _is_traced(y):
        chosen = [equal(y, k) for k in range(len(row))]
        return _where_allowed(total(chosen), logsumexp(row) - dot(row, chosen))
    return logsumexp(row) - row[_class("cross_entropy", i, y, row)]


def _is_traced(x: Any) -> bool:
    """Whether x stands for a number that is not known, as a function that uses it is being compiled."""
    if type(x) is Value or not isinstance(x, Value):
        return False
    try:
        x.data  # noqa: B018 - asking is the test
    except TypeError:  # a TraceError, whose name would load the compiler
        return True
    return False


def _is_fraction(y: Any) -> Any:
    return less_equal(0, y) * less_equal(y, 1)


def _where_allowed(allowed: Any, loss: Any) -> Any:
    return where(allowed, loss, math.nan)


_REDUCTIONS: dict[str, Callable[[list[Any]], Any]] = {
    "mean": mean,
    "sum": total,
    "none": lambda losses: losses,
}


def _reduced(losses: list[Any], reduction: Reduction) -> Any:
    if reduction not in _REDUCTIONS:
        raise ValueError(f"reduction must be 'mean', 'sum' or 'none', not {reduction!r}")
    if reduction != "none" and len(losses) == 1:
        return losses[0]
    return _REDUCTIONS[reduction](losses)


def _pairs(loss: str, predictions: Any, targets: Any) -> list[tuple[Any, Any]]:
    """Return (prediction, target) pairs; one alone makes one pair."""
    predictions, targets = _listed(predictions), _listed(targets)
    _check_lengths(loss, predictions, targets)
    for i, prediction in enumerate(predictions):
        if not isinstance(prediction, Value | numbers.Real):
            raise TypeError(f"{loss}: prediction {i} is {type(prediction).__name__}, not a Value or a number")
    return list(zip(predictions, targets, strict=True))


def _listed(items: Any) -> list[Any]:
    if isinstance(items, Value | str):
        return [items]
    if hasattr(items, "tolist"):  # NumPy's arrays and scalars
        items = items.tolist()
    return list(items) if hasattr(items, "__iter__") else [items]


def _check_lengths(loss: str, predictions: list[Any], targets: list[Any]) -> None:
    if len(predictions) != len(targets):
        raise ValueError(f"{loss}: {len(predictions)} predictions, but {len(targets)} targets")
    if not predictions:
        raise ValueError(f"{loss}: no predictions: the loss of nothing is not defined")


def _plain(number: Any) -> Any:
    return number.data if isinstance(number, Value) else number


def _number_label(loss: str, i: int, label: Any) -> Any:
    if isinstance(label, Value):
        raise TypeError(f"{loss}: label {i} is a Value, but no gradient flows to labels: pass its .data")
    if not isinstance(label, numbers.Real):
        raise TypeError(f"{loss}: label {i} is {label!r}, not a number")
    return label


def _label(loss: str, i: int, label: Any, allowed: set[int], words: str) -> Any:
    if isinstance(label, bool) or _number_label(loss, i, label) not in allowed:
        hint = "; map 0/1 labels with 2 * y - 1" if label in (0, 1) else ""
        raise ValueError(f"{loss}: label {i} is {label!r}, it must be {words}{hint}")
    return label


def _fraction_label(loss: str, i: int, label: Any) -> Any:
    if not 0 <= _number_label(loss, i, label) <= 1:
        hint = "; map -1/1 labels with (y + 1) / 2" if label == -1 else ""
        raise ValueError(f"{loss}: label {i} is {label!r}, it must lie from 0 to 1{hint}")
    return label + 0  # True and False become 1 and 0


def _class(loss: str, i: int, label: Any, logits: list[Any]) -> int:
    if isinstance(label, bool) or not hasattr(label, "__index__"):
        raise TypeError(f"{loss}: label {i} is {label!r}, it must be the index of a class, an int")
    index = operator.index(label)
    if not 0 <= index < len(logits):
        raise ValueError(
            f"{loss}: label {i} is {index}, but {len(logits)} logits allow 0 to {len(logits) - 1}"
        )
    return index
