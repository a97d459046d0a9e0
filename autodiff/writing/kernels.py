"""Kernels: a row of the table recorded as code, for engines and pages that run it elsewhere.

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

The operands of a row that takes any number of them are one vector, xs. A step on vectors is taken for each of
their elements, a fold combines them from the left, and a scan gives each element what those before it, or
after it, come to. So a kernel has as many steps for a thousand operands as for three:

>>> for step in kernel(TABLE["softmax"], 1000, position=0).value.steps:
...     print(step)
t0 = fold(maximum, -inf, xs[0:1000])
t1[1000] = sub(xs[0:1000], t0)
t2[1000] = exp(t1[0:1000])
t3 = fold(add, 0, t2[0:1000])
t4[1000] = truediv(t2[0:1000], t3)

``loops`` says which of these steps can share a loop.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, overload

from autodiff.rules import Rule
from autodiff.rules.worlds import FLOATS, Scalar, UnknownPrimitive

__all__ = [
    "AnyStep",
    "Argument",
    "Block",
    "Element",
    "FoldStep",
    "Kernel",
    "Loop",
    "NumberOrName",
    "PrimitiveStep",
    "Repeated",
    "Result",
    "ScanStep",
    "VectorPart",
    "check_primitives",
    "kernel",
    "loops",
    "primitives_of",
    "used_later",
]


# ---------------------------------------------------------------- what is recorded


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


@functools.cache
def kernel(rule: Rule, arity: int, position: int | None = None, unrolled: bool = False) -> Kernel:
    """Record the computed value and partials of a row.

    Args:
        rule: The row.
        arity: How many operands it is applied to; for a row that gives a list, without the position.
        position: Which result is meant, for a row that gives a list, such as softmax.
        unrolled: Whether each operand has a name and steps of its own, also in a row of any number of them.

    >>> from autodiff.rules import TABLE
    >>> [str(step) for step in kernel(TABLE["tan"], 1).partials.steps]
    ['t0 = mul(z, z)', 't1 = add(1, t0)']
    >>> [str(step) for step in kernel(TABLE["max"], 3, unrolled=True).value.steps]
    ['t0 = maximum(x0, x1)', 't1 = maximum(t0, x2)']
    """
    one_by_one = unrolled or not rule.is_nary
    inputs = tuple(f"x{i}" for i in range(arity)) if one_by_one else ("xs",)

    def operands(recorder: Recorder) -> Sequence[Scalar]:
        xs: Sequence[Scalar]
        xs = (
            [*(StandIn(recorder, x) for x in inputs)]
            if one_by_one
            else Vector(recorder, VectorPart("xs", 0, arity))
        )
        return xs if position is None else Positioned(xs, position)

    first, second = Recorder(), Recorder()
    value = first.block([argument(rule.apply(first, operands(first)))])
    found = map(argument, rule.slopes(second, operands(second), StandIn(second, "z"))[:arity])
    partials = second.block(found if one_by_one else merged(found, repeated=True))
    return Kernel(inputs, value, partials)


# ---------------------------------------------------------------- the stand-ins


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


class Recorder:
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
        return self.fold("add", 0, xs)

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


OPERATORS: dict[str, Callable[[Scalar, Scalar], Scalar]] = {"add": operator.add, "mul": operator.mul}
STARTS = {"maximum": -math.inf, "minimum": math.inf, "hypot": 0}  # what such a fold begins with


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


# ---------------------------------------------------------------- primitives


def primitives_of(rule: Rule, arity: int) -> set[str]:
    """The primitives that a row uses when it is applied to so many operands."""
    recorded = kernel(rule, arity, 0 if rule.vector else None)
    steps = (*recorded.value.steps, *recorded.partials.steps)
    return {step.primitive if isinstance(step, PrimitiveStep) else step.combine for step in steps}


def check_primitives(rule: Rule, arity: int, knows: Callable[[str], bool], table: str) -> None:
    """Check that a language has all primitives of a row.

    Args:
        rule: The row.
        arity: How many operands it is applied to.
        knows: Whether the language has a primitive.
        table: What is said to lack one.

    Raises:
        UnknownPrimitive: It lacks one.
    """
    for primitive in sorted(primitives_of(rule, arity)):
        if not knows(primitive):
            raise UnknownPrimitive(rule.name, primitive, table)


# ---------------------------------------------------------------- loops


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
    >>> for loop in loops(kernel(TABLE["softmax"], 1000, position=0).value):
    ...     print(loop.length, *loop.steps, sep="; ")
    1000; t0 = fold(maximum, -inf, xs[0:1000])
    1000; t1[1000] = sub(xs[0:1000], t0); t2[1000] = exp(t1[0:1000]); t3 = fold(add, 0, t2[0:1000])
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
