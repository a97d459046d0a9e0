"""Attributes that are not there: the message itself says what was meant."""

from __future__ import annotations

import copy
import pickle
import sys
import timeit
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autodiff
import nn
from autodiff import Value, compile
from autodiff.matrix import matrix

x: Any = Value(2.0, name="x")
package: Any = autodiff
model: Any = nn.MLP(2, [1], seed=0)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: x.backwards(), "'Value' object has no attribute 'backwards': did you mean 'backward'?"),
        (lambda: x.garde, "'Value' object has no attribute 'garde': did you mean 'grad'?"),
        (lambda: (x * x).draw(), "'Value' object has no attribute 'draw': did you mean autodiff.draw(...)?"),
        (lambda: x.softmax, "'Value' object has no attribute 'softmax': did you mean autodiff.softmax(...)?"),
        (lambda: package.drow, "module 'autodiff' has no attribute 'drow': did you mean 'draw'?"),
        (lambda: x.zzz, "'Value' object has no attribute 'zzz'"),
        (lambda: x._zzz, "'Value' object has no attribute '_zzz'"),
        (lambda: model.paramters(), "'MLP' object has no attribute 'paramters': did you mean 'parameters'?"),
        (lambda: model.layer, "'MLP' object has no attribute 'layer': did you mean 'layers'?"),
        (lambda: compile(lambda v: v.garde)(2.0), "'Traced' object has no attribute 'garde': did you mean 'grad'?"),
        (lambda: Value.__new__(Value).name, "'Value' object has no attribute 'name'"),
    ],
)  # fmt: skip
def test_the_nearest_name_is_in_the_message(ask: Callable[[], object], message: str) -> None:
    with pytest.raises(AttributeError) as caught:
        ask()

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: setattr(x, "label", "x"), "write Value(2.0, name='x'), or v.named('x')"),
        (lambda: x.label, "its name is v.name"),
        (lambda: setattr(x, "m", 0), "use nn.Adam, or a list or a dictionary by node"),
        (lambda: setattr(x, "v", 0), "use nn.Adam, or a list or a dictionary by node"),
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


def test_numpy_does_not_look_for_names_in_vain() -> None:
    """It asks every element of a list for three attributes; each search would take 0.1 ms."""
    values = [Value(float(i)) for i in range(100)]
    seconds = min(timeit.repeat(lambda: np.array(values, dtype=object), number=1, repeat=20))

    assert seconds < 100 * 50e-6
    assert matrix(values).shape == (100,)
    assert "difflib" in sys.modules
