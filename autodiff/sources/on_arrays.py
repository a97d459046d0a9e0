"""On arrays: a function of vectors in NumPy, PyTorch and JAX, a statement on whole vectors a step, layers as products.

Every array has the axes along which its numbers differ; see ``AXES``. That tells how it is multiplied with others.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence

import numpy as np

from autodiff.compiler.flat.data import Indices
from autodiff.sources.expressions import Applied, Formula, assembled_block, simplest
from autodiff.sources.languages import CLOSED_UP, ArrayStatements, Language
from autodiff.sources.vectors import AXES, Placed, Vectors, VectorStep, operands_in
from autodiff.writing.forms import Argument, Block, FoldStep, PrimitiveStep, Repeated, ScanStep, VectorPart

__all__ = ["OnArrays"]

VIEW = re.compile(r"\w+_bar(_\d+)?(\[.*\])?(\.reshape\([-\d, ]+\)|\.T)*")  # of another adjoint


class OnAxes(str):
    """The text of an array, and its axes."""

    __slots__ = ("axes",)
    axes: str

    def __new__(cls, text: str, axes: str) -> OnAxes:
        found = super().__new__(cls, text)
        found.axes = axes
        return found


class OnArrays:
    """The lines of a function, and of its gradient, in statements on whole vectors; with the attributes of InLoops."""

    def __init__(self, function: Vectors, language: Language, statements: ArrayStatements) -> None:
        self.function, self.language, self.statements = function, language, statements
        self.lines, self.begun, self.fresh = list[str](), set[str](), function.names.copy().fresh("t")
        self._sizes, self._row = dict[str, int](), ""  # of the step that is being written
        self._named = dict[str, str]()  # the axes of what has a name

    def write_value(self, steps: list[VectorStep]) -> None:
        """Write how a vector is computed: by one step, or by several that copy numbers into it."""
        [step, *more] = steps
        self._enter(step)
        self.lines += [f"    # {step.note}"] * bool(step.note)
        out = laid_out(step.parts["z"])[0]
        if not step.row:
            pieces = ", ".join(str(self.at(piece.parts["x0"])) for piece in (step, *more))
            self.lines.append(f"    {step.name} = {self.statements.m}.hstack([{pieces}])")
            return
        if step.row == "dot":
            left, right, bias = (self.at(step.parts[x]) for x in dict.fromkeys(operands_in(step.value)))
            found = simplest("add", self._beside(bias, out), self._product([left, right], out, AXES))
        else:
            if step.row in self.language.whole:
                operands = (self.at(step.parts[x]) for x in operands_in(step.value))
                value: Formula = Applied(step.row, tuple(operands))
            else:
                [value] = self._assembled(step, step.value)
            found = self._product([value], out, out)
        self._put(step.name, self._flat(found, out))

    def write_slopes(self, steps: list[VectorStep]) -> None:
        """Write what arrives below these steps."""
        self.lines.append(f"    # {self.function.chain(steps)}")
        for step in steps:
            self._write_slopes(step)

    def _write_slopes(self, step: VectorStep) -> None:
        self._enter(step)
        bar = self.at(step.parts["z"], bar=True)
        if step.row == "dot":
            slopes: Sequence[Formula] = [
                self.at(step.parts[x]) if x in step.parts else 1.0 for x in step.partials.results
            ]
        else:
            slopes = self._assembled(step, step.partials)
        for target, result, slope in zip(step.targets.values(), step.partials.results, slopes, strict=True):
            factors = [slope] if step.passes_on else [bar, slope]
            if step.row != "dot" and not step.passes_on:
                factors = [self._fitting(simplest("mul", bar, slope))]
            space = AXES if isinstance(result, VectorPart | Repeated) else AXES[:2]
            self.add(target, self._product(factors, laid_out(target)[0], space), step.row)

    def begin(self, vector: str) -> None:
        """Let the adjoint of a vector be 0, if nothing has been added to it."""
        if vector not in self.begun:
            self.begun.add(vector)
            zeros = self._filled(self.statements.zeros, self.function.sizes[vector])
            self.lines.append(f"    {self.function.bars[vector]} = {zeros}")

    def add(self, part: Placed, formula: Formula, row: str) -> None:
        """Add to the adjoint of a part of a vector."""
        self._row = row
        bar, size = self.function.bars[part.vector], self.function.sizes[part.vector]
        axes, positions = laid_out(part)
        formula = self._flat(formula, axes)
        text = self.language.write(formula, row)
        if np.array_equal(positions, np.arange(size)):
            if part.vector in self.begun:
                text = f"{bar} + {text}"
            elif size > 1 and VIEW.fullmatch(text):
                text = self.statements.copied.format(text)
            self.begun.add(part.vector)
            self.lines.append(f"    {bar} = {text}")
            return
        self.begin(part.vector)
        index = self._index(positions)
        template = self.statements.scatter if index in self.function.tables else self.statements.add
        self.lines.append("    " + template.format(bar, index, text, m=self.statements.m))

    def _enter(self, step: VectorStep) -> None:
        taken = (*step.parts, *step.partials.results)
        length = max((x.length for x in taken if isinstance(x, VectorPart | Repeated)), default=1)
        self._sizes, self._row = dict(zip(AXES, (*step.shape, length), strict=True)), step.row

    def _put(self, name: str, formula: Formula) -> None:
        text = self.language.write(formula, self._row)
        if isinstance(formula, int | float):  # functions of arrays take no plain number
            text = self._filled(self.statements.number, self.language.number_in_array(formula))
        self.lines.append(f"    {name} = {text}")

    # ------------------------------------------------------------ rows

    def _assembled(self, step: VectorStep, block: Block) -> list[Formula]:
        """The results of a block, with lines before it for what is used several times."""
        z, bar = (self.at(step.parts["z"], bar=bar) for bar in (False, True))
        names: dict[Argument, Formula] = {x: self.at(step.parts[x]) for x in operands_in(block)}
        length = self._sizes["j"]
        names |= {"z": z, VectorPart("zs", 0, length): z, VectorPart("ds", 0, length): bar}
        for x, found in names.items():
            if isinstance(x, VectorPart) and "j" not in self._axes(found):
                names[x] = self._fitting(simplest("mul", found, self._ones("j")))
        steps = tuple(step if isinstance(step, PrimitiveStep) else as_function(step) for step in block.steps)
        every = range(len(block.results))
        before, results = assembled_block(Block(steps, block.results), every, names, self.fresh, {})
        for name, made in before:
            made = self._fitting(made)
            self._put(name, made)
            self._named[name] = self._axes(made)
        return [self._fitting(result) for result in results]

    def _axes(self, formula: Formula) -> str:
        """The axes of what a formula gives."""
        if isinstance(formula, OnAxes):
            return formula.axes
        if not isinstance(formula, Applied):
            return self._named.get(formula, "") if isinstance(formula, str) else ""
        found = set().union(*map(self._axes, formula.operands))
        return sorted_axes(found - {"j"} if formula.primitive.startswith("fold_") else found)

    def _fitting(self, formula: Formula) -> Formula:
        """A formula whose operands have their axes where they belong."""
        if not isinstance(formula, Applied):
            return self._beside(formula, sorted_axes(self._axes(formula)))
        operands = [*map(self._fitting, formula.operands)]
        axes = sorted_axes(set().union(*map(self._axes, operands)))
        return Applied(formula.primitive, tuple(self._beside(x, axes) for x in operands))

    def _beside(self, formula: Formula, axes: str) -> Formula:
        """An array that fits beside others that have these axes in all."""
        own = self._axes(formula)
        if own and len(axes) == 2 and own == axes[0]:
            return self._with(formula, "[:, None]", axes)
        return self._with(formula, ".T", axes) if own == axes[::-1] != axes else formula

    def _with(self, formula: Formula, suffix: str, axes: str) -> OnAxes:
        text, precedence = self.language.written(formula, self._row)
        return OnAxes(f"{text if precedence == CLOSED_UP else f'({text})'}{suffix}", axes)

    def _flat(self, formula: Formula, axes: str) -> Formula:
        return self._with(formula, ".reshape(-1)", "i") if len(axes) > 1 else formula

    def _filled(self, template: str, what: int | str) -> str:
        like = next(iter(self.function.arguments), "")  # whose type all numbers have
        return template.format(what, like, m=self.statements.m)

    def _ones(self, axis: str) -> OnAxes:
        return OnAxes(self._filled(self.statements.ones, self._sizes[axis]), axis)

    # ------------------------------------------------------------ products

    def _product(self, factors: list[Formula], out: str, space: str) -> Formula:
        """The product of factors, summed over the axes of a space that the result lacks."""
        have = "".join(map(self._axes, factors))
        for axis in sorted_axes({*space, *out}):
            if self._sizes[axis] > 1 and axis not in have:
                factors = [*factors, self._ones(axis) if axis in out else float(self._sizes[axis])]
        arrays = [x for x in factors if self._axes(x)]
        numbers = [x for x in factors if not self._axes(x)]
        every = [*numbers, self._summed(arrays, out)] if arrays else numbers
        return functools.reduce(functools.partial(simplest, "mul"), every)

    def _summed(self, arrays: list[Formula], out: str) -> Formula:
        """The product of arrays, as one writes it by hand."""
        axes = [*map(self._axes, arrays)]
        [first, *others] = axes
        if not others and len(first) <= 2:
            return self._summed_alone(arrays[0], first, out)
        if axes == [out, out]:
            return simplest("mul", *arrays)
        shared = set(first).intersection(*others)
        flat = len(arrays) == 2 and max(map(len, axes)) <= 2 and set("".join(axes)) == shared | set(out)
        if flat and shared.isdisjoint(out) and len(shared) <= 1:
            if out[:1] not in first:
                arrays, axes = arrays[::-1], axes[::-1]
            if shared:
                left = arrays[0] if axes[0][-1] in shared else self._with(arrays[0], ".T", axes[0][::-1])
                right = arrays[1] if axes[1][0] in shared else self._with(arrays[1], ".T", axes[1][::-1])
                return Applied("matmul", (left, right))
            if len(out) == 2:
                return self._called("outer", arrays, out)
        return self._called("einsum", [f'"{",".join(axes)}->{out}"', *arrays], out)

    def _summed_alone(self, array: Formula, axes: str, out: str) -> Formula:
        rest = "".join(axis for axis in axes if axis in out)
        if len(rest) < len(axes):
            [axis] = {*axes} - {*rest} if rest else [""]
            array = self._with(array, f".sum({axes.index(axis) if rest else ''})", rest)
        return self._with(array, ".T", out) if rest != out else array

    def _called(self, function: str, operands: Sequence[Formula], axes: str) -> OnAxes:
        texts = ", ".join(self.language.write(x, self._row) for x in operands)
        return OnAxes(f"{self.statements.m}.{function}({texts})", axes)

    # ------------------------------------------------------------ places

    def at(self, part: Placed | float, bar: bool = False) -> Formula:
        """Write a part of a vector."""
        if not isinstance(part, Placed):
            return part
        axes, positions = laid_out(part)
        text, size = self.function.bars[part.vector] if bar else part.vector, self.function.sizes[part.vector]
        if size != 1 and not np.array_equal(positions, np.arange(size)):
            text = f"{text}[{self._index(positions)}]"
        lengths = ", ".join(str(part.positions.shape[AXES.index(axis)]) for axis in axes)
        return OnAxes(f"{text}.reshape({lengths})" if len(axes) > 1 else text, axes)

    def _index(self, positions: Indices) -> str:
        """A number, a slice, or a table where there is none."""
        if len(positions) == 1:
            return str(positions[0])
        steps = np.unique(np.diff(positions))
        if len(steps) > 1 or steps[0] < 1:
            return self.function.table(positions)
        return f"{positions[0]}:{positions[-1] + 1}" + f":{steps[0]}" * bool(steps[0] > 1)


def laid_out(part: Placed | float) -> tuple[str, Indices]:
    """The axes along which the positions of a part differ, that of the widest steps first, and these positions."""
    assert isinstance(part, Placed)
    positions = part.positions
    step = {
        axis: positions.take(1, axis).flat[0] for axis in range(positions.ndim) if positions.shape[axis] > 1
    }
    order = sorted(step, key=lambda axis: positions.flat[0] - step[axis])
    flat = positions.transpose([*order, *({*range(positions.ndim)} - {*order})]).ravel()
    return "".join(AXES[axis] for axis in order), flat


def as_function(step: FoldStep | ScanStep) -> PrimitiveStep:
    """A fold or a scan as a function of arrays."""
    kind = "fold" if isinstance(step, FoldStep) else "after" if step.backwards else "before"
    return PrimitiveStep(step.target, f"{kind}_{step.combine}", (step.over,))


def sorted_axes(axes: Iterable[str]) -> str:
    return "".join(sorted(axes, key=AXES.index))
