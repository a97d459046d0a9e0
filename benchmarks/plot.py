"""The picture of the results: the seconds of all contestants, and how time grows with the size of a graph."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from report import Row, Section, duration

from autodiff.files import write_file

OURS, PEERS = "#1f6f8b", "#b0b0b0"
PANELS = ["moons", "gpt", "mlp784", "tenk", "casadi"]


def plot(sections: Sequence[Section], path: Path) -> None:
    """Draw one panel of bars a workload, and one of curves."""
    found = {section.title: section for section in sections}
    bars = [(name, timed(found[name])) for name in PANELS if name in found]
    bars = [(name, rows) for name, rows in bars if rows]
    curves = {name: curve for section in sections for name, curve in section.curves.items()}
    heights = [len(rows) + 1.5 for _, rows in bars] + [9] * bool(curves)
    if not heights:
        return
    figure, axes = plt.subplots(
        len(heights), figsize=(9, 0.27 * sum(heights) + 1), height_ratios=heights, squeeze=False
    )
    for axis, (name, rows) in zip(axes[:, 0], bars, strict=False):
        draw_bars(axis, name, rows)
    if curves:
        draw_curves(axes[-1, 0], curves)
    figure.tight_layout()
    content = io.BytesIO()
    figure.savefig(content, format="png", dpi=110)
    write_file(path, content.getvalue())
    plt.close(figure)


def timed(section: Section) -> list[Row]:
    return [row for row in section.rows if row.seconds]


def is_ours(row: Row) -> bool:
    return any(word in row.contestant for word in ("autodiff", "compiled"))


def draw_bars(axis: Any, title: str, rows: Sequence[Row]) -> None:
    """A point at each median and a line from the fastest to the slowest run."""
    for place, row in enumerate(reversed(rows)):
        assert row.seconds
        color = OURS if is_ours(row) else PEERS
        axis.plot([min(row.seconds), max(row.seconds)], [place, place], color=color, linewidth=5, alpha=0.5)
        axis.plot(row.median, place, "o", color=color, markersize=7)
        axis.annotate(
            duration(row.median),
            (max(row.seconds), place),
            (8, 0),
            textcoords="offset points",
            va="center",
            size=8,
        )
    axis.set_yticks(range(len(rows)), [row.contestant for row in reversed(rows)], size=9)
    axis.set_ylim(-0.7, len(rows) - 0.3)
    axis.set_xscale("log")
    axis.margins(x=0.12)
    axis.set_title(
        f"{title}: seconds" + ("" if title == "casadi" else " a step"), loc="left", size=10, weight="bold"
    )
    finish(axis)


def draw_curves(axis: Any, curves: dict[str, dict[int, float]]) -> None:
    for name, curve in curves.items():
        axis.plot(list(curve), list(curve.values()), "o-", label=name, markersize=4)
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_xlabel("nodes")
    axis.set_title(
        "seconds by size: eager passes over a chain, and lowering", loc="left", size=10, weight="bold"
    )
    axis.legend(fontsize=8)
    finish(axis)


def finish(axis: Any) -> None:
    axis.grid(True, axis="x", which="major", color="#e5e5e5")
    axis.set_axisbelow(True)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)
