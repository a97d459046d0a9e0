"""Make the site: README.md, the guide, the notebooks, the gallery and a reference, as pages that need no network.

    pip install ".[docs]" && npm install && python docs/build.py

Then open build/site/index.html; the page "Try it" needs a server: python -m http.server -d build/site.
Warnings of Sphinx are errors, and so is a link to what is not there.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from importlib.metadata import distribution
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "build" / "site"
PYTHON = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")


class Links(HTMLParser):
    """Where a page leads to, and the places in it that others can lead to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.loaded: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if found.get("src") or (tag == "link" and "stylesheet" in (found.get("rel") or "")):
            self.loaded.append(found.get("src") or found.get("href") or "")
        self.targets += [found[name] or "" for name in ("href", "src") if name in found]
        self.places |= {found[name] or "" for name in ("id", "name") if name in found}


def main() -> None:
    for package in ("katex", "pyodide", "@viz-js/viz"):
        if not (ROOT / "node_modules" / package).exists():
            sys.exit(f"docs/build.py needs the npm package {package}: run npm install")
    shutil.rmtree(SITE, ignore_errors=True)
    options = [
        "-q",
        "-E",
        "-W",
        "--keep-going",
        "-b",
        "html",
        "-d",
        str(ROOT / "build" / "doctrees"),
        "-c",
        str(ROOT / "docs"),
    ]
    subprocess.run([sys.executable, "-m", "sphinx", *options, str(ROOT), str(SITE)], check=True)
    shutil.copytree(
        ROOT / "docs/gallery", SITE / "docs/gallery", ignore=shutil.ignore_patterns("*.py", "__pycache__")
    )
    try_it(SITE / "try")
    shutil.copy(SITE / "README.html", SITE / "index.html")
    if wrong := [*broken_links(SITE)]:
        sys.exit("\n".join(wrong))
    print(f"open {SITE / 'index.html'}")


def try_it(folder: Path) -> None:
    """Put beside the page "Try it" what it runs: Python, Graphviz, and the library with the packages it needs."""
    shutil.copytree(ROOT / "docs/try", folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in PYTHON:
        shutil.copy(ROOT / "node_modules/pyodide" / name, folder)
    shutil.copy(ROOT / "node_modules/@viz-js/viz/dist/viz.js", folder)
    with zipfile.ZipFile(folder / "packages.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in (*ROOT.glob("autodiff/**/*"), *ROOT.glob("nn/**/*")):
            if path.is_file() and path.suffix != ".pyc":
                archive.write(path, path.relative_to(ROOT))
        for package in ("graphviz", "tqdm"):  # with their licences
            for file in distribution(package).files or ():
                if ".." not in file.parts and file.suffix != ".pyc":
                    archive.write(str(file.locate()), str(file))


def broken_links(site: Path) -> list[str]:
    """Links of the pages to files or places that are not there, and all that a page would load from elsewhere."""
    pages = {path: Links(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}
    wrong = []
    for path, links in pages.items():
        wrong += [
            f"{path.relative_to(site)}: {link} is loaded from elsewhere"
            for link in links.loaded
            if urlsplit(link).netloc
        ]
        for link in links.targets:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.exists():
                wrong.append(f"{path.relative_to(site)}: {link} is not there")
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].places:
                wrong.append(f"{path.relative_to(site)}: {link} has no such place")
    return wrong


if __name__ == "__main__":
    main()
