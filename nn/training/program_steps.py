"""Steps by programs: what every way to take steps with compiled programs needs.

The model is compiled for one sample, and batches run through it as arrays. How the loss takes part is said in
sample_loss.py, where it is compiled too, and in batch_loss.py. What a program computes is what the graph
computes, or it does not run: for each kind of sample the first is computed on the graph too.
"""

from __future__ import annotations

import math
import random
import warnings
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import chain
from typing import Generic, TypeVar

import autodiff
from nn.optim import ArraySteps, Optimizer
from nn.training.batches import Batch
from nn.training.graph_steps import GraphSteps, Snapshot, Taken
from nn.training.reads import numbers_read
from nn.training.samples import Kind, Pair, Samples, SampleTable, Types, UnknownKindError, rebuilt_sample
from nn.training.state import State
from nn.values import FloatArray

__all__ = [
    "TRIED_SAMPLES",
    "NotCompiledError",
    "NotCompiledWarning",
    "ProgramSteps",
    "agree",
    "check_unchanged",
    "pair_of",
    "row_of",
]

TRIED_SAMPLES = 64  # on which the loss is compared with the one on the graph
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
        self.engine = engine
        self.program = autodiff.compile(self.sample, engine=engine, static=("kind", "wanted"))
        self.parameters = self.program.parameters
        self.parameters.positions(self.optimizer.params)  # these stand first, in their order
        self.params = list(self.optimizer.params)
        self.trained, self.frozen = slice(0, len(self.params)), slice(len(self.params), None)
        self.examples: dict[Kind, list[E]] = {}  # the first sample of each kind, and others of other types
        self.met: dict[Kind, tuple[Samples, set[Types]]] = {}  # in which data at last, and of which types
        self.traced: set[tuple[Kind, str]] = set()
        self.state: State | None = None  # of the model, as it was compiled
        self.changed: str | None = None  # what has changed in it
        self.kept: dict[
            str, tuple[autodiff.Value, object]
        ] = {}  # leaves whose number programs hold, as it was read
        self.moving: ArraySteps | None = None
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

    def example(self, kind: Kind, pair: Pair, batch: Batch) -> E:
        """Compute a sample of a kind on the graph."""
        raise NotImplementedError

    def row(self, kind: Kind, wanted: str) -> FloatArray:
        """Return the numbers of the first sample of a kind, to trace with."""
        raise NotImplementedError

    def agrees(self, kind: Kind, example: E) -> bool:
        """Whether program and graph agree on a sample of a kind."""
        raise NotImplementedError

    def look_at_loss(self, batch: Batch) -> None:
        """Look at a loss when samples of new kinds are met."""

    # ------------------------------------------------------------ parameters

    def move(self, grad: FloatArray) -> None:
        """Let the optimiser step: on the array, unless a user wrote how, perhaps for numbers only."""
        if self.steps_on_arrays():
            data = self.parameters.data[self.trained]
            if self.engine == "llvm":
                self.array_steps(data, grad)()
            else:
                data[:] = self.optimizer.step_arrays(data, grad)
            return
        self.write_back()
        try:
            self.optimizer.step()
        finally:
            self.read_back()

    def array_steps(self, data: FloatArray, grad: FloatArray) -> ArraySteps:
        """Steps on the arrays of the parameters; these are other ones once the program has met new Values."""
        if self.moving is None or self.moving.data.base is not data.base:
            self.moving = ArraySteps(self.optimizer, data, grad, self.engine)
        return self.moving

    def steps_on_arrays(self) -> bool:
        """Whether a step on arrays is the step on numbers, as it is for the formulas of `nn` and what they read."""
        formulas = [getattr(self.optimizer, name, Optimizer.step) for name in ("update", "formula")]
        if not all(map(is_of_nn, formulas)):
            return False
        read = {"__getattribute__", *formulas[0].__code__.co_names}
        users = [cls for cls in type(self.optimizer).__mro__[:-1] if not is_of_nn(cls)]
        if any(not read.isdisjoint(vars(cls)) for cls in users):  # such as a property `lr`, which may count
            return False
        return all(is_inherited(self.optimizer, name) for name in ("step", "step_arrays"))

    def step_on_graph(self, batch: Batch, grads: FloatArray) -> Taken:
        """Take a step that is not finite on the graph, from grads of before: its errors say what went wrong where."""
        self.parameters.grad[:] = grads
        self.parameters.write()
        try:
            return self.graph.step(batch)
        finally:
            self.parameters.read()

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
        """Take over what has been set on the Values since they were brought up to date; look for other changes."""
        self.parameters.read()
        place = self.state and self.state.change()
        place = place or next((name for name, (leaf, was) in self.kept.items() if leaf.data != was), None)
        if place and not self.changed:
            self.changed = f"{place} has changed since the model was compiled"

    def holds(self) -> bool:
        """Whether what was compiled still is what the graph computes, as the Values are now."""
        return self.changed is not None or all(map(self.all_agree, self.examples))

    def all_agree(self, kind: Kind) -> bool:
        """Whether program and graph agree on all samples of a kind that are kept."""
        self.write_back()
        return all(self.agrees(kind, example) for example in self.examples[kind])

    def close(self) -> None:
        """Write the numbers to the Values, and end the training."""
        self.open.close()

    # ------------------------------------------------------------ what is met for the first time

    def tables(self, batch: Batch, *wanted: str) -> list[SampleTable]:
        """Return the batch as tables for which there are programs.

        Raises:
            NotCompiledError: There are none.
        """
        if self.changed:
            raise NotCompiledError(self.changed)
        if self.optimizer.params != self.params:
            raise NotCompiledError("the optimizer trains other parameters than it did")
        if not all(is_inherited(self.optimizer, name) for name in ("minimize", "zero_grad")):
            raise NotCompiledError(f"{type(self.optimizer).__name__} works on the graph of the loss")
        try:
            tables = batch.tables
        except UnknownKindError as error:
            raise NotCompiledError(f"{error}, which a program cannot take") from None
        new = {table.kind for table in tables if not self.knows(table.kind, batch.data)}
        untraced = [(table.kind, each) for table in tables for each in wanted]
        untraced = [program for program in untraced if program not in self.traced]
        if new or untraced:
            self.meet(batch, new, untraced)
        return tables

    def knows(self, kind: Kind, data: Samples) -> bool:
        """Whether samples of a kind have been met, also those whose numbers are of other types."""
        where, types = self.met.get(kind, (None, set[Types]()))
        if where is not data and types.issuperset(data.firsts[kind]):
            self.met[kind] = data, types
            return True
        return where is data

    def meet(self, batch: Batch, new: set[Kind], untraced: list[tuple[Kind, str]]) -> None:
        """Compute samples of new kinds, and make programs for them.

        Raises:
            NotCompiledError: Programs cannot do what the graph does; nothing has happened then.
        """
        if len(self.examples.keys() | new) > MOST_KINDS or len(batch.data.tables) > MOST_KINDS:
            raise NotCompiledError(
                f"the samples are of more than {MOST_KINDS} kinds, and each needs a program: "
                "pad them to few lengths"
            )
        with self.trying(batch) as held:
            for state in held:
                for place in state.iterators:
                    raise NotCompiledError(f"{place} is an iterator, which trying the model would use up")
                for place in state.optimizers:
                    raise NotCompiledError(
                        f"{place} is an optimizer, which the model or the loss can see, and steps change it"
                    )
            for state in held[:2]:
                for place in state.nodes:
                    raise NotCompiledError(f"{place} was computed before, and is not when parameters change")
            for place in held[0].catching:
                raise NotCompiledError(
                    f"{place} catches exceptions, which the numbers of a program do not raise"
                )
            for kind in new:
                self.meet_samples(kind, batch)
            check_unchanged(held[2:])
            if any(state.change() for state in held):
                held = self.held(batch)  # what the first calls have set up may stay
            if new:
                self.look_at_loss(batch)
            for kind, wanted in untraced:
                self.trace(kind, wanted, self.called(held))
            if self.program.types_matter:
                raise NotCompiledError(
                    "the model asks for the type of a number, and all are floats in a program"
                )
            kinds = new.union(kind for kind, _ in untraced)
            if not (all(map(self.all_agree, kinds)) and self.agree_elsewhere(kinds)):
                raise NotCompiledError(
                    "the compiled model or loss is another than the one on the graph: does it keep state?"
                )
            check_unchanged(held)
        self.state = held[0]

    def agree_elsewhere(self, kinds: Iterable[Kind]) -> bool:
        """Whether program and graph agree if the parameters are others, as a program may hold their numbers."""
        numbers = self.parameters.data.copy()
        self.parameters.data[:] = numbers * 1.001 + 1e-4
        try:
            return all(map(self.all_agree, kinds))
        except (ArithmeticError, ValueError):  # there may be no result elsewhere
            return True
        finally:
            self.parameters.data[:] = numbers
            self.write_back()

    def meet_samples(self, kind: Kind, batch: Batch) -> None:
        """Compute the first sample of a kind, the first ones whose numbers are of other types, and telling ones."""
        _, known = self.met.get(kind, (None, set[Types]()))
        firsts = batch.data.firsts[kind]
        new = [place for types, place in firsts.items() if types not in known]
        found = self.examples.setdefault(kind, [])
        found += [self.example(kind, batch.data.pairs[place], batch) for place in new]
        for place in [] if known else batch.data.telling(kind):
            if place not in new:
                with suppress(NotCompiledError):  # its step is one for the graph
                    found.append(self.example(kind, batch.data.pairs[place], batch))
        self.met[kind] = batch.data, known | firsts.keys()

    def called(self, held: list[State]) -> dict[str, autodiff.Value]:
        """The parameters that are trained, and other leaves of model and loss, by what they are called."""
        names = {leaf: name for state in reversed(held[:2]) for name, leaf, _ in state.numbers}
        trained = {leaf: f"parameter {i}" for i, leaf in enumerate(self.params)}
        return {name: leaf for leaf, name in (trained | names).items()}

    def trace(self, kind: Kind, wanted: str, leaves: dict[str, autodiff.Value]) -> None:
        """Make a program.

        Raises:
            NotCompiledError: There is none, or it would keep the number of a leaf, as the model has read it.
        """
        try:
            with warnings.catch_warnings(), numbers_read(leaves) as read:
                warnings.simplefilter("ignore", autodiff.RetraceWarning)  # the number of kinds is bounded
                self.program(self.row(kind, wanted), kind, wanted)
        except Exception as error:  # whatever it is: on the graph the same sample went well
            why = str(error) or repr(error)
            raise NotCompiledError(f"the model or the loss cannot be traced: {why}") from error
        trained = set(self.params)
        for name in read:
            if leaves[name] in trained:
                raise NotCompiledError(
                    f"the model or the loss reads the number of {name}, which training may change"
                )
            self.kept[name] = leaves[name], leaves[name].data
        self.traced.add((kind, wanted))

    # ------------------------------------------------------------ what the model and the loss hold

    @contextmanager
    def trying(self, batch: Batch) -> Iterator[list[State]]:
        """While this runs, model and loss are tried out: if programs cannot replace them, that leaves no trace."""
        self.write_back()
        held = self.held(batch)
        try:
            yield held
        except NotCompiledError:
            for state in held:
                state.restore()
                state.restore_numbers()
            self.parameters.read()
            raise

    def held(self, batch: Batch) -> list[State]:
        """Return what can change when the model and the loss are called: the model, the rest, and samples."""
        import numpy as np

        data = batch.data
        places = {
            *batch.chosen[:TRIED_SAMPLES],
            *chain(*map(dict.values, data.firsts.values()), *map(data.telling, data.firsts)),
            len(data) - 1,
        }
        samples = {place: data.pairs[place] for place in places}
        drawn = {"random": random.random, "numpy.random": np.random.rand}  # also by functions of libraries
        return [State(model=self.graph.model), State(loss=self.graph.loss, **drawn), State(data=samples)]


