"""Deep graphs, determinism, threads, memory, and what an import loads."""

from __future__ import annotations

import copy
import gc
import importlib.metadata
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import autodiff
from autodiff import Value, count_paths, gradient, leaves, paths, topological_order
from autodiff.number import Number

ROOT = Path(__file__).resolve().parents[2]
DEEP = 1_000_000


def run_python(code: str, **environment: str) -> str:
    """Run code in a new interpreter, and return what it prints."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def without_garbage_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def nodes_alive() -> int:
    return sum(type(thing) is Value for thing in gc.get_objects())


def chain(length: int) -> tuple[Value, Value]:
    x = output = Value(1.0, name="x")
    for _ in range(length // 2):
        output = output * 0.5 + x
    return x, output


# ---------------------------------------------------------------- depth


@pytest.mark.slow
def test_a_chain_of_a_million_nodes() -> None:
    with without_garbage_collector():
        alive = nodes_alive()
        x, output = chain(DEEP)
        assert repr(output) == "Value(data=2.0, grad=0.0, op='+')"
        output.backward()
        assert x.grad == 2.0
        assert gradient(output, x) == 2.0
        assert len(topological_order(output)) == DEEP + 1
        assert leaves(output) == [x]
        assert count_paths(output, x) == DEEP // 2 + 1
        del x, output
        assert nodes_alive() == alive


@pytest.mark.slow
def test_the_paths_of_a_deep_chain() -> None:
    x, output = chain(DEEP // 5)
    with pytest.raises(ValueError, match="100,001 paths lead from"):
        paths(output, x, limit=1000)
    assert next(paths(output, x)).product == 0.0  # the longest one comes first: 0.5**100000


@pytest.mark.slow
@pytest.mark.parametrize("way", ["deepcopy", "pickle"])
def test_a_deep_chain_is_copied(way: str) -> None:
    with without_garbage_collector():
        _, output = chain(DEEP // 5)
        copied = copy.deepcopy(output) if way == "deepcopy" else pickle.loads(pickle.dumps(output))
        (x,) = leaves(copied)
        assert (copied.data, x.name, gradient(copied, x)) == (2.0, "x", 2.0)
        del copied, output, x


def test_a_deep_chain_has_a_differentiable_gradient() -> None:
    x, output = chain(20_000)
    slope = gradient(output * output, x, create_graph=True)
    assert slope.data == 8.0
    assert gradient(slope, x) == 8.0


# ---------------------------------------------------------------- determinism

PROGRAM = """
import random
import autodiff
from autodiff import Value, gradient, grad, hessian
rng = random.Random(0)
nodes = [Value(rng.uniform(-1, 1), name=f"x{i}") for i in range(20)]
inputs = list(nodes)
for _ in range(2000):
    a, b, c = rng.sample(nodes[-200:], 3)
    nodes.append(autodiff.dot([a, b], [b, c], bias=0.1).tanh() + rng.choice(nodes).sin() * 0.7)
output = autodiff.sum(nodes)
output.backward()
print([x.grad.hex() for x in inputs])
print([g.hex() for g in gradient(output, inputs)])
print([g.data.hex() for g in gradient(nodes[60], inputs, create_graph=True)])
print([node.op.name for node in autodiff.topological_order(output) if node.op][:500])
"""


def test_gradients_are_bit_identical_in_every_run() -> None:
    outputs = {run_python(PROGRAM, PYTHONHASHSEED=seed) for seed in ("0", "1", "12345", "random")}
    assert len(outputs) == 1
    assert outputs.pop().count("0x") == 60


# ---------------------------------------------------------------- threads


def test_threads_that_share_leaves_lose_no_gradient() -> None:
    x = Value(3.0)
    wrong: list[Number] = []

    def work() -> None:
        for _ in range(300):
            output = x * x + x.exp() * 0
            output.backward()
            if gradient(output, x) != 6.0:
                wrong.append(gradient(output, x))

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert x.grad == 4 * 300 * 6.0
    assert wrong == []


@pytest.mark.filterwarnings("ignore::autodiff.RepeatedBackwardWarning")
def test_one_graph_is_swept_from_two_threads() -> None:
    x = Value(1.0)
    output = x
    for _ in range(500):
        output = output * 0.999 + x
    once = gradient(output, x)
    threads = [threading.Thread(target=output.backward) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert x.grad == pytest.approx(8 * once, rel=1e-15)


# ---------------------------------------------------------------- memory


def test_a_graph_is_freed_at_once() -> None:
    x = Value(2.0)
    with without_garbage_collector():
        alive, references = nodes_alive(), sys.getrefcount(x)
        output = (x * x + x.tanh()) ** x
        output.backward()
        slope = gradient(output, x, create_graph=True)
        list(paths(output, x))
        assert nodes_alive() > alive
        del output, slope
        assert nodes_alive() == alive
        assert sys.getrefcount(x) == references
        assert gc.collect() == 0


def test_an_operation_that_fails_leaves_nothing_behind() -> None:
    x = Value(0.0, name="x")
    with without_garbage_collector():
        alive = nodes_alive()
        for _ in range(10):
            with pytest.raises(ZeroDivisionError, match="'x'"):
                (x * 2 + 1) / x
        assert nodes_alive() - alive <= 1
        assert x.grad == 0.0


def test_time_grows_with_the_graph_and_not_faster() -> None:
    def seconds(length: int) -> float:
        _, output = chain(length)
        start = time.perf_counter()
        output.backward()
        return time.perf_counter() - start

    seconds(1000)
    assert seconds(100_000) < 100 * max(min(seconds(10_000) for _ in range(3)), 1e-4)


# ---------------------------------------------------------------- imports


def test_the_import_loads_nothing_heavy() -> None:
    heavy = ("graphviz", "pygraphviz", "numpy", "llvmlite", "jax", "mpmath", "matplotlib", "tqdm", "nn")
    code = f"import autodiff, sys; print([name for name in {heavy} if name in sys.modules])"
    assert run_python(code).strip() == "[]"


def test_calculus_and_errors_load_nothing_heavy() -> None:
    code = """
import autodiff, sys
autodiff.hessian(lambda x: x[0] ** 2 * x[1].tanh())([1, 2])
autodiff.check_gradient(autodiff.gelu, 0.3)
print("numpy" in sys.modules)
"""
    assert run_python(code).strip() == "False"


def test_the_version_is_that_of_the_package() -> None:
    try:
        version = importlib.metadata.version("scalar-autodiff")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("the package is not installed")

    assert autodiff.__version__ == version
