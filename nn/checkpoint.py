"""Files of parameters: readable JSON, exact for floats and Fractions, written atomically, checked when read.

    {"format": "scalar-autodiff nn", "version": 1, "sha256": "...", "parameters": {"w.0": 0.1, "b": "1/32"}}

A JSON number is a float (its shortest repr, which reads back to the same bits), a string is a Fraction. The
checksum finds damage and edits by hand; it is no protection against someone who wants to deceive.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
from collections.abc import Mapping
from fractions import Fraction

from autodiff.files import write_file
from nn.values import Number

__all__ = ["read", "write"]

CHECKPOINT_FORMAT = "scalar-autodiff nn"
CHECKPOINT_VERSION = 1

INTEGER = r"[0-9]+|0x[0-9a-f]+"
FRACTION = re.compile(rf"(-?)({INTEGER})(?:/({INTEGER}))?")
# Python refuses to write decimal integers beyond 4300 digits; longer ones go in hexadecimal.
READABLE_BITS = 10_000


def write(path: str | os.PathLike[str], state: Mapping[str, Number]) -> None:
    """Write a state_dict to `path`, completely or not at all.

    Raises:
        ValueError: A number is infinite or nan.
        OSError: The file can't be written.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(os.path.join(folder, "model.json"), {"w": 0.1, "b": Fraction(1, 32)})
    ...     read(os.path.join(folder, "model.json"))
    {'w': 0.1, 'b': Fraction(1, 32)}
    """
    parameters = {name: encoded(name, number) for name, number in state.items()}
    content = {
        "format": CHECKPOINT_FORMAT,
        "version": CHECKPOINT_VERSION,
        "sha256": checksum(parameters),
        "parameters": parameters,
    }
    write_file(path, json.dumps(content, indent=1) + "\n")


def read(path: str | os.PathLike[str]) -> dict[str, Number]:
    """Read the state_dict that `write` put into `path`.

    Raises:
        ValueError: The file is truncated, foreign, of another version or was changed.
        OSError: It can't be read.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     read(folder + "/model.json")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    FileNotFoundError: ...model.json...
    """
    where = os.fspath(path)
    with open(path, "rb") as file:
        content = parsed(where, file.read())
    if not isinstance(content, dict) or content.get("format") != CHECKPOINT_FORMAT:
        raise ValueError(f"{where} is JSON, but no model saved by nn: it has no format {CHECKPOINT_FORMAT!r}")
    if content.get("version") != CHECKPOINT_VERSION or isinstance(content["version"], bool):
        raise ValueError(
            f"{where} has version {content.get('version')!r}, this nn reads version {CHECKPOINT_VERSION}: "
            "read it with the release that wrote it"
        )
    parameters = content.get("parameters")
    if not isinstance(parameters, dict):
        raise ValueError(f"{where} holds no parameters: it is damaged, save the model again")
    if content.get("sha256") != checksum(parameters):
        raise ValueError(
            f"{where} was changed after it was saved (its checksum differs): save the model again, "
            "or set numbers of your own with load_state_dict"
        )
    return {name: decoded(where, name, entry) for name, entry in parameters.items()}


def encoded(name: str, number: Number) -> float | str:
    """Return how a number is written in JSON."""
    if isinstance(number, Fraction):
        sign = "-" if number < 0 else ""
        return f"{sign}{digits(abs(number.numerator))}/{digits(number.denominator)}"
    if not math.isfinite(number):
        raise ValueError(
            f"parameter {name!r} is {number}: a model with such a number is not saved. "
            "Take the last good file, or a smaller learning rate"
        )
    return float(number)


def digits(integer: int) -> str:
    """Write a whole number down, in hexadecimal if it is a long one."""
    return str(integer) if integer.bit_length() <= READABLE_BITS else hex(integer)


def decoded(where: str, name: str, entry: object) -> Number:
    """Return the number that an entry stands for."""
    if isinstance(entry, float) and math.isfinite(entry):
        return entry
    match = FRACTION.fullmatch(entry) if isinstance(entry, str) else None
    if match is None or (match[3] is not None and integer(match[3]) == 0):
        raise ValueError(
            f"{where}: parameter {name!r} is {shortened_text(entry)}, neither a finite number nor a fraction"
        )
    magnitude = Fraction(integer(match[2]), integer(match[3] or "1"))
    return -magnitude if match[1] else magnitude


def integer(digits: str) -> int:
    """Read what `digits` wrote."""
    return int(digits, 16) if digits.startswith("0x") else int(digits)


def shortened_text(entry: object) -> str:
    """Return an entry for a message."""
    text = repr(entry)
    return text if len(text) <= 40 else f"{text[:40]}..."


def checksum(parameters: object) -> str:
    """Return the SHA-256 of the parameters as JSON."""
    return hashlib.sha256(json.dumps(parameters).encode()).hexdigest()


def parsed(where: str, content: bytes) -> object:
    """Read JSON in which no name stands twice."""
    try:
        return json.loads(content, object_pairs_hook=without_duplicates)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{where} is no complete JSON file, truncated or something else: {error}") from None


def without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return the pairs as a dictionary, if their names differ."""
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        twice = next(name for i, name in enumerate(names) if name in names[:i])
        raise ValueError(f"{shortened_text(twice)} stands in it twice")
    return dict(pairs)
