"""The largest paths: those that sorting the list of all would put first, found without the list."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autodiff import Value, paths
from autodiff.show.derivations.largest import largest_paths
from tests.strategies import Program, on_values, programs


@settings(max_examples=100)
@given(programs(most_steps=6), st.integers(1, 9))
def test_they_are_the_first_of_all_sorted_by_size(program: Program, limit: int) -> None:
    inputs = [Value(x) for x in program.inputs]
    output = program.run(on_values, inputs)
    for x in inputs:
        every = list(paths(output, x))
        found = largest_paths(output, x, limit)
        sizes = sorted((abs(float(path.product)) for path in every), reverse=True)[:limit]

        assert [abs(float(path.product)) for _, path in found] == pytest.approx(sizes, rel=1e-12)
        for number, path in found:
            assert every[number].nodes == path.nodes
            assert every[number].product == path.product
            assert [edge.position for edge in every[number].edges] == [edge.position for edge in path.edges]


def test_paths_of_one_size_keep_the_order_of_the_graph() -> None:
    x = Value(Fraction(2), name="x")
    output = x * x - (x + x) + 3 * x

    assert [number for number, _ in largest_paths(output, x, 9)] == [4, 0, 1, 2, 3]


def test_a_product_that_is_nan_comes_first_and_one_that_is_cut_last() -> None:
    x, nan, infinity = Value(1.0, name="x"), Value(math.nan, name="n"), Value(math.inf, name="i")
    output = (x * infinity - 1).minimum(0) + x * 3 + x * nan

    assert [number for number, _ in largest_paths(output, x, 3)] == [2, 1, 0]


def test_a_node_by_itself_and_a_stranger() -> None:
    x, y = Value(2, name="x"), Value(3, name="y")

    assert [(number, path.edges) for number, path in largest_paths(x, x, 3)] == [(0, ())]
    assert largest_paths(x * 2, y, 3) == []


def test_a_deep_graph() -> None:
    x = output = Value(0.5, name="x")
    for _ in range(50_000):
        output = output.sin()
    [(_, path)] = largest_paths(output, x, 12)

    assert len(path.edges) == 50_000
