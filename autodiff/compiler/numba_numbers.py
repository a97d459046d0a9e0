"""Loops of the Numba engine on single numbers, those that are written by hand: sums and dot products.

A group is a row of the engine's table: kind, first result, number of operations, first operand, operands of
each, whether vectors stand side by side, which sides need an adjoint, number of blocks. Numba is imported
here; only its engine loads this module.
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
def sum_forward(v: Any, group: Any, operands: Any) -> None:
    out, count, first, arity = group[1], group[2], group[3], group[4]
    for i in range(count):
        q = first + arity * i
        found = v[operands[q]]
        for j in range(q + 1, q + arity):
            found += v[operands[j]]
        v[out + i] = found


@exact
def sum_reverse(v: Any, bar: Any, group: Any, operands: Any) -> None:
    out, count, first, arity = group[1], group[2], group[3], group[4]
    for i in range(count):
        d = bar[out + i]
        if d != 0:
            for j in range(first + arity * i, first + arity * (i + 1)):
                bar[operands[j]] += d


@exact
def dot_forward(v: Any, group: Any, operands: Any) -> None:
    out, count, first, arity, straight = group[1], group[2], group[3], group[4], group[5]
    n = arity // 2
    for i in range(count):
        q = first + arity * i
        found = v[operands[q + 2 * n]]
        if straight:
            a, x = operands[q], operands[q + n]
            found += dot(v[a : a + n], v[x : x + n])
        else:
            for j in range(q, q + n):
                found += v[operands[j]] * v[operands[j + n]]
        v[out + i] = found


@exact
def dot_reverse(v: Any, bar: Any, group: Any, operands: Any) -> None:
    out, count, first, arity, straight, mask = group[1], group[2], group[3], group[4], group[5], group[6]
    n = arity // 2
    for i in range(count):
        d = bar[out + i]
        if d == 0:
            continue
        q = first + arity * i
        if mask & 4:
            bar[operands[q + 2 * n]] += d
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


@exact
def softmax_forward(v: Any, group: Any, operands: Any) -> None:
    out, count, first, arity = group[1], group[2], group[3], group[4]
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
def softmax_reverse(v: Any, bar: Any, group: Any, operands: Any) -> None:
    out, count, first, arity = group[1], group[2], group[3], group[4]
    n = arity - 1
    for z in range(out, out + count, n):
        q = first + arity * (z - out)
        mean = v[z] * bar[z]
        for j in range(z + 1, z + n):
            mean += v[j] * bar[j]
        for j in range(n):
            bar[operands[q + j]] += v[z + j] * (bar[z + j] - mean)
