"""What front ends make of pictures, tables and pages: those that can run here, each as its users run it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
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
streamlit.write(f)
"""

    shown = testing.AppTest.from_string(script, default_timeout=60).run()

    assert list(shown.exception) == []
    assert [element.type for element in shown.main] == ["main", "graphviz_chart", "image", "html", "markdown"]


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
