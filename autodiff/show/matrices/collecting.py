"""Which matrices a picture shows: those given, or those that the nodes of a graph were named for."""

from __future__ import annotations

import math
from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np

from autodiff.matrix.matrices import ElementName, Matrix, matrix_of
from autodiff.matrix.ufuncs import Elements
from autodiff.pictures.names import clean, free_letters
from autodiff.value import Value

__all__ = ["MAX_MATRICES", "ElementPlace", "Matrices", "below", "collected", "elements_of", "free_capitals"]

ElementPlace: TypeAlias = tuple[int, int]  # the number of a matrix, and which element of it, row by row

MAX_MATRICES = 60


@dataclass(frozen=True)
class Matrices:
    """Matrices of which no two share an element.

    Attributes:
        names: What they are called.
        elements: Arrays of Values, between which numbers may stand.
    """

    names: tuple[str, ...]
    elements: tuple[Elements, ...]

    @cached_property
    def places(self) -> dict[Value, ElementPlace]:
        """Where each element stands."""
        return {
            x: (number, place)
            for number, A in enumerate(self.elements)
            for place, x in enumerate(A.flat)
            if isinstance(x, Value)
        }


def collected(output: Matrix | Value, given: tuple[Matrix | Value, ...]) -> Matrices:
    """Collect the matrices below an output, inputs first: those given, or all that can be found.

    Raises:
        TypeError: Something given is neither a Matrix nor a Value, or holds no Value.
        ValueError: Two matrices share an element or, found by themselves, a name; or there are none, or too
            many.
    """
    for A in (output, *given):
        if not isinstance(A, Matrix | Value):
            raise TypeError(f"draw_matrices: needs matrices and Values, not {A!r} of type {type(A).__name__}")
    order = below(elements_of(output))
    found = in_order(given or matrices_named_in(order), order)
    if set(elements_of(output)).isdisjoint(node for A in found for node in elements_of(A)):
        found.append(output)
    if len(found) < 2:
        raise ValueError(
            "draw_matrices: there is no matrix with a name below the output: name them, "
            'as in matrix(..., name="X") and (X @ W).named("H"), or pass those to draw'
        )
    if len(found) > MAX_MATRICES:
        raise ValueError(
            f"draw_matrices: {len(found)} matrices, more than {MAX_MATRICES}: pass those to draw"
        )
    matrices = Matrices(names_of(found), tuple(np.asarray(A, dtype=object) for A in found))
    check_disjoint(matrices)
    return matrices


def below(tops: Iterable[Value], stop: Container[Value] = (), most: float = math.inf) -> list[Value]:
    """List the nodes that some were computed from, and those themselves, parents first, in one walk.

    Args:
        tops: Where the walk begins.
        stop: Nodes that it does not go into.
        most: How many nodes it may list; it ends at that many.
    """
    order: list[Value] = []
    seen: set[Value] = set()
    waiting = [(node, False) for node in tops]
    while waiting and len(order) < most:
        node, parents_done = waiting.pop()
        if parents_done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            waiting.append((node, True))
            waiting += [(parent, False) for parent in reversed(node.parents) if parent not in stop]
    return order


def elements_of(A: Matrix | Value) -> list[Value]:
    """The Values in a matrix, of which there must be one."""
    found = [x for x in np.asarray(A, dtype=object).flat if isinstance(x, Value)]
    if not found:
        raise TypeError(f"draw_matrices: {A!r} holds no Value, so it has no place in a graph")
    return found


def matrices_named_in(order: Iterable[Value]) -> list[Matrix]:
    """The matrices that nodes were named as elements of; an element that is not among them is nan."""
    found: dict[str, Matrix] = {}
    for node in order:
        if isinstance(label := node.name, ElementName):
            if label.matrix not in found:
                unknown = [float("nan")] * int(np.prod(label.shape))
                found[label.matrix] = matrix_of(unknown, label.shape)
                found[label.matrix].name = label.matrix
            A = found[label.matrix]
            if A.shape != label.shape or isinstance(A[label.place], Value):
                raise ValueError(
                    f"draw_matrices: two matrices are called {label.matrix!r}: pass those to draw"
                )
            A[label.place] = node
    return list(found.values())


def in_order(matrices: Iterable[Matrix | Value], order: list[Value]) -> list[Matrix | Value]:
    """Those that the output depends on, inputs first; the others have no place in its picture."""
    position = {node: i for i, node in enumerate(order)}
    below = [A for A in matrices if any(node in position for node in elements_of(A))]
    return sorted(below, key=lambda A: max(position.get(node, -1) for node in elements_of(A)))


def names_of(matrices: list[Matrix | Value]) -> tuple[str, ...]:
    """Their names; one without gets a letter that is free, a number L first, as losses are called."""
    names = [None if A.name is None else clean(A.name) for A in matrices]
    for i, A in enumerate(matrices):
        if names[i] is None:
            letters = ["L"] * isinstance(A, Value) + free_capitals(names)
            names[i] = next((letter for letter in letters if letter not in names), "?")
    return tuple(map(str, names))


def free_capitals(taken: Container[str | None]) -> list[str]:
    """The letters for matrices without a name that are not taken: neither I, the identity, nor O."""
    return [capital for capital in map(str.upper, free_letters("e")) if capital not in taken]


def check_disjoint(matrices: Matrices) -> None:
    for number, (name, A) in enumerate(zip(matrices.names, matrices.elements, strict=True)):
        for place, node in enumerate(A.flat):
            if isinstance(node, Value) and matrices.places[node] != (number, place):
                other = matrices.names[matrices.places[node][0]]
                raise ValueError(
                    f"draw_matrices: {node!r} is in {name!r} and in {other!r}: "
                    "pass matrices that share no element"
                )
