"""The packages that engines need, without which their tests are skipped."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest

__all__ = ["ENGINES", "NUMPY_AND_LLVM", "PACKAGES", "needs", "where_installed"]

PACKAGES = {"jax": "jax", "llvm": "llvmlite"}


def where_installed(engine: str, *marks: pytest.MarkDecorator) -> Any:
    """An engine to try a test with, which is skipped where its package is missing."""
    package = PACKAGES[engine]
    missing = importlib.util.find_spec(package) is None
    return pytest.param(engine, marks=[*marks, pytest.mark.skipif(missing, reason=f"needs {package}")])


NUMPY_AND_LLVM = ["numpy", where_installed("llvm", pytest.mark.llvm)]
ENGINES = [*NUMPY_AND_LLVM, where_installed("jax")]


def needs(engine: str) -> None:
    """Skip the test if the package of an engine is not there."""
    if engine in PACKAGES:
        pytest.importorskip(PACKAGES[engine], reason=f"needs {PACKAGES[engine]} (an extra)")
