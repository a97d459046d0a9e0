"""Compiled functions in use: arguments, batches, gradients, parameters, and the programs that are kept."""

from __future__ import annotations

import copy
import dataclasses
import datetime
import functools
import inspect
import math
import pickle
import threading
import warnings
from collections import namedtuple
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any, assert_type

import numpy as np
import pytest

import autodiff
from autodiff import RetraceWarning, TraceError, Value, compile
from autodiff.calculus.trees import Tree
from autodiff.compiler.function import Compiled
from autodiff.compiler.lowering import KEPT, OFTEN
from tests.engines import ENGINES

Point = namedtuple("Point", "x y")


def compiled(f: Callable[..., Tree], **options: Any) -> Compiled:
    found: Compiled = compile(f, engine="numpy", **options)
    return found


def programs(f: Compiled) -> int:
    """How many programs a compiled function keeps."""
    return int(repr(f).split(": ")[1].split()[0])


def product(x: Tree, y: Tree) -> Tree:
    return x * y


# ---------------------------------------------------------------- what is compiled


def test_the_tour() -> None:
    f = compiled(lambda x, y: x**2 + x * y + (x + y) ** 2)

    assert f(2, 3) == 35.0
    assert f.value_and_grad(2, 3) == (35.0, (17.0, 12.0))
    assert f(np.array([2.0, 1.0]), 3).tolist() == [35.0, 20.0]


def test_as_a_decorator() -> None:
    @compile
    def square(x: Value) -> Value:
        """The square of a number."""
        return x * x

    @compile(engine="numpy", dtype=np.float32)
    def cube(x: Value) -> Value:
        return x * x * x

    assert_type(square, Compiled)
    assert_type(cube, Compiled)
    assert square(3.0) == 9.0
    assert (square.__name__, square.__doc__) == ("square", "The square of a number.")
    assert cube(2.0) == 8.0
    assert repr(cube) == "<compiled cube: 1 programs, Parameters(0 Values)>"


def test_a_method_and_other_callables() -> None:
    class Model:
        def __init__(self) -> None:
            self.w = Value(3.0)

        def __call__(self, x: Value) -> Value:
            return self.w * x

        def loss(self, x: Value, y: Value) -> Value:
            return (self(x) - y) ** 2

    model = Model()

    assert compiled(model)(2.0).data == 6.0
    assert compiled(model.loss).backward(2.0, 5.0) == 1.0
    assert model.w.grad == 4.0
    assert compiled(functools.partial(product, 3.0))(2.0) == 6.0
    assert compiled(autodiff.tanh)(0.5) == math.tanh(0.5)


def test_a_decorated_method_belongs_to_its_object() -> None:
    class Model:
        def __init__(self, w: float) -> None:
            self.w = Value(w)

        @compile(engine="numpy")
        def scaled(self, x: Value) -> Value:
            return self.w * x

    one, other = Model(3.0), Model(5.0)

    assert (one.scaled(2.0).data, other.scaled(2.0).data) == (6.0, 10.0)
    assert one.scaled is one.scaled
    assert one.scaled.parameters.values == [one.w]
    assert one.scaled.backward(2.0) == 6.0
    assert (one.w.grad, other.w.grad) == (2.0, 0)


class Scale:
    """A model with a compiled method."""

    def __init__(self, w: float) -> None:
        self.w = Value(w)

    @compile(engine="numpy")
    def applied(self, x: Value) -> Value:
        return self.w * x


class ShiftedScale(Scale):
    @compile(engine="numpy")
    def applied(self, x: Value) -> Tree:
        return super().applied(x) + 1


@compile(engine="numpy")
def doubled(x: Value) -> Value:
    return 2 * x


COPIES = [copy.copy, copy.deepcopy, lambda f: pickle.loads(pickle.dumps(f))]


@pytest.mark.parametrize("copied", COPIES)
def test_the_method_of_a_copied_object_belongs_to_the_copy(copied: Callable[[Tree], Tree]) -> None:
    model = Scale(3.0)
    model.applied(1.0)

    again = copied(model)
    again.w = Value(5.0)

    assert (again.applied(2.0).data, model.applied(2.0).data) == (10.0, 6.0)
    assert again.applied is again.applied


def test_a_method_may_call_the_one_of_its_base() -> None:
    model = ShiftedScale(3.0)

    assert model.applied(2.0).data == 7.0
    assert model.applied(3.0).data == 10.0
    assert pickle.loads(pickle.dumps(model)).applied(2.0).data == 7.0
    assert model.applied.parameters.values == [model.w]


def test_a_method_that_was_put_in_a_class_later() -> None:
    class Model:
        pass

    Model.f = compiled(lambda self, x: x + 1)  # type: ignore[attr-defined]

    assert Model().f(1.0) == 2.0  # type: ignore[attr-defined]


