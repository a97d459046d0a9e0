"""A node as one formula: every node that it was computed from put into the one that uses it.

>>> from autodiff import Value
>>> x, w = Value(2, name="x"), Value(3, name="w")
>>> h = (x * w).named("h")
>>> formula((h.tanh() + 1).named("o"))
o = tanh(x·w) + 1
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from autodiff.graph import shown, topological_order
from autodiff.show.derivations.wording import check_node, name_in, shown_names
from autodiff.value import Value
from autodiff.writing.symbols import Symbol, symbol_of, symbolic_value, without_ones

__all__ = ["WrittenFormula", "formula"]

LONGEST_FORMULA_READ = 400  # in a formula; nobody reads a longer one


@dataclass(frozen=True, eq=False, repr=False)
class WrittenFormula:
    """A node and the formula that it is, as text and LaTeX.

    >>> x = Value(2, name="x")
    >>> found = formula((x**2 / 3).named("f"))
    >>> found.text, found.latex
    ('x^2/3', '\\\\frac{{x}^{2}}{3}')
    """

    name: str
    symbol: Symbol

    @property
    def text(self) -> str:
        """The right side."""
        return self.symbol.text()

    @property
    def latex(self) -> str:
        """The right side in LaTeX."""
        return self.symbol.latex()

    def __repr__(self) -> str:
        return f"{self.name} = {self.text}"

    def _repr_latex_(self) -> str:
        return f"$$\n{name_in(self.name, 'latex')} = {self.latex}\n$$"


def formula(output: Value, of: Iterable[Value] = ()) -> WrittenFormula:
    """Write a node as one formula of the leaves, or of other nodes that are left as their names.

    Args:
        output: The node.
        of: Nodes that are not opened.

    Returns:
        The formula, which shows itself as text and LaTeX.

    Raises:
        TypeError: ``output``, or one of the nodes, is no Value.
        ValueError: The formula would be too long to be read.

    >>> x, w1, w2 = Value(2, name="x"), Value(3, name="w1"), Value(-1, name="w2")
    >>> o = (x * w1).sigmoid().named("o")
    >>> formula((o * w2).named("y")), formula((o * w2).named("y"), of=[o])
    (y = σ(x·w1)·w2, y = o·w2)
    """
    check_node(output, "formula: output")
    closed = {*of} - {output}
    for node in closed:
        check_node(node, "formula: of")
    names = shown_names(output)
    symbols: dict[Value, Symbol] = {}
    lengths: dict[Value, int] = {}  # of their formulas, in names
    for node in opened(output, closed):
        is_closed = node in closed or node.op is None
        lengths[node] = 1 if is_closed else sum(lengths[x] for x in node.parents)
        if lengths[node] <= LONGEST_FORMULA_READ and symbols.keys() >= (
            set() if is_closed else {*node.parents}
        ):
            symbol = symbol_of(names[node]) if is_closed else symbolic_value(node, symbols.__getitem__)
            symbols[node] = without_ones(symbol)
    if output not in symbols:
        raise ValueError(
            f"formula: it would have {shown(lengths[output])} names, more than {LONGEST_FORMULA_READ}: "
            "name nodes on the way, and pass those with of=[...]"
        )
    return WrittenFormula(names[output], symbols[output])


def opened(output: Value, closed: set[Value]) -> list[Value]:
    """The nodes that a formula is made of, parents first."""
    needed = {output}
    order = topological_order(output)
    for node in reversed(order):
        if node in needed and node not in closed:
            needed.update(node.parents)
    return [node for node in order if node in needed]
