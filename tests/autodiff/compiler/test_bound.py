"""Functions with their arguments: what is read anew, what stays, what is refused."""

from __future__ import annotations

import copy
import functools
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autodiff
from autodiff import TraceError, Value, compile
from autodiff.compiler.engines.numpy import numpy_engine
from autodiff.compiler.engines.numpy.groups import sides_of
from autodiff.rules import TABLE
from tests.engines import NUMPY_AND_LLVM
from tests.ordinary import called


@pytest.mark.parametrize("engine", NUMPY_AND_LLVM)
def test_arrays_and_parameters_are_read_anew(engine: str) -> None:
    w = Value(2.0, name="w")
    f = compile(lambda x, y: (w * x - y) ** 2, engine=engine)
    x, y = np.array([1.0, 2.0, 3.0]), np.array([0.0, 1.0, 2.0])
    tied = f.bound(x, y)
    for number, w.data in [(1.0, 2.0), (5.0, 2.0), (5.0, -1.0)]:
        x[0] = number
        value, (by_x, by_y) = tied.value_and_grad()
        expected, (wanted_x, wanted_y) = f.value_and_grad(x, y)

        assert value.tolist() == expected.tolist() == tied().tolist()
        assert by_x.tolist() == wanted_x.tolist()
        assert by_y.tolist() == wanted_y.tolist()
        w.grad = 0.0
        loss = f.backward(x, y, reduce="sum")
        grad, w.grad = w.grad, 0.0
        assert (tied.backward(reduce="sum"), w.grad) == (loss, grad)


@pytest.mark.parametrize("engine", NUMPY_AND_LLVM)
def test_parameters_as_arrays(engine: str) -> None:
    w = Value(2.0, name="w")
    f = compile(lambda x: (w * x - 6) ** 2, engine=engine)
    tied = f.bound(np.array([1.0, 2.0]))
    with f.parameters as parameters:
        for _ in range(50):
            parameters.grad[:] = 0
            tied.backward()
            parameters.data -= 0.1 * parameters.grad

    assert w.data == pytest.approx(3.6)


def test_two_of_one_function_do_not_meet() -> None:
    f = compile(lambda x: x * x)
    one, other = f.bound(3.0), f.bound(np.array([1.0, 2.0]))

    assert one.value_and_grad() == (9.0, 6.0)
    assert other.value_and_grad()[1].tolist() == [2.0, 4.0]
    assert one() == 9.0


def test_values_are_refused() -> None:
    f = compile(lambda x: x[0] * x[1])
    with pytest.raises(TypeError, match=r"bound takes numbers and arrays, .* would not follow its \.data"):
        f.bound([Value(1.0), 2.0])


def test_an_array_that_gets_another_shape_is_noticed() -> None:
    x = np.ones(6)
    tied = compile(lambda x: x * 2).bound(x)
    x.resize(4, refcheck=False)
    with pytest.raises(ValueError, match="broadcast"):
        tied()


def test_what_reduces_nothing_else() -> None:
    tied = compile(lambda x: x * 2).bound(np.ones(3))
    with pytest.raises(ValueError, match='reduce must be "mean", "sum" or None'):
        tied.backward(reduce="max")  # type: ignore[call-overload]


def test_a_derivative_that_is_being_taken_sees_it() -> None:
    w = Value(3.0, name="w")
    tied = compile(lambda x: w * w * x).bound(2.0)

    assert autodiff.gradient(tied(), w) == 12.0


@pytest.mark.parametrize(
    "change",
    [
        lambda x: x["w"].__setitem__(1, 5.0),
        lambda x: x["w"].append(5.0),
        lambda x: x.update(b=2.0),
        lambda x: x.update(w=[5.0, 1.0]),
        lambda x: x["a"][0].__setitem__(0, 2.0),
        lambda x: x["w"].__setitem__(0, True),
        lambda x: x["w"].__setitem__(0, 1),
        lambda x: x["a"][0].__setitem__(1, -0.0),
        lambda x: x.update(b=x.pop("w"), w=x.pop("b")),
    ],
)
def test_a_list_that_has_changed_is_refused(change: Any) -> None:
    x: Any = {"w": [1.0, 2.0], "b": 3.0, "a": ([4.0, 0.0], np.array([1.0, 2.0]))}
    tied = compile(lambda x: x["w"][0] * x["b"] + x["a"][0][0] * x["a"][1]).bound(x)
    assert tied().tolist() == [7.0, 11.0]
    x["b"] = 1 + 2.0
    x["a"][1][0] = 2.0
    assert tied().tolist() == [11.0, 11.0]

    change(x)

    for run in (tied, tied.value_and_grad, tied.backward):
        with pytest.raises(
            ValueError, match=r"among the bound arguments holds .* now, and .* when it was bound"
        ):
            run()


