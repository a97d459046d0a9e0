"""Expressions: the steps of a recorded row put together again, as short as they can be written by hand."""

from __future__ import annotations

import functools
import operator
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeGuard

from autodiff.rules.worlds import FLOATS, Scalar
from autodiff.writing.forms import Argument, Block, PrimitiveStep, Repeated, name_of, needed

__all__ = ["COMPARISONS", "DEEPEST", "Formula", "assembled_block", "is_comparison", "is_plain", "simplest"]


@dataclass(frozen=True)
class Applied:
    """A primitive, applied to expressions."""

    primitive: str
    operands: tuple[Formula, ...]

    @functools.cached_property
    def depth(self) -> int:
        return 1 + max((x.depth for x in self.operands if isinstance(x, Applied)), default=0)


Formula: TypeAlias = "Applied | str | float"  # a name, a number, or a primitive of such

DEEPEST = 24  # of an expression that gets no name
COMPARISONS = {"greater": ">", "greater_equal": ">=", "less": "<", "less_equal": "<=", "equal": "=="}
ON_NUMBERS: dict[str, Callable[..., Scalar]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "truediv": operator.truediv,
    "neg": operator.neg,
}


def is_plain(x: Formula, *numbers: float) -> bool:
    """Whether an expression is a number, and one of those given, if any are."""
    return isinstance(x, int | float) and (not numbers or x in numbers)


def is_comparison(x: Formula) -> TypeGuard[Applied]:
    return isinstance(x, Applied) and x.primitive in COMPARISONS


def simplest(primitive: str, *xs: Formula) -> Formula:
    """A primitive applied to expressions: calculated if all are numbers, and without what changes nothing.

    >>> simplest("mul", 1, "x"), simplest("ieee_pow", "x", simplest("sub", 2, 1))
    ('x', 'x')
    """
    if all(map(is_plain, xs)) and (primitive in ON_NUMBERS or hasattr(FLOATS, primitive)):
        try:
            return float((ON_NUMBERS.get(primitive) or getattr(FLOATS, primitive))(*xs))
        except (ValueError, ArithmeticError):
            return Applied(primitive, xs)
    shorter = SHORTER[primitive](*xs) if primitive in SHORTER else None
    return Applied(primitive, xs) if shorter is None else shorter


def shorter_product(x: Formula, y: Formula) -> Formula | None:
    if {is_comparison(x), is_comparison(y)} == {True, False} and (is_plain(x, 0) or is_plain(y, 0)):
        return 0.0  # of anything else it may be nan
    if is_plain(x, -1):
        return simplest("neg", y)
    if is_plain(y, -1):
        return simplest("neg", x)
    return y if is_plain(x, 1) else x if is_plain(y, 1) else None


def shorter_power(x: Formula, y: Formula) -> Formula | None:
    return x if is_plain(y, 1) else 1.0 if is_plain(y, 0) else None


def shorter_choice(condition: Formula, x: Formula, y: Formula) -> Formula | None:
    if is_plain(condition):
        return x if condition else y
    return x if x == y else None


SHORTER: dict[str, Callable[..., Formula | None]] = {
    "add": lambda x, y: y if is_plain(x, 0) else x if is_plain(y, 0) else None,
    "sub": lambda x, y: x if is_plain(y, 0) else simplest("neg", y) if is_plain(x, 0) else None,
    "mul": shorter_product,
    "truediv": lambda x, y: x if is_plain(y, 1) else None,
    "divide": lambda x, y: x if is_plain(y, 1) else None,
    "neg": lambda x: x.operands[0] if isinstance(x, Applied) and x.primitive == "neg" else None,
    "pow": shorter_power,
    "ieee_pow": shorter_power,
    "where": shorter_choice,
}


def assembled_block(
    block: Block,
    wanted: Sequence[int],
    names: Mapping[Argument, Formula],
    fresh: Iterator[str],
    known: dict[Formula, str],
) -> tuple[list[tuple[str, Formula]], list[Formula]]:
    """Put the steps of a block together.

    Args:
        block: Steps on numbers, or on one element each of vectors.
        wanted: The results that are asked for.
        names: What stands for each operand, or part of a vector of them, and for the result z.
        fresh: Names for what is used several times.
        known: What has a name already; what gets one is added.

    Returns:
        The assignments that come before, in order, and the results.
    """
    found: dict[Argument, Formula] = dict(names)
    results = [block.results[i] for i in wanted]
    steps = needed(block.steps, tuple(results))
    uses = Counter(map(name_of, (*(arg for step in steps for arg in step.args), *results)))
    before = list[tuple[str, Formula]]()
    for step in steps:
        assert isinstance(step, PrimitiveStep)
        made = simplest(step.primitive, *(looked_up(arg, found) for arg in step.args))
        if made in known:
            made = known[made]
        elif isinstance(made, Applied) and (uses[step.target] > 1 or made.depth > DEEPEST):
            before.append((next(fresh), made))
            made = before[-1][0]
        found[step.target] = made
    before, ends = pruned(before, [looked_up(result, found) for result in results])
    known.update((made, name) for name, made in before)
    return before, ends


def looked_up(argument: Argument, found: Mapping[Argument, Formula]) -> Formula:
    if argument in found:
        return found[argument]
    name = name_of(argument)
    if name is not None:
        return found[name]
    return float(argument.number if isinstance(argument, Repeated) else argument)  # type: ignore[arg-type]


def pruned(
    before: list[tuple[str, Formula]], results: list[Formula]
) -> tuple[list[tuple[str, Formula]], list[Formula]]:
    """Drop assignments that nothing is left of, as what they went into is a number now."""
    used = {name for result in results for name in used_names(result)}
    kept = list[tuple[str, Formula]]()
    for name, made in reversed(before):
        if name in used:
            kept.append((name, made))
            used.update(used_names(made))
    return kept[::-1], results


def used_names(expression: Formula) -> Iterator[str]:
    """The names in an expression, with repetition."""
    waiting = [expression]
    while waiting:
        at = waiting.pop()
        if isinstance(at, str):
            yield at
        elif isinstance(at, Applied):
            waiting += at.operands
