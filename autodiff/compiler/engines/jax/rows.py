"""Rows of the table as functions of JAX, which differentiates them by the rows' own partials."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

from autodiff.compiler.engines.numpy.arrays import Array, Arrays
from autodiff.rules import Rule

try:
    import jax
    import jax.numpy as jnp
    from jax.custom_derivatives import SymbolicZero
    from jax.extend.core import Primitive
    from jax.interpreters import ad, batching, mlir
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        'the engine "jax" needs JAX: pip install "scalar-autodiff[jax]"', name=error.name
    ) from error

__all__ = ["JAX", "jax", "jnp", "passed_on", "row_function"]


class JaxArrays(Arrays):
    """JAX's primitives."""

    def __init__(self) -> None:
        super().__init__(jnp)
        self.erf, self.erfc = jax.scipy.special.erf, jax.scipy.special.erfc

    def where(self, condition: Array, x: Array, y: Array) -> Array:
        # JAX's integers end at 2**31 or 2**63, and rows use 2**100.
        x, y = (float(z) if isinstance(z, int) else z for z in (x, y))
        return super().where(condition, x, y)

    def norm(self, xs: Array) -> Array:
        if isinstance(xs, list | tuple):
            return super().norm(xs)
        return jax.lax.scan(lambda length, x: (jnp.hypot(length, x), None), jnp.zeros_like(xs[0]), xs)[0]


JAX = JaxArrays()


@functools.cache
def row_function(rule: Rule) -> Callable[..., Array]:
    """The operation of a row on arrays of one shape: one for each operand, or a stack of any number of them.

    >>> from autodiff.rules import TABLE
    >>> jax.grad(row_function(TABLE["relu"]))(jnp.zeros(())).item()
    0.0
    """

    def value(*xs: Array) -> Array:
        if rule.is_nary:
            [stack] = xs
            return like(rule.apply(JAX, stack), stack[0])
        return like(rule.apply(JAX, xs), xs[0])

    def moved(xs: tuple[Array, ...], moves: tuple[Array, ...]) -> tuple[Array, Array]:
        z = operation(*xs)
        wanted = [side for side, move in enumerate(moves) if not isinstance(move, SymbolicZero)]
        partials = [of_a_stack(rule, xs[0], z)] if rule.is_nary else rule.slopes(JAX, xs, z, wanted)
        parts = [
            passed_on(like(partial, xs[side]), moves[side])
            for side, partial in zip(wanted, partials, strict=True)
            if not (isinstance(partial, int) and partial == 0)
        ]
        if rule.is_nary:
            parts = [part.sum(axis=0) for part in parts]
        return z, sum(parts[1:], parts[0]) if parts else jnp.zeros_like(z)

    operation = jax.custom_jvp(value)
    operation.defjvp(moved, symbolic_zeros=True)
    return operation  # type: ignore[no-any-return]


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


# ---------------------------------------------------------------- what passes along an edge

# partial * move, and 0 where the move is 0, even if the partial is infinite: what does not move passes
# nothing on. Linear in the move, so that JAX can run it in reverse, and its own transpose.
PASSED = Primitive("passed_on")


def passed_on(partial: Array, move: Array) -> Array:
    return PASSED.bind(partial, move)


def product(partial: Array, move: Array) -> Array:
    return jnp.where(move == 0, 0, partial * move)


def product_moved(operands: Sequence[Array], moves: Sequence[Array]) -> tuple[Array, Array]:
    """How it moves itself, for second derivatives."""
    (partial, move), (partial_moves, move_moves) = operands, moves
    parts = []
    if not isinstance(partial_moves, ad.Zero):
        parts.append(partial_moves * move)
    if not isinstance(move_moves, ad.Zero):
        parts.append(passed_on(partial, move_moves))
    return passed_on(partial, move), sum(parts[1:], parts[0])


def product_transposed(bar: Array, partial: Array, move: Array) -> tuple[None, Array]:
    if isinstance(bar, ad.Zero):
        return None, ad.Zero(move.aval)
    return None, passed_on(partial, bar)


def product_batched(operands: Sequence[Array], axes: Sequence[int | None]) -> tuple[Array, int]:
    """The product of whole batches: both operands keep one shape."""
    pairs = list(zip(operands, axes, strict=True))
    size = next(x.shape[axis] for x, axis in pairs if axis is not None)
    wide = [
        jnp.broadcast_to(x, (size, *x.shape)) if axis is None else jnp.moveaxis(x, axis, 0)
        for x, axis in pairs
    ]
    return passed_on(*wide), 0


PASSED.def_impl(jax.jit(product))
PASSED.def_abstract_eval(lambda partial, move: move)
ad.primitive_jvps[PASSED] = product_moved
ad.primitive_transposes[PASSED] = product_transposed
batching.primitive_batchers[PASSED] = product_batched
mlir.register_lowering(PASSED, mlir.lower_fun(product, multiple_results=False))
