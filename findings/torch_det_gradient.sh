#!/usr/bin/env bash
# torch 2.13.0: the gradient of torch.det at a singular matrix is a matrix of zeros, unless create_graph=True is given: then
# it is right. So a penalty on a determinant pushes nothing at all from a matrix that is exactly singular, and the same
# line gives another gradient as soon as somebody asks for second derivatives too. The two modes of torch.func differ as
# well: jacrev is right, jacfwd is 0.
#
# Why: the derivative of the determinant is the matrix of the cofactors, ((4, -2), (-2, 1)) for ((1, 2), (2, 4)). In the
# usual backward pass it is found from the LU factors that are at hand: solve with the matrix and multiply by the
# determinant. A zero on the diagonal is replaced by a tiny number so that solving works, but the determinant stays 0, and
# so does every product. Where the graph is kept, another formula, with singular values and no division, is taken for
# singular matrices. Matrices that are singular but for rounding, as most are, come out right, and hide it.
#
# Seen:   matrix                 backward, jacfwd      create_graph=True, jacrev
#         ((1, 2), (2, 4))       ((0, 0), (0, 0))      ((4, -2), (-2, 1))
#         diagonal (3, 2, 0)     0 everywhere          diagonal (0, 0, 6)
#
# Usage: bash findings/torch_det_gradient.sh     (needs Python >= 3.10 with venv, and PyPI; PyTorch is large)
# It exits with 0 where all come out as above, and with 1 otherwise.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unset PYTHONPATH
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check torch==2.13.0
cd "$folder"
venv/bin/python -W ignore - <<'CODE'
import sys

import torch

print("torch", torch.__version__)


def gradient(matrix, create_graph):
    matrix = matrix.clone().requires_grad_()
    return torch.autograd.grad(torch.det(matrix), matrix, create_graph=create_graph)[0].detach()


as_seen = []
for matrix, cofactors in (
    ([[1, 2], [2, 4]], [[4, -2], [-2, 1]]),
    ([[3, 0, 0], [0, 2, 0], [0, 0, 0]], [[0, 0, 0], [0, 0, 0], [0, 0, 6]]),
):
    matrix, cofactors = torch.tensor(matrix, dtype=torch.float64), torch.tensor(cofactors, dtype=torch.float64)
    print("det of", matrix.tolist(), "is", torch.det(matrix).item())
    for name, found, expected in (
        ("backward", gradient(matrix, create_graph=False), 0 * cofactors),
        ("jacfwd", torch.func.jacfwd(torch.det)(matrix), 0 * cofactors),
        ("create_graph=True", gradient(matrix, create_graph=True), cofactors),
        ("jacrev", torch.func.jacrev(torch.det)(matrix), cofactors),
    ):
        print(f"  {name:18}", [[round(x, 9) + 0.0 for x in row] for row in found.tolist()])
        as_seen.append(torch.allclose(found, expected, atol=1e-9))
print("as seen:", as_seen)
sys.exit(not all(as_seen))
CODE
