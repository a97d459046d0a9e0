"""Tests of nn/optim/optimizers.py: the formulas by hand, exactness, bad arguments."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from autodiff import Value
from nn import SGD, Adam, AdamW, Optimizer


def walk(optimizer: Optimizer, gradients: Sequence[Any]) -> list[Any]:
    (w,) = optimizer.params
    numbers = []
    for gradient in gradients:
        w.grad = gradient
        optimizer.step()
        numbers.append(w.data)
    return numbers


def test_sgd() -> None:
    assert walk(SGD([Value(1.0)], lr=0.5), [1.0, -2.0]) == [0.5, 1.5]


def test_momentum() -> None:
    """v: 1, 0.5 · 1 + 1 = 1.5, 0.5 · 1.5 = 0.75."""
    assert walk(SGD([Value(8.0)], lr=1, momentum=0.5), [1.0, 1.0, 0.0]) == [7.0, 5.5, 4.75]


def test_nesterov() -> None:
    """v: 1, 1.5, 0.75; the step is g + 0.5 v: 1.5, 1.75, 0.375."""
    optimizer = SGD([Value(8.0)], lr=1, momentum=0.5, nesterov=True)

    assert walk(optimizer, [1.0, 1.0, 0.0]) == [6.5, 4.75, 4.375]


def test_weight_decay() -> None:
    assert walk(SGD([Value(4.0)], lr=0.5, weight_decay=0.25), [0.0, 1.0]) == [3.5, 2.5625]


def test_adams_first_step_is_the_learning_rate() -> None:
    for gradient in (1e-4, 1.0, -1e6):
        (w,) = walk(Adam([Value(0.0)], lr=0.01), [gradient])
        assert w == pytest.approx(-math.copysign(0.01, gradient), rel=1e-3)


def test_adams_second_step() -> None:
    m = (1 - 0.9) * 2.0 * 0.9 + (1 - 0.9) * -1.0
    s = (1 - 0.999) * 4.0 * 0.999 + (1 - 0.999) * 1.0
    step = 0.1 * (m / (1 - 0.9**2)) / (math.sqrt(s / (1 - 0.999**2)) + 1e-8)

    first, second = walk(Adam([Value(0.0)], lr=0.1), [2.0, -1.0])

    assert second - first == pytest.approx(-step, rel=1e-12)


def test_fractions_stay_exact() -> None:
    third = Fraction(1, 3)
    optimizer = SGD([Value(third)], lr=Fraction(1, 2), momentum=Fraction(1, 2), weight_decay=Fraction(1, 5))

    first, second = walk(optimizer, [third, third])

    assert first == third - Fraction(1, 2) * (third + third / 5)
    velocity = (third + third / 5) / 2 + third + first / 5
    assert second == first - velocity / 2
    assert isinstance(second, Fraction)


def test_a_whole_learning_rate_keeps_fractions() -> None:
    (w,) = walk(SGD([Value(Fraction(1, 2))], lr=1), [Fraction(1, 32)])

    assert w == Fraction(15, 32)


@pytest.mark.parametrize("make", [SGD, Adam, AdamW])
def test_zero_grad_and_descent(make: Callable[..., Optimizer]) -> None:
    w = Value(3.0)
    optimizer = make([w], lr=0.1)

    for _ in range(200):
        optimizer.zero_grad()
        (w * w).backward()
        optimizer.step()

    assert abs(w.data) < 0.01
    optimizer.zero_grad()
    assert w.grad == 0


def test_the_learning_rate_can_be_assigned() -> None:
    optimizer = SGD([Value(1.0)], lr=1.0)
    optimizer.lr = 0.25

    assert walk(optimizer, [1.0]) == [0.75]


@pytest.mark.parametrize("lr", [None, "0.1", 1j, [0.1], True, math.nan, math.inf, -0.1])
def test_a_learning_rate_that_is_assigned_is_checked(lr: Any) -> None:
    optimizer = SGD([Value(1.0)], lr=0.5)

    with pytest.raises((TypeError, ValueError), match=r"^lr must be "):
        optimizer.lr = lr
    assert optimizer.lr == 0.5
    optimizer.lr = np.array(np.float32(0.25))  # type: ignore[assignment]
    assert (optimizer.lr, type(optimizer.lr)) == (0.25, float)


def test_an_error_in_a_step_changes_nothing() -> None:
    class Failing(SGD):
        def update(self, data: Any, grad: Any, *memory: Any) -> tuple[Any, ...]:
            raise ArithmeticError("too large")

    params = [Value(1.0), Value(2.0)]
    optimizer = Failing(params, 0.1)

    with pytest.raises(ArithmeticError):
        optimizer.step()

    assert [p.data for p in params] == [1.0, 2.0]


@pytest.mark.parametrize("make", [lambda params: SGD(params, 0.1, momentum=0.5), Adam])
def test_a_gradient_that_is_a_node_changes_nothing(make: Callable[[list[Value]], Optimizer]) -> None:
    params = [Value(1.0), Value(2.0), Value(3.0)]
    optimizer = make(params)
    for parameter in params:
        parameter.grad = 1.0
    optimizer.step()
    before = [p.data for p in params], [list(kept) for kept in optimizer.memory]

    params[2].grad = Value(1.0)
    with pytest.raises(TypeError, match=r"params\[2\] has grad = Value"):
        optimizer.step()

    assert ([p.data for p in params], [list(kept) for kept in optimizer.memory]) == before
    assert optimizer.steps == 1


@pytest.mark.parametrize("make", [lambda params: SGD(params, 0.1), Adam])
@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ([], ValueError, "params is empty"),
        ([1.0], TypeError, r"params\[0\] is float, not a Value"),
        (Value(1.0), TypeError, "params must be a list of Values, not Value"),
        (None, TypeError, "params must be a list of Values, not NoneType"),
        ([Value(1.0) * 2], ValueError, r"params\[0\] was computed"),
        ([Value(1.0)] * 2, ValueError, "the same Value twice"),
    ],
)
def test_bad_parameters(
    make: Callable[..., Optimizer], params: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        make(params)


@pytest.mark.parametrize(
    ("make", "keywords", "error", "message"),
    [
        (SGD, {"lr": -0.1}, ValueError, "lr must be finite and at least 0, got -0.1"),
        (SGD, {"lr": math.nan}, ValueError, "lr must be finite and at least 0, got nan"),
        (SGD, {"lr": math.inf}, ValueError, "lr must be finite"),
        (SGD, {"lr": "0.1"}, TypeError, "lr must be a number, not str '0.1'"),
        (SGD, {"lr": True}, TypeError, "lr must be a number, not bool True"),
        (SGD, {"lr": 0.1, "momentum": -1}, ValueError, "momentum must be finite and at least 0"),
        (SGD, {"lr": 0.1, "weight_decay": -1}, ValueError, "weight_decay must be finite and at least 0"),
        (SGD, {"lr": 0.1, "nesterov": True}, ValueError, "nesterov=True needs a momentum above 0"),
        (Adam, {"lr": None}, TypeError, "lr must be a number, not NoneType"),
        (
            Adam,
            {"betas": (1.0, 0.9)},
            ValueError,
            r"betas\[0\] must be from 0 up to, but not including, 1, got 1.0",
        ),
        (Adam, {"betas": (0.9, -0.1)}, ValueError, r"betas\[1\] must be from 0"),
        (Adam, {"eps": -1e-8}, ValueError, "eps must be finite and at least 0"),
        (Adam, {"weight_decay": math.nan}, ValueError, "weight_decay must be finite"),
    ],
)
def test_bad_arguments(
    make: Callable[..., Optimizer], keywords: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        make([Value(1.0)], **keywords)


@pytest.mark.parametrize(
    "make", [lambda params: SGD(params, 0.1, momentum=0.5), lambda params: Adam(params, 0.1)]
)
def test_a_gradient_that_is_none_is_named_and_nothing_moves(make: Any) -> None:
    w, b = Value(1.0, name="w"), Value(2.0, name="b")
    optimizer = make([w, b])
    w.grad, b.grad = 1.0, None

    with pytest.raises(
        TypeError, match=r"params\[1\], 'b', has grad = None.* call loss.backward\(\) before step"
    ):
        optimizer.step()

    assert (w.data, b.data, optimizer.steps) == (1.0, 2.0, 0)
    assert all(not any(kept) for kept in optimizer.memory)


def test_adam_does_not_divide_zero_by_zero() -> None:
    with pytest.raises(ValueError, match="eps must be above 0"):
        Adam([Value(1.0)], eps=0)


def test_steps_are_counted_one_by_one() -> None:
    optimizer = SGD([Value(1.0)], lr=1.0)
    assert (optimizer.steps, Optimizer.remembers, SGD.remembers, Adam.remembers) == (0, 0, 1, 2)

    for counted in (1, 2):
        optimizer.step()
        assert optimizer.steps == counted
    optimizer.step_arrays(np.ones(1), np.ones(1))
    assert optimizer.steps == 3


@pytest.mark.parametrize(
    "make", [lambda w: SGD(w, 0.5, momentum=0.5, nesterov=True), lambda w: Adam(w, 0.5), AdamW]
)
def test_steps_on_arrays_are_steps_on_numbers(make: Callable[..., Optimizer]) -> None:
    numbers = make([Value(1.0), Value(-2.0)])
    arrays, data = make(numbers.params), np.array([1.0, -2.0])
    for gradient in ([0.5, 1.0], [-2.0, 0.0], [0.25, 3.0]):
        for parameter, slope in zip(numbers.params, gradient, strict=True):
            parameter.grad = slope
        numbers.step()
        data = arrays.step_arrays(data, np.array(gradient))

        assert data.tolist() == pytest.approx([parameter.data for parameter in numbers.params], rel=1e-14)


def test_defaults_are_those_of_the_papers() -> None:
    adam, sgd = Adam([Value(1.0)]), SGD([Value(1.0)], 0.1)

    assert (adam.lr, adam.betas, adam.eps, adam.weight_decay) == (1e-3, (0.9, 0.999), 1e-8, 0)
    assert (sgd.momentum, sgd.nesterov, sgd.weight_decay) == (0, False, 0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda w: Adam(w, betas=(1, 0.5)), r"betas\[0\] must be from 0 up to, but not including, 1, got 1"),
        (lambda w: Adam(w, betas=(0.5, 1)), r"betas\[1\] must be from 0 up to, but not including, 1, got 1"),
        (lambda w: Adam(w, betas=(-0.5, 0.5)), r"betas\[0\] must be from 0 up to"),
        (lambda w: Adam(w, betas=(0.5, -0.5)), r"betas\[1\] must be from 0 up to"),
        (lambda w: Adam(w, lr=-0.5), "lr must be finite and at least 0, got -0.5"),
        (lambda w: Adam(w, weight_decay=-0.5), "weight_decay must be finite and at least 0, got -0.5"),
        (lambda w: Adam(w, eps=-0.5), "eps must be finite and at least 0, got -0.5"),
        (lambda w: SGD(w, -0.5), "lr must be finite and at least 0, got -0.5"),
        (lambda w: SGD(w, 1, momentum=-0.5), "momentum must be finite and at least 0, got -0.5"),
        (lambda w: SGD(w, 1, weight_decay=-0.5), "weight_decay must be finite and at least 0, got -0.5"),
    ],
)
def test_limits_of_arguments(make: Callable[..., Optimizer], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make([Value(1.0)])


def test_numbers_at_the_limits_are_taken() -> None:
    w = [Value(1.0)]

    assert Adam(w, lr=0, betas=(0, 0), weight_decay=0).betas == (0, 0)
    assert SGD(w, lr=0, momentum=0, weight_decay=0).lr == 0
    assert (SGD(w, lr=0.5, weight_decay=0.5).weight_decay, SGD(w, lr=1, momentum=0.5).momentum) == (0.5, 0.5)


def test_a_gradient_without_a_name_is_named_by_its_place() -> None:
    optimizer = SGD([Value(1.0), Value(2.0)], lr=1)
    optimizer.params[0].grad = None

    with pytest.raises(TypeError, match=r"^params\[0\] has grad = None, which is no number"):
        optimizer.step()


def test_adamw_decays_weights_beside_the_means() -> None:
    decayed, plain = AdamW([Value(4.0)], lr=0.5, weight_decay=0.25), Adam([Value(4.0)], lr=0.5)

    assert AdamW([Value(1.0)]).weight_decay == 0.01
    assert walk(decayed, [0.0]) == [3.5]
    assert walk(plain, [2.0])[0] == pytest.approx(3.5)
    assert decayed.update(4.0, 2.0, 0.0, 0.0)[1:] == plain.update(4.0, 2.0, 0.0, 0.0)[1:]
