"""Recipes: graphs as lists of steps, to be computed with Values and with a student's own class alike.

>>> import random
>>> recipe = random_recipe(random.Random(1), ["+", "*"], steps=3)
>>> recipe.size, recipe.output([Value(x) for x in recipe.numbers]).data == recipe.output(recipe.numbers)
(3, True)
"""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from autodiff.value import Value, adjoints

__all__ = ["CRITERIA", "ON_TWO", "OPERATIONS", "Criterion", "Recipe", "counted_as", "random_recipe"]

OPERATIONS: dict[str, Callable[..., Any]] = {
    "+": lambda x, y: x + y,
    "*": lambda x, y: x * y,
    "-": lambda x, y: x - y,
    "/": lambda x, y: x / y,
    "-x": lambda x: -x,
    "x + 1": lambda x: x + 1,
    "2x": lambda x: 2 * x,
    "1 + x": lambda x: 1 + x,
    "1 - x": lambda x: 1 - x,
    "1 / x": lambda x: 1 / x,
    "x**2": lambda x: x**2,
    "x**3": lambda x: x**3,
    "x**-1": lambda x: x**-1,
    "tanh": lambda x: x.tanh(),
    "exp": lambda x: x.exp(),
    "relu": lambda x: x.relu(),
    "log": lambda x: x.log(),
    "sigmoid": lambda x: x.sigmoid(),
}
ON_TWO = ("+", "*", "-", "/")
ABOVE = ("*", "/", "-", "+")  # what is put above an operation; the first ones have slopes that are not 1
SIZES = [size / 10 for size in range(3, 31) if size not in (10, 20)]  # of inputs: 1 is a slope, too
LARGEST, SMALLEST = (
    50.0,
    0.05,
)  # of the numbers in a graph: no overflow, no kink, no division by what is nearly 0
FLATTEST = 0.003  # of the numbers on its edges: in single precision little is left of 1 - tanh(5)**2
MOST_RECIPES, TRIES_A_STEP = 500, 20


def counted_as(operation: str) -> str:
    """What an operation counts as: powers are one, whatever their exponents."""
    return "x**2" if operation.startswith("x**") else operation


@dataclass(frozen=True)
class Recipe:
    """A graph as a list: its inputs, then steps of an operation and the places of its operands.

    >>> recipe = Recipe((2.0, 3.0), (("*", (0, 1)), ("+", (2, 0))))
    >>> recipe.output(recipe.numbers), recipe.cut(2).steps
    (8.0, (('*', (0, 1)),))
    """

    numbers: tuple[float, ...]
    steps: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def size(self) -> int:
        return len(self.steps)

    def nodes(self, inputs: Sequence[Any]) -> list[Any]:
        """Compute it on any kind of numbers: the inputs, and the result of each step."""
        made = list(inputs)
        for operation, operands in self.steps:
            made.append(OPERATIONS[operation](*(made[place] for place in operands)))
        return made

    def output(self, inputs: Sequence[Any]) -> Any:
        return self.nodes(inputs)[-1]

    def values(self) -> list[Value]:
        """Its nodes as Values, with names for the inputs and the output."""
        named = [Value(number, name=name) for number, name in zip(self.numbers, "xyzuvw", strict=False)]
        made: list[Value] = self.nodes(named)
        made[-1].named("f")
        return made

    def cut(self, place: int) -> Recipe:
        """The part of it that the node at a place is computed from."""
        needed = {place}
        for at in range(place, len(self.numbers) - 1, -1):
            if at in needed:
                needed.update(self.steps[at - len(self.numbers)][1])
        new = {old: count for count, old in enumerate(sorted(needed))}
        steps = [self.steps[old - len(self.numbers)] for old in sorted(needed) if old >= len(self.numbers)]
        return Recipe(
            tuple(number for at, number in enumerate(self.numbers) if at in needed),
            tuple((operation, tuple(new[at] for at in operands)) for operation, operands in steps),
        )


