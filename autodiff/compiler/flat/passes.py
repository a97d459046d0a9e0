"""Passes: functions from program to program that keep what it computes and make it cheaper.

``simplify`` runs them in their order; ``grouping.group`` comes after them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

import numpy as np

from autodiff.compiler.flat.data import Flat, Indices
from autodiff.compiler.flat.structures import PRODUCTS, SUMS, Mask, structure_of
from autodiff.compiler.front.tape import rule_named
from autodiff.rules.worlds import FLOATS

__all__ = [
    "PASSES",
    "behind_outputs",
    "drop_dead",
    "eliminate_common",
    "fold_constants",
    "merge_products",
    "merge_sums",
    "simplify",
]


class Rewriter:
    """Builds a new program from an old one, operation by operation.

    Slots are provisional while it does: constants count downwards from -1, so that new ones can be found.
    """

    def __init__(self, program: Flat) -> None:
        self.old = program
        self.constants: list[float] = program.constants.tolist()
        self.known = {str(number): -1 - i for i, number in enumerate(self.constants)}
        shift = len(self.constants)
        self.slots = [self.known[str(number)] for number in self.constants]  # equal ones become one
        self.slots += range(program.base - shift)
        self.first = program.base - shift  # the provisional slot of the first result
        self.codes: list[int] = []
        self.operands: list[int] = []
        self.starts: list[int] = [0]
        self.rules = list(program.rules)
        self.numbers = {name: code for code, name in enumerate(self.rules)}

    def operations(self) -> Iterable[tuple[str, list[int]]]:
        """The operations of the old program: name, and operands there; ``slots`` says where they are now."""
        starts, operands, rules = self.old.starts.tolist(), self.old.operands.tolist(), self.old.rules
        for code, first, last in zip(self.old.codes.tolist(), starts, starts[1:], strict=False):
            yield rules[code], operands[first:last]

    def add(self, name: str, operands: Sequence[int]) -> int:
        code = self.numbers.get(name)
        if code is None:
            code = self.numbers[name] = len(self.rules)
            self.rules.append(name)
        self.codes.append(code)
        self.operands += operands
        self.starts.append(len(self.operands))
        return self.first + len(self.codes) - 1

    def constant(self, number: float) -> int:
        """The slot of a constant: an old one, if there is one."""
        slot = self.known.get(str(number))
        if slot is None:
            self.constants.append(number)
            slot = self.known[str(number)] = -len(self.constants)
        return slot

    def is_zero(self, slot: int) -> bool:
        return slot < 0 and self.constants[-1 - slot] == 0

    def program(self) -> Flat:
        """The new program; a result of the old one stands where the last slot given for it says."""
        shift = len(self.constants)

        def final(slots: Sequence[int]) -> Indices:
            numbers = np.array(slots, dtype=np.intp)
            return np.where(numbers < 0, -1 - numbers, numbers + shift)

        moved = final(self.slots)
        return self.old.replaced(
            rules=tuple(self.rules),
            codes=np.array(self.codes, dtype=np.intp),
            starts=np.array(self.starts, dtype=np.intp),
            operands=final(self.operands),
            constants=np.array(self.constants),
            outputs=moved[self.old.outputs],
            names={int(moved[slot]): name for slot, name in self.old.names.items()},
            groups=None,
            blocks=None,
        )


def fold_constants(program: Flat) -> Flat:
    """Compute what depends on constants alone, and drop what changes nothing, such as multiplications by 1."""
    if not (program.operands < len(program.constants)).any():
        return program
    new = Rewriter(program)
    for name, olds in new.operations():
        operands = [new.slots[x] for x in olds]
        known = [new.constants[-1 - x] if x < 0 else None for x in operands]
        new.slots.append(folded(new, name, operands, known))
    return new.program()


def folded(new: Rewriter, name: str, operands: list[int], known: Sequence[float | None]) -> int:
    if operands and None not in known:
        rule = rule_named(name)
        try:
            return new.constant(float(rule.apply(FLOATS, known)))
        except (ArithmeticError, ValueError):
            return new.add(name, operands)  # it will be infinite or nan when the program runs
    if len(known) == 2 and known != [None, None]:
        x, y = known
        if (name == "add" and is_neutral(x)) or (name == "mul" and x == 1):
            return operands[1]
        subtracted = None if y is None or name != "sub" else -y
        if (name == "add" and is_neutral(y)) or (name in ("mul", "truediv", "pow") and y == 1):
            return operands[0]
        if is_neutral(subtracted):
            return operands[0]
        if name == "pow" and y == 2:
            return new.add("mul", [operands[0], operands[0]])
        if name == "pow" and y == -1:
            return new.add("truediv", [new.constant(1.0), operands[0]])
    return new.add(name, operands)


def is_neutral(number: float | None) -> bool:
    """Whether adding a constant changes nothing: -0.0, while 0.0 makes 0.0 of -0.0."""
    return number == 0 and math.copysign(1, number) < 0


def drop_dead(program: Flat) -> Flat:
    """Drop the operations and constants that no output depends on."""
    needed = np.zeros(program.slots, dtype=bool)
    needed[program.outputs] = True
    alive, operands, starts = needed.tolist(), program.operands.tolist(), program.starts.tolist()
    codes, together = program.codes.tolist(), [structure_of(name).together for name in program.rules]
    base = program.base
    for operation in range(len(program) - 1, -1, -1):
        if alive[base + operation]:
            for x in operands[starts[operation] : starts[operation + 1]]:
                alive[x] = True
            if together[codes[operation]]:
                n = starts[operation + 1] - starts[operation] - 1
                position = int(program.constants[operands[starts[operation] + n]])
                first = operation - position
                alive[base + first : base + first + n] = [True] * n
                for x in operands[starts[first] : starts[first + n]]:
                    alive[x] = True
    kept = np.array(alive, dtype=bool)
    kept[len(program.constants) : program.base] = True  # parameters and inputs keep their places
    return selected(program, kept)


def behind_outputs(program: Flat) -> Mask:
    """The slots that the outputs depend on."""
    alive = np.zeros(program.slots, dtype=bool).tolist()
    for slot in program.outputs.tolist():
        alive[slot] = True
    starts, operands = program.starts.tolist(), program.operands.tolist()
    for operation in range(len(program) - 1, -1, -1):
        if alive[program.base + operation]:
            for operand in operands[starts[operation] : starts[operation + 1]]:
                alive[operand] = True
    return np.array(alive)


def selected(program: Flat, kept: np.ndarray) -> Flat:
    """The program with some of its slots only."""
    moved = np.cumsum(kept) - 1
    operations = np.flatnonzero(kept[program.base :])
    arities = program.arities[operations]
    return program.replaced(
        codes=program.codes[operations],
        starts=np.concatenate([[0], np.cumsum(arities)]),
        operands=moved[program.operands[np.repeat(kept[program.base :], program.arities)]],
        constants=program.constants[kept[: len(program.constants)]],
        outputs=moved[program.outputs],
        names={int(moved[slot]): name for slot, name in program.names.items() if kept[slot]},
        groups=None,
        blocks=None,
    )


def eliminate_common(program: Flat) -> Flat:
    """Compute each operation on the same operands once."""
    new = Rewriter(program)
    found: dict[tuple[object, ...], int] = {}
    for name, olds in new.operations():
        operands = [new.slots[x] for x in olds]
        key = (name, *operands)
        slot = found.get(key)
        if slot is None:
            slot = found[key] = new.add(name, operands)
        new.slots.append(slot)
    return new.program()


def single_users(program: Flat) -> Callable[[int], str]:
    """A function that names the operation that alone uses a slot; empty where there are several, or none."""
    counts = np.bincount(program.operands, minlength=program.slots)
    np.add.at(counts, program.outputs, 2)
    user = np.zeros(program.slots, dtype=np.intp)
    user[program.operands] = np.repeat(program.codes, program.arities)
    alone, codes = (counts == 1).tolist(), user.tolist()
    return lambda slot: program.rules[codes[slot]] if alone[slot] else ""


def merge_sums(program: Flat) -> Flat:
    """Turn chains of additions into one sum each, and a mean into a sum that is divided."""
    new, used_by = Rewriter(program), single_users(program)
    terms: dict[int, list[int]] = {}  # of additions that one later sum takes in, by slot of the old program
    for old, (name, operands) in enumerate(new.operations(), program.base):
        if name not in (*SUMS, "mean"):
            new.slots.append(new.add(name, [new.slots[x] for x in operands]))
            continue
        flat = joined(new, operands, terms)
        if name == "mean":
            total = added_up(new, flat)
            new.slots.append(new.add("truediv", [total, new.constant(float(len(operands)))]))
        elif used_by(old) in (*SUMS, "mean"):
            terms[old] = flat
            new.slots.append(0)  # nothing else asks for it
        else:
            new.slots.append(added_up(new, flat))
    return new.program()


def added_up(new: Rewriter, terms: list[int]) -> int:
    """The sum of some terms."""
    return new.add("add" if len(terms) == 2 else "sum", terms)


def joined(new: Rewriter, operands: list[int], terms: dict[int, list[int]]) -> list[int]:
    """All terms in their order. The first sum's list is extended, so that long chains take linear time."""
    flat: list[int] = []
    for i, operand in enumerate(operands):
        more = terms.pop(operand, None)
        if more is None:
            flat.append(new.slots[operand])
        elif i == 0:
            flat = more
        else:
            flat += more
    return flat


