"""Values that jump inside of smooth functions, and derivatives of higher order at kinks: none goes without a word."""

from __future__ import annotations

import copy
import itertools
import math
import pickle
import warnings
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

import autodiff
from autodiff import KinkWarning, Value, find_kinks, grad, topological_order
from autodiff.calculus.adjoint_graphs import path_sizes, patterns

Function = Callable[[Any], Any]

JUMPS_AT_1: dict[str, Function] = {
    "(x % 1)**2": lambda x: (x % 1) ** 2,
    "(x % 1)**3": lambda x: (x % 1) ** 3,
    "(x % 1)**5": lambda x: (x % 1) ** 5,
    "fmod**3": lambda x: autodiff.fmod(x, 1.0) ** 3,
    "hardshrink**3": lambda x: autodiff.hardshrink(x, 1.0) ** 3,
    "heaviside**2": lambda x: autodiff.heaviside(x - 1, 0.0) ** 2,
    "where**2": lambda x: autodiff.where(x - 1, x, 0 * x) ** 2,
    "atan2": lambda x: (autodiff.atan2(x - 1, -1.0) - math.pi) ** 2,
    "copysign": lambda x: (autodiff.copysign(2.0, x - 1) - 2) ** 2,
}


@pytest.mark.parametrize("f", JUMPS_AT_1.values(), ids=JUMPS_AT_1)
def test_a_value_that_jumps_matters_and_is_warned_of(f: Function) -> None:
    assert [kink.matters for kink in find_kinks(f(Value(1.0)))] == [True]
    with pytest.warns(KinkWarning):
        grad(grad(f))(1.0)


@pytest.mark.parametrize(
    "f", [lambda x: autodiff.relu((x % 1) - 0.5), lambda x: autodiff.greater(x % 1, 0.5)]
)
def test_a_jump_below_what_passes_nothing_matters(f: Function) -> None:
    assert [kink.matters for kink in find_kinks(f(Value(1.0)))] == [True]


ORDERS: dict[str, tuple[Function, int]] = {  # with the first order that is not the derivative from both sides
    "abs**4": (lambda x: abs(x) ** 4, 4),
    "relu**5": (lambda x: autodiff.relu(x) ** 5, 5),
    "x²|x|": (lambda x: x * x * abs(x), 3),
    "1e-6 x|x|": (lambda x: 1e-6 * x * abs(x) + x**3, 2),
    "elu": (lambda x: autodiff.elu(x), 2),
    "celu": (lambda x: autodiff.celu(x), 2),
    "softsign": (lambda x: autodiff.softsign(x), 2),
    "abs**3": (lambda x: abs(x) ** 3, 3),
    "relu**3": (lambda x: autodiff.relu(x) ** 3, 3),
    "norm**4": (lambda x: autodiff.norm([x, 2 * x]) ** 4, 4),
    "hypot**4": (lambda x: autodiff.hypot(x, 0.0) ** 4, 4),
    "std**4": (lambda x: autodiff.std([x, -x]) ** 4, 4),
    "maximum**4": (lambda x: autodiff.maximum(x, -x) ** 4, 4),
    "max**4": (lambda x: autodiff.max([x, -x]) ** 4, 4),
    "squareplus**2": (lambda x: autodiff.squareplus(x, 0.0) ** 2, 2),
}


