"""Random graphs: the same in every run, reached from every input, easy enough to work out by hand."""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction
from typing import Any

import pytest

from autodiff import Value, count_paths, forward_steps, gradient, leaves, steps, topological_order
from autodiff.show.practice.random_graphs import LEVELS, random_graph

SEEDS = range(25)
every_level = pytest.mark.parametrize("difficulty", LEVELS)


def numbers_of(f: Value) -> list[Fraction]:
    order = topological_order(f)
    partials = [partial for node in order for partial in node.partials]
    return [Fraction(x) for x in [*(node.data for node in order), *partials, *gradient(f, order)]]


def operations_of(f: Value) -> set[str]:
    return {node.op.name for node in topological_order(f) if node.op is not None}


@every_level
def test_every_number_is_one_for_the_hand(difficulty: int) -> None:
    ugly = [
        x
        for seed in SEEDS
        for x in numbers_of(random_graph(difficulty, seed))
        if abs(x.numerator) > (60 if x.denominator == 1 else 20) or x.denominator > 8
    ]

    assert ugly == []


@every_level
def test_every_input_moves_the_output(difficulty: int) -> None:
    for seed in SEEDS:
        f = random_graph(difficulty, seed)

        assert all(gradient(f, leaves(f)))


@every_level
def test_the_same_seed_gives_the_same_graph(difficulty: int) -> None:
    once, again = random_graph(difficulty, 7), random_graph(difficulty, 7)

    assert once is not again
    assert str(steps(once)) == str(steps(again))


@every_level
def test_seeds_give_different_graphs(difficulty: int) -> None:
    tables = {str(forward_steps(random_graph(difficulty, seed))) for seed in SEEDS}

    assert len(tables) > 0.8 * len(SEEDS)


def test_the_hash_seed_changes_nothing() -> None:
    program = "from autodiff.show.practice.random_graphs import random_graph as f; print([f(5, n) for n in range(9)])"
    tables = {
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(tables) == 1


def test_the_levels_rise() -> None:
    sizes = [sum(len(topological_order(random_graph(level, seed))) for seed in SEEDS) for level in LEVELS]

    assert sizes == sorted(sizes)


def test_the_first_level_is_one_operation() -> None:
    graphs = [random_graph(1, seed) for seed in SEEDS]

    assert {len(topological_order(f)) for f in graphs} == {3}
    assert {name for f in graphs for name in operations_of(f)} == {"add", "sub", "mul", "truediv"}


def test_the_second_level_has_one_path_from_each_input() -> None:
    graphs = [random_graph(2, seed) for seed in SEEDS]
    counts = {count_paths(f, leaf) for f in graphs for leaf in leaves(f)}

    assert counts == {1}


@pytest.mark.parametrize(
    ("difficulty", "needed"),
    [(3, {"pow", "mul"}), (4, {"relu", "maximum"}), (5, {"sigmoid", "tanh", "exp"})],
)
def test_higher_levels_have_several_paths_and_their_operations(difficulty: int, needed: set[str]) -> None:
    for seed in SEEDS:
        f = random_graph(difficulty, seed)

        assert max(count_paths(f, leaf) for leaf in leaves(f)) > 1
        assert operations_of(f) & needed


def test_names() -> None:
    f = random_graph(5, 1)

    assert f.name == "f"
    assert {leaf.name for leaf in leaves(f)} == {"x", "y", "z", "b"}


@pytest.mark.parametrize("difficulty", [0, 6, "hard", None])
def test_an_unknown_difficulty_is_refused(difficulty: Any) -> None:
    with pytest.raises(ValueError, match="difficulty must be one of 1, 2, 3, 4, 5, not"):
        random_graph(difficulty)


@pytest.mark.parametrize("seed", [None, "1", 1.5, True])
def test_a_seed_that_is_no_integer_is_refused(seed: Any) -> None:
    with pytest.raises(TypeError, match="seed must be an integer, not"):
        random_graph(3, seed)
