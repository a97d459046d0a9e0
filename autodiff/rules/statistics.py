"""Rows of statistics: the variance, the standard deviation, and the k-th smallest of any number of operands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from autodiff.rules.accuracy import CANCELS_ALL, std_ulps, var_ulps
from autodiff.rules.geometry import directions
from autodiff.rules.reductions import each, is_shared, shares
from autodiff.rules.rule import Notation, many, nary
from autodiff.rules.worlds import Scalar, World

__all__ = ["ROWS"]


def sample(*values: Scalar, ddof: float = 0) -> tuple[Scalar, ...]:
    """The operands, and last what is taken from their number: 0, or 1 for the estimate without bias."""
    operands = many(*values)
    if not ddof < len(operands):
        raise ValueError(f"needs more operands than ddof = {ddof}, got {len(operands)}")
    return (*operands, ddof)


def ranked(values: Iterable[Scalar], k: int) -> tuple[Scalar, ...]:
    """The operands, and last which of them is meant: the smallest is number 1."""
    operands = tuple(values)
    if not 1 <= k <= len(operands) or k != int(k):
        raise ValueError(f"needs k from 1 to the number of operands, which is {len(operands)}, not {k!r}")
    return (*operands, k)


def off_mean(m: World, xs: Sequence[Scalar]) -> Scalar:
    """How far each is from their mean; exactly 0 if all are equal, as the first one is taken away before."""
    first = xs[0]
    moved = each(lambda x: x - first, xs)
    mean = m.sum(moved) / len(xs)
    return each(lambda x: x - mean, moved)


def freedom(xs: Sequence[Scalar]) -> Scalar:
    return len(xs) - 1 - xs[-1]


def variance(m: World, xs: Sequence[Scalar]) -> Scalar:
    return m.sum(each(lambda d: d * d, off_mean(m, xs[:-1]))) / freedom(xs)


def variance_partials(m: World, xs: Sequence[Scalar], z: Scalar) -> list[Scalar]:
    count = freedom(xs)
    return [*each(lambda d: 2 * d / count, off_mean(m, xs[:-1])), z / count]


def variance_defined(m: World, xs: Sequence[Scalar]) -> Scalar:
    *operands, ddof = xs
    return m.sum([(x - m.mean(operands)) ** 2 for x in operands]) / (len(operands) - ddof)


def variance_written(m: World, xs: Sequence[Scalar], z: Scalar) -> list[Scalar]:
    *operands, ddof = xs
    count = len(operands) - ddof
    return [*(2 * (x - m.mean(operands)) / count for x in operands), z / count]


def deviation(m: World, xs: Sequence[Scalar]) -> Scalar:
    return m.norm(off_mean(m, xs[:-1])) / m.sqrt(freedom(xs))


def deviation_partials(m: World, xs: Sequence[Scalar], z: Scalar) -> list[Scalar]:
    found, root = off_mean(m, xs[:-1]), m.sqrt(freedom(xs))
    return [*each(lambda d: d / root, directions(m, found, m.norm(found))), z / (2 * freedom(xs))]


def deviation_written(m: World, xs: Sequence[Scalar], z: Scalar) -> list[Scalar]:
    *operands, ddof = xs
    count = len(operands) - ddof
    return [*((x - m.mean(operands)) / (count * z) for x in operands), z / (2 * count)]


def all_equal(m: World, xs: Sequence[Scalar]) -> Scalar:
    return m.equal(m.norm(off_mean(m, xs[:-1])), 0) * int(len(xs) > 2)


def kth_partials(m: World, xs: Sequence[Scalar], z: Scalar) -> list[Scalar]:
    return [*shares(m, xs[:-1], z), 0]


def of_sample(name: str, latex: str) -> Notation:
    """Write it with ddof where there is one operand too few."""
    return Notation(f"{name}({{most}}, ddof={{last}})", latex, f"{name}([{{most}}], ddof={{last}})")


# fmt: off
ROWS = (
    nary("var", variance, variance_partials, pack=sample, domain="ddof less than the number of operands",
         notation=of_sample("var", r"\operatorname{{var}}_{{{last}}}({most})"),
         defined=variance_defined, written=variance_written, ulps=var_ulps, accuracy=CANCELS_ALL),
    nary("std", deviation, deviation_partials, pack=sample, domain="ddof less than the number of operands",
         kink="points where all operands are equal: 0 is used", at_kink=all_equal,
         notation=of_sample("std", r"\operatorname{{std}}_{{{last}}}({most})"),
         defined=lambda m, xs: m.sqrt(variance_defined(m, xs)), written=deviation_written,
         ulps=std_ulps, accuracy=CANCELS_ALL),
    nary("kthvalue", lambda m, xs: m.kthvalue(xs[:-1], xs[-1]), kth_partials, pack=ranked, listed=True,
         chooses=True,
         kink="points where several are the k-th smallest: they share equally",
         at_kink=lambda m, xs: is_shared(m, xs[:-1], m.kthvalue(xs[:-1], xs[-1])),
         domain="k from 1 to the number of operands",
         notation=Notation("kthvalue({most}, k={last})", r"\operatorname{{kthvalue}}_{{{last}}}({most})",
                           "kthvalue([{most}], k={last})")),
)
# fmt: on
