"""Practice: what is left out, what the answers are, what is right, and what is said to what is not."""

from __future__ import annotations

import html
import math
import re
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

import autodiff
from autodiff import Value, draw, gradient, topological_order
from autodiff.pictures import render
from autodiff.show.practice import Exercise, exercise
from autodiff.show.practice.answers import judged, read_answer
from autodiff.show.practice.pictures import exercise_picture
from autodiff.show.practice.questions import Hidden
from autodiff.show.practice.random_graphs import random_graph
from autodiff.show.practice.sheets import sheets
from tests.strategies import Program, on_values, programs

CAN_RENDER = any(render.renderers())
needs_renderer = pytest.mark.skipif(not CAN_RENDER, reason="needs Graphviz")
KINDS: tuple[Hidden, ...] = ("values", "partials", "grads")
every_kind = pytest.mark.parametrize("hide", KINDS)


def exercise_1() -> Value:
    x, y = Value(2, name="x"), Value(3, name="y")
    return (x**2 + x * y + (x + y) ** 2).named("f")


def tree() -> Value:
    """Numbers that stand nowhere else: what is hidden can be looked for."""
    u, v, w = (Value(number, name=name) for number, name in ((13, "u"), (17, "v"), (19, "w")))
    return ((u * v).named("a") * w).named("f")


# ---------------------------------------------------------------- numbers as they are typed


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("17", 17),
        (" -0.5 ", Fraction(-1, 2)),
        ("0,5", Fraction(1, 2)),
        (".5", Fraction(1, 2)),
        ("5.", 5),
        ("+3", 3),
        ("1e-3", Fraction(1, 1000)),
        ("2.5E2", 250),
        ("1/32", Fraction(1, 32)),
        ("- 1 / 32", Fraction(-1, 32)),
        ("−1/32", Fraction(-1, 32)),
        ("1⁄-4", Fraction(-1, 4)),
        ("0.5/1,5", Fraction(1, 3)),
    ],
)
def test_numbers_are_read(text: str, number: Any) -> None:
    typed = read_answer(text)

    assert typed is not None
    assert typed.number == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "1/",
        "/2",
        "1/0",
        "1/2/3",
        "two",
        "1.2.3",
        "1 1/2",
        "1 000",
        "1e",
        "0x10",
        "nan",
        "inf",
        "١",
        "1e9999",
        "9" * 41,
    ],
)
def test_what_is_no_number_is_not_read(text: str) -> None:
    assert read_answer(text) is None


@pytest.mark.parametrize(
    ("text", "answer", "verdict"),
    [
        ("", 17, "open"),
        ("  ", 17, "open"),
        ("x", 17, "unreadable"),
        ("17", 17.0, "right"),
        ("34/2", Fraction(17), "right"),
        ("17.01", 17.0, "close"),
        ("-17", 17.0, "sign"),
        ("16", 17.0, "wrong"),
        ("101", 100.0, "wrong"),
        ("1/32", Fraction(1, 32), "right"),
        ("0.03125", Fraction(1, 32), "right"),
        ("0.0313", Fraction(1, 32), "right"),
        ("0.0312", Fraction(1, 32), "right"),
        ("0.031", Fraction(1, 32), "close"),
        ("2/3", 2 / 3, "right"),
        ("0.667", 2 / 3, "right"),
        ("0.666", 2 / 3, "right"),
        ("0.67", 2 / 3, "close"),
        ("0.7", 2 / 3, "wrong"),
        ("1.23e5", 123456, "right"),
        ("123000", 123456, "wrong"),
        ("0", 0.0, "right"),
        ("1,000", 1000.0, "right"),
        ("1,000", 1.0, "right"),
        ("-12,345,678", -12345678.0, "right"),
        ("−1,500", 1500.0, "sign"),
        ("0,125", 0.125, "right"),
        ("0,125", 125.0, "wrong"),
        ("1,00", 100.0, "wrong"),
        ("-0,0", 0.0, "right"),
        ("0.1", 0.0, "wrong"),
        ("0", 5.6e-17, "wrong"),
        ("5.55e-17", 0.0, "right"),
        ("9e-13", 4.24835e-18, "wrong"),
        ("1e-14", 1.0000001e-14, "right"),
        ("1.1e-14", 1e-14, "wrong"),
        ("-1e-14", 1e-14, "sign"),
        ("4.24835e-18", 4.248354255291589e-18, "right"),
        ("4.25e-18", 4.248354255291589e-18, "right"),
        ("4.2e-18", 4.248354255291589e-18, "close"),
        ("0", 0.001, "wrong"),
        ("1e300", 1e300, "right"),
        ("0.25", 0.25000000000000006, "right"),
    ],
)
def test_what_is_right(text: str, answer: Any, verdict: str) -> None:
    assert judged(text, answer) == verdict


