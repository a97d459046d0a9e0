"""Products of arrays of Values by NumPy's names: each element of the result is one node, a sum of products.

>>> import numpy as np
>>> from autodiff.matrix import matrix
>>> A, x = matrix([[1, 2], [3, 4]], name="A"), matrix([5, 6], name="x")
>>> np.einsum("ij,j->i", A, x)[0].op.name, np.inner(x, x).data
('dot', 61.0)
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from numbers import Integral
from string import ascii_lowercase, ascii_uppercase
from typing import Any

import numpy as np

from autodiff.matrix.ufuncs import Elements, axes_of, object_array
from autodiff.operations import FUNCTIONS
from autodiff.rules.worlds import Scalar

__all__ = ["dot", "einsum", "inner", "sum_of_products", "tensordot", "vdot"]

INDEX_LETTERS = ascii_uppercase + ascii_lowercase  # in NumPy's order, by which it sorts


def einsum(subscripts: Any, /, *operands: Any, **options: Any) -> Elements | Scalar:
    """Sum the products that subscripts name, such as ``"ij,jk->ik"``; with an ellipsis, or options, NumPy adds them up.

    Raises:
        ValueError: The subscripts do not fit the shapes.
    """
    if not isinstance(subscripts, str):
        subscripts, operands = from_lists(subscripts, *operands)
    if "." in subscripts or options:
        return np.einsum(subscripts, *map(factor_array, operands), **options)
    arrays = [factor_array(x) for x in operands]
    shape = np.einsum(subscripts, *[np.zeros(x.shape) for x in arrays]).shape  # it says what does not fit
    named, _, output = subscripts.replace(" ", "").partition("->")
    terms = named.split(",")
    if "->" not in subscripts:
        output = "".join(sorted(c for c in set(named) - {","} if named.count(c) == 1))
    sizes: dict[str, int] = {}
    for term, x in zip(terms, arrays, strict=True):
        sizes |= {c: sizes.get(c, 1) if size == 1 else size for c, size in zip(term, x.shape, strict=True)}
    arrays = [np.broadcast_to(x, [sizes[c] for c in term]) for term, x in zip(terms, arrays, strict=True)]
    summed = [c for c in sizes if c not in output]
    found = np.empty(shape, dtype=object)
    for index in np.ndindex(*shape):
        inner = [
            dict(zip([*output, *summed], [*index, *at], strict=True))
            for at in np.ndindex(*[sizes[c] for c in summed])
        ]
        found[index] = sum_of_products(
            [
                [x[tuple([places[c] for c in term])] for places in inner]
                for term, x in zip(terms, arrays, strict=True)
            ]
        )
    return found[()]


def from_lists(*arguments: Any) -> tuple[str, tuple[Any, ...]]:
    """The subscripts as text, and the operands, of x, [0, 1], y, [1, 2], [0, 2]."""
    *pairs, last = zip_longest(arguments[::2], arguments[1::2])
    output = f"->{letters_of(last[0])}" if len(arguments) % 2 else ""
    pairs += [] if output else [last]
    return ",".join([letters_of(numbers) for _, numbers in pairs]) + output, tuple([x for x, _ in pairs])


def letters_of(numbers: Sequence[Any]) -> str:
    return "".join(["..." if i is Ellipsis else INDEX_LETTERS[i] for i in numbers])


def tensordot(a: Scalar, b: Scalar, axes: Any = 2) -> Elements | Scalar:
    """Sum products over axes: the last ones of ``a`` with the first ones of ``b``, or those listed for each."""
    A, B = factor_array(a), factor_array(b)
    if isinstance(axes, Integral):
        axes = (range(A.ndim - int(axes), A.ndim), range(int(axes)))
    of_a, of_b = (
        axes_of(tuple(np.ravel(each).tolist()), x.ndim) for each, x in zip(axes, (A, B), strict=True)
    )
    if [A.shape[i] for i in of_a] != [B.shape[i] for i in of_b]:
        raise ValueError(
            f"tensordot: the shapes {A.shape} and {B.shape} do not fit along the axes {of_a} and {of_b}"
        )
    left, right = INDEX_LETTERS[: A.ndim], list(INDEX_LETTERS[A.ndim : A.ndim + B.ndim])
    for i, j in zip(of_a, of_b, strict=True):
        right[j] = left[i]
    kept = [c for i, c in enumerate(left) if i not in of_a] + [
        c for j, c in enumerate(right) if j not in of_b
    ]
    return einsum(f"{left},{''.join(right)}->{''.join(kept)}", A, B)


def inner(a: Scalar, b: Scalar, /) -> Elements | Scalar:
    """Sum products over the last axes of both."""
    A, B = factor_array(a), factor_array(b)
    return tensordot(A, B, (-1, -1)) if A.ndim and B.ndim else A * B


def dot(a: Scalar, b: Scalar) -> Elements | Scalar:
    """Sum products over the last axis of ``a`` and the last but one of ``b``; the only one of a vector."""
    A, B = factor_array(a), factor_array(b)
    return tensordot(A, B, (-1, max(-2, -B.ndim))) if A.ndim and B.ndim else A * B


def vdot(a: Scalar, b: Scalar, /) -> Scalar:
    """Sum the products of all elements, in order."""
    return inner(factor_array(a).ravel(), factor_array(b).ravel())


def factor_array(x: Scalar) -> Elements:
    """A factor as an array of objects; a traced one is asked for its axes, so that it is taken apart if it has any."""
    np.ndim(x)
    return object_array(x)


def sum_of_products(factors: Sequence[Elements | Sequence[Scalar]]) -> Scalar:
    """The sum of the products of lists, element by element: one node of one list or two, two levels of more."""
    first, *others = factors
    if len(others) == 1 and len(first) > 1:
        return FUNCTIONS["dot"](list(first), list(others[0]))
    terms = [product_of_factors(*xs) for xs in zip(*factors, strict=True)]
    return terms[0] if len(terms) == 1 else FUNCTIONS["sum"](terms)


def product_of_factors(x: Scalar, *others: Scalar) -> Scalar:
    """The product of one number, two, or more."""
    if len(others) > 1:
        return FUNCTIONS["prod"]([x, *others])
    return x * others[0] if others else x
