"""Noise: what is nothing but rounding is 0 wherever numbers of a sweep are shown, and what is small stays."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from fractions import Fraction

import pytest

from autodiff import Value, beamer, compare, exercise, explain, gradient, steps, tikz
from autodiff.command.report import report
from autodiff.show.animation import frames_of
from autodiff.show.derivations.noise import without_noise
from autodiff.show.derivations.steps import shown_steps
from autodiff.show.practice.pictures import exercise_picture
from autodiff.show.practice.sheets import sheets
from autodiff.writing.symbols import number_text

Maker = Callable[[Sequence[Value]], Value]


def total(xs: Sequence[Value]) -> Value:
    return sum(xs[1:], xs[0])


def softmax_sum(xs: Sequence[Value]) -> Value:
    powers = [x.exp() for x in xs]
    return total([power / total(powers) for power in powers])


def normalized_sum(xs: Sequence[Value]) -> Value:
    mean = total(xs) / len(xs)
    scale = (total([(x - mean) ** 2 for x in xs]) / len(xs) + 1e-5).sqrt()
    return total([(x - mean) / scale for x in xs])


def powers_that_cancel(xs: Sequence[Value]) -> Value:
    return total([(x + 1) ** 3 - x**3 - 3 * x**2 - 3 * x for x in xs])


@pytest.mark.parametrize("make", [softmax_sum, normalized_sum, powers_that_cancel])
def test_derivatives_that_are_0_are_shown_as_0(make: Maker) -> None:
    choose = random.Random(7)
    for count in (3, 10, 30):
        xs = [Value(choose.uniform(-3, 3), name=f"x{i}") for i in range(count)]
        f = make(xs)
        shown = without_noise(f).adjoints

        assert count == 3 or any(gradient(f, xs))
        assert not any(shown[x] for x in xs)


def test_derivatives_of_a_deep_net_are_no_noise_however_many_paths_cancel() -> None:
    def net(number: Callable[[float], float | Fraction]) -> tuple[Value, list[Value]]:
        choose = random.Random(3)
        layer = xs = [Value(number(choose.uniform(-1, 1))) for _ in range(6)]
        for _ in range(50):
            layer = [total([number(choose.gauss(0, 6**-0.5)) * x for x in layer]) for _ in layer]
        return total(layer), xs

    f, xs = net(float)
    exact = gradient(*net(Fraction))
    shown = without_noise(f).adjoints

    assert [shown[x] for x in xs] == pytest.approx(list(map(float, exact)), rel=1e-9)


def rows(f: Value) -> list[tuple[str, str]]:
    """What the table of the reverse sweep says of each node."""
    return [(name, after) for name, *_, after in steps(f).rows("text")]


def slope_at_the_top() -> tuple[Value, Value]:
    x = Value(math.pi / 2, name="x")
    return (x.sin() * 3).named("f"), x


def tenths() -> tuple[Value, Value]:
    x = Value(0.1, name="x")
    return (x * 0.1 + x * 0.2 - x * 0.3).named("f"), x


@pytest.mark.parametrize("make", [slope_at_the_top, tenths])
def test_every_form_shows_0(make: Callable[[], tuple[Value, Value]]) -> None:
    f, x = make()
    slope = f"{gradient(f, x):.6g}"

    assert slope != "0"
    assert steps(f)[-1].after == gradient(f, x)
    assert explain(f, x).lines()[4] == shown_steps(f).rows("text")[-1][-1] == "0"
    assert exercise(f).solution.endswith(" = 0")
    assert exercise(f).blanks[-1].answer == 0
    assert sheets(f).key.endswith(" = 0")
    assert [*frames_of(f)][-1].caption.endswith(" = 0")
    assert compare(f, "one edge").table.rows("text")[-1][1].endswith(" = 0")
    assert "\ndf/dx = 0" in [*report("f", f, {"x": x})]
    shown = [explain(f, x).latex, str(steps(f)), steps(f).latex, exercise(f).solution]
    assert not any("e-1" in text or "10^{-1" in text for text in shown)
    assert number_text(gradient(f, x), "latex") not in beamer(f) + tikz(f)


def test_the_number_on_an_edge_is_0_in_pictures_and_keys() -> None:
    f, _ = slope_at_the_top()

    assert number_text(math.cos(math.pi / 2), "latex") not in tikz(f)
    assert "cos(x) = 0" in exercise_picture(f, "grads", ()).source
    assert exercise(f, "partials").solution.splitlines()[0] == "?1 ∂a/∂x = cos(x) = cos(1.5708) = 0"


@pytest.mark.parametrize("small", [1e-15, 1e-17, 1e-300])
def test_what_is_small_and_does_not_come_of_cancellation_stays(small: float) -> None:
    x, s = Value(1, name="x"), Value(small, name="s")
    f = (x * s).named("f")

    assert explain(f, x).lines()[4] == dict(rows(f))["x"] == f"{small:g}"
    assert exercise(f).solution.splitlines()[-1] == f"?2 ∂f/∂x = ∂f/∂f·s = 1·{small:g} = {small:g}"


def test_the_slope_of_what_is_saturated_stays() -> None:
    x = Value(-40, name="x")

    assert steps(x.sigmoid()).rows("text")[-1][-1] == "4.24835e-18"


def test_paths_that_are_not_listed_add_up_to_0() -> None:
    x = Value(0.1, name="x")
    f = x * 0.1 + x * 0.2 + x * 0.3 - x * 0.3

    assert explain(f, x, limit=2).lines()[3].endswith("together 0")
