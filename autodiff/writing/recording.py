"""Recording: stand-ins for the operands of a row, which write down what its functions do with them."""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable, Iterable, Sequence
from typing import overload

from autodiff.rules import TABLE
from autodiff.rules.derived import Derived
from autodiff.rules.worlds import FLOATS, Scalar
from autodiff.writing.forms import (
    AnyStep,
    Argument,
    Block,
    Element,
    FoldStep,
    NumberOrName,
    PrimitiveStep,
    ScanStep,
    VectorPart,
    merged,
    needed,
)

__all__ = ["OfBooks", "Positioned", "Recorder", "StandIn", "Vector", "argument"]


class StandIn:
    """What stands for a number while a row is recorded; operators write a step."""

    __slots__ = ("argument", "recorder")

    def __init__(self, recorder: Recorder, argument: NumberOrName | VectorPart) -> None:
        self.recorder, self.argument = recorder, argument

    def __add__(self, other: Scalar) -> StandIn:
        return self if is_number(other, 0) else self.recorder.step("add", self, other)

    def __radd__(self, other: Scalar) -> StandIn:
        return self if is_number(other, 0) else self.recorder.step("add", other, self)

    def __mul__(self, other: Scalar) -> StandIn:
        return self if is_number(other, 1) else self.recorder.step("mul", self, other)

    def __rmul__(self, other: Scalar) -> StandIn:
        return self if is_number(other, 1) else self.recorder.step("mul", other, self)

    def __sub__(self, other: Scalar) -> StandIn:
        return self.recorder.step("sub", self, other)

    def __rsub__(self, other: Scalar) -> StandIn:
        return self.recorder.step("sub", other, self)

    def __truediv__(self, other: Scalar) -> StandIn:
        return self.recorder.step("truediv", self, other)

    def __rtruediv__(self, other: Scalar) -> StandIn:
        return self.recorder.step("truediv", other, self)

    def __pow__(self, other: Scalar) -> StandIn:
        return self.recorder.step("pow", self, other)

    def __rpow__(self, other: Scalar) -> StandIn:
        return self.recorder.step("pow", other, self)

    def __neg__(self) -> StandIn:
        return self.recorder.step("neg", self)

    def __bool__(self) -> bool:
        raise TypeError(
            "a row must not branch on its operands, as it is recorded once for all numbers: use m.where(...)"
        )


class Vector(StandIn, Sequence[StandIn]):
    """What stands for many operands: operators write one step for all; taken apart, it gives Terms."""

    __slots__ = ()
    argument: VectorPart

    def __len__(self) -> int:
        return self.argument.length

    @overload
    def __getitem__(self, key: int) -> StandIn: ...
    @overload
    def __getitem__(self, key: slice) -> Sequence[StandIn]: ...
    def __getitem__(self, key: int | slice) -> StandIn | Sequence[StandIn]:
        name, first, places = self.argument.vector, self.argument.first, range(len(self))[key]
        if isinstance(places, int):
            return StandIn(self.recorder, Element(name, first + places))
        if len(places) == 0 or places.step != 1:
            return [self[place] for place in places]
        return Vector(self.recorder, VectorPart(name, first + places[0], len(places)))


class Positioned(Sequence[Scalar]):
    """The operands of a row that gives a list: the last one is the position of a result, a plain number."""

    def __init__(self, operands: Sequence[StandIn], position: int) -> None:
        self.operands, self.position = operands, position

    def __len__(self) -> int:
        return len(self.operands) + 1

    def __getitem__(self, key: Scalar) -> Scalar:
        if isinstance(key, slice):
            start, stop, step = key.indices(len(self))
            if step == 1 and stop <= len(self.operands):
                return self.operands[start:stop]
        return [*self.operands, self.position][key]


def argument(x: Scalar) -> NumberOrName | VectorPart:
    return x.argument if isinstance(x, StandIn) else x


def is_number(x: Scalar, value: float) -> bool:
    return not isinstance(x, StandIn) and bool(x == value)


