"""Functions that are not given: their derivatives in formulas, nan for their numbers, a concrete one put in."""

from __future__ import annotations

import math
import pickle
from typing import Any

import pytest

import autodiff
from autodiff import Value, draw, explain, explore, forward_steps, gradient, shared_factors, steps, unknown

WRONG: Any = 3


def chain() -> tuple[Value, list[Value]]:
    """The net of exercise 2."""
    f = unknown("f")
    x, y, *ws = (
        Value(number, name=name) for number, name in ((1, "x"), (2, "y"), (0.5, "w1"), (3, "w2"), (2, "w3"))
    )
    o = x
    for layer, w in enumerate(ws[:2], start=1):
        o = f((o * w).named(f"h{layer}")).named(f"o{layer}")
    return ((y - (o * ws[2]).named("ŷ")) ** 2 / 2).named("L"), ws


def test_exercise_2_with_any_activation() -> None:
    loss, ws = chain()
    shown = explain(loss, ws[0])

    assert shown.text.splitlines()[2:] == ["       = -(y - ŷ)·w3·f′(h2)·w2·f′(h1)·x"]
    assert r"w_{3} \cdot f'(h_{2})" in shown.latex
    assert "nan" not in shown.text + shown.latex


def test_the_argument_is_opened() -> None:
    f, x, w = unknown("f"), Value(2, name="x"), Value(3, name="w1")

    assert forward_steps(f(x * w).named("o"))[-1].symbol.text() == "f(a)"
    assert explain(f(x * w), w).lines()[2] == "f′(x·w1)·x"


def test_derivatives_of_derivatives() -> None:
    f, x = unknown("f"), Value(2, name="x")
    slope = f(x)
    for _ in range(4):
        [slope] = gradient(slope, [x], create_graph=True)

    assert math.isnan(slope.data)
    assert explain(slope, x).lines()[2] == "f^(5)(x)"


def test_what_several_derivatives_share() -> None:
    loss, ws = chain()
    found = shared_factors(loss, ws)

    assert found.derivatives() == (
        "∂L/∂w1 = ⟨∂L/∂b·∂b/∂a·∂a/∂ŷ⟩·⟨∂ŷ/∂o2·∂o2/∂h2⟩·∂h2/∂o1·∂o1/∂h1·∂h1/∂w1",
        "∂L/∂w2 = ⟨∂L/∂b·∂b/∂a·∂a/∂ŷ⟩·⟨∂ŷ/∂o2·∂o2/∂h2⟩·∂h2/∂w2",
        "∂L/∂w3 = ⟨∂L/∂b·∂b/∂a·∂a/∂ŷ⟩·∂ŷ/∂w3",
    )
    assert str(found).splitlines()[-1] == "∂o2/∂h2 = f′(h2) in 2 paths"
    assert [factor.paths for factor in found] == [3, 3, 3, 2, 2]
    assert r"\boxed{w_{3} \cdot f'(h_{2})} \cdot o_{1}" in found.latex
    assert found.picture.source.count("penwidth=3") == 5


@pytest.mark.parametrize("function", [autodiff.sigmoid, autodiff.tanh, lambda h: h * h])
def test_a_concrete_function_is_put_in(function: Any) -> None:
    loss, ws = chain()
    f = unknown("f")
    output = f(ws[0] * 2).named("o") * 3
    found = f.put_in(output, function)

    assert found.data == (function(ws[0] * 2) * 3).data
    assert gradient(found, ws[:1]) == gradient(function(ws[0] * 2) * 3, ws[:1])
    assert math.isnan(output.data)
    assert found.parents[0].name == "o"
    with pytest.raises(ValueError, match="put_in: f does not occur"):
        f.put_in(loss, function)  # which has another f


def test_two_unknown_functions() -> None:
    f, g, x = unknown("f"), unknown("g"), Value(2.0, name="x")
    half = f.put_in(g(f(x)), lambda x: x**2)

    assert explain(half, x).lines()[2] == "2g′(x^2)·x"
    assert g.put_in(half, lambda x: x + 1).data == 5


def test_nothing_is_computed_with_it() -> None:
    f, x = unknown("f"), Value(2, name="x")
    with pytest.raises(
        TypeError, match="f is unknown, so there is nothing to compute: put a function in first"
    ):
        autodiff.compile(lambda x: f(x * 2))(1.0)
    with pytest.raises(ValueError, match="put a function in first"):
        _ = explore(f(x)).html
    with pytest.raises(TypeError, match="only operations of the table can be pickled"):
        pickle.dumps(f(x))


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: unknown(WRONG), TypeError, "name must be a text, not 3"),
        (lambda: unknown(" "), ValueError, "the function needs a name"),
        (lambda: unknown("f")(WRONG), TypeError, "f is unknown: it takes a Value, not 3"),
        (lambda: unknown("f").put_in(WRONG, abs), TypeError, "output must be a Value, not 3"),
        (
            lambda: (f := unknown("f")).put_in(f(Value(1)), lambda x: WRONG),
            TypeError,
            "must give a Value, not 3",
        ),
    ],
)
def test_bad_input_is_refused_in_words(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()


def test_steps_and_pictures_leave_out_what_nobody_knows() -> None:
    f, x, w, y = unknown("f"), Value(2, name="x"), Value(2, name="w"), Value(3, name="y")
    loss = ((f(x * w).named("o") - y) ** 2).named("L")

    assert str(steps(loss)).splitlines()[1:] == [
        "L     1                             1",
        "b     0       ∂L/∂L·2b",
        "y     0       ∂L/∂b·(-1)",
        "o     0       ∂L/∂b·1",
        "a     0       ∂L/∂o·f′(a)",
        "w     0       ∂L/∂a·x",
        "x     0       ∂L/∂a·w",
    ]
    assert str(forward_steps(loss)).splitlines()[4:] == [
        "o     f(a)       f(4)",
        "y                         3",
        "b     o - y",
        "L     b^2",
    ]
    source = draw(loss).source
    assert "nan" not in source
    assert '"o = f(a)"' in source
    assert '"\u00a0f′(a)\u00a0"' in source
