"""Slides: TikZ and Beamer that pdflatex takes where it is there, and whose formulas KaTeX takes."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import autodiff
from autodiff import Value, beamer, tikz, unknown
from tests.autodiff.show.derivations.test_latex import errors

PICTURE = "\\documentclass{standalone}\n\\usepackage{amsmath,tikz}\n\\begin{document}\n%s\n\\end{document}\n"


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


GRAPHS = [exercise_1, neuron, hostile]


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


def test_each_step_of_both_sweeps_is_a_click() -> None:
    written = beamer(exercise_1())

    assert re.findall(r"^\\only<(\d+)>", written, re.MULTILINE) == [str(step) for step in range(1, 16)]
    assert r"\uncover<15->{$\color{orange!85!black}\partial = 17$}" in written
    assert r"\only<10>{$\displaystyle \frac{\partial f}{\partial c}" in written
    assert (
        "#" not in written.partition(r"\begin{frame}")[2]
    )  # a frame is an argument: # would have to be doubled


def test_several_edges_from_one_node_are_bent_apart() -> None:
    x = Value(3, name="x")

    assert tikz(x * x).count("bend right=15") == tikz(x * x).count("bend left=15") == 1


def test_greek_letters_are_commands() -> None:
    assert r"\beta" in tikz(neuron())
    assert r"\Sigma" in tikz(hostile())
    assert tikz(neuron()).replace("ŷ", "").isascii()


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
    for name, text in (("picture", PICTURE % tikz(make())), ("slides", beamer(make(), title="Σ & 50 %"))):
        (tmp_path / f"{name}.tex").write_text(text, encoding="utf-8")
        run = subprocess.run(
            [program, "-interaction=nonstopmode", "-halt-on-error", f"{name}.tex"],
            cwd=tmp_path,
            capture_output=True,
            timeout=120,
        )
        assert run.returncode == 0, run.stdout[-2000:].decode(errors="replace")


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
