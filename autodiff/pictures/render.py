"""DOT to SVG, PNG and PDF: by the program ``dot`` if it is there, else in this process by pygraphviz."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from pathlib import Path
from types import ModuleType
from typing import Protocol

from autodiff.files import write_file

__all__ = ["HOW_TO_INSTALL", "SUFFIXES", "RendererMissing", "save", "to_pdf", "to_png", "to_svg"]

SUFFIXES = (".svg", ".png", ".pdf", ".dot")
HOW_TO_INSTALL = (
    'to see pictures, run: pip install "scalar-autodiff[draw]" or install Graphviz '
    "(apt install graphviz, brew install graphviz, winget install graphviz)"
)
DOTS_PER_INCH = "144"  # of a PNG: sharp on today's screens
DRAWING = threading.Lock()  # Graphviz inside a process serves one thread at a time


class RendererMissing(RuntimeError):  # noqa: N818 - says what is the matter
    """Neither ``dot`` nor pygraphviz is there; the message says how to install either."""


class Drawing(Protocol):
    """A picture in the language DOT, such as a ``graphviz.Digraph``."""

    @property
    def source(self) -> str: ...


def to_svg(digraph: Drawing) -> str:
    """Render a picture as SVG.

    Args:
        digraph: A ``graphviz.Digraph``, or anything else with the DOT text as its ``source``.

    Raises:
        RendererMissing: There is nothing to render with.
    """
    return rendered(digraph, "svg").decode()


def to_png(digraph: Drawing) -> bytes:
    """Render a picture as PNG; see :func:`to_svg`."""
    return rendered(digraph, "png")


def to_pdf(digraph: Drawing) -> bytes:
    """Render a picture as PDF; see :func:`to_svg`."""
    return rendered(digraph, "pdf")


def save(digraph: Drawing, path: str | os.PathLike[str]) -> Path:
    """Save a picture in the format that the file's name ends in: .svg, .png, .pdf or .dot.

    A file that cannot be rendered leaves what was there untouched.

    Returns:
        The path.

    Raises:
        ValueError: The name ends in something else.
        RendererMissing: There is nothing to render with; .dot needs nothing.

    >>> import tempfile
    >>> from autodiff import Value, draw
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(draw(Value(2, name="x") ** 2), f"{folder}/square.dot").read_text().splitlines()[0]
    'digraph {'
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ValueError(
            f"cannot save a picture as {str(path)!r}: the name must end in {', '.join(SUFFIXES)}"
        )
    write_file(path, digraph.source if suffix == ".dot" else rendered(digraph, suffix[1:]))
    return path


def rendered(digraph: Drawing, format: str) -> bytes:
    """Render with what there is: ``dot`` first, as it is what users may have configured."""
    program, module = shutil.which("dot"), pygraphviz()
    if program is not None:
        try:
            return by_program(program, digraph.source, format)
        except (OSError, RuntimeError):
            if module is None:
                raise
    if module is None:
        raise RendererMissing(f"neither the program dot nor pygraphviz is installed; {HOW_TO_INSTALL}")
    return in_process(module, digraph.source, format)


def by_program(program: str, source: str, format: str) -> bytes:
    command = [program, f"-T{format}", *resolution(format)]
    run = subprocess.run(command, input=source.encode(), capture_output=True, check=False)
    if run.returncode:
        raise RuntimeError(
            f"{program} failed with code {run.returncode}: {run.stderr.decode(errors='replace')}"
        )
    return run.stdout


def resolution(format: str) -> list[str]:
    return [f"-Gdpi={DOTS_PER_INCH}"] if format == "png" else []


def pygraphviz() -> ModuleType | None:
    """Import pygraphviz if it is one that carries Graphviz: older ones would look for the program."""
    try:
        import pygraphviz
    except ImportError:
        return None
    module: ModuleType = pygraphviz
    return module if int(module.__version__.partition(".")[0]) >= 2 else None


def in_process(module: ModuleType, source: str, format: str) -> bytes:
    with DRAWING:
        graph = module.AGraph(string=source)
        if format == "png":
            graph.graph_attr["dpi"] = DOTS_PER_INCH
        picture: bytes = graph.draw(format=format, prog="dot")
        graph.close()
    return picture
