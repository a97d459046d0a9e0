"""Writer: a function and its gradient as lines of assignments, forward and then backward."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from autodiff.show.derivations.wording import derivative
from autodiff.sources.expressions import DEEPEST, Applied, Formula, assembled_block, is_plain, simplest
from autodiff.sources.languages import Language
from autodiff.sources.named import Identifiers, NamedFunction, Operation, in_a_comment
from autodiff.writing.forms import Argument, Block, Kernel
from autodiff.writing.kernels import defined_value, kernel

__all__ = ["Assignment", "Lines", "written_line"]

MOST_EDGES = 4  # that a comment names


@dataclass(frozen=True)
class Assignment:
    """A name, what it becomes, the row that this is of, and what a comment says about it."""

    name: str
    expression: Formula
    row: str
    comment: str = ""


@dataclass(frozen=True)
class Arriving:
    """What arrives at a name: a product of an adjoint and a slope, and the operation that it comes from."""

    product: Formula
    above: Operation | None = None


class Lines:
    """The lines of a function, written one after the other.

    Args:
        function: The function.
        names: For adjoints, and for what is used several times.
        whole: The rows that the language has as they are, and differentiates in its own way.
        exact: Whether its numbers have all digits, so that rows are written as books define them.

    Attributes:
        lines: What is written.
        adjoints: The adjoints of all names, once the sweep is written.
    """

    def __init__(
        self,
        function: NamedFunction,
        names: Identifiers,
        whole: Collection[str] = frozenset(),
        exact: bool = False,
    ) -> None:
        self.function, self.names, self.whole, self.exact = function, names, whole, exact
        self.lines: list[Assignment] = []
        self.adjoints: dict[str, Formula] = {}
        self._fresh = names.fresh("t")
        self._known: dict[Formula, str] = {}
        self._numbers: dict[str, float] = {}

    def forward(self) -> Lines:
        """Write how the value of each operation is computed."""
        for operation in self.function.operations:
            operands = tuple(map(self._number_or_name, operation.operands))
            if operation.rule.name in self.whole and not all(map(is_plain, operands)):
                value: Formula = Applied(operation.rule.name, operands)
            else:
                [value] = self._put_together(self._value(operation), [0], operation)
            self.lines.append(Assignment(operation.name, value, operation.rule.name))
            if isinstance(value, Applied | str):
                self._known.setdefault(value, operation.name)
            elif not self.exact:
                self._numbers[operation.name] = value
        return self

    def sweep(self, seeds: Sequence[Formula]) -> Lines:
        """Write the adjoint of each name, from the outputs down, once all that it adds up is known.

        The terms come in the order of the sweep on nodes.

        Args:
            seeds: The adjoints of the outputs.
        """
        terms: dict[str, list[Arriving]] = {}
        for output, seed in zip(self.function.outputs, seeds, strict=True):
            if isinstance(output, str):
                terms.setdefault(output, []).append(Arriving(seed))
        for operation in reversed(self.function.operations):
            if operation.name not in terms:
                continue
            adjoint = self._finished(operation.name, terms[operation.name])
            for below, slope in self._slopes(operation):
                if not is_plain(slope, 0):
                    term = Arriving(simplest("mul", adjoint, slope), operation)
                    terms.setdefault(below, []).append(term)
        for argument in self.function.arguments:
            self._finished(argument, terms.get(argument, []))
        return self

    def _value(self, operation: Operation) -> Block:
        """How the value of an operation is computed."""
        if self.exact:
            return defined_value(operation.rule, len(operation.operands), operation.position)
        return kernel_of(operation).value

    def _slopes(self, operation: Operation) -> Iterator[tuple[str, Formula]]:
        """The slopes of an operation by its operands that are names."""
        wanted = [place for place, x in enumerate(operation.operands) if isinstance(x, str)]
        results = self._put_together(kernel_of(operation).partials, wanted, operation)
        for place, slope in zip(wanted, results, strict=True):
            yield str(operation.operands[place]), slope

    def _put_together(self, block: Block, wanted: list[int], operation: Operation) -> list[Formula]:
        operands: dict[Argument, Formula] = {
            f"x{place}": self._number_or_name(x) for place, x in enumerate(operation.operands)
        }
        operands["z"] = self._number_or_name(operation.name)
        before, results = assembled_block(block, wanted, operands, self._fresh, self._known)
        self.lines += [Assignment(name, made, operation.rule.name) for name, made in before]
        return results

    def _number_or_name(self, x: Formula) -> Formula:
        """The number that a name always stands for, as libraries have functions that take arrays alone."""
        return self._numbers.get(x, x) if isinstance(x, str) else x

    def _finished(self, name: str, terms: Sequence[Arriving]) -> Formula:
        """Add up what has arrived at a name; what is more than a name or a number gets a line."""
        total: Formula = 0.0
        above = [term.above for term in terms if term.above is not None]
        rows = [operation.rule.name for operation in above]
        for term in terms:
            total = simplest("add", total, term.product)
            if isinstance(total, Applied) and total.depth > DEEPEST and term is not terms[-1]:
                self.lines.append(Assignment(next(self._fresh), total, rows[0] if rows else ""))
                total = self.lines[-1].name
        if isinstance(total, Applied):
            bar = self.names.of(f"{name}_bar")
            self.lines.append(
                Assignment(bar, total, rows[0] if rows else "", comment(name, above, self.function))
            )
            total = bar
        self.adjoints[name] = total
        return total


def kernel_of(operation: Operation) -> Kernel:
    return kernel(operation.rule, len(operation.operands), operation.position, unrolled=True)


def comment(name: str, above: Sequence[Operation], function: NamedFunction) -> str:
    """Which derivative a line computes, and over which edges it is added up."""
    own = user_name(function, name)
    if len(function.outputs) > 1:
        return f"the adjoint of {own}"
    output = user_name(function, str(function.outputs[0]))
    products = []
    for node in (user_name(function, operation.name) for operation in above):
        steps = [(output, own)] if node == output else [(output, node), (node, own)]
        products.append("·".join(derivative(of, by, "text") for of, by in steps))
    if len(products) > MOST_EDGES:
        products = [*products[: MOST_EDGES - 1], "…"]
    whole = derivative(output, own, "text")
    return whole if products in ([], [whole]) else f"{whole} = {' + '.join(products)}"


def user_name(function: NamedFunction, name: str) -> str:
    return in_a_comment(function.shown.get(name, name))


def written_line(language: Language, line: Assignment) -> tuple[str, str]:
    """A line's assignment and its comment, in a language."""
    return f"{line.name} = {language.write(line.expression, line.row)}", line.comment
