"""Tracing: what becomes an input, a parameter or a constant, and which functions cannot be traced."""

from __future__ import annotations

import inspect
import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff
from autodiff import TraceError, Value, compile, value_and_grad
from autodiff.calculus.trees import Tree
from autodiff.compiler.compiled import Compiled
from autodiff.compiler.front.arguments import Arguments
from autodiff.compiler.front.tape import Tape
from autodiff.compiler.front.trace import function_name, trace
from autodiff.compiler.front.traced import Traced
from autodiff.matrix import data, matrix
from tests.strategies import Program, on_values, programs


def compiled(f: Callable[..., Tree], **options: Any) -> Compiled:
    return compile(f, engine="numpy", **options)


def depths_of(f: Callable[..., Tree], *args: Tree) -> list[int]:
    """How many axes of each argument belong to its shape, as tracing finds out."""
    signature = inspect.signature(f)
    arguments = Arguments(dict(signature.bind(*args).arguments))
    return trace(f, signature, arguments, {}, [0] * len(arguments.leaves))[2]


# ---------------------------------------------------------------- decisions

W = Value(1.0, name="w")


@pytest.mark.parametrize(
    "f",
    [
        lambda x: max(W, 0.5) * x,
        lambda x: x if W > 0 else -x,
        lambda x: x if 2 * W <= 3 else -x,
        lambda x: sorted([W, Value(0.5)])[0] * x,
        lambda x: np.sort(matrix([2.0, W]))[0] * x,
        lambda x: float(np.argmax(matrix([2.0, W]))) * x,
        lambda x: (x if W >= 1 else -x) + compile(lambda y: y * 2)(x),
    ],
)
def test_comparing_a_value_from_outside_is_refused(f: Any) -> None:
    with pytest.raises(
        TraceError, match=r"compares Value\(data=1.0, grad=0.0, name='w'\).*test_trace.py:\d+"
    ):
        compiled(f)(1.0)

    assert not W < 0  # elsewhere it may be compared


def test_comparing_values_made_inside_is_deciding_once_and_for_all() -> None:
    f = compiled(lambda x: max(Value(1.0), Value(2.0)) * x)

    assert f(3.0) == 6.0


def test_an_error_of_tracing_cannot_be_caught() -> None:
    def f(x: Any) -> Any:
        try:
            return 2 * x if x > 0 else x
        except TypeError:
            return 100 * x

    with pytest.raises(TraceError, match="the outcome of a comparison of x"):
        compiled(f)(1.0)


def test_comparisons_after_a_trace_that_failed_are_no_decisions() -> None:
    with pytest.raises(ZeroDivisionError):
        compiled(lambda x: 1 / 0 if W > 0 else x)(1.0)

    assert W > 0
    assert compiled(lambda x: x * W)(3.0).data == 3.0


# ---------------------------------------------------------------- leaves


def test_captured_leaves_are_parameters_in_the_order_in_which_they_are_met() -> None:
    b, w, unused = (Value(number) for number in (1.0, 2.0, 3.0))
    f = compiled(lambda x: w * x + b)

    assert f.traced(1.0).parameters.values == [w, b]
    assert unused not in f.parameters.values


def test_the_leaves_of_a_captured_graph_are_parameters() -> None:
    w, b = Value(3.0), Value(2.0)
    product = w * b
    f = compiled(lambda x: product * x)

    assert f(1.0).data == 6.0
    w.data = 5.0
    assert f(1.0).data == 10.0
    assert f.parameters.values == [w, b]


def test_a_leaf_made_inside_is_a_constant() -> None:
    f = compiled(lambda x: x * Value(3.0) + Value(1.0))

    assert f.value_and_grad(2.0) == (7.0, 3.0)
    assert len(f.parameters) == 0


def test_numbers_from_outside_are_constants() -> None:
    scale = [2.0]
    f = compiled(lambda x: x * scale[0])

    assert f(3.0) == 6.0
    scale[0] = 10.0
    assert f(3.0) == 6.0


def test_an_argument_that_is_captured_too_is_two_leaves() -> None:
    x = Value(3.0)
    f = compiled(lambda y: x * y)

    f.backward(x)

    assert f.parameters.values == [x]
    assert x.grad == 6.0


def test_a_function_without_arguments() -> None:
    w = Value(2.0)
    f = compiled(lambda: w * w)

    assert f.backward() == 4.0
    assert w.grad == 4.0


