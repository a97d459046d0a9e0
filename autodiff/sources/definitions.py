"""Definitions: functions around their lines, in Python and C, and those of vectors with the tables they need."""

from __future__ import annotations

import itertools
import re
import textwrap
from collections.abc import Sequence
from typing import TypeAlias

from autodiff.sources.expressions import Formula
from autodiff.sources.in_loops import InLoops
from autodiff.sources.languages import Language
from autodiff.sources.on_arrays import OnArrays
from autodiff.sources.vectors import CONSTANT_NUMBERS, Placed, Vectors

__all__ = ["BOTH", "VALUE", "in_c", "in_python", "seeds_of", "vector_functions"]

VALUE, BOTH = "value", "value_and_gradient"
WIDTH = 105
VectorWriter: TypeAlias = OnArrays | InLoops


def in_python(
    name: str, taken: Sequence[str], body: Sequence[str], values: Sequence[str], slopes: Sequence[str] | None
) -> list[str]:
    """A function in Python; several values and the derivatives are tuples."""
    result = values[0] if len(values) == 1 else f"({', '.join(values)})"
    if slopes is not None:
        result += f", ({', '.join(slopes)}{',' * (len(slopes) == 1)})"
    return [f"def {name}({', '.join(taken)}):", *body, f"    return {result}"]


def in_c(
    name: str, taken: Sequence[str], body: Sequence[str], values: Sequence[str], slopes: Sequence[str] = ()
) -> list[str]:
    """A function in C; several values, and the derivatives that are not stored yet, go into arrays."""
    several = len(values) > 1
    ends = [f"    outputs[{i}] = {value};" for i, value in enumerate(values)] * several
    ends += [f"    gradient[{i}] = {slope};" for i, slope in enumerate(slopes)]
    ends += [] if several else [f"    return {values[0]};"]
    head = f"{'void' if several else 'double'} {name}({', '.join(taken) or 'void'})"
    return [head, "{", *body, *ends, "}"]


def seeds_of(outputs: Sequence[object]) -> list[Formula]:
    """The adjoints of the outputs."""
    return [1.0] if len(outputs) == 1 else [f"seeds[{i}]" for i in range(len(outputs))]


def vector_functions(language: Language, function: Vectors) -> tuple[list[str], list[list[str]]]:
    """The tables that functions of vectors need, and the lines of value and of value and gradient."""
    parts = [
        vector_function(with_values(writer(language, function)), VALUE, gradient=False),
        vector_function(with_adjoints(with_values(writer(language, function))), BOTH, gradient=True),
    ]
    said = [language.statements.comment.format(f"{name}: {held}") for name, held in function.contents.items()]
    tables = {name: ("int", [*map(str, table.tolist())]) for name, table in function.tables.items()}
    if any(re.search(rf"\b{CONSTANT_NUMBERS}\b", line) for part in parts for line in part):
        numbers = [*map(language.number_in_array, function.program.constants.tolist())]
        tables[CONSTANT_NUMBERS] = "double", numbers
    template, m = (language.on_arrays or language.statements).table, getattr(language.on_arrays, "m", "")
    needed = [
        template.format(name, textwrap.indent(textwrap.fill(", ".join(items), WIDTH), "    "), kind, m=m)
        for name, (kind, items) in tables.items()
    ]
    return needed, [[*said, *parts[0]], parts[1]]


def writer(language: Language, function: Vectors) -> VectorWriter:
    """What writes the lines of one function."""
    if language.on_arrays is not None:
        return OnArrays(function, language, language.on_arrays)
    return InLoops(function, language)


def with_values(written: VectorWriter) -> VectorWriter:
    """Write how each vector is computed."""
    for _, steps in itertools.groupby(written.function.steps, lambda step: step.name):
        written.write_value([*steps])
    return written


def with_adjoints(written: VectorWriter) -> VectorWriter:
    """Write the adjoint of each vector, from the outputs down."""
    function = written.function
    if written.language.name == "c":
        for argument in function.arguments:
            written.begin(argument)
    for output, seed in zip(function.outputs, seeds_of(function.outputs), strict=True):
        if isinstance(output, Placed) and output.vector in function.changing:
            written.add(output, seed, "")
    for name, steps in itertools.groupby(reversed(function.steps), lambda step: step.name):
        reaching = [step for step in steps if step.targets]
        if reaching and name in written.begun:
            written.write_slopes(reaching)
    for argument in function.arguments:
        written.begin(argument)
    return written


def vector_function(written: VectorWriter, name: str, gradient: bool) -> list[str]:
    """One function of vectors; in C their derivatives are stored where pointers say."""
    function, several = written.function, len(written.function.outputs) > 1
    values = [written.language.write(written.at(output), "") for output in function.outputs]
    arguments, bars = [*function.arguments], [function.bars[argument] for argument in function.arguments]
    if written.language.name != "c":
        taken = [*arguments, *["seeds"] * (gradient and several)]
        return in_python(name, taken, written.lines, values, bars if gradient else None)
    taken = [f"double {x}" if function.sizes[x] == 1 else f"const double *{x}" for x in arguments]
    taken += ["const double *seeds"] * (gradient and several) + ["double *outputs"] * several
    taken += [f"double *{bar}" for bar in bars] * gradient
    text = "\n".join([*(line for line in written.lines if "//" not in line), *values])
    uses = {x: len(re.findall(rf"\b{x}\b", text)) for x in function.sizes if x != CONSTANT_NUMBERS}
    unread = [f"    (void){x};" for x, count in uses.items() if count < 1 + (x not in arguments)]
    return in_c(name, taken, [*written.lines, *unread], values)
