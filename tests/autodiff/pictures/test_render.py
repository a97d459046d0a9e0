"""Rendering with `dot`, with graphviz-pure, with pygraphviz, and with none of them."""

from __future__ import annotations

import shutil
from pathlib import Path

import graphviz
import pytest

from autodiff import Value, draw
from autodiff.pictures import render
from autodiff.pictures.digraph import Picture
from autodiff.pictures.render import RendererMissing, save, to_pdf, to_png, to_svg

HAS = {"dot": shutil.which("dot"), "pure": render.pure(), "pygraphviz": render.pygraphviz()}
DOT = pytest.param(
    "dot", marks=[pytest.mark.dot, pytest.mark.skipif(not HAS["dot"], reason="needs the program dot")]
)
PURE = pytest.param("pure", marks=pytest.mark.skipif(not HAS["pure"], reason="needs graphviz-pure"))
PYGRAPHVIZ = pytest.param(
    "pygraphviz",
    marks=[
        pytest.mark.renderer,
        pytest.mark.skipif(not HAS["pygraphviz"], reason="needs pygraphviz (extra draw)"),
    ],
)
RENDERERS = [DOT, PURE, PYGRAPHVIZ]
STARTS = {".svg": b"<?xml", ".png": b"\x89PNG\r\n", ".pdf": b"%PDF-", ".dot": b"digraph {"}


@pytest.fixture
def small() -> Picture:
    picture = Picture()
    picture.edge("n0", "n1", label="2x²·∂")
    return picture


