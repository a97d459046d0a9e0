"""Wrong answers are told what they come of, and no right answer is a trap."""

from __future__ import annotations

import json
from typing import Any

import pytest

from autodiff import Value, exercise, random_graph
from autodiff.show.practice.exercise import Exercise


def said(task: Exercise, label: str, answer: str) -> str:
    [blank] = [blank for blank in task.blanks if blank.label == label]
    return blank.judged(answer)[1]


def shared() -> Exercise:
    """x goes to f over a and over b: 3·2 = 6 over a, -5 over b."""
    x, y = Value(2, name="x"), Value(5, name="y")
    a, b = (x * 3).named("a"), (x * y).named("b")
    return exercise((a * 2 - b).named("f"))


@pytest.mark.parametrize(
    ("label", "answer", "message"),
    [
        ("∂f/∂x", "1", "Right."),
        (
            "∂f/∂x",
            "6",
            "That is what = in place of += gives: only the last contribution is left. Add up all 2.",
        ),
        ("∂f/∂x", "-5", "You forgot the path through a: 6 is missing."),
        ("∂f/∂x", "8", "That is the sum of the numbers on the edges: first multiply each by its adjoint."),
        ("∂f/∂x", "11", "That is what comes of this: the minus is lost that x - y, -x and x/y bring."),
        (
            "∂f/∂y",
            "-5",
            "You multiplied by the value of y, not by the partial: how fast does the node above move?",
        ),
        (
            "∂f/∂y",
            "-10",
            "You multiplied by the value of b, not by the partial: how fast does the node above move?",
        ),
        ("∂f/∂a", "-2", "The size is right. Look at the sign."),
        ("∂f/∂a", "3", "Not yet."),
    ],
)
def test_a_wrong_answer_is_told_what_it_comes_of(label: str, answer: str, message: str) -> None:
    assert said(shared(), label, answer) == message


def test_an_edge_beside_another_one_is_no_path() -> None:
    x = Value(3, name="x")

    assert (
        said(exercise(x / x), "∂a/∂x", "0.333") == "You forgot one of the edges to a: -0.333333 is missing."
    )


def test_the_value_in_place_of_the_partial() -> None:
    x, y = Value(3, name="x"), Value(5, name="y")
    task = exercise((x * y).named("a"), hide="partials")

    assert said(task, "∂a/∂x", "3") == "That is the value of x, not the partial: how fast does a move?"
    assert said(task, "∂a/∂x", "15") == "That is the value of a, not the partial: how fast does a move?"


def test_passing_on_before_everything_has_arrived() -> None:
    x = Value(3, name="x")
    a = (x * 2).named("a")
    task = exercise((a * (a + 1)).named("f"))

    assert said(task, "∂f/∂x", "14").startswith("That is what comes of this: a node passes on as soon as")


@pytest.mark.parametrize(
    ("hide", "label", "answer", "message"),
    [
        (
            "grads",
            "∂f/∂x",
            "34",
            "That is twice the number that is asked for: did you count something twice?",
        ),
        ("grads", "∂f/∂x", "17/2", "That is half of the number that is asked for: is a factor of 2 missing?"),
        ("grads", "∂f/∂y", "17", "That is ∂f/∂x, and ∂f/∂y is asked for."),
        ("grads", "∂f/∂y", "-12", "The size is right. Look at the sign."),
        ("values", "f", "4", "That is a, and f is asked for."),
        ("values", "f", "70", "That is twice the number that is asked for: did you count something twice?"),
        ("partials", "∂a/∂x", "3", "That is ∂b/∂x, and ∂a/∂x is asked for."),
        (
            "partials",
            "∂a/∂x",
            "8",
            "That is twice the number that is asked for: did you count something twice?",
        ),
    ],
)
def test_another_number_of_the_graph_and_a_factor_of_2_are_named(
    hide: Any, label: str, answer: str, message: str
) -> None:
    """In f = x² + xy + (x + y)² at x = 2, y = 3 x has 17, y 12."""
    x, y = Value(2, name="x"), Value(3, name="y")
    a, b, c = (x**2).named("a"), (x * y).named("b"), (x + y).named("c")
    task = exercise((a + b + c**2).named("f"), hide=hide)

    assert said(task, label, answer) == message
    assert json.dumps(message, ensure_ascii=False) in task.html


@pytest.mark.parametrize("difficulty", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("hide", ["grads", "partials", "values"])
def test_no_right_answer_is_a_trap(difficulty: int, hide: str) -> None:
    for seed in range(5):
        for blank in exercise(random_graph(difficulty, seed), hide=hide).blanks:  # type: ignore[arg-type]
            assert float(blank.answer) not in blank.traps
            assert blank.judged(blank.answer_text)[0] == "right"


@pytest.mark.parametrize("answer", ["1/0", "abc", "", "∞", "0x10", "--3", "3 apples", "9" * 100])
def test_what_is_no_number_is_answered_kindly(answer: str) -> None:
    for blank in shared().blanks:
        verdict, message = blank.judged(answer)
        assert verdict in ("unreadable", "open")
        assert message in ("Write a number: 17, -0.5, 1/32 or 1e-3.", "")
