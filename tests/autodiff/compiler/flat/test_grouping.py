"""Grouping: levels and kinds, and the dense layers and products of matrices in loops over scalars."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import autodiff
from autodiff import Program, Value, compile, value_and_grad
from autodiff.compiler.engines.numpy.dense import Dense
from autodiff.compiler.engines.numpy.numpy_engine import NumpyEngine
from autodiff.compiler.flat.data import Flat
from autodiff.compiler.flat.grouping import group, with_matrices_first
from autodiff.compiler.flat.validity import check_program
from tests import strategies


def weights(rows: int, columns: int, first: float = 0.1) -> list[list[Value]]:
    return [[Value(first * (i + 1) + j) for j in range(columns)] for i in range(rows)]


def grouped(f: Callable[..., Any], *args: Any) -> Program:
    return compile(f, engine="numpy").program(*args)


def found(program: Flat) -> list[tuple[str, int, int]]:
    """The groups: operation, how many, and in how many blocks."""
    assert program.groups is not None
    assert program.blocks is not None
    sizes = np.diff(program.groups).tolist()
    return [
        (program.rules[program.codes[first]], size, blocks)
        for first, size, blocks in zip(program.groups.tolist(), sizes, program.blocks.tolist(), strict=False)
    ]


def dense(program: Program) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """The shapes of the matrices and vectors of all groups of dot products."""
    groups = NumpyEngine(program).groups
    return [(g.matrices.shape, g.vectors.shape) for g in groups if isinstance(g, Dense)]


def layer(W: list[list[Value]], x: Any, b: list[Value] | None = None) -> list[Any]:
    """Neurons as loops over scalars."""
    outputs = []
    for i, row in enumerate(W):
        total = 0.0 if b is None else b[i]
        for w, xi in zip(row, x, strict=True):
            total = total + w * xi
        outputs.append(total)
    return outputs


# ---------------------------------------------------------------- levels and kinds


@given(strategies.programs(most_steps=25))
@settings(max_examples=40)
def test_random_programs_stay_what_they_are(random: strategies.Program) -> None:
    def f(*xs: Any) -> Any:
        return random.run(strategies.on_values, xs)

    program = grouped(f, *random.inputs)
    value, slopes = value_and_grad(f, argnums=tuple(range(len(random.inputs))))(*random.inputs)
    outputs, _, gradient = NumpyEngine(program).backward(np.empty(0), np.array([random.inputs]).T, 1.0)

    check_program(program)
    assert outputs[0, 0] == pytest.approx(value, rel=1e-11, abs=1e-11)
    assert gradient is not None
    assert gradient[:, 0] == pytest.approx(list(slopes), rel=1e-9, abs=1e-9 * max(1.0, *map(abs, slopes)))


@given(strategies.programs(most_steps=25))
@settings(max_examples=20)
def test_grouping_again_changes_nothing(random: strategies.Program) -> None:
    once = grouped(lambda *xs: random.run(strategies.on_values, xs), *random.inputs)
    twice = group(once)

    assert found(twice) == found(once)
    assert twice.operands.tolist() == once.operands.tolist()


def test_equal_operations_on_one_level_are_a_group() -> None:
    program = grouped(lambda x: [xi.exp() for xi in x] + [xi.tanh() for xi in x], [1.0, 2.0, 3.0])

    assert sorted(found(program)) == [("exp", 3, 1), ("tanh", 3, 1)]


def test_equal_operations_on_different_levels_are_not() -> None:
    program = grouped(lambda x: [x.exp(), x.exp().exp()], 1.0)

    assert found(program) == [("exp", 1, 1), ("exp", 1, 1)]


def test_sums_of_different_lengths_are_not() -> None:
    program = grouped(lambda x: [autodiff.sum(x), autodiff.sum(x[:3]), autodiff.sum(x[1:])], [1.0] * 4)

    assert sorted(found(program)) == [("sum", 1, 1), ("sum", 2, 1)]


def test_what_no_input_changes_comes_apart_from_the_batch() -> None:
    w = Value(0.5)
    program = grouped(lambda x: [w.exp(), x.exp(), w.exp() * x], 1.0)

    assert found(program)[0] == ("exp", 1, 1)
    assert not program.batched[program.base]
    assert [name for name, _, _ in found(program)] == ["exp", "exp", "mul"]


def test_outputs_keep_their_order_and_may_repeat() -> None:
    f = compile(lambda x, y: [x.exp() * y, x, x.exp(), x, y + 1], engine="numpy")

    assert f(0.0, 3.0) == [3.0, 0.0, 1.0, 0.0, 4.0]


def test_names_move_with_their_operations() -> None:
    program = grouped(
        lambda x: [xi.tanh().named(f"h{i}").exp() + xi.sin() for i, xi in enumerate(x)], [1.0, 2.0]
    )

    assert {program.rules[program.codes[slot - program.base]] for slot in program.names} == {"tanh"}
    assert sorted(program.names.values()) == ["h0", "h1"]


def test_a_program_without_operations() -> None:
    program = grouped(lambda x, y: [y, x, 2.0], 1.0, 2.0)

    assert program.groups is not None
    assert program.groups.tolist() == [0]
    assert found(program) == []


def test_a_deep_chain_has_a_group_for_each_level() -> None:
    def f(x: Any) -> Any:
        for _ in range(3000):
            x = x.sin()
        return x

    assert found(grouped(f, 1.0)) == [("sin", 1, 1)] * 3000


# ---------------------------------------------------------------- dense layers


def test_a_layer_written_as_loops_is_a_matrix_times_a_vector() -> None:
    W, b = weights(3, 4), [Value(0.5) for _ in range(3)]
    program = grouped(lambda x: layer(W, x, b), [1.0, 2.0, 3.0, 4.0])

    assert found(program) == [("dot", 3, 1)]
    assert dense(program) == [((1, 3, 4), (1, 4))]


@pytest.mark.parametrize("swap", [False, True])
def test_it_does_not_matter_which_factor_stands_first(swap: bool) -> None:
    W = weights(3, 4)

    def f(x: Any) -> list[Any]:
        return [autodiff.dot(x, row) if swap else autodiff.dot(row, x) for row in W]

    assert dense(grouped(f, [1.0, 2.0, 3.0, 4.0])) == [((1, 3, 4), (1, 4))]


def test_a_matrix_that_is_an_argument() -> None:
    def f(W: Any, x: Any) -> list[Any]:
        return [autodiff.dot(row, x) for row in W]

    program = grouped(f, np.ones((3, 4)), np.ones(4))

    assert dense(program) == [((1, 3, 4), (1, 4))]


def test_layers_of_a_network() -> None:
    first, second = weights(5, 2), weights(3, 5)

    def network(x: Any) -> list[Any]:
        return layer(second, [h.relu() for h in layer(first, x)])

    assert found(grouped(network, [1.0, 2.0])) == [("dot", 5, 1), ("relu", 5, 1), ("dot", 3, 1)]


def test_two_positions_that_share_a_matrix_are_two_blocks() -> None:
    W = weights(3, 4)
    program = grouped(lambda xs: [layer(W, x) for x in xs], np.ones((2, 4)))

    assert found(program) == [("dot", 6, 2)]
    assert dense(program) == [((1, 3, 4), (2, 4))]


def test_two_matrices_of_one_size_are_two_blocks_too() -> None:
    W, V = weights(3, 4), weights(3, 4, first=0.7)
    program = grouped(lambda x, y: layer(W, x) + layer(V, y), np.ones(4), np.ones(4))

    assert found(program) == [("dot", 6, 2)]
    assert dense(program) == [((2, 3, 4), (2, 4))]


def test_two_matrices_on_one_vector_are_one_matrix() -> None:
    W, V = weights(3, 4), weights(2, 4, first=0.7)
    program = grouped(lambda x: layer(W, x) + layer(V, x), np.ones(4))

    assert dense(program) == [((1, 5, 4), (1, 4))]


def test_matrices_of_different_sizes_are_groups_of_their_own() -> None:
    W, V = weights(3, 4), weights(2, 4, first=0.7)
    program = grouped(lambda x, y: layer(W, x) + layer(V, y), np.ones(4), np.ones(4))

    assert sorted(dense(program)) == [((1, 2, 4), (1, 4)), ((1, 3, 4), (1, 4))]


def test_scores_of_attention_are_products_of_matrices() -> None:
    """Queries times keys, and shares times values: every position with every position."""
    n, width = 4, 3

    def attention(queries: Any, keys: Any, values: Any) -> list[list[Any]]:
        mixed = []
        for q in queries:
            shares = autodiff.softmax([autodiff.dot(q, k) for k in keys])
            mixed.append([autodiff.dot(shares, [v[j] for v in values]) for j in range(width)])
        return mixed

    rng = np.random.default_rng(1)
    arrays = [rng.normal(size=(n, width)) for _ in range(3)]
    program = grouped(attention, *arrays)

    assert dense(program) == [((1, n, width), (n, width)), ((1, n, n), (width, n))]
    scores = arrays[0] @ arrays[1].T
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    expected = shares @ arrays[2]
    found = compile(attention, engine="numpy")(*arrays)
    assert np.array(found) == pytest.approx(expected, rel=1e-12)


def test_scores_of_attention_that_looks_back_only() -> None:
    def causal(queries: Any, keys: Any) -> list[Any]:
        return [
            autodiff.softmax([autodiff.dot(q, k) for k in keys[: t + 1]])[0] for t, q in enumerate(queries)
        ]

    rng = np.random.default_rng(2)
    queries, keys = rng.normal(size=(2, 5, 3))
    scores = np.where(np.tri(5, dtype=bool), queries @ keys.T, -np.inf)
    expected = np.exp(scores[:, 0]) / np.exp(scores).sum(axis=1)

    check_program(grouped(causal, queries, keys))
    assert compile(causal, engine="numpy")(queries, keys) == pytest.approx(expected.tolist(), rel=1e-12)


def test_every_grouping_computes_the_same_gradients() -> None:
    rng = np.random.default_rng(3)
    W, V = weights(3, 4), weights(2, 3, first=0.3)
    leaves = [w for row in [*W, *V] for w in row]

    def loss(xs: Any, y: Any) -> Any:
        hidden = [[h.tanh() for h in layer(W, x)] for x in xs]
        outputs = [layer(V, h) for h in hidden] + [layer(V, hidden[0])]
        return autodiff.sum([autodiff.dot(o, o) * y + autodiff.dot(hidden[0], hidden[-1]) for o in outputs])

    xs = rng.normal(size=(3, 4))
    expected = loss([[Value(x) for x in row] for row in xs.tolist()], 2.0)

    assert compile(loss, engine="numpy").backward(xs, 2.0) == pytest.approx(expected.data, rel=1e-12)
    assert [w.grad for w in leaves] == pytest.approx(autodiff.gradient(expected, leaves), rel=1e-11)


# ---------------------------------------------------------------- order and places, operand by operand


def by_hand(
    *operations: tuple[str, list[int]],
    constants: Sequence[float] = (0.0,),
    parameters: int = 0,
    inputs: int = 0,
    outputs: Sequence[int] = (),
    names: dict[int, str] | None = None,
) -> Flat:
    """A program on the slots of constants, parameters and inputs, in this order, and of its results."""
    rules = tuple(dict.fromkeys(name for name, _ in operations))
    program = Flat(
        rules=rules,
        codes=np.array([rules.index(name) for name, _ in operations], dtype=np.intp),
        starts=np.cumsum([0, *(len(slots) for _, slots in operations)], dtype=np.intp),
        operands=np.array([slot for _, slots in operations for slot in slots], dtype=np.intp),
        constants=np.array(constants),
        parameters=tuple(f"w{i}" for i in range(parameters)),
        inputs=tuple(f"x{i}" for i in range(inputs)),
        outputs=np.array(outputs, dtype=np.intp),
        names=names or {},
    )
    check_program(program)
    return program


def contents(program: Flat) -> list[tuple[str, int, list[list[int]]]]:
    """The groups: operation, blocks, and the operands of each member."""
    assert program.groups is not None
    rows = [program.operands_of(i).tolist() for i in range(len(program))]
    bounds = itertools.pairwise(program.groups.tolist())
    return [
        (name, blocks, rows[start:end])
        for (name, _, blocks), (start, end) in zip(found(program), bounds, strict=True)
    ]


def test_the_order_is_by_batch_level_operation_arity_and_which_operands_are_batched() -> None:
    program = by_hand(
        ("mul", [3, 4]),
        ("exp", [1]),
        ("mul", [1, 3]),
        ("mul", [4, 2]),
        ("exp", [3]),
        ("mul", [1, 2]),
        ("mul", [2, 4]),
        ("sum", [3, 4, 1, 2]),
        ("sum", [1, 3, 4]),
        ("sum", [3, 1, 2]),
        ("exp", [9]),
        ("sum", [1, 2, 3, 4]),
        ("sum", [4, 2, 1]),
        ("exp", [6]),
        parameters=2,
        inputs=2,
        outputs=[15, 5, 9, 1, 15, 13],
        names={15: "deep", 8: "m", 6: "e"},
    )

    grouped = group(program)

    assert contents(grouped) == [
        ("mul", 1, [[1, 2]]),
        ("exp", 1, [[1]]),
        ("exp", 1, [[6]]),
        ("mul", 1, [[4, 2]]),
        ("mul", 1, [[1, 3], [2, 4]]),
        ("mul", 1, [[3, 4]]),
        ("exp", 1, [[3]]),
        ("sum", 1, [[3, 1, 2], [4, 2, 1]]),
        ("sum", 1, [[1, 3, 4]]),
        ("sum", 1, [[3, 4, 1, 2], [1, 2, 3, 4]]),
        ("exp", 1, [[12]]),
    ]
    assert grouped.outputs.tolist() == [18, 11, 12, 1, 18, 15]
    assert grouped.names == {18: "deep", 8: "m", 6: "e"}
    assert (grouped.parameters, grouped.inputs) == (program.parameters, program.inputs)
    check_program(grouped)


def test_a_matrix_times_two_vectors_row_by_row() -> None:
    program = by_hand(
        ("dot", [3, 4, 5, 6, 0]),
        ("dot", [1, 2, 5, 6, 0]),
        ("dot", [1, 2, 7, 8, 0]),
        ("dot", [3, 4, 7, 8, 0]),
        parameters=4,
        inputs=4,
        outputs=[9, 10, 11, 12],
    )

    grouped = group(program)

    assert contents(grouped) == [
        ("dot", 2, [[3, 4, 5, 6, 0], [1, 2, 5, 6, 0], [3, 4, 7, 8, 0], [1, 2, 7, 8, 0]])
    ]
    assert grouped.outputs.tolist() == [9, 10, 12, 11]


def test_the_vector_that_is_shared_more_often_goes_right() -> None:
    program = by_hand(
        ("dot", [5, 6, 3, 4, 0]),
        ("dot", [5, 6, 1, 2, 0]),
        ("dot", [5, 6, 9, 10, 0]),
        ("dot", [7, 8, 1, 2, 0]),
        parameters=4,
        inputs=6,
        outputs=[11, 12, 13, 14],
    )

    assert contents(group(program)) == [
        ("dot", 1, [[3, 4, 5, 6, 0], [1, 2, 5, 6, 0], [9, 10, 5, 6, 0]]),
        ("dot", 1, [[1, 2, 7, 8, 0]]),
    ]


def test_as_many_vectors_on_either_side_stay_where_they_are() -> None:
    program = by_hand(
        ("dot", [5, 6, 1, 2, 0]),
        ("dot", [7, 8, 3, 4, 0]),
        parameters=4,
        inputs=4,
        outputs=[9, 10],
    )

    assert contents(group(program)) == [("dot", 2, [[5, 6, 1, 2, 0], [7, 8, 3, 4, 0]])]


def test_blocks_with_one_matrix_come_first_then_those_of_one_size() -> None:
    program = by_hand(
        ("dot", [7, 19, 0]),
        ("dot", [3, 17, 0]),
        ("dot", [4, 17, 0]),
        ("dot", [1, 15, 0]),
        ("dot", [2, 15, 0]),
        ("dot", [2, 16, 0]),
        ("dot", [1, 16, 0]),
        ("dot", [5, 18, 0]),
        ("dot", [6, 18, 9]),
        parameters=14,
        inputs=5,
        outputs=range(20, 29),
    )

    grouped = group(program)

    assert contents(grouped) == [
        ("dot", 2, [[1, 15, 0], [2, 15, 0], [1, 16, 0], [2, 16, 0]]),
        ("dot", 1, [[7, 19, 0]]),
        ("dot", 2, [[3, 17, 0], [4, 17, 0], [5, 18, 0], [6, 18, 9]]),
    ]
    assert grouped.outputs.tolist() == [24, 25, 26, 20, 21, 23, 22, 27, 28]


def test_results_of_softmaxes_are_as_many_blocks_as_there_are_softmaxes() -> None:
    program = by_hand(
        ("softmax", [2, 3, 0]),
        ("softmax", [2, 3, 1]),
        ("softmax", [4, 5, 0]),
        ("softmax", [4, 5, 1]),
        constants=[0.0, 1.0],
        inputs=4,
        outputs=[6, 7, 8, 9],
    )

    assert contents(group(program)) == [("softmax", 2, [[2, 3, 0], [2, 3, 1], [4, 5, 0], [4, 5, 1]])]


def test_parameters_stand_in_the_order_in_which_matrices_need_them() -> None:
    program = group(
        by_hand(
            ("dot", [3, 1, 7, 8, 5]),
            ("dot", [4, 6, 7, 8, 2]),
            ("dot", [7, 3, 7, 8, 0]),
            ("exp", [6]),
            parameters=6,
            inputs=3,
            outputs=[10, 11, 4, 3, 0, 9],
        )
    )

    arranged, old = with_matrices_first(program)

    assert old.tolist() == [2, 0, 3, 5, 1, 4]
    assert arranged.parameters == ("w2", "w0", "w3", "w5", "w1", "w4")
    assert contents(arranged) == [
        ("exp", 1, [[4]]),
        ("dot", 1, [[1, 2, 7, 8, 6], [3, 4, 7, 8, 5], [7, 1, 7, 8, 0]]),
    ]
    assert arranged.outputs.tolist() == [11, 12, 3, 1, 0, 9]
    assert found(arranged) == found(program)


def test_nothing_to_group() -> None:
    program = group(by_hand(parameters=2, inputs=1, outputs=[3, 0]))

    arranged, old = with_matrices_first(program)

    assert contents(program) == []
    assert (arranged.outputs.tolist(), old.tolist()) == ([3, 0], [0, 1])
