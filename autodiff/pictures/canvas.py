"""The canvas: an empty picture with its look, and how it shows itself in a notebook."""

from __future__ import annotations

import base64
import os
import re
import tempfile
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import graphviz

from autodiff.files import write_file
from autodiff.pictures.labels import text_label
from autodiff.pictures.render import HOW_TO_INSTALL, RendererMissing, to_png, to_svg

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
    "shown_as_images",
]

COLUMN = 640  # points, about the width of a notebook's column
GAP = "\N{NO-BREAK SPACE}"  # between a line and its label
TEXT, LINE, FAINT = "#222222", "#444444", "#AAAAAA"
FONT = "Helvetica,Arial,sans-serif"
# Okabe and Ito's colours, which everybody can tell apart: vermillion, blue, green, purple, orange, sky.
COLOURS = ("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
FILLS = {"leaf": "#E3EFF7", "node": "#FFFFFF", "output": "#DDF2EA", "fold": "#F0F0F0", "marked": "#FBE3D6"}
BORDERS = {"leaf": COLOURS[1], "node": LINE, "output": COLOURS[2], "fold": LINE, "marked": COLOURS[0]}


class Picture(graphviz.Digraph):  # type: ignore[misc]  # graphviz has no types
    """A ``graphviz.Digraph`` that shows itself in a notebook with or without the program ``dot``.

    ``source`` and ``pipe`` are graphviz's own; so are ``save`` and ``render``, but that they put their files in
    place whole. To save without ``dot`` there is ``autodiff.pictures.render.save``.

    >>> picture = canvas("sheet", None)
    >>> picture.edge("x", "f")
    >>> picture.source.splitlines()[-2].strip()
    'x -> f'
    """

    def save(
        self,
        filename: str | os.PathLike[str] | None = None,
        directory: str | os.PathLike[str] | None = None,
        *,
        skip_existing: bool | None = False,
    ) -> str:
        """Save the source, as graphviz does."""
        if filename is not None:
            self.filename = os.fspath(filename)
        if directory is not None:
            self.directory = os.fspath(directory)
        path: str = self.filepath
        if not (skip_existing and os.path.exists(path)):
            os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
            write_file(path, self.source)
        return path

    @property
    def _render(self) -> Callable[..., str]:
        """What graphviz's ``render`` calls for a source that it has saved."""
        return render_whole

    def _repr_svg_(self) -> str | None:
        try:
            return to_svg(self)
        except RendererMissing:
            return None

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None, **_: object
    ) -> dict[str, str]:
        return shown_as_images(self, repr(self)) or {"text/plain": f"{self.source}\n{HOW_TO_INSTALL}"}

    def __repr__(self) -> str:
        return f"<Picture: {len(self.body)} lines of DOT>"


def render_whole(
    engine: str,
    format: str,
    filepath: str,
    *,
    outfile: str | os.PathLike[str] | None = None,
    raise_if_result_exists: bool = False,
    overwrite_filepath: bool = False,
    **options: Any,
) -> str:
    """Render as ``graphviz.render`` does, in a folder of its own, and put the picture in place."""
    kinds = (options.get("formatter"), options.get("renderer"), format)
    path = os.fspath(outfile or ".".join([filepath, *filter(None, kinds)]))
    if raise_if_result_exists and os.path.exists(path):
        raise graphviz.FileExistsError(f"output file exists: {path!r}")
    if not overwrite_filepath and os.path.realpath(path) == os.path.realpath(filepath):
        raise ValueError(
            f"outfile {path!r} must be different from the source (or pass overwrite_source=True)"
        )
    with tempfile.TemporaryDirectory() as folder:
        made = os.path.join(folder, os.path.basename(path))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on suffixes: graphviz has said it for this very name
            graphviz.render(engine, format, filepath, outfile=made, **options)
        write_file(path, Path(made).read_bytes())
    return path


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


def shown_as_images(picture: Picture, text: str) -> dict[str, str] | None:
    """Give a notebook the picture as SVG, and as PNG for viewers such as GitHub that strip SVG."""
    try:
        png = base64.b64encode(to_png(picture)).decode()
        return {"image/svg+xml": narrowed(to_svg(picture)), "image/png": png, "text/plain": text}
    except RendererMissing:
        return None


def narrowed(svg: str) -> str:
    """Shrink a picture that is wider than a notebook's column; as an image no style reaches it there."""

    def size(found: re.Match[str]) -> str:
        scale = min(1.0, COLUMN / float(found[1]))
        return f'<svg width="{float(found[1]) * scale:g}pt" height="{float(found[2]) * scale:g}pt"'

    return re.sub(r'<svg width="([\d.]+)pt" height="([\d.]+)pt"', size, svg, count=1)


def check_option(name: str, given: object, known: tuple[object, ...]) -> None:
    """Refuse an option that is none of those known.

    Raises:
        ValueError: It is another; the message lists them.
    """
    if given not in known:
        raise ValueError(f"draw: {name} must be one of {', '.join(map(repr, known))}, not {given!r}")
