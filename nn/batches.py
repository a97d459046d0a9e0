"""Batches: samples (x, y) from lists, arrays or streams, as pairs of numbers and as tables for programs.

A table holds the numbers of samples that are built alike, a row each; what else there is to a sample, the
nesting of its lists and anything that is no number, is its kind.

>>> batch = whole("data", [([1, 2], 0), ([3, 4], 1), ([5], 1)])
>>> for table in batch.tables:
...     print(table.places, table.numbers.tolist())
[0 1] [[1.0, 2.0, 0.0], [3.0, 4.0, 1.0]]
[2] [[5.0, 1.0]]
>>> rebuilt(batch.tables[0].kind, iter([3.0, 4.0, 1.0]))
([3.0, 4.0], 1.0)
"""

from __future__ import annotations

import numbers
import random
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

Pair: TypeAlias = tuple[Any, Any]
Held: TypeAlias = "Iterable[Pair] | tuple[Any, Any]"  # samples in memory
Data: TypeAlias = "Held | Callable[[], Iterable[Held]]"

NUMBER = "number"  # the kind of one number


class UnknownKindError(TypeError):
    """A sample holds something that is neither a number, nor a container of such, nor a constant."""


@dataclass(frozen=True)
class Table:
    """Samples of one kind.

    Attributes:
        kind: what they have in common; see `rebuilt`.
        numbers: an array with a row a sample.
        places: where they stand in their batch.
    """

    kind: Hashable
    numbers: Any
    places: Any


@dataclass
class Batch:
    """Samples of which a step sees all at once: those of `data` that are chosen."""

    data: Samples
    chosen: Sequence[int]

    def __len__(self) -> int:
        return len(self.chosen)

    @cached_property
    def pairs(self) -> list[Pair]:
        """The samples as (x, y), with NumPy's arrays as lists."""
        return [self.data.pairs[i] for i in self.chosen]

    @cached_property
    def targets(self) -> list[Any]:
        return [y for _, y in self.pairs]

    @property
    def tables(self) -> list[Table]:
        """The samples as tables, one a kind.

        Raises:
            UnknownKindError: a sample cannot be written into a table.
        """
        tables = self.data.tables
        if len(self) == len(self.data) and isinstance(self.chosen, range):
            return tables
        if len(tables) == 1:
            return [Table(tables[0].kind, tables[0].numbers[self.chosen], range(len(self)))]
        return self.data.chosen(self.chosen)


class Samples:
    """Samples that are held in memory, as pairs and as tables; each is made where it is first asked for.

    Args:
        pairs: (x, y) pairs; or
        arrays: X and y, with a sample at each index.
    """

    def __init__(self, pairs: list[Pair] | None = None, arrays: tuple[Any, Any] | None = None) -> None:
        self.arrays = arrays
        if pairs is not None:
            self.pairs = pairs

    def __len__(self) -> int:
        return len(self.pairs) if self.arrays is None else len(self.arrays[0])

    @cached_property
    def pairs(self) -> list[Pair]:
        assert self.arrays is not None
        return list(zip(*(array.tolist() for array in self.arrays), strict=True))

    @cached_property
    def tables(self) -> list[Table]:
        import numpy as np

        if self.arrays is not None:
            X, y = self.arrays
            rows = np.concatenate([X.reshape(len(X), -1), y.reshape(len(y), -1)], axis=1, dtype=float)
            return [Table(kind_of((X[0].tolist(), y[0].tolist()), []), rows, np.arange(len(X)))]
        by_kind: dict[Hashable, list[tuple[int, list[float]]]] = {}
        for place, pair in enumerate(self.pairs):
            found: list[float] = []
            by_kind.setdefault(kind_of(pair, found), []).append((place, found))
        return [
            Table(kind, np.array([row for _, row in members]), np.array([place for place, _ in members]))
            for kind, members in by_kind.items()
        ]

    def chosen(self, places: Sequence[int]) -> list[Table]:
        """Return the tables of some samples."""
        import numpy as np

        wanted, found = np.asarray(places), []
        for table in self.tables:
            rows = np.minimum(np.searchsorted(table.places, wanted), len(table.places) - 1)
            here = np.flatnonzero(table.places[rows] == wanted)
            if len(here):
                found.append(Table(table.kind, table.numbers[rows[here]], here))
        return found


