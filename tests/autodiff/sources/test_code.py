"""Graphs as source code: every language computes what the graph does, and reads as one would write it."""

from __future__ import annotations

import ctypes
import functools
import math
import pickle
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given

import autodiff
import nn
from autodiff import Value, compile, gradient, leaves
from autodiff.operations import apply
from autodiff.rules import TABLE, Rule, unary
from autodiff.rules.worlds import UnknownPrimitive
from autodiff.sources.code import Source, source
from autodiff.sources.comparing import RUN
from tests.autodiff.show.explored import application, running_example
from tests.ordinary import QUICK_AND_SLOW_IN_JAX, operands
from tests.strategies import Program, on_values, programs

needs_gcc = pytest.mark.skipif(shutil.which("gcc") is None, reason="needs gcc")
WARNINGS = ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Wshadow", "-Wconversion", "-Werror"]


def run(code: str) -> dict[str, Any]:
    """The functions that Python code defines."""
    found: dict[str, Any] = {}
    exec(code, found)
    return found


def expected(output: Value) -> tuple[float, list[float]]:
    return output.data, gradient(output, leaves(output))


def numbers_of(output: Value) -> list[float]:
    return [leaf.data for leaf in leaves(output)]


def rows() -> dict[str, Value]:
    """Every row of the table, applied in the middle of something."""
    return {name: (application(rule) * 1.5).named("f") for name, rule in TABLE.items()}


def assert_as_graph(found: tuple[Any, Sequence[Any]], output: Value, rel: float = 1e-12) -> None:
    value, slopes = expected(output)

    assert float(found[0]) == pytest.approx(value, rel=rel)
    assert [float(slope) for slope in found[1]] == pytest.approx(slopes, rel=rel, abs=1e-300)


# ---------------------------------------------------------------- the numbers


@pytest.mark.parametrize("name", TABLE)
def test_every_row_in_python(name: str) -> None:
    output = rows()[name]
    functions, numbers = run(source(output)), numbers_of(output)

    assert functions["value"](*numbers) == pytest.approx(output.data, rel=1e-15)
    assert_as_graph(functions["value_and_gradient"](*numbers), output, rel=1e-14)


@pytest.mark.parametrize("name", TABLE)
def test_every_row_in_numpy_on_arrays(name: str) -> None:
    output = rows()[name]
    functions = run(source(output, "numpy"))
    value, slopes = functions["value_and_gradient"](*(np.array([x, x]) for x in numbers_of(output)))
    second = np.broadcast_to(value, 2)[1], [np.broadcast_to(slope, 2)[1] for slope in slopes]

    assert_as_graph(second, output)


@pytest.mark.oracle
@pytest.mark.parametrize("name", TABLE)
def test_every_row_in_torch_and_its_own_autograd(name: str) -> None:
    torch = pytest.importorskip("torch", reason="needs torch (extra oracle)")
    output = rows()[name]
    functions = run(source(output, "torch"))
    numbers = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in numbers_of(output)]

    with torch.no_grad():
        assert_as_graph(functions["value_and_gradient"](*numbers), output)

    value = functions["value"](*numbers)
    if value.requires_grad:
        slopes = torch.autograd.grad(value, numbers, allow_unused=True)
        assert_as_graph((value.detach(), [0.0 if slope is None else slope for slope in slopes]), output)


@pytest.mark.parametrize("language", ["python", "numpy", pytest.param("torch", marks=pytest.mark.oracle)])
def test_plain_operands_keep_their_digits(language: Any) -> None:
    double: Any = float
    if language == "torch":
        torch = pytest.importorskip("torch", reason="needs torch (extra oracle)")
        double = functools.partial(torch.tensor, dtype=torch.float64)
    for rule in TABLE.values():
        arity = rule.arity or 4
        for plain in range(arity):
            xs = [x if i == plain else Value(x) for i, x in enumerate((0.3, 0.4, 0.7, 0.9)[:arity])]
            output = apply(rule, [*operands(rule, xs), *[1] * rule.vector]) * Value(1.5)
            functions = run(source(output, language))

            assert_as_graph(functions["value_and_gradient"](*map(double, numbers_of(output))), output, 1e-14)


