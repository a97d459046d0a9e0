"""DOT to SVG, PNG and PDF: by the program ``dot`` where it is, else by what pip has installed.

The library brings ``graphviz-pure``, one program of 13 MB that runs on Linux (glibc and musl), macOS and Windows.
It makes SVG, PNG and JPEG, and measures Helvetica, as browsers do. The extra ``draw`` brings pygraphviz, which makes
PDF and the other formats; it needs 108 MB, and there is none for musl nor for Windows on ARM.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from types import ModuleType
from typing import Protocol, TypeAlias

import graphviz

from autodiff.files import write_file

__all__ = [
    "DOTS_PER_INCH",
    "SUFFIXES",
    "RendererMissing",
    "Task",
    "add_renderer",
    "rendered",
    "save",
    "to_pdf",
    "to_png",
    "to_svg",
    "unflattened",
]

SUFFIXES = (".svg", ".png", ".pdf", ".dot")
PROGRAM = "install the program dot of Graphviz (apt install graphviz, brew install graphviz, winget install graphviz)"
DOTS_PER_INCH = 144.0  # of a PNG: sharp on today's screens
BEGINNINGS = {"svg": b"<svg", "png": b"PNG", "pdf": b"%PDF"}  # of pictures, more or less
DRAWING = threading.Lock()  # Graphviz inside a process serves one thread at a time


class RendererMissing(graphviz.ExecutableNotFound):  # type: ignore[misc]
    """Nothing that is installed makes this picture; the message says what was tried, and what would."""

    def __init__(self, message: str) -> None:
        RuntimeError.__init__(self, message)


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
    return rendered(Task(digraph.source, "svg")).decode()


def to_png(
    digraph: Drawing, dots_per_inch: float = DOTS_PER_INCH, *, most_inches: float | None = None
) -> bytes:
    """Render a picture as PNG, a larger one as small as ``most_inches`` a side; see :func:`to_svg`."""
    return rendered(Task(digraph.source, "png", dots_per_inch=dots_per_inch, most_inches=most_inches))


def to_pdf(digraph: Drawing) -> bytes:
    """Render a picture as PDF, which needs the program ``dot`` or the extra ``draw``; see :func:`to_svg`."""
    return rendered(Task(digraph.source, "pdf"))


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
    dots = DOTS_PER_INCH if suffix == ".png" else None
    task = Task(digraph.source, suffix[1:], dots_per_inch=dots)
    write_file(path, digraph.source if suffix == ".dot" else rendered(task))
    return path


@dataclass(frozen=True)
class Task:
    """What is to be rendered.

    Attributes:
        source: The picture in DOT.
        format: Of the result, such as "svg" or "png:cairo".
        engine: The layout: "dot", "neato", ...
        dots_per_inch: Of a picture in pixels; None for what the source or Graphviz says.
        most_inches: Of either side of the picture, which is made smaller where it would be larger.
        no_op: 1 or 2 for a source that has positions already, as Graphviz's option ``-n``.
        folder: Where the images are that the source names.
    """

    source: str
    format: str
    engine: str = "dot"
    dots_per_inch: float | None = None
    most_inches: float | None = None
    no_op: int = 0
    folder: str | None = None


Renderer: TypeAlias = Callable[[Task], bytes]


def rendered(task: Task) -> bytes:
    """Render with the first that can: ``dot`` before others, as it is what users may have configured.

    Raises:
        RendererMissing: None can.
    """
    failures = []
    for render in renderers():
        try:
            return render(task)
        except (OSError, RuntimeError) as error:
            failures.append(str(error))
    tried = "; ".join(failures) or "no Graphviz is installed"
    raise RendererMissing(
        f"there is no picture as {task.format}: {tried}. To get one, {what_brings(task.format)}"
    )


def what_brings(format: str) -> str:
    """What to do to get pictures in a format; there are no programs in a browser."""
    if sys.platform == "emscripten":
        return "give a Graphviz in JavaScript to autodiff.pictures.render.add_renderer"
    package = "graphviz-pure" if format in ("svg", "png") else '"scalar-autodiff[draw]"'
    return f"{PROGRAM} or run: pip install {package}"


def renderers() -> Iterator[Renderer]:
    """What there is to render with, in the order in which it is asked."""
    for program in (shutil.which("dot"), pure()):
        if program is not None:
            yield partial(by_program, program)
    if (module := pygraphviz()) is not None:
        yield partial(in_process, module)
    yield from OTHERS


OTHERS: list[Renderer] = []


def add_renderer(render: Renderer) -> None:
    """Let a function render where nothing else does, such as a Graphviz in JavaScript in a browser.

    Args:
        render: Takes a :class:`Task` and returns the picture, as bytes; a RuntimeError says that it cannot.
    """
    OTHERS.append(render)


def attributes_of(task: Task) -> dict[str, str]:
    """What a task says of the whole picture, in Graphviz's words."""
    numbers = {"dpi": task.dots_per_inch, "size": task.most_inches}
    return {name: f"{number:g}" for name, number in numbers.items() if number is not None}


