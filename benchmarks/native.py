"""C programs of the benchmarks: compiled with gcc into a temporary folder, and loaded."""

from __future__ import annotations

import ctypes
import functools
import shutil
import subprocess
import tempfile
from pathlib import Path

SOURCES = Path(__file__).parent
COMPILER = "gcc"


@functools.cache
def folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory()  # goes when the benchmark ends


def has_compiler() -> bool:
    return shutil.which(COMPILER) is not None


def library(source: str, *options: str) -> ctypes.CDLL:
    """Compile a file of this folder as a library; its functions give doubles.

    Raises:
        RuntimeError: The compiler refuses it.
    """
    target = Path(folder().name) / ("".join([source, *options]).replace("=", "_") + ".so")
    command = [COMPILER, *options, "-shared", "-fPIC", "-o", str(target), str(SOURCES / source), "-lm"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stderr}")
    return ctypes.CDLL(str(target))


def compiler_version() -> str:
    if not has_compiler():
        return f"{COMPILER} not installed"
    return subprocess.run([COMPILER, "--version"], capture_output=True, text=True).stdout.split("\n")[0]
