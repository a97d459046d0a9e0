"""Mistakes: what each one does to graphs done by hand, that none changes a node, where it does no harm."""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings

from autodiff import Value, count_paths, gradient, topological_order
from autodiff.pictures import render
from autodiff.show.mistakes import MISTAKES, Mistake, compare, wrong_adjoints, wrong_sweep
from autodiff.show.mistakes.comparison import same
from autodiff.show.mistakes.sweeps import MOST_MOVES, Parts
from tests.strategies import Program, on_values, programs

NAMES = [mistake.name for mistake in MISTAKES]
CAN_RENDER = any(render.renderers())


def exercise_1() -> tuple[Value, Value, Value]:
    x, y = Value(2, name="x"), Value(3, name="y")
    return x, y, x**2 + x * y + (x + y) ** 2


def cube() -> tuple[Value, Value]:
    """x³ as x·x·x, the example on which a second backward() of micrograd goes wrong."""
    x = Value(3, name="x")
    return x, x * x * x


def ladder() -> tuple[Value, Value]:
    """A node between to which a short and a long way lead: a = 2x, b = a + 1, f = ab."""
    x = Value(3, name="x")
    a = (x * 2).named("a")
    b = (a + 1).named("b")
    return x, (a * b).named("f")


def doublings(count: int) -> tuple[Value, Value]:
    """A chain of sums of a node with itself."""
    x = output = Value(1.0, name="x")
    for _ in range(count):
        output = output + output
    return x, output


# ---------------------------------------------------------------- by hand


@pytest.mark.parametrize(
    ("graph", "mistake", "expected"),
    [
        (cube, "overwriting", 9.0),  # the last edge into x is that of x·x times x
        (cube, "wrong order", 27.0),
        (cube, "stale gradients", 45.0),
        (cube, "one edge", 18.0),
        (cube, "every path", 27.0),
        (cube, "changed values", 13.5),
        (ladder, "overwriting", 12.0),
        (ladder, "wrong order", 14.0),
        (ladder, "stale gradients", 64.0),
        (ladder, "one edge", 26.0),
        (ladder, "every path", 26.0),
        (ladder, "changed values", 26.0),
    ],
)
def test_what_comes_out_at_x(graph: Any, mistake: str, expected: float) -> None:
    x, output = graph()

    assert wrong_adjoints(output, mistake)[x] == expected


TEXT = """\
overwriting: each contribution replaces the one before, = in place of +=
node  right           wrong
f     1               1
b     1·6 = 6         1·6 = 6
a     1·7 + 6·1 = 13  1·7, then 6·1 = 6  first wrong
x     13·2 = 26       6·2 = 12           wrong
2 of 4 derivatives are wrong. The first is that of a: 1·7 + 6·1 = 13 is right, 1·7, then 6·1 = 6 came \
out, as each contribution replaced the one before."""


def test_a_comparison_as_text() -> None:
    _, output = ladder()
    comparison = compare(output, "overwriting")

    assert str(comparison) == TEXT
    assert comparison.first is output.parents[0]


def test_a_comparison_as_html_and_latex() -> None:
    x = Value(3, name="<b>")
    comparison = compare(x * x, "one edge")
    html = re.sub(r' style="[^"]*"', "", comparison._repr_html_())

    assert "<td>1·3 + 1·3 = 6</td><td>1·3 = 3</td><td>first wrong</td>" in html
    assert "<p>1 of 2 derivatives is wrong. The first is that of &lt;b&gt;: " in html
    assert "<b>:" not in html
    assert r"1 \cdot 3 + 1 \cdot 3 = 6 & 1 \cdot 3 = 3 & \text{first wrong} \\" in comparison.latex
    assert comparison._repr_latex_() == f"$$\n{comparison.latex}\n$$"


def test_html_tints_the_rows_of_wrong_nodes_alone() -> None:
    _, output = ladder()
    rows = compare(output, "overwriting")._repr_html_().split("</tr>")
    tinted = [re.sub("<[^>]*>", " ", row).split()[0] for row in rows if "<tr style=" in row]

    assert tinted == ["a", "x"]


def test_the_sentence_says_when_there_is_no_harm() -> None:
    _, _, output = exercise_1()

    assert compare(output, "wrong order").sentence == (
        "No harm here: the derivatives are right. "
        "Harm takes a node between that two operations use, and derivatives that are not 0."
    )
    assert compare(output, "wrong order").first is None


