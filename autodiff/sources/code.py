"""source: a graph or a program as code that somebody can read, run and keep."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from autodiff.compiler.flat.data import Flat
from autodiff.files import write_file
from autodiff.sources.expressions import Formula, used_names
from autodiff.sources.languages import LANGUAGES, Language, LanguageName
from autodiff.sources.latex import latex
from autodiff.sources.named import Identifiers, NamedFunction, named_function
from autodiff.sources.writer import Assignment, Lines, written_line
from autodiff.value import Value

__all__ = ["Source", "source"]

MOST_OPERATIONS = 5_000
MOST_ARGUMENTS = 16  # that are passed one by one
VALUE, BOTH = "value", "value_and_gradient"
FENCES = {"c": "c", "latex": "latex"}


class Source(str):
    """Code as text, which prints and shows itself; ``language`` says of what.

    >>> from autodiff import Value
    >>> x = Value(2.0, name="x")
    >>> source((x * x.sin()).named("f"), "c").language
    'c'
    """

    language: str

    def __new__(cls, text: str, language: str) -> Source:
        found = super().__new__(cls, text)
        found.language = language
        return found

    def __reduce__(self) -> tuple[type[Source], tuple[str, str]]:
        return Source, (str(self), self.language)

    def __repr__(self) -> str:
        return str(self)

    def _repr_markdown_(self) -> str:
        return f"```{FENCES.get(self.language, 'python')}\n{self}```"

    def save(self, path: str | Path) -> None:
        """Write the code to a file.

        Args:
            path: The file; one that is there is replaced, by a whole one or not at all.
        """
        write_file(path, str(self))


def source(output: Value | Flat, language: LanguageName = "python") -> Source:
    """Write a graph or a program as code of value and gradient, forward and then backward, line by line.

    The code has two functions, ``value`` and ``value_and_gradient``, of the leaves of the graph (or of the inputs
    and then the parameters of a program) in the order of the computation; the derivatives come in that order. Each
    line of the second half says in a comment which derivative it is. It computes the numbers that nodes have, but
    for the sign of zeros; where a derivative of 0 meets an infinite one it gives nan, also in a branch that
    ``where`` does not take. Torch, JAX, autograd and CasADi can differentiate ``value``, too.

    Args:
        output: The node, or a program as ``compile(f).program(...)`` gives it. The value and gradient of a program
            of several outputs take ``seeds``, what the gradient of each counts.
        language: "python" for numbers; "numpy", "torch", "jax" and "autograd" for arrays, element by element; "c"
            (C99) for doubles; "casadi" and "sympy" for their expressions; "latex" for the formulas alone.

    Returns:
        The code, a string that prints itself.

    Raises:
        TypeError: ``output`` is neither a Value nor a program.
        ValueError: The language is unknown, or there are too many operations to be read.
        UnknownPrimitive: The language lacks what a row of the table needs.

    >>> from autodiff import Value
    >>> x, y = Value(2.0, name="x"), Value(3.0, name="y")
    >>> print(source((x**2 + x * y + (x + y) ** 2).named("f")))
    import math
    <BLANKLINE>
    <BLANKLINE>
    def value(x, y):
        a = x**2
        b = x * y
        d = a + b
        c = x + y
        e = c**2
        f = d + e
        return f
    <BLANKLINE>
    <BLANKLINE>
    def value_and_gradient(x, y):
        a = x**2
        b = x * y
        d = a + b
        c = x + y
        e = c**2
        f = d + e
        c_bar = 2 * c  # ∂f/∂c = ∂f/∂e·∂e/∂c
        x_bar = c_bar + y + 2 * x  # ∂f/∂x = ∂f/∂c·∂c/∂x + ∂f/∂b·∂b/∂x + ∂f/∂a·∂a/∂x
        y_bar = c_bar + x  # ∂f/∂y = ∂f/∂c·∂c/∂y + ∂f/∂b·∂b/∂y
        return f, (x_bar, y_bar)
    <BLANKLINE>
    """
    if not isinstance(output, Value | Flat):
        raise TypeError(
            f"source: needs a Value or a program, not {output!r:.80} of type {type(output).__name__}"
        )
    if language != "latex" and language not in LANGUAGES:
        known = ", ".join([*LANGUAGES, "latex"])
        raise ValueError(f"source: there is no language {language!r}; there are {known}")
    if language == "latex":
        function = short_enough(named_function(output, Identifiers((), ascii_only=False)), one="latex")
        return Source(latex(function), language)
    written = LANGUAGES[language]
    names = Identifiers(written.reserved | {VALUE, BOTH, *written.defined}, ascii_only=language == "c")
    function = short_enough(named_function(output, names), one="sympy" if language == "sympy" else "")
    if language == "sympy":
        return Source(of_sympy(written, function, Lines(function, names).forward().lines), language)
    parts = [value_only(written, function, names), both(written, function, names)]
    return Source(whole_text(written, parts), language)


def short_enough(function: NamedFunction, one: str) -> NamedFunction:
    """A function of which somebody may read the code.

    Raises:
        ValueError: It is too long, or has several outputs where a language takes one.
    """
    if len(function.operations) > MOST_OPERATIONS:
        raise ValueError(
            f"source: {len(function.operations):,} operations are too many to be read, the limit is "
            f"{MOST_OPERATIONS:,}; compile runs them"
        )
    if one and len(function.outputs) > 1:
        raise ValueError(f"source: {one} is written for one output, and there are {len(function.outputs)}")
    return function


# ---------------------------------------------------------------- the two functions


def value_only(language: Language, function: NamedFunction, names: Identifiers) -> list[str]:
    written = Lines(function, names.copy(), language.whole).forward()
    return definition(language, VALUE, function, written.lines)


def both(language: Language, function: NamedFunction, names: Identifiers) -> list[str]:
    seeds: list[Formula] = [1.0]
    if len(function.outputs) > 1:
        seeds = [f"seeds[{i}]" for i in range(len(function.outputs))]
    written = Lines(function, names.copy()).forward().sweep(seeds)
    gradient = [written.adjoints[argument] for argument in function.arguments]
    return definition(language, BOTH, function, written.lines, gradient)


def definition(
    language: Language,
    name: str,
    function: NamedFunction,
    lines: list[Assignment],
    gradient: list[Formula] | None = None,
) -> list[str]:
    """The lines of one function, which gives the gradient too if there is one."""
    if language.name == "c":
        return in_c(language, name, function, lines, gradient)
    taken = ["arguments"] if len(function.arguments) > MOST_ARGUMENTS else [*function.arguments]
    taken += ["seeds"] * takes_seeds(function, gradient)
    body = [f"    {unpacked}" for unpacked in unpacking(function)]
    for line in lines:
        written, comment = written_line(language, line)
        body.append(f"    {written}" + (f"  # {comment}" if comment else ""))
    values = [language.write(x, "") for x in function.outputs]
    result = values[0] if len(values) == 1 else f"({', '.join(values)})"
    if gradient is not None:
        slopes = ", ".join(language.write(x, "") for x in gradient)
        result += f", ({slopes}{',' * (len(gradient) == 1)})"
    return [f"def {name}({', '.join(taken)}):", *body, f"    return {result}"]


def takes_seeds(function: NamedFunction, gradient: list[Formula] | None) -> bool:
    return gradient is not None and len(function.outputs) > 1


def unpacking(function: NamedFunction, template: str = "{} = arguments[{}]") -> Iterable[str]:
    if len(function.arguments) <= MOST_ARGUMENTS:
        return []
    return [template.format(name, place) for place, name in enumerate(function.arguments)]


def in_c(
    language: Language,
    name: str,
    function: NamedFunction,
    lines: list[Assignment],
    gradient: list[Formula] | None,
) -> list[str]:
    """The lines of one function in C; several results, and the gradient, go into arrays."""
    several, slopes = len(function.outputs) > 1, gradient or []
    parameters = [f"double {argument}" for argument in function.arguments]
    if len(parameters) > MOST_ARGUMENTS:
        parameters = ["const double *arguments"]
    parameters += ["const double *seeds"] * takes_seeds(function, gradient)
    parameters += ["double *outputs"] * several + ["double *gradient"] * (gradient is not None)
    body = [f"    {unpacked}" for unpacked in unpacking(function, "const double {} = arguments[{}];")]
    for line in lines:
        written, comment = written_line(language, line)
        body.append(f"    const double {written};" + (f" // {comment}" if comment else ""))
    ends = (*function.outputs, *slopes)
    used = {used for x in (*(line.expression for line in lines), *ends) for used in used_names(x)}
    unused = [x for x in (*function.arguments, *(line.name for line in lines)) if x not in used]
    body += [f"    (void){unread};" for unread in unused]
    values = [language.write(x, "") for x in function.outputs]
    body += [f"    outputs[{i}] = {value};" for i, value in enumerate(values)] * several
    body += [f"    gradient[{i}] = {language.write(x, '')};" for i, x in enumerate(slopes)]
    body += [] if several else [f"    return {values[0]};"]
    kind = "void" if several else "double"
    return [f"{kind} {name}({', '.join(parameters) or 'void'})", "{", *body, "}"]


# ---------------------------------------------------------------- the whole text


def whole_text(language: Language, parts: list[list[str]]) -> str:
    """The imports, what the language lacks, and the functions."""
    text = "\n".join(line for part in parts for line in part)
    definitions = [lines for name, lines in language.defined.items() if re.search(rf"\b{name}\(", text)]
    blank = "\n\n" if language.name == "c" else "\n\n\n"
    pieces = [language.imports, *definitions, *("\n".join(part) for part in parts)]
    return blank.join(pieces) + "\n"


def of_sympy(language: Language, function: NamedFunction, lines: list[Assignment]) -> str:
    """The expressions of SymPy, and its own derivatives of the last one."""
    shown = " ".join(function.arguments)
    comma = "," if len(function.arguments) == 1 else ""
    text = [
        language.imports,
        "",
        f'{", ".join(function.arguments)}{comma} = sympy.symbols("{shown}", real=True, seq=True)',
    ]
    text += [written_line(language, line)[0] for line in lines]
    output = language.write(function.outputs[0], "")
    text.append(f"gradient = [sympy.diff({output}, x) for x in ({', '.join(function.arguments)}{comma})]")
    return "\n".join(text) + "\n"
