"""First and second derivatives of a random program against mpmath, where it is smooth and moderate."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from autodiff import Value, gradient
from autodiff.rules.worlds import FLOATS
from tests.random_programs.programs import Program
from tests.strategies import exactly, on_values

__all__ = ["disagreements"]

DIGITS = 60
STEP = "1e-15"  # between the points of differences: their error is about its square
MODERATE = 1e6  # beyond, and below its inverse, rounding may be all there is
NEAR = 1e-4  # how close to a kink, an edge or a tie is too close
JUMPING = ("mod", "fmod", "remainder", "floordiv")  # at whole quotients, or halves
CHOICES = ("greater", "greater_equal", "less", "less_equal", "equal")


def disagreements(
    at: Program, nodes: Sequence[Any], counted: Counter[str]
) -> Iterator[tuple[str, object, object]]:
    """Yield what, found and expected: the gradient and the Hessian at the one point of a program."""
    import mpmath

    point = at.points[0]
    if not is_smooth(at, nodes):
        return
    with mpmath.workdps(DIGITS):
        found, slopes = on_nodes(at, point)
        try:
            wanted = differences(at, point)
        except (
            ValueError,
            ZeroDivisionError,
        ):  # floats round a number onto an edge, such as a whole exponent
            return
    counted["smooth points compared with mpmath, to the second derivative"] += 1
    steepest = max(abs(number(x)) for node in nodes if isinstance(node, Value) for x in (1, *node.partials))
    tolerance = max(1e-7 * max(1.0, *map(abs, wanted)), 1e-15 * steepest**3)  # asin near 1 knows few digits
    if any(abs(x - y) > tolerance for x, y in zip([*slopes, *found], wanted, strict=True)):
        yield "mpmath", [*slopes, *found], wanted


def is_smooth(at: Program, nodes: Sequence[Any]) -> bool:
    """Whether all numbers are moderate, and moving the leaves a little meets no kink and no error."""
    if any(not MODERATE**-1 < abs(number(x)) < MODERATE for x in (*at.points[0], *at.parameters)):
        return False
    partials = [x for node in nodes if isinstance(node, Value) for x in node.partials]
    if any(
        not abs(number(x)) < MODERATE for x in (*nodes, *partials)
    ):  # a result may be rounded onto an edge
        return False
    inner = nodes[at.leaves :]
    if any(node.op.kinked(FLOATS, [number(x) for x in node.operands]) for node in inner):
        return False
    shifts = itertools.product((-NEAR, NEAR), repeat=at.leaves)
    leaves = (*at.points[0], *at.parameters)
    try:
        moved = [run(at, [x + dx for x, dx in zip(leaves, shift, strict=True)]) for shift in shifts]
    except (ValueError, ArithmeticError):
        return False
    return all(branches(at, others) == branches(at, nodes) and calm(others, nodes) for others in moved)


def number(x: Any) -> float:
    return float(x.data if isinstance(x, Value) else x)


def run(at: Program, leaves: Sequence[float]) -> list[Any]:
    return at.run(on_values, [Value(x) for x in leaves])


def calm(others: Sequence[Any], nodes: Sequence[Any]) -> bool:
    return all(abs(number(x) - number(y)) < 0.05 for x, y in zip(others, nodes, strict=True))


def branches(at: Program, nodes: Sequence[Any]) -> list[Any]:
    """Which partials are 0, and where kinks are: the same nearby where nothing is chosen anew."""
    found: list[Any] = []
    for node in nodes[at.leaves :]:
        if node.op.at_kink is not None or node.op.bent is not None or node.op.chooses:
            operands = [number(x) for x in node.operands]
            found.append(
                [[(x > y) - (x < y) for x in operands] for y in (*operands, *(-x for x in operands), 0.0)]
            )
            found.append([partial == 0 for partial in node.partials])
            found.append(2 * operands[0] // operands[1] if node.op.name in JUMPING else None)
    return found


def on_nodes(at: Program, point: Sequence[float]) -> tuple[list[float], list[float]]:
    """The second derivatives and the first, on Values."""
    leaves = [Value(x) for x in (*point, *at.parameters)]
    slopes = gradient(at.run(on_values, leaves)[-1], leaves, create_graph=True)
    rows = [gradient(slope, leaves) for slope in slopes]
    return [x for row in rows for x in row], [slope.data for slope in slopes]


def really(name: str, *xs: Any) -> Any:
    """An operation in mpmath, which leaves the real numbers where floats raise an error."""
    import mpmath

    found = exactly(name, *[[*map(mpmath.mpf, x)] if isinstance(x, list) else mpmath.mpf(x) for x in xs])
    if hasattr(found, "imag") and found.imag:
        raise ValueError(f"{name} has the complex result {found}")
    return getattr(found, "real", found)


def differences(at: Program, point: Sequence[float]) -> list[float]:
    """The first derivatives and all second ones, by central differences at many digits."""
    import mpmath

    leaves, h = [mpmath.mpf(x) for x in (*point, *at.parameters)], mpmath.mpf(STEP)

    rounded = [number(x) == 0 for x in run(at, [float(x) for x in leaves])]
    if rounded != [x == 0 for x in at.run(really, leaves)]:
        raise ValueError("a number that is not 0 underflows to 0")

    def moved(*moves: tuple[int, int]) -> Any:
        xs = list(leaves)
        for position, sign in moves:
            xs[position] += sign * h
        return at.run(really, xs)[-1]

    sides = range(len(leaves))
    first = [(moved((i, 1)) - moved((i, -1))) / (2 * h) for i in sides]
    second = [
        sum(s * t * moved((i, s), (j, t)) for s in (1, -1) for t in (1, -1)) / (4 * h * h)
        for i in sides
        for j in sides
    ]
    return [float(x) for x in (*first, *second)]
