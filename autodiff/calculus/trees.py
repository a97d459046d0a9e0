"""Trees of numbers: a number, or a list, tuple or dictionary of trees (what JAX calls a pytree)."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

__all__ = ["Tree", "each_leaf", "tree_leaves", "with_leaves"]

Tree: TypeAlias = Any  # a number, an array, or a list, tuple or dictionary of trees


def each_leaf(function: Callable[[Tree, str], Tree], tree: Tree, path: str = "") -> Tree:
    """Apply a function to every leaf of a tree and its path, such as ``['w'][2]``; the tree stays.

    The result has the classes of the tree: an OrderedDict, a defaultdict or a named tuple stays one.

    >>> each_leaf(lambda x, path: 10 * x, {"w": [1, 2], "b": 3})
    {'w': [10, 20], 'b': 30}
    """
    if isinstance(tree, dict):
        items = {key: each_leaf(function, child, f"{path}[{key!r}]") for key, child in tree.items()}
        return items if type(tree) is dict else with_children(tree, items.items())
    if not isinstance(tree, list | tuple):
        return function(tree, path)
    children = [each_leaf(function, child, f"{path}[{i}]") for i, child in enumerate(tree)]
    if isinstance(tree, list):
        return children if type(tree) is list else with_children(tree, enumerate(children))
    return tree._make(children) if hasattr(tree, "_make") else tuple(children)


def with_children(tree: Tree, items: Iterable[tuple[Any, Tree]]) -> Tree:
    """A container of the same class, such as an OrderedDict or a defaultdict, with other children."""
    made = copy.copy(tree)
    for key, child in items:
        made[key] = child
    return made


def tree_leaves(tree: Tree, path: str = "") -> list[tuple[Tree, str]]:
    """List the leaves of a tree, each with its path.

    >>> tree_leaves({"w": [1, 2], "b": 3})
    [(1, "['w'][0]"), (2, "['w'][1]"), (3, "['b']")]
    """
    found: list[tuple[Tree, str]] = []
    each_leaf(lambda leaf, where: found.append((leaf, where)), tree, path)
    return found


def with_leaves(tree: Tree, leaves: Sequence[Tree]) -> Tree:
    """The same tree with other leaves.

    >>> with_leaves({"w": [1, 2], "b": 3}, [4, 5, 6])
    {'w': [4, 5], 'b': 6}
    """
    remaining = iter(leaves)
    return each_leaf(lambda *_: next(remaining), tree)
