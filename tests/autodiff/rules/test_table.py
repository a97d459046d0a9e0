"""The loop over the table: value and partials of every row against mpmath, with the domain's extremes."""

from __future__ import annotations

import itertools
import math
import operator
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from typing import Any

import mpmath
import numpy as np
import pytest

import autodiff
from autodiff import Value, gradient, register
from autodiff.compiler.engines.numpy.arrays import NUMPY
from autodiff.operations import apply, function
from autodiff.rules import TABLE, Rule, binary, named_elsewhere, unary
from autodiff.rules.worlds import FLOATS, Mpmath

mp = mpmath.mp
LARGEST = math.ldexp(1 - 2**-53, 1024)
TEXTBOOK: dict[str, Callable[..., Any]] = {  # written without a look at the table, as a book defines them
    "add": mpmath.fadd,
    "sub": mpmath.fsub,
    "mul": mpmath.fmul,
    "truediv": mpmath.fdiv,
    "pow": mpmath.power,
    "neg": mpmath.fneg,
    "abs": mpmath.fabs,
    "exp": mpmath.exp,
    "expm1": lambda x: mpmath.exp(x) - 1,
    "log": mpmath.log,
    "log1p": lambda x: mpmath.log(1 + x),
    "sqrt": mpmath.sqrt,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
    "asin": mpmath.asin,
    "acos": mpmath.acos,
    "asinh": lambda x: mpmath.sign(x) * mpmath.log(abs(x) + mpmath.sqrt(x * x + 1)),
    "atanh": lambda x: mpmath.log((1 + x) / (1 - x)) / 2,
    "log2": lambda x: mpmath.log(x) / mpmath.log(2),
    "log10": lambda x: mpmath.log(x) / mpmath.log(10),
    "exp2": lambda x: mpmath.exp(x * mpmath.log(2)),
    "atan": mpmath.atan,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "tanh": mpmath.tanh,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "softplus": lambda x: mpmath.log(1 + mpmath.exp(x)),
    "relu": lambda x: (x + abs(x)) / 2,
    "leaky_relu": lambda x, y: x if x > 0 else x * y,
    "elu": lambda x, y: x if x > 0 else y * (mpmath.exp(x) - 1),
    "gelu": lambda x: x * mpmath.ncdf(x),
    "silu": lambda x: x / (1 + mpmath.exp(-x)),
    "erf": mpmath.erf,
    "maximum": lambda x, y: (x + y + abs(x - y)) / 2,
    "minimum": lambda x, y: (x + y - abs(x - y)) / 2,
    "hypot": lambda x, y: mpmath.sqrt(x * x + y * y),
    "atan2": mpmath.atan2,
    "sign": mpmath.sign,
    "sum": lambda *xs: mpmath.fsum(xs),
    "mean": lambda *xs: mpmath.fsum(xs) / len(xs),
    "prod": lambda *xs: mpmath.fprod(xs),
    "dot": lambda *xs: mpmath.fdot(xs[: len(xs) // 2], xs[len(xs) // 2 : -1]) + xs[-1],
    "max": lambda *xs: reduce(lambda x, y: (x + y + abs(x - y)) / 2, xs),
    "min": lambda *xs: reduce(lambda x, y: (x + y - abs(x - y)) / 2, xs),
    "norm": lambda *xs: mpmath.sqrt(mpmath.fsum(x * x for x in xs)),
    "logsumexp": lambda *xs: mpmath.log(mpmath.fsum(map(mpmath.exp, xs))),
    "lerp": lambda x, y, w: x + w * (y - x),
    "fma": lambda x, y, w: x * y + w,
    "cbrt": lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)),
    "square": lambda x: x**2,
    "reciprocal": lambda x: 1 / x,
    "log_base": lambda x, y: mpmath.log(positive(x)) / mpmath.log(positive(y)),
    "degrees": mpmath.degrees,
    "radians": mpmath.radians,
    "acosh": lambda x: mpmath.log(x + mpmath.sqrt(x * x - 1)),
    "erfc": mpmath.erfc,
    "gamma": mpmath.gamma,
    "lgamma": lambda x: mpmath.log(abs(mpmath.gamma(x))),
    "digamma": mpmath.digamma,
    "polygamma": lambda n, x: mpmath.polygamma(whole(n), positive(x)),
    "sinc": lambda x: mpmath.sinc(mpmath.pi * x),
    "xlogy": lambda x, y: x * mpmath.log(y) if x or y else 0,
    "logaddexp": lambda x, y: mpmath.log(mpmath.exp(x) + mpmath.exp(y)),
    "log_sigmoid": lambda x: -mpmath.log(1 + mpmath.exp(-x)),
    "gelu_tanh": lambda x: x / 2 * (1 + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (x + 0.044715 * x**3))),
    "mish": lambda x: x * mpmath.tanh(mpmath.log(1 + mpmath.exp(x))),
    "softsign": lambda x: x / (1 + abs(x)),
    "tanhshrink": lambda x: x - mpmath.tanh(x),
    "squareplus": lambda x, y: (x + mpmath.sqrt(x * x + (y if y >= 0 else mpmath.nan))) / 2,
    "selu": lambda x: (
        mpmath.mpf(1.0507009873554805) * (x if x > 0 else 1.6732632423543772 * (mpmath.exp(x) - 1))
    ),
    "celu": lambda x, y: x + 0 / y if x > 0 else y * (mpmath.exp(x / y) - 1),
    "relu6": lambda x: min(max(x, 0), 6),
    "hardsigmoid": lambda x: min(max(x + 3, 0), 6) / 6,
    "hardswish": lambda x: x * min(max(x + 3, 0), 6) / 6,
    "hardtanh": lambda x, low, high: min(max(x, low), high),
    "clip": lambda x, low, high: min(max(x, low), high),
    "softshrink": lambda x, y: mpmath.sign(x) * max(abs(x) - (y if y >= 0 else mpmath.nan), 0),
    "hardshrink": lambda x, y: x if abs(x) > y else 0,
    "copysign": lambda x, y: abs(x) if math.copysign(1, y) > 0 else -abs(x),
    "heaviside": lambda x, y: 1 if x > 0 else 0 if x else y,
    "floor": mpmath.floor,
    "ceil": mpmath.ceil,
    "trunc": lambda x: mpmath.sign(x) * mpmath.floor(abs(x)),
    "rint": mpmath.nint,
    "floordiv": lambda x, y: mpmath.floor(x / y),
    "mod": lambda x, y: x - y * mpmath.floor(x / y),
    "fmod": lambda x, y: x - y * mpmath.sign(x / y) * mpmath.floor(abs(x / y)),
    "remainder": lambda x, y: x - y * mpmath.nint(x / y),
    "log_softmax": lambda *xs: xs[xs[-1]] - mpmath.log(mpmath.fsum(map(mpmath.exp, xs[:-1]))),
    "var": lambda *xs: variance(*xs),
    "std": lambda *xs: mpmath.sqrt(variance(*xs)),
    "kthvalue": lambda *xs: sorted(xs[:-1])[int(xs[-1]) - 1],
    "softmax": lambda *xs: mpmath.exp(xs[xs[-1]]) / mpmath.fsum(map(mpmath.exp, xs[:-1])),
}


