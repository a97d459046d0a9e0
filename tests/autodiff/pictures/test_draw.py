"""Pictures: what is on them, what is refused, and that a user's text stays text."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree

import graphviz
import pytest

import autodiff
from autodiff import Value, draw, gradient, unknown
from autodiff.operations import FUNCTIONS
from autodiff.pictures import render
from autodiff.pictures.canvas import Picture
from autodiff.pictures.draw import PATHS, display
from autodiff.pictures.names import clean, default_names
from autodiff.rules import unary

CAN_RENDER = any(render.renderers())
rendered = pytest.mark.skipif(not CAN_RENDER, reason="needs Graphviz")
SVG = "{http://www.w3.org/2000/svg}"


def example() -> tuple[Value, Value, Value]:
    x, y = Value(2, name="x"), Value(3, name="y")
    return x**2 + x * y + (x + y) ** 2, x, y


def nodes_of(picture: Picture) -> list[str]:
    """The labels of the vertices, as they stand in DOT."""
    return re.findall(r'^\tn\d+ \[label=("(?:[^"\\]|\\.)*"|<.*>|\S+) ', picture.source, re.M)


def edges_of(picture: Picture) -> list[tuple[str, str, str]]:
    """Tail, head and label of the edges, on white or not."""
    label = r"""label=(?:"([^"]*)"|<<TABLE .*<TD BGCOLOR="white">(.*?)</TD>)"""
    found = re.findall(rf"^\t(\w+) -> (\w+)(?: \[(?:{label})?)?", picture.source, re.M)
    return [(tail, head, (plain or on_white).strip("\xa0")) for tail, head, plain, on_white in found]


def parsed(svg: str) -> tuple[Counter[str], list[str]]:
    """How many vertices and edges an SVG has, and the texts in it."""
    root = ElementTree.fromstring(svg)
    kinds = Counter(group.get("class", "") for group in root.iter(f"{SVG}g"))
    return kinds, ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]


# ---------------------------------------------------------------- exercise 1


def test_plain_figure() -> None:
    f, _, _ = example()

    picture = draw(f, values=False, partials=None)

    assert sorted(label.strip('"') for label in nodes_of(picture)) == [
        "a = x²",
        "b = x·y",
        "c = x + y",
        "d = a + b",
        "e = c²",
        "f = d + e",
        "x",
        "y",
    ]
    assert len(edges_of(picture)) == 10  # x -> a, b, c; y -> b, c; a, b -> d; c -> e; d, e -> f
    assert "rankdir=BT" in picture.source


def test_figure_with_paths() -> None:
    f, x, _ = example()

    source = draw(f, values=False, partials="symbols", paths_from=x).source

    coloured = [edge for edge in source.splitlines() if "->" in edge and "penwidth" in edge]
    looks = Counter(
        (found["color"], found["style"], found["width"])
        for edge in coloured
        if (
            found := re.search(r'color="(?P<color>[^"]+)" penwidth=(?P<width>\S+) style=(?P<style>\w+)', edge)
        )
    )
    assert looks == {
        ("#D55E00", "solid", "1.5"): 3,
        ("#D55E00", "dashed", "1.5"): 3,
        ("#0072B2", "solid", "3.5"): 3,
    }
    labels = Counter(label for _, _, label in edges_of(draw(f, partials="symbols")))
    assert labels == {"2x": 1, "y": 1, "x": 1, "2c": 1, "1": 6}


def test_every_path_has_its_own_look() -> None:
    assert len({tuple(sorted(look.items())) for look in PATHS}) == len(PATHS) == 12


def test_shared_edge_is_drawn_once_for_each_path() -> None:
    x = Value(2, name="x")
    a = x * x  # two paths already
    f = a + 1

    edges = edges_of(draw(f, paths_from=x))

    assert Counter((tail, head) for tail, head, _ in edges) == {("n0", "n1"): 2, ("n1", "n2"): 2}
    assert [label for tail, _, label in edges if tail == "n1"] == ["", "1"]


