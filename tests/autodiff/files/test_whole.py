"""Files: the old one or the new one, whole, whatever happens; and nothing beside it."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import nn
from autodiff import Value, animate, compile, draw, exercise, explore
from autodiff.files import write_file
from autodiff.pictures import render

ROOT = Path(__file__).parents[3]
HALF = "\ud800"  # of a surrogate pair
posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX's files")
needs_graphviz = pytest.mark.skipif(not any(render.renderers()), reason="needs Graphviz")
nameless = pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="needs files without a name")


@pytest.fixture(params=["with a name", "nameless"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "with a name":
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)


def full(*_: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.usefixtures("way")
def test_a_file_is_made_and_replaced(tmp_path: Path) -> None:
    write_file(tmp_path / "a", "∂")
    write_file(str(tmp_path / "a"), b"\x00new")

    assert (tmp_path / "a").read_bytes() == b"\x00new"
    assert os.listdir(tmp_path) == ["a"]


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_an_error_leaves_the_old_file_and_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "a"
    path.write_text("old")
    monkeypatch.setattr(os, step, full)

    with pytest.raises(OSError, match=r"No space left on device: '.*/a'$"):
        write_file(path, "new")

    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a"]


@posix
@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_permissions_stay(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "a"
    path.write_text("old")
    path.chmod(mode)

    write_file(path, "new")

    assert stat.S_IMODE(path.stat().st_mode) == mode


@posix
@pytest.mark.usefixtures("way")
def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        write_file(tmp_path / "a", "new")
    finally:
        os.umask(old)

    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


@posix
@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("there", [True, False])
def test_links_are_followed(tmp_path: Path, there: bool) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    if there:
        (folder / "target").write_text("old")
    (tmp_path / "link").symlink_to("folder/target")

    write_file(tmp_path / "link", "new")

    assert (tmp_path / "link").is_symlink()
    assert (folder / "target").read_text() == "new"
    assert os.listdir(folder) == ["target"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_device_is_written_to() -> None:
    with pytest.raises(OSError, match="No space left on device: '/dev/full'"):
        write_file("/dev/full", "new")

    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)


@posix
def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE) as reader:
        write_file(pipe, "through")
        assert reader.stdout is not None
        assert reader.stdout.read() == b"through"

    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.skipif(not os.path.exists("/dev/stdout"), reason="needs /dev/stdout")
def test_standard_output_that_leads_to_a_file_is_written_to_too(tmp_path: Path) -> None:
    command = "from autodiff.files import write_file; write_file('/dev/stdout', 'new'); print('!')"
    with (tmp_path / "out").open("ab") as out:
        subprocess.run([sys.executable, "-c", command], stdout=out, check=True, cwd=ROOT)

    assert (tmp_path / "out").read_text() == "new!\n"
    assert os.listdir(tmp_path) == ["out"]


@posix
def test_a_file_that_was_made_read_only_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    path.write_text("old")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anywhere

    with pytest.raises(PermissionError, match=r"Permission denied: '.*/a'"):
        write_file(path, "new")

    assert path.read_text() == "old"


def test_a_folder_and_a_missing_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=str(tmp_path)):
        write_file(tmp_path, "new")
    with pytest.raises(FileNotFoundError, match=r"missing.a'$"):
        write_file(tmp_path / "missing" / "a", "new")


# ---------------------------------------------------------------- everything that writes

x = Value(2.0, name="x")


WRITERS: dict[str, Callable[[Path], Any]] = {
    "model.json": lambda path: nn.Linear(3, 2, seed=0).save(path),
    "f.program": lambda path: compile(lambda x: x.exp()).program(1.0).save(path),
    "page.html": lambda path: explore(x * x).save_html(path),
    "sheet.html": lambda path: exercise(x * x).save_html(path),
    "f.dot": lambda path: render.save(draw(x * x), path),
    "f.svg": lambda path: render.save(draw(x * x), path),
    "f.gif": lambda path: animate(x * x, path),
    "f-1.png": lambda path: animate(x * x, path.with_name("f.png")),
    "source.gv": lambda path: draw(x * x).save(path),
    "f.png": lambda path: draw(x * x).render(outfile=path, cleanup=True),
}


@needs_graphviz
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.animation) if name == "f.gif" else name for name in WRITERS]
)
def test_every_writer_leaves_the_old_file_on_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    if name == "f.png" and shutil.which("dot") is None:
        pytest.skip("needs the program dot")
    if name == "f.gif":
        pytest.importorskip("PIL")
    path = tmp_path / name
    WRITERS[name](path)
    path.write_text("old")
    real, there = os.fsync, os.listdir(tmp_path)
    sources = {"f.png": 1}.get(name, 0)  # written before, and whole

    def later(descriptor: int) -> None:
        nonlocal sources
        sources -= 1
        if sources < 0:
            full()
        real(descriptor)

    monkeypatch.setattr(os, "fsync", later)
    with pytest.raises(OSError, match="No space left"):
        WRITERS[name](path)

    assert path.read_text() == "old"
    assert {*os.listdir(tmp_path)} <= {*there, "f.gv"}


def test_text_that_no_file_can_hold_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("old")

    with pytest.raises(
        ValueError, match=r"'.*a' was not written: the text has '.ud800', half of a surrogate"
    ):
        write_file(path, HALF)

    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a"]


@needs_graphviz
@pytest.mark.parametrize("name", [name for name in WRITERS if name.endswith(("html", "dot", "gv"))])
def test_names_and_titles_that_no_file_can_hold_are_shown_as_unknown(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    f = (x * x).named(HALF)
    save: dict[str, Callable[[], Any]] = {
        "page.html": lambda: explore(f, title=HALF).save_html(path),
        "sheet.html": lambda: exercise(f, title=HALF).save_html(path),
        "f.dot": lambda: render.save(draw(f), path),
        "source.gv": lambda: draw(f).save(path),
    }
    save[name]()

    assert "\N{REPLACEMENT CHARACTER}" in path.read_text(encoding="utf-8")


KILLING = """
import os, pathlib, random, signal, sys, time
from autodiff.files import write_file

