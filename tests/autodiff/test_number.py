"""Arrays and tensors that hold more than their numbers are refused wherever numbers come in."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autodiff
from autodiff import Value, compile
from autodiff.matrix import matrices, slopes
from autodiff.matrix.matrices import matrix
from autodiff.number import check_only_numbers, fits_a_float, number
from nn import MLP, SGD, fit, half_mse, mse

MASKED = np.ma.array([1.0, 2.0], mask=[False, True])


class Quantity(np.ndarray[Any, Any]):
    """An array with a unit."""


class Series:
    """What is known of pandas' and xarray's arrays here."""

    ndim, iloc = 1, None

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.array([1.0, 2.0], dtype)


class Sparse:
    ndim, toarray = 2, None


MORE = [
    (MASKED, "MaskedArray, whose mask would be lost: pass x.filled(...), or the mask as numbers"),
    (np.ones(2).view(Quantity), "Quantity, whose own arithmetic would be lost: pass np.asarray(x)"),
    (np.ones((1, 2)).view(np.matrix), "matrix, whose own arithmetic would be lost: pass np.asarray(x)"),
    (Series(), "Series, whose labels would be lost, as numbers go by their position here: pass x.to_numpy()"),
    (Sparse(), "Sparse, whose zeros are left out: pass x.toarray()"),
]

square = compile(lambda x: x * x, engine="numpy")


def fitted(X: Any, y: Any) -> Any:
    model = MLP(2, [1], seed=1)
    return fit(model, (X, y), mse, SGD(model.parameters(), lr=0.1), epochs=1, progress=False)


@pytest.mark.parametrize(("more", "message"), MORE, ids=[type(more).__name__ for more, _ in MORE])
@pytest.mark.parametrize(
    ("takes", "where"),
    [
        (lambda x: square(x), "argument x"),
        (lambda x: square([x, 1.0]), "argument x[0]"),
        (lambda x: square.backward(x), "argument x"),
        (lambda x: square.vjp(x, np.ones(2)), "vjp: the seed"),
        (lambda x: square.jvp((x,), np.ones(2)), "jvp: moves: argument x"),
        (lambda x: matrix(x, name="W"), "matrix 'W': data"),
        (lambda x: matrices.data(x), "data: A"),
        (lambda x: slopes.backward(matrix([1.0, 2.0]) * 2, x), "backward: d"),
    ],
)
def test_what_an_array_has_besides_its_numbers_is_named(
    takes: Callable[[Any], Any], where: str, more: Any, message: str
) -> None:
    with pytest.raises(TypeError, match=f"^{re.escape(f'{where} is a {message}')}"):
        takes(more)


@pytest.mark.parametrize("x", [MASKED, np.ones(2).view(Quantity), np.ones((1, 2)).view(np.matrix)])
@pytest.mark.parametrize("operation", [lambda X, x: X * x, lambda X, x: X + x, lambda X, x: np.hypot(X, x)])
def test_operands_of_matrices(operation: Callable[[Any, Any], Any], x: Any) -> None:
    with pytest.raises(TypeError, match="an operand of a matrix is a"):
        operation(matrix([1.0, 2.0]), x)


def test_a_masked_number_is_none() -> None:
    message = "is a MaskedConstant, whose mask would be lost"
    for takes in (Value, lambda x: Value(2.0) + x, lambda x: autodiff.exp(x), lambda x: square([x])):
        with pytest.raises(TypeError, match=message):
            takes(MASKED[1])
    with pytest.raises(TypeError, match=message):
        autodiff.sum(MASKED)
    assert autodiff.exp(MASKED[0]) == autodiff.exp(1.0)


def test_models_and_their_data() -> None:
    X, y = np.ones((4, 2)), np.ones(4)
    hidden = np.ma.array(X, mask=[[True, False]] * 4)

    for takes in (
        lambda: MLP(2, [1])(MASKED),
        lambda: fitted(hidden, y),
        lambda: fitted(X, np.ma.array(y, mask=[True, False, False, False])),
        lambda: half_mse([Value(1.0), Value(2.0)], MASKED),
    ):
        with pytest.raises(TypeError, match="whose mask would be lost"):
            takes()


def test_an_array_in_a_file_holds_only_numbers(tmp_path: Path) -> None:
    x = np.memmap(tmp_path / "x", dtype=float, mode="w+", shape=(2,))
    x[:] = 3.0

    assert square(x).tolist() == [9.0, 9.0]
    assert matrices.data(matrix(x)).tolist() == [3.0, 3.0]


@pytest.mark.oracle
def test_graphs_of_pytorch() -> None:
    torch = pytest.importorskip("torch")
    x = torch.tensor([1.0, 2.0], requires_grad=True)

    for takes in (square, matrix, MLP(2, [1]), lambda x: Value(x[0]), lambda x: Value(2.0) * x[0]):
        with pytest.raises(TypeError, match=r"is a Tensor, whose graph would be cut.* pass x\.detach\(\)"):
            takes(x)
    assert square(x.detach()).tolist() == [1.0, 4.0]
    assert Value(x.detach()[1]).data == 2.0


@pytest.mark.jax
def test_numbers_that_jax_follows() -> None:
    jax = pytest.importorskip("jax")
    numbers = jax.numpy.ones(2)

    for takes in (
        lambda x: square(x).sum(),
        lambda x: (Value(2.0) * x[0]).data,
        lambda x: MLP(2, [1])(x).data,
    ):
        with pytest.raises(
            TypeError, match=r"Tracer, whose derivative JAX would take for 0: use program\.to_jax"
        ):
            jax.grad(takes)(numbers)
    assert square(numbers).tolist() == [1.0, 1.0]


@pytest.mark.parametrize("x", [2, 2.5, Fraction(1, 3), -0.0])
def test_numbers_of_python_stay_the_objects_that_they_are(x: Any) -> None:
    assert number(x, "x") is x


def test_arrays_of_numpy_and_lists_hold_only_numbers() -> None:
    class Shaped:
        ndim = 1

    for x in (np.ones(2), [1.0], 2.0, matrix([1.0, 2.0]), Shaped()):
        check_only_numbers(x, "x")


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        (["coords"], "labels"),
        (["iloc"], "labels"),
        (["filled", "mask"], "mask"),
        (["filled"], None),
        (["mask"], None),
        (["toarray"], "zeros"),
    ],
)
def test_what_an_array_has_is_known_by_its_attributes(attributes: list[str], message: str | None) -> None:
    kind = type("Numbers", (), dict.fromkeys(["ndim", *attributes], 1))
    if message is None:
        check_only_numbers(kind(), "x")
    else:
        with pytest.raises(TypeError, match=f"^x is a Numbers, whose {message} "):
            check_only_numbers(kind(), "x")


def test_an_array_is_numpys_own_by_module_and_name() -> None:
    ndarray = type("ndarray", (), {"ndim": 1, "iloc": 1})
    with pytest.raises(TypeError, match="whose labels would be lost"):
        check_only_numbers(ndarray(), "x")
    with pytest.raises(TypeError, match="whose own arithmetic would be lost"):
        check_only_numbers(np.ones(2).view(np.recarray), "x")


@pytest.mark.parametrize(
    ("x", "fits"),
    [
        (1e308, True),
        (math.inf, False),
        (math.nan, False),
        (10**308, True),
        (10**309, False),
        (Fraction(10**400), False),
    ],
)
def test_what_fits_a_float(x: Any, fits: bool) -> None:
    assert fits_a_float(x) is fits
