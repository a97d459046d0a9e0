"""RESULTS.md, its picture, and the measurements behind both, one workload at a time."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from report import Row, Section, Target, table, text_of, verdict

from autodiff.files import write_file

FOLDER = Path(__file__).parent
RESULTS, PICTURE = FOLDER / "RESULTS.md", FOLDER / "results.png"
MEASURED = FOLDER / "results.json"
ORDER = ["moons", "gpt", "mlp784", "tenk", "casadi", "chain", "lowering", "page"]

INTRODUCTION = """\
# Results of the benchmarks

`python benchmarks` measures everything again, `python benchmarks moons` one workload, `--quick` leaves out
the slowest peers and the largest sizes. Contestants of a workload take turns in one process, after they were
found to compute the same numbers; the verdicts are ratios of medians in that run. What was tried, and what it
brought, stands in [NOTES.md](NOTES.md).

![Median seconds of all contestants, on a logarithmic scale](results.png)
"""


def keep(section: Section, setting: str) -> None:
    """Put the measurements of a workload in the place of its last ones."""
    stored = load()
    stored[section.title] = {"section": asdict(section), "setting": setting}
    write_file(MEASURED, json.dumps(stored, indent=1, ensure_ascii=False) + "\n")


def load() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(MEASURED.read_text(encoding="utf-8")) if MEASURED.exists() else {}
    return found


def finish() -> str:
    """Write RESULTS.md and the picture from all measurements there are; return the table of all targets."""
    stored = load()
    sections = {name: section_of(stored[name]["section"]) for name in ORDER if name in stored}
    targets = table(
        ["workload", "target for", "asked", "measured", ""],
        [
            [name, target.contestant, target.asked, target.measured, verdict(target)]
            for name, section in sections.items()
            for target in section.targets
        ],
    )
    parts = [INTRODUCTION, f"## Targets\n\n{targets}\n"]
    parts += [f"## {name}\n\n{text_of(found, stored[name]['setting'])}\n" for name, found in sections.items()]
    write_file(RESULTS, "\n".join(parts))
    try:
        from plot import plot
    except ModuleNotFoundError:
        print("no picture: matplotlib is not installed")
    else:
        plot(list(sections.values()), PICTURE)
    return targets


def section_of(stored: dict[str, Any]) -> Section:
    rows = [Row(**row) for row in stored["rows"]]
    targets = [Target(**target) for target in stored["targets"]]
    curves = {
        name: {int(size): spent for size, spent in curve.items()} for name, curve in stored["curves"].items()
    }
    return Section(stored["title"], rows, targets, stored["notes"], curves, stored["race"])
