"""The house: imports run downwards only, from floor to floor, never in a circle. CONTRIBUTING.md names the floors."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MOST_AT_THE_ROOT = 10  # modules of autodiff that are in no folder
LONGEST = 120  # columns of a row of the table


def floors_of(text: str) -> dict[str, int]:
    """The floor of each module or folder of autodiff, from the list under "The house", the ground floor 0."""
    listed = re.search(r"^## The house\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert listed is not None
    lines = re.findall(r"^- (`.*?):", listed[1], re.MULTILINE)
    return {room: floor for floor, line in enumerate(lines) for room in re.findall(r"`([\w.]+)`", line)}


def module_of(file: Path, root: Path) -> str:
    parts = file.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules_below(root: Path, *packages: str) -> dict[str, Path]:
    """Every module of some packages, and its file."""
    return {module_of(file, root): file for package in packages for file in (root / package).rglob("*.py")}


def imported(module: str, source: str, known: Mapping[str, Path]) -> Iterator[str]:
    """The known modules that a module names in imports: at the top, in functions, for annotations alone, or as text.

    Of ``from package import name`` it is the submodule if there is one, else the package. What the package's
    ``__init__`` takes from its own modules is no arrow of whoever imports the package.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and (package := node.module or "") in known:
            names = [f"{package}.{alias.name}" for alias in node.names]
            yield from (name if name in known else package for name in names)
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and module != "autodiff.guards.moved"
        ):
            yield from (name for name in (node.value,) if name in known and "." in name)


def arrows_of(known: Mapping[str, Path]) -> dict[str, set[str]]:
    """For each module those that it imports."""
    return {
        module: {name for name in imported(module, file.read_text(encoding="utf-8"), known) if name != module}
        for module, file in known.items()
    }


@cache
def autodiff_arrows() -> dict[str, set[str]]:
    return arrows_of(AUTODIFF)


def circle_in(arrows: Mapping[str, set[str]]) -> list[str]:
    """One circle of imports, if there is one."""
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


def room_of(module: str) -> str:
    """The room of autodiff that a module is in: a folder, or a module at the root."""
    return module.split(".")[1] if "." in module else "__init__"


def climbs(arrows: Mapping[str, set[str]], floors: Mapping[str, int]) -> list[str]:
    """The imports that do not run down: up, or to another room of the same floor."""
    return [
        f"{module} -> {other}"
        for module, others in arrows.items()
        for other in sorted(others)
        if room_of(module) != room_of(other) and floors[room_of(module)] <= floors[room_of(other)]
    ]


AUTODIFF = modules_below(ROOT, "autodiff")
FLOORS = floors_of((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("package", ["autodiff", "nn", "benchmarks"])
def test_no_circle_of_imports(package: str) -> None:
    folder = ROOT / package
    known = modules_below(ROOT, package)
    if package == "benchmarks":  # scripts that import each other by their bare names
        known = {file.stem: file for file in folder.glob("*.py")}

    assert circle_in(autodiff_arrows() if package == "autodiff" else arrows_of(known)) == []


def rooms_of(arrows: Mapping[str, set[str]], folder: str) -> dict[str, set[str]]:
    """The arrows between the rooms in a folder: its own folders and modules."""
    depth, rooms = len(folder.split(".")), dict[str, set[str]]()
    inside = {module: module.split(".")[depth] for module in arrows if module.startswith(f"{folder}.")}
    for module, room in inside.items():
        others = {inside[other] for other in arrows[module] if other in inside}
        rooms.setdefault(room, set()).update(others - {room})
    return rooms


@pytest.mark.parametrize("folder", ["autodiff", "autodiff.compiler", "autodiff.compiler.engines"])
def test_no_circle_of_rooms(folder: str) -> None:
    rooms = rooms_of(autodiff_arrows(), folder)

    assert len(rooms) > 3
    assert circle_in(rooms) == []


def test_every_room_has_a_floor() -> None:
    assert {room_of(module) for module in AUTODIFF} == FLOORS.keys()


def test_imports_run_downwards() -> None:
    assert climbs(autodiff_arrows(), FLOORS) == []


def test_nn_stands_on_public_names() -> None:
    private = []
    for module, file in modules_below(ROOT, "nn").items():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and str(node.module).split(".")[0] == "autodiff":
                names = [alias.name for alias in node.names if alias.name.startswith("_")]
                private += [f"{module}: {name}" for name in names]

    assert private == []


def test_few_modules_at_the_root() -> None:
    assert len(list((ROOT / "autodiff").glob("*.py"))) <= MOST_AT_THE_ROOT


def test_no_two_modules_of_one_name() -> None:
    names = sorted(file.stem for file in AUTODIFF.values() if file.stem not in ("__init__", "__main__"))

    assert [one for one, other in itertools.pairwise(names) if one == other] == []


def test_rows_are_readable() -> None:
    wide = [
        f"{file.name}:{number}"
        for file in (ROOT / "autodiff" / "rules").glob("*.py")
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > LONGEST
    ]

    assert wide == []


def test_a_product_and_its_sweep_are_soon_read() -> None:
    """x*y; backward(): the method, the row, the sweep, and its guard."""
    way = ("operations.py", "rules/arithmetic.py", "node.py", "guards/backward.py")
    lines = sum(len((ROOT / "autodiff" / name).read_text(encoding="utf-8").splitlines()) for name in way)

    assert lines <= 700


# ---------------------------------------------------------------- the checks find what they look for


def test_a_circle_through_an_annotation_or_a_function_is_found(tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "low.py").write_text("if TYPE_CHECKING:\n    from package.high import High\n")
    (package / "high.py").write_text("def f():\n    import package.low\n")

    assert sorted(set(circle_in(arrows_of(modules_below(tmp_path, "package"))))) == [
        "package.high",
        "package.low",
    ]


def test_a_circle_of_rooms_is_found() -> None:
    arrows = {"a.low.x": {"a.high.x"}, "a.low.y": set(), "a.high.x": set(), "a.high.y": {"a.low.y"}}

    assert circle_in(arrows) == []
    assert set(circle_in(rooms_of(arrows, "a"))) == {"low", "high"}


def test_an_upward_arrow_is_found() -> None:
    arrows = {"autodiff.rules.rule": {"autodiff.value"}, "autodiff.value": {"autodiff.rules.rule"}}

    assert climbs(arrows, {"rules": 0, "value": 1}) == ["autodiff.rules.rule -> autodiff.value"]
    assert climbs(arrows, {"rules": 0, "value": 0}) == [
        "autodiff.rules.rule -> autodiff.value",
        "autodiff.value -> autodiff.rules.rule",
    ]


def test_a_module_named_in_text_is_an_arrow(tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "engine.py").touch()
    (package / "choice.py").write_text('import_module("package.engine")\n')

    assert arrows_of(modules_below(tmp_path, "package"))["package.choice"] == {"package.engine"}
