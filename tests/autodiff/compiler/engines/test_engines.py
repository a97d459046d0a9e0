"""Engines against eager Values: every row of the table, random programs, batches against loops."""

from __future__ import annotations

import importlib.util
import math
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import autodiff
import nn
from autodiff import Value, compile, value_and_grad
from autodiff.rules import TABLE, nary
from tests.engines import NUMPY_AND_LLVM, needs
from tests.ordinary import called
from tests.strategies import Program, on_values, programs

ROOT = Path(__file__).parents[4]

ENGINES = [
    "numpy",
    pytest.param(
        "llvm",
        marks=[
            pytest.mark.llvm,
            pytest.mark.skipif(
                importlib.util.find_spec("llvmlite") is None, reason="needs llvmlite (the extra `fast`)"
            ),
        ],
    ),
]
BIT_FOR_BIT = [
    "add",
    "sub",
    "mul",
    "truediv",
    "neg",
    "abs",
    "sqrt",
    "relu",
    "maximum",
    "minimum",
    "sum",
    "sign",
    "where",
]


def applied(name: str) -> Callable[..., Any]:
    """An operation as a function of two numbers in (0, 1), which lie in the domain of every row."""
    rule, call = TABLE[name], getattr(autodiff, name)
    if name in ("var", "std", "kthvalue"):
        return lambda x, y: called(rule, [x, y, 0.5])
    if name == "dot":
        return lambda x, y: call([x, y, 2.0], [y, x, x], y)
    if rule.vector:
        return lambda x, y: call([x, y, 0.5])[0] + 2 * call([x, y, 0.5])[2]
    if rule.arity is None:
        return lambda x, y: call([x, y, 0.5])
    if rule.arity == 3:
        first = autodiff.less if name == "where" else autodiff.sub
        return lambda x, y: call(first(x, y), x * x, y * 3)
    if rule.arity == 2:
        return lambda x, y: called(rule, [x, y])
    return lambda x, y: called(rule, [x]) * y


def eager(f: Callable[..., Any], *numbers: float) -> tuple[float, list[float]]:
    value, gradient = value_and_grad(f, argnums=tuple(range(len(numbers))))(*numbers)
    return value, list(gradient)


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
def test_every_row_in_one_program_and_as_a_batch(engine: str) -> None:
    names = [name for name in TABLE if TABLE[name].arity != 0]
    functions = [applied(name) for name in names]
    compiled = compile(lambda x, y: [f(x, y) for f in functions], engine=engine)
    xs, ys = np.array([0.3, 0.7, 0.45, 0.45]), np.array([0.6, 0.2, 0.45, 0.8])

    values = compiled(xs, ys)
    single = compiled(xs[0], ys[0])
    for k, (name, f) in enumerate(zip(names, functions, strict=True)):
        seeds = [float(i == k) for i in range(len(names))]
        by_x, by_y = compiled.vjp(seeds, xs, ys)[1]
        _, one = compiled.vjp(seeds, xs[0], ys[0])
        for i, (x, y) in enumerate(zip(xs.tolist(), ys.tolist(), strict=True)):
            value, gradient = eager(f, x, y)

            assert values[k][i] == pytest.approx(value, rel=1e-14, abs=1e-16), name
            assert [by_x[i], by_y[i]] == pytest.approx(gradient, rel=1e-12, abs=1e-15), name
            if name in BIT_FOR_BIT:
                assert values[k][i] == value, name
                assert [by_x[i], by_y[i]] == gradient, name
        assert single[k] == pytest.approx(values[k][0], rel=1e-14, abs=1e-16), name
        assert one == pytest.approx((by_x[0], by_y[0]), rel=1e-12, abs=1e-15), name


