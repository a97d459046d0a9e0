"""The page of an exercise: the picture with its blanks, the table to fill in, and the solution."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from autodiff.graph import topological_order
from autodiff.pictures.canvas import Picture, canvas, ellipse
from autodiff.pictures.draw import edge_look
from autodiff.pictures.labels import Labels
from autodiff.pictures.names import clean
from autodiff.pictures.render import to_svg
from autodiff.show.derivations.steps import steps
from autodiff.show.derivations.wording import shown_names
from autodiff.show.languages import say
from autodiff.show.page.standalone import Json, bundled, json_script, page
from autodiff.show.practice.answers import MESSAGES
from autodiff.show.practice.blanks import Blank
from autodiff.show.practice.questions import Hidden, Marks
from autodiff.value import Value

__all__ = ["exercise_picture", "worksheet"]

EXERCISE_TITLES = {
    "values": "The forward sweep: find the values of {output}",
    "partials": "Local derivatives: find the numbers on the edges of {output}",
    "grads": "The reverse sweep: find the derivatives of {output}",
}
EXERCISE_TASKS = {
    "values": "Start at the inputs and go up: work out each node from the numbers below it.",
    "partials": "On each edge stands a derivative: that of the node at its top by the node at its foot, at "
    "the numbers given, while everything else stands still.",
    "grads": "Start at {output}, where ∂{output}/∂{output} = 1, and go down. The derivative by a node (its "
    "adjoint, “grad” in the picture) is a sum over the edges that lead up from it: the adjoint at the edge's "
    "top times the number on the edge.",
}


def worksheet(output: Value, hide: Hidden, blanks: Sequence[Blank], title: str | None) -> str:
    """Write the page of an exercise."""
    name = shown_names(output)[output]
    parts = {
        "title": clean(title) if title is not None else say(EXERCISE_TITLES[hide], output=name),
        "task": say(EXERCISE_TASKS[hide], output=name),
    }
    pictures = {
        "picture": inline(
            exercise_picture(output, hide, blanks), say("The graph of {name}, with blanks", name=name)
        ),
        "solved-picture": inline(
            exercise_picture(output, hide, blanks, solved=True), say("The graph of {name}, solved", name=name)
        ),
        "rows": "\n".join(map(table_row, blanks)),
        "solution": "\n".join(map(solved_row, blanks)),
        "exercise": json_script(
            {
                "blanks": [*map(blank_data, blanks)],
                "messages": {verdict: say(text) for verdict, text in MESSAGES.items()},
            }
        ),
    }
    escaped = {key: html.escape(text) for key, text in parts.items()}
    return page("practice.html", "practice.css", bundled("practice"), escaped | pictures)


# ---------------------------------------------------------------- the picture


def exercise_picture(output: Value, hide: Hidden, blanks: Sequence[Blank], solved: bool = False) -> Picture:
    """Draw a graph with marks in place of the numbers that are hidden; if solved, with those numbers.

    What a page needs to find a blank is its ``id``, "blank1" for the first one.
    """
    order = topological_order(output)
    labels = Labels(shown_names(output))
    numbers = {node: f"n{place}" for place, node in enumerate(order)}
    marks: Marks = {} if solved else {blank.place: blank.mark for blank in blanks}
    asked = {blank.place: f"blank{place}" for place, blank in enumerate(blanks, start=1)}
    dot = canvas("sheet", None)
    grads = {step.node: step.after for step in steps(output)} if hide == "grads" else {}
    for node in order:
        kind = "output" if node is output else "leaf" if node.op is None else "node"
        known = (labels.number(node.data), labels.number(grads[node]) if grads else "")
        mark = marks.get((node, None))
        data, grad = known if mark is None else (known[0], mark) if grads else (mark, "")
        look = ellipse(kind, labels.name(node), labels.operation(node), data, grad)
        dot.node(numbers[node], **look, **tagged(kind, asked.get((node, None)), solved))
        for position, parent in enumerate(node.parents):
            text = {
                "values": "",
                "partials": marks.get((node, position)) or labels.partial(node, position, "numbers"),
                "grads": labels.partial(node, position, "both"),
            }[hide]
            tag = tagged("", asked.get((node, position)), solved)
            dot.edge(numbers[parent], numbers[node], **edge_look(text, None, True), **tag)
    return dot


def tagged(kind: str, identifier: str | None, solved: bool) -> dict[str, str]:
    """The class and the identifier by which style and script find a part of the picture."""
    tag = {"class": f"{kind} asked" if identifier else kind}
    return tag | {"id": identifier} if identifier and not solved else tag


def inline(dot: Picture, label: str) -> str:
    """Render a picture for the inside of a page, without tooltips and identifiers but those of blanks."""
    svg = to_svg(dot)
    svg = re.sub(r"<title>.*?</title>\s*|<!--.*?-->\s*", "", svg[svg.index("<svg ") :], flags=re.DOTALL)
    svg = re.sub(r' id="(?!blank\d+")[^"]*"', "", svg)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{html.escape(label)}" ', 1)


# ---------------------------------------------------------------- the tables


def table_row(blank: Blank) -> str:
    """A row of the table that is filled in, and below it room for what there is to say."""
    label = html.escape(blank.label)
    return f"""\
<tr class="blank">
<th scope="row"><span class="mark">{blank.mark}</span> {label}</th>
<td class="answer">\
<input aria-label="{blank.mark} {label}" autocapitalize="off" autocomplete="off" spellcheck="false">\
<span class="sign" aria-hidden="true"></span></td>
<td class="more"><button type="button">{say("Hint")}</button></td>
</tr>
<tr class="help"><td colspan="3" aria-live="polite"><p class="message"></p><ol></ol></td></tr>"""


def solved_row(blank: Blank) -> str:
    return f'<li><span class="mark">{blank.mark}</span> {html.escape(blank.derivation)}</li>'


def blank_data(blank: Blank) -> dict[str, Json]:
    """What the script is told of a blank."""
    return {
        "mark": blank.mark,
        "label": blank.label,
        "answer": float(blank.answer),
        "text": blank.answer_text,
        "hints": blank.hints,
        "traps": [*blank.traps.items()],
    }
