"""What need not agree on a random program: classes of differences, each with its reason."""

from __future__ import annotations

import itertools
import math
import operator
import random
import sys
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from autodiff import Value
from autodiff.rules.worlds import FRACTIONS
from tests.random_programs.eager import Eager, eager, number_of
from tests.random_programs.programs import Program, Step
from tests.strategies import on_values

__all__ = [
    "close",
    "has_infinite_score",
    "has_root_of_infinity",
    "has_same_bits",
    "has_slope_of_0",
    "has_underflow_before_infinity",
    "is_edge_by_rounding",
    "is_out_of_range",
    "is_rounding",
    "may_overflow",
    "same",
]

CLOSE = 1e-11  # relative; what differs more is looked at again, with rounded results moved by some ulp
MOVED = 16  # times that
ULPS = 8  # by so many at most
MOST_EXACT = 1024  # the largest exponent of a power of a fraction that is worth its time
SMALL = range(-64, 65)  # exact partials, more often than not
SAME_BITS = {  # docs/compiling.md, "Precision"; without chains of sums and products, which are merged
    "neg", "abs", "sqrt", "sub", "truediv", "mul", "add", "maximum", "minimum", "max", "min", "relu", "sign", "where",
    "greater", "greater_equal", "less", "less_equal", "equal", "heaviside", "copysign", "square", "reciprocal",
    "floor", "ceil", "trunc", "rint", "floordiv", "mod", "fmod", "remainder", "clip", "hardtanh", "relu6",
    "hardsigmoid", "hardswish", "hardshrink", "softshrink", "softsign", "leaky_relu", "lerp", "degrees", "radians",
}  # fmt: skip


def same(x: float, y: float) -> bool:
    return x == y or (x != x and y != y)


def close(x: float, y: float) -> bool:
    return same(x, y) or (
        math.isfinite(x) and math.isfinite(y) and abs(x - y) <= CLOSE * max(abs(x), abs(y), 1e-300)
    )


def is_out_of_range(engine: str, answer: Eager) -> bool:
    """Whether XLA takes numbers for 0 on the way, as docs/compiling.md says, or 0/0 for 0.

    The latter in the shares of max and min, none of whose operands equals a result that is nan.
    """
    if engine != "jax":
        return False
    extreme = [x for x in answer.nodes if isinstance(x, Value) and x.op and x.op.name in ("max", "min")]
    if any(math.isnan(x.data) for x in extreme):
        return True
    on_the_way = [number_of(x) for x in answer.nodes]
    on_the_way += [x for node in answer.nodes if isinstance(node, Value) for x in (*node.partials, node.grad)]
    return any(0 < abs(x) < 1e-290 for x in on_the_way)


def has_same_bits(program: Program) -> bool:
    """Whether the results have to be those of eager bit for bit.

    No sums or products in chains, which are merged; no step twice, which is computed once and so adds up adjoints
    in another order, and no node with three children, for the same reason.
    """
    operands = [x for _, xs in program.steps for x in xs if isinstance(x, int)]
    sums = sum(name in ("add", "sub", "neg") for name, _ in program.steps)
    return (
        {name for name, _ in program.steps} <= SAME_BITS
        and len(set(program.steps)) == len(program.steps)
        and max(map(operands.count, operands)) <= 2
        and sums <= 1
    )


def has_root_of_infinity(answer: Eager) -> bool:
    """Whether -inf is raised to the power 1/2, outside of the domain: inf for Python, nan for NumPy's square root.

    So it is in the slope of the power 3/2.
    """
    powers = [x for x in answer.nodes if isinstance(x, Value) and x.op and x.op.name == "pow"]
    operands = [[number_of(y) for y in x.operands] for x in powers]
    return any(x == -math.inf and y in (0.5, 1.5) for x, y in operands)


def has_infinite_score(answer: Eager) -> bool:
    """Whether log_softmax has an infinite operand, or nan, or what arrives at it is: engines take it apart.

    They take the distance from the largest for constant: so 0 times the slope of what stands below it is 0 there, and
    nan in eager if that slope is. And an infinite adjoint goes two ways there, which cancel.
    """
    scores = [x for x in answer.nodes if isinstance(x, Value) and x.op and x.op.name == "log_softmax"]
    return any(not math.isfinite(y) for x in scores for y in (x.grad, *map(number_of, x.operands)))


def has_underflow_before_infinity(answer: Eager) -> bool:
    """Whether a partial is infinite and another too small for all digits: 0 or not, by the order of the products."""
    partials = [abs(x) for node in answer.nodes if isinstance(node, Value) for x in map(float, node.partials)]
    return math.inf in partials and any(0 < x < sys.float_info.min for x in partials)


