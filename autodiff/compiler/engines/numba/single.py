"""Loops of the Numba engine on single numbers, those that are written by hand: sums, dot products, softmax.

A group is a row of the engine's table, ``GROUP`` in tables.py. Every loop takes the number of operands
as ``arity``: where a caller gives a constant, the inner loops are unrolled. Numba is imported here; only its
engine loads this module.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import numba
from numba.core.caching import FunctionCache

from autodiff.compiler.flat.places import FloatArray
from autodiff.compiler.flat.structures import Indices

Jitted = TypeVar("Jitted", bound=Callable[..., Any])


class SparingCache(FunctionCache):
    """Numba's cache of compiled functions, which a full disk leaves empty instead of raising."""

    def save_overload(self, sig: object, data: object) -> None:
        with contextlib.suppress(OSError):
            super().save_overload(sig, data)  # type: ignore[no-untyped-call]


def cached_njit(**options: Any) -> Callable[[Jitted], Jitted]:
    """Numba's njit, with a cache where there is a place for one: not for a function that is in no file."""

    def decorated(function: Jitted) -> Jitted:
        dispatcher: Any = numba.njit(error_model="numpy", nogil=True, **options)(function)
        with contextlib.suppress(RuntimeError):
            dispatcher._cache = SparingCache(function)  # type: ignore[no-untyped-call]
        compiled: Jitted = dispatcher
        return compiled

    return decorated


exact_njit = cached_njit()
reordered_njit = cached_njit(fastmath={"reassoc", "contract", "nsz"})


class GroupRow(Protocol):
    """A row of the table; see there."""

    out: int
    count: int
    first: int
    straight: int
    mask: int
    blocks: int


@exact_njit
def stable_sigmoid(x: float) -> float:
    e = math.exp(-abs(x))
    return 1 / (1 + e) if x >= 0 else e / (1 + e)


@exact_njit
def power(x: float, y: float) -> float:
    return 1.0 if y == 0 else x**y


@exact_njit
def nans(numbers: FloatArray) -> int:
    """How many there are; without an early end, so that several are looked at at once."""
    found = 0
    for i in range(len(numbers)):
        found += numbers[i] != numbers[i]
    return found


@reordered_njit
def product_of_vectors(xs: FloatArray, ys: FloatArray) -> float:
    found: float = xs[0] * 0
    for i in range(len(xs)):
        found += xs[i] * ys[i]
    return found


@reordered_njit
def total(xs: FloatArray) -> float:
    found: float = xs[0] * 0
    for i in range(len(xs)):
        found += xs[i]
    return found


@reordered_njit
def add_times(into: FloatArray, factor: float, xs: FloatArray) -> None:
    for i in range(len(xs)):
        into[i] += factor * xs[i]


@exact_njit
def sum_forward(v: FloatArray, scratch: FloatArray, group: GroupRow, operands: Indices, arity: int) -> None:
    out, count, first = group.out, group.count, group.first
    for i in range(count):
        q = first + arity * i
        found = v[operands[q]]
        for j in range(q + 1, q + arity):
            found += v[operands[j]]
        v[out + i] = found


@exact_njit
def sum_reverse(
    v: FloatArray, bar: FloatArray, scratch: FloatArray, group: GroupRow, operands: Indices, arity: int
) -> None:
    out, count, first = group.out, group.count, group.first
    for i in range(count):
        d = bar[out + i]
        if d != 0:
            for j in range(first + arity * i, first + arity * (i + 1)):
                bar[operands[j]] += d


