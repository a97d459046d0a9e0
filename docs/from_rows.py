"""What is made from the rows of the table: autodiff/methods.py, autodiff/functions.py and docs/operations.md.

Run it after a change to a row: ``.venv/bin/python docs/from_rows.py``. A test says when it was forgotten.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from autodiff import Value
from autodiff.files import write_file
from autodiff.operations import FUNCTIONS
from autodiff.rules import FILES, TABLE, Rule
from autodiff.writing.symbols import SYMBOLS, Symbol, applied_symbol, symbol_of

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 110  # columns of a line of code
MADE = "Made from the rows of the table by docs/from_rows.py; change those instead."
NAMES = {
    "where": ("c", "x", "y"),
    "dot": ("v", "w", "x", "y", "b"),
    "kthvalue": ("x", "y", "k"),
    **dict.fromkeys(("var", "std"), ("x", "y", "d")),
}
POINTS = {1: (0.5,), 2: (0.5, 2.0), 3: (1, 0.5, 2.0)}
POINTS_OF = {"acosh": (2.0,), "polygamma": (1, 2.0), "hardtanh": (0.5, -1.0, 1.0), "clip": (0.5, 0.0, 1.0)}
CALLS = {  # the parameters and the example's arguments of a function that takes any number of operands
    "dot": (
        "weights: Iterable[{0}], inputs: Iterable[{1}], bias: {2} = 0",
        "[1.0, 2.0], [0.5, 2.0], 1.0",
    ),
    "kthvalue": ("values: Iterable[{0}], k: int", "[1.0, 2.0, 3.0], 2"),
}
KEYWORDS = dict.fromkeys(("var", "std"), ", ddof: float = 0")  # what follows any number of operands


def point_of(rule: Rule) -> tuple[float, ...]:
    """Operands of a row of few, for its example."""
    return POINTS_OF.get(rule.name) or POINTS[rule.arity or 0]


def numbers_last(name: str) -> list[str | int]:
    """A key by which log2 comes before log10, as ruff sorts names."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


def main() -> None:
    for path, text in made().items():
        write_file(path, text)


def made() -> dict[Path, str]:
    """The text of each file."""
    return {
        ROOT / "autodiff" / "methods.py": methods(),
        ROOT / "autodiff" / "functions.py": functions(),
        ROOT / "docs" / "operations.md": table(),
    }


# ---------------------------------------------------------------- a row in words


def names_of(rule: Rule) -> tuple[str, ...]:
    """What the operands are called in formulas."""
    return NAMES.get(rule.name, ("x", "y", "z")[: rule.arity or 3])


def symbols_of(rule: Rule) -> list[Symbol | int]:
    return [*map(symbol_of, names_of(rule)), *([0] if rule.vector else [])]


def formula(rule: Rule, language: str) -> str:
    """How an application is written, and spelled out where that says more."""
    symbols = symbols_of(rule)
    short = getattr(applied_symbol(rule, symbols), language)()
    if rule.vector:
        return short
    spelled = rule if rule.defined is None else replace(rule, value=rule.defined)
    full = getattr(symbol_of(spelled.apply(SYMBOLS, symbols)), language)()
    return short if full == short else f"{short} = {full}"


def derivatives(rule: Rule, language: str) -> list[str]:
    """The partials as they are written, one an operand; the result is r."""
    symbols = symbols_of(rule)
    slopes = rule.slopes(SYMBOLS, symbols, symbol_of("r"), written=True)
    return [getattr(symbol_of(slope), language)() for slope in slopes[: len(names_of(rule))]]


def described(rule: Rule) -> list[str]:
    """The paragraphs that follow the first line of a docstring."""
    of = derivatives(rule, "text")
    if len(of) == 1:
        slopes = of[0]
    else:
        slopes = ", ".join(f"{slope} by {name}" for name, slope in zip(names_of(rule), of, strict=True))
    where = (
        " (r is the result)" if "r" in set("".join(c if c.isalnum() else " " for c in slopes).split()) else ""
    )
    lines = [f"Derivative: {slopes}{where}.", f"Domain: {rule.domain}."]
    if rule.kink:
        lines.append(f"No derivative at {rule.kink}.")
    if rule.defaults:
        named = zip(names_of(rule)[-len(rule.defaults) :], rule.defaults, strict=True)
        lines.append(f"Default: {', '.join(f'{name} = {value:g}' for name, value in named)}.")
    return lines


