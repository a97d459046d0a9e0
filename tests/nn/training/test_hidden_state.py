"""Tests of fit on models, losses, schedules, data and optimisers with state: as on the graph, or with a warning."""

from __future__ import annotations

import io
import itertools
import random
import statistics
import warnings
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import Any, NamedTuple
from weakref import proxy, ref

import pytest

import autodiff
from autodiff import Value, gradient
from nn import SGD, Adam, Module, NotCompiledWarning, Optimizer, fit, mse, updates

np = pytest.importorskip("numpy")

DATA: list[tuple[Any, Any]] = [(0.5 * i - 1.5, 0.3 * i * i - 1.0) for i in range(7)]
MODE = {"scale": 1.0}
SETTINGS = ModuleType("settings")
LEFT: Any = None
KNOWN: list[Any] = [None]  # the optimiser


class Line(Module):
    """A model of two parameters, which other models here derive from."""

    def __init__(self) -> None:
        self.w, self.b = Value(0.8), Value(0.1)

    def forward(self, x: Any) -> Any:
        return (self.w * x + self.b).tanh() * 2


class Case(NamedTuple):
    """What fit is called with: made by functions, as it is called twice."""

    model: Callable[[], Line] = Line
    loss: Callable[[Any], Any] = lambda model: mse
    options: Callable[[Any], dict[str, Any]] = lambda model: {}
    optimizer: Callable[[Any], Any] = lambda model: SGD(model.parameters(), lr=0.1)
    data: Callable[[Any], Any] = lambda model: DATA
    warned: str = "."  # "" where programs do it


def penalised(attribute: str) -> Callable[[Any], Any]:
    return lambda model: lambda outputs, targets: mse(outputs, targets) + getattr(model, attribute)


class LeavesPenalty(Line):
    def forward(self, x: Any) -> Any:
        self.penalty = 0.5 * self.w * self.w
        return super().forward(x)


class LeavesHidden(Line):
    def forward(self, x: Any) -> Any:
        self.h = (self.w * x + self.b).tanh()
        return self.h * 2


class LeavesInList(Line):
    def __init__(self) -> None:
        super().__init__()
        self.kept: list[Any] = []

    def forward(self, x: Any) -> Any:
        self.kept = [*self.kept[-3:], self.w * x]
        return super().forward(x)


class LeavesGlobal(Line):
    def forward(self, x: Any) -> Any:
        global LEFT
        LEFT = self.w * self.w
        return super().forward(x)


class Counts(Line):
    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def forward(self, x: Any) -> Any:
        self.calls += 1
        return super().forward(x) * (1.0 if self.calls < 20 else 0.5)


class CountsOnClass(Line):
    calls = 0

    def forward(self, x: Any) -> Any:
        CountsOnClass.calls += 1
        return super().forward(x)


class Draws(Line):
    def __init__(self) -> None:
        super().__init__()
        self.rng = random.Random(4)

    def forward(self, x: Any) -> Any:
        return super().forward(x) * self.rng.uniform(0.9, 1.1)


class Scaled(Line):
    scale = 1.0

    def forward(self, x: Any) -> Any:
        return super().forward(x) * self.scale * MODE["scale"]


class FillsOnce(Line):
    """It sets up what it needs at its first call."""

    table: Any = None

    def forward(self, x: Any) -> Any:
        if self.table is None:
            self.table = [1.5]
        return super().forward(x) * self.table[0]


class AsksType(Line):
    def forward(self, x: Any) -> Any:
        return super().forward(x) * (3.0 if isinstance(x, int) else 1.0)


def counting_loss(model: Any) -> Any:
    calls = 0

    def loss(outputs: list[Any], targets: list[Any]) -> Any:
        nonlocal calls
        calls += 1
        return mse(outputs, targets) * (1 + 0.1 * calls)

    return loss


def noisy_loss(model: Any) -> Any:
    rng = random.Random(1)
    return lambda outputs, targets: mse(outputs, [y + rng.gauss(0, 0.1) for y in targets])


def projecting_loss(model: Any) -> Any:
    def loss(outputs: list[Any], targets: list[Any]) -> Any:
        found = mse(outputs, targets)
        if model.w.data > 0.85:
            model.w.data = 0.85
        return found

    return loss