def check(program: Program, engine: str) -> None:
    def f(*xs: Any) -> Any:
        return program.run(on_values, xs)

    compiled = compile(f, engine=engine)
    value, gradient = eager(f, *program.inputs)

    assert compiled(*program.inputs) == pytest.approx(value, rel=1e-11, abs=1e-11)
    found = compiled.value_and_grad(*program.inputs)[1]
    found = found if isinstance(found, tuple) else (found,)
    scale = max(1.0, *map(abs, gradient))  # sums may cancel
    assert list(found) == pytest.approx(gradient, rel=1e-9, abs=1e-9 * scale)

    shifts = np.array([0.0, 0.1, -0.2])
    batches = [x + shifts for x in program.inputs]
    values, gradients = compiled.value_and_grad(*batches)
    gradients = gradients if isinstance(gradients, tuple) else (gradients,)
    for i in range(3):
        value, gradient = eager(f, *[float(batch[i]) for batch in batches])

        assert values[i] == pytest.approx(value, rel=1e-11, abs=1e-11)
        assert [part[i] for part in gradients] == pytest.approx(
            gradient, rel=1e-9, abs=1e-9 * max(1.0, *map(abs, gradient))
        )


@given(programs(most_steps=25))
@settings(max_examples=60)
def test_random_programs_in_numpy(program: Program) -> None:
    check(program, "numpy")


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES[1:])
@settings(max_examples=8, derandomize=True, suppress_health_check=list(HealthCheck))
@given(program=programs(most_steps=25))
def test_random_programs_elsewhere(engine: str, program: Program) -> None:
    check(program, engine)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("f", "xs"),
    [
        (lambda x: x.relu(), [-1.0, 0.0, 2.0]),
        (lambda x: autodiff.maximum(x, 1.0), [0.0, 1.0, 2.0]),
        (lambda x: autodiff.max([x, 1.0, x]), [0.0, 1.0, 2.0]),
        (lambda x: abs(x), [-1.0, 0.0, 1.0]),
        (lambda x: x**2, [-1.0, 0.0, 3.0]),
        (lambda x: autodiff.where(autodiff.greater(x, 0), x, 0 * x) ** 0.5, [4.0, 1.0]),
    ],
)
def test_kinks_as_in_eager(engine: str, f: Callable[..., Any], xs: Sequence[float]) -> None:
    compiled = compile(f, engine=engine)
    expected = [eager(f, x) for x in xs]

    assert [compiled.value_and_grad(x) for x in xs] == [(value, gradient[0]) for value, gradient in expected]
    values, gradients = compiled.value_and_grad(np.array(xs))
    assert values.tolist() == [value for value, _ in expected]
    assert gradients.tolist() == [gradient[0] for _, gradient in expected]


@pytest.mark.parametrize("engine", ENGINES)
def test_an_infinite_partial_in_the_branch_not_taken_makes_no_nan(engine: str) -> None:
    compiled = compile(lambda x: autodiff.where(autodiff.greater(x, 1), x.log(), x), engine=engine)

    assert compiled.value_and_grad(0.0) == (0.0, 1.0)
    assert compiled.value_and_grad(np.array([0.0, 2.0]))[1].tolist() == [1.0, 0.5]


@pytest.mark.parametrize("engine", ENGINES)
def test_outside_of_a_domain_stands_nan_or_infinity(engine: str) -> None:
    compiled = compile(lambda x: [x.log(), 1 / x, (-x).sqrt(), x.exp()], engine=engine)

    assert compiled(0.0) == [-math.inf, math.inf, 0.0, 1.0]
    assert math.isnan(compiled(1.0)[2])
    assert compiled(1000.0)[3] == math.inf
    assert np.isnan(compiled(np.array([1.0, math.nan]))[0]).tolist() == [False, True]