@pytest.mark.jax
@pytest.mark.parametrize("rules", QUICK_AND_SLOW_IN_JAX)
def test_every_row_in_jax_and_its_own_gradient(rules: Sequence[Rule]) -> None:
    jax = pytest.importorskip("jax", reason="needs jax (extra jax)")
    outputs = {rule.name: rows()[rule.name] for rule in rules}
    functions = {name: run(source(output, "jax")) for name, output in outputs.items()}

    def both_ways(numbers: dict[str, list[float]]) -> dict[str, Any]:
        found = {}
        for name, xs in numbers.items():
            own = jax.value_and_grad(functions[name]["value"], tuple(range(len(xs))))
            found[name] = (functions[name]["value_and_gradient"](*xs), own(*xs))
        return found

    with jax.enable_x64(True):  # all in one program, as most of the time goes into making it
        found = jax.jit(both_ways)({name: [*map(float, numbers_of(x))] for name, x in outputs.items()})
    for name, ways in found.items():
        for each in ways:
            try:
                assert_as_graph(each, outputs[name], rel=1e-11)
            except AssertionError as error:
                error.add_note(name)
                raise


def in_c(folder: Path, outputs: Sequence[Value]) -> list[tuple[float, list[float]]]:
    """Value and gradient of each graph, by a library that gcc makes of them all."""
    files = []
    for place, output in enumerate(outputs):
        file = folder / f"f{place}.c"
        file.write_text(re.sub(r"\bvalue(_and_gradient)?\(", rf"value{place}\1(", source(output, "c")))
        files.append(str(file))
    library = folder / "all.so"
    subprocess.run(
        ["gcc", *WARNINGS, "-O1", "-shared", "-fPIC", *files, "-o", str(library), "-lm"], check=True
    )
    functions, found = ctypes.CDLL(str(library)), []
    for place, output in enumerate(outputs):
        numbers = numbers_of(output)
        slopes = (ctypes.c_double * len(numbers))()
        both, alone = getattr(functions, f"value{place}_and_gradient"), getattr(functions, f"value{place}")
        both.restype = alone.restype = ctypes.c_double
        arguments: list[Any] = [ctypes.c_double(x) for x in numbers]
        if len(numbers) > 16:
            arguments = [(ctypes.c_double * len(numbers))(*numbers)]
        value = both(*arguments, slopes)
        assert alone(*arguments) == value or value != value
        found.append((value, list(slopes)))
    return found


@needs_gcc
@pytest.mark.slow
def test_every_row_in_c_without_a_warning(tmp_path: Path) -> None:
    for (name, output), found in zip(rows().items(), in_c(tmp_path, [*rows().values()]), strict=True):
        try:
            assert_as_graph(found, output, rel=1e-14)
        except AssertionError as error:
            error.add_note(name)
            raise


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLE)
def test_every_row_in_sympy_and_its_own_derivatives(name: str) -> None:
    sympy: Any = pytest.importorskip("sympy", reason="needs SymPy (the extra `sympy`)")
    output = rows()[name]
    functions = run(source(output, "sympy"))
    at = {functions[str(leaf.name)]: leaf.data for leaf in leaves(output)}

    assert float(functions["f"].subs(at)) == pytest.approx(output.data, rel=1e-12)
    steps = (sympy.Derivative, sympy.Subs)  # SymPy leaves the slope of a step open
    without = [
        slope.replace(lambda part: isinstance(part, steps), lambda part: sympy.S.Zero)
        for slope in functions["gradient"]
    ]
    slopes = [float(slope.subs(at).doit()) for slope in without]
    assert slopes == pytest.approx(expected(output)[1], rel=1e-11, abs=1e-13)


