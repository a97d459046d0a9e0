"""Traced: Values that stand for numbers while a function runs, and write on a tape what is done to them.

A traced Value holds no number: whatever would need one is an error that says where the user's code asked for
it, and what to write instead.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dis import opname
from numbers import Real
from types import FrameType
from typing import ClassVar, NoReturn

import numpy as np

from autodiff.compiler.front.tape import SHIFT, Tape, TraceError, where_it_runs
from autodiff.graph import topological_order
from autodiff.guards.attributes import no_attribute
from autodiff.guards.lines import is_library
from autodiff.matrix.matrices import Matrix
from autodiff.matrix.ufuncs import number_of_python
from autodiff.operations import FUNCTIONS
from autodiff.rules import Rule
from autodiff.rules.derived import Derived
from autodiff.rules.worlds import Scalar
from autodiff.value import Value, number

__all__ = ["TakenApart", "Traced", "slot_of", "stand_in", "traced"]


TAKING_ONE_AXIS = (np.dot, np.inner, np.tensordot, np.vdot)  # of an array apart, as @ does


class Traced(Value):
    """A Value of which only the place in a tape is known."""

    __slots__ = ("index", "tape")

    tape: Tape
    index: int

    _made_from: ClassVar[dict[str, Rule]] = {}  # the rows that its methods come from, by name

    def _record(self, rule: Rule, operands: Sequence[Scalar]) -> Traced:
        """Take part in an operation of the table; operations.py calls this instead of computing."""
        return written_down(self.tape, rule, operands)

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        """What ``isinstance(x, int)`` of the user's code looks at: the type of the number that was passed."""
        frame = sys._getframe(1)
        by_numpy = opname[frame.f_code.co_code[frame.f_lasti]] == "BINARY_OP"  # in A * x
        if by_numpy or is_library(frame):
            return Traced
        self.tape.types_asked |= not self.tape.is_constant(self.index)
        return self.tape.types.get(self.index, Traced)

    def __repr__(self) -> str:
        if is_library(asking_frame()):  # for a message
            return f"Traced({self._called()})"
        self._no_text()

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

    def _no_data(self, *_: object) -> NoReturn:
        raise self._refusal("the .data", "the Value itself; what a function changes, it must return")

    def _no_grad(self, *_: object) -> NoReturn:
        raise self._refusal("the .grad", "backward() or value_and_grad() of the compiled function")

    def _no_graph(self, *_: object) -> NoReturn:
        raise self._refusal("the graph", "backward() or value_and_grad() of the compiled function")

    data = _data = property(_no_data, _no_data)
    grad = property(_no_grad, _no_grad)
    op = operands = parents = partials = property(_no_graph)
    _x = _y = _dx = _dy = property(_no_graph)

    def backward(self, seed: object = 1) -> NoReturn:
        raise self._refusal("backward()", "backward() of the compiled function, and return the loss from it")

    def _compared(self, other: object) -> NoReturn:
        raise self._refusal(
            "the outcome of a comparison",
            "autodiff.maximum, minimum, max, min, or where(less(x, y), a, b), which are data",
        )

    __lt__ = __le__ = __gt__ = __ge__ = _compared

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Value | Real | np.ndarray):
            return NotImplemented  # None or a text is another thing, whatever the number is
        raise self._refusal(
            "the outcome of a comparison (by ==, !=, in or match)",
            "where(equal(x, y), a, b) of autodiff, which is data, or a static argument for what decides which "
            "operations run",
        )

    __ne__ = __eq__

    def __hash__(self) -> NoReturn:
        raise self._refusal(
            "the place in a dictionary or set",
            "where(equal(x, key), a, b) of autodiff in place of a look-up, and value_and_grad() of the compiled "
            "function for derivatives",
        )

    def __bool__(self) -> NoReturn:
        raise self._refusal("the truth", "autodiff.where(condition, a, b)")

    def _no_number(self, *_: object) -> NoReturn:
        raise self._refusal("the number", "autodiff.exp(v) and the like instead of math.exp(v) or float(v)")

    __float__ = __int__ = _no_number

    def __index__(self) -> NoReturn:
        raise self._refusal("the number", "a static argument for what decides which operations run")

    def _no_text(self, spec: str = "") -> NoReturn:
        raise self._refusal("the number", "find_nonfinite, or return what you want to see")

    __format__ = __str__ = _no_text

    def _refusal(self, what: str, instead: str) -> TraceError:
        error = TraceError(
            f"{what} of {self._called()} is not known while the function is traced (at {where_it_runs()}); "
            f"use {instead}"
        )
        if not is_library(asking_frame()):  # which knows what to do instead
            self.tape.refused = self.tape.refused or error
        return error

    def _taken_apart(self, key: object = None, *_: object) -> NoReturn:
        raise self._apart(len(key) if isinstance(key, tuple) else 1)

    def _apart(self, axes: int) -> TakenApart:
        return TakenApart(
            f"{self._called()} is a number here, and was taken apart (at {where_it_runs()})", self, axes
        )

    __iter__ = __len__ = __getitem__ = __setitem__ = _taken_apart
    __matmul__ = __rmatmul__ = _taken_apart

    def __getattr__(self, name: str) -> NoReturn:
        """What arrays have: ``x.sum()``, ``x.T``, ``x.shape``."""
        if hasattr(np.ndarray, name) and not name.startswith("_") and name != "dtype":
            self._taken_apart()
        if name[0] == "_":
            raise AttributeError(f"a Value has no attribute {name!r}")
        if hasattr(float, name) or hasattr(int, name):
            self._no_number()  # as in x.is_integer()
        raise no_attribute(self, name)

    def _meets(self, others: Sequence[object], least: int = 0, most: int | None = None) -> None:
        """Take apart what was passed as an array, by as many axes as the arrays have that it meets."""
        tape = self.tape
        if not any(tape.open_axes.values()):
            return
        traced = [x for x in in_lists(others) if isinstance(x, Traced) and x.tape is tape]
        axes = most or max([x.ndim for x in in_lists(others) if isinstance(x, np.ndarray)], default=least)
        for x in traced:
            left = max([tape.open_axes.get(slot, 0) for slot in tape.leaves_below(x.index)])
            if left and axes:
                raise x._apart(min(left, axes))

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: object, **options: object) -> object:
        """Let ``array * v`` and ``np.exp(v)`` work element by element, as they do for Values.

        An array that was passed for v, and meets another one, is an array there too.
        """
        if ufunc is np.matmul or method != "__call__":
            self._taken_apart()
        self._meets(inputs)
        return getattr(ufunc, method)(*map(in_box, map(number_of_python, inputs)), **options)

    def __array_function__(
        self, function: Callable[..., Scalar], types: object, args: object, kwargs: dict[str, object]
    ) -> object:
        """Take an array that was passed apart, for ``np.sum(x)``; a number is one, as in ``np.clip(A, v, 3)``."""
        self._meets([args, *kwargs.values()], 1, 1 if function in TAKING_ONE_AXIS else None)
        numbers = {name: in_box(x) for name, x in kwargs.items()}
        return function(*in_box(args), **numbers)


