"""Students: what was handed in, as a function from a graph to the derivatives that it finds there."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from types import FrameType
from typing import Any

from autodiff.calculus.derivatives import argument_names
from autodiff.graph import leaves
from autodiff.guards.kinks import find_kinks
from autodiff.guards.nonfinite import is_finite
from autodiff.languages import say
from autodiff.number import Number, number
from autodiff.show.derivations.noise import rounding_errors
from autodiff.show.grading.recipes import ON_TWO, OPERATIONS, Recipe, counted_as
from autodiff.value import Value, adjoints

__all__ = [
    "METHODS",
    "AnswerError",
    "Case",
    "Found",
    "by_class",
    "by_gradient",
    "by_graph",
    "case_at",
    "inputs_of",
    "is_direct",
    "known_operations",
    "methods_run",
]


IN_SINGLE = 2.0**29  # times as much as doubles are rounded, single precision is
BESIDE_NUMBERS = ("x + 1", "2x", "1 + x", "1 - x", "1 / x", "x**3", "x**-1")
BY_POSITION = (
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    inspect.Parameter.VAR_POSITIONAL,
)


class AnswerError(Exception):
    """An answer that is no answer; the message says what is wrong with it."""


@dataclass(frozen=True)
class Case:
    """A graph to be differentiated.

    Attributes:
        output: Its output.
        inputs: The leaves whose derivatives are asked for.
        recipe: The list it was built from; None if it comes from a function.
        about: The operation that it is about, or whatever else is right or wrong as a whole; "" if about nothing.
    """

    output: Value
    inputs: tuple[Value, ...]
    recipe: Recipe | None = None
    about: str = ""

    @classmethod
    def of(cls, recipe: Recipe, about: str = "") -> Case:
        nodes = recipe.values()
        return cls(nodes[-1], tuple(nodes[: len(recipe.numbers)]), recipe, about)

    @property
    def operations(self) -> set[str]:
        """Those in it."""
        return set() if self.recipe is None else {counted_as(name) for name, _ in self.recipe.steps}


Found = Mapping[Value, Number]  # the derivatives that a student found
Student = Callable[[Case], Found]


# ---------------------------------------------------------------- a class like micrograd's


def by_class(made: type) -> Student:
    """Build the graph with the student's class, call ``backward()``, and read every ``grad``."""

    def answer(case: Case) -> Found:
        assert case.recipe is not None
        own = case.recipe.nodes([made(x) for x in case.recipe.numbers])
        ours = case.recipe.nodes(case.inputs)
        check_value(own[-1], ours[-1])
        own[-1].backward()
        return {mine: attribute_of(theirs, "grad") for mine, theirs in zip(case.inputs, own, strict=False)}

    return answer


def check_value(own: object, ours: Value) -> None:
    value, right = attribute_of(own, "data"), ours.data
    if abs(float(value - right)) > 1e-6 * (1 + abs(float(right))) + IN_SINGLE * rounding_errors(ours)[ours]:
        numbers = {"right": f"{right:.6g}", "found": f"{float(value):.6g}"}
        raise AnswerError(say("already the value is wrong: {right} is right, {found} came out", **numbers))


def attribute_of(node: object, attribute: str) -> Number:
    if not hasattr(node, attribute):
        name = type(node).__name__
        raise AnswerError(say("{type} has no attribute '{attribute}'", type=name, attribute=attribute))
    return as_derivative(getattr(node, attribute), f".{attribute}")


def as_derivative(x: object, what: str) -> Number:
    try:
        return number(x, what)
    except TypeError:
        wrong = say("{what} is {x}, where a number belongs", what=what, x=typed(x))
        raise AnswerError(wrong) from None


def typed(x: object) -> str:
    """What was given where something else belongs."""
    return say("{x} of type {type}", x=repr(x), type=type(x).__name__)


METHODS = {
    "+": "__add__",
    "*": "__mul__",
    "-": "__sub__",
    "/": "__truediv__",
    "-x": "__neg__",
    "x + 1": "__add__",
    "2x": "__rmul__",
    "1 + x": "__radd__",
    "1 - x": "__rsub__",
    "1 / x": "__rtruediv__",
    "x**2": "__pow__",
    "x**3": "__pow__",
    "x**-1": "__pow__",
}


def known_operations(made: type) -> list[str]:
    """The operations that a student's class has; beside plain numbers those that do not fail."""
    made(1.5)
    return [name for name in OPERATIONS if knows(made, name)]


def knows(made: type, name: str) -> bool:
    if name not in BESIDE_NUMBERS:
        return getattr(made, METHODS.get(name, name), None) is not None
    try:
        OPERATIONS[name](made(1.5))
    except RecursionError:  # other - self in __rsub__: this calls itself, and is tried, and fails
        return True
    except Exception:  # an assert, as well as an error of its own: it takes no plain numbers, or not this one
        return False
    return True


def methods_run(made: type, operations: Iterable[str]) -> dict[str, set[str]]:
    """The names of the methods that each operation runs through, its own among them."""
    found = dict[str, set[str]]()
    for name in operations:
        run = found.setdefault(counted_as(name), set())

        def note(frame: FrameType, event: str, _: object, run: set[str] = run) -> None:
            if event == "call":
                run.add(frame.f_code.co_name)

        before = sys.getprofile()
        operands = [made(1.5), made(2.5)]
        sys.setprofile(note)
        try:
            OPERATIONS[name](*operands[: 1 + (name in ON_TWO)])
        except Exception:  # it is said where the operation is tried
            continue
        finally:
            sys.setprofile(before)
    return found


