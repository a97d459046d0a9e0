"""Values and numbers, alone or many: what goes through models and losses, and the types of it.

>>> without_graph([Value(1.0), (2, Value(0.5))])
[1.0, [2, 0.5]]
>>> as_list(Value(1.0)), as_list((1, 2))
([Value(data=1.0, grad=0.0)], [1, 2])
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

from autodiff import Value
from autodiff.number import check_only_numbers
from autodiff.value import Number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "FloatArray",
    "Nodes",
    "Number",
    "Numbers",
    "ValueOrNumber",
    "ValuesOrNumbers",
    "as_list",
    "is_many",
    "unpacked",
    "without_graph",
]

ValueOrNumber: TypeAlias = Value | Number
Numbers: TypeAlias = Number | Iterable[Number]  # such as an array
Nodes: TypeAlias = Value | Iterable[Value]
ValuesOrNumbers: TypeAlias = ValueOrNumber | Iterable[ValueOrNumber]
FloatArray: TypeAlias = "NDArray[np.float64]"


def without_graph(output: object) -> Any:
    """Return the numbers of an output, without its graph.

    Args:
        output: A Value, or a list, a tuple or a matrix of outputs; anything else stays as it is.

    Returns:
        A number, or a list.

    >>> without_graph([Value(1.0), Value(2.0)])
    [1.0, 2.0]
    """
    if isinstance(output, Value):
        return output.data
    if str(getattr(output, "dtype", "")) == "object":
        output = as_list(output)
    return [without_graph(each) for each in output] if isinstance(output, list | tuple) else output


def is_many(x: object) -> bool:
    """Return whether x is many numbers or Values, or one alone.

    What is traced is one, unless an array was passed for it: that is taken apart, and the function traced anew.

    >>> is_many([1.0]), is_many(1.0), is_many(Value(1.0))
    (True, False, False)
    """
    if isinstance(x, Value) and hasattr(x, "__iter__"):
        import numpy as np

        np.ravel(x)  # type: ignore[call-overload]  # which takes an array apart
        return False
    return hasattr(x, "__iter__")


def unpacked(item: object) -> Any:
    """Return NumPy's arrays and scalars as lists and numbers of Python: they make faster graphs.

    >>> import numpy as np
    >>> unpacked(np.array([1.0, 2.0])), unpacked(np.int64(3)), unpacked("word")
    ([1.0, 2.0], 3, 'word')
    """
    if not hasattr(item, "tolist"):
        return item
    check_only_numbers(item, "the data")
    return item.tolist()


def as_list(items: object) -> list[Any]:
    """Return a list of what may be one alone (a number, a Value, a string) or many.

    >>> as_list(3), as_list(range(2))
    ([3], [0, 1])
    """
    if isinstance(items, Value | str):
        return [items]
    items = unpacked(items)
    return list(items) if hasattr(items, "__iter__") else [items]
