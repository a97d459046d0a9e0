"""The source of the Numba engine's loops over rows of many operands.

Where source.py spells an operation out operand by operand, here the steps that kernels.py recorded become
loops over its operands. What one of these loops leaves to a later one is kept in ``scratch``: for single
numbers the elements of a vector one after the other, for rows of samples a row for each number and element.

>>> print(single_folds("max", 100).split("\\n\\n\\n")[1])
@exact_njit
def forward(v, scratch, group, operands):
    out, count, first = group.out, group.count, group.first
    for i in range(count):
        q = first + 100 * i
        t0 = (-np.inf)
        for j in range(100):
            x0 = v[operands[q + j]]
            t0 = t0 if t0 > x0 or t0 != t0 else t0 + x0 if t0 == 0 and x0 == 0 else x0
        v[out + i] = t0
"""

from __future__ import annotations

from collections.abc import Iterator

from autodiff.compiler.engines.numba.source import (
    ARGUMENTS,
    GROUP_FIELDS,
    NUMBERS,
    at_depth,
    primitive_text,
    written,
)
from autodiff.compiler.front.tape import rule_named
from autodiff.writing.forms import AnyStep, Argument, Block, Element, FoldStep, Repeated, ScanStep, VectorPart
from autodiff.writing.kernels import kernel
from autodiff.writing.loops import Result, loops, used_later

__all__ = ["batch_folds", "scratch_rows", "single_folds"]


def single_folds(name: str, arity: int) -> str:
    """The loops over operations of one kind, on single numbers."""
    recorded = kernel(rule_named(name), arity)
    forward, reverse = ARGUMENTS["single"]
    loop = ("for i in range(count):", f"    q = first + {arity} * i")
    return (
        NUMBERS
        + f"@exact_njit\ndef forward({forward}):\n"
        + at_depth(1, GROUP_FIELDS, *loop)
        + at_depth(2, *SingleWriter(recorded.value, "v[out + i] = {}").lines())
        + f"\n\n@exact_njit\ndef reverse({reverse}):\n"
        + at_depth(1, GROUP_FIELDS, *loop)
        + at_depth(2, "d, z = bar[out + i], v[out + i]", *SingleWriter(recorded.partials).lines())
    )


def batch_folds(name: str, arity: int) -> str:
    """The loops over operations of one kind, on rows of samples."""
    recorded = kernel(rule_named(name), arity)
    forward, reverse = ARGUMENTS["batch"]
    loop = ("for i in range(count):", f"    q = first + {arity} * i")
    return (
        NUMBERS
        + f"@exact_njit\ndef forward({forward}):\n"
        + at_depth(1, GROUP_FIELDS, *loop)
        + at_depth(2, "zs = v[out + i]", *BatchWriter(recorded.value, "zs[b] = {}").lines())
        + f"\n\n@exact_njit\ndef reverse({reverse}):\n"
        + at_depth(1, GROUP_FIELDS, *loop)
        + at_depth(2, "zs, ds = v[out + i], bar[out + i]", *BatchWriter(recorded.partials).lines())
    )


def scratch_rows(name: str, arity: int) -> int:
    """How many rows of scratch these loops need; on single numbers they need no more numbers than that."""
    recorded = kernel(rule_named(name), arity)
    return max(BatchWriter(recorded.value).end, BatchWriter(recorded.partials).end)


