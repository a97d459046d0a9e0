"""The primitives of all rows, in every language that rows are written in."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import pytest

import autodiff
from autodiff import Value
from autodiff.compiler.engines.numba import source as numba_source
from autodiff.compiler.engines.numpy import arrays
from autodiff.operations import FUNCTIONS
from autodiff.rules import TABLE, Rule, unary
from autodiff.rules.worlds import FLOATS, FRACTIONS, Floats, Mpmath, UnknownPrimitive
from autodiff.show.derivations import sympy_form
from autodiff.show.page import javascript
from autodiff.sources import languages
from autodiff.writing.kernels import primitives_of

ENGINES = [
    "numpy",
    pytest.param("numba", marks=pytest.mark.numba),
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
    "Fractions in rules/worlds.py": lambda name: hasattr(FRACTIONS, name),
    "Mpmath in rules/worlds.py": in_mpmath,
    "NAMES in compiler/engines/numpy/arrays.py, for NumPy": arrays.NUMPY.knows,
    "NAMES in compiler/engines/numpy/arrays.py, for JAX": in_jax,
    "PRIMITIVES in compiler/engines/numba/source.py": numba_source.PRIMITIVES.__contains__,
    **{
        f"{language.name} in sources/languages.py": language.knows
        for language in languages.LANGUAGES.values()
    },
    "primitives.js and TEMPLATES in show/page/javascript.py": lambda name: (
        name in javascript.TEMPLATES or javascript.RENAMED.get(name, name) in javascript.offered_primitives()
    ),
    "ELEMENTARY and Sympy in show/derivations/sympy_form.py": in_sympy,
}


@pytest.mark.parametrize("table", LANGUAGES)
def test_every_language_has_the_primitives_of_all_rows(table: str) -> None:
    own = OPERATORS if "js" not in table and "PRIMITIVES" not in table else set()
    missing = sorted(name for name in of_all_rows() - own if not LANGUAGES[table](name))

    assert not missing, f"{table} lacks {', '.join(missing)}"


# ---------------------------------------------------------------- a new primitive


def registered(rule: Rule) -> Iterator[Rule]:
    autodiff.register(rule)
    yield rule
    del TABLE[rule.name], FUNCTIONS[rule.name]
    delattr(Value, rule.name)
    vars(arrays.NUMPY).pop(rule.name, None)  # where the world keeps what it has looked up


@pytest.fixture
def degrees(monkeypatch: pytest.MonkeyPatch) -> Iterator[Rule]:
    """A row whose primitive is new, with a line for it in every table."""
    monkeypatch.setattr(Floats, "degrees", staticmethod(math.degrees), raising=False)
    monkeypatch.setitem(arrays.NAMES, "degrees", "degrees")
    monkeypatch.setitem(numba_source.PRIMITIVES, "degrees", "math.degrees({})")
    monkeypatch.setitem(javascript.TEMPLATES, "degrees", "({} * 180 / Math.PI)")
    monkeypatch.setattr(sympy_form.Sympy, "degrees", lambda self, x: x * 180 / self.sympy.pi, raising=False)
    yield from registered(
        unary("made_up_degrees", lambda m, x: m.degrees(x) ** 2, lambda m, x, z: 360 / math.pi * m.degrees(x))
    )


@pytest.fixture
def zeta(monkeypatch: pytest.MonkeyPatch) -> Iterator[Rule]:
    """A row whose primitive only floats know."""
    monkeypatch.setattr(Floats, "zeta", staticmethod(abs), raising=False)
    yield from registered(unary("zeta", lambda m, x: m.zeta(x), 1))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_new_primitive_in_every_engine(engine: str, degrees: Rule) -> None:
    pytest.importorskip(engine)
    f = autodiff.compile(lambda x: FUNCTIONS["made_up_degrees"](x), engine=engine)
    value, slope = f.value_and_grad(np.array([0.5, -2.0]))

    assert value == pytest.approx(np.degrees([0.5, -2.0]) ** 2, rel=1e-15)
    assert slope == pytest.approx(360 / math.pi * np.degrees([0.5, -2.0]), rel=1e-15)


def test_a_new_primitive_on_a_page_in_sympy_and_in_mpmath(degrees: Rule) -> None:
    sympy = pytest.importorskip("sympy")
    x = sympy.Symbol("x")

    assert "(x0 * 180 / Math.PI)" in javascript.rule_function(degrees, 1)
    assert autodiff.to_sympy(FUNCTIONS["made_up_degrees"](Value(2.0, name="x"))) == (x * 180 / sympy.pi) ** 2
    assert float(degrees.apply(Mpmath(), [0.5])) == pytest.approx(math.degrees(0.5) ** 2, rel=1e-15)


@pytest.mark.parametrize(
    ("engine", "table"),
    [
        ("numpy", r"NAMES in .*arrays\.py \(numpy\)"),
        pytest.param("numba", r"PRIMITIVES in .*numba/source\.py", marks=pytest.mark.numba),
        pytest.param("jax", r"NAMES in .*arrays\.py \(jax\.numpy\)", marks=pytest.mark.jax),
    ],
)
def test_an_engine_names_the_table_that_lacks_a_primitive(
    engine: str, table: str, zeta: Rule, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip(engine)
    if engine == "numba":
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
