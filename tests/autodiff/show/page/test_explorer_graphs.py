"""What may be in a graph that is explored: hostile names, NaN, fractions, mistakes, many nodes."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeAlias

import pytest

import autodiff
from autodiff import Value, topological_order
from autodiff.show.mistakes import MISTAKES, Mistake, compare
from autodiff.show.mistakes.sweeps import Parts
from autodiff.show.page.explorer import explore
from tests.autodiff.show.explored import (
    HAS_GRAPHVIZ,
    Tab,
    chain,
    check_numbers,
    python_number,
    running_example,
)

pytestmark = pytest.mark.browser

NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
Graph: TypeAlias = Callable[[Value, Value], Value]

HOSTILE = [
    "</script><script>document.title = 'evil'</script>",
    '<img src=x onerror="document.title=1">',
    "\"'&amp;`${1}",
    "😀 \u2028 <!--",
    "\\u003c",
    "__proto__",
]


# ---------------------------------------------------------------- what may be in a graph


def test_hostile_names_stay_text(tab: Tab) -> None:
    nodes = [Value(1.5, name=name) for name in HOSTILE]
    output = autodiff.prod(nodes).named("</title><b>")
    tab.show(output)
    for node in range(len(HOSTILE)):
        tab.card(node).click()

    labels = [
        label or "" for label in tab.page.eval_on_selector_all(".card", "all => all.map((x) => x.ariaLabel)")
    ]
    assert labels[0].startswith(HOSTILE[0][:39] + "…")
    assert labels[2].startswith(HOSTILE[2])
    assert tab.page.title().startswith("</title><b> =")
    assert tab.page.locator("img, b:not(.value):not(.adjoint)").count() == 0
    assert tab.number(len(HOSTILE)) == pytest.approx(1.5 ** len(HOSTILE))


def test_nan_and_infinity_are_shown_and_calculated_with(tab: Tab) -> None:
    x, y = Value(math.inf, name="x"), Value(math.nan, name="y")
    output = x * 2 + y
    tab.show(output)

    check_numbers(tab, output)
    assert tab.card(0).locator(".value").text_content() == "∞"


def test_fractions_are_shown_as_fractions(tab: Tab) -> None:
    w = Value(Fraction(1, 4), name="w")
    output = (w**2 / 2).named("f")
    tab.show(output)

    assert tab.card(2).locator(".value").text_content() == "1/32"
    assert tab.card(0).locator(".adjoint").text_content() == "∂ 1/4"


def test_an_output_that_is_a_leaf(tab: Tab) -> None:
    tab.show(Value(3, name="x"))
    tab.card(0).click()

    assert tab.numbers("adjoint") == [1]
    assert tab.position() == 3


@pytest.mark.skipif(not HAS_GRAPHVIZ, reason="needs Graphviz")
def test_no_grad_is_touched() -> None:
    f = running_example()
    explore(f)

    assert [node.grad for node in topological_order(f)] == [0] * 8


# ---------------------------------------------------------------- mistakes


def test_a_mistake_is_shown_move_by_move(tab: Tab) -> None:
    tab.show(running_example(), mistake="overwriting")
    result = tab.text("#story")
    tab.press("ArrowLeft")

    assert "what has a ✗ is wrong" in result
    assert tab.page.text_content("#story .formula >> nth=1") == "∂f∂x=1·4=4"
    assert tab.page.text_content(".sum") == "= 1·4"
    assert "Overwritten: the 3 that x had is lost." in tab.text("#story")

    tab.press("End")

    assert tab.numbers("adjoint") == [4, 1, 2, 1, 1, 10, 1, 1]
    assert tab.page.locator("#mistake tbody tr").all_inner_texts() == ["x\t4\t17", "y\t2\t12"]
    assert tab.page.locator(".card.wrong").count() == 2

    tab.card(0).click()

    assert "Wrong: the paths add up to 17." in tab.text("#inspector")
    assert tab.page.text_content(".sum text") == "4 + 3 + 10 = 17"


def halves(x: Value, y: Value) -> Value:
    """A graph on which every mistake but one does harm: a node between is used twice, another one by itself."""
    a = (x * y).named("a")
    b = (a * a - x / y).named("b")
    return (b * a + b.tanh()).named("f")


GRAPHS = {
    "the running example": lambda x, y: x**2 + x * y + (x + y) ** 2,
    "used twice": halves,
    "chosen": lambda x, y: autodiff.maximum(x * y, x) * (x - y).relu() + x,
    "outside the domain of halves": lambda x, y: x.acosh() * y + (x - 1).log(),
    "many operands": lambda x, y: autodiff.dot([x, y, x], [y, x, 3], bias=x) * autodiff.softmax([x, y])[0],
}


@pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS)
@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_every_mistake_is_made_anew_for_other_inputs(mistake: Mistake, graph: Graph, tab: Tab) -> None:
    first, *others = ((1.5, 2.0), (1.25, -3.0), (2.5, 2.5), (1.75, 0.5))
    tab.show(at(graph, first), mistake=mistake.name)
    check_mistake(tab, at(graph, first), mistake)
    for numbers in others:
        for row, number in zip(tab.page.locator(".row input[type=text]").all(), numbers, strict=True):
            row.fill(str(number))
        check_mistake(tab, at(graph, numbers), mistake)
        check_moves(tab, at(graph, numbers), mistake)
    tab.page.click("#reset")
    check_mistake(tab, at(graph, first), mistake)


def at(graph: Graph, numbers: tuple[float, float]) -> Value:
    x, y = (Value(number, name=name) for name, number in zip("xy", numbers, strict=True))
    return graph(x, y).named("f")


def check_mistake(tab: Tab, output: Value, mistake: Mistake) -> None:
    """Compare what comes out of both sweeps, the marks and the words with Python's."""
    comparison, order = compare(output, mistake), topological_order(output)
    right, wrong = comparison.right.adjoints, comparison.wrong.adjoints
    places = [place for place, node in enumerate(order) if node in comparison.wrong_nodes]
    rows = [row.split("\t") for row in tab.page.locator("#mistake tbody tr").all_inner_texts()]
    shown = [python_number(plain(text)) for _, *numbers in rows for text in numbers]

    assert tab.numbers("value") == close([node.data for node in order])
    assert tab.numbers("adjoint") == close([wrong[node] for node in order])
    marks = tab.page.eval_on_selector_all(".card", "all => all.map(x => x.matches('.wrong'))")
    assert [place for place, mark in enumerate(marks) if mark] == places
    assert [row[0] for row in rows] == [comparison.names[order[place]] for place in places]
    pairs = [x for place in places for x in (wrong[order[place]], right[order[place]])]
    assert shown == pytest.approx(pairs, rel=1e-5, nan_ok=True)
    said, expected = plain(tab.text("#mistake .note")), plain(comparison.sentence)
    assert NUMBER.split(said) == NUMBER.split(expected)
    assert list(map(float, NUMBER.findall(said))) == pytest.approx(
        list(map(float, NUMBER.findall(expected))), rel=1e-5
    )


