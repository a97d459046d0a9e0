"""Traps: wrong numbers that come of a known mistake, and what to say to who gives them.

>>> from autodiff.show.derivations.steps import steps
>>> x, y = Value(2, name="x"), Value(3, name="y")
>>> f = (x * y + x).named("f")
>>> for number, message in traps(steps(f)[-1], {})[:2]:
...     print(number, message)
3.0 That is what = in place of += gives: only the last contribution is left. Add up all 2.
1.0 You forgot the path through a: 3 is missing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from autodiff.languages import say
from autodiff.number import Number
from autodiff.pictures.labels import Labels
from autodiff.rules.worlds import added
from autodiff.show.derivations.steps import Contribution, Step
from autodiff.show.mistakes.catalogue import MISTAKES
from autodiff.show.mistakes.sweeps import Mistake
from autodiff.value import Value

__all__ = ["Trap", "common_traps", "edge_traps", "traps", "wrong_derivatives"]

Trap = tuple[Number, str]  # a number that comes of a mistake, and what to say then
SAME = 1e-5  # relative: numbers that one cannot tell from each other
ON_PAPER = ("wrong order", "one edge", "passing on again", "lost sign")  # what else one does on paper


def wrong_derivatives(output: Value) -> dict[Mistake, Mapping[Value, Number]]:
    """What mistakes of ``compare`` make of all derivatives: those that one node alone does not show."""
    return {each: each.sweep(output).adjoints for each in MISTAKES if each.name in ON_PAPER}


def traps(step: Step, wrong: Mapping[Mistake, Mapping[Value, Number]]) -> tuple[Trap, ...]:
    """What mistakes make of the derivative by a node, each number once, those in few words first."""
    found: dict[Number, str] = {}
    for number, message in all_traps(step, wrong):
        if number != step.after:
            found.setdefault(number, message)
    return tuple(found.items())


def all_traps(step: Step, wrong: Mapping[Mistake, Mapping[Value, Number]]) -> Iterator[Trap]:
    parts, names = step.contributions, {part.child: part.names[part.child] for part in step.contributions}
    count = len(parts)
    if count > 1:
        text = "That is what = in place of += gives: only the last contribution is left. Add up all {count}."
        yield parts[-1].product, say(text, count=count)
    for part in parts if count > 1 else ():
        name, missing = names[part.child], Labels({}).number(part.product)
        others = [other for other in parts if other is not part]
        if any(other.child is part.child for other in others):
            message = say(
                "You forgot one of the edges to {name}: {missing} is missing.", name=name, missing=missing
            )
        else:
            message = say(
                "You forgot the path through {name}: {missing} is missing.", name=name, missing=missing
            )
        yield added(other.product for other in others), message
    for part in parts if count > 2 else ():
        yield (
            part.product,
            say("That is what one of the {count} edges brings: add up all of them.", count=count),
        )
    total = added(part.partial for part in parts)
    if count == 1:
        yield total, say("That is the number on the edge: multiply it by the adjoint at the edge's top.")
    elif count:
        yield total, say("That is the sum of the numbers on the edges: first multiply each by its adjoint.")
    yield from values_for_partials_traps(step)
    for mistake, adjoints in wrong.items():
        yield adjoints[step.node], say("That is what comes of this: {wrong}.", wrong=say(mistake.wrong))


def values_for_partials_traps(step: Step) -> Iterator[Trap]:
    """The value of the node, or of the one above it, in place of the partial."""
    parts = step.contributions
    text = "You multiplied by the value of {name}, not by the partial: how fast does the node above move?"
    if parts:
        yield added(part.adjoint * step.node.data for part in parts), say(text, name=step.name)
        above = say(" and ").join(dict.fromkeys(part.names[part.child] for part in parts))
        yield added(part.adjoint * part.child.data for part in parts), say(text, name=above)


def edge_traps(part: Contribution) -> tuple[Trap, ...]:
    """What is given for the number on an edge in place of it: the values at its ends."""
    parent = part.child.parents[part.position]
    text = "That is the value of {name}, not the partial: how fast does {child} move?"
    names = part.names
    found = {x.data: say(text, name=names[x], child=names[part.child]) for x in (part.child, parent)}
    return tuple((number, message) for number, message in found.items() if number != part.partial)


def common_traps(label: str, answers: Mapping[str, Number]) -> Iterator[Trap]:
    """What goes wrong whatever is asked: the answer to another question, or a factor of 2.

    The size of the right answer is left to what is said of signs.

    >>> for number, message in common_traps("y", {"x": 4.0, "y": 17.0, "z": -17.0}):
    ...     print(number, message)
    4.0 That is x, and y is asked for.
    34.0 That is twice the number that is asked for: did you count something twice?
    8.5 That is half of the number that is asked for: is a factor of 2 missing?
    """
    right = answers[label]
    for other, answer in answers.items():
        if not math.isclose(abs(float(answer)), abs(float(right)), rel_tol=SAME):
            yield answer, say("That is {other}, and {label} is asked for.", other=other, label=label)
    if right:
        twice = "That is twice the number that is asked for: did you count something twice?"
        yield 2 * right, say(twice)
        yield right / 2, say("That is half of the number that is asked for: is a factor of 2 missing?")
