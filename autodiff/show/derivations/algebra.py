"""Algebra as by hand: a product of symbols with its numbers in front, what cancels gone, one fraction bar.

>>> from autodiff.writing.symbols import symbol_of
>>> p, y = symbol_of("p"), symbol_of("y")
>>> product([y / p, p, 1 - p, symbol_of(2), 1 / y**3]).symbol().text()
'2(1 - p)/y^2'
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable, Collection, Iterable, Sequence
from fractions import Fraction
from typing import TypeAlias, TypeVar

from autodiff.number import Number
from autodiff.writing.symbols import SYMBOLS, Symbol, root, symbol_of

__all__ = [
    "Product",
    "SymbolKey",
    "addends",
    "alike",
    "by_hand",
    "key_of",
    "positive_first",
    "powers_of",
    "product",
    "signed_addends",
    "sum_of_coefficients",
    "with_coefficient",
    "with_term",
]

Addend = TypeVar("Addend")
SymbolKey: TypeAlias = object  # what tells whether two symbols are the same
FIRST_POWER = Fraction(1)
COEFFICIENT_ROUNDING = 2.0**-50
MOST_DIGITS = 50  # of a power of a number that is worked out
SUM_ROWS, PRODUCT_ROWS = ("add", "sub"), ("mul", "truediv", "neg", "pow")


class Product:
    """A coefficient, and factors with their exponents, in the order in which they were met.

    Attributes:
        coefficient: The product of the numbers.
        powers: The other factors by what they are: each with its exponent, never 0.
        unsure: Names that several nodes have, so that equal names need not be equal numbers.
    """

    def __init__(self, unsure: Collection[str] = ()) -> None:
        self.coefficient: Number = Fraction(1)
        self.powers: dict[SymbolKey, tuple[Symbol, Fraction]] = {}
        self.unsure = unsure

    # ------------------------------------------------------------ multiplying

    def times(self, symbol: Symbol, exponent: Fraction = FIRST_POWER) -> Product:
        """Multiply by a power of a symbol, taken apart as far as that is right wherever both are defined."""
        rule = None if symbol.rule is None or exponent.denominator > 1 else symbol.rule.name
        if symbol.is_number():
            self._times_number(symbol, exponent)
        elif rule == "mul":
            for operand in symbol.operands:
                self.times(operand, exponent)
        elif rule == "truediv":
            self.times(symbol.operands[0], exponent).times(symbol.operands[1], -exponent)
        elif rule == "neg":
            self.times(symbol_of(-1), exponent).times(symbol.operands[0], exponent)
        elif rule == "pow" and (inner := small_exponent(symbol.operands[1])) is not None:
            take = self.times if inner.denominator == 1 else self._times_base
            take(symbol.operands[0], inner * exponent)
        elif rule == "sqrt":
            for operand in under_root(symbol.operands[0]):
                self._times_base(operand, exponent / 2)
        else:
            self._times_base(symbol, exponent)
        return self

    def _times_number(self, symbol: Symbol, exponent: Fraction) -> None:
        x = symbol.what
        if not self.coefficient:
            return
        if x == 0 and exponent > 0:
            self.coefficient, self.powers = Fraction(0), {}
        elif is_worked_out(x, exponent):
            self.coefficient *= Fraction(x) ** int(exponent)
        elif exponent == 1:
            self.coefficient = float(self.coefficient) * x
        else:
            self._times_base(symbol, exponent)

    def _times_base(self, base: Symbol, exponent: Fraction) -> None:
        base = inside_by_hand(base, self.unsure)
        key, opposite = key_of(base, self.unsure), opposite_key(base, self.unsure)
        against = self.powers[opposite][1] * exponent < 0 if opposite in self.powers else False
        if against and exponent.denominator == 1:  # (y - x)/(x - y)
            self.coefficient *= (-1) ** int(exponent)
            key, base = opposite, self.powers[opposite][0]
        total = exponent + (self.powers[key][1] if key in self.powers else 0)
        if total and not (base.is_number() and is_worked_out(base.what, total)):
            self.powers[key] = base, total
            return
        self.powers.pop(key, None)
        if total:  # two roots of 2 are 2
            self._times_number(base, total)

    def fold(self, name: Symbol, quotient: Product) -> None:
        """Write a quotient that has a name by it: e2/s is p2."""
        parts = [(base, exponent) for base, exponent in quotient.powers.values()]
        while len(parts) > 1 and all(self._holds(base, exponent) for base, exponent in parts):
            for base, exponent in parts:
                self._times_base(base, -exponent)
            self.coefficient = self.coefficient / quotient.coefficient
            self._times_base(name, FIRST_POWER)

    def _holds(self, base: Symbol, exponent: Fraction) -> bool:
        """Whether a power holds another one: x^3 holds x^2, and 1/x^3 holds 1/x."""
        found = self.powers.get(key_of(base, self.unsure), (base, Fraction(0)))[1]
        return found * exponent > 0 and abs(found) >= abs(exponent)

    # ------------------------------------------------------------ writing

    def factors(self) -> list[Symbol]:
        """The factors, without the coefficient, each to its power."""
        return [to_the_power(base, exponent) for base, exponent in self.powers.values()]

    def symbol(self) -> Symbol:
        """The product with one fraction bar: 2x·y/(3z)."""
        above = [(base, exponent) for base, exponent in self.powers.values() if exponent > 0]
        above.sort(key=lambda each: not is_known_constant(each[0]))  # 2π·x
        below = [(base, -exponent) for base, exponent in self.powers.values() if exponent < 0]
        minus = self.coefficient < 0
        size: Number = -self.coefficient if minus else self.coefficient
        if minus and len(above) == 1 and (turned := negated(*above[0])) is not None:
            minus, above = False, [(turned, FIRST_POWER)]  # -(1 - p) is p - 1
        ratio: tuple[Number, int] = size.as_integer_ratio() if isinstance(size, Fraction) else (size, 1)
        numerator, denominator = (symbol_of(number) for number in ratio)
        whole = times_powers(numerator, above) / times_powers(denominator, below)
        return -whole if minus else whole


def product(symbols: Iterable[Symbol], unsure: Collection[str] = ()) -> Product:
    """The product of symbols."""
    return functools.reduce(Product.times, symbols, Product(unsure))


def by_hand(symbol: Symbol, unsure: Collection[str] = ()) -> Symbol:
    """A symbol with every product and quotient in it written as by hand.

    >>> x = symbol_of("x")
    >>> by_hand(-((x / symbol_of(2.0)) ** 2)).text()
    '-x^2/4'
    """
    if symbol.rule is not None and symbol.rule.name in PRODUCT_ROWS:
        return product([symbol], unsure).symbol()
    return inside_by_hand(symbol, unsure)


def inside_by_hand(symbol: Symbol, unsure: Collection[str]) -> Symbol:
    """The same, but for the operation itself; a sum of x and -y is a difference."""
    if symbol.rule is None:
        return symbol
    inside = tuple(by_hand(operand, unsure) for operand in symbol.operands)
    if symbol.rule.name in SUM_ROWS:
        x, y = inside
        return sum_by_hand(symbol.rule.name, x, y, unsure)
    return Symbol(rule=symbol.rule, operands=inside)


def sum_by_hand(name: str, x: Symbol, y: Symbol, unsure: Collection[str] = ()) -> Symbol:
    """A sum or difference of two: x and -y make x - y, -x and y make y - x, x + y and x make 2x + y."""
    if (positive := without_minus(y)) is not None:
        name, y = ("sub" if name == "add" else "add"), positive
    whole = x + y if name == "add" else x - y
    parts = signed_addends(whole)
    if len({key_of(without_number(part), unsure) for part in parts}) < len(parts):
        found = [part.symbol() for part, _ in alike([(product([part], unsure), 0) for part in parts])]
        return functools.reduce(with_term, found or [symbol_of(0)])
    if name == "add" and begins_with_minus(x) and not begins_with_minus(y):
        return functools.reduce(with_term, signed_addends(x), y)
    return functools.reduce(with_term, signed_addends(y), x) if name == "add" else whole


def alike(terms: Sequence[tuple[Product, Number]]) -> list[tuple[Product, list[Number]]]:
    """The terms of a sum, those that differ in their coefficients alone as one, with what each of these came with.

    >>> x = symbol_of("x")
    >>> [(part.symbol().text(), numbers) for part, numbers in alike([(product([x]), 3), (product([x]), 3)])]
    [('2x', [3, 3])]
    """
    found: dict[SymbolKey, tuple[Product, list[Number]]] = {}
    for part, number in terms:
        whole, numbers = found.get(powers_of(part), (with_coefficient(part, 0), []))
        total = with_coefficient(whole, sum_of_coefficients(whole.coefficient, part.coefficient))
        if part.coefficient:
            found[powers_of(part)] = total, [*numbers, number]
    return [(part, numbers) for part, numbers in found.values() if part.coefficient]


def sum_of_coefficients(x: Number, y: Number) -> Number:
    """Their sum; 0 if that is nothing but rounding, as 0.3 - (0.1 + 0.2)."""
    total: Number = x + y
    return 0 if math.fabs(total) <= COEFFICIENT_ROUNDING * math.fabs(y) else total


def powers_of(part: Product) -> SymbolKey:
    """What like terms share."""
    return frozenset((key, exponent) for key, (_, exponent) in part.powers.items())


def with_coefficient(factored: Product, coefficient: Number) -> Product:
    copy = Product(factored.unsure)
    copy.coefficient, copy.powers = coefficient, dict(factored.powers)
    return copy


def begins_with_minus(symbol: Symbol) -> bool:
    return without_minus(signed_addends(symbol)[0]) is not None


def with_term(total: Symbol, term: Symbol) -> Symbol:
    positive = without_minus(term)
    return total + term if positive is None else total - positive


def signed_addends(symbol: Symbol) -> list[Symbol]:
    """The terms of a sum, each with its sign."""
    return [part if sign > 0 else -part for sign, part in addends(symbol)]


def addends(symbol: Symbol) -> list[tuple[int, Symbol]]:
    """The terms of a sum and their signs; a symbol that is none alone."""
    rule = None if symbol.rule is None else symbol.rule.name
    if rule not in SUM_ROWS:
        return [(1, symbol)]
    left, right = map(addends, symbol.operands)
    return [*left, *((-sign if rule == "sub" else sign, part) for sign, part in right)]


def positive_first(terms: Sequence[Addend], is_positive: Callable[[Addend], bool]) -> list[Addend]:
    """Terms of a sum, the first positive one in front: p - 1, not -1 + p.

    >>> positive_first([-1, -2, 3, 4], lambda x: x > 0)
    [3, -1, -2, 4]
    """
    place = next((place for place, term in enumerate(terms) if is_positive(term)), 0)
    return [*terms[place : place + 1], *terms[:place], *terms[place + 1 :]]


def without_minus(symbol: Symbol) -> Symbol | None:
    """What a minus stands before, or None if there is none."""
    if symbol.rule is not None:
        return symbol.operands[0] if symbol.rule.name == "neg" else None
    return -symbol if symbol.is_number() and symbol.what < 0 else None


def without_number(symbol: Symbol) -> Symbol:
    """What a minus and a number stand before: x of -2x."""
    positive = without_minus(symbol) or symbol
    if positive.rule is not None and positive.rule.name == "mul" and positive.operands[0].is_number():
        return positive.operands[1]
    return positive


def is_worked_out(x: Number, exponent: Fraction) -> bool:
    """Whether the power of a number is written as a number: 2^3, not 0.3^-1 or 2^(1/2)."""
    if not isinstance(x, int | Fraction) or not x or exponent.denominator > 1:
        return False
    return abs(exponent) * len(str(x)) <= MOST_DIGITS


def small_exponent(symbol: Symbol) -> Fraction | None:
    """An exponent that is added to others exactly: a whole number, or a half of one."""
    if not symbol.is_number() or symbol.what != symbol.what or abs(symbol.what) > 10**6:
        return None
    exponent = Fraction(symbol.what)
    return exponent if exponent.denominator <= 2 else None


def times_powers(start: Symbol, powers: list[tuple[Symbol, Fraction]]) -> Symbol:
    """A product of powers; the roots of constants are drawn into one: √(2π)."""
    rooted = [base for base, exponent in powers if exponent == Fraction(1, 2) and is_known_constant(base)]
    rest = [
        to_the_power(*each)
        for each in powers
        if not (each[1] == Fraction(1, 2) and is_known_constant(each[0]))
    ]
    rooted.sort(key=lambda base: not base.is_number())
    roots = [root(functools.reduce(operator.mul, rooted))] if rooted else []
    return functools.reduce(operator.mul, [*roots, *rest], start)


def to_the_power(base: Symbol, exponent: Fraction) -> Symbol:
    if abs(exponent) == Fraction(1, 2):
        rooted = root(base) if is_known_constant(base) else SYMBOLS.sqrt(base)
        return rooted if exponent > 0 else 1 / rooted
    if exponent == -1:
        return 1 / base
    return base ** (int(exponent) if exponent.denominator == 1 else exponent)


def under_root(symbol: Symbol) -> tuple[Symbol, ...]:
    """The factors of what stands under a root, if all are known constants: √(2π) is √2·√π."""
    is_product = symbol.rule is not None and symbol.rule.name == "mul"
    return symbol.operands if is_product and all(map(is_known_constant, symbol.operands)) else (symbol,)


def is_known_constant(symbol: Symbol) -> bool:
    return symbol.is_number() or symbol.what == "π"


def key_of(symbol: Symbol, unsure: Collection[str]) -> SymbolKey:
    """What equal symbols share; of a name that several nodes have, nothing."""
    if symbol.rule is None:
        return object() if isinstance(symbol.what, str) and symbol.what in unsure else symbol.what
    return symbol.rule.name, *(key_of(operand, unsure) for operand in symbol.operands)


def opposite_key(symbol: Symbol, unsure: Collection[str]) -> SymbolKey:
    """The key of y - x, for x - y; else nothing's."""
    if symbol.rule is None or symbol.rule.name != "sub":
        return object()
    x, y = (key_of(operand, unsure) for operand in symbol.operands)
    return "sub", y, x


def negated(base: Symbol, exponent: Fraction) -> Symbol | None:
    """A difference turned round, if that is what it is, what is added before what is taken away."""
    if exponent != 1 or base.rule is None or base.rule.name != "sub":
        return None
    terms = [part if sign < 0 else -part for sign, part in addends(base)]
    return functools.reduce(with_term, sorted(terms, key=begins_with_minus))
