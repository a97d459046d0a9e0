"""Loops of the Numba engine on rows of samples, those that are written by hand.

Slots are places: a row of the batch from 0 on, a number that all samples share from -1 downwards. Groups and
``arity`` are as in single.py; the inner loops run over samples, side by side in memory.
"""

from __future__ import annotations

import math

from autodiff.compiler.engines.numba.single import (
    GroupRow,
    add_times,
    exact_njit,
    product_of_vectors,
    reordered_njit,
    total,
)
from autodiff.compiler.flat.places import FloatArray
from autodiff.compiler.flat.structures import Indices


@exact_njit
def row_at(common: FloatArray, batch: FloatArray, scratch: FloatArray, place: int) -> FloatArray:
    """The numbers of a slot for all samples."""
    if place >= 0:
        own: FloatArray = batch[place]
        return own
    scratch[:] = common[-1 - place]
    return scratch


@exact_njit
def number_at(common: FloatArray, batch: FloatArray, place: int, sample: int) -> float:
    """The number of a slot for one sample."""
    found: float = batch[place, sample] if place >= 0 else common[-1 - place]
    return found


@exact_njit
def bar_row(bars: FloatArray, scratch: FloatArray, place: int) -> FloatArray:
    """Where the adjoints of a slot are added up; for a common one a row of zeros."""
    if place >= 0:
        own: FloatArray = bars[place]
        return own
    scratch[:] = 0
    return scratch


@exact_njit
def add_common(common_bar: FloatArray, place: int, numbers: FloatArray) -> None:
    """Add the sum over the samples to the adjoint of a common slot; the batch has its rows already."""
    if place < 0:
        common_bar[-1 - place] += total(numbers)


@exact_njit
def sum_rows_forward(
    common: FloatArray,
    v: FloatArray,
    scratch: FloatArray,
    samples: int,
    group: GroupRow,
    operands: Indices,
    arity: int,
) -> None:
    out, count, first = group.out, group.count, group.first
    for i in range(count):
        result = v[out + i][:samples]
        q = first + arity * i
        result[:] = row_at(common, v, scratch[0], operands[q])[:samples]
        for j in range(q + 1, q + arity):
            term = row_at(common, v, scratch[0], operands[j])
            for b in range(samples):
                result[b] += term[b]


@exact_njit
def sum_rows_reverse(
    common: FloatArray, common_bar: FloatArray, v: FloatArray, bar: FloatArray, scratch: FloatArray,
    samples: int, group: GroupRow, operands: Indices, arity: int,
) -> None:  # fmt: skip
    out, count, first = group.out, group.count, group.first
    for i in range(count):
        ds = bar[out + i][:samples]
        for j in range(first + arity * i, first + arity * (i + 1)):
            if operands[j] < 0:
                common_bar[-1 - operands[j]] += total(ds)
            else:
                add_times(bar[operands[j]], 1.0, ds)


@exact_njit
def dot_rows_forward(
    common: FloatArray,
    v: FloatArray,
    scratch: FloatArray,
    samples: int,
    group: GroupRow,
    operands: Indices,
    arity: int,
) -> None:
    out, count, first, straight = group.out, group.count, group.first, group.straight
    n, rows = arity // 2, count // group.blocks
    i = 0
    while i < count:
        q = first + arity * i
        result = v[out + i][:samples]
        result[:] = row_at(common, v, scratch[0], operands[q + 2 * n])[:samples]
        if not straight:
            for j in range(q, q + n):
                xs, ys = (
                    row_at(common, v, scratch[0], operands[j]),
                    row_at(common, v, scratch[1], operands[j + n]),
                )
                for b in range(samples):
                    result[b] += xs[b] * ys[b]
        elif i % rows + 1 < rows:
            other = v[out + i + 1][:samples]
            other[:] = row_at(common, v, scratch[0], operands[q + arity + 2 * n])[:samples]
            push_two(result, other, q, q + arity, common, operands, v, q + n, n)
            i += 1
        else:
            push_one(result, q, common, operands, v, q + n, n)
        i += 1


