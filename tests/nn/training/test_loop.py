"""Tests of nn/training/loop.py: what a step is, batches, history, Ctrl-C, errors.

Most train on the graph, where a loss is called for each batch and can record or interrupt; what compiling
changes is in test_program_steps.py.
"""

from __future__ import annotations

import builtins
import math
import random
import sys
from collections.abc import Callable
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from autodiff import NonFiniteWarning, UnreachedWarning, Value
from nn import (
    MLP,
    SGD,
    Adam,
    History,
    Linear,
    Module,
    accuracy,
    cross_entropy,
    fit,
    half_mse,
    hinge,
    linear_lr,
    mse,
)
from nn.init import constant
from tests.engines import NUMPY_AND_LLVM

WAYS = [False, *NUMPY_AND_LLVM]  # to take steps
LINE = [([0.0], 1.0), ([1.0], 3.0), ([2.0], 5.0), ([3.0], 7.0)]


def line_model() -> Linear:
    return Linear(1, 1, init=constant(0.0))


def trained(
    model: Module,
    data: Any = LINE,
    loss: Any = mse,
    *,
    lr: float = 0.05,
    epochs: int = 3,
    compile: bool | str = False,
    **keywords: Any,
) -> History:
    optimizer = SGD(model.parameters(), lr)
    return fit(model, data, loss, optimizer, epochs, progress=False, compile=compile, **keywords)


def test_it_is_the_loop_one_would_write() -> None:
    model, twin = MLP(2, [4, 1], seed=0), MLP(2, [4, 1], seed=0)
    data = [([0.5, -1.0], 1), ([-0.5, 0.25], -1), ([1.0, 1.0], 1)]

    history = trained(model, data, hinge, epochs=4)

    losses = []
    for _ in range(4):
        loss = hinge([twin(x) for x, _ in data], [y for _, y in data])
        twin.zero_grad()
        loss.backward()
        losses.append(loss.data)
        for p in twin.parameters():
            p.data -= 0.05 * p.grad
    assert history.losses == losses
    assert model.state_dict() == twin.state_dict()
    assert not history.stopped


def test_batches_and_the_schedule() -> None:
    seen: list[list[Any]] = []

    def recording(outputs: list[Any], targets: list[Any]) -> Any:
        seen.append(targets)
        return mse(outputs, targets)

    asked: list[int] = []

    def schedule(step: int) -> float:
        asked.append(step)
        return 0.0

    history = trained(line_model(), loss=recording, batch_size=3, epochs=2, schedule=schedule)

    assert seen == [[1.0, 3.0, 5.0], [7.0]] * 2
    assert asked == [0, 1, 2, 3]
    assert history.losses == [pytest.approx((1 + 9 + 25 + 49) / 4)] * 2


def test_the_schedule_sets_the_learning_rate() -> None:
    model = line_model()
    optimizer = SGD(model.parameters(), lr=123.0)

    fit(model, LINE, mse, optimizer, 3, schedule=linear_lr(0.1, 0.0, steps=4), progress=False)

    assert optimizer.lr == pytest.approx(0.05)


def test_shuffling_is_decided_by_the_seed() -> None:
    def order(**keywords: Any) -> list[Any]:
        seen: list[Any] = []

        def recording(outputs: list[Any], targets: list[Any]) -> Any:
            seen.append(targets[0])
            return mse(outputs, targets)

        trained(line_model(), loss=recording, batch_size=1, epochs=5, **keywords)
        return seen

    before = random.getstate()
    assert order() == [1.0, 3.0, 5.0, 7.0] * 5
    assert order(shuffle=True, seed=1) == order(shuffle=True, rng=random.Random(1))
    assert order(shuffle=True, seed=1) != order(shuffle=True, seed=2)
    epochs = order(shuffle=True, seed=1)
    assert epochs[:4] != epochs[4:8] or epochs[4:8] != epochs[8:12]
    assert sorted(epochs[:4]) == [1.0, 3.0, 5.0, 7.0]
    assert before == random.getstate()


