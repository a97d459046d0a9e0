"""What is the LLVM engine's own: its loops at every length, code that programs share, processes, threads."""

from __future__ import annotations

import gc
import importlib
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autodiff
from autodiff import SlowEngineWarning, Value, compile
from autodiff.compiler.engines import choice

pytestmark = pytest.mark.llvm
pytest.importorskip("llvmlite", reason="needs llvmlite (the extra `fast`)")
machine = importlib.import_module("autodiff.compiler.engines.llvm.machine")


def agrees(f: Callable[..., Any], *args: Any, dtype: Any = np.float64) -> None:
    """Compare value and derivatives with the NumPy engine's."""
    found, expected = (
        compile(f, engine=engine, dtype=dtype).value_and_grad(*args) for engine in ("llvm", "numpy")
    )
    tight = 1e-12 if dtype is np.float64 else 1e-4
    np.testing.assert_allclose(found[0], expected[0], rtol=tight, atol=tight)
    for one, other in zip(
        *(x[1] if isinstance(x[1], tuple) else (x[1],) for x in (found, expected)), strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=tight, atol=tight)


# ---------------------------------------------------------------- loops


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("length", [1, 7, 8, 9, 16, 17, 35])
@pytest.mark.parametrize("rows", [1, 3, 4, 5, 9])
def test_layers_of_every_size(rows: int, length: int, dtype: Any) -> None:
    rng = np.random.default_rng(rows * length)
    weights = [[Value(x) for x in row] for row in rng.normal(size=(rows, length))]

    def f(x: Any, y: Any) -> Any:
        hidden = [autodiff.dot(row, list(x), y).tanh() for row in weights]
        return autodiff.dot(hidden, hidden, y)

    agrees(f, rng.normal(size=length), 0.5, dtype=dtype)
    agrees(f, rng.normal(size=(5, length)), rng.normal(size=5), dtype=dtype)


@pytest.mark.parametrize("name", ["sum", "max", "min", "prod", "norm", "logsumexp", "mean"])
@pytest.mark.parametrize("count", [1, 2, 8, 9, 16, 40])
def test_folds_of_every_length(name: str, count: int) -> None:
    x = np.random.default_rng(count).uniform(0.5, 1.5, (20, count))
    w = Value(0.75)

    def f(x: Any) -> Any:
        return getattr(autodiff, name)([*x, w]) * getattr(autodiff, name)(list(x))

    agrees(f, x[0])
    agrees(f, x)


@pytest.mark.parametrize("count", [1, 2, 8, 9, 30])
def test_softmaxes_of_every_length(count: int) -> None:
    x = np.random.default_rng(count).normal(size=(9, count))

    def f(x: Any) -> Any:
        return autodiff.dot(autodiff.softmax([*x, 0.25]), [*x, 1.0], 0.0)

    agrees(f, x[0])
    agrees(f, x)


@pytest.mark.parametrize("samples", [1, 2, 7, 8, 9, 16, 100])
def test_batches_of_every_size(samples: int) -> None:
    w, u = Value(0.7), Value(-1.3)

    def f(x: Any, y: Any) -> Any:
        return (w * x + u * u).tanh() * y + w

    compiled = [compile(f, engine=engine) for engine in ("llvm", "numpy")]
    x = np.linspace(-2, 2, samples)
    grads = []
    for one in compiled:
        w.grad = u.grad = 0.0
        assert one.backward(x, 0.5) == pytest.approx(compiled[1](x, 0.5).mean(), rel=1e-13)
        grads.append([w.grad, u.grad])
    assert grads[0] == pytest.approx(grads[1], rel=1e-12)


def test_an_output_that_is_given_twice_and_one_that_no_input_changes() -> None:
    w = Value(2.0)
    compiled = compile(lambda x: [w * x, w * x, w * w], engine="llvm")

    for x in (3.0, np.array([3.0, 4.0])):
        assert np.allclose(compiled.vjp([1.0, 10.0, 5.0], x)[1], 22.0)
    assert [float(part[1]) for part in compiled(np.array([3.0, 4.0]))] == [8.0, 8.0, 4.0]


def test_results_stay_as_they_are() -> None:
    compiled = compile(lambda x: x * 2, engine="llvm")
    for x in (np.arange(3.0), np.arange(16.0)):
        value, slope = compiled.value_and_grad(x)
        compiled.value_and_grad(x + 1)

        assert (value == 2 * x).all()
        assert (slope == 2).all()


