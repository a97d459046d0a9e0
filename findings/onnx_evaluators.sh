#!/usr/bin/env bash
# onnx 1.23.2, onnxruntime 1.32.0: ONNX Runtime and ONNX's own reference evaluator compute the same models, and each has plain
# float32 results, far from rounding, where the other is right.
# - ONNX Runtime's Sigmoid is the same number, 0 here, for every x below -18: at -20 it is 2.06e-9, and float32 reaches
#   down to 1e-45. So is its gradient, s(1 - s), and the logarithm of it is -inf. Softplus keeps its digits, so that
#   log(Sigmoid(x)) and -Softplus(-x) differ without end. Elu(-1e-8), with slope 1, is 0.
# - The reference's LogSoftmax of (0, -200) is (0, -inf), where it is (0, -200).
#
# Why: ONNX Runtime clamps the argument of Sigmoid to -18 and 18, where 1 - s is near the last bit of float32, and takes a
# rational approximation that is exact to 1e-7 absolutely, not relatively; its Elu is exp(x) - 1. The reference takes the
# logarithm of Softmax, which has underflowed: it is written to be read. The standard names formulas, and no bounds for errors.
#
# Seen:                          reference     ONNX Runtime
#         Sigmoid(-20)           2.06e-9       0
#         Sigmoid(-30)           9.36e-14      0
#         Softplus(-20)          2.06e-9       2.06e-9
#         Elu(-1e-8)             -1e-8         0
#         LogSoftmax(0, -200)    0, -inf       0, -200
#
# Usage: bash findings/onnx_evaluators.sh     (needs Python >= 3.11 with venv, and PyPI)
# It exits with 0 where all come out as above (Sigmoid: the same at -20 and -30, and off by 2e-9), and with 1 otherwise.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unset PYTHONPATH
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6
cd "$folder"
venv/bin/python -W ignore - <<'CODE'
import math
import sys

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

print("onnx", onnx.__version__, "onnxruntime", onnxruntime.__version__)


def run(operator, *x):
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, len(x)]) for name in "xy"]
    graph = helper.make_graph([helper.make_node(operator, ["x"], ["y"])], operator, ends[:1], ends[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    onnx.checker.check_model(model, full_check=True)
    feed = {"x": numpy.array([x], dtype=numpy.float32)}
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    reference, runtime = (one.run(None, feed)[0][0].tolist() for one in (ReferenceEvaluator(model), session))
    print(f"{operator}{x}: reference {reference}, ONNX Runtime {runtime}")
    return reference, runtime


def close(found, expected):
    return all(math.isclose(a, b, rel_tol=1e-5) for a, b in zip(found, expected, strict=True))


x = (-20, -30)
exact = [1 / (1 + math.exp(20)), 1 / (1 + math.exp(30))]
reference, runtime = run("Sigmoid", *x)
as_seen = [close(reference, exact), runtime[0] == runtime[1], abs(runtime[0] - exact[0]) > 2e-9]
reference, runtime = run("Softplus", *x)
as_seen += [close(reference, exact), close(runtime, exact)]
reference, runtime = run("Elu", -1e-8)
as_seen += [close(reference, [-1e-8]), runtime == [0]]
reference, runtime = run("LogSoftmax", 0, -200)
as_seen += [reference == [0, -math.inf], runtime == [0, -200]]
print("as seen:", as_seen)
sys.exit(not all(as_seen))
CODE
