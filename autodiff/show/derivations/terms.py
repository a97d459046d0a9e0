"""One path of a derivation: its product in derivative signs, in partials, simplified, and in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import TypeVar

from autodiff.graph import Edge, Path
from autodiff.languages import say
from autodiff.number import Number
from autodiff.pictures.draw import PATHS
from autodiff.show.derivations.algebra import Product, by_hand, product
from autodiff.show.derivations.unknown import has_unknown
from autodiff.show.derivations.wording import (
    WRITTEN_OPERANDS,
    NodeNames,
    derivative,
    factor_in,
    partial_in,
    partial_symbol,
    product_text,
)
from autodiff.value import Value
from autodiff.writing.symbols import Symbol, number_text, symbol_of, symbolic_value, written_symbol

__all__ = ["ENDS", "MOST_FACTORS", "MOST_SIMPLIFIED", "Algebra", "Term"]

MOST_FACTORS = 20  # of a product that is written out
ENDS = 8  # factors that are written at each end of a longer one
MOST_SIMPLIFIED = 200  # factors of a path that are all written out before the ones are dropped
SHORT_EXPRESSION = 24  # characters of an expression that replaces the letter of an intermediate
OPENED_OPERANDS = 4  # of each of them
MOST_QUOTIENTS = 32  # with a name that are looked for in a product


@dataclass(frozen=True, eq=False)
class Term:
    """One path: its product of partials in every form, and its look in the picture.

    Attributes:
        path: The path.
        number: Which one it is in the order of ``paths(output, x)``, which settles its colour.
        names: What the nodes are called.
        algebra: What stands for a node in a simplified product, and what cancels there.

    >>> from autodiff.show.derivations.explain import explain
    >>> x, w = Value(2, name="x"), Value(3, name="w")
    >>> [term] = explain(((w * x).named("h") ** 2).named("f"), x).terms
    >>> term.signs("text"), term.symbols("text"), term.simplified("text"), term.product
    ('∂f/∂h·∂h/∂x', '2h·w', '2h·w', 36.0)
    """

    path: Path[Value]
    number: int
    names: NodeNames = field(repr=False)
    algebra: Algebra = field(repr=False)

    @property
    def product(self) -> Number:
        return self.path.product

    @property
    def look(self) -> dict[str, str]:
        """Colour, dash and width of the path, as ``draw(output, paths_from=x)`` draws it."""
        return PATHS[self.number % len(PATHS)]

    def signs(self, language: str) -> str:
        """∂f/∂d·∂d/∂a·∂a/∂x, the output's end first."""
        names = self.names
        pieces = [derivative(names[edge.node], names[edge.parent], language) for edge in self._shortened]
        return self._joined(pieces, len(self.path.edges), language)

    def symbols(self, language: str) -> str:
        """1·1·2x, the partials as they are."""
        if len(self.path.edges) == 1 and len(self.path.end.operands) <= WRITTEN_OPERANDS:
            position = self.path.edges[0].position
            return in_language(partial_symbol(self.path.end, position, self.names), language)
        last = self.path.nodes[0]
        pieces = [
            partial_in(
                edge.node, edge.position, self.names, language, int(place > 0), edge.parent is not last
            )
            for place, edge in enumerate(self._shortened)
        ]
        return self._joined(pieces, len(self.path.edges), language)

    def simplified(self, language: str) -> str:
        """2x: what cancels gone, numbers multiplied, short intermediates without a name put in.

        Of a very long path the two ends only, so that it stays quick; in Python the number then.
        """
        if len(self.path.edges) > MOST_SIMPLIFIED and language == "python":
            return number_text(self.product, language)
        found = self.as_product
        left_out = max(len(self.path.edges) - MOST_SIMPLIFIED, 0) and len(self.path.edges) - 2 * ENDS
        factors = found.factors()
        if not found.coefficient and not left_out:
            return "0"
        if language == "python" or (not left_out and len(factors) <= MOST_FACTORS):
            return in_language(found.symbol(), language)
        if found.coefficient != 1:
            factors = [symbol_of(found.coefficient), *factors]
        kept = ends(factors)
        pieces = [factor_in(each, language, int(at > 0), at < len(kept) - 1) for at, each in enumerate(kept)]
        return self._joined(pieces, len(factors) + left_out, language)

    @cached_property
    def as_product(self) -> Product:
        """The factors of the path, with what cancels gone; of a very long path those of its ends."""
        edges = self.path.edges[::-1]
        if len(edges) > MOST_SIMPLIFIED:
            edges = (*edges[:ENDS], *edges[-ENDS:])
        unknown = self.product != self.product and not has_unknown(self.names)
        return self.algebra.product([self._factor(edge) for edge in edges], cancel=not unknown)

    def _factor(self, edge: Edge[Value]) -> Symbol:
        """The partial on an edge with short intermediates put in."""
        if len(edge.node.operands) > WRITTEN_OPERANDS:
            return symbol_of(derivative(self.names[edge.node], self.names[edge.parent], "text"))
        return partial_symbol(edge.node, edge.position, self.names, self.algebra.opened)

    @property
    def _shortened(self) -> Sequence[Edge[Value]]:
        """The edges from the output down; of a long path the first and last ones."""
        return ends(self.path.edges[::-1])

    def _joined(self, pieces: Sequence[str], count: int, language: str) -> str:
        """A product; where factors were left out of its middle, their number."""
        left_out = count - len(pieces)
        if not left_out:
            return product_text(pieces, language)
        note = say("({hidden} more factors)", hidden=f"{left_out:,}")
        gap = rf"\text{{{note}}}" if language == "latex" else note
        half = len(pieces) // 2
        return product_text([*pieces[:half], gap, *pieces[half:]], language)


