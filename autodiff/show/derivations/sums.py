"""Sums: what cancels between the terms of a derivative when they are multiplied out.

>>> from autodiff.show.derivations.algebra import product
>>> p, y, x = map(symbol_of, "pyx")
>>> cancelled_sum([product([-y, 1 - p, x]), product([1 - y, p, x])]).text()
'(p - y)·x'
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from fractions import Fraction

from autodiff.number import Number
from autodiff.show.derivations.algebra import (
    Product,
    SymbolKey,
    addends,
    key_of,
    positive_first,
    product,
    signed_addends,
    with_term,
)
from autodiff.writing.symbols import Symbol, symbol_of

__all__ = ["cancelled_sum", "collected_sum"]

MOST_MONOMIALS = 64  # of a product that is multiplied out


def cancelled_sum(products: Sequence[Product]) -> Symbol | None:
    """Multiply out a sum in which something cancels, and put what is common to the rest before a bracket.

    Returns:
        None if nothing cancels.

    >>> x, y = map(symbol_of, "xy")
    >>> cancelled_sum([product([x, y - 1]), product([x])]).text(), cancelled_sum([product([x]), product([y])])
    ('x·y', None)
    """
    rest, gone = like_terms([part for each in products for part in monomials(each)])
    if not gone or not rest:
        return None if rest else symbol_of(0)
    common = common_factor(rest)
    terms = [divided(monomial, common).symbol() for monomial in rest]
    whole = functools.reduce(with_term, terms)
    return product([whole, common.symbol()], common.unsure).symbol()


def collected_sum(symbol: Symbol) -> Symbol:
    """A sum as by hand: like terms are one, and it is multiplied out where that is shorter.

    >>> p, y = symbol_of("p"), symbol_of("y")
    >>> collected_sum(y * y + y * p / p * y).text(), collected_sum((1 - y) * p - y * (1 - p)).text()
    ('2y^2', 'p - y')
    """
    terms = [product([term]) for term in signed_addends(symbol)]
    kept, _ = like_terms(terms)
    plain = functools.reduce(with_term, [term.symbol() for term in kept] or [symbol_of(0)])
    short = cancelled_sum(terms) if len(terms) > 1 else None
    return plain if short is None or len(short.text()) >= len(plain.text()) else short


def like_terms(products: Sequence[Product]) -> tuple[list[Product], bool]:
    """The terms of a sum, those that differ in their numbers alone as one, and whether something cancels."""
    collected: dict[SymbolKey, Product] = {}
    gone = False
    for part in products:
        key: SymbolKey = frozenset((key, exponent) for key, (_, exponent) in part.powers.items())
        if not part.coefficient:
            continue
        if key not in collected:
            collected[key] = part
        elif total := collected[key].coefficient + part.coefficient:
            collected[key] = with_coefficient(part, total)
            gone |= abs(total) == 1  # a quarter of p, and three of them
        else:
            del collected[key]
            gone = True
    return positive_first([*collected.values()], lambda term: term.coefficient > 0), gone


def monomials(factored: Product) -> list[Product]:
    """Multiply out the sums among the factors; the product itself if that gets long."""
    found = [Product(factored.unsure)]
    found[0].coefficient = factored.coefficient
    for base, exponent in factored.powers.values():
        summands = addends(base) if exponent in (1, 2) else [(1, base)]
        for _ in range(int(exponent) if len(summands) > 1 else 1):
            by = exponent if len(summands) == 1 else Fraction(1)
            if len(found) * len(summands) > MOST_MONOMIALS:
                return [factored]
            found = [
                with_coefficient(each, sign * each.coefficient).times(part, by)
                for each in found
                for sign, part in summands
            ]
    return found


def with_coefficient(factored: Product, coefficient: Number) -> Product:
    copy = Product(factored.unsure)
    copy.coefficient, copy.powers = coefficient, dict(factored.powers)
    return copy


def common_factor(rest: Sequence[Product]) -> Product:
    """What all of some products hold."""
    common = Product(rest[0].unsure)
    for base, exponent in rest[0].powers.values():
        held = [each.powers.get(key_of(base, each.unsure), (base, Fraction(0)))[1] for each in rest]
        if all(other * exponent > 0 for other in held):
            common.times(base, min(held, key=lambda other: abs(other)))
    if len({abs(each.coefficient) for each in rest}) == 1:
        common.coefficient = max(rest[0].coefficient, -rest[0].coefficient)
    return common


def divided(factored: Product, common: Product) -> Product:
    quotient = with_coefficient(factored, factored.coefficient / common.coefficient)
    for base, exponent in common.powers.values():
        quotient.times(base, -exponent)
    return quotient
