"""Call: the arguments of one call, joined to the program that computes it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from autodiff.calculus.trees import Tree, each_leaf, tree_leaves
from autodiff.compiler.flat.places import FloatArray
from autodiff.compiler.front.arguments import Arguments, gradients
from autodiff.compiler.front.trace import function_name
from autodiff.compiler.lowering import Lowering, Shape

__all__ = ["Call"]


class Call:
    """One call of a compiled function.

    Args:
        lowering: The programs of the function.
        args, kwargs: What it is called with.

    Raises:
        TypeError: The arguments do not fit the function, or are no numbers.
    """

    def __init__(self, lowering: Lowering, args: tuple[Tree, ...], kwargs: dict[str, Tree]) -> None:
        self.lowering = lowering
        self.arguments, self.statics = lowering.binding.bound(args, kwargs)
        self.lowered, self.shapes = lowering.find(self.arguments, self.statics)
        self.batch = self.arguments.batch(self.shapes)
        self.samples = math.prod(self.batch)

    def rows(self) -> FloatArray:
        """The inputs of the program: (inputs, samples)."""
        return self._filled(self.arguments)

    def moves(self, moves: Sequence[Tree], args: tuple[Tree, ...]) -> FloatArray:
        """How the inputs move, in the same form, by one tree for each of ``args`` that is not static."""
        moved = self.lowering.binding.moved(moves, args)
        if moved.structure[0] != self.arguments.structure[0]:
            raise TypeError("jvp: moves must have the form of the arguments")
        for leaf, move in zip(self.arguments.leaves, moved.leaves, strict=True):
            try:
                move.data = np.broadcast_to(move.data, leaf.data.shape)
            except ValueError:
                raise ValueError(
                    f"jvp: the move of {leaf.path} has the shape {move.data.shape}, not {leaf.data.shape}"
                ) from None
        return self._filled(moved)

    def _filled(self, arguments: Arguments) -> FloatArray:
        shape = (len(self.lowered.program.inputs), self.samples)
        rows = np.empty(shape, self.lowering.dtype, order=self.lowered.engine.order)
        arguments.fill(rows, self.shapes, self.batch)
        return rows

    def numbers(self) -> FloatArray:
        """The parameters of the program."""
        return self.lowering.parameters.numbers(self.lowered.positions, self.lowered.values)

    def reverse(
        self, seeds: FloatArray | float, wanted: str
    ) -> tuple[FloatArray, FloatArray, FloatArray | None]:
        """Both sweeps: the outputs, and their derivatives by the parameters and by the inputs."""
        return self.lowered.engine.backward(self.numbers(), self.rows(), seeds, wanted)

    def shaped(self, outputs: FloatArray) -> Tree:
        """What the function returns, from the outputs of the program: (outputs, samples or 1)."""
        outputs = np.broadcast_to(outputs, (len(outputs), self.samples))
        first = 0

        def leaf(shape: Shape, _: str) -> FloatArray | float:
            nonlocal first
            size = math.prod(shape.sizes)
            numbers = np.array(outputs[first : first + size].T.reshape(self.batch + shape.sizes))
            first += size
            return numbers if numbers.ndim else float(numbers)

        return each_leaf(leaf, self.lowered.result)

    def seeds(self, seeds: Tree) -> FloatArray:
        """The adjoints of the results as adjoints of the outputs: (outputs, samples)."""
        given = {path: leaf for leaf, path in tree_leaves(seeds)}
        expected = tree_leaves(self.lowered.result)
        if given.keys() != {path for _, path in expected}:
            raise TypeError(
                f"vjp: the seeds must have the tree of what {function_name(self.lowering.f)} returns"
            )
        return np.concatenate([self._seed(given[path], shape.sizes, path) for shape, path in expected])

    def _seed(self, given: Tree, sizes: tuple[int, ...], path: str) -> FloatArray:
        """The adjoints of one result, of these sizes: (its outputs, samples)."""
        seed = np.asarray(given)
        if seed.dtype.kind not in "fiu":
            raise TypeError(f"vjp: the seed{path} must be a number or an array of such, not {given!r:.80}")
        try:
            wide = np.broadcast_to(seed.astype(self.lowering.dtype), self.batch + sizes)
        except ValueError:
            raise ValueError(
                f"vjp: the seed{path} must have the shape {self.batch + sizes}, not {seed.shape}"
            ) from None
        return wide.reshape(self.samples, math.prod(sizes)).T

    def gradients(self, by_inputs: FloatArray | None) -> Tree:
        """The derivatives by the arguments, in their trees; one argument gives one, several a tuple."""
        assert by_inputs is not None
        found = tuple(gradients(self.arguments, self.shapes, self.batch, by_inputs).values())
        return found[0] if len(found) == 1 else found

    def passes_values(self) -> bool:
        """Whether Values are among the arguments.

        Raises:
            TypeError: One was computed from others, which would get no derivatives.
        """
        for leaf in self.arguments.leaves:
            if leaf.value is not None and leaf.value.op is not None:
                raise TypeError(
                    f"backward: the argument {leaf.path} was computed from other Values, which would get no "
                    "derivatives: pass its .data, or compute it in the function"
                )
        return any([leaf.value is not None for leaf in self.arguments.leaves])

    def add_to_values(self, by_inputs: FloatArray) -> None:
        """Add the derivatives to the ``grad`` of the Values among the arguments."""
        first = 0
        for leaf, shape in zip(self.arguments.leaves, self.shapes, strict=True):
            if leaf.value is not None:
                leaf.value.grad = (leaf.value.grad or 0) + float(by_inputs[first].sum())
            first += math.prod(shape)

    def check_scalar(self, asked: str) -> None:
        if not self.lowered.is_scalar:
            raise TypeError(
                f"{asked}: {function_name(self.lowering.f)} must give one number to be differentiated, and gives a "
                f"tree of {len(self.lowered.program.outputs)}; vjp takes a seed for each"
            )
