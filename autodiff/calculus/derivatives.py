"""Derivatives as functions: gradients, Jacobians and Hessians.

Arguments and results may be nested: a *tree* is a number, or a list, tuple or dictionary of trees (what JAX
calls a pytree). A gradient has the tree of what it is taken by. ``argnums`` says by which positional
arguments to differentiate, as in JAX: one position gives one gradient, several a tuple of gradients.

These functions touch no ``grad``. Inside a function that is itself being differentiated they give Values, so
that derivatives nest: ``grad(grad(f))`` is the second derivative.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal, SupportsIndex, TypeAlias, overload

from autodiff.calculus.adjoint_graphs import adjoint_graphs
from autodiff.calculus.second import (
    as_value,
    is_constant,
    number_of,
    plus,
    times_partial,
    zero,
)
from autodiff.calculus.trees import Tree, each_leaf, tree_leaves
from autodiff.graph import topological_order
from autodiff.guards import NonFiniteWarning, warn
from autodiff.guards.nonfinite import find_nonfinite, unknown_limit
from autodiff.number import advice, holds_one_object, number
from autodiff.value import Value, adjoints

__all__ = [
    "argument_names",
    "grad",
    "gradient",
    "hessian",
    "hessian_vector_product",
    "jacobian",
    "value_and_grad",
]

Argnums: TypeAlias = int | Sequence[int]
Slope: TypeAlias = float | Any  # a Fraction among fractions, which nobody has to think of who has none
Function: TypeAlias = Callable[..., Tree]  # of trees, by position or by name


# ---------------------------------------------------------------- the gradient of a node


@overload
def gradient(output: Value, inputs: Value, create_graph: Literal[False] = False) -> Slope: ...
@overload
def gradient(output: Value, inputs: list[Value], create_graph: Literal[False] = False) -> list[Slope]: ...
@overload
def gradient(output: Value, inputs: Value, create_graph: Literal[True]) -> Value: ...
@overload
def gradient(output: Value, inputs: list[Value], create_graph: Literal[True]) -> list[Value]: ...
@overload
def gradient(output: Value, inputs: Tree, create_graph: bool = False) -> Tree: ...
def gradient(output: Value, inputs: Tree, create_graph: bool = False) -> Tree:
    """Compute the derivatives of a node by others, without touching any ``grad``.

    Args:
        output: The node to differentiate.
        inputs: A Value, or a tree of Values; leaves or interior nodes.
        create_graph: Give the derivatives as Values, with the graph of how they were computed, so that they
            can be differentiated and drawn in turn.

    Returns:
        The derivatives in the tree of ``inputs``; 0.0 for an input that ``output`` does not depend on.

    Raises:
        TypeError: ``output`` or one of the inputs is not a Value.

    Warns:
        NonFiniteWarning: A derivative is nan, as it is for an operation, such as x**y of a negative x by y, or as
            0 · ∞ stands in its chain rule, such as in that of √x² at 0.

    >>> x, y = Value(2, name="x"), Value(3, name="y")
    >>> gradient(x**2 + x * y + (x + y) ** 2, [x, y])
    [17.0, 12.0]
    >>> by_x = gradient(x**3, x, create_graph=True)
    >>> by_x.data, gradient(by_x, x)
    (12.0, 12.0)
    """
    check_is_value(output, "output")
    each_leaf(lambda x, path: check_is_value(x, f"inputs{path}"), inputs)
    if create_graph:
        graphs = adjoint_graphs(output, {x for x, _ in tree_leaves(inputs)})
        found = each_leaf(lambda x, _: as_value(graphs.get(x, 0), x), inputs)
    else:
        swept = adjoints(output)
        found = each_leaf(lambda x, _: swept[x] if x in swept else zero(x), inputs)
    warn_of_nan(output, found)
    return found


def warn_of_nan(output: Value, found: Tree) -> None:
    """Warn of derivatives that are nan though the output is not: there is none, or its limit is not known."""
    numbers = [number_of(slope) for slope, _ in tree_leaves(found)]
    if any([x != x for x in numbers]):
        culprit = unknown_limit(output) or (find_nonfinite(output) if output.data == output.data else None)
        if culprit is not None:
            warn(f"gradient: {culprit}{culprit.advice}", NonFiniteWarning)


def check_is_value(x: object, what: str) -> None:
    if not isinstance(x, Value):
        raise TypeError(
            f"gradient: {what} must be a Value, not {x!r} of type {type(x).__name__}"
            f"{'' if isinstance(x, int | float) else advice(x)}; to differentiate a function use grad(f)"
        )


# ---------------------------------------------------------------- from functions to their derivatives

NESTED: ContextVar[bool] = ContextVar("NESTED", default=False)
DIFFERENTIATED: set[Value] = set()  # by what derivatives are being taken at the moment, in all threads


@contextmanager
def differentiating(inputs: set[Value]) -> Iterator[None]:
    """While this runs, derivatives taken inside of a function are Values, as the outer derivative needs."""
    token = NESTED.set(True)
    DIFFERENTIATED.update(inputs)
    try:
        yield
    finally:
        NESTED.reset(token)
        DIFFERENTIATED.difference_update(inputs)


def is_differentiated(output: Tree) -> bool:
    """Whether an output depends on what another derivative is being taken by, maybe in another thread."""
    return bool(DIFFERENTIATED) and any(
        isinstance(x, Value) and not DIFFERENTIATED.isdisjoint(topological_order(x))
        for x, _ in tree_leaves(output)
    )


def grad(f: Function, argnums: Argnums = 0) -> Function:
    """Make the function that computes the gradient of ``f``.

    Args:
        f: A function that gives a Value or a number. The arguments by which it is differentiated reach it as
            Values, named after its parameters; all others reach it as they are.
        argnums: The position of the argument to differentiate by, or a tuple of positions.

    Returns:
        A function of the same arguments. Its result has the tree of the argument, or is a tuple of such:
        plain numbers, or Values if an argument is a Value or the call is in a function being differentiated.

    Raises:
        TypeError: ``f`` is no function; on calling: it gives no Value and no number, or an argument is not a tree
            of numbers.

    >>> grad(lambda x, y: x**2 + x * y + (x + y) ** 2, argnums=(0, 1))(2, 3)
    (17.0, 12.0)
    >>> grad(lambda p: p["w"][0] * p["w"][1] + p["b"])({"w": [2, 3], "b": 1})
    {'w': [3.0, 2.0], 'b': 1.0}
    >>> grad(grad(lambda x: x**3))(2)
    12.0
    """
    check_is_function(f, "grad")
    of_both = value_and_grad(f, argnums)
    return renamed(lambda *args, **kwargs: of_both(*args, **kwargs)[1], "grad", f)


def value_and_grad(f: Function, argnums: Argnums = 0) -> Callable[..., tuple[Tree, Tree]]:
    """Make the function that computes the pair of the value of ``f`` and its gradient; see :func:`grad`.

    >>> value_and_grad(lambda x, y: x * y)(2, 3)
    (6.0, 3.0)
    """
    check_is_function(f, "value_and_grad")

    def computed(*args: Tree, **kwargs: Tree) -> tuple[Tree, Tree]:
        output, inputs, graph = run(f, argnums, args, kwargs)
        scalar(output, "grad", f)
        return output if graph else number_of(output), derivatives(output, inputs, graph)

    return renamed(computed, "value_and_grad", f)


def jacobian(f: Function, argnums: Argnums = 0) -> Function:
    """Make the function that computes the derivatives of all outputs of ``f``: one reverse sweep for each.

    Returns:
        A function whose result has the tree of f's output, with a gradient (see :func:`grad`) a number.

    >>> jacobian(lambda x: [x[0] * x[1], x[0] + 5 * x[1]])([2, 3])
    [[3.0, 2.0], [1.0, 5.0]]
    """
    check_is_function(f, "jacobian")

    def computed(*args: Tree, **kwargs: Tree) -> Tree:
        outputs, inputs, graph = run(f, argnums, args, kwargs)
        each_leaf(lambda output, path: scalar(output, "jacobian", f, path), outputs)
        return each_leaf(lambda output, _: derivatives(output, inputs, graph), outputs)

    return renamed(computed, "jacobian", f)


def hessian(f: Function, argnums: Argnums = 0) -> Function:
    """Make the function that computes the second derivatives of ``f``: the Jacobian of its gradient.

    Returns:
        A function whose result has the tree of the gradient, with a gradient in place of each number.

    >>> hessian(lambda x: x[0] ** 2 * x[1])([2, 3])
    [[6.0, 4.0], [4.0, 0.0]]
    """
    check_is_function(f, "hessian")
    return renamed(jacobian(grad(f, argnums), argnums), "hessian", f)


def hessian_vector_product(f: Function, argnums: Argnums = 0) -> Function:
    """Make the function that multiplies the Hessian of ``f`` with a vector, by two sweeps instead of n.

    Returns:
        A function of the arguments of ``f`` and, last, of the vector: a tree like that of the argument to
        differentiate by (a tuple of such if ``argnums`` is a tuple).

    Raises:
        ValueError: On calling: the vector has another tree than the gradient.

    >>> hessian_vector_product(lambda x: x[0] ** 2 * x[1])([2, 3], [1, 10])
    [46.0, 4.0]
    """
    check_is_function(f, "hessian_vector_product")
    gradient_of_f = grad(f, argnums)

    def computed(*args: Tree, **kwargs: Tree) -> Tree:
        *arguments, vector = args

        def directional(*point: Tree) -> Tree:
            return inner_product(gradient_of_f(*point, **kwargs), vector)

        return grad(directional, argnums)(*arguments)

    return renamed(computed, "hessian_vector_product", f)


def inner_product(slopes: Tree, vector: Tree) -> Tree:
    """The sum of the products of two trees' numbers."""
    numbers, factors = tree_leaves(slopes), tree_leaves(vector)
    if [path for _, path in numbers] != [path for _, path in factors]:
        raise ValueError(
            "hessian_vector_product: the vector (the last argument) must have the tree of the gradient, with "
            f"numbers at {[path for _, path in numbers]}, not at {[path for _, path in factors]}"
        )
    total: Tree = 0
    for (slope, _), (factor, path) in zip(numbers, factors, strict=True):
        if not isinstance(factor, Value):
            factor = number(factor, f"hessian_vector_product: vector{path}")
        if not is_constant(factor, 0):  # along a direction without this input, its slope does not count
            total = plus(total, times_partial(factor, slope))
    return total


