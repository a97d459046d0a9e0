"""A row of the table: all that is known of an operation, how it is called, and how it is written down.

A row's functions take the world ``m`` they run in (see worlds.py), the operands ``x``, ``y`` and, for partials, the
result ``z``. They use operators and the primitives of ``m`` only, never ``if`` or ``math``, so that one row serves
numbers, arrays, Values and symbols alike. n-ary rows take all operands as one sequence ``xs``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from autodiff.rules.worlds import Scalar, World

__all__ = [
    "ATOM",
    "BESIDE",
    "POWER",
    "PRODUCT",
    "SUM",
    "Notation",
    "Rule",
    "binary",
    "call",
    "infix",
    "nary",
    "slope_row",
    "unary",
]

SUM, PRODUCT, POWER, ATOM = 1, 2, 3, 4  # precedences: how tightly a written operation holds together

BESIDE = " beside numbers"  # ends the name of a row that takes the place of another there


@dataclass(frozen=True)
class Notation:
    """How an application is written: one template a language, and when its operands need brackets.

    Attributes:
        text, latex, python: Templates with one ``{}`` an operand; ``{args}`` stands for all, separated by commas,
            ``{most}`` for all but the last one, ``{last}`` for that.
        precedence: Of the whole, in text and Python.
        operands: The lowest precedence that needs no brackets, by operand; where it is left out, none needs any.
        latex_precedence, latex_operands: The same in LaTeX, where fractions and exponents bracket by position.
    """

    text: str
    latex: str
    python: str
    precedence: int = ATOM
    operands: tuple[int, ...] = ()
    latex_precedence: int = ATOM
    latex_operands: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)  # rows are the same if they are one
class Rule:
    """One row of the table.

    Attributes:
        name: The name of the method, of the function and in messages.
        symbol: What stands in a picture, such as ``+``.
        arity: The number of operands, None for an n-ary operation.
        value: ``value(m, x, ...)``, for n-ary rules ``value(m, xs)``.
        partials: For each operand a number or ``partial(m, x, ..., z)``; for n-ary rules one ``partials(m, xs, z)``
            that returns them all. Computed so that it is accurate.
        defined: The value as books define it, where that differs from how it is computed.
        written: The partials as they are written down, where that differs from how they are computed.
        notation: How an application is written; None for one that is spelled out by running ``value`` on symbols.
        dunder: The stem of the Python operator: ``add`` gives ``__add__`` and ``__radd__``.
        ufunc: The name of NumPy's function that is the same, such as ``arcsin``.
        longer: The row that its function applies to one operand more, as log(x, y) is log_base(x, y).
        defaults: What stands in for trailing operands that a call leaves out.
        domain: Where the operation is defined, in words, for error messages.
        kink: Where it has no derivative, and what is used there, in words.
        at_kink: ``at_kink(m, x, ...)``, for n-ary rules ``at_kink(m, xs)``: 1 where the operands lie exactly there,
            else 0; None where there is no kink inside the domain. At an edge of the domain with an infinite slope,
            as of sqrt at 0, that slope is the derivative from inside, no convention: such an edge is no kink.
        bent: ``bent(m, x, ...)``: 1 where the second derivative jumps though the first does not, else 0; None where
            it jumps nowhere, or only at kinks.
        chooses: Whether a partial of exactly 0, away from a kink, means that the result does not depend on this
            operand anywhere nearby, as on a branch not taken; not so where it may just pass through 0, as in mul.
            Nothing passes such an edge in a sweep, not even infinity: see ``cuts`` in autodiff/node.py.
        beside: The row that takes the place of this one where some operands are plain numbers, if that changes the
            partials. Of an n-ary row it takes as many flags after the operands, 1 for each that is a plain number.
        ulps: The error allowed to value and partials, in units in the last place: a number, or
            ``ulps(operands, exact)`` where rounding forbids a constant (see accuracy.py); ``accuracy`` says why.
        pack: For n-ary rules: turns the arguments of a call into operands.
        listed: For n-ary rules: whether a call takes the operands as one list alone, and then what is not an operand.
        vector: The call gives a list with one node an operand; each node's last operand is its position.
        passed: ``passed(m, zs, ds)`` for such a list zs: what it passes on to the operands where ds arrive at it.
        condition: The position of an operand that may be True or False.
        given: Whether anybody knows the function; what is not given has nan for its numbers.
        slope_of: Of a row that ``slope_row`` has made: the arguments it was made of.

    Raises:
        ValueError: A column is missing or does not fit the others; the message says which.
    """

    name: str
    symbol: str
    arity: int | None
    value: Callable[..., Scalar]
    partials: Scalar
    written: Scalar = None
    defined: Callable[..., Scalar] | None = None
    notation: Notation | None = None
    dunder: str | None = None
    ufunc: str | None = None
    longer: str = ""
    defaults: tuple[float, ...] = ()
    domain: str = "all real numbers"
    kink: str = ""
    at_kink: Callable[..., Scalar] | None = None
    bent: Callable[..., Scalar] | None = None
    chooses: bool = False
    beside: Rule | None = None
    ulps: float | Callable[[Sequence[Scalar], Scalar], float] = 4
    accuracy: str = ""
    pack: Callable[..., tuple[Scalar, ...]] | None = None
    listed: bool = False
    vector: bool = False
    passed: Callable[..., Scalar] | None = None
    condition: int | None = None
    given: bool = True
    slope_of: tuple[Rule, int, tuple[bool, ...]] | None = None

    def __post_init__(self) -> None:
        if self.is_nary:
            if self.pack is None:
                raise ValueError(
                    f"the row {self.name!r} takes any number of operands and lacks `pack`: use nary"
                )
            if not callable(self.partials):
                raise ValueError(
                    f"the row {self.name!r} needs one function partials(m, xs, z), not {self.partials!r}"
                )
            return
        for column in ("partials", "written"):
            cells = getattr(self, column)
            if column == "written" and cells is None:
                continue
            if not isinstance(cells, tuple) or len(cells) != self.arity:
                raise ValueError(
                    f"the row {self.name!r} takes {self.arity} operands and needs as many cells in `{column}`: "
                    f"numbers or functions (m, x, ..., z), not {cells!r}"
                )

    @property
    def is_nary(self) -> bool:
        """Whether it takes any number of operands."""
        return self.arity is None

    @property
    def is_step(self) -> bool:
        """Whether its partials are 0 everywhere."""
        return not self.is_nary and not any(self.partials)

    def apply(self, m: World, xs: Scalar) -> Scalar:
        """Compute the value in the world ``m``; ``xs`` is the sequence of the operands, or an array of them."""
        return self.value(m, xs) if self.arity is None else self.value(m, *xs)

    def slopes(
        self,
        m: World,
        xs: Scalar,
        z: Scalar,
        wanted: Sequence[int] | None = None,
        written: bool = False,
    ) -> Sequence[Scalar]:
        """Compute the partials in the world ``m``.

        Args:
            m: The world.
            xs: The operands, a sequence or an array of them.
            z: The result.
            wanted: The positions of the operands to differentiate by; all if left out.
            written: Whether the partials are meant as they are written down, where that differs.
        """
        cells = self.written if written and self.written is not None else self.partials
        if self.arity is None:
            every: Sequence[Scalar] = cells(m, xs, z)
            return every if wanted is None or len(wanted) == len(every) else [every[i] for i in wanted]
        chosen = cells if wanted is None else [cells[i] for i in wanted]
        return [cell(m, *xs, z) if callable(cell) else cell for cell in chosen]

    def among(self, xs: Sequence[Scalar], plain: Sequence[bool]) -> tuple[Rule, Sequence[Scalar]]:
        """The row for operands of which some are plain numbers, and what it is to be called with."""
        if self.beside is None or not any(plain):
            return self, xs
        return self.beside, (*xs, *map(int, plain)) if self.is_nary else xs

    def slope(self, position: int) -> Callable[..., Scalar]:
        """One partial of a row of few operands as a function (m, x, ..., z), also where the cell is a number."""
        cell = self.partials[position]
        return cell if callable(cell) else lambda m, *xs: cell

    def kinked(self, m: World, xs: Scalar) -> Scalar:
        """Whether the operands lie exactly at a kink, in the world ``m``: 1 or 0, or an array of them."""
        if self.at_kink is None:
            return 0
        return self.at_kink(m, xs) if self.arity is None else self.at_kink(m, *xs)

    def with_defaults(
        self, operands: tuple[Scalar, ...], named: Mapping[str, object] | None = None
    ) -> tuple[Scalar, ...]:
        """Add the default operands that a call left out, and check their number.

        Raises:
            TypeError: There are too few or too many, or some that are named.
        """
        assert self.arity is not None
        if named:
            letters = ", ".join("xyz"[: self.arity + bool(self.longer)])
            raise TypeError(
                f"{self.name}: takes its operands by position, {self.name}({letters}), and knows no "
                f"{', '.join(named)}="
            )
        missing = self.arity - len(operands)
        if not 0 <= missing <= len(self.defaults):
            raise TypeError(f"{self.name}() takes {self.arity} operands, got {len(operands)}")
        return (*operands, *self.defaults[len(self.defaults) - missing :])

    def packed(self, arguments: tuple[Scalar, ...], named: Mapping[str, Scalar]) -> tuple[Scalar, ...]:
        """Turn the arguments of a call of an n-ary row into operands.

        Raises:
            TypeError, ValueError: They do not fit; the message begins with the name of the row.
        """
        assert self.pack is not None
        if "axis" in named:
            raise no_matrix(self.name)
        try:
            return self.pack(*arguments, **named)
        except (TypeError, ValueError) as error:
            own = str(error).removeprefix(f"{self.pack.__name__}() ")
            raise type(error)(f"{self.name}: {own}") from None


def no_matrix(name: str) -> TypeError:
    """The error that an axis was named where there is no matrix."""
    return TypeError(f"{name}: axis is for matrices: make one by autodiff.matrix.matrix(values)")


# ---------------------------------------------------------------- making rows


def infix(symbol: str, latex: str, precedence: int, python: str | None = None) -> Notation:
    """Write an operation between its operands; the right one gets brackets at equal precedence."""
    bounds = (precedence, precedence + 1)
    text = f"{{}}{symbol}{{}}"
    return Notation(text, latex, python or text, precedence, bounds, precedence, bounds)


def call(name: str, latex: str | None = None, text: str | None = None) -> Notation:
    """Write an operation as a function call."""
    upright = name.replace("_", r"\_")
    return Notation(
        text or f"{name}({{args}})",
        latex or rf"\operatorname{{{{{upright}}}}}({{args}})",
        f"{name}({{args}})",
    )


def unary(
    name: str, value: Callable[..., Scalar], partial: Scalar, written: Scalar = None, **row: Scalar
) -> Rule:
    """Make the row of an operation on one operand.

    >>> unary("cube", value=lambda m, x: x**3, partial=lambda m, x, z: 3 * x**2).symbol
    'cube'
    """
    return made_row(name, 1, value, (partial,), None if written is None else (written,), row)


def binary(
    name: str, value: Callable[..., Scalar], partials: Scalar, written: Scalar = None, **row: Scalar
) -> Rule:
    """Make the row of an operation on two operands; ``partials`` holds one function or number for each."""
    return made_row(name, 2, value, partials, written, row)


def nary(
    name: str, value: Callable[..., Scalar], partials: Scalar, written: Scalar = None, **row: Scalar
) -> Rule:
    """Make the row of an operation on any number of operands, whose result is one node with many parents."""
    row.setdefault("pack", some)
    return made_row(name, None, value, partials, written, row)


def made_row(
    name: str, arity: int | None, value: Scalar, partials: Scalar, written: Scalar, row: dict[str, Scalar]
) -> Rule:
    row.setdefault("symbol", name)
    row.setdefault("notation", call(name))
    return Rule(name=name, arity=arity, value=value, partials=partials, written=written, **row)


def with_row_beside(row: Rule, **changed: Scalar) -> Rule:
    """Give a row the one that takes its place where some operands are plain numbers."""
    return replace(row, beside=replace(row, name=row.name + BESIDE, **changed))


@lru_cache(maxsize=4096)
def slope_row(op: Rule, position: int, plain: tuple[bool, ...]) -> Rule:
    """Make the row of one partial of an operation, of whose operands some are plain numbers, as a step.

    It serves partials that are constant on either side of a kink, as that of relu.
    """

    def slope(m: World, *xs: Scalar) -> Scalar:
        row, numbers = op.among(xs, plain)
        return row.slopes(m, numbers, row.apply(m, numbers))[position]

    numbers = "".join(f" {i}" for i, is_number in enumerate(plain, 1) if is_number)
    return Rule(
        name=f"slope of {op.name} by {position + 1} of {len(plain)}{numbers and ', numbers'}{numbers}",
        symbol=f"{op.symbol}′",
        arity=len(plain),
        value=slope,
        partials=(0,) * len(plain),
        kink=op.kink,
        at_kink=lambda m, *xs: op.kinked(m, xs),
        chooses=True,
        slope_of=(op, position, plain),
    )


# ---------------------------------------------------------------- how calls of n-ary operations become operands


def many(*values: Scalar) -> tuple[Scalar, ...]:
    """Take the operands from one iterable, or from the arguments themselves."""
    return tuple(values[0]) if len(values) == 1 and isinstance(values[0], Iterable) else values


def some(*values: Scalar) -> tuple[Scalar, ...]:
    """The same, at least one."""
    operands = many(*values)
    if not operands:
        raise ValueError("needs at least one operand, got none")
    return operands


def weighted(weights: Iterable[Scalar], inputs: Iterable[Scalar], bias: Scalar = 0) -> tuple[Scalar, ...]:
    """Take the operands of a dot product: all weights, all inputs, the bias."""
    weights, inputs = tuple(weights), tuple(inputs)
    if len(weights) != len(inputs):
        raise ValueError(
            f"needs as many weights as inputs, got {len(weights)} weights and {len(inputs)} inputs"
        )
    return (*weights, *inputs, bias)
