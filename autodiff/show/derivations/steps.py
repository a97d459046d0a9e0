"""Steps: the forward and the reverse sweep over a graph as tables of data.

>>> from autodiff import Value
>>> x, y = Value(2, name="x"), Value(3, name="y")
>>> print(steps(x * y + x))
node  before  adds               numbers    after
b     1                                     1
a     0       ∂b/∂b·1            1·1        1
y     0       ∂b/∂a·x            1·2        2
x     0       ∂b/∂b·1 + ∂b/∂a·y  1·1 + 1·3  4
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Generic, TypeVar

from autodiff.graph import edges_into, product_along, reached, topological_order
from autodiff.guards.kinks import find_kinks
from autodiff.languages import say
from autodiff.number import Number
from autodiff.show.derivations.noise import Noiseless, without_noise
from autodiff.show.derivations.unknown import has_unknown
from autodiff.show.derivations.wording import (
    ROW_GAP,
    WRITTEN_OPERANDS,
    NodeNames,
    check_node,
    derivative,
    factor_in,
    figure,
    html_cell,
    name_in,
    number_in,
    partial_in,
    partial_symbol,
    product_text,
    shown_names,
    sum_text,
)
from autodiff.value import Value
from autodiff.writing.symbols import Symbol, name_latex, symbolic_value, written_symbol

__all__ = ["Contribution", "ForwardStep", "Step", "Table", "forward_steps", "shown_steps", "steps"]

MOST_ROWS = 200  # that a table writes; its data are complete
MOST_TERMS = 8  # that a row writes
STRUT = r"\rule{0pt}{3.4ex}"  # keeps the rule below the headers off a fraction


# ---------------------------------------------------------------- the data


@dataclass(frozen=True, eq=False)
class Contribution:
    """What one edge brings: the adjoint of the child, times the partial of the child by the node.

    >>> x, y = Value(2, name="x"), Value(3, name="y")
    >>> [part] = steps(x * y)[1].contributions
    >>> part.adjoint, part.partial, part.product, part.symbol.text()
    (1.0, 2.0, 2.0, 'x')
    """

    child: Value
    position: int
    adjoint: Number
    partial: Number
    product: Number
    names: NodeNames = field(repr=False)

    @property
    def symbol(self) -> Symbol:
        """The partial, written in names."""
        return partial_symbol(self.child, self.position, self.names)


@dataclass(frozen=True, eq=False)
class Step:
    """One node's turn in the reverse sweep: its start, what its children add, its end.

    >>> x = Value(3, name="x")
    >>> last = steps(x * x)[-1]
    >>> last.name, last.before, [part.product for part in last.contributions], last.after
    ('x', 0.0, [3.0, 3.0], 6.0)
    """

    node: Value
    name: str
    before: Number
    contributions: tuple[Contribution, ...]
    after: Number


@dataclass(frozen=True, eq=False)
class ForwardStep:
    """One node's turn in the forward sweep.

    >>> x = Value(3, name="x")
    >>> last = forward_steps((x * x).named("f"))[-1]
    >>> last.name, last.symbol.text(), last.numbers.text(), last.value
    ('f', 'x·x', '3·3', 9.0)
    """

    node: Value
    name: str
    value: Number
    names: NodeNames = field(repr=False)

    @property
    def symbol(self) -> Symbol:
        """The operation, written in names; the name of a leaf."""
        return symbolic_value(self.node, self.names.__getitem__)

    @property
    def numbers(self) -> Symbol:
        """The operation with numbers in place of names."""
        return symbolic_value(self.node, lambda node: figure(node.data))


RowOf = TypeVar("RowOf")  # what a row is about: a step, or a node
Row = tuple[str, ...]


@dataclass(frozen=True, eq=False, repr=False)
class Table(Generic[RowOf]):
    """The steps of a sweep, a sequence that shows itself as text, HTML and LaTeX.

    >>> table = forward_steps(2 * Value(3, name="x"))
    >>> len(table), table.headers, table.row(table[1], "text")
    (2, ('node', 'operation', 'numbers', 'value'), ('a', '2x', '2·3', '6'))
    """

    steps: tuple[RowOf, ...]
    headers: Row
    row: Callable[[RowOf, str], Row]
    notes: tuple[str, ...] = ()  # below the table, as text

    def __len__(self) -> int:
        return len(self.steps)

    def __getitem__(self, position: int) -> RowOf:
        return self.steps[position]

    def __iter__(self) -> Iterator[RowOf]:
        return iter(self.steps)

    @property
    def more(self) -> str:
        """What stands below a table that was cut."""
        hidden = len(self.steps) - MOST_ROWS
        if hidden == 1:
            return say("... and 1 more step")
        return say("... and {hidden} more steps", hidden=f"{hidden:,}") if hidden > 0 else ""

    def rows(self, language: str) -> list[Row]:
        """The cells as "text" or "latex"; of a long table the first ones."""
        return [self.row(step, language) for step in self.steps[:MOST_ROWS]]

    @property
    def text(self) -> str:
        rows = [self.headers, *self.rows("text")]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines: list[str] = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
        return "\n".join([*lines, *filter(None, [self.more, *self.notes])])

    @property
    def latex(self) -> str:
        heads = " & ".join(rf"\text{{{header}}}" for header in self.headers) + rf" \\ \hline{STRUT}"
        lines = [heads, *(" & ".join(row) + rf" \\[{ROW_GAP}]" for row in self.rows("latex"))]
        if self.more:
            lines.append(rf"\text{{{self.more}}}")
        body = "\n".join(lines)
        table = rf"\begin{{array}}{{{'l' * len(self.headers)}}}" + f"\n{body}\n" + r"\end{array}"
        if not self.notes:
            return table
        below = " \\\\\n".join([table, *map(name_latex, self.notes)])
        return r"\begin{array}{l}" + f"\n{below}\n" + r"\end{array}"

    def _repr_latex_(self) -> str:
        return f"$$\n{self.latex}\n$$"

    def _repr_html_(self) -> str:
        heads = "".join(html_cell(header, "th") for header in self.headers)
        rows = ["".join(map(html_cell, row)) for row in self.rows("text")]
        rows += [html_cell(line, columns=len(self.headers)) for line in [self.more, *self.notes] if line]
        body = "\n".join(f"<tr>{row}</tr>" for row in rows)
        return f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"

    def __repr__(self) -> str:
        return self.text


# ---------------------------------------------------------------- the two sweeps


def steps(output: Value) -> Table[Step]:
    """List the steps of the reverse sweep from a node: which adjoints arrive, times which partials.

    No ``grad`` is touched. The adjoints are bit for bit those of ``backward()``; the table writes 0 for those that
    are nothing but rounding. Below it stand the nodes at a kink, and what is used there.

    Returns:
        A sequence of :class:`Step`, the output first, that is a table as text, HTML and LaTeX.

    >>> x = Value(3, name="x")
    >>> [(step.name, step.after) for step in steps(x * x)]
    [('a', 1.0), ('x', 6.0)]
    """
    check_node(output, "steps: output")
    names = shown_names(output)
    zero = type(output.data)(0)
    arriving: dict[Value, list[Contribution]] = {node: [] for node in names}
    found, live = [], reached(output)
    for node in reversed(topological_order(output)):
        before = adjoint = zero + 1 if node is output else zero
        for contribution in arriving[node]:
            adjoint += contribution.product
        found.append(Step(node, names[node], before, tuple(arriving[node]), adjoint))
        for edge in edges_into(node):
            product = product_along(edge, adjoint, node in live)
            arriving[edge.parent].append(
                Contribution(node, edge.position, adjoint, edge.partial, product, names)
            )
    writer = Writer(names, output)
    notes = tuple(f"{names[kink.node]}: {kink.brief}" for kink in find_kinks(output)[:MOST_TERMS])
    headers = (say("node"), say("before"), say("adds"), say("numbers"), say("after"))
    return Table(tuple(found), headers, writer.reverse, notes)


def shown_steps(output: Value) -> Table[Step]:
    """The same with the numbers that the table writes.

    >>> x = Value(0.1, name="x")
    >>> f = x * 0.1 + x * 0.2 - x * 0.3
    >>> steps(f)[-1].after, shown_steps(f)[-1].after
    (2.7755575615628914e-17, 0.0)
    """
    table, writer = steps(output), Writer({}, output)
    return replace(table, steps=tuple(map(writer.without_noise, table)))


def forward_steps(output: Value) -> Table[ForwardStep]:
    """List the steps of the forward sweep to a node: each node, its operation, with numbers, its value.

    >>> x, y = Value(2, name="x"), Value(-3, name="y")
    >>> print(forward_steps((x * y).named("h").tanh().named("o")))
    node  operation  numbers   value
    x                          2
    y                          -3
    h     x·y        2·(-3)    -6
    o     tanh(h)    tanh(-6)  -0.999988
    """
    check_node(output, "forward_steps: output")
    names = shown_names(output)
    found = [ForwardStep(node, names[node], node.data, names) for node in topological_order(output)]
    writer = Writer(names, output)
    return Table(tuple(found), (say("node"), say("operation"), say("numbers"), say("value")), writer.forward)


# ---------------------------------------------------------------- writing


@dataclass(frozen=True)
class Writer:
    """Writes the rows of both tables, as text or LaTeX."""

    names: NodeNames
    output: Value

    @cached_property
    def hides_nan(self) -> bool:
        """Whether a number may be nan because nobody knows it."""
        return has_unknown(self.names)

    def number(self, x: Number, language: str) -> str:
        return "" if x != x and self.hides_nan else number_in(x, language)

    @cached_property
    def noiseless(self) -> Noiseless:
        return without_noise(self.output)

    def without_noise(self, step: Step) -> Step:
        """A step with the numbers that are shown of it."""
        partials, adjoints = self.noiseless.partials, self.noiseless.adjoints
        parts = [
            replace(part, adjoint=adjoints[part.child], partial=partials[part.child][part.position])
            for part in step.contributions
        ]
        return replace(step, contributions=tuple(parts), after=adjoints[step.node])

    def reverse(self, step: Step, language: str) -> Row:
        step = self.without_noise(step)
        shown, hidden = step.contributions[:MOST_TERMS], len(step.contributions) - MOST_TERMS
        symbols = [self.symbolic(part, language) for part in shown]
        pairs = [(figure(part.adjoint), figure(part.partial)) for part in shown]
        numbers = [
            product_text([factor_in(d, language, 0), factor_in(p, language)], language) for d, p in pairs
        ]
        if hidden > 0:
            text = say("... and {hidden} more", hidden=f"{hidden:,}")
            more = rf"\text{{{text}}}" if language == "latex" else text
            symbols, numbers = [*symbols, more], [*numbers, more]
        before, after = number_in(step.before, language), self.number(step.after, language)
        written = sum_text(numbers) if after else ""
        return name_in(step.name, language), before, sum_text(symbols), written, after

    def symbolic(self, part: Contribution, language: str) -> str:
        """The adjoint of the child times its partial."""
        adjoint = derivative(self.names[self.output], self.names[part.child], language)
        return product_text([adjoint, partial_in(part.child, part.position, self.names, language)], language)

    def forward(self, step: ForwardStep, language: str) -> Row:
        name, value = name_in(step.name, language), self.number(step.value, language)
        if step.node.op is None:
            return name, "", "", value
        if (count := len(step.node.operands)) > WRITTEN_OPERANDS:
            text = say("{operation} of {count} operands", operation=step.node.op.name, count=count)
            return name, name_latex(text) if language == "latex" else text, "", value
        is_known = value or not any(x.data != x.data for x in step.node.parents)
        numbers = written_symbol(step.numbers, language)[0] if is_known else ""
        return name, written_symbol(step.symbol, language)[0], numbers, value
