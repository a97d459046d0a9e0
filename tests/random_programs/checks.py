"""What has to agree on a random program."""

from __future__ import annotations

import math
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from autodiff import NonFiniteWarning, Value, compile, gradient
from tests.random_programs.differences import (
    close,
    has_infinite_score,
    has_root_of_infinity,
    has_same_bits,
    has_slope_of_0,
    has_underflow_before_infinity,
    is_edge_by_rounding,
    is_out_of_range,
    is_rounding,
    may_overflow,
    same,
)
from tests.random_programs.eager import Eager, eager, number_of
from tests.random_programs.exact import disagreements
from tests.random_programs.programs import Constant, Program
from tests.strategies import on_values

__all__ = ["Mismatch", "check", "shrunk"]


@dataclass(frozen=True)
class Mismatch:
    """Two answers where one is due.

    Attributes:
        what: Which of the comparisons.
        program: The program, with the one point at which they differ.
    """

    what: str
    program: Program
    found: object
    expected: object

    def __str__(self) -> str:
        lines = (f"  {line}" for line in str(self.program).splitlines())
        point = ", ".join(map(repr, self.program.points[0]))
        head = f"{self.what} at ({point}): {self.found}, not {self.expected}"
        return "\n".join([head, *lines])


# ---------------------------------------------------------------- one program


def check(program: Program, engine: str, counted: Counter[str], deep: bool = False) -> Iterator[Mismatch]:
    """Yield what does not agree; ``deep`` compares with mpmath too."""
    answers = [eager(program, point) for point in program.points]
    for point, answer in zip(program.points, answers, strict=True):
        at = replace(program, points=(point,))
        counted["points"] += 1
        if answer.slopes is None:
            counted["points where eager raises an error"] += 1
            continue
        yield from check_eager(at, answer, counted)
        if deep:
            yield from (Mismatch(what, at, *pair) for what, *pair in disagreements(at, answer.nodes, counted))
    yield from check_compiled(program, answers, engine, counted)


def check_eager(at: Program, answer: Eager, counted: Counter[str]) -> Iterator[Mismatch]:
    """backward() and create_graph=True against gradient()."""
    slopes, leaves = answer.numbers[1:], answer.nodes[: at.leaves]
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        answer.nodes[-1].backward()
    if any(map(math.isnan, slopes)) and not any(x.category is NonFiniteWarning for x in heard):
        yield Mismatch("warnings", at, [x.category for x in heard], NonFiniteWarning)
    if not all(same(leaf.grad, slope) for leaf, slope in zip(leaves, slopes, strict=True)):
        yield Mismatch("backward", at, [leaf.grad for leaf in leaves], slopes)
    try:
        graphs = [number_of(x) for x in gradient(answer.nodes[-1], leaves, create_graph=True)]
    except (ValueError, ArithmeticError) as error:
        yield Mismatch("create_graph", at, error, slopes)
        return
    counted["gradients with create_graph"] += 1
    if has_slope_of_0(answer):
        graphs = [y if math.isnan(x) else x for x, y in zip(graphs, slopes, strict=True)]
    if not all(map(close, graphs, slopes)) and not is_rounding([answer.value, *graphs], at):
        yield Mismatch("create_graph", at, graphs, slopes)


def check_compiled(
    program: Program, answers: Sequence[Eager], engine: str, counted: Counter[str]
) -> Iterator[Mismatch]:
    """The engine on all points at once, and on the last one alone, by the parameters too."""
    parameters = [Value(x) for x in program.parameters]
    compiled = compile(lambda *xs: program.run(on_values, [*xs, *parameters])[-1], engine=engine)
    try:
        values, slopes = compiled.value_and_grad(*np.array(program.points).T)
    except (ValueError, ArithmeticError) as error:
        if all(answer.slopes is None for answer in answers):
            counted["programs with an error in parameters alone, raised while traced"] += 1
        else:
            yield Mismatch(engine, program, error, answers[0])
        return
    exact = engine != "jax" and has_same_bits(program)
    columns = np.broadcast_arrays(values, *slopes, np.empty(len(program.points)))[:-1]
    for position, answer in enumerate(answers):
        at = replace(program, points=(program.points[position],))
        found = [float(column[position]) for column in columns]
        if answer.slopes is None or is_left_open(engine, answer):
            continue
        counted["points compared with the engine"] += 1
        yield from compared(engine, at, found, answer.numbers[: len(found)], exact)
    if is_left_open(engine, answers[-1]):
        return
    if answers[-1].slopes is not None:
        compiled.backward(*program.points[-1])
        found = [number_of(compiled(*program.points[-1])), *(w.grad for w in parameters)]
        expected = [answers[-1].value, *answers[-1].slopes[program.arguments :]]
        yield from compared(f"{engine}, one sample", at, found, expected, exact, skip=program.arguments)
    else:
        yield from check_errors(program, answers, engine, counted)


