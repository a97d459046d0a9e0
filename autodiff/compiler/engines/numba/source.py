"""The source of the Numba engine's loops, generated from the rows of the table.

Each kind of operation has a module with two functions, a forward and a reverse loop over a group of such
operations, whose inside is the row as kernels.py recorded it: here operand by operand, in folds.py with loops
over many operands. One more module for each set of kinds goes through all groups. All exist for single
numbers and for rows of samples.
"""

from __future__ import annotations

from collections.abc import Sequence

from autodiff.compiler.front.tape import rule_named
from autodiff.writing.forms import Argument, Block, PrimitiveStep
from autodiff.writing.kernels import kernel

__all__ = [
    "LOOPS",
    "ROWS_BY_HAND",
    "RUN_SINGLE",
    "batch_source",
    "bound_source",
    "loop_source",
    "run_batch_source",
    "single_source",
]

LOOPS = ("sum", "dot", "softmax")  # have loops over their operands, written by hand
ROWS_BY_HAND = 4  # rows of scratch that those use

MATH = (
    "exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan",
    "sinh", "cosh", "tanh", "asinh", "atanh", "log2", "log10", "erf", "erfc",
)  # fmt: skip
PRIMITIVES = {name: f"math.{name}({{}})" for name in MATH} | {
    "hypot": "math.hypot({}, {})",
    "exp2": "power(2.0, {})",
    "atan2": "math.atan2({}, {})",
    "add": "{} + {}",
    "sub": "{} - {}",
    "mul": "{} * {}",
    "truediv": "{} / {}",
    "divide": "{} / {}",
    "gap": "0.0 if {0} == {1} else {0} - {1}",
    "neg": "-{}",
    "pow": "power({}, {})",
    "ieee_pow": "power(abs({0}) if {0} == 0 and {1} < 0 else {0}, {1})",
    "abs": "abs({})",
    "where": "{1} if {0} != 0 else {2}",
    "maximum": "{0} if {0} > {1} or {0} != {0} else {0} + {1} if {0} == 0 and {1} == 0 else {1}",
    "minimum": "{0} if {0} < {1} or {0} != {0} else -(-{0} - {1}) if {0} == 0 and {1} == 0 else {1}",
    "greater": "1.0 if {} > {} else 0.0",
    "greater_equal": "1.0 if {} >= {} else 0.0",
    "less": "1.0 if {} < {} else 0.0",
    "less_equal": "1.0 if {} <= {} else 0.0",
    "equal": "1.0 if {} == {} else 0.0",
    "sign": "1.0 if {0} > 0 else -1.0 if {0} < 0 else abs({0} * 0)",
    "sigmoid": "stable_sigmoid({})",
    "xlogy": "0.0 if {0} == 0 else {0} * math.log({1})",
}


def primitive_text(primitive: str, args: Sequence[str]) -> str:
    return PRIMITIVES[primitive].format(*args)


def written(argument: Argument) -> str:
    """A name as it is; a number as a float, in brackets where it has a sign."""
    if not isinstance(argument, int | float):
        return str(argument)
    text = repr(float(argument))
    return {"inf": "np.inf", "-inf": "(-np.inf)", "nan": "np.nan"}.get(text, f"({text})")


def lines(block: Block) -> list[str]:
    """The steps of a row that is spelled out."""
    steps = [step for step in block.steps if isinstance(step, PrimitiveStep)]
    return [
        f"{step.target} = {primitive_text(step.primitive, list(map(written, step.args)))}" for step in steps
    ]


def at_depth(depth: int, *texts: str) -> str:
    return "".join("    " * depth + text + "\n" for text in texts)


# ---------------------------------------------------------------- one kind of operation

NUMBERS = """\
import math

import numpy as np

from autodiff.compiler.engines.numba.single import exact_njit, power, stable_sigmoid, total
from autodiff.compiler.engines.numba.samples import add_common, bar_row, number_at, row_at


"""
ARGUMENTS = {
    "single": ("v, scratch, group, operands", "v, bar, scratch, group, operands"),
    "batch": (
        "common, v, scratch, samples, group, operands",
        "common, common_bar, v, bar, scratch, samples, group, operands",
    ),
}
BY_HAND = {  # where the loops that are written by hand are, and what is added to the operation's name there
    "single": ("autodiff.compiler.engines.numba.single", ""),
    "batch": ("autodiff.compiler.engines.numba.samples", "_rows"),
}
GROUP_FIELDS = "out, count, first = group.out, group.count, group.first"