def test_paths_are_limited_without_walking_them() -> None:
    x = f = Value(1, name="x")
    for _ in range(400):
        f = f + f

    with pytest.raises(ValueError, match=r"about 10\^120 paths lead from .*max_paths=12"):
        draw(f, paths_from=x)


def test_paths_need_a_dependence() -> None:
    f, _, _ = example()

    with pytest.raises(ValueError, match="no path leads"):
        draw(f, paths_from=Value(1))
    with pytest.raises(TypeError, match="paths_from must be a Value, not 'x'"):
        draw(f, paths_from="x")  # type: ignore[arg-type]


# ---------------------------------------------------------------- what is written


def test_grads_are_shown_once_there_are_any() -> None:
    f, _, _ = example()

    assert "grad" not in draw(f).source

    f.backward()

    assert '"x = 2\\ngrad = 17"' in draw(f).source
    assert "grad" not in draw(f, grads=False).source
    assert "grad = 0" not in draw(f + 1).source  # no sweep has reached the new node


@pytest.mark.parametrize(
    ("partials", "label"), [("numbers", "4"), ("symbols", "2x"), ("both", "2x = 4"), (None, "")]
)
def test_partials(partials: Any, label: str) -> None:
    x = Value(2, name="x")

    assert edges_of(draw(x**2, partials=partials)) == [("n0", "n1", label)]


def test_numbers() -> None:
    x = Value(Fraction(1, 32), name="x")

    assert "x = 1/32" in draw(x * 2).source
    assert "x = 0.666667" in draw(Value(2 / 3, name="x")).source
    assert "x = 0.67" in draw(Value(2 / 3, name="x"), format=".2f").source
    assert "x = ≈ 3.33333e-31" in draw(Value(Fraction(1, 3 * 10**30), name="x")).source


def test_boxes() -> None:
    f, _, _ = example()
    f.backward()

    source = draw(f, style="boxes").source

    assert "<TD><B>e</B></TD><TD>c²</TD><TD>data 25</TD><TD>grad 1</TD>" in source
    assert "<TD><B>x</B></TD><TD>data 2</TD><TD>grad 17</TD>" in source
    assert "rankdir=LR" in source


def test_same_parent_twice_is_two_edges() -> None:
    a = Value(3, name="a")

    assert edges_of(draw(a * a)) == [("n0", "n1", "3")] * 2


def test_several_outputs_share_their_nodes() -> None:
    x = Value(2, name="x")

    picture = draw([x.exp().named("p"), x.sin().named("q"), x])

    assert len(nodes_of(picture)) == 3


def test_constants() -> None:
    x = Value(2, name="x")
    f = 3 * x + 1

    assert len(edges_of(draw(f))) == 2
    assert edges_of(draw(f, constants=True))[2:] == [("c0", "n1", ""), ("c1", "n2", "")]


def test_a_formula_of_long_names_is_shortened() -> None:
    x, y = Value(2, name="learning rate"), Value(3, name="a_long_name_for_a_parameter")

    assert "a = learning rate·a_long_name_for_a_paramet… = 6" in draw(x * y).source


def test_a_name_with_brackets_is_no_power() -> None:
    assert '"w^(1) = 2"' in draw(Value(2, name="w^(1)")).source
    assert "a = x⁻²" in draw(Value(2, name="x") ** -2).source


def test_the_sign_of_0_is_no_riddle() -> None:
    assert "a = x·0 = 0" in draw(Value(-2.0, name="x") * 0).source


def test_many_operands_are_counted() -> None:
    total = autodiff.sum([Value(i, name=f"x{i}") for i in range(20)])

    assert "a = Σ of 20 operands = 190" in draw(total).source


@pytest.mark.usefixtures("cube")
def test_operation_added_at_run_time() -> None:
    x = Value(2, name="x")

    source = draw(FUNCTIONS["cube_drawn"](x), partials="both").source

    assert "a = cube_drawn(x) = 8" in source
    assert "3x² = 12" in source


@pytest.fixture
def cube() -> None:
    autodiff.register(unary("cube_drawn", value=lambda m, x: x**3, partial=lambda m, x, z: 3 * x**2))


