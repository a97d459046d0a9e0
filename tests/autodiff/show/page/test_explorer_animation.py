"""The animation: what its frames tell, and that nothing in them moves."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from autodiff import Value
from autodiff.show.animation import animate, card_widths, frames_of
from tests.autodiff.show.explored import HAS_GRAPHVIZ

image = pytest.importorskip("PIL.Image", reason="needs Pillow")
pytestmark = pytest.mark.animation
needs_graphviz = pytest.mark.skipif(not HAS_GRAPHVIZ, reason="needs Graphviz")


def square_and_double() -> Value:
    x = Value(-3, name="x")
    return (x * x + x).named("f")


def test_the_frames_tell_both_sweeps() -> None:
    assert [frame.caption for frame in frames_of(square_and_double())] == [
        "x = -3",
        "a = x·x = (-3)·(-3) = 9",
        "f = a + x = 9 + (-3) = 6",
        "the reverse sweep begins: ∂f/∂f = 1",
        "∂f/∂a += ∂f/∂f·∂f/∂a:  0 + 1·1 = 1",
        "∂f/∂x += ∂f/∂f·∂f/∂x:  0 + 1·1 = 1",
        "∂f/∂x += ∂f/∂a·∂a/∂x:  1 + 1·(-3) = -2",
        "∂f/∂x += ∂f/∂a·∂a/∂x:  -2 + 1·(-3) = -5",
    ]


def test_the_frames_know_what_has_been_computed() -> None:
    f = square_and_double()
    frames = list(frames_of(f))

    assert [len(frame.values) for frame in frames[:4]] == [1, 2, 3, 3]
    assert frames[-1].adjoints == {f: 1.0, f.parents[0]: 1.0, f.parents[1]: -5.0}


def test_no_number_of_a_card_stands_over_its_border() -> None:
    x, y = Value(-123.456, name="x"), Value(-0.00123456, name="y")
    f = ((x * y).exp() * -1.23456e-7).named("f")
    frames = list(frames_of(f))
    widths = card_widths(f, frames)
    cards = [
        (widths[node], f"{node.data:.6g}  ∂ {frame.adjoints[node]:.6g}")
        for frame in frames
        for node in frame.adjoints
    ]

    assert len(cards) > 10
    assert all(8 * len(text) < 72 * width for width, text in cards)  # points, of 14 point type


@needs_graphviz
def test_all_frames_have_one_size_and_one_is_there_for_each_step(tmp_path: Path) -> None:
    path = animate(square_and_double(), tmp_path / "sweeps.gif", seconds=0.5)

    with image.open(path) as animation:
        sizes, durations = set(), []
        for number in range(animation.n_frames):
            animation.seek(number)
            sizes.add(animation.size)
            durations.append(animation.info["duration"])

    assert len(sizes) == 1
    assert durations == [500] * 7 + [1500]


@needs_graphviz
def test_a_name_in_png_is_a_sequence_of_numbered_files_of_one_size(tmp_path: Path) -> None:
    last = animate(square_and_double(), tmp_path / "sweep.png")
    found = sorted(tmp_path.iterdir())

    assert last == tmp_path / "sweep-8.png"
    assert [path.name for path in found] == [f"sweep-{number}.png" for number in range(1, 9)]
    contents = {path.read_bytes() for path in found}
    assert len({content[16:24] for content in contents}) == 1  # width and height, in the header of a PNG
    assert len(contents) == 8


@needs_graphviz
@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("%03d.png", "001.png"),
        ("a%d-50%.PNG", "a1-50%.PNG"),
        ("50%.png", "50%-1.png"),
        ("%s.png", "%s-1.png"),
    ],
)
def test_the_number_of_a_frame_stands_where_the_name_says(tmp_path: Path, name: str, first: str) -> None:
    animate(Value(2) * 3, tmp_path / name)

    assert (tmp_path / first).read_bytes().startswith(b"\x89PNG")


@needs_graphviz
def test_frames_need_no_pillow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)

    assert animate(Value(2) * 3, tmp_path / "sweep.png").exists()
    with pytest.raises(RuntimeError, match="needs Pillow"):
        animate(Value(2) * 3, tmp_path / "sweep.gif")


@needs_graphviz
def test_hostile_names_stay_text(tmp_path: Path) -> None:
    output = Value(2, name='</TD>"]; evil <B>') * Value(3, name="\\N&lt;")

    assert animate(output, tmp_path / "sweeps.gif").stat().st_size > 0


def test_bad_input_is_named(tmp_path: Path) -> None:
    f = square_and_double()
    path = tmp_path / "sweeps.gif"

    with pytest.raises(ValueError, match=r"must end in \.gif or \.png"):
        animate(f, "sweeps.mp4")
    with pytest.raises(TypeError, match="output must be a Value, not 3"):
        animate(3, path)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="take 8 steps, more than max_frames=5"):
        animate(f, path, max_frames=5)
    assert not path.exists()