def test_a_dictionary_whose_keys_have_changed_places_is_refused() -> None:
    x = {"a": 1.0, "b": 2.0}
    tied = compile(lambda x: x["a"] * 10 + x["b"]).bound(x)
    x.clear()
    x |= {"b": 1.0, "a": 2.0}

    with pytest.raises(ValueError, match=r"holds {'b': 1.0, 'a': 2.0} now, and {'a': 1.0, 'b': 2.0} when"):
        tied()


# ---------------------------------------------------------------- into arrays


@pytest.mark.parametrize("engine", NUMPY_AND_LLVM)
@pytest.mark.parametrize("size", [1, 7, 8, 21])
def test_into_computes_in_place_again_and_again(engine: str, size: int) -> None:
    """As many elements as fill no row, one, and several; a number that all share is read anew too."""
    x, v, dt = np.linspace(-1, 2, size), np.linspace(3, 1, size), np.array(0.5)
    expected_x, expected_v = x.copy(), v.copy()
    move = compile(lambda x, v, dt: (x + v * dt**3 / 7, v - x * dt / 3), engine=engine)
    run = move.bound(x, v, dt).into(x, v)
    for dt[()] in (0.5, 0.25, 0.1):
        expected_x, expected_v = (
            expected_x + expected_v * float(dt) ** 3 / 7,
            expected_v - expected_x * dt / 3,
        )
        run()

        assert x.tolist() == expected_x.tolist()
        assert v.tolist() == expected_v.tolist()


@pytest.mark.llvm
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_into_in_a_loop_of_machine_code_gives_the_numbers_of_the_program(dtype: Any) -> None:
    """Every row that gives one number, on numbers that vary and on shared ones."""
    pytest.importorskip("llvmlite")
    varying = [np.linspace(0.1 + 0.1 * i, 0.9 - 0.05 * i, 21, dtype=dtype) for i in range(4)]
    for rule in TABLE.values():
        taken = varying if rule.is_nary else varying[: rule.arity]
        for operands in (taken, [*taken[:-1], np.array(0.3, dtype)])[: len(taken)]:
            f = compile(functools.partial(called, rule), engine="llvm", dtype=dtype)
            found, tied = np.zeros(21, dtype), f.bound(tuple(operands))
            tied.into(found)()

            assert found.tolist() == np.broadcast_to(tied(), 21).tolist(), rule.name


@pytest.mark.parametrize("engine", NUMPY_AND_LLVM)
def test_into_with_what_no_loop_can_do(engine: str) -> None:
    """A parameter; arrays that overlap, are of other types or have gaps; a vector; no batch; a result that is none."""
    w, x, found = Value(2.0), np.arange(1.0, 7.0), np.zeros(6)
    product = compile(lambda x: w * x, engine=engine)
    run = product.bound(x).into(found)
    for w.data in (2.0, 3.0):
        run()
        assert found.tolist() == (w.data * np.arange(1.0, 7.0)).tolist()
    double = compile(lambda x: x * 2, engine=engine)
    double.bound(x[:-1]).into(x[1:])()
    assert x.tolist() == [1.0, 2.0, 4.0, 6.0, 8.0, 10.0]
    double.bound(np.arange(3)).into(found[::2])()
    assert found[::2].tolist() == [0.0, 2.0, 4.0]
    length = compile(lambda x: autodiff.norm(*x), engine=engine)
    length.bound(np.array([[3.0, 4.0], [6.0, 8.0]])).into(found[:2])()
    assert found[:2].tolist() == [5.0, 10.0]
    double.bound(4.0).into(number := np.zeros(()))()
    assert number == 8.0
    compile(lambda x: (), engine=engine).bound(x).into()()
    found.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        double.bound(np.ones(6)).into(found)()


@pytest.mark.parametrize("engine", NUMPY_AND_LLVM)
def test_into_refuses_shapes_and_changed_lists(engine: str) -> None:
    tied = compile(lambda x, y: (x + y[0], x), engine=engine).bound(np.ones(3), numbers := [1.0])
    with pytest.raises(
        ValueError, match=r"into takes arrays of the shapes \[\(3,\), \(3,\)\], .* not \[\(3,\)\]"
    ):
        tied.into(np.ones(3))
    run = tied.into(np.ones(3), np.ones(3))
    run()
    numbers[0] = 2.0
    with pytest.raises(ValueError, match="among the bound arguments holds"):
        run()


