"""Call: the arguments of one call, joined to the program that computes it."""

from __future__ import annotations

import copy
import functools
import math
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from autodiff.calculus.derivatives import DIFFERENTIATED
from autodiff.calculus.trees import Tree, each_leaf, tree_leaves, with_leaves
from autodiff.compiler.engines.choice import InPlace
from autodiff.compiler.flat.places import FloatArray
from autodiff.compiler.front.arguments import Arguments, Leaf, NumberArray, gradients, unbroadcast
from autodiff.compiler.front.trace import function_name
from autodiff.compiler.lazy import Sample
from autodiff.compiler.lowering import Lowering, Shape
from autodiff.matrix.matrices import as_matrix, matrix_of
from autodiff.number import check_only_numbers
from autodiff.value import Value

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
        """The inputs of the program, (inputs, samples): one array, whenever this is called."""
        return with_numbers(*self._rows)

    @functools.cached_property
    def _rows(self) -> tuple[FloatArray, list[tuple[FloatArray, NumberArray]]]:
        return self._room(self.arguments)

    def moved(self, moves: Sequence[Tree], args: tuple[Tree, ...]) -> Arguments:
        """How the arguments move, by one tree for each of ``args`` that is not static."""
        moved = self.lowering.binding.moved(moves, args)
        if moved.structure[0] != self.arguments.structure[0]:
            raise TypeError("jvp: moves must have the form of the arguments")
        if moved.has_values:
            raise TypeError(
                "jvp: moves must be plain numbers, to which no graph leads: pass the .data of Values"
            )
        for leaf, move in zip(self.arguments.leaves, moved.leaves, strict=True):
            try:
                move.data = np.broadcast_to(move.data, leaf.data.shape)
            except ValueError:
                raise ValueError(
                    f"jvp: the move of {leaf.path} has the shape {move.data.shape}, not {leaf.data.shape}"
                ) from None
        return moved

    def filled(self, arguments: Arguments) -> FloatArray:
        """The numbers of other arguments as inputs of the program: (inputs, samples)."""
        return with_numbers(*self._room(arguments))

    def _room(self, arguments: Arguments) -> tuple[FloatArray, list[tuple[FloatArray, NumberArray]]]:
        """An array for the inputs of the program, and for each argument its part of that and its numbers."""
        shape = (len(self.lowered.program.inputs), self.samples)
        rows = np.empty(shape, self.lowering.dtype, order=self.lowered.engine.order)
        return rows, arguments.parts(rows, self.shapes, self.batch)

    def numbers(self) -> FloatArray:
        """The parameters of the program."""
        return self.lowering.parameters.numbers(self.lowered.positions, self.lowered.values)

    def outputs(self) -> FloatArray | npt.NDArray[np.object_]:
        """The outputs of the program, numbers or nodes: (outputs, samples or 1)."""
        numbers, rows = self.numbers(), self.rows()
        outputs = self.lowered.engine.forward(numbers, rows)
        return self.nodes(numbers, rows, outputs) if self.gives_nodes() else outputs

    def in_place(self, results: Sequence[FloatArray]) -> Callable[[], None] | None:
        """What computes the function into arrays without any copy, where the engine can do so."""
        inputs, engine = [leaf.data for leaf in self.arguments.leaves], self.lowered.engine
        shapes = {array.shape for array in (*inputs, *results)}
        if results and self.batch and shapes <= {(), self.batch} and isinstance(engine, InPlace):
            return engine.over_arrays(self.lowered.blueprint.flat, inputs, results)
        return None

    def gives_nodes(self) -> bool:
        """Whether the results are nodes, as those of the function itself are where Values take part."""
        if self.differentiable():
            return True
        arrays_rule = self.lowering.parameters.depth > 0
        return bool(self.lowered.values) and not self.batch and not arrays_rule

    def differentiable(self) -> bool:
        """Whether derivatives may be taken through this call: Values are passed, or are being differentiated by.

        Raises:
            TypeError: They may, but the parameters are arrays at the moment.
        """
        if not (self.arguments.has_values or self.captures_differentiated()):
            return False
        if self.lowering.parameters.depth and self.lowered.values:
            raise TypeError(
                f"{function_name(self.lowering.f)}: in a with block of its parameters these are arrays, to which "
                "no graph can lead: call it with Values outside of the block, or pass their .data"
            )
        return True

    def captures_differentiated(self) -> bool:
        """Whether the function has found a Value outside by which a derivative is being taken."""
        return bool(DIFFERENTIATED) and not self.lowered.blueprint.found.isdisjoint(tuple(DIFFERENTIATED))

    def is_differentiated(self) -> bool:
        """Whether a derivative is being taken by a Value that is passed or was found outside."""
        if not DIFFERENTIATED:
            return False
        passed = [x for leaf in self.arguments.leaves for x in leaf.elements]
        return self.captures_differentiated() or not DIFFERENTIATED.isdisjoint(passed)

    def nodes(self, numbers: FloatArray, rows: FloatArray, outputs: FloatArray) -> npt.NDArray[np.object_]:
        """The outputs as nodes where they depend on Values: (outputs, samples)."""
        blueprint = self.lowered.blueprint
        shared, slots = blueprint.numbers(numbers), blueprint.flat.outputs.tolist()
        found = np.empty((len(outputs), self.samples), dtype=object)
        found[:] = outputs
        for i, values in enumerate(self._values()):
            sample = Sample(blueprint, shared, rows[:, i].copy(), values)
            for k, depends in enumerate(blueprint.on_values(frozenset(values))):
                if depends:
                    found[k, i] = sample.node(slots[k], found[k, i])
        return found

    def _values(self) -> list[dict[int, Value]]:
        """The Values among the inputs of each sample, by the position of the input."""
        found: list[dict[int, Value]] = [{} for _ in range(self.samples)]
        if not self.arguments.has_values:
            return found
        first = 0
        for leaf, shape in zip(self.arguments.leaves, self.shapes, strict=True):
            size = math.prod(shape)
            if leaf.values is not None:
                elements = np.empty(leaf.data.shape, dtype=object)
                elements.ravel()[:] = leaf.elements
                wide = np.broadcast_to(elements, self.batch + shape).reshape(self.samples, size)
                for values, row in zip(found, wide, strict=True):
                    values.update({first + i: x for i, x in enumerate(row) if isinstance(x, Value)})
            first += size
        return found

    def on_fresh_nodes(self) -> Call:
        """The same call with a node of its own for each number that is passed."""
        call = copy.copy(self)
        fresh = [fresh_nodes(leaf) for leaf in self.arguments.leaves]
        call.arguments = Arguments(with_leaves(self.arguments.tree, fresh), self.arguments.told)
        return call

    def reverse(
        self, seeds: FloatArray | float, wanted: str
    ) -> tuple[FloatArray, FloatArray, FloatArray | None]:
        """Both sweeps: the outputs, and their derivatives by the parameters and by the inputs."""
        return self.lowered.engine.backward(self.numbers(), self.rows(), seeds, wanted)

    def shaped(self, outputs: FloatArray | npt.NDArray[np.object_]) -> Tree:
        """What the function returns, from the outputs of the program: (outputs, samples or 1)."""
        if self.lowered.is_scalar and not self.batch:
            return outputs.item()
        outputs = np.broadcast_to(outputs, (len(outputs), self.samples))
        first = 0

        def leaf(shape: Shape, _: str) -> Tree:
            nonlocal first
            size = math.prod(shape.sizes)
            numbers = np.array(outputs[first : first + size].T.reshape(self.batch + shape.sizes))
            first += size
            return as_matrix(numbers) if numbers.ndim else numbers.item()

        return each_leaf(leaf, self.lowered.result)

    def seeds(self, seeds: Tree) -> FloatArray:
        """The adjoints of the results as adjoints of the outputs: (outputs, samples)."""
        given = {path: leaf for leaf, path in tree_leaves(seeds)}
        expected = tree_leaves(self.lowered.result)
        if given.keys() != {path for _, path in expected}:
            raise TypeError(
                f"vjp: the seeds must have the tree of what {function_name(self.lowering.f)} returns"
            )
        found = [self._seed(given[path], shape.sizes, path) for shape, path in expected]
        return np.concatenate([np.empty((0, self.samples), self.lowering.dtype), *found])

    def _seed(self, given: Tree, sizes: tuple[int, ...], path: str) -> FloatArray:
        """The adjoints of one result, of these sizes: (its outputs, samples)."""
        check_only_numbers(given, f"vjp: the seed{path}")
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

    def slopes_of_outputs(self) -> tuple[FloatArray, FloatArray]:
        """The outputs, (samples · outputs), and their derivatives by the inputs, (inputs, samples · outputs).

        It takes a reverse sweep a sample and output, all in one batch.
        """
        count = len(self.lowered.program.outputs)
        rows = np.repeat(self.rows(), count, axis=1).astype(
            self.lowering.dtype, order=self.lowered.engine.order
        )
        seeds = np.tile(np.eye(count, dtype=self.lowering.dtype), (1, self.samples))
        outputs, _, by_inputs = self.lowered.engine.backward(self.numbers(), rows, seeds, "inputs")
        assert by_inputs is not None
        columns = np.arange(self.samples * count)
        return np.broadcast_to(outputs, (count, len(columns)))[columns % count, columns], by_inputs

    def jacobian(self, by_inputs: FloatArray) -> Tree:
        """The derivatives of all outputs, as ``slopes_of_outputs`` gives them, in the tree of the results."""
        count = len(self.lowered.program.outputs)
        numbers = by_inputs.reshape(len(by_inputs), self.samples, count).T  # (outputs, samples, inputs)
        first = 0

        def of_result(shape: Shape, _: str) -> Tree:
            nonlocal first
            own = numbers[first : first + math.prod(shape.sizes)]
            first += len(own)
            return self._gradient_of(own, shape.sizes)

        return each_leaf(of_result, self.lowered.result)

    def _gradient_of(self, numbers: FloatArray, sizes: tuple[int, ...]) -> Tree:
        """The derivatives of a result of these sizes, (its outputs, samples, inputs), by the arguments."""
        first, parts = 0, []
        for shape in self.shapes:
            own = numbers[:, :, first : first + math.prod(shape)].swapaxes(0, 1)
            first += own.shape[2]
            part = own.reshape(self.batch + sizes + shape)
            parts.append(part.copy() if part.ndim else part.item())
        trees = tuple(dict(with_leaves(self.arguments.tree, parts)).values())
        return trees[0] if len(trees) == 1 else trees

    def passes_values(self) -> bool:
        """Whether Values are among the arguments.

        Raises:
            TypeError: One was computed from others, which would get no derivatives.
        """
        for leaf in self.arguments.leaves:
            values = leaf.values
            if values is not None and (
                values.op
                if isinstance(values, Value)
                else any(isinstance(x, Value) and x.op for x in values.flat)
            ):
                raise TypeError(
                    f"backward: the argument {leaf.path} was computed from other Values, which would get no "
                    "derivatives: pass its .data, or call the function itself, whose result has a backward()"
                )
        return self.arguments.has_values

    def add_to_values(self, by_inputs: FloatArray) -> None:
        """Add the derivatives to the ``grad`` of the Values among the arguments."""
        first = 0
        for leaf, shape in zip(self.arguments.leaves, self.shapes, strict=True):
            size = math.prod(shape)
            part = by_inputs[first : first + size]
            first += size
            if isinstance(leaf.values, Value):
                leaf.values.grad = (leaf.values.grad or 0) + float(part.sum())
            elif leaf.values is not None:
                slopes = np.ravel(unbroadcast(part.T.reshape(self.batch + shape), leaf.data.shape))
                for x, slope in zip(leaf.elements, slopes.tolist(), strict=True):
                    if isinstance(x, Value):
                        x.grad = (x.grad or 0) + slope

    def check_scalar(self, asked: str) -> None:
        if not self.lowered.is_scalar:
            raise TypeError(
                f"{asked}: {function_name(self.lowering.f)} must give one number to be differentiated, and gives a "
                f"tree of {len(self.lowered.program.outputs)}; vjp takes a seed for each"
            )


def with_numbers(rows: FloatArray, parts: list[tuple[FloatArray, NumberArray]]) -> FloatArray:
    """The array, with numbers written into its parts."""
    for part, numbers in parts:
        part[...] = numbers
    return rows


def fresh_nodes(leaf: Leaf) -> Tree:
    """Nodes on top of the Values of an argument, and leaves for its numbers."""
    elements = leaf.data.ravel().tolist() if leaf.values is None else leaf.elements
    fresh = [x * 1 if isinstance(x, Value) else Value(x) for x in elements]
    return matrix_of(fresh, leaf.data.shape) if leaf.data.ndim else fresh[0].named(leaf.path)
