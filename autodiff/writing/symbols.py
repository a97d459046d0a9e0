"""Symbols: a rule run on names instead of numbers, and written down as text, LaTeX or Python.

>>> from autodiff import Value
>>> x, y = Value(2, name="x"), Value(3, name="y")
>>> c = (x + y).named("c")
>>> e = c**2
>>> symbolic_value(e, lambda node: node.name).text()
'c^2'
>>> symbolic_partial(e, 0, lambda node: node.name).text()
'2c'
"""

from __future__ import annotations

import functools
import math
import operator
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

from autodiff import rules
from autodiff.number import Number
from autodiff.rules import ATOM, POWER, PRODUCT, SUM, Notation, Rule
from autodiff.rules.worlds import Scalar
from autodiff.value import Value
from autodiff.writing.letters import GREEK, plain_scripts

__all__ = [
    "KNOWN_FLOATS",
    "SYMBOLS",
    "Symbol",
    "Symbolic",
    "number_text",
    "root",
    "symbol_of",
    "symbolic_partial",
    "symbolic_value",
    "tightness",
    "without_ones",
]

Symbolic: TypeAlias = "Symbol | str | Number"  # a symbol, or what one is made of: a name, a number
BRACKETS = {"equal", "greater", "greater_equal", "less", "less_equal"}  # rows that are 1 or 0
Naming: TypeAlias = Callable[[Value], Symbolic]  # what a node is called, or a symbol in its place


class Symbol:
    """A name, a number, or a rule applied to other symbols.

    Operators simplify as one does by hand: 1·x is x, 0 + x is x, 2·3 is 6.

    >>> x, y = symbol_of("x"), symbol_of("y")
    >>> symbol = 1 * x**2 / (x + 2 * y)
    >>> symbol.text(), symbol.latex(), symbol.python()
    ('x^2/(x + 2y)', '\\\\frac{{x}^{2}}{x + 2y}', 'x**2/(x + 2*y)')
    """

    __slots__ = ("operands", "rule", "what")

    what: Scalar  # a name or a number; None where a rule is applied

    def __init__(
        self, what: Scalar = None, rule: Rule | None = None, operands: tuple[Symbol, ...] = ()
    ) -> None:
        self.what, self.rule, self.operands = what, rule, operands

    def text(self) -> str:
        """Write it for people: 2x + y·z, x^2, [h > 0]."""
        return written_symbol(self, "text")[0]

    def latex(self) -> str:
        """Write it for TeX's mathematics."""
        return written_symbol(self, "latex")[0]

    def python(self) -> str:
        """Write it as a Python expression of the table's functions."""
        return written_symbol(self, "python")[0]

    def is_number(self, *numbers: float) -> bool:
        """Tell whether it is a number, and one of those given, if any are."""
        return self.rule is None and not isinstance(self.what, str) and (not numbers or self.what in numbers)

    def __repr__(self) -> str:
        return f"Symbol({self.text()})"

    def __add__(self, other: Symbolic) -> Symbol:
        right = symbol_of(other)
        return right if self.is_number(0) else self if right.is_number(0) else calculated("add", self, right)

    def __sub__(self, other: Symbolic) -> Symbol:
        right = symbol_of(other)
        return -right if self.is_number(0) else self if right.is_number(0) else calculated("sub", self, right)

    def __mul__(self, other: Symbolic) -> Symbol:
        right = symbol_of(other)
        if self.is_number(0) or right.is_number(1):
            return self
        if self.is_number(1) or right.is_number(0):
            return right
        if self.is_number(-1) and right.rule is not None:
            return -right
        return calculated("mul", self, right)

    def __truediv__(self, other: Symbolic) -> Symbol:
        right = symbol_of(other)
        return self if right.is_number(1) or self.is_number(0) else calculated("truediv", self, right)

    def __pow__(self, other: Symbolic) -> Symbol:
        right = symbol_of(other)
        if right.is_number(1):
            return self
        return symbol_of(1) if right.is_number(0) else calculated("pow", self, right)

    def __neg__(self) -> Symbol:
        return calculated("neg", self)

    def __radd__(self, other: Symbolic) -> Symbol:
        return symbol_of(other) + self

    def __rsub__(self, other: Symbolic) -> Symbol:
        return symbol_of(other) - self

    def __rmul__(self, other: Symbolic) -> Symbol:
        return symbol_of(other) * self

    def __rtruediv__(self, other: Symbolic) -> Symbol:
        return symbol_of(other) / self

    def __rpow__(self, other: Symbolic) -> Symbol:
        return symbol_of(other) ** self


