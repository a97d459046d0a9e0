"""Grading: a student's own backward against the engine, on random graphs of growing size."""

from autodiff.show.grading.marking import grade
from autodiff.show.grading.results import Grade

__all__ = ["Grade", "grade"]
