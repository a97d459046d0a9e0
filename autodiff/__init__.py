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
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from autodiff import copies, rules
from autodiff.calculus import grad, gradient, hessian, hessian_vector_product, jacobian, value_and_grad
from autodiff.calculus.checking import GradientError, check_gradient
from autodiff.functions import *  # noqa: F403 - every function of the table
from autodiff.graph import Edge, Path, ancestors, count_paths, edges, leaves, paths, topological_order
from autodiff.guards import (
    GraphWarning,
    KinkWarning,
    LostStepWarning,
    NoGradWarning,
    NonFiniteWarning,
    RepeatedBackwardWarning,
    UnreachedWarning,
    unreached,
    warn_unreached,
)
from autodiff.guards.attributes import Elsewhere, advice_for, hint_for
from autodiff.guards.kinks import Kink, Kinks, find_kinks
from autodiff.guards.moved import MOVED, Moved
from autodiff.guards.watching import watch_lines
from autodiff.operations import FUNCTIONS, apply, register
from autodiff.value import Value

if TYPE_CHECKING:  # what is loaded where it is first used
    __version__: str
    from autodiff.compiler.culprit import NonFinite
    from autodiff.compiler.engines.choice import SlowEngineWarning
    from autodiff.compiler.front.tape import TraceError
    from autodiff.compiler.function import Compiled, compile
    from autodiff.compiler.lowering import RetraceWarning
    from autodiff.compiler.program import Program
    from autodiff.formulas.composed import (
        cumsum,
        dist,
        fabs,
        ldexp,
        median,
        prelu,
        quantile,
        rrelu,
        softmin,
        sumprod,
        threshold,
    )
    from autodiff.guards.nonfinite import Culprit
    from autodiff.languages import speak
    from autodiff.pictures.digraph import Bundle
    from autodiff.pictures.draw import draw
    from autodiff.show.animation import animate
    from autodiff.show.derivations.explain import explain
    from autodiff.show.derivations.formula import formula
    from autodiff.show.derivations.sharing import multiplications, shared_factors
    from autodiff.show.derivations.steps import forward_steps, steps
    from autodiff.show.derivations.sympy_form import to_sympy
    from autodiff.show.derivations.unknown import unknown
    from autodiff.show.grading import grade
    from autodiff.show.matrices import draw_matrices
    from autodiff.show.mistakes import compare
    from autodiff.show.page.explorer import explore
    from autodiff.show.practice.exercise import exercise
    from autodiff.show.practice.random_graphs import random_graph
    from autodiff.show.practice.sheets import sheets
    from autodiff.show.slides import beamer, tikz
    from autodiff.sources.code import source
    from autodiff.sources.comparing import compare_with

__all__ = [
    "Edge",
    "GradientError",
    "GraphWarning",
    "Kink",
    "KinkWarning",
    "Kinks",
    "LostStepWarning",
    "NoGradWarning",
    "NonFiniteWarning",
    "Path",
    "Program",
    "RepeatedBackwardWarning",
    "RetraceWarning",
    "SlowEngineWarning",
    "TraceError",
    "UnreachedWarning",
    "Value",
    "ancestors",
    "animate",
    "apply",
    "beamer",
    "check_gradient",
    "compare",
    "compare_with",
    "compile",
    "count_paths",
    "cumsum",
    "dist",
    "draw",
    "draw_matrices",
    "edges",
    "exercise",
    "explain",
    "explore",
    "fabs",
    "find_kinks",
    "find_nonfinite",
    "formula",
    "forward_steps",
    "grad",
    "grade",
    "gradient",
    "hessian",
    "hessian_vector_product",
    "jacobian",
    "ldexp",
    "leaves",
    "median",
    "multiplications",
    "paths",
    "prelu",
    "quantile",
    "random_graph",
    "register",
    "rrelu",
    "shared_factors",
    "sheets",
    "softmin",
    "source",
    "speak",
    "steps",
    "sumprod",
    "threshold",
    "tikz",
    "to_sympy",
    "topological_order",
    "unknown",
    "unreached",
    "value_and_grad",
    "warn_unreached",
    "watch_lines",
]

