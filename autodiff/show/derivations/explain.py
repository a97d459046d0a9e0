"""Explain: a derivative worked out as by hand, path by path, checked against the sweep and a difference.

>>> from autodiff import Value
>>> x, y = Value(2, name="x"), Value(3, name="y")
>>> print(explain(x**2 + x * y + (x + y) ** 2, x))
∂f/∂x = ∂f/∂d·∂d/∂a·∂a/∂x + ∂f/∂d·∂d/∂b·∂b/∂x + ∂f/∂e·∂e/∂c·∂c/∂x
      = 1·1·2x + 1·1·y + 1·2c·1
      = 2x + y + 2(x + y)
      = 4 + 3 + 10
      = 17
adjoint: 17, finite difference: 17
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, islice
from typing import TYPE_CHECKING, Literal, overload

from autodiff.graph import count_paths, paths, paths_from, shown
from autodiff.guards.kinks import find_kinks
from autodiff.languages import say
from autodiff.number import Number
from autodiff.pictures.draw import MAX_PATHS
from autodiff.pictures.names import clean, default_names
from autodiff.rules.worlds import added
from autodiff.show.derivations.algebra import (
    addends,
    alike,
    by_hand,
    positive_first,
    signed_addends,
    with_term,
)
from autodiff.show.derivations.difference import Difference, finite_difference
from autodiff.show.derivations.largest import largest_paths
from autodiff.show.derivations.noise import Noiseless, rest_of, without_noise
from autodiff.show.derivations.sums import cancelled_sum
from autodiff.show.derivations.terms import ENDS, MOST_FACTORS, MOST_SIMPLIFIED, Algebra, Term
from autodiff.show.derivations.unknown import has_unknown
from autodiff.show.derivations.wording import (
    ROW_GAP,
    WIDEST_ROW,
    NodeNames,
    check_node,
    derivative,
    html_cell,
    in_rows,
    name_in,
    number_in,
    shown_names,
    sibling_names,
    signed,
)
from autodiff.value import Value, adjoints
from autodiff.writing.symbols import Symbol, number_text, written_symbol

if TYPE_CHECKING:
    from autodiff.matrix import Matrix
    from autodiff.show.matrices.derivation import MatrixExplanation

__all__ = ["Explanation", "explain"]

CONDITION = re.compile(r"\[[^][]* [=<>≤≥] [^][]*\]")  # in brackets: 1 if it holds, else 0
MOST_LISTED = 8  # names that several nodes have


@dataclass(frozen=True, eq=False, repr=False)
class Explanation:
    """A derivative as a sum over paths, in every form from signs to the result.

    Attributes:
        terms: The paths that are shown.
        count: How many there are.
        adjoint: The derivative as the reverse sweep computes it.
        remainder: What the paths that are not shown add up to: the adjoint without the shown products.
        difference: The derivative as a finite difference, or why there is none.

    >>> x = Value(3, name="x")
    >>> found = explain((x * x).named("f"), x)
    >>> found.lines()[2:], found.count, found.result
    (('x + x', '3 + 3', '6'), 2, 6.0)
    >>> found.latex.splitlines()[-3]
    ' &= 6 \\\\\\\\[4pt]'
    """

    output: Value
    x: Value
    names: NodeNames
    terms: tuple[Term, ...]
    count: int
    adjoint: Number
    remainder: Number
    difference: Difference

    def lines(self, language: Literal["text", "latex"] = "text") -> tuple[str, str, str, str, str]:
        """The sum in derivative signs, in partials, simplified, in numbers; the result."""
        signs, symbols, simplified, numbers, result = map(" ".join, self._sums(language))
        return signs, symbols, simplified, numbers, result

    def _sums(self, language: str) -> list[list[str]]:
        """The lines, each as the terms of a sum with their signs."""
        cut = self._cut()
        numbers = [number_in(x, language) for term, x in self._summed if x or term.simplified("text") != "0"]
        return [
            self._sum([term.signs(language) for term in self.terms], cut, language),
            self._sum([term.symbols(language) for term in self.terms], cut, language),
            self._sum(self._simplified(language), cut, language),
            self._sum(numbers, self._cut(together=True), language),
            [self._number(self.result, language)],
        ]

    @property
    def result(self) -> Number:
        """What the paths add up to; the adjoint where not all of them are listed."""
        return self.adjoint if self.count > len(self.terms) else added(term.product for term in self.terms)

    @cached_property
    def products(self) -> list[Number]:
        """The products of the paths; what is nothing but rounding is 0."""
        return [self._noiseless.along(term.path).product or 0 for term in self.terms]

    @cached_property
    def _noiseless(self) -> Noiseless:
        return without_noise(self.output)

    def _number(self, x: Number, language: str) -> str:
        """What the paths add up to; 0 if that is nothing but the rounding of what cancels."""
        return number_in(x if self._noiseless.adjoints.get(self.x, 0) else 0, language)

    @property
    def _is_complete(self) -> bool:
        return self.count == len(self.terms)

    def collected(self, language: str = "text") -> str:
        """The simplified sum multiplied out, if something cancels between its terms: y·(p - 1) + ... is p - y.

        And one of sums as one, if these have like terms: a + (a + x) is 2a + x.

        >>> y, p = Value(1, name="y"), Value(0.25, name="p")
        >>> explain(y * (1 - p) + p * y, y).collected(), explain(y * p, y).collected()
        ('1', '')
        """
        return "" if self._collected is None else written_symbol(self._collected, language)[0]

    @cached_property
    def _collected(self) -> Symbol | None:
        """The same as a symbol; None if nothing cancels, if that is no shorter, or if the sum is nan."""
        if not self._is_short or not self._is_known:
            return None
        products = [term.as_product for term in self.terms]
        found = cancelled_sum(products) if len(products) > 1 else None
        if found is None and any(len(addends(part.symbol())) > 1 for part in products):  # a + (a + x)
            found = by_hand(functools.reduce(with_term, [part.symbol() for part in products]))
        shorter = found is not None and len(found.text()) < len(" + ".join(self._simplified("text")))
        return found if shorter else None

    @property
    def _is_short(self) -> bool:
        return self._is_complete and all(len(term.path.edges) <= MOST_SIMPLIFIED for term in self.terms)

    @property
    def _is_known(self) -> bool:
        """Whether the sum is a number, but for functions that are not given; infinity less itself is none."""
        return self.result == self.result or has_unknown(self.names)

    @cached_property
    def _gathered(self) -> list[tuple[Symbol, Number]]:
        """The simplified sum with like terms as one, 2x for x + x, and their numbers; empty if there are none."""
        if self._collected is not None or not self._is_short or not self._is_known:
            return []
        terms = [(term.as_product, x) for term, x in self._summed if term.as_product.coefficient]
        groups = alike(terms)
        return [(part.symbol(), added(x)) for part, x in groups] if len(groups) < len(terms) else []

    @property
    def _tidied(self) -> list[Symbol]:
        """The terms of the last formula, if something cancels in the simplified sum, or terms are alike."""
        if self._collected is not None:
            return signed_addends(self._collected)
        return [part for part, _ in self._gathered]

    @cached_property
    def _summed(self) -> list[tuple[Term, Number]]:
        """The paths and their products in the order of the simplified sum, a positive one first."""
        pairs = [*zip(self.terms, self.products, strict=True)]
        return positive_first(pairs, lambda pair: not re.match("-|0$", pair[0].simplified("text")))

    def _simplified(self, language: str) -> list[str]:
        return [text for term, _ in self._summed if (text := term.simplified(language)) != "0"]

    def _sum(self, terms: list[str], cut: str, language: str) -> list[str]:
        if cut:
            terms = [*terms, rf"\text{{{cut}}}" if language == "latex" else cut]
        return signed(terms) or ["0"]

    def _cut(self, together: bool = False) -> str:
        """What stands for the paths that are not shown."""
        hidden = self.count - len(self.terms)
        if not hidden:
            return ""
        unknown = self.remainder != self.remainder and self.adjoint == self.adjoint  # infinity less infinity
        total = number_in(self.remainder, "text")
        amount = say(", together {total}", total=total) if together and not unknown else ""
        if hidden == 1:
            return say("... and 1 more path{amount}", amount=amount)
        return say("... and {hidden} more paths{amount}", hidden=shown(hidden), amount=amount)

    @property
    def python(self) -> str:
        """The simplified sum as a Python expression of names; paths that are not shown are one number."""
        terms = [f"({term.simplified('python')})" for term in self.terms]
        if self.count > len(self.terms):
            terms.append(f"({number_text(self.remainder, 'python')})")
        return " + ".join(terms) or "0"

    @property
    def remark(self) -> str:
        """What is special about a derivative by a node that is no ancestor, or the output itself."""
        f, x = self.names[self.output], self.names[self.x]
        if self.output is self.x:
            return say("{x} is the output itself", x=x)
        if self.count:
            return ""
        return say("{f} does not depend on {x}: no path leads from {x} to {f}", f=f, x=x)

    @property
    def note(self) -> str:
        """Which names leave open what node is meant."""
        several = [name for name, count in Counter(self.names.values()).items() if count > 1]
        more = ", ..." * (len(several) > MOST_LISTED)
        names = f"{', '.join(several[:MOST_LISTED])}{more}"
        return say("several nodes are named {names}", names=names) if several else ""

    @property
    def where(self) -> list[str]:
        """What names are that no reader knows: letters in the last formula, results beside p2 of a softmax."""
        return self._where("text")

    def _where(self, language: Literal["text", "latex"]) -> list[str]:
        siblings = [where_latex(line) if language == "latex" else line for line in self._siblings]
        word = rf"\text{{{say('where')} }}" if language == "latex" else f"{say('where')} "
        letters = [
            f"{word}{name_in(self.names[node], language)} = {written_definition(node, symbol, language)}"
            for node, symbol in islice(self._letters.items(), MOST_LISTED)
        ]
        if (hidden := len(self._letters) - MOST_LISTED) > 0:
            more = say("... and {hidden} more", hidden=hidden)
            letters.append(rf"\text{{{more}}}" if language == "latex" else more)
        return self._direct(language) + siblings + letters + self._brackets(language)

    def _brackets(self, language: Literal["text", "latex"]) -> list[str]:
        """What a condition in brackets is, where one stands in the sums."""
        sums = (text for terms in self._derivation("text") for text in terms)
        if not any(map(CONDITION.search, sums)):
            return []
        line = say("where [...] is 1 if it holds, else 0")
        return [rf"\text{{{line}}}" if language == "latex" else line]

    def _direct(self, language: Literal["text", "latex"]) -> list[str]:
        """What tells the partial on an edge from x to the output from the derivative, which has the same sign."""
        if self.count < 2 or all(len(term.path.edges) > 1 for term in self.terms):
            return []
        sign = derivative(self.names[self.output], self.names[self.x], language)
        line = say("where {sign} on the right is the partial along the edge alone", sign=sign)
        before, _, after = line.partition(sign)
        return [rf"\text{{{before}}}{sign}\text{{{after}}}" if language == "latex" else line]

    @cached_property
    def _letters(self) -> dict[Value, Symbol]:
        """The nodes that have no name but stand in the last formula, or in what such a node is."""
        unnamed = {name: node for node, name in self.names.items() if not (node.name and node.name.strip())}
        unnamed.pop(self.names[self.x], None)
        factors = [factor for term in self.terms for factor in term.as_product.factors()]
        waiting = names_among(self._tidied or factors)
        found: dict[Value, Symbol] = {}
        for name in waiting:  # which gets longer
            if (node := unnamed.pop(name, None)) is not None:
                found[node] = self.terms[0].algebra.definition(node)
                waiting += names_among([found[node]])
        return found

    @property
    def _siblings(self) -> list[str]:
        edges = (edge for term in self.terms for edge in term.path.edges)
        nodes = {edge.node for edge in edges if edge.node.op is not None and edge.node.op.vector}
        known: set[str] = set(self.names.values())
        found: list[str] = []
        for node in sorted(
            (node for node in nodes if node.op and node.op.vector), key=self.names.__getitem__
        ):
            siblings = sibling_names(node, self.names).values()
            if not known.issuperset(siblings):
                scores = ", ".join(self.names.get(x, "") or str(x) for x in node.operands[:-1])
                found.append(f"{say('where')} {', '.join(siblings)} = {node.op and node.op.symbol}({scores})")
        return list(dict.fromkeys(found))[:MOST_LISTED]

    @property
    def kinks(self) -> list[str]:
        """The nodes on the paths that lie at a kink, and what is used there."""
        return [f"{name}: {brief}" for name, brief in self._kinks]

    @cached_property
    def _kinks(self) -> list[tuple[str, str]]:
        way = paths_from(self.output, self.x)
        found = [
            kink for kink in find_kinks(self.output) if kink.matters and any(way[p] for p in kink.parents)
        ]
        return [(self.names[kink.node], kink.brief) for kink in found[:MOST_LISTED]]

    def _derivation(self, language: Literal["text", "latex"]) -> list[list[str]]:
        """The derivative's sign and the sums that it equals, without repetitions."""
        head = [derivative(self.names[self.output], self.names[self.x], language)]
        if self.remark:
            return [head, [number_in(self.adjoint, language)]]
        *sums, numbers, result = self._sums(language)
        tidied = signed([written_symbol(part, language)[0] for part in self._tidied])
        if self._gathered:
            numbers = signed([number_in(x, language) for _, x in self._gathered])
        numbers_of_sum = (
            [] if self._collected is not None else [numbers]
        )  # those of the paths are not its own
        known = [] if has_unknown(self.names) else [*numbers_of_sum, result]
        return [item for item, _ in groupby([head, *sums, *([tidied] if tidied else []), *known])]

    @property
    def check(self) -> str:
        adjoint, difference = self._number(self.adjoint, "text"), str(self.difference)
        if adjoint == "0" and self.difference.value and abs(self.difference.value) < self._smallest_slope:
            difference = "0"
        return say(
            "adjoint: {adjoint}, finite difference: {difference}", adjoint=adjoint, difference=difference
        )

    @property
    def _smallest_slope(self) -> float:
        """What a finite difference cannot tell from 0."""
        size = max([1.0, abs(float(self.output.data)), *(abs(float(x)) for x in self.products)])
        return 1e-8 * size

    @property
    def text(self) -> str:
        [head], *rest = self._derivation("text")
        margin = " " * len(head)
        sums = [f"\n{margin}   ".join(in_rows(terms, "text")) for terms in rest]
        lines = [f"{margin if place else head} = {line}" for place, line in enumerate(sums)]
        said = filter(None, (self.remark, self.note))
        checked = [] if has_unknown(self.names) else [self.check]
        return "\n".join([*lines, *said, *self.where, *self.kinks, *checked])

    def __repr__(self) -> str:
        return self.text

    @property
    def latex(self) -> str:
        [head], *rest = self._derivation("latex")
        end = f" \\\\[{ROW_GAP}]\n"
        sums = [f"{end} &\\quad {{}} ".join(in_rows(terms, "latex")) for terms in rest]
        lines = end.join(f"{'' if place else head} &= {line}" for place, line in enumerate(sums))
        said = [rf"{end} &\quad {name_in(name, 'latex')}\text{{: {brief}}}" for name, brief in self._kinks]
        said += [rf"{end} &\quad {line}" for line in self._where("latex")]
        return "\\begin{aligned}\n" + lines + "".join(said) + "\n\\end{aligned}"

    def _repr_latex_(self) -> str:
        return f"$$\n{self.latex}\n$$"

    def _repr_html_(self) -> str:
        rows = "\n".join(map(self._html_row, self.terms, self.products))
        cut = self._cut(together=True)
        [sign], *_, [result] = self._derivation("text")
        total = f"{self.collected()} = {result}" if self.collected() else result
        below = [cut, self.remark, self.note, *self.where, *self.kinks, f"{sign} = {total}", self.check]
        feet = "\n".join(f"<tr>{html_cell(line, columns=6)}</tr>" for line in below if line)
        heads = ("", say("path"), say("product"), say("partials"), say("simplified"), "=")
        head_row = "".join(html_cell(head, "th") for head in heads)
        body = f"<tbody>\n{rows}\n</tbody>\n<tfoot>\n{feet}\n</tfoot>"
        return f"<table>\n<thead><tr>{head_row}</tr></thead>\n{body}\n</table>"

    def _html_row(self, term: Term, product: Number) -> str:
        """One path, with a line in its colour and dash as in the picture."""
        look = term.look
        line = f"{2 * float(look['penwidth']):g}px {look['style']} {look['color']}"
        forms = (
            term.signs("text"),
            term.symbols("text"),
            term.simplified("text"),
            number_in(product, "text"),
        )
        nodes = [self.names[self.x], *(self.names[edge.node] for edge in term.path.edges)]
        if len(nodes) > MOST_FACTORS:
            nodes = [*nodes[:ENDS], "…", *nodes[-ENDS:]]
        cells = [" → ".join(nodes), *forms]
        swatch = f'<td style="border-left: {line}; padding: 0"></td>'
        return f"<tr>{swatch}{''.join(map(html_cell, cells))}</tr>"


