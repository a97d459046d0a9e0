"""Files of programs: exact round trips, and a clear ValueError for everything that is no program."""

from __future__ import annotations

import dataclasses
import io
import json
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff
from autodiff import Program, Value, compile
from autodiff.compiler.engines.numpy.numpy_engine import NumpyEngine
from autodiff.compiler.flat import files
from autodiff.compiler.flat.data import Flat
from tests import strategies


def example() -> Program:
    """Three neurons on two samples, a loss, and a constant that is nan."""
    W = [[Value(0.1 * i + j, name=f"w{i}{j}") for j in range(2)] for i in range(3)]

    def loss(xs: Any) -> Any:
        rows = [[autodiff.dot(w, x, 0.5).tanh() for w in W] for x in xs]
        return autodiff.sum([autodiff.logsumexp(row) * float("nan") for row in rows]).named("loss – ∑")

    return compile(loss).program(np.ones((2, 2)))


def same(one: Program, other: Program) -> bool:
    pairs = [(getattr(one, f.name), getattr(other, f.name)) for f in dataclasses.fields(Program)]
    return all(
        a.dtype == b.dtype and a.tobytes() == b.tobytes() if isinstance(a, np.ndarray) else a == b
        for a, b in pairs
    )


def runs(program: Flat) -> bool:
    """Whether the NumPy engine can run it, forward and in reverse."""
    parameters, inputs = np.full(len(program.parameters), 0.5), np.full((len(program.inputs), 2), 0.5)
    if program.groups is None:
        program = program.replaced(
            groups=np.arange(len(program) + 1), blocks=np.ones(len(program), dtype=int)
        )
    outputs, by_parameters, _ = NumpyEngine(program).backward(parameters, inputs, 1.0)
    return len(outputs) == len(program.outputs) and len(by_parameters) == len(parameters)


@given(strategies.programs(), st.booleans())
@settings(max_examples=30)
def test_the_round_trip_is_exact(
    tmp_path_factory: pytest.TempPathFactory, random: strategies.Program, grouped: bool
) -> None:
    path = tmp_path_factory.mktemp("files") / "p"
    program = compile(lambda xs: random.run(strategies.on_values, xs)).program(list(random.inputs))
    if not grouped:
        program = Program.of(program.replaced(groups=None, blocks=None))
    program.save(path)

    assert same(Program.load(path), program)


def test_names_and_nan_survive(tmp_path: Path) -> None:
    program = example()
    program.save(tmp_path / "p")
    loaded = Program.load(str(tmp_path / "p"))

    assert same(loaded, program)
    assert np.isnan(loaded.constants).any()
    assert "loss – ∑" in loaded.names.values()


def test_equal_programs_give_equal_files(tmp_path: Path) -> None:
    example().save(tmp_path / "a")
    example().save(tmp_path / "b")

    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_numpy_can_read_the_arrays(tmp_path: Path) -> None:
    program = example()
    program.save(tmp_path / "p.npz")

    with np.load(tmp_path / "p.npz", allow_pickle=False) as arrays:
        assert (arrays["operands"] == program.operands).all()


