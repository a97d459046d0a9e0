"""Operations: the operators, methods and functions on Values, all of them built from the rows of rules.py."""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

from autodiff import rules
from autodiff.rules import Rule
from autodiff.value import Value, number
from autodiff.worlds import FLOATS, FRACTIONS, Floats

__all__ = ["FUNCTIONS", "apply", "function", "made", "partials_at", "register", "world_of"]

# ---------------------------------------------------------------- applying a rule


def world_of(xs: Iterable[Any]) -> Floats:
    return FRACTIONS if Fraction in set(map(type, xs)) else FLOATS


def explained(error: Exception, rule: Rule, xs: Sequence[Any], operands: Sequence[Any]) -> Exception:
    """Say which operation failed, at which operands, and where it is defined."""
    names = "xyz" if rule.arity else [f"operand {i}" for i in range(len(xs))]
    called = [getattr(operand, "name", None) for operand in operands]
    at = ", ".join(
        f"{letter} = {reprlib.repr(x)}" + (f" (the node named {name!r})" if name else "")
        for letter, x, name in list(zip(names, xs, called, strict=False))[:4]
    )
    reason = "the result is too large for a float" if isinstance(error, OverflowError) else error
    return type(error)(f"{rule.name}: {reason} at {at}; defined for {rule.domain}")


def partials_at(rule: Rule, m: Any, xs: Sequence[Any], z: Any, wanted: Sequence[int]) -> Sequence[Any]:
    """The partials of a rule by the wanted operands, in the world ``m``."""
    if rule.arity is None:
        every: Sequence[Any] = rule.partials(m, xs, z)
        return every if len(wanted) == len(every) else [every[i] for i in wanted]
    cells = [rule.partials[i] for i in wanted]
    return [cell(m, *xs, z) if callable(cell) else cell for cell in cells]


def apply(rule: Rule, operands: Sequence[Any]) -> Any:
    """Apply a rule to Values and plain numbers: a new node, or a plain number if no operand is a Value."""
    xs = [operand.data if operand.__class__ is Value else operand for operand in operands]
    m = FLOATS
    if not PLAIN.issuperset(map(type, xs)):  # fractions, NumPy's scalars, traced Values, or what is no number
        for operand in operands:
            if hasattr(operand, "_record"):  # a Value that is being traced writes the operation down instead
                return operand._record(rule, operands)
        operands = [checked(rule, position, operand) for position, operand in enumerate(operands)]
        xs = [operand.data if isinstance(operand, Value) else operand for operand in operands]
        m = world_of(xs)
    operands = tuple(operands)
    try:
        z = rule.value(m, xs) if rule.arity is None else rule.value(m, *xs)
    except (ValueError, ArithmeticError) as error:
        raise explained(error, rule, xs, operands) from error
    if z.__class__ is int and m is FLOATS:
        z = float(z)
    if list(map(type, operands)).count(Value) == len(operands):
        wanted: Sequence[int] = range(len(operands))
    else:
        wanted = [position for position, operand in enumerate(operands) if isinstance(operand, Value)]
    return made(rule, z, operands, tuple(partials_at(rule, m, xs, z, wanted))) if wanted else z


def checked(rule: Rule, position: int, operand: Any) -> Any:
    """One operand as a Value or a plain number."""
    if isinstance(operand, Value):
        return operand
    if position == rule.condition and isinstance(operand, bool):
        return int(operand)
    return number(operand, f"{rule.name}: operand")


new: Callable[[type[Value]], Value] = object.__new__  # another one while watching.py is to remember lines
PLAIN = {float, int}  # what needs neither a check nor a world of its own


def made(rule: Rule, z: Any, operands: tuple[Any, ...], partials: tuple[Any, ...]) -> Value:
    """Make an interior node."""
    node = new(Value)
    node.data, node.grad, node.name, node.op = z, 0.0, None, rule
    if len(operands) > 2 or rule.arity is None:
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


def cell_function(cell: Any) -> Callable[..., Any]:
    """A partial as a function, also where the row holds a number."""
    return cell if callable(cell) else lambda m, *xs: cell


