"""Adjoints as graphs, with a warning where their derivative is wrong, as at a kink."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from operator import gt

from autodiff.calculus.second import Adjoint, adjoint_sweep, number_of, plus, times_partial
from autodiff.graph import topological_order
from autodiff.guards.categories import KinkWarning, warn
from autodiff.guards.kinks import Kink, is_bent, kink_of, step_at
from autodiff.languages import spoken
from autodiff.operations import apply
from autodiff.rules import Rule
from autodiff.rules.worlds import Scalar, world_of
from autodiff.value import Value, adjoints

__all__ = ["adjoint_graphs", "is_at_kink", "kink_names", "passed_kinks", "warn_of_kinks"]

MOST_NAMED = 3  # kinks in a warning
MOST_TRIED_ALL_WAYS = 4  # kinks
NEAR, NEARER = 64, 4  # units in the last place that operands at a kink are moved by
SLOW = 0.99  # what comes closer by less jumps; the second derivative of |x|^2.01 comes closer by 0.97
LEAST = 1e-140  # what is of the size of a move from 0


def adjoint_graphs(output: Value, inputs: set[Value]) -> dict[Value, Adjoint]:
    """Run the reverse sweep on Values: each adjoint becomes a graph, or a plain number where it is constant.

    Only edges that lead down to one of the inputs are followed.

    Warns:
        KinkWarning: The next derivative passes through a kink.
    """
    order, found = adjoint_sweep(output, inputs)
    kinks = passed_kinks(order, found, inputs)
    if kinks:
        warn_of_kinks(kink_names(kinks))
    return found


def warn_of_kinks(where: str) -> None:
    """Warn that a second derivative passes through kinks."""
    warn(
        f"a second derivative passes through {where}. It takes for constant what jumps there: it is no derivative "
        "of anything. Evaluate it beside the kink, or use a smooth function, such as softplus for relu",
        KinkWarning,
    )


def kink_names(kinks: list[Kink[Value]]) -> str:
    with spoken("en"):
        return "; or through ".join(map(str, kinks))


def passed_kinks(order: list[Value], found: Mapping[Value, Adjoint], inputs: set[Value]) -> list[Kink[Value]]:
    """The kinks at one of which the derivative of the adjoints is wrong, if it is."""
    kinks = [Kink(node, True) for node in order if is_bent(node) or kink_of(node) is not None]
    if not kinks:
        return []
    moving = [x for x in order if x in inputs]
    left = nodes_that_leave([kink.node for kink in kinks], order, moving)
    kinks = [kink for kink in kinks if kink.node in left]
    if not kinks or not something_jumps([kink.node for kink in kinks], order, found, moving):
        return []
    passed = [kink for kink in kinks if number_of(found.get(kink.node, 0))]
    return (passed or kinks)[:MOST_NAMED]


def nodes_that_leave(kinks: list[Value], order: list[Value], inputs: list[Value]) -> set[Value]:
    """Those that leave their kink when the inputs move; not so relu(x) > 0 where x is negative."""
    left, moving = set[Value](), set(inputs)
    for sign in (1, -1):
        draw, moved = random.Random(1), dict[Value, Scalar]()
        at_kinks = set(kinks) - left
        for node in order:
            if node.op is None or moved.keys().isdisjoint(node.parents):
                moved[node] = node.data
            else:
                xs = [moved.get(x, x.data) if isinstance(x, Value) else x for x in node.operands]
                try:
                    moved[node] = node.op.apply(world_of(xs), xs)
                except (ValueError, ArithmeticError):  # outside of the domain nobody knows
                    return set(kinks)
                if node in at_kinks and not stays_at_kink(node.op, xs):
                    left.add(node)
            if node in moving:
                far = Fraction(draw.choice((-1, 1)) * draw.randint(50, 99), 2**30)
                moved[node] += sign * far * max(1, abs(node.data))
    return left


def is_at_kink(node: Value) -> bool:
    """Whether a node's operands lie where its row has a kink, if only one with the same slope on both sides."""
    numbers = [x.data if isinstance(x, Value) else x for x in node.operands]
    return node.op is not None and stays_at_kink(node.op, numbers)


def stays_at_kink(op: Rule, xs: list[Scalar]) -> bool:
    if op.condition is not None:
        return bool(xs[op.condition] == 0)
    return bool(op.kinked(world_of(xs), xs) or (op.bent is not None and op.bent(world_of(xs), *xs)))


