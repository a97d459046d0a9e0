"""Rows of the table as functions of JAX, which differentiates them by the rows' own partials."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

from autodiff.compiler.engines.numpy.arrays import Array, Arrays
from autodiff.compiler.engines.numpy.masks import always_cuts
from autodiff.rules import Rule
from autodiff.rules.reductions import softmax_moved

try:
    import jax
    import jax.numpy as jnp
    from jax.custom_derivatives import SymbolicZero
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        'the engine "jax" needs JAX: pip install "scalar-autodiff[jax]"', name=error.name
    ) from error

__all__ = ["JAX", "count_of_ways", "jax", "jnp", "row_function", "softmax_rows"]


class JaxArrays(Arrays):
    """JAX's primitives."""

    def __init__(self) -> None:
        super().__init__(jnp)
        special = jax.scipy.special
        self.erf, self.erfc = special.erf, special.erfc
        self.gamma, self.lgamma = special.gamma, special.gammaln

    def where(self, condition: Array, x: Array, y: Array) -> Array:
        # JAX's integers end at 2**31 or 2**63, and rows use 2**100.
        x, y = (float(z) if isinstance(z, int) else z for z in (x, y))
        return super().where(condition, x, y)

    def sign(self, x: Array) -> Array:
        return jnp.abs(jnp.sign(x)) * jnp.where(x < 0, -1.0, 1.0)  # 0.0 of -0.0

    def norm(self, xs: Array) -> Array:
        if isinstance(xs, list | tuple):
            return super().norm(xs)
        return jax.lax.scan(lambda length, x: (jnp.hypot(length, x), None), jnp.zeros_like(xs[0]), xs)[0]


JAX = JaxArrays()


@jax.custom_jvp  # type: ignore[untyped-decorator]
def softmax_rows(scores: Array) -> Array:
    """The softmax of each row, by the row of the table; XLA has one that makes nan of infinite scores."""
    weights = jnp.exp(JAX.gap(scores, scores.max(axis=1, keepdims=True)))
    return weights / weights.sum(axis=1, keepdims=True)


@softmax_rows.defjvp  # type: ignore[untyped-decorator]
def softmax_rows_moved(operands: tuple[Array], moves: tuple[Array]) -> tuple[Array, Array]:
    shares = softmax_rows(*operands)
    return shares, softmax_moved(JAX, shares.T, moves[0].T).T


@functools.cache
def row_function(rule: Rule) -> Callable[..., Array]:
    """The operation of a row on arrays of one shape: one for each operand, or a stack of any number of them.

    Before the operands stands for each whether it counts, True or a mask; see ways.py.

    >>> from autodiff.rules import TABLE
    >>> jax.grad(row_function(TABLE["relu"]), argnums=1)([True], jnp.zeros(())).item()
    0.0
    """

    def value(masks: Sequence[Array], *xs: Array) -> Array:
        return value_of_row(rule, xs)

    def moved(operands: tuple[Array, ...], moves: tuple[Array, ...]) -> tuple[Array, Array]:
        masks, *xs = operands
        z = operation(*operands)
        wanted = [side for side, move in enumerate(moves[1:]) if not isinstance(move, SymbolicZero)]
        parts = [
            jnp.where(mask, move, 0) * jnp.where(mask, partial, 0)
            for mask, partial, move in (
                (masks[side] & uncut, partial, moves[1 + side])
                for side, partial, uncut in uncut_partials(rule, xs, z, wanted)
            )
        ]
        if rule.is_nary:
            parts = [part.sum(axis=0) for part in parts]
        return z, sum(parts[1:], parts[0]) if parts else jnp.zeros_like(z)

    operation = jax.custom_jvp(value)
    operation.defjvp(moved, symbolic_zeros=True)
    return operation  # type: ignore[no-any-return]


def value_of_row(rule: Rule, xs: Sequence[Array]) -> Array:
    if rule.is_nary:
        [stack] = xs
        return like(rule.apply(JAX, stack), stack[0])
    return like(rule.apply(JAX, xs), xs[0])


def uncut_partials(
    rule: Rule, xs: Sequence[Array], z: Array, wanted: Sequence[int]
) -> list[tuple[int, Array, Array]]:
    """For each side that is wanted, but not where nothing passes: side, partial, where it is not cut."""
    partials = [of_a_stack(rule, xs[0], z)] if rule.is_nary else rule.slopes(JAX, xs, z, wanted)
    kinked = rule.kinked(JAX, xs[0] if rule.is_nary else xs) != 0
    return [
        (side, like(partial, xs[side]), (partial != 0) | kinked if rule.chooses else True)
        for side, partial in zip(wanted, partials, strict=True)
        if not always_cuts(rule, partial)
    ]


def count_of_ways(rule: Rule, xs: Sequence[Array], ways: Sequence[Array]) -> Array:
    """How many ways that nothing cuts lead to the results, from how many lead to the operands."""
    z = value_of_row(rule, xs)
    parts = [
        jnp.where(uncut, ways[side], 0) for side, _, uncut in uncut_partials(rule, xs, z, range(len(xs)))
    ]
    if rule.is_nary:
        parts = [part.sum(axis=0) for part in parts]
    return sum(parts, jnp.zeros_like(z))


def of_a_stack(rule: Rule, stack: Array, z: Array) -> Array:
    """The partials by all operands of a stack in an array, or the number 0."""
    found = rule.slopes(JAX, stack, z)
    if not isinstance(found, list | tuple):
        return found
    if all(isinstance(partial, int | float) for partial in found):
        return jnp.array(found, z.dtype).reshape(-1, *[1] * z.ndim) if any(found) else 0
    return jnp.stack([like(partial, z) for partial in found])


def like(number: Array, x: Array) -> Array:
    """A number or an array in the type and shape of another."""
    return jnp.broadcast_to(jnp.asarray(number, x.dtype), x.shape)
