"""Rows of special functions: the error function, Γ and its logarithm, sinc, and sums of logarithms."""

from __future__ import annotations

from math import factorial, nan, pi, sqrt

from autodiff.rules.accuracy import digamma_ulps, gamma_ulps, logsumexp_ulps, sinc_ulps
from autodiff.rules.derived import horner, off_whole
from autodiff.rules.rule import binary, call, unary
from autodiff.rules.worlds import Scalar, World

__all__ = ["ROWS"]


def trigamma(m: World, x: Scalar) -> Scalar:
    """The slope of digamma: to the right of 0 polygamma(1, x), to the left by reflection."""
    reflected = m.less(x, 0)
    value = m.polygamma(1, m.where(reflected, 1 - x, x))
    pole = pi / m.sin(pi * m.where(reflected, off_whole(m, x), 0.5))
    return m.where(reflected, pole * pole - value, value)


SINC_SLOPE = tuple((-1) ** k * 2 * k * pi ** (2 * k) / factorial(2 * k + 1) for k in range(1, 13))


def sinc_value(m: World, x: Scalar) -> Scalar:
    """sin(πx)/(πx), with all digits also beside the whole numbers, where it is 0."""
    return m.where(m.equal(x, 0), 1, m.divide(turned(m, x, m.sin(pi * off_whole(m, x))), pi * x))


def sinc_slope(m: World, x: Scalar, z: Scalar) -> Scalar:
    """(cos(πx) - sinc(x))/x, where x is small by its series, in which nothing cancels."""
    near = m.where(m.less(m.abs(x), 0.5), x, 0)
    far = m.divide(turned(m, x, m.cos(pi * off_whole(m, x))) - z, x)
    return m.where(m.less(m.abs(x), 0.5), near * horner(near * near, SINC_SLOPE), far)


def turned(m: World, x: Scalar, at_rest: Scalar) -> Scalar:
    """A sine or cosine of πx from that of what x is off a whole number, which may be odd."""
    return m.where(m.equal(m.fmod(m.rint(x), 2), 0), at_rest, -at_rest)


def both_0(m: World, x: Scalar, y: Scalar) -> Scalar:
    return m.equal(x, 0) * m.equal(y, 0)


# fmt: off
ROWS = (
    unary("erf", lambda m, x: m.erf(x), lambda m, x, z: 2 / sqrt(pi) * m.gaussian(x), ufunc="erf",
          written=lambda m, x, z: 2 / m.sqrt(m.name("π")) * m.exp(-(x**2))),
    unary("erfc", lambda m, x: m.erfc(x), lambda m, x, z: -2 / sqrt(pi) * m.gaussian(x), ufunc="erfc",
          written=lambda m, x, z: -2 / m.sqrt(m.name("π")) * m.exp(-(x**2))),
    unary("gamma", lambda m, x: m.gamma(x), lambda m, x, z: z * m.digamma(x), symbol="Γ", ufunc="gamma",
          domain="x not in 0, -1, -2, ...; above 171.6 it overflows", notation=call("gamma", r"\Gamma({args})"),
          ulps=gamma_ulps, accuracy="math.gamma errs by up to 6 ulp; ψ cancels near its zeros"),
    unary("lgamma", lambda m, x: m.lgamma(x), lambda m, x, z: m.digamma(x), symbol="ln|Γ|", ufunc="gammaln",
          domain="x not in 0, -1, -2, ...", notation=call("lgamma", r"\ln\left|\Gamma({args})\right|"),
          ulps=digamma_ulps,
          accuracy="math.lgamma errs by up to 10 ulp; near their zeros it and ψ have the digits of 1 only"),
    unary("digamma", lambda m, x: m.digamma(x), lambda m, x, z: trigamma(m, x), symbol="ψ", ufunc="psi",
          domain="x not in 0, -1, -2, ...", notation=call("digamma", r"\psi({args})"),
          written=lambda m, x, z: m.polygamma(1, x),
          ulps=digamma_ulps, accuracy="near its zeros it has the digits of 1 only"),
    binary("polygamma", lambda m, x, y: m.polygamma(x, y),
           (nan, lambda m, x, y, z: m.polygamma(x + 1, y)), symbol="ψ⁽ⁿ⁾",
           domain="x = 1, 2, 3, ... and y > 0; by x it cannot be differentiated",
           notation=call("polygamma", r"\psi^{{({})}}({})"), ulps=20,
           accuracy="powers and Γ(x) have rounding errors of their own"),
    unary("sinc", sinc_value, sinc_slope, ufunc="sinc", domain="-inf < x < inf",
          defined=lambda m, x: m.sin(m.name("π") * x) / (m.name("π") * x),
          written=lambda m, x, z: (m.cos(m.name("π") * x) - z) / x,
          ulps=sinc_ulps, accuracy="the partial cancels near its zeros"),
    binary("xlogy", lambda m, x, y: x * m.log(m.where(both_0(m, x, y), 1, y)),
           (lambda m, x, y, z: m.xlogy(1, y), lambda m, x, y, z: m.where(both_0(m, x, y), 0, m.divide(x, y))),
           ufunc="xlogy", domain="y > 0, or y = 0 where x = 0, which gives 0",
           defined=lambda m, x, y: x * m.log(y),
           written=(lambda m, x, y, z: m.log(y), lambda m, x, y, z: x / y)),
    binary("logaddexp", lambda m, x, y: m.maximum(x, y) + m.log1p(m.exp(-m.abs(m.gap(x, y)))),
           (lambda m, x, y, z: m.sigmoid(m.gap(x, y)), lambda m, x, y, z: m.sigmoid(m.gap(y, x))),
           defined=lambda m, x, y: m.log(m.exp(x) + m.exp(y)),
           written=(lambda m, x, y, z: m.exp(x - z), lambda m, x, y, z: m.exp(y - z)), ufunc="logaddexp",
           domain="all real numbers, inf and -inf; two that are the same infinity share equally",
           ulps=logsumexp_ulps, accuracy="max and log1p cancel where -ln 2 < max < 0; "
                                         "x - y is rounded, which exp magnifies by its size"),
)
# fmt: on