# ---------------------------------------------------------------- names


def test_letters_skip_names_in_use() -> None:
    a, d = Value(1, name="a"), Value(2, name="d")
    f = (a + d) * (a - d) + Value(3)

    assert sorted(default_names(f).values()) == ["a", "b", "c", "d", "e", "f", "g"]


def test_no_letter_is_read_as_a_constant_and_f_is_what_all_lead_to() -> None:
    output = x = Value(1.0, name="x")
    for _ in range(18):
        output = output + 1

    assert list(default_names(output).values()) == ["x", *"abcdeghkmnpqrstuv", "f"]
    assert "f" not in default_names(unknown("f")(output)).values()
    [slope] = gradient(unknown("f")(x * x), [x], create_graph=True)
    assert "f" not in default_names(slope).values()
    assert [*default_names(sum([x.exp()] * 6, output)).values()].count("e") == 0


def test_numbers_where_letters_run_out() -> None:
    node = Value(1, name="v2")
    for _ in range(27):
        node = node + 1

    assert list(default_names(node).values())[:4] == ["v2", "v1", "v3", "v4"]


# ---------------------------------------------------------------- folding


@pytest.mark.parametrize("use", [autodiff.draw, autodiff.explore, autodiff.explain, autodiff.steps])
def test_a_name_that_is_no_string_is_refused_where_it_is_used(use: Callable[..., Any]) -> None:
    x = Value(2.0)
    x.name = 3  # type: ignore[assignment]

    with pytest.raises(TypeError, match=r"a name must be a string, not 3 of type int: write name='3'"):
        use(x * x, x) if use is autodiff.explain else use(x * x)


def neuron(number: int, inputs: list[Value]) -> tuple[Value, list[Value]]:
    weights = [Value(0.5, name=f"w{number}{i}") for i in range(len(inputs))]
    bias = Value(0.1, name=f"b{number}")
    output = autodiff.dot(weights, inputs, bias).tanh()
    return output, [*weights, bias, output]


def test_fold_draws_a_neuron_as_one_vertex() -> None:
    inputs = [Value(1, name="x1"), Value(2, name="x2")]
    (first, one), (second, two) = neuron(1, inputs), neuron(2, inputs)

    picture = draw(first + second, fold={"neuron 1": one, "neuron 2": two}, partials="symbols")

    labels = [label.strip('"') for label in nodes_of(picture)]
    assert len(labels) == 5
    assert f"neuron 1 = {first.data:.6g}" in labels
    assert f"a = neuron 1 + neuron 2 = {2 * first.data:.6g}" in labels
    assert sorted(label for _, _, label in edges_of(picture)) == [
        "1",
        "1",
        *(f"w{n}{i}" for n in (1, 2) for i in (0, 1)),
    ]


def test_fold_of_a_layer() -> None:
    inputs = [Value(1, name="x1"), Value(2, name="x2")]
    (first, one), (second, two) = neuron(1, inputs), neuron(2, inputs)

    picture = draw(first + second, fold={"layer": one + two})

    assert "layer" in nodes_of(picture)
    assert len(edges_of(picture)) == 4


def test_folds_must_be_apart_and_in_the_graph() -> None:
    f, x, y = example()

    with pytest.raises(ValueError, match="holds no node of this graph"):
        draw(f, fold={"other": Value(1)})
    with pytest.raises(ValueError, match=r"the folds 'one' and 'two' share Value\(data=2"):
        draw(f, fold={"one": [x, y], "two": x})
    with pytest.raises(TypeError, match="fold 'one' needs a Value or several"):
        draw(f, fold={"one": ["x"]})  # type: ignore[list-item]


# ---------------------------------------------------------------- limits and bad input


@pytest.mark.slow
def test_too_many_nodes_are_refused_fast() -> None:
    node = Value(1, name="x")
    for _ in range(10**6):
        node = node + 1
    start = time.perf_counter()

    with pytest.raises(ValueError, match=r"1,000,001 nodes, more than max_nodes=500.*fold="):
        draw(node)

    assert time.perf_counter() - start < 20
    assert display(node) == {"text/plain": repr(node)}


