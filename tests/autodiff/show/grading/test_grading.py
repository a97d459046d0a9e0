"""Grading: right and wrong students, each classic mistake by its name, code that raises, loops or answers nonsense."""

from __future__ import annotations

import contextlib
import math
import os
import random
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autodiff
from autodiff import Value, grade, topological_order
from autodiff.command.main import main
from autodiff.show.grading.limits import TooLongError, within
from autodiff.show.grading.recipes import CRITERIA, OPERATIONS, counted_as
from autodiff.show.mistakes import MISTAKES, wrong_adjoints

NAMED = [mistake.name for mistake in MISTAKES if mistake.name not in ("every path", "changed values")]


class Micrograd:
    """The engine of the lecture, as it is."""

    def __init__(self, data: float, children: tuple[Any, ...] = ()) -> None:
        self.data, self.grad, self.children = data, 0.0, set(children)
        self.pass_on: Callable[[], None] = lambda: None

    def made(self, data: float, *parents: tuple[Any, float]) -> Any:
        out = type(self)(data, tuple(parent for parent, _ in parents))

        def pass_on() -> None:
            for parent, partial in parents:
                self.add(parent, partial * out.grad)

        out.pass_on = pass_on
        return out

    def add(self, parent: Any, product: float) -> None:
        parent.grad += product

    def other(self, x: Any) -> Any:
        return x if isinstance(x, Micrograd) else type(self)(x)

    def __add__(self, x: Any) -> Any:
        x = self.other(x)
        return self.made(self.data + x.data, (self, 1), (x, 1))

    def __mul__(self, x: Any) -> Any:
        x = self.other(x)
        return self.made(self.data * x.data, (self, x.data), (x, self.data))

    def __rmul__(self, x: Any) -> Any:
        return self * x

    def __neg__(self) -> Any:
        return self * -1

    def __sub__(self, x: Any) -> Any:
        return self + -x

    def tanh(self) -> Any:
        z = math.tanh(self.data)
        return self.made(z, (self, 1 - z * z))

    def order(self) -> list[Any]:
        found: list[Any] = []

        def build(node: Any) -> None:
            if node not in found:
                for child in node.children:
                    build(child)
                found.append(node)

        build(self)
        return found[::-1]

    def backward(self) -> None:
        self.grad = 1.0
        for node in self.order():
            node.pass_on()


class Overwriting(Micrograd):
    def add(self, parent: Any, product: float) -> None:
        parent.grad = product


class ByLevels(Micrograd):
    def order(self) -> list[Any]:
        found, waiting = [], [self]
        while waiting:
            node = waiting.pop(0)
            if node not in found:
                found.append(node)
                waiting += node.children
        return found


class Recursion(Micrograd):
    def backward(self, first: bool = True) -> None:
        if first:
            self.grad = 1.0
        self.pass_on()
        for child in self.children:
            child.backward(False)


class WrongTanh(Micrograd):
    def tanh(self) -> Any:
        z = math.tanh(self.data)
        return self.made(z, (self, 1 + z * z))


def test_a_right_class_gets_all_points_and_hears_of_what_it_cannot_do() -> None:
    result = grade(Micrograd)

    assert result.passed, result
    assert (result.points, result.out_of, result.mistake, result.picture) == (10, 10, None, None)
    assert (
        "Not tried, as Micrograd lacks them: /, 1 + x, 1 - x, 1 / x, x**2, x**3, x**-1, exp, relu, "
        in str(result)
    )
    assert "45 in place of 27. These are stale gradients" in str(result)
    assert "a chain of 2,000 operations ends in a RecursionError" in str(result)


def test_our_own_class_has_nothing_to_hear() -> None:
    assert "Not graded" not in str(grade(Value))
    assert grade(Value).points == 10


