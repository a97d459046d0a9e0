#!/usr/bin/env bash
# numpy 2.4.6: np.cov and np.corrcoef of an array of Fractions raise "AttributeError: 'float' object has no attribute 'shape'",
# though np.mean, np.var, np.average and the products that a covariance is made of are exact there. The same for any array of
# objects, such as Decimals or the nodes of a library for derivatives.
#
# Why: np.cov asks np.average for the sum of the weights too, returned=True. Without weights that sum is made by the type of
# the array's elements, dtype.type(3.0), of which the shape is read. For the type "object" this is the plain number 3.0. With
# weights it is a sum of objects: a plain number too over all elements, but an array along an axis, as np.cov asks for it.
#
# Seen:   np.mean, np.var, np.average of [1/3, 2/3, 2]     1, 14/27, 1: Fractions
#         np.average(..., returned=True)                   AttributeError
#         the same with weights=[1, 1, 1]                  AttributeError: 'int' object ...
#         np.cov, np.corrcoef of two rows                  AttributeError
#         np.cov(..., aweights=[1, 1, 1])                  works
#
# Usage: bash findings/numpy_cov_of_fractions.sh     (needs Python >= 3.11 with venv, and PyPI)
# It exits with 0 where all come out as above, and with 1 otherwise.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unset PYTHONPATH
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check numpy==2.4.6
cd "$folder"
venv/bin/python - <<'CODE'
import sys
from fractions import Fraction

import numpy as np

print("numpy", np.__version__)
row = np.array([Fraction(1, 3), Fraction(2, 3), Fraction(2)])
rows = np.array([row, row[::-1]])
ones = np.ones(3, dtype=int)


def outcome(ask):
    try:
        return ask()
    except AttributeError as error:
        return str(error)


ERROR = "'float' object has no attribute 'shape'"
changed = 0
for name, ask, seen in (
    ("mean", lambda: np.mean(row), Fraction(1)),
    ("var", lambda: np.var(row), Fraction(14, 27)),
    ("average", lambda: np.average(row), Fraction(1)),
    ("average, returned", lambda: np.average(row, returned=True), ERROR),
    ("average, returned, weights", lambda: np.average(row, weights=ones, returned=True), ERROR.replace("float", "int")),
    ("cov", lambda: np.cov(rows), ERROR),
    ("corrcoef", lambda: np.corrcoef(rows), ERROR),
    ("cov, aweights", lambda: bool(abs(np.cov(rows, aweights=ones)[0, 0] - 7 / 9) < 1e-12), True),
):
    found = outcome(ask)
    print(f"{name}: {found!r}" + ("" if found == seen else ", not as seen"))
    changed |= found != seen
sys.exit(changed)
CODE
