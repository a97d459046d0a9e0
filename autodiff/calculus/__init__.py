"""Calculus: derivatives of nodes and of functions, of first and second order, and their check."""

from autodiff.calculus.derivatives import (
    grad,
    gradient,
    hessian,
    hessian_vector_product,
    jacobian,
    value_and_grad,
)

__all__ = ["grad", "gradient", "hessian", "hessian_vector_product", "jacobian", "value_and_grad"]
