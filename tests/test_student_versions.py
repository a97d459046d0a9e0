"""The student versions of the notebooks: nothing that gives the answers away, and they still run."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def load(name: str) -> Any:
    """A script of the folder notebooks as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / f"notebooks/{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


student = load("student")


@cache
def version_of(path: Path) -> tuple[dict[str, Any], str]:
    notebook, helpers = student.student_version(json.loads(path.read_text(encoding="utf-8")), "helpers")
    return notebook, helpers


def code_of(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


@each_notebook
def test_no_assert_and_no_output_is_left(path: Path) -> None:
    notebook, helpers = version_of(path)
    cells = code_of(notebook)
    trees = [ast.parse("".join(cell["source"])) for cell in cells] + [ast.parse(helpers)]

    assert cells
    assert not [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    assert not [source for source in map(ast.unparse, trees) if "assert_" in source]  # NumPy's, too
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)


@each_notebook
def test_helper_code_is_imported_and_nothing_is_lost(path: Path) -> None:
    before = json.loads(path.read_text(encoding="utf-8"))
    notebook, helpers = version_of(path)
    tagged = [cell for cell in before["cells"] if "helper" in cell["metadata"].get("tags", [])]
    moved = {each.name for each in ast.parse(helpers).body if isinstance(each, ast.FunctionDef)}
    sources = ["".join(cell["source"]) for cell in code_of(notebook)]
    defined = {each.name for each in student.statements(sources) if isinstance(each, ast.FunctionDef)}

    assert bool(moved) == bool(tagged)
    assert not moved & defined
    assert not moved or any("from helpers import" in source for source in sources)


@each_notebook
def test_it_is_a_valid_notebook_with_all_the_text(path: Path) -> None:
    nbformat = pytest.importorskip("nbformat", reason="needs nbformat (the extra dev)")
    before = json.loads(path.read_text(encoding="utf-8"))
    notebook, _ = version_of(path)
    texts = [
        [cell for cell in each["cells"] if cell["cell_type"] == "markdown"] for each in (before, notebook)
    ]

    nbformat.validate(nbformat.from_dict(notebook))

    assert texts[0] == texts[1]


def test_what_only_asserts_read_goes_and_the_rest_stays() -> None:
    cells = [
        "import math\nfrom os import name, sep",
        "total = 0\nfor x in (1, 2):\n    total += x\n    assert total > 0\nprint(total, name)",
        "right = math.pi + len(sep)\n\n\ndef near(x):\n    return abs(x - right) < 1\n\n\nassert near(3)",
        "for x in (1, 2):\n    assert x",
        "unread = 3  # by anything",
    ]

    assert student.without_asserts(cells) == [
        "from os import name",
        "total = 0\nfor x in (1, 2):\n    total += x\nprint(total, name)",
        "",
        "",
        "unread = 3  # by anything",
    ]


def test_a_helper_that_needs_the_notebook_stays_in_it() -> None:
    def cell(name: str, source: str, *tags: str) -> dict[str, Any]:
        return {
            "cell_type": "code",
            "id": name,
            "metadata": {"tags": tags},
            "source": [source],
            "outputs": [],
        }

    stays = "def all_shown():\n    return shown(f)\n\n\n"
    source = f"def shown(x):\n    return x + PLACES\n\n\n{stays}PLACES = 3\nall_shown()"
    notebook = {"cells": [cell("a", "f = 2"), cell("b", source, "helper")]}

    made, helpers = student.student_version(notebook, "helpers")

    assert helpers.endswith("def shown(x):\n    return x + PLACES\n\n\nPLACES = 3\n")
    assert "".join(made["cells"][1]["source"]) == (
        "from helpers import shown\n\ndef all_shown():\n    return shown(f)\n\n\nall_shown()"
    )


# ---------------------------------------------------------------- other languages

TRANSLATED = [
    (language, path) for language, paths in student.languages().items() if language != "en" for path in paths
]
each_translation = pytest.mark.parametrize(
    ("language", "path"), TRANSLATED, ids=[f"{language}-{path.stem}" for language, path in TRANSLATED]
)


def test_there_is_a_russian_edition_of_the_first_lesson_and_the_exercises() -> None:
    assert student.languages()["ru"] == [path for path in NOTEBOOKS if path.stem[0].isdigit()]


@each_translation
def test_no_translation_is_stale(language: str, path: Path) -> None:
    assert student.stale(path, language) == [], "look at these cells, and put their new digests"


@each_translation
def test_a_translation_keeps_the_formulas_and_the_links(language: str, path: Path) -> None:
    texts = student.translations(path, language)
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "markdown":
            before, after = "".join(cell["source"]), texts[cell["id"]][1]

            assert displayed(before) == displayed(after), cell["id"]
            assert re.findall(r"\]\((.+?)\)", before) == re.findall(r"\]\((.+?)\)", after)


def displayed(text: str) -> list[str]:
    """The formulas that stand on lines of their own, without words in them."""
    return [re.sub(r"\s+|\\text\{[^}]*\}", "", each) for each in re.findall(r"\$\$.+?\$\$", text, re.DOTALL)]


@each_translation
def test_a_translated_notebook_differs_in_its_text_only(language: str, path: Path) -> None:
    before = json.loads(path.read_text(encoding="utf-8"))
    first, *after = sources_in(language, path)

    assert first == f'from autodiff import speak\n\nspeak("{language}")'
    for english, other in zip(("".join(cell["source"]) for cell in code_of(before)), after, strict=True):
        assert without_texts(english) == without_texts(other)
        assert expressions(other) <= expressions(english)


def sources_in(language: str, path: Path) -> list[str]:
    before = json.loads(path.read_text(encoding="utf-8"))
    texts, pieces = student.translations(path, language), student.code_texts(path, language)
    return ["".join(cell["source"]) for cell in code_of(student.translated(before, texts, language, pieces))]


class WithoutTexts(ast.NodeTransformer):
    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant("") if isinstance(node.value, str) else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.Constant:
        return ast.Constant("")


def without_texts(source: str) -> str:
    return ast.unparse(WithoutTexts().visit(ast.parse(source)))


def expressions(source: str) -> set[str]:
    """What stands in the braces of texts."""
    return {
        without_texts(ast.unparse(node.value))
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FormattedValue)
    }


