"""Sheets for a class: variants from one seed, a key that is right, letters that can be read, friendly refusals."""

from __future__ import annotations

import re
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import autodiff
from autodiff import Value, random_graph, sheets
from autodiff.graph import topological_order
from autodiff.pictures import render
from autodiff.show.practice import sheets as module
from autodiff.show.practice.pictures import paper_pictures, parts_for_paper
from autodiff.show.practice.questions import Hidden

rendered = pytest.mark.skipif(not any(render.renderers()), reason="needs Graphviz")


def square(seed: int) -> Value:
    x = Value(Fraction(seed % 7 + 1), name="x")
    return (x**2).named("f")


def wide() -> Value:
    total: Value = autodiff.sum([Value(n, name=f"x{n}") ** 2 for n in range(1, 25)])
    return total.named("f")


def test_the_same_seed_gives_the_same_sheets_and_another_one_others() -> None:
    keys = [sheets(square, count=5, seed=seed).key for seed in (1, 1, 2)]

    assert keys[0] == keys[1] != keys[2]
    assert keys[0].count("Variant") == 5
    assert len(set(re.findall(r"= (\d+)$", keys[0], re.MULTILINE))) > 1


def test_each_variant_checks_its_own_answers() -> None:
    made = sheets(lambda seed: [random_graph(2, seed=seed), square(seed)], count=4)

    for tasks in made.exercises:
        assert all(task.check([blank.answer for blank in task.blanks]).all_right for task in tasks)


def test_of_a_graph_that_is_given_each_variant_leaves_out_other_numbers() -> None:
    f = random_graph(4, seed=3)
    hidden = [[blank.label for blank in tasks[0].blanks] for tasks in sheets(f, count=4).exercises]

    assert len(set(map(tuple, hidden))) > 1
    assert len(sheets(f).exercises[0][0].blanks) > max(map(len, hidden))


@rendered
def test_the_page_has_sheets_first_and_then_the_key() -> None:
    made = sheets(lambda seed: [square(seed), random_graph(1, seed=seed)], count=3, title="a < b")
    [*pages, key] = re.split('<section class="(?:sheet|key-page)"', made.html)[1:]

    assert len(pages) == 3
    assert all(page.count("<svg") == 2 and "a &lt; b" in page and "Date" in page for page in pages)
    assert not any("·2x" in page and 'class="key"' in page for page in pages)
    assert key.count("<h2>Variant") == 3
    assert "default-src 'none'" in made.html
    assert "<script" not in made.html


@rendered
def test_they_speak_russian() -> None:
    made = sheets(square, count=2, language="ru")
    text = re.sub(r"<style>.*?</style>|<[^>]*>", " ", made.html, flags=re.DOTALL)

    assert made.key.startswith("Вариант 1")
    assert not re.findall(r"[A-Za-z]{5,}", text)


@pytest.mark.slow
@rendered
def test_a_large_graph_is_printed_in_parts_that_hold_every_edge_once() -> None:
    f = wide()
    edges = [
        (node, position)
        for part in parts_for_paper(f, "grads", ())
        for node, where in part
        for position in where
    ]

    assert len(edges) == len(set(edges)) == sum(len(node.parents) for node in topological_order(f))
    assert sheets(f).html.count("<svg") > 1
    assert sheets(square(2)).html.count("<svg") == 1


@rendered
@pytest.mark.parametrize("hide", ["grads", "values"])
def test_the_part_where_one_starts_comes_first(hide: Hidden) -> None:
    scores = [Value(i, name=f"score {i}") for i in range(8)]
    total = -autodiff.sum([score.exp() for score in scores]).log()
    first, *_, last = paper_pictures(total.named("total"), hide, ())

    assert ("total = " in first, "total = " in last) == (hide == "grads", hide == "values")


@rendered
def test_a_pdf_has_the_key_on_a_page_of_its_own(browser: Any, tmp_path: Path) -> None:
    pdf = sheets(square, count=3).save_pdf(tmp_path / "sheets.pdf").read_bytes()

    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 4
    assert {
        tuple(map(round, map(float, box))) for box in re.findall(rb"MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    } == {(595, 842)}


@rendered
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext (poppler-utils)")
def test_each_page_has_name_and_variant_and_no_heading_without_its_graph(
    browser: Any, tmp_path: Path
) -> None:
    made = sheets(lambda seed: [random_graph(1, seed=seed), random_graph(3, seed=seed)], count=3, seed=1)
    path = made.save_pdf(tmp_path / "sheets.pdf")
    text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True).stdout
    *pages, key, _ = text.split("\f")
    headings = [re.findall(r"^\s*\d\. The reverse sweep", page, re.MULTILINE) for page in pages]

    assert [re.findall(r"Variant \d", page) for page in pages] == [
        [f"Variant {n}"] for n in (1, 1, 2, 2, 3, 3)
    ]
    assert all("Name" in page and "Date" in page for page in pages)
    assert all(len(found) == page.count("grad = 1") for found, page in zip(headings, pages, strict=True))
    assert "Key" in key


@rendered
def test_without_a_browser_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "BROWSERS", ("no browser",))

    with pytest.raises(RuntimeError, match="save_pdf needs Chromium or Chrome; or save_html"):
        sheets(square).save_pdf(tmp_path / "sheets.pdf")


@pytest.mark.parametrize(
    ("graphs", "options", "error", "said"),
    [
        (3, {}, TypeError, "a Value, a list of Values or a function to these, not 3"),
        (lambda seed: "f", {}, TypeError, "not 'f'"),
        ([], {}, TypeError, "not \\[\\]"),
        (square, {"count": 0}, ValueError, "count must be from 1 to 200, not 0"),
        (square, {"count": "3"}, TypeError, "count must be a whole number, not '3'"),
        (square, {"seed": 1.5}, TypeError, "seed must be a whole number, not 1.5"),
        (square, {"language": "la"}, ValueError, "language must be one of 'en', 'ru', not 'la'"),
        (Value(1.0, name="x"), {}, ValueError, "there are no grads to find"),
    ],
)
def test_bad_input_is_refused(
    graphs: Any, options: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        sheets(graphs, **options)