def symbol_of(x: Symbolic) -> Symbol:
    """A symbol as it is, a string as a name, a number as a number.

    >>> (symbol_of("x") * 2.0).text()
    'x·2'
    """
    if isinstance(x, Symbol):
        return x
    if isinstance(x, float) and x.is_integer() and abs(x) < 1e15:
        x = int(x)
    return Symbol(x)


CALCULATED: dict[str, Callable[..., Number]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "neg": operator.neg,
}


def calculated(name: str, *operands: Symbol) -> Symbol:
    """Apply an operator; numbers alone are calculated where that is exact or as exact as floats are."""
    if name in CALCULATED and all(operand.is_number() for operand in operands):
        return symbol_of(CALCULATED[name](*(operand.what for operand in operands)))
    return applied_symbol(rules.TABLE[name], operands)


def applied_symbol(rule: Rule, operands: Sequence[Symbolic]) -> Symbol:
    """Apply a rule to symbols; one without a notation is spelled out by running it."""
    symbols = tuple(symbol_of(operand) for operand in operands)
    if rule.notation is None:
        return symbol_of(rule.apply(SYMBOLS, symbols))
    return Symbol(rule=rule, operands=symbols)


CHANGES_NOTHING = {
    "mul": (1, 1),
    "truediv": (None, 1),
    "pow": (None, 1),
    "add": (0, 0),
    "sub": (None, 0),
}  # by operand


def without_ones(symbol: Symbol) -> Symbol:
    """A symbol whose operation changes nothing as what it is applied to: 1·x is x, and so are x/1, 0 + x and --x.

    >>> x = symbol_of("x")
    >>> without_ones(Symbol(rule=rules.TABLE["mul"], operands=(symbol_of(1), x))).text()
    'x'
    """
    name = symbol.rule.name if symbol.rule else ""
    if name == "neg" and (inner := symbol.operands[0]).rule is not None and inner.rule.name == "neg":
        return inner.operands[0]
    for place, neutral in enumerate(CHANGES_NOTHING.get(name, ())):
        operand, other = symbol.operands[place], symbol.operands[1 - place]
        if neutral is not None and operand.is_number(neutral):
            return other
        if name == "mul" and operand.is_number(-1):
            return -other
    return symbol


class Symbols:
    """The primitives on symbols: every operation of the table, applied and not calculated."""

    def __getattr__(self, name: str) -> Callable[..., Symbol]:
        if name not in rules.TABLE:
            raise AttributeError(f"there is no operation {name!r} to write down")
        rule = rules.TABLE[name]
        return lambda *xs: applied_symbol(rule, (*xs[0], *xs[1:]) if rule.is_nary else xs)

    def name(self, text: str) -> Symbol:
        """A named constant, such as π."""
        return Symbol(text)

    def sqrt(self, x: Symbolic) -> Symbol:
        """The root; that of a constant as √π, as beside √2."""
        inside = symbol_of(x)
        return (
            root(inside)
            if is_constant_symbol(inside)
            else Symbol(rule=rules.TABLE["sqrt"], operands=(inside,))
        )

    def sum(self, xs: Sequence[Symbolic]) -> Symbol:
        return symbol_of(functools.reduce(operator.add, xs, symbol_of(0)))

    def prod(self, xs: Sequence[Symbolic]) -> Symbol:
        return symbol_of(functools.reduce(operator.mul, xs, symbol_of(1)))

    def dot(self, xs: Sequence[Symbolic], ys: Sequence[Symbolic], bias: Symbolic) -> Symbol:
        return self.sum([symbol_of(x) * y for x, y in zip(xs, ys, strict=True)]) + symbol_of(bias)

    def gap(self, x: Symbolic, y: Symbolic) -> Symbol:
        return symbol_of(x) - y

    def divide(self, x: Symbolic, y: Symbolic) -> Symbol:
        return symbol_of(x) / symbol_of(y)

    def ieee_pow(self, x: Symbolic, y: Symbolic) -> Symbol:
        return symbol_of(x) ** symbol_of(y)

    def xlogy(self, x: Symbolic, y: Symbolic) -> Symbol:
        return symbol_of(x) * symbol_of(self.log(y))

    def where(self, condition: Symbolic, x: Symbolic, y: Symbolic) -> Symbol:
        """Between 1 and 0 the condition itself, as Iverson's bracket; settled if it is a number."""
        test, chosen, other = symbol_of(condition), symbol_of(x), symbol_of(y)
        if test.is_number():
            return chosen if test.what else other
        if (
            chosen.is_number(1)
            and other.is_number(0)
            and test.rule is not None
            and test.rule.name in BRACKETS
        ):
            return test
        return Symbol(rule=rules.TABLE["where"], operands=(test, chosen, other))

    def equal(self, x: Symbolic, y: Symbolic) -> Symbol:
        left, right = symbol_of(x), symbol_of(y)
        if left.is_number() and right.is_number():
            return symbol_of(int(left.what == right.what))
        return Symbol(rule=rules.TABLE["equal"], operands=(left, right))


