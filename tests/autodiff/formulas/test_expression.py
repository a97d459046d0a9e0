"""Reading expressions: what they may hold, and where an error points."""

from __future__ import annotations

import inspect
import math
import pickle
from fractions import Fraction

import numpy as np
import pytest

from autodiff import Value, compile, gradient
from autodiff.formulas.composed import COMPOSED
from autodiff.formulas.expression import (
    ExpressionError,
    InputError,
    function_names,
    function_of_text,
    read_expression,
)
from autodiff.pictures.names import clean
from autodiff.rules import TABLE


def read(text: str, **inputs: float | Fraction) -> float | Fraction:
    data: float | Fraction = read_expression(
        text, {name: Value(x, name=name) for name, x in inputs.items()}
    ).data
    return data


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x + 2*y - 3/4", 7.25),
        ("-x**2", -4.0),
        ("(-x)**2", 4.0),
        ("2**-x", 0.25),
        ("+x", 2.0),
        ("x**y**2", 512.0),
        ("1e3*x", 2000.0),
        ("maximum(x, y)", 3.0),
        ("sum([x, y, 1])", 6.0),
        ("sum(x, y, 1)", 6.0),
        ("max(x, y, 10)", 10.0),
        ("dot([x, 1], [y, 4])", 10.0),
        ("where(greater(x, y), x, y)", 3.0),
        ("leaky_relu(-x)", -0.02),
        ("7", 7.0),
    ],
)
def test_values(text: str, expected: float) -> None:
    assert read(text, x=2.0, y=3.0) == expected


def test_an_input_that_occurs_twice_is_one_node() -> None:
    x = Value(3.0)
    output = read_expression("x*x", {"x": x})

    assert output.parents == (x, x)


def test_with_a_fraction_whole_numbers_are_exact() -> None:
    assert read("x**2/3 + 1/4", x=Fraction(1, 2)) == Fraction(1, 3)


def test_every_function_of_the_table_can_be_called_by_name() -> None:
    assert set(function_names()) == {*TABLE, *COMPOSED}


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ('__import__("os")', "there is no function __import__", 0),
        ('x + __import__("os").system("ls")', "this cannot stand in an expression", 4),
        ("x.real", "this cannot stand in an expression", 1),
        ("x.__class__", "this cannot stand in an expression", 1),
        ("x[0]", "this cannot stand in an expression", 1),
        ("(lambda: x)()", "this cannot stand in an expression", 0),
        ("[x for x in y]", "this cannot stand in an expression", 0),
        ("{x}", "this cannot stand in an expression", 0),
        ("(x, x)", "this cannot stand in an expression", 0),
        ("x if x else x", "this cannot stand in an expression", 0),
        ("x < 3", "this cannot stand in an expression", 0),
        ("x and x", "this cannot stand in an expression", 0),
        ("~x", "this cannot stand in an expression", 0),
        ("(y := 3)", "this cannot stand in an expression", 1),
        ("sum(*x)", "this cannot stand in an expression", 4),
        ("sum(**x)", "sum takes its arguments by position", 0),
        ("sin(x=1)", "sin takes its arguments by position", 0),
        ("f'{x}'", "this cannot stand in an expression", 0),
        ("'os' * x", "'os' is no real number", 0),
        ("x + 2j", "2j is no real number", 4),
        ("x * True", "True is no real number", 4),
        ("x * None", "None is no real number", 4),
        ("x * ...", "this cannot stand in an expression", 4),
        ("x * 1e999", "too large for a float", 4),
        ("x @ 2", "this operator is not known", 2),
        ("(x) << 2", "this operator is not known", 4),
        ("x^2", "for a power write **", 1),
        ("x²", "for a square write **2", 1),
        ("2 × x", "for a product write *", 2),
        ("x\0", "leave it out", 1),
        ("x + \udcff", "surrogates not allowed", 0),
        ("x # y", "a comment has no place here", 2),
        ("2x", "for a product write 2*x", 0),
        ("x x", "there is no operator before this; for a product write *", 2),
        ("x (x)", "x is a number and cannot be called; for a product write x*(...)", 0),
        ("2(x + 1)", "there is no operator before this; for a product write *", 1),
        ("(x + 1) (x - 1)", "there is no operator before this; for a product write *", 8),
        ("sin(x)(x)", "there is no operator before this; for a product write *", 6),
        ("2*sin x", "sin needs parentheses: write sin(x)", 6),
        ("|x|", "for an absolute value write abs(x)", 0),
        ("x +", "the expression ends too early", 3),
        ("(x", "was never closed", 0),
        ("x)", "unmatched", 1),
        ("x=2", "the expression comes first, then name=value", 1),
        ("x + y", "y has no value; add y=1", 4),
        ("sin + x", "sin is a function; call it: sin(x)", 0),
        ("sinn(x)", "there is no function sinn; did you mean sin?", 0),
        ("eval(x)", "there is no function eval", 0),
        ("sin(x, x)", "sin takes 1 argument, not 2", 0),
        ("leaky_relu()", "leaky_relu takes 1 or 2 arguments, not 0", 0),
        ("dot(x, x)", "dot takes two lists and perhaps a bias", 0),
        ("dot([x], [x, x])", "as many weights as inputs", 0),
        ("1 + [x]", "a list is only an argument of a function", 2),
        ("[x]", "the result is a list", 0),
        ("softmax(x, x)", "the result is a list", 0),
        ("x + log(x - 5)", "log", 4),
        ("x / (x - 2)", "truediv", 2),
        ("ä + x / (x - 2)", "ä has no value", 0),
        ("9**9**9**9", "pow", 4),
        ("é(x)", "there is no function é", 0),
    ],
)
def test_an_error_points_at_its_place(text: str, message: str, place: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        read(text, x=2.0)

    first, line, caret = str(caught.value).rsplit("\n", 2)
    assert message in first
    assert line == f"  {clean(text)}"
    assert caret == " " * (2 + place) + "^"


def test_the_place_is_counted_in_characters_not_bytes() -> None:
    with pytest.raises(ExpressionError, match=r"\n {10}\^$"):
        read("äöü + x @ x", äöü=1.0, x=2.0)


def test_of_two_mistakes_the_first_is_reported() -> None:
    with pytest.raises(ExpressionError, match="there is no function foo"):
        read("foo(bar(x)) + y", x=2.0)


def test_a_long_expression_is_shown_around_the_place() -> None:
    with pytest.raises(ExpressionError) as caught:
        read("x + " * 100 + "y" + " + x" * 100, x=1.0)

    _, line, caret = str(caught.value).split("\n")
    assert len(line) < 90
    assert line[caret.index("^")] == "y"


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_an_empty_expression(text: str) -> None:
    with pytest.raises(InputError, match="the expression is empty"):
        read(text)


@pytest.mark.parametrize(
    "text", ["(" * 3000 + "x" + ")" * 3000, "-" * 9000 + "x", "x" + "**x" * 3300, "x" * 10_001]
)
def test_what_would_overflow_the_parser_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError, match=r"nested|10001 characters"):
        read(text, x=1.0)


