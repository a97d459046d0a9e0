"""Python in the browser: the core's examples and a picture, in Pyodide, which node runs; NumPy is not there."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
needs_pyodide = pytest.mark.skipif(
    shutil.which("node") is None
    or not all((ROOT / "node_modules" / name).exists() for name in ("pyodide", "@viz-js/viz")),
    reason="needs node and the npm packages pyodide and @viz-js/viz (npm install)",
)
FOLDERS = ("", "calculus", "guards", "pictures", "rules", "show/derivations", "show/practice", "writing")
LEAVES_OUT = ("sympy_form", "__main__", "number")  # they need SymPy, a command line, NumPy
EXAMPLES = """
import doctest, importlib, sys, warnings
sys.path += ["/project", "/packages"]
sys.dont_write_bytecode = True
warnings.simplefilter("error")
found = [doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE) for name in {names}]
print(sum(result.failed for result in found), "of", sum(result.attempted for result in found), "failed")
print("numpy" in sys.modules)
"""
PICTURE = """
from autodiff import Value, draw, explore
from autodiff.pictures.render import Task, add_renderer

def in_javascript(task: Task) -> bytes:
    if task.format != "svg":
        raise RuntimeError("viz-js makes SVG alone")
    return viz(task.source, task.format, task.engine).encode()

x = Value(2, name="x")
print(*draw(x**2)._repr_mimebundle_())
add_renderer(in_javascript)
print(*draw(x**2)._repr_mimebundle_(), draw(x**2)._repr_svg_().count('class="node"'))
print(explore(x**2))

from nn import MLP, SGD, fit, half_mse
model = MLP(1, [2, 1], activation="tanh", seed=1)
print(fit(model, [([1], 1)], half_mse, SGD(model.parameters(), lr=0.1), epochs=3, compile=False))
"""


@needs_pyodide
@pytest.mark.node
@pytest.mark.slow
def test_the_core_works_in_pyodide() -> None:
    files = [path for folder in FOLDERS for path in sorted((ROOT / "autodiff" / folder).glob("*.py"))]
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in files
        if path.stem not in LEAVES_OUT
    ]
    mounts = [f"{ROOT}=/project"]
    for package in ("graphviz", "tqdm"):
        spec = importlib.util.find_spec(package)
        assert spec is not None
        assert spec.submodule_search_locations is not None
        mounts.append(f"{spec.submodule_search_locations[0]}=/packages/{package}")

    run = subprocess.run(
        ["node", str(ROOT / "tests/in_pyodide.mjs"), *mounts],
        input=EXAMPLES.format(names=names) + PICTURE,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert run.returncode == 0, run.stderr[-3000:]
    count, numpy, *shown = run.stdout.splitlines()[-6:]
    assert count.startswith("0 of "), run.stdout
    assert int(count.split()[2]) > 300
    assert numpy == "False"
    assert shown[:2] == ["text/plain", "image/svg+xml text/plain 2"]
    assert shown[2].startswith("<Page: ")
    assert shown[3].startswith("<History of 3 epochs: loss ")
