"""Sheets: exercises to print for a class, in variants from one seed, with the key on pages of its own.

>>> from autodiff import random_graph
>>> made = sheets(lambda seed: [random_graph(1, seed=seed), random_graph(2, seed=seed)], count=3, seed=7)
>>> made
<Sheets: 3 variants of 2 exercises>
>>> print(made.key.splitlines()[0])
Variant 1
"""

from __future__ import annotations

import html
import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from autodiff.files import write_file
from autodiff.languages import chosen_language, say, spoken
from autodiff.pictures.names import clean
from autodiff.show.derivations.wording import derivative, shown_names
from autodiff.show.page.standalone import page
from autodiff.show.practice.exercise import Exercise, exercise
from autodiff.show.practice.pictures import figure_of, key_rows, paper_pictures, paper_rows
from autodiff.show.practice.questions import Hidden
from autodiff.show.practice.worksheet import EXERCISE_TASKS, EXERCISE_TITLES
from autodiff.value import Value

__all__ = ["Sheets", "sheets"]

MOST_VARIANTS = 200
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
PRINTING = 120  # seconds that a browser may take

Graphs: TypeAlias = Value | Sequence[Value]


def sheets(
    graphs: Graphs | Callable[[int], Graphs],
    count: int = 1,
    seed: int = 0,
    *,
    hide: Hidden = "grads",
    title: str | None = None,
    language: str | None = None,
) -> Sheets:
    """Make sheets of exercises to print, a variant for each student, with the key on pages of its own.

    On A4 no letter is smaller than 9 points: a graph that is too large for that is printed in parts.

    Args:
        graphs: The output of a graph, or a list of several, the same in all variants, of which each leaves out
            other numbers; or a function that makes them of a whole number, another one for each variant.
        count: How many variants, at most 200.
        seed: The same seed gives the same variants.
        hide: Which numbers are left out: "values", "partials" or "grads", as for ``exercise``.
        title: Stands on top of each sheet; None for "Exercises".
        language: What the sheets speak: "en" or "ru"; None for what ``speak`` has chosen.

    Returns:
        The sheets, with ``save_html(path)``, ``save_pdf(path)``, ``key`` and ``exercises``, which check answers.

    Raises:
        TypeError: ``graphs`` gives something else than Values, or ``count`` or ``seed`` is no whole number.
        ValueError: ``count`` is not from 1 to 200, or ``exercise`` refuses a graph; or there is no such language.

    >>> from autodiff import Value
    >>> def f(seed):
    ...     x = Value(seed % 5 + 1, name="x")
    ...     return (x**2).named("f")
    >>> print(sheets(f, count=2, seed=1).key)
    Variant 1
    1. ?1 ∂f/∂x = ∂f/∂f·2x = 1·10 = 10
    Variant 2
    1. ?1 ∂f/∂x = ∂f/∂f·2x = 1·6 = 6
    """
    for name, number in (("count", count), ("seed", seed)):
        if type(number) is not int:
            raise TypeError(f"sheets: {name} must be a whole number, not {number!r}")
    if not 1 <= count <= MOST_VARIANTS:
        raise ValueError(f"sheets: count must be from 1 to {MOST_VARIANTS}, not {count}")
    language = chosen_language(language, "sheets")
    seeds = random.Random(seed).sample(range(10**9), count)
    varied = not callable(graphs) and count > 1
    variants = []
    for each in seeds:
        made = graphs(each) if callable(graphs) else graphs
        outputs = [made] if isinstance(made, Value) else made
        if not isinstance(outputs, list | tuple) or not outputs or any(type(x) is not Value for x in outputs):
            raise TypeError(
                f"sheets: graphs must be a Value, a list of Values or a function to these, not {made!r}"
            )
        variants.append(
            [exercise(output, hide, each if varied else None, language=language) for output in outputs]
        )
    return Sheets(variants, title, language)


