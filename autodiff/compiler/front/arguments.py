"""Arguments: nested lists, tuples and dictionaries of numbers and arrays, taken apart for a program.

An array is a batch: one number for each sample. Where the function takes an argument apart (``x[0]``,
``for xi in x``, ``x @ W``), the last axes of the array are its shape, and the axes before are the batch.
"""

from __future__ import annotations

import dataclasses
import math
import reprlib
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from autodiff.calculus.trees import Tree, with_leaves
from autodiff.compiler.front.operators import give_methods
from autodiff.compiler.front.tape import Tape, TraceError
from autodiff.compiler.front.traced import TakenApart, Traced, stand_in
from autodiff.matrix.matrices import matrix_of
from autodiff.number import check_only_numbers
from autodiff.value import Value, number

__all__ = [
    "Arguments",
    "Leaf",
    "NumberArray",
    "Shapes",
    "element_paths",
    "gradients",
    "stand_ins",
    "unbroadcast",
]

Shapes: TypeAlias = tuple[tuple[int, ...], ...]
NumberArray: TypeAlias = npt.NDArray[Any]  # floats or integers of any size


@dataclass(slots=True)
class Leaf:
    """A number or an array among the arguments, and where it stands, such as ``x[0]['w']``.

    ``type`` is that of the number, or of each one in the array; ``values`` is the Value that was passed, or the
    array of Values, among which numbers may stand.
    """

    path: str
    data: NumberArray
    type: type
    values: Value | npt.NDArray[Any] | None = None

    @property
    def elements(self) -> list[object]:
        """What was passed as a Value or in an array of such."""
        return list(self.values.flat) if isinstance(self.values, np.ndarray) else [self.values]


class Arguments:
    """The arguments of one call: their tree, and its leaves as arrays.

    ``told`` has the names of those of which the user said how many axes hold elements. ``shapes`` below are the
    shapes of the leaves without the axes of the batch.
    """

    def __init__(self, tree: dict[str, Tree], told: Collection[str] = ()) -> None:
        self.tree, self.told = tree, told
        self.leaves: list[Leaf] = []
        form = tuple([(name, skeleton(child, name, self.leaves)) for name, child in tree.items()])
        self.structure = (form, tuple([leaf.data.ndim for leaf in self.leaves]))
        self.has_values = any([leaf.values is not None for leaf in self.leaves])

    @property
    def types(self) -> tuple[type, ...]:
        """The type of the numbers of each leaf, on which a program depends where the function asks for it."""
        return tuple([leaf.type for leaf in self.leaves])

    def shapes(self, depths: Sequence[int]) -> Shapes:
        """The shape of each leaf without the axes of the batch."""
        pairs = zip(self.leaves, depths, strict=True)
        return tuple([leaf.data.shape[leaf.data.ndim - depth :] for leaf, depth in pairs])

    def batches(self, shapes: Shapes) -> list[tuple[int, ...]]:
        """The axes of each leaf that come before its shape."""
        pairs = zip(self.leaves, shapes, strict=True)
        return [leaf.data.shape[: leaf.data.ndim - len(shape)] for leaf, shape in pairs]

    def batch(self, shapes: Shapes) -> tuple[int, ...]:
        """The axes of the batch, broadcast among all leaves as NumPy does.

        Raises:
            ValueError: They do not fit together.
        """
        batches = self.batches(shapes)
        longest = max(batches, key=len, default=())
        if all([batch in ((), longest) for batch in batches]):
            return longest
        try:
            return np.broadcast_shapes(*batches)
        except ValueError:
            shown = ", ".join(
                f"{leaf.path} {shape}" for leaf, shape in zip(self.leaves, batches, strict=True)
            )
            raise ValueError(f"the batch axes of the arguments do not fit together: {shown}") from None

    def parts(
        self, rows: NumberArray, shapes: Shapes, batch: tuple[int, ...]
    ) -> list[tuple[NumberArray, NumberArray]]:
        """For each leaf where its numbers go in an array (inputs, samples), and its numbers, which spread there."""
        found, first = [], 0
        for leaf, shape in zip(self.leaves, shapes, strict=True):
            size = math.prod(shape)
            found.append((rows[first : first + size].T.reshape(batch + shape), leaf.data))
            first += size
        return found


def skeleton(tree: Tree, path: str, leaves: list[Leaf]) -> Hashable:
    """What two trees must have in common to use the same program; the leaves are added to the list."""
    if isinstance(tree, dict):
        children = [(key, skeleton(child, f"{path}[{key!r}]", leaves)) for key, child in tree.items()]
        return (type(tree), tuple(children))
    if isinstance(tree, list | tuple):
        return (type(tree), tuple([skeleton(x, f"{path}[{i}]", leaves) for i, x in enumerate(tree)]))
    leaves.append(leaf_of(tree, path))
    return None


