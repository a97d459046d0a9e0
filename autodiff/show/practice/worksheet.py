"""The page of an exercise: the picture with its blanks, the table to fill in, and the solution."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from autodiff.languages import say
from autodiff.pictures.canvas import Picture
from autodiff.pictures.labels import raised
from autodiff.pictures.names import clean
from autodiff.pictures.render import to_svg
from autodiff.show.derivations.wording import derivative, shown_names
from autodiff.show.page.standalone import Json, bundled, json_script, page
from autodiff.show.practice.answers import MESSAGES
from autodiff.show.practice.blanks import Blank
from autodiff.show.practice.pictures import exercise_picture, figure_of, key_rows, paper_pictures, paper_rows
from autodiff.show.practice.questions import Hidden
from autodiff.value import Value

__all__ = ["worksheet"]

EXERCISE_TITLES = {
    "values": "The forward sweep: find the values of {output}",
    "partials": "Local derivatives: find the numbers on the edges of {output}",
    "grads": "The reverse sweep: find the derivatives of {output}",
}
EXERCISE_TASKS = {
    "values": "Start at the inputs and go up: work out each node from the numbers below it.",
    "partials": "On each edge stands a derivative: that of the node at its top by the node at its foot, at "
    "the numbers given, while everything else stands still.",
    "grads": "Start at {output}, where {sign} = 1, and go down. The derivative by a node (its "
    "adjoint, “grad” in the picture) is a sum over the edges that lead up from it: the adjoint at the edge's "
    "top times the number on the edge.",
}


def worksheet(output: Value, hide: Hidden, blanks: Sequence[Blank], title: str | None) -> str:
    """Write the page of an exercise."""
    name = shown_names(output)[output]
    parts = {
        "title": clean(title) if title is not None else say(EXERCISE_TITLES[hide], output=name),
        "task": say(EXERCISE_TASKS[hide], output=name, sign=derivative(name, name, "text")),
    }
    pictures = {
        "picture": inline(
            exercise_picture(output, hide, blanks), say("The graph of {name}, with blanks", name=name)
        ),
        "rows": "\n".join(map(table_row, blanks)),
        "paper": "".join(map(figure_of, paper_pictures(output, hide, blanks))) + paper_rows(blanks),
        "solution": "".join(map(figure_of, paper_pictures(output, hide, blanks, solved=True)))
        + key_rows(blanks),
        "exercise": json_script(
            {
                "blanks": [*map(blank_data, blanks)],
                "messages": {verdict: say(text) for verdict, text in MESSAGES.items()},
            }
        ),
    }
    escaped = {key: html.escape(text) for key, text in parts.items()}
    return page("practice.html", ["practice.css", "paper.css"], bundled("practice"), escaped | pictures)


def inline(dot: Picture, label: str) -> str:
    """Render a picture for the inside of a page, without tooltips and identifiers but those of blanks."""
    svg = to_svg(dot)
    svg = re.sub(r"<title>.*?</title>\s*|<!--.*?-->\s*", "", svg[svg.index("<svg ") :], flags=re.DOTALL)
    svg = re.sub(r' id="(?!blank\d+")[^"]*"', "", svg)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{html.escape(label)}" ', 1)


# ---------------------------------------------------------------- the tables


def table_row(blank: Blank) -> str:
    """A row of the table that is filled in, and below it room for what there is to say."""
    label = html.escape(raised(blank.label))
    return f"""\
<tr class="blank">
<th scope="row"><span class="mark">{blank.mark}</span> {label}</th>
<td class="answer">\
<input aria-label="{blank.mark} {label}" autocapitalize="off" autocomplete="off" spellcheck="false">\
<span class="sign" aria-hidden="true"></span></td>
<td class="more"><button type="button">{say("Hint")}</button></td>
</tr>
<tr class="help"><td colspan="3" aria-live="polite"><p class="message"></p><ol></ol></td></tr>"""


def blank_data(blank: Blank) -> dict[str, Json]:
    """What the script is told of a blank."""
    return {
        "mark": blank.mark,
        "label": raised(blank.label),
        "answer": float(blank.answer),
        "text": blank.answer_text,
        "hints": [*map(raised, blank.hints)],
        "traps": [*blank.traps.items()],
    }
