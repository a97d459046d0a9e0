"""Operations: the operators, methods and functions on Values, all of them built from the rows of the table."""

from __future__ import annotations

import functools
import re
import reprlib
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from autodiff import methods, rules
from autodiff.guards import watching
from autodiff.node import topological_order
from autodiff.number import holds_one_object, number
from autodiff.rules import Rule
from autodiff.rules.worlds import FLOATS, FRACTIONS, Floats, Scalar, world_of
from autodiff.value import Value

__all__ = ["FUNCTIONS", "applied_at", "apply", "function", "is_array", "made", "register"]

# ---------------------------------------------------------------- applying a rule


def explained(error: Exception, rule: Rule, xs: Sequence[Scalar], operands: Sequence[Scalar]) -> Exception:
    """Say which operation failed, at which operands, and where it is defined."""
    called = [getattr(operand, "name", None) for operand in operands]
    names, domain = [f"operand {i}" for i in range(len(xs))], rule.domain
    if not rule.is_nary:
        letters = names = [*"xyz", *names[3:]][: len(xs)]
        nodes = [node for x in operands if isinstance(x, Value) for node in topological_order(x)]
        taken = {node.name for node in nodes}
        if any(letter in taken and name != letter for letter, name in zip(letters, called, strict=True)):
            several = ["the first operand", "the second operand", "the third operand", *names[3:]]
            names = several[: len(xs)] if len(xs) > 1 else ["the operand"]  # as another node has the letter
            domain = re.sub(r"\b[xyz]\b", lambda letter: names["xyz".index(letter[0])], domain)
    at = ", ".join(
        f"{letter} = {reprlib.repr(x)}" + (f" (the node named {name!r})" if name else "")
        for letter, x, name in list(zip(names, xs, called, strict=False))[:4]
    )
    reason = "the result is too large for a float" if isinstance(error, OverflowError) else error
    kinds = (kind for kind in KINDS_OF_ERRORS if isinstance(error, kind))
    return next(kinds)(f"{rule.name}: {reason} at {at}; defined for {domain}")


KINDS_OF_ERRORS = (OverflowError, ZeroDivisionError, FloatingPointError, ArithmeticError, ValueError)


def apply(rule: Rule, operands: Sequence[Scalar]) -> Any:
    """Apply a rule to Values and plain numbers: a new node, or a plain number if no operand is a Value."""
    xs = [operand._data if type(operand) is Value else operand for operand in operands]
    m = FLOATS
    if not PLAIN.issuperset(map(type, xs)):  # fractions, NumPy's scalars, traced Values, or what is no number
        for operand in operands:
            if hasattr(
                operand, "_record"
            ):  # what is traced writes it down, a matrix does it with its elements
                return operand._record(rule, operands)
        operands = [checked(rule, position, operand) for position, operand in enumerate(operands)]
        xs = [operand._data if isinstance(operand, Value) else operand for operand in operands]
        m = world_of(xs)
    return applied_at(rule, m, xs, tuple(operands))


def applied_at(rule: Rule, m: Floats, xs: Sequence[Scalar], operands: tuple[Scalar, ...]) -> Any:
    """Do what :func:`apply` does, at the numbers ``xs`` of the operands."""
    try:
        z = rule.apply(m, xs)
    except (ValueError, ArithmeticError) as error:
        raise explained(error, rule, xs, operands) from error
    if z.__class__ is int:
        z = float(z) if m is FLOATS else Fraction(z)
    if list(map(type, operands)).count(Value) == len(operands):
        return made(rule, z, operands, tuple(rule.slopes(m, xs, z)))
    wanted = [position for position, operand in enumerate(operands) if isinstance(operand, Value)]
    if not wanted:
        return z
    if rule.beside is not None:
        row, numbers = rule.among(xs, [not isinstance(operand, Value) for operand in operands])
        return made(rule, z, operands, tuple(row.slopes(m, numbers, z, wanted)))
    return made(rule, z, operands, tuple(rule.slopes(m, xs, z, wanted)))


