"""Blanks: which numbers of a graph are left out for practice, with their answers and the hints to them.

>>> from autodiff import Value
>>> x, y = Value(2, name="x"), Value(3, name="y")
>>> for blank in blanks_of(x * y + x, "grads"):
...     print(blank.mark, blank.label, blank.answer, blank.hints[1:])
?1 ∂b/∂a 1.0 ('∂b/∂b·1', '1·1')
?2 ∂b/∂y 2.0 ('∂b/∂a·x', '?1·2')
?3 ∂b/∂x 4.0 ('∂b/∂b·1 + ∂b/∂a·y', '1·1 + ?1·3')
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from autodiff.languages import say
from autodiff.number import Number, fits_a_float
from autodiff.pictures.labels import Labels
from autodiff.show.practice.answers import MESSAGES, judged
from autodiff.show.practice.questions import Hidden, Marks, Place, Question, questions_of
from autodiff.show.practice.traps import common_traps
from autodiff.value import Value

__all__ = ["MAX_BLANKS", "Blank", "blanks_of"]

MAX_BLANKS = 30  # of one exercise: a page, and a sitting


@dataclass(frozen=True, eq=False)
class Blank:
    """A number that is hidden.

    Attributes:
        mark: What stands in its place: ?1, ?2, ...
        question: What is asked for.
        hints: From the idea to the numbers; the marks in them are those of other blanks.

    >>> x = Value(3, name="x")
    >>> [blank] = blanks_of((x * x).named("f"), "grads")
    >>> blank.label, blank.derivation, blank.judged("-6")
    ('∂f/∂x', '∂f/∂x = ∂f/∂f·x + ∂f/∂f·x = 1·3 + 1·3 = 6', ('sign', 'The size is right. Look at the sign.'))
    """

    mark: str
    question: Question = field(repr=False)
    hints: tuple[str, ...]

    @property
    def place(self) -> Place:
        return self.question.place

    @property
    def label(self) -> str:
        """What is asked for, such as ∂f/∂x."""
        return self.question.label

    @property
    def answer(self) -> Number:
        return self.question.answer

    @property
    def answer_text(self) -> str:
        return Labels({}).number(self.answer)

    @property
    def traps(self) -> dict[float, str]:
        """What to say to numbers that come of a common mistake."""
        found: dict[float, str] = {}
        for number, message in self.question.traps:
            if fits_a_float(number):
                found.setdefault(float(number), message)
        return found

    @property
    def derivation(self) -> str:
        """From what is asked to the number: ∂f/∂x = ∂f/∂a·y = 1·3 = 3."""
        texts = (self.label, self.question.formula, self.question.numbers({}), self.answer_text)
        return " = ".join(dict.fromkeys(texts))

    def judged(self, text: str) -> tuple[str, str]:
        """Tell what a typed answer is, such as "right", and what to say to it."""
        verdict = judged(text, self.answer)
        for number, message in self.traps.items() if verdict not in ("right", "open", "unreadable") else ():
            if judged(text, number) == "right":
                return "wrong", message
        return verdict, say(MESSAGES[verdict])


def blanks_of(output: Value, hide: Hidden, seed: int | None = None) -> tuple[Blank, ...]:
    """Choose the numbers to hide, in the order in which one finds them.

    Without a seed all are hidden, with one about half of them; never more than 30, and none that is infinite.
    """
    questions = [question for question in questions_of(output, hide) if fits_a_float(question.answer)]
    chosen = chosen_from(questions, seed)
    marks = {question.place: f"?{count}" for count, question in enumerate(chosen, start=1)}
    answers = {question.label: question.answer for question in chosen}
    return tuple(
        Blank(
            marks[question.place],
            replace(question, traps=(*question.traps, *common_traps(question.label, answers))),
            hints_of(question, marks),
        )
        for question in chosen
    )


def chosen_from(questions: Sequence[Question], seed: int | None) -> list[Question]:
    count = len(questions) if seed is None else (len(questions) + 1) // 2
    places = random.Random(seed or 0).sample(range(len(questions)), min(count, MAX_BLANKS))
    return [questions[place] for place in sorted(places)]


def hints_of(question: Question, marks: Marks) -> tuple[str, ...]:
    """The hints that say more than the one before, and less than the answer."""
    hints = dict.fromkeys((question.idea, question.formula, question.numbers(marks)))
    return tuple(hint for hint in hints if hint != Labels({}).number(question.answer))
