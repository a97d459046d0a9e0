"""Attributes that are not there: the message itself says what was meant."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

import autodiff
import nn
from autodiff import Value, compile, register
from autodiff.rules import unary

x: Any = Value(2.0, name="x")
package: Any = autodiff
model: Any = nn.MLP(2, [1], seed=0)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: x.backwards(), "'Value' object has no attribute 'backwards': did you mean v.backward()?"),
        (lambda: x.garde, "'Value' object has no attribute 'garde': did you mean v.grad?"),
        (lambda: (x * x).draw(), "'Value' object has no attribute 'draw': did you mean autodiff.draw(...)?"),
        (lambda: x.softmax, "'Value' object has no attribute 'softmax': did you mean autodiff.softmax(...)?"),
        (lambda: package.drow, "module 'autodiff' has no attribute 'drow': did you mean 'draw'?"),
        (lambda: package.trace, "module 'autodiff' has no attribute 'trace': did you mean 'trunc'?"),
        (lambda: package.psi, "module 'autodiff' has no attribute 'psi': did you mean 'digamma'?"),
        (lambda: package.absolute, "module 'autodiff' has no attribute 'absolute': did you mean 'abs'?"),
        (lambda: x.zzz, "'Value' object has no attribute 'zzz'"),
        (lambda: x._zzz, "'Value' object has no attribute '_zzz'"),
        (lambda: model.paramters(), "'MLP' object has no attribute 'paramters': did you mean 'parameters'?"),
        (lambda: model.layer, "'MLP' object has no attribute 'layer': did you mean 'layers'?"),
        (lambda: compile(lambda v: v.garde)(2.0), "'Traced' object has no attribute 'garde': did you mean 'grad'?"),
    ],
)  # fmt: skip
def test_the_nearest_name_is_in_the_message(ask: Callable[[], object], message: str) -> None:
    with pytest.raises(AttributeError) as caught:
        ask()

    assert str(caught.value) == message


def test_a_slot_that_is_empty_is_python_s_matter() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'name'"):
        Value.__new__(Value).name  # noqa: B018


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: setattr(x, "label", "x"), "write Value(2.0, name='x'), or v.named('x')"),
        (lambda: x.label, "its name is v.name"),
        (lambda: setattr(x, "m", 0), "use nn.Adam, or a dictionary by node"),
        (lambda: setattr(x, "v", 0), "use nn.Adam, or a dictionary by node"),
        (lambda: setattr(x, "_backward", lambda: None), "autodiff.register(unary("),
        (lambda: x._backward(), "v.partials"),
    ],
)
def test_what_lectures_on_micrograd_keep_on_a_node_has_its_place(
    ask: Callable[[], object], message: str
) -> None:
    with pytest.raises(AttributeError) as caught:
        ask()

    assert message in str(caught.value)
    assert (x.name, x.data, x.grad) == ("x", 2.0, 0.0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda kind: kind(2.0, label="a"), "a Value takes no label: write name='a'"),
        (lambda kind: kind(2.0, (x,), "exp"), r"makes a leaf: .* autodiff.register\(unary\("),
        (lambda kind: kind(2.0, (x,)), "makes a leaf"),
        (lambda kind: kind(2.0, {x}), "makes a leaf"),
        (lambda kind: kind(2.0, "a", "exp"), "makes a leaf"),
    ],
)
def test_micrograds_arguments_are_answered(make: Callable[[Any], object], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        make(Value)


def test_a_property_that_raises_is_not_hidden() -> None:
    class Model(nn.Module):
        @property
        def size(self) -> int:
            return self.missing.size  # type: ignore[attr-defined, no-any-return]

    with pytest.raises(AttributeError, match="no attribute 'missing'"):
        Model().size  # noqa: B018 - raises


def test_models_and_nodes_are_copied_as_before() -> None:
    model = nn.MLP(2, [2, 1], seed=0)

    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert twin.state_dict() == model.state_dict()
    assert not hasattr(x, "shape")
    assert autodiff.grad(lambda v: v * v)(3.0) == 6.0


def test_what_is_not_there_is_not_listed_and_can_be_registered() -> None:
    assert not {"label", "draw", "backwards", "softmax"} & {*dir(x)}
    assert not any(hasattr(Value, name) for name in ("label", "draw", "softmax"))
    register(unary("val", value=lambda m, x: 2 * x, partial=lambda m, x, z: 2))

    assert x.val().data == 4.0


def test_attributes_of_nodes_are_read_the_fast_way() -> None:
    """With a __getattr__ Python specialises no access to attributes: 15 % slower products."""
    assert not hasattr(Value, "__getattr__")
