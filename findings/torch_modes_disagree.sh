#!/usr/bin/env bash
# torch 2.13.0: forward mode and reverse mode give different derivatives of the same function at the same point, both finite.
# At a tie, fmax hands everything to its first operand in reverse mode, to its second in forward mode; fmin hands all to the
# first in both, and maximum shares equally in both. The slope of prelu at 0 is its weight in reverse mode, 1 in forward
# mode; that of leaky_relu is the weight in both. And logcumsumexp in forward mode is off by 1e-13 everywhere, in float64,
# and gives 0 for the 1 and only 0 for the nan of reverse mode at a masked (-inf) element.
#
# Why: each function has two formulas, one for each mode, written separately. One of fmax asks for x >= y, the other for
# x > y; the two of prelu differ in the same way; the one of logcumsumexp divides by the sum plus 1e-13. Random
# points, with which such formulas are tested, have no ties.
#
# Seen:   function, point                        jacrev        jacfwd
#         fmax, (2, 2)                           1, 0          0, 1
#         fmin, (2, 2)                           1, 0          1, 0
#         maximum, (2, 2)                        0.5, 0.5      0.5, 0.5
#         prelu with weight 0.1, 0               0.1           1
#         leaky_relu with slope 0.1, 0           0.1           0.1
#         last of logcumsumexp, (0, 0)           0.5, 0.5      0.5, 0.5, each less 2.5e-14
#         last of logcumsumexp, (-inf, 0)        nan, 1        0, 1 - 1e-13
#
# Usage: bash findings/torch_modes_disagree.sh     (needs Python >= 3.10 with venv, and PyPI; PyTorch is large)
# It exits with 0 where all come out as above, and with 1 otherwise.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unset PYTHONPATH
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check torch==2.13.0
cd "$folder"
venv/bin/python -W ignore - <<'CODE'
import math
import sys

import torch
from torch.nn import functional

print("torch", torch.__version__)


def prelu(x):
    return functional.prelu(x, torch.tensor([0.1], dtype=x.dtype)).sum()


def leaky_relu(x):
    return functional.leaky_relu(x, 0.1).sum()


def last_of_logcumsumexp(x):
    return torch.logcumsumexp(x, 0)[-1]


def pairwise(function):
    return lambda x: function(x[0], x[1])


def same(found, expected):
    return all(
        math.isnan(a) and math.isnan(b) or math.isclose(a, b, rel_tol=1e-15)
        for a, b in zip(found, expected, strict=True)
    )


changed = 0
for name, function, point, reverse, forward in (
    ("fmax", pairwise(torch.fmax), [2, 2], [1, 0], [0, 1]),
    ("fmin", pairwise(torch.fmin), [2, 2], [1, 0], [1, 0]),
    ("maximum", pairwise(torch.maximum), [2, 2], [0.5, 0.5], [0.5, 0.5]),
    ("prelu", prelu, [0], [0.1], [1]),
    ("leaky_relu", leaky_relu, [0], [0.1], [0.1]),
    ("logcumsumexp", last_of_logcumsumexp, [0, 0], [0.5, 0.5], [0.5 - 2.5e-14, 0.5 - 2.5e-14]),
    ("logcumsumexp", last_of_logcumsumexp, [-math.inf, 0], [math.nan, 1], [0, 1 - 1e-13]),
):
    x = torch.tensor(point, dtype=torch.float64)
    found = torch.func.jacrev(function)(x).tolist(), torch.func.jacfwd(function)(x).tolist()
    as_seen = same(found[0], reverse) and same(found[1], forward)
    print(f"{name} at {point}: jacrev {found[0]}, jacfwd {found[1]}" + ("" if as_seen else ", not as seen"))
    changed |= not as_seen
sys.exit(changed)
CODE
