"""Kernels: a row of the table recorded as code, for engines and pages that run it elsewhere.

A row's functions use operators and the primitives of their world only, so running them once on stand-ins
for the operands writes down every step they take. Whoever can write the primitives in a language can then
write every row in it.

>>> from autodiff.rules import TABLE
>>> recorded = kernel(TABLE["silu"], 1)
>>> for step in recorded.value.steps:
...     print(step)
t0 = sigmoid(x0)
t1 = mul(x0, t0)
>>> recorded.value.results
('t1',)

The operands of a row that takes any number of them are one vector, xs. A step on vectors is taken for each of
their elements, a fold combines them from the left, and a scan gives each element what those before it, or
after it, come to. So a kernel has as many steps for a thousand operands as for three:

>>> for step in kernel(TABLE["softmax"], 1000, position=0).value.steps:
...     print(step)
t0 = fold(maximum, -inf, xs[0:1000])
t1[1000] = gap(xs[0:1000], t0)
t2[1000] = exp(t1[0:1000])
t3 = fold(add, -0.0, t2[0:1000])
t4[1000] = truediv(t2[0:1000], t3)

``loops`` says which of these steps can share a loop.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace

from autodiff.rules import Rule
from autodiff.rules.worlds import Scalar, UnknownPrimitive
from autodiff.writing.forms import Block, Kernel, PrimitiveStep, VectorPart, merged
from autodiff.writing.recording import OfBooks, Positioned, Recorder, StandIn, Vector, argument

__all__ = ["check_primitives", "defined_value", "kernel", "kernel_of_all", "primitives_of"]


@functools.cache
def kernel(rule: Rule, arity: int, position: int | None = None, unrolled: bool = False) -> Kernel:
    """Record the computed value and partials of a row.

    Args:
        rule: The row.
        arity: How many operands it is applied to; for a row that gives a list, without the position.
        position: Which result is meant, for a row that gives a list, such as softmax.
        unrolled: Whether each operand has a name and steps of its own, also in a row of any number of them.

    >>> from autodiff.rules import TABLE
    >>> [str(step) for step in kernel(TABLE["tan"], 1).partials.steps]
    ['t0 = mul(z, z)', 't1 = add(1, t0)']
    >>> [str(step) for step in kernel(TABLE["max"], 3, unrolled=True).value.steps]
    ['t0 = maximum(x0, x1)', 't1 = maximum(t0, x2)']
    """
    one_by_one = unrolled or not rule.is_nary
    inputs = tuple(f"x{i}" for i in range(arity)) if one_by_one else ("xs",)

    def operands(recorder: Recorder) -> Sequence[Scalar]:
        xs: Sequence[Scalar]
        xs = (
            [*(StandIn(recorder, x) for x in inputs)]
            if one_by_one
            else Vector(recorder, VectorPart("xs", 0, arity))
        )
        return xs if position is None else Positioned(xs, position)

    first, second = Recorder(), Recorder()
    value = first.block([argument(rule.apply(first, operands(first)))])
    found = map(argument, rule.slopes(second, operands(second), StandIn(second, "z"))[:arity])
    partials = second.block(found if one_by_one else merged(found, repeated=True))
    return Kernel(inputs, value, partials)


@functools.cache
def defined_value(rule: Rule, arity: int, position: int | None = None) -> Block:
    """Record the value of a row as books define it, each operand by its name.

    >>> from autodiff.rules import TABLE
    >>> [str(step) for step in defined_value(TABLE["softplus"], 1).steps]
    ['t0 = exp(x0)', 't1 = add(1, t0)', 't2 = log(t1)']
    """
    recorder = OfBooks()
    xs: Sequence[Scalar] = [StandIn(recorder, f"x{i}") for i in range(arity)]
    xs = xs if position is None else Positioned(xs, position)
    return recorder.block([argument(replace(rule, value=rule.defined or rule.value).apply(recorder, xs))])


@functools.cache
def kernel_of_all(rule: Rule, arity: int) -> Kernel:
    """Record all results of a row that gives a list, such as softmax, as one vector zs.

    The partials are what arrives at the operands, where ds arrive at the results.
    """
    first, second = Recorder(), Recorder()
    zs, ds = (Vector(second, VectorPart(name, 0, arity)) for name in ("zs", "ds"))
    every: Scalar = rule.apply(first, Positioned(Vector(first, VectorPart("xs", 0, arity)), slice(None)))  # type: ignore[arg-type]
    assert rule.passed is not None
    passed: Scalar = rule.passed(second, zs, ds)
    return Kernel(("xs",), first.block([argument(every)]), second.block([argument(passed)]))


def primitives_of(rule: Rule, arity: int) -> set[str]:
    """The primitives that a row uses when it is applied to so many operands."""
    recorded = kernel(rule, arity, 0 if rule.vector else None)
    steps = (*recorded.value.steps, *recorded.partials.steps)
    return {step.primitive if isinstance(step, PrimitiveStep) else step.combine for step in steps}


def check_primitives(rule: Rule, arity: int, knows: Callable[[str], bool], table: str) -> None:
    """Check that a language has all primitives of a row.

    Args:
        rule: The row.
        arity: How many operands it is applied to.
        knows: Whether the language has a primitive.
        table: What is said to lack one.

    Raises:
        UnknownPrimitive: It lacks one.
    """
    for primitive in sorted(primitives_of(rule, arity)):
        if not knows(primitive):
            raise UnknownPrimitive(rule.name, primitive, table)