def changing_targets(model: Any) -> Any:
    def loss(outputs: list[Any], targets: list[Any]) -> Any:
        for target in targets:
            target[0] *= 1.01
        return mse(outputs, [y for (y,) in targets])

    return loss


def toggled(model: Any) -> dict[str, Any]:
    def schedule(step: int) -> float:
        model.scale = 0.5 if 2 <= step < 5 else 1.0
        return 0.1

    return {"schedule": schedule}


def toggled_globally(model: Any) -> dict[str, Any]:
    def schedule(step: int) -> float:
        MODE["scale"] = 0.5 if 2 <= step < 5 else 1.0
        return 0.1

    return {"schedule": schedule}


def projecting_schedule(model: Any) -> dict[str, Any]:
    def schedule(step: int) -> float:
        model.w.data = min(model.w.data, 0.82)
        return 0.1 if model.b.data < 0.2 else 0.05

    return {"schedule": schedule}


def toggling_metric(model: Any) -> dict[str, Any]:
    def metric(outputs: Any, targets: Any) -> float:
        model.scale = 1.5 - model.scale
        return 0.0

    return {"metrics": {"toggle": metric}}


def bootstrapped(model: Any) -> Callable[[], Iterator[Any]]:
    def batches() -> Iterator[Any]:
        for start in (0, 3):
            yield [(x, 0.5 * y + 0.5 * model(x).data) for x, y in DATA[start : start + 4]]

    return batches


def projecting_data(model: Any) -> Callable[[], Iterator[Any]]:
    def batches() -> Iterator[Any]:
        for start in (0, 3):
            model.w.data = min(model.w.data, 0.81)
            yield DATA[start : start + 4]

    return batches


def switching_data(model: Any) -> Callable[[], Iterator[Any]]:
    def batches() -> Iterator[Any]:
        for start in (0, 3):
            model.scale = 0.7 if start else 1.0
            yield DATA[start : start + 4]
        model.scale = 1.0

    return batches


class OwnZero(SGD):
    """It keeps half of each gradient."""

    def zero_grad(self) -> None:
        for parameter in self.params:
            parameter.grad *= 0.5


def with_method(name: str) -> Callable[[Any], Any]:
    def make(model: Any) -> Any:
        optimizer: Any = SGD(model.parameters(), lr=0.1)

        def sign_step() -> None:
            for parameter in optimizer.params:
                parameter.data -= 0.01 * (1 if parameter.grad > 0 else -1)

        def minimize(loss: Any) -> None:
            optimizer.zero_grad()
            loss.backward()
            sign_step()

        setattr(optimizer, name, {"step": sign_step, "minimize": minimize}[name])
        return optimizer

    return make


def with_update(update: Callable[..., Any], **methods: Any) -> Callable[[Any], Any]:
    """An optimiser of a class of its own, whose formula may be for numbers alone."""
    return lambda model: type("Own", (Optimizer,), {"update": update, **methods})(model.parameters(), lr=0.1)


def noisy(self: Any, data: Any, grad: Any) -> tuple[Any]:
    self.rng = getattr(self, "rng", None) or random.Random(2)
    return (data - self.lr * (grad + 0.1 * self.rng.random()),)


def clipped(self: Any, data: Any, grad: Any) -> tuple[Any]:
    return (data - self.lr * max(-0.1, min(0.1, grad)),)


def by_norm(self: Any, data: Any, grad: Any) -> tuple[Any]:
    return (data - self.lr * grad / (1 + float(np.linalg.norm(grad))),)


def watched_loss(model: Any) -> Any:
    """A loss that sees model and optimiser, as a method of a trainer does."""

    class Trainer:
        def __init__(self) -> None:
            self.model = model
            self.optimizer = model.optimizer = None

        def loss(self, outputs: list[Any], targets: list[Any]) -> Any:
            return mse(outputs, targets) + 0.01 * sum(p * p for p in self.model.parameters())

    return Trainer().loss


class KnowsItsOptimizer(Line):
    optimizer: Any = None


