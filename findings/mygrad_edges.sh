#!/usr/bin/env bash
# mygrad 2.5.0: the derivative of arcsin and arccos at 1 and -1 is 0, without a word, where it is infinite; that of
# arccosh at 1 and of arctanh at 1, sqrt and cbrt at 0 is infinite in the same library. A step of gradient descent that
# starts on the edge stays there. Two activations answer a third number at 0, neither the slope to the left nor
# the one that their formula gives there: leaky_relu(x, 0.1) has 0 (left 0.1, right 1); elu(x, 0.5) has 1 (the
# formula for x <= 0 gives 0.5, as PyTorch and JAX do).
#
# Why: arcsin and arccos select 0 where |x| is 1; NumPy still warns of the division by zero, which looks as if an
# infinity had come out. leaky_relu is maximum(x, 0) + slope * minimum(x, 0), and at a tie mygrad's
# maximum and minimum give neither operand anything.
#
# Seen:   arcsin'(±1) = 0, arccos'(±1) = 0, arccosh'(1) = arctanh'(1) = sqrt'(0) = cbrt'(0) = inf
#         leaky_relu'(0) = 0, elu'(0) = 1 and elu'(-1e-9) = 0.5
#
# Usage: bash findings/mygrad_edges.sh     (needs Python >= 3.11 with venv, and PyPI)
# It exits with 0 where all come out as above, and with 1 otherwise.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unset PYTHONPATH
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check mygrad==2.5.0 numpy==2.4.6
cd "$folder"
venv/bin/python -W ignore - <<'CODE'
import math
import sys

import mygrad as mg
from mygrad.nnet import elu, leaky_relu

print("mygrad", mg.__version__)


def slope(function, x):
    x = mg.tensor(x)
    function(x).backward()
    return float(x.grad)


changed = 0
for name, function, x, expected in (
    ("arcsin", mg.arcsin, 1.0, 0.0),
    ("arcsin", mg.arcsin, -1.0, 0.0),
    ("arccos", mg.arccos, 1.0, 0.0),
    ("arccos", mg.arccos, -1.0, 0.0),
    ("arccosh", mg.arccosh, 1.0, math.inf),
    ("arctanh", mg.arctanh, 1.0, math.inf),
    ("sqrt", mg.sqrt, 0.0, math.inf),
    ("cbrt", mg.cbrt, 0.0, math.inf),
    ("leaky_relu, slope 0.1,", lambda x: leaky_relu(x, 0.1), 0.0, 0.0),
    ("elu, alpha 0.5,", lambda x: elu(x, 0.5), 0.0, 1.0),
    ("elu, alpha 0.5,", lambda x: elu(x, 0.5), -1e-9, 0.5),
):
    found = slope(function, x)
    as_seen = found == expected or math.isclose(found, expected, rel_tol=1e-6)
    print(f"the derivative of {name} at {x:g} is {found:g}" + ("" if as_seen else f", not {expected:g}"))
    changed |= not as_seen
sys.exit(changed)
CODE
