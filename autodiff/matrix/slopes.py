"""Derivatives of matrices of Values: an upstream gradient d = dL/dZ carried back to nodes and matrices below Z.

>>> from autodiff.matrix import matrix
>>> X = matrix([[1, 2], [-1, 2]], name="X")
>>> W1, W2 = matrix([[1, -1], [0.5, 0]], name="W1"), matrix([[0.5], [1]], name="W2")
>>> y_hat = np.maximum(0, X @ W1) @ W2
>>> gradient(y_hat, W1, d=[[-0.5], [0]])
array([[-0.25,  0.  ],
       [-0.5 ,  0.  ]])
"""

from __future__ import annotations

from typing import overload

import numpy as np

from autodiff import calculus
from autodiff.calculus.trees import Tree, each_leaf
from autodiff.matrix.matrices import Matrix, MatrixRows, nodes, numeric
from autodiff.matrix.ufuncs import Elements, shape_text, title_with_shape
from autodiff.number import Number, check_only_numbers, number
from autodiff.operations import FUNCTIONS
from autodiff.value import Value

__all__ = ["backward", "gradient", "jacobian"]


def backward(Z: MatrixRows | Value, d: MatrixRows | Number | None = None) -> None:
    """Carry an upstream gradient back from a matrix, by one sweep, as ``Value.backward`` does from a number.

    Args:
        Z: The output: a matrix, or one Value.
        d: dL/dZ, numbers in the shape of Z; may be left out if Z is one number.

    Raises:
        ValueError: d has another shape than Z. No ``grad`` has changed then.

    Warns:
        RepeatedBackwardWarning: The leaves hold just what this call adds, from an earlier one.

    >>> from autodiff.matrix import grads, matrix
    >>> X, W = matrix([[1, 2]], name="X"), matrix([[3], [4]], name="W")
    >>> backward(X @ W, [[10]])
    >>> grads(X).tolist(), grads(W).tolist()
    ([[30.0, 40.0]], [[10.0], [20.0]])
    """
    output = weighted_sum(Z, d, "backward")
    if any(z.grad for z in output.parents if z.op is not None):
        output.grad = 1.0  # swept before: so Value.backward can warn of a repetition
    output.backward()


@overload
def gradient(Z: MatrixRows | Value, inputs: Elements, d: MatrixRows | Number | None = None) -> Elements: ...
@overload
def gradient(
    Z: MatrixRows | Value, inputs: list[Matrix], d: MatrixRows | Number | None = None
) -> list[Elements]: ...
@overload
def gradient(Z: MatrixRows | Value, inputs: Tree, d: MatrixRows | Number | None = None) -> Tree: ...
def gradient(Z: MatrixRows | Value, inputs: Tree, d: MatrixRows | Number | None = None) -> Tree:
    """Compute dL/dX from d = dL/dZ without touching any ``grad``.

    Args:
        Z: The output: a matrix, or one Value.
        inputs: The matrix X, or a list, tuple or dictionary of such.
        d: dL/dZ, numbers in the shape of Z; may be left out if Z is one number.

    Returns:
        An array in the shape of X for each X.

    >>> from autodiff.matrix import matrix
    >>> X, W = matrix([[1, 2]], name="X"), matrix([[3], [4]], name="W")
    >>> [slopes.tolist() for slopes in gradient(X @ W, [X, W], d=[[10]])]
    [[[30.0, 40.0]], [[10.0], [20.0]]]
    """
    output = weighted_sum(Z, d, "gradient")
    found: dict[str, list[Value]] = {}
    each_leaf(lambda X, path: found.update({path: nodes(X, "gradient", f"inputs{path}")}), inputs)
    slopes = calculus.gradient(output, found)
    return each_leaf(lambda X, path: numeric(slopes[path], np.shape(X)), inputs)


def jacobian(Z: MatrixRows | Value, X: MatrixRows) -> Elements:
    """Compute every dz/dx, by one sweep for each element of Z: an array of the shape Z.shape + X.shape.

    >>> from autodiff.matrix import matrix
    >>> X, W = matrix([[1, 2], [3, 4]], name="X"), matrix([[5, 6, 7], [8, 9, 10]], name="W")
    >>> jacobian(X @ W, X)[0, 0]  # dz11/dX: the second row of X does not matter
    array([[5., 8.],
           [0., 0.]])
    """
    outputs, inputs = np.asarray(Z, dtype=object), nodes(X, "jacobian", "X")
    shape = outputs.shape + np.asarray(X, dtype=object).shape
    rows = [calculus.gradient(z, inputs) if isinstance(z, Value) else [0] * len(inputs) for z in outputs.flat]
    return numeric([slope for row in rows for slope in row], shape)


def weighted_sum(Z: MatrixRows | Value, d: MatrixRows | Number | None, where: str) -> Value:
    """The inner product of Z and d: its derivatives by the elements of Z are those of d."""
    outputs = np.asarray(Z, dtype=object)
    if d is None and outputs.size != 1:
        raise ValueError(
            f"{where}: {title_with_shape(Z, 'Z')} has many elements: pass d = dL/dZ in the same shape"
        )
    check_only_numbers(d, f"{where}: d")
    upstream = np.asarray(np.ones(outputs.shape, dtype=int) if d is None else d, dtype=object)
    if upstream.shape != outputs.shape:
        raise ValueError(
            f"{where}: the upstream gradient d {shape_text(upstream.shape)} must have the shape of the output "
            f"{title_with_shape(Z, 'Z')}"
        )
    weights = [
        number(x.data if isinstance(x, Value) else x, f"{where}: an element of d") for x in upstream.flat
    ]
    pairs = [(z, weight) for z, weight in zip(outputs.flat, weights, strict=True) if isinstance(z, Value)]
    if not pairs:
        raise TypeError(f"{where}: {title_with_shape(Z, 'Z')} holds no Value, so it depends on nothing")
    wanted = [pair for pair in pairs if pair[1]]  # from an element with d = 0 nothing starts
    elements, factors = zip(*wanted or pairs, strict=True)
    output: Value = FUNCTIONS["dot"](elements, factors)
    return output
