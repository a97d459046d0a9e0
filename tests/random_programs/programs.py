"""Random programs from the rows of the table, on the numbers that are easy to get wrong.

Other than the programs of tests/strategies.py they go where operations end: their operands, constants and parameters
are zeros of both signs, infinities, nan, subnormals, the largest numbers, ties, kinks and the edges of domains.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from sys import float_info
from typing import Any, TypeAlias

from autodiff.rules import TABLE

__all__ = ["Constant", "Program", "Step", "random_program"]

MOST_STEPS, POINTS = 8, 12
TINY, LARGEST = 5e-324, float_info.max
ORDINARY = (-2.0, -1.5, -1.0, -0.5, 0.1, 0.25, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0)
EDGES = (0.0, -0.0, 0.0, -0.0, 1.0, -1.0, 2.0, -2.0, math.pi / 2, 0.9999999999999999, 1.0000000000000002)
FAR = (
    *(math.inf, -math.inf, math.nan, TINY, -TINY, 1e-310, float_info.min, -float_info.min, LARGEST, -LARGEST),
    *(
        1e-200,
        1e200,
        -1e200,
        1e154,
        1e-16,
        1e16,
        -40.0,
        40.0,
        -746.0,
        709.78,
        710.0,
        710.47,
        711.0,
        2.0**53 + 2,
    ),
)
WHOLE = (-2, -1, 0, 1, 2, 3)


@dataclass(frozen=True)
class Constant:
    """A plain number among the operands of a step."""

    number: float


Step: TypeAlias = tuple[
    str, tuple[int | Constant, ...]
]  # row, and the numbers of its operands among the nodes


@dataclass(frozen=True)
class Program:
    """Steps on nodes: first the arguments, then the parameters, then the results of the steps before.

    Attributes:
        points: What it is computed at, each point one number an argument.
        parameters: The numbers of the parameters.
    """

    points: tuple[tuple[float, ...], ...]
    parameters: tuple[float, ...]
    steps: tuple[Step, ...]

    @property
    def arguments(self) -> int:
        return len(self.points[0])

    @property
    def leaves(self) -> int:
        return self.arguments + len(self.parameters)

    def names(self) -> list[str]:
        return [f"x{i}" for i in range(self.arguments)] + [f"w{i}" for i in range(len(self.parameters))]

    def run(self, call: Callable[..., Any], leaves: Sequence[Any]) -> list[Any]:
        """Compute all nodes from arguments and parameters; ``call(name, ...)`` applies a function."""
        nodes = list(leaves)
        for step in self.steps:
            nodes.append(applied(call, step, nodes))
        return nodes

    def __str__(self) -> str:
        names = [*self.names(), *(f"h{i}" for i in range(len(self.steps)))]
        lines = [
            f"{name} = {number!r}"
            for name, number in zip(names[self.arguments :], self.parameters, strict=False)
        ]
        for position, step in enumerate(self.steps):
            text = applied(lambda name, *xs: Written(f"{name}({', '.join(map(written, xs))})"), step, names)
            lines.append(f"h{position} = {text}")
        return "\n".join(lines)


class Written(str):
    """A call in words; an element of it too."""

    def __getitem__(self, position: Any) -> Written:
        return Written(f"{self}[{position}]")


def written(x: Any) -> str:
    return f"[{', '.join(map(written, x))}]" if isinstance(x, list) else str(x)


def applied(call: Callable[..., Any], step: Step, nodes: Sequence[Any]) -> Any:
    """Call the function of a step with its operands."""
    name, operands = step
    xs = [x.number if isinstance(x, Constant) else nodes[x] for x in operands]
    if name == "dot":
        half = len(xs) // 2
        return call(name, xs[:half], xs[half:-1], xs[-1])
    if TABLE[name].vector:
        return call(name, xs[:-1])[xs[-1]]
    if name == "kthvalue":
        return call(name, xs[:-1], xs[-1])
    return call(name, xs) if TABLE[name].is_nary else call(name, *xs)


def special(draw: random.Random) -> float:
    """A number: half of them are ordinary, few of them are where little can be told afterwards."""
    return draw.choice(draw.choices((ORDINARY, EDGES, FAR), (5, 3, 2))[0])


def random_program(draw: random.Random) -> Program:
    """A program of a few steps with up to three arguments and a parameter or none, and points for it."""
    arguments = draw.choice((1, 2, 2, 3))
    points = tuple(tuple(special(draw) for _ in range(arguments)) for _ in range(POINTS))
    parameters = tuple(special(draw) for _ in range(draw.choice((0, 0, 1))))
    first, steps = arguments + len(parameters), list[Step]()
    for position in range(draw.randint(1, MOST_STEPS)):
        steps.append(random_step(draw, first + position))
    return Program(points, parameters, tuple(steps))


def random_step(draw: random.Random, nodes: int) -> Step:
    name = draw.choice(list(TABLE))
    rule = TABLE[name]
    count = rule.arity if rule.arity is not None else draw.choice((1, 2, 2, 3, 3, 4))
    count = 2 * count + 1 if name == "dot" else count
    operands = [random_operand(draw, nodes) for _ in range(count)]
    if all(isinstance(x, Constant) for x in operands):
        operands[draw.randrange(count)] = nodes - 1
    if rule.vector:
        operands.append(Constant(draw.randrange(count)))
    if name == "kthvalue":
        operands.append(Constant(draw.randint(1, count)))
    return name, tuple(operands)


def random_operand(draw: random.Random, nodes: int) -> int | Constant:
    """A node, the last one or any, or a constant."""
    kind = draw.random()
    if kind < 0.2:
        return Constant(draw.choice(WHOLE) if draw.random() < 0.3 else special(draw))
    return nodes - 1 if kind < 0.5 else draw.randrange(nodes)
