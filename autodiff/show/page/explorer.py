"""Explore: an interactive page for any graph, one file of HTML that needs no network.

>>> from autodiff import Value
>>> x, y = Value(2, name="x"), Value(3, name="y")
>>> page = explore(x**2 + x * y + (x + y) ** 2)  # doctest: +SKIP
>>> page.save_html("example.html")  # or show it in a notebook  # doctest: +SKIP
"""

from __future__ import annotations

import base64
import html
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from autodiff.files import write_file
from autodiff.graph import topological_order
from autodiff.languages import chosen_language, say, spoken
from autodiff.pictures.draw import PATHS, draw, has_more_nodes
from autodiff.pictures.fold import folds_of
from autodiff.pictures.labels import Labels
from autodiff.pictures.names import clean
from autodiff.pictures.render import RendererMissing, to_png
from autodiff.show.derivations.wording import check_node, shown_names
from autodiff.show.mistakes import Mistake, compare
from autodiff.show.page import content
from autodiff.show.page.folding import folds_to_fit
from autodiff.show.page.javascript import rules_module
from autodiff.show.page.layout import ROOMY_CARD, layout
from autodiff.show.page.standalone import Json, bundled, framed, json_script, page
from autodiff.show.page.views import Folds, View, fold_by_fold, views_of
from autodiff.value import Value

__all__ = ["MAX_NODES", "Page", "explore"]

MAX_NODES = 300  # of a picture that is quick and can be read
MOST_FOLDED = 10  # times as many nodes may be in a graph with folds
ADVICE = "explore a smaller part, such as one of its nodes, or fold={name: nodes}, or raise max_nodes"
STATIC = 96  # dots an inch of the picture that stands in for a page
BROADEST = 1.3  # times as wide as high is the frame of a picture in an ordinary window
WINDOW = 700  # height of a window, in units of the picture where it is shown in its own size
HEIGHT = 720  # of the page in a notebook, in pixels


@dataclass(frozen=True, eq=False)
class Page:
    """A page that shows itself in notebooks.

    Attributes:
        html: The page, complete in itself.
        output: The node whose graph it shows.
    """

    html: str
    output: Value

    def save_html(self, path: str | os.PathLike[str]) -> Path:
        """Save the page as one file, which opens with a double click; return its path."""
        path = Path(path)
        write_file(path, self.html)
        return path

    @cached_property
    def png(self) -> str:
        """A static picture for viewers that show no scripts, in base64; "" if there is none."""
        try:
            return base64.b64encode(to_png(draw(self.output, partials="both", grads=False), STATIC)).decode()
        except (RendererMissing, ValueError):
            return ""

    def widget(self) -> Any:
        """The page as a widget, two ways: moving a slider changes the Value, and changing the Value moves the page.

        Raises:
            ImportError: anywidget is not installed.

        >>> x = Value(2, name="x")
        >>> page = explore(x**2).widget()  # doctest: +SKIP
        """
        try:
            from autodiff.show.page.widget import PageWidget
        except ImportError as error:
            advice = 'run: pip install "scalar-autodiff[widget]"'
            raise ImportError(f"widget() needs anywidget, which is not installed: {advice}") from error
        return PageWidget(self.html, self.output, HEIGHT)

    def _repr_html_(self) -> str:
        image = (
            f'<img alt="{say("The graph")}" style="max-width: 100%" src="data:image/png;base64,{self.png}">'
        )
        return framed(self.html, image if self.png else "", HEIGHT)

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
    ) -> dict[str, str]:
        """The static picture alone, for those who ask for it: a page in a file of Markdown is long."""
        asked = {*(include or ())} - {*(exclude or ())}
        return {"image/png": self.png} if "image/png" in asked and self.png else {}

    def __repr__(self) -> str:
        return f"<Page: {len(self.html):,} characters of HTML; save_html(path) writes it>"