def test_a_missing_file_is_what_python_says(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Program.load(tmp_path / "none")


# ---------------------------------------------------------------- damage


def bytes_of(program: Program) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        files.save(program, Path(folder) / "p")
        return (Path(folder) / "p").read_bytes()


CONTENT = bytes_of(example())
POSITIONS = st.integers(0, len(CONTENT) - 1)


def loads_or_refuses(path: Path, content: bytes) -> bool:
    path.write_bytes(content)
    try:
        program = Program.load(path)
    except ValueError as error:
        return str(path) in str(error)
    return runs(program)


@pytest.mark.slow
@given(st.lists(st.tuples(POSITIONS, st.integers(1, 255)), min_size=1, max_size=4))
@settings(max_examples=300)
def test_flipped_bits_give_a_value_error_or_a_valid_program(
    tmp_path_factory: pytest.TempPathFactory, flips: list[tuple[int, int]]
) -> None:
    changed = bytearray(CONTENT)
    for position, mask in flips:
        changed[position] ^= mask

    assert loads_or_refuses(tmp_path_factory.getbasetemp() / "flipped", bytes(changed))


@pytest.mark.slow
def test_every_flipped_bit_is_found(tmp_path: Path) -> None:
    path = tmp_path / "p"
    compile(lambda x: x.exp() * 2).program(1.0).save(path)
    content = path.read_bytes()
    passed = []
    for bit in range(8 * len(content)):
        changed = bytearray(content)
        changed[bit // 8] ^= 1 << bit % 8
        path.write_bytes(changed)
        try:
            Program.load(path)
            passed.append(bit)
        except ValueError:
            pass

    assert passed == []


@pytest.mark.slow
def test_cuts_are_found(tmp_path: Path) -> None:
    path = tmp_path / "p"
    for length in range(0, len(CONTENT), 5):
        path.write_bytes(CONTENT[:length])
        with pytest.raises(ValueError, match="holds no program"):
            Program.load(path)


def test_a_file_of_the_first_version_which_has_no_checksum_over_everything_is_read(tmp_path: Path) -> None:
    with (
        zipfile.ZipFile(io.BytesIO(CONTENT)) as new,
        zipfile.ZipFile(tmp_path / "old", "w") as old,
    ):
        for name in new.namelist():
            old.writestr(name, new.read(name).replace(b'"version": 2', b'"version": 1'))

    assert same(Program.load(tmp_path / "old"), example())


@given(POSITIONS, POSITIONS)
@settings(max_examples=150)
def test_a_cut_gives_a_value_error(tmp_path_factory: pytest.TempPathFactory, first: int, last: int) -> None:
    path = tmp_path_factory.getbasetemp() / "cut"

    assert loads_or_refuses(path, CONTENT[: min(first, last)] + CONTENT[max(first, last) :])
    assert loads_or_refuses(path, CONTENT[:first])


@given(st.binary(max_size=400))
def test_noise_is_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    assert loads_or_refuses(tmp_path_factory.getbasetemp() / "noise", content)


# ---------------------------------------------------------------- files made by hand, with checksums that fit


def forged(path: Path, member: str, change: Callable[[bytes], bytes | None]) -> Path:
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(CONTENT)) as old, zipfile.ZipFile(content, "w") as new:
        new.comment = b"0" * files.SEAL
        for name in old.namelist():
            changed = change(old.read(name)) if name == member else old.read(name)
            if changed is not None:
                new.writestr(name, changed)
    path.write_bytes(files.sealed(content.getvalue()))
    return path


def put(position: int, number: float) -> Callable[[Any], Any]:
    def change(array: Any) -> Any:
        array[position] = number
        return array

    return change


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("codes", put(3, 99), r"codes\[3\] is 99"),
        ("codes", put(3, -1), r"codes\[3\] is -1"),
        ("codes", lambda codes: np.roll(codes, 1), "operands and takes"),
        ("starts", lambda starts: starts[:-1], "starts must lead"),
        ("starts", put(1, -4), "operands and takes"),
        ("starts", put(-1, 10**9), "starts must lead"),
        ("starts", lambda starts: starts[:0], "starts must lead"),
        ("operands", put(0, 10**9), r"operands\[0\] of operation 0 is slot 1000000000"),
        ("operands", put(0, -1), r"operands\[0\] of operation 0 is slot -1"),
        ("operands", put(-1, 10**4), "none before its result"),
        ("operands", lambda operands: operands[:-1], "starts must lead"),
        ("operands", put(2, 0), "do not share their second vector"),
        ("outputs", put(0, 10**6), r"outputs\[0\] is slot 1000000"),
        ("outputs", put(0, -1), r"outputs\[0\]"),
        ("constants", lambda constants: constants[:0], "operand|output|names"),
        ("groups", put(1, 0), "groups must increase"),
        ("groups", put(1, 100), "groups must increase"),
        ("groups", lambda groups: groups[:0], "groups must increase"),
        ("groups", lambda groups: np.delete(groups, 1), "entries in blocks"),
        ("blocks", put(0, 0), "equal blocks"),
        ("blocks", put(0, 4), "equal blocks"),
        ("blocks", put(1, 2), "no dot products"),
        ("blocks", lambda _: None, "go together"),
        ("rules", lambda rules: ("exploit", *rules[1:]), "'exploit' is not in the table"),
        ("rules", lambda rules: ("softmax", *rules[1:]), "softmax, has other scores or positions"),
        ("rules", lambda rules: ("__class__", *rules[1:]), "not in the table"),
        ("names", lambda _: {10**30: "far"}, r"names\[0\]"),
        ("names", lambda _: {-1: "before"}, r"names\[0\] is slot -1"),
    ],
)  # fmt: skip
def test_what_is_no_program_is_named(tmp_path: Path, name: str, change: Any, words: str) -> None:
    program = example()
    old = getattr(program, name)
    changed = program.replaced(**{name: change(old.copy() if hasattr(old, "copy") else old)})
    files.save(changed, tmp_path / "p")

    with pytest.raises(ValueError, match=f"(?s)holds no program: .*({words})"):
        Program.load(tmp_path / "p")


