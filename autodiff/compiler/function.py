"""compile: a function of numbers, traced once and run as a program, on numbers and on batches of them."""

from __future__ import annotations

import functools
import operator
import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from autodiff.calculus.trees import Tree
from autodiff.compiler.call import Call
from autodiff.compiler.front.parameters import Parameters
from autodiff.compiler.front.trace import name_of, running
from autodiff.compiler.lowering import Lowering, RetraceWarning
from autodiff.compiler.program import Program

__all__ = ["Compiled", "RetraceWarning", "compile"]


@overload
def compile(
    f: Callable[..., Tree],
    *,
    engine: str = ...,
    dtype: npt.DTypeLike = ...,
    static: str | Iterable[str] = ...,
    axes: Mapping[str, int] | None = ...,
    threads: int = ...,
) -> Compiled: ...
@overload
def compile(
    f: None = None,
    *,
    engine: str = ...,
    dtype: npt.DTypeLike = ...,
    static: str | Iterable[str] = ...,
    axes: Mapping[str, int] | None = ...,
    threads: int = ...,
) -> Callable[[Callable[..., Tree]], Compiled]: ...
def compile(
    f: Callable[..., Tree] | None = None,
    *,
    engine: str = "auto",
    dtype: npt.DTypeLike = np.float64,
    static: str | Iterable[str] = (),
    axes: Mapping[str, int] | None = None,
    threads: int = 1,
) -> Compiled | Callable[[Callable[..., Tree]], Compiled]:
    """Compile a scalar function: trace it once, and run its graph as a program on arrays.

    The result behaves like a NumPy ufunc with a gradient: numbers in, numbers out; where an argument is an
    array, a batch is computed. If the function takes an argument apart (``x[0]``, ``for xi in x``), the last
    axis of an array that is passed for it holds its elements, and the axes before are the batch.

    Args:
        f: A function of numbers, or of nested lists, tuples, dictionaries and arrays of numbers, written with
            the operations of Values. It gives a number or a tree of numbers. It is run twice when it is
            traced, and must do the same both times. Leaf Values that it uses without being passed them
            become its parameters.
        engine: "numpy"; "numba" (extra ``fast``); "jax" (extra ``jax``); "auto" takes numba where it is
            installed, except for programs that consist of large products of matrices.
        dtype: The type of the numbers: float64 or float32.
        static: The names of arguments that are not numbers for differentiation, such as a count or a mode:
            they reach ``f`` as they are, and each of their values has a program of its own.
        axes: How many of the last axes of an argument that is an array hold its elements, by the name of the
            argument, where that cannot be seen: in ``W @ x`` with two arrays, ``{"W": 2, "x": 1}``.
        threads: How many threads share a batch in the engine numba, where there are many samples; their
            sums over the batch may differ in the last digit from those of one thread.

    Returns:
        A :class:`Compiled` function; without ``f``, a decorator.

    Raises:
        TraceError: On calling: ``f`` needs a number that is not known while it is traced.

    >>> from autodiff import compile
    >>> f = compile(lambda x, y: x**2 + x * y + (x + y) ** 2)
    >>> f(2, 3), f.value_and_grad(2, 3)
    (35.0, (35.0, (17.0, 12.0)))
    >>> f(np.array([2.0, 1.0]), 3)
    array([35., 20.])
    """
    if f is None:
        return functools.partial(
            compile, engine=engine, dtype=dtype, static=static, axes=axes, threads=threads
        )
    names = (static,) if isinstance(static, str) else tuple(static)
    return Compiled(Lowering(f, engine, np.dtype(dtype), names, dict(axes or {}), threads))


