"""The notebooks as they are stored: complete outputs, no errors, nothing of the machine that ran them.

That they run from top to bottom is checked by .ci/run, which executes them.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
ABSOLUTE_PATH = re.compile(
    r"(?<![\w.:/<])(?:~|/(?:Users|builds|content|home|mnt|opt|private|root|runner|srv|tmp|usr|var|work))/\w"
    r"|\b[A-Za-z]:\\+\w"
    r"|(?:dist|site)-packages"
)

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def all_cells(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return found


def cells(path: Path, kind: str) -> list[dict[str, Any]]:
    return [cell for cell in all_cells(path) if cell["cell_type"] == kind]


def outputs(path: Path) -> list[dict[str, Any]]:
    return [output for cell in cells(path, "code") for output in cell["outputs"]]


def joined(text: str | list[str]) -> str:
    """Return a notebook's text, which may be stored as a list of lines."""
    return text if isinstance(text, str) else "".join(text)


def texts(path: Path) -> Iterator[str]:
    """Yield all that can be read in a notebook: sources and outputs, but not pictures in base64."""
    for kind in ("markdown", "code"):
        yield from (joined(cell["source"]) for cell in cells(path, kind))
    for output in outputs(path):
        yield joined(output.get("text", ""))
        data = output.get("data", {})
        yield from (
            joined(data[kind]) for kind in data if kind.startswith("text/") or kind == "image/svg+xml"
        )


def test_the_notebooks_are_there() -> None:
    expected = {
        "00_start_here",
        "01_computation_graph",
        "02_inventing_backpropagation",
        "03_sigmoid",
        "04_linear_layer",
        "05_matrix_form",
        "06_by_hand",
        "07_unnoticed_backpropagation",
        "08_nesterov_and_backprop",
        "compile",
        "digits",
        "gpt",
        "moons",
    }

    assert expected <= {path.stem for path in NOTEBOOKS}


@each_notebook
def test_ran_once_from_top_to_bottom(path: Path) -> None:
    counts = [cell["execution_count"] for cell in cells(path, "code")]

    assert counts == list(range(1, len(counts) + 1))


@each_notebook
def test_outputs_are_stored(path: Path) -> None:
    stored = outputs(path)

    assert any("image/png" in output.get("data", {}) for output in stored)
    assert any(output.get("name") == "stdout" for output in stored)


@each_notebook
def test_has_no_errors_and_no_warnings(path: Path) -> None:
    bad = [
        output
        for output in outputs(path)
        if output["output_type"] == "error" or output.get("name") == "stderr"
    ]

    assert bad == []


@each_notebook
def test_every_svg_has_a_png_beside_it(path: Path) -> None:
    """Some viewers of stored notebooks, GitHub's among them, leave SVG out."""
    pictures = [output["data"] for output in outputs(path) if "image/svg+xml" in output.get("data", {})]

    assert pictures
    assert all("image/png" in data for data in pictures)


@each_notebook
def test_names_no_absolute_path(path: Path) -> None:
    found = [match.group() for text in texts(path) for match in ABSOLUTE_PATH.finditer(text)]

    assert found == []


@each_notebook
def test_runs_on_any_python_3_kernel(path: Path) -> None:
    kernel = json.loads(path.read_text(encoding="utf-8"))["metadata"]["kernelspec"]["name"]

    assert kernel == "python3"


@pytest.mark.parametrize(
    "text",
    [
        "/home/ada/moons.csv",
        "File '/tmp/ipykernel_1/2.py'",
        r"C:\Users\ada",
        "~/data/x",
        "lib/python3.12/site-packages/nn",
    ],
)
def test_the_search_finds_absolute_paths(text: str) -> None:
    assert ABSOLUTE_PATH.search(text)


@pytest.mark.parametrize("text", ["http://www.w3.org/2000/svg", "x / y", "1/home", "y = -1:\n", "</tmp/>"])
def test_the_search_leaves_other_text_alone(text: str) -> None:
    assert not ABSOLUTE_PATH.search(text)


@pytest.mark.parametrize(
    "path", [path for path in NOTEBOOKS if path.stem[:1] == "0"], ids=lambda path: path.stem
)
@pytest.mark.parametrize("what", ["explore", "exercise", "compare"])
def test_the_page_practice_and_a_mistake_are_used_where_they_teach(path: Path, what: str) -> None:
    sources = [joined(cell["source"]) for cell in cells(path, "code")]

    assert any(re.search(rf"\b{what}\(", source) for source in sources)


def test_the_matrix_form_needs_no_code_of_its_own() -> None:
    [path] = [path for path in NOTEBOOKS if path.stem == "05_matrix_form"]
    before_costs = itertools.takewhile(
        lambda text: "## What it costs" not in text, (joined(cell["source"]) for cell in all_cells(path))
    )
    code = "\n".join(before_costs)

    assert "autodiff.writing" not in code
    assert "Math(" not in code
    assert re.findall(r"^def (\w+)", code, re.MULTILINE) == ["weights", "exact"]  # they give the numbers
