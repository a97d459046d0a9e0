"""The packages that engines need, without which their tests are skipped."""

from __future__ import annotations

import pytest

__all__ = ["PACKAGES", "needs"]

PACKAGES = {"jax": "jax", "llvm": "llvmlite"}


def needs(engine: str) -> None:
    """Skip the test if the package of an engine is not there."""
    if engine in PACKAGES:
        pytest.importorskip(PACKAGES[engine], reason=f"needs {PACKAGES[engine]} (an extra)")
