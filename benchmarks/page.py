"""The interactive page of a graph of 300 nodes in Chromium: first paint, a step, a move of a slider."""

from __future__ import annotations

import importlib.util
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from options import Options
from report import Row, Section, Target

from autodiff import Value, explore, topological_order

CHROMIUM = Path("/usr/bin/chromium")
LAYERS, STEPS = 99, 50
PAINT, STEP, SLIDER = "first paint", "a step", "a move of a slider"
SECONDS, BYTES = 1.0, 500_000
AT_ONCE = 0.1  # seconds, which feel like at once

NOTES = """\
The page of v = tanh(v * w + b) over and over, 300 nodes, opened from a file in headless Chromium: seconds
from opening it to the first paint, and what a click on "back" and a move of a slider take in the page's
script."""

PAINTED = "() => performance.getEntriesByName('first-contentful-paint').map(entry => entry.startTime)"
STEPPED = f"""() => {{
    const start = performance.now();
    for (let i = 0; i < {STEPS}; i++) document.getElementById("back").click();
    return (performance.now() - start) / {STEPS};
}}"""
MOVED = f"""() => {{
    const slider = document.querySelector("#inputs input[type=range]");
    const [low, high] = [Number(slider.min), Number(slider.max)];
    const start = performance.now();
    for (let i = 0; i < {STEPS}; i++) {{
        slider.value = low + ((high - low) * i) / {STEPS};
        slider.dispatchEvent(new Event("input", {{ bubbles: true }}));
    }}
    return (performance.now() - start) / {STEPS};
}}"""


def deep_net() -> Value:
    w, b, v = Value(0.9, name="w"), Value(0.1, name="b"), Value(0.5, name="x")
    for _ in range(LAYERS):
        v = (v * w + b).tanh()
    return v


def measure(options: Options) -> Section:
    output = deep_net()
    page = explore(output)
    size = f"{len(page.html.encode()):,} bytes, {len(topological_order(output))} nodes"
    asked = f"a file of {BYTES:,} bytes at most"
    small = Target("the page", asked, size, len(page.html.encode()) <= BYTES)
    if importlib.util.find_spec("playwright") is None or not CHROMIUM.exists():
        return Section("page", [Row(PAINT, None)], [small], NOTES, race=False)
    rounds = list(opened(page.html, options.rounds))
    rows = [
        Row(name, times) for name, times in zip((PAINT, STEP, SLIDER), zip(*rounds, strict=True), strict=True)
    ]
    painted = statistics.median(rows[0].seconds or ())
    targets = [Target(PAINT, f"< {SECONDS:.0f} s", f"{painted:.2f} s", painted < SECONDS), small]
    for row in rows[1:]:
        targets.append(Target(row.contestant, f"< {AT_ONCE} s", f"{row.median:.3f} s", row.median < AT_ONCE))
    return Section("page", rows, targets, NOTES, race=False)


def opened(html: str, rounds: int) -> Iterator[tuple[float, float, float]]:
    """Open the page anew in each round: seconds to the first paint, of a step and of a move."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_text(html, encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for _ in range(rounds):
            tab: Any = browser.new_page()
            tab.goto(file.as_uri())
            painted = None
            while painted is None:  # Playwright's own way to wait needs what the page forbids, eval
                painted = next(iter(tab.evaluate(PAINTED)), None)
            yield painted / 1000, tab.evaluate(STEPPED) / 1000, tab.evaluate(MOVED) / 1000
            tab.close()
        browser.close()
