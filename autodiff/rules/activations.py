"""Rows of smooth activation functions: sigmoid, softplus, gelu and their like."""

from __future__ import annotations

from math import factorial, pi, sqrt

from autodiff.rules.accuracy import gelu_tanh_ulps, gelu_ulps, silu_ulps
from autodiff.rules.derived import horner, where_positive
from autodiff.rules.elementary import sech2
from autodiff.rules.rule import binary, call, unary
from autodiff.rules.worlds import Scalar, World

__all__ = ["ROWS"]


def tail(m: World, x: Scalar) -> Scalar:
    """The standard normal distribution function; erfc keeps the digits of the left tail."""
    return m.erfc(-x / sqrt(2)) / 2


def density(m: World, x: Scalar) -> Scalar:
    return m.gaussian(x, 0.5) / sqrt(2 * pi)


def softplus_value(m: World, x: Scalar) -> Scalar:
    """ln(1 + e^x), without a kink on the way, so that it can be differentiated again at 0."""
    return m.where(m.less(x, 0), 0, x) + m.log1p(m.exp(-m.abs(x)))


CUBE = 0.044715  # of gelu_tanh, as Hendrycks and Gimpel (2016) fitted it


def doubled_u(m: World, x: Scalar) -> Scalar:
    """(1 + tanh(u))/2 is σ(2u), which keeps the digits of the left tail: this is 2u."""
    return sqrt(8 / pi) * (x * (1 + CUBE * (x * x)))


def gelu_tanh_slope(m: World, x: Scalar) -> Scalar:
    u = doubled_u(m, x)
    near = m.maximum(m.minimum(x, 64), -64)  # beyond, σ(u) σ(-u) is 0, but the rest may be inf
    bend = sqrt(8 / pi) * (near * (1 + 3 * CUBE * (near * near)))
    return m.sigmoid(u) * (1 + bend * m.sigmoid(-u))


def gelu_tanh_written(m: World, x: Scalar, z: Scalar) -> Scalar:
    factor = m.sqrt(2 / m.name("π"))
    t = m.tanh(factor * (x + CUBE * x**3))
    return (1 + t) / 2 + x * (1 - t**2) * factor * (1 + 3 * CUBE * x**2) / 2


def mish_slope(m: World, x: Scalar) -> Scalar:
    soft = softplus_value(m, x)
    return m.tanh(soft) + x * (sech2(m, soft) * m.sigmoid(x))


def softsign_slope(m: World, x: Scalar, z: Scalar) -> Scalar:
    """1 / (1 + |x|)², whose own slope jumps at 0: there the mean is used, 0, as of abs."""
    inverse = 1 / (1 + x * m.sign(x))
    return inverse * inverse


def half_way(m: World, x: Scalar, y: Scalar) -> Scalar:
    """(sqrt(x² + y) + |x|) / 2, which neither cancels nor overflows."""
    size = m.abs(x)
    return size + m.gap(m.hypot(x, m.sqrt(y)), size) / 2


def squareplus_value(m: World, x: Scalar, y: Scalar) -> Scalar:
    half = half_way(m, x, y)
    return where_positive(m, y, m.where(m.less(x, 0), m.divide(y, half) / 4, half))


def squareplus_slope(m: World, x: Scalar, y: Scalar) -> Scalar:
    """(1 + x/s)/2 with s = sqrt(x² + y), to the left of 0 as y / (2 s (s - x)); 1/2 where s is 0."""
    root, half = m.hypot(x, m.sqrt(y)), half_way(m, x, y)
    slope = m.divide(m.where(m.less(x, 0), m.divide(y, half) / 4, half), root)
    return m.where(m.equal(root, 0), 0.5, slope)


COSH_LESS = tuple(2 * k / factorial(2 * k + 1) for k in range(1, 13))


def tanhshrink_value(m: World, x: Scalar) -> Scalar:
    """x - tanh(x); where x is small (x cosh(x) - sinh(x)) / cosh(x), whose series does not cancel."""
    small = m.where(m.less(m.abs(x), 1.5), x, 0)
    square = small * small
    series = small * square * horner(square, COSH_LESS) / m.cosh(small)
    return m.where(m.less(m.abs(x), 1.5), series, x - m.tanh(x))


