"""LaTeX renders: KaTeX, at its strictest, takes every formula that is written.

Needs node, and the package katex: npm install.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest

import autodiff
from autodiff import Value
from autodiff.matrix.matrices import matrix
from autodiff.number import Number
from autodiff.operations import apply
from autodiff.pictures.names import default_names
from autodiff.rules import TABLE, Rule
from autodiff.show.derivations.explain import explain
from autodiff.show.derivations.steps import forward_steps, steps
from autodiff.writing.symbols import name_latex, symbolic_partial, symbolic_value
from tests import ordinary

RENDER = """
const katex = require('katex'), formulas = JSON.parse(require('fs').readFileSync(0, 'utf8')), errors = {};
for (const [name, [formula, strict]] of Object.entries(formulas))
    try { katex.renderToString(formula, {displayMode: true, throwOnError: true, strict}); }
    catch (error) { errors[name] = `${error.message} in ${formula}`; }
console.log(JSON.stringify(errors));
"""


@cache
def missing() -> str:
    """What KaTeX lacks here, or ""."""
    node = shutil.which("node")
    if node is None:
        return "needs the program `node`"
    found = subprocess.run([node, "-e", "require('katex')"], capture_output=True, timeout=60)
    return "needs the npm package katex: npm install" if found.returncode else ""


def errors(formulas: Mapping[str, str], strict: str = "error") -> dict[str, str]:
    """What KaTeX says against formulas, by their names."""
    if reason := missing():
        pytest.skip(reason)
    asked = json.dumps({name: (formula, strict) for name, formula in formulas.items()})
    run = subprocess.run(
        ["node", "-e", RENDER], input=asked, capture_output=True, text=True, timeout=60, check=True
    )
    said: dict[str, str] = json.loads(run.stdout)
    return said


def derivations(output: Value, x: Value) -> dict[str, str]:
    return {
        "explain": explain(output, x).latex,
        "cut": explain(output, x, limit=1).latex,
        "steps": steps(output).latex,
        "forward_steps": forward_steps(output).latex,
    }


def named(*names: str) -> list[Value]:
    return [Value(place + 0.5, name=name) for place, name in enumerate(names)]


def neuron() -> tuple[Value, Value]:
    w1, w2, x1, x2, b, y = named("w1", "w2", "x1", "x2", "b", "y")
    yhat = autodiff.dot([w1, w2], [x1, x2], bias=b).named("h").tanh().named("ŷ")
    return ((yhat - y) ** 2 / 2).named("L"), w1


def cross_entropy() -> tuple[Value, Value]:
    scores = named("z1", "z2", "z3")
    return -autodiff.softmax(scores)[0].named("p1").log(), scores[1]


def recurrent() -> tuple[Value, Value]:
    w, u, h, *xs = named("w", "u", "h0", "x1", "x2", "x3", "x4", "x5")
    for time, x in enumerate(xs, start=1):
        h = (w * h + u * x).tanh().named(f"h{time}")
    return h**2, w


def hostile() -> tuple[Value, Value]:
    a, b, c, d = named("w_1^{2}", "a&b", "%", "\\$ {#~^_}\n<i>'")
    return (a * b - c) ** 2 / d + a.exp() ** d, d


def many_paths() -> tuple[Value, Value]:
    x = output = Value(1.0, name="x")
    for _ in range(40):
        output = output + output
    return output, x


def numbers() -> tuple[Value, Value]:
    x, y = Value(Fraction(-1, 3), name="x"), Value(Fraction(2, 7), name="y")
    return (x**3 / y - x * Fraction(-2, 5)) ** -1, x


def extremes() -> tuple[Value, Value]:
    x = Value(1e-7, name="x")
    return x * x * -1e-9 + 1e20 * x - float("inf") * x.sqrt() * 0.5, x


GRAPHS = [neuron, cross_entropy, recurrent, hostile, many_paths, numbers, extremes]


@pytest.mark.katex
def test_derivations_and_sweeps_render() -> None:
    formulas = {
        f"{make.__name__}: {what}": formula
        for make in GRAPHS
        for what, formula in derivations(*make()).items()
    }

    assert errors(formulas) == {}


@pytest.mark.katex
def test_special_derivatives_render() -> None:
    x, y = named("x", "y")

    assert errors({"no path": explain(x * 2, y).latex, "itself": explain(x, x).latex}) == {}


@pytest.mark.katex
def test_derivations_in_matrix_form_render() -> None:
    X, W = matrix([[1, 2], [3, 4]], name="X"), matrix([[1, -1]], name="a&b")
    H = (X @ W.T).named("μ")
    A = autodiff.tanh(H).named("w_1")
    B = (A / autodiff.sqrt(A * A + 1)).named("%")
    Y = autodiff.exp(B).named("ŷ")

    assert errors({"chain": explain(np.sum(Y * Y), [X, W]).latex}) == {}


@pytest.mark.katex
def test_matrices_render() -> None:
    names = ["X", "W1", "ŷ", "a&b", "w_1^{2}", "%", "\\"]
    rows: list[list[Number]] = [[1.5, -1e-9], [float("inf"), Fraction(-1, 32)]]

    shown = {name: str(matrix(rows, name)._repr_latex_()) for name in names}
    shown["no name"] = str(matrix([1, 2])._repr_latex_())

    assert errors({name: latex.strip("$") for name, latex in shown.items()}) == {}


def formulas_of(rule: Rule) -> dict[str, str]:
    """Value and partials of one row, on plain names and on expressions."""
    operands = [Value(0.5, name=name) for name in ("x", "y1", "total")[: rule.arity or 3]]
    last = [1] if rule.vector or rule.name in ordinary.LAST else []
    node = apply(rule, [*ordinary.in_domain(rule, operands), *last]).named("z")
    above = apply(rule, [*ordinary.in_domain(rule, [x * x for x in operands]), *last])
    names = {**default_names(node), **default_names(above)}
    nested: dict[Any, Any] = {x: symbolic_value(x, names.__getitem__) for x in above.parents}
    return {
        f"{rule.name}": symbolic_value(node, names.__getitem__).latex(),
        f"{rule.name} of squares": symbolic_value(above, {**names, **nested}.__getitem__).latex(),
        **{
            f"{rule.name} by operand {index}": symbolic_partial(node, index, names.__getitem__).latex()
            for index in range(len(node.parents))
        },
    }


@pytest.mark.katex
def test_every_row_of_the_table_renders() -> None:
    formulas = {name: formula for rule in TABLE.values() for name, formula in formulas_of(rule).items()}

    assert len(formulas) > 3 * len(TABLE)
    assert errors(formulas) == {}


NAMES = [
    "w12",
    "w11^2",
    "w1_11",
    "w1,12^2",
    "w_1^{2}",
    "x_{12}'",
    "h_t",
    "W^T",
    "ŷ",
    "ŵ1",
    "é",
    "λ1",
    "größe",
    "loss",
    "yhat",
    "日本",
    "",
    " ",
]
SPECIAL = [
    *"\\$&%#_{}^~`'\"<>|@!?*+-=()[]/:;,.",
    "\\frac{1}{2}",
    "}{",
    "$$",
    "a b",
    "x_",
    "\\end{aligned}",
    "1x",
    "\n",
]
NOT_IN_LATEX = [
    "😀",
    "€",
    "×",
    "½",
    "א",
    "→",
    "\u0301x",
    "a_\u0302",
    "x \u0301",
    "x\u0305\u0301",
    "\u0305",
]  # which browsers can show, and KaTeX warns of


@pytest.mark.katex
def test_names_render_also_with_an_exponent() -> None:
    formulas = {name: f"{{{name_latex(name)}}}^{{2}}_{{i}}" for name in NAMES + SPECIAL}

    assert errors(formulas) == {}
    assert errors({name: name_latex(name) for name in NOT_IN_LATEX}, strict="ignore") == {}


@pytest.mark.katex
def test_what_does_not_render_is_caught() -> None:
    assert set(errors({"open": r"\frac{1}{", "unknown": r"\nothing", "math": "é", "good": "x"})) == {
        "open",
        "unknown",
        "math",
    }