# ---------------------------------------------------------------- functions that cannot be traced


def state() -> Callable[[Tree], Tree]:
    count = [0]

    def f(x: Value) -> Value:
        count[0] += 1
        return x * count[0]

    return f


def alternating() -> Callable[[Tree], Tree]:
    calls: list[int] = []

    def f(x: Value) -> Value:
        calls.append(1)
        return x * x if len(calls) % 2 else x + x

    return f


def lengthening() -> Callable[[Tree], Tree]:
    calls: list[int] = []

    def f(x: Value) -> Value:
        calls.append(1)
        for _ in calls:
            x = x * x
        return x

    return f


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x * random.random(),
        lambda x: x * Value(random.random()),
        lambda x: x + np.random.default_rng().normal(),
        state(),
        alternating(),
        lengthening(),
    ],
)
def test_a_function_that_does_not_do_the_same_twice(f: Callable[[Tree], Tree]) -> None:
    with pytest.raises(TraceError, match="did not do the same twice: it keeps state, or draws random"):
        compiled(f)(1.0)


def test_a_value_that_was_kept_from_an_earlier_call() -> None:
    kept: list[Value] = []

    def running(x: Value) -> Value:
        kept.append(x)
        return autodiff.sum(kept)

    with pytest.raises(TraceError, match="sum: operand was traced in an earlier call"):
        compiled(running)(1.0)


def test_a_result_that_was_kept_from_an_earlier_call() -> None:
    cache: dict[str, Value] = {}

    with pytest.raises(TraceError, match="the result of <lambda> was traced in an earlier call"):
        compiled(lambda x: cache.setdefault("square", x * x))(1.0)


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (None, "returned None: it must return a number or a tree of numbers: did it forget its return?"),
        ("1", "returned '1': it must return a number or a tree of numbers$"),
        (True, "returned True: it must return"),
        ([1.0, None], r"returned None at \[1\]"),
        ({"loss": (1.0, "x")}, r"returned 'x' at \['loss'\]\[1\]"),
    ],
)
def test_results_that_are_no_numbers(result: Tree, message: str) -> None:
    with pytest.raises(TraceError, match=message):
        compiled(lambda x: result)(1.0)


@pytest.mark.parametrize("result", [1j, object(), {1.0}])
def test_results_of_another_type(result: Tree) -> None:
    with pytest.raises(TypeError, match="the result of <lambda> must be a real number or a Value"):
        compiled(lambda x: result)(1.0)


def test_a_value_that_was_made_of_nothing() -> None:
    with pytest.raises(TraceError, match="depends neither on its arguments nor on a parameter: was it made"):
        compiled(lambda x: Value(2.0) * 3)(1.0)
    with pytest.raises(TraceError, match=r"returned a Value at \['b'\]\[0\] that depends neither"):
        compiled(lambda x: {"a": x, "b": [Value(2.0).exp()]})(1.0)
    with pytest.raises(TraceError, match="depends neither on its arguments nor on a parameter: was it made"):
        compiled(lambda x: Value(2.0))(1.0)


def test_many_results_are_looked_at_in_one_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    slots: list[int] = []
    operands_of = Tape.operands_of

    def counted(tape: Tape, slot: int) -> list[int]:
        slots.append(slot)
        return operands_of(tape, slot)

    monkeypatch.setattr(Tape, "operands_of", counted)

    def powers(x: Any) -> list[Any]:
        found = [x]
        for _ in range(100):
            found.append(found[-1] * x)
        return found

    assert compiled(powers)(1.0) == [1.0] * 101
    assert 0 < len(slots) <= 400


@pytest.mark.parametrize("result", [2.0, 3, [], (), {"a": 1.5}, np.array([1.0, 2.0])])
def test_plain_results_stay_what_they_are(result: Tree) -> None:
    found = compiled(lambda x: result)(1.0)

    assert np.array_equal(found, result) if isinstance(result, np.ndarray) else found == result


def test_the_message_names_the_function() -> None:
    def forgetful(x: Value) -> None:
        x * x

    class Model:
        def __call__(self, x: Value) -> None:
            pass

    with pytest.raises(TraceError, match=r"^forgetful returned None"):
        compiled(forgetful)(1.0)
    with pytest.raises(TraceError, match=r"^Model returned None"):
        compiled(Model())(1.0)
    assert function_name(forgetful) == "forgetful"


