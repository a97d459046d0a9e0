"""Rows of arithmetic: the operators of Python, and the absolute value."""

from __future__ import annotations

from math import inf

from autodiff.rules.accuracy import CANCELS, fma_ulps, lerp_ulps, pow_ulps, truediv_ulps
from autodiff.rules.derived import split
from autodiff.rules.rule import ATOM, POWER, PRODUCT, SUM, Notation, Rule, binary, call, infix, unary
from autodiff.rules.worlds import Scalar, World

__all__ = ["ROWS"]


def power_slope(m: World, x: Scalar, y: Scalar) -> Scalar:
    """y times x to the power y - 1; 0 where y is 0, also where the power is infinite."""
    power = m.ieee_pow(x, y - 1)
    return m.where(m.equal(y, 0) * m.equal(m.abs(power), inf), 0, y * power)


def lerp_value(m: World, x: Scalar, y: Scalar, w: Scalar) -> Scalar:
    """x + w (y - x), exactly x at w = 0 and y at w = 1."""
    return m.where(m.less(w, 0.5), x + w * (y - x), y - (1 - w) * (y - x))


def fma_value(m: World, x: Scalar, y: Scalar, w: Scalar) -> Scalar:
    """x y + w with the digits that rounding the product and the sum would lose, unless these overflow."""
    product, (high, low), (upper, lower) = x * y, split(x), split(y)
    lost = ((high * upper - product) + high * lower + low * upper) + low * lower
    whole = product + w
    there = whole - product
    lost = lost + ((product - (whole - there)) + (w - there))
    return whole + m.where(m.equal(lost - lost, 0), lost, 0)


# fmt: off
ROWS = (
    binary("add", lambda m, x, y: x + y, (1, 1),  symbol="+", dunder="add", notation=infix(" + ", "{} + {}", SUM)),
    binary("sub", lambda m, x, y: x - y, (1, -1), symbol="-", dunder="sub", notation=infix(" - ", "{} - {}", SUM)),
    binary("mul", lambda m, x, y: x * y, (lambda m, x, y, z: y, lambda m, x, y, z: x),
           symbol="·", dunder="mul", notation=infix("·", r"{} \cdot {}", PRODUCT, python="{}*{}")),
    binary("truediv", lambda m, x, y: x / y, (lambda m, x, y, z: m.divide(1, y), lambda m, x, y, z: -z / y),
           symbol="/", dunder="truediv", domain="y != 0",
           written=(lambda m, x, y, z: 1 / y, lambda m, x, y, z: -x / y**2),
           notation=Notation("{}/{}", r"\frac{{{}}}{{{}}}", "{}/{}", PRODUCT, (PRODUCT, POWER), PRODUCT),
           ulps=truediv_ulps,
           accuracy="a subnormal quotient has lost digits, which the partial by y, made from it, does not bring back"),
    binary("pow", lambda m, x, y: m.pow(x, y),
           (lambda m, x, y, z: power_slope(m, x, y), lambda m, x, y, z: m.xlogy(z, x)),
           symbol="^", dunder="pow",
           written=(lambda m, x, y, z: y * x ** (y - 1), lambda m, x, y, z: z * m.log(x)),
           notation=Notation("{}^{}", "{{{}}}^{{{}}}", "{}**{}", POWER, (ATOM, ATOM), POWER, (ATOM,)),
           domain="x > 0, or x = 0 and y >= 0, or x < 0 and y a whole number "
                  "(for a root of a negative number use sign and abs)",
           ulps=pow_ulps,
           accuracy="y - 1 is rounded where y < 1/2, which x ** (y - 1) magnifies by |ln x|, to inf at its worst, and "
                    "where |y| >= 2**53, where y - 1 may be even like y; the partial by y has the digits of z, which "
                    "has lost some where it is subnormal"),
    unary("neg", lambda m, x: -x, -1, symbol="-", dunder="neg",
          notation=Notation("-{}", "-{}", "-{}", PRODUCT, (PRODUCT,), PRODUCT, (PRODUCT,))),
    unary("abs", lambda m, x: m.abs(x), lambda m, x, z: m.sign(x), symbol="|·|", dunder="abs", ufunc="absolute",
          notation=Notation("|{}|", r"\left|{}\right|", "abs({})"), kink="0, where 0 is used",
          at_kink=lambda m, x: m.equal(x, 0)),
    Rule("lerp", "lerp", 3, lerp_value,
         (lambda m, x, y, w, z: 1 - w, lambda m, x, y, w, z: w, lambda m, x, y, w, z: y - x),
         defined=lambda m, x, y, w: x + w * (y - x), notation=call("lerp"), ulps=lerp_ulps, accuracy=CANCELS),
    Rule("fma", "fma", 3, fma_value, (lambda m, x, y, w, z: y, lambda m, x, y, w, z: x, 1), notation=call("fma"),
         defined=lambda m, x, y, w: x * y + w, ulps=fma_ulps,
         accuracy="the error of a product below 1e-290 is subnormal and lost"),
)
# fmt: on