def explore(
    output: Value,
    *,
    title: str | None = None,
    fold: Mapping[str, Value | Iterable[Value]] | None = None,
    mistake: str | Mistake | None = None,
    rankdir: Literal["BT", "TB", "LR", "RL"] | None = None,
    max_nodes: int = MAX_NODES,
    language: str | None = None,
) -> Page:
    """Make an interactive page of a graph: step through both sweeps, follow paths, change the inputs.

    The page computes with the rules of the table, from the leaves' present ``data``. No ``grad`` is touched.

    Args:
        output: The node that is differentiated.
        title: The page's title; None for the output as a formula.
        fold: Sets of nodes to show as one card each, by name, as for ``draw``; a click opens a card. None
            folds a graph of more than ``max_nodes`` by itself: neurons with their weights, layers of neurons,
            matrices, operations on all elements of one, or stretches of a long chain.
        mistake: A mistake for the reverse sweep to make, by its name in ``mistakes.MISTAKES``, or one of your
            own; with each change of the inputs the page makes it anew.
        rankdir: Where the edges point: "BT" (upwards), "TB", "LR" or "RL"; None for what fits best.
        max_nodes: How many cards a picture may have at most.
        language: What the page speaks: "en" or "ru"; None for what ``speak`` has chosen, English at first.

    Returns:
        A page with ``html`` and ``save_html(path)``, that shows itself in notebooks.

    Raises:
        TypeError: ``output`` is no Value.
        ValueError: The graph has too many nodes, or an operation or a mistake that cannot run in a page; or there
            is no such mistake, or no such language.
        RendererMissing: There is no Graphviz to lay the graph out.
    """
    check_explored(output, rankdir, max_nodes)
    with spoken(chosen_language(language, "explore")):
        return page_of(output, title, fold, mistake, rankdir, max_nodes)


def page_of(
    output: Value,
    title: str | None,
    fold: Mapping[str, Value | Iterable[Value]] | None,
    mistake: str | Mistake | None,
    rankdir: str | None,
    max_nodes: int,
) -> Page:
    """Make a page in the language that is spoken now."""
    order, names = topological_order(output), shown_names(output)
    labels = Labels(names)
    folds = folds_in(fold, order, names, max_nodes)
    order = fold_by_fold(order, folds) if folds else order
    views = views_of(order, folds)
    check_views(views, max_nodes)
    graph = content.graph_data(order, labels) | content.views_data(views, folds, order) | {"looks": PATHS}
    comparison = None if mistake is None else compare(output, mistake)
    graph["mistake"] = comparison and content.mistake_data(comparison, order)
    pictures = [picture_of(view, output, labels, graph, rankdir) for view in views]
    heading = content.heading(output, labels) if title is None else clean(title)
    parts = {"title": html.escape(heading), "pictures": "\n".join(pictures), "graph": json_script(graph)}
    rules = rules_module(content.calls_of(order), comparison.mistake if comparison else None)
    script = bundled("main", {"rules": rules})
    return Page(page("page.html", ["page.css"], script, parts), output)


def folds_in(
    fold: Mapping[str, Value | Iterable[Value]] | None,
    order: list[Value],
    names: Mapping[Value, str],
    max_nodes: int,
) -> Folds:
    """The folds that each node is in: those given, or what a graph of too many nodes is folded into."""
    if fold is not None:
        return {node: (found,) for node, found in folds_of(fold, order, [order[-1]]).items()}
    return folds_to_fit(order, names, max_nodes) if len(order) > max_nodes else {}


def picture_of(view: View, output: Value, labels: Labels, graph: Json, rankdir: str | None) -> str:
    """Lay a view out and draw it; the page shows the first one and keeps the others until they are opened."""
    titles = content.card_titles(view, labels)
    texts = content.room_for_labels(view, graph)
    places = layout(titles, view.lines, texts, rankdir)
    if places.height > max(places.width, WINDOW):  # which leaves room at its sides
        roomy = layout(titles, view.lines, texts, rankdir, ROOMY_CARD)
        places = roomy if roomy.width < min(BROADEST * roomy.height, 2 * WINDOW) else places
    return content.svg(titles, content.card_kinds(view, output), places)


def check_explored(output: Value, rankdir: object, max_nodes: int) -> None:
    check_node(output, "explore: output")
    if rankdir not in (None, "BT", "TB", "LR", "RL"):
        raise ValueError(f"explore: rankdir must be one of None, 'BT', 'TB', 'LR', 'RL', not {rankdir!r}")
    if has_more_nodes([output], MOST_FOLDED * max_nodes):
        limit = f"{MOST_FOLDED * max_nodes:,} nodes, {MOST_FOLDED} times max_nodes"
        raise ValueError(f"explore: the graph has more than {limit}: {ADVICE}")


def check_views(views: list[View], max_nodes: int) -> None:
    for view in views:
        if len(view.parts) > max_nodes:
            raise ValueError(
                f"explore: the picture {view.name!r} has {len(view.parts):,} nodes, "
                f"more than max_nodes={max_nodes:,}: {ADVICE}"
            )
