"""Questions: the numbers of a graph that one can be asked for, how each is found, and what goes wrong.

>>> from autodiff import Value
>>> x, y = Value(2, name="x"), Value(3, name="y")
>>> for question in questions_of(x * y + x, "grads"):
...     print(f"{question.label} = {question.formula} = {question.numbers({})} = {question.answer}")
∂b/∂a = ∂b/∂b·1 = 1·1 = 1.0
∂b/∂y = ∂b/∂a·x = 1·2 = 2.0
∂b/∂x = ∂b/∂b·1 + ∂b/∂a·y = 1·1 + 1·3 = 4.0
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from autodiff.languages import say
from autodiff.number import Number
from autodiff.pictures.labels import Labels
from autodiff.show.derivations.noise import is_rounding, rounding_errors
from autodiff.show.derivations.steps import (
    MOST_TERMS,
    Contribution,
    ForwardStep,
    Step,
    forward_steps,
    shown_steps,
)
from autodiff.show.derivations.wording import (
    WRITTEN_OPERANDS,
    derivative,
    factor_in,
    figure,
    product_text,
    sum_text,
)
from autodiff.show.practice.traps import Trap, edge_traps, traps, wrong_derivatives
from autodiff.value import Value
from autodiff.writing.symbols import Symbol, symbol_of, symbolic_partial, symbolic_value

__all__ = ["Hidden", "Marks", "Place", "Question", "questions_of"]

Hidden: TypeAlias = Literal["grads", "partials", "values"]
Place: TypeAlias = tuple[Value, int | None]  # a node, or the edge from its parent of that number
Marks: TypeAlias = Mapping[Place, str]  # what stands in the places of the numbers that are hidden


@dataclass(frozen=True, eq=False)
class Question:
    """A number that can be asked for.

    Attributes:
        place: Where it stands in the graph.
        label: What it is: the name of a node, or a derivative such as ∂f/∂x.
        answer: The number.
        idea: How to find it, in words.
        formula: The same in symbols.
        numbers: Writes it with numbers, and with marks where they are hidden.
        traps: Numbers that come of a common mistake, and what to say then.
    """

    place: Place
    label: str
    answer: Number
    idea: str
    formula: str
    numbers: Callable[[Marks], str] = field(repr=False)
    traps: tuple[Trap, ...] = ()


def questions_of(output: Value, hide: Hidden) -> list[Question]:
    """List what can be asked of a graph, in the order in which one finds the answers.

    Raises:
        ValueError: ``hide`` is none of "grads", "partials" and "values".
    """
    if hide not in ASK:
        raise ValueError(f"exercise: hide must be one of {', '.join(map(repr, ASK))}, not {hide!r}")
    return list(ASK[hide](output))


# ---------------------------------------------------------------- values


def about_values(output: Value) -> Iterator[Question]:
    """Ask for the value of each node that is computed; 0 if it is nothing but rounding."""
    errors = rounding_errors(output)
    for step in forward_steps(output):
        if step.node.op is not None:
            formula = formula_of(step)
            idea = say(
                "{name} is {formula}: put in the numbers of its parents.", name=step.name, formula=formula
            )
            answer = 0.0 if is_rounding(step.value, errors[step.node]) else step.value
            yield Question((step.node, None), step.name, answer, idea, formula, substituted(step))


def formula_of(step: ForwardStep) -> str:
    return step.symbol.text() if is_written_out(step.node) else Labels(step.names).operation(step.node)


def is_written_out(node: Value) -> bool:
    return len(node.operands) <= WRITTEN_OPERANDS


def substituted(step: ForwardStep) -> Callable[[Marks], str]:
    """Write the operation of a node in numbers and marks."""
    if not is_written_out(step.node):
        return lambda marks: formula_of(step)

    def numbers(marks: Marks) -> str:
        return symbolic_value(step.node, lambda node: number_or_mark((node, None), node.data, marks)).text()

    return numbers


def number_or_mark(place: Place, x: Number, marks: Marks) -> Symbol:
    """A number, or the mark that stands for it."""
    return symbol_of(marks[place]) if place in marks else figure(x)


# ---------------------------------------------------------------- partials


def about_partials(output: Value) -> Iterator[Question]:
    """Ask for the number on each edge, from the inputs up."""
    order = {step.node: place for place, step in enumerate(forward_steps(output))}
    parts = [part for step in shown_steps(output) for part in step.contributions]
    for part in sorted(parts, key=lambda part: (order[part.child], part.position)):
        place, idea = (part.child, part.position), idea_of_partial(part)
        yield Question(place, edge_label(part), part.partial, idea, *partial_texts(part), edge_traps(part))


def edge_label(part: Contribution) -> str:
    """∂a/∂x, and which operand it is where x is several of them."""
    node, parent = part.child, part.child.parents[part.position]
    number = part.position + 1
    which = say(" (operand {number})", number=number) if node.parents.count(parent) > 1 else ""
    return derivative(part.names[node], part.names[parent], "text") + which


def idea_of_partial(part: Contribution) -> str:
    node, parent = part.child, part.child.parents[part.position]
    name, made = part.names[node], Labels(part.names).operation(node)
    is_repeated = node.parents.count(parent) > 1
    moved = say("operand {number}", number=part.position + 1) if is_repeated else part.names[parent]
    question = "{name} = {made}. Let {moved} alone move a little: how many times as far does {name} move?"
    return say(question, name=name, made=made, moved=moved)


def partial_texts(part: Contribution) -> tuple[str, Callable[[Marks], str]]:
    """A partial in symbols and in numbers; of an operation on very many operands the number alone."""
    number = Labels({}).number(part.partial)
    if not is_written_out(part.child):
        return number, lambda marks: number
    in_numbers = symbolic_partial(part.child, part.position, lambda node: figure(node.data))
    return part.symbol.text(), lambda marks: in_numbers.text()


# ---------------------------------------------------------------- grads


def about_grads(output: Value) -> Iterator[Question]:
    """Ask for the derivative of the output by each node below it, from the output down."""
    table, wrong = shown_steps(output), wrong_derivatives(output)
    for step in table:
        if step.node is not output:
            label = derivative(table[0].name, step.name, "text")
            formula = table.row(step, "text")[2]
            place = (step.node, None)
            yield Question(
                place, label, step.after, idea_of(step), formula, arriving(step), traps(step, wrong)
            )


def idea_of(step: Step) -> str:
    children = list(dict.fromkeys(part.names[part.child] for part in step.contributions))
    if len(step.contributions) == 1:
        text = "One edge leads up from {name}: the adjoint of {child}, times the number on it."
        return say(text, name=step.name, child=children[0])
    text = (
        "{count} edges lead up from {name}, to {children}. "
        "Each brings the adjoint at its top times its number: add up."
    )
    return say(text, count=len(step.contributions), name=step.name, children=in_words(children))


def in_words(names: Sequence[str]) -> str:
    *most, last = names if len(names) <= MOST_TERMS else (*names[:MOST_TERMS], say("others"))
    return say("{most} and {last}", most=", ".join(most), last=last) if most else last


def arriving(step: Step) -> Callable[[Marks], str]:
    """Write the sum of what arrives at a node in numbers and marks."""
    parts, hidden = step.contributions[:MOST_TERMS], len(step.contributions) - MOST_TERMS
    more = [say("... and {hidden} more", hidden=f"{hidden:,}")] if hidden > 0 else []
    return lambda marks: sum_text([*(product_of(part, marks) for part in parts), *more])


def product_of(part: Contribution, marks: Marks) -> str:
    adjoint = number_or_mark((part.child, None), part.adjoint, marks)
    return product_text([factor_in(adjoint, "text", 0), factor_in(figure(part.partial), "text")], "text")


ASK: dict[str, Callable[[Value], Iterable[Question]]] = {
    "grads": about_grads,
    "partials": about_partials,
    "values": about_values,
}
