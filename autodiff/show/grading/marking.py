"""Grade: a student's own backward against the engine, from one operation up to large graphs.

>>> class Number:  # as a student writes it
...     def __init__(self, data, parents=(), slopes=()):
...         self.data, self.grad, self.parents, self.slopes = data, 0, parents, slopes
...     def __add__(self, other):
...         return Number(self.data + other.data, (self, other), (1, 1))
...     def __mul__(self, other):
...         return Number(self.data * other.data, (self, other), (other.data, self.data))
...     def backward(self, grad=1):
...         self.grad = grad  # and not +=
...         for parent, slope in zip(self.parents, self.slopes):
...             parent.backward(grad * slope)
>>> found = grade(Number)
>>> found.points, found.mistake.name
(4, 'overwriting')
>>> print(found)  # doctest: +ELLIPSIS
4 of 10 points
✓ 3/3  each operation alone: 16 of 16 graphs right
✓ 1/1  the chain rule: each operation below another: 2 of 2 graphs right
✗ 0/2  a node that is used twice: 0 of 6 graphs right; wrong: +, *
✗ 0/2  the order of the sweep: ...
"""

from __future__ import annotations

import inspect
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Set
from typing import Any

from autodiff.graph import topological_order
from autodiff.languages import say
from autodiff.number import Number
from autodiff.pictures.names import clean
from autodiff.show.grading.limits import TooLongError, within
from autodiff.show.grading.recipes import CRITERIA, ON_TWO, OPERATIONS, counted_as
from autodiff.show.grading.results import Grade, PartGrade, Tried, smallest_of
from autodiff.show.grading.students import (
    AnswerError,
    Case,
    Student,
    by_class,
    by_gradient,
    by_graph,
    case_at,
    inputs_of,
    is_direct,
    known_operations,
    methods_run,
)

__all__ = ["grade"]

ONE_GRAPH = 2.0  # seconds for one graph
ALL_GRAPHS = 10.0  # for all
RANDOM_POINTS = 8
LONGEST_WORDS = 200  # of what a student's code says


def part_that_fails(student: Student, parts: Iterable[PartGrade]) -> Tried | None:
    """The smallest part of the smallest graph that fails which fails too."""
    failing = smallest_of(one for part in parts for one in part.tried)
    recipe = None if failing is None else failing.case.recipe
    if failing is None or recipe is None or failing.is_endless:
        return failing
    places = range(len(recipe.numbers), len(recipe.numbers) + recipe.size)
    tried = (one_graph(student, Case.of(recipe.cut(place))) for place in places)
    return next((one for one in tried if not one.is_right), failing)


def grade(student: Callable[..., Any], of: Callable[..., Any] | None = None, *, seed: int = 0) -> Grade:
    """Try a student's own backward on random graphs of growing size, and say what it is worth.

    Of 10 points 3 are for the derivatives of each operation alone, at numbers of both signs; 1 for the chain rule,
    with each operation below another; 2 for nodes that are used twice, by each operation; 2 for the order of the
    sweep; 2 for large random graphs. Of the points of a part it gets the share of its operations, or graphs, that
    are right, in whole points. An operation that failed is left out of the parts after: one wrong operation does
    not cost the points of the others.

    Nothing runs forever: a graph gets two seconds, all of them ten.

    Args:
        student: One of

            - a class like micrograd's ``Value``: ``made(2.0)``, operators, ``backward()``, ``data`` and ``grad``.
              Of the operations those are tried that it has, + and * at least, with a number on the left, too;
            - a function that takes the output of a graph of Values. It returns a dictionary from nodes, or
              their names, to derivatives, or fills in each node's ``grad``;
            - with ``of``, the gradient of that function: it takes numbers and returns one derivative for each. No
              point is tried where ``of`` has a kink or an infinite derivative. A dictionary has the names of the
              inputs as keys. The 10 points are for all derivatives.
        of: The function that was differentiated, which takes Values.
        seed: The same seed gives the same graphs.

    Returns:
        The result: it prints what is right and wrong, with the smallest graph that fails (``picture`` draws it)
        and the classic mistake that explains the numbers, if one does. In a cell with tests write
        ``assert result.passed, result``; ``result.points`` are the points, of 10.

    Raises:
        TypeError: ``student`` or ``of`` cannot be called, nothing tells how many inputs ``of`` has, or ``seed`` is
            no integer.
        ValueError: There is no point to try ``of`` at.

    >>> def my_gradient(x, y):
    ...     return 2 * x + y, y
    >>> print(grade(my_gradient, of=lambda x, y: x**2 + x * y))
    0 of 10 points
    ✗ 0/10  the gradient at 10 points: 0 of 10 graphs right
    The smallest graph that fails: a = x^2, b = x·y, f = a + b at x = 1, y = 2
      ✓ ∂f/∂x: 4 is right, 4 came out
      ✗ ∂f/∂y: 1 is right, 2 came out
    10 points were tried, seed 0.
    """
    check_callable(student, "student")
    if type(seed) is not int:
        raise TypeError(f"grade: seed must be an integer, not {seed!r}")
    if of is not None:
        check_callable(of, "of")
        return grade_gradient(student, of, random.Random(seed), seed)
    if inspect.isclass(student):
        return grade_class(student, random.Random(seed), seed)
    everything = list(OPERATIONS)
    parts = run_parts(by_graph(student), everything, random.Random(seed), {})
    return Grade(parts, said(parts, seed), part_that_fails(by_graph(student), parts))


