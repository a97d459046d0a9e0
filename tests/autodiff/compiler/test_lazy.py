"""Compiled functions on Values: their results are nodes, with derivatives of any order, as those of the function."""

from __future__ import annotations

import copy
import math
import pickle
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import given

import autodiff
from autodiff import TraceError, Value, compile, grad, gradient, hessian, jacobian
from autodiff.calculus.trees import Tree
from autodiff.compiler import lazy
from autodiff.compiler.function import Compiled
from autodiff.matrix.matrices import Matrix, data, grads, matrix
from tests.engines import NUMPY_AND_LLVM, needs
from tests.strategies import Program, on_values, programs

ENGINES = [
    "numpy",
    pytest.param("llvm", marks=pytest.mark.llvm),
    pytest.param("jax", marks=pytest.mark.jax),
]


def compiled(f: Callable[..., Tree], engine: str = "numpy", **options: Any) -> Compiled:
    needs(engine)
    found: Compiled = compile(f, engine=engine, **options)
    return found


# ---------------------------------------------------------------- derivatives


@pytest.mark.parametrize("engine", ENGINES)
def test_derivatives_of_any_order(engine: str) -> None:
    c = compiled(lambda x: x**3, engine=engine)

    assert grad(c)(2.0) == 12.0
    assert autodiff.value_and_grad(c)(2.0) == (8.0, 12.0)
    assert hessian(c)(2.0) == 12.0
    assert grad(grad(grad(c)))(2.0) == 6.0
    assert autodiff.hessian_vector_product(c)(2.0, 10.0) == 120.0
    assert autodiff.check_gradient(c, 2.0) < 1e-6


def test_the_jacobian_of_a_tree() -> None:
    c = compiled(lambda x: {"a": [x[0] * x[1]], "b": x[0]})

    assert jacobian(c)([2.0, 3.0]) == {"a": [[3.0, 2.0]], "b": [1.0, 0.0]}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_loss_on_the_result_reaches_the_parameters(engine: str) -> None:
    w = Value(1)
    model = compiled(lambda x: w * x, engine=engine)

    loss = (model(3.0) - 1) ** 2 + 0.01 * w * w
    loss.backward()

    assert loss.data == 4.01
    assert w.grad == 12.02


@pytest.mark.parametrize("engine", ENGINES)
def test_a_result_mixes_with_values(engine: str) -> None:
    v = Value(2.0)
    c = compiled(lambda x: x**3, engine=engine)

    (c(v) * v).backward()

    assert v.grad == 32.0
    assert grad(lambda x: c(x * x) * c(2.0) / x)(2.0) == 8 * 5 * 2.0**4


@pytest.mark.parametrize("derivative", ["value_and_grad", "vjp", "jvp"])
def test_derivatives_of_a_compiled_function_can_be_differentiated(derivative: str) -> None:
    c = compiled(lambda x, y: x**3 * y)
    arguments = {"value_and_grad": (), "vjp": (1.0,), "jvp": ((1.0, 0.0),)}[derivative]

    def by_x(x: Value, y: Value) -> Tree:
        found = getattr(c, derivative)(*arguments, x, y)[1]
        return found if derivative == "jvp" else found[0]

    assert by_x(2.0, 5.0) == 60.0  # type: ignore[arg-type]
    assert grad(by_x, argnums=(0, 1))(2.0, 5.0) == (60.0, 12.0)
    x = Value(2.0)
    by_x(x, x).backward()
    assert x.grad == 36.0  # of 3x³


@given(programs())
def test_any_program_has_the_derivatives_of_the_function(program: Program) -> None:
    def f(xs: list[Value]) -> Any:
        return program.run(on_values, xs)

    c, xs = compiled(f), list(program.inputs)

    assert_same(c.value_and_grad(xs)[1], grad(f)(xs))
    assert_same(grad(c)(xs), grad(f)(xs))
    assert_same(hessian(c)(xs), hessian(f)(xs))
    assert_same(jacobian(lambda xs: c.value_and_grad(xs)[1])(xs), hessian(f)(xs))


def assert_same(found: Tree, expected: Tree) -> None:
    np.testing.assert_allclose(
        np.array(found, dtype=float), np.array(expected, dtype=float), rtol=1e-9, atol=1e-9
    )


