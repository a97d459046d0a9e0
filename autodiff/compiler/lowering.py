"""Lowering: from a function and arguments to a program and the engine that runs it, each made only once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self, TypeAlias, TypeVar

import numpy as np

from autodiff.calculus.trees import Tree, each_leaf
from autodiff.compiler.engines.choice import Engine, engine_named, engine_of
from autodiff.compiler.flat.data import Flat, flat_of
from autodiff.compiler.flat.grouping import group, with_matrices_first
from autodiff.compiler.flat.passes import simplify
from autodiff.compiler.front.arguments import Arguments, Leaf, Shapes
from autodiff.compiler.front.binding import Binding, looks_of
from autodiff.compiler.front.parameters import Parameters, Positions
from autodiff.compiler.front.tape import Tape
from autodiff.compiler.front.trace import function_name, result_slots, trace
from autodiff.compiler.lazy import Blueprint
from autodiff.guards.categories import warn
from autodiff.value import Value

__all__ = ["Lowered", "Lowering", "RetraceWarning", "Shape"]

KEPT = 64  # programs of one function; the one that was used longest ago goes first
OFTEN = 8  # programs that make one wonder

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
L = TypeVar("L", bound="Lowering")

Statics: TypeAlias = tuple[tuple[str, Hashable, object], ...]  # name, looks (1 is not 1.0) and value of each
ArgumentStructure: TypeAlias = tuple[
    Hashable, Statics, tuple[type, ...]
]  # of the arguments, types if asked for


class RetraceWarning(UserWarning):
    """A compiled function is traced again and again, as its arguments keep changing their structure."""


@dataclass(frozen=True)
class Shape:
    """The shape of an array among the results; () for a number."""

    sizes: tuple[int, ...]


@dataclass(frozen=True)
class Lowered:
    """One program of a compiled function, and what belongs to it.

    Attributes:
        values: The Values that are its parameters, and ``positions`` where they stand among all of them.
        result: The tree of what the function returns, with a Shape at each leaf.
        blueprint: What its graph on Values is built from.
    """

    program: Flat
    engine: Engine
    values: list[Value]
    positions: Positions
    result: Tree
    blueprint: Blueprint

    @cached_property
    def is_scalar(self) -> bool:
        return bool(self.result == Shape(()))


class Lowering:
    """The programs of one function.

    Args:
        f: The function.
        engine, dtype, static, axes, threads: As for ``compile``.

    Raises:
        TypeError: ``f`` is no function.
        ValueError: The engine or the type of numbers is unknown, or the function has no such argument.
    """

    def __init__(
        self,
        f: Callable[..., Tree],
        engine: str,
        dtype: np.dtype[Any],
        static: tuple[str, ...],
        axes: dict[str, int],
        threads: int | None,
    ) -> None:
        self.f, self.binding = f, Binding(f, static, axes)
        self.engine = engine_named(engine, threads)
        if dtype not in (np.float64, np.float32):
            raise ValueError(f"compile: dtype must be float64 or float32, not {dtype}")
        for name, depth in axes.items():
            if not isinstance(depth, int) or depth < 0:
                raise ValueError(f"compile: axes[{name!r}] must be a number of axes, not {depth!r}")
        self.dtype, self.axes, self.threads = dtype, axes, threads
        self.parameters = Parameters()
        self.types_matter = False  # until the function asks for the type of a number
        self.told = set[type[Warning]]()  # of what it has warned
        self.may_meet_kinks = False  # as its gradient finds out
        self.calls_at_kinks = 0  # that had samples at kinks
        self._depths: OrderedDict[ArgumentStructure, list[int]] = OrderedDict()
        self._lowered: OrderedDict[tuple[ArgumentStructure, Shapes], Lowered] = OrderedDict()

    def __repr__(self) -> str:
        return f"{len(self._lowered)} programs, {self.parameters!r}"

    def derived(self, kind: type[L]) -> L:
        """Programs of another kind of the same function, on the same parameters; both warn once."""
        made = kind(self.f, *self.options)
        made.parameters, made.told = self.parameters, self.told
        return made

    def fresh(self, f: Callable[..., Tree]) -> Self:
        """The same options for another function, and no program yet."""
        return type(self)(f, *self.options)

    @property
    def options(self) -> tuple[str, np.dtype[Any], tuple[str, ...], dict[str, int], int | None]:
        """What all programs have in common, as ``compile`` was given it."""
        return self.engine, self.dtype, self.binding.static, self.axes, self.threads

    def find(self, arguments: Arguments, statics: dict[str, object]) -> tuple[Lowered, Shapes]:
        """The program for such arguments, and the shape of each leaf without the axes of the batch."""
        kinds = tuple([(name, looks_of(value), value) for name, value in statics.items()])
        structure = (arguments.structure, kinds, arguments.types if self.types_matter else ())
        depths = self._depths.get(structure)
        if depths is not None:
            self._depths.move_to_end(structure)
            shapes = arguments.shapes(depths)
            lowered = self._lowered.get((structure, shapes))
            if lowered is not None:
                self._lowered.move_to_end((structure, shapes))
                return lowered, shapes
        else:
            depths = [self._least_depth(leaf) for leaf in arguments.leaves]
        tape, result, depths = self.traced(arguments, statics, depths)
        if tape.types_asked and not self.types_matter:
            self.types_matter, structure = True, (*structure[:2], arguments.types)
        shapes = arguments.shapes(depths)
        lowered = self._finished(tape, result)
        keep(self._depths, structure, depths)
        keep(self._lowered, (structure, shapes), lowered)
        if len(self._lowered) == OFTEN:
            self._warn()
        return lowered, shapes

    def traced(
        self, arguments: Arguments, statics: dict[str, object], depths: list[int]
    ) -> tuple[Tape, Tree, list[int]]:
        """Run the function on traced Values: the tape, the result, and the depths that the function asked for."""
        return trace(self.f, self.binding.signature, arguments, statics, depths)

    def _least_depth(self, leaf: Leaf) -> int:
        depth, found = self.axes.get(leaf.path.split("[")[0], 0), leaf.data.ndim
        if 0 < found < depth:
            raise ValueError(
                f"argument {leaf.path} has the shape {leaf.data.shape}, and axes says that {depth} axes hold "
                "its elements"
            )
        return min(depth, found)

    def _finished(self, tape: Tape, result: Tree) -> Lowered:
        """Make the program and its engine from what was traced."""
        flat, found = flat_of(tape, result_slots(result))
        program, order = with_matrices_first(group(simplify(flat)))
        values = [found[i] for i in order]
        captured = {flat.base + slot: value for value, slot in tape.captured.items() if slot >= 0}
        blueprint = Blueprint(flat, found, order, captured)
        shapes = each_leaf(lambda leaf, _: Shape(leaf.shape if isinstance(leaf, np.ndarray) else ()), result)
        engine = engine_of(self.engine, program, self.dtype, self.threads)
        return Lowered(program, engine, values, self.parameters.positions(values), shapes, blueprint)

    def _warn(self) -> None:
        (old, old_shapes), (new, new_shapes) = list(self._lowered)[-2:]
        if old[1] != new[1]:
            before, after = ({name: value for name, _, value in statics} for statics in (old[1], new[1]))
            what = f"the static arguments changed from {before} to {after}"
        elif old[0] != new[0]:
            what = "the nesting of the arguments changed, or the number of axes of an array"
        else:
            what = f"the shapes of arrays changed from {old_shapes} to {new_shapes}"
        warn(
            f"{function_name(self.f)} has been traced {OFTEN} times, at last because {what}. Each program costs "
            "time and memory: pad arguments to few lengths, or pass what changes as a number",
            RetraceWarning,
        )


def keep(kept: OrderedDict[K, V], key: K, value: V) -> None:
    """Keep one more; the one that was used longest ago goes where there are too many."""
    kept[key] = value
    if len(kept) > KEPT:
        kept.popitem(last=False)
