"""Forms: what a recorded row consists of: steps on numbers and vectors, folds, scans, and their arguments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

__all__ = [
    "AnyStep",
    "Argument",
    "Block",
    "Element",
    "FoldStep",
    "Kernel",
    "NumberOrName",
    "PrimitiveStep",
    "Repeated",
    "ScanStep",
    "VectorPart",
    "merged",
    "name_of",
    "needed",
]


@dataclass(frozen=True)
class Element:
    """One number of a vector: ``xs[3]``."""

    vector: str
    position: int

    def __str__(self) -> str:
        return f"{self.vector}[{self.position}]"


@dataclass(frozen=True)
class VectorPart:
    """Elements of a vector that stand side by side: ``xs[0:3]``."""

    vector: str
    first: int
    length: int

    def __str__(self) -> str:
        return f"{self.vector}[{self.first}:{self.first + self.length}]"


@dataclass(frozen=True)
class Repeated:
    """The same number for each of many operands: ``1 for each of 3``."""

    number: NumberOrName
    length: int

    def __str__(self) -> str:
        return f"{self.number} for each of {self.length}"


NumberOrName: TypeAlias = str | float | Element  # the name of an operand or a step's target, or a number
Argument: TypeAlias = NumberOrName | VectorPart | Repeated


@dataclass(frozen=True)
class PrimitiveStep:
    """One application of a primitive: ``target = primitive(*args)``; for each element if it has a length."""

    target: str
    primitive: str
    args: tuple[NumberOrName | VectorPart, ...]
    length: int | None = None

    def __str__(self) -> str:
        target = self.target if self.length is None else f"{self.target}[{self.length}]"
        return f"{target} = {self.primitive}({', '.join(map(str, self.args))})"


@dataclass(frozen=True)
class FoldStep:
    """All elements combined from the left: ``target = start; for x in over: target = combine(target, x)``."""

    target: str
    combine: str
    start: NumberOrName
    over: VectorPart

    @property
    def args(self) -> tuple[NumberOrName | VectorPart, ...]:
        return self.start, self.over

    def __str__(self) -> str:
        return f"{self.target} = fold({self.combine}, {self.start}, {self.over})"


@dataclass(frozen=True)
class ScanStep:
    """For each element what those before it come to, or, backwards, those after it; at first ``start``."""

    target: str
    combine: str
    start: NumberOrName
    over: VectorPart
    backwards: bool = False

    @property
    def args(self) -> tuple[NumberOrName | VectorPart, ...]:
        return self.start, self.over

    def __str__(self) -> str:
        name = "after" if self.backwards else "before"
        return f"{self.target}[{self.over.length}] = {name}({self.combine}, {self.start}, {self.over})"


AnyStep: TypeAlias = PrimitiveStep | FoldStep | ScanStep


@dataclass(frozen=True)
class Block:
    """Steps to be taken in order, and where their results stand, a part of a vector for several of them."""

    steps: tuple[AnyStep, ...]
    results: tuple[Argument, ...]


@dataclass(frozen=True)
class Kernel:
    """A row for a given number of operands, as code.

    Attributes:
        inputs: The names of the operands: x0, x1, ..., or xs where they are one vector.
        value: Computes the one result from the operands.
        partials: Computes one partial an operand, from the operands and the result, which is called z.
    """

    inputs: tuple[str, ...]
    value: Block
    partials: Block


# ---------------------------------------------------------------- arguments and steps


def merged(arguments: Iterable[Argument], repeated: bool = False) -> list[Argument]:
    """Write neighbouring elements as a part of their vector, and, if asked, equal numbers as one repeated."""
    found: list[Argument] = []
    for argument in arguments:
        longer = together(found[-1], argument, repeated) if found else None
        if longer is None:
            found.append(argument)
        else:
            found[-1] = longer
    return found


def together(x: Argument, y: Argument, repeated: bool) -> Argument | None:
    """Two arguments as one, if that can be."""
    if isinstance(y, Element):
        if isinstance(x, Element):
            x = VectorPart(x.vector, x.position, 1)
        follows = isinstance(x, VectorPart) and (x.vector, x.first + x.length) == (y.vector, y.position)
        return VectorPart(x.vector, x.first, x.length + 1) if isinstance(x, VectorPart) and follows else None
    if not repeated or isinstance(x, Element | VectorPart) or isinstance(y, VectorPart | Repeated):
        return None
    known = x if isinstance(x, Repeated) else Repeated(x, 1)
    return Repeated(y, known.length + 1) if known.number == y else None


def needed(steps: tuple[AnyStep, ...], results: tuple[Argument, ...]) -> tuple[AnyStep, ...]:
    """Drop the steps that no result is made from."""
    wanted = {name_of(result) for result in results}
    kept = []
    for step in reversed(steps):
        if step.target in wanted:
            kept.append(step)
            wanted.update(map(name_of, step.args))
    return tuple(reversed(kept))


def name_of(argument: Argument) -> str | None:
    """The name in an argument; a number has none."""
    if isinstance(argument, Element | VectorPart):
        return argument.vector
    if isinstance(argument, Repeated):
        return name_of(argument.number)
    return argument if isinstance(argument, str) else None