@exact_njit
def dot_rows_reverse(
    common: FloatArray, common_bar: FloatArray, v: FloatArray, bar: FloatArray, scratch: FloatArray,
    samples: int, group: GroupRow, operands: Indices, arity: int,
) -> None:  # fmt: skip
    out, count, first, straight, mask = group.out, group.count, group.first, group.straight, group.mask
    n, rows = arity // 2, count // group.blocks
    if mask & 4:
        for i in range(count):
            place = operands[first + arity * i + 2 * n]
            ds = bar[out + i][:samples]
            if place < 0:
                common_bar[-1 - place] += total(ds)
            else:
                add_times(bar[place], 1.0, ds)
    i = 0
    while i < count:
        q = first + arity * i
        if straight and i % rows + 3 < rows:
            pull_four(bar, out + i, q, arity, samples, common, common_bar, operands, v, mask)
            i += 3
        elif straight:
            pull_one(bar, out + i, q, arity, samples, common, common_bar, operands, v, mask)
        else:
            pull_any(bar, out + i, q, arity, samples, common, common_bar, operands, v, scratch)
        i += 1


@exact_njit
def softmax_rows_forward(
    common: FloatArray,
    v: FloatArray,
    scratch: FloatArray,
    samples: int,
    group: GroupRow,
    operands: Indices,
    arity: int,
) -> None:
    out, count, first = group.out, group.count, group.first
    n = arity - 1
    for z in range(out, out + count, n):
        q = first + arity * (z - out)
        top, found = scratch[1], scratch[2]
        top[:samples] = row_at(common, v, scratch[0], operands[q])[:samples]
        for j in range(q + 1, q + n):
            xs = row_at(common, v, scratch[0], operands[j])
            for b in range(samples):
                if xs[b] > top[b] or xs[b] != xs[b]:
                    top[b] = xs[b]
        found[:] = 0
        for j in range(n):
            xs, shares = row_at(common, v, scratch[0], operands[q + j]), v[z + j]
            for b in range(samples):
                shares[b] = (
                    math.exp(xs[b] - top[b]) if xs[b] != top[b] else 1.0
                )  # also where both are infinite
                found[b] += shares[b]
        for j in range(z, z + n):
            shares = v[j]
            for b in range(samples):
                shares[b] /= found[b]


@exact_njit
def softmax_rows_reverse(
    common: FloatArray, common_bar: FloatArray, v: FloatArray, bar: FloatArray, scratch: FloatArray,
    samples: int, group: GroupRow, operands: Indices, arity: int,
) -> None:  # fmt: skip
    out, count, first = group.out, group.count, group.first
    n = arity - 1
    for z in range(out, out + count, n):
        q = first + arity * (z - out)
        mean = scratch[1]
        mean[:] = 0
        for j in range(z, z + n):
            shares, ds = v[j], bar[j]
            for b in range(samples):
                mean[b] += shares[b] * ds[b]
        for j in range(n):
            shares, ds, to = v[z + j], bar[z + j], bar_row(bar, scratch[2], operands[q + j])
            for b in range(samples):
                to[b] += shares[b] * (ds[b] - mean[b])
            add_common(common_bar, operands[q + j], to[:samples])


# ---------------------------------------------------------------- products of common numbers with rows


@reordered_njit
def push_two(
    into: FloatArray,
    other: FloatArray,
    i: int,
    k: int,
    matrix: FloatArray,
    places: Indices,
    vectors: FloatArray,
    first: int,
    n: int,
) -> None:
    """Add two rows of a matrix times the same vectors: four vectors at a time."""
    j = 0
    while j + 4 <= n:
        w0, w1 = matrix[-1 - places[i + j]], matrix[-1 - places[i + j + 1]]
        w2, w3 = matrix[-1 - places[i + j + 2]], matrix[-1 - places[i + j + 3]]
        u0, u1 = matrix[-1 - places[k + j]], matrix[-1 - places[k + j + 1]]
        u2, u3 = matrix[-1 - places[k + j + 2]], matrix[-1 - places[k + j + 3]]
        x0, x1 = vectors[places[first + j]], vectors[places[first + j + 1]]
        x2, x3 = vectors[places[first + j + 2]], vectors[places[first + j + 3]]
        for b in range(len(into)):
            a0, a1, a2, a3 = x0[b], x1[b], x2[b], x3[b]
            into[b] += w0 * a0 + w1 * a1 + w2 * a2 + w3 * a3
            other[b] += u0 * a0 + u1 * a1 + u2 * a2 + u3 * a3
        j += 4
    while j < n:
        w0, u0, x0 = matrix[-1 - places[i + j]], matrix[-1 - places[k + j]], vectors[places[first + j]]
        for b in range(len(into)):
            into[b] += w0 * x0[b]
            other[b] += u0 * x0[b]
        j += 1