class ReadsTheRate(KnowsItsOptimizer):
    def forward(self, x: Any) -> Any:
        return super().forward(x) * (1 + self.optimizer.lr)


def known(make: Callable[..., Any], **options: Any) -> Callable[[Any], Any]:
    def made(model: Any) -> Any:
        model.optimizer = make(model.parameters(), lr=0.1, **options)
        return model.optimizer

    return made


class Swaps(Line):
    """A set holds the branch; its members change, their number does not."""

    def __init__(self) -> None:
        super().__init__()
        self.active, self.order = {0}, {"a": 1.0, "b": 1.0}

    def forward(self, x: Any) -> Any:
        return (
            super().forward(x)
            * (1.0 if 0 in self.active else 0.5)
            * (2.0 if next(iter(self.order)) == "a" else 1.0)
        )


def swapping(model: Any) -> dict[str, Any]:
    def schedule(step: int) -> float:
        model.active.clear()
        model.active.add(int(step % 3 == 1))
        if step == 3:
            model.order["a"] = model.order.pop("a")
        return 0.1

    return {"schedule": schedule}


class Detached(Line):
    def forward(self, x: Any) -> Any:
        return super().forward(x) * self.w.data


class ImportsInside(Line):
    def forward(self, x: Any) -> Any:
        from random import random as draw

        return super().forward(x) * (1 + 0.1 * draw())


class ByType(Line):
    def forward(self, x: Any) -> Any:
        return self.w * x if isinstance(x, int) else self.w * (self.b + 1)


class Far(Line):
    def forward(self, x: Any) -> Any:
        return self.w * (x - 2**53)


class Store(MutableMapping[str, float]):
    def __init__(self) -> None:
        self.kept = {"scale": 1.0}

    def __getitem__(self, key: str) -> float:
        return self.kept[key]

    def __setitem__(self, key: str, value: float) -> None:
        self.kept[key] = value

    def __delitem__(self, key: str) -> None:
        del self.kept[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.kept)

    def __len__(self) -> int:
        return len(self.kept)


class HoldsMuch(Line):
    """It holds things that do not change, and some that cannot be changed."""

    def __init__(self) -> None:
        super().__init__()
        self.store, self.fixed = Store(), np.broadcast_to(np.ones(1), 3)
        self.dates = np.array(["2026-01-01"], dtype="datetime64[D]")

    def forward(self, x: Any) -> Any:
        return super().forward(x) * self.store["scale"] * float(self.fixed[0])


class CountsAndHoldsMuch(HoldsMuch):
    calls = 0

    def forward(self, x: Any) -> Any:
        self.calls += 1
        return super().forward(x)


def counting_on_an_iterator(model: Any) -> Any:
    steps = itertools.count()
    return lambda outputs, targets: mse(outputs, targets) * (1 if next(steps) < 3 else 2)


def looking_at_grad(model: Any) -> Any:
    return lambda outputs, targets: mse(outputs, targets) * (1 + abs(model.w.grad))


def looking_behind(model: Any) -> Any:
    """A loss that asks for the graph of an output, and does so late in the data."""

    def loss(outputs: list[Any], targets: list[Any]) -> Any:
        rare = targets[-1] > 5 and outputs[-1].parents
        return mse(outputs, targets) * (2 if rare else 1)

    return loss


class CountsSteps(KnowsItsOptimizer):
    def forward(self, x: Any) -> Any:
        return super().forward(x) * (1 + 0.1 * (self.optimizer.steps % 2))


def projecting_by_the_optimizer(model: Any) -> Any:
    def loss(outputs: list[Any], targets: list[Any]) -> Any:
        for parameter in KNOWN[0].params:
            parameter.data = min(parameter.data, 0.82)
        return mse(outputs, targets)

    return loss


def known_to_all(model: Any) -> Any:
    KNOWN[0] = SGD(model.parameters(), lr=0.1)
    return KNOWN[0]


def late_gradient(model: Any) -> Any:
    """A loss that asks for a gradient in later steps only."""

    def loss(outputs: list[Any], targets: list[Any]) -> Any:
        found = mse(outputs, targets)
        if found.data < 12.45:
            found = found / (1 + 0.1 * sum(g**2 for g in gradient(found, model.parameters())))
        return found

    return loss


