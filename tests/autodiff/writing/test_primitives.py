"""The primitives of all rows, in every language that rows are written in."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import pytest

import autodiff
from autodiff import Value
from autodiff.compiler.engines.numpy import arrays
from autodiff.operations import FUNCTIONS
from autodiff.rules import TABLE, Rule, unary
from autodiff.rules.worlds import FLOATS, Floats, Mpmath, UnknownPrimitive
from autodiff.show.derivations import sympy_form
from autodiff.show.page import javascript
from autodiff.sources import languages
from autodiff.writing import instructions
from autodiff.writing.kernels import primitives_of
from tests.engines import needs

ENGINES = [
    "numpy",
    pytest.param("llvm", marks=pytest.mark.llvm),
    pytest.param("jax", marks=pytest.mark.jax),
]
OPERATORS = {"add", "sub", "mul", "truediv", "neg", "pow"}


def of_all_rows() -> set[str]:
    arities = {"dot": 5}
    return {
        p for rule in TABLE.values() for p in primitives_of(rule, rule.arity or arities.get(rule.name, 4))
    }


def in_jax(name: str) -> bool:
    rows = pytest.importorskip("autodiff.compiler.engines.jax.rows", reason="needs jax (the extra `jax`)")
    return bool(rows.JAX.knows(name))


def in_mpmath(name: str) -> bool:
    pytest.importorskip("mpmath")
    return hasattr(Mpmath(), name)


def in_sympy(name: str) -> bool:
    return name in sympy_form.ELEMENTARY or name in vars(sympy_form.Sympy)


LANGUAGES: dict[str, Callable[[str], bool]] = {
    "Floats in rules/worlds.py": lambda name: hasattr(FLOATS, name),
    "Mpmath in rules/worlds.py": in_mpmath,
    "NAMES in compiler/engines/numpy/arrays.py, for NumPy": arrays.NUMPY.knows,
    "NAMES in compiler/engines/numpy/arrays.py, for JAX": in_jax,
    "INSTRUCTIONS in writing/instructions.py": instructions.INSTRUCTIONS.__contains__,
    **{
        f"{language.name} in sources/languages.py": language.knows
        for language in languages.LANGUAGES.values()
    },
    "primitives.js and TEMPLATES in show/page/javascript.py": lambda name: (
        name in javascript.TEMPLATES or javascript.RENAMED.get(name, name) in javascript.offered_primitives()
    ),
    "ELEMENTARY and Sympy in show/derivations/sympy_form.py": in_sympy,
}

LACKING = {"casadi in sources/languages.py": {"gamma", "lgamma"}}  # an error names the row


@pytest.mark.parametrize("table", LANGUAGES)
def test_every_language_has_the_primitives_of_all_rows(table: str) -> None:
    own = OPERATORS if "js" not in table and "INSTRUCTIONS" not in table else set()
    missing = sorted(
        name for name in of_all_rows() - own - LACKING.get(table, set()) if not LANGUAGES[table](name)
    )

    assert not missing, f"{table} lacks {', '.join(missing)}"


# ---------------------------------------------------------------- a new primitive


def registered(rule: Rule) -> Iterator[Rule]:
    autodiff.register(rule)
    yield rule
    del TABLE[rule.name], FUNCTIONS[rule.name]
    delattr(Value, rule.name)
    vars(arrays.NUMPY).pop(rule.name, None)  # where the world keeps what it has looked up


@pytest.fixture
def fabs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Rule]:
    """A row whose primitive is new, with a line for it in every table."""
    monkeypatch.setattr(Floats, "fabs", staticmethod(math.fabs), raising=False)
    monkeypatch.setitem(arrays.NAMES, "fabs", "fabs")
    monkeypatch.setitem(instructions.INSTRUCTIONS, "fabs", instructions.CALL.format("fabs"))
    monkeypatch.setitem(javascript.TEMPLATES, "fabs", "Math.abs({})")
    monkeypatch.setattr(sympy_form.Sympy, "fabs", lambda self, x: self.sympy.Abs(x), raising=False)
    cube = unary("made_up_fabs", lambda m, x: m.fabs(x) ** 3, lambda m, x, z: 3 * x * m.fabs(x))
    yield from registered(cube)


@pytest.fixture
def zeta(monkeypatch: pytest.MonkeyPatch) -> Iterator[Rule]:
    """A row whose primitive only floats know."""
    monkeypatch.setattr(Floats, "zeta", staticmethod(abs), raising=False)
    yield from registered(unary("zeta", lambda m, x: m.zeta(x), 1))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_new_primitive_in_every_engine(engine: str, fabs: Rule) -> None:
    needs(engine)
    f = autodiff.compile(lambda x: FUNCTIONS["made_up_fabs"](x), engine=engine)
    value, slope = f.value_and_grad(np.array([0.5, -2.0]))

    assert value == pytest.approx([0.125, 8.0], rel=1e-15)
    assert slope == pytest.approx([0.75, -12.0], rel=1e-15)


def test_a_new_primitive_on_a_page_in_sympy_and_in_mpmath(fabs: Rule) -> None:
    sympy = pytest.importorskip("sympy")

    assert "Math.abs(x0)" in javascript.rule_function(fabs, 1)
    assert autodiff.to_sympy(FUNCTIONS["made_up_fabs"](Value(2.0, name="x"))) == abs(sympy.Symbol("x")) ** 3
    assert float(fabs.apply(Mpmath(), [-0.5])) == 0.125


@pytest.mark.parametrize(
    ("engine", "table"),
    [
        ("numpy", r"NAMES in .*arrays\.py \(numpy\)"),
        pytest.param("llvm", r"INSTRUCTIONS in .*writing/instructions\.py", marks=pytest.mark.llvm),
        pytest.param("jax", r"NAMES in .*arrays\.py \(jax\.numpy\)", marks=pytest.mark.jax),
    ],
)
def test_an_engine_names_the_table_that_lacks_a_primitive(
    engine: str, table: str, zeta: Rule, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs(engine)
    if engine == "llvm":
        monkeypatch.setitem(arrays.NAMES, "zeta", "abs")  # it runs NumPy's where a product is nan

    with pytest.raises(
        UnknownPrimitive, match=f"the row 'zeta' uses the primitive 'zeta', which {table} lacks"
    ):
        autodiff.compile(lambda x: FUNCTIONS["zeta"](x), engine=engine)(1.0)


def test_a_page_and_sympy_name_the_table_that_lacks_a_primitive(zeta: Rule) -> None:
    pytest.importorskip("sympy")
    with pytest.raises(
        ValueError, match=r"zeta: this row cannot run in a page: primitives\.js has no .*'zeta'"
    ):
        autodiff.explore(FUNCTIONS["zeta"](Value(1.0)))
    with pytest.raises(UnknownPrimitive, match=r"the row 'zeta' .* 'zeta', which ELEMENTARY in .* lacks"):
        autodiff.to_sympy(FUNCTIONS["zeta"](Value(1.0)))