@pytest.mark.parametrize(
    ("student", "points", "mistake"),
    [
        (Overwriting, 4, "overwriting"),
        (ByLevels, 6, "wrong order"),
        (Recursion, 6, "passing on again"),
        (WrongTanh, 9, None),
    ],
)
def test_a_wrong_class_is_told_what_it_does(student: type, points: int | None, mistake: str | None) -> None:
    result = grade(student)

    assert not result.passed
    assert points is None or result.points == points
    assert (result.mistake.name if result.mistake else None) == mistake
    assert mistake is None or f"This is what comes of the mistake {mistake!r}" in str(result)


def test_the_smallest_graph_that_fails_is_shown() -> None:
    result = grade(WrongTanh)
    assert result.failing is not None
    assert result.picture is not None

    assert [node.op and node.op.name for node in topological_order(result.failing.case.output)] == [
        None,
        "tanh",
    ]
    assert "The smallest graph that fails: f = tanh(x) at x = " in str(result)
    assert " is right, " in str(result)
    assert ", not " in result.picture.source
    assert "<pre>9 of 10 points" in result._repr_html_()


def test_the_smallest_graph_is_cut_down_to_what_fails() -> None:
    failing = grade(Overwriting).failing
    assert failing is not None

    assert len(topological_order(failing.case.output)) <= 4


@pytest.mark.parametrize("name", NAMED)
def test_each_mistake_of_compare_is_recognised(name: str) -> None:
    result = grade(lambda output: wrong_adjoints(output, name))

    assert result.mistake is not None
    assert result.mistake.name == name
    assert result.points < 10


def test_a_function_may_return_names_or_fill_in_every_grad() -> None:
    def by_name(output: Value) -> dict[str, float]:
        nodes = [node for node in topological_order(output) if node.name in ("x", "y", "z", "u", "v", "w")]
        return {
            str(node.name): slope for node, slope in zip(nodes, autodiff.gradient(output, nodes), strict=True)
        }

    def in_place(output: Value) -> None:
        output.backward()

    assert grade(by_name).passed, grade(by_name)
    assert grade(in_place).passed


def test_the_gradient_of_a_function() -> None:
    def f(x: Value, y: Value) -> Value:
        return x.log() * y + x

    right = grade(lambda x, y: [y / x + 1, math.log(x)], of=f)
    wrong = grade(lambda x, y: [y / x, math.log(x)], of=f)

    assert right.passed, right
    assert (wrong.points, wrong.out_of) == (0, 10)
    assert re.search(r"✗ ∂f/∂x: .*\n  ✓ ∂f/∂y: ", str(wrong))
    assert grade(lambda x: (math.exp(x + 1e-5) - math.exp(x - 1e-5)) / 2e-5, of=lambda x: x.exp()).passed


@pytest.mark.parametrize(
    ("student", "f"),
    [
        (lambda x: -1 / math.sqrt(1 - x * x), lambda x: x.acos()),
        (lambda x: 1 / math.sqrt(1 - x * x), lambda x: x.asin()),
        (lambda x: 1 / math.sqrt(x * x - 1), lambda x: x.acosh()),
        (lambda x: 0.5 / math.sqrt(x - 1), lambda x: (x - 1).sqrt()),
        (lambda x: 1.0, lambda x: (x - 1).sqrt() ** 2),
        (lambda x: -1.0 if x <= 1 else 0.0, lambda x: (1 - x).relu()),
        (lambda x: 1.0 if x >= 2 else -1.0, lambda x: abs(x - 2)),
        (lambda x, y: (1, 0) if x > y else (0, 1), lambda x, y: x.maximum(y) + 0 * (x - 1).sqrt()),
    ],
)
def test_right_formulas_are_not_tried_where_they_may_differ(student: Any, f: Any) -> None:
    result = grade(student, of=f)

    assert result.passed, result
    assert len(result.tried) == 10


