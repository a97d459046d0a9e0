"""Parameters: the leaf Values that a compiled function uses, as arrays while it is trained."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from autodiff.value import Value

__all__ = ["Parameters", "Positions"]

Positions: TypeAlias = (
    slice | npt.NDArray[np.intp]
)  # where parameters stand: a slice where they stand in a row


class Parameters:
    """The captured leaves of a compiled function, in the order in which it met them.

    Outside of a ``with`` block the Values rule: every call reads their ``data``, and ``backward`` adds to
    their ``grad``. In a ``with`` block the arrays rule, which spares a copy a step; at its end the numbers
    are written back.

    Attributes:
        values: The Values.
        data: Their numbers, one array, which is changed in place, also by ``parameters.data = numbers``. Take
            it anew after a call that may have met new Values.
        grad: Their derivatives, as ``backward`` adds them up.

    >>> from autodiff import Value, compile
    >>> w = Value(1.0, name="w")
    >>> loss = compile(lambda x, y: (w * x - y) ** 2)
    >>> with loss.traced(1.0, 2.0).parameters as parameters:
    ...     for _ in range(20):
    ...         parameters.grad[:] = 0
    ...         _ = loss.backward(np.array([1.0, 2.0]), np.array([3.0, 6.0]))
    ...         parameters.data -= 0.1 * parameters.grad
    >>> round(w.data, 4)
    3.0
    """

    def __init__(self) -> None:
        self.values: list[Value] = []
        self._data: npt.NDArray[np.float64] = np.empty(0)
        self._grad: npt.NDArray[np.float64] = np.empty(0)
        self.depth = 0  # how many with blocks are open
        self._positions: dict[Value, int] = {}

    @property
    def data(self) -> npt.NDArray[np.float64]:
        return self._data

    @data.setter
    def data(self, numbers: npt.ArrayLike) -> None:
        if numbers is not self._data:  # as after ``data -= ...``
            self._data[:] = numbers

    @property
    def grad(self) -> npt.NDArray[np.float64]:
        return self._grad

    @grad.setter
    def grad(self, numbers: npt.ArrayLike) -> None:
        if numbers is not self._grad:
            self._grad[:] = numbers

    def __len__(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        return f"Parameters({len(self)} Values{', as arrays' if self.depth else ''})"

    def positions(self, values: Sequence[Value]) -> Positions:
        """Where Values stand among the parameters; new ones are added."""
        new = [value for value in values if value not in self._positions]
        for value in new:
            self._positions[value] = len(self.values)
            self.values.append(value)
        if new:
            self._data = np.concatenate([self._data, [float(value.data) for value in new]])
            self._grad = np.concatenate([self._grad, [float(value.grad or 0) for value in new]])
        found = np.array([self._positions[value] for value in values], dtype=np.intp)
        in_a_row = len(found) > 0 and bool((np.diff(found) == 1).all())
        return slice(int(found[0]), int(found[-1]) + 1) if in_a_row else found

    def __enter__(self) -> Parameters:
        if self.depth == 0:
            self.read()
        self.depth += 1
        return self

    def __exit__(self, *_: object) -> None:
        self.depth -= 1
        if self.depth == 0:
            self.write()

    def read(self) -> None:
        """Take the numbers of the Values over into the arrays."""
        self.data[:] = [float(value._data) for value in self.values]
        self.grad[:] = [float(value.grad or 0) for value in self.values]

    def write(self) -> None:
        """Write the numbers of the arrays back to the Values."""
        for value, data, grad in zip(self.values, self.data.tolist(), self.grad.tolist(), strict=True):
            value._data, value.grad = data, grad

    def numbers(self, positions: Positions, values: Sequence[Value]) -> npt.NDArray[np.float64]:
        """The numbers of some parameters, from where they rule."""
        if self.depth:
            found: npt.NDArray[np.float64] = self.data[positions]
            return found
        numbers = [value._data for value in values]
        return np.frombuffer(struct.pack(f"{len(numbers)}d", *numbers))  # in half of the time of np.array

    def add_grads(
        self, positions: Positions, values: Sequence[Value], grads: npt.NDArray[np.float64]
    ) -> None:
        """Add derivatives to those of some parameters, where they rule."""
        if self.depth:
            self.grad[positions] += grads
            return
        for value, grad in zip(values, grads.tolist(), strict=True):
            value.grad = (value.grad or 0) + grad
