"""Grouping: which operations can be computed together, and which dot products are a dense layer.

Operations of one kind on one level of the graph do not depend on each other: they form a group, which an
engine computes at once. Among dot products it matters who shares a vector: m of them that multiply the same
vector with m others are a matrix times a vector; several such blocks with the same matrix are a product of
matrices. That is how neurons written as loops over scalars become W @ x again.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from autodiff.compiler.flat.data import Flat
from autodiff.compiler.flat.structures import Indices, structure_of

__all__ = ["group", "reordered", "with_matrices_first"]


def group(program: Flat) -> Flat:
    """Order the operations by level and kind, what no input changes first, and find the dense layers.

    Returns:
        The same operations with ``groups`` and ``blocks``. In a group of dot products, block after block of
        equal size share their second vector; the i-th operations of the blocks may share the first one.
    """
    order: list[Indices] = []
    blocks: list[int] = []
    operands, structures = program.operands.copy(), [*map(structure_of, program.rules)]
    codes, arities = program.codes.tolist(), program.arities.tolist()
    for operations in kinds(program):
        structure = structures[codes[operations[0]]]
        if structure.layered:
            for rows, count, swapped in layers(program, operations):
                if swapped:
                    swap_factors(program, operands, rows)
                order.append(rows)
                blocks.append(count)
        else:
            order.append(operations)
            blocks.append(structure.blocks(len(operations), arities[operations[0]]))
    moved = reordered(
        program.replaced(operands=operands), np.concatenate([*order, np.empty(0, dtype=np.intp)])
    )
    sizes = [len(operations) for operations in order]
    return moved.replaced(
        groups=np.concatenate([[0], np.cumsum(sizes, dtype=np.intp)]).astype(np.intp),
        blocks=np.array(blocks, dtype=np.intp),
    )


def with_matrices_first(program: Flat) -> tuple[Flat, Indices]:
    """Order the parameters so that the matrix of each dense layer stands row after row.

    Returns:
        The program, and for each parameter the position that it had before.
    """
    assert program.groups is not None
    first, count = len(program.constants), len(program.parameters)
    order: dict[int, None] = {}
    structures, codes = [*map(structure_of, program.rules)], program.codes.tolist()
    for start, end in itertools.pairwise(program.groups.tolist()):
        structure = structures[codes[start]]
        if structure.layered:
            operands = program.operands[program.starts[start] : program.starts[end]].reshape(end - start, -1)
            slots = structure.split(operands)[0].ravel() - first
            order.update(dict.fromkeys(slots[(slots >= 0) & (slots < count)].tolist()))
    order.update(dict.fromkeys(range(count)))
    old = np.array(list(order), dtype=np.intp)
    moved = np.arange(program.slots)
    moved[first + old] = first + np.arange(count)
    arranged = program.replaced(
        parameters=tuple(program.parameters[i] for i in old),
        operands=moved[program.operands],
        outputs=moved[program.outputs],
    )
    return arranged, old


def kinds(program: Flat) -> Iterator[Indices]:
    """The operations by level, rule, number of operands, and which operands have a number a sample."""
    if not len(program):
        return
    rows = np.repeat(np.arange(len(program)), program.arities)
    position = np.arange(len(program.operands)) - np.repeat(program.starts[:-1], program.arities)
    small = (program.arities <= 3)[rows]
    flags = np.zeros(len(program), dtype=np.int64)  # bits, no indices
    np.add.at(
        flags, rows[small], program.batched[program.operands[small]].astype(np.int64) << position[small]
    )
    batched = program.batched[program.base :].astype(np.intp)
    keys = (flags, program.arities, program.codes, program.levels[program.base :], batched)
    order = np.lexsort((np.arange(len(program)), *keys))
    changes = np.zeros(len(program), dtype=bool)
    for key in keys:
        changes[1:] |= np.diff(key[order]) != 0
    for start, end in itertools.pairwise([0, *np.flatnonzero(changes).tolist(), len(order)]):
        yield order[start:end]


def layers(program: Flat, operations: Indices) -> Iterator[tuple[Indices, int, bool]]:
    """Split dot products of equal length into groups of blocks: (operations, number of blocks, swapped)."""
    n = int(program.arities[operations[0]]) // 2
    factors = program.operands[program.starts[operations][:, None] + np.arange(2 * n)]
    left, right = row_numbers(factors[:, :n]), row_numbers(factors[:, n:])
    swapped = bool(left.max() < right.max())  # the vector that is shared more often goes right
    if swapped:
        left, right = right, left
    sharing: dict[int, list[int]] = {}
    for row in np.lexsort((left, right)):
        sharing.setdefault(int(right[row]), []).append(int(row))
    same: dict[tuple[int, ...], list[list[int]]] = {}
    for rows in sharing.values():
        same.setdefault(tuple(left[rows].tolist()), []).append(rows)
    alone: dict[int, list[list[int]]] = {}
    for matrix, vectors in same.items():
        if len(vectors) > 1:
            yield operations[np.concatenate(vectors)], len(vectors), swapped
        else:
            alone.setdefault(len(matrix), []).extend(vectors)
    for vectors in alone.values():
        yield operations[np.concatenate(vectors)], len(vectors), swapped


def row_numbers(rows: Indices) -> Indices:
    """Number equal rows alike, in the order of their first appearance."""
    seen: dict[bytes, int] = {}
    return np.array([seen.setdefault(row.tobytes(), len(seen)) for row in rows], dtype=np.intp)


def swap_factors(program: Flat, operands: Indices, rows: Indices) -> None:
    """Exchange the two vectors of some dot products, in place."""
    n = int(program.arities[rows[0]]) // 2
    places = program.starts[rows][:, None] + np.arange(2 * n)
    operands[places] = np.roll(operands[places], n, axis=1)


def reordered(program: Flat, order: Indices) -> Flat:
    """The program with its operations in another order, which must be topological too."""
    moved = np.arange(program.slots)
    moved[program.base + order] = program.base + np.arange(len(order))
    arities = program.arities[order]
    starts = np.concatenate([[0], np.cumsum(arities)]).astype(np.intp)
    places = np.repeat(program.starts[order] - starts[:-1], arities) + np.arange(starts[-1])
    return program.replaced(
        codes=program.codes[order],
        starts=starts,
        operands=moved[program.operands[places]],
        outputs=moved[program.outputs],
        names={int(moved[slot]): name for slot, name in program.names.items()},
    )