def test_an_object_that_can_keep_no_method_says_so() -> None:
    class Slots:
        __slots__ = ("w",)
        f = compiled(lambda self, x: x)

    with pytest.raises(TypeError, match="the compiled method f needs an object with a __dict__ to be"):
        Slots().f(1.0)


@pytest.mark.parametrize("copied", COPIES)
def test_a_decorated_function_is_found_by_its_name(copied: Callable[[Tree], Tree]) -> None:
    assert copied(doubled) is doubled


@pytest.mark.parametrize("copied", COPIES)
def test_a_copy_is_traced_anew(copied: Callable[[Tree], Tree]) -> None:
    f = compiled(product, static="y")
    f(2.0, 3)

    again = copied(f)

    assert programs(again) == 0
    assert again(2.0, 3) == 6.0


def test_arguments_by_name_and_defaults() -> None:
    f = compiled(lambda x, y=2.0, *, scale=10.0: x * y * scale)

    assert f(3.0) == 60.0
    assert f(y=1.0, x=3.0) == 30.0
    assert f.value_and_grad(3.0, scale=1.0) == (6.0, (2.0, 3.0, 6.0))


def test_a_default_of_none_is_left_to_the_function() -> None:
    log, f = compiled(autodiff.log), compiled(lambda x, y=None, *, z=2.0: x * z if y is None else x * y * z)

    assert log(8.0) == math.log(8)
    assert log.value_and_grad(2.0)[1] == 0.5
    assert log(np.array([8.0, 2.0]), 2.0).tolist() == [3, 1]
    assert (f(3.0), f(3.0, 5.0), f(3.0, z=1.0), f(3.0, y=4.0)) == (6, 30, 3, 24)
    assert f.jvp([1.0], 3.0)[1] == 2
    with pytest.raises(TypeError, match="not None"):
        f(3.0, None)


def test_any_number_of_arguments() -> None:
    assert compiled(lambda *xs: autodiff.sum(xs)).value_and_grad(1.0, 2.0) == (3.0, (1.0, 1.0))
    assert compiled(lambda **xs: xs["a"] * xs["b"]).value_and_grad(a=2.0, b=3.0) == (
        6.0,
        {"a": 3.0, "b": 2.0},
    )


@pytest.mark.parametrize(("args", "missing"), [((1.0,), "'y'"), ((1.0, 2.0, 3.0), "too many"), ((), "'x'")])
def test_arguments_that_do_not_fit_the_function(args: tuple[float, ...], missing: str) -> None:
    with pytest.raises(TypeError, match=rf"^product: .*{missing}"):
        compiled(product)(*args)


@pytest.mark.parametrize("what", [3, None, Value(2.0) * 2])
def test_only_functions_can_be_compiled(what: Any) -> None:
    if what is None:
        assert compile(what, engine="numpy")(product)(2.0, 3.0) == 6.0
        return
    with pytest.raises(TypeError, match="is not a function; to compile a graph, compile what builds it"):
        compile(what)


def test_options_are_checked() -> None:
    with pytest.raises(ValueError, match="dtype must be float64 or float32, not int64"):
        compile(product, dtype=np.int64)
    with pytest.raises(ValueError, match=r"\['n'\] in static are no arguments of product"):
        compile(product, static="n")
    with pytest.raises(ValueError, match="there is no engine 'cuda'"):
        compile(product, engine="cuda")(1.0, 2.0)
    with pytest.raises(ValueError, match=r"reduce must be .* or None, not 'max'"):
        compiled(product).backward(1.0, 2.0, reduce="max")  # type: ignore[call-overload]


# ---------------------------------------------------------------- arguments


@pytest.mark.parametrize(
    ("f", "tree", "expected"),
    [
        (lambda t: t[0] * t[1], [2.0, 3.0], [3.0, 2.0]),
        (lambda t: t[0] * t[1], (2.0, 3.0), (3.0, 2.0)),
        (lambda t: t["a"] * t["b"], {"a": 2.0, "b": 3.0}, {"a": 3.0, "b": 2.0}),
        (lambda t: t.x * t.y, Point(2.0, 3.0), Point(3.0, 2.0)),
        (
            lambda t: t["w"][0][1] * t["b"].x,
            {"w": [[1.0, 2.0]], "b": Point(3.0, 4.0)},
            {"w": [[0.0, 3.0]], "b": Point(2.0, 0.0)},
        ),
        (lambda t: t[0] * 2, [1, np.float32(2.0), Fraction(1, 2), np.int64(3)], [2.0, 0.0, 0.0, 0.0]),
    ],
)
def test_the_gradient_has_the_tree_of_the_argument(
    f: Callable[..., Tree], tree: Tree, expected: Tree
) -> None:
    _, gradient = compiled(f).value_and_grad(tree)

    assert gradient == expected
    assert type(gradient) is type(expected)


