"""Tests of nn/losses/labels.py, through the losses: what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from autodiff import Value
from nn import cross_entropy, hinge, logloss, logloss_with_logits


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