class SingleWriter:
    """Writes a block on single numbers.

    Args:
        block: The block.
        result: The line that takes its result; left out where the results are partials.

    Attributes:
        kept: Where that stands in scratch which a later loop uses, by the name of its target.
        end: Where scratch ends.
    """

    z = "z"

    def __init__(self, block: Block, result: str | None = None) -> None:
        self.loops, self.result = loops(block), result
        self.kept: dict[str, int] = {}
        self.end = self.rows()
        later = used_later(self.loops)
        for loop in self.loops:
            for step in loop.steps:
                if not isinstance(step, Result):
                    length = None if isinstance(step, FoldStep) else loop.length
                    for name in self.names(step, length):
                        if name in later or name != step.target:
                            self.kept[name] = self.end
                            self.end += length if length and name == step.target else 1

    def rows(self) -> int:
        """How many rows of scratch are for operands that a loop reads or adds to."""
        return 0

    def names(self, step: AnyStep, length: int | None) -> list[str]:
        """What may have to be kept of a step: here vectors; numbers are variables."""
        return [] if length is None else [step.target]

    def lines(self) -> Iterator[str]:
        for loop in self.loops:
            self.begin: list[str] = []  # before the loop over the elements
            self.above: list[str] = []  # for each element, before the loop over the samples if there is one
            self.inside: list[str] = []
            self.below: list[str] = []
            self.loaded: dict[str, str] = {}
            self.made: set[str] = set()
            for step in loop.steps:
                self.take(step, loop.length)
            found = self.of_an_element()
            yield from self.of_samples(self.begin)
            if loop.length is None:
                yield from found
            elif found:
                last = loop.length - 1
                yield f"for j in range({f'{last}, -1, -1' if loop.backwards else loop.length}):"
                yield from indented(found)

    def of_an_element(self) -> list[str]:
        return self.inside

    def of_samples(self, lines: list[str]) -> list[str]:
        """Lines that each sample needs."""
        return lines

    def take(self, step: AnyStep | Result, length: int | None) -> None:
        """Write one step."""
        if isinstance(step, Result):
            if self.result:
                self.inside.append(self.result.format(self.read(step.argument)))
            elif step.argument != 0 and not (
                isinstance(step.argument, Repeated) and step.argument.number == 0
            ):
                at = turn_index(step.first) if length is not None else str(step.first)
                self.pull(at, self.read(step.argument))
            return
        if isinstance(step, FoldStep | ScanStep):
            so_far = self.accumulator(step)
            self.begin.append(f"{so_far} = {self.text(step.start)}")
            new = self.read(step.over)
            old = so_far
            if isinstance(step, ScanStep):
                self.inside.append(f"{step.target} = {so_far}")
                old = step.target
            self.inside.append(f"{so_far} = {primitive_text(step.combine, [old, new])}")
        else:
            args = list(map(self.read, step.args))
            self.inside.append(f"{step.target} = {primitive_text(step.primitive, args)}")
        self.made.add(step.target)
        if step.target in self.kept and not isinstance(step, FoldStep):
            place = self.kept[step.target]
            self.inside.append(
                f"{self.slot(str(place) if length is None else turn_index(place))} = {step.target}"
            )

    def accumulator(self, step: FoldStep | ScanStep) -> str:
        return step.target if isinstance(step, FoldStep) else f"{step.target}_so_far"

    def read(self, argument: Argument) -> str:
        """A number or a name; what stands in an array is given a name first."""
        text = self.text(argument)
        if not text.endswith(("]", ")")) or text.startswith("("):
            return text
        if text not in self.loaded:
            self.loaded[text] = f"x{len(self.loaded)}"
            self.inside.append(f"{self.loaded[text]} = {text}")
        return self.loaded[text]

    def text(self, argument: Argument) -> str:
        if isinstance(argument, Repeated):
            return self.text(argument.number)
        if isinstance(argument, Element | VectorPart):
            if argument.vector == "xs":
                return self.operand(argument)
            if isinstance(argument, VectorPart) and argument.vector in self.made:
                return argument.vector
            return self.slot(element_index(argument, self.kept[argument.vector]))
        if argument in self.kept and argument not in self.made:
            return self.slot(str(self.kept[str(argument)]))
        return self.z if argument == "z" else written(argument)

    def slot(self, at: str) -> str:
        """A place in scratch."""
        return f"scratch[{at}]"

    def operand(self, argument: Element | VectorPart) -> str:
        return f"v[operands[q + {element_index(argument)}]]"

    def pull(self, at: str, partial: str) -> None:
        """Write how an operand's adjoint grows."""
        self.inside.append(f"bar[operands[q + {at}]] += d * {partial}")


class BatchWriter(SingleWriter):
    """Writes a block on rows of samples: each number is one of a row."""

    z = "zs[b]"

    def rows(self) -> int:
        return max(
            len(
                {
                    arg
                    for step in loop.steps
                    for arg in step.args
                    if isinstance(arg, VectorPart) and arg.vector == "xs"
                }
            )
            + sum(isinstance(step, Result) for step in loop.steps)
            for loop in self.loops
        )

    def names(self, step: AnyStep, length: int | None) -> list[str]:
        return [step.target, self.so_far(step)] if isinstance(step, ScanStep) else [step.target]

    def so_far(self, step: ScanStep) -> str:
        return f"{step.target} so far"

    def of_an_element(self) -> list[str]:
        return [*self.above, *self.of_samples(self.inside), *self.below]

    def of_samples(self, lines: list[str]) -> list[str]:
        return ["for b in range(samples):", *indented(lines)] if lines else []

    def accumulator(self, step: FoldStep | ScanStep) -> str:
        return self.slot(str(self.kept[step.target if isinstance(step, FoldStep) else self.so_far(step)]))

    def slot(self, at: str) -> str:
        return f"scratch[{at}, b]"

    def operand(self, argument: Element | VectorPart) -> str:
        at = f"operands[q + {element_index(argument)}]"
        if isinstance(argument, Element):
            return f"number_at(common, v, {at}, b)"
        return f"{self.row(f'row_at(common, v, scratch[{{}}], {at})')}[b]"

    def row(self, text: str) -> str:
        """The name of a row; ``text`` makes it, with a row of scratch in case it is a common number."""
        for k, line in enumerate(self.above):
            if line == f"r{k} = {text.format(k)}":
                return f"r{k}"
        k = len(self.above)
        self.above.append(f"r{k} = {text.format(k)}")
        return f"r{k}"

    def pull(self, at: str, partial: str) -> None:
        to = self.row(f"bar_row(bar, scratch[{{}}], operands[q + {at}])")
        self.inside.append(f"{to}[b] += ds[b] * {partial}")
        self.below.append(f"add_common(common_bar, operands[q + {at}], {to}[:samples])")


def element_index(argument: Element | VectorPart, start: int = 0) -> str:
    """Where an element stands, in a vector that begins at ``start``; of a part the one whose turn it is."""
    if isinstance(argument, Element):
        return str(start + argument.position)
    return turn_index(start + argument.first)


def turn_index(start: int) -> str:
    """The place of the element whose turn it is."""
    return f"{start} + j" if start else "j"


def indented(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]
