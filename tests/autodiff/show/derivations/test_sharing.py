"""Shared factors and multiplications: what listing all paths would count, counted without listing."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings

from autodiff import Value, count_paths, leaves, paths, topological_order
from autodiff.show.derivations.sharing import multiplications, shared_factors
from tests.strategies import Program, on_values, programs


@settings(max_examples=50)
@given(programs(most_steps=6))
def test_multiplications_and_shared_factors_count_what_listing_would(program: Program) -> None:
    inputs = [Value(x) for x in program.inputs]
    output = program.run(on_values, inputs)
    listed = {x: list(paths(output, x)) for x in leaves(output)}
    each = {x: sum(len(path.edges) - 1 for path in listed[x]) for x in listed}
    for x in listed:
        ways = Counter((edge.node, edge.position) for path in listed[x] for edge in path.edges)
        shared = {(f.edge.node, f.edge.position): f.paths for f in shared_factors(output, x)}

        assert multiplications(output, x).paths == each[x]
        assert shared == {edge: count for edge, count in ways.items() if count > 1}
    assert multiplications(output).paths == sum(each.values())
    assert multiplications(output).sweep == sum(len(node.parents) for node in topological_order(output))


def test_counting_needs_no_listing() -> None:
    x = output = Value(1.0, name="x")
    for _ in range(40):
        output = output + output

    assert count_paths(output, x) == 2**40
    assert multiplications(output, x).paths == 39 * 2**40
    assert {factor.paths for factor in shared_factors(output, x)} == {2**39}
    assert len(shared_factors(output, x)) == 80


def test_the_factors_of_most_paths_come_first() -> None:
    x, y = Value(2, name="x"), Value(3, name="y")
    e = ((x + y * x + x) ** 2).named("e")

    assert [str(factor) for factor in shared_factors(e, x)] == [
        "∂e/∂c = 2c in 3 paths",
        "∂c/∂b = 1 in 2 paths",
    ]


def test_a_leaf_and_a_stranger() -> None:
    x, y = Value(2, name="x"), Value(3, name="y")

    assert (multiplications(x, x).paths, multiplications(x * 2, y).paths) == (0, 0)
    assert shared_factors(x * x, y) == shared_factors(x, x) == ()


@pytest.mark.parametrize("wrong", [3.0, "x", [1.0]])
def test_what_is_no_value_is_refused(wrong: Any) -> None:
    x = Value(2, name="x")
    for function in (multiplications, shared_factors):
        with pytest.raises(TypeError, match=rf"^{function.__name__}: output must be a Value, not"):
            function(wrong, x)
        with pytest.raises(
            TypeError, match=rf"^{function.__name__}: (x|each of inputs) must be a Value, not"
        ):
            function(x, wrong)


def test_no_inputs_at_all_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^shared_factors: there are no inputs"):
        shared_factors(Value(1.0).exp(), [])
