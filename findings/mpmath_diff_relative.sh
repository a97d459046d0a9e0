#!/usr/bin/env bash
# mpmath 1.4.1: diff(f, x, relative=True), which its documentation recommends for large and for tiny x, is wrong just there,
# and without it diff is right longer. The option shifts the step the wrong way: for x = 1e-10 it takes a step of about
# 1e-9, beyond the singularity of log at 0, and for x = 1e15 one so small that it is lost. The numbers are wrong without
# a word, some of them complex. Who checks derivatives with mpmath, as an exact oracle, checks with these.
#
# Why: the step is 2**(-p - m), p being the precision with some bits more, m the exponent of x (mpmath.mag); with +m it would
# grow and shrink with x. Without the option it is 2**-p for all x (about 1e-19 at 15 digits), which is right between
# about 1e-15 and 1e20, and as wrong beyond: log'(1e-30) comes out of size 1e19, and the derivative of x**2 at 1e30 is 0.
# All of it is so in mpmath 1.3.0 too, which SymPy 1.14 asks for. A step of one's own works: h=x * 2**-60.
#
# Seen:   derivative      exact        diff          diff(relative=True)
#         log'(1e-10)     1e10         1e10               1.2e8 - 1.7e9j
#         log'(1e-15)     1e15         1e15               2.7e-7 - 2.6e4j
#         log'(1e-30)     1e30         8.5e7 - 1.4e19j    2.1e-52 - 2.3e-11j
#         (x**2)'(1e15)   2e15         2e15               0
#         (x**2)'(1e30)   2e30         0                  0
#
# Usage: bash findings/mpmath_diff_relative.sh     (needs Python >= 3.10 with venv, and PyPI)
# It exits with 0 where all come out as above, and with 1 otherwise.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unset PYTHONPATH
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check mpmath==1.4.1
cd "$folder"
venv/bin/python - <<'CODE'
import sys

import mpmath
from mpmath import mpf

print("mpmath", mpmath.__version__)


def square(x):
    return x**2


def close(a, b):
    return abs(a - b) <= 0.05 * abs(b)


changed = 0
for name, function, x, exact, plain, relative in (
    ("log", mpmath.log, "1e-10", "1e10", 1e10, 1.16e8 - 1.69e9j),
    ("log", mpmath.log, "1e-15", "1e15", 1e15, 2.7e-7 - 2.57e4j),
    ("log", mpmath.log, "1e-30", "1e30", 8.5e7 - 1.449e19j, 2.1e-52 - 2.286e-11j),
    ("square", square, "1e15", "2e15", 2e15, 0),
    ("square", square, "1e30", "2e30", 0, 0),
):
    x = mpf(x)
    found = [mpmath.diff(function, x, **options) for options in ({}, {"relative": True}, {"h": x * mpf(2) ** -60})]
    print(f"{name}'({mpmath.nstr(x)}):", *(mpmath.nstr(number, 4) for number in found))
    as_seen = close(found[0], plain) and close(found[1], relative) and close(found[2], mpf(exact))
    if not as_seen:
        print("  not as seen")
    changed |= not as_seen
sys.exit(changed)
CODE
