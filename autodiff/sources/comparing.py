"""compare_with: a function and its gradient here and in another library, side by side, and why they differ."""

from __future__ import annotations

import importlib
import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from autodiff.calculus import gradient
from autodiff.calculus.derivatives import argument_names
from autodiff.calculus.trees import Tree, each_leaf
from autodiff.formulas.expression import function_of_text
from autodiff.graph import topological_order
from autodiff.guards.kinks import Kink, find_kinks
from autodiff.languages import spoken
from autodiff.number import number
from autodiff.pictures.names import clean
from autodiff.show.derivations.wording import html_cell
from autodiff.sources.code import ALL_ARGUMENTS, source
from autodiff.sources.definitions import VALUE
from autodiff.value import Value

__all__ = ["RUN", "Beside", "Compared", "LibraryName", "compare_with"]

Packing: TypeAlias = Sequence[Sequence[int]]
LibraryName: TypeAlias = Literal["torch", "jax", "autograd", "casadi"]

AS_ROUNDED = 1e-12  # relative; more than that is a difference
SINGLE = 1e-5  # the same in single precision
MOST_KINKS = 2  # that a reason names
CLOSE_TO_FLAT = 1e-12  # a partial that others may round to 0
SMALL, LOST = 1e-2, 2e-15  # a partial that is what is left of 1 has lost so much of it, as 1 - tanh(x)**2


@dataclass(frozen=True)
class Compared:
    """One number, here and there.

    Attributes:
        what: Which one: the value, or by what the derivative is taken.
        ours, theirs: The numbers.
        reason: Why they differ; empty where they do not, but for rounding.
    """

    what: str
    ours: float
    theirs: float
    reason: str = ""


class Beside(tuple[Compared, ...]):
    """Value and gradient here and in another library, which show themselves as text and HTML."""

    __slots__ = ()

    @property
    def agree(self) -> bool:
        """Whether all numbers are the same, but for rounding."""
        return not any(row.reason for row in self)

    def _cells(self) -> list[tuple[str, ...]]:
        return [
            (clean(row.what), f"{row.ours:.15g}", f"{row.theirs:.15g}", row.reason or "same") for row in self
        ]

    def __str__(self) -> str:
        rows = [("", "autodiff", "there", ""), *self._cells()]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        padded = (
            [cell.ljust(width) for cell, width in zip(row, widths, strict=False)] + [row[3]] for row in rows
        )
        return "\n".join("  ".join(row).rstrip() for row in padded)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        heads = "".join(html_cell(head, "th") for head in ("", "autodiff", "there", ""))
        rows = ("".join(map(html_cell, row)) for row in self._cells())
        return f"<table><tr>{heads}</tr>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


def compare_with(f: Callable[..., Value] | str, *args: Tree, library: LibraryName) -> Beside:
    """Compute a function and its gradient here and by the automatic differentiation of another library.

    The function runs on Values; its graph is written as code of the other library (see :func:`source`), which
    computes and differentiates that.

    Args:
        f: A function that gives a Value, or a formula, as :func:`compile` takes it.
        *args: Trees of numbers, by all of which it is differentiated.
        library: "torch", "jax", "autograd" or "casadi", which must be installed.

    Returns:
        The value and each derivative, ours, theirs, and why they differ: a kink, where each uses a convention, a
        slope that rounds to 0, or single precision.

    Raises:
        TypeError: ``f`` is no function or gives no Value, or an argument is no tree of numbers.
        ValueError: There is no such library here, or the text is no formula.
        ModuleNotFoundError: It is not installed.
        UnknownPrimitive: It lacks what a row needs.

    >>> print(compare_with(lambda x, y: x * y.sin(), 2.0, 0.5, library="torch"))  # doctest: +SKIP
           autodiff           there
    value  0.958851077208406  0.958851077208406  same
    x      0.479425538604203  0.479425538604203  same
    y      1.75516512378075   1.75516512378075   same
    """
    if library not in RUN:
        raise ValueError(f"compare_with: there is no library {library!r}; there are {', '.join(RUN)}")
    function = function_of_text(f) if isinstance(f, str) else f
    if not callable(function):
        raise TypeError(f"compare_with: f must be a function or a formula, not {f!r:.80}")
    importlib.import_module(library)
    inputs: list[Value] = []
    names = argument_names(function, len(args))
    output = function(*[as_inputs(arg, name, inputs) for name, arg in zip(names, args, strict=True)])
    if not isinstance(output, Value):
        raise TypeError(f"compare_with: the function must give a Value, not {output!r:.80}")
    used = [node for node in topological_order(output) if node.op is None]
    namespace: dict[str, Any] = {}
    code = source(output, library)
    exec(code, namespace)
    numbers, held = [float(leaf.data) for leaf in used], [*code.arguments.values()]
    value, slopes = RUN[library](namespace[VALUE], numbers, held)
    by_leaf = dict(zip(used, slopes, strict=True))
    in_order = not code.arguments or ALL_ARGUMENTS in code.arguments  # are its sums
    reordered = 0.0 if in_order else max(map(abs, slopes))
    reasons = Reasons(output, library, AS_ROUNDED * reordered)
    rows = [reasons.row("value", output.data, value, None)]
    for leaf, ours in zip(inputs, gradient(output, inputs), strict=True):
        rows.append(reasons.row(leaf.name or "", ours, by_leaf.get(leaf, 0.0), leaf))
    return Beside(rows)


