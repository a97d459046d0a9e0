"""Warnings of a call: derivatives that are nan, and second derivatives that pass through a kink; once a function."""

from __future__ import annotations

import numpy as np

from autodiff.calculus.adjoint_graphs import passed_kinks, warn_of_kinks
from autodiff.calculus.second import adjoint_sweep
from autodiff.compiler.call import Call
from autodiff.compiler.flat.places import FloatArray
from autodiff.compiler.gradients import GradientLowering
from autodiff.compiler.lazy import Sample
from autodiff.guards.categories import KinkWarning, NonFiniteWarning, warn
from autodiff.value import Value

__all__ = ["check_slopes", "warn_at_kinks"]

MOST_JUDGED = 16  # samples at kinks that a derivative may not pass through


def check_slopes(call: Call, outputs: FloatArray, *slopes: FloatArray | None) -> None:
    """Warn of derivatives that are nan though the results are finite, and say where it began."""
    if not any([np.isnan(each).any() for each in slopes if each is not None]):
        return
    shown = not isinstance(call.lowering, GradientLowering)  # of second derivatives the first are not
    if NonFiniteWarning in call.lowering.told or (shown and not np.isfinite(outputs).all()):
        return
    from autodiff.compiler.culprit import culprit_of  # takes a while to load

    call.lowering.told.add(NonFiniteWarning)
    warn(f"a derivative is nan: {culprit_of(call) or 'it comes to 0 · ∞ or ∞ - ∞'}", NonFiniteWarning)


def warn_at_kinks(call: Call, at_kink: FloatArray) -> None:
    """Warn if second derivatives pass through a kink, where samples lie at one: their graphs know."""
    if KinkWarning in call.lowering.told:
        return
    for sample in np.flatnonzero(at_kink)[:MOST_JUDGED].tolist():
        try:
            output, inputs = graph_of_sample(call, sample)
            kinks = passed_kinks(*adjoint_sweep(output, inputs), inputs)
        except (ValueError, ArithmeticError):  # where arrays hold nan or infinity
            continue
        if kinks:
            call.lowering.told.add(KinkWarning)
            return warn_of_kinks(kinks)


def graph_of_sample(call: Call, sample: int) -> tuple[Value, set[Value]]:
    """The result of a sample as a node, and fresh Values for what was passed."""
    blueprint, numbers = call.lowered.blueprint, call.numbers()
    rows = call.rows()[:, sample : sample + 1]
    outputs = call.lowered.engine.forward(numbers, rows)
    names = blueprint.flat.inputs
    inputs = {i: Value(x, name) for i, (x, name) in enumerate(zip(rows[:, 0].tolist(), names, strict=True))}
    graph = Sample(blueprint, blueprint.numbers(numbers), rows[:, 0], inputs)
    output = graph.node(int(blueprint.flat.outputs[0]), float(outputs[0, 0]))
    return output, set(inputs.values())