@settings(max_examples=50)
@given(programs())
def test_what_a_picture_shows_of_a_number_is_right(program: Program) -> None:
    output = program.run(on_values, [Value(x) for x in program.inputs])

    for node in topological_order(output):
        assert judged(format(node.data, ".6g"), node.data) == "right"
        assert judged(repr(node.data), node.data) == "right"


def test_small_numbers_are_not_0_and_rounding_is() -> None:
    x = Value(40.0, name="x")
    [slope] = exercise(x.sigmoid().named("f")).blanks
    [small] = exercise((Value(1e-7, name="x") * Value(1e-7, name="y")).named("f"), "values").blanks
    *_, rest = exercise((Value(0.1, name="x") + 0.2 - 0.3).named("f"), "values").blanks
    [zero] = exercise(Value(math.pi, name="x").sin().named("f"), "values").blanks

    assert [slope.judged(text)[0] for text in ("0", "9e-13", slope.answer_text)] == [
        "wrong",
        "wrong",
        "right",
    ]
    assert [small.judged(text)[0] for text in ("0", "1e-14", "9e-13")] == ["wrong", "right", "wrong"]
    for blank, left in ((rest, "5.55112e-17"), (zero, "1.22465e-16")):
        assert [blank.judged(text)[0] for text in ("0", left, "1e-6")] == ["right", "right", "wrong"]
        assert blank.derivation.endswith(" = 0")


# ---------------------------------------------------------------- what is left out


def test_grads_are_asked_for_from_the_output_down() -> None:
    f = exercise_1()
    asked = [(blank.label, blank.answer) for blank in exercise(f).blanks]

    assert asked == [
        ("∂f/∂e", 1),
        ("∂f/∂c", 10),
        ("∂f/∂d", 1),
        ("∂f/∂b", 1),
        ("∂f/∂y", 12),
        ("∂f/∂a", 1),
        ("∂f/∂x", 17),
    ]


def test_values_are_asked_for_from_the_inputs_up() -> None:
    asked = [(blank.label, blank.answer) for blank in exercise(exercise_1(), "values").blanks]

    assert asked == [("a", 4), ("b", 6), ("d", 10), ("c", 5), ("e", 25), ("f", 35)]


def test_partials_are_asked_for_edge_by_edge() -> None:
    x = Value(3, name="x")
    a = (x * x).named("a")
    asked = [(blank.label, blank.answer) for blank in exercise((a**2).named("f"), "partials").blanks]

    assert asked == [("∂a/∂x (operand 1)", 3), ("∂a/∂x (operand 2)", 3), ("∂f/∂a", 18)]


@settings(max_examples=30)
@given(programs())
def test_the_answers_are_those_of_the_engine(program: Program) -> None:
    output = program.run(on_values, [Value(x) for x in program.inputs])
    nodes = {blank.place[0]: blank.answer for blank in exercise(output).blanks}

    assert list(nodes.values()) == gradient(output, list(nodes))


def test_fractions_stay_fractions() -> None:
    x = Value(Fraction(1, 4), name="x")
    [blank] = exercise((x**2 / 4).named("f"), "grads", seed=0).blanks

    assert blank.answer_text in ("1/8", "1/4")