def as_inputs(tree: Tree, name: str, inputs: list[Value]) -> Tree:
    """A tree of numbers as one of named Values, which are added to the inputs."""

    def leaf(x: object, path: str) -> Value:
        inputs.append(Value(number(x, f"compare_with: argument {name}{path}"), name=f"{name}{path}"))
        return inputs[-1]

    return each_leaf(leaf, tree)


# ---------------------------------------------------------------- in the other libraries


def packed(numbers: Sequence[Any], held: Packing, stack: Callable[[list[Any]], Any] = list) -> Sequence[Any]:
    """The arguments of a function that ``source`` wrote; if of vectors, ``held`` says which numbers they hold."""
    if not held:
        return numbers
    return [stack([numbers[i] for i in places]) if len(places) > 1 else numbers[places[0]] for places in held]


def in_torch(
    function: Callable[..., Any], numbers: list[float], held: Packing = ()
) -> tuple[float, list[float]]:
    import torch

    tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in numbers]
    value = torch.as_tensor(function(*packed(tensors, held, torch.stack)))
    if not value.requires_grad:
        return float(value), [0.0] * len(numbers)
    slopes = torch.autograd.grad(value, tensors, allow_unused=True)
    return float(value.detach()), [0.0 if slope is None else float(slope) for slope in slopes]


def in_jax(
    function: Callable[..., Any], numbers: list[float], held: Packing = ()
) -> tuple[float, list[float]]:
    import jax

    value, slopes = jax.value_and_grad(lambda xs: 1.0 * function(*packed(xs, held, jax.numpy.stack)))(numbers)
    return float(value), [float(slope) for slope in slopes]


def in_autograd(
    function: Callable[..., Any], numbers: list[float], held: Packing = ()
) -> tuple[float, list[float]]:
    import autograd

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Output seems independent of input")  # then its slopes are 0
        value, slopes = autograd.value_and_grad(lambda xs: 1.0 * function(*packed(xs, held)))(numbers)
    return float(value), [float(slope) for slope in slopes]


def in_casadi(
    function: Callable[..., Any], numbers: list[float], held: Packing = ()
) -> tuple[float, list[float]]:
    import casadi

    symbols = [casadi.SX.sym(f"x{i}") for i in range(len(numbers))]
    value = casadi.SX(function(*packed(symbols, held)))
    both = casadi.Function("both", symbols, [value, casadi.gradient(value, casadi.vertcat(*symbols))])
    found, slopes = both(*numbers)
    return float(found), [float(x) for x in casadi.DM(slopes).full().ravel()]


RUN: dict[str, Callable[..., tuple[float, list[float]]]] = {
    "torch": in_torch,
    "jax": in_jax,
    "autograd": in_autograd,
    "casadi": in_casadi,
}


# ---------------------------------------------------------------- why they differ


class Reasons:
    """Why the numbers of a graph differ in a library."""

    def __init__(self, output: Value, library: str, rounding: float) -> None:
        self.output, self.library, self.rounding = output, library, rounding
        self.kinks = [kink for kink in find_kinks(output) if kink.matters]
        self.flat = [node for node in topological_order(output) if is_nearly_flat(node)]

    def row(self, what: str, ours: Any, theirs: float, leaf: Value | None) -> Compared:
        ours = float(ours)
        if near(ours, theirs, AS_ROUNDED) or abs(ours - theirs) < self.rounding:
            return Compared(what, ours, theirs)
        return Compared(what, ours, theirs, self._reason(ours, theirs, leaf))

    def _reason(self, ours: float, theirs: float, leaf: Value | None) -> str:
        if leaf is not None:
            kinks = [kink for kink in self.kinks if leaf in topological_order(kink.node)]
            if kinks:
                return "; ".join(map(self._at_kink, kinks[:MOST_KINKS])) + "; ..." * (len(kinks) > MOST_KINKS)
            for node in self.flat:
                if leaf in topological_order(node) and abs(theirs) < abs(ours):
                    return f"{node.op.name} is nearly flat here, and its slope is rounded to 0 there"  # type: ignore[union-attr]
            for node in topological_order(self.output):
                least = min((abs(float(x)) for x in node.partials if x), default=1.0)
                if least < SMALL and leaf in topological_order(node) and near(ours, theirs, LOST / least):
                    return f"{node.op.name} is nearly flat here, and its slope keeps few digits there"  # type: ignore[union-attr]
        if self.library == "jax" and near(ours, theirs, SINGLE):
            return "single precision, JAX's default: jax.config.update('jax_enable_x64', True)"
        if math.isnan(theirs) and not math.isnan(ours):
            return "0 · ∞ there, as in a branch that is not taken"
        if math.isnan(ours):
            return "0 · ∞, whose limit is not known here"
        return "not explained: please report it"

    def _at_kink(self, kink: Kink[Value]) -> str:
        name = kink.node.op.name  # type: ignore[union-attr]
        own = kink.elsewhere.get(self.library)
        there = f" ({self.library}: {own})" if own else ""
        with spoken("en"):
            return f"a kink of {name}: {kink.brief.removeprefix('kink: ')}{there}"


def near(x: float, y: float, relative: float) -> bool:
    return x == y or (x != x and y != y) or math.isclose(x, y, rel_tol=relative, abs_tol=1e-300)


def is_nearly_flat(node: Value) -> bool:
    return node.op is not None and any(0 < abs(float(partial)) < CLOSE_TO_FLAT for partial in node.partials)