def check_moves(tab: Tab, output: Value, mistake: Mistake) -> None:
    """Go back through the wrong sweep; compare what each node holds after each move."""
    order = topological_order(output)
    for move in reversed(compare(output, mistake).wrong.moves):
        tab.page.click("#back")
        parent = order.index(move.edge.parent)

        assert tab.number(parent, "adjoint") == close(move.after)
        assert "target" in str(tab.card(parent).get_attribute("class"))
    tab.page.click("#finish")


def close(expected: Any) -> Any:
    return pytest.approx(expected, rel=1e-12, abs=1e-15, nan_ok=True)


def plain(text: str) -> str:
    """Numbers with Python's signs, and without brackets that are a matter of taste."""
    return re.sub(r"[()]", "", text.replace("−", "-").replace("∞", "inf"))


def test_where_a_mistake_does_not_show_the_page_says_so(tab: Tab) -> None:
    x, y = Value(2, name="x"), Value(3, name="y")
    tab.show((x**2 + x * y).named("f"), mistake="overwriting")
    before = tab.text("#mistake .note")
    tab.page.locator(".row input[type=text]").last.fill("0")
    after = tab.announced()

    assert before.startswith("1 of 5 derivatives is wrong.")
    assert tab.text("#mistake .note").startswith("No harm here: the derivatives are right. Harm takes a node")
    assert after.endswith("derivative 2. " + tab.text("#mistake .note"))
    assert tab.page.locator("#mistake table, .card.wrong").count() == 0
    assert "what has a ✗" not in tab.text("#story")


def test_a_mistake_where_the_output_has_no_value(tab: Tab) -> None:
    x = Value(2.0, name="x")
    tab.show((x.log() * x).named("f"), mistake="stale gradients")
    tab.page.fill(".row input[type=text]", "-1")

    assert "cannot be computed" in tab.text("#story")
    assert tab.page.locator("#mistake .note, #mistake table").count() == 0
    tab.page.click("#reset")
    assert tab.page.locator(".card.wrong").count() == 2


def test_a_mistake_of_ones_own_is_made_in_the_page(tab: Tab) -> None:
    own = Mistake(
        "counting", "each is 1 more", "it was counted", "an edge", Parts(put=lambda old, new: old + 1)
    )
    x = Value(3.0, name="x")
    tab.show((x * x * x).named("f"), mistake=own)
    tab.page.fill(".row input[type=text]", "5")

    assert tab.numbers("adjoint") == [3, 1, 1]
    assert tab.text("#mistake h2") == "Mistake: counting"


def test_a_walk_that_breaks_off_is_right_in_the_end(tab: Tab) -> None:
    output = Value(1.0, name="x")
    for _ in range(12):
        output = output + output
    tab.show(output, mistake="every path")
    tab.page.fill(".row input[type=text]", "3")

    assert tab.text("#mistake .note") == "Right, but by 8,190 multiplications; the sweep takes 24."
    assert tab.number(12) == 3 * 2**12
    assert tab.page.locator(".card.wrong").count() == 0


# ---------------------------------------------------------------- size


def test_three_hundred_nodes_fit_into_a_page(tab: Tab) -> None:
    output = chain(101)
    page = explore(output)
    tab.show(page)

    assert 280 < len(topological_order(output)) <= 300
    assert len(page.html.encode()) < 500_000
    check_numbers(tab, output)


def test_a_graph_that_is_too_large_is_refused_with_advice() -> None:
    with pytest.raises(
        ValueError,
        match=r"explore: the picture 'overview' has 594 nodes, more than max_nodes=300: explore",
    ):
        explore(chain(200), fold={})


def test_what_is_no_value_is_refused() -> None:
    with pytest.raises(TypeError, match="explore: output must be a Value, not 3"):
        explore(3)  # type: ignore[arg-type]
