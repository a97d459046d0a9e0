"""Rows of elementary functions: exponentials, logarithms, roots, trigonometric and hyperbolic functions."""

from __future__ import annotations

from math import log, nan, pi

from autodiff.rules.rule import ATOM, POWER, PRODUCT, Notation, binary, call, unary
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
          longer="log_base", notation=call("log", r"\ln({args})")),
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
    unary("cbrt",  lambda m, x: m.cbrt(x),  lambda m, x, z: m.divide(1, 3 * (z * z)), symbol="∛", ufunc="cbrt",
          kink="0, where inf is used",
          written=lambda m, x, z: 1 / (3 * z**2), notation=Notation("cbrt({})", r"\sqrt[3]{{{}}}", "cbrt({})")),
    unary("square", lambda m, x: x * x,     lambda m, x, z: 2 * x,       symbol="²", ufunc="square",
          notation=Notation("{}^2", "{{{}}}^{{2}}", "{}**2", POWER, (ATOM,), POWER, (ATOM,))),
    unary("reciprocal", lambda m, x: 1 / x, lambda m, x, z: -(z * z),    symbol="1/", ufunc="reciprocal",
          domain="x != 0", written=lambda m, x, z: -1 / x**2,
          notation=Notation("1/{}", r"\frac{{1}}{{{}}}", "1/{}", PRODUCT, (POWER,), PRODUCT)),
    binary("log_base", lambda m, x, y: m.where(m.equal(y, 0), nan, m.log(x) / m.log(y)),
           (lambda m, x, y, z: 1 / m.log(y) / x, lambda m, x, y, z: -(z / m.log(y) / y)),
           domain="x > 0, y > 0 and y != 1", symbol="log", defined=lambda m, x, y: m.log(x) / m.log(y),
           written=(lambda m, x, y, z: 1 / (x * m.log(y)), lambda m, x, y, z: -z / (y * m.log(y))),
           notation=call("log_base", r"\log_{{{1}}}({0})")),

    unary("sin", lambda m, x: m.sin(x), lambda m, x, z: m.cos(x),  ufunc="sin", domain="-inf < x < inf",
          notation=call("sin", r"\sin({args})")),
    unary("cos", lambda m, x: m.cos(x), lambda m, x, z: -m.sin(x), ufunc="cos", domain="-inf < x < inf",
          notation=call("cos", r"\cos({args})")),
    unary("tan", lambda m, x: m.tan(x), lambda m, x, z: 1 + z * z, ufunc="tan", domain="-inf < x < inf",
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
    unary("degrees", lambda m, x: x * (180 / pi), 180 / pi, ufunc="degrees", symbol="°",
          defined=lambda m, x: x * 180 / m.name("π"), written=lambda m, x, z: 180 / m.name("π")),
    unary("radians", lambda m, x: x * (pi / 180), pi / 180, ufunc="radians", symbol="rad",
          defined=lambda m, x: x * m.name("π") / 180, written=lambda m, x, z: m.name("π") / 180),

    unary("sinh", lambda m, x: m.sinh(x), lambda m, x, z: m.cosh(x),   ufunc="sinh", domain=OVERFLOWS,
          notation=call("sinh", r"\sinh({args})")),
    unary("cosh", lambda m, x: m.cosh(x), lambda m, x, z: m.sinh(x),   ufunc="cosh", domain=OVERFLOWS,
          notation=call("cosh", r"\cosh({args})")),
    unary("tanh", lambda m, x: m.tanh(x), lambda m, x, z: sech2(m, x), ufunc="tanh",
          written=lambda m, x, z: 1 - z**2, notation=call("tanh", r"\tanh({args})")),
    unary("asinh", lambda m, x: m.asinh(x), lambda m, x, z: 1 / m.hypot(1, x), ufunc="arcsinh",
          written=lambda m, x, z: 1 / m.sqrt(x**2 + 1), notation=call("asinh", r"\operatorname{{arsinh}}({args})")),
    unary("acosh", lambda m, x: m.acosh(x), lambda m, x, z: m.divide(1, m.sqrt(x - 1) * m.sqrt(x + 1)),
          ufunc="arccosh", domain="x >= 1", kink="1, where inf is used",
          written=lambda m, x, z: 1 / m.sqrt(x**2 - 1), notation=call("acosh", r"\operatorname{{arcosh}}({args})")),
    unary("atanh", lambda m, x: m.atanh(x), lambda m, x, z: 1 / ((1 - x) * (1 + x)), ufunc="arctanh",
          domain="-1 < x < 1",
          written=lambda m, x, z: 1 / (1 - x**2), notation=call("atanh", r"\operatorname{{artanh}}({args})")),
)
# fmt: on
