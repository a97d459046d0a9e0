"""The steps of both sweeps: exercise 1 exactly, and the adjoints of any graph."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings

import autodiff
from autodiff import Value, gradient, topological_order
from autodiff.show.derivations.steps import MOST_ROWS, forward_steps, steps
from tests.strategies import Program, on_values, programs


def exercise_1() -> tuple[Value, Value, Value]:
    x, y = Value(2, name="x"), Value(3, name="y")
    return x, y, x**2 + x * y + (x + y) ** 2


def chain() -> Value:
    """The net of exercise 2 with relu, whose numbers are whole."""
    x, w1, w2, w3, y = (Value(number, name=name) for number, name in zip(range(1, 6), NAMES, strict=True))
    h1 = (x * w1).named("h1")
    h2 = (h1.relu().named("o1") * w2).named("h2")
    yhat = (h2.relu().named("o2") * w3).named("ŷ")
    return ((yhat - y).named("e") ** 2 / 2).named("L")


NAMES = ("x", "w1", "w2", "w3", "y")

REVERSE = """\
node  before  adds                          numbers           after
f     1                                                       1
e     0       ∂f/∂f·1                       1·1               1
c     0       ∂f/∂e·2c                      1·10              10
d     0       ∂f/∂f·1                       1·1               1
b     0       ∂f/∂d·1                       1·1               1
y     0       ∂f/∂c·1 + ∂f/∂b·x             10·1 + 1·2        12
a     0       ∂f/∂d·1                       1·1               1
x     0       ∂f/∂c·1 + ∂f/∂b·y + ∂f/∂a·2x  10·1 + 1·3 + 1·4  17"""

FORWARD = """\
node  operation  numbers  value
x                         2
a     x^2        2^2      4
y                         3
b     x·y        2·3      6
d     a + b      4 + 6    10
c     x + y      2 + 3    5
e     c^2        5^2      25
f     d + e      10 + 25  35"""


def test_exercise_1_as_text() -> None:
    _, _, f = exercise_1()

    assert str(steps(f)) == repr(steps(f)) == REVERSE
    assert str(forward_steps(f)) == FORWARD


def test_the_data_of_a_step() -> None:
    x, _, f = exercise_1()
    last = steps(f)[-1]

    assert (last.node, last.name, last.before, last.after) == (x, "x", 0.0, 17.0)
    assert [(part.adjoint, part.partial, part.product) for part in last.contributions] == [
        (10.0, 1, 10.0),
        (1.0, 3.0, 3.0),
        (1.0, 4.0, 4.0),
    ]
    assert [part.symbol.text() for part in last.contributions] == ["1", "y", "2x"]


def test_the_trace_of_d_in_a_chain() -> None:
    output = chain()
    trace = {step.name: step.after for step in steps(output)}

    assert [(name, trace[name]) for name in ("ŷ", "w3", "h2", "w2", "h1", "w1")] == [
        ("ŷ", 19.0), ("w3", 114.0), ("h2", 76.0), ("w2", 152.0), ("h1", 228.0), ("w1", 228.0),
    ]  # fmt: skip
    assert "h2    0       ∂L/∂o2·[h2 > 0]  76·1     76" in str(steps(output))


@settings(max_examples=50)
@given(programs())
def test_the_adjoints_are_those_of_the_gradient_and_no_grad_changes(program: Program) -> None:
    output = program.run(on_values, [Value(x) for x in program.inputs])
    order = topological_order(output)
    found = {step.node: step.after for step in steps(output)}

    assert [found[node] for node in order] == gradient(output, order)
    assert {node.grad for node in order} == {0.0}


def test_fractions_stay_fractions() -> None:
    x = Value(Fraction(1, 3), name="x")

    assert steps(x * x)[-1].after == Fraction(2, 3)
    assert "1/3·(1/3)" in str(forward_steps(x * x))


def test_html_is_escaped_and_latex_has_one_row_a_step() -> None:
    x = Value(2, name="<b>&%\n")
    table = steps(x * 3)

    assert "&lt;b&gt;&amp;%" in table._repr_html_()
    assert "<b>" not in table._repr_html_()
    assert (
        r"\text{<b>}\&\%\text{ } & 0 & \frac{\partial a}{\partial a} \cdot 3 & 1 \cdot 3 & 3 \\[4pt]"
        in table.latex
    )
    assert table._repr_latex_() == f"$$\n{table.latex}\n$$"


@pytest.mark.slow
def test_deep_and_wide_graphs_are_cut_where_they_are_written() -> None:
    x = output = Value(0.5, name="x")
    for _ in range(20_000):
        output = output + 1
    many = autodiff.sum([x] * 20_000)

    assert len(steps(output)) == len(forward_steps(output)) == 20_001
    assert str(steps(output)).endswith(f"... and {20_001 - MOST_ROWS:,} more steps")
    assert steps(many)[-1].after == 20_000
    assert "1·1 + ... and 19,992 more" in str(steps(many))
    assert "sum of 20000 operands" in str(forward_steps(many))


def test_a_leaf() -> None:
    x = Value(2, name="x")

    assert [(step.name, step.after) for step in steps(x)] == [("x", 1.0)]
    assert str(forward_steps(x)).splitlines()[1].split() == ["x", "2"]


@pytest.mark.parametrize("wrong", [3.0, None, "x", [Value(1)]])
def test_what_is_no_value_is_refused(wrong: Any) -> None:
    with pytest.raises(TypeError, match=r"^steps: output must be a Value, not"):
        steps(wrong)
    with pytest.raises(TypeError, match=r"^forward_steps: output must be a Value, not"):
        forward_steps(wrong)
