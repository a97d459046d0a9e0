"""What front ends make of pictures, tables and pages: those that can run here, each as its users run it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import graphviz
import pytest

from autodiff import Value, draw, explain, explore, steps
from autodiff.pictures import render

pytestmark = [
    pytest.mark.front_end,
    pytest.mark.skipif(not any(render.renderers()), reason="needs Graphviz"),
]
SETUP = "from autodiff import *; x, y = Value(2, name='x'), Value(3, name='y'); f = x**2 + x*y + (x + y)**2"


@pytest.fixture
def x() -> Value:
    return Value(2, name="x")


@pytest.fixture
def f(x: Value) -> Value:
    return x**2 + x


@pytest.fixture
def jupyter_format() -> Iterator[None]:
    yield
    graphviz.set_jupyter_format("svg")


def needed(module: str, extra: str) -> Any:
    return pytest.importorskip(module, reason=f"needs {module} (extra {extra})", exc_type=ImportError)


@contextmanager
def serving(*command: str, **environment: str) -> Iterator[str]:
    """Run a server as a module of Python, with a port for {port}; give its address once it answers."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    arguments = [part.replace("{port}", str(port)) for part in command]
    server = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(600):
            with socket.socket() as asked:
                if asked.connect_ex(("localhost", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://localhost:{port}"
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:  # JupyterLab may wait for a thread of its own for ever
            server.kill()
            server.wait()


@contextmanager
def jupyterlab(folder: Path) -> Iterator[str]:
    """Run JupyterLab in the dark on the notebooks in a folder, in which it keeps all that it writes."""
    settings = folder / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "themes.jupyterlab-settings").write_text(json.dumps({"theme": "JupyterLab Dark"}))
    (settings / "notification.jupyterlab-settings").write_text(json.dumps({"fetchNews": "false"}))
    folders = dict.fromkeys(["JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR"], str(folder))
    folders["JUPYTERLAB_SETTINGS_DIR"] = str(folder / "settings")
    options = ["--no-browser", "--allow-root", "--port={port}", "--IdentityProvider.token="]
    with serving("jupyterlab", *options, f"--ServerApp.root_dir={folder}", **folders) as address:
        yield address


def wait_until_dark(frame: Any) -> None:
    """Wait until the page in a frame is dark, which it is soon after the frame."""
    inner = frame.element_handle().content_frame()
    inner.wait_for_function("matchMedia('(prefers-color-scheme: dark)').matches", timeout=10_000)


def notebook(*shown: Any) -> Any:
    """A notebook that holds what a kernel stores of some objects."""
    nbformat = needed("nbformat", "dev")
    formatter = needed("IPython.core.formatters", "notebooks").DisplayFormatter()
    v4 = nbformat.v4
    outputs = [
        v4.new_output("display_data", data=data, metadata=about)
        for data, about in map(formatter.format, shown)
    ]
    cells = [v4.new_code_cell("shown", outputs=[output]) for output in outputs]
    return v4.new_notebook(
        cells=cells,
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3"},
            "language_info": {"name": "python", "pygments_lexer": "python"},
        },
    )


@pytest.mark.parametrize("exporter", ["HTML", "Slides", "Markdown", "RST"])
def test_nbconvert(exporter: str, f: Value, x: Value) -> None:
    nbconvert = needed("nbconvert", "notebooks")

    text, resources = getattr(nbconvert, f"{exporter}Exporter")().from_notebook_node(
        notebook(draw(f), f, explain(f, x), steps(f))
    )

    inline = text.count('src="data:image/svg+xml')
    assert inline or len([name for name in resources["outputs"] if name.endswith(".svg")]) == 2
    assert "finite difference: 5" in text or exporter == "RST"


@pytest.mark.usefixtures("jupyter_format")
@pytest.mark.parametrize("stored", [False, True])
def test_nbconvert_to_latex_without_inkscape(stored: bool, f: Value, x: Value) -> None:
    """Without the SVG from the start, or with a notebook that holds one and an option that leaves it alone."""
    nbconvert = needed("nbconvert", "notebooks")
    graphviz.set_jupyter_format("svg" if stored else "png")
    exporter = nbconvert.LatexExporter()
    if stored:
        exporter = nbconvert.LatexExporter(config={"SVG2PDFPreprocessor": {"enabled": False}})

    text, resources = exporter.from_notebook_node(notebook(draw(f), f, explain(f, x)))

    assert text.count(r"{output_") == 2
    assert [Path(name).suffix for name in resources["outputs"] if not name.endswith(".svg")] == [".png"] * 2
    assert r"\frac{\partial b}{\partial x}" in text


def test_ipython_in_a_terminal_draws_nothing() -> None:
    needed("IPython", "notebooks")
    watch = "import subprocess; subprocess.run = lambda *a, **k: print('RENDERED')"
    code = f"{SETUP}; {watch}; display(f, draw(f), [x, f])"

    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "IPython",
            "--no-banner",
            "--colors=NoColor",
            "-c",
            code,
        ],
        capture_output=True,
        text=True,
        check=True,
    )

    assert "RENDERED" not in run.stdout
    assert "Value(data=35.0" in run.stdout
    assert "<Picture: " in run.stdout


