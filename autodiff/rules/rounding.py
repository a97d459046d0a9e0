"""Rows of rounding: to whole numbers, whole quotients, and what is left of a division."""

from __future__ import annotations

from autodiff.rules.rule import Notation, binary, call, unary
from autodiff.rules.worlds import Scalar, World

__all__ = ["ROWS"]


def is_whole(m: World, x: Scalar) -> Scalar:
    return m.equal(x, m.floor(x))


def trunc_value(m: World, x: Scalar) -> Scalar:
    return m.where(m.less(x, 0), -m.floor(-x), m.floor(x))


def nearest(m: World, x: Scalar) -> Scalar:
    """The nearest whole number, with the sign of x where it is 0."""
    found = m.rint(x)
    return m.where(m.less(x, 0), -m.abs(found), found)


def modulo(m: World, x: Scalar, y: Scalar) -> Scalar:
    """What is left, with the sign of y, as Python has it; of 0 too."""
    rest = m.fmod(x, y)
    nothing = m.where(m.less(y, 0), -m.abs(rest), m.abs(rest))
    return m.where(other_sides(m, rest, y), rest + y, m.where(m.equal(rest, 0), nothing, rest))


def remainder_value(m: World, x: Scalar, y: Scalar) -> Scalar:
    """The distance from the nearest multiple of y, of two the even one, as IEEE 754 has it; exact."""
    size, other = m.abs(x), m.abs(y)
    rest = m.fmod(size, other)
    missing = other - rest
    tied = rest - 2 * m.fmod((size - rest) / 2, other)
    found = m.where(m.less(rest, missing), rest, m.where(m.greater(rest, missing), -missing, tied))
    return m.where(m.equal(x, 0) * m.equal(found, 0), x, m.where(m.less(x, 0), -found, found))


def other_sides(m: World, x: Scalar, y: Scalar) -> Scalar:
    return m.less(m.sign(x) * m.sign(y), 0)


def quotient(m: World, x: Scalar, y: Scalar, rest: Scalar) -> Scalar:
    """How often y was taken from x: a whole number, also where x / y has been rounded to another one."""
    return m.rint((x - rest) / y)


def floor_quotient(m: World, x: Scalar, y: Scalar) -> Scalar:
    """The whole quotient below x / y."""
    rest = m.fmod(x, y)
    return quotient(m, x, y, rest) - other_sides(m, rest, y)


def floordiv_value(m: World, x: Scalar, y: Scalar) -> Scalar:
    """The same with the sign of x / y where it is 0, as Python has it."""
    found = floor_quotient(m, x, y)
    nothing = m.where(m.equal(x, 0), m.divide(x, y), m.abs(found))
    return m.where(m.equal(found, 0), nothing, found)


def halfway(m: World, x: Scalar, y: Scalar) -> Scalar:
    rest = m.fmod(m.abs(x), m.abs(y))
    return m.equal(rest, m.abs(y) - rest)


JUMPS = "x / y whole, where it jumps"
BY_ZERO = "y != 0 and -inf < x < inf"

# fmt: off
ROWS = (
    # steps: their partials are 0
    unary("floor", lambda m, x: m.floor(x), 0, dunder="floor", ufunc="floor", symbol="⌊·⌋", kink="whole numbers",
          at_kink=is_whole, chooses=True, notation=call("floor", r"\left\lfloor {} \right\rfloor")),
    unary("ceil", lambda m, x: -m.floor(-x), 0, dunder="ceil", ufunc="ceil", symbol="⌈·⌉", kink="whole numbers",
          at_kink=is_whole, chooses=True, notation=call("ceil", r"\left\lceil {} \right\rceil")),
    unary("trunc", trunc_value, 0, defined=lambda m, x: m.sign(x) * m.floor(m.abs(x)), dunder="trunc", ufunc="trunc",
          kink="whole numbers but 0", at_kink=lambda m, x: is_whole(m, x) * (1 - m.equal(x, 0)), chooses=True),
    unary("rint", nearest, 0, defined=lambda m, x: m.rint(x), ufunc="rint", kink="halves between whole numbers",
          at_kink=lambda m, x: m.equal(x - m.floor(x), 0.5), chooses=True),
    binary("floordiv", floordiv_value, (0, 0), dunder="floordiv", symbol="//",
           ufunc="floor_divide", domain=BY_ZERO, kink=JUMPS, at_kink=lambda m, x, y: m.equal(m.fmod(x, y), 0),
           chooses=True, defined=lambda m, x, y: m.floor(x / y),
           notation=Notation("floordiv({}, {})", r"\left\lfloor \frac{{{}}}{{{}}} \right\rfloor", "floordiv({}, {})")),

    # what is left
    binary("mod", modulo, (1, lambda m, x, y, z: -floor_quotient(m, x, y)), dunder="mod", symbol="%",
           ufunc="remainder", domain=BY_ZERO, kink=JUMPS, at_kink=lambda m, x, y: m.equal(m.fmod(x, y), 0),
           defined=lambda m, x, y: x - y * m.floor(x / y),
           written=(1, lambda m, x, y, z: -m.floordiv(x, y)), notation=call("mod", r"{} \bmod {}")),
    binary("fmod", lambda m, x, y: m.fmod(x, y), (1, lambda m, x, y, z: -quotient(m, x, y, z)),
           ufunc="fmod", domain=BY_ZERO, kink="x / y whole but not 0, where it jumps",
           at_kink=lambda m, x, y: m.equal(m.fmod(x, y), 0) * (1 - m.equal(x, 0)),
           defined=lambda m, x, y: x - y * m.trunc(x / y), written=(1, lambda m, x, y, z: -m.trunc(x / y))),
    binary("remainder", remainder_value, (1, lambda m, x, y, z: -quotient(m, x, y, z)),
           domain=BY_ZERO, kink="x / y halfway between whole numbers, where it jumps", at_kink=halfway,
           defined=lambda m, x, y: x - y * m.rint(x / y), written=(1, lambda m, x, y, z: -m.rint(x / y))),
)
# fmt: on