Item = TypeVar("Item")


def ends(items: Sequence[Item]) -> Sequence[Item]:
    """The first and the last items of a long sequence."""
    return items if len(items) <= MOST_FACTORS else (*items[:ENDS], *items[-ENDS:])


def in_language(symbol: Symbol, language: str) -> str:
    return written_symbol(symbol, language)[0]


class Algebra:
    """What a graph's names allow in a product: short intermediates opened, quotients with a name found again.

    A name that the user gave stays, and so does ``x``. What has none is opened, if that is short.

    >>> x, w = Value(2, name="x"), Value(3, name="w")
    >>> a = x * w
    >>> Algebra({x: "x", w: "w", a: "a"}, x).opened(a).text()
    'x·w'
    """

    def __init__(self, names: NodeNames, x: Value) -> None:
        self.names, self.x = names, x
        counts = Counter(names.values())
        self.unsure = {name for name, count in counts.items() if count > 1 or name == "π"}
        self._opened: dict[Value, Symbol] = {}
        divisions = (node for node in names if node.name and node.op and node.op.name == "truediv")
        self.quotients = [
            (symbol_of(names[node]), product([symbolic_value(node, self.opened)], self.unsure))
            for node in islice(divisions, MOST_QUOTIENTS)
        ]

    def product(self, symbols: Sequence[Symbol], cancel: bool = True) -> Product:
        """Multiply factors; what has a name, such as e2/s = p2, is written by it.

        Nothing cancels where the product is nan, as that of 0 and 1/0 is: what is left would not be.
        """
        found = product(symbols, self.unsure if cancel else {*self.names.values()})
        for name, quotient in self.quotients if cancel else ():
            found.fold(name, quotient)
        return found

    def opened(self, node: Value) -> Symbol:
        """The expression of an intermediate without a name if that is short, else its letter."""
        waiting = [node]
        while waiting:
            at = waiting[-1]
            missing = [] if at in self._opened or not self._is_open(at) else at.parents
            if missing := [x for x in missing if x not in self._opened]:
                waiting += missing
                continue
            waiting.pop()
            if at not in self._opened:
                self._opened[at] = self._short(at)
        return self._opened[node]

    def definition(self, node: Value) -> Symbol:
        """What a node is, with short intermediates without a name put in; its number, if it is a leaf."""
        if node.op is None:
            return symbol_of(node.data)
        return by_hand(symbolic_value(node, self.opened), self.unsure)

    def _is_open(self, node: Value) -> bool:
        """Whether an expression may replace its letter."""
        named = node.name and node.name.strip()
        return not (node.op is None or node is self.x or named or len(node.operands) > OPENED_OPERANDS)

    def _short(self, node: Value) -> Symbol:
        letter = symbol_of(self.names[node])
        if not self._is_open(node):
            return letter
        found = self.definition(node)
        return letter if len(found.text()) > SHORT_EXPRESSION else found