autodiff = sys.modules[__name__]
LATE = {  # the modules of what is loaded where it is first used
    "Program": "compiler.program",
    "RetraceWarning": "compiler.lowering",
    "SlowEngineWarning": "compiler.engines.choice",
    "TraceError": "compiler.front.tape",
    "animate": "show.animation",
    "beamer": "show.slides",
    "compare": "show.mistakes",
    "compare_with": "sources.comparing",
    "compile": "compiler.function",
    "cumsum": "formulas.composed",
    "dist": "formulas.composed",
    "draw": "pictures.draw",
    "draw_matrices": "show.matrices",
    "exercise": "show.practice",
    "explain": "show.derivations.explain",
    "explore": "show.page.explorer",
    "fabs": "formulas.composed",
    "formula": "show.derivations.formula",
    "forward_steps": "show.derivations.steps",
    "grade": "show.grading",
    "ldexp": "formulas.composed",
    "median": "formulas.composed",
    "multiplications": "show.derivations.sharing",
    "prelu": "formulas.composed",
    "quantile": "formulas.composed",
    "random_graph": "show.practice.random_graphs",
    "rrelu": "formulas.composed",
    "shared_factors": "show.derivations.sharing",
    "sheets": "show.practice.sheets",
    "softmin": "formulas.composed",
    "source": "sources.code",
    "speak": "languages",
    "steps": "show.derivations.steps",
    "sumprod": "formulas.composed",
    "threshold": "formulas.composed",
    "tikz": "show.slides",
    "to_sympy": "show.derivations.sympy_form",
    "unknown": "show.derivations.unknown",
}


def picture(
    shown: Value | Sequence[Value], include: Iterable[str] | None = None, exclude: Iterable[str] | None = None
) -> Bundle:
    """Show a small graph as its picture in a notebook; graphviz is loaded when that happens."""
    from autodiff.pictures.digraph import with_room
    from autodiff.pictures.draw import display

    return with_room(display(shown, include, exclude))


def mime(node: Value) -> tuple[str, str]:
    """Show a small graph in marimo, which takes one form: also of what stands in a list."""
    from autodiff.pictures.draw import display

    return next(iter(display(node, exclude=["image/png"]).items()))


def pictures_of_lists() -> None:
    """Let IPython show a list of Values as it shows a Value: all in one picture."""
    if "IPython" in sys.modules and (shell := sys.modules["IPython"].get_ipython()):

        def pictured(found: Sequence[Value]) -> Bundle | None:
            shown = picture(found) if {*map(type, found)} == {Value} else {}
            return shown if len(shown) > 1 else None

        for kind in (list, tuple):
            shell.display_formatter.mimebundle_formatter.for_type(kind, pictured)


def array_ufunc(node: Value, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
    """Let NumPy's functions do with a Value what the rows of the table do."""
    from autodiff.matrix.ufuncs import on_values

    return on_values(ufunc, method, inputs, options)


# What Value takes from the floors above its own.
Value.__array_ufunc__ = array_ufunc  # type: ignore[attr-defined]
Value.__copy__ = copies.shallow_copy  # type: ignore[attr-defined]
Value.__deepcopy__ = copies.deep_copy  # type: ignore[attr-defined]
Value.__reduce__ = copies.pickled  # type: ignore[method-assign, assignment]
Value._mime_ = mime  # type: ignore[attr-defined]
Value._repr_mimebundle_ = picture  # type: ignore[attr-defined]
for _name, _row in (rules.named_elsewhere() | {name: name for name in (*__all__, *rules.TABLE)}).items():
    if not hasattr(Value, _name):
        setattr(Value, _name, Elsewhere(_name, advice_for(_name, _row)))
Moved(MOVED).install()
pictures_of_lists()


def find_nonfinite(what: Value | Compiled, *args: Any, **kwargs: Any) -> Culprit[Value] | NonFinite | None:
    """Find the first nan or infinity below a Value, or in a compiled function called with these arguments."""
    if isinstance(what, Value):
        from autodiff.guards.nonfinite import find_nonfinite as find_in_graph

        return find_in_graph(what, *args, **kwargs)
    from autodiff.compiler.compiled import find_nonfinite

    return find_nonfinite(what, *args, **kwargs)


if not TYPE_CHECKING:  # to a type checker only what stands above is there

    def __getattr__(name: str) -> object:
        """Load what is in LATE, find the functions that were registered at run time, and the version."""
        if name in LATE:
            return getattr(importlib.import_module(f"autodiff.{LATE[name]}"), name)
        if name in rules.TABLE:
            return FUNCTIONS[name]
        if name == "__version__":
            from importlib.metadata import version  # takes a while to load

            return version("scalar-autodiff")
        hint = "" if name.startswith("_") else hint_for([*__all__, *rules.TABLE], name)
        raise AttributeError(f"module 'autodiff' has no attribute {name!r}{hint}", name=name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *rules.TABLE})
