"""What compiled functions warn of: derivatives that are nan, and second derivatives through kinks."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autodiff
from autodiff import KinkWarning, NonFiniteWarning, Value, compile, relu
from autodiff.compiler import warned
from tests.engines import ENGINES


def cone(x: Any) -> Any:
    return (x[0] ** 2 + x[1] ** 2).sqrt()


# ---------------------------------------------------------------- nan


@pytest.mark.parametrize("engine", ENGINES)
def test_a_derivative_that_is_nan_names_where_it_began(engine: str) -> None:
    f = compile(cone, engine=engine)

    with pytest.warns(
        NonFiniteWarning, match=r"sqrt\(0.0\) by operand 0 is inf in sample 1, computed at test_warned"
    ):
        value, slopes = f.value_and_grad(np.array([[3.0, 4.0], [0.0, 0.0]]))

    assert value.tolist() == [5.0, 0.0]
    assert slopes[0] == pytest.approx([0.6, 0.8])
    assert np.isnan(slopes[1]).all()


ASKED: list[Callable[[Any, list[float]], Any]] = [
    lambda f, x: f.value_and_grad(x),
    lambda f, x: f.vjp(1.0, x),
    lambda f, x: f.jvp([[1.0, 0.0]], x),
    lambda f, x: f.jacobian(x),
    lambda f, x: f.hessian(x),
    lambda f, x: f.hessian_vector_product([[1.0, 0.0]], x),
    lambda f, x: f.bound(x).value_and_grad(),
]


@pytest.mark.parametrize("asked", ASKED)
def test_every_derivative_warns_and_once_a_function(asked: Callable[[Any, list[float]], Any]) -> None:
    f = compile(cone, engine="numpy")

    asked(f, [3.0, 4.0])
    with pytest.warns(NonFiniteWarning):
        asked(f, [0.0, 0.0])
    asked(f, [0.0, 0.0])


def test_backward_warns_and_adds_what_it_found() -> None:
    x, y = Value(0.0, name="x"), Value(0.0, name="y")
    f = compile(lambda: cone([x, y]) + 2 * y, engine="numpy")

    with pytest.warns(NonFiniteWarning, match=r"sqrt\(0.0\)"):
        f.backward()

    assert math.isnan(x.grad)
    assert math.isnan(y.grad)


def test_as_an_error_the_warning_leaves_every_grad() -> None:
    x = Value(0.0, name="x")
    f = compile(lambda: (x * x).sqrt(), engine="numpy")

    with pytest.raises(NonFiniteWarning):
        f.backward()

    assert x.grad == 0.0


def test_infinite_derivatives_and_results_that_are_nan_themselves_say_nothing() -> None:
    f = compile(lambda x: x.sqrt(), engine="numpy")

    assert f.value_and_grad(0.0) == (0.0, math.inf)
    value, slope = f.value_and_grad(-1.0)
    assert math.isnan(value)
    assert math.isnan(slope)


def test_a_result_that_is_nan_hides_no_other() -> None:
    f = compile(lambda x: (x * x).sqrt(), engine="numpy")
    pair = compile(lambda x, y: [(x * x).sqrt(), 1 / y], engine="numpy")

    with pytest.warns(NonFiniteWarning, match="in sample 0"):
        f.value_and_grad(np.array([0.0, math.nan]))
    with pytest.warns(NonFiniteWarning, match="a derivative is nan"):
        pair.jacobian(0.0, 0.0)


def test_gradients_of_samples_and_of_nodes_are_looked_at_too() -> None:
    x, w = Value(0.0, name="x"), Value(1.0, name="w")

    with pytest.warns(NonFiniteWarning, match="sqrt"):
        compile(lambda x: w * (x * x * w).sqrt(), engine="numpy").backward(np.zeros(1), reduce=None)
    with pytest.warns(NonFiniteWarning, match="sqrt"):
        compile(lambda x: (x * x).sqrt(), engine="numpy").value_and_grad(x)


def test_what_is_passed_as_nan_is_no_news() -> None:
    cube = compile(lambda x: x**3, engine="numpy")

    assert math.isnan(cube.hessian(math.nan))
    assert math.isnan(cube.vjp(math.nan, 2.0)[1])
    assert math.isnan(cube.jvp([math.nan], 2.0)[1])


def test_a_warning_that_was_an_error_comes_again() -> None:
    f = compile(lambda x: (x * x).sqrt(), engine="numpy")

    for _ in range(2):
        with pytest.raises(NonFiniteWarning):
            f.value_and_grad(0.0)


def test_large_derivatives_are_no_nan() -> None:
    f = compile(lambda x: x * 1e200, engine="numpy")

    assert f.value_and_grad(np.ones(3))[1].tolist() == [1e200] * 3


# ---------------------------------------------------------------- kinks


@pytest.mark.parametrize("engine", ENGINES)
def test_a_hessian_through_a_kink_warns(engine: str) -> None:
    f = compile(lambda x, y: relu(x) * y + x**2, engine=engine)

    assert f.hessian(1.0, 2.0) == ((2.0, 1.0), (1.0, 0.0))
    with pytest.warns(KinkWarning, match=r"relu\(x = 0.0\)"):
        assert f.hessian(0.0, 2.0) == ((2.0, 0.0), (0.0, 0.0))


KINKED: dict[str, tuple[Callable[[Any], Any], float]] = {
    "abs": (lambda x: abs(x), 0.0),
    "a tie": (lambda x: x.maximum(2 * x - 1) * x, 1.0),
    "a tie among three": (lambda x: autodiff.max([x, x * x, 0.5 * x]) * x, 1.0),
    "a step": (lambda x: autodiff.greater(x, 1) * x, 1.0),
    "where by a number": (lambda x: autodiff.where(x, x**2, 3 * x), 0.0),
    "a second derivative that jumps": (lambda x: x.elu(), 0.0),
    "clip": (lambda x: x.clip(0, 1) * x, 1.0),
    "beside an angle": (lambda x: x.atan2(0 * x) * x, 0.0),
}


@pytest.mark.parametrize(("f", "at"), KINKED.values(), ids=KINKED)
def test_kinks_of_all_kinds(f: Callable[[Any], Any], at: float) -> None:
    compiled = compile(f, engine="numpy")

    compiled.hessian(at + 0.25)
    with pytest.warns(KinkWarning):
        compiled.hessian(at)


HARMLESS: dict[str, tuple[Callable[[Any], Any], float]] = {
    "a cube": (lambda x: abs(x) ** 3, 0.0),
    "a branch not taken": (lambda x: autodiff.where(autodiff.less(x, 1), x**2, abs(x - 0.5)), 0.5),
    "both sides alike": (lambda x: x.maximum(x) ** 2, 0.0),
    "a kink of a constant": (lambda x: x**2 + relu(Value(0.0)).data, 0.0),
}


@pytest.mark.parametrize(("f", "at"), HARMLESS.values(), ids=HARMLESS)
def test_kinks_that_nothing_passes_through_are_silent(f: Callable[[Any], Any], at: float) -> None:
    compile(f, engine="numpy").hessian(at)


def test_one_sample_of_many_at_a_kink() -> None:
    f = compile(lambda x, w: relu(x @ w) ** 1 * w[0], engine="numpy")
    x = np.array([[1.0, 2.0], [1.0, 1.0], [3.0, 1.0]])

    with pytest.warns(KinkWarning, match=r"relu.*\(in sample 1\)"):
        f.hessian(x, np.array([1.0, -1.0]))


def test_a_product_with_the_hessian_warns_too_and_once_a_function() -> None:
    f = compile(lambda x: relu(x[0]) * x[1], engine="numpy")

    with pytest.warns(KinkWarning):
        f.hessian_vector_product([[1.0, 0.0]], [0.0, 1.0])
    f.hessian([0.0, 1.0])


def test_a_kink_by_parameters_counts() -> None:
    w = Value(1.0, name="w")
    f = compile(lambda x: (x - w).relu() * x, engine="numpy")

    f.hessian(2.0)
    w.data = 3.0
    with pytest.warns(KinkWarning, match=r"relu"):
        f.hessian(3.0)


def test_a_branch_that_has_no_number_here_is_no_hindrance() -> None:
    f = compile(
        lambda x, y: autodiff.where(autodiff.greater(x, 0), x.log(), 0.0) + abs(y) * y, engine="numpy"
    )

    f.hessian(-1.0, 1.0)
    with pytest.warns(KinkWarning, match="abs"):
        f.hessian(-1.0, 0.0)


def test_a_kink_that_only_float32_meets() -> None:
    f = compile(lambda x: relu(x - 0.1) * x, engine="numpy", dtype=np.float32)

    f.hessian(np.float32(0.2))
    with pytest.warns(KinkWarning, match="rounded"):
        f.hessian(np.float32(0.1))


@pytest.mark.parametrize("place", [0, 16])
def test_a_kink_that_matters_beside_many_that_do_not(place: int) -> None:
    f = compile(lambda x: abs(x) ** 3 + relu(x - 1) * x, engine="numpy")
    x = np.zeros(17)
    x[place] = 1.0

    with pytest.warns(KinkWarning):
        f.hessian(x)


@pytest.mark.parametrize(
    "f",
    [
        lambda x, m: autodiff.where(m, relu(x) * x, 0.0),
        lambda x, m: autodiff.where(1 - m, 0.0, relu(x) * x),
        lambda x, m: autodiff.where(autodiff.equal(m, 1), relu(x) * x, x**2),
    ],
)
def test_masks_and_labels_do_not_move(f: Callable[[Any, Any], Any]) -> None:
    compiled = compile(f, engine="numpy")

    compiled.hessian(np.array([1.0, 2.0]), np.array([1.0, 0.0]))
    with pytest.warns(KinkWarning, match="relu"):
        compiled.hessian(np.array([1.0, 0.0]), np.array([0.0, 1.0]))


def test_second_derivatives_follow_parameters_that_are_arrays() -> None:
    w = Value(1.0, name="w")
    f = compile(lambda x: (w * x) ** 2 + relu(x - w) * x, engine="numpy")

    with f.traced(1.0).parameters as parameters:
        parameters.data[:] = 3.0
        assert f.hessian(1.0) == 18.0
        assert f.hessian_vector_product([1.0], 1.0) == 18.0
        with pytest.warns(KinkWarning, match="relu"):
            f.hessian(3.0)
    assert f.hessian(1.0) == 18.0


def test_kinks_that_do_no_harm_are_not_judged_in_every_call(monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[int] = []

    def watched(call: Any, sample: int, own: Callable[[Any, int], str] = warned.found_in_graph) -> str:
        judged.append(sample)
        return own(call, sample)

    monkeypatch.setattr(warned, "found_in_graph", watched)
    f = compile(lambda x: abs(x) ** 3, engine="numpy")
    for _ in range(100):
        f.hessian(0.0)

    assert len(judged) == 7


def test_gradients_at_kinks_are_silent() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert compile(lambda x: relu(x), engine="numpy").value_and_grad(0.0) == (0.0, 0.0)
