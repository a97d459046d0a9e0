"""Opening: what was computed in one step, as tanh(x·W + h·U), in two, with a letter for what stands between.

>>> from autodiff.matrix.matrices import matrix
>>> X, W = matrix([[1, 2], [3, 4]], name="X"), matrix([[5], [6]], name="W")
>>> H = np.tanh(X @ W).named("H")
>>> with_opened(H[0, 0] * H[1, 0], [X, W, H]).names
('W', 'X', 'A', 'H', 'L')
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autodiff.matrix.matrices import Matrix, matrix_of
from autodiff.matrix.ufuncs import Elements
from autodiff.show.matrices.collecting import MAX_MATRICES, Matrices, collected, free_capitals
from autodiff.show.matrices.formulas import origin
from autodiff.value import Value

__all__ = ["with_opened"]


def with_opened(output: Value, given: Sequence[Matrix]) -> Matrices:
    """Collect the matrices below an output, with those that a function was taken of, where only then all is read."""
    matrices = collected(output, tuple(given))
    letters = free_capitals(matrices.names)
    if len(matrices.names) == MAX_MATRICES or not letters:
        return matrices
    for number, Z in enumerate(matrices.elements):
        inner = arguments_of(Z, matrices)
        if inner is None or origin(number, matrices).formula:
            continue
        A = matrix_of(inner, Z.shape)
        A.name = letters[0]
        more = collected(output, (*given, A))
        if origin(more.names.index(A.name), more).formula:
            return with_opened(output, [*given, A])
    return matrices


def arguments_of(Z: Elements, matrices: Matrices) -> list[Value] | None:
    """What the same function was taken of, to give each element; None if it is in a matrix, or no such thing."""
    nodes = [node for node in Z.flat if isinstance(node, Value)]
    if Z.ndim == 0 or len({node.op for node in nodes}) > 1 or nodes[0].op is None:
        return None
    inner = scores_of(Z) if nodes[0].op.vector else [only_parent(node) for node in Z.flat]
    found = [x for x in inner if isinstance(x, Value) and x not in matrices.places]
    return found if len(set(found)) == Z.size else None


def only_parent(node: object) -> object:
    return node.parents[0] if isinstance(node, Value) and len(node.parents) == 1 else None


def scores_of(Z: Elements) -> list[object]:
    """What a softmax was taken of, along the one axis that fits; one element of a row or column is enough."""
    fitting = [found for axis in range(Z.ndim) if None not in (found := scores_along(axis, Z))]
    return fitting[0] if len(fitting) == 1 else []


def scores_along(axis: int, Z: Elements) -> list[object]:
    """The scores, if each element is the share that its place along an axis says; else, and in gaps, None."""
    scores = np.full(Z.shape, None, dtype=object)
    for place, node in np.ndenumerate(Z):
        if isinstance(node, Value):
            *line, share = node.operands
            if share != place[axis] or len(line) != Z.shape[axis]:
                return [None]
            scores[(*place[:axis], slice(None), *place[axis + 1 :])] = line
    return list(scores.flat)