def random_recipe(rng: random.Random, operations: Sequence[str], steps: int) -> Recipe:
    """Grow a graph of moderate numbers in which both inputs lead to the output and a result is used twice.

    Args:
        rng: What draws.
        operations: What is drawn from; one on two operands is among it.
        steps: How many operations; fewer where no graph of so many stays moderate, as of +, * and squares.
    """
    for _ in range(MOST_RECIPES):
        drawn = [rng.choice(operations) for _ in range(steps)]
        numbers = tuple(rng.choice((-1, 1)) * round(rng.uniform(0.3, 3), 1) for _ in range(2))
        found = grown_recipe(rng, numbers, drawn, joining(operations))
        if found is not None and is_reused(found):
            return found
    return random_recipe(rng, operations, steps * 3 // 4)


def joining(operations: Sequence[str]) -> str:
    """What brings results together: + if it is there."""
    return next(operation for operation in ON_TWO if operation in operations)


def grown_recipe(
    rng: random.Random, numbers: tuple[float, ...], drawn: Sequence[str], joint: str
) -> Recipe | None:
    """Put operations above inputs, each on something that nothing has used yet; None if that fails."""
    made = [Value(number) for number in numbers]
    unused, steps = list(range(len(made))), list[tuple[str, tuple[int, ...]]]()
    for remaining, name in zip(range(len(drawn), 0, -1), drawn, strict=True):
        together = remaining < len(unused)  # what is left has to come together
        for _ in range(TRIES_A_STEP):
            operation = rng.choice([name, joint]) if name in ON_TWO else joint if together else name
            operands = chosen_operands(rng, operation, unused, len(made), together)
            node = moderate(operation, [made[at] for at in operands]) if operands else None
            if node is not None:
                break
        else:
            return None
        steps.append((operation, operands))
        unused = [at for at in unused if at not in operands] + [len(made)]
        made.append(node)
    return Recipe(numbers, tuple(steps)) if len(unused) == 1 else None


def chosen_operands(
    rng: random.Random, operation: str, unused: list[int], made: int, together: bool
) -> tuple[int, ...]:
    """The places of the operands, the first or the second of them not used yet; none if there are not enough."""
    first = rng.choice(unused)
    if operation not in ON_TWO:
        return (first,)
    others = [at for at in unused if at != first]
    if not together:
        others += range(made)
    if not others:
        return ()
    operands = first, rng.choice(others)
    return operands if rng.random() < 0.5 else operands[::-1]


def moderate(operation: str, operands: Sequence[Value]) -> Value | None:
    """The result, if it is neither large nor near a kink or a pole, and its slopes are not nearly 0."""
    try:
        node: Value = OPERATIONS[operation](*operands)
    except (ValueError, ArithmeticError):
        return None
    steep = all(abs(float(partial)) > FLATTEST for partial in node.partials)
    return node if steep and SMALLEST < abs(node.data) < LARGEST else None


def is_reused(recipe: Recipe) -> bool:
    """Whether a result is used twice."""
    uses = Counter(at for _, operands in recipe.steps for at in operands)
    return any(count > 1 for at, count in uses.items() if at >= len(recipe.numbers))


# ---------------------------------------------------------------- graphs of a given shape

Recipes = Iterator[tuple[str, Recipe]]  # each with the operation it is about; "" if about none


def at_numbers(rng: random.Random, signs: Sequence[int], *steps: tuple[str, tuple[int, ...]]) -> Recipes:
    """A graph at inputs of these signs, about its first operation; none if it has no moderate numbers there."""
    for _ in range(MOST_RECIPES):
        numbers = (sign * size for sign, size in zip(signs, rng.sample(SIZES, len(signs)), strict=True))
        recipe = Recipe(tuple(numbers), steps)
        if is_moderate(recipe):
            yield counted_as(steps[0][0]), recipe
            return


def is_moderate(recipe: Recipe) -> bool:
    """Whether no number is too large, and no slope nearly 0: 0 itself, as beside a kink, may be."""
    try:
        nodes = recipe.values()
    except (ValueError, ArithmeticError):
        return False
    slopes = (abs(float(slope)) for node in nodes for slope in node.partials)
    return all(abs(node.data) < LARGEST for node in nodes) and all(
        FLATTEST < x < LARGEST or not x for x in slopes
    )


def operand_places(operation: str) -> tuple[int, ...]:
    return (0, 1) if operation in ON_TWO else (0,)


def alone(operations: Sequence[str], rng: random.Random) -> Recipes:
    """Each operation twice at inputs of each sign: on both sides of a kink."""
    for operation in operations:
        operands = operand_places(operation)
        for signs in itertools.product((1, -1), repeat=len(operands)):
            for _ in range(2):
                yield from at_numbers(rng, signs, (operation, operands))


def below_another(operations: Sequence[str], rng: random.Random) -> Recipes:
    """Each operation below another that is not the identity, so that something else than 1 arrives at it."""
    above = next(operation for operation in ABOVE if operation in operations)
    for operation in operations:
        operands = operand_places(operation)
        leaves = len(operands) + 1
        signs = (1, *(rng.choice((1, -1)) for _ in operands))
        yield from at_numbers(rng, signs, (operation, operands), (above, (leaves, leaves - 1)))


def used_twice(operations: Sequence[str], rng: random.Random) -> Recipes:
    """Each operation on an input that another one uses before in the sweep, and on one input twice."""
    above = next(operation for operation in ABOVE if operation in operations)
    for operation in operations:
        operands = operand_places(operation)
        for again in operands:
            signs = (1, *(rng.choice((1, -1)) for _ in operands[1:]))
            yield from at_numbers(rng, signs, (operation, operands), (above, (len(operands), again)))
        if operation in ON_TWO:
            yield from at_numbers(rng, (1,), (operation, (0, 0)))


def diamonds(operations: Sequence[str], rng: random.Random) -> Recipes:
    """Recipes that need the right order: from a result a short and a long way lead to the output.

    Neither level by level nor into the depth first does that result wait for both.
    """
    joints = [operation for operation in ON_TWO if operation in operations]
    for _ in range(DIAMONDS):
        yield "", next(filter(None, (diamond(rng, operations, joints) for _ in itertools.count())))


def diamond(rng: random.Random, operations: Sequence[str], joints: Sequence[str]) -> Recipe | None:
    """One of them, on inputs 0 and 1; None if its numbers are not moderate."""
    numbers = tuple(rng.choice((-1, 1)) * size for size in rng.sample(SIZES, 2))
    made, steps = [Value(number) for number in numbers], list[tuple[str, tuple[int, ...]]]()
    for on in (0, 2, 2, 4, 5, None):
        operation = rng.choice(joints if on is None else operations)
        operands = (3, 6) if on is None else (on, 1) if operation in ON_TWO else (on,)
        operands = operands if rng.random() < 0.5 else operands[::-1]
        node = moderate(operation, [made[at] for at in operands])
        if node is None:
            return None
        made.append(node)
        steps.append((operation, operands))
    cancels = abs(float(adjoints(made[-1])[made[0]])) < SMALLEST
    return None if cancels else Recipe(numbers, tuple(steps)).cut(len(made) - 1)


def large(operations: Sequence[str], rng: random.Random) -> Recipes:
    for size in LARGE:
        for _ in range(EACH_SIZE):
            yield "", random_recipe(rng, operations, size)


# ---------------------------------------------------------------- what is tried


@dataclass(frozen=True)
class Criterion:
    """One thing that is tried.

    Attributes:
        name: What it is called.
        points: What it is worth.
        graphs: Makes its graphs, the smallest first, of operations.
        is_direct: Whether operations are left out that a student's class makes of others: their nodes between,
            as that of -y in x + -y, change what comes of a wrong order.
    """

    name: str
    points: int
    graphs: Callable[[Sequence[str], random.Random], Recipes]
    is_direct: bool = False


DIAMONDS = 6
LARGE, EACH_SIZE = (20, 30, 40), 3

CRITERIA = (
    Criterion("each operation alone", 3, alone),
    Criterion("the chain rule: each operation below another", 1, below_another),
    Criterion("a node that is used twice", 2, used_twice),
    Criterion("the order of the sweep", 2, diamonds, is_direct=True),
    Criterion("large random graphs", 2, large),
)
