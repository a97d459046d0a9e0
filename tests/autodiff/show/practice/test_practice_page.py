"""The page of an exercise in a real browser: typing, hints, keys, the picture, paper, hostile names."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest

import autodiff
from autodiff import Value
from autodiff.show.practice import Exercise, exercise
from autodiff.show.practice.answers import judged
from autodiff.show.practice.questions import Hidden
from autodiff.show.practice.random_graphs import random_graph

HOSTILE = (
    "</script><script>document.title = 'evil'</script>",
    '<img src=x onerror="document.title = 1">',
    "\"'&amp;`${1}{{title}}",
    "😀 ∂\u2028 <!-- ?1",
)

TYPED = [
    "9e-13",
    "1e-14",
    "1.00e-14",
    "-4.25e-18",
    "17",
    "17.01",
    "-17",
    "16",
    "101",
    "99.9",
    "−0,5",
    "-1/2",
    "1/32",
    "0.0313",
    ".0312",
    "0.031",
    "0.03126",
    "2/3",
    "0.667",
    "0.67",
    "0.6",
    "0.666",
    "0",
    "0.000",
    "-0",
    "1e-17",
    "1.23e5",
    "123456",
    "123000",
    "0.105",
    "0.10499",
    "10/4",
    "0.5/1,5",
    "1⁄-4",
    "1 1/2",
    " - 1 / 32 ",
    "1 000",
    "1/0",
    "1e",
    "1//2",
    "x",
    "1e9999",
    "0x11",
    "١",
    "+.5",
    "5.",
    ".",
    "-",
    "1e-320",
]

pytestmark = pytest.mark.browser


def exercise_1() -> Value:
    x, y = Value(2, name="x"), Value(3, name="y")
    return (x**2 + x * y + (x + y) ** 2).named("f")


# ---------------------------------------------------------------- the browser


class Tab:
    """A page of the browser that shows an exercise, and what one reads from it."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def show(self, task: Exercise) -> Tab:
        self.page.set_content(task.html)
        return self

    def input(self, number: int) -> Any:
        return self.page.locator("tr.blank input").nth(number - 1)

    def type(self, number: int, text: str, key: str = "Enter") -> str:
        """Type an answer; return what becomes of it."""
        self.input(number).fill(text)
        self.input(number).press(key)
        return self.state(number)

    def state(self, number: int) -> str:
        return str(self.page.locator("tr.blank").nth(number - 1).get_attribute("data-state"))

    def sign(self, number: int) -> str:
        return str(self.page.locator(".sign").nth(number - 1).text_content())

    def help(self, number: int) -> list[str]:
        """The message below a blank, and its hints."""
        row = self.page.locator("tr.help").nth(number - 1)
        return [text for text in row.locator("p, li").all_text_contents() if text]

    def drawn(self, number: int) -> str:
        text = str(self.page.locator(f"#blank{number} text").last.text_content())
        return text.replace("\N{NO-BREAK SPACE}", "")

    def score(self) -> str:
        return str(self.page.inner_text("#score"))

    def focus(self) -> int:
        script = "[...document.querySelectorAll('tr.blank input')].indexOf(document.activeElement)"
        return int(self.page.evaluate(script)) + 1


@pytest.fixture
def tab(page: Any) -> Tab:
    page.set_viewport_size({"width": 1280, "height": 860})
    return Tab(page)


# ---------------------------------------------------------------- answers


@pytest.mark.parametrize(("hide", "difficulty"), [("values", 1), ("partials", 5), ("grads", 3), ("grads", 5)])
def test_an_exercise_is_solved(tab: Tab, hide: Hidden, difficulty: int) -> None:
    task = exercise(random_graph(difficulty, seed=2), hide)
    tab.show(task)
    states = [tab.type(number, blank.answer_text) for number, blank in enumerate(task.blanks, start=1)]
    drawn = [tab.drawn(number).split("= ")[-1] for number in range(1, len(states) + 1)]

    assert set(states) == {"right"}
    assert drawn == [blank.answer_text for blank in task.blanks]
    assert tab.score() == f"✓ All {len(states)} found, without a hint."


def wide() -> Value:
    xs = [Value(number, name=f"x{number}") for number in range(1, 25)]
    total: Value = autodiff.sum([x * x for x in xs])
    return total.named("f")


def tall() -> Value:
    output = Value(1.0, name="x")
    for _ in range(25):
        output = output.tanh()
    return output.named("f")