def whole(n: Any) -> int:
    """A number that is one of 1, 2, 3, ..."""
    if n != int(n) or n < 1:
        raise ValueError(n)
    return int(n)


def positive(x: Any) -> Any:
    if x <= 0:
        raise ValueError(x)
    return x


def variance(*xs: Any) -> Any:
    *operands, ddof = xs
    mean = mpmath.fsum(operands) / len(operands)
    return mpmath.fsum((x - mean) ** 2 for x in operands) / (len(operands) - ddof)


# ---------------------------------------------------------------- where the rows are looked at

random_numbers = random.Random(20)
ORDINARY = [random_numbers.uniform(-4, 4) for _ in range(30)]
WIDE = [random_numbers.choice([-1, 1]) * 10 ** random_numbers.uniform(-20, 3) for _ in range(30)]
SUBNORMAL, TINY, HUGE = [5e-324, 1e-310], [2.3e-308, 1e-200, 1e-18, 1e-9], [1e5, 1e15, 1e160, 1e301, LARGEST]
UNDERFLOWING = [(5e-324, 0.3), (1e-320, 1e-10), (1e-308, 1.05)]
SIZES = [
    0.1,
    0.5,
    0.7518,
    1 - 2**-53,
    1.0,
    1 + 2**-52,
    1.2785,
    math.pi / 2,
    2.0,
    3.0,
    5.0,
    6.0,
    6.5,
    10.0,
    20.0,
    26.5,
    37.5,
]
TAILS = [38.4, 100.0, 354.5, 372.2, 400.0, 709.7, 710.4, 744.5, 800.0]
SINGLE = [sign * size for size in [0.0, *SUBNORMAL, *TINY, *SIZES, *TAILS, *HUGE] for sign in (1, -1)] + [
    *ORDINARY,
    *WIDE,
]
FEW = [
    0.0,
    5e-324,
    1e-310,
    -1e-200,
    1e-9,
    0.3,
    1.0,
    -1.0,
    1 + 2**-52,
    2.0,
    -7.5,
    1e10,
    -1e200,
    1e200,
    LARGEST,
]
PAIRS = [
    *itertools.product(FEW, FEW),
    *UNDERFLOWING,
    *zip(ORDINARY, reversed(WIDE), strict=True),
    *itertools.pairwise(ORDINARY),
    *zip(map(abs, ORDINARY), reversed(ORDINARY), strict=True),
]
LISTS = [
    (2.5,),
    (0.0, 1.0),
    (-0.6931471805599453, -0.6931471805599453),
    (0.0, -50.0),
    (1000.0, 1000.5, 999.0),
    (-1000.0, -1000.5, -1e5),
    (700.0, -700.25, 0.1),
    (1e-300, 3e-300, -2e-300),
    (5e-324, 1e-323, 1.5e-323),
    (1e200, -1e200, 1e190),
    (0.1, 0.2, -0.3),
    *zip(ORDINARY[:10], ORDINARY[10:20], ORDINARY[20:], strict=True),
    tuple(ORDINARY[:9]),
]
LENGTHS_OF_DOT = (1, 3, 5, 7, 9)