def check_callable(given: object, what: str) -> None:
    if not callable(given):
        raise TypeError(
            f"grade: {what} must be a class or a function, not {given!r} of type {type(given).__name__}: give "
            "the function itself, without brackets behind its name"
        )


def grade_class(made: type, rng: random.Random, seed: int) -> Grade:
    try:
        known = within(ONE_GRAPH, lambda: known_operations(made))
        runs = within(ONE_GRAPH, lambda: methods_run(made, known))
    except BaseException as error:  # whatever a student's class does
        what = say("{name}(1.5) does not make a number: {error}", name=made.__name__, error=in_short(error))
        return Grade(nothing(), what)
    lacks = [name for name in OPERATIONS if name not in known]
    if "+" in lacks or "*" in lacks:
        what = "{name} needs + and * at least; it lacks {lacks}."
        return Grade(nothing(), say(what, name=made.__name__, lacks=", ".join(lacks)))
    parts = run_parts(by_class(made), known, rng, runs)
    more = say(" Not tried, as {name} lacks them: {lacks}.", name=made.__name__, lacks=", ".join(lacks))
    what = said(parts, seed) + (more if lacks else "")
    trials = (second_pass, long_chain) if Grade(parts).passed else ()
    remarks = [remark for trial in trials if (remark := trial(made))]
    return Grade(parts, "\n".join([what, *remarks]), part_that_fails(by_class(made), parts), runs)


def second_pass(made: type) -> str:
    """What there is to say to a second backward(), which is not graded."""

    def slope() -> Number:
        x = made(3.0)
        cube = x * x * x
        cube.backward()
        x.grad = 0.0
        cube.backward()
        return float(x.grad)

    try:
        after = within(ONE_GRAPH, slope)
    except BaseException as error:  # as everywhere, of a student's code
        raised = "Not graded: a second backward() over the same graph raised {error}"
        return say(raised, error=in_short(error))
    if abs(float(after) - 27) < 1e-6:
        return ""
    return say(
        "Not graded: x·x·x at 3, backward(), x.grad = 0, backward() once more: {after} in place of 27. These are "
        "stale gradients: set those of the nodes between to 0 too.",
        after=f"{after:g}",
    )


def long_chain(made: type) -> str:
    """What there is to say to a chain of two thousand operations, which is not graded."""

    def chain() -> None:
        x = output = made(1.0)
        for _ in range(2_000):
            output = output + x
        output.backward()

    try:
        within(5 * ONE_GRAPH, chain)
    except RecursionError:
        return say(
            "Not graded: a chain of 2,000 operations ends in a RecursionError: find the order without recursion."
        )
    except BaseException as error:  # as everywhere, of a student's code
        return say("Not graded: a chain of 2,000 operations raised {error}", error=in_short(error))
    return ""


def nothing() -> tuple[PartGrade, ...]:
    return tuple(PartGrade(part.name, part.points, ()) for part in CRITERIA)


def said(parts: Iterable[PartGrade], seed: int) -> str:
    tried = [one for part in parts for one in part.tried]
    sizes = [one.case.recipe.size for one in tried if one.case.recipe is not None]
    return say(
        "{count} graphs of {least} to {most} operations were tried, seed {seed}.",
        count=len(tried),
        least=min(sizes),
        most=max(sizes),
        seed=seed,
    )


