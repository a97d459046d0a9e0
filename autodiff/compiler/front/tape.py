"""Tape: what a function does to traced Values, written down in the order in which it happens.

A traced Value records operations and holds no number: whatever would need one is an error that says where the
user's code asked for it, and what to write instead.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from autodiff import rules
from autodiff.graph import topological_order
from autodiff.guards.lines import users_line
from autodiff.operations import FUNCTIONS, is_array
from autodiff.rules import Rule, nary
from autodiff.value import Value, number

__all__ = ["SHIFT", "TakenApart", "Tape", "TraceError", "Traced", "rule_named"]

# The largest operand where it cancels out of the result, as in softmax: no derivative flows through it.
SHIFT = nary("shift", lambda m, xs: m.max(xs), lambda m, xs, z: [0] * len(xs))


def rule_named(name: str) -> Rule:
    """The row of the table, or the one operation that only programs know."""
    return SHIFT if name == "shift" else rules.TABLE[name]


class TraceError(TypeError):
    """A function that is being traced asked for what only a number has."""


class TakenApart(Exception):  # noqa: N818 - no error yet: the argument is traced anew as a sequence
    """A function took a traced number apart."""

    def __init__(self, message: str, traced: Traced, axes: int = 1) -> None:
        super().__init__(message)
        self.traced, self.axes = traced, axes


class Tape:
    """The record of one run: operations by number, the slots of their operands, and all leaves.

    Results are numbered from 0 on; leaves from -1 downwards.

    Attributes:
        codes: For each operation its position in ``rules``.
        operands: The operands of all operations, one after the other.
        starts: Where the operands of each operation start in ``operands``; one more than operations.
        leaves: What the leaves are: a number, a captured Value, or the path of an input (a string).
    """

    def __init__(self, lines: bool = False) -> None:
        self.rules: list[Rule] = []
        self.codes: list[int] = []
        self.operands: list[int] = []
        self.starts: list[int] = [0]
        self.leaves: list[float | Value | str] = []
        self.names: dict[int, str] = {}
        self.lines: list[str] | None = [] if lines else None
        self._code: dict[int, int] = {}
        self._slots: dict[Any, int] = {}
        self._vectors: dict[Any, list[Traced]] = {}
        install_methods()

    def record(self, rule: Rule, slots: Sequence[int]) -> Traced:
        """Write one operation down."""
        code = self._code.get(id(rule))  # a rule's own hash would look at all its cells
        if code is None:
            code = self._code[id(rule)] = len(self.rules)
            self.rules.append(rule)
        slot = len(self.codes)
        self.codes.append(code)
        self.operands += slots
        self.starts.append(len(self.operands))
        if self.lines is not None:
            self.lines.append(brief_line())
        return traced(self, slot)

    def input(self, path: str) -> Traced:
        """Make the stand-in for a number among the arguments."""
        return traced(self, self._leaf(path))

    def slot(self, x: Any, where: str) -> int:
        """Find the slot of an operand: traced, captured, or a plain number."""
        if x.__class__ is Traced:
            if x.tape is not self:
                raise TraceError(
                    f"{where} was traced in an earlier call: a compiled function must not keep what it "
                    "computed for the next call"
                )
            return x.index
        if isinstance(x, Value):
            return self._captured(x)
        plain = float(number(x, where))
        return self._keyed((plain, math.copysign(1, plain)) if plain == plain else "nan", plain)

    def _leaf(self, what: float | Value | str) -> int:
        self.leaves.append(what)
        return -len(self.leaves)

    def _keyed(self, key: Any, what: float | Value) -> int:
        slot = self._slots.get(key)
        if slot is None:
            slot = self._slots[key] = self._leaf(what)
        return slot

    def _captured(self, value: Value) -> int:
        """A Value from outside, with the graph it was computed by; its leaves are the parameters."""
        if value not in self._slots:
            for node in topological_order(value):
                if node not in self._slots:
                    if node.op is None:
                        self._keyed(node, node)
                    else:
                        self._slots[node] = self._apply(node.op, node.operands).index
        return self._slots[value]

    def _apply(self, rule: Rule, operands: Sequence[Any]) -> Any:
        if rule.vector:
            return self._element(rule, operands)
        if rule.condition is not None and isinstance(operands[rule.condition], bool):
            operands = [int(x) if isinstance(x, bool) else x for x in operands]
        return self.record(rule, [self.slot(x, f"{rule.name}: operand") for x in operands])

    def _element(self, rule: Rule, operands: Sequence[Any]) -> Any:
        """One result of a row that gives a list: all of them are written down, one after the other, once.

        Engines know softmax; other such rows are spelled out.
        """
        slots = [self.slot(x, f"{rule.name}: operand") for x in operands[:-1]]
        key = (id(rule), tuple(slots))
        if key not in self._vectors and rule.name == "softmax":
            positions = [self.slot(i, "a position") for i in range(len(slots))]
            self._vectors[key] = [self.record(rule, [*slots, position]) for position in positions]
        elif key not in self._vectors:
            every = [*(traced(self, slot) for slot in slots), slice(None)]
            self._vectors[key] = rule.value(Spelled(self), every)
        return self._vectors[key][operands[-1]]


class Spelled:
    """The world in which a row is spelled out in operations of the table."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape

    def __getattr__(self, name: str) -> Callable[..., Any]:
        try:
            return FUNCTIONS[name]
        except KeyError:
            raise AttributeError(f"the table has no operation {name!r} to spell a row out in") from None

    def shift(self, xs: Sequence[Traced]) -> Traced:
        return self.tape.record(SHIFT, [x.index for x in xs])


