"""What notebooks and other front ends are given to show of a picture, a Value and a list of them."""

from __future__ import annotations

import base64
import re
import struct
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import graphviz
import pytest

import autodiff
import nn
from autodiff import Value, draw
from autodiff.pictures import digraph, render
from autodiff.pictures.canvas import BORDERS
from autodiff.pictures.draw import display
from autodiff.pictures.render import RendererMissing, Task

SVG, PNG = "image/svg+xml", "image/png"
needs_graphviz = pytest.mark.skipif(not any(render.renderers()), reason="needs Graphviz")


@pytest.fixture
def f() -> Value:
    x, y = Value(2, name="x"), Value(3, name="y")
    return x**2 + x * y + (x + y) ** 2


@pytest.fixture
def no_renderer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "renderers", lambda: iter(()))


@pytest.fixture
def jupyter_format() -> Iterator[None]:
    yield
    graphviz.set_jupyter_format("svg")


def shell(monkeypatch: pytest.MonkeyPatch, *active: str) -> dict[type, Any]:
    """Stand in for IPython that shows some types; return what is registered with it."""
    registered: dict[type, Any] = {}
    formatter = types.SimpleNamespace(for_type=registered.__setitem__)
    display_formatter = types.SimpleNamespace(active_types=list(active), mimebundle_formatter=formatter)
    IPython = types.ModuleType("IPython")
    IPython.get_ipython = lambda: types.SimpleNamespace(display_formatter=display_formatter)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", IPython)
    return registered


@needs_graphviz
@pytest.mark.parametrize(
    ("name", "start"), [("f.png", b"\x89PNG"), ("f.SVG", b"<?xml"), ("f.gv", b"digraph")]
)
def test_a_file_is_what_its_name_says(f: Value, tmp_path: Path, name: str, start: bytes) -> None:
    path = draw(f).save(name, tmp_path)

    assert Path(path).read_bytes().startswith(start)


@needs_graphviz
def test_render_finds_the_source_under_any_name(f: Value, tmp_path: Path) -> None:
    assert Path(draw(f).render("f.svg", directory=tmp_path, format="png")).read_bytes().startswith(b"\x89PNG")


@needs_graphviz
def test_a_notebook_gets_svg_png_and_text(f: Value) -> None:
    shown = draw(f)._repr_mimebundle_()

    assert list(shown) == [SVG, PNG, "text/plain"]
    assert shown[SVG].count('class="node"') == 8
    assert base64.b64decode(shown[PNG]).startswith(b"\x89PNG")
    assert shown["text/plain"].startswith("<Picture:")


@needs_graphviz
def test_what_is_included_and_excluded(f: Value) -> None:
    picture = draw(f)

    assert list(picture._repr_mimebundle_(include=[PNG])) == [PNG]
    assert list(picture._repr_mimebundle_(exclude=[SVG])) == [PNG, "text/plain"]
    assert list(picture._repr_mimebundle_(include=["image/jpeg", PNG], exclude=[PNG])) == ["image/jpeg"]
    assert list(picture._repr_mimebundle_(include=["text/plain"])) == ["text/plain"]
    assert picture._repr_mimebundle_(include=["text/html"]) == {}
    assert list(autodiff.picture(f, exclude=[PNG])) == [SVG, "text/plain"]
    assert list(autodiff.picture(f, include=["text/plain"])) == ["text/plain"]


def test_nothing_is_drawn_that_is_not_wanted(f: Value, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Task] = []
    monkeypatch.setattr(digraph, "to_svg", lambda picture: asked.append(picture))

    draw(f)._repr_mimebundle_(include=["text/plain"])
    autodiff.picture(f, include=["text/plain"])
    shell(monkeypatch, "text/plain")  # a terminal
    picture = draw(f)

    assert picture._repr_mimebundle_() == {"text/plain": repr(picture)}
    assert picture._repr_svg_() is None
    assert autodiff.picture(f) == {"text/plain": repr(f)}
    assert asked == []


