"""The contestants of the workload moons: ours, eager and compiled, and the peers that are installed."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from bare import BareValue
from moons import ALPHA, SIZES, data, for_micrograd, initial_numbers, loss_of_batch, loss_of_point, with_nn
from options import Options
from race import Contestant, installed, race, ratio, ratio_of_fastest
from report import Row, Section, Target

import autodiff
from autodiff import Value

EAGER, NN = "autodiff", "autodiff + nn"
NUMPY, LLVM = "compiled, numpy", "compiled, llvm"
MICROGRAD, TORCH, JAX, AUTOGRAD = "micrograd", "torch, tensors", "jax.jit, arrays", "autograd, arrays"
BARE = "bare Python"
TORCH_SCALARS, AUTOGRAD_SCALARS, XAD = "torch, scalar tensors", "autograd, scalars", "XAD (C++), scalars"
PEERS = [MICROGRAD, TORCH, JAX, AUTOGRAD, TORCH_SCALARS, AUTOGRAD_SCALARS, XAD]
GOALS = [
    (EAGER, 12, MICROGRAD),
    (EAGER, 1, XAD),
    (NN, 30, MICROGRAD),
    (NUMPY, 1, TORCH),
    (LLVM, 3, JAX),
    (LLVM, 20_000, MICROGRAD),
]

NOTES = """\
MLP 2-16-16-1, 100 points, hinge loss and L2: zeroing the gradients, forward and backward over all points,
and the release of the graph; all in float64, and agreed on the loss and every gradient to 1e-9. The
compiled ones run the same scalar code as micrograd, for one point, on all points as a batch; tensors and
arrays are the same net as matrix products. "bare Python" is benchmarks/bare.py, nodes with no check and no
guard: about what pure Python can come to. autograd, scalars, takes part in a few rounds. torch runs in one
thread, which suits matrices this small best."""


def measure(options: Options) -> Section:
    if not installed("sklearn"):
        return Section("moons", [Row("scikit-learn (makes the data)", None)])
    runs = race(list(contestants(options.quick)), options.rounds)
    absent = [
        Row(name, None) for name in PEERS if name not in runs and not (options.quick and "scalar" in name)
    ]
    targets = [compared(runs, ours, times, peer) for ours, times, peer in GOALS]
    return Section("moons", [*(Row(name, times) for name, times in runs.items()), *absent], targets, NOTES)


def compared(runs: Any, ours: str, times: float, peer: str) -> Target:
    """Whether ours is so many times as fast as a peer, by medians; the ratio of the fastest stands beside."""
    asked = f">= {times:,g} x as fast as {peer}" if times != 1 else f"faster than {peer}"
    if peer not in runs or ours not in runs:
        return Target(ours, asked, "", None)
    found = ratio(runs, peer, ours)
    measured = f"{found:,.4g} x ({ratio_of_fastest(runs, peer, ours):,.4g} x by fastest runs)"
    return Target(ours, asked, measured, found >= times)


def contestants(quick: bool) -> Iterator[Contestant]:
    yield of_values(EAGER, *for_micrograd(Value))
    yield of_values(NN, *with_nn())
    yield of_values(BARE, *for_micrograd(BareValue))
    yield compiled(NUMPY, "numpy")
    if installed("llvmlite"):
        yield compiled(LLVM, "llvm")
    if installed("micrograd"):
        from micrograd.engine import Value as Micrograd

        yield of_values(MICROGRAD, *for_micrograd(Micrograd))
    if installed("torch"):
        yield torch_tensors()
    if installed("jax"):
        yield jax_arrays()
    if installed("autograd"):
        yield autograd_arrays()
    if installed("xad"):
        yield xad_scalars()
    if not quick and installed("torch"):
        yield of_values(TORCH_SCALARS, *for_micrograd(torch_leaf), zero=None)
    if not quick and installed("autograd"):
        yield autograd_scalars()


# ---------------------------------------------------------------- scalars


def of_values(name: str, parameters: list[Any], loss: Callable[[], Any], zero: Any = 0.0) -> Contestant:
    """A contestant whose parameters have `data` and `grad`."""

    def step() -> float:
        for parameter in parameters:
            parameter.grad = zero
        output = loss()
        output.backward()
        return float(output.data)

    return Contestant(name, step, lambda: [step(), *(float(parameter.grad or 0) for parameter in parameters)])


def compiled(name: str, engine: str) -> Contestant:
    X, y = map(np.array, data())
    values = [Value(number) for number in initial_numbers()]
    relu = autodiff.relu
    loss = autodiff.compile(lambda x, label: loss_of_point(values, x, label, relu), engine=engine)
    tied = loss.bound(X, y)
    parameters = loss.parameters
    parameters.__enter__()  # the arrays rule from here on, as they do while one trains

    def step() -> float:
        parameters.grad[:] = 0
        return float(tied.backward())

    def numbers() -> list[float]:
        found = step()
        parameters.write()
        return [found, *(value.grad for value in values)]

    return Contestant(name, step, numbers)


def torch_leaf(number: float) -> Any:
    import torch

    return torch.tensor(number, dtype=torch.float64, requires_grad=True)


def xad_scalars() -> Contestant:
    import xad.adj_1st as xad  # from xad import adj_1st gives another module, without value and derivative
    from xad.math import max as larger

    X, y = data()
    inputs = [[xad.Real(number) for number in row] for row in X]
    parameters = [xad.Real(number) for number in initial_numbers()]
    tape = xad.Tape()
    tape.activate()
    for parameter in parameters:
        tape.registerInput(parameter)

    def step() -> float:
        tape.newRecording()
        loss = loss_of_batch(parameters, inputs, y, lambda x: larger(x, 0.0))
        tape.registerOutput(loss)
        loss.derivative = 1.0
        tape.computeAdjoints()
        return float(loss.value)

    return Contestant(XAD, step, lambda: [step(), *(float(parameter.derivative) for parameter in parameters)])


def autograd_scalars() -> Contestant:
    from autograd import value_and_grad

    X, y = data()
    start = initial_numbers()
    step = functools.partial(value_and_grad(lambda p: loss_of_batch(p, X, y, lambda x: x * (x > 0))), start)
    return Contestant(AUTOGRAD_SCALARS, step, lambda: flat(*step()))


def flat(loss: Any, gradients: Sequence[Any]) -> list[float]:
    return [float(loss), *map(float, gradients)]


# ---------------------------------------------------------------- arrays


def layers_of(numbers: Any) -> list[tuple[Any, Any]]:
    """The parameters as matrices and biases, where each neuron's weights stand before its bias."""
    layers, first = [], 0
    for nin, nout in pairwise(SIZES):
        rows = np.array(numbers[first : first + nout * (nin + 1)]).reshape(nout, nin + 1)
        layers.append((rows[:, :-1].copy(), rows[:, -1].copy()))
        first += rows.size
    return layers


