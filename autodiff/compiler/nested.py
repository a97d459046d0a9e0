"""Nested derivatives: those of a compiled function as nodes, so that they can be differentiated again."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from autodiff.calculus.derivatives import gradient
from autodiff.calculus.second import Adjoint, as_value
from autodiff.calculus.trees import Tree, with_leaves
from autodiff.compiler.call import Call
from autodiff.compiler.flat.places import FloatArray
from autodiff.compiler.front.arguments import Arguments
from autodiff.matrix.matrices import matrix_of
from autodiff.operations import FUNCTIONS
from autodiff.rules.worlds import Scalar
from autodiff.value import Value

__all__ = ["nested_jvp", "nested_vjp"]


def nested_vjp(call: Call, seeds: FloatArray | float) -> tuple[Tree, Tree]:
    """The results of a call, and the product of seeds with their Jacobian, in the trees of the arguments."""
    call = call.on_fresh_nodes()
    outputs = call.outputs()
    weights = np.broadcast_to(seeds, outputs.shape).ravel().tolist()
    slopes = iter(slopes_by(nodes_of(call), product_sum(outputs.ravel().tolist(), weights)))
    parts = []
    for leaf in call.arguments.leaves:
        found = [next(slopes) for _ in leaf.elements]
        parts.append(matrix_of(found, leaf.data.shape) if leaf.data.ndim else found[0])
    trees = tuple(dict(with_leaves(call.arguments.tree, parts)).values())
    return call.shaped(outputs), trees[0] if len(trees) == 1 else trees


def nested_jvp(call: Call, moved: Arguments) -> tuple[Tree, Tree]:
    """The results of a call, and their Jacobian times how the arguments move.

    The product from the right is the derivative, by the seeds, of the product from the left.
    """
    call = call.on_fresh_nodes()
    outputs = call.outputs()
    seeds = [Value(1.0) for _ in outputs.flat]
    slopes = slopes_by(nodes_of(call), product_sum(outputs.ravel().tolist(), seeds))
    moves = [number for leaf in moved.leaves for number in leaf.data.ravel().tolist()]
    moving: npt.NDArray[np.object_] = matrix_of(slopes_by(seeds, product_sum(slopes, moves)), outputs.shape)
    return call.shaped(outputs), call.shaped(moving)


def nodes_of(call: Call) -> list[Value]:
    """The nodes that stand for all numbers among the arguments."""
    return [x for leaf in call.arguments.leaves for x in leaf.elements]  # type: ignore[misc]


def slopes_by(inputs: list[Value], output: Adjoint) -> list[Scalar]:
    """The derivatives of an output, as nodes."""
    if isinstance(output, Value):
        return gradient(output, inputs, create_graph=True)
    return [as_value(0, x) for x in inputs]


def product_sum(xs: list[Scalar], ys: list[Scalar]) -> Adjoint:
    """The sum of products, as a node if Values are among them."""
    total: Adjoint = FUNCTIONS["dot"](xs, ys)
    return total
