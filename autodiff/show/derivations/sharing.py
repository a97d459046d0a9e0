"""What the reverse sweep saves: the factors that paths share, and the multiplications of both ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from autodiff.graph import Edge, Path, count_paths, paths, paths_from, shown, topological_order
from autodiff.languages import say
from autodiff.pictures.draw import MAX_PATHS, Picture, draw
from autodiff.pictures.names import clean
from autodiff.show.derivations.wording import (
    ROW_GAP,
    WRITTEN_OPERANDS,
    NodeNames,
    check_node,
    derivative,
    partial_in,
    partial_symbol,
    product_text,
    shown_names,
    sum_text,
)
from autodiff.value import Value

__all__ = ["Multiplications", "SharedFactor", "SharedFactors", "multiplications", "shared_factors"]


@dataclass(frozen=True)
class Multiplications:
    """How many multiplications it takes to differentiate by listing paths, and by one reverse sweep.

    >>> x = Value(2, name="x")
    >>> multiplications((x * x) * x)
    Multiplications(paths=2, sweep=4)
    """

    paths: int
    sweep: int


def multiplications(output: Value, x: Value | None = None) -> Multiplications:
    """Count the multiplications of two ways to differentiate a node, without doing either.

    Multiplying every path's partials on its own takes one multiplication less than the path has edges; the
    sweep takes one an edge of the graph, whatever the number of inputs.

    Args:
        output: The node that is differentiated.
        x: By what; None for all leaves.

    >>> x = output = Value(1)
    >>> for _ in range(40):
    ...     output = output + output
    >>> multiplications(output, x)
    Multiplications(paths=42880953483264, sweep=80)
    """
    check_node(output, "multiplications: output")
    if x is not None:
        check_node(x, "multiplications: x")
    order = topological_order(output)
    counts: dict[Value, int] = {}
    factors: dict[Value, int] = {}
    for node in order:
        if node is x or (x is None and node.op is None):
            counts[node], factors[node] = 1, 0
        else:
            counts[node] = sum(counts[parent] for parent in node.parents)
            factors[node] = sum(factors[parent] + counts[parent] for parent in node.parents)
    empty = output is x or output.op is None
    listed = 0 if empty else factors[output] - counts[output]
    return Multiplications(listed, sum(len(node.parents) for node in order))


@dataclass(frozen=True, eq=False, repr=False)
class SharedFactor:
    """A partial that the products of several paths have in common.

    >>> x = Value(2, name="x")
    >>> [shared] = shared_factors((x * x).tanh(), x)
    >>> shared.paths, round(shared.edge.partial, 6)
    (2, 0.001341)
    """

    edge: Edge[Value]
    paths: int
    names: NodeNames

    def __repr__(self) -> str:
        """The derivative, its symbol, and how many paths share it."""
        edge = self.edge
        sign = derivative(self.names[edge.node], self.names[edge.parent], "text")
        if len(edge.node.operands) > WRITTEN_OPERANDS:
            return say("{factor} in {paths} paths", factor=sign, paths=shown(self.paths))
        partial = partial_symbol(edge.node, edge.position, self.names).text()
        return say("{factor} in {paths} paths", factor=f"{sign} = {partial}", paths=shown(self.paths))


class SharedFactors(tuple[SharedFactor, ...]):
    """The factors that several derivatives share, and these derivatives with what they share in brackets or boxes.

    Attributes:
        output: The node that is differentiated.
        inputs: By what.
        names: What the nodes are called.

    >>> x, w1, w2 = Value(2, name="x"), Value(3, name="w1"), Value(5, name="w2")
    >>> found = shared_factors(((x * w1).named("h").tanh().named("o") * w2).named("f"), [w1, w2])
    >>> found, found.derivatives()
    ((), ('∂f/∂w1 = ∂f/∂o·∂o/∂h·∂h/∂w1', '∂f/∂w2 = ∂f/∂w2'))
    """

    output: Value
    inputs: tuple[Value, ...]
    names: NodeNames

    @classmethod
    def among(
        cls, output: Value, inputs: tuple[Value, ...], names: NodeNames, found: list[SharedFactor]
    ) -> SharedFactors:
        shared = cls(sorted(found, key=lambda factor: -factor.paths))
        shared.output, shared.inputs, shared.names = output, inputs, names
        return shared

    def derivatives(self) -> tuple[str, ...]:
        """The derivative by each input as a sum over the paths, what is shared in ⟨ ⟩."""
        return tuple(f"{self._sign(x, 'text')} = {self._sum(x, 'text', 'signs')}" for x in self.inputs)

    @property
    def latex(self) -> str:
        """The derivatives in signs and in symbols, each factor that is shared in a box."""
        rows = [
            rf"{self._sign(x, 'latex')} &= {self._sum(x, 'latex', 'signs')} \\[{ROW_GAP}]"
            f"\n &= {self._sum(x, 'latex', 'symbols')}"
            for x in self.inputs
        ]
        return "\\begin{aligned}\n" + f" \\\\[{ROW_GAP}]\n".join(rows) + "\n\\end{aligned}"

    def _repr_latex_(self) -> str:
        return f"$$\n{self.latex}\n$$"

    @property
    def picture(self) -> Picture:
        """The graph, with the edges that several paths go over in another colour."""
        return draw(self.output, partials="symbols", values=False, grads=False, marked=[f.edge for f in self])

    def __str__(self) -> str:
        return "\n".join([*self.derivatives(), *map(str, self)])

    def _sign(self, x: Value, language: str) -> str:
        return derivative(self.names[self.output], self.names.get(x) or clean(x.name or "x"), language)

    def _sum(self, x: Value, language: str, form: str) -> str:
        """The sum over the paths from an input; neighbours that as many paths share stand in one box."""
        counts = {(factor.edge.node, factor.edge.position): factor.paths for factor in self}
        terms = [
            boxed_product(path, counts, self.names, language, form)
            for path in islice(paths(self.output, x), MAX_PATHS)
        ]
        hidden = count_paths(self.output, x) - len(terms)
        if hidden > 0:
            more = say("... and {hidden} more paths{amount}", hidden=shown(hidden), amount="")
            more = say("... and 1 more path{amount}", amount="") if hidden == 1 else more
            terms.append(rf"\text{{{more}}}" if language == "latex" else more)
        return sum_text(terms) or ("1" if x is self.output else "0")


BOXES = {"text": "⟨{}⟩", "latex": r"\boxed{{{}}}"}


def boxed_product(
    path: Path[Value], counts: Mapping[tuple[Value, int], int], names: NodeNames, language: str, form: str
) -> str:
    """The product of one path, from the output down, with boxes around what other paths share."""
    pieces = []
    edges = path.edges[::-1]
    for count, group in groupby(edges, key=lambda edge: counts.get((edge.node, edge.position), 1)):
        factors = [factor_of(edge, names, language, form, edge is not edges[-1]) for edge in group]
        product = product_text(factors, language)
        pieces.append(BOXES[language].format(product) if count > 1 else product)
    return product_text(pieces, language)


def factor_of(edge: Edge[Value], names: NodeNames, language: str, form: str, followed: bool) -> str:
    if form == "signs":
        return derivative(names[edge.node], names[edge.parent], language)
    return partial_in(edge.node, edge.position, names, language, 1, followed)


def shared_factors(output: Value, inputs: Value | Sequence[Value]) -> SharedFactors:
    """Find the partials that several paths from the inputs to ``output`` go over, and count those paths.

    No path is walked: over an edge lead as many as lead up to it times as many as lead on from it. Of several
    inputs the paths of all count: so the derivatives by w1, w2 and w3 of a chain share nearly everything, which
    is why the reverse sweep carries one number.

    Args:
        output: The node that is differentiated.
        inputs: By what: a node, or several.

    Returns:
        The factors, those of most paths first, else from the output down; none if ``output`` depends on no
        input. ``print`` shows the derivatives with what they share in ⟨ ⟩, notebooks and ``latex`` in boxes,
        ``picture`` in another colour.

    Raises:
        TypeError: What is given is no Value.
        ValueError: ``inputs`` is empty.

    >>> x, w = Value(2, name="x"), Value(3, name="w")
    >>> h = (x * w + x).named("h")
    >>> shared_factors(h.tanh(), x)
    (∂b/∂h = 1 - b^2 in 2 paths,)
    >>> print(shared_factors(((x * w).named("h").tanh() * 2).named("f"), [x, w]))
    ∂f/∂x = ⟨∂f/∂a·∂a/∂h⟩·∂h/∂x
    ∂f/∂w = ⟨∂f/∂a·∂a/∂h⟩·∂h/∂w
    ∂f/∂a = 2 in 2 paths
    ∂a/∂h = 1 - a^2 in 2 paths
    """
    check_node(output, "shared_factors: output")
    chosen = (inputs,) if isinstance(inputs, Value) or not isinstance(inputs, Sequence) else tuple(inputs)
    if not chosen:
        raise ValueError("shared_factors: there are no inputs to differentiate by: give a node, or several")
    for x in chosen:
        check_node(x, "shared_factors: x" if x is inputs else "shared_factors: each of inputs")
    order = topological_order(output)
    names = shown_names(output)
    up = dict.fromkeys(order, 0)
    for x in dict.fromkeys(chosen):
        for node, count in paths_from(output, x).items():
            up[node] += count
    down = {**dict.fromkeys(order, 0), output: 1}
    found = []
    for node in reversed(order):
        for position, (parent, partial) in enumerate(zip(node.parents, node.partials, strict=True)):
            down[parent] += down[node]
            if (count := up[parent] * down[node]) > 1:
                found.append(SharedFactor(Edge(parent, node, position, partial), count, names))
    return SharedFactors.among(output, chosen, names, found)
