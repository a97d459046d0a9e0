"""Tables of measurements, and the file RESULTS.md that keeps them, one section a program."""

from __future__ import annotations

import importlib.metadata
import math
import os
import platform
import re
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")
NOT_INSTALLED = "not installed"


@dataclass(frozen=True)
class Row:
    """One line: a contestant's seconds (None where it is not installed), and what was asked of it."""

    workload: str
    contestant: str
    seconds: Sequence[float] | None = None
    measured: str = ""  # in place of a ratio
    target: str = ""
    met: bool | None = None

    def cells(self) -> list[str]:
        verdict = {True: "met", False: "MISSED", None: ""}[self.met]
        if self.seconds is None:
            median, spread = NOT_INSTALLED, ""
        elif self.seconds:
            median = duration(statistics.median(self.seconds))
            spread = f"{duration(min(self.seconds))} - {duration(max(self.seconds))}"
        else:
            median, spread = "", ""
        return [self.workload, self.contestant, median, spread, self.measured, self.target, verdict]


HEADER = ["workload", "contestant", "median", "min - max", "measured", "target", ""]


def duration(seconds: float) -> str:
    """Write a duration with three digits.

    >>> duration(0.0123456), duration(2), duration(2.5e-05)
    ('12.3 ms', '2.00 s', '25.0 us')
    """
    unit, size = ("s", 1.0) if seconds >= 1 else ("ms", 1e-3) if seconds >= 1e-3 else ("us", 1e-6)
    digits = 2 - math.floor(math.log10(seconds / size)) if seconds else 0
    return f"{seconds / size:.{max(digits, 0)}f} {unit}"


def table(rows: Iterable[Row]) -> str:
    """Write rows as a Markdown table whose columns line up."""
    lines = [HEADER, *(row.cells() for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
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


def write_section(title: str, text: str, path: Path = RESULTS) -> None:
    """Put a section into the file of results, in place of the one with this title; the others stay."""
    old = path.read_text(encoding="utf-8") if path.exists() else "# Results of the benchmarks\n"
    head, *sections = re.split(r"^## ", old, flags=re.MULTILINE)
    kept = [section for section in sections if section.split("\n", 1)[0] != title]
    sections = sorted([*kept, f"{title}\n\n{text.strip()}\n"])
    path.write_text(
        head.strip() + "\n" + "".join(f"\n## {section.strip()}\n" for section in sections), encoding="utf-8"
    )
