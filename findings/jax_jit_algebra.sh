#!/usr/bin/env bash
# JAX 0.10.2 on a CPU, float64: jax.jit changes numbers by far more than rounding, as XLA simplifies by the rules of algebra.
# (x + 1e16) - 1e16 is 1.0 at 1 under jit, and 0.0 without; (x * 1e200) * 1e200 at 1e-100 is infinite under jit, as the two
# constants are multiplied first, and 1e300 without; log(exp(x)) at 1000 is 1000.0 with the derivative 1.0, where without jit
# it is infinite with the derivative nan. So a test that runs op by op says nothing about overflow in what is compiled, nor the
# other way round. No documented option of JAX says so: `jax_default_matmul_precision` and the like are about products of
# matrices, and XLA's fast math is off by default on CPUs. The pass is called algsimp, and can be left out for a function:
# jax.jit(f, compiler_options={"xla_disable_hlo_passes": "algsimp"}) gives what is computed op by op.
#
# Seen:   expression, at               op by op      jit           jit without algsimp
#         log(exp(x)), 1000            inf           1000.0        inf
#         its derivative               nan           1.0           nan
#         exp(x)·exp(-x), 800          nan           1.0           nan
#         exp(x)/exp(x), 800           nan           1.0           nan
#         power(exp(x), 0.5), 800      inf           5.22e+173     inf
#         sqrt(x·x), 1e200             inf           1e+200        inf
#         its derivative               0.0           1.0           0.0
#         (x·1e200)·1e200, 1e-100      1e+300        inf           1e+300
#         (x + 1e16) - 1e16, 1         0.0           1.0           0.0
#         x - x, infinity              nan           nan           nan
#         x/x, 0                       nan           nan           nan
#
# Usage: bash findings/jax_jit_algebra.sh     (needs Python >= 3.11 with venv, and PyPI)
# It exits with 0 where all come out as above, and with 1 otherwise.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unset PYTHONPATH XLA_FLAGS
export JAX_PLATFORMS=cpu JAX_ENABLE_X64=1
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check jax==0.10.2 jaxlib==0.10.2 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'CODE'
import sys
from math import inf, nan

import jax
import jax.numpy as jnp
import numpy as np

print("jax", jax.__version__)
WITHOUT = {"xla_disable_hlo_passes": "algsimp"}


def log_of_exp(x):
    return jnp.log(jnp.exp(x))


def root_of_square(x):
    return jnp.sqrt(x * x)


changed = 0
for name, f, x, seen in (
    ("log(exp(x))", log_of_exp, 1000.0, (inf, 1000.0, inf)),
    ("its derivative", jax.grad(log_of_exp), 1000.0, (nan, 1.0, nan)),
    ("exp(x)·exp(-x)", lambda x: jnp.exp(x) * jnp.exp(-x), 800.0, (nan, 1.0, nan)),
    ("exp(x)/exp(x)", lambda x: jnp.exp(x) / jnp.exp(x), 800.0, (nan, 1.0, nan)),
    ("power(exp(x), 0.5)", lambda x: jnp.power(jnp.exp(x), 0.5), 800.0, (inf, 5.221469689764144e173, inf)),
    ("sqrt(x·x)", root_of_square, 1e200, (inf, 1e200, inf)),
    ("its derivative", jax.grad(root_of_square), 1e200, (0.0, 1.0, 0.0)),
    ("(x·1e200)·1e200", lambda x: (x * 1e200) * 1e200, 1e-100, (1e300, inf, 1e300)),
    ("(x + 1e16) - 1e16", lambda x: (x + 1e16) - 1e16, 1.0, (0.0, 1.0, 0.0)),
    ("x - x", lambda x: x - x, inf, (nan, nan, nan)),
    ("x/x", lambda x: x / x, 0.0, (nan, nan, nan)),
):
    ways = (f, jax.jit(f), jax.jit(f, compiler_options=WITHOUT))
    found = [float(way(jnp.float64(x))) for way in ways]
    same = np.allclose(found, seen, rtol=1e-14, atol=0, equal_nan=True)
    print(f"{name} at {x}: {found}{'' if same else ', not as seen'}")
    changed |= not same
sys.exit(changed)
CODE
