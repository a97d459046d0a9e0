"""Measure what seven libraries answer where a derivative is a convention.

Usage: python docs/conventions/measure.py          (needs the extra `conventions`)

It replaces the tables of docs/conventions.md, which begin with ``| where``; the text around them is written by hand.
And it writes autodiff/guards/conventions.py, what ``find_kinks`` says of other libraries.
"""

from __future__ import annotations

import importlib.metadata
import re
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from cases import EDGES, KINKS, LIMITS, ROUNDED, Case
from libraries import LIBRARIES, Ours

PAGE = Path(__file__).resolve().parent.parent / "conventions.md"
DATA = PAGE.parents[1] / "autodiff" / "guards" / "conventions.py"
TABLE = re.compile(r"(?:^\|.*\n)+", re.MULTILINE)
TABLES = (KINKS, EDGES, LIMITS, ROUNDED)  # in the order of the page
ABSENT, RAISES, OPEN = "-", "error", "open"


def main() -> None:
    answers = {"ours": answers_of(Ours())}
    for name, library in LIBRARIES.items():
        version = importlib.metadata.version(name).partition("+")[0]  # without "+cpu"
        answers[f"{name} {version}"] = answers_of(library())
    tables = iter(table(answers, cases) for cases in TABLES)
    PAGE.write_text(TABLE.sub(lambda old: next(tables), PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    DATA.write_text(data(stored()), encoding="utf-8")


def data(answers: dict[str, dict[str, str]]) -> str:
    """The module with what the others use at the kinks that ``find_kinks`` compares."""
    others = [head for head in answers if head != "ours"]
    lines = [
        '"""What other libraries use where the derivative is a convention: made by docs/conventions/measure.py.\n',
        f'{", ".join(others)}.\n"""\n',
        "from __future__ import annotations\n",
        '__all__ = ["CONVENTIONS", "LIBRARIES"]\n',
        f"LIBRARIES = {quoted([head.split()[0] for head in others])}\n",
        "# For an operation and a place: the derivatives by the operands in order, a cell a library.",
        "# fmt: off",
        "CONVENTIONS: dict[tuple[str, str], tuple[str, ...]] = {",
    ]
    for case in KINKS:
        if case.place:
            cells = [answers[head][case.where].split(" / ")[0] for head in others]
            lines.append(f"    {quoted([case.rows[0], case.place])}: {quoted(cells)},")
    return "\n".join([*lines, "}", "# fmt: on", ""])


def quoted(texts: Sequence[str]) -> str:
    return "(" + ", ".join(f'"{text}"' for text in texts) + ")"


def table(answers: dict[str, dict[str, str]], cases: Sequence[Case]) -> str:
    """One table of the page, in Markdown."""
    rows = [[case.where, *(column[case.where] for column in answers.values())] for case in cases]
    lines = [["where", *answers], ["---"] * (len(answers) + 1), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def stored() -> dict[str, dict[str, str]]:
    """The answers that stand in the page, by the head of the column and the case."""
    columns: dict[str, dict[str, str]] = {}
    for text in TABLE.findall(PAGE.read_text(encoding="utf-8")):
        head, _, *rows = [line.strip("| ").split(" | ") for line in text.splitlines()]
        for where, *cells in rows:
            for name, cell in zip(head[1:], cells, strict=True):
                columns.setdefault(name, {})[where] = cell
    return columns


def answers_of(library: Any) -> dict[str, str]:
    """What one library answers, by case."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {case.where: answer(library, case) for cases in TABLES for case in cases}


def answer(library: Any, case: Case) -> str:
    cells = [", ".join(at_point(library, case.function, point)) for point in case.points]
    return " / ".join(cells) if set(cells) != {ABSENT} else ABSENT


def at_point(library: Any, function: Callable[..., Any], point: Sequence[float]) -> list[str]:
    """The derivatives by the operands, or one word in place of them."""
    try:
        return [shown(slope) for slope in library.derivatives(lambda *xs: function(library, *xs), point)]
    except (AttributeError, NotImplementedError):
        return [ABSENT]
    except Exception:
        return [RAISES]


def shown(x: Any) -> str:
    try:
        return f"{float(x) + 0.0:.4g}".replace("inf", "∞")
    except TypeError:  # SymPy's zoo, and complex numbers
        return OPEN if "Derivative" in str(x) else str(x)


if __name__ == "__main__":
    main()
