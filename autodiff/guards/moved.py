"""Modules that have moved: their old paths still work, with a DeprecationWarning that says the new one."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from autodiff.guards.categories import warn

__all__ = ["MOVED", "Moved"]

MOVED = {  # since version 0.2
    "autodiff.checking": "autodiff.calculus.checking",
    "autodiff.command.expression": "autodiff.formulas.expression",
    "autodiff.compiler.arguments": "autodiff.compiler.front.arguments",
    "autodiff.compiler.arrays": "autodiff.compiler.engines.numpy.arrays",
    "autodiff.compiler.files": "autodiff.compiler.flat.files",
    "autodiff.compiler.grouping": "autodiff.compiler.flat.grouping",
    "autodiff.compiler.jax_engine": "autodiff.compiler.engines.jax.jax_engine",
    "autodiff.compiler.jax_loop": "autodiff.compiler.engines.jax.loop",
    "autodiff.compiler.jax_rows": "autodiff.compiler.engines.jax.rows",
    "autodiff.compiler.listing": "autodiff.compiler.words.listing",
    "autodiff.compiler.nonfinite": "autodiff.compiler.culprit",
    "autodiff.compiler.numpy_chain": "autodiff.compiler.engines.numpy.chain",
    "autodiff.compiler.numpy_engine": "autodiff.compiler.engines.numpy.numpy_engine",
    "autodiff.compiler.numpy_groups": "autodiff.compiler.engines.numpy.groups",
    "autodiff.compiler.parameters": "autodiff.compiler.front.parameters",
    "autodiff.compiler.passes": "autodiff.compiler.flat.passes",
    "autodiff.compiler.places": "autodiff.compiler.flat.places",
    "autodiff.compiler.tape": "autodiff.compiler.front.tape",
    "autodiff.compiler.trace": "autodiff.compiler.front.trace",
    "autodiff.compiler.validity": "autodiff.compiler.flat.validity",
    "autodiff.compiler.writing": "autodiff.compiler.words.slots",
    "autodiff.expression": "autodiff.formulas.expression",
    "autodiff.kernels": "autodiff.writing.kernels",
    "autodiff.nonfinite": "autodiff.guards.nonfinite",
    "autodiff.random_graphs": "autodiff.show.practice.random_graphs",
    "autodiff.second": "autodiff.calculus.second",
    "autodiff.show.difference": "autodiff.show.derivations.difference",
    "autodiff.show.draw": "autodiff.pictures.draw",
    "autodiff.show.explain": "autodiff.show.derivations.explain",
    "autodiff.show.explorer": "autodiff.show.page.explorer",
    "autodiff.show.fold": "autodiff.pictures.fold",
    "autodiff.show.javascript": "autodiff.show.page.javascript",
    "autodiff.show.labels": "autodiff.pictures.labels",
    "autodiff.show.largest": "autodiff.show.derivations.largest",
    "autodiff.show.names": "autodiff.pictures.names",
    "autodiff.show.render": "autodiff.pictures.render",
    "autodiff.show.sharing": "autodiff.show.derivations.sharing",
    "autodiff.show.spans": "autodiff.pictures.spans",
    "autodiff.show.standalone": "autodiff.show.page.standalone",
    "autodiff.show.steps": "autodiff.show.derivations.steps",
    "autodiff.show.sympy_form": "autodiff.show.derivations.sympy_form",
    "autodiff.show.terms": "autodiff.show.derivations.terms",
    "autodiff.show.writing": "autodiff.show.derivations.wording",
    "autodiff.symbols": "autodiff.writing.symbols",
    "autodiff.trees": "autodiff.calculus.trees",
    "autodiff.ufuncs": "autodiff.matrix.ufuncs",
    "autodiff.watching": "autodiff.guards.watching",
    "autodiff.worlds": "autodiff.rules.worlds",
}


class Moved(MetaPathFinder, Loader):
    """Finds a module by its old path: the very module that stands at the new one.

    Args:
        paths: The new path of each old one.
    """

    def __init__(self, paths: Mapping[str, str]) -> None:
        self.paths = paths

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return ModuleSpec(fullname, self) if fullname in self.paths else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        new = self.paths[spec.name]
        warn(f"{spec.name} has moved: import {new} instead", DeprecationWarning)
        module = importlib.import_module(new)
        self.found = module.__spec__  # which the import system is about to replace
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self.found

    def install(self) -> None:
        """Look here for what is found nowhere else."""
        sys.meta_path.append(self)