@pytest.mark.parametrize(
    ("make", "line"),
    [
        (lambda x, y: autodiff.gelu(x), "f = x * (1 + sympy.erf(x / sympy.sqrt(2))) / 2"),
        (lambda x, y: autodiff.softplus(x), "f = sympy.log(1 + sympy.exp(x))"),
        (lambda x, y: autodiff.degrees(x), "f = x * 180 / sympy.pi"),
        (lambda x, y: autodiff.var([x, y]), "f = ((x - t1)**2 + (y - t1)**2) / 2"),
        (lambda x, y: autodiff.log_softmax([x, y])[0], "f = x - sympy.log(sympy.exp(x) + sympy.exp(y))"),
        (lambda x, y: x % y, "f = x - y * sympy.floor(x / y)"),
        (lambda x, y: autodiff.digamma(x) + y, "a = sympy.digamma(x)"),
    ],
)  # fmt: skip
def test_sympy_has_rows_as_books_define_them(make: Any, line: str) -> None:
    output = make(Value(2.0, name="x"), Value(3.0, name="y")).named("f")

    assert line in source(output, "sympy").splitlines()


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("python", "f = (x if x > 0 else math.expm1(minimum(x, 0)))"),
        ("numpy", "f = np.where(x > 0, x, np.expm1(np.minimum(x, 0)))"),
        ("torch", "f = where(x > 0, x, torch.expm1(minimum(x, 0)))"),
        ("casadi", "f = casadi.if_else(x > 0, x, casadi.expm1(casadi.fmin(x, 0)))"),
        ("c", "const double f = (x > 0.0 ? x : expm1(minimum(x, 0.0)));"),
        ("sympy", "f = sympy.Piecewise((x, x > 0), ((sympy.exp(sympy.Min(x, 0)) - 1), True))"),
    ],
)
def test_a_comparison_chooses_without_becoming_a_number(language: Any, line: str) -> None:
    code = source(autodiff.elu(Value(2.0, name="x")).named("f"), language)

    assert line in map(str.strip, code.splitlines())


ON_WHOLE_NUMBERS: dict[str, Callable[[Value], Any]] = {
    "power": lambda x: autodiff.where(x > 0, 10, 2) ** 20,
    "copysign": lambda x: autodiff.copysign(10, x) ** 20,
    "product": lambda x: autodiff.where(autodiff.greater(x, 0), 4e9, 1) * autodiff.where(x, 4e9, 2),
    "prod": lambda x: autodiff.prod([autodiff.where(x, 4e9, 2)] * 3),
    "dot": lambda x: autodiff.dot([autodiff.where(x, 4e9, 2)], [autodiff.where(x, 4e9, 2)]),
    "square": lambda x: autodiff.square(autodiff.where(x, 4e9, 2)),
    "one over": lambda x: autodiff.where(autodiff.greater(x, 0), 3, 2) ** -1,
    "digamma": lambda x: autodiff.digamma(autodiff.where(x, 3, 2)),
    "sigmoid": lambda x: autodiff.where(x, 3, 2).sigmoid(),
    "silu": lambda x: autodiff.where(x, 3, 2).silu(),
    "large": lambda x: x * 4e9 + 4e9,
    "leaky_relu": lambda x: autodiff.leaky_relu(1.0, x),
    "elu": lambda x: autodiff.elu(1.0, x),
    "erf": lambda x: autodiff.erf(autodiff.where(-1.0, 0.0, x)),
    "relu": lambda x: autodiff.where(-1.0, 3.0, x).relu(),
    "root of 0": lambda x: autodiff.where(-1.0, 0.0, x).sqrt(),
}


