"""What the page "Try it" shows of a formula or of Python's code, as HTML; it runs in the reader's browser."""

from __future__ import annotations

import contextlib
import html
import io
import json
import linecache
import traceback
from collections.abc import Callable, Iterator
from typing import Any

from autodiff import Value, draw, explain, explore, gradient, leaves, steps, topological_order
from autodiff.command.main import refuse_unused
from autodiff.command.report import letters, short_number
from autodiff.command.typed import read_inputs
from autodiff.formulas.expression import InputError, read_expression
from autodiff.pictures.names import default_names
from autodiff.pictures.render import to_svg

CODE = "your code"  # the name of the file in a traceback
MOST_INPUTS = 6  # whose derivatives are worked out
NO_NUMPY = "NumPy is not on this page: compile, matrices and import * need an installed library."


def of_formula(text: str, values: str) -> str:
    """What there is to see of a formula with values such as "x = 2, y = 1/3"."""
    try:
        inputs = read_inputs(filter(str.strip, values.replace(";", ",").split(",")))
        output = read_expression(text, inputs)
        refuse_unused(inputs, output)
    except InputError as error:
        return json.dumps({"error": str(error).replace("after the expression", "to the values")})
    return json.dumps(dict(shown(output)))


def of_python(code: str) -> str:
    """What the code prints, and what there is to see of the Value on its last line."""
    from pyodide.code import eval_code

    linecache.cache[CODE] = (len(code), None, code.splitlines(keepends=True), CODE)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            found = eval_code(code, {"__name__": "__main__"}, filename=CODE)
        except BaseException as error:  # whatever a reader writes, sys.exit() too
            return json.dumps({"printed": printed.getvalue(), "error": last_lines(error)})
    parts = dict(shown(found)) if isinstance(found, Value) else {}
    if not parts and found is not None:
        print(repr(found), file=printed)
    return json.dumps({"printed": printed.getvalue(), **parts})


def last_lines(error: BaseException) -> str:
    """A traceback of the reader's own lines."""
    told = traceback.TracebackException.from_exception(error)
    told.stack = traceback.StackSummary.from_list([frame for frame in told.stack if frame.filename == CODE])
    hint = NO_NUMPY if isinstance(error, ModuleNotFoundError) and error.name == "numpy" else ""
    return "".join(told.format(chain=False)) + hint


def shown(output: Value) -> Iterator[tuple[str, str]]:
    """The parts of the page: each its place and its HTML."""
    if not output.name:
        output.named(letters(output)[output])
    nodes, names = topological_order(output), default_names(output)
    grads = dict(zip(nodes, gradient(output, nodes), strict=True))
    inputs = [leaf for leaf in leaves(output) if leaf.name and leaf is not output]
    numbers = [f"{names[output]} = {short_number(output.data)}"]
    numbers += [f"∂{names[output]}/∂{names[x]} = {short_number(grads[x])}" for x in inputs]
    yield "numbers", "".join(f"<li>{html.escape(number)}</li>" for number in numbers)
    yield "picture", or_why(lambda: to_svg(draw(output, grads=grads)).partition("?>")[2])
    yield "derivation", "".join(or_why(lambda x=x: derivation(output, x)) for x in inputs[:MOST_INPUTS])
    yield "sweep", or_why(lambda: steps(output)._repr_html_())
    yield "page", or_why(lambda: explore(output)._repr_html_())


def derivation(output: Value, x: Value) -> str:
    return f'<div class="formula">{html.escape(explain(output, x)._repr_latex_())}</div>'


def or_why(made: Callable[[], Any]) -> str:
    """A part, or why there is none: a graph may be too large for a picture."""
    try:
        return str(made())
    except (RuntimeError, ValueError) as error:
        return f"<p>{html.escape(str(error))}</p>"
