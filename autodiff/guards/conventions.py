"""What other libraries use where the derivative is a convention: made by docs/conventions/measure.py.

torch 2.13.0, jax 0.10.2, autograd 1.9.1, casadi 3.8.2, sympy 1.14.0, mygrad 2.5.0.
"""

from __future__ import annotations

__all__ = ["CONVENTIONS", "LIBRARIES"]

LIBRARIES = ("torch", "jax", "autograd", "casadi", "sympy", "mygrad")

# For an operation and a place: the derivatives by the operands in order, a cell a library.
# fmt: off
CONVENTIONS: dict[tuple[str, str], tuple[str, ...]] = {
    ("relu", "0"): ("0", "0", "-", "-", "-", "0"),
    ("abs", "0"): ("0", "1", "0", "0", "0", "0"),
    ("maximum", "a tie with a plain number"): ("0.5", "0.5", "0.5", "0.5", "0.5", "0"),
    ("maximum", "a tie"): ("0.5, 0.5", "0.5, 0.5", "0.5, 0.5", "0.5, 0.5", "0.5, 0.5", "0, 0"),
    ("max", "[1, 1, 0]"): ("0.5, 0.5, 0", "0.5, 0.5, 0", "0.5, 0.5, 0", "0.5, 0.5, 0", "0.5, 0.5, 0", "1, 0, 0"),
    ("norm", "[0, 0]"): ("0, 0", "nan, nan", "nan, nan", "nan, nan", "0, nan", "nan, nan"),
    ("hypot", "(0, 0)"): ("nan, nan", "0.5, 0.5", "nan, nan", "nan, nan", "0, nan", "-"),
    ("atan2", "(0, 0)"): ("0, 0", "nan, nan", "nan, nan", "nan, nan", "zoo, 0", "nan, nan"),
}
# fmt: on