class TakenApart(Exception):  # noqa: N818 - no error yet: the argument is traced anew as a sequence
    """A function took a traced number apart."""

    def __init__(self, message: str, traced: Traced, axes: int = 1) -> None:
        super().__init__(message)
        self.traced, self.axes = traced, axes


def traced(tape: Tape, slot: int) -> Traced:
    """The Value that stands for a slot."""
    node = object.__new__(Traced)
    node.tape = tape
    node.index = slot
    return node


def in_box(x: Scalar) -> Scalar:
    """An operand for NumPy, which would take a traced number apart: in an array without axes; lists alike."""
    if isinstance(x, list | tuple):
        return [*map(in_box, x)]
    if not isinstance(x, Traced):
        return x
    box = np.empty((), dtype=object)
    box[()] = x
    return box.view(Matrix)


def in_lists(x: object) -> Iterator[object]:
    """What stands in nested lists and tuples."""
    if isinstance(x, list | tuple):
        for child in x:
            yield from in_lists(child)
    else:
        yield x


def stand_in(tape: Tape, path: str, kind: type, open_axes: int = 0) -> Traced:
    """The Value that stands for a number of this type among the arguments."""
    slot = tape.leaf(path)
    tape.open_axes[slot] = open_axes
    if kind is not Value:
        tape.types[slot] = kind
    return traced(tape, slot)