def test_lists_of_arrays_and_numbers_mix() -> None:
    value, gradient = compiled(lambda x: x[0] * x[1]).value_and_grad([np.arange(3.0), 2.0])

    assert value.tolist() == [0.0, 2.0, 4.0]
    assert gradient[0].tolist() == [2.0, 2.0, 2.0]
    assert gradient[1] == 3.0


def test_results_are_floats_or_arrays_in_the_tree_of_the_result() -> None:
    f = compiled(lambda x: {"a": x, "b": [x * x, (3, np.array([x, 2 * x]))]})

    one, batch = f(2.0), f(np.array([2.0, 3.0]))

    assert (one["a"], one["b"][0], one["b"][1][0]) == (2.0, 4.0, 3.0)
    assert type(one["a"]) is float
    assert one["b"][1][1].tolist() == [2.0, 4.0]
    assert batch["b"][0].tolist() == [4.0, 9.0]
    assert batch["b"][1][0].tolist() == [3.0, 3.0]
    assert batch["b"][1][1].tolist() == [[2.0, 4.0], [3.0, 6.0]]


def test_results_are_copies() -> None:
    f = compiled(lambda x: [x, x * 2])
    x = np.array([1.0, 2.0])

    first = f(x)
    first[0][:] = 7.0
    first[1][:] = 7.0

    assert x.tolist() == [1.0, 2.0]
    assert [part.tolist() for part in f(x)] == [[1.0, 2.0], [2.0, 4.0]]


def test_arguments_are_not_changed() -> None:
    x, v = np.array([1, 2]), Value(3.0)

    compiled(product).value_and_grad(x, v)

    assert x.dtype.kind == "i"
    assert (x.tolist(), v.data, v.grad) == ([1, 2], 3.0, 0)


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("s", r"argument x must be a number, .* not 's'; .* static=\(\"x\",\)"),
        (None, "argument x must be a number, .* not None"),
        (True, "argument x must be a number, .* not True"),
        (math.sin, "argument x must be a number, .* not <built-in"),
        ([1.0, [2.0, "s"]], r"argument x\[1\]\[1\] must be a number"),
        ({"a": [None]}, r"argument x\['a'\]\[0\] must be a number"),
        (1j, "argument x must be a real number or a Value, not 1j"),
        ({1.0}, "argument x must be a real number or a Value, not {1.0} of type set"),
        (range(3), "argument x must be a real number or a Value, not range"),
        (np.array([1j]), "argument x: an array must hold real numbers, not complex128"),
        (np.array([True]), "argument x: an array must hold real numbers, not bool"),
        (np.array(["a"]), "argument x: an array must hold real numbers, not <U1"),
        (
            np.array([1, 2], dtype=object),
            "argument x: an array must hold real numbers, not object; convert it",
        ),
        ([1.0, np.array([None])], r"argument x\[1\]: an array must hold real numbers, not object"),
        (np.array([Value(1.0), None]), "argument x must be a real number or a Value, not None"),
    ],
)
def test_arguments_that_are_no_numbers(argument: Tree, message: str) -> None:
    f = compiled(lambda x: x if isinstance(x, Value) else 1.0)

    with pytest.raises(TypeError, match=message):
        f(argument)
    assert f(2.0) == 2.0


def test_values_among_the_arguments_get_their_grad() -> None:
    v, w = Value(3.0), [Value(2.0), Value(5.0)]
    f = compiled(lambda v, w, x: v * w[0] * x + w[1])

    assert f.backward(v, w, np.array([1.0, 3.0])) == 17.0
    assert (v.grad, w[0].grad, w[1].grad) == (4.0, 6.0, 1.0)
    f.backward(v, w, np.array([1.0, 3.0]), reduce="sum")
    assert (v.grad, w[0].grad, w[1].grad) == (12.0, 18.0, 3.0)


def test_a_value_that_was_computed_gets_no_grad() -> None:
    leaf = Value(3.0)
    square = leaf * leaf
    f = compiled(lambda x: x * 2)

    assert f(square).data == 18.0
    with pytest.raises(TypeError, match=r"the argument x was computed from other Values.*pass its \.data"):
        f.backward(square)
    assert (square.grad, leaf.grad) == (0, 0)


def test_one_value_in_two_places_gets_the_sum() -> None:
    v = Value(3.0)

    compiled(product).backward(v, v)

    assert v.grad == 6.0


# ---------------------------------------------------------------- batches


def test_batch_axes_broadcast() -> None:
    x, y = np.arange(6.0).reshape(2, 1, 3), np.arange(4.0).reshape(4, 1)

    value, (by_x, by_y) = compiled(product).value_and_grad(x, y)

    assert value.tolist() == (x * y).tolist()
    assert by_x.tolist() == np.full((2, 1, 3), 6.0).tolist()
    assert by_y.tolist() == np.full((4, 1), 15.0).tolist()


