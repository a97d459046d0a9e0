"""Rows of any number of operands: sums, products, dot products, the largest and smallest, softmax."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from itertools import accumulate

from autodiff.rules.accuracy import CANCELS, dot_ulps, logsumexp_ulps, mean_ulps, softmax_ulps, sum_ulps
from autodiff.rules.rule import Notation, call, many, nary, weighted, with_row_beside
from autodiff.rules.worlds import Scalar, World

__all__ = ["ROWS", "each", "halves", "softmax_moved"]


def each(function: Callable[..., Scalar], *sequences: Scalar) -> Scalar:
    """The results of a function for the elements of sequences; stacked arrays and vectors go in as one."""
    if not isinstance(sequences[0], list | tuple):
        return function(*sequences)
    return list(map(function, *sequences))


def halves(xs: Sequence[Scalar]) -> tuple[Sequence[Scalar], Sequence[Scalar], Scalar]:
    """Split the operands of a dot product into weights, inputs and bias."""
    n = len(xs) // 2
    return xs[:n], xs[n:-1], xs[-1]


def dot_partials(m: World, xs: Sequence[Scalar], z: Scalar) -> Sequence[Scalar]:
    n = len(xs) // 2
    return (*xs[n:-1], *xs[:n], 1)


def product_partials(m: World, xs: Sequence[Scalar], z: Scalar) -> Scalar:
    """The product of all the others, without dividing: what comes before times what comes after."""
    if not isinstance(xs, list | tuple):
        return m.before("mul", 1, xs) * m.after("mul", 1, xs)
    before = [1, *accumulate(xs[:-1], operator.mul)]
    after = [*[*accumulate(xs[:0:-1], operator.mul)][::-1], 1]
    return list(map(operator.mul, before, after))


def first_equal(m: World, xs: Sequence[Scalar], z: Scalar) -> Scalar:
    """1 for the first operand that equals the result, 0 for the rest."""
    equal = each(lambda x: m.equal(x, z), xs)
    if not isinstance(equal, list):
        return equal * m.equal(m.before("add", 0, equal), 0)
    found: Scalar = 0
    partials: list[Scalar] = []
    for own in equal:
        partials.append(own * (1 - found))
        found = found + partials[-1]
    return partials


TIES = "they share equally; beside a plain number 0 is used"


def tied(m: World, xs: Sequence[Scalar], z: Scalar) -> Scalar:
    """1 for each operand that equals the result, 0 for the rest."""
    return each(lambda x: m.equal(x, z), xs)


def is_shared(m: World, xs: Sequence[Scalar], z: Scalar) -> Scalar:
    return m.greater(m.sum(tied(m, xs, z)), 1)


def shares(m: World, xs: Sequence[Scalar], z: Scalar) -> Scalar:
    """Equal shares for the operands that equal the result."""
    equal = tied(m, xs, z)
    count = m.sum(equal)
    return each(lambda own: m.divide(own, count), equal)


def unflagged(xs: Sequence[Scalar]) -> Sequence[Scalar]:
    return xs[: len(xs) // 2]


def shares_beside(m: World, xs: Sequence[Scalar], z: Scalar) -> Scalar:
    """The same, and 0 for all if one of them is a plain number, which its flag says; flags have no slope."""
    operands, flags = unflagged(xs), xs[len(xs) // 2 :]
    equal = tied(m, operands, z)
    count, stuck = m.sum(equal), m.sum(each(operator.mul, equal, flags))
    found = each(lambda own: m.where(stuck, 0, m.divide(own, count)), equal)
    return [*found, *[0] * len(flags)]


def shifted(m: World, xs: Sequence[Scalar]) -> Scalar:
    """exp(x - max), which cannot overflow; 1 for each of several infinite largest ones."""
    top = m.shift(xs)
    return each(lambda x: m.exp(m.gap(x, top)), xs)


def logsumexp_value(m: World, xs: Sequence[Scalar]) -> Scalar:
    """max + log(1 + the sum of the others), as log1p keeps others that are tiny beside the 1."""
    top = m.shift(xs)
    first = first_equal(m, xs, top)
    return top + m.log1p(m.sum(each(lambda own, x: (1 - own) * m.exp(m.gap(x, top)), first, xs)))


def softmax_all(m: World, xs: Sequence[Scalar]) -> Scalar:
    weights = shifted(m, xs)
    total = m.sum(weights)
    return each(lambda weight: weight / total, weights)


def deviations(m: World, shares: Scalar, xs: Scalar) -> Scalar:
    return xs - m.sum(shares * xs)


def softmax_moved(m: World, shares: Scalar, moves: Scalar) -> Scalar:
    """The Jacobian, which is symmetric, times a vector: the shares times deviations from the mean, all at once.

    Where a share is nearly 1, its own deviation has lost digits; the mean of all deviations is what they lack.
    """
    return shares * deviations(m, shares, deviations(m, shares, moves))


def index(position: Scalar) -> Scalar:
    """The position of a result as an index; a slice picks all of them."""
    return position if isinstance(position, slice) else int(position)


def logsumexp_partials(m: World, xs: Sequence[Scalar], z: Scalar) -> Scalar:
    """The shares, divided by their sum once more: that is 1, but has as slope what 1 - share, in theirs, has lost."""
    shares = softmax_all(m, xs)
    total = m.sum(shares)
    return each(lambda share: share / total, shares)


def softmax_partials(m: World, xs: Sequence[Scalar], z: Scalar) -> list[Scalar]:
    """s_i (1 - s_i) and -s_i s_j, where 1 - s_i is the sum of the others, which loses no digits."""
    scores, i = xs[:-1], int(xs[-1])
    shares = softmax_all(m, scores)
    own = shares[i] * m.sum([*shares[:i], *shares[i + 1 :]])
    others = each(lambda share: -shares[i] * share, shares)
    return [*others[:i], own, *others[i + 1 :], 0]


def softmax_written(m: World, xs: Sequence[Scalar], z: Scalar) -> list[Scalar]:
    """The same in the results: z (1 - z), and -z times the j-th softmax of the same scores."""
    *scores, i = xs
    return [z * (1 - z) if j == i else -z * m.softmax([*scores, j]) for j in range(len(scores))] + [0]


def log_softmax_value(m: World, xs: Sequence[Scalar]) -> Scalar:
    """x - max - log(1 + the sum of the others), which loses no digits where one share is nearly 1.

    The largest adds exp(0) - 1, which is 0 and not without slope: so the shift cancels out of slopes too.
    """
    scores = xs[:-1]
    top = m.shift(scores)
    moved = each(lambda x: m.gap(x, top), scores)
    first = first_equal(m, scores, top)
    total = m.log1p(m.sum(each(lambda own, x: m.where(own, m.expm1(x), m.exp(x)), first, moved)))
    return m.normalized(each(lambda x: x - total, moved))[index(xs[-1])]


def log_softmax_passed(m: World, logs: Scalar, moves: Scalar) -> Scalar:
    """Moves less the shares of their sum; what these come to, which is 0, is what a share of nearly 1 has lost."""
    shares = each(m.exp, logs)
    rest = moves - shares * m.sum(moves)
    return rest - shares * m.sum(rest)


def log_softmax_partials(m: World, xs: Sequence[Scalar], z: Scalar) -> list[Scalar]:
    """1 - s_i and -s_j, where 1 - s_i is the sum of the others."""
    i = int(xs[-1])
    shares = softmax_all(m, xs[:-1])
    own = m.sum([*shares[:i], *shares[i + 1 :]])
    others = each(lambda share: -share, shares)
    return [*others[:i], own, *others[i + 1 :], 0]


def log_softmax_written(m: World, xs: Sequence[Scalar], z: Scalar) -> list[Scalar]:
    *scores, i = xs
    return [1 - m.exp(z) if j == i else -m.softmax([*scores, j]) for j in range(len(scores))] + [0]


INFINITE_SHARES = "all real numbers, inf and -inf; if the largest are infinite, they share equally"

# fmt: off
ROWS = (
    nary("sum",  lambda m, xs: m.sum(xs),           lambda m, xs, z: [1] * len(xs),
         symbol="Σ", notation=None, pack=many, ulps=sum_ulps, accuracy=CANCELS),
    nary("mean", lambda m, xs: m.sum(xs) / len(xs), lambda m, xs, z: [m.divide(1, len(xs))] * len(xs),
         notation=None, ulps=mean_ulps, accuracy=CANCELS),
    nary("prod", lambda m, xs: m.prod(xs),          product_partials,
         symbol="Π", notation=None, pack=many, ulps=lambda xs, exact: 1 + len(xs),
         accuracy="each product is rounded, and must be neither subnormal nor overflow"),
    nary("dot",  lambda m, xs: m.dot(*halves(xs)),  dot_partials,
         notation=None, pack=weighted, ulps=dot_ulps, accuracy=CANCELS),
    with_row_beside(
        nary("max", lambda m, xs: m.max(xs), shares, notation=call("max", r"\max({args})"), chooses=True,
             kink=f"points where the largest is not alone: {TIES}", at_kink=lambda m, xs: is_shared(m, xs, m.max(xs))),
        value=lambda m, xs: m.max(unflagged(xs)), partials=shares_beside,
        at_kink=lambda m, xs: is_shared(m, unflagged(xs), m.max(unflagged(xs))),
    ),
    with_row_beside(
        nary("min", lambda m, xs: m.min(xs), shares, notation=call("min", r"\min({args})"), chooses=True,
             kink=f"points where the smallest is not alone: {TIES}", at_kink=lambda m, xs: is_shared(m, xs, m.min(xs))),
        value=lambda m, xs: m.min(unflagged(xs)), partials=shares_beside,
        at_kink=lambda m, xs: is_shared(m, unflagged(xs), m.min(unflagged(xs))),
    ),
    nary("logsumexp", logsumexp_value, logsumexp_partials,
         defined=lambda m, xs: m.log(m.sum([m.exp(x) for x in xs])),
         written=lambda m, xs, z: [m.exp(x - z) for x in xs],
         domain=INFINITE_SHARES, ulps=logsumexp_ulps,
         accuracy="max and log cancel where -2 ln(n) < max < 0, which leaves 4 ulp of ln(n); "
                  "x - max is rounded, which exp magnifies by its size"),
    nary("softmax", lambda m, xs: softmax_all(m, xs[:-1])[index(xs[-1])], softmax_partials, vector=True,
         passed=softmax_moved, written=softmax_written,
         notation=Notation("softmax({most})[{last}]", r"\operatorname{{softmax}}({most})_{{{last}}}",
                           "softmax([{most}])[{last}]"),
         domain=INFINITE_SHARES, ulps=softmax_ulps, accuracy="x - max is rounded, which exp magnifies by its size"),
    nary("log_softmax", log_softmax_value, log_softmax_partials, vector=True, written=log_softmax_written,
         passed=log_softmax_passed, defined=lambda m, xs: xs[index(xs[-1])] - m.logsumexp(xs[:-1]),
         notation=Notation("log_softmax({most})[{last}]", r"\operatorname{{log\_softmax}}({most})_{{{last}}}",
                           "log_softmax([{most}])[{last}]"),
         domain=INFINITE_SHARES, ulps=softmax_ulps, accuracy="x - max is rounded, which exp magnifies by its size"),
)
# fmt: on