def check_unchanged(held: list[State]) -> None:
    """Refuse a model or loss of which each call counts.

    Raises:
        NotCompiledError: Something has changed.
    """
    for state in held:
        if place := state.change() or state.change_of_numbers():
            raise NotCompiledError(f"{place} changes when the model or the loss is called")


def is_of_nn(item: object) -> bool:
    """Whether a class or a function is one of this package."""
    return (getattr(item, "__module__", None) or "").startswith("nn.")


def is_inherited(optimizer: Optimizer, name: str) -> bool:
    """Whether a method is that of every optimiser: overridden neither by a class nor on the object."""
    return getattr(getattr(optimizer, name), "__func__", None) is getattr(Optimizer, name)


def pair_of(numbers: Iterable[object], kind: Kind) -> tuple[object, object, list[object]]:
    """Return the x and y of one sample, and the numbers behind them; for `sample` of each way."""
    if getattr(numbers, "ndim", 1) != 1:
        raise TypeError("a number of the sample is taken apart, as if it were a list")
    found = iter(list(numbers))
    x, y = rebuilt_sample(kind, found)
    return x, y, list(found)


def row_of(pair: Pair) -> FloatArray:
    """Return the numbers of a sample, as a table of one row."""
    return Samples([pair]).tables[0].numbers


def agree(found: Iterable[float], expected: Iterable[float]) -> bool:
    """Whether numbers of a program and of the graph are the same to rounding; nan and infinity may differ."""
    pairs = zip(found, expected, strict=True)
    return all(
        math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-9) or not math.isfinite(other)
        for one, other in pairs
    )
