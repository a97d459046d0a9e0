"""The operators and methods of Value, as editors, help() and type checkers see them.

Made from the rows of the table by docs/from_rows.py; change those instead.
Each row of the table has one here; what it does is put in by operations.py.
"""

from __future__ import annotations

from typing import Self

from autodiff.number import Number

__all__ = ["Methods"]


class Methods:
    """What Value can do by the rows of the table."""

    __slots__ = ()

    def add(self, y: Self | Number, /) -> Self:
        """x + y.

        Derivative: 1 by x, 1 by y.
        Domain: all real numbers.

        >>> from autodiff import Value
        >>> node = Value(0.5).add(2.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (2.5, 1)
        """
        raise NotImplementedError

    def __add__(self, y: Self | Number, /) -> Self:
        """x + y as an operator."""
        raise NotImplementedError

    def __radd__(self, y: Self | Number, /) -> Self:
        """x + y as an operator."""
        raise NotImplementedError

    def sub(self, y: Self | Number, /) -> Self:
        """x - y.

        Derivative: 1 by x, -1 by y.
        Domain: all real numbers.

        >>> from autodiff import Value
        >>> node = Value(0.5).sub(2.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (-1.5, 1)
        """
        raise NotImplementedError

    def __sub__(self, y: Self | Number, /) -> Self:
        """x - y as an operator."""
        raise NotImplementedError

    def __rsub__(self, y: Self | Number, /) -> Self:
        """x - y as an operator."""
        raise NotImplementedError

    def mul(self, y: Self | Number, /) -> Self:
        """x·y.

        Derivative: y by x, x by y.
        Domain: all real numbers.

        >>> from autodiff import Value
        >>> node = Value(0.5).mul(2.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (1.0, 2.0)
        """
        raise NotImplementedError

    def __mul__(self, y: Self | Number, /) -> Self:
        """x·y as an operator."""
        raise NotImplementedError

    def __rmul__(self, y: Self | Number, /) -> Self:
        """x·y as an operator."""
        raise NotImplementedError

    def truediv(self, y: Self | Number, /) -> Self:
        """x/y.

        Derivative: 1/y by x, -x/y^2 by y.
        Domain: y != 0.

        >>> from autodiff import Value
        >>> node = Value(0.5).truediv(2.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.25, 0.5)
        """
        raise NotImplementedError

    def __truediv__(self, y: Self | Number, /) -> Self:
        """x/y as an operator."""
        raise NotImplementedError

    def __rtruediv__(self, y: Self | Number, /) -> Self:
        """x/y as an operator."""
        raise NotImplementedError

    def pow(self, y: Self | Number, /) -> Self:
        """x^y.

        Derivative: y·x^(y - 1) by x, r·log(x) by y (r is the result).
        Domain: x > 0, or x = 0 and y >= 0, or x < 0 and y a whole number (for a root of a negative number
            use sign and abs).

        >>> from autodiff import Value
        >>> node = Value(0.5).pow(2.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.25, 1.0)
        """
        raise NotImplementedError

    def __pow__(self, y: Self | Number, /) -> Self:
        """x^y as an operator."""
        raise NotImplementedError

    def __rpow__(self, y: Self | Number, /) -> Self:
        """x^y as an operator."""
        raise NotImplementedError

    def neg(self) -> Self:
        """-x.

        Derivative: -1.
        Domain: all real numbers.

        >>> from autodiff import Value
        >>> node = Value(0.5).neg()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (-0.5, -1)
        """
        raise NotImplementedError

    def __neg__(self) -> Self:
        """-x as an operator."""
        raise NotImplementedError

    def abs(self) -> Self:
        """|x|.

        Derivative: sign(x).
        Domain: all real numbers.
        No derivative at 0, where 0 is used.

        >>> from autodiff import Value
        >>> node = Value(0.5).abs()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.5, 1)
        """
        raise NotImplementedError

    def __abs__(self) -> Self:
        """|x| as an operator."""
        raise NotImplementedError

    def lerp(self, y: Self | Number, z: Self | Number, /) -> Self:
        """lerp(x, y, z) = x + z·(y - x).

        Derivative: 1 - z by x, z by y, y - x by z.
        Domain: all real numbers.

        >>> from autodiff import Value
        >>> node = Value(1).lerp(0.5, 2.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.0, -1.0)
        """
        raise NotImplementedError

    def fma(self, y: Self | Number, z: Self | Number, /) -> Self:
        """fma(x, y, z) = x·y + z.

        Derivative: y by x, x by y, 1 by z.
        Domain: all real numbers.

        >>> from autodiff import Value
        >>> node = Value(1).fma(0.5, 2.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (2.5, 0.5)
        """
        raise NotImplementedError

    def exp(self) -> Self:
        """exp(x).

        Derivative: r (r is the result).
        Domain: x <= 709.78, above it overflows.

        >>> from autodiff import Value
        >>> node = Value(0.5).exp()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (1.648721, 1.648721)
        """
        raise NotImplementedError

    def expm1(self) -> Self:
        """expm1(x).

        Derivative: exp(x).
        Domain: x <= 709.78, above it overflows.

        >>> from autodiff import Value
        >>> node = Value(0.5).expm1()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.648721, 1.648721)
        """
        raise NotImplementedError

    def log(self) -> Self:
        """log(x).

        Derivative: 1/x.
        Domain: x > 0.

        >>> from autodiff import Value
        >>> node = Value(0.5).log()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (-0.693147, 2.0)
        """
        raise NotImplementedError

    def log1p(self) -> Self:
        """log1p(x).

        Derivative: 1/(1 + x).
        Domain: x > -1.

        >>> from autodiff import Value
        >>> node = Value(0.5).log1p()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.405465, 0.666667)
        """
        raise NotImplementedError

    def log2(self) -> Self:
        """log2(x).

        Derivative: 1/(x·log(2)).
        Domain: x > 0.

        >>> from autodiff import Value
        >>> node = Value(0.5).log2()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (-1.0, 2.88539)
        """
        raise NotImplementedError

    def log10(self) -> Self:
        """log10(x).

        Derivative: 1/(x·log(10)).
        Domain: x > 0.

        >>> from autodiff import Value
        >>> node = Value(0.5).log10()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (-0.30103, 0.868589)
        """
        raise NotImplementedError

    def exp2(self) -> Self:
        """exp2(x).

        Derivative: r·log(2) (r is the result).
        Domain: x < 1024, from there on it overflows.

        >>> from autodiff import Value
        >>> node = Value(0.5).exp2()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (1.414214, 0.980258)
        """
        raise NotImplementedError

    def sqrt(self) -> Self:
        """sqrt(x).

        Derivative: 1/(2r).
        Domain: x >= 0.
        No derivative at 0, where inf is used.

        >>> from autodiff import Value
        >>> node = Value(0.5).sqrt()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.707107, 0.707107)
        """
        raise NotImplementedError

    def cbrt(self) -> Self:
        """cbrt(x).

        Derivative: 1/(3r^2).
        Domain: all real numbers.
        No derivative at 0, where inf is used.

        >>> from autodiff import Value
        >>> node = Value(0.5).cbrt()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.793701, 0.529134)
        """
        raise NotImplementedError

    def square(self) -> Self:
        """x^2 = x·x.

        Derivative: 2x.
        Domain: all real numbers.

        >>> from autodiff import Value
        >>> node = Value(0.5).square()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.25, 1.0)
        """
        raise NotImplementedError

    def reciprocal(self) -> Self:
        """1/x.

        Derivative: -1/x^2.
        Domain: x != 0.

        >>> from autodiff import Value
        >>> node = Value(0.5).reciprocal()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (2.0, -4.0)
        """
        raise NotImplementedError

    def log_base(self, y: Self | Number, /) -> Self:
        """log_base(x, y) = log(x)/log(y).

        Derivative: 1/(x·log(y)) by x, -r/(y·log(y)) by y (r is the result).
        Domain: x > 0, y > 0 and y != 1.

        >>> from autodiff import Value
        >>> node = Value(0.5).log_base(2.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (-1.0, 2.88539)
        """
        raise NotImplementedError

    def sin(self) -> Self:
        """sin(x).

        Derivative: cos(x).
        Domain: -inf < x < inf.

        >>> from autodiff import Value
        >>> node = Value(0.5).sin()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.479426, 0.877583)
        """
        raise NotImplementedError

    def cos(self) -> Self:
        """cos(x).

        Derivative: -sin(x).
        Domain: -inf < x < inf.

        >>> from autodiff import Value
        >>> node = Value(0.5).cos()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.877583, -0.479426)
        """
        raise NotImplementedError

    def tan(self) -> Self:
        """tan(x).

        Derivative: 1 + r^2 (r is the result).
        Domain: -inf < x < inf.

        >>> from autodiff import Value
        >>> node = Value(0.5).tan()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.546302, 1.298446)
        """
        raise NotImplementedError

    def asin(self) -> Self:
        """asin(x).

        Derivative: 1/sqrt(1 - x^2).
        Domain: -1 <= x <= 1.
        No derivative at -1 and 1, where inf is used.

        >>> from autodiff import Value
        >>> node = Value(0.5).asin()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.523599, 1.154701)
        """
        raise NotImplementedError

    def acos(self) -> Self:
        """acos(x).

        Derivative: -1/sqrt(1 - x^2).
        Domain: -1 <= x <= 1.
        No derivative at -1 and 1, where -inf is used.

        >>> from autodiff import Value
        >>> node = Value(0.5).acos()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (1.047198, -1.154701)
        """
        raise NotImplementedError

    def atan(self) -> Self:
        """atan(x).

        Derivative: 1/(1 + x^2).
        Domain: all real numbers.

        >>> from autodiff import Value
        >>> node = Value(0.5).atan()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.463648, 0.8)
        """
        raise NotImplementedError

    def degrees(self) -> Self:
        """degrees(x) = x·180/π.

        Derivative: 180/π.
        Domain: all real numbers.

        >>> from autodiff import Value
        >>> node = Value(0.5).degrees()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (28.64789, 57.29578)
        """
        raise NotImplementedError

    def radians(self) -> Self:
        """radians(x) = x·π/180.

        Derivative: π/180.
        Domain: all real numbers.

        >>> from autodiff import Value
        >>> node = Value(0.5).radians()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.008727, 0.017453)
        """
        raise NotImplementedError

    def sinh(self) -> Self:
        """sinh(x).

        Derivative: cosh(x).
        Domain: |x| <= 710.47, beyond it overflows.

        >>> from autodiff import Value
        >>> node = Value(0.5).sinh()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.521095, 1.127626)
        """
        raise NotImplementedError

    def cosh(self) -> Self:
        """cosh(x).

        Derivative: sinh(x).
        Domain: |x| <= 710.47, beyond it overflows.

        >>> from autodiff import Value
        >>> node = Value(0.5).cosh()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (1.127626, 0.521095)
        """
        raise NotImplementedError

    def tanh(self) -> Self:
        """tanh(x).

        Derivative: 1 - r^2 (r is the result).
        Domain: all real numbers.

        >>> from autodiff import Value
        >>> node = Value(0.5).tanh()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.462117, 0.786448)
        """
        raise NotImplementedError

    def asinh(self) -> Self:
        """asinh(x).

        Derivative: 1/sqrt(x^2 + 1).
        Domain: all real numbers.

        >>> from autodiff import Value
        >>> node = Value(0.5).asinh()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.481212, 0.894427)
        """
        raise NotImplementedError

    def acosh(self) -> Self:
        """acosh(x).

        Derivative: 1/sqrt(x^2 - 1).
        Domain: x >= 1.
        No derivative at 1, where inf is used.

        >>> from autodiff import Value
        >>> node = Value(2.0).acosh()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (1.316958, 0.57735)
        """
        raise NotImplementedError

    def atanh(self) -> Self:
        """atanh(x).

        Derivative: 1/(1 - x^2).
        Domain: -1 < x < 1.

        >>> from autodiff import Value
        >>> node = Value(0.5).atanh()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.549306, 1.333333)
        """
        raise NotImplementedError

    def erf(self) -> Self:
        """erf(x).

        Derivative: (2/√π)·exp(-x^2).
        Domain: all real numbers.

        >>> from autodiff import Value
        >>> node = Value(0.5).erf()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.5205, 0.878783)
        """
        raise NotImplementedError

    def erfc(self) -> Self:
        """erfc(x).

        Derivative: (-2/√π)·exp(-x^2).
        Domain: all real numbers.

        >>> from autodiff import Value
        >>> node = Value(0.5).erfc()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.4795, -0.878783)
        """
        raise NotImplementedError

    def gamma(self) -> Self:
        """gamma(x).

        Derivative: r·digamma(x) (r is the result).
        Domain: x not in 0, -1, -2, ...; above 171.6 it overflows.

        >>> from autodiff import Value
        >>> node = Value(0.5).gamma()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (1.772454, -3.480231)
        """
        raise NotImplementedError

    def lgamma(self) -> Self:
        """lgamma(x).

        Derivative: digamma(x).
        Domain: x not in 0, -1, -2, ....

        >>> from autodiff import Value
        >>> node = Value(0.5).lgamma()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.572365, -1.96351)
        """
        raise NotImplementedError

    def digamma(self) -> Self:
        """digamma(x).

        Derivative: polygamma(1, x).
        Domain: x not in 0, -1, -2, ....

        >>> from autodiff import Value
        >>> node = Value(0.5).digamma()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (-1.96351, 4.934802)
        """
        raise NotImplementedError

    def polygamma(self, y: Self | Number, /) -> Self:
        """polygamma(x, y).

        Derivative: nan by x, polygamma(x + 1, y) by y.
        Domain: x = 1, 2, 3, ... and y > 0; by x it cannot be differentiated.

        >>> from autodiff import Value
        >>> node = Value(1).polygamma(2.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.644934, nan)
        """
        raise NotImplementedError

    def sinc(self) -> Self:
        """sinc(x) = sin(π·x)/(π·x).

        Derivative: (cos(π·x) - r)/x (r is the result).
        Domain: -inf < x < inf.

        >>> from autodiff import Value
        >>> node = Value(0.5).sinc()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.63662, -1.27324)
        """
        raise NotImplementedError

    def xlogy(self, y: Self | Number, /) -> Self:
        """xlogy(x, y) = x·log(y).

        Derivative: log(y) by x, x/y by y.
        Domain: y > 0, or y = 0 where x = 0, which gives 0.

        >>> from autodiff import Value
        >>> node = Value(0.5).xlogy(2.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.346574, 0.693147)
        """
        raise NotImplementedError

    def logaddexp(self, y: Self | Number, /) -> Self:
        """logaddexp(x, y) = log(exp(x) + exp(y)).

        Derivative: exp(x - r) by x, exp(y - r) by y (r is the result).
        Domain: all real numbers, inf and -inf; two that are the same infinity share equally.

        >>> from autodiff import Value
        >>> node = Value(0.5).logaddexp(2.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (2.201413, 0.182426)
        """
        raise NotImplementedError

    def sigmoid(self) -> Self:
        """σ(x).

        Derivative: r·(1 - r) (r is the result).
        Domain: all real numbers.

        >>> from autodiff import Value
        >>> node = Value(0.5).sigmoid()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.622459, 0.235004)
        """
        raise NotImplementedError

    def log_sigmoid(self) -> Self:
        """log_sigmoid(x) = log(σ(x)).

        Derivative: σ(-x).
        Domain: all real numbers.

        >>> from autodiff import Value
        >>> node = Value(0.5).log_sigmoid()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (-0.474077, 0.377541)
        """
        raise NotImplementedError

    def softplus(self) -> Self:
        """softplus(x) = log(1 + exp(x)).

        Derivative: σ(x).
        Domain: all real numbers.

        >>> from autodiff import Value
        >>> node = Value(0.5).softplus()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.974077, 0.622459)
        """
        raise NotImplementedError

    def gelu(self) -> Self:
        """gelu(x) = x·(1 + erf(x/√2))/2.

        Derivative: (1 + erf(x/√2))/2 + x·exp(-x^2/2)/√(2π).
        Domain: all real numbers.

        >>> from autodiff import Value
        >>> node = Value(0.5).gelu()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.345731, 0.867495)
        """
        raise NotImplementedError

    def gelu_tanh(self) -> Self:
        """gelu_tanh(x) = x·(1 + tanh(√(2/π)·(x + 0.044715x^3)))/2.

        Derivative: (1 + tanh(√(2/π)·(x + 0.044715x^3)))/2 + x·(1 - tanh(√(2/π)·(x +
            0.044715x^3))^2)·√(2/π)·(1 + 0.134145x^2)/2.
        Domain: all real numbers.

        >>> from autodiff import Value
        >>> node = Value(0.5).gelu_tanh()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.345714, 0.86737)
        """
        raise NotImplementedError

    def silu(self) -> Self:
        """silu(x) = x·σ(x).

        Derivative: σ(x)·(1 + x - r) (r is the result).
        Domain: all real numbers.

        >>> from autodiff import Value
        >>> node = Value(0.5).silu()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.31123, 0.739961)
        """
        raise NotImplementedError

    def mish(self) -> Self:
        """mish(x) = x·tanh(softplus(x)).

        Derivative: tanh(softplus(x)) + x·σ(x)·(1 - tanh(softplus(x))^2).
        Domain: all real numbers.

        >>> from autodiff import Value
        >>> node = Value(0.5).mish()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.375245, 0.886424)
        """
        raise NotImplementedError

    def softsign(self) -> Self:
        """softsign(x) = x/(1 + |x|).

        Derivative: 1/(1 + |x|)^2.
        Domain: all real numbers.

        >>> from autodiff import Value
        >>> node = Value(0.5).softsign()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.333333, 0.444444)
        """
        raise NotImplementedError

    def tanhshrink(self) -> Self:
        """tanhshrink(x) = x - tanh(x).

        Derivative: tanh(x)^2.
        Domain: all real numbers.

        >>> from autodiff import Value
        >>> node = Value(0.5).tanhshrink()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.037883, 0.213552)
        """
        raise NotImplementedError

    def squareplus(self, y: Self | Number = 4.0, /) -> Self:
        """squareplus(x, y) = (x + sqrt(x^2 + y))/2.

        Derivative: (1 + x/sqrt(x^2 + y))/2 by x, 1/(4sqrt(x^2 + y)) by y.
        Domain: y >= 0.
        No derivative at x = y = 0, where 1/2 is used by x, and inf by y.
        Default: y = 4.

        >>> from autodiff import Value
        >>> node = Value(0.5).squareplus(2.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (1.0, 0.666667)
        """
        raise NotImplementedError

    def relu(self) -> Self:
        """relu(x) = max(x, 0).

        Derivative: [x > 0].
        Domain: all real numbers.
        No derivative at 0, where 0 is used.

        >>> from autodiff import Value
        >>> node = Value(0.5).relu()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.5, 1)
        """
        raise NotImplementedError

    def leaky_relu(self, y: Self | Number = 0.01, /) -> Self:
        """leaky_relu(x, y) = where([x > 0], x, y·x).

        Derivative: where([x > 0], 1, y) by x, where([x > 0], 0, x) by y.
        Domain: all real numbers.
        No derivative at x = 0, where the slope y is used (none if y = 1).
        Default: y = 0.01.

        >>> from autodiff import Value
        >>> node = Value(0.5).leaky_relu(2.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.5, 1)
        """
        raise NotImplementedError

    def elu(self, y: Self | Number = 1.0, /) -> Self:
        """elu(x, y) = where([x > 0], x, y·expm1(min(x, 0))).

        Derivative: where([x > 0], 1, y·exp(x)) by x, where([x > 0], 0, exp(x) - 1) by y.
        Domain: all real numbers.
        No derivative at x = 0, where y is used (none if y = 1).
        Default: y = 1.

        >>> from autodiff import Value
        >>> node = Value(0.5).elu(2.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.5, 1)
        """
        raise NotImplementedError

    def selu(self) -> Self:
        """selu(x) = where([x > 0], 1.0507x, 1.7581expm1(min(x, 0))).

        Derivative: where([x > 0], 1.0507, 1.7581exp(x)).
        Domain: all real numbers.
        No derivative at 0, where 1.7581 is used, the slope from the left.

        >>> from autodiff import Value
        >>> node = Value(0.5).selu()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.52535, 1.050701)
        """
        raise NotImplementedError

    def celu(self, y: Self | Number = 1.0, /) -> Self:
        """celu(x, y) = where([x > 0], x, y·(exp(x/y) - 1)).

        Derivative: where([x > 0], 1, exp(x/y)) by x, where([x > 0], 0, exp(x/y) - 1 - (x/y)·exp(x/y)) by
            y.
        Domain: y != 0.
        Default: y = 1.

        >>> from autodiff import Value
        >>> node = Value(0.5).celu(2.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.5, 1)
        """
        raise NotImplementedError

    def relu6(self) -> Self:
        """relu6(x) = min(max(x, 0), 6).

        Derivative: [x > 0]·[x < 6].
        Domain: all real numbers.
        No derivative at 0 and 6, where 0 is used.

        >>> from autodiff import Value
        >>> node = Value(0.5).relu6()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.5, 1)
        """
        raise NotImplementedError

    def hardsigmoid(self) -> Self:
        """hardsigmoid(x) = min(max(x + 3, 0), 6)/6.

        Derivative: [x > -3]·[x < 3]/6.
        Domain: all real numbers.
        No derivative at -3 and 3, where 0 is used.

        >>> from autodiff import Value
        >>> node = Value(0.5).hardsigmoid()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.583333, 0.166667)
        """
        raise NotImplementedError

    def hardswish(self) -> Self:
        """hardswish(x) = where([x > -3], x·(min(x + 3, 6)/6), max(x, 0)).

        Derivative: where([x > -3], where([x < 3], (2x + 3)/6, 1), 0).
        Domain: all real numbers.
        No derivative at -3, where 0 is used, and 3, where 1 is used.

        >>> from autodiff import Value
        >>> node = Value(0.5).hardswish()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.291667, 0.666667)
        """
        raise NotImplementedError

    def hardtanh(self, y: Self | Number = -1.0, z: Self | Number = 1.0, /) -> Self:
        """hardtanh(x, y, z) = min(max(x, y), z).

        Derivative: [x > y]·[x < z] by x, [x ≤ y]·[y < z] by y, 1 - [x > y]·[x < z] - [x ≤ y]·[y < z] by
            z.
        Domain: all real numbers.
        No derivative at x = y and x = z, where the slope of the bound is used.
        Default: y = -1, z = 1.

        >>> from autodiff import Value
        >>> node = Value(0.5).hardtanh(-1.0, 1.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.5, 1)
        """
        raise NotImplementedError

    def clip(self, y: Self | Number, z: Self | Number, /) -> Self:
        """clip(x, y, z) = min(max(x, y), z).

        Derivative: [y ≤ x]·[x ≤ z]·[y < z] by x, [x < y]·[y < z] by y, 1 - [y ≤ x]·[x ≤ z]·[y < z] - [x <
            y]·[y < z] by z.
        Domain: all real numbers.
        No derivative at x = y and x = z, where the slope of x is used.

        >>> from autodiff import Value
        >>> node = Value(0.5).clip(0.0, 1.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.5, 1)
        """
        raise NotImplementedError

    def softshrink(self, y: Self | Number = 0.5, /) -> Self:
        """softshrink(x, y) = sign(x)·max(|x| - y, 0).

        Derivative: [|x| > y] by x, -sign(x)·[|x| > y] by y.
        Domain: y >= 0.
        No derivative at |x| = y, where 0 is used.
        Default: y = 0.5.

        >>> from autodiff import Value
        >>> node = Value(0.5).softshrink(2.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.0, 0)
        """
        raise NotImplementedError

    def hardshrink(self, y: Self | Number = 0.5, /) -> Self:
        """hardshrink(x, y) = where([|x| ≤ y], 0, x).

        Derivative: [|x| > y] by x, 0 by y.
        Domain: all real numbers.
        No derivative at |x| = y, where 0 is used.
        Default: y = 0.5.

        >>> from autodiff import Value
        >>> node = Value(0.5).hardshrink(2.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.0, 0)
        """
        raise NotImplementedError

    def hypot(self, y: Self | Number, /) -> Self:
        """hypot(x, y).

        Derivative: x/r by x, y/r by y (r is the result).
        Domain: all real numbers.
        No derivative at the origin, where 0 is used.

        >>> from autodiff import Value
        >>> node = Value(0.5).hypot(2.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (2.061553, 0.242536)
        """
        raise NotImplementedError

    def atan2(self, y: Self | Number, /) -> Self:
        """atan2(x, y).

        Derivative: y/(x^2 + y^2) by x, -x/(x^2 + y^2) by y.
        Domain: all real numbers.
        No derivative at the origin, where 0 is used, and a jump at x = 0 where y < 0.

        >>> from autodiff import Value
        >>> node = Value(0.5).atan2(2.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.244979, 0.470588)
        """
        raise NotImplementedError

    def maximum(self, y: Self | Number, /) -> Self:
        """max(x, y).

        Derivative: [x > y] + [x = y]/2 by x, [x < y] + [x = y]/2 by y.
        Domain: all real numbers.
        No derivative at x = y, where both share equally; beside a plain number 0 is used.

        >>> from autodiff import Value
        >>> node = Value(0.5).maximum(2.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (2.0, 0)
        """
        raise NotImplementedError

    def minimum(self, y: Self | Number, /) -> Self:
        """min(x, y).

        Derivative: [x < y] + [x = y]/2 by x, [x > y] + [x = y]/2 by y.
        Domain: all real numbers.
        No derivative at x = y, where both share equally; beside a plain number 0 is used.

        >>> from autodiff import Value
        >>> node = Value(0.5).minimum(2.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.5, 1)
        """
        raise NotImplementedError

    def where(self, x: Self | Number, y: Self | Number, /) -> Self:
        """where(c, x, y).

        Derivative: 0 by c, where(c, 1, 0) by x, where(c, 0, 1) by y.
        Domain: all real numbers.

        >>> from autodiff import Value
        >>> node = Value(1).where(0.5, 2.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.5, 0)
        """
        raise NotImplementedError

    def copysign(self, y: Self | Number, /) -> Self:
        """copysign(x, y) = |x|·sign(y).

        Derivative: sign(x)·sign(y) by x, 0 by y.
        Domain: all real numbers.
        No derivative at x = 0, where 0 is used, and y = 0, where it jumps.

        >>> from autodiff import Value
        >>> node = Value(0.5).copysign(2.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.5, 1)
        """
        raise NotImplementedError

    def sign(self) -> Self:
        """sign(x).

        Derivative: 0.
        Domain: all real numbers.
        No derivative at 0.

        >>> from autodiff import Value
        >>> node = Value(0.5).sign()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (1.0, 0)
        """
        raise NotImplementedError

    def greater(self, y: Self | Number, /) -> Self:
        """[x > y].

        Derivative: 0 by x, 0 by y.
        Domain: all real numbers.
        No derivative at x = y.

        >>> from autodiff import Value
        >>> node = Value(0.5).greater(2.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.0, 0)
        """
        raise NotImplementedError

    def greater_equal(self, y: Self | Number, /) -> Self:
        """[x ≥ y].

        Derivative: 0 by x, 0 by y.
        Domain: all real numbers.
        No derivative at x = y.

        >>> from autodiff import Value
        >>> node = Value(0.5).greater_equal(2.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.0, 0)
        """
        raise NotImplementedError

    def less(self, y: Self | Number, /) -> Self:
        """[x < y].

        Derivative: 0 by x, 0 by y.
        Domain: all real numbers.
        No derivative at x = y.

        >>> from autodiff import Value
        >>> node = Value(0.5).less(2.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (1.0, 0)
        """
        raise NotImplementedError

    def less_equal(self, y: Self | Number, /) -> Self:
        """[x ≤ y].

        Derivative: 0 by x, 0 by y.
        Domain: all real numbers.
        No derivative at x = y.

        >>> from autodiff import Value
        >>> node = Value(0.5).less_equal(2.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (1.0, 0)
        """
        raise NotImplementedError

    def equal(self, y: Self | Number, /) -> Self:
        """[x = y].

        Derivative: 0 by x, 0 by y.
        Domain: all real numbers.
        No derivative at x = y.

        >>> from autodiff import Value
        >>> node = Value(0.5).equal(2.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.0, 0)
        """
        raise NotImplementedError

    def heaviside(self, y: Self | Number, /) -> Self:
        """heaviside(x, y) = where([x = 0], y, (1 + sign(x))/2).

        Derivative: 0 by x, [x = 0] by y.
        Domain: all real numbers.
        No derivative at x = 0, where y is the value.

        >>> from autodiff import Value
        >>> node = Value(0.5).heaviside(2.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (1.0, 0)
        """
        raise NotImplementedError

    def floor(self) -> Self:
        """floor(x).

        Derivative: 0.
        Domain: all real numbers.
        No derivative at whole numbers.

        >>> from autodiff import Value
        >>> node = Value(0.5).floor()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.0, 0)
        """
        raise NotImplementedError

    def __floor__(self) -> Self:
        """floor(x) as an operator."""
        raise NotImplementedError

    def ceil(self) -> Self:
        """ceil(x) = -floor(-x).

        Derivative: 0.
        Domain: all real numbers.
        No derivative at whole numbers.

        >>> from autodiff import Value
        >>> node = Value(0.5).ceil()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (1.0, 0)
        """
        raise NotImplementedError

    def __ceil__(self) -> Self:
        """ceil(x) = -floor(-x) as an operator."""
        raise NotImplementedError

    def trunc(self) -> Self:
        """trunc(x) = sign(x)·floor(|x|).

        Derivative: 0.
        Domain: all real numbers.
        No derivative at whole numbers but 0.

        >>> from autodiff import Value
        >>> node = Value(0.5).trunc()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.0, 0)
        """
        raise NotImplementedError

    def __trunc__(self) -> Self:
        """trunc(x) = sign(x)·floor(|x|) as an operator."""
        raise NotImplementedError

    def rint(self) -> Self:
        """rint(x).

        Derivative: 0.
        Domain: all real numbers.
        No derivative at halves between whole numbers.

        >>> from autodiff import Value
        >>> node = Value(0.5).rint()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.0, 0)
        """
        raise NotImplementedError

    def floordiv(self, y: Self | Number, /) -> Self:
        """floordiv(x, y) = floor(x/y).

        Derivative: 0 by x, 0 by y.
        Domain: y != 0 and -inf < x < inf.
        No derivative at x / y whole, where it jumps.

        >>> from autodiff import Value
        >>> node = Value(0.5).floordiv(2.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.0, 0)
        """
        raise NotImplementedError

    def __floordiv__(self, y: Self | Number, /) -> Self:
        """floordiv(x, y) = floor(x/y) as an operator."""
        raise NotImplementedError

    def __rfloordiv__(self, y: Self | Number, /) -> Self:
        """floordiv(x, y) = floor(x/y) as an operator."""
        raise NotImplementedError

    def mod(self, y: Self | Number, /) -> Self:
        """mod(x, y) = x - y·floor(x/y).

        Derivative: 1 by x, -floordiv(x, y) by y.
        Domain: y != 0 and -inf < x < inf.
        No derivative at x / y whole, where it jumps.

        >>> from autodiff import Value
        >>> node = Value(0.5).mod(2.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.5, 1)
        """
        raise NotImplementedError

    def __mod__(self, y: Self | Number, /) -> Self:
        """mod(x, y) = x - y·floor(x/y) as an operator."""
        raise NotImplementedError

    def __rmod__(self, y: Self | Number, /) -> Self:
        """mod(x, y) = x - y·floor(x/y) as an operator."""
        raise NotImplementedError

    def fmod(self, y: Self | Number, /) -> Self:
        """fmod(x, y) = x - y·trunc(x/y).

        Derivative: 1 by x, -trunc(x/y) by y.
        Domain: y != 0 and -inf < x < inf.
        No derivative at x / y whole but not 0, where it jumps.

        >>> from autodiff import Value
        >>> node = Value(0.5).fmod(2.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.5, 1)
        """
        raise NotImplementedError

    def remainder(self, y: Self | Number, /) -> Self:
        """remainder(x, y) = x - y·rint(x/y).

        Derivative: 1 by x, -rint(x/y) by y.
        Domain: y != 0 and -inf < x < inf.
        No derivative at x / y halfway between whole numbers, where it jumps.

        >>> from autodiff import Value
        >>> node = Value(0.5).remainder(2.0)
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.5, 1)
        """
        raise NotImplementedError