def flattened(loss: Any, layers: Sequence[tuple[Any, Any]]) -> list[float]:
    """The loss and the gradients, neuron by neuron."""
    rows = [np.concatenate([np.asarray(W), np.asarray(b)[:, None]], axis=1).ravel() for W, b in layers]
    return flat(loss, np.concatenate(rows).tolist())


def loss_of_arrays(layers: Any, X: Any, y: Any, relu: Callable[[Any], Any]) -> Any:
    """The loss with whatever has @ and the methods of arrays."""
    x = X
    for i, (W, b) in enumerate(layers):
        x = x @ W.T + b
        x = relu(x) if i < len(layers) - 1 else x
    squares = sum((W * W).sum() + (b * b).sum() for W, b in layers)
    return relu(1 - y * x[:, 0]).mean() + ALPHA * squares


def torch_tensors() -> Contestant:
    import torch

    torch.set_num_threads(1)  # the matrices are small: more threads only wait for each other
    X, y = (torch.tensor(each, dtype=torch.float64) for each in data())
    layers = [
        tuple(torch.tensor(each, requires_grad=True) for each in layer)
        for layer in layers_of(initial_numbers())
    ]
    tensors = [tensor for layer in layers for tensor in layer]

    def step() -> Any:
        for tensor in tensors:
            tensor.grad = None
        loss = loss_of_arrays(layers, X, y, torch.relu)
        loss.backward()
        return loss.detach()

    return Contestant(TORCH, step, lambda: flattened(step(), [(W.grad, b.grad) for W, b in layers]))


def jax_arrays() -> Contestant:
    import jax

    jax.config.update("jax_enable_x64", True)
    X, y = map(jax.numpy.array, data())
    layers = [tuple(map(jax.numpy.array, layer)) for layer in layers_of(initial_numbers())]
    run = jax.jit(jax.value_and_grad(lambda layers, X, y: loss_of_arrays(layers, X, y, jax.nn.relu)))

    def step() -> Any:
        return jax.block_until_ready(run(layers, X, y))

    return Contestant(JAX, step, lambda: flattened(*step()))


def autograd_arrays() -> Contestant:
    import autograd.numpy as anp
    from autograd import value_and_grad

    X, y = map(np.array, data())
    layers = layers_of(initial_numbers())
    run = value_and_grad(lambda layers: anp.mean(loss_of_arrays(layers, X, y, lambda x: anp.maximum(x, 0))))
    return Contestant(AUTOGRAD, lambda: run(layers), lambda: flattened(*run(layers)))
