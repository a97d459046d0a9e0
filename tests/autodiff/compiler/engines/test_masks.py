"""Compiled sweeps where 0 and infinity meet: the derivatives of eager, in every engine and form."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autodiff
from autodiff import Value, compile, gradient
from autodiff.compiler.engines.numpy import groups
from tests.engines import ENGINES, where_installed
from tests.limits import KNOWN, UNKNOWN

CASES = [(f, at, math.nan) for f, at in UNKNOWN.values()] + [*KNOWN.values()]
NAMES = [*UNKNOWN, *KNOWN]

Asked = Callable[..., Any]


def by_value_and_grad(compiled: Any, x: float) -> Any:
    return compiled.value_and_grad(x)[1]


def by_batch(compiled: Any, x: float) -> Any:
    return compiled.value_and_grad(np.full(3, x))[1][1]


def by_vjp(compiled: Any, x: float) -> Any:
    return compiled.vjp(1.0, x)[1]


def by_jvp(compiled: Any, x: float) -> Any:
    return compiled.jvp([1.0], x)[1]


def by_jvp_of_a_batch(compiled: Any, x: float) -> Any:
    return compiled.jvp([np.ones(3)], np.full(3, x))[1][1]


def said(expected: float) -> Any:
    """A context that asks for a warning where a derivative is nan; elsewhere one is an error."""
    unknown = math.isnan(expected)
    return pytest.warns(autodiff.NonFiniteWarning, match="is nan") if unknown else contextlib.nullcontext()


EVERY_WAY = [by_value_and_grad, by_batch, by_vjp, by_jvp, by_jvp_of_a_batch]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("f", "at", "expected"), CASES, ids=NAMES)
def test_derivatives_are_those_of_eager(f: Asked, at: float, expected: float, dtype: Any) -> None:
    compiled = compile(f, engine="numpy", dtype=dtype)
    with said(expected):
        found = [way(compiled, at) for way in EVERY_WAY]

    assert found == pytest.approx([expected] * len(EVERY_WAY), nan_ok=True)


# Few kinds of operations, as the engine "llvm" compiles each of them.
SLOW = (
    "sqrt(x)**2",
    "relu(sqrt(x))",
    "sqrt(less(x, 1)), at the step",
    "where",
    "acos(greater(x, 0))",
)
FEW = [case for name, case in zip(NAMES, CASES, strict=True) if name in SLOW]


def every_case(xs: Any) -> Any:
    return [f(x) for (f, _, _), x in zip(FEW, xs, strict=True)]


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_has_the_derivatives_of_eager(engine: str) -> None:
    compiled = compile(every_case, engine=engine)
    point, ones = [at for _, at, _ in FEW], [1.0] * len(FEW)
    expected = pytest.approx([slope for _, _, slope in FEW], nan_ok=True)
    batch = np.array([point] * 3)

    with said(math.nan):
        assert compiled.vjp(ones, point)[1] == expected
    assert [slopes[1] for slopes in np.array(compiled.vjp(ones, batch)[1]).T] == expected
    assert compiled.jvp([ones], point)[1] == expected
    assert [moved[1] for moved in compiled.jvp([np.ones_like(batch)], batch)[1]] == expected


@pytest.mark.parametrize("engine", ENGINES)
def test_derivatives_by_parameters_are_those_of_eager(engine: str) -> None:
    ws = [Value(at, name=f"w{i}") for i, (_, at, _) in enumerate(FEW)]
    compiled = compile(
        lambda x: sum(every_case(ws)) * x + sum(every_case([w + 0 * x for w in ws])), engine=engine
    )
    with said(math.nan):
        compiled.backward(np.array([1.0, 3.0]), reduce="sum")

    assert [w.grad for w in ws] == pytest.approx([6 * slope for _, _, slope in FEW], nan_ok=True)


@pytest.mark.parametrize(("f", "at", "expected"), CASES, ids=NAMES)
def test_a_chain_of_single_operations(
    f: Asked, at: float, expected: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "TINY", 10**6)
    monkeypatch.setattr(groups, "MANY", -1)
    compiled = compile(f, engine="numpy")

    with said(expected):
        assert [way(compiled, at) for way in EVERY_WAY] == pytest.approx([expected] * 5, nan_ok=True)


def layered(x: Any) -> Any:
    """Dot products, a softmax and a mean in the branch not taken, with infinite and nan numbers in them."""
    rows = [[x.log(), x, 1 / x], [x, x.sqrt(), x.log()]]
    hidden = [autodiff.dot(row, [1 / x, x.sqrt(), 2.0], x.log()) for row in rows]
    shares = autodiff.softmax([*hidden, x.log(), 1 / x])
    dead = autodiff.mean([*shares, autodiff.logsumexp(hidden), autodiff.norm(hidden), autodiff.prod(hidden)])
    return autodiff.where(autodiff.greater(x, 0), dead, 2 * x)


@pytest.mark.parametrize("engine", ["numpy", where_installed("jax")])
def test_layers_in_the_branch_not_taken_pass_nothing_on(engine: str) -> None:
    compiled = compile(layered, engine=engine)
    x = Value(0.7)
    alive = gradient(layered(x), x)

    for at, slope in ((0.0, 2.0), (-1.0, 2.0), (0.7, alive)):
        assert [way(compiled, at) for way in EVERY_WAY] == pytest.approx([slope] * 5, rel=1e-9)
    assert compiled.value_and_grad(np.array([0.0, 0.7, -1.0]))[1] == pytest.approx([2, alive, 2], rel=1e-9)


@pytest.mark.parametrize("engine", ENGINES)
def test_weights_of_a_layer_in_the_branch_not_taken(engine: str) -> None:
    ws = [Value(0.5, name=f"w{i}") for i in range(6)]

    def loss(x: Any) -> Any:
        hidden = [autodiff.dot(ws[i : i + 3], [x.log(), 1 / x, x]) for i in (0, 3)]
        return autodiff.where(autodiff.greater(x, 0), autodiff.sum(hidden), 3 * ws[0])

    compile(loss, engine=engine).backward(np.array([0.0, 1.0, 0.0]), reduce="sum")

    assert [w.grad for w in ws] == [6.0, 1.0, 1.0, 0.0, 1.0, 1.0]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_seed_or_a_move_of_0_starts_nothing(engine: str) -> None:
    both = compile(lambda x, y: [x.sqrt() * y, x + y], engine=engine)

    assert both.vjp([0.0, 1.0], 0.0, 2.0)[1] == (1.0, 1.0)
    assert both.jvp([0.0, 1.0], 0.0, 2.0)[1] == [0.0, 1.0]
