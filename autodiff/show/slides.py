r"""Slides: a graph in TikZ, and both sweeps step by step as a Beamer frame with overlays.

>>> from autodiff import Value
>>> x, y = Value(2, name="x"), Value(3, name="y")
>>> print(tikz((x * y).named("f")).partition("\n}\n")[2])  # doctest: +ELLIPSIS
\begin{tikzpicture}[>=stealth]
\node[leaf] (n0) at (0.00, 0.00) {$x = 2$};
\node[leaf] (n1) at (3.87, 0.00) {$y = 3$};
\node[output] (n2) at (1.93, 2...) {$f = x \cdot y = 6$};
\draw[->, thick] (n0) to node[slope] {$3$} (n2);
\draw[->, thick] (n1) to node[slope] {$2$} (n2);
\end{tikzpicture}
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal

from autodiff.graph import topological_order
from autodiff.languages import say
from autodiff.pictures.draw import has_more_nodes
from autodiff.pictures.labels import LABEL_OPERANDS
from autodiff.show.derivations.steps import forward_steps, shown_steps
from autodiff.show.derivations.wording import check_node, derivative, number_in, partial_in, shown_names
from autodiff.show.page.layout import layout
from autodiff.value import Value
from autodiff.writing.symbols import name_latex, symbolic_value, written_symbol

__all__ = ["beamer", "tikz"]

MOST_ON_A_SLIDE = 40  # nodes
POINTS_A_CM = 28.45 * 1.6  # of Graphviz's, so that cards with room for numbers do not stand too far apart
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)  # pdflatex has it in another encoding of fonts
STYLES = r"""\tikzset{
  card/.style={draw, thick, rounded corners=3pt, align=center, inner sep=3pt, font=\small},
  leaf/.style={card, draw=blue!70!black, fill=blue!8}, inner/.style={card, fill=white},
  output/.style={card, draw=green!50!black, fill=green!10},
  slope/.style={fill=white, inner sep=1pt, font=\scriptsize},
}"""
DOCUMENT = r"""\documentclass[aspectratio=169]{beamer}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{tikz}
%s
\tikzset{lit/.code args={<#1>#2}{\only<#1>{\pgfkeysalso{#2}}}}
\begin{document}
\begin{frame}{%s}
\centering
\resizebox{!}{0.66\textheight}{%s}
\begin{overlayarea}{\textwidth}{3em}
\centering
%s
\end{overlayarea}
\end{frame}
\end{document}
"""


def tikz(output: Value, *, partials: Literal["numbers", "symbols"] = "numbers") -> str:
    """Write the graph of a node as a TikZ picture, for ``\\usepackage{tikz}``.

    Args:
        output: The node.
        partials: What stands on the edges, 4 or 2x.

    Raises:
        TypeError: ``output`` is no Value.
        ValueError: The graph has more than 40 nodes, or ``partials`` is unknown.
        RendererMissing: There is no Graphviz to lay the graph out.
    """
    if partials not in ("numbers", "symbols"):
        raise ValueError(f"tikz: partials must be 'numbers' or 'symbols', not {partials!r}")
    drawing = Slide(output, "tikz")
    nodes = [drawing.node(at, f"${drawing.formula(node)}$") for at, node in enumerate(drawing.order)]
    return "\n".join([STYLES, drawing.picture(nodes, partials)])


def beamer(output: Value, *, title: str | None = None) -> str:
    r"""Write a Beamer document of one frame: the numbers go up, then the derivatives come down, a click a step.

    Args:
        output: The node whose graph it is about.
        title: The frame's title.

    Returns:
        The document; ``pdflatex`` makes slides of it. The frame may be copied into your own.

    Raises:
        TypeError: ``output`` is no Value, or ``title`` no text.
        ValueError: The graph has more than 40 nodes.
        RendererMissing: There is no Graphviz to lay the graph out.

    >>> x = Value(3, name="x")
    >>> frame = beamer((x**2).named("f"))
    >>> r"\uncover<3->{$\color{orange!85!black}\partial = 1$}" in frame, frame.count(r"\only<4>")
    (True, 1)
    """
    drawing = Slide(output, "beamer")
    if title is not None and not isinstance(title, str):
        raise TypeError(f"beamer: title must be a text, not {title!r}")
    if title is None:
        heading = say("Both sweeps of {name}", name=f"${drawing.name(output)}$")
    else:
        heading = f"${pdf_latex(name_latex(title))}$"
    picture = drawing.picture([*drawing.overlaid_nodes()], "symbols")
    content = DOCUMENT % (STYLES, heading, picture, "\n".join(drawing.lines()))
    return content.replace("[T1]", "[T1,T2A]") if CYRILLIC.search(content) else content


class Slide:
    """A graph with a place for each node, and what is written there in LaTeX that pdflatex reads."""

    def __init__(self, output: Value, where: str) -> None:
        check_node(output, f"{where}: output")
        if has_more_nodes([output], MOST_ON_A_SLIDE):
            raise ValueError(
                f"{where}: the graph has more than {MOST_ON_A_SLIDE} nodes, which no slide holds: take a part, such "
                "as one of its nodes"
            )
        self.output, self.order, self.names = output, topological_order(output), shown_names(output)
        self.edges = [
            (node, position, parent) for node in self.order for position, parent in enumerate(node.parents)
        ]
        self.number = {node: at for at, node in enumerate(self.order)}
        titles = [
            written_symbol(symbolic_value(node, self.names.__getitem__), "text")[0] for node in self.order
        ]
        ends = [(self.number[parent], self.number[node]) for node, _, parent in self.edges]
        self.places = layout([title[:30] for title in titles], ends, ["0" * 6] * len(ends), "BT").cards
        self.lowest = max(place.y for place in self.places)
        self.leftmost = min(place.x for place in self.places)
        self.forward = [node for node in self.order if node.op is not None]
        self.backward = shown_steps(output)

    def name(self, node: Value) -> str:
        return pdf_latex(name_latex(self.names[node]))

    def formula(self, node: Value, value: bool = True) -> str:
        """f = x·y = 6"""
        parts = [self.name(node)]
        if node.op is not None and len(node.operands) <= LABEL_OPERANDS:
            parts.append(pdf_latex(symbolic_value(node, self.names.__getitem__).latex()))
        return " = ".join([*parts, number_in(node.data, "latex")] if value else parts)

    def partial(self, edge: tuple[Value, int, Value], partials: str) -> str:
        node, position, _ = edge
        if partials == "numbers":
            return number_in(node.partials[position], "latex")
        return pdf_latex(partial_in(node, position, self.names, "latex", 0))

    def node(self, at: int, content: str, more: str = "") -> str:
        place, node = self.places[at], self.order[at]
        kind = "output" if node is self.output else "leaf" if node.op is None else "inner"
        x, y = (place.x - self.leftmost) / POINTS_A_CM, (self.lowest - place.y) / POINTS_A_CM
        return rf"\node[{kind}{more}] (n{at}) at ({x:.2f}, {y:.2f}) {{{content}}};"

    def picture(self, nodes: list[str], partials: str) -> str:
        edges = [self.edge(*edge, self.partial(edge, partials)) for edge in self.edges]
        return "\n".join([r"\begin{tikzpicture}[>=stealth]", *nodes, *edges, r"\end{tikzpicture}"])

    def edge(self, node: Value, position: int, parent: Value, label: str) -> str:
        """An arrow; several from the same node are bent apart."""
        alone = node.parents.count(parent) == 1
        bend = "" if alone else f"[bend {'left' if position % 2 else 'right'}={15 * (1 + position // 2)}]"
        ends = f"(n{self.number[parent]}) to{bend}", f"(n{self.number[node]});"
        return rf"\draw[->, thick] {ends[0]} node[slope] {{${label}$}} {ends[1]}"

    # ------------------------------------------------------------ overlays

    def overlaid_nodes(self) -> Iterator[str]:
        """Each node with its value from when it is computed, and its derivative from when that has arrived."""
        computed = {node: at for at, node in enumerate(self.forward, start=2)}
        arrived = {step.node: at for at, step in enumerate(self.backward, start=len(self.forward) + 2)}
        for at, node in enumerate(self.order):
            value = number_in(node.data, "latex")
            formula = self.formula(node, value=False)
            shown = rf"\uncover<{computed[node]}->{{$= {value}$}}" if node in computed else f"$= {value}$"
            adjoint = number_in(self.backward[arrived[node] - len(self.forward) - 2].after, "latex")
            slope = rf"\uncover<{arrived[node]}->{{$\color{{orange!85!black}}\partial = {adjoint}$}}"
            marks = f", lit={{<{computed[node]}>{{fill=yellow!40}}}}" if node in computed else ""
            marks += f", lit={{<{arrived[node]}>{{fill=orange!30}}}}"
            yield self.node(at, rf"${formula}$ {shown}\\{slope}", marks)

    def lines(self) -> Iterator[str]:
        """What happens in each step, one line that takes the place of the one before."""
        yield rf"\only<1>{{{say('The inputs are given.')}}}"
        written = {step.node: step for step in forward_steps(self.output)}
        for at, node in enumerate(self.forward, start=2):
            numbers = pdf_latex(written[node].numbers.latex()) if len(node.operands) <= LABEL_OPERANDS else ""
            parts = [self.formula(node, value=False), numbers, number_in(node.data, "latex")]
            yield rf"\only<{at}>{{${' = '.join(filter(None, parts))}$}}"
        for at, step in enumerate(self.backward, start=len(self.forward) + 2):
            _, _, symbols, numbers, after = self.backward.row(step, "latex")
            sign = pdf_latex(derivative(self.names[self.output], self.names[step.node], "latex"))
            equal = dict.fromkeys([sign, pdf_latex(symbols), pdf_latex(numbers), after])
            yield rf"\only<{at}>{{$\displaystyle {' = '.join(filter(None, equal))}$}}"


GREEK_LATIN = {"ALPHA": "A", "BETA": "B", "EPSILON": "E", "ZETA": "Z", "ETA": "H", "IOTA": "I", "KAPPA": "K"}
GREEK_LATIN |= {"MU": "M", "NU": "N", "OMICRON": "O", "RHO": "P", "TAU": "T", "CHI": "X"}


def pdf_latex(latex: str) -> str:
    r"""Write Greek letters as pdflatex knows them.

    >>> pdf_latex("σ \\cdot Δ + ς"), pdf_latex("ϑx")
    ('\\sigma  \\cdot \\Delta  + \\varsigma ', 'ϑx')
    """
    return re.sub("[Α-Ωα-ω]", lambda letter: greek(letter[0]), latex)


def greek(letter: str) -> str:
    name = unicodedata.name(letter).split()
    word = name[-1].replace("LAMDA", "LAMBDA")
    if name[1] == "CAPITAL":
        return GREEK_LATIN.get(word, rf"\{word.capitalize()} ")
    if word == "OMICRON":
        return "o"
    return rf"\{'var' if 'FINAL' in name else ''}{word.lower()} "
