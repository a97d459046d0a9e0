"""Loops of the Numba engine on single numbers, those that are written by hand: sums, dot products, softmax.

A group is a row of the engine's table, ``GROUP`` in numba_engine.py. Every loop takes the number of operands
as ``arity``: where a caller gives a constant, the inner loops are unrolled. Numba is imported here; only its
engine loads this module.
"""

from __future__ import annotations

import math
from typing import Any

import numba

exact = numba.njit(error_model="numpy", cache=True, nogil=True)
reordered = numba.njit(error_model="numpy", cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"})


@exact
def sigmoid(x: Any) -> Any:
    e = math.exp(-abs(x))
    return 1 / (1 + e) if x >= 0 else e / (1 + e)


@exact
def power(x: Any, y: Any) -> Any:
    return 1.0 if y == 0 else x**y


@exact
def has_no_nan(numbers: Any) -> bool:
    for x in numbers.flat:  # noqa: SIM110 - Numba compiles no generator expressions
        if x != x:
            return False
    return True


@reordered
def dot(xs: Any, ys: Any) -> Any:
    found = xs[0] * 0
    for i in range(len(xs)):
        found += xs[i] * ys[i]
    return found


@reordered
def total(xs: Any) -> Any:
    found = xs[0] * 0
    for i in range(len(xs)):
        found += xs[i]
    return found


@reordered
def add_times(into: Any, factor: Any, xs: Any) -> None:
    for i in range(len(xs)):
        into[i] += factor * xs[i]


@exact
def sum_forward(v: Any, group: Any, operands: Any, arity: int) -> None:
    out, count, first = group.out, group.count, group.first
    for i in range(count):
        q = first + arity * i
        found = v[operands[q]]
        for j in range(q + 1, q + arity):
            found += v[operands[j]]
        v[out + i] = found


@exact
def sum_reverse(v: Any, bar: Any, group: Any, operands: Any, arity: int) -> None:
    out, count, first = group.out, group.count, group.first
    for i in range(count):
        d = bar[out + i]
        if d != 0:
            for j in range(first + arity * i, first + arity * (i + 1)):
                bar[operands[j]] += d


@exact
def dot_forward(v: Any, group: Any, operands: Any, arity: int) -> None:
    out, count, first, straight = group.out, group.count, group.first, group.straight
    n, rows = arity // 2, count // group.blocks
    i = 0
    while i < count:
        q = first + arity * i
        if straight and i % rows + 3 < rows:
            push_four(v, out + i, q, arity, operands)
            i += 4
            continue
        found = v[operands[q + 2 * n]]
        if straight:
            a, x = operands[q], operands[q + n]
            found += dot(v[a : a + n], v[x : x + n])
        else:
            for j in range(q, q + n):
                found += v[operands[j]] * v[operands[j + n]]
        v[out + i] = found
        i += 1


@exact
def dot_reverse(v: Any, bar: Any, group: Any, operands: Any, arity: int) -> None:
    out, count, first, straight, mask = group.out, group.count, group.first, group.straight, group.mask
    n, rows = arity // 2, count // group.blocks
    if mask & 4:
        for i in range(count):
            bar[operands[first + arity * i + 2 * n]] += bar[out + i]
    i = 0
    while i < count:
        q = first + arity * i
        if straight and i % rows + 3 < rows:
            pull_four(v, bar, out + i, q, arity, operands, mask)
            i += 4
            continue
        d = bar[out + i]
        i += 1
        if d == 0:
            continue
        if straight:
            a, x = operands[q], operands[q + n]
            if mask & 2:
                add_times(bar[x : x + n], d, v[a : a + n])
            if mask & 1:
                add_times(bar[a : a + n], d, v[x : x + n])
        else:
            for j in range(q, q + n):
                a, x = operands[j], operands[j + n]
                bar[x] += d * v[a]
                bar[a] += d * v[x]


@reordered
def push_four(v: Any, out: int, q: int, arity: int, operands: Any) -> None:
    """Four rows of a matrix times the vector that they share."""
    n = arity // 2
    x, a0, a1 = operands[q + n], operands[q], operands[q + arity]
    a2, a3 = operands[q + 2 * arity], operands[q + 3 * arity]
    t0 = t1 = t2 = t3 = v[x] * 0
    for j in range(n):
        t0 += v[a0 + j] * v[x + j]
        t1 += v[a1 + j] * v[x + j]
        t2 += v[a2 + j] * v[x + j]
        t3 += v[a3 + j] * v[x + j]
    bias = q + 2 * n
    v[out] = v[operands[bias]] + t0
    v[out + 1] = v[operands[bias + arity]] + t1
    v[out + 2] = v[operands[bias + 2 * arity]] + t2
    v[out + 3] = v[operands[bias + 3 * arity]] + t3


@reordered
def pull_four(v: Any, bar: Any, out: int, q: int, arity: int, operands: Any, mask: int) -> None:
    """Pass the adjoints of four results on, to their rows of the matrix and to the vector they share."""
    n = arity // 2
    d0, d1, d2, d3 = bar[out], bar[out + 1], bar[out + 2], bar[out + 3]
    x, a0, a1 = operands[q + n], operands[q], operands[q + arity]
    a2, a3 = operands[q + 2 * arity], operands[q + 3 * arity]
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


@exact
def softmax_forward(v: Any, group: Any, operands: Any, arity: int) -> None:
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
            v[z + j] = math.exp(v[operands[q + j]] - top)
            found += v[z + j]
        for j in range(z, z + n):
            v[j] /= found


@exact
def softmax_reverse(v: Any, bar: Any, group: Any, operands: Any, arity: int) -> None:
    out, count, first = group.out, group.count, group.first
    n = arity - 1
    for z in range(out, out + count, n):
        q = first + arity * (z - out)
        mean = v[z] * bar[z]
        for j in range(z + 1, z + n):
            mean += v[j] * bar[j]
        for j in range(n):
            bar[operands[q + j]] += v[z + j] * (bar[z + j] - mean)
