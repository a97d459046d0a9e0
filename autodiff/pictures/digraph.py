"""A picture: a ``graphviz.Digraph`` whose members work without the program ``dot``, and what front ends show of it."""

from __future__ import annotations

import base64
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import graphviz

from autodiff.files import write_file
from autodiff.pictures.render import (
    DOTS_PER_INCH,
    RendererMissing,
    Task,
    rendered,
    save,
    to_pdf,
    to_png,
    to_svg,
    unflattened,
)

__all__ = ["CONTENTS", "Bundle", "Picture", "images", "shown_types", "with_room"]

COLUMN = 640  # points, about the width of a notebook's column
LEGIBLE = 10 / 16  # of the size of a picture: its least letters have 12 points, which are 16 pixels
MOST_PIXELS = 4000  # of a PNG in a notebook; one with all of a long chain takes seconds and megabytes
AS_SVG, AS_PNG, AS_JPEG, AS_PDF = "image/svg+xml", "image/png", "image/jpeg", "application/pdf"
Bundle: TypeAlias = Any  # contents by mime type, or a pair of these and of what there is to say of each
# What the program dot makes beside SVG, PNG and PDF.
OTHER_PICTURES = ("bmp", "eps", "gif", "jpeg", "jpg", "ps", "tif", "tiff", "webp")
SIZE = re.compile(r'<svg width="([\d.]+)pt" height="([\d.]+)pt"')


class Rendered:
    """What graphviz calls to render, put in the place of its calls of ``dot``; and the picture in a notebook."""

    source: str

    @property
    def _pipe_lines(self) -> Callable[..., bytes]:
        return piped

    @property
    def _pipe_lines_string(self) -> Callable[..., str]:
        return lambda *args, encoding, **options: piped(*args, input_encoding=encoding, **options).decode(
            encoding
        )

    @property
    def _render(self) -> Callable[..., str]:
        """What graphviz's ``render`` calls for a source that it has saved."""
        return render_whole

    @property
    def _unflatten(self) -> Callable[..., str]:
        return unflattened

    def unflatten(
        self, stagger: int | None = None, fanout: bool = False, chain: int | None = None
    ) -> graphviz.Source:
        """Spread leaves over several ranks, as graphviz does; it needs Graphviz's programs or the extra ``draw``."""
        made = super().unflatten(stagger=stagger, fanout=fanout, chain=chain)  # type: ignore[misc]
        return Reshaped(**made._copy_kwargs())

    def _repr_svg_(self) -> str | None:
        return self._shown(include={AS_SVG} & shown_types(None, None)).get(AS_SVG)

    def _mime_(self) -> tuple[str, str]:
        """What marimo shows, which takes one form: also of what stands in a list."""
        return next(iter(self._shown(exclude=[AS_PNG]).items()))

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None, **_: object
    ) -> Bundle:
        return with_room(self._shown(include, exclude))

    def _shown(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
    ) -> dict[str, str]:
        types = shown_types(include, exclude)
        try:
            made, text = images(self, types), repr(self)
        except RendererMissing as missing:
            made, text = {}, f"{self.source}\n{missing}"
        return made | ({"text/plain": text} if "text/plain" in types else {})


class Picture(Rendered, graphviz.Digraph):  # type: ignore[misc]  # graphviz has no types
    """A ``graphviz.Digraph`` that is rendered with or without the program ``dot``, and shows itself in notebooks.

    Its members are graphviz's own, but that ``save`` and ``render`` put their files in place whole. A notebook gets
    SVG, and PNG for viewers that strip SVG; after ``graphviz.set_jupyter_format("png")`` it gets PNG alone.

    >>> from autodiff import Value, draw
    >>> picture = draw(Value(2, name="x") ** 2)
    >>> picture.edge("n0", "note")
    >>> picture.source.splitlines()[-2].strip()
    'n0 -> note'
    """

    def save(
        self,
        filename: str | os.PathLike[str] | None = None,
        directory: str | os.PathLike[str] | None = None,
        *,
        skip_existing: bool | None = False,
    ) -> str:
        """Save the picture if the name ends in a format of pictures, such as .png, else its source, as graphviz does.

        ``render``, which needs the source, calls this with ``skip_existing=None``.
        """
        if filename is not None:
            self.filename = os.fspath(filename)
        if directory is not None:
            self.directory = os.fspath(directory)
        path: str = self.filepath
        if not (skip_existing and os.path.exists(path)):
            os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
            kind = Path(path).suffix.lower()[1:]
            if skip_existing is not None and kind in ("svg", "png", "pdf"):
                save(self, path)
            elif skip_existing is not None and kind in OTHER_PICTURES:
                write_file(path, self.pipe(format=kind))
            else:
                write_file(path, self.source)
        return path

    def __repr__(self) -> str:
        return f"<Picture: {len(self.body)} lines of DOT>"


