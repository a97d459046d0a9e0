"""Guard rails: warnings on what is legal and rarely meant.

Every warning has a category of its own, all under :class:`GraphWarning`, for the filters of ``warnings``:
``warnings.simplefilter("ignore", autodiff.RepeatedBackwardWarning)``.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence

from autodiff.guards.lines import users_frame

__all__ = [
    "GraphWarning",
    "KinkWarning",
    "LostStepWarning",
    "NoGradWarning",
    "NonFiniteWarning",
    "RepeatedBackwardWarning",
    "UnreachedWarning",
    "listed",
    "warn",
]

MOST_NAMES = 4  # that a message shows


class GraphWarning(UserWarning):
    """Something on a graph that is legal and rarely meant; the base of all warnings here."""


class RepeatedBackwardWarning(GraphWarning):
    """``backward()`` adds to what an earlier call has left in the leaves, which were not set to 0 between."""


class NoGradWarning(GraphWarning):
    """A picture is to show the ``grad`` of nodes that no ``backward()`` has reached."""


class UnreachedWarning(GraphWarning):
    """A loss does not depend on a parameter that it is to train."""


class KinkWarning(GraphWarning):
    """A second derivative passes through a kink, where the first one is a convention and has none of its own."""


class NonFiniteWarning(GraphWarning):
    """A reverse sweep has met nan or infinity."""


class LostStepWarning(GraphWarning):
    """``p -= number`` on a leaf makes a new node: it takes no step."""


def warn(message: str, category: type[Warning]) -> None:
    """Warn at the user's line, whichever function of this library noticed."""
    frame = users_frame(sys._getframe()) or sys._getframe(1)
    warnings.warn_explicit(
        message,
        category,
        frame.f_code.co_filename,
        frame.f_lineno,
        module=frame.f_globals.get("__name__"),
        registry=frame.f_globals.setdefault("__warningregistry__", {}),
    )


def listed(titles: Sequence[str]) -> str:
    """Write titles in a row, of many the first few."""
    more = ["..."] if len(titles) > MOST_NAMES else []
    return ", ".join([*titles[:MOST_NAMES], *more])
