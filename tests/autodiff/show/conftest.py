"""The page of the browser that the tests of the interactive page drive."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.autodiff.show.explored import Tab

WINDOW = {"width": 1400, "height": 900}


@pytest.fixture(scope="module")
def kept_page(browser: Any) -> Iterator[tuple[Any, list[str]]]:
    """A page for all tests of a file, as each new one would be another process; and what it complains of."""
    context = browser.new_context()
    context.route("**/*", lambda route: route.abort())
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: complaints.append(f"asked for {request.url}"))
    yield page, complaints
    context.close()


@pytest.fixture
def page(kept_page: tuple[Any, list[str]]) -> Iterator[Any]:
    """A page as if it were new, that must see no error and send no request."""
    page, complaints = kept_page
    page.set_viewport_size(WINDOW)
    page.emulate_media(media="null", color_scheme="light", reduced_motion="no-preference")
    yield page
    page.goto("about:blank")
    found, complaints[:] = complaints[:], []

    assert found == []


@pytest.fixture
def tab(page: Any) -> Tab:
    return Tab(page)
