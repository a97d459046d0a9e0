"""Kinks: where an operation has no derivative, what is used there, and whether the output's derivative needs it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Generic, TypeAlias

from autodiff.graph import check_is_node, edges_into, topological_order
from autodiff.guards.conventions import CONVENTIONS, LIBRARIES
from autodiff.guards.lines import Line
from autodiff.guards.nonfinite import computation, is_finite
from autodiff.languages import say
from autodiff.node import N, Node, cuts
from autodiff.number import Number
from autodiff.rules.worlds import FLOATS, Scalar, world_of

__all__ = ["Kink", "Kinks", "find_kinks", "is_bent", "kink_of", "step_at"]

Side: TypeAlias = Number | None  # a one-sided derivative; None where it is not defined on that side
MOST_SHOWN_KINKS, MOST_SHOWN_SLOPES = 20, 4
PLACES = {"relu": "0", "abs": "0", "norm": "[0, 0]", "hypot": "(0, 0)", "atan2": "(0, 0)", "max": "[1, 1, 0]"}
ALIKE = {"minimum": "maximum", "min": "max"}  # what other libraries do at one they do at the other


@dataclass(frozen=True, eq=False)
class Kink(Generic[N]):
    """A node whose operands lie exactly where its operation has no derivative.

    Attributes:
        node: The node.
        matters: Whether the derivative of the output passes through it, so that it is a convention too. Where a
            value jumps, as of ``greater`` or ``mod``, what depends on it may jump: it always counts.
    """

    node: N
    matters: bool

    @property
    def operands(self) -> tuple[Number, ...]:
        """The numbers that the operation was applied to."""
        return tuple(operand_numbers(self.node))

    @property
    def parents(self) -> list[N]:
        """The parents, each once."""
        return list(dict.fromkeys(self.node.parents))

    @property
    def used(self) -> tuple[Number, ...]:
        """The derivative that is used, by each of the parents."""
        sums: dict[N, Number] = dict.fromkeys(self.node.parents, 0)
        for parent, partial in zip(self.node.parents, self.node.partials, strict=True):
            sums[parent] += partial
        return tuple(sums.values())

    @cached_property
    def sides(self) -> tuple[tuple[Side, Side], ...]:
        """The derivatives from the left and from the right by each of the parents; infinite at a jump."""
        return tuple((side(self.node, parent, -1), side(self.node, parent, 1)) for parent in self.parents)

    @property
    def jumps(self) -> bool:
        """Whether the value itself jumps, on one side at least."""
        return any(slope is not None and math.isinf(slope) for pair in self.sides for slope in pair)

    @property
    def elsewhere(self) -> dict[str, str]:
        """What other libraries use there, as far as it was measured."""
        assert self.node.op is not None
        name = ALIKE.get(self.node.op.name, self.node.op.name)
        plain = len(self.node.parents) < len(self.node.operands)
        place = PLACES.get(name, "a tie with a plain number" if plain else "a tie")
        if (name == "max" and plain) or (name == "atan2" and any(self.operands)):
            return {}
        measured = zip(LIBRARIES, CONVENTIONS.get((name, place), ()), strict=False)
        return {library: cell for library, cell in measured if cell != "-"}

    @property
    def line(self) -> Line | None:
        """The line of the user's code that made the node, if it was made under ``watch_lines()``."""
        return getattr(self.node, "line", None)

    @property
    def brief(self) -> str:
        """What is used and what the one-sided derivatives are, in few words."""
        return ", ".join(self.parts)

    @property
    def parts(self) -> tuple[str, str]:
        """What is used; what the one-sided derivatives are."""
        used, sides = self.slopes
        if self.used == tuple(left for left, _ in self.sides) == tuple(right for _, right in self.sides):
            return say("slope {used} on either side", used=used), say("whose derivative jumps")
        return f"{say('kink')}: {say('slope {used} used', used=used)}", say("one-sided {sides}", sides=sides)

    @property
    def slopes(self) -> tuple[str, str]:
        """The derivatives that are used, and the one-sided ones, as text; of many operands those at the kink."""
        every = list(zip(self.used, self.sides, strict=True))
        many = len(every) > MOST_SHOWN_SLOPES
        turning = [each for each in every if not each[0] == each[1][0] == each[1][1]] if many else every
        shown, more = turning[:MOST_SHOWN_SLOPES], ", ..." if len(turning) > MOST_SHOWN_SLOPES else ""
        if len(turning) > 1 and len(set(turning)) == 1:
            shown, more = shown[:1], say(" each")
        used = ", ".join(slope_text(slope) for slope, _ in shown) + more
        pairs = [
            say("{left} and {right}", left=slope_text(left), right=slope_text(right))
            for _, (left, right) in shown
        ]
        counts = {"some": len(turning), "all": len(every)}
        which = say(", by {some} of {all} operands", **counts) if len(turning) < len(every) else ""
        return used, ", ".join(pairs) + more + which

    def __str__(self) -> str:
        made = say(" (made at {line})", line=self.line) if self.line is not None else ""
        matters = "" if self.matters else say("; the derivative of the output does not pass through it")
        return f"{computation(self.node)}{made}: {self.brief}{matters}"


