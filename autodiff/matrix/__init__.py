"""Matrices of Values: NumPy arrays of nodes, so that formulas with matrices build scalar graphs."""

from autodiff.matrix.matrices import Matrix, backward, data, gradient, grads, jacobian, matrix
from autodiff.matrix.matrices import (
    restored_matrix as restored,
)  # by this name pickles of version 0.1 find it

__all__ = ["Matrix", "backward", "data", "gradient", "grads", "jacobian", "matrix", "restored"]