@pytest.mark.slow
def test_a_kernel_shows_a_list_and_a_bar(tmp_path: Path) -> None:
    nbformat, nbclient = needed("nbformat", "dev"), needed("nbclient", "dev")
    needed("ipykernel", "notebooks")
    train = "import nn; m = nn.Neuron(1); nn.fit(m, [([1.0], 1.0)], nn.mse, nn.SGD(m.parameters(), 0.1), 5)"
    cells = [nbformat.v4.new_code_cell(code) for code in (SETUP, "[x, y, f]", train)]
    made = nbformat.v4.new_notebook(cells=cells)
    nbclient.NotebookClient(
        made, kernel_name="python3", resources={"metadata": {"path": str(Path.cwd())}}
    ).execute()

    [shown] = made.cells[1].outputs
    assert {"image/svg+xml", "image/png", "text/plain"} == shown.data.keys()
    *bar, history = made.cells[2].outputs
    assert [output for output in bar if output.get("name") == "stderr"] == []
    assert history.data["text/plain"].startswith("<History of 5 epochs: loss ")


@pytest.mark.browser
@pytest.mark.slow
def test_jupyterlab_in_the_dark(browser: Any, tmp_path: Path, f: Value, x: Value) -> None:
    """A notebook that is trusted, and one that is not, under a system that is light."""
    nbformat = needed("nbformat", "dev")
    needed("jupyterlab", "notebooks")
    sign = needed("nbformat.sign", "dev")
    made = notebook(draw(f), f, explain(f, x), explore(f))
    nbformat.write(made, tmp_path / "trusted.ipynb")
    sign.NotebookNotary(data_dir=str(tmp_path)).sign(made)
    made.cells.insert(0, nbformat.v4.new_markdown_cell("from elsewhere"))
    nbformat.write(made, tmp_path / "untrusted.ipynb")
    context = browser.new_context(color_scheme="null")

    with jupyterlab(tmp_path) as address:
        page = context.new_page()
        page.goto(f"{address}/lab/tree/trusted.ipynb")
        page.wait_for_selector("iframe.autodiff-page")
        trusted = page.locator(".jp-RenderedSVG img").count()
        wait_until_dark(page.locator("iframe.autodiff-page"))
        other = context.new_page()
        other.goto(f"{address}/lab/workspaces/other/tree/untrusted.ipynb")
        other.wait_for_selector("table")
        other.wait_for_selector('img[alt="The graph"]')
        untrusted = [
            other.locator(f".jp-OutputArea-output {kind}").count() for kind in ("table", "img", "iframe")
        ]
    context.close()

    assert trusted == 2
    assert untrusted == [1, 3, 0]  # the picture of the page in the place of the page


@pytest.mark.browser
@pytest.mark.slow
def test_a_widget_in_jupyterlab_moves_both_ways(browser: Any, tmp_path: Path) -> None:
    nbformat = needed("nbformat", "dev")
    needed("jupyterlab", "notebooks")
    needed("anywidget", "widget")
    expect = needed("playwright.sync_api", "browser").expect
    made = notebook()
    codes = (f"{SETUP}; page = explore(f).widget(); page", "x.data = 4", "x.data")
    made.cells = [nbformat.v4.new_code_cell(code) for code in codes]
    nbformat.write(made, tmp_path / "widget.ipynb")
    page = browser.new_page()
    field = page.frame_locator("iframe").locator("input[type=text]").first

    def run(place: int) -> None:
        page.locator(".jp-CodeCell .cm-content").nth(place).click()
        page.keyboard.press("Control+Enter")

    with jupyterlab(tmp_path) as address:
        page.goto(f"{address}/lab/tree/widget.ipynb")
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
        run(0)
        expect(field).to_have_value("2", timeout=30_000)
        run(1)
        expect(field).to_have_value("4")
        field.fill("7")
        page.frame_locator("iframe").locator(".card .value[data-number='7']").wait_for(state="attached")
        run(2)
        page.locator(".jp-CodeCell").nth(2).get_by_text("7.0").wait_for()
    page.close()


@pytest.mark.browser
@pytest.mark.slow
def test_voila_in_the_dark(browser: Any, tmp_path: Path) -> None:
    nbformat = needed("nbformat", "dev")
    needed("voila", "front-ends")
    cells = [nbformat.v4.new_code_cell(code) for code in (SETUP, "f", "explain(f, x)", "explore(f)")]
    made = notebook()
    made.cells = cells
    nbformat.write(made, tmp_path / "app.ipynb")
    options = ["--no-browser", "--theme=dark", "--port={port}"]
    context = browser.new_context(color_scheme="null")
    page = context.new_page()

    with serving("voila", str(tmp_path / "app.ipynb"), *options) as address:
        page.goto(address)
        page.wait_for_selector("iframe.autodiff-page")
        shown = [page.locator(kind).count() for kind in (".jp-RenderedSVG", "table")]
        wait_until_dark(page.locator("iframe.autodiff-page"))
    context.close()

    assert shown == [1, 1]


