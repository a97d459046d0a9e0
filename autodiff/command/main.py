"""The way of a command: what was typed is read, the graph is built, and what came of it is printed and saved."""

from __future__ import annotations

import inspect
import io
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from autodiff.command.grading import grade_file, is_grading
from autodiff.command.report import report
from autodiff.command.saving import name_nodes, save_page, save_picture, save_sheet, saved
from autodiff.command.typed import parse_arguments, read_inputs, without_language
from autodiff.formulas.expression import InputError, function_of_text, read_expression
from autodiff.graph import topological_order
from autodiff.languages import spoken
from autodiff.rules.worlds import UnknownPrimitive
from autodiff.sources.languages import LanguageName
from autodiff.value import Value

if TYPE_CHECKING:
    from autodiff.compiler.flat.data import Flat

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit code is 0, or 2 for bad input, or 1 if a file cannot be saved."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that has no "²" shows "?"
    arguments = sys.argv[1:] if arguments is None else arguments
    if is_grading(arguments):
        language, arguments = without_language(arguments[1:])
        with spoken(language):
            return graded(arguments)
    options = parse_arguments(arguments)
    with spoken(options.language):
        return answered(options)


def answered(options: Namespace) -> int:
    """Compute what was asked for, print and save it."""
    try:
        if options.source and not options.inputs:
            return write_source(program_of(options.expression), options.source)
        inputs = read_inputs(options.inputs)
        output = read_expression(options.expression, inputs)
        refuse_unused(inputs, output)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if options.source:
        return write_source(output, options.source)
    print("\n".join(report(options.expression.strip(), output, inputs)), flush=True)
    name_nodes(output)
    title = " ".join(options.expression.split())
    ways: list[tuple[Path | None, Callable[[Path], None]]] = [
        (options.draw, lambda path: save_picture(output, path)),
        (options.html, lambda path: save_page(output, title, path)),
        (options.sheet, lambda path: save_sheet(output, title, path)),
    ]
    done = [saved(path, save) for path, save in ways if path]
    return 0 if all(done) else 1


def program_of(text: str) -> Flat:
    """The program of a formula, whose names need no numbers."""
    from autodiff.compiler.function import compile

    names = inspect.signature(function_of_text(text)).parameters
    return compile(text, engine="numpy").program(*[0.0 for _ in names])


def write_source(output: Value | Flat, language: LanguageName) -> int:
    from autodiff.sources.code import source  # with NumPy, which the other commands can do without

    try:
        print(source(output, language).rstrip("\n"))
    except (ValueError, UnknownPrimitive) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def graded(arguments: list[str]) -> int:
    try:
        return grade_file(arguments)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def refuse_unused(inputs: Mapping[str, Value], output: Value) -> None:
    used = set(topological_order(output))
    unused = [name for name, value in inputs.items() if value not in used]
    if unused:
        raise InputError(
            f"{', '.join(unused)} does not occur in the expression; leave it out, or correct its name"
        )