def test_the_sentence_of_right_but_slow() -> None:
    _, output = ladder()

    assert compare(output, "every path").sentence == "Right, but by 5 multiplications; the sweep takes 4."


def test_products_are_those_that_are_made() -> None:
    _, output = ladder()
    shown = str(compare(output, "no chain rule"))

    assert "a     1·7 + 6·1 = 13  1·7 + 1·1 = 8  first wrong" in shown
    assert "x     13·2 = 26       1·2 = 2        wrong" in shown


def test_fractions_stay_fractions() -> None:
    x = Value(Fraction(1, 3), name="x")

    assert wrong_adjoints(x * x, "changed values")[x] == Fraction(1, 3)
    assert " = 2/3 is right, " in compare(x * x, "changed values").sentence


# ---------------------------------------------------------------- the picture


def test_the_picture_has_both_sweeps_and_marks_all_wrong_nodes_the_first_strongest() -> None:
    _, output = ladder()
    comparison = compare(output, "overwriting")
    source = comparison.picture.source
    marked = [line for line in source.splitlines() if "penwidth=3" in line]
    [strongest] = [line for line in source.splitlines() if "penwidth=6" in line]

    assert source.count('label="a = x·2 = 6\\ngrad = 13"') == 1
    assert len(marked) == len(comparison.wrong_nodes) == 2
    assert ['label="a = x·2 = 6\\ngrad = 6, not 13"' in line for line in marked].count(True) == 1
    assert strongest.split()[0] in [line.split()[0] for line in marked if "a = x·2" in line]
    assert "label=right" in source
    assert 'label="overwriting\\ncoloured: wrong; thick border: the first wrong one"' in source


def test_the_legend_of_a_harmless_mistake_speaks_of_no_wrong_node() -> None:
    x = Value(3, name="x")
    source = compare((x**2).named("f"), "overwriting").picture.source

    assert "label=overwriting" in source
    assert "coloured" not in source


def test_the_picture_shows_the_edges_and_partials_that_were_used() -> None:
    x = Value(3, name="x")
    forgotten = compare(x * x, "one edge").picture.source
    changed = compare(x**2, "changed values").picture.source

    assert forgotten.count("n0_1 -> n1_1 [color") == 1
    assert forgotten.count("n0_1 -> n1_1 [label") == 1
    assert 'n0_0 -> n1_0 [label="\N{NO-BREAK SPACE}6\N{NO-BREAK SPACE}"' in changed
    assert 'n0_1 -> n1_1 [label="\N{NO-BREAK SPACE}3\N{NO-BREAK SPACE}"' in changed


@pytest.mark.skipif(not CAN_RENDER, reason="needs Graphviz")
@pytest.mark.parametrize("mistake", NAMES)
def test_the_picture_renders_and_names_stay_text(mistake: str) -> None:
    x = Value(3, name='"] -> n0 [label=<b> \\N n7 -> n8')
    svg = render.to_svg(compare(x * x + x, mistake).picture)

    assert svg.count('class="node"') == 6
    assert svg.count('class="edge"') == 8
    assert "n7 -&gt; n8" in svg.replace("&#45;", "-")


# ---------------------------------------------------------------- any graph


@settings(max_examples=50)
@given(programs())
def test_nothing_changes_and_the_right_side_is_the_gradient(program: Program) -> None:
    output = program.run(on_values, [Value(x) for x in program.inputs])
    order = topological_order(output)
    before = [(node.data, node.grad, node.name, node.partials) for node in order]
    for mistake in MISTAKES:
        comparison = compare(output, mistake)

        assert [comparison.right.adjoints[node] for node in order] == gradient(output, order)
        assert set(comparison.wrong.adjoints) == set(order)
        assert comparison.sentence
    assert [(node.data, node.grad, node.name, node.partials) for node in order] == before


@settings(max_examples=50)
@given(programs())
def test_harm_has_what_it_takes(program: Program) -> None:
    """What a mistake needs to do harm, checked on graphs on which it does."""
    output = program.run(on_values, [Value(x) for x in program.inputs])
    order = topological_order(output)
    uses = [parent for node in order for parent in node.parents]

    assert compare(output, "every path").first is None
    if compare(output, "overwriting").first is not None:
        assert len(uses) > len(set(uses))
    if compare(output, "one edge").first is not None:
        assert any(len(node.parents) > len(set(node.parents)) for node in order)
    if compare(output, "wrong order").first is not None:
        users = Counter(parent for node in order for parent in set(node.parents))
        assert any(users[node] > 1 for node in order if node.op is not None)
    if compare(output, "stale gradients").first is not None:
        assert any(node.op is not None for node in order[:-1])


