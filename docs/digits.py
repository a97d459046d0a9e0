"""How many digits the functions of C have here, and ours with them: prints a table of errors against mpmath.

    python docs/digits.py

Errors are in units in the last place (ulp), the largest at 20,000 random points of each interval; half an ulp is the
least that is possible. The last column is how many results of C are not the nearest number to the right one.
"""

from __future__ import annotations

import math
import platform
import random
from collections.abc import Callable
from typing import TypeAlias

import mpmath

import autodiff

POINTS = 20_000
INTERVALS = {
    "exp": (-20, 20),
    "expm1": (-2, 2),
    "exp2": (-20, 20),
    "log": (0.01, 100),
    "log1p": (-0.9, 10),
    "log2": (0.01, 100),
    "log10": (0.01, 100),
    "cbrt": (-100, 100),
    "sin": (-10, 10),
    "cos": (-10, 10),
    "tan": (-10, 10),
    "asin": (-1, 1),
    "acos": (-1, 1),
    "atan": (-10, 10),
    "sinh": (-10, 10),
    "cosh": (-10, 10),
    "tanh": (-5, 5),
    "asinh": (-100, 100),
    "acosh": (1, 100),
    "atanh": (-1, 1),
    "erf": (-4, 4),
    "erfc": (-4, 8),
    "gamma": (0.1, 100),
    "lgamma": (3, 100),
}
Exact: TypeAlias = Callable[[mpmath.mpf], mpmath.mpf]
EXACT: dict[str, Exact] = {  # where mpmath has another name, or takes another branch
    "cbrt": lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)),
    "exp2": lambda x: mpmath.mpf(2) ** x,
    "lgamma": mpmath.loggamma,
    "log2": lambda x: mpmath.log(x, 2),
}


def in_ulps(found: float, exact: mpmath.mpf) -> float:
    """The error of a number, in units in the last place of the right one."""
    return float(abs(found - exact) / math.ulp(float(exact)))


def main() -> None:
    mpmath.mp.dps = 40
    chosen = random.Random(0)
    print(f"CPython {platform.python_version()}, {' '.join(platform.libc_ver())}\n")
    print("| function | of C | ours | not the nearest |\n| --- | --- | --- | --- |")
    for name, interval in INTERVALS.items():
        of_c, ours = getattr(math, name), getattr(autodiff, name)
        errors = []
        for x in (chosen.uniform(*interval) for _ in range(POINTS)):
            exact = EXACT.get(name, getattr(mpmath, name, None))(mpmath.mpf(x))
            errors.append((in_ulps(of_c(x), exact), in_ulps(ours(x), exact)))
        worst = [max(column) for column in zip(*errors, strict=True)]
        share = sum(error > 0.5 for error, _ in errors) / POINTS
        print(f"| {name} | {worst[0]:.1f} | {worst[1]:.1f} | {share:.0%} |")


if __name__ == "__main__":
    main()