def checked(rule: Rule, position: int, operand: Scalar) -> Scalar:
    """One operand as a Value or a plain number."""
    if holds_one_object(operand):
        operand = operand.item()
    if isinstance(operand, Value):
        return operand
    if position == rule.condition and isinstance(operand, bool):
        return int(operand)
    return number(operand, f"{rule.name}: operand")


PLAIN = {float, int}  # what needs neither a check nor a world of its own


def made(rule: Rule, z: Scalar, operands: tuple[Scalar, ...], partials: tuple[Scalar, ...]) -> Value:
    """Make an interior node."""
    node = watching.new(Value)
    node._data, node.grad, node.name, node.op = z, 0.0, None, rule
    if len(operands) > 2 or rule.is_nary:
        node._x, node._dx, node._dy = operands, partials, None
        everything = len(partials) == len(operands)
        node._y = operands if everything else tuple([x for x in operands if isinstance(x, Value)])
        return node
    node._x, node._y = operands if len(operands) == 2 else (*operands, None)
    slots = iter(partials)
    node._dx, node._dy = (
        next(slots) if isinstance(operand, Value) else None for operand in (node._x, node._y)
    )
    return node


# ---------------------------------------------------------------- methods and functions from rows


def unary_method(rule: Rule) -> Callable[[Value], Value]:
    """The method of an operation on one operand, without the detours of apply(): 0.7 us in place of 3.5."""
    value, partial = rule.value, rule.slope(0)

    def method(self: Value) -> Value:
        x = self._data
        if x.__class__ is not float:
            return apply(rule, (self,))  # type: ignore[no-any-return]
        try:
            z = value(FLOATS, x)
        except (ValueError, ArithmeticError) as error:
            raise explained(error, rule, (x,), (self,)) from error
        if z.__class__ is int:
            z = float(z)
        dx = partial(FLOATS, x, z)
        node = watching.new(Value)
        node._data = z
        node.grad = 0.0
        node.name = node._y = node._dy = None
        node.op = rule
        node._x = self
        node._dx = dx
        return node

    return method


def binary_methods(rule: Rule) -> tuple[Callable[..., Value], Callable[..., Value]]:
    """The method of an operation on two operands, and the one for a plain number on its left.

    They too go without apply(), 0.4 us in place of 2.9, and both are written out: a shared inner function would
    cost every operation a call.
    """
    value = rule.value
    by_x, by_y = rule.slope(0), rule.slope(1)

    def method(self: Value, other: Scalar) -> Any:
        x, y = self._data, other
        both = isinstance(other, Value)
        if both:
            y = other._data
        elif other.__class__ is not float and other.__class__ is not int:
            if is_array(other):
                return NotImplemented  # NumPy then takes the array apart and comes back with its elements
            y = other = number(other, f"{rule.name}: operand")
        m = FLOATS if x.__class__ is float else FRACTIONS
        try:
            z = value(m, x, y)
        except (ValueError, ArithmeticError) as error:
            raise explained(error, rule, (x, y), (self, other)) from error
        if z.__class__ is int:
            z = type(x)(z)
        node = watching.new(Value)
        node._dx = by_x(m, x, y, z)
        node._dy = by_y(m, x, y, z) if both else None
        node._data = z
        node.grad = 0.0
        node.name = None
        node.op = rule
        node._x = self
        node._y = other
        return node

    def reflected(self: Value, other: Scalar) -> Any:
        x, y = other, self._data
        if other.__class__ is not float and other.__class__ is not int:
            if is_array(other):
                return NotImplemented
            x = other = number(other, f"{rule.name}: operand")
        m = FLOATS if y.__class__ is float else FRACTIONS
        try:
            z = value(m, x, y)
        except (ValueError, ArithmeticError) as error:
            raise explained(error, rule, (x, y), (other, self)) from error
        if z.__class__ is int:
            z = type(y)(z)
        node = watching.new(Value)
        node._dx = None
        node._dy = by_y(m, x, y, z)
        node._data = z
        node.grad = 0.0
        node.name = None
        node.op = rule
        node._x = other
        node._y = self
        return node

    return method, reflected