def training_another(model: Any) -> Any:
    critic = Line()
    optimizer = SGD(critic.parameters(), lr=0.05)

    def loss(outputs: list[Any], targets: list[Any]) -> Any:
        optimizer.minimize(mse([critic(output.data) for output in outputs], targets))
        return mse(outputs, [critic(y).data for y in targets])

    return loss


def clipping_schedule(model: Any) -> dict[str, Any]:
    def schedule(step: int) -> float:
        params = model.optimizer.params
        for parameter in params:
            parameter.data = min(parameter.data, 0.82)
        return 0.1 / max(1.0, sum(float(p.grad) ** 2 for p in params))

    return {"schedule": schedule}


def through_a_weak_reference(refer: Callable[[Any], Any]) -> Callable[[Any], dict[str, Any]]:
    def options(model: Any) -> dict[str, Any]:
        referring = refer(model)
        return {
            "schedule": lambda step: 0.1 / (1 + (referring.w if refer is proxy else referring().w).data ** 2)
        }

    return options


def rollouts(model: Any) -> Callable[[], Iterator[Any]]:
    """Batches of one generator that runs on from epoch to epoch, and looks at the model."""

    def endless() -> Iterator[Any]:
        while True:
            yield [(x, 0.5 * y + 0.5 * model(x).data) for x, y in DATA]

    stream = endless()
    return lambda: itertools.islice(stream, 2)


class LooksAtOwner(Line):
    """It holds its owner by a weak reference."""

    def __init__(self, owner: Scaled) -> None:
        super().__init__()
        self._owner = ref(owner)

    def forward(self, x: Any) -> Any:
        return super().forward(x) * self._owner().scale  # type: ignore[union-attr]


def switching_the_owner(model: Any) -> Callable[[], Iterator[Any]]:
    return lambda: switching_data(model._owner())()


class CompiledInside(Line):
    def __init__(self) -> None:
        super().__init__()
        self._inner = autodiff.compile(super().forward)

    def forward(self, x: Any) -> Any:
        return self._inner(x)


class Writes(Line):
    def __init__(self) -> None:
        super().__init__()
        self.log, self._itself = io.StringIO(), proxy(self)

    def forward(self, x: Any) -> Any:
        self.log.write(".")
        return super().forward(x)


@dataclass(frozen=True)
class Weighted:
    weights: list[float]

    def __call__(self, outputs: list[Any], targets: list[Any]) -> Any:
        return sum(w * (a - b) ** 2 for w, a, b in zip(self.weights, outputs, targets, strict=True))


@dataclass(frozen=True)
class Settings:
    @cached_property
    def table(self) -> list[float]:
        return [1.5]


class FillsFrozen(Line):
    def __init__(self) -> None:
        super().__init__()
        self.settings = Settings()

    def forward(self, x: Any) -> Any:
        return super().forward(x) * self.settings.table[0] * (1.0 if x > 0 else 0.5)


class CountsInValue(Line):
    def __init__(self) -> None:
        super().__init__()
        self._calls = Value(0.0)

    def forward(self, x: Any) -> Any:
        self._calls.data += 1
        return super().forward(x) * (1.0 + 0.01 * self._calls.data)


def counting_in_a_value(model: Any) -> Any:
    calls = Value(0.0)

    def loss(outputs: list[Any], targets: list[Any]) -> Any:
        calls.data += 1
        return mse(outputs, targets) * (1.0 + 0.1 * calls.data)

    return loss


def adding_to_grad(model: Any) -> Any:
    def loss(outputs: list[Any], targets: list[Any]) -> Any:
        for parameter in model.parameters():
            parameter.grad += 1.0
        return mse(outputs, targets) * (1 + 0.01 * model.w.grad)

    return loss


class ChangesSamples(Line):
    def forward(self, x: Any) -> Any:
        x[0] /= 1.1
        return super().forward(x[0])


class TakesOut(Line):
    def forward(self, x: Any) -> Any:
        return super().forward(x["x"]) * x.pop("scale", 1.0)