path, rng = pathlib.Path(sys.argv[1]), random.Random(1)

def writer():
    if pid := os.fork():
        return pid
    while True:
        for letter in "abcd":
            write_file(path, letter * 300_000)

for _ in range(100):
    writers = [writer(), writer()]
    time.sleep(rng.uniform(0, 0.03))
    for pid in writers:
        os.kill(pid, signal.SIGKILL)
    for pid in writers:
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
    files = [file.read_text() for file in path.parent.iterdir()]
    assert len(files) <= 2, len(files)
    assert all(len(text) == 300_000 and len({*text}) == 1 for text in files), [text[:9] for text in files]
assert path.exists()
"""


@posix
@nameless
@pytest.mark.slow
def test_a_kill_at_any_moment_leaves_a_whole_file(tmp_path: Path) -> None:
    """Several write the same file and are killed, again and again."""
    path = tmp_path / "a"
    run = subprocess.run([sys.executable, "-c", KILLING, path], capture_output=True, text=True, cwd=ROOT)
    write_file(path, "new")

    assert run.returncode == 0, run.stderr
    assert path.read_text() == "new"
    assert os.listdir(tmp_path) == ["a"]


@nameless
def test_what_a_killed_process_left_is_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def kill(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(os, "replace", kill)
    monkeypatch.setattr(os, "remove", lambda _: None)
    with pytest.raises(Killed):
        write_file(tmp_path / "a", "killed")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["killed"]
    monkeypatch.undo()

    write_file(tmp_path / "a", "new")

    assert [path.read_text() for path in tmp_path.iterdir()] == ["new"]


@nameless
def test_many_threads_write_one_file(tmp_path: Path) -> None:
    texts = [letter * 5000 for letter in "abcdefgh"]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write_file, [tmp_path / "a"] * 160, texts * 20))

    assert (tmp_path / "a").read_text() in texts
    assert os.listdir(tmp_path) == ["a"]


@posix
def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("old")
    program = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "from autodiff.files import write_file; write_file(sys.argv[1], 'x' * 5000)"
    )
    done = subprocess.run([sys.executable, "-Bc", program, path], capture_output=True, text=True, cwd=ROOT)

    assert "File too large" in done.stderr
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a"]
