"""What the command line saves: a picture, an interactive page, an exercise."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from autodiff.calculus import gradient
from autodiff.command.report import letters
from autodiff.graph import topological_order
from autodiff.languages import say
from autodiff.pictures.names import clean
from autodiff.value import Value

__all__ = ["name_nodes", "save_page", "save_picture", "save_sheet", "saved"]


def name_nodes(output: Value) -> None:
    """Give the nodes the letters that were printed."""
    for node, name in letters(output).items():
        node.named(name)


def saved(path: Path, save: Callable[[Path], object]) -> bool:
    """Save a file and say so, or say why it was not."""
    try:
        save(path)
    except (OSError, RuntimeError, ValueError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or error
        print(f"error: {clean(str(path))} was not saved: {reason}", file=sys.stderr)
        return False
    print("\n" + say("saved {path}", path=clean(str(path))))
    return True


def save_picture(output: Value, path: Path) -> None:
    """Save the picture with the derivatives that were printed."""
    from autodiff.pictures.draw import draw
    from autodiff.pictures.render import save

    nodes = topological_order(output)
    grads = dict(zip(nodes, gradient(output, nodes), strict=True))
    save(draw(output, grads=grads), path)


def save_page(output: Value, title: str, path: Path) -> None:
    """Save the interactive page."""
    from autodiff.show.page.explorer import explore

    explore(output, title=title).save_html(path)


def save_sheet(output: Value, title: str, path: Path) -> None:
    """Save the reverse sweep as an exercise: as a page that checks answers, or as a sheet on paper."""
    from autodiff.show.practice.exercise import exercise
    from autodiff.show.practice.sheets import sheets

    if path.suffix.lower() == ".pdf":
        sheets(output, title=title).save_pdf(path)
    else:
        exercise(output, title=title).save_html(path)
