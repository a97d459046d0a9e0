"""Slides: TikZ and Beamer that pdflatex takes where it is there, and whose formulas KaTeX takes."""

from __future__ import annotations

import functools
import math
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import autodiff
from autodiff import Value, beamer, steps, tikz, unknown
from tests.autodiff.show.derivations.test_latex import errors

DOCUMENT = r"""\documentclass{article}
\usepackage[margin=1mm,paperwidth=50cm,paperheight=30cm]{geometry}
\usepackage[T1,T2A]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{amsmath,amssymb,tikz}
\begin{document}
%s

$\displaystyle %s$
\end{document}
"""


def exercise_1() -> Value:
    x, y = Value(2, name="x"), Value(3, name="y")
    return (x**2 + x * y + (x + y) ** 2).named("f")


def neuron() -> Value:
    w1, x1, b, y = (
        Value(number, name=name) for name, number in (("w1", 0.5), ("x1", -2), ("β", 0.25), ("y", 1))
    )
    yhat = autodiff.dot([w1], [x1], b).named("h").sigmoid().named("ŷ")
    return ((yhat - y) ** 2 / math.sqrt(2)).named("loss")


def hostile() -> Value:
    a, b = Value(1.5, name="a&b%"), Value(1e-9, name="$\\ {#~^_}<i>")
    return (a * b / a).named("Σ")


def recurrent() -> Value:
    u, w, *inputs = (
        Value(number, name=name) for name, number in zip("uwxyz", (0.8, 0.9, 1, -0.5, 0.25), strict=True)
    )
    h = (u * inputs[0]).tanh().named("h1")
    for t, x in enumerate(inputs[1:], start=2):
        h = autodiff.dot([u, w], [x, h]).tanh().named(f"h{t}")
    return h


def russian() -> Value:
    price, rate, sigma = Value(3, name="цена_дома"), Value(0.1, name="learning_rate"), Value(2, name="σ₁²")
    return (price * rate / sigma - price).named("потери_σ")


def wide() -> Value:
    w = Value(0.123456, name="w")
    products = [w * Value(place / 3, name=f"x{place}") for place in range(1, 4)]
    return functools.reduce(Value.__add__, products).named("s")


GRAPHS = [exercise_1, neuron, hostile, recurrent, russian, wide]


@pytest.mark.parametrize("make", GRAPHS)
def test_braces_and_environments_are_closed(make: Any) -> None:
    for written in (
        tikz(make()),
        tikz(make(), partials="symbols"),
        beamer(make()),
        beamer(make(), title="50 % & more"),
    ):
        bare = re.sub(r"\\[{}%&#$_]", "", written)

        assert bare.count("{") == bare.count("}")
        assert (
            re.findall(r"\\begin{(\w+)}", bare) == re.findall(r"\\end{(\w+)}", bare)[::-1] or "frame" in bare
        )
        assert bare.count("$") % 2 == 0


def long(steps: int) -> Value:
    h = Value(0.5, name="h0")
    for step in range(1, steps + 1):
        h = (h * Value(0.8, name=f"w{step}")).tanh().named(f"h{step}")
    return h


def test_what_has_no_room_upwards_goes_to_the_right_with_numbers_alone_on_its_cards() -> None:
    written = beamer(recurrent())
    cards = re.findall(r"\(n\d+\) at \(([\d.]+), ([\d.]+)\) {\$(.*?)\$", written)
    width, height = (max(float(card[place]) for card in cards) for place in (0, 1))

    assert width > 2 * height
    assert len(cards) == 11
    assert not any("=" in text for *_, text in cards)
    assert r"$= 0.664$" in written
    assert r"0.664037" in written  # the steps below have all digits


def test_letters_that_nobody_could_read_on_a_slide_are_refused_with_advice() -> None:
    with pytest.raises(
        ValueError, match=r"of 31 nodes would be \d\.\d points high, less than 4\.5: take a part.*fold="
    ):
        beamer(long(10))


def test_a_picture_of_many_nodes_is_scaled_to_the_column_as_far_as_it_can_be_read() -> None:
    scale = re.search(r"scale=([\d.]+), transform shape", tikz(long(10)))

    assert scale is not None
    assert 0.6 <= float(scale[1]) < 1
    assert "scale" not in tikz(exercise_1())


