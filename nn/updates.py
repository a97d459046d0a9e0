"""Update rules: the formulas of optimisers as pure functions, the same for a number and an array of numbers.

A rule takes the data, the gradient and what the optimiser remembers, and gives the next data and memory. It
is written in operators alone, so floats, Fractions and NumPy's arrays go through the same line.

>>> sgd(3.0, 6.0, 0, lr=0.1, momentum=0.5)
(2.4, 6.0)
"""

from __future__ import annotations

from typing import Any

__all__ = ["adam", "sgd"]


def sgd(
    data: Any,
    grad: Any,
    velocity: Any,
    *,
    lr: Any,
    momentum: Any = 0,
    nesterov: bool = False,
    weight_decay: Any = 0,
) -> tuple[Any, Any]:
    """Step by -lr g, with momentum by -lr v, where v = momentum v + g, with Nesterov by -lr (g + momentum v).

    Returns:
        The next data, and the next velocity.
    """
    grad = decayed(data, grad, weight_decay)
    if not momentum:
        return data - lr * grad, velocity
    velocity = momentum * velocity + grad
    direction = grad + momentum * velocity if nesterov else velocity
    return data - lr * direction, velocity


def adam(
    data: Any,
    grad: Any,
    mean: Any,
    square: Any,
    *,
    steps: int,
    lr: Any,
    betas: tuple[float, float],
    eps: float,
    weight_decay: Any = 0,
) -> tuple[Any, Any, Any]:
    """Step by the running mean of g over the root of the running mean of g² (Kingma and Ba 2015).

    Args:
        data, grad: a number and its derivative, or arrays.
        mean, square: the running means, 0 at first.
        steps: which step this is, from 1 on: the means start at 0, and are scaled up for that.
        lr, betas, eps, weight_decay: see `nn.Adam`.

    Returns:
        The next data, mean and square.
    """
    beta1, beta2 = betas
    grad = decayed(data, grad, weight_decay)
    mean = beta1 * mean + (1 - beta1) * grad
    square = beta2 * square + (1 - beta2) * grad * grad
    rate, root = lr / (1 - beta1**steps), (1 - beta2**steps) ** 0.5
    return data - rate * mean / (square**0.5 / root + eps), mean, square


def decayed(data: Any, grad: Any, weight_decay: Any) -> Any:
    """Add the gradient of the penalty weight_decay/2 · data²."""
    return grad + weight_decay * data if weight_decay else grad
