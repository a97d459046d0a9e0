"""Student versions of the notebooks: without asserts, helper code and outputs, made from the same source.

    python notebooks/student.py                  all of them, into build/student
    python notebooks/student.py 01 03            those whose names begin so
    python notebooks/student.py --output FOLDER  into another folder
    python notebooks/student.py --language ru    in Russian, with what it prints and draws, into build/student_ru
    python notebooks/student.py --solved         with asserts, helper code and outputs

What goes can be read in the notebooks themselves:

- An ``assert`` goes, or NumPy's ``assert_allclose``, and with it what nothing but asserts reads: an import, a name, a
  function, a loop.
- In a cell with the tag ``helper`` functions, classes and constants in capitals, which need nothing that the
  notebook makes, move into a module beside it: ``from helpers_01 import judged``.
- A cell that draws with matplotlib stays, but is closed: a click opens it.
- Every output goes: who runs a cell sees it.

>>> without_asserts(["from math import isclose, pi", "y = 6.28\\nassert isclose(2 * pi, y, abs_tol=1)", "print(pi)"])
['from math import pi', '', 'print(pi)']
"""

from __future__ import annotations

import argparse
import ast
import builtins
import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from itertools import compress
from pathlib import Path
from typing import Any, TypeAlias

__all__ = ["code_texts", "languages", "stale", "student_version", "translated", "without_asserts", "written"]

FOLDER = Path(__file__).resolve().parent
BUILD = FOLDER.parent / "build"
LINE_LENGTH = 110
TITLE = '"""What the notebook beside it uses, and what is not its subject."""'

MARK = re.compile(r"^<!-- (\S+) ([0-9a-f]{8}) -->\n", re.MULTILINE)
SPEAKS = re.compile(
    r"\b(?:compare|exercise|explain|explore|forward_steps|shared_factors|steps)\("
)  # what is shown in a language

Notebook: TypeAlias = dict[str, Any]
IMPORTS, FUNCTIONS = (ast.Import, ast.ImportFrom), (ast.FunctionDef, ast.ClassDef)

# ---------------------------------------------------------------- names


def statements(sources: Iterable[str]) -> list[ast.stmt]:
    return [statement for source in sources for statement in ast.parse(source).body]


def names_in(tree: ast.AST, context: type[ast.expr_context]) -> set[str]:
    return {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, context)
    }


def reads(statement: ast.stmt) -> set[str]:
    """The names that a statement reads, a function's own not counted."""
    changed = [node.target for node in ast.walk(statement) if isinstance(node, ast.AugAssign)]
    found = names_in(statement, ast.Load) | {name for x in changed for name in names_in(x, ast.Store)}
    return found - (binds(statement) if isinstance(statement, FUNCTIONS) else set())


def binds(statement: ast.stmt) -> set[str]:
    """The names that a statement gives to those below it."""
    if isinstance(statement, FUNCTIONS):
        return {statement.name}
    if isinstance(statement, IMPORTS):
        return {alias.asname or alias.name.partition(".")[0] for alias in statement.names}
    return names_in(statement, ast.Store)


def all_reads(sources: Iterable[str]) -> set[str]:
    return {name for statement in statements(sources) for name in reads(statement)}


# ---------------------------------------------------------------- lines that go


def without(source: str, gone: Iterable[ast.stmt]) -> str:
    """Take statements out of code, and the empty lines that they leave."""
    lines: list[str | None] = [*source.splitlines()]
    for statement in gone:
        decorators = [each.lineno for each in getattr(statement, "decorator_list", [])]
        for line in range(min([statement.lineno, *decorators]), (statement.end_lineno or 0) + 1):
            lines[line - 1] = None
    return re.sub(r"\n{4,}", "\n\n\n", "\n".join(line for line in lines if line is not None)).strip("\n")


