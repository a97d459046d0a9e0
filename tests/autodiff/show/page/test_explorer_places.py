"""Where a page is shown: in windows of any size and colour, as a file, in notebooks."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autodiff
from autodiff import Value, atan2, dot, softmax
from autodiff.matrix import matrix
from autodiff.show.page.explorer import Page, explore
from tests.autodiff.show.explored import Tab, running_example

pytestmark = pytest.mark.browser
GALLERY = Path(__file__).resolve().parents[4] / "docs" / "gallery"


# ---------------------------------------------------------------- windows


def overlapping(tab: Tab) -> bool:
    """Whether something is wider than the window."""
    return bool(tab.page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def test_a_narrow_window_holds_everything(tab: Tab) -> None:
    tab.page.set_viewport_size({"width": 360, "height": 740})
    tab.show(running_example())
    tab.card(0).click()

    assert not overlapping(tab)
    assert tab.page.locator("#story").bounding_box()["width"] > 300


def test_the_zoom_buttons_of_a_narrow_window_stand_above_the_picture(tab: Tab) -> None:
    tab.page.set_viewport_size({"width": 360, "height": 740})
    tab.show(running_example())
    buttons, canvas = (tab.page.locator(f"#{name}").bounding_box() for name in ("zoom", "canvas"))

    assert buttons["y"] + buttons["height"] <= canvas["y"]


FORMULAS = """() => [...document.querySelectorAll(".formula")].map((formula) => {
    const frame = formula.getBoundingClientRect();
    const boxes = [...formula.querySelectorAll("math *")].map((part) => part.getBoundingClientRect());
    return formula.scrollHeight > formula.clientHeight
        || boxes.some(({ top, bottom }) => top < frame.top - 0.5 || bottom > frame.bottom + 0.5);
})"""


def test_no_formula_of_any_step_is_clipped_or_scrolls_up_and_down(tab: Tab) -> None:
    x, y = Value(0.7, name="x"), Value(1.3, name="y")
    tab.show(((1 / (1 + x / y)) ** y + atan2(x, y) + (x * y).sqrt()).named("f_long"))
    tab.press("Home")
    clipped = []
    for _ in range(int(tab.page.get_attribute("#position", "max") or 0)):
        tab.press("ArrowRight")
        clipped += tab.page.evaluate(FORMULAS)

    assert len(clipped) > 40
    assert not any(clipped)


def test_a_calculation_too_long_for_the_panel_breaks_before_its_result(tab: Tab) -> None:
    z = [Value(number, name=f"z{i}") for i, number in enumerate([2, 1, -1])]
    tab.show(dot([-0.1, -0.8, -0.1], [p.log() for p in softmax(z)]).named("loss"))
    tab.press("ArrowLeft")
    last = tab.page.locator("#story .formula").last
    *others, result = (piece.bounding_box() for piece in last.locator("math").all())

    assert all(piece["y"] < result["y"] < piece["y"] + 2 * piece["height"] for piece in others)
    assert last.locator("math").last.text_content().startswith("=")
    assert last.evaluate("p => p.scrollWidth === p.clientWidth")


def four_steps() -> Value:
    """A recurrent net of four steps, with a loss."""
    u, w, h = Value(0.5, name="u"), Value(0.8, name="w"), Value(0, name="h0")
    for step in range(4):
        h = (u * h + w * Value(step * 0.3 + 0.1, name=f"x{step + 1}")).tanh().named(f"h{step + 1}")
    return ((h - Value(1, name="y")) ** 2 / 2).named("L")


def long_formulas() -> Value:
    xs = [Value(-0.123456 * i, name=f"x{i}") for i in range(1, 8)]
    return (dot(xs, xs[::-1]) * autodiff.sum(xs) * -0.345678 + autodiff.prod(xs)).exp().named("f")


CUT_FORMULAS = """() => [...document.querySelectorAll("#story .formula")]
    .filter((formula) => formula.scrollWidth > formula.clientWidth).map((formula) => formula.textContent)"""


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
@pytest.mark.parametrize("presenting", [False, True])
@pytest.mark.parametrize("graph", [four_steps, long_formulas])
def test_no_formula_of_any_step_is_cut_at_the_border(
    graph: Callable[[], Value], presenting: bool, size: tuple[int, int], tab: Tab
) -> None:
    tab.page.set_viewport_size({"width": size[0], "height": size[1]})
    tab.show(graph())
    tab.press(*["p"] * presenting, "Home")
    cut = []
    for _ in range(int(tab.page.get_attribute("#position", "max") or 0)):
        tab.press("ArrowRight")
        cut += tab.page.evaluate(CUT_FORMULAS)

    assert cut == []


def test_colours_follow_the_system(tab: Tab) -> None:
    tab.show(running_example())
    grounds = []
    for scheme in ("light", "dark"):
        tab.page.emulate_media(color_scheme=scheme)
        grounds.append(tab.page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))

    assert grounds == ["rgb(246, 247, 249)", "rgb(16, 20, 24)"]


def test_a_phone_shows_the_first_lines_of_the_story_below_the_picture(tab: Tab) -> None:
    tab.page.set_viewport_size({"width": 360, "height": 740})
    tab.show(running_example())
    canvas, story = (tab.page.locator(f"#{name}").bounding_box() for name in ("canvas", "story"))

    assert canvas["height"] < 0.52 * 740
    assert story["y"] < 600


def test_on_paper_the_graph_and_its_numbers_are_black_on_white_without_controls(tab: Tab) -> None:
    tab.show(running_example())
    tab.card(0).click()
    tab.page.emulate_media(media="print", color_scheme="dark")
    hidden = [tab.page.locator(f"#{name}").is_hidden() for name in ("transport", "trail", "zoom", "help")]
    picture = tab.page.locator(".view").bounding_box()

    assert all(hidden)
    assert tab.page.locator("#inspector .paths").is_visible()
    assert (
        tab.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        == "rgb(255, 255, 255)"
    )
    assert picture["width"] <= 1400
    assert not overlapping(tab)


def test_zooming(tab: Tab) -> None:
    tab.show(running_example())

    def width() -> float:
        return float(tab.page.locator(".view").bounding_box()["width"])

    for use in (tab.page.click, lambda button: tab.page.press(button, "Enter")):
        widths = [width()]
        for button in ("#larger", "#smaller", "#smaller", "#fit"):
            use(button)
            widths.append(width())
        first, larger, again, smaller, fitted = widths

        assert smaller < first < larger
        assert again == pytest.approx(first)
        assert fitted == first


EVERY_LETTER = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const sizes = [];
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        const scale = element.getScreenCTM?.().d ?? 1;
        const seen = walker.currentNode.data.trim() && element.checkVisibility();
        if (seen) sizes.push(parseFloat(getComputedStyle(element).fontSize) * scale);
    }
    return sizes;
}"""