def test_long_sums_are_read() -> None:
    assert read("x" + " + x" * 1500, x=1.0) == 1501.0


@pytest.mark.parametrize(
    "text",
    ["x**1000000000", "x**(10**12)", "((x**9999)**9999)**9999", "(1/3)**10000000", "*".join(["x**99"] * 99)],
)
def test_an_exact_number_that_would_fill_the_memory_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError, match="too many digits"):
        read(text, x=Fraction(1, 3))


def test_names_that_are_known_without_being_given() -> None:
    x = Value(0.5, name="x")

    assert read_expression("ln(x) + 2*pi*x + e**x + \u03c0", {"x": x}).data == pytest.approx(
        math.log(0.5) + math.pi + math.exp(0.5) + math.pi
    )
    assert read_expression("\u03c3(x)", {"x": x}).op is TABLE["sigmoid"]
    assert read_expression("e*x", {"x": x, "e": Value(3.0, name="e")}).data == 1.5


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("arcsinh", "asinh"),
        ("expit", "sigmoid"),
        ("\u0393", "gamma"),
        ("swish", "silu"),
        ("tg", "tan"),
        ("round", "rint"),
    ],
)
def test_functions_have_the_names_of_books_and_numpy(name: str, row: str) -> None:
    assert read_expression(f"{name}(x)", {"x": Value(0.5, name="x")}).op is TABLE[row]


def test_a_letter_that_names_a_function_is_a_number_where_it_is_not_called() -> None:
    f = function_of_text("\u03c3*x + \u03c3(x)")

    assert [*inspect.signature(f).parameters] == ["\u03c3", "x"]
    assert f(2.0, 0.0) == 0.5


# ---------------------------------------------------------------- functions


def test_a_text_is_a_function_of_its_names_in_their_order() -> None:
    f = function_of_text(" y*x + sin(y)\n - \u03c0 ")

    assert [*inspect.signature(f).parameters] == ["y", "x"]
    assert f.__doc__ == "y*x + sin(y)  - \u03c0"
    assert f(2.0, x=3.0) == 6 + math.sin(2) - math.pi

    made = f(Value(2.0), x := Value(3.0))
    assert isinstance(made, Value)
    assert gradient(made, x) == 2.0


def test_a_text_is_compiled() -> None:
    f = compile("exp(x)*sin(y) + sum([x, y, 2]) + x/2**2")
    value, slopes = f.value_and_grad(0.5, 1.5)

    assert value == pytest.approx(math.exp(0.5) * math.sin(1.5) + 4 + 0.125)
    assert slopes == pytest.approx((math.exp(0.5) * math.sin(1.5) + 1.25, math.exp(0.5) * math.cos(1.5) + 1))
    assert f(np.array([0.5, 1.0]), 1.5).shape == (2,)
    assert compile("2 + 3")() == 5.0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x +", "the expression ends too early"),
        ("sinn(x)", "did you mean sin?"),
        ("x^2", r"for a power write \*\*"),
        ("[x]", "the result is a list"),
        ("", "the expression is empty"),
        ("__import__('os')", "there is no function __import__"),
    ],
)
def test_a_text_that_is_no_formula_is_refused_before_it_is_called(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        compile(text)


def test_an_error_in_a_function_of_text_points_at_its_place() -> None:
    with pytest.raises(ExpressionError, match=r"log.*\n  x \+ log\(x - 5\)\n      \^"):
        function_of_text("x + log(x - 5)")(Value(1.0))
    with pytest.raises(TypeError, match="missing a required argument: 'y'"):
        function_of_text("x*y")(1.0)


def test_the_function_of_a_text_can_be_pickled() -> None:
    f = function_of_text("exp(x)*sin(y) + e")
    back, compiled = pickle.loads(pickle.dumps(f)), pickle.loads(pickle.dumps(compile("exp(x)*sin(y) + e")))

    assert inspect.signature(back) == inspect.signature(f)
    assert back(0.5, 2.0) == f(0.5, 2.0)
    assert compiled(0.5, 2.0) == pytest.approx(f(0.5, 2.0))
