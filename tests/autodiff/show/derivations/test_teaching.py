"""Derivations as a teacher writes them: neuron, softmax, recurrent net, batch norm, attention, physics, an option."""

from __future__ import annotations

import math

import pytest

from autodiff import Value, dot, explain, softmax
from autodiff.writing.symbols import KNOWN_FLOATS


def named(text: str, *numbers: float) -> list[Value]:
    return [Value(number, name=name) for name, number in zip(text.split(), numbers, strict=True)]


def simplified(output: Value, x: Value) -> str:
    return explain(output, x).lines()[2]


def test_a_neuron() -> None:
    w1, w2, x1, x2, b, y = named("w1 w2 x1 x2 b y", -3, 1, 1, 2, 0.5, 1)
    o = dot([w1, w2], [x1, x2], b).named("h").tanh().named("o")

    assert simplified(((o - y) ** 2 / 2).named("L"), w1) == "(o - y)·(1 - o^2)·x1"


def test_logistic_regression_ends_in_the_error_times_the_input() -> None:
    w1, x1, y = named("w1 x1 y", 0.5, 2, 1)
    yhat = (w1 * x1).named("h").sigmoid().named("ŷ")
    shown = explain(-(y * yhat.log() + (1 - y) * (1 - yhat).log()), w1)

    assert shown.lines()[2] == "(1 - y)·ŷ·x1 - y·(1 - ŷ)·x1"
    assert shown.collected() == "(ŷ - y)·x1"
    assert "\n       = (ŷ - y)·x1\n" in shown.text
    assert "(ŷ - y)·x1 = " in shown._repr_html_()
    assert r"\left(\hat{y} - y\right) \cdot x_{1}" in shown.latex


def test_softmax_and_cross_entropy_end_in_the_probabilities() -> None:
    scores = named("z1 z2 z3", 1, 2, 0.5)
    p2 = softmax(scores)[1].named("p2")
    loss = (-p2.log()).named("L")

    assert simplified(loss, scores[1]) == "p2 - 1"
    assert simplified(loss, scores[0]) == "p1"
    assert explain(loss, scores[0]).where == ["where p1, p2, p3 = softmax(z1, z2, z3)"]
    assert r"\text{where }p_{1}, p_{2}, p_{3} = \mathrm{softmax}" in explain(loss, scores[0]).latex
    assert explain(loss, scores[1]).lines()[1] == "-1·(1/p2)·p2·(1 - p2)"


def test_no_name_is_invented_that_another_node_has() -> None:
    z1, z2, p1 = named("z1 z2 p1", 1, 2, 3)
    loss = -softmax([z1, z2])[1].named("p2").log() * p1

    assert "softmax(z1, z2)[0]" in simplified(loss, z1)


def test_softmax_by_hand_finds_its_quotient_again() -> None:
    scores = named("z1 z2", 1, 2)
    e1, e2 = (z.exp().named(f"e{i}") for i, z in enumerate(scores, start=1))
    loss = -(e2 / (e1 + e2).named("s")).named("p2").log()

    assert simplified(loss, scores[1]) == "p2 - 1"
    assert simplified(loss, scores[0]) == "e1/s"


def test_a_recurrent_net() -> None:
    w, u, y, h, *xs = named("w u y h0 x1 x2", 0.5, -1, 1, 0, 1, 2)
    for time, x in enumerate(xs, start=1):
        h = (w * h + u * x).tanh().named(f"h{time}")

    shown = explain((h - y) ** 2, w)
    assert shown.lines()[2] == "2(h2 - y)·(1 - h2^2)·h1 + 2(h2 - y)·(1 - h2^2)·w·(1 - h1^2)·h0"
    assert shown.lines()[3].endswith(" + 0")  # h0 is 0, and not -0


def test_batch_normalisation_keeps_its_names() -> None:
    x1, x2, gamma, beta = named("x1 x2 γ β", 1, 4, 2, 0)
    mean = ((x1 + x2) / 2).named("μ")
    sigma = (((x1 - mean) ** 2 + (x2 - mean) ** 2) / 2 + 1e-5).sqrt().named("σ")
    normal = ((x1 - mean) / sigma).named("x̂1")
    y1 = gamma * normal + beta

    assert simplified(y1, gamma) == "x̂1"
    assert simplified(y1, mean) == "γ·x̂1^2/(2σ) - γ/σ + γ·(x2 - μ)·x̂1/(2σ^2)"


def test_attention() -> None:
    q, k1, k2, v1, v2 = named("q k1 k2 v1 v2", 1, 0.5, -1, 2, 3)
    a1, a2 = softmax([q * k1 / math.sqrt(2), q * k2 / math.sqrt(2)])
    output = a1.named("a1") * v1 + a2.named("a2") * v2

    assert simplified(output, k1) == "v1·a1·(1 - a1)·q/√2 - v2·a2·a1·q/√2"
    assert r"{\sqrt{2}}" in explain(output, k1).latex


def test_the_energy_of_a_pendulum() -> None:
    theta, omega, m, length, g = named("θ ω m l g", 0.3, 0.5, 1, 2, 9.81)
    energy = m * (length * omega) ** 2 / 2 + m * g * length * (1 - theta.cos())

    assert simplified(energy, theta) == "m·g·l·sin(θ)"
    assert simplified(energy, omega) == "m·l^2·ω"
    assert simplified(energy, length) == "m·l·ω^2 + (1 - cos(θ))·m·g"


