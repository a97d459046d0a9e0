"""One path's product: ones dropped, numbers gathered, quotients gone on with, long ones cut in the middle."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from autodiff import Value, paths
from autodiff.pictures.names import default_names
from autodiff.show.derivations.terms import Algebra, Term


def only_term(output: Value, x: Value) -> Term:
    (path,) = paths(output, x)
    names = default_names(output)
    return Term(path, 0, names, Algebra(names, x))


@pytest.mark.parametrize(
    ("make", "simplified"),
    [
        (lambda x, y: (y - x) ** 2 / 2, "x - y"),
        (lambda x, y: (x * y) ** 2 * 0.5, "x·y^2"),
        (lambda x, y: (x * y) ** 3 / 2, "3x^2·y^3/2"),
        (lambda x, y: (x * y) ** 2 / y, "2x·y"),
        (lambda x, y: (y / x) ** 2, "-2y^2/x^3"),
        (lambda x, y: (2 * x / y).log() * y, "y/x"),
        (lambda x, y: -(x * Fraction(1, 3)), "-1/3"),
        (lambda x, y: x * 0 * y, "0"),
        (lambda x, y: x * 1e-9 * y, "1e-09·y"),
        (lambda x, y: (x + y).relu() * y, "y·[x + y > 0]"),
    ],
)
def test_simplified(make: Callable[[Value, Value], Value], simplified: str) -> None:
    x, y = Value(2, name="x"), Value(3, name="y")

    assert only_term(make(x, y), x).simplified("text") == simplified


@pytest.mark.parametrize(
    ("length", "left_out"), [(20, None), (21, "(5 more factors)"), (300, "(284 more factors)")]
)
def test_a_long_product_keeps_its_ends(length: int, left_out: str | None) -> None:
    x = output = Value(0.5, name="x")
    for _ in range(length):
        output = output.sin()
    term = only_term(output, x)

    for product in (term.signs("text"), term.symbols("text"), term.simplified("text")):
        assert product.count("·") == (length - 1 if left_out is None else 16)
        assert left_out is None or left_out in product
