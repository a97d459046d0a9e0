"""Opening: what was computed in one step, as tanh(x·W + h·U), in two, with a letter for what stands between.

Products of matrices without a name get one too, where else nothing could be read.

>>> from autodiff.matrix.matrices import matrix
>>> X, W = matrix([[1, 2], [3, 4]], name="X"), matrix([[5], [6]], name="W")
>>> H = np.tanh(X @ W).named("H")
>>> with_opened(H[0, 0] * H[1, 0], [X, W, H]).names
('W', 'X', 'A', 'H', 'L')
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TypeAlias

import numpy as np

from autodiff.matrix.matrices import Matrix, matrix_of
from autodiff.matrix.ufuncs import Elements, object_array
from autodiff.rules import halves
from autodiff.rules.worlds import Scalar
from autodiff.show.matrices.collecting import MAX_MATRICES, Matrices, below, collected, free_capitals
from autodiff.show.matrices.formulas import origin
from autodiff.value import Value

__all__ = ["with_opened"]

NONE: frozenset[int] = frozenset()
RowOrColumn: TypeAlias = tuple[Scalar, ...]  # a row of the left one, or a column of the right one


def with_opened(output: Value, given: Sequence[Matrix]) -> Matrices:
    """Collect the matrices below an output, with those that a function was taken of, where only then all is read."""
    matrices = collected(output, tuple(given))
    letters = free_capitals(matrices.names)
    if len(matrices.names) == MAX_MATRICES or not letters:
        return matrices
    for A in chain(functions_arguments(matrices), unnamed_factors(matrices)):
        A.name = letters[0]
        more = collected(output, (*given, A))
        if origin(more.names.index(A.name), more).formula:
            return with_opened(output, [*given, A])
    return matrices


# ---------------------------------------------------------------- products without a name


def unnamed_factors(matrices: Matrices) -> Iterator[Matrix]:
    """Products of matrices that stand in no formula, and what they are made of, from the inputs up."""
    for number, Z in enumerate(matrices.elements):
        tops = [x for x in Z.flat if isinstance(x, Value)]
        order = below(tops, matrices.places)
        dots = [x for x in order if is_product_of_rows(x) and x not in matrices.places]
        if not dots or origin(number, matrices).formula:
            continue
        depths, sources = depths_of(order, matrices), sources_of(order, matrices)
        groups: dict[tuple[object, ...], list[Value]] = {}
        for dot in dots:
            lines = lines_of_dot(dot)
            below_lines = [NONE.union(*(sources.get(x, NONE) for x in line)) for line in lines]
            key = (depths[dot], *(matrix_of_line(line, matrices) for line in lines), *below_lines)
            groups.setdefault(key, []).append(dot)
        for group in groups.values():
            for elements in grid(group, matrices, sources):
                values = [x for x in elements.flat if isinstance(x, Value)]
                if len(set(values)) == elements.size and matrices.places.keys().isdisjoint(values):
                    yield matrix_of(list(elements.flat), elements.shape)


def depths_of(order: Iterable[Value], matrices: Matrices) -> dict[Value, int]:
    """How many products lead, one into the other, to each node; those within matrices do not count."""
    found: dict[Value, int] = {}
    for node in order:
        if node not in matrices.places:
            deepest = max((found.get(parent, 0) for parent in node.parents), default=0)
            found[node] = deepest + is_product_of_rows(node)
    return found


def sources_of(order: Iterable[Value], matrices: Matrices) -> dict[Scalar, frozenset[int]]:
    """The matrices that each node stands in, or was computed from with no other between."""
    found: dict[Scalar, frozenset[int]] = {
        x: frozenset([number]) for x, (number, _) in matrices.places.items()
    }
    for node in order:
        if node not in found:
            found[node] = NONE.union(*(found.get(parent, NONE) for parent in node.parents))
    return found


def is_product_of_rows(node: Value) -> bool:
    """Whether a node is the product of a row and a column, as of matrices."""
    return node.op is not None and node.op.name == "dot" and halves(node.operands)[2] == 0


def lines_of_dot(dot: Value) -> tuple[RowOrColumn, RowOrColumn]:
    """The row and the column of which a node is the product."""
    row, column, _ = halves(dot.operands)
    return tuple(row), tuple(column)


def matrix_of_line(line: RowOrColumn, matrices: Matrices) -> int | None:
    """The matrix in which all elements of a row or column stand."""
    numbers = {matrices.places[x][0] if x in matrices.places else None for x in line if isinstance(x, Value)}
    return numbers.pop() if len(numbers) == 1 else None


def grid(
    dots: Sequence[Value], matrices: Matrices, sources: Mapping[Scalar, frozenset[int]]
) -> list[Elements]:
    """The factors of a product, and the product, if the dots are all those of some rows and columns; else none."""
    by_lines = {lines_of_dot(dot): dot for dot in dots}
    rows, columns = (sorted_lines({lines[side]: None for lines in by_lines}, matrices) for side in (0, 1))
    if len(by_lines) != len(dots) or len(dots) != len(rows) * len(columns):
        return []
    left, right = object_array(rows), object_array(columns).T
    product = object_array([[by_lines[row, column] for column in columns] for row in rows])
    flat = [is_vector(lines, matrices, sources) for lines in (rows, columns)]
    shape = [length for length, vector in zip(product.shape, flat, strict=True) if not vector]
    return [left.ravel() if flat[0] else left, right.ravel() if flat[1] else right, product.reshape(shape)]


def is_vector(
    lines: Sequence[RowOrColumn], matrices: Matrices, sources: Mapping[Scalar, frozenset[int]]
) -> bool:
    """Whether one line is a vector, or was computed from vectors alone, element by element."""
    if len(lines) > 1:
        return False
    [line] = lines
    made_of = [matrices.elements[number] for number in NONE.union(*(sources.get(x, NONE) for x in line))]
    return bool(made_of) and all(A.shape == (len(line),) for A in made_of)


def sorted_lines(lines: Iterable[RowOrColumn], matrices: Matrices) -> list[RowOrColumn]:
    """Rows or columns in the order in which they stand in their matrix, if they do."""
    return sorted(lines, key=lambda line: matrices.places.get(line[0], (-1, 0)))


# ---------------------------------------------------------------- what a function was taken of


def functions_arguments(matrices: Matrices) -> Iterator[Matrix]:
    """What functions were taken of, where that is in no matrix and the function is not read."""
    for number, Z in enumerate(matrices.elements):
        inner = arguments_of(Z, matrices)
        if inner is not None and not origin(number, matrices).formula:
            yield matrix_of(inner, Z.shape)


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
