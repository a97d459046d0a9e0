"""The benchmark tenk: what its contestants must agree on tells right derivatives from wrong ones."""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from autodiff import Value
from autodiff.value import adjoints

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def tenk(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("tenk")


@cache
def right_numbers() -> list[float]:
    tenk = importlib.import_module("tenk")
    return list(tenk.reference(tenk.plan()).numbers())


def doctored(contestant: Any, change: Callable[[list[float]], object]) -> Any:
    def numbers() -> list[float]:
        found = list(contestant.numbers())
        change(found)
        return found

    return dataclasses.replace(contestant, name="doctored", numbers=numbers)


def test_the_reference_is_what_the_engine_says_and_every_adjoint_counts(tenk: Any) -> None:
    made = tenk.plan()
    xs = [Value(number) for number in tenk.inputs().tolist()]
    found = adjoints(tenk.result(made, xs, tenk.FUNCTIONS))

    assert [found[x] for x in xs] == pytest.approx(tenk.reference(made).numbers()[1:], rel=1e-9)
    assert sum(not adjoint for adjoint in found.values()) < len(found) / 1000


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        lambda found: found.__setitem__(0, found[0] * (1 + 1e-8)),
        *(lambda found, i=i: found.__setitem__(i, found[i] * (1 + 1e-8)) for i in range(1, 17)),
        lambda found: found.__setitem__(slice(1, None), [0.0] * 16),
        lambda found: found.pop(),
    ],
)
def test_a_contestant_with_a_wrong_number_is_found_before_anything_is_timed(
    tenk: Any, monkeypatch: pytest.MonkeyPatch, change: Callable[[list[float]], object]
) -> None:
    numbers = right_numbers()
    right = tenk.Contestant("right", list, lambda: numbers)
    monkeypatch.setattr(tenk, "reference", lambda _: right)
    monkeypatch.setattr(tenk, "contestants", lambda _: [right, doctored(right, change)])
    monkeypatch.setattr(tenk, "race", lambda *_: pytest.fail("they were timed"))

    with pytest.raises(AssertionError, match="doctored"):
        tenk.measure(tenk.Options(rounds=1, quick=True))


def test_contestants_that_all_give_zero_are_found(tenk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tenk, "inputs", lambda: [0.0] * 16)
    monkeypatch.setattr(tenk, "result", lambda *_: tenk.np.zeros(17))

    with pytest.raises(AssertionError, match="too close to 0 to tell right from wrong"):
        tenk.reference([]).numbers()
