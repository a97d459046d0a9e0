"""The rules in JavaScript beside the rules in Python: every row, over its whole domain and beyond."""

from __future__ import annotations

import functools
import itertools
import json
import math
import random
import shutil
import subprocess
from collections.abc import Sequence
from typing import Any

import mpmath
import pytest

import autodiff
from autodiff import Value
from autodiff.rules import TABLE, Rule, unary
from autodiff.rules.worlds import FLOATS
from autodiff.show.mistakes import MISTAKES, Mistake
from autodiff.show.mistakes.sweeps import Parts
from autodiff.show.page.javascript import RuleCall, call_of, literal, rule_function, rules_module
from autodiff.show.page.standalone import bundled
from tests import ordinary

# ---------------------------------------------------------------- where the rows are looked at

NUMBERS = random.Random(5)
SIZES = [
    0,
    5e-324,
    1e-200,
    1e-18,
    1e-9,
    0.3,
    0.5,
    0.9,
    1,
    1.5,
    2,
    3,
    6.5,
    26,
    40,
    355,
    700,
    710,
    745,
    1e10,
    1e200,
]
SINGLE = [
    *SIZES,
    *(-x for x in SIZES),
    *(NUMBERS.uniform(-5, 5) for _ in range(30)),
    math.inf,
    -math.inf,
    math.nan,
]
FEW = [0, -0.0, 1e-300, -0.5, 1, -1, 2, 3.7, -7.5, 1e200, -1e200, math.inf, math.nan]
LISTS = [(2.5,), (0, 1, -3), (1000, 1000.5, 999), (-1e5, -1000, 3), (1e200, -1e200, 1), (1e-300, 3e-300, 0)]


def points(rule: Rule) -> Sequence[tuple[float, ...]]:
    if rule.arity == 1:
        return [(float(x),) for x in SINGLE]
    if rule.name == "polygamma":
        return [(n, x) for n in (1, 2, 5) for x in SINGLE]
    if rule.arity == 2:
        return [*itertools.product(FEW, FEW), *zip(SINGLE, reversed(SINGLE), strict=True)]
    if rule.arity == 3 and rule.condition is None:
        return list(itertools.product(FEW[:8], FEW[:8], FEW[:8]))
    if rule.arity == 3:
        return list(itertools.product((0, 1), FEW, FEW))
    if rule.name in ordinary.LAST:
        return [(*xs, ordinary.LAST[rule.name]) for xs in LISTS if len(xs) > 1]
    return LISTS


def called(rule: Rule, xs: tuple[float, ...]) -> tuple[RuleCall, list[Any]]:
    """The call for these operands, and all operands as Python takes them."""
    if rule.vector:
        return (rule, len(xs), len(xs) - 1), [*xs, len(xs) - 1]
    return (rule, len(xs), None), list(xs)


def in_python(rule: Rule, xs: list[Any]) -> list[float] | None:
    """Value and partials; None where Python raises."""
    try:
        z = rule.apply(FLOATS, xs)
        partials = rule.slopes(FLOATS, xs, z, range(len(xs)))
    except (ValueError, ArithmeticError):
        return None
    return [z, *partials[: len(xs) - rule.vector]]


# ---------------------------------------------------------------- running the page's functions


RUN = """
const {RULES} = $rules, {DomainError} = $primitives;
const answers = jobs.map(([key, xs]) => {
    xs = xs.map(Number);
    try {
        const [z] = RULES[key].value(...xs);
        return [z, ...RULES[key].partials(...xs, z)].map(String);
    } catch (error) {
        if (error instanceof DomainError) return null;
        throw error;
    }
});
process.stdout.write(JSON.stringify(answers));
"""


