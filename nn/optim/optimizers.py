"""Optimisers: what they share (the parameters, the learning rate, a step), SGD, Adam and AdamW.

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
from collections.abc import Iterable, Sequence

from autodiff import Value
from nn import updates
from nn.checks import in_range
from nn.updates import Numeric
from nn.values import FloatArray, Number, as_list, unpacked

__all__ = ["SGD", "Adam", "AdamW", "Optimizer"]


class Optimizer:
    """What all optimisers share: the parameters, the learning rate `lr` (assign it at any time), and a step.

    A subclass defines `update`, its formula, and says in `remembers` how many numbers a parameter it keeps
    from step to step. An error in a step leaves the parameters, `memory` and `steps` as they were.

    Args:
        params: The leaf Values to train, such as `model.parameters()`.
        lr: The learning rate; a Fraction keeps a model of Fractions exact.

    Attributes:
        params: The parameters.
        lr: The learning rate; what it is set to is checked as in a call.
        memory: What the formula keeps from step to step: lists or arrays with a number for each parameter.
        steps: How many steps were taken.

    Raises:
        TypeError: A parameter is no leaf Value, or `lr` no number.
        ValueError: `lr` is out of range, there are no parameters, or one is there twice.

    >>> class SignSGD(Optimizer):
    ...     def update(self, data, grad):
    ...         return (data - self.lr * ((grad > 0) - (grad < 0)),)
    >>> w = Value(3.0)
    >>> SignSGD([w], lr=0.5).minimize(w * w)
    >>> w.data
    2.5
    """

    remembers = 0

    def __init__(self, params: Iterable[Value], lr: Number) -> None:
        self.params = checked_parameters(params)
        self.lr = lr
        self.memory: Sequence[list[Number] | FloatArray] = [
            [0] * len(self.params) for _ in range(self.remembers)
        ]
        self.steps = 0

    @property
    def lr(self) -> Number:
        return self._lr

    @lr.setter
    def lr(self, lr: Number) -> None:
        # NumPy's numbers of half the digits would round the parameters
        self._lr = in_range("lr", unpacked(lr), 0, math.inf)

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to zero; call it before each backward().

        >>> w = Value(3.0)
        >>> w.backward()
        >>> SGD([w], lr=0.1).zero_grad()
        >>> w.grad
        0.0
        """
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
        """Move every parameter by one step, from the gradients that backward() left in `grad`.

        Raises:
            TypeError: A `grad` is no number; nothing has moved then.

        >>> w = Value(3.0)
        >>> (2 * w).backward()
        >>> SGD([w], lr=0.5).step()
        >>> w.data
        2.0
        """
        memory = [as_list(kept) for kept in self.memory]
        rows = zip((p.data for p in self.params), (p.grad for p in self.params), *memory, strict=True)
        before = [parameter.data for parameter in self.params]
        try:
            updated, *memory = map(list, zip(*[self.update(*row) for row in rows], strict=True))
            for parameter, number in zip(self.params, updated, strict=True):
                parameter.data = number
        except BaseException as error:
            for parameter, number in zip(self.params, before, strict=True):
                parameter.data = number
            if isinstance(error, TypeError):
                check_gradients(self.params)
            raise
        self.memory = memory
        self.steps += 1

    def step_arrays(self, data: FloatArray, grad: FloatArray) -> FloatArray:
        """Take a step on arrays in the place of the parameters' `data` and `grad`.

        Args:
            data: The numbers of all parameters.
            grad: Their derivatives.

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

    def update(self, data: Numeric, grad: Numeric, *memory: Numeric) -> tuple[Numeric, ...]:
        """Return the next data and memory, of one parameter or of arrays of them; see `nn.updates`.

        >>> SGD([Value(3.0)], lr=0.5).update(3.0, 2.0, 0.0)
        (2.0, 0.0)
        """
        raise NotImplementedError(f"{type(self).__name__} has no update: define update(self, data, grad)")


class SGD(Optimizer):
    """Gradient descent: w -= lr g, with momentum v = momentum v + g in the place of g.

    Args:
        params: The leaf Values to train, such as `model.parameters()`.
        lr: The learning rate; a Fraction keeps a model of Fractions exact.
        momentum: How much of the last velocity stays; 0 is plain gradient descent.
        nesterov: Step by g + momentum v, a look ahead along the velocity.
        weight_decay: Adds weight_decay · w to g, the gradient of an L2 penalty weight_decay/2 · w².

    Raises:
        TypeError: A parameter is no leaf Value, or a number none.
        ValueError: A number is out of range, there are no parameters, one is there twice, or nesterov has no
            momentum.

    >>> w = Value(8.0)
    >>> optimizer = SGD([w], lr=1, momentum=0.5)
    >>> for _ in range(3):
    ...     optimizer.minimize(1 * w)
    ...     print(w.data)
    7.0
    5.5
    3.75
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
        self.momentum = in_range("momentum", momentum, 0, math.inf)
        self.weight_decay = in_range("weight_decay", weight_decay, 0, math.inf)
        if nesterov and not momentum:
            raise ValueError("nesterov=True needs a momentum above 0, such as momentum=0.9")
        self.nesterov = nesterov

    def update(self, data: Numeric, grad: Numeric, *memory: Numeric) -> tuple[Numeric, ...]:
        """Return the next data and velocity; see `nn.updates.sgd`.

        >>> SGD([Value(3.0)], lr=0.5, momentum=0.5).update(3.0, 2.0, 4.0)
        (1.0, 4.0)
        """
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
        params: The leaf Values to train, such as `model.parameters()`. A Fraction becomes a float.
        lr: The learning rate.
        betas: How much of the running means of g and g² stays at each step.
        eps: Added to the root, against division by zero.
        weight_decay: Adds weight_decay · w to g, the gradient of an L2 penalty weight_decay/2 · w².

    Raises:
        TypeError: A parameter is no leaf Value, or a number none.
        ValueError: A number is out of range, there are no parameters, or one is there twice.

    >>> w = Value(8.0)
    >>> Adam([w], lr=0.5).minimize(w**2)  # the first step is the learning rate, however long the gradient
    >>> round(w.data, 6)
    7.5
    """

    remembers = 2  # the running means of g and g²
    formula = staticmethod(updates.adam)

    def __init__(
        self,
        params: Iterable[Value],
        lr: Number = 1e-3,
        betas: tuple[Number, Number] = (0.9, 0.999),
        eps: Number = 1e-8,
        weight_decay: Number = 0,
    ) -> None:
        super().__init__(params, lr)
        beta1, beta2 = betas
        self.betas = (in_range("betas[0]", beta1, 0, 1), in_range("betas[1]", beta2, 0, 1))
        self.eps = in_range("eps", eps, 0, math.inf)
        if not eps:
            raise ValueError("eps must be above 0, such as 1e-8: a gradient of 0 would give a step of 0/0")
        self.weight_decay = in_range("weight_decay", weight_decay, 0, math.inf)

    def update(self, data: Numeric, grad: Numeric, *memory: Numeric) -> tuple[Numeric, ...]:
        """Return the next data and running means; see `nn.updates.adam`.

        >>> Adam([Value(3.0)], lr=0.5, betas=(0.5, 0.75), eps=4).update(3.0, 4.0, 0.0, 0.0)
        (2.75, 2.0, 4.0)
        """
        return self.formula(
            data,
            grad,
            *memory,
            steps=self.steps + 1,
            lr=self.lr,
            betas=self.betas,
            eps=self.eps,
            weight_decay=self.weight_decay,
        )


class AdamW(Adam):
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019): each step also takes lr · weight_decay · w from w.

    Args:
        params: The leaf Values to train, such as `model.parameters()`. A Fraction becomes a float.
        lr: The learning rate.
        betas: How much of the running means of g and g² stays at each step.
        eps: Added to the root, against division by zero.
        weight_decay: How fast a weight without gradients goes to 0; unlike in Adam it does not pass through the means.

    Raises:
        TypeError: A parameter is no leaf Value, or a number none.
        ValueError: A number is out of range, there are no parameters, or one is there twice.

    >>> w = Value(8.0)
    >>> AdamW([w], lr=0.5, weight_decay=0.25).minimize(w**2)
    >>> round(w.data, 6)
    6.5
    """

    formula = staticmethod(updates.adamw)

    def __init__(
        self,
        params: Iterable[Value],
        lr: Number = 1e-3,
        betas: tuple[Number, Number] = (0.9, 0.999),
        eps: Number = 1e-8,
        weight_decay: Number = 0.01,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay)


def check_gradients(params: Sequence[Value]) -> None:
    """Say which parameter has no number as its gradient."""
    for i, parameter in enumerate(params):
        if not isinstance(parameter.grad, numbers.Real):
            name = f", {parameter.name!r}," if parameter.name else ""
            raise TypeError(
                f"params[{i}]{name} has grad = {parameter.grad!r}, which is no number, so no parameter was moved: "
                "call loss.backward() before step(), and to clear gradients zero_grad(), which sets them to 0.0"
            )


def checked_parameters(params: Iterable[Value]) -> list[Value]:
    """Return the parameters as a list of different leaf Values."""
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
