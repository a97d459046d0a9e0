"""Central differences: where they look, when they stop, and how much of an error they excuse."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any

import pytest

from autodiff import GradientError, Value, abs, check_gradient, relu, topological_order
from autodiff.calculus.checking import (
    FIRST_STEP,
    central_difference,
    first_crossed,
    kink_here,
    neighbours,
    relative_error,
)


def looked_at(f: Callable[[float], float], x: float) -> tuple[float, float, list[float]]:
    """Slope, doubt, and where the function was called, in first steps from x."""
    points = []

    def line(at: float) -> float:
        points.append((at - x) / FIRST_STEP)
        return f(at)

    return *central_difference(line, x, "x"), points


def both_sides(first: float, times: int) -> Any:
    steps = [side * first / 8**k for k in range(times) for side in (1, -1)]
    return pytest.approx(steps, rel=1e-4)


def test_the_first_step_balances_its_two_errors() -> None:
    assert pytest.approx(sys.float_info.epsilon, rel=1e-14) == FIRST_STEP**3


@pytest.mark.parametrize(
    ("f", "x", "slope", "step", "times"),
    [
        (lambda x: x * x, 3.0, 6.0, 3.0, 2),
        (lambda x: x * x, 0.5, 1.0, 1.0, 2),
        (lambda x: x * x, -3.0, -6.0, 3.0, 2),
        (lambda x: x, -1000.0, 1.0, 1000.0, 2),
        (lambda x: 5.0, 1.0, 0.0, 1.0, 3),
        (lambda x: math.sin(30 * x), 1.0, 30 * math.cos(30), 1.0, 2),
        (lambda x: math.sin(1e3 * x), 1.0, 1e3 * math.cos(1e3), 1.0, 5),
    ],
)
def test_steps_become_smaller_until_two_differences_agree(
    f: Callable[[float], float], x: float, slope: float, step: float, times: int
) -> None:
    found, doubt, points = looked_at(f, x)

    assert found == pytest.approx(slope, rel=1e-7)
    assert abs(found - slope) <= doubt <= 2e-8 * max(1, abs(slope))
    assert points == both_sides(step, times)


def test_doubt_is_rounding_and_how_far_two_differences_lie_apart() -> None:
    _, of_a_line, _ = looked_at(lambda x: x, 0.0)
    _, of_a_constant, _ = looked_at(lambda x: 1e6, 0.0)
    _, of_a_wave, _ = looked_at(lambda x: math.sin(1e4 * x), 1.0)

    assert of_a_line == pytest.approx(2 * sys.float_info.epsilon, rel=1e-9)
    assert of_a_constant == pytest.approx(2 * sys.float_info.epsilon * 1e6 * 8 / FIRST_STEP, rel=1e-9)
    assert 1e-6 < of_a_wave < 1e-3


@pytest.mark.parametrize("frequency", [1e2, 1e3, 1e4, 1e5, 1e6])
@pytest.mark.parametrize("x", [0.5, 0.656, 0.708, 3.0])
def test_fast_waves_are_not_called_wrong(frequency: float, x: float) -> None:
    assert check_gradient(lambda x: (frequency * x).sin(), x) < 1e-6
    with pytest.raises(GradientError, match="is wrong"):
        check_gradient(lambda x: (frequency * x).sin() + 1e-4 * (frequency * Value(x.data)).sin(), x)


def test_points_where_the_function_is_not_defined_are_left_out() -> None:
    found, doubt, points = looked_at(math.sqrt, 1e-9)

    assert found == pytest.approx(0.5 / math.sqrt(1e-9), rel=1e-9)
    assert doubt < 1e-4
    assert points[:8] == both_sides(1.0, 4)
    assert len(points) == 2 * 12 - 2


@pytest.mark.parametrize("error", [ValueError("outside"), ZeroDivisionError("outside")])
def test_a_function_without_values_on_both_sides_cannot_be_checked(error: Exception) -> None:
    calls = 0

    def line(x: float) -> float:
        nonlocal calls
        calls += 1
        raise error

    message = (
        r"^the derivative by x = 2.0 cannot be checked: .* on both sides \(outside\); check at another point$"
    )
    with pytest.raises(GradientError, match=message) as caught:
        central_difference(line, 2.0, "x")
    assert calls == 12
    assert caught.value.__cause__ is error
    with pytest.raises(GradientError, match="near it on both sides; check"):
        central_difference(lambda x: math.nan, 2.0, "x")


@pytest.mark.parametrize(
    ("slope", "difference", "doubt", "expected"),
    [
        (1.0, 2.0, 0.5, 0.25),
        (1.0, 2.0, 1.0, 0.0),
        (4.0, 2.0, 0.5, 0.375),
        (-4.0, 4.0, 0.0, 2.0),
        (0.0, 0.0, 0.0, 0.0),
    ],
)
def test_errors_are_relative_to_the_larger_slope(
    slope: float, difference: float, doubt: float, expected: float
) -> None:
    assert relative_error(slope, difference, doubt) == expected


def off_by(error: float, x: Any) -> Any:
    return x * Value(1 + error * x.data) if isinstance(x, Value) else x


def test_the_worst_error_is_returned_and_reported() -> None:
    def f(x: Any, y: Any, z: Any) -> Any:
        return x * x + off_by(1e-3, y) + off_by(1e-2, z)

    with pytest.raises(
        GradientError, match=r"is wrong; worst is the derivative by args\[2\] = 1.0: .* error of 0.0098"
    ):
        check_gradient(f, 1.0, 1.0, 1.0)
    assert check_gradient(f, 1.0, 1.0, 1.0, tolerance=0.1) == pytest.approx(0.01 / 1.02, rel=1e-3)
    assert check_gradient(f, 1.0, 1.0, 1.0, argnums=(0, 1), tolerance=0.1) == pytest.approx(
        1e-3 / 1.002, rel=1e-3
    )
    assert check_gradient(f, 1.0, 1.0, 1.0, argnums=0) == 0.0


def test_of_errors_of_one_size_the_first_is_reported() -> None:
    with pytest.raises(GradientError, match=r"worst is the derivative by args\[0\] = 1.0"):
        check_gradient(lambda x, y: off_by(1e-2, x) + off_by(1e-2, y), 1.0, 1.0)


def test_an_error_is_allowed_up_to_the_tolerance() -> None:
    def f(x: Any) -> Any:
        return off_by(5e-7, x)

    found = check_gradient(f, 1.0)

    assert 4e-7 < found < 6e-7
    assert check_gradient(f, 1.0, tolerance=found) == found
    with pytest.raises(GradientError, match=r"\(the tolerance is 1e-07\)"):
        check_gradient(f, 1.0, tolerance=1e-7)


def test_neighbours_lie_a_step_away_on_either_side() -> None:
    found = list(neighbours((0, 2), (3.0, "left", {"a": [0.5, -4.0]})))

    assert [path for path, _ in found] == ["args[0]"] * 2 + ["args[2]['a'][0]"] * 2 + ["args[2]['a'][1]"] * 2
    step = FIRST_STEP
    assert [point for _, point in found] == [
        (3.0 - 3 * step, "left", {"a": [0.5, -4.0]}),
        (3.0 + 3 * step, "left", {"a": [0.5, -4.0]}),
        (3.0, "left", {"a": [0.5 - step, -4.0]}),
        (3.0, "left", {"a": [0.5 + step, -4.0]}),
        (3.0, "left", {"a": [0.5, -4.0 - 4 * step]}),
        (3.0, "left", {"a": [0.5, -4.0 + 4 * step]}),
    ]


@pytest.mark.parametrize(
    ("f", "here", "there", "crossed"),
    [
        (relu, 1.0, 1.1, None),
        (relu, 1.0, -1.0, "relu"),
        (lambda x: x.sign(), 1.0, -1.0, "sign"),
        (lambda x: x.sign(), 1.0, 2.0, None),
        (lambda x: x.exp(), 0.0, 1.0, None),
        (lambda x: x.hypot(Value(1.0)), 1.0, 1.0001, None),
        (lambda x: x.hypot(Value(1.0)), 1.0, 1.5, "hypot"),
        (lambda x: x.exp() if x.data > 0 else x.sin().relu(), 1.0, -1.0, None),
        (lambda x: abs(x) + x.relu(), 1.0, -1.0, "abs"),
    ],
)
def test_the_first_node_whose_slope_jumps_is_found(
    f: Callable[[Any], Any], here: float, there: float, crossed: str | None
) -> None:
    nodes = [topological_order(f(Value(x))) for x in (here, there)]

    found = first_crossed(nodes[0], nodes[1])

    assert (None if found is None else named(found)) == crossed


def named(node: Value) -> str:
    assert node.op is not None
    return node.op.name


def test_kinks_are_named_and_counted() -> None:
    assert kink_here(lambda x: x.exp(), (0,), (1.0,), {}) == ""
    assert kink_here(lambda x: 3.0, (0,), (1.0,), {}) == ""
    one = kink_here(lambda x: x.relu(), (0,), (0.0,), {})
    assert one.startswith("cannot be checked at a kink: relu(x = 0.0)")
    assert "more" not in one
    several = kink_here(lambda x: x.relu() + abs(x) + (2 * x).relu(), (0,), (0.0,), {})
    assert several.endswith(", and 2 more")
    assert kink_here(lambda x: x.relu() + abs(x), (0,), (0.0,), {}).endswith(", and 1 more")
    near = kink_here(lambda x: x.relu(), (0,), (1e-9,), {})
    assert near.startswith(
        "cannot be checked so close to a kink, which a step of 6e-06 by args[0] crosses: relu("
    )
    assert kink_here(lambda x: x.relu(), (0,), (1e-5,), {}) == ""
    assert kink_here(lambda x: x.relu() + x.log(), (0,), (1e-9,), {}) == ""
    undefined_on_one_side = kink_here(lambda x: x.sqrt() + (x - 2e-6).relu(), (0,), (1e-6,), {})
    assert undefined_on_one_side.startswith("cannot be checked so close to a kink")


def test_a_gradient_of_no_numbers_is_right() -> None:
    assert check_gradient(lambda xs: Value(1.0), []) == 0.0
