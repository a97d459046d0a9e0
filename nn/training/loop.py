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
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

import autodiff
from autodiff import NonFiniteWarning, Value, warn_unreached
from autodiff.guards import warn
from nn.checks import count
from nn.init import generator
from nn.module import Module
from nn.optim import Optimizer, Schedule
from nn.training.batch_loss import BatchLossSteps
from nn.training.batches import Batch, Data, Held, Stream, batches_of, stream_of, whole
from nn.training.graph_steps import GraphSteps, Measure, Snapshot, Taken
from nn.training.program_steps import NotCompiledError, NotCompiledWarning
from nn.training.reduction import adds_up
from nn.training.sample_loss import SampleLossSteps
from nn.training.state import State
from nn.values import Number, without_graph

__all__ = ["History", "fit"]

Steps: TypeAlias = GraphSteps | SampleLossSteps | BatchLossSteps


@dataclass(repr=False)
class History:
    """What happened in a training run; one entry an epoch in each list.

    Attributes:
        losses: The training loss: the mean of the batches' losses, weighted by their sizes, as they were met.
        validation_losses: The loss on the validation data after the epoch; empty without such data.
        metrics: By name; on the validation data if there is any, else on the training data as it was met.
        best_epoch: The epoch (from 0) with the lowest loss, of the validation data if there is any; None
            before the first epoch is complete.
        stopped: True if Ctrl-C ended it; the model then holds the parameters of `best_epoch`, or those after
            the last complete step if no epoch was complete.

    >>> from nn import SGD, Linear, init, mse
    >>> model = Linear(1, 1, bias=False, init=init.constant(1.0))
    >>> history = fit(model, [([1.0], 2.0)], mse, SGD(model.parameters(), lr=0.25), epochs=3, progress=False)
    >>> history.losses, history.best_epoch
    ([1.0, 0.25, 0.0625], 2)
    >>> history
    <History of 3 epochs: loss 1 to 0.0625; best epoch 2>
    """

    losses: list[Number] = field(default_factory=list)
    validation_losses: list[Number] = field(default_factory=list)
    metrics: dict[str, list[Any]] = field(default_factory=dict)
    best_epoch: int | None = None
    stopped: bool = False

    def __repr__(self) -> str:
        """Tell how long it ran and what became of the losses, not each of them."""
        courses = {"loss": self.losses, "validation loss": self.validation_losses, **self.metrics}
        told = [f"{name} {course_of(numbers)}" for name, numbers in courses.items() if numbers]
        told += [] if self.best_epoch is None else [f"best epoch {self.best_epoch}"]
        told += ["stopped by Ctrl-C"] if self.stopped else []
        epochs = f"{len(self.losses):,} epoch{'s' * (len(self.losses) != 1)}"
        return f"<History of {epochs}{': ' * bool(told)}{'; '.join(told)}>"


def course_of(numbers: Sequence[Any]) -> str:
    """The first and the last of some numbers."""
    return " to ".join(dict.fromkeys([brief(numbers[0]), brief(numbers[-1])]))


def brief(number: Any) -> str:
    """A number in few digits; what a metric returns may be anything, and a Fraction larger than any float."""
    try:
        return f"{float(number):.4g}"
    except (TypeError, ValueError, OverflowError):
        return "…"


