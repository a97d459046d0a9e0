"""The points where a derivative is a convention, an infinity, a limit, or lost to rounding."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["EDGES", "KINKS", "LIMITS", "ROUNDED", "Case"]

INF = math.inf


@dataclass(frozen=True)
class Case:
    """A point where the derivative is a convention, a limit, or lost to rounding.

    Attributes:
        where: What the table says.
        function: ``function(library, x, ...)``, written with the names of the library's class.
        points: One or two points; the derivatives by all operands are shown for each.
        rows: The rows of our table whose kink or edge it is.
        place: What ``find_kinks`` calls the first point, if it is a kink that it is to compare; else "".
    """

    where: str
    function: Callable[..., Any]
    points: Sequence[Sequence[float]]
    rows: Sequence[str] = ()
    place: str = ""


KINKS = (
    Case("`relu(x)` at 0", lambda m, x: m.relu(x), [[0]], ["relu"], "0"),
    Case("`leaky_relu(x, 0.1)` at 0", lambda m, x: m.leaky_relu(x, 0.1), [[0]], ["leaky_relu"]),
    Case("`elu(x, 0.5)` at 0", lambda m, x: m.elu(x, 0.5), [[0]], ["elu"]),
    Case("`abs(x)` at 0 and -0.0", lambda m, x: m.abs(x), [[0], [-0.0]], ["abs"], "0"),
    Case("`sign(x)` at 0", lambda m, x: m.sign(x), [[0]], ["sign"]),
    Case("`maximum(x, 0)` at 0", lambda m, x: m.maximum(x, m.constant(0)), [[0]], ["maximum"],
         "a tie with a plain number"),
    Case("`maximum(x, y)` at x = y", lambda m, x, y: m.maximum(x, y), [[1, 1]], ["maximum"], "a tie"),
    Case("`minimum(x, 0)` at 0", lambda m, x: m.minimum(x, m.constant(0)), [[0]], ["minimum"]),
    Case("`minimum(x, y)` at x = y", lambda m, x, y: m.minimum(x, y), [[1, 1]], ["minimum"]),
    Case("`max` of [1, 1, 0]", lambda m, *xs: m.max(xs), [[1, 1, 0]], ["max"], "[1, 1, 0]"),
    Case("`min` of [0, 0, 1]", lambda m, *xs: m.min(xs), [[0, 0, 1]], ["min"]),
    Case("`where(x > 0, 2x, 0)` at 0", lambda m, x: m.where(x > 0, 2 * x, m.constant(0)), [[0]],
         ["greater", "greater_equal", "less", "less_equal", "equal"]),
    Case("`norm` of [0, 0]", lambda m, *xs: m.norm(xs), [[0, 0]], ["norm"], "[0, 0]"),
    Case("`hypot(x, y)` at (0, 0)", lambda m, x, y: m.hypot(x, y), [[0, 0]], ["hypot"], "(0, 0)"),
    Case("`atan2(x, y)` at (0, 0)", lambda m, x, y: m.atan2(x, y), [[0, 0]], ["atan2"], "(0, 0)"),
)  # fmt: skip
EDGES = (
    Case("`sqrt(x)` at 0", lambda m, x: m.sqrt(x), [[0]], ["sqrt"]),
    Case("`asin(x)` at 1", lambda m, x: m.asin(x), [[1]], ["asin"]),
    Case("`acos(x)` at 1", lambda m, x: m.acos(x), [[1]], ["acos"]),
    Case("`log(x)` at 0", lambda m, x: m.log(x), [[0]], ["log"]),
    Case("`1/x` at 0", lambda m, x: 1 / x, [[0]], ["truediv"]),
    Case("`x**0.5` at 0", lambda m, x: x**0.5, [[0]], ["pow"]),
    Case("`x**0` at 0", lambda m, x: x**0, [[0]], ["pow"]),
    Case("`x**0.0` at 0", lambda m, x: x**0.0, [[0]], ["pow"]),
    Case("`x**y` at (0, 0)", lambda m, x, y: x**y, [[0, 0]], ["pow"]),
    Case("`x**y` at (0, 2)", lambda m, x, y: x**y, [[0, 2]], ["pow"]),
    Case("`x**y` at (-2, 3)", lambda m, x, y: x**y, [[-2, 3]], ["pow"]),
    Case("`prod` of [0, 2, 3]", lambda m, *xs: m.prod(xs), [[0, 2, 3]], ["prod"]),
    Case("`logsumexp` of [∞, 0]", lambda m, *xs: m.logsumexp(xs), [[INF, 0]], ["logsumexp"]),
    Case("`logsumexp` of [-∞, -∞]", lambda m, *xs: m.logsumexp(xs), [[-INF, -INF]], ["logsumexp"]),
)  # fmt: skip
LIMITS = (
    Case("`where(x > 0, sqrt(x), 0)` at 0 and -1", lambda m, x: m.where(x > 0, m.sqrt(x), m.constant(0)), [[0], [-1]]),
    Case("`sqrt(x)**2` at 0", lambda m, x: m.sqrt(x) ** 2, [[0]]),
    Case("`sqrt(x)·sqrt(x)` at 0", lambda m, x: m.sqrt(x) * m.sqrt(x), [[0]]),
    Case("`cos(sqrt(x))` at 0", lambda m, x: m.cos(m.sqrt(x)), [[0]]),
    Case("`x/x` at 0", lambda m, x: x / x, [[0]]),
    Case("`x·log(x)` at 0", lambda m, x: x * m.log(x), [[0]]),
)  # fmt: skip
ROUNDED = (
    Case("`sigmoid(x)` at 40", lambda m, x: m.sigmoid(x), [[40]]),
    Case("`tanh(x)` at 20", lambda m, x: m.tanh(x), [[20]]),
    Case("`log1p(exp(x))` at -40", lambda m, x: m.log1p(m.exp(x)), [[-40]]),
    Case("`softplus(x)` at -40", lambda m, x: m.softplus(x), [[-40]]),
    Case("`hypot(x, y)` at (1e200, 1e200)", lambda m, x, y: m.hypot(x, y), [[1e200, 1e200]]),
    Case("`atan2(x, y)` at (1e200, 1e200)", lambda m, x, y: m.atan2(x, y), [[1e200, 1e200]]),
)
