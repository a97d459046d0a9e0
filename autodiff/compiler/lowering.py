"""Lowering: from a function and arguments to a program and the engine that runs it, each made only once."""

from __future__ import annotations

import inspect
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np

from autodiff.calculus.trees import each_leaf
from autodiff.compiler.engines.choice import Engine, check_engine, engine_of
from autodiff.compiler.flat.data import Flat, flat_of
from autodiff.compiler.flat.grouping import group, with_matrices_first
from autodiff.compiler.flat.passes import simplify
from autodiff.compiler.front.arguments import Arguments, Leaf, Shapes
from autodiff.compiler.front.parameters import Parameters
from autodiff.compiler.front.tape import Tape
from autodiff.compiler.front.trace import name_of, on_tape, result_slots, trace
from autodiff.guards.categories import warn
from autodiff.value import Value

__all__ = ["Lowered", "Lowering", "RetraceWarning", "Shape"]

KEPT = 64  # programs of one function; the one that was used longest ago goes first
OFTEN = 8  # programs that make one wonder


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
    """

    program: Flat
    engine: Engine
    values: list[Value]
    positions: Any
    result: Any

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
        f: Callable[..., Any],
        engine: str,
        dtype: np.dtype[Any],
        static: tuple[str, ...],
        axes: dict[str, int],
        threads: int,
    ) -> None:
        if not callable(f):
            raise TypeError(f"compile: {f!r} is not a function; to compile a graph, compile what builds it")
        check_engine(engine, threads)
        if dtype not in (np.float64, np.float32):
            raise ValueError(f"compile: dtype must be float64 or float32, not {dtype}")
        self.f, self.engine, self.dtype, self.static, self.axes = f, engine, dtype, static, axes
        self.threads = threads
        self.signature = inspect.signature(f)
        kinds = {parameter.kind for parameter in self.signature.parameters.values()}
        self.names = tuple(self.signature.parameters)
        self.plain = kinds <= {inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD}
        for what, names in (("static", static), ("axes", tuple(axes))):
            if unknown := set(names) - set(self.signature.parameters):
                raise ValueError(f"compile: {sorted(unknown)} in {what} are no arguments of {name_of(f)}")
        for name, depth in axes.items():
            if not isinstance(depth, int) or depth < 0:
                raise ValueError(f"compile: axes[{name!r}] must be a number of axes, not {depth!r}")
        self.parameters = Parameters()
        self._lowered: OrderedDict[Any, Lowered] = OrderedDict()
        self._depths: OrderedDict[Any, list[int]] = OrderedDict()

    def __repr__(self) -> str:
        return f"{len(self._lowered)} programs, {self.parameters!r}"

    def fresh(self, f: Callable[..., Any]) -> Lowering:
        """The same options for another function, and no program yet."""
        return Lowering(f, self.engine, self.dtype, self.static, self.axes, self.threads)

    def bound(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Arguments, dict[str, Any]]:
        """The arguments of a call, and those among them that are static, by name."""
        if self.plain and not kwargs and len(args) == len(self.names):
            named = dict(zip(self.names, args, strict=True))  # as bind does, but faster
        else:
            bound = self._joined(args, kwargs)
            bound.apply_defaults()
            named = dict(bound.arguments)
        statics = {name: named.pop(name) for name in self.static}
        for name, value in statics.items():
            if not isinstance(value, Hashable):
                raise TypeError(
                    f"the static argument {name} must be hashable, as each of its values has a program of "
                    f"its own, and {value!r} of type {type(value).__name__} is not"
                )
        return Arguments(named), statics

    def _joined(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> inspect.BoundArguments:
        try:
            return self.signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{name_of(self.f)}: {error}") from None

    def inlined(self, tape: Tape, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run the function as a part of another one that is traced; plain numbers become constants there."""
        bound = self._joined(args, kwargs)
        bound.apply_defaults()
        for name in bound.arguments.keys() - set(self.static):
            where = f"{name_of(self.f)}: argument {name}"
            bound.arguments[name] = each_leaf(partial(on_tape, tape), bound.arguments[name], where)
        return self.f(*bound.args, **bound.kwargs)

    def moved(self, moves: Sequence[Any], args: tuple[Any, ...]) -> Arguments:
        """How the arguments of a call move: one tree for each that is not static; defaults do not move."""
        passed = self._joined(args, {}).arguments
        last = len(self.names) - 1  # where *args take in what is left
        rests = [self.names[min(i, last)] in self.static for i in range(len(args))]
        if not isinstance(moves, Sequence) or len(moves) != rests.count(False):
            raise TypeError(
                f"jvp: moves must be a list or tuple of {rests.count(False)}, one for each argument that is "
                f"passed and not static, not {moves!r:.80}"
            )
        remaining = iter(moves)
        filled = tuple([arg if rest else next(remaining) for arg, rest in zip(args, rests, strict=True)])
        try:
            tree = self.bound(filled, {})[0].tree
        except TypeError as error:
            raise TypeError(f"jvp: moves: {error}") from None
        still = {name: each_leaf(lambda *_: 0.0, tree[name]) for name in tree.keys() - passed.keys()}
        return Arguments(tree | still)

    def find(self, arguments: Arguments, statics: dict[str, Any]) -> tuple[Lowered, Shapes]:
        """The program for such arguments, and the shape of each leaf without the axes of the batch."""
        kinds = tuple([(name, type(value), value) for name, value in statics.items()])
        structure = (arguments.structure, kinds)
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
        tape, result, depths = trace(self.f, self.signature, arguments, statics, depths)
        keep(self._depths, structure, depths)
        lowered, shapes = self._finished(tape, result), arguments.shapes(depths)
        keep(self._lowered, (structure, shapes), lowered)
        if len(self._lowered) == OFTEN:
            self._warn()
        return lowered, shapes

    def _least_depth(self, leaf: Leaf) -> int:
        depth, found = self.axes.get(leaf.path.split("[")[0], 0), leaf.data.ndim
        if 0 < found < depth:
            raise ValueError(
                f"argument {leaf.path} has the shape {leaf.data.shape}, and axes says that {depth} axes hold "
                "its elements"
            )
        return min(depth, found)

    def _finished(self, tape: Tape, result: Any) -> Lowered:
        program, values = flat_of(tape, result_slots(result))
        program, order = with_matrices_first(group(simplify(program)))
        values = [values[i] for i in order]
        shapes = each_leaf(lambda leaf, _: Shape(np.asarray(leaf).shape), result)
        engine = engine_of(self.engine, program, self.dtype, self.threads)
        return Lowered(program, engine, values, self.parameters.positions(values), shapes)

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
            f"{name_of(self.f)} has been traced {OFTEN} times, at last because {what}. Each program costs "
            "time and memory: pad arguments to few lengths, or pass what changes as a number",
            RetraceWarning,
        )


def keep(kept: OrderedDict[Any, Any], key: Any, value: Any) -> None:
    """Keep one more; the one that was kept longest ago goes where there are too many."""
    kept[key] = value
    if len(kept) > KEPT:
        kept.popitem(last=False)
