"""A page as a widget: what moves in it moves in Python, and the other way round."""

from __future__ import annotations

import json
import sys
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from autodiff import Value, explore
from autodiff.show.page.standalone import source
from tests.autodiff.show.explored import HAS_GRAPHVIZ, running_example

needs_graphviz = pytest.mark.skipif(not HAS_GRAPHVIZ, reason="needs Graphviz")


@needs_graphviz
def test_without_anywidget_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "anywidget", None)
    monkeypatch.delitem(sys.modules, "autodiff.show.page.widget", raising=False)

    with pytest.raises(ImportError, match=r'pip install "scalar-autodiff\[widget\]"'):
        explore(running_example()).widget()


@needs_graphviz
def test_leaves_follow_the_page_and_the_page_the_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("anywidget", reason="needs anywidget (extra widget)")
    registered: dict[str, Any] = {}
    shell = SimpleNamespace(events=SimpleNamespace(register=registered.__setitem__), kernel=None)
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    x, w = Value(2, name="x"), Value(Fraction(1, 4), name="w")
    y = Value(float("inf"), name="y")
    widget = explore(x * w + y).widget()
    places = {leaf.name: place for place, leaf in widget.leaves.items()}
    assert widget.inputs == [[places["x"], 2.0], [places["w"], 0.25]]

    widget.inputs = [[places["x"], 3.5], [places["w"], 0.1]]

    assert (x.data, w.data, y.data) == (3.5, Fraction(1, 10), float("inf"))

    x.data = -1
    registered["post_run_cell"](None)

    assert [places["x"], -1.0] in widget.inputs


@pytest.mark.browser
def test_in_a_browser_it_moves_both_ways(browser: Any) -> None:
    page = explore(running_example())
    tab = browser.new_page()
    tab.set_content("<main></main>")
    tab.evaluate(
        """async ([code, html]) => {
            const url = URL.createObjectURL(new Blob([code], {type: "text/javascript"}));
            const {default: {render}} = await import(url);
            const calls = [];
            window.traits = {html, height: 600, inputs: []};
            window.model = {
                get: name => traits[name], save_changes() {}, on: (_, call) => calls.push(call), off() {},
                set(name, x) { traits[name] = x; calls.forEach(call => call()); },
            };
            render({model, el: document.querySelector("main")});
        }""",
        [source("widget.js"), page.html],
    )
    frame = tab.frame_locator("iframe")
    frame.locator("html[data-ready]").wait_for(state="attached")

    frame.locator("input[type=text]").first.fill("5")
    tab.wait_for_function("traits.inputs.length")  # messages between windows take their time
    moved = json.loads(tab.evaluate("JSON.stringify(traits.inputs)"))
    numbers = {5: -1, 3: 4}
    tab.evaluate("inputs => model.set('inputs', inputs)", [[place, numbers[x]] for place, x in moved])
    six = frame.locator(".card.output .value[data-number='6']")  # (-1)² + (-1)·4 + (-1 + 4)²
    six.wait_for(state="attached")
    frame.locator("input[type=text]").nth(1).click()  # a field that is being typed in stays as it is
    fields = frame.locator("input[type=text]").evaluate_all("all => all.map(field => field.value)")
    tab.close()

    assert sorted(x for _, x in moved) == [3, 5]
    assert fields == ["-1", "4"]
