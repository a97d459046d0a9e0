"""The index of questions: every one has an answer, by an example that runs or by a link that leads somewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[1] / "docs" / "questions.md"
HEADING = re.compile(r"^### (\d+)\. (.+)$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)]+)\)")
HOW_MANY = 26


def answers() -> dict[int, str]:
    """The text below the heading of each question, by its number."""
    _, *parts = HEADING.split(PAGE.read_text(encoding="utf-8"))
    numbers, texts = parts[::3], parts[2::3]
    return {int(number): text.partition("\n## ")[0] for number, text in zip(numbers, texts, strict=True)}


def anchors(path: Path) -> Iterator[str]:
    """The places of a page that a link may name, as GitHub and the site call them."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        text = "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
    for title in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        yield re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def broken(links: list[str]) -> list[str]:
    return [link for link in links if not leads_somewhere(link)]


def leads_somewhere(link: str) -> bool:
    name, _, place = link.partition("#")
    path = (PAGE.parent / name).resolve() if name else PAGE
    return path.is_file() and (not place or place in anchors(path))


def test_all_questions_are_there_in_order() -> None:
    titles = HEADING.findall(PAGE.read_text(encoding="utf-8"))

    assert [int(number) for number, _ in titles] == list(range(1, HOW_MANY + 1))
    assert all(title.endswith("?") for _, title in titles)


@pytest.mark.parametrize("number", range(1, HOW_MANY + 1))
def test_it_has_an_answer(number: int) -> None:
    answer = answers()[number]
    shown = [line for line in re.findall(r"^>>> .*", answer, re.MULTILINE) if "+SKIP" not in line]

    assert len(answer.split("```")[0].split()) > 10
    assert shown or LINK.search(answer)
    assert broken(LINK.findall(answer)) == []


def test_a_link_that_leads_nowhere_is_found() -> None:
    links = ["guide.md", "guide.md#nodes", "guide.md#nothing", "../notebooks/99.ipynb", "#the-sweep"]

    assert broken(links) == ["guide.md#nothing", "../notebooks/99.ipynb"]
