"""Matrices of Values: NumPy arrays of nodes, so that formulas with matrices build scalar graphs.

>>> X = matrix([[1, 2], [-1, 2]], name="X")
>>> W1, W2 = matrix([[1, -1], [0.5, 0]], name="W1"), matrix([[0.5], [1]], name="W2")
>>> H1 = (X @ W1).named("H1")
>>> y_hat = np.maximum(0, H1) @ W2
>>> H1
H1 [2×2]
[[ 2. -1.]
 [ 0.  1.]]

``W - 0.1 * grads(W)`` is a matrix of new nodes above W, by NumPy's own rules. A training step wants
new leaves instead: ``W = matrix(data(W) - 0.1 * grads(W), name="W")``, or other numbers in the same leaves:
``for w in W.flat: w.data -= 0.1 * w.grad``. In place, as by ``W -= 0.1 * grads(W)``, no leaf is replaced: that is
an error.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, Never, Self, SupportsFloat, TypeAlias, overload

import numpy as np

from autodiff.guards.decisions import decisions
from autodiff.matrix import averages, linalg, products
from autodiff.matrix.in_place import CHANGES_FIRST, check_kept, leaves_kept
from autodiff.matrix.ufuncs import (
    REDUCED,
    Axes,
    Elements,
    check_shapes,
    each_over_axes,
    object_array,
    on_objects,
    over_axes,
    reduction,
    shape_text,
    title_with_shape,
    without_nan,
)
from autodiff.number import Number, check_only_numbers
from autodiff.operations import FUNCTIONS, apply
from autodiff.rules import Rule
from autodiff.rules.worlds import Scalar
from autodiff.value import Value
from autodiff.writing.symbols import name_latex, number_text

__all__ = ["Matrix", "MatrixRows", "data", "grads", "matrix", "nodes", "numeric"]

MatrixRows: TypeAlias = (
    "Elements | Sequence[Value | SupportsFloat | MatrixRows]"  # of a matrix, or the elements of a vector
)

if TYPE_CHECKING:  # checkers know how many axes a list of numbers has, or of lists, and so what is a product
    from typing_extensions import TypeVar

    Line: TypeAlias = tuple[int]
    Table: TypeAlias = tuple[int, int]
    Shape = TypeVar("Shape", bound=tuple[int, ...], default=tuple[int, ...], covariant=True)
else:
    Shape = Any

MOST_SHOWN = 12  # rows and columns of a matrix that a notebook shows in LaTeX

LOGICAL = (np.logical_and, np.logical_or, np.logical_xor, np.logical_not)


class Matrix(np.ndarray[Shape, np.dtype[Any]]):
    """A NumPy array of Values, made by :func:`matrix` and by operations on such; numbers may stand between.

    Attributes:
        name: What it is called in its display and in messages, or None.

    >>> X = matrix([[1, 2]], name="X")
    >>> (X * 2 + 1).named("H")
    H [1×2]
    [[3. 5.]]
    >>> X.T.name, X.map(lambda x: x.tanh()).shape
    ('Xᵀ', (1, 2))
    """

    name: str | None
    __array_priority__ = 1.0  # np.hstack([X, ones]) is a matrix too

    if TYPE_CHECKING:  # by NumPy's own types what operators give would be no matrix

        @overload
        def _elementwise(self, other: Self | Value | Number, /) -> Self: ...
        @overload
        def _elementwise(self, other: MatrixRows, /) -> Matrix: ...
        def _elementwise(self, other: MatrixRows | Value | Number, /) -> Matrix: ...
        @overload  # a shape that is Any passes as Never
        def _product(self: Matrix[Never], other: MatrixRows, /) -> Any: ...
        @overload
        def _product(self, other: Matrix[Never], /) -> Any: ...
        @overload
        def _product(self: Matrix[Line], other: Matrix[Line], /) -> Value: ...
        @overload
        def _product(self: Matrix[Line], other: Matrix[Table], /) -> Matrix[Line]: ...
        @overload
        def _product(self: Matrix[Table], other: Matrix[Line], /) -> Matrix[Line]: ...
        @overload
        def _product(self: Matrix[Table], other: Matrix[Table], /) -> Matrix[Table]: ...
        @overload
        def _product(self, other: MatrixRows, /) -> Any: ...
        def _product(self, other: MatrixRows, /) -> Any: ...
        def __neg__(self) -> Self: ...

        __add__ = __sub__ = __mul__ = __truediv__ = __pow__ = _elementwise  # type: ignore[assignment]
        __radd__ = __rsub__ = __rmul__ = __rtruediv__ = __rpow__ = _elementwise  # type: ignore[assignment]
        __matmul__ = __rmatmul__ = _product  # type: ignore[assignment]

    def __array_finalize__(self, source: object) -> None:
        self.name = None

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: object, **options: Any) -> Scalar:
        """Do what NumPy does, by operations of the table: a sum or product is one node, a kink as there.

        On its own, ``np.maximum(H, 0)`` would hand out the element of H itself at a tie, with the slope 1.
        """
        if any([hasattr(type(x), "_record") and not isinstance(x, Matrix) for x in inputs]):
            return NotImplemented  # a traced number knows whether it is one
        if ufunc in LOGICAL:
            raise TypeError(
                f"np.{ufunc.__name__}: nodes are neither true nor false: compare their numbers, as in data(W) != 0"
            )
        arrays = [object_array(x) for x in inputs]
        if method == "__call__":
            check_shapes(ufunc, inputs, arrays)
            if ufunc is np.matmul and options.keys() <= {"out"} and max(x.ndim for x in arrays) <= 2:
                return written_into(matmul(*arrays), *options.get("out", ()))
        if method == "reduce" and ufunc in REDUCED and options.get("dtype") is None:
            rest = {name: option for name, option in options.items() if name not in ("dtype", "out")}
            return written_into(as_matrix(reduction(ufunc, arrays[0], **rest)), *options.get("out", ()))
        return by_numpy(ufunc, method, arrays, options)

    def __array_function__(
        self,
        function: Callable[..., Any],
        types: Iterable[Any],
        args: Iterable[Any],
        kwargs: Mapping[str, Any],
    ) -> Any:
        """Do what NumPy does, by rows of the table where that matters; a matrix that it changes keeps its leaves."""
        if function in HANDLED:
            options = {name: option for name, option in kwargs.items() if name != "out"}
            return written_into(as_matrix(HANDLED[function](*args, **options)), kwargs.get("out"))
        first = (*args, *kwargs.values())[:1] if function in CHANGES_FIRST else ()
        changed = [x for x in (*first, kwargs.get("out")) if isinstance(x, Matrix)]
        with leaves_kept(*changed):
            made = super().__array_function__(function, types, args, kwargs)
        return made if made is kwargs.get("out") else as_matrix(made)

    def _record(self, rule: Rule, operands: Sequence[Any]) -> Scalar:
        """Take part in an operation of the table, element by element; operations.py calls this."""
        return as_matrix(np.frompyfunc(lambda *xs: apply(rule, xs), len(operands), 1)(*operands))

    def _over_axes(
        self,
        function: Callable[..., Any],
        *rest: Any,
        each: bool = False,
        axis: Axes = None,
        keepdims: bool = False,
        **named: Any,
    ) -> Scalar:
        """Take part in a function of many numbers: all elements, or those along axes; ``each`` if it gives as many."""
        over = each_over_axes if each else partial(over_axes, keepdims=keepdims)
        return as_matrix(over(lambda xs: function(xs, *rest, **named), object_array(self), axis))

    def __setitem__(self, key: Any, value: Any) -> None:
        part = self[key]
        old = part if not isinstance(part, np.ndarray) else np.asarray(part).copy()
        super().__setitem__(key, value)
        try:
            check_kept(self, old, self[key])
        except TypeError:
            super().__setitem__(key, old)
            raise

    def fill(self, value: Any) -> None:
        with leaves_kept(self):
            super().fill(value)

    def put(self, *args: Any, **options: Any) -> None:
        with leaves_kept(self):
            super().put(*args, **options)

    # By numbers, as nan has a place in NumPy's order, and none by comparisons.

    def sort(self, axis: Any = -1, *args: Any, **options: Any) -> None:
        self._reorder(self.argsort(axis, *args, **options), axis)

    def partition(self, kth: Any, axis: Any = -1, *args: Any, **options: Any) -> None:
        self._reorder(self.argpartition(kth, axis, *args, **options), axis)

    def _reorder(self, order: Elements, axis: int) -> None:
        np.asarray(self)[...] = np.take_along_axis(np.asarray(self), order, axis)

    def argsort(self, *args: Any, **options: Any) -> Any:
        return deciding(self).argsort(*args, **options)

    def argpartition(self, *args: Any, **options: Any) -> Any:
        return deciding(self).argpartition(*args, **options)

    def argmax(self, *args: Any, **options: Any) -> Any:
        return deciding(self).argmax(*args, **options)

    def argmin(self, *args: Any, **options: Any) -> Any:
        return deciding(self).argmin(*args, **options)

    def mean(self, *args: Any, **options: Any) -> Any:
        return np.mean(self, *args, **options)

    def std(self, *args: Any, **options: Any) -> Any:
        return np.std(self, *args, **options)

    def var(self, *args: Any, **options: Any) -> Any:
        return np.var(self, *args, **options)

    @property
    def T(self) -> Self:  # noqa: N802
        """The transpose, of the same nodes."""
        turned: Self = self.transpose()
        turned.name = None if self.name is None else f"{self.name}ᵀ"
        return turned

    def named(self, name: str) -> Self:
        """Give the matrix a name, and its elements names from it unless they have one; return it."""
        if not isinstance(name, str) or not name:
            raise TypeError(f"the name of a matrix must be a string with a letter, not {name!r}")
        for index, element in np.ndenumerate(object_array(self)):
            if isinstance(element, Value) and element.name is None:
                element.name = element_name(name, index, self.shape)
        self.name = name
        return self

    def map(self, function: Callable[[Scalar], object]) -> Elements:
        """Apply a function to every element: ``H.map(autodiff.sigmoid)``.

        Returns:
            A matrix; of what is neither Value nor number, such as names, an array.
        """
        made = matrix_of([function(element) for element in self.flat], self.shape)
        return made if all(isinstance(x, Value | Real) for x in made.flat) else object_array(made)

    def __repr__(self) -> str:
        numbers = np.array2string(data(self), formatter={"object": str})
        return f"{title_with_shape(self, '')}\n{numbers}".lstrip()

    __str__ = __repr__

    def _repr_latex_(self) -> str | None:
        """Show it in a notebook with the shape under its name; large ones stay text."""
        if self.ndim not in (1, 2) or not 0 < max(self.shape) <= MOST_SHOWN or 0 in self.shape:
            return None
        numbers = (x.data if isinstance(x, Value) else x for x in self.flat)
        cells = np.array([number_text(x, "latex") for x in numbers], dtype=object).reshape(self.shape)
        rows = r" \\ ".join(" & ".join(row) for row in np.atleast_2d(cells))
        shape = r" \times ".join(map(str, self.shape))
        name = name_latex(self.name) if self.name else r"\cdot"
        return rf"$$\underset{{[{shape}]}}{{{name}}} = \begin{{pmatrix}}{rows}\end{{pmatrix}}$$"

    def __copy__(self) -> Self:
        return restored_matrix(list(self.flat), self.shape, self.name)  # type: ignore[return-value]

    def __deepcopy__(self, memo: dict[int, Any] | None) -> Self:
        elements = copy.deepcopy(list(self.flat), memo)
        return restored_matrix(elements, self.shape, self.name)  # type: ignore[return-value]

    def __reduce__(self) -> tuple[Callable[..., Matrix], tuple[object, ...]]:
        return restored_matrix, (list(self.flat), self.shape, self.name)


HANDLED: dict[Callable[..., Any], Callable[..., Any]] = {  # of NumPy's functions that are no ufuncs
    np.average: averages.average,
    np.corrcoef: averages.correlations,
    np.cov: averages.covariances,
    np.dot: products.dot,
    np.einsum: products.einsum,
    np.inner: products.inner,
    np.mean: averages.mean_along,
    np.median: averages.median_along,
    np.percentile: averages.percentile_along,
    np.sinc: FUNCTIONS["sinc"],
    np.quantile: averages.quantile_along,
    np.std: averages.std_along,
    np.tensordot: products.tensordot,
    np.var: averages.var_along,
    np.vdot: products.vdot,
    np.linalg.cholesky: linalg.cholesky,
    np.linalg.det: linalg.det,
    np.linalg.inv: linalg.inv,
    np.linalg.norm: linalg.norm,
    np.linalg.slogdet: linalg.slogdet,
    np.linalg.solve: linalg.solve,
}
HANDLED |= {
    getattr(np.linalg, name): linalg.refusal(name) for name in linalg.NO_GRAPHS if hasattr(np.linalg, name)
}


def refusal_of_nan(name: str) -> Callable[..., Any]:
    """What stands in place of a function of NumPy that leaves nan out."""

    def refuse(*args: Any, **options: Any) -> Any:
        raise without_nan(name)

    return refuse


HANDLED |= {
    getattr(np, name): refusal_of_nan(name) for name in dir(np) if name.startswith("nan") and name != "nan"
}


# ---------------------------------------------------------------- making and reading


@overload
def matrix(data: Sequence[Sequence[Value | SupportsFloat]], name: str | None = None) -> Matrix[Table]: ...
@overload
def matrix(data: Sequence[Value | SupportsFloat], name: str | None = None) -> Matrix[Line]: ...
@overload
def matrix(data: MatrixRows, name: str | None = None) -> Matrix: ...
def matrix(data: MatrixRows, name: str | None = None) -> Matrix:
    """Make a matrix, or a vector, of Values.

    Args:
        data: Nested lists or an array of numbers (each becomes a leaf) or of Values (taken as they are).
            Whole numbers beside Fractions become Fractions, so that the matrix stays exact.
        name: ``"X"`` names the elements x11, x12, ...; with more than nine rows or columns x1_1, x1_2, ...;
            those of a vector x1, x2, ...; those of ``"W1"`` w1_11, ... Values that have a name keep it.

    Raises:
        TypeError: An element is neither a number nor a Value, or ``data`` is a single one.
        ValueError: The rows have different lengths.

    >>> [x.name for x in matrix([[1, 2], [3, 4]], name="X").flat]
    ['x11', 'x12', 'x21', 'x22']
    """
    what = "matrix" if name is None else f"matrix {name!r}"
    check_only_numbers(data, f"{what}: data")
    elements = np.array(data, dtype=object)
    if elements.ndim == 0:
        raise TypeError(f"{what}: data must be rows of numbers, not {data!r}; for one number use Value")
    if any(isinstance(element, list | tuple | np.ndarray) for element in elements.flat):
        raise ValueError(f"{what}: the rows must have the same length")
    exact = any(isinstance(element, Fraction) for element in elements.flat)
    made_of = matrix_of([leaf(element, exact) for element in elements.flat], elements.shape)
    return made_of if name is None else made_of.named(name)


def leaf(x: Scalar, exact: bool) -> Value:
    """A number as a leaf, a Value as it is."""
    if isinstance(x, Value):
        return x
    whole = isinstance(x, Integral) and not isinstance(x, bool)
    return Value(Fraction(int(x)) if exact and whole else x)


def data(A: MatrixRows | Value) -> Elements:
    """Read the numbers of a matrix: an array of floats, or of Fractions if all of them are exact.

    >>> data(matrix([[1, 2], [3, 4]])).tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    """
    check_only_numbers(A, "data: A")
    elements = np.asarray(A, dtype=object)
    return numeric([x.data if isinstance(x, Value) else x for x in elements.flat], elements.shape)


def deciding(A: Matrix) -> Elements:
    """The numbers of a matrix that decide on an order, which a compiled function would keep."""
    if decisions.note is not None:
        decisions.note(*A.flat)
    return data(A)


def grads(A: MatrixRows | Value) -> Elements:
    """Read the ``grad`` of every element, as an array like that of :func:`data`.

    >>> X = matrix([[1, 2], [3, 4]])
    >>> (X**2).sum().backward()
    >>> grads(X).tolist()
    [[2.0, 4.0], [6.0, 8.0]]
    """
    return numeric([x.grad for x in nodes(A, "grads", "A")], np.asarray(A, dtype=object).shape)


# ---------------------------------------------------------------- NumPy's functions


def written_into(made: Scalar, out: Elements | None = None) -> Scalar:
    """A result, in the array that is to hold it if there is one.

    Raises:
        ValueError: The array has another shape.
    """
    if out is None:
        return made
    if np.shape(out) != np.shape(made):
        raise ValueError(f"out: {title_with_shape(out, 'an array')} cannot hold {shape_text(np.shape(made))}")
    with leaves_kept(*([out] if isinstance(out, Matrix) else [])):
        np.asarray(out)[...] = made
    return out


def by_numpy(ufunc: np.ufunc, method: str, arrays: list[Elements], options: dict[str, Any]) -> Scalar:
    """What NumPy does, by rows of the table or by the operators of the elements."""
    out = options.get("out", ())
    if out:
        options = options | {"out": tuple(object_array(x) if isinstance(x, Matrix) else x for x in out)}
    try:
        with np.errstate(all="ignore"), leaves_kept(*(x for x in out if isinstance(x, Matrix))):
            result = getattr(on_objects(ufunc), method)(*arrays, **options)
    except TypeError as error:
        if "ufunc" not in str(error):  # of NumPy's own, which speak of its types
            raise
        if any(x.dtype != object for x in out):
            raise TypeError(
                f"np.{ufunc.__name__}: out cannot hold Values: make it with dtype=object"
            ) from None
        raise TypeError(
            f"np.{ufunc.__name__} cannot be applied to Values: use operations of the table, by "
            "A.map(autodiff.sigmoid) and the like, or data(A) for plain numbers"
        ) from None
    return out[0] if out else as_matrix(result)


# ---------------------------------------------------------------- elements, shapes, names


def matmul(A: Elements, B: Elements) -> Scalar:
    """The matrix product by one ``dot`` node an element, ``mul`` where there is only one term."""
    rows, columns = np.atleast_2d(A), B[:, None] if B.ndim == 1 else B
    elements = [products.sum_of_products([row, column]) for row in rows for column in columns.T]
    shape = A.shape[:-1] + B.shape[1:]
    return matrix_of(elements, shape) if shape else elements[0]


def nodes(A: MatrixRows | Value, where: str, what: str) -> list[Value]:
    """The elements of a matrix, all of which must be Values."""
    elements = np.asarray(A, dtype=object)
    for index, x in np.ndenumerate(elements):
        if not isinstance(x, Value):
            raise TypeError(
                f"{where}: {title_with_shape(A, what)} must be of Values, but at {index} is {x!r}"
            )
    return list(elements.flat)


def numeric(numbers: Iterable[Number], shape: tuple[int, ...]) -> Elements:
    """An array of floats; of Fractions if the numbers are Fractions and zeros."""
    found = list(numbers)
    exact = any(isinstance(x, Fraction) for x in found)
    if exact and all(isinstance(x, Fraction | int) or x == 0 for x in found):
        return object_array(matrix_of([Fraction(x) for x in found], shape))
    return np.array([float(x) for x in found]).reshape(shape)


def matrix_of(elements: list[Scalar], shape: tuple[int, ...]) -> Matrix:
    # NumPy asks elements that are assigned together for their length, and drops a Ctrl-C that comes meanwhile.
    return np.fromiter(elements, object, len(elements)).reshape(shape).view(Matrix)


def restored_matrix(elements: list[Scalar], shape: tuple[int, ...], name: str | None) -> Matrix:
    made_of = matrix_of(elements, shape)
    made_of.name = name
    return made_of


def as_matrix(result: Scalar) -> Scalar:
    """A result of NumPy as a matrix, unless it holds no objects (H > 0) or only one (a sum)."""
    if type(result) is tuple:
        return tuple(map(as_matrix, result))
    if not isinstance(result, np.ndarray) or result.dtype != object:
        return result
    return result.view(Matrix) if result.ndim else result.item()


class ElementName(str):
    """The name of an element, x11, that knows its matrix, so that the matrices in a graph can be found."""

    __slots__ = ("matrix", "place", "shape")

    matrix: str
    place: tuple[int, ...]
    shape: tuple[int, ...]


def element_name(name: str, index: tuple[int, ...], shape: tuple[int, ...]) -> ElementName:
    between = "_" if len(shape) > 1 and max(shape) > 9 else ""
    head = name[0].lower() + name[1:] + ("_" if name[-1].isdigit() else "")
    made = ElementName(head + between.join(str(i + 1) for i in index))
    made.matrix, made.place, made.shape = name, index, shape
    return made
