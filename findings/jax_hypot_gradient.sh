#!/usr/bin/env bash
# jax 0.10.2: the value of jnp.hypot is right at every scale, its gradient is a plausible wrong number at large ones.
# At (2e19, 2e19) in float32, JAX's default, it is (1.0607, 1.0607), and at (3e19, 4e19) it is (0.6, 1.25): the right
# answers are (0.7071, 0.7071) and (0.6, 0.8), as at (3, 4). No gradient of a length can be longer than 1. At
# small scales it is infinite or nan. In float64 the same happens from about 1e154 on, and below 1e-154.
#
# Why: hypot is computed as m * sqrt(1 + (s/m)**2), with the larger operand m, and differentiated as it is written. The
# derivative of s/m by m squares m: where that overflows, the quotient is 0, and the term that should reduce the
# slope by m is missing; where it underflows, it is infinite.
#
# Seen:   point              dtype     value     gradient
#         3,     4           float32   5         0.6, 0.8
#         2e19,  2e19        float32   2.828e19  1.06066, 1.06066
#         3e19,  4e19        float32   5e19      0.6, 1.25
#         3e-25, 4e-25       float32   5e-25     neither is finite
#         3e200, 4e200       float64   5e200     0.6, 1.25
#
# Usage: bash findings/jax_hypot_gradient.sh     (needs Python >= 3.11 with venv, and PyPI)
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

print("jax", jax.__version__)


def measured(x, y, dtype):
    x, y = jnp.asarray(x, dtype), jnp.asarray(y, dtype)
    value, slopes = jax.value_and_grad(jnp.hypot, argnums=(0, 1))(x, y)
    print(f"({x:g}, {y:g}) {dtype}: value {value:g}, gradient {slopes[0]:g}, {slopes[1]:g}")
    return float(value), [float(slope) for slope in slopes]


def close(numbers, expected):
    return all(math.isclose(a, b, rel_tol=1e-4) for a, b in zip(numbers, expected, strict=True))


as_seen = []
for x, y, length, gradient in (
    (3, 4, 5, (0.6, 0.8)),
    (2e19, 2e19, 2.82843e19, (1.06066, 1.06066)),
    (3e19, 4e19, 5e19, (0.6, 1.25)),
):
    value, slopes = measured(x, y, "float32")
    as_seen.append(close([value, *slopes], [length, *gradient]))
value, slopes = measured(3e-25, 4e-25, "float32")
as_seen.append(close([value], [5e-25]) and not any(map(math.isfinite, slopes)))
jax.config.update("jax_enable_x64", True)
value, slopes = measured(3e200, 4e200, "float64")
as_seen.append(close([value, *slopes], [5e200, 0.6, 1.25]))
print("as seen:", as_seen)
sys.exit(not all(as_seen))
CODE
