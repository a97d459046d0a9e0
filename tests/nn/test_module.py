"""Tests of nn/module.py: finding parameters, states, copies."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from autodiff import Value
from nn import MLP, Linear, LostParameterWarning, Module, Sequential, Tanh


class Everything(Module):
    """Parameters in every kind of place, and things that are none."""

    def __init__(self) -> None:
        self.single = Value(1.0)
        self.listed = [Value(2.0), (Value(3.0),)]
        self.named = {"first": Value(4.0), "second": Linear(1, 1, seed=0)}
        self.tied = self.single
        self.computed = self.single * 2
        self.text = "not a parameter"
        self._hidden = Value(5.0)
        self.me = self


def test_parameters_are_found_in_order_and_once() -> None:
    module = Everything()

    names = [name for name, _ in module.named_parameters()]

    expected = ["single", "listed.0", "listed.1.0", "named.first"]
    expected += ["named.second.neurons.0.w.0", "named.second.neurons.0.b"]
    assert expected == names
    assert module.parameters() == [parameter for _, parameter in module.named_parameters()]


def test_parameters_in_a_numpy_matrix_are_found() -> None:
    np = pytest.importorskip("numpy")
    module = Module()
    module.W = np.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]], dtype=object)  # type: ignore[attr-defined]

    assert module.state_dict() == {"W.0.0": 1.0, "W.0.1": 2.0, "W.1.0": 3.0, "W.1.1": 4.0}


@pytest.mark.slow
def test_deep_nesting_needs_no_recursion() -> None:
    nested: Any = Value(1.0)
    for _ in range(20_000):
        nested = [nested]
    module = Module()
    module.nested = nested  # type: ignore[attr-defined]

    assert len(module.parameters()) == 1

    while isinstance(nested, list):  # take it apart by hand: Python's own lists free recursively
        nested = nested.pop()


def test_zero_grad() -> None:
    model = MLP(2, [3, 1], seed=0)
    model([1.0, 2.0]).backward()
    assert any(p.grad for p in model.parameters())

    model.zero_grad()

    assert all(p.grad == 0 for p in model.parameters())


def test_forward_must_be_defined() -> None:
    with pytest.raises(NotImplementedError, match="Module has no forward"):
        Module()(1.0)


def test_a_module_written_for_micrograd() -> None:
    class Line(Module):
        def __init__(self) -> None:
            self.slope = Value(2.0)

        def __call__(self, x: float) -> Value:
            return self.slope * x

        def parameters(self) -> list[Value]:
            return [self.slope]

    line = Line()
    line(3.0).backward()
    assert line.slope.grad == 3.0
    line.zero_grad()
    assert line.slope.grad == 0
    assert line.state_dict() == {"slope": 2.0}


def test_a_state_that_would_not_be_complete_is_refused() -> None:
    class Hidden(Module):
        def __init__(self) -> None:
            self._weight = Value(1.0)

        def parameters(self) -> list[Value]:
            return [self._weight]

    with pytest.raises(ValueError, match=r"Hidden.parameters\(\) lists other Values"):
        Hidden().state_dict()


def test_two_parameters_of_one_name_are_refused() -> None:
    module = Module()
    module.p = {1: Value(1.0), "1": Value(2.0)}  # type: ignore[attr-defined]

    with pytest.raises(ValueError, match=r"two parameters called 'p.1'"):
        module.state_dict()


def test_load_state_dict_takes_every_number_over() -> None:
    first, second = MLP(2, [3, 1], seed=1), MLP(2, [3, 1], seed=2)
    assert first.state_dict() != second.state_dict()

    second.load_state_dict(first.state_dict())

    assert first.state_dict() == second.state_dict()
    assert first([1.0, 2.0]).data == second([1.0, 2.0]).data


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda state: state.pop("neurons.0.b"), ValueError, "missing: 'neurons.0.b'; unknown: none"),
        (lambda state: state.update(extra=1.0), ValueError, "missing: none; unknown: 'extra'"),
        (lambda state: state.update({"neurons.0.b": "1"}), TypeError, "'neurons.0.b' can't be a parameter"),
        (lambda state: state.update({"neurons.0.b": None}), TypeError, "'neurons.0.b' can't be a parameter"),
        (lambda state: state.update({"neurons.0.b": True}), TypeError, "'neurons.0.b' can't be a parameter"),
        (lambda state: state.clear(), ValueError, r"has 3 parameters, the state has 0 entries"),
    ],
)
def test_a_wrong_state_changes_nothing(
    change: Callable[[dict[str, Any]], object], error: type[Exception], message: str
) -> None:
    model = Linear(2, 1, seed=0)
    before = model.state_dict()
    state: dict[str, Any] = {name: 9.0 for name in before}
    change(state)

    with pytest.raises(error, match=message):
        model.load_state_dict(state)

    assert before == model.state_dict()


def test_models_can_be_copied_and_pickled() -> None:
    model = Sequential(Linear(2, 3, seed=0), Tanh(), MLP(3, [2], seed=1))

    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert twin.state_dict() == model.state_dict()
        twin.parameters()[0].data += 1.0
        assert twin.state_dict() != model.state_dict()


# ---------------------------------------------------------------- parameters that are lost


class Weights(Module):
    """Parameters in every place that has them."""

    def __init__(self) -> None:
        self.b = Value(1.0)
        self.W = np.array([[Value(2.0), Value(3.0)]], dtype=object)
        self.inner = {"w": [Value(4.0)]}


def step_on_b(model: Weights) -> None:
    model.b = model.b - 0.5


def step_on_array(model: Weights) -> None:
    model.W -= 0.5


def step_on_list(model: Weights) -> None:
    model.inner["w"][0] -= 0.5


STEPS = [(step_on_b, "b"), (step_on_array, r"W\.0\.0"), (step_on_list, r"inner\.w\.0")]


@pytest.mark.parametrize("asks", [Module.parameters, Module.zero_grad, Module.state_dict])
@pytest.mark.parametrize(("step", "name"), STEPS)
def test_a_parameter_that_became_a_node_is_named(
    step: Callable[[Weights], None], name: str, asks: Callable[[Module], object]
) -> None:
    model = Weights()
    before = model.parameters()
    step(model)
    before[0].grad = 5.0

    with pytest.raises(
        TypeError, match=rf"^Weights: {name} was a parameter and is a node computed from others now"
    ):
        asks(model)
    with pytest.raises(TypeError, match=name):
        asks(copy.deepcopy(model))
    assert before[0].grad == 5.0


def test_a_parameter_that_became_a_number_is_named_once() -> None:
    model = Weights()
    model.parameters()
    model.b = 0.5  # type: ignore[assignment]

    with pytest.warns(
        LostParameterWarning, match="b was a parameter and is the plain number 0.5 now"
    ) as found:
        model.zero_grad()
    assert [warning.filename for warning in found] == [__file__]
    assert len(model.parameters()) == 3


@pytest.mark.parametrize("number", [Fraction(1, 3), np.float32(0.5), 2])
def test_a_parameter_that_became_a_number_of_another_type_is_named(number: Any) -> None:
    model = Weights()
    model.parameters()
    model.inner["w"][0] = number

    with pytest.warns(
        LostParameterWarning, match=rf"^Weights: inner\.w\.0 was a parameter .* number {number}"
    ):
        model.parameters()


@pytest.mark.parametrize("name", ["W", "b"])
def test_parameters_that_became_an_array_of_numbers_are_named(name: str) -> None:
    model = Weights()
    model.size = np.ones(3)  # type: ignore[attr-defined]
    model.parameters()
    setattr(model, name, np.array([[2.0, 3.0]]))

    with pytest.warns(
        LostParameterWarning,
        match=rf"^Weights: {name} was a parameter and is an array of plain .*parameter\.data -=",
    ):
        assert len(model.parameters()) < 4


def test_computed_values_that_never_were_parameters_are_none() -> None:
    model = Weights()
    model.parameters()
    model.output = model.b * 2  # type: ignore[attr-defined]
    model.size = 3  # type: ignore[attr-defined]

    assert len(model.parameters()) == 4
    del model.inner
    assert len(model.parameters()) == 3


def test_parameters_that_a_module_lists_itself_are_looked_at_too() -> None:
    class Line(Module):
        def __init__(self) -> None:
            self.w = Value(2.0)

        def parameters(self) -> list[Value]:
            return [self.w]

    model = Line()
    model.w = model.w - 1

    with pytest.raises(TypeError, match=r"parameters\(\)\[0\] was a parameter and is a node"):
        model.zero_grad()


def test_no_name_is_no_attribute() -> None:
    assert not hasattr(Linear(1, 1), "")