class Recorder(Derived):
    """The world that a row runs in to be recorded: every primitive writes a step, each only once."""

    def __init__(self) -> None:
        self.steps: dict[object, AnyStep] = {}

    def step(self, primitive: str, *xs: Scalar) -> StandIn:
        args = tuple(map(argument, xs))
        lengths = {arg.length for arg in args if isinstance(arg, VectorPart)}
        if len(lengths) > 1:
            raise ValueError(f"{primitive} of vectors of different lengths: {', '.join(map(str, args))}")
        length = min(lengths, default=None)
        return self.written(
            (primitive, args), lambda target: PrimitiveStep(target, primitive, args, length), length
        )

    def written(self, key: object, step: Callable[[str], AnyStep], length: int | None) -> StandIn:
        target = self.steps.setdefault(key, step(f"t{len(self.steps)}")).target
        return StandIn(self, target) if length is None else Vector(self, VectorPart(target, 0, length))

    def block(self, results: Iterable[Argument]) -> Block:
        found = tuple(results)
        return Block(needed(tuple(self.steps.values()), found), found)

    def __getattr__(self, name: str) -> Callable[..., Scalar]:
        def primitive(*xs: Scalar) -> Scalar:
            if any(isinstance(x, StandIn) for x in xs):
                return self.step(name, *xs)
            return getattr(FLOATS, name)(*xs)

        return primitive

    # Primitives on a sequence: a fold of each vector in it, and a step for each number, from the left.

    def fold(self, combine: str, start: Scalar, xs: Iterable[Scalar]) -> Scalar:
        for x in [xs.argument] if isinstance(xs, Vector) else merged(map(argument, xs)):
            if isinstance(x, VectorPart):
                begin: Scalar = start.argument if isinstance(start, StandIn) else start
                step = functools.partial(FoldStep, combine=combine, start=begin, over=x)
                start = self.written(("fold", combine, begin, x), step, None)
            else:
                start = self.combined(combine, start, StandIn(self, x) if isinstance(x, str | Element) else x)
        return start

    def combined(self, combine: str, x: Scalar, y: Scalar) -> Scalar:
        if combine in OPERATORS:
            return OPERATORS[combine](x, y)
        if is_number(x, STARTS[combine]):
            return y
        return getattr(self, combine)(x, y)

    def sum(self, xs: Iterable[Scalar]) -> Scalar:
        return self.fold("add", -0.0, xs)

    def prod(self, xs: Iterable[Scalar]) -> Scalar:
        return self.fold("mul", 1, xs)

    def dot(self, xs: Sequence[Scalar], ys: Sequence[Scalar], bias: Scalar) -> Scalar:
        products: Scalar = xs * ys if isinstance(xs, Vector) else map(operator.mul, xs, ys)
        return self.fold("add", bias, products)

    def max(self, xs: Iterable[Scalar]) -> Scalar:
        return self.fold("maximum", -math.inf, xs)

    def min(self, xs: Iterable[Scalar]) -> Scalar:
        return self.fold("minimum", math.inf, xs)

    shift = max

    def norm(self, xs: Sequence[Scalar]) -> Scalar:
        return self.fold("hypot", 0, xs) if len(xs) > 1 or isinstance(xs, Vector) else self.abs(*xs)

    # For each element of a vector what those before it come to, or those after it.

    def before(self, combine: str, start: float, xs: Vector) -> StandIn:
        return self.scan(combine, start, xs.argument, backwards=False)

    def after(self, combine: str, start: float, xs: Vector) -> StandIn:
        return self.scan(combine, start, xs.argument, backwards=True)

    def scan(self, combine: str, start: float, over: VectorPart, backwards: bool) -> StandIn:
        step = functools.partial(ScanStep, combine=combine, start=start, over=over, backwards=backwards)
        return self.written((combine, start, over, backwards), step, over.length)


class OfBooks(Recorder):
    """The same for a row as books define it, without what only keeps digits; so are the rows that it is made of."""

    def __getattr__(self, name: str) -> Callable[..., Scalar]:
        rule = TABLE.get(name)
        if rule is None or hasattr(FLOATS, name):
            return super().__getattr__(name)
        return functools.partial(rule.defined or rule.value, self)

    def name(self, text: str) -> StandIn:
        return self.step(text)

    def sqrt(self, x: Scalar) -> StandIn:
        return self.step("sqrt" if isinstance(x, StandIn) else "root", x)  # which no language works out

    def cbrt(self, x: Scalar) -> StandIn:
        return self.step("cbrt", x)

    def digamma(self, x: Scalar) -> StandIn:
        return self.step("digamma", x)

    def polygamma(self, n: Scalar, x: Scalar) -> StandIn:
        return self.step("polygamma", n, x)

    def gap(self, x: Scalar, y: Scalar) -> Scalar:
        return x - y

    def shift(self, xs: Iterable[Scalar]) -> float:
        """What is taken from exponents, lest they overflow: nothing."""
        return 0


OPERATORS: dict[str, Callable[[Scalar, Scalar], Scalar]] = {"add": operator.add, "mul": operator.mul}
STARTS = {"maximum": -math.inf, "minimum": math.inf, "hypot": 0}  # what such a fold begins with
