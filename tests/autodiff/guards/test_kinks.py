"""Kinks: which nodes lie at one, what is used there, what depends on it, and second derivatives through one."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

import autodiff
from autodiff import (
    KinkWarning,
    Value,
    compile,
    draw,
    explain,
    find_kinks,
    grad,
    gradient,
    hessian,
    hessian_vector_product,
    steps,
)
from autodiff.guards.conventions import CONVENTIONS, LIBRARIES

INF = float("inf")
X = [0.0, 0.0]
CASES: list[tuple[Callable[..., Any], list[float], tuple[Any, ...], tuple[Any, ...]]] = [
    (lambda x: x.relu(), [0.0], (0,), ((0, 1),)),
    (lambda x: abs(x), [-0.0], (0,), ((-1, 1),)),
    (lambda x: x.leaky_relu(0.1), [0.0], (0.1,), ((0.1, 1),)),
    (lambda x: x.elu(2), [0.0], (2,), ((2, 1),)),
    (lambda x: x.sign(), [0.0], (0,), ((INF, INF),)),
    (lambda x, y: autodiff.greater(x, y), [1.0, 1.0], (0, 0), ((0, INF), (-INF, 0))),
    (lambda x, y: autodiff.equal(x, y), [1.0, 1.0], (0, 0), ((INF, -INF), (INF, -INF))),
    (lambda x, y: autodiff.maximum(x, y), [3.0, 3.0], (0.5, 0.5), ((0, 1), (0, 1))),
    (lambda x, y: autodiff.minimum(x, y), [1e200, 1e200], (0.5, 0.5), ((1, 0), (1, 0))),
    (lambda x: autodiff.maximum(x, 3), [3.0], (0,), ((0, 1),)),
    (lambda x, y: autodiff.max([x, x, y]), [2.0, 2.0], (2 / 3, 1 / 3), ((0, 1), (0, 1))),
    (lambda x, y: autodiff.norm([x, y]), X, (0, 0), ((-1, 1), (-1, 1))),
    (lambda x, y: x.hypot(y), X, (0, 0), ((-1, 1), (-1, 1))),
    (lambda x, y: x.atan2(y), [0.0, -2.0], (-0.5, 0), ((INF, -0.5), (0, 0))),
]


@pytest.mark.parametrize(("f", "point", "used", "sides"), CASES)
def test_a_kink_says_what_is_used_and_both_sides(
    f: Callable[..., Any], point: list[float], used: tuple[Any, ...], sides: tuple[Any, ...]
) -> None:
    node = f(*map(Value, point))
    [kink] = find_kinks(node * 2)

    assert (kink.node, kink.matters) == (node, True)
    assert kink.used == pytest.approx(used)
    assert kink.sides == sides


def test_beside_a_kink_is_none() -> None:
    x, y = Value(1e-300), Value(2.0)
    smooth = [x.relu(), x.elu(3), x.sqrt(), y.maximum(x), autodiff.max([y, x]), y.maximum(y), Value(0).elu()]

    assert find_kinks(autodiff.sum([*smooth, Value(0).sqrt(), Value(INF).maximum(INF)])) == ()


def test_fractions_stay_exact() -> None:
    [kink] = find_kinks(Value(Fraction(1, 3)).maximum(Value(Fraction(1, 3))))

    assert (kink.used, kink.sides) == ((Fraction(1, 2), Fraction(1, 2)), ((0, 1), (0, 1)))


def test_it_says_whether_the_derivative_passes_through() -> None:
    x, y = Value(0, "x"), Value(5, "y")
    kinks = find_kinks(x.relu().relu() + abs(x) * 0 + y)

    assert [(kink.node.op.name, kink.matters) for kink in kinks] == [  # type: ignore[union-attr]
        ("relu", True),
        ("relu", True),
        ("abs", False),
    ]
    assert str(kinks).startswith(
        "3 nodes lie at a kink (2 of them matter): the derivative of the output is a"
    )
    assert str(kinks).endswith("one-sided -1 and 1; the derivative of the output does not pass through it")
    assert ">torch 0; jax 0; mygrad 0</td>" in kinks._repr_html_()
    assert str(find_kinks(y * 2)) == "no node lies at a kink"


def test_a_deep_graph_is_searched() -> None:
    x = Value(0.0)
    output = abs(x)
    for _ in range(100_000):
        output = output + 1

    assert [kink.node.op.name for kink in find_kinks(output)] == ["abs"]  # type: ignore[union-attr]


def test_a_compiled_function_is_sent_on() -> None:
    f: Any = compile(lambda x: x.relu())
    with pytest.raises(TypeError, match=r"find_kinks\(f.__wrapped__\(Value\(0.0\)\)\)"):
        find_kinks(f)

    assert len(find_kinks(f.__wrapped__(Value(0.0)))) == 1


def test_the_data_on_other_libraries_is_complete() -> None:
    assert all(len(cells) == len(LIBRARIES) for cells in CONVENTIONS.values())


def test_pictures_and_derivations_mark_a_kink() -> None:
    x, y = Value(0, "x"), Value(-1, "y")
    output = (x.relu() + y.relu()).named("f")
    text = "kink: slope 0 used, one-sided 0 and 1"

    assert draw(output).source.count(r"kink: slope 0 used,\none-sided 0 and 1") == 1
    assert draw(output, style="boxes").source.count("kink: slope 0 used,<BR/>one-sided 0 and 1") == 1
    assert "kink" not in draw(output, values=False).source
    assert str(steps(output)).endswith(f"a: {text}")
    assert steps(output)._repr_html_().count(text) == 1
    assert f"a: {text}" in str(explain(output, x))
    assert f"a: {text}" in explain(output, x)._repr_html_()
    assert "kink" not in str(explain(output, y))


# ---------------------------------------------------------------- second derivatives


def positive(x: Any) -> Any:
    return autodiff.greater(x, 0)


def branched(y: Any, x: Any) -> Any:
    return autodiff.where(positive(x), y, 0)


JUMPS: dict[str, Callable[[Any], Any]] = {
    "relu": lambda x: 3 * x.relu(),
    "its square": lambda x: x.relu() ** 2,
    "x|x|": lambda x: x * abs(x),
    "|x||x|": lambda x: abs(x) * abs(x),
    "x sign(x)": lambda x: x * x.sign(),
    "a tie": lambda x: autodiff.maximum(x, 2 * x),
    "[x > 0]x²": lambda x: positive(x) * x * x,
    "[x > 0][x > 0]x²": lambda x: positive(x) * positive(x) * x * x,
    "[x > 0]²x²": lambda x: positive(x) ** 2 * x * x,
    "[sign(x) > 1/2]x²": lambda x: autodiff.greater(x.sign(), 0.5) * x * x,
    "relu([x > 0])x²": lambda x: positive(x).relu() * x * x,
    "[sign(x) > 1/2] in a branch": lambda x: autodiff.greater(autodiff.where(1, x.sign(), 2), 0.5) * x * x,
    "a condition that is 0 in another": lambda x: autodiff.where(
        autodiff.where(x, 1, x * x), x * x, positive(x - 1)
    ),
    "x² sign(x)": lambda x: x.sign() * x * x,
    "relu(x) sign(x)": lambda x: x.sign() * x.relu(),
    "a branch that bends": lambda x: branched(x * x, x),
    "a branch that bends at 0": lambda x: branched(x * x.relu(), x),
    "branches of other slopes": lambda x: autodiff.where(positive(x), 2 * x, x * x),
    "branches of other values": lambda x: autodiff.where(positive(x), 2.0, 3.0),
    "branches in branches": lambda x: branched(branched(branched(branched(x * x, x), x), x), x),
    "a sign decides": lambda x: autodiff.where(x.sign(), x * x, 0),
    "a product of steps decides": lambda x: autodiff.where(positive(x) * positive(2 * x), x * x, 0),
    "either of two steps decides": lambda x: autodiff.where(
        autodiff.maximum(positive(x), positive(x - 1)), x * x, 0
    ),
    "a condition that is 0": lambda x: autodiff.where(x, x * x, 0),
}
SMOOTH: dict[str, tuple[Callable[[Any], Any], float]] = {
    "|x|^3": (lambda x: abs(x) ** 3, 0),
    "relu(x)^3": (lambda x: x.relu() ** 3, 0),
    "times 0": (lambda x: x.relu() * 0 + x**2, 2),
    "max(x, x)^2": (lambda x: autodiff.maximum(x, x) ** 2, 2),
    "a constant": (lambda x: Value(0.0).relu() * x + x**2, 2),
    "[x > 0]x³": (lambda x: positive(x) * x**3, 0),
    "x⁴ sign(x)": (lambda x: x.sign() * x**4, 0),
    "x⁴ sign(x)²": (lambda x: x.sign() * x.sign() * x**4, 0),
    "x⁴ exp(sign(x))": (lambda x: x.sign().exp() * x**4, 0),
    "x² - x² sign(0)": (lambda x: x**2 - x**2 * Value(0.0).sign(), 2),
    "flat branches": (lambda x: branched(x**4, x), 0),
    "flat branches in branches": (lambda x: branched(branched(x**4, x), x), 0),
    "a flat branch of a condition that is 0": (lambda x: autodiff.where(x, x**4, 0), 0),
    "branches that agree": (lambda x: autodiff.where(positive(x), x * x, x**2), 2),
    "branches times 0": (lambda x: branched(x, x) * 0, 0),
    "a branch that another step forbids": (
        lambda x: autodiff.where(positive(x) * positive(x - 1), x * x, 0),
        0,
    ),
    "a branch that another step asks for": (
        lambda x: autodiff.where(autodiff.maximum(positive(x), positive(x + 1)), x * x, 0),
        2,
    ),
    "a mask": (lambda x: autodiff.where(positive(Value(0.0)), 0, x * x), 2),
}


@pytest.mark.parametrize("f", JUMPS.values(), ids=JUMPS)
def test_a_second_derivative_through_a_kink_warns_once(f: Callable[[Any], Any]) -> None:
    x = Value(0.0)
    for second in (
        lambda: hessian(f)(0.0),
        lambda: grad(grad(f))(0.0),
        lambda: hessian_vector_product(f)(0.0, 1.0),
        lambda: gradient(f(x), [x], create_graph=True),
    ):
        with pytest.warns(KinkWarning, match="a second derivative passes through") as found:
            second()
        assert len(found) == 1
        assert found[0].filename == __file__


@pytest.mark.parametrize(("f", "second"), SMOOTH.values(), ids=SMOOTH)
def test_one_that_is_right_is_silent(f: Callable[[Any], Any], second: float) -> None:
    assert hessian(f)(0.0) == second


def test_what_jumps_counts_by_every_input() -> None:
    with pytest.warns(KinkWarning, match="greater"):
        hessian(lambda p: positive(p[0]) * (p[1] - 1) ** 2)([0.0, 1.0])
    with pytest.warns(KinkWarning, match="greater"):
        hessian(lambda p: autodiff.where(positive(p[0]), p[0] - p[1], 0))([0.0, 0.0])
    with pytest.warns(KinkWarning, match="sign"):
        hessian(lambda p: p[0].sign() * p[0] * p[1])([Fraction(0), Fraction(0)])

    assert hessian(lambda p: positive(p[0]) * (p[1] - 1) ** 4)([0.0, 1.0]) == [[0, 0], [0, 0]]


def test_a_first_derivative_is_silent_and_the_warning_can_be_turned_off() -> None:
    assert grad(lambda x: 3 * x.relu())(0.0) == 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", KinkWarning)
        assert hessian(lambda x: 3 * x.relu())(0.0) == 0


# ---------------------------------------------------------------- conditions

TURNING: dict[str, Callable[[Any], Any]] = {
    "x": lambda x: x,
    "2x": lambda x: 2 * x,
    "x²": lambda x: x * x,
    "|x|": lambda x: abs(x),
    "relu(x)": lambda x: x.relu(),
    "sin(x)(x + 1)": lambda x: x.sin() * (x + 1),
}
STAYING: dict[str, Callable[[Any], Any]] = {
    "[x > 1]": lambda x: autodiff.greater(x, 1),
    "1 - [x < 1]": lambda x: 1 - autodiff.less(x, 1),
    "[x > 1](x - 1)": lambda x: autodiff.greater(x, 1) * (x - 1),
    "relu(x - 1)": lambda x: (x - 1).relu(),
    "0": lambda x: 0.0,
}


@pytest.mark.parametrize("condition", TURNING.values(), ids=TURNING)
def test_where_whose_condition_turns_to_0_is_a_kink(condition: Callable[[Any], Any]) -> None:
    x = Value(0.0, "x")
    *_, kink = find_kinks(autodiff.where(condition(x), 2 * x, x) + 1)

    assert (kink.node.op.name, kink.matters) == ("where", True)


@pytest.mark.parametrize("condition", STAYING.values(), ids=STAYING)
def test_where_whose_condition_stays_0_is_none(condition: Callable[[Any], Any]) -> None:
    x = Value(0.0, "x")

    assert find_kinks(autodiff.where(condition(x), 2 * x, x)) == ()


def test_where_says_what_is_used_and_what_it_is_nearby() -> None:
    c, a, b = Value(0, "c"), Value(1, "a"), Value(1, "b")
    [kink] = find_kinks(autodiff.where(c, a, b))

    assert (kink.used, kink.sides) == ((0, 0, 1), ((0, 0), (1, 1), (0, 0)))
    assert find_kinks(autodiff.where(c, 1.0, 2.0))[0].sides == ((INF, -INF),)
    assert find_kinks(autodiff.where(c, a, a)) == find_kinks(autodiff.where(Value(1), a, b)) == ()
    assert len(find_kinks(autodiff.where(Value(Fraction(0)), Value(Fraction(1)), Value(Fraction(2))))) == 1


def test_a_tied_comparison_is_the_kink_of_the_where_that_it_decides() -> None:
    x = Value(1.0, "x")
    kinks = find_kinks(autodiff.where(autodiff.greater(x, 1), 2 * x, x))

    assert [(kink.node.op.name, kink.matters) for kink in kinks] == [("greater", True)]  # type: ignore[union-attr]


def test_a_second_derivative_through_such_a_where_warns() -> None:
    def f(x: Any, c: Any) -> Any:
        return autodiff.where(c, x * x, x)

    with pytest.warns(KinkWarning, match=r"where\(x = 0.0"):
        hessian(lambda x: f(x, x))(0.0)
    mask = Value(0.0)

    assert hessian(lambda x: f(x, mask))(0.0) == 0


def test_of_many_operands_those_at_the_kink_are_named() -> None:
    (kink,) = find_kinks(autodiff.max([Value(float(x)) for x in (0, 1, 2, 3, 5, 5)]))

    assert kink.brief == "kink: slope 0.5 each used, one-sided 0 and 1 each, by 2 of 6 operands"