def alternating(model: Any) -> dict[str, Any]:
    def schedule(step: int) -> float:
        KNOWN[0].params[0] = model.b if step % 2 else model.w
        return 0.1

    return {"schedule": schedule}


def known_to_train_one(model: Any) -> Any:
    KNOWN[0] = SGD([model.w], lr=0.1)
    return KNOWN[0]


class Subtracts(Line):
    def forward(self, x: Any) -> Any:
        return super().forward((x[0] - x[1]) / 255)


class ReadsSettings(Line):
    def forward(self, x: Any) -> Any:
        return super().forward(x) * SETTINGS.scale


def switching(
    settings: ModuleType, change: Callable[[Any, float], None]
) -> Callable[[Any], Callable[[], Iterator[Any]]]:
    def batches() -> Iterator[Any]:
        for start in (0, 3):
            change(settings, 0.7 if start else 1.0)
            yield DATA[start : start + 4]
        change(settings, 1.0)

    return lambda model: batches


def store(settings: Any, scale: float) -> None:
    settings.scale = scale


SAMPLES: list[tuple[list[float], float]] = []


def first_samples(model: Any) -> Any:
    SAMPLES[:] = [([x], y) for x, y in DATA]
    return SAMPLES


def one_buffer(model: Any) -> Any:
    buffer = [0.0]

    def batches() -> Iterator[Any]:
        for buffer[0], y in DATA:
            yield [(buffer, y)]

    return batches


def augmenting(model: Any) -> dict[str, Any]:
    def schedule(step: int) -> float:
        for x, _ in SAMPLES:
            x[0] *= 0.5 if step % 2 else 2.0
        return 0.1

    return {"schedule": schedule}


class OfList(Line):
    def forward(self, x: Any) -> Any:
        return super().forward(x[0])


class DrawsByALibrary(Line):
    def forward(self, x: Any) -> Any:
        return super().forward(x) * (1 + 0.1 * statistics.NormalDist().samples(1)[0])


def noisy_by_a_library(model: Any) -> Any:
    noise = statistics.NormalDist(0, 0.1)
    return lambda outputs, targets: mse(outputs, [y + noise.samples(1)[0] for y in targets])


def clipped_adam(data: Any, grad: Any, *memory: Any, **how: Any) -> Any:
    return updates.adam(data, max(-0.1, min(0.1, grad)), *memory, **how)


def capped_step(model: Any) -> Any:
    class Capped(SGD):
        def step(self) -> None:
            super().step()
            model.scale = 0.9

    return Capped(model.parameters(), lr=0.1)


OWNER = Scaled()

