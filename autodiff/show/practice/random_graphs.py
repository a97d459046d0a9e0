"""Random graphs to practise on: small numbers, exact fractions, nothing that needs a calculator.

>>> from autodiff import leaves
>>> f = random_graph(3, seed=1)
>>> [f"{leaf.name} = {leaf.data}" for leaf in leaves(f)], f.data
(['y = -2', 'x = -1'], Fraction(6, 1))
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from autodiff.graph import count_paths, leaves, topological_order
from autodiff.number import Number
from autodiff.operations import FUNCTIONS
from autodiff.rules.worlds import FRACTIONS, Scalar
from autodiff.value import Value, adjoints

__all__ = ["LEVELS", "random_graph"]

MOST_TRIES = 10_000
LARGEST_WHOLE = 60  # of the whole numbers that one works out by hand
LARGEST_NUMERATOR, LARGEST_DENOMINATOR = 20, 8  # of the fractions
LEAVES = [Fraction(x) for x in (-3, -2, -1, 1, 2, 3, 4, 5)]
HALVES = [*LEAVES, Fraction(1, 2), Fraction(3, 2), Fraction(-1, 2)]

Make = Callable[[random.Random, Value, Value], Value]


def operation(name: str, *operands: Scalar) -> Value:
    node: Value = FUNCTIONS[name](*operands)
    return node


def at_zero(name: str) -> Make:
    """A function at the one place where its value and its slope are easy, with the bias that leads there."""
    return lambda rng, x, y: operation(name, x + Value(-x.data, name="b"))


def neuron(rng: random.Random, x: Value, y: Value) -> Value:
    return operation("dot", [x, y], [rng.choice([2, 3]), -1], rng.choice([1, 2]))


# By the names of the table, so that a node tells which of them it came from.
TWO: dict[str, Make] = {
    "add": lambda rng, x, y: x + y,
    "sub": lambda rng, x, y: x - y,
    "mul": lambda rng, x, y: x * y,
    "truediv": lambda rng, x, y: x / y,
    "maximum": lambda rng, x, y: operation("maximum", x, y),
    "dot": neuron,
}
ONE: dict[str, Make] = {
    "double": lambda rng, x, y: rng.choice([2, 3]) * x,
    "shift": lambda rng, x, y: x + rng.choice([1, 2, 3]),
    "pow": lambda rng, x, y: x**2,
    "relu": lambda rng, x, y: x.relu(),
    "sigmoid": at_zero("sigmoid"),
    "tanh": at_zero("tanh"),
    "exp": at_zero("exp"),
}


@dataclass(frozen=True)
class Level:
    """How hard a graph is.

    Attributes:
        leaves: How many inputs it starts from.
        numbers: What their values are drawn from.
        operations: How many operations are drawn; a few more may join what is left over.
        kinds: What they are drawn from, more often what stands there more often.
        needed: Of these, one has to be there.
        fewest, most: How many paths lead up from the input that has most of them.
    """

    leaves: int
    numbers: list[Fraction]
    operations: int
    kinds: tuple[str, ...]
    needed: tuple[str, ...]
    fewest: int
    most: int


ARITHMETIC = ("add", "sub", "mul", "truediv")
TREES = ("add", "sub", "mul", "mul", "truediv", "pow", "double")
SHARED = ("add", "sub", "mul", "mul", "pow", "shift")
KINKED = ("add", "sub", "mul", "mul", "pow", "relu", "maximum", "dot", "double")
CURVED = ("add", "sub", "mul", "mul", "pow", "relu", "maximum", "dot", "truediv")
# fmt: off
LEVELS: dict[int, Level] = {
    1: Level(2, LEAVES, 1, ARITHMETIC,  ARITHMETIC,                       1, 1),
    2: Level(3, LEAVES, 3, TREES,  ("mul", "truediv", "pow"),   1, 1),
    3: Level(2, LEAVES, 4, SHARED, ("pow", "mul"),              2, 3),
    4: Level(3, HALVES, 6, KINKED, ("relu", "maximum"),         3, 6),
    5: Level(3, HALVES, 7, CURVED, ("sigmoid", "tanh", "exp"),  3, 8),
}
# fmt: on


def random_graph(difficulty: int = 3, seed: int = 0) -> Value:
    """Make a graph whose derivatives can be worked out by hand.

    Every input reaches the output, and no derivative by an input is 0. Every number in either sweep is a
    whole one up to 60 or a fraction no worse than 19/8.

    Args:
        difficulty: 1 is one operation, 2 a tree of some, 3 an input that is used twice, 4 shared
            intermediate results with several paths, relu and max, 5 such a graph with sigmoid, tanh or exp
            at 0.
        seed: The same seed gives the same graph.

    Returns:
        The output, named f; its leaves are named x, y, z, and b for a bias.

    Raises:
        TypeError: ``seed`` is no integer.
        ValueError: There is no such difficulty.

    >>> f = random_graph(1, seed=2)
    >>> f.op.name, [parent.data for parent in f.parents], f.data
    ('add', [Fraction(-2, 1), Fraction(1, 1)], Fraction(-1, 1))
    """
    if type(seed) is not int:
        raise TypeError(f"random_graph: seed must be an integer, not {seed!r}")
    if difficulty not in LEVELS:
        raise ValueError(f"random_graph: difficulty must be one of 1, 2, 3, 4, 5, not {difficulty!r}")
    level = LEVELS[difficulty]
    rng = random.Random(f"{difficulty} {seed}")
    for _ in range(MOST_TRIES):
        try:
            output = grown(level, rng)
        except ZeroDivisionError:
            continue
        if is_fair(output, level):
            return output.named("f")
    raise RuntimeError(f"random_graph: found no graph of difficulty {difficulty} for seed {seed!r}")


def grown(level: Level, rng: random.Random) -> Value:
    """Grow a graph upwards from leaves; one operand at least is a node that nothing has used yet."""
    numbers = rng.sample(level.numbers, level.leaves)
    nodes = [Value(number, name=name) for name, number in zip("xyz", numbers, strict=False)]
    unused = list(nodes)
    is_tree = level.most == 1
    for kind in planned(level, rng):
        x = rng.choice(unused)
        others = [node for node in (unused if is_tree else nodes) if node is not x]
        y = rng.choice(others) if others else x
        if kind in TWO and y is x:
            continue
        nodes.append((TWO | ONE)[kind](rng, x, y))
        used = (x, y) if kind in TWO else (x,)
        unused = [*(node for node in unused if node not in used), nodes[-1]]
    while len(unused) > 1:
        unused[:2] = [TWO[rng.choice(("add", "mul"))](rng, unused[0], unused[1])]
    return unused[0]


def planned(level: Level, rng: random.Random) -> list[str]:
    """The operations of a graph, the one that is needed at a random place."""
    kinds = [rng.choice(level.kinds) for _ in range(level.operations - 1)]
    kinds.insert(rng.randrange(level.operations), rng.choice(level.needed))
    return kinds


# ---------------------------------------------------------------- what is asked of it


def is_fair(output: Value, level: Level) -> bool:
    """Tell whether a graph can be worked out by hand, is worth it, and is as hard as it should be."""
    order, swept = topological_order(output), adjoints(output)
    return (
        all(map(is_easy, numbers_of(order, swept)))
        and not any(map(is_kink, order))
        and all(swept[leaf] for leaf in leaves(output))
        and level.fewest <= max(count_paths(output, leaf) for leaf in leaves(output)) <= level.most
        and any(node.op is not None and node.op.name in level.needed for node in order)
    )


def numbers_of(order: list[Value], swept: dict[Value, Number]) -> Iterator[Number]:
    """All numbers that appear in the two sweeps."""
    for node in order:
        yield node.data
        yield swept[node]
        yield from node.partials


def is_easy(x: Number) -> bool:
    exact = Fraction(x)
    largest = LARGEST_WHOLE if exact.denominator == 1 else LARGEST_NUMERATOR
    return abs(exact.numerator) <= largest and exact.denominator <= LARGEST_DENOMINATOR


def is_kink(node: Value) -> bool:
    """Tell whether a node sits where its derivative is a matter of convention."""
    return node.op is not None and bool(
        node.op.kinked(FRACTIONS, [x.data if isinstance(x, Value) else x for x in node.operands])
    )
