"""`python -m autodiff EXPR name=value ...`: the value, the gradient and every path of an expression."""

from __future__ import annotations

import argparse
import io
import keyword
import math
import os
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from pathlib import Path as FilePath

from autodiff.calculus import gradient
from autodiff.expression import InputError, Number, bits_of, function_names, read_expression
from autodiff.graph import count_paths, leaves, paths, topological_order
from autodiff.show.names import by_level, default_names
from autodiff.symbols import symbolic_value
from autodiff.value import Value

EXAMPLE = ("x**2 + x*y + (x + y)**2", "x=2", "y=3")
PICTURES = (".svg", ".png", ".pdf", ".dot")
PAGES = (".html", ".htm")
MAX_PATHS = 20  # listed for each input; the rest is counted
MAX_SHOWN_BITS = 200  # of a fraction: 60 digits
MAX_STEPS = 60  # intermediate nodes listed

EXAMPLES_OF_USE = """\
examples:
  python -m autodiff                              x**2 + x*y + (x + y)**2 at x=2, y=3
  python -m autodiff "x**2 + x*y" x=2 y=3
  python -m autodiff "x*y/z" x=1/3 y=2 z=7        with a fraction, whole numbers are exact too
  python -m autodiff "tanh(dot([v, w], [x, y], b))" v=1 w=-2 x=0.5 y=1 b=0.1
  python -m autodiff "logsumexp(x, y, z)" x=1 y=2 z=3 --draw graph.svg
  python -m autodiff "x*tanh(x)" x=0.5 --html page.html   a page to step through, with x to change
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit code is 0, or 2 for bad input, or 1 if a file cannot be saved."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that has no "²" shows "?"
    options = parse_arguments(sys.argv[1:] if arguments is None else arguments)
    try:
        inputs = read_inputs(options.inputs)
        output = read_expression(options.expression, inputs)
        refuse_unused(inputs, output)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print("\n".join(report(options.expression.strip(), output, inputs)), flush=True)
    name_nodes(output)
    title = " ".join(options.expression.split())
    drawn = saved(options.draw, lambda path: save_picture(output, path)) if options.draw else True
    explored = saved(options.html, lambda path: save_page(output, title, path)) if options.html else True
    return 0 if drawn and explored else 1


# ---------------------------------------------------------------- what the user typed


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Return `expression`, `inputs`, `draw`, `html`; exit with 2 if an option is wrong, 0 after --help."""
    parser = argparse.ArgumentParser(
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
    options = parser.parse_intermixed_args([shielded(argument) for argument in arguments])
    if options.expression is None:
        options.expression, *options.inputs = EXAMPLE
    return options


def shielded(argument: str) -> str:
    """Put a space before an expression such as -x, which argparse would take for an option."""
    return f" {argument}" if re.match(r"-[^-]", argument) and argument != "-h" else argument


def picture_file(text: str) -> FilePath:
    return file_of(text, PICTURES)


def page_file(text: str) -> FilePath:
    return file_of(text, PAGES)


def file_of(text: str, suffixes: tuple[str, ...]) -> FilePath:
    path = FilePath(text)
    if path.suffix.lower() not in suffixes:
        raise argparse.ArgumentTypeError(f"{text!r} must end in one of {', '.join(suffixes)}")
    return path


def read_inputs(assignments: Iterable[str]) -> dict[str, Value]:
    """Return a named leaf for each `name=value`; with a fraction among them, whole numbers are exact too.

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
        raise InputError(f"{assignment!r} is no name=value; write for example x=2, x=0.5 or x=1/3")
    if not name.isidentifier() or keyword.iskeyword(name):
        raise InputError(
            f"{name!r} in {assignment!r} cannot be a name; use letters, digits and _, a letter first"
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
        raise InputError(f"{assignment!r} divides by zero") from None
    except OverflowError:
        pass
    except ValueError:
        raise InputError(
            f"{text!r} in {assignment!r} is no number; write for example 2, 0.5, 1e-3 or 1/3"
        ) from None
    raise InputError(f"{text!r} in {assignment!r} is not a finite float")


def refuse_unused(inputs: Mapping[str, Value], output: Value) -> None:
    used = set(topological_order(output))
    unused = [name for name, value in inputs.items() if value not in used]
    if unused:
        raise InputError(
            f"{', '.join(unused)} does not occur in the expression; leave it away, or correct its name"
        )


# ---------------------------------------------------------------- what is printed


def report(expression: str, output: Value, inputs: Mapping[str, Value]) -> Iterator[str]:
    """Yield the lines on the value, the nodes in between, and the derivative by each input with its paths."""
    names = letters(output)
    name = "f" if output in inputs.values() else names[output]
    at = ", ".join(f"{name} = {shown(value.data)}" for name, value in inputs.items())
    yield f"{name} = {expression} = {shown(output.data)}" + (f"  at {at}" if at else "")
    yield from steps(output, names)
    for (input_name, x), adjoint in zip(inputs.items(), gradient(output, list(inputs.values())), strict=True):
        yield f"\nd{name}/d{input_name} = {shown(adjoint)}"
        yield from sum_over_paths(output, x, adjoint, names)


def letters(output: Value) -> dict[Value, str]:
    """Name the nodes as the picture does, the output f unless an input has that name.

    >>> x, y = Value(2, name="x"), Value(3, name="y")
    >>> list(letters(x * y / 2).values())
    ['x', 'y', 'a', 'f']
    """
    has_f = any(leaf.name == "f" for leaf in leaves(output))
    return default_names(output, {} if has_f or output.name else {output: "f"})


def steps(output: Value, names: Mapping[Value, str]) -> Iterator[str]:
    """Yield one line a computed node: its letter, how it is computed, its value."""
    computed = [node for node in by_level(list(names)) if node.op is not None]
    for node in computed[:MAX_STEPS] if len(computed) > 1 else []:
        yield f"  {names[node]} = {symbolic_value(node, names.__getitem__).text()} = {shown(node.data)}"
    if len(computed) > MAX_STEPS:
        yield f"  ... and {len(computed) - MAX_STEPS} more"


def sum_over_paths(output: Value, x: Value, adjoint: Number, names: Mapping[Value, str]) -> Iterator[str]:
    """Yield one line a path with its product, and their sum."""
    count = count_paths(output, x)
    listed = list(islice(paths(output, x), MAX_PATHS))
    for path in listed:
        way = " -> ".join(names[node] for node in path.nodes)
        factors = " · ".join(factor(edge.partial) for edge in path.edges) or "1"
        yield f"  {way}: {factors}" + (f" = {shown(path.product)}" if len(path.edges) > 1 else "")
    if count > len(listed):
        yield f"  ... and {count - len(listed):,} more\n  sum of {count:,} paths = {shown(adjoint)}"
    elif count > 1:
        products = " + ".join(factor(path.product) for path in listed)
        yield f"  sum of {count} paths: {products} = {shown(adjoint)}"


def shown(number: Number) -> str:
    """Write a number as short as its first twelve digits allow, a fraction exactly if it fits into a line.

    >>> shown(35.0), shown(0.1 + 0.2), shown(Fraction(1, 32)), shown(Fraction(1, 3**200))
    ('35', '0.3', '1/32', '≈ 3.76487634752e-96')
    """
    if not isinstance(number, Fraction):
        return f"{number:.12g}"
    if bits_of(number) <= MAX_SHOWN_BITS:
        return str(number)
    return (
        f"≈ {Decimal(number.numerator) / number.denominator:.12g}"  # no float, which might be 0 or too large
    )


def factor(number: Number) -> str:
    """Write a number inside a product or a sum: a negative one in brackets."""
    return f"({shown(number)})" if number < 0 else shown(number)


# ---------------------------------------------------------------- what is saved


def name_nodes(output: Value) -> None:
    """Give the nodes the letters that were printed."""
    for node, name in letters(output).items():
        node.named(name)


def saved(path: FilePath, save: Callable[[FilePath], object]) -> bool:
    """Save a file and say so, or say why it was not."""
    try:
        save(path)
    except (OSError, RuntimeError, ValueError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or error
        print(f"error: {path} was not saved: {reason}", file=sys.stderr)
        return False
    print(f"\nsaved {path}")
    return True


def save_picture(output: Value, path: FilePath) -> None:
    """Save the picture with the derivatives that were printed."""
    from autodiff.show.draw import draw
    from autodiff.show.render import save

    nodes = topological_order(output)
    grads = dict(zip(nodes, gradient(output, nodes), strict=True))
    save(draw(output, grads=grads), path)


def save_page(output: Value, title: str, path: FilePath) -> None:
    """Save the interactive page."""
    from autodiff.show.explorer import explore

    explore(output, title=title).save_html(path)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