@pytest.mark.parametrize("engine", ENGINES)
def test_layers_with_shared_weights_over_positions(engine: str) -> None:
    rng = np.random.default_rng(3)
    matrix = [
        [Value(number, name=f"w{i}{j}") for j, number in enumerate(row)]
        for i, row in enumerate(rng.normal(size=(7, 5)))
    ]

    def f(xs: Any, ys: Any) -> Any:
        hidden = [
            [autodiff.sum(w * x for w, x in zip(row, x_t, strict=True)).tanh() for row in matrix]
            for x_t in xs
        ]
        scores = [sum(a * b for a, b in zip(h, hidden[-1], strict=True)) for h in hidden]
        shares = autodiff.softmax(scores)
        mixed = [sum(s * h[i] for s, h in zip(shares, hidden, strict=True)) for i in range(7)]
        return sum(m * y for m, y in zip(mixed, ys, strict=True)) + sum(w * w for w in matrix[0])

    compiled = compile(f, engine=engine)
    xs, ys = rng.normal(size=(6, 4, 5)), rng.normal(size=(6, 7))
    losses = [
        f([[Value(x) for x in position] for position in one], list(map(float, y)))
        for one, y in zip(xs.tolist(), ys, strict=True)
    ]
    weights = [w for row in matrix for w in row]
    expected = np.sum([autodiff.gradient(loss, weights) for loss in losses], axis=0)

    assert compiled(xs, ys) == pytest.approx([loss.data for loss in losses], rel=1e-12)
    assert compiled.backward(xs, ys, reduce="sum") == pytest.approx(
        sum(loss.data for loss in losses), rel=1e-12
    )
    assert [w.grad for w in weights] == pytest.approx(expected, rel=1e-10, abs=1e-12)
    for w in weights:
        w.grad = 0.0
    compiled.backward(xs[0], ys[0])
    assert [w.grad for w in weights] == pytest.approx(
        autodiff.gradient(losses[0], weights), rel=1e-10, abs=1e-12
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_what_leads_to_no_parameter_is_computed_too(engine: str) -> None:
    w = Value(1.0)
    compiled = compile(lambda x, y: (w * x + -y) ** 2, engine=engine)

    assert compiled.backward(np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.0, 1.0])) == pytest.approx(5 / 3)
    assert compiled.backward(np.ones(3), np.ones(3)) == 0


@pytest.mark.parametrize("engine", ENGINES)
def test_the_gradient_by_a_matrix_of_inputs_that_blocks_share(engine: str) -> None:
    def gram(x: Any) -> Any:
        rows = [[xi.sin() for xi in x], [xi.cos() for xi in x]]
        products = [
            autodiff.dot(u, v).exp() * (i + 2 * j + 1) for i, u in enumerate(rows) for j, v in enumerate(rows)
        ]
        return autodiff.sum(products)

    compiled = compile(gram, engine=engine)
    X = np.array([[1.0, 2.0], [0.5, -1.0]])
    expected = np.array([value_and_grad(gram)(x)[1] for x in X.tolist()])

    assert compiled.value_and_grad(X)[1] == pytest.approx(expected, rel=1e-12)
    assert compiled.value_and_grad(X[0])[1] == pytest.approx(expected[0], rel=1e-12)


