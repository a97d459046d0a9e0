"""Trace: running a function on traced Values, to get the tape of what it computes."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable
from numbers import Real

import numpy as np
import numpy.typing as npt

from autodiff.calculus.trees import Tree, each_leaf, tree_leaves
from autodiff.compiler.front.arguments import Arguments, deeper, stand_ins
from autodiff.compiler.front.tape import Tape, TraceError
from autodiff.compiler.front.traced import TakenApart, Traced, slot_of, traced
from autodiff.graph import leaves
from autodiff.guards.decisions import decisions
from autodiff.number import number
from autodiff.value import Value

__all__ = ["function_name", "on_tape", "result_slots", "running", "trace"]


class Running(threading.local):
    """The tape on which this thread records."""

    tape: Tape | None = None


running = Running()


def trace(
    f: Callable[..., Tree],
    signature: inspect.Signature,
    arguments: Arguments,
    statics: dict[str, object],
    depths: list[int],
    lines: bool = False,
) -> tuple[Tape, Tree, list[int]]:
    """Run the function on traced Values.

    It runs twice: leaf Values that are new in the second run were made inside and are constants; what else
    differs is an error.

    Args:
        f, signature: The function, and its signature.
        arguments, statics: The arguments that become traced Values, and those that stay what they are.
        depths: How many of the last axes of each leaf of the arguments hold its elements, at least.
        lines: Whether the tape is to have the line of each operation.

    Returns:
        The tape, the result with traced Values as leaves, and the depths that the function asked for.

    Raises:
        TraceError: The function needs a number, did not do the same twice, or returned what is no number.
    """
    while True:
        try:
            first, _ = run_once(f, signature, arguments, statics, depths)
            tape, result = run_once(f, signature, arguments, statics, depths, lines)
            break
        except TakenApart as error:
            depths = deeper(error, arguments, depths)
        except (IndexError, ValueError) as error:
            add_shapes(error, arguments, depths)
            raise
    make_constant(f, first, tape)
    check_decisions(f, first, tape)
    check_dependence(f, result, first, tape)
    return tape, result, depths


def run_once(
    f: Callable[..., Tree],
    signature: inspect.Signature,
    arguments: Arguments,
    statics: dict[str, object],
    depths: list[int],
    lines: bool = False,
) -> tuple[Tape, Tree]:
    """Run the function: the tape and the result."""
    tape = Tape(lines)
    bound = signature.bind_partial()
    bound.arguments.update({**stand_ins(tape, arguments, depths), **statics})
    before, running.tape, decisions.note = running.tape, tape, tape.note_decision
    try:
        returned = f(*bound.args, **bound.kwargs)
    except SystemError:  # NumPy's own loops go on after the first error
        raise tape.refused or TraceError(
            f"{function_name(f)} lets NumPy compare numbers, as np.argmax does, whose outcome is not known while the "
            "function is traced; use autodiff.maximum, minimum, max, min, or where(less(x, y), a, b), which are data"
        ) from None
    finally:
        running.tape, decisions.note = before, before.note_decision if before else None
    if tape.refused is not None:
        raise tape.refused  # the function caught it, and would go on as if it were an error of each call
    return tape, each_leaf(lambda leaf, path: output_of(tape, f, leaf, path), returned)


def add_shapes(error: Exception, arguments: Arguments, depths: list[int]) -> None:
    """Note on an error which axes of arrays were taken for a batch: that may be its cause."""
    shapes, batches = arguments.shapes(depths), arguments.batches(arguments.shapes(depths))
    if any(shapes):
        seen = zip(arguments.leaves, shapes, batches, strict=True)
        taken = [f"{leaf.path} has the shape {shape} in a batch {batch}" for leaf, shape, batch in seen]
        error.add_note(
            f"as traced, {', '.join(taken)}; compile(f, axes=...) says how many axes hold elements"
        )


def on_tape(tape: Tape, leaf: object, where: str) -> Traced | npt.NDArray[np.object_]:
    """A number, a Value, or an array of such, as traced Values; numbers are constants that keep their types."""
    if isinstance(leaf, np.ndarray) and not leaf.ndim:
        leaf = leaf.item()
    if isinstance(leaf, np.ndarray):
        elements = [on_tape(tape, element, where) for element in leaf.ravel().tolist()]
        return np.fromiter(elements, object, len(elements)).reshape(leaf.shape)  # see matrix_of
    if isinstance(leaf, Traced) and leaf.tape is tape:
        return leaf
    if isinstance(leaf, Value):
        return traced(tape, slot_of(tape, leaf, where))
    plain = number(leaf, where)
    return traced(tape, tape.constant(float(plain), type(leaf if isinstance(leaf, Real) else plain)))


def output_of(
    tape: Tape, f: Callable[..., Tree], leaf: object, path: str
) -> Traced | npt.NDArray[np.object_]:
    """One leaf of what the function returned, as traced Values."""
    if leaf is None or isinstance(leaf, str | bool):
        place, forgot = f" at {path}" if path else "", ": did it forget its return?" if leaf is None else ""
        raise TraceError(
            f"{function_name(f)} returned {leaf!r}{place}: it must return a number or a tree of numbers{forgot}"
        )
    return on_tape(tape, leaf, f"the result of {function_name(f)}")


def make_constant(f: Callable[..., Tree], first: Tape, tape: Tape) -> None:
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
            f"{function_name(f)} did not do the same twice: it keeps state, or draws random numbers; "
            "pass what changes from call to call as an argument"
        )


def check_decisions(f: Callable[..., Tree], first: Tape, tape: Tape) -> None:
    """Refuse comparisons of Values from outside, which both runs saw: programs would keep their outcome."""
    outside = {leaf for value, _ in first.decided for leaf in leaves(value)}
    for value, line in tape.decided:
        for leaf in leaves(value):
            if leaf in outside:
                raise TraceError(
                    f"{function_name(f)} compares {leaf!r}, a Value from outside whose number may change (at "
                    f"{line}): a compiled function would keep the outcome; use autodiff.maximum, minimum, max, min, or "
                    "where(less(x, y), a, b), which are data, or compare its .data if it never changes"
                )


def check_dependence(f: Callable[..., Tree], result: Tree, first: Tape, tape: Tape) -> None:
    """Refuse a Value that was made of nothing that can change: its derivative would be 0 everywhere."""
    can_change = {-1 - place for place, leaf in enumerate(tape.leaves) if not isinstance(leaf, float)}
    for slot in range(len(tape.codes)):
        if not can_change.isdisjoint(tape.operands_of(slot)):
            can_change.add(slot)
    for leaf, path in tree_leaves(result):
        for element in traced_in(leaf):
            if not first.is_constant(element.index) and element.index not in can_change:
                raise TraceError(
                    f"{function_name(f)} returned a Value{' at ' + path if path else ''} that depends neither on "
                    "its arguments nor on a parameter: was it made from a number inside the function?"
                )


def result_slots(result: Tree) -> list[int]:
    """The slots of all leaves of a result."""
    return [element.index for leaf, _ in tree_leaves(result) for element in traced_in(leaf)]


def traced_in(leaf: Tree) -> list[Traced]:
    """The traced Values of an array, or the one that a leaf is."""
    return leaf.ravel().tolist() if isinstance(leaf, np.ndarray) else [leaf]


def function_name(f: Callable[..., Tree]) -> str:
    """What a function is called; an object that can be called, by its type."""
    return getattr(f, "__name__", type(f).__name__)
