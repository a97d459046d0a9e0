"""Tests of nn/losses/labels.py, through the losses: what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from autodiff import Value
from nn import cross_entropy, hinge, logloss, logloss_with_logits
from nn.losses.labels import fraction_label


@pytest.mark.parametrize(
    ("loss", "label", "error", "message"),
    [
        (hinge, 0, ValueError, "hinge: label 1 is 0, it must be -1 or 1; map 0/1 labels with 2"),
        (hinge, 2, ValueError, "hinge: label 1 is 2, it must be -1 or 1$"),
        (hinge, True, ValueError, "hinge: label 1 is True, it must be -1 or 1"),
        (hinge, math.nan, ValueError, "hinge: label 1 is nan"),
        (hinge, "1", TypeError, "hinge: label 1 is '1', not a number"),
        (hinge, None, TypeError, "hinge: label 1 is None, not a number"),
        (hinge, Value(1.0), TypeError, "hinge: label 1 is a Value, but no gradient flows to labels"),
        (logloss, -1, ValueError, r"logloss: label 1 is -1, it must lie from 0 to 1; map -1/1 labels"),
        (logloss, 1.5, ValueError, "logloss: label 1 is 1.5, it must lie from 0 to 1$"),
        (logloss, math.nan, ValueError, "logloss: label 1 is nan"),
        (logloss_with_logits, 2, ValueError, "logloss_with_logits: label 1 is 2, it must lie from 0 to 1$"),
        (logloss_with_logits, "a", TypeError, "logloss_with_logits: label 1 is 'a', not a number"),
    ],
)
def test_labels(loss: Callable[..., Any], label: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        loss([Value(0.5), Value(0.5)], [1, label])


@pytest.mark.parametrize(
    ("label", "error", "message"),
    [
        (3, ValueError, "cross_entropy: label 1 is 3, but 3 logits allow 0 to 2"),
        (-1, ValueError, "cross_entropy: label 1 is -1, but 3 logits allow 0 to 2"),
        (1.0, TypeError, "cross_entropy: label 1 is 1.0, it must be the index of a class"),
        (True, TypeError, "cross_entropy: label 1 is True, it must be the index of a class"),
        ("1", TypeError, "cross_entropy: label 1 is '1', it must be the index of a class"),
        (None, TypeError, "cross_entropy: label 1 is None, it must be the index of a class"),
    ],
)
def test_classes(label: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        cross_entropy([[1.0, 2.0, 3.0]] * 2, [0, label])


@pytest.mark.parametrize(
    ("loss", "labels"),
    [
        (hinge, [-1, 1, -1.0, 1.0]),
        (logloss, [0, 1, 0.0, 1.0, 0.5, True, False]),
        (logloss_with_logits, [0, 1, 0.25]),
    ],
)
def test_labels_that_are_taken(loss: Callable[..., Any], labels: list[Any]) -> None:
    for label in labels:
        assert math.isfinite(loss(0.5, label))


@pytest.mark.parametrize(
    ("loss", "label", "hint"),
    [
        (hinge, 0, "; map 0/1 labels with 2 * y - 1"),
        (hinge, True, "; map 0/1 labels with 2 * y - 1"),
        (hinge, 0.5, ""),
        (hinge, -2, ""),
        (logloss, -1, "; map -1/1 labels with (y + 1) / 2"),
        (logloss, -0.5, ""),
        (logloss, 2, ""),
        (logloss, -2, ""),
    ],
)
def test_what_a_refused_label_is_mapped_with(loss: Callable[..., Any], label: Any, hint: str) -> None:
    allowed = "be -1 or 1" if loss is hinge else "lie from 0 to 1"
    with pytest.raises(ValueError, match="label 0 is") as caught:
        loss(0.5, label)

    assert str(caught.value) == f"{loss.__name__}: label 0 is {label!r}, it must {allowed}{hint}"


def test_the_first_and_the_last_class_are_classes() -> None:
    assert [cross_entropy([0.0, 0.0, 0.0], label) for label in range(3)] == [pytest.approx(math.log(3))] * 3
    with pytest.raises(ValueError, match="label 0 is 1, but 1 logits allow 0 to 0"):
        cross_entropy([0.0], 1)


def test_a_flag_as_a_label_counts_as_a_number() -> None:
    assert logloss(0.25, True) == logloss(0.25, 1)
    assert type(fraction_label("logloss", 0, True)) is int
