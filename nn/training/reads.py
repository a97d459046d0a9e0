"""Reads: which Values a function asks for their number or gradient, as `w.data`, while it runs.

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
    """Note the names of the leaves that a number is read of in this thread, or that is read of a node above them.

    Sweeps such as that of `gradient` read the number of the output.

    >>> w, b = Value(2.0), Value(1.0)
    >>> with numbers_read({"w": w, "b": b}) as read:
    ...     y = (w * 2).data * w + b
    >>> read
    ['w']
    """
    read: list[str] = []
    names, thread = {leaf: name for name, leaf in watched.items()}, threading.get_ident()
    inherited = {name: getattr(Value, name) for name in ("data", "partials", "grad")}

    def noting(name: str) -> property:
        plain = inherited[name]

        def read_of(self: Value) -> object:
            if threading.get_ident() == thread:
                read.extend(names[leaf] for leaf in leaves(self) if leaf in names)
            return plain.__get__(self)

        return property(read_of, plain.__set__)

    with ONE_AT_A_TIME:
        for name in inherited:
            setattr(Value, name, noting(name))
        try:
            yield read
        finally:
            for name in inherited:
                delattr(Value, name)