@pytest.mark.parametrize("width", [858, 1000, 1280])
def test_the_first_exercise_is_seen_whole_in_a_notebook_too(tab: Tab, width: int) -> None:
    tab.page.set_viewport_size({"width": width, "height": 900})
    tab.show(exercise(exercise_1()))

    assert tab.page.evaluate("picture.scrollWidth - picture.clientWidth") == 0
    assert tab.page.evaluate("picture.scrollHeight - picture.clientHeight") == 0


@pytest.mark.parametrize("graph", [wide, tall])
@pytest.mark.parametrize("width", [390, 1280])
def test_a_large_picture_stays_readable_and_shows_the_blank_one_is_at(
    tab: Tab, graph: Callable[[], Value], width: int
) -> None:
    tab.page.set_viewport_size({"width": width, "height": 860})
    task = exercise(graph())
    tab.show(task)
    in_sight = """(number) => {
      const box = (id) => document.getElementById(id).getBoundingClientRect();
      const [part, frame] = [box(`blank${number}`), box("picture")];
      return part.left >= frame.left && part.right <= frame.right
        && part.top >= frame.top && part.bottom <= frame.bottom;
    }"""
    seen = [tab.page.evaluate(in_sight, 1)]
    for number in (len(task.blanks), 1):
        tab.input(number).focus()
        seen.append(tab.page.evaluate(in_sight, number))

    assert tab.page.evaluate(SMALLEST_LETTERS) > 9.99
    assert seen == [True] * 3
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= width


def house_price() -> Value:
    w_area, area, w_rooms, rooms, b, price = (
        Value(number, name=name)
        for name, number in zip(
            ("w_area", "area", "w_rooms", "rooms", "b", "price"), (0.8, 1.2, 1.5, 3, 2, 5.5), strict=True
        )
    )
    predicted = (w_area * area + w_rooms * rooms + b).named("predicted")
    return ((predicted - price) ** 2).named("loss")


def test_a_telephone_shows_the_price_of_a_house_so_that_it_can_be_read_and_then_whole(tab: Tab) -> None:
    tab.page.set_viewport_size({"width": 390, "height": 844})
    tab.show(exercise(house_price()))
    cut = "[picture.scrollWidth - picture.clientWidth, picture.scrollHeight - picture.clientHeight]"
    rows = """Math.max(...[...document.querySelectorAll("tr.blank th")]
        .map((sign) => sign.getBoundingClientRect().height))"""
    button = """() => [...document.querySelectorAll("tr.blank")].every((row) => {
      const [input, hint] = [...row.querySelectorAll("input, button")].map((part) => part.getBoundingClientRect());
      return input.right < hint.left && input.top < hint.bottom && hint.top < input.bottom;
    })"""

    assert tab.page.evaluate(cut)[0] > 0
    assert tab.page.evaluate(SMALLEST_LETTERS) > 9.99
    assert tab.page.evaluate(rows) < 40  # no name is broken
    assert tab.page.evaluate(button)

    tab.page.click("#whole")

    assert tab.page.evaluate(cut) == [0, 0]
    assert tab.page.get_attribute("#whole", "aria-pressed") == "true"


SMALLEST_LETTERS = """Math.min(...[...document.querySelectorAll("#picture text")]
    .map((text) => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a))"""


def test_a_telephone_shows_the_first_exercise_whole_in_letters_that_can_be_read(tab: Tab) -> None:
    tab.page.set_viewport_size({"width": 390, "height": 844})
    tab.show(exercise(exercise_1()))

    assert tab.page.evaluate("picture.scrollWidth - picture.clientWidth") == 0
    assert tab.page.evaluate(SMALLEST_LETTERS) > 9.99


def test_a_picture_that_fits_has_no_button(tab: Tab) -> None:
    tab.show(exercise(exercise_1()))

    assert tab.page.locator("#whole").is_hidden()


def test_a_right_answer_is_told_while_one_types_and_a_wrong_one_after_a_pause(tab: Tab) -> None:
    tab.show(exercise(exercise_1()))
    tab.input(2).press_sequentially("1")
    half = tab.state(2)
    tab.input(2).press_sequentially("0")
    whole = tab.state(2)
    tab.input(2).press_sequentially("0")
    tab.page.wait_for_selector('tr.blank[data-state="wrong"]')

    assert (half, whole) == ("open", "right")
    assert tab.sign(2) == "✗"
    assert tab.input(2).get_attribute("aria-invalid") == "true"
    assert tab.drawn(2) == "grad = ?2"


