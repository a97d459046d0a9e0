"""Steps by programs: what every way to take steps with compiled programs needs.

The model is compiled for one sample, and batches run through it as arrays. How the loss takes part is said in
sample_loss.py, where it is compiled too, and in batch_loss.py. What a program computes is what the graph
computes, or it does not run: for each kind of sample the first is computed on the graph too.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable
from contextlib import ExitStack
from typing import Generic, TypeVar

import autodiff
from nn.optim import Optimizer
from nn.training.batches import Batch
from nn.training.graph_steps import GraphSteps, Snapshot, Taken
from nn.training.samples import Kind, Pair, SampleTable, UnknownKindError, rebuilt_sample
from nn.values import FloatArray

__all__ = ["NotCompiledError", "NotCompiledWarning", "ProgramSteps", "agree", "pair_of"]

MOST_KINDS = 32  # each is traced and kept; data with more are rarely batched well

E = TypeVar("E")  # what is kept of the first sample of a kind


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


class ProgramSteps(Generic[E]):
    """Steps with compiled programs; the parameters are arrays until `close`.

    Args:
        graph: Takes the steps that programs cannot, such as one that has to explain where nan comes from.
        engine: Runs the programs; see `autodiff.compile`.
        with_outputs: Whether steps return the outputs.
    """

    def __init__(self, graph: GraphSteps, engine: str, with_outputs: bool) -> None:
        self.graph, self.optimizer, self.with_outputs = graph, graph.optimizer, with_outputs
        self.program = autodiff.compile(self.sample, engine=engine, static=("kind", "wanted"))
        self.parameters = self.program.parameters
        self.parameters.positions(self.optimizer.params)  # these stand first, in their order
        self.trained = slice(0, len(self.optimizer.params))
        self.examples: dict[Kind, E] = {}
        self.traced: set[tuple[Kind, str]] = set()
        self.open = ExitStack()
        self.open.enter_context(self.parameters)

    # ------------------------------------------------------------ what each way says in its own words

    def sample(self, numbers: Iterable[object], kind: Kind, wanted: str) -> object:
        """Compute what is wanted of one sample; this is what is compiled."""
        raise NotImplementedError

    def step(self, batch: Batch) -> Taken:
        """Move the parameters by one step, and return the loss and the outputs from before it."""
        raise NotImplementedError

    def evaluate(self, batch: Batch) -> Taken:
        """Return the loss and the outputs of the model as it is."""
        raise NotImplementedError

    def example(self, table: SampleTable, pair: Pair, batch: Batch) -> E:
        """Compute the first sample of a kind on the graph."""
        raise NotImplementedError

    def row(self, kind: Kind, wanted: str) -> FloatArray:
        """Return the numbers of the first sample of a kind, to trace with."""
        raise NotImplementedError

    def agrees(self, kind: Kind) -> bool:
        """Whether program and graph agree on the first sample of a kind."""
        raise NotImplementedError

    def meet(self, batch: Batch) -> None:
        """Look at a batch that has samples of new kinds."""

    # ------------------------------------------------------------ parameters

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

    def read_back(self) -> None:
        """Take over what has been set on the Values since they were brought up to date."""
        self.parameters.read()

    def holds(self) -> bool:
        """Whether what was compiled still is what the graph computes, as the Values are now."""
        return all(map(self.agrees, self.examples))

    def close(self) -> None:
        """Write the numbers to the Values, and end the training."""
        self.open.close()

    # ------------------------------------------------------------ what is met for the first time

    def tables(self, batch: Batch, *wanted: str) -> list[SampleTable]:
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
        if (new and len(self.examples) + len(new) > MOST_KINDS) or len(batch.data.tables) > MOST_KINDS:
            raise NotCompiledError(
                f"the samples are of more than {MOST_KINDS} kinds, and each needs a program: "
                "pad them to few lengths"
            )
        for table in new:
            self.parameters.write()
            self.examples[table.kind] = self.example(table, batch.pairs[int(table.places[0])], batch)
        if new:
            self.meet(batch)
        for table in tables:
            for each in wanted:
                if (table.kind, each) not in self.traced:
                    self.trace(table.kind, each)
        return tables

    def trace(self, kind: Kind, wanted: str) -> None:
        """Make a program, and compare it with the graph."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", autodiff.RetraceWarning)  # the number of kinds is bounded
                self.program(self.row(kind, wanted), kind, wanted)
        except Exception as error:  # whatever it is: on the graph the same sample went well
            raise NotCompiledError(f"the model or the loss cannot be traced: {error}") from error
        self.parameters.write()
        if not self.agrees(kind):
            raise NotCompiledError(
                "the compiled model or loss is another than the one on the graph: does it keep state?"
            )
        self.traced.add((kind, wanted))


def pair_of(numbers: Iterable[object], kind: Kind) -> tuple[object, object, list[object]]:
    """Return the x and y of one sample, and the numbers behind them; for `sample` of each way."""
    if getattr(numbers, "ndim", 1) != 1:
        raise TypeError("a number of the sample is taken apart, as if it were a list")
    found = iter(list(numbers))
    x, y = rebuilt_sample(kind, found)
    return x, y, list(found)


def agree(found: Iterable[float], expected: Iterable[float]) -> bool:
    """Whether numbers of a program and of the graph are the same to rounding; nan and infinity may differ."""
    pairs = zip(found, expected, strict=True)
    return all(
        math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-9) or not math.isfinite(other)
        for one, other in pairs
    )
