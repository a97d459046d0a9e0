"""Tests of nn/training/batches.py: which samples a batch holds, and its tables."""

from __future__ import annotations

import random

import pytest

from nn.training.batches import batches_of, stream_of, whole

PAIRS = [([float(i)] * (1 + i % 2), float(i)) for i in range(7)]


@pytest.mark.parametrize(("size", "sizes"), [(None, [7]), (3, [3, 3, 1]), (7, [7]), (100, [7])])
def test_sizes(size: int | None, sizes: list[int]) -> None:
    batches = list(batches_of(whole("data", PAIRS), size, None))

    assert [len(batch) for batch in batches] == sizes
    assert [pair for batch in batches for pair in batch.pairs] == PAIRS


@pytest.mark.parametrize("size", [None, 3])
def test_an_order_loses_nothing(size: int | None) -> None:
    batches = list(batches_of(whole("data", PAIRS), size, random.Random(1)))

    pairs = [pair for batch in batches for pair in batch.pairs]
    assert pairs != PAIRS
    assert sorted(pairs, key=lambda pair: str(pair[1])) == PAIRS


def test_tables_hold_the_numbers_of_the_pairs() -> None:
    for batch in batches_of(whole("data", PAIRS), 3, random.Random(1)):
        found = {
            int(place): row[-1]
            for table in batch.tables
            for place, row in zip(table.places, table.numbers.tolist(), strict=True)
        }

        assert [found[place] for place in range(len(batch))] == batch.targets


def test_a_stream_is_read_anew_in_each_epoch() -> None:
    epochs = [[batch.pairs for batch in stream_of(lambda: [PAIRS[:3], PAIRS[3:]])] for _ in range(2)]

    assert epochs == [[PAIRS[:3], PAIRS[3:]]] * 2