def test_gradients_of_shared_arguments_are_summed() -> None:
    f = compiled(lambda w, x: autodiff.dot(w, x))
    X = np.arange(6.0).reshape(3, 2)

    _, (by_w, by_x) = f.value_and_grad([10.0, 20.0], X)

    assert by_w == [6.0, 9.0]
    assert by_x.tolist() == [[10.0, 20.0]] * 3


def test_a_batch_is_a_loop() -> None:
    f = compiled(lambda x, y: [x[0] * y, (x[1] / y).tanh()])
    X, y = np.arange(8.0).reshape(4, 2), np.arange(1.0, 5.0)

    batch = f(X, y)

    assert [[part[i] for part in batch] for i in range(4)] == [f(X[i], y[i]) for i in range(4)]


def test_batch_shapes_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match=r"the batch axes .* do not fit together: x \(2,\), y \(3,\)"):
        compiled(product)(np.ones(2), np.ones(3))
    with pytest.raises(ValueError, match=r"x\['a'\] \(2,\), x\['b'\]\[0\] \(4, 3\)"):
        compiled(lambda x: x["a"] * x["b"][0])({"a": np.ones(2), "b": [np.ones((4, 3))]})


def test_numbers_of_other_libraries_are_numbers() -> None:
    class Tensor:
        ndim = 0

        def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
            return np.array(3.0, dtype)

    assert compiled(lambda x: x * x)(Tensor()) == 9.0


def test_a_number_that_is_too_large_for_a_float() -> None:
    with pytest.raises(OverflowError, match=r"argument x\[1\] is too large for a float: 1000"):
        compiled(lambda x: x[0])([1, 10**400])


def test_an_empty_batch() -> None:
    w = Value(2.0)
    f = compiled(lambda x: w * x * x)

    value, gradient = f.value_and_grad(np.empty(0))

    assert value.shape == gradient.shape == (0,)
    assert f.backward(np.empty(0)) == 0.0
    assert w.grad == 0.0


def test_a_batch_of_a_result_that_depends_on_no_argument() -> None:
    w = Value(2.0)
    f = compiled(lambda x: w * w)

    assert f(np.ones(3)).tolist() == [4.0, 4.0, 4.0]
    assert f.backward(np.ones(3), reduce="sum") == 12.0
    assert w.grad == 12.0


def test_float32() -> None:
    w = Value(1.0)
    f = compiled(lambda x: w * x / 3, dtype="float32")

    value, gradient = f.value_and_grad(np.ones(2))

    assert value.dtype == gradient.dtype == np.float32
    assert f(1.0).data == np.float32(1) / np.float32(3)
    assert f.backward(1.0) == pytest.approx(1 / 3, rel=1e-6)
    assert w.grad == pytest.approx(1 / 3, rel=1e-6)


def test_nan_flows_through() -> None:
    assert np.isnan(compiled(product)(np.array([1.0, math.nan]), 2.0)).tolist() == [False, True]


# ---------------------------------------------------------------- derivatives


def test_several_results_need_seeds() -> None:
    f = compiled(lambda x, y: {"product": x * y, "sum": x + y})

    with pytest.raises(TypeError, match=r"value_and_grad: <lambda> must give one number.*tree of 2; vjp"):
        f.value_and_grad(1.0, 2.0)
    with pytest.raises(TypeError, match="backward: <lambda> must give one number"):
        f.backward(1.0, 2.0)
    assert f.vjp({"product": 2.0, "sum": 10.0}, 3.0, 4.0) == ({"product": 12.0, "sum": 7.0}, (18.0, 16.0))
    with pytest.raises(TypeError, match="the seeds must have the tree of what <lambda> returns"):
        f.vjp([1.0], 3.0, 4.0)


def test_seeds_of_a_batch() -> None:
    f = compiled(lambda x: [x * x, x])

    _, gradient = f.vjp([1.0, np.array([0.0, 10.0, 20.0])], np.arange(3.0))

    assert gradient.tolist() == [0.0, 12.0, 24.0]
    with pytest.raises(ValueError, match=r"seed\[1\] must have the shape \(3,\), not \(4,\)"):
        f.vjp([1.0, np.ones(4)], np.arange(3.0))


def test_a_jacobian_times_a_vector() -> None:
    f = compiled(lambda x, y: [x[0] * y, x[1] + y])

    assert f.jvp(([1.0, 2.0], 3.0), [4.0, 5.0], 6.0) == ([24.0, 11.0], [18.0, 5.0])
    with pytest.raises(TypeError, match="jvp: moves"):
        f.jvp(((1.0, 2.0), 3.0), [4.0, 5.0], 6.0)
    with pytest.raises(TypeError, match="jvp: moves must be a list or tuple of 2, one for each argument"):
        f.jvp(([1.0, 2.0],), [4.0, 5.0], 6.0)
    with pytest.raises(TypeError, match="jvp: moves must be a list or tuple of 2, one for each argument"):
        f.jvp(np.ones(2), [4.0, 5.0], 6.0)  # type: ignore[arg-type]