@pytest.mark.parametrize("name", ["attention", "cross_entropy", "exercise_1", "recurrent", "vanishing"])
def test_all_letters_can_be_read_from_a_projector(name: str, page: Any) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.set_content((GALLERY / f"{name}.html").read_text(encoding="utf-8"))
    page.wait_for_selector("html[data-ready]", state="attached")

    sizes = page.evaluate(EVERY_LETTER)

    assert len(sizes) > 50
    assert min(sizes) > 9.99


def test_a_page_that_is_laid_out_late_is_fitted_then(tab: Tab) -> None:
    """As in a notebook, whose frames have no size at first."""
    tab.show(running_example())
    at_once = tab.page.locator(".view").bounding_box()["width"]

    tab.page.evaluate("document.querySelector('#canvas').style.display = 'none'")
    tab.page.click("#fit")
    tab.page.evaluate("document.querySelector('#canvas').style.display = ''")
    tab.page.evaluate(
        "() => new Promise(requestAnimationFrame).then(() => new Promise(requestAnimationFrame))"
    )

    assert tab.page.locator(".view").bounding_box()["width"] == at_once


def normalised() -> Value:
    """A batch normalisation of three numbers, with a loss: 31 nodes."""
    xs = [Value(number, name=f"x{i}") for i, number in enumerate((1.0, 2.0, 4.0), 1)]
    mean = autodiff.mean(xs).named("μ")
    variance = autodiff.mean([(x - mean) ** 2 for x in xs]).named("v")
    results = [((x - mean) / (variance + 1e-5).sqrt()).named(f"o{i}") for i, x in enumerate(xs, 1)]
    return (((results[0] - 1) ** 2 + (results[1] - 2) ** 2 + results[2] ** 2) / 2).named("L")


