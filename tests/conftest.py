"""The browser that tests drive, and the profile for Hypothesis.

It has no deadline, as a machine that does other work too is slow now and then. Examples are the same in each run, so
that a change which passes once passes everywhere; `--hypothesis-profile=explore` tries many others.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

os.environ.setdefault("SYMPY_GROUND_TYPES", "python")  # as users have it: gmpy2 is here for mpmath

settings.register_profile("tests", deadline=None, max_examples=30, derandomize=True)
settings.register_profile("few", settings.get_profile("tests"), max_examples=5)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile("tests")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium, driven by Playwright, which a process can start only once."""
    from tests.autodiff.show.explored import CHROMIUM, HAS_GRAPHVIZ

    playwright_api = pytest.importorskip("playwright.sync_api", reason="needs playwright (extra browser)")
    if not Path(CHROMIUM).exists():
        pytest.skip(f"needs Debian's Chromium, {CHROMIUM}")
    if not HAS_GRAPHVIZ:
        pytest.skip("needs Graphviz")
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
