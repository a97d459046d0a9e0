"""Random programs for Hypothesis: smooth operations on shared nodes, that run on Values and in mpmath alike.

Their operations keep numbers moderate and away from the borders of domains, so that every derivative exists.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from hypothesis import strategies as st

import autodiff
from autodiff.rules import TABLE
from autodiff.rules.worlds import Mpmath

__all__ = ["Program", "exactly", "on_values", "programs"]

Call: TypeAlias = Callable[..., Any]  # call("mul", x, y) applies an operation of the table

STEPS: dict[str, Callable[[Call, Any, Any], Any]] = {
    "add": lambda call, x, y: call("add", x, y),
    "sub": lambda call, x, y: call("sub", x, y),
    "mul": lambda call, x, y: call("mul", x, call("tanh", y)),
    "square": lambda call, x, y: call("mul", call("sin", x), call("sin", x)),
    "truediv": lambda call, x, y: call("truediv", x, call("add", 1, call("exp", call("cos", y)))),
    "cube": lambda call, x, y: call("pow", call("cos", x), 3),
    "pow": lambda call, x, y: call("pow", call("add", 2, call("sin", x)), call("tanh", y)),
    "exp": lambda call, x, y: call("exp", call("sin", x)),
    "log": lambda call, x, y: call("log", call("add", 2, call("cos", x))),
    "sqrt": lambda call, x, y: call("sqrt", call("add", 1.5, call("tanh", x))),
    "asin": lambda call, x, y: call("asin", call("mul", 0.75, call("sin", x))),
    "neg": lambda call, x, y: call("neg", x),
    "atan": lambda call, x, y: call("atan", x),
    "sigmoid": lambda call, x, y: call("sigmoid", x),
    "softplus": lambda call, x, y: call("softplus", x),
    "silu": lambda call, x, y: call("silu", x),
    "gelu": lambda call, x, y: call("gelu", call("sin", x)),
    "erf": lambda call, x, y: call("erf", call("sin", x)),
    "atan2": lambda call, x, y: call("atan2", x, call("add", 2, call("sin", y))),
    "hypot": lambda call, x, y: call("hypot", x, call("add", 2, call("cos", y))),
    "sum": lambda call, x, y: call("sum", [x, y, x]),
    "mean": lambda call, x, y: call("mean", [x, y, x]),
    "dot": lambda call, x, y: call("dot", [x, 2, call("tanh", y)], [call("cos", y), y, call("tanh", y)], x),
    "prod": lambda call, x, y: call("prod", [call("sin", x), y, call("cos", x)]),
    "norm": lambda call, x, y: call("norm", [x, call("add", 2, call("cos", y)), y]),
    "logsumexp": lambda call, x, y: call("logsumexp", [x, y, 1]),
    "softmax": lambda call, x, y: call("softmax", [x, y, x, 0.5])[0],
}


@dataclass(frozen=True)
class Program:
    """Inputs, and steps (operation, left node, right node) on inputs and on the results of earlier steps."""

    inputs: tuple[float, ...]
    steps: tuple[tuple[str, int, int], ...]

    def run(self, call: Call, inputs: Sequence[Any]) -> Any:
        """Run the program in the world of ``call``; the result is the last node."""
        nodes = list(inputs)
        for name, left, right in self.steps:
            nodes.append(STEPS[name](call, nodes[left], nodes[right]))
        return nodes[-1]


def on_values(name: str, *operands: Any) -> Any:
    """Apply an operation to Values."""
    return getattr(autodiff, name)(*operands)


class Exact(Mpmath):
    """mpmath, and where it has no function of a name, the row of this name."""

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            return functools.partial(exactly, name)


def exactly(name: str, *operands: Any) -> Any:
    """Apply an operation in mpmath, at its working precision, as defined: a series may end with a float's digits."""
    rule, m = TABLE[name], Exact()
    value = rule.defined or rule.value
    if rule.pack is None:
        return value(m, *operands)
    packed = rule.pack(*operands)
    if rule.vector:
        return [value(m, (*packed, position)) for position in range(len(packed))]
    return value(m, packed)


@st.composite
def programs(draw: st.DrawFn, most_steps: int = 10) -> Program:
    """Programs of one to three inputs. Nodes are used again often: an operand may be any earlier node."""
    inputs = draw(st.lists(st.floats(-2, 2).map(lambda x: round(x, 4)), min_size=1, max_size=3))
    count = draw(st.integers(1, most_steps))
    steps = []
    for position in range(count):
        nodes = st.integers(0, len(inputs) + position - 1)
        steps.append((draw(st.sampled_from(sorted(STEPS))), draw(nodes), draw(nodes)))
    return Program(tuple(inputs), tuple(steps))