# ---------------------------------------------------------------- writing down


def asking_frame() -> FrameType:
    """The code that asked a traced Value for what it has not."""
    frame = sys._getframe(1)
    while frame.f_code.co_filename == __file__:
        assert frame.f_back is not None
        frame = frame.f_back
    return frame


def slot_of(tape: Tape, x: Scalar, where: str) -> int:
    """Find the slot of an operand: traced, captured, or a plain number.

    Raises:
        TraceError: It was traced on another tape.
        TypeError: It is no number.
    """
    if type(x) is Traced:
        if x.tape is not tape:
            raise TraceError(
                f"{where} was traced in an earlier call: a compiled function must not keep what it "
                "computed for the next call"
            )
        return x.index
    if isinstance(x, Value):
        return slot_of_captured(tape, x)
    return tape.constant(float(number(x, where)))


def slot_of_captured(tape: Tape, value: Value) -> int:
    """A Value from outside, with the graph it was computed by; its leaves are the parameters."""
    if value not in tape.captured:
        for node in topological_order(value):
            if node not in tape.captured:
                made = None if node.op is None else written_down(tape, node.op, node.operands)
                tape.captured[node] = tape.leaf(node) if made is None else made.index
    return tape.captured[value]


def written_down(tape: Tape, rule: Rule, operands: Sequence[Scalar]) -> Traced:
    """Write an operation of the table down."""
    if rule.condition is not None and isinstance(operands[rule.condition], bool):
        operands = [int(x) if isinstance(x, bool) else x for x in operands]
    if rule.vector:
        *operands, position = operands
    rule, operands = rule.among(operands, [not isinstance(x, Value) for x in operands])
    slots = [slot_of(tape, x, f"{rule.name}: operand") for x in operands]
    return traced(
        tape, all_result_slots(tape, rule, slots)[position] if rule.vector else tape.record(rule, slots)
    )


def all_result_slots(tape: Tape, rule: Rule, slots: list[int]) -> list[int]:
    """The slots of all results of a row that gives a list: they are written down one after the other, once.

    Engines know softmax; other such rows are spelled out in operations of the table.
    """
    key = (id(rule), *slots)
    if key not in tape.lists and rule.name == "softmax":
        positions = [tape.constant(float(i)) for i in range(len(slots))]
        tape.lists[key] = [tape.record(rule, [*slots, position]) for position in positions]
    elif key not in tape.lists:
        every = rule.value(SPELLED, [*(traced(tape, slot) for slot in slots), slice(None)])
        tape.lists[key] = [slot_of(tape, x, f"{rule.name}: result") for x in every]
    return tape.lists[key]


class Spelled:
    """The world of traced Values, in which a row is spelled out in operations of the table."""

    gaussian = Derived.gaussian

    def __getattr__(self, name: str) -> Callable[..., Scalar]:
        try:
            return FUNCTIONS[name]
        except KeyError:
            raise AttributeError(f"the table has no operation {name!r} to spell a row out in") from None

    def shift(self, xs: Sequence[Traced]) -> Traced:
        return xs[0]._record(SHIFT, xs)

    def gap(self, x: Scalar, y: Scalar) -> Scalar:
        """x - y, and 0 where both are the same infinity; nan stays nan."""
        found, where, equal = x - y, FUNCTIONS["where"], FUNCTIONS["equal"]
        return where(equal(found, found), found, where(equal(x, y), 0, found))

    def normalized(self, xs: Sequence[Traced]) -> Scalar:
        """Less their logsumexp, which is 0: its slopes are the digits that a sweep's 1 - share lacks."""
        rest = FUNCTIONS["logsumexp"](xs)
        return [x - rest for x in xs]


SPELLED = Spelled()
