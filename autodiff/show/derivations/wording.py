"""Writing the pieces of a derivation, in text and LaTeX: names, numbers, derivative signs, factors, sums."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from autodiff.number import Number
from autodiff.pictures.labels import Labels
from autodiff.pictures.names import clean, default_names
from autodiff.rules import POWER, PRODUCT, SUM, Notation, Rule
from autodiff.value import Value
from autodiff.writing.symbols import (
    Naming,
    Symbol,
    atom,
    bracketed,
    is_quotient,
    name_latex,
    number_text,
    symbolic_partial,
    tightness,
    written_symbol,
)

__all__ = [
    "CELL",
    "ROW_GAP",
    "WIDEST_ROW",
    "WRITTEN_OPERANDS",
    "NodeNames",
    "check_node",
    "derivative",
    "factor_in",
    "factor_name",
    "figure",
    "html_cell",
    "in_rows",
    "name_in",
    "number_in",
    "partial_in",
    "partial_symbol",
    "product_text",
    "shown_names",
    "sibling_names",
    "signed",
    "sum_text",
]

WRITTEN_OPERANDS = 32  # of an operation that is written out
ROW_GAP = "4pt"  # below a row in LaTeX, so that the fractions of two rows do not touch
WIDEST_ROW = 100  # characters of a row of a sum
CELL = "text-align: left; padding: 0.2em 0.6em"  # what the page around a table has is none everywhere
UNSEEN = re.compile(
    r"\\(?:frac|left|right|text|mathrm|operatorname)\b|(?<=\\)[a-z]+|[{}\s]"
)  # of LaTeX: \pi counts 1
NodeNames: TypeAlias = Mapping[Value, str]


def check_node(node: object, what: str) -> None:
    """Refuse what is no node.

    >>> check_node(3, "steps: output")
    Traceback (most recent call last):
        ...
    TypeError: steps: output must be a Value, not 3 of type int
    """
    if not isinstance(node, Value):
        raise TypeError(f"{what} must be a Value, not {node!r} of type {type(node).__name__}")


def shown_names(output: Value) -> dict[Value, str]:
    """Names for all nodes of a graph, without what would break a line."""
    return {node: clean(name) for node, name in default_names(output).items()}


def name_in(name: str, language: str) -> str:
    """A name in one language: x1 is x_{1} in LaTeX."""
    return name_latex(name) if language == "latex" else name


def number_in(x: Number, language: str) -> str:
    """A number in one language, with six digits in text.

    >>> number_in(2 / 3, "text"), number_in(0.5, "latex")
    ('0.666667', '0.5')
    """
    return number_text(x, "latex") if language == "latex" else Labels({}).number(x)


def derivative(of: str, by: str, language: str) -> str:
    """The sign for a derivative, not worked out: ∂f/∂x.

    >>> derivative("f", "x - μ", "text"), derivative("f", "x - μ", "latex")
    ('∂f/∂(x - μ)', '\\\\frac{\\\\partial f}{\\\\partial (x - \\\\mu)}')
    """
    above, below = (
        f"({name_in(name, language)})" if tightness(name) < POWER else name_in(name, language)
        for name in (of, by)
    )
    return rf"\frac{{\partial {above}}}{{\partial {below}}}" if language == "latex" else f"∂{above}/∂{below}"


def factor_name(name: str, bound: int = POWER) -> str:
    """A name as it stands in a product, or, with another bound, elsewhere: in brackets if it looks looser.

    >>> from autodiff.rules import ATOM
    >>> factor_name("W"), factor_name("net in"), factor_name("w^2"), factor_name("w^2", ATOM)
    ('W', '(net in)', 'w^2', '(w^2)')
    """
    return f"({name})" if tightness(name) < bound else name


def factor_in(symbol: Symbol, language: str, position: int = 1, followed: bool = False) -> str:
    """A symbol as one factor of a product, in brackets if it needs them.

    Args:
        symbol: The factor.
        language: "text", "latex" or "python".
        position: Its place; 0 for the first one.
        followed: Whether another one follows, so that a quotient such as 1/a in 1/a·b could be misread.

    >>> factor_in(1 / Symbol("a"), "text", followed=True), factor_in(1 / Symbol(2), "text", followed=True)
    ('(1/a)', '1/2')
    """
    written = bracketed(*written_symbol(symbol, language), PRODUCT, position, language)
    misread = followed and language == "text" and is_quotient(symbol) and not written.startswith("(-")
    return f"({written})" if misread else written


def product_text(pieces: Sequence[str], language: str) -> str:
    """Factors with the sign for a product between them."""
    return {"latex": r" \cdot ", "python": "*"}.get(language, "·").join(pieces)


def signed(terms: Sequence[str]) -> list[str]:
    """The terms of a sum, each but the first with its sign before it; a leading minus becomes that sign.

    >>> signed(["-x", "-y", "z"])
    ['-x', '- y', '+ z']
    """
    return [*terms[:1], *(f"- {term[1:]}" if term.startswith("-") else f"+ {term}" for term in terms[1:])]


def sum_text(terms: Sequence[str]) -> str:
    """A sum in which a term's leading minus becomes the sign before it."""
    return " ".join(signed(terms))


