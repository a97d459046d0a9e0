"""Every text that is said is there in every language, with the same parts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import autodiff
from autodiff import (
    KinkWarning,
    Value,
    beamer,
    check_gradient,
    compare,
    draw,
    exercise,
    explain,
    explore,
    find_kinks,
    forward_steps,
    grade,
    gradient,
    shared_factors,
    speak,
    steps,
)
from autodiff.guards.conventions import LIBRARIES
from autodiff.languages import SPOKEN, say, spoken, texts
from autodiff.rules import FILES
from autodiff.show.animation import frames_of
from autodiff.show.grading.diagnosis import LOOKED_FOR
from autodiff.show.grading.recipes import CRITERIA
from autodiff.show.grading.results import CALLED
from autodiff.show.mistakes.catalogue import MISTAKES
from autodiff.show.practice.answers import MESSAGES
from autodiff.show.practice.worksheet import EXERCISE_TASKS, EXERCISE_TITLES

SHOW = Path(autodiff.__file__).parent / "show"
SAID = re.compile(r'\bsay\(\s*("(?:[^"\\]|\\.)*")')
DOMAIN_ERROR = re.compile(r'"((?:the result|division|0 to a)[^"]*)"')
PART = re.compile(r"\{(\w+)\}")
CYRILLIC = re.compile("[а-яА-ЯёЁ]")

each_language = pytest.mark.parametrize("language", [each for each in SPOKEN if each != "en"])


def said_in_python(path: Path) -> Iterator[str]:
    """The texts of calls of say: where they stand, or where the name that is given was assigned last."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assigned = [
        (node.lineno, name, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for name in names(node)
    ]
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "say":
            text = call.args[0]
            if isinstance(text, ast.Name):
                before = [
                    value
                    for line, name, value in sorted(assigned, key=lambda each: each[0])
                    if line <= call.lineno and name == text.id
                ]
                text = before[-1] if before else text
            if isinstance(text, ast.Constant):
                yield str(text.value)


def names(node: ast.Assign) -> list[str]:
    return [target.id for target in node.targets if isinstance(target, ast.Name)]


def all_texts() -> set[str]:
    """Everything that is said in English."""
    found: set[str] = set()
    for path in SHOW.parent.rglob("*.py"):
        if path.parent.name != "languages":
            found.update(said_in_python(path))
    for path in (SHOW / "page").glob("*.js"):
        found.update(ast.literal_eval(text) for text in SAID.findall(path.read_text(encoding="utf-8")))
    for path in (SHOW / "page").glob("*.html"):
        found.update(re.findall(r"\[\[(.+?)\]\]", path.read_text(encoding="utf-8"), re.DOTALL))
    found.update(DOMAIN_ERROR.findall((SHOW / "page/primitives.js").read_text(encoding="utf-8")))
    found.update(*([rule.domain, rule.kink] for file in FILES for rule in file.ROWS))
    found.update(
        *([each.name, each.wrong, each.happened, each.needs, each.joint] for each in (*MISTAKES, *LOOKED_FOR))
    )
    found.update(part.name for part in CRITERIA)
    found.update(CALLED.values())
    found.update(MESSAGES.values(), EXERCISE_TITLES.values(), EXERCISE_TASKS.values())
    return {text for text in found if re.search("[A-Za-z]{2}", text)}  # formulas are the same everywhere


@each_language
def test_every_text_is_there_and_no_other(language: str) -> None:
    missing, left_over = all_texts() - texts(language).keys(), texts(language).keys() - all_texts()

    assert sorted(missing) == []
    assert sorted(left_over) == []


@each_language
def test_the_parts_agree(language: str) -> None:
    differ = [
        english
        for english, text in texts(language).items()
        if {*PART.findall(english)} != {*PART.findall(text)}
    ]

    assert differ == []


@each_language
def test_keys_of_the_keyboard_and_signs_are_kept(language: str) -> None:
    kept = re.compile(r"<kbd>(?!space).*?</kbd>|[✓✗⚠▸]")
    differ = [
        english for english, text in texts(language).items() if kept.findall(english) != kept.findall(text)
    ]

    assert differ == []


