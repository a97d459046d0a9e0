"""Over arrays: a whole program as one loop over arrays, which reads them where they are and writes where it is told."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import numpy as np

from autodiff.compiler.engines.llvm.machine import compiled, function_at
from autodiff.compiler.flat.data import Flat
from autodiff.compiler.flat.places import FloatArray
from autodiff.rules import Rule
from autodiff.writing.forms import Argument, PrimitiveStep
from autodiff.writing.instructions import Code, Register, functions, lanes_of
from autodiff.writing.kernels import kernel

__all__ = ["over_arrays"]


def over_arrays(
    program: Flat, dtype: str, inputs: Sequence[FloatArray], outputs: Sequence[FloatArray]
) -> Callable[[], None]:
    """What computes a program for all elements of arrays.

    Args:
        program: A program without parameters, and without operations that give lists.
        dtype: "double" or "float".
        inputs: Arrays of one shape, or without axes where all elements share a number.
        outputs: Arrays of that shape, each one of the inputs or apart from all others.
    """
    writer = ArraysWriter(program, [array.ndim == 0 for array in inputs], dtype)
    run, arrays = loop_of(writer.code()), [*inputs, *outputs]
    frame = np.array([outputs[0].size, *(array.ctypes.data for array in arrays)], np.uint64)
    address: int = frame.ctypes.data

    def call(
        _: object = (frame, arrays),
    ) -> None:  # kept as long as this is, as the code knows addresses only
        run(address)

    return call


@functools.lru_cache(64)
def loop_of(code: str) -> Callable[[int], None]:
    made = compiled(code)
    run = function_at(made, "over_arrays")
    run.made = made  # type: ignore[attr-defined]  # must not go while this is used
    return run


class ArraysWriter(Code):
    """Writes a program as a function of the number of elements and the addresses of inputs and outputs.

    Attributes:
        once, each: The slots that all elements share, which are computed before the loop, and all others.
    """

    def __init__(self, program: Flat, shared: Sequence[bool], dtype: str) -> None:
        super().__init__(dtype)
        self.program, self.first, self.lanes = program, len(program.constants), lanes_of(dtype)
        self.once: list[int] = []
        self.each: list[int] = []
        varying = [False] * self.first
        for slot in range(self.first, program.slots):
            varies = (
                not shared[slot - self.first]
                if slot < program.base
                else any(varying[x] for x in program.operands_of(slot - program.base).tolist())
            )
            varying.append(varies)
            (self.each if varies else self.once).append(slot)

    def code(self) -> str:
        """The function, and those that it calls."""
        kinds = ["i64", *["ptr"] * (len(self.program.inputs) + len(self.program.outputs))]
        count, *self.arrays = [self.element("%frame", str(i), kind) for i, kind in enumerate(kinds)]
        constants = self.program.constants.tolist()
        self.known = {slot: self.number(x, 1) for slot, x in enumerate(constants)}
        self.compute(self.once, self.known, "0", 1)
        done, _ = self.loop("0", count, self.lanes, [], functools.partial(self.elements, self.lanes))
        self.loop(done, count, 1, [], functools.partial(self.elements, 1))
        text = self.function("over_arrays")
        return "\n".join([text, *functions(text, self.dtype, self.lanes)])

    def elements(self, lanes: int, i: str, _: Sequence[str]) -> Sequence[str]:
        """Write a turn of the loop, for so many elements from the i-th on."""
        known = self.known.copy()
        self.compute(self.each, known, i, lanes)
        outputs = zip(self.arrays[len(self.program.inputs) :], self.program.outputs.tolist(), strict=True)
        for array, slot in outputs:
            number = self.widened(known[slot], lanes)
            self.line(f"store {self.type(lanes)} {number.text}, {self.pointer(array, i)}")
        return ()

    def compute(self, slots: Sequence[int], known: dict[int, Register], i: str, lanes: int) -> None:
        """Write what gives the numbers of some slots."""
        for slot in slots:
            if slot < self.program.base:
                pointer = self.pointer(self.arrays[slot - self.first], i)
                known[slot] = Register(self.emit(f"load {self.type(lanes)}, {pointer}"), lanes)
            else:
                operation = slot - self.program.base
                operands = [known[x] for x in self.program.operands_of(operation).tolist()]
                known[slot] = self.applied(self.program.rule(operation), operands)

    def applied(self, rule: Rule, operands: Sequence[Register]) -> Register:
        """Write the steps of a row."""
        block = kernel(rule, len(operands), unrolled=True).value
        known: dict[Argument, Register] = {f"x{i}": operand for i, operand in enumerate(operands)}
        for step in block.steps:
            assert isinstance(step, PrimitiveStep)  # as each operand has a name
            args = [self.number(x, 1) if isinstance(x, float | int) else known[x] for x in step.args]
            known[step.target] = self.primitive(step.primitive, args)
        (result,) = block.results
        return self.number(result, 1) if isinstance(result, float | int) else known[result]

    def pointer(self, array: str, i: str) -> str:
        """Where an element stands, which may be anywhere in a line of the cache."""
        return f"ptr {self.at(array, i, self.dtype)}, align {64 // self.lanes}"