@each_translation
def test_every_piece_of_code_that_is_translated_is_there(language: str, path: Path) -> None:
    code = "\n".join(
        "".join(cell["source"]) for cell in code_of(json.loads(path.read_text(encoding="utf-8")))
    )
    missing = []
    for english, other in student.code_texts(path, language).items():
        missing += [english] if english not in code else []
        code = code.replace(english, other)

    assert missing == []


SHOWN = {"print", "text", "set", "set_title", "set_xlabel", "set_ylabel", "plot", "colorbar"}  # calls
STYLES = {"ha", "va", "color", "fc", "ec", "marker", "linestyle", "cmap", "xscale", "yscale"}
NAMES = {"sigmoid", "relu", "tanh", "logloss", "MSE", "data", "loss", "Xavier"}  # the same in every language


@each_translation
def test_nothing_that_is_printed_or_drawn_is_english(language: str, path: Path) -> None:
    english = [text for source in sources_in(language, path) for text in shown_texts(ast.parse(source))]
    words = {
        word for text in english for word in re.findall("[A-Za-z]{3,}", re.sub(r"\\[A-Za-z]+", "", text))
    }

    assert words - NAMES == set()


def shown_texts(tree: ast.AST) -> list[str]:
    """The texts among the arguments of calls that show something, and those that a function returns."""
    found: list[ast.AST] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name_of(node.func) in SHOWN:
            found += [*node.args, *(each.value for each in node.keywords if each.arg not in STYLES)]
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Constant | ast.JoinedStr):
            found.append(node.value)
    return [
        part.value
        for each in found
        if isinstance(each, ast.Constant | ast.JoinedStr | ast.IfExp)
        for part in ast.walk(each)
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and not is_key(part, each)
    ]


def is_key(text: ast.AST, within: ast.AST) -> bool:
    """Whether a text looks something up in braces, {result['goal']}, or is compared."""
    asked = [
        x.slice if isinstance(x, ast.Subscript) else x
        for x in ast.walk(within)
        if isinstance(x, ast.Subscript | ast.Compare)
    ]
    return any(text in ast.walk(each) for each in asked)


def name_of(function: ast.expr) -> str:
    return ast.unparse(function).rpartition(".")[2]


def test_a_changed_cell_makes_its_translation_stale(tmp_path: Path) -> None:
    path = tmp_path / "00_start_here.ipynb"
    notebook = json.loads((ROOT / "notebooks/00_start_here.ipynb").read_text(encoding="utf-8"))
    notebook["cells"][0]["source"] += ["One more sentence."]
    path.write_text(json.dumps(notebook), encoding="utf-8")

    assert student.stale(path, "ru") == [notebook["cells"][0]["id"]]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["01_computation_graph", "04_linear_layer"])
def test_it_runs(name: str, tmp_path: Path) -> None:
    pytest.importorskip("nbclient", reason="needs nbclient (the extra dev)")
    pytest.importorskip("ipykernel", reason="needs ipykernel (the extra notebooks)")
    pytest.importorskip("matplotlib", reason="needs matplotlib (the extra notebooks)")
    command = [sys.executable, str(ROOT / "notebooks/student.py"), name, "--output", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)

    done = subprocess.run(
        [sys.executable, "-m", "jupyter", "execute", "--timeout=200", f"{name}.ipynb"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )

    assert done.returncode == 0, done.stderr[-2000:]
