"""SGD (momentum, Nesterov, weight decay) and Adam, by PyTorch's formulas, and learning-rate schedules.

A schedule is a pure function from the number of steps taken so far to a learning rate; before a step
set `optimizer.lr = schedule(step)`, or hand it to `fit`.

>>> w = Value(3.0)
>>> optimizer = SGD([w], lr=0.1)
>>> (w * w).backward()
>>> optimizer.step()
>>> round(w.data, 12)
2.4
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any, TypeAlias

from autodiff import Value
from nn import updates

Number: TypeAlias = "float | Fraction"
Schedule: TypeAlias = Callable[[int], Number]


class Optimizer:
    """What all optimisers share: the parameters, the learning rate `lr` (assign it at any time), and a step.

    A subclass defines `update`, its formula. A step computes the next number of every parameter before it
    sets any, so an error leaves the parameters as they were.

    Attributes:
        params: the parameters.
        lr: the learning rate.
        memory: what the formula keeps from step to step: lists or arrays with a number for each parameter.
        steps: how many steps were taken.
    """

    remembers = 0  # how many numbers a parameter

    def __init__(self, params: Iterable[Value], lr: Number) -> None:
        self.params = _checked_parameters(params)
        self.lr = _in_range("lr", lr, 0, math.inf)
        self.memory: list[Any] = [[0] * len(self.params) for _ in range(self.remembers)]
        self.steps = 0

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to zero; call it before each backward()."""
        for parameter in self.params:
            parameter.grad = 0.0

    def minimize(self, loss: Value) -> None:
        """Set the gradients to zero, run `loss.backward()` and take a step: the three calls in one.

        >>> w = Value(3.0)
        >>> SGD([w], lr=0.25).minimize(w * w)
        >>> w.data
        1.5
        """
        self.zero_grad()
        loss.backward()
        self.step()

    def step(self) -> None:
        """Move every parameter by one step, from the gradients that backward() left in `grad`."""
        memory = (kept.tolist() if hasattr(kept, "tolist") else kept for kept in self.memory)
        rows = zip((p.data for p in self.params), (p.grad for p in self.params), *memory, strict=True)
        updated, *self.memory = map(list, zip(*[self.update(*row) for row in rows], strict=True))
        self.steps += 1
        for parameter, number in zip(self.params, updated, strict=True):
            parameter.data = number

    def step_arrays(self, data: Any, grad: Any) -> Any:
        """Take a step on arrays in the place of the parameters' `data` and `grad`.

        Returns:
            The array of the next numbers; the parameters stay as they are.

        >>> import numpy as np
        >>> SGD([Value(3.0), Value(1.0)], lr=0.5).step_arrays(np.array([3.0, 1.0]), np.array([2.0, 4.0]))
        array([ 2., -1.])
        """
        import numpy as np

        with np.errstate(all="ignore"):  # as for numbers: what is not finite shows in the next loss
            updated, *self.memory = self.update(
                data, grad, *(np.asarray(kept, float) for kept in self.memory)
            )
        self.steps += 1
        return updated

    def update(self, data: Any, grad: Any, *memory: Any) -> tuple[Any, ...]:
        """Return the next data and memory, of one parameter or of arrays of them; see `nn.updates`."""
        raise NotImplementedError(f"{type(self).__name__} has no update: define update(self, data, grad)")


class SGD(Optimizer):
    """Gradient descent: w -= lr g, with momentum v = momentum v + g in the place of g.

    Args:
        params: the leaf Values to train, such as `model.parameters()`.
        lr: learning rate; a Fraction keeps a model of Fractions exact.
        momentum: how much of the last velocity stays; 0 is plain gradient descent.
        nesterov: step by g + momentum v, a look ahead along the velocity.
        weight_decay: adds weight_decay · w to g, the gradient of an L2 penalty weight_decay/2 · w².

    Raises:
        ValueError: a number out of range, no parameters, the same one twice, nesterov without momentum.
        TypeError: a parameter that is no leaf Value, a number that is none.
    """

    remembers = 1  # the velocity

    def __init__(
        self,
        params: Iterable[Value],
        lr: Number,
        momentum: Number = 0,
        nesterov: bool = False,
        weight_decay: Number = 0,
    ) -> None:
        super().__init__(params, lr)
        self.momentum = _in_range("momentum", momentum, 0, math.inf)
        self.weight_decay = _in_range("weight_decay", weight_decay, 0, math.inf)
        if nesterov and not momentum:
            raise ValueError("nesterov=True needs a momentum above 0, such as momentum=0.9")
        self.nesterov = nesterov

    def update(self, data: Any, grad: Any, *memory: Any) -> tuple[Any, ...]:
        return updates.sgd(
            data,
            grad,
            *memory,
            lr=self.lr,
            momentum=self.momentum,
            nesterov=self.nesterov,
            weight_decay=self.weight_decay,
        )