def deep() -> Value:
    output = Value(0.5, name="x0")
    for i in range(1, 31):
        output = (output * 1.1 + Value(0.1, name=f"x{i}")).tanh()
    return output


def two_layers() -> Value:
    """Matrices, which are drawn from the left to the right."""
    X, W1, W2 = (matrix([[1, 2], [-1, 2]], name=name) for name in ("X", "W1", "W2"))
    H: Any = autodiff.tanh(X @ W1).named("H")
    Y: Any = autodiff.tanh(autodiff.tanh(H @ W2))
    loss: Value = np.sum(Y**2).named("L")
    return loss


def neuron_of_many() -> Value:
    return dot([Value(1.0, name=f"x{i}") for i in range(1, 31)], [0.5] * 30).tanh()


ARROW = "getComputedStyle(document.querySelector('#unseen'), '::before').content"
LETTERS = """() => [...document.querySelectorAll(".view:not([hidden]) text")]
    .filter((text) => text.textContent && getComputedStyle(text).display !== "none")
    .map((text) => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a)"""
OVER_BORDERS = """() => [...document.querySelectorAll(".view:not([hidden]) .card")].filter((card) => {
    const [border, ...texts] = [card.querySelector("rect"), ...card.querySelectorAll("text")]
        .filter((part) => part.tagName === "rect" || part.textContent).map((part) => part.getBoundingClientRect());
    const [title, value, adjoint] = texts;
    return texts.some(({ left, right }) => left < border.left || right > border.right)
        || (adjoint && value.right > adjoint.left);
}).map((card) => card.ariaLabel)"""


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
@pytest.mark.parametrize("graph", [running_example, normalised, deep])
def test_no_letter_is_under_10_pixels_and_none_stands_over_a_border(
    graph: Callable[[], Value], size: tuple[int, int], tab: Tab
) -> None:
    tab.page.set_viewport_size({"width": size[0], "height": size[1]})
    tab.show(graph())
    for button in (None, "#fit", "#smaller", "#larger"):
        if button:
            tab.page.click(button)

        assert min(tab.page.evaluate(LETTERS), default=10) > 9.99
        assert tab.page.evaluate(OVER_BORDERS) == []


def test_fit_shows_the_whole_graph_and_what_is_out_of_sight_is_said_before(tab: Tab) -> None:
    tab.page.set_viewport_size({"width": 1280, "height": 800})
    tab.show(deep())
    said = tab.text("#unseen")
    tab.page.click("#unseen")
    frame, whole = (tab.page.locator(name).bounding_box() for name in ("#canvas", ".view:not([hidden])"))

    assert said.endswith("inputs are out of sight")
    assert not tab.page.locator("#unseen").is_visible()
    assert whole["height"] <= frame["height"]


@pytest.mark.parametrize(("graph", "arrow"), [(deep, "↓"), (two_layers, "←"), (neuron_of_many, "↑↓")])
def test_the_arrow_of_what_is_out_of_sight_points_there(
    graph: Callable[[], Value], arrow: str, tab: Tab
) -> None:
    tab.page.set_viewport_size({"width": 1280, "height": 800})
    tab.show(graph())

    assert tab.page.evaluate(ARROW) == f'"{arrow} "'


