"""A node as one formula, in the names of the user."""

from __future__ import annotations

from typing import Any

import pytest

from autodiff import Value, formula, sigmoid, softmax, unknown
from autodiff.pictures.labels import Labels
from autodiff.show.derivations.wording import shown_names
from autodiff.show.page.content import heading


def chain(length: int) -> Value:
    output = Value(1.0, name="x")
    for _ in range(length):
        output = output + output
    return output


def test_names_that_are_left_are_not_opened() -> None:
    x, w1, w2, y = (Value(number, name=name) for number, name in ((1, "x"), (2, "w1"), (3, "w2"), (4, "y")))
    o = sigmoid((x * w1).named("h")).named("o")
    loss = ((y - o * w2) ** 2 / 2).named("L")

    assert [str(formula(loss, of)) for of in ((), [o], [loss])] == [
        "L = (y - σ(x·w1)·w2)^2/2",
        "L = (y - o·w2)^2/2",
        "L = (y - σ(x·w1)·w2)^2/2",
    ]
    assert (
        formula(loss, [o])._repr_latex_() == "$$\nL = \\frac{{\\left(y - o \\cdot w_{2}\\right)}^{2}}{2}\n$$"
    )


def test_a_leaf_and_a_function_that_is_not_given() -> None:
    x = Value(1.0, name="x")

    assert str(formula(x)) == "x = x"
    assert formula(unknown("f")(2 * x)).text == "f(2x)"


def test_what_changes_nothing_is_left_out() -> None:
    x, y = Value(2, name="x"), Value(3, name="y")
    made = [1 * x + y, x * 1 * y, (x / 1) ** 1, sum([y], x), (y - 0) * -1, (1 * x).exp() + 2]

    assert [formula(f).text for f in made] == ["x + y", "x·y", "x", "x + y", "-y", "exp(x) + 2"]
    assert [formula(f).text for f in (0 * x + y, x**2 * 1.5, 1 / x, 1 - x)] == [
        "0x + y",
        "x^2·1.5",
        "1/x",
        "1 - x",
    ]

    f = (1 * x + y).named("f")
    assert heading(f, Labels(shown_names(f))) == "f = x + y"


def test_a_node_of_a_softmax() -> None:
    p = softmax([Value(1.0, name="z1"), Value(2.0, name="z2")])[1].named("p2")

    assert "z1" in formula(p).text


def test_a_formula_that_nobody_reads_is_refused() -> None:
    with pytest.raises(ValueError, match=r"it would have 1,024 names, more than 400: name nodes on the way"):
        formula(chain(10))

    short = chain(8)
    assert formula(short).text.count("x") == 256


@pytest.mark.parametrize(
    ("arguments", "said"), [((1,), "output must be a Value"), ((chain(1), ["x"]), "of must be")]
)
def test_what_is_no_value_is_refused(arguments: tuple[Any, ...], said: str) -> None:
    with pytest.raises(TypeError, match=said):
        formula(*arguments)
