"""The languages of all that is shown: one file of texts each, ``ru.json``, whose keys are the English texts.

>>> with spoken("ru"):
...     say("{found} of {count} found", found=2, count=3)
'найдено 2 из 3'
>>> say("{found} of {count} found", found=2, count=3)
'2 of 3 found'
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files

__all__ = ["SPOKEN", "check_language", "chosen_language", "language_now", "say", "speak", "spoken", "texts"]

TRANSLATIONS = {
    file.name.removesuffix(".json"): file
    for file in files("autodiff.languages").iterdir()
    if file.name.endswith(".json")
}
SPOKEN = ("en", *sorted(TRANSLATIONS))  # English texts stand where they are said

_within: ContextVar[str | None] = ContextVar("language", default=None)  # a block of spoken
_everywhere = ["en"]  # else


def check_language(language: object, where: str) -> None:
    """Refuse a language that is not there.

    Raises:
        ValueError: It is none of ``SPOKEN``.

    >>> check_language("la", "explore")
    Traceback (most recent call last):
        ...
    ValueError: explore: language must be one of 'en', 'ru', not 'la'
    """
    if language not in SPOKEN:
        raise ValueError(f"{where}: language must be one of {', '.join(map(repr, SPOKEN))}, not {language!r}")


@cache
def texts(language: str) -> Mapping[str, str]:
    """The texts of a language by the English ones; English has none of its own."""
    if language == "en":
        return {}
    import json  # not loaded by who speaks English

    found: dict[str, str] = json.loads(TRANSLATIONS[language].read_text(encoding="utf-8"))
    return found


def language_now() -> str:
    return _within.get() or _everywhere[-1]


def speak(language: str) -> None:
    """Let all that is shown from now on speak a language: derivations, tables, pictures, grades, pages and sheets.

    Errors and warnings stay English.

    Args:
        language: "en" or "ru".

    Raises:
        ValueError: There is no such language.

    >>> from autodiff import Value, explain
    >>> speak("ru")
    >>> x = Value(3, name="x")
    >>> print(explain((x**2).named("f"), x))
    ∂f/∂x = 2x
          = 6
    сопряжённая: 6, конечная разность: 6
    >>> speak("en")
    """
    check_language(language, "speak")
    _everywhere[-1] = language


def chosen_language(language: str | None, where: str) -> str:
    """The language that was asked for; that of now for None.

    >>> chosen_language(None, "explore"), chosen_language("ru", "explore")
    ('en', 'ru')
    """
    if language is not None:
        check_language(language, where)
    return language or language_now()


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """Let ``say`` speak a language within a block."""
    token = _within.set(language)
    try:
        yield
    finally:
        _within.reset(token)


def say(english: str, **parts: object) -> str:
    """Say something in the language that is spoken now; {name} in it stands for a part."""
    text = texts(language_now()).get(english, english)
    return re.sub(r"\{(\w+)\}", lambda match: str(parts[match[1]]), text) if parts else text