def test_too_many_edges_are_refused() -> None:
    with pytest.raises(ValueError, match="10,000 edges"):
        draw(autodiff.sum([Value(1)] * 10_000))


@pytest.mark.parametrize("output", [3, "x", None, [Value(1), 2]])
def test_outputs_must_be_values(output: Any) -> None:
    with pytest.raises(TypeError, match="draw needs a Value or several, not"):
        draw(output)


@pytest.mark.parametrize(
    "option",
    [{"partials": "latex"}, {"style": "dots"}, {"rankdir": "up"}, {"partials": True}, {"grads": "all"}],
)
def test_unknown_options(option: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"draw: {next(iter(option))} must be one of"):
        draw(Value(1), **option)


def test_a_format_that_is_none() -> None:
    with pytest.raises(ValueError, match=r"draw: format must be one for floats, such as '\.3f', not 'q'"):
        draw(Value(1), format="q")


@pytest.mark.parametrize("fold", [["h"], {1: Value(1)}])
def test_a_fold_without_names(fold: Any) -> None:
    with pytest.raises(TypeError, match="fold must map names to nodes"):
        draw(Value(1), fold=fold)


def test_one_node_is_marked_as_a_list_of_it_is() -> None:
    x = Value(3, name="x")

    assert draw(x * x, marked=x).source == draw(x * x, marked=[x]).source
    assert draw(x * x, marked=x).source.count("penwidth=3") == 1


def test_no_output() -> None:
    with pytest.raises(ValueError, match="at least one Value"):
        draw([])


# ---------------------------------------------------------------- text stays text

HOSTILE = [
    "x>]; evil->n0; n1 [label=<y",
    '"]; evil -> n0; //',
    '\\"]; evil -> n0 [label="',
    "\\N \\G \\l \\n",
    "ends in \\",
    "ends in \\\\",
    "<b>bold</b>",
    "<<TABLE></TABLE>>",
    "</TD></TR></TABLE>>]; evil",
    "&lt;i&gt; &amp; &#65; & &",
    "'quotes'",
    "<!-- -->",
    "]]>",
    "node",
    "n1:s",
    "",
    " ",
    "🧠 naïve ∂f/∂x",
    "two\nlines",
    "\x00\x1b[31m\ud800\uffff",
    "{} {0} {args}",
    "%s",
    "y" * 10_000,
]


@pytest.mark.slow
@rendered
@pytest.mark.parametrize("style", ["sheet", "boxes"])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_text(name: str, style: Any) -> None:
    x, y = Value(2, name=name), Value(3, name="y")
    f = (x * y).named(name) + y

    for picture in (
        draw(f, style=style, partials="both"),
        draw(f, style=style, fold={name: [x]}, partials="symbols"),
    ):
        kinds, texts = parsed(render.to_svg(picture))

        assert (kinds["node"], kinds["edge"]) == (4, 4)
        shown = clean(name) if len(name) <= 40 else "y" * 39 + "…"
        assert sum(squeezed(shown) in squeezed(text) for text in texts) >= 2


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_identifiers_are_ours() -> None:
    x = Value(1, name="evil")

    source = draw(x * 2, partials=None).source

    assert set(re.findall(r"^\t(\w+)(?= \[| ->)", source, re.M)) <= {"n0", "n1", "node", "edge", "graph"}


# ---------------------------------------------------------------- display


def test_is_a_digraph() -> None:
    f, _, _ = example()

    assert isinstance(draw(f), graphviz.Digraph)


def test_importing_autodiff_does_not_load_graphviz() -> None:
    code = "import autodiff, sys; sys.exit('graphviz' in sys.modules or 'pygraphviz' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(("steps", "spared"), [(5, False), (40, True)])
def test_a_shared_weight_of_many_steps_spares_graphviz_work(steps: int, spared: bool) -> None:
    w, v = Value(0.9, name="w"), Value(0.5, name="x")
    for _ in range(steps):
        v = (v * w).tanh()

    assert ("nslimit" in draw(v).source) == spared
