"""A tab of the browser that shows a graph's page, what one reads from it, and graphs to show."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import pytest

import autodiff
from autodiff import NonFiniteWarning, Value, gradient, topological_order
from autodiff.pictures import render
from autodiff.rules import Rule
from autodiff.show.page.explorer import Page, explore
from tests.ordinary import called

__all__ = [
    "CHROMIUM",
    "HAS_GRAPHVIZ",
    "Tab",
    "application",
    "chain",
    "check_numbers",
    "python_number",
    "running_example",
]

CHROMIUM = "/usr/bin/chromium"
HAS_GRAPHVIZ = any(render.renderers())


class Tab:
    """A page of the browser that shows a graph, and what one reads from it."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def show(self, graph: Value | Page, **options: Any) -> Tab:
        shown = graph if isinstance(graph, Page) else explore(graph, **options)
        self.page.set_content(shown.html)
        self.page.wait_for_selector("html[data-ready]", state="attached")
        return self

    def number(self, node: int, what: str = "value") -> float:
        """The value or adjoint on a card, with all its digits; NaN where there is none is an error."""
        return python_number(self.page.get_attribute(f'.card[data-node="{node}"] .{what}', "data-number"))

    def numbers(self, what: str) -> list[float]:
        script = f"all => all.map(card => card.querySelector('.{what}').dataset.number)"
        return [python_number(text) for text in self.page.eval_on_selector_all(".card", script)]

    def partials(self) -> list[float]:
        """The partials in the panel, edge by edge."""
        script = """all => all.map(edge => {
            edge.dispatchEvent(new MouseEvent("click", {bubbles: true}));
            return document.querySelector("#partial data").value;
        })"""
        return [python_number(text) for text in self.page.eval_on_selector_all(".edge", script)]

    def text(self, selector: str) -> str:
        return str(self.page.inner_text(selector))

    def announced(self) -> str:
        return str(self.page.text_content("#announcement"))

    def position(self) -> int:
        return int(self.page.input_value("#position"))

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait for something; the page's policy forbids Playwright's own way, which evaluates text there."""
        for _ in range(200):
            if condition():
                return
            self.page.wait_for_timeout(20)
        raise TimeoutError

    def card(self, node: int) -> Any:
        return self.page.locator(f'.card[data-node="{node}"]')

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)


def python_number(text: str | None) -> float:
    assert text is not None
    return float(text.replace("Infinity", "inf"))


def running_example() -> Value:
    x, y = Value(2, name="x"), Value(3, name="y")
    return (x**2 + x * y + (x + y) ** 2).named("f")


def chain(length: int) -> Value:
    nodes = [Value(0.5, name="x"), Value(-0.25, name="y")]
    while len(nodes) < length:
        nodes.append(nodes[-1] * nodes[-2] + nodes[-3].tanh() if len(nodes) > 2 else nodes[0] * nodes[1])
    return nodes[-1]


def check_numbers(tab: Tab, output: Value) -> None:
    """Compare all values, partials and adjoints in the page with Python's."""
    order = topological_order(output)
    partials = [partial for node in order for partial in node.partials]

    assert tab.numbers("value") == pytest.approx([node.data for node in order], rel=1e-12, abs=0, nan_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NonFiniteWarning)
        adjoints = gradient(output, order)
    assert tab.numbers("adjoint") == pytest.approx(adjoints, rel=1e-12, abs=1e-300, nan_ok=True)
    assert tab.partials() == pytest.approx(partials, rel=1e-12, abs=1e-300, nan_ok=True)


OPERANDS = {
    "acos": (0.3,),
    "asin": (0.3,),
    "where": (1, 0.7, -1.2),
    "softmax": (0.5, -1.3, 0.2),
}


def application(rule: Rule) -> Value:
    """The operation applied to ordinary numbers."""
    numbers = OPERANDS.get(rule.name, (0.7, 1.6, -0.4)[: rule.arity or 3])
    xs = [Value(number, name=f"x{place}") for place, number in enumerate(numbers)]
    if rule.name == "dot":
        return autodiff.dot(xs, [2, 0.3, 1.1], bias=xs[0])
    output: Value = called(rule, xs)
    return output
