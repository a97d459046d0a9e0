"""Losses of predictions that are to name a class: a label of two, or the index of one of many.

>>> hinge([2.0, -0.5], [1, 1], reduction="none")
[0.0, 1.5]
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, Literal, TypeAlias, overload

from autodiff import Value, apply, equal, less, less_equal, log, log1p, logsumexp, mean, relu, softplus, where
from autodiff import sum as total
from autodiff.rules import TABLE
from nn.losses.labels import class_label, fraction_label, sign_label
from nn.losses.pairs import check_lengths, pairs_of
from nn.values import Nodes, Number, Numbers, ValueOrNumber, ValuesOrNumbers, as_list, unpacked, without_graph

__all__ = ["Reduction", "cross_entropy", "hinge", "logloss", "logloss_with_logits"]

Reduction: TypeAlias = Literal["mean", "sum", "none"]
ToOne: TypeAlias = Literal["mean", "sum"]
ToList: TypeAlias = Literal["none"]

REDUCTIONS: dict[str, Callable[[list[ValueOrNumber]], object]] = {
    "mean": mean,
    "sum": total,
    "none": lambda losses: losses,
}


def reduced(losses: list[ValueOrNumber], reduction: Reduction) -> object:
    """Put the losses of predictions together."""
    if reduction not in REDUCTIONS:
        raise ValueError(f"reduction must be 'mean', 'sum' or 'none', not {reduction!r}")
    if reduction != "none" and len(losses) == 1:
        return losses[0]
    return REDUCTIONS[reduction](losses)


@overload
def hinge(score: Nodes, label: Numbers, *, reduction: ToOne = "mean") -> Value: ...
@overload
def hinge(score: Numbers, label: Numbers, *, reduction: ToOne = "mean") -> Number: ...
@overload
def hinge(score: Nodes, label: Numbers, *, reduction: ToList) -> list[Value]: ...
@overload
def hinge(score: Numbers, label: Numbers, *, reduction: ToList) -> list[Number]: ...
def hinge(score: ValuesOrNumbers, label: Numbers, *, reduction: Reduction = "mean") -> Any:
    """Return max(0, 1 - y s) for labels y of -1 or 1.

    Args:
        score: One s, or a sequence of them.
        label: One y, or as many as there are scores.
        reduction: How the losses are put together.

    Raises:
        TypeError: A score or a label is of another type.
        ValueError: A label is another number, there are no scores, or more or less than labels.

    >>> hinge([2.0, -0.5], [1, 1])
    0.75
    """
    pairs = pairs_of("hinge", score, label)
    return reduced([hinge_of(i, s, y) for i, (s, y) in enumerate(pairs)], reduction)


@overload
def logloss(probability: Nodes, label: Numbers, *, reduction: ToOne = "mean") -> Value: ...
@overload
def logloss(probability: Numbers, label: Numbers, *, reduction: ToOne = "mean") -> Number: ...
@overload
def logloss(probability: Nodes, label: Numbers, *, reduction: ToList) -> list[Value]: ...
@overload
def logloss(probability: Numbers, label: Numbers, *, reduction: ToList) -> list[Number]: ...
def logloss(probability: ValuesOrNumbers, label: Numbers, *, reduction: Reduction = "mean") -> Any:
    """Return -y ln p - (1 - y) ln(1 - p) for labels y from 0 to 1.

    Args:
        probability: One p, or a sequence of them.
        label: One y, or as many as there are probabilities.
        reduction: How the losses are put together.

    Raises:
        TypeError: A probability or a label is of another type.
        ValueError: A probability is not strictly between 0 and 1, where the loss or its derivative is
            infinite; a label is not from 0 to 1; there are no probabilities, or more or less than labels.

    >>> round(logloss([0.5, 0.9], [0, 1]), 6)
    0.399254
    """
    pairs = pairs_of("logloss", probability, label)
    return reduced([logloss_of(i, p, y) for i, (p, y) in enumerate(pairs)], reduction)


@overload
def logloss_with_logits(logit: Nodes, label: Numbers, *, reduction: ToOne = "mean") -> Value: ...
@overload
def logloss_with_logits(logit: Numbers, label: Numbers, *, reduction: ToOne = "mean") -> Number: ...
@overload
def logloss_with_logits(logit: Nodes, label: Numbers, *, reduction: ToList) -> list[Value]: ...
@overload
def logloss_with_logits(logit: Numbers, label: Numbers, *, reduction: ToList) -> list[Number]: ...
def logloss_with_logits(logit: ValuesOrNumbers, label: Numbers, *, reduction: Reduction = "mean") -> Any:
    """Return the logloss of sigmoid(z), computed as y softplus(-z) + (1 - y) softplus(z): no overflow.

    Args:
        logit: One z, or a sequence of them.
        label: One y, or as many as there are logits.
        reduction: How the losses are put together.

    Raises:
        TypeError: A logit or a label is of another type.
        ValueError: A label is not from 0 to 1, there are no logits, or more or less than labels.

    >>> logloss_with_logits([800.0, -800.0], [1, 1])
    400.0
    """
    pairs = pairs_of("logloss_with_logits", logit, label)
    return reduced([logit_loss_of(i, z, y) for i, (z, y) in enumerate(pairs)], reduction)


@overload
def cross_entropy(logits: Iterable[Nodes], label: Numbers, *, reduction: ToOne = "mean") -> Value: ...
@overload
def cross_entropy(logits: Iterable[Numbers], label: Numbers, *, reduction: ToOne = "mean") -> Number: ...
@overload
def cross_entropy(logits: Iterable[Nodes], label: Numbers, *, reduction: ToList) -> list[Value]: ...
@overload
def cross_entropy(logits: Iterable[Numbers], label: Numbers, *, reduction: ToList) -> list[Number]: ...
def cross_entropy(logits: Iterable[ValuesOrNumbers], label: Numbers, *, reduction: Reduction = "mean") -> Any:
    """Return logsumexp(z) - z[label], which is -log_softmax(z)[label], without overflow or loss of digits.

    Args:
        logits: One number a class, or a sequence of such rows.
        label: The index of the class, or one for each row.
        reduction: How the rows' losses are put together.

    Raises:
        TypeError: A label is no int.
        ValueError: A label is the index of no class, there are no rows, or more or less than labels.

    >>> round(cross_entropy([1000.0, 1000.0], 0), 6)
    0.693147
    """
    label = label if isinstance(label, Value) else unpacked(label)
    one = isinstance(label, Value) or not hasattr(label, "__iter__")
    rows = [as_list(row) for row in ([logits] if one else as_list(logits))]
    labels = [label] if one else as_list(label)
    if one and any(isinstance(each, list | tuple) for each in rows[0]):
        raise TypeError(f"cross_entropy: one label, {label!r}, for {len(rows[0])} rows: pass one for each")
    check_lengths("cross_entropy", rows, labels)
    losses = [cross_entropy_of(i, row, y) for i, (row, y) in enumerate(zip(rows, labels, strict=True))]
    return reduced(losses, reduction)


def hinge_of(i: int, s: ValueOrNumber, y: ValueOrNumber) -> ValueOrNumber:
    """Return the hinge loss of one score."""
    if is_traced(y):
        return where_allowed(equal(y * y, 1), relu(1 - s * y))
    loss: ValueOrNumber = relu(1 - s * sign_label("hinge", i, y))
    return loss


def logloss_of(i: int, p: ValueOrNumber, y: ValueOrNumber) -> ValueOrNumber:
    """Return the logloss of one probability."""
    if is_traced(y) or is_traced(p):
        allowed = less(0, p) * less(p, 1) * is_fraction(y)
        return where_allowed(allowed, -(y * log(p) + (1 - y) * log1p(-p)))
    y = fraction_label("logloss", i, y)
    if not 0 < without_graph(p) < 1:
        raise ValueError(
            f"logloss: probability {i} is {without_graph(p)!r}, it must lie between 0 and 1 (both excluded); "
            "for scores before the sigmoid use logloss_with_logits, which has no such limit"
        )
    loss: ValueOrNumber
    if y == 1:
        loss = -log(p)
    elif y == 0:
        loss = -log1p(-p)
    else:
        loss = -(y * log(p) + (1 - y) * log1p(-p))
    return loss


def logit_loss_of(i: int, z: ValueOrNumber, y: ValueOrNumber) -> ValueOrNumber:
    """Return the logloss of the sigmoid of one logit."""
    if is_traced(y):
        return where_allowed(is_fraction(y), y * softplus(-z) + (1 - y) * softplus(z))
    y = fraction_label("logloss_with_logits", i, y)
    loss: ValueOrNumber
    if y == 1:
        loss = softplus(-z)
    elif y == 0:
        loss = softplus(z)
    else:
        loss = y * softplus(-z) + (1 - y) * softplus(z)
    return loss


def cross_entropy_of(i: int, row: list[ValueOrNumber], y: ValueOrNumber) -> ValueOrNumber:
    """Return the cross-entropy of one row of logits."""
    if not is_traced(y):
        y = class_label("cross_entropy", i, y, row)
    if not any(map(is_traced, [y, *row])):
        share = apply(TABLE["log_softmax"], [*row, y])
        loss: ValueOrNumber = -share if without_graph(share) else 0 - share  # 0 in the place of -0
        return loss
    chosen = [equal(y, k) for k in range(len(row))]
    own: ValueOrNumber = total([where(flag, z, 0) for flag, z in zip(chosen, row, strict=True)])
    finite = less(-math.inf, own) * less(own, math.inf)
    infinite = where(finite, math.nan, own)  # others that are the same share equally
    gaps = [where(flag + equal(z, infinite), 0, z - own) for flag, z in zip(chosen, row, strict=True)]
    return where_allowed(total(chosen), logsumexp(gaps))


# ---------------------------------------------------------------- losses that are traced


def is_traced(x: object) -> bool:
    """Whether x stands for a number that is not known, as a function that uses it is being compiled."""
    if type(x) is Value or not isinstance(x, Value):
        return False
    try:
        x.data  # noqa: B018 - asking is the test
    except TypeError:  # a TraceError, whose name would load the compiler
        return True
    return False


def is_fraction(y: ValueOrNumber) -> ValueOrNumber:
    """Return 1 where a label lies from 0 to 1, else 0."""
    allowed: ValueOrNumber = less_equal(0, y) * less_equal(y, 1)
    return allowed


def where_allowed(allowed: ValueOrNumber, loss: ValueOrNumber) -> ValueOrNumber:
    """Return the loss where its label is allowed, else nan."""
    checked: ValueOrNumber = where(allowed, loss, math.nan)
    return checked
