"""What the page is told of a graph: its nodes with their formulas as data, and its picture as SVG.

>>> from autodiff import Value
>>> x = Value(2, name="x")
>>> o = x.tanh()
>>> graph = graph_data([x, o], Labels({x: "x", o: "o"}))
>>> graph["nodes"][0]["value"], graph["nodes"][1]["rule"], graph["nodes"][1]["operands"]
(2.0, 'tanh/1', [[0]])
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Mapping
from fractions import Fraction
from itertools import accumulate

from autodiff.languages import say
from autodiff.number import Number
from autodiff.pictures.fold import Fold
from autodiff.pictures.labels import Labels, cut_short, raised
from autodiff.pictures.names import clean
from autodiff.show.mistakes.comparison import ROUNDING, Comparison
from autodiff.show.page.javascript import RuleCall, call_of
from autodiff.show.page.layout import CARD_HEIGHT, EdgePlace, PageLayout
from autodiff.show.page.mathml import MathTree, name_symbol, partial_formula, value_formula
from autodiff.show.page.standalone import Json
from autodiff.show.page.views import Folds, Part, View, chains
from autodiff.value import Value
from autodiff.writing.symbols import Symbol, symbol_of, symbolic_value, without_ones

__all__ = [
    "calls_of",
    "card_kinds",
    "card_titles",
    "graph_data",
    "heading",
    "mistake_data",
    "pretty",
    "room_for_labels",
    "svg",
    "views_data",
]

PAGE_OPERANDS = 12  # of an operation that is written out; the edges of a longer one are a list beside it
# Of a page's heading: characters, levels of operations, and operands of each.
LONGEST_HEADING, HEADING_LEVELS, HEADING_OPERANDS = 64, 5, 6
LONGEST_LABEL = 14  # characters of a symbol on an edge; a longer one is shown where the edge is chosen
ROOM_BELOW = 28  # the picture, for a sum beside the lowest card

# ---------------------------------------------------------------- data


def graph_data(order: list[Value], labels: Labels) -> dict[str, Json]:
    """Describe a graph, parents first, the output last; a node is called by its place in the order."""
    places = {node: place for place, node in enumerate(order)}
    return {
        "nodes": [node_data(node, places, labels) for node in order],
        "exact": isinstance(order[-1].data, Fraction),
    }


def node_data(node: Value, places: Mapping[Value, int], labels: Labels) -> dict[str, Json]:
    name = labels.name(node)
    data = {"name": name, "symbol": name_symbol(name)}
    if node.op is None:
        return data | {"value": number_data(node.data)}
    written_out = len(node.operands) <= PAGE_OPERANDS
    parents = range(len(node.parents))
    return data | {
        "rule": rule_key(node),
        "operation": node.op.name,
        "domain": domain_of(node, labels),
        "kink": say(node.op.kink),
        "operands": [[places[x]] if isinstance(x, Value) else number_data(x) for x in node.operands],
        "formula": value_formula(node, places) if written_out else formula_of_many(node, labels),
        "partials": [partial_formula(node, i, places) if written_out else None for i in parents],
        "texts": [pretty(labels.partial(node, i, "symbols")) if written_out else "" for i in parents],
    }


def domain_of(node: Value, labels: Labels) -> str:
    """Where the operation of a node is defined, with what its operands are called in place of x, y and z."""
    assert node.op is not None
    if node.op.is_nary:
        return say(node.op.domain)
    called = [labels.name(x) if isinstance(x, Value) else labels.number(x) for x in node.operands]
    return re.sub(r"\b[xyz]\b", lambda letter: called["xyz".index(letter[0])], say(node.op.domain))


def formula_of_many(node: Value, labels: Labels) -> MathTree:
    return ["mtext", labels.operation(node)]


def number_data(x: Number) -> float | str:
    """A number as JSON has it; what it has not is written as JavaScript reads it."""
    try:
        number = float(x)
    except OverflowError:
        number = math.copysign(math.inf, x)
    if math.isfinite(number):
        return number
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


def rule_key(node: Value) -> str:
    """The key of the function in ``RULES`` that computes a node."""
    rule, arity, position = call_of(node)
    return f"{rule.name}/{arity}" + ("" if position is None else f"/{position}")


def calls_of(order: list[Value]) -> dict[str, RuleCall]:
    """The functions that the nodes of a graph need, by their keys.

    Raises:
        ValueError: Two different rows have the same name.
    """
    calls: dict[str, RuleCall] = {}
    for node in order:
        if node.op is not None and calls.setdefault(rule_key(node), call_of(node)) != call_of(node):
            raise ValueError(f"explore: the graph has two different operations called {node.op.name!r}")
    return calls


def mistake_data(comparison: Comparison, order: list[Value]) -> dict[str, Json]:
    """A reverse sweep with a mistake, as far as the graph decides it: its turns, and what is said of it.

    ``PARTS`` of ``rules_module`` says what is done with numbers.
    """
    mistake = comparison.mistake
    starts = accumulate((len(node.parents) for node in order), initial=0)
    first_edge = dict(zip(order, starts, strict=False))
    turns = [
        [first_edge[edge.node] + edge.position, source, sign]
        for edge, source, sign in mistake.parts.turns(comparison.output)
    ]
    return {
        "name": say(mistake.name),
        "wrong": say(mistake.wrong),
        "happened": say(mistake.happened),
        "harmless": comparison.harmless,
        "joint": say(mistake.joint),
        "rounding": ROUNDING,
        "turns": turns,
        "breaks_off": comparison.wrong.work > len(turns),
    }


# ---------------------------------------------------------------- pictures


def card_titles(view: View, labels: Labels) -> list[str]:
    """What stands on each card: its name and its operation."""
    return [card_title(part, labels) for part in view.parts]


def card_title(part: Part, labels: Labels) -> str:
    """What stands on one card: the shape of a matrix, how many nodes are in another fold, how a node is computed."""
    if isinstance(part, Fold) and (shape := shape_of(part, labels)):
        return f"{clean(part.name)} ({shape[0]}×{shape[1]})"
    if isinstance(part, Fold):
        return say("{fold} ({count} nodes)", fold=clean(part.name), count=len(part.nodes))
    name = labels.name(part)
    return cut_short(pretty(f"{name} = {labels.operation(part)}" if part.op else name))


def shape_of(fold: Fold, labels: Labels) -> tuple[int, int] | None:
    """The shape of a fold whose nodes are the elements of a matrix, as their names say: w1_11, w1_12, ... of W1"""
    stem = fold.name.lower()
    rest = (labels.name(node).lower().removeprefix(stem).removeprefix("_") for node in fold.nodes)
    places = [re.fullmatch(r"(\d)(\d)|(\d+)_(\d+)", place) for place in rest]
    found = {tuple(int(number) for number in place.groups() if number) for place in places if place}
    if len(found) < max(len(places), 2):
        return None
    rows, columns = (len({*numbers}) for numbers in zip(*found, strict=True))
    return (rows, columns) if rows * columns == len(found) else None


def heading(output: Value, labels: Labels) -> str:
    """The output as a formula of leaves and of nodes that have names of their own; if that is long, its card.

    >>> x, y = Value(2, name="x"), Value(3, name="y")
    >>> f = x**2 + x * y + (x + y) ** 2
    >>> heading(f.named("f"), Labels({x: "x", y: "y", f: "f"}))
    'f = x² + x·y + (x + y)²'
    """
    formula = written_out(output, labels, HEADING_LEVELS)
    text = "" if formula is None else pretty(f"{labels.name(output)} = {formula.text()}")
    return text if output.op and 0 < len(text) <= LONGEST_HEADING else card_title(output, labels)


def written_out(node: Value, labels: Labels, depth: int) -> Symbol | None:
    """A node as a formula of so many levels of operations; None if it has more, or too many operands."""
    if depth == 0 or len(node.operands) > HEADING_OPERANDS:
        return None
    operands: dict[Value, Symbol] = {}
    for parent in dict.fromkeys(node.parents):
        named = parent.op is None or parent.name is not None
        formula = symbol_of(labels.name(parent)) if named else written_out(parent, labels, depth - 1)
        if formula is None:
            return None
        operands[parent] = formula
    return (
        without_ones(symbolic_value(node, operands.__getitem__)) if node.op else symbol_of(labels.name(node))
    )


def card_kinds(view: View, output: Value) -> list[str]:
    """What each card is: fold, output, leaf or node; a fold may hold the output."""

    def kind(part: Part) -> str:
        if isinstance(part, Fold):
            return "fold output" if output in part.nodes else "fold"
        return "output" if part is output else "node" if part.op else "leaf"

    return list(map(kind, view.parts))


def room_for_labels(view: View, graph: Mapping[str, Json]) -> list[str]:
    """Text as long as what will stand beside each line: the symbol and the number of its partial."""
    texts = [text for node in graph["nodes"] for text in node.get("texts", ())]
    return [room_for(texts[edges[0]]) if len(edges) == 1 else "" for edges in view.edges]


def room_for(text: str) -> str:
    is_shown_alone = reads_as_number(text) and "/" not in text  # a float's 1/3 stands there as 1/3 = 0.3333
    return text if is_shown_alone else f"{label_text(text)} = -0.0000".removeprefix(" = ")


def label_text(text: str) -> str:
    return text if len(text) <= LONGEST_LABEL else ""


def reads_as_number(text: str) -> bool:
    return re.fullmatch(r"[−\d./]+", text) is not None


def pretty(text: str) -> str:
    """Write text as one writes by hand: minus signs, and raised exponents where they are numbers.

    >>> pretty("1 - o^2"), pretty("exp(-x^2)"), pretty("x^(-2)")
    ('1 − o²', 'exp(−x²)', 'x⁻²')
    """
    return re.sub(r"(?<![A-Za-z0-9])-|(?<= )-(?= )", "−", raised(text))


def views_data(views: list[View], folds: Folds, order: list[Value]) -> dict[str, Json]:
    """What the page is told of views and folds: the nodes on each card, edges of each line, the way in."""
    places = {node: place for place, node in enumerate(order)}
    around = chains(folds)
    numbers = {fold: number for number, fold in enumerate(around)}

    def card(part: Part) -> dict[str, int]:
        return {"fold": numbers[part]} if isinstance(part, Fold) else {"node": places[part]}

    within = {fold: [numbers[outer] for outer in around[fold]] for fold in numbers}
    return {
        "folds": [fold_data(fold, places) | {"within": within[fold]} for fold in numbers],
        "views": [
            {"name": clean(view.name), "cards": list(map(card, view.parts)), "lines": view.edges}
            for view in views
        ],
    }


def fold_data(fold: Fold, places: Mapping[Value, int]) -> dict[str, Json]:
    """The nodes of a fold, and the one whose numbers it shows, if there is only one that is used outside."""
    exit = places[fold.exits[0]] if len(fold.exits) == 1 else None
    return {"nodes": sorted(places[node] for node in fold.nodes), "exit": exit}


def svg(titles: list[str], kinds: list[str], places: PageLayout) -> str:
    """Draw the cards and lines; numbers, tips of arrows, and which picture is shown, are the page's task."""
    size = f'viewBox="0 0 {places.width:.0f} {places.height + ROOM_BELOW:.0f}"'
    parts = [
        f'<svg class="view" xmlns="http://www.w3.org/2000/svg" {size} role="group" aria-label="{say("Graph")}">',
        "<g>",
        *(svg_edge(line) for line in places.lines),
        '</g><g class="ways"></g><g>',
        *(svg_card(number, titles[number], kinds[number], places) for number in range(len(titles))),
        "</g></svg>",
    ]
    return "".join(parts)


def svg_edge(line: EdgePlace) -> str:
    x, y = line.label or (0, 0)
    label = f'<text x="{x:.0f}" y="{y:.0f}"></text>' if line.label else ""
    return f'<g class="edge"><path d="{line.path}"/>{label}</g>'


def svg_card(number: int, title: str, kind: str, places: PageLayout) -> str:
    """A card with a title, and below it room for the value and the adjoint, which picture.js puts there."""
    at = places.cards[number]
    left, top = at.x - at.width / 2, at.y - CARD_HEIGHT / 2
    return (
        f'<g class="card {kind}" transform="translate({left:.0f} {top:.0f})">'
        f'<rect width="{at.width:.0f}" height="{CARD_HEIGHT}"/>'
        f'<text class="title" x="{at.width / 2:.0f}">{html.escape(title)}</text></g>'
    )
