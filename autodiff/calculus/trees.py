"""Trees of numbers: a number, or a list, tuple or dictionary of trees (what JAX calls a pytree)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

__all__ = ["Tree", "each_leaf", "tree_leaves", "with_leaves"]

Tree: TypeAlias = Any  # a number, an array, or a list, tuple or dictionary of trees


def each_leaf(function: Callable[[Tree, str], Tree], tree: Tree, path: str = "") -> Tree:
    """Apply a function to every leaf of a tree and its path, such as ``['w'][2]``; the tree stays.

    >>> each_leaf(lambda x, path: 10 * x, {"w": [1, 2], "b": 3})
    {'w': [10, 20], 'b': 30}
    """
    if isinstance(tree, dict):
        return {key: each_leaf(function, child, f"{path}[{key!r}]") for key, child in tree.items()}
    if not isinstance(tree, list | tuple):
        return function(tree, path)
    children = [each_leaf(function, child, f"{path}[{i}]") for i, child in enumerate(tree)]
    if isinstance(tree, list):
        return children
    return type(tree)(*children) if hasattr(tree, "_fields") else tuple(children)


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
