"""Checking a gradient: against central differences, input by input."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from typing import Any

from autodiff.calculus.derivatives import Argnums, Function, checked_argnums, function_title, grad, run
from autodiff.calculus.second import number_of
from autodiff.calculus.trees import Tree, each_leaf, tree_leaves, with_leaves
from autodiff.graph import topological_order
from autodiff.guards.kinks import find_kinks
from autodiff.guards.nonfinite import computation
from autodiff.languages import spoken
from autodiff.number import number
from autodiff.value import Value

__all__ = ["GradientError", "check_gradient"]


class GradientError(AssertionError):
    """A gradient differs from the central difference.

    >>> from autodiff import relu
    >>> check_gradient(relu, 0.0)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    autodiff.calculus.checking.GradientError: the gradient of the function relu cannot be checked at a kink: ...
    """


# The step balances the error of the formula, step**2, and of rounding, epsilon / step.
FIRST_STEP = sys.float_info.epsilon ** (1 / 3)


def check_gradient(
    f: Function,
    *args: Tree,
    argnums: Argnums | None = None,
    tolerance: float = 1e-6,
    **kwargs: Tree,
) -> float:
    """Compare the gradient of ``f`` with central differences, input by input.

    The step of a difference is 6e-6 times max(1, |x|). It is made smaller where ``f`` is too curved for it or
    is not defined there; how far the differences of two steps lie apart, and rounding, is allowed for besides
    the tolerance.

    Args:
        f: A function that gives a Value or a number. The arguments that are checked reach it as Values, all of
            them in every call; the others reach it as they are.
        args: Where to check: trees of numbers.
        argnums: Which arguments to check; all if left out.
        tolerance: The largest relative error allowed.
        kwargs: Keyword arguments for ``f``, which are not checked.

    Returns:
        The largest relative error found.

    Raises:
        GradientError: A derivative is wrong, or cannot be checked there. The worst one is reported.

    >>> check_gradient(lambda x, y: x**2 + x * y + (x + y) ** 2, 2, 3) < 1e-6
    True
    """
    checked = range(len(args)) if argnums is None else checked_argnums(argnums, len(args), f)
    floats = {i: each_leaf(as_float, args[i], f"args[{i}]") for i in checked}
    args = tuple(floats.get(i, arg) for i, arg in enumerate(args))
    slopes = grad(f, tuple(checked))(*args, **kwargs)

    def value_at(*point: Tree) -> float:
        return float(number_of(run(f, tuple(checked), point, kwargs)[0]))

    worst, report = 0.0, ""
    for i, slope_tree in zip(checked, slopes, strict=True):
        places = tree_leaves(args[i], f"args[{i}]")
        for k, (slope, _) in enumerate(tree_leaves(slope_tree)):
            x, path = places[k]
            difference, doubt = central_difference(along(value_at, args, i, k), x, path)
            error = relative_error(float(number_of(slope)), difference, doubt)
            if not report or not error <= worst:
                worst = error
                report = f"by {path} = {x!r}: the gradient is {slope}, the central difference {difference}"
    if not worst <= tolerance:
        cause = kink_here(f, tuple(checked), args, kwargs) or "is wrong"
        raise GradientError(
            f"the gradient of {function_title(f)} {cause}; worst is the derivative {report}, "
            f"a relative error of {worst:.2g} (the tolerance is {tolerance:g})"
        )
    return worst


def kink_here(f: Function, checked: tuple[int, ...], args: tuple[Tree, ...], kwargs: dict[str, Tree]) -> str:
    """Say which kink the point lies at, or within a step of; nothing where there is none."""
    output = run(f, checked, args, kwargs)[0]
    if not isinstance(output, Value):
        return ""
    kinks = [kink for kink in find_kinks(output) if kink.matters]
    if kinks:
        more = f", and {len(kinks) - 1:,} more" if len(kinks) > 1 else ""
        with spoken("en"):
            return f"cannot be checked at a kink: {kinks[0]}{more}"
    here = topological_order(output)
    for path, point in neighbours(checked, args):
        try:
            moved = run(f, checked, point, kwargs)[0]
        except (ValueError, ArithmeticError):
            continue
        crossed = first_crossed(here, topological_order(moved)) if isinstance(moved, Value) else None
        if crossed is not None:
            return (
                f"cannot be checked so close to a kink, which a step of {FIRST_STEP:.0e} by {path} crosses: "
                f"{computation(crossed)}; check further away from it"
            )
    return ""


def neighbours(checked: tuple[int, ...], args: tuple[Tree, ...]) -> Iterator[tuple[str, tuple[Tree, ...]]]:
    """The points one step away, with the path of what moved."""
    for i in checked:
        leaves = [(as_float(x, path), path) for x, path in tree_leaves(args[i], f"args[{i}]")]
        for k, (x, path) in enumerate(leaves):
            for move in (-1, 1):
                near = [leaf for leaf, _ in leaves]
                near[k] = x + move * FIRST_STEP * max(1.0, abs(x))
                yield path, (*args[:i], with_leaves(args[i], near), *args[i + 1 :])


def first_crossed(here: list[Value], there: list[Value]) -> Value | None:
    """The first node with a kink whose partials, or value if it is a step, jump from one point to the other."""
    for node, moved in zip(here, there, strict=False):
        if node.op is not moved.op:
            return None
        if node.op is not None and node.op.at_kink is not None:
            pairs: list[tuple[Any, Any]] = [*zip(node.partials, moved.partials, strict=True)]
            pairs += [] if any(node.partials) else [(node.data, moved.data)]
            if any(abs(x - y) > 1e-3 * max(abs(x), abs(y)) for x, y in pairs):
                return node
    return None


def as_float(x: Tree, path: str) -> float:
    return float(number(number_of(x), f"check_gradient: {path}"))


def along(value_at: Callable[..., float], args: tuple[Tree, ...], i: int, k: int) -> Callable[[float], float]:
    """The function of one number that moves the k-th leaf of the i-th argument, and no other."""
    leaves = [leaf for leaf, _ in tree_leaves(args[i])]

    def line(x: float) -> float:
        moved = with_leaves(args[i], [*leaves[:k], x, *leaves[k + 1 :]])
        return value_at(*args[:i], moved, *args[i + 1 :])

    return line


def central_difference(line: Callable[[float], float], x: float, path: str) -> tuple[float, float]:
    """The derivative of ``line`` at x by central differences, and by how much it may be wrong."""
    step, before = FIRST_STEP * max(1.0, abs(x)), math.nan
    best, failure = (math.nan, math.inf), None
    for _ in range(12):
        right, left = x + step, x - step  # rounded: what counts is how far they really lie apart
        step /= 8
        try:
            above, below = line(right), line(left)
        except (ValueError, ArithmeticError) as error:
            failure = error
            continue
        slope = (above - below) / (right - left)
        rounded = 4 * max(abs(above), abs(below)) + abs(slope * x)  # values, and what is first made of x
        rounding = sys.float_info.epsilon * rounded / (right - left)
        doubt = rounding + abs(slope - before)
        if doubt < best[1]:
            best = slope, doubt
        elif rounding > best[1]:
            break
        if doubt <= 1e-8 * abs(slope):
            break
        before = slope
    if math.isnan(best[0]):
        raise GradientError(
            f"the derivative by {path} = {x!r} cannot be checked: the function has no finite values near it "
            f"on both sides{f' ({failure})' if failure else ''}; check at another point"
        ) from failure
    return best


def relative_error(slope: float, difference: float, doubt: float) -> float:
    """How far the two lie apart beyond doubt, relative to the larger one."""
    apart = abs(slope - difference)
    if apart <= doubt:
        return 0.0
    return (apart - doubt) / max(abs(slope), abs(difference))