@pytest.mark.parametrize("name", ON_WHOLE_NUMBERS)
@pytest.mark.parametrize("others", [1, 200])
@pytest.mark.parametrize(
    "language",
    [
        "python",
        "numpy",
        pytest.param("torch", marks=pytest.mark.oracle),
        pytest.param("jax", marks=pytest.mark.jax),
    ],
)
def test_whole_numbers_neither_wrap_around_nor_stop_a_function(name: str, others: int, language: Any) -> None:
    """One by one and on vectors; JAX in its usual single precision."""
    array: Any = np.array
    if language == "torch":
        torch = pytest.importorskip("torch", reason="needs torch (extra oracle)")
        array = functools.partial(torch.tensor, dtype=torch.float64)
    if language == "jax":
        array = pytest.importorskip("jax.numpy", reason="needs jax (extra jax)").array
    x, ys = Value(1.5, name="x"), [Value(0.5, name=f"y[{i}]") for i in range(others)]
    output = ON_WHOLE_NUMBERS[name](x) * sum([y * y for y in ys], Value(0.25, name="z"))
    code, numbers = source(output, language), numbers_of(output)
    packed = [
        array([numbers[i] for i in held]) if len(held) > 1 else array(numbers[held[0]])
        for held in held_by(code, numbers)
    ]
    value, slopes = run(code)["value_and_gradient"](*packed)

    assert bool(code.arguments) == (others > 1)
    rel = 1e-5 if language == "jax" else 1e-12
    assert float(value) == pytest.approx(output.data, rel=rel)
    flat = {
        i: float(d)
        for held, ds in zip(held_by(code, numbers), slopes, strict=True)
        for i, d in zip(held, np.atleast_1d(ds), strict=True)
    }
    assert [flat[i] for i in range(len(numbers))] == pytest.approx(expected(output)[1], rel=rel, abs=1e-300)


def held_by(code: Source, numbers: Sequence[float]) -> list[tuple[int, ...]]:
    """Which numbers each argument holds."""
    return [*code.arguments.values()] or [(i,) for i in range(len(numbers))]


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("python", "c = (10 if a else 2)"),
        ("numpy", "c = np.where(a, 10.0, 2.0)"),
        ("jax", "c = jnp.where(a, 10.0, 2.0)"),
        ("torch", "c = where(a, 10, 2)"),
    ],
)
def test_whole_numbers_have_a_point_only_where_arrays_are_made_of_them(language: Any, line: str) -> None:
    x = Value(1.5, name="x")
    code = source(autodiff.where(autodiff.greater(x, 0), 10, 2) ** 2 + x**2, language)

    assert {line, "b = x**2"} <= {*map(str.strip, code.splitlines())}


@given(programs())
def test_any_program_in_python_and_numpy(program: Program) -> None:
    inputs = [Value(x) for x in program.inputs]
    output = program.run(on_values, inputs)
    value, slopes = expected(output)
    for language in ("python", "numpy"):
        found, by_leaves = run(source(output, language))["value_and_gradient"](*numbers_of(output))

        assert float(found) == pytest.approx(value, rel=1e-12, nan_ok=True)
        for one, other in zip(by_leaves, slopes, strict=True):
            assert float(one) == pytest.approx(other, rel=1e-9, abs=1e-12) or other != other


def network() -> Value:
    model = nn.MLP(3, [4, 2, 1], seed=0)
    loss: Value = ((model([0.5, -0.25, 1.0]) - 1) ** 2).named("loss")
    return loss


@needs_gcc
@pytest.mark.parametrize("make", [running_example, network])
def test_many_arguments_come_in_an_array(make: Callable[[], Value], tmp_path: Path) -> None:
    output = make()
    numbers = numbers_of(output)

    assert_as_graph(in_c(tmp_path, [output])[0], output, rel=1e-13)
    code = source(output)
    if len(numbers) <= 16:
        assert code.arguments == {}
        assert_as_graph(run(code)["value_and_gradient"](*numbers), output, rel=1e-13)
        return
    value, [slopes] = run(code)["value_and_gradient"](numbers)
    assert code.arguments == {"arguments": tuple(range(len(numbers)))}
    assert_as_graph((value, slopes), output, rel=1e-13)


def test_an_operation_of_many_operands_and_a_leaf_of_many_uses() -> None:
    xs = [Value(i / 1000, name=f"x{i}") for i in range(1500)]
    for output in (autodiff.sum(xs) * 2, autodiff.sum([xs[3] * 2] * 1500) * xs[3]):
        numbers = numbers_of(output)
        for language in ("python", "numpy"):
            functions = run(source(output, language))
            value, slopes = functions["value_and_gradient"](*([numbers] if len(numbers) > 16 else numbers))
            assert_as_graph((value, slopes[0] if len(numbers) > 16 else slopes), output)


