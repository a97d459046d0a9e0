"""What the command line prints: the value, the nodes in between, and the derivative by each input with its paths."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import islice

from autodiff.calculus import gradient
from autodiff.formulas.expression import bits_of
from autodiff.graph import Path, count_paths, leaves, paths
from autodiff.guards.categories import NonFiniteWarning
from autodiff.guards.kinks import find_kinks
from autodiff.guards.nonfinite import find_nonfinite
from autodiff.languages import say
from autodiff.number import Number
from autodiff.pictures.names import by_level, default_names
from autodiff.show.derivations.noise import without_noise
from autodiff.value import Value
from autodiff.writing.symbols import symbolic_value

__all__ = ["letters", "report"]

LISTED_PATHS = 20  # listed for each input; the rest is counted
MAX_SHOWN_BITS = 200  # of a fraction: 60 digits
LISTED_NODES = 60  # intermediate nodes listed
LISTED_KINKS = 8


def report(expression: str, output: Value, inputs: Mapping[str, Value]) -> Iterator[str]:
    """Yield the lines on the value, the nodes in between, and the derivative by each input with its paths.

    >>> x = Value(3, name="x")
    >>> for line in report("x*x", x * x, {"x": x}):
    ...     print(line.strip())
    f = x*x = 9  at x = 3
    df/dx = 6
    x -> f: 3
    x -> f: 3
    sum of 2 paths: 3 + 3 = 6
    """
    names = letters(output)
    name = "f" if output in inputs.values() else names[output]
    at = ", ".join(f"{name} = {short_number(value.data)}" for name, value in inputs.items())
    yield f"{name} = {expression} = {short_number(output.data)}" + (
        f"  {say('at {inputs}', inputs=at)}" if at else ""
    )
    yield from node_lines(names)
    noiseless = without_noise(output)
    with warnings.catch_warnings(action="ignore", category=NonFiniteWarning):  # which is said below
        slopes = gradient(output, list(inputs.values()))
    for (input_name, x), slope in zip(inputs.items(), slopes, strict=True):
        adjoint = noiseless.adjoints.get(x, slope)
        yield f"\nd{name}/d{input_name} = {short_number(adjoint)}"
        listed = map(noiseless.along, islice(paths(output, x), LISTED_PATHS))
        yield from sum_over_paths(list(listed), count_paths(output, x), adjoint, names)
    notes = [f"{names[kink.node]}: {kink.brief}" for kink in find_kinks(output)]
    yield from (f"\n{note}" for note in notes[:LISTED_KINKS])
    if len(notes) > LISTED_KINKS:
        yield f"\n{say('... and {hidden} more', hidden=len(notes) - LISTED_KINKS)}"
    if culprit := find_nonfinite(output):
        is_too_large = culprit.kind in ("value", "adjoint") and abs(culprit.number) == math.inf
        limit = say("; a float is finite up to about 1.8e308") if is_too_large else ""
        yield "\n" + say("note: {culprit}", culprit=culprit) + limit


def letters(output: Value) -> dict[Value, str]:
    """Name the nodes as the picture does, the output f unless an input has that name.

    >>> x, y = Value(2, name="x"), Value(3, name="y")
    >>> list(letters(x * y / 2).values())
    ['x', 'y', 'a', 'f']
    """
    has_f = any(leaf.name == "f" for leaf in leaves(output))
    return default_names(output, {} if has_f or output.name else {output: "f"})


def node_lines(names: Mapping[Value, str]) -> Iterator[str]:
    """Yield one line a computed node: its letter, how it is computed, its value."""
    computed = [node for node in by_level(list(names)) if node.op is not None]
    for node in computed[:LISTED_NODES] if len(computed) > 1 else []:
        yield f"  {names[node]} = {symbolic_value(node, names.__getitem__).text()} = {short_number(node.data)}"
    if len(computed) > LISTED_NODES:
        yield f"  {say('... and {hidden} more', hidden=len(computed) - LISTED_NODES)}"


def sum_over_paths(
    listed: Sequence[Path[Value]], count: int, adjoint: Number, names: Mapping[Value, str]
) -> Iterator[str]:
    """Yield one line a path with its product, and their sum."""
    for path in listed:
        way = " -> ".join(names[node] for node in path.nodes)
        factors = " · ".join(factor(edge.partial) for edge in path.edges) or "1"
        yield f"  {way}: {factors}" + (f" = {short_number(path.product)}" if len(path.edges) > 1 else "")
    if count > len(listed):
        yield f"  {say('... and {hidden} more', hidden=f'{count - len(listed):,}')}"
        yield f"  {say('sum of {count} paths', count=f'{count:,}')} = {short_number(adjoint)}"
    elif count > 1:
        products = " + ".join(factor(path.product) for path in listed)
        yield f"  {say('sum of {count} paths', count=count)}: {products} = {short_number(adjoint)}"


def short_number(number: Number) -> str:
    """Write a number as short as its first twelve digits allow, a fraction exactly if it fits into a line.

    >>> short_number(-0.0), short_number(0.1 + 0.2), short_number(Fraction(1, 32)), short_number(Fraction(1, 3**200))
    ('0', '0.3', '1/32', '≈ 3.76486194960e-96')
    """
    if not isinstance(number, Fraction):
        return f"{number + 0.0:.12g}"  # 0 of -0.0
    if bits_of(number) <= MAX_SHOWN_BITS:
        return str(number)
    return (
        f"≈ {Decimal(number.numerator) / number.denominator:.12g}"  # no float, which might be 0 or too large
    )


def factor(number: Number) -> str:
    """Write a number inside a product or a sum: a negative one in brackets."""
    return f"({short_number(number)})" if number < 0 else short_number(number)
