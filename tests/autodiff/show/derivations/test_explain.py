"""Derivations: exercise 1 exactly, any graph's terms against its adjoint, and what is special."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings

import autodiff
from autodiff import Value, gradient, softmax
from autodiff.operations import function
from autodiff.pictures.draw import PATHS, draw
from autodiff.pictures.names import default_names
from autodiff.rules import TABLE
from autodiff.show.derivations.difference import evaluate, finite_difference
from autodiff.show.derivations.explain import explain
from autodiff.show.derivations.formula import formula
from autodiff.show.derivations.steps import steps
from autodiff.show.derivations.wording import number_in
from tests.reading import READ, as_python
from tests.strategies import Program, on_values, programs

FUNCTIONS: dict[str, Any] = {
    **{name: function(rule) for name, rule in TABLE.items()},
    "π": math.pi,
    "float": float,
    "__builtins__": {},
}


def exercise_1() -> tuple[Value, Value, Value]:
    x, y = Value(2, name="x"), Value(3, name="y")
    return x, y, x**2 + x * y + (x + y) ** 2


def doubled(times: int) -> tuple[Value, Value]:
    x = output = Value(1.0, name="x")
    for _ in range(times):
        output = output + output
    return x, output


EXERCISE_1 = """\
∂f/∂x = ∂f/∂d·∂d/∂a·∂a/∂x + ∂f/∂d·∂d/∂b·∂b/∂x + ∂f/∂e·∂e/∂c·∂c/∂x
      = 1·1·2x + 1·1·y + 1·2c·1
      = 2x + y + 2(x + y)
      = 4 + 3 + 10
      = 17
