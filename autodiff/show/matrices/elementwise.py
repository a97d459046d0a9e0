"""The partials of the elements of a matrix, in symbols, and what all of them have in common: O(1 - O)."""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

import numpy as np

from autodiff.matrix.ufuncs import Elements
from autodiff.number import Number
from autodiff.pictures.labels import LONGEST_FORMULA
from autodiff.rules import PRODUCT
from autodiff.rules.worlds import Scalar
from autodiff.show.derivations.algebra import key_of, without_minus
from autodiff.show.matrices.collecting import ElementPlace, below
from autodiff.value import Value
from autodiff.writing.symbols import (
    Symbol,
    bracketed,
    symbol_of,
    symbolic_partial,
    symbolic_value,
    written_symbol,
)

__all__ = [
    "ElementSymbol",
    "Matching",
    "aligned",
    "between",
    "flattened",
    "partials_by_element",
    "value_by_element",
]

ElementPlaces: TypeAlias = Mapping[Value, ElementPlace]

MOST_BETWEEN = 2_000  # nodes between an element and the matrices it was computed from
ELEMENT_OPERANDS = 256  # of one of them
LARGEST_FORMULA = 40  # symbols in a formula; one that is larger is not read in a picture
FIRST_LETTER = 0x4E00  # from here on, Unicode has letters for more matrices than a picture holds


class ElementSymbol(str):
    """The name of an element in a symbol."""

    place: ElementPlace

    @classmethod
    def at(cls, place: ElementPlace) -> ElementSymbol:
        name = cls(f"element {place}")
        name.place = place
        return name


# ---------------------------------------------------------------- one element


def partials_by_element(z: Value, places: ElementPlaces) -> dict[ElementPlace, Symbol] | None:
    """The partials of an element by those it was computed from, across nodes in none; None if too many."""
    order = between(z, places)
    if not order:
        return None
    symbols = symbols_of(order, places)
    adjoint = {z: symbol_of(1)}
    for node in reversed(order):
        for position, parent in enumerate(node.parents):
            way = numbers_first(adjoint[node], element_partial(node, position, symbols))
            adjoint[parent] = collected_sum(adjoint[parent], way) if parent in adjoint else way
    return {places[x]: symbol for x, symbol in adjoint.items() if x is not z and x in places}


def value_by_element(z: Value, places: ElementPlaces) -> Symbol | None:
    """How an element was computed from elements; None if from too many."""
    order = between(z, places)
    if not order:
        return None
    return symbolic_value(z, symbols_of(order, places).__getitem__)


def between(z: Value, places: ElementPlaces) -> list[Value]:
    """The nodes in no matrix that z was computed from, and z, parents first; none at all if they are many."""
    order = below([z], places, MOST_BETWEEN)
    return order if len(order) < MOST_BETWEEN and max(map(count_operands, order)) <= ELEMENT_OPERANDS else []


def count_operands(node: Value) -> int:
    return len(node.operands)


def symbols_of(order: list[Value], places: ElementPlaces) -> dict[Value, Symbol]:
    """Elements by their place, what lies between by its expression, other leaves by their name or number."""
    symbols: dict[Value, Symbol] = {}
    for node in order:
        for x in (*node.parents, node):
            if x in places:
                symbols[x] = Symbol(ElementSymbol.at(places[x]))
        if node not in places:
            leaf = symbol_of(node.data if node.name is None else node.name)
            symbols[node] = leaf if node.op is None else symbolic_value(node, symbols.__getitem__)
    return symbols


def element_partial(node: Value, position: int, symbols: Mapping[Value, Symbol]) -> Symbol:
    """The partial of one node by one parent; a quotient of numbers as a fraction."""
    symbol = symbolic_partial(node, position, symbols.__getitem__)
    if symbol.rule is None or symbol.rule.name != "truediv":
        return symbol
    above, below = (operand.what for operand in symbol.operands)
    whole = all(isinstance(x, int | Fraction) for x in (above, below))
    return symbol_of(Fraction(above) / Fraction(below)) if whole else symbol


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


def numbers_first(x: Symbol, y: Symbol) -> Symbol:
    """A product with its numbers in front, as one."""
    coefficient, factors = flattened([x, y])
    return functools.reduce(operator.mul, factors, coefficient)


def collected_sum(x: Symbol, y: Symbol) -> Symbol:
    """A sum; of the same product twice, that product once, with the sum of the numbers in front."""
    if is_large(x) or is_large(y):
        return x + y
    (a, factors), (b, others) = flattened([x]), flattened([y])
    if [key_of(factor, ()) for factor in factors] != [key_of(factor, ()) for factor in others]:
        return x + y
    return functools.reduce(operator.mul, factors, a + b)


def tidied(symbol: Symbol) -> Symbol:
    """The same with the sign in front and a fraction's denominator below: -(a - b)/2."""
    coefficient, factors = flattened([symbol])
    if not factors or isinstance(coefficient.what, float):
        return numbers_first(coefficient, functools.reduce(operator.mul, factors, symbol_of(1)))
    fraction = Fraction(coefficient.what)
    above, below = split_by_bar(factors)
    tidy = functools.reduce(operator.mul, above, symbol_of(abs(fraction.numerator)))
    tidy = tidy / functools.reduce(operator.mul, below, symbol_of(fraction.denominator))
    return -tidy if fraction < 0 else tidy


