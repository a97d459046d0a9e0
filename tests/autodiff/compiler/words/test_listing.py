"""Listings and pictures of programs: what is found in them is written in the words of a formula."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import autodiff
from autodiff import Value, compile
from autodiff.compiler.flat.data import Flat
from autodiff.compiler.flat.grouping import group
from autodiff.compiler.program import Program
from autodiff.compiler.words.listing import MOST_LINES, listing, picture
from autodiff.compiler.words.slots import span, stem
from tests import strategies


def weights(rows: int, columns: int) -> list[list[Value]]:
    return [[Value(0.5, name=f"w{i}{j}") for j in range(1, columns + 1)] for i in range(1, rows + 1)]


def layer(W: list[list[Value]], x: Any) -> list[Value]:
    return [autodiff.dot(row, x) for row in W]


def ungrouped(program: Program) -> Flat:
    return program.replaced(groups=None, blocks=None)


def lines_of(program: Flat) -> list[str]:
    return [" ".join(line.split()) for line in listing(program).splitlines()[1:]]


def chain(length: int) -> Program:
    """sin(sin(...)), built without tracing."""
    return Program(
        rules=("sin",),
        codes=np.zeros(length, dtype=np.int64),
        starts=np.arange(length + 1),
        operands=np.arange(length),
        constants=np.empty(0),
        parameters=(),
        inputs=("x",),
        outputs=np.array([length]),
    )


def test_a_line_an_operation_before_grouping() -> None:
    W, b = weights(1, 2), Value(0.0, name="b1")
    neuron = compile(lambda x: (autodiff.dot(W[0], x, b).named("h1").relu() - (x[0] - 1)) * -2)

    assert lines_of(ungrouped(neuron.program([1.0, 2.0]))) == [
        "h1 = dot([w11 w12], [x[0] x[1]]) + b1",
        "v2 = x[0] - 1",
        "v3 = relu(h1)",
        "v4 = v3 - v2",
        "v5 = v4·(-2)",
        "return v5",
    ]


def test_a_line_a_group_after_grouping() -> None:
    W, b = weights(3, 2), [Value(0.0, name=f"b{i}") for i in range(1, 4)]
    dense = compile(lambda x: [(z + c).tanh() for z, c in zip(layer(W, x), b, strict=True)])

    assert lines_of(dense.program(np.ones(2))) == [
        "level 1: h[0:3] = W @ x + b 3 dot products of 2: a matrix [3×2] times a vector",
        "level 2: h[3:6] = tanh(h[0:3]) 3 tanh",
        "return h[3:6]",
    ]


def test_one_matrix_times_many_vectors() -> None:
    W = weights(3, 2)
    many = compile(lambda xs: [layer(W, x) for x in xs])

    assert lines_of(many.program(np.ones((2, 2))))[0] == (
        "level 1: h[0:6] = W @ xs 6 dot products of 2: a matrix [3×2] times 2 vectors"
    )


def test_many_matrices_times_a_vector_each() -> None:
    alone = compile(
        lambda x, y: [autodiff.dot([a, b], [c, c]) for a, b, c in ((x[0], y[0], y[1]), (x[1], y[2], y[3]))]
    )

    assert "2 dot products of 2" in lines_of(alone.program(np.ones(2), np.ones(4)))[0]


@pytest.mark.parametrize("count", [MOST_LINES, MOST_LINES + 1, 100_000])
def test_a_long_program_is_cut_in_the_middle_with_a_count(count: int) -> None:
    lines = lines_of(chain(count))

    assert len(lines) == min(count, MOST_LINES + 1) + 1
    assert lines[0] == "v1 = sin(x)"
    assert lines[-2:] == [f"v{count} = sin(v{count - 1})", f"return v{count}"]
    assert (f"... {count - MOST_LINES:,} more operations ..." in lines) == (count > MOST_LINES)


def test_the_header_counts() -> None:
    program = compile(lambda x, y: x * y + x).program(1.0, 2.0)

    assert (
        listing(program)
        .splitlines()[0]
        .startswith("2 operations, 0 parameters, 2 inputs, 1 output; depth 2, 2 flops, ")
    )


def test_a_dot_product_without_bias_has_one_addition_less() -> None:
    programs = [compile(lambda x, y, b=b: x * x + y * y + b, static="b").program(1.0, 2.0) for b in (0, 1)]

    assert [program.flops for program in programs] == [3, 4]


def test_invented_names_are_not_taken() -> None:
    program = compile(lambda h, v1: (h + v1).exp()).program(1.0, 2.0)

    assert lines_of(program)[0] == "level 1: r[0] = h + v1"
    assert lines_of(ungrouped(program))[0] == "r1 = h + v1"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("w1,2^1", "w^1"),
        ("w11", "w"),
        ("b3", "b"),
        ("x[0][1]", "x"),
        ("x['w'][2]", "x"),
        ("p7", "p"),
        ("alpha", "alpha"),
        ("", ""),
    ],
)
def test_elements_of_one_array_share_a_stem(name: str, expected: str) -> None:
    assert stem(name) == expected


@pytest.mark.parametrize(
    ("positions", "expected"),
    [([3, 4, 5], "h[3:6]"), ([5, 3], "h[3:6:2]"), ([1, 2, 9], "h[...]"), ([7, 7], "h[7]")],
)
def test_a_span_is_written_as_a_slice(positions: list[int], expected: str) -> None:
    assert span("h", np.array(positions)) == expected


def test_every_operation_can_be_listed(every_row: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autodiff.compiler.words.listing.MOST_LINES", len(every_row))
    assert len(lines_of(every_row)) == len(every_row) + 1
    assert lines_of(group(every_row))[-1].startswith("return ")


@given(strategies.programs())
@settings(max_examples=30)
def test_random_programs_can_be_listed_and_drawn(random: strategies.Program) -> None:
    program = compile(lambda xs: random.run(strategies.on_values, xs)).program(list(random.inputs))
    drawn = picture(program).source

    assert program.groups is not None
    assert lines_of(program)[-1].startswith("return ")
    assert drawn.count("ellipse") >= len(program.groups) - 1
    assert lines_of(ungrouped(program))[-1].startswith("return ")


# ---------------------------------------------------------------- pictures


def test_a_picture_has_a_vertex_an_operation_or_a_group() -> None:
    W = weights(3, 2)
    program = compile(lambda x: [z.relu() for z in layer(W, x)]).program(np.ones(2))

    assert picture(ungrouped(program)).source.count("shape=ellipse") == 6 + 2 + 6
    assert picture(program).source.count("shape=ellipse") == 2 + 1 + 1  # two groups, x and w
    assert '" 6 "' in picture(program).source  # weights that pass


def test_an_operand_that_is_used_twice_has_two_edges() -> None:
    program = ungrouped(compile(lambda x: x / x).program(2.0))

    assert picture(program).source.count("n0 -> n1") == 2


def test_an_output_that_is_an_input_is_drawn() -> None:
    assert "label=x" in picture(compile(lambda x: x).program(2.0)).source


def test_names_stay_text() -> None:
    evil = Value(2.0, name='x>]; evil->n0; n1 [label=<y"\\N')
    source = picture(compile(lambda y: y * evil).program(1.0)).source

    assert source.count("->") - source.count("evil->") == 2
    assert source.count("evil->") == source.count(r"=<y\"\\N") == 2


@pytest.mark.parametrize(
    ("program", "words"), [(chain(300), "300 operations.*group"), (group(chain(300)), "300 groups.*print")]
)
def test_a_picture_that_is_too_large_is_refused(program: Program, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        picture(program)


def test_leaves_count_too() -> None:
    program = compile(lambda x: autodiff.sum([a.tanh() for a in x])).program(np.ones(10))

    with pytest.raises(ValueError, match="21 vertices"):
        picture(ungrouped(program), max_nodes=20)


def test_an_unknown_direction_is_refused() -> None:
    with pytest.raises(ValueError, match="rankdir"):
        picture(chain(3), rankdir="UP")


@pytest.fixture
def every_row() -> Program:
    """One operation of each row, on inputs."""
    rows = [rule for rule in autodiff.rules.TABLE.values() if not rule.vector]
    arities = [rule.arity or 3 for rule in rows]
    return Program(
        rules=tuple(rule.name for rule in rows),
        codes=np.arange(len(rows)),
        starts=np.concatenate([[0], np.cumsum(arities)]),
        operands=np.concatenate([np.arange(arity) for arity in arities]),
        constants=np.empty(0),
        parameters=(),
        inputs=("x", "y", "z"),
        outputs=np.arange(3, 3 + len(rows)),
    )
