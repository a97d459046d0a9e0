r"""Slides: a graph in TikZ, and both sweeps step by step as a Beamer frame with overlays.

>>> from autodiff import Value
>>> x, y = Value(2, name="x"), Value(3, name="y")
>>> print(tikz((x * y).named("f")).partition("\n}\n")[2])  # doctest: +ELLIPSIS
\begin{tikzpicture}[>=stealth]
\node[leaf, minimum width=1.50cm] (n0) at (...) {$x = 2$};
\node[leaf, minimum width=1.50cm] (n1) at (...) {$y = 3$};
\node[output, minimum width=2.57cm] (n2) at (...) {$f = x \cdot y = 6$};
\draw[->, thick] (n0) -- (n2);
\draw[->, thick] (n1) -- (n2);
\node[slope] at (...) {$3$};
\node[slope] at (...) {$2$};
\end{tikzpicture}
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from autodiff.graph import topological_order
from autodiff.languages import say
from autodiff.number import Number
from autodiff.pictures.draw import has_more_nodes
from autodiff.pictures.labels import LABEL_OPERANDS
from autodiff.show.derivations.noise import clean_partials
from autodiff.show.derivations.steps import forward_steps, shown_steps
from autodiff.show.derivations.wording import check_node, derivative, number_in, partial_in, shown_names
from autodiff.show.page.layout import layout, numbers
from autodiff.value import Value
from autodiff.writing.symbols import name_latex, symbolic_value, written_symbol

__all__ = ["beamer", "tikz"]

MOST_ON_A_SLIDE = 40  # nodes
# In points: the room for a graph on a frame, and in an article.
FRAME_ROOM, COLUMN_ROOM = (398.0, 165.0), (345.0, 550.0)
LETTERS_ON_SLIDES = 10.0  # points, as they are written
LEAST_LETTERS, LEAST_ON_A_FRAME = 6.0, 4.5  # points that can be read; of a frame of 1080 pixels 19
SHAPES = (("BT", False), ("LR", False), ("LR", True))  # where edges point, and whether cards are short
DIGITS_ON_CARDS, SPARED = 3, 2  # of numbers on short cards; characters of their margins that are spared
POINTS_A_CM = 28.45 * 1.5  # of Graphviz's, so that a card is as wide as what is written on it
POINTS = 28.45 / POINTS_A_CM  # of TeX
NARROWEST_ON_SLIDES, LONGEST_TITLE = 60, 40  # points, characters
BENT = 0.02  # of its length: what an edge strays that is no straight line
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)  # pdflatex has it in another encoding of fonts
STYLES = r"""\tikzset{
  card/.style={draw, thick, rounded corners=3pt, align=center, inner sep=3pt, font=\small, minimum height=1.1cm},
  leaf/.style={card, draw=blue!70!black, fill=blue!8}, inner/.style={card, fill=white},
  output/.style={card, draw=green!50!black, fill=green!10},
  slope/.style={anchor=base, fill=white, inner sep=1pt, font=\small},
}"""
DOCUMENT = r"""\documentclass[aspectratio=169]{beamer}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{amssymb,tikz}
%s
\newsavebox{\graph}
\newcommand{\fitted}[3]{\sbox{\graph}{#3}%%
  \pgfmathsetmacro{\scale}{min(1.2, #1/\wd\graph, #2/(\ht\graph + \dp\graph))}\scalebox{\scale}{\usebox{\graph}}}
\newcommand<>{\appear}[1]{\alt#2{#1}{\phantom{#1}}}
\tikzset{lit/.code args={<#1>#2}{\only<#1>{\pgfkeysalso{#2}}}}
\begin{document}
\begin{frame}{%s}
\centering
\fitted{\textwidth}{0.68\textheight}{%s}

\medskip
\begin{overlayarea}{\textwidth}{4.6em}
\centering
%s
\end{overlayarea}
\end{frame}
\end{document}
"""


def tikz(output: Value, *, partials: Literal["numbers", "symbols"] = "numbers") -> str:
    """Write the graph of a node as a TikZ picture, for ``\\usepackage{amsmath,tikz}``.

    Names in Cyrillic need ``\\usepackage[T2A]{fontenc}`` too.

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
    drawing = Slide(output, "tikz", COLUMN_ROOM, partials)
    nodes = [
        drawing.node(at, f"${drawing.on_card(node)} = {drawing.number_on(node.data)}$")
        for at, node in enumerate(drawing.order)
    ]
    return "\n".join(
        [STYLES, drawing.picture(nodes, partials, max(drawing.scale, LEAST_LETTERS / LETTERS_ON_SLIDES))]
    )


def beamer(output: Value, *, title: str | None = None) -> str:
    r"""Write a Beamer document of one frame: the numbers go up, then the derivatives come down, a click a step.

    Args:
        output: The node whose graph it is about.
        title: The frame's title.

    Returns:
        The document; ``pdflatex`` makes slides of it. The frame may be copied into your own, and the lines from
        ``\tikzset`` on that stand above it.

    Raises:
        TypeError: ``output`` is no Value, or ``title`` no text.
        ValueError: The graph has so many nodes that its letters would be less than 4.5 points high.
        RendererMissing: There is no Graphviz to lay the graph out.

    >>> x = Value(3, name="x")
    >>> frame = beamer((x**2).named("f"))
    >>> r"\appear<3->{$\color{orange!85!black}\partial = 1$}" in frame, frame.count(r"\only<4>")
    (True, 1)
    """
    drawing = Slide(output, "beamer", FRAME_ROOM, "numbers")
    if title is not None and not isinstance(title, str):
        raise TypeError(f"beamer: title must be a text, not {title!r}")
    letters = drawing.scale * LETTERS_ON_SLIDES
    if letters < LEAST_ON_A_FRAME:
        raise ValueError(
            f"beamer: on a frame the letters of this graph of {len(drawing.order)} nodes would be "
            f"{letters:.1f} points high, less than {LEAST_ON_A_FRAME:g}: take a part, such as one of its nodes, "
            "or show explore(f, fold={name: nodes}) in its place"
        )
    if title is None:
        heading = say("Both sweeps of {name}", name=f"${drawing.name(output)}$")
    else:
        heading = f"${name_latex(title)}$"
    partials = "numbers" if drawing.short else "symbols"
    picture = drawing.picture([*drawing.overlaid_nodes()], partials)
    content = DOCUMENT % (STYLES, heading, picture, "%\n".join(drawing.lines()))
    return content.replace("[T1]", "[T1,T2A]") if CYRILLIC.search(content) else content


def rounded(x: Number) -> Number:
    return float(f"{x:.{DIGITS_ON_CARDS}g}") if isinstance(x, float) else x


class Slide:
    """A graph with a place for each node, and what is written there in LaTeX that pdflatex reads."""

    def __init__(self, output: Value, where: str, room: tuple[float, float], partials: str) -> None:
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
        self.backward = shown_steps(output)
        self.adjoints = {step.node: step.after for step in self.backward}
        ends = [(self.number[parent], self.number[node]) for node, _, parent in self.edges]
        self.slopes, self.scale = clean_partials(output), 0.0
        for rankdir, short in SHAPES:
            if self.scale * LETTERS_ON_SLIDES >= LEAST_LETTERS:
                break
            titles = [self.title(node, short)[:LONGEST_TITLE] for node in self.order]
            labels = [self.label(edge, partials, short) for edge in self.edges]
            places = layout(titles, ends, labels, rankdir, NARROWEST_ON_SLIDES, "0.02" if short else "0.2")
            sizes = (length * POINTS for length in (places.width, places.height))
            scale = min(1.0, *(most / size for most, size in zip(room, sizes, strict=True)))
            if scale > self.scale:
                self.places, self.short, self.scale = places, short, scale
        self.forward = [node for node in self.order if node.op is not None]

    def name(self, node: Value) -> str:
        return name_latex(self.names[node])

    def title(self, node: Value, short: bool) -> str:
        """As many characters as stand on the card, or about."""
        if short:
            numbers = (number_in(rounded(x), "text") for x in (node.data, self.adjoints[node]))
            return max(map(" = ".join, zip((self.names[node], "d"), numbers, strict=True)), key=len)[:-SPARED]
        parts = [self.names[node], number_in(node.data, "text")]
        if node.op is not None and len(node.operands) <= LABEL_OPERANDS:
            parts.insert(1, written_symbol(symbolic_value(node, self.names.__getitem__), "text")[0])
        return max(" = ".join(parts), f"d = {number_in(self.adjoints[node], 'text')}", key=len)

    def label(self, edge: tuple[Value, int, Value], partials: str, short: bool) -> str:
        """As many characters as stand on an edge, or about."""
        node, position, _ = edge
        if short and partials == "numbers":
            return number_in(rounded(self.slopes[node][position]), "text")[:-SPARED]
        return partial_in(node, position, self.names, "text", 0)

    def number_on(self, x: Number) -> str:
        """A number on a card or an edge: of a short one three digits."""
        return number_in(rounded(x) if self.short else x, "latex")

    def formula(self, node: Value) -> str:
        """f = x·y"""
        parts = [self.name(node)]
        if node.op is not None and len(node.operands) <= LABEL_OPERANDS:
            parts.append(symbolic_value(node, self.names.__getitem__).latex())
        return " = ".join(parts)

    def on_card(self, node: Value) -> str:
        """f = x·y; on a short card f alone."""
        return self.name(node) if self.short else self.formula(node)

    def partial(self, edge: tuple[Value, int, Value], partials: str) -> str:
        node, position, _ = edge
        if partials == "numbers":
            return self.number_on(self.slopes[node][position])
        return partial_in(node, position, self.names, "latex", 0)

    def node(self, at: int, content: str, more: str = "") -> str:
        place, node = self.places.cards[at], self.order[at]
        kind = "output" if node is self.output else "leaf" if node.op is None else "inner"
        width = f", minimum width={place.width / POINTS_A_CM:.2f}cm"
        return rf"\node[{kind}{width}{more}] (n{at}) at {self.point(place.x, place.y)} {{{content}}};"

    def point(self, x: float, y: float) -> str:
        return f"({x / POINTS_A_CM:.2f}, {(self.places.height - y) / POINTS_A_CM:.2f})"

    def picture(self, nodes: list[str], partials: str, scale: float = 1.0) -> str:
        """The nodes, the edges, and above both what is written on the edges."""
        lines, labels = [], []
        for edge, place in zip(self.edges, self.places.lines, strict=True):
            written = f"{{${self.partial(edge, partials)}$}}"
            way = self.way(place.path)
            tail, head = (f"(n{self.number[end]})" for end in (edge[2], edge[0]))
            has_room = place.label and not (self.short and way == "--")  # a short card's edges are short, too
            if place.label and has_room:
                labels.append(rf"\node[slope] at {self.point(*place.label)} {written};")
            middle = "" if has_room else f"node[slope, auto] {written} "
            lines.append(rf"\draw[->, thick] {tail} {way} {middle}{head};")
        size = f", scale={scale:.2f}, transform shape" if scale < 1 else ""
        return "\n".join(
            [rf"\begin{{tikzpicture}}[>=stealth{size}]", *nodes, *lines, *labels, r"\end{tikzpicture}"]
        )

    def way(self, path: str) -> str:
        """How Graphviz leads an edge round the cards, without its ends."""
        _, *points, _ = (complex(*pair) for pair in zip(*[iter(numbers(path))] * 2, strict=True))
        whole = points[-1] - points[0]
        if all(abs(((point - points[0]) / whole).imag) < BENT for point in points):
            return "--"
        _, *others, _ = (self.point(point.real, point.imag) for point in points)
        bends = zip(*[iter(["", *others])] * 3, strict=True)
        return "".join(f"{stop} .. controls {out} and {back} .. " for stop, out, back in bends).strip()

    # ------------------------------------------------------------ overlays

    def overlaid_nodes(self) -> Iterator[str]:
        """Each node with its value from when it is computed, and its derivative from when that has arrived."""
        computed = {node: at for at, node in enumerate(self.forward, start=2)}
        arrived = {step.node: at for at, step in enumerate(self.backward, start=len(self.forward) + 2)}
        for at, node in enumerate(self.order):
            value = self.number_on(node.data)
            formula = self.on_card(node)
            shown = rf"\appear<{computed[node]}->{{$= {value}$}}" if node in computed else f"$= {value}$"
            adjoint = self.number_on(self.adjoints[node])
            slope = rf"\appear<{arrived[node]}->{{$\color{{orange!85!black}}\partial = {adjoint}$}}"
            marks = f", lit={{<{computed[node]}>{{fill=yellow!40}}}}" if node in computed else ""
            marks += f", lit={{<{arrived[node]}>{{fill=orange!30}}}}"
            yield self.node(at, rf"${formula}$ {shown}\\{slope}", marks)

    def lines(self) -> Iterator[str]:
        """What happens in each step, one line that takes the place of the one before."""
        yield rf"\only<1>{{{say('The inputs are given.')}}}"
        written = {step.node: step for step in forward_steps(self.output)}
        for at, node in enumerate(self.forward, start=2):
            numbers = written[node].numbers.latex() if len(node.operands) <= LABEL_OPERANDS else ""
            parts = [self.formula(node), numbers, number_in(node.data, "latex")]
            yield rf"\only<{at}>{{${' = '.join(filter(None, parts))}$}}"
        for at, step in enumerate(self.backward, start=len(self.forward) + 2):
            _, _, symbols, numbers, after = self.backward.row(step, "latex")
            sign = derivative(self.names[self.output], self.names[step.node], "latex")
            equal = dict.fromkeys([sign, symbols, numbers, after])
            yield rf"\only<{at}>{{$\displaystyle {' = '.join(filter(None, equal))}$}}"