def split_by_bar(factors: Sequence[Symbol]) -> tuple[list[Symbol], list[Symbol]]:
    """Which factors stand above the bar of a fraction, and which below: 1/P does."""
    above, below = [], []
    for factor in factors:
        if factor.rule is not None and factor.rule.name == "truediv" and factor.operands[0].what == 1:
            below.append(factor.operands[1])
        else:
            above.append(factor)
    return above, below


# ---------------------------------------------------------------- all of them


def aligned(small: Elements, large: Elements) -> list[int]:
    """Which element of the small array meets each element of the large one; none at all if they do not fit.

    >>> aligned(np.zeros(2), np.zeros((2, 2)))
    [0, 1, 0, 1]
    """
    if small.ndim != large.ndim and small.size == large.size == max(*small.shape, *large.shape, 1):
        return list(range(large.size))  # a row or column, and the same as a vector
    try:
        spread = np.broadcast_to(np.arange(small.size).reshape(small.shape), large.shape)
    except ValueError:
        return []
    return [int(place) for place in spread.flat]


@dataclass(frozen=True)
class Matching:
    """Finds what symbols have in common, one for each element of an array.

    Attributes:
        names, elements: Of the matrices.
        reference: The array. Elements of other matrices must stand where its own does, numbers may differ.
        constant: What numbers that differ are called.
    """

    names: tuple[str, ...]
    elements: tuple[Elements, ...]
    reference: Elements
    constant: str
    constants: dict[tuple[Number, ...], str] = field(default_factory=dict)

    def written(self, symbols: Sequence[Symbol | None], where: Sequence[int], as_factor: bool) -> str | None:
        """Write the one symbol that all are, in the names of the matrices; None if there is none.

        Args:
            symbols: One for each element, or for some elements several.
            where: Which elements they belong to.
            as_factor: Whether it gets brackets where a factor needs them.
        """
        readable = [symbol for symbol in symbols if symbol is not None and not is_large(symbol)]
        if not readable or len(readable) < len(symbols):
            return None
        common = self.common(readable, where)
        text = None if common is None else elementwise_text(tidied(common), as_factor)
        return text if text is not None and len(text) <= LONGEST_FORMULA else None

    def common(self, symbols: Sequence[Symbol], where: Sequence[int]) -> Symbol | None:
        first = symbols[0]
        if any(x.rule is not first.rule or len(x.operands) != len(first.operands) for x in symbols):
            return None
        if first.rule is None:
            return self.common_leaf([x.what for x in symbols], where)
        operands = [self.common(column, where) for column in zip(*(x.operands for x in symbols), strict=True)]
        found = tuple(operand for operand in operands if operand is not None)
        return Symbol(rule=first.rule, operands=found) if len(found) == len(operands) else None

    def common_leaf(self, leaves: list[Scalar], where: Sequence[int]) -> Symbol | None:
        if all(isinstance(leaf, ElementSymbol) for leaf in leaves):
            [number, *others] = {leaf.place[0] for leaf in leaves}
            meeting = self.meeting(number)
            fits = meeting and all(leaf.place[1] == meeting[i] for leaf, i in zip(leaves, where, strict=True))
            return Symbol(self.names[number]) if fits and not others else None
        if all(leaf == leaves[0] for leaf in leaves):
            return Symbol(leaves[0])
        if any(isinstance(leaf, str) for leaf in leaves):
            return None
        return Symbol(self.constants.setdefault(tuple(leaves), self.unused()))

    def meeting(self, number: int) -> list[int]:
        return aligned(self.elements[number], self.reference)

    def unused(self) -> str:
        taken = {*self.names, *self.constants.values()}
        candidates = (self.constant + "\N{PRIME}" * count for count in range(len(taken) + 1))
        return next(name for name in candidates if name not in taken)


def is_large(symbol: Symbol) -> bool:
    count, waiting = 0, [symbol]
    while waiting and count <= LARGEST_FORMULA:
        count += 1
        waiting += waiting.pop().operands
    return count > LARGEST_FORMULA


def elementwise_text(symbol: Symbol, as_factor: bool) -> str:
    """Write it with * for products, as · is the product of matrices; any name stays as it is."""
    letters: dict[str, str] = {}

    def lettered(x: Symbol) -> Symbol:
        if x.rule is not None:
            return Symbol(rule=x.rule, operands=tuple(map(lettered, x.operands)))
        if not isinstance(x.what, str):
            return x
        return Symbol(letters.setdefault(x.what, chr(FIRST_LETTER + len(letters))))

    text, precedence = written_symbol(lettered(symbol), "text")
    if as_factor:
        text = bracketed(text, precedence, PRODUCT, 1, "text")
    text = text.replace("·(", "(").replace("·", " * ")
    names = {letter: name for name, letter in letters.items()}
    return re.sub("[\u4e00-\u9fff]", lambda match: names[match[0]], text)
