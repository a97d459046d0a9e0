"""Tests of nn/training/batch_loss.py: whatever a loss does with a batch, the loss that was given is trained."""

from __future__ import annotations

import random
import warnings
from collections import Counter
from typing import Any

import numpy as np
import pytest

import autodiff
from autodiff import Value
from nn import (
    MLP,
    SGD,
    Adam,
    Linear,
    Module,
    NotCompiledWarning,
    cross_entropy,
    fit,
    hinge,
    logloss_with_logits,
    mse,
)
from nn.training.batches import whole
from nn.training.graph_steps import GraphSteps
from nn.training.loop import Run

RARE = 3  # of the class 1 among so many
COMMON = 317


def rare_data(seed: int) -> list[tuple[list[float], int]]:
    """Points of two classes, one of them rare, at random places."""
    rng = random.Random(seed)
    labels = [1] * RARE + [0] * COMMON
    rng.shuffle(labels)
    return [([rng.gauss(2.0 * y, 1.0), rng.gauss(0.0, 1.0)], y) for y in labels]


NUMBERS = [([x / 3, y / 2], 0.7 * x - 0.4 * y + 0.1 * x * y) for x in range(4) for y in range(3)]
SIDES = [(x, 1 if y > 0.5 else 0) for x, y in NUMBERS]
CLASSES = [(x, i % 3) for i, (x, _) in enumerate(NUMBERS)]
RAGGED = [([x, y], [x] * (1 + (x > y))) for (x, y), _ in NUMBERS]


def squares(outputs: list[Any], targets: list[Any]) -> list[Any]:
    return [(output - y) ** 2 for output, y in zip(outputs, targets, strict=True)]


def logistic(output: Any, y: float) -> Any:
    return autodiff.softplus(output) - y * output


def weighted(outputs: list[Any], targets: list[Any]) -> Any:
    weights = [1 + 49 * y for y in targets]
    losses = [logistic(output, y) for output, y in zip(outputs, targets, strict=True)]
    return autodiff.dot(weights, losses) / sum(weights)


def masked(outputs: list[Any], targets: list[Any]) -> Any:
    kept = [logistic(output, y) for output, y in zip(outputs, targets, strict=True) if y > 0]
    return sum(kept, 0.0 * outputs[0]) / max(len(kept), 1)


def by_comparison(outputs: list[Any], targets: list[Any]) -> Any:
    return autodiff.mean(
        [
            autodiff.softplus(-output) if y == 1 else autodiff.softplus(output)
            for output, y in zip(outputs, targets, strict=True)
        ]
    )


def by_membership(outputs: list[Any], targets: list[Any]) -> Any:
    return autodiff.mean(
        [output**2 if y in (1, 2) else (output - 1) ** 2 for output, y in zip(outputs, targets, strict=True)]
    )


def by_match(outputs: list[Any], targets: list[Any]) -> Any:
    losses = []
    for output, y in zip(outputs, targets, strict=True):
        match y:
            case 1:
                losses.append(autodiff.softplus(-output))
            case _:
                losses.append(autodiff.softplus(output))
    return autodiff.mean(losses)


def by_dictionary(outputs: list[Any], targets: list[Any]) -> Any:
    weights = {1: 10.0}
    pairs = zip(outputs, targets, strict=True)
    return autodiff.mean([weights.get(y, 1.0) * (output - y) ** 2 for output, y in pairs])


def by_type(outputs: list[Any], targets: list[Any]) -> Any:
    pairs = zip(outputs, targets, strict=True)
    return autodiff.mean([output**2 if isinstance(y, int) else (output - 3) ** 2 for output, y in pairs])


def frequencies(outputs: list[Any], targets: list[Any]) -> Any:
    counts = Counter(targets)
    pairs = zip(outputs, targets, strict=True)
    return autodiff.sum([logistic(output, y) / counts[y] for output, y in pairs])


def worst(outputs: list[Any], targets: list[Any]) -> Any:
    return autodiff.max(squares(outputs, targets))


def halves_of_the_order(outputs: list[Any], targets: list[Any]) -> Any:
    return autodiff.sum([(1 + i) * loss for i, loss in enumerate(squares(outputs, targets))])


def reading(outputs: list[Any], targets: list[Any]) -> Any:
    return mse(outputs, targets) * (1.0 if outputs[0].data < 0.2 else 2.0)


def variance(outputs: list[Any], targets: list[Any]) -> Any:
    return autodiff.sum(squares(outputs, targets)) / (len(outputs) - 1)


def ranking(outputs: list[Any], targets: list[Any]) -> Any:
    best, second = sorted(outputs, key=lambda output: output.data)[-2:]
    return (best - second - 1) ** 2 + mse(outputs, targets)


