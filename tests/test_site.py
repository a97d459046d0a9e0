"""The site: it is built, every link leads somewhere, formulas are formulas, and nothing comes from elsewhere."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]


def build() -> Any:
    spec = importlib.util.spec_from_file_location("build_site", ROOT / "docs" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<p id="here"><a href="b.html#there">b</a><a href="#here">a</a><img src="c.png">'
    )
    (tmp_path / "b.html").write_text('<a href="a.html#here">a</a><a href="https://example.org">far</a>')
    (tmp_path / "d.html").write_text('<script src="https://example.org/x.js"></script>')

    assert sorted(build().broken_links(tmp_path)) == [
        "a.html: b.html#there has no such place",
        "a.html: c.png is not there",
        "d.html: https://example.org/x.js is loaded from elsewhere",
    ]


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150


@pytest.mark.browser
@pytest.mark.slow
def test_the_site_is_built_and_needs_no_network(browser: Any) -> None:
    for module in ("furo", "myst_nb"):
        pytest.importorskip(module, reason=f"needs {module} (extra docs)")
    if not (ROOT / "node_modules/katex").exists():
        pytest.skip("needs the npm package katex (npm install)")
    subprocess.run([sys.executable, str(ROOT / "docs/build.py")], check=True, timeout=600)
    site = ROOT / "build/site"
    complaints: list[str] = []
    requests: list[str] = []

    page = browser.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("request", lambda request: requests.append(request.url))
    page.goto((site / "docs/operations.html").as_uri())
    page.wait_for_selector(".katex")
    formulas = page.locator("article .math").count(), page.locator("article .math .katex").count()
    page.goto((site / "search.html").as_uri() + "?q=retrace")
    page.wait_for_selector("#search-results li")
    page.close()

    assert formulas[0] == formulas[1] > 100
    assert complaints == []
    assert [url for url in requests if not url.startswith("file:")] == []
