"""Pictures in which a matrix is one vertex, with the matrix formula of the backward step on each edge.

>>> from autodiff.matrix.matrices import matrix
>>> X, W = matrix([[1, 2], [3, 4]], name="X"), matrix([[5], [6]], name="W")
>>> source = draw_matrices((X @ W).named("Z")).source
>>> [text in source for text in ("= X·W", "[2×1]", "· Wᵀ", "Xᵀ ·")]
[True, True, True, True]
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import graphviz

from autodiff.matrix.matrices import Matrix
from autodiff.matrix.ufuncs import Elements, shape_text
from autodiff.number import Number
from autodiff.pictures.canvas import BORDERS, COLOURS, FILLS, FONT, GAP, LINE, TEXT, Picture, check_option
from autodiff.pictures.draw import reached_by_backward
from autodiff.pictures.labels import Labels, cell, cut_short, raised, text_label
from autodiff.show.derivations.wording import derivative
from autodiff.show.matrices.collecting import Matrices, below, collected, elements_of
from autodiff.show.matrices.formulas import BackwardStep, Origin, origin
from autodiff.value import Value

__all__ = ["draw_matrices"]

MOST_NUMBERS = 8  # rows and columns of a matrix whose numbers are shown
QUIET = "#666666"
WIDEST_PICTURE = "9"  # inches: the text column of a notebook; a larger picture is scaled down


def draw_matrices(
    output: Matrix | Value,
    *matrices: Matrix | Value,
    backwards: bool = False,
    formulas: bool = True,
    values: bool = False,
    rankdir: Literal["LR", "RL", "TB", "BT"] = "LR",
    format: str = ".4g",
) -> Picture:
    """Draw the graph of an output with each matrix as one vertex: its name, its formula, its shape.

    An edge carries what the upstream gradient d goes through on its way back: ``· Wᵀ`` and ``Xᵀ ·`` are
    products of matrices, ``* O(1 - O)`` is one of elements, and ``1ᵀ ·`` sums over rows. The formulas are
    read off the scalar nodes; where there is no short one, the edge says ∂Z/∂X.

    Args:
        output: A matrix, or a Value such as a loss.
        matrices: Those to draw, matrices or Values, named; if none is given, all below the output whose
            elements were named by ``matrix(..., name=...)`` or ``.named(...)``.
        backwards: Whether to draw the backward sweep: arrows from the output down, on each vertex the shape
            of d, and its numbers once ``backward()`` has left them.
        formulas: Whether to write the backward steps on the edges.
        values: Whether to show the numbers of matrices with at most 8 rows and columns.
        rankdir: Where the computation goes: "LR" from left to right, "RL", "TB" or "BT".
        format: How floats are written; fractions stay fractions.

    Returns:
        A ``graphviz.Digraph`` that shows itself in notebooks, like that of ``draw``.

    Raises:
        TypeError: Something given is neither a Matrix nor a Value, or holds no Value.
        ValueError: Two matrices share an element or, found by themselves, a name; or there are none, or too
            many.

    >>> import numpy as np
    >>> from autodiff.matrix.matrices import matrix
    >>> H = matrix([[1, -2]], name="H")
    >>> draw_matrices(np.tanh(H).named("O")).source.count("* (1 - O²)")
    1
    """
    check_option("rankdir", rankdir, ("LR", "RL", "TB", "BT"))
    drawn = collected(output, matrices)
    origins = tuple(origin(number, drawn) for number in range(len(drawn.names)))
    tops = elements_of(output)
    sheet = Sheet(
        drawn, origins, set(tops), reached_by_backward(below(tops)), Labels({}, format), backwards, values
    )
    dot = matrix_canvas(rankdir, formulas)
    for number in range(len(drawn.names)):
        dot.node(f"n{number}", label=sheet.label(number), **sheet.look(number))
    beside = list(sheet.beside())
    for number, found in enumerate(origins):
        for step in found.steps:
            upright = rankdir in ("LR", "RL") and (step.parent, number) in beside
            look = matrix_edge(step, formulas, backwards, upright)
            dot.edge(f"n{step.parent}", f"n{number}", **look)
    for parent, number in beside:
        with dot.subgraph(graph_attr={"rank": "same"}) as row:
            row.node(f"n{parent}")
            row.node(f"n{number}")
    return dot


# ---------------------------------------------------------------- what is written


@dataclass(frozen=True)
class Sheet:
    """The matrices of a picture, how they were computed, and what is written on them.

    Attributes:
        outputs: The elements of the output.
        graded: The nodes that a backward pass has reached.
    """

    matrices: Matrices
    origins: tuple[Origin, ...]
    outputs: set[Value]
    graded: set[Value]
    labels: Labels
    backwards: bool
    values: bool

    def kind(self, number: int) -> str:
        if any(node in self.outputs for node in self.matrices.elements[number].flat):
            return "output"
        return "node" if self.origins[number].steps else "leaf"

    def look(self, number: int) -> dict[str, str]:
        kind = self.kind(number)
        return {"shape": "box", "style": "rounded,filled", "fillcolor": FILLS[kind], "color": BORDERS[kind]}

    def label(self, number: int) -> str:
        """The lines of a vertex: name = formula, shape, numbers; backwards, name and gradient."""
        A = self.matrices.elements[number]
        lines = [f"<B>{cell(cut_short(self.matrices.names[number]))}</B>"]
        if not self.backwards and (formula := self.origins[number].formula):
            lines[0] += cell(f"{GAP}= {cut_short(formula)}")
        if A.ndim and (self.values or not self.backwards):
            lines.append(in_colour(QUIET, shape_text(A.shape)))
        if self.values and is_readable(A):
            lines.append(self.table([x.data if isinstance(x, Value) else x for x in A.flat], A, TEXT))
        if self.backwards and not (self.kind(number) == "output" and A.size == 1):
            lines += self.gradient(number)
        rows = "".join(f"<TR><TD>{row}</TD></TR>" for row in lines)
        return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">{rows}</TABLE>>'

    @property
    def loss(self) -> str:
        """What is differentiated: the output if it is a number, else a loss outside the picture."""
        if len(self.outputs) > 1:
            return "L"
        return next(name for number, name in enumerate(self.matrices.names) if self.kind(number) == "output")

    def gradient(self, number: int) -> list[str]:
        """The accumulated d of what lies between, the derivative by a leaf; their numbers, if any."""
        A, name = self.matrices.elements[number], self.matrices.names[number]
        loss = self.loss
        what = derivative(loss, name, "text") if self.kind(number) == "leaf" else "d"
        lines = [in_colour(COLOURS[0], f"{what} {shape_text(A.shape)}" if A.ndim else what)]
        nodes = [x for x in A.flat if isinstance(x, Value)]
        if is_readable(A) and not self.graded.isdisjoint(nodes):
            lines.append(
                self.table([x.grad if isinstance(x, Value) else None for x in A.flat], A, COLOURS[0])
            )
        return lines

    def table(self, numbers: list[Number | None], A: Elements, colour: str) -> str:
        """Numbers in the shape of a matrix, a vector as a row, between bars."""
        texts = ["" if x is None or x != x else self.labels.number(x) for x in numbers]
        if not A.ndim:
            return in_colour(colour, texts[0])
        width = A.shape[-1]
        rows = (texts[start : start + width] for start in range(0, len(texts), width))
        body = "".join(
            "<TR>" + "".join(f"<TD>{in_colour(colour, x)}</TD>" for x in row) + "</TR>" for row in rows
        )
        bars = f'BORDER="1" SIDES="LR" COLOR="{colour}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3"'
        return f"<TABLE {bars}>{body}</TABLE>"

    def beside(self) -> Iterator[tuple[int, int]]:
        """For each matrix the leaf that stands beside it, as weights do, so that the rest is one line."""
        for number, found in enumerate(self.origins):
            parents = list(dict.fromkeys(step.parent for step in found.steps if step.parent != number))
            on_the_line = [parent for parent in parents if self.origins[parent].steps] or parents[:1]
            others = [parent for parent in parents if parent not in on_the_line and self.uses(parent) == 1]
            if others:
                yield others[0], number

    def uses(self, number: int) -> int:
        return sum(any(step.parent == number for step in found.steps) for found in self.origins)


def is_readable(A: Elements) -> bool:
    return A.size > 0 and A.ndim <= 2 and max(A.shape, default=1) <= MOST_NUMBERS


def in_colour(colour: str, text: str) -> str:
    return f'<FONT COLOR="{colour}" POINT-SIZE="12">{cell(text)}</FONT>'


def matrix_canvas(rankdir: str, formulas: bool) -> Picture:
    font = {"fontname": FONT, "fontcolor": TEXT}
    apart = "0.02" if formulas else "0.3"  # a label takes a rank of its own
    look = {"bgcolor": "white", "nodesep": "0.4", "ranksep": apart, "size": WIDEST_PICTURE}
    look["pad"] = "0.15"  # older versions of Graphviz round the scale, and cut off what is at the border
    return Picture(
        graph_attr={"rankdir": rankdir, **look},
        node_attr={**font, "fontsize": "14", "margin": "0.08,0.05"},
        edge_attr={**font, "fontsize": "12", "color": LINE, "arrowsize": "0.7"},
    )


def matrix_edge(step: BackwardStep, formulas: bool, backwards: bool, upright: bool) -> dict[str, str]:
    """An edge; the backward sweep points to the parent, without turning the picture around."""
    gap = (
        2 * len(raised(step.formula)) * GAP if upright else GAP
    )  # dot centres the label of an upright edge near it
    label = {"label": graphviz.nohtml(f"{GAP}{text_label(step.formula)}{gap}")} if formulas else {}
    return label | ({"dir": "back", "color": COLOURS[0]} if backwards else {})
