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
NARROWEST_CARD, ROOMY_CARD, WIDEST_CARD = 160, 250, 330
LABELLED_EDGES = 320  # of more edges the partials are not written: nobody could tell whose they are
FEW_CARDS = 12  # nodes, whose picture fits the window however broad
BROAD = 3.0  # times as wide as high: such a picture is turned, so that it is read by scrolling down
HIGH = 1360  # more than a window of 1280x800 pixels shows with letters that can be read
APART, TIGHT = "0.39", "0.2"  # inches from one rank to the next, and where that makes a picture low enough
LABEL_HEIGHT, LESS_ROOM = (
    12,
    (9, 5),
)  # height of a label, and what is left for one where that makes a picture low enough
BASELINE = 0.3  # how far that of a label is below its middle, as a part of its height
TIP = 7  # length of an arrow's tip, as picture.js draws it
CLEAR = 4  # around a card: an edge that came closer would seem to end there
TURNED = {"rankdir": "LR", "ranksep": "1.49", "splines": "line"}  # of layers that are joined all to all
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
    apart: str = APART,
) -> PageLayout:
    """Lay out a graph.

    Args:
        titles: The title of each card.
        edges: Tail and head of each edge.
        labels: What an edge must have room for.
        rankdir: Where the edges point: "BT", "TB", "LR" or "RL"; None for upwards, and to the right for a
            broad graph.
        narrowest: The width of a card with a short title.
        apart: The least distance of two ranks, in inches, with room for the labels.

    Raises:
        RendererMissing: There is no Graphviz.
    """
    widths = [min(max(CHARACTER * len(title) + 26, narrowest), WIDEST_CARD) for title in titles]

    def made(look: Mapping[str, str], letters: int = LABEL_HEIGHT) -> PageLayout:
        dot = digraph_of(
            widths, edges, labels, {"rankdir": rankdir or "BT", "ranksep": apart, **look}, letters
        )
        return layout_in(to_svg(dot), widths, edges, BASELINE * (LABEL_HEIGHT - letters))

    found = made({})
    if rankdir is None and found.width > BROAD * found.height and len(titles) > FEW_CARDS:
        return made(TURNED)
    if found.height > HIGH:
        tight = (made({"ranksep": TIGHT}, letters) for letters in LESS_ROOM)
        return next((places for places in tight if places.height <= HIGH), found)
    return found


def digraph_of(
    widths: Sequence[float],
    edges: Sequence[tuple[int, int]],
    labels: Sequence[str],
    look: Mapping[str, str],
    letters: int = LABEL_HEIGHT,
) -> graphviz.Digraph:
    """Describe the graph to Graphviz: boxes of fixed size with clear space around, and text that only takes room."""
    ports = {"tailport": "e", "headport": "w"} if TURNED.items() <= look.items() else {}
    many = pass_by_many(edges)
    effort = LESS_WORK if many else {}
    digraph = graphviz.Digraph(
        graph_attr={"nodesep": "0.19", **effort, **look},
        node_attr={
            "shape": "box",
            "fixedsize": "true",
            "label": "",
            "height": f"{(CARD_HEIGHT + 2 * CLEAR) / 72:.3f}",
        },
        edge_attr={"fontname": "Helvetica", "fontsize": f"{letters}", "arrowsize": "0.7", **ports},
    )
    for number, width in enumerate(widths):
        digraph.node(f"n{number}", id=f"n{number}", width=f"{(width + 2 * CLEAR) / 72:.3f}")
    roomy = len(edges) <= LABELLED_EDGES and not many and not ports
    for number, (tail, head) in enumerate(edges):
        label = {"label": "0" * ((len(labels[number]) + 2) * LABEL_HEIGHT // letters)} if roomy else {}
        digraph.edge(f"n{tail}", f"n{head}", id=f"e{number}", **label)
    return digraph


def layout_in(
    svg: str, widths: Sequence[float], edges: Sequence[tuple[int, int]], lower: float
) -> PageLayout:
    """Take the places out of the picture that Graphviz made; those of labels so much lower."""
    root = ElementTree.fromstring(svg)
    width, height = map(float, root.attrib["viewBox"].split()[2:])
    groups = {group.attrib["id"]: group for group in root.iter(f"{SVG}g")}
    cards = [card_place(groups[f"n{number}"], widths[number], height) for number in range(len(widths))]
    lines = [
        edge_place(groups[f"e{number}"], height, lower, cards[tail], cards[head])
        for number, (tail, head) in enumerate(edges)
    ]
    return PageLayout(cards, lines, width, height)


def card_place(group: ElementTree.Element, width: float, height: float) -> CardPlace:
    polygon = group.find(f"{SVG}polygon")
    assert polygon is not None
    corners = numbers(polygon.attrib["points"])
    xs, ys = corners[::2], corners[1::2]
    return CardPlace((min(xs) + max(xs)) / 2 + 4, (min(ys) + max(ys)) / 2 + height - 4, width)


def edge_place(
    group: ElementTree.Element, height: float, lower: float, tail: CardPlace, head: CardPlace
) -> EdgePlace:
    path, text = (group.find(f"{SVG}{tag}") for tag in ("path", "text"))
    assert path is not None
    place = (
        None if text is None else (float(text.attrib["x"]) + 4, float(text.attrib["y"]) + height - 4 + lower)
    )
    shift = complex(4, height - 4)  # to where the picture begins at 0,0
    points = [complex(*pair) + shift for pair in zip(*[iter(numbers(path.attrib["d"]))] * 2, strict=True)]
    return EdgePlace(written(between_cards(points, tail, head)), place)


def between_cards(points: list[complex], tail: CardPlace, head: CardPlace) -> list[complex]:
    """The points of a path that ends clear of two cards, led straight on to these, but for the tip of its arrow."""
    start = met(points[0], points[0] - next_to(points), tail)
    touched = met(points[-1], points[-1] - next_to(points[::-1]), head)
    way = touched - points[-1]
    end = touched - TIP * way / abs(way)
    return [start, *points, end]


def next_to(points: list[complex]) -> complex:
    """The next point of a path that is another one than the first."""
    return next((point for point in points if abs(point - points[0]) > 0.5), points[0] + 1j)


def met(point: complex, direction: complex, card: CardPlace) -> complex:
    """Where one meets a card; if one would pass it by, the point of it that is nearest."""
    half = complex(card.width / 2, CARD_HEIGHT / 2)
    away = point - complex(card.x, card.y)
    for x, y in ((abs(away.real) - half.real, direction.real), (abs(away.imag) - half.imag, direction.imag)):
        if x > 0 and y:
            hit = away + direction * x / abs(y)
            if abs(hit.real) <= half.real + 0.1 and abs(hit.imag) <= half.imag + 0.1:
                return hit + complex(card.x, card.y)
    nearest = complex(min(max(away.real, -half.real), half.real), min(max(away.imag, -half.imag), half.imag))
    return nearest + complex(card.x, card.y)


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?[\d.]+", text)]


def written(points: Sequence[complex]) -> str:
    """A path of Bezier curves between two straight ends; a tenth of a unit is enough."""
    start, first, *others, end = (f"{tenth(point.real)},{tenth(point.imag)}" for point in points)
    return f"M{start}L{first}C{' '.join(others)}L{end}"


def tenth(x: float) -> str:
    return f"{x:.1f}".removesuffix(".0")