@pytest.mark.browser
@pytest.mark.slow
def test_mkdocs_in_the_dark(browser: Any, tmp_path: Path, f: Value, x: Value) -> None:
    nbformat = needed("nbformat", "dev")
    needed("mkdocs_jupyter", "front-ends")
    (tmp_path / "docs").mkdir()
    nbformat.write(notebook(draw(f), explain(f, x), explore(f)), tmp_path / "docs" / "index.ipynb")
    theme = {"name": "material", "font": False, "palette": {"scheme": "slate"}}
    settings = {"site_name": "site", "theme": theme, "plugins": ["mkdocs-jupyter"]}
    (tmp_path / "mkdocs.yml").write_text(json.dumps(settings))
    context = browser.new_context(color_scheme="null")
    page = context.new_page()

    subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "-q"], cwd=tmp_path, capture_output=True, check=True
    )
    page.goto((tmp_path / "site" / "index.html").as_uri())
    shown = [page.locator(kind).count() for kind in ("img[src^='data:image/svg+xml']", "table")]
    wait_until_dark(page.locator("iframe.autodiff-page"))
    context.close()

    assert shown == [1, 1]


@pytest.mark.browser
@pytest.mark.slow
def test_a_slider_moved_in_marimo_runs_the_cells_below_it(browser: Any, tmp_path: Path) -> None:
    needed("marimo", "front-ends")
    needed("anywidget", "widget")
    (tmp_path / "app.py").write_text(
        """import marimo
app = marimo.App()
@app.cell
def _():
    import marimo as mo
    from autodiff import Value, explore
    x = Value(2, name="x")
    page = mo.ui.anywidget(explore(x**2 + x).widget())
    page
    return mo, page, x
@app.cell
def _(mo, page, x):
    page.value
    mo.md(f"the output is {(x**2 + x).data}")
    return
"""
    )
    page = browser.new_page()

    with serving(
        "marimo", "run", str(tmp_path / "app.py"), "--headless", "--no-token", "--port", "{port}"
    ) as address:
        page.goto(address)
        page.get_by_text("the output is 6.0").wait_for()
        page.frame_locator("iframe").locator("input[type=text]").first.fill("5")
        page.get_by_text("the output is 30.0").wait_for()
    page.close()


def test_marimo(f: Value, x: Value) -> None:
    marimo = needed("marimo", "front-ends")

    assert "<svg" in marimo.as_html(draw(f)).text or "image/svg" in marimo.as_html(draw(f)).text
    for shown in ([x, f], (draw(f),), {"a": f}):
        assert "Graphviz" in marimo.as_html(shown).text or "svg" in marimo.as_html(shown).text
    assert "Value(data=2.0" in marimo.as_html(x).text
    assert "<table>" in marimo.as_html(explain(f, x)).text
    assert "<iframe" in marimo.as_html(explore(f)).text


def test_panel(f: Value, x: Value) -> None:
    panel = needed("panel", "front-ends")

    assert isinstance(panel.panel(draw(f)), panel.pane.SVG)
    assert isinstance(panel.panel(explain(f, x)), panel.pane.HTML)
    assert isinstance(panel.panel(explore(f)), panel.pane.HTML)


def test_streamlit() -> None:
    testing = needed("streamlit.testing.v1", "front-ends")
    script = f"""
import streamlit
{SETUP}
streamlit.graphviz_chart(draw(f).source)
streamlit.image(draw(f).pipe("svg", encoding="utf-8"))
streamlit.html(explain(f, x)._repr_html_())
streamlit.iframe(explore(f).html, height=720)
streamlit.write(f)
"""

    shown = testing.AppTest.from_string(script, default_timeout=60).run()

    assert list(shown.exception) == []
    assert [element.type for element in shown.main] == [
        "main",
        "graphviz_chart",
        "image",
        "html",
        "iframe",
        "markdown",
    ]


@pytest.mark.slow
def test_sphinx_with_myst_nb(tmp_path: Path, f: Value, x: Value) -> None:
    needed("myst_nb", "docs")
    nbformat = needed("nbformat", "dev")
    (tmp_path / "conf.py").write_text(
        "extensions = ['myst_nb']\nnb_execution_mode = 'off'\nroot_doc = 'page'\n"
    )
    made = notebook(draw(f), f, explain(f, x), explore(f))
    made.cells.insert(0, nbformat.v4.new_markdown_cell("# Page"))
    nbformat.write(made, tmp_path / "page.ipynb")

    subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html", str(tmp_path), str(tmp_path / "out")],
        check=True,
    )

    text = (tmp_path / "out" / "page.html").read_text()
    assert text.count('src="_images/') == 2
    assert "finite difference: 5" in text
    assert "<iframe" in text
