"""NumPy's functions on Values: the operation of the table that each becomes, and which operands do not fit.

>>> import numpy as np
>>> from autodiff.value import Value
>>> relu = function_of(np.maximum)
>>> relu(0, Value(-2.0)).op.name
'relu'
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from autodiff.formulas.composed import COMPOSED
from autodiff.number import check_only_numbers
from autodiff.operations import FUNCTIONS
from autodiff.rules import TABLE
from autodiff.rules.worlds import Scalar
from autodiff.value import Value

__all__ = [
    "REDUCED",
    "Axes",
    "Elements",
    "axes_of",
    "check_shapes",
    "each_over_axes",
    "exact_beside_fractions",
    "function_of",
    "number_of_python",
    "object_array",
    "on_objects",
    "on_values",
    "over_axes",
    "reduction",
    "shape_text",
    "title_with_shape",
    "without_nan",
]

Axes: TypeAlias = "int | tuple[int, ...] | None"
Elements: TypeAlias = npt.NDArray[Any]  # of a matrix: Values, between which numbers may stand, or numbers


UFUNC_ALIASES = {
    "deg2rad": "radians",
    "fabs": "abs",
    "float_power": "pow",
    "rad2deg": "degrees",
}  # of NumPy, for rows


OF_SEVERAL: dict[np.ufunc, Callable[..., Scalar]] = {  # rows, or their results
    np.conjugate: operator.pos,  # of real numbers
    np.divmod: divmod,
    np.ldexp: COMPOSED["ldexp"],
    np.modf: lambda x: (FUNCTIONS["fmod"](x, 1), FUNCTIONS["trunc"](x)),
}


def function_of(ufunc: np.ufunc) -> Callable[..., Scalar] | None:
    """The function of the row that does what NumPy's does, or None where operators do it.

    Each becomes one node, and plain numbers may stand in between.

    Raises:
        TypeError: It leaves nan out.
    """
    if ufunc in (np.fmax, np.fmin):
        raise without_nan(ufunc.__name__)
    for name, rule in TABLE.items():
        if rule.ufunc == ufunc.__name__:
            return larger if name == "maximum" else FUNCTIONS[name]
    return OF_SEVERAL.get(ufunc, FUNCTIONS.get(UFUNC_ALIASES.get(ufunc.__name__, "")))


def larger(x: Scalar, y: Scalar) -> Scalar:
    """The larger of two; of 0 and a Value by the row of relu, as which it is read."""
    if not isinstance(x, Value) and x == 0:
        return FUNCTIONS["relu"](y)
    return FUNCTIONS["maximum"](x, y) if isinstance(y, Value) or y != 0 else FUNCTIONS["relu"](x)


def without_nan(name: str) -> TypeError:
    """The error that a function of NumPy, which leaves nan out, is none on Values."""
    return TypeError(
        f"np.{name} of Values is no graph of scalars here: leave nan out by A[~np.isnan(data(A))], or put a number in "
        "its place by np.where(np.isnan(data(A)), 0.0, A); then use the function that is not for nan"
    )


def on_values(ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """What a function of NumPy does with single Values among its operands: by rows, or by operators."""
    inputs = tuple(map(number_of_python, inputs))
    operation = OPERATOR_OF.get(ufunc)
    if (
        operation
        and method == "__call__"
        and not options
        and not any([isinstance(x, np.ndarray) for x in inputs])
    ):
        return operation(*inputs)
    boxes = []
    for x in inputs:
        if isinstance(x, np.ndarray) and type(x).__array_ufunc__ is not np.ndarray.__array_ufunc__:
            return NotImplemented  # a matrix does it itself
        boxes.append(boxed(x) if isinstance(x, Value) else x)
    return getattr(on_objects(ufunc), method)(*boxes, **options)


def on_objects(ufunc: np.ufunc) -> np.ufunc:
    """A function of NumPy with the row of the table that does the same in its place, if there is one."""
    function = function_of(ufunc)
    return ufunc if function is None else np.frompyfunc(function, ufunc.nin, ufunc.nout, identity=None)


def number_of_python(x: Any) -> Any:
    """What NumPy's scalar is in Python; those of more digits than a float would come back to NumPy for ever."""
    if type(x) is np.ndarray and x.ndim == 0:  # as which comparisons of long ones arrive
        x = x[()]
    if isinstance(x, np.longdouble | np.clongdouble):
        return float(x) if isinstance(x, np.longdouble) else complex(x)
    return x.item() if isinstance(x, np.generic) else x


OPERATOR_OF: dict[np.ufunc, Callable[[Any, Any], Any]] = {  # what np.float64(2) * v comes to
    np.add: operator.add,
    np.subtract: operator.sub,
    np.multiply: operator.mul,
    np.divide: operator.truediv,
    np.power: operator.pow,
    np.divmod: divmod,
}


def boxed(x: Value) -> Elements:
    box = np.empty((), dtype=object)
    box[()] = x
    return box


REDUCED: dict[np.ufunc, str] = {  # by the row that is one node of all elements
    np.add: "sum",
    np.multiply: "prod",
    np.maximum: "max",
    np.minimum: "min",
    np.logaddexp: "logsumexp",
}


