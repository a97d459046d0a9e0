"""The page by keyboard and by screen reader: every control is reached, seen and named."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.autodiff.show.explored import Tab, running_example

pytestmark = pytest.mark.browser

CONTROLS = """() => [...document.querySelectorAll("button, input, summary, [tabindex]")]
    .filter((control) => control.tabIndex >= 0 && !control.disabled && control.checkVisibility())
    .map((control) => control.id || control.getAttribute("aria-label") || control.textContent)"""
FOCUSED = """() => {
    const control = document.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(control);
    const card = control.matches(".card") && getComputedStyle(control.querySelector("rect")).strokeWidth;
    const seen = card ? card === "4px" : outlineStyle !== "none" && outlineWidth !== "0px";
    return [control.id || control.getAttribute("aria-label") || control.textContent, seen];
}"""


@pytest.mark.parametrize("state", ["at the end", "in the middle", "a node is chosen"])
def test_the_tab_key_reaches_every_control_and_the_focus_is_seen(state: str, tab: Tab) -> None:
    tab.show(running_example())
    if state == "in the middle":
        tab.page.locator("#position").fill("7")
        tab.page.evaluate("document.activeElement.blur()")
    elif state == "a node is chosen":
        tab.card(0).click()
        tab.page.evaluate("document.activeElement.blur()")
    controls = tab.page.evaluate(CONTROLS)
    reached = {}
    for _ in range(len(controls) + 5):
        tab.press("Tab")
        name, seen = tab.page.evaluate(FOCUSED)
        reached[name] = seen

    assert set(reached) - {"canvas"} >= set(controls)  # a canvas that scrolls can be focused too
    assert [name for name in controls if not reached[name]] == []


def test_the_sliders_of_position_and_speed_by_keyboard(tab: Tab) -> None:
    tab.show(running_example())
    tab.page.locator("#position").focus()
    tab.press("Home", "ArrowRight", "ArrowRight")
    position = tab.position()
    tab.page.locator("#speed").focus()
    tab.press("End")

    assert position == 2
    assert tab.text("#story h2") == "Compute a"
    assert tab.page.input_value("#speed") == "4"
    assert tab.position() == 2


def test_playing_and_pausing_by_keyboard(tab: Tab) -> None:
    tab.show(running_example())
    tab.page.locator("#speed").fill("2")
    tab.page.locator("#play").focus()
    tab.press("Enter")
    tab.wait_until(lambda: tab.position() in range(2, 8))
    tab.press("Enter")
    paused = tab.position()
    tab.page.wait_for_timeout(400)

    assert tab.position() == paused < 20


def test_the_inputs_are_reset_by_keyboard(tab: Tab) -> None:
    tab.show(running_example())
    tab.page.locator("#inputs input[type=text]").first.fill("-1e1")
    changed = tab.number(0)
    tab.page.press("#reset", "Enter")

    assert (changed, tab.number(0)) == (-10, 2)


def test_the_trail_is_walked_with_keys_and_keeps_the_focus(tab: Tab) -> None:
    tab.show(running_example())
    tab.page.locator("#trail [aria-current]").focus()
    tab.press("ArrowLeft", "ArrowLeft")

    assert tab.position() == 18
    assert tab.page.evaluate("document.activeElement.textContent") == "∂y += 2"

    tab.page.click("#trail button >> nth=3")

    assert tab.position() == 4
    assert tab.page.evaluate("document.activeElement.textContent") == "b = 6"


def test_the_help_opens_by_mouse_and_by_keyboard(tab: Tab) -> None:
    tab.show(running_example())
    opened = []
    for use in (tab.page.click, lambda summary: tab.page.press(summary, "Enter")):
        use("#help summary")
        opened.append(tab.page.locator("#help dl").is_visible())

    assert opened == [True, False]


# ---------------------------------------------------------------- axe


def axe() -> str:
    """The script of axe-core, which looks for what keeps people out; "" where node does not find it."""
    node = shutil.which("node")
    if node is None:
        return ""
    command = [node, "-p", "require.resolve('axe-core/axe.min.js')"]
    found = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return "" if found.returncode else Path(found.stdout.strip()).read_text(encoding="utf-8")


# A card is called "x, value 2, adjoint 17": its title as it is seen, its numbers in words.
BUT_FOR = '{rules: {"label-content-name-mismatch": {enabled: false}}}'


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(scheme: Any, browser: Any) -> None:
    script = axe()
    if not script:
        pytest.skip("needs node and the npm package axe-core: npm install")
    context = browser.new_context(color_scheme=scheme, reduced_motion="reduce", bypass_csp=True)
    tab = Tab(context.new_page()).show(running_example())
    found = []
    for keys in ([], ["Home", *["ArrowRight"] * 12], ["ArrowUp", "Enter", "b"]):
        if "Enter" in keys:
            tab.card(0).focus()
        tab.press(*keys)
        tab.page.evaluate(script)
        violations = tab.page.evaluate(f"async () => (await axe.run({BUT_FOR})).violations")
        found += [(violation["id"], violation["nodes"][0]["html"]) for violation in violations]
    context.close()

    assert found == []