def has_slope_of_0(answer: Eager) -> bool:
    """Whether a slope is 0 that is not the branch not taken: y of leaky_relu, expm1 of elu at 0, hardswish's at -1.5.

    The sweep takes that for a branch not taken, through which nothing passes. A graph of derivatives cannot: that
    slope has a derivative. So 0 · ∞ above or below it is 0 in one and nan in the other.
    """
    names = ("leaky_relu", "elu", "hardswish")
    bent = [x for x in answer.nodes if isinstance(x, Value) and x.op and x.op.name in names]
    return any(not number_of(x.operands[0]) > 0 and 0 in x.partials for x in bent)


def is_rounding(found: Sequence[float], at: Program, skip: int = 0) -> bool:
    """Whether rounding may make such numbers: they lie among those that eager gives with rounded results moved."""
    answer, moved = eager(at, at.points[0]), moved_answers(at)
    if has_wild_angle(answer) or any(each.slopes is None for each in moved) or has_no_digit(moved):
        return True
    rows = [[each.numbers[0], *each.numbers[1 + skip :]][: len(found)] for each in moved]
    sizes = [0.0, *path_sizes(answer, at.leaves)[skip:]][: len(found)]
    return all(map(among, found, zip(*rows, strict=True), sizes))


def is_edge_by_rounding(at: Program) -> bool:
    """Whether an error is one of rounding: there is none if results are moved."""
    return any(answer.slopes is not None for answer in moved_answers(at))


def moved_answers(at: Program) -> list[Eager]:
    draw = random.Random(1)
    both = itertools.islice(itertools.cycle((at, once_each(at))), MOVED)
    return [eager(program, at.points[0], lambda name, *xs: nudged(draw, name, *xs)) for program in both]


def has_no_digit(answers: Sequence[Eager]) -> bool:
    """Whether values that rounding has moved have no digit in common, as where a quotient is whole, or almost."""
    finite = [answer.value for answer in answers if math.isfinite(answer.value)]
    return bool(finite) and max(finite) - min(finite) > min(map(abs, finite)) > 0


def has_wild_angle(answer: Eager) -> bool:
    """Whether a sine, cosine or tangent is one of a computed angle none of whose digits after the point are known.

    So it is with what is left of a division whose quotient is as large.
    """
    inner = [x for x in answer.nodes if isinstance(x, Value) and x.op]
    waves = [x for x in inner if x.op and x.op.name in ("sin", "cos", "tan")]
    rests = [
        x for x in inner if x.op and x.op.name in ("mod", "fmod", "remainder") and number_of(x.operands[1])
    ]
    angles = [y for x in waves for y in x.operands if isinstance(y, Value) and y.op]
    quotients = [number_of(x.operands[0]) / number_of(x.operands[1]) for x in rests]
    return any(abs(x) > 1e15 for x in (*map(number_of, angles), *quotients))


def once_each(at: Program) -> Program:
    """The program without steps that are there already: engines take them once, and so add adjoints before ∞."""
    places, steps = list(range(at.leaves)), list[Step]()
    for name, xs in at.steps:
        step = (name, tuple(places[x] if isinstance(x, int) else x for x in xs))
        if step not in steps:
            steps.append(step)
        places.append(at.leaves + steps.index(step))
    return replace(at, steps=tuple(steps)) if places[-1] == at.leaves + len(steps) - 1 else at


def path_sizes(answer: Eager, leaves: int) -> list[float]:
    """For each leaf the sum of the sizes of its path products, to whose rounding its derivative is known.

    It is infinite where some order of finite ones overflows, and nan where an infinite partial takes part.
    """
    sizes = dict.fromkeys(answer.nodes, 0.0) | {answer.nodes[-1]: 1.0}
    for node in reversed(answer.nodes):
        if isinstance(node, Value):
            for parent, partial in zip(node.parents, node.partials, strict=True):
                size = abs(float(partial)) if math.isfinite(partial) else math.nan
                sizes[parent] += sizes[node] * size
    return [sizes[leaf] for leaf in answer.nodes[:leaves]]


def among(x: float, column: Sequence[float], size: float) -> bool:
    """Whether a number lies among others, or as near to one as the order of a sum of such terms may move it."""
    if math.isinf(size):
        return True
    if any(close(x, y) or (math.isfinite(size) and abs(x - y) <= ULPS * math.ulp(size)) for y in column):
        return True
    finite = [y for y in column if math.isfinite(y)]
    if not finite or not math.isfinite(x):
        return False
    room = max(finite) - min(finite)
    if room > min(map(abs, finite)):  # no digit is certain, as of tan(1e16)
        return True
    return min(finite) - room <= x <= max(finite) + room


