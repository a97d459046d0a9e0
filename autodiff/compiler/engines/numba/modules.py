"""Generated modules of the Numba engine: written to the user's cache, where Numba keeps what it compiled."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import inspect
import os
import sys
import tempfile
from pathlib import Path
from types import ModuleType

from autodiff.compiler.engines.numba.folds import batch_folds, scratch_rows, single_folds
from autodiff.compiler.engines.numba.source import (
    LOOPS,
    PRIMITIVES,
    ROWS_BY_HAND,
    RUN_SINGLE,
    batch_source,
    bound_source,
    loop_source,
    run_batch_source,
    single_source,
)
from autodiff.compiler.front.tape import rule_named
from autodiff.files import write_file
from autodiff.writing.kernels import check_primitives

if importlib.util.find_spec("numba") is None:
    raise ModuleNotFoundError(
        "the engine numba needs the extra `fast`: pip install 'scalar-autodiff[fast]' (Numba follows new "
        'versions of Python some months later); engine="numpy" needs nothing more'
    )

from autodiff.compiler.engines.numba import samples, single

__all__ = ["batch_loop", "check_kind", "rows_of_scratch", "single_loop"]

SHORT = 16  # operands up to which a row of any number of them is spelled out


@functools.cache
def single_loop(kinds: tuple[tuple[str, int], ...]) -> ModuleType:
    """The loops over groups of these kinds (rule, operands), on single numbers."""
    modules = [module(operation_source("single", *kind)).__name__ for kind in kinds]
    return module(loop_source("single", modules) + RUN_SINGLE)


@functools.cache
def batch_loop(kinds: tuple[tuple[str, int], ...], early: tuple[tuple[str, int], ...]) -> ModuleType:
    """The same on rows of samples, and the loop over the pieces of a batch; ``early`` comes before it."""
    modules = [module(operation_source("batch", *kind)).__name__ for kind in kinds]
    return module(loop_source("batch", modules) + run_batch_source(single_loop(early).__name__))


def operation_source(mode: str, name: str, arity: int) -> str:
    """The loops over operations of one kind: by hand, operand by operand, or with loops over the operands."""
    if name in LOOPS:
        return bound_source(mode, name, arity)
    if is_long(name, arity):
        return single_folds(name, arity) if mode == "single" else batch_folds(name, arity)
    return single_source(name, arity) if mode == "single" else batch_source(name, arity)


def check_kind(name: str, arity: int) -> None:
    """Check that operations of a kind can be written here.

    Raises:
        UnknownPrimitive: Their row uses a primitive that cannot.
    """
    if name not in LOOPS:
        table = "PRIMITIVES in autodiff/compiler/engines/numba/source.py"
        check_primitives(rule_named(name), arity, PRIMITIVES.__contains__, table)


def rows_of_scratch(name: str, arity: int) -> int:
    """How many rows of scratch these loops need at most."""
    if name in LOOPS:
        return ROWS_BY_HAND
    return scratch_rows(name, arity) if is_long(name, arity) else 2 * arity


def is_long(name: str, arity: int) -> bool:
    return rule_named(name).is_nary and arity > SHORT


def module(source: str) -> ModuleType:
    """The module with this source. Its name follows from all that goes into what is compiled."""
    source = f'"""Generated; made anew when it is missing. Parts: {version()}."""\n\n{source}'
    name = "autodiff_loops_" + hashlib.sha256(source.encode()).hexdigest()[:16]
    if name not in sys.modules:
        try:
            sys.modules[name] = from_file(name, source)
        except OSError:  # a full disk; what is in no file is compiled anew by each process
            sys.modules[name] = ModuleType(name)
            exec(source, vars(sys.modules[name]))
    return sys.modules[name]


def from_file(name: str, source: str) -> ModuleType:
    """Import the module from its file, which is written unless it is there."""
    path = folder() / f"{name}.py"
    if not path.exists() or path.read_text() != source:
        write_file(path, source)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


@functools.cache
def version() -> str:
    """What the hand-written parts are: Numba does not see when they change."""
    texts = [inspect.getsource(part) for part in (single, samples)]  # also from a zip
    return hashlib.sha256("".join(texts).encode()).hexdigest()[:8]


@functools.cache
def folder() -> Path:
    """Where generated modules are kept: the user's cache, or a temporary folder if that cannot be written."""
    path = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "autodiff"
    try:
        path.mkdir(parents=True, exist_ok=True)
        if os.access(path, os.W_OK):
            return path
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix="autodiff-"))
