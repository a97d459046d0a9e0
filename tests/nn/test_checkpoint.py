"""Tests of nn/checkpoint.py: files are exact, replaced at once, and refused if damaged."""

from __future__ import annotations

import json
import math
import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from autodiff import Value
from nn import MLP, Linear, Module, checkpoint
from nn.init import constant

AWKWARD = [
    0.1,
    -0.0,
    5e-324,
    1.7976931348623157e308,
    1 / 3,
    Fraction(1, 3),
    Fraction(-7),
    Fraction(3**40_000, 2**70_001),
]


def with_numbers(numbers: list[Any]) -> Module:
    module = Module()
    module.values = [Value(number) for number in numbers]  # type: ignore[attr-defined]
    return module


def test_files_hold_floats_and_fractions_exactly(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    with_numbers(AWKWARD).save(path)
    loaded = with_numbers([9.0] * len(AWKWARD))

    loaded.load(str(path))

    numbers = list(loaded.state_dict().values())
    assert numbers == AWKWARD
    assert [type(number) for number in numbers] == [type(number) for number in AWKWARD]
    assert math.copysign(1, numbers[1]) == -1


def test_a_file_is_readable_json(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    Linear(1, 1, init=constant(Fraction(1, 32)), bias_init=constant(0.5)).save(path)

    content = json.loads(path.read_text())

    assert content["format"] == "scalar-autodiff nn"
    assert content["version"] == 1
    assert content["parameters"] == {"neurons.0.w.0": "1/32", "neurons.0.b": 0.5}


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_save_refuses_numbers_that_are_not_finite(tmp_path: Path, number: float) -> None:
    path = tmp_path / "model.json"
    model = Linear(1, 1, seed=0)
    model.save(path)
    good = path.read_bytes()
    model.neurons[0].w[0].data = number

    with pytest.raises(ValueError, match=r"'neurons.0.w.0' is -?(inf|nan)"):
        model.save(path)

    assert good == path.read_bytes()
    assert [path.name] == os.listdir(tmp_path)


def test_a_crash_while_writing_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "model.json"
    model = Linear(1, 1, seed=0)
    model.save(path)
    good = path.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    model.neurons[0].w[0].data = 7.0
    with pytest.raises(OSError, match="no space left"):
        model.save(path)

    assert good == path.read_bytes()
    assert [path.name] == os.listdir(tmp_path)


def test_save_follows_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "target.json", tmp_path / "link.json"
    target.write_text("old")
    link.symlink_to(target)

    Linear(1, 1, seed=0).save(link)

    assert link.is_symlink()
    assert "scalar-autodiff nn" in target.read_text()


def saved(tmp_path: Path) -> tuple[Path, str]:
    path = tmp_path / "model.json"
    Linear(2, 1, init=constant(0.25)).save(path)
    return path, path.read_text()


@pytest.mark.parametrize("length", [0, 1, 10, 60, 150, -3])
def test_a_truncated_file_is_refused(tmp_path: Path, length: int) -> None:
    path, text = saved(tmp_path)
    path.write_text(text[:length])
    model = Linear(2, 1, seed=3)
    before = model.state_dict()

    with pytest.raises(ValueError, match=r"model.json is no complete JSON file"):
        model.load(path)

    assert before == model.state_dict()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("0.25", "0.26", "was changed after it was saved"),
        ("0.25", "NaN", "was changed after it was saved"),
        ("0.25", '"1/4"', "was changed after it was saved"),
        ("w.0", "w.7", "was changed after it was saved"),
        ("w.0", "w.1", "stands in it twice"),
        ('"version": 1', '"version": 2', "has version 2, this nn reads version 1"),
        ('"version": 1', '"version": true', "has version True"),
        ("scalar-autodiff nn", "another", "is JSON, but no model saved by nn"),
        ('"parameters"', '"weights"', "holds no parameters"),
        ('"sha256"', '"md5"', "was changed after it was saved"),
    ],
)
def test_a_tampered_file_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    path, text = saved(tmp_path)
    assert old in text
    path.write_text(text.replace(old, new, 1))
    model = Linear(2, 1, seed=3)
    before = model.state_dict()

    with pytest.raises(ValueError, match=message):
        model.load(path)

    assert before == model.state_dict()


@pytest.mark.parametrize(
    "entry", ["1/0", "0x1/0x0", "1.5", "", "٣", "1/2 ", None, True, [1.0], 1, math.inf, math.nan]
)
def test_an_entry_that_is_no_number_is_refused_even_with_the_right_checksum(
    tmp_path: Path, entry: object
) -> None:
    path = tmp_path / "model.json"
    parameters = {"neurons.0.w.0": entry, "neurons.0.b": 0.5}
    content = {
        "format": checkpoint.CHECKPOINT_FORMAT,
        "version": checkpoint.CHECKPOINT_VERSION,
        "parameters": parameters,
    }
    path.write_text(json.dumps(content | {"sha256": checkpoint.checksum(parameters)}))
    model = Linear(1, 1, seed=3)
    before = model.state_dict()

    with pytest.raises(ValueError, match=r"'neurons.0.w.0' is .*, neither a finite number nor a fraction"):
        model.load(path)

    assert before == model.state_dict()


@pytest.mark.parametrize(
    "content", [b"\x80\x04\x95", b"[1, 2]", b"7", b"null", b"\xff\xfe", b"[" * 100_000, b"9" * 5000]
)
def test_a_foreign_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "foreign"
    path.write_bytes(content)

    with pytest.raises(ValueError, match="foreign is"):
        Linear(1, 1, seed=0).load(path)


def test_the_file_of_another_model_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    MLP(2, [3, 1], seed=0).save(path)
    model = MLP(2, [4, 1], seed=0)
    before = model.state_dict()

    with pytest.raises(
        ValueError, match=r"belongs to another model: MLP has 17 parameters, the state has 13 entries"
    ):
        model.load(path)

    assert before == model.state_dict()


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Linear(1, 1, seed=0).load(tmp_path / "absent.json")