@dataclass(frozen=True, eq=False, repr=False)
class Sheets:
    """Variants of a sheet of exercises, and their key.

    Attributes:
        exercises: Those of each variant.
        title: Stands on top of each sheet.
        language: What they speak.

    >>> from autodiff import Value
    >>> x = Value(3, name="x")
    >>> made = sheets((x**2).named("f"))
    >>> made.exercises[0][0].check(["6"]).all_right
    True
    """

    exercises: Sequence[Sequence[Exercise]]
    title: str | None = None
    language: str = "en"

    @property
    def key(self) -> str:
        """The answers of all variants, as text."""
        with spoken(self.language):
            return "\n".join(
                line
                for variant, tasks in enumerate(self.exercises, 1)
                for line in (
                    say("Variant {number}", number=variant),
                    *(
                        f"{place}. {row}"
                        for place, task in enumerate(tasks, 1)
                        for row in task.solution.splitlines()
                    ),
                )
            )

    @cached_property
    def html(self) -> str:
        """All sheets as one page, complete in itself: the variants, then the key.

        Raises:
            RendererMissing: There is no Graphviz to draw the graphs with.
        """
        with spoken(self.language):
            title = html.escape(say("Exercises") if self.title is None else clean(self.title))
            pages = [self._sheet(variant, title) for variant in range(len(self.exercises))]
            parts = {"title": title, "sheets": "\n".join(pages), "key": self._key()}
            return page("sheets.html", ("paper.css", "sheets.css"), "", parts)

    def _sheet(self, variant: int, title: str) -> str:
        tasks = [self._task(place, task) for place, task in enumerate(self.exercises[variant], 1)]
        which = say("Variant {number}", number=variant + 1) if len(self.exercises) > 1 else ""
        return (
            f'<section class="sheet"><header><p class="who">{who()} <b>{which}</b></p></header>'
            f"<div><h1>{title}</h1>{''.join(tasks)}</div></section>"
        )

    def _task(self, place: int, task: Exercise) -> str:
        output = shown_names(task.output)[task.output]
        first, *others = map(figure_of, paper_pictures(task.output, task.hide, task.blanks))
        title, text = EXERCISE_TITLES[task.hide], EXERCISE_TASKS[task.hide]
        said = [
            html.escape(say(title, output=output)),
            html.escape(say(text, output=output, sign=derivative(output, output, "text"))),
        ]
        return (
            f'<article><div class="together"><h2>{place}. {said[0]}</h2><p class="task">{said[1]}</p>{first}</div>'
            f"{''.join(others)}{paper_rows(task.blanks)}</article>"
        )

    def _key(self) -> str:
        found = []
        for variant, tasks in enumerate(self.exercises, 1):
            rows = "".join(f"<h3>{place}.</h3>{key_rows(task.blanks)}" for place, task in enumerate(tasks, 1))
            found.append(f"<article><h2>{say('Variant {number}', number=variant)}</h2>{rows}</article>")
        return "\n".join(found)

    def save_html(self, path: str | os.PathLike[str]) -> Path:
        """Save the page as one file, which a browser prints; return its path."""
        path = Path(path)
        write_file(path, self.html)
        return path

    def save_pdf(self, path: str | os.PathLike[str]) -> Path:
        """Save the sheets as a PDF on A4, by Chromium or Chrome; return its path.

        Raises:
            RuntimeError: There is no such browser, or it made no PDF.
        """
        path = Path(path)
        browser = next(filter(None, map(shutil.which, BROWSERS)), None)
        if browser is None:
            raise RuntimeError(
                "save_pdf needs Chromium or Chrome; or save_html(path), and print that from any browser"
            )
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder, "sheets.html"), Path(folder, "sheets.pdf")
            source.write_text(self.html, encoding="utf-8")
            options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
            options += [f"--user-data-dir={folder}/profile", f"--print-to-pdf={target}", source.as_uri()]
            try:
                subprocess.run([browser, *options], capture_output=True, timeout=PRINTING, check=True)
                made = target.read_bytes()
            except (subprocess.SubprocessError, OSError) as error:
                raise RuntimeError(f"save_pdf: {browser} made no PDF: {error}") from error
        write_file(path, made)
        return path

    def __repr__(self) -> str:
        count, tasks = len(self.exercises), len(self.exercises[0])
        return f"<Sheets: {count} variant{'s' * (count != 1)} of {tasks} exercise{'s' * (tasks != 1)}>"


def who() -> str:
    """Where name and date are written."""
    line = '<span class="line"></span>'
    return f"<span>{say('Name')} {line}</span> <span>{say('Date')} {line}</span>"
