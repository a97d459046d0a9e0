"""Steps on the graph: each batch builds the graph of its loss, and a reverse sweep gives the gradients."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeAlias

from autodiff import Value, unreached
from nn.batches import Batch, Pair
from nn.module import Module
from nn.optim import Optimizer

Number: TypeAlias = "float | Fraction"
Measure: TypeAlias = Callable[[list[Any], list[Any]], Any]


class GraphSteps:
    """How `fit` takes steps if nothing is compiled.

    Attributes:
        unreached: the parameters that no loss has depended on so far; set it to [] to stop looking.
    """

    def __init__(self, model: Module, loss: Measure, optimizer: Optimizer) -> None:
        self.model, self.loss, self.optimizer = model, loss, optimizer
        self.unreached = optimizer.params

    def step(self, batch: Batch) -> tuple[Number, list[Any]]:
        """Move the parameters by one step, and return the loss and the outputs from before it."""
        loss, outputs = self.loss_of(batch.pairs)
        if not math.isfinite(loss.data):
            raise FloatingPointError(
                f"the loss is {loss.data}; take a smaller learning rate or look at the data"
            )
        self.optimizer.minimize(loss)
        return loss.data, plain(outputs)

    def evaluate(self, batch: Batch) -> tuple[Any, list[Any]]:
        """Return the loss and the outputs of the model as it is."""
        outputs = [self.model(x) for x, _ in batch.pairs]
        return plain(self.loss(outputs, batch.targets)), plain(outputs)

    def loss_of(self, pairs: list[Pair]) -> tuple[Value, list[Any]]:
        """Build the graph of the loss, on the outputs that are returned with it."""
        outputs = [self.model(x) for x, _ in pairs]
        loss = self.loss(outputs, [y for _, y in pairs])
        if not isinstance(loss, Value):
            raise TypeError(f"loss must return one Value, not {type(loss).__name__}")
        if self.unreached:
            self.unreached = unreached(loss, self.unreached)
        return loss, outputs

    def numbers(self) -> Any:
        """Return the numbers of all parameters that are trained."""
        return [parameter.data for parameter in self.optimizer.params]

    def restore(self, numbers: Any) -> None:
        """Set all parameters to numbers from before."""
        numbers = numbers.tolist() if hasattr(numbers, "tolist") else numbers
        for parameter, number in zip(self.optimizer.params, numbers, strict=True):
            parameter.data = number

    def write_back(self) -> None:
        """Bring the Values up to date, which they always are here."""

    def holds(self) -> bool:
        """Whether what was trained is what was given."""
        return True

    def close(self) -> None:
        """End the training, with nothing to tidy up here."""


def plain(output: Any) -> Any:
    """Return the numbers of an output, without its graph."""
    if isinstance(output, Value):
        return output.data
    return [plain(each) for each in output] if isinstance(output, list | tuple) else output
