"""The partials of the elements of a matrix, in symbols, and what all of them have in common: O(1 - O)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from autodiff.matrix.ufuncs import Elements
from autodiff.number import Number
from autodiff.pictures.labels import LONGEST_FORMULA
from autodiff.rules import PRODUCT
from autodiff.rules.worlds import Scalar
from autodiff.show.derivations.wording import factor_name
from autodiff.show.matrices.collecting import ElementPlace, below
from autodiff.value import Value
from autodiff.writing.symbols import (
    Symbol,
    bracketed,
    symbol_of,
    symbolic_partial,
    symbolic_value,
    without_ones,
    written_symbol,
)

__all__ = [
    "ElementSymbol",
    "Matching",
    "aligned",
    "between",
    "elementwise_text",
    "is_large",
    "partials_by_element",
    "value_by_element",
]

ElementPlaces: TypeAlias = Mapping[Value, ElementPlace]

MOST_BETWEEN = 2_000  # nodes between an element and the matrices it was computed from
ELEMENT_OPERANDS = 256  # of one of them
LARGEST_FORMULA = (
    100  # symbols in a formula, before it is tidied; one that is larger is not read in a picture
)
FIRST_LETTER = 0x4E00  # from here on, Unicode has letters for more matrices than a picture holds
LETTER_OF_NAME = re.compile("[\u4e00-\u9fff]")


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
            way = adjoint[node] * symbolic_partial(node, position, symbols.__getitem__)
            adjoint[parent] = adjoint[parent] + way if parent in adjoint else way
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
    """Elements by their place, what lies between by its expression, other leaves by their name or number.

    A name that several have is none.
    """
    symbols: dict[Value, Symbol] = {}
    counts = Counter(node.name for node in order)
    for node in order:
        for x in (*node.parents, node):
            if x in places:
                symbols[x] = Symbol(ElementSymbol.at(places[x]))
        if node not in places:
            leaf = symbol_of(node.data if node.name is None or counts[node.name] > 1 else node.name)
            symbols[node] = leaf if node.op is None else symbolic_value(node, symbols.__getitem__)
    return symbols


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

    def shared(self, symbols: Sequence[Symbol | None], where: Sequence[int]) -> Symbol | None:
        """Find the one symbol that all are, in the names of the matrices; None if there is none, or a long one.

        Args:
            symbols: One for each element, or for some elements several.
            where: Which elements they belong to.
        """
        readable = [symbol for symbol in symbols if symbol is not None and not is_large(symbol)]
        return self.common(readable, where) if readable and len(readable) == len(symbols) else None

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
            return None if leaves[0] in self.names else Symbol(leaves[0])
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


def elementwise_text(symbol: Symbol, as_factor: bool = False) -> str:
    """Write it with * for products, as · is the product of matrices; a name that looks like a product or a sum is
    in brackets, unless those of a function are there. "" if that is long.

    Args:
        symbol: What is written.
        as_factor: Whether it gets brackets where a factor needs them.
    """
    letters: dict[str, str] = {}

    def lettered(x: Symbol) -> Symbol:
        if x.rule is not None:
            return without_ones(Symbol(rule=x.rule, operands=tuple(map(lettered, x.operands))))
        if not isinstance(x.what, str):
            return x
        return Symbol(letters.setdefault(x.what, chr(FIRST_LETTER + len(letters))))

    text, precedence = written_symbol(lettered(symbol), "text")
    if as_factor:
        text = bracketed(text, precedence, PRODUCT, 1, "text")
    text = text.replace("·(", "(").replace("·", " * ")
    names = {letter: name for name, letter in letters.items()}
    text = LETTER_OF_NAME.sub(lambda match: written_name(names[match[0]], match, as_factor), text)
    return text if len(text) <= LONGEST_FORMULA else ""


def written_name(name: str, letter: re.Match[str], as_factor: bool) -> str:
    """A name in place of its letter in a formula: in brackets if it looks looser than a factor and none are there."""
    before, after = letter.string[: letter.start()], letter.string[letter.end() :]
    is_operand = before.endswith(("(", ", ")) and after.startswith((")", ","))
    alone = not (before or after or as_factor)
    return name if is_operand or alone else factor_name(name)
