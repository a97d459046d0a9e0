"""Large graphs and programs as code: few lines, loops or whole vectors, and the numbers of the graph."""

from __future__ import annotations

import ctypes
import functools
import math
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autodiff
import nn
from autodiff import Value, compile, dot, gradient, leaves
from autodiff.matrix import matrix
from autodiff.operations import apply
from autodiff.rules import TABLE, Rule, unary
from autodiff.sources import code as written
from autodiff.sources.code import Source, source
from autodiff.sources.comparing import compare_with
from autodiff.sources.vectors import has_steps
from tests.autodiff.sources.test_code import WARNINGS, needs_gcc, run
from tests.ordinary import operands

PYTHONS = ("python", "casadi", "autograd")  # that take lists
ON_ARRAYS = ("numpy", "torch", "jax")


def random_matrix(name: str, *shape: int) -> Any:
    return matrix(np.random.default_rng(len(shape) + ord(name[0])).uniform(-0.8, 0.8, shape), name)


def network(samples: int) -> Any:
    """A loss of an MLP of 2, 16, 16 and 1 on some samples."""
    model = nn.MLP(2, [16, 16, 1], seed=0)
    xs = random_matrix("x", samples, 2)
    return autodiff.sum([(model(list(x)) - 0.5) ** 2 for x in xs]).named("loss")


def classifier() -> Any:
    """The cross-entropy of a softmax of 10 classes of 64 inputs."""
    weights, biases, x = random_matrix("W", 10, 64), random_matrix("b", 10), random_matrix("x", 64)
    scores = [dot(list(row), list(x), bias) for row, bias in zip(weights, biases, strict=True)]
    return (-autodiff.softmax(scores)[3].log()).named("loss")


def log_classifier() -> Any:
    """The mean of cross-entropies by log_softmax, of scores one of which is far above the others."""
    weights, x, biases = random_matrix("W", 6, 20), random_matrix("x", 4, 20), random_matrix("b", 6)
    biases[2].data = 45.0
    scores = [
        [dot(list(row), list(sample), bias) for row, bias in zip(weights, biases, strict=True)]
        for sample in x
    ]
    return autodiff.mean([-autodiff.log_softmax(each)[2] for each in scores]).named("loss")


def recurrent(steps: int = 12, size: int = 6) -> Any:
    """The last state of a recurrent net."""
    u, v, w = random_matrix("U", size, size), random_matrix("V", size, 2), random_matrix("w", size)
    h: list[Any] = [0.0] * size
    for x in random_matrix("X", steps, 2):
        h = [dot([*u[i], *v[i]], [*h, *x], 0.1).tanh() for i in range(size)]
    return (dot(list(w), h) ** 2).named("loss")


def attention(words: int = 6, size: int = 5) -> Any:
    """The sum of squares of what a block of attention gives."""
    x = random_matrix("X", words, size)
    q, k, v = (x @ random_matrix(name, size, size) for name in "QKV")
    found: list[Any] = []
    for i in range(words):
        scores: list[Any] = [dot(list(q[i]), list(k[j])) / math.sqrt(size) for j in range(words)]
        shares = autodiff.softmax(scores)
        found += [dot(shares, [v[j][c] for j in range(words)]) for c in range(size)]
    return autodiff.sum([y * y for y in found]).named("loss")


def irregular(count: int = 200) -> Any:
    """Rows of few and of many operands, on numbers that stand here and there."""
    x = [Value(random.Random(i).uniform(0.2, 1.2), name=f"x{i}") for i in range(count)]
    y = [x[(i * i) % count] * x[(7 * i + 3) % count] for i in range(count)]
    largest = [autodiff.max([y[(3 * i) % count], x[i], y[(i * i + 1) % count], 0.3]) for i in range(count)]
    u: list[Any] = [
        autodiff.logsumexp([a, b, x[0], y[5]]) * (0.1 * i)
        for i, (a, b) in enumerate(zip(largest, y, strict=True))
    ]
    p: list[Any] = [autodiff.prod([*y[i : i + 4], 1.5]) for i in range(count - 4)]
    whole: list[Any] = [
        autodiff.min([*x, 2.0]),
        autodiff.mean(y),
        autodiff.norm(x[:3]),
        autodiff.softmax(x)[2].log(),
    ]
    return autodiff.sum([*u, *p, *whole, autodiff.where(x[1], x[2], 0)]).named("f")


