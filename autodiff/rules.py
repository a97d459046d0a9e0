"""The table of operations: one row holds all that is known of an operation.

A row's functions take the world ``m`` they run in (see worlds.py), the operands ``x``, ``y`` and, for partials, the
result ``z``. They use operators and the primitives of ``m`` only, never ``if`` or ``math``, so that one row serves
numbers, Values and symbols alike. n-ary rows take all operands as one sequence ``xs``.

To add an operation, add a row; its method, function, edge labels and tests follow from it.
"""

# The table's rows are long, so that its columns stand in line:
# ruff: noqa: E501

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import inf, log, pi, sqrt, ulp
from sys import float_info
from typing import Any

__all__ = ["ATOM", "POWER", "PRODUCT", "SUM", "TABLE", "Notation", "Rule", "binary", "nary", "unary"]

SUM, PRODUCT, POWER, ATOM = 1, 2, 3, 4  # precedences: how tightly a written operation holds together


@dataclass(frozen=True)
class Notation:
    """How an application is written: one template a language, and when its operands need brackets.

    Attributes:
        text, latex, python: Templates with one ``{}`` an operand; ``{args}`` stands for all, separated by commas,
            ``{most}`` for all but the last one, ``{last}`` for that.
        precedence: Of the whole, in text and Python.
        operands: The lowest precedence that needs no brackets, by operand.
        latex_precedence, latex_operands: The same in LaTeX, where fractions and exponents bracket by position.
    """

    text: str
    latex: str
    python: str
    precedence: int = ATOM
    operands: tuple[int, ...] = ()
    latex_precedence: int = ATOM
    latex_operands: tuple[int, ...] = ()


@dataclass(frozen=True)
class Rule:
    """One row of the table.

    Attributes:
        name: The name of the method, of the function and in messages.
        symbol: What stands in a picture, such as ``+``.
        arity: The number of operands, None for an n-ary operation.
        value: ``value(m, x, ...)``, for n-ary rules ``value(m, xs)``.
        partials: For each operand a number or ``partial(m, x, ..., z)``; for n-ary rules one ``partials(m, xs, z)``
            that returns them all. Computed so that it is accurate.
        written: The partials as they are written down, where that differs from how they are computed.
        notation: How an application is written; None for one that is spelled out by running ``value`` on symbols.
        dunder: The stem of the Python operator: ``add`` gives ``__add__`` and ``__radd__``.
        defaults: What stands in for trailing operands that a call leaves out.
        domain: Where the operation is defined, in words, for error messages.
        kink: Where it has no derivative, and what is used there.
        ulps: The error allowed to value and partials, in units in the last place: a number, or
            ``ulps(operands, exact)`` where rounding forbids a constant; ``accuracy`` says why.
        pack: For n-ary rules: turns the arguments of a call into operands.
        vector: The call gives a list with one node an operand; each node's last operand is its position.
        condition: The position of an operand that may be True or False.
    """

    name: str
    symbol: str
    arity: int | None
    value: Callable[..., Any]
    partials: Any
    written: Any = None
    notation: Notation | None = None
    dunder: str | None = None
    defaults: tuple[float, ...] = ()
    domain: str = "all real numbers"
    kink: str = ""
    ulps: float | Callable[[Sequence[Any], Any], Any] = 4
    accuracy: str = ""
    pack: Callable[..., tuple[Any, ...]] | None = None
    vector: bool = False
    condition: int | None = None


def infix(symbol: str, latex: str, precedence: int, python: str | None = None) -> Notation:
    """Write an operation between its operands; the right one gets brackets at equal precedence."""
    bounds = (precedence, precedence + 1)
    text = f"{{}}{symbol}{{}}"
    return Notation(text, latex, python or text, precedence, bounds, precedence, bounds)


def call(name: str, latex: str | None = None, text: str | None = None) -> Notation:
    """Write an operation as a function call."""
    return Notation(
        text or f"{name}({{args}})", latex or rf"\operatorname{{{{{name}}}}}({{args}})", f"{name}({{args}})"
    )