def test_validation_and_metrics() -> None:
    model = MLP(2, [8, 1], activation="tanh", seed=0)
    rng = random.Random(0)
    points = [[rng.uniform(-1, 1), rng.uniform(-1, 1)] for _ in range(60)]
    data = [(x, 1 if x[0] > x[1] else -1) for x in points]

    history = fit(
        model,
        data[:40],
        hinge,
        Adam(model.parameters(), lr=0.05),
        30,
        batch_size=10,
        validation=data[40:],
        metrics={"accuracy": accuracy},
        progress=False,
        compile=False,
    )

    assert len(history.losses) == len(history.validation_losses) == len(history.metrics["accuracy"]) == 30
    assert history.validation_losses[-1] == hinge(
        [model(x).data for x, _ in data[40:]], [y for _, y in data[40:]]
    )
    assert history.metrics["accuracy"][-1] == accuracy(
        [model(x) for x, _ in data[40:]], [y for _, y in data[40:]]
    )
    assert history.metrics["accuracy"][-1] >= 0.9
    assert history.best_epoch == history.validation_losses.index(min(history.validation_losses))


def test_metrics_on_the_training_data_are_plain_numbers() -> None:
    kinds: set[type] = set()

    def metric(outputs: list[Any], targets: list[Any]) -> float:
        kinds.update(type(number) for row in outputs for number in row)
        return accuracy(outputs, targets)

    data = [([0.0], 0), ([1.0], 1), ([2.0], 1)]
    history = trained(
        Linear(1, 2, seed=0), data, cross_entropy, batch_size=2, lr=1.0, epochs=30, metrics={"a": metric}
    )

    assert kinds == {float}
    assert history.metrics["a"][-1] == 1.0


def test_numpy_data() -> None:
    np = pytest.importorskip("numpy")
    model, twin = line_model(), line_model()
    x, y = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([1, 3, 5, 7])

    history = trained(model, zip(x, y, strict=True))

    assert history.losses == trained(twin, LINE).losses
    assert all(type(loss) is float for loss in history.losses)


def test_exact_training() -> None:
    model = Linear(1, 1, init=constant(Fraction(0)), bias_init=constant(Fraction(0)))
    data = [([Fraction(1)], Fraction(1)), ([Fraction(2)], Fraction(0))]
    optimizer = SGD(model.parameters(), lr=Fraction(1, 2))

    history = fit(model, data, half_mse, optimizer, 1, progress=False)

    assert history.losses == [Fraction(1, 4)]
    assert list(model.state_dict().values()) == [Fraction(1, 4), Fraction(1, 4)]
    assert all(isinstance(number, Fraction) for number in model.state_dict().values())


def interrupting(after: int) -> Callable[[list[Any], list[Any]], Any]:
    """A loss that behaves like Ctrl-C at its call number `after`, counted from 0."""
    calls = 0

    def loss(outputs: list[Any], targets: list[Any]) -> Any:
        nonlocal calls
        calls += 1
        if calls > after:
            raise KeyboardInterrupt
        return mse(outputs, targets)

    return loss


def test_ctrl_c_keeps_the_best_parameters() -> None:
    model = line_model()

    history = trained(model, loss=interrupting(10), lr=0.3, epochs=100)  # 0.3 is too much: it diverges

    assert history.stopped
    assert len(history.losses) == 10
    assert history.best_epoch == 0
    assert history.losses[0] == min(history.losses)
    assert history.losses[0] == mse([model(x).data for x, _ in LINE], [y for _, y in LINE])


def test_ctrl_c_with_validation_keeps_what_was_best_there() -> None:
    model = line_model()
    calls = 0

    def loss(outputs: list[Any], targets: list[Any]) -> Any:
        nonlocal calls
        calls += 1
        if calls == 13:
            raise KeyboardInterrupt
        return mse(outputs, targets)

    history = trained(model, loss=loss, epochs=100, validation=LINE[:2])

    assert history.stopped
    assert len(history.validation_losses) == 6
    assert history.best_epoch is not None
    best = history.validation_losses[history.best_epoch]
    assert best == min(history.validation_losses)
    assert best == mse([model(x).data for x, _ in LINE[:2]], [y for _, y in LINE[:2]])


