"""Rows of activation functions made of pieces: relu and its like, and what shrinks or limits a number."""

from __future__ import annotations

from math import factorial, nan

from autodiff.rules.accuracy import celu_ulps
from autodiff.rules.derived import horner, where_positive
from autodiff.rules.rule import Rule, binary, call, unary
from autodiff.rules.worlds import Scalar, World

__all__ = ["ROWS"]

SCALE, ALPHA = 1.0507009873554805, 1.6732632423543772  # of selu (Klambauer et al. 2017)


def bent_at_0(m: World, x: Scalar, y: Scalar) -> Scalar:
    """Whether x is 0, left of which the slope is y, and right of it 1."""
    return m.equal(x, 0) * (1 - m.equal(y, 1))


def not_above_0(m: World, x: Scalar) -> Scalar:
    """The smaller of x and 0, at 0 with the slope of x: there elu has the derivatives from the left."""
    return m.where(m.greater(x, 0), 0, x)


def celu_value(m: World, x: Scalar, y: Scalar) -> Scalar:
    u = m.minimum(x, 0) / y
    straight = m.less_equal(m.abs(u), 1e-20)  # beside 0 it is x, also where u would be subnormal
    return m.where(m.equal(y, 0), nan, m.where(straight, x, y * m.expm1(u)))


CELU_BY_Y = tuple((1 - k) / factorial(k) for k in range(2, 21))


def celu_by_y(m: World, x: Scalar, y: Scalar) -> Scalar:
    """e^u - 1 - u e^u with u = x/y; where u is small by its series, in which little cancels."""
    u = m.maximum(m.minimum(x, 0) / y, -800)  # beyond, e^u is 0, and u may be infinite
    small = m.where(m.less(m.abs(u), 1), u, 0)
    return m.where(m.less(m.abs(u), 1), small * small * horner(small, CELU_BY_Y), m.expm1(u) - u * m.exp(u))


def strictly_between(m: World, x: Scalar, low: float, high: float) -> Scalar:
    return m.greater(x, low) * m.less(x, high)


def is_either(m: World, x: Scalar, y: Scalar) -> Scalar:
    """1 where one of two that are 0 or 1 is 1."""
    return 1 - (1 - x) * (1 - y)


def at_size(m: World, x: Scalar, y: Scalar) -> Scalar:
    return m.equal(m.abs(x), y) * m.greater(y, 0)


def shrunk(m: World, x: Scalar, y: Scalar) -> Scalar:
    """x, nearer to 0 by y, with the sign of x also where it is 0."""
    size, nothing = m.abs(x) - y, x - x
    left = m.where(m.less(x, 0), -size, size)
    gone = m.where(m.equal(x, 0), x, m.where(m.less(x, 0), -nothing, nothing))
    return m.where(m.greater(m.abs(x), y), left, gone)


def not_shrunk(m: World, x: Scalar, y: Scalar) -> Scalar:
    """1 where |x| > y, and where y is 0."""
    return is_either(m, m.greater(m.abs(x), y), m.equal(y, 0))


def clipped(m: World, x: Scalar, low: Scalar, high: Scalar) -> Scalar:
    return m.minimum(m.maximum(x, low), high)


def uses_low(m: World, x: Scalar, low: Scalar, high: Scalar) -> Scalar:
    return m.less(x, low) * m.less(low, high)


def is_between(m: World, x: Scalar, low: Scalar, high: Scalar) -> Scalar:
    return m.less_equal(low, x) * m.less_equal(x, high) * m.less(low, high)


def at_bounds(m: World, x: Scalar, low: Scalar, high: Scalar) -> Scalar:
    """At the upper bound, or at the lower one unless the upper one is below."""
    return is_either(m, m.equal(m.maximum(x, low), high), m.equal(x, low) * m.less(low, high))


AT_3 = "-3 and 3, where 0 is used"