def fit(
    model: Module,
    data: Data,
    loss: Measure,
    optimizer: Optimizer,
    epochs: int,
    *,
    batch_size: int | None = None,
    schedule: Schedule | None = None,
    shuffle: bool = False,
    seed: int | None = None,
    rng: random.Random | None = None,
    validation: Held | None = None,
    metrics: Mapping[str, Measure] | None = None,
    progress: bool = True,
    compile: bool | str = True,
) -> History:
    """Train `model` and return the history.

    The model is compiled, and batches run through the program as arrays: the same numbers as on the graph to
    rounding, in a fraction of the time. The losses of `nn` are compiled with it; any other loss is a small
    graph on the outputs of each batch, whatever it does with them. Where the model cannot be compiled (see
    `autodiff.compile`), where it reads the number of a parameter or catches exceptions, where a call of the model
    or the loss changes what they hold, such as a count of calls, or where they can see an optimizer, a warning
    says why, and the graph of each batch is built.
    `data()`, `schedule` and metrics may read and set the model's parameters, and change samples that are lists;
    NumPy's arrays are read once.
    A model or a loss with Fractions is trained exactly, on the graph.
    On Ctrl-C it stops, puts the best parameters so far back and returns with `History.stopped` True.

    Args:
        model: Called with each x.
        data: (x, y) pairs; or a tuple of two NumPy arrays X and y; or a function without arguments that gives
            the batches of one epoch, each in one of these forms, such as `lambda: loader`.
        loss: Called with a list of the model's outputs and a list of the targets y; returns one Value.
        optimizer: Holds the parameters to train.
        epochs: How many times all data are seen.
        batch_size: How many pairs a step sees; all of them if not given.
        schedule: Gives the learning rate by the number of steps taken so far.
        shuffle: A new order in each epoch, drawn from `rng` or `seed`.
        validation: Pairs or arrays on which the loss is measured after each epoch, without training.
        metrics: Functions like `accuracy`, of a list of plain outputs (numbers) and a list of targets.
        progress: Show a tqdm bar on standard error.
        compile: False to train on the graph; or the engine of `autodiff.compile`: "numpy", which True stands
            for, as it starts at once, or "llvm", which is faster.

    Raises:
        FloatingPointError: A loss is infinite or nan; the parameters stay as they were before that batch.
        ValueError, TypeError: An argument makes no sense; nothing has been changed. Or the model, the loss or a
            metric refuses a sample where it meets it; the steps before that are taken.

    Warns:
        NotCompiledWarning: Programs cannot take the steps, or took some for a model that has changed since.
        UnreachedWarning: No loss depended on some of the parameters.
        NonFiniteWarning: The last step has made a parameter infinite or nan.

    >>> from nn import SGD, Linear, accuracy, hinge
    >>> model = Linear(2, 1, seed=0)
    >>> data = [([0.0, 1.0], -1), ([1.0, 0.0], 1), ([2.0, 1.5], 1), ([-1.0, 0.5], -1)]
    >>> optimizer = SGD(model.parameters(), lr=0.1)
    >>> history = fit(
    ...     model, data, hinge, optimizer, 50, batch_size=2, metrics={"accuracy": accuracy}, progress=False
    ... )
    >>> history.metrics["accuracy"][-1]
    1.0
    """
    check_arguments(epochs, batch_size, shuffle, seed, rng)
    metrics = dict(metrics or {})
    check_functions({"loss": loss, **{f"metrics[{name!r}]": metric for name, metric in metrics.items()}})
    if schedule is not None:
        check_functions({"schedule": schedule})
    if set(optimizer.params).isdisjoint(model.parameters()):
        raise ValueError(
            "the optimizer trains none of the model's parameters: make it with model.parameters()"
        )
    given = data if callable(data) else whole("data", data)
    batches = source_of(given, batch_size, generator(rng, seed) if shuffle else None)
    held = None if validation is None else whole("validation", validation)
    graph = GraphSteps(model, loss, optimizer)
    run = Run(graph, schedule, held, metrics, checked_engine(compile), given)
    bar = bar_of(epochs, progress)
    try:
        for epoch in bar:
            run.epoch(epoch, batches())
            if hasattr(bar, "set_postfix_str"):
                bar.set_postfix_str(f"loss {float(run.history.losses[-1]):.4g}", refresh=False)
    except KeyboardInterrupt:
        run.stop()
    finally:
        run.steps.close()
        if hasattr(bar, "close"):
            bar.close()
    if not run.history.stopped:
        run.check()
    warn_ruined(optimizer.params)
    return run.history


