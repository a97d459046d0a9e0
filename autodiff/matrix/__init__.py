"""Matrices of Values: NumPy arrays of nodes, so that formulas with matrices build scalar graphs."""

from autodiff.matrix.matrices import Matrix, data, grads, matrix
from autodiff.matrix.matrices import (
    restored_matrix as restored,
)  # by this name pickles of version 0.1 find it
from autodiff.matrix.slopes import backward, gradient, jacobian

__all__ = ["Matrix", "backward", "data", "gradient", "grads", "jacobian", "matrix", "restored"]
