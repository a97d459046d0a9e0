"""What is written in a picture: numbers, operations and derivatives, written so that any text stays text."""

from __future__ import annotations

import html
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, TypeAlias

import graphviz

from autodiff.languages import say
from autodiff.number import Number
from autodiff.pictures.names import clean
from autodiff.value import Value
from autodiff.writing.symbols import symbolic_partial, symbolic_value

__all__ = ["Labels", "Partials", "cell", "computed_from_unknown", "cut_short", "raised", "text_label"]

Partials: TypeAlias = Literal["numbers", "symbols", "both"] | Mapping[tuple[Value, int], Number] | None

LONGEST_FORMULA = 40  # characters of a formula; one that is longer is not read in a picture
LABEL_OPERANDS = 8  # that a formula shows
EXPONENT = re.compile(r"\^(?:\((-\d+)\)|(-?\d+)(?!\.?\d))")  # a whole number; w^(1) is a name
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Labels:
    """Writes the nodes and edges of a graph, in the words of its names.

    Attributes:
        names: What the nodes are called.
        format: How a float is written, as for Python's ``format``.
        partials: The local derivatives of some nodes, where others than theirs are shown.
        unknown: The nodes whose numbers nobody knows.
    """

    names: Mapping[Value, str]
    format: str = ".6g"
    partials: Mapping[Value, Sequence[Number]] = field(default_factory=dict)
    unknown: Container[Value] = ()

    def name(self, node: Value) -> str:
        return cut_short(clean(self.names[node]))

    def number(self, x: Number | str | None) -> str:
        """Write a number; a fraction stays one unless nobody would read it, and None is no number yet.

        >>> Labels({}).number(2 / 3), Labels({}).number(Fraction(1, 32)), Labels({}, ".2f").number(2 / 3)
        ('0.666667', '1/32', '0.67')
        >>> Labels({}).number(None)
        '-'
        """
        if x is None:
            return "-"
        if not isinstance(x, Fraction):
            return x if isinstance(x, str) else format(x or 0.0, self.format)  # 0 of -0.0
        if max(abs(x.numerator), x.denominator) < 10**12:
            return str(x)
        try:
            return "≈ " + format(float(x), self.format)
        except OverflowError:
            return say("a huge fraction")

    def operation(self, node: Value) -> str:
        """Write how a node was computed, such as ``x^2``; nothing for a leaf."""
        if node.op is None:
            return ""
        if len(node.operands) <= LABEL_OPERANDS:
            return cut_short(clean(symbolic_value(node, self.name).text()))
        operation = clean(node.op.symbol)
        return say("{operation} of {count} operands", operation=operation, count=len(node.operands))

    def partial(self, node: Value, position: int, partials: Partials) -> str:
        """Write the local derivative by one parent: ``2x``, ``4`` or ``2x = 4``, or a given number for it."""
        if partials is None:
            return ""
        if isinstance(partials, Mapping):
            return self.number(partials[node, position]) if (node, position) in partials else ""
        partial = self.partials.get(node, node.partials)[position]
        number = self.number(partial)
        is_known = partial == partial or node not in self.unknown
        if partials == "numbers" and is_known:
            return number
        symbol = symbolic_partial(node, position, self.name)
        text = cut_short(clean(symbol.text()))
        return text if partials == "symbols" or symbol.is_number() or not is_known else f"{text} = {number}"


def computed_from_unknown(order: Iterable[Value]) -> set[Value]:
    """The nodes of a topological order whose numbers nobody knows, as a function among them is not given."""
    found: set[Value] = set()
    for node in order:
        if node.op is not None and (not node.op.given or not found.isdisjoint(node.parents)):
            found.add(node)
    return found


def cut_short(text: str) -> str:
    return text if len(text) <= LONGEST_FORMULA else text[: LONGEST_FORMULA - 1] + "…"


def raised(text: str) -> str:
    """Raise exponents that are whole numbers.

    >>> raised("1 - o^2"), raised("x^(-2)"), raised("x^0.5")
    ('1 - o²', 'x⁻²', 'x^0.5')
    """
    return EXPONENT.sub(lambda match: (match[1] or match[2]).translate(RAISED), text)


def text_label(*lines: str) -> str:
    r"""Make lines of text a label; nothing in them is an escape, an entity or markup to Graphviz.

    >>> print(text_label(r"\N <b>", "&lt;"))
    \\N <b>\n&amp;lt;
    """
    escaped = (graphviz.escape(raised(clean(line)).replace("&", "&amp;")) for line in lines if line)
    label: str = graphviz.nohtml(r"\n".join(escaped))
    return label


def cell(text: str) -> str:
    """Make text the content of a cell in an HTML-like label.

    >>> cell("a<b")
    'a&lt;b'
    """
    return html.escape(raised(clean(text))).replace("\\", "\\\\") or " "  # \N is an escape here too
