"""In loops: a function of vectors in Python and C, a loop a step, with one inside it over the operands of many."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np

from autodiff.compiler.flat.places import steps_of
from autodiff.sources.expressions import Formula, assembled_block, simplest
from autodiff.sources.languages import Language
from autodiff.sources.vectors import AXES, Placed, Vectors, VectorStep
from autodiff.writing.forms import (
    Argument,
    Block,
    FoldStep,
    PrimitiveStep,
    ScanStep,
)
from autodiff.writing.loops import Result, length_of, results_of

__all__ = ["InLoops"]

MOST_ON_STACK = 20_000  # numbers


class InLoops:
    """The lines of a function, and of its gradient, as loops over the numbers of vectors.

    Attributes:
        lines: What is written.
        begun: The vectors whose adjoints have been.
    """

    def __init__(self, function: Vectors, language: Language) -> None:
        self.function, self.language, self.statements = function, language, language.statements
        self.lines, self.begun, self.fresh = list[str](), set[str](), function.names.copy().fresh("t")
        self._margin = "    "
        self._pointers = {*function.arguments} if language.name == "c" else set[str]()  # to their adjoints
        self._vector, self._zeros = self.statements.vector, self.statements.zeros
        if language.name == "c" and sum(function.sizes.values()) > MOST_ON_STACK:
            self._vector = f"static {self._vector}"
            self._zeros = f"{self._vector}\n{self.statements.fill}"

    def write_value(self, steps: list[VectorStep]) -> None:
        """Write how a vector is computed: by one step, or by several that copy numbers into it."""
        name, size = steps[0].name, self.function.sizes[steps[0].name]
        if steps[0].note:
            self.put(self.statements.comment, steps[0].note)
        if size > 1:
            self.put(self._vector, name, size)
        for step in steps:
            StepLines(self, step, step.value).write()

    def write_slopes(self, steps: list[VectorStep]) -> None:
        """Write what arrives below these steps."""
        self.put(self.statements.comment, self.function.chain(steps))
        for step in steps:
            StepLines(self, step, step.partials, step.targets).write()

    def at(self, part: Placed | float, bar: bool = False) -> Formula:
        """Where a number stands, or its adjoint."""
        if not isinstance(part, Placed):
            return part
        name = self.function.bars[part.vector] if bar else part.vector
        if self.function.sizes[part.vector] == 1:
            return "*" * (bar and part.vector in self._pointers) + name
        steps = steps_of(part.positions)
        if steps is not None:
            return f"{name}[{index_text(part.positions.item(0), steps)}]"
        own = steps_of(np.arange(part.positions.size).reshape(part.positions.shape))
        return f"{name}[{self.function.table(part.positions)}[{index_text(0, own or ())}]]"

    def begin(self, vector: str) -> None:
        """Let the adjoint of a vector be 0, if nothing has been added to it."""
        if vector in self.begun:
            return
        self.begun.add(vector)
        bar, size, is_pointer = (
            self.function.bars[vector],
            self.function.sizes[vector],
            vector in self._pointers,
        )
        if size > 1:
            self.put(self.statements.fill if is_pointer else self._zeros, bar, size)
        else:
            template = self.statements.assign if is_pointer else self.statements.variable
            self.put(template, "*" * is_pointer + bar, self.language.write(0.0, ""))

    def add(self, part: Placed, formula: Formula, row: str) -> None:
        """Add to the adjoint of a number; the first term of one that stands alone is what it begins with."""
        text = self.language.write(formula, row)
        if self.function.sizes[part.vector] > 1:
            self.begin(part.vector)
        template = self.statements.add if part.vector in self.begun else self.statements.variable
        self.begun.add(part.vector)
        self.put(template, self.at(part, bar=True), text)

    def put(self, template: str, *texts: object) -> None:
        self.lines += [self._margin + line for line in template.format(*texts).split("\n")]

    @contextmanager
    def loop(self, index: str, length: int | None, backwards: bool = False) -> Iterator[None]:
        """Lines for each index; of one there is no loop."""
        if length is None or length == 1:
            yield
            return
        self.put(self.statements.backwards if backwards else self.statements.loop, index, length)
        self._margin += "    "
        yield
        self._margin = self._margin[4:]
        if self.statements.end:
            self.put(self.statements.end)


class StepLines:
    """The value of one step, or what arrives at its targets: a loop for each fold or scan, and one for the results."""

    def __init__(
        self, written: InLoops, step: VectorStep, block: Block, targets: Mapping[int, Placed] | None = None
    ) -> None:
        self.written, self.step, self.block, self.targets = written, step, block, targets
        z, bar = (written.at(step.parts["z"], bar) for bar in (False, True))
        self.names: dict[Argument, Formula] = {x: written.at(part) for x, part in step.parts.items()}
        self.names |= {"zs": z, "ds": bar}
        self.place, self.bar = z, bar
        self.is_alone = written.function.sizes[step.name] == 1

    def write(self) -> None:
        """Write its lines."""
        results = [(length, [*each]) for length, each in itertools.groupby(results_of(self.block), length_of)]
        for length, each in results:
            for result in each:
                if self.targets and (self.step.shape != (1, 1) or (length or 1) > 1):
                    self.written.begin(self.targets[result.first].vector)
        with self.written.loop("k", self.step.shape[0]), self.written.loop("i", self.step.shape[1]):
            for step in self.block.steps:
                if isinstance(step, FoldStep | ScanStep):
                    self._run_through(step)
            for length, each in results:
                with self.written.loop("j", length):
                    formulas = self._formulas([result.argument for result in each])
                    for result, formula in zip(each, formulas, strict=True):
                        self._finish(result, formula)

    def _run_through(self, step: FoldStep | ScanStep) -> None:
        """Combine numbers one after the other; of a scan, keep for each of them what the others have come to."""
        statements, length = self.written.statements, step.over.length
        in_place = self.targets is None and self.block.results == (step.target,)
        variable = self.place if in_place else next(self.written.fresh)
        [start] = self._formulas([step.start])
        template = statements.assign if in_place and not self.is_alone else statements.variable
        self._put(template, variable, 0.0 if start == 0 else start)
        if isinstance(step, ScanStep):
            kept = next(self.written.fresh)
            self.written.put(statements.vector, kept, length)
            self.names[step.target] = f"{kept}[{'j' if length > 1 else 0}]"
        with self.written.loop("j", length, isinstance(step, ScanStep) and step.backwards):
            if isinstance(step, ScanStep):
                self._put(statements.assign, self.names[step.target], variable)
            [x] = self._formulas([step.over])
            if step.combine == "add":
                self._put(statements.add, variable, x)
            else:
                self._put(statements.assign, variable, simplest(step.combine, variable, x))
        self.names.setdefault(step.target, variable)

    def _formulas(self, arguments: Sequence[Argument]) -> list[Formula]:
        """What arguments are, with lines before for what is used several times."""
        steps = tuple(step for step in self.block.steps if isinstance(step, PrimitiveStep))
        block = Block(steps, tuple(arguments))
        before, found = assembled_block(block, range(len(arguments)), self.names, self.written.fresh, {})
        for name, made in before:
            self._put(self.written.statements.constant, name, made)
        return found

    def _finish(self, result: Result, formula: Formula) -> None:
        """Let a result stand where it belongs, or add it to an adjoint."""
        if self.targets is not None:
            if not self.step.passes_on:
                formula = simplest("mul", self.bar, formula)
            self.written.add(self.targets[result.first], formula, self.step.row)
        elif formula != self.place:
            statements = self.written.statements
            self._put(statements.constant if self.is_alone else statements.assign, self.place, formula)

    def _put(self, template: str, name: Formula, formula: Formula) -> None:
        self.written.put(template, name, self.written.language.write(formula, self.step.row))


def index_text(start: int, steps: Sequence[int]) -> str:
    """An index as a sum.

    >>> index_text(2, (0, 3, 1)), index_text(0, (0, 0, 0))
    ('3 * i + j + 2', '0')
    """
    terms = [
        axis if step == 1 else f"{step} * {axis}" for step, axis in zip(steps, AXES, strict=True) if step
    ]
    return " + ".join([*terms, *[str(start)] * (start != 0 or not terms)]).replace("+ -", "- ")
