"""Linear algebra: what NumPy's functions of that name do with matrices of Values, as graphs of scalars.

Matrices are eliminated column by column; which row comes next is decided by the largest number there, as for numbers,
and the graph is that of this order. A function that is being compiled knows no numbers: there rows change places by
``where``. Determinants of singular matrices are made of products alone (Bird 2011), so that their derivatives, the
cofactors, are right too.

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

from autodiff.guards.decisions import decisions
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


def det(a: object) -> Scalar:
    """The determinant of a square matrix; its derivatives are the cofactors, also of a singular one."""
    A = square_array(a, "det")
    by_products = determinant if len(A) <= MOST_BY_COFACTORS else without_division
    rows, sign = (None, 1) if len(A) < 3 else eliminated(A)
    if rows is None:
        return by_products(A)
    pivots = [row[i] for i, row in enumerate(rows)]
    if not has_unknowns(A):
        return FUNCTIONS["prod"](pivots) if sign > 0 else -FUNCTIONS["prod"](pivots)
    is_singular = FUNCTIONS["max"]([FUNCTIONS["equal"](pivot, 0) for pivot in pivots])
    return FUNCTIONS["where"](is_singular, by_products(A), FUNCTIONS["prod"]([sign, *pivots]))


def slogdet(a: object) -> LogDeterminant:
    """The sign of the determinant, and the logarithm of its absolute value, which may be too large for a float."""
    A = square_array(a, "slogdet")
    rows, sign = eliminated(A)
    if rows is None:
        raise np.linalg.LinAlgError(
            f"slogdet: {title_with_shape(a, 'the matrix')} is singular: log 0 is no number"
        )
    pivots = [row[i] for i, row in enumerate(rows)]
    logs = FUNCTIONS["sum"]([FUNCTIONS["log"](abs(pivot)) for pivot in pivots])
    if has_unknowns(A):
        return LogDeterminant(FUNCTIONS["prod"]([sign, *map(FUNCTIONS["sign"], pivots)]), logs)
    negative = sum(pivot_number(pivot) < 0 for pivot in pivots)
    return LogDeterminant(float(sign * (-1) ** negative), logs)


def solve(a: object, b: object) -> Elements:
    """The solution x of a @ x = b, for one column or for many."""
    A, B = square_array(a, "solve"), object_array(b)
    columns = B[:, None] if B.ndim == 1 else B
    if B.ndim not in (1, 2) or len(B) != len(A):
        titles = f"{title_with_shape(a, 'a matrix')} and {title_with_shape(b, 'an array')}"
        raise ValueError(f"solve: {titles} do not fit: one row on the right for each on the left")
    return as_objects(solution_by_elimination(A, columns, a, "solve"), B.shape)


def inv(a: object) -> Elements:
    """The inverse of a square matrix."""
    A = square_array(a, "inv")
    unit = np.eye(len(A), dtype=int).astype(object)
    return as_objects(solution_by_elimination(A, unit, a, "inv"), A.shape)


def cholesky(a: object, /, *, upper: bool = False) -> Elements:
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


def eliminated(A: Elements) -> tuple[Elements | None, Scalar]:
    """A matrix with 0 below its diagonal, or None if it is known to be singular, and the sign of its rows' order.

    The pivot of a column is its largest number, or a nan, which makes all that follows nan.
    """
    rows, sign = A.copy(), 1
    bring_largest_up = exchange_by_choice if has_unknowns(A) else exchange_by_number
    for k in range(len(rows)):
        turned = bring_largest_up(rows[k:, k:])
        if turned is None:
            return None, sign
        sign = sign * turned
        for i in range(k + 1, len(rows)):
            factor = rows[i, k] / rows[k, k]
            rows[i, k] = 0.0
            for j in range(k + 1, rows.shape[1]):
                rows[i, j] = rows[i, j] - factor * rows[k, j]
    return rows, sign


def exchange_by_number(rows: Elements) -> int | None:
    """Bring the row with the largest first number up; gives the sign of that, and None where all are 0."""
    sizes = [abs(pivot_number(x)) for x in rows[:, 0]]
    sizes = [size if size == size else math.inf for size in sizes]
    pivot = sizes.index(max(sizes))
    if max(sizes) == 0:
        return None
    if pivot:
        rows[[0, pivot]] = rows[[pivot, 0]]
    return -1 if pivot else 1


def exchange_by_choice(rows: Elements) -> Scalar:
    """Do the same while a function is traced: each row below the first one changes places with it if it is larger."""
    where, greater = FUNCTIONS["where"], FUNCTIONS["greater"]
    sign: Scalar = 1
    for i in range(1, len(rows)):
        is_larger = greater(abs(rows[i, 0]), abs(rows[0, 0]))
        pairs = list(zip(rows[0], rows[i], strict=True))
        rows[0] = [where(is_larger, below, above) for above, below in pairs]
        rows[i] = [where(is_larger, above, below) for above, below in pairs]
        sign = sign * where(is_larger, -1, 1)
    return sign


def solution_by_elimination(A: Elements, columns: Elements, a: object, where: str) -> list[list[Scalar]]:
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


def square_array(a: object, where: str) -> Elements:
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


def singular(a: object, where: str) -> np.linalg.LinAlgError:
    """The error that a matrix has no inverse."""
    return np.linalg.LinAlgError(
        f"{where}: {title_with_shape(a, 'the matrix')} is singular: its determinant is 0"
    )


def has_unknowns(A: Scalar) -> bool:
    """Whether numbers may be others in the next call, as a function that holds these Values is being compiled."""
    return decisions.note is not None and any(isinstance(x, Value) for x in np.asarray(A, dtype=object).flat)


def pivot_number(x: Scalar) -> Scalar:
    """The number of an element, which decides between rows; whatever they are, the result is the same."""
    return x._data if isinstance(x, Value) else x


def as_objects(rows: Sequence[Sequence[Scalar]], shape: tuple[int, ...]) -> Elements:
    """Rows of elements as an array of this shape."""
    found = np.empty(shape, dtype=object)
    found.ravel()[:] = [x for row in rows for x in row]
    return found