def single_source(name: str, arity: int) -> str:
    """The loops over operations of one kind, on single numbers."""
    forward, reverse = ARGUMENTS["single"]
    recorded = kernel(rule_named(name), arity, unrolled=True)
    operands = [f"x{j} = v[operands[q + {j}]]" for j in range(arity)]
    loop = ("for i in range(count):", f"    q = first + {arity} * i")
    pulls = [
        f"bar[operands[q + {j}]] += {times_adjoint(partial)}"
        for j, partial in wanted(name, recorded.partials)
    ]
    return (
        NUMBERS
        + f"@exact_njit\ndef forward({forward}):\n"
        + at_depth(1, GROUP_FIELDS, *loop)
        + at_depth(2, *operands, *lines(recorded.value), f"v[out + i] = {written(recorded.value.results[0])}")
        + f"\n\n@exact_njit\ndef reverse({reverse}):\n"
        + at_depth(1, GROUP_FIELDS, *loop)
        + at_depth(2, "d = bar[out + i]", *operands, "z = v[out + i]", *lines(recorded.partials), *pulls)
    )


def batch_source(name: str, arity: int) -> str:
    """The loops over operations of one kind, on rows of samples; over neighbouring rows at once."""
    forward, reverse = ARGUMENTS["batch"]
    recorded = kernel(rule_named(name), arity, unrolled=True)
    values = [f"x{j} = r{j}[b]" for j in range(arity)]
    compute = [*values, *lines(recorded.value), f"zs[b] = {written(recorded.value.results[0])}"]
    to = wanted(name, recorded.partials)
    pulls = [f"s{j}[b] += {times_adjoint(partial)}" for j, partial in to]
    pass_on = [*values, "z, d = zs[b], ds[b]", *lines(recorded.partials), *pulls]
    firsts = [f"k{j} = operands[first + {j}]" for j in range(arity)]
    blocks = [f"r{j} = v[k{j} : k{j} + count].reshape(-1)" for j in range(arity)]
    bar_blocks = [f"s{j} = bar[k{j} : k{j} + count].reshape(-1)" for j, _ in to]
    loop = ("for i in range(count):", f"    q = first + {arity} * i")
    rows = [f"r{j} = row_at(common, v, scratch[{j}], operands[q + {j}])" for j in range(arity)]
    bars = [f"s{j} = bar_row(bar, scratch[{arity + j}], operands[q + {j}])" for j, _ in to]
    sums = [f"add_common(common_bar, operands[q + {j}], s{j}[:samples])" for j, _ in to]
    return (
        NUMBERS
        + f"@exact_njit\ndef forward({forward}):\n"
        + at_depth(1, GROUP_FIELDS, "if group.straight:")
        + at_depth(2, *firsts, *blocks, "zs = v[out : out + count].reshape(-1)", "for b in range(len(zs)):")
        + at_depth(3, *compute)
        + at_depth(2, "return")
        + at_depth(1, *loop)
        + at_depth(2, *rows, "zs = v[out + i]", "for b in range(samples):")
        + at_depth(3, *compute)
        + f"\n\n@exact_njit\ndef reverse({reverse}):\n"
        + at_depth(1, GROUP_FIELDS, "if group.straight:")
        + at_depth(2, *firsts, *blocks, *bar_blocks, "zs = v[out : out + count].reshape(-1)")
        + at_depth(2, "ds = bar[out : out + count].reshape(-1)", "for b in range(len(zs)):")
        + at_depth(3, *pass_on)
        + at_depth(2, "return")
        + at_depth(1, *loop)
        + at_depth(2, *rows, *bars, "zs, ds = v[out + i], bar[out + i]", "for b in range(samples):")
        + at_depth(3, *pass_on)
        + at_depth(2, *sums)
    )


def bound_source(mode: str, name: str, arity: int) -> str:
    """The loops that are written by hand, for one number of operands; 0 stands for any number."""
    operands = str(arity or "group.arity")
    forward, reverse = ARGUMENTS[mode]
    module, kind = BY_HAND[mode]
    name += kind
    return (
        "from autodiff.compiler.engines.numba.single import exact_njit\n"
        f"from {module} import {name}_forward, {name}_reverse\n"
        f"\n\n@exact_njit\ndef forward({forward}):\n    {name}_forward({forward}, {operands})\n"
        f"\n\n@exact_njit\ndef reverse({reverse}):\n    {name}_reverse({reverse}, {operands})\n"
    )