def test_defaults_and_static_arguments_do_not_move() -> None:
    assert compiled(lambda x, y=2.0: x * y).jvp((1.0,), 3.0) == (6.0, 2.0)
    assert compiled(lambda x, *, y=2.0: x * y).jvp((1.0,), 3.0) == (6.0, 2.0)
    assert compiled(lambda n, x: x * n, static="n").jvp((1.0,), 2, 3.0) == (6.0, 2.0)
    assert compiled(lambda n, *xs: xs[0] * xs[1] * n, static="n").jvp((1.0, 0.0), 2, 3.0, 5.0) == (30.0, 10.0)


@pytest.mark.parametrize("engine", ENGINES)
def test_nothing_pulled_back_is_0(engine: str) -> None:
    f = compile(lambda x: {"none": []}, engine=engine)

    assert f.vjp({"none": []}, 2.0) == ({"none": []}, 0.0)


@pytest.mark.parametrize("move", [np.ones(3), np.ones((2, 1))])
def test_a_move_of_another_shape_is_named(move: Tree) -> None:
    with pytest.raises(ValueError, match=r"jvp: the move of x has the shape \(.*\), not \(2,\)"):
        compiled(lambda x, y: x * y).jvp((move, 1.0), np.ones(2), 3.0)


@pytest.mark.parametrize("seed", ["1", None, True, Value(1.0)])
def test_a_seed_that_is_no_number(seed: Tree) -> None:
    with pytest.raises(TypeError, match=r"vjp: the seed\[0\] must be a number or an array of such"):
        compiled(lambda x: [x]).vjp([seed], 1.0)


def test_moves_broadcast_over_a_batch() -> None:
    value, moved = compiled(lambda x: x * x).jvp((1.0,), np.arange(3.0))

    assert (value.tolist(), moved.tolist()) == ([0.0, 1.0, 4.0], [0.0, 2.0, 4.0])


def test_the_product_from_the_left_and_from_the_right_agree() -> None:
    f = compiled(lambda x: [xi.exp() * x[0] - x[1] for xi in x])
    rng = np.random.default_rng(0)
    x, move, seeds = rng.normal(size=(3, 3))

    moved = f.jvp((move,), x)[1]
    pulled = f.vjp(seeds.tolist(), x)[1]

    assert np.dot(seeds, moved) == pytest.approx(np.dot(pulled, move), rel=1e-12)


# ---------------------------------------------------------------- parameters


def test_backward_adds_the_mean_or_the_sum() -> None:
    w, b = Value(2.0), Value(1.0)
    f = compiled(lambda x: w * x + b)
    x = np.array([1.0, 2.0, 6.0])

    assert f.backward(x) == 7.0
    assert (w.grad, b.grad) == (3.0, 1.0)
    assert f.backward(x, reduce="sum") == 21.0
    assert (w.grad, b.grad) == (12.0, 4.0)
    assert f.backward(5.0) == 11.0
    assert (w.grad, b.grad) == (17.0, 5.0)


def test_outside_of_with_the_values_rule() -> None:
    w = Value(2.0)
    f = compiled(lambda x: w * x)
    f(1.0)

    w.data, w.grad = 5.0, 100.0

    assert f.backward(3.0) == 15.0
    assert w.grad == 103.0


def test_inside_of_with_the_arrays_rule() -> None:
    w, b = Value(2.0), Value(1.0)
    w.grad = 10.0
    f = compiled(lambda x: w * x + b)

    with f.traced(1.0).parameters as parameters:
        assert parameters.values == [w, b]
        assert (parameters.data.tolist(), parameters.grad.tolist()) == ([2.0, 1.0], [10.0, 0.0])
        w.data = 100.0
        assert f.backward(3.0) == 7.0
        assert parameters.grad.tolist() == [13.0, 1.0]
        parameters.data -= parameters.grad
        assert (w.data, w.grad) == (100.0, 10.0)
        assert "as arrays" in repr(parameters)

    assert (w.data, w.grad) == (-11.0, 13.0)
    assert (b.data, b.grad) == (0.0, 1.0)
    assert type(w.data) is float


def test_arrays_that_are_set_are_set_in_place() -> None:
    w, b = Value(2.0), Value(1.0)
    f = compiled(lambda x: w * x + b)

    with f.traced(1.0).parameters as parameters:
        data = parameters.data
        parameters.data = data * 2
        parameters.grad = 7.0
        with pytest.raises(ValueError, match="shape"):
            parameters.data = np.zeros(5)
        assert parameters.data is data

    assert (w.data, b.data, w.grad, b.grad) == (4.0, 2.0, 7.0, 7.0)


