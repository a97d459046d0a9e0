"""Tests of nn/optim/array_steps.py: the numbers of the formula on arrays, whatever is set in between."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from autodiff import Value
from nn import SGD, Adam, AdamW, Optimizer
from nn.optim import ArraySteps
from tests.engines import NUMPY_AND_LLVM

Make = Callable[[list[Value]], Optimizer]

OPTIMIZERS: dict[str, Make] = {
    "sgd": lambda params: SGD(params, lr=1),
    "momentum": lambda params: SGD(params, lr=0.1, momentum=0.9, weight_decay=0.3),
    "nesterov": lambda params: SGD(params, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.3),
    "fractions": lambda params: SGD(params, lr=Fraction(1, 3), momentum=Fraction(1, 7)),
    "adam": Adam,
    "adam with decay": lambda params: Adam(params, lr=0.1, weight_decay=0.3),
    "adamw": lambda params: AdamW(params, lr=0.1),
}
SIZE = 19


def both(make: Make, engine: str) -> tuple[Callable[[], None], Optimizer, Optimizer]:
    """What takes a step in place and on numbers one by one, and compares all; and the optimisers that do so."""
    rng = np.random.default_rng(0)
    data, grad = rng.normal(size=(2, SIZE))
    params = [Value(number) for number in data.tolist()]
    arrays, numbers = make(params), make(params)
    step = ArraySteps(arrays, data, grad, engine)

    def compared() -> None:
        grad[:] = rng.normal(size=SIZE)
        for parameter, slope in zip(params, grad.tolist(), strict=True):
            parameter.grad = slope
        step()
        numbers.step()

        found, expected = [data, *arrays.memory], [[parameter.data for parameter in params], *numbers.memory]
        if engine == "llvm":
            assert [np.asarray(each).tolist() for each in found] == expected
        for one, other in zip(found, expected, strict=True):
            assert one == pytest.approx(other, rel=1e-13)  # sums are reordered in NumPy's engine
        assert arrays.steps == numbers.steps

    return compared, arrays, numbers


@pytest.mark.parametrize("engine", NUMPY_AND_LLVM)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_numbers_of_single_steps(name: str, engine: str) -> None:
    compared, *_ = both(OPTIMIZERS[name], engine)
    for _ in range(4):
        compared()


@pytest.mark.parametrize("engine", NUMPY_AND_LLVM)
@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("adam", {"lr": 0.3}),
        ("adam", {"betas": (0.5, 0.75), "eps": 0.1}),
        ("adam", {"memory": [[0.5] * SIZE, [2.0] * SIZE]}),
        ("nesterov", {"momentum": 0.25, "nesterov": False}),
        ("momentum", {"weight_decay": 0}),
        ("adamw", {"steps": 0}),
        ("momentum", {"momentum": np.array(0.25)}),
    ],
)
def test_what_is_set_between_two_steps(name: str, changes: dict[str, Any], engine: str) -> None:
    compared, *optimizers = both(OPTIMIZERS[name], engine)
    compared()
    for optimizer in optimizers:
        for attribute, setting in changes.items():
            setattr(optimizer, attribute, setting)
    compared()
    compared()


@pytest.mark.parametrize("engine", NUMPY_AND_LLVM)
def test_a_formula_of_ones_own(engine: str) -> None:
    class Sign(Optimizer):
        def update(self, data: Any, grad: Any, *memory: Any) -> tuple[Any, ...]:
            return (data - self.lr * grad / (grad * grad + 1) / (self.steps + 1),)

    compared, *_ = both(lambda params: Sign(params, 0.5), engine)
    compared()
    compared()


@pytest.mark.parametrize("engine", NUMPY_AND_LLVM)
@pytest.mark.parametrize("kind", [list, np.array])
def test_settings_that_change_in_place_are_heard(kind: Callable[[list[float]], Any], engine: str) -> None:
    compared, *optimizers = both(lambda params: Adam(params, lr=0.1), engine)
    for optimizer in optimizers:
        optimizer.betas = kind([0.5, 0.5])  # type: ignore[attr-defined]
    compared()
    for optimizer in optimizers:
        optimizer.betas[:] = 0.9, 0.9  # type: ignore[attr-defined]
    compared()


@pytest.mark.parametrize("engine", NUMPY_AND_LLVM)
def test_a_learning_rate_that_is_computed(engine: str) -> None:
    class Halving(SGD):
        @property
        def lr(self) -> float:
            return self._lr * 0.5**self.steps

        @lr.setter
        def lr(self, lr: float) -> None:
            self._lr = lr

    compared, *_ = both(lambda params: Halving(params, 0.5), engine)
    compared()
    compared()
