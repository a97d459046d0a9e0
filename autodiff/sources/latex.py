"""LaTeX: every value and every derivative of a function, line by line, in the names of the user."""

from __future__ import annotations

from collections.abc import Sequence

from autodiff.rules import PRODUCT
from autodiff.show.derivations.algebra import positive_first
from autodiff.show.derivations.wording import derivative, sum_text
from autodiff.sources.named import NamedFunction, Operation
from autodiff.writing.symbols import SYMBOLS, Symbol, applied_symbol, symbol_of, written_symbol

__all__ = ["latex"]


def latex(function: NamedFunction) -> str:
    """Write the value of each operation, and the derivatives of the one output by all that it depends on."""
    [output] = function.outputs
    lines = [f"{name(function, op.name)} &= {value(function, op).latex()}" for op in function.operations]
    terms: dict[str, list[str]] = {}
    for operation in reversed(function.operations):
        if operation.name != output:
            if operation.name not in terms:
                continue
            lines.append(adjoint(function, operation.name, terms[operation.name]))
        for below, slope in partials(function, operation):
            if not slope.is_number(0):
                terms.setdefault(below, []).append(term(function, operation.name, slope))
    lines += [adjoint(function, argument, terms.get(argument, ["0"])) for argument in function.arguments]
    body = " \\\\\n".join(lines)
    return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"


def name(function: NamedFunction, identifier: str) -> str:
    return Symbol(function.shown.get(identifier, identifier)).latex()


def symbols(function: NamedFunction, operation: Operation) -> list[Symbol | int]:
    named = [function.shown[x] if isinstance(x, str) else float(x) for x in operation.operands]  # type: ignore[arg-type]
    return [*map(symbol_of, named), *([] if operation.position is None else [operation.position])]


def value(function: NamedFunction, operation: Operation) -> Symbol:
    return applied_symbol(operation.rule, symbols(function, operation))


def partials(function: NamedFunction, operation: Operation) -> Sequence[tuple[str, Symbol]]:
    """The partials by the operands that are names, as they are written down."""
    wanted = [place for place, x in enumerate(operation.operands) if isinstance(x, str)]
    xs, z = symbols(function, operation), symbol_of(function.shown[operation.name])
    found = operation.rule.slopes(SYMBOLS, xs, z, wanted, written=True)
    return [
        (str(operation.operands[place]), symbol_of(slope)) for place, slope in zip(wanted, found, strict=True)
    ]


def derivative_latex(function: NamedFunction, identifier: str) -> str:
    output = str(function.outputs[0])
    return derivative(function.shown.get(output, output), function.shown.get(identifier, identifier), "latex")


def term(function: NamedFunction, above: str, slope: Symbol) -> str:
    """The derivative by a node above, times a partial."""
    text, precedence = written_symbol(slope, "latex")
    if above == function.outputs[0]:
        return text
    if slope.is_number(1):
        return derivative_latex(function, above)
    bracketed = text if precedence >= PRODUCT and not text.startswith("-") else rf"\left({text}\right)"
    return rf"{derivative_latex(function, above)} \cdot {bracketed}"


def adjoint(function: NamedFunction, identifier: str, terms: Sequence[str]) -> str:
    """The line of one derivative."""
    total = sum_text(positive_first(terms, lambda term: not term.startswith("-")))
    return f"{derivative_latex(function, identifier)} &= {total}"
