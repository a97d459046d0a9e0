"""Diagnosis: which classic mistake explains the derivatives that were found, on every graph that was tried."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from autodiff.graph import Edge, edges_into, topological_order
from autodiff.number import Number
from autodiff.show.grading.students import Case, Found
from autodiff.show.mistakes.catalogue import MISTAKES
from autodiff.show.mistakes.comparison import magnitudes
from autodiff.show.mistakes.sweeps import Mistake, Parts, each_edge, sweep, turns_in
from autodiff.value import Value, adjoints

__all__ = ["agrees", "mistake_of"]

SMALL_GRAPH = 14  # of a graph that is looked at: a recursion over larger ones does not end
CLOSE_ENOUGH = (
    1e-4  # of the sum of what arrives without its signs: single precision and differences of functions pass
)
HARMLESS = ("every path", "changed values")  # to the numbers, or only to those of a loop that takes steps


def agrees(case: Case, found: Found, right: Mapping[Value, Number] | None = None) -> bool:
    """Whether the derivatives that were found are those of the sweep, or those given."""
    expected = adjoints(case.output) if right is None else right
    sizes = magnitudes(case.output)
    nothing = 1e-12 * min(1.0, abs(case.output.data))
    return all(abs(found[x] - expected[x]) <= CLOSE_ENOUGH * sizes[x] + nothing for x in case.inputs)


def mistake_of(tried: Sequence[tuple[Case, Found]]) -> Mistake | None:
    """The mistake that gives what was found on every graph, the wrong numbers and the right ones."""
    small = [(case, found) for case, found in tried if len(topological_order(case.output)) <= SMALL_GRAPH]
    if all(agrees(case, found) for case, found in small):
        return None
    for mistake in MISTAKES:
        if mistake.name not in HARMLESS and all(explains(mistake, *each) for each in small):
            return mistake
    return None


def explains(mistake: Mistake, case: Case, found: Found) -> bool:
    return any(agrees(case, found, form) for form in forms(mistake, case.output))


def forms(mistake: Mistake, output: Value) -> Iterator[Mapping[Value, Number]]:
    """What a mistake may give: where the order matters, in each of the usual orders."""
    yield mistake.sweep(output).adjoints
    for backwards in (False, True):
        if mistake.name == "overwriting":
            yield passed_in(output, depth_first(output, backwards), put=lambda before, new: new)
            yield last_paths(output, backwards)
        if mistake.name == "one edge":
            kept = first_edges if backwards else edges_into
            yield sweep(output, Parts(turns=partial(each_edge, edges_of=kept))).adjoints
        if mistake.name == "wrong order":
            yield passed_in(output, as_met(output, backwards, take=0))
            yield passed_in(output, as_met(output, backwards, take=-1))


def passed_in(
    output: Value, order: Sequence[Value], put: Callable[[Number, Number], Number] = operator.add
) -> Mapping[Value, Number]:
    """The adjoints that come out if nodes pass on in an order."""
    return sweep(output, Parts(turns=lambda _: turns_in(order), put=put)).adjoints


def first_edges(node: Value) -> list[Edge[Value]]:
    return list({edge.parent: edge for edge in reversed(edges_into(node))}.values())


def last_paths(output: Value, backwards: bool) -> dict[Value, Number]:
    """What a recursion over every path leaves, if each arrival replaces the one before."""
    held: dict[Value, Number] = {}
    waiting: list[tuple[Value, Number]] = [(output, 1)]
    while waiting:
        node, adjoint = waiting.pop()
        held[node] = adjoint
        edges = edges_into(node) if backwards else edges_into(node)[::-1]
        waiting += [(edge.parent, adjoint * edge.partial) for edge in edges]
    return held


def depth_first(output: Value, backwards: bool) -> list[Value]:
    """A right order: reversed, a depth-first search that lists a node after its parents."""
    order: dict[Value, None] = {}
    waiting = [(output, False)]
    while waiting:
        node, done = waiting.pop()
        if done:
            order.setdefault(node)
        elif node not in order:
            parents = node.parents if backwards else node.parents[::-1]
            waiting += [(node, True), *((parent, False) for parent in parents)]
    return list(reversed(order))


def as_met(output: Value, backwards: bool, take: int) -> list[Value]:
    """A wrong order: nodes as they are met from the output down, level by level (0) or into the depth (-1)."""
    order: dict[Value, None] = {}
    waiting = [output]
    while waiting:
        node = waiting.pop(take)
        if node not in order:
            order[node] = None
            waiting += node.parents[::-1] if backwards else node.parents
    return list(order)