def chain(count: int = 2000) -> Any:
    """Each operation on one of the last results, and on a leaf."""
    chosen, xs = random.Random(1), [Value(0.1 * i + 0.3, name=f"x{i}") for i in range(8)]
    f: Any = xs[0]
    for _ in range(count):
        x = chosen.choice(xs)
        f = chosen.choice([f + x, f - x, f.sin(), f.tanh(), f.sigmoid() * x])
    return f.named("f")


GRAPHS: dict[str, tuple[Callable[[], Any], int]] = {
    "network": (functools.partial(network, 1), 125),
    "batch": (functools.partial(network, 7), 200),
    "classifier": (classifier, 130),
    "log_classifier": (log_classifier, 160),
    "recurrent": (recurrent, 950),
    "attention": (attention, 290),
    "irregular": (irregular, 700),
}


def vectors(code: Source, numbers: Sequence[Any], of: Callable[[list[Any]], Any]) -> list[Any]:
    """The arguments of a function of vectors."""
    return [
        of([numbers[i] for i in held]) if len(held) > 1 else numbers[held[0]]
        for held in code.arguments.values()
    ]


def by_leaf(code: Source, slopes: Sequence[Any], count: int) -> list[float]:
    """What arrives at each leaf."""
    if not code.arguments:
        return [float(slope) for slope in slopes]
    found = [math.nan] * count
    for held, slope in zip(code.arguments.values(), slopes, strict=True):
        for i, x in zip(held, np.asarray(slope, dtype=float).ravel(), strict=True):
            found[i] = float(x)
    return found


def assert_close(code: Source, found: tuple[Any, Sequence[Any]], output: Value) -> None:
    slopes = gradient(output, leaves(output))
    size = max(map(abs, slopes))

    assert float(found[0]) == pytest.approx(output.data, rel=1e-11)
    assert by_leaf(code, found[1], len(slopes)) == pytest.approx(slopes, rel=1e-9, abs=1e-12 * size)


def array_of(language: str) -> tuple[Callable[[list[Any]], Any], Callable[[float], Any]]:
    """What a language has vectors, and numbers, made of."""
    if language == "torch":
        torch = pytest.importorskip("torch", reason="needs torch (extra oracle)")
        as_tensor = functools.partial(torch.tensor, dtype=torch.float64)
        return as_tensor, as_tensor
    if language == "jax":
        jax = pytest.importorskip("jax", reason="needs jax (extra jax)")
        return jax.numpy.array, float
    return (np.array if language == "numpy" else list), float


@pytest.mark.parametrize("language", [*PYTHONS, "numpy", pytest.param("torch", marks=pytest.mark.oracle)])
@pytest.mark.parametrize("name", GRAPHS)
def test_large_graphs(name: str, language: Any) -> None:
    if language in ("casadi", "autograd"):
        pytest.importorskip(language, reason=f"needs {language} (the extra conventions)")
    make, most = GRAPHS[name]
    output, array = make(), array_of(language)[0]
    code, numbers = source(output, language), [leaf.data for leaf in leaves(output)]
    functions, given = run(code), vectors(code, numbers, array)

    assert len(code.splitlines()) < most
    assert_close(code, functions["value_and_gradient"](*given), output)
    if language == "python":
        assert functions["value"](*given) == functions["value_and_gradient"](*given)[0] == output.data


def many(rule: Rule, count: int = 60) -> Any:
    """A row of the table, on many numbers that stand here and there, some of them plain."""
    x = [Value(random.Random(i).uniform(0.2, 0.9), name=f"x{i}") for i in range(3 * count)]
    results = []
    for i in range(count):
        taken: list[Any] = [x[(i + 7 * j * i + j) % len(x)] for j in range(rule.arity or 5)]
        if rule.arity is None and rule.name != "dot" and i % 2:
            taken[-1] = 0.4
        results.append(apply(rule, [*operands(rule, taken), *[i % 5] * rule.vector]) * (1 + 0.01 * i))
    return autodiff.sum(results).named("f")


