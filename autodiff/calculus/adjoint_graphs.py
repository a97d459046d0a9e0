"""Adjoints as graphs, with a warning where their derivative is wrong, as at a kink."""

from __future__ import annotations

import math
import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from operator import gt

from autodiff.calculus.second import Adjoint, adjoint_sweep, number_of, plus, times_partial
from autodiff.graph import topological_order
from autodiff.guards.categories import KinkWarning, warn
from autodiff.guards.kinks import Kink, is_bent, kink_of
from autodiff.number import Number
from autodiff.operations import apply
from autodiff.value import Value, adjoints

__all__ = ["adjoint_graphs"]

MOST_NAMED = 3  # kinks in a warning
DIRECTIONS = 6  # in which it is looked whether derivatives of several inputs jump
NEAR, NEARER = Fraction(1, 2**44), Fraction(1, 2**48)  # steps at a number of about 1, 50 to 100 at once


def adjoint_graphs(output: Value, inputs: set[Value]) -> dict[Value, Adjoint]:
    """Run the reverse sweep on Values: each adjoint becomes a graph, or a plain number where it is constant.

    Only edges that lead down to one of the inputs are followed.

    Warns:
        KinkWarning: The next derivative passes through a kink.
    """
    order, found = adjoint_sweep(output, inputs)
    kinks = passed_kinks(order, found, inputs)
    if kinks:
        where = "; or through ".join(map(str, kinks))
        warn(
            f"a second derivative passes through {where}. It takes for constant what jumps there: it is no derivative "
            "of anything. Evaluate it beside the kink, or use a smooth function, such as softplus for relu",
            KinkWarning,
        )
    return found


def passed_kinks(order: list[Value], found: Mapping[Value, Adjoint], inputs: set[Value]) -> list[Kink[Value]]:
    """The kinks at one of which the derivative of the adjoints is wrong, if it is.

    It is wrong where the output, its derivatives or the next ones jump: where they are others a small step beside
    the point, and come no closer as the step gets smaller.
    """
    kinks = [Kink(node, True) for node in order if is_bent(node) or kink_of(node) is not None]
    if not kinks:
        return []
    moving, known = [x for x in order if x in inputs], False
    here, rounding = three_orders(order, found, moving), roundings(order, found, moving)
    for shift in shifts(moving):
        try:
            gaps = [abs(x - y) for x, y in zip(here, orders_beside(order, shift, NEAR), strict=True)]
            nearer = orders_beside(order, shift, NEARER) if any(map(gt, gaps, rounding)) else here
        except (ValueError, ArithmeticError):  # outside of the domain
            continue
        known = True
        allowed = [max(gap / 2, error) for gap, error in zip(gaps, rounding, strict=True)]
        if any(abs(x - y) > most for x, y, most in zip(here, nearer, allowed, strict=True)):
            break  # it comes no closer
    else:
        if known:
            return []
    passed = [kink for kink in kinks if number_of(found.get(kink.node, 0))]
    return (passed or kinks)[:MOST_NAMED]


def shifts(inputs: Sequence[Value]) -> Iterator[dict[Value, Number]]:
    """Directions to step in, each with its opposite; how far in an input goes by its number."""
    draw = random.Random(1)
    for _ in range(1 if len(inputs) == 1 else DIRECTIONS):
        shift = {x: draw.choice((-1, 1)) * draw.randint(50, 100) * max(1, abs(x.data)) for x in inputs}
        yield shift
        yield {x: -far for x, far in shift.items()}


def orders_beside(order: list[Value], shift: Mapping[Value, Number], step: Fraction) -> list[float]:
    """The orders of derivatives where each input is shifted by so many steps, by the graph built anew."""
    moved: dict[Value, Value] = {}
    for node in order:
        if moved.keys().isdisjoint(node.parents) or node.op is None:
            moved[node] = Value(node.data)
        else:
            moved[node] = apply(
                node.op, [moved.get(x, x) if isinstance(x, Value) else x for x in node.operands]
            )
        if node in shift:
            moved[node] += step * shift[node]
    inputs = {moved[x]: None for x in shift}
    return three_orders(*adjoint_sweep(moved[order[-1]], inputs), inputs)


def three_orders(
    order: list[Value], found: Mapping[Value, Adjoint], inputs: Collection[Value]
) -> list[float]:
    """The output, its derivatives by the inputs, and the derivatives of a sum of these."""
    moving = sum_of_slopes(found, inputs)
    swept = adjoints(moving) if isinstance(moving, Value) else {}
    first, second = ([number_of(each.get(x, 0)) for x in inputs] for each in (found, swept))
    return [float(x) for x in (order[-1].data, *first, *second)]


def roundings(order: list[Value], found: Mapping[Value, Adjoint], inputs: Collection[Value]) -> list[float]:
    """How far rounding may put off each of the orders of derivatives."""
    output, moving = order[-1], sum_of_slopes(found, inputs)
    sizes = path_sizes(output)
    most = [max(size * abs(float(node.data)) for node, size in sizes.items())]
    swept = adjoints(moving) if isinstance(moving, Value) else {}
    for numbers, paths in ((found, sizes), (swept, path_sizes(moving) if isinstance(moving, Value) else {})):
        largest = max((abs(float(number_of(x))) for x in numbers.values()), default=0.0)
        most += [min(largest, paths.get(x, 0.0)) for x in inputs]
    return [1e-11 * size for size in most]


def sum_of_slopes(found: Mapping[Value, Adjoint], inputs: Collection[Value]) -> Adjoint:
    """A sum of the adjoints in whose derivatives those of single ones do not cancel."""
    total: Adjoint = 0
    for i, x in enumerate(inputs, 1):
        total = plus(total, times_partial(math.sin(i), found.get(x, 0)))
    return total


def path_sizes(output: Value) -> dict[Value, float]:
    """For each node below the sum of the sizes of its path products, which no cancelling makes small."""
    found = dict.fromkeys(topological_order(output), 0.0) | {output: 1.0}
    for node in reversed(found):
        for parent, partial in zip(node.parents, node.partials, strict=True):
            found[parent] += found[node] * abs(float(partial)) if partial and found[node] else 0.0
    return found
