"""Tests of nn/training/samples.py: kinds of samples, and that a sample is found again in its table."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.training.samples import Samples, UnknownKindError, kind_of, rebuilt_sample

LEAVES = st.floats(allow_nan=False) | st.booleans() | st.text() | st.none()
SAMPLES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(SAMPLES)
def test_a_sample_is_its_kind_and_its_numbers(sample: Any) -> None:
    numbers: list[float] = []

    kind = kind_of(sample, numbers)

    assert rebuilt_sample(kind, iter(numbers)) == sample
    assert hash(kind) == hash(kind_of(sample, []))


@pytest.mark.parametrize(
    ("sample", "other"),
    [
        ([1.0], (1.0,)),
        ([1.0], [1.0, 2.0]),
        (1.0, True),
        ("a", "b"),
        ({"a": 1.0}, {"b": 1.0}),
        ({"a": 1.0}, [1.0]),
    ],
)
def test_kinds_that_differ(sample: Any, other: Any) -> None:
    assert kind_of(sample, []) != kind_of(other, [])


def test_all_real_numbers_are_of_one_kind() -> None:
    np = pytest.importorskip("numpy")
    numbers: list[float] = []

    kinds = {kind_of(number, numbers) for number in (1, 1.5, Fraction(1, 2), np.int64(3), np.float32(0.25))}

    assert kinds == {"number"}
    assert numbers == [1.0, 1.5, 0.5, 3.0, 0.25]


@pytest.mark.parametrize("item", [{1.0}, 1j, object()])
def test_what_has_no_kind(item: Any) -> None:
    with pytest.raises(UnknownKindError, match="a sample holds a"):
        kind_of([1.0, item], [])


def test_arrays_and_pairs_give_the_same_tables() -> None:
    np = pytest.importorskip("numpy")
    X, y = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0, 1])

    (arrays,) = Samples(arrays=(X, y)).tables
    (pairs,) = Samples(Samples(arrays=(X, y)).pairs).tables

    assert arrays.kind == pairs.kind
    assert arrays.numbers.tolist() == pairs.numbers.tolist() == [[1.0, 2.0, 0.0], [3.0, 4.0, 1.0]]
    assert arrays.places.tolist() == pairs.places.tolist() == [0, 1]


def test_a_number_too_large_for_a_float_is_no_kind() -> None:
    for sample in (10**400, [10**400]):
        with pytest.raises(UnknownKindError, match="too large for a float"):
            assert Samples([(sample, 1.0)]).tables
