"""Tests of nn/training/program_steps.py: the numbers of the graph, data in all forms, refusals."""

from __future__ import annotations

import math
import random
import warnings
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import autodiff
from autodiff import UnreachedWarning, Value
from nn import (
    MLP,
    SGD,
    Adam,
    History,
    Linear,
    Module,
    NotCompiledWarning,
    Optimizer,
    Sequential,
    Tanh,
    accuracy,
    cosine_lr,
    cross_entropy,
    fit,
    half_mse,
    half_squared_error,
    hinge,
    logloss,
    logloss_with_logits,
    mse,
)
from nn.init import constant
from nn.layerwise import LayerwiseSGD
from tests.engines import NUMPY_AND_LLVM

np = pytest.importorskip("numpy")

Make = Callable[[list[Value]], Optimizer]

OPTIMIZERS: dict[str, Make] = {
    "sgd": lambda params: SGD(params, lr=0.05),
    "momentum": lambda params: SGD(params, lr=0.02, momentum=0.9),
    "nesterov": lambda params: SGD(params, lr=0.02, momentum=0.9, nesterov=True),
    "decay": lambda params: SGD(params, lr=0.02, momentum=0.5, weight_decay=0.01),
    "adam": lambda params: Adam(params, lr=0.01),
    "adam with decay": lambda params: Adam(params, lr=0.01, weight_decay=0.1),
}

