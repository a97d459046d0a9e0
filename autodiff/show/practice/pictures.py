"""The pictures of exercises, on a page, and on paper, where they can be read however large the graph is.

>>> from autodiff import Value
>>> x, y = Value(2, name="x"), Value(3, name="y")
>>> len(parts_for_paper((x * y).named("f"), "grads", ()))
1
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import TypeAlias

from autodiff.graph import topological_order
from autodiff.languages import say
from autodiff.pictures.canvas import Picture, canvas, ellipse
from autodiff.pictures.draw import spaced
from autodiff.pictures.labels import Labels, raised
from autodiff.pictures.render import to_svg
from autodiff.show.derivations.noise import clean_partials
from autodiff.show.derivations.steps import shown_steps
from autodiff.show.derivations.wording import shown_names
from autodiff.show.practice.blanks import Blank
from autodiff.show.practice.questions import Hidden, Marks
from autodiff.value import Value

__all__ = ["exercise_picture", "figure_of", "key_rows", "paper_pictures", "paper_rows", "parts_for_paper"]


PAPER_WIDTH, PAPER_HEIGHT = (
    505.0,
    620.0,
)  # points between the margins of A4, less what stands above the picture
SMALLEST_LETTERS, LETTERS = 9.0, 12.0  # points: on paper, and of an edge as it is drawn
EDGES_AT_ONCE = 4  # that lead into one node; of more it is drawn several times
SIZE_OF_SVG = re.compile(r'<svg width="([\d.]+)pt" height="([\d.]+)pt"')


Unit: TypeAlias = tuple[Value, range]  # a node with some of the edges that lead into it, by their positions


def exercise_picture(
    output: Value,
    hide: Hidden,
    blanks: Sequence[Blank],
    solved: bool = False,
    part: Sequence[Unit] | None = None,
) -> Picture:
    """Draw a graph with marks in place of the numbers that are hidden; if solved, with those numbers.

    What a page needs to find a blank is its ``id``, "blank1" for the first one. Of a part of the graph, what
    leads into it from other parts has a dashed border.
    """
    order = topological_order(output)
    labels = Labels(shown_names(output), partials=clean_partials(output))
    numbers = {node: f"n{place}" for place, node in enumerate(order)}
    marks: Marks = {} if solved else {blank.place: blank.mark for blank in blanks}
    asked = {blank.place: f"blank{place}" for place, blank in enumerate(blanks, start=1)}
    dot = canvas("sheet", None)
    grads = {step.node: step.after for step in shown_steps(output)} if hide == "grads" else {}
    units = part or [(node, range(len(node.parents))) for node in order]
    inside = {node for node, _ in units}
    beside = {node.parents[position] for node, positions in units for position in positions} - inside
    for node in order:
        if node not in inside and node not in beside:
            continue
        kind = "output" if node is output else "leaf" if node.op is None else "node"
        known = (labels.number(node.data), labels.number(grads[node]) if grads else "")
        mark = marks.get((node, None))
        data, grad = known if mark is None else (known[0], mark) if grads else (mark, "")
        if node in inside or node.op is None:
            look = ellipse(kind, labels.name(node), labels.operation(node), data, grad)
        else:
            look = ellipse(kind, labels.name(node), "", data, "") | {"style": "filled,dashed"}
        dot.node(numbers[node], **look, **tagged(kind, asked.get((node, None)), solved))
    for node, positions in units:
        for position in positions:
            text = {
                "values": "",
                "partials": marks.get((node, position)) or labels.partial(node, position, "numbers"),
                "grads": labels.partial(node, position, "both"),
            }[hide]
            look = {"label": spaced(text)} if text else {}
            tag = tagged("", asked.get((node, position)), solved)
            dot.edge(
                numbers[node.parents[position]],
                numbers[node],
                **look,
                **tag,
            )
    return dot


def tagged(kind: str, identifier: str | None, solved: bool) -> dict[str, str]:
    """The class and the identifier by which style and script find a part of the picture."""
    tag = {"class": f"{kind} asked" if identifier else kind}
    return tag | {"id": identifier} if identifier and not solved else tag


# ---------------------------------------------------------------- on paper


def figure_of(picture: str) -> str:
    return f"<figure>{picture}</figure>"


def paper_pictures(output: Value, hide: Hidden, blanks: Sequence[Blank], solved: bool = False) -> list[str]:
    """The graph as SVG, in parts if its letters would be under 9 points otherwise."""
    parts = parts_for_paper(output, hide, blanks)
    if hide == "grads":
        parts.reverse()  # as one starts at the output
    return [on_paper(to_svg(exercise_picture(output, hide, blanks, solved, part))) for part in parts]


def parts_for_paper(output: Value, hide: Hidden, blanks: Sequence[Blank]) -> list[list[Unit]]:
    """Cut a graph, from the inputs up, into parts that are as large as a page has room for."""
    units = [unit for node in topological_order(output) for unit in units_of(node, output)]
    parts: list[list[Unit]] = []
    while units:

        def fits(count: int, rest: Sequence[Unit] = units) -> bool:
            svg = to_svg(exercise_picture(output, hide, blanks, True, rest[:count]))
            return scale_of(svg) * LETTERS >= SMALLEST_LETTERS

        count = len(units)
        if count > 1 and not fits(count):
            count = max(1, bisect_left(range(1, count), True, key=lambda count: not fits(count)))
        parts.append(units[:count])
        units = units[count:]
    return parts


def units_of(node: Value, output: Value) -> list[Unit]:
    """A node with its edges, a few at a time; a leaf is drawn with what uses it."""
    if node.op is None and node is not output:
        return []
    count = len(node.parents)
    starts = range(0, max(count, 1), EDGES_AT_ONCE)
    return [(node, range(start, min(start + EDGES_AT_ONCE, count))) for start in starts]


def scale_of(svg: str) -> float:
    size = SIZE_OF_SVG.search(svg)
    assert size is not None
    return min(1.0, PAPER_WIDTH / float(size[1]), PAPER_HEIGHT / float(size[2]))


def on_paper(svg: str) -> str:
    """A picture in its size on paper, without tooltips and identifiers."""
    scale = scale_of(svg)
    svg = re.sub(r"<title>.*?</title>\s*|<!--.*?-->\s*", "", svg[svg.index("<svg ") :], flags=re.DOTALL)
    svg = re.sub(r' id="[^"]*"', "", svg)
    return SIZE_OF_SVG.sub(
        lambda size: '<svg role="img" width="{:.0f}pt" height="{:.0f}pt"'.format(
            *(scale * float(length) for length in size.groups())
        ),
        svg,
        count=1,
    )


def paper_rows(blanks: Sequence[Blank]) -> str:
    """What is asked, each with a line to write on."""
    rows = (
        f'<li><span class="mark">{blank.mark}</span> {html.escape(raised(blank.label))} = '
        '<span class="line"></span></li>'
        for blank in blanks
    )
    return f'<ol class="asked-for" aria-label="{say("Blanks")}">{"".join(rows)}</ol>'


def key_rows(blanks: Sequence[Blank]) -> str:
    """The answers, with the way to each."""
    rows = (
        f'<li><span class="mark">{blank.mark}</span> {html.escape(raised(blank.derivation))}</li>'
        for blank in blanks
    )
    return f'<ol class="key">{"".join(rows)}</ol>'