def docstring(first: str, rule: Rule, example: Sequence[str], indent: str) -> list[str]:
    """A docstring as lines of code."""
    lines = [*wrapped(first), "", *(line for text in described(rule) for line in wrapped(text)), "", *example]
    lines[0] = f'"""{lines[0]}'
    raw = "r" if any("\\" in line for line in lines) else ""
    return [f"{indent}{line}".rstrip() for line in [raw + lines[0], *lines[1:], '"""']]


def wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH - 12, subsequent_indent="    ")


# ---------------------------------------------------------------- methods.py


def methods() -> str:
    """The operators and methods of Value."""
    lines = [
        '"""The operators and methods of Value, as editors, help() and type checkers see them.',
        "",
        MADE,
        "Each row of the table has one here; what it does is put in by operations.py.",
        '"""',
        "",
        "from __future__ import annotations",
        "",
        "from typing import Self",
        "",
        "from autodiff.number import Number",
        "",
        '__all__ = ["Methods"]',
        "",
        "",
        "class Methods:",
        '    """What Value can do by the rows of the table."""',
        "",
        "    __slots__ = ()",
    ]
    for rule in TABLE.values():
        if rule.is_nary:
            continue
        lines += method(rule, rule.name)
        if rule.dunder:
            lines += method(rule, f"__{rule.dunder}__")
        if rule.dunder and rule.arity == 2:
            lines += method(rule, f"__r{rule.dunder}__")
    return "\n".join(lines) + "\n"


def method(rule: Rule, name: str) -> list[str]:
    others, arity = names_of(rule)[1:], rule.arity or 0
    defaults = [""] * (arity - 1 - len(rule.defaults)) + [f" = {value!r}" for value in rule.defaults]
    parameters = [f"{other}: Self | Number{default}" for other, default in zip(others, defaults, strict=True)]
    slash = ["/"] if others else []
    head = ["", f"    def {name}({', '.join(['self', *parameters, *slash])}) -> Self:"]
    if name != rule.name:
        return [
            *head,
            f'        """{formula(rule, "text")} as an operator."""',
            "        raise NotImplementedError",
        ]
    point = point_of(rule)
    arguments = ", ".join(map(repr, point[1:]))
    try:
        node = getattr(Value(point[0]), rule.name)(*point[1:])
    except (ValueError, ArithmeticError) as error:
        error.add_note(f"for an example of {rule.name} add operands to POINTS_OF in docs/from_rows.py")
        raise
    example = [
        ">>> from autodiff import Value",
        f">>> node = Value({point[0]!r}).{rule.name}({arguments})",
        ">>> round(node.data, 6), round(node.partials[0], 6)",
        f"({round(node.data, 6)!r}, {round(node.partials[0], 6)!r})",
    ]
    return [
        *head,
        *docstring(f"{formula(rule, 'text')}.", rule, example, " " * 8),
        "        raise NotImplementedError",
    ]


# ---------------------------------------------------------------- functions.py


def functions() -> str:
    """The functions of the table."""
    names = sorted(TABLE, key=numbers_last)
    lines = [
        '"""The functions of the table, as editors, help() and type checkers see them.',
        "",
        MADE,
        "Values in, a node out; plain numbers in, a plain number out; a matrix of Values in, a matrix out.",
        '"""',
        "",
        "from __future__ import annotations",
        "",
        "from collections.abc import Callable, Iterable, Sequence",
        "from typing import Protocol, TypeAlias, TypeVar, overload",
        "",
        "from autodiff.number import Number",
        "from autodiff.operations import FUNCTIONS",
        "from autodiff.rules import Rule",
        "from autodiff.value import Value",
        "",
        "__all__ = [",
        *(f'    "{name}",' for name in names),
        "]",
        "",
        "Operand: TypeAlias = Value | Number",
        "Along: TypeAlias = int | tuple[int, ...] | None",
        'F = TypeVar("F", bound=Callable[..., object])',
        'M = TypeVar("M", bound="MatrixLike")',
        'OperandOrMatrix: TypeAlias = "Operand | MatrixLike"',
        'ResultOrMatrix: TypeAlias = "Value | Number | MatrixLike"',
        "",
        "",
        "class MatrixLike(Protocol):",
        '    """A matrix of Values, which takes part in an operation element by element."""',
        "",
        "    def _record(self, rule: Rule, operands: Sequence[object]) -> object: ...",
        "",
        "",
        "def of_row(declared: F) -> F:",
        '    """Take the function that operations.py has made from the row of this name."""',
        "    made = FUNCTIONS[declared.__name__]",
        "    made.__doc__, made.__annotations__ = declared.__doc__, declared.__annotations__",
        "    made.__wrapped__ = declared  # type: ignore[attr-defined]  # whose signature help() shows",
        "    return made  # type: ignore[return-value]",
    ]
    for rule in TABLE.values():
        lines += ["", "", *function(rule)]
    return "\n".join(lines) + "\n"


