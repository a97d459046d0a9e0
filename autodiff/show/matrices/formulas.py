"""How one matrix was computed from others, read off the scalar nodes: its formula, and the steps back.

>>> from autodiff.matrix.matrices import matrix
>>> X, W = matrix([[1, 2], [3, 4]], name="X"), matrix([[5], [6]], name="W")
>>> found = origin(2, Matrices(("X", "W", "Z"), (X, W, X @ W)))
>>> found.formula, [step.formula for step in found.steps]
('X·W', ['· Wᵀ', 'Xᵀ ·'])
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

import numpy as np

from autodiff.matrix.ufuncs import Elements
from autodiff.number import Number
from autodiff.rules import ATOM, halves
from autodiff.show.derivations.sums import collected_sum
from autodiff.show.derivations.wording import derivative, factor_in, factor_name, figure
from autodiff.show.matrices.collecting import Matrices
from autodiff.show.matrices.elementwise import (
    Matching,
    aligned,
    elementwise_text,
    partials_by_element,
    value_by_element,
)
from autodiff.show.matrices.known import known_way
from autodiff.value import Value
from autodiff.writing.symbols import KNOWN_FLOATS, Symbol, symbol_of

__all__ = ["BackwardStep", "Origin", "origin"]

Summand: TypeAlias = tuple[Value, ...]  # of a sum: one element, or a product of two

MOST_SUMMANDS = 10_000  # of one element; and partials of a matrix by one other


@dataclass(frozen=True)
class BackwardStep:
    """A backward step: what becomes of the upstream gradient d on its way to one of the matrices.

    Attributes:
        parent: The number of that matrix.
        formula: ``· Wᵀ`` and ``Xᵀ ·`` (matrix products), ``outer(x, d)`` (of vectors), ``* O(1 - O)``
            (elementwise), or ∂Z/∂X for what is neither.
    """

    parent: int
    formula: str


@dataclass(frozen=True)
class Origin:
    """How a matrix was computed: its formula, "" where there is no short one, and the steps back from it."""

    formula: str
    steps: tuple[BackwardStep, ...]


def origin(z: int, matrices: Matrices) -> Origin:
    """Find out how matrix number z was computed from the others; one that was not has no steps."""
    parents = parents_of(z, matrices)
    if not parents:
        return Origin("", ())
    Z = matrices.elements[z]
    found = linear(Z, matrices) or scaled(Z, matrices) or by_rule(z, matrices, parents)
    others = [a for a in parents if a != z]
    if found.formula or not (known := known_way(z, matrices, others)):
        return found
    plain = dict(zip(parents, found.steps, strict=True))
    formula, steps = known
    return Origin(formula, tuple([BackwardStep(a, step) if step else plain[a] for a, step in sorted(steps)]))


def parents_of(z: int, matrices: Matrices) -> list[int]:
    """The matrices that z depends on with no other between, in their order; z itself where its elements do."""
    tops = [x for x in matrices.elements[z].flat if isinstance(x, Value)]
    found, seen = set(), set(tops)
    waiting = [parent for node in tops for parent in node.parents]
    while waiting:
        node = waiting.pop()
        if node in matrices.places:
            found.add(matrices.places[node][0])
        elif node not in seen:
            seen.add(node)
            waiting += node.parents
    return sorted(found)


# ---------------------------------------------------------------- sums of matrix products


def scaled(Z: Elements, matrices: Matrices) -> Origin | None:
    """Read Z as a product of matrices, times or by one number, as Q·Kᵀ/2; None if it is none."""
    factors = {number_beside(node) for node in Z.flat}
    [factor] = factors if len(factors) == 1 else [None]
    if factor is None or any(node.parents[0] in matrices.places for node in Z.flat):
        return None
    inner = np.empty(Z.shape, dtype=object)
    inner[...] = np.reshape(np.array([node.parents[0] for node in Z.flat], dtype=object), Z.shape)
    found = linear(inner, matrices)
    if found is None or " + " in found.formula:
        return None
    sign, number = factor
    by = sign + factor_in(KNOWN_FLOATS.get(float(number)) or figure(number), "text")
    steps = [(step.parent, step.formula.removesuffix(" ·"), step.formula) for step in found.steps]
    return Origin(
        found.formula + by,
        tuple(BackwardStep(a, f"{text}{by}{whole.removeprefix(text)}") for a, text, whole in steps),
    )


def number_beside(node: object) -> tuple[str, Number] | None:
    """What a node does to the one that it was computed from: / 2 or * 2; None if it does something else."""
    if not isinstance(node, Value) or node.op is None or len(node.parents) != 1 or len(node.operands) != 2:
        return None
    sign = {"truediv": "/", "mul": " * "}.get(node.op.name, "")
    [number] = [x for x in node.operands if not isinstance(x, Value)]
    return None if not sign or (sign == "/" and number is node.operands[0]) else (sign, number)


def linear(Z: Elements, matrices: Matrices) -> Origin | None:
    """Read Z as a sum of matrix products and matrices, X·W + b; None if it is none."""
    sums = [terms(node, matrices) for node in Z.flat]
    parts: dict[tuple[int, ...], list[list[Summand]]] = {}
    for place, found in enumerate(sums):
        if found is None:
            return None
        for term in found:
            key = tuple(matrices.places[x][0] for x in term)
            if key not in parts:
                parts[key] = [[] for _ in sums]
            parts[key][place].append(term)
    pieces = [
        matrix_product(key, rows, Z, matrices) if len(key) == 2 else addend(key[0], rows, Z, matrices)
        for key, rows in parts.items()
    ]
    if any(piece is None for piece in pieces):
        return None
    origins = [piece for piece in pieces if piece is not None]
    steps = tuple(step for piece in origins for step in piece.steps)
    return Origin(" + ".join(piece.formula for piece in origins), steps)


def terms(node: object, matrices: Matrices) -> list[Summand] | None:
    """Read a node as a sum of elements and of products of two; None if it is none."""
    if not isinstance(node, Value) or node.op is None:
        return None
    found: list[Summand] = []
    waiting: list[Summand] = [(node,)]
    while waiting and len(found) <= MOST_SUMMANDS:
        term = waiting.pop()
        if term[0] is not node and all(x in matrices.places for x in term):
            found.append(term)
        elif len(term) == 1 and isinstance(term[0], Value) and (opened := summands(term[0])):
            waiting += reversed(opened)
        else:
            return None
    return None if waiting else found


def summands(node: Value) -> list[Summand]:
    """What a node adds up, as written; nothing if it is no sum."""
    name = None if node.op is None else node.op.name
    if name in ("add", "sum"):
        return [(x,) for x in node.operands]
    if name == "mul":
        return [node.operands]
    if name == "dot":
        weights, inputs, bias = halves(node.operands)
        rest = [] if not isinstance(bias, Value) and bias == 0 else [(bias,)]
        return [*zip(weights, inputs, strict=True), *rest]
    return []


def matrix_product(
    key: tuple[int, ...], rows: list[list[Summand]], Z: Elements, matrices: Matrices
) -> Origin | None:
    """Read products of elements of two matrices as A·B or B·A, each factor transposed or not."""
    swapped = [[term[::-1] for term in row] for row in rows]
    for (left, right), pairs in ((key, rows), (key[::-1], swapped)):
        ways = product(as_rows(matrices.elements[left]), as_columns(matrices.elements[right]))
        for (L, turned_left), (R, turned_right) in ways:
            if is_product(L, R, pairs, Z):
                L_text, L_transposed = written_both_ways(matrices.names[left], turned_left)
                R_text, R_transposed = written_both_ways(matrices.names[right], turned_right)
                to_left = f"{R_text} · dᵀ" if turned_left else f"· {R_transposed}"  # d·Rᵀ, turned if L is
                to_right = f"dᵀ · {L_text}" if turned_right else f"{L_transposed} ·"  # Lᵀ·d, turned if R is
                is_vector = [matrices.elements[a].ndim == 1 for a in (left, right)]
                L_name, R_name = matrices.names[left], matrices.names[right]
                if all(is_vector):
                    to_left, to_right = f"* {R_text}", f"* {L_text}"
                elif Z.ndim and is_vector[0]:
                    to_right = outer_product(L_name, "d", turned_right)
                elif Z.ndim and is_vector[1]:
                    to_left = outer_product("d", R_name, turned_left)
                return Origin(
                    f"{L_text}·{R_text}", (BackwardStep(left, to_left), BackwardStep(right, to_right))
                )
    return None


def outer_product(left: str, right: str, turned: bool) -> str:
    """The matrix of all products of elements of two vectors, of which neither is a row or a column by itself."""
    return f"outer({right}, {left})" if turned else f"outer({left}, {right})"


def as_rows(A: Elements) -> Iterator[tuple[Elements, bool]]:
    """A left factor: a vector is a row there; a matrix may have been transposed."""
    yield np.atleast_2d(A), False
    if A.ndim == 2:
        yield A.T, True


def as_columns(B: Elements) -> Iterator[tuple[Elements, bool]]:
    """A right factor: a vector is a column there."""
    yield (B if B.ndim == 2 else B.reshape(-1, 1)), False
    if B.ndim == 2:
        yield B.T, True


def is_product(L: Elements, R: Elements, pairs: list[list[Summand]], Z: Elements) -> bool:
    """Tell whether the products that each element of Z adds up are those of a row of L and a column of R."""
    if L.ndim != 2 or R.ndim != 2 or L.shape[1] != R.shape[0]:
        return False
    if squeezed(Z.shape) != squeezed((len(L), R.shape[1])):
        return False
    lines = product(L, R.T)
    return all(
        Counter(found) == Counter(zip(row, column, strict=True))
        for found, (row, column) in zip(pairs, lines, strict=True)
    )


def addend(a: int, rows: list[list[Summand]], Z: Elements, matrices: Matrices) -> Origin | None:
    """Read one element each of a matrix as that matrix, repeated along rows or columns to the shape of Z."""
    places = [[matrices.places[x][1] for (x,) in row] for row in rows]
    A = matrices.elements[a]
    if places != [[place] for place in aligned(A, Z)]:
        return None
    return Origin(matrices.names[a], (BackwardStep(a, spread_step(A, Z, "1")),))


def squeezed(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(length for length in shape if length != 1)


def written_both_ways(name: str, turned: bool) -> tuple[str, str]:
    """A factor as it stands in the product, and its transpose.

    >>> written_both_ways("net in", turned=True)
    ('(net in)ᵀ', '(net in)')
    """
    plain, transposed = factor_name(name), f"{factor_name(name, ATOM)}ᵀ"
    return (transposed, plain) if turned else (plain, transposed)


# ---------------------------------------------------------------- rules on each element, and reductions


def by_rule(z: int, matrices: Matrices, parents: list[int]) -> Origin:
    """Read z as the same rule on each element, or as a number made from all; else the plain ∂Z/∂X."""
    Z = matrices.elements[z]
    entries = entries_of(Z, matrices)
    steps = []
    for a in parents:
        formula = rule_step(z, a, entries.get(a, []), matrices)
        steps.append(BackwardStep(a, formula or derivative(matrices.names[z], matrices.names[a], "text")))
    return Origin(rule_formula(Z, matrices) if entries else "", tuple(steps))


Entry: TypeAlias = tuple[int, int, Symbol]  # the partial of the first place, in Z, by the second, in A


def entries_of(Z: Elements, matrices: Matrices) -> dict[int, list[Entry]]:
    """The partials of Z by each matrix; none at all if they are too many or too long to be read."""
    found: dict[int, list[Entry]] = {}
    count = 0
    for place, node in enumerate(Z.flat):
        partials = partials_by_element(node, matrices.places) if isinstance(node, Value) else {}
        count += 0 if partials is None else len(partials)
        if partials is None or count > MOST_SUMMANDS:
            return {}
        for (a, where), partial in partials.items():
            found.setdefault(a, []).append((place, where, partial))
    return found


def rule_step(z: int, a: int, entries: list[Entry], matrices: Matrices) -> str | None:
    """The partial in symbols, if it is the same for all elements; None if not."""
    Z, A = matrices.elements[z], matrices.elements[a]
    spread, gathered = aligned(A, Z), aligned(Z, A)
    if Z.size > 1 and [(i, k) for i, k, _ in entries] == list(enumerate(spread)):
        reference, where = Z, [i for i, _, _ in entries]
    elif gathered and sorted((k, i) for i, k, _ in entries) == list(enumerate(gathered)):
        reference, where = A, [k for _, k, _ in entries]
    else:
        return None
    matching = Matching(matrices.names, matrices.elements, reference, "y" if Z.size == 1 else "c")
    partial = matching.shared([partial for *_, partial in entries], where)
    text = "" if partial is None else elementwise_text(collected_sum(partial), as_factor=Z.size > 1)
    if not text:
        return None
    return spread_step(A, Z, text) if reference is Z else text if Z.size == 1 else f"* {text}"


def spread_step(A: Elements, Z: Elements, partial: str) -> str:
    """The step from Z to a matrix that was repeated to its shape: what went out on many ways is summed."""
    if A.size == Z.size:
        return f"* {partial}"
    product = "d" if partial == "1" else f"(d * {partial})"
    if A.size == 1:
        return f"Σ {product}"
    if A.ndim == 2 and A.shape[1] == 1:
        return "· 1" if partial == "1" else f"{product} · 1"
    return "1ᵀ ·" if partial == "1" else f"1ᵀ · {product}"


def rule_formula(Z: Elements, matrices: Matrices) -> str:
    """How each element was computed, if all were in the same way: σ(H)."""
    matching = Matching(matrices.names, matrices.elements, Z, "c")
    values = [value_by_element(x, matrices.places) if isinstance(x, Value) else symbol_of(x) for x in Z.flat]
    formula = matching.shared(values, list(range(Z.size)))
    return "" if formula is None else elementwise_text(formula)