@pytest.mark.parametrize(
    ("student", "f"),
    [
        (lambda x: 1.0, lambda x: x.relu()),
        (lambda x: 0.0, lambda x: (x - 2.7).relu()),
        (lambda x: 1.0, lambda x: abs(x + 2.7)),
        (lambda x, y: (1, 0), lambda x, y: x.maximum(y - 4.5)),
        (lambda x: 1.0, lambda x: (x + 2.7).leaky_relu()),
    ],
)
@pytest.mark.parametrize("seed", range(5))
def test_both_sides_of_a_kink_are_tried(student: Any, f: Any, seed: int) -> None:
    result = grade(student, of=f, seed=seed)

    assert not result.passed
    assert len(result.tried) == 10


def test_a_function_without_a_point_to_try_is_refused() -> None:
    with pytest.raises(ValueError, match=r"could be tried at none of 102 points .*: log: math domain error"):
        grade(lambda x: 1 / (x - 7), of=lambda x: (x - 7).log())
    with pytest.raises(ValueError, match="the last one said: it has a kink"):
        grade(lambda x: 0.0, of=lambda x: abs(x * 0))


@pytest.mark.parametrize(
    "returned",
    [lambda d: d, lambda d: (d,), lambda d: [d], lambda d: iter([d]), np.array, lambda d: np.array([[d]])],
)
def test_one_derivative_may_come_in_anything(returned: Any) -> None:
    result = grade(lambda x: returned(3 * x * x), of=lambda x: x**3)

    assert result.passed, result


@pytest.mark.parametrize(
    ("student", "f"),
    [
        (lambda x, y: (y, x), lambda *v: v[0] * v[1]),
        (lambda x, y: (y, x), lambda x, *v: x * v[0]),
        (lambda x, y: np.array([[y], [x]]), lambda x, y: x * y),
        (lambda *v: v[::-1], lambda x, y: x * y),
        (lambda x: 2 * x, lambda x, n=2: x**n),
        (lambda x: 2 * x, lambda x, *, n=2: x**n),
        (lambda x, y: (y, x), lambda x, y=2.0: x * y),
        (lambda x, y: {"y": x, "x": y}, lambda x, y: x * y),
        (lambda x, h=1e-5: ((x + h) ** 2 - (x - h) ** 2) / (2 * h), lambda x: x**2),
    ],
)
def test_the_inputs_are_those_that_both_take(student: Any, f: Any) -> None:
    result = grade(student, of=f)

    assert result.passed, result


def test_a_small_derivative_is_not_0() -> None:
    assert grade(lambda x: 1e-13, of=lambda x: x * 1e-13).passed
    assert grade(lambda x: 0.0, of=lambda x: x * 1e-13).points == 0


def test_inputs_that_nothing_tells_of_are_asked_for() -> None:
    with pytest.raises(TypeError, match="write one name for each"):
        grade(lambda *v: v[::-1], of=lambda *v: v[0] * v[1])


class OwnNumbersOnly(Micrograd):
    refusal: Any = AssertionError

    def other(self, x: Any) -> Any:
        if not isinstance(x, Micrograd):
            raise self.refusal
        return x

    def __neg__(self) -> Any:
        return self * type(self)(-1.0)


@pytest.mark.parametrize("refusal", [AssertionError, ValueError, NotImplementedError, TypeError])
def test_a_class_may_refuse_plain_numbers_in_its_own_way(
    refusal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OwnNumbersOnly, "refusal", refusal)
    result = grade(OwnNumbersOnly)

    assert result.passed, result
    assert "lacks them: /, x + 1, 2x, " in str(result)


class Single(Micrograd):
    """Numbers in single precision."""

    def __init__(self, data: Any, children: tuple[Any, ...] = ()) -> None:
        single: Any = np.float32(data)
        super().__init__(single, children)

    def exp(self) -> Any:
        z = np.exp(self.data)
        return self.made(z, (self, z))

    def sigmoid(self) -> Any:
        z = 1 / (1 + np.exp(-self.data))
        return self.made(z, (self, z * (1 - z)))


@pytest.mark.parametrize("seed", range(10))
def test_single_precision_is_no_mistake(seed: int) -> None:
    result = grade(Single, seed=seed)

    assert result.passed, result


