"""0 · ∞ in the chain rule: nothing comes from a branch not taken, and everywhere else nan comes with a warning."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autodiff
from autodiff import NonFiniteWarning, Value, explain, find_nonfinite, gradient, paths, steps
from autodiff.matrix import matrices, slopes
from autodiff.show.mistakes.sweeps import Parts, every_path, sweep
from tests.limits import KNOWN, UNKNOWN

pytestmark = pytest.mark.filterwarnings("ignore::autodiff.KinkWarning")  # some of them lie at one


def by_gradient(output: Value, x: Value) -> Any:
    return gradient(output, x)


def by_graph(output: Value, x: Value) -> Any:
    return gradient(output, x, create_graph=True).data


def by_backward(output: Value, x: Value) -> Any:
    x.grad = 0.0
    output.backward()
    return x.grad


def by_paths(output: Value, x: Value) -> Any:
    return sum(path.product for path in paths(output, x))


def by_steps(output: Value, x: Value) -> Any:
    return next(step.after for step in steps(output) if step.node is x)


def by_explanation(output: Value, x: Value) -> Any:
    return explain(output, x).result


def by_largest(output: Value, x: Value) -> Any:
    return explain(output, x, order="largest").result


def by_sweep(output: Value, x: Value) -> Any:
    return sweep(output).adjoints[x]


def by_walk(output: Value, x: Value) -> Any:
    return sweep(output, Parts(turns=every_path)).adjoints[x]


EVERY_WAY = [
    by_gradient, by_graph, by_backward, by_paths, by_steps, by_explanation, by_largest, by_sweep, by_walk,
]  # fmt: skip


@pytest.mark.parametrize("way", EVERY_WAY)
@pytest.mark.parametrize("name", UNKNOWN)
@pytest.mark.filterwarnings("ignore::autodiff.NonFiniteWarning")
def test_an_unknown_limit_is_nan_and_never_a_silent_0(name: str, way: Callable[[Value, Value], Any]) -> None:
    f, at = UNKNOWN[name]
    x = Value(at)

    assert math.isnan(way(f(x), x))


@pytest.mark.parametrize("way", EVERY_WAY)
@pytest.mark.parametrize("name", KNOWN)
def test_what_is_not_chosen_passes_nothing_on(name: str, way: Callable[[Value, Value], Any]) -> None:
    f, at, expected = KNOWN[name]
    x = Value(at)

    assert way(f(x), x) == expected


@pytest.mark.parametrize(
    ("differentiate", "called"),
    [
        (lambda f, x: gradient(f(x), x), "gradient"),
        (lambda f, x: gradient(f(x), x, create_graph=True), "gradient"),
        (lambda f, x: autodiff.grad(f)(x.data), "gradient"),
        (lambda f, x: autodiff.value_and_grad(f)(x.data), "gradient"),
        (lambda f, x: autodiff.jacobian(lambda y: [f(y), y])(x.data), "gradient"),
        (lambda f, x: autodiff.hessian(f)(x.data), "gradient"),
        (lambda f, x: f(x).backward(), "backward"),
    ],
)
@pytest.mark.parametrize("name", UNKNOWN)
def test_the_warning_names_the_node_the_factors_and_the_users_line(
    name: str, differentiate: Callable[..., Any], called: str
) -> None:
    f, at = UNKNOWN[name]
    with pytest.warns(NonFiniteWarning, match=f"{called}: 0 · ∞: the adjoint .* its derivative by") as caught:
        differentiate(f, Value(at, name="x"))

    assert caught[0].filename == __file__


def test_the_message() -> None:
    x = Value(0.0, name="x")

    assert str(find_nonfinite(x.sqrt().named("r") ** 2)) == (
        "0 · ∞: the adjoint 0.0 of r = sqrt(x = 0.0) times its derivative by x, inf, nan as the limit is not known "
        "to the engine; rewrite it, such as x.sqrt() ** 2 as x, or shift the point, such as (x + 1e-12).sqrt()"
    )


def test_a_finite_graph_above_an_infinite_number_is_searched_for_the_product() -> None:
    x = Value(0.0, name="x")
    found = find_nonfinite(1 / (x.sqrt() + math.inf))

    assert str(found).startswith("0 · ∞: the adjoint")


def test_the_search_finds_nothing_where_the_branch_not_taken_has_all() -> None:
    x = Value(0.0)

    assert find_nonfinite(autodiff.where(0, x.sqrt(), x)) is None
    assert find_nonfinite((x.sqrt() - 1).relu()) is None


def test_a_seed_of_0_starts_nothing() -> None:
    x = Value(0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        x.sqrt().backward(seed=0)

    assert x.grad == 0.0


def test_a_direction_of_0_starts_nothing() -> None:
    def f(x: Any) -> Any:
        return x[0] ** 2 + x[1] ** 1.5

    assert autodiff.hessian_vector_product(f)([1.0, 0.0], [1.0, 0.0]) == [2.0, 0.0]


def test_an_element_of_a_matrix_with_upstream_gradient_0_starts_nothing() -> None:
    X = matrices.matrix([[0.0, 4.0]])

    assert slopes.gradient(np.sqrt(X), X, d=[[0, 1]]).tolist() == [[0.0, 0.25]]


def test_second_derivatives_keep_branches_apart() -> None:
    by_slope = autodiff.hessian(lambda x, y: x.leaky_relu(y), argnums=(0, 1))(-1.0, 0.0)

    assert by_slope == ((0.0, 1.0), (1.0, 0.0))


def test_a_power_of_itself_at_the_smallest_number_does_not_overflow() -> None:
    x = Value(5e-324)

    assert gradient(x**x, x, create_graph=True).data == gradient(x**x, x)
