"""The browser that the tests of the interactive page drive: Debian's Chromium, by Playwright."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.autodiff.show.explored import CHROMIUM, HAS_GRAPHVIZ, Tab


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright_api = pytest.importorskip("playwright.sync_api", reason="needs playwright (extra browser)")
    if not Path(CHROMIUM).exists():
        pytest.skip(f"needs Debian's Chromium, {CHROMIUM}")
    if not HAS_GRAPHVIZ:
        pytest.skip("needs Graphviz")
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def tab(browser: Any) -> Iterator[Tab]:
    """A tab that must see no error and send no request."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    context.route("**/*", lambda route: route.abort())
    tab = Tab(context.new_page())
    yield tab
    complaints = tab.complaints
    context.close()

    assert complaints == []