def merge_products(program: Flat) -> Flat:
    """Turn sums of products into one dot product each, parameters on the left."""
    new, used_by = Rewriter(program), single_users(program)
    parts: dict[int, tuple[list[int], list[int]]] = {}  # factors of the products that a sum takes in
    rests: dict[int, int] = {}  # the biases of the dots among them
    for old, (name, operands) in enumerate(new.operations(), program.base):
        if name in SUMS and not parts.keys().isdisjoint(operands):
            new.slots.append(summed(new, operands, parts, rests))
            continue
        slots = [new.slots[x] for x in operands]
        if name not in PRODUCTS:
            new.slots.append(new.add(name, slots))
        else:
            n = len(slots) // 2
            left, right = oriented(program, slots[:n], slots[n : 2 * n])
            bias = slots[-1] if len(slots) > 2 * n else None
            if used_by(old) in SUMS:
                parts[old] = left, right
                if bias is not None and not new.is_zero(bias):
                    rests[old] = bias
                new.slots.append(0)
            elif bias is None:
                new.slots.append(new.add("mul", slots))
            else:
                new.slots.append(new.add("dot", [*left, *right, bias]))
    return new.program()


def summed(
    new: Rewriter, operands: list[int], parts: dict[int, tuple[list[int], list[int]]], rests: dict[int, int]
) -> int:
    """A sum with the products among its terms gathered in a dot product, if there are at least two."""
    products = [parts[x] for x in operands if x in parts]
    left = [factor for factors, _ in products for factor in factors]
    right = [factor for _, factors in products for factor in factors]
    biases = [rests[x] for x in operands if x in rests]
    if len(left) < 2:  # a single product stays one
        terms = [new.add("mul", [*left, *right]) if x in parts else new.slots[x] for x in operands] + biases
        return added_up(new, terms)
    others = [new.slots[x] for x in operands if x not in parts] + biases
    others = [x for x in others if not new.is_zero(x)]  # a dot product begins with 0 by itself
    if not others:
        others = [new.constant(0.0)]
    bias = others[0] if len(others) == 1 else added_up(new, others)
    return new.add("dot", [*left, *right, bias])


def oriented(program: Flat, left: list[int], right: list[int]) -> tuple[list[int], list[int]]:
    """The factors of each product with a parameter on the left, if there is one."""
    count = len(program.parameters)
    swap = [0 <= y < count and not 0 <= x < count for x, y in zip(left, right, strict=True)]
    if not any(swap):
        return left, right
    pairs = [(y, x) if s else (x, y) for x, y, s in zip(left, right, swap, strict=True)]
    return [x for x, _ in pairs], [y for _, y in pairs]


PASSES: tuple[Callable[[Flat], Flat], ...] = (
    fold_constants,
    eliminate_common,
    drop_dead,
    merge_sums,
    merge_products,
    drop_dead,
)


LARGE_PROGRAM = 200_000  # operations from which on lowering takes seconds


def simplify(program: Flat) -> Flat:
    """Run all passes in their order, with a progress bar where that takes more than a moment."""
    passes: Iterable[Callable[[Flat], Flat]] = PASSES
    if len(program) >= LARGE_PROGRAM:
        with suppress(ImportError):
            from tqdm import tqdm

            passes = tqdm(PASSES, "lowering", unit="pass", leave=False)
    for rewrite in passes:
        program = rewrite(program)
    return program
