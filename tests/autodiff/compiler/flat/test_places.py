"""Places: which array and row a slot stands in; what is read, written and added there, number by number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autodiff.compiler.flat.data import Flat
from autodiff.compiler.flat.places import MOST_ALONE, Layout, Memory, Rows, has_nan, places, steps_of

SAMPLES = 3
COMMON, INPUT, RESULT = 0, 1, 2


def indices(numbers: Any) -> Any:
    return np.array(numbers, dtype=np.intp)


@pytest.fixture
def program() -> Flat:
    """Slots 0 and 1 are constants, 2 and 3 parameters, 4 to 6 inputs; 7 and 9 results of parameters alone."""
    return Flat(
        rules=("exp", "mul"),
        codes=indices([0, 1, 1, 1, 1]),
        starts=indices([0, 1, 3, 5, 7, 9]),
        operands=indices([2, 4, 7, 3, 3, 8, 5, 9, 6]),
        constants=np.array([10.0, 20.0]),
        parameters=("w", "v"),
        inputs=("x", "y", "z"),
        outputs=indices([10, 11]),
    )


@pytest.fixture
def layout(program: Flat) -> Layout:
    return Layout(program)


@pytest.fixture
def memory(layout: Layout) -> Memory:
    """Each number says where it stands: 5.0 the fifth common one, 121.0 row 2, sample 1 of the inputs."""
    found = layout.memory(SAMPLES, float)
    found.common[:] = np.arange(len(found.common))
    found.inputs = 100.0 + 10 * np.arange(3)[:, None] + np.arange(SAMPLES)
    found.results[:] = 200.0 + 10 * np.arange(len(found.results))[:, None] + np.arange(SAMPLES)
    return found


def test_places_count_common_slots_down_from_minus_1_and_batched_ones_up_from_0(program: Flat) -> None:
    assert places(program).tolist() == [-1, -2, -3, -4, 0, 1, 2, -5, 3, -6, 4, 5]


def test_a_layout_says_array_row_sizes_and_uses(layout: Layout) -> None:
    assert layout.arrays.tolist() == [0, 0, 0, 0, 1, 1, 1, 0, 2, 0, 2, 2]
    assert layout.rows.tolist() == [0, 1, 2, 3, 0, 1, 2, 4, 0, 5, 1, 2]
    assert layout.sizes == [6, 3, 3]
    assert layout.uses.tolist() == [0, 0, 1, 2, 1, 1, 1, 1, 1, 1, 0, 0]


def test_a_memory_has_a_number_a_common_slot_and_a_row_a_result(layout: Layout) -> None:
    memory = layout.memory(4, np.float32)

    assert [array.shape for array in (memory.common, memory.inputs, memory.results)] == [(6,), (3, 0), (3, 4)]
    assert {array.dtype for array in (memory.common, memory.inputs, memory.results)} == {np.dtype(np.float32)}


def test_a_selection_knows_its_kinds_and_its_shape(layout: Layout) -> None:
    for slots, kinds in (([0, 9], [0]), ([4, 6], [1]), ([8, 11], [2]), ([[4, 0], [11, 1]], [0, 1, 2])):
        selection = layout.select(indices(slots))

        assert (selection.kinds, selection.is_common) == (kinds, kinds == [0])
        assert (selection.shape, selection.size) == (np.shape(slots), np.size(slots))


# ---------------------------------------------------------------- reading


@pytest.mark.parametrize(
    "slots", [[0], [0, 1, 2], [3, 1], [1, 1], [[0, 1], [2, 3]], [[0, 2], [1, 3]], [[7, 0], [0, 9]]]
)
def test_common_slots_are_read_with_one_more_axis(layout: Layout, memory: Memory, slots: Any) -> None:
    found = layout.select(indices(slots)).read(memory)

    assert found.tolist() == layout.rows[indices(slots)].astype(float)[..., None].tolist()


@pytest.mark.parametrize(
    "slots",
    [
        [4],
        [4, 5, 6],
        [6, 4],
        [8, 10, 11],
        [11, 8],
        [10, 10, 8],
        [[4, 5], [5, 6]],
        [4, 8],
        [8, 0, 5],
        [[0, 8], [11, 1]],
    ],
)
def test_batched_slots_are_read_with_a_number_a_sample(layout: Layout, memory: Memory, slots: Any) -> None:
    found = layout.select(indices(slots)).read(memory)

    expected = [numbers_of(layout, slot) for slot in np.ravel(slots)]
    assert found.shape == (*np.shape(slots), SAMPLES)
    assert found.reshape(-1, SAMPLES).tolist() == expected


def numbers_of(layout: Layout, slot: int) -> list[float]:
    kind, row = layout.arrays[slot], layout.rows[slot]
    return [float(row)] * SAMPLES if kind == COMMON else [100.0 * kind + 10 * row + k for k in range(SAMPLES)]


# ---------------------------------------------------------------- writing


@pytest.mark.parametrize("slots", [[0, 1], [3, 0], [[7, 9], [0, 2]]])
@pytest.mark.parametrize("axis", [False, True])
def test_common_slots_are_set(layout: Layout, memory: Memory, slots: Any, axis: bool) -> None:
    numbers = -1.0 - np.arange(np.size(slots)).reshape(np.shape(slots))
    expected = memory.common.copy()
    expected[layout.rows[indices(slots)]] = numbers

    layout.select(indices(slots)).write(memory, numbers[..., None] if axis else numbers)

    assert memory.common.tolist() == expected.tolist()


@pytest.mark.parametrize("slots", [[8, 10], [11, 8], [10]])
def test_results_are_set(layout: Layout, memory: Memory, slots: list[int]) -> None:
    numbers = -1.0 - np.arange(len(slots) * SAMPLES).reshape(-1, SAMPLES)
    expected = memory.results.copy()
    expected[layout.rows[slots]] = numbers

    layout.select(indices(slots)).write(memory, numbers)

    assert memory.results.tolist() == expected.tolist()


def test_one_number_may_be_set_everywhere(layout: Layout, memory: Memory) -> None:
    layout.select(indices([0, 1])).write(memory, 7.0)
    layout.select(indices([8])).write(memory, 8.0)

    assert memory.common.tolist() == [7.0, 7.0, 2.0, 3.0, 4.0, 5.0]
    assert memory.results.tolist() == [[8.0] * 3, [210.0, 211.0, 212.0], [220.0, 221.0, 222.0]]


# ---------------------------------------------------------------- adding


@pytest.mark.parametrize(
    "slots",
    [
        *([0], [0, 1], [3, 0], [1, 1], [[0, 1], [1, 2]], [[0, 1], [2, 3]]),
        *([8], [8, 10], [11, 8], [10, 10], [[8, 10], [10, 11]]),
        *([4], [6, 4], [4, 4]),
        *([0, 8], [8, 0, 5], [[0, 8], [8, 1]], [5, 0, 5, 10, 0]),
    ],
)
@pytest.mark.parametrize("samples", [1, SAMPLES])
def test_numbers_are_added_slot_by_slot(layout: Layout, memory: Memory, slots: Any, samples: int) -> None:
    numbers = 1.0 + np.arange(np.size(slots) * samples).reshape(*np.shape(slots), samples) ** 2
    expected = added_one_by_one(layout, memory, indices(slots), numbers)

    layout.select(indices(slots)).add(memory, numbers)

    assert memory.common.tolist() == expected.common.tolist()
    assert memory.inputs.tolist() == expected.inputs.tolist()
    assert memory.results.tolist() == expected.results.tolist()


def test_common_slots_get_the_sum_over_all_samples(layout: Layout, memory: Memory) -> None:
    for samples in (1, 2, 5):
        before = memory.common.copy()
        layout.select(indices([0, 3])).add(memory, 1.0 + np.arange(2.0 * samples).reshape(2, samples))

        gained = memory.common - before
        assert gained[[0, 3]].tolist() == [
            sum(range(1, samples + 1)),
            sum(range(samples + 1, 2 * samples + 1)),
        ]
        assert gained[[1, 2, 4, 5]].tolist() == [0.0] * 4


def added_one_by_one(layout: Layout, memory: Memory, slots: Any, numbers: Any) -> Memory:
    """What is added to a common slot beside batched ones counts once a sample."""
    found = Memory(memory.common.copy(), memory.inputs.copy(), memory.results.copy())
    alone = (layout.arrays[slots] == COMMON).all()
    for slot, row in zip(slots.ravel(), numbers.reshape(slots.size, -1), strict=True):
        kind, place = layout.arrays[slot], layout.rows[slot]
        if kind == COMMON:
            found.common[place] += row.sum() if alone else np.broadcast_to(row, SAMPLES).sum()
        elif kind == INPUT:
            found.inputs[place] += row
        else:
            found.results[place] += row
    return found


def test_nothing_is_added_to_inputs_without_an_array(layout: Layout, memory: Memory) -> None:
    memory.inputs = np.empty((3, 0))

    layout.select(indices([4, 8, 0])).add(memory, np.ones((3, SAMPLES)))
    layout.select(indices([5, 6])).add(memory, np.ones((2, SAMPLES)))

    assert memory.inputs.shape == (3, 0)
    assert memory.results[0].tolist() == [201.0, 202.0, 203.0]
    assert memory.common.tolist() == [3.0, 1.0, 2.0, 3.0, 4.0, 5.0]


# ---------------------------------------------------------------- rows


@pytest.mark.parametrize(
    ("rows", "steps"),
    [
        ([5], (0,)),
        ([2, 3, 4], (1,)),
        ([4, 3, 2], (-1,)),
        ([1, 4, 7], (3,)),
        ([1, 1, 1], (0,)),
        ([1, 4, 8], None),
        ([[0, 1], [3, 4]], (3, 1)),
        ([[0, 3], [1, 4], [2, 5]], (1, 3)),
        ([[0, 1], [3, 5]], None),
        ([[7], [7]], (0, 0)),
        ([[[0, 1]], [[4, 5]]], (4, 0, 1)),
        ([], None),
    ],
)
def test_steps(rows: Any, steps: tuple[int, ...] | None) -> None:
    assert steps_of(indices(rows)) == steps


@pytest.mark.parametrize(
    "rows",
    [
        *([], [5], [2, 3, 4], [4, 3, 2], [1, 4, 7], [1, 1, 1], [1, 4, 8], [[0, 1], [2, 3]], [[0, 1], [3, 4]]),
        *([[0, 3], [1, 4]], [[0, 1], [3, 5]], [[1, 2], [2, 3]], [[7], [7]]),
    ],
)
@pytest.mark.parametrize("tail", [(), (2,)])
@pytest.mark.parametrize("contiguous", [True, False])
def test_rows_are_read_and_added_to_one_by_one(rows: Any, tail: tuple[int, ...], contiguous: bool) -> None:
    wide = np.arange(9.0 * 2 * int(np.prod(tail))).reshape(18, *tail)
    array = np.ascontiguousarray(wide[::2]) if contiguous else wide[::2]
    numbers = np.arange(1.0, 1 + np.size(rows) * int(np.prod(tail))).reshape(*np.shape(rows), *tail)
    chosen = Rows(indices(rows))
    expected = array.copy()

    assert chosen.read(array).tolist() == expected[indices(rows)].tolist()
    np.add.at(expected, indices(rows), numbers)
    chosen.add(array, numbers)
    assert array.tolist() == expected.tolist()


def test_what_stands_in_a_row_is_a_slice_and_the_rest_are_views() -> None:
    array = np.arange(10.0)

    assert Rows(indices([[2, 3], [4, 5]])).indices == slice(2, 6)
    assert Rows(indices([2, 3, 4])).in_a_row
    assert not Rows(indices([2, 4])).in_a_row
    for rows in ([2, 3, 4], [[2, 3], [4, 5]], [2, 4], [[0, 1], [5, 6]]):
        assert np.shares_memory(Rows(indices(rows)).read(array), array)
    assert not np.shares_memory(Rows(indices([0, 1, 3])).read(array), array)


def test_rows_that_occur_twice_are_added_in_their_order() -> None:
    array = np.zeros(2)

    Rows(indices([1, 0, 1, 1])).add(array, np.array([1e16, 1.0, 1.0, -1e16]))

    assert array.tolist() == [1.0, 0.0]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("size", [0, 1, 100, MOST_ALONE, MOST_ALONE + 1])
def test_nan_is_found_among_numbers_of_any_size(size: int, dtype: Any) -> None:
    huge = np.finfo(dtype).max
    numbers: Any = np.full((2, size), huge, dtype)
    numbers[0, ::3], numbers[1, ::2] = np.inf, -np.inf

    assert not has_nan(numbers)
    for place in (0, size // 2, size - 1) if size else ():
        with_nan = numbers.copy()
        with_nan[1, place] = np.nan
        assert has_nan(with_nan)
        assert has_nan(with_nan.T)
        assert has_nan(with_nan[1])
        assert not has_nan(with_nan[0])
