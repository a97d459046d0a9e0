"""A name of a module says one thing in the whole house: no two modules give it different meanings."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]

MIRRORED = {
    "FloatArray": "an array of floats: of the compiler, and of nn, which sees public names only",
    "MAX_NODES": "the limit of each function for users: draw, explore, exercise",
    "ROWS": "each file of the table lists its rows; rules/__init__.py puts them together",
    "dot": "of lists, and NumPy's of arrays",
    "find_nonfinite": "public for graphs and for compiled functions; the one at the top asks which it is",
    "gradient": "of numbers, and of matrices of them",
    "jacobian": "of numbers, and of matrices of them",
    "norm": "of a list, and NumPy's of arrays",
    "picture": "what a notebook shows of a Value, and of a Program",
    "source": "the code of a graph, and the text of one of the page's modules",
    "save": "a picture into a file, and a Program",
}


def names_in(target: ast.expr) -> Iterator[str]:
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, ast.Tuple | ast.List):
        for element in target.elts:
            yield from names_in(element)


def defined_in(module: ast.Module) -> Iterator[str]:
    """The names that a module defines at its top level; what it imports is defined elsewhere."""
    for statement in module.body:
        match statement:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Assign(targets=targets):
                for target in targets:
                    yield from names_in(target)
            case ast.AnnAssign(target=target):
                yield from names_in(target)


@cache
def modules_by_name() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for package in ("autodiff", "nn"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for name in defined_in(ast.parse(path.read_text(encoding="utf-8"))):
                found[name].add(str(path.relative_to(ROOT)))
    return found


def test_no_name_is_defined_in_two_modules() -> None:
    several = {name: modules for name, modules in modules_by_name().items() if len(modules) > 1}
    for name in ("__all__", *MIRRORED):
        several.pop(name, None)

    assert several == {}


def test_what_is_mirrored_is_still_there_twice() -> None:
    found = modules_by_name()

    assert [name for name in MIRRORED if len(found[name]) < 2] == []


def test_a_name_of_two_meanings_would_be_seen() -> None:
    module = ast.parse("a, (b, C) = 1, (2, 3)\nd: int = 4\ndef e(f): g = f\nclass H: i = 1\nx.y = z[0] = 5")

    assert list(defined_in(module)) == ["a", "b", "C", "d", "e", "H"]