def test_groups_of_different_kinds_are_refused(tmp_path: Path) -> None:
    program = example()
    assert program.groups is not None
    assert program.blocks is not None
    merged = program.replaced(
        groups=np.delete(program.groups, 1), blocks=np.ones(len(program.blocks) - 1, dtype=int)
    )
    files.save(merged, tmp_path / "p")

    with pytest.raises(ValueError, match="another kind"):
        Program.load(tmp_path / "p")


def test_a_group_that_uses_its_own_results_is_refused(tmp_path: Path) -> None:
    twice = compile(lambda x: x.sin().sin()).program(1.0)
    files.save(twice.replaced(groups=np.array([0, 2]), blocks=np.array([1])), tmp_path / "p")

    with pytest.raises(ValueError, match="of the same group"):
        Program.load(tmp_path / "p")


def header(descr: str, length: Any) -> bytes:
    text = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': ({length},), }}"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


def with_text(name: str, found: Any) -> Callable[[bytes], bytes]:
    return lambda text: json.dumps(json.loads(text) | {name: found}).encode()


@pytest.mark.parametrize(
    ("member", "change", "words"),
    [
        ("program.json", lambda _: None, "no program.json"),
        ("program.json", lambda _: b"\xff\xfe\x00", "no JSON"),
        ("program.json", lambda _: b"[" * 100_000, "no JSON"),
        ("program.json", lambda _: b"[]", "does not name the format"),
        ("program.json", lambda text: text.replace(b'"version": 2', b'"version": 3'), "version 3"),
        ("program.json", lambda text: text.replace(b'"version": 2', b'"version": true'), "version True"),
        ("program.json", with_text("inputs", None), "inputs .* list"),
        ("program.json", with_text("inputs", [3]), r"inputs\[0\]"),
        ("program.json", with_text("names", 3), "names .* list"),
        ("program.json", with_text("names", [["a", 1]]), r"names\[0\]"),
        ("codes.npy", lambda _: None, "no codes.npy"),
        ("codes.npy", lambda _: b"", "no header"),
        ("codes.npy", lambda _: header("<i8", "10**18"), "no header"),
        ("codes.npy", lambda _: header("<i8", 10**18), "announces"),
        ("codes.npy", lambda _: header("|O", 1), "one row of int64"),
        ("codes.npy", lambda _: header("<i8", "__import__('os').abort()"), "no header"),
        ("constants.npy", lambda data: data.replace(b"<f8", b"<i8"), "one row of float64"),
        ("codes.npy", lambda data: data[:-1], "announces"),
    ],
)  # fmt: skip
def test_what_is_in_the_archive_is_not_trusted(tmp_path: Path, member: str, change: Any, words: str) -> None:
    path = forged(tmp_path / "p", member, change)

    with pytest.raises(ValueError, match=words):
        Program.load(path)


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "p", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("program.json", b" " * 10**7)

    with pytest.raises(ValueError, match="compressed"):
        Program.load(tmp_path / "p")


def test_an_object_array_cannot_run_code(tmp_path: Path) -> None:
    content = io.BytesIO()
    np.lib.format.write_array(content, np.array([print], dtype=object), allow_pickle=True)

    with pytest.raises(ValueError, match="one row of int64"):
        Program.load(forged(tmp_path / "p", "codes.npy", lambda _: content.getvalue()))
