"""Writing a file: the old one stays until the new one is complete, and no half of either is ever there."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import stat
from typing import BinaryIO

__all__ = ["write_file"]


def write_file(path: str | os.PathLike[str], content: str | bytes) -> None:
    """Write a file, completely or not at all.

    The content is written to a file beside the old one, forced to the disk, and put in its place in one step. A
    full disk, an error or a kill at any moment leaves the old file as it was. On Linux the new file has no name
    until it is complete, so that a killed process leaves nothing behind; if it dies between its last two system
    calls, then ``.autodiff-*.tmp``, until this file is written again. Elsewhere, and on file systems without
    nameless files, a kill may leave such a file for good.

    A link is followed, and permissions and, where that is allowed, the owner are kept; hard links to the old file
    keep the old content. What is no regular file (a pipe, a terminal) is written to directly.

    Args:
        path: The file. Its folder must be there.
        content: Bytes, or text for UTF-8.

    Raises:
        ValueError: The text holds half of a surrogate pair, which no file can hold.
        OSError: The file cannot be written; its owner may have made it read-only.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_file(f"{folder}/a.txt", "∂")
    ...     (os.listdir(folder), os.path.getsize(f"{folder}/a.txt"))
    (['a.txt'], 3)
    """
    data = content if isinstance(content, bytes) else utf8(content, path)
    try:
        old = os.stat(path)
    except FileNotFoundError:
        old = None
    try:
        if old is not None and (not stat.S_ISREG(old.st_mode) or is_descriptor(path)):
            with open(path, "wb") as file:
                file.write(data)
        elif old is not None and not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        else:
            replace(os.path.realpath(path), data, old)
    except OSError as error:
        if error.errno is not None:  # of two names in the message one is that of the file beside it
            raise type(error)(error.errno, error.strerror, os.fspath(path)) from error
        raise


def utf8(text: str, path: str | os.PathLike[str]) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"{os.fspath(path)!r} was not written: the text has {text[error.start]!a}, half of a surrogate pair, "
            "which no file can hold; leave it out, in names and titles too"
        ) from None


def is_descriptor(path: str | os.PathLike[str]) -> bool:
    """Tell whether this is a way to an open file, such as /dev/stdout, which a shell may lead to a regular file."""
    return os.path.abspath(path).startswith(("/dev/std", "/dev/fd/", "/proc/"))


def replace(path: str, data: bytes, old: os.stat_result | None) -> None:
    folder, name = os.path.split(path)
    descriptor = nameless_file(folder)
    if descriptor is not None:
        beside = os.path.join(folder, f".autodiff-{hashlib.sha256(os.fsencode(name)).hexdigest()[:16]}.tmp")
        with open(descriptor, "wb") as file:
            fill(file, data, old)
            put_in_place(descriptor, beside, path)
        return
    beside = os.path.join(folder, f".autodiff-{secrets.token_hex(8)}.tmp")
    try:
        with open(beside, "xb") as file:
            fill(file, data, old)
        os.replace(beside, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.remove(beside)
        raise


def fill(file: BinaryIO, data: bytes, old: os.stat_result | None) -> None:
    """Write the content, with the permissions of the old file, down to the disk."""
    if old is not None and hasattr(os, "fchmod"):
        with contextlib.suppress(OSError):
            os.fchown(file.fileno(), old.st_uid, old.st_gid)
        os.fchmod(file.fileno(), stat.S_IMODE(old.st_mode))
    file.write(data)
    file.flush()
    os.fsync(file.fileno())


def nameless_file(folder: str) -> int | None:
    """Open a file without a name, which is gone when the process is; None where there is no such thing."""
    flag = getattr(os, "O_TMPFILE", None)
    if flag is None or not os.access(folder, os.R_OK) or not os.path.exists("/proc/self/fd"):
        return None
    try:
        return os.open(folder, flag | os.O_WRONLY, 0o666)
    except OSError:  # a file system without them, or a folder that the attempt with a name will complain of
        return None


def put_in_place(descriptor: int, beside: str, path: str) -> None:
    """Give a nameless file a name, and then that of the file to replace, as there is no call for both.

    The name between is always the same, so that what a killed process left is taken away by the next that writes
    this file. A lock on the folder, which falls with its process, keeps those apart that write at once.
    """
    import fcntl  # only where there are nameless files

    folder = os.open(os.path.dirname(path), os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        with contextlib.suppress(FileNotFoundError):
            os.remove(beside)
        # with a dst_dir_fd, unused as the path is absolute, Python calls linkat and follows /proc's link
        os.link(f"/proc/self/fd/{descriptor}", beside, dst_dir_fd=folder)
        try:
            os.replace(beside, path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.remove(beside)
            raise
    finally:
        os.close(folder)
