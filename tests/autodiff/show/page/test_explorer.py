"""The interactive page in a real browser: every control, and its numbers beside Python's."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

import pytest

import autodiff
from autodiff import Value, gradient, leaves, paths
from autodiff.operations import apply
from autodiff.pictures.draw import PATHS
from autodiff.rules import TABLE, Rule, unary
from tests.autodiff.show.explored import Tab, application, check_numbers, running_example
from tests.strategies import STEPS, Program, on_values

pytestmark = pytest.mark.browser


# ---------------------------------------------------------------- numbers


ROWS_A_PAGE = 10


@pytest.mark.parametrize("first", range(0, len(TABLE), ROWS_A_PAGE))
def test_every_operation_of_the_table_computes_in_the_page_what_it_computes_in_python(
    first: int, tab: Tab
) -> None:
    rules = list(TABLE.values())[first : first + ROWS_A_PAGE]

    check_numbers(tab.show(applications(rules)), applications(rules))


def applications(rules: Sequence[Rule]) -> Value:
    """Rows applied to ordinary numbers, each with another weight in their sum."""
    return autodiff.sum([place * application(rule) for place, rule in enumerate(rules, 1)])


def test_an_operation_that_the_table_does_not_have_needs_no_more_than_its_row(tab: Tab) -> None:
    cube = unary("cube", value=lambda m, x: x**3 - m.sin(x), partial=lambda m, x, z: 3 * x**2 - m.cos(x))

    check_numbers(tab.show(apply(cube, [Value(1.5, name="x")])), apply(cube, [Value(1.5)]))


@pytest.mark.parametrize("seeds", [range(4), range(4, 8)])
def test_random_graphs_compute_the_same(seeds: range, tab: Tab) -> None:
    graphs = [autodiff.sum([random_program(seed) for seed in seeds]) for _ in range(2)]

    check_numbers(tab.show(graphs[0]), graphs[1])


def random_program(seed: int) -> Value:
    """A graph of operations from all over the table on nodes that are used again."""
    choose = random.Random(seed)
    inputs = tuple(round(choose.uniform(-2, 2), 4) for _ in range(3))
    places = range(len(inputs), len(inputs) + 12)
    steps = [(choose.choice(sorted(STEPS)), choose.randrange(n), choose.randrange(n)) for n in places]
    output: Value = Program(inputs, tuple(steps)).run(on_values, [Value(x) for x in inputs])
    return output


def test_a_kink_is_marked_while_the_inputs_lie_on_it(tab: Tab) -> None:
    x, y = Value(1, name="x"), Value(1, name="y")
    tie = autodiff.maximum(x, y).named("m")
    tab.show((tie * 3).named("f"))
    card = tab.page.locator('.card[data-node="2"]')
    card.click()

    assert "1 (kink)" in str(card.text_content())
    assert "at a kink" in str(card.get_attribute("aria-label"))
    assert "kink: slope 0.5 each used, one-sided 0 and 1 each" in tab.text("#panel")

    tab.page.locator("#inputs input[type=text]").nth(0).fill("2")

    assert "kink" not in str(card.text_content())
    assert "kink: slope" not in tab.text("#panel")


def test_changed_inputs_give_the_numbers_of_python_at_once(tab: Tab) -> None:
    def graph(x: float, y: float) -> Value:
        a, b = Value(x, name="x"), Value(y, name="y")
        return (a * b).tanh() * b + (a / b).exp()

    tab.show(graph(0.5, 2))
    fields = tab.page.locator("#inputs input[type=text]")
    fields.nth(0).fill("-1.75")
    fields.nth(1).fill("1/3")
    tab.page.locator("#canvas").focus()

    check_numbers(tab, graph(-1.75, 1 / 3))


def test_leaves_that_python_has_changed_are_taken_as_they_are(tab: Tab) -> None:
    f = running_example()
    leaves(f)[0].data = 5.0
    tab.show(f)

    assert tab.number(7) == 5**2 + 5 * 3 + 8**2


# ---------------------------------------------------------------- stepping


def test_the_page_opens_with_everything_computed(tab: Tab) -> None:
    tab.show(running_example())

    assert tab.numbers("value") == [2, 4, 3, 6, 10, 5, 25, 35]
    assert tab.numbers("adjoint") == [17, 1, 12, 1, 1, 10, 1, 1]
    assert tab.page.title() == "f = x² + x·y + (x + y)²"
    assert tab.text("#story h2") == "f = 35 and its derivatives"
    assert tab.page.locator("#story .formula").all_text_contents() == ["∂f∂x=17", "∂f∂y=12"]
    assert "Press play" in tab.text("#story")


def test_rewinding_and_stepping_with_the_mouse(tab: Tab) -> None:
    tab.show(running_example())
    tab.page.click("#rewind")
    shown = tab.page.locator(".card [data-number]").count()
    stories = []
    for _ in range(20):
        tab.page.click("#step")
        stories.append(tab.text("#story h2"))

    assert shown == 0
    assert stories[:3] == ["The input x", "Compute a", "The input y"]
    assert stories[8:10] == ["Turn round at the output", "From f down to d"]
    assert stories[-2:] == ["From a down to x", "f = 35 and its derivatives"]
    assert tab.page.locator("#step").is_disabled()


def test_a_step_forward_shows_the_operation_in_numbers(tab: Tab) -> None:
    tab.show(running_example())
    tab.press("Home", *["ArrowRight"] * 6)

    assert tab.page.text_content("#story .formula >> nth=0") == "c=x+y=2+3=5"
    assert tab.card(5).locator(".value").text_content() == "5"
    assert tab.card(6).locator(".value").text_content() == ""


def test_where_paths_meet_the_step_adds(tab: Tab) -> None:
    tab.show(running_example())
    formulas = tab.page.locator("#story .formula")
    sums = []
    for _ in range(20):
        if tab.text("#story h2").endswith("down to x"):
            sums.append(formulas.nth(1).text_content())
            assert "+=" in formulas.nth(0).text_content()
        tab.press("ArrowLeft")

    assert sums == ["∂f∂x=13+1·4=17", "∂f∂x=10+1·3=13", "∂f∂x=0+10·1=10"]


def test_what_arrives_is_written_below_the_card(tab: Tab) -> None:
    tab.show(running_example())
    sums = []
    for _ in range(19):
        tab.press("ArrowLeft")
        if tab.text("#story h2").endswith("down to x"):
            sums.append(tab.page.text_content(".sum"))

    assert sums == ["13 + 1·4 = 17", "10 + 1·3 = 13", "0 + 10·1 = 10"]
    assert tab.page.locator(".sum").count() == 0


STEP_AND_SEE = """kind => {
    document.getElementById("step").click();
    return [...document.querySelectorAll(`.sent .${kind}`)].map((number) => {
        const frames = number.getAnimations()[0].effect.getKeyframes();
        const heights = frames.map(({transform}) => Number(transform.match(/, ([-.0-9]+)px/)[1]));
        return [number.textContent, heights[0], heights.at(-1)];
    });
}"""


def test_operands_move_up_their_edges_and_products_down(tab: Tab) -> None:
    tab.show(running_example())
    tab.page.locator("#position").fill("5")
    up = tab.page.evaluate(STEP_AND_SEE, "up")
    tab.page.locator("#position").fill("18")
    down = tab.page.evaluate(STEP_AND_SEE, "down")

    assert [number for number, *_ in up] == ["2", "3"]
    assert all(start > end for _, start, end in up)
    assert [number for number, *_ in down] == ["4"]
    assert all(start < end for _, start, end in down)

    tab.wait_until(lambda: tab.page.locator(".sent *").count() == 0)


def test_nothing_moves_for_who_asks_for_less_motion(tab: Tab) -> None:
    tab.page.emulate_media(reduced_motion="reduce")
    tab.show(running_example())
    tab.page.locator("#position").fill("5")

    assert tab.page.evaluate(STEP_AND_SEE, "up") == []
    assert tab.position() == 6


def test_stepping_with_keys(tab: Tab) -> None:
    tab.show(running_example())
    positions = [tab.position()]
    for key in ("ArrowLeft", "Home", "ArrowRight", "End"):
        tab.press(key)
        positions.append(tab.position())

    assert positions == [20, 19, 0, 1, 20]


def test_every_button_of_the_transport_works_by_mouse_and_by_keyboard(tab: Tab) -> None:
    tab.show(running_example())
    for use in (tab.page.click, lambda button: tab.page.press(button, "Enter")):
        positions = []
        for button in ("#rewind", "#step", "#step", "#back", "#finish", "#back"):
            use(button)
            positions.append(tab.position())

        assert positions == [0, 1, 2, 1, 20, 19]


def test_play_runs_to_the_end_and_can_be_paused(tab: Tab) -> None:
    tab.show(running_example())
    tab.page.locator("#speed").fill("4")
    tab.page.click("#play")
    tab.wait_until(lambda: tab.position() > 3)
    tab.press("Escape")
    tab.page.click("#play")
    paused = tab.position()
    tab.page.wait_for_timeout(300)

    assert tab.position() == paused
    assert tab.page.get_attribute("#play", "aria-label") == "Play"

    tab.page.locator("#canvas").click(position={"x": 5, "y": 5})
    tab.press(" ")
    tab.wait_until(lambda: tab.position() == 20)

    assert tab.page.get_attribute("#play", "aria-label") == "Play"


def test_play_stops_at_a_breakpoint(tab: Tab) -> None:
    tab.show(running_example())
    tab.card(5).click()
    tab.page.click("#breakpoint")
    tab.page.locator("#speed").fill("4")
    stops = []
    tab.page.click("#play")
    for _ in range(2):
        tab.page.wait_for_selector("#play:not(.playing)")
        stops.append(tab.text("#story h2"))
        tab.page.click("#play")
    tab.page.wait_for_selector("#play:not(.playing)")

    assert stops == ["Compute c", "From e down to c"]
    assert tab.announced().startswith("Breakpoint at c.")
    assert "breakpoint" in (tab.card(5).get_attribute("aria-label") or "")


def test_the_slider_moves_through_the_sweeps(tab: Tab) -> None:
    tab.show(running_example())
    tab.page.locator("#position").fill("6")

    assert tab.text("#story h2") == "Compute c"


def test_the_trail_says_what_each_step_did_and_leads_back(tab: Tab) -> None:
    tab.show(running_example())
    crumbs = tab.page.locator("#trail button").all_inner_texts()
    tab.page.click("#trail button >> nth=5")

    assert crumbs[:2] + crumbs[5:6] + crumbs[8:9] + crumbs[-2:] == [
        "x = 2",
        "a = 4",
        "c = 5",
        "∂f = 1",
        "∂x += 4",
        "result",
    ]
    assert tab.position() == 6
    assert tab.page.locator("#trail [aria-current=step]").inner_text() == "c = 5"


def test_steps_are_announced(tab: Tab) -> None:
    tab.show(running_example())
    tab.press("Home", "ArrowRight", "ArrowRight")

    assert tab.announced().startswith("Compute a. a=x2=22=4;")


# ---------------------------------------------------------------- paths


def test_pointing_at_a_node_shows_its_paths_in_the_colours_of_explain(tab: Tab) -> None:
    f = running_example()
    tab.show(f)
    tab.card(0).hover()
    colours = tab.page.eval_on_selector_all(
        ".paths .sample path", "all => all.map(path => path.getAttribute('stroke'))"
    )
    lanes = tab.page.eval_on_selector_all(".ways path", "all => all.map(path => path.getAttribute('stroke'))")

    assert colours == [look["color"] for look in PATHS[:3]]
    assert sorted(lanes) == sorted(
        PATHS[number]["color"] for number, path in enumerate(paths(f, leaves(f)[0])) for _ in path.edges
    )
    assert tab.page.text_content(".sum text") == "4 + 3 + 10 = 17"
    assert tab.page.locator(".paths .way").all_inner_texts() == [
        "x → a → d → f",
        "x → b → d → f",
        "x → c → e → f",
    ]
    assert tab.page.locator(".paths .product").all_inner_texts() == ["1·1·4 = 4", "1·1·3 = 3", "1·10·1 = 10"]

    tab.page.mouse.move(5, 5)

    assert tab.page.locator(".ways path").count() == 0


def test_a_click_keeps_the_paths_and_escape_drops_them(tab: Tab) -> None:
    tab.show(running_example())
    tab.card(2).click()
    tab.page.mouse.move(5, 5)
    kept = tab.page.text_content(".sum text")
    tab.press("Escape")

    assert kept == "2 + 10 = 12"
    assert tab.page.locator(".sum").count() == 0


def test_the_graph_is_walked_with_keys(tab: Tab) -> None:
    tab.show(running_example())
    tab.card(7).focus()
    tab.press("ArrowDown", "ArrowDown")
    focused = tab.page.evaluate("document.activeElement.dataset.node")
    sums = tab.page.locator("#inspector h2").inner_text()
    tab.press("Enter", "b")

    assert focused == "5"
    assert "add" in sums
    assert tab.card(5).get_attribute("aria-pressed") == "true"
    assert tab.announced() == "Breakpoint at c"
    assert tab.page.eval_on_selector_all(".card[tabindex='0']", "all => all.length") == 1


def test_of_many_paths_the_first_are_coloured_and_the_rest_is_one_number(tab: Tab) -> None:
    x = output = Value(1, name="x")
    for _ in range(20):
        output = output + output
    tab.show(output)
    tab.card(0).hover()

    assert tab.page.locator(".paths .way").count() == len(PATHS)
    assert "and 1,048,564 more paths, together 1048564" in tab.text(".paths")
    assert gradient(output, [x]) == [1048576]


def test_a_sum_of_many_paths_is_written_short_beside_its_node(tab: Tab) -> None:
    x = Value(1.0, name="x")
    tab.show(sum((x * k for k in range(2, 9)), x))
    tab.card(0).click()

    assert tab.page.text_content(".sum") == "1 + 2 + 3 + 4 + 5 + 21 (3 more paths) = 36"


# ---------------------------------------------------------------- edges and inputs


def test_the_inputs_stand_in_the_order_of_their_names(tab: Tab) -> None:
    w10, x, w9 = (Value(1.0, name=name) for name in ("w10", "x", "w9"))
    tab.show(w10 * x + w9)
    names = tab.page.locator("#inputs .name").all_text_contents()

    assert names == ["w9", "w10", "x"]


def test_a_click_on_an_edge_shows_its_partial_in_symbols_and_numbers(tab: Tab) -> None:
    tab.show(running_example())
    edge = next(
        number
        for number, node in enumerate(["a", "b", "b", "d", "d", "c", "c", "e", "f", "f"])
        if node == "e"
    )
    place = tab.page.evaluate(
        "edge => { const path = document.querySelector(`[data-edge='${edge}'] .line`);"
        "const at = path.getPointAtLength(path.getTotalLength() / 2).matrixTransform(path.getScreenCTM());"
        "return [at.x, at.y]; }",
        edge,
    )
    tab.page.mouse.click(*place)

    assert tab.page.locator("#inspector .formula").all_text_contents() == [
        "∂e∂c=2\u2062c=10", "∂e∂c=2·5=10", "∂f∂e·∂e∂c=1·10=10"
    ]  # fmt: skip


def test_edges_are_reached_by_keyboard_from_their_nodes(tab: Tab) -> None:
    tab.show(running_example())
    tab.card(0).focus()
    tab.press("Enter")
    tab.page.locator("#inspector .edges button").first.press("Enter")

    assert tab.text("#inspector h2") == "The edge x → a"


def test_the_focus_stays_on_the_button_that_was_pressed(tab: Tab) -> None:
    tab.show(running_example())
    tab.card(0).focus()
    tab.press("Enter")
    tab.page.locator("#breakpoint").focus()
    tab.press("Enter")
    pressed = tab.page.get_attribute("#breakpoint", "aria-pressed")
    tab.press("Enter")

    assert pressed == "true"
    assert tab.page.get_attribute("#breakpoint", "aria-pressed") == "false"


def test_a_slider_changes_everything_at_once(tab: Tab) -> None:
    tab.show(running_example())
    slider = tab.page.locator("#inputs input[type=range]").first
    slider.focus()
    tab.press("ArrowRight")
    x = tab.number(0)

    assert x > 2
    assert tab.number(7) == pytest.approx(x**2 + x * 3 + (x + 3) ** 2, rel=1e-14)
    assert tab.number(0, "adjoint") == pytest.approx(2 * x + 3 + 2 * (x + 3), rel=1e-14)
    assert tab.page.locator("#inputs input[type=text]").first.input_value() == str(x)

    tab.page.click("#reset")

    assert tab.number(0) == 2


def test_a_field_takes_numbers_as_people_write_them(tab: Tab) -> None:
    tab.show(running_example())
    for text, number in (("1e-3", 0.001), ("−0,5", -0.5), ("- 1 / 4", -0.25)):
        tab.page.locator("#inputs input[type=text]").first.fill(text)

        assert tab.number(0) == number, text


def test_what_is_no_number_is_marked_and_changes_nothing(tab: Tab) -> None:
    tab.show(running_example())
    field = tab.page.locator("#inputs input[type=text]").first
    for text in ("", "two", "1/0", "1/2/3", "1e999", "0x10", "1,000", "-12,345,678"):
        field.fill(text)

        assert field.get_attribute("aria-invalid") == "true", text
        assert "Not a number" in tab.text("#inputs .complaint >> nth=0"), text
        assert tab.number(0) == 2, text

        tab.press("Tab")

        assert field.input_value() == "2", text
        assert field.get_attribute("aria-invalid") == "false", text
        assert tab.page.locator("#inputs .complaint:visible").count() == 0, text


def test_arrow_keys_in_a_field_do_not_step(tab: Tab) -> None:
    tab.show(running_example())
    tab.page.locator("#inputs input[type=text]").first.focus()
    tab.press("ArrowLeft", "Home", " ")

    assert tab.position() == 20


@pytest.mark.parametrize(
    ("build", "bad", "domain"),
    [
        (lambda x, y: x / (y - 1), {"y": "1"}, "at x = 2, a = 0; defined for a != 0."),
        (lambda x, y: y / (x - 1), {"x": "1"}, "at y = 3, a = 0; defined for a != 0."),
        (lambda x, y: (y - x).log(), {"x": "7"}, "at a = −4; defined for a > 0."),
        (lambda x, y: y.log() * x, {"y": "-1"}, "at y = −1; defined for y > 0."),
    ],
)
def test_a_domain_is_said_by_the_names_of_the_graph(
    build: Callable[[Value, Value], Value], bad: dict[str, str], domain: str, tab: Tab
) -> None:
    tab.show(build(Value(2.0, name="x"), Value(3.0, name="y")))
    for name, number in bad.items():
        tab.page.get_by_label(f"{name}, number").fill(number)

    assert domain in tab.text("#story")


def test_leaving_the_domain_shows_the_error_at_the_node_and_recovers(tab: Tab) -> None:
    x, y = Value(2, name="x"), Value(3, name="y")
    tab.show((x.log().named("l") * y + x).named("f"))
    field = tab.page.locator("#inputs input[type=text]").first
    field.fill("-1")
    marked = tab.page.locator(".card.failed").all_text_contents()
    tab.page.locator(".card.failed").click()

    assert len(marked) == 1
    assert "not defined" in marked[0]
    assert "log: the result is not a real number at x = −1; defined for x > 0." in tab.text("#inspector")
    assert tab.page.locator(".card.blocked").count() == 2
    assert tab.page.locator(".card .adjoint[data-number]").count() == 0
    assert "l cannot be computed" in tab.text("#story")

    field.fill("4")

    assert tab.page.locator(".card.failed, .card.blocked").count() == 0
    assert tab.numbers("value")[-1] == pytest.approx(math.log(4) * 3 + 4)
    assert tab.numbers("adjoint")[0] == pytest.approx(3 / 4 + 1)


@pytest.mark.parametrize(
    ("build", "bad", "message"),
    [
        (lambda x: 1 / x, "0", "division by zero"),
        (lambda x: x**0.5, "-2", "the result is not a real number"),
        (lambda x: x**-1, "0", "0 to a negative power"),
        (lambda x: x.exp(), "1000", "the result is too large for a float"),
        (lambda x: x.asin(), "1.5", "the result is not a real number"),
    ],
)
def test_what_raises_in_python_is_an_error_in_the_page(
    build: Callable[[Value], Value], bad: str, message: str, tab: Tab
) -> None:
    with pytest.raises((ValueError, ArithmeticError)):
        build(Value(float(bad)))

    tab.show(build(Value(0.5, name="x")))
    tab.page.locator("#inputs input[type=text]").first.fill(bad)

    assert message in tab.text("#story")


def test_a_derivative_that_is_nothing_but_rounding_is_0(tab: Tab) -> None:
    x = Value(0.1, name="x")
    f = x * 0.1 + x * 0.2 - x * 0.3 + (x + (math.pi / 2 - 0.1)).sin()

    assert gradient(f, x) != 0
    assert tab.show(f).numbers("adjoint")[0] == 0
