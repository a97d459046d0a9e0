"""Bound: a compiled function with its arguments, which can be run over and over."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from numbers import Real
from typing import Any, Literal, NoReturn, TypeAlias, overload

import numpy as np

from autodiff.calculus.trees import Tree, tree_leaves
from autodiff.compiler.call import Call
from autodiff.compiler.flat.places import FloatArray
from autodiff.compiler.front.tape import TraceError
from autodiff.compiler.front.trace import function_name, running
from autodiff.compiler.nested import nested_vjp
from autodiff.compiler.warned import check_slopes

__all__ = ["BoundCall", "check_kept_apart", "pulled_back"]

Container: TypeAlias = list[Any] | dict[Any, Any]


class BoundCall:
    """A compiled function with its arguments, as ``Compiled.bound`` gives it.

    The arrays among them are read anew in each call, and so are the parameters; numbers and the shapes of
    arrays stay as they were, and lists that hold others by now are refused.
    """

    def __init__(self, call: Call, lock: threading.RLock) -> None:
        self._call, self._lock = call, lock
        self._held: list[tuple[Container, Container]] = []  # lists and dictionaries, and what they held

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(
            f"{function_name(self._call.lowering.f)}: a bound call belongs to the arrays that it reads, and is neither "
            "copied nor pickled: copy the function, and bind its own arrays"
        )

    def __call__(self) -> Tree:
        """Compute the function."""
        with self._lock:
            self._check_held()
            if not self._call.gives_nodes():
                check_kept_apart(self._call)
            return self._call.shaped(self._call.outputs())

    def value_and_grad(self) -> tuple[Tree, Tree]:
        """Compute the function and its derivatives by all its arguments, as ``Compiled.value_and_grad`` does."""
        with self._lock:
            self._check_held()
            self._call.check_scalar("value_and_grad")
            return pulled_back(self._call, 1.0)

    def into(self, *results: FloatArray) -> Callable[[], None]:
        """Tie arrays to the results too: each call of what this gives computes into them.

        Args:
            *results: An array for each number that the function returns, in their order, with the axes of the
                batch. It may be one of those that are bound, whose numbers are then replaced.

        Raises:
            TypeError: One is no array of floats.
            ValueError: An array has not the shape of its result.

        >>> from autodiff import compile
        >>> x, velocity = np.array([1.0, 2.0]), np.array([0.5, 0.25])
        >>> fall = compile(lambda x, v, dt: (x + v * dt, v - 10 * dt)).bound(x, velocity, 0.5).into(x, velocity)
        >>> fall(), fall()
        (None, None)
        >>> x, velocity
        (array([-1.   ,  -0.25]), array([-9.5 , -9.75]))
        """
        call = self._call
        for array in results:
            if not (isinstance(array, np.ndarray) and array.dtype.kind == "f"):
                raise TypeError(
                    f"{function_name(call.lowering.f)}: into takes arrays of floats, as others would cut results, "
                    f"not {array!r:.80} of type {getattr(array, 'dtype', type(array).__name__)}"
                )
        shapes = [call.batch + shape.sizes for shape, _ in tree_leaves(call.lowered.result)]
        if shapes != [array.shape for array in results]:
            raise ValueError(
                f"{function_name(call.lowering.f)}: into takes arrays of the shapes {shapes}, as its results have, "
                f"not {[array.shape for array in results]}"
            )
        run = None if self._held else call.in_place(results)
        return run or functools.partial(self._write, results)

    def _write(self, results: Sequence[FloatArray]) -> None:
        for array, (found, _) in zip(results, tree_leaves(self()), strict=True):
            array[...] = found

    @overload
    def backward(self, *, reduce: Literal["mean", "sum"] = ...) -> float: ...

    @overload
    def backward(self, *, reduce: None) -> tuple[FloatArray, FloatArray]: ...

    def backward(
        self, *, reduce: Literal["mean", "sum"] | None = "mean"
    ) -> float | tuple[FloatArray, FloatArray]:
        """Add the derivatives of the loss to the ``grad`` of the parameters, as ``Compiled.backward`` does."""
        if reduce not in ("mean", "sum", None):
            raise ValueError(f'backward: reduce must be "mean", "sum" or None, not {reduce!r}')
        with self._lock:
            self._check_held()
            call = self._call
            call.check_scalar("backward")
            check_kept_apart(call)
            if call.is_differentiated():
                raise TypeError(
                    "backward: it gives a number and adds to grad, so a derivative that is being taken by the same "
                    "Values would not see it: call the compiled function itself, or its value_and_grad"
                )
            if reduce is None:
                return gradients_of_samples(call)
            seed = 1.0 / call.samples if reduce == "mean" and call.samples else 1.0
            wanted = "both" if call.passes_values() else "parameters"
            outputs, by_parameters, by_inputs = call.reverse(seed, wanted)
            total = outputs.item() if outputs.size == 1 else sum_over_samples(outputs)
            check_slopes(call, by_parameters[:, None], total)
            if by_inputs is not None:
                check_slopes(call, by_inputs, total)
            parameters, lowered = call.lowering.parameters, call.lowered
            parameters.add_grads(lowered.positions, lowered.values, by_parameters)
            if by_inputs is not None:
                call.add_to_values(by_inputs)
            # What depends on parameters alone has one output for all samples.
            repeats = call.samples // outputs.shape[1] if call.samples else 0
            return float(total) * repeats * seed

    def tied(self) -> BoundCall:
        """Return itself, to be called over and over.

        Raises:
            TypeError: There are Values among the arguments, whose numbers were taken when they were passed.
        """
        if self._call.arguments.has_values:
            raise TypeError(
                f"{function_name(self._call.lowering.f)}: bound takes numbers and arrays, and what it does with a "
                "Value would not follow its .data: pass an array, or call the function without bound"
            )
        arguments = self._call.arguments.tree.values()
        self._held = [(each, each.copy()) for each in containers(tuple(arguments))]
        return self

    def _check_held(self) -> None:
        """Refuse to go on with numbers that are others by now.

        Raises:
            ValueError: A list or dictionary among the arguments has changed.
        """
        for now, before in self._held:
            if keys_of(now) != keys_of(before) or not all(map(is_unchanged, inside(now), inside(before))):
                raise ValueError(
                    f"{function_name(self._call.lowering.f)}: a {type(now).__name__} among the bound arguments holds "
                    f"{now!r:.80} now, and {before!r:.80} when it was bound: pass an array, which is "
                    "read anew in each call"
                )


def containers(tree: Tree) -> Iterator[Container]:
    """The lists and dictionaries of a tree, in which numbers may be replaced."""
    if isinstance(tree, list | dict):
        yield tree
    if isinstance(tree, list | tuple | dict):
        for child in inside(tree):
            yield from containers(child)


def inside(tree: Tree) -> Collection[Tree]:
    """What stands in a list, tuple or dictionary."""
    return tree.values() if isinstance(tree, dict) else tree


def keys_of(container: Container) -> Sequence[object]:
    """Where things stand in a list or dictionary, in order."""
    return list(container) if isinstance(container, dict) else range(len(container))


def is_unchanged(x: object, y: object) -> bool:
    """Whether they are one object or the same number, of the same type; 0 is not -0."""
    return x is y or (type(x) is type(y) and isinstance(x, Real) and repr(x) == repr(y))


@np.errstate(all="ignore")
def sum_over_samples(outputs: FloatArray) -> float:
    return float(np.add.reduce(outputs, axis=None))


def gradients_of_samples(call: Call) -> tuple[FloatArray, FloatArray]:
    """The loss of each sample, and its derivatives by all parameters: (samples, parameters)."""
    lowering, lowered, numbers, rows = call.lowering, call.lowered, call.numbers(), call.rows()
    losses = np.empty(call.samples, lowering.dtype)
    gradients = np.zeros((call.samples, len(lowering.parameters)), lowering.dtype)
    for i in range(call.samples):
        outputs, by_parameters, _ = lowered.engine.backward(numbers, rows[:, i : i + 1], 1.0, "parameters")
        losses[i], gradients[i, lowered.positions] = outputs.item(), by_parameters
    check_slopes(call, gradients.T, losses)
    return losses.reshape(call.batch), gradients.reshape(*call.batch, len(lowering.parameters))


def pulled_back(call: Call, seeds: FloatArray | float) -> tuple[Tree, Tree]:
    """The value, and the product of the adjoints of the results with the Jacobian, in the tree of the arguments."""
    check_kept_apart(call)
    if call.differentiable():
        return nested_vjp(call, seeds)
    outputs, _, by_inputs = call.reverse(seeds, "inputs")
    assert by_inputs is not None
    check_slopes(call, by_inputs, outputs, seeds)
    return call.shaped(outputs), call.gradients(by_inputs)


def check_kept_apart(call: Call) -> None:
    """Refuse to put numbers that depend on parameters into another function while that is traced."""
    if running.tape is not None and call.lowered.values:
        raise TraceError(
            f"what {function_name(call.lowering.f)} gives here depends on its parameters, and would be constant in the "
            "function that is traced: call the compiled function itself there, neither bound nor differentiated"
        )