def grade_gradient(
    student: Callable[..., Any], of: Callable[..., Any], rng: random.Random, seed: int
) -> Grade:
    names = inputs_of(of, student)
    count = len(names)
    points = [[float(i % 5 + 1) for i in range(count)], [float(2 - i % 4) or 0.5 for i in range(count)]]
    points += [[round(rng.uniform(-3, 3), 2) for _ in range(count)] for _ in range(100)]
    cases = list[Case]()
    trouble: Exception = ValueError("there is none")
    for point in points:
        try:
            cases.append(case_at(of, names, point))
        except (ValueError, ArithmeticError) as error:
            trouble = error
        if len(cases) >= 2 + RANDOM_POINTS and not slopes_at_kinks(cases[-1]):
            break
    cases = on_each_side(cases)[: 2 + RANDOM_POINTS]
    if not cases:
        raise ValueError(
            f"grade: of could be tried at none of {len(points)} points between -3 and 5. At each of them it has no "
            f"value, no finite derivative, or a kink; the last one said: {trouble}"
        )
    name = say("the gradient at {count} points", count=len(cases))
    graded = PartGrade(name, 10, *try_all(cases, by_gradient(student), time.monotonic() + ALL_GRAPHS))
    count = len(graded.tried)
    several = say("{count} points were tried, seed {seed}.", count=count, seed=seed)
    return Grade((graded,), say("1 point was tried, seed {seed}.", seed=seed) if count == 1 else several)


def slopes_at_kinks(case: Case) -> tuple[Number, ...]:
    """The slopes of the operations with a kink: they tell on which side of it a point lies."""
    bent = (node for node in topological_order(case.output) if node.op is not None and node.op.kink)
    return tuple(slope for node in bent for slope in node.partials)


def on_each_side(cases: list[Case]) -> list[Case]:
    """The points one from each side of the kinks, then a second from each, and so on."""
    met = Counter[tuple[Number, ...]]()
    turn = dict[int, int]()
    for place, case in enumerate(cases):
        turn[place] = met[slopes_at_kinks(case)]
        met[slopes_at_kinks(case)] += 1
    return [cases[place] for place in sorted(turn, key=lambda place: (turn[place], place))]


def run_parts(
    student: Student, operations: list[str], rng: random.Random, runs: Mapping[str, Set[str]]
) -> tuple[PartGrade, ...]:
    """Try one part after the other; what failed is left out of those after, while something joins two nodes."""
    end, sound, found = time.monotonic() + ALL_GRAPHS, operations, list[PartGrade]()
    for part in CRITERIA:
        direct = [name for name in sound if is_direct(name, runs) or not part.is_direct]
        usable = next(names for names in (direct, sound, operations) if set(names) & set(ON_TWO))
        cases = [Case.of(recipe, about) for about, recipe in part.graphs(usable, rng)]
        found.append(PartGrade(part.name, part.points, *try_all(cases, student, end)))
        sound = [name for name in sound if counted_as(name) not in found[-1].wrong]
    return tuple(found)


def try_all(cases: list[Case], student: Student, end: float) -> tuple[tuple[Tried, ...], int]:
    """What came of each graph, and the number of those that were not tried.

    After one that does not end the others about its operation are left out; after a second, all.
    """
    tried, endless = list[Tried](), set[str]()
    for case in cases:
        if time.monotonic() > end or len(endless) > 1 or "" in endless:
            break
        if case.about not in endless:
            tried.append(one_graph(student, case))
            endless.update([case.about] if tried[-1].is_endless else [])
    return tuple(tried), len(cases) - len(tried)


def one_graph(student: Student, case: Case) -> Tried:
    """Let a student's code differentiate one graph, whatever it does."""
    try:
        return Tried(case, within(ONE_GRAPH, lambda: student(case)))
    except TooLongError:
        endless = "It did not end within {seconds} seconds: is there a loop without an end?"
        return Tried(case, None, say(endless, seconds=f"{ONE_GRAPH:g}"), is_endless=True)
    except AnswerError as wrong:
        return Tried(case, None, str(wrong))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit too: it is a student's code
        return Tried(case, None, say("It raised {error}", error=in_short(error)))


def in_short(error: BaseException) -> str:
    text = clean(str(error))
    short = text if len(text) <= LONGEST_WORDS else text[:LONGEST_WORDS] + "…"
    return f"{type(error).__name__}: {short}" if short else type(error).__name__
