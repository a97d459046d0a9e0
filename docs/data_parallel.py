"""Data-parallel training: scalar neurons, compiled to a function of JAX, on as many devices as there are.

Run it on eight virtual devices of one processor:

    XLA_FLAGS=--xla_force_host_platform_device_count=8 python docs/data_parallel.py

Every device holds all parameters and its share of the batch. The step is the same function as for one
device: the batch says where it lies, so that XLA lets each device compute the gradient of its share and adds
the shares up. On several hosts the same code runs after ``jax.distributed.initialize()``.
"""

from __future__ import annotations

import math
import random
from typing import Any

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

import autodiff
from nn import MLP

jax.config.update("jax_enable_x64", True)  # so that sums in another order differ in the last digits only

STEPS, RATE, SAMPLES = 60, 0.5, 240
Step = Any  # a compiled function (parameters, batch) -> (parameters, loss)


def moons() -> np.ndarray[Any, Any]:
    """Two half moons: a row (x, y, label) for each sample."""
    rng = random.Random(0)

    def point(label: int) -> tuple[float, float, int]:
        angle = rng.uniform(0, math.pi)
        x, y = math.cos(angle), math.sin(angle)
        return (x, y, 1) if label == 1 else (1 - x, 0.5 - y, 0)

    return np.array([point(label) for label in [1, 0] * (SAMPLES // 2)])


def scalar_loss(model: MLP) -> tuple[Any, Any]:
    """The loss of one sample (x, y, label) as a function of JAX, and the model's parameters as one array."""

    def loss(sample: Any) -> Any:
        score = model([sample[0], sample[1]])
        return autodiff.softplus(score) - sample[2] * score  # the log loss on the score

    compiled = autodiff.compile(loss).traced(np.zeros(3))
    numbers = np.array([value.data for value in compiled.parameters.values])
    return compiled.program(np.zeros(3)).to_jax(), numbers


def step_of(f: Any) -> Step:
    """One step of gradient descent on the mean loss of a batch."""

    def mean(parameters: Any, batch: Any) -> Any:
        return jax.vmap(f, in_axes=(None, 0))(parameters, batch).mean()

    def step(parameters: Any, batch: Any) -> tuple[Any, Any]:
        loss, slope = jax.value_and_grad(mean)(parameters, batch)
        return parameters - RATE * slope, loss

    return jax.jit(step)


def trained(step: Step, parameters: Any, batch: Any) -> list[float]:
    """Train, and return the loss of each step."""
    losses = []
    for _ in range(STEPS):
        parameters, loss = step(parameters, batch)
        losses.append(float(loss))
    return losses


def main() -> None:
    f, parameters = scalar_loss(MLP(2, [8, 1], activation="tanh", seed=1))
    step, batch = step_of(f), moons()
    mesh = Mesh(jax.devices(), ("samples",))
    everywhere, shared = (NamedSharding(mesh, PartitionSpec(*axes)) for axes in ((), ("samples",)))
    sharded, copied = jax.device_put(batch, shared), jax.device_put(parameters, everywhere)
    alone, together = trained(step, parameters, batch), trained(step, copied, sharded)
    exchanged = step.lower(copied, sharded).compile().as_text().count("all-reduce(")
    share = len(sharded.addressable_shards[0].data)
    print(f"{jax.device_count()} devices, {share} of {SAMPLES} samples on each")
    print(f"exchanges of sums between the devices in a step: {exchanged}")
    for i in range(0, STEPS, 10):
        print(f"step {i:2}: loss {alone[i]:.12f} on one device, {together[i]:.12f} on all")
    difference = max(abs(a - b) for a, b in zip(alone, together, strict=True))
    if difference > 1e-12:
        raise SystemExit(f"the loss curves differ by {difference}")
    print(f"the same loss curve to {difference:.0e}")


if __name__ == "__main__":
    main()
