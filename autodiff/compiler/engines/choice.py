"""Engines: what runs a grouped program, chosen by name."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from autodiff.compiler.engines.numpy.numpy_engine import NumpyEngine
from autodiff.compiler.flat.data import Flat
from autodiff.compiler.flat.places import FloatArray
from autodiff.compiler.flat.structures import structure_of

__all__ = ["Engine", "check_engine", "engine_of"]


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


def engine_of(name: str, program: Flat, dtype: npt.DTypeLike, threads: int = 1) -> Engine:
    """Make the engine of this name for a program.

    Raises:
        ValueError: There is no such engine, or it cannot run this program.
        ModuleNotFoundError: The extra that it needs is not installed.
    """
    check_engine(name, threads)
    if name == "auto":
        return chosen(program, dtype, threads)
    module, kind = ENGINES[name]
    own = {"threads": threads} if name == "numba" else {}
    engine: Engine = getattr(importlib.import_module(f"autodiff.compiler.engines.{module}"), kind)(
        program, dtype, **own
    )
    return engine


def check_engine(name: str, threads: int) -> None:
    if name != "auto" and name not in ENGINES:
        raise ValueError(f"there is no engine {name!r}: use 'auto', {', '.join(map(repr, ENGINES))}")
    if not isinstance(threads, int) or threads < 1:
        raise ValueError(f"compile: threads must be a whole number from 1 on, not {threads!r}")
    if threads > 1 and name not in ("auto", "numba"):
        raise ValueError(f"compile: threads={threads} is for the engine numba; {name} has its own settings")


ENGINES = {
    "numpy": ("numpy.numpy_engine", "NumpyEngine"),
    "numba": ("numba.numba_engine", "NumbaEngine"),
    "jax": ("jax.jax_engine", "JaxEngine"),
}
LARGE_MATRIX = 4096  # from so many numbers on the library that multiplies matrices beats a plain loop


def chosen(program: Flat, dtype: npt.DTypeLike, threads: int) -> Engine:
    """Numba where it is installed, unless the program mostly multiplies large matrices."""
    if importlib.util.find_spec("numba") is None or largest_matrix(program) >= LARGE_MATRIX:
        return NumpyEngine(program, dtype)
    return engine_of("numba", program, dtype, threads)


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
