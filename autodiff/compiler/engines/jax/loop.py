"""A loop of JAX over many small groups, so that XLA compiles each kind of group once and not each group.

The results of all groups stand in one array. A reverse sweep of our own adds to one array of adjoints, where
JAX would keep a copy of it for each turn of the loop.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from autodiff.compiler.engines.jax.rows import jax, jnp, row_function, softmax_rows
from autodiff.compiler.engines.numpy.arrays import Array
from autodiff.compiler.flat.data import Flat, Indices
from autodiff.compiler.flat.structures import structure_of
from autodiff.compiler.front.tape import rule_named
from autodiff.rules import Rule

__all__ = ["loop_over"]

MOST_BRANCHES = 64  # beyond, each operation takes a turn of its own
ADDED_ONE_BY_ONE = 4  # operands that are added to one by one, which is faster than a scatter


@dataclass(frozen=True)
class BranchKind:
    """Groups that one compiled branch computes: so many operations of a row on so many operands."""

    rule: Rule
    count: int
    arity: int

    def compute(self, numbers: Array) -> Array:
        """The results, from all operands in a row; padding follows."""
        xs = numbers[: self.count * self.arity].reshape(self.count, self.arity)
        if self.rule.name in WHOLE:
            return WHOLE[self.rule.name](xs)
        sides = [xs.T] if self.rule.is_nary else list(xs.T)
        return row_function(self.rule)([True] * len(sides), *sides)


def dots(xs: Array) -> Array:
    left, right, bias = structure_of("dot").split(xs)
    return (left * right).sum(axis=1) + bias[:, 0]


def softmaxes(xs: Array) -> Array:
    n = xs.shape[1] - 1
    scores, _ = structure_of("softmax").split(xs.reshape(-1, n, n + 1)[:, 0])
    return softmax_rows(scores).ravel()


# The structures that have an operation of their own on all operands, a row for each operation.
WHOLE: dict[str, Callable[[Array], Array]] = {
    "dot": dots,
    "softmax": softmaxes,
    "sum": lambda xs: xs.sum(axis=1),
}


@dataclass(frozen=True)
class Plan:
    """The turns of a loop.

    The array that it works on holds what comes from outside, the results, and room for the widest group.

    Attributes:
        kinds: What the branches compute.
        outside: The slots from outside that are used.
        operands: The places of all operands, one group after the other, and room for the widest.
        turns: For each group its branch, where its operands begin, and the place of its first result.
        results: How many results there are.
        widest: The most operands of a group, and the most results.
    """

    kinds: list[BranchKind]
    outside: Indices
    operands: Indices
    turns: tuple[Indices, Indices, Indices]
    results: int
    widest: tuple[int, int]


def plan_of(program: Flat, first: int, last: int) -> Plan:
    """Plan the loop over the groups from first to last."""
    assert program.groups is not None
    edges = program.groups[first : last + 1]
    different, branches = branches_of(program, edges)
    if len(different) > MOST_BRANCHES:
        every = np.arange(edges[0], edges[-1] + 1)
        names = np.array(program.rules)[program.codes[every[:-1]]]
        together = np.append(names == "softmax", False)  # its results are made together
        edges = every[np.isin(every, edges) | ~together]
        different, branches = branches_of(program, edges)
    start, stop = program.starts[edges[0]], program.starts[edges[-1]]
    slots, inside = program.operands[start:stop], program.base + edges[0]
    outside = np.unique(slots[slots < inside])
    places = np.where(slots < inside, np.searchsorted(outside, slots), slots - inside + len(outside))
    kinds = [
        BranchKind(rule_named(program.rules[code]), count, arity) for code, count, arity in different.tolist()
    ]
    widest = max(kind.count * kind.arity for kind in kinds), max(kind.count for kind in kinds)
    turns = branches, program.starts[edges[:-1]] - start, len(outside) + edges[:-1] - edges[0]
    padded = np.concatenate([places, np.zeros(widest[0], dtype=np.intp)])
    return Plan(kinds, outside, padded, turns, int(edges[-1] - edges[0]), widest)


def branches_of(program: Flat, edges: Indices) -> tuple[Indices, Indices]:
    """The different (rule, operations, operands) of groups, and which of them each group is of."""
    triples = np.stack([program.codes[edges[:-1]], np.diff(edges), program.arities[edges[:-1]]], axis=1)
    different, branches = np.unique(triples, axis=0, return_inverse=True)
    return different, branches.ravel()


def loop_over(plan: Plan, forward_mode: bool) -> Callable[[Array], Array]:
    """A function from the numbers outside to all results of the loop.

    Args:
        plan: Of the loop.
        forward_mode: Whether ``jax.jvp`` can differentiate it, or ``jax.grad``.
    """

    def results(memory: Array) -> Array:
        return memory[len(plan.outside) : len(plan.outside) + plan.results]

    def value(outside: Array) -> Array:
        return results(forward(plan, outside))

    if forward_mode:
        pushed = jax.custom_jvp(value)
        pushed.defjvp(lambda xs, moves: tuple(map(results, push(plan, xs[0], moves[0]))))
        return pushed  # type: ignore[no-any-return]
    pulled = jax.custom_vjp(value)
    pulled.defvjp(
        lambda outside: (results(memory := forward(plan, outside)), memory),
        lambda memory, bars: (pull(plan, memory, bars),),
    )
    return pulled  # type: ignore[no-any-return]


def forward(plan: Plan, outside: Array) -> Array:
    branches = [lambda xs, kind=kind: padded(kind.compute(xs), plan.widest[1]) for kind in plan.kinds]

    def turn(memory: Array, at: tuple[Array, ...]) -> tuple[Array, None]:
        kind, start, place = at
        numbers = jax.lax.switch(kind, branches, memory[operands_of(plan, start)])
        # Beyond the results of a small group stand zeros, which the groups after it overwrite.
        return jax.lax.dynamic_update_slice(memory, numbers, (place,)), None

    return jax.lax.scan(turn, room(plan, outside), plan.turns)[0]


def push(plan: Plan, outside: Array, moves: Array) -> tuple[Array, Array]:
    """The forward sweep together with how everything moves."""

    def branch(kind: BranchKind) -> Callable[[Array, Array], tuple[Array, Array]]:
        def pushed(xs: Array, dxs: Array) -> tuple[Array, Array]:
            z, dz = jax.jvp(kind.compute, (xs,), (dxs,))
            return padded(z, plan.widest[1]), padded(dz, plan.widest[1])

        return pushed

    branches = list(map(branch, plan.kinds))

    def turn(memories: tuple[Array, Array], at: tuple[Array, ...]) -> tuple[tuple[Array, Array], None]:
        kind, start, place = at
        memory, moving = memories
        places = operands_of(plan, start)
        z, dz = jax.lax.switch(kind, branches, memory[places], moving[places])
        store = jax.lax.dynamic_update_slice
        return (store(memory, z, (place,)), store(moving, dz, (place,))), None

    found: tuple[Array, Array] = jax.lax.scan(turn, (room(plan, outside), room(plan, moves)), plan.turns)[0]
    return found


def pull(plan: Plan, memory: Array, bars: Array) -> Array:
    """The reverse sweep: the adjoints of what came from outside."""

    def branch(kind: BranchKind) -> Callable[[Array, Array], Array]:
        def pulled(xs: Array, bar: Array) -> Array:
            return jax.vjp(kind.compute, xs)[1](bar[: kind.count])[0]

        return pulled

    branches = list(map(branch, plan.kinds))

    def turn(swept: Array, at: tuple[Array, ...]) -> tuple[Array, None]:
        kind, start, place = at
        bar = jax.lax.dynamic_slice(swept, (place,), (plan.widest[1],))
        places = operands_of(plan, start)
        return with_added(swept, places, jax.lax.switch(kind, branches, memory[places], bar)), None

    first = len(plan.outside)
    start = jnp.zeros_like(memory).at[first : first + plan.results].set(bars)
    return jax.lax.scan(turn, start, plan.turns, reverse=True)[0][:first]


def room(plan: Plan, outside: Array) -> Array:
    return padded(outside, len(outside) + plan.results + plan.widest[1])


def padded(numbers: Array, length: int) -> Array:
    return jnp.zeros(length, numbers.dtype).at[: len(numbers)].set(numbers)


def operands_of(plan: Plan, start: Array) -> Array:
    """The places of a group's operands; the padding belongs to the groups after it."""
    return jax.lax.dynamic_slice(jnp.asarray(plan.operands), (start,), (plan.widest[0],))


def with_added(swept: Array, places: Array, bars: Array) -> Array:
    """Add to some places; what belongs to the padding is 0."""
    if len(places) > ADDED_ONE_BY_ONE:
        return swept.at[places].add(bars)
    for i in range(len(places)):
        at = (places[i],)
        sofar = jax.lax.dynamic_slice(swept, at, (1,))
        swept = jax.lax.dynamic_update_slice(swept, sofar + bars[i : i + 1], at)
    return swept