def test_a_compiled_function_in_another_one_becomes_a_part_of_it() -> None:
    w = Value(3.0)
    inner = compiled(lambda x, y=2.0: w * x.exp() * y.exp())
    outer = compiled(lambda x: inner(x) + inner(1.0, x))

    expected = 3 * math.exp(0.5 + 2) + 3 * math.exp(1.5)
    assert outer.value_and_grad(0.5) == (pytest.approx(expected), pytest.approx(expected))
    assert outer.parameters.values == [w]
    assert inner(0.5).data == pytest.approx(3 * math.exp(2.5))


def test_what_a_compiled_function_in_another_one_reads_stays_a_parameter() -> None:
    w = Value(3.0)
    penalty = compiled(lambda: w * w)
    loss = compiled(lambda x: x + penalty())

    assert loss.backward(1.0) == 10.0
    assert w.grad == 6.0


def test_a_compiled_function_may_call_itself() -> None:
    power = compiled(lambda x, n: x * power(x, n - 1) if n else 1.0, static="n")

    assert power.value_and_grad(2.0, 5) == (32.0, 80.0)


def test_an_argument_of_a_function_inside_is_taken_apart() -> None:
    inner = compiled(lambda x, w: sum(a * b for a, b in zip(x, w, strict=True)))

    found = compiled(lambda x: inner(x, np.array([1.0, 10.0])))(np.array([[1.0, 2.0], [3.0, 4.0]]))

    assert found.tolist() == [21.0, 43.0]


def test_errors_of_a_function_inside_name_it() -> None:
    def inner(x: Value) -> Value:
        return x

    with pytest.raises(TypeError, match=r"^inner: missing a required argument: 'x'"):
        compiled(lambda x: compiled(inner)())(1.0)
    with pytest.raises(TypeError, match=r"^inner: argument x\['a'\] must be a real number"):
        compiled(lambda x: compiled(inner)({"a": "text"}))(1.0)
    with pytest.raises(TypeError, match="compiled one can be called in it, but not be differentiated"):
        compiled(lambda x: compiled(inner).value_and_grad(x)[0])(1.0)


def test_after_an_error_nothing_is_traced_any_more() -> None:
    inner = compiled(lambda x: x * 2)

    def failing(x: Value) -> Value:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        compiled(failing)(1.0)
    assert inner(1.0) == 2.0


def test_errors_of_the_function_pass_through_and_leave_it_usable() -> None:
    broken, w = [True], Value(2.0)

    def f(x: Value) -> Value:
        if broken[0]:
            raise KeyError("no such key")
        return w * x

    g = compiled(f)
    with pytest.raises(KeyError, match="no such key"):
        g(1.0)
    with pytest.raises(KeyError, match="no such key"):
        g.backward(1.0)

    assert len(g.parameters) == 0
    broken[0] = False
    assert g.backward(3.0) == 6.0
    assert w.grad == 3.0


def test_a_trace_error_leaves_the_function_usable() -> None:
    positive = [False]

    def f(x: Value) -> Value:
        return x if positive[0] or x > 0 else -x

    g = compiled(f)
    with pytest.raises(TraceError, match="the outcome of a comparison of x"):
        g(1.0)

    positive[0] = True
    assert g(3.0) == 3.0


# ---------------------------------------------------------------- how deep an array is taken apart


@pytest.mark.parametrize(
    ("f", "depth"),
    [
        (lambda x: x * x, 0),
        (lambda x: np.exp(x), 0),
        (lambda x: x[0], 1),
        (lambda x: x[-1] * x[1], 1),
        (lambda x: sum(x), 1),
        (lambda x: autodiff.sum([*x]), 1),
        (lambda x: autodiff.dot(x, x), 1),
        (lambda x: x[0] * len(x), 1),
        (lambda x: x @ x, 1),
        (lambda x: np.eye(3) @ x, 1),
        (lambda x: np.sum(x), 1),
        (lambda x: np.dot(x, x), 1),
        (lambda x: x.sum() * x.ndim, 1),
        (lambda x: np.mean(x), 1),
        (lambda x: x[0, 1], 2),
        (lambda x: x[0] / x.shape[0], 1),
        (lambda x: sum(map(sum, x)), 2),
        (lambda x: x[0][1] * 2, 2),
        (lambda x: [row[2] for row in x], 2),
        (lambda x: [sum(row) for row in (x * 2)], 2),
        (lambda x: x[0][1][2], 3),
    ],
)
def test_an_array_is_taken_apart_as_deep_as_the_function_goes(f: Callable[[Tree], Tree], depth: int) -> None:
    assert depths_of(f, np.ones((3, 3, 3))) == [depth]


