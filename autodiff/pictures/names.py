"""Names for the nodes of a graph: their own, or letters for those that have none."""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterable, Mapping

from autodiff.graph import topological_order
from autodiff.value import Value, checked_name

__all__ = ["clean", "default_names", "free_letters", "nodes_below", "outputs_of"]

NODE_LETTERS = "abcdefghkmnpqrstuvwxyz"  # i and j are read as constants, l and o as digits
WITHOUT_E = {
    "add",
    "sub",
    "mul",
    "truediv",
    "neg",
    "pow",
    "sum",
    "mean",
    "dot",
    "prod",
}  # beside it e is a constant

TURNING = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")  # of Unicode's classes of direction


def outputs_of(output: Value | Iterable[Value], where: str) -> list[Value]:
    """Check and list what was given as one Value or several.

    Raises:
        TypeError: Something else is among it; the message begins with ``where``.
        ValueError: There is none.

    >>> x = Value(2, name="x")
    >>> [node.name for node in outputs_of([x, x], "draw")]
    ['x']
    """
    outputs = list(output) if isinstance(output, Iterable) else [output]
    for node in outputs:
        if not isinstance(node, Value):
            raise TypeError(f"{where} needs a Value or several, not {node!r} of type {type(node).__name__}")
    if not outputs:
        raise ValueError(f"{where} needs at least one Value, got none")
    return list(dict.fromkeys(outputs))


def nodes_below(outputs: Iterable[Value]) -> list[Value]:
    """List the nodes that the outputs were computed from, and themselves, each once, parents first.

    >>> x = Value(2, name="x")
    >>> len(nodes_below([x + 1, x * 2]))
    3
    """
    return list(dict.fromkeys(node for output in outputs for node in topological_order(output)))


def default_names(
    output: Value | Iterable[Value], given: Mapping[Value, str] | None = None
) -> dict[Value, str]:
    """Give every node of a graph a name to be shown under; no node is changed.

    A node without a name, or with a blank one, gets the next letter that no other node has, level by level
    from the leaves up, as one names them by hand: none that is read as a constant, so no e beside exponentials; and
    f, if they get that far, for what all lead to; if there are not letters enough, they are v1, v2, ...

    Args:
        output: One Value or several.
        given: Names that go before the nodes' own.

    Raises:
        TypeError: A name is no string, as one that was assigned to ``node.name`` may be.

    Returns:
        The names, in topological order.

    >>> x, y = Value(2, name="x"), Value(3, name="y")
    >>> f = x**2 + x * y + (x + y) ** 2
    >>> names = default_names(f)
    >>> [names[parent] for parent in f.parents], names[f]
    (['d', 'e'], 'f')
    """
    order = nodes_below(outputs_of(output, "default_names"))
    given = given or {}
    own = {node: readable(checked_name(given.get(node, node.name))) for node in order}
    taken = {
        *own.values(),
        *(node.op.symbol.rstrip("′") for node in order if node.op),
    }  # an unknown function too
    unnamed = [node for node in by_level(order) if own[node] is None]
    plain = all(node.op is None or node.op.name in WITHOUT_E for node in order)
    letters = free_letters(taken if plain else {*taken, "e"})
    if "f" in letters[: len(unnamed)] and unnamed[-1] is order[-1]:
        letters.remove("f")
        letters.insert(len(unnamed) - 1, "f")
    if len(letters) < len(unnamed):
        numbered = (f"v{number}" for number in range(1, len(order) + len(taken) + 1))
        letters = [name for name in numbered if name not in taken]
    invented = dict(zip(unnamed, letters, strict=False))
    return {node: invented[node] if name is None else name for node, name in own.items()}


def free_letters(taken: Container[str | None]) -> list[str]:
    """The letters for what has no name that are not taken.

    >>> free_letters("abcd")[:3]
    ['e', 'f', 'g']
    """
    return [letter for letter in NODE_LETTERS if letter not in taken]


def readable(name: str | None) -> str | None:
    """A name, unless nobody could see it."""
    return name if name and name.strip() else None


def by_level(order: list[Value]) -> list[Value]:
    """Sort a topological order by the longest way from a leaf."""
    level: dict[Value, int] = {}
    for node in order:
        level[node] = 1 + max((level[parent] for parent in node.parents), default=-1)
    return sorted(order, key=level.__getitem__)


def clean(text: str) -> str:
    r"""Replace what is no visible text and would break a file or a line: control characters, halves of pairs.

    So are the characters that turn the direction of all that follows, such as U+202E.

    >>> clean("two\nlines\x00")
    'two lines�'
    """
    return "".join(map(visible, text))


def visible(character: str) -> str:
    if character in "\n\r\t\v\f\x85\u2028\u2029":
        return " "
    broken = unicodedata.category(character) in ("Cc", "Cs") or ord(character) & 0xFFFE == 0xFFFE
    turning = unicodedata.bidirectional(character) in TURNING
    return "\N{REPLACEMENT CHARACTER}" if broken or turning else character