class Compiled:
    """A function that was handed to :func:`compile`.

    Attributes:
        parameters: The leaf Values that the function uses, as :class:`Parameters`.
    """

    __name__: str  # and the docstring are those of the function

    def __init__(self, lowering: Lowering) -> None:
        functools.update_wrapper(self, lowering.f)
        self._lowering = lowering
        self._lock = threading.RLock()
        self._attribute = name_of(lowering.f)
        self._owner: Any = None  # the object whose method it is,
        self._template: Compiled | None = None  # and what stands in its class

    @property
    def parameters(self) -> Parameters:
        return self._lowering.parameters

    def __repr__(self) -> str:
        return f"<compiled {name_of(self._lowering.f)}: {self._lowering!r}>"

    def __reduce__(self) -> str | tuple[Any, ...]:
        """A copied method is the one of the copied object, a decorated function itself; others start anew."""
        if self._owner is not None:
            return getattr, (self._owner, self._attribute)
        if self._is_global():
            return self._name()
        return Compiled, (self._lowering.fresh(self._lowering.f),)

    def _is_global(self) -> bool:
        try:
            return operator.attrgetter(self._name())(sys.modules[self.__module__]) is self
        except (AttributeError, KeyError):
            return False

    def _name(self) -> str:
        return getattr(self._lowering.f, "__qualname__", self._attribute)

    def __set_name__(self, owner: type, name: str) -> None:
        self._attribute = name

    def __get__(self, instance: Any, owner: type | None = None) -> Compiled:
        """A compiled method: each object has its own, with its own parameters.

        Raises:
            TypeError: The object cannot keep it: it has slots, or is a class.
        """
        if instance is None:
            return self
        kept = getattr(instance, "__dict__", None)
        if not isinstance(kept, dict):
            raise TypeError(
                f"the compiled method {self._attribute} needs an object with a __dict__ to be kept in, and "
                f"{instance!r:.80} has none: compile a function instead, or the bound method"
            )
        key = f"_compiled_{self._name()}_{self._attribute}"  # bases may have methods of the same name
        method: Compiled | None = kept.get(key)
        if method is None or method._owner is not instance or method._template is not self:
            method = Compiled(self._lowering.fresh(self._lowering.f.__get__(instance)))
            method._attribute, method._owner, method._template = self._attribute, instance, self
            kept[key] = method  # which a copy of the object takes over, but does not use
        return method

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the function: a number, or an array with one number for each sample of a batch.

        While another compiled function is traced, it becomes a part of that.
        """
        if running.tape is not None:
            return self._lowering.inlined(running.tape, args, kwargs)
        with self._lock:
            call = Call(self._lowering, args, kwargs)
            return call.shaped(call.lowered.engine.forward(call.numbers(), call.rows()))

    def value_and_grad(self, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
        """Compute the function and its derivatives by all its arguments.

        Returns:
            The value, and the gradient in the tree of the argument, or a tuple of such where there are
            several arguments. In a batch every sample has its own gradient, except by an argument that is
            shared: there they are summed.

        Raises:
            TypeError: The function gives more than one number; see ``vjp``.
        """
        with self._lock:
            call = Call(self._lowering, args, kwargs)
            call.check_scalar("value_and_grad")
            outputs, _, by_inputs = call.lowered.engine.backward(call.numbers(), call.rows(), 1.0, "inputs")
            return call.shaped(outputs), call.gradients(by_inputs)

    def vjp(self, seeds: Any, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
        """Compute the function and the product of ``seeds`` with its Jacobian: the reverse sweep.

        Args:
            seeds: The adjoints of the results, in their tree.
            *args, **kwargs: The arguments of the function.
        """
        with self._lock:
            call = Call(self._lowering, args, kwargs)
            outputs, _, by_inputs = call.lowered.engine.backward(
                call.numbers(), call.rows(), call.seeds(seeds), "inputs"
            )
            return call.shaped(outputs), call.gradients(by_inputs)

    def jvp(self, moves: Sequence[Any], *args: Any) -> tuple[Any, Any]:
        """Compute the function and how it moves when the arguments move: its Jacobian times ``moves``.

        Args:
            moves: One tree for each of ``args`` that is not static, in its form. Defaults do not move.
            *args: The arguments of the function.
        """
        with self._lock:
            call = Call(self._lowering, args, {})
            outputs, moved = call.lowered.engine.tangents(
                call.numbers(), call.rows(), call.moves(moves, args)
            )
            return call.shaped(outputs), call.shaped(moved)

    def backward(self, *args: Any, reduce: str = "mean", **kwargs: Any) -> float:
        """Add the derivatives of the loss to the ``grad`` of the parameters, and of Values in the arguments.

        Args:
            *args, **kwargs: The arguments of the function, arrays for a batch.
            reduce: What the loss of a batch is: the "mean" or the "sum" over its samples.

        Returns:
            The loss.
        """
        if reduce not in ("mean", "sum"):
            raise ValueError(f'backward: reduce must be "mean" or "sum", not {reduce!r}')
        with self._lock:
            call = Call(self._lowering, args, kwargs)
            call.check_scalar("backward")
            lowered, samples = call.lowered, call.samples
            passed = call.leaves
            seed = 1.0 / samples if reduce == "mean" and samples else 1.0
            outputs, by_parameters, by_inputs = lowered.engine.backward(
                call.numbers(), call.rows(), seed, "both" if passed else "parameters"
            )
            self.parameters.add_grads(lowered.positions, lowered.values, by_parameters)
            if passed and by_inputs is not None:
                call.add_to_leaves(by_inputs)
            repeats = samples // outputs.shape[1] if samples else 0  # a loss of parameters alone stands once
            return float(outputs.sum()) * repeats * seed

    def traced(self, *args: Any, **kwargs: Any) -> Compiled:
        """Trace the function for such arguments without running it: then its parameters are known.

        Returns:
            The compiled function itself.
        """
        with self._lock:
            Call(self._lowering, args, kwargs)
        return self

    def program(self, *args: Any, **kwargs: Any) -> Program:
        """The program for such arguments."""
        with self._lock:
            return Program.of(Call(self._lowering, args, kwargs).lowered.program)