@pytest.fixture
def only(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Leave one renderer."""
    name: str = request.param
    leave(name, monkeypatch)
    return name


def leave(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if name != "dot":
        which = shutil.which
        monkeypatch.setattr(shutil, "which", lambda program, **rest: which(program, **{"path": "", **rest}))
        assert shutil.which("dot") is None
    for module in {"pure", "pygraphviz"} - {name}:
        monkeypatch.setattr(render, module, lambda: None)


@pytest.mark.parametrize("only", RENDERERS, indirect=True)
@pytest.mark.parametrize("suffix", render.SUFFIXES)
def test_saves_by_suffix(only: str, suffix: str, small: Picture, tmp_path: Path) -> None:
    path = tmp_path / f"picture{suffix.upper()}"
    if (only, suffix) == ("pure", ".pdf"):
        with pytest.raises(RendererMissing, match=r"no picture as pdf.*scalar-autodiff\[draw\]"):
            save(small, path)
    else:
        assert save(small, path).read_bytes().startswith(STARTS[suffix]), only


@pytest.mark.parametrize("only", RENDERERS, indirect=True)
def test_returns_text_and_bytes(only: str, small: Picture) -> None:
    assert "2x²·∂" in to_svg(small), only
    assert to_png(small).startswith(STARTS[".png"])
    assert len(to_png(small, 72)) < len(to_png(small))


@pytest.mark.parametrize("only", [DOT, PYGRAPHVIZ], indirect=True)
def test_makes_pdf(only: str, small: Picture) -> None:
    assert to_pdf(small).startswith(STARTS[".pdf"])


@pytest.mark.parametrize("only", RENDERERS, indirect=True)
@pytest.mark.parametrize("style", ["sheet", "boxes"])
def test_all_text_is_there(only: str, style: str) -> None:
    """Markup, escapes and letters of other scripts in a name stay text."""
    hostile = ["x>]; evil->n0; n1 [label=<y", '"&<b>\\N ∂σ 日本 é', "</script>"]
    a, b, c = (Value(number, name=name) for number, name in enumerate(hostile, start=1))

    svg = to_svg(draw(a * b + c, style=style))  # type: ignore[arg-type]

    for name in hostile:
        escaped = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
        assert escaped in svg.replace("&#160;", " ").replace("&#45;", "-"), only
    assert svg.count('class="node"') == 5


# ---------------------------------------------------------------- the members of graphviz.Digraph


@pytest.mark.parametrize("only", RENDERERS, indirect=True)
def test_pipes(only: str, small: Picture) -> None:
    assert small.pipe("svg").startswith(STARTS[".svg"]), only
    assert "2x²·∂" in small.pipe("svg", encoding="utf-8")
    assert small.pipe(format="plain", engine="neato").startswith(b"graph ")
    assert small._repr_image_png().startswith(STARTS[".png"])
    assert small._repr_image_jpeg().startswith(b"\xff\xd8\xff")
    small.format, small.engine = "png", "circo"
    assert small.pipe().startswith(STARTS[".png"])


@pytest.mark.parametrize("only", RENDERERS, indirect=True)
def test_renders_into_files(only: str, small: Picture, tmp_path: Path) -> None:
    assert small.render(tmp_path / "a", format="png") == str(tmp_path / "a.png"), only
    assert small.render(outfile=tmp_path / "b.svg", cleanup=True) == str(tmp_path / "b.svg")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "a.png", "b.svg"]
    with pytest.raises(graphviz.FileExistsError):
        small.render(outfile=tmp_path / "b.svg", raise_if_result_exists=True)


@pytest.mark.parametrize("only", RENDERERS, indirect=True)
def test_views(only: str, small: Picture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(Picture, "_view", lambda self, path, **options: opened.append(path))
    small.format = "svg"

    small.view(tmp_path / "a")

    assert opened == [str(tmp_path / "a.svg")], only


@pytest.mark.parametrize("only", [DOT, PYGRAPHVIZ], indirect=True)
def test_a_renderer_is_chosen(only: str, small: Picture, tmp_path: Path) -> None:
    assert small.pipe("png", renderer="cairo").startswith(STARTS[".png"]), only
    assert small.render(tmp_path / "a", format="png", renderer="cairo", formatter="cairo").endswith(
        "a.cairo.cairo.png"
    )


@pytest.mark.parametrize("only", [DOT, PYGRAPHVIZ], indirect=True)
def test_unflattens(only: str, small: Picture) -> None:
    for leaf in "abc":
        small.edge(leaf, "n1")

    spread = small.unflatten(stagger=2)

    assert "minlen=2" in spread.source, only
    assert spread.pipe("svg").startswith(STARTS[".svg"])
    assert "image/svg+xml" in spread._repr_mimebundle_()


# ---------------------------------------------------------------- what is missing or broken


def test_without_a_renderer_the_error_names_all_ways(
    small: Picture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave("none", monkeypatch)
    picture = tmp_path / "picture.svg"
    picture.write_text("earlier")

    with pytest.raises(RendererMissing, match=r"apt install graphviz.*pip install graphviz-pure$"):
        save(small, picture)
    with pytest.raises(graphviz.ExecutableNotFound, match=r"as gif.*scalar-autodiff\[draw\]"):
        small.pipe("gif")
    with pytest.raises(graphviz.ExecutableNotFound, match=r"unflatten needs Graphviz.*\[draw\]"):
        small.unflatten()

    assert picture.read_text() == "earlier"
    assert save(small, tmp_path / "picture.dot").read_text() == small.source


@pytest.mark.parametrize("name", ["picture.gif", "picture", ".svg"])
def test_refuses_other_suffixes(name: str, small: Picture, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"must end in \.svg, \.png, \.pdf, \.dot"):
        save(small, tmp_path / name)

    assert list(tmp_path.iterdir()) == []


FAILING = "echo no plugin >&2; exit 3"


def broken_program(folder: Path, answer: str = FAILING) -> str:
    program = folder / "dot"
    program.write_text(f"#!/bin/sh\n{answer}\n")
    program.chmod(0o755)
    return str(program)


@pytest.mark.skipif(shutil.which("sh") is None, reason="needs a shell")
def test_a_broken_dot_is_reported(small: Picture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = broken_program(tmp_path)
    leave("none", monkeypatch)
    monkeypatch.setattr(shutil, "which", lambda name: program)

    with pytest.raises(RendererMissing, match=r"failed with code 3: no plugin"):
        to_svg(small)

    shown = small._repr_mimebundle_()
    assert list(shown) == ["text/plain"]
    assert "failed with code 3: no plugin. To get one, install" in shown["text/plain"]


@pytest.mark.skipif(shutil.which("sh") is None, reason="needs a shell")
@pytest.mark.parametrize("answer", ["exit 0", "echo usage: dot FILE"])
def test_another_program_named_dot_is_no_renderer(
    answer: str, small: Picture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = broken_program(tmp_path, answer)
    leave("none", monkeypatch)
    monkeypatch.setattr(shutil, "which", lambda name: program)

    for kind in ("svg", "png", "pdf"):
        with pytest.raises(RendererMissing, match=f"made no picture as {kind}. To get one, install"):
            small.pipe(kind)
    assert list(small._repr_mimebundle_()) == ["text/plain"]


def test_svg_that_was_not_made_by_graphviz_is_shown_as_it_is(
    small: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"/>'
    monkeypatch.setattr(render, "renderers", lambda: iter([lambda task: svg.encode()]))

    assert small._repr_mimebundle_(include=["image/svg+xml"]) == {"image/svg+xml": svg}


@pytest.mark.skipif(not (HAS["pure"] or HAS["pygraphviz"]), reason="needs graphviz-pure or pygraphviz")
@pytest.mark.skipif(shutil.which("sh") is None, reason="needs a shell")
@pytest.mark.parametrize("answer", [FAILING, "exit 0"])
def test_a_broken_dot_is_replaced(
    answer: str, small: Picture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken_program(tmp_path, answer)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert "<svg" in to_svg(small)


def test_what_is_no_dot_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = Picture(body=["n0 -> -> n1"])

    with pytest.raises(RendererMissing, match="no picture as png"):
        to_png(picture)
