"""Masks: where something arrives in a sweep, for each slot and sample, kept beside the adjoints or moves.

A sweep multiplies first, and only where nan or infinity comes out a second one looks at these masks. Their
meaning is that of ``adjoints`` in autodiff/node.py: nothing comes from what nothing arrives at, and nothing passes
an edge that cuts; every other 0 · ∞ is nan.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autodiff.compiler.engines.numpy.arrays import NUMPY
from autodiff.compiler.flat.places import FloatArray, Memory, Selection
from autodiff.compiler.flat.structures import Mask
from autodiff.rules import Rule
from autodiff.rules.worlds import Scalar

__all__ = ["always_cuts", "any_of", "arrives", "pass_on", "passable", "passing"]


def always_cuts(rule: Rule, partial: Scalar) -> bool:
    """Whether a partial lets nothing pass at any numbers, as that of the condition of ``where``."""
    return isinstance(partial, int) and partial == 0 and rule.at_kink is None


def passable(rule: Rule, xs: Scalar, partial: Scalar) -> Mask:
    """Where the edges with these partials let something pass; see ``cuts`` in autodiff/node.py."""
    if not rule.chooses:
        return np.True_  # type: ignore[return-value]
    found: Mask = (np.asarray(partial) != 0) | (np.asarray(rule.kinked(NUMPY, xs)) != 0)
    return found


def arrives(selection: Selection, reached: Memory) -> Mask:
    return selection.read(reached) > 0


def passing(mask: Mask, factor: FloatArray, partial: Scalar) -> FloatArray:
    """Their product, 0 where the mask says that nothing passes."""
    product: FloatArray = np.where(mask, factor * partial, 0)
    return product


def any_of(masks: FloatArray | Sequence[FloatArray]) -> FloatArray:
    """Where one of several masks along the first axis is set, as numbers."""
    found: FloatArray = np.any(masks, axis=0) * 1.0
    return found


def pass_on(
    to: Selection, bars: Memory, reached: Memory | None, bar: FloatArray, partial: Scalar, mask: Scalar = None
) -> None:
    """Add the products of adjoints and partials to the adjoints of slots, and the mask to theirs."""
    if reached is None:
        to.add(bars, bar * partial)
    else:
        products = passing(mask, bar, partial)
        to.add(bars, products)
        to.add(reached, np.broadcast_to(mask * 1.0, products.shape))
