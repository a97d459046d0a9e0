"""Formulas of the page: every row of the table becomes MathML, and nothing of its LaTeX is left over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from autodiff import Value, topological_order
from autodiff.pictures.labels import Labels
from autodiff.pictures.names import default_names
from autodiff.rules import TABLE, Rule
from autodiff.show.page.content import heading
from autodiff.show.page.mathml import mathml, name_symbol, partial_formula, value_formula
from tests.autodiff.show.explored import application

TAGS = {"mi", "mn", "mo", "mtext", "mrow", "mfrac", "msup", "msub", "msubsup", "msqrt", "mroot", "mover"}
OWN = {"slot", "guard", "join"}


def elements(tree: Any) -> Iterator[Any]:
    yield tree
    for child in tree[1:]:
        if isinstance(child, list):
            yield from elements(child)


@pytest.mark.parametrize("rule", TABLE.values(), ids=lambda rule: rule.name)
def test_every_row_becomes_mathml(rule: Rule) -> None:
    order = topological_order(application(rule))
    numbers = {node: number for number, node in enumerate(order)}
    trees = [value_formula(node, numbers) for node in order if node.op]
    trees += [partial_formula(node, i, numbers) for node in order for i in range(len(node.parents))]
    found = [element for tree in trees for element in elements(tree)]
    texts = [text for _, *children in found for text in children if isinstance(text, str)]

    assert {tag for tag, *_ in found} <= TAGS | OWN
    assert not any(set("\\{}") & set(text) for text in texts)
    assert all(0 <= element[1] < len(order) for element in found if element[0] == "slot")


def test_a_negative_number_will_need_brackets_where_a_name_needs_none() -> None:
    x = Value(2, name="x")

    assert value_formula(x**2, {x: 7}) == ["msup", ["guard", ["slot", 7]], ["mn", "2"]]
    assert value_formula(x.tanh(), {x: 7})[2:4] == [["mo", "("], ["slot", 7]]


@pytest.mark.parametrize(
    ("name", "tree"),
    [
        ("x", ["mi", "x"]),
        ("loss", ["mi", "loss"]),
        ("w11^2", ["msubsup", ["mi", "w"], ["mn", "11"], ["mn", "2"]]),
        ("w1,12", ["msub", ["mi", "w"], ["mrow", ["mn", "1"], ["mo", ","], ["mn", "12"]]]),
        ("ŷ", ["mover", ["mi", "y"], ["mo", "^"]]),
        ("a&b", ["mtext", "a&b"]),
        (r"\frac{1}{2}", ["mtext", r"\frac{1}{2}"]),
        ("^", ["mtext", "^"]),
    ],
)
def test_names(name: str, tree: list[Any]) -> None:
    assert name_symbol(name) == tree


def test_a_sum_in_brackets() -> None:
    inner = [["mo", "("], ["mi", "x"], ["mo", "+"], ["mi", "y"], ["mo", ")"]]

    assert mathml(r"2\left(x + y\right)") == ["mrow", ["mn", "2"], ["join"], ["mrow", *inner]]


def heading_of(output: Value) -> str:
    return heading(output, Labels(default_names(output)))


def test_the_heading_is_the_formula_in_the_names_that_the_user_gave() -> None:
    x, y = Value(2, name="x"), Value(3, name="y")
    h = (x * y).named("h")

    assert heading_of(((h + 1) ** 2 / x).named("f")) == "f = (h + 1)²/x"
    assert heading_of((x * y).named("f")) == "f = x·y"
    assert heading_of(x) == "x"


def test_the_heading_of_a_long_formula_is_what_stands_on_its_card() -> None:
    output = Value(2, name="x")
    for _ in range(40):
        output = output + output

    assert heading_of(output.named("f")).startswith("f = ")
    assert len(heading_of(output)) < 20
