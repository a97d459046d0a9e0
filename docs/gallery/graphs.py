"""The graphs of the gallery: each a small function that makes a page, with a title and what to look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from autodiff import Value, dot, log, mean, sigmoid, softmax, softplus, tanh
from autodiff.show.page.explorer import Page, explore

__all__ = ["GALLERY", "Exhibit"]

MakePage = Callable[[str], Page]  # from its title


@dataclass(frozen=True)
class Exhibit:
    """A page of the gallery.

    Attributes:
        name: Of its files.
        title: Of the page.
        look: What to look at, in two sentences.
        chosen: The node whose paths the picture of the page shows.
        make: Makes the page from its title.
    """

    name: str
    title: str
    look: str
    chosen: str
    make: MakePage

    def page(self) -> Page:
        return self.make(self.title)


GALLERY: list[Exhibit] = []


def exhibit(title: str, look: str, chosen: str) -> Callable[[MakePage], MakePage]:
    """Put the page that a function makes into the gallery, under the function's name."""

    def put(make: MakePage) -> MakePage:
        GALLERY.append(Exhibit(make.__name__, title, look, chosen, make))
        return make

    return put


def leaves_of(**numbers: float) -> list[Value]:
    """Named leaves, in order."""
    return [Value(number, name=name) for name, number in numbers.items()]


@exhibit(
    "f = x² + xy + (x + y)²",
    "Three paths lead from x to f, and the derivative is the sum over them: 4 + 3 + 10. "
    "Step through the reverse sweep and watch each of them arrive at x with +=.",
    chosen="x",
)
def exercise_1(title: str) -> Page:
    x, y = leaves_of(x=2, y=3)
    f = x**2 + x * y + (x + y) ** 2
    return explore(f.named("f"), title=title)


@exhibit(
    "A neuron",
    "The weighted sum and the bias are one node h; its partial by a weight is the input that it multiplies. "
    "Drag x₁ and b to the left: the error grows, yet o(1 − o) goes to 0 and little reaches the weights.",
    chosen="w1",
)
def neuron(title: str) -> Page:
    w1, w2, x1, x2, b = leaves_of(w1=0.5, w2=-1, x1=2, x2=1, b=0.5)
    h = dot([w1, w2], [x1, x2], bias=b).named("h")
    o = sigmoid(h).named("o")
    return explore(((o - 1) ** 2 / 2).named("loss"), title=title)


@exhibit(
    "Softmax and cross-entropy",
    "Each score changes all probabilities, so three paths lead from it to the loss. "
    "They add up to p − t, what the network says less what is true (t = 0.1, 0.8, 0.1): "
    "the well-known formula, term by term.",
    chosen="z1",
)
def cross_entropy(title: str) -> Page:
    scores = leaves_of(z1=2, z2=1, z3=-1)
    probabilities = [p.named(f"p{i}") for i, p in enumerate(softmax(scores), start=1)]
    logs = [log(p).named(f"q{i}") for i, p in enumerate(probabilities, start=1)]
    return explore(dot([-0.1, -0.8, -0.1], logs).named("loss"), title=title, rankdir="LR")


@exhibit(
    "Logistic regression on three points",
    "Every point has a path of its own from w₁ to the loss, and the gradient is the sum over the points. "
    "Move w₁ and w₂ against their adjoints and watch the loss fall: that is a step of gradient descent.",
    chosen="w1",
)
def logistic_regression(title: str) -> Page:
    w1, w2, b = leaves_of(w1=0.5, w2=-0.5, b=0)
    points = [([2, 1], 1), ([-1, 1], -1), ([1, 3], 1)]
    losses = []
    for i, (point, label) in enumerate(points, start=1):
        h = dot([w1, w2], point, bias=b).named(f"h{i}")
        losses.append(softplus(h * -label).named(f"loss{i}"))
    return explore(mean(losses).named("loss"), title=title)