class Siblings(Symbols):
    """The same where the other results of a rule that gives several, such as softmax, have names."""

    def __init__(self, rule: Rule, names: Mapping[int, str]) -> None:
        self.rule, self.names = rule, names

    def __getattr__(self, name: str) -> Callable[..., Symbol]:
        apply = super().__getattr__(name)
        if name != self.rule.name:
            return apply
        return lambda xs: symbol_of(self.names[xs[-1]]) if xs[-1] in self.names else apply(xs)


SYMBOLS = Symbols()

# ---------------------------------------------------------------- constants


ROOT_OF_CONSTANT = Rule(
    "sqrt",
    "√",
    1,
    lambda m, x: m.sqrt(x),
    (0,),
    notation=Notation("√{}", r"\sqrt{{{}}}", "sqrt({})", operands=(ATOM,), latex_operands=(0,)),
)


def root(x: Symbolic) -> Symbol:
    """The root of a constant.

    >>> root(2).text(), root(2 * symbol_of("π")).latex()
    ('√2', '\\\\sqrt{2\\\\pi}')
    """
    return Symbol(rule=ROOT_OF_CONSTANT, operands=(symbol_of(x),))


def is_constant_symbol(symbol: Symbol) -> bool:
    """Whether a symbol is made of numbers and π alone."""
    if symbol.rule is None:
        return symbol.is_number() or symbol.what == "π"
    return all(map(is_constant_symbol, symbol.operands))


def known_constants() -> dict[float, Symbol]:
    """Floats that people write as √2, π/4, 1/√(2π) or log(2): only the float nearest to one is taken for it."""
    pi = symbol_of("π")
    found = {math.pi * above / below: above * pi / below for below in PARTS_OF_PI for above in (4, 3, 2, 1)}
    for n in range(2, 100):
        if math.isqrt(n) ** 2 != n:
            found |= {math.sqrt(n): root(n), 1 / math.sqrt(n): 1 / root(n)}
    for factor, radicand in ((math.pi, pi), (2 * math.pi, 2 * pi), (2 / math.pi, 2 / pi)):
        found |= {math.sqrt(factor): root(radicand), 1 / math.sqrt(factor): 1 / root(radicand)}
    found |= {2 / math.sqrt(math.pi): 2 / root(pi)}
    for n in (2, 3, 10):
        found |= {math.log(n): SYMBOLS.log(n), 1 / math.log(n): 1 / SYMBOLS.log(n)}
    return found | {-x: -symbol for x, symbol in found.items()}


PARTS_OF_PI = (180, 6, 4, 3, 2, 1)  # the simplest form comes last, and stays
KNOWN_FLOATS = known_constants()


# ---------------------------------------------------------------- nodes as symbols


def operand_symbols(node: Value, names: Naming) -> list[Symbol]:
    """The operands as symbols: nodes by their names, numbers as they are, and √2 as such."""
    return [symbol_of(names(x) if isinstance(x, Value) else KNOWN_FLOATS.get(x) or x) for x in node.operands]


