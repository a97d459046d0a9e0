"""The NumPy engine: one array call a group, forward and in reverse; it is always there."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Literal, TypeVar, cast

import numpy as np
import numpy.typing as npt

from autodiff.compiler.engines.numpy.arrays import NUMPY
from autodiff.compiler.engines.numpy.groups import Group, groups_of, sides_of
from autodiff.compiler.flat.data import Flat
from autodiff.compiler.flat.places import FloatArray, Layout, Memory, Selection

__all__ = ["NumpyEngine", "undisturbed"]

Method = TypeVar("Method", bound=Callable[..., Any])


def undisturbed(run: Method) -> Method:
    """Give what comes in the middle of a run, from a signal handler or a finalizer, an engine of its own."""

    @functools.wraps(run)
    def alone(self: NumpyEngine, *args: Any, **kwargs: Any) -> Any:
        if self.is_running:
            return run(type(self)(self.program, self.dtype), *args, **kwargs)
        self.is_running = True
        try:
            return run(self, *args, **kwargs)
        finally:
            self.is_running = False

    return cast(Method, alone)


class NumpyEngine:
    """Runs a grouped program on arrays; slow where a program is as deep as it is long.

    Args:
        program: A program that was grouped.
        dtype: The type of its numbers.
    """

    name = "numpy"
    order: Literal["C", "F"] = "F"  # as in the arrays of users, which spares large ones a transposition

    def __init__(self, program: Flat, dtype: npt.DTypeLike = np.float64) -> None:
        if program.groups is None or program.blocks is None:
            raise ValueError(
                "the program must be grouped first: autodiff.compiler.flat.grouping.group(program)"
            )
        NUMPY.check(program)
        self.program, self.dtype = program, np.dtype(dtype)
        self.constants = program.constants.astype(dtype)
        self._memory: Memory | None = None  # both last from call to call
        self._bars: Memory | None = None
        self._known: dict[str, list[list[bool]]] = {}
        self.is_running = False

    @functools.cached_property
    def layout(self) -> Layout:
        return Layout(self.program)

    @functools.cached_property
    def outputs(self) -> Selection:
        return self.layout.select(self.program.outputs)

    @functools.cached_property
    def groups(self) -> list[Group]:
        return groups_of(self.program, self.layout)

    @undisturbed
    def forward(self, parameters: FloatArray, inputs: FloatArray) -> FloatArray:
        """Compute the outputs.

        Args:
            parameters: One number a parameter.
            inputs: (inputs, samples).

        Returns:
            (outputs, samples), or (outputs, 1) if they depend on no input.
        """
        if not inputs.shape[1]:  # of no samples: as of one, which is left out
            return NumpyEngine.forward(self, parameters, np.ones((len(inputs), 1)))[:, :0]
        with np.errstate(all="ignore"):
            return np.array(self.outputs.read(self._run(parameters, inputs)))

    @undisturbed
    def backward(
        self, parameters: FloatArray, inputs: FloatArray, seeds: npt.ArrayLike, wanted: str = "both"
    ) -> tuple[FloatArray, FloatArray, FloatArray | None]:
        """Compute the outputs and the adjoints of parameters and inputs.

        Args:
            parameters, inputs: As for ``forward``.
            seeds: The adjoints of the outputs: (outputs, samples), or what broadcasts to that.
            wanted: "parameters", "inputs" or "both".

        Returns:
            The outputs, the adjoints of the parameters, summed over the samples, and those of the inputs
            (inputs, samples), None if they were not wanted.
        """
        return self.both_sweeps(parameters, inputs, seeds, wanted)

    def both_sweeps(
        self, parameters: FloatArray, inputs: FloatArray, seeds: npt.ArrayLike, wanted: str
    ) -> tuple[FloatArray, FloatArray, FloatArray | None]:
        if not inputs.shape[1]:
            outputs = NumpyEngine.forward(self, parameters, inputs)
            return outputs, np.zeros(len(parameters), self.dtype), inputs if wanted != "parameters" else None
        with np.errstate(all="ignore"):
            memory = self._run(parameters, inputs)
            outputs = np.array(self.outputs.read(memory))
            seeds = np.full((len(self.program.outputs), inputs.shape[1]), seeds, self.dtype)
            found = self._reverse(memory, seeds, wanted, on_masks=False)
            if not all(part is None or all_finite(part) for part in found):
                found = self._reverse(memory, seeds, wanted, on_masks=True)
        return outputs, *found

    @undisturbed
    def tangents(
        self, parameters: FloatArray, inputs: FloatArray, moves: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Compute the outputs and how they move when the inputs move: a product with the Jacobian."""
        if not inputs.shape[1]:
            outputs = NumpyEngine.forward(self, parameters, inputs)
            return outputs, outputs
        with np.errstate(all="ignore"):
            memory = self._run(parameters, inputs)
            moved = self._forward(memory, moves, on_masks=False)
            if not all_finite(moved):
                moved = self._forward(memory, moves, on_masks=True)
            return np.array(self.outputs.read(memory)), moved

    def values(self, parameters: FloatArray, inputs: FloatArray) -> FloatArray:
        """The numbers of all slots (slots, samples), for a look at the whole run."""
        with np.errstate(all="ignore"):
            every = self.layout.select(np.arange(self.program.slots)).read(self._run(parameters, inputs))
        return np.array(np.broadcast_to(every, (self.program.slots, inputs.shape[1])))

    def _run(self, parameters: FloatArray, inputs: FloatArray) -> Memory:
        memory = self._memory
        if memory is None or memory.results.shape[1] != inputs.shape[1]:
            memory = self._memory = self.layout.memory(inputs.shape[1], self.dtype)
        constants = len(self.constants)
        memory.common[:constants] = self.constants
        memory.common[constants : constants + len(parameters)] = parameters
        memory.inputs = inputs.astype(self.dtype, copy=False)
        for group in self.groups:
            group.run(memory)
        return memory

    def _forward(self, memory: Memory, moves: FloatArray, on_masks: bool) -> FloatArray:
        """How the outputs move."""
        moving = self._zeros(memory, moves.astype(self.dtype))
        reached = self._zeros(memory, (moves != 0).astype(self.dtype)) if on_masks else None
        for group in self.groups:
            group.push(memory, moving, reached)
        return np.array(self.outputs.read(moving))

    def _zeros(self, memory: Memory, inputs: FloatArray) -> Memory:
        zeros = self.layout.memory(memory.results.shape[1], self.dtype)
        zeros.common[:], zeros.inputs, zeros.results[:] = 0, inputs, 0
        return zeros

    def _reverse(
        self, memory: Memory, seeds: FloatArray, wanted: str, on_masks: bool
    ) -> tuple[FloatArray, FloatArray | None]:
        bars = self._bars
        if bars is None or bars.results.shape != memory.results.shape:
            bars = self._bars = self.layout.memory(memory.results.shape[1], self.dtype)
        bars.common[:], bars.results[:] = 0, 0
        samples = 0 if wanted == "parameters" else seeds.shape[1]
        bars.inputs = np.zeros((len(self.program.inputs), samples), self.dtype)
        self.outputs.add(bars, seeds)
        reached = self._zeros(memory, np.zeros_like(bars.inputs)) if on_masks else None
        if reached is not None:
            self.outputs.add(reached, (seeds != 0).astype(self.dtype))
        useful = self._useful(wanted)
        for group in reversed(self.groups):
            group.pull(memory, bars, useful[group.index], reached)
        first, count = len(self.constants), len(self.program.parameters)
        by_inputs = None if wanted == "parameters" else bars.inputs
        return bars.common[first : first + count], by_inputs

    def _useful(self, wanted: str) -> list[list[bool]]:
        """For each group of the program and each side, whether an adjoint there goes on to a wanted leaf."""
        if wanted not in self._known:
            program = self.program
            parameters, inputs = len(program.parameters), len(program.inputs)
            useful = [False] * len(program.constants)
            useful += [wanted != "inputs"] * parameters + [wanted != "parameters"] * inputs
            known: list[list[bool]] = []  # kept when it is complete, as Ctrl-C may come in between
            for sides, count in sides_of(program):
                follow = [any([useful[slot] for slot in side]) for side in sides]
                useful += [any(follow)] * count
                known.append(follow)
            self._known[wanted] = known
        return self._known[wanted]


def all_finite(numbers: FloatArray) -> bool:
    """Whether there is neither nan nor infinity."""
    return bool(np.isfinite(numbers).all())
