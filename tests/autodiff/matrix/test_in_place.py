"""A matrix that is changed in place keeps its leaves, or refuses; computed nodes and numbers give way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autodiff import Value
from autodiff.matrix import Matrix, data, gradient, matrix

STEP = np.full((2, 2), 0.5)


def assign(A: Any, key: Any, value: Any) -> None:
    A[key] = value


def in_place(name: str, B: Any) -> Callable[[Matrix], Any]:
    return lambda A: getattr(A, f"__i{name}__")(B)


CHANGES: dict[str, Callable[[Any], Any]] = {
    "-=": in_place("sub", STEP),
    "+= of one number": in_place("add", 1),
    "*=": in_place("mul", 2),
    "/=": in_place("truediv", 2),
    "**=": in_place("pow", 2),
    "@=": in_place("matmul", np.eye(2)),
    "-= of nodes": lambda A: in_place("sub", A * 0.1)(A),
    "-= of a Value": in_place("sub", Value(1.0)),
    "of a row": lambda A: in_place("sub", 1)(A[0]),
    "of the transpose": lambda A: in_place("sub", 1)(A.T),
    "of the chosen": lambda A: in_place("sub", 1)(A[data(A) > 1]),
    "of an element": lambda A: assign(A, (0, 0), A[0, 0] - 0.5),
    "[...] =": lambda A: assign(A, ..., STEP),
    "[...] = nodes": lambda A: assign(A, ..., A - STEP),
    "[0, 0] =": lambda A: assign(A, (0, 0), 5.0),
    "[:, 0] =": lambda A: assign(A, (slice(None), 0), [1.0, 2.0]),
    "[mask] =": lambda A: assign(A, data(A) > 1, 0.0),
    "out=": lambda A: np.subtract(A, STEP, out=A),
    "out= of a row of the table": lambda A: np.exp(A, out=A),
    "out= of a matrix product": lambda A: np.matmul(A, STEP, out=A),
    "out= of a sum": lambda A: np.sum(STEP, axis=0, out=A[0]),
    "clip": lambda A: np.clip(A, 0, 1, out=A),
    "fill": lambda A: A.fill(0.0),
    "put": lambda A: A.put([0], [1.0]),
    "copyto": lambda A: np.copyto(A, STEP),
    "copyto by name": lambda A: np.copyto(dst=A, src=STEP),
    "putmask": lambda A: np.putmask(A, STEP > 0, STEP),
    "place": lambda A: np.place(A, STEP > 0, [0.0]),
    "fill_diagonal": lambda A: np.fill_diagonal(A, 0.0),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_no_leaf_is_replaced(change: Callable[[Any], Any]) -> None:
    W = matrix([[1.0, 2.0], [3.0, 4.0]], name="W")
    leaves = list(W.flat)

    with pytest.raises(TypeError, match=r"keeps its leaves when .*write W = W - step;.* w\.data -= s'"):
        change(W)
    assert list(W.flat) == leaves
    assert [leaf.data for leaf in leaves] == [1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize("change", [change for name, change in CHANGES.items() if "Value" not in name])
def test_computed_nodes_give_way_as_the_numbers_of_an_array(change: Callable[[Any], Any]) -> None:
    numbers = np.array([[1.0, 2.0], [3.0, 4.0]])
    H = matrix(numbers) * 1

    change(H)
    change(numbers)

    assert data(H).tolist() == pytest.approx(numbers, rel=1e-15)


def test_computed_nodes_become_what_numpy_makes_of_numbers() -> None:
    W = matrix([[1.0, 2.0], [3.0, 4.0]])
    H = W * 1
    before = H

    H -= STEP
    H[0] *= 2
    H[1, 1] = W[0, 0] * 10

    assert H is before
    assert data(H).tolist() == [[1.0, 3.0], [2.5, 10.0]]
    assert gradient(H, W, np.ones((2, 2))).tolist() == [[12.0, 2.0], [1.0, 0.0]]


def test_a_step_on_the_numbers_of_leaves() -> None:
    W = matrix([[1.0, 2.0], [3.0, 4.0]])
    leaves = list(W.flat)

    for w, s in zip(W.flat, STEP.flat, strict=True):
        w.data -= s

    assert data(W).tolist() == [[0.5, 1.5], [2.5, 3.5]]
    assert list(W.flat) == leaves


def test_a_leaf_may_take_the_place_of_another() -> None:
    W, tied = matrix([1.0, 2.0]), Value(7.0)

    W[0] = tied
    np.random.default_rng(0).shuffle(W)

    assert {x.data for x in W} == {7.0, 2.0}


def test_numbers_between_values_give_way() -> None:
    x = Value(3.0)
    A = matrix([0.0, 0.0]) * 1
    A[0] = 5.0
    A += x

    assert data(A).tolist() == [8.0, 3.0]
    assert gradient(A, matrix([x]), [1.0, 1.0]).tolist() == [2.0]


def test_an_error_leaves_the_matrix_as_it_was() -> None:
    H = matrix([1.0, 0.0]) * 1
    before = list(H)

    with pytest.raises(ZeroDivisionError):
        np.divide(np.ones(2), H, out=H)
    assert list(H) == before


def test_a_kink_has_the_slope_of_the_table_also_with_out() -> None:
    W = matrix([-1.0, 0.0, 2.0])
    H = W * 1

    assert np.maximum(H, 0, out=H) is H
    assert gradient(H, W, np.ones(3)).tolist() == [0.0, 0.0, 1.0]
