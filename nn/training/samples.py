"""Samples: the (x, y) that a model is trained on, as pairs of Python's numbers and as tables for programs.

A table holds the numbers of samples that are built alike, a row each; what else there is to a sample, the
nesting of its lists and anything that is no number, is its kind.

>>> samples = Samples([([1, 2], 0), ([3, 4], 1), ([5], 1)])
>>> for table in samples.tables:
...     print(table.places, table.numbers.tolist())
[0 1] [[1.0, 2.0, 0.0], [3.0, 4.0, 1.0]]
[2] [[5.0, 1.0]]
>>> rebuilt_sample(samples.tables[0].kind, iter([3.0, 4.0, 1.0]))
([3.0, 4.0], 1.0)
"""

from __future__ import annotations

import numbers
import pickle
import reprlib
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from nn.values import FloatArray

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "ArrayPair",
    "Kind",
    "Pair",
    "Places",
    "SampleTable",
    "Samples",
    "Types",
    "UnknownKindError",
    "kind_of",
    "rebuilt_sample",
]

Pair: TypeAlias = tuple[object, object]
ArrayPair: TypeAlias = "tuple[NDArray[np.generic], NDArray[np.generic]]"
Places: TypeAlias = "NDArray[np.intp]"

MOST_TYPES = 16  # ways in which the numbers of a kind are of types that are told apart

MOST_LOOKED_AT = 1000  # samples among which telling ones are chosen

NUMBER: Literal["number"] = "number"  # the kind of one number


class Constant(NamedTuple):
    """The kind of what is no number: itself."""

    type: type
    value: str | bool | None


class Nested(NamedTuple):
    """The kind of a list or tuple."""

    type: type[list[object]] | type[tuple[object, ...]]
    children: tuple[Kind, ...]


class Keyed(NamedTuple):
    """The kind of a dictionary."""

    keys: tuple[object, ...]
    children: tuple[Kind, ...]


Kind: TypeAlias = Literal["number"] | Constant | Nested | Keyed
Types: TypeAlias = tuple[type, ...]  # of the numbers of a sample


class UnknownKindError(TypeError):
    """A sample holds something that is neither a number, nor a container of such, nor a constant.

    >>> kind_of({1, 2}, [])
    Traceback (most recent call last):
    ...
    nn.training.samples.UnknownKindError: a sample holds a set, {1, 2}
    """


@dataclass(frozen=True)
class SampleTable:
    """Samples of one kind.

    Attributes:
        kind: What they have in common; see `rebuilt_sample`.
        numbers: An array with a row a sample.
        places: Where they stand in their batch.

    >>> Samples([(1, 2), (3, 4)]).tables[0].kind
    Nested(type=<class 'tuple'>, children=('number', 'number'))
    """

    kind: Kind
    numbers: FloatArray
    places: Places


class Samples:
    """Samples that are held in memory, as pairs and as tables; each is made where it is first asked for.

    Args:
        pairs: (x, y) pairs; or
        arrays: X and y, with a sample at each index.

    Attributes:
        pairs: The samples as (x, y), with NumPy's arrays as lists.
        tables: The samples as tables, one a kind. Asking raises an UnknownKindError if a sample cannot be
            written into a table.
        firsts: Of each kind, where the first samples stand whose numbers are of other types than those before,
            such as int and float, for which a model may ask.

    >>> import numpy as np
    >>> samples = Samples(arrays=(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0, 1])))
    >>> len(samples), samples.pairs
    (2, [([1.0, 2.0], 0), ([3.0, 4.0], 1)])
    """

    def __init__(self, pairs: list[Pair] | None = None, arrays: ArrayPair | None = None) -> None:
        self._arrays = arrays
        self._kept: list[bytes] = []
        if pairs is not None:
            self.pairs = pairs

    def __len__(self) -> int:
        return len(self.pairs) if self._arrays is None else len(self._arrays[0])

    @cached_property
    def pairs(self) -> list[Pair]:
        assert self._arrays is not None
        X, y = self._arrays
        return list(zip(X.tolist(), y.tolist(), strict=True))

    @cached_property
    def tables(self) -> list[SampleTable]:
        return self._made[0]

    @property
    def firsts(self) -> dict[Kind, dict[Types, int]]:
        return self._made[1]

    @cached_property
    def _made(self) -> tuple[list[SampleTable], dict[Kind, dict[Types, int]]]:
        import numpy as np

        if self._arrays is not None:
            X, y = self._arrays
            check_fits_floats(X)
            check_fits_floats(y)
            rows = np.concatenate([X.reshape(len(X), -1), y.reshape(len(y), -1)], axis=1, dtype=float)
            kind = kind_of((X[0].tolist(), y[0].tolist()), [])
            return [SampleTable(kind, rows, np.arange(len(X), dtype=np.intp))], {kind: {(): 0}}
        by_kind: dict[Kind, list[tuple[int, list[float]]]] = {}
        firsts: dict[Kind, dict[Types, int]] = {}
        for place, pair in enumerate(self.pairs):
            found: list[Any] = []
            kind = kind_of(pair, found)
            by_kind.setdefault(kind, []).append((place, floats_of(found)))
            first = firsts.setdefault(kind, {})
            if len(first) < MOST_TYPES:
                first.setdefault(types_of(found), place)
        tables = [
            SampleTable(
                kind, np.array([row for _, row in members]), np.array([place for place, _ in members])
            )
            for kind, members in by_kind.items()
        ]
        return tables, firsts

    def telling(self, kind: Kind) -> list[int]:
        """Return where samples stand that may tell more of a model than the first one: of few zeros, or unlike it.

        >>> samples = Samples([([0, 0], 0), ([0, 1], 1), ([5, 1], 0)])
        >>> samples.telling(samples.tables[0].kind)
        [1, 2]
        """
        import numpy as np

        table = next(table for table in self.tables if table.kind == kind)
        rows = table.numbers[:MOST_LOOKED_AT]
        chosen = np.count_nonzero(rows, axis=1).argmax(), np.abs(rows - rows[0]).sum(axis=1).argmax()
        return sorted({int(table.places[i]) for i in chosen})

    def are_among(self, ids: Container[object]) -> bool:
        """Return whether an x or y, such as a list, is one of some objects, which are known by their ids.

        >>> x = [1.0, 2.0]
        >>> Samples([(x, 3.0)]).are_among({id(x)}), Samples([([1.0, 2.0], 3.0)]).are_among({id(x)})
        (True, False)
        """
        return self._arrays is None and any(id(part) in ids for pair in self.pairs for part in pair)

    def keep(self) -> None:
        """Remember the samples and their tables as they are, as others may change their lists."""
        with suppress(UnknownKindError):  # which the graph takes, as they are then
            self._kept = [pickle.dumps(pair) for pair in self.pairs] if self.tables else []

    def changed(self, places: Iterable[int]) -> bool:
        """Return whether any of some samples is another than the one that was kept.

        >>> samples = Samples([([1.0, 2.0], 3.0)])
        >>> samples.keep()
        >>> samples.changed([0])
        False
        >>> samples.pairs[0][0][1] = 5.0
        >>> samples.changed([0])
        True
        """
        return bool(self._kept) and any(pickle.dumps(self.pairs[i]) != self._kept[i] for i in places)

    def chosen(self, places: Sequence[int]) -> list[SampleTable]:
        """Return the tables of some samples.

        >>> [table.numbers.tolist() for table in Samples([(1, 2), ([3], 4), (5, 6)]).chosen([2, 1])]
        [[[5.0, 6.0]], [[3.0, 4.0]]]
        """
        import numpy as np

        wanted, found = np.asarray(places), []
        for table in self.tables:
            rows = np.minimum(np.searchsorted(table.places, wanted), len(table.places) - 1)
            here = np.flatnonzero(table.places[rows] == wanted)
            if len(here):
                found.append(SampleTable(table.kind, table.numbers[rows[here]], here))
        return found


