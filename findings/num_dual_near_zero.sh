#!/usr/bin/env bash
# num-dual 0.15.1: powers and spherical Bessel functions are wrong near 0, not only their derivatives but their values.
# - x**0.5, x**1.5 and x**2.5 are nan at 0, and x**0.5 is inf at 1e-150 and 0 at 1e150, each with a slope to match;
#   sqrt(x) has the right value at all three, and so have x**2.0 and x**3.5 at 0.
# - sph_j2(1e-9) is -1, where it is 6.7e-20, and its slope at 1e-6 is 166, where it is 1.3e-7; the second derivative of
#   sph_j0 at 1e-9 is -256, where it is -1/3. At 0 itself all three are exact.
#
# Why: a power with the exponent p is computed from x**(p - 3), which serves for three derivatives, and multiplied by x three
# times: at 0 that is inf * 0, where p < 3, and elsewhere x**(p - 3) overflows or underflows long before x**p does.
# The Bessel functions switch from their formulas with sin(x) and cos(x), in which all digits cancel near 0, to a
# series only below 2e-16.
#
# Seen:   x        x**0.5: value, slope     sqrt(x): value, slope
#         0        nan, nan                 0, nan
#         1e-100   1e-50, 5e49              1e-50, 5e49
#         1e-150   inf, inf                 1e-75, 5e74
#         1e150    0, 0                     1e75, 5e-76
#
# Usage: bash findings/num_dual_near_zero.sh     (needs Python >= 3.10 with venv, and PyPI)
# It exits with 0 where all come out as above, and with 1 otherwise.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unset PYTHONPATH
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check num-dual==0.15.1
cd "$folder"
venv/bin/python - <<'CODE'
import importlib.metadata
import math
import sys

from num_dual import first_derivative, second_derivative

print("num-dual", importlib.metadata.version("num-dual"))
inf, nan = math.inf, math.nan
changed = 0


def check(name, found, expected):
    global changed
    as_seen = all(
        math.isnan(a) and math.isnan(b) or math.isclose(a, b, rel_tol=1e-3)
        for a, b in zip(found, expected, strict=True)
    )
    print(f"{name}: {', '.join(f'{number:.5g}' for number in found)}" + ("" if as_seen else f", not {expected}"))
    changed |= not as_seen


for x, exponent, expected in (
    (0.0, 0.5, (nan, nan)),
    (0.0, 1.5, (nan, nan)),
    (0.0, 2.0, (0, 0)),
    (0.0, 2.5, (nan, nan)),
    (0.0, 3.5, (0, 0)),
    (1e-100, 0.5, (1e-50, 5e49)),
    (1e-150, 0.5, (inf, inf)),
    (1e150, 0.5, (0, 0)),
):
    check(f"{x:g}**{exponent}", first_derivative(lambda x: x**exponent, x), expected)
for x, expected in ((0.0, (0, nan)), (1e-150, (1e-75, 5e74)), (1e150, (1e75, 5e-76))):
    check(f"sqrt({x:g})", first_derivative(lambda x: x.sqrt(), x), expected)
check("sph_j2(0)", first_derivative(lambda x: x.sph_j2(), 0.0), (0, 0))
check("sph_j2(1e-9), the value", first_derivative(lambda x: x.sph_j2(), 1e-9)[:1], (-1,))
slope = first_derivative(lambda x: x.sph_j2(), 1e-6)[1]
print(f"sph_j2(1e-6), the slope: {slope:.5g}")
changed |= not abs(slope) > 1
check("sph_j2(0.5)", first_derivative(lambda x: x.sph_j2(), 0.5), (0.0163711, 0.0643104))
check("sph_j0(0), the second derivative", second_derivative(lambda x: x.sph_j0(), 0.0)[2:], (-1 / 3,))
check("sph_j0(1e-9), the second derivative", second_derivative(lambda x: x.sph_j0(), 1e-9)[2:], (-256,))
sys.exit(changed)
CODE
