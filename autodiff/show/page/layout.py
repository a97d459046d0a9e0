"""Where everything stands in the page's picture: Graphviz lays the graph out, the page draws it.

Every node is a card of fixed size, with room for the numbers that will change on it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

import graphviz

from autodiff.pictures.render import to_svg
from autodiff.pictures.spans import LESS_WORK, pass_by_many

__all__ = ["CardPlace", "EdgePlace", "PageLayout", "layout", "numbers"]

CARD_HEIGHT = 50
CHARACTER = 7.6  # width of one in a card's title, in units of the picture
NARROWEST_CARD, WIDEST_CARD = 154, 330
LABELLED_EDGES = 320  # of more edges the partials are not written: nobody could tell whose they are
FEW_CARDS = 12  # nodes, whose picture fits the window however broad
BROAD = 3.0  # times as wide as high: such a picture is turned, so that it is read by scrolling down
TURNED = {"rankdir": "LR", "ranksep": "1.6", "splines": "line"}  # of layers that are joined all to all
SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class CardPlace:
    """Where a node stands: its centre and its width."""

    x: float
    y: float
    width: float


@dataclass(frozen=True)
class EdgePlace:
    """How an edge runs: a path, up to the tip of its arrow, and where its label stands, if that has room."""

    path: str
    label: tuple[float, float] | None


@dataclass(frozen=True)
class PageLayout:
    """The places of cards and edges in their order, and the size of the whole."""

    cards: list[CardPlace]
    lines: list[EdgePlace]
    width: float
    height: float


def layout(
    titles: Sequence[str],
    edges: Sequence[tuple[int, int]],
    labels: Sequence[str],
    rankdir: str | None = None,
    narrowest: float = NARROWEST_CARD,
) -> PageLayout:
    """Lay out a graph.

    Args:
        titles: The title of each card.
        edges: Tail and head of each edge.
        labels: What an edge must have room for.
        rankdir: Where the edges point: "BT", "TB", "LR" or "RL"; None for upwards, and to the right for a
            broad graph.
        narrowest: The width of a card with a short title.

    Raises:
        RendererMissing: There is no Graphviz.
    """
    widths = [min(max(CHARACTER * len(title) + 26, narrowest), WIDEST_CARD) for title in titles]

    def made(look: Mapping[str, str]) -> PageLayout:
        return layout_in(to_svg(digraph_of(widths, edges, labels, look)), widths, len(edges))

    found = made({"rankdir": rankdir or "BT"})
    broad = found.width > BROAD * found.height and len(titles) > FEW_CARDS
    return made(TURNED) if rankdir is None and broad else found


def digraph_of(
    widths: Sequence[float], edges: Sequence[tuple[int, int]], labels: Sequence[str], look: Mapping[str, str]
) -> graphviz.Digraph:
    """Describe the graph to Graphviz: boxes of fixed size, and text that only takes room."""
    ports = {"tailport": "e", "headport": "w"} if look == TURNED else {}
    many = pass_by_many(edges)
    effort = LESS_WORK if many else {}
    digraph = graphviz.Digraph(
        graph_attr={"nodesep": "0.3", "ranksep": "0.5", **effort, **look},
        node_attr={"shape": "box", "fixedsize": "true", "label": "", "height": f"{CARD_HEIGHT / 72:.3f}"},
        edge_attr={"fontname": "Helvetica", "fontsize": "12", "arrowsize": "0.7", **ports},
    )
    for number, width in enumerate(widths):
        digraph.node(f"n{number}", id=f"n{number}", width=f"{width / 72:.3f}")
    roomy = len(edges) <= LABELLED_EDGES and not many and not ports
    for number, (tail, head) in enumerate(edges):
        label = {"label": "0" * (len(labels[number]) + 2)} if roomy else {}
        digraph.edge(f"n{tail}", f"n{head}", id=f"e{number}", **label)
    return digraph


def layout_in(svg: str, widths: Sequence[float], count: int) -> PageLayout:
    """Take the places out of the picture that Graphviz made."""
    root = ElementTree.fromstring(svg)
    width, height = map(float, root.attrib["viewBox"].split()[2:])
    groups = {group.attrib["id"]: group for group in root.iter(f"{SVG}g")}
    cards = [card_place(groups[f"n{number}"], widths[number], height) for number in range(len(widths))]
    lines = [edge_place(groups[f"e{number}"], height) for number in range(count)]
    return PageLayout(cards, lines, width, height)


def card_place(group: ElementTree.Element, width: float, height: float) -> CardPlace:
    polygon = group.find(f"{SVG}polygon")
    assert polygon is not None
    corners = numbers(polygon.attrib["points"])
    xs, ys = corners[::2], corners[1::2]
    return CardPlace((min(xs) + max(xs)) / 2 + 4, (min(ys) + max(ys)) / 2 + height - 4, width)


def edge_place(group: ElementTree.Element, height: float) -> EdgePlace:
    path, text = (group.find(f"{SVG}{tag}") for tag in ("path", "text"))
    assert path is not None
    place = None if text is None else (float(text.attrib["x"]) + 4, float(text.attrib["y"]) + height - 4)
    return EdgePlace(moved(path.attrib["d"], height), place)


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?[\d.]+", text)]


def moved(text: str, height: float) -> str:
    """Shift the points x,y of a path to where the picture begins at 0,0; a tenth of a unit is enough."""
    return re.sub(
        r"(-?[\d.]+),(-?[\d.]+)",
        lambda point: f"{tenth(float(point[1]) + 4)},{tenth(float(point[2]) + height - 4)}",
        text,
    )


def tenth(x: float) -> str:
    return f"{x:.1f}".removesuffix(".0")
