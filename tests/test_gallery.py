"""The gallery: every graph builds its page, and what is committed is what the builder makes."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from autodiff import Value, explain, topological_order
from docs.gallery import build
from docs.gallery.graphs import GALLERY, Exhibit
from tests.autodiff.show.explored import HAS_GRAPHVIZ

FOLDER = Path(__file__).parents[1] / "docs" / "gallery"
BUILD_ANEW = "build it anew: python docs/gallery/build.py"

each_exhibit = pytest.mark.parametrize("exhibit", GALLERY, ids=lambda exhibit: exhibit.name)
needs_graphviz = pytest.mark.skipif(not HAS_GRAPHVIZ, reason="needs Graphviz")


class Links(HTMLParser):
    """What a page links to and which pictures it shows."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("href", "src") and value]


def but_for_the_layout(page: str) -> str:
    """A page without its coordinates, in which one version of Graphviz differs from the next."""
    return re.sub(
        r'(?<= )(viewBox|d|points|x|y|width|transform)="[^"]*"|<text x="\d+" y="\d+"></text>', "", page
    )


@each_exhibit
@needs_graphviz
def test_the_committed_page_is_what_the_builder_makes(exhibit: Exhibit) -> None:
    committed = (FOLDER / f"{exhibit.name}.html").read_text(encoding="utf-8")

    assert but_for_the_layout(committed) == but_for_the_layout(exhibit.page().html), BUILD_ANEW


@needs_graphviz
def test_a_page_that_differs_in_a_number_is_noticed() -> None:
    page = GALLERY[0].page().html
    graph = json.loads(page.split('id="graph">')[1].split("</script>")[0])
    changed = page.replace('"value":2.0', '"value":2.5')

    assert [node["name"] for node in graph["nodes"] if "rule" not in node] == ["x", "y"]
    assert but_for_the_layout(changed) != but_for_the_layout(page)


@each_exhibit
@needs_graphviz
def test_the_chosen_node_is_one_of_the_graph(exhibit: Exhibit) -> None:
    assert exhibit.chosen in {node.name for node in topological_order(exhibit.page().output)}


@each_exhibit
def test_files_are_small(exhibit: Exhibit) -> None:
    sizes = {end: (FOLDER / f"{exhibit.name}.{end}").stat().st_size for end in ("html", "png")}

    assert 1_000 < sizes["html"] < 500_000
    assert 1_000 < sizes["png"] < 150_000


def test_the_index_is_what_the_builder_makes_and_all_its_links_lead_somewhere() -> None:
    index = (FOLDER / "index.html").read_text(encoding="utf-8")
    links = Links(index).found

    assert index == build.index(), BUILD_ANEW
    assert len(links) == 2 * len(GALLERY)
    assert [link for link in links if not (FOLDER / link).exists()] == []


def test_every_file_belongs_to_the_gallery() -> None:
    names = {f"{exhibit.name}.{end}" for exhibit in GALLERY for end in ("html", "png")}

    assert {path.name for path in FOLDER.glob("*.*")} == names | {"index.html", "build.py", "graphs.py"}


def test_the_texts_promise_no_more_colours_than_paths_have() -> None:
    x, y = Value(2, name="x"), Value(3, name="y")
    paths = explain(x**2 + x * y + (x + y) ** 2, x).terms
    colours = {term.look["color"] for term in paths}
    texts = [
        (FOLDER.parents[1] / name).read_text(encoding="utf-8") for name in ("README.md", "docs/guide.md")
    ]

    assert len({tuple(term.look.values()) for term in paths}) == len(paths)  # a line of its own for each
    assert len(colours) == len(paths) or not any(
        words in text for text in texts for words in ("in three colours", "its own colour")
    )
