"""The edges of the numbers, in eager and in every engine: infinite scores, signs of zero, tiny and huge angles."""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

import autodiff
from autodiff import Value, compile, value_and_grad
from nn import cross_entropy

inf, nan = math.inf, math.nan


def needs(package: str, *marks: pytest.MarkDecorator) -> list[pytest.MarkDecorator]:
    missing = importlib.util.find_spec(package) is None
    return [*marks, pytest.mark.skipif(missing, reason=f"needs {package}")]


LLVM, JAX = (
    pytest.param("llvm", marks=needs("llvmlite", pytest.mark.llvm)),
    pytest.param("jax", marks=needs("jax")),
)
ENGINES = ["numpy", LLVM, JAX]
WAYS = [None, *ENGINES]  # None: eager


def derived(f: Callable[..., Any], way: str | None, dtype: Any = np.float64) -> Callable[[Any], Any]:
    """A function that gives the value and the gradient."""
    return value_and_grad(f) if way is None else compile(f, engine=way, dtype=dtype).value_and_grad


# ---------------------------------------------------------------- infinite scores


@pytest.mark.parametrize("way", WAYS)
def test_logsumexp_of_infinite_scores(way: str | None) -> None:
    of = derived(lambda x: autodiff.logsumexp(x), way)

    assert of([-inf, -inf]) == (-inf, [0.5, 0.5])
    assert of([inf, 1.0]) == (inf, [1.0, 0.0])
    assert of([inf, inf]) == (inf, [0.5, 0.5])
    assert of([-inf, 1.0]) == (1.0, [0.0, 1.0])
    assert math.isnan(of([nan, 1.0])[0])


@pytest.mark.parametrize("way", WAYS)
def test_softmax_of_infinite_scores(way: str | None) -> None:
    of = derived(lambda x: autodiff.softmax(x)[0], way)

    assert of([inf, 1.0]) == (1.0, [0.0, 0.0])
    assert of([-inf, 1.0]) == (0.0, [0.0, 0.0])
    assert of([inf, inf]) == of([-inf, -inf]) == (0.5, [0.25, -0.25])
    assert math.isnan(of([nan, 1.0])[0])


@pytest.mark.parametrize("engine", ENGINES)
def test_a_batch_of_infinite_scores(engine: str) -> None:
    rows = np.array([[inf, 1.0], [-inf, -inf], [0.0, 0.0]])
    values, slopes = compile(lambda x: autodiff.softmax(x)[0], engine=engine).value_and_grad(rows)

    assert values.tolist() == [1.0, 0.5, 0.5]
    assert slopes.tolist() == [[0.0, 0.0], [0.25, -0.25], [0.25, -0.25]]


def test_second_derivatives_of_logsumexp_at_a_tie() -> None:
    assert autodiff.hessian(autodiff.logsumexp)([1.0, 1.0]) == [[0.25, -0.25], [-0.25, 0.25]]


def forward_algorithm(p: Any) -> Any:
    """The log-likelihood of three steps from the first of two states; the second can never be reached."""
    begun = [p[0], -inf]
    steps = [[p[1], -inf], [p[2], -inf]]
    for _ in range(3):
        begun = [autodiff.logsumexp([begun[i] + steps[i][j] for i in range(2)]) + p[3] for j in range(2)]
    return autodiff.logsumexp(begun)


@pytest.mark.parametrize("way", WAYS)
def test_a_dead_state_has_finite_derivatives(way: str | None) -> None:
    value, slopes = derived(forward_algorithm, way)([0.1, 0.2, 0.3, 0.4])

    assert value == pytest.approx(1.9)
    assert slopes == [1.0, 3.0, 0.0, 3.0]


@pytest.mark.parametrize("way", [None, "numpy", JAX])
@pytest.mark.parametrize(
    ("scores", "label", "loss", "slopes"),
    [
        ([inf, 0.0], 0, 0.0, [0.0, 0.0]),
        ([inf, 0.0], 1, inf, [1.0, -1.0]),
        ([-inf, 0.0], 0, inf, [-1.0, 1.0]),
        ([-inf, 0.0], 1, 0.0, [0.0, 0.0]),
        ([-inf, 1.0, 1.0], 2, math.log(2), [0.0, 0.5, -0.5]),
    ],
)
def test_cross_entropy_of_infinite_scores(
    way: str | None, scores: list[float], label: int, loss: float, slopes: list[float]
) -> None:
    value, found = derived(lambda z: cross_entropy(z, label), way)(scores)

    assert (value, found) == (pytest.approx(loss), pytest.approx(slopes))
    if way is not None:
        value, (found, _) = derived(lambda z, y: cross_entropy(z, y), way)(scores, float(label))  # type: ignore
        assert (value, found) == (pytest.approx(loss), pytest.approx(slopes))


# ---------------------------------------------------------------- saturated scores