RNG = random.Random(0)
POINTS = [[RNG.uniform(-1, 1), RNG.uniform(-1, 1)] for _ in range(30)]
SIDES = [1 if x > y else -1 for x, y in POINTS]
LABELS = [(side + 1) // 2 for side in SIDES]
DATA: dict[str, list[tuple[Any, Any]]] = {
    "sides": list(zip(POINTS, SIDES, strict=True)),
    "labels": list(zip(POINTS, LABELS, strict=True)),
    "classes": [(x, RNG.randrange(3)) for x in POINTS],
    "numbers": [(x, x[0] * x[1]) for x in POINTS],
}

# fmt: off
LOSSES: dict[str, tuple[Callable[..., Any], str, int, str | None]] = {
    "hinge":               (hinge,               "sides",   1, None),
    "logloss":             (logloss,             "labels",  1, "sigmoid"),
    "logloss_with_logits": (logloss_with_logits, "labels",  1, None),
    "cross_entropy":       (cross_entropy,       "classes", 3, None),
    "mse":                 (mse,                 "numbers", 1, None),
    "half_mse":            (half_mse,            "numbers", 1, None),
    "half_squared_error":  (half_squared_error,  "numbers", 1, None),
}
# fmt: on


def both(make_model: Callable[[], Module], make: Make, *arguments: Any, **keywords: Any) -> list[History]:
    """Train the same model compiled and on the graph; compare, and return both histories."""
    histories, models = [], [make_model(), make_model()]
    for model, compiled in zip(models, (True, False), strict=True):
        data, loss, epochs = arguments
        optimizer = make(model.parameters())
        histories.append(
            fit(model, data, loss, optimizer, epochs, progress=False, compile=compiled, **keywords)
        )
    fast, slow = ([p.data for p in model.parameters()] for model in models)
    assert histories[0].losses == pytest.approx(histories[1].losses, rel=1e-9)
    assert fast == pytest.approx(slow, rel=1e-7, abs=1e-10)
    assert {type(number) for number in fast} == {float}
    return histories


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_same_history_as_on_the_graph(optimizer: str, loss: str) -> None:
    function, data, outputs, last = LOSSES[loss]
    compiled, slow = both(
        lambda: MLP(2, [5, outputs], activation="tanh", output_activation=last, seed=1),
        OPTIMIZERS[optimizer],
        *(DATA[data], function, 12),
        batch_size=8,
        shuffle=True,
        seed=3,
        schedule=cosine_lr(0.02, 0.001, steps=40),
    )

    assert compiled.best_epoch == slow.best_epoch
    assert compiled.losses != slow.losses or function is mse  # it was another way of adding up


def test_validation_and_metrics() -> None:
    for validation in (None, DATA["classes"][:7]):
        compiled, slow = both(
            lambda: MLP(2, [4, 3], seed=1),
            OPTIMIZERS["adam"],
            *(DATA["classes"], cross_entropy, 5),
            batch_size=7,
            validation=validation,
            metrics={"accuracy": accuracy, "first": lambda outputs, _: outputs[0]},
        )

        assert compiled.validation_losses == pytest.approx(slow.validation_losses, rel=1e-9)
        assert compiled.metrics["accuracy"] == slow.metrics["accuracy"]
        for found, expected in zip(compiled.metrics["first"], slow.metrics["first"], strict=True):
            assert found == pytest.approx(expected, rel=1e-9)


def test_a_metric_sees_the_model_as_it_is() -> None:
    model = Linear(2, 1, seed=0)
    seen: list[tuple[float, float]] = []

    def metric(outputs: list[float], targets: list[float]) -> float:
        seen.append((outputs[0], model(POINTS[0]).data))
        return 0.0

    data = DATA["numbers"]
    optimizer = SGD(model.parameters(), 0.1)
    fit(model, data, mse, optimizer, 3, validation=data, metrics={"seen": metric}, progress=False)

    assert [found for found, _ in seen] == pytest.approx([expected for _, expected in seen], rel=1e-12)


# ---------------------------------------------------------------- data


def weights(data: Any, **keywords: Any) -> list[float]:
    model = MLP(2, [3, 1], seed=0)
    fit(model, data, hinge, SGD(model.parameters(), 0.1), 4, progress=False, **keywords)
    return [p.data for p in model.parameters()]


@pytest.mark.parametrize("compiled", [True, False])
def test_forms_of_data(compiled: bool) -> None:
    X, y = np.array(POINTS), np.array(SIDES)
    expected = weights(DATA["sides"], batch_size=10, compile=compiled)
    loader = [(X[i : i + 10], y[i : i + 10]) for i in range(0, 30, 10)]

    def batches() -> Iterator[list[Any]]:
        for i in range(0, 30, 10):
            yield DATA["sides"][i : i + 10]

    assert weights((X, y), batch_size=10, compile=compiled) == expected
    assert weights(zip(X, y, strict=True), batch_size=10, compile=compiled) == expected
    assert weights(lambda: loader, compile=compiled) == expected
    assert weights(batches, compile=compiled) == expected
    assert weights((X.astype(np.float32).astype(float), y), compile=compiled) != expected


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ((np.ones((3, 2)), np.ones(2)), r"as many x as y, got arrays X of shape \(3, 2\) and y of shape"),
        ((np.ones((3, 2)), np.ones(3) > 0), "arrays of real numbers, not X of float64 and y of bool"),
        ((np.ones((0, 2)), np.ones(0)), "data is empty"),
        (lambda: iter(()), r"data\(\) gave no batches"),
        (lambda: [[]], "batch 0 of data is empty"),
        (lambda: [[1.0]], r"batch 0 of data\[0\] is no \(x, y\) pair"),
    ],
)
def test_bad_data(data: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        weights(data)


def test_batches_of_a_function_are_as_they_are() -> None:
    with pytest.raises(ValueError, match="leave out batch_size and shuffle"):
        weights(lambda: [DATA["sides"]], batch_size=3)


def test_a_generator_that_is_used_up() -> None:
    used = iter([DATA["sides"]])

    with pytest.raises(ValueError, match=r"lambda: loader, and no generator that is used up"):
        weights(lambda: used)


class Total(Module):
    """A model of sequences of any length."""

    def __init__(self) -> None:
        self.w, self.b = Value(0.5), Value(0.1)

    def forward(self, x: Any) -> Any:
        return autodiff.sum([autodiff.tanh(self.w * each + self.b) for each in x])


def test_samples_of_several_kinds() -> None:
    data = [([RNG.gauss(0, 1) for _ in range(RNG.choice([1, 2, 5]))], RNG.gauss(0, 1)) for _ in range(25)]

    both(
        Total,
        OPTIMIZERS["adam"],
        *(data, mse, 6),
        batch_size=6,
        shuffle=True,
        seed=0,
        validation=data[:9],
        metrics={"sum": lambda outputs, targets: sum(o * t for o, t in zip(outputs, targets, strict=True))},
    )


def test_nested_samples_with_constants() -> None:
    class Branching(Module):
        def __init__(self) -> None:
            self.w = [Value(0.5), Value(-0.5)]

        def forward(self, x: Any) -> Any:
            u, v = x["pair"]
            mixed = self.w[0] * u + self.w[1] * v
            return mixed.tanh() if x["squash"] else mixed * x["scale"]

    data = [
        ({"pair": (x, y), "squash": x > y, "scale": Fraction(1, 2)}, [x + y])
        for x, y in POINTS  # one target in a list
    ]

    def loss(outputs: list[Any], targets: list[list[float]]) -> Any:
        return mse(outputs, [y for (y,) in targets])

    both(Branching, OPTIMIZERS["momentum"], data, loss, 5, batch_size=7)


def test_one_program_for_all_labels(tmp_path: Path) -> None:
    class Counting(MLP):
        def forward(self, x: Any) -> Any:
            with calls.open("a") as file:  # where fit does not look
                file.write("x")
            return super().forward(x)

    calls = tmp_path / "calls"
    calls.touch()
    model = Counting(2, [3, 3], seed=0)
    for epochs in (1, 20):
        before = calls.stat().st_size
        optimizer = Adam(model.parameters())
        fit(model, DATA["classes"], cross_entropy, optimizer, epochs, batch_size=1, progress=False)

        assert calls.stat().st_size - before < 50  # on the graph: once a step, 30 an epoch


# ---------------------------------------------------------------- parameters


def test_parameters_that_are_not_trained_and_not_reached() -> None:
    class Partly(Module):
        def __init__(self) -> None:
            self.free, self.frozen = Linear(2, 1, seed=1), Value(3.0)

        def forward(self, x: Any) -> Any:
            return self.free(x) * self.frozen

    results = []
    for compiled in (True, False):
        model, spare = Partly(), Value(2.0, name="spare")
        optimizer = SGD([spare, *model.free.parameters()], lr=0.01, momentum=0.5, weight_decay=0.1)
        with pytest.warns(UnreachedWarning, match="does not depend on 1 of 4 parameters: spare"):
            fit(model, DATA["numbers"], mse, optimizer, 5, progress=False, compile=compiled)
        results.append([spare.data, model.frozen.data, *(p.data for p in model.free.parameters())])

        assert all(p.grad != 0 for p in (model.frozen, *model.free.parameters()))
    assert results[0] == pytest.approx(results[1], rel=1e-12)
    assert results[0][0] < 2.0
    assert results[0][1] == 3.0


def test_training_goes_on_where_it_stopped() -> None:
    def trained(*ways: bool) -> list[float]:
        model = MLP(2, [3, 1], seed=0)
        optimizer = Adam(model.parameters(), lr=0.01)
        for compiled in ways:
            fit(model, DATA["numbers"], mse, optimizer, 3, progress=False, compile=compiled)
        return [p.data for p in model.parameters()]

    expected = trained(False, False)

    assert trained(True, True) == pytest.approx(expected, rel=1e-9)
    assert trained(True, False) == pytest.approx(expected, rel=1e-9)
    assert trained(False, True) == pytest.approx(expected, rel=1e-9)


def test_an_optimizer_with_a_step_of_its_own() -> None:
    class Sign(Optimizer):
        def step(self) -> None:
            for p in self.params:
                p.data -= self.lr * math.copysign(1, p.grad)

    both(lambda: MLP(2, [3, 1], seed=0), lambda params: Sign(params, 0.01), DATA["numbers"], mse, 8)


class Heavy(Optimizer):
    """An optimiser of one's own."""

    remembers = 1

    def __init__(self, params: Sequence[Value]) -> None:
        super().__init__(params, 0.05)

    def update(self, data: Any, grad: Any, *memory: Any) -> tuple[Any, ...]:
        move = 0.5 * memory[0] - self.lr * grad
        return data + move, move


def test_an_optimizer_of_ones_own_formula() -> None:
    both(lambda: MLP(2, [3, 1], seed=0), Heavy, DATA["numbers"], mse, 8)


def test_fractions_stay_exact() -> None:
    model = Linear(1, 1, init=constant(Fraction(0)), bias_init=constant(Fraction(0)))
    data = [([Fraction(1)], Fraction(1)), ([Fraction(2)], Fraction(0))]

    fit(model, data, half_mse, SGD(model.parameters(), Fraction(1, 2)), 2, progress=False)

    assert all(isinstance(number, Fraction) for number in model.state_dict().values())


# ---------------------------------------------------------------- ends


class StopError(Exception):
    """What a callback of the user raises."""


def stopping(error: BaseException, after: int) -> Callable[[int], float]:
    def schedule(step: int) -> float:
        if step == after:
            raise error
        return 0.05

    return schedule


def test_an_exception_leaves_the_numbers_of_the_last_step() -> None:
    model, twin = MLP(2, [3, 1], seed=0), MLP(2, [3, 1], seed=0)

    with pytest.raises(StopError):
        fit(
            model,
            DATA["numbers"],
            mse,
            SGD(model.parameters(), 0.05),
            9,
            schedule=stopping(StopError(), 5),
            progress=False,
        )

    fit(twin, DATA["numbers"], mse, SGD(twin.parameters(), 0.05), 5, progress=False)
    assert model.state_dict() == twin.state_dict()
    assert [p.grad for p in model.parameters()] == [p.grad for p in twin.parameters()]


def test_ctrl_c_keeps_the_best_parameters() -> None:
    def trained(compiled: bool) -> tuple[Module, History]:
        model = Linear(2, 1, seed=0)
        history = fit(
            model,
            DATA["numbers"],
            mse,
            SGD(model.parameters(), 0.05),
            9,
            validation=DATA["numbers"],
            schedule=lambda step: stopping(KeyboardInterrupt(), 6)(step) * (1 if step < 3 else 100),
            progress=False,
            compile=compiled,
        )
        return model, history

    (model, fast), (twin, slow) = trained(True), trained(False)

    assert fast.stopped
    assert len(fast.losses) == 6
    assert fast.best_epoch == slow.best_epoch == 2
    assert list(model.state_dict().values()) == pytest.approx(list(twin.state_dict().values()), rel=1e-9)


@pytest.mark.parametrize(
    ("loss", "data", "last", "message"),
    [
        (
            hinge,
            [(POINTS[0], 1), (POINTS[1], -1), (POINTS[2], 0)],
            None,
            "hinge: label 2 is 0, it must be -1",
        ),
        (logloss, [(POINTS[0], 1), (POINTS[1], 0)], None, "logloss: probability 0 is .*between 0 and 1"),
        (
            logloss_with_logits,
            [(POINTS[0], 1), (POINTS[1], 0), (POINTS[2], -1)],
            None,
            "label 2 is -1, it must lie from 0 to 1",
        ),
    ],
)
def test_bad_labels_are_named(loss: Any, data: Any, last: str | None, message: str) -> None:
    model = MLP(2, [3, 1], output_activation=last, init=constant(1.0), seed=0)
    before = model.state_dict()

    with pytest.raises(ValueError, match=message):
        fit(model, lambda: [data], loss, SGD(model.parameters(), 0.0), 1, progress=False)

    assert before == model.state_dict()


def test_a_label_that_turns_up_late_is_named() -> None:
    model = MLP(2, [3, 3], seed=0)
    batches = [DATA["classes"][:5], [(POINTS[0], 3)]]

    with pytest.raises(ValueError, match="cross_entropy: label 0 is 3, but 3 logits allow 0 to 2") as caught:
        fit(model, lambda: batches, cross_entropy, SGD(model.parameters(), 0.1), 1, progress=False)

    assert caught.value.__notes__ == ["in epoch 0, batch 1 of fit"]


def test_a_loss_that_is_not_finite() -> None:
    model = Linear(1, 1, init=constant(1.0))
    data = [([1.0], 0.0), ([1e200], 0.0)]

    with pytest.raises((FloatingPointError, OverflowError)) as caught:
        fit(model, data, mse, SGD(model.parameters(), 1e-3), 1, batch_size=1, progress=False)

    assert "epoch 0, batch 1" in str(caught.value) + "".join(getattr(caught.value, "__notes__", []))
    assert all(math.isfinite(number) for number in model.state_dict().values())


# ---------------------------------------------------------------- what cannot be compiled


class Comparing(Linear):
    def forward(self, x: Any) -> Any:
        h: Any = super().forward(x)
        return h if h > 0 else h * 0.1


class Noisy(Linear):
    """It draws numbers while it computes."""

    def __init__(self) -> None:
        super().__init__(2, 1, seed=0)
        self._rng = random.Random(0)

    def forward(self, x: Any) -> Any:
        h: Any = super().forward(x)
        return h * self._rng.choice([0.5, 1.0, 1.5, 2.0, 2.5, 3.0])


@pytest.mark.parametrize(
    ("make_model", "loss", "data", "message"),
    [
        (
            lambda: Comparing(2, 1, seed=0),
            mse,
            DATA["numbers"],
            "cannot be traced: the outcome of a comp",
        ),
        (Noisy, mse, DATA["numbers"], "did not do the same twice|another than the one on the graph"),
        (
            lambda: Linear(2, 1, seed=0),
            lambda outputs, targets: mse(outputs, [abs(t) for t in targets]),
            [(x, complex(y)) for x, y in DATA["numbers"]],
            "a sample holds a complex",
        ),
        (Total, mse, [([1.0] * n, 0.0) for n in range(1, 40)], "more than 32 kinds"),
    ],
)
def test_what_cannot_be_compiled_is_trained_on_the_graph(
    make_model: Callable[[], Module], loss: Any, data: Any, message: str
) -> None:
    model, twin = make_model(), make_model()

    with pytest.warns(NotCompiledWarning, match=message) as caught:
        found = fit(model, data, loss, SGD(model.parameters(), 0.01), 4, batch_size=10, progress=False)
    if isinstance(twin, Noisy):
        return
    slow = fit(
        twin, data, loss, SGD(twin.parameters(), 0.01), 4, batch_size=10, progress=False, compile=False
    )

    assert [warning.filename for warning in caught] == [__file__]
    assert found.losses == slow.losses
    assert model.state_dict() == twin.state_dict()


def test_falling_back_in_the_middle() -> None:
    class Short(Linear):
        def forward(self, x: Any) -> Any:
            h: Any = super().forward(x[:2])
            return h if len(x) == 2 or h < 0 else h * 0.1

    data = [*DATA["numbers"], *[([*x, 1.0], y) for x, y in DATA["numbers"]]]
    model, twin = Short(2, 1, seed=0), Short(2, 1, seed=0)
    with pytest.warns(NotCompiledWarning, match="comparison"):
        fit(model, data, mse, Adam(model.parameters(), 0.01), 3, batch_size=10, progress=False)
    fit(twin, data, mse, Adam(twin.parameters(), 0.01), 3, batch_size=10, progress=False, compile=False)

    assert list(model.state_dict().values()) == pytest.approx(list(twin.state_dict().values()), rel=1e-9)


def test_an_optimizer_that_works_on_the_graph() -> None:
    model, twin = MLP(2, [3, 1], seed=0), MLP(2, [3, 1], seed=0)
    with pytest.warns(NotCompiledWarning, match="LayerwiseSGD works on the graph of the loss"):
        fit(model, DATA["numbers"], mse, LayerwiseSGD(model.layers, 0.1), 2, progress=False)
    optimizer = LayerwiseSGD(twin.layers, 0.1)
    for _ in range(2):
        optimizer.minimize(mse([twin(x) for x, _ in DATA["numbers"]], [y for _, y in DATA["numbers"]]))

    assert model.state_dict() == twin.state_dict()


def test_the_warning_can_be_filtered() -> None:
    model = Comparing(2, 1, seed=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotCompiledWarning)
        history = fit(model, DATA["numbers"], mse, SGD(model.parameters(), 0.01), 2, progress=False)

    assert len(history.losses) == 2


@pytest.mark.parametrize("loss", [mse, lambda outputs, targets: mse(outputs, targets)])
def test_a_model_that_changes_where_fit_cannot_see_it_is_noticed(loss: Any, tmp_path: Path) -> None:
    scale = tmp_path / "scale"

    class Scaled(Linear):
        def forward(self, x: Any) -> Any:
            h: Any = super().forward(x)
            return h * float(scale.read_text())

    def schedule(step: int) -> float:
        scale.write_text("2.0" if step < 5 else "3.0")
        return 0.01

    def losses(compiled: bool, epochs: int) -> list[float]:
        model = Scaled(2, 1, seed=0)
        optimizer = SGD(model.parameters(), lr=0.01)
        options = {"schedule": schedule, "progress": False, "compile": compiled}
        found: list[Any] = fit(model, DATA["numbers"], loss, optimizer, epochs, **options).losses  # type: ignore[arg-type]
        return found

    with pytest.warns(NotCompiledWarning, match="have changed since they were compiled"):
        short = losses(True, 6)
    with pytest.warns(NotCompiledWarning, match="have changed since they were compiled"):
        long = losses(True, 12)

    expected = losses(False, 12)
    assert short[:5] == long[:5] == pytest.approx(expected[:5])
    assert len(long) == 12


def test_engines() -> None:
    with pytest.raises(ValueError, match="there is no engine 'fortran'"):
        weights(DATA["sides"], compile="fortran")

    assert weights(DATA["sides"], compile="numpy") == weights(DATA["sides"])


@pytest.mark.llvm
@pytest.mark.parametrize("make", [*OPTIMIZERS.values(), Heavy])
def test_llvm(make: Make) -> None:
    """The step of the optimiser is machine code too, with the numbers that NumPy gives; not one of one's own."""
    pytest.importorskip("llvmlite")
    found = []
    for engine in ("llvm", "numpy"):
        model = MLP(2, [5, 1], activation="tanh", seed=1)
        optimizer = make(model.parameters())
        schedule = cosine_lr(0.02, 0.001, steps=40)
        fit(
            model,
            DATA["numbers"],
            mse,
            optimizer,
            4,
            batch_size=8,
            schedule=schedule,
            progress=False,
            compile=engine,
        )
        found.append([p.data for p in model.parameters()])

    assert found[0] == pytest.approx(found[1], rel=1e-12)


class Warming(SGD):
    """A learning rate that is computed from the number of steps, by a branch."""

    @property
    def lr(self) -> float:
        return float(self._lr) * (0.5**self.steps if self.steps < 3 else 1)

    @lr.setter
    def lr(self, lr: float) -> None:
        self._lr = lr


@pytest.mark.parametrize("engine", NUMPY_AND_LLVM)
def test_an_optimiser_whose_rate_is_a_property(engine: str) -> None:
    def losses(compile: bool | str) -> list[Any]:
        model = MLP(2, [3, 1], seed=1)
        optimizer = Warming(model.parameters(), 0.2)
        return fit(model, DATA["numbers"], mse, optimizer, 6, progress=False, compile=compile).losses

    assert losses(engine) == pytest.approx(losses(False), rel=1e-12)


@pytest.mark.parametrize("engine", NUMPY_AND_LLVM)
@pytest.mark.parametrize("own", [False, True])
def test_what_is_not_trained_gathers_its_gradients_as_on_the_graph(own: bool, engine: str) -> None:
    def grads(compile: bool | str) -> list[Any]:
        model, weight = MLP(2, [3, 1], activation="tanh", seed=1), Value(0.25)
        held = [*model.parameters(), weight]
        for each in held:
            each.grad = 100.0

        def loss(outputs: list[Any], targets: list[Any]) -> Any:
            return mse(outputs, targets) + weight * model.layers[0].neurons[0].w[0] ** 2

        fit(model, DATA["numbers"], loss if own else mse, SGD(model.layers[1].parameters(), lr=0.0), 3,
            batch_size=11, progress=False, compile=compile)  # fmt: skip
        return [each.grad for each in held]

    on_graph = grads(False)
    assert grads(engine) == pytest.approx(on_graph, rel=1e-12)
    assert 100 not in on_graph[:-1]
    assert (on_graph[-1] == 100) != own


@pytest.mark.parametrize(
    "make",
    [
        lambda: MLP(2, [3, 1, 3, 1], activation="tanh", seed=1),
        lambda: Sequential(Linear(2, 1, seed=1), "tanh", Linear(1, 2, seed=2), Tanh(), Linear(2, 1, seed=3)),
    ],
)
@pytest.mark.parametrize("loss", [mse, lambda outputs, targets: mse(outputs, targets)])
def test_a_layer_of_one_number_is_compiled(loss: Any, make: Callable[[], Module]) -> None:
    both(make, OPTIMIZERS["sgd"], DATA["numbers"], loss, 3)


def test_a_sample_that_is_a_number_is_compiled() -> None:
    data = [(x, y) for (x, y), _ in DATA["numbers"]]
    both(lambda: MLP(1, [3, 1], seed=1), OPTIMIZERS["sgd"], data, mse, 3)


@pytest.mark.parametrize("compile", [False, *NUMPY_AND_LLVM])
def test_a_target_that_is_nan_is_met_in_its_batch(compile: bool | str) -> None:
    data = [*DATA["numbers"][:20], (POINTS[20], math.nan)]
    model = Linear(2, 1, seed=0)

    with pytest.raises(FloatingPointError, match=r"^epoch 0, batch 2: the loss is nan"):
        fit(model, data, mse, SGD(model.parameters(), 0.1), 1, batch_size=10, progress=False, compile=compile)
