"""docs/how_it_works.md shows the code as it stands in the files today."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from textwrap import dedent

import pytest

ROOT = Path(__file__).resolve().parent.parent
CHAPTER = (ROOT / "docs" / "how_it_works.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", CHAPTER, re.MULTILINE | re.DOTALL)
HEAD = re.compile(r"# (autodiff/\S+\.py), (\S+)\n")
PIECES = [(*head.groups(), block[head.end() :]) for block in BLOCKS if (head := HEAD.match(block))]


def definition(source: str, name: str) -> str:
    """The lines of a class, a function or a table; a dot leads into a class."""
    body = ast.parse(source).body
    for part in name.split("."):
        found = next(node for node in body if name_of(node) == part)
        body = getattr(found, "body", [])
    first = min(node.lineno for node in [found, *getattr(found, "decorator_list", [])])
    return dedent("".join(source.splitlines(keepends=True)[first - 1 : found.end_lineno]))


def name_of(node: ast.AST) -> str | None:
    match node:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
            return name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
    return None


def is_shown(piece: str, code: str) -> bool:
    """Whether a piece is the code, line by line, where a line of three dots stands for one line or more."""
    lines = [r"(?:.*\n)+?" if line.strip() == "..." else re.escape(line) for line in piece.splitlines(True)]
    return re.fullmatch("".join(lines), code) is not None


@pytest.mark.parametrize(("file", "name", "piece"), PIECES, ids=lambda text: text.split("\n")[0])
def test_code_is_shown_as_it_stands(file: str, name: str, piece: str) -> None:
    code = definition((ROOT / file).read_text(encoding="utf-8"), name)

    assert is_shown(piece, code), f"docs/how_it_works.md shows {name} otherwise than {file}:\n{code}"


def test_every_block_runs_or_is_shown_code() -> None:
    assert [block for block in BLOCKS if not block.startswith(">>>") and not HEAD.match(block)] == []


CODE = """\
class Box:
    @property
    def sides(self) -> int:
        count = 5

        return count + 1
"""
SIDES = "@property\ndef sides(self) -> int:\n    ...\n    return count + 1\n"


def test_a_change_of_the_code_is_noticed() -> None:
    assert is_shown(SIDES, definition(CODE, "Box.sides"))
    assert not is_shown(SIDES, definition(CODE.replace("count + 1", "count + 2"), "Box.sides"))
    assert not is_shown(SIDES, definition(CODE + "        count = 7\n", "Box.sides"))
    assert not is_shown(SIDES.replace("    ...\n", ""), definition(CODE, "Box.sides"))
