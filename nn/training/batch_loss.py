"""Steps in which the loss of each batch is a small graph on the outputs of the compiled model: for any loss.

Whatever a loss does with a batch (weights, masks, counts, an order, the largest only), it sees the outputs as
nodes and the targets as they are. Its derivatives by the outputs are the seeds of the model's reverse sweep.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from numbers import Real
from typing import Any

from autodiff import Value, gradient
from nn.training.batches import Batch
from nn.training.graph_steps import Taken
from nn.training.program_steps import NotCompiledError, ProgramSteps, agree, pair_of
from nn.training.samples import Kind, Pair, SampleTable
from nn.values import FloatArray, without_graph

__all__ = ["BatchLossSteps"]

TRIED_SAMPLES = 64  # samples on which it is looked which parameters the loss reaches


@dataclass(frozen=True)
class OutputExample:
    """The first sample of a kind: its x, its row of numbers, and its output, which is the pattern of others."""

    x: object
    row: FloatArray
    output: object


class BatchLossSteps(ProgramSteps[OutputExample]):
    """Steps whose program computes the outputs of each sample.

    >>> from nn import SGD, Linear, init
    >>> from nn.training.batches import whole
    >>> from nn.training.graph_steps import GraphSteps
    >>> model = Linear(1, 1, bias=False, init=init.constant(1.0))
    >>> def worst(outputs, targets):
    ...     return autodiff.max([(output - y) ** 2 for output, y in zip(outputs, targets)])
    >>> import autodiff
    >>> steps = BatchLossSteps(GraphSteps(model, worst, SGD(model.parameters(), lr=0.25)), "numpy", True)
    >>> batch = whole("data", [([1.0], 1.5), ([2.0], 3.0)])
    >>> steps.step(batch), steps.numbers().tolist()
    ((1.0, [1.0, 2.0]), [2.0])
    >>> steps.close()
    """

    def sample(self, numbers: Iterable[object], kind: Kind, wanted: str) -> object:
        """Compute the numbers of a sample's output; or their sum, each times the seed behind the sample."""
        x, _, seeds = pair_of(numbers, kind)
        outputs = list(numbers_in(self.graph.model(x)))
        if wanted == "outputs":
            return outputs
        return sum((seed * output for seed, output in zip(seeds, outputs, strict=True)), 0.0)  # type: ignore[operator]

    def step(self, batch: Batch) -> Taken:
        """Move the parameters by one step, and return the loss and the outputs from before it."""
        import numpy as np

        tables = self.tables(batch, "outputs", "seeded")
        outputs, nodes = self.outputs(batch, tables)
        loss = self.graph.loss(outputs, batch.targets)
        if not isinstance(loss, Value):
            raise TypeError(f"loss must return one Value, not {type(loss).__name__}")
        by_nodes, by_parameters = gradient(loss, [nodes, self.optimizer.params])
        self.parameters.grad[:] = 0
        for table, seeds in zip(tables, by_nodes, strict=True):
            rows = np.concatenate([table.numbers, np.array(seeds, dtype=float)], axis=1)
            self.program.backward(rows, table.kind, "seeded", reduce="sum")
        grad = self.parameters.grad[self.trained] + np.array(by_parameters, dtype=float)
        if not (math.isfinite(loss.data) and np.isfinite(grad).all()):
            return self.step_on_graph(batch)
        self.move(grad)
        return loss.data, without_graph(outputs) if self.with_outputs else []

    def evaluate(self, batch: Batch) -> Taken:
        """Return the loss and the outputs of the model as it is."""
        outputs, _ = self.outputs(batch, self.tables(batch, "outputs"))
        return without_graph(self.graph.loss(outputs, batch.targets)), without_graph(outputs)

    def outputs(
        self, batch: Batch, tables: list[SampleTable]
    ) -> tuple[list[object], list[list[list[Value]]]]:
        """Return the outputs of a batch, and for each table the nodes of each sample's output.

        A loss may look at the model too, so that its Values are brought up to date.
        """
        import numpy as np

        outputs: list[object] = [None] * len(batch)
        nodes: list[list[list[Value]]] = []
        for table in tables:
            found = self.program(table.numbers, table.kind, "outputs")
            rows = np.stack(found, axis=1).tolist() if found else [[]] * len(table.numbers)
            nodes.append([[Value(number) for number in row] for row in rows])
            for place, row in zip(table.places, nodes[-1], strict=True):
                outputs[place] = refilled(self.examples[table.kind].output, iter(row))
        self.parameters.write()
        return outputs, nodes

    def example(self, table: SampleTable, pair: Pair, batch: Batch) -> OutputExample:
        """Compute the first sample of a kind on the graph."""
        output = self.graph.model(pair[0])
        list(numbers_in(output))  # refuses what cannot be taken apart
        return OutputExample(pair[0], table.numbers[:1], output)

    def meet(self, batch: Batch) -> None:
        """Look which parameters the loss reaches."""
        if not self.graph.unreached:
            return
        try:
            self.graph.loss_of(batch.pairs[:TRIED_SAMPLES])
        except Exception:  # of some samples; of all of them it is an error of the data
            self.graph.loss_of(batch.pairs)

    def row(self, kind: Kind, wanted: str) -> FloatArray:
        """Return the numbers of the first sample of a kind, and seeds where they are wanted."""
        import numpy as np

        example = self.examples[kind]
        seeds = np.ones((1, len(list(numbers_in(example.output))) if wanted == "seeded" else 0))
        return np.concatenate([example.row, seeds], axis=1)

    def agrees(self, kind: Kind) -> bool:
        """Whether program and graph give the same output of the first sample of a kind."""
        example = self.examples[kind]
        expected = [without_graph(number) for number in numbers_in(self.graph.model(example.x))]
        found = [float(column[0]) for column in self.program(example.row, kind, "outputs")]
        return agree(found, expected)


def numbers_in(output: object) -> Iterator[object]:
    """Yield the Values and numbers of an output, in order.

    Raises:
        NotCompiledError: It holds what can neither be taken apart nor stay as it is.

    >>> list(numbers_in({"a": [1.0, (2.0, None)]}))
    [1.0, 2.0]
    """
    if isinstance(output, list | tuple):
        for each in output:
            yield from numbers_in(each)
    elif isinstance(output, dict):
        yield from numbers_in(list(output.values()))
    elif isinstance(output, bool):
        return
    elif isinstance(output, Value | Real):
        yield output
    elif hasattr(output, "flat"):
        yield from numbers_in(list(output.flat))
    elif not isinstance(output, str | None):
        raise NotCompiledError(f"the model returns a {type(output).__name__}, which a program cannot")


def refilled(output: object, nodes: Iterator[Value]) -> object:
    """Return an output of the same form, of other nodes; a plain number stays one.

    >>> refilled([Value(1.0), (2.0, "word")], iter([Value(3.0), Value(4.0)]))
    [Value(data=3.0, grad=0.0), (4.0, 'word')]
    """
    if isinstance(output, list | tuple):
        made: list[Any] = [refilled(each, nodes) for each in output]
        return type(output)(*made) if hasattr(output, "_fields") else type(output)(made)
    if isinstance(output, bool):
        return output
    if isinstance(output, dict):
        return {key: refilled(each, nodes) for key, each in output.items()}
    if isinstance(output, Value):
        return next(nodes)
    if isinstance(output, Real):
        return next(nodes).data
    if hasattr(output, "flat"):
        copy = output.copy()  # type: ignore[attr-defined]
        for place, each in enumerate(output.flat):
            copy.flat[place] = refilled(each, nodes)
        return copy
    return output
