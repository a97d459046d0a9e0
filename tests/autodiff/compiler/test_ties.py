"""Ties of the largest and smallest: in every engine as in eager graphs, between arguments and beside numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autodiff
from autodiff import Value, compile, gradient
from tests.engines import needs

FUNCTIONS: list[Callable[[Any, Any], Any]] = [
    lambda x, y: autodiff.maximum(x, y),
    lambda x, y: autodiff.minimum(x, y) * x,
    lambda x, y: autodiff.maximum(x, 1) + autodiff.minimum(1, y),
    lambda x, y: autodiff.max([x, y, 0]),
    lambda x, y: autodiff.max([x, 1, y]),
    lambda x, y: autodiff.min([3, y, x, 1]),
    lambda x, y: autodiff.max([*[x] * 4, y, *[0] * 100]),
]
POINTS = [(1.0, 1.0), (2.0, 1.0), (1.0, 2.0), (0.0, 0.0), (-1.0, -1.0)]


@pytest.mark.parametrize("engine", ["numpy", "llvm", "jax"])
def test_ties_are_shared_as_in_eager_graphs(engine: str) -> None:
    needs(engine)
    for f in FUNCTIONS:
        compiled = compile(f, engine=engine)
        expected = []
        for point in POINTS:
            x, y = map(Value, point)
            expected.append(gradient(f(x, y), [x, y]))

            assert [float(part) for part in compiled.value_and_grad(*point)[1]] == expected[-1]
        batch = compiled.value_and_grad(*np.array(POINTS).T)[1]
        assert np.array(batch).T.tolist() == expected


def test_the_listing_hides_what_marks_plain_numbers() -> None:
    program = compile(lambda x, y: autodiff.max([x, y, 3])).program(1.0, 1.0)

    assert "max([x y 3])" in str(program)
    assert "beside" not in str(program)


def test_a_program_with_a_tie_survives_its_file(tmp_path: Any) -> None:
    f = compile(lambda x, y: autodiff.max([x, y, 1]) + autodiff.maximum(x, 1))
    program = f.program(1.0, 2.0)
    program.save(tmp_path / "program")

    again = type(program).load(tmp_path / "program")

    assert str(again) == str(program)