def test_an_argument_that_was_computed_passes_its_derivative_on() -> None:
    v = Value(3.0)
    y = compiled(lambda x: x * 2)(v * v)
    y.backward()

    assert (y.data, v.grad) == (18.0, 12.0)


def test_a_node_that_is_found_outside_is_the_node_itself() -> None:
    w = Value(2.0)
    h = w * w
    y = compiled(lambda x: h * x + w)(3.0)

    assert gradient(y, [h, w]) == [3.0, 13.0]
    assert grad(grad(lambda w: compiled(lambda x: w**3 * x)(1.0)))(2.0) == 12.0
    w.data = 5.0  # h is what it was, and the program computes it anew
    assert gradient(compiled(lambda x: h * x)(3.0), [h, w]) == [0.0, 30.0]


def test_results_may_depend_on_each_other() -> None:
    w = Value(2.0)

    def f(x: Value) -> list[Value]:
        h = w * x
        return [h, h**2, w, x]

    h, square, same, number = compiled(f)(3.0)

    assert gradient(square, [h, w]) == [12.0, 36.0]
    assert same is w
    assert number == 3.0


def test_what_depends_on_no_value_stays_a_number() -> None:
    w = Value(2.0)
    found = compiled(lambda x, y: [x * 2, w + y, x * y, 5])(3.0, Value(4.0))

    assert [type(x) for x in (found[0], found[3])] == [float, float]
    assert [x.data for x in found[1:3]] == [6.0, 12.0]
    assert compiled(lambda x: x * 2)(3.0) == 6.0


def test_the_graph_is_that_of_the_moment_of_the_call() -> None:
    w, x = Value(2.0), Value(3.0)
    y = compiled(lambda x: w**2 * x**2)(x)
    w.data = x.data = 100.0
    y.backward()

    assert (y.data, w.grad, x.grad) == (36.0, 36.0, 24.0)


@pytest.mark.parametrize("choose", [autodiff.maximum, autodiff.max, autodiff.minimum, autodiff.min])
def test_ties_are_those_of_the_function(choose: Callable[..., Any]) -> None:
    v, w = Value(3.0), Value(3.0)
    functions: list[Callable[..., Any]] = [
        lambda x, y: choose(x, y),
        lambda x, y: choose(x, 3.0) + y,
        lambda x, y: choose(x, w) * y,
    ]
    for f in functions:
        for y in (v, 3.0, Value(3.0)):
            found, expected = compiled(f)(v, y), f(v, y)
            assert gradient(found, [v, w]) == gradient(expected, [v, w])
            assert pickle.loads(pickle.dumps(found)).data == found.data


def test_one_value_in_two_places() -> None:
    v = Value(3.0)
    c = compiled(lambda x, y: x * x * y)

    assert gradient(c(v, v), v) == 27.0
    assert [x.data for x in c.value_and_grad(v, v)[1]] == [18.0, 9.0]


# ---------------------------------------------------------------- batches, matrices, trees


def test_a_matrix_of_values_is_a_batch_of_nodes_or_taken_apart() -> None:
    X = matrix([[1.0, 2.0], [3.0, 4.0]], name="X")

    elementwise, rows = compiled(lambda x: x * x)(X), compiled(lambda x: x[0] * x[1])(X)

    assert isinstance(elementwise, Matrix)
    assert data(elementwise).tolist() == [[1.0, 4.0], [9.0, 16.0]]
    assert gradient(rows[1], list(X.flat)) == [0.0, 0.0, 4.0, 3.0]
    assert gradient(compiled(lambda A: (A @ A).sum(), axes={"A": 2})(X), X[0, 0]) == 2 * 1 + 2 + 3
    mixed = compiled(lambda x: x * 2)(np.array([X[0, 0], 5.0], dtype=object))
    assert (mixed[0].data, mixed[1]) == (2.0, 10.0)


def test_backward_reaches_a_matrix_of_values() -> None:
    w = matrix([1.0, 2.0], name="w")

    assert compiled(lambda w, x: autodiff.dot(w, x)).backward(w, np.ones((4, 2))) == 3.0
    assert grads(w).tolist() == [1.0, 1.0]


