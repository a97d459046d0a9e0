"""The rules in JavaScript: one function for each operation of a graph, generated from the rows of the table.

A row is recorded as steps on primitives (kernels.py); page/primitives.js knows the primitives, and how a step
is taken for each element of a vector. So the page computes what Python computes, and no rule is written twice.

>>> from autodiff.rules import TABLE
>>> print(rule_function(TABLE["silu"], 1))
{
value(x0) { const t0 = sigmoid(x0); const t1 = (x0 * t0); return [t1]; },
partials(x0, z) { const t0 = sigmoid(x0); const t1 = (-x0); const t2 = sigmoid(t1); const t3 = (x0 * t2); \
const t4 = (1 + t3); const t5 = (t0 * t4); return [t5]; },
}
>>> print(rule_function(TABLE["mean"], 1000))
{
value(...xs) { const t0 = fold((x, y) => (x + y), (-0), xs.slice(0, 1000)); const t1 = truediv(t0, 1000); \
return [t1]; },
partials(...xs) { const z = xs[1000]; return [...Array(1000).fill(0.001)]; },
}
"""

from __future__ import annotations

import functools
import inspect
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace

from autodiff.rules import Rule
from autodiff.rules.worlds import Scalar
from autodiff.show.mistakes import Mistake
from autodiff.show.mistakes.sweeps import RIGHT
from autodiff.show.page.standalone import json_script, source
from autodiff.value import Value
from autodiff.writing.forms import (
    AnyStep,
    Argument,
    Block,
    Element,
    FoldStep,
    NumberOrName,
    PrimitiveStep,
    Repeated,
    VectorPart,
)
from autodiff.writing.kernels import kernel
from autodiff.writing.recording import Recorder, StandIn, argument

__all__ = ["call_of", "literal", "rule_function", "rules_module"]

PRIMITIVES = (
    "primitives",
    "special",
)  # the modules of functions that rows use; a page has those that it needs

# What a primitive is in JavaScript where it is no function of primitives.js.
TEMPLATES = {"add": "({} + {})", "sub": "({} - {})", "mul": "({} * {})", "neg": "(-{})"}
# Names that JavaScript or the page's own functions need for themselves.
RENAMED = {"abs": "absolute", "where": "choose"}

RuleCall = tuple[Rule, int, int | None]  # a row, for so many operands, for one of its results


def call_of(node: Value) -> RuleCall:
    """Say which function computes a node; the last operand of a row that gives a list is a position."""
    assert node.op is not None
    if node.op.vector:
        return node.op, len(node.operands) - 1, int(node.operands[-1])
    plain = tuple(not isinstance(x, Value) for x in node.operands)
    return row_beside(node.op, plain) if any(plain) else node.op, len(node.operands), None


@functools.cache
def row_beside(rule: Rule, plain: tuple[bool, ...]) -> Rule:
    """The row for operands of which some are plain numbers; its flags, which no page shows, are built in."""
    if rule.beside is None or not rule.is_nary:
        return rule.beside or rule
    row, flags = rule.beside, list(map(int, plain))
    numbers = ", ".join(str(i) for i, flag in enumerate(flags) if flag)
    return replace(
        rule,
        name=f"{row.name} {numbers}",
        partials=lambda m, xs, z: row.partials(m, [*xs, *flags], z)[: len(flags)],
    )


def rules_module(calls: Mapping[str, RuleCall], mistake: Mistake | None = None) -> str:
    """Write a module whose object ``RULES`` holds the functions of each key, and ``PARTS`` those of a mistake."""
    rows = [f"{json_script(key)}: {rule_function(*call)}," for key, call in calls.items()]
    parts = [] if mistake is None else changed_parts(mistake)
    words = set(re.findall(r"\w+", " ".join([*rows, *parts])))
    imports = [
        f'import {{ {", ".join(used)} }} from "./{module}.js";'
        for module in PRIMITIVES
        if (used := sorted(name for name in offered_primitives(module) if name in words))
    ]
    return "\n".join(
        [*imports, "export const RULES = {", *rows, "};", "export const PARTS = {", *parts, "};", ""]
    )


def changed_parts(mistake: Mistake) -> list[str]:
    """Write the functions of numbers that a mistake has in place of those of the right sweep.

    Raises:
        ValueError: One of them cannot be recorded, as it asks which number it has.

    >>> from autodiff.show.mistakes import MISTAKES
    >>> changed_parts(MISTAKES[0])
    ['put: (x0, x1) => { return x1; },']
    """
    found = {
        field.name: getattr(mistake.parts, field.name)
        for field in fields(RIGHT)
        if field.name not in ("turns", "arrivals")  # which are told as data
    }
    changed = {name: function for name, function in found.items() if function is not getattr(RIGHT, name)}
    try:
        return [f"{name}: {number_function(function)}," for name, function in changed.items()]
    except (TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"explore: {mistake.name}: this mistake cannot run in a page: {error}") from error


