"""Rendering with `dot`, with pygraphviz, and with neither."""

from __future__ import annotations

import shutil
from pathlib import Path

import graphviz
import pytest

from autodiff.pictures import render
from autodiff.pictures.render import RendererMissing, save, to_pdf, to_png, to_svg

HAS_DOT = shutil.which("dot") is not None
HAS_MODULE = render.pygraphviz() is not None
RENDERERS = [
    pytest.param(
        "dot", marks=[pytest.mark.dot, pytest.mark.skipif(not HAS_DOT, reason="needs the program dot")]
    ),
    pytest.param(
        "pygraphviz",
        marks=[
            pytest.mark.renderer,
            pytest.mark.skipif(not HAS_MODULE, reason="needs pygraphviz (extra draw)"),
        ],
    ),
]
STARTS = {".svg": b"<?xml", ".png": b"\x89PNG\r\n", ".pdf": b"%PDF-", ".dot": b"digraph {"}


@pytest.fixture
def small() -> graphviz.Digraph:
    digraph = graphviz.Digraph()
    digraph.edge("n0", "n1", label="2x²·∂")
    return digraph


@pytest.fixture
def only(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Leave one renderer."""
    name: str = request.param
    leave(name, monkeypatch)
    return name


def leave(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if name != "dot":
        monkeypatch.setenv("PATH", "")
        assert shutil.which("dot") is None
    if name != "pygraphviz":
        monkeypatch.setattr(render, "pygraphviz", lambda: None)


@pytest.mark.parametrize("only", RENDERERS, indirect=True)
@pytest.mark.parametrize("suffix", render.SUFFIXES)
def test_saves_by_suffix(only: str, suffix: str, small: graphviz.Digraph, tmp_path: Path) -> None:
    path = save(small, tmp_path / f"picture{suffix.upper()}")

    assert path.read_bytes().startswith(STARTS[suffix]), only


@pytest.mark.parametrize("only", RENDERERS, indirect=True)
def test_returns_text_and_bytes(only: str, small: graphviz.Digraph) -> None:
    assert "2x²·∂" in to_svg(small), only
    assert to_png(small).startswith(STARTS[".png"])
    assert to_pdf(small).startswith(STARTS[".pdf"])


def test_without_a_renderer_the_error_names_both_ways(
    small: graphviz.Digraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave("none", monkeypatch)
    picture = tmp_path / "picture.svg"
    picture.write_text("earlier")

    with pytest.raises(RendererMissing, match=r'pip install "scalar-autodiff\[draw\]".*apt install graphviz'):
        save(small, picture)

    assert picture.read_text() == "earlier"
    assert save(small, tmp_path / "picture.dot").read_text() == small.source


@pytest.mark.parametrize("name", ["picture.gif", "picture", ".svg"])
def test_refuses_other_suffixes(name: str, small: graphviz.Digraph, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"must end in \.svg, \.png, \.pdf, \.dot"):
        save(small, tmp_path / name)

    assert list(tmp_path.iterdir()) == []


def broken_program(folder: Path) -> str:
    program = folder / "dot"
    program.write_text("#!/bin/sh\necho no plugin >&2\nexit 3\n")
    program.chmod(0o755)
    return str(program)


@pytest.mark.skipif(shutil.which("sh") is None, reason="needs a shell")
def test_a_broken_dot_is_reported(
    small: graphviz.Digraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = broken_program(tmp_path)
    monkeypatch.setattr(shutil, "which", lambda name: program)
    monkeypatch.setattr(render, "pygraphviz", lambda: None)

    with pytest.raises(RuntimeError, match="failed with code 3: no plugin"):
        to_svg(small)


@pytest.mark.renderer
@pytest.mark.skipif(not HAS_MODULE, reason="needs pygraphviz (extra draw)")
def test_a_broken_dot_is_replaced(
    small: graphviz.Digraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = broken_program(tmp_path)
    monkeypatch.setattr(shutil, "which", lambda name: program)

    assert "<svg" in to_svg(small)