def test_each_argument_has_a_depth_of_its_own() -> None:
    def f(W: Tree, x: Tree, scale: Tree) -> Tree:
        return [scale * autodiff.dot(row, x) for row in W]

    assert depths_of(f, np.ones((2, 3)), np.ones((5, 3)), np.ones(5)) == [2, 1, 0]
    assert depths_of(f, np.ones((2, 3)), [1.0, 2.0, 3.0], 1.0) == [2, 0, 0, 0, 0]


def test_the_depth_can_be_said_where_it_cannot_be_seen() -> None:
    W, X = np.arange(6.0).reshape(2, 3), np.arange(12.0).reshape(4, 3)
    f = compiled(lambda W, x: list(W @ x), axes={"W": 2, "x": 1})

    assert np.array(f(W, X)).tolist() == (W @ X.T).tolist()
    with pytest.raises(ValueError, match=r"\['V'\] in axes are no arguments of <lambda>"):
        compiled(lambda W, x: W @ x, axes={"V": 2})


CAPTURED = matrix([[1.0, -2.0], [3.0, 4.0]], name="A")
NUMBERS = np.array([[1.0, -2.0], [3.0, 4.0]])


def plain(result: Any) -> Any:
    """Numbers of a result, which may be Values."""
    return np.asarray(data(result)).tolist() if np.ndim(result) else float(getattr(result, "data", result))


@pytest.mark.parametrize("x", [2.0, np.array([2.0, 5.0]), np.array([[2.0, 5.0], [1.5, 0.5]])], ids=np.ndim)
@pytest.mark.parametrize(
    "f",
    [
        lambda x: CAPTURED * x,
        lambda x: x * CAPTURED,
        lambda x: NUMBERS * x,
        lambda x: x / NUMBERS,
        lambda x: CAPTURED % x,
        lambda x: (x * 2) * CAPTURED,
        lambda x: np.maximum(CAPTURED, x),
        lambda x: np.clip(CAPTURED, x, 3),
        lambda x: np.clip(CAPTURED, x * 1, x + 2),
        lambda x: np.where(NUMBERS > 0, CAPTURED, x),
        lambda x: np.sum(x * CAPTURED),
        lambda x: np.full_like(CAPTURED, x),
    ],
)
def test_a_number_or_an_array_beside_an_array_from_outside_is_what_it_is_in_numpy(
    f: Callable[[Tree], Tree], x: Tree
) -> None:
    eager = f(matrix(x, name="x") if isinstance(x, np.ndarray) else Value(x, name="x"))

    assert plain(compiled(f)(x)) == plain(eager)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(x),
        lambda x: np.mean(x),
        lambda x: np.stack([x, x * 2]),
        lambda x: np.dot(CAPTURED, x),
    ],
)
def test_a_number_in_a_function_of_numpy(f: Callable[[Tree], Tree]) -> None:
    assert plain(compiled(f)(2.0)) == plain(f(Value(2.0)))


AFFINE: list[tuple[Callable[..., Any], Callable[..., Any]]] = [
    (lambda x, b: NUMBERS @ x + b, lambda x, b: NUMBERS @ x + b),
    (lambda x, b: b + CAPTURED @ x, lambda x, b: NUMBERS @ x + b),
    (lambda x, b: np.dot(NUMBERS, x) - b, lambda x, b: NUMBERS @ x - b),
    (lambda x, b: np.sum(NUMBERS[0] * x + b), lambda x, b: np.sum(NUMBERS[0] * x + b)),
    (lambda x, b: np.sum((CAPTURED[0] * x - b) ** 2), lambda x, b: np.sum((NUMBERS[0] * x - b) ** 2)),
    (lambda x, b: (x - NUMBERS[0]) / b, lambda x, b: (x - NUMBERS[0]) / b),
    (lambda x, b: np.maximum(NUMBERS[0] * x, b), lambda x, b: np.maximum(NUMBERS[0] * x, b)),
    (lambda x, b: np.clip(NUMBERS, x, b), lambda x, b: np.clip(NUMBERS, x, b)),
    (lambda x, b: np.arctan2(NUMBERS, x) + b, lambda x, b: np.arctan2(NUMBERS, x) + b),
]