def by_node(script: str, jobs: object) -> Any:
    """Run a script that writes JSON about its ``jobs``."""
    program = f"const jobs = JSON.parse(require('fs').readFileSync(0));\n{script}"
    run = subprocess.run(["node", "-e", program], input=json.dumps(jobs), capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def in_javascript(jobs: list[tuple[RuleCall, tuple[float, ...]]]) -> list[list[float] | None]:
    calls = {f"{call[0].name}/{call[1:]}": call for call, _ in jobs}
    script = bundled("rules", {"rules": rules_module(calls)})
    sent = [(f"{call[0].name}/{call[1:]}", [javascript_number(x) for x in xs]) for call, xs in jobs]
    return [
        None if answer is None else [float(text.replace("Infinity", "inf")) for text in answer]
        for answer in by_node(script + RUN, sent)
    ]


def javascript_number(x: float) -> str:
    return repr(float(x)).replace("inf", "Infinity").replace("nan", "NaN")


# ---------------------------------------------------------------- tests


def needs_node(test: Any) -> Any:
    return pytest.mark.node(pytest.mark.skipif(shutil.which("node") is None, reason="needs node")(test))


def jobs_of(rule: Rule) -> list[tuple[RuleCall, list[Any]]]:
    return [called(rule, xs) for xs in points(rule) if rule.name != "dot" or len(xs) % 2]


@functools.cache
def found_by_node() -> dict[str, list[list[float] | None]]:
    """What node finds for all rows, which it is started once for."""
    jobs = [(call, tuple(xs[: call[1]])) for rule in TABLE.values() for call, xs in jobs_of(rule)]
    found = iter(in_javascript(jobs))
    return {name: [next(found) for _ in jobs_of(rule)] for name, rule in TABLE.items()}


@needs_node
@pytest.mark.parametrize("rule", TABLE.values(), ids=lambda rule: rule.name)
def test_value_and_partials_are_those_of_python_and_so_are_the_errors(rule: Rule) -> None:
    jobs, actual = jobs_of(rule), found_by_node()[rule.name]
    expected = [in_python(rule, xs) for _, xs in jobs]

    for (_, xs), right, found in zip(jobs, expected, actual, strict=True):
        if right is None or found is None:
            assert (right, found) == (None, None), (rule.name, xs)
        else:
            assert found == pytest.approx(right, rel=1e-13, abs=0, nan_ok=True), (rule.name, xs)


@needs_node
@pytest.mark.parametrize("name", ["erf", "erfc"])
def test_the_error_function_is_accurate_over_its_whole_range(name: str) -> None:
    xs = [NUMBERS.uniform(-7, 27) for _ in range(2000)] + [0.5, 1, 2, -2, 6, 26.5]
    script = bundled("special")
    found = by_node(f"{script} process.stdout.write(JSON.stringify(jobs.map($special.{name})));", xs)
    exact = [getattr(mpmath, name)(mpmath.mpf(x)) for x in xs]
    errors = [
        float(abs(actual - z) / abs(z)) for actual, z in zip(found, exact, strict=True) if abs(z) > 1e-300
    ]

    assert max(errors) < 1e-14


@needs_node
def test_a_wrong_rule_is_caught() -> None:
    wrong = unary("cube", value=lambda m, x: x**3, partial=lambda m, x, z: 2 * x**2)
    [found] = in_javascript([((wrong, 1, None), (2.0,))])

    assert found == [8, 8]


@needs_node
def test_ties_are_shared_and_a_plain_number_keeps_the_slope_at_0() -> None:
    x, y = Value(1), Value(1)
    nodes: list[Any] = [
        x.maximum(y),
        x.maximum(1),
        x.minimum(2),
        autodiff.max([x, y, 0]),
        autodiff.min([1, x, y, 2]),
    ]
    jobs = [(call_of(node), tuple(getattr(x, "data", x) for x in node.operands)) for node in nodes]

    for node, found in zip(nodes, in_javascript(jobs), strict=True):
        assert found is not None
        by_parents = [part for part, x in zip(found[1:], node.operands, strict=True) if isinstance(x, Value)]
        assert (found[0], tuple(by_parents)) == (node.data, node.partials)


def test_a_row_that_needs_an_unknown_primitive_is_named() -> None:
    rule = unary("odd", value=lambda m, x: m.zeta(x), partial=1)

    with pytest.raises(ValueError, match=r"odd: this row cannot run in a page: .*no function 'zeta'"):
        rule_function(rule, 1)


def test_a_row_that_branches_is_named() -> None:
    rule = unary("kinked", value=lambda m, x: x if x else 0, partial=1)

    with pytest.raises(ValueError, match=r"kinked: this row cannot run in a page: .*m\.where"):
        rule_function(rule, 1)


def test_the_parts_of_each_mistake_are_written() -> None:
    module = rules_module(
        {}, Mistake("all", "", "", "", Parts(leaf=lambda x: x / 2, put=lambda old, new: old - 3 * new))
    )

    assert 'import { truediv } from "./primitives.js";' in module
    assert "leaf: (x0) => { const t0 = truediv(x0, 2); return t0; }," in module
    assert "put: (x0, x1) => { const t0 = (3 * x1); const t1 = (x0 - t0); return t1; }," in module
    assert all("undefined" not in rules_module({}, mistake) for mistake in MISTAKES)


def test_a_mistake_that_asks_for_numbers_is_named() -> None:
    branching = Mistake("branching", "", "", "", Parts(put=lambda old, new: new if old > 0 else old))

    with pytest.raises(ValueError, match="explore: branching: this mistake cannot run in a page: "):
        rules_module({}, branching)


@pytest.mark.parametrize("x", [0.1, -0.0, 1e300, 5e-324, -2, 3])
def test_numbers_keep_all_digits(x: float) -> None:
    assert float(literal(x).strip("()")) == x
