"""Jacobians and Hessians of compiled functions: the numbers of the same derivatives on Values."""

from __future__ import annotations

import contextlib
import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given

import autodiff
from autodiff import TraceError, Value, compile, grad
from autodiff.calculus.trees import Tree
from autodiff.compiler import gradients
from autodiff.compiler.function import Compiled
from autodiff.rules import TABLE, Rule
from tests.engines import needs
from tests.ordinary import called
from tests.strategies import Program, on_values, programs

ENGINES = [
    "numpy",
    pytest.param("llvm", marks=pytest.mark.llvm),
    pytest.param("jax", marks=pytest.mark.jax),
]
POINTS = [(0.25, 0.5, 0.75), (0.9, 0.1, 0.4), (-0.5, 0.7, -0.2), (0.3, 0.3, 0.3)]


def compiled(f: Callable[..., Tree], engine: str = "numpy", **options: Any) -> Compiled:
    needs(engine)
    found: Compiled = compile(f, engine=engine, **options)
    return found


def applied(rule: Rule) -> Callable[..., Any]:
    """A row in the middle of a function of three numbers that bends on its own."""

    def f(*xs: Any) -> Any:
        z = autodiff.dot([xs[0], 2.0], [xs[1], xs[1]], xs[2]) if rule.name == "dot" else called(rule, xs)
        return z**2 * xs[0]

    return f


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("rule", TABLE.values(), ids=TABLE)
def test_the_hessian_of_every_row(rule: Rule) -> None:
    f, compared = applied(rule), 0
    for point in POINTS:
        try:
            expected = autodiff.hessian(f, (0, 1, 2))(*point)
        except (ValueError, ArithmeticError):
            continue
        compared += 1
        assert np.array(compiled(f).hessian(*point)) == pytest.approx(np.array(expected), rel=1e-9, abs=1e-12)

    assert compared


@pytest.mark.parametrize("engine", ENGINES)
def test_hessians_of_batches_and_parameters(engine: str) -> None:
    w = Value(3.0)
    f = compiled(lambda x, y: (w * x[0] * x[1]).tanh() + y * x[0] ** 2, engine)
    x, y = np.array([[0.1, 0.2], [0.3, -0.4]]), 2.0
    (xx, xy), (yx, yy) = f.hessian(x, y)
    on_graph = autodiff.hessian(lambda x, y: (w * x[0] * x[1]).tanh() + y * x[0] ** 2, (0, 1))
    expected = [on_graph(list(row), y) for row in x.tolist()]

    assert xx == pytest.approx(np.array([[row[0] for row in by_x] for by_x, _ in expected]))
    assert xy == pytest.approx(np.array([[row[1] for row in by_x] for by_x, _ in expected]))
    assert yx == pytest.approx(xy)
    assert yy.tolist() == [0.0, 0.0]
    assert f.hessian_vector_product([x, 1.0], x, y)[0] == pytest.approx(np.einsum("sij,sj->si", xx, x) + xy)


@pytest.mark.parametrize("engine", ENGINES)
def test_jacobians(engine: str) -> None:
    f = compiled(lambda p, x: {"a": p["w"] * x[0], "b": [x[0] * x[1], p["w"] ** 2]}, engine)
    found = f.jacobian({"w": 2.0}, np.array([[3.0, 4.0], [5.0, 6.0]]))

    by_w, by_x = found["a"]
    assert by_w["w"].tolist() == [3.0, 5.0]
    assert by_x.tolist() == [[2.0, 0.0], [2.0, 0.0]]
    assert found["b"][0][1].tolist() == [[4.0, 3.0], [6.0, 5.0]]
    assert found["b"][1][0]["w"].tolist() == [4.0, 4.0]


def test_a_result_that_is_an_array() -> None:
    W = np.arange(6.0).reshape(2, 3)
    f = compiled(lambda x: W @ x)

    assert f.jacobian(np.ones(3)).tolist() == W.tolist()
    assert f.jacobian(np.ones((5, 3))).shape == (5, 2, 3)


def test_numbers_give_numbers() -> None:
    f = compiled(lambda x, y, power: x**power * y, static="power")

    assert f.hessian(2.0, 5.0, 3) == ((60.0, 12.0), (12.0, 0.0))
    assert f.jacobian(2.0, 5.0, power=3) == (60.0, 8.0)
    assert f.hessian_vector_product([1.0, 1.0], 2.0, 5.0, 3) == (72.0, 12.0)


def test_single_precision() -> None:
    assert compiled(lambda x: x.exp(), dtype=np.float32).hessian(np.array([0.0, 1.0])).dtype == np.float32


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda x: autodiff.where(autodiff.greater(x, 0), autodiff.sqrt(x), x * x) + x, 0.0),
        (lambda x: (autodiff.sqrt(x) - 1).relu() * x, 0.0),
        (lambda x: autodiff.maximum(x + 1, autodiff.sqrt(x)) ** 2, 0.0),
        (lambda x: autodiff.maximum(x, x * x) ** 2, 1.0),
        (lambda x: x.tanh() * x.sigmoid(), 0.0),
        (lambda x: autodiff.logsumexp([x, x * x, -float("inf")]), 1.0),
    ],
)
def test_what_is_not_chosen_does_not_count(f: Callable[..., Any], x: float) -> None:
    assert compiled(f).hessian(x) == pytest.approx(autodiff.hessian(f)(x))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("engine", ENGINES[:2])
