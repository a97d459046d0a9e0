"""compile: a function of numbers, traced once and run as a program, on numbers and on batches of them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import overload

import numpy as np
import numpy.typing as npt

from autodiff.calculus.trees import Tree
from autodiff.compiler.compiled import Compiled
from autodiff.compiler.lowering import Lowering, RetraceWarning
from autodiff.formulas.expression import function_of_text

__all__ = ["Compiled", "RetraceWarning", "compile"]


@overload
def compile(
    f: Callable[..., Tree] | str,
    *,
    engine: str = ...,
    dtype: npt.DTypeLike = ...,
    static: str | Iterable[str] = ...,
    axes: Mapping[str, int] | None = ...,
    threads: int | None = ...,
) -> Compiled: ...
@overload
def compile(
    f: None = None,
    *,
    engine: str = ...,
    dtype: npt.DTypeLike = ...,
    static: str | Iterable[str] = ...,
    axes: Mapping[str, int] | None = ...,
    threads: int | None = ...,
) -> Callable[[Callable[..., Tree]], Compiled]: ...
def compile(
    f: Callable[..., Tree] | str | None = None,
    *,
    engine: str = "auto",
    dtype: npt.DTypeLike = np.float64,
    static: str | Iterable[str] = (),
    axes: Mapping[str, int] | None = None,
    threads: int | None = None,
) -> Compiled | Callable[[Callable[..., Tree]], Compiled]:
    """Compile a scalar function: trace it once, and run its graph as a program on arrays.

    The result behaves like a NumPy ufunc with a gradient: numbers in, numbers out; where an argument is an
    array, a batch is computed. If the function takes an argument apart (``x[0]``, ``for xi in x``), the last
    axis of an array that is passed for it holds its elements, and the axes before are the batch.

    What depends on a Value, be it an argument or one that the function has found outside, is a node, as the
    function itself would give it; but a batch of plain numbers gives plain numbers.

    Args:
        f: A function of numbers, or of nested lists, tuples, dictionaries and arrays of numbers, written with
            the operations of Values. It gives a number or a tree of numbers. It is run twice when it is
            traced, and must do the same both times. Leaf Values that it uses without being passed them
            become its parameters. Or a formula as text, such as "exp(x)*sin(y)", of its names in the order in which
            they occur.
        engine: "numpy"; "llvm" (extra ``fast``); "jax" (extra ``jax``); "auto" takes llvm where it is
            installed, except for programs that consist of large products of matrices.
        dtype: The type of the numbers: float64 or float32.
        static: The names of arguments that are not numbers for differentiation, such as a count or a mode:
            they reach ``f`` as they are, and each of their values has a program of its own.
        axes: How many of the last axes of an argument that is an array hold its elements, by the name of the
            argument, where that cannot be seen: in ``W @ x`` with two arrays, ``{"W": 2, "x": 1}``.
        threads: How many threads share a batch in the engine llvm; their sums over the batch may differ in the last
            digit from those of one thread. None for as many as pay: one for less than some ten thousand samples.

    Returns:
        A :class:`Compiled` function; without ``f``, a decorator.

    Raises:
        TypeError: ``f`` is no function.
        ValueError: An option is unknown, ``f`` has no argument that it names, or a text is no formula.
        TraceError: On calling: ``f`` needs a number that is not known while it is traced.

    >>> from autodiff import compile
    >>> f = compile(lambda x, y: x**2 + x * y + (x + y) ** 2)
    >>> f(2, 3), f.value_and_grad(2, 3)
    (35.0, (35.0, (17.0, 12.0)))
    >>> f(np.array([2.0, 1.0]), 3)
    array([35., 20.])
    >>> compile("exp(x)*sin(y)").value_and_grad(0.0, np.pi / 2)
    (1.0, (1.0, 6.123233995736766e-17))
    """
    if f is None:
        return functools.partial(
            compile, engine=engine, dtype=dtype, static=static, axes=axes, threads=threads
        )
    if isinstance(f, str):
        f = function_of_text(f)
    names = (static,) if isinstance(static, str) else tuple(static)
    return Compiled(Lowering(f, engine, np.dtype(dtype), names, dict(axes or {}), threads))
