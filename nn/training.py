"""fit: the training loop, with batches, schedule, validation, progress, history and a clean stop on Ctrl-C.

>>> from nn import MLP, SGD, half_mse
>>> model = MLP(1, [1], seed=0)
>>> data = [([0.0], 1.0), ([1.0], 3.0), ([2.0], 5.0)]
>>> history = fit(model, data, half_mse, SGD(model.parameters(), lr=0.5), epochs=60, progress=False)
>>> [round(parameter.data, 3) for parameter in model.parameters()]
[2.0, 1.0]
>>> history.losses[-1] < 1e-6 < history.losses[0]
True
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

from autodiff import Value
from nn.init import generator
from nn.module import Module
from nn.optim import Optimizer, Schedule

Pair: TypeAlias = tuple[Any, Any]
Number: TypeAlias = "float | Fraction"
Measure: TypeAlias = Callable[[list[Any], list[Any]], Any]


@dataclass
class History:
    """What happened in a training run; one entry an epoch in each list.

    Attributes:
        losses: the training loss: the mean of the batches' losses, weighted by their sizes, as they were met.
        validation_losses: the loss on the validation data after the epoch; empty without such data.
        metrics: by name; on the validation data if there is any, else on the training data as it was met.
        best_epoch: the epoch (from 0) with the lowest loss, of the validation data if there is any; None
            before the first epoch is complete.
        stopped: True if Ctrl-C ended it; the model then holds the parameters of `best_epoch`, or those after
            the last complete step if no epoch was complete.
    """

    losses: list[Number] = field(default_factory=list)
    validation_losses: list[Number] = field(default_factory=list)
    metrics: dict[str, list[Any]] = field(default_factory=dict)
    best_epoch: int | None = None
    stopped: bool = False


def fit(
    model: Module,
    data: Iterable[Pair],
    loss: Measure,
    optimizer: Optimizer,
    epochs: int,
    *,
    batch_size: int | None = None,
    schedule: Schedule | None = None,
    shuffle: bool = False,
    seed: int | None = None,
    rng: random.Random | None = None,
    validation: Iterable[Pair] | None = None,
    metrics: Mapping[str, Measure] | None = None,
    progress: bool = True,
) -> History:
    """Train `model` and return the history.

    Args:
        model: called with each x.
        data: (x, y) pairs.
        loss: called with a list of the model's outputs and a list of the targets y; returns one Value.
        optimizer: holds the parameters to train.
        epochs: how many times all data are seen.
        batch_size: how many pairs a step sees; all of them if not given.
        schedule: gives the learning rate by the number of steps taken so far.
        shuffle: a new order in each epoch, drawn from `rng` or `seed`.
        validation: pairs on which the loss is measured after each epoch, without training.
        metrics: functions like `accuracy`, of a list of plain outputs (numbers) and a list of targets.
        progress: show a tqdm bar on standard error.

    Raises:
        FloatingPointError: a loss is infinite or nan; the parameters stay as they were before that batch.
        ValueError, TypeError: an argument makes no sense; nothing has been changed.

    On Ctrl-C it stops, puts the best parameters so far back and returns with `History.stopped` True.
    """
    _check(epochs, batch_size, shuffle, seed, rng)
    if set(optimizer.params).isdisjoint(model.parameters()):
        raise ValueError(
            "the optimizer trains none of the model's parameters: make it with model.parameters()"
        )
    run = _Run(
        model,
        loss,
        optimizer,
        schedule,
        pairs=_pairs("data", data),
        validation=None if validation is None else _pairs("validation", validation),
        metrics=dict(metrics or {}),
    )
    order = generator(rng, seed) if shuffle else None
    bar = _bar(epochs, progress)
    try:
        for epoch in bar:
            run.epoch(epoch, list(_batches(run.pairs, batch_size, order)))
            if hasattr(bar, "set_postfix_str"):
                bar.set_postfix_str(f"loss {float(run.history.losses[-1]):.4g}", refresh=False)
    except KeyboardInterrupt:
        run.stop()
    finally:
        if hasattr(bar, "close"):
            bar.close()
    return run.history


def accuracy(outputs: Sequence[Any], targets: Sequence[Any]) -> float:
    """Return the part of the outputs that name the right class.

    Args:
        outputs: scores before any sigmoid or softmax: one number a sample (its sign decides), or one a
            class (the largest decides).
        targets: labels: -1 or 1, 0 or 1; or the index of the class.

    >>> accuracy([2.5, -0.1, 0.3], [1, -1, 0])
    0.6666666666666666
    >>> accuracy([[0.1, 0.9], [0.8, 0.2]], [1, 1])
    0.5
    """
    right = [_is_right(output, target) for output, target in zip(outputs, targets, strict=True)]
    if not right:
        raise ValueError("accuracy: no outputs: the accuracy of nothing is not defined")
    return sum(right) / len(right)


def _is_right(output: Any, target: Any) -> bool:
    output = _plain(output)
    if isinstance(output, list):
        return bool(output.index(max(output)) == target)
    return bool((output > 0) == (target > 0))


@dataclass
class _Run:
    """One call of fit: what it was given, what it has recorded, and the best parameters so far."""

    model: Module
    loss: Measure
    optimizer: Optimizer
    schedule: Schedule | None
    pairs: list[Pair]
    validation: list[Pair] | None
    metrics: dict[str, Measure]
    history: History = field(default_factory=History)
    steps: int = 0
    lowest: Number = math.inf

    def __post_init__(self) -> None:
        self.history.metrics = {name: [] for name in self.metrics}
        self.before = self.best = self._parameters()

    def epoch(self, epoch: int, batches: list[list[Pair]]) -> None:
        losses, outputs, targets = [], [], []
        for i, batch in enumerate(batches):
            batch_loss, batch_outputs = _located(epoch, i, self._step, batch)
            losses.append(batch_loss * len(batch))
            if self.metrics and self.validation is None:
                outputs += [_plain(output) for output in batch_outputs]
                targets += [y for _, y in batch]
        trained = sum(losses) / sum(len(batch) for batch in batches)
        if self.validation is None:
            # The last batch's loss was met before its step: the parameters before it are those it belongs to.
            self._record(epoch, trained, trained, self.before, outputs, targets)
            return
        outputs = [self.model(x) for x, _ in self.validation]
        targets = [y for _, y in self.validation]
        validated = _plain(self.loss(outputs, targets))
        self._record(epoch, trained, validated, self._parameters(), _plain(outputs), targets)

    def stop(self) -> None:
        kept = self.before if self.history.best_epoch is None else self.best
        for parameter, number in zip(self.optimizer.params, kept, strict=True):
            parameter.data = number
        self.history.stopped = True

    def _step(self, batch: list[Pair]) -> tuple[Number, list[Any]]:
        self.before = self._parameters()
        if self.schedule is not None:
            self.optimizer.lr = self.schedule(self.steps)
        self.optimizer.zero_grad()
        outputs = [self.model(x) for x, _ in batch]
        loss = self.loss(outputs, [y for _, y in batch])
        if not isinstance(loss, Value):
            raise TypeError(f"loss must return one Value, not {type(loss).__name__}")
        if not math.isfinite(loss.data):
            raise FloatingPointError(
                f"the loss is {loss.data}; take a smaller learning rate or look at the data"
            )
        loss.backward()
        self.optimizer.step()
        self.steps += 1
        return loss.data, outputs

    def _record(
        self,
        epoch: int,
        trained: Number,
        decisive: Number,
        parameters: list[Number],
        outputs: list[Any],
        targets: list[Any],
    ) -> None:
        values = {name: _plain(metric(outputs, targets)) for name, metric in self.metrics.items()}
        for name, value in values.items():
            self.history.metrics[name].append(value)
        self.history.losses.append(trained)
        if self.validation is not None:
            self.history.validation_losses.append(decisive)
        if decisive < self.lowest:
            self.lowest, self.best, self.history.best_epoch = decisive, parameters, epoch

    def _parameters(self) -> list[Number]:
        return [parameter.data for parameter in self.optimizer.params]


def _located(epoch: int, batch: int, step: Callable[..., Any], *arguments: Any) -> Any:
    """Call a step; an arithmetic error in it says in which epoch and batch."""
    try:
        return step(*arguments)
    except (ArithmeticError, ValueError, TypeError) as error:
        place = f"epoch {epoch}, batch {batch}"
        if isinstance(error, FloatingPointError):
            raise FloatingPointError(f"{place}: {error}") from None
        error.add_note(f"in {place} of fit")
        raise


def _plain(output: Any) -> Any:
    """Return the numbers of an output, without its graph."""
    if isinstance(output, Value):
        return output.data
    return [_plain(each) for each in output] if isinstance(output, list | tuple) else output


def _batches(pairs: list[Pair], batch_size: int | None, order: random.Random | None) -> Iterator[list[Pair]]:
    if order is not None:
        pairs = order.sample(pairs, len(pairs))
    size = batch_size or len(pairs)
    for start in range(0, len(pairs), size):
        yield pairs[start : start + size]


def _pairs(what: str, data: Iterable[Pair]) -> list[Pair]:
    pairs = []
    for i, pair in enumerate(data):
        if isinstance(pair, str) or not hasattr(pair, "__len__") or len(pair) != 2:
            raise ValueError(f"{what}[{i}] is no (x, y) pair: pass a list of pairs, such as list(zip(X, y))")
        x, y = pair
        pairs.append((_as_list(x), _as_list(y)))
    if not pairs:
        raise ValueError(f"{what} is empty: give at least one (x, y) pair")
    return pairs


def _as_list(item: Any) -> Any:
    """Return NumPy's arrays and scalars as plain lists and numbers: once, instead of at each use."""
    return item.tolist() if hasattr(item, "tolist") else item


def _check(
    epochs: int, batch_size: int | None, shuffle: bool, seed: int | None, rng: random.Random | None
) -> None:
    for name, count in (("epochs", epochs), ("batch_size", 1 if batch_size is None else batch_size)):
        if isinstance(count, bool) or not isinstance(count, int):
            raise TypeError(f"{name} must be an int, not {type(count).__name__}")
        if count < 1:
            raise ValueError(f"{name} must be at least 1, got {count}")
    if not shuffle and (seed is not None or rng is not None):
        raise ValueError("seed and rng decide the order of shuffled data: pass shuffle=True with them")


def _bar(epochs: int, progress: bool) -> Any:
    """Return range(epochs), behind a tqdm bar where one is wanted and tqdm is installed."""
    if not progress:
        return range(epochs)
    try:
        from tqdm import tqdm
    except ImportError:
        print("fit: no progress bar, tqdm is not installed: pip install tqdm", file=sys.stderr)
        return range(epochs)
    return tqdm(range(epochs), unit="epoch")
