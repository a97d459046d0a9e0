"""The canvas: an empty picture with its look."""

from __future__ import annotations

from autodiff.pictures.digraph import Picture
from autodiff.pictures.labels import text_label

__all__ = [
    "BORDERS",
    "COLOURS",
    "FAINT",
    "FILLS",
    "FONT",
    "GAP",
    "LINE",
    "TEXT",
    "Picture",
    "canvas",
    "check_option",
    "ellipse",
]

GAP = "\N{NO-BREAK SPACE}"  # between a line and its label
TEXT, LINE, FAINT = "#222222", "#444444", "#AAAAAA"
FONT = "Helvetica"  # browsers and Graphviz know others that are as wide
# Okabe and Ito's colours, which everybody can tell apart: vermillion, blue, green, purple, orange, sky.
COLOURS = ("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
FILLS = {"leaf": "#E3EFF7", "node": "#FFFFFF", "output": "#DDF2EA", "fold": "#F0F0F0", "marked": "#FBE3D6"}
BORDERS = {"leaf": COLOURS[1], "node": LINE, "output": COLOURS[2], "fold": LINE, "marked": COLOURS[0]}


def canvas(style: str, rankdir: str | None) -> Picture:
    """An empty picture with its look; the identifiers in it are ours, never a user's text."""
    rankdir = rankdir or ("BT" if style == "sheet" else "LR")
    font = {"fontname": FONT, "fontcolor": TEXT}
    return Picture(
        graph_attr={"rankdir": rankdir, "bgcolor": "white", "nodesep": "0.35", "ranksep": "0.45"},
        node_attr={**font, "fontsize": "14", "style": "filled", "color": LINE},
        edge_attr={**font, "fontsize": "12", "color": LINE, "arrowsize": "0.7"},
    )


def ellipse(kind: str, name: str, operation: str, data: str, grad: str, kink: str = "") -> dict[str, str]:
    """A vertex as the sheet draws it: name = formula = number, and below what is used at a kink."""
    first = " = ".join(filter(None, (name, "" if kind == "fold" else operation, data)))
    label = text_label(first, f"grad = {grad}" if grad else "", *kink.splitlines())
    shape = {"shape": "box", "style": "rounded,filled"} if kind == "fold" else {"shape": "ellipse"}
    width = {"penwidth": "3"} if kind == "marked" else {}
    return {"label": label, **shape, **width, "fillcolor": FILLS[kind], "color": BORDERS[kind]}


def check_option(name: str, given: object, known: tuple[object, ...]) -> None:
    """Refuse an option that is none of those known.

    Raises:
        ValueError: It is another; the message lists them.
    """
    if given not in known:
        raise ValueError(f"draw: {name} must be one of {', '.join(map(repr, known))}, not {given!r}")