class Traced(Value):
    """A Value of which only the place in a tape is known."""

    __slots__ = ("index", "tape")

    tape: Tape
    index: int

    def _record(self, rule: Rule, operands: Sequence[Any]) -> Any:
        """Take part in an operation of the table; operations.py calls this instead of computing."""
        return self.tape._apply(rule, operands)

    def __repr__(self) -> str:
        return f"Traced({self._called()})"

    def _called(self) -> str:
        tape = self.tape
        if self.index < 0:
            return str(tape.leaves[-1 - self.index])
        return tape.names.get(self.index) or f"{tape.rules[tape.codes[self.index]].name}(...)"

    @property
    def name(self) -> str | None:
        return self.tape.names.get(self.index)

    @name.setter
    def name(self, name: str | None) -> None:
        if name is not None:
            self.tape.names[self.index] = name

    def _no_data(self, *_: Any) -> NoReturn:
        raise self._refusal("the .data", "the Value itself; what a function changes, it must return")

    def _no_grad(self, *_: Any) -> NoReturn:
        raise self._refusal("the .grad", "backward() or value_and_grad() of the compiled function")

    def _no_graph(self, *_: Any) -> NoReturn:
        raise self._refusal("the graph", "backward() or value_and_grad() of the compiled function")

    data = property(_no_data, _no_data)
    grad = property(_no_grad, _no_grad)
    op = operands = parents = partials = property(_no_graph)
    _x = _y = _dx = _dy = property(_no_graph)

    def backward(self, seed: Any = 1) -> NoReturn:
        raise self._refusal("backward()", "backward() of the compiled function, and return the loss from it")

    def _compared(self, other: Any) -> NoReturn:
        raise self._refusal(
            "the outcome of a comparison",
            "autodiff.maximum, minimum, max, min, or where(less(x, y), a, b), which are data",
        )

    __lt__ = __le__ = __gt__ = __ge__ = _compared

    def __bool__(self) -> NoReturn:
        raise self._refusal("the truth", "autodiff.where(condition, a, b)")

    def _no_number(self, *_: Any) -> NoReturn:
        raise self._refusal("the number", "autodiff.exp(v) and the like instead of math.exp(v) or float(v)")

    __float__ = __int__ = __round__ = _no_number

    def __index__(self) -> NoReturn:
        raise self._refusal("the number", "a static argument for what decides which operations run")

    def __format__(self, _: str) -> NoReturn:
        raise self._refusal("the number", "find_nonfinite, or return what you want to see")

    def _taken_apart(self, key: Any = None, *_: Any) -> NoReturn:
        axes = len(key) if isinstance(key, tuple) else 1
        raise TakenApart(f"{self._called()} is a number here, and was taken apart{at_line()}", self, axes)

    __iter__ = __len__ = __getitem__ = __setitem__ = _taken_apart
    __matmul__ = __rmatmul__ = __array_function__ = _taken_apart

    def __getattr__(self, name: str) -> Any:
        """What arrays have: ``x.sum()``, ``x.T``, ``x.shape``."""
        import numpy as np

        if hasattr(np.ndarray, name) and not name.startswith("_") and name != "dtype":
            self._taken_apart()
        raise AttributeError(f"a Value has no attribute {name!r}")

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """Let ``array * v`` and ``np.exp(v)`` work element by element, as they do for Values."""
        import numpy as np

        if ufunc is np.matmul or method != "__call__":
            self._taken_apart()
        boxed = []
        for x in inputs:
            box = np.empty((), dtype=object)
            box[()] = x
            boxed.append(box if isinstance(x, Traced) else x)
        return getattr(ufunc, method)(*boxed, **options)

    def _refusal(self, what: str, instead: str) -> TraceError:
        return TraceError(
            f"{what} of {self._called()} is not known while the function is traced{at_line()}; use {instead}"
        )


def brief_line() -> str:
    """The user's line that runs, in few words."""
    line = users_line()
    return "?" if line is None else line.brief


def at_line() -> str:
    return f" (at {brief_line()})"


new = object.__new__


def traced(tape: Tape, slot: int) -> Traced:
    node = new(Traced)
    node.tape = tape
    node.index = slot
    return node


# ---------------------------------------------------------------- operators, from the rows


def recording_methods(rule: Rule) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The method of an operation on two operands, and the one for an operand on its left."""
    operand = f"{rule.name}: operand"

    def method(self: Traced, other: Any) -> Any:
        tape = self.tape
        if other.__class__ is Traced:
            return tape.record(rule, (self.index, tape.slot(other, operand)))
        if is_array(other):
            return NotImplemented
        return tape.record(rule, (self.index, tape.slot(other, operand)))

    def reflected(self: Traced, other: Any) -> Any:
        if is_array(other):
            return NotImplemented
        return self.tape.record(rule, (self.tape.slot(other, operand), self.index))

    return method, reflected


def recording_method(rule: Rule) -> Callable[..., Any]:
    def method(self: Traced, *others: Any) -> Any:
        return self.tape._apply(rule, rule.with_defaults((self, *others)))

    return method


INSTALLED: dict[str, Rule] = {}


def install_methods() -> None:
    """Give traced Values the methods of all rows, also of those that were registered since."""
    for rule in rules.TABLE.values():
        if INSTALLED.get(rule.name) is rule:
            continue
        INSTALLED[rule.name] = rule
        if rule.dunder and rule.arity == 2:
            method, reflected = recording_methods(rule)
            setattr(Traced, f"__r{rule.dunder}__", reflected)
        else:
            method = recording_method(rule)
        if rule.dunder:
            setattr(Traced, f"__{rule.dunder}__", method)
        if not rule.is_nary:
            setattr(Traced, rule.name, method)