class Run:
    """One call of fit: how it takes steps, what it has recorded, and the best parameters so far."""

    def __init__(
        self,
        graph: GraphSteps,
        schedule: Schedule | None,
        validation: Batch | None,
        metrics: dict[str, Measure],
        engine: str | None,
        data: Batch | Stream,
    ) -> None:
        self.graph, self.schedule, self.validation, self.metrics = graph, schedule, validation, metrics
        self.history = History(metrics={name: [] for name in metrics})
        self.lowest: Number = math.inf
        self.taken = 0
        self.with_outputs = bool(metrics) and validation is None
        self.steps: Steps = graph
        if engine:
            trained = State(model=graph.model, loss=graph.loss)
            held = [*graph.optimizer.params, *(leaf for _, leaf, _ in trained.numbers)]
            if not any(isinstance(leaf.data, Fraction) for leaf in held):
                compiled = SampleLossSteps if adds_up(graph.loss) else BatchLossSteps
                self.steps = compiled(graph, engine, self.with_outputs)
        self.schedule_sees = self.data_sees = False
        streamed = callable(data)
        if self.steps is not graph and (schedule or metrics or streamed):
            self.schedule_sees, self.data_sees = (
                bool(state.iterators) or state.touches(trained)  # a running generator may see all
                for state in (State(schedule=schedule), State(data=data if streamed else None))
            )
            seen = State(schedule=schedule, metrics=metrics).seen
            for samples in (data, validation):
                if isinstance(samples, Batch) and samples.data.are_among(seen):
                    samples.data.keep()
        self.before = self.best = self.steps.numbers()
        self.unfinished: int | None = None  # the optimiser's count of steps before one that is being taken

    def epoch(self, epoch: int, batches: Iterator[Batch]) -> None:
        """Take the steps of one epoch, and record how it went."""
        total: Number = 0
        samples = 0
        outputs: list[object] = []
        targets: list[object] = []
        for i, batch in enumerate(self.seen(batches)):
            with located(epoch, i):
                loss, found = self.step(batch)
            total, samples = total + loss * len(batch), samples + len(batch)
            if self.with_outputs:
                outputs += found
                targets += batch.targets
        if self.graph.unreached:
            warn_unreached(self.graph.unreached, self.graph.optimizer.params)
            self.graph.unreached = []
        if (epoch + 1).bit_count() == 1 and (epoch + 1).bit_length() % 2:  # after 1, 4, 16, 64 and so on
            self.check()
        trained = total / samples
        validation = self.validation
        if validation is None:
            # The last batch's loss was met before its step: the parameters before it are those it belongs to.
            self.record(epoch, trained, trained, self.before, outputs, targets)
            return
        validated, outputs = self.taking(lambda steps: steps.evaluate(validation.now()))
        self.record(epoch, trained, validated, self.steps.numbers(), outputs, validation.targets)

    def check(self) -> None:
        """Warn if the model or the loss has become another one since it was compiled, and leave the programs."""
        if not self.steps.holds():
            self.steps.close()
            self.steps = self.graph
            warn(
                "fit trained a model and a loss that have changed since they were compiled, when training "
                "began: hand what changes to the model as a part of x, or pass compile=False",
                NotCompiledWarning,
            )

    def stop(self) -> None:
        """Put the best parameters back, or those before a step that was not finished."""
        if self.history.best_epoch is not None:
            self.steps.restore(self.best)
        elif self.unfinished == self.graph.optimizer.steps:
            self.steps.restore(self.before)
        self.history.stopped = True

    def step(self, batch: Batch) -> Taken:
        """Take one step, and remember the parameters before it."""
        self.before, self.unfinished = self.steps.numbers(), self.graph.optimizer.steps
        if self.schedule is not None:
            with self.in_sight(self.schedule_sees):
                self.graph.optimizer.lr = self.schedule(self.taken)
        loss, outputs = self.taking(lambda steps: steps.step(batch.now()))
        self.taken, self.unfinished = self.taken + 1, None
        return loss, outputs

    @contextmanager
    def in_sight(self, sees: bool = True) -> Iterator[None]:
        """While this runs, functions of the user see the model as it is, and may change it."""
        if sees:
            self.steps.write_back()
        try:
            yield
        finally:
            if sees:
                self.steps.read_back()

    def seen(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        """Yield the batches, each made when the one before has been trained on."""
        while True:
            with self.in_sight(self.data_sees):
                batch = next(batches, None)
            if batch is None:
                return
            yield batch

    def taking(self, take: Callable[[Steps], Taken]) -> Taken:
        """Take a step or evaluate; where programs cannot, on the graph from now on."""
        try:
            return take(self.steps)
        except NotCompiledError as failure:
            self.steps.close()
            self.steps = self.graph
            taken = take(self.graph)  # an error in the data is raised here, without warning
            warn(
                f"fit trains without compiling, which is slow: {failure}. If you know, pass compile=False",
                NotCompiledWarning,
            )
            return taken

    def record(
        self,
        epoch: int,
        trained: Number,
        decisive: Number,
        parameters: Snapshot,
        outputs: list[object],
        targets: list[object],
    ) -> None:
        """Record an epoch, and keep its parameters if they are the best so far."""
        with self.in_sight(bool(self.metrics)):
            values = {}
            for name, metric in self.metrics.items():  # each may sort its own lists
                values[name] = without_graph(metric(without_graph(outputs), list(targets)))
        for name, value in values.items():
            self.history.metrics[name].append(value)
        self.history.losses.append(trained)
        if self.validation is not None:
            self.history.validation_losses.append(decisive)
        if decisive < self.lowest:
            self.lowest, self.best, self.history.best_epoch = decisive, parameters, epoch


def warn_ruined(params: Sequence[Value]) -> None:
    """Warn of a parameter that is infinite or nan, which no loss has shown any more."""
    for i, parameter in enumerate(params):
        number = parameter.data
        if isinstance(number, float) and not math.isfinite(number):
            name = f", {parameter.name!r}," if parameter.name else ""
            warn(
                f"fit has left optimizer.params[{i}]{name} at {number}; "
                "take a smaller learning rate or look at the data",
                NonFiniteWarning,
            )
            return


@contextmanager
def located(epoch: int, batch: int) -> Iterator[None]:
    """While this runs, an arithmetic error says in which epoch and batch."""
    try:
        yield
    except (ArithmeticError, ValueError, TypeError) as error:
        place = f"epoch {epoch}, batch {batch}"
        if isinstance(error, FloatingPointError):
            raise FloatingPointError(f"{place}: {error}") from None
        error.add_note(f"in {place} of fit")
        raise


def source_of(
    data: Batch | Stream, batch_size: int | None, order: random.Random | None
) -> Callable[[], Iterator[Batch]]:
    """Return what gives the batches of one epoch at each call."""
    if isinstance(data, Batch):
        return lambda: batches_of(data, batch_size, order)
    if batch_size is not None or order is not None:
        raise ValueError("data() gives the batches as they are: leave out batch_size and shuffle")
    return lambda: stream_of(data)


def check_arguments(
    epochs: int, batch_size: int | None, shuffle: bool, seed: int | None, rng: random.Random | None
) -> None:
    """Refuse arguments of `fit` that make no sense."""
    count("epochs", epochs)
    if batch_size is not None:
        count("batch_size", batch_size)
    if not shuffle and (seed is not None or rng is not None):
        raise ValueError("seed and rng decide the order of shuffled data: pass shuffle=True with them")


def check_functions(functions: Mapping[str, object]) -> None:
    """Refuse what cannot be called where `fit` takes functions."""
    for what, function in functions.items():
        if not callable(function):
            raise TypeError(f"{what} must be a function, not {type(function).__name__} {function!r}")


def checked_engine(compile: bool | str) -> str | None:
    """Return the name of an engine that is there, or None where nothing is to be compiled."""
    if not isinstance(compile, str):
        return "numpy" if compile else None
    autodiff.compile(lambda x: -x, engine=compile).traced(1.0)
    return compile


def bar_of(epochs: int, progress: bool) -> Iterable[int]:
    """Return range(epochs), behind a tqdm bar where one is wanted and tqdm is installed."""
    if not progress:
        return range(epochs)
    try:
        with warnings.catch_warnings(action="ignore"):  # that notebooks could show a finer bar
            from tqdm.auto import tqdm
    except ImportError:
        print("fit: no progress bar, tqdm is not installed: pip install tqdm", file=sys.stderr)
        return range(epochs)
    if sys.platform == "emscripten":  # a browser has no threads, and tqdm one that watches slow bars
        tqdm.monitor_interval = 0
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    file = sys.stdout if hasattr(shell, "kernel") else sys.stderr  # which a notebook paints red
    bar: Iterable[int] = tqdm(range(epochs), unit="epoch", file=file)
    return bar