@exhibit(
    "A network of two layers",
    "Each thick card is a neuron with its weights; a click opens it. "
    "The derivative by an input is the sum over the neurons of the first layer, one path through each.",
    chosen="x1",
)
def two_layers(title: str) -> Page:
    x = leaves_of(x1=1, x2=-2)
    hidden, folds = [], {}
    for i, (w1, w2, b) in enumerate([(0.5, -0.3, 0.1), (-0.4, 0.8, 0), (0.9, 0.2, -0.1)], start=1):
        *w, bias = leaves_of(**{f"w{i}1": w1, f"w{i}2": w2, f"b{i}": b})
        s = dot(w, x, bias=bias).named(f"s{i}")
        hidden.append(tanh(s).named(f"h{i}"))
        folds[f"neuron {i}"] = [*w, bias, s, hidden[-1]]
    v = leaves_of(v1=1, v2=-0.8, v3=0.7)
    y = dot(v, hidden, bias=0.2).named("y")
    return explore(((y - 1) ** 2).named("loss"), title=title, fold={**folds, "neuron y": [*v, y]})


@exhibit(
    "A recurrent network, unrolled over five steps",
    "The weights u and w are the same at every step: five paths lead from u to h₅, five terms are added. "
    "Step back through time and see how the adjoint of h shrinks on its way to the first input.",
    chosen="u",
)
def recurrent(title: str) -> Page:
    u, w, *inputs = leaves_of(u=0.8, w=0.9, x1=1, x2=-0.5, x3=0.25, x4=0.5, x5=-1)
    h = tanh(u * inputs[0]).named("h1")
    for t, x in enumerate(inputs[1:], start=2):
        h = tanh(dot([u, w], [x, h])).named(f"h{t}")
    return explore(h, title=title)


@exhibit(
    "Vanishing gradients",
    "Each sigmoid passes on at most a quarter of what arrives: compare w₅ at the top with w₁ at the bottom. "
    "Make the weights larger, and the sigmoids saturate: it gets hardly better.",
    chosen="w1",
)
def vanishing(title: str) -> Page:
    s = Value(1, name="x")
    for layer in range(1, 6):
        s = sigmoid(Value(1, name=f"w{layer}") * s).named(f"s{layer}")
    return explore(s, title=title)


@exhibit(
    "Exploding gradients",
    "The same weight 2 multiplies at every step, so the adjoint doubles from step to step down to h₀. "
    "Drag w below 1, and the same chain makes it vanish; at 1 it stays.",
    chosen="w",
)
def exploding(title: str) -> Page:
    w, h = leaves_of(w=2, h0=1)
    for step in range(1, 7):
        h = (w * h).named(f"h{step}")
    return explore(h, title=title)


@exhibit(
    "Attention: a weighted sum whose weights are computed",
    "The query q has nine paths to y: it changes every score, and each score changes every weight. "
    "Raise q, and the weight of v₁, whose key agrees with it most, approaches 1.",
    chosen="q",
)
def attention(title: str) -> Page:
    [q] = leaves_of(q=1)
    keys, values = leaves_of(k1=1, k2=0.5, k3=-1), leaves_of(v1=3, v2=1, v3=-2)
    scores = [(q * key).named(f"s{i}") for i, key in enumerate(keys, start=1)]
    weights = [a.named(f"a{i}") for i, a in enumerate(softmax(scores), start=1)]
    return explore(dot(weights, values).named("y"), title=title, rankdir="LR")


@exhibit(
    "A classic mistake: = in place of +=",
    "The graph of the first page, but each contribution overwrites the one before it. "
    "Step to where the second path meets x: what had arrived is lost, and the rest comes out wrong. "
    "With both inputs at 0 the mistake does not show.",
    chosen="x",
)
def overwriting(title: str) -> Page:
    x, y = leaves_of(x=2, y=3)
    f = x**2 + x * y + (x + y) ** 2
    return explore(f.named("f"), title=title, mistake="overwriting")