def slopes_of_shares(scores: list[float]) -> np.ndarray[Any, Any]:
    """The Jacobian of softmax, exact but for one rounding."""
    with mpmath.workdps(300):
        weights = [mpmath.exp(mpmath.mpf(x)) for x in scores]
        shares = [weight / sum(weights) for weight in weights]
        rows = [[own * ((i == j) - x) for j, x in enumerate(shares)] for i, own in enumerate(shares)]
        return np.array(rows, dtype=float)


SATURATED = [
    [40.0, 0.0],
    [22.0, 0.0],
    [0.0, 22.0, 1.0],
    [-300.0, 300.0],
    [3.0, 1.0, 0.0],
    [1.0, 40.0, -5.0, 3.0],
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("scores", SATURATED)
def test_slopes_of_softmax_keep_their_digits_where_it_saturates(scores: list[float], way: str | None) -> None:
    exact = pytest.approx(slopes_of_shares(scores), rel=2e-15, abs=0)
    if way is None:
        assert np.array(autodiff.jacobian(lambda xs: autodiff.softmax(xs))(scores)) == exact
        return
    f = compile(lambda xs: autodiff.softmax(list(xs)), engine=way)
    xs, units = np.array(scores), np.eye(len(scores))

    assert np.array(f.jacobian(xs)) == exact
    assert np.array([f.jvp([unit], xs)[1] for unit in units]) == exact
    assert np.moveaxis(np.array(f.jacobian(np.tile(xs, (9, 1)))), 1, 0)[8] == exact


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("scores", SATURATED)
def test_second_derivatives_of_logsumexp_keep_their_digits(scores: list[float], way: str | None) -> None:
    def f(xs: Any) -> Any:
        return autodiff.logsumexp(list(xs))

    found = autodiff.hessian(f)(scores) if way is None else compile(f, engine=way).hessian(np.array(scores))

    assert np.array(found) == pytest.approx(slopes_of_shares(scores), rel=2e-15, abs=0)


# ---------------------------------------------------------------- the sign of zero

ZEROS = [(-0.0, -0.0), (-0.0, 0.0), (0.0, -0.0), (0.0, 0.0)]
SIGNS: dict[str, tuple[Callable[..., Any], str]] = {  # of the results at these four
    "x + 0.0": (lambda x, y: x + 0.0, "++++"),
    "0 + x": (lambda x, y: 0 + x, "++++"),
    "x + -0.0": (lambda x, y: x + -0.0, "--++"),
    "x - 0.0": (lambda x, y: x - 0.0, "--++"),
    "x - y": (lambda x, y: x - y, "+-++"),
    "x + y": (lambda x, y: x + y, "-+++"),
    "x + y + x + y": (lambda x, y: x + y + x + y, "-+++"),
    "sum": (lambda x, y: autodiff.sum([x, y, x]), "-+++"),
    "mean": (lambda x, y: autodiff.mean([x, y]), "-+++"),
    "sum of Python": (lambda x, y: sum([x, y]), "++++"),
    "relu": (lambda x, y: x.relu(), "++++"),
    "sign": (lambda x, y: autodiff.sign(x), "++++"),
    "elu": (lambda x, y: x.elu(), "--++"),
    "maximum": (lambda x, y: x.maximum(y), "-+++"),
    "minimum": (lambda x, y: x.minimum(y), "---+"),
    "maximum with 0": (lambda x, y: x.maximum(0.0), "++++"),
    "minimum with 0": (lambda x, y: x.minimum(0.0), "--++"),
    "minimum with a whole 0": (lambda x, y: autodiff.minimum(0, x), "--++"),
    "maximum with a whole 0": (lambda x, y: autodiff.maximum(0, x), "++++"),
    "min with a whole 0": (lambda x, y: autodiff.min([1, 0, x]), "--++"),
    "//": (lambda x, y: x // 2.0, "--++"),
    "// by less than 0": (lambda x, y: x // -2.0, "++--"),
    "quotients below 1": (lambda x, y: (x + 0.5) // 2.0, "++++"),
    "quotients of two less than 0": (lambda x, y: (x - 0.5) // -2.0, "++++"),
    "%": (lambda x, y: x % 2.0, "++++"),
    "% by less than 0": (lambda x, y: (x + 4.0) % -2.0, "----"),
    "fmod": (lambda x, y: autodiff.fmod(x - 4.0, 2.0), "----"),
    "remainder": (lambda x, y: autodiff.remainder(x, 2.0), "--++"),
    "remainder of -4": (lambda x, y: autodiff.remainder(x - 4.0, -2.0), "----"),
    "rint": (lambda x, y: round(x - 0.5), "----"),
    "ceil": (lambda x, y: autodiff.ceil(x - 0.5), "----"),
    "trunc": (lambda x, y: autodiff.trunc(x - 0.5), "----"),
    "softshrink of less than 0": (lambda x, y: autodiff.softshrink(x - 0.5, 1.0), "----"),
    "softshrink of more than 0": (lambda x, y: autodiff.softshrink(x + 0.5, 1.0), "++++"),
    "max": (lambda x, y: autodiff.max([x, y, -1.0, x]), "-+++"),
    "min": (lambda x, y: autodiff.min([x, y, 1.0, x]), "---+"),
}
NOT_IN_XLA = ("x + 0.0", "0 + x", "sum of Python", "x + y + x + y", "sum")  # which takes x + 0.0 for x


def signs(numbers: Any) -> str:
    assert not np.any(numbers)
    return "".join("-" if negative else "+" for negative in np.signbit(numbers))


@pytest.mark.parametrize("name", SIGNS)
def test_signs_of_zero_in_eager(name: str) -> None:
    f, expected = SIGNS[name]

    assert signs([f(Value(x), Value(y)).data for x, y in ZEROS]) == expected


@pytest.mark.parametrize("engine", ENGINES)
def test_signs_of_zero_in_engines(engine: str) -> None:
    names = [name for name in SIGNS if engine != "jax" or name not in NOT_IN_XLA]
    compiled = compile(lambda x, y: [SIGNS[name][0](x, y) for name in names], engine=engine)
    expected = [SIGNS[name][1] for name in names]

    one_by_one = np.array([compiled(x, y) for x, y in ZEROS])
    assert [signs(row) for row in one_by_one.T] == expected
    assert [signs(row) for row in compiled(*np.array(ZEROS).T)] == expected


def test_an_angle_shows_the_sign() -> None:
    angle = compile(lambda x, y: autodiff.atan2(x + 0.0, y), engine="numpy")

    assert angle(-0.0, -1.0) == autodiff.atan2(Value(-0.0) + 0.0, -1.0).data == math.pi


# ---------------------------------------------------------------- guards in float32, and angles


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("engine", ENGINES)
def test_angles_of_tiny_and_huge_points(engine: str, dtype: Any) -> None:
    sizes = [1e-20, 1.0, 1e20] + ([1e-200, 1e200] if dtype is np.float64 else [])
    compiled = compile(autodiff.atan2, engine=engine, dtype=dtype)
    for size in sizes:
        by_x, by_y = compiled.value_and_grad(3 * size, 4 * size)[1]

        assert (by_x, by_y) == pytest.approx((0.16 / size, -0.12 / size), rel=1e-6, abs=0)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("engine", ENGINES)
def test_powers_and_roots_at_zero(engine: str, dtype: Any) -> None:
    power, root = (compile(f, engine=engine, dtype=dtype) for f in (lambda x, y: x**y, lambda x: x.sqrt()))

    assert power.value_and_grad(0.0, 0.0)[1] == (0.0, -inf)
    assert power.value_and_grad(0.0, 0.5)[1] == (inf, 0.0)
    assert root.value_and_grad(np.array([0.0, -0.0]))[1].tolist() == [inf, inf]


# ---------------------------------------------------------------- what docs/compiling.md says


def rational(a: Any, b: Any, c: Any, d: Any) -> Any:
    return ((a * b + c) / (b - c)).maximum(a) * abs(d).sqrt()


@pytest.mark.parametrize("engine", ["numpy", LLVM])
def test_arithmetic_without_reordered_sums_is_that_of_eager_bit_for_bit(engine: str) -> None:
    points = np.random.default_rng(0).normal(size=(4, 500))
    expected = [value_and_grad(rational, (0, 1, 2, 3))(*point) for point in points.T.tolist()]
    values, slopes = compile(rational, engine=engine).value_and_grad(*points)

    assert values.tolist() == [value for value, _ in expected]
    assert np.array(slopes).T.tolist() == [list(slope) for _, slope in expected]


@pytest.mark.parametrize("engine", [JAX])
def test_xla_rounds_a_product_and_a_sum_once(engine: str) -> None:
    points = np.random.default_rng(0).normal(size=(4, 2000))
    expected = np.array([rational(*point).data for point in map(values_of, points.T.tolist())])

    np.testing.assert_allclose(compile(rational, engine=engine)(*points), expected, rtol=1e-12)


def values_of(point: list[float]) -> list[Value]:
    return list(map(Value, point))


def test_an_overflow_of_an_operator_is_infinite_as_in_python_and_backward_says_so() -> None:
    x = Value(10.0, name="x")
    output = x * 1e308 * 10
    with pytest.warns(autodiff.NonFiniteWarning, match=r"is the value of mul\(x = 10.0, 1e\+308\), inf"):
        output.backward()

    assert output.data == (Value(1e308) + Value(1e308)).data == (Value(1e308) / 1e-10).data == inf
    with pytest.raises(OverflowError, match="pow: the result is too large for a float"):
        Value(1e200) ** 2