def test_ctrl_c_in_the_first_epoch_keeps_the_last_complete_step() -> None:
    model, twin = line_model(), line_model()

    history = trained(model, loss=interrupting(2), batch_size=1)

    trained(twin, LINE[:2], batch_size=1, epochs=1)
    assert history.stopped
    assert history.best_epoch is None
    assert history.losses == []
    assert model.state_dict() == twin.state_dict()


def test_ctrl_c_inside_a_step_leaves_no_half_step() -> None:
    model = line_model()
    before = model.state_dict()

    class Half(SGD):
        def step(self) -> None:
            self.params[0].data = 99.0
            raise KeyboardInterrupt

    history = fit(model, LINE, mse, Half(model.parameters(), 0.1), 3, progress=False)

    assert history.stopped
    assert before == model.state_dict()


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_a_loss_that_is_not_finite_names_epoch_and_batch(number: float) -> None:
    model = line_model()
    calls = 0
    states = []

    def loss(outputs: list[Any], targets: list[Any]) -> Any:
        nonlocal calls
        calls += 1
        states.append(model.state_dict())
        return mse(outputs, targets) * (number if calls == 6 else 1.0)

    with pytest.raises(
        FloatingPointError, match=r"epoch 1, batch 1: the loss is (nan|inf); take a smaller learning rate"
    ):
        trained(model, loss=loss, batch_size=1)

    assert states[-1] == model.state_dict()


def test_an_error_in_the_model_says_where() -> None:
    model = line_model()

    with pytest.raises(ValueError, match="expects x of length 1, got length 2") as caught:
        trained(model, [*LINE, ([1.0, 2.0], 3.0)], batch_size=2)

    assert caught.value.__notes__ == ["in epoch 0, batch 2 of fit"]


@pytest.mark.parametrize(
    ("keywords", "error", "message"),
    [
        ({"epochs": 0}, ValueError, "epochs must be at least 1, got 0"),
        ({"epochs": 1.5}, TypeError, "epochs must be an int, not float"),
        ({"epochs": True}, TypeError, "epochs must be an int, not bool"),
        ({"batch_size": 0}, ValueError, "batch_size must be at least 1, got 0"),
        ({"batch_size": "2"}, TypeError, "batch_size must be an int, not str"),
        ({"seed": 1}, ValueError, "pass shuffle=True"),
        ({"shuffle": True, "seed": 1, "rng": random.Random(1)}, ValueError, "rng and seed are both given"),
        ({"data": []}, ValueError, "data is empty"),
        ({"data": [([1.0], 2.0), [1.0]]}, ValueError, r"data\[1\] is no \(x, y\) pair"),
        ({"data": ["ab"]}, ValueError, r"data\[0\] is no \(x, y\) pair"),
        ({"validation": []}, ValueError, "validation is empty"),
        ({"validation": [1.0]}, ValueError, r"validation\[0\] is no \(x, y\) pair"),
        ({"loss": lambda outputs, targets: 1.0}, TypeError, "loss must return one Value, not float"),
    ],
)
def test_bad_arguments_change_nothing(keywords: dict[str, Any], error: type[Exception], message: str) -> None:
    model = line_model()
    before = model.state_dict()

    with pytest.raises(error, match=message):
        trained(model, **keywords)

    assert before == model.state_dict()


def test_the_optimizer_of_another_model_is_refused() -> None:
    optimizer = SGD(line_model().parameters(), 0.1)

    with pytest.raises(ValueError, match="the optimizer trains none of the model's parameters"):
        fit(line_model(), LINE, mse, optimizer, 3, progress=False)