def unary(name: str, value: Callable[..., Any], partial: Any, written: Any = None, **row: Any) -> Rule:
    """Make the row of an operation on one operand.

    >>> unary("cube", value=lambda m, x: x**3, partial=lambda m, x, z: 3 * x**2).symbol
    'cube'
    """
    return _row(name, 1, value, (partial,), None if written is None else (written,), row)


def binary(name: str, value: Callable[..., Any], partials: Any, written: Any = None, **row: Any) -> Rule:
    """Make the row of an operation on two operands; ``partials`` holds one function or number for each."""
    return _row(name, 2, value, partials, written, row)


def nary(name: str, value: Callable[..., Any], partials: Any, written: Any = None, **row: Any) -> Rule:
    """Make the row of an operation on any number of operands, whose result is one node with many parents."""
    row.setdefault("pack", some)
    return _row(name, None, value, partials, written, row)


def _row(name: str, arity: int | None, value: Any, partials: Any, written: Any, row: dict[str, Any]) -> Rule:
    row.setdefault("symbol", name)
    row.setdefault("notation", call(name))
    return Rule(name=name, arity=arity, value=value, partials=partials, written=written, **row)


# ---------------------------------------------------------------- how calls of n-ary operations become operands


def many(*values: Any) -> tuple[Any, ...]:
    """Take the operands from one iterable, or from the arguments themselves."""
    return tuple(values[0]) if len(values) == 1 and isinstance(values[0], Iterable) else values


def some(*values: Any) -> tuple[Any, ...]:
    """The same, at least one."""
    operands = many(*values)
    if not operands:
        raise ValueError("needs at least one operand, got none")
    return operands


def weighted(weights: Iterable[Any], inputs: Iterable[Any], bias: Any = 0) -> tuple[Any, ...]:
    """Take the operands of a dot product: all weights, all inputs, the bias."""
    weights, inputs = tuple(weights), tuple(inputs)
    if len(weights) != len(inputs):
        raise ValueError(
            f"needs as many weights as inputs, got {len(weights)} weights and {len(inputs)} inputs"
        )
    return (*weights, *inputs, bias)


# ---------------------------------------------------------------- pieces that several rows share


def bell(m: Any, x: Any, scale: float = 1.0) -> Any:
    """exp(-scale x²), accurate in the tails: x is split so that the large square is exact (Dekker 1971)."""
    x = m.minimum(m.abs(x), 64)  # beyond, the result is 0, but the split would overflow
    high = 134217729 * x - (134217729 * x - x)  # 2**27 + 1
    return m.exp(-scale * (high * high)) * m.exp(-scale * ((x - high) * (x + high)))


def halves(xs: Sequence[Any]) -> tuple[Sequence[Any], Sequence[Any], Any]:
    """Split the operands of a dot product into weights, inputs and bias."""
    n = len(xs) // 2
    return xs[:n], xs[n:-1], xs[-1]


def dot_partials(m: Any, xs: Sequence[Any], z: Any) -> Sequence[Any]:
    n = len(xs) // 2
    return (*xs[n:-1], *xs[:n], 1)


def each(function: Callable[..., Any], *sequences: Any) -> Any:
    """The results of a function for the elements of sequences; stacked arrays are computed with at once."""
    if not isinstance(sequences[0], list | tuple):
        return function(*sequences)
    return [function(*xs) for xs in zip(*sequences, strict=True)]


def shifted(m: Any, xs: Sequence[Any]) -> Any:
    """exp(x - max), which cannot overflow."""
    top = m.shift(xs)
    return each(lambda x: m.exp(x - top), xs)


def softmax_all(m: Any, xs: Sequence[Any]) -> Any:
    weights = shifted(m, xs)
    total = m.sum(weights)
    return each(lambda weight: weight / total, weights)


def index(position: Any) -> Any:
    """The position of a result as an index; a slice picks all of them."""
    return position if isinstance(position, slice) else int(position)


