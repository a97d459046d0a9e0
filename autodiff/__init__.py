"""Reverse-mode automatic differentiation of scalar graphs, to learn from and to teach with.

>>> from autodiff import Value
>>> x, y = Value(2, name="x"), Value(3, name="y")
>>> f = x**2 + x * y + (x + y) ** 2
>>> f
Value(data=35.0, grad=0.0, op='+')

Every node holds its parents and the local derivative on the edge from each of them:

>>> a = x * y
>>> [parent.name for parent in a.parents], a.partials
(['x', 'y'], (3.0, 2.0))

``backward()`` sums, over all paths from an input to the output, the product of the derivatives on the
path's edges:

>>> f.backward()
>>> x.grad, y.grad
(17.0, 12.0)
>>> [path.product for path in paths(f, x)]
[4.0, 3.0, 10.0]

Every operation of the table is a method and a function; plain numbers stay plain numbers:

>>> autodiff.dot([x, y], [10, 100], bias=1).data, x.tanh().partials == autodiff.tanh(x).partials
(321.0, True)
>>> autodiff.sigmoid(0)
0.5
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

from autodiff import copies, nonfinite, rules
from autodiff.calculus import grad, gradient, hessian, hessian_vector_product, jacobian, value_and_grad
from autodiff.checking import GradientError, check_gradient
from autodiff.graph import Edge, Path, ancestors, count_paths, edges, leaves, paths, topological_order
from autodiff.guards import (
    GraphWarning,
    NoGradWarning,
    NonFiniteWarning,
    RepeatedBackwardWarning,
    UnreachedWarning,
    unreached,
    warn_unreached,
)
from autodiff.operations import FUNCTIONS, apply, register
from autodiff.value import Value
from autodiff.watching import watch_lines

__all__ = [
    "Edge",
    "GradientError",
    "GraphWarning",
    "NoGradWarning",
    "NonFiniteWarning",
    "Path",
    "Program",
    "RepeatedBackwardWarning",
    "RetraceWarning",
    "TraceError",
    "UnreachedWarning",
    "Value",
    "ancestors",
    "animate",
    "apply",
    "check_gradient",
    "compare",
    "compile",
    "count_paths",
    "draw",
    "draw_matrices",
    "edges",
    "exercise",
    "explain",
    "explore",
    "find_nonfinite",
    "forward_steps",
    "grad",
    "gradient",
    "hessian",
    "hessian_vector_product",
    "jacobian",
    "leaves",
    "multiplications",
    "paths",
    "random_graph",
    "register",
    "shared_factors",
    "steps",
    "to_sympy",
    "topological_order",
    "unreached",
    "value_and_grad",
    "warn_unreached",
    "watch_lines",
]

autodiff = sys.modules[__name__]
SHOWN = {  # files in show/
    "animate": "animation",
    "compare": "mistakes",
    "draw": "draw",
    "draw_matrices": "matrices",
    "exercise": "practice",
    "explain": "explain",
    "explore": "explorer",
    "forward_steps": "steps",
    "multiplications": "sharing",
    "shared_factors": "sharing",
    "steps": "steps",
    "to_sympy": "sympy_form",
}

COMPILING = {  # files in compiler/
    "Program": "program",
    "RetraceWarning": "function",
    "TraceError": "tape",
    "compile": "function",
}


def picture(node: Value, **_: Any) -> dict[str, str] | None:
    """Show a small graph as its picture in a notebook; graphviz is loaded when that happens."""
    from autodiff.show.draw import display

    return display(node)


# What Value takes from the floors above its own.
Value.__copy__ = copies.shallow_copy  # type: ignore[attr-defined]
Value.__deepcopy__ = copies.deep_copy  # type: ignore[attr-defined]
Value.__reduce__ = copies.pickled  # type: ignore[method-assign, assignment]
Value._repr_mimebundle_ = picture  # type: ignore[attr-defined]


def find_nonfinite(what: Any, *args: Any, **kwargs: Any) -> Any:
    """Find the first nan or infinity below a Value, or in a compiled function called with these arguments."""
    if isinstance(what, Value):
        return nonfinite.find_nonfinite(what, *args, **kwargs)
    return importlib.import_module("autodiff.compiler.nonfinite").find_nonfinite(what, *args, **kwargs)


def __getattr__(name: str) -> Any:
    """Find the functions of the table (``autodiff.tanh``), and load the drawing where it is used."""
    if name in rules.TABLE:
        return FUNCTIONS[name]
    if name == "random_graph":
        return importlib.import_module("autodiff.random_graphs").random_graph
    if name in COMPILING:
        return getattr(importlib.import_module(f"autodiff.compiler.{COMPILING[name]}"), name)
    if name in SHOWN:
        return getattr(importlib.import_module(f"autodiff.show.{SHOWN[name]}"), name)
    raise AttributeError(f"module 'autodiff' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *rules.TABLE})