def test_a_value_shared_by_a_batch() -> None:
    v, X = Value(2.0), np.array([1.0, 3.0])
    c = compiled(lambda v, x: v * v * x)

    found = c(v, X)
    assert gradient(found.sum(), v) == 16.0
    value, (by_v, by_x) = c.value_and_grad(v, X)
    assert (data(value).tolist(), by_v.data, data(by_x).tolist()) == ([4.0, 12.0], 16.0, [4.0, 4.0])
    assert gradient(by_v, v) == 8.0
    assert [gradient(x, v) for x in by_x] == [4.0, 4.0]


def test_arrays_are_computed_as_numbers() -> None:
    w = Value(2.0)
    found = compiled(lambda x: w * x)(np.array([1.0, 3.0]))

    assert found.dtype == np.float64
    assert compiled(lambda x: x * x)(np.array([1.0, 3.0])).dtype == np.float64


def test_arrays_become_nodes_where_a_derivative_is_taken_by_what_was_found_outside() -> None:
    def loss(w: Value) -> Any:
        return autodiff.sum(list(compiled(lambda x: w * w * x)(np.array([1.0, 3.0]))))

    assert grad(loss)(5.0) == 40.0
    assert hessian(loss)(5.0) == 8.0


def test_the_tree_of_the_result_stays() -> None:
    v = Value(2.0)
    found = compiled(lambda x: {"a": x * 2, "b": (x * 3, np.array([x, x * 5]))})(v)

    assert found["a"].data == 4.0
    assert gradient(found["b"][0], v) == 3.0
    assert found["b"][1][0] is v
    assert isinstance(found["b"][1], Matrix)


# ---------------------------------------------------------------- nodes like any other


def test_the_graph_can_be_drawn_copied_and_explained() -> None:
    w = Value(2.0, name="w")
    c = compiled(lambda x: ((w * x).named("h") + 1).tanh())

    assert "tanh" in autodiff.draw(c(3.0)).source
    assert [node.name for node in autodiff.topological_order(c(3.0))] == ["w", "h", None, None]
    assert "3(1 - tanh(h + 1)^2)" in str(autodiff.explain(c(3.0), w))
    for again in (copy.copy(c(3.0)), copy.deepcopy(c(3.0)), pickle.loads(pickle.dumps(c(3.0)))):
        assert again.data == c(3.0).data
        assert [node.name for node in autodiff.leaves(again)] == ["w"]


def test_no_graph_is_built_before_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    w = Value(2.0)
    c = compiled(lambda x: w * x)
    monkeypatch.setattr(lazy.Sample, "build", lambda self: pytest.fail("a graph was built"))

    y = c(3.0)
    total = y + 1

    assert (y.data, total.data, y > 5, f"{y:.1f}") == (6.0, 7.0, True, "6.0")


def test_outside_of_the_domain_there_is_the_error_of_the_graph() -> None:
    c = compiled(lambda x: x.log())

    with pytest.raises(ValueError, match=r"log: .* at x = -1\.0"):
        c(Value(-1.0))
    assert np.isnan(c(-1.0))


def test_what_no_result_depends_on_may_be_outside_of_its_domain() -> None:
    x = Value(-1.0)
    z = compiled(lambda x: (x.log(), x * x * 2)[1])(x)

    z.backward()
    assert (z.data, x.grad, len(z.parents)) == (2.0, -4.0, 1)


def test_calls_upon_calls() -> None:
    c, v = compiled(lambda x: x + 1), Value(0.0)
    y = v
    for _ in range(2000):
        y = c(y)
    y.backward()

    assert (y.data, v.grad) == (2000.0, 1.0)


# ---------------------------------------------------------------- what cannot be had


def test_no_graph_leads_to_parameters_that_are_arrays() -> None:
    w, v = Value(2.0), Value(3.0)
    c = compiled(lambda x: w * x)

    with c.traced(1.0).parameters:
        assert c(3.0) == 6.0
        with pytest.raises(TypeError, match="in a with block of its parameters these are arrays"):
            c(v)
        with pytest.raises(TypeError, match="in a with block of its parameters these are arrays"):
            c.value_and_grad(v)
    assert c(v).data == 6.0


