"""Models that read a number of a parameter, which a program would keep: they train on the graph, with a warning."""

from __future__ import annotations

import contextlib
import copy
import warnings
from typing import Any

import pytest

import nn
from autodiff import Value, gradient, maximum, relu, tanh
from autodiff.matrix import data, grads, matrix
from autodiff.matrix import gradient as matrix_gradient
from nn.training.program_steps import NotCompiledWarning
from nn.training.reads import numbers_read

POINTS = [(0.0, 0.5), (1.0, 2.0), (-1.0, -1.5), (2.0, 3.0)]  # the first hides what w is multiplied with


class Reading(nn.Module):
    def __init__(self) -> None:
        self.w, self.b = Value(0.3, name="w"), Value(-0.2, name="b")
        self.cached = {"node": self.w * 3.0}

    def parameters(self) -> list[Value]:
        return [self.w, self.b]


class Detached(Reading):
    def __call__(self, x: Any) -> Any:
        return self.w.data * self.w * x + self.b


class Branch(Reading):
    def __call__(self, x: Any) -> Any:
        return (self.w * 2 if abs(self.w.data) > 0.25 else self.w) * x + self.b


class OfANode(Reading):
    def __call__(self, x: Any) -> Any:
        return (self.w * self.b).data * self.w * x + self.b


class Cached(Reading):
    def __call__(self, x: Any) -> Any:
        return self.cached["node"] * x + self.b


class Sorted(Reading):
    def __call__(self, x: Any) -> Any:
        low, high = sorted([self.w, self.b], key=lambda v: v.data)
        return low * x + high * 2


class Written(Reading):
    def __call__(self, x: Any) -> Any:
        return (self.w if "0.3" in repr(self.w) else self.b) * x + self.b


class Matrices(Reading):
    def __call__(self, x: Any) -> Any:
        return float(data([self.w])[0]) * self.w * x + self.b


class Copied(Reading):
    def __call__(self, x: Any) -> Any:
        return copy.copy(self.w) * x + self.b * x + self.w


class Slope(Reading):
    def __call__(self, x: Any) -> Any:
        return self.w * x + gradient(self.w**3 * self.b, [self.b])[0] * x * 0.1 + self.b


class Slopes(Reading):
    def __call__(self, x: Any) -> Any:
        return self.w * x + grads(matrix([[self.w, self.b]]))[0, 0] * x + self.b


class MatrixSlope(Reading):
    def __call__(self, x: Any) -> Any:
        row = matrix([[self.w, self.b]])
        return self.w * x + matrix_gradient((row**3).sum(), row)[0, 0] * x + self.b


class Swept(Reading):
    def __call__(self, x: Any) -> Any:
        return self.w * x * (1 + self.w.grad * 0.01) + self.b


READING = [
    Detached,
    Branch,
    OfANode,
    Cached,
    Sorted,
    Written,
    Matrices,
    Copied,
    Slope,
    Slopes,
    MatrixSlope,
    Swept,
]


@pytest.mark.parametrize("kind", READING)
def test_a_model_that_reads_numbers_trains_on_the_graph(kind: type[Reading]) -> None:
    trained = []
    for way in (True, False):
        model = kind()
        optimizer = nn.SGD(model.parameters(), lr=0.05)
        if way:
            with pytest.warns(
                NotCompiledWarning, match=r"reads the number of model\.[wb]|'node'\] was computed before"
            ):
                nn.fit(model, POINTS, nn.mse, optimizer, epochs=20, progress=False)
        else:
            nn.fit(model, POINTS, nn.mse, optimizer, epochs=20, progress=False, compile=False)
        trained.append([model.w.data, model.b.data])

    assert trained[0] == trained[1]


def test_numbers_are_read_as_before_afterwards() -> None:
    w = Value(2.0)
    property_of_node = Value.data

    def fails() -> None:
        with numbers_read({"w": w}) as read:
            w.data = 3.0
            noted.append(read)
            1 / (w.data - 3.0)

    noted: list[list[str]] = []
    with pytest.raises(ZeroDivisionError):
        fails()

    assert (noted, w.data, Value.data) == ([["w"]], 3.0, property_of_node)
    assert "data" not in vars(Value)


# ---------------------------------------------------------------- samples that hide what a model does


class Halves(Reading):
    def __call__(self, x: Any) -> Any:
        return self.w * (x if isinstance(x, Value) else x / 2) + self.b


class Asleep(Reading):
    def __call__(self, x: Any) -> Any:
        return relu(self.w * (x if isinstance(x, Value) else x / 2) - 0.1) + self.b


class Moves(Reading):
    def __call__(self, x: Any) -> Any:
        x[0] = x[0] * 0.5
        return self.w * x[0] + self.b * x[1]


class Told(Reading):
    def __call__(self, x: Any) -> Any:
        return self.w * x * {"[2.0]": 0.5}.get(str([x]), 1.0) + self.b


class Caught(Reading):
    def __call__(self, x: Any) -> Any:
        try:
            return self.w * (1 / x).tanh() + self.b if isinstance(x, Value) else self.w * tanh(1 / x) + self.b
        except ArithmeticError:
            return self.w * 0 + self.b


class Suppressed(Reading):
    def __call__(self, x: Any) -> Any:
        found = self.w * 0 + self.b
        with contextlib.suppress(ArithmeticError):
            found = self.w * tanh(1 / x) + self.b
        return found


class Tied(Reading):
    def __init__(self) -> None:
        super().__init__()
        self.cached = {}
        self.w.data = 1.0

    def __call__(self, x: Any) -> Any:
        return maximum(self.w, x) + self.b


class Annealed(Reading):
    def __init__(self) -> None:
        super().__init__()
        self.cached = {}
        self.frozen = Value(0.5)

    def __call__(self, x: Any) -> Any:
        return self.w * x * self.frozen.data + self.b


HIDING: list[tuple[type[Reading], list[Any]]] = [
    (Halves, POINTS),
    (Asleep, [(-1.0, 0.5), *POINTS]),
    (Moves, [([0.0, 1.0], 0.5), ([1.0, 0.0], 2.0)]),
    (Told, POINTS),
    (Annealed, POINTS),
    (Caught, [(0.5, 1.0), (1.0, 1.0), (0.0, -1.0), (9.0, 1.0)]),
    (Suppressed, [(0.5, 1.0), (1.0, 1.0), (0.0, -1.0), (9.0, 1.0)]),
    (Tied, [(1.0, 0.5), (2.0, 1.0)]),
]


@pytest.mark.parametrize(("kind", "points"), HIDING)
def test_a_first_sample_hides_no_difference(kind: type[Reading], points: list[Any]) -> None:
    trained = []
    for way in (True, False):
        model = kind()

        def schedule(epoch: int, model: Any = model) -> float:
            if hasattr(model, "frozen"):
                model.frozen.data = 0.5 + 0.1 * epoch
            return 0.05

        arguments = (model, copy.deepcopy(points), nn.mse, nn.SGD(model.parameters(), lr=0.05), 5)
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            nn.fit(*arguments, schedule=schedule, progress=False, compile=way)
        assert [each.category for each in told] == [NotCompiledWarning] * way
        trained.append([model.w.data, model.b.data])

    assert trained[0] == pytest.approx(trained[1], rel=1e-12)


def test_a_frozen_number_that_stays_may_be_read() -> None:
    model = Annealed()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nn.fit(model, POINTS, nn.mse, nn.SGD([model.w, model.b], lr=0.05), 3, progress=False)