def run(
    f: Function, argnums: Argnums, args: tuple[Tree, ...], kwargs: dict[str, Tree]
) -> tuple[Tree, Tree, bool]:
    """Call ``f`` with Values for the arguments to differentiate by.

    Returns:
        Its output; those Values; whether derivatives have to be Values too.
    """
    positions = checked_argnums(argnums, len(args), f)
    names = argument_names(f, len(args))
    graph = NESTED.get() or any(isinstance(x, Value) for i in positions for x, _ in tree_leaves(args[i]))
    wrapped = {i: each_leaf(fresh_leaf, args[i], names[i]) for i in positions}
    with differentiating({x for tree in wrapped.values() for x, _ in tree_leaves(tree)}):
        output = f(*(wrapped.get(i, arg) for i, arg in enumerate(args)), **kwargs)
    if holds_one_object(output):  # NumPy has put it into an array without axes
        output = output.item()
    inputs = wrapped[positions[0]] if isinstance(argnums, int) else tuple(wrapped[i] for i in positions)
    return output, inputs, graph or is_differentiated(output)


def derivatives(output: Tree, inputs: Tree, graph: bool) -> Tree:
    """The gradient of one output; a plain number depends on nothing."""
    if isinstance(output, Value):
        return gradient(output, inputs, create_graph=graph)
    return each_leaf(lambda x, _: as_value(0, x) if graph else zero(x), inputs)


