"""Diagnosis: which classic mistakes explain the derivatives that were found: in the sweep, or in single operations."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import partial

from autodiff.graph import Edge, edges_into, topological_order
from autodiff.number import Number
from autodiff.show.grading.students import METHODS, Case, Found, is_direct
from autodiff.show.mistakes.catalogue import MISTAKES
from autodiff.show.mistakes.comparison import magnitudes
from autodiff.show.mistakes.sweeps import RIGHT, Mistake, Parts, each_edge, sweep, turns_in
from autodiff.value import Value, adjoints

__all__ = ["LOOKED_FOR", "Fault", "agrees", "faults_of"]

SMALL_GRAPH = 14  # nodes of a graph that is looked at: a recursion over larger ones does not end
MOST_SWAPS = 6  # nodes of which both orders of their parents are tried, as sets have one or the other
# Of the sum of what arrives without its signs: single precision and differences of functions pass.
CLOSE_ENOUGH = 1e-4
OF_WHOLE_SWEEPS = ("inputs first", "no seed")  # by no operation, and in no formula that was written by hand
IN_OPERATIONS = ("overwriting", "no chain rule", "value for partial", "lost sign")  # where each is written
HARMLESS = ("every path", "changed values")  # to the numbers, or only to those of a loop that takes steps
ParentsOf = Callable[[Value], Sequence[Value]]
Tries = Sequence[tuple[Case, Found]]


@dataclass(frozen=True)
class Fault:
    """A mistake, where it was made, and the smallest graph that shows it.

    Attributes:
        mistake: The mistake.
        operations: In which operations it was made; none if in the sweep.
        case: The smallest graph that shows it.
    """

    mistake: Mistake
    operations: tuple[str, ...]
    case: Case


def agrees(case: Case, found: Found, right: Mapping[Value, Number] | None = None) -> bool:
    """Whether the derivatives that were found are those of the sweep, or those given."""
    expected = adjoints(case.output) if right is None else right
    sizes = magnitudes(case.output)
    nothing = 1e-12 * min(1.0, abs(case.output.data))
    return all(abs(found[x] - expected[x]) <= CLOSE_ENOUGH * sizes[x] + nothing for x in case.inputs)


def faults_of(tried: Tries, runs: Mapping[str, Set[str]]) -> list[Fault]:
    """The mistakes that explain what was found.

    One mistake in the sweep, or in all operations, explains every graph. Otherwise each operation that fails
    has its own, which explains the graphs about it, and the rest may still be explained by one in the sweep.
    The sweep is looked at on graphs of operations that have no nodes between which are not seen here.

    Args:
        tried: The graphs, with what was found.
        runs: The methods that each operation of a student's class runs through.
    """
    small = [(case, found) for case, found in tried if len(topological_order(case.output)) <= SMALL_GRAPH]
    direct = [(case, found) for case, found in small if all(is_direct(x, runs) for x in case.operations)]
    groups = grouped(small)
    failing = [name for name, tries in groups.items() if name and not all_right(tries)]
    by_hand = any(case.recipe is None for case, _ in tried)
    everywhere = mistake_of(direct, OF_WHOLE_SWEEPS if by_hand else ())
    some_right = any(name and name not in failing for name in grouped(direct))
    if everywhere is not None and not (everywhere.name in IN_OPERATIONS and some_right):
        return [Fault(everywhere, (), smallest_failing(direct))]
    named = dict[str, tuple[Mistake, list[str]]]()
    for name in failing:
        mistake = mistake_of(groups[name], OF_WHOLE_SWEEPS) if is_to_blame(name, failing, runs) else None
        if mistake is not None:
            named.setdefault(mistake.name, (mistake, []))[1].append(name)
    faults = [
        Fault(mistake, tuple(names), smallest_failing([each for name in names for each in groups[name]]))
        for mistake, names in named.values()
    ]
    sound = [(case, found) for case, found in direct if not case.operations & set(failing)]
    in_sweep = mistake_of(sound, OF_WHOLE_SWEEPS if by_hand else ("no seed",))
    return faults if in_sweep is None else [*faults, Fault(in_sweep, (), smallest_failing(sound))]


def grouped(tries: Tries) -> dict[str, list[tuple[Case, Found]]]:
    groups = dict[str, list[tuple[Case, Found]]]()
    for case, found in tries:
        groups.setdefault(case.about, []).append((case, found))
    return groups


def is_to_blame(name: str, failing: Iterable[str], runs: Mapping[str, Set[str]]) -> bool:
    """Whether an operation fails by itself, and not because it runs through another one that fails.

    A difference that is written as self + (-other) runs through the method of -, so this is looked for there.
    """
    own = METHODS.get(name, name)
    through = {METHODS.get(other, other) for other in failing if other != name} & runs.get(name, set())
    first = next(other for other in failing if METHODS.get(other, other) == own)  # of those of one method
    return first == name and not through - {own}


def all_right(tries: Tries) -> bool:
    return all(agrees(*each) for each in tries)


def smallest_failing(tries: Tries) -> Case:
    failing = (case for case, found in tries if not agrees(case, found))
    return min(failing, key=lambda case: len(topological_order(case.output)))


def mistake_of(tries: Tries, but: Collection[str] = ()) -> Mistake | None:
    """The mistake that gives what was found on every graph, the wrong numbers and the right ones; but for some."""
    if all_right(tries):
        return None
    if not any(shows_chain_rule(*tried) for tried in tries):
        but = (*but, "no chain rule")
    looked_for = (each for each in LOOKED_FOR if each.name not in but)
    return next((each for each in looked_for if all(explains(each, *tried) for tried in tries)), None)


def shows_chain_rule(case: Case, found: Found) -> bool:
    """Whether a graph that fails tells a chain rule left out from a wrong slope of the operation at the top.

    What arrives at a node between has to be multiplied by a slope other than 0, 1 and -1 for that, and not by that
    of an operation with a kink: ``y, x`` for ``relu(x*y)`` comes of a slope of relu that is 1 everywhere, too.
    """
    edges = (edge for node in topological_order(case.output) for edge in edges_into(node))
    between = (edge for edge in edges if edge.parent.parents and not (edge.node.op and edge.node.op.kink))
    return not agrees(case, found) and any(abs(edge.partial) not in (0, 1) for edge in between)


def explains(mistake: Mistake, case: Case, found: Found) -> bool:
    return any(agrees(case, found, form) for form in forms(mistake, case.output))


# ---------------------------------------------------------------- what a mistake may give


def forms(mistake: Mistake, output: Value) -> Iterator[Mapping[Value, Number]]:
    """What a mistake may give: where the order matters, in each order of the parents."""
    yield mistake.sweep(output).adjoints
    if mistake.name == "one edge":
        yield sweep(output, Parts(turns=partial(each_edge, edges_of=first_edges))).adjoints
    if mistake.name in ("overwriting", "no chain rule", "value for partial"):
        yield by_one_operand(output, mistake.parts, 0)
        yield by_one_operand(output, mistake.parts, 1)
    for parents_of in orders_of_parents(output) if mistake.name in FORMS else ():
        for form in FORMS[mistake.name]:
            yield form(output, parents_of)


def orders_of_parents(output: Value) -> Iterator[ParentsOf]:
    """Each way to take the parents of every node in order or backwards; of many nodes all alike."""
    forks = [node for node in topological_order(output) if len(set(node.parents)) > 1]
    choices = (
        itertools.product((False, True), repeat=len(forks))
        if len(forks) <= MOST_SWAPS
        else [(False,) * len(forks), (True,) * len(forks)]
    )
    for choice in choices:
        swapped = set(itertools.compress(forks, choice))
        yield lambda node, swapped=swapped: node.parents[::-1] if node in swapped else node.parents  # type: ignore[misc]


def passed_in(
    output: Value, order: Sequence[Value], put: Callable[[Number, Number], Number] = operator.add
) -> Mapping[Value, Number]:
    """The adjoints that come out if nodes pass on in an order."""
    return sweep(output, Parts(turns=lambda _: turns_in(order), put=put)).adjoints


def by_one_operand(output: Value, parts: Parts, position: int) -> Mapping[Value, Number]:
    """What comes of a mistake that was made in one line of an operation, for one of its operands."""
    held: dict[Value, Number] = {**dict.fromkeys(topological_order(output), 0.0), output: 1.0}
    for node in reversed(topological_order(output)):
        for edge in edges_into(node):
            its = parts if edge.position == position else RIGHT
            product = its.passing(held[node]) * its.factor(edge.partial, edge.parent.data)
            held[edge.parent] = its.put(held[edge.parent], product)
    return held


def overwritten(output: Value, parents_of: ParentsOf) -> Mapping[Value, Number]:
    return passed_in(output, depth_first(output, parents_of), put=lambda before, new: new)


def last_paths(output: Value, parents_of: ParentsOf) -> Mapping[Value, Number]:
    """What a recursion over every path leaves, if each arrival replaces the one before."""
    held: dict[Value, Number] = {}
    waiting: list[tuple[Value, Number]] = [(output, 1)]
    while waiting:
        node, adjoint = waiting.pop()
        held[node] = adjoint
        edges = edges_into(node)
        if len(node.parents) > 1 and parents_of(node) == node.parents:
            edges = edges[::-1]
        waiting += [(edge.parent, adjoint * edge.partial) for edge in edges]
    return held


def first_edges(node: Value) -> list[Edge[Value]]:
    return list({edge.parent: edge for edge in reversed(edges_into(node))}.values())


def depth_first(output: Value, parents_of: ParentsOf) -> list[Value]:
    """A right order: reversed, a depth-first search that lists a node after its parents."""
    order: dict[Value, None] = {}
    waiting = [(output, False)]
    while waiting:
        node, done = waiting.pop()
        if done:
            order.setdefault(node)
        elif node not in order:
            waiting += [(node, True), *((parent, False) for parent in reversed(parents_of(node)))]
    return list(reversed(order))


def as_met(output: Value, parents_of: ParentsOf, take: int) -> list[Value]:
    """A wrong order: nodes as they are met from the output down, level by level (0) or into the depth (-1)."""
    order: dict[Value, None] = {}
    waiting = [output]
    while waiting:
        node = waiting.pop(take)
        if node not in order:
            order[node] = None
            waiting += parents_of(node)
    return list(order)


def each_time_met(output: Value, parents_of: ParentsOf) -> list[Value]:
    """Nodes once for each path to them, each before what is below it."""
    order, waiting = list[Value](), [output]
    while waiting:
        order.append(waiting.pop())
        waiting += reversed(parents_of(order[-1]))
    return order


AGAIN = (
    "a node passes on all that it holds once for each path to it, as in a recursion or without a visited set"
)
LOOKED_FOR = (
    *(
        replace(each, wrong=AGAIN) if each.name == "passing on again" else each
        for each in MISTAKES
        if each.name not in HARMLESS
    ),
    Mistake(
        "inputs first",
        wrong="the nodes pass on from the inputs up, before anything has arrived, as without 'reversed'",
        happened="the nodes passed on from the inputs up",
        needs="a node between, and derivatives that are not 0",
        parts=Parts(turns=lambda output: turns_in(topological_order(output))),
    ),
    Mistake(
        "no seed",
        wrong="nothing arrives anywhere, as the derivative of the output by itself is not set to 1 before the sweep",
        happened="the output held 0",
        needs="derivatives that are not 0",
        parts=Parts(passing=lambda held: 0 * held),
    ),
)

FORMS: Mapping[str, Sequence[Callable[[Value, ParentsOf], Mapping[Value, Number]]]] = {
    "overwriting": (overwritten, last_paths),
    "wrong order": tuple(
        lambda output, parents_of, take=take: passed_in(output, as_met(output, parents_of, take))  # type: ignore[misc]
        for take in (0, -1)
    ),
    "inputs first": (lambda output, of: passed_in(output, depth_first(output, of)[::-1]),),
    "passing on again": (lambda output, of: passed_in(output, each_time_met(output, of)),),
}
