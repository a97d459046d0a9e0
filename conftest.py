"""What holds for tests and doctests alike: which are run, on how many cores, and the table as it was before each."""

from __future__ import annotations

import gc
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autodiff import Value
from autodiff.operations import FUNCTIONS
from autodiff.rules import TABLE
from tests.engines import PACKAGES

ENGINES = Path(__file__).parent / "autodiff" / "compiler" / "engines"

collect_ignore = [
    str(ENGINES / folder) for folder, package in PACKAGES.items() if importlib.util.find_spec(package) is None
]
collect_ignore += ["autodiff/show/page/widget.py"] if importlib.util.find_spec("anywidget") is None else []


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark an engine's doctests as its tests are marked."""
    folder = item.path.parent
    if folder.name in PACKAGES and folder.parent == ENGINES:
        item.add_marker(folder.name)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Use all cores if no file is named, where pytest-xdist is there and `-n` does not say otherwise."""
    is_worker = hasattr(config, "workerinput")
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    measures = bool(config.getoption("cov_source", None))  # pytest-cov has started, for one core, before this
    if whole and not is_worker and not measures and getattr(config.option, "numprocesses", 0) is None:
        config.option.numprocesses = "auto"
        config.option.dist = "worksteal"


def pytest_collection_finish() -> None:
    """Spare the collector the tests themselves, which it would look through again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def table_of_the_files() -> Iterator[None]:
    """Take away what a test has registered, so that the next one finds the table as the files have it."""
    operations, attributes = set(FUNCTIONS), dict(vars(Value))
    yield
    traced = sys.modules.get("autodiff.compiler.front.traced")
    for name in FUNCTIONS.keys() - operations:
        del FUNCTIONS[name]
        TABLE.pop(name, None)
        if traced and traced.Traced._made_from.pop(name, None) and name in vars(traced.Traced):
            delattr(traced.Traced, name)
    for name in vars(Value).keys() - attributes:
        delattr(Value, name)
    for name, attribute in attributes.items():
        if vars(Value)[name] is not attribute:  # an operator that a registered operation took
            setattr(Value, name, attribute)
