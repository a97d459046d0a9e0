r"""A network in matrix form: how each matrix is computed, and the derivatives by matrices, on the way back.

>>> import numpy as np
>>> from autodiff.matrix.matrices import matrix
>>> X, W = matrix([[1, 2], [3, 4]], name="X"), matrix([[5], [6]], name="W")
>>> loss = np.sum(np.tanh((X @ W).named("H")).named("O")).named("L")
>>> print(matrix_explanation(loss, W))
H = X·W              [2×1]
O = tanh(H)          [2×1]
L = L(O)
<BLANKLINE>
d = 1                [2×1]  ∂L/∂O
d ← d * (1 - O^2)    [2×1]  ∂L/∂H
∂L/∂W = Xᵀ · d       [2×1]
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from autodiff.matrix.matrices import Matrix
from autodiff.matrix.slopes import gradient
from autodiff.matrix.ufuncs import Elements, shape_text
from autodiff.show.derivations.algebra import positive_first
from autodiff.show.derivations.wording import ROW_GAP, derivative, sum_text
from autodiff.show.matrices.collecting import Matrices, below, matrices_named_in
from autodiff.show.matrices.cross_entropy import read_cross_entropy
from autodiff.show.matrices.formulas import BackwardStep, Origin, origin
from autodiff.show.matrices.opening import with_opened
from autodiff.value import Value
from autodiff.writing.symbols import name_latex

__all__ = ["MatrixExplanation", "matrix_explanation"]

CARRIED = "d"  # the derivative that the way back carries, as the sheet calls it
UPSTREAM = re.compile(rf"(?<!\w){CARRIED}(?![A-Za-z0-9_])")  # within a step
NAME_IN_BRACKETS = re.compile(r"^\(([^()]*)\)$")
SIGNS_IN_LATEX = {"⁻¹": "^{-1}", "⁻ᵀ": r"^{-\top}", "ᵀ": r"^{\top}", " · ": r" \, ", "·": r" \, "}
SIGNS_IN_LATEX |= {"Σ": r"\sum", "σ": r"\sigma", "π": r"\pi", "←": r"\leftarrow"}
PIECE = (
    r"∂(?:\((?P<loose_of>[^()]*)\)|(?P<of>[^\s/]+))/∂(?:\((?P<loose_by>[^()]*)\)|(?P<by>[^\s),]+))|\^(?:\((?P<bracketed>[^()]*)\)|(?P<exponent>-?\d+(?:\.\d+)?))"
    r"|(?P<function>[A-Za-z_]\w*)(?=\()|√(?P<radicand>\d+|π)|⁻?ᵀ|⁻¹| · |."
)


@dataclass(frozen=True)
class MatrixLine:
    """One line of the derivation: what is computed, by what formula, in which shape, and what that is."""

    left: str
    sign: str
    formula: str
    shape: str
    remark: str = ""

    @property
    def equation(self) -> str:
        return f"{self.left} {self.sign} {self.formula}"


@dataclass(frozen=True, eq=False, repr=False)
class MatrixExplanation:
    """A network and its derivatives in matrix form, as text and LaTeX.

    Attributes:
        output: The number that is differentiated.
        by: The matrices by which.
        forward, backward: The lines of the way forward, and of the way back.

    >>> from autodiff.matrix.matrices import matrix
    >>> X, W = matrix([[1, 2]], name="X"), matrix([[5], [6]], name="W")
    >>> found = matrix_explanation(((X @ W).named("H")[0, 0] ** 2).named("L"), W)
    >>> [line.equation for line in found.backward], found.derivatives[0].tolist()
    (['d = 2H', '∂L/∂W = Xᵀ · d'], [[34.0], [68.0]])
    """

    output: Value
    by: tuple[Matrix, ...]
    matrices: Matrices
    forward: tuple[MatrixLine, ...]
    backward: tuple[MatrixLine, ...]

    @cached_property
    def derivatives(self) -> list[Elements]:
        """The derivatives as numbers, each in the shape of its matrix."""
        return gradient(self.output, list(self.by))

    @property
    def text(self) -> str:
        width = max(len(line.equation) for line in (*self.forward, *self.backward)) + 4
        return "\n\n".join(
            "\n".join(f"{line.equation:{width}}{line.shape:5}  {line.remark}".rstrip() for line in lines)
            for lines in (self.forward, self.backward)
        )

    def __repr__(self) -> str:
        return self.text

    @property
    def latex(self) -> str:
        rows = [self._latex_row(line) for line in (*self.forward, *self.backward)]
        rows[len(self.forward) - 1] += r" \\"  # a gap between the two ways
        return "\\begin{aligned}\n" + f" \\\\[{ROW_GAP}]\n".join(rows) + "\n\\end{aligned}"

    def _latex_row(self, line: MatrixLine) -> str:
        left, sign, formula, remark = (
            formula_latex(text, self.matrices.names)
            for text in (line.left, line.sign, line.formula, line.remark)
        )
        shape = line.shape.replace("×", r" \times ")
        return rf"{left} &{sign} {formula} && {shape} && {remark}".rstrip(" &")

    def _repr_latex_(self) -> str:
        return f"$$\n{self.latex}\n$$"


def matrix_explanation(output: Value, by: Matrix | Sequence[Matrix]) -> MatrixExplanation:
    """Write a network in matrix form, and the derivatives of its output by matrices.

    The formulas are read off the scalar nodes between the matrices that have a name. Where the matrices are a
    chain, the way back carries one derivative d; elsewhere each has its sign, and sums have a term for each way.
    Products without a name, and what functions were taken of, get a letter where else nothing could be read.
    A vector is neither a row nor a column, so none is transposed: A·x and x·A are vectors, u·v is a number, and
    outer(u, v) is the matrix of all products of an element of u and one of v.

    Args:
        output: The number that is differentiated.
        by: By which matrix, or by which of several; each needs a name.

    Raises:
        TypeError: ``by`` holds something else than matrices.
        ValueError: A matrix has no name, is called d, or is not below the output; or there is none.

    >>> from autodiff.matrix.matrices import matrix
    >>> A, B = matrix([[1, 2], [3, 4]], name="A"), matrix([[5], [6]], name="B")
    >>> C = (A @ A @ B).named("C")
    >>> for line in matrix_explanation((C[0, 0] * C[1, 0]).named("L"), [A, B]).backward:
    ...     print(line.equation)  # D is A·A
    d = L′(C)
    ∂L/∂B = Dᵀ · d
    d ← d · Bᵀ
    ∂L/∂A = d · Aᵀ + Aᵀ · d
    """
    wanted = tuple(by) if isinstance(by, list | tuple) else (by,)
    if not wanted:
        raise ValueError("explain: x holds no matrix")
    for A in wanted:
        if not isinstance(A, Matrix):
            raise TypeError(f"explain: x must be a Value, a Matrix or a list of matrices, not {A!r}")
    matrices = with_opened(output, known_to(output, wanted))
    if matrices.elements[-1].ndim:
        raise ValueError(
            f"explain: the output is an element of {matrices.names[-1]}: take a number made of it"
        )
    if CARRIED in matrices.names:
        raise ValueError(
            f"explain: {CARRIED} is the derivative that is carried back: call the matrix otherwise"
        )
    origins = [origin(number, matrices) for number in range(len(matrices.names))]
    numbers = [matrix_of_elements(A, matrices) for A in wanted]
    ways = Ways(matrices, with_cross_entropy(origins, matrices, numbers), numbers)
    return MatrixExplanation(output, wanted, matrices, tuple(ways.forward()), tuple(ways.backward()))


def with_cross_entropy(origins: list[Origin], matrices: Matrices, wanted: Sequence[int]) -> list[Origin]:
    """How the matrices were computed, where the way back leads from a cross-entropy to the scores in one step."""
    found = read_cross_entropy(matrices)
    if found is None or found.shares in wanted:
        return origins
    known = {len(origins) - 1: Origin(found.formula, (BackwardStep(found.scores, found.slope),))}
    if found.shares is not None:
        made = f"softmax({matrices.names[found.scores]})"
        known[found.shares] = Origin(made, ())  # without steps, as the way back goes past it
    return [known.get(number, origins[number]) for number in range(len(origins))]


def known_to(output: Value, wanted: Sequence[Matrix]) -> tuple[Matrix, ...]:
    """The matrices that nodes below the output were named for, and those wanted whose elements have other names."""
    order = below([output])
    named, nodes = matrices_named_in(order), set(order)
    elements = {x for A in named for x in A.flat if isinstance(x, Value)}
    others = [A for A in wanted if A.name and (own := {*A.flat} & nodes) and own.isdisjoint(elements)]
    return (*named, *others)


def matrix_of_elements(A: Matrix, matrices: Matrices) -> int:
    """Which of the matrices it is."""
    found = {matrices.places[x][0] for x in A.flat if isinstance(x, Value) and x in matrices.places}
    if len(found) != 1:
        raise ValueError(
            f"explain: {A.name or 'the matrix'} is none of the matrices with a name below the output, "
            f'{", ".join(matrices.names)}: name it, as in matrix(..., name="W") and (X @ W).named("H")'
        )
    return found.pop()


# ---------------------------------------------------------------- both ways


@dataclass(frozen=True)
class Ways:
    """The matrices below an output, the last of them, and how each was computed."""

    matrices: Matrices
    origins: Sequence[Origin]
    wanted: Sequence[int]

    def forward(self) -> Iterator[MatrixLine]:
        """How each matrix is computed; where there is no short formula, of which others."""
        for number, found in enumerate(self.origins):
            if found.formula or found.steps:
                name = self.matrices.names[number]
                others = dict.fromkeys(self.matrices.names[step.parent] for step in found.steps)
                formula = found.formula or f"{name}({', '.join(others)})"
                yield MatrixLine(name, "=", formula, self._shape(number))

    def backward(self) -> Iterator[MatrixLine]:
        """The derivative by each matrix on the way, as soon as all that adds up to it is known."""
        terms: dict[int, list[str]] = {number: [] for number in self._on_the_way}
        started = False
        for number in reversed(self._on_the_way):
            if self.origins[number].steps:
                if terms[number]:
                    yield self._line(number, terms[number], started)
                    started = True
                for parent, formula in self._steps(number):
                    terms[parent].append(carried(formula, self._upstream(number)))
            elif terms[number]:
                yield self._line(number, terms[number], started)

    def _line(self, number: int, terms: Sequence[str], started: bool) -> MatrixLine:
        sign, names = self._sign(number), self.matrices.names
        terms = [f"{names[-1]}′({names[number]})" if term == sign else term for term in terms]
        counted = [times(count, term) for term, count in Counter(terms).items()]
        total = sum_text(positive_first(counted, lambda term: not term.startswith("-")))
        if not self._is_carried(number):
            return MatrixLine(sign, "=", total, self._shape(number))
        return MatrixLine(CARRIED, "←" if started else "=", total, self._shape(number), sign)

    def _steps(self, number: int) -> Iterator[tuple[int, str]]:
        for step in self.origins[number].steps:
            if step.parent in self._places and step.parent != number:
                yield step.parent, step.formula

    @cached_property
    def _places(self) -> dict[int, int]:
        return {number: place for place, number in enumerate(self._on_the_way)}

    @cached_property
    def _on_the_way(self) -> list[int]:
        """The matrices between those wanted and the output; each leaf right before the first that uses it."""
        found = set(self.wanted)
        for number, made in enumerate(self.origins):
            if any(step.parent in found for step in made.steps):
                found.add(number)
        order: list[int] = []
        for number in sorted(found):
            steps = self.origins[number].steps
            order += [step.parent for step in steps if step.parent in found and step.parent not in order]
            order += [number] * bool(steps)
        return list(dict.fromkeys(order))

    @cached_property
    def _is_chain(self) -> bool:
        """Whether one derivative is enough, which each step takes over from the one before."""
        parents = [[parent for parent, _ in self._steps(number)] for number in self._on_the_way]
        inner = [[parent for parent in each if self.origins[parent].steps] for each in parents]
        used = [parent for each in parents for parent in set(each)]
        return len(used) == len(set(used)) and all(len(set(each)) < 2 for each in inner)

    def _is_carried(self, number: int) -> bool:
        return self._is_chain and bool(self.origins[number].steps)

    def _upstream(self, number: int) -> str:
        """The derivative by a matrix in a formula; nothing for the output."""
        if number == len(self.origins) - 1:
            return ""
        return CARRIED if self._is_carried(number) else self._sign(number)

    def _sign(self, number: int) -> str:
        return derivative(self.matrices.names[-1], self.matrices.names[number], "text")

    def _shape(self, number: int) -> str:
        A = self.matrices.elements[number]
        return shape_text(A.shape) if A.ndim else ""


def times(count: int, term: str) -> str:
    """A term that comes several times: 2H, 2 · d · Wᵀ."""
    return term if count == 1 else f"{count}{'' if term.isalnum() else ' · '}{term}"


def carried(step: str, upstream: str) -> str:
    """What a backward step makes of the derivative that arrives.

    >>> carried("· Wᵀ", "d"), carried("Xᵀ ·", "d"), carried("dᵀ · X", "∂L/∂H"), carried("* (-1)", "d")
    ('d · Wᵀ', 'Xᵀ · d', '(∂L/∂H)ᵀ · X', '-d')
    """
    if not upstream:
        step = step.replace(f" · {CARRIED}ᵀ", "").replace(f"{CARRIED}ᵀ · ", "")
    if UPSTREAM.search(step):
        in_brackets = upstream if upstream == CARRIED else f"({upstream})"
        return UPSTREAM.sub(upstream or "1", step.replace(f"{CARRIED}ᵀ", f"{in_brackets}ᵀ"))
    if step in ("* 1", "* (-1)"):
        return f"{'-' * (step != '* 1')}{upstream or 1}"
    if not upstream:
        return NAME_IN_BRACKETS.sub(r"\1", step.removeprefix("· ").removeprefix("* ").removesuffix(" ·"))
    if step.endswith("·"):
        return f"{step} {upstream}"
    return f"{upstream} {step}" if step[0] in "·*" else f"{upstream} · {step}"


# ---------------------------------------------------------------- LaTeX


def formula_latex(text: str, names: Sequence[str]) -> str:
    r"""Write a line with matrices in LaTeX.

    >>> formula_latex("d · W2ᵀ * O1(1 - O1)", ["W2", "O1"])
    'd \\, W_{2}^{\\top} * O_{1}(1 - O_{1})'
    >>> formula_latex("∂L/∂W", ["L", "W"]), formula_latex("2H1/sqrt(v + 1)^2", ["v", "H1"])
    ('\\frac{\\partial L}{\\partial W}', '2H_{1}/\\sqrt{v + 1}^{2}')
    >>> formula_latex("d * (1 - O2^2)/√2", ["O2"])
    'd * (1 - O_{2}^{2})/\\sqrt{2}'
    """
    known = "|".join(map(re.escape, sorted(names, key=len, reverse=True))) or "(?!)"
    piece = re.compile(
        rf"(?P<root>(?<![A-Za-z_])sqrt\(|√\()|(?<![A-Za-z_^])(?P<name>{known})(?![A-Za-z0-9_])|{PIECE}"
    )
    written, at = [], 0
    while match := piece.search(text, at):
        at = match.end()
        if match["root"]:
            end = end_of_bracket(text, at)
            written.append(rf"\sqrt{{{formula_latex(text[at:end], names)}}}")
            at = end + 1
        else:
            written.append(piece_latex(match, followed=text[at : at + 1]))
    return "".join(written)


def end_of_bracket(text: str, start: int) -> int:
    """Where the bracket ends in which a place stands."""
    depth = 1
    for place in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if not depth:
            return place
    return len(text)


def piece_latex(match: re.Match[str], followed: str) -> str:
    """One piece of a line in LaTeX; a name that has an exponent or a prime is one piece before another exponent."""
    text = match[0]
    if text.startswith("∂") and len(text) > 1:
        return derivative(match["loose_of"] or match["of"], match["loose_by"] or match["by"], "latex")
    if exponent := match["bracketed"] or match["exponent"]:
        return f"^{{{exponent}}}"
    if match["name"]:
        name = name_latex(match["name"])
        return f"{{{name}}}" if followed == "^" and not {"^", "'"}.isdisjoint(name) else name
    if match["radicand"]:
        return rf"\sqrt{{{SIGNS_IN_LATEX.get(match['radicand'], match['radicand'])}}}"
    if match["function"]:
        return rf"\operatorname{{{match['function']}}}".replace("_", r"\_")
    return SIGNS_IN_LATEX.get(text, text)