@pytest.mark.slow
@pytest.mark.parametrize("language", ["python", "numpy", pytest.param("torch", marks=pytest.mark.oracle)])
def test_every_row_on_vectors(language: Any) -> None:
    for name, rule in TABLE.items():
        output = many(rule)
        code = source(output, language)
        given = vectors(code, [leaf.data for leaf in leaves(output)], array_of(language)[0])

        assert ("arguments" not in code.arguments) == has_steps(name), name
        assert_close(code, run(code)["value_and_gradient"](*given), output)


@pytest.mark.slow
@pytest.mark.jax
def test_large_graphs_in_jax_and_its_own_gradient() -> None:
    jax = pytest.importorskip("jax", reason="needs jax (extra jax)")
    with jax.enable_x64(True):
        for name in ("network", "batch", "classifier", "attention"):
            output = GRAPHS[name][0]()
            code = source(output, "jax")
            functions = run(code)
            given = vectors(code, [leaf.data for leaf in leaves(output)], jax.numpy.array)
            own = jax.value_and_grad(functions["value"], tuple(range(len(given))))
            for both in (functions["value_and_gradient"], own):
                assert_close(code, jax.jit(both)(*given), output)


@pytest.mark.oracle
@pytest.mark.parametrize("name", ["batch", "classifier", "attention", "irregular"])
def test_large_graphs_in_the_autograd_of_torch(name: str) -> None:
    torch = pytest.importorskip("torch", reason="needs torch (extra oracle)")
    output = GRAPHS[name][0]()
    code = source(output, "torch")
    given = vectors(code, [leaf.data for leaf in leaves(output)], array_of("torch")[0])
    given = [torch.as_tensor(x, dtype=torch.float64).requires_grad_() for x in given]
    value = run(code)["value"](*given)
    slopes = [slope.numpy() for slope in torch.autograd.grad(value, given)]

    assert_close(code, (value.detach(), slopes), output)


def in_c(code: Source, numbers: Sequence[float], folder: Path, name: str = "f") -> tuple[float, list[Any]]:
    """Value and gradient by a library that gcc makes of a function of vectors."""
    file, library = folder / f"{name}.c", folder / f"{name}.so"
    file.write_text(code)
    command = ["gcc", *WARNINGS, "-O1", "-shared", "-fPIC", str(file), "-o", str(library), "-lm"]
    subprocess.run(command, check=True)
    both, alone = (ctypes.CDLL(str(library))[function] for function in ("value_and_gradient", "value"))
    both.restype = alone.restype = ctypes.c_double
    given = vectors(code, [ctypes.c_double(x) for x in numbers], lambda xs: (ctypes.c_double * len(xs))(*xs))
    lengths = map(len, code.arguments.values())
    slopes = [(ctypes.c_double * length)(*[7.0] * length) for length in lengths]
    value = both(*given, *slopes)
    assert alone(*given) == value
    assert both(*given, *slopes) == value
    return value, slopes


@pytest.mark.slow
@needs_gcc
@pytest.mark.parametrize("name", GRAPHS)
def test_large_graphs_in_c_without_a_warning(name: str, tmp_path: Path) -> None:
    make, most = GRAPHS[name]
    output = make()
    code = source(output, "c")
    value, slopes = in_c(code, [leaf.data for leaf in leaves(output)], tmp_path)

    assert len(code.splitlines()) < 1.4 * most
    assert value == output.data
    assert_close(code, (value, slopes), output)


@pytest.mark.slow
@needs_gcc
def test_large_arrays_are_not_on_the_stack(tmp_path: Path) -> None:
    x, y = random_matrix("x", 300), random_matrix("y", 300)
    output = autodiff.sum([autodiff.sum([(a * b).sin() for b in y[:100]]) for a in x]).named("f")
    code = source(output, "c")

    assert "static double h1[30000];" in code
    assert_close(code, in_c(code, [leaf.data for leaf in leaves(output)], tmp_path), output)


