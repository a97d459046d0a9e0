"""Warnings of a call: derivatives that are nan, and second derivatives that pass through a kink; once a function."""

from __future__ import annotations

import functools

import numpy as np

from autodiff.calculus.adjoint_graphs import is_at_kink, kink_names, passed_kinks, warn_of_kinks
from autodiff.calculus.second import adjoint_sweep
from autodiff.compiler.at_kinks import moving_slots
from autodiff.compiler.call import Call
from autodiff.compiler.flat.places import FloatArray, has_nan
from autodiff.compiler.gradients import GradientLowering
from autodiff.compiler.lazy import step
from autodiff.guards.categories import KinkWarning, NonFiniteWarning, warn
from autodiff.rules.worlds import Scalar
from autodiff.value import Value

__all__ = ["check_slopes", "warn_at_kinks"]

MOST_SAMPLES, MOST_REDONE = 16, 2000  # samples at kinks of a call, and operations in their graphs


def check_slopes(call: Call, slopes: FloatArray, *shown: FloatArray | float) -> None:
    """Warn of derivatives that are nan though what is shown is finite, and say where it began.

    Args:
        call: The call.
        slopes: The derivatives: (..., samples).
        *shown: The results, and what the derivatives begin with: (..., samples or 1), or a number.
    """
    if not has_nan(slopes) or NonFiniteWarning in call.lowering.told:
        return
    if isinstance(call.lowering, GradientLowering):  # the results, first derivatives, are not shown
        shown = (np.repeat(call.rows(), slopes.shape[-1] // max(1, call.samples), axis=1), *shown[1:])
    known = [np.isfinite(np.atleast_2d(each)).all(axis=0) for each in shown]
    unknown = np.any(functools.reduce(np.logical_and, known, np.isnan(slopes)), axis=0)
    if not unknown.any():
        return
    from autodiff.compiler.culprit import culprit_of  # takes a while to load

    each = unknown.size // max(1, call.samples)  # of a sample; none where the derivatives are sums over all
    culprit = culprit_of(call, int(unknown.argmax()) // each if each else None)
    warn(f"a derivative is nan: {culprit or 'it comes to 0 · ∞ or ∞ - ∞'}", NonFiniteWarning)
    call.lowering.told.add(NonFiniteWarning)


def warn_at_kinks(call: Call, at_kink: FloatArray) -> None:
    """Warn if second derivatives pass through a kink, where samples lie at one: their graphs know.

    These take long. So only some samples are looked at, and not in every call but in the first, second, fourth, ...
    """
    lowering, found = call.lowering, np.flatnonzero(at_kink)
    lowering.calls_at_kinks += 1
    if lowering.calls_at_kinks & (lowering.calls_at_kinks - 1):
        return
    size = max(1, len(call.lowered.blueprint.flat))
    most = max(1, min(MOST_SAMPLES, MOST_REDONE // size))
    for sample in found[np.unique(np.linspace(0, len(found) - 1, most, dtype=int))].tolist():
        where = found_in_graph(call, sample)
        if where:
            position = ", ".join(str(i) for i in np.unravel_index(sample, call.batch)) if call.batch else ""
            warn_of_kinks(f"{where} (in sample {position})" if position else where)
            lowering.told.add(KinkWarning)
            return


def found_in_graph(call: Call, sample: int) -> str:
    """The kinks that the derivatives of a sample pass through, "" if they pass through none."""
    output, inputs = graph_of_sample(call, sample)
    try:
        order, found = adjoint_sweep(output, inputs)
        kinks = passed_kinks(order, found, inputs)
    except (ValueError, ArithmeticError):
        order, kinks = [], []
    if kinks or any(map(is_at_kink, order)):
        return kink_names(kinks)
    return "a kink where the program has rounded"  # the graph of the sample has rounded otherwise


def graph_of_sample(call: Call, sample: int) -> tuple[Value, set[Value]]:
    """The result of a sample as a node, and those of its inputs that move it.

    Where an operation is not defined, as in a branch that is not taken, there is a leaf that is nan.
    """
    blueprint = call.lowered.blueprint
    flat, row = blueprint.flat, call.rows()[:, sample].tolist()
    inputs = [Value(x, name) for x, name in zip(row, flat.inputs, strict=True)]
    numbers: list[Scalar] = [*flat.constants.tolist(), *blueprint.numbers(call.numbers()).tolist(), *row]
    nodes: list[Scalar] = [*flat.constants.tolist(), *blueprint.values, *inputs]
    operations = [(flat.rule(i), flat.operands_of(i).tolist()) for i in range(len(flat))]
    for code, (_, operands) in zip(flat.codes.tolist(), operations, strict=True):
        try:
            number, node = step(
                flat.rules[code], [numbers[i] for i in operands], [nodes[i] for i in operands]
            )
        except (ValueError, ArithmeticError):
            number, node = np.nan, Value(np.nan)
        numbers.append(number)
        nodes.append(node)
    at = flat.base - len(inputs)
    outputs = set(flat.outputs.tolist())
    moving = moving_slots(operations, flat.base, outputs, range(at, flat.base))
    [output] = [nodes[i] for i in outputs]
    return output, {x for i, x in enumerate(inputs, at) if i in moving}