def nudged(draw: random.Random, name: str, *arguments: Any) -> Any:
    """Apply an operation and move its result and partials by some ulp, but not what is exact."""
    results = on_values(name, *in_another_order(draw, name, arguments))
    for node in results if isinstance(results, list) else [results]:
        if isinstance(node, Value):
            moved = [moved_slope(draw, float(x)) for x in node.partials]
            node.data = moved_result(draw, node)
            if isinstance(node._x, tuple):
                node._dx = tuple(moved)
            else:
                node._dx, node._dy = (x if x is None else moved.pop(0) for x in (node._dx, node._dy))
    return results


def moved_result(draw: random.Random, node: Value) -> float:
    terms, z = terms_of(node), number_of(node)
    if node.op is not None and node.op.name == "dot":
        if z == 0 and sum(finite_products(node)) == 0:
            return draw.choice((0.0, -0.0))  # see "Signs of zero" in docs/compiling.md
        if not math.isfinite(z) and may_overflow(node):  # products may be added without being rounded
            return draw.choice((math.inf, -math.inf, math.nan, rounded(sum(finite_products(node)))))
    if node.op is not None and node.op.name == "norm" and math.isnan(z):
        lengths = [number_of(x) for x in node.operands]
        if math.isinf(math.hypot(*(x for x in lengths if math.isfinite(x)))):
            return draw.choice((math.inf, math.nan))  # by pairs it is infinite before it meets nan
    if draw.random() < 0.5 or not is_rounded(node):
        return z
    return near(draw, z, max((abs(x) for x in terms if math.isfinite(x)), default=0.0))


def moved_slope(draw: random.Random, slope: float) -> float:
    return slope if slope in SMALL else near(draw, slope)


def in_another_order(draw: random.Random, name: str, arguments: Sequence[Any]) -> Sequence[Any]:
    """The same terms of a sum in another order, which may round otherwise and overflow elsewhere."""
    if name in ("sum", "mean", "prod", "norm"):
        [xs] = arguments
        return [draw.sample(xs, len(xs))]
    if name == "dot":
        xs, ys, bias = arguments
        pairs = [*zip(xs, ys, strict=True), (bias, 1)]
        return list(map(list, zip(*draw.sample(pairs, len(pairs)), strict=True)))
    return arguments


def terms_of(node: Value) -> list[float]:
    """What a node adds up, if it does."""
    name, xs = node.op.name if node.op else "", [number_of(x) for x in node.operands]
    if name == "dot":
        half = len(xs) // 2
        return [*map(operator.mul, xs[:half], xs[half:-1]), xs[-1]]
    if name == "lgamma":
        return [1.0]  # near its zeros CPython's has the digits of 1, glibc's more
    return xs if name in ("add", "sub", "sum", "mean", "logsumexp") else []


def may_overflow(node: Value) -> bool:
    """Whether some order of the finite terms of a sum of products comes to more than the largest float."""
    return sum(map(abs, finite_products(node))) > sys.float_info.max


def finite_products(node: Value) -> list[Fraction]:
    """The terms of a sum of products, exactly, without those that are infinite or nan."""
    xs = [number_of(x) for x in node.operands]
    half = len(xs) // 2
    pairs = [*zip(xs[:half], xs[half:-1], strict=True), (xs[-1], 1.0)]
    return [Fraction(x) * Fraction(y) for x, y in pairs if math.isfinite(x) and math.isfinite(y)]


def rounded(x: Fraction | int) -> float:
    try:
        return float(x)
    except OverflowError:
        return math.copysign(math.inf, x)


def adds_up_exactly(terms: Sequence[float]) -> bool:
    """Whether no order of these terms rounds: they are multiples of one power of two, and few of them."""
    if not all(map(math.isfinite, terms)):
        return False
    units = [Fraction(n & -n, d) for n, d in (x.as_integer_ratio() for x in terms if x)]
    return not units or sum(abs(Fraction(x)) for x in terms) <= min(units) * 2**53


def near(draw: random.Random, x: float, size: float = 0.0) -> float:
    if not math.isfinite(x):
        return x
    moved = x + draw.uniform(-ULPS, ULPS) * math.ulp(max(abs(x), size))
    return moved if math.isfinite(moved) or draw.random() < 0.5 else x  # the largest numbers may stay


def is_rounded(node: Value) -> bool:
    assert node.op is not None
    terms = terms_of(node)
    if terms and not adds_up_exactly(terms):
        return True
    if node.op.name == "norm" or (node.op.name == "pow" and abs(number_of(node.operands[1])) > MOST_EXACT):
        return True  # engines take a norm by pairs, and round each
    try:
        exact = node.op.apply(FRACTIONS, [Fraction(number_of(x)) for x in node.operands])
    except (ValueError, ArithmeticError):
        return True
    return not (
        isinstance(exact, Fraction | int) and math.isfinite(node.data) and exact == Fraction(node.data)
    )
