"""Pages that stand alone: one file of HTML with its script and style, that needs no network."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

__all__ = ["framed", "json_script", "page"]


def page(template: str, style: str, script: str, parts: Mapping[str, str]) -> str:
    """Fill a template of the folder ``page``; the policy in it allows this script and this style alone.

    Args:
        template, style, script: Names of files in ``autodiff/show/page``.
        parts: What ``{{name}}`` in the template stands for, as HTML.
    """
    sources = {"style": source(style), "script": source(script)}
    hashes = {f"{name}-hash": digest(text) for name, text in sources.items()}
    filled = {**parts, **sources, **hashes}
    return re.sub(r"\{\{([a-z-]+)\}\}", lambda match: filled[match[1]], source(template))


def source(name: str) -> str:
    return files("autodiff.show.page").joinpath(name).read_text(encoding="utf-8")


def digest(text: str) -> str:
    """The hash by which a page's policy knows a script or a style sheet."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def json_script(data: Any) -> str:
    r"""Write data for a script element; no text in it can end the element.

    >>> json_script(["</script>"])
    '["\\u003c/script>"]'
    """
    return json.dumps(data, ensure_ascii=False, allow_nan=False).replace("<", r"\u003c")


def framed(document: str, static: str, height: int) -> str:
    """Put a page into a notebook: its scripts run in a frame of their own, without access to the notebook.

    Args:
        document: The page.
        static: HTML for viewers that show no frames.
        height: Of the frame, in pixels.
    """
    look = f"width: 100%; height: {height}px; border: 1px solid #8884; border-radius: 8px"
    return (
        f'<iframe srcdoc="{html.escape(document)}" sandbox="allow-scripts" style="{look}">{static}</iframe>'
    )
