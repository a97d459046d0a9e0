"""Lines: whose line of code is it? The innermost one outside of this library, for messages and warnings."""

from __future__ import annotations

import linecache
import os
import sys
from pathlib import Path
from types import FrameType
from typing import NamedTuple

__all__ = ["Line", "is_library", "users_frame", "users_line"]

ROOT = Path(__file__).resolve().parents[2]
OURS = tuple(f"{ROOT / package}{os.sep}" for package in ("autodiff", "nn"))  # no line in them is the user's
PASSED_BY = ("numpy.", "importlib.")  # NumPy's sum over an array of nodes calls back from Python


class Line(NamedTuple):
    """A line of code: its file, its number, and the function it stands in."""

    file: str
    number: int
    function: str

    def __str__(self) -> str:
        code = linecache.getline(self.file, self.number).strip()
        return f"{self.file}:{self.number}, in {self.function}" + (f": {code}" if code else "")

    @property
    def brief(self) -> str:
        """The file's name and the number; in a notebook, where cells are no files, the code."""
        file = Path(self.file)
        if file.parent.name.startswith("ipykernel_"):  # then the file's name is a hash of the cell
            return f"line {self.number} of a cell: {linecache.getline(self.file, self.number).strip()}"
        return f"{file.name}:{self.number}"


def users_frame(frame: FrameType | None) -> FrameType | None:
    """Find the innermost frame, from this one on, that does not belong to a library."""
    while frame is not None and is_library(frame):
        frame = frame.f_back
    return frame


def is_library(frame: FrameType) -> bool:
    """Whether a frame belongs to this library, or to what calls back from Python code on its behalf."""
    module = f"{frame.f_globals.get('__name__')}."
    return frame.f_code.co_filename.startswith(OURS) or module.startswith(PASSED_BY)


def users_line() -> Line | None:
    """The line of the user's code that runs."""
    frame = users_frame(sys._getframe())
    return frame and Line(frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name)
