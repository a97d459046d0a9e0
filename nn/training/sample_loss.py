"""Steps in which the loss is compiled with the model: for losses that are known to add up over samples."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import TypeAlias

import autodiff
from nn.training.batches import Batch
from nn.training.graph_steps import Taken
from nn.training.program_steps import NotCompiledError, ProgramSteps, agree, pair_of, row_of
from nn.training.reduction import reduction_of
from nn.training.samples import Kind, Pair, SampleTable
from nn.values import FloatArray, as_list

__all__ = ["SampleLossSteps"]

Outputs: TypeAlias = "FloatArray | Sequence[Outputs] | Mapping[object, Outputs]"

TRIED_TARGETS = (
    32  # targets of each kind on which the loss of a batch is compared with that of single samples
)


@dataclass(frozen=True)
class LossExample:
    """The first sample of a kind: as it is, as a row of numbers, its output, and more targets of the kind."""

    pair: Pair
    row: FloatArray
    output: object
    targets: list[object]


class SampleLossSteps(ProgramSteps[LossExample]):
    """Steps whose program computes the loss of each sample.

    That the loss of a batch is the mean or the sum of its samples' is tried out before.

    >>> from nn import SGD, Linear, half_mse, init
    >>> from nn.training.batches import whole
    >>> from nn.training.graph_steps import GraphSteps
    >>> model = Linear(1, 1, bias=False, init=init.constant(1.0))
    >>> graph = GraphSteps(model, half_mse, SGD(model.parameters(), lr=0.5))
    >>> steps = SampleLossSteps(graph, "numpy", with_outputs=True)
    >>> batch = whole("data", [([1.0], 3.0)])
    >>> steps.step(batch), steps.evaluate(batch), steps.numbers().tolist()
    ((2.0, [1.0]), (0.5, [2.0]), [2.0])
    >>> steps.close()
    """

    def sample(self, numbers: Iterable[object], kind: Kind, wanted: str) -> object:
        """Compute the loss of one sample, its outputs, or both."""
        x, y, _ = pair_of(numbers, kind)
        output = self.graph.model(x)
        if wanted == "outputs":
            return output
        loss = self.graph.loss([output], [y])
        return loss if wanted == "loss" else (loss, output)

    def step(self, batch: Batch) -> Taken:
        """Move the parameters by one step, and return the loss and the outputs from before it."""
        import numpy as np

        tables = self.tables(batch, *(["loss", "outputs"] if self.with_outputs else ["loss"]))
        grads = self.parameters.grad.copy()
        loss, grad = self.backward(tables, self.share(batch))
        if not (math.isfinite(loss) and np.isfinite(grad).all()):
            return self.step_on_graph(batch, grads)
        outputs: list[object] = [None] * len(batch)
        for table in tables if self.with_outputs else ():
            put(outputs, table, self.program(table.numbers, table.kind, "outputs"))
        self.move(grad)
        return loss, outputs

    def backward(self, tables: list[SampleTable], share: float) -> tuple[float, FloatArray]:
        """Return the loss and its gradient by the parameters that are trained; add to the grad of others."""
        frozen = self.parameters.grad[self.frozen].copy()
        self.parameters.grad[:] = 0
        losses = [self.program.backward(table.numbers, table.kind, "loss", reduce="sum") for table in tables]
        self.parameters.grad *= share
        self.parameters.grad[self.frozen] += frozen
        return autodiff.sum(losses) * share, self.parameters.grad[self.trained]

    def evaluate(self, batch: Batch) -> Taken:
        """Return the loss and the outputs of the model as it is."""
        total = 0.0
        outputs: list[object] = [None] * len(batch)
        for table in self.tables(batch, "both"):
            losses, found = self.program(table.numbers, table.kind, "both")
            total += autodiff.sum(losses.tolist())
            put(outputs, table, found)
        if not math.isfinite(total):
            self.parameters.write()
            return self.graph.evaluate(batch)
        return total * self.share(batch), outputs

    def share(self, batch: Batch) -> float:
        """Return what each sample's loss is multiplied by in the loss of a batch."""
        return 1 / len(batch) if self.reduction == "mean" else 1.0

    def example(self, kind: Kind, pair: Pair, batch: Batch) -> LossExample:
        """Compute a sample of a kind on the graph."""
        try:
            _, (output,) = self.graph.loss_of([pair])
        except Exception as error:
            raise NotCompiledError(f"the loss of one sample alone fails: {error}") from error
        return LossExample(deepcopy(pair), row_of(pair), output, spread_targets(kind, batch))

    def look_at_loss(self, batch: Batch) -> None:
        """Try out how the loss of a batch is made of its samples' losses."""
        samples = [(each.output, y) for (each, *_) in self.examples.values() for y in each.targets]
        try:
            found = reduction_of(self.graph.loss, samples)
        except Exception as error:
            raise NotCompiledError(f"the loss fails on samples of the data: {error}") from error
        if found is None:
            raise NotCompiledError(
                "the loss of a batch is neither the mean nor the sum of the losses of its samples"
            )
        self.reduction = found

    def row(self, kind: Kind, wanted: str) -> FloatArray:
        """Return the numbers of the first sample of a kind, to trace with."""
        return self.examples[kind][0].row

    def agrees(self, kind: Kind, example: LossExample) -> bool:
        """Whether program and graph give the same loss of a sample of a kind, and the same gradient."""
        loss, _ = self.graph.loss_of([example.pair])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", autodiff.NonFiniteWarning)  # of a sample that may never be met
            slopes = autodiff.gradient(loss, self.params)
        with self.parameters as parameters:
            held = parameters.grad.copy()
            parameters.grad[:] = 0
            found = self.program.backward(example.row, kind, "loss", reduce="sum")
            by_program = parameters.grad[self.trained].tolist()
            parameters.grad[:] = held
        size = max([1.0, *(abs(slope) for slope in slopes if math.isfinite(slope))])
        scaled = [slope / size for slope in by_program]
        return agree([found, *scaled], [loss.data, *(slope / size for slope in slopes)])


def spread_targets(kind: Kind, batch: Batch) -> list[object]:
    """Return some targets from all over the data, two at least."""
    data = batch.data
    places = next(table.places for table in data.tables if table.kind == kind)
    chosen = [data.pairs[place][1] for place in places[:: max(1, len(places) // TRIED_TARGETS)]]
    return chosen if len(chosen) > 1 else chosen * 2


def put(outputs: list[object], table: SampleTable, found: Outputs) -> None:
    """Put the outputs of a table's samples in their places."""
    for place, output in zip(table.places, by_sample(found), strict=True):
        outputs[place] = output


def by_sample(found: Outputs) -> list[object]:
    """Turn a list of arrays with a number for each sample into a list for each sample."""
    if isinstance(found, list | tuple):
        return [list(row) for row in zip(*map(by_sample, found), strict=True)]
    if isinstance(found, dict):
        rows = zip(*map(by_sample, found.values()), strict=True)
        return [dict(zip(found, row, strict=True)) for row in rows]
    return as_list(found)