def is_array(x: object) -> bool:
    """Whether it is an array, if only of one object, which may be a node."""
    return bool(getattr(x, "ndim", 0)) or holds_one_object(x)


def general_method(rule: Rule) -> Callable[..., Value]:
    def method(self: Value, *others: Scalar, out: None = None) -> Value:  # np.clip(v, 0, 1) passes an out
        return apply(rule, rule.with_defaults((self, *others)))  # type: ignore[no-any-return]

    return method


def function(rule: Rule) -> Callable[..., Any]:
    """The public function of a row: Values in, a node out; plain numbers in, a plain number out."""

    def operation(*arguments: Scalar, **named: Scalar) -> Any:
        if rule.pack is None:
            if rule.longer and len(arguments) > 1:
                return FUNCTIONS[rule.longer](*arguments, **named)
            return apply(rule, rule.with_defaults(arguments, named))
        is_matrix = arguments and hasattr(arguments[0], "_over_axes")
        if is_matrix and (rule.listed or len(arguments) == 1 or "axis" in named):
            return arguments[0]._over_axes(operation, *arguments[1:], each=rule.vector, **named)
        operands = rule.packed(arguments, named)
        if rule.vector:
            return [apply(rule, (*operands, position)) for position in range(len(operands))]
        return apply(rule, operands)

    operation.__module__ = "autodiff"  # where pickle and help() find it
    operation.__name__ = operation.__qualname__ = rule.name
    operation.__doc__ = outline(rule)
    return operation


def outline(rule: Rule) -> str:
    """The docstring of an operation that was registered at run time."""
    kink = f" No derivative at {rule.kink}." if rule.kink else ""
    return f"The operation {rule.symbol} ({rule.name}), defined for {rule.domain}.{kink}"


FUNCTIONS: dict[str, Callable[..., Any]] = {}


def install(rule: Rule) -> None:
    """Make the public function of a row, and give Value its method and operators."""
    FUNCTIONS[rule.name] = function(rule)
    if rule.is_nary:
        return
    if rule.arity == 1:
        method: Callable[..., Value] = unary_method(rule)
    elif rule.dunder:
        method, reflected = binary_methods(rule)
        setattr(Value, f"__r{rule.dunder}__", declared(reflected, f"__r{rule.dunder}__", rule))
    else:
        method = general_method(rule)
    setattr(Value, rule.name, declared(method, rule.name, rule))
    if rule.dunder:
        setattr(Value, f"__{rule.dunder}__", method)


def declared(method: Callable[..., Value], name: str, rule: Rule) -> Callable[..., Value]:
    """Give a method the signature and the docstring of its declaration in methods.py, for help() and editors."""
    declaration = getattr(methods.Methods, name, None)
    if declaration is None:
        method.__name__, method.__doc__ = name, outline(rule)
    else:
        functools.update_wrapper(method, declaration)
    method.__qualname__ = f"Value.{name}"  # which Python names where it is called wrongly
    return method


def register(rule: Rule) -> Callable[..., Any]:
    """Add an operation at run time: its method, its function, its symbols, its place in the table.

    Args:
        rule: The row.

    Returns:
        The function of the new operation.

    Raises:
        ValueError: The table has an operation of this name, or Value an attribute.

    >>> import autodiff
    >>> from autodiff.rules import unary
    >>> cube = register(unary("cube_example", value=lambda m, x: x**3, partial=lambda m, x, z: 3 * x**2))
    >>> cube(Value(2.0)).partials, Value(2.0).cube_example().data
    ((12.0,), 8.0)
    """
    if rule.name in rules.TABLE or hasattr(Value, rule.name) or not rule.name.isidentifier():
        raise ValueError(
            f"an operation cannot be called {rule.name!r}: the name is taken or not an identifier"
        )
    rules.TABLE[rule.name] = rule
    install(rule)
    return FUNCTIONS[rule.name]


for _rule in rules.TABLE.values():
    install(_rule)