def symbolic_value(node: Value, names: Naming) -> Symbol:
    """Write how a node was computed from its operands; a leaf is its name.

    Args:
        node: The node.
        names: Gives the name of each parent.

    >>> x, w = Value(2, name="x"), Value(3, name="w")
    >>> symbolic_value(x * w + 1, lambda node: node.name or "h").text()
    'h + 1'
    """
    return (
        symbol_of(names(node)) if node.op is None else applied_symbol(node.op, operand_symbols(node, names))
    )


def symbolic_partial(
    node: Value, index: int, names: Naming, siblings: Mapping[int, str] | None = None
) -> Symbol:
    """Write the local derivative of a node by its parent number ``index``, in the names of both.

    Args:
        node: The node.
        index: The number of the parent.
        names: Gives the name of each parent and of the node.
        siblings: The names of softmaxes of the same scores, by position.

    >>> h = Value(0.5, name="h")
    >>> o = h.sigmoid().named("o")
    >>> symbolic_partial(o, 0, lambda node: node.name).text()
    'o·(1 - o)'
    """
    rule = node.op
    if rule is None:
        raise ValueError(f"{node!r} is a leaf: it has no parents to be differentiated by")
    positions = [i for i, operand in enumerate(node.operands) if isinstance(operand, Value)]
    xs, z = operand_symbols(node, names), symbol_of(names(node))
    if rule.vector:
        xs[-1] = node.operands[-1]
    m = Siblings(rule, siblings) if siblings else SYMBOLS
    row, operands = rule.among(xs, [not isinstance(operand, Value) for operand in node.operands])
    return symbol_of(row.slopes(m, operands, z, [positions[index]], written=True)[0])


# ---------------------------------------------------------------- writing


def number_text(x: Number, language: str = "text") -> str:
    """Write a number: whole floats without their .0 (but in Python), fractions as fractions.

    >>> number_text(2.0), number_text(Fraction(1, 32)), number_text(1e-9, "latex")
    ('2', '1/32', '1 \\\\cdot 10^{-9}')
    """
    if isinstance(x, Fraction) and x.denominator != 1:
        if language == "latex":
            sign = "-" if x < 0 else ""
            return rf"{sign}\frac{{{abs(x.numerator)}}}{{{x.denominator}}}"
        return f"{x.numerator}/{x.denominator}"
    if isinstance(x, float) and language != "python":
        if x.is_integer() and abs(x) < 1e15:
            return str(int(x))
        shortest = f"{x:.6g}"
        if language == "latex":
            shortest = re.sub(r"e([+-])0*(\d+)", r" \\cdot 10^{\1\2}", shortest).replace("{+", "{")
            return shortest.replace("inf", r"\infty").replace("nan", r"\mathrm{nan}")
        return shortest
    if isinstance(x, float) and x != x:
        return 'float("nan")'
    if isinstance(x, float) and abs(x) == float("inf"):
        return f'float("{x}")'
    return str(x)


ACCENTS = {
    "\N{COMBINING GRAVE ACCENT}": "grave",
    "\N{COMBINING ACUTE ACCENT}": "acute",
    "\N{COMBINING CIRCUMFLEX ACCENT}": "hat",
    "\N{COMBINING TILDE}": "tilde",
    "\N{COMBINING MACRON}": "bar",
    "\N{COMBINING BREVE}": "breve",
    "\N{COMBINING DOT ABOVE}": "dot",
    "\N{COMBINING DIAERESIS}": "ddot",
    "\N{COMBINING CARON}": "check",
    "\N{COMBINING RIGHT ARROW ABOVE}": "vec",
}
MARK = re.compile("[\u0300-\u036f]")  # what stands over or under the character before it
MARKS_IN_TEXT = "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c\u0327"  # of KaTeX
NAME_LETTERS = f"A-Za-z{''.join(GREEK)}"  # what is a letter in a name
SUBSCRIPT = rf"(?:_?(\d+(?:[_,]\d+)*|(?<=_)(?:[{NAME_LETTERS}]+|\{{[{NAME_LETTERS}0-9,+-]+\}})))"
SUPERSCRIPT = (
    rf"(?:\^(\d+|[{NAME_LETTERS}]|[(\[][{NAME_LETTERS}0-9]+[)\]]|\{{[{NAME_LETTERS}0-9()\[\],+-]+\}}))"
)
LETTER = re.compile(rf"([{NAME_LETTERS}])([{''.join(ACCENTS)}])?{SUBSCRIPT}?('*){SUPERSCRIPT}?")
SUPERSCRIPT_FIRST = re.compile(rf"({SUPERSCRIPT})(_{SUBSCRIPT})$")  # w^[1]_2
OPERATION = re.compile(r"\s*([-+−·*/=])\s*(?![^{]*\})")  # between the letters of a name such as x - μ
OPERATION_SIGNS = {"−": "-", "·": r"\cdot"}
SPECIAL = {"\\": r"\backslash ", "^": r"\wedge ", "~": r"\sim ", **{sign: rf"\{sign}" for sign in "$&%#_{}"}}
SPECIAL |= {letter: f"{command} " for letter, command in GREEK.items()}