def test_the_arrays_are_written_back_after_an_error() -> None:
    w = Value(2.0)
    f = compiled(lambda x: w * x)

    def interrupted() -> None:
        with f.traced(1.0).parameters as parameters:
            parameters.data[:] = 7.0
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert w.data == 7.0
    assert f(1.0).data == 7.0


def test_with_blocks_can_be_nested() -> None:
    w = Value(2.0)
    f = compiled(lambda x: w * x)

    with f.traced(1.0).parameters as outer:
        with f.parameters as inner:
            inner.data[:] = 3.0
        assert w.data == 2.0
        assert outer.data.tolist() == [3.0]

    assert w.data == 3.0


def test_parameters_that_are_found_later_join() -> None:
    w, v = Value(2.0), Value(5.0)
    f = compiled(lambda x, n: w * x if n == 1 else w * x + v, static="n")

    with f.traced(1.0, 1).parameters as parameters:
        parameters.data[:] = 3.0
        f.backward(1.0, 1)
        assert f.backward(1.0, 2) == 8.0
        assert parameters.data.tolist() == [3.0, 5.0]
        assert parameters.grad.tolist() == [2.0, 1.0]

    assert (w.data, w.grad, v.grad) == (3.0, 2.0, 1.0)


def test_programs_may_meet_the_parameters_in_another_order() -> None:
    w, v = Value(2.0), Value(5.0)
    f = compiled(lambda x, n: w * x + v * 3 if n else v + w, static="n")

    assert (f(1.0, True).data, f(1.0, False).data) == (17.0, 7.0)
    with f.parameters as parameters:
        f.backward(10.0, False)
        f.backward(10.0, True)

    assert len(parameters) == 2
    assert (w.grad, v.grad) == (11.0, 4.0)


def test_traced_runs_nothing_but_finds_the_parameters() -> None:
    w = Value(2.0)
    f = compiled(lambda x: w / x)

    assert f.traced(0.0) is f
    assert len(f.parameters) == 1
    assert (programs(f), w.grad) == (1, 0)


def test_the_gradient_is_that_of_eager() -> None:
    rng = np.random.default_rng(1)
    W = [[Value(number) for number in row] for row in rng.normal(size=(4, 3))]
    leaves = [w for row in W for w in row]

    def loss(x: list[Value], y: Value) -> Value:
        hidden = [autodiff.tanh(sum(w * xi for w, xi in zip(row, x, strict=True))) for row in W]
        return (autodiff.sum(hidden) - y) ** 2

    X, y = rng.normal(size=(5, 3)), rng.normal(size=5)
    losses = [loss(list(map(Value, x)), target) for x, target in zip(X.tolist(), y.tolist(), strict=True)]
    expected = autodiff.gradient(autodiff.mean(losses), leaves)

    assert compiled(loss).backward(X, y) == pytest.approx(np.mean([one.data for one in losses]), rel=1e-12)
    assert [w.grad for w in leaves] == pytest.approx(expected, rel=1e-11)


# ---------------------------------------------------------------- programs


def test_one_program_for_each_structure_and_shape() -> None:
    f = compiled(lambda x: autodiff.sum(list(x)))
    calls: list[Any] = [
        [1.0, 2.0],
        [3, np.float32(4)],
        (1.0, 2.0),
        [1.0],
        np.ones(2),
        np.ones((7, 2)),
        np.ones((9, 2)),
    ]

    counts = []
    for x in calls:
        f(x)
        counts.append(programs(f))

    assert counts == [1, 1, 2, 3, 4, 5, 5]


def test_arrays_of_other_shapes_have_programs_of_their_own() -> None:
    f = compiled(lambda x: sum(x))

    assert f(np.arange(3.0)) == 3.0
    assert f(np.arange(4.0)) == 6.0
    assert f(np.arange(6.0).reshape(2, 3)).tolist() == [3.0, 12.0]


def test_static_arguments_reach_the_function_as_they_are() -> None:
    seen = []

    def power(x: Value, n: int, mode: str = "plain") -> Value:
        seen.append((n, mode))
        return x**n if mode == "plain" else -(x**n)

    f = compiled(power, static=("n", "mode"))

    assert f(2.0, 3) == 8.0
    assert f(2.0, 3, mode="negative") == -8.0
    assert f(2.0, n=3) == 8.0
    assert f.value_and_grad(2.0, 2) == (4.0, 4.0)
    assert seen == [(3, "plain")] * 2 + [(3, "negative")] * 2 + [(2, "plain")] * 2


def test_static_values_that_are_equal_but_of_another_type_are_told_apart() -> None:
    f = compiled(lambda x, n: x * {bool: 2, int: 3, float: 5}[type(n)], static="n")

    assert [f(1.0, n) for n in (True, 1, 1.0, False, 0)] == [2.0, 3.0, 5.0, 2.0, 3.0]


