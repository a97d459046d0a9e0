"""Order, ancestors, leaves, edges and paths, on small graphs and on ones with too many paths to walk."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Iterator
from fractions import Fraction

import pytest
from hypothesis import given, settings

from autodiff import Value, ancestors, count_paths, edges, leaves, maximum, paths, topological_order, where
from autodiff.graph import product_along, reached, shown
from tests.strategies import Program, on_values, programs


def named(*names: str) -> Iterator[Value]:
    return (Value(position + 2, name=name) for position, name in enumerate(names))


def doubled(times: int) -> tuple[Value, Value]:
    """An input and the node made of it by adding it to itself again and again: 2**times paths."""
    x = output = Value(1.0, name="x")
    for _ in range(times):
        output = output + output
    return x, output


def test_parents_come_first_from_left_to_right() -> None:
    x, y = named("x", "y")
    product = (y * x).named("product")
    output = (product + x.exp()).named("output")
    order = topological_order(output)
    assert [node.name for node in order] == ["y", "x", "product", None, "output"]


@settings(max_examples=50)
@given(programs())
def test_the_order_is_topological_and_complete(program: Program) -> None:
    output = program.run(on_values, [Value(x) for x in program.inputs])
    order = topological_order(output)
    position = {node: i for i, node in enumerate(order)}
    assert len(position) == len(order)
    assert order[-1] is output
    assert all(position[parent] < position[node] for node in order for parent in node.parents)


def test_ancestors_and_leaves() -> None:
    x, y, z = named("x", "y", "z")
    product = x * y
    output = product + x * 5
    assert ancestors(output) == {x, y, product, output.parents[1]}
    assert leaves(output) == [x, y]
    assert z not in ancestors(output)
    assert ancestors(x) == set()
    assert leaves(x) == [x]


def test_edges_count_repeated_parents() -> None:
    a = Value(3.0)
    square, double = a * a, a + a
    assert [(e.parent, e.node, e.position, e.partial) for e in edges(square)] == [
        (a, square, 0, 3.0),
        (a, square, 1, 3.0),
    ]
    assert [e.partial for e in edges(double)] == [1, 1]


def test_paths_of_the_running_example() -> None:
    x, y = named("x", "y")
    f = x**2 + x * y + (x + y) ** 2
    assert [path.product for path in paths(f, x)] == [4.0, 3.0, 10.0]
    assert [path.product for path in paths(f, y)] == [2.0, 10.0]
    first = next(paths(f, x))
    assert first.nodes[0] is x
    assert first.nodes[-1] is f
    assert [edge.parent for edge in first.edges] == list(first.nodes[:-1])
    assert [edge.node for edge in first.edges] == list(first.nodes[1:])


def test_a_repeated_parent_gives_two_paths() -> None:
    a = Value(3.0)
    assert [path.product for path in paths(a * a, a)] == [3.0, 3.0]


def test_the_path_of_a_node_to_itself_is_empty() -> None:
    x = Value(2.0)
    (path,) = paths(x, x)
    assert (path.edges, path.nodes, path.product, count_paths(x, x)) == ((), (x,), 1.0, 1)


def test_no_path_from_an_input_that_is_not_reached() -> None:
    x, y = named("x", "y")
    assert list(paths(x * x, y)) == []
    assert count_paths(x * x, y) == 0


@settings(max_examples=50)
@given(programs(most_steps=6))
def test_the_count_is_the_number_of_paths(program: Program) -> None:
    inputs = [Value(x) for x in program.inputs]
    output = program.run(on_values, inputs)
    for x in inputs:
        if (count := count_paths(output, x)) <= 2000:
            assert len(list(paths(output, x))) == count


def test_paths_are_counted_exactly_and_taken_lazily_where_there_are_too_many() -> None:
    x, output = doubled(1000)
    assert count_paths(output, x) == 2**1000
    assert [path.product for path in itertools.islice(paths(output, x), 3)] == [1.0] * 3


def test_a_limit_is_kept_before_the_first_path() -> None:
    x, output = doubled(10)
    assert len(list(paths(output, x, limit=1024))) == 1024
    with pytest.raises(
        ValueError, match=r"1,024 paths lead from .*'x'.* more than the limit of 1,023: .*islice"
    ):
        paths(output, x, limit=1023)
    x, output = doubled(1000)
    with pytest.raises(ValueError, match=r"about 10\^301 paths"):
        paths(output, x, limit=10)


def test_dead_ends_are_not_walked() -> None:
    x, y = named("x", "y")
    rich = y
    for _ in range(200):
        rich = rich + rich  # 2**200 paths, none of them from x
    assert [path.product for path in paths(rich + x, x)] == [1.0]


def test_a_count_is_written_with_its_digits_below_the_limit() -> None:
    assert shown(10**15 - 1) == "999,999,999,999,999"
    assert shown(10**15) == shown(10**15 + 1) == "about 10^15"
    assert shown(3 * 10**15) == "about 10^15"
    assert shown(10**16) == "about 10^16"


# ---------------------------------------------------------------- edges that nothing passes


def test_an_edge_is_cut_where_a_choice_did_not_fall_on_its_parent() -> None:
    x, y = named("x", "y")
    c = Value(1.0)
    zero = Value(0.0)
    for output, expected in [
        (where(c, x, y), [True, False, True]),
        (Value(-1.0).relu(), [True]),
        (Value(1.0).relu(), [False]),
        (zero.relu(), [False]),
        (zero**2, [False]),
        (zero * y, [False, False]),
        (maximum(x, y), [True, False]),
    ]:
        assert [edge.is_cut for edge in edges(output)] == expected


def test_reached_is_what_a_path_without_cuts_leads_to() -> None:
    x, y = named("x", "y")
    below, beside = x.exp(), y.sin()
    chosen = where(1, below, beside)
    output = chosen * 0.0

    assert reached(output) == {output, chosen, below, x}
    assert reached(where(0, below, beside) + x) >= {beside, y, x}
    assert below not in reached(where(0, below, beside) + x)
    assert reached(x) == {x}


def test_what_a_sweep_passes_over_an_edge() -> None:
    x, y = named("x", "y")
    by_x, by_y = edges(x * y)
    assert (by_x.partial, by_y.partial) == (3.0, 2.0)
    assert product_along(by_x, 5.0) == 15.0
    assert product_along(by_x, 5.0, arrives=False) == 0.0
    assert product_along(by_y, 0.0, arrives=True) == 0.0

    left, taken = edges(maximum(x, y))
    assert product_along(left, math.inf) == 0.0
    assert product_along(taken, math.inf) == math.inf
    (through_zero,) = edges(Value(0.0) ** 2)
    assert math.isnan(product_along(through_zero, math.inf))

    exact, _ = edges(maximum(Value(Fraction(1)), Value(Fraction(2))))
    nothing = product_along(exact, Fraction(5))
    assert (nothing, type(nothing)) == (0, Fraction)


def test_a_path_over_a_cut_edge_has_the_product_0() -> None:
    x = Value(0.0)
    root = x.sqrt()  # its slope is infinite
    (over,) = paths(where(0, root, 1.0), x)
    assert (over.partials, over.product) == ((math.inf, 0.0), 0.0)

    (through,) = paths(root**2, x)
    assert math.isnan(through.product)


def test_the_product_is_a_number_of_the_kind_of_the_output() -> None:
    x, half = Value(2.0), Value(Fraction(1, 2))
    for output, leaf, expected in [
        (x + 1, x, 1.0),
        (half + 1, half, Fraction(1)),
        (half * half, half, Fraction(1, 2)),
        (where(0, x, 1.0) * 2, x, 0.0),
    ]:
        product = next(paths(output, leaf)).product
        assert (product, type(product)) == (expected, type(expected))


def test_edges_and_paths_are_themselves_and_stay_as_they_are() -> None:
    x = Value(2.0)
    output = x.exp()
    (edge,), (again,) = edges(output), edges(output)
    (path,), (once_more,) = paths(output, x), paths(output, x)

    assert edge != again
    assert path != once_more
    with pytest.raises(dataclasses.FrozenInstanceError):
        edge.partial = 1.0  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        path.end = x  # type: ignore[misc]
