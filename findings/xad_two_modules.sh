#!/usr/bin/env bash
# xad 1.5.2: `from xad import adj_1st` and `import xad.adj_1st` are different modules, and the first one loses derivatives.
# - The package has the compiled module under the name of its folder: the first import finds that, unless the folder was imported
#   before, by anybody, in this process: then both are the same.
# - Only the folder gives Real its properties `value` and `derivative`. Without it `y.derivative = 1.0` is taken as an
#   attribute like any other, without an error, and computeAdjoints says "At least one derivative must be set".
# - pow(x, y) at (0, 2) has the slope nan by y, where 0 is right: 0**2 times the logarithm of 0; at (0, 0) it is nan by x too.
#   A tie of max is shared equally, and the slope of abs at 0 is 0.
#
# Seen:   module of Real    y.derivative = 1.0     computeAdjoints
#         xad._xad.adj_1st  an attribute, no error DerivativesNotInitialized
#         xad.adj_1st       the adjoint            slope 6 of x**2 at 3
#
# Usage: bash findings/xad_two_modules.sh     (needs Python 3.11 with venv, and PyPI)
# It exits with 0 where all come out as above, and with 1 otherwise.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unset PYTHONPATH
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check xad==1.5.2
cd "$folder"
cat >slopes.py <<'CODE'
def slopes(adj, f, *numbers):
    """The slopes of a function, or the name of the error."""
    tape = adj.Tape()
    tape.activate()
    inputs = [adj.Real(x) for x in numbers]
    for x in inputs:
        tape.registerInput(x)
    tape.newRecording()
    y = f(*inputs)
    tape.registerOutput(y)
    y.derivative = 1.0
    try:
        tape.computeAdjoints()
        return [x.derivative for x in inputs]
    except Exception as error:
        return type(error).__name__
    finally:
        tape.deactivate()
CODE
venv/bin/python - <<'CODE'
import importlib.metadata
import math
import sys

from slopes import slopes

print("xad", importlib.metadata.version("xad"))
from xad import adj_1st as compiled

first = slopes(compiled, lambda x: x * x, 3.0)
print("from xad import adj_1st:", compiled.__name__, first, "has value:", hasattr(compiled.Real(1.0), "value"))
import xad.adj_1st as folder
import xad.math

second = slopes(folder, lambda x: x * x, 3.0)
print("import xad.adj_1st:", folder.__name__, second, "the same module:", folder is compiled)
from xad import adj_1st as again

print("from xad import adj_1st, afterwards: the same as the folder:", again is folder)
powers = [slopes(folder, xad.math.pow, 0.0, y) for y in (2.0, 0.0)]
kinks = slopes(folder, xad.math.max, 1.0, 1.0), slopes(folder, abs, 0.0)
print("pow at (0, 2) and (0, 0):", powers, " max at a tie, abs at 0:", kinks)
as_seen = (
    (compiled.__name__, first, second) == ("xad._xad.adj_1st", "DerivativesNotInitialized", [6.0])
    and folder is not compiled
    and again is folder
    and powers[0][0] == 0
    and math.isnan(powers[0][1])
    and math.isnan(powers[1][0])
    and kinks == ([0.5, 0.5], [0.0])
)
sys.exit(not as_seen)
CODE
