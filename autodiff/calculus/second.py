"""Second derivatives: the world of Values, where partials are graphs, and the reverse sweep through it."""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Sequence
from fractions import Fraction
from typing import TypeAlias

from autodiff import rules
from autodiff.guards.kinks import kink_of
from autodiff.guards.nonfinite import is_finite
from autodiff.node import cuts, topological_order
from autodiff.number import Number
from autodiff.operations import FUNCTIONS, made
from autodiff.rules import Rule, slope_row
from autodiff.rules.worlds import FRACTIONS, Scalar, world_of
from autodiff.value import Value

__all__ = [
    "VALUES",
    "Adjoint",
    "adjoint_sweep",
    "as_value",
    "is_constant",
    "number_of",
    "plus",
    "times_partial",
    "zero",
]

Adjoint: TypeAlias = Value | Number  # a graph, or a plain number where it is constant


class Values:
    """The primitives on Values: functions of the table, so that partials become graphs.

    Comparisons look at the data and give plain numbers: their derivative is 0 wherever they have one.
    """

    def __getattr__(self, name: str) -> Callable[..., Scalar]:
        if name not in rules.TABLE:
            raise AttributeError(f"the world of Values has no primitive {name!r}")
        return FUNCTIONS[name]

    def plain(self, name: str, *xs: Scalar) -> Scalar:
        """A primitive of plain numbers, at the data."""
        numbers = [x.data if isinstance(x, Value) else x for x in xs]
        return getattr(world_of(numbers), name)(*numbers)

    def where(self, condition: Scalar, x: Scalar, y: Scalar) -> Scalar:
        return x if self.plain("where", condition, True, False) else y

    def abs(self, x: Scalar) -> Scalar:
        """|x| where it stands in a function that is smooth at 0, as in tanh': either branch is right."""
        return -x if self.plain("less", x, 0) else x

    def equal(self, x: Scalar, y: Scalar) -> Scalar:
        return self.plain("equal", x, y)

    def greater(self, x: Scalar, y: Scalar) -> Scalar:
        return self.plain("greater", x, y)

    def greater_equal(self, x: Scalar, y: Scalar) -> Scalar:
        return self.plain("greater_equal", x, y)

    def less_equal(self, x: Scalar, y: Scalar) -> Scalar:
        return self.plain("less_equal", x, y)

    def less(self, x: Scalar, y: Scalar) -> Scalar:
        return self.plain("less", x, y)

    def sign(self, x: Scalar) -> Scalar:
        return self.plain("sign", x)

    def rint(self, x: Scalar) -> Scalar:
        return self.plain("rint", x)

    def shift(self, xs: Sequence[Scalar]) -> Scalar:
        """A shift that cancels out of the result, as a plain number."""
        return max(x.data if isinstance(x, Value) else x for x in xs)

    def sum(self, xs: Sequence[Scalar]) -> Scalar:
        return FUNCTIONS["sum"](xs) if any(isinstance(x, Value) for x in xs) else sum(xs)

    def gap(self, x: Scalar, y: Scalar) -> Scalar:
        found = x - y
        return found if math.isfinite(number_of(found)) else self.plain("gap", x, y)

    def divide(self, x: Scalar, y: Scalar) -> Scalar:
        if isinstance(x, Value) or isinstance(y, Value):
            return x / y if self.plain("sign", y) else times_partial(x, self.ieee_pow(y, -1))
        return FRACTIONS.divide(x, y)  # 1/n stays exact until it meets a float

    def ieee_pow(self, x: Scalar, y: Scalar) -> Scalar:
        """The power; where it is infinite a node too, as its slope is infinite, though x**y raises an error."""
        z = self.plain("ieee_pow", x, y)
        if y.__class__ is not Value and y in (0, 1):
            return x if y else z
        if math.isfinite(z):
            return x**y
        row, numbers = rules.TABLE["pow"], [number_of(x), number_of(y)]
        wanted = [i for i, operand in enumerate((x, y)) if isinstance(operand, Value)]
        partials = row.slopes(world_of(numbers), numbers, z, wanted)
        return made(row, z, (x, y), tuple(partials)) if wanted else z

    def gaussian(self, x: Scalar, scale: float = 1.0) -> Scalar:
        """exp(-scale x²) with all its digits, whose slope needs no such care; beyond the floats 0, and flat."""
        z = self.plain("gaussian", x, scale)
        if not z or not isinstance(x, Value):
            return z
        square = x**2 if scale == 1 else x**2 / (1 / scale)
        return made(rules.TABLE["exp"], z, (-square,), (z,))

    def xlogy(self, x: Scalar, y: Scalar) -> Scalar:
        """x log(y); where both are 0, and x moves with y, as steep in y as a root."""
        at = number_of(y)
        if at == 0 and number_of(x) and isinstance(y, Value):  # infinite, and as steep as a root
            return x * (FUNCTIONS["sqrt"](y) - math.inf)
        if number_of(x) == 0:
            return 0 - FUNCTIONS["sqrt"](y) if at == 0 and isinstance(x, Value) and any(x.partials) else 0
        return x * (FUNCTIONS["log"](y) if at > 0 else self.plain("xlogy", 1, y))


