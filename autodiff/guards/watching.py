"""Watching: nodes that remember the line of the user's code that made them, where that is asked for.

Looking up the line costs more than the arithmetic, so nodes are watched in a ``with`` block only; elsewhere
it costs nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from autodiff.guards.lines import Line, users_line
from autodiff.node import N, Node

__all__ = ["Line", "watch_lines"]

new: Callable[[type[N]], N] = object.__new__  # makes every interior node; another one while lines are watched


KINDS: dict[
    type[Node], type[Any]
] = {}  # for each kind of node, the same with a place for the line that made it


def watched(kind: type[N]) -> N:
    """Make a node that knows its line."""
    if kind not in KINDS:
        look = {"__slots__": ("line",), "__doc__": "A node that knows the line that made it."}
        KINDS[kind] = type("Watched", (kind,), look)
    node = object.__new__(KINDS[kind])
    node.line = users_line()
    return node  # type: ignore[no-any-return]


SWITCHING = threading.Lock()
WATCHING: list[Any] = [new]  # what makes a node, outside and for each block open in any thread


@contextmanager
def watch_lines() -> Iterator[None]:
    """While this is open, nodes remember the line that made them, as ``node.line``.

    A ``backward()`` that meets nan or infinity then warns with the line where it began, also after the block
    has ended. Leaves are not watched. Blocks may be nested; nodes made by other threads are watched too.

    >>> from autodiff import Value
    >>> x = Value(0.0, name="x")
    >>> with watch_lines():
    ...     y = x.sqrt() * 2
    >>> print(y.line)
    <doctest autodiff.guards.watching.watch_lines[2]>:2, in <module>: y = x.sqrt() * 2
    """
    global new
    with SWITCHING:
        WATCHING.append(watched)
        new = watched
    try:
        yield
    finally:
        with SWITCHING:
            WATCHING.pop()
            new = WATCHING[-1]
