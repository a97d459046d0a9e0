"""Mistakes: the reverse sweep done wrong on purpose, beside the right one."""

from autodiff.show.mistakes.catalogue import (
    MISTAKES,
    Comparison,
    Mistake,
    compare,
    wrong_adjoints,
    wrong_sweep,
)

__all__ = ["MISTAKES", "Comparison", "Mistake", "compare", "wrong_adjoints", "wrong_sweep"]