def unary_method(rule: Rule) -> Callable[[Value], Value]:
    """The method of an operation on one operand, without the detours of apply()."""
    value, partial = rule.value, cell_function(rule.partials[0])

    def method(self: Value) -> Value:
        x = self.data
        if x.__class__ is not float:
            return apply(rule, (self,))  # type: ignore[no-any-return]
        try:
            z = value(FLOATS, x)
        except (ValueError, ArithmeticError) as error:
            raise explained(error, rule, (x,), (self,)) from error
        if z.__class__ is int:
            z = float(z)
        dx = partial(FLOATS, x, z)
        node = new(Value)
        node.data = z
        node.grad = 0.0
        node.name = node._y = node._dy = None
        node.op = rule
        node._x = self
        node._dx = dx
        return node

    return method


def binary_methods(rule: Rule) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The method of an operation on two operands, and the one for a plain number on its left.

    Both are written out: a shared inner function would cost every operation a call.
    """
    value = rule.value
    by_x, by_y = map(cell_function, rule.partials)

    def method(self: Value, other: Any) -> Any:
        x, y = self.data, other
        both = isinstance(other, Value)
        if both:
            y = other.data
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
        node = new(Value)
        node._dx = by_x(m, x, y, z)
        node._dy = by_y(m, x, y, z) if both else None
        node.data = z
        node.grad = 0.0
        node.name = None
        node.op = rule
        node._x = self
        node._y = other
        return node

    def reflected(self: Value, other: Any) -> Any:
        x, y = other, self.data
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
        node = new(Value)
        node._dx = None
        node._dy = by_y(m, x, y, z)
        node.data = z
        node.grad = 0.0
        node.name = None
        node.op = rule
        node._x = other
        node._y = self
        return node

    return method, reflected


def is_array(x: Any) -> bool:
    return getattr(x, "ndim", 0) > 0 if x.__class__ is not float and x.__class__ is not int else False


def general_method(rule: Rule) -> Callable[..., Any]:
    def method(self: Value, *others: Any) -> Any:
        return apply(rule, with_defaults(rule, (self, *others)))

    return method


def with_defaults(rule: Rule, operands: tuple[Any, ...]) -> tuple[Any, ...]:
    """Add the default operands that a call left out, and check their number."""
    assert rule.arity is not None
    missing = rule.arity - len(operands)
    if not 0 <= missing <= len(rule.defaults):
        raise TypeError(f"{rule.name}() takes {rule.arity} operands, got {len(operands)}")
    return (*operands, *rule.defaults[len(rule.defaults) - missing :])


def function(rule: Rule) -> Callable[..., Any]:
    """The public function of a row: Values in, a node out; plain numbers in, a plain number out."""

    def operation(*arguments: Any, **named: Any) -> Any:
        if rule.pack is None:
            return apply(rule, with_defaults(rule, arguments))
        try:
            operands = rule.pack(*arguments, **named)
        except (TypeError, ValueError) as error:
            raise type(error)(f"{rule.name}: {error}") from None
        if rule.vector:
            return [apply(rule, (*operands, position)) for position in range(len(operands))]
        return apply(rule, operands)

    operation.__module__ = "autodiff"  # where pickle and help() find it
    return described(operation, rule)


def described(made_from: Callable[..., Any], rule: Rule) -> Callable[..., Any]:
    """Give a built function the name and the docstring that help() and editors show."""
    made_from.__name__ = made_from.__qualname__ = rule.name
    kink = f" No derivative at {rule.kink}." if rule.kink else ""
    made_from.__doc__ = f"The operation {rule.symbol} ({rule.name}), defined for {rule.domain}.{kink}"
    return made_from


FUNCTIONS: dict[str, Callable[..., Any]] = {}


def install(rule: Rule) -> None:
    """Make the public function of a row, and give Value its method and operators."""
    FUNCTIONS[rule.name] = function(rule)
    if rule.arity is None:
        return
    if rule.arity == 1:
        method: Callable[..., Any] = unary_method(rule)
    elif rule.dunder:
        method, reflected = binary_methods(rule)
        setattr(Value, f"__r{rule.dunder}__", reflected)
    else:
        method = general_method(rule)
    setattr(Value, rule.name, described(method, rule))
    if rule.dunder:
        setattr(Value, f"__{rule.dunder}__", method)


def register(rule: Rule) -> Callable[..., Any]:
    """Add an operation at run time: its method, its function, its symbols, its place in the table.

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
