"""Sections of measurements and their targets, and the file RESULTS.md that keeps them."""

from __future__ import annotations

import importlib.metadata
import math
import os
import platform
import re
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

NOT_INSTALLED = "not installed"


@dataclass(frozen=True)
class Row:
    """One line: a contestant's seconds a step (None where it is not installed), or what else was measured."""

    contestant: str
    seconds: Sequence[float] | None = ()
    measured: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.seconds) if self.seconds else math.nan


@dataclass(frozen=True)
class Target:
    """What was asked of a contestant, and what was measured; `met` is None where a peer is missing."""

    contestant: str
    asked: str
    measured: str
    met: bool | None


@dataclass(frozen=True)
class Section:
    """The measurements of a workload."""

    title: str
    rows: Sequence[Row]
    targets: Sequence[Target] = ()
    notes: str = ""
    curves: dict[str, dict[int, float]] = field(default_factory=dict)  # seconds by size, for the plot
    race: bool = True  # whether all rows are the same work, so that they compare to the fastest


def text_of(section: Section, setting: str) -> str:
    """Write a section as Markdown: its table, its targets, its notes, and what it was measured on."""
    fastest = (
        min((row.median for row in section.rows if row.seconds), default=math.nan) if section.race else 0
    )
    rows = [cells(row, fastest) for row in section.rows]
    parts = [table(["contestant", "median", "min - max", "to the fastest", "measured"], rows)]
    if section.targets:
        verdicts = [[t.contestant, t.asked, t.measured, verdict(t)] for t in section.targets]
        parts.append(table(["target for", "asked", "measured", ""], verdicts))
    return "\n\n".join([*parts, section.notes, setting])


def cells(row: Row, fastest: float) -> list[str]:
    if row.seconds is None:
        return [row.contestant, NOT_INSTALLED, "", "", row.measured]
    if not row.seconds:
        return [row.contestant, "", "", "", row.measured]
    spread = f"{duration(min(row.seconds))} - {duration(max(row.seconds))}"
    compared = f"{row.median / fastest:,.3g} x" if fastest else ""
    return [row.contestant, duration(row.median), spread, compared, row.measured]


def verdict(target: Target) -> str:
    return {True: "met", False: "MISSED", None: "not measured"}[target.met]


def duration(seconds: float) -> str:
    """Write a duration with three digits.

    >>> duration(0.0123456), duration(2), duration(2.5e-05)
    ('12.3 ms', '2.00 s', '25.0 us')
    """
    unit, size = ("s", 1.0) if seconds >= 1 else ("ms", 1e-3) if seconds >= 1e-3 else ("us", 1e-6)
    digits = 2 - math.floor(math.log10(seconds / size)) if seconds else 0
    return f"{seconds / size:.{max(digits, 0)}f} {unit}"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write rows as a Markdown table whose columns line up; a column without a word is left out.

    >>> print(table(["x", "y", ""], [["1", "20", ""]]))
    | x | y  |
    | - | -- |
    | 1 | 20 |
    """
    columns = [column for column in zip(header, *rows, strict=True) if any(column[1:])]
    widths = [max(map(len, column)) for column in columns]
    lines = [list(line) for line in zip(*columns, strict=True)]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in lines
    )


def environment(packages: Iterable[str]) -> str:
    """Say what it was measured on: Python, platform, processor, packages."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    machine = f"{platform.platform()}, {processor()}, {os.cpu_count()} cores"
    return f"{python}; {machine}; " + ", ".join(f"{package} {version(package)}" for package in packages)


def processor() -> str:
    """The processor's name; Linux keeps it in a file."""
    cpuinfo = Path("/proc/cpuinfo")
    named = re.search(r"model name\s*: (.+)", cpuinfo.read_text()) if cpuinfo.exists() else None
    return named[1] if named else platform.processor() or platform.machine()


def version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return NOT_INSTALLED