def test_backward_in_a_function_that_is_differentiated() -> None:
    c = compiled(lambda x: x * x)

    with pytest.raises(
        TypeError, match="a derivative that is being taken by the same Values would not see it"
    ):
        grad(lambda x: c.backward(x))(2.0)


def test_derivatives_that_would_be_constants_in_a_traced_function() -> None:
    w = Value(2.0)
    inner = compiled(lambda x: w * x * x)
    outer = compiled(lambda x: inner.value_and_grad(2.0)[1] * x)

    with pytest.raises(TraceError, match="depends on its parameters, and would be constant"):
        outer(3.0)


def test_moves_are_numbers() -> None:
    with pytest.raises(TypeError, match="jvp: moves must be plain numbers"):
        compiled(lambda x: x * x).jvp((Value(1.0),), 2.0)


# ---------------------------------------------------------------- threads


def in_threads(work: Callable[[int], object], count: int = 8) -> list[object]:
    start = threading.Barrier(count)

    def started(i: int) -> object:
        start.wait()
        return work(i)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(started, range(count)))


@pytest.mark.parametrize("engine", ENGINES)
def test_eight_threads_call_one_function(engine: str) -> None:
    w = Value(3.0)
    c = compiled(lambda x: w * x[0] ** 2 * x[1], engine=engine)
    rows = np.arange(16.0).reshape(8, 2) + 1

    def work(i: int) -> bool:
        X, row = np.tile(rows[i], (50, 1)), rows[i].tolist()
        expected = 3 * row[0] ** 2 * row[1]
        return all(
            c(X).tolist() == [expected] * 50
            and c.value_and_grad(row)[1] == [6 * row[0] * row[1], 3 * row[0] ** 2]
            and c(row).data == expected
            and gradient(c(row), w) == row[0] ** 2 * row[1]
            for _ in range(20)
        )

    assert in_threads(work) == [True] * 8


def test_threads_that_look_at_one_node_build_its_graph_once() -> None:
    w = Value(2.0)
    c = compiled(lambda x: (w * x) ** 2)

    for _ in range(50):
        y = c(3.0)
        parents = in_threads(lambda _, y=y: y.parents[0])  # type: ignore[misc]
        assert len(set(parents)) == 1


def test_nested_derivatives_in_threads() -> None:
    def second(i: int) -> object:
        return [grad(grad(lambda x: x**3))(float(i)) for _ in range(20)]

    assert in_threads(second) == [[6.0 * i] * 20 for i in range(8)]


def test_a_derivative_in_a_thread_of_a_function_that_is_differentiated() -> None:
    def inner(x: Value) -> Any:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(lambda: grad(lambda y: y**2 * x)(3.0)).result()

    assert grad(inner)(2.0) == 6.0
    assert grad(lambda x: x * grad(lambda y: y * 2.0)(1.0))(5.0) == 2.0


@pytest.mark.parametrize("engine", NUMPY_AND_LLVM)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_results_that_differ_in_a_digit_from_the_node_they_stand_for(engine: str, dtype: Any) -> None:
    w = Value(0.3, name="w")
    f = compile(lambda x: (w * x, w * w, (w.exp() * w.exp() - (w + w).exp()) * 2), engine=engine, dtype=dtype)
    loss, penalty, nothing = f(2.0)

    assert "op=" in repr(penalty)
    assert "op=" in repr(nothing)
    (loss + penalty).backward()
    assert w.grad == pytest.approx(2.6, rel=1e-6)
    assert set(penalty.parents) == {w}


def test_a_signal_handler_builds_a_graph_while_another_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    square, sine = compiled(lambda x: x * x), compiled(lambda x: x.sin())
    step, found = lazy.step, list[Any]()

    def signalled(*args: Any) -> Any:
        if not found:
            found.append(None)
            w = Value(2.0)
            found.append(gradient(square(w), w))
        return step(*args)

    monkeypatch.setattr(lazy, "step", signalled)
    x = Value(3.0)

    assert gradient(sine(x), x) == math.cos(3.0)
    assert found == [None, 4.0]
