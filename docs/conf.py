"""How Sphinx makes the site out of the repository's own pages, notebooks and docstrings; see build.py."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import autodiff

ROOT = Path(__file__).resolve().parents[1]
CONTENTS = """
```{toctree}
:hidden:
:caption: Learn
docs/guide
docs/questions
docs/how_it_works
docs/front_ends
docs/compiling
docs/site/try
docs/site/gallery
```
```{toctree}
:hidden:
:caption: Notebooks
:glob:
notebooks/*
```
```{toctree}
:hidden:
:caption: Look up
docs/site/autodiff
docs/site/nn
docs/operations
docs/conventions
benchmarks/RESULTS
benchmarks/NOTES
CHANGELOG
CONTRIBUTING
```
"""

project = "scalar-autodiff"
version = release = autodiff.__version__
copyright = author = "The scalar-autodiff authors"
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.mathjax"]
root_doc = "README"
include_patterns = ["*.md", "benchmarks/*.md", "docs/*.md", "docs/site/*.md", "notebooks/*.ipynb"]

html_theme = "furo"
html_title = "scalar-autodiff"
html_show_sphinx = False
html_show_search_summary = False  # a page that is opened as a file may not fetch others
html_static_path = [str(ROOT / "node_modules/katex/dist"), str(ROOT / "docs/site/static")]
html_css_files = ["katex.min.css", "site.css"]
html_js_files = [
    ("katex.min.js", {"defer": "defer", "priority": 300}),
    ("contrib/auto-render.min.js", {"defer": "defer", "priority": 301}),
]
mathjax_path = "formulas.js"  # KaTeX, not MathJax: Sphinx loads this where a page has a formula
mathjax_options = {"defer": "defer"}

nb_execution_mode = "off"  # as they are committed
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_update_mathjax = False
myst_heading_anchors = 3
suppress_warnings = [
    "myst.header"
]  # the notebooks begin with a heading of the second level where it suits them

autodoc_member_order = "bysource"
autodoc_typehints = "description"
python_use_unqualified_type_names = True


def with_contents(app: Any, name: str, source: list[str]) -> None:
    """Give README.md the list of all pages, and say to the highlighter which code is a session."""
    if name == root_doc:
        source[0] += CONTENTS
    if name.partition("/")[0] != "notebooks":
        source[0] = re.sub(r"^```python\n(?=>>>)", "```pycon\n", source[0], flags=re.MULTILINE)


def as_restructured_text(app: Any, what: str, name: str, found: Any, options: Any, lines: list[str]) -> None:
    """Let |x| in a docstring be a size, not a name to be replaced, `x` be code, and a broken line no quotation."""
    text = re.sub(r"^(\w+: .*)\n +", r"\1 ", "\n".join(lines), flags=re.MULTILINE)
    text = re.sub(r"(?<![:`])`([^`\n]+)`(?!`)", r"``\1``\\ ", text)
    session = (">>>", "...")
    lines[:] = [
        line if line.lstrip().startswith(session) else line.replace("|", r"\|") for line in text.split("\n")
    ]


def setup(app: Any) -> None:
    app.connect("autodoc-process-docstring", as_restructured_text)
    app.connect("source-read", with_contents)
