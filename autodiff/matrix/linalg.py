"""Linear algebra: what NumPy's functions of that name do with matrices of Values, as graphs of scalars.

Matrices are eliminated column by column; which row comes next is decided by the largest number there, as for numbers,
and the graph is that of this order. A function that is being compiled knows no numbers: there a determinant of up to
three rows is the sum of products of the school, and an inverse the matrix of cofactors over it, which are less exact
for nearly singular matrices. Larger determinants that are traced are made of products alone (Bird 2011). So are those
of singular matrices, so that their derivatives, the cofactors, are right too.

>>> import numpy as np
>>> from autodiff.matrix import grads, matrix
>>> A = matrix([[2, 1], [1, 3]], name="A")
>>> np.linalg.det(A).backward()
>>> np.linalg.solve(A, [1, 2]), grads(A).tolist()
([2]
[0.2 0.6], [[3.0, -1.0], [-1.0, 2.0]])
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from autodiff.matrix.products import sum_of_products
from autodiff.matrix.ufuncs import (
    Elements,
    axes_of,
    exact_beside_fractions,
    object_array,
    over_axes,
    title_with_shape,
)
from autodiff.operations import FUNCTIONS
from autodiff.rules.worlds import Scalar
from autodiff.value import Value

__all__ = ["NO_GRAPHS", "LogDeterminant", "cholesky", "det", "inv", "norm", "refusal", "slogdet", "solve"]

MOST_BY_COFACTORS = 3  # rows


class LogDeterminant(NamedTuple):
    """The sign of a determinant, and the logarithm of its absolute value."""

    sign: Scalar
    logabsdet: Scalar


def det(a: Any) -> Scalar:
    """The determinant of a square matrix; its derivatives are the cofactors, also of a singular one."""
    A = square_array(a, "det")
    rows, sign = (None, 1) if len(A) < 3 or has_unknowns(A) else eliminated(A)
    if rows is None:
        return determinant(A) if len(A) <= MOST_BY_COFACTORS else without_division(A)
    pivots = FUNCTIONS["prod"]([row[i] for i, row in enumerate(rows)])
    return pivots if sign > 0 else -pivots


def slogdet(a: Any) -> LogDeterminant:
    """The sign of the determinant, and the logarithm of its absolute value, which may be too large for a float."""
    A = square_array(a, "slogdet")
    if has_unknowns(A):
        found = det(A)
        return LogDeterminant(FUNCTIONS["sign"](found), FUNCTIONS["log"](abs(found)))
    rows, sign = eliminated(A)
    if rows is None:
        raise np.linalg.LinAlgError(
            f"slogdet: {title_with_shape(a, 'the matrix')} is singular: log 0 is no number"
        )
    pivots = [row[i] for i, row in enumerate(rows)]
    negative = sum(pivot_number(pivot) < 0 for pivot in pivots)
    logs = FUNCTIONS["sum"]([FUNCTIONS["log"](abs(pivot)) for pivot in pivots])
    return LogDeterminant(float(sign * (-1) ** negative), logs)


def solve(a: Any, b: Any) -> Elements:
    """The solution x of a @ x = b, for one column or for many."""
    A, B = square_array(a, "solve"), object_array(b)
    columns = B[:, None] if B.ndim == 1 else B
    if B.ndim not in (1, 2) or len(B) != len(A):
        titles = f"{title_with_shape(a, 'a matrix')} and {title_with_shape(b, 'an array')}"
        raise ValueError(f"solve: {titles} do not fit: one row on the right for each on the left")
    if len(A) <= MOST_BY_COFACTORS and (has_unknowns(A) or has_unknowns(B)):
        found, adjugate = determinant(A), cofactors(A).T
        solution = [[sum_of_products([row, column]) / found for column in columns.T] for row in adjugate]
    else:
        solution = solution_by_elimination(A, columns, a, "solve")
    return as_objects(solution, B.shape)


def inv(a: Any) -> Elements:
    """The inverse of a square matrix."""
    A = square_array(a, "inv")
    if len(A) <= MOST_BY_COFACTORS and has_unknowns(A):
        found = determinant(A)
        return as_objects([[x / found for x in row] for row in cofactors(A).T], A.shape)
    unit = np.eye(len(A), dtype=int).astype(object)
    return as_objects(solution_by_elimination(A, unit, a, "inv"), A.shape)


def cholesky(a: Any, /, *, upper: bool = False) -> Elements:
    """The lower triangle L with L @ L.T = a, which must be positive definite; one triangle of it is read."""
    A = square_array(a, "cholesky")
    A = A.T if upper else A
    L: list[list[Scalar]] = [[0.0] * len(A) for _ in A]
    for i, row in enumerate(A):
        for j in range(i + 1):
            rest = row[j] - sum_of_products([L[i][:j], L[j][:j]]) if j else row[j]
            if i > j:
                L[i][j] = rest / L[j][j]
                continue
            if not has_unknowns(np.array([rest], dtype=object)) and not pivot_number(rest) > 0:
                raise np.linalg.LinAlgError(
                    f"cholesky: {title_with_shape(a, 'the matrix')} is not positive definite: the root of "
                    f"{pivot_number(rest)} would stand at ({i}, {i})"
                )
            L[i][i] = FUNCTIONS["sqrt"](rest)
    return as_objects(L, A.shape).T if upper else as_objects(L, A.shape)


def norm(x: Any, ord: float | str | None = None, axis: Any = None, keepdims: bool = False) -> Any:
    """The norm of a vector or matrix, or of those along an axis, or two; one node where it is the root of squares."""
    elements = object_array(x)
    axes = axes_of(axis, elements.ndim)
    sizes = [elements.shape[i] for i in axes]
    if ord is None or (ord == 2 and len(axes) == 1) or (ord == "fro" and len(axes) == 2):
        return over_axes(lambda xs: FUNCTIONS["norm" if xs else "sum"](xs), elements, axes, keepdims)
    if len(axes) == 1:
        return over_axes(vector_norm(ord), elements, axes, keepdims)
    if len(axes) == 2 and ord in (1, -1, math.inf, -math.inf):
        return over_axes(
            lambda xs: matrix_norm(np.array(xs, dtype=object).reshape(sizes), ord), elements, axes, keepdims
        )
    raise ValueError(
        f"norm: order {ord!r} of {len(axes)} axes is no graph of scalars here: vectors have any number, matrices "
        "1, -1, inf, -inf and 'fro'"
    )


# ---------------------------------------------------------------- by cofactors, elimination, products


def determinant(A: Elements) -> Scalar:
    """The determinant of at most three rows, as at school."""
    if len(A) < 2:
        return A[0, 0] if len(A) else 1.0
    if len(A) == 2:
        return A[0, 0] * A[1, 1] - A[0, 1] * A[1, 0]
    return sum_of_products([A[0], cofactors(A)[0]])


def cofactors(A: Elements) -> Elements:
    """The derivatives of the determinant: that of each minor, with its sign."""
    n = len(A)
    found = np.empty((n, n), dtype=object)
    for i, j in np.ndindex(n, n):
        minor = determinant(np.delete(np.delete(A, i, axis=0), j, axis=1))
        found[i, j] = minor if (i + j) % 2 == 0 else -minor
    return found


def without_division(A: Elements) -> Scalar:
    """The determinant by n - 1 products of matrices.

    Source: Bird 2011, A simple division-free algorithm for computing determinants.
    """
    n, F = len(A), A
    for _ in range(n - 1):
        above = np.triu(F, 1)
        for i in range(n - 1):
            above[i, i] = -FUNCTIONS["sum"](list(np.diagonal(F)[i + 1 :])) if i < n - 2 else -F[n - 1, n - 1]
        F = as_objects([[sum_of_products([row, column]) for column in A.T] for row in above], A.shape)
    return F[0, 0] if n % 2 else -F[0, 0]


def eliminated(A: Elements) -> tuple[Elements | None, int]:
    """A matrix with 0 below its diagonal, or None if it is singular, and the sign of the order of its rows.

    The pivot of a column is its largest number, or a nan, which makes all that follows nan.
    """
    rows, sign = A.copy(), 1
    for k in range(len(rows)):
        sizes = [abs(pivot_number(x)) for x in rows[k:, k]]
        sizes = [size if size == size else math.inf for size in sizes]
        pivot = k + sizes.index(max(sizes))
        if max(sizes) == 0:
            return None, sign
        if pivot != k:
            rows[[k, pivot]], sign = rows[[pivot, k]], -sign
        for i in range(k + 1, len(rows)):
            factor = rows[i, k] / rows[k, k]
            rows[i, k] = 0.0
            for j in range(k + 1, rows.shape[1]):
                rows[i, j] = rows[i, j] - factor * rows[k, j]
    return rows, sign


def solution_by_elimination(A: Elements, columns: Elements, a: Any, where: str) -> list[list[Scalar]]:
    """The solution for each column on the right; whole numbers beside Fractions stay exact."""
    rows, _ = eliminated(exact_beside_fractions(np.concatenate([A, columns], axis=1)))
    if rows is None:
        raise singular(a, where)
    return from_the_last_row(rows, len(A))


def from_the_last_row(rows: Elements, n: int) -> list[list[Scalar]]:
    """The solution of eliminated rows, whose columns from ``n`` on are the right sides: from the last row up."""
    found = np.empty((n, rows.shape[1] - n), dtype=object)
    for i in range(n - 1, -1, -1):
        for j, right in enumerate(rows[i, n:]):
            rest = right - sum_of_products([rows[i, i + 1 : n], found[i + 1 :, j]]) if i < n - 1 else right
            found[i, j] = rest / rows[i, i]
    return found.tolist()  # type: ignore[no-any-return]


# ---------------------------------------------------------------- norms


def vector_norm(ord: Any) -> Callable[[Sequence[Scalar]], Scalar]:
    """The norm of this order of a list."""
    if ord in (math.inf, -math.inf):
        return lambda xs: FUNCTIONS["max" if ord > 0 else "min"]([abs(x) for x in xs])
    if ord == 1:
        return lambda xs: FUNCTIONS["sum"]([abs(x) for x in xs])
    if not isinstance(ord, int | float) or ord == 0:
        raise ValueError(
            f"norm: the order of a vector's norm must be a number other than 0, or inf, not {ord!r}"
        )
    return lambda xs: FUNCTIONS["sum"]([abs(x) ** ord for x in xs]) ** (1 / ord)


def matrix_norm(A: Elements, ord: float) -> Scalar:
    """The largest sum of a column (1) or row (inf), or the smallest (-1, -inf)."""
    lines = A if math.isinf(ord) else A.T
    return FUNCTIONS["max" if ord > 0 else "min"](
        [FUNCTIONS["sum"]([abs(x) for x in line]) for line in lines]
    )


# ---------------------------------------------------------------- what is no graph

NO_GRAPHS = (
    "cond",
    "eig",
    "eigh",
    "eigvals",
    "eigvalsh",
    "lstsq",
    "matrix_rank",
    "pinv",
    "qr",
    "svd",
    "svdvals",  # since NumPy 2.0
)


def refusal(name: str) -> Callable[..., Any]:
    """What stands in place of a function of NumPy that has no graph here."""

    def refuse(*args: Any, **options: Any) -> Any:
        raise TypeError(
            f"np.linalg.{name} of Values is no graph of scalars here: use data(A) for plain numbers, or what makes "
            "graphs: cholesky, det, inv, norm, slogdet, solve"
        )

    return refuse


# ---------------------------------------------------------------- elements


def square_array(a: Any, where: str) -> Elements:
    """The elements of a square matrix.

    Raises:
        ValueError: It is none.
    """
    A = object_array(a)
    if A.ndim != 2 or A.shape[0] != A.shape[1]:
        raise np.linalg.LinAlgError(
            f"{where}: {title_with_shape(a, 'the matrix')} must be square, with two axes"
        )
    return A


def singular(a: Any, where: str) -> np.linalg.LinAlgError:
    """The error that a matrix has no inverse."""
    return np.linalg.LinAlgError(
        f"{where}: {title_with_shape(a, 'the matrix')} is singular: its determinant is 0"
    )


def has_unknowns(A: Scalar) -> bool:
    """Whether the numbers of elements are not known, as a function that holds them is being compiled."""
    return any(hasattr(x, "_record") for x in np.asarray(A, dtype=object).flat)


def pivot_number(x: Scalar) -> Scalar:
    """The number of an element, which decides between rows.

    Raises:
        TypeError: It is not known while a function is traced.
    """
    try:
        return x.data if isinstance(x, Value) else x
    except TypeError as error:
        error.add_note(
            f"a matrix of more than {MOST_BY_COFACTORS} rows is eliminated in an order that its numbers decide"
        )
        raise


def as_objects(rows: Sequence[Sequence[Scalar]], shape: tuple[int, ...]) -> Elements:
    """Rows of elements as an array of this shape."""
    found = np.empty(shape, dtype=object)
    found.ravel()[:] = [x for row in rows for x in row]
    return found