def by_program(program: str, task: Task) -> bytes:
    command = [program, f"-K{task.engine}", f"-T{task.format}"]
    command += [f"-n{task.no_op}"] if task.no_op else []
    command += [f"-G{name}={number}" for name, number in attributes_of(task).items()]
    run = subprocess.run(
        command,
        input=task.source.encode(),
        capture_output=True,
        check=False,
        cwd=task.folder,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # Windows would open one for a moment
    )
    if run.returncode:
        words = run.stderr.decode(errors="replace").strip()
        raise RuntimeError(f"{program} failed with code {run.returncode}: {words}")
    beginning = BEGINNINGS.get(task.format, b"")
    if not run.stdout or beginning not in run.stdout:  # another program of this name
        raise RuntimeError(f"{program} made no picture as {task.format}")
    return run.stdout


def pure() -> str | None:
    """Find the program of the package ``graphviz-pure``, whether its folder is on the path or not."""
    try:
        programs = [
            Path(file.locate()).resolve()
            for file in files("graphviz-pure") or ()
            if file.stem == "graphviz-pure"
        ]
    except PackageNotFoundError:
        return None
    return next(filter(None, map(shutil.which, map(str, programs))), None)


def pygraphviz() -> ModuleType | None:
    """Import pygraphviz if it is one that carries Graphviz: older ones would look for the program."""
    try:
        import pygraphviz
    except ImportError:
        return None
    module: ModuleType = pygraphviz
    return module if int(module.__version__.partition(".")[0]) >= 2 else None


def in_process(module: ModuleType, task: Task) -> bytes:
    with DRAWING:
        try:
            graph = module.AGraph(string=task.source)
            graph.graph_attr.update(attributes_of(task))
            engine = f"nop{task.no_op}" if task.no_op else task.engine
            picture: bytes = graph.draw(format=task.format, prog=engine)
        except (TypeError, ValueError) as error:  # Graphviz itself has printed why
            raise RuntimeError(f"pygraphviz failed: {error}") from error
        graph.close()
    return picture


def unflattened(
    source: str,
    *,
    stagger: int | None = None,
    fanout: bool = False,
    chain: int | None = None,
    encoding: str = "utf-8",
) -> str:
    """Run a source through Graphviz's program ``unflatten``, as ``graphviz.unflatten`` does; pygraphviz has it too.

    Raises:
        RendererMissing: It is nowhere.
    """
    if fanout and stagger is None:
        raise graphviz.RequiredArgumentError("fanout given without stagger")
    module = pygraphviz()
    bundled = os.path.join(os.path.dirname(module.__file__ or ""), "bin") if module else ""
    program = shutil.which("unflatten") or shutil.which("unflatten", path=bundled)
    if program is None:
        raise RendererMissing(
            f'unflatten needs Graphviz: {PROGRAM} or run: pip install "scalar-autodiff[draw]"'
        )
    options = [("-l", stagger), ("-f", "" if fanout else None), ("-c", chain)]
    command = [program, *(f"{flag}{value}" for flag, value in options if value is not None)]
    run = subprocess.run(command, input=source, encoding=encoding, capture_output=True, check=True)
    return run.stdout
