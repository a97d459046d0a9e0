"""Update rules: the formulas of optimisers as pure functions, the same for a number and an array of numbers.

A rule takes the data, the gradient and what the optimiser remembers, and gives the next data and memory. It
is written in operators alone, so floats, Fractions and NumPy's arrays go through the same line.

>>> sgd(3.0, 6.0, 0, lr=0.1, momentum=0.5)
(2.4, 6.0)
"""

from __future__ import annotations

import math
from numbers import Real
from typing import Any, TypeAlias, TypeVar

from autodiff import Value, sqrt
from nn.values import FloatArray, Number

__all__ = ["Numeric", "adam", "adamw", "sgd"]

Numeric = TypeVar("Numeric", Number, FloatArray)
Factor: TypeAlias = Any  # a Number: NumPy's types know no Fraction, which its arrays can be multiplied with


def sgd(
    data: Numeric,
    grad: Numeric,
    velocity: Numeric,
    *,
    lr: Factor,
    momentum: Factor = 0,
    nesterov: bool = False,
    weight_decay: Factor = 0,
) -> tuple[Numeric, Numeric]:
    """Step by -lr g, with momentum by -lr v, where v = momentum v + g, with Nesterov by -lr (g + momentum v).

    Source: Sutskever et al. 2013 in the form of PyTorch, whose velocity does not hold the learning rate.

    Args:
        data: A number, or an array of them.
        grad: Its derivative g.
        velocity: What the last step gave, 0 at first.
        lr: The learning rate.
        momentum: How much of the velocity stays; 0 leaves it as it is.
        nesterov: Look ahead along the velocity.
        weight_decay: Adds weight_decay · data to g.

    Returns:
        The next data, and the next velocity.

    >>> sgd(8.0, 1.0, 1.0, lr=1, momentum=0.5, nesterov=True)
    (6.25, 1.5)
    """
    grad = decayed(data, grad, weight_decay)
    if not momentum:
        return data - lr * grad, velocity
    velocity = momentum * velocity + grad
    direction = grad + momentum * velocity if nesterov else velocity
    return data - lr * direction, velocity


def adam(
    data: Numeric,
    grad: Numeric,
    mean: Numeric,
    square: Numeric,
    *,
    steps: int,
    lr: Factor,
    betas: tuple[Factor, Factor],
    eps: Factor,
    weight_decay: Factor = 0,
) -> tuple[Numeric, Numeric, Numeric]:
    """Step by the running mean of g over the root of the running mean of g².

    Source: Kingma and Ba 2015, algorithm 1.

    Args:
        data: A number, or an array of them.
        grad: Its derivative g.
        mean: The running mean of g, 0 at first.
        square: The running mean of g², 0 at first.
        steps: Which step this is, from 1 on: the means start at 0, and are scaled up for that.
        lr: The learning rate.
        betas: How much of the two means stays at each step.
        eps: Added to the root, against division by zero.
        weight_decay: Adds weight_decay · data to g.

    Returns:
        The next data, mean and square.

    >>> adam(1.0, 4.0, 0, 0, steps=1, lr=0.25, betas=(0.5, 0.75), eps=0)
    (0.75, 2.0, 4.0)
    """
    beta1, beta2 = betas
    grad = decayed(data, grad, weight_decay)
    mean = beta1 * mean + (1 - beta1) * grad
    square = beta2 * square + (1 - beta2) * grad * grad
    rate, scale = lr / (1 - beta1**steps), square_root(1 - beta2**steps)
    return data - rate * mean / (square_root(square) / scale + eps), mean, square


def adamw(
    data: Numeric,
    grad: Numeric,
    mean: Numeric,
    square: Numeric,
    *,
    steps: int,
    lr: Factor,
    betas: tuple[Factor, Factor],
    eps: Factor,
    weight_decay: Factor = 0.01,
) -> tuple[Numeric, Numeric, Numeric]:
    """Step as `adam` does, from data that first lose lr · weight_decay of themselves.

    Source: Loshchilov and Hutter 2019, algorithm 2, in the form of PyTorch.

    Args:
        weight_decay: How fast data without gradients go to 0. The others are those of `adam`.

    Returns:
        The next data, mean and square.

    >>> adamw(2.0, 4.0, 0, 0, steps=1, lr=0.25, betas=(0.5, 0.75), eps=0, weight_decay=1)
    (1.25, 2.0, 4.0)
    """
    data = data - lr * weight_decay * data
    return adam(data, grad, mean, square, steps=steps, lr=lr, betas=betas, eps=eps)


def decayed(data: Numeric, grad: Numeric, weight_decay: Factor) -> Numeric:
    """Add the gradient of the penalty weight_decay/2 · data²."""
    return grad + weight_decay * data if weight_decay else grad


def square_root(number: Numeric) -> Numeric:
    """The square root, which rounds alike for numbers, arrays and Values; x**0.5 does not.

    >>> square_root(2.25)
    1.5
    """
    if isinstance(number, Real):
        return math.sqrt(number)
    if isinstance(number, Value):
        return sqrt(number)
    import numpy as np

    roots: Numeric = np.sqrt(
        np.asarray(number, float)
    )  # a Fraction among the factors has made it an array of objects
    return roots