def test_the_bar_shows_epochs_and_loss(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tqdm")
    model = line_model()

    fit(model, LINE, mse, SGD(model.parameters(), 0.05), 5)

    shown = capsys.readouterr()
    assert "5/5" in shown.err
    assert "loss" in shown.err
    assert shown.out == ""


def test_in_a_notebook_the_bar_is_no_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("tqdm")
    shell = SimpleNamespace(kernel=None, config={}, display_formatter=None)
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    model = line_model()

    fit(model, LINE, mse, SGD(model.parameters(), 0.05), 5)

    shown = capsys.readouterr()
    assert "5/5" in shown.out
    assert shown.err == ""


def test_a_history_tells_its_course_in_a_line() -> None:
    losses: list[Any] = [2.0] + [0.5] * 1000
    history = History(losses, [3.0, 0.25], {"accuracy": [0.5, 0.5]}, 1000, stopped=True)

    assert repr(history) == (
        "<History of 1,001 epochs: loss 2 to 0.5; validation loss 3 to 0.25; accuracy 0.5; "
        "best epoch 1000; stopped by Ctrl-C>"
    )
    assert repr(History()) == "<History of 0 epochs>"
    assert repr(History([Fraction(10) ** 400, Fraction(1, 3)])) == "<History of 2 epochs: loss … to 0.3333>"


def test_without_tqdm_it_trains_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = builtins.__import__

    def absent(name: str, *arguments: Any, **keywords: Any) -> Any:
        if name.startswith("tqdm"):
            raise ImportError(name)
        return real(name, *arguments, **keywords)

    monkeypatch.setattr(builtins, "__import__", absent)
    model = line_model()

    history = fit(model, LINE, mse, SGD(model.parameters(), 0.05), 5)

    assert len(history.losses) == 5
    assert capsys.readouterr().err == "fit: no progress bar, tqdm is not installed: pip install tqdm\n"


# ---------------------------------------------------------------- parameters that no loss reaches


def test_parameters_that_no_batch_reaches_are_named_once() -> None:
    model, spare = line_model(), Value(0.0, name="spare")
    optimizer = SGD([*model.parameters(), spare], lr=0.05)
    with pytest.warns(UnreachedWarning, match="does not depend on 1 of 3 parameters: spare") as caught:
        fit(model, LINE, mse, optimizer, epochs=3, batch_size=2, progress=False)

    assert [warning.filename for warning in caught] == [__file__]


def test_parameters_that_some_batch_reaches_are_no_alarm() -> None:
    rows = [Value(0.0, name="first"), Value(0.0, name="second")]

    class Lookup(Module):
        def __init__(self) -> None:
            self.rows = rows

        def __call__(self, row: int) -> Value:
            return self.rows[row] * 1.0

    model = Lookup()
    history = trained(model, [(0, 1.0), (1, 2.0)], lr=0.5, epochs=1, batch_size=1)

    assert len(history.losses) == 1


@pytest.mark.parametrize("compile", [True, False])
def test_a_metric_that_sets_parameters_is_heard(compile: bool) -> None:
    model = Linear(1, 1, seed=0)

    def clip(outputs: list[Any], targets: list[Any]) -> float:
        for parameter in model.parameters():
            parameter.data = 0.25
        return 0.0

    fit(model, [([1.0], 3.0)], half_mse, SGD(model.parameters(), lr=0.5), 3, metrics={"clip": clip},
        progress=False, compile=compile)  # fmt: skip

    assert [parameter.data for parameter in model.parameters()] == [0.25, 0.25]


class Alone(Module):
    def __init__(self) -> None:
        self.w = Value(8.0)

    def forward(self, *_: object) -> Value:
        return self.w


def test_a_loss_that_is_a_parameter_is_recorded_before_its_step() -> None:
    model = Alone()
    history = fit(
        model, [(1.0, 0.0)], lambda outputs, _: outputs[0], SGD(model.parameters(), lr=1.0), 3,
        progress=False, compile=False,
    )  # fmt: skip

    assert history.losses == [8.0, 7.0, 6.0]


@pytest.mark.parametrize("loss", [mse, lambda outputs, targets: mse(outputs, targets)])
@pytest.mark.parametrize("compile", WAYS)
def test_metrics_that_sort_and_empty_their_lists_change_nothing(compile: Any, loss: Any) -> None:
    def sorting(outputs: list[Any], targets: list[Any]) -> float:
        outputs.sort()
        targets.clear()
        return 0.0

    data, models = [([3.0], 2.0), ([1.0], 5.0), ([2.0], -1.0)], [Linear(1, 1, seed=0), Linear(1, 1, seed=0)]
    metrics = {"first": lambda outputs, targets: (*outputs, *targets)}
    found, expected = (
        trained(model, data, loss, validation=data, metrics=each, compile=compile)
        for model, each in zip(models, ({"sorting": sorting, **metrics}, metrics), strict=True)
    )

    assert found.validation_losses == expected.validation_losses
    assert found.metrics["first"] == expected.metrics["first"]


@pytest.mark.parametrize("compile", WAYS)
@pytest.mark.parametrize("lr", [None, "0.1", math.nan])
def test_a_schedule_that_gives_no_learning_rate_is_refused(lr: Any, compile: Any) -> None:
    model = line_model()
    before = model.state_dict()

    with pytest.raises((TypeError, ValueError), match=r"^lr must be") as caught:
        trained(model, schedule=lambda step: lr, compile=compile)
    assert caught.value.__notes__ == ["in epoch 0, batch 0 of fit"]
    assert before == model.state_dict()


@pytest.mark.parametrize("compile", WAYS)
def test_fractions_that_are_not_trained_stay(compile: Any) -> None:
    model, rate = MLP(1, [2, 1], seed=0), Value(Fraction(1, 7))
    frozen = model.layers[0].neurons[0].w[0]
    frozen.data = Fraction(1, 3)

    def loss(outputs: list[Any], targets: list[Any]) -> Any:
        return mse(outputs, targets) * rate

    fit(model, LINE, mse, SGD(model.layers[1].parameters(), 0.01), 2, progress=False, compile=compile)
    assert frozen.data == Fraction(1, 3)
    frozen.data = 0.5
    fit(model, LINE, loss, SGD(model.layers[1].parameters(), 0.01), 2, progress=False, compile=compile)
    assert rate.data == Fraction(1, 7)


@pytest.mark.parametrize("compile", WAYS)
@pytest.mark.parametrize("loss", [mse, lambda outputs, targets: mse(outputs, targets)])
def test_a_last_step_that_ruins_the_model_is_named(loss: Any, compile: Any) -> None:
    model = Linear(1, 1, bias=False, init=constant(1e150))

    with pytest.warns(
        NonFiniteWarning, match=r"optimizer\.params\[0\], 'w11', at -inf; take a smaller learning rate"
    ) as caught:
        trained(model, [([1.0], 0.0)], loss, lr=1e160, epochs=1, compile=compile)
    assert [warning.filename for warning in caught] == [__file__]


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"metrics": {"a": None}}, r"^metrics\['a'\] must be a function, not NoneType None"),
        ({"schedule": 0.1}, r"^schedule must be a function, not float 0\.1"),
        ({"loss": "mse"}, r"^loss must be a function, not str 'mse'"),
    ],
)
def test_what_is_no_function_is_refused_before_the_first_step(keywords: dict[str, Any], message: str) -> None:
    model = line_model()
    before = model.state_dict()

    with pytest.raises(TypeError, match=message):
        trained(model, **keywords)
    assert before == model.state_dict()