@pytest.mark.parametrize(
    "rule",
    [rule for rule in TABLE.values() if rule.arity],
    ids=lambda rule: rule.name,
)
def test_hessians_at_zeros_ties_kinks_and_edges_are_those_of_the_graph(rule: Rule, engine: str) -> None:
    check_hessians_at_edges(rule, engine)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.jax
@pytest.mark.parametrize("name", ["elu", "leaky_relu", "maximum", "pow", "where"])
def test_some_of_them_in_jax(name: str) -> None:
    check_hessians_at_edges(TABLE[name], "jax")


def check_hessians_at_edges(rule: Rule, engine: str) -> None:
    def f(xs: Any) -> Any:
        return on_values(rule.name, *xs)

    points, expected = [], []
    for point in itertools.product((-2.0, -1.0, -0.0, 0.0, 0.5, 1.0, 2.0), repeat=rule.arity or 0):
        with contextlib.suppress(ArithmeticError, ValueError):
            expected.append(autodiff.hessian(f)(list(point)))
            points.append(point)
    found = compiled(f, engine).hessian(np.array(points))

    known = np.isfinite(found).all(axis=(1, 2))  # of infinite ones the order of the limits counts

    assert found == pytest.approx(np.array(expected), nan_ok=True)
    assert found[known] == pytest.approx(found.transpose(0, 2, 1)[known])


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda x: (h := x.exp()) - h, 1.0),
        (lambda x: (h := x.sqrt()) - h, 0.0),
        (lambda x: autodiff.greater(x, x.exp() - x.exp()).sqrt(), 0.0),
        (lambda x: autodiff.greater(x, 1).sqrt() + x * x, 0.0),
        (lambda x: autodiff.atan2(x.sqrt(), x.sqrt()).acos(), 0.0),
    ],
)
def test_0_times_infinity_is_nan_in_second_derivatives_too(
    f: Callable[..., Any], x: float, engine: str
) -> None:
    assert compiled(f, engine).hessian(x) == pytest.approx(grad(grad(f))(x), nan_ok=True)


def test_the_slope_of_a_root_at_negative_0_is_positive_in_hessians() -> None:
    f = compiled(lambda x: x.sqrt().expm1())

    with pytest.warns(autodiff.NonFiniteWarning, match="derivative of sqrt"):
        assert math.isnan(f.hessian(-0.0))  # inf - inf, as at 0.0: it was -inf - inf
    assert math.isnan(f.hessian(0.0))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_slope_of_0_that_moves_is_no_branch_not_taken(engine: str) -> None:
    leaky = compiled(lambda x: autodiff.leaky_relu(x[0], x[1]), engine)
    elu = compiled(lambda x: autodiff.elu(x[0], x[1]), engine)
    at = np.array([-2.0, 0.0])

    assert leaky.hessian(at).tolist() == [[0.0, 1.0], [1.0, 0.0]]
    assert elu.hessian(at) == pytest.approx(np.exp(-2.0) * np.array([[0.0, 1.0], [1.0, 0.0]]))
    assert leaky.hessian_vector_product([np.array([1.0, 10.0])], at).tolist() == [10.0, 1.0]


@pytest.mark.filterwarnings("ignore")
@given(programs())
def test_any_program(program: Program) -> None:
    def f(xs: Any) -> Any:
        return program.run(on_values, xs)

    inputs = list(program.inputs)
    try:
        expected = autodiff.hessian(f)(inputs)
    except (ValueError, ArithmeticError):
        return
    found = compiled(f).hessian(np.array(inputs))

    assert found == pytest.approx(np.array(expected), rel=1e-7, abs=1e-9, nan_ok=True)


def test_a_wrong_slope_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def gap(self: gradients.Slopes, x: Any, y: Any) -> Any:
        return self.where(self.equal(x, y), 0, x - y)  # which is constant where x is y

    monkeypatch.setattr(gradients.Slopes, "gap", gap)

    f = applied(TABLE["logsumexp"])
    expected = autodiff.hessian(f, (0, 1, 2))(*POINTS[0])

    assert np.array(compiled(f).hessian(*POINTS[0])) != pytest.approx(np.array(expected))


# ---------------------------------------------------------------- bad input


def test_several_results_have_no_hessian() -> None:
    with pytest.raises(TypeError, match=r"must give one number to have second derivatives, and gives 2"):
        compiled(lambda x: [x, x * x]).hessian(1.0)


def test_values_are_refused() -> None:
    f, x = compiled(lambda x: x**3), Value(2.0)
    for derivative in (f.jacobian, f.hessian):
        with pytest.raises(TypeError, match=r"pass the \.data of Values"):
            derivative(x)

    assert x.grad == 0


def test_vectors_have_the_form_of_the_arguments() -> None:
    with pytest.raises(TypeError, match="the form of the arguments"):
        compiled(lambda x: x[0] * x[1]).hessian_vector_product([1.0], [1.0, 2.0])


def test_parameters_stay_apart_from_a_function_that_is_traced() -> None:
    w = Value(2.0)
    inner = compiled(lambda x: w * x**2)
    with pytest.raises(TraceError, match="depends on its parameters"):
        compile(lambda x: inner.jacobian(1.0) * x)(1.0)


@pytest.mark.filterwarnings("ignore::autodiff.NonFiniteWarning")
@pytest.mark.parametrize("engine", ENGINES)
def test_nan_stays_nan_beside_an_infinite_score(engine: str) -> None:
    second = compiled(lambda x, y: autodiff.softmax([-math.inf, x, y])[1], engine).hessian(math.nan, 1.0)

    assert np.isnan(second).all()