class Reshaped(Rendered, graphviz.Source):  # type: ignore[misc]  # graphviz has no types
    """What ``Picture.unflatten`` returns."""


def piped(
    engine: str,
    format: str,
    lines: Iterator[str],
    *,
    input_encoding: str,
    renderer: str | None = None,
    formatter: str | None = None,
    neato_no_op: bool | int | None = None,
    quiet: bool = False,
) -> bytes:
    """Render as ``graphviz.pipe_lines`` does."""
    kind = format_of(format, renderer, formatter)
    return rendered(Task("".join(lines), kind, engine, no_op=int(neato_no_op or 0)))


def format_of(format: str, renderer: str | None, formatter: str | None) -> str:
    """Name a format with what makes it, as an option of ``dot``."""
    if formatter is not None and renderer is None:
        raise graphviz.RequiredArgumentError("formatter given without renderer")
    return ":".join(filter(None, (format, renderer, formatter)))


def render_whole(
    engine: str,
    format: str,
    filepath: str,
    *,
    outfile: str | os.PathLike[str] | None = None,
    raise_if_result_exists: bool = False,
    overwrite_filepath: bool = False,
    renderer: str | None = None,
    formatter: str | None = None,
    neato_no_op: bool | int | None = None,
    quiet: bool = False,
) -> str:
    """Render as ``graphviz.render`` does, and put the picture in place."""
    path = os.fspath(outfile or ".".join(filter(None, (filepath, formatter, renderer, format))))
    kind = format_of(format, renderer, formatter)
    if raise_if_result_exists and os.path.exists(path):
        raise graphviz.FileExistsError(f"output file exists: {path!r}")
    if not overwrite_filepath and os.path.realpath(path) == os.path.realpath(filepath):
        raise ValueError(
            f"outfile {path!r} must be different from the source (or pass overwrite_source=True)"
        )
    source, folder = Path(filepath).read_text(encoding="utf-8"), os.path.dirname(filepath) or None
    write_file(path, rendered(Task(source, kind, engine, no_op=int(neato_no_op or 0), folder=folder)))
    return path


# ---------------------------------------------------------------- what front ends show


def svg_of(picture: Rendered) -> str:
    """Shrink a picture that is wider than a notebook's column, as long as it can be read."""
    svg = to_svg(picture)
    found = SIZE.search(svg)
    if found is None:  # not made by Graphviz
        return svg
    width, height = float(found[1]), float(found[2])
    scale = max(min(1.0, COLUMN / width), LEGIBLE)
    return SIZE.sub(f'<svg width="{width * scale:g}pt" height="{height * scale:g}pt"', svg, count=1)


def png_of(picture: Rendered) -> str:
    return base64.b64encode(to_png(picture, most_inches=MOST_PIXELS / DOTS_PER_INCH)).decode()


CONTENTS: dict[str, Callable[[Rendered], str]] = {
    AS_SVG: svg_of,
    AS_PNG: png_of,
    AS_JPEG: lambda picture: base64.b64encode(rendered(Task(picture.source, "jpeg"))).decode(),
    AS_PDF: lambda picture: base64.b64encode(to_pdf(picture)).decode(),
}


def with_room(shown: dict[str, str]) -> Bundle:
    """Let a notebook scroll a picture that is still wider than its column, where it would shrink it."""
    found = SIZE.search(shown.get(AS_SVG, ""))
    if found is None or float(found[1]) <= COLUMN + 1:
        return shown
    pixels = round(float(found[1]) * 4 / 3)
    about = {AS_SVG: {"unconfined": True}, AS_PNG: {"unconfined": True, "width": pixels}}
    return shown, {kind: about[kind] for kind in about if kind in shown}


def shown_types(include: Iterable[str] | None, exclude: Iterable[str] | None) -> set[str]:
    """The mime types that a front end asks for: of pictures all that it shows, none in a terminal."""
    if include is not None:
        return {*include} - {*(exclude or ())}
    chosen = Picture._jupyter_mimetype  # what graphviz.set_jupyter_format says
    types = {"text/plain", chosen, *((AS_PNG,) if chosen == AS_SVG else ())}
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return (types & {*shell.display_formatter.active_types} if shell else types) - {*(exclude or ())}


def images(picture: Rendered, types: set[str]) -> dict[str, str]:
    """Make a picture in each form that is among the types and can be made.

    Raises:
        RendererMissing: None can, and one was to be.
    """
    made = {}
    failures = []
    for kind in filter(types.__contains__, CONTENTS):
        try:
            made[kind] = CONTENTS[kind](picture)
        except RendererMissing as missing:
            failures.append(missing)
    if failures and not made:
        raise failures[0]
    return made