@needs_gcc
def test_nothing_is_0_that_may_be_nan(tmp_path: Path) -> None:
    x = Value(math.inf, name="x")
    output = x * 0 + (x - 1) * 0.0

    assert math.isnan(output.data)
    assert math.isnan(run(source(output))["value"](math.inf))
    assert math.isnan(run(source(output, "numpy"))["value"](np.inf))
    assert math.isnan(in_c(tmp_path, [output])[0][0])


@needs_gcc
def test_c_has_no_warning_where_a_result_is_not_used(tmp_path: Path) -> None:
    x, y = Value(2.0, name="x"), Value(3.0, name="y")

    assert_as_graph(in_c(tmp_path, [autodiff.where(1, x, y.exp())])[0], autodiff.where(1, x, y.exp()))


@pytest.mark.conventions
@pytest.mark.parametrize("library", ["autograd", "casadi"])
def test_every_row_in_libraries_that_differentiate_it_themselves(library: str) -> None:
    pytest.importorskip(library, reason=f"needs {library} (the extra conventions)")
    for name, output in rows().items():
        if library == "casadi" and name in ("gamma", "lgamma"):
            with pytest.raises(UnknownPrimitive, match=f"the row '{name}' uses the primitive 'l?gamma'"):
                source(output, library)  # type: ignore[arg-type]
            continue
        function = run(source(output, library))["value"]  # type: ignore[arg-type]
        try:
            assert_as_graph(RUN[library](function, numbers_of(output)), output, rel=1e-9)
        except AssertionError as error:
            error.add_note(name)
            raise


# ---------------------------------------------------------------- programs


def test_a_program_is_a_function_of_its_inputs_and_parameters() -> None:
    w = Value(3.0, name="w")
    f = compile(lambda x, y: (w * x).tanh() + y**2)
    found = run(source(f.program(0.0, 0.0)))["value_and_gradient"](0.5, -2.0, 3.0)
    value, by_inputs = f.value_and_grad(0.5, -2.0)

    assert found[0] == pytest.approx(float(value.data if isinstance(value, Value) else value))
    assert found[1][:2] == pytest.approx([float(slope) for slope in by_inputs])
    assert found[1][2] == pytest.approx(0.5 * (1 - math.tanh(1.5) ** 2))


def test_several_outputs_take_seeds() -> None:
    program = compile(lambda x, y: [x * y, x + y]).program(0.0, 0.0)
    functions = run(source(program))

    assert functions["value"](2.0, 3.0) == (6.0, 5.0)
    assert functions["value_and_gradient"](2.0, 3.0, [1.0, 10.0]) == ((6.0, 5.0), (13.0, 12.0))
    assert "double *outputs" in source(program, "c")


# ---------------------------------------------------------------- how it reads


def test_the_running_example_reads_like_the_sheet() -> None:
    lines = source(running_example()).splitlines()

    assert "    x_bar = c_bar + y + 2 * x  # ∂f/∂x = ∂f/∂c·∂c/∂x + ∂f/∂b·∂b/∂x + ∂f/∂a·∂a/∂x" in lines
    assert lines[-1] == "    return f, (x_bar, y_bar)"


def test_latex_of_the_running_example() -> None:
    text = source(running_example(), "latex")

    assert r"\frac{\partial f}{\partial c} &= 2c" not in text
    assert r"\frac{\partial f}{\partial c} &= \frac{\partial f}{\partial e} \cdot 2c" in text


def test_a_derivative_in_latex_begins_with_what_is_added() -> None:
    x, y = Value(2, name="x"), Value(3, name="y")

    assert r"{\partial x} &= \frac{\partial f}{\partial a} \cdot y - 1 " in source(
        (x * y - x).named("f"), "latex"
    )


