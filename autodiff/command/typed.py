"""What the user typed behind ``python -m autodiff``: options, and a number for each name."""

from __future__ import annotations

import argparse
import keyword
import math
import re
import reprlib
import unicodedata
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import NoReturn, get_args

from autodiff.formulas.expression import InputError, function_names
from autodiff.languages import SPOKEN, language_now
from autodiff.number import Number
from autodiff.pictures.names import clean
from autodiff.sources.languages import LanguageName
from autodiff.value import Value

__all__ = ["parse_arguments", "read_inputs", "without_language"]

EXAMPLE = ("x**2 + x*y + (x + y)**2", "x=2", "y=3")
PICTURES = (".svg", ".png", ".pdf", ".dot")
PAGES = (".html", ".htm")
SHEETS = (*PAGES, ".pdf")
SOURCES = get_args(LanguageName)

EXAMPLES_OF_USE = """\
examples:
  python -m autodiff                              x**2 + x*y + (x + y)**2 at x=2, y=3
  python -m autodiff "x**2 + x*y" x=2 y=3
  python -m autodiff "x*y/z" x=1/3 y=2 z=7        with a fraction, whole numbers are exact too
  python -m autodiff "tanh(dot([v, w], [x, y], b))" v=1 w=-2 x=0.5 y=1 b=0.1
  python -m autodiff "logsumexp(x, y, z)" x=1 y=2 z=3 --draw graph.svg
  python -m autodiff "x*tanh(x)" --source c       value and gradient as a program in C
  python -m autodiff "x*tanh(x)" x=0.5 --html page.html   a page to step through, with x to change
  python -m autodiff "x*tanh(x)" x=0.5 --sheet sheet.html an exercise: the derivatives are to be found
  python -m autodiff "x*tanh(x)" x=0.5 --language ru      all of it in Russian
  python -m autodiff grade my_value.py            a backward of your own, tried on random graphs
"""


class Parser(argparse.ArgumentParser):
    """A parser that shows nothing of what was typed that would steer the terminal."""

    def error(self, message: str) -> NoReturn:
        super().error(clean(message))


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Return ``expression``, ``inputs``, ``draw``, ``html``, ``sheet``, ``source`` and ``language``.

    Raises:
        SystemExit: With 2 if an option is wrong, with 0 after --help.

    >>> parse_arguments(["x*y", "x=2", "y=3"]).inputs
    ['x=2', 'y=3']
    """
    parser = Parser(
        prog="python -m autodiff",
        description="The value, the gradient and every path of an expression.",
        epilog=f"{EXAMPLES_OF_USE}\nfunctions: {', '.join(function_names())}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "expression", metavar="EXPR", nargs="?", help="numbers, names, + - * / **, ( ), functions"
    )
    parser.add_argument(
        "inputs", metavar="name=value", nargs="*", help="an int, a float or a fraction such as 1/3"
    )
    parser.add_argument(
        "--draw", metavar="FILE", type=picture_file, help="save a picture: .svg, .png, .pdf or .dot"
    )
    parser.add_argument("--html", metavar="FILE", type=page_file, help="save an interactive page: .html")
    parser.add_argument(
        "--sheet",
        metavar="FILE",
        type=sheet_file,
        help="save an exercise with its solution: .html or .pdf",
    )
    parser.add_argument(
        "--source", metavar="LANGUAGE", choices=SOURCES, help=f"print code instead: {', '.join(SOURCES)}"
    )
    add_language(parser)
    options = parser.parse_intermixed_args([shielded(argument) for argument in arguments])
    if options.expression is None:
        options.expression, *options.inputs = EXAMPLE
    return options


def add_language(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--language",
        choices=SPOKEN,
        default=language_now(),
        help=f"of what is printed, drawn and saved: {', '.join(SPOKEN)}",
    )


def without_language(arguments: Sequence[str]) -> tuple[str, list[str]]:
    """The language that was asked for, and the other arguments.

    >>> without_language(["my_value.py", "--language", "ru", "Number"])
    ('ru', ['my_value.py', 'Number'])
    """
    parser = Parser(prog="python -m autodiff grade", add_help=False, allow_abbrev=False)
    add_language(parser)
    options, others = parser.parse_known_args(arguments)
    return options.language, others


def shielded(argument: str) -> str:
    """Put a space before an expression such as -x, which argparse would take for an option."""
    return f" {argument}" if re.match(r"-[^-]", argument) and argument != "-h" else argument


def picture_file(text: str) -> Path:
    return file_of(text, PICTURES)


def page_file(text: str) -> Path:
    return file_of(text, PAGES)


def sheet_file(text: str) -> Path:
    return file_of(text, SHEETS)


def file_of(text: str, suffixes: tuple[str, ...]) -> Path:
    path = Path(text)
    if path.suffix.lower() not in suffixes:
        raise argparse.ArgumentTypeError(f"{text!r} must end in one of {', '.join(suffixes)}")
    return path


def read_inputs(assignments: Iterable[str]) -> dict[str, Value]:
    """Return a named leaf for each ``name=value``; with a fraction among them, whole numbers are exact too.

    >>> read_inputs(["x=1/3", "y=2"])["y"].data
    Fraction(2, 1)
    """
    numbers: dict[str, Number] = {}
    for assignment in assignments:
        name, number = read_assignment(assignment)
        if name in numbers:
            raise InputError(f"{name} is given twice; give it one value")
        numbers[name] = number
    exact = any(isinstance(number, Fraction) for number in numbers.values())
    return {
        name: Value(Fraction(number) if exact and isinstance(number, int) else number, name=name)
        for name, number in numbers.items()
    }


def read_assignment(assignment: str) -> tuple[str, Number]:
    name, equals, text = (part.strip() for part in assignment.partition("="))
    name = unicodedata.normalize("NFKC", name)  # as Python's parser does: 𝑥 is x
    if not equals or not text:
        raise InputError(
            f"{reprlib.repr(assignment)} is no name=value; write for example x=2, x=0.5 or x=1/3"
        )
    if not name.isidentifier() or keyword.iskeyword(name):
        raise InputError(
            f"{reprlib.repr(name)} in {reprlib.repr(assignment)} cannot be a name; "
            "use letters, digits and _, a letter first"
        )
    return name, read_number(text, assignment)


def read_number(text: str, assignment: str) -> Number:
    try:
        number: Number = (
            Fraction(text) if "/" in text else int(text) if re.fullmatch(r"[+-]?\d+", text) else float(text)
        )
        if math.isfinite(number):
            return number
    except ZeroDivisionError:
        raise InputError(f"{reprlib.repr(assignment)} divides by zero") from None
    except OverflowError:
        pass
    except ValueError:
        if not re.fullmatch(r"[+-]?\d+(/\d+)?", text):  # else it has more digits than Python reads
            raise InputError(
                f"{reprlib.repr(text)} in {reprlib.repr(assignment)} is no number; "
                "write for example 2, 0.5, 1e-3 or 1/3"
            ) from None
    raise InputError(f"{reprlib.repr(text)} in {reprlib.repr(assignment)} is not a finite float")
