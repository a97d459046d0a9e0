"""A derivative as a finite difference of the graph's own value, to hold beside the adjoint."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from autodiff.graph import topological_order
from autodiff.languages import say
from autodiff.number import Number
from autodiff.operations import apply
from autodiff.show.derivations.noise import rounding_errors
from autodiff.show.derivations.wording import number_in
from autodiff.value import Value

__all__ = ["Difference", "evaluate", "finite_difference"]

STEP = 2.0**-17  # of the finite difference, relative to x: balances rounding and curvature


@dataclass(frozen=True)
class Difference:
    """A central finite difference, or None and the reason why there is none.

    >>> print(Difference(2.5), Difference(None, "a kink"), sep=", ")
    2.5, none (a kink)
    """

    value: float | None
    reason: str = ""

    def __str__(self) -> str:
        return (
            say("none ({reason})", reason=self.reason)
            if self.value is None
            else number_in(self.value, "text")
        )


def evaluate(output: Value, x: Value, at: float) -> float:
    """Compute what a node would be if ``x`` were another number, by the rules of its graph, in floats.

    Raises:
        ValueError, ArithmeticError: An operation is not defined there; the message names it.

    >>> x = Value(2, name="x")
    >>> evaluate(x**2 + x, x, 3.0)
    12.0
    """
    changed: dict[Value, Number] = {x: at}
    for node in topological_order(output):
        if node is not x and any(parent in changed for parent in node.parents):
            assert node.op is not None
            xs = [changed.get(z, z.data) if isinstance(z, Value) else z for z in node.operands]
            xs = [float(z) if isinstance(z, Fraction) else z for z in xs]
            changed[node] = apply(node.op, xs)
    return float(changed.get(output, output.data))


def finite_difference(output: Value, x: Value) -> Difference:
    """Estimate d output / d x from the values a little to the left and right of ``x``.

    >>> x = Value(3.0, name="x")
    >>> print(finite_difference(x**2, x))
    6
    """
    try:
        at = float(x.data)
        step = STEP * max(1.0, abs(at))
        middle = evaluate(output, x, at)
        left, right = slopes(output, x, at, step, middle)
        nearer = slopes(output, x, at, step / 16, middle)
    except (ValueError, ArithmeticError) as error:
        return Difference(None, say("a step away from x: {error}", error=error))
    if not math.isfinite(right - left):
        return Difference(None, say("its values are not finite"))
    gap, rounding = abs(nearer[1] - nearer[0]), 2.0**-40 * abs(middle) / (step / 16)
    if gap > max(abs(right - left) / 2, 1e-3 * max(map(abs, nearer)), rounding):  # a curve's gap shrinks
        if gap < 4 * rounding_errors(output)[output] / (step / 16):  # of what cancels in the graph
            return Difference((left + right) / 2)
        # A kink, or a curve that turns within a step, such as sin(1e8 x): from here they look the same.
        shown_slopes = say(" and ").join(number_in(slope, "text") for slope in nearer)
        differ = "the slopes a step to the left and right differ: {slopes}"
        return Difference(None, say(differ, slopes=shown_slopes))
    return Difference((left + right) / 2)


def slopes(output: Value, x: Value, at: float, step: float, middle: float) -> tuple[float, float]:
    """The slopes of the chords to the left and to the right."""
    below, above = at - step, at + step
    left = (middle - evaluate(output, x, below)) / (at - below)
    return left, (evaluate(output, x, above) - middle) / (above - at)
