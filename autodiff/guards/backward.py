"""The checks of backward(): a sweep that repeats another, is late, or meets nan or infinity."""

from __future__ import annotations

import math
from collections.abc import Mapping

from autodiff.guards.categories import NonFiniteWarning, RepeatedBackwardWarning, listed, warn
from autodiff.guards.nonfinite import find_nonfinite
from autodiff.node import Node
from autodiff.number import Number

__all__ = ["check_sweep"]


def check_sweep(output: Node, seed: Number, fresh: Mapping[Node, Number]) -> None:
    """Warn of a sweep before its result is stored; as an error, the warning leaves every ``grad``.

    Args:
        output: Where the sweep began.
        seed: What with.
        fresh: What it found for the leaves. To see nan or infinity anywhere it is enough to look at these and
            at the output: the sweeps carry both there.
    """
    if repetition := added_again(output, fresh):
        warn(repetition, RepeatedBackwardWarning)
    # One addition a leaf. The sum of finite numbers may overflow: then the search finds nothing.
    if output.data.__class__ is float and not math.isfinite(sum(fresh.values(), output.data)):
        culprit = find_nonfinite(output, seed)
        if culprit is not None:
            warn(f"backward: {culprit}{culprit.advice}", NonFiniteWarning)


def added_again(output: Node, fresh: Mapping[Node, Number]) -> str:
    """Say what the sweep adds to that was not set to 0; nothing where that may be meant."""
    if output.grad and is_repeated(output, fresh):
        return (
            f"backward: the leaves below {output!r} hold just what this call adds to them, from an earlier "
            "call: their grad doubles. Set it to 0 first, as zero_grad() does, or use gradient()"
        )
    late = left_from_before_a_step(fresh)
    if not late:
        return ""
    return (
        f"backward: the grad of {listed([leaf.name or repr(leaf) for leaf in late])} still holds what an "
        "earlier call added, from before the number changed, and this call adds to it. Set it to 0 before "
        "each backward(), as zero_grad() does"
    )


def is_repeated(output: Node, fresh: Mapping[Node, Number]) -> bool:
    """Whether leaves hold, to the bit, what the sweep is about to add, and the output was swept before.

    A new loss over the same parameters, a second output or leaves that were set to 0 are no repetition.
    """
    added = [(leaf, adjoint) for leaf, adjoint in fresh.items() if adjoint]
    return (
        output.op is not None and bool(added) and all(bool(leaf.grad == adjoint) for leaf, adjoint in added)
    )


def left_from_before_a_step(fresh: Mapping[Node, Number]) -> list[Node]:
    """List the leaves whose ``grad`` was begun at other numbers; none where a sum may be meant.

    One leaf that was set to 0, or whose number is the same, tells that somebody looks after them: that is
    how one adds up batches, or trains two networks in turns. A leaf that no sweep has reached before tells
    nothing: it may be a new input each time, or the second network's. Then nothing is said the first time,
    but the leaves are marked as doubtful until they are set to 0.
    """
    late: list[Node] = []
    has_new = False
    for leaf, adjoint in fresh.items():
        begun = leaf._begun
        if adjoint and begun is None:
            has_new = True
        elif adjoint:
            if not leaf.grad or leaf.data == begun:
                return []
            late.append(leaf)
    if has_new and all(leaf._begun != "doubtful" for leaf in late):
        for leaf in late:
            leaf._begun = "doubtful"
        return []
    return late
