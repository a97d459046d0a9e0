"""Lazy nodes: the results of a compiled function where Values take part, whose graph is built when asked for.

The engine has computed their number. Many are only looked at; for one that is differentiated, drawn or copied,
the operations of the function are done once more, one by one, on the Values: then it is a node like any other.
"""

from __future__ import annotations

import itertools
import math
import threading
from typing import Any

import numpy as np

from autodiff.compiler.flat.data import Flat, Indices
from autodiff.compiler.flat.passes import behind_outputs
from autodiff.compiler.flat.places import FloatArray
from autodiff.compiler.front.tape import SHIFT
from autodiff.node import Node
from autodiff.operations import applied_at
from autodiff.rules import BESIDE, TABLE
from autodiff.rules.worlds import FLOATS, Scalar
from autodiff.value import Value

__all__ = ["Blueprint", "LazyNode", "Sample"]


class Blueprint:
    """The operations of a function as it wrote them, and the Values that it found outside.

    Args:
        flat: The operations, before any pass.
        values: Its parameters.
        order: Where the parameters of the finished program stand among them.
        captured: The nodes with a history that it found, by the slot that computes them.
    """

    def __init__(self, flat: Flat, values: list[Value], order: Indices, captured: dict[int, Value]) -> None:
        self.flat, self.values, self.order, self.captured = flat, values, order, captured
        self._numbers = (b"", np.empty(0))
        self._on_values: dict[frozenset[int], list[bool]] = {}
        self.found = frozenset([*values, *captured.values()])

    def numbers(self, numbers: FloatArray) -> FloatArray:
        """The numbers of the parameters in this order; while they stay the same, all calls share them."""
        bits = numbers.tobytes()
        if bits != self._numbers[0]:
            ordered = np.empty(len(self.values))
            ordered[self.order] = numbers
            self._numbers = bits, ordered
        return self._numbers[1]

    def on_values(self, inputs: frozenset[int]) -> list[bool]:
        """For each output, whether it depends on a Value: on a parameter, or on one of these inputs."""
        found = self._on_values.get(inputs)
        if found is None:
            flat = self.flat
            below = [False] * len(flat.constants) + [True] * len(self.values)
            below += [position in inputs for position in range(len(flat.inputs))]
            operands = flat.operands.tolist()
            for first, last in itertools.pairwise(flat.starts.tolist()):
                below.append(any([below[slot] for slot in operands[first:last]]))
            found = self._on_values[inputs] = [below[slot] for slot in flat.outputs.tolist()]
        return found


class Sample:
    """One sample of a call, from which its graph can be built; it does not change when Values do.

    Args:
        blueprint: The operations.
        numbers: The numbers of the parameters.
        inputs: Those of the inputs.
        values: The Values among the inputs, by their position.
    """

    def __init__(
        self, blueprint: Blueprint, numbers: FloatArray, inputs: FloatArray, values: dict[int, Value]
    ) -> None:
        self.blueprint, self.numbers, self.inputs, self.values = blueprint, numbers, inputs, values
        self.nodes: dict[int, Value] = {}  # the results, by slot

    def node(self, slot: int, number: float) -> Value:
        """The node of a result, of which the engine has computed the number."""
        found = self.nodes.get(slot, self._found_outside(slot, number))
        if found is None:
            found = object.__new__(LazyNode)
            found._data, found.grad, found.name, found._begun = number, 0.0, None, None
            HISTORY["_x"].__set__(found, self)
            self.nodes[slot] = found
            if not math.isfinite(number):
                found.build()  # as on the graph, an operation outside of its domain is an error
        return found

    def _found_outside(self, slot: int, number: float) -> Value | None:
        """The Value that a slot stands for, unless Values below it have changed since it was computed."""
        flat = self.blueprint.flat
        position = slot - len(flat.constants)
        if slot < flat.base:
            found: Value = (self.blueprint.values + self._inputs())[position]
            return found
        captured = self.blueprint.captured.get(slot)
        same = captured is not None and math.isclose(captured._data, number, rel_tol=1e-12)
        return captured if same else None

    def _inputs(self) -> list[Any]:
        return [self.values.get(i, x) for i, x in enumerate(self.inputs.tolist())]

    def build(self) -> None:
        """Do the operations again, on the numbers of the call and on the Values that these came from."""
        flat = self.blueprint.flat
        constants = flat.constants.tolist()
        numbers = [*constants, *self.numbers.tolist(), *self.inputs.tolist()]
        operands = [*constants, *self.blueprint.values, *self._inputs()]
        slots = flat.operands.tolist()
        bounds = itertools.pairwise(flat.starts.tolist())
        needed = behind_outputs(flat).tolist()
        for slot, (code, (first, last)) in enumerate(
            zip(flat.codes.tolist(), bounds, strict=True), flat.base
        ):
            if not needed[slot]:  # an operation outside of its domain is no error there
                numbers.append(math.nan)
                operands.append(math.nan)
                continue
            at = slots[first:last]
            number, result = step(flat.rules[code], [numbers[i] for i in at], [operands[i] for i in at])
            if isinstance(result, Value):
                result = self._taken(slot, number, result)
            numbers.append(number)
            operands.append(result)

    def _taken(self, slot: int, number: float, result: Value) -> Value:
        """A new node, or the one that stands for it: already handed out, or found outside."""
        handed_out = self.nodes.get(slot)
        outside = self._found_outside(slot, number) if handed_out is None else None
        if outside is not None:
            return outside
        result.name = self.blueprint.flat.names.get(slot)
        if handed_out is None:
            return result
        for name, part in HISTORY.items():
            part.__set__(handed_out, getattr(result, name))
        handed_out.name = handed_out.name or result.name
        handed_out.__class__ = Value
        return handed_out


def step(name: str, xs: list[Scalar], operands: list[Scalar]) -> tuple[float, Scalar]:
    """Apply one operation: its number, and a node if Values are among the operands."""
    if name == SHIFT.name:
        return max(xs), max(xs)
    rule = TABLE[name.removesuffix(BESIDE)]
    if rule.name != name and rule.is_nary:  # without the flags of the plain numbers, which are others now
        del xs[len(xs) // 2 :], operands[len(operands) // 2 :]
    if rule.vector:
        xs[-1] = operands[-1] = int(xs[-1])  # the position of the result
    result = applied_at(rule, FLOATS, xs, tuple(operands))
    return result._data if isinstance(result, Value) else float(result), result


HISTORY: dict[str, Any] = {name: Node.__dict__[name] for name in ("op", "_x", "_y", "_dx", "_dy")}
BUILDING = threading.RLock()  # as a signal handler may build another node meanwhile


def built(name: str) -> property:
    """A part of the history of a lazy node, which is built for it."""

    def read(self: LazyNode) -> Any:
        self.build()
        return HISTORY[name].__get__(self)

    return property(read)


class LazyNode(Value):
    """A node whose history nobody has asked for yet; then it becomes a Value."""

    __slots__ = ()

    op, _x, _y, _dx, _dy = map(built, HISTORY)

    def build(self) -> None:
        """Build the graph of all results of this sample."""
        with BUILDING:
            if isinstance(self, LazyNode):  # another thread may have done it
                HISTORY["_x"].__get__(self).build()
