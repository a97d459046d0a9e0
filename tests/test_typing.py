"""What a type checker tells a user: the types of what is public, and which mistakes it finds."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.dev

ROOT = Path(__file__).parents[1]

SETUP = """\
import autodiff
from autodiff import Value
from autodiff.matrix import data, matrix

v, w = Value(2.0, name="v"), Value(3.0, name="w")
f = (v * w).tanh()
X, x = matrix([[1, 2], [3, 4]], name="X"), matrix([5, 6], name="x")
"""

TYPES = {
    "f": "Value",
    "v.tanh()": "Value",
    "2 * v - w**2 / v": "Value",
    "f.parents": "tuple[Value, ...]",
    "autodiff.tanh(v)": "Value",
    "autodiff.tanh(0.5)": "float",
    "autodiff.tanh(X)": "Matrix[tuple[int, int]]",
    "autodiff.maximum(0, X)": "Matrix[tuple[int, int]]",
    "autodiff.leaky_relu(X)": "Matrix[tuple[int, int]]",
    "autodiff.clip(X, 0, v)": "Matrix[tuple[int, int]]",
    "autodiff.sum(X)": "Value",
    "autodiff.sum(X, axis=0)": "Value | Matrix[tuple[int, int]]",
    "autodiff.var(X, ddof=1, axis=1, keepdims=True)": "Value | Matrix[tuple[int, int]]",
    "autodiff.max(X, 0.0)": "Matrix[tuple[int, int]]",
    "autodiff.softmax(X, axis=1)": "Matrix[tuple[int, int]]",
    "autodiff.kthvalue(X, 1)": "Value",
    "autodiff.kthvalue(X, 1, axis=0)": "Value | Matrix[tuple[int, int]]",
    "autodiff.median(X, axis=0)": "Any",
    "autodiff.sum([v, w])": "Value",
    "autodiff.softmax([v, w])": "list[Value]",
    "autodiff.paths(f, v)": "Iterator[Path[Value]]",
    "autodiff.gradient(f, v)": "float | Any",
    "autodiff.gradient(f, [v, w])": "list[float | Any]",
    "autodiff.gradient(f, v, create_graph=True)": "Value",
    "autodiff.gradient(f, [v, w], create_graph=True)": "list[Value]",
    "autodiff.grad(lambda x: x * x)": "def (*Any, **Any) -> Any",
    "autodiff.value_and_grad(lambda x: x * x)": "def (*Any, **Any) -> tuple[Any, Any]",
    "autodiff.draw(f)": "Picture",
    "autodiff.explain(f, v)": "Explanation",
    "autodiff.explain(f, v).adjoint": "float | Fraction",
    "autodiff.steps(f)": "Table[Step]",
    "autodiff.steps(f)[0].after": "float | Fraction",
    "autodiff.forward_steps(f)": "Table[ForwardStep]",
    'autodiff.compare(f, "overwriting")': "Comparison",
    "autodiff.explore(f)": "Page",
    "autodiff.exercise(f)": "Exercise",
    "autodiff.exercise(f).check([1, '1/2'])": "Feedback",
    "autodiff.random_graph(3)": "Value",
    "autodiff.draw_matrices(X)": "Picture",
    "autodiff.compile(lambda x: x * x)": "Compiled",
    'autodiff.compile(engine="numpy")': "def (def (*Any, **Any) -> Any) -> Compiled",
    "X": "Matrix[tuple[int, int]]",
    "X.T * 2 + X": "Matrix[tuple[int, int]]",
    'matrix([1, v, 0.5], name="x")': "Matrix[tuple[int]]",
    "matrix(data(X))": "Matrix[tuple[int, ...]]",
    "X @ X": "Matrix[tuple[int, int]]",
    "autodiff.relu(X @ x)": "Matrix[tuple[int]]",
    "x @ X @ x": "Value",
    "autodiff.relu(matrix(data(X)) @ x)": "Any",
    "X + x": "Matrix[tuple[int, ...]]",
    "data(X)": "ndarray[tuple[Any, ...], dtype[Any]]",
}

MISTAKES = {
    "v.thanh()": 'has no attribute "thanh"',
    "v.tanh(3)": "Too many arguments",
    "v + 'a'": "Unsupported operand types",
    "autodiff.sofmax": 'has no attribute "sofmax"',
    "autodiff.draw(f, stlye='boxes')": 'Unexpected keyword argument "stlye"',
    "autodiff.draw(f, style='box')": "incompatible type",
    "autodiff.explain(f)": "No overload variant",
    "autodiff.explain(f, 'v')": "incompatible type",
    "autodiff.exercise(f, 'gradients')": "incompatible type",
    "autodiff.gradient(f, v).data": 'has no attribute "data"',
    "autodiff.gradient(2.0, v)": "No overload variant",
    "matrix(3)": "No overload variant",
    "(X @ x).backward()": 'has no attribute "backward"',
}


@pytest.fixture(scope="module")
def messages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What mypy says of each line; it runs once for all of them."""
    if importlib.util.find_spec("mypy") is None:
        pytest.skip("needs mypy")
    file = tmp_path_factory.mktemp("typing") / "of_a_user.py"
    lines = [*SETUP.splitlines(), *(f"reveal_type({line})" for line in TYPES), *MISTAKES]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", "pyproject.toml", str(file)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found = re.findall(rf"{file.name}:(\d+): (.*)$", run.stdout, re.MULTILINE)
    assert found, run.stdout + run.stderr
    said: dict[str, str] = {}
    for number, message in found:
        said.setdefault(lines[int(number) - 1], message)
    return said


def test_the_setup_has_no_mistakes(messages: dict[str, str]) -> None:
    assert {line: messages[line] for line in SETUP.splitlines() if line in messages} == {}


@pytest.mark.parametrize("expression", TYPES)
def test_types_of_what_is_public(messages: dict[str, str], expression: str) -> None:
    message = messages[f"reveal_type({expression})"]
    shown = re.sub(r"\b(?:\w+\.)+(?=\w)", "", message)  # without the names of modules

    assert shown == f'note: Revealed type is "{TYPES[expression]}"'


@pytest.mark.parametrize("line", MISTAKES)
def test_mistakes_are_found(messages: dict[str, str], line: str) -> None:
    assert messages[line].startswith("error: ")
    assert MISTAKES[line] in messages[line]