# fmt: off
ROWS = (
    unary("relu", lambda m, x: m.maximum(x, 0), lambda m, x, z: m.greater(x, 0),
          kink="0, where 0 is used", at_kink=lambda m, x: m.equal(x, 0), chooses=True),
    binary("leaky_relu", lambda m, x, y: m.where(m.greater(x, 0), x, y * x),
           (lambda m, x, y, z: m.where(m.greater(x, 0), 1, y), lambda m, x, y, z: m.where(m.greater(x, 0), 0, x)),
           defaults=(0.01,), kink="x = 0, where the slope y is used (none if y = 1)", at_kink=bent_at_0, chooses=True),
    binary("elu", lambda m, x, y: m.where(m.greater(x, 0), x, y * m.expm1(m.minimum(x, 0))),
           (lambda m, x, y, z: m.where(m.greater(x, 0), 1, y * m.exp(not_above_0(m, x))),
            lambda m, x, y, z: m.where(m.greater(x, 0), 0, m.expm1(not_above_0(m, x)))),
           written=(lambda m, x, y, z: m.where(m.greater(x, 0), 1, y * m.exp(x)),
                    lambda m, x, y, z: m.where(m.greater(x, 0), 0, m.exp(x) - 1)),
           defaults=(1.0,), kink="x = 0, where y is used (none if y = 1)", at_kink=bent_at_0,
           bent=lambda m, x, y: m.equal(x, 0), chooses=True),
    unary("selu", lambda m, x: m.where(m.greater(x, 0), SCALE * x, SCALE * ALPHA * m.expm1(m.minimum(x, 0))),
          lambda m, x, z: m.where(m.greater(x, 0), SCALE, SCALE * ALPHA * m.exp(not_above_0(m, x))),
          written=lambda m, x, z: m.where(m.greater(x, 0), SCALE, SCALE * ALPHA * m.exp(x)),
          kink="0, where 1.7581 is used, the slope from the left", at_kink=lambda m, x: m.equal(x, 0)),
    binary("celu", celu_value,
           (lambda m, x, y, z: m.where(m.greater(x, 0), 1, m.exp(not_above_0(m, x) / y)),
            lambda m, x, y, z: celu_by_y(m, x, y)),
           written=(lambda m, x, y, z: m.where(m.greater(x, 0), 1, m.exp(x / y)),
                    lambda m, x, y, z: m.where(m.greater(x, 0), 0, m.exp(x / y) - 1 - x / y * m.exp(x / y))),
           defined=lambda m, x, y: m.where(m.greater(x, 0), x, y * (m.exp(x / y) - 1)),
           defaults=(1.0,), domain="y != 0", bent=lambda m, x, y: m.equal(x, 0),
           ulps=celu_ulps, accuracy="x / y is rounded, which exp magnifies by its size"),
    unary("relu6", lambda m, x: clipped(m, x, 0, 6), lambda m, x, z: strictly_between(m, x, 0, 6), chooses=True,
          kink="0 and 6, where 0 is used", at_kink=lambda m, x: is_either(m, m.equal(x, 0), m.equal(x, 6))),
    unary("hardsigmoid", lambda m, x: clipped(m, x + 3, 0, 6) / 6, lambda m, x, z: strictly_between(m, x, -3, 3) / 6,
          chooses=True, kink=AT_3, at_kink=lambda m, x: m.equal(m.abs(x), 3)),
    unary("hardswish", lambda m, x: m.where(m.greater(x, -3), x * (m.minimum(x + 3, 6) / 6), m.maximum(x, 0)),
          lambda m, x, z: m.where(m.greater(x, -3), m.where(m.less(x, 3), (2 * x + 3) / 6, 1), 0),
          chooses=True, kink="-3, where 0 is used, and 3, where 1 is used",
          at_kink=lambda m, x: m.equal(m.abs(x), 3)),
    Rule("hardtanh", "hardtanh", 3, clipped,
         (lambda m, x, low, high, z: strictly_between(m, x, low, high),
          lambda m, x, low, high, z: m.less_equal(x, low) * m.less(low, high),
          lambda m, x, low, high, z: 1 - strictly_between(m, x, low, high) - m.less_equal(x, low) * m.less(low, high)),
         defaults=(-1.0, 1.0), kink="x = y and x = z, where the slope of the bound is used", at_kink=at_bounds,
         chooses=True, notation=call("hardtanh")),
    Rule("clip", "clip", 3, clipped,
         (lambda m, x, low, high, z: is_between(m, x, low, high), lambda m, x, low, high, z: uses_low(m, x, low, high),
          lambda m, x, low, high, z: 1 - is_between(m, x, low, high) - uses_low(m, x, low, high)),
         kink="x = y and x = z, where the slope of x is used", at_kink=at_bounds, chooses=True, ufunc="clip",
         notation=call("clip")),
    binary("softshrink", lambda m, x, y: where_positive(m, y, shrunk(m, x, y)),
           (lambda m, x, y, z: not_shrunk(m, x, y),
            lambda m, x, y, z: -m.sign(x) * m.greater(m.abs(x), y)),
           defined=lambda m, x, y: m.sign(x) * m.maximum(m.abs(x) - y, 0),
           written=(lambda m, x, y, z: m.greater(m.abs(x), y),
                    lambda m, x, y, z: -m.sign(x) * m.greater(m.abs(x), y)),
           defaults=(0.5,), domain="y >= 0", kink="|x| = y, where 0 is used", at_kink=at_size, chooses=True),
    binary("hardshrink", lambda m, x, y: m.where(m.less_equal(m.abs(x), y), 0, x),
           (lambda m, x, y, z: not_shrunk(m, x, y), 0), written=(lambda m, x, y, z: m.greater(m.abs(x), y), 0),
           defaults=(0.5,), kink="|x| = y, where 0 is used", at_kink=at_size, chooses=True),
)
# fmt: on
