"""Gradients: the reverse sweep of a function written on its tape, as a program that can be differentiated again."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from autodiff.calculus.second import is_constant, plus, times_partial
from autodiff.calculus.trees import Tree, tree_leaves, with_leaves
from autodiff.compiler.at_kinks import slots_with_kinks
from autodiff.compiler.front.arguments import Arguments, element_paths
from autodiff.compiler.front.tape import SHIFT, Tape
from autodiff.compiler.front.trace import function_name, on_tape
from autodiff.compiler.front.traced import Spelled, Traced, traced
from autodiff.compiler.lowering import Lowering
from autodiff.matrix.matrices import matrix_of
from autodiff.operations import FUNCTIONS
from autodiff.rules.worlds import FLOATS, Scalar

__all__ = ["GradientLowering"]


class GradientLowering(Lowering):
    """The programs of the gradient of a function, by all its arguments."""

    def traced(
        self, arguments: Arguments, statics: dict[str, object], depths: list[int]
    ) -> tuple[Tape, Tree, list[int]]:
        """The tape with the reverse sweep behind the function, and the gradient in the tree of the arguments.

        Raises:
            TypeError: The function gives more than one number.
        """
        tape, result, depths = super().traced(arguments, statics, depths)
        if not isinstance(result, Traced):
            raise TypeError(
                f"{function_name(self.f)} must give one number to have second derivatives, and gives "
                f"{sum(np.asarray(leaf).size for leaf, _ in tree_leaves(result))}: choose one of them"
            )
        self.may_meet_kinks = self.may_meet_kinks or bool(slots_with_kinks(tape, result.index))
        places = {leaf: -1 - i for i, leaf in enumerate(tape.leaves) if isinstance(leaf, str)}
        shaped = [*zip(arguments.leaves, arguments.shapes(depths), strict=True)]
        slots = [[places[path] for path in element_paths(leaf, shape)] for leaf, shape in shaped]
        found = written_sweep(tape, result.index, {slot for row in slots for slot in row})
        parts = []
        for row, (_, shape) in zip(slots, shaped, strict=True):
            slopes = [on_tape(tape, found.get(slot, 0), "a derivative") for slot in row]
            parts.append(matrix_of(slopes, shape) if shape else slopes[0])
        trees = tuple(dict(with_leaves(arguments.tree, parts)).values())
        return tape, trees[0] if len(trees) == 1 else trees, depths


# ---------------------------------------------------------------- the sweep


def written_sweep(tape: Tape, output: int, inputs: set[int]) -> Mapping[int, Scalar]:
    """Write the reverse sweep down: the adjoints of the inputs that are reached.

    Nothing arrives over an edge to an operand that was not chosen, whatever the slopes below it are: see ``cuts``
    in autodiff/node.py. Which edge that is only the numbers of a call tell, so that the program asks.
    """
    useful = set(inputs)
    for slot in range(output + 1):
        if not useful.isdisjoint(tape.operands_of(slot)):
            useful.add(slot)
    bars: dict[int, Scalar] = {output: 1}
    arrives: dict[int, Scalar] = {output: 1}  # 1 or 0, on every call or as the program finds out
    for slot in range(output, -1, -1):
        if slot not in useful or slot not in bars:
            continue
        for below, slope, passes in passed_on(tape, slot, useful):
            arrived = arrives[slot] if passes is None else times_partial(arrives[slot], passes)
            term = times_slope(bars[slot], slope)
            if isinstance(arrived, Traced):
                term = FUNCTIONS["where"](arrived, term, 0)
            bars[below] = plus(bars.get(below, 0), term)
            arrives[below] = either(arrives.get(below, 0), arrived)
    return bars


def passed_on(tape: Tape, slot: int, useful: set[int]) -> list[tuple[int, Scalar, Scalar]]:
    """The useful operands of an operation, the slopes by them, and where it chooses whether something passes."""
    rule, slots = tape.rules[tape.codes[slot]], tape.operands_of(slot)
    xs = [operand(tape, below) for below in slots]
    if rule.vector:
        xs[-1] = int(xs[-1])
    wanted = [i for i, below in enumerate(slots) if below in useful]
    slopes = rule.slopes(SLOPES, xs, traced(tape, slot), wanted)
    moving = {below: True for below in slots if below >= 0}
    found = []
    for i, slope in zip(wanted, slopes, strict=True):
        passes: Scalar = None
        if rule.chooses:
            passes = either(rule.kinked(SLOPES, xs), is_passed(tape, slope, moving))
        if not is_constant(passes, 0):
            found.append((slots[i], slope, passes))
    return found


def times_slope(x: Scalar, y: Scalar) -> Scalar:
    """Their product, written down too where one is 0 and the other, when the program runs, may be infinite."""
    if (is_constant(x, 0) or is_constant(y, 0)) and (isinstance(x, Traced) or isinstance(y, Traced)):
        return x * y
    return times_partial(x, y)


def is_passed(tape: Tape, slope: Scalar, moving: dict[int, bool]) -> Scalar:
    """Whether something passes over an edge: its slope is not 0, or only happens to be, as y in where(x > 0, 1, y)."""
    if not isinstance(slope, Traced):
        return int(slope != 0)
    if not may_move(tape, slope.index, moving):
        return 1 - SLOPES.equal(slope, 0)
    if slope.index < 0 or tape.rules[tape.codes[slope.index]].name != "where":
        return 1
    condition, *branches = (operand(tape, below) for below in tape.operands_of(slope.index))
    x, y = (is_passed(tape, branch, moving) for branch in branches)
    return x if x is y else SLOPES.where(condition, x, y)


def may_move(tape: Tape, slot: int, moving: dict[int, bool]) -> bool:
    """Whether a number may change with the numbers nearby; ``moving`` holds what is known.

    What is made of steps alone, such as [x > y] + [x = y]/2, does not.
    """
    if slot < 0:
        return not tape.is_constant(slot)
    if slot not in moving:
        is_step = tape.rules[tape.codes[slot]].is_step
        moving[slot] = not is_step and any(may_move(tape, below, moving) for below in tape.operands_of(slot))
    return moving[slot]


def operand(tape: Tape, slot: int) -> Scalar:
    """A traced Value, or the number of a constant."""
    return tape.leaves[-1 - slot] if tape.is_constant(slot) else traced(tape, slot)


def either(x: Scalar, y: Scalar) -> Scalar:
    """Whether one of two holds, each 1 or 0."""
    if isinstance(x, Traced) and isinstance(y, Traced):
        return FUNCTIONS["maximum"](x, y)
    known, other = (y, x) if isinstance(x, Traced) else (x, y)
    return 1 if known else other


class Slopes(Spelled):
    """The world in which partials are written down: of numbers, where all operands are constants."""

    def __getattr__(self, name: str) -> Scalar:
        written = super().__getattr__(name)

        def primitive(*xs: Scalar) -> Scalar:
            operands = xs[0] if xs and isinstance(xs[0], list | tuple) else xs
            return (written if any(isinstance(x, Traced) for x in operands) else getattr(FLOATS, name))(*xs)

        return primitive

    def where(self, condition: Scalar, x: Scalar, y: Scalar) -> Scalar:
        if not isinstance(condition, Traced):
            return x if condition else y
        return FUNCTIONS["where"](condition, x, y)

    def abs(self, x: Scalar) -> Scalar:
        """|x| where it stands in a function that is smooth at 0, as in tanh'; 0.0 of -0.0."""
        return self.where(self.less(x, 0), -x, x + 0.0)

    def divide(self, x: Scalar, y: Scalar) -> Scalar:
        return x / y if isinstance(x, Traced) or isinstance(y, Traced) else FLOATS.divide(x, y)

    def ieee_pow(self, x: Scalar, y: Scalar) -> Scalar:
        return x**y if isinstance(x, Traced) or isinstance(y, Traced) else FLOATS.ieee_pow(x, y)

    def xlogy(self, x: Scalar, y: Scalar) -> Scalar:
        """x log(y); where both are 0, and x moves with y, as steep in y as a root."""
        if not isinstance(y, Traced):
            return self.where(self.equal(x, 0), 0, x * FLOATS.xlogy(1, y))
        if not isinstance(x, Traced):
            at_edge = self.where(self.equal(y, 0), x * (self.sqrt(y) - math.inf), FLOATS.xlogy(x, -1.0))
            return self.where(self.greater(y, 0), x * self.log(y), at_edge) if x else 0
        rule, slots = x.tape.rules[x.tape.codes[x.index]], x.tape.operands_of(x.index)
        [slope] = rule.slopes(self, [operand(x.tape, slot) for slot in slots], x, [0])
        at_0 = self.where(self.equal(y, 0) * (1 - self.equal(slope, 0)), 0 - self.sqrt(y), 0)
        return self.where(self.equal(x, 0), at_0, x * self.log(y))

    def shift(self, xs: Sequence[Scalar]) -> Scalar:
        return next(x for x in xs if isinstance(x, Traced))._record(SHIFT, xs)


SLOPES = Slopes()