@pytest.mark.parametrize(("f", "in_numpy"), AFFINE)
def test_vectors_beside_what_was_computed_of_an_array_from_outside(
    f: Callable[..., Any], in_numpy: Callable[..., Any]
) -> None:
    x, b = np.array([1.0, 2.0]), np.array([5.0, 7.0])

    np.testing.assert_allclose(plain(compiled(f)(x, b)), in_numpy(x, b), rtol=1e-14)


@pytest.mark.parametrize("A", [NUMBERS, CAPTURED], ids=["numbers", "Values"])
def test_products_of_numpy_take_one_axis_apart_as_the_operator(A: Any) -> None:
    x = np.array([[1.0, 2.0], [3.0, 5.0]])
    by_operator = plain(compiled(lambda x: A @ x)(x))

    assert plain(compiled(lambda x: np.dot(A, x))(x)) == by_operator == (x @ NUMBERS.T).tolist()
    assert plain(compiled(lambda x: np.tensordot(A, x, 1))(x)) == by_operator


@pytest.mark.parametrize(
    "f", [lambda x: CAPTURED * x, lambda x: x * CAPTURED, lambda x: CAPTURED**x, lambda x: NUMBERS - x]
)
def test_arithmetic_with_a_matrix_asks_for_no_type(f: Callable[[Tree], Tree]) -> None:
    function = compiled(f)
    function(2.0)

    assert not function._lowering.types_matter
    assert compiled(lambda x: 1.0 if isinstance(x, int) else 2.0 * x)(2.0) == 4.0


def test_a_batch_beside_an_array_from_outside_where_it_is_said_or_seen() -> None:
    x, two = np.array([2.0, 5.0]), np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    products = [(NUMBERS * 2.0).tolist(), (NUMBERS * 5.0).tolist()]

    for f in (lambda x: x * CAPTURED, lambda x: CAPTURED * x, lambda x: NUMBERS * x):
        assert plain(compiled(f, axes={"x": 0})(x)) == products
    of_elements = compiled(lambda x: NUMBERS * x[0] + x[1])(two)
    assert np.array(of_elements).tolist() == [(NUMBERS * a + b).tolist() for a, b in two]
    scaled = compiled(lambda x, t: (NUMBERS @ x) * t, axes={"t": 0})(two, np.ones(3))
    assert np.array(scaled).tolist() == (two @ NUMBERS.T).tolist()


@pytest.mark.parametrize("search", [np.argmax, np.argmin, np.sort, np.median])
def test_a_search_in_what_is_not_known_says_what_to_write(search: Callable[..., Any]) -> None:
    with pytest.raises(TraceError, match="is not known while the function is traced"):
        compiled(lambda X: X[0, int(search(X, axis=1)[0])], axes={"X": 2})(np.eye(3))


def test_a_depth_that_makes_no_sense() -> None:
    with pytest.raises(ValueError, match=r"axes\['x'\] must be a number of axes, not -1"):
        compile(lambda x: x, axes={"x": -1})
    with pytest.raises(ValueError, match=r"argument x has the shape \(2,\), and axes says that 2 axes"):
        compiled(lambda x: x[0, 0], axes={"x": 2})(np.ones(2))


def test_an_error_in_the_shape_says_what_was_taken_for_a_batch() -> None:
    with pytest.raises(ValueError, match="cannot be multiplied") as caught:
        compiled(lambda x, W: x @ W)(np.ones(3), np.ones((3, 2)))
    assert caught.value.__notes__ == [
        "as traced, x has the shape (3,) in a batch (), W has the shape (2,) in a batch (3,); "
        "compile(f, axes=...) says how many axes hold elements"
    ]
    assert compiled(lambda x, W: x @ W, axes={"W": 2})(np.ones(3), np.ones((3, 2))).tolist() == [3.0, 3.0]


def test_an_argument_that_is_written_to_is_taken_apart_and_stays_as_it_is() -> None:
    def f(x: Tree) -> Tree:
        x[0] = 5.0
        return x[0] * x[1]

    x = np.array([1.0, 2.0])

    assert compiled(f).value_and_grad(x)[1].tolist() == [0.0, 5.0]
    assert x.tolist() == [1.0, 2.0]