def signatures(rule: Rule) -> Iterator[tuple[str, str]]:
    """The overloads of a function: its parameters, and what it gives."""
    many = ("list[{}]" if rule.vector else "{}").format
    if rule.is_nary:
        more = KEYWORDS.get(rule.name, "")
        yield from signatures_of_matrices(rule)
        star = more and f", *{more}"
        mixed = "list[Value] | list[float]" if rule.vector else "Value | Number"
        forms = (
            [CALLS[rule.name][0]]
            if rule.name in CALLS
            else ["values: Iterable[{0}], /" + star, "*values: {0}" + more]
        )
        if rule.name not in CALLS:
            yield f"value: Value, /, *values: Operand{more}", many("Value")
            yield f"value: Operand, other: Value, /, *values: Operand{more}", many("Value")
        for form in forms:
            yield form.format("Value", "Operand", "Operand"), many("Value")
            if "{1}" in form:
                yield form.format("Operand", "Value", "Operand"), many("Value")
            yield form.format("float", "float", "float"), many("float")
            yield form.format("Operand", "Operand", "Operand"), mixed
    else:
        names, first = names_of(rule), len(names_of(rule)) - len(rule.defaults)
        defaults = [""] * first + [f" = {value!r}" for value in rule.defaults]
        given = [[""] * max(first, i + 1) + defaults[max(first, i + 1) :] for i in range(len(names))]
        for position in range(len(names)):
            kinds = ["Operand" if i != position else "Value" for i in range(len(names))]
            yield parameters_of(names, kinds, given[position]), "Value"
        yield parameters_of(names, ["float"] * len(names), defaults), "float"
        yield parameters_of(names, ["Number"] * len(names), defaults), "Number"
        for position in range(len(names)):
            kinds = ["M" if i == position else "Operand | M" for i in range(len(names))]
            yield parameters_of(names, kinds, given[position]), "M"
    if rule.longer:
        yield from signatures(TABLE[rule.longer])


def signatures_of_matrices(rule: Rule) -> Iterator[tuple[str, str]]:
    """The overloads of a function of any number of operands for matrices, and for the elements of one."""
    more = KEYWORDS.get(rule.name, "")
    if rule.listed:
        parameters = CALLS[rule.name][0].replace("Iterable[{0}]", "M")
        yield parameters, "Value"
        yield f"{parameters}, *, axis: Along = None, keepdims: bool = False", "Value | M"
    if rule.name in CALLS:
        return
    if rule.vector:
        yield "A: M, /, *, axis: Along = None", "M"
    else:
        yield f"A: M, /{more and ', *'}{more}", "Value"
        yield f"A: M, /, *{more}, axis: Along = None, keepdims: bool = False", "Value | M"
    yield (
        f"A: M, other: Operand | M, /, *more: Operand | M{more}",
        "list[M]" if rule.vector else "M",
    )


def parameters_of(names: Sequence[str], kinds: Sequence[str], defaults: Sequence[str]) -> str:
    return (
        ", ".join(f"{n}: {kind}{default}" for n, kind, default in zip(names, kinds, defaults, strict=True))
        + ", /"
    )


