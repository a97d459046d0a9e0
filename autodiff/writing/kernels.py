"""Kernels: a row of the table recorded as straight-line code, for engines and pages that run it elsewhere.

A row's functions use operators and the primitives of their world only, so running them once on stand-ins
for the operands writes down every step they take. Whoever can write the primitives in a language can then
write every row in it.

>>> from autodiff.rules import TABLE
>>> recorded = kernel(TABLE["silu"], 1)
>>> for step in recorded.value.steps:
...     print(step)
t0 = sigmoid(x0)
t1 = mul(x0, t0)
>>> recorded.value.results
('t1',)
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from autodiff.rules import Rule
from autodiff.rules.worlds import FLOATS

__all__ = ["Argument", "Block", "Kernel", "Step", "kernel"]

Argument: TypeAlias = str | float  # the name of an operand or of a step's target, or a number


@dataclass(frozen=True)
class Step:
    """One application of a primitive: ``target = primitive(*args)``."""

    target: str
    primitive: str
    args: tuple[Argument, ...]

    def __str__(self) -> str:
        return f"{self.target} = {self.primitive}({', '.join(map(str, self.args))})"


@dataclass(frozen=True)
class Block:
    """Steps to be taken in order, and where their results stand."""

    steps: tuple[Step, ...]
    results: tuple[Argument, ...]


@dataclass(frozen=True)
class Kernel:
    """A row for a given number of operands, as straight-line code.

    Attributes:
        inputs: The names of the operands: x0, x1, ...
        value: Computes the one result from the operands.
        partials: Computes one partial an operand, from the operands and the result, which is called z.
    """

    inputs: tuple[str, ...]
    value: Block
    partials: Block


@functools.cache
def kernel(rule: Rule, arity: int, position: int | None = None) -> Kernel:
    """Record the computed value and partials of a row.

    Args:
        rule: The row.
        arity: How many operands it is applied to; for a row that gives a list, without the position.
        position: Which result is meant, for a row that gives a list, such as softmax.

    >>> from autodiff.rules import TABLE
    >>> [str(step) for step in kernel(TABLE["tan"], 1).partials.steps]
    ['t0 = mul(z, z)', 't1 = add(1, t0)']
    """
    inputs = tuple(f"x{i}" for i in range(arity))
    fixed = () if position is None else (position,)

    def operands(recorder: Recorder) -> list[Any]:
        return [*(Term(recorder, name) for name in inputs), *fixed]

    first, second = Recorder(), Recorder()
    value = first.block([rule.apply(first, operands(first))])
    partials = rule.slopes(second, operands(second), Term(second, "z"))
    return Kernel(inputs, value, second.block(partials[:arity]))


class Term:
    """What stands for a number while a row is recorded; operators write a step."""

    __slots__ = ("name", "recorder")

    def __init__(self, recorder: Recorder, name: str) -> None:
        self.recorder, self.name = recorder, name

    def __add__(self, other: Any) -> Any:
        return self if is_number(other, 0) else self.recorder.step("add", self, other)

    def __radd__(self, other: Any) -> Any:
        return self if is_number(other, 0) else self.recorder.step("add", other, self)

    def __mul__(self, other: Any) -> Any:
        return self if is_number(other, 1) else self.recorder.step("mul", self, other)

    def __rmul__(self, other: Any) -> Any:
        return self if is_number(other, 1) else self.recorder.step("mul", other, self)

    def __sub__(self, other: Any) -> Any:
        return self.recorder.step("sub", self, other)

    def __rsub__(self, other: Any) -> Any:
        return self.recorder.step("sub", other, self)

    def __truediv__(self, other: Any) -> Any:
        return self.recorder.step("truediv", self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return self.recorder.step("truediv", other, self)

    def __pow__(self, other: Any) -> Any:
        return self.recorder.step("pow", self, other)

    def __rpow__(self, other: Any) -> Any:
        return self.recorder.step("pow", other, self)

    def __neg__(self) -> Any:
        return self.recorder.step("neg", self)

    def __bool__(self) -> bool:
        raise TypeError(
            "a row must not branch on its operands, as it is recorded once for all numbers: use m.where(...)"
        )


def is_number(x: Any, value: int) -> bool:
    return not isinstance(x, Term) and bool(x == value)


class Recorder:
    """The world that a row runs in to be recorded: every primitive writes a step, each only once."""

    def __init__(self) -> None:
        self.steps: dict[tuple[str, tuple[Argument, ...]], Step] = {}

    def step(self, primitive: str, *xs: Any) -> Term:
        args = tuple(x.name if isinstance(x, Term) else x for x in xs)
        step = self.steps.setdefault((primitive, args), Step(f"t{len(self.steps)}", primitive, args))
        return Term(self, step.target)

    def block(self, results: Iterable[Any]) -> Block:
        found = tuple(x.name if isinstance(x, Term) else x for x in results)
        return Block(needed(tuple(self.steps.values()), found), found)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def primitive(*xs: Any) -> Any:
            if any(isinstance(x, Term) for x in xs):
                return self.step(name, *xs)
            return getattr(FLOATS, name)(*xs)

        return primitive

    # Primitives on a sequence become steps on two numbers each, from the left, as Python adds up.

    def sum(self, xs: Iterable[Any]) -> Any:
        return functools.reduce(operator.add, xs, 0)

    def prod(self, xs: Iterable[Any]) -> Any:
        return functools.reduce(operator.mul, xs, 1)

    def dot(self, xs: Sequence[Any], ys: Sequence[Any], bias: Any) -> Any:
        return functools.reduce(operator.add, map(operator.mul, xs, ys), bias)

    def max(self, xs: Iterable[Any]) -> Any:
        return functools.reduce(self.maximum, xs)

    def min(self, xs: Iterable[Any]) -> Any:
        return functools.reduce(self.minimum, xs)

    shift = max

    def norm(self, xs: Iterable[Any]) -> Any:
        return self.hypot(*xs)


def needed(steps: tuple[Step, ...], results: tuple[Argument, ...]) -> tuple[Step, ...]:
    """Drop the steps that no result is made from."""
    wanted = set(results)
    kept = []
    for step in reversed(steps):
        if step.target in wanted:
            kept.append(step)
            wanted.update(step.args)
    return tuple(reversed(kept))
