"""Every text that pages and sheets say is there in every language, with the same parts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import autodiff
from autodiff import (
    Value,
    compare,
    exercise,
    explain,
    explore,
    forward_steps,
    shared_factors,
    speak,
    steps,
)
from autodiff.languages import SPOKEN, say, spoken, texts
from autodiff.rules import FILES
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
    for path in SHOW.rglob("*.py"):
        if path.parent.name != "languages":
            found.update(said_in_python(path))
    for path in (SHOW / "page").glob("*.js"):
        found.update(ast.literal_eval(text) for text in SAID.findall(path.read_text(encoding="utf-8")))
    for path in (SHOW / "page").glob("*.html"):
        found.update(re.findall(r"\[\[(.+?)\]\]", path.read_text(encoding="utf-8"), re.DOTALL))
    found.update(DOMAIN_ERROR.findall((SHOW / "page/primitives.js").read_text(encoding="utf-8")))
    found.update(*([rule.domain, rule.kink] for file in FILES for rule in file.ROWS))
    found.update(*([each.name, each.wrong, each.happened, each.needs, each.joint] for each in MISTAKES))
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


@pytest.mark.usefixtures("russian")
def test_a_language_that_was_asked_for_goes_before_the_one_that_was_chosen() -> None:
    x = Value(2, name="x")

    assert "Hint" in str(exercise(x**2, language="en").check([1]))
    assert "Hint" not in str(exercise(x**2).check([1]))


def test_a_language_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="speak: language must be one of 'en', 'ru', not 'la'"):
        speak("la")
