"""The site: it is built, every link leads somewhere, formulas are formulas, and nothing comes from elsewhere."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

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
    for name in ("katex", "pyodide", "@viz-js/viz"):
        if not (ROOT / "node_modules" / name).exists():
            pytest.skip(f"needs the npm package {name} (npm install)")
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
    with served(site) as host:
        check_try_it(browser, host)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder as `python -m http.server` does; give the host and port."""
    with ThreadingHTTPServer(("localhost", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"localhost:{server.server_address[1]}"
        server.shutdown()


def check_try_it(browser: Any, host: str) -> None:
    """The library in the browser: on the same site, as it takes long to build."""
    page = browser.new_page()
    failures: list[str] = []
    requests: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))

    def typed(**texts: str) -> None:
        for name, text in texts.items():
            page.fill(f'[name="{name}"]', text)
        page.click("#try-run")

    def seen(place: str, text: str) -> str:
        found = page.locator(f"#try-{place}", has_text=text)
        found.wait_for(timeout=120_000)
        return str(found.inner_text())

    page.goto(f"http://{host}/docs/site/try.html")
    assert "Loading" in page.inner_text("#try-state")
    assert seen("numbers", "f = 35").split("\n") == ["f = 35", "∂f/∂x = 17", "∂f/∂y = 12"]
    assert page.locator("#try-picture svg .node").count() == 8
    assert page.locator("#try-derivation .katex").count() == 2
    assert page.locator("#try-derivation .katex-error").count() == 0
    assert "10·1 + 1·3 + 1·4" in page.inner_text("#try-sweep")
    page.locator("#try-page iframe").scroll_into_view_if_needed()
    page.frame_locator("#try-page iframe").locator("html[data-ready]").wait_for(state="attached")

    typed(text="x*tanh(y)", values="x = 0.5, y = 0")
    seen("numbers", "∂f/∂y = 0.5")
    typed(text="x*q")
    assert seen("error", "q has no value; add q=1").count("\n") == 2
    assert page.locator("#try-picture").is_hidden()
    typed(text="x*y*")
    seen("error", "the expression ends too early")

    page.check('[value="python"]')
    typed(code="from autodiff import Value\nx = Value(3, name='x')\nprint('three')\nx**2")
    seen("numbers", "∂f/∂x = 6")
    assert page.inner_text("#try-printed").strip() == "three"
    typed(code="from autodiff import Value\nValue(1) / 0")
    assert 'File "your code", line 2' in seen("error", "ZeroDivisionError")
    typed(code="while True: pass")
    page.click("#try-run")
    seen("state", "Stopped")
    page.close()

    assert failures == []
    assert any(url.endswith(".wasm") for url in requests)
    assert {urlsplit(url).netloc for url in requests} - {""} == {host}
