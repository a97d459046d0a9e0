"""Index arrays have NumPy's own type for them, which has 32 bits on WebAssembly and 32-bit ARM."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import autodiff.compiler
from autodiff import Program, Value, compile
from autodiff.compiler.flat import files

PARTS = ("codes", "starts", "operands", "outputs", "groups", "blocks")


def test_a_program_and_what_is_loaded_hold_indices(tmp_path: Path) -> None:
    w = Value(2.0, name="w")
    program = compile(lambda x: (w * x + 1).tanh() + x).program(0.0)
    program.save(tmp_path / "f.program")

    for found in (program, Program.load(tmp_path / "f.program")):
        assert {np.asarray(getattr(found, part)).dtype for part in PARTS} == {np.dtype(np.intp)}


def test_no_index_is_asked_to_have_64_bits() -> None:
    folder = Path(autodiff.compiler.__file__).parent
    lines = [
        line for path in folder.rglob("*.py") for line in path.read_text().splitlines() if "np.int64" in line
    ]

    assert [line for line in lines if "flags" not in line and "batched" not in line] == []


NARROW = """
import numpy as np
np.intp = np.int32  # as on such a machine, where NumPy takes no larger index
bincount, repeat = np.bincount, np.repeat
import autodiff
from autodiff import Value, compile
w = Value(2.0, name="w")
f = compile(lambda x, y: autodiff.softmax([w * x + 1, y, x * y])[0] + autodiff.where(x, y, 0), engine="numpy")
program = f.program(0.0, 0.0)
assert program.codes.dtype == np.int32
print(f.value_and_grad(0.5, 2.0))
"""


def test_a_function_compiles_where_indices_have_32_bits() -> None:
    found = subprocess.run([sys.executable, "-c", NARROW], capture_output=True, text=True, check=False)
    w = Value(2.0, name="w")

    def f(x: object, y: object) -> object:
        return autodiff.softmax([w * x + 1, y, x * y])[0] + autodiff.where(x, y, 0)  # type: ignore

    assert found.stdout.strip() == str(compile(f, engine="numpy").value_and_grad(0.5, 2.0)), found.stderr


def test_an_index_that_does_not_fit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(np, "intp", np.int32)

    assert files.as_indices(np.array([3], dtype=np.int64)).dtype == np.int32
    with pytest.raises(ValueError, match="too large for an index on this machine"):
        files.as_indices(np.array([2**32 + 3], dtype=np.int64))
