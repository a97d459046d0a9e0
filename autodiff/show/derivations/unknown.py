"""Functions that are not given: f(x·w1) and f′(x·w1) in every formula, until a concrete one is put in.

>>> f, x, w = unknown("f"), Value(2, name="x"), Value(3, name="w")
>>> o = f(x * w).named("o")
>>> from autodiff.show.derivations.explain import explain
>>> explain(o, x).lines()[2]
'f′(x·w)·w'
>>> f.put_in(o, lambda h: h.tanh()).data == (x * w).tanh().data
True
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import cached_property

from autodiff.graph import topological_order
from autodiff.operations import applied_at, apply
from autodiff.rules import Notation, Rule
from autodiff.rules.worlds import FLOATS, Scalar
from autodiff.show.derivations.wording import check_node
from autodiff.value import Value
from autodiff.writing.symbols import Symbol, name_latex

__all__ = ["Unknown", "has_unknown", "unknown"]

PRIMES = ("", "′", "″", "‴")


class Unknown:
    """A function of one number that is not given, or a derivative of it.

    Attributes:
        name: What it is called.
        order: How often it is differentiated; 0 for the function itself.

    >>> f = unknown("f")
    >>> f, f.derivative, f.derivative.derivative
    (f, f′, f″)
    """

    def __init__(self, name: str, order: int = 0) -> None:
        self.name, self.order = name, order

    def __repr__(self) -> str:
        return self.name + (PRIMES[self.order] if self.order < len(PRIMES) else f"^({self.order})")

    @cached_property
    def derivative(self) -> Unknown:
        return Unknown(self.name, self.order + 1)

    @cached_property
    def rule(self) -> Rule:
        """Its row, which knows no number: its value and its slope are nan."""
        latex = name_latex(self.name) + ("'" * self.order if self.order < 4 else f"^{{({self.order})}}")
        text, latex = (
            repr(self).replace("{", "{{").replace("}", "}}"),
            latex.replace("{", "{{").replace("}", "}}"),
        )
        return Rule(
            name=f"unknown {self!r}",
            symbol=repr(self),
            arity=1,
            value=lambda m, x: self._number(x),
            partials=(lambda m, x, z: self.derivative._number(x),),
            written=(lambda m, x, z: Symbol(rule=self.derivative.rule, operands=(x,)),),
            given=False,
            notation=Notation(f"{text}({{args}})", f"{latex}({{args}})", f"{text}({{args}})"),
        )

    def _number(self, x: Scalar) -> Scalar:
        """Its row, run in any world: a node, a symbol, or nan."""
        if isinstance(x, Value):
            return self(x)
        if isinstance(x, Symbol):
            return Symbol(rule=self.rule, operands=(x,))
        if not isinstance(x, float | int | Fraction):
            raise TypeError(self._nothing_to_compute)
        return math.nan

    @property
    def _nothing_to_compute(self) -> str:
        return (
            f"{self.name} is unknown, so there is nothing to compute: put a function in first, such as "
            f"{self.name}.put_in(output, autodiff.sigmoid)"
        )

    def __call__(self, x: Value) -> Value:
        """Apply it: a node whose number is nan, as nobody knows it."""
        if not isinstance(x, Value):
            raise TypeError(f"{self.name} is unknown: it takes a Value, not {x!r} of type {type(x).__name__}")
        if hasattr(x, "_record"):
            raise TypeError(self._nothing_to_compute)
        node: Value = applied_at(self.rule, FLOATS, [x.data], (x,))
        return node

    def put_in(self, output: Value, function: Callable[[Value], Value]) -> Value:
        """Put a concrete function in its place.

        Args:
            output: A node whose graph has it.
            function: What it shall be, such as ``autodiff.sigmoid``.

        Returns:
            The same graph above the same leaves, with numbers; ``output`` stays as it was.

        Raises:
            TypeError: ``output`` is no Value, or ``function`` gives none.
            ValueError: The graph does not have it.

        >>> f, x = unknown("f"), Value(3.0, name="x")
        >>> y = f.put_in(f(x) * 2, lambda x: x**2)
        >>> y.backward()
        >>> y.data, x.grad
        (18.0, 12.0)
        """
        check_node(output, "put_in: output")
        new: dict[Value, Value] = {}
        found = False
        for node in topological_order(output):
            found = found or node.op is self.rule
            if node.op is None or not (node.op is self.rule or any(new[p] is not p for p in node.parents)):
                new[node] = node
            elif node.op is self.rule:
                new[node] = self._concrete(function, new[node.parents[0]], node.name)
            else:
                new[node] = apply(node.op, [new[x] if isinstance(x, Value) else x for x in node.operands])
                new[node].name = node.name
        if not found:
            raise ValueError(f"put_in: {self.name} does not occur in the graph of {output!r}")
        return new[output]

    def _concrete(self, function: Callable[[Value], Value], x: Value, name: str | None) -> Value:
        node = function(x)
        if not isinstance(node, Value):
            raise TypeError(
                f"put_in: the function must give a Value, not {node!r} of type {type(node).__name__}"
            )
        if name is not None and node is not x and node.name is None:
            node.name = name
        return node


def has_unknown(nodes: Iterable[Value]) -> bool:
    """Tell whether the number of a node is unknown, as a function that is not given is among the nodes."""
    return any(node.op is not None and not node.op.given for node in nodes)


def unknown(name: str = "f") -> Unknown:
    """Make a function that is not given, such as the activation of exercise 2.

    Formulas show it and its derivatives as f(h), f′(h), f″(h); its number is nan, as nobody knows it.
    ``f.put_in(output, autodiff.sigmoid)`` gives the graph with a concrete one.

    Raises:
        TypeError: ``name`` is no text.
        ValueError: It is empty.

    >>> f, x, w = unknown("f"), Value(2, name="x"), Value(3, name="w")
    >>> from autodiff import explain
    >>> print(explain(f(x * w).named("o"), w))
    ∂o/∂w = ∂o/∂a·∂a/∂w
          = f′(a)·x
          = f′(x·w)·x
    """
    if not isinstance(name, str):
        raise TypeError(f"unknown: name must be a text, not {name!r}")
    if not name.strip():
        raise ValueError("unknown: the function needs a name, such as unknown('f')")
    return Unknown(name)
