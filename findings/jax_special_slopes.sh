#!/usr/bin/env bash
# jax 0.10.2: three special functions whose values are right, and whose derivatives are wrong or nan, in float32 and float64.
# - spence (the dilogarithm): its derivative, log(x) / (1 - x), is nan for every x with 1 < x <= 2, and 0 at 1, where it is -1.
#   Below 1 and above 2 it is right.
# - jax.scipy.special.i0, a smooth even function: its slope at 0 is 1, not 0, and its second derivative 1.5, not 0.5;
#   that of i1, which is odd, is 1, not 0. Right beside 0 all are right.
# - jax.numpy.i0, the same function: its slope at 0 is 0, as it should be, but its second derivative is 0, not 0.5.
#
# Why: spence computes log(x) log(1 - x) for all x and selects it away above 0.5, so that the nan of log(1 - x) comes back
# through the product with 0; where x is 1 it selects a constant, which has no slope. i0 is exp(|x|) times its scaled form
# i0e: the slope of |x| at 0 is 1 by JAX's convention, but the rule of i0e uses sign(x), which is 0 there, and the two do
# not cancel. jax.numpy's i0 repairs that by a rule of its own, whose derivative is taken to be 0 at 0.
#
# Seen:   spence'(0.9) = -1.0536, spence'(1) = 0, spence'(1.001) = spence'(1.5) = spence'(2) = nan, spence'(3) = -0.5493
#         at 0:                       first    second derivative
#         scipy.special.i0            1        1.5
#         scipy.special.i1            0.5      1
#         numpy.i0                    0        0
#
# Usage: bash findings/jax_special_slopes.sh     (needs Python >= 3.11 with venv, and PyPI)
# It exits with 0 where all come out as above, and with 1 otherwise.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unset PYTHONPATH
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check jax==0.10.2
cd "$folder"
JAX_PLATFORMS=cpu venv/bin/python - <<'CODE'
import math
import sys

import jax
import jax.numpy as jnp
from jax.scipy import special

print("jax", jax.__version__)
changed = 0


def check(name, found, expected):
    global changed
    found = float(found)
    as_seen = math.isnan(found) and math.isnan(expected) or math.isclose(found, expected, rel_tol=1e-4, abs_tol=1e-6)
    print(f"{name} = {found:.6g}" + ("" if as_seen else f", not {expected:g}"))
    changed |= not as_seen


def second(function):
    return jax.grad(jax.grad(function))


for x64 in (False, True):
    jax.config.update("jax_enable_x64", x64)
    print("float64" if x64 else "float32")
    for x, value in ((0.9, 0.1026178), (1.0, 0), (1.5, -0.4484142), (2.0, -0.8224670), (3.0, -1.4367464)):
        check(f"spence({x})", special.spence(jnp.asarray(x)), value)
    for x, slope in ((0.9, -1.0536052), (1.0, 0), (1.001, math.nan), (1.5, math.nan), (2.0, math.nan), (3.0, -0.5493061)):
        check(f"spence'({x})", jax.grad(special.spence)(x), slope)
    for name, function, slope, curvature in (
        ("scipy.special.i0", special.i0, 1, 1.5),
        ("scipy.special.i1", special.i1, 0.5, 1),
        ("numpy.i0", jnp.i0, 0, 0),
    ):
        check(f"{name}'(0)", jax.grad(function)(0.0), slope)
        check(f"{name}''(0)", second(function)(0.0), curvature)
    for name, function in (("scipy.special.i0", special.i0), ("numpy.i0", jnp.i0)):
        check(f"{name}''(0.01)", second(function)(0.01), 0.5000187)
sys.exit(changed)
CODE
