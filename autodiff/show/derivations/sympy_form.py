"""A node's expression in SymPy, to simplify, to differentiate, to solve (the extra ``sympy``).

>>> import sympy
>>> from autodiff import Value
>>> x, y = Value(2, name="x"), Value(3, name="y")
>>> f = to_sympy(x**2 + x * y + (x + y) ** 2)
>>> f
x**2 + x*y + (x + y)**2
>>> sympy.diff(f, "x"), sympy.expand(f)
(4*x + 3*y, 2*x**2 + 3*x*y + y**2)
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import count
from typing import TypeAlias

from autodiff import rules
from autodiff.graph import topological_order
from autodiff.pictures.names import default_names
from autodiff.rules import Rule
from autodiff.rules.derived import Derived
from autodiff.rules.worlds import Scalar, UnknownPrimitive
from autodiff.show.derivations.wording import check_node
from autodiff.value import Value

__all__ = ["to_sympy"]

Expression: TypeAlias = Scalar  # of SymPy, which has no types, or a number

# The primitives that are functions of SymPy; those that are not are methods of Sympy.
ELEMENTARY = {"exp", "log", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "atan2"}
ELEMENTARY |= {"sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "erf", "erfc"}
ELEMENTARY |= {"gamma", "floor"}


def to_sympy(output: Value, symbols: Mapping[Value, Expression] | None = None) -> Expression:
    """Write what a node was computed from as one expression of SymPy.

    Leaves become symbols of their names, without assumptions, so that ``sympy.Symbol("x")`` is the one of a
    leaf named x; unnamed leaves get the letters of the picture, and the second of two leaves named x is x_2.
    Fractions and whole numbers are exact, other floats stay floats. At a kink, such as relu's, SymPy may take
    another derivative than the engine.

    Args:
        output: The node.
        symbols: What stands for some nodes, leaves or not: symbols or expressions of SymPy. What such a node
            was computed from is not written.

    Returns:
        The expression. SymPy simplifies it as it is built: x + x is 2*x.

    Raises:
        ImportError: SymPy is not installed.
        TypeError: ``output`` is no Value.
        RecursionError: The graph is too deep for SymPy.
        UnknownPrimitive: A row uses a primitive that is not known here.

    >>> import sympy
    >>> x, w = Value(2, name="x"), Value(0.5, name="w")
    >>> h = w * x
    >>> to_sympy(h.tanh() / 3), to_sympy(h.tanh() / 3, {h: sympy.Symbol("h")})
    (tanh(w*x)/3, tanh(h)/3)
    """
    check_node(output, "to_sympy: output")
    m = Sympy()
    done = dict(symbols or {})
    wanted = nodes_above(output, done)
    done |= {leaf: m.sympy.Symbol(name) for leaf, name in leaf_names(output).items() if leaf not in done}
    for node in topological_order(output):
        if node in wanted and node not in done:
            done[node] = expression(m, node, done)
    return done[output]


def nodes_above(output: Value, given: Mapping[Value, Expression]) -> set[Value]:
    """The nodes that have to be written: those that are found without going through given ones."""
    found: set[Value] = set()
    waiting = [output]
    while waiting:
        node = waiting.pop()
        if node not in found and node not in given:
            found.add(node)
            waiting += node.parents
    return found


def leaf_names(output: Value) -> dict[Value, str]:
    """Name every leaf as pictures do, and no two alike."""
    names = default_names(output)
    found: dict[Value, str] = {}
    taken = set(names.values())
    used: set[str] = set()
    for leaf in (node for node in names if node.op is None):
        name = names[leaf]
        if name in used:
            name = next(new for number in count(2) if (new := f"{names[leaf]}_{number}") not in taken)
        used.add(name)
        taken.add(name)
        found[leaf] = name
    return found


def expression(m: Sympy, node: Value, done: Mapping[Value, Expression]) -> Expression:
    """Run the rule of a node on the expressions of its operands."""
    rule = node.op
    assert rule is not None
    xs = [done[operand] if isinstance(operand, Value) else m.number(operand) for operand in node.operands]
    try:
        return m.applied(rule, xs)
    except RecursionError:
        raise RecursionError(
            f"to_sympy: SymPy recurses over expressions, and this one is too deep for it at {node!r}: "
            "let symbols stand for nodes on the way, to_sympy(output, {node: sympy.Symbol(...)})"
        ) from None  # whose traceback has a thousand lines


class Sympy(Derived):
    """The primitives on expressions of SymPy, in the forms of mathematics: nothing here can overflow."""

    def __init__(self) -> None:
        try:
            import sympy
        except ImportError as error:
            message = "to_sympy needs SymPy, the extra `sympy`: pip install 'scalar-autodiff[sympy]'"
            raise ImportError(message) from error
        self.sympy = sympy
        self.rows: list[str] = []  # that are being applied, each in the one before it

    def __getattr__(self, name: str) -> Callable[..., Expression]:
        """SymPy's function of that name, or else a row of the table."""
        if name in ELEMENTARY:
            return getattr(self.sympy, name)  # type: ignore[no-any-return]
        if name not in rules.TABLE or name in self.rows:
            raise UnknownPrimitive(
                self.rows[-1] if self.rows else "?",
                name,
                "ELEMENTARY in autodiff/show/derivations/sympy_form.py",
            )
        return functools.partial(self.call, rules.TABLE[name])

    def call(self, rule: Rule, *xs: Expression) -> Expression:
        return self.applied(rule, xs[0] if rule.is_nary else xs)

    def applied(self, rule: Rule, xs: Sequence[Expression]) -> Expression:
        """The value of a rule; a number that it chooses by itself becomes one of SymPy."""
        self.rows.append(rule.name)
        try:
            value = rule.defined or rule.value
            return self.number(value(self, xs) if rule.is_nary else value(self, *xs))
        finally:
            self.rows.pop()

    def number(self, x: Expression) -> Expression:
        """Fractions and whole floats exactly, other floats as they are."""
        if isinstance(x, Fraction):
            return self.sympy.Rational(x.numerator, x.denominator)
        whole = isinstance(x, float) and x.is_integer() and abs(x) < 1e15
        return self.sympy.sympify(int(x) if whole else x)

    def log2(self, x: Expression) -> Expression:
        return self.sympy.log(x, 2)

    def log10(self, x: Expression) -> Expression:
        return self.sympy.log(x, 10)

    def exp2(self, x: Expression) -> Expression:
        return self.sympy.Integer(2) ** x

    def cbrt(self, x: Expression) -> Expression:
        third = self.sympy.Rational(1, 3)
        return self.where(self.sympy.Lt(x, 0), -((-x) ** third), x**third)

    def digamma(self, x: Expression) -> Expression:
        return self.sympy.digamma(x)

    def polygamma(self, n: Expression, x: Expression) -> Expression:
        return self.sympy.polygamma(n, x)

    def lgamma(self, x: Expression) -> Expression:
        return self.sympy.log(self.abs(self.sympy.gamma(x)))

    def fmod(self, x: Expression, y: Expression) -> Expression:
        count = x / y
        whole = self.where(self.sympy.Lt(count, 0), -self.sympy.floor(-count), self.sympy.floor(count))
        return x - y * whole

    def name(self, text: str) -> Expression:
        """A named constant, such as π."""
        return self.sympy.pi if text == "π" else self.sympy.Symbol(text)

    def expm1(self, x: Expression) -> Expression:
        return self.sympy.exp(x) - 1

    def log1p(self, x: Expression) -> Expression:
        return self.sympy.log(1 + x)

    def sigmoid(self, x: Expression) -> Expression:
        return 1 / (1 + self.sympy.exp(-x))

    def abs(self, x: Expression) -> Expression:
        """The larger of x and -x, as Abs cannot be differentiated unless its symbols are said to be real."""
        return self.maximum(x, -x)

    def hypot(self, *xs: Expression) -> Expression:
        return self.norm(xs)

    def norm(self, xs: Sequence[Expression]) -> Expression:
        return self.sympy.sqrt(self.sum([x**2 for x in xs]))

    def pow(self, x: Expression, y: Expression) -> Expression:
        return x**y

    ieee_pow = pow

    def gap(self, x: Expression, y: Expression) -> Expression:
        return x - y

    def divide(self, x: Expression, y: Expression) -> Expression:
        return self.number(x) / y

    def xlogy(self, x: Expression, y: Expression) -> Expression:
        return x * self.sympy.log(y)

    def sum(self, xs: Sequence[Expression]) -> Expression:
        return self.sympy.Add(*xs)

    def prod(self, xs: Sequence[Expression]) -> Expression:
        return self.sympy.Mul(*xs)

    def dot(self, xs: Sequence[Expression], ys: Sequence[Expression], bias: Expression) -> Expression:
        return self.sum([*(x * y for x, y in zip(xs, ys, strict=True)), bias])

    def shift(self, xs: Sequence[Expression]) -> Expression:
        """A shift that cancels out of the result: here nothing overflows, so that any operand will do."""
        return xs[0]

    def max(self, xs: Sequence[Expression]) -> Expression:
        return self.extreme(self.sympy.Max, xs)

    def min(self, xs: Sequence[Expression]) -> Expression:
        return self.extreme(self.sympy.Min, xs)

    def maximum(self, x: Expression, y: Expression) -> Expression:
        return self.max([x, y])

    def minimum(self, x: Expression, y: Expression) -> Expression:
        return self.min([x, y])

    def extreme(self, function: Expression, xs: Sequence[Expression]) -> Expression:
        """Max or Min; unevaluated unless all are numbers, as SymPy compares in time exponential in depth."""
        distinct = [self.number(x) for x in dict.fromkeys(xs)]
        known = all(x.is_number for x in distinct)
        return distinct[0] if len(distinct) == 1 else function(*distinct, evaluate=known)

    def greater(self, x: Expression, y: Expression) -> Expression:
        return self.where(self.sympy.Gt(x, y), 1, 0)

    def greater_equal(self, x: Expression, y: Expression) -> Expression:
        return self.where(self.sympy.Ge(x, y), 1, 0)

    def less(self, x: Expression, y: Expression) -> Expression:
        return self.where(self.sympy.Lt(x, y), 1, 0)

    def less_equal(self, x: Expression, y: Expression) -> Expression:
        return self.where(self.sympy.Le(x, y), 1, 0)

    def equal(self, x: Expression, y: Expression) -> Expression:
        return self.where(self.sympy.Eq(x, y), 1, 0)

    def sign(self, x: Expression) -> Expression:
        return self.sympy.Piecewise((1, self.sympy.Gt(x, 0)), (-1, self.sympy.Lt(x, 0)), (0, True))

    def where(self, condition: Expression, x: Expression, y: Expression) -> Expression:
        """One of two; where a > b does not hold, the smaller of a and b is a."""
        test = self.truth(condition)
        if isinstance(test, self.sympy.Gt):
            y = self.number(y).xreplace({self.minimum(*test.args): test.args[0]})
        return self.sympy.Piecewise((self.number(x), test), (self.number(y), True))

    def truth(self, condition: Expression) -> Expression:
        """The condition that a comparison came from; any other number holds unless it is 0."""
        pieces = self.number(condition)
        if isinstance(pieces, self.sympy.Piecewise) and [piece.expr for piece in pieces.args] == [1, 0]:
            return pieces.args[0].cond
        return pieces if pieces.is_Boolean or pieces.is_Relational else self.sympy.Ne(pieces, 0)