def asserts_in(body: Sequence[ast.stmt]) -> list[ast.stmt]:
    """The asserts at any depth; of a block that holds nothing else, the whole."""
    found: list[ast.stmt] = []
    for statement in body:
        inner = [*getattr(statement, "body", []), *getattr(statement, "orelse", [])]
        gone = asserts_in(inner)
        whole = is_assert(statement) or (inner and len(gone) == len(inner))
        found += [statement] if whole else gone
    return found


def is_assert(statement: ast.stmt) -> bool:
    """Whether a statement is an assert, or a call of a function that makes one: np.testing.assert_allclose(x, y)."""
    if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)):
        return isinstance(statement, ast.Assert)
    return ast.unparse(statement.value.func).rpartition(".")[2].startswith("assert_")


def is_definition(statement: ast.stmt) -> bool:
    """Whether a statement gives names and nothing else: it changes no part of another thing."""
    if isinstance(statement, ast.Assign):
        return not any(
            isinstance(x, ast.Attribute | ast.Subscript) for y in statement.targets for x in ast.walk(y)
        )
    return isinstance(statement, FUNCTIONS)


def without_asserts(sources: Sequence[str]) -> list[str]:
    """Take the asserts out of the cells of a notebook, and what nothing but asserts reads."""
    unread_before = {name for each in statements(sources) for name in binds(each)} - all_reads(sources)
    kept = [without(source, asserts_in(ast.parse(source).body)) for source in sources]
    while True:
        needed = all_reads(kept) | unread_before
        fewer = [with_imports(without(source, unread(source, needed)), needed) for source in kept]
        if fewer == kept:
            return kept
        kept = fewer


def unread(source: str, needed: set[str]) -> list[ast.stmt]:
    return [each for each in ast.parse(source).body if is_definition(each) and not binds(each) & needed]


def with_imports(source: str, needed: set[str]) -> str:
    """Import what is needed only."""
    lines = source.splitlines()
    for statement in reversed(ast.parse(source).body):
        if isinstance(statement, IMPORTS) and not binds(statement) <= needed:
            lines[statement.lineno - 1 : statement.end_lineno] = import_lines(statement, needed)
    return "\n".join(lines).strip("\n")


def import_lines(statement: ast.Import | ast.ImportFrom, needed: set[str]) -> list[str]:
    names = [alias for alias in statement.names if (alias.asname or alias.name.partition(".")[0]) in needed]
    if not names:
        return []
    is_from = isinstance(statement, ast.ImportFrom)
    line = ast.unparse(ast.ImportFrom(statement.module, names, 0) if is_from else ast.Import(names))
    if len(line) <= LINE_LENGTH:
        return [line]
    beginning, _, listed = line.partition(" import ")
    return [f"{beginning} import (", *(f"    {name}," for name in listed.split(", ")), ")"]


# ---------------------------------------------------------------- helper code


def helpers_in(sources: Sequence[str], tagged: Sequence[str]) -> dict[str, str]:
    """The definitions of tagged cells that can stand in a module, by their names.

    Those are functions, classes and constants that need imports, builtins and one another, and nothing else.
    """
    pieces = {
        ast.get_source_segment(source, each) or "": each
        for source in tagged
        for each in ast.parse(source).body
    }
    found = {piece: each for piece, each in pieces.items() if is_helper(each)}
    known = {name for each in statements(sources) if isinstance(each, IMPORTS) for name in binds(each)}
    while True:
        names = known.union(dir(builtins), *map(binds, found.values()))
        fewer = {piece: each for piece, each in found.items() if reads(each) - local_names(each) <= names}
        if fewer == found:
            return {name: piece for piece, each in found.items() for name in binds(each)}
        found = fewer


def is_helper(statement: ast.stmt) -> bool:
    """Whether a statement is a function, a class, or gives constants; X and W1 are matrices."""
    is_constant = isinstance(statement, ast.Assign) and all(
        name.isupper() and len(name) > 2 for name in binds(statement)
    )
    return isinstance(statement, FUNCTIONS) or is_constant