@exact_njit
def dot_forward(v: FloatArray, scratch: FloatArray, group: GroupRow, operands: Indices, arity: int) -> None:
    out, count, first = group.out, group.count, group.first
    n = arity // 2
    if group.straight:
        return rows_forward(v, out, count, count // group.blocks, operands[first : first + 3 * count], n)
    for i in range(count):
        q = first + arity * i
        found = v[operands[q + 2 * n]]
        for j in range(q, q + n):
            found += v[operands[j]] * v[operands[j + n]]
        v[out + i] = found


@exact_njit
def dot_reverse(
    v: FloatArray, bar: FloatArray, scratch: FloatArray, group: GroupRow, operands: Indices, arity: int
) -> None:
    out, count, first, mask = group.out, group.count, group.first, group.mask
    n = arity // 2
    if group.straight:
        return rows_reverse(
            v, bar, out, count, count // group.blocks, operands[first : first + 3 * count], n, mask
        )
    for i in range(count):
        d, z = bar[out + i], v[out + i]
        if d == 0 and z - z == 0:  # finite, and so is what it was made of
            continue
        q = first + arity * i
        if mask & 4:
            bar[operands[q + 2 * n]] += d
        for j in range(q, q + n):
            a, x = operands[j], operands[j + n]
            bar[x] += d * v[a]
            bar[a] += d * v[x]


# ---------------------------------------------------------------- dot products of vectors that stand in a row
#
# Their operands are where each vector begins and the bias: three numbers a product. So many ``rows`` in
# succession share their second vector.


@reordered_njit
def rows_forward(v: FloatArray, out: int, count: int, rows: int, starts: Indices, n: int) -> None:
    i = 0
    while i < count:
        a0, x, bias0 = starts[3 * i], starts[3 * i + 1], starts[3 * i + 2]
        if i % rows + 3 >= rows:
            v[out + i] = v[bias0] + product_of_vectors(v[a0 : a0 + n], v[x : x + n])
            i += 1
            continue
        a1, a2, a3 = starts[3 * i + 3], starts[3 * i + 6], starts[3 * i + 9]
        t0 = t1 = t2 = t3 = v[x] * 0
        for j in range(n):
            t0 += v[a0 + j] * v[x + j]
            t1 += v[a1 + j] * v[x + j]
            t2 += v[a2 + j] * v[x + j]
            t3 += v[a3 + j] * v[x + j]
        v[out + i] = v[bias0] + t0
        v[out + i + 1] = v[starts[3 * i + 5]] + t1
        v[out + i + 2] = v[starts[3 * i + 8]] + t2
        v[out + i + 3] = v[starts[3 * i + 11]] + t3
        i += 4


@reordered_njit
def rows_reverse(
    v: FloatArray, bar: FloatArray, out: int, count: int, rows: int, starts: Indices, n: int, mask: int
) -> None:
    if mask & 4:
        for i in range(count):
            bar[starts[3 * i + 2]] += bar[out + i]
    i = 0
    while i < count:
        d0, a0, x = bar[out + i], starts[3 * i], starts[3 * i + 1]
        if i % rows + 3 >= rows:
            if mask & 2:
                add_times(bar[x : x + n], d0, v[a0 : a0 + n])
            if mask & 1:
                add_times(bar[a0 : a0 + n], d0, v[x : x + n])
            i += 1
            continue
        d1, d2, d3 = bar[out + i + 1], bar[out + i + 2], bar[out + i + 3]
        a1, a2, a3 = starts[3 * i + 3], starts[3 * i + 6], starts[3 * i + 9]
        if mask & 2:
            for j in range(n):
                bar[x + j] += d0 * v[a0 + j] + d1 * v[a1 + j] + d2 * v[a2 + j] + d3 * v[a3 + j]
        if mask & 1:
            for j in range(n):
                bar[a0 + j] += d0 * v[x + j]
                bar[a1 + j] += d1 * v[x + j]
            for j in range(n):
                bar[a2 + j] += d2 * v[x + j]
                bar[a3 + j] += d3 * v[x + j]
        i += 4


@exact_njit
def softmax_forward(
    v: FloatArray, scratch: FloatArray, group: GroupRow, operands: Indices, arity: int
) -> None:
    out, count, first = group.out, group.count, group.first
    n = arity - 1
    for z in range(out, out + count, n):
        q = first + arity * (z - out)
        top = v[operands[q]]
        for j in range(q + 1, q + n):
            x = v[operands[j]]
            if x > top or x != x:
                top = x
        found = top * 0
        for j in range(n):
            x = v[operands[q + j]]
            v[z + j] = math.exp(x - top) if x != top else 1.0  # also where both are infinite
            found += v[z + j]
        for j in range(z, z + n):
            v[j] /= found


@exact_njit
def softmax_reverse(
    v: FloatArray, bar: FloatArray, scratch: FloatArray, group: GroupRow, operands: Indices, arity: int
) -> None:
    out, count, first = group.out, group.count, group.first
    n = arity - 1
    for z in range(out, out + count, n):
        q = first + arity * (z - out)
        mean = v[z] * bar[z]
        for j in range(z + 1, z + n):
            mean += v[j] * bar[j]
        for j in range(n):
            bar[operands[q + j]] += v[z + j] * (bar[z + j] - mean)