class Kinks(tuple[Kink[N], ...]):
    """The kinks of a graph, parents first; as text and in notebooks a table."""

    __slots__ = ()

    @property
    def summary(self) -> str:
        if not self:
            return say("no node lies at a kink")
        matter = sum(kink.matters for kink in self)
        several = say("{count} nodes lie at a kink", count=f"{len(self):,}")
        nodes = several if len(self) > 1 else say("1 node lies at a kink")
        if not matter:
            return nodes + say("; the derivative of the output passes through none")
        some = (
            say(" (1 of them matters)")
            if matter == 1
            else say(" ({count} of them matter)", count=f"{matter:,}")
        )
        which = "" if matter == len(self) else some
        return nodes + which + say(": the derivative of the output is a convention there")

    def __str__(self) -> str:
        return "\n".join([self.summary, *map(str, self[:MOST_SHOWN_KINKS]), *self._more])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        import html  # takes a while to load

        heads = (say("node"), say("used, and one-sided"), say("matters"), say("other libraries"))
        rows = [
            (
                computation(kink.node),
                kink.brief.removeprefix(f"{say('kink')}: "),
                say("yes") if kink.matters else say("no"),
                "; ".join(f"{library} {cell}" for library, cell in kink.elsewhere.items()),
            )
            for kink in self[:MOST_SHOWN_KINKS]
        ]
        look = 'style="text-align: left; padding: 0.2em 0.6em"'
        head = "".join(f"<th {look}>{text}</th>" for text in heads)
        cells = ["".join(f"<td {look}>{html.escape(text)}</td>" for text in row) for row in rows]
        body = "".join(f"<tr>{row}</tr>" for row in cells)
        lines = "".join(f"<p>{html.escape(text)}</p>" for text in [self.summary, *self._more])
        return f"{lines}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>" if self else lines

    @property
    def _more(self) -> list[str]:
        more = len(self) - MOST_SHOWN_KINKS
        return [say("... and {hidden} more", hidden=f"{more:,}")] if more > 0 else []


def find_kinks(output: N) -> Kinks[N]:
    """Find the nodes whose operands lie exactly where their operation has no derivative, such as relu at 0.

    There the derivative that is used is a convention: ``docs/operations.md`` says which. Among them is ``where``
    if its condition is 0 and not 0 nearby: it takes its last operand there alone. No ``grad`` is touched.
    Of a compiled function it is found by the function that was compiled: ``find_kinks(f.__wrapped__(x))``.

    Args:
        output: The node to look below.

    Returns:
        The kinks, parents first: each with its node, the derivatives used and those from either side, what other
        libraries use, and whether the derivative of the output passes through it.

    Raises:
        TypeError: ``output`` is no Value.

    >>> from autodiff import Value
    >>> x = Value(0, name="x")
    >>> print(find_kinks(3 * x.relu() + 1))
    1 node lies at a kink: the derivative of the output is a convention there
    relu(x = 0.0): kink: slope 0 used, one-sided 0 and 1
    >>> find_kinks(3 * x.relu())[0].elsewhere
    {'torch': '0', 'jax': '0', 'mygrad': '0'}
    """
    if hasattr(output, "__wrapped__"):
        raise TypeError(
            f"find_kinks looks at the graph of a Value, and {output!r} is a compiled function: call the function "
            "that was compiled on Values, find_kinks(f.__wrapped__(Value(0.0)))"
        )
    check_is_node(output, "find_kinks")
    reached, found = {output}, []
    for node in reversed(topological_order(output)):
        at_kink = kink_of(node, node in reached)
        if at_kink is not None:
            found.append(at_kink)
        if node in reached:
            for parent, partial in zip(node.parents, node.partials, strict=True):
                if partial or at_kink is not None:
                    reached.add(parent)
    return Kinks(reversed(found))


