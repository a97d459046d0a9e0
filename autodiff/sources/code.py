"""source: a graph or a program as code that somebody can read, run and keep."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from autodiff.compiler.flat.data import Flat
from autodiff.compiler.flat.grouping import group
from autodiff.files import write_file
from autodiff.graph import topological_order
from autodiff.sources.definitions import BOTH, VALUE, in_c, in_python, seeds_of, vector_functions
from autodiff.sources.expressions import Formula, used_names
from autodiff.sources.languages import LANGUAGES, Language, LanguageName
from autodiff.sources.latex import latex
from autodiff.sources.named import Identifiers, NamedFunction, named_function
from autodiff.sources.vectors import AXES, Vectors, flat_graph, has_steps
from autodiff.sources.writer import Assignment, Lines, written_line
from autodiff.value import Value

__all__ = ["Source", "source"]

MOST_OPERATIONS = 5_000
MOST_ARGUMENTS = 16  # that are passed one by one; more are one vector
ALL_ARGUMENTS = "arguments"
MOST_ONE_BY_ONE = 150  # leaves and operations that get lines of their own where there is a shorter form
MUCH_SHORTER = 3  # times as many of them as steps on vectors
LINES_EACH = 2  # for each of them; one by one they take about 4
EMPTY: Mapping[str, tuple[int, ...]] = MappingProxyType({})
FENCES = {"c": "c", "latex": "latex"}


class Source(str):
    """Code as text, which prints and shows itself.

    Attributes:
        language: Of what it is.
        arguments: Where its functions take vectors, which leaves, or inputs and then parameters, each of them holds.

    >>> from autodiff import Value
    >>> x = Value(2.0, name="x")
    >>> source((x * x.sin()).named("f"), "c").language
    'c'
    """

    language: str
    arguments: Mapping[str, tuple[int, ...]]

    def __new__(cls, text: str, language: str, arguments: Mapping[str, tuple[int, ...]] = EMPTY) -> Source:
        found = super().__new__(cls, text)
        found.language, found.arguments = language, arguments
        return found

    def __reduce__(self) -> tuple[type[Source], tuple[str, str, dict[str, tuple[int, ...]]]]:
        return Source, (str(self), self.language, dict(self.arguments))

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

    More than 150 leaves and operations are written on vectors, where operations of one kind stand side by side and
    that takes at most half as many lines: in loops, or, in NumPy, Torch and JAX, in statements on whole vectors, a
    layer as a product. Sums are then in another order, so that they may be rounded otherwise, which can decide a tie.
    The functions take, and give the derivatives by, what has one name in common, such as the elements of a matrix,
    as a vector; ``arguments`` of the result says which leaves, or inputs and then parameters, each vector holds.
    Shorter functions of more than 16 numbers take all of them in one vector, ``arguments``.

    Args:
        output: The node, or a program as ``compile(f).program(...)`` gives it. The value and gradient of a program
            of several outputs take ``seeds``, what the gradient of each counts.
        language: "python" for numbers; "numpy", "torch", "jax" and "autograd" for arrays of floats, by element; "c"
            (C99) for doubles; "casadi" and "sympy" for their expressions; "latex" for the formulas alone.

    Returns:
        The code, a string that prints itself.

    Raises:
        TypeError: ``output`` is neither a Value nor a program.
        ValueError: The language is unknown, or there are too many operations to be read one by one.
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
            f"source: needs a Value or a program, as f.program(...) of a compiled function f gives it, not "
            f"{output!r:.80} of type {type(output).__name__}"
        )
    if language != "latex" and language not in LANGUAGES:
        known = ", ".join([*LANGUAGES, "latex"])
        raise ValueError(f"source: there is no language {language!r}; there are {known}")
    if language == "latex":
        function = short_enough(named_function(output, Identifiers((), ascii_only=False)), one="latex")
        return Source(latex(function), language)
    written = LANGUAGES[language]
    names = Identifiers(written.reserved | {VALUE, BOTH, *written.defined}, ascii_only=language == "c")
    large = on_vectors(output, written)
    if large is not None:
        return large
    function = short_enough(named_function(output, names), one="sympy" if language == "sympy" else "")
    if language == "sympy":
        lines = Lines(function, names, written.whole, exact=True).forward().lines
        return Source(of_sympy(written, function, lines), language)
    parts = [value_only(written, function, names), both(written, function, names)]
    count = len(function.arguments)
    return Source(
        whole_text(written, parts),
        language,
        EMPTY if in_pieces(function) else {ALL_ARGUMENTS: tuple(range(count))},
    )


def on_vectors(output: Value | Flat, language: Language) -> Source | None:
    """A large graph or program in steps on vectors, where that is much shorter."""
    order = [] if isinstance(output, Flat) else topological_order(output)
    size = output.slots if isinstance(output, Flat) else len(order)
    rows = output.rules if isinstance(output, Flat) else {node.op.name for node in order if node.op}
    if size <= MOST_ONE_BY_ONE or language.name == "sympy" or not all(map(has_steps, rows)):
        return None
    program = group(output if isinstance(output, Flat) else flat_graph(output))
    if len(program.groups) * MUCH_SHORTER > size:  # type: ignore[arg-type]
        return None
    taken = {*language.reserved, VALUE, BOTH, *language.defined, *AXES}
    function = Vectors(program, Identifiers(taken, ascii_only=language.name == "c"))
    needed, parts = vector_functions(language, function)
    text = whole_text(language, parts, needed)
    return Source(text, language.name, function.arguments) if text.count("\n") < LINES_EACH * size else None


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
    written = Lines(function, names.copy()).forward().sweep(seeds_of(function.outputs))
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
    one_by_one, several = in_pieces(function), len(function.outputs) > 1
    values = [language.write(x, "") for x in function.outputs]
    slopes = [language.write(x, "") for x in gradient or ()]
    if language.name != "c":
        taken = [*function.arguments] if one_by_one else [ALL_ARGUMENTS]
        slopes = slopes if one_by_one else [f"[{', '.join(slopes)}]"]
        taken += ["seeds"] * (several and gradient is not None)
        body = [f"    {unpacked}" for unpacked in unpacking(function)]
        body += [commented("    {}", "  # ", *written_line(language, line)) for line in lines]
        return in_python(name, taken, body, values, None if gradient is None else slopes)
    taken = (
        [f"double {argument}" for argument in function.arguments]
        if one_by_one
        else [f"const double *{ALL_ARGUMENTS}"]
    )
    taken += ["const double *seeds"] * (several and gradient is not None)
    taken += ["double *outputs"] * several + ["double *gradient"] * (gradient is not None)
    body = [f"    {unpacked}" for unpacked in unpacking(function, "const double {} = arguments[{}];")]
    body += [commented("    const double {};", " // ", *written_line(language, line)) for line in lines]
    return in_c(name, taken, [*body, *unread(function, lines, gradient or [])], values, slopes)


def in_pieces(function: NamedFunction) -> bool:
    """Whether the arguments are passed one by one."""
    return len(function.arguments) <= MOST_ARGUMENTS


def commented(template: str, mark: str, written: str, comment: str) -> str:
    return template.format(written) + (mark + comment) * bool(comment)


def unpacking(function: NamedFunction, template: str = "{} = arguments[{}]") -> Iterable[str]:
    if in_pieces(function):
        return []
    return [template.format(name, place) for place, name in enumerate(function.arguments)]


def unread(function: NamedFunction, lines: list[Assignment], gradient: list[Formula]) -> list[str]:
    """Lines in C that let no compiler warn of what is not used."""
    ends = (*function.outputs, *gradient)
    used = {used for x in (*(line.expression for line in lines), *ends) for used in used_names(x)}
    return [f"    (void){x};" for x in (*function.arguments, *(line.name for line in lines)) if x not in used]


# ---------------------------------------------------------------- the whole text


def whole_text(language: Language, parts: list[list[str]], needed: Sequence[str] = ()) -> str:
    """The imports, what the language lacks and the functions need, and these."""
    text = "\n".join(line for part in parts for line in part)
    definitions = [lines for name, lines in language.defined.items() if re.search(rf"\b{name}\(", text)]
    blank = "\n\n" if language.name == "c" else "\n\n\n"
    pieces = [language.imports, *definitions, *needed, *("\n".join(part) for part in parts)]
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