@reordered_njit
def push_one(
    into: FloatArray, i: int, matrix: FloatArray, places: Indices, vectors: FloatArray, first: int, n: int
) -> None:
    """Add one row of a matrix times the vectors: four vectors at a time."""
    j = 0
    while j + 4 <= n:
        w0, w1 = matrix[-1 - places[i + j]], matrix[-1 - places[i + j + 1]]
        w2, w3 = matrix[-1 - places[i + j + 2]], matrix[-1 - places[i + j + 3]]
        x0, x1 = vectors[places[first + j]], vectors[places[first + j + 1]]
        x2, x3 = vectors[places[first + j + 2]], vectors[places[first + j + 3]]
        for b in range(len(into)):
            into[b] += w0 * x0[b] + w1 * x1[b] + w2 * x2[b] + w3 * x3[b]
        j += 4
    while j < n:
        add_times(into, matrix[-1 - places[i + j]], vectors[places[first + j]][: len(into)])
        j += 1


@reordered_njit
def pull_four(
    bar: FloatArray, out: int, q: int, arity: int, samples: int,
    matrix: FloatArray, matrix_bar: FloatArray, places: Indices, vectors: FloatArray, mask: int,
) -> None:  # fmt: skip
    """Pass the adjoints of four results on, to their rows of the matrix and to the vectors they share."""
    d0, d1 = bar[out][:samples], bar[out + 1][:samples]
    d2, d3 = bar[out + 2][:samples], bar[out + 3][:samples]
    n = arity // 2
    for j in range(q, q + n):
        p0, p1 = -1 - places[j], -1 - places[j + arity]
        p2, p3 = -1 - places[j + 2 * arity], -1 - places[j + 3 * arity]
        w0, w1, w2, w3 = matrix[p0], matrix[p1], matrix[p2], matrix[p3]
        xs, to = vectors[places[j + n]], bar[places[j + n]]
        t0 = t1 = t2 = t3 = w0 * 0
        if mask & 2:
            for b in range(samples):
                x, e0, e1, e2, e3 = xs[b], d0[b], d1[b], d2[b], d3[b]
                to[b] += w0 * e0 + w1 * e1 + w2 * e2 + w3 * e3
                t0 += e0 * x
                t1 += e1 * x
                t2 += e2 * x
                t3 += e3 * x
        else:
            for b in range(samples):
                x = xs[b]
                t0 += d0[b] * x
                t1 += d1[b] * x
                t2 += d2[b] * x
                t3 += d3[b] * x
        if mask & 1:
            matrix_bar[p0] += t0
            matrix_bar[p1] += t1
            matrix_bar[p2] += t2
            matrix_bar[p3] += t3


@exact_njit
def pull_one(
    bar: FloatArray, out: int, q: int, arity: int, samples: int,
    matrix: FloatArray, matrix_bar: FloatArray, places: Indices, vectors: FloatArray, mask: int,
) -> None:  # fmt: skip
    """The same for one result."""
    ds = bar[out][:samples]
    n = arity // 2
    for j in range(q, q + n):
        if mask & 2:
            add_times(bar[places[j + n]], matrix[-1 - places[j]], ds)
        if mask & 1:
            matrix_bar[-1 - places[j]] += product_of_vectors(ds, vectors[places[j + n]])


@exact_njit
def pull_any(
    bar: FloatArray, out: int, q: int, arity: int, samples: int,
    common: FloatArray, common_bar: FloatArray, places: Indices, vectors: FloatArray, scratch: FloatArray,
) -> None:  # fmt: skip
    """The same where any factor may be common or not."""
    ds = bar[out][:samples]
    n = arity // 2
    for j in range(q, q + n):
        left, right = places[j], places[j + n]
        xs, ys = row_at(common, vectors, scratch[0], left), row_at(common, vectors, scratch[1], right)
        by_x, by_y = bar_row(bar, scratch[2], left), bar_row(bar, scratch[3], right)
        for b in range(samples):
            by_x[b] += ds[b] * ys[b]
            by_y[b] += ds[b] * xs[b]
        add_common(common_bar, left, by_x[:samples])
        add_common(common_bar, right, by_y[:samples])
