"""Attributes that are not there: what was meant, said wherever the message is read, not on a terminal alone."""

from __future__ import annotations

import difflib
import sys
from typing import NoReturn

from autodiff import rules

__all__ = ["Elsewhere", "hint_for", "no_attribute"]

# What lectures on micrograd keep on a Value, and where it is here.
ELSEWHERE = {
    "label": "its name is v.name: write Value(2.0, name='x'), or v.named('x') for a node that was computed",
    "_backward": "its local derivatives are numbers, v.partials; an operation of your own is a row of the table: "
    "autodiff.register(unary('name', value=..., partial=...))",
    "m": "what an optimiser remembers is kept beside the nodes: use nn.Adam, or a list or a dictionary by node",
    "v": "what an optimiser remembers is kept beside the nodes: use nn.Adam, or a list or a dictionary by node",
}


def no_attribute(owner: object, name: str) -> AttributeError:
    """The error for a name that an object lacks, with the nearest that it has, or the function it may be.

    >>> from autodiff import Value
    >>> print(no_attribute(Value(1.0), "garde"))
    'Value' object has no attribute 'garde': did you mean 'grad'?
    >>> print(no_attribute(Value(1.0), "draw"))
    'Value' object has no attribute 'draw': did you mean autodiff.draw(...)?
    """
    return AttributeError(
        f"{type(owner).__name__!r} object has no attribute {name!r}{hint_for(owner, name)}", name=name
    )


def hint_for(owner: object, name: str) -> str:
    """What to add to a message: the function of this name, or the nearest attribute of the owner."""
    if name in rules.TABLE or name in getattr(sys.modules["autodiff"], "__all__", ()):
        return f": did you mean autodiff.{name}(...)?"
    known = [known for known in dir(owner) if not known.startswith("_")]
    close = difflib.get_close_matches(name, known, n=1)
    return f": did you mean {close[0]!r}?" if close else ""


class Elsewhere:
    """A name that stands for nothing on a class, so that reading and assigning it says what does."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, node: object, kind: type) -> Elsewhere:
        if node is None:
            return self
        raise self.error(node)

    def __set__(self, node: object, _: object) -> NoReturn:
        raise self.error(node)

    def error(self, node: object) -> AttributeError:
        return AttributeError(
            f"{type(node).__name__!r} object has no attribute {self.name!r}: {ELSEWHERE[self.name]}",
            name=self.name,
        )
