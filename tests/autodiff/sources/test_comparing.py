"""Functions beside other libraries: the same numbers, or the reason why not."""

from __future__ import annotations

from typing import Any, get_args

import pytest

import autodiff
from autodiff import Value
from autodiff.formulas.expression import ExpressionError
from autodiff.sources.comparing import Beside, Compared, LibraryName, compare_with

LIBRARIES = [
    pytest.param(library, marks=pytest.mark.jax if library == "jax" else pytest.mark.conventions)
    for library in get_args(LibraryName)
]


def compared(f: Any, *args: Any, library: Any = "torch") -> Beside:
    pytest.importorskip(library, reason=f"needs {library} (the extra conventions)")
    return compare_with(f, *args, library=library)


@pytest.mark.parametrize("library", LIBRARIES)
def test_smooth_functions_agree(library: str) -> None:
    def f(x: Any, p: Any) -> Any:
        return autodiff.logsumexp([x * p["w"], p["b"].sin(), 0.5]) ** 2 + x.sigmoid() * p["w"].erf()

    found = compared(f, 0.7, {"w": -1.2, "b": 0.4}, library=library)

    assert [row.what for row in found] == ["value", "x", "p['w']", "p['b']"]
    assert [row.theirs for row in found] == pytest.approx([row.ours for row in found], rel=1e-6)
    assert found.agree or library == "jax"


@pytest.mark.jax
def test_single_precision_is_said() -> None:
    jax: Any = pytest.importorskip("jax", reason="needs jax (the extra jax)")
    with jax.enable_x64(False):
        rough = compare_with(lambda x: x.sin(), 0.7, library="jax")
    with jax.enable_x64(True):
        fine = compare_with(lambda x: x.sin(), 0.7, library="jax")

    assert "jax_enable_x64" in rough[0].reason
    assert (rough.agree, fine.agree) == (False, True)


@pytest.mark.parametrize("library", LIBRARIES)
def test_kinks_are_said(library: str) -> None:
    row = compared(lambda x: abs(x) * 3 + autodiff.maximum(x, 0) * 2, 0.0, library=library)[1]

    assert row.ours == 0.0
    assert row.theirs != 0.0
    assert "a kink of abs: slope 0 used, one-sided -1 and 1" in row.reason
    assert f"({library}: 0.5)" in row.reason


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(
    "f",
    [
        lambda x: autodiff.leaky_relu(1.0, x),
        lambda x: autodiff.elu(1.0, x),
        lambda x: autodiff.erf(autodiff.where(-1.0, 0.0, x)),
    ],
)
def test_what_is_always_one_number_agrees(library: str, f: Any) -> None:
    assert compared(f, 0.5, library=library).agree


@pytest.mark.conventions
def test_slopes_that_round_to_nothing_are_said() -> None:
    row = compared(lambda x: x.sigmoid(), 40.0)[1]

    assert (row.theirs, row.reason) == (
        0.0,
        "sigmoid is nearly flat here, and its slope is rounded to 0 there",
    )


@pytest.mark.conventions
def test_branches_not_taken_are_said() -> None:
    row = compared(lambda x: autodiff.where(autodiff.greater(x, 1), x.sqrt(), x * 2), 0.0)[1]

    assert row.ours == 2.0
    assert "0 · ∞ there" in row.reason


@pytest.mark.conventions
def test_many_inputs_and_inputs_without_influence() -> None:
    found = compared(lambda xs: autodiff.sum([x * x for x in xs[:20]]), [0.5] * 21)

    assert found.agree
    assert found[-1] == Compared("xs[20]", 0.0, 0.0)


def test_it_shows_itself() -> None:
    found = Beside([Compared("value", 1.5, 1.5), Compared("x<b>", 0.25, 0.5, "a kink")])

    assert (
        str(found)
        == repr(found)
        == ("       autodiff  there\nvalue  1.5       1.5    same\nx<b>   0.25      0.5    a kink")
    )
    assert "x&lt;b&gt;" in found._repr_html_()
    assert not found.agree


def test_an_unknown_library_is_refused() -> None:
    with pytest.raises(ValueError, match="no library 'theano'; there are torch, jax, autograd, casadi"):
        compare_with(lambda x: x, 1.0, library="theano")  # type: ignore[arg-type]


@pytest.mark.conventions
def test_what_gives_no_value_is_refused() -> None:
    with pytest.raises(TypeError, match="must give a Value, not 3"):
        compared(lambda x: 3, 1.0)
    with pytest.raises(TypeError, match="compare_with: argument x"):
        compared(lambda x: Value(x), "text")


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_formula_is_a_function(library: str) -> None:
    found = compared("x * sin(y)", 2.0, 0.5, library=library)

    assert [row.what for row in found] == ["value", "x", "y"]


def test_what_is_no_function_is_refused() -> None:
    with pytest.raises(TypeError, match="f must be a function or a formula, not 3"):
        compare_with(3, 1.0, library="torch")  # type: ignore[arg-type]
    with pytest.raises(ExpressionError, match=r"for a power write \*\*"):
        compare_with("x^2", 1.0, library="torch")


@pytest.mark.conventions
@pytest.mark.parametrize(("f", "x"), [(autodiff.tanh, 6.0), (autodiff.tanh, 9.0), (autodiff.sigmoid, 18.0)])
def test_digits_that_saturation_takes_are_explained(f: Any, x: float) -> None:
    value, slope = compared(f, x)

    assert value.reason == ""
    assert slope.reason == f"{f.__name__} is nearly flat here, and its slope keeps few digits there"