def softmax_partials(m: Any, xs: Sequence[Any], z: Any) -> list[Any]:
    """s_i (1 - s_i) and -s_i s_j, where 1 - s_i is the sum of the others, which loses no digits."""
    *scores, i = *xs[:-1], int(xs[-1])
    shares = softmax_all(m, scores)
    own = shares[i] * m.sum(shares[:i] + shares[i + 1 :])
    return [own if j == i else -shares[i] * share for j, share in enumerate(shares)] + [0]


def logsumexp(m: Any, xs: Sequence[Any]) -> Any:
    """max + log(1 + the sum of the others), as log1p keeps others that are tiny beside the 1."""
    top = m.shift(xs)
    first = first_equal(m, xs, top)
    return top + m.log1p(m.sum(each(lambda own, x: (1 - own) * m.exp(x - top), first, xs)))


def leveller(m: Any, length: Any) -> Any:
    """The power of two that takes a subnormal or overflowing length to where it has all its digits."""
    return m.where(m.less(length, 1e-290), 2**100, m.where(m.greater(length, 1e290), 2.0**-100, 1))


def directions(m: Any, xs: Sequence[Any], z: Any) -> Any:
    """x / z where z is the length of xs; 0 at the origin."""
    scale = leveller(m, z)
    xs = each(lambda x: scale * x, xs)
    length = m.norm(xs)
    return each(lambda x: m.where(m.equal(length, 0), 0, m.divide(x, length)), xs)


def turn(m: Any, x: Any, y: Any) -> Any:
    """y / (x² + y²), how fast the angle turns with x, without squares that overflow; 0 at the origin."""
    scale = leveller(m, m.hypot(x, y))
    length = m.hypot(scale * x, scale * y)
    return m.where(m.equal(length, 0), 0, m.divide(m.divide(scale * y, length), length) * scale)


def product_partials(m: Any, xs: Sequence[Any], z: Any) -> list[Any]:
    """The product of all the others, without dividing: what comes before times what comes after."""
    before = [1, *accumulate(xs[:-1], operator.mul)]
    after = [*[*accumulate(xs[:0:-1], operator.mul)][::-1], 1]
    return list(map(operator.mul, before, after))


def first_equal(m: Any, xs: Sequence[Any], z: Any) -> Any:
    """1 for the first operand that equals the result, 0 for the rest."""
    equal = each(lambda x: m.equal(x, z), xs)
    if not isinstance(equal, list):
        return equal * (equal.cumsum(axis=0) == 1)
    found, partials = 0, []
    for own in equal:
        partials.append(own * (1 - found))
        found = found + partials[-1]
    return partials


def sech2(m: Any, x: Any) -> Any:
    """1 - tanh(x)², without the cancellation."""
    e = m.exp(-2 * m.abs(x))
    return 4 * e / ((1 + e) * (1 + e))


def tail(m: Any, x: Any) -> Any:
    """The standard normal distribution function; erfc keeps the digits of the left tail."""
    return m.erfc(-x / sqrt(2)) / 2


def density(m: Any, x: Any) -> Any:
    return bell(m, x, 0.5) / sqrt(2 * pi)


# ---------------------------------------------------------------- errors that no constant bounds


def in_ulps(error: Any, exact: Any) -> float:
    """Count an error, given in units of 2**-52, in units in the last place of the exact number."""
    return float(error) * 2**-52 / ulp(min(abs(float(exact)), float_info.max))


def sum_ulps(xs: Sequence[Any], exact: Any) -> float:
    """One rounding a term, relative to the sum of the terms' sizes."""
    return 4 + in_ulps(len(xs) * sum(map(abs, xs)) / 2, exact)


def mean_ulps(xs: Sequence[Any], exact: Any) -> float:
    return 4 + in_ulps(sum(map(abs, xs)) / 2, exact)


def dot_ulps(xs: Sequence[Any], exact: Any) -> float:
    weights, inputs, bias = halves(xs)
    return sum_ulps([*map(operator.mul, weights, inputs), bias], exact)


def pow_ulps(xs: Sequence[Any], exact: Any) -> float:
    x, y = abs(float(xs[0])), float(xs[1])
    if x == 0 or y == 0:
        return 4
    size = y * log(x)
    if (y < 0.5 and size - log(x) > 709) or (xs[0] < 0 and abs(y) >= 2**53):
        return inf
    return 4 + (abs(log(x)) + abs(size) if y < 0.5 or size < -700 else 0)