def kind_of(item: Any, found: list[float]) -> Hashable:
    """Return how a sample is built, without its numbers; append these to `found`.

    Raises:
        UnknownKindError: it holds something else than numbers, strings, bools, None and containers of these.
    """
    if isinstance(item, list) and set(map(type, item)) <= {float, int}:  # the fast way for most
        found += map(float, item)
        return list, (NUMBER,) * len(item)
    if isinstance(item, bool | str | None):
        return "constant", type(item), item
    if isinstance(item, numbers.Real):
        found.append(float(item))
        return NUMBER
    if type(item) is list or type(item) is tuple:
        return type(item), tuple([kind_of(child, found) for child in item])
    if type(item) is dict:
        return dict, tuple([(key, kind_of(child, found)) for key, child in item.items()])
    if hasattr(item, "tolist"):
        return kind_of(item.tolist(), found)
    raise UnknownKindError(f"a sample holds a {type(item).__name__}, {item!r}")


def rebuilt(kind: Any, found: Iterator[Any]) -> Any:
    """Return a sample of a kind with the next numbers in its places; the inverse of `kind_of`."""
    if kind == NUMBER:
        return next(found)
    container, children = kind[0], kind[-1]
    if container == "constant":
        return children
    if container is dict:
        return {key: rebuilt(child, found) for key, child in children}
    return container([rebuilt(child, found) for child in children])


# ---------------------------------------------------------------- batches of data


def whole(what: str, data: Held) -> Batch:
    """Return all samples of data in memory as one batch.

    Args:
        what: how error messages call them.
        data: (x, y) pairs, or a tuple of two arrays.

    Raises:
        ValueError: these are no samples, or none.
    """
    arrays = _arrays(what, data)
    samples = Samples(arrays=arrays) if arrays else Samples(_pairs(what, data))
    if not len(samples):
        raise ValueError(f"{what} is empty: give at least one (x, y) pair")
    return Batch(samples, range(len(samples)))


def batches_of(data: Batch, batch_size: int | None, order: random.Random | None) -> Iterator[Batch]:
    """Yield the batches of one epoch, in a new order if randomness is given."""
    size = batch_size or len(data)
    if order is None and size >= len(data):
        yield data
        return
    places: Sequence[int] = range(len(data))
    if order is not None:
        places = order.sample(places, len(data))
    for start in range(0, len(data), size):
        yield Batch(data.data, places[start : start + size])


def stream_of(source: Callable[[], Iterable[Any]]) -> Iterator[Batch]:
    """Yield the batches that a function gives for one epoch.

    Raises:
        ValueError: one is no batch, or there is none.
    """
    i = -1
    for i, batch in enumerate(source()):
        yield whole(f"batch {i} of data", batch)
    if i < 0:
        raise ValueError(
            "data() gave no batches: it must give those of one epoch at each call, "
            "so hand over a function such as lambda: loader, and no generator that is used up"
        )


def _arrays(what: str, data: Any) -> tuple[Any, Any] | None:
    """Return X and y if that is what the data are."""
    if type(data) is not tuple or len(data) != 2 or not all(hasattr(each, "tolist") for each in data):
        return None
    import numpy as np

    X, y = map(np.asarray, data)
    if X.ndim == 0 or y.ndim == 0 or len(X) != len(y):
        raise ValueError(
            f"{what} must have as many x as y, got arrays X of shape {X.shape} and y of shape {y.shape}"
        )
    if any(array.dtype.kind not in "fiu" for array in (X, y)):
        raise ValueError(f"{what} must be arrays of real numbers, not X of {X.dtype} and y of {y.dtype}")
    return X, y


def _pairs(what: str, data: Iterable[Pair]) -> list[Pair]:
    pairs = []
    for i, pair in enumerate(data):
        if isinstance(pair, str) or not hasattr(pair, "__len__") or len(pair) != 2:
            raise ValueError(f"{what}[{i}] is no (x, y) pair: pass a list of pairs, such as list(zip(X, y))")
        x, y = pair
        pairs.append((_as_list(x), _as_list(y)))
    return pairs


def _as_list(item: Any) -> Any:
    """Return NumPy's arrays and scalars as plain lists and numbers: once, instead of at each use."""
    return item.tolist() if hasattr(item, "tolist") else item
