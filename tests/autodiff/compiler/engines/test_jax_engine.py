"""The JAX engine against eager Values: every row, kinks, random programs, batches, transformations."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import autodiff
from autodiff import Value, compile
from autodiff.compiler.engines.numpy.numpy_engine import NumpyEngine
from autodiff.compiler.program import Program
from autodiff.rules import TABLE, Rule, unary
from tests import strategies
from tests.ordinary import QUICK_AND_SLOW_IN_JAX, QUICK_ROWS, SLOW_ROWS, called

jax = pytest.importorskip("jax", reason="needs JAX (the extra jax)")
jnp = pytest.importorskip("jax.numpy", reason="needs JAX (the extra jax)")
jax_engine = pytest.importorskip(
    "autodiff.compiler.engines.jax.jax_engine", reason="needs JAX (the extra jax)"
)
jax_loop = pytest.importorskip("autodiff.compiler.engines.jax.loop", reason="needs JAX (the extra jax)")
JaxEngine, to_jax = jax_engine.JaxEngine, jax_engine.to_jax
pytestmark = pytest.mark.jax


CLOSE = 1e-13  # XLA's functions differ from the C library's in the last digits


@pytest.fixture
def x64() -> Iterator[None]:
    with jax_engine.enable_x64(True):
        yield


@pytest.fixture
def looping(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run also small programs in the loop."""
    monkeypatch.setattr(jax_engine, "MOST_UNROLLED", 0)


def eager(f: Any, numbers: list[float]) -> tuple[float, list[float]]:
    xs = [Value(x) for x in numbers]
    output = f(xs)
    return output.data, autodiff.gradient(output, xs)


def compiled(f: Any, rows: list[list[float]]) -> tuple[Any, Any]:
    return compile(f, engine="jax").value_and_grad(np.array(rows))  # type: ignore[no-any-return]


def assert_as_eager(f: Any, rows: list[list[float]], rtol: float = CLOSE, atol: float = 0) -> None:
    expected = [eager(f, row) for row in rows]
    values, gradients = compiled(f, rows)

    np.testing.assert_allclose(values, [value for value, _ in expected], rtol, atol)
    np.testing.assert_allclose(gradients, [gradient for _, gradient in expected], rtol, atol)


def applied(rule: Rule) -> Any:
    """A function of four numbers that applies a row once."""
    function = getattr(autodiff, rule.name)
    if rule.name == "dot":
        return lambda xs: function(xs[:2], xs[2:])
    return lambda xs: called(rule, xs)


ROWS = [[0.3, 0.7, 0.55, 0.15], [0.9, 0.2, 0.35, 0.8], [0.5, 0.5, 0.25, 0.05]]


