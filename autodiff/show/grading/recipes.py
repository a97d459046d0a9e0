"""Recipes: random graphs as lists of steps, to be computed with Values and with a student's own class alike.

>>> import random
>>> recipe = random_recipe(random.Random(1), ["+", "*"], leaves=2, steps=3, reuse="any")
>>> recipe.size, recipe.output([Value(x) for x in recipe.numbers]).data == recipe.output(recipe.numbers)
(3, True)
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from autodiff.value import Value

__all__ = ["CRITERIA", "OPERATIONS", "Criterion", "Recipe", "random_recipe", "recipes_of"]

Reuse = Literal["nothing", "inputs", "any"]

OPERATIONS: dict[str, Callable[..., Any]] = {
    "+": lambda x, y: x + y,
    "*": lambda x, y: x * y,
    "-": lambda x, y: x - y,
    "/": lambda x, y: x / y,
    "-x": lambda x: -x,
    "x + 1": lambda x: x + 1,
    "2x": lambda x: 2 * x,
    "x**2": lambda x: x**2,
    "tanh": lambda x: x.tanh(),
    "exp": lambda x: x.exp(),
    "relu": lambda x: x.relu(),
    "log": lambda x: x.log(),
    "sigmoid": lambda x: x.sigmoid(),
}
ON_TWO = ("+", "*", "-", "/")
LARGEST, SMALLEST = (
    50.0,
    0.05,
)  # of the numbers in a graph: no overflow, no kink, no division by what is nearly 0
FLATTEST = 0.003  # of the numbers on its edges: in single precision little is left of 1 - tanh(5)**2
MOST_RECIPES, TRIES_A_STEP = 500, 20


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


def random_recipe(
    rng: random.Random, operations: Sequence[str], leaves: int, steps: int, reuse: Reuse
) -> Recipe:
    """Grow a graph of moderate numbers in which every input leads to the output.

    Args:
        rng: What draws.
        operations: What is drawn from; + is among it.
        leaves: How many inputs there are; a tree gets as many as it needs.
        steps: How many operations; fewer where no graph of so many stays moderate, as of +, * and squares.
        reuse: What is used twice: nothing, inputs only, or anything.
    """
    for _ in range(MOST_RECIPES):
        drawn = [rng.choice(operations) for _ in range(steps)]
        count = 1 + sum(name in ON_TWO for name in drawn) if reuse == "nothing" else leaves
        numbers = tuple(rng.choice((-1, 1)) * round(rng.uniform(0.3, 3), 1) for _ in range(count))
        found = grown_recipe(rng, numbers, drawn, reuse)
        if found is not None and is_reused(found, reuse):
            return found
    return random_recipe(rng, operations, leaves, steps * 3 // 4, reuse)


def grown_recipe(
    rng: random.Random, numbers: tuple[float, ...], drawn: Sequence[str], reuse: Reuse
) -> Recipe | None:
    """Put operations above inputs, each on something that nothing has used yet; None if that fails."""
    made = [Value(number) for number in numbers]
    unused, steps = list(range(len(made))), list[tuple[str, tuple[int, ...]]]()
    for remaining, name in zip(range(len(drawn), 0, -1), drawn, strict=True):
        together = remaining < len(unused)  # what is left has to come together
        for _ in range(TRIES_A_STEP):
            operation = rng.choice([name, "+"]) if name in ON_TWO else "+" if together else name
            operands = chosen_operands(rng, operation, unused, len(made), len(numbers), reuse, together)
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
    rng: random.Random,
    operation: str,
    unused: list[int],
    made: int,
    leaves: int,
    reuse: Reuse,
    together: bool,
) -> tuple[int, ...]:
    """The places of the operands, the first or the second of them not used yet; none if there are not enough."""
    first = rng.choice(unused)
    if operation not in ON_TWO:
        return (first,)
    others = [at for at in unused if at != first]
    if not together and reuse != "nothing":
        others += range(leaves if reuse == "inputs" else made)
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


def is_reused(recipe: Recipe, reuse: Reuse) -> bool:
    """Whether what shall be used twice is."""
    uses = Counter(at for _, operands in recipe.steps for at in operands)
    leaves = len(recipe.numbers)
    twice_inside = any(count > 1 for at, count in uses.items() if at >= leaves)
    if reuse == "nothing":
        return max(uses.values()) == 1
    return twice_inside if reuse == "any" else not twice_inside and max(uses.values()) > 1


@dataclass(frozen=True)
class Criterion:
    """One thing that is tried, and what it is worth."""

    name: str
    points: int
    reuse: Reuse
    sizes: tuple[int, ...]


CRITERIA = (
    Criterion("one operation", 2, "nothing", ()),
    Criterion("a tree: each node is used once", 2, "nothing", (2, 3, 4, 5)),
    Criterion("an input that is used twice", 2, "inputs", (2, 3, 4, 5)),
    Criterion("a result that is used twice", 2, "any", (3, 4, 5, 6, 8)),
    Criterion("large graphs", 2, "any", (10, 20, 40)),
)
EACH_SIZE = 3  # graphs


def recipes_of(part: Criterion, operations: Sequence[str], rng: random.Random) -> list[Recipe]:
    """The graphs of one part, the smallest first."""
    sizes = [(part.sizes, operations)] if part.sizes else [((1,), [operation]) for operation in operations]
    return [
        random_recipe(rng, chosen, 2, size, part.reuse)
        for each, chosen in sizes
        for size in each
        for _ in range(EACH_SIZE)
    ]