def name_latex(name: str) -> str:
    r"""Write a name in LaTeX: x1 as x_{1}, a weight of layer 2 as w_{11}^{2}, ŷ as \hat{y}, words upright.

    Several indices get a comma between them: x1_10, an element of a matrix, is x_{1,10}.

    What is special to TeX stays what it is, in a form that KaTeX and MathJax know too.

    >>> name_latex("w12"), name_latex("w11^2"), name_latex("w_1^{2}"), name_latex("ŷ")
    ('w_{12}', 'w_{11}^{2}', 'w_{1}^{2}', '\\hat{y}')
    >>> name_latex("loss"), name_latex("a&b"), name_latex("σ₁²")
    ('\\mathrm{loss}', '\\text{a}\\&\\text{b}', '\\sigma_{1}^{2}')
    >>> name_latex("h_{t-1}"), name_latex("w^(1)_2"), name_latex("λ_max")
    ('h_{t-1}', 'w_{2}^{(1)}', '\\lambda_{\\mathrm{max}}')
    >>> name_latex("x1 - μ"), name_latex("x·y")
    ('x_{1} - \\mu', 'x \\cdot y')
    """
    operands = OPERATION.split(name)
    if len(operands) > 1 and all(map(is_letter, operands[::2])):
        signs = [f" {OPERATION_SIGNS.get(sign, sign)} " for sign in operands[1::2]]
        return "".join(name_latex(x) + sign for x, sign in zip(operands[::2], [*signs, ""], strict=True))
    if match := LETTER.fullmatch(decomposed(name)):
        letter, accent, below, primes, above = match.groups(default="")
        letter = GREEK.get(letter, letter)
        written = rf"\{ACCENTS[accent]}{{{letter}}}" if accent else letter
        below = (
            rf"\mathrm{{{below}}}"
            if re.fullmatch("[A-Za-z]{3,}", below)
            else below.replace("_", ",").strip("{}")
        )
        scripts = [
            f"{sign}{{{in_latex(text)}}}" for sign, text in (("_", below), ("^", above.strip("{}"))) if text
        ]
        return "".join([written, primes, *scripts])
    if re.fullmatch(r"[A-Za-z]+", name):
        return rf"\mathrm{{{name}}}"
    pieces = re.split(rf"([\\^~$&%#_{{}}{''.join(GREEK)}])", " ".join(name.split("\n")))
    return (
        "".join(SPECIAL.get(piece, rf"\text{{{seated(piece)}}}") for piece in pieces if piece) or r"\text{}"
    )


def is_letter(name: str) -> bool:
    """Whether a name is a letter with its indices, or a number."""
    return bool(NUMERAL.fullmatch(name) or LETTER.fullmatch(decomposed(name)))


def decomposed(name: str) -> str:
    return SUPERSCRIPT_FIRST.sub(r"\3\1", plain_scripts(unicodedata.normalize("NFD", name)))


def in_latex(text: str) -> str:
    """An index or an exponent, whose letters may be Greek."""
    return "".join(f"{GREEK[x]} " if x in GREEK else x for x in text).rstrip()


def seated(text: str) -> str:
    """Put a space under an accent that has no letter, and a sign for what KaTeX lacks: it would stop at both."""
    known = MARK.sub(lambda mark: mark[0] if mark[0] in MARKS_IN_TEXT else "\N{REPLACEMENT CHARACTER}", text)
    return re.sub(rf"(^|\s)(?={MARK.pattern})", "\N{NO-BREAK SPACE}", known)


