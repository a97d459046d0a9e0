"""Engines: what runs a grouped program, chosen by name."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Sequence
from typing import Literal, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from autodiff.compiler.flat.data import Flat
from autodiff.compiler.flat.places import FloatArray
from autodiff.compiler.flat.structures import structure_of
from autodiff.guards.categories import warn

__all__ = ["Engine", "InPlace", "SlowEngineWarning", "engine_named", "engine_of"]


class SlowEngineWarning(UserWarning):
    """A program of many operations runs on NumPy, as what makes machine code is not installed."""


class Engine(Protocol):
    """What a compiled function needs of an engine; see ``NumpyEngine`` for the arguments."""

    name: str
    order: Literal["C", "F"]  # of inputs in memory: "F" if the numbers of a sample are to stand side by side

    def forward(self, parameters: FloatArray, inputs: FloatArray) -> FloatArray: ...
    def backward(
        self, parameters: FloatArray, inputs: FloatArray, seeds: npt.ArrayLike, wanted: str = "both"
    ) -> tuple[FloatArray, FloatArray, FloatArray | None]: ...
    def tangents(
        self, parameters: FloatArray, inputs: FloatArray, moves: FloatArray
    ) -> tuple[FloatArray, FloatArray]: ...


@runtime_checkable
class InPlace(Protocol):
    """An engine that can compute on arrays where they are, without copies."""

    def over_arrays(
        self, program: Flat, inputs: Sequence[FloatArray], outputs: Sequence[FloatArray]
    ) -> Callable[[], None] | None:
        """What computes a program for each element of arrays; None where these or the program do not allow it.

        Args:
            program: The program as it was traced, so that no sum is reordered.
            inputs: An array for each input, all of one shape, or without axes: a number for all elements.
            outputs: An array of that shape for each output; it may be one of the inputs.
        """


def engine_of(name: str, program: Flat, dtype: npt.DTypeLike, threads: int | None = None) -> Engine:
    """Make the engine of this name for a program.

    Raises:
        ValueError: There is no such engine, or it cannot run this program.
        ModuleNotFoundError: The extra that it needs is not installed.
    """
    if name == "auto":
        name = chosen(program)
    module, kind = ENGINES[name]
    own = {"threads": threads} if name == "llvm" else {}
    engine: Engine = getattr(importlib.import_module(f"autodiff.compiler.engines.{module}"), kind)(
        program, dtype, **own
    )
    return engine


def engine_named(name: str, threads: int | None) -> str:
    """The engine that is meant.

    Raises:
        ValueError: There is none of this name, or it does not share batches among threads.
    """
    if name == "numba":
        warn('compile: the engine "numba" has been replaced: write engine="llvm"', DeprecationWarning)
        return "llvm"
    if name != "auto" and name not in ENGINES:
        raise ValueError(f"there is no engine {name!r}: use 'auto', {', '.join(map(repr, ENGINES))}")
    if threads is None:
        return name
    if not isinstance(threads, int) or threads < 1:
        raise ValueError(f"compile: threads must be a whole number from 1 on, not {threads!r}")
    if threads > 1 and name not in ("auto", "llvm"):
        raise ValueError(f"compile: threads={threads} is for the engine llvm; {name} has its own settings")
    return name


ENGINES = {
    "numpy": ("numpy.numpy_engine", "NumpyEngine"),
    "llvm": ("llvm.llvm_engine", "LlvmEngine"),
    "jax": ("jax.jax_engine", "JaxEngine"),
}
LARGE_MATRIX = 4096  # from so many numbers on the library that multiplies matrices beats a plain loop
MANY_OPERATIONS = 1000  # from so many on it is felt which engine runs them


def chosen(program: Flat) -> str:
    """What makes machine code, where it is installed, unless the program mostly multiplies large matrices."""
    if largest_matrix(program) >= LARGE_MATRIX:
        return "numpy"
    if makes_machine_code():
        return "llvm"
    if len(program) >= MANY_OPERATIONS:
        warn(
            f"compile: {len(program):,} operations run on NumPy, as llvmlite is not there, or too old: with it they "
            "are machine code, many times as fast: pip install 'scalar-autodiff[fast]' (engine=\"numpy\" says that "
            "NumPy is meant)",
            SlowEngineWarning,
        )
    return "numpy"


@functools.cache
def makes_machine_code() -> bool:
    """Whether the engine llvm can be had here."""
    try:
        importlib.import_module("autodiff.compiler.engines.llvm.llvm_engine")
    except ModuleNotFoundError:
        return False
    return True


def largest_matrix(program: Flat) -> int:
    """How many numbers the largest matrix of a dense layer has."""
    assert program.groups is not None
    assert program.blocks is not None
    firsts = program.groups[:-1]
    layered = np.array([structure_of(name).layered for name in program.rules] + [False])[
        program.codes[firsts]
    ]
    sizes = np.diff(program.groups) // program.blocks * (program.arities[firsts] // 2)
    return int(sizes[layered].max(initial=0))