def test_the_axes_before_are_the_batch() -> None:
    x = np.arange(12.0).reshape(2, 2, 3)
    f = compiled(lambda x: x[0] * x[1] + x[2])

    value, gradient = f.value_and_grad(x)

    assert value.tolist() == (x[..., 0] * x[..., 1] + x[..., 2]).tolist()
    assert gradient.tolist() == np.stack([x[..., 1], x[..., 0], np.ones((2, 2))], axis=-1).tolist()


@pytest.mark.parametrize(
    ("f", "x", "path"),
    [
        (lambda x: x[0], 1.0, "x"),
        (lambda x: x[0][0], np.ones(3), r"x\[0\]"),
        (lambda x: sum(x["a"]), {"a": 2.0}, r"x\['a'\]"),
        (lambda x: x[1][0], [np.ones(2), 1.0], r"x\[1\]"),
    ],
)
def test_a_number_cannot_be_taken_apart(f: Callable[[Tree], Tree], x: Tree, path: str) -> None:
    message = (
        rf"{path} is a number here, and was taken apart \(at test_trace.py:\d+\); pass a list, or an array"
    )
    with pytest.raises(TraceError, match=message):
        compiled(f)(x)


def test_a_parameter_cannot_be_taken_apart() -> None:
    w = Value(2.0)

    with pytest.raises(TypeError):
        compiled(lambda x: w[0] * x)(1.0)  # type: ignore[index]


def test_the_right_index_error_passes_through() -> None:
    with pytest.raises(IndexError):
        compiled(lambda x: x[5])(np.ones(3))


# ---------------------------------------------------------------- against eager


@given(programs(most_steps=15), st.data())
@settings(max_examples=40)
def test_inputs_and_captured_leaves_have_the_same_derivatives(program: Program, data: st.DataObject) -> None:
    passed = [data.draw(st.booleans()) for _ in program.inputs]
    captured = [Value(number) for number in program.inputs]

    def f(*xs: Value) -> Tree:
        given = iter(xs)
        leaves = [next(given) if p else leaf for p, leaf in zip(passed, captured, strict=True)]
        return program.run(on_values, leaves) + 0 * autodiff.sum(captured)

    arguments = [Value(number) for p, number in zip(passed, program.inputs, strict=True) if p]
    value, slopes = value_and_grad(
        lambda *xs: program.run(on_values, xs), argnums=tuple(range(len(program.inputs)))
    )(*program.inputs)

    assert compiled(f).backward(*arguments) == pytest.approx(value, rel=1e-11, abs=1e-11)
    remaining = iter(arguments)
    found = [next(remaining).grad if p else leaf.grad for p, leaf in zip(passed, captured, strict=True)]
    assert found == pytest.approx(list(slopes), rel=1e-9, abs=1e-9 * max(1.0, *map(abs, slopes)))


@pytest.mark.parametrize(
    "product",
    [
        np.dot,
        np.inner,
        np.matmul,
        lambda A, x: np.tensordot(A, x, 1),
        lambda A, x: np.einsum("ij,j->i", A, x),
    ],
    ids=["dot", "inner", "matmul", "tensordot", "einsum"],
)
def test_a_product_with_a_captured_matrix_takes_the_argument_apart(product: Any) -> None:
    A = matrix([[1.0, 2.0], [3.0, 5.0]], name="A")
    x = np.array([3.0, 4.0])

    def f(x: Any) -> Any:
        return product(A, x).sum()

    g: Any = compiled(f)
    assert g(x).data == f(x).data == 40.0
    assert g(np.array([x, 2 * x])).tolist() == [40.0, 80.0]


def test_traced_values_are_not_asked_for_their_length(monkeypatch: pytest.MonkeyPatch) -> None:
    """NumPy asks for it where it makes an array of them, and drops a Ctrl-C that comes meanwhile."""

    asked: list[object] = []

    def length(x: Traced) -> int:
        asked.append(x)
        return 0

    monkeypatch.setattr(Traced, "__len__", length)
    A = matrix([[1.0, 2.0], [3.0, 4.0]], name="A")
    f = compile(lambda x: {"product": A @ x, "number": autodiff.sum(A @ x) * 2})

    assert f(np.ones(2))["number"].data == 20.0
    assert asked == []