def is_direct(operation: str, runs: Mapping[str, Set[str]]) -> bool:
    """Whether an operation runs through no method of another one, as a difference does that is self + (-other)."""
    methods = {METHODS.get(name, name) for name in OPERATIONS} - {METHODS.get(operation, operation)}
    return not methods & runs.get(counted_as(operation), set())


# ---------------------------------------------------------------- a function on a graph


def by_graph(function: Callable[[Value], Any]) -> Student:
    """Call the student's function with the output; it returns a mapping, or fills in every ``grad``."""

    def answer(case: Case) -> Found:
        returned = function(case.output)
        if returned is None:
            return {x: as_derivative(x.grad, say("the grad of {name}", name=x.name)) for x in case.inputs}
        if not isinstance(returned, Mapping):
            wrong = (
                "it returned {x}: return a dictionary from nodes to derivatives, or fill in each node's grad and "
                "return nothing"
            )
            raise AnswerError(say(wrong, x=typed(returned)))
        missing = [x.name for x in case.inputs if x not in returned and x.name not in returned]
        if missing:
            raise AnswerError(say("it gave no derivative for {names}", names=", ".join(map(str, missing))))
        return {
            x: as_derivative(
                returned.get(x, returned.get(x.name)), say("the derivative by {name}", name=x.name)
            )
            for x in case.inputs
        }

    return answer


# ---------------------------------------------------------------- the gradient of a function


def by_gradient(function: Callable[..., Any]) -> Student:
    """Call the student's function with the numbers; it returns one derivative for each."""

    def answer(case: Case) -> Found:
        returned = function(*(x.data for x in case.inputs))
        if isinstance(returned, Mapping):
            returned = by_names(returned, [str(x.name) for x in case.inputs])
        found = each_of(returned)
        if found is None and len(case.inputs) == 1:
            found = [returned]
        if found is None:
            raise AnswerError(say("it returned {x}: one number an input is needed", x=typed(returned)))
        names = ", ".join(str(x.name) for x in case.inputs)
        if len(found) != len(case.inputs):
            wrong = "it returned {count} numbers, and {needed} are needed, one for each of {names}"
            raise AnswerError(say(wrong, count=len(found), needed=len(case.inputs), names=names))
        return {
            x: as_derivative(d, say("the derivative by {name}", name=x.name))
            for x, d in zip(case.inputs, found, strict=True)
        }

    return answer


def by_names(returned: Mapping[Any, Any], names: Sequence[str]) -> list[object]:
    """The derivatives of a dictionary by the names of the inputs, in the order of these."""
    missing = [name for name in names if name not in returned]
    if missing:
        given, names_text = ", ".join(map(repr, returned)), ", ".join(missing)
        wrong = "it gave no derivative for {names}, but for {given}: the keys are the names of the inputs"
        raise AnswerError(say(wrong, names=names_text, given=given))
    return [returned[name] for name in names]


def each_of(returned: object) -> list[object] | None:
    """What was returned one by one, of an array its elements; None if it is one thing, or has no order."""
    if hasattr(returned, "reshape"):
        return list(returned.reshape(-1))
    if isinstance(returned, str | bytes | Set) or not isinstance(returned, Iterable):
        return None
    return list(returned)


def inputs_of(of: Callable[..., Any], student: Callable[..., Any]) -> list[str]:
    """The names of a function's inputs: of parameters with a default, and of ``*v``, as many as the student takes.

    Raises:
        TypeError: The signatures do not tell.
    """
    own, taken = positional(of), positional(student)
    most = None if any(x.kind is x.VAR_POSITIONAL for x in own) else len(own)
    count = max(len(required(own)), len(required(taken)[:most]))
    if not count:
        raise TypeError(
            "grade: nothing tells how many inputs of has: write one name for each, as in lambda x, y: x * y"
        )
    return argument_names(of, count)


def positional(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """The parameters that take a positional argument; none of a function in C that does not tell."""
    try:
        return [x for x in inspect.signature(function).parameters.values() if x.kind in BY_POSITION]
    except ValueError:
        return []


def required(parameters: Iterable[inspect.Parameter]) -> list[inspect.Parameter]:
    return [x for x in parameters if x.default is x.empty and x.kind is not x.VAR_POSITIONAL]


def case_at(function: Callable[..., Any], names: Sequence[str], numbers: Sequence[float]) -> Case:
    """The graph of a function at a point.

    Raises:
        ValueError, ArithmeticError: It has no value there, no finite derivative, or a kink.
        TypeError: It gives no Value.
    """
    inputs = tuple(Value(x, name=name) for x, name in zip(numbers, names, strict=True))
    output = function(*inputs)
    if not isinstance(output, Value):
        raise TypeError(
            f"grade: of must give a Value for Values, not {output!r} of type {type(output).__name__}"
        )
    if not set(leaves(output)) & set(inputs):
        raise ValueError("grade: the result of the function does not depend on its arguments")
    case = Case(output if output.name or output in inputs else output.named("f"), inputs, about="f")
    check_is_smooth(case)
    return case


def check_is_smooth(case: Case) -> None:
    """Check that every right formula gives the same derivatives at a point, and that these are finite.

    Raises:
        ValueError: They are not.
    """
    found = adjoints(case.output)
    if not all(map(is_finite, (case.output.data, *(found[x] for x in case.inputs)))):
        raise ValueError("the value or a derivative is not finite")
    if any(kink.matters for kink in find_kinks(case.output)):
        raise ValueError("it has a kink")