@pytest.mark.parametrize(
    ("rules", "unrolled"),
    [
        (QUICK_ROWS, True),
        (QUICK_ROWS, False),
        pytest.param(SLOW_ROWS, True, marks=pytest.mark.slow),
    ],
    ids=["quick, unrolled", "quick, in the loop", "slow, unrolled"],
)
def test_every_row_is_as_in_eager(
    rules: Sequence[Rule], unrolled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All rows are compiled once, as a sum in which each sample picks one row by its weights."""
    if not unrolled:
        monkeypatch.setattr(jax_engine, "MOST_UNROLLED", 0)
    functions = {rule.name: within(applied(rule)) for rule in rules}
    picks = np.repeat(np.eye(len(functions)), len(ROWS), axis=0)

    def picked(xs: Any, weights: Any) -> Any:
        return autodiff.dot(weights, [f(xs) for f in functions.values()])

    program = compile(picked, engine="jax").value_and_grad
    values, (gradients, _) = program(np.tile(ROWS, (len(functions), 1)), picks)

    results = zip(values.reshape(-1, len(ROWS)), gradients.reshape(-1, len(ROWS), 4), strict=True)
    for (name, f), (actual, slopes) in zip(functions.items(), results, strict=True):
        expected = [eager(f, row) for row in ROWS]
        np.testing.assert_allclose(actual, [value for value, _ in expected], CLOSE, err_msg=name)
        np.testing.assert_allclose(slopes, [gradient for _, gradient in expected], CLOSE, err_msg=name)


def within(f: Any) -> Any:
    """A row in the middle of a graph: on results, and with something made from its own."""
    return lambda xs: f([x.sin() for x in xs]) * xs[0] + xs[1]


KINKS = {
    "relu": [[0.0] * 4],
    "leaky_relu": [[0.0, 0.1, 0, 0]],
    "elu": [[0.0, 0.5, 0, 0]],
    "abs": [[0.0] * 4],
    "sign": [[0.0] * 4],
    "maximum": [[1.0, 1.0, 0, 0], [-0.0, 0.0, 0, 0]],
    "minimum": [[1.0, 1.0, 0, 0]],
    "max": [[2.0, 3.0, 3.0, 3.0], [1.0] * 4],
    "min": [[2.0, 3.0, 2.0, 3.0]],
    "hypot": [[0.0] * 4],
    "norm": [[0.0] * 4],
    "atan2": [[0.0] * 4],
    "sqrt": [[0.0] * 4],
    "where": [[0.0, 1.0, 2.0, 0], [1.0, 1.0, 2.0, 0]],
    "pow": [[0.0, 2.0, 0, 0], [0.0, 0.0, 0, 0], [0.0, 1.0, 0, 0]],
    "prod": [[0.0, 2.0, 3.0, 4.0], [0.0, 0.0, 3.0, 4.0]],
}


@pytest.mark.parametrize("name", KINKS)
@pytest.mark.parametrize("unrolled", [True, False])
def test_kinks_are_as_in_eager(name: str, unrolled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not unrolled:
        monkeypatch.setattr(jax_engine, "MOST_UNROLLED", 0)

    assert_as_eager(applied(TABLE[name]), KINKS[name])


@pytest.mark.parametrize("rules", QUICK_AND_SLOW_IN_JAX)
@pytest.mark.parametrize("position", [0, 1])
def test_a_parameter_beside_a_batch(rules: Sequence[Rule], position: int) -> None:
    """Its derivative is the sum over the samples, and each sample has its own."""
    rows, w = [rule for rule in rules if rule.arity == 2], Value(0.4, name="w")
    xs = [0.3, 0.7, 0.55]

    def every(x: Any) -> Any:
        operands = (w, x) if position == 0 else (x, w)
        return autodiff.sum([called(rule, operands) for rule in rows])

    expected = [autodiff.gradient(every(x), [w, x]) for x in map(Value, xs)]
    both = compile(every, engine="jax")
    both.backward(np.array(xs), reduce="sum")

    assert w.grad == pytest.approx(sum(by_w for by_w, _ in expected), rel=CLOSE)
    np.testing.assert_allclose(both.value_and_grad(np.array(xs))[1], [by_x for _, by_x in expected], CLOSE)


def test_a_result_that_no_argument_changes() -> None:
    w = Value(2.0, name="w")
    values, gradient = compile(lambda x: 3 * w, engine="jax").value_and_grad(np.ones(3))

    assert values.tolist() == [6.0] * 3
    assert gradient.tolist() == [0.0] * 3


def test_what_does_not_count_passes_nothing_on() -> None:
    """sqrt'(0) is infinite; times the adjoint 0 it is 0 and not nan, as in eager."""
    assert_as_eager(lambda xs: autodiff.where(xs[1], xs[0], xs[0].sqrt()), [[0.0, 1.0]])


def test_a_row_that_is_registered_later_works() -> None:
    cubed = autodiff.register(unary("cubed", lambda m, x: x * x * x, lambda m, x, z: 3 * x * x))
    try:
        assert compile(lambda x: cubed(x), engine="jax").value_and_grad(2.0) == (8.0, 12.0)
    finally:
        del TABLE["cubed"]
        del Value.cubed  # type: ignore[attr-defined]


@given(strategies.programs())
@settings(max_examples=15)
def test_random_programs_are_as_in_eager(random: strategies.Program) -> None:
    rows = [[x + shift for x in random.inputs] for shift in (0, 0.25)]

    assert_as_eager(lambda xs: random.run(strategies.on_values, xs), rows, rtol=1e-9, atol=1e-11)


@given(strategies.programs())
@settings(max_examples=10)
def test_random_programs_are_as_in_eager_in_the_loop(random: strategies.Program) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jax_engine, "MOST_UNROLLED", 0)
        assert_as_eager(
            lambda xs: random.run(strategies.on_values, xs), [list(random.inputs)], rtol=1e-9, atol=1e-11
        )