adjoint: 17, finite difference: 17"""


def test_exercise_1_as_the_sheet_has_it() -> None:
    x, y, f = exercise_1()

    assert str(explain(f, x)) == repr(explain(f, x)) == EXERCISE_1
    assert explain(f, y).lines()[1:] == ("1·1·x + 1·2c·1", "x + 2(x + y)", "2 + 10", "12")
    assert explain(f, x).lines("latex")[2] == r"2x + y + 2\left(x + y\right)"
    assert (x.grad, y.grad, f.grad) == (0.0, 0.0, 0.0)


def test_exercise_1_as_latex() -> None:
    x, y, f = exercise_1()
    shown = explain(f, y)

    assert explain((x + y) ** 2, y).latex.splitlines()[1].split(" &= ") == [
        r"\frac{\partial b}{\partial y}",
        r"\frac{\partial b}{\partial a} \cdot \frac{\partial a}{\partial y} \\[4pt]",
    ]
    assert shown.latex.splitlines()[2] == r" &= 1 \cdot 1 \cdot x + 1 \cdot 2c \cdot 1 \\[4pt]"
    assert shown._repr_latex_() == f"$$\n{shown.latex}\n$$"


def test_the_rows_have_the_looks_of_the_paths_in_the_picture() -> None:
    x, _, f = exercise_1()
    page = explain(f, x)._repr_html_()
    source = draw(f, paths_from=x).source

    assert re.findall(r"border-left: \w+ (\w+) (#\w+)", page) == [
        (look["style"], look["color"]) for look in PATHS[:3]
    ]
    for term in explain(f, x, order="largest").terms:
        assert source.count(f'color="{term.look["color"]}"') >= 3
    assert [term.number for term in explain(f, x, order="largest").terms] == [2, 0, 1]


def test_a_chain_keeps_the_names_of_activations() -> None:
    x, w1, w2, y = (Value(number, name=name) for number, name in ((1, "x"), (0.5, "w1"), (2, "w2"), (1, "y")))
    o = (x * w1).named("h").sigmoid().named("o")
    loss = ((y - o * w2) ** 2 * 0.5).named("L")

    assert explain(loss, w1).lines()[2] == "-(y - o·w2)·w2·o·(1 - o)·x"


def test_cross_entropy_of_softmax_in_the_names_of_the_probabilities() -> None:
    z1, z2 = Value(1, name="z1"), Value(2, name="z2")
    p1, p2 = (node.named(name) for node, name in zip(autodiff.softmax([z1, z2]), ("p1", "p2"), strict=True))
    shown = explain(-(p1.log() * 0.25 + p2.log() * 0.75), z1)

    assert shown.lines()[2] == "0.25(p1 - 1) + 0.75p1"
    assert shown.collected() == "p1 - 0.25"
    assert eval(shown.python, dict(FUNCTIONS), {"p1": p1.data, "p2": p2.data}) == pytest.approx(shown.adjoint)


def test_signs_and_numbers_are_gathered() -> None:
    x, y = Value(2, name="x"), Value(4, name="y")

    assert explain(x / y - 1 / x, x).lines()[1:3] == ("1·1/y - 1·(-1/x^2)", "1/y + 1/x^2")
    assert explain(-(x * y) / 2, x).lines()[2] == "-y/2"
    assert explain((x * y) * -3, y).lines()[1:3] == ("-3·x", "-3x")


@settings(max_examples=100)
@given(programs(most_steps=6))
def test_the_terms_and_the_remainder_add_up_to_the_adjoint(program: Program) -> None:
    inputs = [Value(x, name=f"x{i}") for i, x in enumerate(program.inputs)]
    output = program.run(on_values, inputs)
    names = {name: node.data for node, name in default_names(output).items()}
    for x in inputs:
        adjoint = float(gradient(output, x))
        for order in ("graph", "largest"):
            shown = explain(output, x, limit=4, order=order)
            products = [float(term.product) for term in shown.terms]
            allowed = 1e-9 * (1 + sum(map(abs, products)) + abs(adjoint))

            assert shown.adjoint == adjoint
            assert shown.result == pytest.approx(adjoint, abs=allowed)
            assert math.fsum([*products, shown.remainder]) == pytest.approx(adjoint, abs=allowed)
            assert eval(shown.python, dict(FUNCTIONS), names) == pytest.approx(adjoint, abs=100 * allowed)


@settings(max_examples=100)
@given(programs(most_steps=6))
def test_every_line_read_back_is_the_derivative(program: Program) -> None:
    """To the six digits of the numbers in it, and where nothing is left out."""
    inputs = [Value(x, name=f"x{i}") for i, x in enumerate(program.inputs)]
    output = program.run(on_values, inputs)
    names = {name: node.data for node, name in default_names(output).items()}
    for x in inputs:
        shown = explain(output, x, limit=1_000)
        allowed = 1e-5 * (1e-6 + sum(abs(float(term.product)) for term in shown.terms))
        for line in (line for line in shown.lines()[1:] if " more " not in line):
            assert eval(as_python(line), dict(READ), names) == pytest.approx(shown.adjoint, abs=allowed)


@settings(max_examples=50)
@given(programs())
def test_the_graph_evaluates_to_what_it_was_computed_from(program: Program) -> None:
    inputs = [Value(x) for x in program.inputs]
    output = program.run(on_values, inputs)
    moved = program.run(on_values, [Value(program.inputs[0] + 0.25), *inputs[1:]])

    assert evaluate(output, inputs[0], program.inputs[0]) == output.data
    assert evaluate(output, inputs[0], program.inputs[0] + 0.25) == moved.data


def test_a_sum_over_very_many_paths_is_cut_with_a_count() -> None:
    x, output = doubled(40)
    shown = explain(output, x, limit=1, order="largest")

    assert shown.count == 2**40
    assert shown.lines()[3] == "1 + ... and 1,099,511,627,775 more paths, together 1.09951e+12"
    assert shown.remainder == 2**40 - 1
    assert shown.difference.value == pytest.approx(2**40)
    assert "1,099,511,627,775 more paths" in shown._repr_html_()
    assert r"\text{... and 1,099,511,627,775 more paths}" in shown.latex


def test_the_largest_come_first() -> None:
    x, _, f = exercise_1()

    assert explain(f, x, limit=2, order="largest").lines()[3] == "10 + 4 + ... and 1 more path, together 3"


def test_the_largest_of_very_many_paths_are_found_at_once() -> None:
    x = output = Value(1.0, name="x")
    for _ in range(40):
        output = output * 0.5 + output * 2
    shown = explain(output, x, limit=3, order="largest")

    assert shown.lines()[3].startswith(
        "1.09951e+12 + 2.74878e+11 + 2.74878e+11 + ... and 1,099,511,627,773 more"
    )
    assert [term.number for term in shown.terms] == [2**40 - 1, 2**39 - 1, 2**39 + 2**38 - 1]


def test_what_remains_beside_infinite_terms_is_not_called_nan() -> None:
    x, infinity = Value(2.0, name="x"), Value(math.inf, name="i")
    shown = explain(infinity * x * x - x * 3, x, limit=2)

    assert shown.lines()[3:] == ("inf + inf + ... and 1 more path", "inf")


def test_a_long_sum_is_broken_between_its_terms() -> None:
    u, h = Value(0.5, name="u"), Value(0.25, name="h0")
    for time in range(1, 6):
        h = (u * h + 1).tanh().named(f"h{time}")
    shown = explain(h, u)
    signs, *_ = shown.lines()

    assert max(map(len, shown.text.splitlines())) < 130
    assert "".join(shown.text.split()).startswith("∂h5/∂u=" + "".join(signs.split()))
    assert shown.text.splitlines()[1].startswith(" " * 9 + "+ ∂h5/∂n·")
    assert shown.latex.count("\n &\\quad {} + ") >= 3
    assert shown.latex.count(" &= ") == 5


def test_a_deep_graph_is_cut_in_the_middle() -> None:
    x = output = Value(0.5, name="x")
    for _ in range(5_000):
        output = output.sin()
    shown = explain(output, x)

    assert "·(4,984 more factors)·" in shown.lines()[0]
    assert shown.lines()[1].endswith("·cos(v1)·cos(x)")
    assert float(shown.python.strip("()")) == pytest.approx(gradient(output, x))


def test_what_the_output_does_not_depend_on_has_the_derivative_0() -> None:
    x, _, f = exercise_1()
    z = Value(1, name="z")

    assert explain(f, z).text.splitlines()[:2] == [
        "∂f/∂z = 0",
        "f does not depend on z: no path leads from z to f",
    ]
    assert explain(f, z).python == "0"
    assert "does not depend" in explain(x, z)._repr_html_()


def test_names_that_several_nodes_have_are_pointed_out() -> None:
    h = u = Value(0.5, name="u")
    for _ in range(2):
        h = (h * u).named("h")
    shown = explain(h, u)

    assert "several nodes are named h" in shown.text.splitlines()
    assert "several nodes are named h" in shown._repr_html_()
    assert explain(u * 2, Value(1, name="u")).text.splitlines()[1:3] == [
        "a does not depend on u: no path leads from u to a",
        "several nodes are named u",
    ]


def test_nodes_with_no_name_or_a_blank_one_get_letters() -> None:
    x, blank = Value(2), Value(3, name=" ")

    assert explain(x * blank, x).text.splitlines()[:2] == ["∂c/∂a = b", "      = 3"]
    assert explain(x * blank, Value(1)).text.startswith("∂c/∂d = 0\n")


def test_the_output_by_itself_has_the_derivative_1() -> None:
    x, _, f = exercise_1()

    assert explain(f, f).text.splitlines()[:2] == ["∂f/∂f = 1", "f is the output itself"]
    assert (explain(x, x).adjoint, eval(explain(x, x).python)) == (1.0, 1)


def test_an_interior_node_may_be_explained() -> None:
    x, y = Value(2, name="x"), Value(3, name="y")
    c = (x + y).named("c")

    assert explain((c**2).named("e"), c).text.splitlines()[:2] == ["∂e/∂c = 2c", "      = 10"]


def test_fractions_stay_fractions() -> None:
    x = Value(Fraction(1, 3), name="x")

    assert explain(x * x, x).lines()[3:] == ("1/3 + 1/3", "2/3")
    assert explain(x * x, x).difference.value == pytest.approx(2 / 3)


def test_hostile_names_stay_text() -> None:
    x = Value(2, name="<i>&%_\n")
    shown = explain(x * x * 3, x)

    assert "<i>" not in shown._repr_html_()
    assert "&lt;i&gt;&amp;%_ " in shown._repr_html_()
    assert shown._repr_html_().count("<td") == 2 * 6 + 2
    assert r"\text{<i>}\&\%\_\text{ }" in shown.latex


@pytest.mark.parametrize(
    ("make", "at", "reason"),
    [
        (lambda x: x.relu(), 0.0, "the slopes a step to the left and right differ: 0 and 1"),
        (lambda x: abs(x) * 3, 0.0, "-3 and 3"),
        (lambda x: (1e8 * x).sin(), 0.1, "differ: .* and "),  # no kink, and not called one
        (lambda x: x.sqrt(), 0.0, "sqrt: .* x = -7.6"),
        (lambda x: x.exp(), 709.782, "exp: .*too large"),
    ],
)
def test_where_there_is_no_finite_difference(make: Any, at: float, reason: str) -> None:
    x = Value(at, name="x")

    assert re.search(reason, str(finite_difference(make(x), x)))


@pytest.mark.parametrize("make", [lambda x: (30 * x).sin(), lambda x: x.exp() * 1e9, lambda x: x**9 + 1e6])
def test_a_steep_curve_is_no_kink(make: Any) -> None:
    x = Value(1.25, name="x")

    assert finite_difference(make(x), x).value == pytest.approx(gradient(make(x), x), rel=1e-4)


def test_operations_on_many_operands() -> None:
    xs = [Value(i / 100, name=f"x{i}") for i in range(100)]
    output = autodiff.logsumexp(xs)

    assert explain(output, xs[7]).lines()[1] == "∂a/∂x7"
    assert explain(output, xs[7]).difference.value == pytest.approx(gradient(output, xs[7]))
    assert explain(autodiff.softmax(xs[:3])[1], xs[0]).difference.value is not None


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        ((1.0, Value(1)), {}, TypeError, "output must be a Value, not 1.0"),
        ((Value(1), "x"), {}, TypeError, "x must be a Value, a Matrix or a list of matrices, not 'x'"),
        ((Value(1), Value(1)), {"limit": 0}, ValueError, "limit must be a whole number from 1 on, not 0"),
        ((Value(1), Value(1)), {"order": "size"}, ValueError, "order must be 'graph' or 'largest'"),
    ],
)
def test_bad_input_is_refused(
    arguments: Any, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        explain(*arguments, **options)


def test_the_output_by_itself_has_lines_too() -> None:
    x = Value(2, name="x")

    assert explain(x, x).lines()[2:] == ("1", "1", "1")


# ---------------------------------------------------------------- letters that nobody knows


def test_an_edge_that_leads_right_to_the_output_is_told_from_the_derivative() -> None:
    x = Value(2.0, name="x")
    direct = explain((x * x.sin()).named("f"), x)

    assert direct.text.splitlines()[0] == "∂f/∂x = ∂f/∂x + ∂f/∂a·∂a/∂x"
    assert direct.where == ["where ∂f/∂x on the right is the partial along the edge alone"]
    assert r"\text{where }\frac{\partial f}{\partial x}\text{ on the right is" in direct.latex
    assert direct.where[0] in direct._repr_html_()
    [shown] = explain(x + x * x, x, limit=1).where
    assert shown.startswith("where ")
    for f in (x.sin(), x * 3, x**2 + x.exp(), (x * x).sin()):
        assert explain(f, x).where == []


def three_exponentials() -> tuple[list[Value], list[Value], Value]:
    scores = [Value(x, name=f"s{i}") for i, x in enumerate((1, 2, 0.3), 1)]
    powers = [s.exp() for s in scores]
    return scores, powers, powers[0] + powers[1] + powers[2]


def test_a_letter_in_the_last_formula_is_said_what_it_is() -> None:
    scores, _, total = three_exponentials()
    shown = explain(total.log() - scores[1], scores[1])

    assert shown.lines()[2] == "exp(s2)/g - 1"
    assert shown.where == [
        "where ∂f/∂s2 on the right is the partial along the edge alone",
        "where g = exp(s1) + exp(s2) + exp(s3)",
    ]
    assert r"\frac{e^{s_{2}}}{g} - 1" in shown.latex
    assert r" &\quad \text{where }g = e^{s_{1}} + e^{s_{2}} + e^{s_{3}}" in shown.latex
    assert "where g = " in shown._repr_html_()


def test_what_is_opened_may_hold_a_letter_and_then_cancels() -> None:
    scores, powers, total = three_exponentials()

    assert explain(-(powers[1] / total).log(), scores[1]).lines()[2] == "exp(s2)/g - 1"


def test_letters_in_what_a_letter_is_are_said_too() -> None:
    x, y, z = Value(0.5, name="x"), Value(0.25, name="y"), Value(2, name="z")
    inner = x * y + x.sin() + y.cos() + x.cos()
    outer = z.exp() + x.sin() * y.sin() + inner
    [line, other] = explain(outer.log(), z).where

    assert line == "where s = exp(z) + sin(x)·sin(y) + r"
    assert other == "where r = x·y + sin(x) + cos(y) + cos(x)"


def test_of_many_letters_some_are_said() -> None:
    x = Value(0.5, name="x")
    output = Value(1.0, name="y")
    for place in range(10):
        output = output * (x * place + x.sin() + x.cos()).exp()

    assert explain(output, x).where[-1] == "... and 1 more"


def test_an_input_without_a_name_is_said() -> None:
    x = Value(2, name="x")

    assert explain(x * Value(3), x).where == ["where a = 3"]


# ---------------------------------------------------------------- names that look like an operation


@pytest.mark.parametrize(
    ("name", "text", "latex"),
    [
        ("x - μ", "(x - μ)", r"(x - \mu)"),
        ("x·y", "(x·y)", r"(x \cdot y)"),
        ("a b", "(a b)", r"(\text{a b})"),
        ("w11^2", "w11^2", "w_{11}^{2}"),
    ],
)
def test_a_name_with_an_operator_stands_in_brackets_after_a_sign(name: str, text: str, latex: str) -> None:
    x, y = Value(2, name="x"), Value(3, name="y")
    output = ((x - 1).named(name) ** 2 * y).named("L")

    assert explain(output, x).lines()[0].endswith(f"∂a/∂{text}·∂{text}/∂x")
    assert rf"\frac{{\partial {latex}}}{{\partial x}}" in explain(output, x).latex
    assert f"∂L/∂{text}·1" in steps(output).text


# ---------------------------------------------------------------- graphs of derivatives


@pytest.mark.parametrize(
    ("name", "second"),
    [
        ("erf", "-4exp(-x^2)·x/√π"),
        ("erfc", "4exp(-x^2)·x/√π"),
        ("gelu", "exp(-x^2/2)/√(2π) + exp(-x^2/2)/√(2π) - x^2·exp(-x^2/2)/√(2π)"),
    ],
)
def test_second_derivatives_of_what_is_made_of_a_bell_are_read(name: str, second: str) -> None:
    x = Value(0.5, name="x")
    [d] = gradient(FUNCTIONS[name](x), [x], create_graph=True)
    shown = explain(d, x)

    assert d.data == gradient(FUNCTIONS[name](x), x)
    assert second in (shown.lines()[2], shown.collected())
    assert max(map(len, shown.text.splitlines())) < 130


# ---------------------------------------------------------------- like terms, and the line of numbers


def after_the_paths(output: Value, x: Value) -> list[str]:
    """The lines below the sum over the paths and their partials, without the check."""
    lines = [line.strip() for line in explain(output, x).text.splitlines() if line.strip().startswith("=")]
    return [line.removeprefix("= ") for line in lines[1:]]


def test_like_terms_become_one_and_so_do_their_numbers() -> None:
    a, x, y = Value(0.25, name="a"), Value(2, name="x"), Value(3, name="y")

    assert after_the_paths(a * a + a * x, a) == ["a + a + x", "2a + x", "0.5 + 2", "2.5"]
    assert after_the_paths(a * a + a * (a + x), a) == ["a + a + a + x + a", "4a + x", "3"]
    assert after_the_paths((x + y + x) ** 2, x) == ["2(2x + y) + 2(2x + y)", "4(2x + y)", "28"]


def test_the_numbers_are_those_of_the_terms_that_are_written() -> None:
    shares = softmax([Value(x, name=f"z{i}") for i, x in enumerate((1, 2, 0.5), 1)])
    p = [share.named(f"p{i}") for i, share in enumerate(shares, 1)]
    loss = -(0 * p[0].log() + 1 * p[1].log() + 0 * p[2].log())

    assert after_the_paths(loss, shares[0].parents[1]) == ["p2 - 1", number_in(p[1].data - 1, "text")]


def test_what_is_nan_does_not_cancel() -> None:
    w = Value(2.0, name="w")
    lines = after_the_paths((w - w).sqrt(), w)

    assert lines[-2:] == ["inf - inf", "nan"]
    assert "0" not in lines


def test_a_share_less_its_square_is_one_fraction() -> None:
    a = Value(0.25, name="a")

    assert explain(a.exp() / (1 + a.exp()), a).collected() == "exp(a)/(1 + exp(a))^2"


def test_logarithms_and_roots_of_constants_are_written_as_such() -> None:
    a = Value(0.25, name="a")
    minus_a = -a

    assert after_the_paths(a * math.log(2) + a * math.sqrt(math.pi), a)[0] == "log(2) + √π"
    assert explain(a.erf(), a).lines()[1] == "(2/√π)·exp(-a^2)"
    assert str(formula((-minus_a).named("f"))) == "f = a"


def test_brackets_around_conditions_are_explained() -> None:
    x, y = Value(1.0, name="x"), Value(2.0, name="y")
    said = "where [...] is 1 if it holds, else 0"

    assert said in str(explain(autodiff.max(x, y), x)).splitlines()
    assert said in str(explain(x.relu() * y, x)).splitlines()
    assert said not in str(explain(autodiff.dot([x, y], [y, x]), x))
