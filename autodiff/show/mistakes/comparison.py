"""A right and a wrong sweep over one graph, beside each other as table, picture and sentence."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from autodiff.graph import edges_into, shown, topological_order
from autodiff.languages import say
from autodiff.number import Number
from autodiff.pictures.canvas import FAINT, FONT, Picture
from autodiff.pictures.draw import draw
from autodiff.pictures.labels import Labels, text_label
from autodiff.show.derivations.steps import MOST_TERMS, Table
from autodiff.show.derivations.wording import (
    CELL,
    NodeNames,
    factor_in,
    figure,
    name_in,
    number_in,
    product_text,
    sum_text,
)
from autodiff.show.mistakes.sweeps import Mistake, Move, Sweep
from autodiff.value import Value

__all__ = ["ROUNDING", "Comparison", "beside"]

ROUNDING = 1e-9  # of the sum of what arrives without its signs: sums in another order differ by less
STRONGEST = {"penwidth": "6", "fillcolor": "#F6C3A4"}  # of the first wrong node
TINT = ' style="background: #D55E0026"'  # of the row of a wrong node


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """A right and a wrong sweep over one graph, which show themselves as text, HTML, LaTeX and a picture.

    >>> from autodiff import compare
    >>> x = Value(3, name="x")
    >>> comparison = compare(x * x, "one edge")
    >>> comparison.first is x, comparison.right.adjoints[x], comparison.wrong.adjoints[x]
    (True, 6.0, 3.0)
    """

    output: Value
    mistake: Mistake
    right: Sweep
    wrong: Sweep
    names: NodeNames

    @cached_property
    def wrong_nodes(self) -> tuple[Value, ...]:
        """The nodes whose derivative is wrong, from the output down; differences by rounding do not count."""
        right, wrong, sizes = self.right.adjoints, self.wrong.adjoints, magnitudes(self.output)
        return tuple(node for node in self.right.nodes if not same(right[node], wrong[node], sizes[node]))

    @property
    def first(self) -> Value | None:
        """The first node that goes wrong; None if the mistake does no harm here."""
        return self.wrong_nodes[0] if self.wrong_nodes else None

    @property
    def sentence(self) -> str:
        """What happened."""
        count, all_nodes = len(self.wrong_nodes), f"{len(self.right.nodes):,}"
        if self.first is not None:
            parts = {"count": f"{count:,}", "all": all_nodes, "name": self.names[self.first]}
            parts |= {"right": self._sum(self.right, self.first), "wrong": self._sum(self.wrong, self.first)}
            first = say(
                "The first is that of {name}: {right} is right, {wrong} came out, as {happened}.",
                **parts,
                happened=say(self.mistake.happened),
            )
            plural = say("{count} of {all} derivatives are wrong.", **parts)
            return (
                f"{plural if count > 1 else say('{count} of {all} derivatives is wrong.', **parts)} {first}"
            )
        return self.harmless

    @property
    def harmless(self) -> str:
        """What there is to say where no derivative is wrong."""
        if self.wrong.work > self.right.work:
            work, ours = shown(self.wrong.work), f"{self.right.work:,}"
            return say("Right, but by {work} multiplications; the sweep takes {ours}.", work=work, ours=ours)
        needs = say(self.mistake.needs)
        return say("No harm here: the derivatives are right. Harm takes {needs}.", needs=needs)

    @property
    def table(self) -> Table[Value]:
        """The nodes in the order of the right sweep, with what each one got."""
        return Table(self.right.nodes, (say("node"), say("right"), say("wrong"), ""), self._row)

    def _row(self, node: Value, language: str) -> tuple[str, str, str, str]:
        mark = ""
        if node in self.wrong_nodes:
            mark = words(say("first wrong") if node is self.first else say("wrong"), language)
        sums = self._sum(self.right, node, language), self._sum(self.wrong, node, language)
        return name_in(self.names[node], language), *sums, mark

    def _sum(self, swept: Sweep, node: Value, language: str = "text") -> str:
        """What arrived at a node, and what it holds in the end."""
        start, end = (number_in(x, language) for x in (swept.starts[node], swept.adjoints[node]))
        pieces = [start] if swept.starts[node] else []
        pieces += [contribution(move, language) for move in swept.into[node][:MOST_TERMS]]
        hidden = swept.arrivals.get(node, 0) - min(len(swept.into[node]), MOST_TERMS)
        if hidden > 0:
            pieces.append(words(say("... and {hidden} more", hidden=shown(hidden)), language))
        adds_up = swept is self.right or self.mistake.joint == " + "
        total = sum_text(pieces) if adds_up else words(say(self.mistake.joint), language).join(pieces)
        return end if total in ("", end) else f"{total} = {end}"

    @property
    def picture(self) -> Picture:
        """Both sweeps beside each other; the wrong nodes in the colour of a warning, the first one strongest."""
        write = Labels({}).number
        right, wrong = self.right.adjoints, self.wrong.adjoints
        notes = {
            node: say("{wrong}, not {right}", wrong=write(wrong[node]), right=write(right[node]))
            for node in self.wrong_nodes
        }
        marked = draw(
            self.output, grads={**wrong, **notes}, partials=self.wrong.partials, marked=self.wrong_nodes
        )
        title = say(self.mistake.name)
        if self.first is not None:
            marked.node(f"n{topological_order(self.output).index(self.first)}", **STRONGEST)
            title += "\n" + say("coloured: wrong; thick border: the first wrong one")
        return beside(
            {say("right"): draw(self.output, grads=right, partials=self.right.partials), title: marked}
        )

    @property
    def title(self) -> str:
        return f"{say(self.mistake.name)}: {say(self.mistake.wrong)}"

    @property
    def latex(self) -> str:
        return self.table.latex

    def _repr_latex_(self) -> str:
        return self.table._repr_latex_()

    def _repr_html_(self) -> str:
        title, sentence = html.escape(self.title), html.escape(self.sentence)
        table, wrong = self.table, set(self.wrong_nodes)
        rows = [html_row(table.headers, "th")]
        rows += [
            html_row(cells, "td", tinted=node in wrong)
            for node, cells in zip(table.steps, table.rows("text"), strict=False)
        ]
        more = f"\n<p>{table.more}</p>" if table.more else ""
        body = "\n".join(rows)
        return f"<p><b>{title}</b></p>\n<table>\n{body}\n</table>{more}\n<p>{sentence}</p>"

    def __repr__(self) -> str:
        return f"{self.title}\n{self.table.text}\n{self.sentence}"


def magnitudes(output: Value) -> dict[Value, Number]:
    """The sum over the paths to each node of the sizes of their products: what rounding is relative to."""
    sizes = {**dict.fromkeys(topological_order(output), type(output.data)(0)), output: 1}
    for node in reversed(topological_order(output)):
        for edge in edges_into(node) if sizes[node] else ():
            sizes[edge.parent] += sizes[node] * abs(edge.partial)
    return sizes


def same(right: Number, wrong: Number, size: Number) -> bool:
    """Whether two derivatives are the same up to rounding; fractions to the letter."""
    if right == wrong or (right != right and wrong != wrong):
        return True
    exact = isinstance(right, Fraction) and isinstance(wrong, Fraction)
    return not exact and size - size == 0 and -ROUNDING * size <= right - wrong <= ROUNDING * size


# ---------------------------------------------------------------- writing


def contribution(move: Move, language: str) -> str:
    """One move as a product: 10·1."""
    factors = (figure(move.adjoint), figure(move.edge.partial))
    return product_text(
        [factor_in(factor, language, place) for place, factor in enumerate(factors)], language
    )


def html_row(cells: Sequence[str], tag: str, tinted: bool = False) -> str:
    """A row of a table; the tint of a wrong one lets the notebook's own ground through, light or dark."""
    inner = "".join(f'<{tag} style="{CELL}">{html.escape(cell)}</{tag}>' for cell in cells[:-1])
    mark = f'<{tag} style="{CELL}; white-space: nowrap; font-weight: bold">{html.escape(cells[-1])}</{tag}>'
    return f"<tr{TINT if tinted else ''}>{inner}{mark}</tr>"


def words(text: str, language: str) -> str:
    return rf"\text{{{text}}}" if language == "latex" else text


def beside(pictures: Mapping[str, Picture]) -> Picture:
    """Put pictures beside each other in one, each under its title, which may have several lines."""
    looks = next(iter(pictures.values()))
    whole = Picture(graph_attr=looks.graph_attr, node_attr=looks.node_attr, edge_attr=looks.edge_attr)
    for number, (title, picture) in enumerate(pictures.items()):
        with whole.subgraph(name=f"cluster{number}") as part:
            part.attr(
                label=text_label(*title.splitlines()), labelloc="b", fontname=FONT, color=FAINT
            )  # b is above in BT
            part.body += [renumbered(line, number) for line in picture.body]
    return whole


def renumbered(statement: str, number: int) -> str:
    """Make the identifiers of a statement, which stand before its attributes, those of another picture."""
    identifiers, bracket, attributes = statement.partition(" [")
    return re.sub(r"\w+", rf"\g<0>_{number}", identifiers) + bracket + attributes
