"""Steps in which the loss of each batch is a small graph on the outputs of the compiled model: for any loss.

Whatever a loss does with a batch (weights, masks, counts, an order, the largest only), it sees the outputs as
nodes and the targets as they are. Its derivatives by the outputs are the seeds of the model's reverse sweep.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeGuard

from autodiff import (
    Value,
    gradient,
    hessian,
    hessian_vector_product,
    jacobian,
    topological_order,
    unreached,
)
from nn.training.batches import Batch
from nn.training.graph_steps import GraphSteps, Taken
from nn.training.program_steps import (
    TRIED_SAMPLES,
    NotCompiledError,
    ProgramSteps,
    agree,
    check_unchanged,
    pair_of,
    row_of,
)
from nn.training.samples import Kind, Pair, SampleTable
from nn.training.state import State
from nn.values import FloatArray, without_graph

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["BatchLossSteps"]

BEHIND = {"op", "operands", "parents", "partials", "backward"}  # by which a loss looks behind the outputs
WALKS = (gradient, hessian, hessian_vector_product, jacobian, topological_order)  # which it hands them to


@dataclass(frozen=True)
class OutputExample:
    """The first sample of a kind: its x, its row of numbers, and its output, which is the pattern of others."""

    x: object
    row: FloatArray
    output: object


class BatchLossSteps(ProgramSteps[OutputExample]):
    """Steps whose program computes the outputs of each sample.

    Before the first step, loss and gradient of some samples are compared with those on the graph.

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

    def __init__(self, graph: GraphSteps, engine: str, with_outputs: bool) -> None:
        super().__init__(graph, engine, with_outputs)
        self.unproven = True  # until the loss is compared
        seen = State(loss=graph.loss)
        self.loss_sees_model = seen.touches(State(model=graph.model))
        trained = set(self.params)
        self.others = [leaf for _, leaf, _ in seen.numbers if leaf not in trained]  # which the loss may use
        self.places = self.parameters.positions(self.others)
        self.looks_at = sorted("." + name for name in seen.named & BEHIND)
        self.looks_at += [walk.__name__ for walk in WALKS if id(walk) in seen.seen]

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

        if self.looks_at:
            raise NotCompiledError(
                f"the loss asks for {self.looks_at[0]}, and the outputs of a program have no graph"
            )
        tables = self.tables(batch, "outputs", "seeded")
        if self.unproven:
            self.prove(batch)
        grads = self.parameters.grad.copy()
        loss, outputs, grad = self.backward(batch, tables)
        if not (math.isfinite(loss.data) and np.isfinite(grad).all()):
            return self.step_on_graph(batch, grads)
        self.move(grad)
        return loss.data, outputs

    def backward(self, batch: Batch, tables: list[SampleTable]) -> tuple[Value, list[object], FloatArray]:
        """Return the loss, the outputs as numbers, and the gradient by what is trained; add to the grad of others."""
        import numpy as np

        outputs, nodes = self.outputs(batch, tables)
        loss = self.loss_of(outputs, batch)
        if not isinstance(loss, Value):
            raise TypeError(f"loss must return one Value, not {type(loss).__name__}")
        self.look_for_unreached(loss, tables, nodes)
        by_nodes, by_parameters, by_others = gradient(loss, [nodes, self.optimizer.params, self.others])
        self.parameters.grad[self.trained] = 0
        self.parameters.grad[self.places] += by_others
        for table, seeds in zip(tables, by_nodes, strict=True):
            rows = np.concatenate([table.numbers, np.array(seeds, dtype=float)], axis=1)
            self.program.backward(rows, table.kind, "seeded", reduce="sum")
        grad = self.parameters.grad[self.trained]
        grad += np.array(by_parameters, dtype=float)
        return loss, without_graph(outputs), grad

    def loss_of(self, outputs: list[object], batch: Batch) -> object:
        """Compute the loss of outputs.

        Raises:
            NotCompiledError: It has changed something that it shares with the model, or Values; they are as before.
        """
        loss = self.graph.loss(list(outputs), list(batch.targets))
        if self.loss_sees_model or self.others:
            place = self.state and self.state.change()
            if place or [value.data for value in self.parameters.values] != self.parameters.data.tolist():
                self.parameters.write()
                if self.state:
                    self.state.restore()
                raise NotCompiledError(f"the loss changes {place or 'numbers of Values'}")
        return loss

    def evaluate(self, batch: Batch) -> Taken:
        """Return the loss and the outputs of the model as it is."""
        outputs, _ = self.outputs(batch, self.tables(batch, "outputs"))
        loss = without_graph(self.loss_of(outputs, batch))
        return loss, without_graph(outputs)

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
                outputs[place] = refilled(self.examples[table.kind][0].output, iter(row))
        self.parameters.write()
        return outputs, nodes

    def look_for_unreached(
        self, loss: Value, tables: list[SampleTable], nodes: list[list[list[Value]]]
    ) -> None:
        """Strike out the parameters that a loss depends on, by itself or through outputs."""
        if not self.graph.unreached:
            return
        below = set(topological_order(loss))
        for table, rows in zip(tables, nodes, strict=True):
            outputs = list(numbers_in(self.examples[table.kind][0].output))
            for position, output in enumerate(outputs):
                if isinstance(output, Value) and any(row[position] in below for row in rows):
                    self.graph.unreached = unreached(output, self.graph.unreached)
        self.graph.unreached = unreached(loss, self.graph.unreached)

    # ------------------------------------------------------------ what is met for the first time

    def example(self, kind: Kind, pair: Pair, batch: Batch) -> OutputExample:
        """Compute a sample of a kind on the graph."""
        output = self.graph.model(pair[0])
        list(numbers_in(output))  # refuses what cannot be taken apart
        return OutputExample(deepcopy(pair[0]), row_of(pair), output)

    def look_at_loss(self, batch: Batch) -> None:
        """Remember that the loss has not seen samples of a new kind yet."""
        self.unproven = True

    def prove(self, batch: Batch) -> None:
        """Compare loss and gradient of some samples with those on the graph: the loss may look behind outputs.

        Raises:
            NotCompiledError: They differ, or the loss fails or changes the model.
        """
        some = Batch(batch.data, batch.chosen[:TRIED_SAMPLES])
        with self.trying(some) as held:
            grads = self.parameters.grad.copy()
            try:
                expected, _ = self.graph.loss_of(some.pairs)
                slopes = gradient(expected, self.optimizer.params)
                self.graph.model(batch.data.pairs[-1][0])  # what the graph keeps of a sample is now another's
                loss, _, grad = self.backward(some, self.tables(some, "outputs", "seeded"))
            except NotCompiledError:
                raise
            except Exception as error:  # raised again on the graph, unless some samples are too few
                raise NotCompiledError(f"the loss fails on the outputs of some samples: {error}") from error
            if not agree([loss.data, *grad.tolist()], [expected.data, *slopes]):
                raise NotCompiledError(
                    "the loss of the outputs alone is another than on the graph: does it keep state, or look at "
                    "what the model or the graph holds besides?"
                )
            check_unchanged(held)
            self.parameters.grad[:] = grads
        self.unproven = False

    def row(self, kind: Kind, wanted: str) -> FloatArray:
        """Return the numbers of the first sample of a kind, and seeds where they are wanted."""
        import numpy as np

        example = self.examples[kind][0]
        seeds = np.ones((1, len(list(numbers_in(example.output))) if wanted == "seeded" else 0))
        return np.concatenate([example.row, seeds], axis=1)

    def agrees(self, kind: Kind, example: OutputExample) -> bool:
        """Whether program and graph give the same output of a sample of a kind."""
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
    if is_sequence(output):
        for each in output:
            yield from numbers_in(each)
    elif type(output) is dict:
        yield from numbers_in(list(output.values()))
    elif isinstance(output, Value) or type(output) in (float, int):
        yield output
    elif is_object_array(output):
        yield from numbers_in(list(output.flat))
    elif not isinstance(output, str | bool | None):
        raise NotCompiledError(f"the model returns a {type(output).__name__}, which a program cannot")


