"""Where a compiled function first leaves the finite numbers: the operation, its operands, the user's line."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from autodiff.compiler.call import Call
from autodiff.compiler.engines.numpy.arrays import NUMPY
from autodiff.compiler.engines.numpy.masks import passable
from autodiff.compiler.engines.numpy.numpy_engine import NumpyEngine
from autodiff.compiler.flat.data import Flat, flat_of
from autodiff.compiler.flat.grouping import group
from autodiff.compiler.flat.passes import behind_outputs
from autodiff.compiler.flat.places import FloatArray
from autodiff.compiler.front.tape import Tape
from autodiff.compiler.front.trace import result_slots, trace
from autodiff.compiler.words.slots import Names
from autodiff.rules import Rule

__all__ = ["NonFinite", "culprit_of"]

SHOWN_OPERANDS = 4


@dataclass(frozen=True, repr=False)
class NonFinite:
    """The first number of a program that is nan or infinite though what it was made from is not.

    Attributes:
        operation: The name of its row; "argument" or "parameter" where a number came in that is not finite.
        names: What its operands are called; "" for a number and for a result without a name.
        operands: Their numbers.
        number: nan, inf or -inf.
        sample: The position in the batch, None without a batch.
        line: The file and line of the user's code that computed it; "" for what came in.
        by: For a derivative, the position of the operand that it is by; else None.
    """

    operation: str
    names: tuple[str, ...]
    operands: tuple[float, ...]
    number: float
    sample: tuple[int, ...] | None
    line: str
    by: int | None = None

    def __repr__(self) -> str:
        shown = [
            f"{name} = {number}" if name else f"{number}"
            for name, number in zip(self.names[:SHOWN_OPERANDS], self.operands, strict=False)
        ]
        more = ["..."] if len(self.operands) > SHOWN_OPERANDS else []
        where = "" if self.sample is None else f" in sample {', '.join(map(str, self.sample))}"
        if not self.line:
            return f"the {self.operation} {self.names[0]} is {self.number}{where}"
        call = f"{self.operation}({', '.join(shown + more)})"
        if self.by is not None:
            call = f"the derivative of {call} by {self.names[self.by] or f'operand {self.by}'}"
        return f"{call} is {self.number}{where}, computed at {self.line}"


def culprit_of(call: Call, only: int | None = None) -> NonFinite | None:
    """The first number of a call, or of only one of its samples, that is nan or infinite.

    The function is traced anew, for the user's lines.
    """
    lowering = call.lowering
    depths = [len(shape) for shape in call.shapes]
    tape, result, _ = trace(
        lowering.f, lowering.binding.signature, call.arguments, call.statics, depths, lines=True
    )
    program, parameters = flat_of(tape, result_slots(result))
    numbers = lowering.parameters.numbers(lowering.parameters.positions(parameters), parameters)
    rows, before = (call.rows(), 0) if only is None else (call.rows()[:, only : only + 1], only)
    values = values_of(program, numbers, rows, lowering.dtype)
    found = first_nonfinite(program, values)
    if found is not None:
        return put_in_words(program, tape, values, *found, before, call.batch)
    partial = first_partial(program, values)
    if partial is None:
        return None
    slot, sample, position, number = partial
    found_at = put_in_words(program, tape, values, slot, sample, before, call.batch)
    return replace(found_at, number=number, by=position)


def values_of(program: Flat, parameters: FloatArray, inputs: FloatArray, dtype: npt.DTypeLike) -> FloatArray:
    """The numbers of all slots (slots, samples), computed in groups, in the order of the tape."""
    numbered = {program.base + operation: str(operation) for operation in range(len(program))}
    grouped = group(program.replaced(names=numbered))  # names travel with their operations
    places = np.arange(program.slots)
    for slot, operation in grouped.names.items():
        places[program.base + int(operation)] = slot
    values: FloatArray = NumpyEngine(grouped, dtype).values(parameters, inputs)[places]
    return values


def first_nonfinite(program: Flat, values: FloatArray) -> tuple[int, int] | None:
    """The first slot, and its first sample, that is not finite though what it was made from is.

    Constants count as finite: an infinite one is meant.
    """
    finite = np.isfinite(values)
    finite[: len(program.constants)] = True
    made_of_finite = np.ones_like(finite)
    rows = np.repeat(np.arange(len(program)), program.arities) + program.base
    np.logical_and.at(made_of_finite, rows, finite[program.operands])
    culprits = ~finite & made_of_finite & behind_outputs(program)[:, None]
    slots = np.flatnonzero(culprits.any(axis=1))
    return None if len(slots) == 0 else (int(slots[0]), int(culprits[slots[0]].argmax()))


def first_partial(program: Flat, values: FloatArray) -> tuple[int, int, int, float] | None:
    """The first derivative in a reverse sweep that is not finite: slot, sample, operand, number."""
    bars, moving = np.zeros_like(values), movable(program)
    reached = np.zeros(
        values.shape, dtype=bool
    )  # what nothing arrives at, as in a branch not taken, does no harm
    bars[program.outputs], reached[program.outputs] = 1, True
    for operation in range(len(program) - 1, -1, -1):
        slot = program.base + operation
        if not (moving[slot] and reached[slot].any()):
            continue
        rule, operands = program.rule(operation), program.operands_of(operation).tolist()
        for position, partial in enumerate(partials_of(rule, values[operands], values[slot])):
            if not moving[operands[position]]:
                continue
            wide = np.broadcast_to(partial, reached[slot].shape)
            counts = reached[slot] & passable(rule, list(values[operands]), wide)
            wrong = np.flatnonzero(counts & ~np.isfinite(wide))
            if len(wrong):
                return slot, int(wrong[0]), position, float(wide[wrong[0]])
            bars[operands[position]] += np.where(counts, bars[slot] * wide, 0)
            reached[operands[position]] |= counts
    return None


def partials_of(rule: Rule, xs: FloatArray, z: FloatArray) -> list[FloatArray | float]:
    """One partial an operand, each a number or one number a sample."""
    with np.errstate(all="ignore"):
        last = int(xs[-1][0]) if rule.vector else xs[-1]  # the position of a result of softmax
        return list(rule.slopes(NUMPY, [*xs[:-1], last], z))


def movable(program: Flat) -> list[bool]:
    """For each slot, whether it depends on a parameter or an input."""
    constants = len(program.constants)
    moving = [False] * constants + [True] * (program.base - constants)
    for operation in range(len(program)):
        moving.append(any(moving[slot] for slot in program.operands_of(operation).tolist()))
    return moving


def put_in_words(
    program: Flat,
    tape: Tape,
    values: FloatArray,
    slot: int,
    sample: int,
    before: int,
    batch: tuple[int, ...],
) -> NonFinite:
    """Put a culprit into words; so many samples are before those of the values."""
    names = Names(program)
    kind, _ = names.place(slot)
    at = np.unravel_index(before + sample, batch) if batch and kind != "parameter" else None
    position = None if at is None else tuple(map(int, at))
    number = float(values[slot, sample])
    if kind != "result":
        word = {"input": "argument"}.get(kind, kind)
        return NonFinite(word, (names.one(slot),), (number,), number, position, "")
    operation = slot - program.base
    operands = program.operands_of(operation).tolist()
    called = tuple(users_name(program, names, operand) for operand in operands)
    numbers = tuple(values[operands, sample].tolist())
    assert tape.lines is not None
    return NonFinite(program.rule(operation).name, called, numbers, number, position, tape.lines[operation])


def users_name(program: Flat, names: Names, slot: int) -> str:
    """What an operand is called by the user; "" for a constant and for a result without a name."""
    kind, _ = names.place(slot)
    named = kind in ("parameter", "input") or slot in program.names
    return names.one(slot) if named else ""