@overload
def explain(
    output: Value, x: Value, *, limit: int = ..., order: Literal["graph", "largest"] = ...
) -> Explanation: ...
@overload
def explain(output: Value, x: Matrix | Sequence[Matrix]) -> MatrixExplanation: ...
def explain(
    output: Value,
    x: Value | Matrix | Sequence[Matrix],
    *,
    limit: int = MAX_PATHS,
    order: Literal["graph", "largest"] = "graph",
) -> Explanation | MatrixExplanation:
    """Work out the derivative of a node by another as the sum over the paths between them.

    By a matrix: how the matrices that have a name are computed, and the derivatives on the way back.

    No ``grad`` is touched. The paths are counted and added up without being listed, so that a graph with
    2^40 of them is explained at once.

    Args:
        output: The node that is differentiated.
        x: By what; a leaf or an intermediate, or a matrix with a name, or a list of matrices.
        limit: How many paths are shown at most; the rest is one number.
        order: "graph" for the order of ``paths(output, x)``, "largest" for the largest products first.

    Returns:
        The derivation, which shows itself as text, LaTeX and HTML.

    Raises:
        TypeError: ``output`` is no Value, or ``x`` neither that nor a matrix.
        ValueError: ``limit`` is not positive, or ``order`` unknown; or a matrix has no name, or is not below the
            output.

    >>> x = output = Value(1, name="x")
    >>> for _ in range(40):
    ...     output = output + output
    >>> explain(output, x, limit=2).lines()[3]
    '1 + 1 + ... and 1,099,511,627,774 more paths, together 1.09951e+12'
    """
    check_explained(output, limit, order)
    if not isinstance(x, Value):
        from autodiff.show.matrices.derivation import matrix_explanation  # with NumPy

        return matrix_explanation(output, x)
    names = shown_names(output)
    if x not in names:
        names[x] = clean(default_names([output, x], names)[x])
    count = count_paths(output, x)
    terms = terms_of(output, x, names, count, limit, order)
    adjoint = adjoints(output).get(x, type(output.data)(0))
    rest = rest_of(adjoint, [term.product for term in terms]) if count > len(terms) else 0
    return Explanation(output, x, names, terms, count, adjoint, rest, finite_difference(output, x))


