"""docs/conventions.md: its numbers are what we and the other libraries answer, and it covers the table."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from autodiff.rules import TABLE

SCRIPT = Path(__file__).resolve().parents[1] / "docs" / "conventions" / "measure.py"


@pytest.fixture(scope="module")
def measure() -> Iterator[ModuleType]:
    """The script, beside which the modules stand that it imports."""
    spec = importlib.util.spec_from_file_location("measure", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(SCRIPT.parent))
        spec.loader.exec_module(module)
        yield module


def others() -> list[str]:
    """The heads of the columns of other libraries, such as "jax 0.10.2"."""
    lines = SCRIPT.parents[1].joinpath("conventions.md").read_text(encoding="utf-8").splitlines()
    head = next(line for line in lines if line.startswith("| where"))
    return head.strip("|\n ").split(" | ")[2:]


def test_our_column_is_what_we_answer(measure: ModuleType) -> None:
    assert measure.stored()["ours"] == measure.answers_of(measure.Ours())


def test_the_package_has_the_same_numbers(measure: ModuleType) -> None:
    assert measure.DATA.read_text(encoding="utf-8") == measure.data(measure.stored())


def test_every_kink_of_the_table_is_there(measure: ModuleType) -> None:
    told = {row for case in (*measure.KINKS, *measure.EDGES) for row in case.rows}

    assert {rule.name for rule in TABLE.values() if rule.kink} <= told <= TABLE.keys()


@pytest.mark.slow
@pytest.mark.conventions
@pytest.mark.parametrize("head", others())
def test_other_libraries_answer_as_the_page_says(measure: ModuleType, head: str) -> None:
    name, version = head.split()
    pytest.importorskip(name, reason=f"needs {name} (the extra conventions)")
    if importlib.metadata.version(name).partition("+")[0] != version:
        pytest.skip(f"measured with {head}")

    assert measure.stored()[head] == measure.answers_of(measure.LIBRARIES[name]())


def test_a_wrong_answer_is_noticed(measure: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure.Ours, "relu", lambda self, x: 2 * x, raising=False)

    assert measure.stored()["ours"] != measure.answers_of(measure.Ours())
