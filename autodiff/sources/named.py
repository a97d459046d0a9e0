"""Named: a graph or a program as operations on names, which a language takes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from autodiff.compiler.flat.data import Flat
from autodiff.compiler.front.tape import rule_named
from autodiff.graph import topological_order
from autodiff.pictures.names import default_names
from autodiff.rules import Rule
from autodiff.sources.expressions import Formula
from autodiff.value import Value
from autodiff.writing.symbols import ACCENTS

__all__ = ["Identifiers", "NamedFunction", "Operation", "in_a_comment", "named_function"]

SIGN_WORDS = {"∂": "d", "∇": "nabla", "√": "sqrt", "°": "deg", "′": "_prime", "'": "_prime"}


@dataclass(frozen=True)
class Operation:
    """One row applied: to names and numbers, with the position of the result where the row gives several."""

    name: str
    rule: Rule
    operands: tuple[Formula, ...]
    position: int | None = None


@dataclass(frozen=True)
class NamedFunction:
    """What a function computes, in order.

    Attributes:
        arguments: The names of the inputs, then of the parameters.
        operations: What is done with them.
        outputs: The names, or numbers, of the results.
        shown: What the user calls each of them, by name.
    """

    arguments: tuple[str, ...]
    operations: tuple[Operation, ...]
    outputs: tuple[Formula, ...]
    shown: Mapping[str, str]


class Identifiers:
    """Names that a language takes, each given once.

    >>> names = Identifiers({"lambda"}, ascii_only=True)
    >>> [names.of(name) for name in ("x", "ŷ", "λ", "lambda", "w11^2", "x", "2nd")]
    ['x', 'y_hat', 'lambda_2', 'lambda_3', 'w11_2', 'x_2', 'v2nd']
    """

    def __init__(self, taken: Iterable[str], ascii_only: bool) -> None:
        self._taken, self._ascii_only = set(taken), ascii_only

    def of(self, name: str) -> str:
        """A name like this one that nothing else has."""
        stem = self._stem(unicodedata.normalize("NFKC", name))
        found, number = stem, 2
        while found in self._taken:
            found, number = f"{stem}_{number}", number + 1
        self._taken.add(found)
        return found

    def fresh(self, letter: str) -> Iterator[str]:
        """Names made of a letter and a number, without end."""
        number = 0
        while True:
            number += 1
            if f"{letter}{number}" not in self._taken:
                yield self.of(f"{letter}{number}")

    def copy(self) -> Identifiers:
        """The same names given, for another function."""
        return Identifiers(self._taken, self._ascii_only)

    def _stem(self, name: str) -> str:
        if name.isidentifier() and (not self._ascii_only or name.isascii()):
            return name
        written = "".join(self._character(character) for character in unicodedata.normalize("NFD", name))
        stem = "_".join(part for part in written.split("_") if part) or "v"
        return stem if stem[0].isalpha() else f"v{stem}"

    def _character(self, character: str) -> str:
        if character in ACCENTS:
            return f"_{ACCENTS[character]}"
        if character in SIGN_WORDS:
            return SIGN_WORDS[character]
        if character.isalnum() and character.isascii():
            return character
        if character.isalpha():
            words = unicodedata.name(character, "").split()
            letter = words[-1].lower().replace("lamda", "lambda") if words[:1] == ["GREEK"] else ""
            return letter if letter.isascii() and letter.isalpha() else "" if self._ascii_only else character
        return "_" if character.isprintable() and not unicodedata.combining(character) else ""


def named_function(what: Value | Flat, names: Identifiers) -> NamedFunction:
    """The function that a graph or a program computes: of the leaves, or of the inputs and parameters."""
    return of_program(what, names) if isinstance(what, Flat) else of_graph(what, names)


def of_graph(output: Value, names: Identifiers) -> NamedFunction:
    """The function of the leaves of a graph, which keeps every node and its name."""
    order, own = topological_order(output), default_names(output)
    leaves = [node for node in order if node.op is None]
    called = {node: names.of(own[node]) for node in (*leaves, *(node for node in order if node.op))}
    operations = []
    for node in order:
        if node.op is None:
            continue
        operands = [*node.operands]
        position = operands.pop() if node.op.vector else None
        rule, among = node.op.among(operands, [not isinstance(x, Value) for x in operands])
        xs = tuple([called[x] if isinstance(x, Value) else float(x) for x in among])
        operations.append(Operation(called[node], rule, xs, position))
    shown = {name: own[node] for node, name in called.items()}
    return NamedFunction(
        tuple([called[leaf] for leaf in leaves]), tuple(operations), (called[output],), shown
    )


def of_program(program: Flat, names: Identifiers) -> NamedFunction:
    """The function of a program: of its inputs, and then of its parameters."""
    shown: dict[str, str] = {}

    def called(name: str) -> str:
        found = names.of(name)
        shown[found] = name
        return found

    inputs, parameters = [*map(called, program.inputs)], [*map(called, program.parameters)]
    slots: list[Formula] = [*program.constants.tolist(), *parameters, *inputs]
    results = names.fresh("h")
    operations = []
    for number, code in enumerate(program.codes.tolist()):
        rule, slot = rule_named(program.rules[code]), program.base + number
        own = program.names.get(slot)
        name = next(results) if own is None else called(own)
        shown.setdefault(name, name)
        xs, position = [slots[x] for x in program.operands_of(number).tolist()], None
        if rule.vector:
            position = int(float(xs.pop()))
        operations.append(Operation(name, rule, tuple(xs), position))
        slots.append(name)
    outputs = tuple([slots[slot] for slot in program.outputs.tolist()])
    return NamedFunction((*inputs, *parameters), tuple(operations), outputs, shown)


def in_a_comment(text: str) -> str:
    """A name on one line; a backslash would let the comment go on in C."""
    return " ".join(text.split()).replace("\\", "/")
