"""The functions of the table, as editors, help() and type checkers see them.

Made from the rows of the table by docs/from_rows.py; change those instead.
Values in, a node out; plain numbers in, a plain number out; a matrix of Values in, a matrix out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeAlias, TypeVar, overload

from autodiff.number import Number
from autodiff.operations import FUNCTIONS
from autodiff.rules import Rule
from autodiff.value import Value

__all__ = [
    "abs",
    "acos",
    "acosh",
    "add",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cbrt",
    "ceil",
    "celu",
    "clip",
    "copysign",
    "cos",
    "cosh",
    "degrees",
    "digamma",
    "dot",
    "elu",
    "equal",
    "erf",
    "erfc",
    "exp",
    "exp2",
    "expm1",
    "floor",
    "floordiv",
    "fma",
    "fmod",
    "gamma",
    "gelu",
    "gelu_tanh",
    "greater",
    "greater_equal",
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "heaviside",
    "hypot",
    "kthvalue",
    "leaky_relu",
    "lerp",
    "less",
    "less_equal",
    "lgamma",
    "log",
    "log1p",
    "log2",
    "log10",
    "log_base",
    "log_sigmoid",
    "log_softmax",
    "logaddexp",
    "logsumexp",
    "max",
    "maximum",
    "mean",
    "min",
    "minimum",
    "mish",
    "mod",
    "mul",
    "neg",
    "norm",
    "polygamma",
    "pow",
    "prod",
    "radians",
    "reciprocal",
    "relu",
    "relu6",
    "remainder",
    "rint",
    "selu",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "sinc",
    "sinh",
    "softmax",
    "softplus",
    "softshrink",
    "softsign",
    "sqrt",
    "square",
    "squareplus",
    "std",
    "sub",
    "sum",
    "tan",
    "tanh",
    "tanhshrink",
    "truediv",
    "trunc",
    "var",
    "where",
    "xlogy",
]

Operand: TypeAlias = Value | Number
Along: TypeAlias = int | tuple[int, ...] | None
F = TypeVar("F", bound=Callable[..., object])
M = TypeVar("M", bound="MatrixLike")
OperandOrMatrix: TypeAlias = "Operand | MatrixLike"
ResultOrMatrix: TypeAlias = "Value | Number | MatrixLike"


class MatrixLike(Protocol):
    """A matrix of Values, which takes part in an operation element by element."""

    def _record(self, rule: Rule, operands: Sequence[object]) -> object: ...


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
@overload
def add(x: M, y: Operand | M, /) -> M: ...
@overload
def add(x: Operand | M, y: M, /) -> M: ...
@of_row
def add(x: OperandOrMatrix, y: OperandOrMatrix, /) -> ResultOrMatrix:
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
@overload
def sub(x: M, y: Operand | M, /) -> M: ...
@overload
def sub(x: Operand | M, y: M, /) -> M: ...
@of_row
def sub(x: OperandOrMatrix, y: OperandOrMatrix, /) -> ResultOrMatrix:
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
@overload
def mul(x: M, y: Operand | M, /) -> M: ...
@overload
def mul(x: Operand | M, y: M, /) -> M: ...
@of_row
def mul(x: OperandOrMatrix, y: OperandOrMatrix, /) -> ResultOrMatrix:
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
@overload
def truediv(x: M, y: Operand | M, /) -> M: ...
@overload
def truediv(x: Operand | M, y: M, /) -> M: ...
@of_row
def truediv(x: OperandOrMatrix, y: OperandOrMatrix, /) -> ResultOrMatrix:
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
@overload
def pow(x: M, y: Operand | M, /) -> M: ...
@overload
def pow(x: Operand | M, y: M, /) -> M: ...
@of_row
def pow(x: OperandOrMatrix, y: OperandOrMatrix, /) -> ResultOrMatrix:
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
@overload
def neg(x: M, /) -> M: ...
@of_row
def neg(x: OperandOrMatrix, /) -> ResultOrMatrix:
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
@overload
def abs(x: M, /) -> M: ...
@of_row
def abs(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """|x|.

    Derivative: sign(x).
    Domain: all real numbers.
    No derivative at 0, where 0 is used.

    >>> round(abs(0.5), 6)
    0.5
    """
    raise NotImplementedError


@overload
def lerp(x: Value, y: Operand, z: Operand, /) -> Value: ...
@overload
def lerp(x: Operand, y: Value, z: Operand, /) -> Value: ...
@overload
def lerp(x: Operand, y: Operand, z: Value, /) -> Value: ...
@overload
def lerp(x: float, y: float, z: float, /) -> float: ...
@overload
def lerp(x: Number, y: Number, z: Number, /) -> Number: ...
@overload
def lerp(x: M, y: Operand | M, z: Operand | M, /) -> M: ...
@overload
def lerp(x: Operand | M, y: M, z: Operand | M, /) -> M: ...
@overload
def lerp(x: Operand | M, y: Operand | M, z: M, /) -> M: ...
@of_row
def lerp(x: OperandOrMatrix, y: OperandOrMatrix, z: OperandOrMatrix, /) -> ResultOrMatrix:
    """lerp(x, y, z) = x + z·(y - x).

    Derivative: 1 - z by x, z by y, y - x by z.
    Domain: all real numbers.

    >>> round(lerp(1, 0.5, 2.0), 6)
    0.0
    """
    raise NotImplementedError


@overload
def fma(x: Value, y: Operand, z: Operand, /) -> Value: ...
@overload
def fma(x: Operand, y: Value, z: Operand, /) -> Value: ...
@overload
def fma(x: Operand, y: Operand, z: Value, /) -> Value: ...
@overload
def fma(x: float, y: float, z: float, /) -> float: ...
@overload
def fma(x: Number, y: Number, z: Number, /) -> Number: ...
@overload
def fma(x: M, y: Operand | M, z: Operand | M, /) -> M: ...
@overload
def fma(x: Operand | M, y: M, z: Operand | M, /) -> M: ...
@overload
def fma(x: Operand | M, y: Operand | M, z: M, /) -> M: ...
@of_row
def fma(x: OperandOrMatrix, y: OperandOrMatrix, z: OperandOrMatrix, /) -> ResultOrMatrix:
    """fma(x, y, z) = x·y + z.

    Derivative: y by x, x by y, 1 by z.
    Domain: all real numbers.

    >>> round(fma(1, 0.5, 2.0), 6)
    2.5
    """
    raise NotImplementedError


@overload
def exp(x: Value, /) -> Value: ...
@overload
def exp(x: float, /) -> float: ...
@overload
def exp(x: Number, /) -> Number: ...
@overload
def exp(x: M, /) -> M: ...
@of_row
def exp(x: OperandOrMatrix, /) -> ResultOrMatrix:
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
@overload
def expm1(x: M, /) -> M: ...
@of_row
def expm1(x: OperandOrMatrix, /) -> ResultOrMatrix:
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
@overload
def log(x: M, /) -> M: ...
@overload
def log(x: Value, y: Operand, /) -> Value: ...
@overload
def log(x: Operand, y: Value, /) -> Value: ...
@overload
def log(x: float, y: float, /) -> float: ...
@overload
def log(x: Number, y: Number, /) -> Number: ...
@overload
def log(x: M, y: Operand | M, /) -> M: ...
@overload
def log(x: Operand | M, y: M, /) -> M: ...
@of_row
def log(x: OperandOrMatrix, y: OperandOrMatrix | None = None, /) -> ResultOrMatrix:
    """log(x), log(x, y) = log_base(x, y).

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
@overload
def log1p(x: M, /) -> M: ...
@of_row
def log1p(x: OperandOrMatrix, /) -> ResultOrMatrix:
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
@overload
def log2(x: M, /) -> M: ...
@of_row
def log2(x: OperandOrMatrix, /) -> ResultOrMatrix:
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
@overload
def log10(x: M, /) -> M: ...
@of_row
def log10(x: OperandOrMatrix, /) -> ResultOrMatrix:
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
@overload
def exp2(x: M, /) -> M: ...
@of_row
def exp2(x: OperandOrMatrix, /) -> ResultOrMatrix:
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
@overload
def sqrt(x: M, /) -> M: ...
@of_row
def sqrt(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """sqrt(x).

    Derivative: 1/(2r).
    Domain: x >= 0.
    No derivative at 0, where inf is used.

    >>> round(sqrt(0.5), 6)
    0.707107
    """
    raise NotImplementedError


@overload
def cbrt(x: Value, /) -> Value: ...
@overload
def cbrt(x: float, /) -> float: ...
@overload
def cbrt(x: Number, /) -> Number: ...
@overload
def cbrt(x: M, /) -> M: ...
@of_row
def cbrt(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """cbrt(x).

    Derivative: 1/(3r^2).
    Domain: all real numbers.
    No derivative at 0, where inf is used.

    >>> round(cbrt(0.5), 6)
    0.793701
    """
    raise NotImplementedError


@overload
def square(x: Value, /) -> Value: ...
@overload
def square(x: float, /) -> float: ...
@overload
def square(x: Number, /) -> Number: ...
@overload
def square(x: M, /) -> M: ...
@of_row
def square(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """x^2 = x·x.

    Derivative: 2x.
    Domain: all real numbers.

    >>> round(square(0.5), 6)
    0.25
    """
    raise NotImplementedError


@overload
def reciprocal(x: Value, /) -> Value: ...
@overload
def reciprocal(x: float, /) -> float: ...
@overload
def reciprocal(x: Number, /) -> Number: ...
@overload
def reciprocal(x: M, /) -> M: ...
@of_row
def reciprocal(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """1/x.

    Derivative: -1/x^2.
    Domain: x != 0.

    >>> round(reciprocal(0.5), 6)
    2.0
    """
    raise NotImplementedError


@overload
def log_base(x: Value, y: Operand, /) -> Value: ...
@overload
def log_base(x: Operand, y: Value, /) -> Value: ...
@overload
def log_base(x: float, y: float, /) -> float: ...
@overload
def log_base(x: Number, y: Number, /) -> Number: ...
@overload
def log_base(x: M, y: Operand | M, /) -> M: ...
@overload
def log_base(x: Operand | M, y: M, /) -> M: ...
@of_row
def log_base(x: OperandOrMatrix, y: OperandOrMatrix, /) -> ResultOrMatrix:
    """log_base(x, y) = log(x)/log(y).

    Derivative: 1/(x·log(y)) by x, -r/(y·log(y)) by y (r is the result).
    Domain: x > 0, y > 0 and y != 1.

    >>> round(log_base(0.5, 2.0), 6)
    -1.0
    """
    raise NotImplementedError


@overload
def sin(x: Value, /) -> Value: ...
@overload
def sin(x: float, /) -> float: ...
@overload
def sin(x: Number, /) -> Number: ...
@overload
def sin(x: M, /) -> M: ...
@of_row
def sin(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """sin(x).

    Derivative: cos(x).
    Domain: -inf < x < inf.

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
@overload
def cos(x: M, /) -> M: ...
@of_row
def cos(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """cos(x).

    Derivative: -sin(x).
    Domain: -inf < x < inf.

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
@overload
def tan(x: M, /) -> M: ...
@of_row
def tan(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """tan(x).

    Derivative: 1 + r^2 (r is the result).
    Domain: -inf < x < inf.

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
@overload
def asin(x: M, /) -> M: ...
@of_row
def asin(x: OperandOrMatrix, /) -> ResultOrMatrix:
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
@overload
def acos(x: M, /) -> M: ...
@of_row
def acos(x: OperandOrMatrix, /) -> ResultOrMatrix:
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
@overload
def atan(x: M, /) -> M: ...
@of_row
def atan(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """atan(x).

    Derivative: 1/(1 + x^2).
    Domain: all real numbers.

    >>> round(atan(0.5), 6)
    0.463648
    """
    raise NotImplementedError


@overload
def degrees(x: Value, /) -> Value: ...
@overload
def degrees(x: float, /) -> float: ...
@overload
def degrees(x: Number, /) -> Number: ...
@overload
def degrees(x: M, /) -> M: ...
@of_row
def degrees(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """degrees(x) = x·180/π.

    Derivative: 180/π.
    Domain: all real numbers.

    >>> round(degrees(0.5), 6)
    28.64789
    """
    raise NotImplementedError


@overload
def radians(x: Value, /) -> Value: ...
@overload
def radians(x: float, /) -> float: ...
@overload
def radians(x: Number, /) -> Number: ...
@overload
def radians(x: M, /) -> M: ...
@of_row
def radians(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """radians(x) = x·π/180.

    Derivative: π/180.
    Domain: all real numbers.

    >>> round(radians(0.5), 6)
    0.008727
    """
    raise NotImplementedError


@overload
def sinh(x: Value, /) -> Value: ...
@overload
def sinh(x: float, /) -> float: ...
@overload
def sinh(x: Number, /) -> Number: ...
@overload
def sinh(x: M, /) -> M: ...
@of_row
def sinh(x: OperandOrMatrix, /) -> ResultOrMatrix:
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
@overload
def cosh(x: M, /) -> M: ...
@of_row
def cosh(x: OperandOrMatrix, /) -> ResultOrMatrix:
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
@overload
def tanh(x: M, /) -> M: ...
@of_row
def tanh(x: OperandOrMatrix, /) -> ResultOrMatrix:
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
@overload
def asinh(x: M, /) -> M: ...
@of_row
def asinh(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """asinh(x).

    Derivative: 1/sqrt(x^2 + 1).
    Domain: all real numbers.

    >>> round(asinh(0.5), 6)
    0.481212
    """
    raise NotImplementedError


@overload
def acosh(x: Value, /) -> Value: ...
@overload
def acosh(x: float, /) -> float: ...
@overload
def acosh(x: Number, /) -> Number: ...
@overload
def acosh(x: M, /) -> M: ...
@of_row
def acosh(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """acosh(x).

    Derivative: 1/sqrt(x^2 - 1).
    Domain: x >= 1.
    No derivative at 1, where inf is used.

    >>> round(acosh(2.0), 6)
    1.316958
    """
    raise NotImplementedError


@overload
def atanh(x: Value, /) -> Value: ...
@overload
def atanh(x: float, /) -> float: ...
@overload
def atanh(x: Number, /) -> Number: ...
@overload
def atanh(x: M, /) -> M: ...
@of_row
def atanh(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """atanh(x).

    Derivative: 1/(1 - x^2).
    Domain: -1 < x < 1.

    >>> round(atanh(0.5), 6)
    0.549306
    """
    raise NotImplementedError


@overload
def erf(x: Value, /) -> Value: ...
@overload
def erf(x: float, /) -> float: ...
@overload
def erf(x: Number, /) -> Number: ...
@overload
def erf(x: M, /) -> M: ...
@of_row
def erf(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """erf(x).

    Derivative: (2/√π)·exp(-x^2).
    Domain: all real numbers.

    >>> round(erf(0.5), 6)
    0.5205
    """
    raise NotImplementedError


@overload
def erfc(x: Value, /) -> Value: ...
@overload
def erfc(x: float, /) -> float: ...
@overload
def erfc(x: Number, /) -> Number: ...
@overload
def erfc(x: M, /) -> M: ...
@of_row
def erfc(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """erfc(x).

    Derivative: (-2/√π)·exp(-x^2).
    Domain: all real numbers.

    >>> round(erfc(0.5), 6)
    0.4795
    """
    raise NotImplementedError


@overload
def gamma(x: Value, /) -> Value: ...
@overload
def gamma(x: float, /) -> float: ...
@overload
def gamma(x: Number, /) -> Number: ...
@overload
def gamma(x: M, /) -> M: ...
@of_row
def gamma(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """gamma(x).

    Derivative: r·digamma(x) (r is the result).
    Domain: x not in 0, -1, -2, ...; above 171.6 it overflows.

    >>> round(gamma(0.5), 6)
    1.772454
    """
    raise NotImplementedError


@overload
def lgamma(x: Value, /) -> Value: ...
@overload
def lgamma(x: float, /) -> float: ...
@overload
def lgamma(x: Number, /) -> Number: ...
@overload
def lgamma(x: M, /) -> M: ...
@of_row
def lgamma(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """lgamma(x).

    Derivative: digamma(x).
    Domain: x not in 0, -1, -2, ....

    >>> round(lgamma(0.5), 6)
    0.572365
    """
    raise NotImplementedError


@overload
def digamma(x: Value, /) -> Value: ...
@overload
def digamma(x: float, /) -> float: ...
@overload
def digamma(x: Number, /) -> Number: ...
@overload
def digamma(x: M, /) -> M: ...
@of_row
def digamma(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """digamma(x).

    Derivative: polygamma(1, x).
    Domain: x not in 0, -1, -2, ....

    >>> round(digamma(0.5), 6)
    -1.96351
    """
    raise NotImplementedError


@overload
def polygamma(x: Value, y: Operand, /) -> Value: ...
@overload
def polygamma(x: Operand, y: Value, /) -> Value: ...
@overload
def polygamma(x: float, y: float, /) -> float: ...
@overload
def polygamma(x: Number, y: Number, /) -> Number: ...
@overload
def polygamma(x: M, y: Operand | M, /) -> M: ...
@overload
def polygamma(x: Operand | M, y: M, /) -> M: ...
@of_row
def polygamma(x: OperandOrMatrix, y: OperandOrMatrix, /) -> ResultOrMatrix:
    """polygamma(x, y).

    Derivative: nan by x, polygamma(x + 1, y) by y.
    Domain: x = 1, 2, 3, ... and y > 0; by x it cannot be differentiated.

    >>> round(polygamma(1, 2.0), 6)
    0.644934
    """
    raise NotImplementedError


@overload
def sinc(x: Value, /) -> Value: ...
@overload
def sinc(x: float, /) -> float: ...
@overload
def sinc(x: Number, /) -> Number: ...
@overload
def sinc(x: M, /) -> M: ...
@of_row
def sinc(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """sinc(x) = sin(π·x)/(π·x).

    Derivative: (cos(π·x) - r)/x (r is the result).
    Domain: -inf < x < inf.

    >>> round(sinc(0.5), 6)
    0.63662
    """
    raise NotImplementedError


@overload
def xlogy(x: Value, y: Operand, /) -> Value: ...
@overload
def xlogy(x: Operand, y: Value, /) -> Value: ...
@overload
def xlogy(x: float, y: float, /) -> float: ...
@overload
def xlogy(x: Number, y: Number, /) -> Number: ...
@overload
def xlogy(x: M, y: Operand | M, /) -> M: ...
@overload
def xlogy(x: Operand | M, y: M, /) -> M: ...
@of_row
def xlogy(x: OperandOrMatrix, y: OperandOrMatrix, /) -> ResultOrMatrix:
    """xlogy(x, y) = x·log(y).

    Derivative: log(y) by x, x/y by y.
    Domain: y > 0, or y = 0 where x = 0, which gives 0.

    >>> round(xlogy(0.5, 2.0), 6)
    0.346574
    """
    raise NotImplementedError


@overload
def logaddexp(x: Value, y: Operand, /) -> Value: ...
@overload
def logaddexp(x: Operand, y: Value, /) -> Value: ...
@overload
def logaddexp(x: float, y: float, /) -> float: ...
@overload
def logaddexp(x: Number, y: Number, /) -> Number: ...
@overload
def logaddexp(x: M, y: Operand | M, /) -> M: ...
@overload
def logaddexp(x: Operand | M, y: M, /) -> M: ...
@of_row
def logaddexp(x: OperandOrMatrix, y: OperandOrMatrix, /) -> ResultOrMatrix:
    """logaddexp(x, y) = log(exp(x) + exp(y)).

    Derivative: exp(x - r) by x, exp(y - r) by y (r is the result).
    Domain: all real numbers, inf and -inf; two that are the same infinity share equally.

    >>> round(logaddexp(0.5, 2.0), 6)
    2.201413
    """
    raise NotImplementedError


@overload
def sigmoid(x: Value, /) -> Value: ...
@overload
def sigmoid(x: float, /) -> float: ...
@overload
def sigmoid(x: Number, /) -> Number: ...
@overload
def sigmoid(x: M, /) -> M: ...
@of_row
def sigmoid(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """σ(x).

    Derivative: r·(1 - r) (r is the result).
    Domain: all real numbers.

    >>> round(sigmoid(0.5), 6)
    0.622459
    """
    raise NotImplementedError


@overload
def log_sigmoid(x: Value, /) -> Value: ...
@overload
def log_sigmoid(x: float, /) -> float: ...
@overload
def log_sigmoid(x: Number, /) -> Number: ...
@overload
def log_sigmoid(x: M, /) -> M: ...
@of_row
def log_sigmoid(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """log_sigmoid(x) = log(σ(x)).

    Derivative: σ(-x).
    Domain: all real numbers.

    >>> round(log_sigmoid(0.5), 6)
    -0.474077
    """
    raise NotImplementedError


@overload
def softplus(x: Value, /) -> Value: ...
@overload
def softplus(x: float, /) -> float: ...
@overload
def softplus(x: Number, /) -> Number: ...
@overload
def softplus(x: M, /) -> M: ...
@of_row
def softplus(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """softplus(x) = log(1 + exp(x)).

    Derivative: σ(x).
    Domain: all real numbers.

    >>> round(softplus(0.5), 6)
    0.974077
    """
    raise NotImplementedError


@overload
def gelu(x: Value, /) -> Value: ...
@overload
def gelu(x: float, /) -> float: ...
@overload
def gelu(x: Number, /) -> Number: ...
@overload
def gelu(x: M, /) -> M: ...
@of_row
def gelu(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """gelu(x) = x·(1 + erf(x/√2))/2.

    Derivative: (1 + erf(x/√2))/2 + x·exp(-x^2/2)/√(2π).
    Domain: all real numbers.

    >>> round(gelu(0.5), 6)
    0.345731
    """
    raise NotImplementedError


@overload
def gelu_tanh(x: Value, /) -> Value: ...
@overload
def gelu_tanh(x: float, /) -> float: ...
@overload
def gelu_tanh(x: Number, /) -> Number: ...
@overload
def gelu_tanh(x: M, /) -> M: ...
@of_row
def gelu_tanh(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """gelu_tanh(x) = x·(1 + tanh(√(2/π)·(x + 0.044715x^3)))/2.

    Derivative: (1 + tanh(√(2/π)·(x + 0.044715x^3)))/2 + x·(1 - tanh(√(2/π)·(x +
        0.044715x^3))^2)·√(2/π)·(1 + 0.134145x^2)/2.
    Domain: all real numbers.

    >>> round(gelu_tanh(0.5), 6)
    0.345714
    """
    raise NotImplementedError


@overload
def silu(x: Value, /) -> Value: ...
@overload
def silu(x: float, /) -> float: ...
@overload
def silu(x: Number, /) -> Number: ...
@overload
def silu(x: M, /) -> M: ...
@of_row
def silu(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """silu(x) = x·σ(x).

    Derivative: σ(x)·(1 + x - r) (r is the result).
    Domain: all real numbers.

    >>> round(silu(0.5), 6)
    0.31123
    """
    raise NotImplementedError


@overload
def mish(x: Value, /) -> Value: ...
@overload
def mish(x: float, /) -> float: ...
@overload
def mish(x: Number, /) -> Number: ...
@overload
def mish(x: M, /) -> M: ...
@of_row
def mish(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """mish(x) = x·tanh(softplus(x)).

    Derivative: tanh(softplus(x)) + x·σ(x)·(1 - tanh(softplus(x))^2).
    Domain: all real numbers.

    >>> round(mish(0.5), 6)
    0.375245
    """
    raise NotImplementedError


@overload
def softsign(x: Value, /) -> Value: ...
@overload
def softsign(x: float, /) -> float: ...
@overload
def softsign(x: Number, /) -> Number: ...
@overload
def softsign(x: M, /) -> M: ...
@of_row
def softsign(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """softsign(x) = x/(1 + |x|).

    Derivative: 1/(1 + |x|)^2.
    Domain: all real numbers.

    >>> round(softsign(0.5), 6)
    0.333333
    """
    raise NotImplementedError


@overload
def tanhshrink(x: Value, /) -> Value: ...
@overload
def tanhshrink(x: float, /) -> float: ...
@overload
def tanhshrink(x: Number, /) -> Number: ...
@overload
def tanhshrink(x: M, /) -> M: ...
@of_row
def tanhshrink(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """tanhshrink(x) = x - tanh(x).

    Derivative: tanh(x)^2.
    Domain: all real numbers.

    >>> round(tanhshrink(0.5), 6)
    0.037883
    """
    raise NotImplementedError


@overload
def squareplus(x: Value, y: Operand = 4.0, /) -> Value: ...
@overload
def squareplus(x: Operand, y: Value, /) -> Value: ...
@overload
def squareplus(x: float, y: float = 4.0, /) -> float: ...
@overload
def squareplus(x: Number, y: Number = 4.0, /) -> Number: ...
@overload
def squareplus(x: M, y: Operand | M = 4.0, /) -> M: ...
@overload
def squareplus(x: Operand | M, y: M, /) -> M: ...
@of_row
def squareplus(x: OperandOrMatrix, y: OperandOrMatrix = 4.0, /) -> ResultOrMatrix:
    """squareplus(x, y) = (x + sqrt(x^2 + y))/2.

    Derivative: (1 + x/sqrt(x^2 + y))/2 by x, 1/(4sqrt(x^2 + y)) by y.
    Domain: y >= 0.
    No derivative at x = y = 0, where 1/2 is used by x, and inf by y.
    Default: y = 4.

    >>> round(squareplus(0.5, 2.0), 6)
    1.0
    """
    raise NotImplementedError


@overload
def relu(x: Value, /) -> Value: ...
@overload
def relu(x: float, /) -> float: ...
@overload
def relu(x: Number, /) -> Number: ...
@overload
def relu(x: M, /) -> M: ...
@of_row
def relu(x: OperandOrMatrix, /) -> ResultOrMatrix:
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
def leaky_relu(x: Operand, y: Value, /) -> Value: ...
@overload
def leaky_relu(x: float, y: float = 0.01, /) -> float: ...
@overload
def leaky_relu(x: Number, y: Number = 0.01, /) -> Number: ...
@overload
def leaky_relu(x: M, y: Operand | M = 0.01, /) -> M: ...
@overload
def leaky_relu(x: Operand | M, y: M, /) -> M: ...
@of_row
def leaky_relu(x: OperandOrMatrix, y: OperandOrMatrix = 0.01, /) -> ResultOrMatrix:
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
def elu(x: Operand, y: Value, /) -> Value: ...
@overload
def elu(x: float, y: float = 1.0, /) -> float: ...
@overload
def elu(x: Number, y: Number = 1.0, /) -> Number: ...
@overload
def elu(x: M, y: Operand | M = 1.0, /) -> M: ...
@overload
def elu(x: Operand | M, y: M, /) -> M: ...
@of_row
def elu(x: OperandOrMatrix, y: OperandOrMatrix = 1.0, /) -> ResultOrMatrix:
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
def selu(x: Value, /) -> Value: ...
@overload
def selu(x: float, /) -> float: ...
@overload
def selu(x: Number, /) -> Number: ...
@overload
def selu(x: M, /) -> M: ...
@of_row
def selu(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """selu(x) = where([x > 0], 1.0507x, 1.7581expm1(min(x, 0))).

    Derivative: where([x > 0], 1.0507, 1.7581exp(x)).
    Domain: all real numbers.
    No derivative at 0, where 1.7581 is used, the slope from the left.

    >>> round(selu(0.5), 6)
    0.52535
    """
    raise NotImplementedError


@overload
def celu(x: Value, y: Operand = 1.0, /) -> Value: ...
@overload
def celu(x: Operand, y: Value, /) -> Value: ...
@overload
def celu(x: float, y: float = 1.0, /) -> float: ...
@overload
def celu(x: Number, y: Number = 1.0, /) -> Number: ...
@overload
def celu(x: M, y: Operand | M = 1.0, /) -> M: ...
@overload
def celu(x: Operand | M, y: M, /) -> M: ...
@of_row
def celu(x: OperandOrMatrix, y: OperandOrMatrix = 1.0, /) -> ResultOrMatrix:
    """celu(x, y) = where([x > 0], x, y·(exp(x/y) - 1)).

    Derivative: where([x > 0], 1, exp(x/y)) by x, where([x > 0], 0, exp(x/y) - 1 - (x/y)·exp(x/y)) by
        y.
    Domain: y != 0.
    Default: y = 1.

    >>> round(celu(0.5, 2.0), 6)
    0.5
    """
    raise NotImplementedError


@overload
def relu6(x: Value, /) -> Value: ...
@overload
def relu6(x: float, /) -> float: ...
@overload
def relu6(x: Number, /) -> Number: ...
@overload
def relu6(x: M, /) -> M: ...
@of_row
def relu6(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """relu6(x) = min(max(x, 0), 6).

    Derivative: [x > 0]·[x < 6].
    Domain: all real numbers.
    No derivative at 0 and 6, where 0 is used.

    >>> round(relu6(0.5), 6)
    0.5
    """
    raise NotImplementedError


@overload
def hardsigmoid(x: Value, /) -> Value: ...
@overload
def hardsigmoid(x: float, /) -> float: ...
@overload
def hardsigmoid(x: Number, /) -> Number: ...
@overload
def hardsigmoid(x: M, /) -> M: ...
@of_row
def hardsigmoid(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """hardsigmoid(x) = min(max(x + 3, 0), 6)/6.

    Derivative: [x > -3]·[x < 3]/6.
    Domain: all real numbers.
    No derivative at -3 and 3, where 0 is used.

    >>> round(hardsigmoid(0.5), 6)
    0.583333
    """
    raise NotImplementedError


@overload
def hardswish(x: Value, /) -> Value: ...
@overload
def hardswish(x: float, /) -> float: ...
@overload
def hardswish(x: Number, /) -> Number: ...
@overload
def hardswish(x: M, /) -> M: ...
@of_row
def hardswish(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """hardswish(x) = where([x > -3], x·(min(x + 3, 6)/6), max(x, 0)).

    Derivative: where([x > -3], where([x < 3], (2x + 3)/6, 1), 0).
    Domain: all real numbers.
    No derivative at -3, where 0 is used, and 3, where 1 is used.

    >>> round(hardswish(0.5), 6)
    0.291667
    """
    raise NotImplementedError


@overload
def hardtanh(x: Value, y: Operand = -1.0, z: Operand = 1.0, /) -> Value: ...
@overload
def hardtanh(x: Operand, y: Value, z: Operand = 1.0, /) -> Value: ...
@overload
def hardtanh(x: Operand, y: Operand, z: Value, /) -> Value: ...
@overload
def hardtanh(x: float, y: float = -1.0, z: float = 1.0, /) -> float: ...
@overload
def hardtanh(x: Number, y: Number = -1.0, z: Number = 1.0, /) -> Number: ...
@overload
def hardtanh(x: M, y: Operand | M = -1.0, z: Operand | M = 1.0, /) -> M: ...
@overload
def hardtanh(x: Operand | M, y: M, z: Operand | M = 1.0, /) -> M: ...
@overload
def hardtanh(x: Operand | M, y: Operand | M, z: M, /) -> M: ...
@of_row
def hardtanh(x: OperandOrMatrix, y: OperandOrMatrix = -1.0, z: OperandOrMatrix = 1.0, /) -> ResultOrMatrix:
    """hardtanh(x, y, z) = min(max(x, y), z).

    Derivative: [x > y]·[x < z] by x, [x ≤ y]·[y < z] by y, 1 - [x > y]·[x < z] - [x ≤ y]·[y < z] by
        z.
    Domain: all real numbers.
    No derivative at x = y and x = z, where the slope of the bound is used.
    Default: y = -1, z = 1.

    >>> round(hardtanh(0.5, -1.0, 1.0), 6)
    0.5
    """
    raise NotImplementedError


@overload
def clip(x: Value, y: Operand, z: Operand, /) -> Value: ...
@overload
def clip(x: Operand, y: Value, z: Operand, /) -> Value: ...
@overload
def clip(x: Operand, y: Operand, z: Value, /) -> Value: ...
@overload
def clip(x: float, y: float, z: float, /) -> float: ...
@overload
def clip(x: Number, y: Number, z: Number, /) -> Number: ...
@overload
def clip(x: M, y: Operand | M, z: Operand | M, /) -> M: ...
@overload
def clip(x: Operand | M, y: M, z: Operand | M, /) -> M: ...
@overload
def clip(x: Operand | M, y: Operand | M, z: M, /) -> M: ...
@of_row
def clip(x: OperandOrMatrix, y: OperandOrMatrix, z: OperandOrMatrix, /) -> ResultOrMatrix:
    """clip(x, y, z) = min(max(x, y), z).

    Derivative: [y ≤ x]·[x ≤ z]·[y < z] by x, [x < y]·[y < z] by y, 1 - [y ≤ x]·[x ≤ z]·[y < z] - [x <
        y]·[y < z] by z.
    Domain: all real numbers.
    No derivative at x = y and x = z, where the slope of x is used.

    >>> round(clip(0.5, 0.0, 1.0), 6)
    0.5
    """
    raise NotImplementedError


@overload
def softshrink(x: Value, y: Operand = 0.5, /) -> Value: ...
@overload
def softshrink(x: Operand, y: Value, /) -> Value: ...
@overload
def softshrink(x: float, y: float = 0.5, /) -> float: ...
@overload
def softshrink(x: Number, y: Number = 0.5, /) -> Number: ...
@overload
def softshrink(x: M, y: Operand | M = 0.5, /) -> M: ...
@overload
def softshrink(x: Operand | M, y: M, /) -> M: ...
@of_row
def softshrink(x: OperandOrMatrix, y: OperandOrMatrix = 0.5, /) -> ResultOrMatrix:
    """softshrink(x, y) = sign(x)·max(|x| - y, 0).

    Derivative: [|x| > y] by x, -sign(x)·[|x| > y] by y.
    Domain: y >= 0.
    No derivative at |x| = y, where 0 is used.
    Default: y = 0.5.

    >>> round(softshrink(0.5, 2.0), 6)
    0.0
    """
    raise NotImplementedError


@overload
def hardshrink(x: Value, y: Operand = 0.5, /) -> Value: ...
@overload
def hardshrink(x: Operand, y: Value, /) -> Value: ...
@overload
def hardshrink(x: float, y: float = 0.5, /) -> float: ...
@overload
def hardshrink(x: Number, y: Number = 0.5, /) -> Number: ...
@overload
def hardshrink(x: M, y: Operand | M = 0.5, /) -> M: ...
@overload
def hardshrink(x: Operand | M, y: M, /) -> M: ...
@of_row
def hardshrink(x: OperandOrMatrix, y: OperandOrMatrix = 0.5, /) -> ResultOrMatrix:
    """hardshrink(x, y) = where([|x| ≤ y], 0, x).

    Derivative: [|x| > y] by x, 0 by y.
    Domain: all real numbers.
    No derivative at |x| = y, where 0 is used.
    Default: y = 0.5.

    >>> round(hardshrink(0.5, 2.0), 6)
    0.0
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
@overload
def hypot(x: M, y: Operand | M, /) -> M: ...
@overload
def hypot(x: Operand | M, y: M, /) -> M: ...
@of_row
def hypot(x: OperandOrMatrix, y: OperandOrMatrix, /) -> ResultOrMatrix:
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
@overload
def atan2(x: M, y: Operand | M, /) -> M: ...
@overload
def atan2(x: Operand | M, y: M, /) -> M: ...
@of_row
def atan2(x: OperandOrMatrix, y: OperandOrMatrix, /) -> ResultOrMatrix:
    """atan2(x, y).

    Derivative: y/(x^2 + y^2) by x, -x/(x^2 + y^2) by y.
    Domain: all real numbers.
    No derivative at the origin, where 0 is used, and a jump at x = 0 where y < 0.

    >>> round(atan2(0.5, 2.0), 6)
    0.244979
    """
    raise NotImplementedError


@overload
def norm(A: M, /) -> Value: ...
@overload
def norm(A: M, /, *, axis: Along = None, keepdims: bool = False) -> Value | M: ...
@overload
def norm(A: M, other: Operand | M, /, *more: Operand | M) -> M: ...
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
@of_row  # type: ignore[misc]  # axis and keepdims are for matrices
def norm(*values: OperandOrMatrix | Iterable[Operand]) -> ResultOrMatrix:
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
@overload
def maximum(x: M, y: Operand | M, /) -> M: ...
@overload
def maximum(x: Operand | M, y: M, /) -> M: ...
@of_row
def maximum(x: OperandOrMatrix, y: OperandOrMatrix, /) -> ResultOrMatrix:
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
@overload
def minimum(x: M, y: Operand | M, /) -> M: ...
@overload
def minimum(x: Operand | M, y: M, /) -> M: ...
@of_row
def minimum(x: OperandOrMatrix, y: OperandOrMatrix, /) -> ResultOrMatrix:
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
@overload
def where(c: M, x: Operand | M, y: Operand | M, /) -> M: ...
@overload
def where(c: Operand | M, x: M, y: Operand | M, /) -> M: ...
@overload
def where(c: Operand | M, x: Operand | M, y: M, /) -> M: ...
@of_row
def where(c: OperandOrMatrix, x: OperandOrMatrix, y: OperandOrMatrix, /) -> ResultOrMatrix:
    """where(c, x, y).

    Derivative: 0 by c, where(c, 1, 0) by x, where(c, 0, 1) by y.
    Domain: all real numbers.

    >>> round(where(1, 0.5, 2.0), 6)
    0.5
    """
    raise NotImplementedError


@overload
def copysign(x: Value, y: Operand, /) -> Value: ...
@overload
def copysign(x: Operand, y: Value, /) -> Value: ...
@overload
def copysign(x: float, y: float, /) -> float: ...
@overload
def copysign(x: Number, y: Number, /) -> Number: ...
@overload
def copysign(x: M, y: Operand | M, /) -> M: ...
@overload
def copysign(x: Operand | M, y: M, /) -> M: ...
@of_row
def copysign(x: OperandOrMatrix, y: OperandOrMatrix, /) -> ResultOrMatrix:
    """copysign(x, y) = |x|·sign(y).

    Derivative: sign(x)·sign(y) by x, 0 by y.
    Domain: all real numbers.
    No derivative at x = 0, where 0 is used, and y = 0, where it jumps.

    >>> round(copysign(0.5, 2.0), 6)
    0.5
    """
    raise NotImplementedError


@overload
def sign(x: Value, /) -> Value: ...
@overload
def sign(x: float, /) -> float: ...
@overload
def sign(x: Number, /) -> Number: ...
@overload
def sign(x: M, /) -> M: ...
@of_row
def sign(x: OperandOrMatrix, /) -> ResultOrMatrix:
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
@overload
def greater(x: M, y: Operand | M, /) -> M: ...
@overload
def greater(x: Operand | M, y: M, /) -> M: ...
@of_row
def greater(x: OperandOrMatrix, y: OperandOrMatrix, /) -> ResultOrMatrix:
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
@overload
def greater_equal(x: M, y: Operand | M, /) -> M: ...
@overload
def greater_equal(x: Operand | M, y: M, /) -> M: ...
@of_row
def greater_equal(x: OperandOrMatrix, y: OperandOrMatrix, /) -> ResultOrMatrix:
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
@overload
def less(x: M, y: Operand | M, /) -> M: ...
@overload
def less(x: Operand | M, y: M, /) -> M: ...
@of_row
def less(x: OperandOrMatrix, y: OperandOrMatrix, /) -> ResultOrMatrix:
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
@overload
def less_equal(x: M, y: Operand | M, /) -> M: ...
@overload
def less_equal(x: Operand | M, y: M, /) -> M: ...
@of_row
def less_equal(x: OperandOrMatrix, y: OperandOrMatrix, /) -> ResultOrMatrix:
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
@overload
def equal(x: M, y: Operand | M, /) -> M: ...
@overload
def equal(x: Operand | M, y: M, /) -> M: ...
@of_row
def equal(x: OperandOrMatrix, y: OperandOrMatrix, /) -> ResultOrMatrix:
    """[x = y].

    Derivative: 0 by x, 0 by y.
    Domain: all real numbers.
    No derivative at x = y.

    >>> round(equal(0.5, 2.0), 6)
    0.0
    """
    raise NotImplementedError


@overload
def heaviside(x: Value, y: Operand, /) -> Value: ...
@overload
def heaviside(x: Operand, y: Value, /) -> Value: ...
@overload
def heaviside(x: float, y: float, /) -> float: ...
@overload
def heaviside(x: Number, y: Number, /) -> Number: ...
@overload
def heaviside(x: M, y: Operand | M, /) -> M: ...
@overload
def heaviside(x: Operand | M, y: M, /) -> M: ...
@of_row
def heaviside(x: OperandOrMatrix, y: OperandOrMatrix, /) -> ResultOrMatrix:
    """heaviside(x, y) = where([x = 0], y, (1 + sign(x))/2).

    Derivative: 0 by x, [x = 0] by y.
    Domain: all real numbers.
    No derivative at x = 0, where y is the value.

    >>> round(heaviside(0.5, 2.0), 6)
    1.0
    """
    raise NotImplementedError


@overload
def floor(x: Value, /) -> Value: ...
@overload
def floor(x: float, /) -> float: ...
@overload
def floor(x: Number, /) -> Number: ...
@overload
def floor(x: M, /) -> M: ...
@of_row
def floor(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """floor(x).

    Derivative: 0.
    Domain: all real numbers.
    No derivative at whole numbers.

    >>> round(floor(0.5), 6)
    0.0
    """
    raise NotImplementedError


@overload
def ceil(x: Value, /) -> Value: ...
@overload
def ceil(x: float, /) -> float: ...
@overload
def ceil(x: Number, /) -> Number: ...
@overload
def ceil(x: M, /) -> M: ...
@of_row
def ceil(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """ceil(x) = -floor(-x).

    Derivative: 0.
    Domain: all real numbers.
    No derivative at whole numbers.

    >>> round(ceil(0.5), 6)
    1.0
    """
    raise NotImplementedError


@overload
def trunc(x: Value, /) -> Value: ...
@overload
def trunc(x: float, /) -> float: ...
@overload
def trunc(x: Number, /) -> Number: ...
@overload
def trunc(x: M, /) -> M: ...
@of_row
def trunc(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """trunc(x) = sign(x)·floor(|x|).

    Derivative: 0.
    Domain: all real numbers.
    No derivative at whole numbers but 0.

    >>> round(trunc(0.5), 6)
    0.0
    """
    raise NotImplementedError


@overload
def rint(x: Value, /) -> Value: ...
@overload
def rint(x: float, /) -> float: ...
@overload
def rint(x: Number, /) -> Number: ...
@overload
def rint(x: M, /) -> M: ...
@of_row
def rint(x: OperandOrMatrix, /) -> ResultOrMatrix:
    """rint(x).

    Derivative: 0.
    Domain: all real numbers.
    No derivative at halves between whole numbers.

    >>> round(rint(0.5), 6)
    0.0
    """
    raise NotImplementedError


@overload
def floordiv(x: Value, y: Operand, /) -> Value: ...
@overload
def floordiv(x: Operand, y: Value, /) -> Value: ...
@overload
def floordiv(x: float, y: float, /) -> float: ...
@overload
def floordiv(x: Number, y: Number, /) -> Number: ...
@overload
def floordiv(x: M, y: Operand | M, /) -> M: ...
@overload
def floordiv(x: Operand | M, y: M, /) -> M: ...
@of_row
def floordiv(x: OperandOrMatrix, y: OperandOrMatrix, /) -> ResultOrMatrix:
    """floordiv(x, y) = floor(x/y).

    Derivative: 0 by x, 0 by y.
    Domain: y != 0 and -inf < x < inf.
    No derivative at x / y whole, where it jumps.

    >>> round(floordiv(0.5, 2.0), 6)
    0.0
    """
    raise NotImplementedError


@overload
def mod(x: Value, y: Operand, /) -> Value: ...
@overload
def mod(x: Operand, y: Value, /) -> Value: ...
@overload
def mod(x: float, y: float, /) -> float: ...
@overload
def mod(x: Number, y: Number, /) -> Number: ...
@overload
def mod(x: M, y: Operand | M, /) -> M: ...
@overload
def mod(x: Operand | M, y: M, /) -> M: ...
@of_row
def mod(x: OperandOrMatrix, y: OperandOrMatrix, /) -> ResultOrMatrix:
    """mod(x, y) = x - y·floor(x/y).

    Derivative: 1 by x, -floordiv(x, y) by y.
    Domain: y != 0 and -inf < x < inf.
    No derivative at x / y whole, where it jumps.

    >>> round(mod(0.5, 2.0), 6)
    0.5
    """
    raise NotImplementedError


@overload
def fmod(x: Value, y: Operand, /) -> Value: ...
@overload
def fmod(x: Operand, y: Value, /) -> Value: ...
@overload
def fmod(x: float, y: float, /) -> float: ...
@overload
def fmod(x: Number, y: Number, /) -> Number: ...
@overload
def fmod(x: M, y: Operand | M, /) -> M: ...
@overload
def fmod(x: Operand | M, y: M, /) -> M: ...
@of_row
def fmod(x: OperandOrMatrix, y: OperandOrMatrix, /) -> ResultOrMatrix:
    """fmod(x, y) = x - y·trunc(x/y).

    Derivative: 1 by x, -trunc(x/y) by y.
    Domain: y != 0 and -inf < x < inf.
    No derivative at x / y whole but not 0, where it jumps.

    >>> round(fmod(0.5, 2.0), 6)
    0.5
    """
    raise NotImplementedError


@overload
def remainder(x: Value, y: Operand, /) -> Value: ...
@overload
def remainder(x: Operand, y: Value, /) -> Value: ...
@overload
def remainder(x: float, y: float, /) -> float: ...
@overload
def remainder(x: Number, y: Number, /) -> Number: ...
@overload
def remainder(x: M, y: Operand | M, /) -> M: ...
@overload
def remainder(x: Operand | M, y: M, /) -> M: ...
@of_row
def remainder(x: OperandOrMatrix, y: OperandOrMatrix, /) -> ResultOrMatrix:
    """remainder(x, y) = x - y·rint(x/y).

    Derivative: 1 by x, -rint(x/y) by y.
    Domain: y != 0 and -inf < x < inf.
    No derivative at x / y halfway between whole numbers, where it jumps.

    >>> round(remainder(0.5, 2.0), 6)
    0.5
    """
    raise NotImplementedError


@overload
def sum(A: M, /) -> Value: ...
@overload
def sum(A: M, /, *, axis: Along = None, keepdims: bool = False) -> Value | M: ...
@overload
def sum(A: M, other: Operand | M, /, *more: Operand | M) -> M: ...
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
@of_row  # type: ignore[misc]  # axis and keepdims are for matrices
def sum(*values: OperandOrMatrix | Iterable[Operand]) -> ResultOrMatrix:
    """x + y + z.

    Derivative: 1 by x, 1 by y, 1 by z.
    Domain: all real numbers.

    >>> round(sum(1.0, 2.0, 3.0), 6)
    6.0
    """
    raise NotImplementedError


@overload
def mean(A: M, /) -> Value: ...
@overload
def mean(A: M, /, *, axis: Along = None, keepdims: bool = False) -> Value | M: ...
@overload
def mean(A: M, other: Operand | M, /, *more: Operand | M) -> M: ...
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
@of_row  # type: ignore[misc]  # axis and keepdims are for matrices
def mean(*values: OperandOrMatrix | Iterable[Operand]) -> ResultOrMatrix:
    """(x + y + z)/3.

    Derivative: 1/3 by x, 1/3 by y, 1/3 by z.
    Domain: all real numbers.

    >>> round(mean(1.0, 2.0, 3.0), 6)
    2.0
    """
    raise NotImplementedError


@overload
def prod(A: M, /) -> Value: ...
@overload
def prod(A: M, /, *, axis: Along = None, keepdims: bool = False) -> Value | M: ...
@overload
def prod(A: M, other: Operand | M, /, *more: Operand | M) -> M: ...
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
@of_row  # type: ignore[misc]  # axis and keepdims are for matrices
def prod(*values: OperandOrMatrix | Iterable[Operand]) -> ResultOrMatrix:
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
def dot(weights: Iterable[Operand], inputs: Iterable[Operand], bias: Operand = 0) -> ResultOrMatrix:
    """v·x + w·y + b.

    Derivative: x by v, y by w, v by x, w by y, 1 by b.
    Domain: all real numbers.

    >>> round(dot([1.0, 2.0], [0.5, 2.0], 1.0), 6)
    5.5
    """
    raise NotImplementedError


@overload
def max(A: M, /) -> Value: ...
@overload
def max(A: M, /, *, axis: Along = None, keepdims: bool = False) -> Value | M: ...
@overload
def max(A: M, other: Operand | M, /, *more: Operand | M) -> M: ...
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
@of_row  # type: ignore[misc]  # axis and keepdims are for matrices
def max(*values: OperandOrMatrix | Iterable[Operand]) -> ResultOrMatrix:
    """max(x, y, z).

    Derivative: [x = r]/([x = r] + [y = r] + [z = r]) by x, [y = r]/([x = r] + [y = r] + [z = r]) by
        y, [z = r]/([x = r] + [y = r] + [z = r]) by z (r is the result).
    Domain: all real numbers.
    No derivative at points where the largest is not alone: they share equally; beside a plain number
        0 is used.

    >>> round(max(1.0, 2.0, 3.0), 6)
    3.0
    """
    raise NotImplementedError


@overload
def min(A: M, /) -> Value: ...
@overload
def min(A: M, /, *, axis: Along = None, keepdims: bool = False) -> Value | M: ...
@overload
def min(A: M, other: Operand | M, /, *more: Operand | M) -> M: ...
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
@of_row  # type: ignore[misc]  # axis and keepdims are for matrices
def min(*values: OperandOrMatrix | Iterable[Operand]) -> ResultOrMatrix:
    """min(x, y, z).

    Derivative: [x = r]/([x = r] + [y = r] + [z = r]) by x, [y = r]/([x = r] + [y = r] + [z = r]) by
        y, [z = r]/([x = r] + [y = r] + [z = r]) by z (r is the result).
    Domain: all real numbers.
    No derivative at points where the smallest is not alone: they share equally; beside a plain number
        0 is used.

    >>> round(min(1.0, 2.0, 3.0), 6)
    1.0
    """
    raise NotImplementedError


@overload
def logsumexp(A: M, /) -> Value: ...
@overload
def logsumexp(A: M, /, *, axis: Along = None, keepdims: bool = False) -> Value | M: ...
@overload
def logsumexp(A: M, other: Operand | M, /, *more: Operand | M) -> M: ...
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
@of_row  # type: ignore[misc]  # axis and keepdims are for matrices
def logsumexp(*values: OperandOrMatrix | Iterable[Operand]) -> ResultOrMatrix:
    """logsumexp(x, y, z) = log(exp(x) + exp(y) + exp(z)).

    Derivative: exp(x - r) by x, exp(y - r) by y, exp(z - r) by z (r is the result).
    Domain: all real numbers, inf and -inf; if the largest are infinite, they share equally.

    >>> round(logsumexp(1.0, 2.0, 3.0), 6)
    3.407606
    """
    raise NotImplementedError


@overload
def softmax(A: M, /, *, axis: Along = None) -> M: ...
@overload
def softmax(A: M, other: Operand | M, /, *more: Operand | M) -> list[M]: ...
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
@of_row  # type: ignore[misc]  # axis and keepdims are for matrices
def softmax(*values: OperandOrMatrix | Iterable[Operand]) -> list[Value] | list[float] | MatrixLike:
    """softmax(x, y, z)[0].

    Derivative: r·(1 - r) by x, -r·softmax(x, y, z)[1] by y, -r·softmax(x, y, z)[2] by z (r is the
        result).
    Domain: all real numbers, inf and -inf; if the largest are infinite, they share equally.

    >>> [round(share, 6) for share in softmax(1.0, 2.0, 3.0)]
    [0.090031, 0.244728, 0.665241]
    """
    raise NotImplementedError


@overload
def log_softmax(A: M, /, *, axis: Along = None) -> M: ...
@overload
def log_softmax(A: M, other: Operand | M, /, *more: Operand | M) -> list[M]: ...
@overload
def log_softmax(value: Value, /, *values: Operand) -> list[Value]: ...
@overload
def log_softmax(value: Operand, other: Value, /, *values: Operand) -> list[Value]: ...
@overload
def log_softmax(values: Iterable[Value], /) -> list[Value]: ...
@overload
def log_softmax(values: Iterable[float], /) -> list[float]: ...
@overload
def log_softmax(values: Iterable[Operand], /) -> list[Value] | list[float]: ...
@overload
def log_softmax(*values: Value) -> list[Value]: ...
@overload
def log_softmax(*values: float) -> list[float]: ...
@overload
def log_softmax(*values: Operand) -> list[Value] | list[float]: ...
@of_row  # type: ignore[misc]  # axis and keepdims are for matrices
def log_softmax(*values: OperandOrMatrix | Iterable[Operand]) -> list[Value] | list[float] | MatrixLike:
    """log_softmax(x, y, z)[0].

    Derivative: 1 - exp(r) by x, -softmax(x, y, z)[1] by y, -softmax(x, y, z)[2] by z (r is the
        result).
    Domain: all real numbers, inf and -inf; if the largest are infinite, they share equally.

    >>> [round(share, 6) for share in log_softmax(1.0, 2.0, 3.0)]
    [-2.407606, -1.407606, -0.407606]
    """
    raise NotImplementedError


@overload
def var(A: M, /, *, ddof: float = 0) -> Value: ...
@overload
def var(A: M, /, *, ddof: float = 0, axis: Along = None, keepdims: bool = False) -> Value | M: ...
@overload
def var(A: M, other: Operand | M, /, *more: Operand | M, ddof: float = 0) -> M: ...
@overload
def var(value: Value, /, *values: Operand, ddof: float = 0) -> Value: ...
@overload
def var(value: Operand, other: Value, /, *values: Operand, ddof: float = 0) -> Value: ...
@overload
def var(values: Iterable[Value], /, *, ddof: float = 0) -> Value: ...
@overload
def var(values: Iterable[float], /, *, ddof: float = 0) -> float: ...
@overload
def var(values: Iterable[Operand], /, *, ddof: float = 0) -> Value | Number: ...
@overload
def var(*values: Value, ddof: float = 0) -> Value: ...
@overload
def var(*values: float, ddof: float = 0) -> float: ...
@overload
def var(*values: Operand, ddof: float = 0) -> Value | Number: ...
@of_row  # type: ignore[misc]  # axis and keepdims are for matrices
def var(*values: OperandOrMatrix | Iterable[Operand], ddof: float = 0) -> ResultOrMatrix:
    """var(x, y, ddof=d) = ((x - (x + y)/2)^2 + (y - (x + y)/2)^2)/(2 - d).

    Derivative: 2(x - (x + y)/2)/(2 - d) by x, 2(y - (x + y)/2)/(2 - d) by y, r/(2 - d) by d (r is the
        result).
    Domain: ddof less than the number of operands.

    >>> round(var(1.0, 2.0, 3.0), 6)
    0.666667
    """
    raise NotImplementedError


@overload
def std(A: M, /, *, ddof: float = 0) -> Value: ...
@overload
def std(A: M, /, *, ddof: float = 0, axis: Along = None, keepdims: bool = False) -> Value | M: ...
@overload
def std(A: M, other: Operand | M, /, *more: Operand | M, ddof: float = 0) -> M: ...
@overload
def std(value: Value, /, *values: Operand, ddof: float = 0) -> Value: ...
@overload
def std(value: Operand, other: Value, /, *values: Operand, ddof: float = 0) -> Value: ...
@overload
def std(values: Iterable[Value], /, *, ddof: float = 0) -> Value: ...
@overload
def std(values: Iterable[float], /, *, ddof: float = 0) -> float: ...
@overload
def std(values: Iterable[Operand], /, *, ddof: float = 0) -> Value | Number: ...
@overload
def std(*values: Value, ddof: float = 0) -> Value: ...
@overload
def std(*values: float, ddof: float = 0) -> float: ...
@overload
def std(*values: Operand, ddof: float = 0) -> Value | Number: ...
@of_row  # type: ignore[misc]  # axis and keepdims are for matrices
def std(*values: OperandOrMatrix | Iterable[Operand], ddof: float = 0) -> ResultOrMatrix:
    """std(x, y, ddof=d) = sqrt(((x - (x + y)/2)^2 + (y - (x + y)/2)^2)/(2 - d)).

    Derivative: (x - (x + y)/2)/((2 - d)·r) by x, (y - (x + y)/2)/((2 - d)·r) by y, r/(2(2 - d)) by d
        (r is the result).
    Domain: ddof less than the number of operands.
    No derivative at points where all operands are equal: 0 is used.

    >>> round(std(1.0, 2.0, 3.0), 6)
    0.816497
    """
    raise NotImplementedError


@overload
def kthvalue(values: M, k: int) -> Value: ...
@overload
def kthvalue(values: M, k: int, *, axis: Along = None, keepdims: bool = False) -> Value | M: ...
@overload
def kthvalue(values: Iterable[Value], k: int) -> Value: ...
@overload
def kthvalue(values: Iterable[float], k: int) -> float: ...
@overload
def kthvalue(values: Iterable[Operand], k: int) -> Value | Number: ...
@of_row  # type: ignore[misc]  # axis and keepdims are for matrices
def kthvalue(values: Iterable[Operand], k: int) -> ResultOrMatrix:
    """kthvalue(x, y, k=k).

    Derivative: [x = r]/([x = r] + [y = r]) by x, [y = r]/([x = r] + [y = r]) by y, 0 by k (r is the
        result).
    Domain: k from 1 to the number of operands.
    No derivative at points where several are the k-th smallest: they share equally.

    >>> round(kthvalue([1.0, 2.0, 3.0], 2), 6)
    2.0
    """
    raise NotImplementedError
