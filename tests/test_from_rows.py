"""What is made from the rows: it is up to date, and help(), signatures and docs tell what the rows know."""

from __future__ import annotations

import importlib.util
import inspect
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

import autodiff
from autodiff import Value
from autodiff.rules import Rule

SCRIPT = Path(__file__).resolve().parents[1] / "docs" / "from_rows.py"


@pytest.fixture(scope="module")
def from_rows() -> ModuleType:
    spec = importlib.util.spec_from_file_location("from_rows", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def of_the_repository() -> list[Rule]:
    """The rows that stand in the table's files, without those that tests have registered."""
    return [rule for file in autodiff.rules.FILES for rule in file.ROWS]


def test_a_row_without_an_example_says_where_to_put_one(
    from_rows: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(from_rows.POINTS_OF, "acosh")

    with pytest.raises(ValueError, match="defined for x >= 1") as error:
        from_rows.method(autodiff.rules.TABLE["acosh"], "acosh")
    assert error.value.__notes__ == ["for an example of acosh add operands to POINTS_OF in docs/from_rows.py"]


def test_the_files_are_up_to_date(from_rows: ModuleType) -> None:
    stale = [path.name for path, text in from_rows.made().items() if path.read_text(encoding="utf-8") != text]

    assert stale == [], "run docs/from_rows.py"


def test_a_changed_row_makes_them_stale(from_rows: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    before = from_rows.made()
    monkeypatch.setattr(from_rows.FILES[0], "ROWS", from_rows.FILES[0].ROWS[1:])

    assert before != from_rows.made()


@pytest.mark.dev
@pytest.mark.skipif(shutil.which("ruff") is None, reason="needs ruff (the extra dev)")
def test_they_need_no_formatting(from_rows: ModuleType) -> None:
    for path, text in from_rows.made().items():
        if path.suffix == ".py":
            command = ["ruff", "format", "--stdin-filename", str(path), "-"]
            done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)

            assert done.stdout == text


@pytest.mark.parametrize("rule", of_the_repository(), ids=lambda rule: rule.name)
def test_help_tells_what_the_row_knows(rule: Rule) -> None:
    function = getattr(autodiff, rule.name)
    makers = [function] if rule.is_nary else [function, getattr(Value, rule.name)]

    for made in makers:
        text = " ".join((inspect.getdoc(made) or "").split())

        assert "Derivative: " in text
        assert f"Domain: {' '.join(rule.domain.split())}" in text
        assert f"No derivative at {rule.kink}" in text if rule.kink else "No derivative" not in text
        assert ">>> " in text
        assert "args" not in inspect.signature(made).parameters


@pytest.mark.parametrize("rule", of_the_repository(), ids=lambda rule: rule.name)
def test_the_operator_table_has_every_row(rule: Rule) -> None:
    [line] = [
        line
        for line in (SCRIPT.parent / "operations.md").read_text(encoding="utf-8").splitlines()
        if line.startswith(f"| `{rule.name}`")
    ]

    assert rule.kink.replace("|", r"\|") in line
    assert rule.accuracy.replace("|", r"\|") in line


def test_signatures() -> None:
    assert str(inspect.signature(Value.tanh)) == "(self) -> 'Self'"
    assert str(inspect.signature(Value.__add__)) == "(self, y: 'Self | Number', /) -> 'Self'"
    assert str(inspect.signature(Value.leaky_relu)) == "(self, y: 'Self | Number' = 0.01, /) -> 'Self'"
    assert list(inspect.signature(autodiff.dot).parameters) == ["weights", "inputs", "bias"]
