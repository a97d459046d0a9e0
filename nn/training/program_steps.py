"""Steps by programs: the loss of one sample is compiled, and batches run through it as arrays.

What a program computes is what the graph computes, or it does not run: for each kind of sample the first is
computed on the graph too, and that the loss of a batch is the mean or the sum of its samples' is tried out.
"""

from __future__ import annotations

import math
import sys
import warnings
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TypeAlias

import autodiff
from nn.optim import Optimizer
from nn.training.batches import Batch
from nn.training.graph_steps import GraphSteps, Snapshot, Taken
from nn.training.reduction import reduction_of
from nn.training.samples import Kind, Pair, Table, UnknownKindError, rebuilt
from nn.values import FloatArray, as_list

__all__ = ["NotCompiledError", "NotCompiledWarning", "ProgramSteps"]

Outputs: TypeAlias = "FloatArray | Sequence[Outputs] | Mapping[object, Outputs]"

MOST_KINDS = 32  # each is traced and kept; data with more are rarely batched well
TRIED = 32  # targets of each kind on which the loss of a batch is compared with that of single samples


class NotCompiledWarning(UserWarning):
    """`fit` trains on the graph, which is slow, as the model or the loss cannot be compiled.

    >>> import warnings
    >>> warnings.simplefilter("ignore", NotCompiledWarning)  # if you know
    """


class NotCompiledError(Exception):
    """Programs cannot take this step, and say why.

    >>> raise NotCompiledError("the model cannot be traced")
    Traceback (most recent call last):
    ...
    nn.training.program_steps.NotCompiledError: the model cannot be traced
    """


