#!/usr/bin/env bash
# numpy 2.4.6: a KeyboardInterrupt or SystemExit that is raised in the __len__ of an object is lost where NumPy makes an array of
# it (np.asarray(x), array[:] = [x], np.shape(x)): the object counts as a number, and the program goes on. So Ctrl-C does nothing
# while such a method runs, as those of libraries do that stand for numbers while they record what is done with them.
#
# Why: an object whose length cannot be had is no sequence to NumPy, whatever it raises: the error is cleared. Two are looked for
# before that, and come through: MemoryError and RecursionError. All come through from __array__, __array_interface__ and
# __getattr__. An assignment to one element, array[0] = x, and np.fromiter ask for no length.
#
# Seen:                        KeyboardInterrupt, SystemExit, ZeroDivisionError     MemoryError, RecursionError
#         __len__              lost                                                come through
#         __array__            come through                                        come through
#         array[0] = x         __len__ is not called                               __len__ is not called
#
# Usage: bash findings/numpy_len_interrupts.sh     (needs Python >= 3.11 with venv, and PyPI)
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

import numpy as np

print("numpy", np.__version__)


class WithLength:
    def __len__(self):
        raise error

    def __getitem__(self, key):
        return self


class WithArray:
    def __array__(self, dtype=None, copy=None):
        raise error


def of_elements(x):
    np.empty(1, dtype=object)[:] = [x]


def of_one(x):
    np.empty(1, dtype=object)[0] = x
    np.fromiter([x], dtype=object, count=1)


def outcome(ask, x):
    try:
        ask(x)
    except BaseException as raised:
        return type(raised).__name__
    return "lost"


changed = False
for error in (KeyboardInterrupt(), SystemExit(), ZeroDivisionError(), MemoryError(), RecursionError()):
    name = type(error).__name__
    of_length = name if name in ("MemoryError", "RecursionError") else "lost"
    for kind, ask, seen in (
        (WithLength, np.asarray, of_length),
        (WithLength, of_elements, of_length),
        (WithLength, np.shape, of_length),
        (WithLength, of_one, "lost"),
        (WithArray, np.asarray, name),
    ):
        found = outcome(ask, kind())
        print(f"{name}, {kind.__name__}, {ask.__name__}: {found}" + ("" if found == seen else ", not as seen"))
        changed |= found != seen
sys.exit(changed)
CODE
