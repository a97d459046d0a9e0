#!/usr/bin/env bash
# sympy 1.14.0, casadi 3.8.2: at a tie of two, both give each operand of a maximum half the slope. At a tie of three
# - sympy.Max gives each a half again, so that the slopes add up to 1.5; of n equal operands they add up to n / 2. So
#   the derivative of Max(2*x, 3*x - 1, 4*x - 2) at 1 is 4.5, steeper than any of the three lines;
# - casadi gives a third to each where the matrix symbols are MX, and a quarter, a quarter and a half where they are SX:
#   the same call, mmax(v), has two gradients.
#
# Why: SymPy's derivative by an operand compares it with the maximum of all the others, Heaviside(x - Max(y, z)), and
# Heaviside(0) is 1/2 however many are equal. CasADi has one operation for the maximum of an MX, which counts those that are
# equal, but takes that of an SX apart into fmax(fmax(a, b), c), and each fmax halves.
#
# Seen:   at (1, 1, 1)    gradient            sum
#         sympy.Max       1/2, 1/2, 1/2       3/2     (five operands: 5/2)
#         casadi, MX      1/3, 1/3, 1/3       1
#         casadi, SX      1/4, 1/4, 1/2       1
#
# Usage: bash findings/max_of_three_ties.sh     (needs Python >= 3.10 with venv, and PyPI)
# It exits with 0 where all come out as above, and with 1 otherwise.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unset PYTHONPATH
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check sympy==1.14.0 casadi==3.8.2
cd "$folder"
venv/bin/python - <<'CODE'
import sys
from fractions import Fraction

import casadi
import sympy

print("sympy", sympy.__version__, "casadi", casadi.__version__)
half = Fraction(1, 2)
changed = 0


def check(name, found, expected):
    global changed
    found = [Fraction(float(slope)).limit_denominator(1000) for slope in found]
    print(f"{name}: {', '.join(map(str, found))}, the sum is {sum(found)}")
    if found != expected:
        print("  not as seen")
        changed = 1


def of_sympy(expression, variables):
    return [expression.diff(variable).subs(dict.fromkeys(variables, 1)) for variable in variables]


def of_casadi(vector):
    gradient = casadi.jacobian(casadi.mmax(vector), vector)
    return casadi.Function("gradient", [vector], [gradient])(casadi.DM.ones(*vector.shape)).nonzeros()


x, *others = sympy.symbols("x:5", real=True)
for n in (2, 3, 5):
    variables = [x, *others][:n]
    check(f"sympy.Max of {n}", of_sympy(sympy.Max(*variables), variables), [half] * n)
check("sympy.Max(2*x, 3*x - 1, 4*x - 2)", of_sympy(sympy.Max(2 * x, 3 * x - 1, 4 * x - 2), [x]), [9 * half])
check("casadi.mmax of 2, MX", of_casadi(casadi.MX.sym("v", 2)), [half] * 2)
check("casadi.mmax of 2, SX", of_casadi(casadi.SX.sym("v", 2)), [half] * 2)
check("casadi.mmax of 3, MX", of_casadi(casadi.MX.sym("v", 3)), [Fraction(1, 3)] * 3)
check("casadi.mmax of 3, SX", of_casadi(casadi.SX.sym("v", 3)), [half / 2, half / 2, half])
sys.exit(changed)
CODE
