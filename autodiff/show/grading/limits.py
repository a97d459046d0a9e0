"""A limit of time for code that may never end, and that may not end the program.

>>> within(5, lambda: 6 * 7)
42
>>> def forever():
...     while True:
...         pass
>>> within(0.1, forever)
Traceback (most recent call last):
    ...
autodiff.show.grading.limits.TooLongError: it did not end within 0.1 seconds
>>> import os
>>> within(5, lambda: os._exit(0))
Traceback (most recent call last):
    ...
SystemExit: os._exit(0)
"""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

__all__ = ["TooLongError", "within"]

GRACE = 0.5  # seconds in which what was interrupted has to end
FATAL = {name: getattr(os, name) for name in ("_exit", "abort", "kill", "execv")}  # what ends the program
Returned = TypeVar("Returned")


class TooLongError(Exception):
    """The code did not end in time."""


class Interrupted(BaseException):
    """What is raised inside the code that takes too long; no ``except Exception`` catches it."""


def within(seconds: float, function: Callable[[], Returned]) -> Returned:
    """Call a function, and give up when it takes too long; what it raises comes through.

    It runs in a thread of its own, in which an exception is raised when the time is over: that works in
    notebooks and on every system. Code that waits outside Python is left behind, and ends with the program.
    ``os._exit()`` and its like raise SystemExit, as ``sys.exit()`` does.
    """
    results: list[Returned] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(function())
        except BaseException as error:  # of code that may do anything, such as sys.exit()
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    with without_ends():
        thread.start()
        try:
            thread.join(seconds)
        finally:
            if thread.is_alive():
                interrupt(thread)
    if results:
        return results[0]
    if errors and not isinstance(errors[0], Interrupted):
        raise errors[0]
    raise TooLongError(f"it did not end within {seconds:g} seconds")


@contextmanager
def without_ends() -> Iterator[None]:
    """A block in which nothing ends the program without an exception."""

    def raising(name: str) -> Callable[..., None]:
        def end(*given: object) -> None:
            raise SystemExit(f"os.{name}({', '.join(map(repr, given))})")

        return end

    for name in FATAL:
        setattr(os, name, raising(name))
    try:
        yield
    finally:
        for name, function in FATAL.items():
            setattr(os, name, function)


def interrupt(thread: threading.Thread) -> None:
    """Raise an exception in a thread until it ends, or has been told often enough."""
    assert thread.ident is not None
    for _ in range(5):
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident), ctypes.py_object(Interrupted)
        )
        thread.join(GRACE / 5)
        if not thread.is_alive():
            return
