"""Watching: nodes that remember the line of the user's code that made them, where that is asked for.

Looking up the line costs more than the arithmetic, so nodes are watched in a ``with`` block only; elsewhere
it costs nothing.
"""

from __future__ import annotations

import linecache
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from autodiff import operations
from autodiff.guards import users_frame
from autodiff.value import Value

__all__ = ["Line", "Watched", "watch_lines"]


class Line(NamedTuple):
    """A line of code: its file, its number, and the function it stands in."""

    file: str
    number: int
    function: str

    def __str__(self) -> str:
        code = linecache.getline(self.file, self.number).strip()
        return f"{self.file}:{self.number}, in {self.function}" + (f": {code}" if code else "")


class Watched(Value):
    """A node that knows the line that made it."""

    __slots__ = ("line",)
    line: Line | None


def watched(kind: type[Value]) -> Any:
    """What operations.py makes its nodes with while lines are watched: of another kind than it asks for."""
    node = object.__new__(Watched)
    frame, _ = users_frame(sys._getframe())
    node.line = frame and Line(frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name)
    return node


SWITCHING = threading.Lock()
WATCHING: list[Any] = [operations.new]  # what makes a node, outside and for each block open in any thread


@contextmanager
def watch_lines() -> Iterator[None]:
    """While this is open, nodes remember the line that made them, as ``node.line``.

    A ``backward()`` that meets nan or infinity then warns with the line where it began, also after the block
    has ended. Leaves are not watched. Blocks may be nested; nodes made by other threads are watched too.

    >>> x = Value(0.0, name="x")
    >>> with watch_lines():
    ...     y = x.sqrt() * 2
    >>> print(y.line)
    <doctest autodiff.watching.watch_lines[1]>:2, in <module>: y = x.sqrt() * 2
    """
    with SWITCHING:
        WATCHING.append(watched)
        operations.new = watched
    try:
        yield
    finally:
        with SWITCHING:
            WATCHING.pop()
            operations.new = WATCHING[-1]
