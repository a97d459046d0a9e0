"""The languages of pages and sheets: one file of texts each, ``ru.json``, whose keys are the English texts.

>>> with spoken("ru"):
...     say("{found} of {count} found", found=2, count=3)
'найдено 2 из 3'
>>> say("{found} of {count} found", found=2, count=3)
'2 of 3 found'
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files

__all__ = ["SPOKEN", "check_language", "language_now", "say", "spoken", "texts"]

TRANSLATIONS = {
    file.name.removesuffix(".json"): file
    for file in files("autodiff.show.languages").iterdir()
    if file.name.endswith(".json")
}
SPOKEN = ("en", *sorted(TRANSLATIONS))  # English texts stand where they are said

_language: ContextVar[str] = ContextVar("language", default="en")


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
    found: dict[str, str] = json.loads(TRANSLATIONS[language].read_text(encoding="utf-8"))
    return found


def language_now() -> str:
    return _language.get()


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """Let ``say`` speak a language within a block."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def say(english: str, **parts: object) -> str:
    """Say something in the language that is spoken now; {name} in it stands for a part."""
    text = texts(language_now()).get(english, english)
    return re.sub(r"\{(\w+)\}", lambda match: str(parts[match[1]]), text) if parts else text
