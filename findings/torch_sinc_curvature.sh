#!/usr/bin/env bash
# torch 2.13.0: torch.sinc has its value right everywhere, and at 0 its slope; the second derivative at 0, -π²/3, is nan. In
# float32, torch's default, the slope at 1e-4 is 2.8 times too steep and at 1e-5 it is 0; the second derivative is 5.96, with the
# wrong sign, at 1e-4, and 0 at 1e-5. In float64 the third derivative, π⁴x/5 near 0, is 27 % off at 1e-4, and -114 at 1e-6.
#
# Why: the slope is computed as (cos(πx) πx - sin(πx)) / (πx²), and selected to be 0 where x is 0. Beside 0 the two terms
# cancel, and what rounding leaves is divided by a power of x that grows with each derivative; at 0 itself the formula behind
# the selection, differentiated again, is 0 / 0.
#
# Seen:   float32    x        slope          right          second         right
#                    0        0              0              nan            -3.28987
#                    1e-5     0              -3.28987e-05   0              -3.28987
#                    1e-4     -9.26404e-04   -3.28987e-04   5.96171        -3.28987
#                    0.1      -0.325751      -0.325751      -3.19304       -3.19303
#         float64    x        third          right
#                    1e-6     -114.232       1.94818e-05
#                    1e-4     0.00247299     0.00194818
#                    0.1      1.92538        1.92538
#
# Usage: bash findings/torch_sinc_curvature.sh     (needs Python >= 3.10 with venv, and PyPI; PyTorch is large)
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

print("torch", torch.__version__)


def derivatives(x, dtype):
    """The value of sinc and its first three derivatives at a point."""
    point = torch.tensor(x, dtype=dtype, requires_grad=True)
    found = [torch.sinc(point)]
    for _ in range(3):
        found += torch.autograd.grad(found[-1], point, create_graph=True)
    return [each.item() for each in found]


changed = 0
for dtype, order, x, expected in (
    (torch.float32, 1, 0.0, 0.0),
    (torch.float32, 1, 1e-5, 0.0),
    (torch.float32, 1, 1e-4, -9.26404e-04),
    (torch.float32, 1, 0.1, -0.325751),
    (torch.float32, 2, 0.0, math.nan),
    (torch.float32, 2, 1e-5, 0.0),
    (torch.float32, 2, 1e-4, 5.96171),
    (torch.float32, 2, 0.1, -3.19304),
    (torch.float64, 2, 0.0, math.nan),
    (torch.float64, 2, 0.1, -3.19303),
    (torch.float64, 3, 1e-6, -114.232),
    (torch.float64, 3, 1e-4, 0.00247299),
    (torch.float64, 3, 0.1, 1.92538),
):
    value, *slopes = derivatives(x, dtype)
    found = slopes[order - 1]
    as_seen = math.isnan(found) and math.isnan(expected) or math.isclose(found, expected, rel_tol=1e-4, abs_tol=1e-12)
    as_seen &= math.isclose(value, math.sin(math.pi * x) / (math.pi * x) if x else 1, rel_tol=1e-6)
    print(f"{str(dtype).removeprefix('torch.')}: derivative {order} at {x:g} = {found:.6g}" + ("" if as_seen else ", not as seen"))
    changed |= not as_seen
sys.exit(changed)
CODE
