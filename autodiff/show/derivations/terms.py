"""One path of a derivation: its product in derivative signs, in partials, simplified, and in numbers."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeVar

from autodiff.graph import Edge, Path
from autodiff.number import Number
from autodiff.pictures.draw import PATHS
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

__all__ = ["ENDS", "MOST_FACTORS", "Term", "expansion"]

MOST_FACTORS = 20  # of a product that is written out
ENDS = 8  # factors that are written at each end of a longer one
MOST_SIMPLIFIED = 200  # factors of a path that are all written out before the ones are dropped
SHORT_EXPRESSION = 16  # characters of an expression that replaces the name of an intermediate
PUT_IN_LEVELS = 3  # of operations in it
PUT_IN_OPERANDS = 4  # of each of them


@dataclass(frozen=True, eq=False)
class Term:
    """One path: its product of partials in every form, and its look in the picture.

    Attributes:
        path: The path.
        number: Which one it is in the order of ``paths(output, x)``, which settles its colour.
        names: What the nodes are called.
        put_in: What stands for a node in a simplified product.

    >>> from autodiff.show.derivations.explain import explain
    >>> x, w = Value(2, name="x"), Value(3, name="w")
    >>> [term] = explain(((w * x).named("h") ** 2).named("f"), x).terms
    >>> term.signs("text"), term.symbols("text"), term.simplified("text"), term.product
    ('∂f/∂h·∂h/∂x', '2h·w', '2w·x·w', 36.0)
    """

    path: Path[Value]
    number: int
    names: NodeNames = field(repr=False)
    put_in: Callable[[Value], Symbol] = field(repr=False)

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
        pieces = [
            partial_in(edge.node, edge.position, self.names, language, int(place > 0))
            for place, edge in enumerate(self._shortened)
        ]
        return self._joined(pieces, len(self.path.edges), language)

    def simplified(self, language: str) -> str:
        """2x: ones dropped, numbers multiplied, short intermediates put in.

        Of a very long path the two ends only, so that it stays quick; in Python the number then.
        """
        edges: Sequence[Edge[Value]] = self.path.edges[::-1]
        left_out = 0
        if len(edges) > MOST_SIMPLIFIED:
            if language == "python":
                return number_text(self.product, language)
            edges, left_out = self._shortened, len(edges) - len(self._shortened)
        coefficient, factors = flattened([self._factor(edge, language) for edge in edges])
        if coefficient.is_number(0) and not left_out:
            return "0"
        if not left_out and len(factors) <= MOST_FACTORS:
            minus = coefficient.is_number(-1) and bool(factors)
            product = functools.reduce(times_factor, factors, symbol_of(1) if minus else coefficient)
            return in_language(-product if minus else product, language)
        if not coefficient.is_number(1):
            factors = [coefficient, *factors]
        kept = factors if language == "python" else ends(factors)
        pieces = [factor_in(factor, language, int(place > 0)) for place, factor in enumerate(kept)]
        return self._joined(pieces, len(factors) + left_out, language)

    def _factor(self, edge: Edge[Value], language: str) -> Symbol:
        """The partial on an edge with short intermediates put in."""
        if len(edge.node.operands) > WRITTEN_OPERANDS:
            sign = derivative(self.names[edge.node], self.names[edge.parent], "text")
            return symbol_of(edge.partial if language == "python" else sign)
        return partial_symbol(edge.node, edge.position, self.names, self.put_in)

    @property
    def _shortened(self) -> Sequence[Edge[Value]]:
        """The edges from the output down; of a long path the first and last ones."""
        return ends(self.path.edges[::-1])

    def _joined(self, pieces: Sequence[str], count: int, language: str) -> str:
        """A product; where factors were left out of its middle, their number."""
        left_out = count - len(pieces)
        if not left_out:
            return product_text(pieces, language)
        note = f"({left_out:,} more factors)"
        gap = rf"\text{{{note}}}" if language == "latex" else note
        half = len(pieces) // 2
        return product_text([*pieces[:half], gap, *pieces[half:]], language)


Item = TypeVar("Item")


def ends(items: Sequence[Item]) -> Sequence[Item]:
    """The first and the last items of a long sequence."""
    return items if len(items) <= MOST_FACTORS else (*items[:ENDS], *items[-ENDS:])


def times_factor(product: Symbol, factor: Symbol) -> Symbol:
    """Multiply; a quotient is gone on with: a times b/c is a·b/c."""
    if factor.rule is not None and factor.rule.name == "truediv":
        return product * factor.operands[0] / factor.operands[1]
    return product * factor


def in_language(symbol: Symbol, language: str) -> str:
    return written_symbol(symbol, language)[0]


def flattened(symbols: Sequence[Symbol]) -> tuple[Symbol, list[Symbol]]:
    """Take products apart: the product of the numbers in them, and the other factors in order."""
    coefficient, factors = symbol_of(1), []
    waiting = list(reversed(symbols))
    while waiting:
        symbol = waiting.pop()
        rule = None if symbol.rule is None else symbol.rule.name
        if rule == "mul":
            waiting += reversed(symbol.operands)
        elif rule == "neg":
            coefficient = -coefficient
            waiting += symbol.operands
        elif (ratio := exact_ratio(symbol)) is not None:
            coefficient = coefficient * ratio
        elif rule == "truediv" and (positive := without_minus(symbol.operands[0])) is not None:
            coefficient = -coefficient
            factors.append(positive / symbol.operands[1])
        elif symbol.is_number():
            coefficient = coefficient * symbol
        else:
            factors.append(symbol)
    return coefficient, factors


def exact_ratio(symbol: Symbol) -> Symbol | None:
    """The fraction that a quotient of whole numbers is, so that 1/2·2 is 1."""
    if symbol.rule is None or symbol.rule.name != "truediv":
        return None
    numbers = [operand.what for operand in symbol.operands if isinstance(operand.what, int | Fraction)]
    return symbol_of(Fraction(*numbers)) if len(numbers) == 2 and numbers[1] else None


def without_minus(symbol: Symbol) -> Symbol | None:
    """What a minus stands before, or None if there is none."""
    if symbol.rule is not None:
        return symbol.operands[0] if symbol.rule.name == "neg" else None
    return -symbol if symbol.is_number() and symbol.what < 0 else None


def expansion(names: NodeNames, x: Value) -> Callable[[Value], Symbol]:
    """What stands for a node in the derivative by ``x``, found once: many paths lead over the same nodes.

    >>> x, w = Value(2, name="x"), Value(3, name="w")
    >>> a = x * w
    >>> expansion({x: "x", w: "w", a: "a"}, x)(a).text()
    'x·w'
    """
    return functools.cache(lambda node: expanded(node, names, x))


def expanded(node: Value, names: NodeNames, x: Value) -> Symbol:
    """The expression of an intermediate if that is short, else its name.

    Down to leaves, ``x``, and functions that the user named, such as o = σ(h).
    """
    for levels in range(PUT_IN_LEVELS, 0, -1):
        symbol = at_most(levels, node, names, x)
        if len(symbol.text()) <= SHORT_EXPRESSION:
            return symbol
    return symbol_of(names[node])


def at_most(levels: int, node: Value, names: NodeNames, x: Value) -> Symbol:
    """The expression of a node down to so many levels of operations."""
    named = node.name is not None and node.op is not None and node.op.dunder is None
    if levels == 0 or named or node is x or not 0 < len(node.operands) <= PUT_IN_OPERANDS:
        return symbol_of(names[node])
    return symbolic_value(node, lambda parent: at_most(levels - 1, parent, names, x))