def fresh_leaf(x: Tree, name: str) -> Value:
    """A new node for an argument. A Value gets a node on top of it: f may also reach it in other ways."""
    if isinstance(x, Value):
        return (x * 1).named(name)
    if getattr(x, "ndim", 0):
        raise TypeError(
            f"the argument {name} must be a number, a Value, or a list or dictionary of such, not the array {x!r:.80}: "
            f"pass {name}.tolist(), or compile the function, whose value_and_grad and hessian take arrays"
        )
    return Value(number(x, f"the argument {name}"), name)


def checked_argnums(argnums: Argnums, count: int, f: Function) -> list[int]:
    """The positions to differentiate by, counted from the front."""
    positions = [argnums] if isinstance(argnums, int) or not isinstance(argnums, Iterable) else list(argnums)
    if not all(isinstance(i, SupportsIndex) and not isinstance(i, bool) for i in positions):
        raise TypeError(
            f"argnums must be the position of an argument, counted from 0, or a tuple of positions, not {argnums!r}; "
            f"the arguments are {', '.join(f'{i}: {name}' for i, name in enumerate(argument_names(f, count)))}"
        )
    for position in positions:
        if not -count <= position < count:
            raise TypeError(
                f"argnums={argnums!r} asks for the positional argument {position} of {function_title(f)}, "
                f"but the call has {count} (keyword arguments are not counted)"
            )
    return [position % count for position in positions]


def argument_names(f: Function, count: int) -> list[str]:
    """Names for the positional arguments of a call, from the parameters of ``f`` where it tells them."""
    try:
        parameters = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    rest = next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), "args")
    return [names[i] if i < len(names) else f"{rest}[{i - len(names)}]" for i in range(count)]


def scalar(output: Tree, what: str, f: Function, path: str = "") -> None:
    """Check that an output is a Value or a real number."""
    if isinstance(output, Value):
        return
    try:
        number(output, "output")
    except TypeError:
        many = isinstance(output, list | tuple | dict)
        hint = "; for many outputs use jacobian(f)" if many else advice(output)
        raise TypeError(
            f"{what}: {function_title(f)} must return a Value or a real number{f' at output{path}' if path else ''}, "
            f"not {output!r} of type {type(output).__name__}{hint}"
        ) from None


def function_title(f: Function) -> str:
    return f"the function {getattr(f, '__name__', repr(f))}"


def check_is_function(f: object, asked: str) -> None:
    if not callable(f):
        raise TypeError(
            f"{asked}: f must be a function, not {f!r}; nodes are differentiated by gradient(node, inputs)"
        )


def renamed(derived: Function, what: str, f: Function) -> Function:
    """Give a derived function a name, and the parameters of the original for help() and argument names."""
    derived.__name__ = derived.__qualname__ = f"{what}({getattr(f, '__name__', '...')})"
    derived.__doc__ = f"{what} of {function_title(f)}."
    if what != "hessian_vector_product":
        derived.__wrapped__ = f  # type: ignore[attr-defined]
    return derived
