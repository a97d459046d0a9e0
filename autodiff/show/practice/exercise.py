"""Practice: a page on which numbers of a graph are left out, to be found, with hints, and a sheet to print.

>>> from autodiff import Value
>>> x, y = Value(2, name="x"), Value(3, name="y")
>>> task = exercise((x * y + x).named("f"))  # in a notebook the page shows itself
>>> task.check({"∂f/∂a": 1, "∂f/∂x": 3})
1 of 3 right
?1 ∂f/∂a = 1  ✓ Right.
?2 ∂f/∂y =
?3 ∂f/∂x = 3  ✗ That is what = in place of += gives: only the last contribution is left. Add up all 2.
     Hint: 2 edges lead up from x, to f and a. Each brings the adjoint at its top times its number: add up.
>>> print(task.solution)
?1 ∂f/∂a = ∂f/∂f·1 = 1·1 = 1
?2 ∂f/∂y = ∂f/∂a·x = 1·2 = 2
?3 ∂f/∂x = ∂f/∂f·1 + ∂f/∂a·y = 1·1 + 1·3 = 4
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

from autodiff.files import write_file
from autodiff.languages import chosen_language, say, spoken
from autodiff.number import Number
from autodiff.pictures.draw import has_more_nodes
from autodiff.pictures.render import RendererMissing, to_png
from autodiff.show.derivations.wording import check_node
from autodiff.show.page.standalone import framed
from autodiff.show.practice.blanks import Blank, blanks_of
from autodiff.show.practice.pictures import exercise_picture
from autodiff.show.practice.questions import Hidden
from autodiff.show.practice.worksheet import worksheet
from autodiff.value import Value, number

__all__ = ["MAX_NODES", "Exercise", "Feedback", "exercise"]

MAX_NODES = 100  # of a picture that one works on
VERDICT_SIGNS = {"right": "✓", "open": ""}  # beside what is typed; ✗ for all the rest

Answer: TypeAlias = Number | str | None  # None is one that is not given yet
Answers: TypeAlias = Mapping[Any, Answer] | Sequence[Answer]  # by number, mark or label, or in order


def exercise(
    output: Value,
    hide: Hidden = "grads",
    seed: int | None = None,
    *,
    title: str | None = None,
    language: str | None = None,
) -> Exercise:
    """Make an exercise of a graph: some of its numbers are left out, to be found.

    Args:
        output: The node whose graph it is about. No ``grad`` is read or touched.
        hide: Which numbers are left out: "values" of the nodes, for the forward sweep; "partials" on the
            edges; or "grads", the derivatives of the output, for the reverse sweep.
        seed: None leaves out all of them, a number about half of them, the same for the same seed. At most
            30 are left out.
        title: The page's title; None for one that says what is asked.
        language: What page, hints and feedback speak: "en" or "ru"; None for what ``speak`` has chosen.

    Returns:
        The exercise. In a notebook it shows itself; ``save_html(path)`` writes the page, which prints as a
        sheet with its solution on a page of its own.

    Raises:
        TypeError: ``output`` is no Value, or ``seed`` no integer.
        ValueError: ``hide`` is unknown, the graph has more than 100 nodes, there is nothing to find in it, or
            the language is not there.

    >>> x = Value(3, name="x")
    >>> print(exercise((x * x).named("f"), hide="partials").solution)
    ?1 ∂f/∂x (operand 1) = x = 3
    ?2 ∂f/∂x (operand 2) = x = 3
    """
    check_node(output, "exercise: output")
    if seed is not None and type(seed) is not int:
        raise TypeError(f"exercise: seed must be an integer or None, not {seed!r}")
    if has_more_nodes([output], MAX_NODES):
        raise ValueError(
            f"exercise: the graph has more than {MAX_NODES} nodes: take a part, such as one of its nodes"
        )
    language = chosen_language(language, "exercise")
    with spoken(language):
        blanks = blanks_of(output, hide, seed)
    if not blanks:
        raise ValueError(
            f"exercise: there are no {hide} to find in {output!r}: it is a leaf, or none is finite"
        )
    return Exercise(output, hide, blanks, title, language)


@dataclass(frozen=True, eq=False, repr=False)
class Exercise:
    """A graph with numbers left out, as a page, as a sheet to print and for Python.

    Attributes:
        output: The node whose graph it is about.
        hide: Which numbers are left out.
        blanks: Those numbers, with ``mark``, ``label``, ``answer`` and ``hints``.
        title: The page's title; None for one that says what is asked.
        language: What page, hints and feedback speak.

    >>> x = Value(3, name="x")
    >>> task = exercise((x * x).named("f"))
    >>> [(blank.mark, blank.label, blank.answer) for blank in task.blanks]
    [('?1', '∂f/∂x', 6.0)]
    """

    output: Value
    hide: Hidden
    blanks: tuple[Blank, ...]
    title: str | None = None
    language: str = "en"

    @cached_property
    def html(self) -> str:
        """The page, complete in itself.

        Raises:
            RendererMissing: There is no Graphviz to draw the graph with.
        """
        with spoken(self.language):
            return worksheet(self.output, self.hide, self.blanks, self.title)

    def save_html(self, path: str | os.PathLike[str]) -> Path:
        """Save the page as one file, which opens with a double click; return its path."""
        path = Path(path)
        write_file(path, self.html)
        return path

    @property
    def solution(self) -> str:
        """Every blank with the way to its number, one a line."""
        with spoken(self.language):
            return "\n".join(f"{blank.mark} {blank.derivation}" for blank in self.blanks)

    def check(self, answers: Answers, hints: int = 1) -> Feedback:
        """Check answers in Python, as the page does: numbers, or text such as "1/32" or "0,5".

        Args:
            answers: The answers in the order of the blanks, or a mapping from their numbers (1, 2, ...),
                marks or labels to answers. None is an answer not given yet.
            hints: How many hints to give where an answer is not right.

        Raises:
            TypeError: An answer is neither a number nor text.
            ValueError: There are more answers than blanks, or one for a blank that is not there.

        >>> x = Value(2, name="x")
        >>> exercise((x**2).named("f")).check(["5"], hints=2)
        0 of 1 right
        ?1 ∂f/∂x = 5  ✗ Not yet.
             Hint: One edge leads up from x: the adjoint of f, times the number on it.
             Hint: ∂f/∂x = ∂f/∂f·2x
        """
        given = {blank: "" for blank in self.blanks} | self._assigned(answers)
        with spoken(self.language):
            checked = tuple(Checked(blank, text, *blank.judged(text)) for blank, text in given.items())
        return Feedback(checked, hints, self.language)

    def _assigned(self, answers: Answers) -> dict[Blank, str]:
        """The blank that each answer belongs to, and the answer as text."""
        if isinstance(answers, str) or not isinstance(answers, Mapping | Sequence):
            raise TypeError(f"check: answers must be a list or a mapping, not {answers!r}")
        if not isinstance(answers, Mapping):
            answers = dict(enumerate(answers, start=1))
        return {self._blank(key): text_of(answer, key) for key, answer in answers.items()}

    def _blank(self, key: int | str) -> Blank:
        """Find a blank by its number, its mark or its label."""
        numbered = enumerate(self.blanks, start=1)
        found = [blank for count, blank in numbered if key in (count, blank.mark, blank.label)]
        if len(found) != 1:
            count = "several blanks are" if found else "no blank is"
            names = ", ".join(f"{blank.mark} {blank.label}" for blank in self.blanks)
            raise ValueError(f"check: {count} called {key!r}; there are {names}")
        return found[0]

    def _repr_html_(self) -> str | None:
        try:
            png = base64.b64encode(to_png(exercise_picture(self.output, self.hide, self.blanks), 96)).decode()
            static = (
                f'<img alt="{say("The exercise")}" style="max-width: 100%" src="data:image/png;base64,{png}">'
            )
            return framed(self.html, static, height=max(560, 300 + 56 * len(self.blanks)))
        except RendererMissing:
            return None

    def __repr__(self) -> str:
        asked = ", ".join(f"{blank.mark} {blank.label}" for blank in self.blanks)
        return f"<Exercise: find {asked}>"


def text_of(answer: Answer, key: int | str) -> str:
    """An answer as it would be typed."""
    if answer is None:
        return ""
    return answer if isinstance(answer, str) else str(number(answer, f"check: the answer to {key!r}"))


@dataclass(frozen=True)
class Checked:
    """An answer and what there is to say to it."""

    blank: Blank
    text: str
    verdict: str
    message: str

    def lines(self, hints: int) -> list[str]:
        sign = VERDICT_SIGNS.get(self.verdict, "✗")
        line = f"{self.blank.mark} {self.blank.label} = {self.text}  {sign} {self.message}".rstrip()
        if self.verdict in ("right", "open"):
            return [line]
        idea, *formulas = self.blank.hints
        told = [idea, *(f"{self.blank.label} = {formula}" for formula in formulas)]
        return [line, *(f"     {say('Hint')}: {hint}" for hint in told[: max(hints, 0)])]


@dataclass(frozen=True, repr=False)
class Feedback:
    """What ``check`` found, which shows itself as text.

    >>> x = Value(3, name="x")
    >>> feedback = exercise((x * x).named("f")).check([6])
    >>> feedback.all_right, feedback
    (True, 1 of 1 right
    ?1 ∂f/∂x = 6  ✓ Right.)
    """

    checked: tuple[Checked, ...]
    hints: int = field(default=1)
    language: str = "en"

    @property
    def all_right(self) -> bool:
        return all(one.verdict == "right" for one in self.checked)

    def __repr__(self) -> str:
        right = sum(one.verdict == "right" for one in self.checked)
        with spoken(self.language):
            score = say("{right} of {count} right", right=right, count=len(self.checked))
            return "\n".join([score, *(line for one in self.checked for line in one.lines(self.hints))])