# fmt: off
ROWS = (
    unary("sigmoid", lambda m, x: m.sigmoid(x), lambda m, x, z: z * m.sigmoid(-x), symbol="σ", ufunc="expit",
          written=lambda m, x, z: z * (1 - z), notation=call("sigmoid", r"\sigma({args})", "σ({args})")),
    unary("log_sigmoid", lambda m, x: m.minimum(x, 0) - m.log1p(m.exp(-m.abs(x))), lambda m, x, z: m.sigmoid(-x),
          symbol="ln σ", ufunc="log_expit", defined=lambda m, x: m.log(m.sigmoid(x)),
          notation=call("log_sigmoid", r"\ln \sigma({args})")),
    unary("softplus", lambda m, x: m.maximum(x, 0) + m.log1p(m.exp(-m.abs(x))), lambda m, x, z: m.sigmoid(x),
          defined=lambda m, x: m.log(1 + m.exp(x))),
    unary("gelu", lambda m, x: x * tail(m, x), lambda m, x, z: tail(m, x) + x * density(m, x),
          written=lambda m, x, z: (1 + m.erf(x / m.sqrt(2))) / 2 + x * m.exp(-(x**2) / 2) / m.sqrt(2 * m.name("π")),
          defined=lambda m, x: x * (1 + m.erf(x / m.sqrt(2))) / 2, ulps=gelu_ulps,
          accuracy="x / √2 is rounded, which the left tail magnifies by x²; "
                   "the partial cancels near its zero at -0.7518"),
    unary("gelu_tanh", lambda m, x: x * m.sigmoid(doubled_u(m, x)), lambda m, x, z: gelu_tanh_slope(m, x),
          defined=lambda m, x: x * (1 + m.tanh(m.sqrt(2 / m.name("π")) * (x + CUBE * x**3))) / 2,
          written=gelu_tanh_written, ulps=gelu_tanh_ulps,
          accuracy="2u is rounded, which the left tail magnifies by its size; "
                   "the partial cancels near its zero at -0.7525"),
    unary("silu", lambda m, x: x * m.sigmoid(x), lambda m, x, z: m.sigmoid(x) * (1 + x * m.sigmoid(-x)),
          written=lambda m, x, z: m.sigmoid(x) * (1 + x - z),
          ulps=silu_ulps,
          accuracy="the partial cancels near its zero at -1.2785; "
                   "σ is subnormal below -708, and x magnifies the digits it lost"),
    unary("mish", lambda m, x: x * m.tanh(softplus_value(m, x)), lambda m, x, z: mish_slope(m, x),
          defined=lambda m, x: x * m.tanh(m.softplus(x)),
          written=lambda m, x, z: m.tanh(m.softplus(x)) + x * m.sigmoid(x) * (1 - m.tanh(m.softplus(x)) ** 2),
          ulps=silu_ulps,
          accuracy="the partial cancels near its zero at -1.1924; "
                   "softplus is subnormal below -708, and x magnifies the digits it lost"),
    unary("softsign", lambda m, x: x / (1 + m.abs(x)), softsign_slope,
          written=lambda m, x, z: 1 / (1 + m.abs(x)) ** 2, bent=lambda m, x: m.equal(x, 0)),
    unary("tanhshrink", tanhshrink_value, lambda m, x, z: m.tanh(x) * m.tanh(x),
          defined=lambda m, x: x - m.tanh(x), written=lambda m, x, z: m.tanh(x) ** 2),
    binary("squareplus", squareplus_value,
           (lambda m, x, y, z: squareplus_slope(m, x, y), lambda m, x, y, z: m.divide(0.25, m.hypot(x, m.sqrt(y)))),
           written=(lambda m, x, y, z: (1 + x / m.sqrt(x**2 + y)) / 2, lambda m, x, y, z: 1 / (4 * m.sqrt(x**2 + y))),
           defined=lambda m, x, y: (x + m.sqrt(x**2 + y)) / 2, defaults=(4.0,), domain="y >= 0",
           kink="x = y = 0, where 1/2 is used by x, and inf by y",
           at_kink=lambda m, x, y: m.equal(x, 0) * m.equal(y, 0)),
)
# fmt: on
