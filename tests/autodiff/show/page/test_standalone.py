"""Pages as files: what stands in them, and how large they get."""

from __future__ import annotations

from pathlib import Path

import pytest

import autodiff
from autodiff import Value, explore
from autodiff.pictures import render
from autodiff.show.page.standalone import bundled

needs_graphviz = pytest.mark.skipif(not any(render.renderers()), reason="needs Graphviz")


@needs_graphviz
def test_a_page_of_many_operands_is_small(tmp_path: Path) -> None:
    xs = [Value(i / 100, name=f"x{i}") for i in range(200)]
    page = explore(autodiff.logsumexp(xs)).save_html(tmp_path / "page.html")

    assert page.stat().st_size < 150_000


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


@pytest.mark.parametrize("name", ["main", "practice"])
def test_a_script_holds_no_comments_of_its_sources(name: str) -> None:
    lines = [line.strip() for line in bundled(name, {"rules": "const none = 0;"}).splitlines()]

    assert lines
    assert [line for line in lines if line.startswith(("//", "/*", "import ", "export "))] == []