def test_too_many_kinds_of_groups_are_taken_apart(monkeypatch: pytest.MonkeyPatch, looping: None) -> None:
    monkeypatch.setattr(jax_loop, "MOST_BRANCHES", 1)

    assert_as_eager(lambda xs: autodiff.sum([x.tanh() * xs[0] for x in xs]).exp(), ROWS)


# ---------------------------------------------------------------- against the NumPy engine


def network() -> tuple[Program, Any, Any]:
    """Two layers on two inputs, their parameters, and five samples."""
    rng = np.random.default_rng(0)
    W = [
        [
            [Value(w, name=f"w{n}{i}{j}") for j, w in enumerate(row)]
            for i, row in enumerate(rng.normal(size=shape))
        ]
        for n, shape in enumerate([(4, 2), (1, 4)])
    ]

    def loss(x: Any, y: Any) -> Any:
        hidden = [autodiff.dot(row, x, 0.1).relu() for row in W[0]]
        return (autodiff.dot(W[1][0], hidden) - y) ** 2

    traced = compile(loss, engine="numpy").traced(np.ones(2), 1.0)
    parameters = np.array([value.data for value in traced.parameters.values])
    return traced.program(np.ones(2), 1.0), parameters, rng.normal(size=(3, 5))


@pytest.mark.parametrize("unrolled", [512, 3, 0])
def test_both_engines_agree(unrolled: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jax_engine, "MOST_UNROLLED", unrolled)
    program, parameters, inputs = network()
    one, other = NumpyEngine(program), JaxEngine(program)

    np.testing.assert_allclose(one.forward(parameters, inputs), other.forward(parameters, inputs), rtol=1e-13)
    for wanted in ("parameters", "inputs", "both"):
        expected = one.backward(parameters, inputs, 0.5, wanted)
        actual = other.backward(parameters, inputs, 0.5, wanted)
        for i, (numbers, others) in enumerate(zip(expected, actual, strict=True)):
            assert (numbers is None) == (others is None)
            if numbers is not None and (i != 1 or wanted != "inputs"):
                np.testing.assert_allclose(others, numbers, rtol=1e-12)
    for pair in zip(
        one.tangents(parameters, inputs, inputs), other.tangents(parameters, inputs, inputs), strict=True
    ):
        np.testing.assert_allclose(*pair, rtol=1e-12)


def test_a_batch_is_as_the_samples_one_by_one() -> None:
    program, parameters, inputs = network()
    engine = JaxEngine(program)
    alone = [engine.backward(parameters, inputs[:, i : i + 1], 1.0) for i in range(5)]
    outputs, by_parameters, by_inputs = engine.backward(parameters, inputs, 1.0)

    np.testing.assert_allclose(outputs, np.hstack([one[0] for one in alone]), rtol=1e-13)
    np.testing.assert_allclose(by_parameters, sum(one[1] for one in alone), rtol=1e-12)
    np.testing.assert_allclose(by_inputs, np.hstack([one[2] for one in alone]), rtol=1e-12)


def test_an_empty_batch() -> None:
    program, parameters, inputs = network()
    outputs, by_parameters, by_inputs = JaxEngine(program).backward(parameters, inputs[:, :0], 1.0)

    assert outputs.shape == (1, 0)
    assert not by_parameters.any()
    assert by_inputs is not None
    assert by_inputs.shape == (3, 0)


def test_float32_stays_float32() -> None:
    program, parameters, inputs = network()

    assert JaxEngine(program, np.float32).forward(parameters, inputs).dtype == np.float32


def test_the_engine_leaves_the_settings_of_jax() -> None:
    before = jnp.ones(1).dtype
    compiled(lambda xs: xs[0] * 2, [[1.0]])

    assert jnp.ones(1).dtype == before