@pytest.mark.parametrize(
    ("student", "said"),
    [
        (lambda output: "abc", "it returned 'abc' of type str: return a dictionary"),
        (lambda output: {}, "it gave no derivative for x"),
        (
            lambda output: {"x": "2", "y": "1", "z": 0, "u": 0, "v": 0, "w": 0},
            "is '2' of type str, where a number",
        ),
        (lambda output: 1 / 0, "It raised ZeroDivisionError: division by zero"),
        (lambda output: sys.exit(3), "It raised SystemExit: 3"),
        (lambda: {}, "It raised TypeError"),
        (lambda output: dict.fromkeys(topological_order(output), math.nan), "nan came out"),
    ],
)
def test_what_is_no_answer_is_said_in_words(student: Any, said: str) -> None:
    assert said in str(grade(student))


@pytest.mark.parametrize(
    ("student", "said"),
    [
        (lambda x, y: (1.0,), "it returned 1 numbers, and 2 are needed, one for each of x, y"),
        (lambda x, y: 3.0, "it returned 3.0 of type float: one number an input"),
        (lambda x, y: {x, y}, "of type set: one number an input"),
        (
            lambda x, y: {"x": 1, "dy": 2},
            "it gave no derivative for y, but for 'x', 'dy': the keys are the names",
        ),
        (lambda x, y: "ab", "it returned 'ab' of type str"),
        (lambda x, y: (None, 1), "the derivative by x is None of type NoneType"),
    ],
)
def test_a_gradient_that_is_none(student: Any, said: str) -> None:
    assert said in str(grade(student, of=lambda x, y: x * y))


def test_one_point_is_counted_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autodiff.show.grading.marking.ONE_GRAPH", 0.1)

    def forever(x: float) -> float:
        while True:
            pass

    assert "1 point was tried" in str(grade(forever, of=lambda x: x * x))


def test_nothing_runs_forever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autodiff.show.grading.marking.ONE_GRAPH", 0.1)

    def forever(output: Value) -> None:
        while True:
            with contextlib.suppress(Exception):
                pass

    began = time.monotonic()
    result = grade(forever)

    assert time.monotonic() - began < 10
    assert result.points == 0
    assert "It did not end within 0.1 seconds: is there a loop without an end?" in str(result)
    assert "not tried for lack of time" in str(result)


