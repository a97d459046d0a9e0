"""Matrices of Values: NumPy arrays of nodes, so that formulas with matrices build scalar graphs."""

from autodiff.matrix.matrices import Matrix, backward, data, gradient, grads, jacobian, matrix

__all__ = ["Matrix", "backward", "data", "gradient", "grads", "jacobian", "matrix"]
