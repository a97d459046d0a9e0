"""Rows of elementary functions: exponentials, logarithms, roots, trigonometric and hyperbolic functions."""

from __future__ import annotations

from math import log

from autodiff.rules.rule import POWER, Notation, call, unary
from autodiff.rules.worlds import Scalar, World

__all__ = ["ROWS"]


def sech2(m: World, x: Scalar) -> Scalar:
    """1 - tanh(x)², without the cancellation."""
    e = m.exp(-2 * m.abs(x))
    return 4 * e / ((1 + e) * (1 + e))


OVERFLOWS = "|x| <= 710.47, beyond it overflows"

# fmt: off
ROWS = (
    unary("exp",   lambda m, x: m.exp(x),   lambda m, x, z: z,           ufunc="exp",
          domain="x <= 709.78, above it overflows",
          notation=Notation("exp({})", "e^{{{}}}", "exp({})", latex_precedence=POWER)),
    unary("expm1", lambda m, x: m.expm1(x), lambda m, x, z: m.exp(x),    ufunc="expm1",
          domain="x <= 709.78, above it overflows", written=lambda m, x, z: m.exp(x)),
    unary("log",   lambda m, x: m.log(x),   lambda m, x, z: 1 / x,       ufunc="log",   domain="x > 0",
          notation=call("log", r"\ln({args})")),
    unary("log1p", lambda m, x: m.log1p(x), lambda m, x, z: 1 / (1 + x), ufunc="log1p", domain="x > -1",
          notation=call("log1p", r"\ln(1 + {})")),
    unary("log2",  lambda m, x: m.log2(x),  lambda m, x, z: 1 / x / log(2),  ufunc="log2",  domain="x > 0",
          written=lambda m, x, z: 1 / (x * m.log(2)), notation=call("log2", r"\log_{{2}}({args})")),
    unary("log10", lambda m, x: m.log10(x), lambda m, x, z: 1 / x / log(10), ufunc="log10", domain="x > 0",
          written=lambda m, x, z: 1 / (x * m.log(10)), notation=call("log10", r"\log_{{10}}({args})")),
    unary("exp2",  lambda m, x: m.exp2(x),  lambda m, x, z: z * log(2),      ufunc="exp2",
          domain="x < 1024, from there on it overflows", written=lambda m, x, z: z * m.log(2),
          notation=Notation("exp2({})", "2^{{{}}}", "exp2({})", latex_precedence=POWER)),
    unary("sqrt",  lambda m, x: m.sqrt(x),  lambda m, x, z: m.divide(1, 2 * m.abs(z)), symbol="√", ufunc="sqrt",
          domain="x >= 0", kink="0, where inf is used",
          written=lambda m, x, z: 1 / (2 * z), notation=Notation("sqrt({})", r"\sqrt{{{}}}", "sqrt({})")),

    unary("sin", lambda m, x: m.sin(x), lambda m, x, z: m.cos(x),  ufunc="sin", domain="finite x",
          notation=call("sin", r"\sin({args})")),
    unary("cos", lambda m, x: m.cos(x), lambda m, x, z: -m.sin(x), ufunc="cos", domain="finite x",
          notation=call("cos", r"\cos({args})")),
    unary("tan", lambda m, x: m.tan(x), lambda m, x, z: 1 + z * z, ufunc="tan", domain="finite x",
          written=lambda m, x, z: 1 + z**2, notation=call("tan", r"\tan({args})")),
    unary("asin", lambda m, x: m.asin(x), lambda m, x, z: m.divide(1, m.sqrt((1 - x) * (1 + x))),
          ufunc="arcsin", domain="-1 <= x <= 1", kink="-1 and 1, where inf is used",
          written=lambda m, x, z: 1 / m.sqrt(1 - x**2), notation=call("asin", r"\arcsin({args})")),
    unary("acos", lambda m, x: m.acos(x), lambda m, x, z: m.divide(-1, m.sqrt((1 - x) * (1 + x))),
          ufunc="arccos", domain="-1 <= x <= 1", kink="-1 and 1, where -inf is used",
          written=lambda m, x, z: -1 / m.sqrt(1 - x**2), notation=call("acos", r"\arccos({args})")),
    unary("atan", lambda m, x: m.atan(x), lambda m, x, z: (1 / m.hypot(1, x)) * (1 / m.hypot(1, x)),
          ufunc="arctan",
          written=lambda m, x, z: 1 / (1 + x**2), notation=call("atan", r"\arctan({args})")),

    unary("sinh", lambda m, x: m.sinh(x), lambda m, x, z: m.cosh(x),   ufunc="sinh", domain=OVERFLOWS,
          notation=call("sinh", r"\sinh({args})")),
    unary("cosh", lambda m, x: m.cosh(x), lambda m, x, z: m.sinh(x),   ufunc="cosh", domain=OVERFLOWS,
          notation=call("cosh", r"\cosh({args})")),
    unary("tanh", lambda m, x: m.tanh(x), lambda m, x, z: sech2(m, x), ufunc="tanh",
          written=lambda m, x, z: 1 - z**2, notation=call("tanh", r"\tanh({args})")),
    unary("asinh", lambda m, x: m.asinh(x), lambda m, x, z: 1 / m.hypot(1, x), ufunc="arcsinh",
          written=lambda m, x, z: 1 / m.sqrt(x**2 + 1), notation=call("asinh", r"\operatorname{{arsinh}}({args})")),
    unary("atanh", lambda m, x: m.atanh(x), lambda m, x, z: 1 / ((1 - x) * (1 + x)), ufunc="arctanh",
          domain="-1 < x < 1",
          written=lambda m, x, z: 1 / (1 - x**2), notation=call("atanh", r"\operatorname{{artanh}}({args})")),
)
# fmt: on
