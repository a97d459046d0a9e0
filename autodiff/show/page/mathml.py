"""Formulas as trees of MathML, from the LaTeX that the rows of the table write.

MathML is read by every current browser and by screen readers, so the page needs neither a library nor fonts.
A tree is a list ``[tag, child, ...]`` whose children are trees or text; the page builds elements from it and
never parses a string. Where a node stands there is a slot, so that one formula serves for names and numbers.

>>> mathml(r"\\frac{1}{2x}")
['mfrac', ['mn', '1'], ['mrow', ['mn', '2'], ['join'], ['mi', 'x']]]
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

from autodiff.rules import SUM, Notation, Rule
from autodiff.value import Value
from autodiff.writing.letters import GREEK
from autodiff.writing.symbols import Symbol, name_latex, symbolic_partial, symbolic_value

__all__ = ["MathTree", "mathml", "name_symbol", "partial_formula", "value_formula"]

MathTree: TypeAlias = list[Any]  # a tag, then text and trees

TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|\s+|.", re.DOTALL)
SIGNS = {
    r"\cdot": "·", r"\ge": "≥", r"\le": "≤", r"\infty": "∞", r"\partial": "∂", "-": "−", "+": "+", "=": "=",
    "'": "′", ">": ">", "<": "<", ",": ",", "(": "(", ")": ")", "[": "[", "]": "]", "|": "|", r"\|": "‖",
    r"\lfloor": "⌊", r"\rfloor": "⌋", r"\lceil": "⌈", r"\rceil": "⌉", r"\bmod": "mod",
}  # fmt: skip
ACCENT_SIGNS = {
    r"\hat": "^", r"\tilde": "~", r"\bar": "¯", r"\dot": "˙", r"\ddot": "¨", r"\vec": "→", r"\check": "ˇ",
    r"\breve": "˘", r"\acute": "´", r"\grave": "`",
}  # fmt: skip
LETTER_OF = {command: letter for letter, command in GREEK.items()}
SLOT = Notation(r"{}", r"\slot{{{}}}", r"{}", precedence=SUM, latex_precedence=SUM)


def slot(number: int) -> Symbol:
    """A symbol for a node, to be filled with its name or its number; brackets around it are a guess."""
    return Symbol(
        rule=Rule("slot", "slot", 1, lambda m, x: x, (1,), notation=SLOT), operands=(Symbol(number),)
    )


def value_formula(node: Value, numbers: Mapping[Value, int]) -> MathTree:
    """How a node is computed, with a slot for each operand."""
    return mathml(symbolic_value(node, lambda operand: slot(numbers[operand])).latex())


def partial_formula(node: Value, position: int, numbers: Mapping[Value, int]) -> MathTree:
    """The partial by one parent, with slots for operands and result."""
    return mathml(symbolic_partial(node, position, lambda operand: slot(numbers[operand])).latex())


def name_symbol(name: str) -> MathTree:
    """A name as mathematics writes it, w_{11}, or as it is if it is no such name.

    >>> name_symbol("w11"), name_symbol("a&b")
    (['msub', ['mi', 'w'], ['mn', '11']], ['mtext', 'a&b'])
    """
    latex = name_latex(name)
    return ["mtext", name] if re.search(r"\\(?:text|backslash|wedge|sim|[$&%#_{}])", latex) else mathml(latex)


def mathml(latex: str) -> MathTree:
    """Turn the LaTeX that this library writes into a tree of MathML."""
    return mrow(Reader(latex).until(None))


class Reader:
    """Reads LaTeX token by token."""

    def __init__(self, latex: str) -> None:
        self.tokens = TOKEN.findall(latex)
        self.place = 0

    def peek(self) -> str | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def next(self) -> str | None:
        self.place += 1
        return self.tokens[self.place - 1] if self.place <= len(self.tokens) else None

    def until(self, end: str | None) -> list[MathTree]:
        """Read the atoms up to a token, and that token."""
        atoms: list[MathTree] = []
        while (token := self.next()) not in (end, None):
            assert token is not None
            if token in "^_" and atoms:
                atoms.append(scripted(atoms.pop(), token, self.group()))
            elif not token.isspace():
                atoms.append(self.atom(token))
        return atoms

    def group(self) -> MathTree:
        """Read an argument in braces, or one token."""
        token = self.next()
        return mrow(self.until("}")) if token == "{" else self.atom(token or "")

    def atom(self, token: str) -> MathTree:
        if token == "{":
            return mrow(self.until("}"))
        if token == r"\sqrt" and self.peek() == "[":
            self.next()
            index = mrow(self.until("]"))
            return ["mroot", self.group(), index]
        if token in (r"\frac", r"\sqrt"):
            return [f"m{token[1:]}", *(self.group() for _ in range(2 if token == r"\frac" else 1))]
        if token in ACCENT_SIGNS:
            return ["mover", self.group(), ["mo", ACCENT_SIGNS[token]]]
        if token == r"\left":
            return self.bracketed()
        if token == r"\slot":
            return ["slot", int(self.raw())]
        if token in (r"\operatorname", r"\mathrm", r"\text"):
            return ["mtext" if token == r"\text" else "mi", self.raw().replace(r"\_", "_")]
        return token_tree(token)

    def bracketed(self) -> MathTree:
        r"""Read what stands between \left and \right; brackets around a slot alone guard its sign."""
        left = self.next() or ""
        atoms = self.until(r"\right")
        right = self.next() or ""
        if left == "(" and [atom[0] for atom in atoms] == ["slot"]:
            return ["guard", *atoms]
        return ["mrow", fence(left), *with_joins(atoms), fence(right)]

    def raw(self) -> str:
        """Read an argument in braces as text."""
        text, depth = "", 0
        while (token := self.next()) is not None:
            if token == "{":
                depth += 1
            elif token == "}":
                depth -= 1
                if depth == 0:
                    break
            else:
                text += token
        return text


def token_tree(token: str) -> MathTree:
    """A token that stands for itself: a number, a sign, a letter, or the name of a function."""
    if token in SIGNS:
        return ["mo", SIGNS[token]]
    if token[0].isdigit():
        return ["mn", token]
    return ["mi", LETTER_OF.get(token, token.removeprefix("\\"))]


def fence(token: str) -> MathTree:
    return ["mo", SIGNS.get(token, token)]


def scripted(base: MathTree, token: str, script: MathTree) -> MathTree:
    """Put a sub- or superscript to an atom; one of each become one element."""
    if token == "^" and base[0] == "msub":
        return ["msubsup", *base[1:], script]
    return ["msup" if token == "^" else "msub", base, script]


def mrow(atoms: list[MathTree]) -> MathTree:
    atoms = with_joins(atoms)
    return atoms[0] if len(atoms) == 1 else ["mrow", *atoms]


def with_joins(atoms: list[MathTree]) -> list[MathTree]:
    """Put a mark between a number and what it multiplies: a point in numbers, nothing in names."""
    found: list[MathTree] = []
    for atom in atoms:
        if found and found[-1][0] == "mn" and atom[0] != "mo":
            found.append(["join"])
        found.append(atom)
    return found