def shifted() -> Value:
    """A batch normalisation with a scale of its own for each number: 34 nodes, 15 high."""
    xs = [Value(number, name=f"x{i}") for i, number in enumerate((1, 2, 4), 1)]
    mean = ((xs[0] + xs[1] + xs[2]) / 3).named("μ")
    variance = (autodiff.sum([(x - mean) ** 2 for x in xs]) / 3).named("v")
    results = [(x - mean) / (variance + 1e-5).sqrt() for x in xs]
    return autodiff.sum([result * Value(i + 0.5, name=f"g{i + 1}") for i, result in enumerate(results)])


@pytest.mark.parametrize("graph", [normalised, four_steps, shifted])
def test_a_graph_of_some_30_nodes_opens_whole(graph: Callable[[], Value], tab: Tab) -> None:
    tab.page.set_viewport_size({"width": 1280, "height": 800})
    tab.show(graph())

    assert not tab.page.locator("#unseen").is_visible()


@pytest.mark.parametrize("presenting", [False, True])
def test_what_says_that_inputs_are_out_of_sight_covers_nothing(presenting: bool, tab: Tab) -> None:
    tab.page.set_viewport_size({"width": 1280, "height": 800})
    tab.show(deep())
    tab.press(*["p"] * presenting)
    button, canvas = (tab.page.locator(name).bounding_box() for name in ("#unseen", "#canvas"))

    assert button["y"] + button["height"] <= canvas["y"]


GRAZED = """() => {
  const lines = [...document.querySelectorAll(".edge .line")].map((path) => Array.from({length: 201}, (_, i) =>
      path.getPointAtLength((i / 200) * path.getTotalLength())));
  const cards = [...document.querySelectorAll(".card")].map((card) => {
    const {e: x, f: y} = card.transform.baseVal.getItem(0).matrix;
    const {width, height} = card.querySelector("rect").getBBox();
    return (point, by) => x - by < point.x && point.x < x + width + by && y - by < point.y && point.y < y + height + by;
  });
  const ends = (points) => [points[0], points.at(-1)];
  return lines.filter((points) => cards.some((touches) =>
    points.some((point) => touches(point, 4)) && !ends(points).some((point) => touches(point, 9)))).length;
}"""


@pytest.mark.parametrize("graph", [four_steps, shifted, normalised])
def test_no_edge_runs_along_the_border_of_a_card_that_it_passes(graph: Callable[[], Value], tab: Tab) -> None:
    tab.show(graph())

    assert tab.page.evaluate(GRAZED) == 0


def test_presenting_is_large_and_a_clicker_steps(tab: Tab) -> None:
    tab.page.set_viewport_size({"width": 1280, "height": 800})
    tab.show(normalised())
    tab.press("Home", "p", "PageDown", "PageDown", "PageUp", "PageDown")
    letters = min(tab.page.evaluate(LETTERS))
    hidden = [tab.page.locator(name).is_hidden() for name in (".legend", "#trail", "#help", "#larger")]

    assert letters > 13
    assert all(hidden)
    assert tab.position() == 2
    assert tab.page.locator("#story").is_visible()
    assert not overlapping(tab)

    tab.press("Escape")

    assert tab.page.locator(".legend").is_visible()
    assert tab.page.get_attribute("#present", "aria-pressed") == "false"


# ---------------------------------------------------------------- files and notebooks


def test_in_a_notebook_the_page_stands_in_a_frame_with_a_picture_for_viewers_without_scripts(
    tab: Tab,
) -> None:
    shown = explore(running_example())._repr_html_()
    tab.page.set_content(shown)
    frame = tab.page.frame_locator("iframe")

    assert frame.locator(".card").count() == 8
    assert 'sandbox="allow-scripts"' in shown
    assert "data:image/png;base64," in shown


