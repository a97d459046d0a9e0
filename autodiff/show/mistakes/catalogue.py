"""Mistakes: the reverse sweep done wrong on purpose, beside the right one, on any graph.

>>> from autodiff import Value
>>> x, y = Value(2, name="x"), Value(3, name="y")
>>> print(compare(x**2 + x * y, "overwriting"))
overwriting: each contribution replaces the one before, = in place of +=
node  right          wrong
c     1              1
b     1·1 = 1        1·1 = 1
y     1·2 = 2        1·2 = 2
a     1·1 = 1        1·1 = 1
x     1·3 + 1·4 = 7  1·3, then 1·4 = 4  first wrong
1 of 5 derivatives is wrong. The first is that of x: 1·3 + 1·4 = 7 is right, 1·3, then 1·4 = 4 came out, as
each contribution replaced the one before.

``compare(...).picture`` draws both sweeps beside each other, and the interactive page makes the mistake
step by step:

>>> from autodiff import explore
>>> explore(x**2 + x * y, mistake="overwriting").save_html("mistake.html")  # doctest: +SKIP
"""

from __future__ import annotations

from autodiff.number import Number
from autodiff.show.derivations.wording import shown_names
from autodiff.show.mistakes.comparison import Comparison
from autodiff.show.mistakes.sweeps import (
    Mistake,
    Parts,
    Sweep,
    arrivals_of_every_path,
    each_edge,
    every_path,
    one_edge_a_parent,
    passing_on_again,
    sweep,
    turns_in,
    without_minus_signs,
    without_waiting,
)
from autodiff.value import Value

__all__ = ["MISTAKES", "Comparison", "Mistake", "compare", "wrong_adjoints", "wrong_sweep"]


MISTAKES = (
    Mistake(
        "overwriting",
        wrong="each contribution replaces the one before, = in place of +=",
        happened="each contribution replaced the one before",
        needs="a node that is used twice, and contributions that are not 0 and do not cancel",
        parts=Parts(put=lambda before, product: product),
        joint=", then ",
    ),
    Mistake(
        "wrong order",
        wrong="a node passes on as soon as anything has arrived, without waiting for the rest",
        happened="a node above it passed on before the rest had arrived there",
        needs="a node between that two operations use, and derivatives that are not 0",
        parts=Parts(turns=lambda output: turns_in(without_waiting(output))),
    ),
    Mistake(
        "stale gradients",
        wrong="a second pass, for which only the leaves were set to 0",
        happened="it still held what the first pass had left",
        needs="a node between leaves and output, and derivatives that are not 0",
        parts=Parts(start=lambda left: left),
    ),
    Mistake(
        "one edge",
        wrong="parents are kept as a set, so that a·a has one edge",
        happened="several edges from the same node were taken for one",
        needs="an operation that uses a node twice, and derivatives that are not 0",
        parts=Parts(turns=lambda output: each_edge(output, one_edge_a_parent)),
    ),
    Mistake(
        "every path",
        wrong="each path is walked on its own, without a set of visited nodes",
        happened="the paths were added up in another order",
        needs="a node between that is used twice",
        parts=Parts(turns=every_path, arrivals=arrivals_of_every_path),
    ),
    Mistake(
        "changed values",
        wrong="the leaves are halved between the two passes, and partials computed after that",
        happened="a partial was computed from leaves that had changed since",
        needs="a partial that depends on the number of a leaf",
        parts=Parts(leaf=lambda x: x / 2),  # halved: that stays in the domain of nearly every operation
    ),
    Mistake(
        "passing on again",
        wrong="a recursion in which a node passes on all that it holds each time something arrives",
        happened="a node above it passed on again what it had passed on before",
        needs="a node between that is used twice, and derivatives that are not 0",
        parts=Parts(turns=passing_on_again),
    ),
    Mistake(
        "no chain rule",
        wrong="a node passes on its partial alone, without what has arrived there",
        happened="what had arrived above it was not multiplied by",
        needs="a derivative between that is neither 0 nor 1",
        parts=Parts(passing=lambda held: 1),
    ),
    Mistake(
        "value for partial",
        wrong="the number of a node is multiplied by where the partial belongs",
        happened="its number was multiplied by, not the partial",
        needs="a number that is not the partial by it",
        parts=Parts(factor=lambda partial, value: value),
    ),
    Mistake(
        "lost sign",
        wrong="the minus is lost that x - y, -x and x/y bring",
        happened="the minus of a partial was lost",
        needs="a difference, a minus or a quotient, and derivatives that are not 0",
        parts=Parts(turns=without_minus_signs),
    ),
)


def wrong_sweep(output: Value, mistake: str | Mistake) -> Sweep:
    """Do the sweep with a mistake: its moves in order, and what comes out. No node is changed.

    Raises:
        TypeError: ``output`` is no Value.
        ValueError: There is no mistake of this name.

    >>> x = Value(3, name="x")
    >>> [move.after for move in wrong_sweep(x * x, "one edge").moves]
    [3.0]
    """
    if not isinstance(output, Value):
        raise TypeError(f"a sweep begins at a Value, not at {output!r} of type {type(output).__name__}")
    return found(mistake).sweep(output)


def wrong_adjoints(output: Value, mistake: str | Mistake) -> dict[Value, Number]:
    """Compute what a mistake makes of the derivatives of ``output``, as :func:`wrong_sweep`.

    >>> x = Value(3, name="x")
    >>> wrong_adjoints(x * x * x, "stale gradients")[x]  # 27 is right
    45.0
    """
    return dict(wrong_sweep(output, mistake).adjoints)


def found(mistake: str | Mistake) -> Mistake:
    if isinstance(mistake, Mistake):
        return mistake
    for each in MISTAKES:
        if each.name == mistake:
            return each
    names = ", ".join(repr(each.name) for each in MISTAKES)
    raise ValueError(f"there is no mistake called {mistake!r}: choose one of {names}")


def compare(output: Value, mistake: str | Mistake) -> Comparison:
    """Do the reverse sweep right and with a mistake, and find the first node that goes wrong.

    No node is changed, neither its number nor its ``grad``. To step through the wrong sweep in a page, use
    ``autodiff.explore(output, mistake=...)`` with the same name.

    Args:
        output: Where the sweeps begin.
        mistake: The name of one of ``MISTAKES``, or one of your own.

    Returns:
        The comparison, with ``table``, ``picture``, ``first`` and ``sentence``.

    Raises:
        TypeError: ``output`` is no Value.
        ValueError: There is no mistake of this name.

    >>> x = Value(3, name="x")
    >>> print(compare(x * 2, "one edge").sentence)
    No harm here: the derivatives are right. Harm takes an operation that uses a node twice, and
    derivatives that are not 0.
    """
    wrong = wrong_sweep(output, mistake)
    return Comparison(output, found(mistake), sweep(output), wrong, shown_names(output))
