"""Pages as files: what stands in them, and how large they get."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import autodiff
from autodiff import Value, explore
from autodiff.pictures import render
from autodiff.show.page.standalone import bundled, framed

BOTH = "data-md-color-scheme=slate data-jp-theme-light=true"  # mkdocs and what shows a notebook in it
needs_graphviz = pytest.mark.skipif(not any(render.renderers()), reason="needs Graphviz")


@needs_graphviz
def test_a_page_of_many_operands_is_small(tmp_path: Path) -> None:
    xs = [Value(i / 100, name=f"x{i}") for i in range(200)]
    page = explore(autodiff.logsumexp(xs)).save_html(tmp_path / "page.html")

    assert page.stat().st_size < 182_000


@needs_graphviz
def test_a_page_grows_with_the_graph_and_not_with_what_one_operation_takes(tmp_path: Path) -> None:
    sizes = []
    for count in (100, 200):
        xs = [Value(i / 100, name=f"x{i}") for i in range(count)]
        page = (
            explore(autodiff.logsumexp(xs)).save_html(tmp_path / f"{count}.html").read_text(encoding="utf-8")
        )
        sizes.append(len(page.split('id="graph"')[1]))

    assert sizes[1] - sizes[0] < 20_000


@needs_graphviz
def test_the_static_picture_is_given_to_those_who_ask_for_it() -> None:
    page = explore(Value(2, name="x") ** 2)

    assert page._repr_mimebundle_() == {}
    assert page._repr_mimebundle_(include=["image/png"], exclude=["image/png"]) == {}
    [(kind, png)] = page._repr_mimebundle_(include=["image/png", "text/plain"]).items()
    assert kind == "image/png"
    assert png in page._repr_html_()


@pytest.mark.browser
def test_a_page_is_dark_where_the_notebook_is(browser: Any) -> None:
    marks = {
        "light": ["data-jp-theme-light=true", "class=vscode-light", "data-theme=light", "class=light", ""],
        "dark": ["data-jp-theme-light=false", "class=vscode-dark", "data-theme=dark", "class=dark", BOTH],
    }
    context = browser.new_context(color_scheme="null")
    page = context.new_page()
    frame = framed('<meta name="color-scheme" content="light dark">', "", 100)

    for scheme, attributes in marks.items():
        for attribute in attributes:
            inside = (
                frame if attribute else f"<gradio-app>{frame}</gradio-app>"
            )  # its light pages have no mark
            page.set_content(f"<body {attribute}>{inside}</body>")
            inner = page.query_selector("iframe").content_frame()
            dark = inner.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
            assert dark == (scheme == "dark"), attribute
            chosen = page.eval_on_selector("iframe", "frame => getComputedStyle(frame).colorScheme")
            assert chosen == scheme, attribute  # whatever the system's is
            assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    context.close()


@pytest.mark.parametrize("name", ["main", "practice"])
def test_a_script_holds_no_comments_of_its_sources(name: str) -> None:
    lines = [line.strip() for line in bundled(name, {"rules": "const none = 0;"}).splitlines()]

    assert lines
    assert [line for line in lines if line.startswith(("//", "/*", "import ", "export "))] == []
