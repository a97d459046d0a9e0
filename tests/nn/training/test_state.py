"""Tests of nn/training/state.py: whatever functions can reach is noticed when it changes, and set back."""

from __future__ import annotations

import collections
import functools
import random
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from autodiff import Value
from nn import MLP
from nn.training.state import State

np = pytest.importorskip("numpy")

COUNT = 0
SEEN: list[float] = []
MODULE = types.ModuleType("settings")
MODULE.rate = 1.0  # type: ignore[attr-defined]


class Holder:
    shared = 1.0

    def __init__(self) -> None:
        self.inner = types.SimpleNamespace(count=0, names=["a"])

    def __call__(self, x: Any) -> Any:
        return x * self.shared

    def method(self, x: Any) -> Any:
        return x * self.inner.count


@dataclass(slots=True)
class Slotted:
    rate: float = 1.0


@dataclass(frozen=True)
class Frozen:
    rates: list[float]


def global_count(x: Any) -> Any:
    return x * COUNT


def of_module(x: Any) -> Any:
    return x * MODULE.rate


def of_module_too(x: Any) -> Any:
    return x * getattr(MODULE, "momentum", 0.0)


def each_names_another(x: Any) -> Any:
    return of_module(x) + of_module_too(x)


def of_default(x: Any, seen: list[float] = SEEN) -> Any:
    return x * len(seen)


def set_global() -> None:
    global COUNT
    COUNT += 1


def closing() -> tuple[Any, Callable[[], None]]:
    count = 0

    def f(x: Any) -> Any:
        return x * count

    def change() -> None:
        nonlocal count
        count += 1

    return f, change


def kept(item: Any, change: Callable[[Any], object]) -> tuple[Any, Callable[[], object]]:
    """A function that finds the item in its closure, and what changes the item."""
    return (lambda x: (x, item)), (lambda: change(item))


# fmt: off
CHANGES: dict[str, Callable[[], tuple[Any, Callable[[], object]]]] = {
    "list":              lambda: kept([1, 2], lambda x: x.append(3)),
    "nested list":       lambda: kept([[1, [2]]], lambda x: x[0][1].clear()),
    "order":             lambda: kept([1, 2], lambda x: x.reverse()),
    "zero of a sign":    lambda: kept([0.0], lambda x: x.__setitem__(0, -0.0)),
    "type":              lambda: kept([1], lambda x: x.__setitem__(0, 1.0)),
    "dictionary":        lambda: kept({"a": 1}, lambda x: x.update(b=2)),
    "value of a key":    lambda: kept({"a": 1}, lambda x: x.update(a=2)),
    "default":           lambda: kept(collections.defaultdict(list), lambda x: x["new"]),
    "set":               lambda: kept({1, 2}, lambda x: x.discard(2)),
    "deque":             lambda: kept(collections.deque([1], maxlen=1), lambda x: x.append(2)),
    "inside a tuple":    lambda: kept(([1],), lambda x: x[0].append(2)),
    "array":             lambda: kept(np.zeros((2, 3)), lambda x: x.__setitem__((1, 2), 5.0)),
    "array of integers": lambda: kept(np.zeros(3, int), lambda x: x.__iadd__(1)),
    "objects in arrays": lambda: kept(np.array([[1], None], object), lambda x: x[0].append(2)),
    "random":            lambda: kept(random.Random(0), lambda x: x.random()),
    "numpy's random":    lambda: kept(np.random.default_rng(0), lambda x: x.random()),
    "numpy's old one":   lambda: kept(np.random.RandomState(0), lambda x: x.rand()),
    "attribute":         lambda: kept(Holder(), lambda x: setattr(x.inner, "count", 1)),
    "new attribute":     lambda: kept(Holder(), lambda x: setattr(x, "more", 1)),
    "lost attribute":    lambda: kept(Holder(), lambda x: delattr(x, "inner")),
    "of a class":        lambda: kept(Holder(), lambda x: setattr(type(x), "shared", 2.0)),
    "method":            lambda: kept(Holder().method, lambda x: x.__self__.inner.names.append("b")),
    "partial":           lambda: kept(functools.partial(max, [1]), lambda x: x.args[0].append(2)),
    "keywords":          lambda: kept(functools.partial(max, key=[1]), lambda x: x.keywords["key"].pop()),
    "slots":             lambda: kept(Slotted(), lambda x: setattr(x, "rate", 2.0)),
    "frozen":            lambda: kept(Frozen([1.0]), lambda x: x.rates.append(2.0)),
    "a Value replaced":  lambda: kept([Value(1.0)], lambda x: x.__setitem__(0, Value(1.0))),
    "layers of a model": lambda: kept(MLP(1, [2, 1], seed=0), lambda x: x.layers.reverse()),
    "closure":           closing,
    "global":            lambda: (global_count, set_global),
    "other module":      lambda: (of_module, lambda: setattr(MODULE, "rate", 2.0)),
    "another name of it": lambda: (each_names_another, lambda: setattr(MODULE, "momentum", 2.0)),
    "default argument":  lambda: (of_default, lambda: SEEN.append(1.0)),
    "callable object":   lambda: ((found := Holder()), lambda: found.inner.names.clear()),
    "random module":     lambda: ((lambda x: x * random.random()), random.random),
}
# fmt: on


@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_is_noticed_and_undone(kind: str) -> None:
    f, change = CHANGES[kind]()
    state = State(f=f)
    assert state.change() is None

    change()
    place = state.change()
    state.restore()

    assert place
    assert state.change() is None
    assert State(f=f).change() is None


def test_numbers_of_values_may_change() -> None:
    model = MLP(2, [3, 1], seed=0)
    state = State(model=model)

    for parameter in model.parameters():
        parameter.data += 1.0

    assert state.change() is None
    assert {id(parameter) for parameter in model.parameters()} <= state.seen.keys()


def test_what_is_called_what() -> None:
    model = Holder()
    state = State(model=model)

    model.inner.names.append("{b}")

    assert state.change() == "model.inner.names[1]"


def test_what_touches_what() -> None:
    model = MLP(2, [3, 1], seed=0)
    trained = State(model=model)

    assert State(f=lambda step: model.layers[0]).touches(trained)
    assert State(f=lambda step: 0.1 / (1 + step)).touches(trained) is False
    assert State(f=lambda step: MODULE.rate).touches(State(of_module=of_module))
    assert State(f=global_count).touches(State(set_global=set_global))
    assert State(f=global_count).touches(State(f=of_default)) is False


def test_rings_and_deep_lists() -> None:
    ring: list[Any] = []
    ring.append(ring)
    deep: list[Any] = []
    for _ in range(5_000):
        deep = [deep]

    state = State(ring=ring, deep=deep)
    ring.append(1)

    assert state.change() == "ring[1]"
    state.restore()
