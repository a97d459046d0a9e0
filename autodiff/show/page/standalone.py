"""Pages that stand alone: one file of HTML with its script and style, that needs no network."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, TypeAlias

from autodiff.languages import language_now, say, texts

__all__ = ["Json", "bundled", "framed", "json_script", "page"]

ASIDE_IN_STYLE = re.compile(r"^ */\*.*?\*/\n|^\n|^ +", re.MULTILINE | re.DOTALL)
SAID = re.compile(r"\[\[(.+?)\]\]", re.DOTALL)  # in a template
Json: TypeAlias = Any  # what JSON can hold: text, numbers, lists and dictionaries of them, None


def page(template: str, styles: Sequence[str], script: str, parts: Mapping[str, str]) -> str:
    """Fill a template of the folder ``page``; the policy in it allows this script and this style alone.

    Args:
        template, styles: Names of files in ``autodiff/show/page``.
        script: What ``bundled`` returns.
        parts: What ``{{name}}`` in the template stands for, as HTML. ``[[text]]`` is said in the language of now.

    Raises:
        ValueError: The script has text that would end it.
    """
    if re.search(r"</script|<!--", script, re.IGNORECASE):
        raise ValueError("the name of an operation would end the script of the page")
    style = "".join(ASIDE_IN_STYLE.sub("", source(name)) for name in styles)
    sources = {"style": style, "script": script}
    hashes = {f"{name}-hash": digest(text) for name, text in sources.items()}
    filled = {**parts, **sources, **hashes, "language": language_now()}
    said = SAID.sub(lambda match: say(match[1]), source(template))
    return re.sub(r"\{\{([a-z-]+)\}\}", lambda match: filled[match[1]], said)


def texts_module(script: str) -> str:
    """The module texts.js with those texts of the language of now that a script says."""
    said = {
        english: text
        for english, text in texts(language_now()).items()
        if json.dumps(english, ensure_ascii=False) in script
    }
    return f"export const TEXTS = {json.dumps(said, ensure_ascii=False)};\n"


def source(name: str) -> str:
    return files("autodiff.show.page").joinpath(name).read_text(encoding="utf-8")


def digest(text: str) -> str:
    """The hash by which a page's policy knows a script or a style sheet."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


# ---------------------------------------------------------------- modules in one script

IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./(\w+)\.js";.*$', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:const|function|class) (\w+))", re.MULTILINE)
ASIDE = re.compile(
    r"^ */\*\*.*?\*/\n|^ *//[^\n]*\n|^\n|^ +", re.MULTILINE | re.DOTALL
)  # for readers of the sources


def bundled(name: str, written: Mapping[str, str] | None = None) -> str:
    """Put a module and all that it imports into one script.

    Args:
        name: Of the module, a file in ``autodiff/show/page`` without its ending.
        written: Modules that are no files there, by their names.
    """
    modules: dict[str, str] = {}  # each after those that it imports

    def add(name: str) -> None:
        text = (written or {}).get(name) or source(f"{name}.js")
        for match in IMPORT.finditer(text):
            if match[2] not in modules:
                add(match[2])
        modules[name] = enclosed(name, text)

    add(name)
    if "texts" in modules:
        modules["texts"] = enclosed("texts", texts_module("".join(modules.values())))
    return "\n".join(['"use strict";', *modules.values()])


def enclosed(name: str, text: str) -> str:
    """Write a module as a function, without indentation and comments: a browser has no use for them.

    ``import {x} from "./name.js"`` becomes ``const {x} = $name``.

    >>> print(enclosed("two", 'import { one } from "./one.js";\\n/** 2 */\\nexport const two = 2 * one;\\n'))
    const $two = (() => {
    const { one } = $one;
    const two = 2 * one;
    return { two };
    })();
    """
    exported = EXPORT.findall(text)
    text = IMPORT.sub(r"const \1 = $\2;", ASIDE.sub("", text))
    return f"const ${name} = (() => {{\n{EXPORT.sub('', text)}return {{ {', '.join(exported)} }};\n}})();"


# ---------------------------------------------------------------- parts of a page


def json_script(data: Json) -> str:
    r"""Write data for a script element; no text in it can end the element.

    >>> json_script(["</script>"])
    '["\\u003c/script>"]'
    """
    return json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":")).replace(
        "<", r"\u003c"
    )


# How JupyterLab, Voila, VS Code, Colab, Sphinx's themes, mkdocs, marimo and Gradio mark a dark page, and a light one. A
# frame that has a color-scheme passes it on as what prefers-color-scheme is within; without one it is the system's. A
# page that has both marks is dark: mkdocs-jupyter marks its notebooks as light.
DARK = "[data-jp-theme-light=false], .vscode-dark, .vscode-high-contrast, [theme=dark], [data-theme=dark]"
DARK += ", [data-md-color-scheme=slate], .dark"
LIGHT = "[data-jp-theme-light=true], .vscode-light, [theme=light], [data-theme=light]"
LIGHT += ", [data-md-color-scheme=default], .light, gradio-app:not(.dark *)"
SCHEMES = f":where({LIGHT}) .autodiff-page {{ color-scheme: light }} "
SCHEMES += f":where({DARK}) .autodiff-page {{ color-scheme: dark }}"


def framed(document: str, static: str, height: int) -> str:
    """Put a page into a notebook: its scripts run in a frame of their own, without access to the notebook.

    The page is dark where the notebook is.

    Args:
        document: The page.
        static: HTML for viewers that show no frames.
        height: Of the frame, in pixels.
    """
    look = f"box-sizing: border-box; width: 100%; height: {height}px; border: 1px solid #8884; border-radius: 8px"
    frame = f'<iframe class="autodiff-page" srcdoc="{html.escape(document)}" sandbox="allow-scripts" style="{look}">'
    return f"<style>{SCHEMES}</style>{frame}{static}</iframe>"
