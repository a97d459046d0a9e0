"""Parameters without influence: those that a loss does not depend on."""

from __future__ import annotations

from collections.abc import Iterable

from autodiff.graph import check_is_node, topological_order
from autodiff.guards.categories import UnreachedWarning, listed, warn
from autodiff.node import N, Node

__all__ = ["unreached", "warn_unreached"]


def unreached(loss: Node, parameters: Iterable[N]) -> list[N]:
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


def warn_unreached(missed: Iterable[Node], parameters: Iterable[Node]) -> None:
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