def kink_of(node: N, reached: bool = True) -> Kink[N] | None:
    """The kink that a node lies at, or None; no kink is where both sides agree, as in max(x, x).

    Args:
        node: The node.
        reached: Whether the derivative of the output passes through it.
    """
    op = node.op
    if op is None or (op.at_kink is None and op.condition is None):
        return None
    xs = operand_numbers(node)
    lies_there = op.kinked(world_of(xs), xs) if op.condition is None else turns(node.operands[op.condition])
    if not lies_there or not all(map(is_finite, xs)):
        return None
    found = Kink(node, reached)
    for parent, used in zip(found.parents, found.used, strict=True):
        if not side(node, parent, -1) == side(node, parent, 1) == used:
            return found if reached else replace(found, matters=op.is_step or found.jumps)
    return None


def is_bent(node: Node) -> bool:
    """Whether the operands of a node lie where the second derivative of its operation jumps."""
    return (
        node.op is not None
        and node.op.bent is not None
        and bool(node.op.bent(FLOATS, *operand_numbers(node)))
    )


def turns(condition: object) -> bool:
    """Whether a condition is 0 and not 0 nearby, so that a branch is chosen here alone.

    What is made of steps, such as [x > 1] or [x > 1]·y, stays 0.
    """
    if not isinstance(condition, Node) or condition.data != 0:
        return False
    waiting, seen = [condition], set[Node]()
    while waiting:
        node = waiting.pop()
        if node.op is None:
            return True
        if node not in seen and not node.op.is_step:
            steep = [edge.parent for edge in edges_into(node) if edge.partial]
            waiting += steep or ([] if cuts(node) else node.parents)
        seen.add(node)
    return False


def operand_numbers(node: Node) -> list[Number]:
    return [x.data if isinstance(x, Node) else x for x in node.operands]


# ---------------------------------------------------------------- from one side


def side(node: Node, parent: Node, direction: int) -> Side:
    """The derivative of a node by a parent from the left (-1) or right (1): a step of a few units in the last place."""
    assert node.op is not None
    plain = [not isinstance(x, Node) for x in node.operands]
    step = step_at(parent.data)
    xs = operand_numbers(node)
    if node.op.condition is not None and node.operands[node.op.condition] is not parent:
        xs[node.op.condition] = 1  # what it is on either side
    moved = [
        x + direction * step if operand is parent else x for x, operand in zip(xs, node.operands, strict=True)
    ]
    m = world_of(xs)
    try:
        here, there = node.op.apply(m, xs), node.op.apply(m, moved)
        row, numbers = node.op.among(moved, plain)
        slopes: Sequence[Scalar] = row.slopes(m, numbers, there)
    except (ValueError, ArithmeticError):
        return None
    slope: Scalar = sum(
        slope for slope, operand in zip(slopes, node.operands, strict=False) if operand is parent
    )
    if abs(there - here) > 1000 * step * (1 + abs(slope)):
        return math.inf if (there > here) == (direction > 0) else -math.inf
    return slope  # type: ignore[no-any-return]


def step_at(x: Number) -> Number:
    """About a unit in the last place of a number, and something tiny at 0."""
    return abs(x) / 2**52 + Fraction(1, 2**200) if isinstance(x, Fraction) else max(math.ulp(x), 1e-150)


def slope_text(slope: Side) -> str:
    return say("none") if slope is None else f"{slope:.6g}" if isinstance(slope, float) else str(slope)
