"""`python -m autodiff grade FILE`: the backward that a student's file holds, graded."""

from __future__ import annotations

import inspect
import runpy
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from autodiff.formulas.expression import InputError
from autodiff.pictures.names import clean
from autodiff.show.grading import grade
from autodiff.show.grading.limits import within

__all__ = ["grade_file", "is_grading"]

HELP = ("-h", "--help")
SECONDS = 10.0  # for the file itself
USAGE = """\
usage: python -m autodiff grade FILE.py [NAME [OF]] [--language LANGUAGE]
  NAME  a class with backward(), or a function that takes the output of a graph; without it, the class with
        backward(), else the function backward in FILE, else its gradient, of its function f
  OF    the function of which NAME is the gradient"""
MORE = """
It is tried on random graphs; what is right and wrong is printed, with points. Exit code: 0 if all is right, 1 if
not, 2 if there is nothing to grade.
  --language LANGUAGE  of what is printed: en, ru"""


def is_grading(arguments: Sequence[str]) -> bool:
    """Tell ``grade FILE.py`` and ``grade --help`` from an expression with the name grade in it."""
    return arguments[:1] == ["grade"] and (
        len(arguments) == 1 or any(x.endswith(".py") or x in HELP for x in arguments[1:])
    )


def grade_file(arguments: Sequence[str]) -> int:
    """Grade a file and print what is right and wrong; 0 if all is right, 1 if not.

    Raises:
        InputError: There is no such file, it cannot be run, or holds nothing that can be graded.
    """
    if any(x in HELP for x in arguments):
        print(f"{USAGE}\n{MORE}")
        return 0
    if not 1 <= len(arguments) <= 3:
        raise InputError(USAGE)
    held = run_file(Path(arguments[0]))
    given = [named_in(held, name) for name in arguments[1:]] or graded_in(held)
    try:
        result = grade(*given)
    except (TypeError, ValueError) as error:  # the function that was differentiated does not do
        raise InputError(clean(str(error))) from None
    print(result)
    return 0 if result.passed else 1


def run_file(path: Path) -> Mapping[str, Any]:
    if not path.is_file():
        raise InputError(f"there is no file {clean(str(path))}")
    try:
        return within(SECONDS, lambda: runpy.run_path(str(path)))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever a student's file does, sys.exit() too
        raise InputError(
            f"{clean(str(path))} cannot be run: {type(error).__name__}: {clean(str(error))}"
        ) from None


def named_in(held: Mapping[str, Any], name: str) -> Callable[..., Any]:
    if not callable(held.get(name)):
        raise InputError(f"the file has no class and no function called {clean(name)}")
    function: Callable[..., Any] = held[name]
    return function


def graded_in(held: Mapping[str, Any]) -> list[Callable[..., Any]]:
    """What there is to grade in a file."""
    own = [
        thing for thing in held.values() if inspect.isclass(thing) and thing.__module__ == held["__name__"]
    ]
    classes = [made for made in own if callable(getattr(made, "backward", None))]
    if len(classes) > 1:
        names = ", ".join(made.__name__ for made in classes)
        raise InputError(
            f"several classes have backward(): {names}; say which: grade FILE.py {classes[0].__name__}"
        )
    if classes:
        return [*classes]
    if callable(held.get("backward")):
        return [held["backward"]]
    if callable(held.get("gradient")) and callable(held.get("f")):
        return [held["gradient"], held["f"]]
    raise InputError(
        f"the file has no class with backward(), no function backward, no gradient and f\n{USAGE}"
    )
