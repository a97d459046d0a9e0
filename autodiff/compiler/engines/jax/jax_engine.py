"""The JAX engine, and programs as pure functions for jit, vmap, grad, GPUs and many hosts.

Needs the extra ``jax``. Groups become array operations, with the row's own partials in place of JAX's rules,
so that derivatives at kinks are those of the table. Where there are very many groups, a loop runs them: see loop.py.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Literal

import numpy as np
import numpy.typing as npt

from autodiff.compiler.engines.jax.loop import loop_over, plan_of
from autodiff.compiler.engines.jax.rows import JAX, count_of_ways, jax, jnp, row_function, softmax_rows
from autodiff.compiler.engines.jax.ways import JaxStep, Pieces, masks_of
from autodiff.compiler.engines.numpy.arrays import Array
from autodiff.compiler.engines.numpy.numpy_engine import NumpyEngine
from autodiff.compiler.flat.data import Flat, Indices
from autodiff.compiler.flat.places import FloatArray, has_nan
from autodiff.compiler.flat.structures import structure_of
from autodiff.compiler.front.tape import rule_named

__all__ = ["JaxEngine", "to_jax"]

# By XLA's algebra log(exp(x)) is x, and x + 1e16 - 1e16 too. Only its compiler for processors is known to do without.
AS_WRITTEN = {"xla_disable_hlo_passes": "algsimp"}
MOST_UNROLLED = 512  # groups that are compiled one by one; XLA takes some milliseconds for each
enable_x64 = jax.enable_x64 if hasattr(jax, "enable_x64") else jax.experimental.enable_x64  # older releases


def to_jax(program: Flat, forward_mode: bool = False, masked: bool = True) -> Callable[[Array, Array], Array]:
    """Turn a program into a pure function of JAX.

    Args:
        program: A program whose operations are grouped.
        forward_mode: For a program of so many groups that a loop runs them: whether the function is for
            ``jax.jvp`` instead of ``jax.grad``. Others can do both, and any higher derivative.
        masked: Whether infinite derivatives in a branch not taken pass nothing on. Where the loop or a layer of dot
            products stands there, they make nan all the same.

    Returns:
        A function (parameters, inputs) -> outputs of arrays with one axis each, for one sample; ``jax.vmap``
        makes batches: ``jax.vmap(f, in_axes=(None, 0))``. It computes in the type of its arguments, which is
        float32 unless ``jax.config`` enables x64.

    Raises:
        ValueError: The operations are not grouped.

    >>> from autodiff import compile
    >>> f = to_jax(compile(lambda x, y: x**2 + x * y).program(0.0, 0.0))
    >>> jax.grad(lambda x: f(jnp.zeros(0), x)[0])(jnp.array([2.0, 3.0])).tolist()
    [7.0, 2.0]
    """
    if program.groups is None or program.blocks is None:
        raise ValueError("the program must be grouped first: autodiff.compiler.flat.grouping.group(program)")
    JAX.check(program)
    ranges = ranges_of(program)
    inputs_at = program.base - len(program.inputs)
    firsts = [program.base + int(program.groups[first]) for first, _ in ranges]
    bounds = np.array([0, len(program.constants), inputs_at, *firsts])
    steps = [step_of(program, bounds, first, last, forward_mode) for first, last in ranges]
    outputs = reader(program.outputs, bounds)
    on_masks = masked and any(rule_named(name).chooses for name in program.rules)

    def run(parameters: Array, inputs: Array) -> Array:
        parameters, inputs = checked_arguments(program, parameters, inputs)
        pieces = [jnp.asarray(program.constants, parameters.dtype), parameters, inputs]
        masks = masks_of(steps, outputs, pieces) if on_masks else None
        for step in steps:
            pieces.append(step.run(pieces, (masks, masks[len(pieces)]) if masks else None))
        return outputs(pieces)

    return run


def checked_arguments(program: Flat, parameters: Array, inputs: Array) -> tuple[Array, Array]:
    """The arguments in one type of floats.

    Raises:
        ValueError: They have another shape than the program's leaves.
    """
    named = (("parameters", parameters, program.parameters), ("inputs", inputs, program.inputs))
    for name, array, leaves in named:
        if jnp.shape(array) != (len(leaves),):
            raise ValueError(
                f"{name} must have the shape ({len(leaves)},), not {jnp.shape(array)}; a batch is made with "
                "jax.vmap(f, in_axes=(None, 0))"
            )
    dtype = jnp.result_type(parameters, inputs, jnp.float32)
    return jnp.asarray(parameters, dtype), jnp.asarray(inputs, dtype)


# ---------------------------------------------------------------- steps


def ranges_of(program: Flat) -> list[tuple[int, int]]:
    """Ranges of groups: each by itself; of very many only the largest, and loops over what lies between."""
    assert program.groups is not None
    edges = program.groups
    count = len(edges) - 1
    if count <= MOST_UNROLLED:
        return [(i, i + 1) for i in range(count)]
    sizes = np.diff(program.starts[edges])  # the operands of each group
    large = sizes > np.sort(sizes)[::-1][MOST_UNROLLED // 2]
    firsts = np.flatnonzero(large | np.concatenate([[True], large[:-1]]))
    return list(zip(firsts.tolist(), [*firsts[1:].tolist(), count], strict=True))


def step_of(program: Flat, bounds: Indices, first: int, last: int, forward_mode: bool) -> JaxStep:
    """What computes the results of one group, or of a range of groups, from all pieces before."""
    if last - first > 1:
        plan = plan_of(program, first, last)
        loop, read = loop_over(plan, forward_mode), reader(plan.outside, bounds)
        return JaxStep(
            lambda pieces, _: loop(read(pieces)),
            lambda _, ways: jnp.full(plan.results, read(ways).sum()),  # as if it cut nothing
        )
    assert program.groups is not None
    assert program.blocks is not None
    start, stop = int(program.groups[first]), int(program.groups[last])
    operands = program.operands[program.starts[start] : program.starts[stop]].reshape(stop - start, -1)
    rule = program.rule(start)
    if rule.name in STEPS:
        return STEPS[rule.name](operands, int(program.blocks[first]), bounds)
    sides = [reader(operands.T, bounds)] if rule.is_nary else [reader(side, bounds) for side in operands.T]
    return JaxStep(
        lambda pieces, masks: row_function(rule)(
            [masks[1] & side(masks[0]) if masks else True for side in sides],
            *(side(pieces) for side in sides),
        ),
        lambda pieces, ways: count_of_ways(
            rule, [side(pieces) for side in sides], [side(ways) for side in sides]
        ),
    )


def dense(operands: Indices, blocks: int, bounds: Indices) -> JaxStep:
    """Dot products in blocks; see ``Dense`` in the NumPy engine."""
    matrices, vectors, biases = structure_of("dot").split(operands.reshape(blocks, -1, operands.shape[1]))
    shared = bool((matrices == matrices[:1]).all())
    read_matrices = reader(matrices[0] if shared else matrices, bounds)
    read_vectors, read_biases = reader(vectors[:, 0], bounds), reader(biases[:, :, 0], bounds)
    product = "rn,bn->br" if shared else "brn,bn->br"

    def run(pieces: Pieces, _: object) -> Array:
        products = jnp.einsum(product, read_matrices(pieces), read_vectors(pieces))
        return (products + read_biases(pieces)).ravel()

    def count(_: Pieces, ways: Pieces) -> Array:
        to_rows, to_vectors = read_matrices(ways).sum(axis=-1), read_vectors(ways).sum(axis=-1)
        return (to_rows + to_vectors[:, None] + read_biases(ways)).ravel()

    return JaxStep(run, count)


def softmax_step(operands: Indices, blocks: int, bounds: Indices) -> JaxStep:
    """All results of softmaxes, one after the other."""
    scores, _ = structure_of("softmax").split(operands.reshape(blocks, -1, operands.shape[1])[:, 0])
    read = reader(scores, bounds)
    return JaxStep(
        lambda pieces, _: softmax_rows(read(pieces)).ravel(),
        lambda _, ways: jnp.repeat(read(ways).sum(axis=1), scores.shape[1]),
    )


def sums(operands: Indices, blocks: int, bounds: Indices) -> JaxStep:
    terms = reader(operands, bounds)
    return JaxStep(lambda pieces, _: terms(pieces).sum(axis=1), lambda _, ways: terms(ways).sum(axis=1))


STEPS: dict[str, Callable[[Indices, int, Indices], JaxStep]] = {
    "dot": dense,
    "softmax": softmax_step,
    "sum": sums,
}


def reader(slots: Indices, bounds: Indices) -> Callable[[Pieces], Array]:
    """What gathers slots from the pieces that they stand in.

    Only what is wanted of each piece is joined: parameters stay one array for all samples of a batch.
    """
    flat = slots.ravel()
    owners = np.searchsorted(bounds, flat, side="right") - 1
    parts = [(int(owner), flat[owners == owner] - bounds[owner]) for owner in np.unique(owners)]
    places = np.argsort(np.argsort(owners, kind="stable"))  # of each slot among the joined parts

    def read(pieces: Pieces) -> Array:
        found = [elements_at(pieces[owner], positions) for owner, positions in parts]
        if not found:
            return pieces[1][:0].reshape(slots.shape)
        joined = found[0] if len(found) == 1 else elements_at(jnp.concatenate(found), places)
        return joined.reshape(slots.shape)

    return read


def elements_at(array: Array, positions: Indices) -> Array:
    """Some elements, as a slice where they stand side by side."""
    if (np.diff(positions) == 1).all():
        return array[int(positions[0]) : int(positions[-1]) + 1]
    return array.at[positions].get(mode="promise_in_bounds")


# ---------------------------------------------------------------- the engine


class JaxEngine:
    """Runs a grouped program with JAX, compiled anew for each number of samples.

    It computes in float64 whether or not ``jax.config`` enables x64, and leaves that setting as it is.

    Args:
        program: A program that was grouped.
        dtype: The type of its numbers.
    """

    name = "jax"
    order: Literal["C", "F"] = "F"

    def __init__(self, program: Flat, dtype: npt.DTypeLike = np.float64) -> None:
        self.program, self.dtype = program, np.dtype(dtype)
        self._run = batched(to_jax(program, masked=False))
        options = AS_WRITTEN if jax.default_backend() == "cpu" else None
        jit = functools.partial(jax.jit, compiler_options=options)
        self._forward = jit(self._run)
        self._backward = {
            wanted: jit(swept(self._run, wanted)) for wanted in ("parameters", "inputs", "both")
        }
        pushed = batched(to_jax(program, forward_mode=True, masked=False))
        self._tangents = jit(lambda p, x, dx: jax.jvp(lambda inputs: pushed(p, inputs), (x,), (dx,)))

    def forward(self, parameters: FloatArray, inputs: FloatArray) -> FloatArray:
        """Compute the outputs; see ``NumpyEngine``."""
        with self._precision():
            return np.array(self._forward(*self._numbers(parameters, inputs)))

    def backward(
        self, parameters: FloatArray, inputs: FloatArray, seeds: npt.ArrayLike, wanted: str = "both"
    ) -> tuple[FloatArray, FloatArray, FloatArray | None]:
        """Compute the outputs and the adjoints of parameters and inputs; see ``NumpyEngine``."""
        with self._precision():
            seeds = np.asarray(seeds, self.dtype)
            outputs, found = self._backward[wanted](*self._numbers(parameters, inputs), seeds)
            by_parameters = np.array(found.get("parameters", np.zeros(len(parameters), self.dtype)))
            by_inputs = np.array(found["inputs"]) if "inputs" in found else None
        if has_nan(by_parameters) or (by_inputs is not None and has_nan(by_inputs)):
            _, by_parameters, by_inputs = self._on_masks.backward(parameters, inputs, seeds, wanted)
        return np.array(outputs), by_parameters, by_inputs

    def tangents(
        self, parameters: FloatArray, inputs: FloatArray, moves: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Compute the outputs and how they move when the inputs move; see ``NumpyEngine``."""
        with self._precision():
            outputs, moved = map(np.array, self._tangents(*self._numbers(parameters, inputs, moves)))
        if has_nan(moved):
            _, moved = self._on_masks.tangents(parameters, inputs, moves)
        return outputs, moved

    @functools.cached_property
    def _on_masks(self) -> NumpyEngine:
        """What computes anew where 0 · ∞ has made nan."""
        return NumpyEngine(self.program, self.dtype)

    def _precision(self) -> AbstractContextManager[None]:
        context: AbstractContextManager[None] = enable_x64(self.dtype == np.float64)
        return context

    def _numbers(self, *arrays: FloatArray) -> tuple[FloatArray, ...]:
        return tuple(np.asarray(array, self.dtype) for array in arrays)


def batched(run: Callable[[Array, Array], Array]) -> Callable[[Array, Array], Array]:
    """(parameters,) and (inputs, samples) -> (outputs, samples)."""
    every = jax.vmap(run, in_axes=(None, 1), out_axes=1)

    def each(parameters: Array, inputs: Array) -> Array:
        if inputs.shape[1] == 0:  # JAX maps over no empty axis
            one = jax.eval_shape(run, parameters, jnp.zeros(len(inputs), inputs.dtype))
            return jnp.zeros((*one.shape, 0), one.dtype)
        return every(parameters, inputs)

    return each


def swept(
    run: Callable[[Array, Array], Array], wanted: str
) -> Callable[[Array, Array, Array], tuple[Array, dict[str, Array]]]:
    """The outputs, and the adjoints of what is wanted by name."""

    def both(parameters: Array, inputs: Array, seeds: Array) -> tuple[Array, dict[str, Array]]:
        leaves = {"parameters": parameters, "inputs": inputs}
        free = {name: leaf for name, leaf in leaves.items() if wanted in (name, "both")}
        outputs, pull = jax.vjp(lambda moving: run(*(leaves | moving).values()), free)
        return outputs, pull(jnp.broadcast_to(seeds, outputs.shape))[0]

    return both
