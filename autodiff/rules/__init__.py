"""The table of operations: one row holds all that is known of an operation.

To add an operation, add a row to the file where its like stand; its method, function, edge labels and tests follow
from it. ``rule`` says what a row is, ``worlds`` what its functions may use, ``accuracy`` how far some may err.

>>> TABLE["tanh"].domain, TABLE["relu"].kink
('all real numbers', '0, where 0 is used')
"""

from autodiff.rules import (
    activations,
    arithmetic,
    choices,
    elementary,
    geometry,
    piecewise,
    reductions,
    rounding,
    special,
    statistics,
)
from autodiff.rules.reductions import halves
from autodiff.rules.rule import (
    ATOM,
    BESIDE,
    POWER,
    PRODUCT,
    SUM,
    Notation,
    Rule,
    binary,
    nary,
    slope_row,
    unary,
)

__all__ = [
    "ATOM",
    "BESIDE",
    "FILES",
    "POWER",
    "PRODUCT",
    "SUM",
    "TABLE",
    "Notation",
    "Rule",
    "binary",
    "halves",
    "named_elsewhere",
    "nary",
    "slope_row",
    "unary",
]

FILES = (  # in the order of the table
    arithmetic,
    elementary,
    special,
    activations,
    piecewise,
    geometry,
    choices,
    rounding,
    reductions,
    statistics,
)
TABLE: dict[str, Rule] = {row.name: row for file in FILES for row in file.ROWS}

OF_BOOKS = {  # and of other libraries
    "arctg": "atan",
    "lg": "log10",
    "ln": "log",
    "power": "pow",
    "round": "rint",
    "swish": "silu",
    "tg": "tan",
    "tgamma": "gamma",
}


def named_elsewhere() -> dict[str, str]:
    """The rows by names that they have in books, NumPy and SciPy, where no row is called so.

    >>> [named_elsewhere()[name] for name in ("ln", "arcsinh", "expit", "Γ")]
    ['log', 'asinh', 'sigmoid', 'gamma']
    """
    there = {name: row.name for row in TABLE.values() for name in (row.symbol, row.ufunc or "")}
    return {
        name: row for name, row in (OF_BOOKS | there).items() if name.isidentifier() and name not in TABLE
    }
