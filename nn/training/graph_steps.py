"""Steps on the graph: each batch builds the graph of its loss, and a reverse sweep gives the gradients."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from autodiff import Value, unreached
from nn.module import Module
from nn.optim import Optimizer
from nn.training.batches import Batch
from nn.training.samples import Pair
from nn.values import FloatArray, Number, as_list, without_graph

__all__ = ["GraphSteps", "Measure", "Snapshot", "Taken"]

Measure: TypeAlias = Callable[[list[Any], list[Any]], object]  # of outputs and targets: a loss, a metric
Taken: TypeAlias = tuple[Number, list[object]]  # the loss and the outputs of a step
Snapshot: TypeAlias = "Sequence[Number] | FloatArray"  # the numbers of the parameters at some moment


class GraphSteps:
    """How `fit` takes steps if nothing is compiled.

    Args:
        model: Called with each x.
        loss: Called with lists of outputs and targets.
        optimizer: Takes the steps.

    Attributes:
        unreached: The parameters that no loss has depended on so far; set it to [] to stop looking.

    >>> from nn import SGD, Linear, half_mse, init
    >>> from nn.training.batches import whole
    >>> model = Linear(1, 1, bias=False, init=init.constant(1.0))
    >>> steps = GraphSteps(model, half_mse, SGD(model.parameters(), lr=0.5))
    >>> batch = whole("data", [([1.0], 3.0)])
    >>> steps.step(batch), steps.evaluate(batch), steps.numbers()
    ((2.0, [1.0]), (0.5, [2.0]), [2.0])
    """

    def __init__(self, model: Module, loss: Measure, optimizer: Optimizer) -> None:
        self.model, self.loss, self.optimizer = model, loss, optimizer
        self.unreached = optimizer.params

    def step(self, batch: Batch) -> Taken:
        """Move the parameters by one step, and return the loss and the outputs from before it."""
        loss, outputs = self.loss_of(batch.pairs)
        if not math.isfinite(loss.data):
            raise FloatingPointError(
                f"the loss is {loss.data}; take a smaller learning rate or look at the data"
            )
        met: Taken = loss.data, without_graph(outputs)  # before the step: they may be parameters themselves
        self.optimizer.minimize(loss)
        return met

    def evaluate(self, batch: Batch) -> Taken:
        """Return the loss and the outputs of the model as it is."""
        outputs = [self.model(x) for x, _ in batch.pairs]
        loss = without_graph(self.loss(list(outputs), list(batch.targets)))
        return loss, without_graph(outputs)

    def loss_of(self, pairs: list[Pair]) -> tuple[Value, list[object]]:
        """Build the graph of the loss, on the outputs that are returned with it."""
        outputs = [self.model(x) for x, _ in pairs]
        loss = self.loss(list(outputs), [y for _, y in pairs])
        if not isinstance(loss, Value):
            raise TypeError(f"loss must return one Value, not {type(loss).__name__}")
        if self.unreached:
            self.unreached = unreached(loss, self.unreached)
        return loss, outputs

    def numbers(self) -> Snapshot:
        """Return the numbers of all parameters that are trained."""
        return [parameter.data for parameter in self.optimizer.params]

    def restore(self, numbers: Snapshot) -> None:
        """Set all parameters to numbers from before."""
        for parameter, number in zip(self.optimizer.params, as_list(numbers), strict=True):
            parameter.data = number

    def write_back(self) -> None:
        """Bring the Values up to date, which they always are here."""

    def read_back(self) -> None:
        """Take over what has been set on the Values, which they hold themselves here."""

    def holds(self) -> bool:
        """Whether what was trained is what was given."""
        return True

    def close(self) -> None:
        """End the training, with nothing to tidy up here."""
