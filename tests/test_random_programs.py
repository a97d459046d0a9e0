"""Random programs at special numbers: eager, graphs of derivatives, engines and mpmath agree; what they have found."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autodiff
from autodiff import Value, compile, gradient, value_and_grad
from autodiff.calculus.second import VALUES
from autodiff.compiler.engines.numpy.arrays import NUMPY
from tests.random_programs.run import run

inf, nan = math.inf, math.nan

pytestmark = pytest.mark.filterwarnings("ignore::autodiff.NonFiniteWarning", "ignore::autodiff.KinkWarning")


@pytest.mark.slow
def test_some_hundred_programs() -> None:
    counted = Counter[str]()

    assert list(map(str, run(200, seed=1, engine="numpy", counted=counted, shown=False))) == []
    assert counted["points compared with the engine"] > 1000
    assert counted["gradients with create_graph"] > 1000
    assert counted["errors compared with the engine"] > 10
    assert counted["smooth points compared with mpmath, to the second derivative"] > 10


@pytest.mark.slow
@pytest.mark.parametrize(
    ("world", "name", "wrong", "told"),
    [
        (NUMPY, "tanh", np.arctan, "numpy"),
        (NUMPY, "sign", np.abs, "numpy, bits"),
        (NUMPY, "acosh", lambda x: np.arccosh(np.maximum(x, 2)), "numpy, errors"),
        (VALUES, "cos", autodiff.sin, "create_graph"),
    ],
)
def test_a_wrong_engine_is_noticed(
    world: object, name: str, wrong: Callable[..., Any], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world, name, wrong, raising=False)
    found = run(60, seed=1, engine="numpy", counted=Counter(), shown=False)

    assert told in {mismatch.what for mismatch in found}


# ---------------------------------------------------------------- what they have found


def of_engine(f: Callable[..., Any], *point: float) -> tuple[list[float], list[float]]:
    """Value and gradient by NumPy and on Values."""
    value, slopes = compile(f, engine="numpy").value_and_grad(*np.array([point, point]).T)
    expected, by_values = value_and_grad(f, tuple(range(len(point))))(*point)
    return [value[0], *(slope[0] for slope in slopes)], [expected, *by_values]


@pytest.mark.parametrize(
    ("f", "point"),
    [
        pytest.param(
            lambda x, y: autodiff.dot([x], [1], y).sin(),
            (1.0, nan),
            id="a dot product with constants, on masks",
        ),
        pytest.param(
            lambda x, y: (autodiff.softmax([1.5, x, y])[2] + 0.25) / x, (1e-310, 1.0), id="softmax below inf"
        ),
        pytest.param(lambda x, y: x**y, (-0.0, 1e-200), id="an infinite slope at -0.0"),
        pytest.param(lambda x, y: x**y, (-0.0, nan), id="a power of nan"),
    ],
)
def test_engine_and_eager_agree(f: Callable[..., Any], point: tuple[float, float]) -> None:
    found, expected = of_engine(f, *point)

    assert found == pytest.approx(expected, nan_ok=True)


def test_the_graph_of_a_power_of_infinity() -> None:
    x, y = Value(inf), Value(-0.5)
    slopes = gradient(x**y, [x, y], create_graph=True)

    assert [slope.data for slope in slopes] == gradient(x**y, [x, y]) == [0.0, 0.0]
