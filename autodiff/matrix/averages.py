"""Means, variances, medians and their like of arrays of Values by NumPy's names, over all elements or along axes.

>>> import numpy as np
>>> from autodiff.matrix import matrix
>>> A = matrix([[1, 2], [3, 6]], name="A")
>>> np.mean(A, axis=0), np.var(A).data
([2]
[2. 4.], 3.5)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autodiff.formulas.composed import COMPOSED
from autodiff.matrix.ufuncs import (
    Axes,
    Elements,
    axes_of,
    exact_beside_fractions,
    object_array,
    over_axes,
)
from autodiff.operations import FUNCTIONS
from autodiff.rules.worlds import Scalar

__all__ = [
    "average",
    "correlations",
    "covariances",
    "mean_along",
    "median_along",
    "percentile_along",
    "quantile_along",
    "std_along",
    "var_along",
]


def mean_along(
    a: object,
    axis: Axes = None,
    dtype: object = None,
    out: None = None,
    keepdims: bool = False,
    **rest: object,
) -> Elements | Scalar:
    """The mean: one node."""
    check_simple(dtype=dtype, out=out, **rest)
    return over_axes(FUNCTIONS["mean"], object_array(a), axis, keepdims)


def var_along(a: object, *args: Any, **options: Any) -> Elements | Scalar:
    """The mean of the squared deviations from the mean; of n elements their sum over n - ddof. One node."""
    return dispersion("var", a, *args, **options)


def std_along(a: object, *args: Any, **options: Any) -> Elements | Scalar:
    """The root of the variance, whose derivatives are 0 where all elements are equal. One node."""
    return dispersion("std", a, *args, **options)


def dispersion(
    name: str,
    a: object,
    axis: Axes = None,
    dtype: object = None,
    out: None = None,
    ddof: float = 0,
    keepdims: bool = False,
    *,
    correction: float | None = None,
    **rest: object,
) -> Elements | Scalar:
    check_simple(dtype=dtype, out=out, **rest)
    less = ddof if correction is None else correction
    return over_axes(lambda xs: FUNCTIONS[name](xs, ddof=less), object_array(a), axis, keepdims)


def median_along(
    a: object, axis: Axes = None, out: None = None, overwrite_input: bool = True, keepdims: bool = False
) -> Elements | Scalar:
    """The element in the middle, or the mean of the two there. Those that tie for a place share its slope."""
    check_simple(out=out)
    return over_axes(COMPOSED["median"], object_array(a), axis, keepdims)


def quantile_along(
    a: object,
    q: Any,
    axis: Axes = None,
    out: None = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: bool = False,
    **rest: object,
) -> Elements | Scalar:
    """What a share q of the elements lie below, on the line between two of them; of several shares an array."""
    check_simple(out=out, method=None if method == "linear" else method, **rest)
    if np.ndim(q):
        return np.array([quantile_along(a, share, axis, keepdims=keepdims) for share in q])
    return over_axes(lambda xs: COMPOSED["quantile"](xs, q), object_array(a), axis, keepdims)


def percentile_along(a: object, q: Any, *args: Any, **options: Any) -> Elements | Scalar:
    return quantile_along(a, np.true_divide(q, 100), *args, **options)


def average(
    a: object, axis: Axes = None, weights: object = None, returned: bool = False, *, keepdims: bool = False
) -> Scalar:
    """The mean, or one with weights: the sum of products over the sum of weights."""
    A, W = object_array(a), object_array(1)
    if weights is None:
        found = mean_along(A, axis, keepdims=keepdims)
    else:
        weights = np.broadcast_to(weights_beside(A, axis, object_array(weights)), A.shape)
        A, W = exact_beside_fractions(np.stack([A, weights]))
        pairs = np.frompyfunc(lambda x, weight: (x, weight), 2, 1)(A, W)
        found = over_axes(weighted_mean, pairs, axis, keepdims)
    if returned:
        return found, over_axes(FUNCTIONS["sum"], np.broadcast_to(W, A.shape), axis, keepdims)
    return found


def weighted_mean(pairs: Sequence[tuple[Scalar, Scalar]]) -> Scalar:
    """The mean of numbers that each have a weight."""
    weights = [weight for _, weight in pairs]
    return FUNCTIONS["dot"]([x for x, _ in pairs], weights) / FUNCTIONS["sum"](weights)


def weights_beside(A: Elements, axis: Axes, weights: Elements) -> Elements:
    """Weights in the axes of A: they have its shape, or that of the axes along which it is averaged."""
    axes = axes_of(axis, A.ndim)
    if weights.shape == A.shape:
        return weights
    if axis is None or weights.shape != tuple([A.shape[i] for i in axes]):
        raise ValueError(
            f"average: weights of the shape {weights.shape} do not fit an array of the shape {A.shape}, axis {axis}"
        )
    return weights.transpose(np.argsort(axes)).reshape(
        [A.shape[i] if i in axes else 1 for i in range(A.ndim)]
    )


def covariances(
    m: Any, y: None = None, rowvar: bool = True, bias: bool = False, ddof: int | None = None, **rest: object
) -> Elements | Scalar:
    """The covariances of the rows, or of the columns without rowvar: sums of products over n - 1, n where biased."""
    if y is not None:
        raise TypeError(
            "np.cov and np.corrcoef of Values take one array: stack the rows of both, by np.vstack"
        )
    unknown = [name for name, option in rest.items() if option is not None]
    if unknown or np.ndim(m) > 2:
        raise TypeError(
            "np.cov and np.corrcoef of Values take one array of one or two axes, rowvar, bias and ddof alone, not "
            f"{', '.join(unknown) or f'{np.ndim(m)} axes'}"
        )
    A = np.atleast_2d(object_array(m))
    A = A if rowvar or np.ndim(m) == 1 else A.T
    off = [row - FUNCTIONS["mean"](row.tolist()) for row in A]
    count = A.shape[1] - ((0 if bias else 1) if ddof is None else ddof)
    return np.squeeze(object_array([[FUNCTIONS["dot"](x, y) / count for y in off] for x in off]))


def correlations(x: Any, y: None = None, rowvar: bool = True, **rest: object) -> Elements | Scalar:
    """The covariances over the products of the standard deviations; by each of one row 1."""
    A = np.atleast_2d(covariances(x, y, rowvar, False, None, **rest))
    rows = range(len(A))
    return np.squeeze(
        object_array([[A[i, j] / FUNCTIONS["sqrt"](A[i, i] * A[j, j]) for j in rows] for i in rows])
    )


def check_simple(**options: object) -> None:
    """Refuse what only arrays of numbers have."""
    given = [name for name, option in options.items() if option is not None and option is not True]
    if given:
        raise TypeError(
            "np.mean, np.var, np.std, np.median and np.quantile of Values take axis, keepdims and ddof alone, not "
            f"{', '.join(given)}: for some of the elements write A[mask]"
        )
