r"""Animate: both sweeps over a graph for slides, one frame a step, as a GIF or as a sequence of PNG files.

>>> from autodiff import Value
>>> x, y = Value(2, name="x"), Value(3, name="y")
>>> [frame.caption for frame in frames_of((x * y + x).named("f"))][2:5]
['a = x·y = 2·3 = 6', 'f = a + x = 6 + 2 = 8', 'the reverse sweep begins: ∂f/∂f = 1']

``animate(f, "sweep.png")`` writes sweep-1.png, sweep-2.png, ...: in Beamer eight of them are a click each, or a film::

    \foreach \n in {1,...,8}{\includegraphics<\n>[width=\textwidth]{sweep-\n.png}}  % \usepackage{pgffor}
    \animategraphics[width=\textwidth, controls]{1}{sweep-}{1}{8}                   % \usepackage{animate}
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import graphviz

from autodiff.files import write_file
from autodiff.graph import topological_order
from autodiff.languages import say
from autodiff.number import Number
from autodiff.pictures.canvas import BORDERS, FILLS, FONT, LINE
from autodiff.pictures.labels import Labels, cell, text_label
from autodiff.pictures.render import to_png
from autodiff.show.derivations.noise import clean_partials
from autodiff.show.derivations.steps import ForwardStep, forward_steps
from autodiff.show.derivations.wording import check_node, derivative, shown_names
from autodiff.show.mistakes.sweeps import Move, sweep
from autodiff.show.page.content import pretty
from autodiff.value import Value

__all__ = ["MAX_FRAMES", "Frame", "animate", "frames_of"]

MAX_FRAMES = 200
COLOURS_A_FRAME = 64
NUMBER_OF_FRAME = re.compile(r"%(0\d+)?d")  # of a frame, as in printf
LONGEST_CAPTION, CAPTION_WIDTH = 70, 640  # in characters, in points
INCHES_A_CHARACTER, INCHES_HIGH = 0.115, 0.66  # of a card
ADJOINT, NOW, NOW_FILL, HIDDEN = "#A84300", "#E69F00", "#FFF3D6", "#FFFFFF"

SPACE = {"rankdir": "BT", "nodesep": "0.35", "ranksep": "0.45", "bgcolor": "white"}


@dataclass(frozen=True)
class Frame:
    """What one frame shows.

    Attributes:
        caption: What happens, in symbols and numbers.
        values: The nodes that have been computed.
        adjoints: What has arrived at the nodes so far.
        nodes: The nodes that take part in this step.
        edge: The edge that is gone over, as its node and position.
    """

    caption: str
    values: frozenset[Value]
    adjoints: Mapping[Value, Number] = field(default_factory=dict)
    nodes: tuple[Value, ...] = ()
    edge: tuple[Value, int] | None = None


def animate(
    output: Value, path: str | os.PathLike[str], *, seconds: float = 0.9, max_frames: int = MAX_FRAMES
) -> Path:
    """Save both sweeps as pictures that move: forward node by node, then back edge by edge.

    Args:
        output: The node that is differentiated.
        path: Where to save it. A name in .gif is an animated GIF. One in .png is a numbered sequence, as slides and
            ffmpeg take it: sweep-1.png, sweep-2.png, ... for "sweep.png"; "%03d" in the name is where the number
            stands, and how many digits it has. Frames of a longer sequence that were there stay.
        seconds: How long a GIF shows a step; the last one three times as long.
        max_frames: How many steps there may be at most.

    Returns:
        The path; of a sequence that of its last frame, whose number is how many there are.

    Raises:
        TypeError: ``output`` is no Value.
        ValueError: The name ends in something else, or there are too many steps.
        RuntimeError: There is no Graphviz to draw with, or, for a GIF, Pillow is not installed.

    >>> x = Value(3, name="x")
    >>> animate((x * x).named("f"), "sweep-%03d.png").name  # doctest: +SKIP
    'sweep-005.png'
    """
    path = Path(path)
    check_node(output, "animate: output")
    if path.suffix.lower() not in (".gif", ".png"):
        raise ValueError(f"animate: the name must end in .gif or .png, not {str(path)!r}")
    frames = list(frames_of(output))
    if len(frames) > max_frames:
        raise ValueError(
            f"animate: the sweeps take {len(frames):,} steps, more than max_frames={max_frames:,}: "
            "animate a smaller part, or raise max_frames"
        )
    widths = card_widths(output, frames)
    pictures = [to_png(drawn(frame, output, widths)) for frame in frames]
    if path.suffix.lower() == ".png":
        return save_frames(path, pictures)
    save_gif(path, pictures, seconds)
    return path


def save_frames(path: Path, pictures: list[bytes]) -> Path:
    """Save each frame under its number; return the path of the last one."""
    for number, picture in enumerate(pictures, start=1):
        saved = path.with_name(numbered_name(path.name, number))
        write_file(saved, picture)
    return saved


def numbered_name(name: str, number: int) -> str:
    """The name of a frame: its number where the pattern says, else before the ending.

    >>> numbered_name("sweep.png", 7), numbered_name("f%03d.png", 7)
    ('sweep-7.png', 'f007.png')
    """
    pattern = name if NUMBER_OF_FRAME.search(name) else f"{name[:-4]}-%d{name[-4:]}"
    return NUMBER_OF_FRAME.sub(lambda found: found[0] % number, pattern)


def save_gif(path: Path, pictures: list[bytes], seconds: float) -> None:
    try:
        from PIL import Image
    except ImportError:
        raise RuntimeError("animate needs Pillow: pip install pillow") from None
    images = [
        Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS_A_FRAME) for picture in pictures
    ]
    milliseconds = [round(1000 * seconds)] * len(images)
    milliseconds[-1] *= 3
    content = io.BytesIO()
    images[0].save(content, "GIF", save_all=True, append_images=images[1:], duration=milliseconds, loop=0)
    write_file(path, content.getvalue())


# ---------------------------------------------------------------- what happens


def frames_of(output: Value) -> Iterator[Frame]:
    """Yield the steps of the forward sweep, then those of the reverse sweep."""
    names = shown_names(output)
    done: list[Value] = []
    for step in forward_steps(output):
        done.append(step.node)
        yield Frame(computed(step, Labels(names)), frozenset(done), nodes=(step.node,))
    everything, adjoints = frozenset(done), {output: type(output.data)(0) + 1}
    sign = derivative(names[output], names[output], "text")
    begins = say("the reverse sweep begins: {sign} = 1", sign=sign)
    yield Frame(begins, everything, dict(adjoints), (output,))
    for move in sweep(output).moves:
        adjoints[move.edge.parent] = move.after
        ends = (move.edge.node, move.edge.parent)
        yield Frame(
            told(move, output, names), everything, dict(adjoints), ends, (ends[0], move.edge.position)
        )


def computed(step: ForwardStep, labels: Labels) -> str:
    """One step of the forward sweep, in symbols and numbers unless that is too long to be read in time."""
    value = labels.number(step.value)
    if step.node.op is None:
        return f"{step.name} = {value}"
    written_out = f"{step.name} = {step.symbol.text()} = {step.numbers.text()} = {value}"
    short = f"{step.name} = {labels.operation(step.node)} = {value}"
    return written_out if len(written_out) <= LONGEST_CAPTION else short


def told(move: Move, output: Value, names: Mapping[Value, str]) -> str:
    """One move in signs and numbers, with what was there before."""
    number = Labels(names).number
    f, node, parent = names[output], names[move.edge.node], names[move.edge.parent]
    signs = (
        f"{derivative(f, parent, 'text')} += {derivative(f, node, 'text')}·{derivative(node, parent, 'text')}"
    )
    factors = "·".join(
        f"({text})" if text.startswith("-") else text
        for text in map(number, (move.adjoint, move.edge.partial))
    )
    return f"{signs}:  {number(move.before)} + {factors} = {number(move.after)}"


# ---------------------------------------------------------------- how it looks


def card_widths(output: Value, frames: Iterable[Frame]) -> dict[Value, float]:
    """How wide each card is, in inches: so that nothing on it, in any frame, stands over its border."""
    labels = Labels(shown_names(output))
    longest = {node: len(frame_title(node, labels)) + 4 for node in topological_order(output)}
    for frame in frames:
        for node in frame.adjoints.keys() & {output, *frame.nodes}:
            numbers = f"{labels.number(node.data)}  ∂ {labels.number(frame.adjoints[node])}"
            longest[node] = max(longest[node], len(numbers) + 2)
    return {node: max(1.5, INCHES_A_CHARACTER * length) for node, length in longest.items()}


def frame_title(node: Value, labels: Labels) -> str:
    return f"{labels.name(node)} = {labels.operation(node)}" if node.op else labels.name(node)


def drawn(frame: Frame, output: Value, widths: Mapping[Value, float]) -> graphviz.Digraph:
    """Draw a frame; everything has its place and size in all of them, so that nothing moves."""
    order = topological_order(output)
    labels = Labels(shown_names(output), partials=clean_partials(output))
    caption = f'<TD FIXEDSIZE="TRUE" WIDTH="{CAPTION_WIDTH}" HEIGHT="40">{cell(pretty(frame.caption))}</TD>'
    font = {"fontname": FONT}
    dot = graphviz.Digraph(
        graph_attr={
            **font,
            "fontsize": "18",
            "label": f'<<TABLE BORDER="0"><TR>{caption}</TR></TABLE>>',
            **SPACE,
        },
        node_attr={**font, "fontsize": "14", "shape": "box", "style": "rounded,filled", "fixedsize": "true"},
        edge_attr={**font, "fontsize": "12", "arrowsize": "0.7"},
    )
    places = {node: f"n{place}" for place, node in enumerate(order)}
    for node in order:
        dot.node(places[node], **frame_card(node, frame, output, labels), width=f"{widths[node]:.2f}")
        for position, parent in enumerate(node.parents):
            dot.edge(places[parent], places[node], **frame_edge(node, position, frame, labels))
    return dot


def frame_card(node: Value, frame: Frame, output: Value, labels: Labels) -> dict[str, str]:
    """A node: its name and operation, and below them its value and adjoint as far as they are known."""
    kind = "output" if node is output else "leaf" if node.op is None else "node"
    value = cell(pretty(labels.number(node.data))) if node in frame.values else " "
    adjoint = frame.adjoints.get(node)
    shown = (
        ""
        if adjoint is None
        else f'  <FONT COLOR="{ADJOINT}">∂ {cell(pretty(labels.number(adjoint)))}</FONT>'
    )
    now = node in frame.nodes
    return {
        "label": f"<<B>{cell(pretty(frame_title(node, labels)))}</B><BR/>{value}{shown}>",
        "height": str(INCHES_HIGH),
        "color": NOW if now else BORDERS[kind],
        "fillcolor": NOW_FILL if now else FILLS[kind] if node in frame.values else HIDDEN,
        "penwidth": "3" if now else "1.2",
    }


def frame_edge(node: Value, position: int, frame: Frame, labels: Labels) -> dict[str, str]:
    """An edge with its partial, which is hidden until its node is computed."""
    now = frame.edge == (node, position)
    label = text_label(pretty(f" {labels.partial(node, position, 'both')} "))
    known = node in frame.values
    return {
        "label": label,
        "fontcolor": LINE if known else HIDDEN,
        "color": NOW if now else LINE if known else "#BBBBBB",
        "penwidth": "4" if now else "1.2",
    }