CASES = {
    "a penalty left on the model": Case(LeavesPenalty, penalised("penalty")),
    "a node of each sample left on the model": Case(LeavesHidden, penalised("h")),
    "left on the model, read by nobody": Case(LeavesHidden),
    "left in a list": Case(
        LeavesInList, lambda model: lambda outputs, targets: mse(outputs, targets) + model.kept[0] ** 2
    ),
    "left in a global": Case(LeavesGlobal, lambda model: lambda o, t: mse(o, t) + 0.5 * LEFT),
    "a model that counts its calls": Case(Counts),
    "a count on its class": Case(CountsOnClass),
    "a model that draws": Case(Draws),
    "set up at the first call": Case(FillsOnce, warned=""),
    "a loss that counts its calls": Case(loss=counting_loss),
    "a loss that draws": Case(loss=noisy_loss),
    "a loss that sets a parameter": Case(loss=projecting_loss),
    "a loss that changes targets": Case(
        loss=changing_targets, data=lambda model: [(x, [y]) for x, y in DATA]
    ),
    "a mode that is back at the end": Case(Scaled, options=toggled),
    "a mode of the module that is back at the end": Case(Scaled, options=toggled_globally),
    "a schedule that sets and reads parameters": Case(options=projecting_schedule, warned=""),
    "a metric that sets a mode": Case(Scaled, options=toggling_metric),
    "targets from the model itself": Case(data=bootstrapped, warned=""),
    "data() that sets parameters": Case(data=projecting_data, warned=""),
    "data() that sets a mode": Case(Scaled, data=switching_data),
    "step of the object": Case(optimizer=with_method("step"), warned=""),
    "minimize of the object": Case(optimizer=with_method("minimize")),
    "zero_grad of a class": Case(optimizer=lambda model: OwnZero(model.parameters(), lr=0.1)),
    "a formula that draws": Case(optimizer=with_update(noisy), warned=""),
    "a formula for numbers": Case(optimizer=with_update(clipped), warned=""),
    "a formula that would see all": Case(optimizer=with_update(by_norm), warned=""),
    "a step on arrays alone": Case(
        optimizer=with_update(clipped, step_arrays=lambda self, data, grad: data), warned=""
    ),
    "a loss that sees the optimizer": Case(
        KnowsItsOptimizer, watched_loss, optimizer=known(SGD, momentum=0.9)
    ),
    "a model that holds Adam": Case(
        KnowsItsOptimizer,
        watched_loss,
        lambda model: {
            "metrics": {"first": lambda outputs, _: outputs[0]},
            "schedule": lambda step: 0.1 / (1 + step),
        },
        known(Adam),
    ),
    "a model that reads the rate": Case(
        ReadsTheRate,
        options=lambda model: {"schedule": lambda step: 0.3 if step % 3 == 1 else 0.1},
        optimizer=known(SGD),
    ),
    "a mode of another module": Case(ReadsSettings, data=switching(SETTINGS, store)),
    "a mode of another module, by its name": Case(
        ReadsSettings, data=switching(SETTINGS, lambda settings, scale: setattr(settings, "scale", scale))
    ),
    "members that are swapped": Case(Swaps, options=swapping),
    "a number of a parameter": Case(Detached),
    "a module that is imported inside": Case(ImportsInside),
    "types on which samples happen to agree": Case(ByType, data=lambda model: [(1, 1.0), (2, 2.0)]),
    "whole numbers with many digits": Case(
        Far, data=lambda model: [(2**53, 0.0), (2**53 + 1, 1.0), (2**53 + 3, 2.0)]
    ),
    "whole numbers with many digits in arrays": Case(
        Far, data=lambda model: (2**53 + np.array([0, 1, 3], dtype=np.int64), np.arange(3.0))
    ),
    "bytes of NumPy in lists": Case(
        Subtracts,
        data=lambda model: [(list(row), 0.5) for row in np.array([(9, 3), (8, 2), (3, 200)], np.uint8)],
        warned="",
    ),
    "floats of half the digits in lists": Case(
        Subtracts,
        data=lambda model: [(list(row), 0.5) for row in np.array([(9, 0.3), (8, 0.2)], np.float32)],
        warned="",
    ),
    "things that stay": Case(HoldsMuch, warned=""),
    "a count among things that stay": Case(CountsAndHoldsMuch),
    "a loss with an iterator": Case(loss=counting_on_an_iterator),
    "a loss that looks behind outputs": Case(
        loss=looking_behind, data=lambda model: [*[(0.1, 0.2)] * 70, (0.3, 6.0)]
    ),
    "a loss that reads grad": Case(loss=looking_at_grad, warned=""),
    "a step that changes the model": Case(Scaled, optimizer=capped_step),
    "a model that counts steps": Case(
        CountsSteps, options=lambda model: {"batch_size": 3}, optimizer=known(SGD)
    ),
    "a loss that sets parameters by the optimizer": Case(
        loss=projecting_by_the_optimizer, optimizer=known_to_all
    ),
    "a loss that trains another model": Case(loss=training_another),
    "a loss that asks for a gradient": Case(loss=late_gradient),
    "a schedule that sees the optimizer": Case(
        KnowsItsOptimizer, options=clipping_schedule, optimizer=known(SGD)
    ),
    "a schedule with a weak reference": Case(options=through_a_weak_reference(ref), warned=""),
    "a schedule with a proxy": Case(options=through_a_weak_reference(proxy), warned=""),
    "data() of one generator": Case(data=rollouts, warned=""),
    "a model that looks at its owner": Case(lambda: LooksAtOwner(OWNER), data=switching_the_owner),
    "a model that is compiled in part": Case(CompiledInside, warned=""),
    "a model that writes": Case(Writes, warned=""),
    "a loss that has no hash": Case(loss=lambda model: Weighted([1.0] * 7), warned=""),
    "what fills something frozen": Case(FillsFrozen),
    "a formula of a subclass": Case(
        optimizer=lambda model: type("Clipped", (Adam,), {"formula": staticmethod(clipped_adam)})(
            model.parameters(), lr=0.1
        ),
        warned="",
    ),
    "a count in a Value": Case(CountsInValue),
    "a loss with a count in a Value": Case(loss=counting_in_a_value),
    "a loss that adds to grad": Case(loss=adding_to_grad),
    "a model that changes samples": Case(
        ChangesSamples,
        options=lambda model: {"batch_size": 2, "shuffle": True, "seed": 1},
        data=lambda model: [([x], y) for x, y in DATA],
    ),
    "a model that takes things out of samples": Case(
        TakesOut,
        options=lambda model: {"batch_size": 2, "shuffle": True, "seed": 1},
        data=lambda model: [({"x": x, "scale": 2.0}, y) for x, y in DATA],
    ),
    "parameters that are replaced": Case(options=alternating, optimizer=known_to_train_one),
    "rates of half the digits": Case(
        options=lambda model: {"schedule": lambda step: np.float32(0.1)},
        optimizer=lambda model: SGD(model.parameters(), lr=0.1, momentum=np.float32(0.9)),
        warned="",
    ),
    "a schedule that changes samples": Case(OfList, options=augmenting, data=first_samples, warned=""),
    "a metric that sees the samples it is measured on": Case(
        OfList,
        options=lambda model: (
            augmenting(model)
            | {"validation": SAMPLES[:3], "metrics": {"first": lambda outputs, targets: SAMPLES[0][0][0]}}
        ),
        data=first_samples,
        warned="",
    ),
    "one list for all batches": Case(OfList, data=one_buffer, warned=""),
    "a model that draws by a library": Case(DrawsByALibrary),
    "a loss that draws by a library": Case(loss=noisy_by_a_library),
    "whole numbers after others": Case(AsksType, data=lambda model: [*DATA, (2, 0.5), (3, 0.1)]),
    "whole numbers in a later batch": Case(
        AsksType, data=lambda model: lambda: iter([DATA[:3], DATA[3:], [(2, 0.5), (3, 0.1)]])
    ),
}


