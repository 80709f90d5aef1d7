"""The stylesheet of the feeds."""

import hashlib
import re
from functools import cache
from html import escape
from pathlib import Path

STYLESHEET = Path(__file__).parent / "assets" / "instagram.css"


@cache
def name_stylesheet() -> str:
    """Return the stylesheet's name in the site, which changes with its content."""
    return f"instagram.{hashlib.sha256(STYLESHEET.read_bytes()).hexdigest()[:12]}.css"


def link_stylesheet(html: str, url: str) -> str:
    """Return a page with a link to the stylesheet: in its head, or else before its first feed."""
    position = html.find("</head>")
    if position < 0:
        match = re.search(r"</head\s*>|<div class=\"mk-ig\b", html, re.IGNORECASE)
        position = match.start() if match else 0
    return f'{html[:position]}<link rel="stylesheet" href="{escape(url)}">{html[position:]}'
