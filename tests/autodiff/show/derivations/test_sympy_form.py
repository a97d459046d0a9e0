"""Expressions in SymPy: every row's value and derivatives, random programs, names, numbers, bad input."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings

import autodiff
from autodiff import Value, gradient
from autodiff.operations import apply
from autodiff.rules import TABLE, Rule, unary
from autodiff.show.derivations.sympy_form import to_sympy
from tests import ordinary
from tests.strategies import Program, on_values, programs

sympy: Any = pytest.importorskip("sympy", reason="needs SymPy (the extra `sympy`)")

POINTS: dict[int, list[tuple[float, ...]]] = {
    1: [(0.25,), (0.5,), (0.875,)],
    2: [(0.25, 0.5), (1.5, 0.75), (3.0, -2.0)],
    3: [(1.0, 0.25, 0.5), (0.0, 0.25, 0.5), (-2.0, 2.0, 3.0)],
}
LISTS: list[tuple[float, ...]] = [(0.5,), (1.25, 0.5, -0.75), (0.25, 1.5, 0.125, 2.0, 3.0)]
NEGATIVE = (
    "abs",
    "elu",
    "leaky_relu",
    "relu",
    "sigmoid",
    "sign",
    "silu",
    "softplus",
    "gelu",
    "tanh",
    "expm1",
)


def cases() -> list[Any]:
    """Every row at some ordinary points, activations also left of 0."""
    found = []
    for rule in TABLE.values():
        if rule.vector:
            points: list[tuple[float, ...]] = [(*xs, position) for xs in LISTS for position in range(len(xs))]
        else:
            points = LISTS if rule.arity is None else POINTS[rule.arity]
            points = [ordinary.operands(rule, xs) for xs in points if len(xs) > 1 or not rule.is_nary]
        if rule.name in NEGATIVE:
            points = [*points, *((-x, *rest) for x, *rest in points)]
        found += [pytest.param(rule, xs, id=f"{rule.name}{xs}") for xs in points]
    return found


def number(expression: Any, nodes: Sequence[Value]) -> float:
    """The value of an expression in x0, x1, ... at the data of these nodes; SymPy leaves the slope of a step open."""
    open_slopes = (sympy.Derivative, sympy.Subs)
    expression = expression.replace(lambda part: isinstance(part, open_slopes), lambda part: sympy.S.Zero)
    at = {sympy.Symbol(f"x{i}"): sympy.Float(node.data, 30) for i, node in enumerate(nodes)}
    return float(expression.evalf(20, subs=at))


def operands_at(xs: tuple[float, ...], vector: bool = False) -> list[Any]:
    operands: list[Any] = [Value(x, name=f"x{i}") for i, x in enumerate(xs)]
    return [*operands[:-1], xs[-1]] if vector else operands


@pytest.mark.slow
@pytest.mark.parametrize(("rule", "xs"), cases())
def test_value_and_derivatives_of_every_row(rule: Rule, xs: tuple[float, ...]) -> None:
    node = apply(rule, operands_at(xs, rule.vector))
    expression = to_sympy(node)

    assert number(expression, node.parents) == pytest.approx(node.data, rel=1e-13, abs=1e-15)
    for i, partial in enumerate(node.partials):
        derivative = sympy.diff(expression, sympy.Symbol(f"x{i}"))

        if partial == partial:  # by the order of polygamma there is none
            assert number(derivative, node.parents) == pytest.approx(partial, rel=1e-13, abs=1e-15)


@pytest.mark.parametrize("name", ["elu", "softplus", "silu", "gelu", "abs"])
def test_derivatives_at_0(name: str) -> None:
    x = Value(0.0, name="x0")
    node = getattr(autodiff, name)(x)

    assert number(sympy.diff(to_sympy(node), "x0"), [x]) == pytest.approx(node.partials[0], abs=1e-15)


@pytest.mark.slow
@settings(max_examples=40)
@given(programs(most_steps=5))
def test_random_programs(program: Program) -> None:
    inputs = [Value(x, name=f"x{i}") for i, x in enumerate(program.inputs)]
    output = program.run(on_values, inputs)
    expression = to_sympy(output)

    assert number(expression, inputs) == pytest.approx(output.data, rel=1e-9, abs=1e-12)
    for i, derivative in enumerate(gradient(output, inputs)):
        symbolic = sympy.diff(expression, sympy.Symbol(f"x{i}"))

        assert number(symbolic, inputs) == pytest.approx(derivative, rel=1e-9, abs=1e-12)


def test_the_example_of_exercise_1() -> None:
    x, y = Value(2, name="x"), Value(3, name="y")
    f = to_sympy(x**2 + x * y + (x + y) ** 2)

    assert str(f) == "x**2 + x*y + (x + y)**2"
    assert str(sympy.diff(f, "x")) == "4*x + 3*y"
    assert f.subs({"x": 2, "y": 3}) == 35
    assert (x.grad, y.grad) == (0.0, 0.0)


def test_numbers_are_as_exact_as_they_were() -> None:
    x = Value(1, name="x")

    assert str(to_sympy(2.0 * x)) == "2*x"
    assert str(to_sympy(x * Fraction(1, 3) + 0.1)) == "x/3 + 0.1"
    assert str(to_sympy(autodiff.mean([x, x + 1]))) == "x + 1/2"
    assert to_sympy(x * math.inf) == sympy.oo * sympy.Symbol("x")
    assert to_sympy(autodiff.relu(Value(Fraction(1, 2), name="x"))).subs("x", sympy.Rational(-1, 3)) == 0


def test_different_leaves_of_one_name_stay_different() -> None:
    first, second, third, taken = (Value(i, name=name) for i, name in enumerate(["x", "x", "x", "x_2"]))
    expression = to_sympy(first + 2 * second + 3 * third + 4 * taken)

    assert str(expression) == "x + 4*x_2 + 2*x_3 + 3*x_4"


def test_unnamed_leaves_get_letters() -> None:
    assert str(to_sympy(Value(1) * Value(2, name="b") + Value(3))) == "a*b + c"


def test_a_leaf_is_its_symbol_and_hostile_names_are_names() -> None:
    x, strange = Value(1, name="x"), Value(2, name="lambda x: 1/0 # &%")

    assert to_sympy(x) == sympy.Symbol("x")
    assert to_sympy(x * strange) == sympy.Symbol("x") * sympy.Symbol("lambda x: 1/0 # &%")


def test_symbols_may_stand_for_nodes() -> None:
    x, w = Value(2, name="x"), Value(3, name="w")
    h = x * w
    real = sympy.Symbol("x", real=True)

    assert str(to_sympy(h**2 + x, {h: sympy.Symbol("h")})) == "h**2 + x"
    assert to_sympy((x**2).sqrt(), {x: real}) == sympy.Abs(real)


def test_activations_are_written_as_people_do() -> None:
    x = Value(-2.0, name="x")

    assert str(to_sympy(x.relu())) == "Max(0, x)"
    assert str(to_sympy(x.elu())) == "Piecewise((x, x > 0), (exp(x) - 1, True))"
    assert str(to_sympy(x.sigmoid())) == "1/(1 + exp(-x))"
    assert str(to_sympy(autodiff.where(x > 0, x, x**2))) == "x**2"
    assert str(to_sympy(autodiff.where(autodiff.greater(x, 1), 2, x))) == "Piecewise((2, x > 1), (x, True))"


def test_a_graph_of_very_many_paths_is_written_at_once() -> None:
    output = Value(1, name="x")
    for _ in range(40):
        output = (output * output).relu()
    for _ in range(40):
        output = output + output

    assert sympy.Symbol("x") in to_sympy(output).free_symbols


@pytest.mark.slow
def test_a_graph_too_deep_for_sympy_is_named() -> None:
    output = Value(0.5, name="x")
    for _ in range(3000):
        output = output.sin()
    below = output.parents[0].parents[0]

    assert str(to_sympy(output, {below: sympy.Symbol("h")})) == "sin(sin(h))"
    with pytest.raises(RecursionError, match="SymPy recurses over expressions, and this one is too deep"):
        to_sympy(output)


def test_a_registered_operation_works(monkeypatch: pytest.MonkeyPatch) -> None:
    swoosh = unary("swoosh", lambda m, x: x * m.tanh(m.log1p(m.exp(x))) + m.where(m.less(x, 9), 1.0, 0), 1)
    monkeypatch.setitem(TABLE, "swoosh", swoosh)

    assert str(to_sympy(apply(swoosh, [Value(0.5, name="x")]))) == (
        "x*tanh(log(exp(x) + 1)) + Piecewise((1, x < 9), (0, True))"
    )


def test_what_is_missing_or_wrong_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TypeError, match="to_sympy: output must be a Value"):
        to_sympy(2.0)  # type: ignore[arg-type]
    monkeypatch.setitem(sys.modules, "sympy", None)
    with pytest.raises(ImportError, match=r"to_sympy needs SymPy.*scalar-autodiff\[sympy\]"):
        to_sympy(Value(2.0))