def something_jumps(
    kinks: list[Value], order: list[Value], found: Mapping[Value, Adjoint], inputs: list[Value]
) -> bool:
    """Whether the output, its derivatives or the next ones jump at some kinks, or are defined nowhere beside them.

    What jumps is another one when the operands at the kinks are moved off a tiny bit, and comes no closer as the bit
    gets smaller.
    """
    here, rounding = three_orders(order, found, inputs), roundings(order, found, inputs)
    defined = False
    for signs in patterns(kinks):
        try:
            gaps = [abs(x - y) for x, y in zip(here, orders_beside(order, inputs, signs, NEAR), strict=True)]
            nearer = orders_beside(order, inputs, signs, NEARER) if any(map(gt, gaps, rounding)) else here
        except (ValueError, ArithmeticError):  # outside of the domain
            continue
        defined = True
        allowed = [max(SLOW * gap, error) for gap, error in zip(gaps, rounding, strict=True)]
        if any(abs(x - y) > most for x, y, most in zip(here, nearer, allowed, strict=True)):
            return True
    return not defined


def patterns(kinks: list[Value]) -> Iterator[dict[Value, int]]:
    """To which side each kink is left, 1 or -1: all ways for a few, else any two of them to all four pairs of sides.

    Those of the same operands are left to the same side.
    """
    alike: dict[tuple[object, ...], list[Value]] = {}
    for node in kinks:
        alike.setdefault(node.parents, []).append(node)
    count = len(alike)
    if count <= MOST_TRIED_ALL_WAYS:
        others = [{i for i in range(count) if way >> i & 1} for way in range(2**count // 2)]
    else:  # two numbers differ in some bit
        others = [
            set(),
            *({i for i in range(count) if i >> bit & 1} for bit in range((count - 1).bit_length())),
        ]
    for other in others:
        for side in (1, -1):
            yield {x: -side if i in other else side for i, nodes in enumerate(alike.values()) for x in nodes}


def orders_beside(
    order: list[Value], inputs: Collection[Value], signs: Mapping[Value, int], ulps: int
) -> list[Scalar]:
    """The orders of derivatives where operands at kinks are so many units in the last place off, each another way."""
    moved: dict[Value, Value] = {}
    for node in order:
        if node.op is None or moved.keys().isdisjoint(node.parents):
            moved[node] = Value(node.data)
            continue
        operands = [moved.get(x, x) if isinstance(x, Value) else x for x in node.operands]
        places = range(len(operands)) if node.op.condition is None else [node.op.condition]
        for i in places if node in signs else ():
            if operands[i] is not node.operands[i]:  # it depends on the inputs
                operands[i] = operands[i] + signs[node] * (i + 1) * ulps * step_at(operands[i].data)
        moved[node] = apply(node.op, operands)
    at = {moved[x]: None for x in inputs}
    return three_orders(*adjoint_sweep(moved[order[-1]], at), at)


def three_orders(
    order: list[Value], found: Mapping[Value, Adjoint], inputs: Collection[Value]
) -> list[Scalar]:
    """The output, its derivatives by the inputs, and the derivatives of a sum of these."""
    moving = sum_of_slopes(found, inputs)
    swept = adjoints(moving)
    first, second = ([number_of(each.get(x, 0)) for x in inputs] for each in (found, swept))
    return [order[-1].data, *first, *second]


def roundings(order: list[Value], found: Mapping[Value, Adjoint], inputs: Collection[Value]) -> list[Scalar]:
    """How far rounding may put off each of the orders of derivatives; among fractions there is none."""
    output, moving = order[-1], sum_of_slopes(found, inputs)
    if isinstance(output.data, Fraction):
        return [0] * (1 + 2 * len(inputs))
    sizes = path_sizes(output)
    most = [max(size * abs(node.data) for node, size in sizes.items())]
    for numbers, paths in ((found, sizes), (adjoints(moving), path_sizes(moving))):
        largest = max(abs(float(number_of(x))) for x in numbers.values())
        most += [min(largest, paths.get(x, 0.0)) for x in inputs]
    return [max(1e-11 * float(size), LEAST) for size in most]


def sum_of_slopes(found: Mapping[Value, Adjoint], inputs: Collection[Value]) -> Value:
    """A sum of the adjoints in whose derivatives those of single ones do not cancel."""
    draw = random.Random(1)
    total: Adjoint = 0
    for x in inputs:
        total = plus(total, times_partial(draw.randint(1000, 1999), found.get(x, 0)))
    return total if isinstance(total, Value) else Value(0.0)  # a constant, whose slopes vanish


def path_sizes(output: Value) -> dict[Value, Scalar]:
    """For each node below the sum of the sizes of its path products, which no cancelling makes small."""
    found: dict[Value, Scalar] = dict.fromkeys(topological_order(output), 0.0) | {output: 1.0}
    for node in reversed(found):
        for parent, partial in zip(node.parents, node.partials, strict=True):
            found[parent] += found[node] * abs(partial) if partial and found[node] else 0.0
    return found