def test_names_are_those_of_the_user_where_the_language_takes_them() -> None:
    nodes = [
        Value(1.5, name=name) for name in ("ŷ", "lambda", "y1", "w11^2", "x>]; evil", "value", "t1", "x_bar")
    ]
    output = autodiff.prod([node * node for node in nodes]).named("∂/;\n")

    assert "def value(ŷ, lambda_2, y1, w11_2, x_evil, value_2, t1, x_bar):" in source(output)
    assert "double value(double y_hat, double lambda, double y1_2, double w11_2," in source(output, "c")
    assert_as_graph(run(source(output))["value_and_gradient"](*numbers_of(output)), output)


def test_names_that_c_compilers_define_are_avoided() -> None:
    taken = ("M_E", "FP_NAN", "math_errhandling", "asm", "unix", "linux", "bool", "isnormal")
    code = source(autodiff.sum([Value(1.5, name=name) for name in taken]).sin(), "c")

    assert f"double value({', '.join(f'double {name}_2' for name in taken)})" in code


def test_nothing_is_computed_twice() -> None:
    output = autodiff.softmax([Value(0.5), Value(1.0), Value(-1.0)])[1].log()
    both = source(output).split("def value_and_gradient")[1]

    assert both.count("maximum(maximum(") == 1


def test_it_prints_shows_keeps_and_copies_itself(tmp_path: Path) -> None:
    code = source(running_example(), "c")
    code.save(tmp_path / "f.c")
    again = pickle.loads(pickle.dumps(code))

    assert (tmp_path / "f.c").read_text(encoding="utf-8") == code == repr(code)
    assert (type(again), again.language) == (Source, "c")
    assert code._repr_markdown_().startswith("```c\n#include <math.h>")


# ---------------------------------------------------------------- bad input


def test_what_is_no_graph_is_refused() -> None:
    with pytest.raises(
        TypeError, match=r"source: needs a Value or a program, as f.program\(.* not 3.0 of type float"
    ):
        source(3.0)  # type: ignore[arg-type]


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no language 'fortran'; there are python, numpy"):
        source(Value(1.0), "fortran")  # type: ignore[arg-type]


def test_too_much_to_read_is_refused() -> None:
    output = Value(1.0)
    for _ in range(5_001):
        output = output + 1.0
    with pytest.raises(ValueError, match="5,001 operations are too many to be read"):
        source(output)


def test_what_a_language_lacks_is_named() -> None:
    odd = unary("odd", value=lambda m, x: m.zeta(x), partial=1)
    node = apply(unary("odd", value=lambda m, x: x, partial=1), [Value(1.0, name="x")])
    object.__setattr__(node, "op", odd)
    with pytest.raises(
        UnknownPrimitive, match=r"the row 'odd' uses the primitive 'zeta', which .*language 'c' lacks"
    ):
        source(node, "c")


@pytest.mark.parametrize("language", ["sympy", "latex"])
def test_one_output_where_a_language_takes_one(language: Any) -> None:
    program = compile(lambda x: [x, x * x]).program(0.0)
    with pytest.raises(ValueError, match=f"{language} is written for one output, and there are 2"):
        source(program, language)


def a_rule_that_is_wrong() -> Rule:
    return unary("cube", value=lambda m, x: x**3, partial=lambda m, x, z: 2 * x**2)


def test_a_wrong_slope_would_be_seen() -> None:
    wrong = apply(a_rule_that_is_wrong(), [Value(2.0, name="x")])
    right = Value(2.0, name="x") ** 3
    with pytest.raises(AssertionError):
        assert_as_graph(run(source(wrong))["value_and_gradient"](2.0), right)


def test_a_name_with_an_operator_stands_in_brackets_after_a_sign() -> None:
    x, y = Value(2, name="x"), Value(3, name="y")
    f = ((x - 1).named("x - μ") ** 2 * y).named("f")

    assert "∂f/∂(x - μ)" in source(f)
    assert r"\frac{\partial f}{\partial (x - \mu)}" in source(f, "latex")
