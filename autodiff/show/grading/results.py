"""Results: what a student's backward came to on each graph and in each part, as text, HTML and a picture."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from autodiff.languages import say
from autodiff.pictures.canvas import Picture
from autodiff.pictures.draw import draw
from autodiff.pictures.labels import Labels
from autodiff.pictures.render import RendererMissing, to_png
from autodiff.show.derivations.noise import without_noise
from autodiff.show.derivations.wording import shown_names
from autodiff.show.grading.diagnosis import agrees, mistake_of
from autodiff.show.grading.students import Case, Found
from autodiff.show.mistakes.sweeps import Mistake

__all__ = ["Grade", "PartGrade", "Tried", "smallest_of"]

MOST_STEPS = 12  # of a graph that are listed


@dataclass(frozen=True)
class Tried:
    """A graph that was tried: what was found there, or what happened instead."""

    case: Case
    found: Found | None
    trouble: str = ""
    is_endless: bool = False  # it was given up

    @cached_property
    def is_right(self) -> bool:
        return self.found is not None and agrees(self.case, self.found)


@dataclass(frozen=True)
class PartGrade:
    """What one part came to."""

    name: str
    out_of: int
    tried: tuple[Tried, ...]
    missing: int = 0  # graphs for which there was no time

    @property
    def points(self) -> int:
        return (
            self.out_of if self.tried and not self.missing and all(one.is_right for one in self.tried) else 0
        )

    def __str__(self) -> str:
        right, count = sum(one.is_right for one in self.tried), len(self.tried) + self.missing
        sign = "✓" if self.points else "✗"
        what = say("{name}: {right} of {count} graphs right", name=say(self.name), right=right, count=count)
        untried = say(", {count} not tried for lack of time", count=self.missing) if self.missing else ""
        return f"{sign} {self.points}/{self.out_of}  {what}{untried}"


@dataclass(frozen=True, repr=False)
class Grade:
    """What a student's backward is worth, and what is wrong with it.

    Attributes:
        parts: The parts, each with ``name``, ``points`` and ``out_of``.
        what: What was run.
        smallest: A part of a graph that fails, which fails too.
    """

    parts: tuple[PartGrade, ...]
    what: str = ""
    smallest: Tried | None = None

    @property
    def points(self) -> int:
        return sum(part.points for part in self.parts)

    @property
    def out_of(self) -> int:
        return sum(part.out_of for part in self.parts)

    @property
    def passed(self) -> bool:
        """Whether everything is right: write ``assert result.passed, result``."""
        return self.points == self.out_of

    @property
    def tried(self) -> list[Tried]:
        return [one for part in self.parts for one in part.tried]

    @cached_property
    def failing(self) -> Tried | None:
        """The smallest graph that fails."""
        return self.smallest or smallest_of(self.tried)

    @cached_property
    def mistake(self) -> Mistake | None:
        """The classic mistake that gives all the numbers that were found; None if it is none of them."""
        answered = [(one.case, one.found) for one in self.tried if one.found is not None]
        return None if self.passed or all(agrees(*each) for each in answered) else mistake_of(answered)

    @property
    def picture(self) -> Picture | None:
        """The smallest graph that fails, with the right derivatives and those that came out."""
        if self.failing is None:
            return None
        case, found = self.failing.case, self.failing.found or {}
        right, write = without_noise(case.output).adjoints, Labels({}).number
        wrong = [x for x in case.inputs if x in found and not agrees(Case(case.output, (x,)), found)]
        notes = {x: say("{wrong}, not {right}", wrong=write(found[x]), right=write(right[x])) for x in wrong}
        return draw(case.output, grads={**right, **notes}, marked=wrong)

    def __str__(self) -> str:
        points = say("{points} of {most} points", points=self.points, most=self.out_of)
        lines = [points, *map(str, self.parts)]
        if self.failing is not None:
            lines += failure_lines(self.failing)
        if self.mistake is not None:
            name, wrong = say(self.mistake.name), say(self.mistake.wrong)
            lines.append(say("This is what comes of the mistake '{name}': {wrong}.", name=name, wrong=wrong))
            call = f"autodiff.compare(result.failing.case.output, {self.mistake.name!r})"
            lines.append(say("To see it: {call}", call=call))
        return "\n".join([*lines, self.what])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        image = ""
        try:
            if self.picture is not None:
                png = base64.b64encode(to_png(self.picture)).decode()
                image = (
                    f'<img alt="{say("The smallest graph that fails")}" src="data:image/png;base64,{png}">'
                )
        except RendererMissing:
            pass
        return f"<pre>{html.escape(str(self))}</pre>{image}"


def smallest_of(tried: Iterable[Tried]) -> Tried | None:
    wrong = [one for one in tried if not one.is_right]
    return min(wrong, key=lambda one: len(shown_names(one.case.output)), default=None)


def failure_lines(one: Tried) -> list[str]:
    """What happened on a graph, in words."""
    case, write = one.case, Labels({}).number
    names = shown_names(case.output)
    labels = Labels(names)
    steps = [f"{names[node]} = {labels.operation(node)}" for node in names if node.op is not None]
    shown = (
        ", ".join(steps) if len(steps) <= MOST_STEPS else say("one of {count} operations", count=len(steps))
    )
    at = ", ".join(f"{names[x]} = {write(x.data)}" for x in case.inputs)
    lines = [say("The smallest graph that fails: {graph} at {point}", graph=shown, point=at)]
    if one.trouble:
        return [*lines, f"  {one.trouble}"]
    right = without_noise(case.output).adjoints
    for x in case.inputs:
        assert one.found is not None
        sign = "✓" if agrees(Case(case.output, (x,)), one.found) else "✗"
        d = f"∂{names[case.output]}/∂{names[x]}"
        numbers = {"right": write(right[x]), "found": write(one.found[x])}
        lines.append(f"  {sign} {d}: {say('{right} is right, {found} came out', **numbers)}")
    return lines
