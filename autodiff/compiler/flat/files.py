"""Files of programs: texts and arrays in a ZIP archive that cannot run code, and is checked when it is read.

The archive holds ``program.json`` with the names, and one ``.npy`` file for each array. Its comment, the last bytes
of the file, is the checksum of all bytes before, which finds any damage. That the operations make a program is
checked besides, so that a file made by hand cannot make an engine read where nothing is.

Version 1 had no checksum over everything; its files are still read, with the archive's own checksums alone.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from autodiff.compiler.flat.data import Flat
from autodiff.compiler.flat.validity import check_program
from autodiff.files import write_file

__all__ = ["PROGRAM_FORMAT", "PROGRAM_VERSION", "load", "save"]

PROGRAM_FORMAT = "scalar-autodiff program"
PROGRAM_VERSION = 2
UNSEALED = 1  # the version that had no checksum over everything
SEAL = 64  # digits of it
TEXTS = "program.json"
LISTS = ("rules", "parameters", "inputs")
ARRAYS = {"codes": "<i8", "starts": "<i8", "operands": "<i8", "constants": "<f8", "outputs": "<i8"}
GROUPING = {"groups": "<i8", "blocks": "<i8"}


def save(program: Flat, path: str | Path) -> None:
    """Write a program to a file.

    >>> import tempfile
    >>> from autodiff import Program, compile
    >>> program = compile(lambda x: x.exp() * 2).program(1.0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     program.save(Path(folder) / "example.program")
    ...     Program.load(Path(folder) / "example.program")
    Program(2 operations, 0 parameters, 1 inputs, 1 outputs, depth 2; 1 exp, 1 mul)
    """
    texts: dict[str, Any] = {"format": PROGRAM_FORMAT, "version": PROGRAM_VERSION}
    texts |= {name: getattr(program, name) for name in LISTS}
    texts["names"] = sorted(program.names.items())
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(entry(TEXTS), json.dumps(texts, indent=1))
        for name, kind in {**ARRAYS, **GROUPING}.items():
            if (array := getattr(program, name)) is not None:
                archive.writestr(entry(f"{name}.npy"), array_bytes(array.astype(kind)))
        archive.comment = b"0" * SEAL
    write_file(path, sealed(content.getvalue()))


def sealed(content: bytes) -> bytes:
    """The file with the checksum of all before in its last bytes."""
    return content[:-SEAL] + hashlib.sha256(content[:-SEAL]).hexdigest().encode()


def entry(name: str) -> zipfile.ZipInfo:
    """A member of the archive without the time, so that equal programs give equal files."""
    return zipfile.ZipInfo(name)


def array_bytes(array: npt.NDArray[Any]) -> bytes:
    content = io.BytesIO()
    np.lib.format.write_array(content, array, allow_pickle=False)
    return content.getvalue()


def load(path: str | Path) -> Flat:
    """Read a program that ``save`` wrote.

    Raises:
        ValueError: The file is truncated, changed, or no program; the message says what is wrong and where.
    """
    content = Path(path).read_bytes()
    try:
        members = members_of(content)
        texts = texts_of(members, content == sealed(content))
        arrays: dict[str, Any] = {name: array_of(members, name, kind) for name, kind in ARRAYS.items()}
        arrays |= {
            name: array_of(members, name, kind) for name, kind in GROUPING.items() if f"{name}.npy" in members
        }
        program = Flat(**texts, **{name: as_indices(array) for name, array in arrays.items()})
        check_program(program)
    except ValueError as error:
        raise ValueError(f"{path} holds no program: {error}") from error
    return program


# ---------------------------------------------------------------- the archive


def members_of(content: bytes) -> dict[str, bytes]:
    """The members of the archive; none is compressed, so they are not larger than the file."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.infolist():
                if member.compress_type != zipfile.ZIP_STORED or member.file_size > len(content):
                    raise ValueError(f"{member.filename} in it is compressed, which save does not do")
            return {name: archive.read(name) for name in archive.namelist()}
    except ValueError:
        raise
    except Exception as error:  # the module raises a dozen kinds, from BadZipFile to NotImplementedError
        raise ValueError(f"the archive is truncated or damaged ({error})") from error


def texts_of(members: dict[str, bytes], intact: bool) -> dict[str, Any]:
    """The names in a program, checked to be texts, of a file whose checksum is right or that has none."""
    if TEXTS not in members:
        raise ValueError(f"it has no {TEXTS}")
    try:
        texts = json.loads(members[TEXTS])
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{TEXTS} is no JSON ({error})") from error
    if not isinstance(texts, dict) or texts.get("format") != PROGRAM_FORMAT:
        raise ValueError(f"{TEXTS} does not name the format {PROGRAM_FORMAT!r}")
    if texts.get("version") not in (UNSEALED, PROGRAM_VERSION) or isinstance(texts["version"], bool):
        raise ValueError(
            f"it has version {texts.get('version')!r}, and this release reads version {PROGRAM_VERSION}"
        )
    if texts["version"] != UNSEALED and not intact:
        raise ValueError("it was changed or damaged after it was saved (its checksum differs)")
    lists = {name: tuple(texts_in(texts, name)) for name in LISTS}
    return {**lists, "names": dict(names_in(texts))}


def texts_in(texts: dict[str, Any], name: str) -> Iterator[str]:
    found = texts.get(name)
    if not isinstance(found, list):
        raise ValueError(f"{name} in {TEXTS} must be a list of texts, not {found!r:.80}")
    for position, text in enumerate(found):
        if not isinstance(text, str):
            raise ValueError(f"{name}[{position}] in {TEXTS} must be a text, not {text!r:.80}")
        yield text


def names_in(texts: dict[str, Any]) -> Iterator[tuple[int, str]]:
    found = texts.get("names")
    if not isinstance(found, list):
        raise ValueError(f"names in {TEXTS} must be a list, not {found!r:.80}")
    for position, pair in enumerate(found):
        match pair:
            case [int(slot), str(name)] if not isinstance(slot, bool):
                yield slot, name
            case _:
                raise ValueError(f"names[{position}] in {TEXTS} must be a slot and a text, not {pair!r:.80}")


def as_indices(array: npt.NDArray[Any]) -> Any:
    """Whole numbers in the type that NumPy takes as indices, which has 32 bits on some machines."""
    if array.dtype.kind != "i":
        return array
    indices = array.astype(np.intp)
    if not np.array_equal(indices, array):
        raise ValueError("a number is too large for an index on this machine")
    return indices


def array_of(members: dict[str, bytes], name: str, kind: str) -> npt.NDArray[Any]:
    """Read one array of one axis; its header is not trusted to say how much memory it takes."""
    if f"{name}.npy" not in members:
        raise ValueError(f"it has no {name}.npy")
    content = io.BytesIO(members[f"{name}.npy"])
    try:
        version = np.lib.format.read_magic(content)
        shape, _, dtype = np.lib.format.read_array_header_1_0(content)
    except Exception as error:  # what a damaged header makes Python's parser raise
        raise ValueError(f"{name}.npy has no header that can be read ({error})") from error
    data = content.read()
    if version != (1, 0) or dtype != np.dtype(kind) or len(shape) != 1:
        raise ValueError(f"{name}.npy must hold one row of {np.dtype(kind)}, not {dtype} of shape {shape}")
    if len(data) != shape[0] * dtype.itemsize:
        raise ValueError(f"{name}.npy announces {shape[0]} numbers and holds {len(data)} bytes")
    return np.frombuffer(data, dtype).astype(dtype.newbyteorder("="))
