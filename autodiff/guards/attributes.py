"""Attributes that are not there: what was meant, said wherever the message is read, not on a terminal alone.

A node says it for the names below and for the functions of the package. It has no ``__getattr__`` to look for the
nearest name of any other: Python then reads every attribute the slow way, which made a product 15 % slower.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import NoReturn

from autodiff.rules import named_elsewhere

__all__ = ["ELSEWHERE", "Elsewhere", "advice_for", "hint_for", "no_attribute"]

OF_AN_OPTIMISER = "what an optimiser remembers is kept beside the nodes: use nn.Adam, or a dictionary by node"
ELSEWHERE = {  # what lectures on micrograd, habits from PyTorch and slips of the pen look for on a Value
    "label": "its name is v.name: write Value(2.0, name='x'), or v.named('x') for a node that was computed",
    "m": OF_AN_OPTIMISER,
    "v": OF_AN_OPTIMISER,
    "_backward": "its local derivatives are numbers, v.partials; an operation of your own is a row of the table: "
    "autodiff.register(unary('name', value=..., partial=...)) with unary from autodiff.rules",
    "zero_grad": "set v.grad = 0.0; models and optimisers have zero_grad()",
    **dict.fromkeys(("backwards", "backprop", "bacward", "backword"), "did you mean v.backward()?"),
    **dict.fromkeys(("garde", "grads", "gard", "garad", "derivative"), "did you mean v.grad?"),
    **dict.fromkeys(("value", "val", "item", "numpy", "detach"), "its number is v.data"),
    "dtype": "a node is no array: in place of np.sinc(v) write autodiff.sinc(v), or np.sinc(A) of a matrix A",
    **dict.fromkeys(("children", "prev"), "the nodes it was computed from are v.parents"),
}


class Elsewhere:
    """A name that stands for nothing on a class, so that reading and assigning it says what does.

    Args:
        name: The name.
        advice: What to write instead.
    """

    def __init__(self, name: str, advice: str) -> None:
        self.name, self.advice = name, advice

    def __get__(self, node: object, kind: type) -> NoReturn:
        raise AttributeError(
            f"{kind.__name__!r} object has no attribute {self.name!r}: {self.advice}", name=self.name
        )

    def __set__(self, node: object, _: object) -> NoReturn:
        self.__get__(node, type(node))


def advice_for(name: str, row: str) -> str:
    """What to write for a function that a node is asked for, as NumPy asks those in an array, by any of its names."""
    if name == row:
        return f"did you mean autodiff.{name}(...)?"
    return (
        f"here it is autodiff.{row}(v); for NumPy's functions make an array of nodes a matrix, "
        "autodiff.matrix.matrix(A)"
    )


def no_attribute(owner: object, name: str) -> AttributeError:
    """The error for a name that an object lacks, with the nearest that it has.

    >>> from nn import Linear
    >>> print(no_attribute(Linear(1, 1), "paramters"))
    'Linear' object has no attribute 'paramters': did you mean 'parameters'?
    """
    return AttributeError(
        f"{type(owner).__name__!r} object has no attribute {name!r}{hint_for(dir(owner), name)}", name=name
    )


def hint_for(names: Iterable[str], name: str) -> str:
    """What to add to a message: that one of the names that is called so elsewhere, or the nearest.

    >>> hint_for(["asin", "asinh", "draw"], "arcsinh"), hint_for(["asin", "asinh", "draw"], "drow")
    (": did you mean 'asinh'?", ": did you mean 'draw'?")
    """
    known = [known for known in names if not known.startswith("_")]
    elsewhere = named_elsewhere().get(name)
    close = [elsewhere] if elsewhere in known else difflib.get_close_matches(name, known, n=1)
    return f": did you mean {close[0]!r}?" if close else ""