def is_left_open(engine: str, answer: Eager) -> bool:
    """Whether the answer is one of several that may be given."""
    classes = (has_root_of_infinity, has_infinite_score, has_underflow_before_infinity)
    return is_out_of_range(engine, answer) or any(lies_in(answer) for lies_in in classes)


def check_errors(
    program: Program, answers: Sequence[Eager], engine: str, counted: Counter[str]
) -> Iterator[Mismatch]:
    """Where eager raises an error, the engine has nan or infinity."""
    at = answers[-1].nodes
    step = program.steps[len(at) - program.leaves]
    if all(x >= program.arguments for x in reached(program, len(at)) if x < program.leaves):
        return  # of parameters alone
    cut = replace(program, steps=program.steps[: len(at) - program.leaves + 1])
    parameters = [Value(x) for x in program.parameters]
    f = compile(lambda *xs: cut.run(on_values, [*xs, *parameters])[-1], engine=engine)
    found = float(
        f(*np.array(program.points[-1:]).T)[0]
    )  # of one sample with parameters it is a node, which raises
    counted["errors compared with the engine"] += 1
    sums = [x for x in at if isinstance(x, Value) and x.op and x.op.name == "dot"]
    last = replace(cut, points=cut.points[-1:])
    if math.isfinite(found) and not any(map(may_overflow, sums)) and not is_edge_by_rounding(last):
        yield Mismatch(f"{engine}, errors", last, found, f"an error of {step[0]}")


def reached(program: Program, node: int) -> set[int]:
    """The nodes that a node depends on."""
    found = {node}
    for position in range(node, program.leaves - 1, -1):
        if position in found:
            found.update(x for x in program.steps[position - program.leaves][1] if isinstance(x, int))
    return found


def compared(
    what: str, at: Program, found: list[float], expected: list[float], exact: bool, skip: int = 0
) -> Iterator[Mismatch]:
    """Compare numbers; ``skip`` slopes are not among them."""
    if all(map(same if exact else close, found, expected)):
        return
    if exact or not is_rounding(found, at, skip):
        yield Mismatch(what + (", bits" if exact else ""), at, found, expected)


# ---------------------------------------------------------------- making a mismatch small


def shrunk(mismatch: Mismatch, engine: str) -> Mismatch:
    """The same mismatch with as few steps as can be found: a node becomes an argument, or the last one."""
    for smaller in smaller_programs(mismatch.program):
        try:
            found = [x for x in check(smaller, engine, Counter(), deep=True) if x.what == mismatch.what]
        except ValueError:
            continue
        if found:
            return shrunk(found[0], engine)
    return mismatch


def smaller_programs(program: Program) -> Iterator[Program]:
    point, steps = program.points[0], program.steps
    if len(program.points) > 1:
        yield from (replace(program, points=(point,)) for point in program.points)
        return
    if len(steps) > 1:
        yield replace(program, steps=steps[:-1])
    nodes = eager(program, point).nodes
    for node in range(min(len(nodes) - 1, program.leaves + len(steps) - 2), program.leaves - 1, -1):
        yield without(program, node, number_of(nodes[node]))


def without(program: Program, node: int, number: float) -> Program:
    """The program with an argument of this number in the place of a node."""
    argument = program.arguments

    def moved(x: int | Constant) -> int | Constant:
        if isinstance(x, Constant):
            return x
        return argument if x == node else x + (argument <= x < node)

    gone = node - program.leaves
    steps = [(name, tuple(map(moved, xs))) for i, (name, xs) in enumerate(program.steps) if i != gone]
    return Program(((*program.points[0], number),), program.parameters, tuple(steps))
