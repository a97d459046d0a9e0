"""Functions in whose chain rule 0 and infinity meet, and where."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import autodiff

__all__ = ["KNOWN", "UNKNOWN"]

# The derivative is a limit that the numbers do not tell.
UNKNOWN: dict[str, tuple[Callable[..., Any], float]] = {
    "sqrt(x)**2": (lambda x: x.sqrt() ** 2, 0.0),
    "sqrt(x)·sqrt(x)": (lambda x: x.sqrt() * x.sqrt(), 0.0),
    "acos(x)**2": (lambda x: x.acos() ** 2, 1.0),
    "asin(x)**2": (lambda x: (x.asin() - math.pi / 2) ** 2, 1.0),
    "cos(sqrt(x))": (lambda x: x.sqrt().cos(), 0.0),
    "cosh(sqrt(x))": (lambda x: x.sqrt().cosh(), 0.0),
    "sqrt(x)·sin(sqrt(x))": (lambda x: x.sqrt() * x.sqrt().sin(), 0.0),
    "(x**(1/3))**3": (lambda x: (x ** (1 / 3)) ** 3, 0.0),
    "sqrt(x)**1.5": (lambda x: x.sqrt() ** 1.5, 0.0),
    "|sqrt(x)|": (lambda x: abs(x.sqrt()), 0.0),
    "relu(sqrt(x))": (lambda x: x.sqrt().relu(), 0.0),
    "maximum(sqrt(x), 0)": (lambda x: x.sqrt().maximum(0), 0.0),
    "max(sqrt(x), 0, 0)": (lambda x: autodiff.max([x.sqrt(), 0, 0]), 0.0),
    "norm(sqrt(x), x)": (lambda x: autodiff.norm([x.sqrt(), x]), 0.0),
    "dot(sqrt(x), sqrt(x))": (lambda x: autodiff.dot([x.sqrt()], [x.sqrt()]), 0.0),
    "prod(sqrt(x), sqrt(x))": (lambda x: autodiff.prod([x.sqrt(), x.sqrt(), 1]), 0.0),
    "sqrt(x**2)": (lambda x: (x**2).sqrt(), 0.0),
    "sqrt(less(x, 1)), at the step": (lambda x: autodiff.less(x, 1).sqrt() + x, 1.0),
    "0·sqrt(x)": (lambda x: 0 * x.sqrt(), 0.0),
    "(x - 1)·sqrt(x - 1)": (lambda x: (x - 1) * (x - 1).sqrt(), 1.0),
}
# With the derivative: infinity stands where nothing comes from, or where nothing passes.
KNOWN: dict[str, tuple[Callable[..., Any], float, float]] = {
    "where": (lambda x: autodiff.where(autodiff.greater(x, 1), x.sqrt(), x), 0.0, 1.0),
    "where, deep": (lambda x: autodiff.where(0, ((x.sqrt() * 3).sin() * 2).exp(), x), 0.0, 1.0),
    "where, two in a row": (lambda x: autodiff.where(0, autodiff.where(1, x.sqrt(), x) * 2, x), 0.0, 1.0),
    "maximum": (lambda x: (x.sqrt() - 5).sin().maximum(x + 2), 0.0, 1.0),
    "minimum": (lambda x: (x.sqrt() + 5).minimum(x), 0.0, 1.0),
    "max": (lambda x: autodiff.max([x.sqrt() - 5, 3 * x, x.sqrt() - 7]), 0.0, 3.0),
    "relu": (lambda x: (x.sqrt() - 1).relu() + x, 0.0, 1.0),
    "leaky_relu by its slope": (lambda x: (x + 1).leaky_relu(x.sqrt()), 0.0, 1.0),
    "an infinite adjoint at a step": (lambda x: x + autodiff.less(x, -3).sqrt() + x, 1.9, 2.0),
    "acos(greater(x, 0))": (lambda x: autodiff.greater(x, 0).acos() + x, 1.0, 1.0),
    "sqrt(relu(x))": (lambda x: x.relu().sqrt() + x, -1.0, 1.0),
    "sqrt(hardswish(x))": (lambda x: x.hardswish().sqrt() + x, -4.0, 1.0),
    "sqrt(hardsigmoid(x))": (lambda x: x.hardsigmoid().sqrt() + x, -4.0, 1.0),
    "sqrt(softshrink(x))": (lambda x: x.softshrink().sqrt() + x, 0.25, 1.0),
    "sqrt(hardshrink(x))": (lambda x: x.hardshrink().sqrt() + x, 0.25, 1.0),
    "sqrt(relu6(x))": (lambda x: x.relu6().sqrt() + x, -1.0, 1.0),
    "sqrt(clip(x))": (lambda x: x.clip(0, 1).sqrt() + x, -1.0, 1.0),
    "sqrt(sign(x) + 1)": (lambda x: (autodiff.sign(x) + 1).sqrt() + x, -2.0, 1.0),
}