TRIPLES = [(x, *pair) for x, pair in itertools.product((0.0, -1.0, 0.3, 2.0, 1e-200, 1e10), PAIRS[::7])]


def points(rule: Rule) -> Sequence[tuple[Any, ...]]:
    """Operands to look at: floats are differentiated by, ints are not."""
    if rule.arity == 1:
        return [(x,) for x in SINGLE]
    if rule.name == "polygamma":
        return [(n, abs(x)) for n in (1.0, 2.0, 3.0, 7.0) for x in SINGLE[::3] if 1e-20 < abs(x) < 1e16] + [
            (0.5, 1.0)
        ]
    if rule.name in ("floordiv", "mod", "fmod", "remainder"):
        return [(x, y) for x, y in PAIRS if abs(x) < 1e6 * abs(y) or y == 0]
    if rule.arity == 2:
        return PAIRS
    if rule.arity == 3 and rule.condition is None:
        return TRIPLES
    if rule.arity == 3:
        return [(condition, *pair) for condition in (0, 1) for pair in PAIRS[::7]]
    if rule.vector:
        return [(*xs, position) for xs in LISTS for position in {0, len(xs) - 1}]
    if rule.name in ("var", "std"):
        return [(*xs, ddof) for xs in LISTS for ddof in (0, 1, 0.5) if ddof < len(xs)]
    if rule.name == "kthvalue":
        return [(*xs, k) for xs in LISTS for k in {1, len(xs) // 2 + 1, len(xs)}]
    if rule.name == "dot":
        return [xs[:length] for xs in LISTS for length in LENGTHS_OF_DOT if length <= len(xs)]
    return LISTS


# ---------------------------------------------------------------- the checker


@dataclass(frozen=True)
class Comparison:
    """One number of a rule beside the exact one."""

    what: str
    xs: tuple[Any, ...]
    actual: float
    exact: Any
    allowed: float

    @property
    def error(self) -> float:
        """In units in the last place of the exact number; a result beyond the largest float has to be inf."""
        if self.actual != self.actual:
            return math.inf
        if abs(self.exact) >= 2**1024:
            return 0 if self.actual == math.copysign(math.inf, self.exact) else math.inf
        actual = mpmath.mpf(min(max(self.actual, -LARGEST - 1), LARGEST + 1))
        return float(abs(actual - self.exact) / math.ulp(min(float(abs(self.exact)), LARGEST)))

    def __str__(self) -> str:
        found = f"{self.what} at {self.xs}: {self.actual!r}, not {mpmath.nstr(self.exact, 20)}"
        return f"{found}: {self.error:.3g} > {self.allowed:.3g} ulp"


def definition(rule: Rule) -> Callable[..., Any]:
    """The exact value: from the textbook, for other rows by running them on numbers of mpmath."""
    world = Mpmath()

    def own(*xs: Any) -> Any:
        return rule.apply(world, xs)

    return TEXTBOOK.get(rule.name, own)


def exactly(f: Callable[..., Any], xs: Sequence[Any]) -> Any:
    """The exact value, None where it is not a real number."""
    try:
        z = f(*xs)
    except (ValueError, ArithmeticError):
        return None
    return mpmath.mpf(z) if not isinstance(z, mpmath.mpc) and mpmath.isfinite(z) else None


def slope(f: Callable[..., Any], xs: Sequence[Any], here: Any, i: int) -> Any:
    """The exact partial by a difference so narrow that its error is far below the last digit; `here` is f(*xs).

    Returns:
        None at the border of the domain, nan at a kink or a jump.
    """
    sizes = [abs(x) for x in xs if x and not isinstance(x, int)]
    step = mpmath.mpf(10) ** -40 * min(1, *sizes, 1) / max(1, *sizes, 1)
    near, above, below = (
        exactly(f, [*xs[:i], xs[i] + move, *xs[i + 1 :]]) for move in (-step / 8, step, -step)
    )
    if None in (near, here, above, below):
        return None
    left, right = (here - near) / (step / 8), (above - here) / step
    bend = abs(right - left)
    if bend > mpmath.mpf("1e-20") * max(abs(left), abs(right)) and bend > mpmath.mpf("1e-30"):
        return mpmath.nan
    found = (above - below) / (2 * step)
    return mpmath.mpf(0) if xs[i] == 0 and abs(found) <= step * step else found  # of x**3 at 0


def digits(xs: Sequence[float]) -> int:
    """Enough that sums of a tail (1e-350), these operands, their squares and a narrow step keep 50 digits."""
    return 450 + int(2 * sum(abs(math.log10(abs(x))) for x in xs if x))


def comparisons(rule: Rule, xs: tuple[Any, ...]) -> Iterator[Comparison]:
    """The value and the partials at one point of the domain beside the exact ones."""
    with mpmath.workdps(digits(xs)):
        exact_xs = [x if isinstance(x, int) else mpmath.mpf(x) for x in xs]
        f = definition(rule)
        exact = exactly(f, exact_xs)
        try:
            node = apply(rule, [x if isinstance(x, int) else Value(x) for x in xs])
        except OverflowError:
            assert exact is None or abs(exact) > LARGEST, f"{rule.name}{xs} does not overflow"
            return
        except (ValueError, ZeroDivisionError) as error:
            problem = str(error)
            assert exact is None, problem
            return
        if exact is None:
            return

        def beside(what: str, actual: Any, exact: Any) -> Comparison:
            allowed = rule.ulps(exact_xs, exact) if callable(rule.ulps) else rule.ulps
            return Comparison(f"{rule.name} {what}", xs, actual, exact, float(allowed))

        yield beside("value", node.data, exact)
        if abs(node.data) == math.inf:
            return
        positions = [i for i, x in enumerate(xs) if not isinstance(x, int)]
        for i, partial in zip(positions, node.partials, strict=True):
            by_operand = slope(f, exact_xs, exact, i)
            if by_operand is not None and mpmath.isnan(by_operand):
                assert rule.kink, f"{rule.name} has no derivative by operand {i} at {xs}: its row must say so"
            elif by_operand is not None:
                yield beside(f"partial {i}", partial, by_operand)


STEPS = {"polygamma": 11, "digamma": 9, "logaddexp": 8, "gamma": 5}  # which are slow in mpmath


def step_of(rule: Rule) -> int:
    """How many points of a rule there are for each that the README's tests look at."""
    return STEPS.get(
        rule.name, 4 if rule.arity == 2 else 2
    )  # no divisor of len(FEW), so that all of these come


def looked_at(rule: Rule, at: Iterable[tuple[Any, ...]]) -> list[Comparison]:
    """All numbers of a rule at some points."""
    found = [comparison for xs in at for comparison in comparisons(rule, xs)]
    assert len(found) > 10, f"{rule.name} was looked at in {len(found)} places only"
    return found


def wrong(rule: Rule) -> list[str]:
    """The numbers of a rule whose error is larger than its row states."""
    return [
        str(comparison)
        for comparison in looked_at(rule, points(rule))
        if not comparison.error <= comparison.allowed
    ]


@pytest.mark.parametrize("rule", TABLE.values(), ids=TABLE)
def test_value_and_partials_are_exact_to_the_stated_error(rule: Rule) -> None:
    found = looked_at(rule, points(rule)[:: step_of(rule)])
    allowed = sorted(comparison.allowed for comparison in found)

    assert [str(comparison) for comparison in found if not comparison.error <= comparison.allowed] == []
    assert allowed[len(allowed) // 2] < 40, "a large error must be the exception"


@pytest.mark.slow
@pytest.mark.parametrize("rule", TABLE.values(), ids=TABLE)
def test_value_and_partials_are_exact_at_the_other_points(rule: Rule) -> None:
    found = looked_at(rule, [xs for place, xs in enumerate(points(rule)) if place % step_of(rule)])

    assert [str(comparison) for comparison in found if not comparison.error <= comparison.allowed] == []


def test_an_error_other_than_four_ulp_has_its_reason() -> None:
    assert [rule.name for rule in TABLE.values() if (rule.ulps == 4) != (rule.accuracy == "")] == []


KINKS: list[tuple[str, tuple[float, ...], tuple[float, ...]]] = [
    ("relu", (0.0,), (0,)),
    ("relu", (-0.0,), (0,)),
    ("relu", (5e-324,), (1,)),
    ("relu", (-5e-324,), (0,)),
    ("abs", (0.0,), (0,)),
    ("sign", (0.0,), (0,)),
    ("leaky_relu", (0.0, 0.01), (0.01, 0)),
    ("elu", (0.0, 2.0), (2, 0)),
    ("maximum", (3.0, 3.0), (1 / 2, 1 / 2)),
    ("minimum", (3.0, 3.0), (1 / 2, 1 / 2)),
    ("max", (1.0, 3.0, 3.0), (0, 1 / 2, 1 / 2)),
    ("min", (1.0, 3.0, 1.0, 1.0), (1 / 3, 0, 1 / 3, 1 / 3)),
    ("hypot", (0.0, 0.0), (0, 0)),
    ("atan2", (0.0, 0.0), (0, 0)),
    ("norm", (0.0, 0.0, 0.0), (0, 0, 0)),
    ("sqrt", (0.0,), (math.inf,)),
    ("asin", (1.0,), (math.inf,)),
    ("acos", (-1.0,), (-math.inf,)),
    ("greater", (1.0, 1.0), (0, 0)),
    ("pow", (0.0, 0.0), (0, -math.inf)),
    ("pow", (0.0, 0.5), (math.inf, 0)),
    ("pow", (0.0, 1.0), (1, 0)),
    ("pow", (0.0, 2.0), (0, 0)),
    ("relu6", (0.0,), (0,)),
    ("relu6", (6.0,), (0,)),
    ("hardsigmoid", (-3.0,), (0,)),
    ("hardsigmoid", (3.0,), (0,)),
    ("hardswish", (-3.0,), (0,)),
    ("hardswish", (3.0,), (1,)),
    ("hardtanh", (1.0, -1.0, 1.0), (0, 0, 1)),
    ("hardtanh", (-1.0, -1.0, 1.0), (0, 1, 0)),
    ("clip", (1.0, 0.0, 1.0), (1, 0, 0)),
    ("clip", (0.0, 0.0, 1.0), (1, 0, 0)),
    ("clip", (0.5, 1.0, 0.0), (0, 0, 1)),
    ("softshrink", (0.5, 0.5), (0, 0)),
    ("hardshrink", (-0.5, 0.5), (0, 0)),
    ("squareplus", (0.0, 0.0), (1 / 2, math.inf)),
    ("squareplus", (-1.0, 0.0), (0, 1 / 4)),
    ("squareplus", (1.7e308, 4.0), (1, 0.25 / 1.7e308)),
    ("copysign", (0.0, -1.0), (0, 0)),
    ("heaviside", (0.0, 0.5), (0, 1)),
    ("cbrt", (0.0,), (math.inf,)),
    ("acosh", (1.0,), (math.inf,)),
    ("fmod", (4.0, 2.0), (1, -2)),
    ("mod", (4.0, 2.0), (1, -2)),
    ("mod", (-1.0, 2.0), (1, 1)),
    ("remainder", (3.0, 2.0), (1, -2)),
    ("xlogy", (0.0, 0.0), (-math.inf, 0)),
    ("logaddexp", (math.inf, math.inf), (1 / 2, 1 / 2)),
    ("std", (2.0, 2.0, 0.0), (0, 0, 0)),
    ("kthvalue", (2.0, 1.0, 2.0, 3.0), (1 / 2, 0, 1 / 2, 0)),
]


@pytest.mark.parametrize(("name", "xs", "expected"), KINKS)
def test_partials_at_kinks_and_borders(name: str, xs: tuple[float, ...], expected: tuple[float, ...]) -> None:
    assert apply(TABLE[name], list(map(Value, xs))).partials == expected


def test_the_columns_on_kinks_agree() -> None:
    with_kinks = {name for name, rule in TABLE.items() if rule.kink and "inf is used" not in rule.kink}

    assert {name for name, rule in TABLE.items() if rule.at_kink is not None} == with_kinks


@pytest.mark.parametrize("rule", [rule for rule in TABLE.values() if rule.kink], ids=lambda rule: rule.name)
def test_one_sided_slopes_differ_exactly_at_kinks(rule: Rule) -> None:
    f = definition(rule)
    origins: list[tuple[float, ...]] = [(0.0,), (0.0, 0.0), (0.0, 0.0, 0.0)] if rule.is_nary else []
    if rule.name in ("std", "kthvalue"):
        origins = [(*xs, 1) for xs in origins[1:]]
    seen = set()
    for xs in [*points(rule), *origins]:
        with mpmath.workdps(digits(xs)):
            exact_xs = [x if isinstance(x, int) else mpmath.mpf(x) for x in xs]
            here = exactly(f, exact_xs)
            places = [i for i, x in enumerate(xs) if not isinstance(x, int)]
            slopes = [slope(f, exact_xs, here, i) for i in places]
        if None in slopes:  # the border of the domain
            slopes = [x for x in slopes if x is not None and mpmath.isnan(x)]
            if not slopes:
                continue
        differ = any(map(mpmath.isnan, slopes)) and "inf is used" not in rule.kink
        seen.add(differ)

        assert bool(rule.kinked(FLOATS, xs)) == differ, xs
        assert np.array(rule.kinked(NUMPY, np.array(xs)[:, None])).tolist() in (0, [int(differ)]), xs
    assert seen == {rule.at_kink is not None, False}


@pytest.mark.parametrize(
    "rule", [rule for rule in TABLE.values() if rule.chooses], ids=lambda rule: rule.name
)
def test_a_row_that_chooses_does_not_depend_on_what_it_left(rule: Rule) -> None:
    for xs in points(rule):
        try:
            node = apply(rule, [x if isinstance(x, int) else Value(x) for x in xs])
        except (ValueError, ZeroDivisionError):  # outside the domain
            continue
        positions = [i for i, x in enumerate(xs) if not isinstance(x, int)]
        for i in [i for i, partial in zip(positions, node.partials, strict=True) if partial == 0]:
            for side in (math.inf, -math.inf):
                near = (*xs[:i], math.nextafter(xs[i], side), *xs[i + 1 :])
                if abs(near[i] - xs[i]) > 0.4:  # where floats lie further apart than whole numbers
                    continue
                try:
                    z = apply(rule, near)
                except (ValueError, ZeroDivisionError):  # outside the domain
                    continue

                jumped = rule.name == "floordiv" and abs(z - node.data) == 1  # between neighbours
                assert z == node.data or jumped or rule.kinked(FLOATS, xs) or rule.kinked(FLOATS, near)


@pytest.mark.filterwarnings("ignore::autodiff.KinkWarning")
@pytest.mark.parametrize("number", [float, Fraction])
@pytest.mark.parametrize(
    ("name", "xs", "plain", "expected"),
    [
        ("maximum", (3, 3), 1, (0,)),
        ("maximum", (3, 3), 0, (0,)),
        ("minimum", (3, 3), 1, (0,)),
        ("maximum", (3, 2), 1, (1,)),
        ("minimum", (3, 2), 0, (1,)),
        ("max", (1, 3, 3), 2, (0, 0)),
        ("max", (1, 3, 3), 0, (Fraction(1, 2), Fraction(1, 2))),
        ("min", (2, 3, 1), 0, (0, 1)),
    ],
)
def test_at_a_tie_with_a_plain_number_the_slope_is_0(
    number: Any, name: str, xs: tuple[int, ...], plain: int, expected: tuple[Any, ...]
) -> None:
    operands = [number(x) if i == plain else Value(number(x), name=f"x{i}") for i, x in enumerate(xs)]
    node = apply(TABLE[name], operands).named("m")

    assert node.partials == expected
    assert tuple(gradient(node, node.parents)) == expected
    by_graph = gradient(node, node.parents, create_graph=True)
    assert tuple(x.data for x in by_graph) == expected


UNUSED: dict[str, Callable[..., bool]] = {  # operands that the result does not come from
    "where": lambda i, xs: i == 1 + xs[0],
    "leaky_relu": lambda i, xs: i == 1 and xs[0] > 0,
    "elu": lambda i, xs: i == 1 and xs[0] > 0,
    "hardshrink": lambda i, xs: i == 1,
    "copysign": lambda i, xs: i == 1,
    "heaviside": lambda i, xs: i == 1 and xs[0] != 0,
    **dict.fromkeys(["greater", "greater_equal", "less", "less_equal", "equal"], lambda i, xs: True),
}


def is_inside(rule: Rule, xs: Sequence[Any]) -> bool:
    """Whether operands lie in the domain."""
    try:
        return rule.apply(FLOATS, xs) is not None
    except (ValueError, ArithmeticError):
        return False


@pytest.mark.parametrize("rule", TABLE.values(), ids=TABLE)
def test_nan_propagates_without_an_exception(rule: Rule) -> None:
    ordinary = [xs for xs in points(rule) if 0.5 in xs or 0.3 in xs or ORDINARY[0] in xs or 5.0 in xs]
    for xs in [xs for xs in ordinary if is_inside(rule, xs)][:3]:
        for i, x in enumerate(xs):
            if isinstance(x, int):
                continue
            with_nan = (*xs[:i], math.nan, *xs[i + 1 :])
            node = apply(rule, [x if isinstance(x, int) else Value(x) for x in with_nan])
            if rule.name in UNUSED and UNUSED[rule.name](i, xs):
                continue

            assert math.isnan(node.data), xs


@pytest.mark.parametrize("rule", TABLE.values(), ids=TABLE)
def test_method_function_and_row_agree(rule: Rule) -> None:
    for xs in points(rule)[::5]:
        operands = [x if isinstance(x, int) else Value(x) for x in xs]
        try:
            node = apply(rule, operands)
        except (ValueError, ArithmeticError):
            continue
        plain = apply(rule, xs)
        assert plain == node.data or math.isnan(node.data)
        if rule.arity is not None and isinstance(operands[0], Value):
            by_method = getattr(operands[0], rule.name)(*operands[1:])
            by_function = getattr(autodiff, rule.name)(*operands)
            for other in (by_method, by_function):
                assert repr((other.data, other.partials)) == repr((node.data, node.partials))
                assert (other.operands, other.op) == (node.operands, rule)


# ---------------------------------------------------------------- fractions


def test_fractions_stay_exact() -> None:
    third, half = Value(Fraction(1, 3)), Value(Fraction(-1, 2))
    nodes = [
        (third + half, Fraction(-1, 6), (1, 1)),
        (third - half, Fraction(5, 6), (1, -1)),
        (third * half, Fraction(-1, 6), (Fraction(-1, 2), Fraction(1, 3))),
        (third / half, Fraction(-2, 3), (Fraction(-2), Fraction(-4, 3))),
        (third**3, Fraction(1, 27), (Fraction(1, 3),)),
        (third**-2, Fraction(9), (Fraction(-54),)),
        (third**0, Fraction(1), (0,)),
        (-half, Fraction(1, 2), (-1,)),
        (abs(half), Fraction(1, 2), (-1,)),
        (half.relu(), Fraction(0), (0,)),
        (third.relu(), Fraction(1, 3), (1,)),
        (third.maximum(half), Fraction(1, 3), (1, 0)),
        (third.minimum(half), Fraction(-1, 2), (0, 1)),
        (autodiff.max([half, third]), Fraction(1, 3), (0, 1)),
        (autodiff.min([half, third]), Fraction(-1, 2), (1, 0)),
        (autodiff.sum([half, third]), Fraction(-1, 6), (1, 1)),
        (autodiff.mean([half, third]), Fraction(-1, 12), (Fraction(1, 2), Fraction(1, 2))),
        (autodiff.prod([half, third]), Fraction(-1, 6), (Fraction(1, 3), Fraction(-1, 2))),
        (autodiff.dot([half, third], [2, 3], bias=1), Fraction(1), (2, 3)),
        (Value(Fraction(0)).sigmoid(), Fraction(1, 2), (Fraction(1, 4),)),
        (Value(Fraction(0)).tanh(), Fraction(0), (Fraction(1),)),
        (Value(Fraction(4, 9)).sqrt(), Fraction(2, 3), (Fraction(3, 4),)),
        (Value(Fraction(3, 2)).hypot(Value(Fraction(2))), Fraction(5, 2), (Fraction(3, 5), Fraction(4, 5))),
        (
            autodiff.norm([Value(Fraction(3)), Value(Fraction(4))]),
            Fraction(5),
            (Fraction(3, 5), Fraction(4, 5)),
        ),
    ]
    for node, data, partials in nodes:
        assert (node.data, node.partials) == (data, partials), node
        assert isinstance(node.data, Fraction), node
        assert all(isinstance(partial, Fraction | int) for partial in node.partials), node


# ---------------------------------------------------------------- the checker itself


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("tanh", {"partials": (lambda m, x, z: 1 - z**2,)}),  # right on paper, without digits in the tails
        ("tanh", {"partials": (lambda m, x, z: 1 - z,)}),
        ("sigmoid", {"value": lambda m, x: 1 / (1 + m.exp(m.minimum(-x, 700)))}),
        ("mul", {"partials": (lambda m, x, y, z: x, lambda m, x, y, z: y)}),
        ("sub", {"partials": (1, 1)}),
        ("relu", {"partials": (lambda m, x, z: m.greater(x, 1e-100),)}),
        ("hypot", {"partials": (lambda m, x, y, z: m.divide(x, z), lambda m, x, y, z: m.divide(y, z))}),
        ("exp", {"partials": (lambda m, x, z: z * (1 + 2e-15),)}),
        ("logsumexp", {"partials": lambda m, xs, z: [1 / len(xs)] * len(xs)}),
        ("dot", {"partials": lambda m, xs, z: [*xs[:-1], 1]}),
    ],
)
def test_a_wrong_rule_is_caught(name: str, changed: dict[str, Any]) -> None:
    assert wrong(replace(TABLE[name], **changed))


@pytest.fixture
def registered(request: pytest.FixtureRequest) -> Rule:
    rule: Rule = request.param
    register(rule)
    return rule


CUBE = unary("cube", lambda m, x: x**3, lambda m, x, z: 3 * x**2)
SHIFTED = binary("shifted", lambda m, x, y: 2 * x - y, (2, -1))
BENT = unary("bent", lambda m, x: m.abs(x - 0.5), lambda m, x, z: m.sign(x - 0.5))
WRONG = unary("wrong_cube", lambda m, x: x**3, lambda m, x, z: 2 * x**2)


@pytest.mark.parametrize("registered", [CUBE, SHIFTED], indirect=True, ids=lambda rule: rule.name)
def test_an_operation_added_at_run_time_is_checked_too(registered: Rule) -> None:
    x = Value(0.5)

    assert TABLE[registered.name] is registered
    assert wrong(replace(registered, ulps=float("inf"))) == []
    assert registered.arity is not None
    assert getattr(x, registered.name)(*[x] * (registered.arity - 1)).op is registered
    assert function(registered)(*[2.0] * registered.arity) in (8.0, 2.0)


@pytest.mark.parametrize("registered", [WRONG], indirect=True, ids=lambda rule: rule.name)
def test_a_wrong_operation_added_at_run_time_is_caught(registered: Rule) -> None:
    assert wrong(registered)


def test_a_kink_that_the_row_does_not_state_is_caught() -> None:
    with pytest.raises(AssertionError, match=r"bent has no derivative by operand 0 at \(0.5,\)"):
        wrong(BENT)


@pytest.mark.parametrize(
    ("name", "slopes"), [("minimum", (1, 0, 0)), ("maximum", (0, 0, 1))], ids=["minimum", "maximum"]
)
def test_beside_a_plain_number_the_chosen_operand_has_slope_1(name: str, slopes: tuple[int, ...]) -> None:
    for number, slope in zip((2.0, 3.0, 4.0), slopes, strict=True):
        assert apply(TABLE[name], [Value(number), 3.0]).partials == (slope,)
        assert apply(TABLE[name], [3.0, Value(number)]).partials == (slope,)


@pytest.mark.parametrize("x", [1e-3, 0.5, 1.0, 700.0])
def test_celu_is_steep_left_of_0_alone(x: float) -> None:
    """Right of 0 exp(x / y) would overflow."""
    assert apply(TABLE["celu"], [Value(x), Value(1e-6)]).partials == (1, 0)


@pytest.mark.parametrize("n", [1.0, 2.0, 5.0])
def test_polygamma_vanishes_at_infinity(n: float) -> None:
    assert apply(TABLE["polygamma"], [n, Value(math.inf)]).data == 0
    assert apply(TABLE["digamma"], [Value(math.inf)]).partials == (0,)


@pytest.mark.parametrize("x", [0.0, 0.3, 0.5, 2.0])
def test_what_is_shrunk_to_0_keeps_its_sign(x: float) -> None:
    for signed in (x, -x):
        found = apply(TABLE["softshrink"], [Value(signed), 2.0]).data
        assert str(found) == str(math.copysign(0, signed))


def test_copysign_takes_the_sign_of_zeros_too() -> None:
    for x, y in itertools.product((2.0, -2.0, 0.0, -0.0), (3.0, -3.0, 0.0, -0.0)):
        found = apply(TABLE["copysign"], [Value(x), Value(y)]).data
        assert str(found) == str(math.copysign(x, y))


@pytest.mark.parametrize(("x", "y"), [(0.1, 10.0), (1 / 3, 1 / 7), (-0.7, 1e10), (1e-150, 3e20)])
def test_fma_keeps_what_rounding_the_product_would_lose(x: float, y: float) -> None:
    exact = Fraction(x) * Fraction(y)
    for w in (-x * y, 1 - x * y, 0.0):
        assert apply(TABLE["fma"], [Value(x), Value(y), w]).data == float(exact + Fraction(w)), w


def test_names_from_elsewhere_are_no_rows_and_can_be_written() -> None:
    assert TABLE.keys().isdisjoint(named_elsewhere())
    assert [name for name in named_elsewhere() if not name.isidentifier()] == []


@pytest.mark.parametrize(
    ("rule", "python"),
    [
        ("floordiv", operator.floordiv),
        ("mod", operator.mod),
        ("fmod", math.fmod),
        ("remainder", math.remainder),
    ],
)
def test_divisions_are_those_of_python_to_the_sign_of_zero(
    rule: str, python: Callable[[float, float], float]
) -> None:
    numbers = [0.0, 0.158, 0.5, 1.0, 2.0, 3.5, 4.0, 5e-324, 1e300]
    signed = [*numbers, *(-x for x in numbers)]
    pairs = [(x, y) for x in signed for y in [*signed, math.inf, -math.inf] if y]

    for x, y in [*pairs, (0, -0.5), (0, 0.5)]:
        found = apply(TABLE[rule], [Value(x) if x else x, Value(y)]).data
        assert (found, math.copysign(1, found)) == (python(x, y), math.copysign(1, python(x, y))), (x, y)


def test_fma_leaves_out_lost_digits_that_overflow() -> None:
    assert autodiff.fma(2e302, 5e-303, 1.0) == 2.0


@pytest.mark.parametrize("x", [0.1, 0.3, 1e8 + 0.1])
def test_what_is_always_the_same_has_no_variance(x: float) -> None:
    assert (autodiff.var([x] * 10), autodiff.std([x] * 7)) == (0.0, 0.0)
