"""Loops: which steps of a recorded row can share a loop over the elements of vectors, and what must be kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autodiff.writing.forms import (
    AnyStep,
    Argument,
    Block,
    Element,
    FoldStep,
    PrimitiveStep,
    Repeated,
    ScanStep,
    VectorPart,
    name_of,
)

__all__ = ["Loop", "Result", "length_of", "loops", "results_of", "used_later"]


@dataclass(frozen=True)
class Result:
    """Results of a block, from one of them on."""

    first: int
    argument: Argument

    @property
    def args(self) -> tuple[Argument, ...]:
        return (self.argument,)

    def __str__(self) -> str:
        return f"result {self.first} = {self.argument}"


@dataclass(frozen=True)
class Loop:
    """Steps that can be taken together, for one element after the other.

    Attributes:
        length: How many elements; None for steps on numbers, which are no loop.
        backwards: Whether the last element comes first.
        steps: What is done for each element, in this order.
    """

    length: int | None
    backwards: bool
    steps: list[AnyStep | Result]


def loops(block: Block) -> list[Loop]:
    """Share out the steps and results of a block among as few loops as possible.

    A step is in the loop that makes the elements it takes, or in a later one if it takes what a fold gives.

    >>> from autodiff.rules import TABLE
    >>> from autodiff.writing.kernels import kernel
    >>> for loop in loops(kernel(TABLE["softmax"], 1000, position=0).value):
    ...     print(loop.length, *loop.steps, sep="; ")
    1000; t0 = fold(maximum, -inf, xs[0:1000])
    1000; t1[1000] = gap(xs[0:1000], t0); t2[1000] = exp(t1[0:1000]); t3 = fold(add, -0.0, t2[0:1000])
    1000; t4[1000] = truediv(t2[0:1000], t3)
    None; result 0 = t4[0]
    """
    found: list[Loop] = []
    homes: dict[str, int] = {}  # the loop that each target is made in
    folds: set[str] = set()

    def earliest(argument: Argument) -> int:
        """The first loop in which an argument can be used."""
        name = name_of(argument)
        if name not in homes:
            return 0
        return homes[name] + (isinstance(argument, Element) or name in folds)

    for step in (*block.steps, *results_of(block)):
        length, backwards = length_of(step), isinstance(step, ScanStep) and step.backwards
        start = max(map(earliest, step.args), default=0)
        ordered = isinstance(step, FoldStep | ScanStep)
        fitting = (
            k for k in range(start, len(found))
            if found[k].length == length and (not ordered or found[k].backwards == backwards)
        )  # fmt: skip
        home = next(fitting, len(found))
        if home == len(found):
            found.append(Loop(length, backwards, []))
        found[home].steps.append(step)
        if not isinstance(step, Result):
            homes[step.target] = home
        if isinstance(step, FoldStep):
            folds.add(step.target)
    return found


def results_of(block: Block) -> Iterator[Result]:
    first = 0
    for argument in block.results:
        yield Result(first, argument)
        first += argument.length if isinstance(argument, VectorPart | Repeated) else 1


def length_of(step: AnyStep | Result) -> int | None:
    """How many elements a step is taken for."""
    if isinstance(step, PrimitiveStep):
        return step.length
    over = step.argument if isinstance(step, Result) else step.over
    return over.length if isinstance(over, VectorPart | Repeated) else None


def used_later(found: Sequence[Loop]) -> set[str]:
    """The targets that are used in another loop than their own, and so have to be kept."""
    homes = {
        step.target: k for k, loop in enumerate(found) for step in loop.steps if not isinstance(step, Result)
    }
    used = {(name_of(arg), k) for k, loop in enumerate(found) for step in loop.steps for arg in step.args}
    return {name for name, k in used if name is not None and homes.get(name, k) != k}