class Adam(Optimizer):
    """Adam (Kingma and Ba 2015): steps by the running mean of g over the root of the running mean of g².

    Args:
        params: the leaf Values to train, such as `model.parameters()`. A Fraction becomes a float.
        lr: learning rate.
        betas: how much of the running means of g and g² stays at each step.
        eps: added to the root, against division by zero.
        weight_decay: adds weight_decay · w to g, the gradient of an L2 penalty weight_decay/2 · w².

    Raises:
        ValueError: a number out of range, no parameters, the same one twice.
        TypeError: a parameter that is no leaf Value, a number that is none.
    """

    remembers = 2  # the running means of g and g²

    def __init__(
        self,
        params: Iterable[Value],
        lr: Number = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: Number = 0,
    ) -> None:
        super().__init__(params, lr)
        beta1, beta2 = betas
        self.betas = (_in_range("betas[0]", beta1, 0, 1), _in_range("betas[1]", beta2, 0, 1))
        self.eps = _in_range("eps", eps, 0, math.inf)
        self.weight_decay = _in_range("weight_decay", weight_decay, 0, math.inf)

    def update(self, data: Any, grad: Any, *memory: Any) -> tuple[Any, ...]:
        return updates.adam(
            data,
            grad,
            *memory,
            steps=self.steps + 1,
            lr=self.lr,
            betas=self.betas,
            eps=self.eps,
            weight_decay=self.weight_decay,
        )


def constant_lr(lr: Number) -> Schedule:
    """Return the schedule that is always `lr`.

    >>> constant_lr(0.1)(1000)
    0.1
    """
    lr = _in_range("lr", lr, 0, math.inf)
    return lambda step: lr


def linear_lr(start: Number, end: Number, steps: int) -> Schedule:
    """Return the schedule that goes in a straight line from `start` to `end` in `steps` steps, and stays.

    >>> [linear_lr(1, 0, steps=4)(step) for step in (0, 1, 2, 4, 9)]
    [1.0, 0.75, 0.5, 0.0, 0.0]
    """
    start, end = _in_range("start", start, 0, math.inf), _in_range("end", end, 0, math.inf)
    steps = _count("steps", steps)
    return lambda step: start + (end - start) * (min(step, steps) / steps)


def cosine_lr(start: Number, end: Number, steps: int) -> Schedule:
    """Return the schedule that falls from `start` to `end` along half a cosine in `steps` steps, and stays.

    >>> [round(cosine_lr(1, 0, steps=4)(step), 3) for step in (0, 1, 2, 4, 9)]
    [1.0, 0.854, 0.5, 0.0, 0.0]
    """
    start, end = _in_range("start", start, 0, math.inf), _in_range("end", end, 0, math.inf)
    steps = _count("steps", steps)
    return lambda step: end + (start - end) * ((1 + math.cos(math.pi * min(step, steps) / steps)) / 2)


def step_lr(start: Number, every: int, factor: Number = 0.1) -> Schedule:
    """Return the schedule that starts at `start` and is multiplied by `factor` after each `every` steps.

    >>> [step_lr(8.0, every=2, factor=0.5)(step) for step in range(6)]
    [8.0, 8.0, 4.0, 4.0, 2.0, 2.0]
    """
    start, factor = _in_range("start", start, 0, math.inf), _in_range("factor", factor, 0, math.inf)
    every = _count("every", every)
    return lambda step: start * factor ** (step // every)


def _checked_parameters(params: Iterable[Value]) -> list[Value]:
    if isinstance(params, Value) or not hasattr(params, "__iter__"):
        raise TypeError(
            f"params must be a list of Values, not {type(params).__name__}: use model.parameters()"
        )
    parameters = list(params)
    for i, parameter in enumerate(parameters):
        if not isinstance(parameter, Value):
            raise TypeError(f"params[{i}] is {type(parameter).__name__}, not a Value")
        if parameter.op is not None:
            raise ValueError(f"params[{i}] was computed from other Values; only leaves can be trained")
    if not parameters:
        raise ValueError("params is empty: there is nothing to train")
    if len(set(parameters)) != len(parameters):
        raise ValueError("params holds the same Value twice; it would move twice a step")
    return parameters


def _in_range(name: str, number: Any, low: Any, high: Any) -> Any:
    """Return the number if low <= number < high."""
    if isinstance(number, bool) or not isinstance(number, numbers.Real):
        raise TypeError(f"{name} must be a number, not {type(number).__name__} {number!r}")
    if not low <= number < high:
        limits = (
            f"from {low} up to, but not including, {high}"
            if high < math.inf
            else f"finite and at least {low}"
        )
        raise ValueError(f"{name} must be {limits}, got {number}")
    return number


def _count(name: str, count: int) -> int:
    if isinstance(count, bool) or not isinstance(count, int):
        raise TypeError(f"{name} must be an int, not {type(count).__name__}")
    if count < 1:
        raise ValueError(f"{name} must be at least 1, got {count}")
    return count
