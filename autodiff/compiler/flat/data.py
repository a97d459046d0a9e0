"""A graph as flat arrays, without Python objects: what passes rewrite and engines run."""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from autodiff.compiler.flat.structures import Indices, structure_of
from autodiff.compiler.front.tape import Tape, rule_named
from autodiff.rules import Rule
from autodiff.value import Value

__all__ = ["Flat", "Indices", "flat_of"]


@dataclass(frozen=True, eq=False)
class Flat:
    """Operations in topological order, on numbered slots.

    Slots hold, in this order: constants, parameters, inputs, and one result for each operation.

    Attributes:
        rules: The names of the operations that occur.
        codes: For each operation, its position in ``rules``.
        starts: Where its operands begin in ``operands``; one entry more than operations.
        operands: The slots of all operands.
        constants: The numbers of the constants.
        parameters, inputs: The names of the parameters and the paths of the inputs.
        outputs: The slots of the results.
        groups: Where groups of operations begin that can be computed together, and the end; None before the
            operations are grouped.
        blocks: For each group, of how many blocks of equal size it consists: a dense layer has one for each
            vector that the weights are multiplied with.
        names: Names that users gave to results, by slot.
    """

    rules: tuple[str, ...]
    codes: Indices
    starts: Indices
    operands: Indices
    constants: npt.NDArray[np.float64]
    parameters: tuple[str, ...]
    inputs: tuple[str, ...]
    outputs: Indices
    groups: Indices | None = None
    blocks: Indices | None = None
    names: dict[int, str] = field(default_factory=dict)

    @property
    def base(self) -> int:
        """The slot of the first operation's result."""
        return len(self.constants) + len(self.parameters) + len(self.inputs)

    @property
    def slots(self) -> int:
        return self.base + len(self.codes)

    def __len__(self) -> int:
        return len(self.codes)

    @functools.cached_property
    def arities(self) -> Indices:
        return np.diff(self.starts)

    def rule(self, operation: int) -> Rule:
        return rule_named(self.rules[self.codes[operation]])

    def operands_of(self, operation: int) -> Indices:
        return self.operands[self.starts[operation] : self.starts[operation + 1]]

    @functools.cached_property
    def levels(self) -> Indices:
        """For each slot, the length of the longest way to it from a leaf."""
        levels = [0] * self.base
        starts, operands = self.starts.tolist(), self.operands.tolist()
        for first, last in itertools.pairwise(starts):
            levels.append(1 + max([levels[x] for x in operands[first:last]], default=0))
        return np.array(levels, dtype=np.intp)

    @functools.cached_property
    def batched(self) -> npt.NDArray[np.bool_]:
        """For each slot, whether it depends on an input, and so has one number for each sample of a batch."""
        batched = [False] * (self.base - len(self.inputs)) + [True] * len(self.inputs)
        starts, operands = self.starts.tolist(), self.operands.tolist()
        for first, last in itertools.pairwise(starts):
            batched.append(any([batched[x] for x in operands[first:last]]))
        return np.array(batched, dtype=bool)

    # ------------------------------------------------------------ size

    @property
    def depth(self) -> int:
        """The number of operations on the longest way from a leaf to an output."""
        return int(max((self.levels[slot] for slot in self.outputs), default=0))

    @property
    def flops(self) -> int:
        """Additions, multiplications and calls of functions for one evaluation."""
        without_bias = self._without_bias()
        kinds = ((structure_of(name), self.codes == code) for code, name in enumerate(self.rules))
        return sum(int(kind.work(self.arities[own], without_bias[own]).sum()) for kind, own in kinds)

    def _without_bias(self) -> npt.NDArray[np.bool_]:
        """Whether the last operand of each operation is the constant 0."""
        zeros = np.zeros(self.slots, dtype=bool)
        zeros[: len(self.constants)] = self.constants == 0
        return zeros[self.operands[self.starts[1:] - 1]]

    @property
    def bytes(self) -> int:
        """The memory of the program and of one evaluation in float64."""
        arrays = (self.codes, self.starts, self.operands, self.constants, self.outputs)
        return sum(array.nbytes for array in arrays) + 8 * self.slots

    def __repr__(self) -> str:
        counts = Counter(np.array(self.rules)[self.codes].tolist()) if len(self) else Counter()
        return (
            f"{type(self).__name__}({len(self):,} operations, {len(self.parameters):,} parameters, "
            f"{len(self.inputs):,} inputs, {len(self.outputs):,} outputs, depth {self.depth:,}; "
            + ", ".join(f"{count:,} {name}" for name, count in counts.most_common(6))
            + ")"
        )

    def replaced(self, **changes: object) -> Flat:
        return replace(self, **changes)  # type: ignore[arg-type]


def flat_of(tape: Tape, outputs: list[int]) -> tuple[Flat, list[Value]]:
    """Number the slots of a tape: constants, parameters, inputs, results. Gives the parameters too."""
    kinds = [0 if isinstance(leaf, float) else 2 if isinstance(leaf, str) else 1 for leaf in tape.leaves]
    order = np.argsort(np.array(kinds, dtype=np.intp), kind="stable")
    leaf_slots = np.empty(len(kinds), dtype=np.intp)
    leaf_slots[order] = np.arange(len(kinds))

    def slots(of: list[int]) -> Indices:
        numbers = np.array(of, dtype=np.intp)
        below = numbers < 0
        numbers[below] = leaf_slots[-1 - numbers[below]]
        numbers[~below] += len(kinds)
        return numbers

    leaves = [tape.leaves[i] for i in order]
    parameters = [leaf for leaf in leaves if isinstance(leaf, Value)]
    named = {int(slots([slot])[0]): name for slot, name in tape.names.items()}
    program = Flat(
        rules=tuple(rule.name for rule in tape.rules),
        codes=np.array(tape.codes, dtype=np.intp),
        starts=np.array(tape.starts, dtype=np.intp),
        operands=slots(tape.operands),
        constants=np.array([leaf for leaf in leaves if isinstance(leaf, float)]),
        parameters=tuple(leaf.name or f"p{i}" for i, leaf in enumerate(parameters)),
        inputs=tuple(leaf for leaf in leaves if isinstance(leaf, str)),
        outputs=slots(outputs),
        names=named,
    )
    return program, parameters