@dataclasses.dataclass(frozen=True)
class Rates:
    rate: float
    more: tuple[object, ...] = ()


noon = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.UTC)


def told(x: Any, setting: object) -> Any:
    """A function that looks at everything in a static argument."""
    text = repr(setting)
    return x * sum(ord(letter) * (i + 1) for i, letter in enumerate(text))


@pytest.mark.parametrize(
    "settings",
    [
        (0.0, -0.0),
        ((1,), (True,), (1.0,)),
        ((0.0, (1, 2)), (-0.0, (1, 2)), (0.0, (1.0, 2))),
        (Rates(0.0), Rates(-0.0), Rates(0)),
        (Rates(1, (Rates(0.0),)), Rates(1, (Rates(-0.0),))),
        ((Rates(1.0),), (Rates(1),)),
        (frozenset([1]), frozenset([1.0])),
        (complex(0.0, 1.0), complex(-0.0, 1.0)),
        (Fraction(1), Decimal(1), Decimal("1.0")),
        (np.float64(1.0), np.float32(1.0)),
        (noon, noon.astimezone(datetime.timezone(datetime.timedelta(hours=2)))),
        (noon.timetz(), noon.astimezone(datetime.timezone(datetime.timedelta(hours=2))).timetz()),
        (range(0, 3, 2), range(0, 4, 2)),
    ],
)
def test_static_values_that_are_equal_and_look_different_are_told_apart(settings: tuple[object, ...]) -> None:
    f = compiled(told, static="setting")

    assert [f(1.0, each) for each in settings * 2] == [told(1.0, each) for each in settings * 2]
    assert programs(f) == len(settings)


def test_a_static_argument_that_changes_has_another_program() -> None:
    class Settings:
        def __init__(self) -> None:
            self.scale, self.powers = 2.0, [1, 2]

    settings = Settings()
    f = compiled(lambda x, s: autodiff.sum([s.scale * x**n for n in s.powers]), static="s")

    assert f(3.0, settings) == 24.0
    settings.scale = 1.0
    assert f(3.0, settings) == 12.0
    settings.powers.append(0)
    assert f(3.0, settings) == 13.0
    settings.scale, settings.powers = 2.0, [1, 2]
    assert f(3.0, settings) == 24.0
    assert programs(f) == 3


class Scaled:
    __slots__ = ("__hidden", "scale")

    def __init__(self, scale: float = 1.0) -> None:
        self.scale = self.__hidden = scale

    def times(self, x: Any) -> Any:
        return self.scale * x

    def hide(self, scale: float) -> None:
        self.__hidden = scale

    @property
    def hidden(self) -> float:
        return self.__hidden


class More(Scaled):
    __slots__ = ("more",)


class Row(tuple[float, ...]):
    scale: float = 1.0


class Mode(str):
    scale: float = 1.0


class Held:
    def __init__(self, **held: Any) -> None:
        self.held = held["held"]


def test_attributes_in_inherited_slots_are_looked_at() -> None:
    f = compiled(lambda x, s: s.scale * s.hidden * x, static="s")
    settings = More()

    assert f(3.0, settings) == 3.0
    settings.scale = 2.0
    assert f(3.0, settings) == 6.0
    settings.hide(5.0)
    assert f(3.0, settings) == 30.0


def test_the_object_of_a_method_is_looked_at() -> None:
    f = compiled(lambda x, method: method(x), static="method")
    settings = Scaled()

    assert f(3.0, settings.times) == 3.0
    settings.scale = 2.0
    assert f(3.0, settings.times) == 6.0
    assert programs(f) == 2
    assert f(3.0, settings.times) == 6.0
    assert programs(f) == 2


@pytest.mark.parametrize("setting", [Row([1.0]), Mode("a")])
def test_attributes_of_tuples_and_texts_are_looked_at(setting: Any) -> None:
    f = compiled(lambda x, s: s.scale * x, static="s")

    assert f(3.0, setting) == 3.0
    setting.scale = 2.0
    assert f(3.0, setting) == 6.0


class Numbers(list[float]):
    scale: float = 1.0


class Named(dict[str, float]):
    scale: float = 1.0


@pytest.mark.parametrize("held", [Numbers(), Named()])
def test_attributes_of_lists_and_dictionaries_inside_are_looked_at(held: Any) -> None:
    f = compiled(lambda x, s: s.held.scale * x, static="s")
    setting = Held(held=held)

    assert f(3.0, setting) == 3.0
    held.scale = 2.0
    assert f(3.0, setting) == 6.0


def test_arrays_inside_are_looked_at() -> None:
    f = compiled(lambda x, s: s.held[1500] * x, static="s")
    setting = Held(held=np.ones(2000))

    assert f(3.0, setting) == 3.0
    setting.held[1500] = 2.0
    assert f(3.0, setting) == 6.0