@pytest.mark.parametrize("losses", ["its own", "behind a function"])
@pytest.mark.parametrize("case", CASES)
def test_state_trains_as_on_the_graph(case: str, losses: str) -> None:
    make_model, loss_of, options, make_optimizer, data, warned = CASES[case]
    found = []
    for compiled in (True, False):
        MODE["scale"], CountsOnClass.calls = 1.0, 0
        store(SETTINGS, 1.0)
        random.seed(3)
        model = make_model()
        loss = loss_of(model)
        if losses != "its own":
            inner = loss
            loss = lambda outputs, targets, inner=inner: inner(outputs, targets)  # noqa: E731
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            history = fit(
                *(model, data(model), loss, make_optimizer(model), 5),
                progress=False,
                compile=compiled,
                **options(model),
            )
        kept = {k: v for k, v in vars(model).items() if isinstance(v, int)}
        found.append([*history.losses, model.w.data, model.b.data, *kept.values()])
        assert any(w.category is NotCompiledWarning for w in caught) == bool(warned and compiled)

    assert found[0] == pytest.approx(found[1], rel=1e-9)


def test_a_step_that_fails_at_its_end_counts() -> None:
    class Stops(SGD):
        def step(self) -> None:
            super().step()
            if self.steps == 4:
                raise RuntimeError("early stop")

    found = []
    for compiled in (True, False):
        model = Line()
        with pytest.raises(RuntimeError, match="early stop"):
            fit(model, DATA, mse, Stops(model.parameters(), lr=0.1), 9, progress=False, compile=compiled)
        found.append([parameter.data for parameter in model.parameters()])

    assert found[0] == pytest.approx(found[1], rel=1e-9)
