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
    """A compiled graph; its attributes are those of Flat.

    >>> from autodiff import compile
    >>> compile(lambda x: x.exp() * 2).program(1.0)
    Program(2 operations, 0 parameters, 1 inputs, 1 outputs, depth 2; 1 exp, 1 mul)
    """

    @classmethod
    def of(cls, flat: Flat) -> Program:
        """The program of these arrays."""
        return cls(**{column.name: getattr(flat, column.name) for column in fields(flat)})

    def __str__(self) -> str:
        return listing(self)

    def draw(self, *, rankdir: str = "BT", max_nodes: int = MOST_NODES) -> Picture:
        """Draw the program: every operation with its operands, groups side by side; see ``autodiff.draw``."""
        return picture(self, rankdir=rankdir, max_nodes=max_nodes)

    def save(self, path: str | Path) -> None:
        """Write the program to a file of arrays and texts that cannot run code."""
        save(self, path)

    @staticmethod
    def load(path: str | Path) -> Program:
        """Read a program that ``save`` wrote.

        Raises:
            ValueError: The file is truncated, changed, or no program.
        """
        return Program.of(load(path))

    def to_jax(self, forward_mode: bool = False) -> Callable[[Any, Any], Any]:
        """A pure function (parameters, inputs) -> outputs for jax.jit, vmap, grad and sharding.

        Args:
            forward_mode: For a program of very many groups: whether it is to be differentiated forward.

        Raises:
            ModuleNotFoundError: The extra ``jax`` is not installed.
        """
        from autodiff.compiler.engines.jax.jax_engine import to_jax

        return to_jax(self, forward_mode)