def truediv_ulps(xs: Sequence[Any], exact: Any) -> float:
    x, y = xs
    return 4 + (in_ulps(2**-1022 / abs(y), exact) if abs(x / y) < 2**-1022 else 0)


def gelu_ulps(xs: Sequence[Any], exact: Any) -> float:
    return 4 + 2 * float(min(xs[0] ** 2, 1600)) + (in_ulps(1, exact) if xs[0] > -1 else 0)


def silu_ulps(xs: Sequence[Any], exact: Any) -> float:
    x = float(xs[0])
    return 4 + (-x if x < -708 else in_ulps(1, exact) if -2 < x < 0 else 0)


def softmax_ulps(xs: Sequence[Any], exact: Any) -> float:
    """Rounding moves x - max by half a unit in its last place at most; beyond 745 its exp is 0."""
    top = max(xs)
    return 4 + len(xs) + max(float(top - x) for x in xs if top - x < 746)


def logsumexp_ulps(xs: Sequence[Any], exact: Any) -> float:
    """max and log, which is log(n) at most, may cancel."""
    cancels = -2 * log(len(xs)) < max(xs) < 0
    return softmax_ulps(xs, exact) + (in_ulps(4 * log(len(xs)), exact) if cancels else 0)


CANCELS = "relative to the sum of the sizes of the terms, which may cancel"