def local_names(statement: ast.stmt) -> set[str]:
    arguments = {node.arg for node in ast.walk(statement) if isinstance(node, ast.arg)}
    caught = {node.name for node in ast.walk(statement) if isinstance(node, ast.ExceptHandler) and node.name}
    return arguments | caught | names_in(statement, ast.Store)


def module_of(sources: Sequence[str], helpers: Iterable[str]) -> str:
    """The module with helper code, and with the imports of the notebook that it needs."""
    pieces = list(dict.fromkeys(helpers))
    imports = [each for each in statements(sources) if isinstance(each, IMPORTS)]
    lines = "\n".join(line for each in imports for line in import_lines(each, all_reads(pieces)))
    return "\n\n\n".join([f"{TITLE}\n\n{lines}".strip(), *pieces]) + "\n"


def with_helpers_imported(source: str, module: str, helpers: Mapping[str, str], needed: set[str]) -> str:
    """Put an import in the place of the helper code of a cell."""
    moved = [each for each in ast.parse(source).body if is_helper(each) and binds(each) <= helpers.keys()]
    names = sorted({name for each in moved for name in binds(each)} & needed)
    line = f"from {module} import {', '.join(names)}" if names else ""
    return f"{line}\n\n{without(source, moved)}".strip("\n")


# ---------------------------------------------------------------- other languages


def translations(path: Path, language: str) -> dict[str, tuple[str, str]]:
    """What stands in a notebook's file of translated cells: by a cell's id what it was made of, and the text.

    Such a file, notebooks/ru/01_computation_graph.md, has a line ``<!-- id digest -->`` before each cell's text.
    """
    source = FOLDER / language / f"{path.stem}.md"
    _, *parts = MARK.split(source.read_text(encoding="utf-8"))
    return {
        name: (made_of, text.strip())
        for name, made_of, text in zip(*(parts[i::3] for i in range(3)), strict=True)
    }


def code_texts(path: Path, language: str) -> dict[str, str]:
    """What a notebook's code prints and draws: pieces of code by the pieces that they take the place of, in order.

    They stand in notebooks/ru/code.json.
    """
    source = FOLDER / language / "code.json"
    found: dict[str, str] = json.loads(source.read_text(encoding="utf-8")).get(path.stem, {})
    return found