VALUES = Values()


# ---------------------------------------------------------------- the reverse sweep on Values


def zero(node: Value) -> Number:
    """The derivative by a node that nothing depends on: 0.0, and exact among fractions."""
    found: Number = type(node.data)(0)
    return found


def as_value(adjoint: Adjoint, node: Value) -> Value:
    """An adjoint of a node as a Value: a constant one becomes a leaf, exact among fractions."""
    return adjoint if isinstance(adjoint, Value) else Value(zero(node) + adjoint)


def adjoint_sweep(output: Value, inputs: Container[Value]) -> tuple[list[Value], dict[Value, Adjoint]]:
    """The nodes that lead down to the inputs, parents first, and the adjoints as graphs."""
    useful: dict[Value, None] = {}
    for node in topological_order(output):
        if node in inputs or not useful.keys().isdisjoint(node.parents):
            useful[node] = None
    found: dict[Value, Adjoint] = {output: 1}  # no adjoint where nothing arrives, see adjoints()
    for node in reversed(useful):
        if node in found:
            cut = cuts(node)
            held = not cut and is_finite(number_of(found[node])) and bends(node)
            for parent, partial in partial_graphs(node, useful, held):
                if not (cut and is_constant(partial, 0)):
                    found[parent] = plus(found.get(parent, 0), times_partial(found[node], partial))
    return list(useful), found


def partial_graphs(node: Value, useful: Container[Value], held: bool = False) -> list[tuple[Value, Adjoint]]:
    """The partials by the useful parents of a node, computed anew on Values.

    Those that are plain numbers, though they jump at a kink, can be held as nodes, which later derivatives look at.
    """
    if node.op is None:
        return []
    wanted = [i for i, x in enumerate(node.operands) if isinstance(x, Value) and x in useful]
    if not wanted:
        return []
    operands, exact = node.operands, isinstance(node.data, Fraction)
    row, xs = node.op.among(operands, [not isinstance(x, Value) for x in operands])
    check_is_as_computed(node, row, xs)
    partials = row.slopes(VALUES, xs, node, wanted)
    partials = [x if exact or not isinstance(x, Fraction) else float(x) for x in partials]
    if held:
        partials = [
            x if isinstance(x, Value) else as_step(node, i, x) for i, x in zip(wanted, partials, strict=True)
        ]
    return [(operands[i], x) for i, x in zip(wanted, partials, strict=True)]


def as_step(node: Value, position: int, partial: Number) -> Value:
    """A partial that jumps where it is, as a node: a step, whose own partials are 0."""
    op, operands = node.op, node.operands
    assert op is not None
    plain = tuple([not isinstance(x, Value) for x in operands])
    return made(slope_row(op, position, plain), partial, operands, (0,) * plain.count(False))


def bends(node: Value) -> bool:
    """Whether slopes of a node jump where it is; those of a step are 0 on either side."""
    op = node.op
    return op is not None and op.condition is None and not op.is_step and kink_of(node) is not None


def check_is_as_computed(node: Value, row: Rule, xs: Sequence[Scalar]) -> None:
    """Refuse a node whose operands have been given other numbers since it was computed.

    Raises:
        ValueError: Slopes made of these would be at another point than the number of the node.
    """
    numbers: list[Number] = [number_of(x) for x in xs]
    try:
        again = row.apply(world_of(numbers), numbers)
    except (ValueError, ArithmeticError):
        return
    if again == node.data:
        return
    rounding = 1e-9 * max(
        abs(float(x)) for x in numbers
    )  # a compiled function may have computed it in another order
    if (
        is_finite(again)
        and is_finite(node.data)
        and not math.isclose(again, node.data, rel_tol=1e-9, abs_tol=rounding)
    ):
        raise ValueError(
            f"{node!r} was computed before its operands had the numbers {', '.join(map(str, numbers))}, of which it "
            f"would be {again}: build the graph anew, as its derivatives as a graph would mix both points"
        )


def is_constant(x: Adjoint, value: int) -> bool:
    """Whether x is this plain number; a Value is not, as its derivative need not vanish."""
    return not isinstance(x, Value) and bool(x == value)


def plus(x: Adjoint, y: Adjoint) -> Adjoint:
    """x + y, without a node where one of them is the number 0."""
    return y if is_constant(x, 0) else x if is_constant(y, 0) else x + y


def times_partial(adjoint: Adjoint, partial: Adjoint) -> Adjoint:
    """Their product, without a node where one is the number 1, or 0 and the other finite.

    0 · ∞ is a node: were it the number nan, its derivative would be 0.
    """
    if is_constant(adjoint, 0) or is_constant(partial, 0):
        product = number_of(adjoint) * number_of(partial)
        return product if product == product else adjoint * partial
    if is_constant(adjoint, 1):
        return partial
    if is_constant(partial, 1):
        return adjoint
    return -adjoint if is_constant(partial, -1) else adjoint * partial


def number_of(x: Adjoint) -> Number:
    """The number of a Value, or the number itself."""
    return x.data if isinstance(x, Value) else x