def interrupted(*_: object) -> Any:
    raise KeyboardInterrupt


def interrupted_stream() -> Any:
    yield LINE
    raise KeyboardInterrupt


class LateInterrupt(Adam):
    """Ctrl-C that arrives when the step has been taken."""

    def step(self) -> None:
        super().step()
        raise KeyboardInterrupt


@pytest.mark.parametrize("compile", WAYS)
@pytest.mark.parametrize(
    ("data", "keywords", "kind"),
    [
        (LINE, {"metrics": {"a": interrupted}}, Adam),
        (LINE, {"validation": LINE, "metrics": {"a": interrupted}}, Adam),
        (interrupted_stream, {}, Adam),
        (LINE, {}, LateInterrupt),
    ],
)
def test_ctrl_c_keeps_parameters_and_optimiser_of_one_moment(
    data: Any, keywords: dict[str, Any], kind: type[Adam], compile: Any
) -> None:
    model, twin = line_model(), line_model()
    optimizer, expected = kind(model.parameters(), 0.1), Adam(twin.parameters(), 0.1)

    history = fit(model, data, mse, optimizer, 3, progress=False, compile=compile, **keywords)

    fit(twin, LINE, mse, expected, 1, progress=False, compile=compile)
    assert (history.stopped, history.best_epoch, optimizer.steps) == (True, None, 1)
    assert model.state_dict() == pytest.approx(twin.state_dict(), rel=1e-12)
    assert [list(kept) for kept in optimizer.memory] == [
        pytest.approx(list(kept), rel=1e-12) for kept in expected.memory
    ]
