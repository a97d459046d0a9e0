"""Matrices that one function made of whole others: an inverse, a solution, a softmax along an axis.

Each is known by its graph, as the function makes the same one of the same matrices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import permutations
from typing import Any

import numpy as np

from autodiff.matrix import linalg
from autodiff.matrix.matrices import Matrix
from autodiff.matrix.ufuncs import Elements
from autodiff.operations import FUNCTIONS
from autodiff.rules import ATOM
from autodiff.rules.worlds import Scalar
from autodiff.show.derivations.wording import factor_name
from autodiff.show.matrices.collecting import Matrices
from autodiff.value import Value

__all__ = ["known_way"]

MOST_MADE_AGAIN = 12  # rows of a matrix whose determinant is made again, to compare


@dataclass(frozen=True)
class KnownWay:
    """A function of whole matrices.

    Attributes:
        make: The function.
        formula: Of its result; {0} and {1} are the names of its operands.
        steps: What becomes of the upstream gradient d on its way to each operand, where {z} is the result; "" for
            what is not written.
        ndim: How many axes the result has.
        top: The operation of an element, where there is one alone.
    """

    make: Callable[..., Any]
    formula: str
    steps: tuple[str, ...]
    ndim: int
    top: str = ""


def by_axis(name: str, axis: int) -> Callable[[Elements], Any]:
    return lambda A: FUNCTIONS[name](A.view(Matrix), axis=axis)


SUMS_ALONG = {
    (1, 0): "Σ {}",
    (2, 1): "{} · 1",
    (2, 0): "1ᵀ · {}",
}  # by the number of axes, and which is summed
WAYS = [
    KnownWay(linalg.inv, "{0}⁻¹", ("-{z}ᵀ · d · {z}ᵀ",), 2),
    KnownWay(linalg.det, "det {0}", ("cof {0}",), 0),
    KnownWay(lambda A: linalg.slogdet(A).logabsdet, "ln|det {0}|", ("{0}⁻ᵀ",), 0),
    KnownWay(linalg.solve, "{0}⁻¹·{1}", ("-outer({0}⁻ᵀ · d, {z})", "{0}⁻ᵀ ·"), 1),
    KnownWay(linalg.solve, "{0}⁻¹·{1}", ("-{0}⁻ᵀ · d · {z}ᵀ", "{0}⁻ᵀ ·"), 2),
    KnownWay(linalg.cholesky, "chol {0}", ("",), 2),
]
for (ndim, axis), total in SUMS_ALONG.items():
    of_shares = f"{{z}} * (d - {total.format('(d * {z})')})"
    of_logarithms = f"d - exp({{z}}) * ({total.format('d')})"
    WAYS += [
        KnownWay(by_axis("softmax", axis), "softmax({0})", (of_shares,), ndim, "softmax"),
        KnownWay(by_axis("log_softmax", axis), "log_softmax({0})", (of_logarithms,), ndim, "log_softmax"),
    ]


def known_way(z: int, matrices: Matrices, parents: Sequence[int]) -> tuple[str, list[tuple[int, str]]] | None:
    """The formula of matrix z, and the step to each of its parents, if one function made all of it."""
    Z = matrices.elements[z]
    first = Z.flat[0]
    name = first.op.name if isinstance(first, Value) and first.op is not None else ""
    for way in WAYS:
        if way.ndim != Z.ndim or len(way.steps) != len(parents) or way.top not in ("", name):
            continue
        for order in permutations(parents):
            if is_made_by(way, [matrices.elements[a] for a in order], Z):
                names = [factor_name(matrices.names[a], ATOM) for a in order]
                written = partial(written_with, names, factor_name(matrices.names[z], ATOM))
                steps = [(a, written(step)) for a, step in zip(order, way.steps, strict=True)]
                return written(way.formula), steps
    return None


def written_with(names: Sequence[str], z: str, text: str) -> str:
    """A formula with the names in it, which keep their own brackets but where those of a function are."""
    written = text.format(*names, z=z)
    for name in (*names, z):
        written = written.replace(f"({name})", name if name.startswith("(") else f"({name})")
    return written


def is_made_by(way: KnownWay, operands: list[Elements], Z: Elements) -> bool:
    """Whether the function makes the same graph; it is not asked where that would be long for nothing."""
    A = operands[0]
    if not way.top and (
        A.ndim != 2 or A.shape[0] != A.shape[1] or A.shape[0] > max(Z.shape or (MOST_MADE_AGAIN,))
    ):
        return False
    try:
        made = np.asarray(way.make(*operands), dtype=object)
    except (ValueError, TypeError, ArithmeticError):
        return False
    return made.shape == Z.shape and are_alike(made.flat, Z.flat)


def are_alike(made: Iterable[Scalar], found: Iterable[Scalar]) -> bool:
    """Whether two lists of nodes are the same graph above nodes that they share."""
    waiting, seen = list(zip(made, found, strict=True)), set()
    while waiting:
        x, y = waiting.pop()
        if x is y or (id(x), id(y)) in seen:
            continue
        seen.add((id(x), id(y)))
        if not isinstance(x, Value) or not isinstance(y, Value):
            if isinstance(x, Value) or isinstance(y, Value) or x != y:
                return False
        elif x.op is None or x.op is not y.op or len(x.operands) != len(y.operands):
            return False
        else:
            waiting += zip(x.operands, y.operands, strict=True)
    return True
