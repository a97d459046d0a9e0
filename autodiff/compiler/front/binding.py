"""Binding: the arguments of a call, joined to the names that the function has for them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import partial
from numbers import Number
from types import MethodType, NoneType

import numpy as np

from autodiff.calculus.trees import Tree, each_leaf
from autodiff.compiler.front.arguments import Arguments
from autodiff.compiler.front.tape import Tape
from autodiff.compiler.front.trace import function_name, on_tape

__all__ = ["Binding", "looks_of"]

BARE = {str, int, bool, NoneType}  # types of which == tells all


class Binding:
    """How a function takes its arguments.

    Args:
        f: The function.
        static: The names of the arguments that reach it as they are.

    Raises:
        TypeError: ``f`` is no function.
        ValueError: It has no such argument.
    """

    def __init__(self, f: Callable[..., Tree], static: tuple[str, ...], axes: Iterable[str]) -> None:
        if not callable(f):
            raise TypeError(f"compile: {f!r} is not a function; to compile a graph, compile what builds it")
        self.f, self.static, self.told = f, static, frozenset(axes)
        self.signature = inspect.signature(f)
        kinds = {parameter.kind for parameter in self.signature.parameters.values()}
        self.names = tuple(self.signature.parameters)
        self.plain = kinds <= {inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD}
        self.check_names("static", static)
        self.check_names("axes", axes)

    def check_names(self, option: str, names: Iterable[str]) -> None:
        if unknown := set(names) - set(self.names):
            raise ValueError(
                f"compile: {sorted(unknown)} in {option} are no arguments of {function_name(self.f)}"
            )

    def bound(self, args: tuple[Tree, ...], kwargs: dict[str, Tree]) -> tuple[Arguments, dict[str, object]]:
        """The arguments of a call, and those among them that are static, by name.

        Raises:
            TypeError: They do not fit the function, are no numbers, or a static one is not hashable.
        """
        if self.plain and not kwargs and len(args) == len(self.names):
            named = dict(zip(self.names, args, strict=True))  # as bind does, but faster
        else:
            named = self._with_defaults(args, kwargs).arguments
        statics = {name: named.pop(name) for name in self.static}
        for name, value in statics.items():
            if not isinstance(value, Hashable):
                raise TypeError(
                    f"the static argument {name} must be hashable, as each of its values has a program of "
                    f"its own, and {value!r} of type {type(value).__name__} is not"
                )
        return Arguments(named, self.told), statics

    def inlined(self, tape: Tape, args: tuple[Tree, ...], kwargs: dict[str, Tree]) -> Tree:
        """Run the function as a part of another one that is traced; plain numbers become constants there."""
        bound = self._with_defaults(args, kwargs)
        for name in bound.arguments.keys() - set(self.static):
            where = f"{function_name(self.f)}: argument {name}"
            bound.arguments[name] = each_leaf(partial(on_tape, tape), bound.arguments[name], where)
        return self.f(*bound.args, **bound.kwargs)

    def moved(self, moves: Sequence[Tree], args: tuple[Tree, ...]) -> Arguments:
        """How the arguments of a call move: one tree for each that is not static; defaults do not move.

        Raises:
            TypeError: There are too few or too many, or they do not fit the function.
        """
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

    def _with_defaults(self, args: tuple[Tree, ...], kwargs: dict[str, Tree]) -> inspect.BoundArguments:
        """The arguments of a call and the defaults, but for those that are None: the function then has none there."""
        bound = self._joined(args, kwargs)
        passed = {*bound.arguments, *self.static}
        bound.apply_defaults()
        for name in [
            name for name in bound.arguments if name not in passed and bound.arguments[name] is None
        ]:
            del bound.arguments[name]
        return bound

    def _joined(self, args: tuple[Tree, ...], kwargs: dict[str, Tree]) -> inspect.BoundArguments:
        try:
            return self.signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{function_name(self.f)}: {error}") from None


def looks_of(value: object, inside: bool = False) -> Hashable:
    """What a static argument looks like to the function: with types, signs of 0, and what its attributes are now.

    Of objects inside of objects only those are looked into that == compares by more than who they are.

    >>> looks_of(0.0) == looks_of(-0.0), looks_of((1, 2)) == looks_of((True, 2)), looks_of("a") == looks_of("a")
    (False, False, True)
    """
    kind = type(value)
    if kind in BARE or isinstance(value, type):
        return kind, value
    if inside and (kind.__eq__ is object.__eq__ or kind is MethodType):
        return value  # not its address, which another one has after it
    if isinstance(value, MethodType):
        return kind, value.__func__, looks_of(value.__self__)
    state = object.__getstate__(value)  # the attributes, in slots too
    return kind, looks_of(state, True), held_by(value, state is None)


def held_by(value: object, bare: bool) -> Hashable:
    """What an object holds beside its attributes; of one that has none, what it prints."""
    match value:
        case tuple() | list() | set() | frozenset():
            return tuple([looks_of(each, True) for each in value])
        case dict():
            return tuple([(looks_of(key, True), looks_of(each, True)) for key, each in value.items()])
        case np.ndarray():
            return value.dtype, value.shape, value.tobytes()
        case str() | int():
            return value
    return repr(value) if bare or isinstance(value, Number) else None