def lengths(outputs: list[Any], targets: list[Any]) -> Any:
    """A mean over all elements of all samples, which is no mean over samples of means over elements."""
    errors = [(o - t) ** 2 for o, ts in zip(outputs, targets, strict=True) for t in ts]
    return autodiff.sum(errors) / len(errors)


def classes(outputs: list[Any], targets: list[Any]) -> Any:
    weights = {0: 1.0, 1: 2.0, 2: 0.5}
    pairs = zip(outputs, targets, strict=True)
    return autodiff.mean([weights[y] * cross_entropy([output], [y]) for output, y in pairs])


CASES: list[tuple[Any, Any]] = [
    (weighted, rare_data(0)),
    (masked, rare_data(1)),
    (frequencies, rare_data(2)),
    (by_comparison, SIDES),
    (by_membership, SIDES),
    (by_match, SIDES),
    (by_dictionary, SIDES),
    (by_type, SIDES),
    (worst, NUMBERS),
    (halves_of_the_order, NUMBERS),
    (reading, NUMBERS),
    (variance, NUMBERS),
    (ranking, NUMBERS),
    (lengths, RAGGED),
]


def trained(model: Module, data: Any, loss: Any, optimizer: Any, compile: bool, **options: Any) -> list[Any]:
    """The history's losses, and the parameters, of a training without a word."""
    options = {"epochs": 4, "batch_size": 6, "shuffle": True, "seed": 0} | options
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        history = fit(model, data, loss, optimizer, progress=False, compile=compile, **options)
    return [*history.losses, *history.validation_losses, *(p.data for p in model.parameters())]


@pytest.mark.parametrize(("loss", "data"), CASES, ids=lambda each: getattr(each, "__name__", ""))
def test_the_loss_that_was_given_is_trained(loss: Any, data: Any) -> None:
    model, twin = Linear(2, 1, seed=0), Linear(2, 1, seed=0)
    size = 64 if len(data) > 100 else 6

    found = trained(model, data, loss, Adam(model.parameters(), 0.05), True, batch_size=size)
    expected = trained(twin, data, loss, Adam(twin.parameters(), 0.05), False, batch_size=size)

    assert found == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    "seed", [*range(6), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(6, 15))]
)
def test_a_rare_class_is_never_overlooked(seed: int) -> None:
    data = rare_data(seed)
    model, twin = Linear(2, 1, seed=0), Linear(2, 1, seed=0)

    found = trained(model, data, weighted, SGD(model.parameters(), 0.5), True, batch_size=None, epochs=3)
    expected = trained(twin, data, weighted, SGD(twin.parameters(), 0.5), False, batch_size=None, epochs=3)

    assert found == pytest.approx(expected, rel=1e-9)


def test_arrays_and_validation() -> None:
    X, y = np.array([x for x, _ in SIDES]), np.array([y for _, y in SIDES])
    model, twin = Linear(2, 1, seed=0), Linear(2, 1, seed=0)
    options: dict[str, Any] = {"validation": (X[:5], y[:5])}

    found = trained(model, (X, y), by_comparison, SGD(model.parameters(), 0.1), True, **options)
    expected = trained(twin, (X, y), by_comparison, SGD(twin.parameters(), 0.1), False, **options)

    assert found == pytest.approx(expected, rel=1e-9)


def test_a_penalty_on_the_weights() -> None:
    def penalised(model: Module) -> Any:
        def loss(outputs: list[Any], targets: list[Any]) -> Any:
            weights = [p for p in model.parameters() if p.data > -2]
            return mse(outputs, targets) + 0.1 * autodiff.sum([w * w for w in weights])

        return loss

    model, twin = MLP(2, [3, 1], seed=0), MLP(2, [3, 1], seed=0)
    found = trained(model, NUMBERS, penalised(model), SGD(model.parameters(), 0.05), True)
    expected = trained(twin, NUMBERS, penalised(twin), SGD(twin.parameters(), 0.05), False)

    assert found == pytest.approx(expected, rel=1e-9)


def test_outputs_of_every_form() -> None:
    class Forms(Linear):
        """Its output is a dictionary of a list, a tuple, a number that passes through, and a word."""

        def forward(self, x: Any) -> Any:
            h: Any = super().forward(x)
            return {"pair": [h, h * h], "more": (h.tanh(), x[0]), "word": "yes", "none": None}

    def loss(outputs: list[Any], targets: list[Any]) -> Any:
        total = 0.0
        for output, y in zip(outputs, targets, strict=True):
            assert output["word"] == "yes"
            assert isinstance(output["more"], tuple)
            assert not isinstance(output["more"][1], Value)
            total = total + (output["pair"][0] - y) ** 2 * (1 + output["more"][1]) + output["pair"][1]
            total = total + output["more"][0]
        return total

    model, twin = Forms(2, 1, seed=0), Forms(2, 1, seed=0)
    found = trained(model, NUMBERS, loss, SGD(model.parameters(), 0.001), True)
    expected = trained(twin, NUMBERS, loss, SGD(twin.parameters(), 0.001), False)

    assert found == pytest.approx(expected, rel=1e-9)


