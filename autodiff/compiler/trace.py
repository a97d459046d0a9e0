"""Trace: running a function on traced Values, to get the tape of what it computes."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from autodiff.compiler.arguments import Arguments, deeper, leaves_below, stand_ins
from autodiff.compiler.tape import TakenApart, Tape, Traced, TraceError, traced
from autodiff.trees import each_leaf, tree_leaves
from autodiff.value import Value

__all__ = ["name_of", "trace"]


def trace(
    f: Callable[..., Any],
    signature: inspect.Signature,
    arguments: Arguments,
    statics: dict[str, Any],
    depths: list[int],
) -> tuple[Tape, Any, list[int]]:
    """Run the function on traced Values: the tape, the result with traced leaves, the depth of each argument.

    It runs twice: leaf Values that are new in the second run were made inside and are constants; what else
    differs is an error.
    """
    while True:
        try:
            first, _ = recorded(f, signature, arguments, statics, depths)
            tape, result = recorded(f, signature, arguments, statics, depths)
            break
        except TakenApart as error:
            depths = deeper(error, arguments, depths)
    make_constant(f, first, tape)
    check_dependence(f, result)
    return tape, result, depths


def recorded(
    f: Callable[..., Any],
    signature: inspect.Signature,
    arguments: Arguments,
    statics: dict[str, Any],
    depths: list[int],
) -> tuple[Tape, Any]:
    tape = Tape()
    bound = signature.bind_partial()
    bound.arguments.update({**stand_ins(tape, arguments, depths), **statics})
    returned = f(*bound.args, **bound.kwargs)
    return tape, each_leaf(lambda leaf, path: output_of(tape, f, leaf, path), returned)


def output_of(tape: Tape, f: Callable[..., Any], leaf: Any, path: str) -> Any:
    """One leaf of what the function returned, as traced Values."""
    if isinstance(leaf, np.ndarray) and leaf.ndim:
        made = np.empty(leaf.shape, dtype=object)
        made.ravel()[:] = [output_of(tape, f, element, path) for element in leaf.flat]
        return made
    if isinstance(leaf, Traced) and leaf.tape is tape:
        return leaf
    if leaf is None or isinstance(leaf, str | bool):
        place, forgot = f" at {path}" if path else "", ": did it forget its return?" if leaf is None else ""
        raise TraceError(
            f"{name_of(f)} returned {leaf!r}{place}: it must return a number or a tree of numbers{forgot}"
        )
    return traced(tape, tape.slot(leaf, f"the result of {name_of(f)}"))


def make_constant(f: Callable[..., Any], first: Tape, tape: Tape) -> None:
    """Compare two runs: leaves that differ were made inside the function."""
    same = (
        first.rules == tape.rules
        and first.codes == tape.codes
        and first.operands == tape.operands
        and len(first.leaves) == len(tape.leaves)
    )
    for i, (one, other) in enumerate(zip(first.leaves, tape.leaves, strict=False)):
        if isinstance(one, Value) and isinstance(other, Value) and one is not other:
            same = same and one.data == other.data
            tape.leaves[i] = float(other.data)
        elif isinstance(one, Value) or isinstance(other, Value):
            same = same and one is other
        else:
            same = same and (one == other or one != one)
    if not same:
        raise TraceError(
            f"{name_of(f)} did not do the same twice: it keeps state, or draws random numbers; "
            "pass what changes from call to call as an argument"
        )


def check_dependence(f: Callable[..., Any], result: Any) -> None:
    """Refuse a Value that was made of nothing that can change: its derivative would be 0 everywhere."""
    for leaf, path in tree_leaves(result):
        for element in np.asarray(leaf).flat:
            if element.index >= 0 and not leaves_below(element):
                raise TraceError(
                    f"{name_of(f)} returned a Value{' at ' + path if path else ''} that depends neither on "
                    "its arguments nor on a parameter: was it made from a number inside the function?"
                )


def name_of(f: Callable[..., Any]) -> str:
    return getattr(f, "__name__", type(f).__name__)
