"""Changes in place: a matrix keeps its leaves, which would else be lost to who trains or differentiates by them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from autodiff.matrix.ufuncs import Elements, title_with_shape
from autodiff.rules.worlds import Scalar
from autodiff.value import Value

__all__ = ["CHANGES_FIRST", "check_kept", "leaves_kept"]

CHANGES_FIRST = {
    np.copyto,
    np.fill_diagonal,
    np.place,
    np.put,
    np.put_along_axis,
    np.putmask,
}  # their first argument


@contextmanager
def leaves_kept(*matrices: Elements) -> Iterator[None]:
    """Leave matrices as they were after an error, which it also is if one of them would lose a leaf.

    Raises:
        TypeError: A leaf was replaced, as by ``W -= step``.
    """
    before = [np.asarray(A).copy() for A in matrices]
    try:
        yield
        for A, old in zip(matrices, before, strict=True):
            check_kept(A, old, np.asarray(A))
    except BaseException:
        for A, old in zip(matrices, before, strict=True):
            np.asarray(A)[...] = old
        raise


def check_kept(A: Elements, old: Scalar, new: Scalar) -> None:
    """Check that no leaf in a matrix, or in an element of it, has given way to what is no leaf."""
    pairs = zip(old.flat, new.flat, strict=True) if isinstance(old, np.ndarray) else [(old, new)]
    lost = [before for before, after in pairs if is_leaf(before) and not is_leaf(after)]
    if lost:
        raise TypeError(
            f"{title_with_shape(A, 'a matrix')} keeps its leaves when it is changed in place, and {len(lost)} of them "
            "would be replaced: for new nodes write W = W - step; to change the numbers of the leaves, as a "
            "training step does, 'for w, s in zip(W.flat, step.flat): w.data -= s'"
        )


def is_leaf(x: Scalar) -> bool:
    """Whether x is a Value that was not computed; one that is traced has no number to set."""
    return isinstance(x, Value) and not hasattr(x, "_record") and x.op is None
