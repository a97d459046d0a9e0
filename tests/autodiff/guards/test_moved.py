"""Old paths of modules that have moved: the very module of the new path, and a warning where it is imported."""

from __future__ import annotations

import importlib
import importlib.util
import pickle
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from autodiff.guards.moved import MOVED
from tests.engines import PACKAGES


@pytest.fixture(autouse=True)
def first_imports() -> Iterator[None]:
    """Let each test import an old path as if it were the first time."""
    forget()
    yield
    forget()


def forget() -> None:
    for old in MOVED:
        sys.modules.pop(old, None)
        package, _, name = old.rpartition(".")
        vars(importlib.import_module(package)).pop(name, None)


def needs(new: str) -> str | None:
    """The package without which a module cannot be imported, if it is missing."""
    engine = new.removeprefix("autodiff.compiler.engines.").split(".")[0]
    package = PACKAGES.get(engine)
    return package if package and importlib.util.find_spec(package) is None else None


@pytest.mark.parametrize(("old", "new"), MOVED.items(), ids=MOVED)
def test_an_old_path_is_the_new_module_and_warns_once(old: str, new: str) -> None:
    if missing := needs(new):
        pytest.skip(f"needs {missing}")
    expected = importlib.import_module(new)
    spec = expected.__spec__
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        line = f"import {old} as first; import {old} as second"
        names: dict[str, object] = {"__name__": "users_program"}
        exec(compile(line, "users_program.py", "exec"), names)

    assert names["first"] is names["second"] is sys.modules[new] is expected
    assert expected.__spec__ is spec
    assert expected.__name__ == new
    assert [(type(w.message), w.filename, w.lineno) for w in caught] == [
        (DeprecationWarning, "users_program.py", 1)
    ]
    assert str(caught[0].message) == f"{old} has moved: import {new} instead"


def test_names_are_imported_from_old_paths() -> None:
    from autodiff.pictures import render
    from autodiff.writing import symbols

    with pytest.warns(DeprecationWarning, match=r"autodiff\.show\.render has moved"):
        from autodiff.show.render import save  # type: ignore[import-not-found]
    with pytest.warns(DeprecationWarning, match=r"autodiff\.symbols has moved"):
        from autodiff.symbols import name_latex  # type: ignore[import-not-found]

    assert save is render.save
    assert name_latex is symbols.name_latex


def test_the_warning_is_at_the_line_that_imports() -> None:
    with pytest.warns(DeprecationWarning, match="has moved") as caught:
        import autodiff.kernels  # type: ignore[import-not-found] # noqa: F401

    assert Path(caught[0].filename) == Path(__file__)
    assert (
        "import autodiff.kernels"
        in Path(__file__).read_text(encoding="utf-8").splitlines()[caught[0].lineno - 1]
    )


@pytest.mark.parametrize(
    "name", ["autodiff.no_such_module", "autodiff.show.rendering", "autodiff.symbols.more"]
)
def test_an_unknown_module_is_not_found(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module(name)


# ---------------------------------------------------------------- pickles of version 0.1

SQUARE = (
    b"cautodiff.copies\nrebuilt\n((lcautodiff.copies\nrestored\n((F3.0\nF0.0\nVx\nN(t(tttRa(l"
    b"(F9.0\nF0.0\nNVmul\n((I0\nt(I0\ntt(F3.0\nF3.0\nttatR."
)
FUNCTION = b"cautodiff.random_graphs\nrandom_graph\n."


def test_a_node_of_version_0_1_loads() -> None:
    square = pickle.loads(SQUARE)
    x, also_x = square.parents
    square.backward()

    assert x is also_x
    assert (square.data, square.op.name, x.name, x.grad) == (9.0, "mul", "x", 6.0)


def test_a_function_of_version_0_1_loads() -> None:
    from autodiff.show.practice.random_graphs import random_graph

    with pytest.warns(DeprecationWarning, match=r"autodiff\.random_graphs has moved"):
        assert pickle.loads(FUNCTION) is random_graph