def test_a_text_without_translation_is_said_in_english() -> None:
    with spoken("ru"):
        assert say("{x} has no translation", x=2) == "2 has no translation"


@pytest.mark.parametrize("make", [explore, exercise])
def test_an_unknown_language_is_refused_with_those_there_are(make: object) -> None:
    with pytest.raises(ValueError, match="language must be one of 'en', 'ru', not 'la'"):
        make(Value(2.0) ** 2, language="la")  # type: ignore[operator]


def test_an_english_page_holds_no_other_language() -> None:
    x = Value(2.0, name="x")

    for page in (explore(x**2), exercise(x**2)):
        assert 'lang="en"' in page.html
        assert not CYRILLIC.search(page.html)


def test_a_russian_page_is_russian() -> None:
    x, y = Value(2.0, name="x"), Value(3.0, name="y")
    f = (x * y + x).named("f")
    page, task = explore(f, language="ru"), exercise(f, language="ru")

    assert 'lang="ru"' in page.html
    assert "частная производная" in page.html
    assert "[[" not in re.sub(r"<script.*?</script>", "", page.html, flags=re.DOTALL)
    assert "Обратный проход: найдите производные f" in task.html
    assert "Подсказка: " in str(task.check({"∂f/∂x": 3}))
    assert task.blanks[0].hints[0].startswith("Вверх")
    assert say("Hint") == "Hint"


def test_a_russian_page_says_the_mistake_in_russian() -> None:
    x = Value(2.0, name="x")
    html = explore(x * x, mistake="one edge", language="ru").html

    assert "родители хранятся как множество" in html
    assert "derivatives" not in re.findall(r'"harmless":"([^"]*)"', html)[0]
    assert "Неверных производных: {count} из {all}." in html


@pytest.fixture
def russian() -> Iterator[None]:
    speak("ru")
    yield
    speak("en")


@pytest.mark.usefixtures("russian")
def test_all_that_is_shown_speaks_the_language_that_was_chosen() -> None:
    x, y = Value(2, name="x"), Value(3, name="y")
    f = (x**2 + x * y + (x + y) ** 2).named("f")
    table = steps(f)
    shown = [
        str(explain(f, x)),
        str(explain(x, Value(1, name="q"))),
        str(explain(f, x, limit=1)),
        explain(f, x)._repr_html_(),
        table.text,
        table.latex,
        forward_steps(f).text,
        str(shared_factors(f, x)),
        *(str(compare(f, mistake.name)) for mistake in MISTAKES),
        exercise(f).solution + str(exercise(f).check([1])),
    ]
    words = [re.sub(r"<[^>]*>|\\[a-z]+|{array}|{l+}", " ", text) for text in shown]

    assert [text for text in words if re.search(r"[A-Za-z]{4,}", text)] == []


def english_words(*shown: str) -> list[str]:
    """What is neither markup nor a name, and not Russian."""
    bare = " ".join(re.sub(r"<[^>]*>|\\[a-z]+|{array}|{aligned}|{l+}", " ", text) for text in shown)
    known = {"relu", "autodiff", "compare", "result", "faults", "case", "output", "overwriting", "seed"}
    return sorted({*re.findall("[A-Za-z]{4,}", bare)} - known - {*LIBRARIES})


@pytest.mark.usefixtures("russian")
def test_kinks_are_told_in_the_language_that_was_chosen() -> None:
    x = Value(0, name="x")
    f = (x.relu() + 2 * x.relu()).named("f")
    text = "излом: взят наклон 0, односторонние 0 и 1"

    for kinks in (
        find_kinks(f),
        find_kinks(x.relu() * 0 + x),
        find_kinks(x),
        find_kinks(autodiff.elu(x) * x),
    ):
        assert english_words(str(kinks), kinks._repr_html_()) == []
    assert str(find_kinks(f)[0]) == f"relu(x = 0.0): {text}"
    assert explain(f, x).kinks == [f"a: {text}", f"b: {text}"]
    assert english_words(explain(f, x).latex, steps(f).latex) == []
    assert draw(f).source.count(text.replace(", ", r",\n")) == 2


