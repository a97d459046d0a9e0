"""Practice: graphs with numbers left out, as pages and sheets that check what is filled in."""

from autodiff.show.practice.exercise import MAX_NODES, Exercise, Feedback, exercise

__all__ = ["MAX_NODES", "Exercise", "Feedback", "exercise"]