def check_explained(output: object, limit: object, order: object) -> None:
    check_node(output, "explain: output")
    if not isinstance(limit, int) or limit < 1:
        raise ValueError(f"explain: limit must be a whole number from 1 on, not {limit!r}")
    if order not in ("graph", "largest"):
        raise ValueError(f"explain: order must be 'graph' or 'largest', not {order!r}")


def terms_of(
    output: Value, x: Value, names: NodeNames, count: int, limit: int, order: str
) -> tuple[Term, ...]:
    """The paths to show, each with its number in the order of the graph."""
    if not count:
        return ()
    if order == "largest":
        numbered = largest_paths(output, x, limit)
    else:
        numbered = list(enumerate(islice(paths(output, x), limit)))
    algebra = Algebra(names, x)
    return tuple(Term(path, number, names, algebra) for number, path in numbered)


def names_among(symbols: Iterable[Symbol]) -> list[str]:
    """The names that symbols are made of, from left to right."""
    found: dict[str, None] = {}
    waiting = [*symbols][::-1]
    while waiting:
        symbol = waiting.pop()
        if isinstance(symbol.what, str):
            found[symbol.what] = None
        waiting += symbol.operands[::-1]
    return [*found]


def written_definition(node: Value, symbol: Symbol, language: str) -> str:
    """What a node is, unless that is too long to be read."""
    written = written_symbol(symbol, language)[0]
    if node.op is None or len(written) <= WIDEST_ROW:
        return written
    text = say("{operation} of {count} operands", operation=node.op.name, count=len(node.operands))
    return rf"\text{{{text}}}" if language == "latex" else text


def where_latex(line: str) -> str:
    """A line such as "where p1, p2 = softmax(z1, z2)" in LaTeX."""
    word, _, rest = line.partition(" ")
    return rf"\text{{{word} }}" + re.sub(r"[^\W_]\w*", lambda name: name_in(name[0], "latex"), rest)