CLOSED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|\|[^|]*\|")  # what brackets hold together in a name
NUMERAL = re.compile(r"\d+(\.\d+)?(e[+-]?\d+)?")  # whose exponent may have a sign
LOOSE = [({*"+-−=<>"}, SUM), ({*"*/· "}, PRODUCT), ({"^"}, POWER)]  # what looks like an operation


def written_symbol(symbol: Symbol, language: str) -> tuple[str, int]:
    """Write a symbol in one language, and say how tightly it holds together. One pass from the leaves up."""
    done: dict[int, tuple[str, int]] = {}
    waiting = [symbol]
    while waiting:
        at = waiting[-1]
        missing = [operand for operand in at.operands if id(operand) not in done]
        if missing:
            waiting += missing
            continue
        waiting.pop()
        done[id(at)] = assembled(at, [done[id(operand)] for operand in at.operands], language)
    return done[id(symbol)]


def assembled(symbol: Symbol, operands: list[tuple[str, int]], language: str) -> tuple[str, int]:
    """Write one symbol whose operands are written."""
    if symbol.rule is None:
        return atom(symbol.what, language)
    notation = symbol.rule.notation
    assert notation is not None
    latex = language == "latex"
    bounds = notation.latex_operands if latex else notation.operands
    precedence = notation.latex_precedence if latex else notation.precedence
    pieces = [
        bracketed(piece, own, bounds[i] if i < len(bounds) else 0, i, language)
        for i, (piece, own) in enumerate(operands)
    ]
    if symbol.rule.name == "mul" and language == "text" and is_quotient(symbol.operands[0]):
        pieces[0] = f"({pieces[0]})"  # x/y·z is read in two ways
    if symbol.rule.name == "mul" and language != "python" and joins(symbol.operands[0], *pieces):
        return "".join(pieces), precedence
    return filled(notation, pieces, language), precedence


def is_quotient(symbol: Symbol) -> bool:
    """Whether it is written with a slash that may be taken to reach over what follows; 1/2 is a number."""
    if symbol.rule is None or symbol.rule.name not in ("truediv", "neg"):
        return False
    if symbol.rule.name == "neg":
        return is_quotient(symbol.operands[0])
    return not all(operand.is_number() for operand in symbol.operands)


def filled(notation: Notation, pieces: list[str], language: str) -> str:
    template: str = getattr(notation, language)
    return template.format(*pieces, args=", ".join(pieces), most=", ".join(pieces[:-1]), last=pieces[-1])


def bracketed(piece: str, precedence: int, bound: int, position: int, language: str) -> str:
    """Put brackets around what holds together less tightly than its place asks, and around a second sign."""
    if precedence >= bound and not (piece.startswith("-") and bound and (position or bound > PRODUCT)):
        return piece
    return rf"\left({piece}\right)" if language == "latex" else f"({piece})"


def joins(factor: Symbol, left: str, right: str) -> bool:
    """Tell whether a product needs no sign between its factors: 2x, 2(x + y), but 1e-09·x, 2·3."""
    plain = factor.is_number() and re.fullmatch(r"-?[\d.]+", left) is not None
    return plain and re.match(r"[^\W\d]|\(|\\", right) is not None


def tightness(name: str) -> int:
    """How tightly a name holds together: one that looks like an operation, such as w11^2, needs its brackets.

    >>> [tightness(name) == ATOM for name in ("w11", "p(a + b)", "w11^2", "ŷ - y", "1e-05")]
    [True, True, False, False, True]
    """
    outside = "" if NUMERAL.fullmatch(name) else CLOSED.sub("", name)
    return next((precedence for signs, precedence in LOOSE if not signs.isdisjoint(outside)), ATOM)


def atom(what: str | Number, language: str) -> tuple[str, int]:
    if isinstance(what, str):
        return (name_latex(what) if language == "latex" else what), tightness(what)
    text = number_text(what, language)
    fraction = isinstance(what, Fraction) and what.denominator != 1 and language != "latex"
    scaled = r"\cdot" in text
    return text, PRODUCT if fraction or text.startswith("-") or scaled else ATOM
