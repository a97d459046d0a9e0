"""Decisions: what Python code decides by comparing Values, and where a compiled function would keep deciding so."""

from __future__ import annotations

import threading
from collections.abc import Callable

__all__ = ["decisions"]


class Decisions(threading.local):
    """What is told of each comparison of this thread, while a function is traced; None elsewhere."""

    note: Callable[..., None] | None = None


decisions = Decisions()
