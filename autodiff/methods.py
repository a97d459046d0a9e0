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

    def sin(self) -> Self:
        """sin(x).

        Derivative: cos(x).
        Domain: finite x.

        >>> from autodiff import Value
        >>> node = Value(0.5).sin()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.479426, 0.877583)
        """
        raise NotImplementedError

    def cos(self) -> Self:
        """cos(x).

        Derivative: -sin(x).
        Domain: finite x.

        >>> from autodiff import Value
        >>> node = Value(0.5).cos()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.877583, -0.479426)
        """
        raise NotImplementedError

    def tan(self) -> Self:
        """tan(x).

        Derivative: 1 + r^2 (r is the result).
        Domain: finite x.

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

    def softplus(self) -> Self:
        """softplus(x) = max(x, 0) + log1p(exp(-|x|)).

        Derivative: σ(x).
        Domain: all real numbers.

        >>> from autodiff import Value
        >>> node = Value(0.5).softplus()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.974077, 0.622459)
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

    def gelu(self) -> Self:
        """gelu(x).

        Derivative: (1 + erf(x/sqrt(2)))/2 + x·exp(-x^2/2)/sqrt(2π).
        Domain: all real numbers.

        >>> from autodiff import Value
        >>> node = Value(0.5).gelu()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.345731, 0.867495)
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

    def erf(self) -> Self:
        """erf(x).

        Derivative: (2/sqrt(π))·exp(-x^2).
        Domain: all real numbers.

        >>> from autodiff import Value
        >>> node = Value(0.5).erf()
        >>> round(node.data, 6), round(node.partials[0], 6)
        (0.5205, 0.878783)
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
