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
    Case("`kthvalue` of [1, 2, 2], k = 2", lambda m, *xs: m.kthvalue(xs, 2), [[1, 2, 2]], ["kthvalue"]),
    Case("`where(x > 0, 2x, 0)` at 0", lambda m, x: m.where(x > 0, 2 * x, m.constant(0)), [[0]],
         ["greater", "greater_equal", "less", "less_equal", "equal"]),
    Case("`norm` of [0, 0]", lambda m, *xs: m.norm(xs), [[0, 0]], ["norm"], "[0, 0]"),
    Case("`hypot(x, y)` at (0, 0)", lambda m, x, y: m.hypot(x, y), [[0, 0]], ["hypot"], "(0, 0)"),
    Case("`std` of [1, 1]", lambda m, *xs: m.std(xs), [[1, 1]], ["std"]),
    Case("`atan2(x, y)` at (0, 0)", lambda m, x, y: m.atan2(x, y), [[0, 0]], ["atan2"], "(0, 0)"),
    Case("`selu(x)` at 0", lambda m, x: m.selu(x), [[0]], ["selu"]),
    Case("`relu6(x)` at 0 and 6", lambda m, x: m.relu6(x), [[0], [6]], ["relu6"]),
    Case("`hardsigmoid(x)` at -3 and 3", lambda m, x: m.hardsigmoid(x), [[-3], [3]], ["hardsigmoid"]),
    Case("`hardswish(x)` at -3 and 3", lambda m, x: m.hardswish(x), [[-3], [3]], ["hardswish"]),
    Case("`hardtanh(x)` at -1 and 1", lambda m, x: m.hardtanh(x), [[-1], [1]], ["hardtanh"]),
    Case("`clip(x, 0, 1)` at 0 and 1", lambda m, x: m.clip(x, 0, 1), [[0], [1]], ["clip"]),
    Case("`softshrink(x, 0.5)` at -0.5 and 0.5", lambda m, x: m.softshrink(x, 0.5), [[-0.5], [0.5]], ["softshrink"]),
    Case("`hardshrink(x, 0.5)` at -0.5 and 0.5", lambda m, x: m.hardshrink(x, 0.5), [[-0.5], [0.5]], ["hardshrink"]),
    Case("`copysign(x, -1)` at 0 and 2", lambda m, x: m.copysign(x, m.constant(-1)), [[0], [2]], ["copysign"]),
    Case("`heaviside(x, 0.5)` at 0", lambda m, x: m.heaviside(x, m.constant(0.5)), [[0]], ["heaviside"]),
    Case("`floor(x)` and `ceil(x)` at 2", lambda m, x: m.floor(x) + m.ceil(x), [[2]], ["floor", "ceil"]),
    Case("`trunc(x)` at 2, `rint(x)` at 2.5", lambda m, x: m.trunc(x) + m.rint(x + 0.5), [[2]], ["trunc", "rint"]),
    Case("`x // y` at (6, 2)", lambda m, x, y: m.floordiv(x, y), [[6, 2]], ["floordiv"]),
    Case("`x % y` at (6, 2) and (-7, 2)", lambda m, x, y: m.mod(x, y), [[6, 2], [-7, 2]], ["mod"]),
    Case("`fmod(x, y)` at (6, 2) and (-7, 2)", lambda m, x, y: m.fmod(x, y), [[6, 2], [-7, 2]], ["fmod"]),
    Case("`remainder(x, y)` at (3, 2) and (-7, 4)", lambda m, x, y: m.remainder(x, y), [[3, 2], [-7, 4]],
         ["remainder"]),
)  # fmt: skip
EDGES = (
    Case("`sqrt(x)` at 0", lambda m, x: m.sqrt(x), [[0]], ["sqrt"]),
    Case("`cbrt(x)` at 0", lambda m, x: m.cbrt(x), [[0]], ["cbrt"]),
    Case("`asin(x)` at 1", lambda m, x: m.asin(x), [[1]], ["asin"]),
    Case("`acos(x)` at 1", lambda m, x: m.acos(x), [[1]], ["acos"]),
    Case("`squareplus(x, y)` at (0, 0)", lambda m, x, y: m.squareplus(x, y), [[0, 0]], ["squareplus"]),
    Case("`acosh(x)` at 1", lambda m, x: m.acosh(x), [[1]], ["acosh"]),
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
