"""Rows that choose between operands, and the comparisons that they choose by."""

from __future__ import annotations

from autodiff.rules.rule import Rule, binary, call, unary, with_row_beside
from autodiff.rules.worlds import Scalar, World

__all__ = ["ROWS"]


A_TIE = "where both share equally; beside a plain number 0 is used"


def at_equality(m: World, x: Scalar, y: Scalar) -> Scalar:
    return m.equal(x, y)


def half_if_tied(m: World, x: Scalar, y: Scalar) -> Scalar:
    return m.divide(m.equal(x, y), 2)


def is_negative(m: World, x: Scalar) -> Scalar:
    """Whether x has a minus sign, which -0.0 has too: the angle of a point to the left of the origin tells."""
    return m.less(m.atan2(x, -1), 0)


# fmt: off
ROWS = (
    with_row_beside(
        binary("maximum", lambda m, x, y: m.maximum(x, y),
               (lambda m, x, y, z: 1 - m.less(x, y) - half_if_tied(m, x, y),
                lambda m, x, y, z: m.less(x, y) + half_if_tied(m, x, y)),
               written=(lambda m, x, y, z: m.greater(x, y) + half_if_tied(m, x, y),
                        lambda m, x, y, z: m.less(x, y) + half_if_tied(m, x, y)),
               symbol="max", notation=call("maximum", r"\max({args})", "max({args})"), ufunc="maximum",
               kink=f"x = y, {A_TIE}", at_kink=at_equality, chooses=True),
        partials=(lambda m, x, y, z: 1 - m.less_equal(x, y), lambda m, x, y, z: 1 - m.greater_equal(x, y)),
        written=(lambda m, x, y, z: m.greater(x, y), lambda m, x, y, z: m.less(x, y)),
    ),
    with_row_beside(
        binary("minimum", lambda m, x, y: m.minimum(x, y),
               (lambda m, x, y, z: 1 - m.greater(x, y) - half_if_tied(m, x, y),
                lambda m, x, y, z: m.greater(x, y) + half_if_tied(m, x, y)),
               written=(lambda m, x, y, z: m.less(x, y) + half_if_tied(m, x, y),
                        lambda m, x, y, z: m.greater(x, y) + half_if_tied(m, x, y)),
               symbol="min", notation=call("minimum", r"\min({args})", "min({args})"), ufunc="minimum",
               kink=f"x = y, {A_TIE}", at_kink=at_equality, chooses=True),
        partials=(lambda m, x, y, z: 1 - m.greater_equal(x, y), lambda m, x, y, z: 1 - m.less_equal(x, y)),
        written=(lambda m, x, y, z: m.less(x, y), lambda m, x, y, z: m.greater(x, y)),
    ),
    Rule("where", "where", 3, lambda m, c, x, y: m.where(c, x, y),
         (0, lambda m, c, x, y, z: m.where(c, 1, 0), lambda m, c, x, y, z: m.where(c, 0, 1)),
         notation=call("where"), condition=0, chooses=True),

    binary("copysign", lambda m, x, y: m.where(is_negative(m, y), -m.abs(x), m.abs(x)),
           (lambda m, x, y, z: m.sign(x) * m.where(is_negative(m, y), -1, 1), 0),
           ufunc="copysign", kink="x = 0, where 0 is used, and y = 0, where it jumps",
           at_kink=lambda m, x, y: 1 - (1 - m.equal(x, 0)) * (1 - m.equal(y, 0)),
           defined=lambda m, x, y: m.abs(x) * m.sign(y), written=(lambda m, x, y, z: m.sign(x) * m.sign(y), 0)),

    # steps: their partials are 0
    unary("sign", lambda m, x: m.sign(x), 0, ufunc="sign", kink="0", at_kink=lambda m, x: m.equal(x, 0), chooses=True),
    binary("greater",       lambda m, x, y: m.greater(x, y),       (0, 0), symbol=">", kink="x = y",
           at_kink=at_equality, chooses=True, notation=call("greater", "[{} > {}]", "[{} > {}]")),
    binary("greater_equal", lambda m, x, y: m.greater_equal(x, y), (0, 0), symbol="≥", kink="x = y",
           at_kink=at_equality, chooses=True, notation=call("greater_equal", r"[{} \ge {}]", "[{} ≥ {}]")),
    binary("less",          lambda m, x, y: m.less(x, y),          (0, 0), symbol="<", kink="x = y",
           at_kink=at_equality, chooses=True, notation=call("less", "[{} < {}]", "[{} < {}]")),
    binary("less_equal",    lambda m, x, y: m.less_equal(x, y),    (0, 0), symbol="≤", kink="x = y",
           at_kink=at_equality, chooses=True, notation=call("less_equal", r"[{} \le {}]", "[{} ≤ {}]")),
    binary("equal",         lambda m, x, y: m.equal(x, y),         (0, 0), symbol="=", kink="x = y",
           at_kink=at_equality, chooses=True, notation=call("equal", "[{} = {}]", "[{} = {}]")),
    binary("heaviside", lambda m, x, y: m.where(m.equal(x, 0), y, (1 + m.sign(x)) / 2),
           (0, lambda m, x, y, z: m.equal(x, 0)), ufunc="heaviside", kink="x = 0, where y is the value",
           at_kink=lambda m, x, y: m.equal(x, 0), chooses=True),
)
# fmt: on
