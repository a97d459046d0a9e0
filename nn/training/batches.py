"""Batches: samples that a step sees at once, chosen from lists, arrays or streams.

>>> for batch in batches_of(whole("data", [(1, 10), (2, 20), (3, 30)]), batch_size=2, order=None):
...     print(batch.pairs)
[(1, 10), (2, 20)]
[(3, 30)]
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import is_
from typing import TYPE_CHECKING, Any, TypeAlias

from autodiff.number import check_only_numbers
from nn.training.samples import ArrayPair, Pair, Samples, SampleTable
from nn.values import as_list, unpacked

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["Batch", "Data", "Held", "Stream", "batches_of", "stream_of", "whole"]

Held: TypeAlias = "Iterable[Pair] | tuple[ArrayLike, ArrayLike]"  # samples in memory
Stream: TypeAlias = "Callable[[], Iterable[Held]]"
Data: TypeAlias = "Held | Stream"


@dataclass
class Batch:
    """Samples of which a step sees all at once: those of `data` that are chosen.

    Attributes:
        data: All samples.
        chosen: Where the chosen ones stand among them.
        pairs: The chosen samples as (x, y), with NumPy's arrays as lists.
        targets: Their y.

    >>> batch = Batch(Samples([(1, 10), (2, 20), (3, 30)]), [2, 0])
    >>> len(batch), batch.pairs, batch.targets
    (2, [(3, 30), (1, 10)], [30, 10])
    """

    data: Samples
    chosen: Sequence[int]

    def __len__(self) -> int:
        return len(self.chosen)

    @cached_property
    def pairs(self) -> list[Pair]:
        return [self.data.pairs[i] for i in self.chosen]

    @cached_property
    def targets(self) -> list[object]:
        return [y for _, y in self.pairs]

    def now(self) -> Batch:
        """Return the batch as its samples are now, if they are kept; see `Samples.keep`."""
        return Batch(Samples(self.pairs), range(len(self))) if self.data.changed(self.chosen) else self

    @property
    def tables(self) -> list[SampleTable]:
        """The samples as tables, one a kind.

        Raises:
            UnknownKindError: A sample cannot be written into a table.

        >>> [table.numbers.tolist() for table in Batch(Samples([(1, 10), (2, 20)]), [1]).tables]
        [[[2.0, 20.0]]]
        """
        import numpy as np

        tables = self.data.tables
        if len(self) == len(self.data) and isinstance(self.chosen, range):
            return tables
        if len(tables) == 1:
            return [
                SampleTable(
                    tables[0].kind, tables[0].numbers[self.chosen], np.arange(len(self), dtype=np.intp)
                )
            ]
        return self.data.chosen(self.chosen)


def whole(what: str, data: Held) -> Batch:
    """Return all samples of data in memory as one batch.

    Args:
        what: How error messages call them.
        data: (x, y) pairs, or a tuple of two arrays.

    Raises:
        ValueError: These are no samples, or none.

    >>> whole("data", [([1, 2], 0), ([3, 4], 1)]).targets
    [0, 1]
    """
    arrays = checked_arrays(what, data)
    samples = Samples(arrays=arrays) if arrays else Samples(checked_pairs(what, data))
    if not len(samples):
        raise ValueError(f"{what} is empty: give at least one (x, y) pair")
    return Batch(samples, range(len(samples)))


def batches_of(data: Batch, batch_size: int | None, order: random.Random | None) -> Iterator[Batch]:
    """Yield the batches of one epoch.

    Args:
        data: All samples.
        batch_size: How many a batch holds, the last one maybe less; all of them if not given.
        order: The randomness that a new order is drawn from; the given order without it.

    >>> [batch.targets for batch in batches_of(whole("data", [(1, 10), (2, 20), (3, 30)]), 2, None)]
    [[10, 20], [30]]
    """
    size = batch_size or len(data)
    if order is None and size >= len(data):
        yield data
        return
    places: Sequence[int] = range(len(data))
    if order is not None:
        places = order.sample(places, len(data))
    for start in range(0, len(data), size):
        yield Batch(data.data, places[start : start + size])


def stream_of(source: Callable[[], Iterable[Held]]) -> Iterator[Batch]:
    """Yield the batches that a function gives for one epoch.

    Raises:
        ValueError: One is no batch, or there is none.

    >>> [batch.targets for batch in stream_of(lambda: [[(1, 10), (2, 20)], [(3, 30)]])]
    [[10, 20], [30]]
    """
    i = -1
    for i, batch in enumerate(source()):
        yield whole(f"batch {i} of data", batch)
    if i < 0:
        raise ValueError(
            "data() gave no batches: it must give those of one epoch at each call, "
            "so hand over a function such as lambda: loader, and no generator that is used up"
        )


def checked_arrays(what: str, data: object) -> ArrayPair | None:
    """Return X and y if that is what the data are."""
    if type(data) is not tuple or len(data) != 2 or not all(hasattr(each, "tolist") for each in data):
        return None
    import numpy as np

    for each in data:
        check_only_numbers(each, what)
    X, y = map(np.asarray, data)
    if X.ndim == 0 or y.ndim == 0 or len(X) != len(y):
        raise ValueError(
            f"{what} must have as many x as y, got arrays X of shape {X.shape} and y of shape {y.shape}"
        )
    if any(array.dtype.kind not in "fiu" for array in (X, y)):
        raise ValueError(f"{what} must be arrays of real numbers, not X of {X.dtype} and y of {y.dtype}")
    return X, y


def checked_pairs(what: str, data: Iterable[object]) -> list[Pair]:
    """Return samples as (x, y), with NumPy's arrays as lists: once, instead of at each use."""
    pairs = []
    for i, pair in enumerate(data):
        if isinstance(pair, str) or not hasattr(pair, "__len__") or len(pair) != 2:
            raise ValueError(f"{what}[{i}] is no (x, y) pair: pass a list of pairs, such as list(zip(X, y))")
        x, y = as_list(pair)
        pairs.append((of_python(unpacked(x)), of_python(unpacked(y))))
    return pairs


def of_python(item: Any) -> Any:
    """Return a part of a sample with Python's numbers in place of NumPy's, which may round or overflow.

    >>> import numpy as np
    >>> of_python([np.uint8(3), {"a": (np.float32(0.5), 1)}])
    [3, {'a': (0.5, 1)}]
    """
    if getattr(item, "ndim", None) == 0:
        return unpacked(item)
    if type(item) not in (list, tuple, dict):
        return item
    children = list(item.values() if type(item) is dict else item)
    if set(map(type, children)) <= {float, int}:  # the fast way for most
        return item
    made = [of_python(child) for child in children]
    if all(map(is_, made, children)):
        return item
    return dict(zip(item, made, strict=True)) if type(item) is dict else type(item)(made)