def test_the_page_is_saved_as_one_file(tmp_path: Path, tab: Tab) -> None:
    page = explore(running_example())
    path = page.save_html(tmp_path / "page.html")

    assert path.read_text(encoding="utf-8") == page.html
    assert not re.search(r"(?:src|href)=", page.html)


def test_an_exported_notebook_shows_the_page(tmp_path: Path, browser: Any) -> None:
    nbconvert = pytest.importorskip("nbconvert", reason="needs nbconvert (extra notebooks)")
    page, _ = nbconvert.HTMLExporter().from_notebook_node(notebook(explore(running_example())))
    path = tmp_path / "notebook.html"
    path.write_text(page, encoding="utf-8")
    tab = browser.new_page()
    tab.goto(path.as_uri())
    cards = tab.frame_locator("iframe").locator(".card")
    cards.first.wait_for()
    count = cards.count()
    tab.close()

    assert count == 8


def notebook(page: Page) -> Any:
    nbformat = pytest.importorskip("nbformat", reason="needs nbformat (extra dev)")
    shown = nbformat.v4.new_output(
        "display_data", data={"text/html": page._repr_html_(), "text/plain": repr(page)}
    )
    metadata = {"kernelspec": {"name": "none", "display_name": "none"}}
    return nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("explore(f)", outputs=[shown])], metadata=metadata
    )


@pytest.mark.slow
def test_jupyterlab_shows_the_page_and_in_an_untrusted_notebook_the_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, browser: Any
) -> None:
    pytest.importorskip("jupyterlab", reason="needs jupyterlab (extra notebooks)")
    nbformat: Any = pytest.importorskip("nbformat", reason="needs nbformat (extra dev)")
    sign: Any = pytest.importorskip("nbformat.sign", reason="needs nbformat (extra dev)")
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))  # where trust is kept
    path = tmp_path / "notebook.ipynb"
    nbformat.write(notebook(explore(running_example())), path)
    with jupyterlab(tmp_path) as address:
        tab = browser.new_page()
        tab.goto(f"{address}/lab/tree/notebook.ipynb?reset")
        output = tab.locator(".jp-OutputArea-output")
        output.locator("img").wait_for(state="attached", timeout=60_000)
        untrusted = output.locator("img").count(), output.locator("iframe").count()
        sign.NotebookNotary().sign(nbformat.read(path, as_version=4))
        tab.goto(f"{address}/lab/tree/notebook.ipynb?reset")
        output.locator("iframe").wait_for(state="attached", timeout=60_000)
        cards = output.frame_locator("iframe").locator(".card")
        cards.first.wait_for(state="attached")
        trusted = cards.count()
        tab.close()

    assert untrusted == (1, 0)
    assert trusted == 8


