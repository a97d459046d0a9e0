"""Results: what a student's backward came to on each graph and in each part, as text, HTML and a picture."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property

from autodiff.languages import say
from autodiff.pictures.canvas import Picture
from autodiff.pictures.draw import draw
from autodiff.pictures.labels import Labels
from autodiff.pictures.render import RendererMissing, to_png
from autodiff.show.derivations.noise import without_noise
from autodiff.show.derivations.wording import derivative, shown_names
from autodiff.show.grading.diagnosis import Fault, agrees, faults_of
from autodiff.show.grading.students import METHODS, Case, Found
from autodiff.show.mistakes.catalogue import MISTAKES
from autodiff.show.mistakes.sweeps import Mistake

__all__ = ["CALLED", "Grade", "PartGrade", "Tried", "smallest_of"]

MOST_STEPS = 12  # of a graph that are listed
CALLED = {
    "+": "a sum",
    "*": "a product",
    "-": "a difference",
    "/": "a quotient",
    "-x": "a minus",
    "x + 1": "a sum with a number",
    "2x": "a product with a number",
    "1 + x": "a sum with a number on the left",
    "1 - x": "a difference with a number on the left",
    "1 / x": "a quotient with a number on the left",
    "x**2": "a power",
}


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

    @cached_property
    def groups(self) -> dict[str | int, bool]:
        """Whether all graphs about an operation are right; a graph about none is on its own."""
        found: dict[str | int, bool] = {}
        for place, one in enumerate(self.tried):
            about = one.case.about or place
            found[about] = found.get(about, True) and one.is_right
        return found

    @property
    def wrong(self) -> list[str]:
        """The operations with a graph that is not right."""
        return [str(about) for about, right in self.groups.items() if not right and isinstance(about, str)]

    @property
    def points(self) -> int:
        """The share of what is right, in whole points; none for what was not tried."""
        count = len(self.groups) + self.missing
        return self.out_of * sum(self.groups.values()) // count if count else 0

    def __str__(self) -> str:
        right, count = sum(one.is_right for one in self.tried), len(self.tried) + self.missing
        sign = "✓" if self.points == self.out_of else "✗"
        what = say("{name}: {right} of {count} graphs right", name=say(self.name), right=right, count=count)
        untried = say(", {count} not tried for lack of time", count=self.missing) if self.missing else ""
        names = ", ".join(self.wrong) if len(self.groups) > 1 else ""
        wrong = say("; wrong: {names}", names=names) if names else ""
        return f"{sign} {self.points}/{self.out_of}  {what}{wrong}{untried}"


@dataclass(frozen=True, repr=False)
class Grade:
    """What a student's backward is worth, and what is wrong with it.

    Attributes:
        parts: The parts, each with ``name``, ``points`` and ``out_of``.
        what: What was run.
        smallest: A part of a graph that fails, which fails too.
        runs: The methods that each operation of a student's class runs through.
    """

    parts: tuple[PartGrade, ...]
    what: str = ""
    smallest: Tried | None = None
    runs: Mapping[str, Set[str]] = field(default_factory=dict)

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
    def faults(self) -> list[Fault]:
        """The classic mistakes that were made, each with the operations in which it was."""
        answered = [(one.case, one.found) for one in self.tried if one.found is not None]
        return [] if self.passed else faults_of(answered, self.runs)

    @property
    def mistake(self) -> Mistake | None:
        """The first of the classic mistakes that were made; None if what is wrong is none of them."""
        return self.faults[0].mistake if self.faults else None

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
        lines += [self._said(fault) for fault in self.faults]
        if self.mistake is not None:
            is_known = self.mistake.name in (each.name for each in MISTAKES)
            name = repr(self.mistake.name) if is_known else "result.mistake"
            call = f"autodiff.compare(result.faults[0].case.output, {name})"
            lines.append(say("To see it: {call}", call=call))
        return "\n".join([*lines, self.what])

    __repr__ = __str__

    def _said(self, fault: Fault) -> str:
        """A mistake, where it was made, and the smallest graph that shows it."""
        name, wrong = say(fault.mistake.name), say(fault.mistake.wrong)
        if not fault.operations:
            return say("This is what comes of the mistake '{name}': {wrong}.", name=name, wrong=wrong)
        return say(
            "The mistake '{name}' in {where}: {wrong}. The smallest graph that shows it: {graph}",
            name=name,
            where=", ".join(map(self._place, fault.operations)),
            wrong=wrong,
            graph=graph_text(fault.case),
        )

    def _place(self, operation: str) -> str:
        """An operation in words; in a class its method, too."""
        called = say(CALLED[operation]) if operation in CALLED else operation
        method = METHODS.get(operation, operation)
        return f"{method} ({called})" if self.runs and method != called else called

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


def graph_text(case: Case) -> str:
    """A graph, step by step."""
    names = shown_names(case.output)
    labels = Labels(names)
    steps = [f"{names[node]} = {labels.operation(node)}" for node in names if node.op is not None]
    return (
        ", ".join(steps) if len(steps) <= MOST_STEPS else say("one of {count} operations", count=len(steps))
    )


def failure_lines(one: Tried) -> list[str]:
    """What happened on a graph, in words."""
    case, write = one.case, Labels({}).number
    names = shown_names(case.output)
    shown = graph_text(case)
    at = ", ".join(f"{names[x]} = {write(x.data)}" for x in case.inputs)
    lines = [say("The smallest graph that fails: {graph} at {point}", graph=shown, point=at)]
    if one.trouble:
        return [*lines, f"  {one.trouble}"]
    right = without_noise(case.output).adjoints
    for x in case.inputs:
        assert one.found is not None
        sign = "✓" if agrees(Case(case.output, (x,)), one.found) else "✗"
        d = derivative(names[case.output], names[x], "text")
        numbers = {"right": write(right[x]), "found": write(one.found[x])}
        lines.append(f"  {sign} {d}: {say('{right} is right, {found} came out', **numbers)}")
    return lines