def number_function(function: Callable[..., Scalar]) -> str:
    """Write a function of numbers, which uses operators only."""
    recorder = Recorder()
    names = [f"x{i}" for i in range(len(inspect.signature(function).parameters))]
    block = recorder.block([argument(function(*(StandIn(recorder, name) for name in names)))])
    return f"({', '.join(names)}) => {{ {steps_in(block)}return {spread(block.results[0])}; }}"


def rule_function(rule: Rule, arity: int, position: int | None = None) -> str:
    """Write the value and the partials of a row for so many operands as an object of functions.

    A row with a kink has a third one, which says whether the operands lie there; for ``chooses`` see ``Rule``.

    Raises:
        ValueError: The row takes a step that cannot be recorded; the message names it.
    """
    try:
        recorded = kernel(rule, arity, position)
        value, partials = body(recorded.value), body(recorded.partials)
        kinked = "" if rule.at_kink is None else body(kernel(replace(rule, value=rule.at_kink), arity).value)
    except (TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"{rule.name}: this row cannot run in a page: {error}") from error
    if recorded.inputs == ("xs",):
        last = f"const z = xs[{arity}]; "
        functions = {"value(...xs)": value, "partials(...xs)": last + partials, "kinked(...xs)": kinked}
    else:
        inputs = ", ".join(recorded.inputs)
        functions = {
            f"value({inputs})": value,
            f"partials({inputs}, z)": partials,
            f"kinked({inputs})": kinked,
        }
    written = [f"{head} {{ {text} }}," for head, text in functions.items() if text]
    return "\n".join(["{", *written, *["chooses: true,"] * rule.chooses, "}"])


@functools.cache
def offered_primitives(*modules: str) -> frozenset[str]:
    """The functions that modules of the page offer, all of PRIMITIVES if left out."""
    text = "".join(source(f"{module}.js") for module in modules or PRIMITIVES)
    return frozenset(re.findall(r"^export (?:const|function) (\w+)", text, re.MULTILINE))


def body(block: Block) -> str:
    return f"{steps_in(block)}return [{', '.join(map(spread, block.results))}];"


def steps_in(block: Block) -> str:
    return "".join(f"const {step.target} = {taken(step)}; " for step in block.steps)


def taken(step: AnyStep) -> str:
    """Write one step: on numbers, on each element of vectors, or a fold or scan of all elements."""
    if isinstance(step, PrimitiveStep):
        expression = applied(step.primitive, list(map(literal, step.args)))
        return expression if step.length is None else f"each({step.length}, (j) => {expression})"
    name = "fold" if isinstance(step, FoldStep) else "after" if step.backwards else "before"
    combine = f"(x, y) => {applied(step.combine, ['x', 'y'])}"
    return f"{name}({combine}, {literal(step.start)}, {elements(step.over)})"


def applied(primitive: str, arguments: Sequence[str]) -> str:
    """Write a primitive: an operator, or a call of a function of primitives.js."""
    if primitive in TEMPLATES:
        return TEMPLATES[primitive].format(*arguments)
    name = RENAMED.get(primitive, primitive)
    if name not in offered_primitives():
        raise ValueError(
            f"primitives.js has no function {primitive!r}, special.js neither, and TEMPLATES in javascript.py no line"
        )
    return f"{name}({', '.join(arguments)})"


def elements(part: VectorPart) -> str:
    return f"{part.vector}.slice({part.first}, {part.first + part.length})"


def spread(result: Argument) -> str:
    """Write the results that an argument stands for, in an array."""
    if isinstance(result, VectorPart):
        return f"...{elements(result)}"
    if isinstance(result, Repeated):
        return f"...Array({result.length}).fill({literal(result.number)})"
    return literal(result)


def literal(x: NumberOrName | VectorPart) -> str:
    """Write a number with all its digits; a name stays, and a part of a vector becomes its j-th element.

    >>> literal(0.1), literal(float("-inf")), literal("x0")
    ('0.1', '(-Infinity)', 'x0')
    """
    if isinstance(x, VectorPart):
        return f"{x.vector}[{f'{x.first} + ' if x.first else ''}j]"
    if isinstance(x, str | Element):
        return str(x)
    number = float(x)
    text = "NaN" if math.isnan(number) else "Infinity" if number == math.inf else repr(number)
    text = "-Infinity" if number == -math.inf else text.removesuffix(".0")
    return f"({text})" if text.startswith("-") else text
