"""Ordinary operands for the few rows that do not take any numbers between 0 and 1, and calls with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

import autodiff
from autodiff.rules import TABLE, Rule

__all__ = ["QUICK_AND_SLOW_IN_JAX", "QUICK_ROWS", "SLOW_ROWS", "called", "in_domain", "operands"]

SLOW_IN_JAX = {  # rows of several primitives, which XLA compiles for long
    "acosh", "cbrt", "ceil", "celu", "clip", "copysign", "digamma", "erfc", "floordiv", "fma", "fmod", "gamma",
    "gelu_tanh", "hardshrink", "hardsigmoid", "hardswish", "hardtanh", "heaviside", "kthvalue", "lerp", "lgamma",
    "log_base", "log_sigmoid", "log_softmax", "logaddexp", "mish", "mod", "polygamma", "relu6", "remainder",
    "rint", "selu", "sinc", "softshrink", "softsign", "squareplus", "std", "tanhshrink", "trunc", "var", "xlogy",
}  # fmt: skip
QUICK_ROWS = [row for row in TABLE.values() if row.name not in SLOW_IN_JAX]
SLOW_ROWS = [row for row in TABLE.values() if row.name in SLOW_IN_JAX]
QUICK_AND_SLOW_IN_JAX = (
    pytest.param(QUICK_ROWS, id="quick"),
    pytest.param(SLOW_ROWS, id="slow", marks=pytest.mark.slow),
)

QUOTIENTS = ("floordiv", "mod", "fmod", "remainder")  # of 0.25 and 0.5, say, is where they jump
LAST = {"var": 0, "std": 0, "kthvalue": 2}  # a plain number that follows any number of operands


def in_domain(rule: Rule, xs: Sequence[Any]) -> list[Any]:
    """Operands moved to where the row is smooth, by operations that leave numbers and Values what they are."""
    if rule.name == "acosh":
        return [1 + x for x in xs]
    if rule.name == "polygamma":
        return [1, *map(abs, xs[1:])]
    if rule.name in ("log_base", "xlogy", "squareplus", "softshrink"):
        return list(map(abs, xs))
    if rule.name == "rint":
        return [x / 4 for x in xs]
    if rule.name in QUOTIENTS:
        return [x + 0.01 for x in xs[:1]] + list(xs[1:])
    return list(xs)


def operands(rule: Rule, xs: Sequence[Any]) -> tuple[Any, ...]:
    """Operands of a row, with the plain number that its last one is."""
    last = [LAST[rule.name]] if rule.name in LAST else []
    return (*in_domain(rule, xs), *last)


def called(rule: Rule, xs: Sequence[Any]) -> Any:
    """What the function of a row gives for operands; of several results the second."""
    function = getattr(autodiff, rule.name)
    if not rule.is_nary:
        return function(*in_domain(rule, xs[: rule.arity]))
    if rule.name == "dot":
        half = len(xs) // 2
        return function(xs[:half], xs[half : 2 * half], *xs[2 * half :])
    named = {"k": LAST[rule.name]} if rule.name == "kthvalue" else {}
    found = function(list(xs), **named)
    return found[1] if rule.vector else found