def test_a_loop_in_one_operation_costs_no_other_points(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autodiff.show.grading.marking.ONE_GRAPH", 0.2)
    result = grade(
        micrograd(
            ("self.grad += (out.data > 0)", "while True: pass\n            self.grad += (out.data > 0)")
        )
    )

    assert result.parts[0].wrong == ["relu"]
    assert result.points == 9


def test_a_limit_lets_results_and_errors_through() -> None:
    assert within(5, lambda: 3) == 3
    with pytest.raises(KeyError, match="x"):
        within(5, lambda: vars(Nothing)["x"])
    with pytest.raises(TooLongError):
        within(0.05, lambda: time.sleep(2))


@pytest.mark.parametrize(
    ("name", "given"),
    [("_exit", (0,)), ("abort", ()), ("kill", (os.getpid(), 0)), ("execv", ("/bin/true", ["true"]))],
)
def test_nothing_ends_the_program(name: str, given: tuple[Any, ...]) -> None:
    before = getattr(os, name)

    assert f"It raised SystemExit: os.{name}(" in str(grade(lambda output: getattr(os, name)(*given)))
    assert getattr(os, name) is before


class Nothing:
    pass


class OnlyPlus:
    def __init__(self, data: float) -> None:
        self.data = data

    def __add__(self, other: Any) -> Any:
        return OnlyPlus(self.data + other.data)


def test_a_class_that_is_no_number() -> None:
    assert "Nothing(1.5) does not make a number: TypeError" in str(grade(Nothing))
    assert "OnlyPlus needs + and * at least" in str(grade(OnlyPlus))


@pytest.mark.parametrize("wrong", [3, "backward", None])
def test_what_cannot_be_called_is_refused(wrong: Any) -> None:
    with pytest.raises(TypeError, match="grade: student must be a class or a function, not"):
        grade(wrong)
    with pytest.raises(TypeError, match="grade: seed must be an integer"):
        grade(Micrograd, seed=wrong if not isinstance(wrong, int) else 1.5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "operations",
    [list(OPERATIONS), ["+", "*"], ["+", "*", "relu"], ["+", "*", "x**2", "exp"], ["*"], ["-"], ["/"]],
)
@pytest.mark.parametrize("seed", range(5))
def test_there_are_always_graphs_enough(operations: list[str], seed: int) -> None:
    rng = random.Random(seed)
    for task in CRITERIA:
        for _, recipe in task.graphs(operations, rng):
            nodes = recipe.values()
            assert len(topological_order(nodes[-1])) == len(nodes)
            assert all(abs(node.data) < 50 for node in nodes)


# ---------------------------------------------------------------- micrograd, with one mistake

MICROGRAD = """
class Number:
    def __init__(self, data, _children=()):
        self.data, self.grad, self._backward, self._prev = data, 0.0, lambda: None, set(_children)
    def of(self, other):
        return other if isinstance(other, Number) else Number(other)
    def __add__(self, other):
        other = self.of(other)
        out = Number(self.data + other.data, (self, other))
        def _backward():
            self.grad += out.grad
            other.grad += out.grad
        out._backward = _backward
        return out
    def __mul__(self, other):
        other = self.of(other)
        out = Number(self.data * other.data, (self, other))
        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad
        out._backward = _backward
        return out
    def __pow__(self, n):
        out = Number(self.data ** n, (self,))
        def _backward():
            self.grad += n * self.data ** (n - 1) * out.grad
        out._backward = _backward
        return out
    def relu(self):
        out = Number(max(0, self.data), (self,))
        def _backward():
            self.grad += (out.data > 0) * out.grad
        out._backward = _backward
        return out
    def backward(self):
        topo, visited = [], set()
        def build(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build(child)
                topo.append(v)
        build(self)
        self.grad = 1
        for v in reversed(topo):
            v._backward()
    def __neg__(self): return self * -1
    def __sub__(self, other): return self + (-other)
    def __truediv__(self, other): return self * other ** -1
    def __rmul__(self, other): return self * other
"""
SUM = "self.grad += out.grad\n            other.grad += out.grad"
PRODUCT = "self.grad += other.data * out.grad\n            other.grad += self.data * out.grad"
OTHER = "self.data * out.grad"
LEVELS = """def levels(self):
        waiting, met = [self], []
        for node in waiting:
            if node not in met:
                met.append(node)
                waiting.extend(node._prev)
        return met
    def relu("""
POWER = "n * self.data ** (n - 1)"


def signless(head: str, value: str, parents: str) -> str:
    """A method whose partials are all 1."""
    gives = "".join(f"\n            {parent}.grad += out.grad" for parent in parents.split(","))
    made = f"{head}\n        out = Number({value}, ({parents},))\n        def _backward():{gives}"
    return f"{made}\n        out._backward = _backward\n        return out"


def micrograd(*changes: tuple[str, str]) -> Any:
    source = MICROGRAD
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    held: dict[str, Any] = {}
    exec(source, held)
    return held["Number"]


DIFFERENCE = (
    "def __sub__(self, other): return self + (-other)",
    signless("def __sub__(self, other):", "self.data - other.data", "self,other"),
)
MINUS = ("def __neg__(self): return self * -1", signless("def __neg__(self):", "-self.data", "self"))
ONE_MISTAKE = {
    "right": ([], 10, []),
    "= everywhere": ([("grad +=", "grad =")], 4, [("overwriting", ())]),
    "= in __mul__": ([(PRODUCT, PRODUCT.replace("+=", "="))], 8, [("overwriting", ("*",))]),
    "= in __add__": ([(SUM, SUM.replace("+=", "="))], 9, [("overwriting", ("+",))]),
    "= in __pow__": ([(f"+= {POWER}", f"= {POWER}")], 9, [("overwriting", ("x**2",))]),
    "no sign in __sub__": ([DIFFERENCE], 9, [("lost sign", ("-",))]),
    "no sign in __neg__": ([MINUS], 9, [("lost sign", ("-x",))]),
    "no chain rule in __mul__": (
        [(PRODUCT, PRODUCT.replace(" * out.grad", ""))],
        9,
        [("no chain rule", ("*",))],
    ),
    "no chain rule in __add__": ([(SUM, SUM.replace("out.grad", "1"))], 9, [("no chain rule", ("+",))]),
    "values in __mul__": (
        [
            (
                PRODUCT,
                PRODUCT.replace("other.data", "z.data")
                .replace("self.data", "other.data")
                .replace("z.", "self."),
            )
        ],
        8,
        [("value for partial", ("*",))],
    ),
    "= for one operand in __mul__": ([(f"+= {OTHER}", f"= {OTHER}")], 9, [("overwriting", ("*",))]),
    "a wrong order and no sign in __sub__": (
        [("reversed(topo)", "self.levels()"), ("def relu(", LEVELS), DIFFERENCE],
        5,
        [("lost sign", ("-",)), ("wrong order", ())],
    ),
    "relu' is 1": ([("(out.data > 0) * ", "")], 9, []),
    "a power without its exponent": ([(POWER, "self.data ** (n - 1)")], 9, []),
    "every power is a square": ([(POWER, "2 * self.data")], 9, []),
    "no reversed": ([("reversed(topo)", "topo")], 2, [("inputs first", ())]),
    "no seed": ([("self.grad = 1\n", "pass\n")], 0, [("no seed", ())]),
    "no visited set": ([("if v not in visited:", "if True:")], 6, [("passing on again", ())]),
    "two mistakes": (
        [(PRODUCT, PRODUCT.replace("+=", "=")), DIFFERENCE],
        8,
        [("overwriting", ("*",)), ("lost sign", ("-",))],
    ),
}


@pytest.mark.parametrize("name", ONE_MISTAKE)
@pytest.mark.parametrize("seed", range(4))
def test_one_mistake_is_found_where_it_is_and_costs_no_other_points(name: str, seed: int) -> None:
    changes, points, faults = ONE_MISTAKE[name]
    result = grade(micrograd(*changes), seed=seed)

    assert [(fault.mistake.name, fault.operations) for fault in result.faults] == faults, result
    assert result.points == points, result


WITH_TANH_AND_EXP = """__rmul__(self, other): return self * other
    def tanh(self):
        import math
        t = math.tanh(self.data)
        out = Number(t, (self,))
        def _backward():
            self.grad += (1 - t**2) * out.grad
        out._backward = _backward
        return out
    def exp(self):
        import math
        out = Number(math.exp(self.data), (self,))
        def _backward():
            self.grad += out.data * out.grad
        out._backward = _backward
        return out
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("(1 - t**2) * out.grad", "0"),
        ("self.grad += out.data * out.grad", "pass"),
        ("(out.data > 0) * out.grad", "0"),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_an_operation_that_passes_nothing_on_is_no_missing_seed(old: str, new: str, seed: int) -> None:
    right = ("__rmul__(self, other): return self * other", WITH_TANH_AND_EXP)
    result = grade(micrograd(right, (old, new)), seed=seed)

    assert grade(micrograd(right), seed=seed).passed
    assert result.points == 9
    assert not result.faults, result


@pytest.mark.parametrize("f", [lambda x: x.tanh() * x, lambda x: x.tanh().exp(), lambda x: x * x])
def test_a_gradient_by_hand_has_no_seed(f: Any) -> None:
    result = grade(lambda x: (0.0,), of=f)

    assert not result.passed
    assert not result.faults, result


@pytest.mark.parametrize(
    ("student", "f"),
    [
        (lambda x: (1.0,), lambda x: autodiff.relu(x - 1)),
        (lambda x, y: (y, x), lambda x, y: autodiff.relu(x * y)),
        (lambda x: 1.0, lambda x: abs(x + 2.7)),
        (lambda x: 1.0, lambda x: (x + 2.7).leaky_relu()),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_a_wrong_slope_at_a_kink_is_no_chain_rule_left_out(student: Any, f: Any, seed: int) -> None:
    result = grade(student, of=f, seed=seed)

    assert not result.passed
    assert not result.faults, result


@pytest.mark.parametrize(
    ("student", "f"),
    [
        (lambda x: 2 * x, lambda x: 3 * x**2),
        (lambda x: 2 * x, lambda x: (x**2).tanh()),
        (lambda x, y: (y, x), lambda x, y: (x * y).exp()),
        (lambda x: 1.0, lambda x: 3 * (x - 1).relu()),
    ],
)
def test_a_chain_rule_left_out_by_hand_is_named(student: Any, f: Any) -> None:
    result = grade(student, of=f)

    assert result.mistake is not None, result
    assert result.mistake.name == "no chain rule"


REFLECTED = """__rmul__(self, other): return self * other
    def __radd__(self, other): return self + other
    def __rsub__(self, other): return self.of(other) - self
    def __rtruediv__(self, other): return self.of(other) / self
"""
TO_REFLECTED = ("__rmul__(self, other): return self * other", REFLECTED)
RSUB = "return self.of(other) - self"
RDIV = "return self.of(other) / self"


@pytest.mark.parametrize(
    ("old", "new", "operation"),
    [
        (RSUB, "return self - other", "1 - x"),
        (RSUB, "return self.of(other) + self", "1 - x"),
        (RSUB, "return other - self", "1 - x"),
        (RDIV, "return self * other**-1", "1 / x"),
        (RDIV, "return self / other", "1 / x"),
        ("__radd__(self, other): return self + other", "__radd__(self, other): return self", "1 + x"),
        ("__rmul__(self, other): return self * other", "__rmul__(self, other): return self", "2x"),
    ],
)
def test_a_wrong_operator_with_the_number_on_the_left_fails(old: str, new: str, operation: str) -> None:
    result = grade(micrograd(TO_REFLECTED, (old, new)))

    assert result.parts[0].wrong == [operation], result
    assert result.points == 9


def test_right_operators_with_the_number_on_the_left_pass() -> None:
    result = grade(micrograd(TO_REFLECTED))

    assert result.passed, result
    assert not {"1 + x", "1 - x", "1 / x"} & set(re.split(r"[:,.] ?", lacking(result)))


def test_a_lost_sign_with_the_number_on_the_left_is_named() -> None:
    method = "def __rsub__(self, other): return self.of(other) - self"
    result = grade(
        micrograd(TO_REFLECTED, (method, signless("def __rsub__(self, other):", "other - self.data", "self")))
    )

    assert [(fault.mistake.name, fault.operations) for fault in result.faults] == [("lost sign", ("1 - x",))]
    assert "in __rsub__ (a difference with a number on the left)" in str(result)


def test_missing_operators_with_the_number_on_the_left_are_listed() -> None:
    assert "1 + x, 1 - x, 1 / x" in lacking(grade(micrograd()))


def lacking(result: Any) -> str:
    return next((line for line in str(result).splitlines() if "lacks them" in line), "")


def test_the_sentence_says_which_method_and_shows_it() -> None:
    said = str(grade(micrograd((PRODUCT, PRODUCT.replace("+=", "=")))))

    assert (
        "The mistake 'overwriting' in __mul__ (a product): each contribution replaces the one before" in said
    )
    assert "The smallest graph that shows it: f = x·x\n" in said
    assert "✗ 0/2  a node that is used twice: 11 of 19 graphs right; wrong: *, -, /, -x, 2x" in said


def test_what_is_shown_can_be_compared() -> None:
    result = grade(micrograd(("reversed(topo)", "topo")))
    assert result.mistake is not None

    assert "autodiff.compare(result.faults[0].case.output, result.mistake)" in str(result)
    assert autodiff.compare(result.faults[0].case.output, result.mistake).first is not None


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("seed", range(4))
def test_a_wrong_partial_of_each_operation_is_found_on_each_side(operation: str, seed: int) -> None:
    """A right class but for the derivative of one operation, by one operand at one sign."""
    operands = 2 if operation in ("+", "*", "-", "/") else 1
    for place in range(operands):
        for sign in (1, -1) if operation != "log" else (1,):

            def backward(output: Value, place: int = place, sign: int = sign) -> dict[Value, float]:
                found = dict.fromkeys(topological_order(output), 0.0) | {output: 1.0}
                for node in reversed(found):
                    for at, (parent, partial) in enumerate(zip(node.parents, node.partials, strict=True)):
                        is_it = at == place and parent.data * sign > 0 and is_made_by(node, operation)
                        found[parent] += found[node] * (partial + is_it)
                return found

            result = grade(backward, seed=seed)
            assert counted_as(operation) in result.parts[0].wrong, result
            assert result.points < 10


def is_made_by(node: Value, operation: str) -> bool:
    inputs = [Value(parent.data) for parent in node.parents]
    if len(inputs) != (2 if operation in ("+", "*", "-", "/") else 1):
        return False
    made: Value = OPERATIONS[operation](*inputs)
    return made.op == node.op and made.data == node.data


# ---------------------------------------------------------------- the command line

STUDENT = """
def f(x, y):
    return x * x * y

def gradient(x, y):
    return 2 * x * y, x {}
"""


@pytest.mark.parametrize(("text", "code"), [("* x", 0), ("", 1)])
def test_a_file_is_graded(text: str, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "student.py"
    path.write_text(STUDENT.format(text))

    assert main(["grade", str(path)]) == code
    assert capsys.readouterr().out.startswith(f"{0 if code else 10} of 10 points\n")
    assert main(["grade", str(path), "gradient", "f"]) == code


@pytest.mark.parametrize(
    ("text", "names", "said"),
    [
        ("x = 1", [], "the file has no class with backward()"),
        ("import sys; sys.exit(3)", [], "cannot be run: SystemExit: 3"),
        ("def", [], "cannot be run: SyntaxError"),
        ("x = 1", ["x"], "no function called x"),
        ("def f(x): return (x - 7).log()\ndef gradient(x): 0", [], "could be tried at none of 102 points"),
        (
            "class A:\n  def backward(self): 0\nclass B(A): 0",
            [],
            "several classes have backward(): A, B; say which",
        ),
    ],
)
def test_a_file_with_nothing_to_grade(
    text: str, names: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "student.py"
    path.write_text(text)

    assert main(["grade", str(path), *names]) == 2
    assert said in capsys.readouterr().err


def test_there_is_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["grade", "missing.py"]) == 2
    assert main(["grade"]) == 2
    assert "there is no file missing.py" in capsys.readouterr().err


@pytest.mark.parametrize("asked", [["--help"], ["-h"], ["my.py", "--help"], ["--language", "ru", "--help"]])
def test_the_help_of_grade_is_shown(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["grade", *asked]) == 0
    said = capsys.readouterr().out
    assert said.startswith("usage: python -m autodiff grade FILE.py [NAME [OF]]")
    assert "Exit code: 0 if all is right" in said


def test_a_file_that_ends_the_program_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "student.py"
    path.write_text("from os import _exit\n_exit(0)")

    assert main(["grade", str(path)]) == 2
    assert "cannot be run: SystemExit: os._exit(0)" in capsys.readouterr().err


def test_grade_may_still_be_a_name_in_an_expression(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["grade*2", "grade=3"]) == 0
    assert main(["grade", "grade=3"]) == 0