MANY = ["max", "min", "prod", "norm", "logsumexp", "mean"]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("count", [65, pytest.param(5000, marks=pytest.mark.slow)])
def test_rows_of_many_operands(engine: str, count: int) -> None:
    rng = np.random.default_rng(count)
    X = rng.uniform(0.9, 1.1, (3, count))
    X[1, 3] = X[1, 5] = X[1].max() + 0.1  # the first of the largest counts
    scale = Value(1.5)
    scaled = {"max", "norm"}  # operands that no input changes are read, and added to, by other loops

    def f(x: Any) -> Any:
        rows = [getattr(autodiff, name)([*x, scale] if name in scaled else list(x)) for name in MANY]
        return autodiff.sum([(i + 1) * row for i, row in enumerate(rows)])

    compiled = compile(f, engine=engine)
    values, gradients = compiled.value_and_grad(X)
    for x, value, gradient in zip(X, values, gradients, strict=True):
        right, by_x = value_and_grad(f)(x.tolist())

        assert value == pytest.approx(right, rel=1e-12)
        assert gradient == pytest.approx(by_x, rel=1e-10)
    alone = compiled.value_and_grad(X[1])
    assert alone[0] == pytest.approx(values[1], rel=1e-12)
    assert alone[1] == pytest.approx(gradients[1], rel=1e-10)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_slope_of_a_log_softmax_keeps_its_digits_where_a_share_is_nearly_one(engine: str) -> None:
    def f(xs: Any) -> Any:
        return autodiff.log_softmax(xs)[1]

    value, gradient = value_and_grad(f)([1.5, 40.0, 2.0])
    found, slopes = compile(f, engine=engine).value_and_grad([1.5, 40.0, 2.0])

    assert found == pytest.approx(value, rel=1e-12)
    assert slopes == pytest.approx(gradient, rel=1e-12, abs=0)
    assert gradient[1] == pytest.approx(math.exp(-38.5) + math.exp(-38.0), rel=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
def test_some_results_of_a_softmax(engine: str) -> None:
    w = Value(0.5)

    def f(x: Any) -> Any:
        shares = autodiff.softmax([x, w, 2.0, w * x])
        return shares[3] * shares[0] + autodiff.softmax([w, 1.0])[0]

    compiled = compile(f, engine=engine)
    for x in (0.3, 800.0):
        value, gradient = eager(f, x)

        assert compiled.value_and_grad(x) == pytest.approx((value, gradient[0]), rel=1e-12, abs=1e-15)
        assert compiled(np.array([x, x])) == pytest.approx([value, value], rel=1e-12)
        assert compiled.value_and_grad(np.array([x, x]))[1] == pytest.approx(
            [gradient[0]] * 2, rel=1e-12, abs=1e-15
        )
    assert compiled.jvp((1.0,), 0.3)[1] == pytest.approx(eager(f, 0.3)[1][0], rel=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_batch_of_no_samples(engine: str) -> None:
    w = Value(2.0)
    compiled = compile(lambda x: w * x * x, engine=engine)

    assert compiled(np.empty(0)).shape == (0,)
    assert compiled.backward(np.empty(0)) == 0
    assert w.grad == 0


@pytest.mark.parametrize("engine", ENGINES)
def test_jacobian_times_vector_forward(engine: str) -> None:
    compiled = compile(lambda x, y: [x * y, autodiff.dot([x, y], [y, 2.0], x), x.sin()], engine=engine)
    value, moved = compiled.jvp((1.0, 10.0), 2.0, 3.0)

    assert value == pytest.approx([6.0, 14.0, math.sin(2.0)])
    assert moved == pytest.approx([23.0, 44.0, math.cos(2.0)])


@pytest.mark.parametrize("engine", ENGINES)
def test_float32(engine: str) -> None:
    compiled = compile(lambda x: (x * 3).tanh(), engine=engine, dtype=np.float32)

    assert compiled(np.array([0.1, 0.2])).dtype == np.float32
    assert compiled(0.1) == pytest.approx(math.tanh(0.3), rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
def test_a_deep_chain(engine: str) -> None:
    def f(x: Any) -> Any:
        for _ in range(20_000):
            x = x + 1e-4 * x.sin()
        return x

    compiled = compile(f, engine=engine)
    value, gradient = eager(f, 0.5)

    assert compiled.value_and_grad(0.5) == pytest.approx((value, gradient[0]), rel=1e-9)


def one_of_many_kinds(x: Any) -> Any:
    """More than a hundred sums, dot products and softmaxes of each of a few lengths, one after the other."""
    recent = list(x)
    for i in range(400):
        a, b, c, d = recent[-4:]
        if i % 4 == 0:
            recent.append(autodiff.sum(a, b.tanh(), c))
        elif i % 4 == 1:
            recent.append(autodiff.dot([a, b], [c.sin(), d], 0.5))
        elif i % 4 == 2:
            recent += autodiff.softmax([a, b, c, d])
        else:
            recent.append(autodiff.dot([a, b, c], [b, d.sin(), a], c))
    return autodiff.sum(recent[-4:])


@pytest.mark.parametrize("engine", ENGINES)
def test_long_programs_whose_loops_are_unrolled(engine: str) -> None:
    x = [0.3, -0.2, 0.7, 0.1]
    value, gradient = value_and_grad(one_of_many_kinds)(x)
    found, by_x = compile(one_of_many_kinds, engine=engine).value_and_grad(x)

    assert found == pytest.approx(value, rel=1e-12)
    assert by_x == pytest.approx(gradient, rel=1e-10)


@pytest.mark.llvm
@pytest.mark.parametrize("samples", [0, 1, 128, 129, 1000])
@pytest.mark.parametrize("threads", [2, 3])
def test_threads_share_a_batch(samples: int, threads: int) -> None:
    pytest.importorskip("llvmlite", reason="needs llvmlite (the extra `fast`)")
    w, u = Value(0.7), Value(-1.3)

    def f(x: Any, y: Any) -> Any:
        return (w * x + u * u).tanh() * y + w

    x = np.linspace(-2, 2, samples)
    one, several = (compile(f, engine="llvm", threads=count) for count in (1, threads))
    value = one.backward(x, 0.5)
    expected = w.grad, u.grad
    w.grad = u.grad = 0.0

    assert several(x, 0.5).tolist() == one(x, 0.5).tolist()
    assert several.value_and_grad(x, 0.5)[1][0].tolist() == one.value_and_grad(x, 0.5)[1][0].tolist()
    assert several.backward(x, 0.5) == pytest.approx(value, rel=1e-13)
    assert (w.grad, u.grad) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize(("threads", "engine"), [(0, "auto"), (1.5, "auto"), (2, "numpy")])
def test_threads_that_cannot_be(threads: Any, engine: str) -> None:
    with pytest.raises(ValueError, match="compile: threads"):
        compile(lambda x: x, threads=threads, engine=engine)


@pytest.mark.parametrize("engine", ["numpy", pytest.param("llvm", marks=pytest.mark.llvm)])
def test_a_row_whose_slopes_are_partly_zero(engine: str) -> None:
    needs(engine)
    ends = autodiff.register(
        nary(
            "ends_example",
            value=lambda m, xs: xs[0] * xs[-1],
            partials=lambda m, xs, z: [xs[-1], *[0] * (len(xs) - 2), xs[0]],
        )
    )
    xs = [float(i + 2) for i in range(17)]
    value, slopes = autodiff.compile(lambda xs: ends(*xs), engine=engine).value_and_grad(xs)

    assert (value, slopes) == (36.0, [18.0, *[0.0] * 15, 2.0])


ONE_CALL = """
import llvmlite, sys
if sys.argv[2] == "full":
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
sys.path.insert(0, sys.argv[1])
import autodiff
print(autodiff.__file__)
print(autodiff.compile(lambda x, y: x * y, engine="auto").value_and_grad(2.0, 3.0))
"""


@pytest.mark.llvm
@pytest.mark.slow
@pytest.mark.parametrize("disk", ["full", "zip"])
def test_machine_code_needs_no_file(tmp_path: Path, disk: str) -> None:
    pytest.importorskip("llvmlite", reason="needs llvmlite (the extra `fast`)")
    place = str(ROOT)
    if disk == "zip":
        place = str(tmp_path / "packages.zip")
        with zipfile.ZipFile(place, "w") as archive:
            for file in (ROOT / "autodiff").rglob("*.*"):
                archive.write(file, file.relative_to(ROOT))
    done = subprocess.run(
        [sys.executable, "-Bc", ONE_CALL, place, disk], capture_output=True, text=True, cwd=tmp_path,
        env={**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")},
    )  # fmt: skip

    assert done.stderr == ""
    assert done.stdout.splitlines() == [f"{place}{os.sep}autodiff{os.sep}__init__.py", "(6.0, (3.0, 2.0))"]


@pytest.mark.parametrize("engine", [*ENGINES, pytest.param("jax", marks=pytest.mark.jax)])
def test_a_gradient_for_each_sample(engine: str) -> None:
    needs(engine)
    spare, w, b = Value(7.0), Value(0.5, name="w"), Value(-0.25, name="b")
    x, y = np.array([[1.0, 2.0, 3.0], [0.5, -1.0, 4.0]]), np.array([0.0, 1.0, 2.0])
    loss = compile(lambda x, y: ((w * x + b).tanh() - y) ** 2, engine=engine)
    loss.parameters.positions([spare])  # one that no program uses

    losses, gradients = loss.backward(x, y, reduce=None)

    assert losses.shape == (2, 3)
    assert gradients.shape == (2, 3, 3)
    assert {spare.grad, w.grad, b.grad} == {0.0}
    for index in np.ndindex(2, 3):
        w.grad = b.grad = 0.0
        assert loss.backward(x[index], y[index[1]]) == pytest.approx(losses[index], rel=1e-15)
        assert gradients[index].tolist() == pytest.approx([0.0, w.grad, b.grad], rel=1e-15)
    w.grad = b.grad = 0.0
    loss.backward(x, y, reduce="sum")
    assert gradients.sum(axis=(0, 1)) == pytest.approx([0.0, w.grad, b.grad], rel=1e-12)
    alone, gradient = loss.backward(1.0, 0.0, reduce=None)
    assert (alone.shape, gradient.shape) == ((), (3,))


@pytest.mark.parametrize("engine", [*ENGINES, pytest.param("jax", marks=pytest.mark.jax)])
def test_no_sample_has_no_gradient(engine: str) -> None:
    needs(engine)
    w, b = Value(0.5, name="w"), Value(-0.25, name="b")
    loss = compile(lambda x: (w * x + b) ** 2, engine=engine)

    for batch in ((0,), (2, 0), (0, 3)):
        losses, gradients = loss.backward(np.empty(batch), reduce=None)
        assert (losses.shape, gradients.shape) == (batch, (*batch, 2))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_batch_of_no_samples_through_layers(engine: str) -> None:
    """Through layers, softmax and sums, of which each engine keeps arrays of its own shape."""
    needs(engine)
    model = nn.MLP(2, [3, 2], seed=1)

    def f(x: Any) -> Any:
        shares = autodiff.softmax(model(x))
        return autodiff.sum([share.tanh() for share in shares]) * autodiff.max(shares)

    compiled = compile(f, engine=engine)
    none = np.zeros((0, 2))
    value, slopes = compiled.value_and_grad(none)
    model.zero_grad()
    compiled.backward(none, reduce="sum")

    assert compiled(none).shape == value.shape == (0,)
    assert slopes.shape == (0, 2)
    assert [p.grad for p in model.parameters()] == [0.0] * len(list(model.parameters()))


@pytest.mark.parametrize("engine", NUMPY_AND_LLVM)
def test_a_signal_handler_calls_the_function_in_the_middle_of_a_call(engine: str) -> None:
    f = compile(lambda x: x.exp() * x, engine=engine)
    expected = f.value_and_grad(1.0)
    running: Any = f.bound(1.0)._call.lowered.engine
    signalled: list[Any] = []

    def then_signalled(run: Callable[[Any], None]) -> Callable[[Any], None]:
        def both(arrays: Any) -> None:
            run(arrays)
            if not signalled:
                signalled.append(None)
                signalled.append(f.value_and_grad(5.0))

        return both

    if engine == "llvm":
        running.runner = SimpleNamespace(numbers=then_signalled(running.runner.numbers))
    else:
        running.groups[-1].run = then_signalled(running.groups[-1].run)

    assert f.value_and_grad(1.0) == expected
    assert signalled == [None, f.value_and_grad(5.0)]