def wanted(name: str, partials: Block) -> list[tuple[int, Argument]]:
    """The partials that let something pass somewhere, each with its position; a step lets nan pass at its kink."""
    steps = rule_named(name).at_kink is not None
    return [(j, partial) for j, partial in enumerate(partials.results) if partial != 0 or steps]


def times_adjoint(partial: Argument) -> str:
    return "d" if partial == 1 else f"d * {written(partial)}"


# ---------------------------------------------------------------- the loop over all groups


def loop_source(mode: str, modules: Sequence[str]) -> str:
    """The loops over groups of several kinds.

    Args:
        mode: "single" or "batch".
        modules: For each kind, in the order of their numbers, the module that has its loops.
    """
    imports = [
        f"from {module} import forward as forward{k}, reverse as reverse{k}"
        for k, module in enumerate(modules)
    ]
    parts = [
        "from autodiff.compiler.engines.numba.single import exact_njit\n",
        *(line + "\n" for line in imports),
    ]
    for name, arguments, order in zip(
        ("forward", "reverse"),
        ARGUMENTS[mode],
        ("range(len(table))", "range(len(table) - 1, -1, -1)"),
        strict=True,
    ):
        parts.append(
            f"\n\n@exact_njit\ndef {name}({arguments.replace('group', 'table')}):\n    for g in {order}:\n"
        )
        parts.append(at_depth(2, "group = table[g]"))
        if name == "reverse":
            parts.append(at_depth(2, "if group.mask == 0:", "    continue"))
        for k in range(len(modules)):
            parts.append(
                at_depth(2, f"{'el' if k else ''}if group.kind == {k}:", f"    {name}{k}({arguments})")
            )
    return "".join(parts)


# One sample, forward and, if there are seeds, in reverse; it tells whether no adjoint is nan.
RUN_SINGLE = """

from autodiff.compiler.engines.numba.single import nans


@exact_njit
def run(
    v, bar, scratch, table, reverse_table, operands, constants, parameters, inputs, shown, outputs, seeds,
    leaves,
):
    first, middle = len(constants), len(constants) + len(parameters)
    v[:first] = constants
    v[first:middle] = parameters
    v[middle : middle + len(inputs)] = inputs
    forward(v, scratch, table, operands)
    for k in range(len(shown)):
        outputs[k] = v[shown[k]]
    if len(seeds) == 0:
        return True
    bar[:] = 0
    for k in range(len(shown)):
        bar[shown[k]] += seeds[k]
    reverse(v, bar, scratch, reverse_table, operands)
    leaves[:] = bar[first : first + len(leaves)]
    return nans(leaves) == 0
"""
RUN_BATCH = """

from autodiff.compiler.engines.numba.single import add_times, nans, total
from {module} import forward as early_forward, reverse as early_reverse


@exact_njit
def run(
    common, common_bar, v, bar, scratch, ahead, table, early_operands, operands,
    inputs, outputs, shown, seeds, by_inputs, back, begin, end,
):
    early_scratch = scratch.reshape(-1)
    early_forward(common, early_scratch, ahead, early_operands)
    for k in range(len(shown)):
        if shown[k] < 0:
            outputs[k, begin:end] = common[-1 - shown[k]]
            if back:
                common_bar[-1 - shown[k]] += total(seeds[k, begin:end])
    for start in range(begin, end, v.shape[1]):
        m = min(v.shape[1], end - start)
        v[: len(inputs), :m] = inputs[:, start : start + m]
        forward(common, v, scratch, m, table, operands)
        for k in range(len(shown)):
            if shown[k] >= 0:
                outputs[k, start : start + m] = v[shown[k], :m]
        if back:
            bar[:] = 0
            for k in range(len(shown)):
                if shown[k] >= 0:
                    add_times(bar[shown[k], :m], 1.0, seeds[k, start : start + m])
            reverse(common, common_bar, v, bar, scratch, m, table, operands)
            by_inputs[:, start : start + m] = bar[: len(by_inputs), :m]
    if not back:
        return True
    early_reverse(common, common_bar, early_scratch, ahead, early_operands)
    found = nans(common_bar)
    for k in range(len(by_inputs)):
        found += nans(by_inputs[k, begin:end])
    return found == 0
"""


def run_batch_source(module: str) -> str:
    """The loop over the pieces of a batch, forward and in reverse; it tells whether no adjoint is nan.

    It runs over the samples from ``begin`` to ``end``, so that threads can share a batch. What no input
    changes is computed once, before the pieces, and passes its adjoints on once, after them; ``module`` has
    the loops for it.
    """
    return RUN_BATCH.replace("{module}", module)
