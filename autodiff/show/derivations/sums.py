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

from autodiff.show.derivations.algebra import (
    Product,
    SymbolKey,
    addends,
    key_of,
    positive_first,
    powers_of,
    product,
    signed_addends,
    sum_of_coefficients,
    with_coefficient,
    with_term,
)
from autodiff.writing.symbols import Symbol, symbol_of

__all__ = ["cancelled_sum", "collected_sum"]

MOST_MONOMIALS = 64  # of a product that is multiplied out


def cancelled_sum(products: Sequence[Product]) -> Symbol | None:
    """Multiply out a sum in which something cancels, and put what is common to the rest before a bracket.

    What cancels only over one fraction bar is found too: s - s^2 is a/(1 + a)^2 where s is a/(1 + a).

    Returns:
        None if nothing cancels.

    >>> x, y = map(symbol_of, "xy")
    >>> cancelled_sum([product([x, y - 1]), product([x])]).text(), cancelled_sum([product([x]), product([y])])
    ('x·y', None)
    >>> cancelled_sum([product([x / (1 + x)]), product([-((x / (1 + x)) ** 2)])]).text()
    'x/(1 + x)^2'
    """
    found = multiplied_out(products, Product())
    if found is None and (below := common_denominator(products)).powers:
        found = multiplied_out([over(each, below, 1) for each in products], below)
    return found


def multiplied_out(products: Sequence[Product], below: Product) -> Symbol | None:
    """The sum of products over a denominator, if something cancels."""
    rest, gone = like_terms([part for each in products for part in monomials(each)])
    if not gone or not rest:
        return None if rest else symbol_of(0)
    common = common_factor(rest)
    terms = [over(monomial, common, -1).symbol() for monomial in rest]
    whole = functools.reduce(with_term, terms)
    return over(product([whole, common.symbol()], common.unsure), below, -1).symbol()


def common_denominator(products: Sequence[Product]) -> Product:
    """The sums by which products are divided, each to its highest power."""
    below = Product(products[0].unsure)
    for each in products:
        for base, exponent in each.powers.values():
            held = below.powers.get(key_of(base, below.unsure), (base, Fraction(0)))[1]
            if len(addends(base)) > 1 and -exponent > held:
                below.times(base, -exponent - held)
    return below


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
        key = powers_of(part)
        if not part.coefficient:
            continue
        if key not in collected:
            collected[key] = part
        elif total := sum_of_coefficients(collected[key].coefficient, part.coefficient):
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


def over(factored: Product, other: Product, sign: int) -> Product:
    """A product times another one, or, with sign -1, divided by it."""
    by = other.coefficient if sign > 0 else 1 / other.coefficient
    found = with_coefficient(factored, factored.coefficient * by)
    for base, exponent in other.powers.values():
        found.times(base, sign * exponent)
    return found