@settings(max_examples=30)
@given(programs(most_steps=5))
def test_every_path_counts_what_walking_would(program: Program) -> None:
    output = program.run(on_values, [Value(x) for x in program.inputs])
    walk = wrong_sweep(output, "every path")
    counted = {node: count_paths(output, node) for node in topological_order(output)[:-1]}

    assert {node: count for node, count in walk.arrivals.items() if node is not output} == counted
    assert len(walk.moves) == min(walk.work, MOST_MOVES)


def test_the_moves_tell_the_whole_sweep() -> None:
    _, output = ladder()
    walk = wrong_sweep(output, "wrong order")
    held = dict(walk.starts)
    for move in walk.moves:
        assert held[move.edge.node] == move.adjoint
        assert (move.product, held[move.edge.parent]) == (move.adjoint * move.edge.partial, move.before)

        held[move.edge.parent] = move.after
    assert held == walk.adjoints
    assert [move.edge.node.name for move in walk.moves] == ["f", "f", "a", "b"]


# ---------------------------------------------------------------- extremes


def test_2_to_the_40_paths_at_once() -> None:
    x, output = doublings(40)
    comparison = compare(output, "every path")

    assert comparison.sentence == "Right, but by 2,199,023,255,550 multiplications; the sweep takes 80."
    assert comparison.wrong.adjoints[x] == 2.0**40
    assert str(comparison).count("... and 1,099,511,627,768 more") == 1


@pytest.mark.slow
@pytest.mark.parametrize("mistake", NAMES)
def test_deep_and_wide_graphs(mistake: str) -> None:
    x = output = Value(0.5, name="x")
    for _ in range(2_000):
        output = output + 1
    many = output * x
    for _ in range(2_000):
        many = many + x

    assert "... and " in str(compare(many, mistake))
    assert len(wrong_sweep(many, mistake).adjoints) == 4_002


@pytest.mark.parametrize("mistake", NAMES)
def test_a_leaf_alone(mistake: str) -> None:
    x = Value(2, name="x")

    assert wrong_adjoints(x, mistake) == {x: 1.0}
    assert compare(x, mistake).sentence.startswith("No harm")


@pytest.mark.parametrize("mistake", NAMES)
def test_infinite_partials_and_nan(mistake: str) -> None:
    x, y = Value(0.0, name="x"), Value(2.0, name="x")

    assert compare(x.sqrt() * x, mistake).sentence
    assert compare(Value(float("nan"), name="n") * y, mistake).wrong.adjoints[y] != 0


def test_halving_that_leaves_the_domain_keeps_the_partial() -> None:
    exponent = Value(3.0, name="y")

    assert wrong_adjoints((exponent * 1 - 11) ** exponent, "changed values")[exponent] is not None


def test_rounding_is_no_mistake_and_fractions_have_none() -> None:
    assert same(0.1 + 0.2, 0.3, 0.3)
    assert not same(1.0, 1.1, 1.0)
    assert not same(Fraction(1), Fraction(1) + Fraction(1, 10**20), Fraction(1))
    assert same(float("nan"), float("nan"), 1.0)
    assert not same(1.0, float("nan"), float("nan"))


# ---------------------------------------------------------------- mistakes of one's own, and in the call


def test_a_new_mistake_is_one_row() -> None:
    forgetful = Mistake(
        "no products",
        wrong="the partial is passed on alone",
        happened="the adjoint above was left out",
        needs="an adjoint that is not 1",
        parts=Parts(put=lambda before, product: before + 1),
    )
    x, output = cube()

    assert wrong_adjoints(output, forgetful)[x] == 3.0
    assert compare(output, forgetful).sentence.endswith("as the adjoint above was left out.")


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="no mistake called 'overwrite': choose one of 'overwriting', "):
        compare(Value(1.0), "overwrite")
    with pytest.raises(TypeError, match=r"begins at a Value, not at 3\.0 of type float"):
        wrong_adjoints(3.0, "overwriting")  # type: ignore[arg-type]