# ---------------------------------------------------------------- the table
# fmt: off
ROWS = [
    # arithmetic
    binary("add",     lambda m, x, y: x + y, (1, 1),                                                       symbol="+", dunder="add",     notation=infix(" + ", "{} + {}", SUM)),
    binary("sub",     lambda m, x, y: x - y, (1, -1),                                                      symbol="-", dunder="sub",     notation=infix(" - ", "{} - {}", SUM)),
    binary("mul",     lambda m, x, y: x * y, (lambda m, x, y, z: y,     lambda m, x, y, z: x),             symbol="·", dunder="mul",     notation=infix("·", r"{} \cdot {}", PRODUCT, python="{}*{}")),
    binary("truediv", lambda m, x, y: x / y, (lambda m, x, y, z: m.divide(1, y), lambda m, x, y, z: -z / y), symbol="/", dunder="truediv", domain="y != 0", ulps=truediv_ulps,
           accuracy="a subnormal quotient has lost digits, which the partial by y, made from it, does not bring back",
           written=(lambda m, x, y, z: 1 / y, lambda m, x, y, z: -x / y**2),
           notation=Notation("{}/{}", r"\frac{{{}}}{{{}}}", "{}/{}", PRODUCT, (PRODUCT, POWER), PRODUCT, (0, 0))),
    binary("pow",     lambda m, x, y: m.pow(x, y),
           (lambda m, x, y, z: m.where(m.equal(y, 0) * m.less(m.abs(x), 1e-300), 0, y * m.ieee_pow(x, y - 1)), lambda m, x, y, z: m.xlogy(z, x)), symbol="^", dunder="pow",
           written=(lambda m, x, y, z: y * x ** (y - 1), lambda m, x, y, z: z * m.log(x)),
           domain="x > 0, or x = 0 and y >= 0, or x < 0 and y a whole number (for a root of a negative number use sign and abs)",
           accuracy="y - 1 is rounded where y < 1/2, which x ** (y - 1) magnifies by |ln x|, to inf at its worst, and where |y| >= 2**53, where y - 1 may be even like y; the partial by y has the digits of z, which has lost some where it is subnormal",
           ulps=pow_ulps,
           notation=Notation("{}^{}", "{{{}}}^{{{}}}", "{}**{}", POWER, (ATOM, ATOM), POWER, (ATOM, 0))),
    unary("neg", lambda m, x: -x,       -1,                                                                symbol="-", dunder="neg",
          notation=Notation("-{}", "-{}", "-{}", PRODUCT, (PRODUCT,), PRODUCT, (PRODUCT,))),
    unary("abs", lambda m, x: m.abs(x), lambda m, x, z: m.sign(x),                                         symbol="|·|", dunder="abs", kink="0, where 0 is used",
          notation=Notation("|{}|", r"\left|{}\right|", "abs({})")),

    # exponentials and logarithms
    unary("exp",   lambda m, x: m.exp(x),   lambda m, x, z: z,              domain="x <= 709.78, above it overflows",
          notation=Notation("exp({})", "e^{{{}}}", "exp({})", latex_precedence=POWER)),
    unary("expm1", lambda m, x: m.expm1(x), lambda m, x, z: m.exp(x),       domain="x <= 709.78, above it overflows", written=lambda m, x, z: m.exp(x)),
    unary("log",   lambda m, x: m.log(x),   lambda m, x, z: 1 / x,          domain="x > 0",  notation=call("log", r"\ln({args})")),
    unary("log1p", lambda m, x: m.log1p(x), lambda m, x, z: 1 / (1 + x),    domain="x > -1", notation=call("log1p", r"\ln(1 + {})")),
    unary("sqrt",  lambda m, x: m.sqrt(x),  lambda m, x, z: m.divide(1, 2 * z), domain="x >= 0", kink="0, where inf is used", symbol="√",
          written=lambda m, x, z: 1 / (2 * z), notation=Notation("sqrt({})", r"\sqrt{{{}}}", "sqrt({})")),

    # trigonometric and hyperbolic functions, and their inverses
    unary("sin",  lambda m, x: m.sin(x),  lambda m, x, z: m.cos(x),      domain="finite x", notation=call("sin", r"\sin({args})")),
    unary("cos",  lambda m, x: m.cos(x),  lambda m, x, z: -m.sin(x),     domain="finite x", notation=call("cos", r"\cos({args})")),
    unary("tan",  lambda m, x: m.tan(x),  lambda m, x, z: 1 + z * z,     domain="finite x", notation=call("tan", r"\tan({args})"), written=lambda m, x, z: 1 + z**2),
    unary("asin", lambda m, x: m.asin(x), lambda m, x, z: m.divide(1, m.sqrt((1 - x) * (1 + x))),  domain="-1 <= x <= 1", kink="-1 and 1, where inf is used",
          written=lambda m, x, z: 1 / m.sqrt(1 - x**2), notation=call("asin", r"\arcsin({args})")),
    unary("acos", lambda m, x: m.acos(x), lambda m, x, z: m.divide(-1, m.sqrt((1 - x) * (1 + x))), domain="-1 <= x <= 1", kink="-1 and 1, where -inf is used",
          written=lambda m, x, z: -1 / m.sqrt(1 - x**2), notation=call("acos", r"\arccos({args})")),
    unary("atan", lambda m, x: m.atan(x), lambda m, x, z: (1 / m.hypot(1, x)) * (1 / m.hypot(1, x)), written=lambda m, x, z: 1 / (1 + x**2), notation=call("atan", r"\arctan({args})")),
    unary("sinh", lambda m, x: m.sinh(x), lambda m, x, z: m.cosh(x),     domain="|x| <= 710.47, beyond it overflows", notation=call("sinh", r"\sinh({args})")),
    unary("cosh", lambda m, x: m.cosh(x), lambda m, x, z: m.sinh(x),     domain="|x| <= 710.47, beyond it overflows", notation=call("cosh", r"\cosh({args})")),
    unary("tanh", lambda m, x: m.tanh(x), lambda m, x, z: sech2(m, x),   written=lambda m, x, z: 1 - z**2, notation=call("tanh", r"\tanh({args})")),

    # activations
    unary("sigmoid",  lambda m, x: m.sigmoid(x),    lambda m, x, z: z * m.sigmoid(-x),  symbol="σ", written=lambda m, x, z: z * (1 - z), notation=call("sigmoid", r"\sigma({args})", "σ({args})")),
    unary("softplus", lambda m, x: m.maximum(x, 0) + m.log1p(m.exp(-m.abs(x))), lambda m, x, z: m.sigmoid(x)),
    unary("relu",     lambda m, x: m.maximum(x, 0), lambda m, x, z: m.greater(x, 0),    kink="0, where 0 is used"),
    binary("leaky_relu", lambda m, x, y: m.where(m.greater(x, 0), x, y * x),
           (lambda m, x, y, z: m.where(m.greater(x, 0), 1, y), lambda m, x, y, z: m.where(m.greater(x, 0), 0, x)), defaults=(0.01,), kink="x = 0, where the slope y is used"),
    binary("elu", lambda m, x, y: m.where(m.greater(x, 0), x, y * m.expm1(m.minimum(x, 0))),
           (lambda m, x, y, z: m.where(m.greater(x, 0), 1, y * m.exp(m.minimum(x, 0))), lambda m, x, y, z: m.where(m.greater(x, 0), 0, m.expm1(m.minimum(x, 0)))),
           written=(lambda m, x, y, z: m.where(m.greater(x, 0), 1, y * m.exp(x)), lambda m, x, y, z: m.where(m.greater(x, 0), 0, m.exp(x) - 1)),
           defaults=(1.0,), kink="x = 0 unless y = 1, where y is used"),
    unary("gelu", lambda m, x: x * tail(m, x), lambda m, x, z: tail(m, x) + x * density(m, x),
          written=lambda m, x, z: (1 + m.erf(x / m.sqrt(2))) / 2 + x * m.exp(-(x**2) / 2) / m.sqrt(2 * m.name("π")), ulps=gelu_ulps,
          accuracy="x / √2 is rounded, which the left tail magnifies by x²; the partial cancels near its zero at -0.7518"),
    unary("silu", lambda m, x: x * m.sigmoid(x), lambda m, x, z: m.sigmoid(x) * (1 + x * m.sigmoid(-x)), written=lambda m, x, z: m.sigmoid(x) * (1 + x - z),
          ulps=silu_ulps,
          accuracy="the partial cancels near its zero at -1.2785; σ is subnormal below -708, and x magnifies the digits it lost"),
    unary("erf",  lambda m, x: m.erf(x), lambda m, x, z: 2 / sqrt(pi) * bell(m, x), written=lambda m, x, z: 2 / m.sqrt(m.name("π")) * m.exp(-(x**2))),

    # two operands
    binary("maximum", lambda m, x, y: m.maximum(x, y), (lambda m, x, y, z: 1 - m.less(x, y),    lambda m, x, y, z: m.less(x, y)),    symbol="max", notation=call("maximum", r"\max({args})", "max({args})"),
           kink="x = y, where the first operand counts",
           written=(lambda m, x, y, z: m.greater_equal(x, y), lambda m, x, y, z: m.less(x, y))),
    binary("minimum", lambda m, x, y: m.minimum(x, y), (lambda m, x, y, z: 1 - m.greater(x, y), lambda m, x, y, z: m.greater(x, y)), symbol="min", notation=call("minimum", r"\min({args})", "min({args})"),
           kink="x = y, where the first operand counts",
           written=(lambda m, x, y, z: m.less_equal(x, y), lambda m, x, y, z: m.greater(x, y))),
    binary("hypot",   lambda m, x, y: m.hypot(x, y),
           (lambda m, x, y, z: directions(m, (x, y), z)[0], lambda m, x, y, z: directions(m, (x, y), z)[1]),
           written=(lambda m, x, y, z: x / z, lambda m, x, y, z: y / z), kink="the origin, where 0 is used"),
    binary("atan2",   lambda m, x, y: m.atan2(x, y),  # x is the ordinate, y the abscissa: atan2(x, y) is the angle of the point (y, x)
           (lambda m, x, y, z: turn(m, x, y), lambda m, x, y, z: -turn(m, y, x)),
           written=(lambda m, x, y, z: y / (x**2 + y**2), lambda m, x, y, z: -x / (x**2 + y**2)), kink="the origin, where 0 is used, and a jump at x = 0 where y < 0"),

    # steps: their partials are 0
    unary("sign",           lambda m, x: m.sign(x),             0,       kink="0"),
    binary("greater",       lambda m, x, y: m.greater(x, y),       (0, 0), symbol=">", kink="x = y", notation=call("greater",       "[{} > {}]",     "[{} > {}]")),
    binary("greater_equal", lambda m, x, y: m.greater_equal(x, y), (0, 0), symbol="≥", kink="x = y", notation=call("greater_equal", r"[{} \ge {}]",  "[{} ≥ {}]")),
    binary("less",          lambda m, x, y: m.less(x, y),          (0, 0), symbol="<", kink="x = y", notation=call("less",          "[{} < {}]",     "[{} < {}]")),
    binary("less_equal",    lambda m, x, y: m.less_equal(x, y),    (0, 0), symbol="≤", kink="x = y", notation=call("less_equal",    r"[{} \le {}]",  "[{} ≤ {}]")),
    binary("equal",         lambda m, x, y: m.equal(x, y),         (0, 0), symbol="=", kink="x = y", notation=call("equal",         "[{} = {}]",     "[{} = {}]")),
    Rule("where", "where", 3, lambda m, c, x, y: m.where(c, x, y), (0, lambda m, c, x, y, z: m.where(c, 1, 0), lambda m, c, x, y, z: m.where(c, 0, 1)),
         notation=call("where"), condition=0),

    # any number of operands
    nary("sum",  lambda m, xs: m.sum(xs),                     lambda m, xs, z: [1] * len(xs),                     symbol="Σ", notation=None, pack=many, ulps=sum_ulps, accuracy=CANCELS),
    nary("mean", lambda m, xs: m.sum(xs) / len(xs),           lambda m, xs, z: [m.divide(1, len(xs))] * len(xs),  notation=None, ulps=mean_ulps, accuracy=CANCELS),
    nary("prod", lambda m, xs: m.prod(xs),                    product_partials,                                   symbol="Π", notation=None, pack=many, ulps=lambda xs, exact: 1 + len(xs), accuracy="each product is rounded, and must be neither subnormal nor overflow"),
    nary("dot",  lambda m, xs: m.dot(*halves(xs)),            dot_partials,                                       notation=None, pack=weighted, ulps=dot_ulps, accuracy=CANCELS),
    nary("max",  lambda m, xs: m.max(xs),                     first_equal,                                        kink="where the largest is not alone: the first one counts", notation=call("max", r"\max({args})")),
    nary("min",  lambda m, xs: m.min(xs),                     first_equal,                                        kink="where the smallest is not alone: the first one counts", notation=call("min", r"\min({args})")),
    nary("norm", lambda m, xs: m.norm(xs),                    directions,                                         symbol="‖·‖", kink="the origin, where 0 is used",
         written=lambda m, xs, z: [x / z for x in xs], notation=call("norm", r"\left\|{args}\right\|")),
    nary("logsumexp", logsumexp, lambda m, xs, z: softmax_all(m, xs), written=lambda m, xs, z: [m.exp(x - z) for x in xs],
         ulps=logsumexp_ulps, accuracy="max and log cancel where -2 ln(n) < max < 0, which leaves 4 ulp of ln(n); x - max is rounded, which exp magnifies by its size"),
    nary("softmax", lambda m, xs: softmax_all(m, xs[:-1])[index(xs[-1])], softmax_partials, vector=True,
         notation=Notation("softmax({most})[{last}]", r"\operatorname{{softmax}}({most})_{{{last}}}", "softmax([{most}])[{last}]"),
         written=lambda m, xs, z: [z * (1 - z) if j == xs[-1] else -z * softmax_symbol(m, xs, j) for j in range(len(xs) - 1)] + [0],
         ulps=softmax_ulps, accuracy="x - max is rounded, which exp magnifies by its size"),
]
# fmt: on


def softmax_symbol(m: Any, xs: Sequence[Any], j: int) -> Any:
    """The j-th softmax of the same scores, for the written partials."""
    return m.softmax([*xs[:-1], j])


TABLE: dict[str, Rule] = {row.name: row for row in ROWS}
