#!/usr/bin/env bash
# ddx-ad 4.3.0: an expression divided by itself is 1, and one times the constant 0 is 0, whatever the number is: x/x at 0, at
# infinity and at nan, where arithmetic gives nan. A difference is not cancelled, x - x at infinity is nan, nor is a factor,
# x·y/y at y = 0. This holds for what the library writes itself too: the derivative of log(exp(x)) is exp(x)/exp(x), so it is
# 1.0 at 1000 and at -1000, beside the values inf and -inf; JAX, PyTorch and autograd give nan there. And x/x has the derivative
# 0.0 at 0, where the value is said to be 1.0. Interpreted and compiled alike.
#
# Why: while a graph is built, a quotient whose two operands are the same node becomes the constant 1 (equal expressions are
# the same node), and a product with 0 the constant 0. The number is not there yet, so nan and infinity cannot be asked for.
#
# Seen:   expression, at          value, derivatives
#         x/x, 0 | inf | nan      1.0, 0.0
#         0·x, inf                0.0, 0.0
#         x - x, inf              nan, 0.0
#         x·y/y, 1 and 0          nan, 1.0 and nan
#         log(exp(x)), 1000       inf, 1.0
#         log(exp(x)), -1000      -inf, 1.0
#         exp(x)/exp(x), 1000     1.0, 0.0
#
# Usage: bash findings/ddx_cancels_quotients.sh     (needs Linux on x86-64, Python >= 3.11 with venv, and PyPI)
# It exits with 0 where all come out as above, and with 1 otherwise.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unset PYTHONPATH
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check ddx-ad==4.3.0 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'CODE'
import sys
from importlib.metadata import version
from math import inf, nan

import ddx
import numpy as np

print("ddx-ad", version("ddx-ad"))
changed = 0
for name, write, at, seen in (
    ("x/x", lambda x: x / x, [0.0], [1.0, 0.0]),
    ("x/x", lambda x: x / x, [inf], [1.0, 0.0]),
    ("x/x", lambda x: x / x, [nan], [1.0, 0.0]),
    ("0·x", lambda x: 0.0 * x, [inf], [0.0, 0.0]),
    ("x - x", lambda x: x - x, [inf], [nan, 0.0]),
    ("x·y/y", lambda x, y: x * y / y, [1.0, 0.0], [nan, 1.0, nan]),
    ("log(exp(x))", lambda x: ddx.log(ddx.exp(x)), [1000.0], [inf, 1.0]),
    ("log(exp(x))", lambda x: ddx.log(ddx.exp(x)), [-1000.0], [-inf, 1.0]),
    ("exp(x)/exp(x)", lambda x: ddx.exp(x) / ddx.exp(x), [1000.0], [1.0, 0.0]),
):
    for compiled in (False, True):
        names = "xy"[: len(at)]
        equation = ddx.equation(lambda: write(*map(ddx.var, names)))
        if compiled:
            equation.compile()
        point = np.array(at)
        found = [float(np.ravel(equation.evaluate(point))[0]), *np.ravel(equation.gradient(point)).tolist()]
        same = np.array_equal(found, seen, equal_nan=True)
        print(f"{name} at {at}{', compiled' * compiled}: {found}{'' if same else ', not as seen'}")
        changed |= not same
sys.exit(changed)
CODE