def is_sequence(output: object) -> TypeGuard[Sequence[object]]:
    """Whether it is a list or a tuple, of whose kind another can be made."""
    return type(output) in (list, tuple) or (isinstance(output, tuple) and hasattr(output, "_fields"))


def is_object_array(output: object) -> TypeGuard[NDArray[np.object_]]:
    """Whether it is an array of nodes, such as a matrix."""
    return str(getattr(output, "dtype", "")) == "object"


def refilled(output: object, nodes: Iterator[Value]) -> object:
    """Return an output of the same form, of other nodes; a plain number stays one.

    >>> refilled([Value(1.0), (2.0, 5, "word")], iter([Value(3.0), Value(4.0), Value(6.0)]))
    [Value(data=3.0, grad=0.0), (4.0, 6, 'word')]
    """
    if is_sequence(output):
        made: list[Any] = [refilled(each, nodes) for each in output]
        return type(output)(*made) if hasattr(output, "_fields") else type(output)(made)  # type: ignore[call-arg]
    if isinstance(output, dict):
        return {key: refilled(each, nodes) for key, each in output.items()}
    if isinstance(output, Value):
        return next(nodes)
    if type(output) in (float, int):
        number = next(nodes).data
        return int(number) if type(output) is int and number.is_integer() else number
    if is_object_array(output):
        copy = output.copy()
        for place, each in enumerate(output.flat):
            copy.flat[place] = refilled(each, nodes)
        return copy
    return output