def test_lists_of_outputs() -> None:
    model, twin = MLP(2, [4, 3], seed=0), MLP(2, [4, 3], seed=0)

    found = trained(model, CLASSES, classes, Adam(model.parameters(), 0.05), True)
    expected = trained(twin, CLASSES, classes, Adam(twin.parameters(), 0.05), False)

    assert found == pytest.approx(expected, rel=1e-9)


def test_a_loss_that_counts_on_an_iterator_is_trained_on_the_graph() -> None:
    def weights(compiled: bool) -> dict[str, Any]:
        calls, model = iter(range(1, 1000)), Linear(2, 1, seed=0)

        def loss(outputs: list[Any], targets: list[Any]) -> Any:
            return mse(outputs, targets) * (1 + next(calls) // 10)

        fit(model, NUMBERS, loss, SGD(model.parameters(), 0.01), 30, progress=False, compile=compiled)
        assert next(calls) == 31
        return model.state_dict()

    with pytest.warns(NotCompiledWarning, match="calls is an iterator, which trying the model would use up"):
        found = weights(True)

    assert found == weights(False)


def test_a_loss_that_is_no_node_is_refused() -> None:
    model = Linear(2, 1, seed=0)
    with pytest.raises(TypeError, match="loss must return one Value, not float"):
        fit(model, NUMBERS, lambda outputs, targets: 1.0, SGD(model.parameters(), 0.1), 1, progress=False)

    assert model.state_dict() == Linear(2, 1, seed=0).state_dict()


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        (mse, "SampleLossSteps"),
        (hinge, "SampleLossSteps"),
        (logloss_with_logits, "SampleLossSteps"),
        (weighted, "BatchLossSteps"),
        (lambda outputs, targets: mse(outputs, targets), "BatchLossSteps"),
    ],
)
def test_the_loss_is_compiled_where_it_is_known(loss: Any, expected: str) -> None:
    model = Linear(2, 1, seed=0)
    run = Run(
        GraphSteps(model, loss, SGD(model.parameters(), 0.1)), None, None, {}, "numpy", whole("data", NUMBERS)
    )

    assert type(run.steps).__name__ == expected


# ---------------------------------------------------------------- what a loss may look at besides


def as_on_the_graph(make: Any, loss_of: Any, data: Any, warned: str = "", **options: Any) -> None:
    """Train a model with and without compiling: the same numbers, with a warning where one is expected."""
    model, twin = make(), make()
    options = {"epochs": 3, "batch_size": 5} | options
    optimizer = options.pop("optimizer", lambda parameters: SGD(parameters, 0.05))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = fit(model, data, loss_of(model), optimizer(model.parameters()), progress=False, **options)
    slow = fit(
        twin, data, loss_of(twin), optimizer(twin.parameters()), progress=False, compile=False, **options
    )

    assert [type(warning.message).__name__ for warning in caught] == ["NotCompiledWarning"] * bool(warned)
    assert all(warned in str(warning.message) for warning in caught)
    assert found.losses == pytest.approx(slow.losses, rel=1e-9)
    assert found.metrics == slow.metrics
    assert list(model.state_dict().values()) == pytest.approx(list(twin.state_dict().values()), rel=1e-9)


class Clipped(SGD):
    """It has a step of its own, which looks at the ``grad`` of the Values."""

    def step(self) -> None:
        for parameter in self.params:
            parameter.grad = max(-0.5, min(0.5, parameter.grad))
        super().step()


def test_an_optimizer_sees_the_whole_gradient() -> None:
    def penalised(model: Module) -> Any:
        return lambda outputs, targets: (
            mse(outputs, targets) + 0.5 * autodiff.sum([p * p for p in model.parameters()])
        )

    as_on_the_graph(
        lambda: MLP(2, [3, 1], seed=0), penalised, NUMBERS, optimizer=lambda found: Clipped(found, 0.1)
    )


class Keeping(MLP):
    """It keeps what it computes on the way."""

    def forward(self, x: Any) -> Any:
        self.kept: list[Any] = [value.tanh() for value in self.layers[0](x)]
        return self.layers[1](self.kept)