@pytest.mark.slow
def test_a_chain_that_no_loop_shortens() -> None:
    output = chain()
    numbers = [leaf.data for leaf in leaves(output)]
    for language in ("python", "numpy"):
        code = source(output, language)
        value, slopes = run(code)["value_and_gradient"](*numbers)

        assert code.arguments == {}
        assert value == pytest.approx(output.data, rel=1e-15 if language == "python" else 1e-11)
        assert slopes == pytest.approx(gradient(output, leaves(output)), rel=1e-9)


def test_a_program_has_the_users_names() -> None:
    weights, biases = random_matrix("W", 16, 20), random_matrix("b", 16)

    def layer(x: Any) -> Any:
        return autodiff.sum(
            [dot(list(row), list(x), bias).tanh() for row, bias in zip(weights, biases, strict=True)]
        )

    compiled = compile(layer, engine="numpy")
    x = np.linspace(-1.0, 1.0, 20)
    code = source(compiled.program(x))

    assert "def value(x, W, b):" in code
    assert "h1[i] += W[20 * i + j] * x[j]" in code
    value, slopes = run(code)["value_and_gradient"](
        list(x), *([v.data for v in m.ravel()] for m in (weights, biases))
    )
    own, by_x = compiled.value_and_grad(x)
    assert value == pytest.approx(float(own))
    assert slopes[0] == pytest.approx(by_x)


def test_several_outputs_of_a_large_program_take_seeds() -> None:
    compiled = compile(lambda x: [autodiff.sum([a.sin() for a in x]), x[3] * x[4]], engine="numpy")
    x = [0.01 * i for i in range(200)]
    functions = run(source(compiled.program(x)))

    value, (slopes,) = functions["value_and_gradient"](x, [2.0, 10.0])
    assert value == functions["value"](x)
    assert slopes[:5] == pytest.approx(
        [2 * math.cos(a) + 10 * b for a, b in zip(x[:5], (0, 0, 0, x[4], x[3]), strict=True)]
    )


def test_outputs_that_are_inputs_and_constants() -> None:
    compiled = compile(lambda x: [x[3], autodiff.sum([a.sin() for a in x]), 2.5, x[3]], engine="numpy")
    x = np.linspace(0.0, 1.0, 200)
    for language, of in (("python", list), ("numpy", np.array)):
        functions = run(source(compiled.program(x), language))  # type: ignore[arg-type]
        value, (slopes,) = functions["value_and_gradient"](of(x), [2.0, 10.0, 7.0, 100.0])

        assert [float(y) for y in value] == pytest.approx([x[3], np.sin(x).sum(), 2.5, x[3]])
        assert list(slopes) == pytest.approx(10 * np.cos(x) + 102 * (np.arange(200) == 3))


@pytest.mark.conventions
@pytest.mark.parametrize("library", ["torch", "autograd", "casadi"])
def test_large_functions_in_libraries_that_differentiate_them(library: Any) -> None:
    pytest.importorskip(library, reason=f"needs {library} (the extra conventions)")
    weights = np.random.default_rng(0).uniform(-1, 1, (12, 20))

    def f(w: Any, x: Any) -> Any:
        scores = [dot(list(row), list(x)).tanh() for row in w]
        return autodiff.sum([share.log() for share in autodiff.softmax(scores)])

    assert compare_with(f, weights.tolist(), weights[0].tolist(), library=library).agree


@needs_gcc
def test_names_in_comments_stay_in_their_line(tmp_path: Path) -> None:
    xs = [Value(0.01 * i, name="x\\\n; int main(void) { \\") for i in range(100)]
    output = autodiff.sum([x.tanh() for x in xs]).named("f\n\\")
    numbers = [x.data for x in xs]

    assert_close(source(output, "c"), in_c(source(output, "c"), numbers, tmp_path), output)
    assert_close(source(output), run(source(output))["value_and_gradient"](numbers), output)