def test_black_and_scholes() -> None:
    s, k, r, t, vol = named("S K r T σ", 100, 110, 0.05, 1, 0.2)
    d1 = (((s / k).log() + (r + vol**2 / 2) * t) / (vol * t.sqrt())).named("d1")
    d2 = (d1 - vol * t.sqrt()).named("d2")
    n1, n2 = (((1 + (d / math.sqrt(2)).erf()) / 2).named(f"N{i}") for i, d in ((1, d1), (2, d2)))
    call = s * n1 - k * (-r * t).exp() * n2

    delta = "N1 + exp(-d1^2/2)/(√(2π)·σ·sqrt(T)) - K·exp(-r·T)·exp(-d2^2/2)/(√(2π)·σ·sqrt(T)·S)"
    assert simplified(call, s) == delta
    assert simplified(call, vol).startswith("S·exp(-d1^2/2)·sqrt(T)/√(2π) - S·exp(-d1^2/2)·d1/(√(2π)·σ)")
    written = explain(call, s).latex.split(" &= ")[3]
    assert written.startswith(
        r"N_{1} + \frac{e^{-\frac{{d_{1}}^{2}}{2}}}{\sqrt{2\pi} \cdot \sigma \cdot \sqrt{T}} - \frac{K"
    )


def test_a_long_collected_sum_is_broken_between_its_terms_and_its_roots_are_written_alike() -> None:
    S, K, r, s, T = (
        Value(x, name=name) for x, name in [(100, "S"), (100, "K"), (0.05, "r"), (0.2, "σ"), (1, "T")]
    )
    d1 = (((S / K).log() + (r + s**2 / 2) * T) / (s * T.sqrt())).named("d1")
    d2 = (d1 - s * T.sqrt()).named("d2")
    n1, n2 = ((1 + (d / math.sqrt(2)).erf()) / 2 for d in (d1, d2))
    price = (S * n1 - K * (-r * T).exp() * n2).named("C")

    found = explain(price, T)

    assert found.collected()
    assert str(found).splitlines()[-3].lstrip().endswith(found.collected()[-20:])  # no numbers of other terms
    assert str(found).splitlines()[-2] == f"      = {found.adjoint:.6g}"
    assert "sqrt(2π)" not in str(found)
    assert max(map(len, str(found).splitlines())) < 125


@pytest.mark.parametrize(
    ("number", "text"),
    [(math.sqrt(2), "√2"), (math.pi, "π"), (-math.pi / 4, "-π/4"), (1 / math.sqrt(2 * math.pi), "1/√(2π)")],
)
def test_known_constants_are_written_as_such(number: float, text: str) -> None:
    assert KNOWN_FLOATS[number].text() == text
    assert math.nextafter(number, 9) not in KNOWN_FLOATS


def test_a_sum_begins_with_what_is_added_in_numbers_and_latex_too() -> None:
    x, y, z = named("x y z", 2, 3, 5)
    shown = explain(-(x * y) + x * z, x)

    assert shown.lines()[1:4] == ("1·(-1)·y + 1·z", "z - y", "5 - 3")
    assert shown.latex.splitlines()[3:5] == [r" &= z - y \\[4pt]", r" &= 5 - 3 \\[4pt]"]
    assert explain((-x + y).tanh().named("f") ** 2 - x, x).lines()[2] == "-2f·(1 - f^2) - 1"
    assert explain((-x + y) ** 2, x).lines()[2] == "2(x - y)"


def test_noise_is_0() -> None:
    a, b, c = named("a b c", 0.1, 0.2, 0.3)
    around = explain((a + b - c) ** 2 + a, a)

    assert around.terms[0].product != 0
    assert around.lines()[2:] == ("2(a + b - c) + 1", "0 + 1", "1")
    assert explain(Value(math.pi / 2, name="x").sin(), a).lines()[4] == "0"


def test_what_is_small_and_no_noise_stays() -> None:
    x, small = named("x s", 2, 1e-20)

    assert explain(x + x * small, x).lines()[3] == "1 + 1e-20"
    assert explain((x * 1e-15).exp() - x, x).lines()[3] == "1e-15 - 1"


def test_a_sum_that_cancels_but_for_rounding_is_0() -> None:
    a, b, c = named("a b c", 0.1, 0.2, 0.3)
    mean = (a + b + c) / 3
    scale = (((a - mean) ** 2 + (b - mean) ** 2 + (c - mean) ** 2) / 3 + 1e-5).sqrt()
    shown = explain((a - mean) / scale + (b - mean) / scale + (c - mean) / scale, a, limit=4)

    assert shown.adjoint != 0
    assert shown.lines()[4] == "0"
    assert shown.check == "adjoint: 0, finite difference: 0"


def test_kinks_are_said_in_latex_too() -> None:
    x = Value(0, name="x")
    shown = explain((3 * x.relu().named("o1")).named("f"), x)

    assert shown.latex.splitlines()[-3:-1] == [
        r" &\quad o_{1}\text{: kink: slope 0 used, one-sided 0 and 1} \\[4pt]",
        r" &\quad \text{where [...] is 1 if it holds, else 0}",
    ]


def test_nothing_cancels_where_the_product_is_nan() -> None:
    x = Value(0, name="x")
    shown = explain(x.sqrt() * x, x)

    assert shown.lines()[2:4] == ("x/(2sqrt(x)) + sqrt(x)", "nan + 0")


def test_constants_come_first() -> None:
    a = Value(2, name="a")

    assert simplified((2 * a * math.pi).sin(), a) == "2π·cos(2π·a)"
