"""The functions of the table, as editors, help() and type checkers see them.

Made from the rows of the table by docs/from_rows.py; change those instead.
Values in, a node out; plain numbers in, a plain number out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias, TypeVar, overload

from autodiff.number import Number
from autodiff.operations import FUNCTIONS
from autodiff.value import Value

__all__ = [
    "abs",
    "acos",
    "add",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cos",
    "cosh",
    "dot",
    "elu",
    "equal",
    "erf",
    "exp",
    "exp2",
    "expm1",
    "gelu",
    "greater",
    "greater_equal",
    "hypot",
    "leaky_relu",
    "less",
    "less_equal",
    "log",
    "log1p",
    "log2",
    "log10",
    "logsumexp",
    "max",
    "maximum",
    "mean",
    "min",
    "minimum",
    "mul",
    "neg",
    "norm",
    "pow",
    "prod",
    "relu",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "sinh",
    "softmax",
    "softplus",
    "sqrt",
    "sub",
    "sum",
    "tan",
    "tanh",
    "truediv",
    "where",
]

Operand: TypeAlias = Value | Number
F = TypeVar("F", bound=Callable[..., object])


def of_row(declared: F) -> F:
    """Take the function that operations.py has made from the row of this name."""
    made = FUNCTIONS[declared.__name__]
    made.__doc__, made.__annotations__ = declared.__doc__, declared.__annotations__
    made.__wrapped__ = declared  # type: ignore[attr-defined]  # whose signature help() shows
    return made  # type: ignore[return-value]


@overload
def add(x: Value, y: Operand, /) -> Value: ...
@overload
def add(x: Operand, y: Value, /) -> Value: ...
@overload
def add(x: float, y: float, /) -> float: ...
@overload
def add(x: Number, y: Number, /) -> Number: ...
@of_row
def add(x: Operand, y: Operand, /) -> Value | Number:
    """x + y.

    Derivative: 1 by x, 1 by y.
    Domain: all real numbers.

    >>> round(add(0.5, 2.0), 6)
    2.5
    """
    raise NotImplementedError


@overload
def sub(x: Value, y: Operand, /) -> Value: ...
@overload
def sub(x: Operand, y: Value, /) -> Value: ...
@overload
def sub(x: float, y: float, /) -> float: ...
@overload
def sub(x: Number, y: Number, /) -> Number: ...
@of_row
def sub(x: Operand, y: Operand, /) -> Value | Number:
    """x - y.

    Derivative: 1 by x, -1 by y.
    Domain: all real numbers.

    >>> round(sub(0.5, 2.0), 6)
    -1.5
    """
    raise NotImplementedError


@overload
def mul(x: Value, y: Operand, /) -> Value: ...
@overload
def mul(x: Operand, y: Value, /) -> Value: ...
@overload
def mul(x: float, y: float, /) -> float: ...
@overload
def mul(x: Number, y: Number, /) -> Number: ...
@of_row
def mul(x: Operand, y: Operand, /) -> Value | Number:
    """x·y.

    Derivative: y by x, x by y.
    Domain: all real numbers.

    >>> round(mul(0.5, 2.0), 6)
    1.0
    """
    raise NotImplementedError


@overload
def truediv(x: Value, y: Operand, /) -> Value: ...
@overload
def truediv(x: Operand, y: Value, /) -> Value: ...
@overload
def truediv(x: float, y: float, /) -> float: ...
@overload
def truediv(x: Number, y: Number, /) -> Number: ...
@of_row
def truediv(x: Operand, y: Operand, /) -> Value | Number:
    """x/y.

    Derivative: 1/y by x, -x/y^2 by y.
    Domain: y != 0.

    >>> round(truediv(0.5, 2.0), 6)
    0.25
    """
    raise NotImplementedError


@overload
def pow(x: Value, y: Operand, /) -> Value: ...
@overload
def pow(x: Operand, y: Value, /) -> Value: ...
@overload
def pow(x: float, y: float, /) -> float: ...
@overload
def pow(x: Number, y: Number, /) -> Number: ...
@of_row
def pow(x: Operand, y: Operand, /) -> Value | Number:
    """x^y.

    Derivative: y·x^(y - 1) by x, r·log(x) by y (r is the result).
    Domain: x > 0, or x = 0 and y >= 0, or x < 0 and y a whole number (for a root of a negative number
        use sign and abs).

    >>> round(pow(0.5, 2.0), 6)
    0.25
    """
    raise NotImplementedError


@overload
def neg(x: Value, /) -> Value: ...
@overload
def neg(x: float, /) -> float: ...
@overload
def neg(x: Number, /) -> Number: ...
@of_row
def neg(x: Operand, /) -> Value | Number:
    """-x.

    Derivative: -1.
    Domain: all real numbers.

    >>> round(neg(0.5), 6)
    -0.5
    """
    raise NotImplementedError


@overload
def abs(x: Value, /) -> Value: ...
@overload
def abs(x: float, /) -> float: ...
@overload
def abs(x: Number, /) -> Number: ...
@of_row
def abs(x: Operand, /) -> Value | Number:
    """|x|.

    Derivative: sign(x).
    Domain: all real numbers.
    No derivative at 0, where 0 is used.

    >>> round(abs(0.5), 6)
    0.5
    """
    raise NotImplementedError


@overload
def exp(x: Value, /) -> Value: ...
@overload
def exp(x: float, /) -> float: ...
@overload
def exp(x: Number, /) -> Number: ...
@of_row
def exp(x: Operand, /) -> Value | Number:
    """exp(x).

    Derivative: r (r is the result).
    Domain: x <= 709.78, above it overflows.

    >>> round(exp(0.5), 6)
    1.648721
    """
    raise NotImplementedError


@overload
def expm1(x: Value, /) -> Value: ...
@overload
def expm1(x: float, /) -> float: ...
@overload
def expm1(x: Number, /) -> Number: ...
@of_row
def expm1(x: Operand, /) -> Value | Number:
    """expm1(x).

    Derivative: exp(x).
    Domain: x <= 709.78, above it overflows.

    >>> round(expm1(0.5), 6)
    0.648721
    """
    raise NotImplementedError


@overload
def log(x: Value, /) -> Value: ...
@overload
def log(x: float, /) -> float: ...
@overload
def log(x: Number, /) -> Number: ...
@of_row
def log(x: Operand, /) -> Value | Number:
    """log(x).

    Derivative: 1/x.
    Domain: x > 0.

    >>> round(log(0.5), 6)
    -0.693147
    """
    raise NotImplementedError


@overload
def log1p(x: Value, /) -> Value: ...
@overload
def log1p(x: float, /) -> float: ...
@overload
def log1p(x: Number, /) -> Number: ...
@of_row
def log1p(x: Operand, /) -> Value | Number:
    """log1p(x).

    Derivative: 1/(1 + x).
    Domain: x > -1.

    >>> round(log1p(0.5), 6)
    0.405465
    """
    raise NotImplementedError


@overload
def log2(x: Value, /) -> Value: ...
@overload
def log2(x: float, /) -> float: ...
@overload
def log2(x: Number, /) -> Number: ...
@of_row
def log2(x: Operand, /) -> Value | Number:
    """log2(x).

    Derivative: 1/(x·log(2)).
    Domain: x > 0.

    >>> round(log2(0.5), 6)
    -1.0
    """
    raise NotImplementedError


@overload
def log10(x: Value, /) -> Value: ...
@overload
def log10(x: float, /) -> float: ...
@overload
def log10(x: Number, /) -> Number: ...
@of_row
def log10(x: Operand, /) -> Value | Number:
    """log10(x).

    Derivative: 1/(x·log(10)).
    Domain: x > 0.

    >>> round(log10(0.5), 6)
    -0.30103
    """
    raise NotImplementedError


@overload
def exp2(x: Value, /) -> Value: ...
@overload
def exp2(x: float, /) -> float: ...
@overload
def exp2(x: Number, /) -> Number: ...
@of_row
def exp2(x: Operand, /) -> Value | Number:
    """exp2(x).

    Derivative: r·log(2) (r is the result).
    Domain: x < 1024, from there on it overflows.

    >>> round(exp2(0.5), 6)
    1.414214
    """
    raise NotImplementedError


@overload
def sqrt(x: Value, /) -> Value: ...
@overload
def sqrt(x: float, /) -> float: ...
@overload
def sqrt(x: Number, /) -> Number: ...
@of_row
def sqrt(x: Operand, /) -> Value | Number:
    """sqrt(x).

    Derivative: 1/(2r).
    Domain: x >= 0.
    No derivative at 0, where inf is used.

    >>> round(sqrt(0.5), 6)
    0.707107
    """
    raise NotImplementedError


@overload
def sin(x: Value, /) -> Value: ...
@overload
def sin(x: float, /) -> float: ...
@overload
def sin(x: Number, /) -> Number: ...
@of_row
def sin(x: Operand, /) -> Value | Number:
    """sin(x).

    Derivative: cos(x).
    Domain: finite x.

    >>> round(sin(0.5), 6)
    0.479426
    """
    raise NotImplementedError


@overload
def cos(x: Value, /) -> Value: ...
@overload
def cos(x: float, /) -> float: ...
@overload
def cos(x: Number, /) -> Number: ...
@of_row
def cos(x: Operand, /) -> Value | Number:
    """cos(x).

    Derivative: -sin(x).
    Domain: finite x.

    >>> round(cos(0.5), 6)
    0.877583
    """
    raise NotImplementedError


@overload
def tan(x: Value, /) -> Value: ...
@overload
def tan(x: float, /) -> float: ...
@overload
def tan(x: Number, /) -> Number: ...
@of_row
def tan(x: Operand, /) -> Value | Number:
    """tan(x).

    Derivative: 1 + r^2 (r is the result).
    Domain: finite x.

    >>> round(tan(0.5), 6)
    0.546302
    """
    raise NotImplementedError


@overload
def asin(x: Value, /) -> Value: ...
@overload
def asin(x: float, /) -> float: ...
@overload
def asin(x: Number, /) -> Number: ...
@of_row
def asin(x: Operand, /) -> Value | Number:
    """asin(x).

    Derivative: 1/sqrt(1 - x^2).
    Domain: -1 <= x <= 1.
    No derivative at -1 and 1, where inf is used.

    >>> round(asin(0.5), 6)
    0.523599
    """
    raise NotImplementedError


@overload
def acos(x: Value, /) -> Value: ...
@overload
def acos(x: float, /) -> float: ...
@overload
def acos(x: Number, /) -> Number: ...
@of_row
def acos(x: Operand, /) -> Value | Number:
    """acos(x).

    Derivative: -1/sqrt(1 - x^2).
    Domain: -1 <= x <= 1.
    No derivative at -1 and 1, where -inf is used.

    >>> round(acos(0.5), 6)
    1.047198
    """
    raise NotImplementedError


@overload
def atan(x: Value, /) -> Value: ...
@overload
def atan(x: float, /) -> float: ...
@overload
def atan(x: Number, /) -> Number: ...
@of_row
def atan(x: Operand, /) -> Value | Number:
    """atan(x).

    Derivative: 1/(1 + x^2).
    Domain: all real numbers.

    >>> round(atan(0.5), 6)
    0.463648
    """
    raise NotImplementedError


@overload
def sinh(x: Value, /) -> Value: ...
@overload
def sinh(x: float, /) -> float: ...
@overload
def sinh(x: Number, /) -> Number: ...
@of_row
def sinh(x: Operand, /) -> Value | Number:
    """sinh(x).

    Derivative: cosh(x).
    Domain: |x| <= 710.47, beyond it overflows.

    >>> round(sinh(0.5), 6)
    0.521095
    """
    raise NotImplementedError


@overload
def cosh(x: Value, /) -> Value: ...
@overload
def cosh(x: float, /) -> float: ...
@overload
def cosh(x: Number, /) -> Number: ...
@of_row
def cosh(x: Operand, /) -> Value | Number:
    """cosh(x).

    Derivative: sinh(x).
    Domain: |x| <= 710.47, beyond it overflows.

    >>> round(cosh(0.5), 6)
    1.127626
    """
    raise NotImplementedError


@overload
def tanh(x: Value, /) -> Value: ...
@overload
def tanh(x: float, /) -> float: ...
@overload
def tanh(x: Number, /) -> Number: ...
@of_row
def tanh(x: Operand, /) -> Value | Number:
    """tanh(x).

    Derivative: 1 - r^2 (r is the result).
    Domain: all real numbers.

    >>> round(tanh(0.5), 6)
    0.462117
    """
    raise NotImplementedError


@overload
def asinh(x: Value, /) -> Value: ...
@overload
def asinh(x: float, /) -> float: ...
@overload
def asinh(x: Number, /) -> Number: ...
@of_row
def asinh(x: Operand, /) -> Value | Number:
    """asinh(x).

    Derivative: 1/sqrt(x^2 + 1).
    Domain: all real numbers.

    >>> round(asinh(0.5), 6)
    0.481212
    """
    raise NotImplementedError


@overload
def atanh(x: Value, /) -> Value: ...
@overload
def atanh(x: float, /) -> float: ...
@overload
def atanh(x: Number, /) -> Number: ...
@of_row
def atanh(x: Operand, /) -> Value | Number:
    """atanh(x).

    Derivative: 1/(1 - x^2).
    Domain: -1 < x < 1.

    >>> round(atanh(0.5), 6)
    0.549306
    """
    raise NotImplementedError


@overload
def sigmoid(x: Value, /) -> Value: ...
@overload
def sigmoid(x: float, /) -> float: ...
@overload
def sigmoid(x: Number, /) -> Number: ...
@of_row
def sigmoid(x: Operand, /) -> Value | Number:
    """σ(x).

    Derivative: r·(1 - r) (r is the result).
    Domain: all real numbers.

    >>> round(sigmoid(0.5), 6)
    0.622459
    """
    raise NotImplementedError


@overload
def softplus(x: Value, /) -> Value: ...
@overload
def softplus(x: float, /) -> float: ...
@overload
def softplus(x: Number, /) -> Number: ...
@of_row
def softplus(x: Operand, /) -> Value | Number:
    """softplus(x) = max(x, 0) + log1p(exp(-|x|)).

    Derivative: σ(x).
    Domain: all real numbers.

    >>> round(softplus(0.5), 6)
    0.974077
    """
    raise NotImplementedError


@overload
def relu(x: Value, /) -> Value: ...
@overload
def relu(x: float, /) -> float: ...
@overload
def relu(x: Number, /) -> Number: ...
@of_row
def relu(x: Operand, /) -> Value | Number:
    """relu(x) = max(x, 0).

    Derivative: [x > 0].
    Domain: all real numbers.
    No derivative at 0, where 0 is used.

    >>> round(relu(0.5), 6)
    0.5
    """
    raise NotImplementedError


@overload
def leaky_relu(x: Value, y: Operand = 0.01, /) -> Value: ...
@overload
def leaky_relu(x: float, y: float = 0.01, /) -> float: ...
@overload
def leaky_relu(x: Number, y: Number = 0.01, /) -> Number: ...
@of_row
def leaky_relu(x: Operand, y: Operand = 0.01, /) -> Value | Number:
    """leaky_relu(x, y) = where([x > 0], x, y·x).

    Derivative: where([x > 0], 1, y) by x, where([x > 0], 0, x) by y.
    Domain: all real numbers.
    No derivative at x = 0, where the slope y is used (none if y = 1).
    Default: y = 0.01.

    >>> round(leaky_relu(0.5, 2.0), 6)
    0.5
    """
    raise NotImplementedError


@overload
def elu(x: Value, y: Operand = 1.0, /) -> Value: ...
@overload
def elu(x: float, y: float = 1.0, /) -> float: ...
@overload
def elu(x: Number, y: Number = 1.0, /) -> Number: ...
@of_row
def elu(x: Operand, y: Operand = 1.0, /) -> Value | Number:
    """elu(x, y) = where([x > 0], x, y·expm1(min(x, 0))).

    Derivative: where([x > 0], 1, y·exp(x)) by x, where([x > 0], 0, exp(x) - 1) by y.
    Domain: all real numbers.
    No derivative at x = 0, where y is used (none if y = 1).
    Default: y = 1.

    >>> round(elu(0.5, 2.0), 6)
    0.5
    """
    raise NotImplementedError


@overload
def gelu(x: Value, /) -> Value: ...
@overload
def gelu(x: float, /) -> float: ...
@overload
def gelu(x: Number, /) -> Number: ...
@of_row
def gelu(x: Operand, /) -> Value | Number:
    """gelu(x).

    Derivative: (1 + erf(x/sqrt(2)))/2 + x·exp(-x^2/2)/sqrt(2π).
    Domain: all real numbers.

    >>> round(gelu(0.5), 6)
    0.345731
    """
    raise NotImplementedError


@overload
def silu(x: Value, /) -> Value: ...
@overload
def silu(x: float, /) -> float: ...
@overload
def silu(x: Number, /) -> Number: ...
@of_row
def silu(x: Operand, /) -> Value | Number:
    """silu(x) = x·σ(x).

    Derivative: σ(x)·(1 + x - r) (r is the result).
    Domain: all real numbers.

    >>> round(silu(0.5), 6)
    0.31123
    """
    raise NotImplementedError


@overload
def erf(x: Value, /) -> Value: ...
@overload
def erf(x: float, /) -> float: ...
@overload
def erf(x: Number, /) -> Number: ...
@of_row
def erf(x: Operand, /) -> Value | Number:
    """erf(x).

    Derivative: (2/sqrt(π))·exp(-x^2).
    Domain: all real numbers.

    >>> round(erf(0.5), 6)
    0.5205
    """
    raise NotImplementedError


@overload
def hypot(x: Value, y: Operand, /) -> Value: ...
@overload
def hypot(x: Operand, y: Value, /) -> Value: ...
@overload
def hypot(x: float, y: float, /) -> float: ...
@overload
def hypot(x: Number, y: Number, /) -> Number: ...
@of_row
def hypot(x: Operand, y: Operand, /) -> Value | Number:
    """hypot(x, y).

    Derivative: x/r by x, y/r by y (r is the result).
    Domain: all real numbers.
    No derivative at the origin, where 0 is used.

    >>> round(hypot(0.5, 2.0), 6)
    2.061553
    """
    raise NotImplementedError


@overload
def atan2(x: Value, y: Operand, /) -> Value: ...
@overload
def atan2(x: Operand, y: Value, /) -> Value: ...
@overload
def atan2(x: float, y: float, /) -> float: ...
@overload
def atan2(x: Number, y: Number, /) -> Number: ...
@of_row
def atan2(x: Operand, y: Operand, /) -> Value | Number:
    """atan2(x, y).

    Derivative: y/(x^2 + y^2) by x, -x/(x^2 + y^2) by y.
    Domain: all real numbers.
    No derivative at the origin, where 0 is used, and a jump at x = 0 where y < 0.

    >>> round(atan2(0.5, 2.0), 6)
    0.244979
    """
    raise NotImplementedError


@overload
def norm(value: Value, /, *values: Operand) -> Value: ...
@overload
def norm(value: Operand, other: Value, /, *values: Operand) -> Value: ...
@overload
def norm(values: Iterable[Value], /) -> Value: ...
@overload
def norm(values: Iterable[float], /) -> float: ...
@overload
def norm(values: Iterable[Operand], /) -> Value | Number: ...
@overload
def norm(*values: Value) -> Value: ...
@overload
def norm(*values: float) -> float: ...
@overload
def norm(*values: Operand) -> Value | Number: ...
@of_row
def norm(*values: Operand | Iterable[Operand]) -> Value | Number:
    """norm(x, y, z).

    Derivative: x/r by x, y/r by y, z/r by z (r is the result).
    Domain: all real numbers.
    No derivative at the origin, where 0 is used.

    >>> round(norm(1.0, 2.0, 3.0), 6)
    3.741657
    """
    raise NotImplementedError


@overload
def maximum(x: Value, y: Operand, /) -> Value: ...
@overload
def maximum(x: Operand, y: Value, /) -> Value: ...
@overload
def maximum(x: float, y: float, /) -> float: ...
@overload
def maximum(x: Number, y: Number, /) -> Number: ...
@of_row
def maximum(x: Operand, y: Operand, /) -> Value | Number:
    """max(x, y).

    Derivative: [x > y] + [x = y]/2 by x, [x < y] + [x = y]/2 by y.
    Domain: all real numbers.
    No derivative at x = y, where both share equally; beside a plain number 0 is used.

    >>> round(maximum(0.5, 2.0), 6)
    2.0
    """
    raise NotImplementedError


@overload
def minimum(x: Value, y: Operand, /) -> Value: ...
@overload
def minimum(x: Operand, y: Value, /) -> Value: ...
@overload
def minimum(x: float, y: float, /) -> float: ...
@overload
def minimum(x: Number, y: Number, /) -> Number: ...
@of_row
def minimum(x: Operand, y: Operand, /) -> Value | Number:
    """min(x, y).

    Derivative: [x < y] + [x = y]/2 by x, [x > y] + [x = y]/2 by y.
    Domain: all real numbers.
    No derivative at x = y, where both share equally; beside a plain number 0 is used.

    >>> round(minimum(0.5, 2.0), 6)
    0.5
    """
    raise NotImplementedError


@overload
def where(c: Value, x: Operand, y: Operand, /) -> Value: ...
@overload
def where(c: Operand, x: Value, y: Operand, /) -> Value: ...
@overload
def where(c: Operand, x: Operand, y: Value, /) -> Value: ...
@overload
def where(c: float, x: float, y: float, /) -> float: ...
@overload
def where(c: Number, x: Number, y: Number, /) -> Number: ...
@of_row
def where(c: Operand, x: Operand, y: Operand, /) -> Value | Number:
    """where(c, x, y).

    Derivative: 0 by c, where(c, 1, 0) by x, where(c, 0, 1) by y.
    Domain: all real numbers.

    >>> round(where(1, 0.5, 2.0), 6)
    0.5
    """
    raise NotImplementedError


@overload
def sign(x: Value, /) -> Value: ...
@overload
def sign(x: float, /) -> float: ...
@overload
def sign(x: Number, /) -> Number: ...
@of_row
def sign(x: Operand, /) -> Value | Number:
    """sign(x).

    Derivative: 0.
    Domain: all real numbers.
    No derivative at 0.

    >>> round(sign(0.5), 6)
    1.0
    """
    raise NotImplementedError


@overload
def greater(x: Value, y: Operand, /) -> Value: ...
@overload
def greater(x: Operand, y: Value, /) -> Value: ...
@overload
def greater(x: float, y: float, /) -> float: ...
@overload
def greater(x: Number, y: Number, /) -> Number: ...
@of_row
def greater(x: Operand, y: Operand, /) -> Value | Number:
    """[x > y].

    Derivative: 0 by x, 0 by y.
    Domain: all real numbers.
    No derivative at x = y.

    >>> round(greater(0.5, 2.0), 6)
    0.0
    """
    raise NotImplementedError


@overload
def greater_equal(x: Value, y: Operand, /) -> Value: ...
@overload
def greater_equal(x: Operand, y: Value, /) -> Value: ...
@overload
def greater_equal(x: float, y: float, /) -> float: ...
@overload
def greater_equal(x: Number, y: Number, /) -> Number: ...
@of_row
def greater_equal(x: Operand, y: Operand, /) -> Value | Number:
    """[x ≥ y].

    Derivative: 0 by x, 0 by y.
    Domain: all real numbers.
    No derivative at x = y.

    >>> round(greater_equal(0.5, 2.0), 6)
    0.0
    """
    raise NotImplementedError


@overload
def less(x: Value, y: Operand, /) -> Value: ...
@overload
def less(x: Operand, y: Value, /) -> Value: ...
@overload
def less(x: float, y: float, /) -> float: ...
@overload
def less(x: Number, y: Number, /) -> Number: ...
@of_row
def less(x: Operand, y: Operand, /) -> Value | Number:
    """[x < y].

    Derivative: 0 by x, 0 by y.
    Domain: all real numbers.
    No derivative at x = y.

    >>> round(less(0.5, 2.0), 6)
    1.0
    """
    raise NotImplementedError


@overload
def less_equal(x: Value, y: Operand, /) -> Value: ...
@overload
def less_equal(x: Operand, y: Value, /) -> Value: ...
@overload
def less_equal(x: float, y: float, /) -> float: ...
@overload
def less_equal(x: Number, y: Number, /) -> Number: ...
@of_row
def less_equal(x: Operand, y: Operand, /) -> Value | Number:
    """[x ≤ y].

    Derivative: 0 by x, 0 by y.
    Domain: all real numbers.
    No derivative at x = y.

    >>> round(less_equal(0.5, 2.0), 6)
    1.0
    """
    raise NotImplementedError


@overload
def equal(x: Value, y: Operand, /) -> Value: ...
@overload
def equal(x: Operand, y: Value, /) -> Value: ...
@overload
def equal(x: float, y: float, /) -> float: ...
@overload
def equal(x: Number, y: Number, /) -> Number: ...
@of_row
def equal(x: Operand, y: Operand, /) -> Value | Number:
    """[x = y].

    Derivative: 0 by x, 0 by y.
    Domain: all real numbers.
    No derivative at x = y.

    >>> round(equal(0.5, 2.0), 6)
    0.0
    """
    raise NotImplementedError


@overload
def sum(value: Value, /, *values: Operand) -> Value: ...
@overload
def sum(value: Operand, other: Value, /, *values: Operand) -> Value: ...
@overload
def sum(values: Iterable[Value], /) -> Value: ...
@overload
def sum(values: Iterable[float], /) -> float: ...
@overload
def sum(values: Iterable[Operand], /) -> Value | Number: ...
@overload
def sum(*values: Value) -> Value: ...
@overload
def sum(*values: float) -> float: ...
@overload
def sum(*values: Operand) -> Value | Number: ...
@of_row
def sum(*values: Operand | Iterable[Operand]) -> Value | Number:
    """x + y + z.

    Derivative: 1 by x, 1 by y, 1 by z.
    Domain: all real numbers.

    >>> round(sum(1.0, 2.0, 3.0), 6)
    6.0
    """
    raise NotImplementedError


@overload
def mean(value: Value, /, *values: Operand) -> Value: ...
@overload
def mean(value: Operand, other: Value, /, *values: Operand) -> Value: ...
@overload
def mean(values: Iterable[Value], /) -> Value: ...
@overload
def mean(values: Iterable[float], /) -> float: ...
@overload
def mean(values: Iterable[Operand], /) -> Value | Number: ...
@overload
def mean(*values: Value) -> Value: ...
@overload
def mean(*values: float) -> float: ...
@overload
def mean(*values: Operand) -> Value | Number: ...
@of_row
def mean(*values: Operand | Iterable[Operand]) -> Value | Number:
    """(x + y + z)/3.

    Derivative: 1/3 by x, 1/3 by y, 1/3 by z.
    Domain: all real numbers.

    >>> round(mean(1.0, 2.0, 3.0), 6)
    2.0
    """
    raise NotImplementedError


@overload
def prod(value: Value, /, *values: Operand) -> Value: ...
@overload
def prod(value: Operand, other: Value, /, *values: Operand) -> Value: ...
@overload
def prod(values: Iterable[Value], /) -> Value: ...
@overload
def prod(values: Iterable[float], /) -> float: ...
@overload
def prod(values: Iterable[Operand], /) -> Value | Number: ...
@overload
def prod(*values: Value) -> Value: ...
@overload
def prod(*values: float) -> float: ...
@overload
def prod(*values: Operand) -> Value | Number: ...
@of_row
def prod(*values: Operand | Iterable[Operand]) -> Value | Number:
    """x·y·z.

    Derivative: z·y by x, x·z by y, x·y by z.
    Domain: all real numbers.

    >>> round(prod(1.0, 2.0, 3.0), 6)
    6.0
    """
    raise NotImplementedError


@overload
def dot(weights: Iterable[Value], inputs: Iterable[Operand], bias: Operand = 0) -> Value: ...
@overload
def dot(weights: Iterable[Operand], inputs: Iterable[Value], bias: Operand = 0) -> Value: ...
@overload
def dot(weights: Iterable[float], inputs: Iterable[float], bias: float = 0) -> float: ...
@overload
def dot(weights: Iterable[Operand], inputs: Iterable[Operand], bias: Operand = 0) -> Value | Number: ...
@of_row
def dot(weights: Iterable[Operand], inputs: Iterable[Operand], bias: Operand = 0) -> Value | Number:
    """v·x + w·y + b.

    Derivative: x by v, y by w, v by x, w by y, 1 by b.
    Domain: all real numbers.

    >>> round(dot([1.0, 2.0], [0.5, 2.0], 1.0), 6)
    5.5
    """
    raise NotImplementedError


@overload
def max(value: Value, /, *values: Operand) -> Value: ...
@overload
def max(value: Operand, other: Value, /, *values: Operand) -> Value: ...
@overload
def max(values: Iterable[Value], /) -> Value: ...
@overload
def max(values: Iterable[float], /) -> float: ...
@overload
def max(values: Iterable[Operand], /) -> Value | Number: ...
@overload
def max(*values: Value) -> Value: ...
@overload
def max(*values: float) -> float: ...
@overload
def max(*values: Operand) -> Value | Number: ...
@of_row
def max(*values: Operand | Iterable[Operand]) -> Value | Number:
    """max(x, y, z).

    Derivative: [x = r]/([x = r] + [y = r] + [z = r]) by x, [y = r]/([x = r] + [y = r] + [z = r]) by
        y, [z = r]/([x = r] + [y = r] + [z = r]) by z (r is the result).
    Domain: all real numbers.
    No derivative at where the largest is not alone: they share equally; beside a plain number 0 is
        used.

    >>> round(max(1.0, 2.0, 3.0), 6)
    3.0
    """
    raise NotImplementedError


@overload
def min(value: Value, /, *values: Operand) -> Value: ...
@overload
def min(value: Operand, other: Value, /, *values: Operand) -> Value: ...
@overload
def min(values: Iterable[Value], /) -> Value: ...
@overload
def min(values: Iterable[float], /) -> float: ...
@overload
def min(values: Iterable[Operand], /) -> Value | Number: ...
@overload
def min(*values: Value) -> Value: ...
@overload
def min(*values: float) -> float: ...
@overload
def min(*values: Operand) -> Value | Number: ...
@of_row
def min(*values: Operand | Iterable[Operand]) -> Value | Number:
    """min(x, y, z).

    Derivative: [x = r]/([x = r] + [y = r] + [z = r]) by x, [y = r]/([x = r] + [y = r] + [z = r]) by
        y, [z = r]/([x = r] + [y = r] + [z = r]) by z (r is the result).
    Domain: all real numbers.
    No derivative at where the smallest is not alone: they share equally; beside a plain number 0 is
        used.

    >>> round(min(1.0, 2.0, 3.0), 6)
    1.0
    """
    raise NotImplementedError


@overload
def logsumexp(value: Value, /, *values: Operand) -> Value: ...
@overload
def logsumexp(value: Operand, other: Value, /, *values: Operand) -> Value: ...
@overload
def logsumexp(values: Iterable[Value], /) -> Value: ...
@overload
def logsumexp(values: Iterable[float], /) -> float: ...
@overload
def logsumexp(values: Iterable[Operand], /) -> Value | Number: ...
@overload
def logsumexp(*values: Value) -> Value: ...
@overload
def logsumexp(*values: float) -> float: ...
@overload
def logsumexp(*values: Operand) -> Value | Number: ...
@of_row
def logsumexp(*values: Operand | Iterable[Operand]) -> Value | Number:
    """logsumexp(x, y, z).

    Derivative: exp(x - r) by x, exp(y - r) by y, exp(z - r) by z (r is the result).
    Domain: all real numbers, inf and -inf; if the largest are infinite, they share equally.

    >>> round(logsumexp(1.0, 2.0, 3.0), 6)
    3.407606
    """
    raise NotImplementedError


@overload
def softmax(value: Value, /, *values: Operand) -> list[Value]: ...
@overload
def softmax(value: Operand, other: Value, /, *values: Operand) -> list[Value]: ...
@overload
def softmax(values: Iterable[Value], /) -> list[Value]: ...
@overload
def softmax(values: Iterable[float], /) -> list[float]: ...
@overload
def softmax(values: Iterable[Operand], /) -> list[Value] | list[float]: ...
@overload
def softmax(*values: Value) -> list[Value]: ...
@overload
def softmax(*values: float) -> list[float]: ...
@overload
def softmax(*values: Operand) -> list[Value] | list[float]: ...
@of_row
def softmax(*values: Operand | Iterable[Operand]) -> list[Value] | list[float]:
    """softmax(x, y, z)[0].

    Derivative: r·(1 - r) by x, -r·softmax(x, y, z)[1] by y, -r·softmax(x, y, z)[2] by z (r is the
        result).
    Domain: all real numbers, inf and -inf; if the largest are infinite, they share equally.

    >>> [round(share, 6) for share in softmax(1.0, 2.0, 3.0)]
    [0.090031, 0.244728, 0.665241]
    """
    raise NotImplementedError