@contextmanager
def jupyterlab(folder: Path) -> Iterator[str]:
    """A server of JupyterLab on a free port, for as long as it is needed."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--no-browser", "--allow-root", f"--port={port}", f"--ServerApp.root_dir={folder}"]
    command = [sys.executable, "-m", "jupyter", "lab", *options, "--IdentityProvider.token="]
    log = folder / "server.log"
    with log.open("w") as messages:
        server = subprocess.Popen(command, stdout=messages, stderr=messages, start_new_session=True)
    try:
        while f":{port}/lab" not in log.read_text():
            assert server.poll() is None, log.read_text()
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, signal.SIGKILL)  # with the kernels that it started
        server.wait()


# ---------------------------------------------------------------- paths and sums


def recurrent(steps: int) -> Value:
    u, w = Value(0.8, name="u"), Value(0.9, name="w")
    h = (u * Value(1, name="x1")).tanh().named("h1")
    for t in range(2, steps + 1):
        h = autodiff.dot([u, w], [Value(0.5, name=f"x{t}"), h]).tanh().named(f"h{t}")
    return h


OVERRUN = """() => {
  const dots = [...document.querySelectorAll(".view:not([hidden]) .ways path")].flatMap((path) =>
    Array.from({length: 101}, (_, i) => path.getPointAtLength((i / 100) * path.getTotalLength())
        .matrixTransform(path.getScreenCTM())));
  return [...document.querySelectorAll(".view:not([hidden]) .edge.on text")].filter((text) => {
    const {left, right, top, bottom} = text.getBoundingClientRect();
    return dots.some(({x, y}) => left < x && x < right && top + 2 < y && y < bottom - 2);
  }).map((text) => text.textContent);
}"""
CUT_SUM = """() => {
  const [sum, frame] = [".sum", "#canvas"].map((name) => document.querySelector(name).getBoundingClientRect());
  return sum.left < frame.left || sum.right > frame.right || sum.bottom > frame.bottom
    || sum.top < frame.top;
}"""


def test_no_path_runs_over_what_is_written_beside_an_edge(tab: Tab) -> None:
    tab.page.set_viewport_size({"width": 1200, "height": 840})
    tab.show(recurrent(5))
    tab.card(0).click()
    overrun = tab.page.evaluate(OVERRUN)
    moved = tab.page.locator(".edge text[transform]").count()
    tab.press("Escape")

    assert overrun == []
    assert moved > 3
    assert tab.page.locator(".edge text[transform]").count() == 0


@pytest.mark.parametrize("size", [(1280, 800), (1280, 620), (390, 844)])
@pytest.mark.parametrize(("steps", "presenting"), [(5, False), (9, False), (5, True)])
def test_the_sum_beside_a_card_is_seen_whole(
    steps: int, presenting: bool, size: tuple[int, int], tab: Tab
) -> None:
    tab.page.set_viewport_size({"width": size[0], "height": size[1]})
    tab.show(recurrent(steps))
    if presenting:
        tab.press("p")
    for title in ("u", "w", "a = u·x1"):
        tab.page.locator(".card", has=tab.page.locator(".title").get_by_text(title, exact=True)).first.focus()
        tab.page.locator(".card", has=tab.page.locator(".title").get_by_text(title, exact=True)).first.click()
        if tab.page.locator(".sum").count():
            assert not tab.page.evaluate(CUT_SUM), title


CARDS_UNDER_SUM = """() => {
  const sum = document.querySelector(".sum rect").getBoundingClientRect();
  return [...document.querySelectorAll(".card")].filter((card) => {
    const frame = card.querySelector("rect").getBoundingClientRect();
    return frame.left < sum.right - 1 && sum.left < frame.right - 1
      && frame.top < sum.bottom - 1 && sum.top < frame.bottom - 1;
  }).map((card) => card.querySelector(".title").textContent);
}"""


LABELS_CUT = """() => [...document.querySelectorAll(".edge text")].filter((label) => {
    const { left, right, top, bottom, width } = label.getBoundingClientRect();
    return width && [...document.querySelectorAll(".card rect, .sum rect")].some((other) => {
        const frame = other.getBoundingClientRect();
        return frame.left < right - 1 && left < frame.right - 1 && frame.top < bottom - 1 && top < frame.bottom - 1;
    });
}).map((label) => label.textContent)"""


def test_labels_fit_between_the_cards_that_they_join(tab: Tab) -> None:
    tab.page.set_viewport_size({"width": 1280, "height": 800})
    x = Value(3.0, name="x")
    tab.show(autodiff.sum([(x * i).sin() for i in range(1, 14)]).named("f"))
    tab.card(0).click()

    assert tab.page.locator(".edge.on text").count() > 20
    assert "−0.99" in tab.page.locator(".edge.on text").all_text_contents()
    assert tab.page.evaluate(LABELS_CUT) == []


def test_a_sum_covers_no_label_where_there_is_room(tab: Tab) -> None:
    tab.page.set_viewport_size({"width": 1280, "height": 800})
    a, x = Value(2.0, name="a"), Value(1.0, name="x0")
    for i in range(1, 4):
        x = (x - (x**2 - a) / (2 * x)).named(f"x{i}")
    tab.show(x)
    tab.press("Home", *["ArrowRight"] * 21)

    assert tab.page.locator(".sum").count() == 1
    assert tab.page.locator(".edge.current text").all_text_contents() == ["1/n = 0.3529"]
    assert tab.page.evaluate(LABELS_CUT) == []


@pytest.mark.parametrize("name", ["z0", "z1", "z2"])
def test_a_sum_covers_no_card(name: str, tab: Tab) -> None:
    z = [Value(number, name=f"z{i}") for i, number in enumerate([2, 1, -1])]
    tab.show(dot([-0.1, -0.8, -0.1], [p.log() for p in softmax(z)]).named("loss"), rankdir="LR")
    tab.press("End")
    tab.page.locator(".card", has=tab.page.locator(".title").get_by_text(name, exact=True)).first.click()

    assert tab.page.evaluate(CARDS_UNDER_SUM) == []


SCROLLED = "() => new Promise((done) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 40))"
STRAY_SUM = """() => {
  const sum = document.querySelector(".sum");
  if (!sum) return "";
  const box = sum.querySelector("rect").getBoundingClientRect();
  const seen = document.querySelector("#canvas").getBoundingClientRect();
  const gap = (card) => {
    const frame = card.querySelector("rect").getBoundingClientRect();
    return (box) => Math.hypot(Math.max(frame.left - box.right, box.left - frame.right, 0),
        Math.max(frame.top - box.bottom, box.top - frame.bottom, 0));
  };
  const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  const middle = {left: x, right: x, top: y, bottom: y};
  const target = gap(document.querySelector(".card.target"));
  const others = [...document.querySelectorAll(".card:not(.target)")].map(gap);
  const start = {...middle, left: box.left, right: box.left};
  const isNearest = [middle, start].some((point) => others.every((other) => target(point) < other(point)));
  const isCut = box.left < seen.left || box.right > seen.right || box.top < seen.top || box.bottom > seen.bottom;
  const isJoined = sum.querySelector("line").checkVisibility() && target(box) > 5;
  return isCut ? `cut: ${sum.textContent}` : isJoined || (isNearest && target(box) < 10) ? "" : sum.textContent;
}"""


@pytest.mark.parametrize(
    ("size", "presenting"), [((1280, 800), False), ((1280, 800), True), ((390, 844), False)]
)
def test_each_sum_is_seen_beside_the_card_that_it_belongs_to(
    presenting: bool, size: tuple[int, int], tab: Tab
) -> None:
    tab.page.set_viewport_size({"width": size[0], "height": size[1]})
    tab.show(four_steps())
    tab.press(*["p"] * presenting, "Home")
    astray = []
    for _ in range(60):
        tab.press("ArrowRight")
        tab.page.evaluate(SCROLLED)
        astray.append(tab.page.evaluate(STRAY_SUM))

    assert {*astray} == {""}


def test_the_place_of_a_sum_is_found_without_looking_at_all_of_a_large_picture(tab: Tab) -> None:
    w, v = Value(0.9, name="w"), Value(0.5, name="x")
    for _ in range(60):
        v = (v * w).tanh()
    tab.show(v)

    distances = tab.page.evaluate("""() => {
        const [hypot, back] = [Math.hypot, document.getElementById("back")];
        let count = 0;
        Math.hypot = (...sides) => { count += 1; return hypot(...sides); };
        for (let i = 0; i < 10; i++) back.click();
        return count;
    }""")

    assert 0 < distances < 1_000_000  # of all places to all cards there are 70 million


def test_fractions_on_neighbouring_edges_have_room(tab: Tab) -> None:
    tab.show(autodiff.mean([Value(number, name=f"x{number}").log() for number in (1, 2, 4)]))
    boxes = [text.bounding_box() for text in tab.page.locator(".edge text").filter(has_text="1/3 = ").all()]
    left, middle, right = sorted(boxes, key=lambda box: box["x"])

    assert left["x"] + left["width"] < middle["x"]
    assert middle["x"] + middle["width"] < right["x"]