def test_a_wrong_answer_says_why(tab: Tab) -> None:
    tab.show(exercise(exercise_1()))
    tab.type(7, "10")
    one_edge = tab.help(7)
    tab.type(7, "-17")
    sign = tab.help(7)
    tab.type(7, "lots")
    unreadable = tab.help(7)
    tab.type(7, "17,0")

    assert one_edge == ["That is what one of the 3 edges brings: add up all of them."]
    assert sign == ["The size is right. Look at the sign."]
    assert unreadable == ["Write a number: 17, -0.5, 1/32 or 1e-3."]
    assert (tab.state(7), tab.sign(7), tab.help(7)) == ("right", "✓", [])


def test_the_page_judges_as_python_does(tab: Tab) -> None:
    tab.show(exercise(exercise_1()))
    judge = "([texts, answer]) => texts.map((text) => $answers.judged(text, answer))"

    for answer in (
        17.0,
        100.0,
        -0.5,
        1 / 32,
        2 / 3,
        0.0,
        5.6e-17,
        1e-14,
        -4.24835e-18,
        123456.0,
        0.1049935854,
    ):
        found = tab.page.evaluate(judge, [TYPED, answer])
        assert found == [judged(text, answer) for text in TYPED], answer


# ---------------------------------------------------------------- hints


def test_hints_come_one_at_a_time_and_take_up_what_is_found(tab: Tab) -> None:
    tab.show(exercise(exercise_1()))
    button = tab.page.locator("tr.blank button").nth(6)
    labels = [button.text_content()]
    for _ in range(3):
        button.click()
        labels.append(button.text_content())
    before = tab.help(7)
    tab.type(2, "10")
    after = tab.help(7)
    button.click()

    assert labels == ["Hint", "Hint 2 of 3", "Hint 3 of 3", "Answer"]
    assert before[1:] == ["∂f/∂x = ∂f/∂c·1 + ∂f/∂b·y + ∂f/∂a·2x", "∂f/∂x = ?2·1 + ?4·3 + ?6·4"]
    assert after[-1] == "∂f/∂x = 10·1 + ?4·3 + ?6·4"
    assert (tab.state(7), tab.sign(7), tab.drawn(7)) == ("told", "○", "grad = 17")
    assert tab.input(7).input_value() == "17"
    assert tab.score() == "2 of 7 found"


def test_a_negative_number_in_a_hint_has_brackets(tab: Tab) -> None:
    x, y = Value(-2, name="x"), Value(3, name="y")
    task = exercise(((x * y).named("a").relu().named("b") + (-(y**2)).named("c")).named("f"), "values")
    tab.show(task)
    places = {blank.label: number for number, blank in enumerate(task.blanks, start=1)}
    for label in ("b", "f"):
        for _ in range(3):
            tab.input(places[label]).press("?")
    tab.type(places["a"], "-6")
    tab.type(places["c"], "-9")

    assert tab.help(places["b"])[-1] == "b = relu(-6)"
    assert tab.help(places["f"])[-1] == f"f = ?{places['b']} + (-9)"


def test_the_score_counts_hints_and_answers(tab: Tab) -> None:
    tab.show(exercise((Value(2, name="x") * 3).named("f")))
    for _ in range(4):
        tab.input(1).press("?")

    assert tab.score() == "✓ All 1 found, with 3 hints, 1 answer shown."


# ---------------------------------------------------------------- keys, mouse, screen readers


def test_keys(tab: Tab) -> None:
    tab.show(exercise(exercise_1()))
    tab.page.keyboard.press("Tab")
    visited = [tab.focus()]
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowDown"):
        tab.page.keyboard.press(key)
        visited.append(tab.focus())
    tab.type(1, "1")
    after_right = tab.focus()
    tab.type(2, "1")
    after_wrong = tab.focus()

    assert visited == [1, 2, 3, 2, 1, 7, 1]
    assert (after_right, after_wrong) == (2, 2)


def test_a_blank_in_the_picture_leads_to_its_input_and_back(tab: Tab) -> None:
    tab.show(exercise(exercise_1()))
    tab.page.locator("#blank4").click()

    assert tab.focus() == 4
    assert [*tab.page.eval_on_selector_all(".current", "all => all.map((one) => one.id)")] == ["blank4"]


def test_start_over(tab: Tab) -> None:
    tab.show(exercise(exercise_1()))
    tab.type(1, "1")
    tab.type(2, "3")
    tab.input(3).press("?")
    tab.page.click("#again")

    assert {tab.state(number) for number in range(1, 8)} == {"open"}
    assert [tab.help(number) for number in range(1, 8)] == [[]] * 7
    assert (tab.input(1).input_value(), tab.drawn(1), tab.focus()) == ("", "grad = ?1", 1)
    assert tab.score() == "0 of 7 found"