class ProgramSteps:
    """How `fit` takes steps with compiled programs; the parameters are arrays until `close`.

    Args:
        graph: Takes the steps that programs cannot, such as one that has to explain where nan comes from.
        engine: Runs the programs; see `autodiff.compile`.
        with_outputs: Whether steps return the outputs.

    >>> from nn import SGD, Linear, half_mse, init
    >>> from nn.training.batches import whole
    >>> model = Linear(1, 1, bias=False, init=init.constant(1.0))
    >>> graph = GraphSteps(model, half_mse, SGD(model.parameters(), lr=0.5))
    >>> steps = ProgramSteps(graph, "numpy", with_outputs=True)
    >>> batch = whole("data", [([1.0], 3.0)])
    >>> steps.step(batch), steps.evaluate(batch), steps.numbers().tolist()
    ((2.0, [1.0]), (0.5, [2.0]), [2.0])
    >>> steps.close()
    """

    def __init__(self, graph: GraphSteps, engine: str, with_outputs: bool) -> None:
        self.graph, self.optimizer, self.with_outputs = graph, graph.optimizer, with_outputs
        self.program = autodiff.compile(self.sample, engine=engine, static=("kind", "wanted"))
        self.parameters = self.program.parameters
        self.parameters.positions(self.optimizer.params)  # these stand first, in their order
        self.trained = slice(0, len(self.optimizer.params))
        self.examples: dict[Kind, Example] = {}
        self.traced: set[tuple[Kind, str]] = set()
        self.open = ExitStack()
        self.open.enter_context(self.parameters)

    def sample(self, numbers: Iterable[object], kind: Kind, wanted: str) -> object:
        """Compute the loss of one sample, its outputs, or both; this is what is compiled."""
        if getattr(numbers, "ndim", 1) != 1:
            raise TypeError("a number of the sample is taken apart, as if it were a list")
        x, y = rebuilt(kind, iter(list(numbers)))
        output = self.graph.model(x)
        if wanted == "outputs":
            return output
        loss = self.graph.loss([output], [y])
        return loss if wanted == "loss" else (loss, output)

    def step(self, batch: Batch) -> Taken:
        """Move the parameters by one step, and return the loss and the outputs from before it."""
        import numpy as np

        tables = self.tables(batch, ["loss", "outputs"] if self.with_outputs else ["loss"])
        loss, grad = self.backward(tables, self.share(batch))
        if not (math.isfinite(loss) and np.isfinite(grad).all()):
            return self.step_on_graph(batch)
        outputs: list[object] = [None] * len(batch)
        for table in tables if self.with_outputs else ():
            put(outputs, table, self.program(table.numbers, table.kind, "outputs"))
        self.move(grad)
        return loss, outputs

    def backward(self, tables: list[Table], share: float) -> tuple[float, FloatArray]:
        """Return the loss and its gradient by the parameters that are trained."""
        self.parameters.grad[:] = 0
        losses = [self.program.backward(table.numbers, table.kind, "loss", reduce="sum") for table in tables]
        self.parameters.grad *= share
        return sum(losses) * share, self.parameters.grad[self.trained]

    def move(self, grad: FloatArray) -> None:
        """Let the optimiser step: on the array, unless it has a step of its own, which finds Values."""
        if type(self.optimizer).step is Optimizer.step:
            data = self.parameters.data[self.trained]
            data[:] = self.optimizer.step_arrays(data, grad)
            return
        self.parameters.write()
        self.optimizer.step()
        self.parameters.read()

    def step_on_graph(self, batch: Batch) -> Taken:
        """Take a step that is not finite on the graph: its errors name what has gone wrong, and where."""
        self.parameters.grad[:] = 0
        self.parameters.write()
        taken = self.graph.step(batch)
        self.parameters.read()
        return taken

    def evaluate(self, batch: Batch) -> Taken:
        """Return the loss and the outputs of the model as it is."""
        total = 0.0
        outputs: list[object] = [None] * len(batch)
        for table in self.tables(batch, ["both"]):
            losses, found = self.program(table.numbers, table.kind, "both")
            total += sum(losses.tolist())
            put(outputs, table, found)
        if not math.isfinite(total):
            self.parameters.write()
            return self.graph.evaluate(batch)
        return total * self.share(batch), outputs

    def share(self, batch: Batch) -> float:
        """Return what each sample's loss is multiplied by in the loss of a batch."""
        return 1 / len(batch) if self.reduction == "mean" else 1.0

    def numbers(self) -> Snapshot:
        """Return the numbers of all parameters that are trained."""
        numbers: FloatArray = self.parameters.data[self.trained].copy()
        return numbers

    def restore(self, numbers: Snapshot) -> None:
        """Set all parameters to numbers from before."""
        self.parameters.data[self.trained] = numbers

    def write_back(self) -> None:
        """Bring the Values up to date."""
        self.parameters.write()

    def holds(self) -> bool:
        """Whether what was compiled still is what the graph computes, as the Values are now."""
        return all(self.agrees(kind) for kind, wanted in self.traced if wanted == "loss")

    def close(self) -> None:
        """Write the numbers to the Values, and end the training."""
        self.open.close()

    # ------------------------------------------------------------ what is met for the first time

    def tables(self, batch: Batch, wanted: Sequence[str]) -> list[Table]:
        """Return the batch as tables for which there are programs.

        Raises:
            NotCompiledError: There are none.
        """
        if type(self.optimizer).minimize is not Optimizer.minimize:
            raise NotCompiledError(f"{type(self.optimizer).__name__} works on the graph of the loss")
        try:
            tables = batch.tables
        except UnknownKindError as error:
            raise NotCompiledError(f"{error}, which a program cannot take") from None
        new = [table for table in tables if table.kind not in self.examples]
        for table in new:
            self.examples[table.kind] = self.example(table, batch)
        if new:
            self.reduction = self.found_reduction()
        for table in tables:
            for each in wanted:
                if (table.kind, each) not in self.traced:
                    self.trace(table, each)
        return tables

    def example(self, table: Table, batch: Batch) -> Example:
        """Compute the first sample of a kind on the graph."""
        if max(len(self.examples) + 1, len(batch.data.tables)) > MOST_KINDS:
            raise NotCompiledError(
                f"the samples are of more than {MOST_KINDS} kinds, and each needs a program: "
                "pad them to few lengths"
            )
        self.parameters.write()
        pair = batch.pairs[int(table.places[0])]
        try:
            _, (output,) = self.graph.loss_of([pair])
        except Exception as error:
            raise NotCompiledError(f"the loss of one sample alone fails: {error}") from error
        return Example(pair, table.numbers[:1], output, spread_targets(table.kind, batch))

    def found_reduction(self) -> str:
        """Try out how the loss of a batch is made of its samples' losses."""
        samples = [(each.output, y) for each in self.examples.values() for y in each.targets]
        try:
            found = reduction_of(self.graph.loss, samples)
        except Exception as error:
            raise NotCompiledError(f"the loss fails on samples of the data: {error}") from error
        if found is None:
            raise NotCompiledError(
                "the loss of a batch is neither the mean nor the sum of the losses of its samples"
            )
        return found

    def trace(self, table: Table, wanted: str) -> None:
        """Make a program, and compare it with the graph."""
        example = self.examples[table.kind]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", autodiff.RetraceWarning)  # the number of kinds is bounded
                self.program(example.row, table.kind, wanted)
        except Exception as error:  # whatever it is: on the graph the same sample went well
            raise NotCompiledError(f"the model or the loss cannot be traced: {error}") from error
        self.parameters.write()
        if wanted == "loss" and not self.agrees(table.kind):
            raise NotCompiledError(
                "the compiled loss is another than the one on the graph: does the model keep state?"
            )
        self.traced.add((table.kind, wanted))

    def agrees(self, kind: Kind) -> bool:
        """Whether program and graph give the same loss of the first sample of a kind."""
        example = self.examples[kind]
        expected = self.graph.loss_of([example.pair])[0].data
        found = float(self.program(example.row, kind, "loss")[0])
        return math.isclose(found, expected, rel_tol=1e-6, abs_tol=1e-9) or not math.isfinite(expected)


@dataclass(frozen=True)
class Example:
    """The first sample of a kind: as it is, as a row of numbers, its output, and more targets of the kind."""

    pair: Pair
    row: FloatArray
    output: object
    targets: list[object]


def spread_targets(kind: Kind, batch: Batch) -> list[object]:
    """Return some targets from all over the data, two at least."""
    data = batch.data
    places = next(table.places for table in data.tables if table.kind == kind)
    chosen = [data.pairs[place][1] for place in places[:: max(1, len(places) // TRIED)]]
    return chosen if len(chosen) > 1 else chosen * 2


def put(outputs: list[object], table: Table, found: Outputs) -> None:
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


def warn_not_compiled(message: str) -> None:
    """Warn with NotCompiledWarning at the line that called `fit`."""
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("nn."):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, NotCompiledWarning, stacklevel=level + 1)