def floats_of(items: list[Any]) -> list[float]:
    """Return numbers as floats, if they fit."""
    try:
        found = list(map(float, items))
    except OverflowError:
        raise UnknownKindError(f"a sample holds {reprlib.repr(items)}, too large for a float") from None
    if int in map(type, items) and any(type(x) is int and x != y for x, y in zip(items, found, strict=True)):
        raise UnknownKindError(
            f"a sample holds {reprlib.repr(items)}, whole numbers with too many digits for floats"
        )
    return found


def check_fits_floats(array: NDArray[np.generic]) -> None:
    """Refuse whole numbers that do not fit into floats."""
    if array.dtype.kind in "iu" and array.size:
        largest = max(array.max().item(), array.min().item(), key=abs)
        if abs(largest) > 2**53:
            raise UnknownKindError(
                f"a sample holds {largest}, a whole number with too many digits for floats"
            )


def types_of(items: list[Any]) -> Types:
    """Return the types of numbers: one, if all are alike.

    >>> types_of([1, 2]), types_of([1, 2.5])
    ((<class 'int'>,), (<class 'int'>, <class 'float'>))
    """
    types = tuple(map(type, items))
    return types if len(set(types)) > 1 else types[:1]


def kind_of(item: object, found: list[Any]) -> Kind:
    """Return how a sample is built, without its numbers; append these to `found`, as they are.

    Raises:
        UnknownKindError: It holds something else than numbers, strings, bools, None and containers of these.

    >>> numbers = []
    >>> kind_of([1, "word"], numbers), numbers
    (Nested(type=<class 'list'>, children=('number', Constant(type=<class 'str'>, value='word'))), [1])
    """
    if isinstance(item, list) and set(map(type, item)) <= {float, int}:  # the fast way for most
        found += item
        return Nested(list, (NUMBER,) * len(item))
    if isinstance(item, bool | str | None):
        return Constant(type(item), item)
    if isinstance(item, numbers.Real):
        found.append(item)
        return NUMBER
    if type(item) is list or type(item) is tuple:
        return Nested(type(item), tuple([kind_of(child, found) for child in item]))
    if type(item) is dict:
        return Keyed(tuple(item), tuple([kind_of(child, found) for child in item.values()]))
    if hasattr(item, "tolist"):
        return kind_of(item.tolist(), found)
    raise UnknownKindError(f"a sample holds a {type(item).__name__}, {item!r}")


def rebuilt_sample(kind: Kind, found: Iterator[object]) -> Any:
    """Return a sample of a kind with the next numbers in its places; the inverse of `kind_of`.

    >>> rebuilt_sample(kind_of({"a": [1, 2]}, []), iter("xy"))
    {'a': ['x', 'y']}
    """
    if isinstance(kind, str):
        return next(found)
    if isinstance(kind, Constant):
        return kind.value
    children = [rebuilt_sample(child, found) for child in kind.children]
    return dict(zip(kind.keys, children, strict=True)) if isinstance(kind, Keyed) else kind.type(children)
