"""Reading written mathematics back: the text form 2x + |y|·[x > 0] as Python that can be evaluated."""

from __future__ import annotations

import math
import re
from typing import Any

import autodiff
from autodiff.operations import function
from autodiff.rules import TABLE

__all__ = ["READ", "as_python"]

SIGNS = {"·": "*", "^": "**", "≥": ">=", "≤": "<=", " = ": " == "}
FACTOR = re.compile(r"(?<![\w.])(?<!\de[+-])(\d+(?:\.\d+)?)(?!\d|\.|e[+-]\d)(?=[^\W\d]|\()")  # the 2 in 2x
ROOT = re.compile(r"√([\w.]+|\((?:[^()]+)\))")

# What the names in a text stand for, besides those of nodes.
READ: dict[str, Any] = {
    **{name: function(rule) for name, rule in TABLE.items()},
    "softmax": lambda *xs: autodiff.softmax(xs),
    "log_softmax": lambda *xs: autodiff.log_softmax(xs),
    "σ": autodiff.sigmoid,
    "π": math.pi,
    "int": int,
    "__builtins__": {},
}


def as_python(text: str) -> str:
    """Translate a text; bars are absolute values, brackets are 1 where their condition holds.

    >>> as_python("2x - ||x| - y|^2·[x > softmax(x, y)[0]]")
    '2*x - abs(abs(x) - y)**2*int(x > softmax(x, y)[0])'
    """
    text = FACTOR.sub(r"\1*", text)
    text = ROOT.sub(r"sqrt(\1)", text)
    for sign, python in SIGNS.items():
        text = text.replace(sign, python)
    read, closing = "", []
    for sign in text:
        ends_operand = bool(read) and (read[-1].isalnum() or read[-1] in ")]_'")
        if sign == "|":
            read += ")" if ends_operand else "abs("
        elif sign == "[":
            closing.append("]" if ends_operand else ")")
            read += sign if ends_operand else "int("
        else:
            read += closing.pop() if sign == "]" else sign
    return read