def over_axes(
    reduce: Callable[[list[Scalar]], Scalar], elements: Elements, axis: Axes, keepdims: bool = False
) -> Elements | Scalar:
    """Reduce the elements along axes, each list of them in the order of its indices, however they lie in memory."""
    rows, order = rows_along(elements, axis)
    found = np.empty(rows.shape[:-1], dtype=object)
    for index in np.ndindex(*found.shape):
        found[index] = reduce(list(rows[index]))
    if keepdims:
        left = order[: found.ndim]
        found = found.reshape([size if i in left else 1 for i, size in enumerate(elements.shape)])
    return found[()]  # an element, where no axis is left


def each_over_axes(
    function: Callable[[list[Scalar]], list[Scalar]], elements: Elements, axis: Axes
) -> Elements:
    """Replace each list of elements along axes by as many results."""
    rows, order = rows_along(elements, axis)
    found = np.empty_like(rows)
    for index in np.ndindex(*rows.shape[:-1]):
        found[index] = function(list(rows[index]))
    return found.reshape([elements.shape[i] for i in order]).transpose(np.argsort(order))


def rows_along(elements: Elements, axis: Axes) -> tuple[Elements, tuple[int, ...]]:
    """The elements with all that stand along some axes in one last axis, and the axes in this order."""
    axes = axes_of(axis, elements.ndim)
    kept = tuple([i for i in range(elements.ndim) if i not in axes])
    sizes = [elements.shape[i] for i in kept], [elements.shape[i] for i in axes]
    return elements.transpose(*kept, *axes).reshape(*sizes[0], math.prod(sizes[1])), (*kept, *axes)


def axes_of(axis: Axes, ndim: int) -> tuple[int, ...]:
    """The numbers of axes from 0 on; all of them for None."""
    axes = range(ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    for i in map(operator.index, axes):
        if not -ndim <= i < ndim:
            raise np.exceptions.AxisError(i, ndim)
    found = tuple([i % ndim for i in axes])
    if len(set(found)) < len(found):
        raise ValueError(f"duplicate value in 'axis': {axis}")
    return found


def one_node(name: str) -> Callable[[list[Scalar]], Scalar]:
    """The function of a row that makes one node of many elements; a single one is its own sum, or maximum."""
    function = FUNCTIONS[name]
    return lambda xs: xs[0] if len(xs) == 1 else function(xs)


def reduction(
    ufunc: np.ufunc,
    elements: Elements,
    axis: Axes = 0,
    keepdims: bool = False,
    initial: Scalar | None = None,
    where: Any = True,
) -> Elements | Scalar:
    """A reduction of NumPy as one node of what takes part in it: a number to begin with, elements that a mask picks."""
    reduce = one_node(REDUCED[ufunc])
    picked = elements if where is True else np.where(where, elements, None)  # type: ignore[call-overload]
    return over_axes(lambda xs: reduce([x for x in (initial, *xs) if x is not None]), picked, axis, keepdims)


def object_array(x: object) -> Elements:
    """An operand as an array of objects; True and False, as in d * (H > 0), become 1 and 0."""
    if x.__class__ is not np.ndarray and not isinstance(x, Value):
        check_only_numbers(x, "an operand of a matrix")
    array = np.asarray(x)
    return (array.astype(int) if array.dtype == bool else array).astype(object, copy=False)


def exact_beside_fractions(elements: Elements) -> Elements:
    """Elements whose whole numbers are Fractions if others are, so that quotients of them are exact."""
    known = [x for x in elements.flat if not hasattr(x, "_record")]
    if not any(isinstance(x.data if isinstance(x, Value) else x, Fraction) for x in known):
        return elements
    return np.frompyfunc(lambda x: Fraction(x) if isinstance(x, int) else x, 1, 1)(elements)  # type: ignore[no-any-return]


def check_shapes(ufunc: np.ufunc, inputs: tuple[object, ...], arrays: list[Elements]) -> None:
    """Say which operands do not fit, by name and shape."""
    titles = " and ".join(title_with_shape(x, "an array") for x in inputs)
    if ufunc is np.matmul:
        A, B = arrays
        if A.ndim == 0 or B.ndim == 0:
            raise ValueError(f"matmul: {titles} cannot be multiplied: write * to multiply by one number")
        inner = A.shape[-1], B.shape[max(B.ndim - 2, 0)]
        if inner[0] != inner[1]:
            raise ValueError(
                f"matmul: {titles} cannot be multiplied: {inner[0]} columns, but {inner[1]} rows"
            )
        return
    try:
        np.broadcast_shapes(*(x.shape for x in arrays))
    except ValueError:
        raise ValueError(f"{ufunc.__name__}: the shapes of {titles} do not fit") from None


def title_with_shape(x: Scalar, otherwise: str) -> str:
    """The name with the shape: X [2×2]."""
    return f"{getattr(x, 'name', None) or otherwise} {shape_text(np.shape(x))}"


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape as it is shown: [2×3]."""
    return f"[{'×'.join(map(str, shape)) or 'a number'}]"
