"""CITATION.cff says what pyproject.toml says; it names no version, which comes from git's tags."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_the_citation_says_what_the_project_says() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (ROOT / "CITATION.cff").read_text(encoding="utf-8").splitlines()
    expected = [f"  - name: {author['name']}" for author in project["authors"]]
    expected += [f"  - {keyword}" for keyword in project["keywords"]]
    expected += [
        f"title: {project['name']}",
        f"abstract: {project['description']}",
        f"license: {project['license']}",
    ]

    assert [line for line in expected if line not in lines] == []