def test_an_object_inside_at_the_address_of_another_is_told_from_that() -> None:
    f = compiled(lambda x, s: s.held.scale * x, static="s")
    setting = Held(held=None)

    for scale in (1.0, 2.0, 3.0):
        setting.held = None  # gives the address of the last one back
        setting.held = Scaled(scale)
        assert f(3.0, setting) == 3.0 * scale


def test_an_object_that_holds_its_own_method_is_no_endless_search() -> None:
    @dataclasses.dataclass(unsafe_hash=True)
    class Own:
        scale: float
        times: Any = None

        def scaled(self, x: Any) -> Any:
            return self.scale * x

    own = Own(2.0)
    own.times = own.scaled

    assert compiled(lambda x, s: s.times(x), static="s")(3.0, own) == 6.0


def test_static_arguments_must_be_hashable() -> None:
    with pytest.raises(TypeError, match=r"static argument n must be hashable, .* \[3\] of type list is not"):
        compiled(lambda x, n: x * n[0], static="n")(1.0, [3])


def test_the_cache_is_bounded_and_the_oldest_program_goes() -> None:
    traced = []

    def f(x: Value, n: int) -> Value:
        traced.append(n)
        return x * n

    g = compiled(f, static="n")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RetraceWarning)
        for n in range(KEPT):
            g(1.0, n)
        g(1.0, 0)  # used again: 1 is the oldest now
        g(1.0, KEPT)
        traced.clear()
        results = [g(1.0, 0), g(1.0, 1), g(1.0, KEPT)]

    assert results == [0.0, 1.0, KEPT]
    assert traced == [1, 1]
    assert programs(g) == KEPT


@pytest.mark.parametrize(
    ("f", "options", "arguments", "reason"),
    [
        (
            lambda x, n: x * n,
            {"static": "n"},
            lambda n: (1.0, n),
            r"the static arguments changed from {'n': 6} to {'n': 7}",
        ),
        (autodiff.sum, {}, lambda n: ([1.0] * (n + 1),), "the nesting of the arguments changed"),
        (
            lambda x: sum(x),
            {},
            lambda n: (np.ones(n + 1),),
            r"the shapes of arrays changed from \(\(7,\),\) to \(\(8,\),\)",
        ),
    ],
)
def test_tracing_again_and_again_gives_one_warning_with_the_reason(
    f: Callable[..., Tree], options: dict[str, Any], arguments: Callable[[int], Any], reason: str
) -> None:
    g = compiled(f, **options)
    for n in range(OFTEN - 1):
        g(*arguments(n))

    message = f"has been traced {OFTEN} times, at last because {reason}"
    with pytest.warns(RetraceWarning, match=message) as found:
        g(*arguments(OFTEN - 1))

    assert [warning.filename for warning in found] == [__file__]
    assert g(*arguments(OFTEN + 1)) is not None


def test_the_warning_is_given_at_the_users_line() -> None:
    f = compiled(autodiff.sum)
    for length in range(1, OFTEN):
        f([1.0] * length)

    with pytest.warns(RetraceWarning) as found:
        autodiff.find_nonfinite(f, [1.0] * OFTEN)

    assert [warning.filename for warning in found] == [__file__]


def test_the_program_of_a_call() -> None:
    w = Value(2.0, name="w")
    f = compiled(lambda x: w * x[0] + x[1])

    program = f.program(np.ones((5, 2)))

    assert program.parameters == ("w",)
    assert program.inputs == ("x[0]", "x[1]")
    assert repr(program).startswith("Program(2 operations, 1 parameters, 2 inputs, 1 outputs, depth 2;")


def test_the_line_of_a_trace_error_is_the_users() -> None:
    def clipped(x: Value) -> Value | int:
        return x if x > 0 else 0

    line = inspect.getsourcelines(clipped)[1] + 1
    with pytest.raises(TraceError, match=rf"\(at test_function.py:{line}\)"):
        compiled(clipped)(1.0)


# ---------------------------------------------------------------- threads


def test_threads_may_call_one_function() -> None:
    f = compiled(lambda x, n: [x * n, (x + n).tanh()], static="n")
    start = threading.Barrier(4)
    wrong: list[Any] = []

    def work(n: int) -> None:
        start.wait()
        for i in range(50):
            x = np.full(n + 2, float(i))
            found = f(x, n)
            if not (np.array_equal(found[0], x * n) and np.array_equal(found[1], np.tanh(x + n))):
                wrong.append((n, i, found))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []


def test_gradients_of_threads_add_up() -> None:
    w = Value(2.0)
    f = compiled(lambda x: w * x)

    threads = [threading.Thread(target=lambda: [f.backward(1.0) for _ in range(50)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert w.grad == 200.0
