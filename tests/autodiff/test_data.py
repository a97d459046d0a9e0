"""What a node holds: numbers as the constructor takes them, however they come in; and sweeps that end half-way."""

from __future__ import annotations

import linecache
import sys
from decimal import Decimal
from fractions import Fraction
from types import FrameType
from typing import Any

import numpy as np
import pytest

import autodiff
from autodiff import Value, gradient
from autodiff.matrix import matrix

NUMBERS = [
    (np.uint8(200), 200.0),
    (np.int64(-3), -3.0),
    (np.float16(0.5), 0.5),
    (np.float32(1.5), 1.5),
    (np.array(2.0), 2.0),
    (np.array(7, dtype=np.int8), 7.0),
    (3, 3.0),
    (Fraction(1, 3), Fraction(1, 3)),
]
NO_NUMBERS = [
    True,
    np.True_,
    np.array(True),
    1j,
    "2",
    None,
    Decimal("0.5"),
    [1.0],
    np.array([1.0]),
    np.array("2"),
]


@pytest.mark.parametrize(("given", "expected"), NUMBERS)
def test_data_is_assigned_as_it_is_constructed(given: object, expected: float | Fraction) -> None:
    x = Value(0.0)
    x.data = given

    assert (x.data, type(x.data)) == (expected, type(expected))
    assert (Value(given).data, type(Value(given).data)) == (expected, type(expected))


@pytest.mark.parametrize("given", NO_NUMBERS, ids=repr)
def test_what_is_no_number_is_refused_and_changes_nothing(given: object) -> None:
    x = Value(4.0)
    with pytest.raises(TypeError, match="must be a real number"):
        x.data = given
    with pytest.raises(TypeError):
        Value(given)

    assert x.data == 4.0


def test_a_node_is_no_data() -> None:
    x = Value(4.0)
    with pytest.raises(TypeError, match=r"is a node: use its \.data"):
        x.data = Value(1.0)

    assert x.data == 4.0


def test_small_integers_do_not_wrap() -> None:
    a, b = Value(0), Value(0)
    a.data, b.data = np.uint8(200), np.uint8(100)
    total = a + b
    total.backward()

    assert (total.data, a.grad) == (300.0, 1.0)


def test_a_step_in_low_precision_keeps_the_weight_a_float() -> None:
    w = Value(1.0)
    w.data -= np.float32(0.1) * np.float32(3)

    assert type(w.data) is float
    assert type((w * 2).data) is float


@pytest.mark.parametrize("two", [np.array(2.0), np.float32(2), np.int64(2)])
def test_an_array_of_one_number_is_an_operand(two: Any) -> None:
    x = Value(3.0)

    assert [(x * two).data, (two * x).data, (x - two).data, (two - x).data] == [6.0, 6.0, 1.0, -1.0]
    assert autodiff.maximum(x, two).data == 3.0
    assert autodiff.sum([x, two]).data == 5.0


def test_an_array_of_one_node_is_that_node() -> None:
    x = Value(3.0)
    boxed: Any = np.array(x)

    assert [(x * boxed).data, (boxed * x).data, (x - boxed).data, (x**boxed).data] == [9.0, 9.0, 0.0, 27.0]
    assert gradient(autodiff.maximum(x * 2, boxed) + autodiff.sum([x, boxed]), x) == 4.0
    assert not x < boxed
    polynomial: Any = np.polyval([2, 5, 1], boxed)
    assert gradient(polynomial, x) == 17.0
    text = np.array("a", dtype=object)
    with pytest.raises(TypeError, match="not 'a' of type str"):
        _ = x * text


def boxed(x: Any) -> Any:
    return np.where(True, x[0] ** 2 * x[1], 0.0)


def test_a_function_may_give_an_array_of_one_node() -> None:
    compiled = autodiff.compile(boxed, engine="numpy")

    assert autodiff.grad(boxed)([3.0, 2.0]) == [12.0, 9.0]
    assert autodiff.hessian(boxed)([3.0, 2.0]) == [[4.0, 6.0], [6.0, 0.0]]
    assert compiled.hessian(np.array([3.0, 2.0])).tolist() == [[4.0, 6.0], [6.0, 0.0]]
    assert autodiff.compile(lambda x: np.array(x * x), engine="numpy").hessian(3.0) == 2.0


def test_a_node_in_an_array_is_no_number_for_a_leaf() -> None:
    with pytest.raises(TypeError, match="use it as it is"):
        Value(np.array(Value(1.0)))


@pytest.mark.parametrize("derived", [autodiff.grad, autodiff.hessian, autodiff.jacobian])
@pytest.mark.parametrize("x", [np.array([1.0, 2.0]), matrix([1.0, 2.0])])
def test_arrays_of_arguments_say_what_takes_them(derived: Any, x: Any) -> None:
    with pytest.raises(TypeError, match=r"pass x.tolist\(\), or compile the function"):
        derived(lambda x: x[0] * x[1])(x)


@pytest.mark.oracle
def test_a_tensor_of_one_number_is_a_number() -> None:
    torch = pytest.importorskip("torch")

    assert Value(torch.tensor(2.0)).data == 2.0
    assert (Value(3.0) * torch.tensor(2.0)).data == 6.0
    with pytest.raises(TypeError):
        Value(torch.tensor([1.0, 2.0]))


@pytest.mark.jax
def test_an_array_of_jax_of_one_number_is_a_number() -> None:
    jnp = pytest.importorskip("jax.numpy")

    assert Value(jnp.array(2.0)).data == 2.0
    assert (Value(3.0) * jnp.array(2.0)).data == 6.0


# ---------------------------------------------------------------- what floats can do


def test_a_node_is_formatted_as_its_number() -> None:
    x = Value(2 / 3, name="x")

    assert f"{x:.3f}" == "0.667"
    assert f"{x:>8.2g}" == "    0.67"
    assert f"{x}" == str(x) == repr(x)
    with pytest.raises(ValueError, match="format"):
        f"{x:q}"


def test_plus_is_the_node_itself() -> None:
    x = Value(2.0)

    assert +x is x


def test_round_says_what_to_write() -> None:
    assert round(Value(2.5)).data == 2.0
    with pytest.raises(TypeError, match=r"a node is rounded to whole numbers; write f'\{v:\.3f\}'"):
        round(Value(2.5), 1)


# ---------------------------------------------------------------- interrupts


def interrupted(call: Any, line: int, file: str) -> bool:
    """Whether Ctrl-C came when so many lines of a file had been run.

    Not at the line of a ``with``: Python looks for signals neither before its entry nor before its exit.
    """
    seen = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal seen
        if frame.f_code.co_filename != file:
            return None
        code = linecache.getline(file, frame.f_lineno).strip()
        if event == "line" and not code.startswith("with "):
            seen += 1
            if seen == line:
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


def test_an_interrupt_leaves_every_grad_as_before_or_as_after() -> None:
    file = sys.modules["autodiff.node"].__file__
    assert file is not None
    x, y = Value(2.0), Value(3.0)
    before, line, outcomes = [5.0, 7.0, 0.0], 0, set()
    while True:
        line += 1
        product = x * y
        f = product + x
        x.grad, y.grad, product.grad, f.grad = 5.0, 7.0, 0.0, 0.0
        if not interrupted(f.backward, line, file):
            break
        found = [x.grad, y.grad, product.grad]
        assert found in (before, [9.0, 9.0, 1.0]), line
        outcomes.add(tuple(found))

    assert len(outcomes) == 2