@pytest.mark.parametrize("length", [100_000])
def test_a_deep_program_is_a_loop(length: int) -> None:
    """sin(x) * 1.5, again and again: unrolled it would take XLA hours."""
    half = length // 2
    program = Program(
        rules=("sin", "mul"),
        codes=np.tile([0, 1], half),
        starts=np.concatenate([[0], np.cumsum(np.tile([1, 2], half))]),
        operands=np.stack(
            [np.arange(1, length, 2), np.zeros(half, dtype=int), np.arange(2, length + 1, 2)], 1
        ).ravel(),
        constants=np.array([1.5]),
        parameters=(),
        inputs=("x",),
        outputs=np.array([3, 5, length + 1]),
        groups=np.arange(length + 1),
        blocks=np.ones(length, dtype=int),
    )
    x, expected = 0.7, []
    for _ in range(half):
        x = np.sin(x) * 1.5
        expected.append(x)
    first = 1.5 * np.cos(0.7)
    engine = JaxEngine(program)
    outputs, _, by_inputs = engine.backward(
        np.zeros(0), np.full((1, 1), 0.7), np.array([[1.0], [0.0], [1.0]])
    )

    np.testing.assert_allclose(outputs[:, 0], [expected[0], expected[1], expected[-1]], rtol=1e-10)
    np.testing.assert_allclose(by_inputs, [[first]], rtol=1e-12)  # the end has forgotten where it began
    np.testing.assert_allclose(
        engine.tangents(np.zeros(0), np.full((1, 1), 0.7), np.ones((1, 1)))[1][0], first
    )


# ---------------------------------------------------------------- JAX's transformations


def test_jit_vmap_and_grad(x64: None) -> None:
    program, parameters, inputs = network()
    f = to_jax(program)

    def loss(p: Any) -> Any:
        return jax.vmap(f, in_axes=(None, 0))(p, inputs.T).sum()

    expected = NumpyEngine(program).backward(parameters, inputs, 1.0)[1]

    np.testing.assert_allclose(jax.jit(jax.grad(loss))(parameters), expected, rtol=1e-12)


def test_parameters_stay_one_array_for_the_whole_batch() -> None:
    """The gradient by W of a batch is one product of matrices, and not one matrix a sample."""
    program, parameters, inputs = network()
    samples = 1000
    loss = lambda p: jax.vmap(to_jax(program), in_axes=(None, 0))(p, jnp.ones((samples, 3))).sum()  # noqa: E731
    shapes = {v.aval.shape for eqn in jax.make_jaxpr(jax.grad(loss))(parameters).eqns for v in eqn.outvars}

    assert len(inputs) == 3
    assert (samples, len(parameters)) not in shapes
    assert all(np.prod(shape, dtype=int) <= samples * 4 for shape in shapes)


@pytest.mark.parametrize(
    "large", [lambda x: autodiff.prod([1e200, 1e200, x]), lambda x: x * 1e200 * 1e200 * x]
)
def test_what_overflows_in_a_branch_not_taken_does_not_arrive(large: Any, x64: None) -> None:
    program = compile(lambda x: autodiff.where(autodiff.less(x, 0), large(x), x)).program(2.0)
    f = to_jax(program)

    assert jax.grad(lambda x: f(jnp.zeros(0), x)[0])(jnp.array([2.0])).tolist() == [1.0]


def test_second_derivatives(x64: None) -> None:
    program = compile(lambda x, y: (x * y).tanh() * x**3 + y.relu() * x).program(0.0, 0.0)
    f = to_jax(program)
    expected = autodiff.hessian(lambda p: (p[0] * p[1]).tanh() * p[0] ** 3 + p[1].relu() * p[0])([0.7, 0.4])
    point = jnp.array([0.7, 0.4])

    def scalar(x: Any) -> Any:
        return f(jnp.zeros(0), x)[0]

    np.testing.assert_allclose(jax.jit(jax.hessian(scalar))(point), expected, rtol=1e-11)
    np.testing.assert_allclose(jax.jit(jax.jacrev(jax.grad(scalar)))(point), expected, rtol=1e-11)