@pytest.mark.usefixtures("russian")
def test_errors_and_warnings_stay_english() -> None:
    x = Value(0.0, name="x")
    kink = re.escape("relu(x = 0.0): kink: slope 0 used, one-sided 0 and 1")

    with pytest.raises(AssertionError, match=f"cannot be checked at a kink: {kink}"):
        check_gradient(autodiff.relu, 0.0)
    with pytest.warns(KinkWarning, match=f"passes through {kink}"):
        gradient(x.relu() ** 2 * 1.0 + x.relu(), [x], create_graph=True)


class Overwriting:
    """A number as a student writes it, with = in place of +=."""

    def __init__(self, data: float, parents: tuple[Any, ...] = (), slopes: tuple[float, ...] = ()) -> None:
        self.data, self.grad, self.parents, self.slopes = data, 0.0, parents, slopes

    def __add__(self, other: Overwriting) -> Overwriting:
        return Overwriting(self.data + other.data, (self, other), (1, 1))

    def __mul__(self, other: Overwriting) -> Overwriting:
        return Overwriting(self.data * other.data, (self, other), (other.data, self.data))

    def backward(self, grad: float = 1) -> None:
        self.grad = grad
        for parent, slope in zip(self.parents, self.slopes, strict=True):
            parent.backward(grad * slope)


@pytest.mark.usefixtures("russian")
def test_grades_are_given_in_the_language_that_was_chosen() -> None:
    found = str(grade(Overwriting))

    assert found.startswith("баллов: 4 из 10\n✓ 3/3  каждая операция отдельно: верно графов 16 из 16\n")
    assert "из-за ошибки «перезапись»: каждое слагаемое" in found
    assert english_words(found.partition(" Не проверено, потому что этого нет в Overwriting: -, ")[0]) == []


@pytest.mark.usefixtures("russian")
@pytest.mark.parametrize(
    ("student", "said"),
    [
        (lambda x, y: (y,), "функция вернула чисел: 1, а нужно 2, по одному для каждого входа: x, y"),
        (lambda x, y: 3, "функция вернула 3 типа int: нужно по одному числу на каждый вход"),
        (lambda x, y: (y, "x"), "производная по y — это 'x' типа str, а нужно число"),
        (lambda x, y: (y, 1 / 0), "Возникло исключение ZeroDivisionError: division by zero"),
        (lambda x, y: (y, y), "✗ ∂f/∂y: верно 1, а вышло 2"),
    ],
)
def test_what_is_wrong_with_a_gradient_is_told_in_the_language_that_was_chosen(
    student: Any, said: str
) -> None:
    assert said in str(grade(student, of=lambda x, y: x * y))


@pytest.mark.usefixtures("russian")
def test_films_and_slides_speak_the_language_that_was_chosen() -> None:
    x = Value(3, name="x")
    f = (x * x).named("f")

    assert [frame.caption for frame in frames_of(f)][2] == "начинается обратный проход: ∂f/∂f = 1"
    assert "[T1,T2A]{fontenc}" in beamer(f)
    assert r"\only<1>{Входы заданы.}" in beamer(f)
    assert "узлов: 2" in draw(f + 1, fold={"g": [x, f]}, style="boxes").source


@pytest.mark.usefixtures("russian")
def test_what_is_left_out_is_counted_in_the_language_that_was_chosen() -> None:
    x = output = Value(0.5, name="x")
    for _ in range(300):
        output = output.tanh()
    many = autodiff.sum([x * number for number in range(2, 42)])

    assert "(и ещё множителей: 284)" in str(explain(output, x))
    assert "... и ещё шагов: 101" in forward_steps(output).text
    assert "sum, операндов: 40" in forward_steps(many).text
    assert "операндов: 40" in draw(many).source


@pytest.mark.usefixtures("russian")
def test_a_language_that_was_asked_for_goes_before_the_one_that_was_chosen() -> None:
    x = Value(2, name="x")

    assert "Hint" in str(exercise(x**2, language="en").check([1]))
    assert "Hint" not in str(exercise(x**2).check([1]))


def test_a_language_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="speak: language must be one of 'en', 'ru', not 'la'"):
        speak("la")