def leaf_of(x: object, path: str) -> Leaf:
    """Check one leaf.

    Raises:
        TypeError: It is neither a real number nor an array of such.
    """
    if isinstance(x, np.ndarray):
        if x.__class__ is not np.ndarray:
            check_only_numbers(x, f"argument {path}")
        if x.dtype == object and any(isinstance(element, Value) for element in x.flat):
            return leaf_of_values(x, path)
        if x.dtype.kind not in "fiu":
            raise TypeError(
                f"argument {path}: an array must hold real numbers, not {x.dtype}; "
                "convert it with .astype(float), or pass nested lists of Values"
            )
        return Leaf(path, x, float if x.dtype.kind == "f" else int)
    if isinstance(x, Value):
        check_untraced(x, path)
        return Leaf(path, np.asarray(float(x._data)), Value, x)
    if x.__class__ is float or x.__class__ is int or isinstance(x, Fraction):
        try:
            return Leaf(path, np.asarray(float(x)), type(x))
        except OverflowError:
            raise OverflowError(f"argument {path} is too large for a float: {reprlib.repr(x)}") from None
    if isinstance(x, str) or x is None or isinstance(x, bool) or callable(x):
        raise TypeError(
            f"argument {path} must be a number, an array, or nested lists of these, not {x!r}; if the "
            f'function needs it as it is, name it in static: compile(f, static=("{path.split("[")[0]}",))'
        )
    check_only_numbers(x, f"argument {path}")
    if isinstance(x, np.generic):
        return dataclasses.replace(leaf_of(np.asarray(x), path), type=type(x))
    if hasattr(x, "__array__") and hasattr(x, "ndim"):
        return leaf_of(np.asarray(x), path)
    return Leaf(path, np.asarray(float(number(x, f"argument {path}"))), type(x))


def leaf_of_values(x: npt.NDArray[Any], path: str) -> Leaf:
    """A matrix of Values, among which numbers may stand, as a leaf."""
    numbers = []
    for element in x.flat:
        check_untraced(element, path)
        plain = element._data if isinstance(element, Value) else number(element, f"argument {path}")
        numbers.append(float(plain))
    return Leaf(path, np.array(numbers).reshape(x.shape), Value, x)


def check_untraced(x: object, path: str) -> None:
    if isinstance(x, Traced):
        raise TypeError(
            f"argument {path}: while a function is traced, another compiled one can be called in it, but "
            "not be differentiated"
        )


def stand_ins(tape: Tape, arguments: Arguments, depths: Sequence[int]) -> dict[str, Tree]:
    """The arguments with traced Values in the place of numbers, arrays of such where a leaf has a shape."""
    give_methods()
    found = []
    for leaf, shape in zip(arguments.leaves, arguments.shapes(depths), strict=True):
        open_axes = 0 if shape or leaf.path.split("[")[0] in arguments.told else leaf.data.ndim
        elements = [stand_in(tape, path, leaf.type, open_axes) for path in element_paths(leaf, shape)]
        found.append(matrix_of(elements, shape) if shape else elements[0])
    return dict(with_leaves(arguments.tree, found))


def element_paths(leaf: Leaf, shape: tuple[int, ...]) -> list[str]:
    """Where the elements of a leaf of this shape stand, such as ``x[0][1]``."""
    return [leaf.path + "".join(f"[{i}]" for i in index) for index in np.ndindex(*shape)]


def deeper(error: TakenApart, arguments: Arguments, depths: list[int]) -> list[int]:
    """Take more axes from the batch of the argument that was taken apart.

    Raises:
        TraceError: The argument has no more axes.
    """
    reached = [leaf for leaf in leaves_below(error.traced) if isinstance(leaf, str)]
    left = [
        leaf.data.ndim - depth if any(is_below(path, leaf.path) for path in reached) else 0
        for leaf, depth in zip(arguments.leaves, depths, strict=True)
    ]
    most = max(left, default=0)
    if most < error.axes:
        raise TraceError(
            f"{error}; pass a list, or an array with more axes, of which the last hold its elements"
        )
    return [depth + (error.axes if axes == most else 0) for depth, axes in zip(depths, left, strict=True)]


def is_below(path: str, leaf: str) -> bool:
    """Whether a path is that of a leaf, or of an element of the array that stands there."""
    return path == leaf or path.startswith(leaf + "[")


def leaves_below(result: Traced) -> list[Value | str]:
    """The inputs, by their paths, and the captured Values that a traced Value was computed from."""
    tape = result.tape
    leaves = [tape.leaves[-1 - slot] for slot in tape.leaves_below(result.index)]
    return [leaf for leaf in leaves if not isinstance(leaf, float)]


def gradients(
    arguments: Arguments, shapes: Shapes, batch: tuple[int, ...], rows: NumberArray
) -> dict[str, Tree]:
    """The derivatives (inputs, samples) in the trees of the arguments, by name.

    For an argument that is the same for several samples they are summed.
    """
    first, parts = 0, []
    for leaf, shape in zip(arguments.leaves, shapes, strict=True):
        size = math.prod(shape)
        part = rows[first : first + size].T.reshape(batch + shape)
        first += size
        parts.append(unbroadcast(part, leaf.data.shape))
    return dict(with_leaves(arguments.tree, parts))


def unbroadcast(numbers: NumberArray, shape: tuple[int, ...]) -> NumberArray | float:
    """Sum over the axes along which an array of this shape was repeated."""
    if numbers.shape == shape:
        return numbers.copy() if shape else float(numbers)
    with np.errstate(all="ignore"):
        numbers = numbers.sum(axis=tuple(range(numbers.ndim - len(shape))))
        repeated = tuple(i for i, size in enumerate(shape) if size == 1 and numbers.shape[i] != 1)
        numbers = numbers.sum(axis=repeated, keepdims=True)
    return numbers if shape else float(numbers)
