#!/usr/bin/env bash
# torch 2.13.0: the gradient of hardsigmoid in float64 has the digits of float32: it is 0.1666666716337204 between -3 and 3, not
# 1/6 = 0.16666666666666666. The value has all its digits, and so have value and gradient of hardswish, x times
# hardsigmoid(x). Against differences in double precision the gradient is off by 3e-8 everywhere between -3 and 3.
#
# Why: the gradient is, to the last bit, 1/6 rounded to float32: the backward pass multiplies by a constant of single
# precision, whatever the type of the tensor; the forward pass divides by 6 in that type.
#
# Seen:   float64, x      value                 gradient              right
#         -1.5            0.25                  0.1666666716337204    0.16666666666666666
#         1               0.6666666666666666    0.1666666716337204    0.16666666666666666
#         3               1                     0                     0 (the library's choice)
#         hardswish, 1    0.6666666666666666    0.8333333333333333    0.8333333333333334
#
# Usage: bash findings/torch_hardsigmoid_gradient.sh     (needs Python >= 3.10 with venv, and PyPI; PyTorch is large)
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


def value_and_slope(function, x, count):
    """Of the last of so many equal numbers: short and long arrays take different ways through the kernel."""
    points = torch.full((count,), x, dtype=torch.float64, requires_grad=True)
    values = function(points)
    slopes = torch.autograd.grad(values.sum(), points)[0]
    return values[-1].item(), slopes[-1].item()


ROUNDED = float(torch.tensor(1 / 6, dtype=torch.float32))
changed = 0
for function, x, value, slope in (
    (functional.hardsigmoid, -1.5, 0.25, ROUNDED),
    (functional.hardsigmoid, 1.0, 2 / 3, ROUNDED),
    (functional.hardsigmoid, 3.0, 1.0, 0.0),
    (functional.hardswish, 1.0, 2 / 3, 5 / 6),
):
    for count in (1, 17):
        found = value_and_slope(function, x, count)
        as_seen = all(math.isclose(a, b, rel_tol=1e-15) for a, b in zip(found, (value, slope), strict=True))
        name = f"{function.__name__}({x:g}), of {count}"
        print(f"{name}: {found[0]!r}, gradient {found[1]!r}" + ("" if as_seen else ", not as seen"))
        changed |= not as_seen
sys.exit(changed)
CODE