# ---------------------------------------------------------------- code


def test_the_code_of_a_program() -> None:
    program = compile(lambda x, y: (x * y).tanh()).program(0.0, 0.0)

    code = program.code()
    assert "; forward: tanh of 1" in code
    assert "; reverse: mul of 2" in code
    assert "call double @tanh(double" in code
    assert "tanh" in program.code(assembly=True)


def test_the_code_that_the_documentation_shows() -> None:
    w, b = Value(0.5), Value(0.1)
    code = compile(lambda x: (w * x + b).tanh()).program(0.0).code()
    text = (Path(__file__).parents[4] / "docs/compiling.md").read_text(encoding="utf-8")
    shown = re.findall(r"```llvm\n(.*?)```", text, re.DOTALL)

    assert shown
    for lines in shown:
        assert lines in code


def test_programs_share_their_code() -> None:
    machine = importlib.import_module("autodiff.compiler.engines.llvm.machine")
    compile(lambda x, y: (x * y).tanh(), engine="llvm").value_and_grad(1.0, 2.0)
    before = len(machine.PIECES)
    compile(lambda x, y: (y * x).tanh() * x, engine="llvm").value_and_grad(1.0, 2.0)

    assert len(machine.PIECES) == before


@pytest.mark.slow
def test_a_thousand_programs_leave_nothing_behind() -> None:
    import resource

    def run(times: int) -> int:
        for i in range(times):
            f = compile(lambda x, y, i=i: (x * (i + 1)).tanh() * y, engine="llvm", static=("i",))
            f.value_and_grad(np.arange(30.0) if i % 2 else 1.0, 2.0)
        gc.collect()
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    before = run(100)
    assert run(1000) - before < 10_000  # kB


# ---------------------------------------------------------------- processes, threads, Ctrl-C


def squared(x: float) -> float:
    return float(compile(lambda x: x * x, engine="llvm", threads=2).value_and_grad(np.full(100, x))[1][0])


@pytest.mark.slow
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_other_processes(method: str) -> None:
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"this system cannot {method}")
    code = (  # in a process where JAX has no threads
        f"import multiprocessing; from {__name__} import squared; assert squared(2.0) == 4.0\n"
        f"with multiprocessing.get_context('{method}').Pool(2) as pool: print(pool.map(squared, [1.0, 2.0, 3.0]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)

    assert done.stdout == "[2.0, 4.0, 6.0]\n", done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="needs threads that find no room for their stack")
def test_where_no_thread_can_be_made() -> None:
    code = """
import threading
import numpy as np
from autodiff import compile
try:
    threading.Thread(target=print).start()
except RuntimeError:
    x = np.linspace(-1, 1, 1000)
    found = [compile(lambda x: x.tanh() * x, engine="llvm", threads=count).value_and_grad(x) for count in (1, 3)]
    print(all(map(np.array_equal, *found)))
"""
    limited = ["sh", "-c", f'ulimit -s {1 << 40} && exec "$0" -c "$1"', sys.executable, code]
    alone = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(limited, capture_output=True, text=True, env=alone, timeout=120)
    if "ulimit" in done.stderr:
        pytest.skip("the limit cannot be set here")

    assert done.stdout == "True\n", done.stderr


