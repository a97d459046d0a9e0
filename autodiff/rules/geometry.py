"""Rows of lengths and angles: hypot, atan2, and the norm of any number of operands."""

from __future__ import annotations

from collections.abc import Sequence

from autodiff.rules.reductions import each
from autodiff.rules.rule import binary, call, nary
from autodiff.rules.worlds import Scalar, World

__all__ = ["ROWS", "directions"]


def leveller(m: World, length: Scalar) -> Scalar:
    """The power of two that takes a subnormal or overflowing length to where it has all its digits.

    There are bounds for float64, 1e-290 and 1e290, which float32 takes for 0 and for none, and bounds for float32.
    """
    scale = m.where(m.greater(length, 1e25), 2.0**-60, 1)
    scale = m.where(m.greater(length * 2.0**-900, 1e19), 2.0**-100, scale)
    scale = m.where(m.less(length, 1e-25), 2**60, scale)
    return m.where(m.less(length, 1e-290), 2**100, scale)


def directions(m: World, xs: Sequence[Scalar], z: Scalar) -> Scalar:
    """x / z where z is the length of xs; 0 at the origin."""
    scale = leveller(m, z)
    xs = each(lambda x: scale * x, xs)
    length = m.norm(xs)
    return each(lambda x: m.where(m.equal(length, 0), 0, m.divide(x, length)), xs)


def turn(m: World, x: Scalar, y: Scalar) -> Scalar:
    """y / (x² + y²), how fast the angle turns with x, without squares that overflow; 0 at the origin.

    No quotient is divided again, as XLA would divide by the product.
    """
    scale = leveller(m, m.hypot(x, y))
    length = m.hypot(scale * x, scale * y)
    return m.where(m.equal(length, 0), 0, m.divide(scale * y, length) * m.divide(1, length) * scale)


# fmt: off
ROWS = (
    binary("hypot", lambda m, x, y: m.hypot(x, y),
           (lambda m, x, y, z: directions(m, (x, y), z)[0], lambda m, x, y, z: directions(m, (x, y), z)[1]),
           written=(lambda m, x, y, z: x / z, lambda m, x, y, z: y / z),
           ufunc="hypot", kink="the origin, where 0 is used", at_kink=lambda m, x, y: m.equal(x, 0) * m.equal(y, 0)),
    # x is the ordinate, y the abscissa: atan2(x, y) is the angle of the point (y, x)
    binary("atan2", lambda m, x, y: m.atan2(x, y),
           (lambda m, x, y, z: turn(m, x, y), lambda m, x, y, z: -turn(m, y, x)),
           written=(lambda m, x, y, z: y / (x**2 + y**2), lambda m, x, y, z: -x / (x**2 + y**2)),
           ufunc="arctan2", kink="the origin, where 0 is used, and a jump at x = 0 where y < 0",
           at_kink=lambda m, x, y: m.equal(x, 0) * m.less_equal(y, 0)),
    nary("norm", lambda m, xs: m.norm(xs), directions, written=lambda m, xs, z: [x / z for x in xs],
         symbol="‖·‖", notation=call("norm", r"\left\|{args}\right\|"), kink="the origin, where 0 is used",
         at_kink=lambda m, xs: m.equal(m.max(each(m.abs, xs)), 0)),
)
# fmt: on
