"""Graphs too large for one picture: folds that open, given or found, and the way back out of them."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import autodiff
from autodiff import Value, gradient, topological_order
from autodiff.matrix.matrices import matrix
from autodiff.pictures.fold import Fold, folds_of
from autodiff.pictures.names import default_names
from autodiff.show.page.explorer import Page, explore
from autodiff.show.page.folding import folds_to_fit
from autodiff.show.page.views import Folds, Part, View, chains, edges_of, fold_by_fold, views_of
from nn import MLP
from tests.autodiff.show.explored import Tab, chain

# ---------------------------------------------------------------- folds that are given


def layer() -> tuple[Value, list[Value]]:
    """Two neurons on the same inputs, and their sum; and the nodes of the first neuron."""
    inputs = [Value(x, name=f"x{i}") for i, x in enumerate((0.5, -1.5))]
    weights = [[Value(0.25 * (i + j + 1), name=f"w{i}{j}") for i in range(2)] for j in range(2)]
    first, second = (autodiff.dot(row, inputs).tanh() for row in weights)
    return (first + second).named("f"), [first, first.parents[0], *weights[0]]


def seen(tab: Tab) -> list[str]:
    """The titles of the cards that are shown, whether there is room for all of them or not."""
    script = "cards => cards.map((card) => card.ariaLabel.split(',')[0])"
    return tab.page.eval_on_selector_all(".view:not([hidden]) .card", script)  # type: ignore[no-any-return]


@pytest.mark.browser
def test_a_fold_is_one_card_that_a_click_opens(tab: Tab) -> None:
    output, neuron = layer()
    tab.show(output, fold={"neuron": neuron})
    overview = seen(tab)
    tab.page.locator(".card.fold").click()
    inside = seen(tab)
    tab.page.locator("#views button", has_text="overview").press("Enter")

    assert "neuron (4 nodes)" in overview
    assert "w00" not in overview
    assert {"w00", "w10", "x0", "x1"} <= set(inside)
    assert "w01" not in inside
    assert seen(tab) == overview


@pytest.mark.browser
def test_a_fold_shows_the_numbers_of_its_exit_and_takes_part_in_the_sweeps(tab: Tab) -> None:
    output, neuron = layer()
    tab.show(output, fold={"neuron": neuron})
    fold = tab.page.locator(".card.fold")
    shown = [fold.locator(what).get_attribute("data-number") for what in (".value", ".adjoint")]
    tab.press("Home")
    current, positions = [], []
    while tab.page.locator("#step").is_enabled():
        tab.press("ArrowRight")
        current.append("current" in (fold.get_attribute("class") or ""))
        positions.append(tab.position())
    tab.press(*["ArrowLeft"] * len(positions))

    assert [float(text or "nan") for text in shown] == pytest.approx([neuron[0].data, 1])
    assert any(current)
    assert not any(now and after for now, after in itertools.pairwise(current))  # all of it is one step
    assert len(positions) < positions[-1]
    assert tab.position() == 0


def loss_of_matrices() -> tuple[Value, dict[str, Any]]:
    """Two layers in matrix form, of which each matrix is a fold."""
    X = matrix([[1, 2], [-1, 2]], name="X")
    W1 = matrix([[1, -1, 0.5], [0.5, 0.2, 1]], name="W1")
    W2 = matrix([[0.5], [0.3], [-1]], name="W2")
    H1: Any = (X @ W1).named("H1")
    O1: Any = autodiff.sigmoid(H1).named("O1")
    H2: Any = (O1 @ W2).named("H2")
    output: Value = np.sum(H2**2).named("L")
    return output, {str(each.name): each.flat for each in (X, W1, W2, H1, O1, H2)}


@pytest.mark.browser
def test_a_matrix_is_one_step_each_way_named_by_it_with_its_shape_on_its_card(tab: Tab) -> None:
    output, fold = loss_of_matrices()
    tab.show(output, fold=fold)
    right = [gradient(output, fold["X"][0]), gradient(output, fold["W1"][5])]
    tab.press("Home")
    headings, inputs = [], tab.page.locator("#position")
    while tab.position() < int(inputs.get_attribute("max") or 0):
        tab.press("ArrowRight")
        headings.append(tab.text("#story h2"))
    back = 0
    while tab.position():
        tab.press("ArrowLeft")
        back += 1

    assert {"X (2×2)", "W1 (2×3)", "W2 (3×1)", "H1 (2×3)", "O1 (2×3)", "H2 (2×1)"} <= {*seen(tab)}
    assert back == len(headings)
    for name in ("X", "W1", "W2", "H1", "O1", "H2"):
        assert headings.count(f"Compute {name}") == 1
    assert sum(heading.startswith("From H1 down to ") for heading in headings) == 1
    assert headings.count("From O1 down to H1") == 1
    tab.press("End")
    tab.page.locator(".view:not([hidden]) .card.fold", has_text="X (2×2)").click()
    shown = tab.page.locator(".view:not([hidden]) .card", has_text="x11").locator(".adjoint")
    assert float(shown.get_attribute("data-number") or "nan") == pytest.approx(right[0])


def test_folds_come_together_parents_first_and_stay_as_they_were_where_they_need_one_another() -> None:
    output, fold = loss_of_matrices()
    order = topological_order(output)
    folds: Folds = {node: (found,) for node, found in folds_of(fold, order, [output]).items()}
    made = fold_by_fold(order, folds)
    places = {node: place for place, node in enumerate(made)}
    x = Value(1, name="x")
    y = x + 1
    z = y * 2
    one, two = Fold("one", {x, z}), Fold("two", {y})

    assert sorted(places.values()) == list(range(len(order)))
    assert all(places[parent] < places[node] for node in made for parent in node.parents)
    for (found,) in folds.values():
        inside = [places[node] for node in found.nodes]
        assert max(inside) - min(inside) == len(inside) - 1
    assert fold_by_fold([x, y, z], {x: (one,), y: (two,), z: (one,)}) == [x, y, z]


@pytest.mark.browser
def test_a_fold_is_opened_by_keyboard(tab: Tab) -> None:
    output, neuron = layer()
    tab.show(output, fold={"neuron": neuron})
    tab.page.locator(".card.fold").focus()
    tab.press("Enter")

    assert "w00" in seen(tab)
    assert tab.announced() == "View: neuron"
    assert tab.page.evaluate("document.activeElement.matches('.card')")


# ---------------------------------------------------------------- folds that are found


def perceptron(*sizes: int) -> Value:
    x = [Value(i / 6, name=f"x{i}") for i in range(sizes[0])]
    return MLP(sizes[0], [*sizes[1:], 1], seed=1)(x)  # type: ignore[no-any-return]


def matrices() -> Value:
    rng = np.random.default_rng(0)
    X, W, V = (matrix(rng.normal(size=(8, 8)), name=name) for name in "XWV")
    H: Any = X @ W
    scores: Any = np.tanh(H.named("H")) @ V
    loss: Value = autodiff.sum(*scores.named("O").flat)
    return loss.named("loss")


def ladder(length: int) -> Value:
    """Steps with an input each."""
    h = Value(0.5, name="h")
    for i in range(length):
        h = (h * Value(1.0, name=f"w{i}")).tanh()
    return h


def folds_in(output: Value) -> tuple[list[Value], Folds, list[View]]:
    order = topological_order(output)
    folds = folds_to_fit(order, default_names(output), 300)
    return order, folds, views_of(order, folds)


def names_of(view: View) -> list[str | None]:
    return [part.name for part in view.parts]


LARGE = {
    "layers": perceptron(6, 30, 30),
    "matrices": matrices(),
    "chain": chain(300),
    "ladder": ladder(500),
    "wide sum": autodiff.sum(*(Value(1.0, name=f"x{i}").exp() for i in range(280))),
}
each_graph = pytest.mark.parametrize("output", LARGE.values(), ids=LARGE)


@each_graph
def test_every_picture_of_a_large_graph_is_small(output: Value) -> None:
    order, _, views = folds_in(output)

    assert len(order) > 300
    assert len(views[0].parts) <= 60
    assert max(len(view.parts) for view in views) <= 300


@each_graph
def test_every_node_has_a_card_of_its_own_in_some_picture(output: Value) -> None:
    order, _, views = folds_in(output)

    assert {part for view in views for part in view.parts} >= set(order)


@each_graph
def test_no_edge_leads_back_into_a_fold(output: Value) -> None:
    order, folds, views = folds_in(output)
    for view in views:
        assert not has_circle(view)
    assert len(chains(folds)) == len(views) - 1
    assert sum(len(edges) for edges in views[0].edges) == len(list(crossing(order, folds)))


def crossing(order: list[Value], folds: Folds) -> Iterator[tuple[Value, Value]]:
    """The edges that are not inside an outermost fold."""
    outermost = {node: folds.get(node, (node,))[:1] or (node,) for node in order}
    return (edge for edge in edges_of(order) if outermost[edge[0]] != outermost[edge[1]])


def has_circle(view: View) -> bool:
    above: dict[int, set[int]] = {place: set() for place in range(len(view.parts))}
    for tail, head in view.lines:
        above[tail].add(head)
    while free := [place for place, heads in above.items() if not heads]:
        above = {place: heads - set(free) for place, heads in above.items() if place not in free}
    return bool(above)


def test_a_circle_is_noticed() -> None:
    x = Value(1.0)

    assert has_circle(View("", parts_of(x, x * 2), [(0, 1), (1, 0)]))
    assert not has_circle(View("", parts_of(x, x * 2), [(0, 1)]))


def parts_of(*parts: Part) -> list[Part]:
    return list(parts)


def test_layers_matrices_and_stretches_are_called_by_what_they_are() -> None:
    def overview(output: Value) -> list[str | None]:
        return names_of(folds_in(output)[2][0])

    assert sorted(map(str, overview(perceptron(6, 30, 30)))) == ["layer 1", "layer 2", "v121", "x"]
    assert set(overview(matrices())) == {"X", "W", "V", "H", "tanh", "O", "loss"}
    assert overview(ladder(500))[0] == "h … v27"


def test_neurons_of_the_same_name_are_folded_each() -> None:
    x = [Value(1.0, name=f"x{i}") for i in range(150)]
    neurons = [
        autodiff.dot([Value(1.0), Value(2.0)], pair).tanh().named("h")
        for pair in zip(x[::2], x[1::2], strict=True)
    ]
    order = topological_order(autodiff.sum(*neurons))
    folds = folds_to_fit(order, default_names(order[-1]), 300)

    assert len({chain[-1] for chain in folds.values() if chain[-1].name == "h"}) == 75


@functools.cache
def network() -> Page:
    return explore(perceptron(30, 10, 4))


@pytest.mark.browser
def test_a_layer_opens_into_neurons_and_a_neuron_into_its_weights(tab: Tab) -> None:
    tab.show(network())
    overview = seen(tab)
    tab.page.locator(".view:not([hidden]) .card[aria-label^='layer 1']").click()
    layer_1 = seen(tab)
    tab.page.locator(".view:not([hidden]) .card[aria-label*='(33 nodes)']").first.click()
    neuron = seen(tab)
    trail = tab.page.locator("#views button").all_inner_texts()
    tab.page.click("#views button >> nth=1")

    assert "layer 1 (330 nodes)" in overview
    assert sum(title.endswith("(33 nodes)") for title in layer_1) == 10
    assert {"x0", "x29", "b1¹"} <= set(neuron)
    assert trail[:2] == ["overview", "layer 1"]
    assert len(trail) == 3
    assert seen(tab) == layer_1


@pytest.mark.browser
def test_escape_leads_out_of_the_folds_once_nothing_is_chosen(tab: Tab) -> None:
    tab.show(network())
    for title in ("layer 1", "(33 nodes)"):
        tab.page.locator(f".view:not([hidden]) .card[aria-label*='{title}']").first.click()
    tab.page.locator(".view:not([hidden]) .card.leaf").first.click()
    tab.page.mouse.move(5, 5)
    views = []
    for _ in range(4):
        tab.press("Escape")
        views.append(tab.page.locator("#views button").all_inner_texts())

    assert [view[:2] for view in views] == [["overview", "layer 1"]] * 2 + [[]] * 2
    assert [len(view) for view in views] == [3, 2, 0, 0]


@pytest.mark.browser
def test_a_fold_of_many_results_says_that_it_opens_and_takes_part_in_the_sweeps(tab: Tab) -> None:
    tab.show(matrices())
    card = tab.page.locator(".view:not([hidden]) .card", has_text="W (8×8)")
    tab.press("ArrowLeft")

    assert card.locator(".value").text_content() == "open ▸"
    assert "target" in (card.get_attribute("class") or "")


@pytest.mark.browser
def test_a_network_above_the_limit_folds_its_neurons_by_itself(tab: Tab) -> None:
    output = MLP(6, [12, 12, 1], seed=1)([Value(i / 6, name=f"x{i}") for i in range(6)])
    tab.show(output)

    assert len(topological_order(output)) > 250
    assert tab.page.locator(".view:not([hidden]) .card.fold").count() == 25
