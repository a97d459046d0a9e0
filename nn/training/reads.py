"""Reads: which Values a function asks for their number, as `w.data`, while it runs.

A program that was made of such a function would keep the number, which training changes.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from autodiff import Value, leaves

__all__ = ["numbers_read"]

ONE_AT_A_TIME = threading.RLock()  # puts its own `data` and `partials` into the class


@contextmanager
def numbers_read(watched: Mapping[str, Value]) -> Iterator[list[str]]:
    """Note the names of the leaves whose number is read in this thread, or number or slopes of a node above them.

    >>> w, b = Value(2.0), Value(1.0)
    >>> with numbers_read({"w": w, "b": b}) as read:
    ...     y = (w * 2).data * w + b
    >>> read
    ['w']
    """
    read: list[str] = []
    names, thread = {leaf: name for name, leaf in watched.items()}, threading.get_ident()
    plain, slopes = Value.data, Value.partials

    def note(node: Value) -> None:
        if threading.get_ident() == thread:
            read.extend(names[leaf] for leaf in leaves(node) if leaf in names)

    def data(self: Value) -> object:
        note(self)
        return plain.__get__(self)

    def partials(self: Value) -> object:
        note(self)
        return slopes.__get__(self)

    with ONE_AT_A_TIME:
        Value.data = property(data, plain.__set__)
        Value.partials = property(partials)  # type: ignore[method-assign, assignment]
        try:
            yield read
        finally:
            del Value.data, Value.partials
