"""Program: the flat form of a graph with what users do with it: print, draw, keep in a file, hand to JAX."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

from autodiff.compiler.flat.data import Flat
from autodiff.compiler.flat.files import load, save
from autodiff.compiler.words.listing import MOST_NODES, listing, picture
from autodiff.pictures.canvas import Picture

__all__ = ["Program"]


class Program(Flat):
    """A compiled graph, as ``compile(f).program(...)`` gives it; its attributes are those of Flat.

    >>> from autodiff import compile
    >>> compile(lambda x: x.exp() * 2).program(1.0)
    Program(2 operations, 0 parameters, 1 inputs, 1 outputs, depth 2; 1 exp, 1 mul)
    """

    @classmethod
    def of(cls, flat: Flat) -> Program:
        """The program of these arrays.

        Args:
            flat: The graph as arrays alone.

        Returns:
            The same arrays as a program, without a copy.
        """
        return cls(**{column.name: getattr(flat, column.name) for column in fields(flat)})

    def __str__(self) -> str:
        return listing(self)

    def code(self, assembly: bool = False) -> str:
        """The code that computes the program in the engine "llvm": a piece for each kind of operation.

        Args:
            assembly: Whether to show it in the processor's language instead of LLVM's.

        Returns:
            The pieces of the forward sweep, and then those of the reverse sweep.

        Raises:
            ModuleNotFoundError: The extra ``fast`` is not installed.
        """
        from autodiff.compiler.engines.llvm.llvm_engine import LlvmEngine

        return LlvmEngine(self).code(assembly)

    def draw(self, *, rankdir: str = "BT", max_nodes: int = MOST_NODES) -> Picture:
        """Draw the program: a vertex an operation, or a vertex a group once its operations are grouped.

        Args:
            rankdir: Where the edges point: "BT" from the bottom to the top, "LR", "TB" or "RL".
            max_nodes: How many vertices there may be at most.

        Returns:
            A ``graphviz.Digraph`` that shows itself in notebooks.

        Raises:
            ValueError: There are more vertices, or ``rankdir`` is unknown.

        >>> from autodiff import compile
        >>> compile(lambda x: x.exp()).program(1.0).draw().source.count("->")
        1
        """
        return picture(self, rankdir=rankdir, max_nodes=max_nodes)

    def save(self, path: str | Path) -> None:
        """Write the program to a file of arrays and texts that cannot run code.

        Args:
            path: The file; one that is there is replaced, by a whole one or not at all.

        >>> import tempfile
        >>> from autodiff import Program, compile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     compile(lambda x: x.exp()).program(1.0).save(f"{folder}/exp.program")
        ...     Program.load(f"{folder}/exp.program")
        Program(1 operations, 0 parameters, 1 inputs, 1 outputs, depth 1; 1 exp)
        """
        save(self, path)

    @staticmethod
    def load(path: str | Path) -> Program:
        """Read a program that ``save`` wrote.

        Args:
            path: The file.

        Returns:
            The program.

        Raises:
            ValueError: The file is truncated, changed, or no program.
        """
        return Program.of(load(path))

    def to_jax(self, forward_mode: bool = False) -> Callable[[Any, Any], Any]:
        """A pure function (parameters, inputs) -> outputs for jax.jit, vmap, grad and sharding.

        Args:
            forward_mode: For a program of very many groups: whether it is to be differentiated forward.

        Returns:
            The function; its arrays have one axis each, for one sample: ``jax.vmap`` makes batches.

        Raises:
            ModuleNotFoundError: The extra ``jax`` is not installed.
        """
        from autodiff.compiler.engines.jax.jax_engine import to_jax

        return to_jax(self, forward_mode)