@pytest.mark.parametrize("result", [np.arange(3), [1.0, 2.0, 3.0], np.array([1, 2, 3], dtype=object)])
def test_into_refuses_what_would_cut_its_results_off(result: Any) -> None:
    bound = compile(lambda x: x / 2, engine="numpy").bound(np.arange(3))

    with pytest.raises(TypeError, match="into takes arrays of floats"):
        bound.into(result)


@pytest.mark.parametrize("engine", NUMPY_AND_LLVM)
def test_a_node_that_a_call_gave_keeps_the_numbers_of_that_call(engine: str) -> None:
    w, x = Value(3.0, name="w"), np.array([2.0])
    tied = compile(lambda x: w * x[0] ** 2, engine=engine).bound(x)
    node = tied()
    x[0] = 5.0
    assert tied().data == 75.0

    node.backward()

    assert (node.data, w.grad) == (12.0, 4.0)


@pytest.mark.parametrize("engine", NUMPY_AND_LLVM)
def test_all_sorts_of_arrays_are_bound(engine: str) -> None:
    every = np.arange(24.0).reshape(4, 6)
    arrays: list[Any] = [
        every[::2, 1:4],
        every.T[:3, :2].T,
        np.arange(3),
        np.array([[1], [2]], np.float32),
        2.5,
    ]
    f = compile(lambda *xs: sum(x * (i + 1) for i, x in enumerate(xs)), engine=engine)
    tied = f.bound(*arrays)
    for _ in range(2):
        every += 1

        expected: Any = sum(x * (i + 1) for i, x in enumerate(arrays))
        assert tied().tolist() == expected.tolist() == f(*arrays).tolist()


@pytest.mark.parametrize("engine", NUMPY_AND_LLVM)
def test_what_depends_on_parameters_is_no_constant_of_another_function(engine: str) -> None:
    w, x = Value(2.0, name="w"), np.array([1.0, 2.0])
    scaled = compile(lambda x: w * x, engine=engine)
    batch, number = scaled.bound(x), scaled.bound(3.0)

    with pytest.raises(TraceError, match="gives here depends on its parameters, and would be constant"):
        compile(lambda z: z * autodiff.sum(list(batch())), engine=engine)(1.0)
    with (
        scaled.parameters,
        pytest.raises(TraceError, match="depends on its parameters, and would be constant"),
    ):
        compile(lambda z: z * number(), engine=engine)(1.0)
    compiled = compile(lambda z: z * number(), engine=engine)
    assert compiled(1.0).data == 6.0
    w.data = 10.0
    assert compiled(1.0).data == 30.0
    free = compile(lambda x: x + 1, engine=engine).bound(x)
    assert compile(lambda z: z * autodiff.sum(list(free())), engine=engine)(2.0) == 10.0


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("engine", NUMPY_AND_LLVM)
@pytest.mark.parametrize("numbers", [[np.inf, -np.inf], [1e308, 1e308], [1e154, 1e154]])
def test_sums_over_a_batch_overflow_in_silence(engine: str, numbers: list[float]) -> None:
    w, x = Value(1.0, name="w"), np.array(numbers)
    f = compile(lambda x, y: w * x * y, engine=engine)
    with np.errstate(all="raise"):
        assert f.backward(x, 1.0, reduce="sum") == pytest.approx(
            numbers[0] + numbers[1], rel=1e-12, nan_ok=True
        )
        by_y = f.value_and_grad(x, 1.0)[1][1]
    assert by_y == pytest.approx(numbers[0] + numbers[1], rel=1e-12, nan_ok=True)


def test_an_interrupt_in_the_first_derivative_leaves_no_half_of_a_plan(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    f = compile(lambda x: (x.exp() * 2).sin() + x, engine="numpy")
    expected = f.value_and_grad(0.5)
    g = compile(lambda x: (x.exp() * 2).sin() + x, engine="numpy")
    g(0.5)

    def interrupted(program: Any) -> Any:
        yield next(iter(sides_of(program)))
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(numpy_engine, "sides_of", interrupted)
        with pytest.raises(KeyboardInterrupt):
            g.value_and_grad(0.5)

    assert g.value_and_grad(0.5) == expected


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickle.dumps])
def test_it_is_not_copied(copied: Callable[[object], object]) -> None:
    tied = compile(lambda x: x * x).bound(np.ones(2))

    with pytest.raises(TypeError, match="<lambda>: a bound call belongs to the arrays that it reads"):
        copied(tied)
