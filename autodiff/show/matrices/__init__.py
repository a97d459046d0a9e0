"""Matrices: pictures in which a matrix is one vertex, with the matrix formula of each backward step."""

from autodiff.show.matrices.picture import draw_matrices

__all__ = ["draw_matrices"]
