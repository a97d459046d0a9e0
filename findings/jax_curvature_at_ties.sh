#!/usr/bin/env bash
# jax 0.10.2: the second derivative at a kink depends on how a function is spelled, and may be neither of the one-sided ones
# nor their mean. Of max(x, 0)², whose second derivative is 0 left of 0 and 2 right of it, it is 0.5 at 0 if it is written
# with jnp.maximum, 0 with jax.nn.relu, 0 with jnp.where and 2 with x * x * (x >= 0). The celu of jax.nn, whose second
# derivative is 1 and 0 on its two sides, has 0.25 at 0, and elu, the same function, 1.
#
# Why: at a tie jnp.maximum and jnp.minimum hand half of the slope to each operand. That is a fair mean in the first
# derivative; in the second the half comes in twice: (max(x, 0)²)'' = 2 max'(x)² = 2 · (1/2)², and in celu, which is written
# as max(x, 0) + expm1(min(x, 0)), exp(0) · (1/2)². The slope of relu is set to 0 there, and elu selects the left branch.
#
# Seen:   at 0                          first      second    one-sided seconds
#         maximum(x, 0)²                0          0.5       0, 2
#         relu(x)²                      0          0         0, 2
#         where(x > 0, x, 0)²           0          0         0, 2
#         x · x · (x >= 0)              0          2         0, 2
#         celu                          1          0.25      1, 0
#         elu                           1          1         1, 0
#
# Usage: bash findings/jax_curvature_at_ties.sh     (needs Python >= 3.11 with venv, and PyPI)
# It exits with 0 where all come out as above, and with 1 otherwise.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unset PYTHONPATH
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check jax==0.10.2
cd "$folder"
JAX_PLATFORMS=cpu venv/bin/python - <<'CODE'
import sys

import jax
import jax.numpy as jnp

print("jax", jax.__version__)
FUNCTIONS = (  # with the first and the second derivative at 0, and the second at -1e-4 and 1e-4
    ("maximum(x, 0)²", lambda x: jnp.maximum(x, 0.0) ** 2, 0, 0.5, 0, 2),
    ("relu(x)²", lambda x: jax.nn.relu(x) ** 2, 0, 0, 0, 2),
    ("where(x > 0, x, 0)²", lambda x: jnp.where(x > 0, x, 0.0) ** 2, 0, 0, 0, 2),
    ("x·x·(x >= 0)", lambda x: x * x * (x >= 0), 0, 2, 0, 2),
    ("celu", jax.nn.celu, 1, 0.25, 1, 0),
    ("elu", jax.nn.elu, 1, 1, 1, 0),
)
changed = 0
for x64 in (False, True):
    jax.config.update("jax_enable_x64", x64)
    for name, function, *expected in FUNCTIONS:
        second = jax.grad(jax.grad(function))
        found = [float(jax.grad(function)(0.0)), *(float(second(x)) for x in (0.0, -1e-4, 1e-4))]
        as_seen = all(abs(a - b) < 1e-3 for a, b in zip(found, expected, strict=True))
        print(f"{name} at 0: first {found[0]:g}, second {found[1]:g}, beside it {found[2]:.4g} and {found[3]:.4g}", end="")
        print("" if as_seen else ", not as seen")
        changed |= not as_seen
sys.exit(changed)
CODE
