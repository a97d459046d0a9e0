"""A page as a widget: a slider moved in it changes the Value in Python, and the Value moves the slider."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import anywidget
import traitlets

from autodiff.graph import topological_order
from autodiff.show.page.standalone import SCHEMES, source
from autodiff.value import Value

__all__ = ["PageWidget"]


class PageWidget(anywidget.AnyWidget):  # type: ignore[misc]  # an extra, may be absent
    """What ``explore(output).widget()`` returns.

    The leaves follow the page. The nodes above them keep their numbers, as after ``leaf.data = ...`` by hand, until the
    code that makes them runs again: marimo does that by itself. Where IPython runs, the page follows the leaves
    after each cell; elsewhere ``follow()`` lets it.

    Attributes:
        inputs: The place of each leaf in the topological order, and its number.
    """

    _esm = source("widget.js")
    _css = SCHEMES
    html = traitlets.Unicode().tag(sync=True)
    height = traitlets.Int().tag(sync=True)
    inputs = traitlets.List().tag(sync=True)

    def __init__(self, html: str, output: Value, height: int) -> None:
        leaves = [(place, node) for place, node in enumerate(topological_order(output)) if node.op is None]
        self.leaves = dict(leaves)
        super().__init__(html=html, height=height, inputs=self._numbers())
        self.observe(self._changed, "inputs")
        if shell := getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)():
            shell.events.register("post_run_cell", self.follow)

    def follow(self, *_: object) -> None:
        """Let the page show the numbers that the leaves have now."""
        self.inputs = self._numbers()

    def _numbers(self) -> list[list[float]]:
        """The numbers of the leaves; those that JSON cannot hold are left as the page has them."""
        numbers = ([place, float(leaf.data)] for place, leaf in self.leaves.items())
        return [[place, x] for place, x in numbers if math.isfinite(x)]

    def _changed(self, change: Any) -> None:
        given: Sequence[tuple[int, float]] = change["new"]
        for place, x in given:
            leaf = self.leaves[place]
            if float(leaf.data) != x:
                leaf.data = Fraction(repr(x)) if isinstance(leaf.data, Fraction) else float(x)
