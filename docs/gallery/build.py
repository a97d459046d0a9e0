"""Build the gallery: a page for each graph, a picture of each page, and an index of them.

    python docs/gallery/build.py

The pictures are taken by Debian's Chromium (extras browser and animation); without it, those that are there
stay.
"""

from __future__ import annotations

import html
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # the root, as this file is run as a script

from autodiff.files import write_file
from docs.gallery.graphs import GALLERY, Exhibit

FOLDER = Path(__file__).resolve().parent
CHROMIUM = "/usr/bin/chromium"
WIDTH, HEIGHT = 1200, 840  # of a picture, in pixels
COLOURS = 128  # of a picture: enough for text and lines, at a third of the size


def build(folder: Path = FOLDER) -> None:
    """Write all pages and the index, and the pictures where they can be taken."""
    for exhibit in GALLERY:
        exhibit.page().save_html(folder / f"{exhibit.name}.html")
    write_file(folder / "index.html", index())
    if not Path(CHROMIUM).exists():
        print(f"no new pictures: {CHROMIUM} is not there")
        return
    with browser() as tab:
        for exhibit in GALLERY:
            write_file(folder / f"{exhibit.name}.png", picture(tab, folder, exhibit))


# ---------------------------------------------------------------- the index

INDEX = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Graphs that move</title>
<style>
body {{
  max-width: 72rem; margin: 2rem auto; padding: 0 1rem;
  font: 16px/1.5 system-ui, "Segoe UI", Helvetica, Arial, sans-serif;
}}
ul {{
  display: grid; grid-template-columns: repeat(auto-fill, minmax(min(21rem, 100%), 1fr)); gap: 2rem 1.5rem;
  padding: 0; list-style: none;
}}
img {{ display: block; width: 100%; height: auto; border: 1px solid #8886; border-radius: 8px; }}
h1 {{ font-size: 1.5rem; }}
h2 {{ font-size: 1.05rem; margin: .5rem 0 .2rem; }}
p {{ margin: 0; }}
a:hover img, a:focus-visible img {{ border-color: #0072b2; }}
</style>
</head>
<body>
<h1>Graphs that move</h1>
<p>Each picture opens a page: step through both sweeps, follow the paths of a node, change the inputs.</p>
<ul>
{entries}
</ul>
</body>
</html>
"""


def index() -> str:
    return INDEX.format(entries="\n".join(map(entry, GALLERY)))


def entry(exhibit: Exhibit) -> str:
    size = f'width="{WIDTH}" height="{HEIGHT}"'
    title, look = html.escape(exhibit.title), html.escape(exhibit.look)
    return (
        f'<li><a href="{exhibit.name}.html"><img src="{exhibit.name}.png" alt="" {size} loading="lazy">'
        f"<h2>{title}</h2></a><p>{look}</p></li>"
    )


# ---------------------------------------------------------------- the pictures


@contextmanager
def browser() -> Iterator[Any]:
    """Open a tab of the size of the pictures."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        size: Any = {"width": WIDTH, "height": HEIGHT}
        yield chromium.new_page(viewport=size, color_scheme="light", reduced_motion="reduce")
        chromium.close()


def picture(tab: Any, folder: Path, exhibit: Exhibit) -> bytes:
    """Take a picture of a page on which the paths of one node are followed."""
    tab.goto((folder / f"{exhibit.name}.html").as_uri())
    tab.wait_for_selector("html[data-ready]", state="attached")
    title = tab.locator(".card .title").get_by_text(exhibit.chosen, exact=True)
    title.first.locator("..").dispatch_event("click")
    return smaller(tab.screenshot())


def smaller(png: bytes) -> bytes:
    """Write a picture with fewer colours."""
    from PIL import Image

    file = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS).save(file, "PNG", optimize=True)
    return file.getvalue()


if __name__ == "__main__":
    build()
