"""Answers as people type them: reading a number, and telling whether it is the right one.

>>> read_answer("1/32"), read_answer("−0,5").number
(Typed(number=Fraction(1, 32), digits=None, unit=Fraction(0, 1)), Fraction(-1, 2))
>>> judged("0.333", 1 / 3), judged("0.33", 1 / 3), judged("-1/3", 1 / 3), judged("2", 1 / 3)
('right', 'close', 'sign', 'wrong')
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from autodiff.number import Number

__all__ = ["MESSAGES", "Typed", "judged", "read_answer"]

LONGEST_ANSWER = 40  # characters of a number
TYPED_NUMBER = re.compile(r"[-+]?(?:\d+\.?(\d*)|\.(\d+))(?:e([-+]?\d{1,3}))?", re.ASCII | re.IGNORECASE)
WRITTEN = str.maketrans({"−": "-", "–": "-", ",": ".", "⁄": "/", "÷": "/"})
THOUSANDS = re.compile(r"\s*[-+−–]?[1-9]\d{0,2}(,\d{3})+\s*", re.ASCII)  # 1,000 may be a thousand, or one
BLANKS = re.compile(r"\s*(/)\s*|(?<=[-+])\s+")  # those that may be left out: in 1 1/2 they may not
FEWEST_DIGITS = 3  # of a rounded answer
EXACT, CLOSE = Fraction(5, 10**6), Fraction(2, 100)  # relative errors; pictures show six digits
WITHIN = Fraction(999_999, 1_000_000)  # of a unit: less than one, whatever a float makes of it
NOTHING = Fraction(1, 10**12)  # what counts as 0 where that is right, as floats that cancel leave something

MESSAGES = {
    "right": "Right.",
    "close": "Close. Give three significant digits, all of them right, or the exact fraction.",
    "sign": "The size is right. Look at the sign.",
    "wrong": "Not yet.",
    "unreadable": "Write a number: 17, -0.5, 1/32 or 1e-3.",
    "open": "",
}


@dataclass(frozen=True)
class Typed:
    """A number as it was typed.

    Attributes:
        number: The number, exactly.
        digits: Its significant digits; None for a fraction, which claims to be exact.
        unit: What one unit of its last digit is worth.
    """

    number: Fraction
    digits: int | None
    unit: Fraction


def read_answer(text: str) -> Typed | None:
    """Read 2, -0.5, 0,5, 1e-3, 1/3; None if it is no number.

    >>> read_answer("1/0"), read_answer("two"), read_answer("1 1/2")
    (None, None, None)
    """
    text = BLANKS.sub(r"\1", text.translate(WRITTEN).strip())
    parts = [TYPED_NUMBER.fullmatch(part) for part in text.split("/")]
    if len(text) > LONGEST_ANSWER or len(parts) > 2 or not all(parts):
        return None
    numerator, *denominators = [Fraction(part[0]) for part in parts if part]
    if denominators:
        return Typed(numerator / denominators[0], None, Fraction(0)) if denominators[0] else None
    assert parts[0] is not None
    places = len(parts[0][1] or parts[0][2] or "") - int(parts[0][3] or 0)
    digits = re.sub(r"\D", "", re.split("e", text, flags=re.IGNORECASE)[0]).lstrip("0")
    return Typed(numerator, len(digits), Fraction(10) ** -places)


def judged(text: str, answer: Number) -> str:
    """Tell what a typed number is: right, close, sign, wrong, unreadable, or open where nothing was typed.

    A fraction or a short decimal has to be the number itself, to six digits, however small that is. A decimal of
    three significant digits or more may be rounded, or cut off, at its last digit.

    >>> judged("4.25e-18", 4.24835e-18), judged("0", 4.24835e-18), judged("1e-16", 0.0)
    ('right', 'wrong', 'right')
    """
    if not text.strip():
        return "open"
    if THOUSANDS.fullmatch(text) and (verdict := judged(text.replace(",", ""), answer)) in ("right", "sign"):
        return verdict
    typed = read_answer(text)
    if typed is None:
        return "unreadable"
    answer = Fraction(answer)
    if is_right(typed, typed.number, answer):
        return "right"
    if is_right(typed, -typed.number, answer):
        return "sign"
    whole = typed.number.denominator == answer.denominator == 1  # 101 is not a rounded 100
    return "close" if not whole and abs(typed.number - answer) <= CLOSE * abs(answer) else "wrong"


def is_right(typed: Typed, number: Fraction, answer: Fraction) -> bool:
    error = abs(number - answer)
    rounded = typed.digits is not None and typed.digits >= FEWEST_DIGITS and error < WITHIN * typed.unit
    return rounded or error <= (EXACT * abs(answer) if answer else NOTHING)