@needs_gcc
def test_names_that_mean_something_else_are_changed(tmp_path: Path) -> None:
    names = [
        "x_bar",
        "x",
        "h1",
        "h1_bar",
        "g",
        "g1",
        "at",
        "t",
        "t1",
        "k",
        "i",
        "j",
        "constants",
        "seeds",
        "value",
    ]
    xs = [Value(0.01 * i * j + 0.1, name=f"{name}[{j}]") for i, name in enumerate(names) for j in range(6)]
    output = autodiff.sum([x.tanh() for x in xs] + [xs[(i * i) % 90] * (0.1 * i) for i in range(90)])
    numbers = [x.data for x in xs]

    assert_close(source(output, "c"), in_c(source(output, "c"), numbers, tmp_path), output)
    for language, of in (("python", list), ("numpy", np.array)):
        code = source(output, language)  # type: ignore[arg-type]
        assert code.arguments
        assert_close(code, run(code)["value_and_gradient"](*vectors(code, numbers, of)), output)


@pytest.mark.oracle
def test_ties_of_three_have_all_digits_in_torch() -> None:
    torch = pytest.importorskip("torch", reason="needs torch (extra oracle)")
    output = autodiff.max([Value(1.0, name=name) for name in "xyz"])
    ones = [torch.tensor(1.0, dtype=torch.float64)] * 3

    assert [float(slope) for slope in run(source(output, "torch"))["value_and_gradient"](*ones)[1]] == [
        1 / 3
    ] * 3


def test_a_row_that_is_not_in_the_table_is_written_one_by_one() -> None:
    odd = unary("odd", value=lambda m, x: x * x, partial=lambda m, x, z: 2 * x)
    xs = [Value(0.01 * i, name=f"x{i}") for i in range(200)]
    output = autodiff.sum([apply(odd, [x]) for x in xs])

    assert source(output).arguments == {"arguments": tuple(range(200))}
    assert_close(source(output), run(source(output))["value_and_gradient"]([x.data for x in xs]), output)


def test_what_is_in_no_order_stands_in_a_table() -> None:
    xs = [Value(0.01 * i, name=f"x{i}") for i in range(100)]
    code = source(autodiff.sum([autodiff.sum(xs), *(xs[i * i % 97].sin() for i in range(90))]))

    assert "at1 = (\n    0, 1, 4, 9, 16," in code
    assert "[i] = math.sin(x[at1[i]])" in code


# ---------------------------------------------------------------- any graph


@contextmanager
def small_ones_too() -> Iterator[None]:
    """Write all graphs on vectors."""
    with mock.patch.multiple(written, MOST_ONE_BY_ONE=0, MUCH_SHORTER=0, LINES_EACH=10**6):
        yield


def fixed(count: int, name: str = "x") -> list[Value]:
    return [Value(0.1 + 0.07 * (i * i % 11), name=f"{name}{i}") for i in range(count)]


def gram() -> Any:
    rows = random_matrix("X", 4, 3)
    return autodiff.sum([dot(list(a), list(b)).sin() for a in rows for b in rows])


X = fixed(9)
SPECIAL: dict[str, Callable[[], Any]] = {
    "one input": lambda: X[0] * 1.0,
    "one vector and itself": lambda: dot(X, X) + dot(X, X[::-1]),
    "a matrix and itself": gram,
    "the same operand again and again": lambda: autodiff.sum([X[1]] * 9) * autodiff.prod([X[2]] * 5),
    "the same operation again and again": lambda: autodiff.sum([X[3].sin() * x for x in X]),
    "softmaxes of one": lambda: autodiff.sum([autodiff.softmax([x])[0] * x for x in X]),
    "softmaxes of the same": lambda: autodiff.sum(
        [autodiff.softmax(X[:3])[i % 3] * x for i, x in enumerate(X)]
    ),
    "dot products with equal numbers": lambda: dot(X, [0.5] * 9, 0.25) + dot([X[1]] * 9, [X[2]] * 9),
    "dot products of one": lambda: autodiff.sum([dot([x], [X[0]], 0.1) for x in X]),
    "one constant among names": lambda: autodiff.sum([*X, 1.0, *fixed(3, "y")]) + autodiff.sum([X[0], 1.0]),
    "ties": lambda: (
        autodiff.max([*X, X[3], 0.8]) + autodiff.min([*fixed(22), 0.1]) + autodiff.maximum(X[2], X[9 - 1])
    ),
    "slopes of nothing": lambda: autodiff.sum([autodiff.sign(x) for x in X]) * X[1],
    "branches": lambda: autodiff.sum(
        [autodiff.where(x - 0.5, y, 0.3) for x, y in zip(X, X[::-1], strict=True)]
    ),
}