def in_rows(terms: Sequence[str], language: str) -> list[str]:
    """Break a sum, between its terms with their signs, into rows that are not too wide to be read.

    >>> [len(row) for row in in_rows(["first" * 10, "+ second", "- third" * 7, "+ last"], "text")]
    [59, 56]
    """
    rows: list[list[str]] = [[]]
    taken = 0
    for term in terms:
        width = len(UNSEEN.sub("", term) if language == "latex" else term)
        if rows[-1] and taken + width > WIDEST_ROW:
            rows.append([])
            taken = 0
        rows[-1].append(term)
        taken += width + 1
    return [" ".join(row) for row in rows]


def figure(x: Number) -> Symbol:
    """A number as a symbol that is written and not calculated with: 2·(-3) stays what it is."""
    text, latex = number_in(x, "text"), number_in(x, "latex")
    tight, tight_latex = (SUM if x < 0 else atom(x, language)[1] for language in ("text", "latex"))
    text, latex = (template.replace("{", "{{").replace("}", "}}") for template in (text, latex))
    notation = Notation(text, latex, text, precedence=tight, latex_precedence=tight_latex)
    return Symbol(
        rule=Rule("figure", text, 1, lambda m, x: x, (1,), notation=notation), operands=(Symbol(x),)
    )


def partial_symbol(child: Value, position: int, names: NodeNames, put_in: Naming | None = None) -> Symbol:
    """A partial in the names of a graph: of a softmax, in the names of its siblings where they are there.

    Args:
        child: The node that is differentiated.
        position: By which of its parents.
        names: The names of all nodes.
        put_in: What stands for a node, if that is not its name.

    >>> from autodiff import softmax
    >>> p, q = softmax([Value(1, "x"), Value(2, "y")])
    >>> p, q = p.named("p"), q.named("q")
    >>> partial_symbol(p, 1, shown_names(p)).text(), partial_symbol(p, 1, shown_names(p + q)).text()
    ('-p·softmax(x, y)[1]', '-p·q')
    """
    siblings = sibling_names(child, names) if child.op is not None and child.op.vector else {}
    return symbolic_partial(child, position, put_in or names.__getitem__, siblings)


def sibling_names(child: Value, names: NodeNames) -> dict[int, str]:
    """The names of all results of the operation that gave a node, such as softmax, by position.

    Those that are in the graph have theirs. Beside p2, the second, the first is p1, unless that is another node.

    >>> from autodiff import softmax
    >>> p = softmax([Value(1, "x"), Value(2, "y")])[1].named("p2")
    >>> sibling_names(p, shown_names(p))
    {0: 'p1', 1: 'p2'}
    """
    scores, place = child.operands[:-1], child.operands[-1]
    alike = (node for node in names if node.op is child.op and node.operands[:-1] == scores)
    found: dict[int, str] = {node.operands[-1]: names[node] for node in alike}
    if child.name and (numbered := re.fullmatch(r"(.*?\D)(\d+)", names[child])):
        stem, first = numbered[1], int(numbered[2]) - place
        invented = {at: f"{stem}{first + at}" for at in range(len(scores)) if at not in found}
        if first in (0, 1) and not set(invented.values()) & set(names.values()):
            found |= invented
    return dict(sorted(found.items()))


def partial_in(
    child: Value, position: int, names: NodeNames, language: str, place: int = 1, followed: bool = False
) -> str:
    """A partial as a factor; one of an operation on very many operands stays a sign."""
    if len(child.operands) > WRITTEN_OPERANDS:
        return derivative(names[child], names[child.parents[position]], language)
    return factor_in(partial_symbol(child, position, names), language, place, followed)


def html_cell(text: str, tag: str = "td", columns: int = 1) -> str:
    """A cell of a table, from the left as formulas are read: notebooks would put it to the right.

    >>> html_cell("a < b")
    '<td style="text-align: left; padding: 0.2em 0.6em">a &lt; b</td>'
    """
    span = f' colspan="{columns}"' if columns > 1 else ""
    return f'<{tag}{span} style="{CELL}">{html.escape(text)}</{tag}>'
