"""Noise: numbers of a derivation that are 0 but for rounding, such as the slope of a sine at π/2.

>>> import math
>>> from autodiff import Value, paths
>>> x = Value(math.pi / 2, name="x")
>>> f = x.sin() * 3
>>> [path] = paths(f, x)
>>> path.product, without_noise(f, [path])
(1.8369701987210297e-16, [0])
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

from autodiff.graph import Edge, Path, topological_order
from autodiff.number import Number, fits_a_float
from autodiff.rules.worlds import world_of
from autodiff.value import Value

__all__ = ["is_rounding", "rounding_errors", "without_noise"]

SUSPECT = 2.0**-30  # of 1, or of the largest product: below that one asks
UNIT = 2.0**-52


def without_noise(output: Value, listed: Sequence[Path[Value]]) -> list[Number]:
    """The products of paths, with 0 in place of those that are nothing but rounding."""
    products: list[Number] = [path.product for path in listed]
    suspect = SUSPECT * max([1.0, *(magnitude(product) for product in products)])
    errors: dict[Value, float] = {}
    for place, (path, product) in enumerate(zip(listed, products, strict=True)):
        if not product:
            products[place] = 0
        elif isinstance(product, float) and abs(product) < suspect:
            errors = errors or rounding_errors(output)
            if any(is_noise(edge, errors) for edge in path.edges):
                products[place] = 0
    return products


def is_rounding(total: Number, products: Sequence[Number], longest: int) -> bool:
    """Whether a sum that should be 0 may have come out like this: as large as its terms' rounding."""
    size = sum(magnitude(product) for product in products)
    allowed = UNIT * 4 * (len(products) + longest) * size
    return isinstance(total, float) and abs(total) <= allowed < math.inf


def rounding_errors(output: Value) -> dict[Value, float]:
    """How far each number may be off if every input and every operation is rounded."""
    errors: dict[Value, float] = {}
    for node in topological_order(output):
        error = 0.0 if isinstance(node.data, Fraction) else UNIT * magnitude(node.data)
        for parent, partial in zip(node.parents, node.partials, strict=True):
            error += magnitude(partial) * errors[parent]
        errors[node] = error
    return errors


def is_noise(edge: Edge[Value], errors: Mapping[Value, float]) -> bool:
    """Whether a partial changes by half of itself, or more, where its operands are off by their rounding."""
    moved = [shifted_partial(edge, errors, by) for by in (-1, 1)]
    return any(2 * magnitude(partial - edge.partial) >= magnitude(edge.partial) for partial in moved)


def shifted_partial(edge: Edge[Value], errors: Mapping[Value, float], by: int) -> Number:
    node = edge.node
    assert node.op is not None
    moved = {x: x.data + by * errors[x] if errors[x] else x.data for x in node.parents}
    xs = [moved[x] if isinstance(x, Value) else x for x in node.operands]
    wanted = [i for i, operand in enumerate(node.operands) if isinstance(operand, Value)]
    try:
        z = node.op.apply(world_of(xs), xs)
        row, operands = node.op.among(xs, [not isinstance(x, Value) for x in node.operands])
        partial: Number = row.slopes(world_of(xs), operands, z, wanted)[edge.position]
    except (ValueError, ArithmeticError):
        return edge.partial
    return partial


def magnitude(x: Number) -> float:
    return math.fabs(x) if fits_a_float(x) or isinstance(x, float) else math.inf
