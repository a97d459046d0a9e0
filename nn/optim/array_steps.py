"""Array steps: an optimiser's formula as a program that moves arrays of numbers in place.

>>> import numpy as np
>>> from nn import SGD
>>> data, grad = np.array([3.0, 1.0]), np.array([2.0, 4.0])
>>> step = ArraySteps(SGD([Value(3.0), Value(1.0)], lr=0.5), data, grad)
>>> step()
>>> data
array([ 2., -1.])
"""

from __future__ import annotations

import copy
from numbers import Real
from operator import is_

import autodiff
from autodiff import Value
from nn.optim.optimizers import Optimizer
from nn.values import FloatArray

__all__ = ["ArraySteps"]

OTHERWISE_GIVEN = ("params", "memory", "_lr", "steps")  # to the formula, which is not made anew for them


class ArraySteps:
    """Takes the steps of an optimiser on arrays, in place; the parameters themselves stay as they are.

    The optimiser's `update` is compiled, in the engine llvm to one loop over the arrays. It can be given other
    numbers at any time, such as a learning rate; its `memory` becomes arrays that each step changes.

    Args:
        optimizer: Its `update` must be one that can be compiled, as those of `nn` are.
        data: The numbers of all parameters, such as `loss.parameters.data` of a compiled loss.
        grad: Their derivatives, such as `loss.parameters.grad`.
        engine: As for `autodiff.compile`.

    >>> from nn import SGD
    >>> w = Value(3.0)
    >>> loss = autodiff.compile(lambda x: (w * x) ** 2)
    >>> with loss.traced(1.0).parameters as parameters:
    ...     step = ArraySteps(SGD([w], lr=0.25), parameters.data, parameters.grad)
    ...     for _ in range(2):
    ...         parameters.grad[:] = 0
    ...         _ = loss.backward(1.0)
    ...         step()
    >>> w.data
    0.75
    """

    def __init__(
        self, optimizer: Optimizer, data: FloatArray, grad: FloatArray, engine: str = "auto"
    ) -> None:
        import numpy as np

        self.optimizer, self.data, self.grad, self.engine = optimizer, data, grad, engine
        self.lr, self.steps = np.zeros(()), np.zeros(())
        self._tie()

    def __call__(self) -> None:
        """Take a step."""
        optimizer = self.optimizer
        if self._settings != settings(optimizer) or not all(map(is_, self._memory, optimizer.memory)):
            self._tie()
        held = vars(optimizer)  # a property `lr` of a subclass is computed in the program, from what it reads
        self.lr[()], self.steps[()] = held.get("_lr", 0), optimizer.steps
        optimizer.steps += 1  # before, as Ctrl-C comes after the run, which moves the memory too
        self._run()

    def _tie(self) -> None:
        """Compile the formula as it is set, and tie it to what the optimiser remembers."""
        import numpy as np

        self._settings = settings(self.optimizer)
        self._memory = [np.array(kept, float) for kept in self.optimizer.memory]
        program = autodiff.compile(self._update, engine=self.engine)
        tied = program.bound(self.data, self.grad, tuple(self._memory), self.lr, self.steps)
        self._run = tied.into(self.data, *self._memory)
        self.optimizer.memory = self._memory.copy()

    def _update(
        self, data: Value, grad: Value, memory: tuple[Value, ...], lr: Value, steps: Value
    ) -> tuple[Value, ...]:
        """The formula, with what may be another number in each step as an argument."""
        optimizer = copy.copy(self.optimizer)
        vars(optimizer).update(_lr=lr, steps=steps)
        return optimizer.update(data, grad, *memory)  # type: ignore[type-var]


def settings(optimizer: Optimizer) -> dict[str, object]:
    """The numbers that the formula is made with, such as the momentum."""
    held = {name: as_it_is(x) for name, x in vars(optimizer).items() if name not in OTHERWISE_GIVEN}
    return {name: x for name, x in held.items() if isinstance(x, Real | tuple)}


def as_it_is(setting: object) -> object:
    """A setting as what later changes leave as it is: of a list or an array, a tuple or a number."""
    import numpy as np

    if isinstance(setting, np.ndarray):
        setting = setting.tolist()
    return tuple(map(as_it_is, setting)) if isinstance(setting, list | tuple) else setting
