"""What may be in a graph that is explored: hostile names, NaN, fractions, mistakes, many nodes."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

import autodiff
from autodiff import Value, topological_order
from autodiff.number import Number
from autodiff.show.mistakes import MISTAKES, Mistake, wrong_adjoints
from autodiff.show.page.explorer import explore
from tests.autodiff.show.explored import HAS_GRAPHVIZ, Tab, chain, check_numbers, running_example

pytestmark = pytest.mark.browser

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
    assert tab.page.locator(".mistake tbody tr").all_inner_texts() == ["x\t4\t17", "y\t2\t12"]
    assert tab.page.locator(".card.wrong").count() == 2

    tab.card(0).click()

    assert "Wrong: the paths add up to 17." in tab.text("#inspector")
    assert tab.page.text_content(".sum text") == "4 + 3 + 10 = 17"


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_every_mistake_gives_the_derivatives_of_python(mistake: Mistake, tab: Tab) -> None:
    tab.show(running_example(), mistake=mistake.name)

    assert tab.numbers("adjoint") == list(map(float, wrong_adjoints_in_order(running_example(), mistake)))


def wrong_adjoints_in_order(output: Value, mistake: Mistake) -> list[Number]:
    adjoints = wrong_adjoints(output, mistake)
    return [adjoints[node] for node in topological_order(output)]


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