def test_each_step_of_both_sweeps_is_a_click() -> None:
    written = beamer(exercise_1())

    assert re.findall(r"^\\only<(\d+)>", written, re.MULTILINE) == [str(step) for step in range(1, 16)]
    assert r"\appear<15->{$\color{orange!85!black}\partial = 17$}" in written
    assert r"\only<10>{$\displaystyle \frac{\partial f}{\partial c}" in written
    assert (
        "#" not in written.partition(r"\begin{frame}")[2]
    )  # a frame is an argument: # would have to be doubled


def test_several_edges_from_one_node_are_bent_apart() -> None:
    x = Value(3, name="x")
    lines = re.findall(r"^\\draw.*", tikz(x * x), re.MULTILINE)

    assert len({*lines}) == 2
    assert any(" .. controls (" in line for line in lines)


def test_an_edge_runs_round_the_cards_between_its_ends() -> None:
    x, y = Value(3, name="x"), Value(2, name="y")
    around = tikz(recurrent())

    assert ".. controls" not in tikz(x * y)
    assert re.search(r"^\\draw.*\.\. controls .*\.\. controls ", around, re.MULTILINE)


def test_cards_have_the_width_that_they_were_placed_for() -> None:
    left, right = Value(-0.123456, name="learning_rate_of_x"), Value(2, name="y")
    for written in (tikz(left * right), beamer(left * right)):
        cards = re.findall(r"minimum width=([\d.]+)cm.*? at \(([\d.]+), ([\d.]+)\)", written)
        (first, x, y), (second, other_x, other_y) = ([float(each) for each in card] for card in cards[:2])

        assert y == other_y
        assert other_x - x > (first + second) / 2


def test_greek_letters_are_commands() -> None:
    assert r"\beta" in tikz(neuron())
    assert r"\Sigma" in tikz(hostile())
    assert tikz(neuron()).isascii()
    assert steps(neuron()).latex.isascii()


def test_an_unknown_function() -> None:
    x = Value(2, name="x")

    assert "$f'(x)$" in tikz(unknown("f")(x).named("o"), partials="symbols")


@pytest.mark.katex
def test_the_formulas_render() -> None:
    formulas = {
        f"{make.__name__} {count}": formula
        for make in GRAPHS
        for count, formula in enumerate(
            re.findall(r"(?<!\\)\$(.+?)(?<!\\)\$", tikz(make(), partials="symbols"))
        )
    }

    assert len(formulas) > 20
    assert errors(formulas) == {}


@pytest.mark.slow
@pytest.mark.parametrize("make", GRAPHS)
def test_pdflatex_takes_them(make: Any, tmp_path: Path) -> None:
    program = shutil.which("pdflatex")
    if program is None:
        pytest.skip("needs the program `pdflatex`")
    for name, text in (
        ("picture", DOCUMENT % (tikz(make()), steps(make()).latex)),
        ("slides", beamer(make(), title="Σ & 50 %")),
    ):
        (tmp_path / f"{name}.tex").write_text(text, encoding="utf-8")
        run = subprocess.run(
            [program, "-interaction=nonstopmode", "-halt-on-error", f"{name}.tex"],
            cwd=tmp_path,
            capture_output=True,
            timeout=120,
        )
        said = run.stdout.decode(errors="replace")

        assert run.returncode == 0, said[-2000:]
        assert "Overfull" not in said, name  # nothing reaches over its frame or its page


@pytest.mark.parametrize("function", [tikz, beamer])
def test_bad_input_is_refused_in_words(function: Any) -> None:
    chain = Value(1, name="x")
    for _ in range(50):
        chain = chain + 1
    with pytest.raises(ValueError, match="the graph has more than 40 nodes, which no slide holds"):
        function(chain)
    with pytest.raises(TypeError, match="output must be a Value, not 3"):
        function(3)
    with pytest.raises((ValueError, TypeError), match="must be"):
        function(Value(1), **({"partials": "all"} if function is tikz else {"title": 3}))
