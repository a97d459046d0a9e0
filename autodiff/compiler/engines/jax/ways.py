"""Ways: which results of a pure function of JAX lie on a way from a leaf to an output that nothing cuts.

They mean what they do in the NumPy engine. But what JAX carries back or forth is adjoints or moves alone, so they are
found before, from the numbers of the forward sweep, as if all leaves moved and all outputs had a seed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from autodiff.compiler.engines.jax.rows import jax, jnp
from autodiff.compiler.engines.numpy.arrays import Array

__all__ = ["JaxStep", "Pieces", "masks_of"]

Pieces: TypeAlias = Sequence[Array]  # constants, parameters, inputs, and the results of each step


@dataclass(frozen=True)
class JaxStep:
    """What computes the results of one group, or of a range of groups.

    Attributes:
        run: From all pieces before, and a mask of those and one of the results; None where nothing is masked.
        count: From all pieces before and how many ways lead to each, how many lead to the results.
    """

    run: Callable[[Pieces, tuple[Pieces, Array] | None], Array]
    count: Callable[[Pieces, Pieces], Array]


def masks_of(steps: Sequence[JaxStep], outputs: Callable[[Pieces], Array], leaves: Pieces) -> list[Array]:
    """For each piece, the leaves and the results of each step, what lies on a way that nothing cuts; of leaves all.

    The derivative of the number of ways from leaf to output by that of ways to a node is the number of ways on.
    """
    pieces = list(map(jax.lax.stop_gradient, leaves))
    for step in steps:
        pieces.append(step.run(pieces, None))

    def ways_from(starts: Pieces) -> list[Array]:
        ways = list(starts[: len(leaves)])
        for step, own in zip(steps, starts[len(leaves) :], strict=True):
            ways.append(step.count(pieces, ways) + own)
        return ways

    at_leaves = [jnp.zeros_like(leaves[0]), *map(jnp.ones_like, leaves[1:])]
    elsewhere = list(map(jnp.zeros_like, pieces[len(leaves) :]))
    below = ways_from([*at_leaves, *elsewhere])[len(leaves) :]
    above = jax.grad(lambda starts: outputs(ways_from([*at_leaves, *starts])).sum())(elsewhere)
    results = [(down > 0) & (up > 0) for down, up in zip(below, above, strict=True)]
    return [*(jnp.ones(leaf.shape, bool) for leaf in leaves), *results]