@every_kind
def test_a_seed_leaves_out_half_of_them_and_the_same_ones_again(hide: Hidden) -> None:
    f = random_graph(4, seed=3)
    chosen = [tuple(blank.label for blank in exercise(f, hide, seed=seed).blanks) for seed in (1, 1, 2, 3)]
    everything = [blank.label for blank in exercise(f, hide).blanks]

    assert chosen[0] == chosen[1]
    assert len(set(chosen)) > 1
    assert {len(labels) for labels in chosen} == {(len(everything) + 1) // 2}
    assert all(list(labels) == [label for label in everything if label in labels] for labels in chosen)


def test_a_large_graph_leaves_out_thirty() -> None:
    x = Value(1, name="x")
    output = x
    for _ in range(60):
        output = output + x

    assert len(exercise(output).blanks) == 30


def test_infinite_numbers_are_not_asked_for() -> None:
    x = Value(float("inf"), name="x")
    task = exercise((x * 2 + Value(float("nan"), name="n")).named("f"), "grads")

    assert [blank.label for blank in task.blanks] == ["∂f/∂n", "∂f/∂a", "∂f/∂x"]
    with pytest.raises(ValueError, match="there are no values to find"):
        exercise(task.output, "values")


@every_kind
def test_no_node_is_changed(hide: Hidden) -> None:
    f = exercise_1()
    f.backward()
    before = [(node.data, node.grad, node.name) for node in topological_order(f)]
    task = exercise(f, hide)
    task.check([1, 2, 3])
    if CAN_RENDER:
        assert task.html

    assert [(node.data, node.grad, node.name) for node in topological_order(f)] == before


# ---------------------------------------------------------------- hints


def test_hints_go_from_the_idea_to_the_numbers_and_hide_what_is_hidden() -> None:
    *_, blank = exercise(exercise_1()).blanks

    assert blank.hints == (
        "3 edges lead up from x, to c, b and a. Each brings the adjoint at its top times its number: add up.",
        "∂f/∂c·1 + ∂f/∂b·y + ∂f/∂a·2x",
        "?2·1 + ?4·3 + ?6·4",
    )


def test_hints_for_values() -> None:
    *_, blank = exercise(exercise_1(), "values").blanks

    assert blank.hints == ("f is d + e: put in the numbers of its parents.", "d + e", "?3 + ?5")


def test_hints_for_partials() -> None:
    [blank] = exercise((Value(3, name="x") ** 2).named("f"), "partials").blanks

    assert blank.hints == (
        "f = x^2. Let x alone move a little: how many times as far does f move?",
        "2x",
        "2·3",
    )


@pytest.mark.parametrize("seed", range(20))
@every_kind
def test_no_hint_is_the_answer(hide: Hidden, seed: int) -> None:
    for blank in exercise(random_graph(4, seed), hide).blanks:
        assert blank.answer_text not in blank.hints
        assert 1 <= len(blank.hints) <= 3


def test_an_operation_on_very_many_operands() -> None:
    output = autodiff.sum([Value(x, name=f"x{x}") for x in range(50)]).named("s")

    assert [exercise(output, hide).blanks[0].answer for hide in KINDS] == [1225, 1, 1]
    assert "of 50 operands" in exercise(output, "values").blanks[0].hints[0]


# ---------------------------------------------------------------- checking in Python


@every_kind
def test_the_right_answers_are_right(hide: Hidden) -> None:
    for seed in range(5):
        task = exercise(random_graph(5, seed), hide)

        assert task.check([blank.answer for blank in task.blanks]).all_right
        assert task.check({blank.mark: blank.answer_text for blank in task.blanks}).all_right
        assert task.check([float(blank.answer) for blank in task.blanks]).all_right


def test_answers_are_found_by_number_mark_and_label() -> None:
    feedback = exercise(exercise_1()).check({1: 1, "?2": 10, "∂f/∂x": "17", 3: None})

    assert [one.verdict for one in feedback.checked] == ["right", "right", *["open"] * 4, "right"]
    assert not feedback.all_right


def test_common_mistakes_are_told() -> None:
    task = exercise(exercise_1())

    assert "one of the 3 edges" in str(task.check({"∂f/∂x": 10}))
    assert "multiply each by its adjoint" in str(task.check({"∂f/∂x": 8}))
    assert "Look at the sign" in str(task.check({"∂f/∂x": -17}))
    assert "Write a number" in str(task.check({"∂f/∂x": "a lot"}))


def test_forgetting_the_adjoint_is_told() -> None:
    x = Value(3, name="x")
    f = (2 * (x**2).named("a")).named("f")

    assert "multiply it by the adjoint" in str(exercise(f).check({"∂f/∂x": 6}))


def test_hints_come_one_at_a_time() -> None:
    task = exercise(exercise_1())
    counts = [str(task.check({"∂f/∂x": 1}, hints=hints)).count("Hint:") for hints in (0, 1, 2, 3, 4)]

    assert counts == [0, 1, 2, 3, 3]


@pytest.mark.parametrize(
    ("answers", "error", "message"),
    [
        ({"∂f/∂q": 1}, ValueError, r"no blank is called '∂f/∂q'; there are \?1 ∂f/∂e, "),
        ([1] * 8, ValueError, "no blank is called 8"),
        ("17", TypeError, "must be a list or a mapping, not '17'"),
        (17, TypeError, "must be a list or a mapping, not 17"),
        ([True], TypeError, "the answer to 1 must be a real number or a Value, not True"),
        ({"∂f/∂x": [17]}, TypeError, "the answer to '∂f/∂x' must be a real number"),
    ],
)
def test_bad_answers_are_refused(answers: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        exercise(exercise_1()).check(answers)


def test_a_label_that_two_blanks_have_is_refused() -> None:
    f = Value(2, name="x") * Value(3, name="x")

    with pytest.raises(ValueError, match="several blanks are called '∂a/∂x'"):
        exercise(f).check({"∂a/∂x": 2})


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((3,), TypeError, "output must be a Value, not 3 of type int"),
        ((Value(3),), ValueError, "there are no grads to find"),
        (
            (exercise_1(), "names"),
            ValueError,
            "one of 'grads', 'partials', 'values', not 'names'",
        ),
        ((exercise_1(), "grads", "a"), TypeError, "seed must be an integer or None, not 'a'"),
        ((autodiff.sum([Value(x) for x in range(101)]),), ValueError, "more than 100 nodes"),
    ],
)
def test_bad_input_is_refused(arguments: tuple[Any, ...], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        exercise(*arguments)


# ---------------------------------------------------------------- the picture and the page


@pytest.mark.parametrize(
    ("hide", "hidden", "given"),
    [
        ("values", ["221", "4199"], ["13", "17", "19"]),
        ("partials", ["13", "17", "19"], ["u = 13", "v = 17", "w = 19"]),
        ("grads", ["323", "247", "grad = 19"], ["grad = 1", "221", "4199"]),
    ],
)
def test_what_is_hidden_is_not_in_the_picture(hide: Hidden, hidden: list[str], given: list[str]) -> None:
    task = exercise(tree(), hide)
    source = exercise_picture(task.output, hide, task.blanks).source
    edges = "".join(re.findall(r"->.*", source))

    assert not [text for text in hidden if re.search(rf"{text}\b", edges if hide == "partials" else source)]
    assert [text for text in given if text not in source] == []
    assert [blank.mark for blank in task.blanks if blank.mark not in source] == []


def test_the_solved_picture_has_the_numbers() -> None:
    task = exercise(tree())
    source = exercise_picture(task.output, "grads", task.blanks, solved=True).source

    assert "grad = 323" in source
    assert "?" not in source


@needs_renderer
@every_kind
def test_the_page_is_one_file(hide: Hidden, tmp_path: Path) -> None:
    task = exercise(exercise_1(), hide)
    path = task.save_html(tmp_path / "task.html")
    text = path.read_text(encoding="utf-8")

    assert text == task.html
    assert "default-src 'none'" in text
    assert not re.search(r"(src|href)=|url\(|@import|\{\{", text)


@needs_renderer
@every_kind
def test_exponents_are_raised_as_in_other_pictures(hide: Hidden) -> None:
    x = Value(2, name="x")
    f = (x**3 + x**-2).named("f")
    task = exercise(f, hide)

    for page in (task.html, sheets(f, hide=hide).html, draw(f, partials="both").source):
        data = re.sub(r"<style>.*?</style>|\"use strict\".*?</script>", "", page, flags=re.DOTALL)
        assert "x³" in data
        assert "x⁻²" in data
        assert "^" not in data


@needs_renderer
def test_a_notebook_shows_a_frame_with_a_picture_inside() -> None:
    task = exercise(exercise_1())
    frame = task._repr_html_()

    assert frame is not None
    source = re.search(r'<iframe[^>]* srcdoc="([^"]*)" sandbox="allow-scripts"', frame)
    assert source is not None
    assert html.unescape(source[1]) == task.html
    assert re.search(r'<img [^>]*src="data:image/png;base64,[^"]+"></iframe>$', frame)


def test_without_a_renderer_all_but_the_page_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(render, "pygraphviz", lambda: None)
    task = exercise(exercise_1())

    assert task.check([1]).checked[0].verdict == "right"
    assert task._repr_html_() is None
    with pytest.raises(render.RendererMissing):
        _ = task.html


def test_the_exercise_says_what_it_asks_for() -> None:
    task = exercise((Value(2, name="x") * 3).named("f"))

    assert isinstance(task, Exercise)
    assert repr(task) == "<Exercise: find ?1 ∂f/∂x>"