def digests(path: Path) -> dict[str, str]:
    """By a cell's id, what changes when its text changes: the translation is to be looked at then."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    texts = {cell["id"]: "".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"}
    return {name: hashlib.sha256(text.encode()).hexdigest()[:8] for name, text in texts.items()}


def stale(path: Path, language: str) -> list[str]:
    """The cells of text whose translation is missing, or was made of another text; and translations of none."""
    found = {name: made_of for name, (made_of, _) in translations(path, language).items()}
    wanted = digests(path)
    return sorted(name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name))


def translated(
    notebook: Notebook,
    texts: Mapping[str, tuple[str, str]],
    language: str,
    pieces: Mapping[str, str] | None = None,
) -> Notebook:
    """A notebook with its text in another language, which a cell at the start chooses for all that is shown, too.

    Args:
        notebook: The notebook, as JSON has it. It is not changed.
        texts: What ``translations`` found.
        language: The language.
        pieces: What ``code_texts`` found.
    """

    def cell_in(cell: Notebook) -> Notebook:
        if cell["cell_type"] == "markdown":
            return cell | {"source": texts[cell["id"]][1].splitlines(keepends=True)}
        before = after = "".join(cell["source"])
        for english, other in (pieces or {}).items():
            after = after.replace(english, other)
        shows = after != before or SPEAKS.search(before)
        return cell | {"source": after.splitlines(keepends=True)} | ({"outputs": []} if shows else {})

    cells = [cell_in(cell) for cell in notebook["cells"]]
    first = next(place for place, cell in enumerate(cells) if cell["cell_type"] == "code")
    lines = ["from autodiff import speak\n", "\n", f'speak("{language}")']
    choice = cells[first] | {"id": "language", "metadata": {}, "source": lines, "outputs": []}
    return notebook | {"cells": [*cells[:first], choice, *cells[first:]]}


# ---------------------------------------------------------------- notebooks


def student_version(notebook: Notebook, module: str) -> tuple[Notebook, str]:
    """A notebook without asserts, helper code and outputs; and the module with its helper code, or "".

    Args:
        notebook: The notebook, as JSON has it. It is not changed.
        module: The name of the module.
    """
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    sources = without_asserts(["".join(cell["source"]) for cell in cells])
    tagged = ["helper" in cell["metadata"].get("tags", []) for cell in cells]
    helpers = helpers_in(sources, [*compress(sources, tagged)])
    stay = [
        with_helpers_imported(source, module, helpers, set()) if is_tagged else source
        for source, is_tagged in zip(sources, tagged, strict=True)
    ]
    needed = all_reads(stay)
    shown = {
        cell["id"]: with_imports(
            with_helpers_imported(source, module, helpers, needed) if is_tagged else source, needed
        )
        for cell, source, is_tagged in zip(cells, sources, tagged, strict=True)
    }
    made = [student_cell(cell, shown.get(cell["id"])) for cell in notebook["cells"]]
    text = module_of(sources, helpers.values()) if helpers else ""
    return notebook | {"cells": [cell for cell in made if cell["source"]]}, text


def student_cell(cell: Notebook, source: str | None) -> Notebook:
    if source is None:
        return cell
    metadata = {"jupyter": {"source_hidden": True}} if "plt" in all_reads([source]) else {}
    lines = source.splitlines(keepends=True)
    return cell | {"source": lines, "metadata": metadata, "outputs": [], "execution_count": None}


def written(path: Path, output: Path, language: str = "en", solved: bool = False) -> Path:
    """Write the student version of a notebook, and the module beside it, into a folder.

    Args:
        path: The notebook.
        output: The folder.
        language: "en", or another for which there is a file of translated cells.
        solved: Whether asserts, helper code and outputs stay.
    """
    notebook, module, text = (
        json.loads(path.read_text(encoding="utf-8")),
        f"helpers_{path.stem.split('_')[0]}",
        "",
    )
    if language != "en":
        notebook = translated(notebook, translations(path, language), language, code_texts(path, language))
    if not solved:
        notebook, text = student_version(notebook, module)
    output.mkdir(parents=True, exist_ok=True)
    made = output / path.name
    made.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if text:
        (output / f"{module}.py").write_text(text, encoding="utf-8")
    return made


def languages() -> dict[str, list[Path]]:
    """The notebooks that there are in each language."""
    every = sorted(FOLDER.glob("*.ipynb"))
    folders = sorted(each for each in FOLDER.iterdir() if len(each.name) == 2 and each.is_dir())
    return {"en": every} | {
        each.name: [path for path in every if (each / f"{path.stem}.md").exists()] for each in folders
    }


def main() -> None:
    there = languages()
    parser = argparse.ArgumentParser(description="Make student versions of the notebooks.")
    parser.add_argument("beginnings", nargs="*", help="how the names of the notebooks begin; all if left out")
    parser.add_argument("--output", type=Path, help="the folder (build/student)")
    parser.add_argument("--language", choices=sorted(there), default="en", help="of the text (en)")
    parser.add_argument("--solved", action="store_true", help="let asserts, helper code and outputs stay")
    parser.add_argument(
        "--digests", action="store_true", help="print the digests of the cells of text, and do no more"
    )
    options = parser.parse_args()
    name = "solved" if options.solved else "student"
    output = options.output or BUILD / (name if options.language == "en" else f"{name}_{options.language}")
    chosen = [
        path for path in there[options.language] if path.name.startswith(tuple(options.beginnings) or ("",))
    ]
    if options.digests:
        print(
            *(f"{path.stem} {name} {made_of}" for path in chosen for name, made_of in digests(path).items()),
            sep="\n",
        )
        return
    for path in chosen:
        print(written(path, output, options.language, options.solved))
    shutil.copytree(FOLDER / "data", output / "data", dirs_exist_ok=True)


if __name__ == "__main__":
    main()
