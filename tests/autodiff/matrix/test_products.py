"""Products by NumPy's names: its numbers, one node an element, the same graph however arrays lie in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autodiff import Value, topological_order
from autodiff.matrix import Matrix, data, matrix

RNG = np.random.default_rng(5)
A, B, C = RNG.normal(size=(2, 3)), RNG.normal(size=(3, 4)), RNG.normal(size=(4, 2))
x, y, T = RNG.normal(size=3), RNG.normal(size=3), RNG.normal(size=(2, 3, 4))

tensordot: Any = np.tensordot  # NumPy's own types know no axes of NumPy

# fmt: off
PRODUCTS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "dot":               (np.dot,                                     (A, B)),
    "dot of vectors":    (np.dot,                                     (x, y)),
    "dot, three axes":   (np.dot,                                     (T, C)),
    "dot by a number":   (np.dot,                                     (A, 2.0)),
    "inner":             (np.inner,                                   (x, y)),
    "inner of matrices": (np.inner,                                   (A, A)),
    "inner by a number": (np.inner,                                   (A, 3.0)),
    "vdot":              (np.vdot,                                    (A, A)),
    "outer":             (np.outer,                                   (x, y)),
    "kron":              (np.kron,                                    (A, B)),
    "cross":             (np.cross,                                   (x, y)),
    "tensordot":         (np.tensordot,                               (T, T.transpose(1, 2, 0))),
    "tensordot 0":       (lambda a, b: np.tensordot(a, b, 0),         (x, y)),
    "tensordot 1":       (lambda a, b: np.tensordot(a, b, 1),         (A, B)),
    "tensordot lists":   (lambda a, b: np.tensordot(a, b, ([1, 2], [0, 1])), (T, B)),
    "trace":             (np.trace,                                   (T[:, :, 0],)),
    "matrix times":      (lambda a, b: np.einsum("ij,jk->ik", a, b),  (A, B)),
    "implicit":          (lambda a, b: np.einsum("ij,jk", a, b),      (A, B)),
    "order of letters":  (lambda a: np.einsum("ba", a),               (A,)),
    "diagonal":          (lambda a: np.einsum("ii->i", a),            (A[:, :2],)),
    "traced":            (lambda a: np.einsum("ii", a),               (A[:, :2],)),
    "all":               (lambda a: np.einsum("ij->", a),             (A,)),
    "three factors":     (lambda a, b, c: np.einsum("ij,jk,kl->il", a, b, c), (A, B, C)),
    "without a sum":     (lambda a, b: np.einsum("i,j,k->ijk", a, b, a), (x, y)),
    "bilinear":          (lambda a, b: np.einsum("i,ij,j", b[0, :2], a, a[0]), (A, B)),
    "one for many":      (lambda a, b: np.einsum("ij,ij->i", a, b),   (A, A[:, :1])),
    "an ellipsis":       (lambda a, b: np.einsum("...j,jk->...k", a, b), (T[:, :, :3], B)),
    "multi_dot":         (lambda *each: np.linalg.multi_dot(each),    (A, B, C)),
    "multi_dot of four": (lambda *each: np.linalg.multi_dot(each),    (A, B, C, A)),
    "lists":             (lambda a, b: np.einsum(a, [0, 1], b, [1, 2], [2, 0]), (A, B)),
    "lists, implicit":   (lambda a, b: np.einsum(a, [30, 1], b, [1, 2]), (A, B)),
    "lists of one":      (lambda a: np.einsum(a, [0], [0]),           (x,)),
    "lists, an ellipsis": (lambda a: np.einsum(a, [..., 0], [0, ...]), (T,)),
    "NumPy's 1":         (lambda a, b: tensordot(a, b, axes=np.int64(1)), (A, B)),
    "NumPy's axes":      (lambda a, b: tensordot(a, b, axes=np.array([1, 0])), (A, B)),
    "sum":               (np.sum,                                     (T,)),
    "sum over two":      (lambda a: np.sum(a, axis=(0, 2)),           (T,)),
    "sum, kept":         (lambda a: np.sum(a, axis=1, keepdims=True), (T,)),
    "prod":              (lambda a: np.prod(a, axis=-1),              (A,)),
    "max, kept":         (lambda a: np.max(a, axis=(0, 1), keepdims=True), (T,)),
    "min":               (lambda a: np.min(a, axis=0),                (A,)),
    "mean":              (lambda a: np.mean(a, axis=(0, 1)),          (T,)),
}
# fmt: on


def numbers_of(found: Any) -> Any:
    return data(found) if isinstance(found, np.ndarray) else found.data


def graph_of(found: Any) -> list[Any]:
    """The operations, and the numbers of the leaves, in order."""
    nodes = [
        node
        for each in np.ravel(found)
        for node in (topological_order(each) if isinstance(each, Value) else [])
    ]
    return [(node.op.name if node.op else None, node.data) for node in nodes]


@pytest.mark.parametrize("name", PRODUCTS)
def test_numbers_and_shapes_are_numpys(name: str) -> None:
    f, arrays = PRODUCTS[name]

    found: Any = f(*[matrix(each) if np.ndim(each) else each for each in arrays])

    assert type(found) in (Matrix, Value)
    assert numbers_of(found) == pytest.approx(f(*arrays), rel=1e-12)
    assert np.shape(numbers_of(found)) == np.shape(f(*arrays))


@pytest.mark.parametrize("name", PRODUCTS)
def test_the_graph_does_not_depend_on_how_arrays_lie_in_memory(name: str) -> None:
    f, arrays = PRODUCTS[name]
    lying = [matrix(each) if np.ndim(each) else each for each in arrays]
    turned = [np.asfortranarray(each).view(Matrix) if np.ndim(each) else each for each in lying]

    assert graph_of(f(*turned)) == graph_of(f(*lying))


NOTHING = np.zeros(0)
# fmt: off
OF_NOTHING: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "sum":       (np.sum,                                 (NOTHING,)),
    "sums":      (lambda a: np.sum(a, axis=0),            (np.zeros((0, 3)),)),
    "no sums":   (lambda a: np.sum(a, axis=1),            (np.zeros((0, 3)),)),
    "prod":      (np.prod,                                (NOTHING,)),
    "prods":     (lambda a: np.prod(a, axis=0, keepdims=True), (np.zeros((0, 3)),)),
    "dot":       (np.dot,                                 (NOTHING, NOTHING)),
    "inner":     (np.inner,                               (NOTHING, NOTHING)),
    "vdot":      (np.vdot,                                (NOTHING, NOTHING)),
    "matmul":    (np.matmul,                              (np.zeros((2, 0)), np.zeros((0, 3)))),
    "tensordot": (lambda a, b: np.tensordot(a, b, 1),     (np.zeros((2, 0)), np.zeros((0, 3)))),
    "einsum":    (lambda a: np.einsum("ij->j", a),        (np.zeros((0, 3)),)),
    "broadcast": (lambda a, b: np.einsum("i,i", a, b),    (NOTHING, np.ones(1))),
    "three":     (lambda a: np.einsum("i,i,i", a, a, a),  (NOTHING,)),
}
# fmt: on


@pytest.mark.parametrize("name", OF_NOTHING)
def test_of_nothing_numbers_and_shapes_are_numpys(name: str) -> None:
    f, arrays = OF_NOTHING[name]

    found: Any = f(*map(matrix, arrays))

    assert type(found) in (Matrix, Value)
    assert np.shape(numbers_of(found)) == np.shape(f(*arrays))
    assert np.array_equal(numbers_of(found), f(*arrays))
    assert all(isinstance(each, Value) for each in np.ravel(found))


def test_products_are_written_into_an_array() -> None:
    out = matrix(np.zeros((2, 4))) * 1

    found = np.dot(matrix(A), matrix(B), out=out)

    assert found is out
    assert data(out) == pytest.approx(A @ B)
    with pytest.raises(TypeError, match="keeps its leaves"):
        np.dot(matrix(A), matrix(B), out=matrix(np.zeros((2, 4))))


@pytest.mark.parametrize(
    "name", ["dot", "inner of matrices", "tensordot lists", "matrix times", "all", "vdot"]
)
def test_an_element_is_one_node(name: str) -> None:
    f, arrays = PRODUCTS[name]

    elements = np.ravel(f(*map(matrix, arrays)))

    assert {each.op.name for each in elements} == {"sum" if name == "all" else "dot"}
    assert all(parent.op is None for each in elements for parent in each.parents)


def test_a_tie_is_shared_by_all_at_once() -> None:
    X = matrix([[1.0, 1.0], [1.0, 0.0]])

    np.max(X).backward()

    assert [each.grad for each in X.flat] == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0])


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (lambda: np.einsum("ij,jk", matrix(A), matrix(A)), "."),
        (lambda: np.einsum("ij", matrix(x)), "."),
        (lambda: np.tensordot(matrix(A), matrix(A), 1), r"the shapes \(2, 3\) and \(2, 3\) do not fit along"),
        (lambda: np.inner(matrix(x), matrix(A[0, :2])), "do not fit"),
        (lambda: np.dot(matrix(A), matrix(A)), "do not fit"),
        (lambda: np.sum(matrix(A), axis=2), "axis 2 is out of bounds"),
        (lambda: np.sum(matrix(A), axis=(0, -2)), "duplicate value in 'axis'"),
        (lambda: np.tensordot(matrix(A), matrix(A), ([0, 0], [0, 0])), "duplicate value in 'axis'"),
        (lambda: np.tensordot(matrix(A), matrix(A), ([0, 1], [0])), "do not fit"),
    ],
)
def test_what_does_not_fit(f: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        f()
