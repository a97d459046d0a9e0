"""Guard rails: warnings on what is legal and rarely meant.

Every warning has a category of its own, all under :class:`GraphWarning`, for the filters of ``warnings``:
``warnings.simplefilter("ignore", autodiff.RepeatedBackwardWarning)``.
"""

from __future__ import annotations

import math
import os
import sys
import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from autodiff.graph import topological_order
from autodiff.nonfinite import check_is_node, find_nonfinite

if TYPE_CHECKING:
    from autodiff.value import Value

__all__ = [
    "GraphWarning",
    "NoGradWarning",
    "NonFiniteWarning",
    "RepeatedBackwardWarning",
    "UnreachedWarning",
    "check_sweep",
    "unreached",
    "users_frame",
    "warn",
    "warn_unreached",
]

MOST_NAMES = 4  # that a message shows
ROOT = Path(__file__).resolve().parents[1]
OURS = tuple(f"{ROOT / package}{os.sep}" for package in ("autodiff", "nn"))  # no line in them is the user's


class GraphWarning(UserWarning):
    """Something on a graph that is legal and rarely meant; the base of all warnings here."""


class RepeatedBackwardWarning(GraphWarning):
    """``backward()`` adds to what an earlier call has left in the leaves, which were not set to 0 between."""


class NoGradWarning(GraphWarning):
    """A picture is to show the ``grad`` of nodes that no ``backward()`` has reached."""


class UnreachedWarning(GraphWarning):
    """A loss does not depend on a parameter that it is to train."""


class NonFiniteWarning(GraphWarning):
    """A reverse sweep has met nan or infinity."""


def users_frame(frame: FrameType | None) -> tuple[FrameType | None, int]:
    """Find the innermost frame outside of this library, and how many frames up it is.

    NumPy's frames are passed by too: its ``sum`` over an array of nodes calls back from Python.
    """
    level = 0
    while frame is not None and is_library(frame):
        frame, level = frame.f_back, level + 1
    return frame, level


def is_library(frame: FrameType) -> bool:
    module = str(frame.f_globals.get("__name__"))
    return frame.f_code.co_filename.startswith(OURS) or module.startswith("numpy.")


def warn(message: str, category: type[GraphWarning]) -> None:
    """Warn at the user's line, whichever function of this library noticed."""
    _, level = users_frame(sys._getframe())
    warnings.warn(message, category, stacklevel=level + 1)


def listed(titles: Sequence[str]) -> str:
    more = ["..."] if len(titles) > MOST_NAMES else []
    return ", ".join([*titles[:MOST_NAMES], *more])


# ---------------------------------------------------------------- the checks of backward()


def check_sweep(output: Value, seed: Any, fresh: Mapping[Value, Any]) -> None:
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


def added_again(output: Value, fresh: Mapping[Value, Any]) -> str:
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


def is_repeated(output: Value, fresh: Mapping[Value, Any]) -> bool:
    """Whether leaves hold, to the bit, what the sweep is about to add, and the output was swept before.

    A new loss over the same parameters, a second output or leaves that were set to 0 are no repetition.
    """
    added = [(leaf, adjoint) for leaf, adjoint in fresh.items() if adjoint]
    return (
        output.op is not None and bool(added) and all(bool(leaf.grad == adjoint) for leaf, adjoint in added)
    )


def left_from_before_a_step(fresh: Mapping[Value, Any]) -> list[Value]:
    """List the leaves whose ``grad`` was begun at other numbers; none where a sum may be meant.

    One leaf that was set to 0, or whose number is the same, tells that somebody looks after them: that is
    how one adds up batches, or trains two networks in turns. A leaf that no sweep has reached before tells
    nothing: it may be a new input each time, or the second network's. Then nothing is said the first time,
    but the leaves are marked with nan, which no number equals, until they are set to 0.
    """
    late, has_new = [], False
    for leaf, adjoint in fresh.items():
        begun = leaf._x
        if adjoint and begun is None:
            has_new = True
        elif adjoint:
            if not leaf.grad or leaf.data == begun:
                return []
            late.append(leaf)
    if has_new and all(leaf._x == leaf._x for leaf in late):
        for leaf in late:
            leaf._x = math.nan
        return []
    return late


# ---------------------------------------------------------------- parameters without influence


def unreached(loss: Value, parameters: Iterable[Value]) -> list[Value]:
    """List the parameters that a loss does not depend on: no step of an optimiser will train them.

    Raises:
        TypeError: The loss or a parameter is no Value.

    >>> from autodiff import Value
    >>> w, b = Value(2, name="w"), Value(1, name="b")
    >>> [parameter.name for parameter in unreached(w * 3, [w, b])]
    ['b']
    """
    parameters = list(parameters)
    for node in (loss, *parameters):
        check_is_node(node, "unreached")
    reached = set(topological_order(loss))
    return [parameter for parameter in parameters if parameter not in reached]


def warn_unreached(missed: Iterable[Value], parameters: Iterable[Value]) -> None:
    """Warn of parameters that no loss has reached, by their names or positions.

    Args:
        missed: What :func:`unreached` lists; nothing is said if it is empty.
        parameters: All that are to be trained.
    """
    parameters, missed = list(parameters), set(missed)
    titles = [node.name or f"parameters[{i}]" for i, node in enumerate(parameters) if node in missed]
    if titles:
        them = "it" if len(titles) == 1 else "them"
        message = (
            f"the loss does not depend on {len(titles)} of {len(parameters)} parameters: "
            f"{listed(titles)}; no step will train {them}: use {them} in the loss, or leave {them} out"
        )
        warn(message, UnreachedWarning)
