"""Softmax with cross-entropy, over targets that are numbers: the derivative by the scores is P - T.

>>> from autodiff.matrix.matrices import matrix
>>> from autodiff.operations import FUNCTIONS
>>> Z = matrix([[1, 2], [3, 4]], name="Z")
>>> P = FUNCTIONS["softmax"](Z, axis=1).named("P")
>>> loss = -P[0, 0].log() - P[1, 1].log()
>>> found = read_cross_entropy(Matrices(("Z", "P", "L"), (Z, P, np.asarray(loss))))
>>> found.formula, found.slope
('-Σ T * log(P)', 'P - T')
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from autodiff.matrix.ufuncs import Elements
from autodiff.show.derivations.algebra import product
from autodiff.show.derivations.sums import collected_sum
from autodiff.show.matrices.collecting import Matrices
from autodiff.show.matrices.elementwise import ElementSymbol, between, is_large, partials_by_element
from autodiff.value import Value
from autodiff.writing.symbols import Symbol

__all__ = ["CrossEntropy", "read_cross_entropy"]

HEADS = (
    "softmax",
    "log_softmax",
    "logsumexp",
)  # what the scores go into; of the first two one result is a node
ROUNDED = 1e-9
Scores: TypeAlias = tuple[Value, ...]  # of scores: what one softmax is taken of


@dataclass(frozen=True)
class CrossEntropy:
    """The cross-entropy of a softmax.

    Attributes:
        scores: The number of the matrix of which the softmax is taken.
        shares: The number of the matrix that the softmax is; None if that has no name.
        formula, slope: The cross-entropy, and its derivative by the scores.
    """

    scores: int
    shares: int | None
    formula: str
    slope: str


def read_cross_entropy(matrices: Matrices) -> CrossEntropy | None:
    """Read the last of the matrices as the cross-entropy of the softmax of another; None if it is none.

    It is one if its derivatives are numbers -t/p by the softmax, -t by the logarithms of that, or those of a sum
    of logsumexp less scores times t, with the same sum of the t for each softmax; and if its value is right.
    """
    loss = matrices.elements[-1].item()
    nodes = dict.fromkeys(x for node in between(loss, matrices.places) for x in (node, *node.parents))
    heads = [x for x in nodes if x.op is not None and x.op.name in HEADS]
    numbers = {matrices.places.get(x, (-1, 0))[0] for head in heads for x in line_of(head)}
    if len(numbers) != 1 or numbers == {-1}:
        return None
    [scores] = numbers
    lines = lines_of(matrices.elements[scores], heads)
    targets = targets_of(loss, heads, lines, matrices) if lines else None
    named = {matrices.places.get(head, (-1, 0))[0] for head in heads}
    if targets is None or len(named) > 1:
        return None
    [shares] = named
    if shares >= 0 and not is_softmax(matrices.elements[shares], matrices.elements[scores]):
        return None
    P = f"softmax({matrices.names[scores]})" if shares < 0 else matrices.names[shares]
    written = formulas(P, loss, targets, lines, matrices.names)
    return written and CrossEntropy(scores, None if shares < 0 else shares, *written)


def line_of(head: Value) -> Scores:
    """The scores that a softmax or logsumexp is taken of."""
    assert head.op is not None
    return head.operands if head.op.name == "logsumexp" else head.operands[:-1]


def lines_of(Z: Elements, heads: Sequence[Value]) -> list[Scores]:
    """The rows or columns of the scores, if there is a softmax of each and of nothing else; else none."""
    for A in (Z, Z.T) if Z.ndim == 2 else (Z[None],):
        lines = [tuple(line) for line in A]
        if {line_of(head) for head in heads} == set(lines):
            return lines
    return []


def is_softmax(P: Elements, Z: Elements) -> bool:
    """Whether each element, as far as it is below the output, is the share of the score in the same place."""
    return P.shape == Z.shape and all(
        not isinstance(p, Value)
        or (p.op is not None and p.op.name == "softmax" and line_of(p)[p.operands[-1]] is z)
        for p, z in zip(P.flat, Z.flat, strict=True)
    )


def targets_of(
    loss: Value, heads: Sequence[Value], lines: Sequence[Scores], matrices: Matrices
) -> Mapping[Value, float] | None:
    """What each score is multiplied by, so that the loss is -Σ t·log(p); None if it is something else."""
    places = {**matrices.places, **{head: (len(matrices.names), at) for at, head in enumerate(heads)}}
    nodes = {place: node for node, place in places.items()}
    targets, weights = dict.fromkeys((z for line in lines for z in line), 0.0), dict.fromkeys(lines, 0.0)
    for place, partial in (partials_by_element(loss, places) or {}).items():
        node = nodes[place]
        slope = number_of_slope(partial, node, ElementSymbol.at(place))
        if slope is None or not (node in targets or node in heads):
            return None
        if node in targets:
            targets[node] -= slope
        elif node.op is not None and node.op.name == "logsumexp":
            weights[line_of(node)] += slope
        else:
            targets[line_of(node)[node.operands[-1]]] -= slope
            weights[line_of(node)] -= slope
    sums = [(sum(targets[z] for z in line), weights[line], *weights.values()) for line in lines]
    alike = all(math.isclose(x, y, rel_tol=ROUNDED) for x, *others in sums for y in others)
    return targets if alike else None


def number_of_slope(partial: Symbol, node: Value, p: ElementSymbol) -> float | None:
    """The number that a partial is, or the c in c/p for a softmax p; None if it is neither."""
    if is_large(partial):
        return None
    found = product([collected_sum(partial)])
    powers: list[tuple[object, object]] = [(base.what, exponent) for base, exponent in found.powers.values()]
    is_share = node.op is not None and node.op.name == "softmax"
    return float(found.coefficient) if powers == ([(p, -1)] if is_share and powers else []) else None


def formulas(
    P: str, loss: Value, targets: Mapping[Value, float], lines: Sequence[Scores], names: Sequence[str]
) -> tuple[str, str] | None:
    """The loss and its slope, if it is a sum over the lines or a whole part of that, as their mean is."""
    weight = sum(targets[z] for z in lines[0])
    parts = round(1 / weight) if 0 < weight <= 1 else 1
    value = 0.0
    for line in lines:
        scores = np.array([float(z.data) for z in line])
        largest = scores.max()
        logarithms = scores - largest - math.log(np.exp(scores - largest).sum())
        value -= float(logarithms @ [targets[z] for z in line])
    right = math.isclose(value, loss.data, rel_tol=ROUNDED, abs_tol=ROUNDED)
    if not right or not math.isclose(weight * parts, 1, rel_tol=ROUNDED):
        return None
    T = next(name for name in ("T", "Y", "T\N{PRIME}", "Y\N{PRIME}") if name not in names)
    by = f"/{parts}" if parts > 1 else ""
    return f"-Σ {T} * log({P}){by}", f"({P} - {T}){by}" if by else f"{P} - {T}"
