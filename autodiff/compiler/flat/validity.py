"""Validity: whether arrays make a program, so that no engine reads where nothing is."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from autodiff.compiler.flat.data import Flat
from autodiff.compiler.flat.structures import Mask, structure_of

__all__ = ["check_program"]


def check_program(program: Flat) -> None:
    """Check that every engine can run a program.

    Raises:
        ValueError: It cannot; the message says which entry is wrong.
    """
    check_operations(program)
    check_arities(program)
    check_order(program)
    check_calls(program)
    for name, slots in (("outputs", program.outputs), ("names", np.array([*program.names], dtype=object))):
        for position in wrong((slots < 0) | (slots >= program.slots)):
            raise ValueError(f"{name}[{position}] is slot {slots[position]}; there are {program.slots} slots")
    if (program.groups is None) != (program.blocks is None):
        raise ValueError("groups and blocks go together, and one of them is missing")
    if program.groups is not None:
        check_groups(program)


def wrong(mask: Mask) -> Iterator[int]:
    """The first position where something is wrong, if there is one."""
    yield from np.flatnonzero(mask)[:1].tolist()


def check_operations(program: Flat) -> None:
    for name in program.rules:
        try:
            structure = structure_of(name)
            known = structure.together or not structure.rule.vector
        except KeyError:
            known = False
        if not known:
            raise ValueError(f"the operation {name!r} is not in the table; register it before loading")
    codes, starts = program.codes, program.starts
    for operation in wrong((codes < 0) | (codes >= len(program.rules))):
        raise ValueError(f"codes[{operation}] is {codes[operation]}; there are {len(program.rules)} rules")
    if len(starts) != len(codes) + 1 or starts[0] != 0 or starts[-1] != len(program.operands):
        raise ValueError(
            f"starts must lead from 0 to {len(program.operands)}, the number of operands, in {len(codes)} "
            f"steps, one an operation, not from {starts[:1]} to {starts[-1:]} in {len(starts) - 1}"
        )


def check_arities(program: Flat) -> None:
    """Every operation has as many operands as its row takes."""
    for code, name in enumerate(program.rules):
        structure, found = structure_of(name), program.arities
        for operation in wrong((program.codes == code) & ~structure.fits(found)):
            raise ValueError(
                f"operation {operation}, {name}, has {found[operation]} operands and takes {structure.takes}"
            )


def check_order(program: Flat) -> None:
    """The operands of every operation are leaves or results of earlier ones."""
    operands = program.operands
    operations = np.repeat(np.arange(len(program)), program.arities)
    for position in wrong((operands < 0) | (operands >= program.base + operations)):
        raise ValueError(
            f"operands[{position}] of operation {operations[position]} is slot {operands[position]}, "
            f"which is none before its result, slot {program.base + operations[position]}"
        )


def check_calls(program: Flat) -> None:
    """All results of a call, as of softmax, stand side by side, each with its position as last operand."""
    together = [structure_of(name).together for name in program.rules]
    ends = program.starts[1:] - 1
    operation = 0
    while operation < len(program):
        code = program.codes[operation]
        if not together[code]:
            operation += 1
            continue
        n, name = int(program.arities[operation]) - 1, program.rules[code]
        block = slice(operation, operation + n)
        same = len(program.codes[block]) == n and (program.codes[block] == code).all()
        if n < 1 or not same or (program.arities[block] != n + 1).any():
            raise ValueError(f"operation {operation}, {name}, is not followed by its other results")
        start = program.starts[operation]
        scores = program.operands[start : start + n * (n + 1)].reshape(n, n + 1)[:, :n]
        positions = program.operands[ends[block]]
        known = (positions < len(program.constants)).all() and (scores == scores[0]).all()
        if not known or (program.constants[positions] != np.arange(n)).any():
            raise ValueError(f"operation {operation}, {name}, has other scores or positions than its results")
        operation += n


def check_groups(program: Flat) -> None:
    """Groups cover the operations in order, are of one kind, and use no result of their own."""
    groups, blocks = program.groups, program.blocks
    assert groups is not None
    assert blocks is not None
    if len(groups) == 0 or groups[0] != 0 or groups[-1] != len(program) or (np.diff(groups) <= 0).any():
        raise ValueError(f"groups must increase from 0 to {len(program)}, the number of operations")
    sizes = np.diff(groups)
    if len(blocks) != len(sizes):
        raise ValueError(f"there are {len(sizes)} groups and {len(blocks)} entries in blocks")
    for group in wrong((blocks < 1) | (sizes % np.maximum(blocks, 1) != 0)):
        raise ValueError(
            f"group {group} of {sizes[group]} operations cannot have {blocks[group]} equal blocks"
        )
    first = np.repeat(groups[:-1], sizes)  # the first operation of the group of each operation
    kinds = (program.codes, program.arities, program.batched[program.base :])
    for operation in wrong(np.any([kind != kind[first] for kind in kinds], axis=0)):
        raise ValueError(
            f"operation {operation} is of another kind than operation {first[operation]} of its group"
        )
    for position in wrong(program.operands >= program.base + np.repeat(first, program.arities)):
        raise ValueError(f"operands[{position}] is the result of an operation of the same group")
    for group, (start, end) in enumerate(itertools.pairwise(groups.tolist())):
        operands = program.operands[program.starts[start] : program.starts[end]].reshape(end - start, -1)
        structure_of(program.rules[program.codes[start]]).check_group(group, operands, int(blocks[group]))