def test_a_product_that_is_zero_still_has_second_derivatives(x64: None) -> None:
    f = to_jax(compile(lambda x, y: x.sin() * y.sin()).program(0.0, 0.0))

    found = jax.jit(jax.hessian(lambda x: f(jnp.zeros(0), x)[0]))(jnp.zeros(2))
    np.testing.assert_allclose(found, [[0, 1], [1, 0]])


def test_shard_map(x64: None) -> None:
    program, parameters, inputs = network()
    if not hasattr(jax, "shard_map"):
        pytest.skip("needs a release of JAX that has jax.shard_map")
    mesh, spec = jax.sharding.Mesh(jax.devices(), ("samples",)), jax.sharding.PartitionSpec

    def total(p: Any, x: Any) -> Any:
        return jax.lax.psum(jax.vmap(to_jax(program), in_axes=(None, 0))(p, x).sum(), "samples")

    shared = jax.shard_map(total, mesh=mesh, in_specs=(spec(), spec("samples")), out_specs=spec())
    expected = NumpyEngine(program).backward(parameters, inputs, 1.0)[1]

    np.testing.assert_allclose(jax.jit(jax.grad(shared))(parameters, inputs.T), expected, rtol=1e-12)


def test_without_x64_it_computes_in_float32() -> None:
    program, parameters, inputs = network()
    expected = NumpyEngine(program).forward(parameters, inputs[:, :1])[:, 0]

    np.testing.assert_allclose(to_jax(program)(parameters, inputs[:, 0]), expected, rtol=1e-5)


def test_arrays_of_another_shape_are_refused() -> None:
    program, parameters, inputs = network()

    with pytest.raises(ValueError, match=r"inputs must have the shape \(3,\), not \(3, 5\).*vmap"):
        to_jax(program)(parameters, inputs)
    with pytest.raises(ValueError, match="parameters must have the shape"):
        to_jax(program)(parameters[:-1], inputs[:, 0])


def test_a_program_that_is_not_grouped_is_refused() -> None:
    with pytest.raises(ValueError, match="grouped first"):
        to_jax(network()[0].replaced(groups=None, blocks=None))


def test_without_jax_the_error_names_the_extra() -> None:
    script = (
        "import sys; sys.modules['jax'] = None; import autodiff; "
        "autodiff.compile(lambda x: x * 2, engine='jax')(1.0)"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert 'ModuleNotFoundError: the engine "jax" needs JAX: pip install "scalar-autodiff[jax]"' in run.stderr


# ---------------------------------------------------------------- many devices


def test_the_example_trains_alike_on_eight_devices() -> None:
    script = Path(__file__).parents[4] / "docs" / "data_parallel.py"
    environment = {
        "XLA_FLAGS": "--xla_force_host_platform_device_count=8",
        "JAX_PLATFORMS": "cpu",
        "PATH": "",
        "PYTHONPATH": str(script.parents[1]),
    }
    run = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False, env=environment
    )

    assert run.returncode == 0, run.stderr
    assert "8 devices, 30 of 240 samples on each" in run.stdout
    assert "exchanges of sums between the devices in a step: 0" not in run.stdout
    assert "the same loss curve" in run.stdout


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda x: x.exp().log(), 1000.0),
        (lambda x: x.exp().log(), -1000.0),
        (lambda x: x.exp() * (-x).exp(), 800.0),
        (lambda x: x.exp() ** 0.5, 800.0),
        (lambda x: (x * x).sqrt(), 1e200),
        (lambda x: x * 1e200 * 1e200, 1e-100),
        (lambda x: x / 1e200 / 1e200, 1e300),
        (lambda x: x + 1e16 - 1e16, 1.0),
        (lambda x: x * 3.0 * 7.0 * 11.3, 0.1),
    ],
)
def test_algebra_does_not_change_numbers(f: Callable[[Any], Any], x: float) -> None:
    expected = compile(f, engine="numpy").value_and_grad(x)

    assert compile(f, engine="jax").value_and_grad(x) == pytest.approx(
        expected, rel=1e-15, abs=0, nan_ok=True
    )
