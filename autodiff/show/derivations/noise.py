"""Noise: numbers of a derivation that are 0 but for rounding, such as the slope of a sine at π/2.

>>> import math
>>> from autodiff import Value, gradient
>>> x = Value(math.pi / 2, name="x")
>>> f = x.sin() * 3
>>> gradient(f, x), without_noise(f).adjoints[x]
(1.8369701987210297e-16, 0.0)
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from autodiff.graph import Edge, Path, edges_into, product_along, reached, topological_order
from autodiff.number import Number, fits_a_float
from autodiff.rules.worlds import added, world_of
from autodiff.value import Value

__all__ = [
    "Doubts",
    "Noiseless",
    "clean_partials",
    "is_rounding",
    "rest_of",
    "rounding_errors",
    "without_noise",
]

SUSPECT = 2.0**-30  # below that one asks whether a partial is anything but rounding
UNIT = 2.0**-52
FACTOR = 4 * UNIT  # how far a product or a sum may be off: a few roundings went into it


@dataclass(frozen=True, eq=False)
class Noiseless:
    """The numbers of a reverse sweep as they are shown, with 0 in place of what is nothing but rounding.

    Attributes:
        partials: Those of each node, in the order of its parents.
        adjoints: That of each node.
    """

    partials: Mapping[Value, Sequence[Number]]
    adjoints: Mapping[Value, Number]

    def along(self, path: Path[Value]) -> Path[Value]:
        """A path with these partials."""
        clean = [replace(edge, partial=self.partials[edge.node][edge.position]) for edge in path.edges]
        return Path(tuple(clean), path.end)


def without_noise(output: Value) -> Noiseless:
    """Do the reverse sweep without noise.

    forwardSweep and reverseSweep in page/sweeps.js do the same in JavaScript.
    """
    order, live = topological_order(output), reached(output)
    partials, doubts = clean_partials(output), Doubts()
    adjoints: dict[Value, Number] = {node: type(output.data)(node is output) for node in order}
    for node in reversed(order):
        for edge in edges_into(node):
            used = replace(edge, partial=partials[node][edge.position])
            product = product_along(used, adjoints[node], node in live)
            adjoints[edge.parent] = doubts.sum(used, product, adjoints[edge.parent] + product)
    return Noiseless(partials, adjoints)


class Doubts:
    """How far adjoints may be off, while a sweep adds up what arrives; roundings add up as independent errors do."""

    def __init__(self) -> None:
        self.sizes: defaultdict[Value, float] = defaultdict(float)

    def sum(self, edge: Edge[Value], product: Number, total: Number) -> Number:
        """What the parent holds after a product has arrived over an edge; 0 if that is nothing but rounding."""
        passed = magnitude(edge.partial) * self.sizes[edge.node] if self.sizes[edge.node] else 0.0
        own = FACTOR * (magnitude(product) + magnitude(total))
        self.sizes[edge.parent] = math.hypot(self.sizes[edge.parent], own, passed)
        return 0.0 if is_rounding(total, self.sizes[edge.parent]) else total


def rest_of(total: Number, products: Sequence[Number]) -> Number:
    """What is left of a sum without some of its terms; 0 if that is nothing but rounding."""
    rest = total - added(products)
    return 0.0 if is_rounding(rest, FACTOR * sum(map(magnitude, products))) else rest


def is_rounding(x: Number, doubt: float) -> bool:
    """Whether a number is no larger than what it may be off by."""
    return isinstance(x, float) and abs(x) <= doubt < math.inf


def rounding_errors(output: Value) -> dict[Value, float]:
    """How far each number may be off if every input and every operation is rounded."""
    errors: dict[Value, float] = {}
    for node in topological_order(output):
        error = 0.0 if isinstance(node.data, Fraction) else UNIT * magnitude(node.data)
        for parent, partial in zip(node.parents, node.partials, strict=True):
            error += magnitude(partial) * errors[parent]
        errors[node] = error
    return errors


def clean_partials(output: Value) -> dict[Value, Sequence[Number]]:
    """The partials of each node, with 0 for those that their operands' rounding changes by half or more."""
    errors = rounding_errors(output)
    return {node: clean_partials_of(node, errors) for node in errors}


def clean_partials_of(node: Value, errors: Mapping[Value, float]) -> Sequence[Number]:
    if not any(map(is_suspect, node.partials)):
        return node.partials
    left, right = (shifted_partials(node, errors, by) for by in (-1, 1))
    return [0.0 if is_noise(*each) else each[0] for each in zip(node.partials, left, right, strict=True)]


def is_noise(partial: Number, left: Number, right: Number) -> bool:
    change = max(magnitude(left - partial), magnitude(right - partial))
    return is_suspect(partial) and 2 * change >= magnitude(partial)


def is_suspect(partial: Number) -> bool:
    return isinstance(partial, float) and 0 < abs(partial) < SUSPECT


def shifted_partials(node: Value, errors: Mapping[Value, float], by: int) -> Sequence[Number]:
    """The partials of a node whose operands are off by their rounding; its own where it is not defined there."""
    assert node.op is not None
    moved = {x: x.data + by * errors[x] if errors[x] else x.data for x in node.parents}
    xs = [moved[x] if isinstance(x, Value) else x for x in node.operands]
    wanted = [i for i, operand in enumerate(node.operands) if isinstance(operand, Value)]
    try:
        z = node.op.apply(world_of(xs), xs)
        row, operands = node.op.among(xs, [not isinstance(x, Value) for x in node.operands])
        partials: Sequence[Number] = row.slopes(world_of(xs), operands, z, wanted)
    except (ValueError, ArithmeticError):
        return node.partials
    return partials


def magnitude(x: Number) -> float:
    return math.fabs(x) if fits_a_float(x) or isinstance(x, float) else math.inf
