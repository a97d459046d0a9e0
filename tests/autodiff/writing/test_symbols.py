"""What is written down means what is computed: Python evaluates the written values and partials."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autodiff import Value
from autodiff.graph import leaves
from autodiff.operations import apply, function
from autodiff.pictures.names import default_names
from autodiff.rules import TABLE, Rule
from autodiff.writing.symbols import (
    SYMBOLS,
    Symbol,
    applied_symbol,
    name_latex,
    number_text,
    symbol_of,
    symbolic_partial,
    symbolic_value,
)
from tests import ordinary
from tests.reading import READ, as_python
from tests.strategies import Program, on_values, programs

FUNCTIONS: dict[str, Any] = {
    **{name: function(rule) for name, rule in TABLE.items()},
    "Fraction": Fraction,
    "int": int,
    "π": math.pi,
    "__builtins__": {},
}
POINTS: dict[int, list[tuple[Any, ...]]] = {
    1: [(0.25,), (0.5,), (0.875,)],
    2: [(0.25, 0.5), (1.5, 0.75), (2.0, 3.0), (3.0, -2.0)],
    3: [(1, 0.25, 0.5), (0, 0.25, 0.5), (1.0, 2.0, 3.0)],
}
LISTS: list[tuple[Any, ...]] = [(0.5,), (1.25, 0.5, -0.75), (0.25, 1.5, 0.125, 2.0, 3.0)]


def cases() -> list[Any]:
    """Every row at some ordinary points; ints stay plain numbers."""
    found = []
    for rule in TABLE.values():
        if rule.vector:
            points = [(*xs, position) for xs in LISTS for position in range(len(xs))]
        else:
            points = LISTS if rule.arity is None else POINTS[rule.arity]
            points = [
                ordinary.operands(rule, xs) for xs in points if len(xs) > 1 or rule.name not in ordinary.LAST
            ]
        found += [pytest.param(rule, xs, id=f"{rule.name}{xs}") for xs in points]
    return found


def name_of(node: Value) -> str:
    assert node.name is not None
    return node.name


def evaluated(expression: str, *nodes: Value) -> Any:
    """What Python makes of a written expression of these nodes."""
    return eval(expression, FUNCTIONS, {name_of(node): node.data for node in nodes})


@pytest.mark.parametrize(("rule", "xs"), cases())
def test_written_value_and_partials_are_the_computed_ones(rule: Rule, xs: tuple[Any, ...]) -> None:
    operands = [x if isinstance(x, int) else Value(x, name=f"x{i}") for i, x in enumerate(xs)]
    node = apply(rule, operands).named("z")

    value = symbolic_value(node, name_of).python()

    assert evaluated(value, *node.parents) == pytest.approx(node.data, rel=1e-13)
    for index, partial in enumerate(node.partials):
        written = symbolic_partial(node, index, name_of)
        actual = evaluated(written.python(), node, *node.parents)

        assert actual == pytest.approx(partial, rel=1e-13, abs=1e-15)
        assert written.text()
        assert written.latex().count("{") == written.latex().count("}")


@pytest.mark.parametrize(
    ("name", "xs"),
    [
        ("pow", (2.0, 3)),
        ("pow", (2, 3.0)),
        ("pow", (0.5, -1)),
        ("mul", (3, 0.5)),
        ("sub", (1, 0.25)),
        ("truediv", (1, 4.0)),
        ("elu", (-1.0, 2)),
    ],
)
def test_plain_numbers_are_written_as_numbers(name: str, xs: tuple[Any, ...]) -> None:
    node = apply(TABLE[name], [x if isinstance(x, int) else Value(x, name="x") for x in xs]).named("z")

    assert evaluated(symbolic_value(node, name_of).python(), *node.parents) == node.data
    partial = symbolic_partial(node, 0, name_of).python()
    assert evaluated(partial, node, *node.parents) == pytest.approx(node.partials[0])


# ---------------------------------------------------------------- random expressions: precedence and brackets

LEAVES = st.sampled_from(
    [Value(Fraction(n, d), name) for name, n, d in [("x", 3, 2), ("y", -2, 3), ("z", 5, 1)]]
)
NUMBERS = st.sampled_from([Fraction(-2), Fraction(1, 3), Fraction(-3, 4), 0, 1, 2, -1])
ARITHMETIC = ["add", "sub", "mul", "truediv", "maximum", "minimum"]


def joined(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    either = children | NUMBERS
    return (
        st.tuples(st.sampled_from(ARITHMETIC), children, either)
        | st.tuples(st.sampled_from(ARITHMETIC), either, children)
        | st.tuples(st.sampled_from(["neg", "abs", "relu"]), children)
        | st.tuples(st.just("pow"), children, st.sampled_from([-2, -1, 0, 1, 2, 3]))
        | st.tuples(st.just("sum"), children, either, children)
        | st.tuples(st.just("dot"), children, children, either, either, either)
    )


EXPRESSIONS = st.recursive(LEAVES, joined, max_leaves=8)


def built(expression: Any) -> Any:
    """The graph of an expression given as nested tuples."""
    if not isinstance(expression, tuple):
        return expression
    name, *operands = expression
    return apply(TABLE[name], [built(operand) for operand in operands])


X, Y = Value(Fraction(3, 2), "x"), Value(Fraction(-2, 3), "y")


@given(EXPRESSIONS)
@settings(max_examples=300)
@example(("pow", ("neg", X), 2))
@example(("neg", ("pow", X, 2)))
@example(("sub", X, ("sub", Y, X)))
@example(("truediv", X, ("truediv", Y, X)))
@example(("truediv", X, ("mul", Y, X)))
@example(("mul", X, ("truediv", Y, X)))
@example(("pow", ("truediv", X, Y), -1))
@example(("pow", ("pow", X, 2), 3))
@example(("sub", X, ("neg", Y)))
@example(("mul", X, ("neg", Y)))
@example(("mul", Fraction(1, 3), X))
@example(("pow", ("mul", Fraction(-1, 3), X), 3))
@example(("truediv", X, Fraction(-1, 3)))
@example(("mul", 0, X))
@example(("mul", X, 0))
def test_nested_expressions_are_written_with_the_brackets_they_need(expression: Any) -> None:
    try:
        node = built(expression)
    except ZeroDivisionError:
        return

    for written in (whole(node).python(), as_python(whole(node).text())):
        assert evaluated(exact(written), *leaves_of(node)) == node.data


def exact(expression: str) -> str:
    """The same in fractions."""
    return re.sub(r"\b\d+\b", r"Fraction(\g<0>)", expression)


def whole(operand: Any) -> Symbol:
    """The whole expression below a node, as a symbol."""
    if not isinstance(operand, Value):
        return symbol_of(operand)
    if operand.op is None:
        return symbol_of(operand.name or "")
    return applied_symbol(operand.op, [whole(below) for below in operand.operands])


@given(EXPRESSIONS)
@settings(max_examples=100)
@example(("pow", ("neg", X), -1))
@example(("pow", ("sub", X, Y), 2))
@example(("truediv", ("neg", X), ("truediv", Y, X)))
@example(("truediv", ("sub", X, Y), ("pow", ("neg", Y), 3)))
@example(("mul", ("sub", X, Y), ("neg", Y)))
@example(("truediv", X, Fraction(-1, 3)))
@example(("dot", X, Y, ("neg", X), ("sub", X, Y), 2))
@example(("maximum", ("sub", X, Y), ("neg", X)))
def test_nested_partials_are_written_with_the_brackets_they_need(expression: Any) -> None:
    try:
        node = built(expression)
    except ZeroDivisionError:
        return

    for index, partial in enumerate(node.partials):
        symbol = symbolic_partial(node, index, whole)
        for written in (symbol.python(), as_python(symbol.text())):
            assert evaluated(exact(written), *leaves_of(node)) == partial


@settings(max_examples=100)
@given(programs())
def test_values_and_partials_of_random_programs_are_written_as_computed(program: Program) -> None:
    output = program.run(on_values, [Value(x, name=f"x{i}") for i, x in enumerate(program.inputs)])
    names = default_names(output)
    numbers = {name: node.data for node, name in names.items()}
    for node in names:
        value = symbolic_value(node, names.__getitem__)

        assert eval(value.python(), FUNCTIONS, numbers) == pytest.approx(node.data, rel=1e-12, abs=1e-14)
        assert eval(as_python(value.text()), READ, numbers) == pytest.approx(node.data, rel=1e-12, abs=1e-14)
        for index, partial in enumerate(node.partials):
            written = symbolic_partial(node, index, names.__getitem__)

            assert eval(written.python(), FUNCTIONS, numbers) == pytest.approx(partial, rel=1e-9, abs=1e-12)
            assert eval(as_python(written.text()), READ, numbers) == pytest.approx(
                partial, rel=1e-9, abs=1e-12
            )


def leaves_of(node: Value) -> list[Value]:
    return [leaf for leaf in leaves(node) if leaf.name]


# ---------------------------------------------------------------- pieces


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("x", "x"),
        ("x1", "x_{1}"),
        ("w_12", "w_{12}"),
        ("w11^2", "w_{11}^{2}"),
        ("w_1^{2}", "w_{1}^{2}"),
        ("h_t", "h_{t}"),
        ("x_{max}'", "x'_{max}"),
        ("W^T", "W^{T}"),
        ("ŷ", r"\hat{y}"),
        ("x1_10", "x_{1,10}"),
        ("w1_11", "w_{1,11}"),
        ("ŷ1_1_10", r"\hat{y}_{1,1,10}"),
        ("w1,12^2", "w_{1,12}^{2}"),
        ("x_{1,2}", "x_{1,2}"),
        ("x1_", r"\text{x1}\_"),
        ("y\N{COMBINING CIRCUMFLEX ACCENT}1", r"\hat{y}_{1}"),
        ("λ2", r"\lambda_{2}"),
        ("Σ", r"\Sigma"),
        ("x₁₂′", "x'_{12}"),
        ("σ²", r"\sigma^{2}"),
        ("Δx", r"\Delta \text{x}"),
        ("größe", r"\text{größe}"),
        ("loss", r"\mathrm{loss}"),
        ("h1h2", r"\text{h1h2}"),
        ("xy_1", r"\text{xy}\_\text{1}"),
        ("a&b", r"\text{a}\&\text{b}"),
        ("%", r"\%"),
        ("\\$ {#~", r"\backslash \$\text{ }\{\#\sim "),
        ("two\nlines", r"\text{two lines}"),
        ("", r"\text{}"),
    ],
)
def test_names_in_latex(name: str, latex: str) -> None:
    assert name_latex(name) == latex


@pytest.mark.parametrize(
    ("name", "square", "product", "power"),
    [
        ("w11", "w11^2", "y·w11", "y^w11"),
        ("w11^1", "(w11^1)^2", "y·w11^1", "y^(w11^1)"),
        ("a - b", "(a - b)^2", "y·(a - b)", "y^(a - b)"),
        ("a b", "(a b)^2", "y·(a b)", "y^(a b)"),
        ("p(a - b)", "p(a - b)^2", "y·p(a - b)", "y^p(a - b)"),
    ],
)
def test_names_that_look_like_operations_get_brackets(
    name: str, square: str, product: str, power: str
) -> None:
    x, y = Value(2, name=name), Value(3, name="y")

    assert [symbolic_value(z, name_of).text() for z in (x**2, y * x, y**x)] == [square, product, power]


def test_a_name_with_an_exponent_is_bracketed_in_latex_too() -> None:
    w = Value(2, name="w11^1")

    assert symbolic_value(w**2, name_of).latex() == r"{\left(w_{11}^{1}\right)}^{2}"


def test_a_number_stands_before_a_name_without_a_sign_unless_it_has_a_power_of_ten() -> None:
    x = symbol_of("x")

    assert [(number * x).text() for number in (2, -0.5, 1e-9, Fraction(1, 3))] == [
        "2x",
        "-0.5x",
        "1e-09·x",
        "1/3·x",
    ]
    assert (-1 * x**2).text() == "-x^2"
    assert (symbol_of(1e-9) * x).latex() == r"1 \cdot 10^{-9} \cdot x"
    assert (symbol_of(2) * symbol_of("3rd")).text() == "2·3rd"


@pytest.mark.parametrize(
    ("number", "text", "latex"),
    [
        (1e15 - 1, "999999999999999", "999999999999999"),
        (-(1e15 - 1), "-999999999999999", "-999999999999999"),
        (1e15, "1e+15", r"1 \cdot 10^{15}"),
        (1.25e15, "1.25e+15", r"1.25 \cdot 10^{15}"),
        (-1.25e15, "-1.25e+15", r"-1.25 \cdot 10^{15}"),
        (Fraction(1, 3), "1/3", r"\frac{1}{3}"),
        (Fraction(-1, 3), "-1/3", r"-\frac{1}{3}"),
        (Fraction(-3), "-3", "-3"),
        (-math.inf, "-inf", r"-\infty"),
        (math.nan, "nan", r"\mathrm{nan}"),
        (0.1 + 0.2, "0.3", "0.3"),
    ],
)
def test_numbers_as_text_and_in_latex(number: Any, text: str, latex: str) -> None:
    assert (symbol_of(number).text(), symbol_of(number).latex()) == (text, latex)
    assert (number_text(number), number_text(number, "latex")) == (text, latex)


def test_whole_floats_become_ints_below_the_limit_of_exact_reading() -> None:
    assert [symbol_of(x).python() for x in (1e15 - 1, 1e15, 1.25e15, -1e15, 2.5)] == [
        "999999999999999",
        "1000000000000000.0",
        "1250000000000000.0",
        "-1000000000000000.0",
        "2.5",
    ]


def test_powers_of_symbols() -> None:
    x = symbol_of("x")

    assert [(x**exponent).text() for exponent in (0, 1, 2, -1, "y")] == ["1", "x", "x^2", "x^(-1)", "x^y"]
    assert (2**x).text() == "2^x"


def test_where_is_settled_by_a_number() -> None:
    where = SYMBOLS.where
    condition = SYMBOLS.greater("h", 0)

    assert [where(test, "x", "y").text() for test in (1, 1.5, -1, 0)] == ["x", "x", "x", "y"]
    assert where(condition, 1, 0).text() == "[h > 0]"
    assert where("c", 1, 0).text() == "where(c, 1, 0)"
    assert where(condition, 0, 1).text() == "where([h > 0], 0, 1)"
    assert where(condition, 1, 2).text() == "where([h > 0], 1, 2)"
    assert where(condition, "x", 0).text() == "where([h > 0], x, 0)"


def test_only_brackets_are_what_a_choice_between_1_and_0_is() -> None:
    bracket = SYMBOLS.greater("x", 0)

    assert SYMBOLS.where(bracket, 1, 0) is bracket
    assert SYMBOLS.where(2 * symbol_of("x"), 1, 0).text() == "where(2x, 1, 0)"


def test_names_of_functions_have_no_index_in_latex() -> None:
    written = [row.notation.latex for row in TABLE.values() if row.notation]

    assert not [latex for latex in written if re.search(r"operatorname\{\{[^}]*(?<!\\)_", latex)]