def test_a_loss_that_looks_at_what_the_model_keeps_is_trained_on_the_graph() -> None:
    def active(model: Any) -> Any:
        return lambda outputs, targets: (
            mse(outputs, targets) + 0.1 * autodiff.sum([value * value for value in model.kept])
        )

    as_on_the_graph(
        lambda: Keeping(2, [3, 1], seed=0), active, NUMBERS, warned="fit trains without", batch_size=1
    )


def looking_at_parents(model: Module) -> Any:
    return lambda outputs, targets: mse(outputs, targets) * (2.0 if outputs[0].parents else 1.0)


def looking_at_slopes(model: Module) -> Any:
    def loss(outputs: list[Any], targets: list[Any]) -> Any:
        slopes = autodiff.gradient(outputs[0], model.parameters())
        return mse(outputs, targets) * (1 + sum(abs(slope) for slope in slopes))

    return loss


@pytest.mark.parametrize(
    ("looking", "said"),
    [(looking_at_parents, "the loss asks for .parents"), (looking_at_slopes, "the loss asks for gradient")],
)
def test_a_loss_that_looks_behind_the_outputs_is_trained_on_the_graph(looking: Any, said: str) -> None:
    as_on_the_graph(lambda: Linear(2, 1, seed=0), looking, NUMBERS, warned=said)


@pytest.mark.parametrize("change", [lambda t: t.reverse(), lambda t: t.append(0.0), lambda t: t.sort()])
def test_a_loss_that_changes_its_lists_changes_no_data(change: Any) -> None:
    def careless(model: Module) -> Any:
        def loss(outputs: list[Any], targets: list[Any]) -> Any:
            found = mse([+output for output in outputs], targets)
            change(targets)
            outputs.clear()
            return found

        return loss

    metrics = {"count": lambda outputs, targets: (len(outputs), sum(targets))}
    found = fit(
        (model := Linear(2, 1, seed=0)),
        NUMBERS,
        careless(model),
        SGD(model.parameters(), 0.05),
        3,
        metrics=metrics,
        progress=False,
    )

    assert found.metrics["count"] == [[len(NUMBERS), sum(y for _, y in NUMBERS)]] * 3


class Choosing(Linear):
    """Its output says which of its numbers counts."""

    def forward(self, x: Any) -> Any:
        h: Any = super().forward(x)
        return [h, h * 2], 1, {"n": 3}


def test_whole_numbers_in_outputs_stay_whole() -> None:
    def chosen(model: Module) -> Any:
        return lambda outputs, targets: autodiff.mean(
            [(o[i] - y) ** 2 * len(range(d["n"])) for (o, i, d), y in zip(outputs, targets, strict=True)]
        )

    as_on_the_graph(lambda: Choosing(2, 1, seed=0), chosen, NUMBERS)


class Named(dict[str, Any]):
    """A dictionary of one's own."""


class Naming(Linear):
    """Its output is of a kind of which no other can be made."""

    def forward(self, x: Any) -> Any:
        h: Any = super().forward(x)
        return Named(h=h)


def test_outputs_of_kinds_of_ones_own_are_trained_on_the_graph() -> None:
    def named(model: Module) -> Any:
        return lambda outputs, targets: mse([output["h"] for output in outputs], targets)

    as_on_the_graph(lambda: Naming(2, 1, seed=0), named, NUMBERS, warned="returns a Named")


def test_a_parameter_that_a_later_batch_reaches_is_no_alarm() -> None:
    data = [(x, (0 if i < 5 else 1, y)) for i, (x, y) in enumerate(NUMBERS)]

    def picking(model: Module) -> Any:
        return lambda outputs, targets: autodiff.mean(
            [(o[k] - y) ** 2 for o, (k, y) in zip(outputs, targets, strict=True)]
        )

    as_on_the_graph(lambda: Linear(2, 2, seed=0), picking, data)


def test_a_loss_that_changes_a_number_of_its_own_late_is_heard() -> None:
    def losses(compile: bool) -> list[Any]:
        model, weight = Linear(2, 1, seed=0), Value(1.0)

        def annealed(outputs: list[Any], targets: list[Any]) -> Any:
            found = mse(outputs, targets)
            if found.data < 0.5:
                weight.data /= 2
            return found * weight

        optimizer = SGD(model.parameters(), 0.1)
        return fit(model, NUMBERS, annealed, optimizer, 20, progress=False, compile=compile).losses

    slow = losses(False)
    assert slow[0] > 0.5 > slow[5]
    with pytest.warns(NotCompiledWarning, match="the loss changes numbers of Values"):
        assert losses(True) == pytest.approx(slow, rel=1e-9)
