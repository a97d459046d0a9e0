"""Copies and pickles of graphs: nodes as flat records, as recursion would end a few hundred nodes deep."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from autodiff import rules
from autodiff.graph import topological_order
from autodiff.number import Number
from autodiff.operations import made
from autodiff.value import Value

__all__ = ["deep_copy", "pickled", "shallow_copy"]

# A row, as it is pickled: its name, or the arguments of slope_row, with the name of the operation in its place.
RowName: TypeAlias = "str | tuple[RowName, int, tuple[bool, ...]]"
# The number, grad, name, operation, operands and partials of a node.
Record: TypeAlias = tuple[
    Number, Number, str | None, "rules.Rule | RowName | None", tuple[object, ...], tuple[Number, ...]
]


def shallow_copy(node: Value) -> Value:
    """Make another node with the same parents.

    >>> square = Value(3, name="x") ** 2
    >>> shallow_copy(square).parents == square.parents
    True
    """
    return restored(record_of(node, lambda parent: parent))


def deep_copy(output: Value, memo: dict[int, Any]) -> Value:
    """Copy the whole graph below a node; nodes that ``memo`` holds are shared with what was copied before.

    >>> square = Value(3, name="x") ** 2
    >>> copied = deep_copy(square, {})
    >>> copied.data, copied.parents[0].name, copied.parents == square.parents
    (9.0, 'x', False)
    """
    for node in topological_order(output):
        if id(node) not in memo:
            memo[id(node)] = restored(record_of(node, lambda parent: memo[id(parent)]))
    copied: Value = memo[id(output)]
    return copied


def pickled(output: Value) -> tuple[Callable[..., Value], tuple[object, ...]]:
    """Reduce a graph for pickle: its leaves, which the objects in one pickle share, and the nodes above.

    >>> rebuild, arguments = pickled(Value(3, name="x") ** 2)
    >>> rebuild(*arguments)
    Value(data=9.0, grad=0.0, op='^')
    """
    if output.op is None:
        return restored, (record_of(output, lambda parent: parent),)
    order = topological_order(output)
    inputs = [node for node in order if node.op is None]
    interior = [node for node in order if node.op is not None]
    place = {node: position for position, node in enumerate(inputs + interior)}
    return rebuilt, (inputs, [named(record_of(node, lambda parent: (place[parent],))) for node in interior])


def record_of(node: Value, reference: Callable[[Value], object]) -> Record:
    """All that a node holds, its parents replaced by references."""
    operands: tuple[object, ...] = tuple(reference(x) if isinstance(x, Value) else x for x in node.operands)
    return node.data, node.grad, node.name, node.op, operands, node.partials


def named(record: Record) -> Record:
    """The record with the name of the operation in its place, as which it is pickled.

    Raises:
        TypeError: The table has no such operation.
    """
    data, grad, name, op, operands, partials = record
    assert isinstance(op, rules.Rule)
    return data, grad, name, pickled_name(op), operands, partials


def pickled_name(op: rules.Rule) -> RowName:
    if op.slope_of is not None:
        row, position, plain = op.slope_of
        return pickled_name(row), position, plain
    if op.name not in rules.TABLE:
        raise TypeError(f"{op.name}: only operations of the table can be pickled: autodiff.register(...)")
    return op.name


def pickled_row(name: RowName) -> rules.Rule:
    if isinstance(name, str):
        return rules.TABLE[name]
    row, position, plain = name
    return rules.slope_row(pickled_row(row), position, plain)


def restored(record: Record) -> Value:
    """The inverse of record_of(), with parents in place of the references."""
    data, grad, name, op, operands, partials = record
    if op is None:
        node = Value(data, name)
    else:
        node = made(op if isinstance(op, rules.Rule) else pickled_row(op), data, operands, partials)
        node.name = name
    node.grad = grad
    return node


def rebuilt(inputs: list[Value], records: list[Record]) -> Value:
    """Rebuild a pickled graph from its leaves up; an operand (i,) stands for the i-th node."""
    nodes = list(inputs)
    for data, grad, name, op, operands, partials in records:
        found = tuple(nodes[operand[0]] if isinstance(operand, tuple) else operand for operand in operands)
        nodes.append(restored((data, grad, name, op, found, partials)))
    return nodes[-1]