def test_everything_has_a_name_for_screen_readers(tab: Tab) -> None:
    tab.show(exercise(exercise_1()))
    page = tab.page

    assert page.get_by_role("textbox", name="?7 ∂f/∂x").count() == 1
    assert page.get_by_role("button", name="Hint for ?7 ∂f/∂x").count() == 1
    assert page.get_by_role("img", name="The graph of f, with blanks").count() == 1
    assert page.get_by_role("progressbar", name="Found").count() == 1
    assert page.locator("tr.help td[aria-live=polite]").count() == 7


# ---------------------------------------------------------------- names, frames, sizes, paper


@pytest.mark.parametrize("hide", ["values", "partials", "grads"])
def test_hostile_names_stay_text(tab: Tab, hide: Hidden) -> None:
    x, y = Value(2, name=HOSTILE[0]), Value(3, name=HOSTILE[1])
    a = (x * y).named(HOSTILE[2])
    task = exercise((a + x).named(HOSTILE[3]), hide, title=HOSTILE[0])
    tab.show(task)
    for number, blank in enumerate(task.blanks, start=1):
        for _ in blank.hints:
            tab.input(number).press("?")
        tab.type(number, blank.answer_text)

    assert tab.page.title() == HOSTILE[0]
    assert tab.page.inner_text("h1 >> nth=0") == HOSTILE[0]
    assert tab.page.locator("img").count() == 0
    assert tab.page.locator("script").count() == 2
    assert tab.score().startswith("✓ All")


def test_it_works_in_the_frame_of_a_notebook(tab: Tab) -> None:
    frame_html = exercise(exercise_1())._repr_html_()
    assert frame_html is not None
    tab.page.set_content(re.sub(r"<img [^>]*>", "", frame_html))
    frame = tab.page.frame_locator("iframe")
    frame.locator("input >> nth=0").fill("1")

    assert frame.locator("tr.blank >> nth=0").get_attribute("data-state") == "right"
    assert not frame.locator("#print").is_visible()


def test_nothing_is_cut_off_on_a_narrow_screen(tab: Tab) -> None:
    tab.page.set_viewport_size({"width": 360, "height": 740})
    tab.show(exercise(random_graph(5, seed=2)))

    assert tab.page.evaluate("document.documentElement.scrollWidth") == 360


def test_paper_has_the_sheet_and_the_solution_on_pages_of_their_own(tab: Tab) -> None:
    task = exercise(exercise_1())
    tab.show(task)
    on_screen = tab.page.locator("#solution").is_visible()
    pdf = tab.page.pdf(format="A4")
    tab.page.emulate_media(media="print")

    assert not on_screen
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2
    assert tab.page.inner_text("#solution li >> nth=6") == f"?7 {task.blanks[6].derivation}"
    assert not tab.page.locator("button >> visible=true").count()


@pytest.mark.parametrize(("graph", "is_below"), [(wide, True), (tall, False), (exercise_1, False)])
def test_the_table_stands_below_a_broad_picture(tab: Tab, graph: Callable[[], Value], is_below: bool) -> None:
    tab.page.set_viewport_size({"width": 1000, "height": 860})
    tab.show(exercise(graph()))
    picture, sheet = (tab.page.locator(name).bounding_box() for name in ("#picture", "#sheet"))

    assert (sheet["y"] >= picture["y"] + picture["height"]) == is_below
    assert (picture["width"] > 800) == is_below


@pytest.mark.parametrize("graph", [wide, tall, exercise_1])
def test_no_letter_on_paper_is_smaller_than_9_points_and_nothing_is_cut_off(
    tab: Tab, graph: Callable[[], Value]
) -> None:
    tab.page.set_viewport_size({"width": 680, "height": 1000})  # between the margins of A4
    tab.show(exercise(graph()))
    tab.page.emulate_media(media="print")
    sizes = tab.page.evaluate("""() => [...document.querySelectorAll(".paper *")]
      .filter((part) => part.getClientRects().length)
      .filter((part) => [...part.childNodes].some((x) => x.nodeType === 3 && x.data.trim()))
      .map((part) => parseFloat(getComputedStyle(part).fontSize) * (part.getScreenCTM?.().a ?? 1) * 0.75)""")

    assert min(sizes) > 8.99
    assert tab.page.evaluate("document.documentElement.scrollWidth") == 680


def test_the_page_is_complete_without_its_script(browser: Any) -> None:
    task = exercise(exercise_1())
    page = browser.new_context(java_script_enabled=False).new_page()
    page.set_content(task.html)
    text = html.unescape(page.inner_text("body"))
    page.close()

    assert [blank.label for blank in task.blanks if blank.label not in text] == []