def function(rule: Rule) -> list[str]:
    lines = []
    for parameters, result in signatures(rule):
        lines += ["@overload", f"def {rule.name}({parameters}) -> {result}: ..."]
    if rule.is_nary:
        arguments = CALLS.get(rule.name, ("", "1.0, 2.0, 3.0"))[1]
        body = (
            CALLS[rule.name][0].format("Operand", "Operand", "Operand")
            if rule.name in CALLS
            else "*values: OperandOrMatrix | Iterable[Operand]" + KEYWORDS.get(rule.name, "")
        )
        result = "ResultOrMatrix" if not rule.vector else "list[Value] | list[float] | MatrixLike"
    else:
        arguments = ", ".join(map(repr, point_of(rule)))
        names, first = names_of(rule), len(names_of(rule)) - len(rule.defaults)
        body = parameters_of(
            names, ["OperandOrMatrix"] * len(names), [""] * first + [f" = {v!r}" for v in rule.defaults]
        )
        if rule.longer:
            body = parameters_of(
                names_of(TABLE[rule.longer]),
                ["OperandOrMatrix", "OperandOrMatrix | None"],
                ["", " = None"],
            )
        result = "ResultOrMatrix"
    found = FUNCTIONS[rule.name](*eval(arguments + ",", {}))
    shown = (
        f"[round(share, 6) for share in {rule.name}({arguments})]"
        if rule.vector
        else f"round({rule.name}({arguments}), 6)"
    )
    answer = repr([round(x, 6) for x in found]) if rule.vector else repr(round(found, 6))
    title = formula(rule, "text")
    if rule.longer:
        title += f", {rule.name}(x, y) = {rule.longer}(x, y)"
    axes = (
        "  # type: ignore[misc]  # axis and keepdims are for matrices"
        if rule.is_nary and rule.name != "dot"
        else ""
    )
    lines += [f"@of_row{axes}", f"def {rule.name}({body}) -> {result}:"]
    lines += docstring(f"{title}.", rule, [f">>> {shown}", answer], "    ")
    return [*lines, "    raise NotImplementedError"]


# ---------------------------------------------------------------- operations.md


def table() -> str:
    """The operator table of the docs."""
    lines = [
        "# Operations",
        "",
        f"<!-- {MADE} -->",
        "",
        "Every operation is a function of `autodiff`, and a method of `Value` unless it takes any number of operands.",
        "In a derivative, *r* is the result. Value and partials are right to 4 units in the last place (ulp) against",
        "50-digit arithmetic, but for what the last column says.",
        "",
        "The functions of C take part of that. Those of glibc 2.36, which CPython 3.11, 3.12 and 3.13 call here,",
        "err by up to 2.6 ulp (`erfc`), 1.9 (`tanh`), 1.6 (`sinh`), 1.5 (`atanh`), 1.4 (`log10`), and 1.2 or less",
        "(the others); of `sinh`, `cosh` and `erfc` a quarter of the results are not the nearest number, of `atanh` a",
        "fifth. `cbrt` errs by 3.0 there, and in half of all numbers; here by 0.7. `python docs/digits.py` measures",
        "what holds elsewhere.",
    ]
    for file in FILES:
        title = (
            (file.__doc__ or "")
            .split("\n")[0]
            .removeprefix("Rows of ")
            .removeprefix("Rows that ")
            .rstrip(".")
        )
        lines += ["", f"## {title[0].upper()}{title[1:]}", ""]
        lines += [
            "| name | formula | derivatives | domain | kink | accuracy |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        lines += [line(rule) for rule in file.ROWS]
    return "\n".join(lines) + "\n"


def line(rule: Rule) -> str:
    slopes = ", ".join(f"${latex}$" for latex in derivatives(rule, "latex"))
    name = f"`{rule.name}`" + (f" ({rule.symbol})" if rule.dunder else "")
    cells = [name, f"${formula(rule, 'latex')}$", slopes, rule.domain, rule.kink, rule.accuracy]
    return "| " + " | ".join(map(cell, cells)) + " |"


def cell(text: str) -> str:
    """Text that ends no cell: bars by their names in LaTeX."""
    named = text.replace(r"\left\|", r"\left\lVert ").replace(r"\right\|", r"\right\rVert ")
    named = named.replace(r"\left|", r"\left\lvert ").replace(r"\right|", r"\right\rvert ")
    return named.replace("|", r"\|")


if __name__ == "__main__":
    main()