def test_a_batch_is_shared_where_that_pays_and_alike_on_every_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    w, x = Value(0.5), np.linspace(-3, 3, 100_000)

    def f(x: Any) -> Any:
        for _ in range(20):
            x = (w * x).tanh()
        return x

    def shares(samples: int, threads: int | None = None) -> int:
        compiled = compile(f, engine="llvm", threads=threads)
        compiled.backward(x[:samples])
        [lowered] = compiled._lowering._lowered.values()
        [batch] = lowered.engine._batches.values()  # type: ignore[attr-defined]
        return len(batch.frames)

    assert [shares(samples) for samples in (1_000, 5_000, 10_000, 100_000)] == [1, 1, 3, 8]
    assert [shares(samples, 1) for samples in (1_000, 100_000)] == [1, 1]
    assert [shares(samples, 2) for samples in (1_000, 100_000)] == [2, 2]
    found = []
    for threads in ("there", "not there"):
        if threads == "not there":
            monkeypatch.setattr(machine.runner("double"), "shared", None)
        w.grad = 0.0
        found.append((compile(f, engine="llvm").backward(x), w.grad))
    assert len(set(found)) == 1
    assert os.name != "posix" or machine.Runner("float").shared is not None


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a timer that sends signals")
def test_ctrl_c_while_threads_share_a_batch_leaves_nothing_behind() -> None:
    f = compile(lambda x: ((x * 1.1).tanh() * 1.2 + 0.1).tanh().exp().tanh(), engine="llvm", threads=3)
    x, other = np.linspace(-1, 1, 20_000), np.linspace(2, 3, 20_000)
    expected = f.value_and_grad(x)[1]
    interrupted = 0

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        for i in range(60):
            try:
                signal.setitimer(signal.ITIMER_REAL, 1e-4 + i * 2e-5)
                f.value_and_grad(other)
                signal.setitimer(signal.ITIMER_REAL, 0)
            except KeyboardInterrupt:
                interrupted += 1
            assert np.array_equal(f.value_and_grad(x)[1], expected)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert interrupted


def test_threads_make_and_run_code_at_the_same_time() -> None:
    found: dict[int, float] = {}

    def work(i: int) -> None:
        f = compile(lambda xs: autodiff.sum([x.tanh() for x in xs]), engine="llvm")
        found[i] = float(f.value_and_grad(np.zeros(20 + i % 3))[1].sum())

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == {i: 20.0 + i % 3 for i in range(8)}


INTERRUPTED = """
import _thread, signal, threading
import autodiff
signal.signal(signal.SIGINT, signal.default_int_handler)  # also where the shell that runs this ignores it
f = autodiff.compile(lambda xs: autodiff.sum([x.tanh() * x.sin() for x in xs]), engine="llvm")
f.traced([0.5] * 30)
threading.Timer(0.01, _thread.interrupt_main).start()
try:
    while True:
        autodiff.compile(lambda x: x.sinh() * x.cosh() * x.atan(), engine="llvm")(0.5)
except KeyboardInterrupt:
    print(round(f.value_and_grad([0.5] * 30)[0], 6))
"""


@pytest.mark.slow
def test_ctrl_c_while_code_is_made() -> None:
    done = subprocess.run([sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, timeout=120)

    assert (done.stdout, done.stderr) == ("6.646523\n", "")


@pytest.mark.parametrize("make", ["compiled", "assembly"])
def test_code_is_made_where_no_ctrl_c_is_raised(make: str, monkeypatch: pytest.MonkeyPatch) -> None:
    readers: list[threading.Thread] = []
    machine = importlib.import_module("autodiff.compiler.engines.llvm.machine")
    read_code = machine.read_code

    def read(code: str) -> Any:
        readers.append(threading.current_thread())
        return read_code(code)

    monkeypatch.setattr(machine, "read_code", read)

    assert getattr(machine, make)("define void @nothing() { ret void }")
    assert readers[0] is not threading.main_thread()


# ---------------------------------------------------------------- which engine


def test_numba_is_a_deprecated_name() -> None:
    with pytest.warns(DeprecationWarning, match='write engine="llvm"'):
        compiled = compile(lambda x: x * x, engine="numba", threads=2)

    assert compiled.value_and_grad(3.0) == (9.0, 6.0)


def deep(x: Any) -> Any:
    for _ in range(choice.MANY_OPERATIONS):
        x = x.sin()
    return x


@pytest.mark.parametrize("missing", [True, False])
def test_auto_makes_machine_code_where_that_can_be(missing: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "makes_machine_code", lambda: not missing)
    small, large = (compile(f) for f in (lambda x: x * x, deep))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert small.value_and_grad(3.0) == (9.0, 6.0)
        assert large(0.5) > 0

    assert [(w.category, os.path.basename(w.filename)) for w in caught] == [
        (SlowEngineWarning, os.path.basename(__file__))
    ] * missing


def test_an_llvmlite_that_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    import llvmlite.binding

    name = "autodiff.compiler.engines.llvm.machine"
    importlib.import_module(name)
    monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(llvmlite.binding, "llvm_version_info", (15, 0, 7))
    with pytest.raises(ModuleNotFoundError, match=r"needs llvmlite 0\.45 .* LLVM 15: pip install -U"):
        importlib.import_module(name)