@pytest.mark.parametrize("name", SPECIAL)
@pytest.mark.parametrize("language", ["python", "numpy", pytest.param("torch", marks=pytest.mark.oracle)])
def test_special_graphs_on_vectors(language: Any, name: str) -> None:
    output = SPECIAL[name]()
    with small_ones_too():
        code = source(output, language)

    given = vectors(code, [leaf.data for leaf in leaves(output)], array_of(language)[0])
    assert code.arguments
    assert_close(code, run(code)["value_and_gradient"](*given), output)


@pytest.mark.slow
@needs_gcc
def test_special_graphs_in_c(tmp_path: Path) -> None:
    for name, make in SPECIAL.items():
        output = make()
        with small_ones_too():
            code = source(output, "c")
        value, slopes = in_c(code, [leaf.data for leaf in leaves(output)], tmp_path, name.replace(" ", "_"))

        assert value == output.data, name
        assert_close(code, (value, slopes), output)


ON_LEAVES = {  # they have kinks: what numbers are rounded to must not decide
    "max": lambda xs: autodiff.max([*xs, 0.5]),
    "min": autodiff.min,
    "maximum": lambda xs: autodiff.maximum(*xs[:2]),
    "where": lambda xs: autodiff.where(xs[0] - 0.5, xs[1], 0.25),
}
ON_RESULTS = {
    "sin": lambda xs: xs[0].sin(),
    "mul": lambda xs: xs[0] * xs[1],
    "sub": lambda xs: 1 - xs[0],
    "sum": autodiff.sum,
    "mean": autodiff.mean,
    "dot": lambda xs: dot(xs[:-1], xs[1:], xs[0]),
    "numbers": lambda xs: dot(xs, [0.5] * len(xs), 0.25),
    "softmax": lambda xs: autodiff.softmax(xs)[1],
    "logsumexp": autodiff.logsumexp,
    "norm": lambda xs: autodiff.norm([*xs, 1.0]),
}


@st.composite
def layered(draw: st.DrawFn) -> Value:
    """Layers of one operation each, on leaves of few different values and on what stands in earlier layers."""
    leaf_values = draw(st.lists(st.sampled_from([0.25, 0.5, 0.75]), min_size=3, max_size=12))
    xs: list[Any] = [Value(x, name=f"{'xy'[i % 2]}{i}") for i, x in enumerate(leaf_values)]
    known = [*xs]
    for kinked in draw(st.lists(st.booleans(), min_size=1, max_size=5)):
        operation = draw(st.sampled_from([*(ON_LEAVES if kinked else ON_RESULTS).values()]))
        below, among = (known, len(xs)) if not kinked else (known[: len(xs)], len(xs))
        step, start = draw(st.integers(0, 3)), draw(st.integers(0, among - 1))
        width, arity = draw(st.integers(1, 6)), draw(st.integers(2, 5))
        known += [
            operation([below[-1 - (start + step * i + j) % len(below)] for j in range(arity)])
            for i in range(width)
        ]
    output: Value = autodiff.sum(known[-15:])
    return output


@pytest.mark.slow
@pytest.mark.parametrize("language", ["python", "numpy"])
@given(output=layered())
def test_random_graphs_on_vectors(language: Any, output: Value) -> None:
    with small_ones_too():
        code = source(output, language)

    given = vectors(code, [leaf.data for leaf in leaves(output)], array_of(language)[0])
    found = run(code)["value_and_gradient"](*given)
    assert_close(code, found, output)
    assert language != "python" or found[0] == output.data


@pytest.mark.slow
def test_tables_have_the_same_names_in_every_run() -> None:
    code = "from tests.autodiff.sources.test_vectors import *; print(source(irregular()))"
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in "12"
    }

    assert len(found) == 1


def test_small_graphs_are_written_line_by_line() -> None:
    for count in (74, 75):
        output = autodiff.sum([x.sin() for x in fixed(count)])

        assert ("arguments" not in source(output).arguments) == (2 * count + 1 > 150)