@needs_graphviz
def test_no_form_is_drawn_twice(f: Value, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def counted(task: Task) -> bytes:
        asked.append(task.format)
        return render_as_ever(task)

    render_as_ever = render.rendered
    monkeypatch.setattr(render, "rendered", counted)

    draw(f)._repr_mimebundle_()
    autodiff.picture(f)
    autodiff.picture(f, include=[PNG])

    assert asked == ["svg", "png", "svg", "png", "png"]


@needs_graphviz
@pytest.mark.usefixtures("jupyter_format")
def test_the_svg_is_left_out_on_request(f: Value) -> None:
    assert draw(f)._repr_svg_()

    graphviz.set_jupyter_format("png")

    assert list(draw(f)._repr_mimebundle_()) == [PNG, "text/plain"]
    assert list(autodiff.picture(f)) == [PNG, "text/plain"]
    assert draw(f)._repr_svg_() is None


@needs_graphviz
def test_what_cannot_be_made_is_left_out(f: Value, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object) -> str:
        raise RendererMissing("no PNG here")

    monkeypatch.setitem(digraph.CONTENTS, PNG, missing)

    assert list(draw(f)._repr_mimebundle_()) == [SVG, "text/plain"]
    assert list(autodiff.picture(f)) == [SVG, "text/plain"]


@pytest.mark.usefixtures("no_renderer")
def test_without_a_renderer_it_is_text_and_a_hint(f: Value) -> None:
    picture = draw(f)

    shown = picture._repr_mimebundle_()

    assert list(shown) == ["text/plain"]
    assert shown["text/plain"].startswith(picture.source)
    assert shown["text/plain"].endswith("or run: pip install graphviz-pure")
    assert picture._repr_svg_() is None
    value, hint = display(f)["text/plain"].splitlines()
    assert value == repr(f)
    assert hint.startswith("there is no picture as svg: no Graphviz is installed. To get one, install")


@pytest.mark.usefixtures("no_renderer")
def test_in_a_browser_the_hint_names_no_program(f: Value, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "emscripten")

    hint = display(f)["text/plain"].splitlines()[1]

    assert hint.endswith("give a Graphviz in JavaScript to autodiff.pictures.render.add_renderer")


@needs_graphviz
def test_value_displays_itself(f: Value) -> None:
    bundle: Any = f._repr_mimebundle_()  # type: ignore[attr-defined]

    assert bundle[SVG].count('class="node"') == 8
    assert bundle["text/plain"] == repr(f)
    assert SVG in f.parents[0]._repr_mimebundle_()  # type: ignore[attr-defined]
    assert Value(2)._repr_mimebundle_() == {"text/plain": "Value(data=2.0, grad=0.0)"}  # type: ignore[attr-defined]
    assert Value(2)._repr_mimebundle_(include=[PNG]) == {}  # type: ignore[attr-defined]


@needs_graphviz
def test_a_list_of_values_shows_one_picture(f: Value, monkeypatch: pytest.MonkeyPatch) -> None:
    registered = shell(monkeypatch, SVG, PNG, "text/plain")
    autodiff.pictures_of_lists()
    x = Value(2, name="x")

    leaf, *_ = (node for node in autodiff.leaves(f))
    shown = [x, leaf, f, x * x]

    bundle = registered[list](shown)

    assert bundle[SVG].count('class="node"') == 10  # x of its own, and that below x * x, are one
    assert bundle[SVG].count(BORDERS["output"].lower()) == 2  # neither leaf is drawn as an output
    assert bundle["text/plain"] == repr(shown)
    for other in ([], [1, 2], [x, 1], [x, x], (x,)):
        assert registered[type(other)](other) is None


@needs_graphviz
def test_marimo_gets_one_form(f: Value) -> None:
    shown: Any
    for shown in (f, draw(f)):
        kind, svg = shown._mime_()
        assert kind == SVG
        assert svg.count('class="node"') == 8
    assert Value(2)._mime_() == ("text/plain", "Value(data=2.0, grad=0.0)")  # type: ignore[attr-defined]


@needs_graphviz
def test_the_png_of_a_long_chain_is_not_huge() -> None:
    v = w = Value(0.5, name="w")
    for _ in range(60):
        v = v.tanh()

    png = base64.b64decode(draw(v + w, rankdir="LR")._repr_mimebundle_(include=[PNG])[PNG])

    width, height = struct.unpack(">II", png[16:24])
    assert 3900 < max(width, height) <= 4100


@needs_graphviz
def test_a_very_broad_picture_is_scrolled_rather_than_too_small_to_be_read(f: Value) -> None:
    model = nn.MLP(2, [4, 1], activation="tanh", seed=1)
    output = model([Value(1, name="x1"), Value(0, name="x2")])

    for bundle, about in (draw(output)._repr_mimebundle_(), autodiff.picture(output)):
        box = [float(number) for number in bundle[SVG].split('viewBox="')[1].split('"')[0].split()]
        sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)"', bundle[SVG])]
        width = float(digraph.SIZE.search(bundle[SVG])[1])  # type: ignore[index]

        assert width > digraph.COLUMN
        assert min(sizes) * width / box[2] * 4 / 3 >= 9.99  # pixels
        assert about == {SVG: {"unconfined": True}, PNG: {"unconfined": True, "width": round(width * 4 / 3)}}
    assert draw(output)._repr_mimebundle_(exclude=[PNG])[1].keys() == {SVG}
    assert isinstance(draw(f)._repr_mimebundle_(), dict)


@needs_graphviz
def test_a_broad_picture_is_narrowed(f: Value) -> None:
    narrow, broad = (draw(f, rankdir=way)._repr_svg_() or "" for way in ("BT", "LR"))

    for svg in (narrow, broad):
        width, height = map(float, digraph.SIZE.search(svg).groups())  # type: ignore[union-attr]
        assert width <= 640
        box = [float(number) for number in svg.split('viewBox="')[1].split('"')[0].split()]
        assert abs(width / height - box[2] / box[3]) < 0.01
