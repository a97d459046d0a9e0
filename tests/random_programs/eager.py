"""What nodes answer on a random program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from autodiff import Value, gradient
from tests.random_programs.programs import Program, applied
from tests.strategies import on_values

__all__ = ["Eager", "eager", "number_of"]


@dataclass(frozen=True)
class Eager:
    """What nodes answer at a point: their numbers, up to the one that raised an error, and the gradient."""

    nodes: list[Any]
    slopes: list[float] | None  # by arguments and parameters; None after an error

    @property
    def value(self) -> float:
        return number_of(self.nodes[-1])

    @property
    def numbers(self) -> list[float]:
        assert self.slopes is not None
        return [self.value, *self.slopes]


def number_of(x: Any) -> float:
    return float(x.data if isinstance(x, Value) else x)


def eager(program: Program, point: Sequence[float], call: Callable[..., Any] = on_values) -> Eager:
    """Compute value and gradient on Values."""
    leaves = [Value(x) for x in (*point, *program.parameters)]
    nodes: list[Any] = list(leaves)
    for step in program.steps:
        try:
            nodes.append(applied(call, step, nodes))
        except (ValueError, ArithmeticError):
            return Eager(nodes, None)
    return Eager(nodes, gradient(nodes[-1], leaves))
