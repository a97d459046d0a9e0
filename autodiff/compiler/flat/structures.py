"""Structures: what programs know of an operation beside its row, such as that dot products make a layer.

Whoever handles operations asks ``structure_of`` instead of looking at names. Sums, dot products and softmaxes have
structures of their own; the engines have loops and array operations of their own for these, each in one table by
name.

>>> dot = structure_of("dot")
>>> [side.tolist() for side in dot.split(np.array([3, 4, 7, 8, 0]))]
[[3, 4], [7, 8], [0]]
>>> int(dot.work(np.array([5]), np.array([False]))[0]), structure_of("tanh").blocks(12, 1)
(4, 1)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from autodiff.compiler.front.tape import rule_named
from autodiff.rules import BESIDE, Rule
from autodiff.writing.symbols import Symbol

__all__ = [
    "MOST_WRITTEN_OPERANDS",
    "PRODUCTS",
    "SUMS",
    "Indices",
    "Mask",
    "SlotNames",
    "Structure",
    "structure_of",
]

Indices: TypeAlias = npt.NDArray[np.intp]
Mask: TypeAlias = npt.NDArray[np.bool_]

SUMS = ("add", "sum")  # operations that add their operands up; a mean becomes a sum
PRODUCTS = ("mul", "dot")  # those that multiply pairs of operands
MOST_WRITTEN_OPERANDS = 8  # of an operation that is written out


class SlotNames(Protocol):
    """How slots are written; see words/slots.py."""

    def one(self, slot: int) -> str: ...
    def row(self, slots: Sequence[int]) -> str: ...
    def several(self, slots: Indices) -> str: ...


class Structure:
    """What holds of an operation on few operands, each of which is a side.

    Attributes:
        rule: Its row.
        layered: Whether operations that share a side make a layer, several of them blocks of one group.
        together: Whether all results of a call stand side by side and are computed at once.
    """

    layered = False
    together = False

    def __init__(self, rule: Rule) -> None:
        self.rule = rule

    # ------------------------------------------------------------ operands

    def split(self, operands: Indices) -> tuple[Indices, ...]:
        """The sides of operations, whose operands are the last axis."""
        return tuple(operands[..., side : side + 1] for side in range(operands.shape[-1]))

    def sides(self, operands: list[int], width: int) -> list[list[int]]:
        """The slots on each side of a group, from all its operands, ``width`` for each operation."""
        return [operands[side::width] for side in range(width)]

    def blocks(self, count: int, arity: int) -> int:
        """How many blocks a group of so many operations is, where it is no layer."""
        return 1

    # ------------------------------------------------------------ validity

    def fits(self, arities: Indices) -> Mask:
        """Whether operations may have so many operands."""
        return np.equal(arities, self.rule.arity or 0)

    @property
    def takes(self) -> str:
        """How many operands it takes, in words."""
        return str(self.rule.arity)

    def check_group(self, group: int, operands: Indices, blocks: int) -> None:
        """Check a group of operations, a row of operands for each.

        Raises:
            ValueError: They cannot be computed together in so many blocks.
        """
        if blocks != 1:
            raise ValueError(f"group {group} is of no dot products and cannot have {blocks} blocks")

    # ------------------------------------------------------------ size

    def work(self, arities: Indices, without_bias: Mask) -> Indices:
        """Additions, multiplications and calls of functions, for each of several operations.

        Args:
            arities: How many operands each has.
            without_bias: Whether the last one is the constant 0.
        """
        return np.maximum(1, arities - 1)

    # ------------------------------------------------------------ words

    def formula(self, names: SlotNames, operands: Sequence[int]) -> str:
        """Write one operation: dot([w11 w21], [x[0] x[1]]) + b1."""
        return self.applied([names.one(slot) for slot in operands])

    def described(self, names: SlotNames, operands: Indices, blocks: int) -> tuple[str, str]:
        """Write a group, a row of operands for each operation: how it is computed, and what it consists of."""
        sides = [names.several(side) for side in operands.T]
        return self.applied(sides), "" if len(operands) == 1 else f"{len(operands)} {self.rule.name}"

    def applied(self, operands: Sequence[str]) -> str:
        """Write the operation on operands that are written already."""
        if self.rule.notation is None or self.rule.is_nary:
            return f"{self.rule.name}({', '.join(operands)})"
        return Symbol(rule=self.rule, operands=tuple(map(Symbol, operands))).text()


class Many(Structure):
    """An operation on any number of operands, all of which are one side."""

    def split(self, operands: Indices) -> tuple[Indices, ...]:
        return (operands,)

    def sides(self, operands: list[int], width: int) -> list[list[int]]:
        return [side.ravel().tolist() for side in self.split(np.array(operands).reshape(-1, width))]

    def fits(self, arities: Indices) -> Mask:
        return np.greater_equal(arities, 1)

    @property
    def takes(self) -> str:
        return "at least 1"

    def formula(self, names: SlotNames, operands: Sequence[int]) -> str:
        if len(operands) > MOST_WRITTEN_OPERANDS:
            return f"{self.rule.name}({names.row(operands)})"
        return super().formula(names, operands)

    def described(self, names: SlotNames, operands: Indices, blocks: int) -> tuple[str, str]:
        count, arity = operands.shape
        note = f"of {arity}" if count == 1 else f"{count} {self.rule.name} of {arity}"
        return f"{self.rule.name}({names.several(operands)})", note


class DotStructure(Many):
    """A dot product: its sides are the rows of matrices, the vectors they are multiplied with, and the biases."""

    layered = True

    def split(self, operands: Indices) -> tuple[Indices, ...]:
        n = operands.shape[-1] // 2
        return operands[..., :n], operands[..., n : 2 * n], operands[..., 2 * n :]

    def fits(self, arities: Indices) -> Mask:
        return np.equal(arities % 2, 1)

    @property
    def takes(self) -> str:
        return "an odd number of"

    def check_group(self, group: int, operands: Indices, blocks: int) -> None:
        _, vectors, _ = self.split(operands.reshape(blocks, -1, operands.shape[-1]))
        if (vectors != vectors[:, :1]).any():
            raise ValueError(f"the dot products in a block of group {group} do not share their second vector")

    def work(self, arities: Indices, without_bias: Mask) -> Indices:
        """Of a dot product of n: n products, and n sums with its bias."""
        return np.maximum(1, arities - 1) - without_bias

    def formula(self, names: SlotNames, operands: Sequence[int]) -> str:
        left, right, bias = (side.tolist() for side in self.split(np.array(operands)))
        return with_bias(f"dot({names.row(left)}, {names.row(right)})", names.one(*bias))

    def described(self, names: SlotNames, operands: Indices, blocks: int) -> tuple[str, str]:
        """A matrix times vectors; see ``Dense`` in the NumPy engine."""
        rows, n = len(operands) // blocks, operands.shape[1] // 2
        matrices, vectors, biases = self.split(operands.reshape(blocks, rows, -1))
        shared = bool((matrices == matrices[:1]).all())
        left, right = names.several(matrices[:1] if shared else matrices), names.several(vectors[:, 0])
        bias = names.several(biases)
        if rows == 1:
            note = f"a dot product of {n}" if blocks == 1 else f"{blocks} dot products of {n}"
            return with_bias(f"{left} · {right}", bias), note
        if blocks == 1:
            what = f"a matrix [{rows}×{n}] times a vector"
        else:
            what = f"{'a matrix' if shared else f'{blocks} matrices'} [{rows}×{n}] times "
            what += f"{blocks} vectors" if shared else "a vector each"
        if re.fullmatch(r"[a-z](\^.*)?", left):
            left = left[0].upper() + left[1:]
        return with_bias(f"{left} @ {right}", bias), f"{blocks * rows} dot products of {n}: {what}"


def with_bias(product: str, bias: str) -> str:
    return product if bias == "0" else f"{product} + {bias}"


class ListStructure(Many):
    """One result of a list, as log_softmax gives: its sides are the scores, and the position, a constant."""

    def split(self, operands: Indices) -> tuple[Indices, ...]:
        return operands[..., :-1], operands[..., -1:]

    def blocks(self, count: int, arity: int) -> int:
        return count // (arity - 1)

    def check_group(self, group: int, operands: Indices, blocks: int) -> None:
        count, arity = operands.shape
        if blocks * (arity - 1) != count:
            raise ValueError(
                f"group {group} of {count} results is not {blocks} {self.rule.name} of {arity - 1}"
            )

    def formula(self, names: SlotNames, operands: Sequence[int]) -> str:
        return f"{self.rule.name}({names.row(operands[:-1])})[{names.one(operands[-1])}]"

    def described(self, names: SlotNames, operands: Indices, blocks: int) -> tuple[str, str]:
        scores, _ = self.split(operands.reshape(blocks, -1, operands.shape[1])[:, 0])
        count, n = scores.shape
        name = self.rule.name
        return f"{name}({names.several(scores)})", f"of {n}" if count == 1 else f"{count} {name} of {n}"


class SoftmaxStructure(ListStructure):
    """One result of a softmax, all of which are computed at once."""

    together = True

    def work(self, arities: Indices, without_bias: Mask) -> Indices:
        """Of each result: a comparison, a difference, its exp, a sum, a quotient."""
        return np.full_like(arities, 5)


class BesideStructure(Many):
    """The row of any number of operands where some are plain numbers: shown without the flags that follow them."""

    def fits(self, arities: Indices) -> Mask:
        return np.equal(arities % 2, 0) & super().fits(arities)

    @property
    def takes(self) -> str:
        return "an even number of"

    def work(self, arities: Indices, without_bias: Mask) -> Indices:
        return super().work(arities // 2, without_bias)

    def formula(self, names: SlotNames, operands: Sequence[int]) -> str:
        return self._row.formula(names, operands[: len(operands) // 2])

    def described(self, names: SlotNames, operands: Indices, blocks: int) -> tuple[str, str]:
        return self._row.described(names, operands[:, : operands.shape[1] // 2], blocks)

    @property
    def _row(self) -> Structure:
        return structure_of(self.rule.name.removesuffix(BESIDE))


STRUCTURES: dict[str, type[Structure]] = {
    "dot": DotStructure,
    "log_softmax": ListStructure,
    "softmax": SoftmaxStructure,
}


def structure_of(name: str) -> Structure:
    """The structure of the operation of this name.

    Raises:
        KeyError: The table has no such operation.
    """
    rule = rule_named(name)
    many = BesideStructure if name.endswith(BESIDE) else Many
    return STRUCTURES.get(name, many if rule.is_nary else Structure)(rule)