@pytest.mark.parametrize(("f", "order"), ORDERS.values(), ids=ORDERS)
def test_the_order_at_which_a_kink_counts_is_warned_of(f: Function, order: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        slope = f
        for _ in range(order - 1):
            slope = grad(slope)
            slope(0.0)

    with pytest.warns(KinkWarning):
        grad(slope)(0.0)


BELOW_A_BRANCH: dict[
    str, tuple[Function, float]
] = {  # a step stands below the branch that is taken at the point
    "maximum": (lambda x: autodiff.maximum(autodiff.greater(x, 0), 0.5 + x * x), 0.0),
    "clip": (lambda x: autodiff.clip(autodiff.where(x, x, 2.0), -1, 1), 0.0),
    "copysign": (lambda x: autodiff.greater(autodiff.copysign(2.0, x), 0) * x**2 + 1, 0.0),
    "mod": (lambda x: autodiff.maximum(x % 1, 0.5 * x * x), 1.0),
}


@pytest.mark.parametrize(("f", "x"), BELOW_A_BRANCH.values(), ids=BELOW_A_BRANCH)
def test_a_jump_below_the_branch_that_is_taken_is_warned_of(f: Function, x: float) -> None:
    with pytest.warns(KinkWarning):
        grad(grad(f))(x)


@pytest.mark.parametrize("signs", [(1, 1), (1, -1), (-1, -1)])
@pytest.mark.parametrize("count", [2, 6])
def test_a_corner_of_two_kinks_is_found_among_inputs(signs: tuple[int, int], count: int) -> None:
    for i, j in itertools.combinations(range(count), 2):
        with pytest.warns(KinkWarning, match="relu"):
            autodiff.hessian(
                lambda xs, i=i, j=j: (
                    autodiff.relu(signs[0] * xs[i]) * autodiff.relu(signs[1] * xs[j]) + sum(xs)
                )
            )([0.0] * count)


CORNERS: dict[str, tuple[Function, list[Any]]] = {
    "a narrow cone": (
        lambda v: autodiff.relu(v[0] - 2.5 * v[1]) * autodiff.relu(3 * v[1] - v[0]),
        [0.0, 0.0],
    ),
    "unequal weights": (lambda v: autodiff.relu(v[1] - 1000 * v[0]) * autodiff.relu(v[0]), [0.0, 0.0]),
    "one of 64 orthants": (
        lambda v: autodiff.relu(autodiff.min([v[0], -v[1], v[2], v[3], -v[4], -v[5]])) ** 2,
        [0.0] * 6,
    ),
    "a tie above a step": (
        lambda v: (
            autodiff.where(
                autodiff.greater(autodiff.min([v[1] - 2, v[1] - 2]), 0),
                autodiff.min([v[1] + 1, v[0] + 1, v[1] - 2]),
                v[0] + 1,
            )
            * (v[0] + 1)
        ),
        [-1.0, 2.0],
    ),
    "a second difference": (lambda v: autodiff.relu(v[0] - 2 * v[1] + v[2]) ** 2, [1.0, 2.0, 3.0]),
    "weights of any size": (lambda v: autodiff.relu(38 * v[0] - v[1]) ** 2, [0.0, 0.0]),
    "the first and the last of many": (
        lambda v: autodiff.sum(v) ** 2 + autodiff.relu(v[0] - v[101]) ** 2,
        [1.0] * 102,
    ),
    "three at once": (
        lambda v: autodiff.relu(autodiff.relu(v[0]) - autodiff.relu(v[1]) - autodiff.relu(v[2])) ** 2,
        [0.0] * 3,
    ),
    "beside large numbers": (lambda v: autodiff.exp(v[0]) + v[1] * autodiff.relu(v[1]), [25.0, 0.0]),
    "beside infinity": (lambda v: autodiff.sqrt(v[0]) + v[1] * autodiff.relu(v[1]), [0.0, 0.0]),
    "tiny": (lambda v: 1e-20 * v[0] * abs(v[0]), [0.0]),
    "tiny beside large numbers": (
        lambda v: autodiff.where(v[0], 1e-16 * v[0] ** 2, 0.0) + v[1] ** 3,
        [0.0, 1.0],
    ),
    "tiny fractions": (lambda v: v[0] * autodiff.relu(v[0]) * Fraction(1, 10**400), [Fraction(0)]),
    "huge fractions": (
        lambda v: Fraction(10) ** 400 * v[1] ** 2 + v[0] * abs(v[0]),
        [Fraction(0), Fraction(1)],
    ),
    "a short piece": (lambda v: autodiff.relu(v[0]) ** 2 / (1 + (v[0] / 1e-15) ** 2), [0.0]),
    "far away": (lambda v: (v[0] / 1e20 - 1) * abs(v[0] / 1e20 - 1), [1e20]),
}


@pytest.mark.parametrize(("f", "at"), CORNERS.values(), ids=CORNERS)
def test_a_jump_is_found_however_small_its_place(f: Function, at: list[Any]) -> None:
    with pytest.warns(KinkWarning):
        autodiff.hessian(f)(at)


CALM: dict[str, tuple[Function, list[Any]]] = {
    "|x|^2.1": (lambda v: abs(v[0]) ** 2.1, [0.0]),
    "steep": (lambda v: 1 / v[0] + autodiff.relu(v[1]) ** 3, [1e-13, 0.0]),
    "fast": (lambda v: autodiff.sin(1e6 * v[0]) + autodiff.relu(v[1]) ** 3, [1e6, 0.0]),
    "huge": (lambda v: Fraction(10) ** 400 * v[0] ** 2 + abs(v[1]) ** 3, [Fraction(1), Fraction(0)]),
    "the largest by a comparison": (
        lambda v: autodiff.sum([autodiff.greater_equal(x, autodiff.max(v)) * x**2 for x in v]),
        [3.0, 1.0, 2.0],
    ),
    "a mask of what is 0": (
        lambda v: autodiff.where(autodiff.greater(autodiff.relu(v[0]), 0), v[0] ** 2, v[0] ** 3),
        [-1.0],
    ),
    "a step of what is held": (lambda v: autodiff.floor(autodiff.clip(v[0], 0, 1)) + v[0] ** 2, [2.0]),
    "a difference that is 0": (
        lambda v: autodiff.where(autodiff.equal(v[0] - v[0], 0), v[0] ** 2, v[0]),
        [3.0],
    ),
    "a condition that is always 0": (
        lambda v: autodiff.where(v[0] - v[0], v[0] ** 2, v[0] ** 3),
        [2.0],
    ),
    "defined on one side": (lambda v: v[0] ** 2 + autodiff.log(autodiff.floor(v[0]) + 0.5), [0.0]),
    "defined on the other side": (
        lambda v: v[0] ** 2 + autodiff.log(0.5 - autodiff.greater(v[0], 0)),
        [0.0],
    ),
    "a constant mask": (lambda v: autodiff.where(Value(0.0), v[0], v[0] ** 2), [1.0]),
}


@pytest.mark.parametrize(("f", "at"), CALM.values(), ids=CALM)
def test_what_is_smooth_is_silent_however_steep(f: Function, at: list[Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        autodiff.hessian(f)(at)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("i", range(5))
def test_a_tie_that_only_one_side_leaves_is_looked_at(sign: int, i: int) -> None:
    with pytest.warns(KinkWarning):  # a few units in the last place of relu are lost when 1 is added
        autodiff.hessian(
            lambda v: autodiff.sum(v) ** 2 + v[i] ** 2 * autodiff.greater(autodiff.relu(sign * v[i]) + 1, 1)
        )([0.0] * 5)


def test_inputs_are_moved_apart() -> None:
    def f(v: list[Value]) -> Any:
        def apart(x: Value, y: Value) -> Any:
            return autodiff.greater(autodiff.minimum(autodiff.relu(x), autodiff.relu(-y)) + 1, 1)

        return autodiff.sum([x**2 * apart(x, y) for x, y in itertools.combinations(v, 2)])

    with pytest.warns(KinkWarning):
        autodiff.hessian(f)([0.0] * 5)


@pytest.mark.parametrize(
    "f",
    [
        lambda h: abs(h) ** 3,
        lambda h: autodiff.where(autodiff.greater(autodiff.relu(h - 1), 0), h**2, h**3),
    ],
)
def test_inputs_amid_a_graph_are_taken_as_they_are(f: Function) -> None:
    x = Value(1.0)
    h = x - 1
    y = f(h)
    x.data = 6.0

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert autodiff.gradient(y, h, create_graph=True).data == 0


@pytest.mark.parametrize("x", [0.5, -0.5, 1.5])
def test_what_rows_round_inside_is_no_kink(x: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        grad(grad(grad(autodiff.sinc)))(x)


MESSAGES: dict[str, tuple[Function, str]] = {
    "the one that is passed": (
        lambda x: abs(x) ** 3 + autodiff.relu(x),
        r"through relu\([^)]*\): kink: [^.]*1\. It",
    ),
    "the one that is reached": (lambda x: autodiff.where(1, x * abs(x), autodiff.relu(x)), r"through abs"),
    "both that are passed": (
        lambda x: abs(x) + autodiff.relu(x) + abs(2 * x) ** 3,
        r"through abs\(x[^)]*\): [^.]*1; or through relu\([^)]*\): [^.]*1\. It",
    ),
    "a bent one": (
        lambda x: abs(x) ** 3 + autodiff.softsign(x),
        r"through softsign\(x = 0\.0\): slope 1 on either side, whose derivative jumps\. It",
    ),
    "three of four": (
        lambda x: x * (abs(x) + abs(2 * x) + abs(3 * x) + abs(4 * x)),
        r"through abs(.*); or through abs(.*); or through abs\(.*\): kink: slope 0 used, one-sided -1 and 1\. It",
    ),
}


@pytest.mark.parametrize(("f", "message"), MESSAGES.values(), ids=MESSAGES)
def test_the_warning_names_the_kink(f: Function, message: str) -> None:
    with pytest.warns(KinkWarning, match=message) as told:
        grad(grad(f))(0.0)
    assert str(told[0].message).count("; or through abs(") <= 2


@pytest.mark.parametrize("sign", [1, -1])
def test_beside_an_edge_of_the_domain_the_other_side_decides(sign: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        grad(grad(lambda x: autodiff.relu(x) ** 3 + (sign * x) ** 2.5))(0.0)


def test_noise_beside_a_kink_is_no_jump() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        grad(grad(lambda x: (x + 1e6) ** 2 - 1e12 - 2e6 * x + abs(x) ** 3))(0.0)
        for at in (0.1, 0.3, 0.7):
            grad(grad(lambda x, at=at: (x + 1 / 3) * 3e6 - 3e6 * x + abs(x - at) ** 3))(at)
            grad(grad(lambda x, at=at: (x + 1 / 3) ** 3 / 3e-6 - x**3 / 3e-6 + abs(x - at) ** 3))(at)
        grad(grad(lambda x: autodiff.exp(x / 3) * autodiff.sin(x * 1e3) * 1e5 + abs(x - 3) ** 3))(3.0)


def test_a_kink_with_no_place_beside_it_is_warned_of() -> None:
    with pytest.warns(KinkWarning):
        grad(grad(lambda x: autodiff.log(1 - 1e300 * abs(x))))(0.0)


@pytest.mark.parametrize("scale", [1e-200, 1e-9, 1.0, 1e9])
def test_a_smooth_sum_beside_a_kink_is_silent_at_any_scale(scale: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        grad(grad(lambda x: scale * (abs(x - 3) ** 3 + autodiff.exp(x) + x**2 / 7)))(3.0)
        grad(grad(lambda x: scale * abs(x) ** 3 + autodiff.exp(200 * x)))(0.0)


@pytest.mark.parametrize(
    "f", [lambda x: x**3, autodiff.tanh, lambda x: x * 2 + abs(x) * 0, lambda x: abs(x + 1) ** 3]
)
def test_what_passes_no_kink_is_silent(f: Function) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        grad(grad(grad(f)))(0.0)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: autodiff.sqrt(autodiff.sign(x) ** 2 + 1),
        lambda x: autodiff.norm([autodiff.sign(x), 1.0]) ** 2,
        lambda x: autodiff.atan(autodiff.greater(autodiff.where(autodiff.greater(x, 0), x, x), 0)),
    ],
)
def test_derivatives_of_steps_of_any_order_end(f: Function) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KinkWarning)
        assert grad(grad(grad(grad(f))))(0.0) == 0


@pytest.mark.parametrize(
    "f", [lambda x: autodiff.norm([x, 2 * x]) ** 3, lambda x: autodiff.max([x, -x]) ** 3]
)
def test_a_graph_of_derivatives_at_a_kink_can_be_shown_copied_and_pickled(f: Function) -> None:
    x = Value(0.0, name="x")
    (slope,) = autodiff.gradient(f(x), [x], create_graph=True)

    assert copy.deepcopy(slope).data == 0
    restored = pickle.loads(pickle.dumps(slope))
    ops = [node.op and node.op.name for node in topological_order(slope)]
    assert [node.op and node.op.name for node in topological_order(restored)] == ops
    assert "slope of" in autodiff.explore(slope).html
    assert str(autodiff.explain(slope, x))


def test_squareplus_at_its_kink_is_listed() -> None:
    (kink,) = find_kinks(autodiff.squareplus(Value(0.0), 0.0))

    assert (kink.used, kink.sides) == ((0.5,), ((0, 1),))


@pytest.mark.parametrize("at", [1.0, 0.7, 1.3, 2.1])
@pytest.mark.parametrize("c", [1e6 / 3, 1e5 / 7, 1e4 / 9.1])
def test_what_cancels_above_a_kink_is_no_jump(at: float, c: float) -> None:
    def f(x: Any) -> Any:
        high = autodiff.maximum(x, 2 * at - x)
        return (high + c) ** 2 - high * high - 2 * c * high + (high - at) ** 3

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        grad(grad(f))(at)


def test_path_sizes_do_not_cancel() -> None:
    x, y = Value(3.0), Value(5.0)
    sizes = path_sizes(x * y - y * x + (x - x) * 0)

    assert (sizes[x], sizes[y]) == (10, 6)


def test_path_sizes_leave_out_what_nothing_passes() -> None:
    x, y = Value(0.0), Value(2.0)
    sizes = path_sizes(0 * x.sqrt() + y * (x * 0))

    assert (sizes[x], sizes[y]) == (0, 0)


@pytest.mark.parametrize("count", range(1, 9))
def test_any_two_kinks_are_left_to_all_pairs_of_sides(count: int) -> None:
    kinks = [abs(Value(0.0)) for _ in range(count)]
    tried = [tuple(each[kink] for kink in kinks) for each in patterns(kinks)]

    assert {*itertools.chain(*tried)} == {1, -1}
    assert len(tried) == len(set(tried)) == (2**count if count <= 4 else 2 * (1 + (count - 1).bit_length()))
    for i, j in itertools.combinations(range(count), 2):
        assert len({(each[i], each[j]) for each in tried}) == 4


def test_kinks_of_the_same_operands_are_left_to_the_same_side() -> None:
    x, y = Value(0.0), Value(0.0)
    kinks = [abs(x), x.relu(), abs(y)]

    assert all(each[kinks[0]] == each[kinks[1]] for each in patterns(kinks))
    assert len([*patterns(kinks)]) == 4
