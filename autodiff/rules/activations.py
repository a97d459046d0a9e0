"""Rows of activation functions, and the error function that one of them is made from."""

from __future__ import annotations

from math import pi, sqrt

from autodiff.rules.accuracy import gelu_ulps, silu_ulps
from autodiff.rules.rule import binary, call, unary
from autodiff.rules.worlds import Scalar, World

__all__ = ["ROWS"]


def bell(m: World, x: Scalar, scale: float = 1.0) -> Scalar:
    """exp(-scale x²), accurate in the tails: x is split so that the large square is exact (Dekker 1971)."""
    x = m.minimum(m.abs(x), 64)  # beyond, the result is 0, but the split would overflow
    high = 134217729 * x - (134217729 * x - x)  # 2**27 + 1
    return m.exp(-scale * (high * high)) * m.exp(-scale * ((x - high) * (x + high)))


def tail(m: World, x: Scalar) -> Scalar:
    """The standard normal distribution function; erfc keeps the digits of the left tail."""
    return m.erfc(-x / sqrt(2)) / 2


def density(m: World, x: Scalar) -> Scalar:
    return bell(m, x, 0.5) / sqrt(2 * pi)


def bent_at_0(m: World, x: Scalar, y: Scalar) -> Scalar:
    """Whether x is 0, left of which the slope is y, and right of it 1."""
    return m.equal(x, 0) * (1 - m.equal(y, 1))


def not_above_0(m: World, x: Scalar) -> Scalar:
    """The smaller of x and 0, at 0 with the slope of x: there elu has the derivatives from the left."""
    return m.where(m.greater(x, 0), 0, x)


# fmt: off
ROWS = (
    unary("sigmoid", lambda m, x: m.sigmoid(x), lambda m, x, z: z * m.sigmoid(-x), symbol="σ",
          written=lambda m, x, z: z * (1 - z), notation=call("sigmoid", r"\sigma({args})", "σ({args})")),
    unary("softplus", lambda m, x: m.maximum(x, 0) + m.log1p(m.exp(-m.abs(x))), lambda m, x, z: m.sigmoid(x)),
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
           defaults=(1.0,), kink="x = 0, where y is used (none if y = 1)", at_kink=bent_at_0, chooses=True),
    unary("gelu", lambda m, x: x * tail(m, x), lambda m, x, z: tail(m, x) + x * density(m, x),
          written=lambda m, x, z: (1 + m.erf(x / m.sqrt(2))) / 2 + x * m.exp(-(x**2) / 2) / m.sqrt(2 * m.name("π")),
          ulps=gelu_ulps,
          accuracy="x / √2 is rounded, which the left tail magnifies by x²; "
                   "the partial cancels near its zero at -0.7518"),
    unary("silu", lambda m, x: x * m.sigmoid(x), lambda m, x, z: m.sigmoid(x) * (1 + x * m.sigmoid(-x)),
          written=lambda m, x, z: m.sigmoid(x) * (1 + x - z),
          ulps=silu_ulps,
          accuracy="the partial cancels near its zero at -1.2785; "
                   "σ is subnormal below -708, and x magnifies the digits it lost"),
    unary("erf", lambda m, x: m.erf(x), lambda m, x, z: 2 / sqrt(pi) * bell(m, x),
          written=lambda m, x, z: 2 / m.sqrt(m.name("π")) * m.exp(-(x**2))),
)
# fmt: on
